/* The main loop of the i486: what happens between instructions (PRM 9.1-9.4, 10.1), and three ways of executing them.
 *
 *   cpu_run          catches faults (fault.h) and delivers them
 *     run_until_stop   goes round once a run: reasons to stop, due events, what needs attention, then one of
 *       count_runs       `fast` mode: a whole run is charged at once, cut beforehand where an event falls inside it
 *       time_runs        the other modes: each instruction is charged what timing/ says
 *       ask_runs         either mode, asking the debugger before each instruction
 *       execute_single   one instruction in the shadow of another or with TF or RF set
 *
 * A stop never changes what the guest does: all that is done between two instructions may be interrupted anywhere and
 * taken up again by the next cpu_run(). Left out on purpose: breakpoints in DR0-DR3, which do not fire yet. */
#include "emu/cpu/cpu.h"

#include "emu/cpu/fault.h"
#include "emu/cpu/interrupt.h"
#include "emu/cpu/mem.h"
#include "emu/cpu/opcode.h"
#include "emu/cpu/runs.h"
#include "emu/cpu/watch.h"
#include "emu/timing/timing.h"

enum { REP_SLICE = 1 << 16 };       /* iterations of one REP instruction between two looks round, at most */
enum { DR6_SINGLE_STEP = 1 << 14 };

/* Stands for the work between instructions when a fault comes up there. */
static const struct insn no_insn = { .len = 0 };

struct run_limits {
    uint64_t last_icount;       /* stop when it is reached */
    bool breakpoints;
};

/* --- Time --- */

static void charge(struct cpu *cpu, uint64_t instructions, uint64_t clocks)
{
    cpu->icount += instructions;
    cpu->clocks += clocks;
    cpu->clock->now += clocks * cpu->ticks_per_clock;
}

/* Charges the instructions of a run before cpu->insn; they can only be several in `fast` mode. */
void cpu_sync(struct cpu *cpu)
{
    uint64_t done = (uint64_t)(cpu->insn - cpu->run_start);
    if (done == 0)
        return;
    cpu->run_start = cpu->insn;
    charge(cpu, done, done * cpu->fast_clocks);
}

uint64_t cpu_icount(const struct cpu *cpu)
{
    return cpu->icount + (uint64_t)(cpu->insn - cpu->run_start);
}

uint64_t cpu_clocks(const struct cpu *cpu)
{
    return cpu->clocks + (uint64_t)(cpu->insn - cpu->run_start) * cpu->fast_clocks;
}

uint32_t cpu_instruction_eip(const struct cpu *cpu)
{
    return cpu->insn->len == 0 ? cpu->eip : cpu->run_eip + cpu->insn->end - cpu->insn->len;
}

/* Clocks of further iterations in `fast` mode. */
static uint64_t repeat_clocks(const struct cpu *cpu)
{
    return cpu->work > 1 ? cpu->work - 1 : 0;
}

/* Clocks of an instruction that was just executed. */
static uint64_t insn_clocks(const struct cpu *cpu, const struct insn *insn)
{
    if (cpu->timing_mode == CPU_TIMING_FAST)
        return cpu->fast_clocks + (opcode_repeats(insn) ? repeat_clocks(cpu) : 0);
    return (uint64_t)insn->clocks +
           (insn->flags & INSN_VARIABLE ? timing_variable(cpu->timing, insn->rule, cpu->work) : 0);
}

/* Clocks of a delivery that no instruction pays for. */
static uint64_t delivery_clocks(const struct cpu *cpu)
{
    if (cpu->timing_mode == CPU_TIMING_FAST)
        return 0;
    const struct timing_form form = {
        .mnemonic = "INT", .operands = "Ib", .size = 16,
        .mode = cpu->mode & RUN_V86 ? TIMED_V86 : cpu->mode & RUN_PROTECTED ? TIMED_PROTECTED : TIMED_REAL
    };
    return timing_cost(cpu->timing, &form).clocks;
}

