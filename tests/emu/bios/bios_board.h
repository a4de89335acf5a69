/* A machine with our own ROMs and disks in memory, for the tests of the BIOS. Guests of tests/guests write a line a
 * comparison to port E9h ("ok NAME", "FAILED NAME ...") and "end" at last; see tests/guests/bios_guest.inc. */
#ifndef TESTS_EMU_BIOS_BIOS_BOARD_H
#define TESTS_EMU_BIOS_BIOS_BOARD_H

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

enum { BOARD_FLOPPY_SECTORS = 2880, BOARD_DISK_SECTORS = 40960, BOARD_LOG = 32768, BOARD_SECONDS = 120 };

struct board_disk { uint8_t *data; uint64_t sectors; };

struct board {
    struct machine_config config;       /* to be changed between board_begin() and board_build() */
    struct machine *m;
    struct board_disk floppy, disk;
    char log[BOARD_LOG];                /* port E9h */
    size_t length;
    char sent[256];                     /* serial port 1 */
    size_t sent_length;
    char printed[8192];                 /* parallel port 1 */
    size_t printed_length;
};

static inline int board_read(void *ctx, uint64_t lba, void *buffer, uint32_t count)
{
    memcpy(buffer, ((struct board_disk *)ctx)->data + lba * 512, (size_t)count * 512);
    return 0;
}

static inline int board_write(void *ctx, uint64_t lba, const void *data, uint32_t count)
{
    memcpy(((struct board_disk *)ctx)->data + lba * 512, data, (size_t)count * 512);
    return 0;
}

static inline int board_flush(void *ctx)
{
    (void)ctx;
    return 0;
}

static const struct disk_ops board_ops = { board_read, board_write, board_flush };

static inline void board_put(void *ctx, uint8_t byte)
{
    struct board *b = ctx;
    if (b->length < BOARD_LOG - 1)
        b->log[b->length++] = (char)byte;
    if (b->length >= 5 && memcmp(b->log + b->length - 5, "\nend\n", 5) == 0)
        machine_interrupt(b->m);
}

/* To be freed by board_end(). The floppy and the hard disk are there but blank, and not yet in their drives. */
static inline struct board *board_begin(void)
{
    struct board *b = calloc(1, sizeof *b);
    assert_non_null(b);
    b->floppy = (struct board_disk){ calloc(BOARD_FLOPPY_SECTORS, 512), BOARD_FLOPPY_SECTORS };
    b->disk = (struct board_disk){ calloc(BOARD_DISK_SECTORS, 512), BOARD_DISK_SECTORS };
    assert_non_null(b->floppy.data);
    assert_non_null(b->disk.data);
    machine_config_defaults(&b->config);
    b->config.debugcon = (struct byte_sink){ board_put, b };
    return b;
}

static inline struct drive_config board_drive(struct board_disk *disk)
{
    return (struct drive_config){ .ops = &board_ops, .ctx = disk, .sectors = disk->sectors };
}

static inline void board_insert_floppy(struct board *b)
{
    b->config.drive[DRIVE_FLOPPY_A] = board_drive(&b->floppy);
}

static inline void board_insert_disk(struct board *b)
{
    b->config.drive[DRIVE_HD0] = board_drive(&b->disk);
}

static inline size_t board_load(const char *name, uint8_t *to, size_t most)
{
    const char *folder = getenv("TEST_GUESTS");
    char path[512];
    snprintf(path, sizeof path, "%s/%s.bin", folder ? folder : "build/tests/guests", name);
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s is not there; make builds it", path);
    size_t size = fread(to, 1, most, file);
    fclose(file);
    assert_true(size > 0);
    return size;
}

static inline void board_build(struct board *b)
{
    char error[200] = "";
    b->m = machine_create(&b->config, error, sizeof error);
    if (!b->m)
        fail_msg("%s", error);
}

static inline void board_end(struct board *b)
{
    machine_destroy(b->m);
    free(b->floppy.data);
    free(b->disk.data);
    free(b);
}

static inline void board_run(struct board *b, uint64_t ticks)
{
    struct stop stop;
    machine_run(b->m, machine_tick(b->m) + ticks, &stop);
}

/* Runs the guest that was put into a drive; every comparison must hold, and there must be as many as it makes. */
static inline void board_holds(struct board *b, const char *name, unsigned comparisons)
{
    struct stop stop;
    unsigned held = 0, failed = 0;
    if (!b->m)
        board_build(b);
    machine_run(b->m, BOARD_SECONDS * TICKS_PER_SECOND, &stop);
    if (stop.reason != STOP_INTERRUPTED)
        fail_msg("%s stopped for reason %d after: %s", name, stop.reason, b->log);
    for (char *line = strtok(b->log, "\n"); line; line = strtok(NULL, "\n")) {
        held += strncmp(line, "ok ", 3) == 0;
        if (strncmp(line, "FAILED ", 7) == 0) {
            failed++;
            print_message("%s: %s\n", name, line);
        }
    }
    assert_int_equal(failed, 0);
    assert_int_equal(held, comparisons);
}

/* The timing modes that a test of all of them runs in: waiting loops are long under a sanitizer. */
#ifdef __SANITIZE_ADDRESS__
enum { BOARD_MODES = TIMING_FAST + 1 };
#else
enum { BOARD_MODES = TIMING_CYCLE + 1 };
#endif

/* The text screen, a line a row. */
static inline void board_screen(struct board *b, char *text, size_t size)
{
    struct screen screen;
    size_t n = 0;
    machine_screen(b->m, &screen);
    for (unsigned row = 0; row < screen.rows; row++)
        for (unsigned column = 0; column <= screen.columns && n + 1 < size; column++)
            text[n++] = column == screen.columns ? '\n' : (char)screen.cell[row][column].code;
    text[n] = 0;
}

#endif
