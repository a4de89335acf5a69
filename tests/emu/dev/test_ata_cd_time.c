/* Tests of a CD-ROM drive in real time, saved in the middle, and treated in any way. */
#include "tests/emu/dev/cd_board.h"

static const struct cd_mechanics double_speed = {
    .speed = 2, .access_us = 250000, .settle_us = 60000, .overhead_us = 1000, .buffer_blocks = 16, .spin_up_ms = 2000,
};

static uint32_t random_below(uint32_t *seed, uint32_t limit)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)*seed * limit) >> 32);
}

static struct board *real_board(void)
{
    struct board *b = board_create_with(&double_speed, true);

    ata_set_real(&b->ata, true);
    ata_reset(&b->ata);
    rig_run(&b->rig, 10 * MS);
    out(b, 6, 0xB0);
    return b;
}

static struct board *spun_up(void)
{
    struct board *b = real_board();

    rig_run(&b->rig, 3 * TICKS_PER_SECOND);
    get_ready(b);
    return b;
}

static unsigned ms_of_read(struct board *b, uint32_t lba, unsigned count)
{
    uint64_t begun = b->rig.clock.now;

    assert_int_equal(read_blocks(b, lba, count, 2048), 0x50);
    return (unsigned)((b->rig.clock.now - begun) / MS);
}

static void disc_becomes_ready_after_spinning_up(void **state)
{
    struct board *b = real_board();
    (void)state;

    assert_int_equal(sense(b), 0x62900);
    assert_int_equal(command(b, (uint8_t[12]){ 0 }), 0x51);
    assert_int_equal(sense(b), 0x20401);
    assert_int_equal(command(b, (uint8_t[12]){ 0x1B, 0, 0, 0, 1 }), 0x50);      /* START waits for it */
    assert_true(b->rig.clock.now >= 2000 * MS && b->rig.clock.now < 2030 * MS);
    assert_int_equal(command(b, (uint8_t[12]){ 0 }), 0x50);
    board_destroy(b);
}

static void stopped_disc_starts_when_it_is_read(void **state)
{
    struct board *b = spun_up();
    (void)state;

    assert_int_equal(command(b, (uint8_t[12]){ 0x1B, 0, 0, 0, 0 }), 0x50);
    unsigned ms = ms_of_read(b, 0, 1);
    assert_true(ms >= 2000 && ms <= 2100);
    assert_true(ms_of_read(b, 900, 1) < 200);
    board_destroy(b);
}

static void blocks_come_at_the_speed_of_the_drive(void **state)
{
    struct board *b = spun_up();
    (void)state;

    ms_of_read(b, 99, 1);
    unsigned ms = ms_of_read(b, 100, 150);      /* goes on where it was: a second at 2x */
    assert_true(ms >= 980 && ms <= 1010);
    assert_int_equal(command(b, (uint8_t[12]){ 0xBB, 0, 0, 176 }), 0x50);
    ms_of_read(b, 300, 1);
    ms = ms_of_read(b, 301, 150);
    assert_true(ms >= 1980 && ms <= 2010);
    board_destroy(b);
}

static void what_was_read_ahead_comes_at_once(void **state)
{
    struct board *b = spun_up();
    (void)state;

    ms_of_read(b, 100, 1);
    rig_run(&b->rig, TICKS_PER_SECOND);
    assert_true(ms_of_read(b, 101, 14) < 20);
    unsigned ms = ms_of_read(b, 120, 1);        /* the buffer was full: the place must be found again */
    assert_true(ms >= 60 && ms < 150);
    ms_of_read(b, 121, 30);
    rig_run(&b->rig, TICKS_PER_SECOND);
    assert_true(ms_of_read(b, 160, 1) < 20);
    assert_true(ms_of_read(b, 110, 1) >= 60);   /* forgotten */
    board_destroy(b);
}

static void longer_ways_take_longer(void **state)
{
    unsigned last = 0;
    (void)state;

    for (uint32_t way = 40; way < DISC_BLOCKS - 1; way *= 2) {
        struct board *b = spun_up();
        ms_of_read(b, 0, 1);
        unsigned ms = ms_of_read(b, way, 1);
        assert_true(ms >= 60 && ms >= last);
        last = ms;
        board_destroy(b);
    }
    assert_true(last < 100);
}

/* --- At any moment --- */

