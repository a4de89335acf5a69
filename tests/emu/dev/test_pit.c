/* Tests of the timer and port 61h. Time is counted in periods of the timer's clock. */
#include "tests/emu/dev/rig.h"

#include "emu/dev/pit.h"

struct board {
    struct rig rig;
    struct pit pit;
    struct wire irq;
};

static void visit(void *chip, struct state *state) { pit_visit(chip, state); }

static int setup(void **state)
{
    struct board *b = calloc(1, sizeof *b);

    rig_init(&b->rig);
    b->rig.clock.now = 1000 * TICKS_PER_PIT;
    pit_init(&b->pit, &(struct pit_config){ &b->rig.bus, &b->rig.clock, wire_line(&b->irq, &b->rig), NULL });
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

static void periods(struct board *b, uint64_t count)
{
    rig_run(&b->rig, count * TICKS_PER_PIT);
}

static void program(struct board *b, unsigned ch, unsigned mode, uint16_t count)
{
    rig_out(&b->rig, 0x43, (uint8_t)(ch << 6 | 0x30 | mode << 1));
    rig_out(&b->rig, (uint16_t)(0x40 + ch), (uint8_t)count);
    rig_out(&b->rig, (uint16_t)(0x40 + ch), (uint8_t)(count >> 8));
}

static unsigned read_two(struct board *b, unsigned ch)
{
    unsigned low = rig_in(&b->rig, (uint16_t)(0x40 + ch));

    return low | (unsigned)rig_in(&b->rig, (uint16_t)(0x40 + ch)) << 8;
}

static unsigned latched(struct board *b, unsigned ch)
{
    rig_out(&b->rig, 0x43, (uint8_t)(ch << 6));
    return read_two(b, ch);
}

static unsigned status(struct board *b, unsigned ch)
{
    rig_out(&b->rig, 0x43, (uint8_t)(0xE0 | 2 << ch));
    return rig_in(&b->rig, (uint16_t)(0x40 + ch));
}

static void mode_0_rises_one_period_after_the_count(void **state)
{
    struct board *b = *state;

    program(b, 0, 0, 100);
    assert_false(b->irq.level);
    uint64_t written = b->rig.clock.now;
    periods(b, 1000);
    assert_true(b->irq.level);
    assert_int_equal((b->irq.rose - written) / TICKS_PER_PIT, 101);
    assert_int_equal(latched(b, 0), (uint16_t)(100 - 999));
}

static void mode_0_first_byte_stops_the_count(void **state)
{
    struct board *b = *state;

    program(b, 0, 0, 100);
    periods(b, 51);
    rig_out(&b->rig, 0x40, 0x10);
    periods(b, 500);
    assert_false(b->irq.level);
    assert_int_equal(pit_count(&b->pit, 0), 50);
    rig_out(&b->rig, 0x40, 0x00);
    periods(b, 17);
    assert_true(b->irq.level);
}

static void mode_2_never_drifts(void **state)
{
    struct board *b = *state;

    periods(b, 3);
    rig_run(&b->rig, 1234);
    uint64_t start = b->rig.clock.now / TICKS_PER_PIT + 1;
    program(b, 0, 2, 1000);
    unsigned before = b->irq.rises;
    periods(b, 10 * 1000 + 500);
    assert_int_equal(b->irq.rises - before, 10);
    assert_true(b->irq.rose == (start + 10000) * TICKS_PER_PIT);
    assert_true(b->irq.rose - b->irq.fell == TICKS_PER_PIT);
}

static void mode_2_counts_from_n_to_1(void **state)
{
    struct board *b = *state;

    program(b, 0, 2, 5);
    periods(b, 1);
    static const unsigned expected[7] = { 5, 4, 3, 2, 1, 5, 4 };
    for (int i = 0; i < 7; i++) {
        assert_int_equal(latched(b, 0), expected[i]);
        assert_int_equal(b->irq.level, expected[i] != 1);
        periods(b, 1);
    }
}

static void mode_2_takes_a_new_count_at_the_end_of_the_cycle(void **state)
{
    struct board *b = *state;

    program(b, 0, 2, 100);
    periods(b, 31);
    rig_out(&b->rig, 0x40, 50);
    rig_out(&b->rig, 0x40, 0);
    assert_int_equal(status(b, 0) & 0x40, 0x40);
    uint64_t end = b->rig.clock.now + 70 * TICKS_PER_PIT;
    periods(b, 69);
    assert_int_equal(pit_count(&b->pit, 0), 1);
    periods(b, 2);
    assert_int_equal(pit_count(&b->pit, 0), 49);
    assert_int_equal(status(b, 0) & 0x40, 0);
    periods(b, 60);
    assert_true(b->irq.rose == end + 50 * TICKS_PER_PIT);
}

static void mode_3_divides_evenly_and_counts_by_two(void **state)
{
    struct board *b = *state;

    program(b, 0, 3, 10);
    periods(b, 1);
    static const unsigned even[11] = { 10, 8, 6, 4, 2, 10, 8, 6, 4, 2, 10 };
    for (int i = 0; i < 11; i++) {
        assert_int_equal(latched(b, 0), even[i]);
        assert_int_equal(b->irq.level, i % 10 < 5);
        periods(b, 1);
    }
}

static void mode_3_odd_count_is_high_one_period_longer(void **state)
{
    struct board *b = *state;

    program(b, 0, 3, 5);
    periods(b, 1);
    static const unsigned odd[6] = { 4, 2, 0, 4, 2, 4 };
    for (int i = 0; i < 6; i++) {
        assert_int_equal(latched(b, 0), odd[i]);
        assert_int_equal(b->irq.level, i % 5 < 3);
        periods(b, 1);
    }
}

static void mode_3_takes_a_new_count_at_the_half_cycle(void **state)
{
    struct board *b = *state;

    program(b, 0, 3, 100);
    periods(b, 11);
    rig_out(&b->rig, 0x40, 20);
    rig_out(&b->rig, 0x40, 0);
    uint64_t half = b->rig.clock.now + 40 * TICKS_PER_PIT;
    periods(b, 45);
    assert_false(b->irq.level);
    assert_true(b->irq.fell == half);
    assert_int_equal(pit_count(&b->pit, 0), 10);
    periods(b, 6);
    assert_true(b->irq.level);
    assert_true(b->irq.rose == half + 10 * TICKS_PER_PIT);
}

static void a_count_of_zero_is_the_largest(void **state)
{
    struct board *b = *state;

    program(b, 0, 3, 0);
    unsigned before = b->irq.rises;
    periods(b, 1 + 65536 * 3);
    assert_int_equal(b->irq.rises - before, 3);
    assert_int_equal(pit_count(&b->pit, 0), 0);
}

static void a_count_of_one_makes_no_edges(void **state)
{
    struct board *b = *state;

    program(b, 0, 2, 1);
    unsigned before = b->irq.rises;
    periods(b, 100);
    assert_int_equal(b->irq.rises, before);
    assert_false(event_armed(&b->pit.change));
    program(b, 0, 3, 1);
    periods(b, 100);
    assert_int_equal(b->irq.rises, before);
}

static void a_count_after_one_makes_edges_again(void **state)
{
    struct board *b = *state;

    for (unsigned mode = 2; mode <= 3; mode++) {
        program(b, 0, mode, 1);
        periods(b, 100);
        unsigned before = b->irq.rises;
        rig_out(&b->rig, 0x40, 50);
        rig_out(&b->rig, 0x40, 0);
        periods(b, 1 + 50 * 10);
        assert_in_range(b->irq.rises - before, 10, 11);
    }
}

static void modes_1_and_5_wait_for_the_gate(void **state)
{
    struct board *b = *state;

    program(b, 2, 1, 10);
    periods(b, 50);
    assert_true(pit_out(&b->pit, 2));
    rig_out(&b->rig, 0x61, 0x01);
    assert_true(pit_out(&b->pit, 2));
    periods(b, 1);
    assert_int_equal(rig_in(&b->rig, 0x61) & 0x20, 0);
    periods(b, 8);
    rig_out(&b->rig, 0x61, 0x00);
    rig_out(&b->rig, 0x61, 0x01);
    periods(b, 10);
    assert_false(pit_out(&b->pit, 2));
    periods(b, 1);
    assert_int_equal(rig_in(&b->rig, 0x61) & 0x20, 0x20);
    rig_out(&b->rig, 0x61, 0x00);
    program(b, 2, 5, 10);
    periods(b, 50);
    rig_out(&b->rig, 0x61, 0x01);
    periods(b, 11);
    assert_false(pit_out(&b->pit, 2));
    periods(b, 1);
    assert_true(pit_out(&b->pit, 2));
}

static void mode_4_strobes_once(void **state)
{
    struct board *b = *state;

    program(b, 0, 4, 20);
    unsigned before = b->irq.falls;
    uint64_t written = b->rig.clock.now;
    periods(b, 200000);
    assert_int_equal(b->irq.falls - before, 1);
    assert_true(b->irq.fell == written + 21 * TICKS_PER_PIT);
    assert_true(b->irq.rose == written + 22 * TICKS_PER_PIT);
}

static void gate_holds_mode_0_and_restarts_mode_2(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, 0x61, 0x01);
    program(b, 2, 0, 100);
    periods(b, 11);
    rig_out(&b->rig, 0x61, 0x00);
    periods(b, 1000);
    assert_int_equal(latched(b, 2), 90);
    rig_out(&b->rig, 0x61, 0x01);
    periods(b, 89);
    assert_false(pit_out(&b->pit, 2));
    periods(b, 1);
    assert_true(pit_out(&b->pit, 2));

    program(b, 2, 2, 100);
    periods(b, 100);
    assert_false(pit_out(&b->pit, 2));
    rig_out(&b->rig, 0x61, 0x00);
    assert_true(pit_out(&b->pit, 2));
    periods(b, 1000);
    rig_out(&b->rig, 0x61, 0x01);
    periods(b, 1);
    assert_int_equal(latched(b, 2), 100);
}

