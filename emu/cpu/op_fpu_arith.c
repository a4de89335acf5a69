/* x87 arithmetic and comparison (i486 PRM part III), but for the transcendental functions (op_fpu_functions.c). */
#include "emu/cpu/op_fpu.h"

#include <stddef.h>

#include "emu/cpu/operand.h"

/* --- What all share --- */

void fpu_raise_unmasked(struct cpu *cpu, unsigned raised)
{
    struct fpu *fpu = cpu->fpu;
    if (fpu_unmasked(fpu, raised) & FPU_BEFORE_RESULT)
        raised &= FPU_BEFORE_RESULT | (raised & FPU_SF ? FPU_SF | FPU_C1 : 0u);
    fpu->status = (uint16_t)((fpu->status & ~FPU_C1) | raised);
    fpu_update_summary(cpu);
}

bool fpu_stack_underflow(struct cpu *cpu)
{
    fpu_raise(cpu, F80_INVALID | FPU_SF);
    return cpu->fpu->control & F80_INVALID;
}

bool fpu_stack_overflow(struct cpu *cpu)
{
    fpu_raise(cpu, F80_INVALID | FPU_SF | FPU_C1);
    return cpu->fpu->control & F80_INVALID;
}

typedef struct f80 binary_fn(struct f80 a, struct f80 b, struct f80_env *env);

/* --- Operands in memory --- */

enum operand_kind { OPERAND_F32, OPERAND_F64, OPERAND_I16, OPERAND_I32 };

ALWAYS_INLINE struct f80 read_operand(struct cpu *cpu, const struct insn *insn, enum operand_kind kind,
                                      struct f80_env *env)
{
    uint32_t at = ea(cpu, insn);
    switch (kind) {
    case OPERAND_F32:
        return f80_from_f32(rd32(cpu, insn->seg, at), env);
    case OPERAND_F64:
        return f80_from_f64(fpu_read64(cpu, insn->seg, at), env);
    case OPERAND_I16:
        return f80_from_int((int16_t)rd16(cpu, insn->seg, at));
    default:
        return f80_from_int((int32_t)rd32(cpu, insn->seg, at));
    }
}

/* --- FADD FMUL FSUB FSUBR FDIV FDIVR: ST is always on the operation's left --- */

static inline struct f80 subtract_from(struct f80 a, struct f80 b, struct f80_env *env)
{
    return f80_subtract(b, a, env);
}

static inline struct f80 divide_into(struct f80 a, struct f80 b, struct f80_env *env)
{
    return f80_divide(b, a, env);
}

/* A register is empty: the default NaN goes to ST(DESTINATION). */
OUT_OF_LINE void arith_empty(struct cpu *cpu, unsigned destination, bool pop)
{
    if (!fpu_stack_underflow(cpu))
        return;
    fpu_put(cpu->fpu, destination, f80_indefinite());
    if (pop)
        fpu_pop(cpu->fpu);
}

/* For the clocks of the divisions. */
ALWAYS_INLINE uint32_t precision_control(const struct fpu *fpu)
{
    return fpu->control >> 8 & 3;
}

ALWAYS_INLINE void arith_memory(struct cpu *cpu, const struct insn *insn, binary_fn *operation, enum operand_kind kind)
{
    struct fpu *fpu = cpu->fpu;
    struct f80_env env = fpu_env(fpu);
    struct f80 b = read_operand(cpu, insn, kind, &env);
    cpu->work = precision_control(fpu);
    if (unlikely(fpu_is_empty(fpu, 0))) {
        arith_empty(cpu, 0, false);
        return;
    }
    struct f80 result = operation(*fpu_st(fpu, 0), b, &env);
    if (fpu_finish(cpu, env.raised))
        *fpu_st(fpu, 0) = result;
}

/* To ST or to ST(i). */
ALWAYS_INLINE void arith_registers(struct cpu *cpu, const struct insn *insn, binary_fn *operation, bool to_st0,
                                   bool pop)
{
    struct fpu *fpu = cpu->fpu;
    struct f80_env env = fpu_env(fpu);
    const unsigned i = insn->modrm & 7, destination = to_st0 ? 0 : i;
    cpu->work = precision_control(fpu);
    if (unlikely(fpu_is_empty(fpu, 0) || fpu_is_empty(fpu, i))) {
        arith_empty(cpu, destination, pop);
        return;
    }
    struct f80 result = operation(*fpu_st(fpu, 0), *fpu_st(fpu, i), &env);
    if (unlikely(!fpu_finish(cpu, env.raised)))
        return;
    *fpu_st(fpu, destination) = result;
    if (pop)
        fpu_pop(fpu);
}

