/* Near JMP, CALL and RET, Jcc, SETcc, LOOP, JCXZ (PRM ch. 26). Far transfers and interrupts are elsewhere
 * (ops_system.h).
 *
 * With an operand size of 16 the new EIP is cut to 16 bits. A target beyond CS's limit is #GP(0) before anything is
 * committed. Relative branches whose time depends on it leave in cpu->work whether they were taken, SETcc whether its
 * condition holds. */
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

/* Goes to TARGET cut to WIDTH. False: it is beyond the limit. */
ALWAYS_INLINE bool go(struct cpu *cpu, uint32_t target, unsigned width)
{
    target &= alu_mask(width);
    if (unlikely(target > cpu->seg[CS].limit))
        return false;
    cpu->eip = target;
    return true;
}

/* A relative branch that is taken or goes on at NEXT. */
ALWAYS_INLINE bool go_if(struct cpu *cpu, const struct insn *insn, bool taken, uint32_t next, unsigned width)
{
    cpu->work = taken;
    if (taken)
        return go(cpu, next + insn->imm, width);
    cpu->eip = next;
    return true;
}

/* --- Jcc, SETcc --- */

ALWAYS_INLINE bool jcc(struct cpu *cpu, const struct insn *insn, uint32_t next, unsigned condition, unsigned width)
{
    return go_if(cpu, insn, alu_condition(condition, cpu->flags), next, width);
}

ALWAYS_INLINE void jcc_slow(struct cpu *cpu, const struct insn *insn, unsigned condition, unsigned width)
{
    (void)condition;
    relative_target(cpu, insn, width);
}

ALWAYS_INLINE void setcc_r(struct cpu *cpu, const struct insn *insn, unsigned condition)
{
    cpu->work = alu_condition(condition, cpu->flags);
    register_set(cpu, 8, insn->rm, cpu->work);
}

ALWAYS_INLINE bool setcc_m(struct cpu *cpu, const struct insn *insn, unsigned condition)
{
    uint8_t *p = mem_fast_write(cpu, insn->seg, ea(cpu, insn), 1);
    if (likely(p))
        *p = (uint8_t)(cpu->work = alu_condition(condition, cpu->flags));
    return likely(p);
}

OUT_OF_LINE void setcc_m_slow(struct cpu *cpu, const struct insn *insn, unsigned condition)
{
    cpu->work = alu_condition(condition, cpu->flags);
    mem_write(cpu, insn->seg, ea(cpu, insn), cpu->work, 1);
}

