/* The guests of tests/guests do the same in every timing mode, as far as they do not look at time.
 *
 * Guests that log what they find boot from a floppy and must write the same, and leave the same on disks and by the
 * same door. Guests that only compute are brought to where their work begins, once; from that state they go on in each
 * mode with interrupts off, and must agree in every register and byte of memory. What is left out, and why, is in
 * excluded[]; a guest in neither table fails. */
#include "tests/emu/guest_disk.h"

#include <dirent.h>

#include "emu/inspect.h"
#include "emu/state.h"

enum { FLOPPY_SECTORS = 2880, DISK_SECTORS = 40960, DISKS = 2, EXIT_PORT = 0xF4, LOG_MAX = 0x8000,
       MODES = TIMING_CYCLE + 1, SECONDS = 60, RAM_KB = 1024 };

/* They end by writing "end", or by the exit port. A sanitizer makes the BIOS's waiting loops long: then the first few
 * must do. */
static const char *const logging[] = {
    "end_write", "end_geometry", "bios_system", "bios_disk", "bios_video", "bios_keyboard", "bios_reset",
    "bios_video_ps2", "bios_coprocessor",
};
#ifdef __SANITIZE_ADDRESS__
enum { LOGGING_RUN = 2 };
#else
enum { LOGGING_RUN = sizeof logging / sizeof *logging };
#endif

/* They mark the beginning and the end of their work at port E9h. INSTRUCTIONS: after how many they are compared, 0: at
 * the end, for a repeated instruction that lets events in counts more than once. */
static const struct { const char *name; uint64_t instructions; } computing[] = {
    { "bench_mix", 150001 }, { "bench_protected", 150001 }, { "bench_x87", 150001 }, { "bench_string", 0 },
};

static const struct { const char *name, *why; } excluded[] = {
    { "bench_ports", "reads the timer" },
    { "bench_planar", "tests/emu/test_pictures.c does the same in every mode, shorter" },
    { "bios_cmos", "tests/emu/bios/test_boot.c runs it in every mode" }, { "bios_resident", "as above" },
    { "bios_floppy", "tests/emu/bios/test_bios_floppy.c runs it in every mode, with two drives" },
    { "bios_no_floppy", "as above" }, { "end_floppy", "waits for keys" },
    { "bios_vbe", "tests/emu/bios/test_bios.c runs it; it fills 40 MB of video memory, too much for three modes" },
    { "bios_cd", "tests/emu/bios/test_bios_cd.c runs it in every mode, from a CD" },
    { "bios_torito", "as above" }, { "bios_torito_boot", "test_bios_cd.c fills it in and boots it from a CD" },
    { "bios_geometry", "tests/emu/bios/test_bios_geometry.c runs it in every mode, with four disks" },
    { "bios_a20", "tests/emu/bios/test_start.c runs it in every mode" }, { "bios_start", "as above" },
    { "bios_rom", "is an option ROM" }, { "end_overlay", "tests/end/test_overlay.c compares what it finds" },
    { "bios_trace", "tests/emu/bios/test_boot.c compares it with what was executed" },
    { "bios_services", "tests/emu/bios/test_services.c runs it in every mode, with a serial line and a joystick" },
    { "end_count", "goes on for ever, under the timer's interrupts" },
    { "end_sound", "plays, and writes nothing" },
    { "end_echo", "waits for a serial line" },
    { "end_mouse", "waits for a mouse" },
    { "bios_mouse", "waits for a mouse" },
    { "end_ports", "prints the time of day" },
    { "fpu_irq13", "is put into a machine by tests/emu/test_fpu_board.c" },
    { "machine_busy", "tests/emu/test_machine.c compares what it leaves in every mode" },
    { "measure", "measures time" },
    { "privileged_alignment", "tests/end/test_privileged.c compares the logs of privileged_* in every mode" },
    { "privileged_debug", "as above" }, { "privileged_fpu", "as above" }, { "privileged_gates", "as above" },
    { "privileged_iobitmap", "as above" }, { "privileged_machines", "as above" },
    { "privileged_paging", "as above" }, { "privileged_real", "as above" }, { "privileged_segments", "as above" },
    { "privileged_tasks", "as above" }, { "privileged_v86", "as above" }, { "privileged_vme", "as above" },
    { "resume", "is all interrupts; tests/emu/test_resume.c runs it in every mode" },
    { "sequences", "is for tests/emu/timing/test_sequences.c, and measured from outside" },
    { "stale_queue", "is about the difference" },
    { "time_floppy", "is timed from outside" },
};

