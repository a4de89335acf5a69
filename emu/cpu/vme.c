/* Virtual interrupts (vme.h).
 *
 * The bitmap has a bit an interrupt vector, 32 bytes that end where the I/O permission bitmap of a 32-bit TSS begins;
 * 0 leaves the interrupt to the task. Only INT n asks it, INT3 and INTO do not. The frame that the task's handler gets
 * is that of real mode, with vme_flags() if IOPL is below 3; then VIF is cleared, else IF.
 *
 * Left out: the rest of CR4, which the 486 does not have. */
#include "emu/cpu/vme.h"

#include "emu/cpu/fault.h"
#include "emu/cpu/gate.h"
#include "emu/cpu/mem.h"
#include "emu/cpu/segment.h"
#include "emu/timing/timing.h"

enum { TSS386_BITMAP = 0x66, TSS386_LEAST = 0x67, REDIRECTION_BYTES = 32 };

void vme_set_if(struct cpu *cpu, bool on)
{
    if (on && cpu->eflags & FLAG_VIP)
        cpu_raise_code(cpu, EXC_GP, 0);
    cpu->eflags = on ? cpu->eflags | FLAG_VIF : cpu->eflags & ~(uint32_t)FLAG_VIF;
}

uint16_t vme_flags(const struct cpu *cpu)
{
    uint32_t flags = (cpu_eflags(cpu) & ~(uint32_t)FLAG_IF) | FLAG_IOPL;
    return (uint16_t)(cpu->eflags & FLAG_VIF ? flags | FLAG_IF : flags);
}

void vme_check_flags(struct cpu *cpu, uint16_t image)
{
    if (image & FLAG_TF || (image & FLAG_IF && cpu->eflags & FLAG_VIP))
        cpu_raise_code(cpu, EXC_GP, 0);
}

void vme_load_flags(struct cpu *cpu, uint16_t image)
{
    const uint32_t mask = FLAG_ARITHMETIC | FLAG_TF | FLAG_DF | FLAG_NT;
    vme_check_flags(cpu, image);
    cpu_set_eflags(cpu, (cpu_eflags(cpu) & ~(mask | FLAG_VIF)) | (image & mask) | (image & FLAG_IF ? FLAG_VIF : 0));
}

/* The task's bit for VECTOR. */
static bool is_left_to_task(struct cpu *cpu, unsigned vector)
{
    if (!(cpu->tr.access & 8) || cpu->tr.limit < TSS386_LEAST)
        cpu_raise_code(cpu, EXC_GP, 0);
    uint32_t end = mem_read_linear(cpu, cpu->tr.base + TSS386_BITMAP, 2), at = end - REDIRECTION_BYTES + vector / 8;
    if (at > cpu->tr.limit)
        cpu_raise_code(cpu, EXC_GP, 0);
    return !(mem_read_linear(cpu, cpu->tr.base + at, 1) >> vector % 8 & 1);
}

bool vme_redirect(struct cpu *cpu, unsigned vector)
{
    bool is_virtual = vme_in_v86(cpu);
    if (!(cpu->cr4 & CR4_VME) || !is_left_to_task(cpu, vector))
        return false;
    uint32_t target = mem_read_linear(cpu, vector * 4, 4);
    uint16_t flags = is_virtual ? vme_flags(cpu) : (uint16_t)cpu_eflags(cpu);
    const struct frame frame = { .value = { flags, cpu->seg[CS].selector, cpu->eip & 0xFFFF }, .count = 3, .size = 2 };
    struct stack stack;
    stack_current(cpu, &stack, 0);
    stack_check(cpu, &stack, &frame);
    for (unsigned i = 0; i < frame.count; i++)
        push16(cpu, (uint16_t)frame.value[i]);
    if (is_virtual) {
        cpu->eflags &= ~(uint32_t)FLAG_VIF;
    } else {
        cpu_report_if(cpu, false, 1 + vector);
        cpu->eflags &= ~(uint32_t)FLAG_IF;
    }
    cpu->eflags &= ~(uint32_t)(FLAG_TF | FLAG_RF);
    segment_set_real(cpu, CS, (uint16_t)(target >> 16));
    cpu->eip = target & 0xFFFF;
    cpu->work = timing_work(TIMED_SAME_LEVEL, 0, TIMED_NO_TSS);
    return true;
}

void vme_write_cr4(struct cpu *cpu, uint32_t value)
{
    if (value & ~(uint32_t)(CR4_VME | CR4_PVI))
        cpu_raise_code(cpu, EXC_GP, 0);
    uint32_t old = cpu->cr4;
    cpu->cr4 = value;
    if (probe_wants(cpu->probes, PROBE_CR))
        probe_emit(cpu->probes, PROBE_CR, 4, value, old, 0);
}
