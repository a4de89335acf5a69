/* Pacing against a simulated host, whose clock moves as the test says. */
#include "tests/tui/frame.h"

#include "emu/emu.h"
#include "tui/pace.h"

#define MS 1000000ull
#define SECOND (1000 * MS)
#define START_NS 123456789012345ull         /* as if the host had been up for a while */

/* A host, and the guest on it: CLOCK_TICKS a CPU clock. */
static struct host {
    uint64_t ns, tick;
    unsigned capacity;                      /* percent of real time that the guest can reach */
    uint64_t oversleep_ns;                  /* at the most, by chance */
    uint64_t slept_ns, longest_sleep_ns;
    uint32_t random;
} host;
static struct pace pace;

enum { CLOCK_TICKS = 63 };

static int set_up(void **state)
{
    (void)state;
    host = (struct host){ .ns = START_NS, .capacity = 400, .oversleep_ns = MS / 2, .random = 1 };
    pace = (struct pace){ 0 };
    pace_set(&pace, 100);
    return 0;
}

static uint64_t chance(uint64_t below)
{
    host.random = host.random * 1664525 + 1013904223;
    return below ? (host.random >> 8) % below : 0;
}

/* TICKS * NUMERATOR / DENOMINATOR without overflow. */
static uint64_t scaled(uint64_t value, uint64_t numerator, uint64_t denominator)
{
    return value / denominator * numerator + value % denominator * numerator / denominator;
}

static uint64_t ns_of(uint64_t ticks, unsigned percent)
{
    return scaled(ticks, 500, 21ull * percent);
}

/* What a session does again and again: sleep, or run a slice. */
static void turn(void)
{
    uint64_t wait = pace_wait(&pace, host.tick, host.ns);
    if (wait) {
        host.ns += wait + chance(host.oversleep_ns);
        host.slept_ns += wait;
        host.longest_sleep_ns = wait > host.longest_sleep_ns ? wait : host.longest_sleep_ns;
        return;
    }
    uint64_t ticks = pace_slice(&pace);
    host.tick += ticks;
    host.ns += ns_of(ticks, host.capacity);
    pace_measure(&pace, host.tick, host.tick / CLOCK_TICKS, host.ns);
}

static void run_for(uint64_t ns)
{
    uint64_t end = host.ns + ns;
    while ((int64_t)(end - host.ns) > 0)
        turn();
}

/* How far the guest is ahead of the host since both were at the given moment. */
static int64_t ahead_ns(uint64_t tick, uint64_t ns)
{
    return (int64_t)(ns_of(host.tick - tick, pace.percent) - (host.ns - ns));
}

static void guest_time_stays_within_a_frame_of_the_hosts(void **state)
{
    static const unsigned percents[] = { 100, 37, 1, 250 };
    (void)state;
    for (size_t i = 0; i < sizeof percents / sizeof *percents; i++) {
        pace_set(&pace, percents[i]);
        uint64_t tick = host.tick, ns = host.ns, end = ns + 600 * SECOND;
        while (host.ns < end) {
            turn();
            if (llabs(ahead_ns(tick, ns)) > (int64_t)PACE_FRAME_NS / 2)
                fail_msg("%lld ns ahead at %u %%", (long long)ahead_ns(tick, ns), percents[i]);
        }
        assert_int_equal(pace.lost_ns, 0);
        assert_false(pace.behind);
    }
}

/* Looks at odd moments for a month: the wait is the exact one each time, whatever was asked before. */
static void nothing_adds_up_in_a_month(void **state)
{
    static const unsigned percents[] = { 100, 62, 7 };
    enum { LOOKS = 30 * 24 * 60 };
    (void)state;
    for (size_t i = 0; i < sizeof percents / sizeof *percents; i++) {
        pace_set(&pace, percents[i]);
        uint64_t tick = host.tick, ns = host.ns;
        pace_wait(&pace, tick, ns);
        for (int look = 0; look < LOOKS; look++) {
            host.tick += 60 * TICKS_PER_SECOND + chance(1000);
            host.ns = ns + ns_of(host.tick - tick, percents[i]) - MS;
            assert_int_equal(pace_wait(&pace, host.tick, host.ns), MS);
        }
    }
}