/* --- Machines --- */

struct run {
    struct machine *m;
    struct guest_disk disk[DISKS];
    bool stop_at_mark;
    char log[LOG_MAX];
    size_t length;
};

static void put(void *ctx, uint8_t byte)
{
    struct run *run = ctx;
    if (run->length < LOG_MAX - 1)
        run->log[run->length++] = (char)byte;
    if (run->stop_at_mark || strcmp(run->log + (run->length < 4 ? 0 : run->length - 4), "end\n") == 0)
        machine_interrupt(run->m);
}

/* To be freed by end(). */
static struct run *begin(const char *name, enum timing_mode timing)
{
    struct run *run = calloc(1, sizeof *run);
    struct machine_config config;
    char error[200] = "";
    assert_non_null(run);
    machine_config_defaults(&config);
    config.timing = timing;
    config.ram_kb = RAM_KB;
    config.video_kb = 512;
    config.debug_exit_port = EXIT_PORT;
    config.debugcon = (struct byte_sink){ put, run };
    for (unsigned i = 0; i < DISKS; i++) {
        run->disk[i] = guest_disk_create(i ? DISK_SECTORS : FLOPPY_SECTORS);
        config.drive[i ? DRIVE_HD0 : DRIVE_FLOPPY_A] = guest_disk_drive(&run->disk[i]);
    }
    guest_load(name, run->disk[0].bytes, run->disk[0].sectors * 512);
    run->m = machine_create(&config, error, sizeof error);
    assert_string_equal(error, "");
    return run;
}

static void end(struct run *run)
{
    machine_destroy(run->m);
    for (unsigned i = 0; i < DISKS; i++)
        free(run->disk[i].bytes);
    free(run);
}

/* --- Guests that log --- */

static struct run *run_logging(const char *name, enum timing_mode timing, struct stop *stop)
{
    struct run *run = begin(name, timing);
    machine_run(run->m, SECONDS * TICKS_PER_SECOND, stop);
    if (stop->reason != STOP_INTERRUPTED && stop->reason != STOP_EXIT)
        fail_msg("%s in mode %d does not end: %s", name, (int)timing, run->log);
    return run;
}

static void logs_are_the_same(const char *name)
{
    struct stop first_stop, stop;
    struct run *first = run_logging(name, TIMING_FAST, &first_stop);
    for (enum timing_mode timing = TIMING_TABLE; timing <= TIMING_CYCLE; timing++) {
        struct run *run = run_logging(name, timing, &stop);
        assert_string_equal(run->log, first->log);
        assert_int_equal(stop.reason, first_stop.reason);
        if (stop.reason == STOP_EXIT)
            assert_int_equal(stop.exit_code, first_stop.exit_code);
        for (unsigned i = 0; i < DISKS; i++)
            assert_memory_equal(run->disk[i].bytes, first->disk[i].bytes, run->disk[i].sectors * 512);
        end(run);
    }
    end(first);
}

static void guests_log_the_same_in_every_mode(void **state)
{
    (void)state;
    for (size_t i = 0; i < LOGGING_RUN; i++)
        logs_are_the_same(logging[i]);
}

/* --- Guests that compute --- */

static struct state state_at_mark(const char *name)
{
    struct run *run = begin(name, TIMING_FAST);
    struct registers registers;
    struct state saved;
    struct stop stop;
    run->stop_at_mark = true;
    assert_int_equal(machine_run(run->m, SECONDS * TICKS_PER_SECOND, &stop), STOP_INTERRUPTED);
    inspect_registers(run->m, &registers);
    assert_true(inspect_set_register(run->m, NAME_EFLAGS, registers.eflags & ~(1u << 9)));
    state_begin_save(&saved);
    machine_visit(run->m, &saved);
    assert_string_equal(saved.error, "");
    end(run);
    return saved;
}

/* A machine that has gone on from SAVED for COUNT instructions, or to its next mark. */
static struct run *computed(const char *name, const struct state *saved, enum timing_mode timing, uint64_t count)
{
    struct run *run = begin(name, timing);
    char error[200] = "";
    struct state s;
    struct stop stop;
    state_begin_load(&s, saved->data, saved->size);
    machine_visit(run->m, &s);
    assert_string_equal(s.error, "");
    assert_true(machine_set_timing(run->m, timing, error, sizeof error));
    run->stop_at_mark = !count;
    machine_step(run->m, count ? count : UINT64_MAX, &stop);
    assert_int_equal(stop.reason, count ? STOP_STEPPED : STOP_INTERRUPTED);
    return run;
}

