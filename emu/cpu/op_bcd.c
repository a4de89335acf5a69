/* DAA DAS AAA AAS AAM AAD (PRM ch. 26); AAM and AAD with any base. */
#include "emu/cpu/fault.h"
#include "emu/cpu/operand.h"
#include "emu/cpu/ops.h"

void op_daa(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    struct alu x = alu_daa(cpu->r[EAX] & 0xFF, cpu->flags);
    register_set(cpu, 8, reg8_offset(AL), x.value);
    cpu->flags = x.flags;
}

void op_das(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    struct alu x = alu_das(cpu->r[EAX] & 0xFF, cpu->flags);
    register_set(cpu, 8, reg8_offset(AL), x.value);
    cpu->flags = x.flags;
}

void op_aaa(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    struct alu x = alu_aaa(cpu->r[EAX], cpu->flags);
    register_set(cpu, 16, reg16_offset(EAX), x.value);
    cpu->flags = x.flags;
}

void op_aas(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    struct alu x = alu_aas(cpu->r[EAX], cpu->flags);
    register_set(cpu, 16, reg16_offset(EAX), x.value);
    cpu->flags = x.flags;
}

/* Base 0 divides by zero. */
void op_aam_Ib(struct cpu *cpu, const struct insn *insn)
{
    if (insn->imm == 0)
        cpu_raise(cpu, EXC_DE);
    struct alu x = alu_aam(cpu->r[EAX] & 0xFF, insn->imm);
    register_set(cpu, 16, reg16_offset(EAX), x.value);
    cpu->flags = x.flags;
}

void op_aad_Ib(struct cpu *cpu, const struct insn *insn)
{
    struct alu x = alu_aad(cpu->r[EAX], insn->imm);
    register_set(cpu, 16, reg16_offset(EAX), x.value);
    cpu->flags = x.flags;
}
