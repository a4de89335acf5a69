/* print, output, call, printf, echo. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/core.h"
#include "debugger/expr.h"

enum { LONGEST_VALUE = 8192 };

/* Prints TEXT of any length. */
static void print_text(struct debugger *d, const char *text)
{
    if (d->config.put)
        d->config.put(d->config.ctx, text);
}

bool examine_value(struct debugger *d, const struct value *v, char letter)
{
    char text[LONGEST_VALUE];
    if (!format_value(d, v, letter, text, sizeof text))
        return false;
    print_text(d, text);
    return true;
}

/* "/x EXPR", or the last value if there is no expression. */
static bool parse_print(struct debugger *d, const char *arguments, struct value *v, char *letter)
{
    struct format format = { 0 };
    if (!format_parse(d, &arguments, &format))
        return false;
    if (format.has_count)
        return debugger_fault(d, "Item count other than 1 is meaningless in \"print\" command.");
    if (format.size)
        return debugger_fault(d, "Size letters are meaningless in \"print\" command.");
    *letter = format.letter;
    return expr_evaluate(d, *arguments ? arguments : "$", v);
}

static enum debugger_result run_print(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct value v;
    char letter, text[LONGEST_VALUE];
    if (!parse_print(d, arguments, &v, &letter) || !format_value(d, &v, letter, text, sizeof text))
        return debugger_report(d);
    if (value_is_void(&v)) {
        debugger_print(d, "void\n");
        return DEBUGGER_DONE;
    }
    debugger_print(d, "$%zu = ", values_remember(d, &v));
    print_text(d, text);
    debugger_print(d, "\n");
    return DEBUGGER_DONE;
}

static enum debugger_result run_output(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct value v;
    char letter;
    if (!*arguments)
        return debugger_error(d, "Argument required (expression to compute).");
    if (!parse_print(d, arguments, &v, &letter) || !examine_value(d, &v, letter))
        return debugger_report(d);
    return DEBUGGER_DONE;
}

/* The character that the escape behind a backslash means; moves *AT behind it. */
static char escape(const char **at)
{
    static const char names[] = "nrtbafve", values[] = "\n\r\t\b\a\f\v\033";
    if (**at >= '0' && **at <= '7') {
        unsigned c = 0;
        for (int i = 0; i < 3 && **at >= '0' && **at <= '7'; i++)
            c = c * 8 + (unsigned)(*(*at)++ - '0');
        return (char)c;
    }
    char c = *(*at)++;
    const char *name = strchr(names, c);
    return name ? values[name - names] : c;
}

static enum debugger_result run_echo(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    char one[2] = "";
    while (*arguments) {
        if (*arguments != '\\')
            one[0] = *arguments++;
        else if (arguments[1])
            arguments++, one[0] = escape(&arguments);
        else
            break;
        print_text(d, one);
    }
    return DEBUGGER_DONE;
}

/* --- printf --- */

/* %s with an address: text in guest memory, without quotes. */
static bool guest_string(struct debugger *d, const struct value *v, char *text, size_t size)
{
    struct address a = value_as_address(v);
    size_t used = 0;
    for (; used + 1 < size; used++) {
        if (!address_read(d, address_add(a, (int64_t)used), &text[used], 1))
            return false;
        if (!text[used])
            break;
    }
    text[used] = '\0';
    return true;
}

/* One conversion: *FORMAT behind the % sign. Width and flags are kept, length modifiers replaced by our own. */
static bool convert(struct debugger *d, const char **format, const struct value *v, char *text, size_t size)
{
    char spec[24] = "%", string[1024];
    size_t length = strspn(*format, "-+ #0123456789.");
    const char *at = *format + length;
    at += strspn(at, "hlLqjzt");
    if (length > 12 || !*at || strspn(*format, "-+ #0.") > 5)
        return debugger_fault(d, "Bad format string");
    memcpy(spec + 1, *format, length);
    *format = at + 1;
    const char *width = spec + 1 + strspn(spec + 1, "-+ #"), *point = strchr(spec, '.');
    text[0] = '\0';
    if (strtol(width, NULL, 10) > 500 || (point && strtol(point + 1, NULL, 10) > 500))
        return debugger_fault(d, "Bad format string");
    int64_t n = value_number(v);
    uint64_t bits = v->type.size == 8 || type_is_address(v->type) ? (uint64_t)n : (uint64_t)(uint32_t)n;
    switch (*at) {
    case 'd':
    case 'i': strcat(spec, "lld"); snprintf(text, size, spec, (long long)n); return true;
    case 'u':
    case 'x':
    case 'X':
    case 'o':
        strcat(spec, "ll");
        spec[strlen(spec) + 1] = '\0';
        spec[strlen(spec)] = *at;
        snprintf(text, size, spec, (unsigned long long)bits);
        return true;
    case 'c': strcat(spec, "c"); snprintf(text, size, spec, (int)(n & 0xFF)); return true;
    case 'p': snprintf(text, size, "0x%llx", (unsigned long long)bits); return true;
    case 's':
        if (!guest_string(d, v, string, sizeof string))
            return false;
        strcat(spec, "s");
        snprintf(text, size, spec, string);
        return true;
    default: return debugger_fault(d, "Unrecognized format specifier '%c' in printf", *at);
    }
}

/* The closing quote of the string that begins behind TEXT's first quote, NULL if there is none. */
static const char *closing_quote(const char *text)
{
    for (text++; *text && *text != '"'; text++)
        if (*text == '\\' && text[1])
            text++;
    return *text ? text : NULL;
}

