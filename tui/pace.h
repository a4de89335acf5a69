/* Ties guest time to the host's, or lets it go; and measures how fast the guest really runs.
 *
 * What is promised at N%: guest time is N% of the host's, from the moment the guest was set running, as long as the
 * host keeps up. Nothing is rounded on the way, so nothing drifts, however long it runs. A hiccup (the host was busy,
 * the terminal did not take output) is made good by running without pauses; one that left the guest more than
 * PACE_MOST_LATE_NS late is not, as nobody wants to watch a game rush through the minute for which the program was
 * stopped: that time is counted as lost, and the guest goes on at its usual speed. */
#ifndef TUI_PACE_H
#define TUI_PACE_H

#include <stdbool.h>
#include <stdint.h>

#define PACE_FRAME_NS     16666666ull       /* later than this is late */
#define PACE_MOST_LATE_NS 1000000000ull     /* later than this is not made good; sooner than this was not our doing */

struct pace {
    unsigned percent;               /* of real time; 0: as fast as possible */
    bool started;
    uint64_t base_tick, base_ns;    /* a moment at which guest and host should agree */
    uint64_t late_ns;               /* at the last look; 0: on time */
    uint64_t worst_late_ns;         /* since the guest was last set running */
    uint64_t lost_ns;               /* host time that was given up since then */
    bool was_late, was_on_time;     /* by more than a frame, or not, since the last measurement */
    bool behind;                    /* the host cannot keep up */
    bool marked, measured;
    uint64_t mark_tick, mark_clocks, mark_ns;   /* where the present measurement began */
    unsigned measured_percent;      /* guest time against host time, over half a second or so; if measured */
    unsigned measured_khz;          /* guest clocks per host millisecond */
};

uint64_t pace_host_ns(void);        /* monotonic; does not run while the host sleeps */

/* PERCENT of real time from here on, 0: as fast as possible. */
void pace_set(struct pace *pace, unsigned percent);

/* Begins anew: after a stop, or when guest time was moved. */
void pace_restart(struct pace *pace);

/* Guest ticks to run before asking again: some milliseconds of guest time, and no more of the host's. */
uint64_t pace_slice(const struct pace *pace);

/* How long to sleep, in host ns, before the guest at TICK may go on, if the host's time is NOW_NS; 0: not at all. */
uint64_t pace_wait(struct pace *pace, uint64_t tick, uint64_t now_ns);

/* Updates what was measured, twice a second. CLOCKS: of the guest's CPU, since any moment. */
void pace_measure(struct pace *pace, uint64_t tick, uint64_t clocks, uint64_t now_ns);

#endif
