/* What instructions cost and why: the line that stepi adds, and info timing.
 *
 * The counters are the machine's (inspect_timing). What is in no stall is base: the instruction's own clocks, and those
 * of an interrupt that was delivered before it. Only mode `cycle` knows of stalls. */
#include <stdio.h>
#include <string.h>

#include "debugger/core.h"

static uint64_t since(uint64_t now, uint64_t before)
{
    return now > before ? now - before : 0;
}

static void tally_take(const struct debugger *d, struct tally *t)
{
    t->clocks = machine_clocks(d->machine);
    t->instructions = machine_icount(d->machine);
    t->idle_ticks = machine_idle_ticks(d->machine);
    inspect_timing(d->machine, &t->view);
}

/* What has come to each counter since BEFORE; nothing where the machine was set back meanwhile. */
static struct tally tally_since(const struct debugger *d, const struct tally *before)
{
    struct tally t;
    tally_take(d, &t);
    t.clocks = since(t.clocks, before->clocks);
    t.instructions = since(t.instructions, before->instructions);
    t.idle_ticks = since(t.idle_ticks, before->idle_ticks);
    for (unsigned i = 0; i < INSPECT_STALLS; i++)
        t.view.stall[i] = since(t.view.stall[i], before->view.stall[i]);
    t.view.cache_hits = since(t.view.cache_hits, before->view.cache_hits);
    t.view.cache_misses = since(t.view.cache_misses, before->view.cache_misses);
    t.view.walks = since(t.view.walks, before->view.walks);
    return t;
}

/* Clocks by what they were spent on: base, the stalls, halted. */
enum { SHARE_BASE, SHARE_STALLS, SHARE_HALTED = SHARE_STALLS + INSPECT_STALLS, SHARES };

static const char *share_name(unsigned share)
{
    return share == SHARE_BASE ? "base" : share == SHARE_HALTED ? "halted" : inspect_stall_name(share - SHARE_STALLS);
}

static void tally_shares(const struct debugger *d, const struct tally *t, uint64_t share[SHARES])
{
    uint64_t spent = 0;
    memcpy(&share[SHARE_STALLS], t->view.stall, sizeof t->view.stall);
    share[SHARE_HALTED] = t->idle_ticks / timing_ticks_per_clock(d);
    for (unsigned i = SHARE_STALLS; i < SHARES; i++)
        spent += share[i];
    share[SHARE_BASE] = since(t->clocks, spent);
}

/* --- The line of stepi --- */

void cost_begin(struct debugger *d)
{
    d->timing.cost.armed = true;
    tally_take(d, &d->timing.cost.before);
}

void cost_forget(struct debugger *d)
{
    d->timing.cost.armed = false;
}

static const char *plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

static void print_shares(struct debugger *d, const struct tally *t)
{
    uint64_t share[SHARES];
    const char *between = ":";
    tally_shares(d, t, share);
    for (unsigned i = 0; i < SHARES; i++) {
        if (!share[i])
            continue;
        debugger_print(d, "%s %s %llu", between, share_name(i), (unsigned long long)share[i]);
        between = ",";
    }
}

void cost_print(struct debugger *d)
{
    enum timing_mode mode = machine_timing(d->machine);
    bool wanted = d->timing.cost.armed && d->settings.value[SET_COST] && mode != TIMING_FAST;
    cost_forget(d);
    if (!wanted)
        return;
    struct tally t = tally_since(d, &d->timing.cost.before);
    debugger_print(d, "%llu clock%s", (unsigned long long)t.clocks, plural(t.clocks));
    if (t.instructions != 1)
        debugger_print(d, ", %llu instruction%s", (unsigned long long)t.instructions, plural(t.instructions));
    if (mode == TIMING_CYCLE)
        print_shares(d, &t);
    debugger_print(d, "\n");
}

/* --- info timing --- */

void cost_set_origin(struct debugger *d)
{
    tally_take(d, &d->timing.cost.origin);
}

static void print_stalls(struct debugger *d, const struct tally *t)
{
    uint64_t share[SHARES];
    char percent[RATIO_TEXT];
    tally_shares(d, t, share);
    for (unsigned i = 0; i < SHARES; i++)
        if (share[i])
            debugger_print(d, "  %-10s%14llu  %5s %%\n", share_name(i), (unsigned long long)share[i],
                           timing_percent(share[i], t->clocks, percent));
    uint64_t reads = t->view.cache_hits + t->view.cache_misses;
    debugger_print(d, "Cache: %llu reads, %s %% hits. TLB: %llu page walk%s.\n", (unsigned long long)reads,
                   timing_percent(t->view.cache_hits, reads, percent), (unsigned long long)t->view.walks,
                   plural(t->view.walks));
}

static enum debugger_result info_timing(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    char ratio[RATIO_TEXT];
    if (!strcmp(arguments, "reset")) {
        cost_set_origin(d);
        return DEBUGGER_DONE;
    }
    if (*arguments)
        return debugger_error(d, "Usage: info timing [reset]");
    enum timing_mode mode = machine_timing(d->machine);
    uint32_t hz = machine_clock_hz(d->machine);
    struct tally t = tally_since(d, &d->timing.cost.origin);
    uint64_t awake = since(t.clocks, t.idle_ticks / timing_ticks_per_clock(d));
    debugger_print(d, "Mode %s on a %s, %u.%06u MHz, at clock %llu, tick %llu.\n", timing_modes[mode],
                   machine_profile(d->machine), hz / 1000000, hz % 1000000,
                   (unsigned long long)machine_clocks(d->machine), (unsigned long long)machine_tick(d->machine));
    debugger_print(d, "Counted: %llu clock%s, %llu instruction%s", (unsigned long long)t.clocks, plural(t.clocks),
                   (unsigned long long)t.instructions, plural(t.instructions));
    if (t.instructions)
        debugger_print(d, ", %s clocks each", timing_ratio(awake, t.instructions, ratio));
    debugger_print(d, ".\n");
    if (mode == TIMING_CYCLE)
        print_stalls(d, &t);
    else
        debugger_print(d, "Only mode cycle knows what the processor waits for: set timing cycle.\n");
    return DEBUGGER_DONE;
}

const struct debugger_command cost_commands[] = {
    { "timing", "info", 0, info_timing, "Clocks, instructions, and what the clocks were spent on.",
      "Usage: info timing [reset]\n"
      "Counts since the debugger began, the mode or the board was set, or `info timing reset`.\n"
      "base: the instructions' own clocks and the delivery of interrupts; prefix: prefix bytes; register: waiting\n"
      "for a register; address: index, displacement with immediate; fpu: the x87 unit was busy; fetch: no\n"
      "instruction bytes; align: operands across doublewords, targets across lines; cache: read misses; tlb: page\n"
      "walks; write: write buffers; bus: uncached, locked and I/O cycles; halted: HLT.",
      COMPLETE_WORDS, "reset", false },
    { 0 }
};
