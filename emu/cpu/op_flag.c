/* CLI, STI, PUSHF, POPF: the flags that concern the system (PRM ch. 26 and 4.1). CPL is 3 in V86 mode and 0 in real
 * mode, so that one comparison with IOPL serves all modes for CLI and STI; POPF never faults outside V86 mode, it
 * leaves alone what it may not change. Tasks with virtual interrupts (vme.h) change VIF instead, and nothing faults. */
#include "emu/cpu/fault.h"
#include "emu/cpu/gate.h"
#include "emu/cpu/operand.h"
#include "emu/cpu/ops_system.h"
#include "emu/cpu/vme.h"

static void need_iopl(struct cpu *cpu)
{
    if (cpu->cpl > cpu_iopl(cpu))
        cpu_raise_code(cpu, EXC_GP, 0);
}

static void need_iopl_in_v86(struct cpu *cpu)
{
    if (cpu_v86(cpu))
        need_iopl(cpu);
}

void op_cli(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    if (unlikely(vme_virtual_if(cpu))) {
        vme_set_if(cpu, false);
        return;
    }
    need_iopl(cpu);
    cpu_report_if(cpu, false, 0);
    cpu->eflags &= ~(uint32_t)FLAG_IF;
}

/* Interrupts are recognized after the next instruction, if they were off before. */
void op_sti(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    if (unlikely(vme_virtual_if(cpu))) {
        vme_set_if(cpu, true);
        return;
    }
    need_iopl(cpu);
    if (cpu->eflags & FLAG_IF)
        return;
    cpu_report_if(cpu, true, 0);
    cpu->eflags |= FLAG_IF;
    cpu_attend(cpu, ATTEND_SHADOW);
}

void op_pushf_16(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    if (unlikely(vme_in_v86(cpu))) {
        push16(cpu, vme_flags(cpu));
        return;
    }
    need_iopl_in_v86(cpu);
    push16(cpu, (uint16_t)cpu_eflags(cpu));
}

void op_pushf_32(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    need_iopl_in_v86(cpu);
    push32(cpu, cpu_eflags(cpu) & ~(uint32_t)(FLAG_VM | FLAG_RF));
}

static void popf_virtual(struct cpu *cpu)
{
    vme_load_flags(cpu, rd16(cpu, SS, stack_pointer(cpu)));
    set_stack_pointer(cpu, cpu->r[ESP] + 2);
}

ALWAYS_INLINE void popf(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    (void)insn;
    if (width == 16 && unlikely(vme_in_v86(cpu))) {
        popf_virtual(cpu);
        return;
    }
    need_iopl_in_v86(cpu);
    uint32_t mask = flags_loadable(cpu, width / 8);
    uint32_t image = width == 16 ? pop16(cpu) : pop32(cpu);
    if (width == 32 && cpu->cpl == 0) {     /* cleared, whatever the image says */
        mask |= FLAG_VIF | FLAG_VIP;
        image &= ~(uint32_t)(FLAG_VIF | FLAG_VIP);
    }
    cpu_set_eflags(cpu, (cpu_eflags(cpu) & ~mask) | (image & mask));
}

HANDLER(op_popf_16, popf, 16)
HANDLER(op_popf_32, popf, 32)
