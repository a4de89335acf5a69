/* BT BTS BTR BTC, BSF BSR, BSWAP, XADD, CMPXCHG (PRM ch. 26). */
#include "emu/cpu/operand.h"
#include "emu/cpu/ops.h"

/* --- Bit tests: CF is the bit, the other flags stay --- */

enum bit_op { BIT_TEST, BIT_SET, BIT_RESET, BIT_COMPLEMENT };

ALWAYS_INLINE uint32_t bit_changed(enum bit_op op, uint32_t value, unsigned bit)
{
    switch (op) {
    case BIT_SET:
        return value | 1u << bit;
    case BIT_RESET:
        return value & ~(1u << bit);
    case BIT_COMPLEMENT:
        return value ^ 1u << bit;
    case BIT_TEST:
        break;
    }
    return value;
}

ALWAYS_INLINE void bit_register(struct cpu *cpu, unsigned to, unsigned bit, enum bit_op op, unsigned width)
{
    uint32_t value = register_get(cpu, width, to);
    if (op != BIT_TEST)
        register_set(cpu, width, to, bit_changed(op, value, bit));
    cpu->flags = alu_with_cf(cpu->flags, value >> bit & 1);
}

ALWAYS_INLINE void bit_memory(struct cpu *cpu, const struct insn *insn, uint32_t offset, unsigned bit, enum bit_op op,
                              unsigned width)
{
    if (op == BIT_TEST) {
        cpu->flags = alu_with_cf(cpu->flags, memory_get(cpu, width, insn->seg, offset) >> bit & 1);
        return;
    }
    struct modify m = modify_at(cpu, width, insn->seg, offset);
    modify_end(cpu, width, &m, bit_changed(op, m.old, bit));
    cpu->flags = alu_with_cf(cpu->flags, m.old >> bit & 1);
}

ALWAYS_INLINE void bit_E_G_r(struct cpu *cpu, const struct insn *insn, enum bit_op op, unsigned width)
{
    bit_register(cpu, insn->rm, register_get(cpu, width, insn->reg) & (width - 1), op, width);
}

/* The register's number is signed and reaches beyond the operand: by whole words or dwords. */
ALWAYS_INLINE void bit_E_G_m(struct cpu *cpu, const struct insn *insn, enum bit_op op, unsigned width)
{
    int32_t number = (int32_t)alu_extend(width, register_get(cpu, width, insn->reg));
    int32_t step = (width == 16 ? number >> 4 : number >> 5) * (int32_t)(width / 8);
    uint32_t offset = (ea(cpu, insn) + (uint32_t)step) & insn->addr_mask;
    bit_memory(cpu, insn, offset, (unsigned)number & (width - 1), op, width);
}

ALWAYS_INLINE void bit_E_I_r(struct cpu *cpu, const struct insn *insn, enum bit_op op, unsigned width)
{
    bit_register(cpu, insn->rm, insn->imm & (width - 1), op, width);
}

ALWAYS_INLINE void bit_E_I_m(struct cpu *cpu, const struct insn *insn, enum bit_op op, unsigned width)
{
    bit_memory(cpu, insn, ea(cpu, insn), insn->imm & (width - 1), op, width);
}

