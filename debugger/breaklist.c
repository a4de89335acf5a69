/* Commands on the list of breakpoints: making, deleting, enabling, conditions, ignore counts, command lists. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/core.h"
#include "debugger/expr.h"

/* --- Numbers: "2 4-6" --- */

/* "2" or "4-6" at *TEXT; moves behind it. */
static bool number_range(struct debugger *d, const char **text, unsigned *first, unsigned *last)
{
    const char *at = *text;
    char *end;
    size_t length = strcspn(at, " \t,");
    unsigned long low = 0, high = 0;
    if (*at == '$') {
        char name[64];
        struct value v;
        snprintf(name, sizeof name, "%.*s", (int)length, at);
        if (!expr_evaluate(d, name, &v))
            return false;
        low = high = (unsigned long)value_number(&v);
        end = (char *)at + length;
    } else {
        low = high = strtoul(at, &end, 10);
        if (end != at && *end == '-' && isdigit((unsigned char)end[1]))
            high = strtoul(end + 1, &end, 10);
    }
    if (end != at + length || end == at || low == 0 || low > high || high > 1000000)
        return debugger_fault(d, "Bad breakpoint argument: '%.*s'", (int)(length < 60 ? length : 60), at);
    *first = (unsigned)low;
    *last = (unsigned)high;
    *text = end + strspn(end, " \t,");
    return true;
}

enum debugger_result breakpoint_each(struct debugger *d, const char *numbers,
                                     void (*act)(struct debugger *d, struct breakpoint *b, void *ctx), void *ctx)
{
    if (!*numbers) {
        for (size_t i = d->breakpoints.count; i-- > 0;)
            act(d, d->breakpoints.list[i], ctx);
        return DEBUGGER_DONE;
    }
    while (*numbers) {
        unsigned first, last;
        if (!number_range(d, &numbers, &first, &last))
            return debugger_report(d);
        for (unsigned n = first; n <= last; n++) {
            struct breakpoint *b = breakpoint_find(d, n);
            if (b)
                act(d, b, ctx);
            else if (first == last)
                debugger_error(d, "No breakpoint number %u.", n);
        }
    }
    return DEBUGGER_DONE;
}

/* --- break, tbreak, clear --- */

static void note_others(struct debugger *d, const struct address *a)
{
    for (size_t i = 0; i < d->breakpoints.count; i++) {
        const struct breakpoint *b = d->breakpoints.list[i];
        if (b->kind == BREAK_CODE && b->address.at == a->at)
            debugger_print(d, "Note: breakpoint %u also set at pc 0x%x.\n", b->number, (unsigned)a->at);
    }
}

static bool make_break(struct debugger *d, char *text, bool temporary)
{
    const char *condition;
    struct address a;
    bool any_segment;
    char suffix[ADDRESS_TEXT];
    if (!breakpoint_split_condition(d, text, &condition) || !breakpoint_location(d, text, &a, &any_segment))
        return false;
    if (!any_segment)
        note_others(d, &a);
    struct breakpoint *b = breakpoint_new(d, any_segment ? BREAK_ANY_SEGMENT : BREAK_CODE, text);
    if (!b)
        return false;
    b->address = a;
    b->fate = temporary ? FATE_DELETE : FATE_KEEP;
    if (!breakpoint_set_condition(d, b, condition) || !breakpoint_sync(d, b)) {
        breakpoint_remove(d, b);
        return false;
    }
    if (any_segment)
        debugger_print(d, "%s %u at *:%04x\n", breakpoint_title(b), b->number, (unsigned)a.offset);
    else
        debugger_print(d, "%s %u at 0x%x%s\n", breakpoint_title(b), b->number, (unsigned)a.at,
                       address_suffix(a, suffix));
    return true;
}

static enum debugger_result set_break(struct debugger *d, const char *arguments, bool temporary)
{
    char *copy = debugger_copy(arguments, strlen(arguments));
    bool ok = copy ? make_break(d, copy, temporary) : debugger_fault(d, "Out of memory.");
    free(copy);
    return ok ? DEBUGGER_DONE : debugger_report(d);
}

static enum debugger_result run_break(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return set_break(d, arguments, false);
}

static enum debugger_result run_tbreak(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return set_break(d, arguments, true);
}

