/* The BIOS as programs see it: each guest of tests/guests/bios_*.asm boots from a floppy on a whole machine with our
 * own ROMs, calls the services of one subject and compares what they answer, a line a comparison on port E9h. The
 * guests run on other emulators as well, which is how they were proved. To run this alone:
 * TEST_GUESTS=build/tests/guests build/tests/emu/bios/test_bios */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emu/emu.h"

enum {
    FLOPPY_SECTORS = 2880,
    DISK_SECTORS = 40960,
    LOG_SIZE = 65536,
    GUEST_SECONDS = 120
};

struct image { uint8_t *data; };

struct guest {
    struct machine *machine;
    struct image floppy, disk;
    char log[LOG_SIZE];
    size_t length;
};

static int image_read(void *ctx, uint64_t lba, void *buffer, uint32_t count)
{
    const struct image *image = ctx;

    memcpy(buffer, image->data + lba * 512, (size_t)count * 512);
    return 0;
}

static int image_write(void *ctx, uint64_t lba, const void *data, uint32_t count)
{
    struct image *image = ctx;

    memcpy(image->data + lba * 512, data, (size_t)count * 512);
    return 0;
}

static int image_flush(void *ctx)
{
    (void)ctx;
    return 0;
}

static const struct disk_ops image_ops = { image_read, image_write, image_flush };

static void log_put(void *ctx, uint8_t byte)
{
    struct guest *guest = ctx;

    if (guest->length < sizeof guest->log - 1)
        guest->log[guest->length++] = (char)byte;
    guest->log[guest->length] = 0;
    if (byte == '\n' && guest->length >= 5 && memcmp(guest->log + guest->length - 5, "\nend\n", 5) == 0)
        machine_interrupt(guest->machine);
}

static void load_floppy(struct image *floppy, const char *name)
{
    const char *folder = getenv("TEST_GUESTS");
    char path[512];

    snprintf(path, sizeof path, "%s/%s.bin", folder ? folder : "build/tests/guests", name);
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s is not there; make builds it", path);
    assert_true(fread(floppy->data, 1, FLOPPY_SECTORS * 512, file) > 512);
    fclose(file);
}

/* Boots the guest and runs it to its end. DISK_COUNT is 0 or 1 hard disks of 20 MB. */
static void guest_run(struct guest *guest, const char *name, unsigned disk_count)
{
    struct machine_config config;
    char error[200];
    struct stop stop;

    memset(guest, 0, sizeof *guest);
    guest->floppy.data = calloc(FLOPPY_SECTORS, 512);
    guest->disk.data = calloc(DISK_SECTORS, 512);
    assert_non_null(guest->floppy.data);
    assert_non_null(guest->disk.data);
    load_floppy(&guest->floppy, name);
    machine_config_defaults(&config);
    config.drive[DRIVE_FLOPPY_A] = (struct drive_config){ .ops = &image_ops, .ctx = &guest->floppy,
                                                          .sectors = FLOPPY_SECTORS };
    if (disk_count)
        config.drive[DRIVE_HD0] = (struct drive_config){ .ops = &image_ops, .ctx = &guest->disk,
                                                           .sectors = DISK_SECTORS };
    config.timing = TIMING_FAST;
    config.debugcon = (struct byte_sink){ log_put, guest };
    guest->machine = machine_create(&config, error, sizeof error);
    if (!guest->machine)
        fail_msg("%s", error);
    machine_run(guest->machine, GUEST_SECONDS * TICKS_PER_SECOND, &stop);
    if (stop.reason != STOP_INTERRUPTED)
        fail_msg("%s stopped for reason %d after: %s", name, stop.reason, guest->log);
}

static void guest_free(struct guest *guest)
{
    machine_destroy(guest->machine);
    free(guest->floppy.data);
    free(guest->disk.data);
}

/* Every comparison of the guest must have held, and there must be as many as it makes. */
static void all_hold(const char *name, unsigned disk_count, unsigned comparisons)
{
    struct guest *guest = malloc(sizeof *guest);
    unsigned held = 0, failed = 0;

    assert_non_null(guest);
    guest_run(guest, name, disk_count);
    for (char *line = strtok(guest->log, "\n"); line; line = strtok(NULL, "\n")) {
        if (strncmp(line, "ok ", 3) == 0)
            held++;
        else if (strcmp(line, "end") != 0) {
            failed++;
            print_message("%s: %s\n", name, line);
        }
    }
    guest_free(guest);
    free(guest);
    assert_int_equal(failed, 0);
    assert_int_equal(held, comparisons);
}

static void power_on_state_memory_and_clock_services(void **state)
{
    (void)state;
    all_hold("bios_system", 0, 121);
}

static void keys_become_characters(void **state)
{
    (void)state;
    all_hold("bios_keyboard", 0, 126);
}

static void disks_are_read_and_written(void **state)
{
    (void)state;
    all_hold("bios_disk", 1, 140);
}

static void video_services_in_every_mode(void **state)
{
    (void)state;
    all_hold("bios_video", 0, 223);
}

static void video_services_of_the_ps2(void **state)
{
    (void)state;
    all_hold("bios_video_ps2", 0, 105);
}

static void vesa_modes_banked_and_linear(void **state)
{
    (void)state;
    all_hold("bios_vbe", 0, 346);
}

static void resets_lead_where_the_program_said(void **state)
{
    (void)state;
    all_hold("bios_reset", 0, 15);
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
        cmocka_unit_test(resets_lead_where_the_program_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
