/* The floppy controller: reading by DMA. */
#include "tests/emu/dev/floppy_board.h"

/* --- Reading --- */

static void read_moves_sectors_until_terminal_count(void **state)
{
    struct board *b = ready_board();
    (void)state;

    for (unsigned real = 0; real < 2; real++) {
        floppy_set_real(&b->floppy, real);
        prepare_dma(b, 3 * 512);
        SEND(b, 0x46, 0x04, 0, 1, 2, 2, 18, 0x1B, 0xFF);
        assert_int_equal(rig_in(&b->rig, 0x3F4), 0x10);
        rig_run(&b->rig, SECOND);
        assert_true(b->irq.level);
        EXPECT(b, 0x04, 0, 0, 0, 1, 5, 2);
        assert_false(b->irq.level);
        for (unsigned i = 0; i < 3; i++)
            assert_int_equal(sector_number(b->dma.data + 512 * i), 18 + 1 + i);
        assert_int_equal(b->dma.data[2], 0);
        assert_int_equal(b->dma.data[510 + 512], 0xFC);
    }
    board_destroy(b);
}

static void multitrack_read_goes_on_at_head_one(void **state)
{
    struct board *b = ready_board();
    (void)state;

    prepare_dma(b, 4 * 512);
    SEND(b, 0xC6, 0x00, 0, 0, 17, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x04, 0, 0, 0, 1, 3, 2);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(sector_number(b->dma.data + 512 * i), 16 + i);
    board_destroy(b);
}

static void result_names_the_next_track_after_the_last_sector(void **state)
{
    struct board *b = ready_board();
    (void)state;

    prepare_dma(b, 512);
    SEND(b, 0xC6, 0x04, 0, 1, 18, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x04, 0, 0, 1, 0, 1, 2);
    prepare_dma(b, 512);
    SEND(b, 0xC6, 0x00, 0, 0, 18, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x00, 0, 0, 0, 1, 1, 2);
    board_destroy(b);
}

static void read_past_the_track_without_terminal_count_ends_abnormally(void **state)
{
    struct board *b = ready_board();
    (void)state;

    prepare_dma(b, 8192);
    SEND(b, 0x46, 0x00, 0, 0, 17, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x40, 0x80, 0, 1, 0, 1, 2);
    assert_int_equal(b->dma.at, 1024);
    board_destroy(b);
}

static void sector_that_is_not_there_is_not_found(void **state)
{
    struct board *b = ready_board();
    (void)state;

    for (unsigned real = 0; real < 2; real++) {
        floppy_set_real(&b->floppy, real);
        SEND(b, 0x46, 0x00, 0, 0, 19, 2, 19, 0x1B, 0xFF);
        rig_run(&b->rig, SECOND);
        EXPECT(b, 0x40, 0x04, 0, 0, 0, 19, 2);
        SEND(b, 0x46, 0x00, 5, 0, 1, 2, 18, 0x1B, 0xFF);
        rig_run(&b->rig, SECOND);
        EXPECT(b, 0x40, 0x04, 0x10, 5, 0, 1, 2);
        SEND(b, 0x46, 0x00, 0, 0, 1, 3, 18, 0x1B, 0xFF);
        rig_run(&b->rig, SECOND);
        EXPECT(b, 0x40, 0x04, 0, 0, 0, 1, 3);
    }
    board_destroy(b);
}

static void sectors_behind_the_end_of_a_short_image_are_not_found(void **state)
{
    struct board *b = ready_board();
    (void)state;

    insert(b, 10, false);
    prepare_dma(b, 512);
    SEND(b, 0x46, 0x00, 0, 0, 10, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x00, 0, 0, 0, 0, 11, 2);
    SEND(b, 0x46, 0x00, 0, 0, 11, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x40, 0x04, 0, 0, 0, 11, 2);
    board_destroy(b);
}

static void wrong_data_rate_finds_no_address_mark(void **state)
{
    struct board *b = ready_board();
    (void)state;

    rig_out(&b->rig, 0x3F7, 2);
    SEND(b, 0x4A, 0x00);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x40, 0x01, 0, 0, 0, 0, 0);
    SEND(b, 0x46, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x40, 0x01, 0, 0, 0, 1, 2);
    board_destroy(b);
}

static void each_medium_has_its_data_rate(void **state)
{
    static const struct { uint8_t type; uint16_t sectors; uint8_t rate; } rows[] = {
        { 1, 320, 2 }, { 1, 720, 2 }, { 2, 720, 1 }, { 2, 2400, 0 }, { 3, 1440, 2 }, { 4, 1440, 2 }, { 4, 2880, 0 },
        { 4, 3360, 0 }, { 5, 5760, 3 }, { 5, 2880, 0 }, { 4, 3520, 0 },
    };
    (void)state;

    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct board *b = board_create(rows[i].type);
        insert(b, rows[i].sectors, false);
        start_up(b, rows[i].rate);
        for (uint8_t rate = 0; rate < 4; rate++) {
            uint8_t result[7];
            rig_out(&b->rig, 0x3F7, rate);
            SEND(b, 0x4A, 0x00);
            rig_run(&b->rig, SECOND);
            receive(b, result, 7);
            assert_int_equal(result[0], rate == rows[i].rate ? 0x00 : 0x40);
        }
        board_destroy(b);
    }
}

