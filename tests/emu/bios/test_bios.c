/* The BIOS as programs see it: each guest of tests/guests/bios_*.asm boots from a floppy on a whole machine with our
 * own ROMs, calls the services of one subject and compares what they answer, a line a comparison on port E9h. The
 * guests run on other emulators as well, which is how they were proved. To run this alone:
 * TEST_GUESTS=build/tests/guests build/tests/emu/bios/test_bios */
#include "tests/emu/bios/bios_board.h"

/* Boots the guest and runs it to its end, with a hard disk of 20 MB if HAS_DISK says so. */
static void all_hold_in(enum timing_mode timing, const char *name, bool has_disk, unsigned comparisons)
{
    struct board *b = board_begin();
    b->config.timing = timing;
    board_insert_guest(b, name);
    if (has_disk)
        board_insert_disk(b);
    board_holds(b, name, comparisons);
    board_end(b);
}

static void all_hold(const char *name, bool has_disk, unsigned comparisons)
{
    all_hold_in(TIMING_FAST, name, has_disk, comparisons);
}

static void power_on_state_memory_and_clock_services(void **state)
{
    (void)state;
    all_hold("bios_system", false, 123);
}

static void keys_become_characters(void **state)
{
    (void)state;
    all_hold("bios_keyboard", false, 126);
}

static void disks_are_read_and_written(void **state)
{
    (void)state;
    all_hold("bios_disk", true, 143);
}

static void video_services_in_every_mode(void **state)
{
    (void)state;
    all_hold("bios_video", false, 223);
}

static void video_services_of_the_ps2(void **state)
{
    (void)state;
    all_hold("bios_video_ps2", false, 105);
}

static void vesa_modes_banked_and_linear(void **state)
{
    (void)state;
    all_hold("bios_vbe", false, 346);
}

static void coprocessor_errors_come_as_nmi(void **state)
{
    (void)state;
    all_hold("bios_coprocessor", false, 10);
}

static void resets_lead_where_the_program_said(void **state)
{
    (void)state;
    all_hold("bios_reset", false, 20);
}

/* The same guests as virtual machines of a 386 monitor, see tests/guests/monitor.inc. */
static void windows_runs_the_services_in_v86_mode(void **state)
{
    (void)state;
    for (int timing = 0; timing < BOARD_MODES; timing++) {
        all_hold_in((enum timing_mode)timing, "monitor0_system", false, 123);
        all_hold_in((enum timing_mode)timing, "monitor0_keyboard", false, 127);
        all_hold_in((enum timing_mode)timing, "monitor0_disk", true, 144);
        all_hold_in((enum timing_mode)timing, "monitor0_coprocessor", false, 11);
    }
    all_hold("monitor0_video", false, 224);
    all_hold("monitor0_video_ps2", false, 106);
}

static void emm386_runs_the_services_in_v86_mode(void **state)
{
    (void)state;
    all_hold("monitor3_system", false, 123);
    all_hold("monitor3_keyboard", false, 127);
    all_hold("monitor3_disk", true, 144);
    all_hold("monitor3_video", false, 224);
    all_hold("monitor3_coprocessor", false, 11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(power_on_state_memory_and_clock_services),
        cmocka_unit_test(keys_become_characters),
        cmocka_unit_test(disks_are_read_and_written),
        cmocka_unit_test(video_services_in_every_mode),
        cmocka_unit_test(video_services_of_the_ps2),
        cmocka_unit_test(vesa_modes_banked_and_linear),
        cmocka_unit_test(coprocessor_errors_come_as_nmi),
        cmocka_unit_test(resets_lead_where_the_program_said),
        cmocka_unit_test(windows_runs_the_services_in_v86_mode),
        cmocka_unit_test(emm386_runs_the_services_in_v86_mode),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
