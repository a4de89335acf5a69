/* Transfers of control between segments, privilege levels and gates (PRM ch. 6 and the pseudo-code of CALL, JMP, RET
 * and IRET in ch. 26).
 *
 * A transfer that pushes collects what it will push in a struct frame, checks the stack it goes to, loads the new CS,
 * SS and CPL, and then pushes: nothing can fault any more at that point. An inner stack belongs to level 0, 1 or 2 and
 * is therefore always accessed as supervisor.
 *
 * The way that a transfer took is left in cpu->work (timing_work()), for the clocks. */
#include "emu/cpu/gate.h"

#include "emu/cpu/fault.h"
#include "emu/cpu/mem.h"
#include "emu/cpu/task.h"
#include "emu/cpu/vme.h"
#include "emu/timing/timing.h"

/* --- Stacks --- */

void stack_current(const struct cpu *cpu, struct stack *stack, unsigned ext)
{
    stack->segment = cpu->seg[SS];
    stack->pointer = cpu->r[ESP];
    stack->mask = cpu->sp_mask;
    stack->inner = false;
    stack->code = ext;
}

/* SS:ESP of level CPL in the TSS. */
static void tss_stack(struct cpu *cpu, unsigned cpl, unsigned ext, struct stack *stack)
{
    bool wide = cpu->tr.access & 8;
    uint32_t offset = wide ? cpl * 8 + 4 : cpl * 4 + 2;
    if (offset + (wide ? 5 : 3) > cpu->tr.limit)
        cpu_raise_code(cpu, EXC_TS, selector_code(cpu->tr.selector) | ext);
    uint32_t linear = cpu->tr.base + offset;
    stack->pointer = mem_read_linear(cpu, linear, wide ? 4 : 2);
    stack->segment.selector = (uint16_t)mem_read_linear(cpu, linear + (wide ? 4 : 2), 2);
}

void stack_inner(struct cpu *cpu, struct stack *stack, unsigned cpl, unsigned ext)
{
    tss_stack(cpu, cpl, ext, stack);
    uint16_t selector = stack->segment.selector;
    stack->inner = true;
    stack->code = selector_code(selector) | ext;
    if (selector_is_null(selector))
        cpu_raise_code(cpu, EXC_TS, ext);
    if (!descriptor_read(cpu, selector, &stack->d) || (selector & 3u) != cpl || descriptor_dpl(&stack->d) != cpl ||
        !descriptor_is_writable_data(&stack->d))
        cpu_raise_code(cpu, EXC_TS, stack->code);
    if (!(stack->d.access & ACC_P))
        cpu_raise_code(cpu, EXC_SS, stack->code);
    stack->segment = (struct segment){ .selector = selector, .access = stack->d.access, .base = stack->d.base,
                                       .limit = stack->d.limit, .valid = true };
    stack->mask = stack->d.access & ACC_D ? 0xFFFFFFFF : 0xFFFF;
}

/* Are the SIZE bytes at OFFSET inside the segment? In real mode every segment grows up. */
static bool stack_holds(const struct cpu *cpu, const struct segment *s, uint32_t offset, unsigned size)
{
    uint64_t last = (uint64_t)offset + size - 1;
    if (!cpu_protected(cpu))
        return last <= s->limit;
    if (!s->valid)
        return false;
    if ((s->access & (ACC_CODE | ACC_EXPAND_DOWN)) == ACC_EXPAND_DOWN)
        return offset > s->limit && last <= (s->access & ACC_D ? 0xFFFFFFFF : 0xFFFF);
    return last <= s->limit;
}

void stack_check(struct cpu *cpu, const struct stack *stack, const struct frame *frame)
{
    bool user = !stack->inner && cpu->cpl == 3, translated = false;
    uint32_t pointer = stack->pointer, page = 0;
    for (unsigned i = 0; i < frame->count; i++) {
        pointer = (pointer - frame->size) & stack->mask;
        if (!stack->inner && mem_fast_write(cpu, SS, pointer, frame->size))
            continue;
        if (!stack_holds(cpu, &stack->segment, pointer, frame->size))
            cpu_raise_code(cpu, EXC_SS, stack->code);
        uint32_t first = stack->segment.base + pointer, last = first + frame->size - 1;
        if (cpu->alignment_checked && !stack->inner && first & (frame->size - 1))
            cpu_raise_code(cpu, EXC_AC, 0);
        if (!(cpu->cr0 & CR0_PG))
            continue;
        if (!translated || (first & PAGE_MASK) != page || (last & PAGE_MASK) != page) {
            page_translate(cpu, first, true, user);
            page_translate(cpu, last, true, user);
            page = first & PAGE_MASK;
            translated = true;
        }
    }
}

