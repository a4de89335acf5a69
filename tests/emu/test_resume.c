/* Saving, loading into another machine and going on, at every instruction of tests/guests/resume.asm: real, protected
 * and V86 mode, paging, tasks, x87, repeated strings with interrupts in flight, HLT, floppy DMA and a hard disk. A
 * machine that was handed from one state to the next all the way has to end as one that was left alone.
 *
 * A sanitizer makes this many times slower; then the state is handed on at every eleventh stop only. */
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
#include "emu/state.h"

#ifdef __SANITIZE_ADDRESS__
enum { STOPS_PER_LOAD = 11 };
#else
enum { STOPS_PER_LOAD = 1 };
#endif

enum { ENTRY = 0x7C00, EXIT_PORT = 0xF4, RESULTS = 0x600, LOADS_PER_FRESH = 40, STOPS_PER_HASH = 50,
       STOPS_PER_KEY = 400, STOPS_MAX = 100000, DISKS = 2 };

/* While the processor is halted, every other stop comes after so many ticks. */
enum { HALTED_TICKS = 5000 };

static uint8_t guest[0x2000];
static size_t guest_size;
static uint8_t disk_bytes[DISKS][1 << 20];

/* --- Disks: read only, so that all machines may share them --- */

static int read_sectors(void *ctx, uint64_t lba, void *buffer, uint32_t count)
{
    memcpy(buffer, (uint8_t *)ctx + lba * 512, (size_t)count * 512);
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

static struct drive_config drive(unsigned number, uint64_t sectors)
{
    static const struct disk_ops ops = { read_sectors, write_sectors, flush_disk };
    return (struct drive_config){ .ops = &ops, .ctx = disk_bytes[number], .sectors = sectors, .read_only = true };
}

static int load_guest(void **state)
{
    char path[512];
    const char *folder = getenv("TEST_GUESTS");
    (void)state;
    snprintf(path, sizeof path, "%s/resume.bin", folder ? folder : "build/tests/guests");
    FILE *file = fopen(path, "rb");
    guest_size = file ? fread(guest, 1, sizeof guest, file) : 0;
    if (file)
        fclose(file);
    if (!guest_size)
        print_error("%s cannot be read\n", path);
    for (unsigned i = 0; i < DISKS; i++)
        for (size_t at = 0; at < sizeof disk_bytes[i]; at++)
            disk_bytes[i][at] = (uint8_t)(at * 7 + (at >> 9) + i);
    return guest_size ? 0 : -1;
}

/* --- Machines --- */

static struct machine *fresh_machine(enum timing_mode timing)
{
    enum { FLOPPY_720K = 1440, DISK_1MB = 2048 };
    struct machine_config config;
    char error[200] = "";
    machine_config_defaults(&config);
    config.timing = timing;
    config.ram_kb = 1024;
    config.video_kb = 512;
    config.debug_exit_port = EXIT_PORT;
    config.stop_on_shutdown = true;
    config.drive[DRIVE_FLOPPY_A] = drive(0, FLOPPY_720K);
    config.drive[DRIVE_HD0] = drive(1, DISK_1MB);
    struct machine *m = machine_create(&config, error, sizeof error);
    assert_string_equal(error, "");
    return m;
}

/* The BIOS finds no boot sector; then the guest begins. */
static struct machine *machine_with_guest(enum timing_mode timing)
{
    struct machine *m = fresh_machine(timing);
    struct stop stop;
    machine_run(m, 3 * TICKS_PER_SECOND, &stop);
    assert_int_equal(inspect_poke(m, ENTRY, guest, guest_size), guest_size);
    assert_true(inspect_set_register(m, NAME_SEG + SEG_CS, 0));
    assert_true(inspect_set_register(m, NAME_EIP, ENTRY));
    return m;
}

static struct state save(struct machine *m)
{
    struct state saved;
    state_begin_save(&saved);
    machine_visit(m, &saved);
    assert_string_equal(saved.error, "");
    return saved;
}

static void load(struct machine *m, const struct state *saved)
{
    struct state s;
    state_begin_load(&s, saved->data, saved->size);
    machine_visit(m, &s);
    assert_string_equal(s.error, "");
}

/* To the next stop: the end of one instruction, or some time in HLT. False: the guest has ended. */
static bool run_on(struct machine *m, unsigned number)
{
    struct registers regs;
    struct stop stop;
    if (number % STOPS_PER_KEY == 0)
        machine_key(m, (uint8_t)(number / STOPS_PER_KEY));
    inspect_registers(m, &regs);
    if (regs.halted && number % 2 == 0)
        machine_step(m, 1, &stop);
    else
        machine_run(m, machine_tick(m) + (regs.halted ? HALTED_TICKS : 1), &stop);
    assert_int_not_equal(stop.reason, STOP_SHUTDOWN);
    assert_int_not_equal(stop.reason, STOP_HALTED);
    return stop.reason != STOP_EXIT;
}

static void all_parts_were_done(struct machine *m)
{
    enum { TICKS, KEYS, FLOPPY, DISK, TASK, NO_DEVICE, V86_CALLS, COUNTS };
    static const uint16_t least[COUNTS] = { 8, 3, 1, 1, 30, 30, 40 };
    uint8_t bytes[COUNTS * 2];
    assert_int_equal(inspect_peek_physical(m, RESULTS, bytes, sizeof bytes), sizeof bytes);
    for (unsigned i = 0; i < COUNTS; i++)
        assert_in_range(bytes[2 * i] | bytes[2 * i + 1] << 8, least[i], 0xFFFF);
}

/* --- The tests --- */

/* What goes from one machine to the next. */
struct relay {
    struct machine *machine[2];
    unsigned runner;            /* which of the two goes on */
    unsigned loads;
    enum timing_mode timing;
};

static void hand_on(struct relay *relay)
{
    struct state saved = save(relay->machine[relay->runner]);
    struct machine **next = &relay->machine[relay->runner ^= 1];
    if (relay->loads++ % LOADS_PER_FRESH == 0) {
        machine_destroy(*next);
        *next = fresh_machine(relay->timing);
    }
    load(*next, &saved);
    free(saved.data);
}

static void compare(struct machine *alone, struct machine *handed, unsigned stop)
{
    if (machine_hash(alone) == machine_hash(handed))
        return;
    struct registers regs;
    inspect_registers(alone, &regs);
    fail_msg("differs at stop %u, before %04X:%08X", stop, regs.seg[SEG_CS].selector, regs.eip);
}

static void resumes_everywhere(enum timing_mode timing)
{
    struct machine *alone = machine_with_guest(timing);
    struct relay relay = { { machine_with_guest(timing), fresh_machine(timing) }, 0, 0, timing };
    unsigned stops = 0;
    for (bool on = true; on; stops++) {
        assert_in_range(stops, 0, STOPS_MAX);
        if (stops % STOPS_PER_LOAD == 0)
            hand_on(&relay);
        on = run_on(alone, stops);
        assert_int_equal(run_on(relay.machine[relay.runner], stops), on);
        assert_int_equal(machine_icount(alone), machine_icount(relay.machine[relay.runner]));
        assert_int_equal(machine_tick(alone), machine_tick(relay.machine[relay.runner]));
        if (stops % STOPS_PER_HASH == 0 || !on)
            compare(alone, relay.machine[relay.runner], stops);
    }
    all_parts_were_done(alone);
    assert_in_range(stops, 3000, STOPS_MAX);
    machine_destroy(alone);
    machine_destroy(relay.machine[0]);
    machine_destroy(relay.machine[1]);
}

static void resumes_at_every_instruction_in_fast_mode(void **state)
{
    (void)state;
    resumes_everywhere(TIMING_FAST);
}

static void resumes_at_every_instruction_in_table_mode(void **state)
{
    (void)state;
    resumes_everywhere(TIMING_TABLE);
}

static void resumes_at_every_instruction_in_cycle_mode(void **state)
{
    (void)state;
    resumes_everywhere(TIMING_CYCLE);
}

/* One resumption, at some points on the way, and then the same end. */
static void resuming_once_gives_the_same_end(void **state)
{
    enum { POINTS = 12, POINT_STOPS = 331 };
    (void)state;
    struct machine *m = machine_with_guest(TIMING_TABLE);
    struct state points[POINTS];
    unsigned stops = 0, count = 0;
    do
        if (stops % POINT_STOPS == 0 && count < POINTS)
            points[count++] = save(m);
    while (run_on(m, stops++));
    assert_int_equal(count, POINTS);
    uint64_t hash = machine_hash(m);
    machine_destroy(m);
    for (unsigned i = 0; i < POINTS; i++) {
        m = fresh_machine(TIMING_TABLE);
        load(m, &points[i]);
        for (stops = i * POINT_STOPS; run_on(m, stops); stops++)
            ;
        assert_true(machine_hash(m) == hash);
        machine_destroy(m);
        free(points[i].data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resumes_at_every_instruction_in_fast_mode),
        cmocka_unit_test(resumes_at_every_instruction_in_table_mode),
        cmocka_unit_test(resumes_at_every_instruction_in_cycle_mode),
        cmocka_unit_test(resuming_once_gives_the_same_end),
    };
    return cmocka_run_group_tests(tests, load_guest, NULL);
}
