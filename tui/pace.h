/* Ties guest time to the host's, or lets it go; and measures how fast the guest really runs. */
#ifndef TUI_PACE_H
#define TUI_PACE_H

#include <stdbool.h>
#include <stdint.h>

struct pace {
    unsigned percent;               /* of real time; 0: as fast as possible */
    uint64_t base_tick, base_ns;    /* a moment at which guest and host agreed */
    bool started;
    bool behind;                    /* the host cannot keep up */
    uint64_t mark_tick, mark_clocks, mark_ns;    /* of the last measurement */
    double ratio;                   /* guest time / host time, measured over the last half second or so */
    double mhz;                     /* guest clocks per host microsecond */
};

uint64_t pace_host_ns(void);        /* monotonic */

/* Begins anew: after a stop, a change of speed. */
void pace_restart(struct pace *pace);

/* How long to sleep, in ns, before the guest at TICK may go on; 0 if it is late. More than a fifth of a second late:
 * starts anew, so that a slow moment is not made good by a rush. */
uint64_t pace_wait_ns(struct pace *pace, uint64_t tick);

/* Updates ratio and mhz. */
void pace_measure(struct pace *pace, uint64_t tick, uint64_t clocks);

#endif
