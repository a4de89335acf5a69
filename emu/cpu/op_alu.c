/* ADD OR ADC SBB AND SUB XOR CMP in all their forms, TEST, INC, DEC, NOT, NEG (PRM ch. 26).
 *
 * Each form is one inline function that takes the operation and the width as constants; the handlers differ in nothing
 * but these. What the operations compute is in alu.h. */
#include "emu/cpu/operand.h"
#include "emu/cpu/ops.h"

/* --- Two operands --- */

ALWAYS_INLINE void binary_register(struct cpu *cpu, unsigned to, uint32_t source, enum alu_op op, unsigned width)
{
    struct alu x = alu_binary(op, width, register_get(cpu, width, to), source, cpu->flags);
    if (op != ALU_CMP)
        register_set(cpu, width, to, x.value);
    cpu->flags = x.flags;
}

OUT_OF_LINE void binary_memory_slow(struct cpu *cpu, const struct insn *insn, uint32_t source, enum alu_op op,
                                    unsigned width)
{
    uint32_t offset = ea(cpu, insn);
    uint32_t old = op == ALU_CMP ? mem_read(cpu, insn->seg, offset, width / 8)
                                 : mem_read_modify(cpu, insn->seg, offset, width / 8);
    struct alu x = alu_binary(op, width, old, source, cpu->flags);
    if (op != ALU_CMP)
        mem_write(cpu, insn->seg, offset, x.value & alu_mask(width), width / 8);
    cpu->flags = x.flags;
}

ALWAYS_INLINE bool binary_memory(struct cpu *cpu, const struct insn *insn, uint32_t source, enum alu_op op,
                                 unsigned width)
{
    uint32_t offset = ea(cpu, insn);
    uint8_t *p = op == ALU_CMP ? NULL : mem_fast_write(cpu, insn->seg, offset, width / 8);
    const uint8_t *from = op == ALU_CMP ? mem_fast_read(cpu, insn->seg, offset, width / 8) : p;
    if (unlikely(!from))
        return false;
    struct alu x = alu_binary(op, width, host_load(from, width), source, cpu->flags);
    if (op != ALU_CMP)
        host_store(p, width, x.value);
    cpu->flags = x.flags;
    return true;
}

/* r/m and register */
ALWAYS_INLINE void binary_E_G_r(struct cpu *cpu, const struct insn *insn, enum alu_op op, unsigned width)
{
    binary_register(cpu, insn->rm, register_get(cpu, width, insn->reg), op, width);
}

ALWAYS_INLINE bool binary_E_G_m(struct cpu *cpu, const struct insn *insn, enum alu_op op, unsigned width)
{
    return binary_memory(cpu, insn, register_get(cpu, width, insn->reg), op, width);
}

OUT_OF_LINE void binary_E_G_m_slow(struct cpu *cpu, const struct insn *insn, enum alu_op op, unsigned width)
{
    binary_memory_slow(cpu, insn, register_get(cpu, width, insn->reg), op, width);
}

/* register and r/m */
ALWAYS_INLINE void binary_G_E_r(struct cpu *cpu, const struct insn *insn, enum alu_op op, unsigned width)
{
    binary_register(cpu, insn->reg, register_get(cpu, width, insn->rm), op, width);
}

ALWAYS_INLINE bool binary_G_E_m(struct cpu *cpu, const struct insn *insn, enum alu_op op, unsigned width)
{
    const uint8_t *p = mem_fast_read(cpu, insn->seg, ea(cpu, insn), width / 8);
    if (likely(p))
        binary_register(cpu, insn->reg, host_load(p, width), op, width);
    return likely(p);
}

OUT_OF_LINE void binary_G_E_m_slow(struct cpu *cpu, const struct insn *insn, enum alu_op op, unsigned width)
{
    binary_register(cpu, insn->reg, mem_read(cpu, insn->seg, ea(cpu, insn), width / 8), op, width);
}

