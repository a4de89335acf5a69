/* The machine as a whole: the same run every time, alone or beside another, saved and loaded or not, watched or not.
 * The guest tests/guests/machine_busy.asm takes interrupts, changes its own code and moves strings; it is put at
 * 0:7C00 of a machine whose BIOS has set it up. */
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

enum { ENTRY = 0x7C00, ROUNDS_AT = 0x500, RESULTS_AT = 0x600, RESULTS = 256, EXIT_PORT = 0xF4 };

static uint8_t guest_code[512];

static int load_guest(void **state)
{
    char path[512];
    const char *folder = getenv("TEST_GUESTS");
    (void)state;
    snprintf(path, sizeof path, "%s/machine_busy.bin", folder ? folder : "build/tests/guests");
    FILE *file = fopen(path, "rb");
    if (!file || fread(guest_code, 1, sizeof guest_code, file) != sizeof guest_code) {
        print_error("%s cannot be read\n", path);
        return -1;
    }
    return fclose(file);
}

static struct machine *bare_machine(enum timing_mode timing)
{
    struct machine_config config;
    char error[200] = "";
    machine_config_defaults(&config);
    config.timing = timing;
    config.ram_kb = 1024;
    config.debug_exit_port = EXIT_PORT;
    config.stop_on_shutdown = true;
    struct machine *m = machine_create(&config, error, sizeof error);
    assert_string_equal(error, "");
    assert_non_null(m);
    return m;
}

static void save(struct machine *m, struct state *s)
{
    state_begin_save(s);
    machine_visit(m, s);
    assert_string_equal(s->error, "");
}

static void load(struct machine *m, const struct state *saved)
{
    struct state s;
    state_begin_load(&s, saved->data, saved->size);
    machine_visit(m, &s);
    assert_string_equal(s.error, "");
}

static struct state after_bios[TIMING_CYCLE + 1];

static int forget_states(void **state)
{
    (void)state;
    for (unsigned i = 0; i <= TIMING_CYCLE; i++)
        free(after_bios[i].data);
    return 0;
}

/* Goes on to where nothing waits for the BIOS: it neither sleeps nor is in an interrupt. */
static void leave_bios(struct machine *m)
{
    struct registers regs;
    struct pic_view pic[2];
    struct stop stop;
    for (unsigned i = 0; i < 10000; i++) {
        inspect_registers(m, &regs);
        inspect_pic(m, pic);
        if (!regs.halted && !pic[0].isr && !pic[1].isr)
            return;
        machine_step(m, 1, &stop);
    }
    fail();
}

/* Two seconds of the BIOS's work (no disk: it waits), once for each mode, then the guest. */
static struct machine *machine_with_guest(enum timing_mode timing)
{
    struct machine *m = bare_machine(timing);
    struct stop stop;
    if (after_bios[timing].data) {
        load(m, &after_bios[timing]);
    } else {
        machine_run(m, 2 * TICKS_PER_SECOND, &stop);
        leave_bios(m);
        save(m, &after_bios[timing]);
    }
    assert_int_equal(inspect_poke(m, ENTRY, guest_code, sizeof guest_code), sizeof guest_code);
    assert_true(inspect_set_register(m, NAME_SEG + SEG_CS, 0));
    assert_true(inspect_set_register(m, NAME_EIP, ENTRY));
    return m;
}

/* What tells two runs apart. */
struct trail { uint64_t hash, tick, icount; };

static struct trail trail_of(struct machine *m)
{
    return (struct trail){ machine_hash(m), machine_tick(m), machine_icount(m) };
}

static void same_trail(const struct trail *a, const struct trail *b)
{
    assert_int_equal(a->icount, b->icount);
    assert_int_equal(a->tick, b->tick);
    assert_true(a->hash == b->hash);
}

/* The input that every run gets: a key each two milliseconds from NUMBER on. */
static void run_pieces(struct machine *m, unsigned number, unsigned pieces)
{
    struct stop stop;
    for (unsigned i = number; i < number + pieces; i++) {
        machine_key(m, (uint8_t)(0x10 + i % 8));
        machine_key(m, (uint8_t)(0x90 + i % 8));
        machine_step(m, 3000, &stop);
    }
}

enum { PIECES = 12 };

static struct trail plain_run(enum timing_mode timing)
{
    struct machine *m = machine_with_guest(timing);
    run_pieces(m, 0, PIECES);
    struct trail trail = trail_of(m);
    machine_destroy(m);
    return trail;
}

enum { MODES = 3 };
static const enum timing_mode modes[MODES] = { TIMING_FAST, TIMING_TABLE, TIMING_CYCLE };

