/* The floppy controller: writing, formatting, and transfers without DMA. */
#include "tests/emu/dev/floppy_board.h"

/* --- Writing --- */

static void write_stores_sectors(void **state)
{
    struct board *b = ready_board();
    (void)state;

    for (unsigned real = 0; real < 2; real++) {
        floppy_set_real(&b->floppy, real);
        memset(b->dma.data, 0x5A + (int)real, 1024);
        prepare_dma(b, 700);                /* terminal count in the middle: the rest is zeros */
        SEND(b, 0x45, 0x00, 0, 0, 4, 2, 18, 0x1B, 0xFF);
        rig_run(&b->rig, SECOND);
        EXPECT(b, 0x00, 0, 0, 0, 0, 6, 2);
        assert_int_equal(b->disk.data[3 * 512], 0x5A + real);
        assert_int_equal(b->disk.data[3 * 512 + 699], 0x5A + real);
        assert_int_equal(b->disk.data[3 * 512 + 700], 0);
        assert_int_equal(sector_number(b->disk.data + 5 * 512), 5);
    }
    board_destroy(b);
}

static void write_protected_disk_refuses(void **state)
{
    struct board *b = ready_board();
    (void)state;

    insert(b, 2880, true);
    prepare_dma(b, 512);
    SEND(b, 0x45, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x40, 0x02, 0, 0, 0, 1, 2);
    SEND(b, 0x4D, 0x00, 2, 18, 0x54, 0xF6);
    rig_run(&b->rig, SECOND);
    uint8_t result[7];
    receive(b, result, 7);
    assert_int_equal(result[1], 0x02);
    assert_int_equal(sector_number(b->disk.data + 512), 1);
    board_destroy(b);
}

static void deleted_sectors_are_told_apart(void **state)
{
    struct board *b = ready_board();
    (void)state;

    prepare_dma(b, 512);
    SEND(b, 0x49, 0x00, 0, 0, 2, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x00, 0, 0, 0, 0, 3, 2);
    prepare_dma(b, 3 * 512);
    SEND(b, 0x46, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x00, 0, 0x40, 0, 0, 2, 2);   /* names the deleted sector */
    assert_int_equal(b->dma.at, 1024);
    prepare_dma(b, 2 * 512);
    SEND(b, 0x66, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x00, 0, 0x40, 0, 0, 4, 2);   /* skipped, but told */
    assert_int_equal(sector_number(b->dma.data + 512), 2);
    prepare_dma(b, 512);
    SEND(b, 0x4C, 0x00, 0, 0, 2, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x00, 0, 0, 0, 0, 3, 2);
    board_destroy(b);
}

static void format_fills_the_track(void **state)
{
    struct board *b = ready_board();
    (void)state;

    for (unsigned real = 0; real < 2; real++) {
        floppy_set_real(&b->floppy, real);
        for (unsigned i = 0; i < 18; i++)
            memcpy(b->dma.data + 4 * i, (const uint8_t[]){ 0, 1, (uint8_t)(i + 1), 2 }, 4);
        prepare_dma(b, 72);
        SEND(b, 0x4D, 0x04, 2, 18, 0x54, (uint8_t)(0xF6 + real));
        uint64_t begun = b->rig.clock.now;
        rig_run(&b->rig, SECOND);
        uint8_t result[7];
        receive(b, result, 7);
        assert_int_equal(result[0], 0x04);
        for (unsigned i = 18 * 512; i < 36 * 512; i++)
            assert_int_equal(b->disk.data[i], 0xF6 + real);
        assert_int_equal(sector_number(b->disk.data + 36 * 512), 36);
        assert_int_equal(sector_number(b->disk.data + 17 * 512), 17);
        if (real)
            assert_true(b->irq.rose - begun >= SECOND / 5);
    }
    board_destroy(b);
}

/* The CPU lets events in between instructions only, some ticks late; a sector's end must not miss the next one's
 * start. */
static void real_format_keeps_pace_with_late_events(void **state)
{
    struct board *b = ready_board();
    struct clock *clock = &b->rig.clock;
    (void)state;

    floppy_set_real(&b->floppy, true);
    for (unsigned i = 0; i < 18; i++)
        memcpy(b->dma.data + 4 * i, (const uint8_t[]){ 0, 1, (uint8_t)(i + 1), 2 }, 4);
    prepare_dma(b, 72);
    SEND(b, 0x4D, 0x04, 2, 18, 0x54, 0xF6);
    uint64_t begun = clock->now;
    while (clock->next_due < begun + 4 * SECOND) {
        clock->now = clock->next_due + 100;
        clock_fire_due(clock);
    }
    uint8_t result[7];
    receive(b, result, 7);
    assert_int_equal(result[0], 0x04);
    assert_true(b->irq.rose - begun < SECOND / 2);
    board_destroy(b);
}

