/* x, xp and disassemble. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/core.h"
#include "debugger/disasm.h"
#include "debugger/expr.h"

/* "0x7c00 <symbol> (0000:7c00):" */
static void print_label(struct debugger *d, struct address a, bool padded)
{
    char symbol[80] = "", segment[ADDRESS_TEXT];
    if (!a.physical)
        symbol_suffix(d, a.at, symbol, sizeof symbol);
    debugger_print(d, padded ? "0x%08x%s%s:" : "0x%x%s%s:", (unsigned)a.at, symbol, address_suffix(a, segment));
}

bool examine_instruction(struct debugger *d, struct address a, unsigned style, unsigned *length)
{
    struct registers regs;
    struct disasm insn;
    inspect_registers(d->machine, &regs);
    disasm_at(d, a, &insn);
    *length = insn.length;
    if (!insn.length)
        return debugger_fault(d, "Cannot access memory at address 0x%x", (unsigned)a.at);
    debugger_print(d, !a.physical && address_pc(&regs).at == a.at ? "=> " : "   ");
    print_label(d, a, style & STYLE_PADDED);
    for (unsigned i = 0; i < insn.length && (style & STYLE_BYTES); i++)
        debugger_print(d, i ? " %02x" : "\t%02x", insn.bytes[i]);
    debugger_print(d, "\t%s\n", insn.text);
    return true;
}

static bool examine_instructions(struct debugger *d, struct address *a, long count)
{
    struct address at = *a;
    if (count < 0) {
        *a = at = disasm_before(d, at, (size_t)-count);
        if (-count > 128)
            return debugger_fault(d, "Cannot go back more than 128 instructions.");
    }
    for (long i = 0; i < labs(count); i++) {
        unsigned length;
        if (!examine_instruction(d, at, 0, &length))
            return false;
        at = address_add(at, length);
    }
    if (count > 0)
        *a = at;
    return true;
}

/* Zero-terminated text at *A in quotes; moves *A behind the zero. */
static bool examine_string(struct debugger *d, struct address *a)
{
    char one[8];
    uint8_t c = 0;
    print_label(d, *a, false);
    if (!address_read(d, *a, &c, 1)) {
        debugger_print(d, "\t");
        return false;
    }
    debugger_print(d, "\t\"");
    for (long i = 0; i < d->settings.value[SET_ELEMENTS]; i++) {
        if (!address_peek(d, *a, &c, 1)) {
            debugger_print(d, "\"...\n");
            return true;
        }
        *a = address_add(*a, 1);
        if (!c)
            break;
        format_char(c, '"', one, sizeof one);
        debugger_print(d, "%s", one);
    }
    debugger_print(d, c ? "\"...\n" : "\"\n");
    return true;
}

static unsigned per_line(unsigned size, char letter)
{
    if (letter == 't')
        return size == 1 ? 8 : size == 2 ? 8 : size == 4 ? 2 : 1;
    return size <= 2 ? 8 : size == 4 ? 4 : 2;
}

static bool examine_cells(struct debugger *d, struct address *a, const struct format *format)
{
    struct type type = { TYPE_INTEGER, format->size, true, false, 0 };
    long count = labs(format->count);
    struct address at = *a;
    char text[96];
    if (format->count < 0)
        *a = at = address_add(at, (int64_t)format->count * format->size);
    for (long i = 0; i < count; i++) {
        struct value v;
        if (i % per_line(format->size, format->letter) == 0) {
            if (i)
                debugger_print(d, "\n");
            print_label(d, at, false);
        }
        if (!value_read(d, at, type, &v)) {
            debugger_print(d, "\t");
            return false;
        }
        format_cell(d, v.number, format->size, format->letter, text, sizeof text);
        debugger_print(d, "\t%s", text);
        at = address_add(at, format->size);
    }
    if (count)
        debugger_print(d, "\n");
    if (format->count > 0)
        *a = at;
    return true;
}

bool examine_memory(struct debugger *d, struct address *a, const struct format *format)
{
    if (format->letter == 'i')
        return examine_instructions(d, a, format->count);
    if (format->letter != 's')
        return examine_cells(d, a, format);
    if (format->count < 0)
        return debugger_fault(d, "Strings cannot be examined backwards.");
    for (long i = 0; i < format->count; i++)
        if (!examine_string(d, a))
            return false;
    return true;
}

/* Sizes that the letter implies where the user gave none. */
static void imply_size(struct format *format, bool given)
{
    if (format->letter == 'a' && !given)
        format->size = 4;
    else if ((format->letter == 'c' && !given) || format->letter == 's')
        format->size = 1;
    else if (format->letter == 'f' && format->size < 4)
        format->size = 8;
    else if (!format->size)
        format->size = 4;
}

/* $_ is the last address examined, $__ what is there. */
static void remember(struct debugger *d, struct address next, const struct format *format)
{
    struct value contents;
    struct type type = { TYPE_INTEGER, format->size ? format->size : 4, true, format->size == 1, 0 };
    struct address last = format->count > 0 && format->letter != 'i' && format->letter != 's'
                            ? address_add(next, -(int64_t)type.size) : next;
    if (value_read(d, last, type, &contents)) {
        contents.place = PLACE_NONE;
        values_set(d, "__", contents);
    }
    type.stars = 1;
    values_set(d, "_", value_address(last, type));
}