static void latch_holds_until_both_bytes_are_read(void **state)
{
    struct board *b = *state;

    program(b, 0, 2, 0x1234);
    periods(b, 2);
    rig_out(&b->rig, 0x43, 0x00);
    periods(b, 100);
    rig_out(&b->rig, 0x43, 0x00);
    assert_int_equal(rig_in(&b->rig, 0x40), 0x33);
    periods(b, 100);
    assert_int_equal(rig_in(&b->rig, 0x40), 0x12);
    assert_int_equal(read_two(b, 0), 0x1233 - 200);
}

static void access_mode_1_is_low_and_2_is_high(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, 0x43, 0x14);
    rig_out(&b->rig, 0x40, 0x80);
    assert_int_equal(b->pit.channel[0].reload, 0x0080);
    periods(b, 1);
    assert_int_equal(rig_in(&b->rig, 0x40), 0x80);
    assert_int_equal(rig_in(&b->rig, 0x40), 0x80);
    rig_out(&b->rig, 0x43, 0x24);
    rig_out(&b->rig, 0x40, 0x80);
    assert_int_equal(b->pit.channel[0].reload, 0x8000);
    periods(b, 1);
    assert_int_equal(rig_in(&b->rig, 0x40), 0x80);
    periods(b, 1);
    assert_int_equal(rig_in(&b->rig, 0x40), 0x7F);
}