static enum debugger_result run_clear(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct address a;
    unsigned deleted = 0;
    if (!breakpoint_location(d, arguments, &a, NULL))
        return debugger_report(d);
    for (size_t i = 0; i < d->breakpoints.count;) {
        struct breakpoint *b = d->breakpoints.list[i];
        if (b->kind != BREAK_CODE || b->address.at != a.at) {
            i++;
            continue;
        }
        debugger_print(d, deleted++ ? " %u" : "Deleted breakpoint %u", b->number);
        breakpoint_remove(d, b);
    }
    if (!deleted)
        return debugger_error(d, "No breakpoint at %s.", *arguments ? arguments : "this instruction");
    debugger_print(d, "\n");
    return DEBUGGER_DONE;
}

/* --- delete, enable, disable --- */

static void act_delete(struct debugger *d, struct breakpoint *b, void *ctx)
{
    (void)ctx;
    breakpoint_remove(d, b);
}

/* Cuts WORD (at least LEAST characters of it) off the beginning of TEXT. */
static bool skip_word(const char **text, const char *word, size_t least)
{
    size_t length = strcspn(*text, " \t");
    if (length < least || strncmp(word, *text, length) || length > strlen(word))
        return false;
    *text = debugger_skip_blanks(*text + length);
    return true;
}

static enum debugger_result run_delete(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    if (skip_word(&arguments, "display", 1))
        return display_change(d, arguments, DISPLAY_DELETE);
    skip_word(&arguments, "breakpoints", 1);
    if (!*arguments && d->breakpoints.count && !debugger_confirm(d, "Delete all breakpoints? (y or n) "))
        return DEBUGGER_DONE;
    return breakpoint_each(d, arguments, act_delete, NULL);
}

struct enabling { bool enabled; bool change_fate; enum breakpoint_fate fate; unsigned count; };

static void act_enable(struct debugger *d, struct breakpoint *b, void *ctx)
{
    const struct enabling *e = ctx;
    struct value now;
    b->enabled = e->enabled;
    if (e->change_fate) {
        b->fate = e->fate;
        b->enable_count = e->count;
    }
    /* A watched value may have changed while nobody looked. */
    if (b->enabled && b->kind == BREAK_WATCH && !b->old.count && value_read(d, b->address, b->old.type, &now))
        b->old = now;
    if (b->enabled && b->old_bytes)
        watch_remember(d, b);
    if (b->enabled && b->kind == BREAK_SOFTWARE_WATCH && expr_evaluate(d, b->what, &now))
        b->old = now;
    if (!breakpoint_sync(d, b)) {
        b->enabled = false;
        debugger_report(d);
    }
}

static enum debugger_result run_enable(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct enabling e = { .enabled = true };
    if (skip_word(&arguments, "display", 2))
        return display_change(d, arguments, DISPLAY_ENABLE);
    skip_word(&arguments, "breakpoints", 1);
    if (skip_word(&arguments, "once", 1)) {
        e.change_fate = true;
        e.fate = FATE_DISABLE;
    } else if (skip_word(&arguments, "delete", 2)) {
        e.change_fate = true;
        e.fate = FATE_DELETE;
    } else if (skip_word(&arguments, "count", 1)) {
        char *end;
        e.change_fate = true;
        e.fate = FATE_COUNT;
        e.count = (unsigned)strtoul(arguments, &end, 10);
        if (end == arguments || !e.count)
            return debugger_error(d, "Argument required (hit count).");
        arguments = debugger_skip_blanks(end);
    }
    return breakpoint_each(d, arguments, act_enable, &e);
}

static enum debugger_result run_disable(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct enabling e = { .enabled = false };
    if (skip_word(&arguments, "display", 2))
        return display_change(d, arguments, DISPLAY_DISABLE);
    skip_word(&arguments, "breakpoints", 1);
    return breakpoint_each(d, arguments, act_enable, &e);
}

/* --- condition, ignore --- */

/* The one breakpoint that *TEXT begins with. */
static struct breakpoint *one_breakpoint(struct debugger *d, const char **text)
{
    unsigned first, last;
    if (!**text) {
        debugger_fault(d, "Argument required (a breakpoint number).");
        return NULL;
    }
    size_t length = strcspn(*text, " \t");
    char number[32];
    const char *at = number;
    snprintf(number, sizeof number, "%.*s", (int)length, *text);
    if (!number_range(d, &at, &first, &last))
        return NULL;
    *text = debugger_skip_blanks(*text + length);
    struct breakpoint *b = breakpoint_find(d, first);
    if (!b)
        debugger_fault(d, "No breakpoint number %u.", first);
    return b;
}

