/* 80-bit extended arithmetic: quotients, remainders, square roots, and the operations on exponents (i486 PRM part III).
 *
 * FPREM and FPREM1 take 32 to 63 bits off the exponents' difference at a time when it is 64 or more, as few as make the
 * rest a multiple of 32. */
#include "emu/cpu/f80.h"
#include "emu/cpu/f80_internal.h"

/* A finite operand is denormal, beside one that decides the result alone. */
static void note_denormals(struct f80 a, struct f80 b, struct f80_env *env)
{
    if (f80_is_denormal(a) || f80_is_denormal(b))
        env->raised |= F80_DENORMAL;
}

/* A finite operand is the result: it does not underflow, even if it is denormal. */
static struct f80 unchanged(struct f80_parts p, const struct f80_env *env)
{
    struct f80_env exact = { .control = env->control | F80_UNDERFLOW };
    return f80_round_to(p, 0, 64, &exact);
}

/* --- Division --- */

static struct f80 quotient_of(struct f80_parts p, struct f80_parts q, struct f80_env *env)
{
    bool smaller = p.significand < q.significand;
    f80_u128 dividend = (f80_u128)p.significand << (smaller ? 64 : 63);
    uint64_t quotient = (uint64_t)(dividend / q.significand), rest = (uint64_t)dividend - quotient * q.significand;
    uint64_t half = q.significand - rest;       /* rest is compared with it: 2 * rest against the divisor */
    uint64_t low = rest == 0 ? 0 : rest == half ? F80_INTEGER_BIT : rest > half ? UINT64_MAX : 1;
    p.negative ^= q.negative;
    p.exponent += F80_BIAS - q.exponent - (smaller ? 1 : 0);
    p.significand = quotient;
    return f80_round(p, low, env);
}

struct f80 f80_divide(struct f80 a, struct f80 b, struct f80_env *env)
{
    struct f80 result;
    bool negative = f80_negative(a) != f80_negative(b);
    if (f80_is_normal(a) && f80_is_normal(b))
        return quotient_of(f80_normal_parts(a), f80_normal_parts(b), env);
    if (f80_special_operands(a, b, &result, env))
        return result;
    if ((f80_is_infinity(a) && f80_is_infinity(b)) || (f80_is_zero(a) && f80_is_zero(b)))
        return f80_invalid(env);
    if (f80_is_zero(b) && !f80_is_infinity(a)) {       /* goes before the denormal exception */
        env->raised = (uint16_t)((env->raised & ~F80_DENORMAL) | F80_ZERO_DIVIDE);
        return f80_infinity(negative);
    }
    note_denormals(a, b, env);
    if (f80_is_infinity(a))
        return f80_infinity(negative);
    if (f80_is_infinity(b) || f80_is_zero(a))
        return f80_zero(negative);
    return quotient_of(f80_take_apart(a, env), f80_take_apart(b, env), env);
}

/* --- Remainder --- */

/* p mod q with DISTANCE = p.exponent - q.exponent of 0 to 63, as a multiple of the unit of q's significand. */
static uint64_t reduce(struct f80_parts p, struct f80_parts q, int distance, uint64_t *quotient)
{
    f80_u128 dividend = (f80_u128)p.significand << distance;
    *quotient = (uint64_t)(dividend / q.significand);
    return (uint64_t)(dividend % q.significand);
}

/* REST in units of a significand with EXPONENT. */
static struct f80 pack_rest(uint64_t rest, int32_t exponent, bool negative, struct f80_env *env)
{
    if (rest == 0)
        return f80_zero(negative);
    int shift = __builtin_clzll(rest);
    struct f80_parts p = { .significand = rest << shift, .exponent = exponent - shift, .negative = negative };
    return f80_round_to(p, 0, 64, env);
}

