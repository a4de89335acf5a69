/* The floppy controller: what data commands report, by the tables of the data sheet (5-3 to 5-8), and disks that come
 * and go while a command runs. */
#include "tests/emu/dev/floppy_board.h"

/* Runs a command of nine bytes to its result. */
#define RUN(b, ...) do { \
        SEND(b, __VA_ARGS__); \
        rig_run(&(b)->rig, 2 * SECOND); \
    } while (0)

/* Writes sector R of cylinder 0, head 0 with a deleted data mark. */
static void delete_sector(struct board *b, uint8_t r)
{
    uint8_t result[7];

    prepare_dma(b, 512);
    RUN(b, 0x49, 0x00, 0, 0, r, 2, 18, 0x1B, 0xFF);
    receive(b, result, 7);
    assert_int_equal(result[0], 0);
}

/* --- Deleted data --- */

static void read_deleted_ends_with_or_skips_normal_sectors(void **state)
{
    struct board *b = ready_board();
    (void)state;

    for (unsigned real = 0; real < 2; real++) {
        floppy_set_real(&b->floppy, real);
        delete_sector(b, 2);
        prepare_dma(b, 3 * 512);
        RUN(b, 0x4C, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
        EXPECT(b, 0x00, 0, 0x40, 0, 0, 1, 2);
        assert_int_equal(b->dma.at, 512);
        prepare_dma(b, 512);
        RUN(b, 0x6C, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
        EXPECT(b, 0x00, 0, 0x40, 0, 0, 3, 2);
        assert_int_equal(b->dma.at, 512);
    }
    board_destroy(b);
}

static void skipping_to_the_end_of_the_track_runs_out(void **state)
{
    struct board *b = ready_board();
    (void)state;

    prepare_dma(b, 512);
    RUN(b, 0x6C, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    EXPECT(b, 0x40, 0x80, 0x40, 1, 0, 1, 2);
    assert_int_equal(b->dma.at, 0);
    board_destroy(b);
}

static void verify_and_scan_heed_deleted_sectors(void **state)
{
    struct board *b = ready_board();
    (void)state;

    delete_sector(b, 2);
    RUN(b, 0x56, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    EXPECT(b, 0x00, 0, 0x40, 0, 0, 2, 2);
    RUN(b, 0x76, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    EXPECT(b, 0x00, 0, 0x40, 1, 0, 1, 2);
    memset(b->dma.data, 0x11, 1024);
    prepare_dma(b, 2048);
    RUN(b, 0x51, 0x00, 0, 0, 2, 2, 18, 0x1B, 1);
    EXPECT(b, 0x00, 0, 0x44, 0, 0, 2, 2);
    board_destroy(b);
}

static void read_track_reads_through_deleted_sectors(void **state)
{
    struct board *b = ready_board();
    (void)state;

    delete_sector(b, 2);
    prepare_dma(b, 3 * 512);
    RUN(b, 0x42, 0x00, 0, 0, 1, 2, 3, 0x1B, 0xFF);
    uint8_t result[7];
    receive(b, result, 7);
    assert_int_equal(result[2], 0x40);
    assert_int_equal(b->dma.at, 3 * 512);
    assert_int_equal(sector_number(b->dma.data + 1024), 2);
    board_destroy(b);
}

static void another_disk_has_no_deleted_sectors(void **state)
{
    struct board *b = ready_board();
    (void)state;

    delete_sector(b, 2);
    insert(b, 2880, false);
    prepare_dma(b, 512);
    RUN(b, 0x46, 0x00, 0, 0, 2, 2, 18, 0x1B, 0xFF);
    EXPECT(b, 0x00, 0, 0, 0, 0, 3, 2);
    board_destroy(b);
}

/* --- Scan --- */

/* What a scan of sector 1, all 20h but for a byte, against host bytes of 20h but for one says in ST2. */
static uint8_t scan(struct board *b, uint8_t command, uint8_t disk, uint8_t host)
{
    uint8_t result[7];

    memset(b->disk.data, 0x20, 512);
    b->disk.data[100] = disk;
    memset(b->dma.data, 0x20, 512);
    b->dma.data[100] = host;
    prepare_dma(b, 512);
    RUN(b, command, 0x00, 0, 0, 1, 2, 1, 0x1B, 1);
    receive(b, result, 7);
    assert_int_equal(result[0], 0);
    return result[2];
}

static void scans_tell_equal_low_and_high(void **state)
{
    static const struct { uint8_t disk, host, equal, low, high; } cases[] = {
        { 0x20, 0x20, 0x08, 0x08, 0x08 },
        { 0x1F, 0x20, 0x04, 0x00, 0x04 },
        { 0x21, 0x20, 0x04, 0x04, 0x00 },
        { 0xFF, 0x20, 0x08, 0x08, 0x08 },                   /* FFh on either side fits anything */
        { 0x20, 0xFF, 0x08, 0x08, 0x08 },
    };
    struct board *b = ready_board();
    (void)state;

    for (unsigned real = 0; real < 2; real++) {
        floppy_set_real(&b->floppy, real);
        for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
            assert_int_equal(scan(b, 0x51, cases[i].disk, cases[i].host), cases[i].equal);
            assert_int_equal(scan(b, 0x59, cases[i].disk, cases[i].host), cases[i].low);
            assert_int_equal(scan(b, 0x5D, cases[i].disk, cases[i].host), cases[i].high);
        }
    }
    board_destroy(b);
}

static void scan_steps_over_every_other_sector(void **state)
{
    struct board *b = ready_board();
    (void)state;

    for (unsigned i = 0; i < 4; i++)
        memset(b->dma.data + 512 * i, 0x77, 512);
    memset(b->disk.data + 2 * 512, 0x77, 512);              /* sector 3 */
    prepare_dma(b, 2048);
    RUN(b, 0x51, 0x00, 0, 0, 1, 2, 9, 0x1B, 2);
    EXPECT(b, 0x00, 0, 0x08, 0, 0, 4, 2);
    memset(b->disk.data + 2 * 512, 0, 512);
    memset(b->disk.data + 1 * 512, 0x77, 512);              /* sector 2 is not looked at */
    prepare_dma(b, 4096);
    RUN(b, 0x51, 0x00, 0, 0, 1, 2, 5, 0x1B, 2);
    EXPECT(b, 0x00, 0, 0x04, 1, 0, 1, 2);
    board_destroy(b);
}

/* --- Verify --- */

static void verify_ends_with_the_track_or_fails_behind_it(void **state)
{
    struct board *b = ready_board();
    (void)state;

    RUN(b, 0x56, 0x00, 0, 0, 5, 2, 18, 0x1B, 0);
    EXPECT(b, 0x00, 0, 0, 1, 0, 1, 2);
    RUN(b, 0xD6, 0x80, 0, 0, 1, 2, 18, 0x1B, 36);           /* both sides, counted */
    EXPECT(b, 0x04, 0, 0, 1, 0, 1, 2);
    RUN(b, 0x56, 0x00, 0, 0, 5, 2, 20, 0x1B, 0);
    EXPECT(b, 0x40, 0x04, 0, 0, 0, 19, 2);
    b->disk.bad = 6;
    RUN(b, 0x56, 0x00, 0, 0, 5, 2, 18, 0x1B, 0);
    EXPECT(b, 0x40, 0x20, 0x20, 0, 0, 7, 2);
    assert_int_equal(b->dma.calls, 0);
    board_destroy(b);
}

/* --- Density --- */

static void single_density_commands_find_no_address_mark(void **state)
{
    struct board *b = ready_board();
    uint8_t result[7];
    (void)state;

    for (unsigned real = 0; real < 2; real++) {
        floppy_set_real(&b->floppy, real);
        prepare_dma(b, 512);
        RUN(b, 0x06, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
        EXPECT(b, 0x40, 0x01, 0, 0, 0, 1, 2);
        RUN(b, 0x05, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
        EXPECT(b, 0x40, 0x01, 0, 0, 0, 1, 2);
        RUN(b, 0x02, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
        EXPECT(b, 0x40, 0x01, 0, 0, 0, 1, 2);
        RUN(b, 0x0A, 0x00);
        receive(b, result, 7);
        assert_int_equal(result[1], 0x01);
    }
    board_destroy(b);
}

static void formatting_at_the_wrong_rate_keeps_what_was_there(void **state)
{
    struct board *b = ready_board();
    uint8_t result[7];
    (void)state;

    rig_out(&b->rig, 0x3F7, 2);
    for (unsigned i = 0; i < 9; i++)
        memcpy(b->dma.data + 4 * i, (const uint8_t[]){ 0, 0, (uint8_t)(i + 1), 2 }, 4);
    prepare_dma(b, 36);
    RUN(b, 0x4D, 0x00, 2, 9, 0x50, 0xF6);
    receive(b, result, 7);
    assert_int_equal(result[0], 0);
    assert_int_equal(sector_number(b->disk.data + 512), 1);
    board_destroy(b);
}

/* An image holds sectors of 512 bytes: of a track formatted otherwise it keeps what is there of those. */
static void formatting_keeps_sectors_that_can_be_read_only(void **state)
{
    static const uint8_t ids[4][4] = { { 0, 0, 1, 2 }, { 0, 0, 2, 3 }, { 9, 0, 3, 2 }, { 0, 0, 19, 2 } };
    struct board *b = ready_board();
    uint8_t result[7];
    (void)state;

    memcpy(b->dma.data, ids, sizeof ids);
    prepare_dma(b, sizeof ids);
    RUN(b, 0x4D, 0x00, 2, 4, 0x50, 0xF6);
    receive(b, result, 7);
    assert_int_equal(result[0], 0);
    assert_int_equal(b->disk.data[0], 0xF6);
    for (unsigned i = 1; i < 20; i++)
        assert_int_equal(sector_number(b->disk.data + 512 * i), i);
    board_destroy(b);
}

/* Sizes that no image has are not found, at once: what a program that probes for them expects. */
static void other_sector_sizes_are_not_found(void **state)
{
    struct board *b = ready_board();
    (void)state;

    for (unsigned n = 0; n < 8; n++) {
        if (n == 2)
            continue;
        prepare_dma(b, 512);
        RUN(b, 0x46, 0x00, 0, 0, 1, (uint8_t)n, 18, 0x1B, 0x80);
        EXPECT(b, 0x40, 0x04, 0, 0, 0, 1, (uint8_t)n);
        RUN(b, 0x42, 0x00, 0, 0, 1, (uint8_t)n, 18, 0x1B, 0x80);
        EXPECT(b, 0x40, 0x04, 0, 0, 0, 1, (uint8_t)n);
    }
    board_destroy(b);
}

static void read_track_notes_ids_that_differ_and_reads_on(void **state)
{
    struct board *b = ready_board();
    (void)state;

    prepare_dma(b, 18 * 512);
    RUN(b, 0x42, 0x00, 5, 0, 1, 2, 18, 0x1B, 0xFF);         /* not cylinder 5 */
    uint8_t result[7];
    receive(b, result, 7);
    assert_int_equal(result[0], 0x00);
    assert_int_equal(result[1], 0x04);
    assert_int_equal(b->dma.at, 18 * 512);
    board_destroy(b);
}

/* --- What a reset leaves --- */

static void perpendicular_drives_outlast_a_software_reset(void **state)
{
    struct board *b = ready_board();
    uint8_t result[10];
    (void)state;

    for (unsigned locked = 0; locked < 2; locked++) {
        SEND(b, 0x12, 0x80 | 0x14 | 3);
        SEND(b, 0x12, 0x28);                                /* without OW the drives stay */
        SEND(b, 0x12, 0x03);
        SEND(b, (uint8_t)(locked ? 0x94 : 0x14));
        receive(b, result, 1);
        rig_out(&b->rig, 0x3F4, 0x80);
        rig_run(&b->rig, SECOND);
        SEND(b, 0x0E);
        receive(b, result, 10);
        assert_int_equal(result[7], (locked ? 0x80 : 0) | 0x14);
    }
    floppy_reset(&b->floppy);
    leave_reset(b);
    SEND(b, 0x0E);
    receive(b, result, 10);
    assert_int_equal(result[7], 0);
    board_destroy(b);
}

static void implied_seek_and_polling_are_reset_even_when_locked(void **state)
{
    struct board *b = ready_board();
    uint8_t result[10];
    (void)state;

    SEND(b, 0x13, 0x00, 0x5A, 0x21);
    SEND(b, 0x94);
    EXPECT(b, 0x10);
    rig_out(&b->rig, 0x3F4, 0x80);
    rig_run(&b->rig, SECOND);
    SEND(b, 0x0E);
    receive(b, result, 10);
    assert_int_equal(result[8], 0x0A);
    assert_int_equal(result[9], 0x21);
    floppy_reset(&b->floppy);
    leave_reset(b);
    SEND(b, 0x0E);
    receive(b, result, 10);
    assert_int_equal(result[8], 0x20);
    assert_int_equal(result[9], 0);
    board_destroy(b);
}

static void commands_are_not_taken_in_reset(void **state)
{
    struct board *b = ready_board();
    (void)state;

    rig_out(&b->rig, 0x3F2, 0x18);
    rig_out(&b->rig, 0x3F5, 0x10);
    rig_out(&b->rig, 0x3F2, MOTOR_A);
    rig_out(&b->rig, 0x3F5, 0x10);
    rig_run(&b->rig, SECOND);
    assert_int_equal(rig_in(&b->rig, 0x3F4), 0x80);
    assert_int_equal(rig_in(&b->rig, 0x3F5), 0);
    SEND(b, 0x08);
    EXPECT(b, 0xC0, 0);
    board_destroy(b);
}

static void a_command_cut_short_by_reset_leaves_nothing(void **state)
{
    struct board *b = ready_board();
    (void)state;

    for (unsigned given = 1; given < 9; given++) {
        static const uint8_t command[] = { 0x46, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF };
        send(b, command, given);
        rig_out(&b->rig, 0x3F4, 0x80);
        rig_run(&b->rig, SECOND);
        SEND(b, 0x08);
        EXPECT(b, 0xC0, 0);
        SEND(b, 0x10);
        EXPECT(b, 0x90);
    }
    board_destroy(b);
}

/* --- Disks that come and go --- */

static void a_command_that_waits_for_a_disk_goes_on_when_one_comes(void **state)
{
    struct board *b = board_create(4);
    (void)state;

    start_up(b, 0);
    for (unsigned real = 0; real < 2; real++) {
        floppy_set_real(&b->floppy, real);
        floppy_change(&b->floppy, 0, NULL);
        prepare_dma(b, 512);
        SEND(b, 0x46, 0x00, 0, 0, 3, 2, 18, 0x1B, 0xFF);
        rig_run(&b->rig, 10 * SECOND);
        assert_int_equal(rig_in(&b->rig, 0x3F4), 0x10);
        insert(b, 2880, false);
        rig_run(&b->rig, SECOND);
        EXPECT(b, 0x00, 0, 0, 0, 0, 4, 2);
        assert_int_equal(sector_number(b->dma.data), 2);
    }
    board_destroy(b);
}

/* Another disk during the search, of another format: nothing of the first is used, and no bound is passed. */
static void a_disk_changed_for_a_smaller_one_during_the_search_is_read_as_it_is(void **state)
{
    struct board *b = ready_board();
    (void)state;

    floppy_set_real(&b->floppy, true);
    SEND(b, 0x0F, 0x00, 60);
    rig_run(&b->rig, 2 * SECOND);
    SEND(b, 0x08);
    EXPECT(b, 0x20, 60);
    prepare_dma(b, 512);
    SEND(b, 0x46, 0x00, 60, 0, 18, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, MS / 2);
    insert(b, 720, false);
    rig_run(&b->rig, 2 * SECOND);
    EXPECT(b, 0x40, 0x01, 0, 60, 0, 18, 2);
    board_destroy(b);
}

/* At each moment of a command the disk is taken out, or changed for a protected one: the command ends, or waits. */
static void a_disk_may_go_at_any_moment(void **state)
{
    static const uint8_t commands[][9] = {
        { 0x46, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF }, { 0x45, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF },
        { 0x51, 0x00, 0, 0, 1, 2, 18, 0x1B, 1 },    { 0x42, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF },
    };
    struct board *b = ready_board();
    uint8_t result[7];
    (void)state;

    for (unsigned i = 0; i < 4 * 2 * 2 * 40; i++) {
        bool real = i & 1, empty = i & 2;
        insert(b, 2880, false);
        floppy_set_real(&b->floppy, real);
        prepare_dma(b, 4 * 512);
        send(b, commands[i / 4 % 4], 9);
        rig_run(&b->rig, (i / 16) * (real ? 7 * MS : 11 * TICKS_PER_US));
        if (empty)
            floppy_change(&b->floppy, 0, NULL);
        else
            insert(b, 2880, true);
        rig_run(&b->rig, 2 * SECOND);
        if (rig_in(&b->rig, 0x3F4) == 0x10) {
            assert_true(empty);
            insert(b, 2880, false);
            rig_run(&b->rig, 2 * SECOND);
        }
        receive(b, result, 7);
        assert_false(b->irq.level);
    }
    board_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_deleted_ends_with_or_skips_normal_sectors),
        cmocka_unit_test(skipping_to_the_end_of_the_track_runs_out),
        cmocka_unit_test(verify_and_scan_heed_deleted_sectors),
        cmocka_unit_test(read_track_reads_through_deleted_sectors),
        cmocka_unit_test(another_disk_has_no_deleted_sectors),
        cmocka_unit_test(scans_tell_equal_low_and_high),
        cmocka_unit_test(scan_steps_over_every_other_sector),
        cmocka_unit_test(verify_ends_with_the_track_or_fails_behind_it),
        cmocka_unit_test(single_density_commands_find_no_address_mark),
        cmocka_unit_test(formatting_at_the_wrong_rate_keeps_what_was_there),
        cmocka_unit_test(formatting_keeps_sectors_that_can_be_read_only),
        cmocka_unit_test(other_sector_sizes_are_not_found),
        cmocka_unit_test(read_track_notes_ids_that_differ_and_reads_on),
        cmocka_unit_test(perpendicular_drives_outlast_a_software_reset),
        cmocka_unit_test(implied_seek_and_polling_are_reset_even_when_locked),
        cmocka_unit_test(commands_are_not_taken_in_reset),
        cmocka_unit_test(a_command_cut_short_by_reset_leaves_nothing),
        cmocka_unit_test(a_command_that_waits_for_a_disk_goes_on_when_one_comes),
        cmocka_unit_test(a_disk_changed_for_a_smaller_one_during_the_search_is_read_as_it_is),
        cmocka_unit_test(a_disk_may_go_at_any_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
