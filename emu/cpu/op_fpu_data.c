/* x87 data transfer and constants (i486 PRM part III).
 *
 * A store writes before it pops or reports its exceptions, so that a fault on the write leaves nothing changed; an
 * unmasked exception other than precision means that nothing is written. */
#include "emu/cpu/op_fpu.h"

#include "emu/cpu/operand.h"

/* --- Memory of more than four bytes --- */

/* Two fast writes, for one knows of decoded code only in its last four bytes. */
static void write64(struct cpu *cpu, unsigned seg, uint32_t at, uint64_t value)
{
    uint8_t *low = mem_fast_write(cpu, seg, at, 4), *high = mem_fast_write(cpu, seg, at + 4, 4);
    if (likely(low && high && at <= UINT32_MAX - 4)) {
        store32(low, (uint32_t)value);
        store32(high, (uint32_t)(value >> 32));
        return;
    }
    mem_align(cpu, seg, at, 8);
    mem_probe_write(cpu, seg, at, 8);
    wr32(cpu, seg, at, (uint32_t)value);
    wr32(cpu, seg, at + 4, (uint32_t)(value >> 32));
}

static void write80(struct cpu *cpu, const struct insn *insn, uint64_t low, uint16_t high)
{
    uint32_t at = ea(cpu, insn);
    mem_align(cpu, insn->seg, at, 8);
    mem_probe_write(cpu, insn->seg, at, 10);
    write64(cpu, insn->seg, at, low);
    wr16(cpu, insn->seg, at + 8, high);
}

/* --- Loads --- */

/* Pushes VALUE, of which RAISED is what reading it raised; a denormal even if that is not masked. */
static inline void load(struct cpu *cpu, struct f80 value, unsigned raised)
{
    struct fpu *fpu = cpu->fpu;
    if (unlikely(!fpu_is_empty(fpu, 7))) {
        if (fpu_stack_overflow(cpu))
            fpu_push(fpu, f80_indefinite());
        return;
    }
    fpu_raise(cpu, raised);
    if (likely(!(fpu_unmasked(fpu, raised) & F80_INVALID)))
        fpu_push(fpu, value);
}

void fpu_fld_m32(struct cpu *cpu, const struct insn *insn)
{
    struct f80_env env = fpu_env(cpu->fpu);
    struct f80 value = f80_quiet(f80_from_f32(rd32(cpu, insn->seg, ea(cpu, insn)), &env), &env);
    load(cpu, value, env.raised);
}

void fpu_fld_m64(struct cpu *cpu, const struct insn *insn)
{
    struct f80_env env = fpu_env(cpu->fpu);
    struct f80 value = f80_quiet(f80_from_f64(fpu_read64(cpu, insn->seg, ea(cpu, insn)), &env), &env);
    load(cpu, value, env.raised);
}

void fpu_fld_m80(struct cpu *cpu, const struct insn *insn)
{
    uint32_t at = ea(cpu, insn);
    mem_align(cpu, insn->seg, at, 8);
    mem_probe_read(cpu, insn->seg, at, 10);
    struct f80 value = { .significand = fpu_read64(cpu, insn->seg, at), .sign_exponent = rd16(cpu, insn->seg, at + 8) };
    load(cpu, value, 0);
}

void fpu_fild_m16(struct cpu *cpu, const struct insn *insn)
{
    load(cpu, f80_from_int((int16_t)rd16(cpu, insn->seg, ea(cpu, insn))), 0);
}

void fpu_fild_m32(struct cpu *cpu, const struct insn *insn)
{
    load(cpu, f80_from_int((int32_t)rd32(cpu, insn->seg, ea(cpu, insn))), 0);
}

void fpu_fild_m64(struct cpu *cpu, const struct insn *insn)
{
    load(cpu, f80_from_int((int64_t)fpu_read64(cpu, insn->seg, ea(cpu, insn))), 0);
}

void fpu_fbld(struct cpu *cpu, const struct insn *insn)
{
    uint32_t at = ea(cpu, insn);
    uint8_t bcd[10];
    mem_align(cpu, insn->seg, at, 8);
    mem_probe_read(cpu, insn->seg, at, 10);
    uint64_t low = fpu_read64(cpu, insn->seg, at);
    uint16_t high = rd16(cpu, insn->seg, at + 8);
    for (unsigned i = 0; i < 8; i++)
        bcd[i] = (uint8_t)(low >> 8 * i);
    bcd[8] = (uint8_t)high;
    bcd[9] = (uint8_t)(high >> 8);
    load(cpu, f80_from_bcd(bcd), 0);
}

