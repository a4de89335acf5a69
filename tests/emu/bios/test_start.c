/* What drivers and systems do to a machine first, in every timing mode: A20 by all ways and HIMEM's check of it, and
 * the BIOS's services in the order of MS-DOS's start. To run this alone: TEST_GUESTS=build/tests/guests
 * build/tests/emu/bios/test_start */
#include "tests/emu/bios/bios_board.h"

static void holds_in_every_mode(const char *name, bool disk, unsigned comparisons)
{
    for (int timing = 0; timing < BOARD_MODES; timing++) {
        struct board *b = board_begin();
        b->config.timing = (enum timing_mode)timing;
        board_insert_guest(b, name);
        if (disk)
            board_insert_disk(b);
        board_holds(b, name, comparisons);
        board_end(b);
    }
}

static void a20_goes_by_every_way(void **state)
{
    (void)state;
    holds_in_every_mode("bios_a20", false, 57);
}

static void services_are_called_as_by_ms_dos(void **state)
{
    (void)state;
    holds_in_every_mode("bios_start", true, 51);
}

static void services_are_called_in_v86_mode(void **state)
{
    (void)state;
    holds_in_every_mode("monitor0_start", true, 51);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a20_goes_by_every_way),
        cmocka_unit_test(services_are_called_as_by_ms_dos),
        cmocka_unit_test(services_are_called_in_v86_mode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
