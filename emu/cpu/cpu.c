/* The main loop of the i486: what happens between instructions (PRM 9.1-9.4, 10.1), and three ways of executing them.
 *
 *   cpu_run          catches faults (fault.h) and delivers them
 *     run_until_stop   goes round: reasons to stop, due events, what needs attention, then one of
 *       count_runs       `fast` mode: runs that end before the next event, charged all at once, by quick forms (insn.h)
 *       time_runs        `table` mode: each instruction is charged what the clock table says
 *       timed_runs       `cycle` mode: the model of timing/ is told what each instruction does (timed.h)
 *       ask_runs         any mode, asking the debugger before each instruction
 *       execute_single   one instruction in the shadow of another or with TF or RF set
 *
 * A stop never changes what the guest does: all that is done between two instructions may be interrupted anywhere and
 * taken up again by the next cpu_run(). */
#include "emu/cpu/cpu.h"

#include "emu/cpu/debug_registers.h"
#include "emu/cpu/fault.h"
#include "emu/cpu/interrupt.h"
#include "emu/cpu/loop.h"
#include "emu/cpu/mem.h"
#include "emu/cpu/opcode.h"
#include "emu/cpu/runs.h"
#include "emu/cpu/timed.h"
#include "emu/cpu/watch.h"
#include "emu/timing/timing.h"

/* Between two looks round, at most: instructions in `fast` mode, and iterations of one REP instruction. */
enum { GRANT_MAX = RUN_NO_ROOM - 1, REP_SLICE = 1 << 16 };

/* Stands for the work between instructions when a fault comes up there. */
static const struct insn no_insn = { .len = 0 };

/* --- Time --- */

/* Instructions before cpu->insn that are not charged yet: only in `fast` mode there are any. */
static inline uint64_t uncharged(const struct cpu *cpu)
{
    return (uint64_t)(cpu->granted - cpu->room) + (uint64_t)(cpu->insn - cpu->run_start);
}

/* Whoever asks for the time may also change what comes next: the loop looks round after the run. */
void cpu_sync(struct cpu *cpu)
{
    if (timed(cpu)) {
        if (cpu->cycle->now > cpu->clocks)
            loop_charge(cpu, 0, cpu->cycle->now - cpu->clocks);
        return;
    }
    uint64_t done = uncharged(cpu);
    cpu->kept = cpu->room - (int)(cpu->insn - cpu->run_start);
    cpu->granted = cpu->room = 0;
    cpu->run_start = cpu->insn;
    loop_charge(cpu, done, done * cpu->fast_clocks);
}

uint64_t cpu_icount(const struct cpu *cpu)
{
    return cpu->icount + uncharged(cpu);
}

uint64_t cpu_clocks(const struct cpu *cpu)
{
    return cpu->clocks + uncharged(cpu) * cpu->fast_clocks;
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

static enum timing_cpu_mode timed_mode(const struct cpu *cpu)
{
    return cpu->mode & RUN_V86 ? TIMED_V86 : cpu->mode & RUN_PROTECTED ? TIMED_PROTECTED : TIMED_REAL;
}

/* Clocks of a delivery that no instruction pays for, and that has just been made. */
static uint64_t delivery_clocks(const struct cpu *cpu, const struct timing_event *event)
{
    return cpu->timing_mode == CPU_TIMING_FAST ? 0 : timing_delivery(cpu->timing, event, cpu->work);
}

/* --- REP --- */

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
    if (loop_stops_repetition(cpu))
        return 1;
    if (timed(cpu))
        return REP_SLICE;           /* timed_iterated() says when to stop */
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
    cpu->timed.repeating = true;
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
    if (probe_wants(cpu->probes, PROBE_SHUTDOWN))
        probe_emit(cpu->probes, PROBE_SHUTDOWN, 0, 0, 0, 0);
    cpu_attend(cpu, ATTEND_SHUTDOWN);
    line_set(&cpu->shutdown_line, true);
    line_set(&cpu->shutdown_line, false);
}

static void begin_delivery(struct cpu *cpu)
{
    if (timed(cpu))
        timed_deliver_begin(cpu);
}

