/* One x87 instruction on the host's own unit and on ours: the same state loaded with FRSTOR, the instruction, FNSAVE;
 * then all registers, tags, status, control, pointers and memory have to be the same. test_fpu_silicon.c says which
 * instructions and which values.
 *
 * Where a result need not be the same there is a row in fpu_allowances that says why. Everything comes from one fixed
 * seed. */
#ifndef TESTS_EMU_CPU_FPU_TRIAL_H
#define TESTS_EMU_CPU_FPU_TRIAL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "emu/cpu/f80.h"
#include "emu/cpu/fpu.h"
#include "tests/emu/cpu/flat_cpu.h"
#include "tests/emu/cpu/native.h"

enum {
    STATE_IN = FLAT_BASE + 0x1000, STATE_OUT = FLAT_BASE + 0x1100, OPERAND = FLAT_BASE + 0x1200, AREA = 0x300,
    OUT = STATE_OUT - STATE_IN
};

/* Offsets in the image of FNSAVE, 32-bit protected mode. */
enum { AT_CONTROL = 0, AT_STATUS = 4, AT_TAGS = 8, AT_IP = 12, AT_CS = 16, AT_OPCODE = 18, AT_DP = 20, AT_DS = 24,
       AT_REGISTERS = 28, ENVIRONMENT_SIZE = 28, STATE_SIZE = 108 };

enum form_flags {
    CLOSE = 1,          /* transcendental: a result may be one unit off */
    CONDITIONS = 2,     /* defines all of C0-C3 */
    UNDEFINED = 4,      /* not in the manual: only for the vendors we know */
    NOT_WAITING = 8,    /* may be tried with an exception pending */
    CONTROL = 16,       /* leaves the pointers alone */
    IMAGE = 32,         /* its memory operand is an environment or a state */
    OPERAND16 = 64      /* with an operand size prefix */
};

struct form {
    uint8_t opcode, first, last;        /* ModRM bytes; below C0: one form of memory operand */
    uint8_t flags;
};

struct trial {
    const struct form *form;
    uint8_t code[8];
    size_t size;
    uint8_t before[AREA], host[AREA], ours[AREA];       /* memory from STATE_IN on */
};

struct fpu_host {
    struct flat *flat;
    bool runs;                  /* 32-bit code */
    bool vendor_known;          /* what is undefined is as ours there */
    bool intel;                 /* pointers are kept by rules that we know */
    uint64_t seed;
};

/* --- Chance --- */

static inline uint64_t fpu_any(struct fpu_host *h)
{
    h->seed ^= h->seed << 13;
    h->seed ^= h->seed >> 7;
    h->seed ^= h->seed << 17;
    return h->seed;
}

/* With few bits from the top, or from the bottom. In C the order of two calls in one expression is not fixed; what
 * follows from the seed has to be. */
static inline uint64_t fpu_any_left(struct fpu_host *h)
{
    uint64_t bits = fpu_any(h);
    return bits << fpu_any(h) % 64;
}
static inline uint64_t fpu_any_right(struct fpu_host *h)
{
    uint64_t bits = fpu_any(h);
    return bits >> fpu_any(h) % 64;
}

/* --- Values --- */