static void control_word_drops_latch_and_half_written_count(void **state)
{
    struct board *b = *state;

    program(b, 0, 2, 0x1000);
    periods(b, 5);
    rig_out(&b->rig, 0x43, 0x00);
    rig_out(&b->rig, 0x40, 0x55);
    rig_out(&b->rig, 0x43, 0x34);
    rig_out(&b->rig, 0x40, 0x22);
    rig_out(&b->rig, 0x40, 0x11);
    assert_int_equal(b->pit.channel[0].reload, 0x1122);
    periods(b, 1);
    assert_int_equal(read_two(b, 0), 0x1122);
}

static void nothing_counts_between_control_word_and_count(void **state)
{
    struct board *b = *state;

    program(b, 0, 2, 1000);
    periods(b, 101);
    rig_out(&b->rig, 0x43, 0x34);
    unsigned frozen = pit_count(&b->pit, 0);
    assert_int_equal(frozen, 900);
    periods(b, 5000);
    assert_int_equal(pit_count(&b->pit, 0), frozen);
    assert_false(event_armed(&b->pit.change));
}

static void status_shows_out_null_count_access_and_mode(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, 0x43, 0x36);
    assert_int_equal(status(b, 0), 0xF6);
    rig_out(&b->rig, 0x40, 100);
    rig_out(&b->rig, 0x40, 0);
    assert_int_equal(status(b, 0), 0xF6);
    periods(b, 1);
    assert_int_equal(status(b, 0), 0xB6);
    periods(b, 50);
    assert_int_equal(status(b, 0), 0x36);
    rig_out(&b->rig, 0x43, 0xC2);
    periods(b, 10);
    assert_int_equal(rig_in(&b->rig, 0x40), 0x36);
    assert_int_equal(read_two(b, 0), 100);
}

