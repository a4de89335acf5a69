/* Tests of what a hard disk does besides reading and writing: the standby timer, the write cache, SET FEATURES over
 * resets, and what IDENTIFY says of them. */
#include "tests/emu/dev/ata_board.h"

#define SECOND TICKS_PER_SECOND

static void simple(struct board *b, uint8_t code, uint8_t count, uint8_t features)
{
    out(b, 1, features);
    out(b, 2, count);
    out(b, 7, code);
    await(b);
    assert_int_equal(in(b, 7) & 1, 0);
}

static bool turns(struct board *b)
{
    simple(b, 0xE5, 0, 0);
    return in(b, 2) == 0xFF;
}

static unsigned identify_word(struct board *b, unsigned word)
{
    uint32_t value = 0;

    out(b, 7, 0xEC);
    await(b);
    for (unsigned i = 0; i < 256; i++) {
        uint32_t read = bus_in(&b->rig.bus, 0x1F0, 2);
        value = i == word ? read : value;
    }
    return value;
}

static void standby_timer_stops_the_spindle(void **state)
{
    static const struct { uint8_t count; unsigned seconds; } rows[] = {
        { 1, 5 }, { 12, 60 }, { 240, 1200 }, { 241, 1800 }, { 251, 19800 }, { 252, 1260 }, { 253, 28800 },
        { 255, 1275 },
    };
    struct board *b = board_create(&drives[1]);
    (void)state;

    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        simple(b, 0xE3, rows[i].count, 0);
        rig_run(&b->rig, rows[i].seconds * SECOND - SECOND);
        assert_true(turns(b));              /* and that command winds the timer up again */
        rig_run(&b->rig, rows[i].seconds * SECOND - SECOND);
        assert_false(b->ata.drive[0].stopped);
        rig_run(&b->rig, 2 * SECOND);
        assert_false(turns(b));
        assert_true(read_one(b, 100) > 4.9 * (double)SECOND);
        assert_true(turns(b));
    }
    board_destroy(b);
}

static void standby_sets_the_timer_for_the_next_time(void **state)
{
    struct board *b = board_create(&drives[1]);
    (void)state;

    simple(b, 0x96, 2, 0);
    assert_false(turns(b));
    read_one(b, 0);
    rig_run(&b->rig, 11 * SECOND);
    assert_false(turns(b));
    simple(b, 0x97, 0, 0);                  /* count 0: no timer */
    rig_run(&b->rig, 100000 * SECOND);
    assert_true(turns(b));
    simple(b, 0xE3, 1, 0);
    simple(b, 0xE1, 0, 0);                  /* IDLE IMMEDIATE leaves it alone */
    rig_run(&b->rig, 6 * SECOND);
    assert_false(turns(b));
    simple(b, 0xE3, 1, 0);
    ata_reset(&b->ata);                     /* off after power-on */
    rig_run(&b->rig, 100 * SECOND);
    assert_true(turns(b));
    board_destroy(b);
}

/* A write to a place that is far from the heads: with the cache the data only have to be in the buffer. */
static double write_far(struct board *b)
{
    read_one(b, 0);
    double begun = now(b);
    return write_one(b, sectors_of(b->drive) - 1) - begun;
}

static void write_cache_ends_writes_early(void **state)
{
    (void)state;

    for (unsigned i = 0; i < KINDS; i++) {
        struct board *b = board_create(&drives[i]);
        double slow = write_far(b);
        assert_true(slow > drives[i].mechanics.stroke_us * US);
        simple(b, 0xEF, 0, 0x02);
        assert_true(write_far(b) < 2000 * US);
        double begun = now(b);
        simple(b, 0xE7, 0, 0);              /* FLUSH CACHE waits until it is on the disk */
        assert_true(b->irq.rose - begun > (drives[i].mechanics.stroke_us - 5000) * US);
        begun = now(b);
        simple(b, 0xE7, 0, 0);
        assert_true(b->irq.rose - begun < 2000 * US);
        write_far(b);
        begun = now(b);
        simple(b, 0xEF, 0, 0x82);           /* so does switching it off */
        assert_true(b->irq.rose - begun > (drives[i].mechanics.stroke_us - 5000) * US);
        assert_true(write_far(b) > drives[i].mechanics.stroke_us * US);
        board_destroy(b);
    }
}

