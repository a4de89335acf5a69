/* MOV between general registers, memory and immediates, XCHG, LEA, MOVZX, MOVSX, CBW, CWD, XLAT (PRM ch. 26). Moves to
 * and from segment, control, debug and test registers are elsewhere (ops_system.h). */
#include "emu/cpu/operand.h"
#include "emu/cpu/ops.h"

/* --- MOV --- */

ALWAYS_INLINE void mov_E_G_r(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    register_set(cpu, width, insn->rm, register_get(cpu, width, insn->reg));
}

ALWAYS_INLINE void mov_to_memory_slow(struct cpu *cpu, const struct insn *insn, uint32_t value, unsigned width)
{
    mem_write(cpu, insn->seg, ea(cpu, insn), value & alu_mask(width), width / 8);
}

ALWAYS_INLINE bool mov_to_memory(struct cpu *cpu, const struct insn *insn, uint32_t value, unsigned width)
{
    uint8_t *p = mem_fast_write(cpu, insn->seg, ea(cpu, insn), width / 8);
    if (likely(p))
        host_store(p, width, value);
    return likely(p);
}

ALWAYS_INLINE void mov_from_memory_slow(struct cpu *cpu, const struct insn *insn, unsigned to, unsigned width)
{
    register_set(cpu, width, to, mem_read(cpu, insn->seg, ea(cpu, insn), width / 8));
}

ALWAYS_INLINE bool mov_from_memory(struct cpu *cpu, const struct insn *insn, unsigned to, unsigned width)
{
    const uint8_t *p = mem_fast_read(cpu, insn->seg, ea(cpu, insn), width / 8);
    if (likely(p))
        register_set(cpu, width, to, host_load(p, width));
    return likely(p);
}

ALWAYS_INLINE bool mov_E_G_m(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    return mov_to_memory(cpu, insn, register_get(cpu, width, insn->reg), width);
}

OUT_OF_LINE void mov_E_G_m_slow(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    mov_to_memory_slow(cpu, insn, register_get(cpu, width, insn->reg), width);
}

ALWAYS_INLINE void mov_G_E_r(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    register_set(cpu, width, insn->reg, register_get(cpu, width, insn->rm));
}

ALWAYS_INLINE bool mov_G_E_m(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    return mov_from_memory(cpu, insn, insn->reg, width);
}

OUT_OF_LINE void mov_G_E_m_slow(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    mov_from_memory_slow(cpu, insn, insn->reg, width);
}

ALWAYS_INLINE void mov_E_I_r(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    register_set(cpu, width, insn->rm, insn->imm);
}

ALWAYS_INLINE bool mov_E_I_m(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    return mov_to_memory(cpu, insn, insn->imm, width);
}

OUT_OF_LINE void mov_E_I_m_slow(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    mov_to_memory_slow(cpu, insn, insn->imm, width);
}

ALWAYS_INLINE void mov_Z_I(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    register_set(cpu, width, insn->reg, insn->imm);
}

ALWAYS_INLINE bool mov_A_O(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    return mov_from_memory(cpu, insn, register_offset(width, EAX), width);
}

OUT_OF_LINE void mov_A_O_slow(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    mov_from_memory_slow(cpu, insn, register_offset(width, EAX), width);
}

ALWAYS_INLINE bool mov_O_A(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    return mov_to_memory(cpu, insn, cpu->r[EAX], width);
}

OUT_OF_LINE void mov_O_A_slow(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    mov_to_memory_slow(cpu, insn, cpu->r[EAX], width);
}