#define BIT_HANDLERS(mnemonic, op)                                                                                     \
    HANDLER(op_##mnemonic##_Ev_Gv_r16, bit_E_G_r, op, 16)                                                              \
    HANDLER(op_##mnemonic##_Ev_Gv_m16, bit_E_G_m, op, 16)                                                              \
    HANDLER(op_##mnemonic##_Ev_Gv_r32, bit_E_G_r, op, 32)                                                              \
    HANDLER(op_##mnemonic##_Ev_Gv_m32, bit_E_G_m, op, 32)                                                              \
    HANDLER(op_##mnemonic##_Ev_Ib_r16, bit_E_I_r, op, 16)                                                              \
    HANDLER(op_##mnemonic##_Ev_Ib_m16, bit_E_I_m, op, 16)                                                              \
    HANDLER(op_##mnemonic##_Ev_Ib_r32, bit_E_I_r, op, 32)                                                              \
    HANDLER(op_##mnemonic##_Ev_Ib_m32, bit_E_I_m, op, 32)

BIT_HANDLERS(bt, BIT_TEST)
BIT_HANDLERS(bts, BIT_SET)
BIT_HANDLERS(btr, BIT_RESET)
BIT_HANDLERS(btc, BIT_COMPLEMENT)

/* --- BSF, BSR: a source of 0 sets ZF and leaves the destination --- */

enum scan_direction { SCAN_FORWARD, SCAN_REVERSE };

ALWAYS_INLINE void scan(struct cpu *cpu, const struct insn *insn, uint32_t source, enum scan_direction direction,
                        unsigned width)
{
    uint32_t bit = 32;
    if (source != 0) {
        bit = direction == SCAN_FORWARD ? (uint32_t)__builtin_ctz(source) : 31 - (uint32_t)__builtin_clz(source);
        register_set(cpu, width, insn->reg, bit);
    }
    cpu->flags = alu_scan_flags(source != 0, bit);
    cpu->work = bit;
}

ALWAYS_INLINE void scan_r(struct cpu *cpu, const struct insn *insn, enum scan_direction direction, unsigned width)
{
    scan(cpu, insn, register_get(cpu, width, insn->rm), direction, width);
}

ALWAYS_INLINE void scan_m(struct cpu *cpu, const struct insn *insn, enum scan_direction direction, unsigned width)
{
    scan(cpu, insn, operand_get(cpu, insn, width), direction, width);
}

HANDLER(op_bsf_Gv_Ev_r16, scan_r, SCAN_FORWARD, 16)
HANDLER(op_bsf_Gv_Ev_m16, scan_m, SCAN_FORWARD, 16)
HANDLER(op_bsf_Gv_Ev_r32, scan_r, SCAN_FORWARD, 32)
HANDLER(op_bsf_Gv_Ev_m32, scan_m, SCAN_FORWARD, 32)
HANDLER(op_bsr_Gv_Ev_r16, scan_r, SCAN_REVERSE, 16)
HANDLER(op_bsr_Gv_Ev_m16, scan_m, SCAN_REVERSE, 16)
HANDLER(op_bsr_Gv_Ev_r32, scan_r, SCAN_REVERSE, 32)
HANDLER(op_bsr_Gv_Ev_m32, scan_m, SCAN_REVERSE, 32)

/* --- BSWAP --- */

/* The manual leaves a word operand undefined; later parts clear it. */
void op_bswap_Zv_16(struct cpu *cpu, const struct insn *insn)
{
    register_set(cpu, 16, insn->reg, 0);
}

void op_bswap_Zv_32(struct cpu *cpu, const struct insn *insn)
{
    register_set(cpu, 32, insn->reg, __builtin_bswap32(register_get(cpu, 32, insn->reg)));
}

/* --- XADD: with one register as both operands the sum stays --- */

ALWAYS_INLINE void xadd_r(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    uint32_t old = register_get(cpu, width, insn->rm);
    struct alu x = alu_add(width, old, register_get(cpu, width, insn->reg), 0);
    register_set(cpu, width, insn->reg, old);
    register_set(cpu, width, insn->rm, x.value);
    cpu->flags = x.flags;
}

ALWAYS_INLINE void xadd_m(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    struct modify m = modify_begin(cpu, insn, width);
    struct alu x = alu_add(width, m.old, register_get(cpu, width, insn->reg), 0);
    modify_end(cpu, width, &m, x.value);
    register_set(cpu, width, insn->reg, m.old);
    cpu->flags = x.flags;
}

HANDLER(op_xadd_Eb_Gb_r, xadd_r, 8)
HANDLER(op_xadd_Eb_Gb_m, xadd_m, 8)
HANDLER(op_xadd_Ev_Gv_r16, xadd_r, 16)
HANDLER(op_xadd_Ev_Gv_m16, xadd_m, 16)
HANDLER(op_xadd_Ev_Gv_r32, xadd_r, 32)
HANDLER(op_xadd_Ev_Gv_m32, xadd_m, 32)

/* --- CMPXCHG: memory is written in either case, back with what was there if the comparison failed --- */

ALWAYS_INLINE void cmpxchg_r(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    uint32_t accumulator = register_get(cpu, width, register_offset(width, EAX));
    uint32_t old = register_get(cpu, width, insn->rm);
    if (old == accumulator)
        register_set(cpu, width, insn->rm, register_get(cpu, width, insn->reg));
    else
        register_set(cpu, width, register_offset(width, EAX), old);
    cpu->flags = alu_sub(width, accumulator, old, 0).flags;
}

ALWAYS_INLINE void cmpxchg_m(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    uint32_t accumulator = register_get(cpu, width, register_offset(width, EAX));
    struct modify m = modify_begin(cpu, insn, width);
    bool equal = m.old == accumulator;
    cpu->work = !equal;
    modify_end(cpu, width, &m, equal ? register_get(cpu, width, insn->reg) : m.old);
    if (!equal)
        register_set(cpu, width, register_offset(width, EAX), m.old);
    cpu->flags = alu_sub(width, accumulator, m.old, 0).flags;
}

HANDLER(op_cmpxchg_Eb_Gb_r, cmpxchg_r, 8)
HANDLER(op_cmpxchg_Eb_Gb_m, cmpxchg_m, 8)
HANDLER(op_cmpxchg_Ev_Gv_r16, cmpxchg_r, 16)
HANDLER(op_cmpxchg_Ev_Gv_m16, cmpxchg_m, 16)
HANDLER(op_cmpxchg_Ev_Gv_r32, cmpxchg_r, 32)
HANDLER(op_cmpxchg_Ev_Gv_m32, cmpxchg_m, 32)