/* --- REP --- */

/* Is there anything that an instruction boundary would have to deal with? An INTR that IF holds off is not. */
static inline unsigned needs_attention(const struct cpu *cpu)
{
    return cpu->attention & (cpu->eflags >> 9 | ~(unsigned)ATTEND_INTR);
}

/* Clocks that each iteration adds. */
static uint64_t clocks_per_iteration(const struct cpu *cpu)
{
    if (cpu->timing_mode == CPU_TIMING_FAST)
        return 1;
    unsigned one = timing_variable(cpu->timing, cpu->insn->rule, 1);
    unsigned two = timing_variable(cpu->timing, cpu->insn->rule, 2);
    return two > one ? two - one : 1;
}

uint32_t cpu_rep_budget(struct cpu *cpu)
{
    if (needs_attention(cpu))
        return 1;
    cpu_sync(cpu);
    const struct clock *clock = cpu->clock;
    uint64_t ticks = clock->next_due > clock->now ? clock->next_due - clock->now : 0;
    uint64_t clocks = ticks / cpu->ticks_per_clock, first = cpu->insn->clocks;
    if (cpu->timing_mode == CPU_TIMING_FAST)
        first = cpu->fast_clocks;
    if (clocks <= first)
        return 1;
    uint64_t iterations = (clocks - first) / clocks_per_iteration(cpu) + 1;
    return iterations < REP_SLICE ? (uint32_t)iterations : REP_SLICE;
}

void cpu_repeat_later(struct cpu *cpu)
{
    cpu->eip -= cpu->insn->len;
    cpu_leave_run(cpu);
}

/* --- Faults --- */

_Noreturn void cpu_raise(struct cpu *cpu, unsigned vector)
{
    cpu->fault_vector = (uint8_t)vector;
    cpu->fault_has_code = false;
    cpu->fault_code = 0;
    longjmp(cpu->fault_jump, 1);
}

_Noreturn void cpu_raise_code(struct cpu *cpu, unsigned vector, uint32_t code)
{
    cpu->fault_vector = (uint8_t)vector;
    cpu->fault_has_code = true;
    cpu->fault_code = code;
    longjmp(cpu->fault_jump, 1);
}

_Noreturn void cpu_raise_page(struct cpu *cpu, uint32_t linear, uint32_t code)
{
    cpu->cr2 = linear;
    cpu_raise_code(cpu, EXC_PF, code);
}

void op_ud(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    cpu_raise(cpu, EXC_UD);
}

static void enter_shutdown(struct cpu *cpu)
{
    cpu_attend(cpu, ATTEND_SHUTDOWN);
    line_set(&cpu->shutdown_line, true);
    line_set(&cpu->shutdown_line, false);
}

/* A handler left by longjmp: pays for it and delivers what it raised. */
static void deliver_fault(struct cpu *cpu)
{
    cpu_sync(cpu);
    charge(cpu, 1, cpu->timing_mode == CPU_TIMING_FAST ? cpu->fast_clocks : delivery_clocks(cpu));
    bool alive = cpu_deliver_fault(cpu);
    cpu->insn = cpu->run_start = &no_insn;
    if (!alive)
        enter_shutdown(cpu);
}

/* --- Pins --- */

void cpu_set_intr(struct cpu *cpu, bool level)
{
    if (level)
        cpu_attend(cpu, ATTEND_INTR);
    else
        cpu->attention &= (uint16_t)~ATTEND_INTR;
}

void cpu_nmi(struct cpu *cpu)
{
    cpu_attend(cpu, ATTEND_NMI);
}

void cpu_set_ignne(struct cpu *cpu, bool level)
{
    cpu->ignne = level;
}

void cpu_ask_stop(struct cpu *cpu)
{
    cpu_attend(cpu, ATTEND_STOP);
}

/* --- Between instructions --- */

