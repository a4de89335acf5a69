/* Quick forms (insn.h) of the frequent x87 instructions. Each does what its handler in op_fpu_*.c does as long as
 * nothing stands in the way: the unit is there and has no error to report, registers are full and empty as they have to
 * be, memory is in the software TLB, and the case is a usual one (f80_usual.h). Else it has done nothing, and the
 * handler is called. */
#include "emu/cpu/f80_usual.h"
#include "emu/cpu/op_fpu.h"
#include "emu/cpu/operand.h"
#include "emu/cpu/ops_fpu.h"

/* FUNCTION returns false, having done nothing, where the handler is needed. */
#define QUICK(name, function, ...)                                                                                     \
    static const struct insn *name(struct cpu *cpu, const struct insn *insn)                                           \
    {                                                                                                                  \
        if (unlikely(!function(cpu, insn, __VA_ARGS__)))                                                               \
            return op_one(cpu, insn);                                                                                  \
        return insn[1].quick(cpu, insn + 1);                                                                           \
    }

/* --- What all share --- */

/* No #NM, no earlier error, and a unit. */
ALWAYS_INLINE bool is_ready(const struct cpu *cpu)
{
    return likely(cpu->has_fpu && !(cpu->cr0 & (CR0_EM | CR0_TS)) && !(cpu->fpu->status & FPU_ES));
}

ALWAYS_INLINE bool either_is_empty(const struct fpu *fpu, unsigned i)
{
    return ((unsigned)fpu->empty >> fpu->top | (unsigned)fpu->empty >> ((fpu->top + i) & 7)) & 1;
}

/* By fields: a copy of the whole would read in one piece what was written in two, and wait for both. */
ALWAYS_INLINE struct f80 get(struct fpu *fpu, unsigned i)
{
    const struct f80 *st = fpu_st(fpu, i);
    return (struct f80){ .significand = st->significand, .sign_exponent = st->sign_exponent };
}

ALWAYS_INLINE void set(struct fpu *fpu, unsigned i, struct f80 value)
{
    struct f80 *st = fpu_st(fpu, i);
    st->significand = value.significand;
    st->sign_exponent = value.sign_exponent;
}

/* Exceptions, all masked, go into the status word, and C1. */
ALWAYS_INLINE void settle(struct fpu *fpu, unsigned raised)
{
    fpu->status = (uint16_t)((fpu->status & ~FPU_C1) | raised);
}

ALWAYS_INLINE bool note(struct cpu *cpu, const struct insn *insn)
{
    struct fpu *fpu = cpu->fpu;
    fpu->ip = cpu->run_eip + insn->end - insn->len;
    fpu->cs = cpu->seg[CS].selector;
    fpu->opcode = (uint16_t)((insn->opcode & 7) << 8 | insn->modrm);
    return true;
}

ALWAYS_INLINE bool note_operand(struct cpu *cpu, const struct insn *insn, uint32_t at)
{
    cpu->fpu->dp = at;
    cpu->fpu->ds = cpu->seg[insn->seg].selector;
    return note(cpu, insn);
}

/* --- Operands in memory --- */

enum kind { F32, F64, F80, I16, I32 };

static const uint8_t size_of[] = { [F32] = 4, [F64] = 8, [F80] = 10, [I16] = 2, [I32] = 4 };

ALWAYS_INLINE bool read_operand(const uint8_t *p, enum kind kind, struct f80 *value)
{
    if (kind == F32)
        return f80_usual_from_f32(load32(p), value);
    if (kind == F64)
        return f80_usual_from_f64(load32(p) | (uint64_t)load32(p + 4) << 32, value);
    if (kind == F80)
        *value = (struct f80){ load32(p) | (uint64_t)load32(p + 4) << 32, load16(p + 8) };
    else
        *value = f80_from_int(kind == I16 ? (int16_t)load16(p) : (int32_t)load32(p));
    return true;
}

/* Host address of eight writable bytes, or NULL. Decoded code is looked for in the line of the last four only, so the
 * first four have to be in the same. */
ALWAYS_INLINE uint8_t *fast_write64(struct cpu *cpu, unsigned seg, uint32_t at)
{
    enum { LINE = 64 };
    const bool one_line = ((cpu->seg[seg].base + at) & (LINE - 1)) <= LINE - 8;
    return likely(one_line) ? mem_fast_write(cpu, seg, at, 8) : NULL;
}

/* --- Arithmetic --- */

