/* The listener that the measuring instruments share, and how times are written. */
#include "debugger/timing.h"

#include <stdio.h>

#include "debugger/core.h"

const char *const timing_modes[3] = { "fast", "table", "cycle" };

static void on_event(void *ctx, const struct probe_event *event)
{
    struct debugger *d = ctx;
    profiler_event(d, event);
    latency_event(d, event);
    stopwatch_event(d, event);
}

void timing_listen(struct debugger *d)
{
    static const uint64_t latency = PROBE_BIT(PROBE_IRQ_RAISED) | PROBE_BIT(PROBE_IRQ_ACCEPTED) |
                                    PROBE_BIT(PROBE_IRQ_ENDED) | PROBE_BIT(PROBE_IRQ_MASK) |
                                    PROBE_BIT(PROBE_INTERRUPT_FLAG);
    static const uint64_t profile = PROBE_BIT(PROBE_INSN) | PROBE_BIT(PROBE_IRQ_ACCEPTED) |
                                    PROBE_BIT(PROBE_EXCEPTION);
    uint64_t mask = d->timing.stopwatches.count ? PROBE_BIT(PROBE_INSN) : 0;
    mask |= d->timing.latency.on ? latency : 0;
    mask |= d->timing.profiler.on ? profile : 0;
    probe_set_mask(machine_probes(d->machine), d->timing.listener, mask);
}

bool timing_init(struct debugger *d)
{
    d->timing.listener = probe_listen(machine_probes(d->machine), 0, on_event, d);
    cost_set_origin(d);
    return d->timing.listener >= 0;
}

void timing_changed(struct debugger *d)
{
    bool watches = stopwatch_restart(d), latency = latency_restart(d), profile = profiler_restart(d);
    cost_set_origin(d);
    if (watches || latency || profile)
        debugger_print(d, "What was measured so far is forgotten.\n");
}

void timing_free(struct debugger *d)
{
    probe_unlisten(machine_probes(d->machine), d->timing.listener);
    profiler_free(&d->timing.profiler);
}

/* machine_clock_hz() is rounded down, so that this is exact. */
uint64_t timing_ticks_per_clock(const struct debugger *d)
{
    uint32_t hz = machine_clock_hz(d->machine);
    return hz ? TICKS_PER_SECOND / hz : 1;
}

const char *timing_microseconds(const struct debugger *d, uint64_t clocks, char text[MICROSECONDS_TEXT])
{
    uint64_t ticks = clocks * timing_ticks_per_clock(d);
    snprintf(text, MICROSECONDS_TEXT, "%llu.%03llu", (unsigned long long)(ticks / TICKS_PER_US),
             (unsigned long long)(ticks % TICKS_PER_US * 1000 / TICKS_PER_US));
    return text;
}

/* Counts are below 2^57: what overflows is centuries of guest time. */
const char *timing_ratio(uint64_t total, uint64_t count, char text[RATIO_TEXT])
{
    uint64_t tenths = count ? (total / count) * 10 + (total % count * 10 + count / 2) / count : 0;
    snprintf(text, RATIO_TEXT, "%llu.%llu", (unsigned long long)(tenths / 10), (unsigned long long)(tenths % 10));
    return text;
}

const char *timing_percent(uint64_t part, uint64_t whole, char text[RATIO_TEXT])
{
    return timing_ratio(part * 100, whole, text);
}
