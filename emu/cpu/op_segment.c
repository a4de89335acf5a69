/* Segment registers as operands: PUSH, POP, MOV, LDS and its kin; and the instructions that ask about selectors: VERR,
 * VERW, LAR, LSL, ARPL (PRM ch. 26).
 *
 * PUSH with a 32-bit operand moves ESP by four but writes two bytes, as the 386 and 486 do. A load of SS by MOV or POP
 * (not LSS) holds off interrupts and single-step traps for one instruction. */
#include "emu/cpu/fault.h"
#include "emu/cpu/operand.h"
#include "emu/cpu/ops_system.h"
#include "emu/cpu/segment.h"

/* --- PUSH, POP --- */

ALWAYS_INLINE void push_S(struct cpu *cpu, const struct insn *insn, unsigned seg, unsigned width)
{
    (void)insn;
    uint32_t sp = (cpu->r[ESP] - width / 8) & cpu->sp_mask;
    wr16(cpu, SS, sp, cpu->seg[seg].selector);
    set_stack_pointer(cpu, sp);
}

static void shadow(struct cpu *cpu)
{
    cpu->inhibit_trap = true;
    cpu_attend(cpu, ATTEND_SHADOW);
}

/* ESP moves by the size that the stack had before. */
ALWAYS_INLINE void pop_S(struct cpu *cpu, const struct insn *insn, unsigned seg, unsigned width)
{
    (void)insn;
    uint32_t old = cpu->r[ESP], mask = cpu->sp_mask;
    segment_load(cpu, seg, rd16(cpu, SS, old & mask));
    cpu->r[ESP] = (old & ~mask) | ((old + width / 8) & mask);
    if (seg == SS)
        shadow(cpu);
}

HANDLER(op_push_ES_16, push_S, ES, 16)
HANDLER(op_push_ES_32, push_S, ES, 32)
HANDLER(op_push_CS_16, push_S, CS, 16)
HANDLER(op_push_CS_32, push_S, CS, 32)
HANDLER(op_push_SS_16, push_S, SS, 16)
HANDLER(op_push_SS_32, push_S, SS, 32)
HANDLER(op_push_DS_16, push_S, DS, 16)
HANDLER(op_push_DS_32, push_S, DS, 32)
HANDLER(op_push_FS_16, push_S, FS, 16)
HANDLER(op_push_FS_32, push_S, FS, 32)
HANDLER(op_push_GS_16, push_S, GS, 16)
HANDLER(op_push_GS_32, push_S, GS, 32)
HANDLER(op_pop_ES_16, pop_S, ES, 16)
HANDLER(op_pop_ES_32, pop_S, ES, 32)
HANDLER(op_pop_SS_16, pop_S, SS, 16)
HANDLER(op_pop_SS_32, pop_S, SS, 32)
HANDLER(op_pop_DS_16, pop_S, DS, 16)
HANDLER(op_pop_DS_32, pop_S, DS, 32)
HANDLER(op_pop_FS_16, pop_S, FS, 16)
HANDLER(op_pop_FS_32, pop_S, FS, 32)
HANDLER(op_pop_GS_16, pop_S, GS, 16)
HANDLER(op_pop_GS_32, pop_S, GS, 32)

/* --- MOV --- */

void op_mov_Ew_Sw_r16(struct cpu *cpu, const struct insn *insn)
{
    register_set(cpu, 16, insn->rm, cpu->seg[insn->reg].selector);
}

void op_mov_Ew_Sw_r32(struct cpu *cpu, const struct insn *insn)
{
    register_set(cpu, 32, insn->rm, cpu->seg[insn->reg].selector);
}

void op_mov_Ew_Sw_m(struct cpu *cpu, const struct insn *insn)
{
    operand_set(cpu, insn, 16, cpu->seg[insn->reg].selector);
}

static void mov_S(struct cpu *cpu, unsigned seg, uint16_t selector)
{
    segment_load(cpu, seg, selector);
    if (seg == SS)
        shadow(cpu);
}

void op_mov_Sw_Ew_r(struct cpu *cpu, const struct insn *insn)
{
    mov_S(cpu, insn->reg, (uint16_t)register_get(cpu, 16, insn->rm));
}

void op_mov_Sw_Ew_m(struct cpu *cpu, const struct insn *insn)
{
    mov_S(cpu, insn->reg, (uint16_t)operand_get(cpu, insn, 16));
}

/* --- LES, LDS, LSS, LFS, LGS --- */

ALWAYS_INLINE void load_far(struct cpu *cpu, const struct insn *insn, unsigned seg, unsigned width)
{
    uint32_t at = ea(cpu, insn);
    uint32_t offset = memory_get(cpu, width, insn->seg, at);
    segment_load(cpu, seg, rd16(cpu, insn->seg, (at + width / 8) & insn->addr_mask));
    register_set(cpu, width, insn->reg, offset);
}

HANDLER(op_les_Gv_Mp_m16, load_far, ES, 16)
HANDLER(op_les_Gv_Mp_m32, load_far, ES, 32)
HANDLER(op_lds_Gv_Mp_m16, load_far, DS, 16)
HANDLER(op_lds_Gv_Mp_m32, load_far, DS, 32)
HANDLER(op_lss_Gv_Mp_m16, load_far, SS, 16)
HANDLER(op_lss_Gv_Mp_m32, load_far, SS, 32)
HANDLER(op_lfs_Gv_Mp_m16, load_far, FS, 16)
HANDLER(op_lfs_Gv_Mp_m32, load_far, FS, 32)
HANDLER(op_lgs_Gv_Mp_m16, load_far, GS, 16)
HANDLER(op_lgs_Gv_Mp_m32, load_far, GS, 32)

