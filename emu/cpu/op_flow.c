/* Near JMP, CALL and RET, Jcc, SETcc, LOOP, JCXZ (PRM ch. 26). Far transfers and interrupts are elsewhere
 * (ops_system.h).
 *
 * With an operand size of 16 the new EIP is cut to 16 bits. A target beyond CS's limit is #GP(0) before anything is
 * committed. Relative branches whose time depends on it leave in cpu->work whether they were taken. */
#include "emu/cpu/fault.h"
#include "emu/cpu/operand.h"
#include "emu/cpu/ops.h"

/* TARGET cut to WIDTH and checked. */
ALWAYS_INLINE uint32_t checked_target(struct cpu *cpu, uint32_t target, unsigned width)
{
    target &= alu_mask(width);
    if (unlikely(target > cpu->seg[CS].limit))
        cpu_raise_code(cpu, EXC_GP, 0);
    return target;
}

ALWAYS_INLINE uint32_t relative_target(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    return checked_target(cpu, cpu->eip + insn->imm, width);
}

/* --- Jcc, SETcc --- */

ALWAYS_INLINE void jcc(struct cpu *cpu, const struct insn *insn, unsigned condition, unsigned width)
{
    bool taken = alu_condition(condition, cpu->flags);
    if (taken)
        cpu->eip = relative_target(cpu, insn, width);
    cpu->work = taken;
}

ALWAYS_INLINE void setcc_r(struct cpu *cpu, const struct insn *insn, unsigned condition)
{
    register_set(cpu, 8, insn->rm, alu_condition(condition, cpu->flags));
}

ALWAYS_INLINE void setcc_m(struct cpu *cpu, const struct insn *insn, unsigned condition)
{
    operand_set(cpu, insn, 8, alu_condition(condition, cpu->flags));
}