static void clear_attention(struct cpu *cpu, unsigned bits)
{
    cpu->attention &= (uint16_t)~bits;
}

/* Interrupt or trap between two instructions; wakes a halted processor. */
static void deliver(struct cpu *cpu, unsigned vector, enum interrupt_source source)
{
    clear_attention(cpu, ATTEND_HALTED);
    cpu->insn = cpu->run_start = &no_insn;
    charge(cpu, 0, delivery_clocks(cpu));
    cpu_interrupt(cpu, vector, source, false, 0);
}

/* Lets time pass until something can happen. False: nothing ever will. */
static bool wait_halted(struct cpu *cpu)
{
    struct clock *clock = cpu->clock;
    uint64_t until = clock->next_due < cpu->deadline ? clock->next_due : cpu->deadline;
    if (!(cpu->eflags & FLAG_IF) || until == CLOCK_NEVER)
        return false;
    uint64_t clocks = (until - clock->now + cpu->ticks_per_clock - 1) / cpu->ticks_per_clock;
    charge(cpu, 0, clocks);
    cpu->idle_ticks += clocks * cpu->ticks_per_clock;
    return true;
}

enum attended { NOTHING_DONE, SOMETHING_DONE, DEAD };

/* The most urgent of what waits, in the order of PRM 9.4. The instruction after STI or MOV SS is let through first. */
static enum attended attend(struct cpu *cpu)
{
    bool shadow = cpu->attention & ATTEND_SHADOW;
    if (cpu->attention & ATTEND_RESET) {
        cpu->running = false;
        cpu_reset(cpu);
        cpu->running = true;
    } else if (cpu->attention & ATTEND_TRAP) {
        clear_attention(cpu, ATTEND_TRAP);
        deliver(cpu, EXC_DB, SOURCE_EXCEPTION);
    } else if (cpu->attention & ATTEND_NMI && !cpu->nmi_masked && !(shadow && cpu->inhibit_trap)) {
        clear_attention(cpu, ATTEND_NMI);
        deliver(cpu, EXC_NMI, SOURCE_HARDWARE);
    } else if (cpu->attention & ATTEND_INTR && cpu->eflags & FLAG_IF && !shadow) {
        deliver(cpu, cpu->acknowledge(cpu->board), SOURCE_HARDWARE);
    } else if (cpu->attention & ATTEND_HALTED) {
        return wait_halted(cpu) ? SOMETHING_DONE : DEAD;
    } else {
        return NOTHING_DONE;
    }
    return SOMETHING_DONE;
}

/* A reason to return from cpu_run() that has come up; false if there is none. */
static bool find_stop(struct cpu *cpu, const struct run_limits *limits, enum cpu_stop *stop)
{
    if (cpu->watch_hit) {
        cpu->watch_hit = cpu->watch->last.hit = false;
        *stop = CPU_WATCHPOINT;
    } else if (cpu->attention & ATTEND_STOP) {
        clear_attention(cpu, ATTEND_STOP);
        *stop = CPU_STOP_ASKED;
    } else if (cpu->attention & ATTEND_SHUTDOWN && !(cpu->attention & ATTEND_RESET)) {
        *stop = CPU_SHUTDOWN;
    } else if (cpu->icount >= limits->last_icount) {
        *stop = CPU_LIMIT;
    } else if (cpu->clock->now >= cpu->deadline) {
        *stop = CPU_DEADLINE;
    } else if (cpu->interrupt) {
        cpu->interrupt = 0;
        *stop = CPU_INTERRUPTED;
    } else {
        return false;
    }
    return true;
}

/* --- Executing --- */

/* Must the loop look round before the next run? */
static inline bool must_look_round(const struct cpu *cpu, const struct run_limits *limits)
{
    uint64_t now = cpu->clock->now;
    return needs_attention(cpu) | cpu->watch_hit | (unsigned)cpu->interrupt || now >= cpu->clock->next_due ||
           now >= cpu->deadline || cpu->icount >= limits->last_icount;
}

