/* A guest that reads a floppy disk through our BIOS, tests/guests/time_floppy.asm, with real latencies: each read takes
 * what 300 rpm, the track's layout, the step rate, settling and the motor dictate, and the BIOS's work is small enough
 * that it loses no revolution where a program can do without one. */
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

#define MS            TICKS_PER_MS
#define REVOLUTION    (TICKS_PER_SECOND / 5)
#define BYTE          (16 * TICKS_PER_US)       /* 8 bits at 500 kbit/s */

/* System 34: gaps and mark after the index; sync, mark, ID, CRC, gap 2, sync, mark, data, CRC; gap 3. */
enum { PREAMBLE = 80 + 12 + 4 + 50, SECTOR = 12 + 4 + 4 + 2 + 22 + 12 + 4 + 512 + 2, PITCH = SECTOR + 0x6C };
enum { SECTORS = 2880, BUFFER = 0x10000, EXIT_PORT = 0xF4, MARKS = 40 };

static uint8_t image[SECTORS * 512];

static int load_guest(void **state)
{
    char path[512];
    const char *folder = getenv("TEST_GUESTS");
    (void)state;
    snprintf(path, sizeof path, "%s/time_floppy.bin", folder ? folder : "build/tests/guests");
    FILE *file = fopen(path, "rb");
    if (!file || fread(image, 1, 512, file) != 512) {
        print_error("%s cannot be read\n", path);
        return -1;
    }
    for (unsigned i = 512; i < sizeof image; i++)
        image[i] = (uint8_t)(i / 512 + i % 512 * 3);
    return fclose(file);
}

static int read_sectors(void *ctx, uint64_t lba, void *buffer, uint32_t count)
{
    memcpy(buffer, (const uint8_t *)ctx + lba * 512, (size_t)count * 512);
    return 0;
}

static int write_sectors(void *ctx, uint64_t lba, const void *data, uint32_t count)
{
    (void)ctx, (void)lba, (void)data, (void)count;
    return -1;
}

static int flush_disk(void *ctx)
{
    (void)ctx;
    return 0;
}

/* What the guest said, and when; and what was in its buffer then. */
struct log {
    struct machine *m;
    unsigned count;
    struct { uint8_t byte; uint64_t tick; } mark[MARKS];
};

static void note(void *ctx, uint8_t byte)
{
    struct log *log = ctx;
    assert_true(log->count < MARKS);
    log->mark[log->count].byte = byte;
    log->mark[log->count++].tick = machine_tick(log->m);
}

static struct log run_guest(enum timing_mode timing)
{
    static const struct disk_ops ops = { read_sectors, write_sectors, flush_disk };
    struct machine_config config;
    struct log log = { 0 };
    struct stop stop;
    char error[200] = "";
    machine_config_defaults(&config);
    config.timing = timing;
    config.ram_kb = 1024;
    config.debug_exit_port = EXIT_PORT;
    config.debugcon = (struct byte_sink){ note, &log };
    config.drive[DRIVE_FLOPPY_A] = (struct drive_config){ .ops = &ops, .ctx = image, .sectors = SECTORS,
                                                          .read_only = true };
    log.m = machine_create(&config, error, sizeof error);
    assert_string_equal(error, "");
    assert_int_equal(machine_run(log.m, 60 * TICKS_PER_SECOND, &stop), STOP_EXIT);
    machine_destroy(log.m);
    return log;
}

static uint64_t tick_of(const struct log *log, uint8_t byte)
{
    for (unsigned i = 0; i < log->count; i++)
        if (log->mark[i].byte == byte)
            return log->mark[i].tick;
    fail_msg("the guest did not say %c", byte);
    return 0;
}

/* When sector S, from 1, of a track begins to pass, not before FROM. */
static uint64_t begins(unsigned s, uint64_t from)
{
    uint64_t place = (PREAMBLE + (uint64_t)PITCH * (s - 1)) * BYTE;
    uint64_t tick = from / REVOLUTION * REVOLUTION + place;
    return tick < from ? tick + REVOLUTION : tick;
}

static uint64_t ends(unsigned s, unsigned count, uint64_t from)
{
    return begins(s, from) + (uint64_t)(PITCH * (count - 1) + SECTOR) * BYTE;
}

/* The program's own work is in what was measured, but it is less than a millisecond. */
static void within_a_millisecond(uint64_t tick, uint64_t expected)
{
    assert_in_range(tick, expected, expected + MS);
}

static void check_times(const struct log *log)
{
    uint64_t motor = tick_of(log, 'M'), k = tick_of(log, 'K'), r = tick_of(log, 'R');
    /* The BIOS waits a second for the motor (INT 1Eh: 8/8 s), to within a tick of its clock, then loads the head. */
    assert_true(tick_of(log, 'm') - motor >= 1000 * MS);
    assert_true(tick_of(log, 'm') - motor <= 1000 * MS + 55 * MS + REVOLUTION + (uint64_t)SECTOR * BYTE);
    within_a_millisecond(tick_of(log, 't'), ends(1, 18, tick_of(log, 'T')));
    within_a_millisecond(tick_of(log, 'h'), ends(1, 18, tick_of(log, 'H')));
    assert_true(tick_of(log, 'h') - tick_of(log, 't') < REVOLUTION + MS);
    within_a_millisecond(tick_of(log, 'c'), ends(1, 18, ends(1, 18, tick_of(log, 'C'))));
    within_a_millisecond(tick_of(log, 's'), ends(1, 18, tick_of(log, 'S')));
    within_a_millisecond(tick_of(log, 'd'), ends(1, 18, tick_of(log, 'D')) + 17 * REVOLUTION);
    /* Steps of 3 ms, 15 ms in which the BIOS lets the head settle, the sector. */
    within_a_millisecond(tick_of(log, 'k'), ends(5, 1, k + 40 * 3 * MS + 15 * MS));
    within_a_millisecond(tick_of(log, 'r'), ends(9, 1, r + 33 * 3 * MS + 15 * MS));
    within_a_millisecond(tick_of(log, 'v'), ends(1, 18, tick_of(log, 'V')));
}

static void reading_through_the_bios_takes_what_the_drive_takes(void **state)
{
    (void)state;
    struct log table = run_guest(TIMING_TABLE), cycle = run_guest(TIMING_CYCLE);
    check_times(&table);
    check_times(&cycle);
}

static void two_runs_give_the_same_log(void **state)
{
    (void)state;
    struct log a = run_guest(TIMING_TABLE), b = run_guest(TIMING_TABLE);
    a.m = b.m = NULL;
    assert_int_equal(a.count, b.count);
    assert_memory_equal(a.mark, b.mark, sizeof a.mark);
}

/* The same reads without mechanics: done in no time, all of them. */
static void fast_mode_does_not_wait_for_the_disk(void **state)
{
    (void)state;
    struct log log = run_guest(TIMING_FAST);
    assert_int_equal(log.count, 18);
    assert_true(tick_of(&log, 'v') - tick_of(&log, 'T') < 200 * MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_through_the_bios_takes_what_the_drive_takes),
        cmocka_unit_test(two_runs_give_the_same_log),
        cmocka_unit_test(fast_mode_does_not_wait_for_the_disk),
    };
    return cmocka_run_group_tests(tests, load_guest, NULL);
}
