/* The floppy controller: registers as the chip is wired, power-down, and the second drive. */
#include "tests/emu/dev/floppy_board.h"

#define MOTOR_B     0x2D        /* DOR: motor and select of drive B */
#define BOTH_MOTORS 0x30

/* Two 1.44M drives on a chip that is wired for the AT or the PS/2, out of reset, nothing running. */
static struct board *wired_board(enum floppy_wiring wiring)
{
    struct board *b = calloc(1, sizeof *b);

    assert_non_null(b);
    rig_init(&b->rig);
    struct floppy_config config = {
        .bus = &b->rig.bus, .clock = &b->rig.clock, .probes = &b->rig.probes, .irq = wire_line(&b->irq, &b->rig),
        .dma = { transfer, &b->dma }, .channel = 2, .wiring = wiring, .type = { 4, 4 },
    };
    floppy_init(&b->floppy, &config);
    leave_reset(b);
    return b;
}

static void insert_b(struct board *b, struct memory_disk *disk, bool read_only)
{
    struct drive_config config = memory_disk_init(disk, 2880);
    config.read_only = read_only;
    floppy_change(&b->floppy, 1, &config);
}

/* --- Registers --- */

static void status_registers_a_and_b_are_not_driven_in_an_at(void **state)
{
    struct board *b = wired_board(FLOPPY_AT);
    (void)state;

    assert_int_equal(rig_in(&b->rig, 0x3F0), 0xFF);
    assert_int_equal(rig_in(&b->rig, 0x3F1), 0xFF);
    board_destroy(b);
}

static void status_registers_a_and_b_show_the_drive_in_a_ps2(void **state)
{
    struct board *b = wired_board(FLOPPY_PS2);
    (void)state;

    insert(b, 2880, true);
    uint8_t value = rig_in(&b->rig, 0x3F0);
    assert_int_equal(value & 0xD2, 0);                      /* no interrupt; drive B there; track 0; protected */
    assert_int_equal(rig_in(&b->rig, 0x3F1), 0xC1);         /* motor of A */
    rig_out(&b->rig, 0x3F2, MOTOR_B);
    assert_int_equal(rig_in(&b->rig, 0x3F1), 0xE2);
    rig_out(&b->rig, 0x3F2, MOTOR_A);
    SEND(b, 0x0F, 0x00, 9);
    rig_run(&b->rig, SECOND);
    value = rig_in(&b->rig, 0x3F0);
    assert_int_equal(value & 0x91, 0x91);                   /* interrupt, not track 0, inward */
    rig_out(&b->rig, 0x3F2, MOTOR_A & ~0x08);
    assert_true(b->irq.level);                              /* the gate of the DOR is the AT's */
    board_destroy(b);
}

static void digital_input_register_shows_rate_and_density_in_a_ps2(void **state)
{
    static const uint8_t by_rate[] = { 0x78, 0x7B, 0x7D, 0x7E };
    struct board *b = wired_board(FLOPPY_PS2);
    (void)state;

    insert(b, 2880, false);
    SEND(b, 0x07, 0x00);
    rig_run(&b->rig, SECOND);
    SEND(b, 0x08);
    EXPECT(b, 0x20, 0);
    SEND(b, 0x0F, 0x00, 1);                                 /* a step: the line falls */
    rig_run(&b->rig, SECOND);
    for (unsigned rate = 0; rate < 4; rate++) {
        rig_out(&b->rig, 0x3F7, (uint8_t)rate);
        assert_int_equal(rig_in(&b->rig, 0x3F7), by_rate[rate]);
    }
    board_destroy(b);
}

static void tape_drive_register_keeps_two_bits_over_software_reset(void **state)
{
    struct board *b = wired_board(FLOPPY_AT);
    (void)state;

    assert_int_equal(rig_in(&b->rig, 0x3F3), 0xFC);
    rig_out(&b->rig, 0x3F3, 0xA6);
    assert_int_equal(rig_in(&b->rig, 0x3F3), 0xFE);
    rig_out(&b->rig, 0x3F2, 0);
    rig_out(&b->rig, 0x3F2, MOTOR_A);
    assert_int_equal(rig_in(&b->rig, 0x3F3), 0xFE);
    floppy_reset(&b->floppy);
    assert_int_equal(rig_in(&b->rig, 0x3F3), 0xFC);
    board_destroy(b);
}

