/* Tests of the clock and its memory. */
#include "tests/emu/dev/rig.h"

#include "emu/dev/rtc.h"

struct board {
    struct rig rig;
    struct rtc rtc;
    struct wire irq;
};

static void visit(void *chip, struct state *state) { rtc_visit(chip, state); }

static void start(struct board *b, struct rtc_date date)
{
    rig_init(&b->rig);
    rtc_init(&b->rtc, &(struct rtc_config){ &b->rig.bus, &b->rig.clock, wire_line(&b->irq, &b->rig), date });
}

static int setup(void **state)
{
    struct board *b = calloc(1, sizeof *b);

    start(b, (struct rtc_date){ 1992, 3, 6, 23, 59, 58 });
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct board *b = *state;

    rig_destroy(&b->rig);
    free(b);
    return 0;
}

static uint8_t get(struct board *b, uint8_t index)
{
    rig_out(&b->rig, 0x70, index);
    return rig_in(&b->rig, 0x71);
}

static void set(struct board *b, uint8_t index, uint8_t value)
{
    rig_out(&b->rig, 0x70, index);
    rig_out(&b->rig, 0x71, value);
}

static void seconds(struct board *b, unsigned count)
{
    rig_run(&b->rig, count * TICKS_PER_SECOND);
}

static void assert_registers(struct board *b, const uint8_t *expected)
{
    static const uint8_t index[8] = { RTC_CENTURY, RTC_YEAR, RTC_MONTH, RTC_DAY, RTC_WEEKDAY, RTC_HOUR, RTC_MINUTE,
                                      RTC_SECOND };

    for (int i = 0; i < 8; i++)
        assert_int_equal(get(b, index[i]), expected[i]);
}

static void date_is_set_in_bcd_and_advances_past_midnight(void **state)
{
    struct board *b = *state;

    assert_registers(b, (const uint8_t[]){ 0x19, 0x92, 0x03, 0x06, 6, 0x23, 0x59, 0x58 });
    seconds(b, 1);
    assert_registers(b, (const uint8_t[]){ 0x19, 0x92, 0x03, 0x06, 6, 0x23, 0x59, 0x59 });
    seconds(b, 1);
    assert_registers(b, (const uint8_t[]){ 0x19, 0x92, 0x03, 0x07, 7, 0x00, 0x00, 0x00 });
}