static void reads_wait_for_what_is_in_the_write_cache(void **state)
{
    struct board *b = board_create(&drives[0]);
    (void)state;

    simple(b, 0xEF, 0, 0x02);
    write_far(b);
    assert_true(read_one(b, 0) > 2 * 40000 * US);
    board_destroy(b);
}

static void write_cache_holds_no_more_than_the_buffer(void **state)
{
    struct board *b = board_create(&drives[0]);     /* 32 sectors */
    (void)state;

    simple(b, 0xEF, 0, 0x02);
    read_one(b, 0);
    double begun = now(b);
    command(b, 0x30, sectors_of(b->drive) - 200, 200);
    for (unsigned i = 0; i < 200; i++) {
        give(b, 1);
        await(b);
    }
    assert_true(b->irq.rose - begun > 45000 * US + 100 * MINUTE / 3500 / 33);
    board_destroy(b);
}

static void identify_tells_of_the_write_cache(void **state)
{
    struct board *b = board_create(&drives[0]);
    (void)state;

    assert_int_equal(identify_word(b, 80), 0x001E);
    assert_int_equal(identify_word(b, 82) & 0x0028, 0x0028);
    assert_int_equal(identify_word(b, 83), 0x5000);
    assert_int_equal(identify_word(b, 85) & 0x20, 0);
    assert_int_equal(identify_word(b, 87), 0x4000);
    simple(b, 0xEF, 0, 0x02);
    assert_int_equal(identify_word(b, 85) & 0x20, 0x20);
    board_destroy(b);
}

static void features_decide_what_a_soft_reset_leaves(void **state)
{
    struct board *b = board_create(&drives[0]);
    (void)state;

    for (unsigned reverts = 0; reverts < 2; reverts++) {
        simple(b, 0xEF, 0, reverts ? 0xCC : 0x66);
        simple(b, 0xC6, 8, 0);
        simple(b, 0xEF, 0, 0x02);
        soft_reset(b);
        rig_run(&b->rig, SECOND);
        assert_int_equal(identify_word(b, 59), reverts ? 0 : 0x108);
        assert_int_equal(identify_word(b, 85) & 0x20, reverts ? 0 : 0x20);
    }
    board_destroy(b);
}

static void timer_and_cache_are_saved(void **state)
{
    struct board *a = board_create(&drives[1]), *b = board_create(&drives[1]);
    (void)state;

    simple(a, 0xE3, 1, 0);
    simple(a, 0xEF, 0, 0x02);
    simple(a, 0xEF, 0, 0xCC);
    write_far(a);
    rig_run(&a->rig, SECOND);
    rig_copy(&a->rig, &a->ata, &b->rig, &b->ata, visit);
    rig_run(&b->rig, 3 * SECOND);
    assert_false(b->ata.drive[0].stopped);
    rig_run(&b->rig, 2 * SECOND);
    assert_true(b->ata.drive[0].stopped && b->ata.drive[0].write_cache && b->ata.drive[0].reverts);
    board_destroy(a);
    board_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(standby_timer_stops_the_spindle),
        cmocka_unit_test(standby_sets_the_timer_for_the_next_time),
        cmocka_unit_test(write_cache_ends_writes_early),
        cmocka_unit_test(reads_wait_for_what_is_in_the_write_cache),
        cmocka_unit_test(write_cache_holds_no_more_than_the_buffer),
        cmocka_unit_test(identify_tells_of_the_write_cache),
        cmocka_unit_test(features_decide_what_a_soft_reset_leaves),
        cmocka_unit_test(timer_and_cache_are_saved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