static void digital_output_register_reads_back(void **state)
{
    struct board *b = wired_board(FLOPPY_AT);
    (void)state;

    for (unsigned value = 0; value < 256; value++) {
        rig_out(&b->rig, 0x3F2, (uint8_t)value);
        assert_int_equal(rig_in(&b->rig, 0x3F2), value);
    }
    board_destroy(b);
}

/* The rate is what was written last, to either register, and no software reset changes it. */
static void data_rate_is_the_last_one_written_to_dsr_or_ccr(void **state)
{
    struct board *b = wired_board(FLOPPY_AT);
    (void)state;

    insert(b, 2880, false);
    SEND(b, 0x0F, 0x00, 0);
    rig_run(&b->rig, SECOND);
    for (unsigned i = 0; i < 4; i++) {
        rig_out(&b->rig, i & 1 ? 0x3F4 : 0x3F7, 2);
        rig_out(&b->rig, i & 1 ? 0x3F7 : 0x3F4, 0);
        if (i & 2) {
            rig_out(&b->rig, 0x3F2, 0x18);
            rig_out(&b->rig, 0x3F2, MOTOR_A);
            rig_run(&b->rig, SECOND);
        }
        SEND(b, 0x4A, 0x00);
        rig_run(&b->rig, SECOND);
        uint8_t result[7];
        receive(b, result, 7);
        assert_int_equal(result[0], 0);
    }
    board_destroy(b);
}

/* --- Power-down --- */

static void power_down_forgets_the_cylinder_when_the_chip_is_used_again(void **state)
{
    struct board *b = ready_board();
    (void)state;

    SEND(b, 0x13, 0x00, 0x5A, 0x21);
    SEND(b, 0x0F, 0x00, 40);
    rig_run(&b->rig, SECOND);
    rig_out(&b->rig, 0x3F4, 0x40);
    assert_true(b->irq.level);                              /* not before it is used */
    assert_int_equal(rig_in(&b->rig, 0x3F4), 0x80);
    assert_false(b->irq.level);
    SEND(b, 0x08);
    EXPECT(b, 0x80);
    SEND(b, 0x0E);
    EXPECT(b, 0, 0, 0, 0, 0xDF, 0x02, 0, 0x00, 0x5A, 0x21);
    assert_int_equal(b->floppy.drive[0].cylinder, 40);
    board_destroy(b);
}

static void reset_ends_power_down(void **state)
{
    struct board *b = ready_board();
    (void)state;

    rig_out(&b->rig, 0x3F4, 0x40);
    rig_out(&b->rig, 0x3F4, 0x80);
    rig_run(&b->rig, SECOND);
    SEND(b, 0x08);
    EXPECT(b, 0xC0, 0);
    board_destroy(b);
}

static void a_copy_made_while_asleep_wakes_alike(void **state)
{
    struct board *b = ready_board();
    struct state saved;
    (void)state;

    SEND(b, 0x0F, 0x00, 40);
    rig_run(&b->rig, SECOND);
    SEND(b, 0x08);
    EXPECT(b, 0x20, 40);
    rig_out(&b->rig, 0x3F3, 2);
    rig_out(&b->rig, 0x3F4, 0x40);
    state_begin_save(&saved);
    floppy_visit(&b->floppy, &saved);
    assert_false(state_failed(&saved));
    rig_in(&b->rig, 0x3F4);
    struct state load;
    state_begin_load(&load, saved.data, saved.size);
    floppy_visit(&b->floppy, &load);
    assert_false(state_failed(&load));
    assert_int_equal(b->floppy.drive[0].pcn, 40);
    assert_int_equal(rig_in(&b->rig, 0x3F4), 0x80);
    assert_int_equal(b->floppy.drive[0].pcn, 0);
    assert_int_equal(rig_in(&b->rig, 0x3F3), 0xFE);
    free(saved.data);
    board_destroy(b);
}

/* --- Drive B --- */

