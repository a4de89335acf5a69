/* Far JMP, CALL, RET, IRET, and INT n, INT3, INTO, ICEBP, BOUND (PRM ch. 26): operands and the conditions of each; the
 * transfers themselves are in gate.c and interrupt.c. */
#include "emu/cpu/fault.h"
#include "emu/cpu/gate.h"
#include "emu/cpu/interrupt.h"
#include "emu/cpu/operand.h"
#include "emu/cpu/ops_system.h"
#include "emu/cpu/vme.h"

/* --- JMP, CALL --- */

ALWAYS_INLINE void jmp_Ap(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    far_jump(cpu, insn->imm2, insn->imm, width / 8);
}

ALWAYS_INLINE void call_Ap(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    far_call(cpu, insn->imm2, insn->imm, width / 8);
}

static uint16_t pointer_selector(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    return rd16(cpu, insn->seg, (ea(cpu, insn) + width / 8) & insn->addr_mask);
}

ALWAYS_INLINE void jmp_Mp(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    uint32_t offset = operand_get(cpu, insn, width);
    far_jump(cpu, pointer_selector(cpu, insn, width), offset, width / 8);
}

ALWAYS_INLINE void call_Mp(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    uint32_t offset = operand_get(cpu, insn, width);
    far_call(cpu, pointer_selector(cpu, insn, width), offset, width / 8);
}

HANDLER(op_jmp_Ap_16, jmp_Ap, 16)
HANDLER(op_jmp_Ap_32, jmp_Ap, 32)
HANDLER(op_jmp_Mp_m16, jmp_Mp, 16)
HANDLER(op_jmp_Mp_m32, jmp_Mp, 32)
HANDLER(op_call_Ap_16, call_Ap, 16)
HANDLER(op_call_Ap_32, call_Ap, 32)
HANDLER(op_call_Mp_m16, call_Mp, 16)
HANDLER(op_call_Mp_m32, call_Mp, 32)

/* --- RET, IRET --- */

ALWAYS_INLINE void retf(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    (void)insn;
    far_return(cpu, width / 8, 0);
}

ALWAYS_INLINE void retf_Iw(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    far_return(cpu, width / 8, insn->imm & 0xFFFF);
}

ALWAYS_INLINE void iret(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    (void)insn;
    interrupt_return(cpu, width / 8);
}

HANDLER(op_retf_16, retf, 16)
HANDLER(op_retf_32, retf, 32)
HANDLER(op_retf_Iw_16, retf_Iw, 16)
HANDLER(op_retf_Iw_32, retf_Iw, 32)
HANDLER(op_iret_16, iret, 16)
HANDLER(op_iret_32, iret, 32)

/* --- Interrupts by instruction --- */

/* Only INT n asks for IOPL 3 in V86 mode; INT3 and INTO do not. */
void op_int_Ib(struct cpu *cpu, const struct insn *insn)
{
    if (cpu_v86(cpu) && vme_redirect(cpu, insn->imm & 0xFF))
        return;
    if (cpu_v86(cpu) && cpu_iopl(cpu) < 3)
        cpu_raise_code(cpu, EXC_GP, 0);
    cpu_interrupt(cpu, insn->imm & 0xFF, SOURCE_SOFTWARE, false, 0);
}

void op_int3(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    cpu_interrupt(cpu, EXC_BP, SOURCE_SOFTWARE, false, 0);
}

void op_into(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    if (flag_of(cpu->flags))
        cpu_interrupt(cpu, EXC_OF, SOURCE_SOFTWARE, false, 0);
}

/* F1: a debug exception as hardware would raise it, so the gate's DPL does not matter. No bit of DR6 stands for it. */
void op_icebp(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    cpu_interrupt(cpu, EXC_DB, SOURCE_TRAP, false, 0);
}

/* --- BOUND: lower bound, upper bound, signed, both included; the upper is read if the lower is kept --- */

ALWAYS_INLINE void bound(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    uint32_t at = ea(cpu, insn), sign = 1u << (width - 1);
    uint32_t index = register_get(cpu, width, insn->reg) ^ sign;
    if (index < (memory_get(cpu, width, insn->seg, at) ^ sign))
        cpu_raise(cpu, EXC_BR);
    if (index > (memory_get(cpu, width, insn->seg, (at + width / 8) & insn->addr_mask) ^ sign))
        cpu_raise(cpu, EXC_BR);
}

HANDLER(op_bound_Gv_Ma_m16, bound, 16)
HANDLER(op_bound_Gv_Ma_m32, bound, 32)
