/* The x87 unit on the board: FERR# to IRQ 13, port F0h to IGNNE#; and the unit as inspect.h shows and sets it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emu/emu.h"
#include "emu/inspect.h"

enum { ENTRY = 0x7C00, RESULTS_AT = 0x500, EXIT_PORT = 0xF4 };
enum { ZERO_DIVIDE = 4, ERROR_SUMMARY = 0x80, ALL_EMPTY = 0xFFFF };

static int create(void **state)
{
    struct machine_config config;
    char error[200] = "";
    machine_config_defaults(&config);
    config.ram_kb = 1024;
    config.debug_exit_port = EXIT_PORT;
    *state = machine_create(&config, error, sizeof error);
    return *state ? 0 : -1;
}

static int destroy(void **state)
{
    machine_destroy(*state);
    return 0;
}

static size_t read_guest(uint8_t *code, size_t size)
{
    char path[512];
    const char *folder = getenv("TEST_GUESTS");
    snprintf(path, sizeof path, "%s/fpu_irq13.bin", folder ? folder : "build/tests/guests");
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t count = fread(code, 1, size, file);
    fclose(file);
    return count;
}

static unsigned result(const struct machine *m, unsigned n)
{
    uint8_t bytes[2];
    assert_int_equal(inspect_peek(m, RESULTS_AT + 2 * n, bytes, 2), 2);
    return bytes[0] | bytes[1] << 8;
}

/* The instruction that waits is D9 E8, FLD1. */
static void error_comes_as_irq13_before_the_next_instruction(void **state)
{
    struct machine *m = *state;
    struct stop stop;
    uint8_t code[512], frozen[2];
    const size_t size = read_guest(code, sizeof code);
    assert_int_equal(inspect_poke(m, ENTRY, code, size), size);
    assert_true(inspect_set_register(m, NAME_SEG + SEG_CS, 0));
    assert_true(inspect_set_register(m, NAME_EIP, ENTRY));
    assert_int_equal(machine_run(m, TICKS_PER_SECOND, &stop), STOP_EXIT);
    assert_int_equal(stop.exit_code, 1);
    assert_int_equal(result(m, 0), 1);
    assert_int_equal(result(m, 1) & 0xFF, ERROR_SUMMARY | ZERO_DIVIDE);
    assert_int_equal(inspect_peek(m, result(m, 2), frozen, 2), 2);
    assert_int_equal(frozen[0] << 8 | frozen[1], 0xD9E8);
    assert_int_equal(result(m, 3), 0x37B);
}

static void unit_is_shown_and_set(void **state)
{
    struct machine *m = *state;
    struct fpu_view view, again;
    inspect_fpu(m, &view);
    assert_true(view.present);
    assert_int_equal(view.control, 0x37F);
    assert_int_equal(view.tags, ALL_EMPTY);
    for (unsigned i = 0; i < 8; i++)
        view.reg[i] = (struct fpu_register){ UINT64_MAX - i, (uint16_t)(0x3FFF + i) };
    view.control = 0x27F;
    view.status = 3 << 11 | 0x4700;
    view.tags = 0x000C;
    view.opcode = 0x5A1;
    view.cs = 1, view.ds = 2, view.ip = 3, view.dp = 4;
    assert_true(inspect_set_fpu(m, &view));
    inspect_fpu(m, &again);
    assert_memory_equal(&again.reg, &view.reg, sizeof view.reg);
    assert_int_equal(again.control, view.control);
    assert_int_equal(again.status, view.status);
    assert_int_equal(again.tags, view.tags);
    assert_int_equal(again.opcode, view.opcode);
    assert_int_equal(again.cs << 24 | again.ds << 16 | again.ip << 8 | again.dp, 0x01020304);
}

static bool irq13_requested(const struct machine *m)
{
    struct pic_view pic[2];
    inspect_pic(m, pic);
    return pic[1].irr & 1 << (13 - 8);
}

static void error_that_is_set_by_hand_reaches_the_pic(void **state)
{
    struct machine *m = *state;
    struct fpu_view view;
    struct stop stop;
    machine_run(m, TICKS_PER_SECOND, &stop);            /* the BIOS sets the PICs up */
    inspect_fpu(m, &view);
    view.control = 0x37B;
    view.status = ZERO_DIVIDE;
    assert_false(irq13_requested(m));
    assert_true(inspect_set_fpu(m, &view));
    assert_true(irq13_requested(m));
    inspect_fpu(m, &view);
    assert_true(view.status & ERROR_SUMMARY);
}

/* Bit 1 of the equipment byte in CMOS (AT Technical Reference). */
static void cmos_tells_whether_there_is_a_unit(void **state)
{
    static const struct { const char *profile; bool unit; } boards[] = { { "486sx-25", false }, { "486dx-33", true } };
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct machine_config config;
        char error[200];
        machine_config_defaults(&config);
        config.profile = boards[i].profile;
        struct machine *m = machine_create(&config, error, sizeof error);
        assert_non_null(m);
        assert_int_equal(inspect_cmos(m, 0x14) >> 1 & 1, boards[i].unit);
        machine_destroy(m);
    }
}

#define ON_MACHINE(name) cmocka_unit_test_setup_teardown(name, create, destroy)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_MACHINE(error_comes_as_irq13_before_the_next_instruction), ON_MACHINE(unit_is_shown_and_set),
        ON_MACHINE(error_that_is_set_by_hand_reaches_the_pic), cmocka_unit_test(cmos_tells_whether_there_is_a_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