static void drive_b_has_its_own_disk_head_and_protection(void **state)
{
    struct board *b = wired_board(FLOPPY_AT);
    struct memory_disk second;
    (void)state;

    insert(b, 2880, false);
    insert_b(b, &second, true);
    rig_out(&b->rig, 0x3F2, MOTOR_B | BOTH_MOTORS);
    rig_out(&b->rig, 0x3F7, 0);
    rig_run(&b->rig, SECOND);
    SEND(b, 0x03, 0xDF, 0x02);
    SEND(b, 0x0F, 0x01, 7);
    rig_run(&b->rig, SECOND);
    SEND(b, 0x08);
    EXPECT(b, 0x21, 7);
    prepare_dma(b, 512);
    SEND(b, 0x46, 0x05, 7, 1, 3, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x05, 0, 0, 7, 1, 4, 2);
    assert_int_equal(sector_number(b->dma.data), (7 * 2 + 1) * 18 + 2);
    SEND(b, 0x45, 0x01, 7, 0, 1, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x41, 0x02, 0, 7, 0, 1, 2);
    SEND(b, 0x04, 0x01);
    EXPECT(b, 0x69);                                        /* protected, not on track 0 */
    SEND(b, 0x04, 0x00);
    EXPECT(b, 0x38);
    SEND(b, 0x0E);
    EXPECT(b, 0, 7, 0, 0, 0xDF, 0x02, 18, 0, 0x20, 0);
    free(second.data);
    board_destroy(b);
}

static void change_line_is_that_of_the_selected_drive(void **state)
{
    struct board *b = wired_board(FLOPPY_AT);
    struct memory_disk second;
    (void)state;

    insert(b, 2880, false);
    SEND(b, 0x0F, 0x00, 1);
    rig_run(&b->rig, SECOND);
    SEND(b, 0x08);
    EXPECT(b, 0x20, 1);
    assert_int_equal(rig_in(&b->rig, 0x3F7), 0);
    rig_out(&b->rig, 0x3F2, MOTOR_B);
    assert_int_equal(rig_in(&b->rig, 0x3F7), 0x80);         /* empty */
    rig_out(&b->rig, 0x3F2, 0x0D);
    assert_int_equal(rig_in(&b->rig, 0x3F7), 0);            /* without its motor it is not selected */
    insert_b(b, &second, false);
    rig_out(&b->rig, 0x3F2, MOTOR_B);
    assert_int_equal(rig_in(&b->rig, 0x3F7), 0x80);
    SEND(b, 0x0F, 0x01, 1);
    rig_run(&b->rig, SECOND);
    assert_int_equal(rig_in(&b->rig, 0x3F7), 0);
    floppy_change(&b->floppy, 1, NULL);
    assert_int_equal(rig_in(&b->rig, 0x3F7), 0x80);
    SEND(b, 0x08);
    EXPECT(b, 0x21, 1);
    SEND(b, 0x0F, 0x01, 2);
    rig_run(&b->rig, SECOND);
    assert_int_equal(rig_in(&b->rig, 0x3F7), 0x80);         /* a step without a disk does not help */
    free(second.data);
    board_destroy(b);
}

static void drives_seek_for_themselves(void **state)
{
    struct board *b = wired_board(FLOPPY_AT);
    (void)state;

    SEND(b, 0x0F, 0x01, 20);
    SEND(b, 0x0F, 0x00, 5);
    assert_int_equal(rig_in(&b->rig, 0x3F4), 0x83);
    rig_run(&b->rig, SECOND);
    SEND(b, 0x08);
    EXPECT(b, 0x20, 5);
    assert_true(b->irq.level);
    SEND(b, 0x08);
    EXPECT(b, 0x21, 20);
    assert_false(b->irq.level);
    board_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_registers_a_and_b_are_not_driven_in_an_at),
        cmocka_unit_test(status_registers_a_and_b_show_the_drive_in_a_ps2),
        cmocka_unit_test(digital_input_register_shows_rate_and_density_in_a_ps2),
        cmocka_unit_test(tape_drive_register_keeps_two_bits_over_software_reset),
        cmocka_unit_test(digital_output_register_reads_back),
        cmocka_unit_test(data_rate_is_the_last_one_written_to_dsr_or_ccr),
        cmocka_unit_test(power_down_forgets_the_cylinder_when_the_chip_is_used_again),
        cmocka_unit_test(reset_ends_power_down),
        cmocka_unit_test(a_copy_made_while_asleep_wakes_alike),
        cmocka_unit_test(drive_b_has_its_own_disk_head_and_protection),
        cmocka_unit_test(change_line_is_that_of_the_selected_drive),
        cmocka_unit_test(drives_seek_for_themselves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
