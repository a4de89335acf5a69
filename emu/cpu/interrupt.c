/* Interrupts and exceptions (PRM ch. 9, 22.3 and the pseudo-code of INT in ch. 26), and what becomes of faults.
 *
 * Real mode takes the vector from the table at IDTR's base. Protected and V86 mode go through interrupt, trap and task
 * gates, V86 always to level 0 with a frame that holds the data segments too.
 *
 * A fault while an exception is being delivered is told by its longjmp: cpu_deliver_fault() puts its own landing place
 * into cpu->fault_jump, and decides by PRM table 9-3 whether the second fault is delivered after all, becomes a double
 * fault, or, during a double fault, shuts the processor down. */
#include "emu/cpu/interrupt.h"

#include "emu/cpu/debug_registers.h"
#include "emu/cpu/fault.h"
#include "emu/cpu/gate.h"
#include "emu/cpu/mem.h"
#include "emu/cpu/task.h"
#include "emu/timing/timing.h"

/* One interrupt on its way. */
struct delivery {
    unsigned vector;
    enum interrupt_source source;
    bool has_code;
    uint32_t code;
    unsigned ext;               /* EXT bit of error codes: not caused by an instruction of the program */
    uint32_t eflags;            /* image to push */
};

/* --- Real mode --- */

/* Pushes flags, CS and IP; all or nothing. */
static void push_real(struct cpu *cpu, uint16_t flags)
{
    uint16_t cs = cpu->seg[CS].selector, ip = (uint16_t)cpu->eip;
    uint32_t sp = stack_pointer(cpu);
    uint8_t *high = mem_fast_write(cpu, SS, (sp - 4) & cpu->sp_mask, 4);
    uint8_t *low = mem_fast_write(cpu, SS, (sp - 6) & cpu->sp_mask, 2);
    if (likely(high && low)) {
        store32(high, (uint32_t)flags << 16 | cs);
        store16(low, ip);
        set_stack_pointer(cpu, sp - 6);
        return;
    }
    const struct frame frame = { .value = { flags, cs, ip }, .count = 3, .size = 2 };
    struct stack stack;
    stack_current(cpu, &stack, 0);
    stack_check(cpu, &stack, &frame);
    push16(cpu, flags);
    push16(cpu, cs);
    push16(cpu, ip);
}

/* A vector outside the table is exception 8 (PRM table 22-2). */
static void interrupt_real(struct cpu *cpu, unsigned vector)
{
    if (unlikely(vector * 4 + 3 > cpu->idtr.limit))
        cpu_raise(cpu, EXC_DF);
    uint32_t target = mem_read_linear(cpu, cpu->idtr.base + vector * 4, 4);
    push_real(cpu, (uint16_t)cpu_eflags(cpu));
    cpu_report_if(cpu, false, 1 + vector);
    cpu->eflags &= ~(uint32_t)(FLAG_IF | FLAG_TF | FLAG_AC | FLAG_RF);
    segment_set_real(cpu, CS, (uint16_t)(target >> 16));
    cpu->eip = target & 0xFFFF;
    cpu->work = timing_work(TIMED_SAME_LEVEL, 0, TIMED_NO_TSS);
}

/* --- Protected and V86 mode --- */

static void through_task_gate(struct cpu *cpu, const struct delivery *dv, const struct descriptor *gate)
{
    cpu->work = timing_work(TIMED_TASK_GATE, 0, TIMED_NO_TSS);
    task_gate(cpu, gate_selector(gate), dv->eflags & FLAG_RF ? TASK_FAULT : TASK_INTERRUPT, dv->ext);
    if (!dv->has_code)
        return;
    struct frame frame = { .size = cpu->tr.access & 8 ? 4 : 2 };
    struct stack stack;
    frame_add(&frame, dv->code);
    stack_current(cpu, &stack, dv->ext);
    stack_check(cpu, &stack, &frame);
    if (frame.size == 4)
        push32(cpu, dv->code);
    else
        push16(cpu, (uint16_t)dv->code);
}

