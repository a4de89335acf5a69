/* The x87's transcendental instructions (i486 PRM part III): operands and results on the register stack. C2 says that
 * the operand of FSIN, FCOS, FSINCOS or FPTAN is out of range; it stays then, and nothing is pushed. Whether the angle
 * had to be reduced is left in cpu->work, for the clocks. */
#include "emu/cpu/op_fpu.h"

void fpu_f2xm1(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    fpu_replace_top(cpu, f80_two_to_x_minus_one);
}

/* --- ST(1) becomes a function of itself and ST, and ST is popped --- */

static void combine(struct cpu *cpu, struct f80 (*function)(struct f80 y, struct f80 x, struct f80_env *env))
{
    struct fpu *fpu = cpu->fpu;
    struct f80_env env = fpu_env(fpu);
    struct f80 result = f80_indefinite();
    bool stored;
    if (fpu_is_empty(fpu, 0) || fpu_is_empty(fpu, 1)) {
        stored = fpu_stack_underflow(cpu);
    } else {
        result = function(*fpu_st(fpu, 1), *fpu_st(fpu, 0), &env);
        stored = fpu_finish(cpu, env.raised);
    }
    if (!stored)
        return;
    fpu_put(fpu, 1, result);
    fpu_pop(fpu);
}

void fpu_fyl2x(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    combine(cpu, f80_y_log2_x);
}

void fpu_fyl2xp1(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    combine(cpu, f80_y_log2_x_plus_1);
}

void fpu_fpatan(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    combine(cpu, f80_arctan);
}

/* --- FSIN FCOS --- */

/* Is it pi/4 or more, whatever the sign? Infinities and NaNs, which fail at once, are not. */
static bool needs_reduction(struct f80 a)
{
    const uint64_t quarter_pi = 0xC90FDAA22168C234;
    unsigned exponent = a.sign_exponent & F80_EXPONENT;
    return exponent != F80_EXPONENT &&
           (exponent >= F80_BIAS || (exponent == F80_BIAS - 1 && a.significand > quarter_pi));
}

static void circular(struct cpu *cpu, bool (*function)(struct f80 a, struct f80 *result, struct f80_env *env))
{
    struct fpu *fpu = cpu->fpu;
    struct f80_env env = fpu_env(fpu);
    struct f80 result;
    fpu->status &= (uint16_t)~(FPU_C1 | FPU_C2);
    if (fpu_is_empty(fpu, 0)) {
        if (fpu_stack_underflow(cpu))
            fpu_put(fpu, 0, f80_indefinite());
        return;
    }
    cpu->work = needs_reduction(*fpu_st(fpu, 0));
    if (!function(*fpu_st(fpu, 0), &result, &env)) {
        fpu->status |= FPU_C2;
        return;
    }
    if (fpu_finish(cpu, env.raised))
        *fpu_st(fpu, 0) = result;
}

void fpu_fsin(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    circular(cpu, f80_sine);
}

void fpu_fcos(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    circular(cpu, f80_cosine);
}

/* --- FSINCOS FPTAN: one operand, two results --- */

/* Tangent and one; with a NaN both are that. */
static bool tangent_and_one(struct f80 a, struct f80 *first, struct f80 *second, struct f80_env *env)
{
    if (!f80_tangent(a, first, env))
        return false;
    *second = f80_classify(*first) == F80_CLASS_NAN ? *first : f80_from_int(1);
    return true;
}

static void circular_pair(struct cpu *cpu, bool (*function)(struct f80 a, struct f80 *first, struct f80 *second,
                                                            struct f80_env *env))
{
    struct fpu *fpu = cpu->fpu;
    struct f80_env env = fpu_env(fpu);
    struct f80 first = f80_indefinite(), second = first;
    bool stored;
    fpu->status &= (uint16_t)~(FPU_C1 | FPU_C2);
    cpu->work = needs_reduction(*fpu_st(fpu, 0));
    if (fpu_is_empty(fpu, 0)) {
        stored = fpu_stack_underflow(cpu);
    } else if (!fpu_is_empty(fpu, 7)) {
        stored = fpu_stack_overflow(cpu);
    } else if (function(*fpu_st(fpu, 0), &first, &second, &env)) {
        stored = fpu_finish(cpu, env.raised);
    } else {
        fpu->status |= FPU_C2;
        return;
    }
    if (!stored)
        return;
    fpu_put(fpu, 0, first);
    fpu_push(fpu, second);
}

void fpu_fsincos(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    circular_pair(cpu, f80_sine_cosine);
}

void fpu_fptan(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    circular_pair(cpu, tangent_and_one);
}
