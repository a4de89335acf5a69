/* Watchpoints.
 *
 * Memory is watched by the core, at the address that the expression had when the watchpoint was set (gdb's watch -l).
 * Anything else, registers above all, is evaluated after each instruction: exact, but slow. As in gdb, `watch` stops
 * when the value changes, not at each write. DMA is not seen until an instruction touches the memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/core.h"
#include "debugger/expr.h"
#include "debugger/format.h"

enum { LARGEST = 4096 };

void watch_remember(struct debugger *d, struct breakpoint *b)
{
    memset(b->old_bytes, 0, b->size);
    address_peek(d, b->address, b->old_bytes, b->size);
}

/* The first byte of a watched array that is not as it was; its size if all are. */
static uint32_t first_change(struct debugger *d, const struct breakpoint *b)
{
    uint8_t bytes[LARGEST];
    size_t size = address_peek(d, b->address, bytes, b->size), i = 0;
    while (i < size && bytes[i] == b->old_bytes[i])
        i++;
    return i < size ? (uint32_t)i : b->size;
}

static bool current_value(struct debugger *d, struct breakpoint *b, struct value *out)
{
    if (b->kind == BREAK_SOFTWARE_WATCH)
        return expr_evaluate(d, b->what, out);
    if (!b->old.count)
        return value_read(d, b->address, b->old.type, out);
    *out = b->old;
    return true;
}

static bool changed(struct debugger *d, const struct breakpoint *b, const struct value *now)
{
    if (b->kind == BREAK_WATCH && b->old.count)
        return first_change(d, b) != b->size;
    return value_number(now) != value_number(&b->old) || type_is_address(now->type) != type_is_address(b->old.type);
}

static bool touches(const struct breakpoint *b, const struct stop *stop)
{
    unsigned access = stop->is_write ? WATCH_WRITE : WATCH_READ;
    return (b->access & access) && stop->address < b->address.at + b->size
        && b->address.at < stop->address + (stop->size ? stop->size : 1);
}

/* "Written at 0xb8000, element 0", and the values of the first element that has changed, else of the one touched. */
static void report_element(struct debugger *d, const struct breakpoint *b, const struct stop *stop, char *text,
                           size_t size)
{
    char old_text[256] = "", new_text[256] = "";
    unsigned element = type_size(b->old.type);
    uint32_t change = first_change(d, b), touched = stop ? stop->address - b->address.at : 0;
    uint32_t n = (change < b->size ? change : touched < b->size ? touched : 0) / element;
    struct value old, now;
    if (value_decode(d, b->old_bytes + n * element, b->old.type, &old) && value_element(d, &b->old, n, &now)) {
        format_value(d, &old, 0, old_text, sizeof old_text);
        format_value(d, &now, 0, new_text, sizeof new_text);
    }
    if (change < b->size)
        snprintf(text, size, "Written at 0x%x, element %u\nOld value = %s\nNew value = %s\n",
                 (unsigned)(b->address.at + n * element), (unsigned)n, old_text, new_text);
    else
        snprintf(text, size, "%s at 0x%x, element %u\nValue = %s\n", stop && stop->is_write ? "Written" : "Read",
                 (unsigned)(b->address.at + n * element), (unsigned)n, new_text);
}

/* Whether B has something to report; the report goes into TEXT and the new value into NOW. */
static bool triggered(struct debugger *d, struct breakpoint *b, const struct stop *stop, struct value *now, char *text,
                      size_t size)
{
    char old_text[256], new_text[256];
    if (!current_value(d, b, now))
        return false;
    bool differs = changed(d, b, now);
    bool reads = b->kind == BREAK_WATCH && (b->access & WATCH_READ);
    if (reads ? !stop || !touches(b, stop) : !differs)
        return false;
    if (b->old.count) {
        report_element(d, b, stop, text, size);
        return true;
    }
    format_value(d, &b->old, 0, old_text, sizeof old_text);
    format_value(d, now, 0, new_text, sizeof new_text);
    if (differs)
        snprintf(text, size, "Old value = %s\nNew value = %s\n", old_text, new_text);
    else
        snprintf(text, size, "Value = %s\n", new_text);
    return true;
}

struct breakpoint *watch_check(struct debugger *d, const struct stop *stop, char *text, size_t size)
{
    struct breakpoint *found = NULL;
    char report[600];
    for (size_t i = 0; i < d->breakpoints.count; i++) {
        struct breakpoint *b = d->breakpoints.list[i];
        struct value now;
        if (!b->enabled || !(b->kind == BREAK_SOFTWARE_WATCH || (b->kind == BREAK_WATCH && stop))
            || !triggered(d, b, stop, &now, report, sizeof report))
            continue;
        b->old = now;
        if (b->old.count)
            watch_remember(d, b);
        if (breakpoint_hit(d, b) && !found) {
            found = b;
            snprintf(text, size, "%s", report);
        }
    }
    return found;
}