static void the_host_sleeps_when_the_guest_needs_less(void **state)
{
    (void)state;
    host.oversleep_ns = 0;
    run_for(10 * SECOND);
    assert_in_range(host.slept_ns, 7400 * MS, 7600 * MS);       /* a quarter is work */
}

static void sleeps_are_short_at_any_speed(void **state)
{
    static const unsigned percents[] = { 1, 10, 100, 300, 10000 };
    (void)state;
    host.capacity = 40000;
    for (size_t i = 0; i < sizeof percents / sizeof *percents; i++) {
        pace_set(&pace, percents[i]);
        run_for(10 * SECOND);
        assert_in_range(host.longest_sleep_ns, MS / 2, 5 * MS);
    }
}

static void a_hiccup_is_made_good(void **state)
{
    (void)state;
    run_for(SECOND);
    uint64_t tick = host.tick, ns = host.ns;
    host.ns += 800 * MS;
    turn();
    assert_in_range(pace.late_ns, 795 * MS, 805 * MS);
    run_for(SECOND);
    assert_true(llabs(ahead_ns(tick, ns)) < (int64_t)PACE_FRAME_NS);
    assert_int_equal(pace.lost_ns, 0);
    assert_in_range(pace.worst_late_ns, 795 * MS, 805 * MS);
    run_for(SECOND);
    assert_false(pace.behind);
}

static void after_a_long_hiccup_the_guest_does_not_rush(void **state)
{
    (void)state;
    run_for(SECOND);
    host.ns += 60 * SECOND;
    turn();
    uint64_t tick = host.tick, ns = host.ns;
    assert_in_range(pace.lost_ns, 59 * SECOND, 61 * SECOND);
    for (int i = 0; i < 1000; i++) {
        turn();
        assert_true(llabs(ahead_ns(tick, ns)) < (int64_t)PACE_FRAME_NS);
    }
}

static void many_hiccups_do_not_add_up(void **state)
{
    (void)state;
    uint64_t tick = host.tick, ns = host.ns;
    for (int i = 0; i < 300; i++) {
        run_for(SECOND);
        host.ns += chance(500 * MS);
    }
    run_for(SECOND);
    assert_true(llabs(ahead_ns(tick, ns)) < (int64_t)PACE_FRAME_NS);
    assert_int_equal(pace.lost_ns, 0);
}

static void a_host_that_is_too_slow_is_noticed(void **state)
{
    (void)state;
    run_for(10 * SECOND);
    assert_false(pace.behind);
    assert_int_equal(pace.measured_percent, 100);
    host.capacity = 62;
    run_for(1200 * MS);
    for (int i = 0; i < 100; i++) {
        run_for(100 * MS);
        assert_true(pace.behind);
        assert_int_equal(pace.measured_percent, 62);
    }
    assert_in_range(pace.lost_ns, 3 * SECOND, 5 * SECOND);      /* 38 % of it, all but the last second */
    host.capacity = 400;
    run_for(2 * SECOND);
    assert_false(pace.behind);
    assert_int_equal(pace.measured_percent, 100);
}

static void a_host_that_is_fast_enough_on_average_loses_nothing(void **state)
{
    (void)state;
    uint64_t tick = host.tick, ns = host.ns;
    for (int i = 0; i < 100; i++) {
        host.capacity = i % 2 ? 400 : 60;
        run_for(SECOND);
    }
    assert_int_equal(pace.lost_ns, 0);
    assert_true(llabs(ahead_ns(tick, ns)) < (int64_t)PACE_FRAME_NS);
}

static void one_late_frame_is_no_reason_to_warn(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++) {
        run_for(50 * MS + chance(100 * MS));
        host.ns += 30 * MS;
        turn();
        assert_false(pace.behind);
    }
}

static void a_change_of_speed_counts_from_there(void **state)
{
    (void)state;
    run_for(100 * SECOND);
    pace_set(&pace, 50);
    uint64_t tick = host.tick, ns = host.ns;
    run_for(100 * SECOND);
    assert_true(llabs(ahead_ns(tick, ns)) < (int64_t)PACE_FRAME_NS);
    assert_int_equal(pace.measured_percent, 50);
}

