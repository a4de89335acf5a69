/* Pacing. At N% a tick of 5/21 ns takes 500/(21 N) ns of the host's time, so that 21 N ticks and 500 ns are the same
 * span exactly: the base moves on by whole such units only, and integers suffice for ever. */
#include "tui/pace.h"

#include <time.h>

#include "emu/emu.h"

#define NS_PER_SECOND 1000000000ull

enum { UNIT_NS = 500, UNIT_TICKS = 21,  /* times percent */
       SLICE_MS = 4,
       MUCH_SLOWER = 95,                /* percent of what is wanted */
       SHORTEST_WAIT_NS = 500000 };     /* shorter ones are left to add up */

/* Guest time cannot pass in one go like this; somebody moved it. */
#define LONGEST_STEP (3600 * TICKS_PER_SECOND)

uint64_t pace_host_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

void pace_set(struct pace *pace, unsigned percent)
{
    *pace = (struct pace){ .percent = percent };
}

void pace_restart(struct pace *pace)
{
    pace->started = false;
    pace->marked = false;
    pace->behind = false;
}

uint64_t pace_slice(const struct pace *pace)
{
    uint64_t ticks = SLICE_MS * TICKS_PER_MS;
    return pace->percent && pace->percent < 100 ? ticks * pace->percent / 100 : ticks;
}

static void agree(struct pace *pace, uint64_t tick, uint64_t now_ns)
{
    pace->base_tick = tick;
    pace->base_ns = now_ns;
    pace->late_ns = 0;
}

static void start(struct pace *pace, uint64_t tick, uint64_t now_ns)
{
    agree(pace, tick, now_ns);
    pace->started = true;
    pace->was_late = pace->was_on_time = false;
    pace->worst_late_ns = 0;
    pace->lost_ns = 0;
}

/* Brings the base up to TICK, but for a rest of less than a unit, and returns when TICK is due. */
static uint64_t due_ns(struct pace *pace, uint64_t tick)
{
    uint64_t unit = (uint64_t)UNIT_TICKS * pace->percent, units = (tick - pace->base_tick) / unit;
    pace->base_tick += units * unit;
    pace->base_ns += units * UNIT_NS;
    return pace->base_ns + (tick - pace->base_tick) * UNIT_NS / unit;
}

static void note_late(struct pace *pace, uint64_t late_ns)
{
    pace->late_ns = late_ns;
    pace->was_late |= late_ns > PACE_FRAME_NS;
    pace->was_on_time |= late_ns <= PACE_FRAME_NS;
    if (late_ns > pace->worst_late_ns)
        pace->worst_late_ns = late_ns;
}

uint64_t pace_wait(struct pace *pace, uint64_t tick, uint64_t now_ns)
{
    if (pace->percent == 0)
        return 0;
    if (!pace->started || tick - pace->base_tick > LONGEST_STEP)
        start(pace, tick, now_ns);
    int64_t early_ns = (int64_t)(due_ns(pace, tick) - now_ns);
    if (early_ns > (int64_t)PACE_MOST_LATE_NS) {
        agree(pace, tick, now_ns);
        return 0;
    }
    note_late(pace, early_ns < 0 ? (uint64_t)-early_ns : 0);
    if (pace->late_ns > PACE_MOST_LATE_NS) {
        pace->lost_ns += pace->late_ns;
        agree(pace, tick, now_ns);
    }
    return early_ns >= SHORTEST_WAIT_NS ? (uint64_t)early_ns : 0;
}

/* Behind is who was late all through a measurement, and slower than wanted by more than chance; until one without any
 * lateness, or one in which some was made good. */
static void judge(struct pace *pace)
{
    bool slow = pace->measured_percent * 100 < pace->percent * MUCH_SLOWER;
    if (pace->was_late && !pace->was_on_time && slow)
        pace->behind = true;
    else if (!pace->was_late || !slow)
        pace->behind = false;
    pace->was_late = pace->was_on_time = false;
}

void pace_measure(struct pace *pace, uint64_t tick, uint64_t clocks, uint64_t now_ns)
{
    uint64_t passed = now_ns - pace->mark_ns, ticks = tick - pace->mark_tick;
    if (pace->marked && passed < NS_PER_SECOND / 2)
        return;
    if (pace->marked && passed < 4 * NS_PER_SECOND && ticks < LONGEST_STEP) {
        pace->measured_percent = (unsigned)((ticks * UNIT_NS / UNIT_TICKS + passed / 2) / passed);
        pace->measured_khz = (unsigned)((clocks - pace->mark_clocks) * 1000 / (passed / 1000));
        pace->measured = true;
        judge(pace);
    }
    pace->marked = true;
    pace->mark_tick = tick;
    pace->mark_clocks = clocks;
    pace->mark_ns = now_ns;
}
