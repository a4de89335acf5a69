/* What the files f80*.c share: taking operands apart, and rounding what comes out. Nothing else includes this.
 *
 * A finite operand is taken apart into sign, biased exponent and normalized significand: of a denormal the exponent may
 * be zero or negative. */
#ifndef EMU_CPU_F80_INTERNAL_H
#define EMU_CPU_F80_INTERNAL_H

#include "emu/cpu/f80.h"

/* Products, and significands with what is shifted out of them. */
__extension__ typedef unsigned __int128 f80_u128;

struct f80_parts {
    uint64_t significand;       /* bit 63 is set unless the value is zero */
    int32_t exponent;
    bool negative;
};

static inline unsigned f80_exponent(struct f80 a) { return a.sign_exponent & F80_EXPONENT; }
static inline bool f80_negative(struct f80 a) { return a.sign_exponent & F80_SIGN; }
static inline bool f80_is_zero(struct f80 a) { return a.significand == 0 && f80_exponent(a) == 0; }
static inline bool f80_is_infinity(struct f80 a)
{
    return f80_exponent(a) == F80_EXPONENT && a.significand == F80_INTEGER_BIT;
}
static inline bool f80_is_nan(struct f80 a)
{
    return f80_exponent(a) == F80_EXPONENT && a.significand > F80_INTEGER_BIT;
}
static inline bool f80_is_signalling(struct f80 a) { return f80_is_nan(a) && !(a.significand & F80_INTEGER_BIT >> 1); }

/* Denormal or pseudo-denormal. */
static inline bool f80_is_denormal(struct f80 a) { return f80_exponent(a) == 0 && a.significand != 0; }

/* Unnormals, pseudo-infinities and pseudo-NaNs, which the 387 no longer knows. */
static inline bool f80_is_unsupported(struct f80 a)
{
    return f80_exponent(a) != 0 && !(a.significand & F80_INTEGER_BIT);
}

/* Normal: the case that is worth a fast path. */
static inline bool f80_is_normal(struct f80 a)
{
    return (unsigned)(f80_exponent(a) - 1) < F80_EXPONENT - 1 && a.significand & F80_INTEGER_BIT;
}

static inline struct f80 f80_make(bool negative, unsigned exponent, uint64_t significand)
{
    unsigned sign = negative ? F80_SIGN : 0;
    return (struct f80){ .significand = significand, .sign_exponent = (uint16_t)(sign | exponent) };
}
static inline struct f80 f80_zero(bool negative) { return f80_make(negative, 0, 0); }
static inline struct f80 f80_infinity(bool negative) { return f80_make(negative, F80_EXPONENT, F80_INTEGER_BIT); }

/* Of a finite supported number; zero has a zero significand. Denormals raise F80_DENORMAL. */
static inline struct f80_parts f80_take_apart(struct f80 a, struct f80_env *env)
{
    struct f80_parts p = { .significand = a.significand, .exponent = (int32_t)f80_exponent(a),
                           .negative = f80_negative(a) };
    if (__builtin_expect(p.exponent == 0, 0) && p.significand) {
        int shift = __builtin_clzll(p.significand);
        env->raised |= F80_DENORMAL;
        p.significand <<= shift;
        p.exponent = 1 - shift;
    }
    return p;
}

static inline struct f80_parts f80_normal_parts(struct f80 a)
{
    return (struct f80_parts){ .significand = a.significand, .exponent = (int32_t)f80_exponent(a),
                               .negative = f80_negative(a) };
}

/* An invalid operation. */
static inline struct f80 f80_invalid(struct f80_env *env)
{
    env->raised = (uint16_t)((env->raised & ~F80_DENORMAL) | F80_INVALID);
    return f80_indefinite();
}

/* True if an operand is a NaN or not supported; *result is then what the operation gives. */
bool f80_special_operands(struct f80 a, struct f80 b, struct f80 *result, struct f80_env *env);

/* A binary format with its exponent biased so that 1 is the smallest of a normal number. */
struct f80_format {
    unsigned bits;              /* of the significand */
    int32_t largest;            /* exponent of finite numbers */
};

/* Rounds significand:low (normalized, low is the fraction below it, sticky in its lowest bit) by the rounding control:
 * overflow, underflow, precision. A denormal has the exponent 0 and no bit 63, infinity the exponent largest + 1. */
struct f80_parts f80_round_to_format(struct f80_parts p, uint64_t low, const struct f80_format *format,
                                     struct f80_env *env);

/* Rounds significand:low to BITS (24, 53 or 64) bits within the extended format's range, and packs it. */
struct f80 f80_round_to(struct f80_parts p, uint64_t low, unsigned bits, struct f80_env *env);

/* The same at the precision that the control word asks for. */
struct f80 f80_round(struct f80_parts p, uint64_t low, struct f80_env *env);

/* Of the significand, by the precision control. */
static inline unsigned f80_precision_bits(unsigned control)
{
    const unsigned precision = control & F80_PC;
    return precision == F80_PC_24 ? 24 : precision == F80_PC_53 ? 53 : 64;
}

/* Does the rounding control round away from zero? REST: what is dropped, left aligned; ODD: the lowest kept bit. */
static inline bool f80_rounds_up(unsigned control, bool negative, bool odd, uint64_t rest)
{
    switch (control & F80_RC) {
    case F80_RC_NEAREST:
        return rest > F80_INTEGER_BIT || (rest == F80_INTEGER_BIT && odd);
    case F80_RC_DOWN:
        return negative && rest;
    case F80_RC_UP:
        return !negative && rest;
    default:
        return false;
    }
}

/* VALUE shifted right by COUNT (0 or more); what falls out is ORed into the lowest bit. */
static inline f80_u128 f80_shift_sticky(f80_u128 value, unsigned count)
{
    if (count == 0)
        return value;
    if (count > 127)
        return value != 0;
    return value >> count | ((value << (128 - count)) != 0);
}

#endif
