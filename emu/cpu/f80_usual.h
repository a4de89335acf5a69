/* The usual case of what f80.h declares, inline: operands that are normal numbers (or zeros, where that costs nothing)
 * and results that are neither too large nor too small, rounded to nearest. Each function returns false, having changed
 * nothing but its answer, where the case is another one. The functions of f80.h treat every case and give the same. */
#ifndef EMU_CPU_F80_USUAL_H
#define EMU_CPU_F80_USUAL_H

#include "emu/cpu/f80_internal.h"

#define F80_INLINE static inline __attribute__((always_inline))

enum { F80_LARGEST_EXPONENT = 0x7FFE };

/* --- Rounding --- */

/* P:LOW cut to BITS bits and rounded to nearest. Which way is as good as random: no branch. */
F80_INLINE struct f80_parts f80_to_nearest(struct f80_parts p, uint64_t low, unsigned bits, struct f80_env *env)
{
    uint64_t unit = 1;
    if (__builtin_expect(bits < 64, 0)) {
        unit = 1ull << (64 - bits);
        low = p.significand << bits | (low != 0);
        p.significand &= 0 - unit;
    }
    const uint64_t up = low >> 63 & ((low << 1 | (p.significand & unit)) != 0);
    env->raised |= (uint16_t)((low != 0) * F80_PRECISION | up * F80_ROUNDED_UP);
    p.significand += unit & (0 - up);
    if (__builtin_expect(p.significand == 0, 0)) {
        p.significand = F80_INTEGER_BIT;
        p.exponent++;
    }
    return p;
}

F80_INLINE bool f80_usual_round(struct f80_parts p, uint64_t low, struct f80 *result, struct f80_env *env)
{
    if (__builtin_expect((env->control & (F80_RC | F80_PRECISION)) != (F80_RC_NEAREST | F80_PRECISION) ||
                             (unsigned)(p.exponent - 1) >= F80_LARGEST_EXPONENT - 1, 0))
        return false;
    const bool whole = __builtin_expect((env->control & F80_PC) == F80_PC_64, 1);
    p = f80_to_nearest(p, low, whole ? 64 : f80_precision_bits(env->control), env);
    *result = f80_make(p.negative, (unsigned)p.exponent, p.significand);
    return true;
}

/* --- Sums --- */

/* P + HIGH:LOW; what is below P's last place comes back in *low. */
F80_INLINE struct f80_parts f80_total(struct f80_parts p, uint64_t high, uint64_t *low)
{
    p.significand += high;
    if (p.significand < high) {
        *low = p.significand << 63 | *low >> 1;         /* loses nothing: LOW is even */
        p.significand = F80_INTEGER_BIT | p.significand >> 1;
        p.exponent++;
    }
    return p;
}

/* P - HIGH:LOW, likewise; zero if there is nothing left in P's places. */
F80_INLINE struct f80_parts f80_rest(struct f80_parts p, uint64_t high, uint64_t *low)
{
    p.significand -= high + (*low != 0);
    *low = 0 - *low;
    const int shift = p.significand ? __builtin_clzll(p.significand) : 0;
    p.significand = p.significand << shift | *low >> 1 >> (63 - shift);
    *low <<= shift;
    p.exponent -= shift;
    return p;
}

/* Exponent and significand as one number: the greater, the greater the magnitude. */
F80_INLINE f80_u128 f80_magnitude(struct f80 a) { return (f80_u128)f80_exponent(a) << 64 | a.significand; }

/* A + B, or A - B if FLIP is F80_SIGN. */
F80_INLINE bool f80_usual_add(struct f80 a, struct f80 b, unsigned flip, struct f80 *result, struct f80_env *env)
{
    if (__builtin_expect(!f80_is_normal(a) || !f80_is_normal(b), 0))
        return false;
    b.sign_exponent ^= (uint16_t)flip;
    const bool swap = f80_magnitude(a) < f80_magnitude(b);
    const struct f80 large = swap ? b : a, small = swap ? a : b;
    const unsigned distance = f80_exponent(large) - f80_exponent(small);
    if (__builtin_expect(distance > 63, 0))
        return false;
    const uint64_t high = small.significand >> distance;
    uint64_t low = small.significand << 1 << (63 - distance);
    struct f80_parts p = f80_normal_parts(large);
    if ((a.sign_exponent ^ b.sign_exponent) & F80_SIGN)
        p = f80_rest(p, high, &low);
    else
        p = f80_total(p, high, &low);
    return p.significand && f80_usual_round(p, low, result, env);
}

/* --- Products --- */

F80_INLINE bool f80_usual_multiply(struct f80 a, struct f80 b, struct f80 *result, struct f80_env *env)
{
    if (__builtin_expect(!f80_is_normal(a) || !f80_is_normal(b), 0))
        return false;
    const f80_u128 product = (f80_u128)a.significand * b.significand;
    const uint64_t high = (uint64_t)(product >> 64), low = (uint64_t)product;
    const unsigned small = (unsigned)(high >> 63) ^ 1;
    const struct f80_parts p = {
        .significand = high << small | (low >> 63 & small),
        .exponent = (int32_t)(f80_exponent(a) + f80_exponent(b)) - F80_BIAS + 1 - (int32_t)small,
        .negative = f80_negative(a) != f80_negative(b)
    };
    return f80_usual_round(p, low << small, result, env);
}

