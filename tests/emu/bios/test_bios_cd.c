/* Our BIOS boots from a CD: discs are built here byte by byte ("El Torito" Bootable CD-ROM Format Specification 1.0),
 * and tests/guests/bios_cd.asm calls INT 13h from the floppy that one of them emulates. To run this alone:
 * TEST_GUESTS=build/tests/guests build/tests/emu/bios/test_bios_cd */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emu/emu.h"

enum { BLOCKS = 1000, FLOPPY = 2880, DISK = 20160, CATALOG = 20, IMAGE = 21, LOG_SIZE = 16384, SECONDS = 60 };
enum { PLAIN, FLOPPY_12, FLOPPY_144, FLOPPY_288, HARD_DISK };

struct guest {
    struct machine *machine;
    uint8_t *disc, *floppy, *disk;
    char log[LOG_SIZE];
    size_t length;
};

static int memory_read(void *ctx, uint64_t lba, void *buffer, uint32_t count)
{
    memcpy(buffer, (uint8_t *)ctx + lba * 512, count * 512u);
    return 0;
}

static int memory_write(void *ctx, uint64_t lba, const void *data, uint32_t count)
{
    memcpy((uint8_t *)ctx + lba * 512, data, count * 512u);
    return 0;
}

static const struct disk_ops memory_ops = { memory_read, memory_write, NULL };

static void log_put(void *ctx, uint8_t byte)
{
    struct guest *g = ctx;

    if (g->length < sizeof g->log - 1)
        g->log[g->length++] = (char)byte;
    if (byte == '\n' && g->length >= 4 && memcmp(g->log + g->length - 4, "end\n", 4) == 0)
        machine_interrupt(g->machine);
}

static uint8_t *block(struct guest *g, unsigned n) { return g->disc + n * 2048u; }

static void put16(uint8_t *p, unsigned value)
{
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
}

/* The boot record, and a catalog whose default entry loads SECTORS of IMAGE to SEGMENT as MEDIA. */
static void write_catalog(struct guest *g, unsigned media, unsigned segment, unsigned sectors)
{
    uint8_t *record = block(g, 17), *entry = block(g, CATALOG);
    unsigned sum = 0;

    memcpy(record, "\0CD001\1EL TORITO SPECIFICATION", 30);
    record[0x47] = CATALOG;
    entry[0] = 1;
    entry[30] = 0x55;
    entry[31] = 0xAA;
    for (unsigned i = 0; i < 32; i += 2)
        sum += entry[i] | (unsigned)entry[i + 1] << 8;
    put16(entry + 28, 0x10000 - (sum & 0xFFFF));
    entry[32] = 0x88;
    entry[33] = (uint8_t)media;
    put16(entry + 34, segment);
    put16(entry + 38, sectors);
    entry[40] = IMAGE;
}

static struct guest *guest_create(void)
{
    struct guest *g = calloc(1, sizeof *g);

    assert_non_null(g);
    g->disc = calloc(BLOCKS, 2048);
    g->floppy = calloc(FLOPPY, 512);
    g->disk = calloc(DISK, 512);
    assert_true(g->disc && g->floppy && g->disk);
    for (unsigned i = 800; i < BLOCKS; i++)
        put16(block(g, i), i);
    memset(g->floppy + 512, 0x41, 2);
    memset(g->disk, 0x48, 2);
    return g;
}

static void guest_power(struct guest *g, enum timing_mode timing)
{
    struct machine_config config;
    char error[200];

    machine_config_defaults(&config);
    config.drive[DRIVE_FLOPPY_A] = (struct drive_config){ .ops = &memory_ops, .ctx = g->floppy, .sectors = FLOPPY };
    config.drive[DRIVE_HD0] = (struct drive_config){ .ops = &memory_ops, .ctx = g->disk, .sectors = DISK };
    config.drive[DRIVE_HD2] = (struct drive_config){ .kind = DRIVE_CDROM, .ops = &memory_ops, .ctx = g->disc,
                                                     .sectors = BLOCKS * 4 };
    config.timing = timing;
    config.debugcon = (struct byte_sink){ log_put, g };
    strcpy(config.boot, "d");
    g->machine = machine_create(&config, error, sizeof error);
    if (!g->machine)
        fail_msg("%s", error);
}

static bool guest_ends(struct guest *g)
{
    struct stop stop;

    return machine_run(g->machine, machine_tick(g->machine) + SECONDS * TICKS_PER_SECOND, &stop) == STOP_INTERRUPTED;
}

static void guest_destroy(struct guest *g)
{
    machine_destroy(g->machine);
    free(g->disc);
    free(g->floppy);
    free(g->disk);
    free(g);
}

static void load_guest(uint8_t *to, const char *name)
{
    const char *folder = getenv("TEST_GUESTS");
    char path[512];

    snprintf(path, sizeof path, "%s/%s.bin", folder ? folder : "build/tests/guests", name);
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s is not there; make builds it", path);
    assert_true(fread(to, 1, 64 * 512, file) > 512);
    fclose(file);
}