static enum debugger_result run_condition(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct breakpoint *b = one_breakpoint(d, &arguments);
    if (!b || !breakpoint_set_condition(d, b, arguments))
        return debugger_report(d);
    if (!*arguments)
        debugger_print(d, "Breakpoint %u now unconditional.\n", b->number);
    return DEBUGGER_DONE;
}

static enum debugger_result run_ignore(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct breakpoint *b = one_breakpoint(d, &arguments);
    struct value v;
    if (!b)
        return debugger_report(d);
    if (!*arguments)
        return debugger_error(d, "Second argument (specified ignore-count) is missing.");
    if (!expr_evaluate(d, arguments, &v))
        return debugger_report(d);
    int64_t n = value_number(&v);
    b->ignore = n > 0 ? (unsigned long)n : 0;
    if (!b->ignore)
        debugger_print(d, "Will stop next time breakpoint %u is reached.\n", b->number);
    else if (b->ignore == 1)
        debugger_print(d, "Will ignore next crossing of breakpoint %u.\n", b->number);
    else
        debugger_print(d, "Will ignore next %lu crossings of breakpoint %u.\n", b->ignore, b->number);
    return DEBUGGER_DONE;
}

/* --- commands --- */

bool breakpoint_commands_target(struct debugger *d, const char *numbers)
{
    if (!*numbers)
        return d->breakpoints.count > 0 || debugger_fault(d, "No breakpoints specified.");
    unsigned first, last;
    while (*numbers) {
        if (!number_range(d, &numbers, &first, &last))
            return false;
        if (first == last && !breakpoint_find(d, first))
            return debugger_fault(d, "No breakpoint number %u.", first);
    }
    return true;
}

static void act_commands(struct debugger *d, struct breakpoint *b, void *ctx)
{
    const struct lines *body = ctx;
    struct lines copy = { 0 };
    if (!lines_copy(&copy, body)) {
        debugger_error(d, "Out of memory.");
        return;
    }
    lines_free(&b->commands);
    b->commands = copy;
    b->silent = copy.count && !strcmp(debugger_skip_blanks(copy.line[0]), "silent");
}

bool breakpoint_set_commands(struct debugger *d, const char *numbers, const struct lines *body)
{
    char last[16];
    if (!breakpoint_commands_target(d, numbers))
        return false;
    if (!*numbers) {
        snprintf(last, sizeof last, "%u", d->breakpoints.list[d->breakpoints.count - 1]->number);
        numbers = last;
    }
    breakpoint_each(d, numbers, act_commands, (void *)body);
    return true;
}

/* --- info breakpoints --- */

static const char *kind_name(const struct breakpoint *b)
{
    switch (b->kind) {
    case BREAK_WATCH:
        return b->access == WATCH_WRITE ? "hw watchpoint" : b->access == WATCH_READ ? "read watchpoint"
                                                          : "acc watchpoint";
    case BREAK_SOFTWARE_WATCH: return "watchpoint";
    case BREAK_CATCH: return "catchpoint";
    default: return "breakpoint";
    }
}

static void print_where(struct debugger *d, const struct breakpoint *b)
{
    char suffix[ADDRESS_TEXT], symbol[80];
    if (b->kind == BREAK_CODE) {
        debugger_print(d, "0x%08x%s%s\n", (unsigned)b->address.at,
                       symbol_suffix(d, b->address.at, symbol, sizeof symbol), address_suffix(b->address, suffix));
    } else if (b->kind == BREAK_ANY_SEGMENT)
        debugger_print(d, "*:%04x\n", (unsigned)b->address.offset);
    else
        debugger_print(d, "%-10s %s\n", "", b->what);
}

static void print_row(struct debugger *d, struct breakpoint *b)
{
    static const char *const fates[] = { "keep", "del", "dis", "dis" };
    debugger_print(d, "%-7u %-14s %-4s %-3s ", b->number, kind_name(b), fates[b->fate], b->enabled ? "y" : "n");
    print_where(d, b);
    if (b->condition)
        debugger_print(d, "\tstop only if %s\n", b->condition);
    if (b->hits)
        debugger_print(d, "\tbreakpoint already hit %lu time%s\n", b->hits, b->hits == 1 ? "" : "s");
    if (b->ignore)
        debugger_print(d, "\tignore next %lu hits\n", b->ignore);
    for (size_t i = 0; i < b->commands.count; i++)
        debugger_print(d, "        %s\n", b->commands.line[i]);
}