/* The text in quotes at *TEXT, for a %s; moves behind it. */
static bool literal(struct debugger *d, const char **text, char *out, size_t size)
{
    const char *end = closing_quote(*text), *at = *text + 1;
    size_t used = 0;
    if (!end)
        return debugger_fault(d, "Unterminated string in expression.");
    while (at < end && used + 1 < size)
        if (*at == '\\')
            at++, out[used++] = escape(&at);
        else
            out[used++] = *at++;
    out[used] = '\0';
    *text = debugger_skip_blanks(end + 1);
    return true;
}

/* One conversion, *FORMAT behind its % sign, of the argument at *ARGUMENTS. */
static bool convert_next(struct debugger *d, const char **format, const char **arguments, char *text, size_t size)
{
    char string[1024], spec[24];
    struct value v;
    if (**arguments != '"')
        return expr_next(d, arguments, &v) && convert(d, format, &v, text, size);
    size_t length = strspn(*format, "-0123456789.");
    if ((*format)[length] != 's' || length > 12)
        return debugger_fault(d, "Text in quotes is printed by %%s only.");
    snprintf(spec, sizeof spec, "%%%.*ss", (int)length, *format);
    *format += length + 1;
    if (!literal(d, arguments, string, sizeof string))
        return false;
    const char *width = spec + 1 + strspn(spec + 1, "-"), *point = strchr(spec, '.');
    if (strtol(width, NULL, 10) > 500 || (point && strtol(point + 1, NULL, 10) > 500) || strspn(spec + 1, "-") > 1)
        return debugger_fault(d, "Bad format string");
    snprintf(text, size, spec, string);
    return true;
}

static bool print_formatted(struct debugger *d, const char *format, const char *end, const char *arguments)
{
    char piece[1200];
    while (format < end) {
        piece[1] = '\0';
        if (*format == '\\') {
            format++;
            piece[0] = escape(&format);
        } else if (*format != '%') {
            piece[0] = *format++;
        } else if (format[1] == '%') {
            piece[0] = '%';
            format += 2;
        } else {
            format++;
            if (*arguments != ',')
                return debugger_fault(d, "Wrong number of arguments for specified format-string");
            arguments = debugger_skip_blanks(arguments + 1);
            if (!convert_next(d, &format, &arguments, piece, sizeof piece))
                return false;
        }
        print_text(d, piece);
    }
    return !*arguments || debugger_fault(d, "Wrong number of arguments for specified format-string");
}

static enum debugger_result run_printf(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    const char *end = *arguments == '"' ? closing_quote(arguments) : NULL;
    if (!*arguments)
        return debugger_error(d, "Argument required (format-control string and values to print).");
    if (*arguments != '"')
        return debugger_error(d, "Bad format string");
    if (!end)
        return debugger_error(d, "Bad format string, non-terminated '\"'");
    if (!print_formatted(d, arguments + 1, end, debugger_skip_blanks(end + 1)))
        return debugger_report(d);
    return DEBUGGER_DONE;
}

/* --- whatis --- */

static enum debugger_result run_whatis(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct value v;
    char array[24] = "";
    if (!expr_evaluate(d, arguments, &v))
        return debugger_report(d);
    unsigned stars = v.type.class == TYPE_CODE ? 0 : v.type.stars;
    if (v.count)
        snprintf(array, sizeof array, " [%u]", (unsigned)v.count);
    debugger_print(d, "type = %s%s%.*s%s\n", type_name(v.type), stars ? " " : "", (int)(stars > 8 ? 8 : stars),
                   "********", array);
    return DEBUGGER_DONE;
}

#define EXPRESSION_HELP \
    "Registers are $eax $ax $al $cs $eip $eflags ..., also without the dollar sign; $pc and $sp are the addresses\n" \
    "CS:EIP and SS:ESP; $clock, $tick and $icount count. Addresses are SEG:OFF in hexadecimal (b800:0, es:di+4),\n" \
    "&SEG:OFF in the manner of real mode, #SEL:OFF by descriptor, lin:X, phys:X. Memory: byte[ds:si], word[..],\n" \
    "dword[..], far[0:84], *(char*)0x413, {short}0x413, word[0:400]@4."

const struct debugger_command print_commands[] = {
    { "print", NULL, 1, run_print, "Print the value of an expression.",
      "Usage: print[/F] [EXPRESSION]\nF: x hexadecimal, d, u, o, t binary, c character, a address, s string, z padded "
      "hexadecimal.\nThe value is kept as $N; $ is the last one, $$ the one before.\n" EXPRESSION_HELP,
      COMPLETE_EXPRESSION, NULL, false },
    { "inspect", NULL, 0, run_print, "Print the value of an expression: print.", NULL, COMPLETE_EXPRESSION, NULL,
      false },
    { "call", NULL, 0, run_print, "Print the value of an expression: print.", NULL, COMPLETE_EXPRESSION, NULL, false },
    { "output", NULL, 3, run_output, "Print a value without number and newline.", "Usage: output[/F] EXPRESSION",
      COMPLETE_EXPRESSION, NULL, false },
    { "printf", NULL, 6, run_printf, "Print values in the manner of C's printf.",
      "Usage: printf \"FORMAT\", EXPRESSION, ...\n%s takes the address of text in the guest's memory, or \"text\".",
      COMPLETE_EXPRESSION, NULL, false },
    { "echo", NULL, 2, run_echo, "Print text.",
      "Usage: echo TEXT\nEscapes are those of C: \\n is a newline, without which none is printed.",
      COMPLETE_NOTHING, NULL, false },
    { "whatis", NULL, 4, run_whatis, "Print the type of an expression.", "Usage: whatis EXPRESSION",
      COMPLETE_EXPRESSION, NULL, false },
    { "ptype", NULL, 2, run_whatis, "Print the type of an expression: whatis.", NULL, COMPLETE_EXPRESSION, NULL,
      false },
    { 0 }
};