typedef bool binary_fn(struct f80 a, struct f80 b, struct f80 *result, struct f80_env *env);

ALWAYS_INLINE bool add(struct f80 a, struct f80 b, struct f80 *result, struct f80_env *env)
{
    return f80_usual_add(a, b, 0, result, env);
}

ALWAYS_INLINE bool subtract(struct f80 a, struct f80 b, struct f80 *result, struct f80_env *env)
{
    return f80_usual_add(a, b, F80_SIGN, result, env);
}

ALWAYS_INLINE bool subtract_from(struct f80 a, struct f80 b, struct f80 *result, struct f80_env *env)
{
    return f80_usual_add(b, a, F80_SIGN, result, env);
}

ALWAYS_INLINE bool divide(struct f80 a, struct f80 b, struct f80 *result, struct f80_env *env)
{
    struct f80_env copy = *env;
    *result = f80_divide(a, b, &copy);
    env->raised = copy.raised;
    return !(copy.raised & ~copy.control & FPU_EXCEPTIONS);
}

ALWAYS_INLINE bool divide_into(struct f80 a, struct f80 b, struct f80 *result, struct f80_env *env)
{
    return divide(b, a, result, env);
}

/* ST(DESTINATION) becomes the operation's result on A and B, unless an exception is not masked. */
ALWAYS_INLINE bool operate(struct fpu *fpu, binary_fn *operation, struct f80 a, struct f80 b, unsigned destination)
{
    struct f80_env env = fpu_env(fpu);
    struct f80 result;
    if (unlikely(!operation(a, b, &result, &env)))
        return false;
    set(fpu, destination, result);
    settle(fpu, env.raised);
    return true;
}

ALWAYS_INLINE bool arith_memory(struct cpu *cpu, const struct insn *insn, binary_fn *operation, enum kind kind)
{
    struct fpu *fpu = cpu->fpu;
    struct f80 operand;
    const uint32_t at = ea(cpu, insn);
    const uint8_t *p = mem_fast_read(cpu, insn->seg, at, size_of[kind]);
    if (unlikely(!p || !is_ready(cpu) || fpu_is_empty(fpu, 0) || !read_operand(p, kind, &operand) ||
                 !operate(fpu, operation, get(fpu, 0), operand, 0)))
        return false;
    return note_operand(cpu, insn, at);
}

ALWAYS_INLINE bool arith_registers(struct cpu *cpu, const struct insn *insn, binary_fn *operation, bool to_st0,
                                   bool pop)
{
    struct fpu *fpu = cpu->fpu;
    const unsigned i = insn->modrm & 7;
    if (unlikely(!is_ready(cpu) || either_is_empty(fpu, i) ||
                 !operate(fpu, operation, get(fpu, 0), get(fpu, i), to_st0 ? 0 : i)))
        return false;
    if (pop)
        fpu_pop(fpu);
    return note(cpu, insn);
}

QUICK(add_m32, arith_memory, add, F32)
QUICK(mul_m32, arith_memory, f80_usual_multiply, F32)
QUICK(sub_m32, arith_memory, subtract, F32)
QUICK(subr_m32, arith_memory, subtract_from, F32)
QUICK(div_m32, arith_memory, divide, F32)
QUICK(divr_m32, arith_memory, divide_into, F32)
QUICK(add_m64, arith_memory, add, F64)
QUICK(mul_m64, arith_memory, f80_usual_multiply, F64)
QUICK(sub_m64, arith_memory, subtract, F64)
QUICK(subr_m64, arith_memory, subtract_from, F64)
QUICK(div_m64, arith_memory, divide, F64)
QUICK(divr_m64, arith_memory, divide_into, F64)
QUICK(add_st0, arith_registers, add, true, false)
QUICK(mul_st0, arith_registers, f80_usual_multiply, true, false)
QUICK(sub_st0, arith_registers, subtract, true, false)
QUICK(subr_st0, arith_registers, subtract_from, true, false)
QUICK(div_st0, arith_registers, divide, true, false)
QUICK(divr_st0, arith_registers, divide_into, true, false)
QUICK(add_sti, arith_registers, add, false, false)
QUICK(mul_sti, arith_registers, f80_usual_multiply, false, false)
QUICK(sub_sti, arith_registers, subtract, false, false)
QUICK(subr_sti, arith_registers, subtract_from, false, false)
QUICK(div_sti, arith_registers, divide, false, false)
QUICK(divr_sti, arith_registers, divide_into, false, false)
QUICK(add_pop, arith_registers, add, false, true)
QUICK(mul_pop, arith_registers, f80_usual_multiply, false, true)
QUICK(sub_pop, arith_registers, subtract, false, true)
QUICK(subr_pop, arith_registers, subtract_from, false, true)
QUICK(div_pop, arith_registers, divide, false, true)
QUICK(divr_pop, arith_registers, divide_into, false, true)

