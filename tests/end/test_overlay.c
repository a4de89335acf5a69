/* What a guest writes through the BIOS it reads again through the BIOS, on floppy and hard disk, also after a reset
 * and, where the overlay is kept, in the next session; the images stay as they were. */
#include "tests/end/support/folder.h"
#include "tests/end/support/program.h"
#include "tests/end/support/screen.h"

/* The guest's exit code. */
enum { PARTITION_BEFORE = 1, FLOPPY_BEFORE = 2, PARTITION_AFTER = 4, FLOPPY_AFTER = 8 };
enum { SECTOR = 512, CYLINDERS = 40, HEADS = 16, SECTORS = 63, PARTITION_LBA = 63, ENTRY = 0x1BE };

/* A disk with one FAT16 partition that begins at cylinder 0, head 1, sector 1. */
static const char *make_partitioned(const char *name)
{
    const char *path = in_folder(name);
    const uint32_t count = (CYLINDERS * HEADS - 1) * SECTORS;
    const uint8_t entry[16] = { 0x80, 1, 1, 0, 6, HEADS - 1, SECTORS, CYLINDERS - 1, PARTITION_LBA, 0, 0, 0,
                                (uint8_t)count, (uint8_t)(count >> 8), (uint8_t)(count >> 16), 0 };
    make_empty(path, (uint64_t)CYLINDERS * HEADS * SECTORS * SECTOR);
    put_at(path, ENTRY, entry, sizeof entry);
    put_at(path, SECTOR - 2, "\x55\xAA", 2);
    return path;
}

static void session(const char *overlay, const char *disk, const char *floppy, int code)
{
    struct program p;
    trowel_run(&p, "--batch", "--debug-exit", "0xf4", "--overlay", overlay, "--fda", floppy, "--boot", "a", disk, "-ex",
               "continue");
    program_ended(&p, code);
    program_free(&p);
}

static void sectors_that_were_written_are_seen_through_the_overlay(void **state)
{
    (void)state;
    NEED("qemu-img");
    const char *disk = make_partitioned("partitioned.raw"), *floppy = make_guest_floppy("end_overlay");
    const char *overlay = in_folder("partitioned.qcow2");
    uint64_t disk_hash = hash_file(disk), floppy_hash = hash_file(floppy);
    session(overlay, disk, floppy, PARTITION_AFTER | FLOPPY_AFTER);
    session(overlay, disk, floppy, PARTITION_BEFORE | PARTITION_AFTER | FLOPPY_AFTER);
    check_image(overlay);
    assert_true(hash_file(disk) == disk_hash);
    assert_true(hash_file(floppy) == floppy_hash);
}

static void an_overlay_is_for_the_disk_named_or_the_only_one(void **state)
{
    struct program p;
    (void)state;
    const char *overlay = in_folder("whose.qcow2"), *disk = make_partitioned("whose.raw");
    const char *disc = in_folder("whose.iso"), *floppy = make_guest_floppy("end_overlay");
    make_empty(disc, 2048 * 40);
    trowel_run(&p, "--batch", "--overlay", overlay, "--fda", floppy, "--hda", disk, "-ex", "stepi");
    program_refused(&p, "whose.raw)? Name that disk without an option");
    program_free(&p);
    trowel_run(&p, "--batch", "--overlay", overlay, "--fda", floppy, "--cdrom", disc, disk, "-ex", "stepi");
    program_ended(&p, 0);
    program_complained(&p, "drive a: --overlay is not for it; what is written to it is thrown away");
    assert_null(strstr(p.err, "drive hd2"));
    program_free(&p);
    trowel_run(&p, "--batch", "--overlay", overlay, "--hda", disk, "--cdrom", disc, "-ex", "stepi");
    program_ended(&p, 0);
    assert_null(strstr(p.err, "--overlay"));
    program_free(&p);
}

static void a_warning_stands_in_the_debugger_pane_in_full(void **state)
{
    struct screen screen;
    (void)state;
    NEED("tmux");
    make_partitioned("warned.raw");
    make_guest_floppy("end_overlay");
    screen_open(&screen, 80, 24, "--overlay warned.qcow2 --fda end_overlay.img warned.raw -ex \"focus debugger\"");
    screen_wait(&screen, "drive a: --overlay is not for it; what is written to it is thrown away");
    screen_key(&screen, "F10");
    screen_ended(&screen, 0);
    screen_close(&screen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_overlay_is_for_the_disk_named_or_the_only_one),
        cmocka_unit_test_teardown(a_warning_stands_in_the_debugger_pane_in_full, screen_cleanup),
        cmocka_unit_test(sectors_that_were_written_are_seen_through_the_overlay),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
