/* Four hard disks, from 500 MB to 20 GB, as INT 13h shows them: translation by CMOS 39h, 1024 cylinders at the most,
 * and which sector a call really reads. To run this alone:
 * TEST_GUESTS=build/tests/guests build/tests/emu/bios/test_bios_geometry */
#include "tests/emu/bios/bios_board.h"

struct disk { uint64_t last; uint64_t by_chs; };

static int write_nothing(void *ctx, uint64_t lba, const void *data, uint32_t count)
{
    (void)ctx, (void)lba, (void)data, (void)count;
    return 0;
}

/* Remembers the two sectors read last. */
static int disk_read(void *ctx, uint64_t lba, void *buffer, uint32_t count)
{
    struct disk *disk = ctx;

    memset(buffer, 0, count * 512u);
    disk->by_chs = disk->last;
    disk->last = lba + count - 1;
    return 0;
}

static const struct disk_ops disk_ops = { disk_read, write_nothing, NULL };

/* 20 GB; a geometry without translation; one of doubled heads ("large"); one by capacity. */
static const struct {
    uint64_t sectors, by_chs;
    struct geometry wanted;
    const char *line;
} disks[4] = {
    { 41943040, 1024 * 255 * 63 - 1, { 0, 0, 0 }, "FFFF FE04 0001 0300 0000 0000 0100 " },
    { 4032000, 1024 * 16 * 63 - 1, { 4000, 16, 63 }, "FFFF 0F04 0001 0300 0000 0000 0100 " },
    { 4132800, 512 * 128 * 63 - 1, { 512, 128, 63 }, "FF7F 7F04 0001 0300 0000 0000 0100 " },
    { 4032000, 1000 * 64 * 63 - 1, { 0, 0, 0 }, "E7FF 3F04 0001 0300 0000 0000 0100 " },
};

static void disks_are_reached(enum timing_mode timing)
{
    struct board *b = board_begin();
    struct disk disk[4] = { { 0, 0 } };

    board_insert_guest(b, "bios_geometry");
    for (unsigned i = 0; i < 4; i++)
        b->config.drive[DRIVE_HD0 + i] = (struct drive_config){ .ops = &disk_ops, .ctx = &disk[i],
                                                                .sectors = disks[i].sectors,
                                                                .geometry = disks[i].wanted };
    b->config.timing = timing;
    board_run_to(b, "\nend\n");
    char *line = strtok(b->log, "\n");
    for (unsigned i = 0; i < 4; i++, line = strtok(NULL, "\n")) {
        assert_string_equal(line, disks[i].line);
        assert_int_equal(disk[i].by_chs, disks[i].by_chs);
        assert_int_equal(disk[i].last, disks[i].sectors - 1);
    }
    board_end(b);
}

static void four_large_disks_are_reached_by_chs_and_by_number(void **state)
{
    (void)state;
    disks_are_reached(TIMING_FAST);
    disks_are_reached(TIMING_TABLE);
    disks_are_reached(TIMING_CYCLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(four_large_disks_are_reached_by_chs_and_by_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