/* How many instructions of RUN begin before the next event, the deadline and the limit, at TICKS each; at least 1. */
static inline unsigned instructions_until_event(const struct cpu *cpu, const struct run *run, uint64_t ticks,
                                                const struct run_limits *limits)
{
    const struct clock *clock = cpu->clock;
    uint64_t end = clock->next_due < cpu->deadline ? clock->next_due : cpu->deadline;
    uint64_t room = end - clock->now, left = limits->last_icount - cpu->icount;
    unsigned count = run->count;
    if (unlikely(count * ticks > room))
        count = (unsigned)((room + ticks - 1) / ticks);
    return unlikely(count > left) ? (unsigned)left : count;
}

static void count_runs(struct cpu *cpu, const struct run_limits *limits)
{
    const uint64_t ticks = (uint64_t)cpu->fast_clocks * cpu->ticks_per_clock;
    do {
        const struct run *run = runs_at(cpu);
        const struct insn *insn = run->insn;
        uint32_t start = cpu->run_eip = cpu->eip;
        cpu->run_start = insn;
        cpu->run_end = insn + instructions_until_event(cpu, run, ticks, limits);
        if (unlikely(run->repeats))
            cpu->work = 0;
        do {
            cpu->insn = insn;
            cpu->eip = start + insn->end;
            insn->fn(cpu, insn);
        } while (++insn != cpu->run_end);

        uint64_t done = (uint64_t)(insn - cpu->run_start);
        cpu->insn = cpu->run_start = &no_insn;
        charge(cpu, done, done * cpu->fast_clocks + (unlikely(run->repeats) ? repeat_clocks(cpu) : 0));
    } while (likely(!must_look_round(cpu, limits)));
}

/* One instruction of the run that began at START, and its clocks. */
static inline void execute(struct cpu *cpu, const struct insn *insn, uint32_t start)
{
    cpu->insn = cpu->run_start = insn;
    cpu->eip = start + insn->end;
    cpu->work = 0;
    insn->fn(cpu, insn);
    cpu->insn = cpu->run_start = &no_insn;
    charge(cpu, 1, insn_clocks(cpu, insn));
}

static void time_runs(struct cpu *cpu, const struct run_limits *limits)
{
    do {
        const struct run *run = runs_at(cpu);
        const struct insn *insn = run->insn;
        uint32_t start = cpu->run_eip = cpu->eip;
        cpu->run_end = insn + run->count;
        do
            execute(cpu, insn, start);
        while (++insn != cpu->run_end && !must_look_round(cpu, limits));
    } while (!must_look_round(cpu, limits));
}

/* Is there a breakpoint on the next instruction that was not reported already? */
static bool at_breakpoint(struct cpu *cpu, const struct run_limits *limits)
{
    struct watch *w = cpu->watch;
    if (!limits->breakpoints || !w->breakpoints || w->passed_icount == cpu->icount ||
        !watch_is_breakpoint(w, cpu->seg[CS].base + cpu->eip))
        return false;
    w->passed_icount = cpu->icount;
    return true;
}

/* Asks the debugger about the next instruction. False: stop. */
static bool ask(struct cpu *cpu, const struct run_limits *limits)
{
    if (at_breakpoint(cpu, limits))
        return false;
    if (probe_wants(cpu->probes, PROBE_INSN))
        probe_emit(cpu->probes, PROBE_INSN, cpu->seg[CS].base + cpu->eip, 0, 0, 0);
    return true;
}

/* False at a breakpoint. */
static bool ask_runs(struct cpu *cpu, const struct run_limits *limits)
{
    do {
        if (!ask(cpu, limits))
            return false;
        const struct run *run = runs_at(cpu);
        const struct insn *insn = run->insn, *end = insn + run->count;
        uint32_t start = cpu->run_eip = cpu->eip;
        bool more;
        do {
            cpu->run_end = end;
            execute(cpu, insn, start);
            more = cpu->run_end == end && ++insn != end && !must_look_round(cpu, limits);
        } while (more && ask(cpu, limits));
        if (more)
            return false;
    } while (!must_look_round(cpu, limits));
    return true;
}

