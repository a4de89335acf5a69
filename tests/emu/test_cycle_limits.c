/* Timing mode `cycle` at its limits: every parameter of a board at its least and most, states with bytes changed, and
 * many years of virtual time. Time goes on, never back, and nothing hangs.
 *
 * The guest tests/guests/machine_busy.asm takes interrupts, changes its own code and moves strings. */
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
#include "emu/machine.h"
#include "emu/state.h"
#include "tests/fuzz/random.h"

#ifdef __SANITIZE_ADDRESS__
enum { DAMAGES = 60 };
#else
enum { DAMAGES = 200 };
#endif

enum { ENTRY = 0x7C00 };

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

static struct machine *bare_machine(const char *profile)
{
    struct machine_config config;
    char error[200] = "";
    machine_config_defaults(&config);
    config.profile = profile;
    config.timing = TIMING_CYCLE;
    config.ram_kb = 1024;
    config.stop_on_shutdown = true;
    struct machine *m = machine_create(&config, error, sizeof error);
    assert_string_equal(error, "");
    return m;
}

static struct machine *machine_with_guest(const char *profile)
{
    char error[200] = "";
    struct machine *m = bare_machine(profile);
    struct stop stop;
    assert_true(machine_set_timing(m, TIMING_FAST, error, sizeof error));
    machine_run(m, TICKS_PER_SECOND, &stop);
    assert_int_equal(inspect_poke(m, ENTRY, guest_code, sizeof guest_code), sizeof guest_code);
    assert_true(inspect_set_register(m, NAME_SEG + SEG_CS, 0));
    assert_true(inspect_set_register(m, NAME_EIP, ENTRY));
    assert_true(machine_set_timing(m, TIMING_CYCLE, error, sizeof error));
    return m;
}

static void save(struct machine *m, struct state *saved)
{
    state_begin_save(saved);
    machine_visit(m, saved);
    assert_string_equal(saved->error, "");
}

/* --- Parameters --- */

static uint64_t stalls_of(const struct machine *m)
{
    struct timing_view view;
    uint64_t sum = 0;
    inspect_timing(m, &view);
    for (unsigned i = 0; i < INSPECT_STALLS; i++)
        sum += view.stall[i];
    return sum;
}

/* COUNT instructions one by one: each takes time, and not for ever, and waits no longer than it takes. */
static void runs_on(struct machine *m, unsigned count)
{
    struct stop stop;
    for (unsigned i = 0; i < count; i++) {
        uint64_t tick = machine_tick(m), clocks = machine_clocks(m), stalls = stalls_of(m);
        machine_step(m, 1, &stop);
        assert_int_equal(stop.reason, STOP_STEPPED);
        assert_true(machine_tick(m) > tick && machine_clocks(m) > clocks);
        assert_true(machine_tick(m) - tick < TICKS_PER_SECOND);
        assert_true(stalls_of(m) - stalls <= machine_clocks(m) - clocks);
    }
}

static uint32_t extreme(const struct machine_parameter *p, int which, struct random *r)
{
    uint32_t bits = random_below(r, 32), value = p->min + (bits < 31 ? (p->max - p->min) >> (bits % 8) : 0);
    return which < 0 ? p->min : which > 0 ? p->max : value;
}

/* Least (-1), most (1) or random (0), as far as the others allow it. */
static void set_all(struct machine *m, int which, struct random *r)
{
    struct machine_parameter p;
    char error[200];
    for (unsigned i = 0; machine_parameter(m, i, &p); i++)
        machine_set_parameter(m, p.name, extreme(&p, which, r), error, sizeof error);
}

static void any_board_goes_on(void **state)
{
    struct random r = { 99 };
    char error[200] = "";
    (void)state;
    for (unsigned profile = 0; machine_profile_name(profile); profile++) {
        struct machine *m = machine_with_guest(machine_profile_name(profile));
        struct machine_parameter p;
        for (int which = -1; which <= 1; which++) {
            assert_true(machine_set_profile(m, machine_profile_name(profile), error, sizeof error));
            set_all(m, which, &r);
            runs_on(m, 500);
        }
        for (unsigned i = profile % 4; machine_parameter(m, i, &p); i += 4)
            for (int which = -1; which <= 1; which += 2) {
                assert_true(machine_set_profile(m, machine_profile_name(profile), error, sizeof error));
                machine_set_parameter(m, p.name, extreme(&p, which, &r), error, sizeof error);
                runs_on(m, 40);
            }
        machine_destroy(m);
    }
}

/* --- Damaged states --- */

/* Where section NAME begins in a saved state. */
static size_t section(const struct state *saved, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i + length + 2 < saved->size; i++)
        if (saved->data[i] == length && memcmp(saved->data + i + 1, name, length) == 0 &&
            saved->data[i + 1 + length] == 'S')
            return i;
    fail_msg("no section %s", name);
    return 0;
}

/* Any of the model's or the processor's bytes; those of small fields as often as those of tables. */
static size_t place_of_damage(const struct state *saved, struct random *r)
{
    static const struct { const char *section; uint32_t size; } windows[] = {
        { "clock", 40 }, { "timing", 900 }, { "cpu", 1200 }, { "timed", 250 }, { "cycle", 500 }, { "queue", 500 },
        { "pipeline", 120 }
    };
    size_t i = random_below(r, sizeof windows / sizeof *windows + 1);
    if (i < sizeof windows / sizeof *windows)
        return section(saved, windows[i].section) + random_below(r, windows[i].size);
    size_t from = section(saved, "timing");
    return from + random_below(r, (uint32_t)(section(saved, "pic") - from));
}

