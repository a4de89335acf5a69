/* The machine's serial ports from outside. The BIOS here is a program that ends the run with what COM1's LSR says when
 * a byte has come, then with the byte, and with MSR when that tells a change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "emu/emu.h"

static const uint8_t program[] = {
    0xBA, 0xFB, 0x03, 0xB0, 0x03, 0xEE,         /*       mov dx, 3FBh; mov al, 3; out dx, al */
    0xBA, 0xFD, 0x03, 0xEC,                     /* next: mov dx, 3FDh; in al, dx */
    0xA8, 0x01, 0x74, 0x08,                     /*       test al, 1; jz modem */
    0xE6, 0xF4,                                 /*       out 0F4h, al */
    0xBA, 0xF8, 0x03, 0xEC, 0xE6, 0xF4,         /*       mov dx, 3F8h; in al, dx; out 0F4h, al */
    0xBA, 0xFE, 0x03, 0xEC,                     /* modem: mov dx, 3FEh; in al, dx */
    0xA8, 0x0F, 0x74, 0xE8,                     /*       test al, 0Fh; jz next */
    0xE6, 0xF4, 0xEB, 0xE4,                     /*       out 0F4h, al; jmp next */
};

static void drop(void *ctx, uint8_t byte)
{
    (void)ctx, (void)byte;
}

static int setup(void **state)
{
    static uint8_t bios[0x10000];
    struct machine_config config;
    char error[200];

    memcpy(bios, program, sizeof program);
    memcpy(bios + 0xFFF0, (const uint8_t[]){ 0xEA, 0x00, 0x00, 0x00, 0xF0 }, 5);
    machine_config_defaults(&config);
    config.bios = bios;
    config.bios_size = sizeof bios;
    config.ram_kb = 1024;
    config.timing = TIMING_TABLE;
    config.serial[0].put = drop;
    config.debug_exit_port = 0xF4;
    *state = machine_create(&config, error, sizeof error);
    if (!*state)
        print_error("%s\n", error);
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    machine_destroy(*state);
    return 0;
}

/* The next byte on the exit port, -1 if none comes within 10 ms. */
static int next(struct machine *m)
{
    struct stop stop;

    return machine_run(m, machine_tick(m) + 10 * TICKS_PER_MS, &stop) == STOP_EXIT ? stop.exit_code : -1;
}

static void the_modems_lines_come_from_outside(void **state)
{
    struct machine *m = *state;

    assert_int_equal(next(m), -1);
    machine_serial_modem(m, 0, MODEM_CTS | MODEM_RI);
    assert_int_equal(next(m), 0x5A);
    machine_serial_modem(m, 0, MODEM_CTS);
    assert_int_equal(next(m), 0x14);
    machine_serial_modem(m, 0, MODEM_CTS | MODEM_DSR | MODEM_DCD);
    assert_int_equal(next(m), 0xBA);
    assert_int_equal(next(m), -1);
}

static void what_comes_over_a_bad_line_tells_its_errors(void **state)
{
    static const struct { unsigned error; int lsr, byte; } rows[] = {
        { 0, 0x61, 'x' }, { LINE_PARITY_ERROR, 0x65, 'x' }, { LINE_FRAMING_ERROR, 0x69, 'x' }, { LINE_BREAK, 0x79, 0 },
    };
    struct machine *m = *state;

    assert_int_equal(next(m), -1);
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(machine_serial_hear(m, 0, 'x', rows[i].error));
        assert_false(machine_serial_hear(m, 0, 'y', 0));
        assert_int_equal(next(m), rows[i].lsr);
        assert_int_equal(next(m), rows[i].byte);
        assert_int_equal(next(m), -1);
    }
}

static void a_port_that_is_not_there_is_left_alone(void **state)
{
    struct machine *m = *state;

    machine_serial_modem(m, 1, 0);
    machine_serial_modem(m, 99, 0);
    assert_false(machine_serial_hear(m, 1, 'x', 0));
    assert_false(machine_serial_hear(m, 99, 'x', 0));
    assert_int_equal(next(m), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_modems_lines_come_from_outside),
        TEST(what_comes_over_a_bad_line_tells_its_errors),
        TEST(a_port_that_is_not_there_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