static const uint8_t packets[][12] = {
    { 0 }, { 0x03, 0, 0, 0, 18 }, { 0x12, 0, 0, 0, 36 }, { 0x28, 0, 0, 0, 0, 9, 0, 0, 3 },
    { 0x28, 0, 0, 0, 2, 0, 0, 0, 9 },
    { 0xBE, 0, 0, 0, 1, 0, 0, 0, 3, 0xB0 }, { 0x43, 2, 0, 0, 0, 0, 0, 0, 100 }, { 0x5A, 0, 0x3F, 0, 0, 0, 0, 1, 0 },
    { 0x55, 0x10, 0, 0, 0, 0, 0, 0, 40 }, { 0x1B, 0, 0, 0, 0 }, { 0x1B, 0, 0, 0, 1 }, { 0x1B, 0, 0, 0, 2 },
    { 0x1B, 1, 0, 0, 3 }, { 0x2B, 0, 0, 0, 3, 0 }, { 0x1E, 0, 0, 0, 1 }, { 0x1E }, { 0x4A, 1, 0, 0, 0x10, 0, 0, 0, 8 },
    { 0xFF }, { 0xBB, 0, 0, 200 },
};

struct diary { uint64_t sum; uint32_t seed; };

static void note(struct diary *diary, uint64_t value)
{
    diary->sum = (diary->sum ^ value) * 0x100000001B3ull;
}

static void send_some(struct board *b, struct diary *diary)
{
    const uint8_t *packet = packets[random_below(&diary->seed, sizeof packets / sizeof *packets)];
    unsigned limit = random_below(&diary->seed, 3) ? 2048 : random_below(&diary->seed, 5000);

    out(b, 6, 0xB0);
    out(b, 1, 0);
    out(b, 4, (uint8_t)limit);
    out(b, 5, (uint8_t)(limit >> 8));
    out(b, 7, 0xA0);
    rig_run(&b->rig, TICKS_PER_US * random_below(&diary->seed, 60));
    for (unsigned i = 0; i < 12; i += 2)
        bus_out(&b->rig.bus, 0x1F0, packet[i] | (uint32_t)packet[i + 1] << 8, 2);
}

static void random_step(struct board *b, struct diary *diary)
{
    unsigned what = random_below(&diary->seed, 100);

    if (what < 30)
        rig_run(&b->rig, TICKS_PER_US * random_below(&diary->seed, 300));
    else if (what < 50)
        rig_run(&b->rig, MS * random_below(&diary->seed, 100));
    else if (what < 85)
        for (unsigned i = random_below(&diary->seed, 800); i; i--)
            note(diary, bus_in(&b->rig.bus, 0x1F0, 2));
    else if (what < 96)
        send_some(b, diary);
    else if (what < 98)
        bus_out(&b->rig.bus, 0x1F0, diary->seed, 2);
    else if (what < 99)
        out(b, 7, (uint8_t[]){ 0x08, 0x90, 0xA1, 0xEC }[random_below(&diary->seed, 4)]);
    else
        rig_out(&b->rig, 0x3F6, random_below(&diary->seed, 8) == 0 ? 4 : 0);
    note(diary, alternate(b) | in(b, 2) << 8 | in(b, 4) << 16 | (uint64_t)b->irq.level << 32);
}

static void saved_at_any_moment_it_goes_on_alike(void **state)
{
    (void)state;

    for (unsigned i = 0; i < 150; i++) {
        struct board *a = board_create_with(&double_speed, true), *b = board_create_with(&double_speed, true);
        struct diary diary = { .seed = i }, other;
        ata_set_real(&a->ata, i % 3 > 0);
        ata_set_real(&b->ata, i % 3 > 0);
        for (unsigned step = 0; step < 40 + i; step++)
            random_step(a, &diary);
        rig_copy(&a->rig, &a->ata, &b->rig, &b->ata, visit);
        b->irq.level = a->irq.level;
        other = diary;
        for (unsigned step = 0; step < 150; step++) {
            random_step(a, &diary);
            random_step(b, &other);
        }
        assert_true(diary.sum == other.sum && diary.seed == other.seed);
        assert_true(rig_hash(&a->rig, visit, &a->ata) == rig_hash(&b->rig, visit, &b->ata));
        board_destroy(a);
        board_destroy(b);
    }
}

