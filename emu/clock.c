/* The event list: a singly linked list sorted by due time, then by order of registration. A PC has some twenty
 * events of which a handful are armed, so a list beats any tree. */
#include "emu/clock.h"

#include <stddef.h>

#include "emu/state.h"

/* A state that claims to be older than this, some thirty years, is not believed, so that no sum of ticks runs over. */
#define FARTHEST (1ull << 62)

void clock_init(struct clock *clock)
{
    *clock = (struct clock){ .next_due = CLOCK_NEVER };
}

void clock_register(struct clock *clock, struct event *event, const char *name, void (*fire)(void *ctx, uint64_t late),
                    void *ctx)
{
    *event = (struct event){ .name = name, .fire = fire, .ctx = ctx, .due = CLOCK_NEVER, .order = clock->count++ };
    struct event **link = &clock->all;
    while (*link)
        link = &(*link)->registered;
    *link = event;
}

static bool fires_before(const struct event *a, const struct event *b)
{
    return a->due != b->due ? a->due < b->due : a->order < b->order;
}

static void update_next_due(struct clock *clock)
{
    clock->next_due = clock->armed ? clock->armed->due : CLOCK_NEVER;
}

static void unlink_event(struct clock *clock, struct event *event)
{
    struct event **link = &clock->armed;
    while (*link != event)
        link = &(*link)->next;
    *link = event->next;
    event->next = NULL;
    event->due = CLOCK_NEVER;
}

void clock_schedule(struct clock *clock, struct event *event, uint64_t due)
{
    if (event_armed(event))
        unlink_event(clock, event);
    event->due = due;
    if (due != CLOCK_NEVER) {
        struct event **link = &clock->armed;
        while (*link && fires_before(*link, event))
            link = &(*link)->next;
        event->next = *link;
        *link = event;
    }
    update_next_due(clock);
}

void clock_cancel(struct clock *clock, struct event *event)
{
    if (event_armed(event))
        unlink_event(clock, event);
    update_next_due(clock);
}

void clock_fire_due(struct clock *clock)
{
    while (clock->armed && clock->armed->due <= clock->now) {
        struct event *event = clock->armed;
        clock->late = clock->now - event->due;
        unlink_event(clock, event);
        update_next_due(clock);
        event->fire(event->ctx, clock->late);
    }
    clock->late = 0;
}

uint64_t clock_periods(uint64_t ticks, uint64_t hz)
{
    uint64_t seconds = ticks / TICKS_PER_SECOND, rest = ticks % TICKS_PER_SECOND;
    return seconds * hz + rest * hz / TICKS_PER_SECOND;
}

uint64_t clock_span(uint64_t count, uint64_t hz)
{
    return (uint64_t)(((unsigned __int128)count * TICKS_PER_SECOND + hz - 1) / hz);
}

void clock_visit(struct clock *clock, struct state *state)
{
    state_section(state, "clock");
    state_u64(state, "now", &clock->now);
    state_check(state, clock->now < FARTHEST, "time out of range");
    for (struct event *event = clock->all; event; event = event->registered) {
        uint64_t due = event->due;
        state_u64(state, event->name, &due);
        if (state_loading(state))
            clock_schedule(clock, event, due);
    }
}