static void a_damaged_state_is_refused_or_runs(void **state)
{
    struct random r = { 4711 };
    struct machine *m = machine_with_guest("486dx4-100wb");
    struct state saved;
    struct stop stop;
    unsigned refused = 0;
    (void)state;
    machine_step(m, 3000, &stop);
    save(m, &saved);
    for (unsigned i = 0; i < DAMAGES; i++) {
        struct machine *n = bare_machine("486dx4-100wb");
        struct state s;
        size_t at = place_of_damage(&saved, &r);
        uint8_t was = saved.data[at];
        saved.data[at] ^= (uint8_t)(1 + random_below(&r, 255));
        state_begin_load(&s, saved.data, saved.size);
        machine_visit(n, &s);
        refused += state_failed(&s);
        if (state_failed(&s))
            machine_reset(n);
        for (unsigned piece = 0; piece < 20; piece++) {
            uint64_t tick = machine_tick(n);
            machine_step(n, 20, &stop);
            if (machine_tick(n) < tick)
                fail_msg("damage %u at %zu (%02X for %02X): time goes back, %llX to %llX", i, at,
                         saved.data[at], was, (unsigned long long)tick, (unsigned long long)machine_tick(n));
        }
        saved.data[at] = was;
        machine_destroy(n);
    }
    assert_in_range(refused, 1, DAMAGES - 1);
    free(saved.data);
    machine_destroy(m);
}

/* The processor's clocks and the model's: each byte of them. */
static void clocks_that_disagree_are_refused(void **state)
{
    struct machine *m = machine_with_guest("486dx2-66");
    struct state saved;
    (void)state;
    save(m, &saved);
    size_t at = section(&saved, "cpu");
    while (memcmp(saved.data + at, "\6clocks", 7) != 0)
        at++;
    for (unsigned i = 0; i < 8; i++) {
        struct state s;
        saved.data[at + 8 + i] ^= 0x5A;
        state_begin_load(&s, saved.data, saved.size);
        machine_visit(m, &s);
        assert_true(state_failed(&s));
        saved.data[at + 8 + i] ^= 0x5A;
    }
    free(saved.data);
    machine_destroy(m);
}

/* --- Years --- */

/* COUNT instructions of a loop, SHIFT ticks later on or a little less: a whole number of periods of all that the board
 * counts, clocks of core, bus and BCLK and refresh. Returns the clocks that they took. */
static uint64_t clocks_later(uint64_t shift, unsigned count)
{
    /* REP MOVSW, XCHG, MUL, IN, ADD to memory */
    static const uint8_t loop[] = { 0xB9, 0x20, 0x00, 0xBE, 0x00, 0x30, 0xBF, 0x03, 0x40, 0xF3, 0xA5, 0x87, 0x06, 0x01,
                                    0x50, 0xF7, 0xE3, 0xE4, 0x80, 0x81, 0x06, 0x00, 0x60, 0x34, 0x12, 0xEB, 0xE5 };
    struct machine *m = bare_machine("486dx4-100wb");
    struct stop stop;
    inspect_poke(m, ENTRY, loop, sizeof loop);
    inspect_set_register(m, NAME_SEG + SEG_CS, 0);
    inspect_set_register(m, NAME_EIP, ENTRY);
    inspect_set_register(m, NAME_CR0, 0);
    uint64_t whole = shift / 443520 * 443520, from;
    for (struct event *e = m->clock.all; e; e = e->registered)
        clock_cancel(&m->clock, e);
    m->cpu.clocks = 1000 * 10560;               /* both in step since power-on */
    m->clock.now = m->cpu.clocks * m->cpu.ticks_per_clock;
    m->clock.now += whole;
    m->cpu.clocks += whole / m->cpu.ticks_per_clock;
    cpu_timing_changed(&m->cpu);
    from = machine_clocks(m);
    for (unsigned i = 0; i < count; i += 500) {
        struct state saved, s;
        uint64_t tick = machine_tick(m);
        machine_step(m, 500, &stop);
        assert_true(machine_tick(m) > tick);
        state_begin_save(&saved);
        cycle_visit(&m->cycle, &saved);
        state_begin_load(&s, saved.data, saved.size);
        cycle_visit(&m->cycle, &s);
        assert_string_equal(s.error, "");
        free(saved.data);
    }
    uint64_t took = machine_clocks(m) - from;
    machine_destroy(m);
    return took;
}

static void years_make_no_difference(void **state)
{
    (void)state;
    uint64_t took = clocks_later(0, 3000);
    assert_true(took > 3000);
    assert_int_equal(clocks_later(1ull << 52, 3000), took);
    assert_int_equal(clocks_later(1ull << 61, 3000), took);
    assert_int_equal(clocks_later(1ull << 62, 3000), took);
    assert_int_equal(clocks_later((1ull << 63) - (1ull << 40), 3000), took);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_board_goes_on),
        cmocka_unit_test(a_damaged_state_is_refused_or_runs),
        cmocka_unit_test(clocks_that_disagree_are_refused),
        cmocka_unit_test(years_make_no_difference),
    };
    return cmocka_run_group_tests(tests, load_guest, NULL);
}