HANDLER(fpu_add_m32, arith_memory, f80_add, OPERAND_F32)
HANDLER(fpu_mul_m32, arith_memory, f80_multiply, OPERAND_F32)
HANDLER(fpu_sub_m32, arith_memory, f80_subtract, OPERAND_F32)
HANDLER(fpu_subr_m32, arith_memory, subtract_from, OPERAND_F32)
HANDLER(fpu_div_m32, arith_memory, f80_divide, OPERAND_F32)
HANDLER(fpu_divr_m32, arith_memory, divide_into, OPERAND_F32)
HANDLER(fpu_add_m64, arith_memory, f80_add, OPERAND_F64)
HANDLER(fpu_mul_m64, arith_memory, f80_multiply, OPERAND_F64)
HANDLER(fpu_sub_m64, arith_memory, f80_subtract, OPERAND_F64)
HANDLER(fpu_subr_m64, arith_memory, subtract_from, OPERAND_F64)
HANDLER(fpu_div_m64, arith_memory, f80_divide, OPERAND_F64)
HANDLER(fpu_divr_m64, arith_memory, divide_into, OPERAND_F64)
HANDLER(fpu_add_i16, arith_memory, f80_add, OPERAND_I16)
HANDLER(fpu_mul_i16, arith_memory, f80_multiply, OPERAND_I16)
HANDLER(fpu_sub_i16, arith_memory, f80_subtract, OPERAND_I16)
HANDLER(fpu_subr_i16, arith_memory, subtract_from, OPERAND_I16)
HANDLER(fpu_div_i16, arith_memory, f80_divide, OPERAND_I16)
HANDLER(fpu_divr_i16, arith_memory, divide_into, OPERAND_I16)
HANDLER(fpu_add_i32, arith_memory, f80_add, OPERAND_I32)
HANDLER(fpu_mul_i32, arith_memory, f80_multiply, OPERAND_I32)
HANDLER(fpu_sub_i32, arith_memory, f80_subtract, OPERAND_I32)
HANDLER(fpu_subr_i32, arith_memory, subtract_from, OPERAND_I32)
HANDLER(fpu_div_i32, arith_memory, f80_divide, OPERAND_I32)
HANDLER(fpu_divr_i32, arith_memory, divide_into, OPERAND_I32)
HANDLER(fpu_add_st0, arith_registers, f80_add, true, false)
HANDLER(fpu_mul_st0, arith_registers, f80_multiply, true, false)
HANDLER(fpu_sub_st0, arith_registers, f80_subtract, true, false)
HANDLER(fpu_subr_st0, arith_registers, subtract_from, true, false)
HANDLER(fpu_div_st0, arith_registers, f80_divide, true, false)
HANDLER(fpu_divr_st0, arith_registers, divide_into, true, false)
HANDLER(fpu_add_sti, arith_registers, f80_add, false, false)
HANDLER(fpu_mul_sti, arith_registers, f80_multiply, false, false)
HANDLER(fpu_sub_sti, arith_registers, f80_subtract, false, false)
HANDLER(fpu_subr_sti, arith_registers, subtract_from, false, false)
HANDLER(fpu_div_sti, arith_registers, f80_divide, false, false)
HANDLER(fpu_divr_sti, arith_registers, divide_into, false, false)
HANDLER(fpu_add_pop, arith_registers, f80_add, false, true)
HANDLER(fpu_mul_pop, arith_registers, f80_multiply, false, true)
HANDLER(fpu_sub_pop, arith_registers, f80_subtract, false, true)
HANDLER(fpu_subr_pop, arith_registers, subtract_from, false, true)
HANDLER(fpu_div_pop, arith_registers, f80_divide, false, true)
HANDLER(fpu_divr_pop, arith_registers, divide_into, false, true)

/* --- Comparison --- */

static void set_conditions(struct fpu *fpu, unsigned conditions)
{
    fpu->status = (uint16_t)((fpu->status & ~FPU_CONDITIONS) | conditions);
}

