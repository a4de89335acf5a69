/* Pacing: guest time may never run ahead of base + elapsed host time * percent. The base is kept until the guest
 * falls far behind, so short waits that the host oversleeps are made good and nothing drifts. */
#include "tui/pace.h"

#include <time.h>

#include "emu/emu.h"

#define NS_PER_SECOND 1000000000ull

uint64_t pace_host_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

void pace_restart(struct pace *pace)
{
    pace->started = false;
    pace->behind = false;
}

/* Ticks to ns at the wanted speed: 4.2 ticks are a nanosecond at 100 %. */
static uint64_t ticks_to_ns(uint64_t ticks, unsigned percent)
{
    return (uint64_t)((double)ticks / 4.2 * 100.0 / percent);
}

uint64_t pace_wait_ns(struct pace *pace, uint64_t tick)
{
    if (pace->percent == 0)
        return 0;
    uint64_t now = pace_host_ns();
    if (!pace->started || tick < pace->base_tick) {
        pace->started = true;
        pace->base_tick = tick;
        pace->base_ns = now;
    }
    uint64_t due = pace->base_ns + ticks_to_ns(tick - pace->base_tick, pace->percent);
    if (due + NS_PER_SECOND / 5 < now) {
        pace->base_tick = tick;
        pace->base_ns = now;
        pace->behind = true;
        return 0;
    }
    if (due > now + NS_PER_SECOND / 100)
        pace->behind = false;
    return due > now ? due - now : 0;
}

void pace_measure(struct pace *pace, uint64_t tick, uint64_t clocks)
{
    uint64_t now = pace_host_ns(), passed = now - pace->mark_ns;
    if (pace->mark_ns && passed < NS_PER_SECOND / 2)
        return;
    if (pace->mark_ns && tick >= pace->mark_tick && passed < 4 * NS_PER_SECOND) {
        pace->ratio = (double)(tick - pace->mark_tick) / 4.2 / (double)passed;
        pace->mhz = (double)(clocks - pace->mark_clocks) * 1000.0 / (double)passed;
    }
    pace->mark_ns = now;
    pace->mark_tick = tick;
    pace->mark_clocks = clocks;
}
