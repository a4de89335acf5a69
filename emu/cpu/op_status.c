/* CLC STC CMC CLD STD, LAHF, SAHF, SALC (PRM ch. 26). IF, and EFLAGS as a whole, are elsewhere (ops_system.h). */
#include "emu/cpu/operand.h"
#include "emu/cpu/ops.h"

void op_clc(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    cpu->flags = alu_with_cf(cpu->flags, 0);
}

void op_stc(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    cpu->flags = alu_with_cf(cpu->flags, 1);
}

void op_cmc(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    cpu->flags.carry ^= CARRY_CF;
}

void op_cld(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    cpu->eflags &= ~(uint32_t)FLAG_DF;
}

void op_std(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    cpu->eflags |= FLAG_DF;
}

/* Bit 1 is always set. */
void op_lahf(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    register_set(cpu, 8, reg8_offset(AH), (flags_pack(cpu->flags) & 0xD5) | 2);
}

/* OF stays. */
void op_sahf(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    uint32_t overflow = flag_of(cpu->flags) ? FLAG_OF : 0;
    cpu->flags = flags_unpack((cpu->r[EAX] >> 8 & 0xFF) | overflow);
}

/* Undocumented: AL = CF ? FFh : 0. */
void op_salc(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    register_set(cpu, 8, reg8_offset(AL), flag_cf(cpu->flags) ? 0xFF : 0);
}
