/* Task switches (PRM ch. 7), with 286 and 386 task state segments.
 *
 * Everything that can fault because of the old task or of either TSS happens first; then the old state is saved and the
 * new one taken over as a whole; then LDTR and the segment registers are loaded, whose faults belong to the new task:
 * they return to its EIP, not to the instruction that switched. Whoever catches a fault takes that instruction's length
 * off EIP, and so it is added for the time being. The kind of the new task is left in cpu->work (timing_work()). */
#include "emu/cpu/task.h"

#include "emu/cpu/debug_registers.h"
#include "emu/cpu/fault.h"
#include "emu/cpu/mem.h"
#include "emu/timing/timing.h"

/* Where things are in a TSS (PRM fig. 7-1, 7-6). Registers and segments in the order of their numbers. */
struct layout {
    uint8_t size;               /* of a field */
    uint8_t minimum_limit;      /* of a task that is switched to */
    uint8_t saved_limit;        /* of one that is left: up to the last field that is written */
    uint8_t eip, eflags, registers, segments, segment_count, ldt;
};
static const struct layout layout286 = { 2, 43, 41, 14, 16, 18, 34, 4, 42 };
static const struct layout layout386 = { 4, 103, 95, 32, 36, 40, 72, 6, 96 };
enum { TSS386_CR3 = 28, TSS386_TRAP = 100 };

/* A task's dynamic state as read from its TSS. */
struct task {
    uint32_t eip, eflags, cr3, r[8];
    uint16_t segment[6], ldt;
    bool trap;                  /* the T bit */
};

static const struct layout *layout_of(unsigned access)
{
    return access & 8 ? &layout386 : &layout286;
}

/* Faults now if one of the bytes could not be accessed. SIZE is at most a page. */
static void probe_linear(struct cpu *cpu, uint32_t linear, uint32_t size, bool write)
{
    if (!(cpu->cr0 & CR0_PG))
        return;
    page_translate(cpu, linear, write, false);
    page_translate(cpu, linear + size - 1, write, false);
}

static void read_task(struct cpu *cpu, const struct descriptor *tss, struct task *task)
{
    const struct layout *l = layout_of(tss->access);
    *task = (struct task){ 0 };
    if (l->size == 4) {
        task->cr3 = mem_read_linear(cpu, tss->base + TSS386_CR3, 4);
        task->trap = mem_read_linear(cpu, tss->base + TSS386_TRAP, 1) & 1;
    }
    task->eip = mem_read_linear(cpu, tss->base + l->eip, l->size);
    task->eflags = mem_read_linear(cpu, tss->base + l->eflags, l->size);
    for (unsigned i = 0; i < 8; i++)
        task->r[i] = mem_read_linear(cpu, tss->base + l->registers + i * l->size, l->size) |
                     (l->size == 2 ? 0xFFFF0000 : 0);
    for (unsigned i = 0; i < l->segment_count; i++)
        task->segment[i] = (uint16_t)mem_read_linear(cpu, tss->base + l->segments + i * l->size, 2);
    task->ldt = (uint16_t)mem_read_linear(cpu, tss->base + l->ldt, 2);
}

static void save_task(struct cpu *cpu, uint32_t eflags)
{
    const struct layout *l = layout_of(cpu->tr.access);
    uint32_t base = cpu->tr.base;
    mem_write_linear(cpu, base + l->eip, cpu->eip, l->size);
    mem_write_linear(cpu, base + l->eflags, eflags, l->size);
    for (unsigned i = 0; i < 8; i++)
        mem_write_linear(cpu, base + l->registers + i * l->size, cpu->r[i], l->size);
    for (unsigned i = 0; i < l->segment_count; i++)
        mem_write_linear(cpu, base + l->segments + i * l->size, cpu->seg[i].selector, 2);
}

static void set_busy(struct cpu *cpu, uint32_t descriptor, bool busy)
{
    uint32_t access = mem_read_linear(cpu, descriptor + 5, 1);
    mem_write_linear(cpu, descriptor + 5, busy ? access | 2 : access & ~2u, 1);
}

/* --- Before the switch --- */

