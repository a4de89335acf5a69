/* The floppy drives: media, probes, saved state, and noise. */
#include "tests/emu/dev/floppy_board.h"

/* --- Media and geometry --- */

static void geometry_follows_from_the_size(void **state)
{
    static const struct { uint32_t sectors, type, c, h, s; } rows[] = {
        { 320, 4, 40, 1, 8 }, { 360, 4, 40, 1, 9 }, { 640, 1, 40, 2, 8 }, { 720, 4, 40, 2, 9 }, { 1440, 4, 80, 2, 9 },
        { 2400, 4, 80, 2, 15 }, { 2880, 2, 80, 2, 18 }, { 3360, 4, 80, 2, 21 }, { 3444, 4, 82, 2, 21 },
        { 5760, 4, 80, 2, 36 }, { 1640, 4, 82, 2, 10 }, { 3486, 4, 83, 2, 21 }, { 1, 4, 80, 2, 18 }, { 1, 1, 40, 2, 9 },
        { 2000, 4, 80, 2, 18 }, { 2881, 4, 80, 2, 21 }, { 100000, 4, 80, 2, 36 },
    };
    (void)state;

    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct geometry g = floppy_geometry(rows[i].sectors, rows[i].type);
        assert_int_equal(g.cylinders, rows[i].c);
        assert_int_equal(g.heads, rows[i].h);
        assert_int_equal(g.sectors, rows[i].s);
    }
}

static void explicit_geometry_wins(void **state)
{
    struct board *b = ready_board();
    (void)state;

    struct drive_config config = {
        .ops = &memory_disk_ops, .ctx = &b->disk, .sectors = 2880, .geometry = { 144, 1, 20 },
    };
    floppy_change(&b->floppy, 0, &config);
    prepare_dma(b, 512);
    SEND(b, 0x46, 0x00, 0, 0, 20, 2, 20, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x00, 0, 0, 1, 0, 1, 2);
    assert_int_equal(sector_number(b->dma.data), 19);
    SEND(b, 0x4A, 0x04);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x44, 0x01, 0, 0, 0, 0, 0);
    board_destroy(b);
}