static void serves_int_13h(enum timing_mode timing)
{
    struct guest *g = guest_create();
    unsigned held = 0;

    write_catalog(g, FLOPPY_144, 0, 1);
    load_guest(block(g, IMAGE), "bios_cd");
    guest_power(g, timing);
    if (!guest_ends(g))
        fail_msg("no end after: %s", g->log);
    for (char *line = strtok(g->log, "\n"); line; line = strtok(NULL, "\n")) {
        if (strncmp(line, "ok ", 3) != 0 && strcmp(line, "end") != 0)
            fail_msg("%s", line);
        held++;
    }
    assert_int_equal(held, 99);
    /* It locked the door. */
    assert_false(machine_change_cd(g->machine, DRIVE_HD2, &(struct drive_config){ 0 }, false));
    assert_true(machine_change_cd(g->machine, DRIVE_HD2, &(struct drive_config){ 0 }, true));
    guest_destroy(g);
}

static void emulated_floppy_serves_int_13h(void **state)
{
    (void)state;
    serves_int_13h(TIMING_FAST);
    serves_int_13h(TIMING_TABLE);
    serves_int_13h(TIMING_CYCLE);
}

/* Writes DL, the low and high byte of CS, and "end" to port E9h. */
static void put_boot_code(uint8_t *p)
{
    static const uint8_t code[] = {
        0x88, 0xD0, 0xE6, 0xE9,                     /* mov al, dl / out 0xE9, al */
        0x8C, 0xC8, 0xE6, 0xE9,                     /* mov ax, cs / out 0xE9, al */
        0x88, 0xE0, 0xE6, 0xE9,                     /* mov al, ah / out 0xE9, al */
        0xB0, 'e', 0xE6, 0xE9, 0xB0, 'n', 0xE6, 0xE9, 0xB0, 'd', 0xE6, 0xE9, 0xB0, '\n', 0xE6, 0xE9, 0xEB, 0xFE,
    };

    memcpy(p, code, sizeof code);
}

/* DL and CS when the image was started, or -1. */
static int started_as(unsigned media, unsigned segment, unsigned sectors, enum timing_mode timing)
{
    struct guest *g = guest_create();
    uint8_t *image = block(g, IMAGE);

    write_catalog(g, media, segment, sectors);
    put_boot_code(image);
    image[0x1BE + 5] = 15;                          /* a partition that ends at head 15, sector 63, cylinder 19 */
    image[0x1BE + 6] = 63;
    image[0x1BE + 7] = 19;
    put16(image + 510, 0xAA55);
    guest_power(g, timing);
    int result = guest_ends(g) ? (uint8_t)g->log[0] << 16 | (uint8_t)g->log[2] << 8 | (uint8_t)g->log[1] : -1;
    guest_destroy(g);
    return result;
}

static void images_are_started_as_the_catalog_says(void **state)
{
    (void)state;
    assert_int_equal(started_as(PLAIN, 0, 4, TIMING_FAST), 0xE00000);
    assert_int_equal(started_as(PLAIN, 0x2000, 4, TIMING_FAST), 0xE02000);
    assert_int_equal(started_as(FLOPPY_12, 0, 1, TIMING_FAST), 0x000000);
    assert_int_equal(started_as(FLOPPY_288, 0, 1, TIMING_FAST), 0x000000);
    assert_int_equal(started_as(HARD_DISK, 0, 1, TIMING_FAST), 0x800000);
    assert_int_equal(started_as(PLAIN, 0, 4, TIMING_TABLE), 0xE00000);      /* waits until the disc turns */
}

static void bad_catalogs_are_not_started(void **state)
{
    static const struct { unsigned block, offset; uint8_t value; } rows[] = {
        { 17, 7, 'e' }, { 17, 0, 1 }, { 17, 0x4A, 1 }, { CATALOG, 0, 2 }, { CATALOG, 1, 1 }, { CATALOG, 30, 0 },
        { CATALOG, 5, 1 }, { CATALOG, 32, 0 }, { CATALOG, 33, 5 }, { CATALOG, 38, 0 }, { CATALOG, 39, 0x40 },
        { CATALOG, 43, 1 },
    };
    (void)state;

    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct guest *g = guest_create();
        struct stop stop;
        write_catalog(g, PLAIN, 0, 4);
        put_boot_code(block(g, IMAGE));
        block(g, rows[i].block)[rows[i].offset] = rows[i].value;
        guest_power(g, TIMING_FAST);
        machine_run(g->machine, 3 * TICKS_PER_SECOND, &stop);
        assert_int_equal(g->length, 0);
        guest_destroy(g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(emulated_floppy_serves_int_13h),
        cmocka_unit_test(images_are_started_as_the_catalog_says),
        cmocka_unit_test(bad_catalogs_are_not_started),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
