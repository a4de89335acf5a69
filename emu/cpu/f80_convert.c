/* 80-bit extended arithmetic: conversion from and to the x87's other formats (i486 PRM part III): single and double
 * precision, integers, packed BCD. Storing never raises the denormal exception, loading a narrower denormal does. */
#include "emu/cpu/f80.h"
#include "emu/cpu/f80_internal.h"

enum { BIAS32 = 127, BIAS64 = 1023, FRACTION32 = 23, FRACTION64 = 52 };

static const struct f80_format single_format = { .bits = 24, .largest = 254 };
static const struct f80_format double_format = { .bits = 53, .largest = 2046 };

/* --- Floating point --- */

/* FRACTION left aligned below the integer bit; exponent of the narrow format, MAXIMUM that of infinities. */
static inline struct f80 widen(struct f80_parts p, int32_t maximum, int32_t bias, struct f80_env *env)
{
    if (p.exponent == maximum)
        return f80_make(p.negative, F80_EXPONENT, F80_INTEGER_BIT | p.significand);
    if (p.exponent != 0)
        return f80_make(p.negative, (unsigned)(p.exponent - bias + F80_BIAS), F80_INTEGER_BIT | p.significand);
    if (p.significand == 0)
        return f80_zero(p.negative);
    env->raised |= F80_DENORMAL;
    int shift = __builtin_clzll(p.significand);
    return f80_make(p.negative, (unsigned)(1 - bias + F80_BIAS - shift), p.significand << shift);
}

struct f80 f80_from_f32(uint32_t bits, struct f80_env *env)
{
    const struct f80_parts p = { .significand = (uint64_t)(bits & 0x7FFFFF) << (63 - FRACTION32),
                                 .exponent = (int32_t)(bits >> FRACTION32 & 0xFF), .negative = bits >> 31 };
    return widen(p, 0xFF, BIAS32, env);
}

struct f80 f80_from_f64(uint64_t bits, struct f80_env *env)
{
    const struct f80_parts p = { .significand = (bits & 0xFFFFFFFFFFFFF) << (63 - FRACTION64),
                                 .exponent = (int32_t)(bits >> FRACTION64 & 0x7FF), .negative = bits >> 63 };
    return widen(p, 0x7FF, BIAS64, env);
}

/* A in FORMAT, whose bias is BIAS: significand with integer bit, left aligned, and exponent (0 for denormals). */
static struct f80_parts narrow(struct f80 a, int32_t bias, const struct f80_format *format, struct f80_env *env)
{
    struct f80 special;
    struct f80_env unused = { .control = env->control };
    if (f80_is_normal(a)) {
        struct f80_parts n = f80_normal_parts(a);
        n.exponent += bias - F80_BIAS;
        return f80_round_to_format(n, 0, format, env);
    }
    if (f80_special_operands(a, a, &special, env))
        return (struct f80_parts){ special.significand, format->largest + 1, f80_negative(special) };
    struct f80_parts p = f80_take_apart(a, &unused);
    if (f80_is_infinity(a))
        p.exponent = format->largest + 1;
    if (f80_is_infinity(a) || p.significand == 0)
        return p;
    p.exponent += bias - F80_BIAS;
    return f80_round_to_format(p, 0, format, env);
}

uint32_t f80_to_f32(struct f80 a, struct f80_env *env)
{
    struct f80_parts p = narrow(a, BIAS32, &single_format, env);
    return (p.negative ? 1u << 31 : 0) | ((uint32_t)p.exponent & 0xFF) << FRACTION32 |
           ((uint32_t)(p.significand >> (63 - FRACTION32)) & 0x7FFFFF);
}

uint64_t f80_to_f64(struct f80 a, struct f80_env *env)
{
    struct f80_parts p = narrow(a, BIAS64, &double_format, env);
    return (p.negative ? 1ull << 63 : 0) | ((uint64_t)p.exponent & 0x7FF) << FRACTION64 |
           (p.significand >> (63 - FRACTION64) & 0xFFFFFFFFFFFFF);
}

/* --- Integers --- */

struct f80 f80_from_int(int64_t value)
{
    if (value == 0)
        return f80_zero(false);
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    int shift = __builtin_clzll(magnitude);
    return f80_make(value < 0, (unsigned)(F80_BIAS + 63 - shift), magnitude << shift);
}

/* |A| rounded to an integer; false if it is none below 2^64. */
static bool to_magnitude(struct f80 a, uint64_t *magnitude, struct f80_env *env)
{
    int exponent = (int)f80_exponent(a) - F80_BIAS;
    if (f80_is_unsupported(a) || exponent > 63)
        return false;
    unsigned drop = exponent < -1 ? 65 : (unsigned)(63 - exponent);
    f80_u128 wide = f80_shift_sticky((f80_u128)a.significand << 64, drop);
    uint64_t rest = (uint64_t)wide;
    *magnitude = (uint64_t)(wide >> 64);
    if (rest)
        env->raised |= F80_PRECISION;
    if (!f80_rounds_up(env->control, f80_negative(a), *magnitude & 1, rest))
        return true;
    env->raised |= F80_ROUNDED_UP;
    return ++*magnitude != 0;
}

static void only_invalid(struct f80_env *env)
{
    env->raised = (uint16_t)((env->raised & ~(F80_PRECISION | F80_ROUNDED_UP)) | F80_INVALID);
}

int64_t f80_to_int(struct f80 a, unsigned bits, struct f80_env *env)
{
    uint64_t magnitude, limit = 1ull << (bits - 1);
    if (!to_magnitude(a, &magnitude, env) || magnitude > limit - (f80_negative(a) ? 0 : 1)) {
        only_invalid(env);
        return (int64_t)(0 - limit);
    }
    return (int64_t)(f80_negative(a) ? 0 - magnitude : magnitude);
}

/* --- Packed BCD --- */

enum { BCD_BYTES = 9 };

struct f80 f80_from_bcd(const uint8_t bcd[10])
{
    uint64_t value = 0;
    for (int i = BCD_BYTES - 1; i >= 0; i--)
        value = value * 100 + (bcd[i] >> 4) * 10u + (bcd[i] & 15u);
    struct f80 result = f80_from_int((int64_t)value);
    result.sign_exponent |= bcd[BCD_BYTES] & 0x80 ? F80_SIGN : 0;
    return result;
}

void f80_to_bcd(struct f80 a, uint8_t bcd[10], struct f80_env *env)
{
    const uint64_t limit = 999999999999999999;
    uint64_t value;
    bool fits = to_magnitude(a, &value, env) && value <= limit;
    if (!fits) {
        only_invalid(env);
        value = 0;
    }
    for (int i = 0; i < BCD_BYTES; i++, value /= 100)
        bcd[i] = (uint8_t)(value / 10 % 10 << 4 | value % 10);
    bcd[BCD_BYTES] = f80_negative(a) ? 0x80 : 0;
    if (!fits) {                        /* the indefinite */
        bcd[BCD_BYTES - 2] = 0xC0;
        bcd[BCD_BYTES - 1] = bcd[BCD_BYTES] = 0xFF;
    }
}