/* The whole remainder. DISTANCE is at most 63; -1 matters only when rounding to nearest. */
static struct f80 whole_remainder(struct f80_parts p, struct f80_parts q, bool to_nearest, int *quotient,
                                  struct f80_env *env)
{
    int distance = p.exponent - q.exponent;
    uint64_t count = 0, rest;
    if (distance < (to_nearest ? -1 : 0)) {
        *quotient = 0;
        return f80_round_to(p, 0, 64, env);
    }
    if (distance == -1) {               /* p is less than q: its double against q decides */
        bool nearer = p.significand > q.significand;
        *quotient = nearer;
        if (!nearer)
            return f80_round_to(p, 0, 64, env);
        rest = (uint64_t)(((f80_u128)q.significand << 1) - p.significand);
        return pack_rest(rest, p.exponent, !p.negative, env);
    }
    rest = reduce(p, q, distance, &count);
    uint64_t other = q.significand - rest;
    if (to_nearest && (rest > other || (rest == other && count & 1))) {
        count++;
        rest = other;
        p.negative = !p.negative;
    }
    *quotient = (int)(count & 7);
    return pack_rest(rest, q.exponent, p.negative, env);
}

static struct f80 partial_remainder(struct f80_parts p, struct f80_parts q, struct f80_env *env)
{
    uint64_t count;
    int by = ((p.exponent - q.exponent) & 31) | 32;
    uint64_t rest = reduce(p, q, by, &count);
    return pack_rest(rest, p.exponent - by, p.negative, env);
}

struct f80 f80_remainder(struct f80 a, struct f80 b, bool to_nearest, int *quotient, struct f80_env *env)
{
    struct f80 result;
    *quotient = F80_NO_QUOTIENT;
    if (f80_special_operands(a, b, &result, env))
        return result;
    if (f80_is_infinity(a) || f80_is_zero(b))
        return f80_invalid(env);
    struct f80_parts p = f80_take_apart(a, env), q = f80_take_apart(b, env);
    *quotient = 0;
    if (f80_is_zero(a))
        return a;
    if (f80_is_infinity(b))
        return unchanged(p, env);
    if (p.exponent - q.exponent < 64)
        return whole_remainder(p, q, to_nearest, quotient, env);
    *quotient = F80_REDUCTION_PARTIAL;
    return partial_remainder(p, q, env);
}

/* --- Square root --- */

/* Root of VALUE (at least 2^62), rounded down, digit by digit. */
static uint64_t root_of_u64(uint64_t value)
{
    uint64_t root = 0;
    for (uint64_t bit = 1ull << 62; bit; bit >>= 2) {
        bool fits = value >= root + bit;
        if (fits)
            value -= root + bit;
        root = root >> 1 | (fits ? bit : 0);
    }
    return root;
}

/* Root of VALUE (at least 2^126), rounded down; *rest: what is left. The upper half's root gives the upper 32 bits, a
 * division by its double the lower ones (P. Zimmermann, Karatsuba Square Root, 1999). */
static uint64_t root_of_u128(f80_u128 value, f80_u128 *rest)
{
    uint64_t high = (uint64_t)(value >> 64), low = (uint64_t)value;
    uint64_t root = root_of_u64(high);
    f80_u128 left = (f80_u128)(high - root * root) << 32 | low >> 32;
    uint64_t digits = (uint64_t)(left / (root << 1));
    f80_u128 over = (left - (f80_u128)digits * (root << 1)) << 32 | (low & 0xFFFFFFFF);
    f80_u128 square = (f80_u128)digits * digits;
    f80_u128 result = ((f80_u128)root << 32) + digits;
    while (over < square) {
        result--;
        over += (result << 1) + 1;
    }
    *rest = over - square;
    return (uint64_t)result;
}