static void what_happens_while_it_stands_still_does_not_count(void **state)
{
    (void)state;
    run_for(10 * SECOND);
    pace_restart(&pace);
    host.ns += 700 * MS;
    uint64_t tick = host.tick, ns = host.ns;
    for (int i = 0; i < 500; i++) {
        turn();
        assert_int_equal(pace.measured_percent, 100);
    }
    assert_true(pace.worst_late_ns < MS);
    assert_true(llabs(ahead_ns(tick, ns)) < (int64_t)PACE_FRAME_NS);
}

/* A snapshot was loaded, or a command ran the guest without pauses. */
static void guest_time_that_was_moved_is_not_waited_for(void **state)
{
    static const int64_t jumps[] = { 5, -5, 100000, -100000, 7, -70 };
    static const unsigned percents[] = { 100, 1, 3, 62 };
    (void)state;
    host.tick = 1000000 * TICKS_PER_SECOND;
    for (size_t k = 0; k < sizeof percents / sizeof *percents; k++) {
        pace_set(&pace, percents[k]);
        for (size_t i = 0; i < sizeof jumps / sizeof *jumps; i++) {
            run_for(SECOND);
            host.tick += (uint64_t)(jumps[i] * (int64_t)TICKS_PER_SECOND);
            uint64_t tick = host.tick, ns = host.ns;
            run_for(SECOND);
            assert_true(llabs(ahead_ns(tick, ns)) < (int64_t)PACE_FRAME_NS);
            assert_int_equal(pace.lost_ns, 0);
        }
    }
    assert_true(host.longest_sleep_ns < 5 * MS);
}

static void both_clocks_may_wrap(void **state)
{
    (void)state;
    host.ns = (uint64_t)0 - SECOND;
    host.tick = (uint64_t)0 - TICKS_PER_SECOND / 2;
    uint64_t tick = host.tick, ns = host.ns;
    run_for(3 * SECOND);
    assert_true(host.ns < 10 * SECOND);
    assert_true(host.tick < 10 * TICKS_PER_SECOND);
    assert_true(llabs(ahead_ns(tick, ns)) < (int64_t)PACE_FRAME_NS);
    assert_true(pace.worst_late_ns < MS);
}

static void without_a_speed_nothing_waits_and_all_is_measured(void **state)
{
    (void)state;
    pace_set(&pace, 0);
    run_for(2 * SECOND);
    assert_int_equal(host.slept_ns, 0);
    assert_int_equal(pace.measured_percent, 400);
    assert_in_range(pace.measured_khz, 266600, 266700);
    host.capacity = 20;
    run_for(2 * SECOND);
    assert_int_equal(pace.measured_percent, 20);
    assert_false(pace.behind);
}

/* Late by more than a frame all the time, but as fast as it should be: nothing is wrong with the host any more. */
static void who_makes_good_is_not_too_slow(void **state)
{
    (void)state;
    host.capacity = 62;
    run_for(2 * SECOND);
    assert_true(pace.behind);
    host.capacity = 102;
    for (int i = 0; i < 100; i++) {
        run_for(100 * MS);
        assert_true(!pace.behind || pace.measured_percent < 95);
    }
    host.capacity = 97;
    run_for(20 * SECOND);
    assert_false(pace.behind);
}

#define pace_test(test) cmocka_unit_test_setup(test, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        pace_test(guest_time_stays_within_a_frame_of_the_hosts),
        pace_test(nothing_adds_up_in_a_month),
        pace_test(the_host_sleeps_when_the_guest_needs_less),
        pace_test(sleeps_are_short_at_any_speed),
        pace_test(a_hiccup_is_made_good),
        pace_test(after_a_long_hiccup_the_guest_does_not_rush),
        pace_test(many_hiccups_do_not_add_up),
        pace_test(a_host_that_is_too_slow_is_noticed),
        pace_test(a_host_that_is_fast_enough_on_average_loses_nothing),
        pace_test(one_late_frame_is_no_reason_to_warn),
        pace_test(a_change_of_speed_counts_from_there),
        pace_test(what_happens_while_it_stands_still_does_not_count),
        pace_test(guest_time_that_was_moved_is_not_waited_for),
        pace_test(both_clocks_may_wrap),
        pace_test(who_makes_good_is_not_too_slow),
        pace_test(without_a_speed_nothing_waits_and_all_is_measured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