static uint16_t word_at(struct machine *m, uint32_t at)
{
    uint8_t bytes[2];
    assert_int_equal(inspect_peek(m, at, bytes, 2), 2);
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

/* --- The same every time --- */

static void the_guest_takes_interrupts_and_ends(void **state)
{
    (void)state;
    struct machine *m = machine_with_guest(TIMING_FAST);
    struct stop stop;
    run_pieces(m, 0, 4);
    assert_int_equal(machine_run(m, 30 * TICKS_PER_SECOND, &stop), STOP_EXIT);
    assert_int_equal(stop.exit_code, 1);
    assert_int_equal(word_at(m, ROUNDS_AT), 200);
    assert_true(word_at(m, 0x510) > 0);
    assert_int_equal(word_at(m, 0x520), 8);
    machine_destroy(m);
}

static void the_same_input_gives_the_same_run(void **state)
{
    (void)state;
    for (int i = 0; i < MODES; i++) {
        struct trail first = plain_run(modes[i]), second = plain_run(modes[i]);
        same_trail(&first, &second);
    }
}

static void other_input_gives_another_hash(void **state)
{
    (void)state;
    struct machine *m = machine_with_guest(TIMING_FAST), *n = machine_with_guest(TIMING_FAST);
    run_pieces(m, 0, 3);
    run_pieces(n, 1, 3);
    assert_true(machine_hash(m) != machine_hash(n));
    machine_destroy(m);
    machine_destroy(n);
}

static void two_machines_do_not_disturb_each_other(void **state)
{
    (void)state;
    struct trail alone[MODES] = { plain_run(TIMING_FAST), plain_run(TIMING_TABLE), plain_run(TIMING_CYCLE) };
    struct machine *m[MODES] = { machine_with_guest(TIMING_FAST), machine_with_guest(TIMING_TABLE),
                                 machine_with_guest(TIMING_CYCLE) };
    for (unsigned piece = 0; piece < PIECES; piece++)
        for (int i = 0; i < MODES; i++)
            run_pieces(m[i], piece, 1);
    for (int i = 0; i < MODES; i++) {
        struct trail together = trail_of(m[i]);
        same_trail(&alone[i], &together);
        machine_destroy(m[i]);
    }
}

/* The tick at which a slice ends must not change what happens. */
static void slices_of_any_length_give_the_same_run(void **state)
{
    (void)state;
    for (int i = 0; i < MODES; i++) {
        struct machine *m = machine_with_guest(modes[i]), *n = machine_with_guest(modes[i]);
        struct stop stop;
        machine_step(m, 20000, &stop);
        for (uint64_t left = 20000, part = 1; left; left -= part, part = part * 7 % 1009 + 1) {
            if (part > left)
                part = left;
            machine_step(n, part, &stop);
        }
        struct trail a = trail_of(m), b = trail_of(n);
        same_trail(&a, &b);
        uint64_t end = machine_tick(m) + TICKS_PER_SECOND;
        machine_run(m, end, &stop);
        for (uint64_t at = machine_tick(n), step = 1; stop.reason != STOP_EXIT || machine_icount(n) < machine_icount(m);
             step = step * 13 % 99991 + 1) {
            struct stop other;
            at += step;
            if (machine_run(n, at < end ? at : end, &other) != STOP_DEADLINE || at >= end)
                break;
        }
        a = trail_of(m);
        b = trail_of(n);
        same_trail(&a, &b);
        machine_destroy(m);
        machine_destroy(n);
    }
}

/* --- Saving and loading --- */

static void loading_goes_on_as_if_nothing_had_been(void **state)
{
    (void)state;
    for (int i = 0; i < MODES; i++) {
        struct trail plain = plain_run(modes[i]);
        struct machine *m = machine_with_guest(modes[i]);
        struct state saved;
        run_pieces(m, 0, PIECES / 2);
        save(m, &saved);
        struct machine *n = bare_machine(modes[i]);     /* a fresh one */
        load(n, &saved);
        assert_true(machine_hash(n) == machine_hash(m));
        run_pieces(n, PIECES / 2, PIECES / 2);
        struct trail loaded = trail_of(n);
        same_trail(&plain, &loaded);
        run_pieces(m, 40, 3);                           /* one that has gone another way */
        load(m, &saved);
        run_pieces(m, PIECES / 2, PIECES / 2);
        loaded = trail_of(m);
        same_trail(&plain, &loaded);
        free(saved.data);
        machine_destroy(m);
        machine_destroy(n);
    }
}

static void saving_changes_nothing(void **state)
{
    (void)state;
    struct trail plain = plain_run(TIMING_FAST);
    struct machine *m = machine_with_guest(TIMING_FAST);
    for (unsigned piece = 0; piece < PIECES; piece++) {
        struct state saved;
        save(m, &saved);
        free(saved.data);
        run_pieces(m, piece, 1);
    }
    struct trail saved = trail_of(m);
    same_trail(&plain, &saved);
    machine_destroy(m);
}

static void a_state_cut_short_is_refused(void **state)
{
    (void)state;
    struct machine *m = machine_with_guest(TIMING_FAST);
    struct state saved;
    save(m, &saved);
    for (size_t size = 0; size < saved.size; size += saved.size / 7 + 1) {
        struct machine *n = bare_machine(TIMING_FAST);
        struct state s;
        state_begin_load(&s, saved.data, size);
        machine_visit(n, &s);
        assert_true(state_failed(&s));
        machine_destroy(n);
    }
    free(saved.data);
    machine_destroy(m);
}

/* Any bytes changed: an error, or a machine that still runs without harm. */
static void a_damaged_state_does_no_harm(void **state)
{
    (void)state;
    struct machine *m = machine_with_guest(TIMING_FAST);
    struct state saved;
    uint32_t random = 12345;
    save(m, &saved);
    for (int round = 0; round < 60; round++) {
        struct machine *n = bare_machine(TIMING_FAST);
        struct state s;
        struct stop stop;
        random = random * 1103515245 + 12345;
        size_t at = random % (round < 40 && saved.size > 8192 ? 8192 : saved.size);
        uint8_t was = saved.data[at];
        saved.data[at] ^= (uint8_t)(random >> 24 | 1);
        state_begin_load(&s, saved.data, saved.size);
        machine_visit(n, &s);
        if (state_failed(&s))
            machine_reset(n);
        machine_step(n, 2000, &stop);
        saved.data[at] = was;
        machine_destroy(n);
    }
    free(saved.data);
    machine_destroy(m);
}

/* --- Looking on changes nothing --- */

static void count_event(void *ctx, const struct probe_event *event)
{
    (void)event;
    ++*(uint64_t *)ctx;
}

static void probes_change_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < MODES; i++) {
        struct trail plain = plain_run(modes[i]);
        uint64_t events = 0;
        struct machine *m = machine_with_guest(modes[i]);
        assert_true(probe_listen(machine_probes(m), PROBE_BIT(PROBE_KINDS) - 1, count_event, &events) >= 0);
        run_pieces(m, 0, PIECES);
        struct trail watched = trail_of(m);
        same_trail(&plain, &watched);
        assert_true(events >= PIECES * 3000);
        machine_destroy(m);
    }
}