struct f80 f80_square_root(struct f80 a, struct f80_env *env)
{
    struct f80 result;
    f80_u128 rest;
    if (f80_special_operands(a, a, &result, env))
        return result;
    if (f80_is_zero(a))
        return a;
    if (f80_negative(a))
        return f80_invalid(env);
    if (f80_is_infinity(a))
        return a;
    struct f80_parts p = f80_take_apart(a, env);
    int32_t unbiased = p.exponent - F80_BIAS;
    bool odd = unbiased & 1;
    p.significand = root_of_u128((f80_u128)p.significand << (odd ? 64 : 63), &rest);
    p.exponent = (unbiased - (odd ? 1 : 0)) / 2 + F80_BIAS;
    uint64_t low = rest == 0 ? 0 : rest > p.significand ? UINT64_MAX : 1;      /* beyond root + 1/2, or below it */
    return f80_round(p, low, env);
}

/* --- FRNDINT, FSCALE, FXTRACT --- */

struct f80 f80_round_to_integer(struct f80 a, struct f80_env *env)
{
    struct f80 result;
    if (f80_special_operands(a, a, &result, env))
        return result;
    int exponent = (int)f80_exponent(a) - F80_BIAS;
    if (f80_is_zero(a) || exponent >= 63)
        return a;
    if (f80_is_denormal(a))
        env->raised |= F80_DENORMAL;
    bool negative = f80_negative(a);
    unsigned drop = exponent < -1 ? 65 : (unsigned)(63 - exponent);
    f80_u128 wide = f80_shift_sticky((f80_u128)a.significand << 64, drop);
    uint64_t whole = (uint64_t)(wide >> 64), rest = (uint64_t)wide;
    if (rest)
        env->raised |= F80_PRECISION;
    if (f80_rounds_up(env->control, negative, whole & 1, rest)) {
        env->raised |= F80_ROUNDED_UP;
        whole++;
    }
    if (whole == 0)
        return f80_zero(negative);
    int shift = __builtin_clzll(whole);                 /* 0 for 2^63, which a signed integer does not hold */
    return f80_make(negative, (unsigned)(F80_BIAS + 63 - shift), whole << shift);
}

/* trunc(B), at most 2^17 in magnitude: beyond that every result overflows or underflows. */
static int32_t scale_factor(struct f80_parts q)
{
    enum { LIMIT = 1 << 17 };
    int exponent = q.exponent - F80_BIAS;
    if (exponent < 0 || q.significand == 0)
        return 0;
    int32_t magnitude = exponent >= 17 ? LIMIT : (int32_t)(q.significand >> (63 - exponent));
    return q.negative ? -magnitude : magnitude;
}

struct f80 f80_scale(struct f80 a, struct f80 b, struct f80_env *env)
{
    struct f80 result;
    if (f80_special_operands(a, b, &result, env))
        return result;
    bool negative = f80_negative(a), down = f80_negative(b);
    if (f80_is_infinity(b) && (down ? f80_is_infinity(a) : f80_is_zero(a)))
        return f80_invalid(env);
    note_denormals(a, b, env);
    if (f80_is_infinity(a) || f80_is_zero(a))
        return a;
    if (f80_is_infinity(b))
        return down ? f80_zero(negative) : f80_infinity(negative);
    struct f80_parts p = f80_take_apart(a, env);
    if (f80_is_zero(b))
        return unchanged(p, env);
    p.exponent += scale_factor(f80_take_apart(b, env));
    return f80_round_to(p, 0, 64, env);
}

struct f80 f80_extract(struct f80 a, struct f80 *significand, struct f80_env *env)
{
    struct f80 result;
    *significand = a;
    if (f80_special_operands(a, a, &result, env)) {
        *significand = result;
        return result;
    }
    if (f80_is_infinity(a))
        return f80_infinity(false);
    if (f80_is_zero(a)) {
        env->raised |= F80_ZERO_DIVIDE;
        return f80_infinity(true);
    }
    struct f80_parts p = f80_take_apart(a, env);
    *significand = f80_make(p.negative, F80_BIAS, p.significand);
    return f80_from_int(p.exponent - F80_BIAS);
}