static void verify_and_scan_move_nothing_to_memory(void **state)
{
    struct board *b = ready_board();
    (void)state;

    SEND(b, 0xD6, 0x80, 0, 0, 17, 2, 18, 0x1B, 3);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x04, 0, 0, 0, 1, 2, 2);
    SEND(b, 0x56, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x00, 0, 0, 1, 0, 1, 2);
    assert_int_equal(b->dma.calls, 0);
    memcpy(b->dma.data, b->disk.data, 512);
    memcpy(b->dma.data + 512, b->disk.data + 4 * 512, 512);
    prepare_dma(b, 2048);
    SEND(b, 0x51, 0x00, 0, 0, 1, 2, 18, 0x1B, 1);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x00, 0, 0x08, 0, 0, 2, 2);
    prepare_dma(b, 512);
    SEND(b, 0x51, 0x00, 0, 0, 3, 2, 3, 0x1B, 1);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x00, 0, 0x04, 1, 0, 1, 2);
    board_destroy(b);
}

/* --- PIO --- */

static void polled_read_asks_for_each_byte(void **state)
{
    struct board *b = ready_board();
    (void)state;

    SEND(b, 0x03, 0xDF, 0x03);
    for (unsigned real = 0; real < 2; real++) {
        floppy_set_real(&b->floppy, real);
        SEND(b, 0x46, 0x00, 0, 0, 7, 2, 7, 0x1B, 0xFF);
        uint8_t data[512];
        for (unsigned i = 0; i < 512; i++) {
            unsigned waits = 0;
            while (rig_in(&b->rig, 0x3F4) != 0xF0) {
                rig_run(&b->rig, 4 * TICKS_PER_US);
                assert_true(waits++ < 100000);
            }
            assert_true(b->irq.level);
            data[i] = rig_in(&b->rig, 0x3F5);
        }
        rig_run(&b->rig, real ? MS : 0);    /* the CRC is still to come */
        EXPECT(b, 0x40, 0x80, 0, 1, 0, 1, 2);
        assert_memory_equal(data, b->disk.data + 6 * 512, 512);
    }
    assert_int_equal(b->dma.calls, 0);
    board_destroy(b);
}

static void polled_write_stores_the_bytes(void **state)
{
    struct board *b = ready_board();
    (void)state;

    SEND(b, 0x03, 0xDF, 0x03);
    for (unsigned real = 0; real < 2; real++) {
        floppy_set_real(&b->floppy, real);
        SEND(b, 0x45, 0x00, 0, 0, 7, 2, 7, 0x1B, 0xFF);
        for (unsigned i = 0; i < 512; i++) {
            unsigned waits = 0;
            while (rig_in(&b->rig, 0x3F4) != 0xB0) {
                rig_run(&b->rig, 4 * TICKS_PER_US);
                assert_true(waits++ < 100000);
            }
            rig_out(&b->rig, 0x3F5, (uint8_t)(i * 3 + real));
        }
        rig_run(&b->rig, SECOND);
        EXPECT(b, 0x40, 0x80, 0, 1, 0, 1, 2);
        for (unsigned i = 0; i < 512; i++)
            assert_int_equal(b->disk.data[6 * 512 + i], (uint8_t)(i * 3 + real));
    }
    board_destroy(b);
}

static void real_polled_read_that_is_late_overruns(void **state)
{
    struct board *b = ready_board();
    (void)state;

    floppy_set_real(&b->floppy, true);
    SEND(b, 0x03, 0xDF, 0x03);
    SEND(b, 0x46, 0x00, 0, 0, 7, 2, 7, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    assert_int_equal(rig_in(&b->rig, 0x3F4), 0xF0);         /* the first byte is still there to be taken */
    assert_int_equal(rig_in(&b->rig, 0x3F5), 6);
    EXPECT(b, 0x40, 0x10, 0, 0, 0, 7, 2);
    SEND(b, 0x13, 0x00, 0x0F, 0x00);        /* with the FIFO a pause of ten bytes does no harm */
    SEND(b, 0x46, 0x00, 0, 0, 7, 2, 7, 0x1B, 0xFF);
    for (unsigned i = 0, waits = 0; i < 512 && waits < 100000; waits++) {
        if (rig_in(&b->rig, 0x3F4) != 0xF0) {
            rig_run(&b->rig, 160 * TICKS_PER_US);
            continue;
        }
        rig_in(&b->rig, 0x3F5);
        i++;
    }
    rig_run(&b->rig, MS);
    EXPECT(b, 0x40, 0x80, 0, 1, 0, 1, 2);
    board_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(write_stores_sectors),
        cmocka_unit_test(write_protected_disk_refuses),
        cmocka_unit_test(deleted_sectors_are_told_apart),
        cmocka_unit_test(format_fills_the_track),
        cmocka_unit_test(real_format_keeps_pace_with_late_events),
        cmocka_unit_test(verify_and_scan_move_nothing_to_memory),
        cmocka_unit_test(polled_read_asks_for_each_byte),
        cmocka_unit_test(polled_write_stores_the_bytes),
        cmocka_unit_test(real_polled_read_that_is_late_overruns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