/* r/m and immediate */
ALWAYS_INLINE void binary_E_I_r(struct cpu *cpu, const struct insn *insn, enum alu_op op, unsigned width)
{
    binary_register(cpu, insn->rm, insn->imm, op, width);
}

ALWAYS_INLINE bool binary_E_I_m(struct cpu *cpu, const struct insn *insn, enum alu_op op, unsigned width)
{
    return binary_memory(cpu, insn, insn->imm, op, width);
}

OUT_OF_LINE void binary_E_I_m_slow(struct cpu *cpu, const struct insn *insn, enum alu_op op, unsigned width)
{
    binary_memory_slow(cpu, insn, insn->imm, op, width);
}

/* accumulator and immediate */
ALWAYS_INLINE void binary_A_I(struct cpu *cpu, const struct insn *insn, enum alu_op op, unsigned width)
{
    binary_register(cpu, register_offset(width, EAX), insn->imm, op, width);
}

#define BINARY_HANDLERS(mnemonic, op)                                                                                  \
    QUICK_HANDLER(op_##mnemonic##_Eb_Gb_r, binary_E_G_r, op, 8)                                                        \
    QUICK_MEMORY_HANDLER(op_##mnemonic##_Eb_Gb_m, binary_E_G_m, op, 8)                                                 \
    QUICK_HANDLER(op_##mnemonic##_Ev_Gv_r16, binary_E_G_r, op, 16)                                                     \
    QUICK_MEMORY_HANDLER(op_##mnemonic##_Ev_Gv_m16, binary_E_G_m, op, 16)                                              \
    QUICK_HANDLER(op_##mnemonic##_Ev_Gv_r32, binary_E_G_r, op, 32)                                                     \
    QUICK_MEMORY_HANDLER(op_##mnemonic##_Ev_Gv_m32, binary_E_G_m, op, 32)                                              \
    QUICK_HANDLER(op_##mnemonic##_Gb_Eb_r, binary_G_E_r, op, 8)                                                        \
    QUICK_MEMORY_HANDLER(op_##mnemonic##_Gb_Eb_m, binary_G_E_m, op, 8)                                                 \
    QUICK_HANDLER(op_##mnemonic##_Gv_Ev_r16, binary_G_E_r, op, 16)                                                     \
    QUICK_MEMORY_HANDLER(op_##mnemonic##_Gv_Ev_m16, binary_G_E_m, op, 16)                                              \
    QUICK_HANDLER(op_##mnemonic##_Gv_Ev_r32, binary_G_E_r, op, 32)                                                     \
    QUICK_MEMORY_HANDLER(op_##mnemonic##_Gv_Ev_m32, binary_G_E_m, op, 32)                                              \
    QUICK_HANDLER(op_##mnemonic##_AL_Ib, binary_A_I, op, 8)                                                            \
    QUICK_HANDLER(op_##mnemonic##_eAX_Iv_16, binary_A_I, op, 16)                                                       \
    QUICK_HANDLER(op_##mnemonic##_eAX_Iv_32, binary_A_I, op, 32)                                                       \
    QUICK_HANDLER(op_##mnemonic##_Eb_Ib_r, binary_E_I_r, op, 8)                                                        \
    QUICK_MEMORY_HANDLER(op_##mnemonic##_Eb_Ib_m, binary_E_I_m, op, 8)                                                 \
    QUICK_HANDLER(op_##mnemonic##_Ev_Iv_r16, binary_E_I_r, op, 16)                                                     \
    QUICK_MEMORY_HANDLER(op_##mnemonic##_Ev_Iv_m16, binary_E_I_m, op, 16)                                              \
    QUICK_HANDLER(op_##mnemonic##_Ev_Iv_r32, binary_E_I_r, op, 32)                                                     \
    QUICK_MEMORY_HANDLER(op_##mnemonic##_Ev_Iv_m32, binary_E_I_m, op, 32)

BINARY_HANDLERS(add, ALU_ADD)
BINARY_HANDLERS(or, ALU_OR)
BINARY_HANDLERS(adc, ALU_ADC)
BINARY_HANDLERS(sbb, ALU_SBB)
BINARY_HANDLERS(and, ALU_AND)
BINARY_HANDLERS(sub, ALU_SUB)
BINARY_HANDLERS(xor, ALU_XOR)
BINARY_HANDLERS(cmp, ALU_CMP)

/* --- TEST --- */

ALWAYS_INLINE void test_E_G_r(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    uint32_t a = register_get(cpu, width, insn->rm), b = register_get(cpu, width, insn->reg);
    cpu->flags = alu_logic(width, a & b).flags;
}

ALWAYS_INLINE bool test_memory(struct cpu *cpu, const struct insn *insn, uint32_t b, unsigned width)
{
    const uint8_t *p = mem_fast_read(cpu, insn->seg, ea(cpu, insn), width / 8);
    if (likely(p))
        cpu->flags = alu_logic(width, host_load(p, width) & b).flags;
    return likely(p);
}

ALWAYS_INLINE void test_memory_slow(struct cpu *cpu, const struct insn *insn, uint32_t b, unsigned width)
{
    uint32_t a = mem_read(cpu, insn->seg, ea(cpu, insn), width / 8);
    cpu->flags = alu_logic(width, a & b).flags;
}

ALWAYS_INLINE bool test_E_G_m(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    return test_memory(cpu, insn, register_get(cpu, width, insn->reg), width);
}

OUT_OF_LINE void test_E_G_m_slow(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    test_memory_slow(cpu, insn, register_get(cpu, width, insn->reg), width);
}

ALWAYS_INLINE void test_E_I_r(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    cpu->flags = alu_logic(width, register_get(cpu, width, insn->rm) & insn->imm).flags;
}

ALWAYS_INLINE bool test_E_I_m(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    return test_memory(cpu, insn, insn->imm, width);
}

OUT_OF_LINE void test_E_I_m_slow(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    test_memory_slow(cpu, insn, insn->imm, width);
}

ALWAYS_INLINE void test_A_I(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    cpu->flags = alu_logic(width, register_get(cpu, width, register_offset(width, EAX)) & insn->imm).flags;
}

QUICK_HANDLER(op_test_Eb_Gb_r, test_E_G_r, 8)
QUICK_MEMORY_HANDLER(op_test_Eb_Gb_m, test_E_G_m, 8)
QUICK_HANDLER(op_test_Ev_Gv_r16, test_E_G_r, 16)
QUICK_MEMORY_HANDLER(op_test_Ev_Gv_m16, test_E_G_m, 16)
QUICK_HANDLER(op_test_Ev_Gv_r32, test_E_G_r, 32)
QUICK_MEMORY_HANDLER(op_test_Ev_Gv_m32, test_E_G_m, 32)
QUICK_HANDLER(op_test_Eb_Ib_r, test_E_I_r, 8)
QUICK_MEMORY_HANDLER(op_test_Eb_Ib_m, test_E_I_m, 8)
QUICK_HANDLER(op_test_Ev_Iv_r16, test_E_I_r, 16)
QUICK_MEMORY_HANDLER(op_test_Ev_Iv_m16, test_E_I_m, 16)
QUICK_HANDLER(op_test_Ev_Iv_r32, test_E_I_r, 32)
QUICK_MEMORY_HANDLER(op_test_Ev_Iv_m32, test_E_I_m, 32)
QUICK_HANDLER(op_test_AL_Ib, test_A_I, 8)
QUICK_HANDLER(op_test_eAX_Iv_16, test_A_I, 16)
QUICK_HANDLER(op_test_eAX_Iv_32, test_A_I, 32)

/* --- One operand --- */

enum unary_op { UNARY_INC, UNARY_DEC, UNARY_NOT, UNARY_NEG };

ALWAYS_INLINE struct alu unary(enum unary_op op, unsigned width, uint32_t a, struct flags flags)
{
    switch (op) {
    case UNARY_INC:
        return alu_inc(width, a, flags);
    case UNARY_DEC:
        return alu_dec(width, a, flags);
    case UNARY_NEG:
        return alu_sub(width, 0, a, 0);
    case UNARY_NOT:
        break;
    }
    return (struct alu){ ~a, flags };
}

/* INC and DEC do not touch CF, not even by writing back what it was (flags.h); NOT touches none. */
ALWAYS_INLINE void unary_flags(struct cpu *cpu, enum unary_op op, struct flags flags)
{
    if (op == UNARY_NOT)
        return;
    cpu->flags.result = flags.result;
    cpu->flags.aux = flags.aux;
    if (op == UNARY_NEG)
        cpu->flags.carry = flags.carry;
}

ALWAYS_INLINE void unary_register(struct cpu *cpu, unsigned offset, enum unary_op op, unsigned width)
{
    struct alu x = unary(op, width, register_get(cpu, width, offset), cpu->flags);
    register_set(cpu, width, offset, x.value);
    unary_flags(cpu, op, x.flags);
}

ALWAYS_INLINE void unary_r(struct cpu *cpu, const struct insn *insn, enum unary_op op, unsigned width)
{
    unary_register(cpu, insn->rm, op, width);
}

ALWAYS_INLINE void unary_z(struct cpu *cpu, const struct insn *insn, enum unary_op op, unsigned width)
{
    unary_register(cpu, insn->reg, op, width);
}

OUT_OF_LINE void unary_m_slow(struct cpu *cpu, const struct insn *insn, enum unary_op op, unsigned width)
{
    struct modify m = modify_begin(cpu, insn, width);
    struct alu x = unary(op, width, m.old, cpu->flags);
    modify_end(cpu, width, &m, x.value);
    cpu->flags = x.flags;
}

ALWAYS_INLINE bool unary_m(struct cpu *cpu, const struct insn *insn, enum unary_op op, unsigned width)
{
    uint8_t *p = mem_fast_write(cpu, insn->seg, ea(cpu, insn), width / 8);
    if (unlikely(!p))
        return false;
    struct alu x = unary(op, width, host_load(p, width), cpu->flags);
    host_store(p, width, x.value);
    unary_flags(cpu, op, x.flags);
    return true;
}

#define UNARY_HANDLERS(mnemonic, op)                                                                                   \
    QUICK_HANDLER(op_##mnemonic##_Eb_r, unary_r, op, 8)                                                                \
    QUICK_MEMORY_HANDLER(op_##mnemonic##_Eb_m, unary_m, op, 8)                                                         \
    QUICK_HANDLER(op_##mnemonic##_Ev_r16, unary_r, op, 16)                                                             \
    QUICK_MEMORY_HANDLER(op_##mnemonic##_Ev_m16, unary_m, op, 16)                                                      \
    QUICK_HANDLER(op_##mnemonic##_Ev_r32, unary_r, op, 32)                                                             \
    QUICK_MEMORY_HANDLER(op_##mnemonic##_Ev_m32, unary_m, op, 32)

UNARY_HANDLERS(inc, UNARY_INC)
UNARY_HANDLERS(dec, UNARY_DEC)
UNARY_HANDLERS(not, UNARY_NOT)
UNARY_HANDLERS(neg, UNARY_NEG)

QUICK_HANDLER(op_inc_Zv_16, unary_z, UNARY_INC, 16)
QUICK_HANDLER(op_inc_Zv_32, unary_z, UNARY_INC, 32)
QUICK_HANDLER(op_dec_Zv_16, unary_z, UNARY_DEC, 16)
QUICK_HANDLER(op_dec_Zv_32, unary_z, UNARY_DEC, 32)