/* A state of another time finds the disc of today. */
static void disc_changed_since_saving_is_told(void **state)
{
    struct board *a = board_create(), *b = board_create();
    struct state saved, loading;
    (void)state;

    get_ready(a);
    b->disc_config.sectors = 400;
    assert_true(ata_change_cd(&b->ata, 1, &b->disc_config, true));
    state_begin_save(&saved);
    rig_visit(&a->rig, visit, &a->ata, &saved);
    state_begin_load(&loading, saved.data, saved.size);
    rig_visit(&b->rig, visit, &b->ata, &loading);
    assert_string_equal(loading.error, "");
    free(saved.data);
    assert_int_equal(command(b, (uint8_t[12]){ 0 }), 0x51);
    assert_int_equal(sense(b), 0x62800);
    assert_int_equal(read_blocks(b, 100, 1, 2048), 0x51);
    board_destroy(a);
    board_destroy(b);
}

static void impossible_state_is_refused(void **state)
{
    struct board *b = board_create();
    struct ata *a = &b->ata;
    (void)state;

    get_ready(b);
    send(b, (uint8_t[12]){ 0x28, 0, 0, 0, 0, 7, 0, 0, 2 }, 512);
    assert_true(rig_refuses(&b->rig, a, &a->phase, 4, visit));
    assert_true(rig_refuses(&b->rig, a, (uint8_t *)&a->filled, 1, visit) ||
                rig_refuses(&b->rig, a, (uint8_t *)&a->filled + 1, 1, visit));
    assert_true(rig_refuses(&b->rig, a, (uint8_t *)&a->filled + 2, 1, visit));
    assert_true(rig_refuses(&b->rig, a, (uint8_t *)&a->limit + 2, 1, visit));
    assert_true(rig_refuses(&b->rig, a, (uint8_t *)&a->limit + 1, 0, visit));
    assert_true(rig_refuses(&b->rig, a, &a->drive[1].cd.event, 4, visit));
    assert_true(rig_refuses(&b->rig, a, &a->drive[1].cd.parts, 0, visit));
    assert_true(rig_refuses(&b->rig, a, (uint8_t *)&a->drive[1].cd.speed, 0, visit));
    assert_true(rig_refuses(&b->rig, a, (uint8_t *)&a->drive[1].cd.answer + 2, 1, visit));
    board_destroy(b);
}

/* Whatever was done, a reset makes the drive work. */
static void hammering_the_registers_does_no_harm(void **state)
{
    (void)state;

    for (unsigned i = 0; i < 6; i++) {
        struct board *b = board_create_with(&double_speed, i % 2);
        struct diary diary = { .seed = 1000 + i };
        for (unsigned step = 0; step < 15000; step++) {
            if (random_below(&diary.seed, 4) == 0)
                random_step(b, &diary);
            else
                bus_out(&b->rig.bus, (uint16_t)(0x1F0 + random_below(&diary.seed, 8)), diary.seed >> 7,
                        1u << random_below(&diary.seed, 3));
            if (random_below(&diary.seed, 300) == 0)
                ata_set_real(&b->ata, random_below(&diary.seed, 3) > 0);
            if (random_below(&diary.seed, 300) == 0)
                ata_change_cd(&b->ata, 1, random_below(&diary.seed, 2) ? &b->disc_config : &(struct drive_config){ 0 },
                              random_below(&diary.seed, 2));
        }
        rig_out(&b->rig, 0x3F6, 0);
        rig_run(&b->rig, 13 * 3600 * TICKS_PER_SECOND);
        assert_int_equal(alternate(b) & 0x80, 0);
        assert_true(b->rig.clock.next_due == CLOCK_NEVER);
        rig_out(&b->rig, 0x3F6, 4);
        rig_out(&b->rig, 0x3F6, 0);
        rig_run(&b->rig, 10 * MS);
        out(b, 6, 0xB0);
        ata_change_cd(&b->ata, 1, &b->disc_config, true);
        rig_run(&b->rig, 3 * TICKS_PER_SECOND);
        get_ready(b);
        assert_int_equal(read_blocks(b, 77, 1, 2048), 0x50);
        assert_memory_equal(b->data, b->disc.data + 77 * 2048, 2048);
        board_destroy(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(disc_becomes_ready_after_spinning_up),
        cmocka_unit_test(stopped_disc_starts_when_it_is_read),
        cmocka_unit_test(blocks_come_at_the_speed_of_the_drive),
        cmocka_unit_test(what_was_read_ahead_comes_at_once),
        cmocka_unit_test(longer_ways_take_longer),
        cmocka_unit_test(saved_at_any_moment_it_goes_on_alike),
        cmocka_unit_test(disc_changed_since_saving_is_told),
        cmocka_unit_test(impossible_state_is_refused),
        cmocka_unit_test(hammering_the_registers_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