/* --- Comparison --- */

F80_INLINE bool f80_is_number(struct f80 a) { return f80_is_normal(a) || f80_is_zero(a); }

F80_INLINE bool f80_usual_compare(struct f80 a, struct f80 b, enum f80_order *order)
{
    if (__builtin_expect(!f80_is_number(a) || !f80_is_number(b), 0))
        return false;
    const f80_u128 x = f80_magnitude(a), y = f80_magnitude(b);
    const bool negative = f80_negative(a);
    if (negative != f80_negative(b))
        *order = (x | y) == 0 ? F80_EQUAL : negative ? F80_LESS : F80_GREATER;
    else
        *order = x == y ? F80_EQUAL : (x < y) != negative ? F80_LESS : F80_GREATER;
    return true;
}

/* --- Conversion --- */

/* The binary formats of memory: what their biased exponents lack, the exponent of infinities, bits of the fraction. */
enum { F80_REBIAS32 = F80_BIAS - 127, F80_MAXIMUM32 = 0xFF, F80_FRACTION32 = 23,
       F80_REBIAS64 = F80_BIAS - 1023, F80_MAXIMUM64 = 0x7FF, F80_FRACTION64 = 52 };

F80_INLINE bool f80_usual_from_f32(uint32_t bits, struct f80 *result)
{
    const unsigned exponent = bits >> F80_FRACTION32 & F80_MAXIMUM32;
    const uint64_t fraction = (uint64_t)bits << (63 - F80_FRACTION32);
    *result = f80_make(bits >> 31, exponent + F80_REBIAS32, F80_INTEGER_BIT | fraction);
    return __builtin_expect(exponent - 1 < F80_MAXIMUM32 - 1, 1);
}

F80_INLINE bool f80_usual_from_f64(uint64_t bits, struct f80 *result)
{
    const unsigned exponent = bits >> F80_FRACTION64 & F80_MAXIMUM64;
    const uint64_t fraction = bits << (63 - F80_FRACTION64);
    *result = f80_make(bits >> 63, exponent + F80_REBIAS64, F80_INTEGER_BIT | fraction);
    return __builtin_expect(exponent - 1 < F80_MAXIMUM64 - 1, 1);
}

/* Is A, its exponent lowered by REBIAS, a normal number of a format whose infinities have the exponent MAXIMUM,
 * whatever rounding to nearest does to it? */
F80_INLINE bool f80_narrows(struct f80 a, unsigned rebias, unsigned maximum, unsigned control)
{
    return __builtin_expect(f80_exponent(a) - rebias - 1 < maximum - 2 && a.significand & F80_INTEGER_BIT &&
                                (control & F80_RC) == F80_RC_NEAREST, 1);
}

F80_INLINE bool f80_usual_to_f32(struct f80 a, uint32_t *result, struct f80_env *env)
{
    if (!f80_narrows(a, F80_REBIAS32, F80_MAXIMUM32, env->control))
        return false;
    const struct f80_parts p = f80_to_nearest(f80_normal_parts(a), 0, F80_FRACTION32 + 1, env);
    *result = (uint32_t)p.negative << 31 | (uint32_t)(p.exponent - F80_REBIAS32) << F80_FRACTION32 |
              (uint32_t)(p.significand << 1 >> (64 - F80_FRACTION32));
    return true;
}

F80_INLINE bool f80_usual_to_f64(struct f80 a, uint64_t *result, struct f80_env *env)
{
    if (!f80_narrows(a, F80_REBIAS64, F80_MAXIMUM64, env->control))
        return false;
    const struct f80_parts p = f80_to_nearest(f80_normal_parts(a), 0, F80_FRACTION64 + 1, env);
    *result = (uint64_t)p.negative << 63 | (uint64_t)(p.exponent - F80_REBIAS64) << F80_FRACTION64 |
              p.significand << 1 >> (64 - F80_FRACTION64);
    return true;
}

/* BITS: 16 or 32; by any rounding control. From 1 to half of what fits. */
F80_INLINE bool f80_usual_to_int(struct f80 a, unsigned bits, int32_t *result, struct f80_env *env)
{
    const unsigned exponent = f80_exponent(a) - F80_BIAS, drop = 63 - exponent;
    if (__builtin_expect(exponent > bits - 3 || !(a.significand & F80_INTEGER_BIT), 0))
        return false;
    const uint64_t whole = a.significand >> drop, rest = a.significand << (64 - drop);
    const bool up = f80_rounds_up(env->control, f80_negative(a), whole & 1, rest);
    const int32_t magnitude = (int32_t)(whole + up);
    env->raised |= (uint16_t)((rest ? F80_PRECISION : 0) | (up ? F80_ROUNDED_UP : 0));
    *result = f80_negative(a) ? -magnitude : magnitude;
    return true;
}

#endif
