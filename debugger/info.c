/* info registers, symbols and the machine; info itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/core.h"
#include "debugger/expr.h"
#include "debugger/float.h"
#include "debugger/info.h"
#include "debugger/register.h"

static void print_register(struct debugger *d, const char *name, const struct value *v)
{
    char natural[256], hex[32];
    format_value(d, v, 'x', hex, sizeof hex);
    if (v->type.class == TYPE_INTEGER)
        format_value(d, v, v->type.is_signed ? 'd' : 'u', natural, sizeof natural);
    else
        format_value(d, v, 0, natural, sizeof natural);
    debugger_print(d, "%-15s%-19s%s\n", name, hex, natural);
}

/* gdb's order. */
static const char *const general[] = { "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi",
                                       "eip", "eflags", "cs", "ss", "ds", "es", "fs", "gs" };

static void print_general(struct debugger *d)
{
    struct value v;
    for (size_t i = 0; i < sizeof general / sizeof general[0]; i++) {
        register_read(d, register_find(general[i], true), &v);
        print_register(d, general[i], &v);
    }
}

/* Names, with or without the dollar sign. */
static enum debugger_result print_named(struct debugger *d, const char *text)
{
    char name[32];
    struct value v;
    while (*text) {
        size_t length = strcspn(text, " \t,");
        size_t dollar = *text == '$';
        snprintf(name, sizeof name, "%.*s", (int)(length - dollar), text + dollar);
        int row = register_find(name, true), st = float_register(name);
        if (row < 0 && st < 0)
            return debugger_error(d, "Invalid register `%s'", name);
        if (st >= 0) {
            float_print_register(d, (unsigned)st);
        } else {
            register_read(d, row, &v);
            print_register(d, name, &v);
        }
        text += length;
        text += strspn(text, " \t,");
    }
    return DEBUGGER_DONE;
}

static enum debugger_result info_registers(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    if (*arguments)
        return print_named(d, arguments);
    print_general(d);
    return DEBUGGER_DONE;
}

static void print_segment(struct debugger *d, const char *name, const struct segment_view *s)
{
    debugger_print(d, "%-15sselector 0x%04x  base 0x%08x  limit 0x%08x  attributes 0x%04x%s\n", name, s->selector,
                   (unsigned)s->base, (unsigned)s->limit, s->attributes, s->valid ? "" : "  (not valid)");
}

static enum debugger_result info_all_registers(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    static const char *const segments[] = { "es", "cs", "ss", "ds", "fs", "gs" };
    static const char *const modes[] = { "real", "virtual 8086", "protected, 16-bit code", "protected, 32-bit code" };
    static const char *const system[] = { "cr0", "cr2", "cr3", "cr4", "dr0", "dr1", "dr2", "dr3", "dr6", "dr7",
                                          "tr3", "tr4", "tr5", "tr6", "tr7",
                                          "fctrl", "fstat", "ftag", "fiseg", "fioff", "foseg", "fooff", "fop" };
    struct registers regs;
    struct value v;
    if (*arguments)
        return print_named(d, arguments);
    print_general(d);
    for (unsigned i = 0; i < 8; i++)
        float_print_register(d, i);
    for (size_t i = 0; i < sizeof system / sizeof system[0]; i++) {
        register_read(d, register_find(system[i], true), &v);
        print_register(d, system[i], &v);
    }
    inspect_registers(d->machine, &regs);
    for (unsigned i = 0; i < SEGS; i++)
        print_segment(d, segments[i], &regs.seg[i]);
    print_segment(d, "ldtr", &regs.ldtr);
    print_segment(d, "tr", &regs.tr);
    debugger_print(d, "%-15sbase 0x%08x  limit 0x%04x\n", "gdtr", (unsigned)regs.gdtr.base, regs.gdtr.limit);
    debugger_print(d, "%-15sbase 0x%08x  limit 0x%04x\n", "idtr", (unsigned)regs.idtr.base, regs.idtr.limit);
    debugger_print(d, "%-15s%s, cpl %u%s%s\n", "mode", modes[regs.mode], regs.cpl, regs.halted ? ", halted" : "",
                   regs.shutdown ? ", shut down" : "");
    return DEBUGGER_DONE;
}

/* --- Symbols --- */