/* --- Comparison: without NaNs, FUCOM is like FCOM --- */

/* C3, C2, C0 of ST against B. */
ALWAYS_INLINE bool compare(struct fpu *fpu, struct f80 b, unsigned pops)
{
    static const uint16_t conditions[] = { [F80_GREATER] = 0, [F80_LESS] = FPU_C0, [F80_EQUAL] = FPU_C3 };
    enum f80_order order;
    if (unlikely(!f80_usual_compare(get(fpu, 0), b, &order)))
        return false;
    fpu->status = (uint16_t)((fpu->status & ~(FPU_C1 | FPU_CONDITIONS)) | conditions[order]);
    for (; pops; pops--)
        fpu_pop(fpu);
    return true;
}

ALWAYS_INLINE bool compare_memory(struct cpu *cpu, const struct insn *insn, enum kind kind, unsigned pops)
{
    struct fpu *fpu = cpu->fpu;
    struct f80 operand;
    const uint32_t at = ea(cpu, insn);
    const uint8_t *p = mem_fast_read(cpu, insn->seg, at, size_of[kind]);
    if (unlikely(!p || !is_ready(cpu) || fpu_is_empty(fpu, 0) || !read_operand(p, kind, &operand) ||
                 !compare(fpu, operand, pops)))
        return false;
    return note_operand(cpu, insn, at);
}

ALWAYS_INLINE bool compare_registers(struct cpu *cpu, const struct insn *insn, unsigned pops)
{
    struct fpu *fpu = cpu->fpu;
    const unsigned i = insn->modrm & 7;
    if (unlikely(!is_ready(cpu) || either_is_empty(fpu, i) || !compare(fpu, get(fpu, i), pops)))
        return false;
    return note(cpu, insn);
}

/* FTST. */
ALWAYS_INLINE bool compare_zero(struct cpu *cpu, const struct insn *insn, struct f80 zero)
{
    if (unlikely(!is_ready(cpu) || fpu_is_empty(cpu->fpu, 0) || !compare(cpu->fpu, zero, 0)))
        return false;
    return note(cpu, insn);
}

QUICK(com_m32, compare_memory, F32, 0)
QUICK(comp_m32, compare_memory, F32, 1)
QUICK(com_m64, compare_memory, F64, 0)
QUICK(comp_m64, compare_memory, F64, 1)
QUICK(com, compare_registers, 0)
QUICK(comp, compare_registers, 1)
QUICK(compp, compare_registers, 2)
QUICK(ftst, compare_zero, (struct f80){ .significand = 0 })

/* --- Loads --- */

/* Pushes what raises nothing. */
ALWAYS_INLINE bool load(struct cpu *cpu, struct f80 value)
{
    struct fpu *fpu = cpu->fpu;
    if (unlikely(!is_ready(cpu) || !fpu_is_empty(fpu, 7)))
        return false;
    fpu->top = (fpu->top - 1) & 7;
    fpu->empty &= (uint8_t)~(1u << fpu->top);
    set(fpu, 0, value);
    settle(fpu, 0);
    return true;
}

ALWAYS_INLINE bool load_memory(struct cpu *cpu, const struct insn *insn, enum kind kind)
{
    const uint32_t at = ea(cpu, insn);
    const uint8_t *p = mem_fast_read(cpu, insn->seg, at, size_of[kind]);
    struct f80 value;
    if (unlikely(!p || !read_operand(p, kind, &value) || !load(cpu, value)))
        return false;
    return note_operand(cpu, insn, at);
}

ALWAYS_INLINE bool load_constant(struct cpu *cpu, const struct insn *insn, struct f80 value)
{
    return likely(load(cpu, value)) && note(cpu, insn);
}

ALWAYS_INLINE bool load_register(struct cpu *cpu, const struct insn *insn, unsigned mask)
{
    struct fpu *fpu = cpu->fpu;
    return likely(!fpu_is_empty(fpu, insn->modrm & mask)) && load_constant(cpu, insn, get(fpu, insn->modrm & mask));
}

