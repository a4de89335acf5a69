/* info cache, tlb, bus: what mode `cycle` keeps besides the clock. In the other modes it is as that mode left it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/core.h"
#include "debugger/expr.h"

enum { WAYS = 4, LINE = 16, TLB_SETS = 8, BUS_CYCLES = 64, BUS_SHOWN = 16, PAGING = 1u << 31 };

/* Bits of a page table entry; A is not among those that the chip keeps. */
enum { ENTRY_P = 1, ENTRY_RW = 2, ENTRY_US = 4, ENTRY_PWT = 8, ENTRY_PCD = 16, ENTRY_D = 64 };

static void print_mode_note(struct debugger *d)
{
    if (machine_timing(d->machine) != TIMING_CYCLE)
        debugger_print(d, "Only mode cycle follows this: set timing cycle.\n");
}

/* --- The cache --- */

static unsigned cache_sets(struct debugger *d)
{
    struct cache_view view;
    unsigned sets = 0;
    while (inspect_cache(d->machine, sets, 0, &view))
        sets++;
    return sets;
}

static void count_lines(struct debugger *d, unsigned sets, unsigned *valid, unsigned *modified)
{
    struct cache_view view;
    *valid = *modified = 0;
    for (unsigned set = 0; set < sets; set++)
        for (unsigned way = 0; way < WAYS && inspect_cache(d->machine, set, way, &view); way++) {
            *valid += view.valid;
            *modified += view.valid && view.modified;
        }
}

/* RESET leaves the cache off, and some BIOSes never switch it on. */
static void print_control(struct debugger *d)
{
    enum { CD = 1 << 30, NW = 1 << 29 };
    struct registers regs;
    inspect_registers(d->machine, &regs);
    if (regs.cr0 & CD)
        debugger_print(d, "CR0.CD is set%s: no line is filled.\n", regs.cr0 & NW ? ", and NW" : "");
}

static void print_cache(struct debugger *d, unsigned sets)
{
    struct timing_view t;
    unsigned valid, modified;
    char percent[RATIO_TEXT];
    bool back = inspect_cache_writes_back(d->machine);
    inspect_timing(d->machine, &t);
    t.cache_hits -= d->timing.cost.origin.view.cache_hits;
    t.cache_misses -= d->timing.cost.origin.view.cache_misses;
    count_lines(d, sets, &valid, &modified);
    debugger_print(d, "%u KB: %u sets of %d ways, lines of %d bytes, write-%s.\n", sets * WAYS * LINE / 1024, sets,
                   WAYS, LINE, back ? "back" : "through");
    print_control(d);
    debugger_print(d, "%u of %u lines valid", valid, sets * WAYS);
    if (back)
        debugger_print(d, ", %u modified", modified);
    debugger_print(d, ".\nReads: %llu hits, %llu misses, %s %% hits.\n", (unsigned long long)t.cache_hits,
                   (unsigned long long)t.cache_misses,
                   timing_percent(t.cache_hits, t.cache_hits + t.cache_misses, percent));
    print_mode_note(d);
}

/* The way that a fill would take: an invalid one first, else as B0-B2 say. */
static unsigned next_victim(const struct cache_view way[WAYS])
{
    unsigned lru = way[0].lru;
    for (unsigned i = 0; i < WAYS; i++)
        if (!way[i].valid)
            return i;
    return lru & 1 ? (lru & 4 ? 3 : 2) : lru & 2 ? 1 : 0;
}

static void print_set(struct debugger *d, unsigned set, const uint32_t *physical)
{
    struct cache_view way[WAYS] = { 0 };
    debugger_print(d, "Way  Line        State\n");
    for (unsigned i = 0; i < WAYS; i++) {
        inspect_cache(d->machine, set, i, &way[i]);
        bool here = physical && way[i].valid && way[i].address / LINE == *physical / LINE;
        if (way[i].valid)
            debugger_print(d, "%u    0x%08x  %s%s\n", i, (unsigned)way[i].address,
                           way[i].modified ? "modified" : "valid", here ? ", here" : "");
        else
            debugger_print(d, "%u    -           invalid\n", i);
    }
    debugger_print(d, "B0=%u B1=%u B2=%u: way %u is filled next.\n", way[0].lru & 1, way[0].lru >> 1 & 1,
                   way[0].lru >> 2 & 1, next_victim(way));
    print_mode_note(d);
}

static enum debugger_result print_set_number(struct debugger *d, const char *text, unsigned sets)
{
    struct value v;
    if (!*text)
        return debugger_error(d, "Argument required (number of a set).");
    if (!expr_evaluate(d, text, &v))
        return debugger_report(d);
    int64_t set = value_number(&v);
    if (set < 0 || set >= sets)
        return debugger_error(d, "No set %lld: 0 to %u.", (long long)set, sets - 1);
    debugger_print(d, "Set %lld.\n", (long long)set);
    print_set(d, (unsigned)set, NULL);
    return DEBUGGER_DONE;
}