static void check_switch(struct cpu *cpu, const struct descriptor *tss, uint32_t old_descriptor, unsigned ext)
{
    const struct layout *l = layout_of(tss->access), *old = layout_of(cpu->tr.access);
    if (tss->limit < l->minimum_limit)
        cpu_raise_code(cpu, EXC_TS, selector_code(tss->selector) | ext);
    if (cpu->tr.limit < old->saved_limit)
        cpu_raise_code(cpu, EXC_TS, selector_code(cpu->tr.selector) | ext);
    probe_linear(cpu, tss->base, l->minimum_limit + 1u, true);
    probe_linear(cpu, cpu->tr.base, old->saved_limit + 1u, true);
    probe_linear(cpu, tss->linear, 8, true);
    probe_linear(cpu, old_descriptor, 8, true);
}

/* --- After the switch --- */

static void load_ldt(struct cpu *cpu, uint16_t selector, unsigned ext)
{
    struct descriptor d;
    cpu->ldtr.selector = selector;
    cpu->ldtr.valid = false;
    if (selector_is_null(selector))
        return;
    if (selector & 4 || !descriptor_read(cpu, selector, &d) || descriptor_system_type(&d) != SYS_LDT ||
        !(d.access & ACC_P))
        cpu_raise_code(cpu, EXC_TS, selector_code(selector) | ext);
    cpu->ldtr = (struct segment){ .selector = selector, .access = d.access, .base = d.base, .limit = d.limit,
                                  .valid = true };
}

static void load_code(struct cpu *cpu, uint16_t selector, unsigned ext)
{
    struct descriptor d;
    uint32_t code = selector_code(selector) | ext;
    if (!descriptor_read(cpu, selector, &d) || !descriptor_is_code(&d))
        cpu_raise_code(cpu, EXC_TS, code);
    if (descriptor_is_conforming(&d) ? descriptor_dpl(&d) > cpu->cpl : descriptor_dpl(&d) != cpu->cpl)
        cpu_raise_code(cpu, EXC_TS, code);
    if (!(d.access & ACC_P))
        cpu_raise_code(cpu, EXC_NP, code);
    descriptor_touch(cpu, &d);
    segment_set(cpu, CS, selector, &d);
}

static void load_stack(struct cpu *cpu, uint16_t selector, unsigned ext)
{
    struct descriptor d;
    uint32_t code = selector_code(selector) | ext;
    if (!descriptor_read(cpu, selector, &d) || (selector & 3u) != cpu->cpl || descriptor_dpl(&d) != cpu->cpl ||
        !descriptor_is_writable_data(&d))
        cpu_raise_code(cpu, EXC_TS, code);
    if (!(d.access & ACC_P))
        cpu_raise_code(cpu, EXC_SS, code);
    descriptor_touch(cpu, &d);
    segment_set(cpu, SS, selector, &d);
}

static void load_data(struct cpu *cpu, unsigned seg, uint16_t selector, unsigned ext)
{
    struct descriptor d;
    uint32_t code = selector_code(selector) | ext;
    if (selector_is_null(selector))
        return;
    if (!descriptor_read(cpu, selector, &d) || !descriptor_may_load(cpu, &d))
        cpu_raise_code(cpu, EXC_TS, code);
    if (!(d.access & ACC_P))
        cpu_raise_code(cpu, EXC_NP, code);
    descriptor_touch(cpu, &d);
    segment_set(cpu, seg, selector, &d);
}

static void load_segments(struct cpu *cpu, const struct task *task, unsigned ext)
{
    load_ldt(cpu, task->ldt, ext);
    if (!cpu_v86(cpu)) {
        load_code(cpu, task->segment[CS], ext);
        segment_mode_changed(cpu);
        load_stack(cpu, task->segment[SS], ext);
        segment_mode_changed(cpu);
        load_data(cpu, ES, task->segment[ES], ext);
        load_data(cpu, DS, task->segment[DS], ext);
        load_data(cpu, FS, task->segment[FS], ext);
        load_data(cpu, GS, task->segment[GS], ext);
    }
    if (task->eip > cpu->seg[CS].limit)
        cpu_raise_code(cpu, EXC_GP, ext);
}

static void take_cr3(struct cpu *cpu, uint32_t value)
{
    enum { PWT_PCD = 0x18 };
    uint32_t old = cpu->cr3;
    cpu->cr3 = value & (PAGE_MASK | PWT_PCD);
    page_flush(cpu);
    if (probe_wants(cpu->probes, PROBE_CR))
        probe_emit(cpu->probes, PROBE_CR, 3, cpu->cr3, old, 0);
}

