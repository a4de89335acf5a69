/* INT 13h for floppies as programs see it: guests that compare what each service answers, a line a comparison on port
 * E9h, as in test_bios.c, with drives and disks of several kinds and in the timing mode that has real mechanics too. To
 * run this alone: TEST_GUESTS=build/tests/guests build/tests/emu/bios/test_bios_floppy */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emu/emu.h"

enum { SECTORS_A = 2880, SECTORS_B = 720, BAD_SECTOR = 700, LOG_SIZE = 32768, GUEST_SECONDS = 200 };

struct disk { uint8_t data[SECTORS_A * 512]; uint64_t bad; };

struct guest {
    struct machine *machine;
    struct disk a, b;
    char log[LOG_SIZE];
    size_t length;
};

static int disk_read(void *ctx, uint64_t lba, void *buffer, uint32_t count)
{
    const struct disk *disk = ctx;

    memcpy(buffer, disk->data + lba * 512, (size_t)count * 512);
    return lba <= disk->bad && disk->bad < lba + count ? -1 : 0;
}

static int disk_write(void *ctx, uint64_t lba, const void *data, uint32_t count)
{
    struct disk *disk = ctx;

    memcpy(disk->data + lba * 512, data, (size_t)count * 512);
    return 0;
}

static int disk_flush(void *ctx)
{
    (void)ctx;
    return 0;
}

static const struct disk_ops disk_ops = { disk_read, disk_write, disk_flush };

static void log_put(void *ctx, uint8_t byte)
{
    struct guest *guest = ctx;

    if (guest->length < sizeof guest->log - 1)
        guest->log[guest->length++] = (char)byte;
    guest->log[guest->length] = 0;
    if (byte == '\n' && guest->length >= 5 && memcmp(guest->log + guest->length - 5, "\nend\n", 5) == 0)
        machine_interrupt(guest->machine);
}

static struct guest *guest_create(const char *name)
{
    const char *folder = getenv("TEST_GUESTS");
    struct guest *guest = calloc(1, sizeof *guest);
    char path[512];

    assert_non_null(guest);
    snprintf(path, sizeof path, "%s/%s.bin", folder ? folder : "build/tests/guests", name);
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s is not there; make builds it", path);
    assert_true(fread(guest->a.data, 1, sizeof guest->a.data, file) > 512);
    fclose(file);
    guest->a.bad = UINT64_MAX;
    guest->b.bad = BAD_SECTOR;
    for (unsigned i = 0; i < SECTORS_B; i++) {
        guest->b.data[i * 512] = (uint8_t)i;
        guest->b.data[i * 512 + 1] = (uint8_t)(i >> 8);
    }
    return guest;
}

/* Runs the guest to its end; DRIVE_B is the type of drive B, DISK_B says whether there is a disk in it. */
static void guest_run(struct guest *guest, enum timing_mode timing, uint8_t drive_b, bool disk_b)
{
    struct machine_config config;
    char error[200];
    struct stop stop;

    machine_config_defaults(&config);
    config.drive[DRIVE_FLOPPY_A] = (struct drive_config){ .ops = &disk_ops, .ctx = &guest->a, .sectors = SECTORS_A,
                                                          .read_only = true };
    if (disk_b)
        config.drive[DRIVE_FLOPPY_B] = (struct drive_config){ .ops = &disk_ops, .ctx = &guest->b, .sectors = SECTORS_B };
    config.floppy_type[1] = drive_b;
    config.timing = timing;
    config.debugcon = (struct byte_sink){ log_put, guest };
    guest->machine = machine_create(&config, error, sizeof error);
    if (!guest->machine)
        fail_msg("%s", error);
    machine_run(guest->machine, GUEST_SECONDS * TICKS_PER_SECOND, &stop);
    if (stop.reason != STOP_INTERRUPTED)
        fail_msg("stopped for reason %d after: %s", stop.reason, guest->log);
    machine_destroy(guest->machine);
}

/* Every comparison of the guest must have held, and there must be as many as it makes. */
static void all_hold(const char *name, enum timing_mode timing, uint8_t drive_b, bool disk_b, unsigned comparisons)
{
    struct guest *guest = guest_create(name);
    unsigned held = 0, failed = 0;

    guest_run(guest, timing, drive_b, disk_b);
    for (char *line = strtok(guest->log, "\n"); line; line = strtok(NULL, "\n")) {
        if (strncmp(line, "ok ", 3) == 0)
            held++;
        else if (strcmp(line, "end") != 0) {
            failed++;
            print_message("%s: %s\n", name, line);
        }
    }
    free(guest);
    assert_int_equal(failed, 0);
    assert_int_equal(held, comparisons);
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
        cmocka_unit_test(a_drive_without_a_disk_hangs_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
