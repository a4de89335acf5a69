/* The same run to the last event: every event of every kind, with tick, icount, CS:EIP and numbers, of guests with
 * disks, timer and keyboard, in each timing mode on two boards. A second run, a run without an eye on the instructions,
 * and one that goes from machine to machine by saved states, at points chosen by a pseudo-random sequence and in the
 * midst of things (repeated instructions, stale bytes in the prefetch queue, line fills), all log the same. */
#include "tests/emu/guest_disk.h"

#include "emu/machine.h"
#include "emu/state.h"

#ifdef __SANITIZE_ADDRESS__
enum { INSTRUCTIONS = 12000, HANDED_ON_MAX = 40 };
#else
enum { INSTRUCTIONS = 40000, HANDED_ON_MAX = 100 };
#endif

enum { ENTRY = 0x7C00, EXIT_PORT = 0xF4, INSTRUCTIONS_PER_KEY = 2500, FLOPPY_SECTORS = 2880, DISK_SECTORS = 2048,
       GUEST_LARGEST = 0x4000 };

static const char *const boards[] = { "486dx-33", "486dx4-100wb" };
enum { BOARDS = 2, MODES = TIMING_CYCLE + 1 };

/* All are in the floppy, and the first is the BIOS at power-on; the others are put into a machine whose BIOS has just
 * found nothing to boot. */
static const struct guest { const char *name; bool power_on; } guests[] = {
    { "bios_system", true }, { "resume", false }, { "machine_busy", false }, { "stale_queue", false },
    { "bios_disk", false },
};
enum { GUESTS = sizeof guests / sizeof *guests };

/* --- The log --- */

struct entry { uint64_t hash, icount, tick; uint32_t eip; enum probe_kind kind; };
struct log {
    struct entry *entry;
    size_t count, capacity;
};

static void mix(uint64_t *hash, uint64_t value)
{
    *hash = (*hash ^ value) * 0x9E3779B97F4A7C15ull;
    *hash ^= *hash >> 29;
}

static void note(void *ctx, const struct probe_event *e)
{
    struct log *log = ctx;
    struct entry entry = { .hash = e->kind, .icount = e->icount, .tick = e->tick, .eip = e->eip, .kind = e->kind };
    const uint64_t values[] = { e->tick, e->icount, e->cs, e->eip, e->a, e->b, e->c, e->d, e->late };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        mix(&entry.hash, values[i]);
    if (log->count == log->capacity) {
        log->capacity = log->capacity ? log->capacity * 2 : 1024;
        log->entry = realloc(log->entry, log->capacity * sizeof *log->entry);
        assert_non_null(log->entry);
    }
    log->entry[log->count++] = entry;
}

static void say(const struct entry *e)
{
    print_error("  %s at instruction %llu, tick %llu, EIP %X\n", probe_name(e->kind), (unsigned long long)e->icount,
                (unsigned long long)e->tick, e->eip);
}

/* SKIPPED: a kind that is not in B. */
static void same_logs(const struct log *a, const struct log *b, enum probe_kind skipped)
{
    size_t i = 0, j = 0;
    for (; i < a->count; i++) {
        if (a->entry[i].kind == skipped)
            continue;
        if (j == b->count)
            break;
        if (a->entry[i].hash != b->entry[j].hash) {
            say(&a->entry[i]);
            say(&b->entry[j]);
            fail_msg("event %zu differs", j);
        }
        j++;
    }
    while (i < a->count && a->entry[i].kind == skipped)
        i++;
    assert_int_equal(i, a->count);
    assert_int_equal(j, b->count);
}

/* --- Machines --- */

/* A guest on a board, and what it logged. */
struct run {
    const struct guest *guest;
    unsigned board;
    enum timing_mode timing;
    uint64_t kinds;
    struct guest_disk disk[2];
    struct machine *m;
    struct log log;
};

static struct machine *create(struct run *run)
{
    struct machine_config config;
    char error[200] = "";
    machine_config_defaults(&config);
    config.profile = boards[run->board];
    config.timing = run->timing;
    config.ram_kb = 1024;
    config.video_kb = 512;
    config.debug_exit_port = EXIT_PORT;
    config.drive[DRIVE_FLOPPY_A] = guest_disk_drive(&run->disk[0]);
    config.drive[DRIVE_HD0] = guest_disk_drive(&run->disk[1]);
    struct machine *m = machine_create(&config, error, sizeof error);
    assert_string_equal(error, "");
    return m;
}