/* --- Stores --- */

enum destination { TO_F32, TO_F64, TO_I16, TO_I32, TO_I64 };

/* ST in the destination's format. */
ALWAYS_INLINE uint64_t convert(struct f80 a, enum destination to, struct f80_env *env)
{
    switch (to) {
    case TO_F32:
        return f80_to_f32(a, env);
    case TO_F64:
        return f80_to_f64(a, env);
    case TO_I16:
        return (uint64_t)f80_to_int(a, 16, env);
    case TO_I32:
        return (uint64_t)f80_to_int(a, 32, env);
    default:
        return (uint64_t)f80_to_int(a, 64, env);
    }
}

/* What is to be stored, and in *raised what that raises. False: nothing is to be stored, the exceptions have been
 * entered. */
ALWAYS_INLINE bool value_to_store(struct cpu *cpu, enum destination to, uint64_t *value, unsigned *raised)
{
    struct fpu *fpu = cpu->fpu;
    struct f80_env env = fpu_env(fpu);
    struct f80 a = *fpu_st(fpu, 0);
    if (unlikely(fpu_is_empty(fpu, 0))) {
        a = f80_indefinite();
        env.raised = F80_INVALID | FPU_SF;
        *value = convert(a, to, &env);
    } else {
        *value = convert(a, to, &env);
    }
    *raised = env.raised;
    if (likely(!(fpu_unmasked(fpu, env.raised) & ~F80_PRECISION)))
        return true;
    fpu_raise(cpu, env.raised & ~(unsigned)(F80_PRECISION | F80_ROUNDED_UP));
    return false;
}

ALWAYS_INLINE void store(struct cpu *cpu, const struct insn *insn, enum destination to, bool pop)
{
    uint64_t value;
    unsigned raised;
    if (!value_to_store(cpu, to, &value, &raised))
        return;
    uint32_t at = ea(cpu, insn);
    if (to == TO_I16)
        wr16(cpu, insn->seg, at, (uint16_t)value);
    else if (to == TO_F32 || to == TO_I32)
        wr32(cpu, insn->seg, at, (uint32_t)value);
    else
        write64(cpu, insn->seg, at, value);
    fpu_raise(cpu, raised);
    if (pop)
        fpu_pop(cpu->fpu);
}

HANDLER(fpu_fst_m32, store, TO_F32, false)
HANDLER(fpu_fstp_m32, store, TO_F32, true)
HANDLER(fpu_fst_m64, store, TO_F64, false)
HANDLER(fpu_fstp_m64, store, TO_F64, true)
HANDLER(fpu_fist_m16, store, TO_I16, false)
HANDLER(fpu_fistp_m16, store, TO_I16, true)
HANDLER(fpu_fist_m32, store, TO_I32, false)
HANDLER(fpu_fistp_m32, store, TO_I32, true)
HANDLER(fpu_fistp_m64, store, TO_I64, true)

/* Any bit pattern goes to memory as it is. */
void fpu_fstp_m80(struct cpu *cpu, const struct insn *insn)
{
    struct fpu *fpu = cpu->fpu;
    bool empty = fpu_is_empty(fpu, 0);
    struct f80 value = empty ? f80_indefinite() : *fpu_st(fpu, 0);
    unsigned raised = empty ? F80_INVALID | FPU_SF : 0;
    if (!fpu_unmasked(fpu, raised))
        write80(cpu, insn, value.significand, value.sign_exponent);
    if (fpu_finish(cpu, raised))
        fpu_pop(fpu);
}

void fpu_fbstp(struct cpu *cpu, const struct insn *insn)
{
    struct fpu *fpu = cpu->fpu;
    struct f80_env env = fpu_env(fpu);
    bool empty = fpu_is_empty(fpu, 0);
    uint8_t bcd[10];
    uint64_t low = 0;
    f80_to_bcd(empty ? f80_indefinite() : *fpu_st(fpu, 0), bcd, &env);
    if (empty)
        env.raised |= FPU_SF;
    for (unsigned i = 0; i < 8; i++)
        low |= (uint64_t)bcd[i] << 8 * i;
    if (!(fpu_unmasked(fpu, env.raised) & F80_INVALID))
        write80(cpu, insn, low, (uint16_t)(bcd[8] | bcd[9] << 8));
    if (fpu_finish(cpu, env.raised))
        fpu_pop(fpu);
}