static void months_and_leap_years_end_where_they_should(void **state)
{
    static const struct { struct rtc_date date; uint8_t month, day, year; } cases[] = {
        { { 1992, 2, 28, 23, 59, 59 }, 0x02, 0x29, 0x92 }, { { 1993, 2, 28, 23, 59, 59 }, 0x03, 0x01, 0x93 },
        { { 1999, 12, 31, 23, 59, 59 }, 0x01, 0x01, 0x00 }, { { 1994, 4, 30, 23, 59, 59 }, 0x05, 0x01, 0x94 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct board b = { 0 };
        start(&b, cases[i].date);
        seconds(&b, 1);
        assert_int_equal(get(&b, RTC_MONTH), cases[i].month);
        assert_int_equal(get(&b, RTC_DAY), cases[i].day);
        assert_int_equal(get(&b, RTC_YEAR), cases[i].year);
        rig_destroy(&b.rig);
    }
}

static void impossible_dates_are_brought_into_range(void **state)
{
    struct board b = { 0 };

    (void)state;
    start(&b, (struct rtc_date){ 65535, 77, 99, 99, 99, 99 });
    assert_registers(&b, (const uint8_t[]){ 0x99, 0x99, 0x12, 0x31, 6, 0x23, 0x59, 0x59 });
    rig_destroy(&b.rig);
}

static void binary_and_12_hours_are_counted_as_written(void **state)
{
    struct board *b = *state;

    set(b, RTC_B, 0x84);
    set(b, RTC_HOUR, 11);
    set(b, RTC_MINUTE, 59);
    set(b, RTC_SECOND, 59);
    set(b, RTC_B, 0x04);
    seconds(b, 1);
    assert_int_equal(get(b, RTC_HOUR), 0x80 | 12);
    assert_int_equal(get(b, RTC_DAY), 6);
    set(b, RTC_HOUR, 0x80 | 11);
    set(b, RTC_MINUTE, 59);
    set(b, RTC_SECOND, 59);
    seconds(b, 1);
    assert_int_equal(get(b, RTC_HOUR), 12);
    assert_int_equal(get(b, RTC_DAY), 7);
    set(b, RTC_HOUR, 12);
    set(b, RTC_MINUTE, 59);
    set(b, RTC_SECOND, 59);
    seconds(b, 1);
    assert_int_equal(get(b, RTC_HOUR), 1);
}

/* Resets the divider chain and lets it go: all times are known from here on. Returns the tick. */
static uint64_t restart_chain(struct board *b, uint8_t rate)
{
    set(b, RTC_A, 0x70 | rate);
    set(b, RTC_A, 0x20 | rate);
    get(b, RTC_C);
    return b->rig.clock.now;
}

static void run_until(struct board *b, uint64_t tick)
{
    rig_run(&b->rig, tick - b->rig.clock.now);
}

static void update_in_progress_warns_244_us_ahead(void **state)
{
    struct board *b = *state;

    rig_run(&b->rig, TICKS_PER_SECOND - 2229 * TICKS_PER_US);
    assert_int_equal(get(b, RTC_A), 0x26);
    rig_run(&b->rig, 2 * TICKS_PER_US);
    assert_int_equal(get(b, RTC_A), 0xA6);
    assert_int_equal(get(b, RTC_SECOND), 0x58);
    rig_run(&b->rig, 2226 * TICKS_PER_US);
    assert_int_equal(get(b, RTC_A), 0xA6);
    rig_run(&b->rig, 1 * TICKS_PER_US);
    assert_int_equal(get(b, RTC_A), 0x26);
    assert_int_equal(get(b, RTC_SECOND), 0x59);
}

static void set_bit_stops_updates(void **state)
{
    struct board *b = *state;

    set(b, RTC_B, 0x92);
    assert_int_equal(get(b, RTC_B), 0x82);
    seconds(b, 10);
    assert_int_equal(get(b, RTC_SECOND), 0x58);
    assert_int_equal(get(b, RTC_C) & 0x30, 0);
    set(b, RTC_B, 0x02);
    seconds(b, 1);
    assert_int_equal(get(b, RTC_SECOND), 0x59);
}

/* UIP at half a second, the update cycle 8 cycles of the crystal later (244 us), its end 65 after that (1984 us). */
static void divider_reset_begins_the_first_update_after_half_a_second(void **state)
{
    struct board *b = *state;

    set(b, RTC_A, 0x76);
    seconds(b, 5);
    assert_int_equal(get(b, RTC_A), 0x76);
    assert_int_equal(get(b, RTC_SECOND), 0x58);
    uint64_t zero = restart_chain(b, 6);
    for (unsigned i = 0; i < 2; i++) {
        uint64_t rise = zero + TICKS_PER_SECOND / 2 + i * TICKS_PER_SECOND;
        uint64_t end = zero + clock_span(16384 + 73 + i * 32768, 32768);
        run_until(b, rise - 1);
        assert_int_equal(get(b, RTC_A), 0x26);
        run_until(b, rise);
        assert_int_equal(get(b, RTC_A), 0xA6);
        run_until(b, end - 1);
        assert_int_equal(get(b, RTC_A), 0xA6);
        assert_int_equal(get(b, RTC_SECOND), i ? 0x59 : 0x58);
        assert_int_equal(get(b, RTC_C) & 0x10, 0);
        run_until(b, end);
        assert_int_equal(get(b, RTC_A), 0x26);
        assert_int_equal(get(b, RTC_SECOND), i ? 0x00 : 0x59);
        assert_int_equal(get(b, RTC_C) & 0x10, 0x10);
    }
}

static void set_aborts_an_update_cycle_that_has_begun(void **state)
{
    struct board *b = *state;

    run_until(b, TICKS_PER_SECOND - 2100 * TICKS_PER_US);      /* warned of, not begun */
    set(b, RTC_B, 0x82);
    assert_int_equal(get(b, RTC_A), 0x26);
    set(b, RTC_B, 0x02);
    assert_int_equal(get(b, RTC_A), 0xA6);
    run_until(b, TICKS_PER_SECOND);
    assert_int_equal(get(b, RTC_SECOND), 0x59);
    run_until(b, 2 * TICKS_PER_SECOND - 1000 * TICKS_PER_US);
    set(b, RTC_B, 0x82);
    set(b, RTC_B, 0x02);
    assert_int_equal(get(b, RTC_A), 0x26);
    run_until(b, 2 * TICKS_PER_SECOND);
    assert_int_equal(get(b, RTC_SECOND), 0x59);
    run_until(b, 3 * TICKS_PER_SECOND);
    assert_int_equal(get(b, RTC_SECOND), 0x00);
}

static void update_interrupt_comes_once_a_second(void **state)
{
    struct board *b = *state;

    set(b, RTC_B, 0x12);
    seconds(b, 1);
    assert_true(b->irq.level);
    assert_int_equal(get(b, RTC_C), 0x80 | 0x10 | 0x40);
    assert_false(b->irq.level);
    assert_int_equal(get(b, RTC_C), 0);
    seconds(b, 1);
    assert_true(b->irq.level);
    assert_true(b->irq.rose == 2 * TICKS_PER_SECOND);
}

static void alarm_matches_with_wildcards(void **state)
{
    struct board *b = *state;

    set(b, RTC_HOUR_ALARM, 0xFF);
    set(b, RTC_MINUTE_ALARM, 0xC0);
    set(b, RTC_SECOND_ALARM, 0x05);
    set(b, RTC_B, 0x22);
    seconds(b, 6);
    assert_false(b->irq.level);
    seconds(b, 1);
    assert_true(b->irq.level);
    assert_int_equal(get(b, RTC_C) & 0xA0, 0xA0);
    set(b, RTC_HOUR_ALARM, 0x12);
    seconds(b, 60);
    assert_false(b->irq.level);
}

/* The alarm registers are compared as they are written: with BCD or binary, and with the afternoon's bit. */
static void alarm_knows_the_afternoon(void **state)
{
    struct board *b = *state;

    set(b, RTC_B, 0x84);                            /* SET, binary, 12 hours */
    set(b, RTC_HOUR, 11);
    set(b, RTC_HOUR_ALARM, 0x80 | 11);
    set(b, RTC_MINUTE_ALARM, 59);
    set(b, RTC_SECOND_ALARM, 59);
    set(b, RTC_B, 0x24);
    seconds(b, 10);
    assert_false(b->irq.level);                     /* 11:59:59 in the morning */
    set(b, RTC_HOUR, 0x80 | 11);
    set(b, RTC_MINUTE, 59);
    set(b, RTC_SECOND, 58);
    seconds(b, 1);
    assert_true(b->irq.level);
}

static void alarm_flag_is_set_without_its_enable(void **state)
{
    struct board *b = *state;

    for (uint8_t reg = RTC_SECOND_ALARM; reg <= RTC_HOUR_ALARM; reg += 2)
        set(b, reg, 0xC0);
    get(b, RTC_C);
    seconds(b, 1);
    assert_false(b->irq.level);
    assert_int_equal(get(b, RTC_C) & 0xB0, 0x30);
    assert_int_equal(get(b, RTC_C), 0x00);
}

/* One line for the three: it falls when C is read, whichever were enabled, and comes again with the next of them. */
static void the_three_interrupts_share_one_line(void **state)
{
    struct board *b = *state;

    set(b, RTC_A, 0x2F);                            /* 2 Hz */
    for (uint8_t reg = RTC_SECOND_ALARM; reg <= RTC_HOUR_ALARM; reg += 2)
        set(b, reg, 0xFF);
    set(b, RTC_B, 0x72);
    get(b, RTC_C);
    b->irq.rises = 0;
    for (unsigned i = 0; i < 3; i++) {
        while (!b->irq.level)
            rig_run(&b->rig, TICKS_PER_MS);
        assert_int_equal(get(b, RTC_C), i == 2 ? 0xB0 : 0xC0);
    }
    assert_int_equal(b->irq.rises, 3);
    while (!b->irq.level)
        rig_run(&b->rig, TICKS_PER_MS);
    seconds(b, 1);
    assert_int_equal(b->irq.rises, 4);
    assert_int_equal(get(b, RTC_C), 0xF0);
}

static void disabling_an_interrupt_lowers_the_line_and_keeps_the_flag(void **state)
{
    struct board *b = *state;

    set(b, RTC_B, 0x12);
    seconds(b, 1);
    assert_true(b->irq.level);
    set(b, RTC_B, 0x02);
    assert_false(b->irq.level);
    assert_int_equal(get(b, RTC_C) & 0x90, 0x10);
}

static void daylight_saving_begins_in_april_and_ends_in_october(void **state)
{
    static const struct { struct rtc_date date; uint8_t b; uint8_t hour[2]; } rows[] = {
        { { 1993, 4, 25, 1, 59, 59 }, 0x03, { 0x03, 0x04 } },       /* the last Sunday */
        { { 1993, 4, 25, 1, 59, 59 }, 0x02, { 0x02, 0x03 } },       /* DSE off */
        { { 1993, 4, 18, 1, 59, 59 }, 0x03, { 0x02, 0x03 } },       /* the Sunday before */
        { { 1993, 4, 26, 1, 59, 59 }, 0x03, { 0x02, 0x03 } },       /* Monday */
        { { 1993, 10, 31, 1, 59, 59 }, 0x03, { 0x01, 0x02 } },
        { { 1992, 10, 25, 1, 59, 59 }, 0x03, { 0x01, 0x02 } },
        { { 1993, 10, 24, 1, 59, 59 }, 0x03, { 0x02, 0x03 } },
        { { 1993, 10, 31, 1, 59, 59 }, 0x01, { 0x01, 0x02 } },      /* 12 hours */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct board b = { 0 };
        start(&b, rows[i].date);
        set(&b, RTC_B, rows[i].b);
        seconds(&b, 1);
        assert_int_equal(get(&b, RTC_HOUR), rows[i].hour[0]);
        assert_int_equal(get(&b, RTC_MINUTE) | get(&b, RTC_SECOND), 0);
        seconds(&b, 3600);
        assert_int_equal(get(&b, RTC_HOUR), rows[i].hour[1]);
        assert_int_equal(get(&b, RTC_MINUTE) | get(&b, RTC_SECOND), 0);
        rig_destroy(&b.rig);
    }
}

static void the_top_bit_of_the_seconds_cannot_be_written(void **state)
{
    struct board *b = *state;

    set(b, RTC_SECOND, 0xC5);
    assert_int_equal(get(b, RTC_SECOND), 0x45);
    set(b, RTC_SECOND_ALARM, 0xC5);
    assert_int_equal(get(b, RTC_SECOND_ALARM), 0xC5);
}

/* As on the AT, whose BIOS keeps the century; a set-up that asks for more than 99 years does it by hand. */
static void the_century_is_memory(void **state)
{
    struct board b = { 0 };

    (void)state;
    start(&b, (struct rtc_date){ 1999, 12, 31, 23, 59, 59 });
    seconds(&b, 1);
    assert_registers(&b, (const uint8_t[]){ 0x19, 0x00, 0x01, 0x01, 7, 0x00, 0x00, 0x00 });
    rig_destroy(&b.rig);
}

/* All fifteen rates, from the chain's reset on: the flag comes half a period before and after the chain's zero. */
static void periodic_interrupts_come_at_exact_cycles(void **state)
{
    static const unsigned hz[16] = { 0, 256, 128, 8192, 4096, 2048, 1024, 512, 256, 128, 64, 32, 16, 8, 4, 2 };
    struct board *b = *state;

    set(b, RTC_B, 0x42);
    for (uint8_t rate = 1; rate < 16; rate++) {
        uint64_t zero = restart_chain(b, rate);
        unsigned half = 32768 / 2 / hz[rate];
        for (unsigned i = 1; i <= 20; i++) {
            uint64_t edge = zero + clock_span((2 * i - 1) * half, 32768);
            run_until(b, edge - 1);
            assert_false(b->irq.level);
            run_until(b, edge);
            assert_true(b->irq.level);
            assert_int_equal(get(b, RTC_C) & 0xC0, 0xC0);
            assert_false(b->irq.level);
        }
    }
    set(b, RTC_A, 0x20);
    run_until(b, b->rig.clock.now + TICKS_PER_SECOND);
    assert_false(b->irq.level);
}

/* The data sheet's promise: after a periodic interrupt there is time for reading, tPI / 2 + tBUC. From 128 Hz down
 * half a period is longer than what UIP announces. */
static void registers_hold_still_after_a_periodic_interrupt(void **state)
{
    struct board *b = *state;

    for (uint8_t rate = 9; rate < 16; rate++) {
        uint64_t half = clock_span(1u << (rate - 2), 32768), zero = restart_chain(b, rate);
        while (b->rig.clock.now < zero + 3 * TICKS_PER_SECOND) {
            while (!(rtc_peek(&b->rtc, RTC_C) & 0x40))
                rig_run(&b->rig, 30 * TICKS_PER_US);
            get(b, RTC_C);
            rig_run(&b->rig, half - 31 * TICKS_PER_US);
            assert_int_equal(get(b, RTC_A) & 0x80, 0);
        }
    }
}

static void periodic_flag_can_be_polled_without_events(void **state)
{
    struct board *b = *state;

    restart_chain(b, 0x0F);
    assert_false(event_armed(&b->rtc.periodic));
    rig_run(&b->rig, TICKS_PER_MS * 249);
    assert_int_equal(rtc_peek(&b->rtc, RTC_C), 0);
    rig_run(&b->rig, TICKS_PER_MS);
    assert_int_equal(rtc_peek(&b->rtc, RTC_C), 0x40);
    assert_int_equal(get(b, RTC_C), 0x40);
    assert_int_equal(get(b, RTC_C), 0);
    set(b, RTC_A, 0x20);
    rig_run(&b->rig, TICKS_PER_MS * 200);
    assert_int_equal(get(b, RTC_C), 0);
}

static void unread_flags_hold_the_line_and_need_no_more_events(void **state)
{
    struct board *b = *state;

    set(b, RTC_B, 0x42);
    rig_run(&b->rig, TICKS_PER_MS * 100);
    assert_int_equal(b->irq.rises, 1);
    assert_false(event_armed(&b->rtc.periodic));
}

static void enabling_an_interrupt_whose_flag_is_set_raises_it(void **state)
{
    struct board *b = *state;

    seconds(b, 1);
    assert_false(b->irq.level);
    set(b, RTC_B, 0x12);
    assert_true(b->irq.level);
}

static void index_bit_7_masks_nmi_and_selects_the_same_register(void **state)
{
    struct board *b = *state;

    set(b, 0x8F, 0x5A);
    assert_true(b->rtc.nmi_masked);
    assert_int_equal(get(b, 0x0F), 0x5A);
    assert_false(b->rtc.nmi_masked);
    assert_int_equal(rig_in(&b->rig, 0x70), 0xFF);
}

static void c_and_d_cannot_be_written(void **state)
{
    struct board *b = *state;

    set(b, RTC_C, 0xFF);
    set(b, RTC_D, 0x00);
    assert_int_equal(get(b, RTC_C), 0);
    assert_int_equal(get(b, RTC_D), 0x80);
}

static void memory_survives_reset_and_checksum_fits(void **state)
{
    struct board *b = *state;

    rtc_store(&b->rtc, 0x10, 0x40);
    rtc_store(&b->rtc, 0x2D, 0xFF);
    rtc_store(&b->rtc, 0x15, 0xFF);
    rtc_store(&b->rtc, RTC_SECOND, 0x11);
    rtc_store_checksum(&b->rtc);
    set(b, 0x0F, 0x05);
    set(b, RTC_B, 0x7A);
    rtc_reset(&b->rtc);
    assert_int_equal(get(b, 0x0F), 0x05);
    assert_int_equal(get(b, 0x10), 0x40);
    assert_int_equal(get(b, 0x2E) << 8 | get(b, 0x2F), 0x40 + 0xFF + 0xFF);
    assert_int_equal(get(b, RTC_B), 0x02);
    assert_int_equal(get(b, RTC_SECOND), 0x58);
}

static void loaded_state_goes_on_alike(void **state)
{
    struct board *a = *state;
    struct board b = { 0 };

    set(a, RTC_B, 0x72);
    set(a, RTC_A, 0x2A);
    rig_run(&a->rig, TICKS_PER_MS * 777);
    get(a, RTC_C);
    start(&b, (struct rtc_date){ 1980, 1, 1, 0, 0, 0 });
    rig_copy(&a->rig, &a->rtc, &b.rig, &b.rtc, visit);
    struct board *both[2] = { a, &b };
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 300; j++) {
            rig_run(&both[i]->rig, TICKS_PER_MS * 7);
            get(both[i], RTC_C);
        }
    }
    assert_true(a->irq.rose == b.irq.rose);
    assert_true(rig_hash(&a->rig, visit, &a->rtc) == rig_hash(&b.rig, visit, &b.rtc));
    assert_true(rig_refuses(&b.rig, &b.rtc, &b.rtc.index, 0x80, visit));
    assert_true(rig_refuses(&b.rig, &b.rtc, &b.rtc.flags, 0x01, visit));
    rig_destroy(&b.rig);
}