/* Data sheet, Status Byte: bits 0-5 are exactly as written. */
static void modes_6_and_7_are_2_and_3_but_in_the_status(void **state)
{
    struct board *b = *state;

    program(b, 0, 6, 10);
    periods(b, 1);
    assert_int_equal(status(b, 0), 0xBC);
    periods(b, 9);
    assert_false(pit_out(&b->pit, 0));
    assert_int_equal(latched(b, 0), 1);
    program(b, 0, 7, 10);
    periods(b, 1);
    assert_int_equal(status(b, 0), 0xBE);
    periods(b, 1);
    assert_int_equal(latched(b, 0), 8);
    periods(b, 4);
    assert_false(pit_out(&b->pit, 0));
    assert_true(rig_refuses(&b->rig, &b->pit, &b->pit.channel[0].programmed, 0x40, visit));
}

static void bcd_counts_in_decimal(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, 0x43, 0x35);
    rig_out(&b->rig, 0x40, 0x00);
    rig_out(&b->rig, 0x40, 0x10);
    periods(b, 2);
    assert_int_equal(latched(b, 0), 0x0999);
    rig_out(&b->rig, 0x43, 0x31);
    rig_out(&b->rig, 0x40, 0x00);
    rig_out(&b->rig, 0x40, 0x00);
    periods(b, 2);
    assert_int_equal(latched(b, 0), 0x9999);
}

/* The CPU looks at events between runs of instructions only; mode 2's pulse lasts one period. */
static void late_event_still_makes_the_edge(void **state)
{
    struct board *b = *state;

    program(b, 0, 2, 1000);
    unsigned rises = b->irq.rises;
    b->rig.clock.now += 1005 * TICKS_PER_PIT;
    clock_fire_due(&b->rig.clock);
    assert_true(b->irq.level);
    assert_int_equal(b->irq.rises, rises + 1);
    periods(b, 1000);
    assert_int_equal(b->irq.rises, rises + 2);
}

static void refresh_toggles_every_15_microseconds(void **state)
{
    struct board *b = *state;
    unsigned toggles = 0, last = rig_in(&b->rig, 0x61) & 0x10;

    for (int i = 0; i < 18 * 100; i++) {
        periods(b, 1);
        unsigned now = rig_in(&b->rig, 0x61) & 0x10;
        toggles += now != last;
        last = now;
    }
    assert_in_range(toggles, 99, 100);
}

static void port_61_keeps_its_low_bits_only(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, 0x61, 0xFF);
    assert_int_equal(rig_in(&b->rig, 0x61) & 0xCF, 0x0F);
}

static void views_change_nothing(void **state)
{
    struct board *b = *state;

    program(b, 2, 3, 1000);
    rig_out(&b->rig, 0x61, 1);
    periods(b, 300);
    rig_out(&b->rig, 0x42, 100);
    rig_out(&b->rig, 0x42, 0);
    periods(b, 5000);
    uint64_t hash = rig_hash(&b->rig, visit, &b->pit);
    unsigned count = pit_count(&b->pit, 2);
    pit_out(&b->pit, 2);
    assert_true(rig_hash(&b->rig, visit, &b->pit) == hash);
    assert_int_equal(read_two(b, 2), count);
}