static const struct f80 fpu_special[] = {
    { 0, 0 }, { 0, 0x8000 }, { 0x8000000000000000, 0x3FFF }, { 0x8000000000000000, 0xBFFF },
    { 0x8000000000000000, 0x7FFF }, { 0x8000000000000000, 0xFFFF },             /* infinities */
    { 0xC000000000000000, 0xFFFF }, { 0xC000000000000000, 0x7FFF }, { 0xC000000000000001, 0x7FFF },
    { 0xFFFFFFFFFFFFFFFF, 0xFFFF },                                             /* quiet NaNs */
    { 0x8000000000000001, 0xFFFF }, { 0x8000000000000001, 0x7FFF }, { 0xA000000000000000, 0x7FFF },
    { 0xBFFFFFFFFFFFFFFF, 0x7FFF },                                             /* signalling NaNs */
    { 0, 0x7FFF }, { 0x4000000000000000, 0x7FFF }, { 0x3FFFFFFFFFFFFFFF, 0xFFFF },      /* pseudo-infinity, -NaNs */
    { 0, 0x3FFF }, { 0x7FFFFFFFFFFFFFFF, 0x4000 }, { 1, 1 }, { 0x4000000000000000, 0xFFFE },    /* unnormals */
    { 1, 0 }, { 1, 0x8000 }, { 0x7FFFFFFFFFFFFFFF, 0 }, { 0x4000000000000001, 0x8000 },         /* denormals */
    { 0x8000000000000000, 0 }, { 0xFFFFFFFFFFFFFFFF, 0x8000 },                  /* pseudo-denormals */
    { 0x8000000000000000, 1 }, { 0xFFFFFFFFFFFFFFFF, 1 }, { 0x8000000000000001, 0x8002 },       /* small */
    { 0xFFFFFFFFFFFFFFFF, 0x7FFE }, { 0x8000000000000000, 0x7FFE }, { 0xFFFFFFFFFFFFFFFF, 0xFFFE },     /* large */
    { 0xFFFFFF8000000000, 0x3FFE }, { 0xFFFFFFFFFFFFFC00, 0x3FFE }, { 0xFFFFFFFFFFFFFFFF, 0x3FFE },     /* near 1 */
    { 0x8000000000000001, 0x3FFF }, { 0x8000008000000000, 0x3FFF }, { 0x8000000000000400, 0xBFFF },
    { 0xC90FDAA22168C235, 0x4000 }, { 0xC000000000000000, 0x3FFE }, { 0x8000000000000000, 0xBFFE },
    { 0xFFFFFF0000000000, 0x407E }, { 0xFFFFFF7FFFFFFFFF, 0x407E }, { 0xFFFFFF8000000000, 0x407E },     /* single */
    { 0x8000000000000000, 0x3F81 }, { 0x8000000000000000, 0x3F6A }, { 0xFFFFFFFFFFFFFFFF, 0x3F80 },
    { 0xFFFFFFFFFFFFF800, 0x43FE }, { 0xFFFFFFFFFFFFFC00, 0x43FE }, { 0x8000000000000000, 0x3C01 }, /* double */
    { 0xFFFE000000000000, 0x400D }, { 0x8000000000000000, 0xC00E }, { 0xFFFFFFFF00000000, 0x401D },     /* integers */
    { 0xFFFFFFFFFFFFFFFE, 0x403D }, { 0x8000000000000000, 0xC03E }, { 0xDE0B6B3A763FFFF0, 0x403A },
};
enum { FPU_SPECIAL = sizeof fpu_special / sizeof *fpu_special };

static inline struct f80 fpu_make(uint64_t sign, int64_t exponent, uint64_t significand)
{
    exponent = exponent < 0 ? 0 : exponent > 0x7FFF ? 0x7FFF : exponent;
    return (struct f80){ significand, (uint16_t)((sign & 0x8000) | (uint64_t)exponent) };
}

/* About a limit of an integer format or of packed BCD, with a fraction about 1/2. */
static inline struct f80 fpu_near_integer_limit(struct fpu_host *h)
{
    static const int64_t limits[] = { INT16_MAX, INT32_MAX, INT64_MAX, 999999999999999999, 0, 1, 2 };
    const int64_t limit = limits[fpu_any(h) % 7];
    struct f80 a = f80_from_int(fpu_any(h) & 1 ? limit : limit / 2);
    struct f80_env env = { .control = 0x37F };
    struct f80 half = { 0x8000000000000000, (uint16_t)(0x3FFE + (fpu_any(h) & 1)) };
    if (fpu_any(h) & 1)
        a = f80_add(a, half, &env);
    a.significand += fpu_any(h) % 5 - 2;
    a.sign_exponent ^= fpu_any(h) & 0x8000;
    return a;
}

static inline struct f80 fpu_any_f80(struct fpu_host *h)
{
    const uint64_t sign = fpu_any(h), significand = fpu_any(h) | F80_INTEGER_BIT;
    const uint64_t left = fpu_any_left(h), right = fpu_any_right(h);
    const int middling = 0x3FFF - 70 + (int)(fpu_any(h) % 140);
    switch (fpu_any(h) % 12) {
    case 0: case 1: case 2:
        return fpu_special[fpu_any(h) % FPU_SPECIAL];
    case 3:
        return (struct f80){ right, (uint16_t)sign };
    case 4:                                     /* few bits, so that ties happen */
        return fpu_make(sign, middling, F80_INTEGER_BIT | left);
    case 5:
        return fpu_make(sign, middling, 0 - (right & 0xFFFFFFFFFFFF));
    case 6:
        return fpu_make(sign, (int)(fpu_any(h) % 70), significand);
    case 7:
        return fpu_make(sign, 0, right);
    case 8:
        return fpu_make(sign, 0x7FFE - (int)(fpu_any(h) % 70), significand);
    case 9:
        return fpu_near_integer_limit(h);
    default:
        return fpu_make(sign, middling, significand);
    }
}

/* A partner for A with which sums cancel or tie, products and quotients meet the ends of the exponent's range, and
 * remainders take one step, several or none. */
