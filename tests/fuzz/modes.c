/* The same program in every timing mode (compare.h): what it computes must be the same, as long as it cannot tell the
 * time. It has no timer, and is excused from when it did something whose outcome the modes may differ in:
 *
 *   it used ports or was interrupted
 *   it wrote to bytes that the prefetch queue held
 *   it changed page tables or CR3, switched paging or tasks: the modes have TLBs of different sizes, and in `cycle` the
 *     queue is filled already
 *   it used the TLB's test registers
 *
 * A REP instruction counts once a slice, and slices end with events: what is executed twice at one address counts once
 * here, and nothing is compared while that may go on. */
#include <stdio.h>
#include <string.h>

#include "emu/probe.h"
#include "tests/fuzz/compare.h"
#include "tests/fuzz/world.h"

enum { RUNS = 4, SWITCHING = 3, ALIKE_FIRST = 1, STEPS_MOST = 3000, TABLES_SIZE = 0x3000 };

#define PAGING 0x80000000u
#define PATIENCE (10 * TICKS_PER_MS)     /* a processor that is halted for so long has ended */

struct trial {
    struct subject subject;
    uint8_t tables[TABLES_SIZE];        /* of pages, at first */
    uint32_t last;                      /* address of the instruction executed last */
    uint64_t repeats;                   /* instructions that were at the address of the one before */
    unsigned paging_switched;           /* on, on the way in; then by the program */
    bool ended, excused;
};

static void note_event(void *ctx, const struct probe_event *event)
{
    struct trial *t = ctx;
    const struct cpu *cpu = &t->subject.machine->cpu;
    if (event->kind == PROBE_INSN) {
        t->repeats += event->a == t->last;
        t->last = event->a;
    }
    bool switched = event->kind == PROBE_CR && event->a == 0 && (event->b ^ event->c) & PAGING;
    bool tables = event->kind == PROBE_CR && event->a == 3 && cpu->cr0 & PAGING;
    t->paging_switched += switched;
    tables |= t->paging_switched > 1;
    t->excused |= event->kind != PROBE_INSN && event->kind != PROBE_CR;
    t->excused |= tables || cpu->timed.stale || cpu->tr6 || cpu->tr7;
}

static void begin(struct trial *t, const struct plan *plan, struct stock *stock)
{
    enum { TELLING = PROBE_BIT(PROBE_INSN) | PROBE_BIT(PROBE_CR) | PROBE_BIT(PROBE_TASK) | PROBE_BIT(PROBE_PORT_READ) |
                     PROBE_BIT(PROBE_PORT_WRITE) | PROBE_BIT(PROBE_IRQ_RAISED) };
    t->ended = t->excused = false;
    t->paging_switched = 0;
    t->last = 0xFFFFFFFF;
    t->repeats = 0;
    subject_create(&t->subject, plan, stock);
    memcpy(t->tables, t->subject.machine->ram + WORLD_PAGES, sizeof t->tables);
    probe_listen(machine_probes(t->subject.machine), TELLING, note_event, t);
}

/* Accessed and dirty bits apart. */
static bool tables_changed(const struct trial *t)
{
    enum { A_AND_D = 0x60 };
    const uint8_t *now = t->subject.machine->ram + WORLD_PAGES;
    for (unsigned i = 0; i < TABLES_SIZE; i++)
        if ((now[i] ^ t->tables[i]) & (i % 4 ? 0xFF : 0xFF & ~A_AND_D))
            return true;
    return false;
}

/* Another mode, or a board that software cannot tell from the one before but by a reset. */
static void switch_something(struct machine *m, struct random *r)
{
    static const char *const alike[] = { "486dx-33", "486dx-50" };
    char error[200];
    if (random_chance(r, 50))
        machine_set_timing(m, (enum timing_mode)random_below(r, TIMING_CYCLE + 1), error, sizeof error);
    else if (random_chance(r, 50))
        machine_set_profile(m, RANDOM_OF(r, alike), error, sizeof error);
    else
        machine_set_parameter(m, "dram-hit-first", 1 + random_below(r, 1000), error, sizeof error);
}

static uint64_t steps_of(const struct trial *t)
{
    return machine_icount(t->subject.machine) - t->repeats;
}

static bool may_repeat(const struct trial *t)
{
    const struct cpu *cpu = &t->subject.machine->cpu;
    return cpu->seg[CS].base + cpu->eip == t->last;
}