static void build_frame(const struct cpu *cpu, const struct delivery *dv, struct frame *frame, bool inner)
{
    static const uint8_t v86_order[] = { GS, FS, DS, ES };
    if (inner && cpu_v86(cpu))
        for (unsigned i = 0; i < sizeof v86_order; i++)
            frame_add(frame, cpu->seg[v86_order[i]].selector);
    if (inner) {
        frame_add(frame, cpu->seg[SS].selector);
        frame_add(frame, cpu->r[ESP]);
    }
    frame_add(frame, dv->eflags);
    frame_add(frame, cpu->seg[CS].selector);
    frame_add(frame, cpu->eip);
    if (dv->has_code)
        frame_add(frame, dv->code);
}

/* In V86 mode only a nonconforming handler of level 0 will do. */
static void check_v86_target(struct cpu *cpu, const struct target *target, unsigned ext)
{
    if (cpu_v86(cpu) && (target->cpl != 0 || descriptor_is_conforming(&target->code)))
        cpu_raise_code(cpu, EXC_GP, selector_code(target->code.selector) | ext);
}

static void through_interrupt_gate(struct cpu *cpu, const struct delivery *dv, const struct descriptor *gate)
{
    struct target target;
    struct stack stack;
    struct frame frame = { .size = gate_size(gate) };
    unsigned type = descriptor_system_type(gate);
    bool was_v86 = cpu_v86(cpu);

    target_of_gate(cpu, &target, gate, dv->ext);
    check_v86_target(cpu, &target, dv->ext);
    if (target.cpl < cpu->cpl)
        stack_inner(cpu, &stack, target.cpl, dv->ext);
    else
        stack_current(cpu, &stack, dv->ext);
    build_frame(cpu, dv, &frame, stack.inner);
    stack_check(cpu, &stack, &frame);
    if (target.eip > target.code.limit)
        cpu_raise_code(cpu, EXC_GP, dv->ext);

    cpu->work = timing_work(stack.inner ? TIMED_INNER : TIMED_SAME_LEVEL, 0, TIMED_NO_TSS);
    descriptor_touch(cpu, &target.code);
    if (stack.inner)
        descriptor_touch(cpu, &stack.d);
    cpu->eflags &= ~(uint32_t)(FLAG_TF | FLAG_NT | FLAG_VM | FLAG_RF);
    if (type == SYS_INT286 || type == SYS_INT386) {
        cpu_report_if(cpu, false, 1 + dv->vector);
        cpu->eflags &= ~(uint32_t)FLAG_IF;
    }
    gate_enter(cpu, &target, &stack, &frame);
    if (was_v86)
        for (unsigned seg = ES; seg <= GS; seg++)
            if (seg != CS && seg != SS)
                segment_set_null(cpu, seg, 0);
}

static void interrupt_protected(struct cpu *cpu, const struct delivery *dv)
{
    struct descriptor gate;
    uint32_t code = dv->vector * 8 + 2 + dv->ext;
    if (dv->vector * 8 + 7 > cpu->idtr.limit)
        cpu_raise_code(cpu, EXC_GP, code);
    descriptor_read_at(cpu, cpu->idtr.base + dv->vector * 8, &gate);
    unsigned type = descriptor_system_type(&gate);
    bool interrupt = type == SYS_INT286 || type == SYS_TRAP286 || type == SYS_INT386 || type == SYS_TRAP386;
    if (!interrupt && type != SYS_TASK_GATE)
        cpu_raise_code(cpu, EXC_GP, code);
    if (dv->source == SOURCE_SOFTWARE && descriptor_dpl(&gate) < cpu->cpl)
        cpu_raise_code(cpu, EXC_GP, code);
    if (!(gate.access & ACC_P))
        cpu_raise_code(cpu, EXC_NP, code);
    if (interrupt)
        through_interrupt_gate(cpu, dv, &gate);
    else
        through_task_gate(cpu, dv, &gate);
}