static void saving_at_odd_moments_changes_nothing(void **state)
{
    struct board *a = *state;

    for (unsigned i = 0; i < 60; i++) {
        struct board b = { 0 };
        set(a, RTC_A, (uint8_t)((i % 7 ? 0x20 : 0x70) | (i % 13 + 3)));
        set(a, RTC_B, (uint8_t)(0x72 | (i % 5 ? 0 : 0x80)));
        rig_run(&a->rig, TICKS_PER_SECOND - i * 100 * TICKS_PER_US);
        if (i % 4 == 0 && event_armed(&a->rtc.update)) {        /* in the middle of an update cycle */
            run_until(a, a->rtc.update.due - 1000 * TICKS_PER_US);
            set(a, RTC_B, 0x82);
            set(a, RTC_B, 0x02);
        }
        start(&b, (struct rtc_date){ 1980, 1, 1, 0, 0, 0 });
        rig_copy(&a->rig, &a->rtc, &b.rig, &b.rtc, visit);
        b.irq = a->irq;
        b.irq.clock = &b.rig.clock;
        struct board *both[2] = { a, &b };
        for (unsigned j = 0; j < 2; j++) {
            set(both[j], RTC_B, 0x72);
            rig_run(&both[j]->rig, 777777);
            get(both[j], RTC_C);
            seconds(both[j], 1);
        }
        assert_true(a->irq.rises == b.irq.rises && a->irq.rose == b.irq.rose);
        assert_true(rig_hash(&a->rig, visit, &a->rtc) == rig_hash(&b.rig, visit, &b.rtc));
        rig_destroy(&b.rig);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(date_is_set_in_bcd_and_advances_past_midnight),
        TEST(months_and_leap_years_end_where_they_should),
        TEST(impossible_dates_are_brought_into_range),
        TEST(binary_and_12_hours_are_counted_as_written),
        TEST(update_in_progress_warns_244_us_ahead),
        TEST(set_bit_stops_updates),
        TEST(divider_reset_begins_the_first_update_after_half_a_second),
        TEST(set_aborts_an_update_cycle_that_has_begun),
        TEST(update_interrupt_comes_once_a_second),
        TEST(alarm_matches_with_wildcards),
        TEST(alarm_knows_the_afternoon),
        TEST(alarm_flag_is_set_without_its_enable),
        TEST(the_three_interrupts_share_one_line),
        TEST(disabling_an_interrupt_lowers_the_line_and_keeps_the_flag),
        cmocka_unit_test(daylight_saving_begins_in_april_and_ends_in_october),
        TEST(the_top_bit_of_the_seconds_cannot_be_written),
        cmocka_unit_test(the_century_is_memory),
        TEST(periodic_interrupts_come_at_exact_cycles),
        TEST(registers_hold_still_after_a_periodic_interrupt),
        TEST(periodic_flag_can_be_polled_without_events),
        TEST(unread_flags_hold_the_line_and_need_no_more_events),
        TEST(enabling_an_interrupt_whose_flag_is_set_raises_it),
        TEST(index_bit_7_masks_nmi_and_selects_the_same_register),
        TEST(c_and_d_cannot_be_written),
        TEST(memory_survives_reset_and_checksum_fits),
        TEST(loaded_state_goes_on_alike),
        TEST(saving_at_odd_moments_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
