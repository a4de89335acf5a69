/* INT 13h for floppies as programs see it: guests that compare what each service answers, a line a comparison on port
 * E9h, as in test_bios.c, with drives and disks of several kinds and in the timing mode that has real mechanics too. To
 * run this alone: TEST_GUESTS=build/tests/guests build/tests/emu/bios/test_bios_floppy */
#include "tests/emu/bios/bios_board.h"

enum { SECTORS_B = 720, BAD_SECTOR = 700 };

/* DRIVE_B is the type of drive B, DISK_B says whether there is a disk in it. */
static void all_hold(const char *name, enum timing_mode timing, uint8_t drive_b, bool disk_b, unsigned comparisons)
{
    struct board *b = board_begin();
    struct guest_disk second = guest_disk_create(SECTORS_B);
    second.bad = BAD_SECTOR;
    for (unsigned i = 0; i < SECTORS_B; i++) {
        second.bytes[i * 512] = (uint8_t)i;
        second.bytes[i * 512 + 1] = (uint8_t)(i >> 8);
    }
    board_insert_guest(b, name);
    b->config.drive[DRIVE_FLOPPY_A].read_only = true;
    if (disk_b)
        b->config.drive[DRIVE_FLOPPY_B] = guest_disk_drive(&second);
    b->config.floppy_type[1] = drive_b;
    b->config.timing = timing;
    board_holds(b, name, comparisons);
    board_end(b);
    free(second.bytes);
}

static void services_on_two_drives(void **state)
{
    (void)state;
    all_hold("bios_floppy", TIMING_FAST, 2, true, 96);
}

static void services_on_two_drives_with_real_mechanics(void **state)
{
    (void)state;
    all_hold("bios_floppy", TIMING_TABLE, 2, true, 96);
    all_hold("bios_floppy", TIMING_CYCLE, 2, true, 96);
}

static void services_on_two_drives_in_v86_mode(void **state)
{
    (void)state;
    all_hold("monitor0_floppy", TIMING_FAST, 2, true, 97);
    all_hold("monitor0_floppy", TIMING_CYCLE, 2, true, 97);
}

static void a_drive_without_a_disk_hangs_nobody(void **state)
{
    (void)state;
    all_hold("bios_no_floppy", TIMING_FAST, 4, false, 20);
    all_hold("bios_no_floppy", TIMING_TABLE, 4, false, 20);
    all_hold("bios_no_floppy", TIMING_CYCLE, 4, false, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(services_on_two_drives),
        cmocka_unit_test(services_on_two_drives_with_real_mechanics),
        cmocka_unit_test(services_on_two_drives_in_v86_mode),
        cmocka_unit_test(a_drive_without_a_disk_hangs_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