static void data_rate_is_that_of_the_disk_until_software_chooses(void **state)
{
    static const uint16_t sizes[] = { 1440, 2880 };
    (void)state;

    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct board *b = board_create(4);
        insert(b, sizes[i], false);
        leave_reset(b);
        SEND(b, 0x4A, 0x00);
        rig_run(&b->rig, SECOND);
        EXPECT(b, 0x00, 0, 0, 0, 0, b->floppy.run.r, 2);
        rig_out(&b->rig, 0x3F7, 1);
        SEND(b, 0x4A, 0x00);
        rig_run(&b->rig, SECOND);
        EXPECT(b, 0x40, 0x01, 0, 0, 0, 0, 0);
        board_destroy(b);
    }
}

static void commands_seek_by_themselves_until_the_first_seek(void **state)
{
    struct board *b = board_create(4);
    (void)state;

    insert(b, 2880, false);
    leave_reset(b);
    SEND(b, 0x03, 0xDF, 0x02);
    prepare_dma(b, 512);
    SEND(b, 0xE6, 0x00, 2, 0, 5, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x20, 0, 0, 2, 0, 6, 2);
    SEND(b, 0x0F, 0x00, 3);
    rig_run(&b->rig, SECOND);
    SEND(b, 0x08);
    EXPECT(b, 0x20, 3);
    prepare_dma(b, 512);
    SEND(b, 0xE6, 0x00, 2, 0, 5, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x40, 0x04, 0x10, 2, 0, 5, 2);
    board_destroy(b);
}

static void read_id_gives_the_sector_that_passes_next(void **state)
{
    struct board *b = ready_board();
    uint8_t result[7];
    (void)state;

    floppy_set_real(&b->floppy, true);
    const uint64_t revolution = SECOND / 5;
    rig_run(&b->rig, revolution - b->rig.clock.now % revolution + revolution * 7 / 36);
    SEND(b, 0x4A, 0x04);
    rig_run(&b->rig, 5 * MS);
    assert_false(b->irq.level);             /* HLT: 2 ms, then the rest of a sector of 11 ms */
    rig_run(&b->rig, 10 * MS);
    receive(b, result, 7);
    assert_memory_equal(result, ((const uint8_t[]){ 0x04, 0, 0, 0, 1, 5, 2 }), 7);
    board_destroy(b);
}

static void real_read_of_a_track_takes_a_revolution(void **state)
{
    struct board *b = ready_board();
    (void)state;

    floppy_set_real(&b->floppy, true);
    prepare_dma(b, 18 * 512);
    uint64_t begun = b->rig.clock.now;
    SEND(b, 0x46, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x00, 0, 0, 1, 0, 1, 2);
    uint64_t taken = (b->irq.rose - begun) / MS;
    assert_in_range(taken, 190, 405);
    assert_int_equal(b->irq.rose % (SECOND / 5) / MS, 197);
    board_destroy(b);
}