static enum debugger_result examine(struct debugger *d, const char *arguments, bool physical)
{
    struct format format = { .count = 1, .letter = d->examine.last.letter };
    if (!format_parse(d, &arguments, &format))
        return debugger_report(d);
    bool given = format.size > 0;
    if (!given)
        format.size = d->examine.last.size;
    imply_size(&format, given);
    struct address a = d->examine.next;
    if (!d->examine.any && !physical) {
        struct registers regs;
        inspect_registers(d->machine, &regs);
        a = address_pc(&regs);
    }
    if (*arguments) {
        if (!expr_address(d, arguments, &a))
            return debugger_report(d);
        if (physical)
            a = address_physical(a.at);
    } else if (!format.has_count) {
        format.count = d->examine.last.count;
    }
    bool ok = examine_memory(d, &a, &format);
    d->examine.next = a;
    d->examine.any = true;
    if (format.letter != 's' && format.letter != 'i')
        d->examine.last = format;
    d->examine.last.letter = format.letter;
    d->examine.last.count = format.count;
    if (!ok)
        return debugger_report(d);
    remember(d, a, &format);
    command_set_repeat(d, physical ? "xp" : "x");
    return DEBUGGER_DONE;
}

static enum debugger_result run_x(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return examine(d, arguments, false);
}

static enum debugger_result run_xp(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return examine(d, arguments, true);
}

/* --- disassemble --- */

/* Without a symbol around the address there is no routine to show: so many bytes are shown instead. */
enum { BYTES_WITHOUT_SYMBOL = 32, LONGEST_DUMP = 1 << 20 };

static void routine_around(struct debugger *d, struct address *from, uint32_t *end)
{
    uint32_t offset, next;
    const char *name = symbol_before(d, from->at, &offset);
    if (!name) {
        *end = from->at + BYTES_WITHOUT_SYMBOL;
        return;
    }
    if (!from->has_segment || from->offset >= offset)
        *from = address_add(*from, -(int64_t)offset);
    *end = symbol_after(d, from->at, &next) && next - from->at < 4096 ? next : from->at + 256;
}

/* "[/r] [A [, B | , +N]]" */
static bool parse_range(struct debugger *d, const char *text, struct address *from, uint32_t *end)
{
    struct registers regs;
    struct value v;
    inspect_registers(d->machine, &regs);
    *from = address_pc(&regs);
    if (!*text) {
        routine_around(d, from, end);
        return true;
    }
    if (!expr_next(d, &text, &v))
        return false;
    *from = value_as_address(&v);
    if (!from->has_segment && !from->physical)
        *from = address_as_code(&regs, from->at);
    if (*text != ',') {
        routine_around(d, from, end);
        return true;
    }
    text = debugger_skip_blanks(text + 1);
    bool length = *text == '+';
    if (!expr_evaluate(d, text + length, &v))
        return false;
    *end = length ? from->at + (uint32_t)value_number(&v) : value_as_address(&v).at;
    return true;
}

static enum debugger_result run_disassemble(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    unsigned style = STYLE_PADDED, length;
    struct address a;
    uint32_t end;
    if (*arguments == '/') {
        size_t letters = strcspn(arguments, " \t");
        if (strspn(arguments + 1, "rms") != letters - 1)
            return debugger_error(d, "Invalid disassembly modifier.");
        if (memchr(arguments, 'r', letters))
            style |= STYLE_BYTES;
        arguments = debugger_skip_blanks(arguments + letters);
    }
    if (!parse_range(d, arguments, &a, &end))
        return debugger_report(d);
    uint32_t left = end - a.at < 0x80000000 ? end - a.at : 0;
    if (left > LONGEST_DUMP)
        return debugger_error(d, "The range is longer than 1 MB.");
    debugger_print(d, "Dump of assembler code from 0x%x to 0x%x:\n", (unsigned)a.at, (unsigned)end);
    for (; left > 0; a = address_add(a, length)) {
        if (!examine_instruction(d, a, style, &length))
            return debugger_report(d);
        left = length < left ? left - length : 0;
    }
    debugger_print(d, "End of assembler dump.\n");
    return DEBUGGER_DONE;
}

#define FORMAT_HELP \
    "N: how many; negative: those before. F: x d u o t a c f, s strings, i instructions, z. U: b 1 byte, h 2, w 4,\n" \
    "g 8. What is left out is as it was last. Without an address, goes on where it ended, or begins at $pc. $_ is\n" \
    "the last address, $__ its contents."

const struct debugger_command examine_commands[] = {
    { "x", NULL, 1, run_x, "Examine memory.", "Usage: x[/NFU] [ADDRESS]\n" FORMAT_HELP, COMPLETE_EXPRESSION, NULL,
      false },
    { "xp", NULL, 2, run_xp, "Examine physical memory.", "Usage: xp[/NFU] [ADDRESS]\n" FORMAT_HELP,
      COMPLETE_EXPRESSION, NULL, false },
    { "disassemble", NULL, 5, run_disassemble, "Disassemble a range of memory, or a routine.",
      "Usage: disassemble [/r] [A[,B]] [A,+LENGTH]\nWithout B: the routine around A by its symbols, or 32 bytes. /r "
      "adds the "
      "bytes.", COMPLETE_EXPRESSION, NULL, false },
    { 0 }
};