/* --- Asking about selectors: protected mode only, the answer is ZF --- */

static void need_protected(struct cpu *cpu)
{
    if (segment_real(cpu))
        cpu_raise(cpu, EXC_UD);
}

static void set_zf(struct cpu *cpu, bool zf)
{
    uint32_t packed = flags_pack(cpu->flags) & ~(uint32_t)FLAG_ZF;
    cpu->flags = flags_unpack(zf ? packed | FLAG_ZF : packed);
}

/* May a program of this CPL know of the segment? Conforming code is open to all. */
static bool visible(const struct cpu *cpu, const struct descriptor *d)
{
    if (descriptor_is_code(d) && descriptor_is_conforming(d))
        return true;
    return descriptor_dpl(d) >= cpu->cpl && descriptor_dpl(d) >= (d->selector & 3u);
}

static void verify(struct cpu *cpu, uint16_t selector, bool write)
{
    struct descriptor d;
    bool ok = descriptor_read(cpu, selector, &d) && d.access & ACC_S && visible(cpu, &d);
    if (ok && write)
        ok = descriptor_is_writable_data(&d);
    else if (ok)
        ok = !descriptor_is_code(&d) || d.access & ACC_READABLE;
    set_zf(cpu, ok);
}

static void verify_r(struct cpu *cpu, const struct insn *insn, bool write)
{
    need_protected(cpu);
    verify(cpu, (uint16_t)register_get(cpu, 16, insn->rm), write);
}

static void verify_m(struct cpu *cpu, const struct insn *insn, bool write)
{
    need_protected(cpu);
    verify(cpu, (uint16_t)operand_get(cpu, insn, 16), write);
}

HANDLER(op_verr_Ew_r, verify_r, false)
HANDLER(op_verr_Ew_m, verify_m, false)
HANDLER(op_verw_Ew_r, verify_r, true)
HANDLER(op_verw_Ew_m, verify_m, true)

/* System types that LAR and LSL accept, a bit each. */
enum {
    LSL_TYPES = 1 << SYS_TSS286 | 1 << SYS_LDT | 1 << SYS_TSS286_BUSY | 1 << SYS_TSS386 | 1 << SYS_TSS386_BUSY,
    LAR_TYPES = LSL_TYPES | 1 << SYS_CALL286 | 1 << SYS_TASK_GATE | 1 << SYS_CALL386
};

static bool inspect(struct cpu *cpu, uint16_t selector, unsigned types, struct descriptor *d)
{
    bool ok = descriptor_read(cpu, selector, d) && visible(cpu, d) &&
              (d->access & ACC_S || types >> descriptor_system_type(d) & 1);
    set_zf(cpu, ok);
    return ok;
}

static void lar(struct cpu *cpu, const struct insn *insn, unsigned width, uint16_t selector)
{
    struct descriptor d;
    if (inspect(cpu, selector, LAR_TYPES, &d))
        register_set(cpu, width, insn->reg, mem_read_linear(cpu, d.linear + 4, 4) & 0x00FFFF00);
}

static void lsl(struct cpu *cpu, const struct insn *insn, unsigned width, uint16_t selector)
{
    struct descriptor d;
    if (inspect(cpu, selector, LSL_TYPES, &d))
        register_set(cpu, width, insn->reg, d.limit);
}

static void lar_r(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    need_protected(cpu);
    lar(cpu, insn, width, (uint16_t)register_get(cpu, 16, insn->rm));
}

static void lar_m(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    need_protected(cpu);
    lar(cpu, insn, width, (uint16_t)operand_get(cpu, insn, 16));
}

static void lsl_r(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    need_protected(cpu);
    lsl(cpu, insn, width, (uint16_t)register_get(cpu, 16, insn->rm));
}

static void lsl_m(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    need_protected(cpu);
    lsl(cpu, insn, width, (uint16_t)operand_get(cpu, insn, 16));
}

HANDLER(op_lar_Gv_Ew_r16, lar_r, 16)
HANDLER(op_lar_Gv_Ew_m16, lar_m, 16)
HANDLER(op_lar_Gv_Ew_r32, lar_r, 32)
HANDLER(op_lar_Gv_Ew_m32, lar_m, 32)
HANDLER(op_lsl_Gv_Ew_r16, lsl_r, 16)
HANDLER(op_lsl_Gv_Ew_m16, lsl_m, 16)
HANDLER(op_lsl_Gv_Ew_r32, lsl_r, 32)
HANDLER(op_lsl_Gv_Ew_m32, lsl_m, 32)

/* --- ARPL --- */

void op_arpl_Ew_Gw_r(struct cpu *cpu, const struct insn *insn)
{
    need_protected(cpu);
    uint32_t selector = register_get(cpu, 16, insn->rm), rpl = register_get(cpu, 16, insn->reg) & 3;
    bool raise = (selector & 3) < rpl;
    if (raise)
        register_set(cpu, 16, insn->rm, (selector & ~3u) | rpl);
    set_zf(cpu, raise);
}

/* A selector that stays as it is may lie in memory that cannot be written. */
void op_arpl_Ew_Gw_m(struct cpu *cpu, const struct insn *insn)
{
    need_protected(cpu);
    uint32_t selector = operand_get(cpu, insn, 16), rpl = register_get(cpu, 16, insn->reg) & 3;
    bool raise = (selector & 3) < rpl;
    if (raise)
        operand_set(cpu, insn, 16, (selector & ~3u) | rpl);
    set_zf(cpu, raise);
}