static enum debugger_result info_cache(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct address a;
    unsigned sets = cache_sets(d);
    if (!sets)
        return debugger_error(d, "This board has no cache on the chip.");
    if (!*arguments) {
        print_cache(d, sets);
        return DEBUGGER_DONE;
    }
    if (!strncmp(arguments, "set", 3) && (!arguments[3] || strchr(" \t", arguments[3])))
        return print_set_number(d, debugger_skip_blanks(arguments + 3), sets);
    if (!expr_address(d, arguments, &a))
        return debugger_report(d);
    uint32_t physical = a.at;
    if (!a.physical && !inspect_translate(d->machine, a.at, &physical))
        return debugger_error(d, "The page of address 0x%x is not present.", (unsigned)a.at);
    unsigned set = physical / LINE % sets;
    debugger_print(d, "Physical address 0x%08x: set %u.\n", (unsigned)physical, set);
    print_set(d, set, &physical);
    return DEBUGGER_DONE;
}

/* --- The TLB --- */

static void print_translation(struct debugger *d, unsigned set, unsigned way, const struct tlb_view *view)
{
    debugger_print(d, "%u    %u    0x%08x  0x%08x  %s %s%s%s%s\n", set, way, (unsigned)view->linear,
                   (unsigned)view->physical, view->bits & ENTRY_US ? "user" : "supervisor",
                   view->bits & ENTRY_RW ? "rw" : "ro", view->bits & ENTRY_D ? " dirty" : "",
                   view->bits & ENTRY_PCD ? " not cached" : "", view->bits & ENTRY_PWT ? " write-through" : "");
}

static enum debugger_result info_tlb(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct tlb_view view;
    struct registers regs;
    unsigned valid = 0;
    if (*arguments)
        return debugger_error(d, "The \"info tlb\" command does not take any arguments.");
    for (unsigned set = 0; set < TLB_SETS; set++)
        for (unsigned way = 0; way < WAYS && inspect_tlb(d->machine, set, way, &view); way++) {
            if (!(view.bits & ENTRY_P))
                continue;
            if (!valid++)
                debugger_print(d, "Set  Way  Linear      Physical    Rights\n");
            print_translation(d, set, way, &view);
        }
    inspect_registers(d->machine, &regs);
    debugger_print(d, "%u of %d entries valid%s.\n", valid, TLB_SETS * WAYS,
                   regs.cr0 & PAGING ? "" : "; paging is off");
    print_mode_note(d);
    return DEBUGGER_DONE;
}

/* --- The bus --- */

static uint32_t multiplier(struct debugger *d)
{
    struct machine_parameter p;
    for (unsigned n = 0; machine_parameter(d->machine, n, &p); n++)
        if (!strcmp(p.name, "multiplier") && p.value)
            return p.value;
    return 1;
}

static void print_cycles(struct debugger *d, const struct bus_view *cycle, size_t count)
{
    uint32_t mult = multiplier(d);
    char clocks[RATIO_TEXT];
    debugger_print(d, "         Clock  Bus clocks  Kind          Bytes  Address     Target\n");
    for (size_t i = 0; i < count; i++)
        debugger_print(d, "%14llu  %10s  %-12s  %5u  0x%08x  %s\n", (unsigned long long)cycle[i].start,
                       timing_ratio(cycle[i].end - cycle[i].start, mult, clocks), cycle[i].kind, cycle[i].size,
                       (unsigned)cycle[i].address, cycle[i].target);
}

static enum debugger_result info_bus(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct bus_view cycle[BUS_CYCLES];
    struct value v = value_integer(BUS_SHOWN, type_int);
    if (*arguments && !expr_evaluate(d, arguments, &v))
        return debugger_report(d);
    int64_t shown = value_number(&v);
    if (shown < 1 || shown > BUS_CYCLES)
        return debugger_error(d, "Between 1 and %d bus cycles can be shown.", BUS_CYCLES);
    size_t count = inspect_bus(d->machine, cycle, BUS_CYCLES), skip = count > (size_t)shown ? count - (size_t)shown : 0;
    if (count)
        print_cycles(d, cycle + skip, count - skip);
    else
        debugger_print(d, "No bus cycles yet.\n");
    print_mode_note(d);
    return DEBUGGER_DONE;
}

const struct debugger_command cache_commands[] = {
    { "cache", "info", 0, info_cache, "The processor's cache, or the set that an address falls into.",
      "Usage: info cache [ADDRESS]\n       info cache set N", COMPLETE_EXPRESSION, NULL, false },
    { "tlb", "info", 0, info_tlb, "The translations that the processor remembers.", NULL, COMPLETE_NOTHING, NULL,
      false },
    { "bus", "info", 0, info_bus, "The last cycles of the processor's bus.",
      "Usage: info bus [N]\nOldest first, 16 if N is not given, at most 64. Clock: the core clock at which the cycle "
      "began.", COMPLETE_NOTHING, NULL, false },
    { 0 }
};
