/* MUL, IMUL with one, two and three operands, DIV, IDIV (PRM ch. 26).
 *
 * The multiplier, whose significant bits decide the time of MUL and IMUL, is the r/m operand, and the immediate where
 * there is one. Which operand the chip's early-out looks at is not printed anywhere we know of; the clocks of the
 * forms with a byte immediate say that it is the immediate there. */
#include "emu/cpu/fault.h"
#include "emu/cpu/operand.h"
#include "emu/cpu/ops.h"
#include "emu/timing/timing.h"

/* Significant bits of an unsigned number. */
ALWAYS_INLINE unsigned bit_length(uint32_t value)
{
    return value ? 32 - (unsigned)__builtin_clz(value) : 0;
}

/* Significant bits of the absolute value, and whether that was negated. */
ALWAYS_INLINE uint32_t signed_bit_length(unsigned width, uint32_t value)
{
    value = alu_extend(width, value);
    return value >> 31 ? bit_length(0 - value) | TIMING_NEGATIVE : bit_length(value);
}

/* --- One operand: AX, DX:AX or EDX:EAX --- */

ALWAYS_INLINE void set_double_accumulator(struct cpu *cpu, unsigned width, uint32_t low, uint32_t high)
{
    if (width == 8) {
        register_set(cpu, 16, reg16_offset(EAX), high << 8 | low);
    } else {
        register_set(cpu, width, register_offset(width, EAX), low);
        register_set(cpu, width, register_offset(width, EDX), high);
    }
}

ALWAYS_INLINE uint64_t double_accumulator(const struct cpu *cpu, unsigned width)
{
    if (width == 8)
        return cpu->r[EAX] & 0xFFFF;
    return (uint64_t)(cpu->r[EDX] & alu_mask(width)) << width | (cpu->r[EAX] & alu_mask(width));
}

ALWAYS_INLINE void multiply(struct cpu *cpu, uint32_t multiplier, bool is_signed, unsigned width)
{
    uint32_t a = cpu->r[EAX];
    struct alu_product x = is_signed ? alu_imul(width, a, multiplier) : alu_mul(width, a, multiplier);
    set_double_accumulator(cpu, width, x.low, x.high);
    cpu->flags = x.flags;
    cpu->work = is_signed ? signed_bit_length(width, multiplier) : bit_length(multiplier);
}

ALWAYS_INLINE void divide(struct cpu *cpu, uint32_t divisor, bool is_signed, unsigned width)
{
    uint64_t dividend = double_accumulator(cpu, width);
    struct alu_quotient x =
        is_signed ? alu_idiv(width, (int64_t)(dividend << (64 - 2 * width)) >> (64 - 2 * width), divisor)
                  : alu_div(width, dividend, divisor);
    if (unlikely(x.overflow))
        cpu_raise(cpu, EXC_DE);
    set_double_accumulator(cpu, width, x.quotient, x.remainder);
    cpu->flags = x.flags;
}

enum { UNSIGNED, SIGNED };

ALWAYS_INLINE void multiply_r(struct cpu *cpu, const struct insn *insn, bool is_signed, unsigned width)
{
    multiply(cpu, register_get(cpu, width, insn->rm), is_signed, width);
}

ALWAYS_INLINE void multiply_m(struct cpu *cpu, const struct insn *insn, bool is_signed, unsigned width)
{
    multiply(cpu, operand_get(cpu, insn, width), is_signed, width);
}

ALWAYS_INLINE void divide_r(struct cpu *cpu, const struct insn *insn, bool is_signed, unsigned width)
{
    divide(cpu, register_get(cpu, width, insn->rm), is_signed, width);
}

ALWAYS_INLINE void divide_m(struct cpu *cpu, const struct insn *insn, bool is_signed, unsigned width)
{
    divide(cpu, operand_get(cpu, insn, width), is_signed, width);
}

#define ACCUMULATOR_HANDLERS(mnemonic, function, is_signed)                                                            \
    HANDLER(op_##mnemonic##_Eb_r, function##_r, is_signed, 8)                                                          \
    HANDLER(op_##mnemonic##_Eb_m, function##_m, is_signed, 8)                                                          \
    HANDLER(op_##mnemonic##_Ev_r16, function##_r, is_signed, 16)                                                       \
    HANDLER(op_##mnemonic##_Ev_m16, function##_m, is_signed, 16)                                                       \
    HANDLER(op_##mnemonic##_Ev_r32, function##_r, is_signed, 32)                                                       \
    HANDLER(op_##mnemonic##_Ev_m32, function##_m, is_signed, 32)

ACCUMULATOR_HANDLERS(mul, multiply, UNSIGNED)
ACCUMULATOR_HANDLERS(imul, multiply, SIGNED)
ACCUMULATOR_HANDLERS(div, divide, UNSIGNED)
ACCUMULATOR_HANDLERS(idiv, divide, SIGNED)

/* --- IMUL with two and three operands --- */

ALWAYS_INLINE void imul_into(struct cpu *cpu, const struct insn *insn, uint32_t a, uint32_t multiplier, unsigned width)
{
    struct alu_product x = alu_imul(width, a, multiplier);
    register_set(cpu, width, insn->reg, x.low);
    cpu->flags = x.flags;
    cpu->work = signed_bit_length(width, multiplier);
}

ALWAYS_INLINE void imul_G_E_r(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    imul_into(cpu, insn, register_get(cpu, width, insn->reg), register_get(cpu, width, insn->rm), width);
}

ALWAYS_INLINE void imul_G_E_m(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    uint32_t multiplier = operand_get(cpu, insn, width);
    imul_into(cpu, insn, register_get(cpu, width, insn->reg), multiplier, width);
}

ALWAYS_INLINE void imul_G_E_I_r(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    imul_into(cpu, insn, register_get(cpu, width, insn->rm), insn->imm, width);
}

ALWAYS_INLINE void imul_G_E_I_m(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    imul_into(cpu, insn, operand_get(cpu, insn, width), insn->imm, width);
}

QUICK_HANDLER(op_imul_Gv_Ev_r16, imul_G_E_r, 16)
HANDLER(op_imul_Gv_Ev_m16, imul_G_E_m, 16)
QUICK_HANDLER(op_imul_Gv_Ev_r32, imul_G_E_r, 32)
HANDLER(op_imul_Gv_Ev_m32, imul_G_E_m, 32)
QUICK_HANDLER(op_imul_Gv_Ev_Iv_r16, imul_G_E_I_r, 16)
HANDLER(op_imul_Gv_Ev_Iv_m16, imul_G_E_I_m, 16)
QUICK_HANDLER(op_imul_Gv_Ev_Iv_r32, imul_G_E_I_r, 32)
HANDLER(op_imul_Gv_Ev_Iv_m32, imul_G_E_I_m, 32)