/* --- Entering --- */

/* Without the question whether it is present, as a JMP has another one before it. */
static void find_target(struct cpu *cpu, struct target *target, const struct descriptor *gate, unsigned ext)
{
    uint16_t selector = gate_selector(gate);
    target->eip = gate->base;
    target->cpl = cpu->cpl;
    if (selector_is_null(selector))
        cpu_raise_code(cpu, EXC_GP, ext);
    if (!descriptor_read(cpu, selector, &target->code) || !descriptor_is_code(&target->code) ||
        descriptor_dpl(&target->code) > cpu->cpl)
        cpu_raise_code(cpu, EXC_GP, selector_code(selector) | ext);
    if (!descriptor_is_conforming(&target->code))
        target->cpl = descriptor_dpl(&target->code);
}

static void need_present(struct cpu *cpu, const struct descriptor *code, unsigned ext)
{
    if (!(code->access & ACC_P))
        cpu_raise_code(cpu, EXC_NP, selector_code(code->selector) | ext);
}

void target_of_gate(struct cpu *cpu, struct target *target, const struct descriptor *gate, unsigned ext)
{
    find_target(cpu, target, gate, ext);
    need_present(cpu, &target->code, ext);
}

/* Loads CS:EIP at level CPL; the descriptor was checked and touched. */
static void enter_code(struct cpu *cpu, const struct target *target)
{
    cpu->cpl = (uint8_t)target->cpl;
    segment_set(cpu, CS, (uint16_t)((target->code.selector & 0xFFFC) | target->cpl), &target->code);
    cpu->eip = target->eip;
}

void gate_enter(struct cpu *cpu, struct target *target, struct stack *stack, const struct frame *frame)
{
    descriptor_touch(cpu, &target->code);
    if (stack->inner)
        descriptor_touch(cpu, &stack->d);
    enter_code(cpu, target);
    if (stack->inner)
        segment_set(cpu, SS, stack->segment.selector, &stack->d);
    segment_mode_changed(cpu);
    if (stack->inner)
        set_stack_pointer(cpu, stack->pointer);
    for (unsigned i = 0; i < frame->count; i++) {
        if (frame->size == 4)
            push32(cpu, frame->value[i]);
        else
            push16(cpu, (uint16_t)frame->value[i]);
    }
}

static void check_eip(struct cpu *cpu, const struct descriptor *code, uint32_t eip)
{
    if (eip > code->limit)
        cpu_raise_code(cpu, EXC_GP, 0);
}

/* --- Real and V86 mode --- */

static void jump_real(struct cpu *cpu, uint16_t selector, uint32_t offset)
{
    if (unlikely(offset > cpu->seg[CS].limit))
        cpu_raise_code(cpu, EXC_GP, 0);
    segment_set_real(cpu, CS, selector);
    cpu->eip = offset;
}

static void call_real(struct cpu *cpu, uint16_t selector, uint32_t offset, unsigned size)
{
    struct stack stack;
    const struct frame frame = { .value = { cpu->seg[CS].selector, cpu->eip }, .count = 2, .size = size };
    stack_current(cpu, &stack, 0);
    stack_check(cpu, &stack, &frame);
    jump_real(cpu, selector, offset);
    if (size == 4) {
        push32(cpu, frame.value[0]);
        push32(cpu, frame.value[1]);
    } else {
        push16(cpu, (uint16_t)frame.value[0]);
        push16(cpu, (uint16_t)frame.value[1]);
    }
}

/* --- JMP and CALL in protected mode --- */

/* A code segment named directly: not through a gate. */
static void check_direct(struct cpu *cpu, const struct descriptor *code)
{
    bool allowed = descriptor_is_conforming(code)
                       ? descriptor_dpl(code) <= cpu->cpl
                       : (code->selector & 3u) <= cpu->cpl && descriptor_dpl(code) == cpu->cpl;
    if (!allowed)
        cpu_raise_code(cpu, EXC_GP, selector_code(code->selector));
    if (!(code->access & ACC_P))
        cpu_raise_code(cpu, EXC_NP, selector_code(code->selector));
}

static void call_same_level(struct cpu *cpu, struct target *target, unsigned size)
{
    struct stack stack;
    struct frame frame = { .size = size };
    frame_add(&frame, cpu->seg[CS].selector);
    frame_add(&frame, cpu->eip);
    stack_current(cpu, &stack, 0);
    stack_check(cpu, &stack, &frame);
    check_eip(cpu, &target->code, target->eip);
    gate_enter(cpu, target, &stack, &frame);
}

