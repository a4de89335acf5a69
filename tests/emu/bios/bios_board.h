/* A machine with our own ROMs and disks in memory, for the tests of the BIOS. Guests of tests/guests write a line a
 * comparison to port E9h ("ok NAME", "FAILED NAME ...") and "end" at last; see tests/guests/bios_guest.inc. */
#ifndef TESTS_EMU_BIOS_BIOS_BOARD_H
#define TESTS_EMU_BIOS_BIOS_BOARD_H

#include "tests/emu/guest_disk.h"

#include "emu/inspect.h"

enum { BOARD_FLOPPY_SECTORS = 2880, BOARD_DISK_SECTORS = 40960, BOARD_LOG = 65536, BOARD_SECONDS = 200 };

struct board {
    struct machine_config config;       /* to be changed between board_begin() and board_build() */
    struct machine *m;
    struct guest_disk floppy, disk;
    char log[BOARD_LOG];                /* port E9h */
    size_t length;
    char sent[256];                     /* serial port 1 */
    size_t sent_length;
    char printed[8192];                 /* parallel port 1 */
    size_t printed_length;
};

/* Does the log end with LINE? */
static inline bool board_said(const struct board *b, const char *line)
{
    size_t length = strlen(line);
    return b->length >= length && strcmp(b->log + b->length - length, line) == 0;
}

static inline void board_put(void *ctx, uint8_t byte)
{
    struct board *b = ctx;
    if (b->length < BOARD_LOG - 1)
        b->log[b->length++] = (char)byte;
    if (board_said(b, "\nend\n"))
        machine_interrupt(b->m);
}

/* To be freed by board_end(). The floppy and the hard disk are there but blank, and not yet in their drives. */
static inline struct board *board_begin(void)
{
    struct board *b = calloc(1, sizeof *b);
    assert_non_null(b);
    b->floppy = guest_disk_create(BOARD_FLOPPY_SECTORS);
    b->disk = guest_disk_create(BOARD_DISK_SECTORS);
    machine_config_defaults(&b->config);
    b->config.debugcon = (struct byte_sink){ board_put, b };
    return b;
}

static inline void board_insert_floppy(struct board *b)
{
    b->config.drive[DRIVE_FLOPPY_A] = guest_disk_drive(&b->floppy);
}

static inline void board_insert_disk(struct board *b)
{
    b->config.drive[DRIVE_HD0] = guest_disk_drive(&b->disk);
}

/* Puts the guest NAME into drive A. */
static inline void board_insert_guest(struct board *b, const char *name)
{
    guest_load(name, b->floppy.bytes, BOARD_FLOPPY_SECTORS * 512);
    board_insert_floppy(b);
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
    free(b->floppy.bytes);
    free(b->disk.bytes);
    free(b);
}

static inline void board_run(struct board *b, uint64_t ticks)
{
    struct stop stop;
    machine_run(b->m, machine_tick(b->m) + ticks, &stop);
}

/* Runs until the guest writes LINE, at which the log's sink must interrupt. */
static inline void board_run_to(struct board *b, const char *line)
{
    struct stop stop;
    if (!b->m)
        board_build(b);
    machine_run(b->m, machine_tick(b->m) + BOARD_SECONDS * TICKS_PER_SECOND, &stop);
    if (stop.reason != STOP_INTERRUPTED || !board_said(b, line))
        fail_msg("stopped for reason %d after: %s", stop.reason, b->log);
}

/* Runs the guest that was put into a drive; every comparison must hold, and there must be as many as it makes. */
static inline void board_holds(struct board *b, const char *name, unsigned comparisons)
{
    unsigned held = 0, failed = 0;
    board_run_to(b, "\nend\n");
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