static void run(struct trial *t, uint64_t steps, struct random *switches)
{
    struct machine *m = t->subject.machine;
    uint64_t deadline = machine_tick(m) + PATIENCE;
    while (steps_of(t) < steps && !t->ended) {
        uint64_t left = steps - steps_of(t), count = switches ? 1 + random_below(switches, 300) : left;
        enum cpu_stop why = cpu_run(&m->cpu, deadline, count < left ? count : left, false);
        t->ended = why == CPU_DEAD || why == CPU_SHUTDOWN || why == CPU_DEADLINE;
        t->excused |= why == CPU_DEADLINE && !(m->cpu.attention & ATTEND_HALTED);
        if (switches)
            switch_something(m, switches);
    }
}

static bool same_results(const struct trial *x, const struct trial *y)
{
    const struct machine *a = x->subject.machine, *b = y->subject.machine;
    struct registers ra, rb;
    struct fpu_view fa, fb;
    memset(&ra, 0, sizeof ra), memset(&rb, 0, sizeof rb);
    memset(&fa, 0, sizeof fa), memset(&fb, 0, sizeof fb);
    inspect_registers(a, &ra), inspect_registers(b, &rb);
    inspect_fpu(a, &fa), inspect_fpu(b, &fb);
    return x->ended == y->ended && memcmp(&ra, &rb, sizeof ra) == 0 &&
           memcmp(&fa, &fb, sizeof fa) == 0 && memcmp(a->ram, b->ram, a->ram_size) == 0;
}

static void tell(const struct trial *a, const struct trial *b, unsigned run_number)
{
    struct registers ra, rb;
    inspect_registers(a->subject.machine, &ra);
    inspect_registers(b->subject.machine, &rb);
    fprintf(stderr, "    modes differ: in fast %04X:%08X after %llu instructions, in run %u %04X:%08X after %llu\n",
            ra.seg[SEG_CS].selector, ra.eip, (unsigned long long)machine_icount(a->subject.machine), run_number,
            rb.seg[SEG_CS].selector, rb.eip, (unsigned long long)machine_icount(b->subject.machine));
    for (uint32_t i = 0, shown = 0; i < a->subject.machine->ram_size && shown < 8; i++)
        if (a->subject.machine->ram[i] != b->subject.machine->ram[i]) {
            fprintf(stderr, "    at %X: %02X / %02X\n", i, a->subject.machine->ram[i], b->subject.machine->ram[i]);
            shown++;
        }
}

/* All to step number STEPS. False: they are not to be compared any more. */
static bool run_all(struct trial trial[RUNS], uint64_t steps, struct random *r)
{
    bool comparable = true;
    for (unsigned i = 0; i < RUNS; i++) {
        run(&trial[i], steps, i == SWITCHING ? r : NULL);
        comparable = comparable && !trial[i].excused && !tables_changed(&trial[i]);
    }
    return comparable;
}

static bool all_agree(const struct trial trial[RUNS])
{
    for (unsigned i = 0; i < RUNS; i++)
        if (may_repeat(&trial[i]))
            return true;
    for (unsigned i = 1; i < RUNS; i++)
        if (!same_results(&trial[0], &trial[i])) {
            tell(&trial[0], &trial[i], i);
            return false;
        }
    return true;
}

bool compare_modes(struct stock *stock, uint64_t seed)
{
    static struct trial trial[RUNS];
    struct random r = { seed ^ 0x6D6F646573 };
    struct plan plan;
    bool same = true;
    plan_make(&plan, stock, seed);
    plan.kind = PLAN_WORLD;
    plan.quiet = plan.stop_on_shutdown = true;      /* a reset tells the boards apart by EDX */
    plan.profile = ALIKE_FIRST;
    plan.settings = SETTINGS_NONE;
    for (unsigned i = 0; i < RUNS; i++) {
        plan.timing = i == SWITCHING ? TIMING_CYCLE : (enum timing_mode)i;
        begin(&trial[i], &plan, stock);
    }
    for (uint64_t steps = 0; same && steps < STEPS_MOST && !trial[0].ended;) {
        steps += 1 + random_scaled(&r, 200);
        if (!run_all(trial, steps, &r))
            break;
        same = all_agree(trial);
    }
    for (unsigned i = 0; i < RUNS; i++)
        subject_destroy(&trial[i].subject);
    return same;
}