static void call_inner_level(struct cpu *cpu, struct target *target, const struct descriptor *gate)
{
    struct stack stack;
    struct frame frame = { .size = gate_size(gate) };
    stack_inner(cpu, &stack, target->cpl, 0);
    frame_add(&frame, cpu->seg[SS].selector);
    frame_add(&frame, cpu->r[ESP]);
    for (unsigned i = gate_parameters(gate); i-- > 0;) {
        uint32_t offset = (cpu->r[ESP] + i * frame.size) & cpu->sp_mask;
        frame_add(&frame, frame.size == 4 ? rd32(cpu, SS, offset) : rd16(cpu, SS, offset));
    }
    frame_add(&frame, cpu->seg[CS].selector);
    frame_add(&frame, cpu->eip);
    stack_check(cpu, &stack, &frame);
    check_eip(cpu, &target->code, target->eip);
    cpu->work |= timing_work(TIMED_INNER, gate_parameters(gate), TIMED_NO_TSS);
    gate_enter(cpu, target, &stack, &frame);
}

static void jump_to(struct cpu *cpu, struct target *target)
{
    struct stack stack;
    const struct frame nothing = { .size = 2 };
    stack_current(cpu, &stack, 0);
    check_eip(cpu, &target->code, target->eip);
    gate_enter(cpu, target, &stack, &nothing);
}

static void through_call_gate(struct cpu *cpu, const struct descriptor *gate, bool call)
{
    struct target target;
    find_target(cpu, &target, gate, 0);
    if (target.cpl < cpu->cpl && !call)
        cpu_raise_code(cpu, EXC_GP, selector_code(target.code.selector));
    need_present(cpu, &target.code, 0);
    if (target.cpl < cpu->cpl) {
        call_inner_level(cpu, &target, gate);
        return;
    }
    cpu->work |= timing_work(TIMED_SAME_LEVEL, 0, TIMED_NO_TSS);
    if (call)
        call_same_level(cpu, &target, gate_size(gate));
    else
        jump_to(cpu, &target);
}

/* The selector of a far JMP or CALL names a system descriptor. */
static void through_system(struct cpu *cpu, const struct descriptor *d, bool call)
{
    unsigned type = descriptor_system_type(d);
    bool gate = type == SYS_CALL286 || type == SYS_CALL386 || type == SYS_TASK_GATE;
    uint32_t code = selector_code(d->selector);
    if (!gate && (d->selector & 4 || !descriptor_is_free_tss(d)))       /* a TSS lies in the GDT only */
        cpu_raise_code(cpu, EXC_GP, code);
    if (descriptor_dpl(d) < cpu->cpl || descriptor_dpl(d) < (d->selector & 3u))
        cpu_raise_code(cpu, EXC_GP, code);
    if (!(d->access & ACC_P))
        cpu_raise_code(cpu, EXC_NP, code);
    if (gate && type != SYS_TASK_GATE) {
        through_call_gate(cpu, d, call);
        return;
    }
    cpu->work |= timing_work(gate ? TIMED_TASK_GATE : TIMED_TSS, 0, TIMED_NO_TSS);
    if (gate)
        task_gate(cpu, gate_selector(d), call ? TASK_CALL : TASK_JUMP, 0);
    else
        task_switch(cpu, d, call ? TASK_CALL : TASK_JUMP, 0);
}

static void far_protected(struct cpu *cpu, uint16_t selector, uint32_t offset, unsigned call_size)
{
    struct target target = { .eip = offset, .cpl = cpu->cpl };
    if (selector_is_null(selector))
        cpu_raise_code(cpu, EXC_GP, 0);
    if (!descriptor_read(cpu, selector, &target.code))
        cpu_raise_code(cpu, EXC_GP, selector_code(selector));
    if (!(target.code.access & ACC_S)) {
        through_system(cpu, &target.code, call_size != 0);
        return;
    }
    if (!descriptor_is_code(&target.code))
        cpu_raise_code(cpu, EXC_GP, selector_code(selector));
    check_direct(cpu, &target.code);
    if (call_size)
        call_same_level(cpu, &target, call_size);
    else
        jump_to(cpu, &target);
}

void far_jump(struct cpu *cpu, uint16_t selector, uint32_t offset, unsigned size)
{
    if (size == 2)
        offset &= 0xFFFF;
    if (segment_real(cpu))
        jump_real(cpu, selector, offset);
    else
        far_protected(cpu, selector, offset, 0);
}

