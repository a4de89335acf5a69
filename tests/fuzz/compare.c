/* Two runs of a case side by side (compare.h). */
#include "tests/fuzz/compare.h"

#include <stdio.h>
#include <string.h>

#include "tests/fuzz/world.h"

/* What the second run has to bear. */
struct trouble {
    struct random r;
    bool cut, step, save, look, probe, breakpoints;
    unsigned watchpoints;
    uint64_t events;
};

enum ended { RUNS_ON, IS_OVER };

static void count_event(void *ctx, const struct probe_event *event)
{
    struct trouble *t = ctx;
    t->events += event->kind + 1;
}

/* A resumed machine needs its listener, break- and watchpoints anew: they are no part of the state. */
static void equip(struct trouble *t, struct machine *m)
{
    struct random r = { t->r.state ^ 0x65717570 };
    if (t->probe)
        probe_listen(machine_probes(m), random_chance(&r, 50) ? PROBE_BIT(PROBE_KINDS) - 1 : random_u64(&r),
                     count_event, t);
    for (unsigned i = 0; t->breakpoints && i < 100; i++) {
        inspect_add_breakpoint(m, WORLD_HANDLERS + 32 * random_below(&r, 32));
        inspect_add_breakpoint(m, WORLD_CODE16 + random_below(&r, 0x10000));
    }
    for (unsigned i = 0; i < t->watchpoints; i++)
        inspect_add_watchpoint(m, world_address(&r), 1 + random_below(&r, i & 1 ? 4096 : 8), 1 + random_below(&r, 3));
}

static void make_trouble(struct trouble *t, uint64_t seed)
{
    *t = (struct trouble){ .r = { seed ^ 0x74726F75626C65 } };
    t->cut = random_chance(&t->r, 60);
    t->save = random_chance(&t->r, 40);
    t->look = random_chance(&t->r, 20);
    t->probe = random_chance(&t->r, 20);
    t->breakpoints = random_chance(&t->r, 30);
    t->step = random_chance(&t->r, 10);
    t->watchpoints = random_chance(&t->r, 30) ? 1 + random_below(&t->r, 6) : 0;
}

/* All that a debugger shows. */
static void look_at(struct machine *m, struct random *r)
{
    static uint8_t bytes[0x10000];
    struct registers regs;
    struct screen screen;
    struct picture size;
    struct pic_view pic[2];
    struct pit_view pit;
    struct dma_view dma;
    struct drive_view drive;
    inspect_registers(m, &regs);
    inspect_peek(m, random_u32(r), bytes, 0x2000);
    inspect_peek_physical(m, random_below(r, 16) << 16, bytes, sizeof bytes);
    inspect_pic(m, pic);
    inspect_pit(m, &pit);
    inspect_dma(m, &dma);
    inspect_drive(m, DRIVE_FLOPPY_A, &drive);
    machine_screen(m, &screen);
    machine_picture(m, &size, bytes, sizeof bytes);
    for (unsigned i = 0; i < 128; i++)
        inspect_cmos(m, (uint8_t)i);
}

/* The nearest limits up to ICOUNT and TICK that this run is to stop at. */
static void cut(struct trouble *t, const struct machine *m, uint64_t *icount, uint64_t *tick)
{
    if (t->step)
        *icount = machine_icount(m) + 1;
    if (!t->cut || t->step)
        return;
    uint64_t count = 1 + random_scaled(&t->r, 1000), ticks = 1 + random_scaled(&t->r, TICKS_PER_MS);
    if (count < *icount - machine_icount(m))
        *icount = machine_icount(m) + count;
    if (ticks < *tick - machine_tick(m))
        *tick = machine_tick(m) + ticks;
}

