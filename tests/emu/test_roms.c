/* Tests of how the board maps ROMs that were loaded: a small system ROM is read-only, a large one runs from shadow
 * RAM and finds the video ROM through the firmware configuration device. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emu/emu.h"
#include "emu/inspect.h"

enum { KB = 1024, SYSTEM = 0xF0000, VIDEO = 0xC0000, RESULT = 0x500 };

/* At F000:0100: writes 22h to F000:0000 and C000:0010, then stores what port 511h gives of item 20h at 0:0500. */
static const uint8_t program[] = {
    0xB8, 0x00, 0xF0, 0x8E, 0xD8, 0xC6, 0x06, 0x00, 0x00, 0x22,     /* mov ax, F000; mov ds, ax; mov byte [0], 22 */
    0xB8, 0x00, 0xC0, 0x8E, 0xD8, 0xC6, 0x06, 0x10, 0x00, 0x22,     /* mov ax, C000; mov ds, ax; mov byte [10], 22 */
    0xBA, 0x10, 0x05, 0xB8, 0x20, 0x00, 0xEF, 0x42, 0xEC,           /* mov dx, 510; mov ax, 20; out dx, ax; inc dx; in al, dx */
    0x31, 0xDB, 0x8E, 0xDB, 0xA2, 0x00, 0x05, 0xF4,                 /* xor bx, bx; mov ds, bx; mov [500], al; hlt */
};
static const uint8_t start[] = { 0xEA, 0x00, 0x01, 0x00, 0xF0 };    /* jmp F000:0100 */

/* A machine with a system ROM of SIZE that has run the program. */
static struct machine *run_with_rom(size_t size)
{
    struct machine_config config;
    struct stop stop;
    char error[120];
    uint8_t *bios = calloc(1, size), video[2 * KB] = { 0x55, 0xAA, 4 };
    assert_non_null(bios);
    memcpy(bios + size - 64 * KB + 0x100, program, sizeof program);
    memcpy(bios + size - 16, start, sizeof start);
    machine_config_defaults(&config);
    config.bios = bios;
    config.bios_size = size;
    config.vgabios = video;
    config.vgabios_size = sizeof video;
    struct machine *m = machine_create(&config, error, sizeof error);
    assert_non_null(m);
    free(bios);
    assert_int_equal(machine_run(m, TICKS_PER_SECOND, &stop), STOP_HALTED);
    return m;
}

static uint8_t peek(const struct machine *m, uint32_t address)
{
    uint8_t byte = 0;
    assert_int_equal(inspect_peek_physical(m, address, &byte, 1), 1);
    return byte;
}

static void small_system_rom_is_read_only(void **state)
{
    struct machine *m = run_with_rom(64 * KB);
    (void)state;
    assert_int_equal(peek(m, SYSTEM), 0);
    assert_int_equal(peek(m, VIDEO + 0x10), 0);
    assert_int_equal(peek(m, RESULT), 0xFF);
    machine_destroy(m);
}

static void large_system_rom_has_shadow_ram_until_reset(void **state)
{
    struct machine *m = run_with_rom(128 * KB);
    (void)state;
    assert_int_equal(peek(m, SYSTEM), 0x22);
    assert_int_equal(peek(m, VIDEO + 0x10), 0x22);
    machine_reset(m);
    assert_int_equal(peek(m, SYSTEM), 0);
    assert_int_equal(peek(m, VIDEO + 0x10), 0);
    assert_int_equal(peek(m, VIDEO), 0x55);
    machine_destroy(m);
}

static void large_system_rom_can_ask_for_the_video_rom(void **state)
{
    struct machine *m = run_with_rom(128 * KB);
    (void)state;
    assert_int_equal(peek(m, RESULT), 0x55);
    machine_destroy(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_system_rom_is_read_only),
        cmocka_unit_test(large_system_rom_has_shadow_ram_until_reset),
        cmocka_unit_test(large_system_rom_can_ask_for_the_video_rom),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