QUICK(fld_m32, load_memory, F32)
QUICK(fld_m64, load_memory, F64)
QUICK(fld_m80, load_memory, F80)
QUICK(fild_m16, load_memory, I16)
QUICK(fild_m32, load_memory, I32)
QUICK(fld_sti, load_register, 7)
QUICK(fld1, load_constant, (struct f80){ F80_INTEGER_BIT, F80_BIAS })
QUICK(fldz, load_constant, (struct f80){ .significand = 0 })

/* --- Stores --- */

ALWAYS_INLINE bool convert(struct f80 a, enum kind kind, uint64_t *value, struct f80_env *env)
{
    uint32_t single;
    int32_t integer;
    bool usual;
    if (kind == F64)
        return f80_usual_to_f64(a, value, env);
    if (kind == F32) {
        usual = f80_usual_to_f32(a, &single, env);
        *value = usual ? single : 0;
    } else {
        usual = f80_usual_to_int(a, kind == I16 ? 16 : 32, &integer, env);
        *value = usual ? (uint32_t)integer : 0;
    }
    return usual;
}

ALWAYS_INLINE bool store_memory(struct cpu *cpu, const struct insn *insn, enum kind kind, bool pop)
{
    struct fpu *fpu = cpu->fpu;
    struct f80_env env = fpu_env(fpu);
    uint64_t value;
    const uint32_t at = ea(cpu, insn);
    uint8_t *p = kind == F64 ? fast_write64(cpu, insn->seg, at) : mem_fast_write(cpu, insn->seg, at, size_of[kind]);
    if (unlikely(!p || !is_ready(cpu) || fpu_is_empty(fpu, 0) || !convert(get(fpu, 0), kind, &value, &env) ||
                 fpu_unmasked(fpu, env.raised)))
        return false;
    if (kind == I16)
        store16(p, (uint16_t)value);
    else
        store32(p, (uint32_t)value);
    if (kind == F64)
        store32(p + 4, (uint32_t)(value >> 32));
    settle(fpu, env.raised);
    if (pop)
        fpu_pop(fpu);
    return note_operand(cpu, insn, at);
}

QUICK(fst_m32, store_memory, F32, false)
QUICK(fstp_m32, store_memory, F32, true)
QUICK(fst_m64, store_memory, F64, false)
QUICK(fstp_m64, store_memory, F64, true)
QUICK(fist_m16, store_memory, I16, false)
QUICK(fistp_m16, store_memory, I16, true)
QUICK(fist_m32, store_memory, I32, false)
QUICK(fistp_m32, store_memory, I32, true)

/* --- Between registers --- */

ALWAYS_INLINE bool store_register(struct cpu *cpu, const struct insn *insn, bool pop)
{
    struct fpu *fpu = cpu->fpu;
    const unsigned i = insn->modrm & 7;
    if (unlikely(!is_ready(cpu) || fpu_is_empty(fpu, 0)))
        return false;
    set(fpu, i, get(fpu, 0));
    fpu->empty &= (uint8_t)~(1u << ((fpu->top + i) & 7));
    settle(fpu, 0);
    if (pop)
        fpu_pop(fpu);
    return note(cpu, insn);
}

ALWAYS_INLINE bool exchange(struct cpu *cpu, const struct insn *insn, unsigned mask)
{
    struct fpu *fpu = cpu->fpu;
    const unsigned i = insn->modrm & mask;
    if (unlikely(!is_ready(cpu) || either_is_empty(fpu, i)))
        return false;
    const struct f80 a = get(fpu, 0), b = get(fpu, i);
    set(fpu, 0, b);
    set(fpu, i, a);
    settle(fpu, 0);
    return note(cpu, insn);
}

/* The sign bit is kept or dropped (KEEP) and then inverted or not (CHANGE). */
ALWAYS_INLINE bool change_sign(struct cpu *cpu, const struct insn *insn, unsigned keep, unsigned change)
{
    struct fpu *fpu = cpu->fpu;
    if (unlikely(!is_ready(cpu) || fpu_is_empty(fpu, 0)))
        return false;
    fpu_st(fpu, 0)->sign_exponent = (uint16_t)((fpu_st(fpu, 0)->sign_exponent & keep) ^ change);
    settle(fpu, 0);
    return note(cpu, insn);
}

QUICK(fst_sti, store_register, false)
QUICK(fstp_sti, store_register, true)
QUICK(fxch, exchange, 7)
QUICK(fchs, change_sign, 0xFFFF, F80_SIGN)
QUICK(fabs_st0, change_sign, F80_EXPONENT, 0)