static void set_order(struct fpu *fpu, enum f80_order order)
{
    static const uint16_t conditions[] = { [F80_GREATER] = 0, [F80_LESS] = FPU_C0, [F80_EQUAL] = FPU_C3,
                                           [F80_UNORDERED] = FPU_CONDITIONS };
    set_conditions(fpu, conditions[order]);
}

static void pop_several(struct fpu *fpu, unsigned count)
{
    while (count--)
        fpu_pop(fpu);
}

/* ST with B, of which the exceptions raised so far are in ENV; EMPTY: B is an empty register. The conditions are set
 * even when an unmasked exception keeps the stack from being popped. */
static void compare(struct cpu *cpu, struct f80 b, bool empty, bool quiet, struct f80_env *env, unsigned pops)
{
    struct fpu *fpu = cpu->fpu;
    enum f80_order order = F80_UNORDERED;
    bool done;
    if (unlikely(empty || fpu_is_empty(fpu, 0))) {
        done = fpu_stack_underflow(cpu);
    } else {
        order = f80_compare(*fpu_st(fpu, 0), b, quiet, env);
        done = fpu_finish(cpu, env->raised);
    }
    set_order(fpu, order);
    if (done)
        pop_several(fpu, pops);
}

ALWAYS_INLINE void compare_memory(struct cpu *cpu, const struct insn *insn, enum operand_kind kind, unsigned pops)
{
    struct f80_env env = fpu_env(cpu->fpu);
    struct f80 b = read_operand(cpu, insn, kind, &env);
    compare(cpu, b, false, false, &env, pops);
}

HANDLER(fpu_com_m32, compare_memory, OPERAND_F32, 0)
HANDLER(fpu_comp_m32, compare_memory, OPERAND_F32, 1)
HANDLER(fpu_com_m64, compare_memory, OPERAND_F64, 0)
HANDLER(fpu_comp_m64, compare_memory, OPERAND_F64, 1)
HANDLER(fpu_com_i16, compare_memory, OPERAND_I16, 0)
HANDLER(fpu_comp_i16, compare_memory, OPERAND_I16, 1)
HANDLER(fpu_com_i32, compare_memory, OPERAND_I32, 0)
HANDLER(fpu_comp_i32, compare_memory, OPERAND_I32, 1)

static void compare_registers(struct cpu *cpu, const struct insn *insn, bool quiet, unsigned pops)
{
    struct fpu *fpu = cpu->fpu;
    struct f80_env env = fpu_env(fpu);
    unsigned i = insn->modrm & 7;
    compare(cpu, *fpu_st(fpu, i), fpu_is_empty(fpu, i), quiet, &env, pops);
}

HANDLER(fpu_com, compare_registers, false, 0)
HANDLER(fpu_comp, compare_registers, false, 1)
HANDLER(fpu_compp, compare_registers, false, 2)
HANDLER(fpu_ucom, compare_registers, true, 0)
HANDLER(fpu_ucomp, compare_registers, true, 1)
HANDLER(fpu_ucompp, compare_registers, true, 2)

void fpu_ftst(struct cpu *cpu, const struct insn *insn)
{
    struct f80_env env = fpu_env(cpu->fpu);
    (void)insn;
    compare(cpu, f80_from_int(0), false, false, &env, 0);
}

/* Of empty registers too the sign goes to C1. */
void fpu_fxam(struct cpu *cpu, const struct insn *insn)
{
    static const uint16_t conditions[] = {
        [F80_CLASS_UNSUPPORTED] = 0, [F80_CLASS_NAN] = FPU_C0, [F80_CLASS_NORMAL] = FPU_C2,
        [F80_CLASS_INFINITY] = FPU_C2 | FPU_C0, [F80_CLASS_ZERO] = FPU_C3, [F80_CLASS_DENORMAL] = FPU_C3 | FPU_C2
    };
    struct fpu *fpu = cpu->fpu;
    struct f80 a = *fpu_st(fpu, 0);
    (void)insn;
    set_conditions(fpu, fpu_is_empty(fpu, 0) ? (unsigned)FPU_C3 | FPU_C0 : conditions[f80_classify(a)]);
    fpu->status = (uint16_t)((fpu->status & ~FPU_C1) | (a.sign_exponent & F80_SIGN ? FPU_C1 : 0));
}

/* --- One operand --- */

