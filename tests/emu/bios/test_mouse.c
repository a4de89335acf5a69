/* The BIOS's pointing device services, by a guest that logs a line a comparison on port E9h
 * (tests/guests/bios_mouse.asm) while the mouse is moved. To run this alone:
 * TEST_GUESTS=build/tests/guests build/tests/emu/bios/test_mouse */
#include "tests/emu/bios/bios_board.h"

enum { COMPARISONS = 78 };

static void put(void *ctx, uint8_t byte)
{
    struct board *b = ctx;
    board_put(b, byte);
    if (board_said(b, "\nmove\n") || board_said(b, "\nstill\n"))
        machine_interrupt(b->m);
}

static void move(struct board *b, int dx, int dy, unsigned buttons)
{
    machine_mouse(b->m, dx, dy, buttons);
    board_run(b, 30 * TICKS_PER_MS);
}

static void services_answer_and_the_driver_is_called(const char *name, enum timing_mode timing, unsigned comparisons)
{
    struct board *b = board_begin();
    board_insert_guest(b, name);
    b->config.timing = timing;
    b->config.debugcon = (struct byte_sink){ put, b };
    board_run_to(b, "\nmove\n");
    assert_true(machine_mouse_listens(b->m));
    machine_key(b->m, 0x1E);
    machine_key(b->m, 0x9E);
    move(b, 5, 3, BUTTON_LEFT);
    move(b, -7, -9, BUTTON_RIGHT);
    machine_mouse(b->m, 0, 0, 0);
    board_run_to(b, "\nstill\n");
    assert_false(machine_mouse_listens(b->m));
    move(b, 10, 10, BUTTON_LEFT);
    board_holds(b, name, comparisons);
    board_end(b);
}

static void in_fast(void **state)
{
    (void)state;
    services_answer_and_the_driver_is_called("bios_mouse", TIMING_FAST, COMPARISONS);
}

static void in_table(void **state)
{
    (void)state;
    services_answer_and_the_driver_is_called("bios_mouse", TIMING_TABLE, COMPARISONS);
}

static void in_v86_mode(void **state)
{
    (void)state;
    services_answer_and_the_driver_is_called("monitor0_mouse", TIMING_FAST, COMPARISONS + 1);
    services_answer_and_the_driver_is_called("monitor3_mouse", TIMING_TABLE, COMPARISONS + 1);
}

/* Bit 2 of the equipment in CMOS and in the BIOS's word: only with a PS/2 mouse. */
static void equipment_of(enum mouse_kind kind, bool expected)
{
    struct machine_config config;
    struct stop stop;
    uint8_t cmos, word;
    char error[200];
    machine_config_defaults(&config);
    config.mouse = kind;
    config.mouse_port = 1;
    struct machine *m = machine_create(&config, error, sizeof error);
    assert_non_null(m);
    machine_run(m, 2 * TICKS_PER_SECOND, &stop);
    cmos = inspect_cmos(m, 0x14);
    assert_int_equal(inspect_peek(m, 0x410, &word, 1), 1);
    assert_int_equal(cmos & 4, expected ? 4 : 0);
    assert_int_equal(word & 4, expected ? 4 : 0);
    machine_destroy(m);
}

static void equipment_tells_of_a_ps2_mouse_only(void **state)
{
    (void)state;
    equipment_of(MOUSE_PS2, true);
    equipment_of(MOUSE_NONE, false);
    equipment_of(MOUSE_SERIAL, false);
}

static void a_mouse_nobody_has_is_refused(void **state)
{
    struct machine_config config;
    char error[200];
    (void)state;
    machine_config_defaults(&config);
    config.mouse = MOUSE_SERIAL;
    config.mouse_port = SERIAL_PORTS;
    assert_null(machine_create(&config, error, sizeof error));
    assert_non_null(strstr(error, "mouse"));
    config.mouse_port = 0;
    config.joysticks = 3;
    assert_null(machine_create(&config, error, sizeof error));
    assert_non_null(strstr(error, "joystick"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_fast),
        cmocka_unit_test(in_table),
        cmocka_unit_test(in_v86_mode),
        cmocka_unit_test(equipment_tells_of_a_ps2_mouse_only),
        cmocka_unit_test(a_mouse_nobody_has_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