/* --- Between registers --- */

void fpu_fld_sti(struct cpu *cpu, const struct insn *insn)
{
    struct fpu *fpu = cpu->fpu;
    const unsigned i = insn->modrm & 7;
    struct f80 value = *fpu_st(fpu, i);
    bool stored = true;
    if (unlikely(fpu_is_empty(fpu, i) || !fpu_is_empty(fpu, 7))) {
        stored = fpu_is_empty(fpu, i) ? fpu_stack_underflow(cpu) : fpu_stack_overflow(cpu);
        value = f80_indefinite();
    } else {
        fpu->status &= (uint16_t)~FPU_C1;
    }
    if (stored)
        fpu_push(fpu, value);
}

/* D9 D8-DF: FSTP that does not look whether there is something to store. */
void fpu_fstp_unchecked(struct cpu *cpu, const struct insn *insn)
{
    struct fpu *fpu = cpu->fpu;
    if (!fpu_is_empty(fpu, 0))
        fpu_put(fpu, insn->modrm & 7, *fpu_st(fpu, 0));
    fpu_pop(fpu);
    fpu->status &= (uint16_t)~FPU_C1;
}

ALWAYS_INLINE void store_register(struct cpu *cpu, const struct insn *insn, bool pop)
{
    struct fpu *fpu = cpu->fpu;
    struct f80 value = *fpu_st(fpu, 0);
    bool stored = true;
    if (unlikely(fpu_is_empty(fpu, 0))) {
        stored = fpu_stack_underflow(cpu);
        value = f80_indefinite();
    } else {
        fpu->status &= (uint16_t)~FPU_C1;
    }
    if (!stored)
        return;
    fpu_put(fpu, insn->modrm & 7, value);
    if (pop)
        fpu_pop(fpu);
}

HANDLER(fpu_fst_sti, store_register, false)
HANDLER(fpu_fstp_sti, store_register, true)

/* With the masked response, what was empty has become the default NaN before the exchange. */
void fpu_fxch(struct cpu *cpu, const struct insn *insn)
{
    struct fpu *fpu = cpu->fpu;
    const unsigned i = insn->modrm & 7;
    if (unlikely(fpu_is_empty(fpu, 0) || fpu_is_empty(fpu, i))) {
        if (!fpu_stack_underflow(cpu))
            return;
        if (fpu_is_empty(fpu, 0))
            fpu_put(fpu, 0, f80_indefinite());
        if (fpu_is_empty(fpu, i))
            fpu_put(fpu, i, f80_indefinite());
    }
    struct f80 *a = fpu_st(fpu, 0), *b = fpu_st(fpu, i), other = *a;
    *a = *b;
    *b = other;
    fpu->status &= (uint16_t)~FPU_C1;
}

/* --- Constants, kept to more than 64 bits and rounded by the rounding control --- */

/* D9 E8-EE: FLD1 FLDL2T FLDL2E FLDPI FLDLG2 FLDLN2 FLDZ. LOW: the next 8 bits of the significand. */
static const struct { struct f80 value; uint8_t low; } constants[8] = {
    { { 0x8000000000000000, 0x3FFF }, 0x00 }, { { 0xD49A784BCD1B8AFE, 0x4000 }, 0x49 },
    { { 0xB8AA3B295C17F0BB, 0x3FFF }, 0xBE }, { { 0xC90FDAA22168C234, 0x4000 }, 0xC4 },
    { { 0x9A209A84FBCFF798, 0x3FFD }, 0x8F }, { { 0xB17217F7D1CF79AB, 0x3FFE }, 0xC9 },
    { { 0, 0 }, 0x00 },
};

void fpu_constant(struct cpu *cpu, const struct insn *insn)
{
    const unsigned number = insn->modrm & 7, rounding = cpu->fpu->control & F80_RC, low = constants[number].low;
    struct f80 value = constants[number].value;
    if (rounding == F80_RC_UP ? low > 0 : rounding == F80_RC_NEAREST && low >= 0x80)
        value.significand++;
    load(cpu, value, 0);
}