static void loaded_state_goes_on_alike(void **state)
{
    struct board *a = *state;
    void *other;

    program(a, 0, 3, 1193);
    program(a, 2, 2, 77);
    rig_out(&a->rig, 0x61, 3);
    periods(a, 12345);
    rig_out(&a->rig, 0x40, 0x33);
    rig_out(&a->rig, 0x40, 0x01);
    rig_out(&a->rig, 0x43, 0xC4);
    setup(&other);
    struct board *b = other;
    rig_copy(&a->rig, &a->pit, &b->rig, &b->pit, visit);
    periods(a, 98765);
    periods(b, 98765);
    assert_int_equal(latched(a, 0), latched(b, 0));
    assert_int_equal(rig_in(&a->rig, 0x61), rig_in(&b->rig, 0x61));
    assert_true(a->irq.rose == b->irq.rose);
    assert_true(rig_hash(&a->rig, visit, &a->pit) == rig_hash(&b->rig, visit, &b->pit));
    assert_true(rig_refuses(&b->rig, &b->pit, &b->pit.channel[0].mode, 6, visit));
    assert_true(rig_refuses(&b->rig, &b->pit, &b->pit.channel[0].access, 0, visit));
    teardown(&other);
}

/* --- To the tick --- */

/* Runs to EDGE clock edges after the present one, and TICKS on. */
static void run_to_edge(struct board *b, uint64_t edge, int ticks)
{
    rig_run(&b->rig, edge * TICKS_PER_PIT + (uint64_t)ticks - b->rig.clock.now);
}

/* A count must be there 55 ns (231 ticks) before the edge that loads it. */
static void a_count_is_loaded_by_the_first_edge_that_sees_it(void **state)
{
    static const struct { uint32_t offset; unsigned edge; } rows[] = {
        { 0, 1 }, { 1759, 1 }, { 1760, 1 }, { 3288, 1 }, { 3289, 2 }, { 3519, 2 } };
    static const uint8_t modes[] = { 0, 2, 3, 4 };
    struct board *b = *state;

    for (unsigned i = 0; i < 6 * 4; i++) {
        uint64_t edge = b->rig.clock.now / TICKS_PER_PIT + 1;
        run_to_edge(b, edge, (int)rows[i / 4].offset);
        program(b, 0, modes[i % 4], 0x100);
        run_to_edge(b, edge + rows[i / 4].edge, -1);
        assert_int_equal(status(b, 0) & 0x40, 0x40);
        rig_run(&b->rig, 1);
        assert_int_equal(status(b, 0) & 0x40, 0);
        assert_int_equal(latched(b, 0), 0x100);
        run_to_edge(b, edge + rows[i / 4].edge + 1, -1);
        assert_int_equal(latched(b, 0), 0x100);
        rig_run(&b->rig, 1);
        assert_int_equal(latched(b, 0), modes[i % 4] == 3 ? 0xFE : 0xFF);
    }
}