/* Runs to ICOUNT, passing every stop at break- and watchpoints. Returns how many there were. */
static unsigned run_with_stops(struct machine *m, uint64_t icount)
{
    struct stop stop;
    unsigned stops = 0;
    while (machine_icount(m) < icount) {
        inspect_pass_breakpoint(m);
        machine_step(m, icount - machine_icount(m), &stop);
        stops += stop.reason == STOP_WATCHPOINT;
    }
    return stops;
}

static void watchpoints_change_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < MODES; i++) {
        struct machine *m = machine_with_guest(modes[i]), *n = machine_with_guest(modes[i]);
        struct stop stop;
        assert_true(inspect_add_watchpoint(n, ROUNDS_AT, 2, WATCH_WRITE) >= 0);
        assert_true(inspect_add_watchpoint(n, 0x9000, 64, WATCH_READ | WATCH_WRITE) >= 0);
        assert_true(inspect_add_watchpoint(n, 0xB8000, 2, WATCH_WRITE) >= 0);
        machine_step(m, 9000, &stop);
        assert_true(run_with_stops(n, machine_icount(m)) > 20);
        struct trail plain = trail_of(m), watched = trail_of(n);
        same_trail(&plain, &watched);
        machine_destroy(m);
        machine_destroy(n);
    }
}

static void breakpoints_change_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < MODES; i++) {
        struct machine *m = machine_with_guest(modes[i]), *n = machine_with_guest(modes[i]);
        struct stop stop;
        unsigned hits = 0;
        for (uint32_t at = ENTRY; at < ENTRY + 0xB0; at++)
            assert_true(inspect_add_breakpoint(n, at));
        machine_run(m, machine_tick(m) + 20 * TICKS_PER_MS, &stop);
        while (machine_run(n, machine_tick(m), &stop) == STOP_BREAKPOINT && machine_tick(n) < machine_tick(m))
            hits++;
        assert_true(hits > 100);
        struct trail plain = trail_of(m), stopped = trail_of(n);
        same_trail(&plain, &stopped);
        machine_destroy(m);
        machine_destroy(n);
    }
}

