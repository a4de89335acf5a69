/* Virtual time: one integer count of ticks of 1/4.2 GHz (5/21 ns), and the list of things that will happen.
 *
 * In this unit the clocks of 25, 33 1/3, 50, 66 2/3 and 100 MHz parts are 168, 126, 84, 63 and 42 ticks, the 8.33 MHz
 * ISA clock is 504 and the 1.193182 MHz timer clock is 3520: all whole. 2^63 ticks are 69 years.
 *
 * Devices do not tick. A device embeds a struct event per thing it waits for, registers it once with
 * clock_register(), arms it with clock_schedule(), and computes its counters from clock.now when they are read.
 * Rates that do not divide the tick (UART, RTC, dot clocks) are computed from a base and a count with
 * clock_periods() and clock_span(), never by adding rounded periods, so nothing drifts.
 *
 * The CPU brings clock.now up to date before it touches any device, so device code may always read it. */
#ifndef EMU_CLOCK_H
#define EMU_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define TICKS_PER_SECOND 4200000000ull
#define TICKS_PER_MS     4200000ull
#define TICKS_PER_US     4200ull
#define TICKS_PER_PIT    3520ull        /* 1.193182 MHz (105/88 MHz) */
#define CLOCK_NEVER      UINT64_MAX

struct state;

/* One thing that a part waits for. Embed it, zeroed; it must not move while it is registered. */
struct event {
    const char *name;                           /* unique in the machine: names its state */
    void (*fire)(void *ctx, uint64_t late);     /* late: ticks between due and now; the event is idle again */
    void *ctx;
    uint64_t due;                               /* tick, or CLOCK_NEVER when idle */
    unsigned order;                             /* registration number: events due at one tick fire in this order */
    struct event *next;                         /* the armed list, sorted by (due, order) */
    struct event *registered;                   /* the list of all events */
};

struct clock {
    uint64_t now;               /* ticks since the machine was created */
    uint64_t next_due;          /* due time of the first armed event, or CLOCK_NEVER */
    uint64_t late;              /* ticks since the event that fires now was due; 0 between events */
    struct event *armed;
    struct event *all;
    unsigned count;
};

void clock_init(struct clock *clock);

/* Registers EVENT, idle, under NAME (kept, not copied). Order of registration breaks ties. */
void clock_register(struct clock *clock, struct event *event, const char *name,
                    void (*fire)(void *ctx, uint64_t late), void *ctx);

/* Arms EVENT for tick DUE (moves it if it is armed already). A DUE in the past fires at the next opportunity. */
void clock_schedule(struct clock *clock, struct event *event, uint64_t due);

/* Disarms EVENT; nothing if it is idle. */
void clock_cancel(struct clock *clock, struct event *event);

/* True if EVENT is armed. */
static inline bool event_armed(const struct event *event) { return event->due != CLOCK_NEVER; }

/* Fires, in order, all events that are due at clock.now, those included that they arm for now or earlier. */
void clock_fire_due(struct clock *clock);

/* Whole periods of a rate of HZ (below 2^32) that have passed in TICKS: floor(TICKS * HZ / 4.2 GHz), without
 * overflow. */
uint64_t clock_periods(uint64_t ticks, uint64_t hz);

/* Ticks after which COUNT periods of a rate of HZ (> 0) have just passed: ceil(COUNT * 4.2 GHz / HZ). */
uint64_t clock_span(uint64_t count, uint64_t hz);

/* Visits now and the due time of each registered event by name (see state.h). */
void clock_visit(struct clock *clock, struct state *state);

#endif