static bool is_watch(const struct breakpoint *b)
{
    return b->kind == BREAK_WATCH || b->kind == BREAK_SOFTWARE_WATCH;
}

static enum debugger_result list(struct debugger *d, const char *arguments, bool watches_only)
{
    bool any = false;
    unsigned first = 0, last = 0;
    if (*arguments && !number_range(d, &arguments, &first, &last))
        return debugger_report(d);
    for (size_t i = 0; i < d->breakpoints.count; i++) {
        struct breakpoint *b = d->breakpoints.list[i];
        if ((watches_only && !is_watch(b)) || (first && (b->number < first || b->number > last)))
            continue;
        if (!any)
            debugger_print(d, "Num     Type           Disp Enb Address    What\n");
        any = true;
        print_row(d, b);
    }
    if (!any && first)
        debugger_print(d, "No breakpoint or watchpoint matching '%u'.\n", first);
    else if (!any)
        debugger_print(d, watches_only ? "No watchpoints.\n" : "No breakpoints or watchpoints.\n");
    return DEBUGGER_DONE;
}

static enum debugger_result info_breakpoints(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return list(d, arguments, false);
}

static enum debugger_result info_watchpoints(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return list(d, arguments, true);
}

#define LOCATION_HELP \
    "LOCATION is SEG:OFF (hexadecimal, registers allowed: cs:ip), *EXPRESSION, 0xADDRESS (linear), lin:X, phys:X,\n" \
    "a symbol, symbol+N, +N instructions from here, *:IP (this offset in any segment: slow), or nothing: here.\n" \
    "Breakpoints match by linear address."

const struct debugger_command list_commands[] = {
    { "break", NULL, 1, run_break, "Set a breakpoint.", "Usage: break [LOCATION] [if CONDITION]\n" LOCATION_HELP,
      COMPLETE_LOCATION, NULL, false },
    { "tbreak", NULL, 2, run_tbreak, "Set a breakpoint that is deleted when it is hit.",
      "Usage: tbreak [LOCATION] [if CONDITION]\n" LOCATION_HELP, COMPLETE_LOCATION, NULL, false },
    { "hbreak", NULL, 2, run_break, "Set a breakpoint; all of them are hardware assisted.",
      "Usage: hbreak [LOCATION] [if CONDITION]\n" LOCATION_HELP, COMPLETE_LOCATION, NULL, false },
    { "clear", NULL, 2, run_clear, "Delete the breakpoints at a location.", "Usage: clear [LOCATION]\n" LOCATION_HELP,
      COMPLETE_LOCATION, NULL, false },
    { "delete", NULL, 1, run_delete, "Delete breakpoints, or all of them.",
      "Usage: delete [breakpoints] [N] [N-M] ...\n       delete display [N] ...", COMPLETE_BREAKPOINT, NULL, false },
    { "enable", NULL, 2, run_enable, "Enable breakpoints.",
      "Usage: enable [once | delete | count N] [N] [N-M] ...\n       enable display [N] ...\n"
      "once: until it is hit. delete: deleted when it is hit. count N: until it was hit N times.",
      COMPLETE_BREAKPOINT, NULL, false },
    { "disable", NULL, 3, run_disable, "Disable breakpoints.",
      "Usage: disable [N] [N-M] ...\n       disable display [N] ...", COMPLETE_BREAKPOINT, NULL, false },
    { "condition", NULL, 4, run_condition, "Make a breakpoint stop only if an expression is true.",
      "Usage: condition N [EXPRESSION]\nWithout EXPRESSION it becomes unconditional.", COMPLETE_BREAKPOINT, NULL,
      false },
    { "ignore", NULL, 3, run_ignore, "Ignore the next hits of a breakpoint.", "Usage: ignore N COUNT",
      COMPLETE_BREAKPOINT, NULL, false },
    { "breakpoints", "info", 1, info_breakpoints, "Breakpoints, watchpoints and catchpoints.",
      "Usage: info breakpoints [N]", COMPLETE_BREAKPOINT, NULL, false },
    { "watchpoints", "info", 3, info_watchpoints, "Watchpoints.", "Usage: info watchpoints [N]", COMPLETE_BREAKPOINT,
      NULL, false },
    { 0 }
};
