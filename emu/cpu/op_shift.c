/* ROL ROR RCL RCR SHL SHR SAR by 1, by an immediate and by CL, SHLD and SHRD (PRM ch. 26).
 *
 * Counts are masked to five bits; with a count of 0 nothing changes, neither flags nor operand, though a memory operand
 * that could not be written still faults. RCL and RCR leave the count in cpu->work. */
#include "emu/cpu/operand.h"
#include "emu/cpu/ops.h"

enum count_from { COUNT_1, COUNT_IB, COUNT_CL };

ALWAYS_INLINE unsigned shift_count(const struct cpu *cpu, const struct insn *insn, enum count_from from)
{
    return from == COUNT_1 ? 1 : (from == COUNT_IB ? insn->imm : cpu->r[ECX]) & 31;
}

/* The forms by 1 have a fixed time of their own. */
ALWAYS_INLINE void shift_work(struct cpu *cpu, enum shift_op op, enum count_from from, unsigned count)
{
    if ((op == SHIFT_RCL || op == SHIFT_RCR) && from != COUNT_1)
        cpu->work = count;
}

ALWAYS_INLINE void shift_r(struct cpu *cpu, const struct insn *insn, enum shift_op op, unsigned width,
                           enum count_from from)
{
    unsigned count = shift_count(cpu, insn, from);
    shift_work(cpu, op, from, count);
    if (from != COUNT_1 && unlikely(count == 0))
        return;
    struct alu x = alu_shift(op, width, register_get(cpu, width, insn->rm), count, cpu->flags);
    register_set(cpu, width, insn->rm, x.value);
    cpu->flags = x.flags;
}

OUT_OF_LINE void shift_m_slow(struct cpu *cpu, const struct insn *insn, enum shift_op op, unsigned width,
                              enum count_from from)
{
    unsigned count = shift_count(cpu, insn, from);
    shift_work(cpu, op, from, count);
    struct modify m = modify_begin(cpu, insn, width);
    if (count == 0)
        return;
    struct alu x = alu_shift(op, width, m.old, count, cpu->flags);
    modify_end(cpu, width, &m, x.value);
    cpu->flags = x.flags;
}

ALWAYS_INLINE bool shift_m(struct cpu *cpu, const struct insn *insn, enum shift_op op, unsigned width,
                           enum count_from from)
{
    unsigned count = shift_count(cpu, insn, from);
    uint8_t *p = mem_fast_write(cpu, insn->seg, ea(cpu, insn), width / 8);
    if (unlikely(!p || count == 0))
        return false;
    shift_work(cpu, op, from, count);
    struct alu x = alu_shift(op, width, host_load(p, width), count, cpu->flags);
    host_store(p, width, x.value);
    cpu->flags = x.flags;
    return true;
}

