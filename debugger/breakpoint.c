/* The list of breakpoints, watchpoints and catchpoints, and what the core must know of them.
 *
 * Breakpoints live in the core by linear address (inspect_add_breakpoint) while they are enabled; nothing is written
 * into the guest's memory. A breakpoint keeps the linear address it had when it was set: it does not follow changes of
 * paging or of descriptors. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/core.h"
#include "debugger/disasm.h"
#include "debugger/expr.h"
#include "debugger/lex.h"

bool breakpoints_init(struct debugger *d)
{
    d->breakpoints.listener = probe_listen(machine_probes(d->machine), PROBE_BIT(PROBE_SHUTDOWN), catch_event, d);
    return d->breakpoints.listener >= 0;
}

static void breakpoint_free(struct breakpoint *b)
{
    free(b->condition);
    free(b->what);
    free(b->old_bytes);
    lines_free(&b->commands);
    free(b);
}

void breakpoints_free(struct debugger *d)
{
    while (d->breakpoints.count)
        breakpoint_remove(d, d->breakpoints.list[0]);
    free(d->breakpoints.list);
    probe_unlisten(machine_probes(d->machine), d->breakpoints.listener);
}

struct breakpoint *breakpoint_find(struct debugger *d, unsigned number)
{
    for (size_t i = 0; i < d->breakpoints.count; i++)
        if (d->breakpoints.list[i]->number == number)
            return d->breakpoints.list[i];
    return NULL;
}

struct breakpoint *breakpoint_new(struct debugger *d, enum breakpoint_kind kind, const char *what)
{
    struct breakpoints *all = &d->breakpoints;
    struct breakpoint *b = calloc(1, sizeof *b);
    struct breakpoint **grown = b ? debugger_grow(all->list, all->count, sizeof *grown) : NULL;
    if (grown)
        all->list = grown;
    if (!grown || !(b->what = debugger_copy(what, strlen(what)))) {
        free(b);
        debugger_fault(d, "Out of memory.");
        return NULL;
    }
    b->kind = kind;
    b->number = ++all->last_number;
    b->enabled = true;
    b->handle = -1;
    grown[all->count++] = b;
    values_set(d, "bpnum", value_integer(b->number, type_int));
    return b;
}

static bool sync_watch(struct debugger *d, struct breakpoint *b)
{
    if (b->enabled && b->handle < 0) {
        b->handle = inspect_add_watchpoint(d->machine, b->address.at, b->size, b->access);
        return b->handle >= 0 || debugger_fault(d, "Could not insert hardware watchpoint %u.", b->number);
    }
    if (!b->enabled && b->handle >= 0) {
        inspect_remove_watchpoint(d->machine, b->handle);
        b->handle = -1;
    }
    return true;
}

bool breakpoint_sync(struct debugger *d, struct breakpoint *b)
{
    switch (b->kind) {
    case BREAK_CODE:
        if (b->enabled && !b->inserted) {
            b->inserted = inspect_add_breakpoint(d->machine, b->address.at);
            return b->inserted || debugger_fault(d, "Could not insert breakpoint %u: the machine has room for %d.",
                                                 b->number, INSPECT_BREAKPOINTS);
        }
        if (!b->enabled && b->inserted) {
            inspect_remove_breakpoint(d->machine, b->address.at);
            b->inserted = false;
        }
        return true;
    case BREAK_WATCH: return sync_watch(d, b);
    case BREAK_CATCH: catch_listen(d); return true;
    default: return true;
    }
}

void breakpoint_remove(struct debugger *d, struct breakpoint *b)
{
    struct breakpoints *all = &d->breakpoints;
    b->enabled = false;
    breakpoint_sync(d, b);
    for (size_t i = 0; i < all->count; i++)
        if (all->list[i] == b) {
            memmove(&all->list[i], &all->list[i + 1], (all->count - i - 1) * sizeof all->list[0]);
            all->count--;
            break;
        }
    breakpoint_free(b);
}

/* --- Conditions --- */

bool breakpoint_split_condition(struct debugger *d, char *text, const char **condition)
{
    *condition = NULL;
    for (char *at = text; (at = strstr(at, "if")); at += 2) {
        bool begins = at == text || at[-1] == ' ' || at[-1] == '\t';
        if (!begins || !(at[2] == ' ' || at[2] == '\t' || at[2] == '('))
            continue;
        *condition = debugger_skip_blanks(at + 2);
        while (at > text && (at[-1] == ' ' || at[-1] == '\t'))
            at--;
        *at = '\0';
        return expr_check(d, *condition, NULL);
    }
    return true;
}

