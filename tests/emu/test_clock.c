#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emu/clock.h"
#include "emu/state.h"

struct recorder {
    struct clock clock;
    struct event a, b, c;
    char order[16];
    uint64_t late;
};

static void record(struct recorder *r, char letter, uint64_t late)
{
    r->order[strlen(r->order)] = letter;
    r->late = late;
}

static void fire_a(void *ctx, uint64_t late) { record(ctx, 'a', late); }
static void fire_b(void *ctx, uint64_t late) { record(ctx, 'b', late); }

static void fire_c(void *ctx, uint64_t late)
{
    struct recorder *r = ctx;
    record(r, 'c', late);
    if (strlen(r->order) < 4)
        clock_schedule(&r->clock, &r->c, r->clock.now);
}

static void start(struct recorder *r)
{
    memset(r, 0, sizeof *r);
    clock_init(&r->clock);
    clock_register(&r->clock, &r->a, "a", fire_a, r);
    clock_register(&r->clock, &r->b, "b", fire_b, r);
    clock_register(&r->clock, &r->c, "c", fire_c, r);
}

static void events_fire_by_due_time_then_by_registration(void **state)
{
    (void)state;
    struct recorder r;
    start(&r);
    clock_schedule(&r.clock, &r.b, 100);
    clock_schedule(&r.clock, &r.a, 100);
    clock_schedule(&r.clock, &r.c, 50);
    clock_cancel(&r.clock, &r.c);
    assert_int_equal(r.clock.next_due, 100);
    r.clock.now = 130;
    clock_fire_due(&r.clock);
    assert_string_equal(r.order, "ab");
    assert_int_equal(r.late, 30);
    assert_int_equal(r.clock.next_due, CLOCK_NEVER);
}

static void an_event_may_arm_itself_for_now(void **state)
{
    (void)state;
    struct recorder r;
    start(&r);
    clock_schedule(&r.clock, &r.c, 1);
    r.clock.now = 1;
    clock_fire_due(&r.clock);
    assert_string_equal(r.order, "cccc");
}

static void rescheduling_moves_an_event(void **state)
{
    (void)state;
    struct recorder r;
    start(&r);
    clock_schedule(&r.clock, &r.a, 10);
    clock_schedule(&r.clock, &r.b, 20);
    clock_schedule(&r.clock, &r.a, 30);
    r.clock.now = 40;
    clock_fire_due(&r.clock);
    assert_string_equal(r.order, "ba");
}

static void periods_and_spans_do_not_drift_over_years(void **state)
{
    (void)state;
    const uint64_t hz = 32768, year = 365ull * 86400;
    assert_int_equal(clock_periods(year * TICKS_PER_SECOND, hz), year * hz);
    assert_int_equal(clock_span(year * hz, hz), year * TICKS_PER_SECOND);
    for (uint64_t n = 1; n < 1000; n++) {
        assert_int_equal(clock_periods(clock_span(n, 115200), 115200), n);
        assert_int_equal(clock_periods(clock_span(n, 115200) - 1, 115200), n - 1);
    }
}

static void saved_events_come_back_armed(void **state)
{
    (void)state;
    struct recorder before, after;
    struct state s;
    start(&before);
    before.clock.now = 7;
    clock_schedule(&before.clock, &before.b, 99);
    state_begin_save(&s);
    clock_visit(&before.clock, &s);
    uint8_t *data = s.data;
    size_t size = s.size;
    start(&after);
    clock_schedule(&after.clock, &after.a, 3);
    state_begin_load(&s, data, size);
    clock_visit(&after.clock, &s);
    assert_false(state_failed(&s));
    assert_int_equal(after.clock.now, 7);
    assert_int_equal(after.clock.next_due, 99);
    assert_false(event_armed(&after.a));
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_fire_by_due_time_then_by_registration),
        cmocka_unit_test(an_event_may_arm_itself_for_now),
        cmocka_unit_test(rescheduling_moves_an_event),
        cmocka_unit_test(periods_and_spans_do_not_drift_over_years),
        cmocka_unit_test(saved_events_come_back_armed),
    };
    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