#define CONDITION_HANDLERS(suffix, condition)                                                                          \
    QUICK_CONDITIONAL_HANDLER(op_j##suffix##_Jv_16, jcc, condition, 16)                                                \
    QUICK_CONDITIONAL_HANDLER(op_j##suffix##_Jv_32, jcc, condition, 32)                                                \
    QUICK_HANDLER(op_set##suffix##_Eb_r, setcc_r, condition)                                                           \
    QUICK_MEMORY_HANDLER(op_set##suffix##_Eb_m, setcc_m, condition)

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

ALWAYS_INLINE bool loop(struct cpu *cpu, const struct insn *insn, uint32_t next, enum loop_kind kind, unsigned width)
{
    uint32_t count = (cpu->r[ECX] - 1) & insn->addr_mask;
    bool taken = count != 0 && (kind == LOOP_ALWAYS || flag_zf(cpu->flags) == (kind == LOOP_WHILE_ZERO));
    if (unlikely(!go_if(cpu, insn, taken, next, width)))
        return false;
    cpu->r[ECX] = (cpu->r[ECX] & ~insn->addr_mask) | count;
    return true;
}

ALWAYS_INLINE void loop_slow(struct cpu *cpu, const struct insn *insn, enum loop_kind kind, unsigned width)
{
    (void)kind;
    relative_target(cpu, insn, width);
}

ALWAYS_INLINE bool jcxz(struct cpu *cpu, const struct insn *insn, uint32_t next, unsigned width)
{
    return go_if(cpu, insn, (cpu->r[ECX] & insn->addr_mask) == 0, next, width);
}

ALWAYS_INLINE void jcxz_slow(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    relative_target(cpu, insn, width);
}

QUICK_CONDITIONAL_HANDLER(op_loop_Jb_16, loop, LOOP_ALWAYS, 16)
QUICK_CONDITIONAL_HANDLER(op_loop_Jb_32, loop, LOOP_ALWAYS, 32)
QUICK_CONDITIONAL_HANDLER(op_loope_Jb_16, loop, LOOP_WHILE_ZERO, 16)
QUICK_CONDITIONAL_HANDLER(op_loope_Jb_32, loop, LOOP_WHILE_ZERO, 32)
QUICK_CONDITIONAL_HANDLER(op_loopne_Jb_16, loop, LOOP_WHILE_NOT_ZERO, 16)
QUICK_CONDITIONAL_HANDLER(op_loopne_Jb_32, loop, LOOP_WHILE_NOT_ZERO, 32)
QUICK_CONDITIONAL_HANDLER(op_jcxz_Jb_16, jcxz, 16)
QUICK_CONDITIONAL_HANDLER(op_jcxz_Jb_32, jcxz, 32)

/* --- JMP --- */

ALWAYS_INLINE bool jmp_relative(struct cpu *cpu, const struct insn *insn, uint32_t next, unsigned width)
{
    return go(cpu, next + insn->imm, width);
}

ALWAYS_INLINE void jmp_relative_slow(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    relative_target(cpu, insn, width);
}

ALWAYS_INLINE bool jmp_r(struct cpu *cpu, const struct insn *insn, uint32_t next, unsigned width)
{
    (void)next;
    return go(cpu, register_get(cpu, width, insn->rm), width);
}

ALWAYS_INLINE void jmp_r_slow(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    checked_target(cpu, register_get(cpu, width, insn->rm), width);
}

ALWAYS_INLINE bool jmp_m(struct cpu *cpu, const struct insn *insn, uint32_t next, unsigned width)
{
    (void)next;
    const uint8_t *p = mem_fast_read(cpu, insn->seg, ea(cpu, insn), width / 8);
    return likely(p) && go(cpu, host_load(p, width), width);
}

OUT_OF_LINE void jmp_m_slow(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    cpu->eip = checked_target(cpu, operand_get(cpu, insn, width), width);
}

QUICK_BRANCH_HANDLER(op_jmp_Jv_16, jmp_relative, 16)
QUICK_BRANCH_HANDLER(op_jmp_Jv_32, jmp_relative, 32)
QUICK_BRANCH_HANDLER(op_jmp_Ev_r16, jmp_r, 16)
QUICK_BRANCH_HANDLER(op_jmp_Ev_m16, jmp_m, 16)
QUICK_BRANCH_HANDLER(op_jmp_Ev_r32, jmp_r, 32)
QUICK_BRANCH_HANDLER(op_jmp_Ev_m32, jmp_m, 32)

/* --- CALL, RET --- */

OUT_OF_LINE void call_slow(struct cpu *cpu, uint32_t target, unsigned width)
{
    uint32_t sp = (cpu->r[ESP] - width / 8) & cpu->sp_mask;
    target = checked_target(cpu, target, width);
    mem_write(cpu, SS, sp, cpu->eip & alu_mask(width), width / 8);
    set_stack_pointer(cpu, sp);
    cpu->eip = target;
}

ALWAYS_INLINE bool call(struct cpu *cpu, uint32_t target, uint32_t next, unsigned width)
{
    uint32_t sp = (cpu->r[ESP] - width / 8) & cpu->sp_mask;
    uint8_t *p = mem_fast_write(cpu, SS, sp, width / 8);
    if (unlikely(!p || !go(cpu, target, width)))
        return false;
    host_store(p, width, next);
    set_stack_pointer(cpu, sp);
    return true;
}

ALWAYS_INLINE bool call_relative(struct cpu *cpu, const struct insn *insn, uint32_t next, unsigned width)
{
    return call(cpu, next + insn->imm, next, width);
}

ALWAYS_INLINE void call_relative_slow(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    call_slow(cpu, cpu->eip + insn->imm, width);
}

ALWAYS_INLINE bool call_r(struct cpu *cpu, const struct insn *insn, uint32_t next, unsigned width)
{
    return call(cpu, register_get(cpu, width, insn->rm), next, width);
}

ALWAYS_INLINE void call_r_slow(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    call_slow(cpu, register_get(cpu, width, insn->rm), width);
}

ALWAYS_INLINE bool call_m(struct cpu *cpu, const struct insn *insn, uint32_t next, unsigned width)
{
    const uint8_t *p = mem_fast_read(cpu, insn->seg, ea(cpu, insn), width / 8);
    return likely(p) && call(cpu, host_load(p, width), next, width);
}

ALWAYS_INLINE void call_m_slow(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    call_slow(cpu, operand_get(cpu, insn, width), width);
}

/* The immediate says how many bytes of arguments go from the stack as well. */
OUT_OF_LINE void ret_slow(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    cpu->eip = checked_target(cpu, mem_read(cpu, SS, stack_pointer(cpu), width / 8), width);
    set_stack_pointer(cpu, cpu->r[ESP] + width / 8 + (insn->imm & 0xFFFF));
}

ALWAYS_INLINE bool ret(struct cpu *cpu, const struct insn *insn, uint32_t next, unsigned width)
{
    (void)next;
    const uint8_t *p = mem_fast_read(cpu, SS, stack_pointer(cpu), width / 8);
    if (unlikely(!p || !go(cpu, host_load(p, width), width)))
        return false;
    set_stack_pointer(cpu, cpu->r[ESP] + width / 8 + (insn->imm & 0xFFFF));
    return true;
}

QUICK_BRANCH_HANDLER(op_call_Jv_16, call_relative, 16)
QUICK_BRANCH_HANDLER(op_call_Jv_32, call_relative, 32)
QUICK_BRANCH_HANDLER(op_call_Ev_r16, call_r, 16)
QUICK_BRANCH_HANDLER(op_call_Ev_m16, call_m, 16)
QUICK_BRANCH_HANDLER(op_call_Ev_r32, call_r, 32)
QUICK_BRANCH_HANDLER(op_call_Ev_m32, call_m, 32)
QUICK_BRANCH_HANDLER(op_ret_16, ret, 16)
QUICK_BRANCH_HANDLER(op_ret_32, ret, 32)
QUICK_BRANCH_HANDLER(op_ret_Iw_16, ret, 16)
QUICK_BRANCH_HANDLER(op_ret_Iw_32, ret, 32)
