/* The BIOS's pointing device services, by a guest that logs a line a comparison on port E9h (tests/guests/bios_mouse.asm)
 * while the mouse is moved. To run this alone: TEST_GUESTS=build/tests/guests build/tests/emu/bios/test_mouse */
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

enum { FLOPPY_SECTORS = 2880, LOG_SIZE = 32768, COMPARISONS = 74 };

struct guest {
    struct machine *machine;
    uint8_t floppy[FLOPPY_SECTORS * 512];
    char log[LOG_SIZE];
    size_t length;
};

static int read_floppy(void *ctx, uint64_t lba, void *buffer, uint32_t count)
{
    const struct guest *guest = ctx;
    memcpy(buffer, guest->floppy + lba * 512, (size_t)count * 512);
    return 0;
}

static int write_floppy(void *ctx, uint64_t lba, const void *data, uint32_t count)
{
    struct guest *guest = ctx;
    memcpy(guest->floppy + lba * 512, data, (size_t)count * 512);
    return 0;
}

static int flush_floppy(void *ctx)
{
    (void)ctx;
    return 0;
}

static const struct disk_ops floppy_ops = { read_floppy, write_floppy, flush_floppy };

static bool log_ends(const struct guest *guest, const char *line)
{
    size_t length = strlen(line);
    return guest->length > length && strcmp(guest->log + guest->length - length, line) == 0;
}

static void put(void *ctx, uint8_t byte)
{
    struct guest *guest = ctx;
    if (guest->length < LOG_SIZE - 1)
        guest->log[guest->length++] = (char)byte;
    if (log_ends(guest, "\nmove\n") || log_ends(guest, "\nstill\n") || log_ends(guest, "\nend\n"))
        machine_interrupt(guest->machine);
}

static struct guest *start(enum timing_mode timing)
{
    struct guest *guest = calloc(1, sizeof *guest);
    const char *folder = getenv("TEST_GUESTS");
    char path[512], error[200];
    struct machine_config config;
    assert_non_null(guest);
    snprintf(path, sizeof path, "%s/bios_mouse.bin", folder ? folder : "build/tests/guests");
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s is not there; make builds it", path);
    assert_true(fread(guest->floppy, 1, sizeof guest->floppy, file) > 512);
    fclose(file);
    machine_config_defaults(&config);
    config.drive[DRIVE_FLOPPY_A] = (struct drive_config){ .ops = &floppy_ops, .ctx = guest, .sectors = FLOPPY_SECTORS };
    config.timing = timing;
    config.debugcon = (struct byte_sink){ put, guest };
    guest->machine = machine_create(&config, error, sizeof error);
    assert_non_null(guest->machine);
    return guest;
}

static void run_to(struct guest *guest, const char *line)
{
    struct stop stop;
    machine_run(guest->machine, machine_tick(guest->machine) + 60 * TICKS_PER_SECOND, &stop);
    if (!log_ends(guest, line))
        fail_msg("stopped for reason %d after: %s", stop.reason, guest->log);
}

static void move(struct guest *guest, int dx, int dy, unsigned buttons)
{
    struct stop stop;
    machine_mouse(guest->machine, dx, dy, buttons);
    machine_run(guest->machine, machine_tick(guest->machine) + 30 * TICKS_PER_MS, &stop);
}

static void services_answer_and_the_driver_is_called(enum timing_mode timing)
{
    struct guest *guest = start(timing);
    unsigned held = 0;
    run_to(guest, "\nmove\n");
    assert_true(machine_mouse_listens(guest->machine));
    machine_key(guest->machine, 0x1E);
    machine_key(guest->machine, 0x9E);
    move(guest, 5, 3, BUTTON_LEFT);
    move(guest, -7, -9, BUTTON_RIGHT);
    machine_mouse(guest->machine, 0, 0, 0);
    run_to(guest, "\nstill\n");
    assert_false(machine_mouse_listens(guest->machine));
    move(guest, 10, 10, BUTTON_LEFT);
    run_to(guest, "\nend\n");
    for (char *line = strtok(guest->log, "\n"); line; line = strtok(NULL, "\n")) {
        held += strncmp(line, "ok ", 3) == 0;
        if (strncmp(line, "FAILED", 6) == 0)
            fail_msg("%s", line);
    }
    assert_int_equal(held, COMPARISONS);
    machine_destroy(guest->machine);
    free(guest);
}

static void in_fast(void **state)
{
    (void)state;
    services_answer_and_the_driver_is_called(TIMING_FAST);
}

static void in_table(void **state)
{
    (void)state;
    services_answer_and_the_driver_is_called(TIMING_TABLE);
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
        cmocka_unit_test(equipment_tells_of_a_ps2_mouse_only),
        cmocka_unit_test(a_mouse_nobody_has_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
