/* Our BIOS boots from a CD: discs are built here byte by byte ("El Torito" Bootable CD-ROM Format Specification 1.0),
 * and the guests bios_cd, bios_torito and bios_torito_boot call INT 13h from the floppy that one of them emulates. To
 * run this alone: TEST_GUESTS=build/tests/guests build/tests/emu/bios/test_bios_cd */
#include "tests/emu/bios/bios_board.h"

enum { BLOCKS = 1000, DISK = 20160, CATALOG = 20, IMAGE = 21 };
enum { PLAIN, FLOPPY_12, FLOPPY_144, FLOPPY_288, HARD_DISK };

static uint8_t blocks[BLOCKS][2048];
static struct guest_disk disc = { blocks[0], BLOCKS * 4, 0 };

static void put16(uint8_t *p, unsigned value)
{
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
}

/* The boot record, and a catalog whose default entry loads SECTORS of IMAGE to SEGMENT as MEDIA. */
static void write_catalog(unsigned media, unsigned segment, unsigned sectors)
{
    uint8_t *record = blocks[17], *entry = blocks[CATALOG];
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

static struct board *board_with_disc(enum timing_mode timing)
{
    struct board *b = board_begin();

    memset(blocks, 0, sizeof blocks);
    for (unsigned i = 800; i < BLOCKS; i++)
        put16(blocks[i], i);
    memset(b->floppy.bytes + 512, 0x41, 2);
    memset(b->disk.bytes, 0x48, 2);
    b->disk.sectors = DISK;
    board_insert_floppy(b);
    board_insert_disk(b);
    b->config.drive[DRIVE_HD2] = guest_disk_drive(&disc);
    b->config.drive[DRIVE_HD2].kind = DRIVE_CDROM;
    b->config.timing = timing;
    strcpy(b->config.boot, "d");
    return b;
}

static void serves_int_13h(const char *name, enum timing_mode timing, unsigned comparisons)
{
    struct board *b = board_with_disc(timing);

    write_catalog(FLOPPY_144, 0, 1);
    guest_load(name, blocks[IMAGE], 64 * 512);
    board_holds(b, name, comparisons);
    /* It locked the door. */
    assert_false(machine_change_cd(b->m, DRIVE_HD2, &(struct drive_config){ 0 }, false));
    assert_true(machine_change_cd(b->m, DRIVE_HD2, &(struct drive_config){ 0 }, true));
    board_end(b);
}

static void emulated_floppy_serves_int_13h(void **state)
{
    (void)state;
    serves_int_13h("bios_cd", TIMING_FAST, 98);
    serves_int_13h("bios_cd", TIMING_TABLE, 98);
    serves_int_13h("bios_cd", TIMING_CYCLE, 98);
    serves_int_13h("monitor0_cd", TIMING_FAST, 99);     /* in V86 mode */
}

/* Writes DL, the low and high byte of CS, and a line "end" to port E9h. */
static void put_boot_code(uint8_t *p)
{
    static const uint8_t code[] = {
        0x88, 0xD0, 0xE6, 0xE9,                     /* mov al, dl / out 0xE9, al */
        0x8C, 0xC8, 0xE6, 0xE9,                     /* mov ax, cs / out 0xE9, al */
        0x88, 0xE0, 0xE6, 0xE9,                     /* mov al, ah / out 0xE9, al */
        0xB0, '\n', 0xE6, 0xE9, 0xB0, 'e', 0xE6, 0xE9, 0xB0, 'n', 0xE6, 0xE9, 0xB0, 'd', 0xE6, 0xE9,
        0xB0, '\n', 0xE6, 0xE9, 0xEB, 0xFE,
    };

    memcpy(p, code, sizeof code);
}

/* DL and CS when the image was started. */
static int started_as(unsigned media, unsigned segment, unsigned sectors, enum timing_mode timing)
{
    struct board *b = board_with_disc(timing);
    uint8_t *image = blocks[IMAGE];

    write_catalog(media, segment, sectors);
    put_boot_code(image);
    image[0x1BE + 5] = 15;                          /* a partition that ends at head 15, sector 63, cylinder 19 */
    image[0x1BE + 6] = 63;
    image[0x1BE + 7] = 19;
    put16(image + 510, 0xAA55);
    board_run_to(b, "\nend\n");
    int result = (uint8_t)b->log[0] << 16 | (uint8_t)b->log[2] << 8 | (uint8_t)b->log[1];
    board_end(b);
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
        struct board *b = board_with_disc(TIMING_FAST);
        write_catalog(PLAIN, 0, 4);
        put_boot_code(blocks[IMAGE]);
        blocks[rows[i].block][rows[i].offset] = rows[i].value;
        board_build(b);
        board_run(b, 3 * TICKS_PER_SECOND);
        assert_int_equal(b->length, 0);
        board_end(b);
    }
}