static void looking_changes_nothing(void **state)
{
    (void)state;
    struct trail plain = plain_run(TIMING_TABLE);
    struct machine *m = machine_with_guest(TIMING_TABLE);
    static uint8_t bytes[0x100000];
    for (unsigned piece = 0; piece < PIECES; piece++) {
        struct registers regs;
        struct screen screen;
        struct pic_view pic[2];
        struct pit_view pit;
        struct dma_view dma;
        inspect_registers(m, &regs);
        inspect_peek(m, 0, bytes, sizeof bytes);
        inspect_pic(m, pic);
        inspect_pit(m, &pit);
        inspect_dma(m, &dma);
        machine_screen(m, &screen);
        for (unsigned i = 0; i < 128; i++)
            inspect_cmos(m, (uint8_t)i);
        run_pieces(m, piece, 1);
    }
    struct trail looked = trail_of(m);
    same_trail(&plain, &looked);
    machine_destroy(m);
}

/* --- Timing modes and events --- */

static void results_do_not_depend_on_the_timing_mode(void **state)
{
    (void)state;
    uint8_t results[MODES][RESULTS];
    for (int i = 0; i < MODES; i++) {
        struct machine *m = machine_with_guest(modes[i]);
        struct stop stop;
        assert_int_equal(machine_run(m, 60 * TICKS_PER_SECOND, &stop), STOP_EXIT);
        assert_int_equal(inspect_peek(m, RESULTS_AT, results[i], RESULTS), RESULTS);
        machine_destroy(m);
    }
    for (int i = 1; i < MODES; i++)
        assert_memory_equal(results[0], results[i], RESULTS);
    unsigned sum = 0;
    for (int i = 0; i < RESULTS; i++)
        sum += results[0][i];
    assert_int_not_equal(sum, 0);
}

static void the_timing_mode_can_change_on_the_way(void **state)
{
    (void)state;
    uint8_t results[2][RESULTS];
    for (int i = 0; i < 2; i++) {
        struct machine *m = machine_with_guest(TIMING_FAST);
        struct stop stop;
        char error[200];
        for (unsigned piece = 0; i && piece < 8; piece++) {
            assert_true(machine_set_timing(m, modes[piece % MODES], error, sizeof error));
            assert_int_equal(machine_timing(m), modes[piece % MODES]);
            machine_step(m, 1000, &stop);
        }
        assert_int_equal(machine_run(m, 60 * TICKS_PER_SECOND, &stop), STOP_EXIT);
        assert_int_equal(inspect_peek(m, RESULTS_AT, results[i], RESULTS), RESULTS);
        machine_destroy(m);
    }
    assert_memory_equal(results[0], results[1], RESULTS);
}

/* Interrupts off, and an endless loop of short instructions: nothing but the CPU's own time passes. */
static struct machine *machine_with_loop(unsigned fast_clocks)
{
    static const uint8_t loop[] = { 0xFA, 0x90, 0x40, 0x01, 0xC3, 0xEB,
                                    0xFA };     /* cli; nop; inc ax; add bx,ax; jmp nop */
    struct machine_config config;
    char error[200];
    machine_config_defaults(&config);
    config.ram_kb = 1024;
    config.fast_clocks = fast_clocks;
    struct machine *m = machine_create(&config, error, sizeof error);
    assert_non_null(m);
    assert_int_equal(inspect_poke(m, ENTRY, loop, sizeof loop), sizeof loop);
    assert_true(inspect_set_register(m, NAME_SEG + SEG_CS, 0));
    assert_true(inspect_set_register(m, NAME_EIP, ENTRY));
    return m;
}

static void fast_costs_what_the_option_says(void **state)
{
    (void)state;
    for (unsigned clocks = 1; clocks <= 1000; clocks += 333) {
        struct machine *m = machine_with_loop(clocks);
        struct stop stop;
        uint64_t tick = machine_tick(m);
        machine_step(m, 2000, &stop);
        assert_int_equal(machine_icount(m), 2000);
        assert_int_equal(machine_clocks(m), 2000 * clocks);
        assert_int_equal(machine_tick(m) - tick, 2000 * clocks * (TICKS_PER_SECOND / 66666666));
        machine_destroy(m);
    }
}

/* Each raising of IRQ 0 with the tick at which it came. */
struct ticks { uint64_t at[64]; unsigned count; };