/* Runs to instruction ICOUNT or tick TICK. T NULL: in one piece. */
static enum ended run_to(struct subject *s, struct trouble *t, uint64_t icount, uint64_t tick)
{
    while (machine_icount(s->machine) < icount && machine_tick(s->machine) < tick) {
        struct machine *m = s->machine;
        uint64_t last = icount, deadline = tick;
        if (t)
            cut(t, m, &last, &deadline);
        switch (cpu_run(&m->cpu, deadline, last - machine_icount(m), t && t->breakpoints)) {
        case CPU_DEAD:
        case CPU_SHUTDOWN: return IS_OVER;
        case CPU_STOP_ASKED: m->exit_asked = false; break;
        default: break;
        }
        if (t && t->look && random_chance(&t->r, 10))
            look_at(m, &t->r);
    }
    return RUNS_ON;
}

/* The whole of what the second run does up to one station. */
static enum ended run_in_trouble(struct subject *s, struct trouble *t, const struct plan *plan, uint64_t icount,
                                 uint64_t tick, bool *lost)
{
    uint64_t now = machine_icount(s->machine);
    if (t->save && now < icount) {
        uint64_t middle = now + random_below(&t->r, (uint32_t)(icount - now));
        if (run_to(s, t, middle, tick) == IS_OVER)
            return IS_OVER;
        *lost = !subject_resume(s, plan);
        if (*lost)
            return IS_OVER;
        equip(t, s->machine);
    }
    return run_to(s, t, icount, tick);
}

static bool differ(struct subject *plain, struct subject *troubled, enum ended a, enum ended b, unsigned station)
{
    if (a == b && subject_hash(plain) == subject_hash(troubled))
        return false;
    fprintf(stderr, "    differs at station %u: without stops %s after %llu instructions, with %s after %llu\n",
            station, a ? "ended" : "ran", (unsigned long long)machine_icount(plain->machine), b ? "ended" : "ran",
            (unsigned long long)machine_icount(troubled->machine));
    subject_print_difference(plain, troubled);
    return true;
}

bool compare_runs(struct stock *stock, uint64_t seed)
{
    struct plan plan;
    struct trouble trouble;
    struct subject plain, troubled;
    plan_make(&plan, stock, seed);
    make_trouble(&trouble, seed);
    subject_create(&plain, &plan, stock);
    subject_create(&troubled, &plan, stock);
    equip(&trouble, troubled.machine);
    bool same = true;
    for (unsigned i = 0; same && i < plan.stations; i++) {
        uint64_t icount = machine_icount(plain.machine) + plan.station[i].instructions;
        uint64_t tick = machine_tick(plain.machine) + plan.station[i].ticks;
        bool lost = false;
        enum ended a = run_to(&plain, NULL, icount, tick);
        enum ended b = run_in_trouble(&troubled, &trouble, &plan, icount, tick, &lost);
        same = !lost && !differ(&plain, &troubled, a, b, i);
        if (a == IS_OVER)
            break;
        subject_poke(&plain, &plan, i);
        subject_poke(&troubled, &plan, i);
    }
    subject_destroy(&plain);
    subject_destroy(&troubled);
    return same;
}

void compare_describe(const struct stock *stock, uint64_t seed)
{
    static const char *const kinds[] = { "world", "noise", "guest", "ROM" };
    static const char *const modes[] = { "real", "V86", "16-bit protected", "32-bit protected" };
    static const char *const timings[] = { "fast", "table", "cycle" };
    struct plan plan;
    struct trouble t;
    plan_make(&plan, stock, seed);
    make_trouble(&t, seed);
    fprintf(stderr, "    seed %llu: %s, %s, %s, timing %s, %u clocks, settings %u; "
                    "with%s%s%s%s%s%s and %u watchpoints\n",
            (unsigned long long)seed, kinds[plan.kind], modes[plan.mode], profile_at(plan.profile)->name,
            timings[plan.timing], plan.fast_clocks, plan.settings, t.cut ? " cuts" : "", t.step ? " steps" : "",
            t.save ? " saves" : "", t.look ? " looks" : "", t.probe ? " probes" : "",
            t.breakpoints ? " breakpoints" : "", t.watchpoints);
}