/* The sign bit is kept or dropped (KEEP) and then inverted or not (CHANGE). */
static void change_sign(struct cpu *cpu, uint16_t keep, uint16_t change)
{
    struct fpu *fpu = cpu->fpu;
    if (fpu_is_empty(fpu, 0)) {
        if (fpu_stack_underflow(cpu))
            fpu_put(fpu, 0, f80_indefinite());
        return;
    }
    struct f80 *st = fpu_st(fpu, 0);
    st->sign_exponent = (st->sign_exponent & keep) ^ change;
    fpu->status &= (uint16_t)~FPU_C1;
}

void fpu_fchs(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    change_sign(cpu, 0xFFFF, F80_SIGN);
}

void fpu_fabs(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    change_sign(cpu, (uint16_t)~F80_SIGN, 0);
}

void fpu_replace_top(struct cpu *cpu, struct f80 (*function)(struct f80 a, struct f80_env *env))
{
    struct fpu *fpu = cpu->fpu;
    struct f80_env env = fpu_env(fpu);
    if (fpu_is_empty(fpu, 0)) {
        if (fpu_stack_underflow(cpu))
            fpu_put(fpu, 0, f80_indefinite());
        return;
    }
    struct f80 result = function(*fpu_st(fpu, 0), &env);
    if (fpu_finish(cpu, env.raised))
        *fpu_st(fpu, 0) = result;
}

void fpu_fsqrt(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    fpu_replace_top(cpu, f80_square_root);
}

void fpu_frndint(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    fpu_replace_top(cpu, f80_round_to_integer);
}

/* The exponent takes the operand's place, the significand goes on top. */
void fpu_fxtract(struct cpu *cpu, const struct insn *insn)
{
    struct fpu *fpu = cpu->fpu;
    struct f80_env env = fpu_env(fpu);
    struct f80 exponent = f80_indefinite(), significand = exponent;
    bool stored;
    (void)insn;
    if (fpu_is_empty(fpu, 0)) {
        stored = fpu_stack_underflow(cpu);
    } else if (!fpu_is_empty(fpu, 7)) {
        stored = fpu_stack_overflow(cpu);
    } else {
        exponent = f80_extract(*fpu_st(fpu, 0), &significand, &env);
        stored = fpu_finish(cpu, env.raised);
    }
    if (!stored)
        return;
    fpu_put(fpu, 0, exponent);
    fpu_push(fpu, significand);
}

/* --- ST and ST(1) --- */

static bool need_two(struct cpu *cpu)
{
    struct fpu *fpu = cpu->fpu;
    if (likely(!fpu_is_empty(fpu, 0) && !fpu_is_empty(fpu, 1)))
        return true;
    if (fpu_stack_underflow(cpu))
        fpu_put(fpu, 0, f80_indefinite());
    return false;
}

void fpu_fscale(struct cpu *cpu, const struct insn *insn)
{
    struct fpu *fpu = cpu->fpu;
    struct f80_env env = fpu_env(fpu);
    (void)insn;
    if (!need_two(cpu))
        return;
    struct f80 result = f80_scale(*fpu_st(fpu, 0), *fpu_st(fpu, 1), &env);
    if (fpu_finish(cpu, env.raised))
        *fpu_st(fpu, 0) = result;
}

/* C2: not complete. C0, C3, C1: the quotient's bits 2, 1, 0; C0 and C3 stay if there is none. */
static void remainder_of(struct cpu *cpu, bool to_nearest)
{
    struct fpu *fpu = cpu->fpu;
    struct f80_env env = fpu_env(fpu);
    int quotient;
    fpu->status &= (uint16_t)~FPU_C2;
    if (!need_two(cpu))
        return;
    struct f80 result = f80_remainder(*fpu_st(fpu, 0), *fpu_st(fpu, 1), to_nearest, &quotient, &env);
    if (!fpu_finish(cpu, env.raised))
        return;
    *fpu_st(fpu, 0) = result;
    if (quotient == F80_NO_QUOTIENT)
        return;
    if (quotient == F80_REDUCTION_PARTIAL) {
        set_conditions(fpu, FPU_C2);
        return;
    }
    set_conditions(fpu, (quotient & 4 ? FPU_C0 : 0u) | (quotient & 2 ? FPU_C3 : 0u));
    fpu->status |= quotient & 1 ? FPU_C1 : 0;
}

void fpu_fprem(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    remainder_of(cpu, false);
}

void fpu_fprem1(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    remainder_of(cpu, true);
}