static enum debugger_result info_symbol(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct address a;
    uint32_t offset;
    if (!expr_address(d, arguments, &a))
        return debugger_report(d);
    const char *name = symbol_before(d, a.at, &offset);
    if (!name)
        debugger_print(d, "No symbol matches %s.\n", arguments);
    else if (offset)
        debugger_print(d, "%s + %u\n", name, (unsigned)offset);
    else
        debugger_print(d, "%s\n", name);
    return DEBUGGER_DONE;
}

static enum debugger_result info_line(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct address a;
    char segment[ADDRESS_TEXT], symbol[80];
    if (!breakpoint_location(d, arguments, &a, NULL))
        return debugger_report(d);
    debugger_print(d, "No line number information available for address 0x%x%s%s\n", (unsigned)a.at,
                   symbol_suffix(d, a.at, symbol, sizeof symbol), address_suffix(a, segment));
    return DEBUGGER_DONE;
}

static enum debugger_result info_address(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    uint32_t address;
    if (!symbol_find(d, arguments, &address))
        return debugger_error(d, "No symbol \"%.100s\" in current context.", arguments);
    debugger_print(d, "Symbol \"%s\" is at 0x%x in a file compiled without debugging.\n", arguments, (unsigned)address);
    return DEBUGGER_DONE;
}

struct listing { struct debugger *d; const char *part; };

static void print_if_part(void *ctx, const char *name)
{
    const struct listing *l = ctx;
    uint32_t address;
    if (strstr(name, l->part) && symbol_find(l->d, name, &address))
        debugger_print(l->d, "0x%08x  %s\n", (unsigned)address, name);
}

static enum debugger_result info_functions(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct listing listing = { d, arguments };
    debugger_print(d, "Non-debugging symbols:\n");
    symbol_complete(d, "", print_if_part, &listing);
    return DEBUGGER_DONE;
}

/* --- The machine --- */

static enum debugger_result info_program(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    (void)arguments;
    uint64_t tick = machine_tick(d->machine);
    debugger_print(d, "Guest \"%s\" on a %s at %u Hz, timing %s, %u KB of memory.\n", d->config.name,
                   machine_profile(d->machine), (unsigned)machine_clock_hz(d->machine),
                   timing_modes[machine_timing(d->machine)],
                   (unsigned)(inspect_ram_size(d->machine) / 1024));
    debugger_print(d, "Tick %llu (%llu.%06llu s), clock %llu, %llu instructions.\n", (unsigned long long)tick,
                   (unsigned long long)(tick / TICKS_PER_SECOND),
                   (unsigned long long)(tick % TICKS_PER_SECOND / TICKS_PER_US),
                   (unsigned long long)machine_clocks(d->machine), (unsigned long long)machine_icount(d->machine));
    if (d->run.gone) {
        debugger_print(d, "The program being debugged is not being run.\n");
        return DEBUGGER_DONE;
    }
    debugger_print(d, d->run.active ? "It is running at " : "Program stopped at ");
    run_print_location(d);
    return DEBUGGER_DONE;
}

static enum debugger_result run_info(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return command_group(d, "info", arguments);
}

const struct debugger_command info_commands[] = {
    { "info", NULL, 1, run_info, "Show things about the guest and the debugger.", "Usage: info SUBJECT [ARGUMENTS]",
      COMPLETE_GROUP, NULL, false },
    { "registers", "info", 1, info_registers, "General and segment registers, or those named.",
      "Usage: info registers [NAME] ...", COMPLETE_EXPRESSION, NULL, false },
    { "all-registers", "info", 2, info_all_registers, "All registers, with the hidden parts of segment registers.",
      "Usage: info all-registers [NAME] ...", COMPLETE_EXPRESSION, NULL, false },
    { "symbol", "info", 3, info_symbol, "The symbol at an address.", "Usage: info symbol ADDRESS",
      COMPLETE_EXPRESSION, NULL, false },
    { "address", "info", 3, info_address, "The address of a symbol.", "Usage: info address SYMBOL", COMPLETE_LOCATION,
      NULL, false },
    { "functions", "info", 2, info_functions, "All symbols, or those that contain a text.",
      "Usage: info functions [TEXT]", COMPLETE_LOCATION, NULL, false },
    { "line", "info", 2, info_line, "Address and symbol of a location.", "Usage: info line [LOCATION]",
      COMPLETE_LOCATION, NULL, false },
    { "program", "info", 2, info_program, "The guest, its machine, its time.", NULL, COMPLETE_NOTHING, NULL, false },
    { 0 }
};