static void same_registers(struct machine *a, struct machine *b)
{
    struct registers x, y;
    struct fpu_view f, g;
    inspect_registers(a, &x);
    inspect_registers(b, &y);
    assert_memory_equal(x.r, y.r, sizeof x.r);
    assert_int_equal(x.eip, y.eip);
    assert_int_equal(x.eflags, y.eflags);
    assert_int_equal(x.cr0, y.cr0);
    assert_int_equal(x.cr3, y.cr3);
    for (unsigned i = 0; i < SEGS; i++) {
        assert_int_equal(x.seg[i].selector, y.seg[i].selector);
        assert_int_equal(x.seg[i].base, y.seg[i].base);
        assert_int_equal(x.seg[i].limit, y.seg[i].limit);
    }
    inspect_fpu(a, &f);
    inspect_fpu(b, &g);
    assert_int_equal(f.status, g.status);
    assert_int_equal(f.control, g.control);
    assert_int_equal(f.tags, g.tags);
    for (unsigned i = 0; i < 8; i++) {
        assert_true(f.reg[i].significand == g.reg[i].significand);
        assert_int_equal(f.reg[i].sign_exponent, g.reg[i].sign_exponent);
    }
}

static void same_memory(struct machine *a, struct machine *b)
{
    static uint8_t x[0x10000], y[0x10000];
    for (uint32_t at = 0; at < RAM_KB * 1024; at += sizeof x) {
        assert_int_equal(inspect_peek_physical(a, at, x, sizeof x), sizeof x);
        assert_int_equal(inspect_peek_physical(b, at, y, sizeof y), sizeof y);
        assert_memory_equal(x, y, sizeof x);
    }
}

static void results_are_the_same(const char *name, uint64_t count)
{
    struct state saved = state_at_mark(name);
    struct run *first = computed(name, &saved, TIMING_FAST, count);
    for (enum timing_mode timing = TIMING_TABLE; timing <= TIMING_CYCLE; timing++) {
        struct run *run = computed(name, &saved, timing, count);
        assert_int_equal(machine_timing(run->m), timing);
        same_registers(first->m, run->m);
        same_memory(first->m, run->m);
        end(run);
    }
    end(first);
    free(saved.data);
}

static void guests_compute_the_same_in_every_mode(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof computing / sizeof *computing; i++)
        results_are_the_same(computing[i].name, computing[i].instructions);
}

/* --- The tables are whole --- */

static bool is_listed(const char *name, size_t length)
{
    bool found = false;
    for (size_t i = 0; i < sizeof logging / sizeof *logging; i++)
        found |= strlen(logging[i]) == length && strncmp(name, logging[i], length) == 0;
    for (size_t i = 0; i < sizeof computing / sizeof *computing; i++)
        found |= strlen(computing[i].name) == length && strncmp(name, computing[i].name, length) == 0;
    for (size_t i = 0; i < sizeof excluded / sizeof *excluded; i++)
        found |= strlen(excluded[i].name) == length && strncmp(name, excluded[i].name, length) == 0;
    return found;
}

static void every_guest_is_compared_or_excluded(void **state)
{
    (void)state;
    struct dirent *entry;
    unsigned guests = 0;
    DIR *folder = opendir("tests/guests");
    assert_non_null(folder);
    while ((entry = readdir(folder))) {
        size_t length = strlen(entry->d_name);
        if (length < 5 || strcmp(entry->d_name + length - 4, ".asm") != 0)
            continue;
        if (strncmp(entry->d_name, "picture_", strlen("picture_")) == 0)
            continue;                   /* tests/emu/test_pictures.c runs these, in all modes */
        if (strncmp(entry->d_name, "chip_", strlen("chip_")) == 0)
            continue;                   /* tests/end/test_chips.c compares their logs, in all modes */
        if (strncmp(entry->d_name, "monitor", strlen("monitor")) == 0)
            continue;                   /* tests/emu/bios runs these in all modes; they want 16 MB */
        guests++;
        if (!is_listed(entry->d_name, length - 4))
            fail_msg("%s is in no table", entry->d_name);
    }
    closedir(folder);
    assert_int_equal(guests, sizeof logging / sizeof *logging + sizeof computing / sizeof *computing +
                                 sizeof excluded / sizeof *excluded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guests_log_the_same_in_every_mode),
        cmocka_unit_test(guests_compute_the_same_in_every_mode),
        cmocka_unit_test(every_guest_is_compared_or_excluded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
