/* Floating point with 128-bit significands, for what f80_transcendental.c computes before its one rounding. Results are
 * cut, not rounded: a few units of 2^-127 relative error an operation. Nothing else includes this.
 *
 * Value: significand / 2^127 * 2^(exponent - F80_BIAS); bit 127 is set unless the value is zero. */
#ifndef EMU_CPU_F80_WIDE_H
#define EMU_CPU_F80_WIDE_H

#include "emu/cpu/f80_internal.h"

struct wide {
    f80_u128 significand;
    int32_t exponent;
    bool negative;
};

#define WIDE_ONE ((f80_u128)1 << 127)
#define WIDE_U128(high, low) ((f80_u128)(high) << 64 | (low))

static inline struct wide wide_make(f80_u128 significand, int32_t exponent, bool negative)
{
    if (significand == 0)
        return (struct wide){ .negative = negative };
    uint64_t high = (uint64_t)(significand >> 64);
    int shift = high ? __builtin_clzll(high) : 64 + __builtin_clzll((uint64_t)significand);
    return (struct wide){ significand << shift, exponent - shift, negative };
}

static inline struct wide wide_from_parts(struct f80_parts p)
{
    return (struct wide){ (f80_u128)p.significand << 64, p.exponent, p.negative };
}

/* The upper half of a product: one factor is a fraction of 2^128, or both are of the same point. */
static inline f80_u128 wide_multiply_high(f80_u128 a, f80_u128 b)
{
    uint64_t ah = (uint64_t)(a >> 64), al = (uint64_t)a, bh = (uint64_t)(b >> 64), bl = (uint64_t)b;
    f80_u128 cross = (f80_u128)ah * bl, other = (f80_u128)al * bh;
    f80_u128 middle = ((f80_u128)al * bl >> 64) + (uint64_t)cross + (uint64_t)other;
    return (f80_u128)ah * bh + (cross >> 64) + (other >> 64) + (middle >> 64);
}

static inline struct wide wide_multiply(struct wide a, struct wide b)
{
    return wide_make(wide_multiply_high(a.significand, b.significand), a.exponent + b.exponent - F80_BIAS + 1,
                     a.negative != b.negative);
}

/* b is not zero. Digit by digit. */
static inline struct wide wide_divide(struct wide a, struct wide b)
{
    f80_u128 rest = a.significand, quotient = 0;
    bool carry = false;
    for (int i = 0; i < 128; i++) {
        bool fits = carry || rest >= b.significand;
        quotient = quotient << 1 | fits;
        rest -= fits ? b.significand : 0;
        carry = rest >> 127;
        rest <<= 1;
    }
    return wide_make(quotient, a.exponent - b.exponent + F80_BIAS, a.negative != b.negative);
}

static inline struct wide wide_negate(struct wide a)
{
    a.negative = !a.negative;
    return a;
}

static inline struct wide wide_add(struct wide a, struct wide b)
{
    if (a.significand == 0 || b.significand == 0)
        return a.significand ? a : b;
    if (a.exponent < b.exponent || (a.exponent == b.exponent && a.significand < b.significand)) {
        struct wide other = a;
        a = b;
        b = other;
    }
    f80_u128 aligned = f80_shift_sticky(b.significand, (unsigned)(a.exponent - b.exponent));
    if (a.negative != b.negative)
        return wide_make(a.significand - aligned, a.exponent, a.negative);
    f80_u128 sum = a.significand + aligned;
    if (sum < aligned)
        return (struct wide){ WIDE_ONE | sum >> 1, a.exponent + 1, a.negative };
    return (struct wide){ sum, a.exponent, a.negative };
}

/* |a| < 1 as a fraction of 2^128. */
static inline f80_u128 wide_fraction(struct wide a)
{
    unsigned shift = (unsigned)(F80_BIAS - 1 - a.exponent);
    return shift > 127 ? 0 : a.significand >> shift;
}

#endif