bool breakpoint_set_condition(struct debugger *d, struct breakpoint *b, const char *condition)
{
    char *copy = NULL;
    if (condition && *condition) {
        if (!expr_check(d, condition, NULL))
            return false;
        if (!(copy = debugger_copy(condition, strlen(condition))))
            return debugger_fault(d, "Out of memory.");
    }
    free(b->condition);
    b->condition = copy;
    return true;
}

bool breakpoint_hit(struct debugger *d, struct breakpoint *b)
{
    bool truth = true;
    if (!b->enabled)
        return false;
    if (b->condition && !expr_condition(d, b->condition, &truth)) {
        debugger_print(d, "Error in testing condition for breakpoint %u:\n%s\n", b->number, d->error);
        truth = true;
    }
    if (!truth)
        return false;
    b->hits++;
    if (b->ignore) {
        b->ignore--;
        return false;
    }
    return true;
}

void breakpoint_used(struct debugger *d, struct breakpoint *b)
{
    switch (b->fate) {
    case FATE_DELETE: breakpoint_remove(d, b); return;
    case FATE_DISABLE: b->enabled = false; break;
    case FATE_COUNT:
        if (b->enable_count > 1)
            b->enable_count--;
        else
            b->enabled = false;
        break;
    default: return;
    }
    breakpoint_sync(d, b);
}

bool breakpoints_need_steps(const struct debugger *d)
{
    for (size_t i = 0; i < d->breakpoints.count; i++) {
        const struct breakpoint *b = d->breakpoints.list[i];
        /* A segment load does not end the straight line of instructions that the core executes at a stretch. */
        bool inside_run = b->kind == BREAK_CATCH && b->filter.kind == PROBE_SEGLOAD;
        if (b->enabled && (b->kind == BREAK_ANY_SEGMENT || b->kind == BREAK_SOFTWARE_WATCH || inside_run))
            return true;
    }
    return false;
}

const char *breakpoint_title(const struct breakpoint *b)
{
    bool temporary = b->fate == FATE_DELETE;
    switch (b->kind) {
    case BREAK_WATCH:
        return b->access == WATCH_WRITE ? "Hardware watchpoint" : b->access == WATCH_READ ? "Hardware read watchpoint"
                                                                : "Hardware access (read/write) watchpoint";
    case BREAK_SOFTWARE_WATCH: return "Watchpoint";
    case BREAK_CATCH: return temporary ? "Temporary catchpoint" : "Catchpoint";
    default: return temporary ? "Temporary breakpoint" : "Breakpoint";
    }
}

/* --- Locations --- */

/* +N and -N: instructions from here. */
static bool relative(struct debugger *d, const char *text, const struct registers *regs, struct address *out)
{
    char *end;
    long n = strtol(text, &end, 10);
    *out = address_pc(regs);
    if (*debugger_skip_blanks(end) || n > 10000 || n < -100)
        return debugger_fault(d, "Invalid number \"%.40s\".", text);
    if (n < 0)
        *out = disasm_before(d, *out, (size_t)-n);
    for (long i = 0; i < n; i++) {
        struct disasm insn;
        disasm_flow(d, *out, &insn);
        *out = address_add(*out, insn.length ? insn.length : 1);
    }
    return true;
}

static bool is_plain_name(const char *text)
{
    if (!isalpha((unsigned char)*text) && *text != '_')
        return false;
    while (isalnum((unsigned char)*text) || *text == '_' || *text == '.')
        text++;
    return !*text;
}

static bool any_segment_location(struct debugger *d, const char *text, struct address *out)
{
    char word[LEX_WORD];
    snprintf(word, sizeof word, "%s", text);
    *out = address_linear(0);
    return lex_hex(word, &out->offset) || debugger_fault(d, "Invalid offset \"%.40s\".", word);
}

bool breakpoint_location(struct debugger *d, const char *text, struct address *out, bool *any_segment)
{
    struct registers regs;
    inspect_registers(d->machine, &regs);
    if (any_segment)
        *any_segment = false;
    if (!*text) {
        *out = address_pc(&regs);
        return true;
    }
    if (any_segment && text[0] == '*' && text[1] == ':') {
        *any_segment = true;
        return any_segment_location(d, text + 2, out);
    }
    if ((*text == '+' || *text == '-') && isdigit((unsigned char)text[1]))
        return relative(d, text, &regs, out);
    uint32_t ignored;
    if (is_plain_name(text) && !symbol_find(d, text, &ignored))
        return debugger_fault(d, "Function \"%.80s\" not defined.", text);
    if (!expr_address(d, text + (*text == '*'), out))
        return false;
    if (out->physical && (regs.cr0 & 0x80000000))
        return debugger_fault(d, "Paging is on: a physical address cannot be a location, use lin: or SEG:OFF.");
    out->physical = false;
    return true;
}