/* OUT of each mode at the clocks from the one that loads the counter on, to the tick. */
static void outputs_change_at_exact_clocks(void **state)
{
    static const struct { uint8_t mode, count; const char *out; unsigned counts[8]; } rows[] = {
        { 0, 4, "LLLLHHHH", { 4, 3, 2, 1, 0, 0xFFFF, 0xFFFE, 0xFFFD } },
        { 1, 4, "LLLLHHHH", { 4, 3, 2, 1, 0, 0xFFFF, 0xFFFE, 0xFFFD } },
        { 2, 4, "HHHLHHHL", { 4, 3, 2, 1, 4, 3, 2, 1 } },
        { 2, 3, "HHLHHLHH", { 3, 2, 1, 3, 2, 1, 3, 2 } },
        { 2, 2, "HLHLHLHL", { 2, 1, 2, 1, 2, 1, 2, 1 } },
        { 3, 4, "HHLLHHLL", { 4, 2, 4, 2, 4, 2, 4, 2 } },
        { 3, 5, "HHHLLHHH", { 4, 2, 0, 4, 2, 4, 2, 0 } },
        { 3, 3, "HHLHHLHH", { 2, 0, 2, 2, 0, 2, 2, 0 } },
        { 3, 2, "HLHLHLHL", { 2, 2, 2, 2, 2, 2, 2, 2 } },
        { 4, 4, "HHHHLHHH", { 4, 3, 2, 1, 0, 0xFFFF, 0xFFFE, 0xFFFD } },
        { 5, 4, "HHHHLHHH", { 4, 3, 2, 1, 0, 0xFFFF, 0xFFFE, 0xFFFD } },
    };
    struct board *b = *state;

    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t edge = b->rig.clock.now / TICKS_PER_PIT + 1;
        run_to_edge(b, edge, 100);
        rig_out(&b->rig, 0x61, 0);
        program(b, 2, rows[i].mode, rows[i].count);
        rig_out(&b->rig, 0x61, 1);
        for (unsigned j = 0; j < 8; j++) {
            run_to_edge(b, edge + 1 + j, 0);
            assert_int_equal(pit_out(&b->pit, 2), rows[i].out[j] == 'H');
            assert_int_equal(latched(b, 2), rows[i].counts[j]);
            run_to_edge(b, edge + 2 + j, -1);
            assert_int_equal(pit_out(&b->pit, 2), rows[i].out[j] == 'H');
            assert_int_equal(latched(b, 2), rows[i].counts[j]);
        }
    }
}

/* The gate is sampled on rising edges, in the middle of the period, and must be there 50 ns (210 ticks) before. */
static void the_gate_is_sampled_in_the_middle_of_a_period(void **state)
{
    static const struct { int offset; unsigned late; } rows[] = { { 0, 0 }, { 1549, 0 }, { 1550, 1 }, { 3519, 1 } };
    struct board *b = *state;

    for (unsigned i = 0; i < 4; i++) {
        uint64_t edge = b->rig.clock.now / TICKS_PER_PIT + 1;
        rig_out(&b->rig, 0x61, 1);
        run_to_edge(b, edge, 0);
        program(b, 2, 0, 1000);
        run_to_edge(b, edge + 101, rows[i].offset);             /* counts 900 */
        rig_out(&b->rig, 0x61, 0);
        assert_int_equal(latched(b, 2), 900);
        run_to_edge(b, edge + 150, rows[i].offset);
        assert_int_equal(latched(b, 2), 900 - rows[i].late);
        rig_out(&b->rig, 0x61, 1);
        run_to_edge(b, edge + 151 + rows[i].late, -1);
        assert_int_equal(latched(b, 2), 900 - rows[i].late);
        rig_run(&b->rig, 1);
        assert_int_equal(latched(b, 2), 899 - rows[i].late);
        run_to_edge(b, edge + 151 + rows[i].late + 898 - rows[i].late, 0);
        assert_int_equal(latched(b, 2), 1);
        assert_false(pit_out(&b->pit, 2));
        periods(b, 1);
        assert_true(pit_out(&b->pit, 2));
    }
}

/* A trigger while the one-shot runs lengthens the pulse; until it is loaded the old count goes on. */
static void a_trigger_is_loaded_on_the_edge_after_its_sample(void **state)
{
    static const struct { int offset; unsigned late; } rows[] = { { 0, 0 }, { 1549, 0 }, { 1550, 1 }, { 3519, 1 } };
    struct board *b = *state;

    for (unsigned i = 0; i < 4; i++) {
        uint64_t edge = b->rig.clock.now / TICKS_PER_PIT + 1;
        rig_out(&b->rig, 0x61, 0);
        program(b, 2, 1, 10);
        run_to_edge(b, edge, 0);
        rig_out(&b->rig, 0x61, 1);
        rig_out(&b->rig, 0x61, 0);
        run_to_edge(b, edge + 4, rows[i].offset);
        rig_out(&b->rig, 0x61, 1);
        assert_int_equal(status(b, 2) & 0x40, 0);
        run_to_edge(b, edge + 5 + rows[i].late, -1);
        assert_int_equal(latched(b, 2), 7 - rows[i].late);
        rig_run(&b->rig, 1);
        assert_int_equal(latched(b, 2), 10);
        run_to_edge(b, edge + 15 + rows[i].late, -1);
        assert_false(pit_out(&b->pit, 2));
        rig_run(&b->rig, 1);
        assert_true(pit_out(&b->pit, 2));
    }
}

