/* PUSH and POP of general registers, memory and immediates, PUSHA, POPA, ENTER, LEAVE (PRM ch. 26). Segment registers
 * and flags are elsewhere (ops_system.h).
 *
 * The stack pointer wraps by the B bit of SS (cpu->sp_mask), whatever the operand size. Instructions that touch the
 * stack several times ask first whether all of it can be touched, since nothing may be committed before the last
 * fault. */
#include "emu/cpu/operand.h"
#include "emu/cpu/ops.h"

OUT_OF_LINE void push_slow(struct cpu *cpu, uint32_t value, unsigned width)
{
    uint32_t sp = (cpu->r[ESP] - width / 8) & cpu->sp_mask;
    mem_write(cpu, SS, sp, value & alu_mask(width), width / 8);
    set_stack_pointer(cpu, sp);
}

/* False: push_slow() is needed. */
ALWAYS_INLINE bool push_fast(struct cpu *cpu, uint32_t value, unsigned width)
{
    uint32_t sp = (cpu->r[ESP] - width / 8) & cpu->sp_mask;
    uint8_t *p = mem_fast_write(cpu, SS, sp, width / 8);
    if (unlikely(!p))
        return false;
    host_store(p, width, value);
    set_stack_pointer(cpu, sp);
    return true;
}

/* Pops into the register at offset TO; into ESP, what was read wins over the increment. */
OUT_OF_LINE void pop_register_slow(struct cpu *cpu, unsigned to, unsigned width)
{
    uint32_t value = mem_read(cpu, SS, stack_pointer(cpu), width / 8);
    set_stack_pointer(cpu, cpu->r[ESP] + width / 8);
    register_set(cpu, width, to, value);
}

ALWAYS_INLINE bool pop_register(struct cpu *cpu, unsigned to, unsigned width)
{
    const uint8_t *p = mem_fast_read(cpu, SS, stack_pointer(cpu), width / 8);
    if (unlikely(!p))
        return false;
    set_stack_pointer(cpu, cpu->r[ESP] + width / 8);
    register_set(cpu, width, to, host_load(p, width));
    return true;
}

/* --- PUSH: ESP goes with its old value --- */

ALWAYS_INLINE bool push_Z(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    return push_fast(cpu, register_get(cpu, width, insn->reg), width);
}

ALWAYS_INLINE void push_Z_slow(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    push_slow(cpu, register_get(cpu, width, insn->reg), width);
}

ALWAYS_INLINE bool push_E_r(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    return push_fast(cpu, register_get(cpu, width, insn->rm), width);
}

ALWAYS_INLINE void push_E_r_slow(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    push_slow(cpu, register_get(cpu, width, insn->rm), width);
}

ALWAYS_INLINE bool push_E_m(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    const uint8_t *p = mem_fast_read(cpu, insn->seg, ea(cpu, insn), width / 8);
    return likely(p) && push_fast(cpu, host_load(p, width), width);
}

ALWAYS_INLINE void push_E_m_slow(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    push_slow(cpu, operand_get(cpu, insn, width), width);
}

ALWAYS_INLINE bool push_I(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    return push_fast(cpu, insn->imm, width);
}

ALWAYS_INLINE void push_I_slow(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    push_slow(cpu, insn->imm, width);
}

QUICK_MEMORY_HANDLER(op_push_Zv_16, push_Z, 16)
QUICK_MEMORY_HANDLER(op_push_Zv_32, push_Z, 32)
QUICK_MEMORY_HANDLER(op_push_Ev_r16, push_E_r, 16)
QUICK_MEMORY_HANDLER(op_push_Ev_m16, push_E_m, 16)
QUICK_MEMORY_HANDLER(op_push_Ev_r32, push_E_r, 32)
QUICK_MEMORY_HANDLER(op_push_Ev_m32, push_E_m, 32)
QUICK_MEMORY_HANDLER(op_push_Iv_16, push_I, 16)
QUICK_MEMORY_HANDLER(op_push_Iv_32, push_I, 32)

/* --- POP --- */

ALWAYS_INLINE bool pop_Z(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    return pop_register(cpu, insn->reg, width);
}

ALWAYS_INLINE void pop_Z_slow(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    pop_register_slow(cpu, insn->reg, width);
}

ALWAYS_INLINE bool pop_E_r(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    return pop_register(cpu, insn->rm, width);
}

ALWAYS_INLINE void pop_E_r_slow(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    pop_register_slow(cpu, insn->rm, width);
}

/* An address made with ESP uses ESP after the pop. */
ALWAYS_INLINE void pop_E_m(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    uint32_t before = cpu->r[ESP];
    uint32_t value = memory_get(cpu, width, SS, stack_pointer(cpu));
    set_stack_pointer(cpu, before + width / 8);
    uint32_t after = cpu->r[ESP], offset = ea(cpu, insn);
    cpu->r[ESP] = before;
    memory_set(cpu, width, insn->seg, offset, value);
    cpu->r[ESP] = after;
}