static void write_disk_image(uint8_t *image, unsigned begins_with)
{
    put16(image, begins_with);
    image[0x1BE + 5] = 15;
    image[0x1BE + 6] = 63;
    image[0x1BE + 7] = 9;
    put16(image + 510, 0xAA55);
}

static void further_images_are_emulated(void **state)
{
    (void)state;
    for (int timing = TIMING_FAST; timing < BOARD_MODES; timing++) {
        struct board *b = board_with_disc((enum timing_mode)timing);
        write_catalog(FLOPPY_144, 0, 1);
        guest_load("bios_torito", blocks[IMAGE], 64 * 512);
        put16(blocks[300], 0x4646);
        write_disk_image(blocks[400], 0x5050);
        board_holds(b, "bios_torito", 95);
        board_end(b);
    }
}

/* A floppy that starts the image at block 300 by AX=4C00h. What it logs: DL and CS, or -1 if the call returned. */
static int restarted_as(unsigned media, unsigned drive, unsigned segment, unsigned count, unsigned block)
{
    struct board *b = board_with_disc(TIMING_FAST);
    uint8_t *image = blocks[IMAGE];

    write_catalog(FLOPPY_144, 0, 1);
    guest_load("bios_torito_boot", image, 512);
    image[2] = (uint8_t)media;
    image[3] = (uint8_t)drive;
    put16(image + 4, block);
    put16(image + 6, segment);
    put16(image + 8, count);
    write_disk_image(blocks[300], 0);
    put_boot_code(blocks[300]);
    board_run_to(b, "\nend\n");
    bool returned = strncmp(b->log, "returned", 8) == 0;
    int result = (uint8_t)b->log[0] << 16 | (uint8_t)b->log[2] << 8 | (uint8_t)b->log[1];
    board_end(b);
    return returned ? -1 : result;
}

static void another_image_is_started(void **state)
{
    (void)state;
    assert_int_equal(restarted_as(FLOPPY_144, 0, 0, 1, 300), 0x000000);
    assert_int_equal(restarted_as(HARD_DISK, 0x80, 0, 1, 300), 0x800000);
    assert_int_equal(restarted_as(PLAIN, 0xE0, 0x3000, 4, 300), 0xE03000);
    assert_int_equal(restarted_as(PLAIN, 0xE0, 0, 0x480, 300), 0xE00000);   /* over where the first image was */
    assert_int_equal(restarted_as(PLAIN, 0xE0, 0, 0x481, 300), -1);
    assert_int_equal(restarted_as(PLAIN, 0xE0, 0, 0, 300), -1);
    assert_int_equal(restarted_as(FLOPPY_144, 0, 0, 1, 30000), -1);
    assert_int_equal(restarted_as(HARD_DISK, 0x80, 0, 1, 301), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(emulated_floppy_serves_int_13h),
        cmocka_unit_test(images_are_started_as_the_catalog_says),
        cmocka_unit_test(bad_catalogs_are_not_started),
        cmocka_unit_test(further_images_are_emulated),
        cmocka_unit_test(another_image_is_started),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