QUICK_HANDLER(op_mov_Eb_Gb_r, mov_E_G_r, 8)
QUICK_MEMORY_HANDLER(op_mov_Eb_Gb_m, mov_E_G_m, 8)
QUICK_HANDLER(op_mov_Ev_Gv_r16, mov_E_G_r, 16)
QUICK_MEMORY_HANDLER(op_mov_Ev_Gv_m16, mov_E_G_m, 16)
QUICK_HANDLER(op_mov_Ev_Gv_r32, mov_E_G_r, 32)
QUICK_MEMORY_HANDLER(op_mov_Ev_Gv_m32, mov_E_G_m, 32)
QUICK_HANDLER(op_mov_Gb_Eb_r, mov_G_E_r, 8)
QUICK_MEMORY_HANDLER(op_mov_Gb_Eb_m, mov_G_E_m, 8)
QUICK_HANDLER(op_mov_Gv_Ev_r16, mov_G_E_r, 16)
QUICK_MEMORY_HANDLER(op_mov_Gv_Ev_m16, mov_G_E_m, 16)
QUICK_HANDLER(op_mov_Gv_Ev_r32, mov_G_E_r, 32)
QUICK_MEMORY_HANDLER(op_mov_Gv_Ev_m32, mov_G_E_m, 32)
QUICK_HANDLER(op_mov_Eb_Ib_r, mov_E_I_r, 8)
QUICK_MEMORY_HANDLER(op_mov_Eb_Ib_m, mov_E_I_m, 8)
QUICK_HANDLER(op_mov_Ev_Iv_r16, mov_E_I_r, 16)
QUICK_MEMORY_HANDLER(op_mov_Ev_Iv_m16, mov_E_I_m, 16)
QUICK_HANDLER(op_mov_Ev_Iv_r32, mov_E_I_r, 32)
QUICK_MEMORY_HANDLER(op_mov_Ev_Iv_m32, mov_E_I_m, 32)
QUICK_HANDLER(op_mov_Zb_Ib, mov_Z_I, 8)
QUICK_HANDLER(op_mov_Zv_Iv_16, mov_Z_I, 16)
QUICK_HANDLER(op_mov_Zv_Iv_32, mov_Z_I, 32)
QUICK_MEMORY_HANDLER(op_mov_AL_Ob, mov_A_O, 8)
QUICK_MEMORY_HANDLER(op_mov_eAX_Ov_16, mov_A_O, 16)
QUICK_MEMORY_HANDLER(op_mov_eAX_Ov_32, mov_A_O, 32)
QUICK_MEMORY_HANDLER(op_mov_Ob_AL, mov_O_A, 8)
QUICK_MEMORY_HANDLER(op_mov_Ov_eAX_16, mov_O_A, 16)
QUICK_MEMORY_HANDLER(op_mov_Ov_eAX_32, mov_O_A, 32)

/* --- XCHG, NOP --- */

ALWAYS_INLINE void xchg_registers(struct cpu *cpu, unsigned a, unsigned b, unsigned width)
{
    uint32_t old = register_get(cpu, width, a);
    register_set(cpu, width, a, register_get(cpu, width, b));
    register_set(cpu, width, b, old);
}

ALWAYS_INLINE void xchg_r(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    xchg_registers(cpu, insn->rm, insn->reg, width);
}

ALWAYS_INLINE bool xchg_m(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    uint8_t *p = mem_fast_write(cpu, insn->seg, ea(cpu, insn), width / 8);
    if (unlikely(!p))
        return false;
    uint32_t old = host_load(p, width);
    host_store(p, width, register_get(cpu, width, insn->reg));
    register_set(cpu, width, insn->reg, old);
    return true;
}

OUT_OF_LINE void xchg_m_slow(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    struct modify m = modify_begin(cpu, insn, width);
    modify_end(cpu, width, &m, register_get(cpu, width, insn->reg));
    register_set(cpu, width, insn->reg, m.old);
}

ALWAYS_INLINE void xchg_Z_A(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    xchg_registers(cpu, insn->reg, register_offset(width, EAX), width);
}

QUICK_HANDLER(op_xchg_Eb_Gb_r, xchg_r, 8)
QUICK_MEMORY_HANDLER(op_xchg_Eb_Gb_m, xchg_m, 8)
QUICK_HANDLER(op_xchg_Ev_Gv_r16, xchg_r, 16)
QUICK_MEMORY_HANDLER(op_xchg_Ev_Gv_m16, xchg_m, 16)
QUICK_HANDLER(op_xchg_Ev_Gv_r32, xchg_r, 32)
QUICK_MEMORY_HANDLER(op_xchg_Ev_Gv_m32, xchg_m, 32)
QUICK_HANDLER(op_xchg_Zv_eAX_16, xchg_Z_A, 16)
QUICK_HANDLER(op_xchg_Zv_eAX_32, xchg_Z_A, 32)