void far_call(struct cpu *cpu, uint16_t selector, uint32_t offset, unsigned size)
{
    if (size == 2)
        offset &= 0xFFFF;
    if (segment_real(cpu))
        call_real(cpu, selector, offset, size);
    else
        far_protected(cpu, selector, offset, size);
}

/* --- RET and IRET --- */

/* Element INDEX of the stack, of SIZE bytes; nothing is popped. */
static uint32_t stack_element(struct cpu *cpu, unsigned index, unsigned size)
{
    uint32_t offset = (cpu->r[ESP] + index * size) & cpu->sp_mask;
    return size == 4 ? rd32(cpu, SS, offset) : rd16(cpu, SS, offset);
}

/* The selector in element INDEX: only its word is read, the rest of a dword may lie beyond the limit (PRM ch. 26, RET:
 * "third word on stack must be within stack limits"; silicon agrees). */
static uint16_t stack_selector(struct cpu *cpu, unsigned index, unsigned size)
{
    return rd16(cpu, SS, (cpu->r[ESP] + index * size) & cpu->sp_mask);
}

uint32_t flags_loadable(const struct cpu *cpu, unsigned size)
{
    uint32_t mask = FLAG_ARITHMETIC | FLAG_TF | FLAG_DF | FLAG_NT;
    if (cpu->cpl == 0)
        mask |= FLAG_IOPL;
    if (cpu->cpl <= cpu_iopl(cpu))
        mask |= FLAG_IF;
    if (size == 4)
        mask |= cpu->has_cpuid ? FLAG_AC | FLAG_ID : FLAG_AC;
    return mask;
}

/* RF comes with IRETD only, and so do VIF and VIP from level 0. */
static uint32_t flags_returnable(const struct cpu *cpu, unsigned size)
{
    uint32_t mask = flags_loadable(cpu, size);
    if (size == 4)
        mask |= cpu->has_cpuid && cpu->cpl == 0 ? FLAG_RF | FLAG_VIF | FLAG_VIP : FLAG_RF;
    return mask;
}

static void load_flags(struct cpu *cpu, uint32_t image, uint32_t mask)
{
    cpu_set_eflags(cpu, (cpu_eflags(cpu) & ~mask) | (image & mask));
}

static void return_real(struct cpu *cpu, unsigned size, uint32_t release)
{
    uint32_t eip = stack_element(cpu, 0, size);
    uint16_t selector = stack_selector(cpu, 1, size);
    jump_real(cpu, selector, eip);
    set_stack_pointer(cpu, cpu->r[ESP] + 2 * size + release);
}

/* The code segment that is returned to, at the RPL of its selector. */
static void check_return_code(struct cpu *cpu, struct target *target, uint16_t selector)
{
    unsigned rpl = selector & 3;
    if (!descriptor_read(cpu, selector, &target->code) || !descriptor_is_code(&target->code))
        cpu_raise_code(cpu, EXC_GP, selector_code(selector));
    unsigned dpl = descriptor_dpl(&target->code);
    if (descriptor_is_conforming(&target->code) ? dpl > rpl : dpl != rpl)
        cpu_raise_code(cpu, EXC_GP, selector_code(selector));
    if (!(target->code.access & ACC_P))
        cpu_raise_code(cpu, EXC_NP, selector_code(selector));
    target->cpl = rpl;
}

/* The stack segment of the outer level CPL that is returned to. */
static void check_return_stack(struct cpu *cpu, struct descriptor *d, uint16_t selector, unsigned cpl)
{
    if (selector_is_null(selector))
        cpu_raise_code(cpu, EXC_GP, 0);
    if (!descriptor_read(cpu, selector, d) || (selector & 3u) != cpl || descriptor_dpl(d) != cpl ||
        !descriptor_is_writable_data(d))
        cpu_raise_code(cpu, EXC_GP, selector_code(selector));
    if (!(d->access & ACC_P))
        cpu_raise_code(cpu, EXC_SS, selector_code(selector));
}

/* The outer level must not keep segments that it could not have loaded. */
static void drop_inner_segments(struct cpu *cpu)
{
    static const uint8_t data[] = { ES, FS, GS, DS };
    for (unsigned i = 0; i < sizeof data; i++) {
        const struct segment *s = &cpu->seg[data[i]];
        bool conforming = (s->access & (ACC_CODE | ACC_CONFORMING)) == (ACC_CODE | ACC_CONFORMING);
        if (s->valid && !conforming && (s->access >> 5 & 3) < cpu->cpl)
            segment_set_null(cpu, data[i], 0);
    }
}