/* INT n, INT3, INTO and ICEBP that went to a handler which clears TF are not followed by a trap. */
static bool left_by_interrupt(const struct cpu *cpu, const struct insn *insn)
{
    bool software = (insn->row >= 0xCC && insn->row <= 0xCE) || insn->row == 0xF1;
    return software && !(cpu->eflags & FLAG_TF);
}

/* What TF and RF, as they were before the instruction, have left to do. */
static void finish_single(struct cpu *cpu, const struct insn *insn, uint32_t before)
{
    enum { IRET_ROW = 0xCF };
    if (before & FLAG_RF && insn->row != IRET_ROW)
        cpu->eflags &= ~(uint32_t)FLAG_RF;
    if (before & FLAG_TF && !cpu->inhibit_trap && !left_by_interrupt(cpu, insn)) {
        cpu->dr[6] |= DR6_SINGLE_STEP;
        cpu->attention |= ATTEND_TRAP;
    }
    if (cpu->eflags & (FLAG_TF | FLAG_RF))
        cpu->attention |= ATTEND_SINGLE;
    else
        clear_attention(cpu, ATTEND_SINGLE);
}

/* One instruction after which everything is looked at anew. False at a breakpoint. */
static bool execute_single(struct cpu *cpu, const struct run_limits *limits)
{
    uint32_t before = cpu->eflags;
    if (!ask(cpu, limits))
        return false;
    clear_attention(cpu, ATTEND_SHADOW);
    cpu->inhibit_trap = false;
    const struct run *run = runs_at(cpu);
    const struct insn *insn = run->insn;
    cpu->run_end = insn + 1;
    execute(cpu, insn, cpu->run_eip = cpu->eip);
    finish_single(cpu, insn, before);
    return true;
}

/* Executes until there is something to look at. False at a breakpoint. */
static bool execute_some(struct cpu *cpu, const struct run_limits *limits)
{
    if (cpu->attention & (ATTEND_SHADOW | ATTEND_SINGLE))
        return execute_single(cpu, limits);
    if ((limits->breakpoints && cpu->watch->breakpoints) || probe_wants(cpu->probes, PROBE_INSN))
        return ask_runs(cpu, limits);
    if (cpu->timing_mode == CPU_TIMING_FAST)
        count_runs(cpu, limits);
    else
        time_runs(cpu, limits);
    return true;
}

static enum cpu_stop run_until_stop(struct cpu *cpu, const struct run_limits *limits)
{
    enum cpu_stop stop;
    while (!find_stop(cpu, limits, &stop)) {
        if (cpu->clock->now >= cpu->clock->next_due) {
            clock_fire_due(cpu->clock);
            continue;
        }
        enum attended attended = cpu->attention ? attend(cpu) : NOTHING_DONE;
        if (attended == DEAD)
            return CPU_DEAD;
        if (attended == NOTHING_DONE && !execute_some(cpu, limits))
            return CPU_BREAKPOINT;
    }
    return stop;
}

enum cpu_stop cpu_run(struct cpu *cpu, uint64_t deadline, uint64_t limit, bool breakpoints)
{
    const struct run_limits limits = {
        .last_icount = limit < UINT64_MAX - cpu->icount ? cpu->icount + limit : UINT64_MAX,
        .breakpoints = breakpoints
    };
    cpu->deadline = deadline;
    cpu->insn = cpu->run_start = &no_insn;
    cpu->running = true;
    while (setjmp(cpu->fault_jump))
        deliver_fault(cpu);
    enum cpu_stop stop = run_until_stop(cpu, &limits);
    cpu->insn = cpu->run_start = &no_insn;
    cpu->running = false;
    return stop;
}
