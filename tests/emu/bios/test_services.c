/* Services that need something at the machine's ports: a serial line, a printer, a joystick. The guest
 * tests/guests/bios_services.asm calls them. To run this alone:
 * TEST_GUESTS=build/tests/guests build/tests/emu/bios/test_services */
#include "tests/emu/bios/bios_board.h"

static void put_serial(void *ctx, uint8_t byte)
{
    struct board *b = ctx;
    if (b->sent_length < sizeof b->sent - 1)
        b->sent[b->sent_length++] = (char)byte;
}

static void put_printer(void *ctx, uint8_t byte)
{
    struct board *b = ctx;
    if (b->printed_length < sizeof b->printed - 1)
        b->printed[b->printed_length++] = (char)byte;
}

static struct board *board_with_ports(const char *name, enum timing_mode timing)
{
    struct board *b = board_begin();
    b->config.timing = timing;
    board_insert_guest(b, name);
    b->config.ram_kb = 32768;
    b->config.joysticks = 1;
    b->config.serial[0] = (struct byte_sink){ put_serial, b };
    b->config.parallel[0] = (struct byte_sink){ put_printer, b };
    board_build(b);
    machine_joystick(b->m, 0, 0, 255, 0);
    return b;
}

/* Answers the letter that the guest sends, then lets it go on to its end. */
static void answered_services_hold(const char *name, enum timing_mode timing, unsigned comparisons)
{
    struct board *b = board_with_ports(name, timing);
    for (int i = 0; i < 2000 && !b->sent_length; i++)
        board_run(b, TICKS_PER_SECOND / 200);
    assert_string_equal(b->sent, "Q");
    assert_true(machine_serial_input(b->m, 0, 'q'));
    board_holds(b, name, comparisons);
    board_end(b);
}

static void services_at_the_ports_and_the_rest(void **state)
{
    (void)state;
    for (int timing = 0; timing < BOARD_MODES; timing++)
        answered_services_hold("bios_services", (enum timing_mode)timing, 89);
}

static void services_in_v86_mode(void **state)
{
    (void)state;
    for (int timing = 0; timing < BOARD_MODES; timing++)
        answered_services_hold("monitor0_services", (enum timing_mode)timing, 89);
}

static void print_screen_prints_the_screen(void **state)
{
    struct board *b = board_with_ports("bios_services", TIMING_FAST);
    struct stop stop;
    (void)state;
    machine_run(b->m, 60 * TICKS_PER_SECOND, &stop);
    assert_int_equal(stop.reason, STOP_INTERRUPTED);
    assert_int_equal(b->printed[0], 'P');           /* by INT 17h */
    assert_memory_equal(b->printed + 1, "\r\nTrowel BIOS", 13);
    assert_int_equal(b->printed_length, 1 + 2 + 25 * 82);
    assert_memory_equal(b->printed + b->printed_length - 3, " \r\n", 3);
    board_end(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(services_at_the_ports_and_the_rest),
        cmocka_unit_test(services_in_v86_mode),
        cmocka_unit_test(print_screen_prints_the_screen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