void op_nop(struct cpu *cpu, const struct insn *insn)
{
    (void)cpu;
    (void)insn;
}

/* --- LEA, XLAT --- */

ALWAYS_INLINE void lea(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    register_set(cpu, width, insn->reg, ea(cpu, insn));
}

QUICK_HANDLER(op_lea_Gv_M_m16, lea, 16)
QUICK_HANDLER(op_lea_Gv_M_m32, lea, 32)

void op_xlat(struct cpu *cpu, const struct insn *insn)
{
    uint32_t offset = (cpu->r[EBX] + (cpu->r[EAX] & 0xFF)) & insn->addr_mask;
    register_set(cpu, 8, reg8_offset(AL), rd8(cpu, insn->seg, offset));
}

/* --- Widening --- */

enum { ZERO_EXTEND, SIGN_EXTEND };

ALWAYS_INLINE void widen(struct cpu *cpu, const struct insn *insn, uint32_t value, bool is_signed, unsigned from,
                         unsigned to)
{
    register_set(cpu, to, insn->reg, is_signed ? alu_extend(from, value) : value);
}

ALWAYS_INLINE void widen_r(struct cpu *cpu, const struct insn *insn, bool is_signed, unsigned from, unsigned to)
{
    widen(cpu, insn, register_get(cpu, from, insn->rm), is_signed, from, to);
}

ALWAYS_INLINE bool widen_m(struct cpu *cpu, const struct insn *insn, bool is_signed, unsigned from, unsigned to)
{
    const uint8_t *p = mem_fast_read(cpu, insn->seg, ea(cpu, insn), from / 8);
    if (likely(p))
        widen(cpu, insn, host_load(p, from), is_signed, from, to);
    return likely(p);
}

OUT_OF_LINE void widen_m_slow(struct cpu *cpu, const struct insn *insn, bool is_signed, unsigned from, unsigned to)
{
    widen(cpu, insn, mem_read(cpu, insn->seg, ea(cpu, insn), from / 8), is_signed, from, to);
}

#define WIDEN_HANDLERS(form, is_signed, from)                                                                          \
    QUICK_HANDLER(op_##form##_r16, widen_r, is_signed, from, 16)                                                       \
    QUICK_MEMORY_HANDLER(op_##form##_m16, widen_m, is_signed, from, 16)                                                \
    QUICK_HANDLER(op_##form##_r32, widen_r, is_signed, from, 32)                                                       \
    QUICK_MEMORY_HANDLER(op_##form##_m32, widen_m, is_signed, from, 32)

WIDEN_HANDLERS(movzx_Gv_Eb, ZERO_EXTEND, 8)
WIDEN_HANDLERS(movzx_Gv_Ew, ZERO_EXTEND, 16)
WIDEN_HANDLERS(movsx_Gv_Eb, SIGN_EXTEND, 8)
WIDEN_HANDLERS(movsx_Gv_Ew, SIGN_EXTEND, 16)

/* CBW and CWDE */
ALWAYS_INLINE void cbw(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    (void)insn;
    register_set(cpu, width, register_offset(width, EAX), alu_extend(width / 2, cpu->r[EAX]));
}

/* CWD and CDQ */
ALWAYS_INLINE void cwd(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    (void)insn;
    register_set(cpu, width, register_offset(width, EDX), cpu->r[EAX] >> (width - 1) & 1 ? 0xFFFFFFFF : 0);
}

QUICK_HANDLER(op_cbw_16, cbw, 16)
QUICK_HANDLER(op_cbw_32, cbw, 32)
QUICK_HANDLER(op_cwd_16, cwd, 16)
QUICK_HANDLER(op_cwd_32, cwd, 32)