/* RET and IRET to protected mode. COUNT elements (EIP, CS and for IRET the flags) are popped, then RELEASE bytes. */
static void return_protected(struct cpu *cpu, unsigned size, unsigned count, uint32_t release)
{
    struct target target;
    struct descriptor outer;
    uint32_t esp = 0;
    target.eip = stack_element(cpu, 0, size);
    uint16_t ss = 0, selector = stack_selector(cpu, 1, size);
    if (selector_is_null(selector))
        cpu_raise_code(cpu, EXC_GP, 0);
    if ((selector & 3u) < cpu->cpl)
        cpu_raise_code(cpu, EXC_GP, selector_code(selector));

    bool outward = (selector & 3u) > cpu->cpl;
    if (outward) {
        uint32_t at = (cpu->r[ESP] + count * size + release) & cpu->sp_mask;
        esp = size == 4 ? rd32(cpu, SS, at) : rd16(cpu, SS, at);
        ss = rd16(cpu, SS, (at + size) & cpu->sp_mask);
    }
    check_return_code(cpu, &target, selector);
    if (outward)
        check_return_stack(cpu, &outer, ss, target.cpl);
    check_eip(cpu, &target.code, target.eip);
    cpu->work |= timing_work(outward ? TIMED_OUTER : TIMED_PLAIN, 0, TIMED_NO_TSS);
    descriptor_touch(cpu, &target.code);
    if (outward)
        descriptor_touch(cpu, &outer);

    enter_code(cpu, &target);
    if (outward)
        segment_set(cpu, SS, ss, &outer);
    segment_mode_changed(cpu);
    set_stack_pointer(cpu, outward ? esp + release : cpu->r[ESP] + count * size + release);
    if (outward)
        drop_inner_segments(cpu);
}

void far_return(struct cpu *cpu, unsigned size, uint32_t release)
{
    if (segment_real(cpu))
        return_real(cpu, size, release);
    else
        return_protected(cpu, size, 2, release);
}

/* IRETD at level 0 with VM set in the popped flags. */
static void return_to_v86(struct cpu *cpu, uint32_t eflags)
{
    static const uint8_t order[] = { ES, DS, FS, GS };
    uint32_t element[9];
    for (unsigned i = 0; i < 9; i++)
        element[i] = stack_element(cpu, i, 4);
    if (element[0] > 0xFFFF)
        cpu_raise_code(cpu, EXC_GP, 0);
    cpu->work |= timing_work(TIMED_OUTER, 0, TIMED_NO_TSS);
    cpu_set_eflags(cpu, (eflags & (flags_returnable(cpu, 4) | FLAG_VM)) | 2);
    cpu->cpl = 3;
    cpu->eip = element[0];
    segment_set_real(cpu, CS, (uint16_t)element[1]);
    cpu->r[ESP] = element[3];
    segment_set_real(cpu, SS, (uint16_t)element[4]);
    for (unsigned i = 0; i < sizeof order; i++)
        segment_set_real(cpu, order[i], (uint16_t)element[5 + i]);
    segment_mode_changed(cpu);
}

static void interrupt_return_protected(struct cpu *cpu, unsigned size)
{
    uint32_t mask = flags_returnable(cpu, size);
    uint32_t image = stack_element(cpu, 2, size);
    if (size == 4 && image & FLAG_VM && cpu->cpl == 0) {
        return_to_v86(cpu, image);
        return;
    }
    return_protected(cpu, size, 3, 0);
    load_flags(cpu, image, mask);
}

void interrupt_return(struct cpu *cpu, unsigned size)
{
    if (size == 2 && vme_in_v86(cpu)) {
        uint16_t image = (uint16_t)stack_element(cpu, 2, size);
        vme_check_flags(cpu, image);
        return_real(cpu, size, size);
        vme_load_flags(cpu, image);
    } else if (segment_real(cpu)) {
        if (cpu->cpl > cpu_iopl(cpu))
            cpu_raise_code(cpu, EXC_GP, 0);
        uint32_t image = stack_element(cpu, 2, size);
        return_real(cpu, size, size);
        load_flags(cpu, image, flags_returnable(cpu, size));
    } else if (cpu->eflags & FLAG_NT) {
        cpu->work |= timing_work(TIMED_TSS, 0, TIMED_NO_TSS);
        task_return(cpu);
    } else {
        interrupt_return_protected(cpu, size);
    }
    cpu->nmi_masked = false;
}