static inline struct f80 fpu_related(struct fpu_host *h, struct f80 a)
{
    const uint64_t sign = fpu_any(h), significand = fpu_any(h) | F80_INTEGER_BIT, left = fpu_any_left(h);
    const int64_t exponent = a.sign_exponent & 0x7FFF, jitter = (int)(fpu_any(h) % 7) - 3;
    switch (fpu_any(h) % 8) {
    case 0:
        return fpu_make(sign, exponent, a.significand + fpu_any(h) % 5 - 2);
    case 1:
        return fpu_make(sign, exponent + jitter, a.significand);
    case 2: {                                   /* a half of the last bit of each precision */
        static const int bits[] = { 24, 53, 64 };
        return fpu_make(sign, exponent - bits[fpu_any(h) % 3] + jitter, F80_INTEGER_BIT | left);
    }
    case 3:                                     /* product or quotient near overflow */
        return fpu_make(sign, sign & 1 ? 0x7FFE + 0x3FFF - exponent + jitter : exponent - 0x3FFF + jitter,
                        significand);
    case 4:                                     /* near underflow */
        return fpu_make(sign, sign & 1 ? 0x3FFF - exponent - (int)(fpu_any(h) % 70) : exponent + 0x3FFF + jitter * 20,
                        significand);
    case 5:
        return fpu_make(sign, exponent - (int)(fpu_any(h) % 140), significand);
    case 6: {                                   /* FSCALE */
        const int64_t target = sign & 1 ? 0x7FFE : sign & 2 ? -64 : 0;
        struct f80 by = f80_from_int(target - exponent + (int)(fpu_any(h) % 140) - 70);
        by.significand |= fpu_any(h) & 0xFFFF;
        return by;
    }
    default:
        return (struct f80){ a.significand, (uint16_t)(a.sign_exponent ^ (sign & 0x8000)) };
    }
}

/* --- State and operand --- */

static inline void fpu_put(struct fpu_host *h, uint32_t at, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        *flat_at(h->flat, at + i) = (uint8_t)(value >> 8 * i);
}

static inline void fpu_put_f80(struct fpu_host *h, uint32_t at, struct f80 a)
{
    fpu_put(h, at, a.significand, 8);
    fpu_put(h, at + 8, a.sign_exponent, 2);
}

static inline struct f80 fpu_get_f80(struct fpu_host *h, uint32_t at)
{
    struct f80 a;
    memcpy(&a.significand, flat_at(h->flat, at), 8);
    memcpy(&a.sign_exponent, flat_at(h->flat, at + 8), 2);
    return a;
}

static inline void fpu_put_words(struct fpu_host *h, uint16_t control, uint16_t status, uint16_t tags)
{
    fpu_put(h, STATE_IN + AT_CONTROL, control, 4);
    fpu_put(h, STATE_IN + AT_STATUS, status, 4);
    fpu_put(h, STATE_IN + AT_TAGS, tags, 4);
    fpu_put(h, STATE_IN + AT_IP, 0x11112222, 4);
    fpu_put(h, STATE_IN + AT_CS, 0x06660000u | NATIVE_CS32, 4);
    fpu_put(h, STATE_IN + AT_DP, 0x33334444, 4);
    fpu_put(h, STATE_IN + AT_DS, NATIVE_DATA, 4);
}

static inline uint16_t fpu_any_tags(struct fpu_host *h, unsigned top)
{
    if (fpu_any(h) % 8)
        return (uint16_t)(3 << 2 * ((top + 7) & 7));    /* room for one more */
    return (uint16_t)(fpu_any(h) & 1 ? fpu_any(h) : 0xFFFF);
}

/* An exception is pending only where FORM does not wait: elsewhere flags are set only where they are masked. */
static inline void fpu_put_state(struct fpu_host *h, const struct form *form)
{
    unsigned control = fpu_any(h) & 0xFFC0, status = fpu_any(h) & 0xFFC0;
    control |= fpu_any(h) % 3 ? 0x3F : fpu_any(h) & 0x3F;
    status |= fpu_any(h) & (form->flags & NOT_WAITING ? 0x3F : control & 0x3F);
    fpu_put_words(h, (uint16_t)control, (uint16_t)status, fpu_any_tags(h, status >> 11 & 7));
    for (unsigned i = 0; i < 8; i++)
        fpu_put_f80(h, STATE_IN + AT_REGISTERS + 10 * i, fpu_any_f80(h));
    if (fpu_any(h) & 1)
        fpu_put_f80(h, STATE_IN + AT_REGISTERS + 10, fpu_related(h, fpu_get_f80(h, STATE_IN + AT_REGISTERS)));
}