static void read_before_the_motor_is_up_waits(void **state)
{
    struct board *b = ready_board();
    (void)state;

    floppy_set_real(&b->floppy, true);
    for (unsigned i = 0; i < 10; i++) {
        rig_out(&b->rig, 0x3F2, 0x0C);
        rig_run(&b->rig, SECOND + i * 20 * MS);
        rig_out(&b->rig, 0x3F2, MOTOR_A);
        uint64_t begun = b->rig.clock.now;
        prepare_dma(b, 512);
        SEND(b, 0x46, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
        rig_run(&b->rig, SECOND);
        EXPECT(b, 0x00, 0, 0, 0, 0, 2, 2);
        assert_in_range((b->irq.rose - begun) / MS, 500, 710);
    }
    board_destroy(b);
}

static void read_with_the_motor_off_waits_for_the_motor(void **state)
{
    struct board *b = ready_board();
    (void)state;

    for (unsigned real = 0; real < 2; real++) {
        floppy_set_real(&b->floppy, real);
        rig_out(&b->rig, 0x3F2, 0x0C);
        prepare_dma(b, 512);
        SEND(b, 0x46, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
        rig_run(&b->rig, 5 * SECOND);
        assert_int_equal(rig_in(&b->rig, 0x3F4), 0x10);
        assert_false(b->irq.level);
        rig_out(&b->rig, 0x3F2, MOTOR_A);
        rig_run(&b->rig, 2 * SECOND);
        assert_true(b->irq.level);
        uint8_t result[7];
        receive(b, result, 7);
    }
    board_destroy(b);
}

static void read_without_a_disk_hangs_until_reset(void **state)
{
    struct board *b = ready_board();
    (void)state;

    floppy_change(&b->floppy, 0, NULL);
    SEND(b, 0x46, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, 5 * SECOND);
    assert_int_equal(rig_in(&b->rig, 0x3F4), 0x10);
    rig_out(&b->rig, 0x3F2, 0x18);
    rig_out(&b->rig, 0x3F2, MOTOR_A);
    rig_run(&b->rig, SECOND);
    assert_int_equal(rig_in(&b->rig, 0x3F4), 0x80);
    board_destroy(b);
}

static void bad_block_of_the_disk_is_a_data_error(void **state)
{
    struct board *b = ready_board();
    (void)state;

    b->disk.bad = 3;
    prepare_dma(b, 8 * 512);
    SEND(b, 0x46, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x40, 0x20, 0x20, 0, 0, 4, 2);
    assert_int_equal(b->dma.at, 3 * 512);
    SEND(b, 0x45, 0x00, 0, 0, 4, 2, 18, 0x1B, 0xFF);
    prepare_dma(b, 512);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x40, 0x20, 0x20, 0, 0, 4, 2);
    board_destroy(b);
}

static void masked_dma_channel_is_an_overrun(void **state)
{
    struct board *b = ready_board();
    (void)state;

    b->dma.masked = true;
    prepare_dma(b, 512);
    SEND(b, 0x46, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x40, 0x10, 0, 0, 0, 1, 2);
    board_destroy(b);
}

static void forty_track_disk_in_a_high_capacity_drive_steps_twice(void **state)
{
    struct board *b = board_create(2);
    (void)state;

    insert(b, 720, false);
    start_up(b, 1);
    SEND(b, 0x0F, 0x00, 20);
    rig_run(&b->rig, SECOND);
    SEND(b, 0x08);
    EXPECT(b, 0x20, 20);
    prepare_dma(b, 512);
    SEND(b, 0x46, 0x00, 10, 0, 1, 2, 9, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x00, 0, 0, 10, 0, 2, 2);
    assert_int_equal(sector_number(b->dma.data), 180);
    board_destroy(b);
}

static void implied_seek_goes_to_the_cylinder(void **state)
{
    struct board *b = ready_board();
    (void)state;

    SEND(b, 0x13, 0x00, 0x60, 0x00);
    prepare_dma(b, 512);
    SEND(b, 0x46, 0x00, 33, 0, 1, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x20, 0, 0, 33, 0, 2, 2);
    assert_int_equal(sector_number(b->dma.data), 33 * 36);
    board_destroy(b);
}

static void read_track_begins_at_the_index(void **state)
{
    struct board *b = ready_board();
    (void)state;

    prepare_dma(b, 18 * 512);
    SEND(b, 0x42, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x00, 0, 0, 1, 0, 1, 2);
    assert_int_equal(sector_number(b->dma.data + 512 * 17), 17);
    prepare_dma(b, 2 * 512);
    SEND(b, 0x42, 0x00, 0, 0, 5, 2, 2, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    uint8_t result[7];
    receive(b, result, 7);
    assert_int_equal(result[1], 0x04);
    assert_int_equal(sector_number(b->dma.data), 0);
    board_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_moves_sectors_until_terminal_count),
        cmocka_unit_test(multitrack_read_goes_on_at_head_one),
        cmocka_unit_test(result_names_the_next_track_after_the_last_sector),
        cmocka_unit_test(read_past_the_track_without_terminal_count_ends_abnormally),
        cmocka_unit_test(sector_that_is_not_there_is_not_found),
        cmocka_unit_test(sectors_behind_the_end_of_a_short_image_are_not_found),
        cmocka_unit_test(wrong_data_rate_finds_no_address_mark),
        cmocka_unit_test(each_medium_has_its_data_rate),
        cmocka_unit_test(data_rate_is_that_of_the_disk_until_software_chooses),
        cmocka_unit_test(commands_seek_by_themselves_until_the_first_seek),
        cmocka_unit_test(read_id_gives_the_sector_that_passes_next),
        cmocka_unit_test(real_read_of_a_track_takes_a_revolution),
        cmocka_unit_test(read_before_the_motor_is_up_waits),
        cmocka_unit_test(read_with_the_motor_off_waits_for_the_motor),
        cmocka_unit_test(read_without_a_disk_hangs_until_reset),
        cmocka_unit_test(bad_block_of_the_disk_is_a_data_error),
        cmocka_unit_test(masked_dma_channel_is_an_overrun),
        cmocka_unit_test(forty_track_disk_in_a_high_capacity_drive_steps_twice),
        cmocka_unit_test(implied_seek_goes_to_the_cylinder),
        cmocka_unit_test(read_track_begins_at_the_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