static void note_timer(void *ctx, const struct probe_event *event)
{
    struct ticks *ticks = ctx;
    if (event->a == 0 && ticks->count < 64)
        ticks->at[ticks->count++] = event->tick;
}

static void timer_interrupts_come_at_exact_ticks(void **state)
{
    (void)state;
    for (int i = 0; i < MODES; i++) {
        struct machine *m = machine_with_guest(modes[i]);
        struct ticks ticks = { .count = 0 };
        struct stop stop;
        machine_step(m, 1000, &stop);
        assert_true(probe_listen(machine_probes(m), PROBE_BIT(PROBE_IRQ_RAISED), note_timer, &ticks) >= 0);
        machine_run(m, machine_tick(m) + 40 * TICKS_PER_MS, &stop);
        machine_run(m, machine_tick(m) + 40 * TICKS_PER_MS, &stop);
        assert_true(ticks.count > 10);
        /* Noted when the CPU lets the event happen: late by less than the longest instruction, and never drifting. */
        uint64_t period = 1193 * TICKS_PER_PIT;
        for (unsigned n = 1; n < ticks.count; n++) {
            int64_t off = (int64_t)(ticks.at[n] - ticks.at[0]) - (int64_t)(n * period);
            assert_true(off > -30000 && off < 30000);
        }
        machine_destroy(m);
    }
}

static void deadlines_are_kept_to_the_instruction(void **state)
{
    (void)state;
    struct machine *m = machine_with_loop(2);
    struct stop stop;
    for (unsigned i = 0; i < 200; i++) {
        uint64_t until = machine_tick(m) + 1 + i * 37;
        assert_int_equal(machine_run(m, until, &stop), STOP_DEADLINE);
        assert_true(machine_tick(m) >= until);
        assert_true(machine_tick(m) - until < 2 * 63);      /* one instruction of two clocks of 63 ticks */
    }
    machine_destroy(m);
}

static void reset_begins_at_the_bios(void **state)
{
    (void)state;
    struct machine *m = machine_with_guest(TIMING_FAST);
    struct registers regs;
    run_pieces(m, 0, 2);
    machine_reset(m);
    inspect_registers(m, &regs);
    assert_int_equal(regs.seg[SEG_CS].selector, 0xF000);
    assert_int_equal(regs.eip, 0xFFF0);
    assert_int_equal(regs.mode, MODE_REAL);
    machine_destroy(m);
}

static void configs_that_cannot_be_met_are_refused(void **state)
{
    (void)state;
    const struct machine_setting unknown = { "dram-speed", 1 };
    struct machine_config config, good;
    char error[200];
    uint8_t rom[100] = { 0 };
    machine_config_defaults(&good);
    for (int i = 0; i < 6; i++) {
        config = good;
        switch (i) {
        case 0: config.profile = "386sx-16"; break;
        case 1: config.settings = &unknown; config.setting_count = 1; break;
        case 2: config.ram_kb = 512; break;
        case 3: config.ram_kb = 300 * 1024; break;
        case 4: config.bios = rom; config.bios_size = sizeof rom; break;
        case 5: config.vgabios = rom; config.vgabios_size = 100000; break;
        }
        *error = 0;
        assert_null(machine_create(&config, error, sizeof error));
        assert_true(*error && !strchr(error, '\n'));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_guest_takes_interrupts_and_ends),
        cmocka_unit_test(the_same_input_gives_the_same_run),
        cmocka_unit_test(other_input_gives_another_hash),
        cmocka_unit_test(two_machines_do_not_disturb_each_other),
        cmocka_unit_test(slices_of_any_length_give_the_same_run),
        cmocka_unit_test(loading_goes_on_as_if_nothing_had_been),
        cmocka_unit_test(saving_changes_nothing),
        cmocka_unit_test(a_state_cut_short_is_refused),
        cmocka_unit_test(a_damaged_state_does_no_harm),
        cmocka_unit_test(probes_change_nothing),
        cmocka_unit_test(watchpoints_change_nothing),
        cmocka_unit_test(breakpoints_change_nothing),
        cmocka_unit_test(looking_changes_nothing),
        cmocka_unit_test(results_do_not_depend_on_the_timing_mode),
        cmocka_unit_test(the_timing_mode_can_change_on_the_way),
        cmocka_unit_test(fast_costs_what_the_option_says),
        cmocka_unit_test(timer_interrupts_come_at_exact_ticks),
        cmocka_unit_test(deadlines_are_kept_to_the_instruction),
        cmocka_unit_test(reset_begins_at_the_bios),
        cmocka_unit_test(configs_that_cannot_be_met_are_refused),
    };
    return cmocka_run_group_tests(tests, load_guest, forget_states);
}
