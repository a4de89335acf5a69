/* What the files op_fpu_*.c share: the register stack, and how an instruction's exceptions decide what becomes of its
 * result. The handlers named here fill the tables of op_fpu.c, which made sure that they may execute; they leave the
 * instruction and data pointers to it. */
#ifndef EMU_CPU_OP_FPU_H
#define EMU_CPU_OP_FPU_H

#include "emu/cpu/cpu.h"
#include "emu/cpu/fpu.h"
#include "emu/cpu/mem.h"

enum { FPU_CONDITIONS = FPU_C0 | FPU_C2 | FPU_C3 };

/* Exceptions found before a result exists: unmasked, they leave everything as it was. */
enum { FPU_BEFORE_RESULT = F80_INVALID | F80_DENORMAL | F80_ZERO_DIVIDE };

static inline struct f80 *fpu_st(struct fpu *fpu, unsigned i) { return &fpu->reg[(fpu->top + i) & 7]; }
static inline bool fpu_is_empty(const struct fpu *fpu, unsigned i) { return fpu->empty >> ((fpu->top + i) & 7) & 1; }

static inline void fpu_put(struct fpu *fpu, unsigned i, struct f80 value)
{
    unsigned n = (fpu->top + i) & 7;
    fpu->reg[n] = value;
    fpu->empty &= (uint8_t)~(1u << n);
}

static inline void fpu_push(struct fpu *fpu, struct f80 value)
{
    fpu->top = (fpu->top - 1) & 7;
    fpu_put(fpu, 0, value);
}

static inline void fpu_free(struct fpu *fpu, unsigned i)
{
    fpu->empty |= (uint8_t)(1u << ((fpu->top + i) & 7));
}

static inline void fpu_pop(struct fpu *fpu)
{
    fpu_free(fpu, 0);
    fpu->top = (fpu->top + 1) & 7;
}

static inline struct f80_env fpu_env(const struct fpu *fpu)
{
    return (struct f80_env){ .control = fpu->control };
}

/* Bits of RAISED that are not masked. */
static inline unsigned fpu_unmasked(const struct fpu *fpu, unsigned raised)
{
    return raised & ~(unsigned)fpu->control & FPU_EXCEPTIONS;
}

/* Enters exceptions into the status word, with C1 as RAISED has it. */
void fpu_raise_unmasked(struct cpu *cpu, unsigned raised);

static inline void fpu_raise(struct cpu *cpu, unsigned raised)
{
    struct fpu *fpu = cpu->fpu;
    if (unlikely(fpu_unmasked(fpu, raised)))
        fpu_raise_unmasked(cpu, raised);
    else
        fpu->status = (uint16_t)((fpu->status & ~FPU_C1) | raised);
}

/* The same at the end of an operation whose result goes to a register. False: an unmasked exception keeps it away. */
static inline bool fpu_finish(struct cpu *cpu, unsigned raised)
{
    struct fpu *fpu = cpu->fpu;
    unsigned unmasked = fpu_unmasked(fpu, raised);
    if (unlikely(unmasked)) {
        fpu_raise_unmasked(cpu, raised);
        return !(unmasked & FPU_BEFORE_RESULT);
    }
    fpu->status = (uint16_t)((fpu->status & ~FPU_C1) | raised);
    return true;
}

/* A register that had to be full is empty, or the other way round. True: the exception is masked, and the instruction
 * goes on with the default NaN for its result. */
bool fpu_stack_underflow(struct cpu *cpu);
bool fpu_stack_overflow(struct cpu *cpu);

static inline uint64_t fpu_read64(struct cpu *cpu, unsigned seg, uint32_t at)
{
    const uint8_t *p = mem_fast_read(cpu, seg, at, 8);
    if (likely(p))
        return load32(p) | (uint64_t)load32(p + 4) << 32;
    mem_align(cpu, seg, at, 8);
    uint32_t low = rd32(cpu, seg, at);
    return low | (uint64_t)rd32(cpu, seg, at + 4) << 32;
}

/* ST becomes FUNCTION of itself. */
void fpu_replace_top(struct cpu *cpu, struct f80 (*function)(struct f80 a, struct f80_env *env));

/* --- op_fpu_arith.c. m32, m64: floating; i16, i32: integers in memory --- */
op_fn fpu_add_m32, fpu_mul_m32, fpu_com_m32, fpu_comp_m32, fpu_sub_m32, fpu_subr_m32, fpu_div_m32, fpu_divr_m32;
op_fn fpu_add_m64, fpu_mul_m64, fpu_com_m64, fpu_comp_m64, fpu_sub_m64, fpu_subr_m64, fpu_div_m64, fpu_divr_m64;
op_fn fpu_add_i16, fpu_mul_i16, fpu_com_i16, fpu_comp_i16, fpu_sub_i16, fpu_subr_i16, fpu_div_i16, fpu_divr_i16;
op_fn fpu_add_i32, fpu_mul_i32, fpu_com_i32, fpu_comp_i32, fpu_sub_i32, fpu_subr_i32, fpu_div_i32, fpu_divr_i32;
op_fn fpu_add_st0, fpu_mul_st0, fpu_sub_st0, fpu_subr_st0, fpu_div_st0, fpu_divr_st0;
op_fn fpu_add_sti, fpu_mul_sti, fpu_sub_sti, fpu_subr_sti, fpu_div_sti, fpu_divr_sti;
op_fn fpu_add_pop, fpu_mul_pop, fpu_sub_pop, fpu_subr_pop, fpu_div_pop, fpu_divr_pop;
op_fn fpu_com, fpu_comp, fpu_compp, fpu_ucom, fpu_ucomp, fpu_ucompp, fpu_ftst, fpu_fxam;
op_fn fpu_fchs, fpu_fabs, fpu_fsqrt, fpu_frndint, fpu_fscale, fpu_fxtract, fpu_fprem, fpu_fprem1;

/* --- op_fpu_functions.c --- */
op_fn fpu_f2xm1, fpu_fyl2x, fpu_fyl2xp1, fpu_fptan, fpu_fpatan, fpu_fsin, fpu_fcos, fpu_fsincos;

/* --- op_fpu_data.c --- */
op_fn fpu_fld_m32, fpu_fld_m64, fpu_fld_m80, fpu_fild_m16, fpu_fild_m32, fpu_fild_m64, fpu_fbld;
op_fn fpu_fst_m32, fpu_fstp_m32, fpu_fst_m64, fpu_fstp_m64, fpu_fstp_m80;
op_fn fpu_fist_m16, fpu_fistp_m16, fpu_fist_m32, fpu_fistp_m32, fpu_fistp_m64, fpu_fbstp;
op_fn fpu_fld_sti, fpu_fst_sti, fpu_fstp_sti, fpu_fstp_unchecked, fpu_fxch, fpu_constant;

/* --- op_fpu_control.c --- */
op_fn fpu_fldcw, fpu_fnstcw, fpu_fnstsw_m, fpu_fnstsw_ax, fpu_fldenv, fpu_fnstenv, fpu_frstor, fpu_fnsave;
op_fn fpu_fninit, fpu_fnclex, fpu_nop, fpu_ffree, fpu_ffreep, fpu_fincstp, fpu_fdecstp;

/* --- op_fpu.c --- */
op_fn fpu_fwait;

#endif