/* Every kind of operand at once: what the special values are in the format is left to chance and to the host. */
static inline void fpu_put_operand(struct fpu_host *h)
{
    struct f80 a = fpu_any(h) & 1 ? fpu_any_f80(h) : fpu_related(h, fpu_get_f80(h, STATE_IN + AT_REGISTERS));
    struct f80_env env = { .control = 0x37F };
    uint64_t bits = fpu_any(h);
    switch (fpu_any(h) % 6) {
    case 0:
        bits = f80_to_f32(a, &env);
        break;
    case 1:
        bits = f80_to_f64(a, &env);
        break;
    case 2:                                     /* near the ends of the narrow formats' exponents */
        bits = (bits & 0x800FFFFF800FFFFF) | (fpu_any(h) & 1 ? 0x7FF000007F800000 : fpu_any(h) & 0x0030000001000000);
        break;
    case 3:
        bits = (uint64_t)((int64_t)bits >> fpu_any(h) % 64);
        break;
    case 4:
        fpu_put_f80(h, OPERAND, a);
        return;
    default:
        break;
    }
    fpu_put(h, OPERAND, bits, 8);
    fpu_put(h, OPERAND + 8, fpu_any(h), 2);
}

/* For FLDCW, FLDENV and FRSTOR: anything at all. */
static inline void fpu_put_image(struct fpu_host *h)
{
    for (unsigned i = 0; i < STATE_SIZE + 4; i += 8)
        fpu_put(h, OPERAND + i, fpu_any(h), 8);
    const uint32_t at = OPERAND + (fpu_any(h) & 1 ? ENVIRONMENT_SIZE : ENVIRONMENT_SIZE / 2);
    for (unsigned i = 0; i < 8; i++)
        fpu_put_f80(h, at + 10 * i, fpu_any_f80(h));
}

/* --- Running --- */

static inline size_t fpu_emit(uint8_t *p, uint8_t opcode, uint8_t modrm, uint32_t address)
{
    p[0] = opcode;
    p[1] = modrm;
    memcpy(p + 2, &address, 4);
    return 6;
}

/* FRSTOR, the instruction, FNSAVE. */
static inline size_t fpu_program(const struct trial *t, uint8_t *code)
{
    size_t size = fpu_emit(code, 0xDD, 0x25, STATE_IN);
    memcpy(code + size, t->code, t->size);
    size += t->size;
    return size + fpu_emit(code + size, 0xDD, 0x35, STATE_OUT);
}

static inline void fpu_run_host(struct fpu_host *h, struct trial *t)
{
    struct native_state state = { .flags = 0 };
    uint8_t code[32];
    memcpy(native_at(STATE_IN), flat_at(h->flat, STATE_IN), AREA);
    native_execute(&state, code, fpu_program(t, code));
    assert_false(state.faulted);
    memcpy(t->host, native_at(STATE_IN), AREA);
}

/* In the loop, where frequent instructions have quick forms; a jump to itself ends the run. */
static inline void fpu_run_ours(struct fpu_host *h, struct trial *t)
{
    enum { INSTRUCTIONS = 8 };
    struct cpu *cpu = &h->flat->cpu;
    uint8_t code[32], *at = flat_at(h->flat, FLAT_CODE);
    const size_t end = fpu_program(t, code), size = end + 2;
    memcpy(code + end, "\xEB\xFE", 2);
    if (memcmp(at, code, size) != 0) {
        memcpy(at, code, size);
        cpu_memory_written(cpu, FLAT_CODE, (uint32_t)size);
    }
    cpu->eip = FLAT_CODE;
    cpu_run(cpu, UINT64_MAX, INSTRUCTIONS, false);
    assert_int_equal(cpu->eip, FLAT_CODE + end);
    memcpy(t->ours, flat_at(h->flat, STATE_IN), AREA);
}

/* --- What need not be the same --- */

static inline unsigned fpu_word(const uint8_t *area, unsigned at)
{
    return area[OUT + at] | (unsigned)area[OUT + at + 1] << 8;
}

static inline void fpu_take(struct trial *t, unsigned at, unsigned size)
{
    memcpy(t->host + OUT + at, t->ours + OUT + at, size);
}

static inline void fpu_take_status(struct trial *t, unsigned bits)
{
    unsigned status = (fpu_word(t->host, AT_STATUS) & ~bits) | (fpu_word(t->ours, AT_STATUS) & bits);
    t->host[OUT + AT_STATUS] = (uint8_t)status;
    t->host[OUT + AT_STATUS + 1] = (uint8_t)(status >> 8);
}

/* ST(I) as a place on a line of neighbours. An exponent wrapped by an unmasked underflow is unwrapped; of two results
 * the cosine never is. */