/* Whatever is going on, a board that was saved and loaded at that moment does as the other one. */
static void saving_at_odd_moments_changes_nothing(void **state)
{
    struct board *a = *state;

    for (unsigned i = 0; i < 200; i++) {
        void *other;
        program(a, 0, i % 6, (uint16_t)(i * 37 % 50 + 2));
        program(a, 2, i / 6 % 6, (uint16_t)(i * 11 % 20 + 2));
        rig_out(&a->rig, 0x61, i & 1);
        rig_run(&a->rig, i * 977 % 9000);
        rig_out(&a->rig, 0x40, (uint8_t)(i % 7 + 2));
        rig_out(&a->rig, 0x61, i >> 1 & 1);
        rig_run(&a->rig, i * 313 % 4000);
        setup(&other);
        struct board *b = other;
        rig_copy(&a->rig, &a->pit, &b->rig, &b->pit, visit);
        struct board *both[2] = { a, b };
        b->irq = a->irq;
        b->irq.clock = &b->rig.clock;
        for (unsigned j = 0; j < 2; j++) {
            rig_out(&both[j]->rig, 0x40, 0);
            rig_run(&both[j]->rig, 12345);
            rig_out(&both[j]->rig, 0x61, 1);
            rig_run(&both[j]->rig, 123456);
            latched(both[j], 2);
        }
        assert_true(a->irq.rises == b->irq.rises && a->irq.rose == b->irq.rose);
        assert_true(rig_hash(&a->rig, visit, &a->pit) == rig_hash(&b->rig, visit, &b->pit));
        teardown(&other);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(mode_0_rises_one_period_after_the_count),
        TEST(mode_0_first_byte_stops_the_count),
        TEST(mode_2_never_drifts),
        TEST(mode_2_counts_from_n_to_1),
        TEST(mode_2_takes_a_new_count_at_the_end_of_the_cycle),
        TEST(mode_3_divides_evenly_and_counts_by_two),
        TEST(mode_3_odd_count_is_high_one_period_longer),
        TEST(mode_3_takes_a_new_count_at_the_half_cycle),
        TEST(a_count_of_zero_is_the_largest),
        TEST(a_count_of_one_makes_no_edges),
        TEST(a_count_after_one_makes_edges_again),
        TEST(modes_1_and_5_wait_for_the_gate),
        TEST(mode_4_strobes_once),
        TEST(gate_holds_mode_0_and_restarts_mode_2),
        TEST(latch_holds_until_both_bytes_are_read),
        TEST(access_mode_1_is_low_and_2_is_high),
        TEST(control_word_drops_latch_and_half_written_count),
        TEST(nothing_counts_between_control_word_and_count),
        TEST(status_shows_out_null_count_access_and_mode),
        TEST(modes_6_and_7_are_2_and_3_but_in_the_status),
        TEST(bcd_counts_in_decimal),
        TEST(late_event_still_makes_the_edge),
        TEST(refresh_toggles_every_15_microseconds),
        TEST(port_61_keeps_its_low_bits_only),
        TEST(views_change_nothing),
        TEST(loaded_state_goes_on_alike),
        TEST(a_count_is_loaded_by_the_first_edge_that_sees_it),
        TEST(outputs_change_at_exact_clocks),
        TEST(the_gate_is_sampled_in_the_middle_of_a_period),
        TEST(a_trigger_is_loaded_on_the_edge_after_its_sample),
        TEST(saving_at_odd_moments_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
