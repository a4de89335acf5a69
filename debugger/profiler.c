/* The profiler: clocks by address and by routine.
 *
 * At each instruction that begins, the clocks since the one before are that one's, exactly; a HLT has those of the
 * wait. Those of an interrupt's or exception's delivery are the handler's first instruction's; NMI, which no event
 * tells of, is left with the instruction before. A routine is what lies behind a symbol; without one, what lies close
 * behind the entry of an interrupt handler; else 256 bytes. Addresses beyond the first ADDRESSES are one.
 * What is shown at an address is what is there now; where the bytes were others when it was first executed (overlays,
 * decompressors), it is marked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/core.h"
#include "debugger/expr.h"
#include "debugger/vector.h"

enum { SLOTS = 1 << 16, ADDRESSES = SLOTS / 4 * 3, RANGE = 256, SHOWN = 10, MOST_SHOWN = 1000 };

/* --- Collecting --- */

/* The entry of EVENT's address, made if there is room, else the one for all others. */
static struct profile_entry *entry_at(struct debugger *d, const struct probe_event *event)
{
    struct profiler *p = &d->timing.profiler;
    uint32_t slot = (event->a * 0x9E3779B1u) >> 16;
    struct profile_entry *e = &p->table[slot % SLOTS];
    while (e->count && e->address != event->a)
        e = &p->table[++slot % SLOTS];
    if (e->count)
        return e;
    if (p->used == ADDRESSES)
        return &p->other;
    p->used++;
    *e = (struct profile_entry){ .address = event->a, .cs = event->cs, .eip = event->eip };
    e->known = (uint8_t)inspect_peek(d->machine, event->a, e->bytes, sizeof e->bytes);
    return e;
}

/* The clocks until now are those of the instruction being executed. */
static void settle(struct debugger *d)
{
    struct profiler *p = &d->timing.profiler;
    uint64_t now = machine_clocks(d->machine);
    if (p->current && now > p->since)
        p->current->clocks += now - p->since;
    p->since = now;
}

static void begin_instruction(struct debugger *d, const struct probe_event *event)
{
    struct profiler *p = &d->timing.profiler;
    if (!p->entering)
        settle(d);
    p->current = entry_at(d, event);
    p->current->count++;
    p->entering = false;
}

void profiler_event(struct debugger *d, const struct probe_event *event)
{
    struct profiler *p = &d->timing.profiler;
    if (!p->on)
        return;
    if (event->kind == PROBE_INSN) {
        begin_instruction(d, event);
    } else if ((event->kind == PROBE_IRQ_ACCEPTED || event->kind == PROBE_EXCEPTION) && !p->entering) {
        settle(d);
        p->entering = true;
    }
}

void profiler_free(struct profiler *profiler)
{
    free(profiler->table);
    *profiler = (struct profiler){ .table = NULL };
}

/* --- Routines --- */

struct routine { char name[48]; uint64_t clocks, count; uint32_t first; };

struct handlers { struct { uint32_t at; unsigned vector; } list[256]; size_t count; };

static void find_handlers(struct debugger *d, struct handlers *h)
{
    struct registers regs;
    struct vector v;
    inspect_registers(d->machine, &regs);
    h->count = 0;
    for (unsigned vector = 0; vector < 256; vector++)
        if (vector_read(d, &regs, vector, &v)) {
            h->list[h->count].at = v.entry;
            h->list[h->count++].vector = vector;
        }
}

/* The handler that begins closest before AT, the lowest vector of several; -1 if none does within RANGE. */
static int handler_before(const struct handlers *h, uint32_t at)
{
    uint32_t best = RANGE;
    int vector = -1;
    for (size_t i = 0; i < h->count; i++)
        if (h->list[i].at <= at && at - h->list[i].at < best) {
            best = at - h->list[i].at;
            vector = (int)h->list[i].vector;
        }
    return vector;
}