#define CONDITION_HANDLERS(suffix, condition)                                                                          \
    HANDLER(op_j##suffix##_Jv_16, jcc, condition, 16)                                                                  \
    HANDLER(op_j##suffix##_Jv_32, jcc, condition, 32)                                                                  \
    HANDLER(op_set##suffix##_Eb_r, setcc_r, condition)                                                                 \
    HANDLER(op_set##suffix##_Eb_m, setcc_m, condition)

CONDITION_HANDLERS(o, 0)
CONDITION_HANDLERS(no, 1)
CONDITION_HANDLERS(b, 2)
CONDITION_HANDLERS(nb, 3)
CONDITION_HANDLERS(z, 4)
CONDITION_HANDLERS(nz, 5)
CONDITION_HANDLERS(be, 6)
CONDITION_HANDLERS(nbe, 7)
CONDITION_HANDLERS(s, 8)
CONDITION_HANDLERS(ns, 9)
CONDITION_HANDLERS(p, 10)
CONDITION_HANDLERS(np, 11)
CONDITION_HANDLERS(l, 12)
CONDITION_HANDLERS(nl, 13)
CONDITION_HANDLERS(le, 14)
CONDITION_HANDLERS(nle, 15)

/* --- LOOP, JCXZ: CX or ECX by the address size --- */

enum loop_kind { LOOP_ALWAYS, LOOP_WHILE_ZERO, LOOP_WHILE_NOT_ZERO };

ALWAYS_INLINE void loop(struct cpu *cpu, const struct insn *insn, enum loop_kind kind, unsigned width)
{
    uint32_t count = (cpu->r[ECX] - 1) & insn->addr_mask;
    bool taken = count != 0 && (kind == LOOP_ALWAYS || flag_zf(cpu->flags) == (kind == LOOP_WHILE_ZERO));
    if (taken)
        cpu->eip = relative_target(cpu, insn, width);
    cpu->r[ECX] = (cpu->r[ECX] & ~insn->addr_mask) | count;
    cpu->work = taken;
}

ALWAYS_INLINE void jcxz(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    bool taken = (cpu->r[ECX] & insn->addr_mask) == 0;
    if (taken)
        cpu->eip = relative_target(cpu, insn, width);
    cpu->work = taken;
}

HANDLER(op_loop_Jb_16, loop, LOOP_ALWAYS, 16)
HANDLER(op_loop_Jb_32, loop, LOOP_ALWAYS, 32)
HANDLER(op_loope_Jb_16, loop, LOOP_WHILE_ZERO, 16)
HANDLER(op_loope_Jb_32, loop, LOOP_WHILE_ZERO, 32)
HANDLER(op_loopne_Jb_16, loop, LOOP_WHILE_NOT_ZERO, 16)
HANDLER(op_loopne_Jb_32, loop, LOOP_WHILE_NOT_ZERO, 32)
HANDLER(op_jcxz_Jb_16, jcxz, 16)
HANDLER(op_jcxz_Jb_32, jcxz, 32)

/* --- JMP --- */

ALWAYS_INLINE void jmp_relative(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    cpu->eip = relative_target(cpu, insn, width);
}

ALWAYS_INLINE void jmp_r(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    cpu->eip = checked_target(cpu, register_get(cpu, width, insn->rm), width);
}

ALWAYS_INLINE void jmp_m(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    cpu->eip = checked_target(cpu, operand_get(cpu, insn, width), width);
}

HANDLER(op_jmp_Jv_16, jmp_relative, 16)
HANDLER(op_jmp_Jv_32, jmp_relative, 32)
HANDLER(op_jmp_Ev_r16, jmp_r, 16)
HANDLER(op_jmp_Ev_m16, jmp_m, 16)
HANDLER(op_jmp_Ev_r32, jmp_r, 32)
HANDLER(op_jmp_Ev_m32, jmp_m, 32)

/* --- CALL, RET --- */

OUT_OF_LINE void call_slow(struct cpu *cpu, uint32_t target, unsigned width)
{
    uint32_t sp = (cpu->r[ESP] - width / 8) & cpu->sp_mask;
    mem_write(cpu, SS, sp, cpu->eip & alu_mask(width), width / 8);
    set_stack_pointer(cpu, sp);
    cpu->eip = target;
}

ALWAYS_INLINE void call(struct cpu *cpu, uint32_t target, unsigned width)
{
    uint32_t sp = (cpu->r[ESP] - width / 8) & cpu->sp_mask;
    uint8_t *p = mem_fast_write(cpu, SS, sp, width / 8);
    if (unlikely(!p)) {
        call_slow(cpu, target, width);
        return;
    }
    host_store(p, width, cpu->eip);
    set_stack_pointer(cpu, sp);
    cpu->eip = target;
}

ALWAYS_INLINE void call_relative(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    call(cpu, relative_target(cpu, insn, width), width);
}

ALWAYS_INLINE void call_r(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    call(cpu, checked_target(cpu, register_get(cpu, width, insn->rm), width), width);
}

ALWAYS_INLINE void call_m(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    call(cpu, checked_target(cpu, operand_get(cpu, insn, width), width), width);
}

/* DROPPED bytes of arguments go from the stack as well. */
ALWAYS_INLINE void ret_to(struct cpu *cpu, uint32_t target, uint32_t dropped, unsigned width)
{
    cpu->eip = checked_target(cpu, target, width);
    set_stack_pointer(cpu, cpu->r[ESP] + width / 8 + dropped);
}

OUT_OF_LINE void ret_slow(struct cpu *cpu, uint32_t dropped, unsigned width)
{
    ret_to(cpu, mem_read(cpu, SS, stack_pointer(cpu), width / 8), dropped, width);
}

ALWAYS_INLINE void ret(struct cpu *cpu, uint32_t dropped, unsigned width)
{
    const uint8_t *p = mem_fast_read(cpu, SS, stack_pointer(cpu), width / 8);
    if (likely(p))
        ret_to(cpu, host_load(p, width), dropped, width);
    else
        ret_slow(cpu, dropped, width);
}

ALWAYS_INLINE void ret_plain(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    (void)insn;
    ret(cpu, 0, width);
}

ALWAYS_INLINE void ret_dropping(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    ret(cpu, insn->imm & 0xFFFF, width);
}

HANDLER(op_call_Jv_16, call_relative, 16)
HANDLER(op_call_Jv_32, call_relative, 32)
HANDLER(op_call_Ev_r16, call_r, 16)
HANDLER(op_call_Ev_m16, call_m, 16)
HANDLER(op_call_Ev_r32, call_r, 32)
HANDLER(op_call_Ev_m32, call_m, 32)
HANDLER(op_ret_16, ret_plain, 16)
HANDLER(op_ret_32, ret_plain, 32)
HANDLER(op_ret_Iw_16, ret_dropping, 16)
HANDLER(op_ret_Iw_32, ret_dropping, 32)