static void listen_to(struct run *run)
{
    assert_int_equal(probe_listen(machine_probes(run->m), run->kinds, note, &run->log), 0);
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

/* What a board's machine is when its BIOS has found nothing; found in mode `fast`, for all modes. */
static struct state ready[BOARDS];

static void make_ready(struct run *run)
{
    struct state *state = &ready[run->board];
    if (state->data)
        return;
    enum timing_mode timing = run->timing;
    struct stop stop;
    run->timing = TIMING_FAST;
    struct machine *m = create(run);
    machine_run(m, 3 * TICKS_PER_SECOND, &stop);
    *state = save(m);
    machine_destroy(m);
    run->timing = timing;
}

static int forget_ready(void **state)
{
    (void)state;
    for (unsigned i = 0; i < BOARDS; i++)
        free(ready[i].data);
    return 0;
}

static void put_guest(struct run *run)
{
    char error[200] = "";
    make_ready(run);
    run->m = create(run);
    load(run->m, &ready[run->board]);
    assert_true(machine_set_timing(run->m, run->timing, error, sizeof error));
    guest_load(run->guest->name, run->disk[0].bytes, run->disk[0].sectors * 512);
    inspect_poke(run->m, ENTRY, run->disk[0].bytes, GUEST_LARGEST);
    assert_true(inspect_set_register(run->m, NAME_SEG + SEG_CS, 0));
    assert_true(inspect_set_register(run->m, NAME_EIP, ENTRY));
    assert_true(inspect_set_register(run->m, NAME_R + REG_EDX, 0));
}

/* In place; the guest is about to begin. */
static void begin(struct run *run, const struct guest *guest, unsigned board, enum timing_mode timing, uint64_t kinds)
{
    *run = (struct run){ .guest = guest, .board = board, .timing = timing, .kinds = kinds };
    for (unsigned i = 0; i < 2; i++)
        run->disk[i] = guest_disk_create(i ? DISK_SECTORS : FLOPPY_SECTORS);
    if (guest->power_on)
        run->m = create(run);
    else
        put_guest(run);
    listen_to(run);
}

static void end(struct run *run)
{
    machine_destroy(run->m);
    for (unsigned i = 0; i < 2; i++)
        free(run->disk[i].bytes);
    free(run->log.entry);
}

/* --- Running --- */

/* COUNT instructions more, with a key every INSTRUCTIONS_PER_KEY. False: the guest has ended. */
static bool advance(struct run *run, uint64_t count)
{
    struct stop stop = { .reason = STOP_STEPPED };
    for (uint64_t last = machine_icount(run->m) + count; machine_icount(run->m) < last;) {
        uint64_t now = machine_icount(run->m), part = INSTRUCTIONS_PER_KEY - now % INSTRUCTIONS_PER_KEY;
        if (now % INSTRUCTIONS_PER_KEY == 0)
            machine_key(run->m, (uint8_t)(0x10 + now / INSTRUCTIONS_PER_KEY % 8));
        machine_step(run->m, part < last - now ? part : last - now, &stop);
        if (stop.reason != STOP_STEPPED)
            return false;
    }
    return true;
}

static const uint64_t all_kinds = PROBE_BIT(PROBE_KINDS) - 1, but_instructions = PROBE_BIT(PROBE_KINDS) - 1 -
                                                                               PROBE_BIT(PROBE_INSN);

static void runs_log_the_same(const struct guest *guest, unsigned board, enum timing_mode timing)
{
    struct run first, second, other;
    begin(&first, guest, board, timing, all_kinds);
    begin(&second, guest, board, timing, all_kinds);
    begin(&other, guest, board, timing, but_instructions);
    advance(&first, INSTRUCTIONS);
    advance(&second, INSTRUCTIONS);
    advance(&other, INSTRUCTIONS);
    assert_true(first.log.count > other.log.count && other.log.count > 100);
    same_logs(&first.log, &second.log, PROBE_KINDS);
    same_logs(&first.log, &other.log, PROBE_INSN);
    end(&first);
    end(&second);
    end(&other);
}

static void in_mode(enum timing_mode timing)
{
    for (unsigned i = 0; i < GUESTS; i++)
        for (unsigned j = 0; j < BOARDS; j++)
            runs_log_the_same(&guests[i], j, timing);
}

static void runs_log_the_same_in_fast_mode(void **state)
{
    (void)state;
    in_mode(TIMING_FAST);
}

static void runs_log_the_same_in_table_mode(void **state)
{
    (void)state;
    in_mode(TIMING_TABLE);
}

static void runs_log_the_same_in_cycle_mode(void **state)
{
    (void)state;
    in_mode(TIMING_CYCLE);
}

/* --- From machine to machine --- */

static void hand_on(struct run *run)
{
    struct state saved = save(run->m);
    machine_destroy(run->m);
    run->m = create(run);
    load(run->m, &saved);
    free(saved.data);
    listen_to(run);
}

/* Points in the midst of things. */
enum midst { IN_REP, IN_STALE, IN_FILL, IN_FETCH, IN_WRITE, MIDSTS };

static unsigned midst_of(const struct machine *m)
{
    const struct cycle *c = &m->cycle;
    return (unsigned)m->cpu.timed.repeating << IN_REP | (unsigned)(m->cpu.timed.stale != 0) << IN_STALE |
           (unsigned)(c->bus.fill_end > c->now) << IN_FILL | (unsigned)(c->queue.ready > c->now) << IN_FETCH |
           (unsigned)(c->bus.count > 0) << IN_WRITE;
}

static uint32_t random_next(uint32_t *seed) { return (*seed = *seed * 1664525 + 1013904223) >> 8; }

/* Goes on one instruction at a time. SEEN counts what was in progress where it was handed on; a kind seldom seen goes
 * first. Returns how often it was handed on. */
static unsigned relay(struct run *run, uint32_t seed, unsigned seen[MIDSTS])
{
    unsigned handed_on = 0;
    for (unsigned i = 0; i < INSTRUCTIONS && advance(run, 1); i++) {
        unsigned midst = midst_of(run->m), wanted = 0;
        for (unsigned kind = 0; kind < MIDSTS; kind++)
            wanted |= midst >> kind & (seen[kind] < HANDED_ON_MAX / MIDSTS / 2);
        if (handed_on == HANDED_ON_MAX || random_next(&seed) % (wanted ? 2 : INSTRUCTIONS / HANDED_ON_MAX * 2))
            continue;
        hand_on(run);
        handed_on++;
        for (unsigned kind = 0; kind < MIDSTS; kind++)
            seen[kind] += midst >> kind & 1;
    }
    return handed_on;
}

static void handing_on_changes_no_event(enum timing_mode timing)
{
    unsigned total[MIDSTS] = { 0 };
    for (unsigned i = 0; i < GUESTS; i++)
        for (unsigned j = 0; j < BOARDS; j++) {
            struct run alone, handed;
            unsigned seen[MIDSTS] = { 0 };
            begin(&alone, &guests[i], j, timing, all_kinds);
            begin(&handed, &guests[i], j, timing, all_kinds);
            advance(&alone, INSTRUCTIONS);
            assert_in_range(relay(&handed, 1 + i * BOARDS + j, seen), HANDED_ON_MAX / 4, HANDED_ON_MAX);
            same_logs(&alone.log, &handed.log, PROBE_KINDS);
            assert_true(machine_hash(alone.m) == machine_hash(handed.m));
            for (unsigned kind = 0; kind < MIDSTS; kind++)
                total[kind] += seen[kind];
            end(&alone);
            end(&handed);
        }
    for (unsigned kind = 0; timing == TIMING_CYCLE && kind < MIDSTS; kind++)
        assert_in_range(total[kind], 5, HANDED_ON_MAX * GUESTS * BOARDS);
}

static void handing_on_in_cycle_mode_changes_no_event(void **state)
{
    (void)state;
    handing_on_changes_no_event(TIMING_CYCLE);
}

static void handing_on_in_table_mode_changes_no_event(void **state)
{
    (void)state;
    handing_on_changes_no_event(TIMING_TABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_log_the_same_in_fast_mode),
        cmocka_unit_test(runs_log_the_same_in_table_mode),
        cmocka_unit_test(runs_log_the_same_in_cycle_mode),
        cmocka_unit_test(handing_on_in_table_mode_changes_no_event),
        cmocka_unit_test(handing_on_in_cycle_mode_changes_no_event),
    };
    return cmocka_run_group_tests(tests, NULL, forget_ready);
}