/* --- All modes --- */

/* Faults push RF set, debug faults too (PRM 11.3.1.1), so that the instruction, when it is tried again, does not meet
 * its breakpoint again. Traps, aborts and interrupts push it as it is: set before a breakpoint's instruction that was
 * returned to, and between the iterations of one that is repeated, which is not complete yet. */
static bool is_fault(const struct delivery *dv)
{
    return dv->source == SOURCE_EXCEPTION && dv->vector != EXC_DF;
}

static void report(struct cpu *cpu, const struct delivery *dv)
{
    if (dv->source == SOURCE_SOFTWARE && probe_wants(cpu->probes, PROBE_INT))
        probe_emit(cpu->probes, PROBE_INT, dv->vector, cpu->r[EAX], cpu->seg[CS].selector, cpu->eip);
    if ((dv->source == SOURCE_EXCEPTION || dv->source == SOURCE_TRAP) && probe_wants(cpu->probes, PROBE_EXCEPTION))
        probe_emit(cpu->probes, PROBE_EXCEPTION, dv->vector, dv->has_code ? dv->code : 0,
                   dv->vector == EXC_PF ? cpu->cr2 : 0, 0);
}

void cpu_interrupt(struct cpu *cpu, unsigned vector, enum interrupt_source source, bool has_code, uint32_t code)
{
    struct delivery dv = { .vector = vector, .source = source, .has_code = has_code, .code = code,
                           .ext = source != SOURCE_SOFTWARE };
    if (unlikely(cpu->probes->mask & (PROBE_BIT(PROBE_INT) | PROBE_BIT(PROBE_EXCEPTION))))
        report(cpu, &dv);
    if (likely(!cpu_protected(cpu))) {
        interrupt_real(cpu, vector);
    } else {
        dv.eflags = cpu_eflags(cpu);
        if (is_fault(&dv))
            dv.eflags |= FLAG_RF;
        interrupt_protected(cpu, &dv);
    }
    cpu->single_step = false;
    if (vector == EXC_DB && (source == SOURCE_EXCEPTION || source == SOURCE_TRAP))
        debug_entered(cpu);
}

/* --- Faults --- */

static bool is_contributory(unsigned vector)
{
    return vector == EXC_DE || (vector >= EXC_TS && vector <= EXC_GP);
}

/* Does a SECOND fault while FIRST is delivered make a double fault? */
static bool doubles(unsigned first, unsigned second)
{
    if (first == EXC_PF)
        return second == EXC_PF || is_contributory(second);
    return is_contributory(first) && is_contributory(second);
}

/* Deliveries begin between instructions: whatever faults then, EIP is right as it stands. */
static void leave_instruction(struct cpu *cpu)
{
    static const struct insn between = { .len = 0 };
    cpu->eip -= cpu->insn->len;
    cpu->insn = cpu->run_start = &between;
    cpu->work = 0;
}

/* A benign fault can be followed by a contributory one, that by a page fault, that by a double fault, that by shutdown.
 * More than NESTED_MAX can only be #AC in turn with others, which goes on for ever on the chip; here it ends like a
 * contributory fault. */
bool cpu_deliver_fault(struct cpu *cpu)
{
    enum { NESTED_MAX = 3 };
    volatile unsigned delivering = 0, nested = 0;
    leave_instruction(cpu);
    while (setjmp(cpu->fault_jump)) {
        if (delivering == EXC_DF)
            return false;
        nested = nested + 1;
        if (nested > NESTED_MAX || doubles(delivering, cpu->fault_vector)) {
            cpu->fault_vector = EXC_DF;
            cpu->fault_has_code = true;
            cpu->fault_code = 0;
        }
    }
    delivering = cpu->fault_vector;
    cpu_interrupt(cpu, cpu->fault_vector, SOURCE_EXCEPTION, cpu->fault_has_code, cpu->fault_code);
    return true;
}