/* --- Control: none of these is noted --- */

/* FSTSW waits for nothing, not even for an error to be seen to. */
ALWAYS_INLINE bool can_control(const struct cpu *cpu)
{
    return likely(cpu->has_fpu && !(cpu->cr0 & (CR0_EM | CR0_TS)));
}

ALWAYS_INLINE bool status_to_ax(struct cpu *cpu, const struct insn *insn, unsigned ax)
{
    (void)insn;
    if (unlikely(!can_control(cpu)))
        return false;
    register_set(cpu, 16, ax, fpu_status_word(cpu->fpu));
    return true;
}

ALWAYS_INLINE bool store_word(struct cpu *cpu, const struct insn *insn, bool status)
{
    uint8_t *p = mem_fast_write(cpu, insn->seg, ea(cpu, insn), 2);
    if (unlikely(!p || !can_control(cpu)))
        return false;
    store16(p, status ? fpu_status_word(cpu->fpu) : cpu->fpu->control);
    return true;
}

/* WAIT. */
ALWAYS_INLINE bool need_not_wait(struct cpu *cpu, const struct insn *insn, unsigned error)
{
    (void)insn;
    return !((cpu->cr0 & CR0_TS) | (cpu->fpu->status & error));
}

QUICK(fnstsw_ax, status_to_ax, reg16_offset(EAX))
QUICK(fnstsw_m, store_word, true)
QUICK(fnstcw, store_word, false)
QUICK(fwait, need_not_wait, FPU_ES)

const struct handler op_wait = { fpu_fwait, fwait };

/* --- Which is whose: as the tables of op_fpu.c --- */

static quick_fn *const memory_forms[8][8] = {
    /* D8 */ { add_m32, mul_m32, com_m32, comp_m32, sub_m32, subr_m32, div_m32, divr_m32 },
    /* D9 */ { fld_m32, NULL, fst_m32, fstp_m32, NULL, NULL, NULL, fnstcw },
    /* DA */ { NULL },
    /* DB */ { fild_m32, NULL, fist_m32, fistp_m32, NULL, fld_m80, NULL, NULL },
    /* DC */ { add_m64, mul_m64, com_m64, comp_m64, sub_m64, subr_m64, div_m64, divr_m64 },
    /* DD */ { fld_m64, NULL, fst_m64, fstp_m64, NULL, NULL, NULL, fnstsw_m },
    /* DE */ { NULL },
    /* DF */ { fild_m16, NULL, fist_m16, fistp_m16, NULL, NULL, NULL, NULL },
};

static quick_fn *const register_forms[8][8] = {
    /* D8 */ { add_st0, mul_st0, com, comp, sub_st0, subr_st0, div_st0, divr_st0 },
    /* D9 */ { fld_sti, fxch, NULL, NULL, NULL, NULL, NULL, NULL },
    /* DA */ { NULL },
    /* DB */ { NULL },
    /* DC */ { add_sti, mul_sti, com, comp, sub_sti, subr_sti, div_sti, divr_sti },
    /* DD */ { NULL, fxch, fst_sti, fstp_sti, com, comp, NULL, NULL },
    /* DE */ { add_pop, mul_pop, comp, NULL, sub_pop, subr_pop, div_pop, divr_pop },
    /* DF */ { NULL, fxch, fstp_sti, fstp_sti, NULL, NULL, NULL, NULL },
};

/* By opcode and the whole ModRM byte. */
static const struct { uint8_t opcode, modrm; quick_fn *quick; } single_forms[] = {
    { 0xD9, 0xE0, fchs }, { 0xD9, 0xE1, fabs_st0 }, { 0xD9, 0xE4, ftst }, { 0xD9, 0xE8, fld1 }, { 0xD9, 0xEE, fldz },
    { 0xDA, 0xE9, compp }, { 0xDE, 0xD9, compp }, { 0xDF, 0xE0, fnstsw_ax },
};

quick_fn *fpu_quick_form(const struct insn *insn)
{
    const unsigned escape = insn->opcode & 7, reg = insn->modrm >> 3 & 7;
    if (insn->flags & INSN_MEMORY)
        return memory_forms[escape][reg];
    for (size_t i = 0; i < sizeof single_forms / sizeof *single_forms; i++)
        if (single_forms[i].opcode == insn->opcode && single_forms[i].modrm == insn->modrm)
            return single_forms[i].quick;
    return register_forms[escape][reg];
}