QUICK_MEMORY_HANDLER(op_pop_Zv_16, pop_Z, 16)
QUICK_MEMORY_HANDLER(op_pop_Zv_32, pop_Z, 32)
QUICK_MEMORY_HANDLER(op_pop_Ev_r16, pop_E_r, 16)
HANDLER(op_pop_Ev_m16, pop_E_m, 16)
QUICK_MEMORY_HANDLER(op_pop_Ev_r32, pop_E_r, 32)
HANDLER(op_pop_Ev_m32, pop_E_m, 32)

/* --- PUSHA, POPA --- */

/* Faults now if a push to (or a read of) SIZE bytes at stack pointer SP would. Asked in the order of the accesses, so
 * that of several faults the first is reported. */
ALWAYS_INLINE void probe_push(struct cpu *cpu, uint32_t sp, unsigned size)
{
    sp &= cpu->sp_mask;
    if (likely(mem_fast_write(cpu, SS, sp, size) != NULL))
        return;
    mem_align(cpu, SS, sp, size);
    mem_probe_write(cpu, SS, sp, size);
}

ALWAYS_INLINE void probe_read(struct cpu *cpu, uint32_t sp, unsigned size)
{
    sp &= cpu->sp_mask;
    if (likely(mem_fast_read(cpu, SS, sp, size) != NULL))
        return;
    mem_align(cpu, SS, sp, size);
    mem_probe_read(cpu, SS, sp, size);
}

ALWAYS_INLINE void pusha(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    (void)insn;
    const unsigned size = width / 8;
    uint32_t top = cpu->r[ESP];
    for (unsigned i = 1; i <= 8; i++)
        probe_push(cpu, top - i * size, size);
    for (unsigned i = 0; i < 8; i++)
        memory_set(cpu, width, SS, (top - (i + 1) * size) & cpu->sp_mask, cpu->r[i]);
    set_stack_pointer(cpu, top - 8 * size);
}

/* The saved ESP is read and dropped. */
ALWAYS_INLINE void popa(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    (void)insn;
    const unsigned size = width / 8;
    uint32_t value[8];
    for (unsigned i = 0; i < 8; i++)
        value[i] = memory_get(cpu, width, SS, (cpu->r[ESP] + i * size) & cpu->sp_mask);
    for (unsigned i = 0; i < 8; i++)
        if (7 - i != ESP)
            register_set(cpu, width, register_offset(width, 7 - i), value[i]);
    set_stack_pointer(cpu, cpu->r[ESP] + 8 * size);
}

HANDLER(op_pusha_16, pusha, 16)
HANDLER(op_pusha_32, pusha, 32)
HANDLER(op_popa_16, popa, 16)
HANDLER(op_popa_32, popa, 32)

/* --- ENTER, LEAVE --- */

/* The level is taken modulo 32 and left in cpu->work. Levels above 0 copy the frame pointers of the enclosing
 * procedures, read through EBP or BP by the stack's size and in turn with the pushes (a frame pointer just pushed may
 * be the next one read), then push the new frame's own. */
ALWAYS_INLINE void enter(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    const unsigned size = width / 8, level = insn->imm2 & 31, pushes = level ? level + 1 : 1;
    const uint32_t top = cpu->r[ESP], display = cpu->r[EBP], mask = cpu->sp_mask;
    const uint32_t frame = ((top - size) & mask) | (top & ~mask), bottom = top - pushes * size - (insn->imm & 0xFFFF);

    probe_push(cpu, top - size, size);
    for (unsigned i = 1; i < level; i++) {
        probe_read(cpu, display - i * size, size);
        probe_push(cpu, top - (i + 1) * size, size);
    }
    probe_push(cpu, top - pushes * size, size);
    mem_probe_write(cpu, SS, bottom & mask, size);

    memory_set(cpu, width, SS, (top - size) & mask, display);
    for (unsigned i = 1; i < level; i++)
        memory_set(cpu, width, SS, (top - (i + 1) * size) & mask,
                   memory_get(cpu, width, SS, (display - i * size) & mask));
    if (level)
        memory_set(cpu, width, SS, (top - pushes * size) & mask, frame);
    register_set(cpu, width, register_offset(width, EBP), frame);
    set_stack_pointer(cpu, bottom);
    cpu->work = level;
}

ALWAYS_INLINE void leave_with(struct cpu *cpu, uint32_t saved, unsigned width)
{
    set_stack_pointer(cpu, cpu->r[EBP] + width / 8);
    register_set(cpu, width, register_offset(width, EBP), saved);
}

ALWAYS_INLINE bool leave(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    (void)insn;
    const uint8_t *p = mem_fast_read(cpu, SS, cpu->r[EBP] & cpu->sp_mask, width / 8);
    if (likely(p))
        leave_with(cpu, host_load(p, width), width);
    return likely(p);
}

OUT_OF_LINE void leave_slow(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    (void)insn;
    leave_with(cpu, mem_read(cpu, SS, cpu->r[EBP] & cpu->sp_mask, width / 8), width);
}

HANDLER(op_enter_Iw_Ib_16, enter, 16)
HANDLER(op_enter_Iw_Ib_32, enter, 32)
QUICK_MEMORY_HANDLER(op_leave_16, leave, 16)
QUICK_MEMORY_HANDLER(op_leave_32, leave, 32)