static void disk_taken_out_during_a_transfer_is_an_error(void **state)
{
    struct board *b = ready_board();
    (void)state;

    floppy_set_real(&b->floppy, true);
    prepare_dma(b, 18 * 512);
    SEND(b, 0x46, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    while (b->dma.at == 0)
        rig_run(&b->rig, MS);
    floppy_change(&b->floppy, 0, NULL);
    rig_run(&b->rig, SECOND);
    uint8_t result[7];
    receive(b, result, 7);
    assert_int_equal(result[0], 0x40);
    board_destroy(b);
}

/* --- Events and state --- */

static void probes_tell_motor_seek_and_sectors(void **state)
{
    struct board *b = ready_board();
    (void)state;

    rig_listen(&b->rig, PROBE_BIT(PROBE_FLOPPY_MOTOR) | PROBE_BIT(PROBE_FLOPPY_SEEK) | PROBE_BIT(PROBE_DISK_REQUEST) |
                        PROBE_BIT(PROBE_SECTOR_READ) | PROBE_BIT(PROBE_SECTOR_WRITE));
    SEND(b, 0x0F, 0x00, 2);
    rig_run(&b->rig, SECOND);
    prepare_dma(b, 512);
    SEND(b, 0x46, 0x00, 2, 0, 1, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    rig_out(&b->rig, 0x3F2, 0x0C);
    static const struct { enum probe_kind kind; uint32_t a, b; } rows[] = {
        { PROBE_DISK_REQUEST, 0, 0x0F }, { PROBE_FLOPPY_SEEK, 0, 2 }, { PROBE_DISK_REQUEST, 0, 0x46 },
        { PROBE_SECTOR_READ, 0, 72 }, { PROBE_FLOPPY_MOTOR, 0, 0 },
    };
    assert_int_equal(b->rig.events, 5);
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(b->rig.event[i].kind, rows[i].kind);
        assert_int_equal(b->rig.event[i].a, rows[i].a);
        assert_int_equal(b->rig.event[i].b, rows[i].b);
    }
    board_destroy(b);
}

/* At many moments of a read: the copy, continued, ends as the original does. */
static void saved_run_continues_alike(void **state)
{
    (void)state;

    for (unsigned moment = 0; moment < 20; moment++) {
        struct board *a = ready_board(), *b = ready_board();
        struct board *both[2] = { a, b };
        for (unsigned i = 0; i < 2; i++)
            floppy_set_real(&both[i]->floppy, true);
        SEND(a, 0x03, 0xDF, 0x02);
        SEND(a, 0x13, 0x00, 0x70, 0x00);
        prepare_dma(a, 5 * 512);
        SEND(a, 0xC6, 0x00, 4, 0, 16, 2, 18, 0x1B, 0xFF);
        rig_run(&a->rig, moment * 17 * MS);
        rig_copy(&a->rig, &a->floppy, &b->rig, &b->floppy, visit);
        b->dma = a->dma;
        bool was_done = a->irq.level;
        for (unsigned i = 0; i < 40; i++) {
            rig_run(&a->rig, MS);
            rig_run(&b->rig, MS);
            assert_int_equal(a->dma.at, b->dma.at);
        }
        uint8_t result[2][7];
        for (unsigned i = 0; i < 2; i++) {
            rig_run(&both[i]->rig, SECOND);
            receive(both[i], result[i], 7);
        }
        assert_memory_equal(result[0], result[1], 7);
        assert_true(was_done || a->irq.rose == b->irq.rose);
        assert_int_equal(result[0][0], 0x24);
        assert_memory_equal(a->dma.data, b->dma.data, 5 * 512);
        assert_int_equal(sector_number(b->dma.data + 4 * 512), 4 * 36 + 19);
        assert_true(rig_hash(&a->rig, visit, &a->floppy) == rig_hash(&b->rig, visit, &b->floppy));
        board_destroy(a);
        board_destroy(b);
    }
}

static void impossible_state_is_refused(void **state)
{
    struct board *b = ready_board();
    struct floppy *f = &b->floppy;
    (void)state;

    assert_true(rig_refuses(&b->rig, f, &f->phase, 4, visit));
    assert_true(rig_refuses(&b->rig, f, &f->rate, 4, visit));
    assert_true(rig_refuses(&b->rig, f, &f->run.activity, 9, visit));
    assert_true(rig_refuses(&b->rig, f, &f->run.activity, FLOPPY_MOVING, visit));
    assert_true(rig_refuses(&b->rig, f, &f->drive[0].cylinder, 200, visit));
    f->drive[0].ops = NULL;
    assert_true(rig_refuses(&b->rig, f, &f->run.activity, FLOPPY_SEARCHING, visit));
    board_destroy(b);
}

/* A register dance without sense must neither crash nor hang. */
static void noise_does_no_harm(void **state)
{
    struct board *b = ready_board();
    uint32_t seed = 12345;
    (void)state;

    prepare_dma(b, 20000);
    for (unsigned i = 0; i < 200000; i++) {
        seed = seed * 1664525u + 1013904223u;
        unsigned what = seed >> 28;
        uint8_t byte = (uint8_t)(seed >> 16);
        if (what < 10)
            rig_out(&b->rig, 0x3F5, byte);
        else if (what < 13)
            rig_in(&b->rig, 0x3F5);
        else if (what == 13)
            rig_run(&b->rig, (seed & 0xFF) * 100 * TICKS_PER_US);
        else if (i % 64 == 0)
            rig_out(&b->rig, (uint16_t)(0x3F0 + (byte & 7)), (uint8_t)(seed >> 8));
        else if (i % 257 == 0)
            floppy_set_real(&b->floppy, byte & 1);
        else if (i % 101 == 0)
            rig_out(&b->rig, 0x3F2, MOTOR_A);
        else
            prepare_dma(b, 20000);
    }
    board_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(geometry_follows_from_the_size),
        cmocka_unit_test(explicit_geometry_wins),
        cmocka_unit_test(disk_taken_out_during_a_transfer_is_an_error),
        cmocka_unit_test(probes_tell_motor_seek_and_sectors),
        cmocka_unit_test(saved_run_continues_alike),
        cmocka_unit_test(impossible_state_is_refused),
        cmocka_unit_test(noise_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
