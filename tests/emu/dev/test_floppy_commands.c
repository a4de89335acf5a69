/* The floppy controller: reset, simple commands, seeks. */
#include "tests/emu/dev/floppy_board.h"

/* --- Reset and simple commands --- */

static void reset_raises_interrupt_only_after_release(void **state)
{
    struct board *b = board_create(4);
    (void)state;

    rig_run(&b->rig, SECOND);
    assert_false(b->irq.level);
    assert_int_equal(rig_in(&b->rig, 0x3F4), 0);
    rig_out(&b->rig, 0x3F2, 0x0C);
    assert_false(b->irq.level);
    rig_run(&b->rig, 10 * MS);
    assert_true(b->irq.level);
    rig_out(&b->rig, 0x3F2, 0x08);
    assert_false(b->irq.level);
    rig_run(&b->rig, SECOND);
    rig_out(&b->rig, 0x3F2, 0x0C);
    rig_out(&b->rig, 0x3F2, 0x08);          /* held again before it was done */
    rig_run(&b->rig, SECOND);
    assert_int_equal(b->irq.rises, 1);
    rig_out(&b->rig, 0x3F2, 0x0C);
    rig_run(&b->rig, 10 * MS);
    for (unsigned i = 0; i < 4; i++) {
        SEND(b, 0x08);
        EXPECT(b, (uint8_t)(0xC0 | i), 0);
    }
    assert_false(b->irq.level);
    SEND(b, 0x08);
    EXPECT(b, 0x80);
    board_destroy(b);
}

static void data_rate_select_resets_by_itself(void **state)
{
    struct board *b = ready_board();
    (void)state;

    unsigned rises = b->irq.rises;
    rig_out(&b->rig, 0x3F4, 0x80);
    rig_run(&b->rig, 10 * MS);
    assert_int_equal(b->irq.rises, rises + 1);
    SEND(b, 0x08);
    EXPECT(b, 0xC0, 0);
    board_destroy(b);
}

static void interrupt_is_gated_by_dor(void **state)
{
    struct board *b = board_create(4);
    (void)state;

    rig_out(&b->rig, 0x3F2, 0x04);
    rig_run(&b->rig, 10 * MS);
    assert_false(b->irq.level);
    rig_out(&b->rig, 0x3F2, 0x0C);
    assert_true(b->irq.level);
    board_destroy(b);
}

static void unknown_commands_are_invalid(void **state)
{
    static const uint8_t codes[] = { 0x00, 0x01, 0x0B, 0x15, 0x17, 0x18, 0x1F, 0x33 };
    struct board *b = ready_board();
    (void)state;

    unsigned rises = b->irq.rises;
    for (unsigned i = 0; i < sizeof codes; i++) {
        SEND(b, codes[i]);
        EXPECT(b, 0x80);
    }
    assert_int_equal(b->irq.rises, rises);
    board_destroy(b);
}

static void version_is_enhanced(void **state)
{
    struct board *b = ready_board();
    (void)state;

    SEND(b, 0x10);
    EXPECT(b, 0x90);
    board_destroy(b);
}

static void dumpreg_shows_what_was_set(void **state)
{
    struct board *b = ready_board();
    (void)state;

    SEND(b, 0x13, 0x00, 0x5A, 0x21);
    SEND(b, 0x12, 0x84 | 3);
    SEND(b, 0x0F, 0x00, 12);
    rig_run(&b->rig, SECOND);
    SEND(b, 0x08);
    EXPECT(b, 0x20, 12);
    SEND(b, 0x94);
    EXPECT(b, 0x10);
    SEND(b, 0x0E);
    EXPECT(b, 12, 0, 0, 0, 0xDF, 0x02, 0, 0x87, 0x5A, 0x21);
    board_destroy(b);
}

static void lock_keeps_fifo_over_software_reset(void **state)
{
    struct board *b = ready_board();
    uint8_t result[10];
    (void)state;

    for (unsigned locked = 0; locked < 2; locked++) {
        SEND(b, 0x13, 0x00, 0x4A, 0x21);
        SEND(b, (uint8_t)(locked ? 0x94 : 0x14));
        EXPECT(b, (uint8_t)(locked ? 0x10 : 0));
        rig_out(&b->rig, 0x3F2, 0x18);
        rig_out(&b->rig, 0x3F2, MOTOR_A);
        rig_run(&b->rig, 10 * MS);
        SEND(b, 0x0E);
        receive(b, result, 10);
        assert_int_equal(result[8], locked ? 0x0A : 0x20);
        assert_int_equal(result[9], locked ? 0x21 : 0);
    }
    board_destroy(b);
}

static void sense_drive_tells_track_zero_and_protection(void **state)
{
    struct board *b = ready_board();
    (void)state;

    SEND(b, 0x04, 0x04);
    EXPECT(b, 0x3C);
    SEND(b, 0x0F, 0x00, 3);
    rig_run(&b->rig, SECOND);
    insert(b, 2880, true);
    SEND(b, 0x04, 0x00);
    EXPECT(b, 0x68);
    SEND(b, 0x04, 0x01);
    EXPECT(b, 0x29);
    board_destroy(b);
}

/* --- Mechanics --- */