/* --- Commands --- */

/* Decides between the core and evaluating after each instruction. */
static bool classify(struct debugger *d, const char *text, struct value *v, enum breakpoint_kind *kind)
{
    struct expr_use use;
    if (!expr_check(d, text, &use) || !expr_evaluate(d, text, v))
        return false;
    *kind = BREAK_WATCH;
    if (v->place == PLACE_MEMORY && !v->where.physical)
        return true;
    if (v->place == PLACE_NONE && type_is_address(v->type) && v->type.stars == 1 && v->type.class == TYPE_VOID
        && !v->address.physical)
        return value_read(d, v->address, (struct type){ TYPE_INTEGER, 1, false, true, 0 }, v);
    *kind = BREAK_SOFTWARE_WATCH;
    return use.registers || use.memory || use.variables
        || debugger_fault(d, "Cannot watch constant value `%.80s'.", text);
}

static bool make_watch(struct debugger *d, const char *text, unsigned access, const char *condition)
{
    struct value v;
    enum breakpoint_kind kind;
    if (!classify(d, text, &v, &kind))
        return false;
    uint32_t size = (v.count ? v.count : 1) * type_size(v.type);
    if (kind == BREAK_SOFTWARE_WATCH && (access & WATCH_READ))
        return debugger_fault(d, "Expression cannot be implemented with read/access watchpoint.");
    if (kind == BREAK_WATCH && size > LARGEST)
        return debugger_fault(d, "Cannot watch more than %d bytes.", LARGEST);
    if (kind == BREAK_SOFTWARE_WATCH && v.count)
        return debugger_fault(d, "Cannot watch an array in physical memory.");
    struct breakpoint *b = breakpoint_new(d, kind, text);
    if (!b)
        return false;
    b->access = access;
    b->size = size;
    b->address = v.where;
    b->old = v;
    bool ok = !v.count || (b->old_bytes = malloc(size)) || debugger_fault(d, "Out of memory.");
    if (ok && v.count)
        watch_remember(d, b);
    if (!ok || !breakpoint_set_condition(d, b, condition) || !breakpoint_sync(d, b)) {
        breakpoint_remove(d, b);
        return false;
    }
    debugger_print(d, "%s %u: %s\n", breakpoint_title(b), b->number, b->what);
    return true;
}

static enum debugger_result watch(struct debugger *d, const char *arguments, unsigned access)
{
    const char *condition, *text = arguments;
    if (!strncmp(text, "-location", 9) && (text[9] == ' ' || text[9] == '\t'))
        text += 9;
    else if (!strncmp(text, "-l", 2) && (text[2] == ' ' || text[2] == '\t'))
        text += 2;
    char *copy = debugger_copy(text, strlen(text));
    if (!copy)
        return debugger_error(d, "Out of memory.");
    bool ok = *copy ? breakpoint_split_condition(d, copy, &condition) && make_watch(d, copy, access, condition)
                    : debugger_fault(d, "Argument required (expression to compute).");
    free(copy);
    return ok ? DEBUGGER_DONE : debugger_report(d);
}

static enum debugger_result run_watch(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return watch(d, arguments, WATCH_WRITE);
}

static enum debugger_result run_rwatch(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return watch(d, arguments, WATCH_READ);
}

static enum debugger_result run_awatch(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return watch(d, arguments, WATCH_READ | WATCH_WRITE);
}

const struct debugger_command watch_commands[] = {
    { "watch", NULL, 2, run_watch, "Stop when the value of an expression changes.",
      "Usage: watch [-l] EXPRESSION [if CONDITION]\n"
      "Memory (word[0:413], *(char*)0x7dfe, 0:413, byte[0:500]@16) is watched at full speed, at the address that the\n"
      "expression has now; of an array, the values of the first element that changed are told. Registers and other\n"
      "expressions are evaluated after each instruction, which is slow.",
      COMPLETE_EXPRESSION, NULL, false },
    { "rwatch", NULL, 2, run_rwatch, "Stop when an instruction reads memory.",
      "Usage: rwatch [-l] EXPRESSION [if CONDITION]", COMPLETE_EXPRESSION, NULL, false },
    { "awatch", NULL, 2, run_awatch, "Stop when an instruction reads or writes memory.",
      "Usage: awatch [-l] EXPRESSION [if CONDITION]", COMPLETE_EXPRESSION, NULL, false },
    { 0 }
};