/* Everything that needs no descriptor. Segments are null until they are loaded. */
static void take_over(struct cpu *cpu, const struct task *task, bool wide)
{
    enum { IMAGE = FLAG_ARITHMETIC | FLAG_TF | FLAG_IF | FLAG_DF | FLAG_IOPL | FLAG_NT | FLAG_RF | FLAG_VM |
           FLAG_AC };
    if (wide && cpu->cr0 & CR0_PG)
        take_cr3(cpu, task->cr3);
    cpu->eip = task->eip;
    for (unsigned i = 0; i < 8; i++)
        cpu->r[i] = task->r[i];
    cpu_set_eflags(cpu, (task->eflags & (cpu->has_cpuid ? IMAGE | FLAG_ID | FLAG_VIF | FLAG_VIP : IMAGE)) | 2);
    cpu->cpl = cpu_v86(cpu) ? 3 : task->segment[CS] & 3;
    for (unsigned seg = ES; seg <= GS; seg++) {
        if (cpu_v86(cpu))
            segment_set_real(cpu, seg, task->segment[seg]);
        else
            segment_set_null(cpu, seg, task->segment[seg]);
    }
    cpu->cr0 |= CR0_TS;
    debug_task_left(cpu);
    segment_mode_changed(cpu);
}

/* EFLAGS as they are saved in the old task. */
static uint32_t saved_eflags(const struct cpu *cpu, enum task_cause cause)
{
    uint32_t eflags = cpu_eflags(cpu);
    if (cause == TASK_RETURN)
        eflags &= ~(uint32_t)FLAG_NT;
    return cause == TASK_FAULT ? eflags | FLAG_RF : eflags;
}

/* Of the task that was just taken over. */
static enum timing_tss tss_kind(const struct cpu *cpu)
{
    if (cpu_v86(cpu))
        return TIMED_TSS_VM;
    return cpu->tr.access & 8 ? TIMED_TSS486 : TIMED_TSS286;
}

void task_switch(struct cpu *cpu, const struct descriptor *tss, enum task_cause cause, unsigned ext)
{
    bool nests = cause != TASK_JUMP && cause != TASK_RETURN;
    uint16_t old = cpu->tr.selector;
    uint32_t old_descriptor = cpu->gdtr.base + (old & 0xFFF8u);
    struct task task;

    check_switch(cpu, tss, old_descriptor, ext);
    read_task(cpu, tss, &task);
    save_task(cpu, saved_eflags(cpu, cause));
    if (!nests)
        set_busy(cpu, old_descriptor, false);
    if (cause != TASK_RETURN)
        set_busy(cpu, tss->linear, true);
    if (nests) {
        mem_write_linear(cpu, tss->base, old, 2);
        task.eflags |= FLAG_NT;
    }
    cpu->tr = (struct segment){ .selector = tss->selector, .access = tss->access | 2, .base = tss->base,
                                .limit = tss->limit, .valid = true };
    take_over(cpu, &task, tss->access & 8);
    cpu->work |= timing_work(TIMED_PLAIN, 0, tss_kind(cpu));
    if (probe_wants(cpu->probes, PROBE_TASK))
        probe_emit(cpu->probes, PROBE_TASK, old, tss->selector, 0, 0);
    cpu->eip += cpu->insn->len;
    load_segments(cpu, &task, ext);
    cpu->eip = task.eip;
    if (task.trap)
        debug_task_trap(cpu);
}

/* A TSS that will not do is #GP, whatever came to the gate (PRM table 7-1); only IRET takes #TS for it. */
void task_gate(struct cpu *cpu, uint16_t selector, enum task_cause cause, unsigned ext)
{
    struct descriptor d;
    if (selector & 4 || !descriptor_read(cpu, selector, &d) || !descriptor_is_free_tss(&d))
        cpu_raise_code(cpu, EXC_GP, selector_code(selector) | ext);
    if (!(d.access & ACC_P))
        cpu_raise_code(cpu, EXC_NP, selector_code(selector) | ext);
    task_switch(cpu, &d, cause, ext);
}

void task_return(struct cpu *cpu)
{
    struct descriptor d;
    uint16_t link = (uint16_t)mem_read_linear(cpu, cpu->tr.base, 2);
    if (link & 4 || !descriptor_read(cpu, link, &d) ||
        (descriptor_system_type(&d) != SYS_TSS286_BUSY && descriptor_system_type(&d) != SYS_TSS386_BUSY))
        cpu_raise_code(cpu, EXC_TS, selector_code(link));
    if (!(d.access & ACC_P))
        cpu_raise_code(cpu, EXC_NP, selector_code(link));
    task_switch(cpu, &d, TASK_RETURN, 0);
}