static void seek_is_busy_until_its_interrupt(void **state)
{
    struct board *b = ready_board();
    (void)state;

    SEND(b, 0x0F, 0x00, 40);
    assert_int_equal(rig_in(&b->rig, 0x3F4), 0x81);
    assert_false(b->irq.level);
    rig_run(&b->rig, SECOND);
    assert_true(b->irq.level);
    assert_int_equal(rig_in(&b->rig, 0x3F4), 0x80);
    SEND(b, 0x08);
    EXPECT(b, 0x20, 40);
    assert_false(b->irq.level);
    assert_int_equal(b->floppy.drive[0].cylinder, 40);
    board_destroy(b);
}

static void recalibrate_without_a_drive_fails(void **state)
{
    struct board *b = ready_board();
    (void)state;

    SEND(b, 0x07, 0x01);
    rig_run(&b->rig, SECOND);
    SEND(b, 0x08);
    EXPECT(b, 0x71, 0);
    board_destroy(b);
}

static void recalibrate_finds_track_zero_after_reset_forgot_it(void **state)
{
    struct board *b = ready_board();
    (void)state;

    SEND(b, 0x0F, 0x00, 30);
    rig_run(&b->rig, SECOND);
    rig_out(&b->rig, 0x3F2, 0x18);
    rig_out(&b->rig, 0x3F2, MOTOR_A);
    rig_run(&b->rig, 10 * MS);
    assert_int_equal(b->floppy.drive[0].pcn, 0);
    assert_int_equal(b->floppy.drive[0].cylinder, 30);
    SEND(b, 0x07, 0x00);
    rig_run(&b->rig, SECOND);
    SEND(b, 0x08);
    EXPECT(b, 0x20, 0);
    assert_int_equal(b->floppy.drive[0].cylinder, 0);
    board_destroy(b);
}

static void two_seeks_overlap(void **state)
{
    struct board *b = ready_board();
    (void)state;

    SEND(b, 0x0F, 0x00, 20);
    SEND(b, 0x0F, 0x01, 10);
    assert_int_equal(rig_in(&b->rig, 0x3F4), 0x83);
    rig_run(&b->rig, SECOND);
    SEND(b, 0x08);
    EXPECT(b, 0x20, 20);
    assert_true(b->irq.level);
    SEND(b, 0x08);
    EXPECT(b, 0x21, 10);
    assert_false(b->irq.level);
    board_destroy(b);
}

static void relative_seek_moves_from_present_cylinder(void **state)
{
    struct board *b = ready_board();
    (void)state;

    SEND(b, 0xCF, 0x00, 7);
    rig_run(&b->rig, SECOND);
    SEND(b, 0x08);
    EXPECT(b, 0x20, 7);
    SEND(b, 0x8F, 0x00, 2);
    rig_run(&b->rig, SECOND);
    SEND(b, 0x08);
    EXPECT(b, 0x20, 5);
    board_destroy(b);
}

static void real_seek_takes_the_step_rate(void **state)
{
    struct board *b = ready_board();
    (void)state;

    floppy_set_real(&b->floppy, true);
    SEND(b, 0x03, 0xAF, 0x02);              /* 6 ms a step */
    uint64_t begun = b->rig.clock.now;
    SEND(b, 0x0F, 0x00, 10);
    rig_run(&b->rig, SECOND);
    assert_int_equal((b->irq.rose - begun) / MS, 60);
    SEND(b, 0x08);
    EXPECT(b, 0x20, 10);
    rig_out(&b->rig, 0x3F7, 2);             /* at 250 kbit/s all times double */
    begun = b->rig.clock.now;
    SEND(b, 0x0F, 0x00, 0);
    rig_run(&b->rig, SECOND);
    assert_int_equal((b->irq.rose - begun) / MS, 120);
    board_destroy(b);
}

static void change_line_stays_until_a_step_with_a_disk(void **state)
{
    struct board *b = ready_board();
    (void)state;

    assert_int_equal(rig_in(&b->rig, 0x3F7) & 0x80, 0x80);
    SEND(b, 0x0F, 0x00, 1);
    rig_run(&b->rig, SECOND);
    assert_int_equal(rig_in(&b->rig, 0x3F7) & 0x80, 0);
    floppy_change(&b->floppy, 0, NULL);
    assert_int_equal(rig_in(&b->rig, 0x3F7) & 0x80, 0x80);
    SEND(b, 0x0F, 0x00, 0);
    rig_run(&b->rig, SECOND);
    assert_int_equal(rig_in(&b->rig, 0x3F7) & 0x80, 0x80);
    board_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reset_raises_interrupt_only_after_release),
        cmocka_unit_test(data_rate_select_resets_by_itself),
        cmocka_unit_test(interrupt_is_gated_by_dor),
        cmocka_unit_test(unknown_commands_are_invalid),
        cmocka_unit_test(version_is_enhanced),
        cmocka_unit_test(dumpreg_shows_what_was_set),
        cmocka_unit_test(lock_keeps_fifo_over_software_reset),
        cmocka_unit_test(sense_drive_tells_track_zero_and_protection),
        cmocka_unit_test(seek_is_busy_until_its_interrupt),
        cmocka_unit_test(recalibrate_without_a_drive_fails),
        cmocka_unit_test(recalibrate_finds_track_zero_after_reset_forgot_it),
        cmocka_unit_test(two_seeks_overlap),
        cmocka_unit_test(relative_seek_moves_from_present_cylinder),
        cmocka_unit_test(real_seek_takes_the_step_rate),
        cmocka_unit_test(change_line_stays_until_a_step_with_a_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