static void name_routine(struct debugger *d, const struct handlers *h, uint32_t at, char *name, size_t size)
{
    uint32_t offset;
    const char *symbol = symbol_before(d, at, &offset);
    int vector = symbol ? -1 : handler_before(h, at);
    if (symbol)
        snprintf(name, size, "%s", symbol);
    else if (vector >= 0)
        snprintf(name, size, "int 0x%02x", (unsigned)vector);
    else
        snprintf(name, size, "0x%08x-0x%08x", (unsigned)(at / RANGE * RANGE),
                 (unsigned)(at / RANGE * RANGE + RANGE - 1));
}

/* --- Telling --- */

static int by_address(const void *a, const void *b)
{
    const struct profile_entry *left = a, *right = b;
    return left->address < right->address ? -1 : left->address > right->address;
}

static int by_clocks(const void *a, const void *b)
{
    const struct profile_entry *left = a, *right = b;
    if (left->clocks != right->clocks)
        return left->clocks > right->clocks ? -1 : 1;
    return by_address(a, b);
}

static int routines_by_clocks(const void *a, const void *b)
{
    const struct routine *left = a, *right = b;
    if (left->clocks != right->clocks)
        return left->clocks > right->clocks ? -1 : 1;
    return left->first < right->first ? -1 : left->first > right->first;
}

static size_t collect(const struct profiler *p, struct profile_entry *out)
{
    size_t count = 0;
    for (size_t i = 0; i < SLOTS; i++)
        if (p->table[i].count)
            out[count++] = p->table[i];
    return count;
}

/* Neighbours of LIST, which is sorted by address, that have one name. OUT has room for COUNT. */
static size_t gather(struct debugger *d, const struct profile_entry *list, size_t count, struct routine *out)
{
    struct handlers handlers;
    struct routine next;
    size_t routines = 0;
    find_handlers(d, &handlers);
    for (size_t i = 0; i < count; i++) {
        next = (struct routine){ .first = list[i].address };
        name_routine(d, &handlers, list[i].address, next.name, sizeof next.name);
        if (!routines || strcmp(out[routines - 1].name, next.name))
            out[routines++] = next;
        out[routines - 1].clocks += list[i].clocks;
        out[routines - 1].count += list[i].count;
    }
    return routines;
}

static void print_share(struct debugger *d, uint64_t clocks, uint64_t total, uint64_t count)
{
    char percent[RATIO_TEXT];
    debugger_print(d, "%14llu  %5s  %12llu  ", (unsigned long long)clocks, timing_percent(clocks, total, percent),
                   (unsigned long long)count);
}

/* Is LINE, there now, another instruction than the first that was executed there? */
static bool overwritten(const struct profile_entry *e, const struct debugger_line *line)
{
    return memcmp(e->bytes, line->bytes, line->length < e->known ? line->length : e->known) != 0;
}

static void print_addresses(struct debugger *d, const struct profile_entry *list, size_t count, uint64_t total)
{
    struct debugger_line line;
    for (size_t i = 0; i < count; i++) {
        const struct profile_entry *e = &list[i];
        print_share(d, e->clocks, total, e->count);
        debugger_disassemble(d, e->address, 1, &line);
        debugger_print(d, "0x%08x (%04x:%04x)%s%s%s  %s%s\n", (unsigned)e->address, e->cs, (unsigned)e->eip,
                       *line.symbol ? " <" : "", line.symbol, *line.symbol ? ">" : "", line.text,
                       overwritten(e, &line) ? "  (overwritten since)" : "");
    }
}

static void print_routines(struct debugger *d, const struct profile_entry *list, size_t count, uint64_t total,
                           size_t shown)
{
    struct routine *routine = malloc(count * sizeof *routine);
    if (!routine)
        return;
    size_t routines = gather(d, list, count, routine);
    qsort(routine, routines, sizeof *routine, routines_by_clocks);
    debugger_print(d, "\n        Clocks      %%  Instructions  Routine\n");
    for (size_t i = 0; i < routines && i < shown; i++) {
        print_share(d, routine[i].clocks, total, routine[i].count);
        debugger_print(d, "%s\n", routine[i].name);
    }
    free(routine);
}