#define SHIFT_FORM_HANDLERS(mnemonic, op, operand, from)                                                               \
    QUICK_HANDLER(op_##mnemonic##_Eb_##operand##_r, shift_r, op, 8, from)                                              \
    QUICK_MEMORY_HANDLER(op_##mnemonic##_Eb_##operand##_m, shift_m, op, 8, from)                                       \
    QUICK_HANDLER(op_##mnemonic##_Ev_##operand##_r16, shift_r, op, 16, from)                                           \
    QUICK_MEMORY_HANDLER(op_##mnemonic##_Ev_##operand##_m16, shift_m, op, 16, from)                                    \
    QUICK_HANDLER(op_##mnemonic##_Ev_##operand##_r32, shift_r, op, 32, from)                                           \
    QUICK_MEMORY_HANDLER(op_##mnemonic##_Ev_##operand##_m32, shift_m, op, 32, from)

#define SHIFT_HANDLERS(mnemonic, op)                                                                                   \
    SHIFT_FORM_HANDLERS(mnemonic, op, 1, COUNT_1)                                                                      \
    SHIFT_FORM_HANDLERS(mnemonic, op, Ib, COUNT_IB)                                                                    \
    SHIFT_FORM_HANDLERS(mnemonic, op, CL, COUNT_CL)

SHIFT_HANDLERS(rol, SHIFT_ROL)
SHIFT_HANDLERS(ror, SHIFT_ROR)
SHIFT_HANDLERS(rcl, SHIFT_RCL)
SHIFT_HANDLERS(rcr, SHIFT_RCR)
SHIFT_HANDLERS(shl, SHIFT_SHL)
SHIFT_HANDLERS(shr, SHIFT_SHR)
SHIFT_HANDLERS(sar, SHIFT_SAR)

/* --- SHLD, SHRD --- */

enum double_op { DOUBLE_LEFT, DOUBLE_RIGHT };

ALWAYS_INLINE struct alu double_shift(enum double_op op, unsigned width, uint32_t a, uint32_t b, unsigned count)
{
    return op == DOUBLE_LEFT ? alu_shld(width, a, b, count) : alu_shrd(width, a, b, count);
}

ALWAYS_INLINE void double_r(struct cpu *cpu, const struct insn *insn, enum double_op op, unsigned width,
                            enum count_from from)
{
    unsigned count = shift_count(cpu, insn, from);
    if (count == 0)
        return;
    uint32_t source = register_get(cpu, width, insn->reg);
    struct alu x = double_shift(op, width, register_get(cpu, width, insn->rm), source, count);
    register_set(cpu, width, insn->rm, x.value);
    cpu->flags = x.flags;
}

ALWAYS_INLINE void double_m(struct cpu *cpu, const struct insn *insn, enum double_op op, unsigned width,
                            enum count_from from)
{
    unsigned count = shift_count(cpu, insn, from);
    struct modify m = modify_begin(cpu, insn, width);
    if (count == 0)
        return;
    struct alu x = double_shift(op, width, m.old, register_get(cpu, width, insn->reg), count);
    modify_end(cpu, width, &m, x.value);
    cpu->flags = x.flags;
}

QUICK_HANDLER(op_shld_Ev_Gv_Ib_r16, double_r, DOUBLE_LEFT, 16, COUNT_IB)
HANDLER(op_shld_Ev_Gv_Ib_m16, double_m, DOUBLE_LEFT, 16, COUNT_IB)
QUICK_HANDLER(op_shld_Ev_Gv_Ib_r32, double_r, DOUBLE_LEFT, 32, COUNT_IB)
HANDLER(op_shld_Ev_Gv_Ib_m32, double_m, DOUBLE_LEFT, 32, COUNT_IB)
QUICK_HANDLER(op_shld_Ev_Gv_CL_r16, double_r, DOUBLE_LEFT, 16, COUNT_CL)
HANDLER(op_shld_Ev_Gv_CL_m16, double_m, DOUBLE_LEFT, 16, COUNT_CL)
QUICK_HANDLER(op_shld_Ev_Gv_CL_r32, double_r, DOUBLE_LEFT, 32, COUNT_CL)
HANDLER(op_shld_Ev_Gv_CL_m32, double_m, DOUBLE_LEFT, 32, COUNT_CL)
QUICK_HANDLER(op_shrd_Ev_Gv_Ib_r16, double_r, DOUBLE_RIGHT, 16, COUNT_IB)
HANDLER(op_shrd_Ev_Gv_Ib_m16, double_m, DOUBLE_RIGHT, 16, COUNT_IB)
QUICK_HANDLER(op_shrd_Ev_Gv_Ib_r32, double_r, DOUBLE_RIGHT, 32, COUNT_IB)
HANDLER(op_shrd_Ev_Gv_Ib_m32, double_m, DOUBLE_RIGHT, 32, COUNT_IB)
QUICK_HANDLER(op_shrd_Ev_Gv_CL_r16, double_r, DOUBLE_RIGHT, 16, COUNT_CL)
HANDLER(op_shrd_Ev_Gv_CL_m16, double_m, DOUBLE_RIGHT, 16, COUNT_CL)
QUICK_HANDLER(op_shrd_Ev_Gv_CL_r32, double_r, DOUBLE_RIGHT, 32, COUNT_CL)
HANDLER(op_shrd_Ev_Gv_CL_m32, double_m, DOUBLE_RIGHT, 32, COUNT_CL)