__extension__ typedef __int128 fpu_place;
static inline fpu_place fpu_place_of(const uint8_t *area, unsigned i)
{
    enum { WRAP = 24576, COSINE = 0x3FFF };
    const unsigned sign_exponent = fpu_word(area, AT_REGISTERS + 10 * i + 8);
    const unsigned raised = fpu_word(area, AT_STATUS) & ~fpu_word(area, AT_CONTROL);
    int32_t exponent = sign_exponent & 0x7FFF;
    uint64_t significand;
    memcpy(&significand, area + OUT + AT_REGISTERS + 10 * i, 8);
    if (raised & F80_UNDERFLOW && exponent != COSINE && exponent != COSINE - 1)
        exponent -= WRAP;
    else if (exponent == 0)                     /* a denormal counts on from the smallest normal number */
        exponent = 1;
    fpu_place place = (fpu_place)(exponent - 1) * (fpu_place)F80_INTEGER_BIT + significand;
    return sign_exponent & 0x8000 ? -place : place;
}

static inline bool fpu_is_tiny_or_huge(fpu_place place)
{
    const fpu_place smallest = (fpu_place)F80_INTEGER_BIT, infinity = smallest * 0x7FFF;
    place = place < 0 ? -place : place;
    return place <= smallest || place >= infinity - 1;
}

static inline void fpu_forgive_last_unit(struct trial *t)
{
    if (!(t->form->flags & CLOSE))
        return;
    for (unsigned i = 0; i < 2; i++) {
        fpu_place host = fpu_place_of(t->host, i), ours = fpu_place_of(t->ours, i);
        if (host == ours || host - ours > 1 || ours - host > 1)
            continue;
        fpu_take(t, AT_REGISTERS + 10 * i, 10);
        fpu_take(t, AT_TAGS, 2);
        if (fpu_is_tiny_or_huge(host) || fpu_is_tiny_or_huge(ours))
            fpu_take_status(t, F80_UNDERFLOW | F80_OVERFLOW | FPU_ES | FPU_B);
    }
    fpu_take_status(t, FPU_C1);
}

/* SIZE bytes at AT of the image that FNSTENV or FNSAVE has stored; AT is its place in the 32-bit layout. */
static inline void fpu_take_image(struct trial *t, unsigned at, unsigned size)
{
    if (t->form->flags & IMAGE) {
        at = OPERAND - STATE_IN + (t->form->flags & OPERAND16 ? at / 2 : at);
        memcpy(t->host + at, t->ours + at, size);
    }
}

static inline void fpu_forgive_selectors(struct trial *t)
{
    fpu_take(t, AT_CS, 2);
    fpu_take(t, AT_DS, 2);
    fpu_take_image(t, AT_CS, 2);
    fpu_take_image(t, AT_DS, 2);
}

/* Without an unmasked exception; in a stored image always, for it may be of an earlier instruction. */
static inline void fpu_forgive_opcode(struct trial *t)
{
    if (!(fpu_word(t->host, AT_STATUS) & FPU_ES))
        fpu_take(t, AT_OPCODE, 2);
    if (!(t->form->flags & OPERAND16))
        fpu_take_image(t, AT_OPCODE, 2);
}

/* All of them: other vendors' rules are not known here. */
static inline void fpu_forgive_pointers(struct trial *t)
{
    const unsigned size = AT_REGISTERS - AT_IP;
    fpu_take(t, AT_IP, size);
    fpu_take_image(t, AT_IP, t->form->flags & OPERAND16 ? size / 2 : size);
}

/* Without an unmasked exception. */
static inline void fpu_forgive_data_pointer(struct trial *t)
{
    if (!(fpu_word(t->host, AT_STATUS) & FPU_ES))
        fpu_take(t, AT_DP, 4);
}

struct fpu_allowance { const char *reason; void (*forgive)(struct trial *t); };

/* On any host, in this order: what is said of unmasked exceptions is asked before the last row may change them. */
static const struct fpu_allowance fpu_allowances[] = {
    { "parts with CPUID.7.EBX bit 13 save zero for the selectors", fpu_forgive_selectors },
    { "since the Pentium 4 the opcode is kept only with an unmasked exception", fpu_forgive_opcode },
    { "parts with CPUID.7.EBX bit 6 change the data pointer only with an unmasked exception",
      fpu_forgive_data_pointer },
    { "transcendental results may be a unit off by any part, which C1 tells; beside the smallest and the largest "
      "number that decides whether they underflow or overflow (PRM: error below one unit in the last place)",
      fpu_forgive_last_unit },
};

#endif