static void print_profile(struct debugger *d, struct profile_entry *list, size_t shown)
{
    const struct profiler *p = &d->timing.profiler;
    size_t count = collect(p, list);
    uint64_t total = p->other.clocks, instructions = p->other.count;
    for (size_t i = 0; i < count; i++) {
        total += list[i].clocks;
        instructions += list[i].count;
    }
    debugger_print(d, "Clocks: %llu. Instructions: %llu. Addresses: %zu.\n", (unsigned long long)total,
                   (unsigned long long)instructions, count);
    if (!count)
        return;
    qsort(list, count, sizeof *list, by_clocks);
    debugger_print(d, "\n        Clocks      %%  Instructions  Address\n");
    print_addresses(d, list, count < shown ? count : shown, total);
    if (p->other.count) {
        print_share(d, p->other.clocks, total, p->other.count);
        debugger_print(d, "at other addresses: the table is full\n");
    }
    qsort(list, count, sizeof *list, by_address);
    print_routines(d, list, count, total, shown);
}

static bool parse_shown(struct debugger *d, const char *text, size_t *shown)
{
    struct value v;
    *shown = SHOWN;
    if (!*text)
        return true;
    if (!expr_evaluate(d, text, &v))
        return false;
    int64_t n = value_number(&v);
    if (n < 1 || n > MOST_SHOWN)
        return debugger_fault(d, "Between 1 and %d lines can be shown.", MOST_SHOWN);
    *shown = (size_t)n;
    return true;
}

static enum debugger_result info_profile(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct profiler *p = &d->timing.profiler;
    size_t shown;
    if (!parse_shown(d, arguments, &shown))
        return debugger_report(d);
    if (!p->table)
        return debugger_error(d, "Nothing was collected: profile on.");
    if (p->on && !p->entering)
        settle(d);
    struct profile_entry *list = malloc(ADDRESSES * sizeof *list);
    if (!list)
        return debugger_error(d, "Out of memory.");
    print_profile(d, list, shown);
    free(list);
    return DEBUGGER_DONE;
}

/* --- Command --- */

static enum debugger_result start(struct debugger *d)
{
    struct profiler *p = &d->timing.profiler;
    if (p->on)
        return DEBUGGER_DONE;
    if (!p->table && !(p->table = calloc(SLOTS, sizeof *p->table)))
        return debugger_error(d, "Out of memory.");
    p->on = true;
    p->entering = false;
    p->current = NULL;
    p->since = machine_clocks(d->machine);
    timing_listen(d);
    return DEBUGGER_DONE;
}

static enum debugger_result stop(struct debugger *d)
{
    struct profiler *p = &d->timing.profiler;
    if (p->on && !p->entering)
        settle(d);
    p->on = false;
    timing_listen(d);
    return DEBUGGER_DONE;
}

static enum debugger_result reset(struct debugger *d)
{
    bool on = d->timing.profiler.on;
    profiler_free(&d->timing.profiler);
    timing_listen(d);
    return on ? start(d) : DEBUGGER_DONE;
}

bool profiler_restart(struct debugger *d)
{
    bool any = d->timing.profiler.used > 0;
    if (any)
        reset(d);
    return any;
}

static enum debugger_result run_profile(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    if (!strcmp(arguments, "on"))
        return start(d);
    if (!strcmp(arguments, "off"))
        return stop(d);
    if (!strcmp(arguments, "reset"))
        return reset(d);
    return debugger_error(d, "Usage: profile on|off|reset");
}

const struct debugger_command profiler_commands[] = {
    { "profile", NULL, 0, run_profile, "Collect where the clocks go, by address and routine.",
      "Usage: profile on|off|reset\n`info profile` shows it. Works in every timing mode and does not change the "
      "guest's time, but slows the emulator.\noff keeps what was collected.", COMPLETE_WORDS, "on off reset", false },
    { "profile", "info", 0, info_profile, "Where the clocks went, by address and routine.",
      "Usage: info profile [N]\nThe N addresses and routines that took most, 10 if not given. A routine begins at a "
      "symbol; without one near,\nat the entry of an interrupt handler; else it is a block of 256 bytes.\nThe code is that of now: "
      "\"overwritten since\" where it was other code that ran.",
      COMPLETE_NOTHING, NULL, false },
    { 0 }
};