/* Charges a delivery that was made. */
static void end_delivery(struct cpu *cpu, const struct timing_event *event)
{
    uint64_t clocks = delivery_clocks(cpu, event);
    if (timed(cpu))
        timed_deliver_end(cpu, (uint32_t)clocks);
    else
        loop_charge(cpu, 0, clocks);
}

/* What a handler that left by longjmp raised; the instruction matters where V86 mode did not allow it. */
static struct timing_event raised_event(const struct cpu *cpu)
{
    const struct opcode *row = &opcode_table[cpu->insn->row];
    bool refused = cpu->fault_vector == EXC_GP && cpu->fault_code == 0 && cpu_v86(cpu) && row->mnemonic;
    return (struct timing_event){ .cause = TIMED_EXCEPTION, .mode = timed_mode(cpu), .vector = cpu->fault_vector,
                                  .mnemonic = refused ? row->mnemonic : NULL, .operands = row->operands,
                                  .repeat = opcode_repeats(cpu->insn) };
}

/* A handler left by longjmp: delivers what it raised and pays for it. */
static void deliver_fault(struct cpu *cpu)
{
    const struct timing_event event = raised_event(cpu);
    cpu_sync(cpu);
    cpu->attention &= (uint16_t)~ATTEND_SHADOW;
    cpu->inhibit_trap = false;
    debug_faulted(cpu);
    loop_charge(cpu, 1, cpu->timing_mode == CPU_TIMING_FAST ? cpu->fast_clocks : 0);
    begin_delivery(cpu);
    bool alive = cpu_deliver_fault(cpu);
    cpu->insn = cpu->run_start = &no_insn;
    end_delivery(cpu, &event);
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

/* Interrupt or trap between two instructions; wakes a halted processor, and a shadow ends with it. */
static void deliver(struct cpu *cpu, unsigned vector, enum timing_cause cause)
{
    const struct timing_event event = { .cause = cause, .mode = timed_mode(cpu), .vector = (uint8_t)vector };
    clear_attention(cpu, ATTEND_HALTED | ATTEND_SHADOW);
    cpu->inhibit_trap = false;
    cpu->insn = cpu->run_start = &no_insn;
    begin_delivery(cpu);
    cpu_interrupt(cpu, vector, cause == TIMED_EXCEPTION ? SOURCE_TRAP : SOURCE_HARDWARE, false, 0);
    end_delivery(cpu, &event);
}

/* A trap that no instruction has caused counts as one: entering the handler may trap again, and on for ever. */
static void deliver_trap(struct cpu *cpu)
{
    if (debug_take_trap(cpu))
        loop_charge(cpu, 1, cpu->timing_mode == CPU_TIMING_FAST ? cpu->fast_clocks : 0);
    deliver(cpu, EXC_DB, TIMED_EXCEPTION);
}

/* Only a real NMI masks further ones, not vector 2 from elsewhere; from its acceptance on, whatever becomes of it. */
static void deliver_nmi(struct cpu *cpu)
{
    clear_attention(cpu, ATTEND_NMI);
    cpu->nmi_masked = true;
    deliver(cpu, EXC_NMI, TIMED_NMI);
}

/* Lets time pass until something can happen. False: nothing ever will. */
static bool wait_halted(struct cpu *cpu)
{
    struct clock *clock = cpu->clock;
    uint64_t until = clock->next_due < cpu->deadline ? clock->next_due : cpu->deadline;
    if (!(cpu->eflags & FLAG_IF) || until == CLOCK_NEVER)
        return false;
    uint64_t clocks = (until - clock->now + cpu->ticks_per_clock - 1) / cpu->ticks_per_clock;
    loop_charge(cpu, 0, clocks);
    if (timed(cpu))
        timed_interrupted(cpu);
    cpu->idle_ticks += clocks * cpu->ticks_per_clock;
    return true;
}

enum attended { NOTHING_DONE, SOMETHING_DONE, DEAD };

/* The most urgent of what waits, in the order of PRM 9.4. The instruction after STI or MOV SS is let through first. */
static enum attended attend(struct cpu *cpu)
{
    bool shadow = cpu->attention & ATTEND_SHADOW, deep = shadow && cpu->inhibit_trap;
    if (cpu->attention & ATTEND_RESET) {
        cpu->running = false;
        cpu_reset(cpu);
        cpu->running = true;
    } else if (cpu->attention & ATTEND_TRAP && !deep) {
        deliver_trap(cpu);
    } else if (cpu->attention & ATTEND_NMI && !cpu->nmi_masked && !deep) {
        deliver_nmi(cpu);
    } else if (cpu->attention & ATTEND_INTR && cpu->eflags & FLAG_IF && !shadow) {
        deliver(cpu, cpu->acknowledge(cpu->board), TIMED_INTR);
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

/* How many instructions begin before the next event, the deadline and the limit, and so few that cpu->interrupt is seen
 * soon. */
static int instructions_until_event(const struct cpu *cpu, const struct run_limits *limits)
{
    const uint64_t ticks = (uint64_t)cpu->fast_clocks * cpu->ticks_per_clock;
    const struct clock *clock = cpu->clock;
    uint64_t end = clock->next_due < cpu->deadline ? clock->next_due : cpu->deadline;
    uint64_t room = end > clock->now ? end - clock->now : 0, left = limits->last_icount - cpu->icount;
    uint64_t count = room < GRANT_MAX * ticks ? (room + ticks - 1) / ticks : GRANT_MAX;
    return (int)(count < left ? count : left);
}

const struct insn *op_one(struct cpu *cpu, const struct insn *insn)
{
    cpu->insn = insn;
    cpu->eip = cpu->run_eip + insn->end;
    insn->fn(cpu, insn);
    return insn + 1;
}

static inline void begin_run(struct cpu *cpu, const struct run *run, const struct insn *end)
{
    cpu->run_eip = cpu->eip;
    cpu->run_start = run->insn;
    cpu->run_end = end;
}

/* Charges what is behind INSN, the first one not executed of a run, or what was executed before. */
static void charge_until(struct cpu *cpu, const struct insn *insn)
{
    cpu->insn = insn;
    cpu_sync(cpu);
    cpu->insn = cpu->run_start = &no_insn;
}

/* As much of RUN as there is room for. None is left if it was fetched from a device, which asked for the time: then one
 * instruction. */
static void count_one_run(struct cpu *cpu, const struct run *run)
{
    const struct insn *insn = run->insn;
    begin_run(cpu, run, run->count < cpu->room ? run->end : insn + (cpu->room > 0 ? cpu->room : 1));
    cpu->work = 0;
    do
        insn = op_one(cpu, insn);
    while (insn != cpu->run_end);
    charge_until(cpu, insn);
    if (run->repeats)
        loop_charge(cpu, 0, repeat_clocks(cpu));
}

static void grant_room(struct cpu *cpu, const struct run_limits *limits)
{
    cpu->room_until = cpu->clock->next_due;
    cpu->granted = cpu->room = instructions_until_event(cpu, limits);
}

/* After a run up to INSN that was not left by the quick form of a branch: may the loop go on without looking round? If
 * the time was asked for meanwhile, the room is that of that point, reckoned anew if there is another next event. */
static __attribute__((noinline)) bool goes_on(struct cpu *cpu, const struct run_limits *limits, const struct insn *insn)
{
    int done = (int)(insn - cpu->run_start);
    cpu->insn = cpu->run_start = &no_insn;
    if (cpu->granted == 0 && cpu->clock->next_due == cpu->room_until)
        cpu->granted = cpu->room = cpu->kept;
    else if (cpu->granted == 0)
        grant_room(cpu, limits);
    cpu->room -= done;
    if (unlikely(loop_needs_attention(cpu) | cpu->watch_hit | (unsigned)cpu->interrupt))
        return false;
    runs_follow(cpu);
    return true;
}

/* Executes whole runs while there is room for them, and charges them all at the end. Not inlined into cpu_run(), whose
 * setjmp() would keep everything here out of registers. */
static __attribute__((noinline)) void count_runs(struct cpu *cpu, const struct run_limits *limits)
{
    runs_follow(cpu);
    grant_room(cpu, limits);
    do {
        const struct run *run = runs_seen(cpu);
        if (unlikely(!run)) {
            cpu->insn = cpu->run_start = &no_insn;
            run = runs_find(cpu);
        }
        if (unlikely(run->room > cpu->room)) {
            count_one_run(cpu, run);
            return;
        }
        const struct insn *insn = run->insn;
        begin_run(cpu, run, run->end);
        do
            insn = insn->quick(cpu, insn);
        while (insn && insn != cpu->run_end);
        if (unlikely(insn != NULL) && !goes_on(cpu, limits, insn))
            break;
    } while (cpu->room > 0);
    charge_until(cpu, cpu->run_start);
}

/* One instruction of the run that began at START, and its clocks. */
static inline void execute(struct cpu *cpu, const struct insn *insn, uint32_t start)
{
    cpu->insn = cpu->run_start = insn;
    cpu->eip = start + insn->end;
    cpu->work = 0;
    insn->fn(cpu, insn);
    cpu->insn = cpu->run_start = &no_insn;
    loop_charge(cpu, 1, insn_clocks(cpu, insn));
}

/* The same in any mode, for the loops where speed is no matter. */
static void execute_slowly(struct cpu *cpu, const struct run *run, const struct insn *insn, uint32_t start)
{
    if (timed(cpu))
        timed_execute(cpu, run, insn, start);
    else
        execute(cpu, insn, start);
}

static const struct run *find_run(struct cpu *cpu)
{
    return timed(cpu) ? timed_run(cpu) : runs_at(cpu);
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
        while (++insn != cpu->run_end && !loop_must_look_round(cpu, limits));
    } while (!loop_must_look_round(cpu, limits));
}

/* Is there a breakpoint on the next instruction that was not reported already? */
static bool at_breakpoint(struct cpu *cpu, const struct run_limits *limits)
{
    const struct watch *w = cpu->watch;
    if (!limits->breakpoints || !w->breakpoints || !watch_is_breakpoint(w, cpu->seg[CS].base + cpu->eip) ||
        watch_passed(cpu))
        return false;
    watch_pass(cpu);
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
        const struct run *run = find_run(cpu);
        const struct insn *insn = run->insn, *end = insn + run->count;
        uint32_t start = cpu->run_eip = cpu->eip;
        bool more;
        do {
            cpu->run_end = end;
            execute_slowly(cpu, run, insn, start);
            more = cpu->run_end == end && ++insn != end && !loop_must_look_round(cpu, limits);
        } while (more && ask(cpu, limits));
        if (more)
            return false;
    } while (!loop_must_look_round(cpu, limits));
    return true;
}

/* What TF and RF, as they were before the instruction, have left to do. Interrupts by instruction (INT n and its kin)
 * and task switches swallow the trap, MOV SS puts it off. RF stays with a repeated instruction to its last turn. */
static void finish_single(struct cpu *cpu, const struct insn *insn, uint32_t before)
{
    if (before & FLAG_RF && opcode_repeats(insn) && cpu->eip == cpu->run_eip)
        cpu->eflags |= FLAG_RF;
    if (cpu->single_step && !cpu->inhibit_trap)
        debug_step(cpu);
    if (cpu->eflags & (FLAG_TF | FLAG_RF))
        cpu->attention |= ATTEND_SINGLE;
    else
        clear_attention(cpu, ATTEND_SINGLE);
}

/* One instruction after which everything is looked at anew. False at a breakpoint. It is found first, while RF and the
 * shadow of MOV SS still keep instruction breakpoints off. RF is cleared when the instruction begins, so that what the
 * instruction itself loads (IRETD, a task switch) stays, and a fault sets it in the image that it pushes. */
static bool execute_single(struct cpu *cpu, const struct run_limits *limits)
{
    uint32_t before = cpu->eflags;
    if (!ask(cpu, limits))
        return false;
    const struct run *run = find_run(cpu);
    const struct insn *insn = run->insn;
    clear_attention(cpu, ATTEND_SHADOW);
    cpu->inhibit_trap = false;
    debug_begin(cpu);
    cpu->eflags &= ~(uint32_t)FLAG_RF;
    cpu->run_end = insn + 1;
    execute_slowly(cpu, run, insn, cpu->run_eip = cpu->eip);
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
    else if (timed(cpu))
        timed_runs(cpu, limits);
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
