/* 80-bit extended arithmetic: rounding, sums, products, comparison (i486 PRM part III; IEEE 754 where it is silent).
 *
 * Intermediate significands are 128 bits wide, 64 above and 64 below the result's last bit, of which the lowest is
 * sticky: enough for every operation to be rounded once, exactly. Tininess is detected after rounding. Division and
 * what follows from it is in f80_divide.c, conversion in f80_convert.c. */
#include "emu/cpu/f80.h"
#include "emu/cpu/f80_internal.h"

enum { LARGEST_EXPONENT = 0x7FFE, WRAP = 24576 };

enum f80_class f80_classify(struct f80 a)
{
    if (f80_is_unsupported(a))
        return F80_CLASS_UNSUPPORTED;
    if (f80_exponent(a) == F80_EXPONENT)
        return f80_is_nan(a) ? F80_CLASS_NAN : F80_CLASS_INFINITY;
    if (f80_exponent(a) == 0)
        return a.significand ? F80_CLASS_DENORMAL : F80_CLASS_ZERO;
    return F80_CLASS_NORMAL;
}

/* --- NaNs --- */

struct f80 f80_quiet(struct f80 a, struct f80_env *env)
{
    if (f80_is_signalling(a)) {
        env->raised |= F80_INVALID;
        a.significand |= F80_INTEGER_BIT >> 1;
    }
    return a;
}

/* A quiet NaN goes before a signalling one; of two alike the one with the larger significand, and of those that are
 * equal the positive one. */
static struct f80 choose_nan(struct f80 a, struct f80 b)
{
    if (!f80_is_nan(b))
        return a;
    if (!f80_is_nan(a))
        return b;
    if (f80_is_signalling(a) != f80_is_signalling(b))
        return f80_is_signalling(a) ? b : a;
    if (a.significand != b.significand)
        return a.significand > b.significand ? a : b;
    return f80_negative(a) ? b : a;
}

bool f80_special_operands(struct f80 a, struct f80 b, struct f80 *result, struct f80_env *env)
{
    if (f80_is_unsupported(a) || f80_is_unsupported(b)) {
        *result = f80_invalid(env);
        return true;
    }
    if (!f80_is_nan(a) && !f80_is_nan(b))
        return false;
    env->raised &= (uint16_t)~F80_DENORMAL;
    if (f80_is_signalling(a) || f80_is_signalling(b))
        env->raised |= F80_INVALID;
    *result = choose_nan(a, b);
    result->significand |= F80_INTEGER_BIT >> 1;
    return true;
}

/* --- Rounding --- */

/* Cuts P to BITS bits; LOW is the fraction below its last. */
static struct f80_parts cut(struct f80_parts p, uint64_t low, unsigned bits, struct f80_env *env)
{
    const uint64_t last = 1ull << (64 - bits);
    const uint64_t rest = bits == 64 ? low : p.significand << bits | (low != 0);
    if (rest == 0)
        return p;
    env->raised |= F80_PRECISION;
    bool odd = p.significand & last;
    p.significand &= 0 - last;
    if (!f80_rounds_up(env->control, p.negative, odd, rest))
        return p;
    env->raised |= F80_ROUNDED_UP;
    p.significand += last;
    if (p.significand == 0) {
        p.significand = F80_INTEGER_BIT;
        p.exponent++;
    }
    return p;
}

static struct f80_parts overflow(struct f80_parts p, const struct f80_format *format, struct f80_env *env)
{
    env->raised |= F80_OVERFLOW;
    if (!(env->control & F80_OVERFLOW)) {
        p.exponent -= WRAP;
        if (p.exponent > format->largest) {             /* only FSCALE goes that far */
            env->raised |= F80_PRECISION | F80_ROUNDED_UP;
            p.exponent = format->largest + 1;
            p.significand = F80_INTEGER_BIT;
        }
        return p;
    }
    env->raised |= F80_PRECISION | F80_ROUNDED_UP;
    if (f80_rounds_up(env->control, p.negative, true, UINT64_MAX)) {
        p.exponent = format->largest + 1;
        p.significand = F80_INTEGER_BIT;
        return p;
    }
    env->raised &= (uint16_t)~F80_ROUNDED_UP;
    p.exponent = format->largest;
    p.significand = 0 - (1ull << (64 - format->bits));
    return p;
}

/* With the masked response a tiny result becomes denormal, and only then is rounded. */
static struct f80_parts round_tiny(struct f80_parts p, uint64_t low, const struct f80_format *format,
                                   struct f80_env *env)
{
    struct f80_env unbounded = { .control = env->control };
    const struct f80_parts rounded = cut(p, low, format->bits, &unbounded);
    const bool tiny = rounded.exponent <= 0;
    if (!(env->control & F80_UNDERFLOW)) {
        env->raised |= unbounded.raised | (tiny ? F80_UNDERFLOW : 0);
        p = rounded;
        p.exponent += tiny ? WRAP : 0;
        if (p.exponent <= 0) {                          /* likewise */
            env->raised |= F80_PRECISION;
            p.significand = 0;
            p.exponent = 0;
        }
        return p;
    }
    f80_u128 wide = f80_shift_sticky((f80_u128)p.significand << 64 | low, (unsigned)(1 - p.exponent));
    struct f80_env denormal = { .control = env->control };
    p.significand = (uint64_t)(wide >> 64);
    p.exponent = 0;
    p = cut(p, (uint64_t)wide, format->bits, &denormal);
    p.exponent = p.significand & F80_INTEGER_BIT ? 1 : 0;
    env->raised |= denormal.raised;
    if (tiny && denormal.raised & F80_PRECISION)
        env->raised |= F80_UNDERFLOW;
    return p;
}

struct f80_parts f80_round_to_format(struct f80_parts p, uint64_t low, const struct f80_format *format,
                                     struct f80_env *env)
{
    if (p.exponent <= 0)
        return round_tiny(p, low, format, env);
    p = cut(p, low, format->bits, env);
    return p.exponent > format->largest ? overflow(p, format, env) : p;
}

struct f80 f80_round_to(struct f80_parts p, uint64_t low, unsigned bits, struct f80_env *env)
{
    const struct f80_format format = { .bits = bits, .largest = LARGEST_EXPONENT };
    p = f80_round_to_format(p, low, &format, env);
    return f80_make(p.negative, (unsigned)p.exponent, p.significand);
}

struct f80 f80_round(struct f80_parts p, uint64_t low, struct f80_env *env)
{
    return f80_round_to(p, low, f80_precision_bits(env->control), env);
}

/* To nearest at full precision, neither overflow nor underflow near: what nearly all results are. */
static inline struct f80 round_quickly(struct f80_parts p, uint64_t low, struct f80_env *env)
{
    if ((env->control & (F80_PC | F80_RC)) != (F80_PC_64 | F80_RC_NEAREST) ||
        (unsigned)(p.exponent - 1) >= LARGEST_EXPONENT - 1)
        return f80_round(p, low, env);
    if (low == 0)
        return f80_make(p.negative, (unsigned)p.exponent, p.significand);
    env->raised |= F80_PRECISION;
    if (low > F80_INTEGER_BIT || (low == F80_INTEGER_BIT && p.significand & 1)) {
        env->raised |= F80_ROUNDED_UP;
        if (++p.significand == 0) {
            p.significand = F80_INTEGER_BIT;
            p.exponent++;
        }
    }
    return f80_make(p.negative, (unsigned)p.exponent, p.significand);
}

/* --- Addition and subtraction --- */

static struct f80 add_magnitudes(struct f80_parts p, struct f80_parts q, struct f80_env *env)
{
    f80_u128 x = (f80_u128)p.significand << 64;
    f80_u128 sum = x + f80_shift_sticky((f80_u128)q.significand << 64, (unsigned)(p.exponent - q.exponent));
    if (sum < x) {
        sum = (f80_u128)1 << 127 | sum >> 1 | (sum & 1);
        p.exponent++;
    }
    p.significand = (uint64_t)(sum >> 64);
    return round_quickly(p, (uint64_t)sum, env);
}

static struct f80 subtract_magnitudes(struct f80_parts p, struct f80_parts q, struct f80_env *env)
{
    f80_u128 x = (f80_u128)p.significand << 64;
    f80_u128 y = f80_shift_sticky((f80_u128)q.significand << 64, (unsigned)(p.exponent - q.exponent));
    if (x == y)
        return f80_zero((env->control & F80_RC) == F80_RC_DOWN);
    f80_u128 difference = x - y;
    if (x < y) {
        difference = y - x;
        p.negative = !p.negative;
    }
    uint64_t high = (uint64_t)(difference >> 64);
    int shift = high ? __builtin_clzll(high) : 64 + __builtin_clzll((uint64_t)difference);
    difference <<= shift;
    p.exponent -= shift;
    p.significand = (uint64_t)(difference >> 64);
    return round_quickly(p, (uint64_t)difference, env);
}

static inline struct f80 sum_of(struct f80_parts p, struct f80_parts q, struct f80_env *env)
{
    if (p.exponent < q.exponent) {
        struct f80_parts other = p;
        p = q;
        q = other;
    }
    return p.negative == q.negative ? add_magnitudes(p, q, env) : subtract_magnitudes(p, q, env);
}

static struct f80 add_zero(struct f80_parts p, struct f80_parts q, struct f80_env *env)
{
    if (p.significand)
        return f80_round(p, 0, env);
    if (q.significand)
        return f80_round(q, 0, env);
    return f80_zero(p.negative == q.negative ? p.negative : (env->control & F80_RC) == F80_RC_DOWN);
}

/* At least one operand is not normal. */
static struct f80 add_rare(struct f80 a, struct f80 b, struct f80_env *env)
{
    struct f80 result;
    if (f80_special_operands(a, b, &result, env))
        return result;
    struct f80_parts p = f80_take_apart(a, env), q = f80_take_apart(b, env);
    if (f80_is_infinity(a) && f80_is_infinity(b) && p.negative != q.negative)
        return f80_invalid(env);
    if (f80_is_infinity(a))
        return a;
    if (f80_is_infinity(b))
        return b;
    return p.significand && q.significand ? sum_of(p, q, env) : add_zero(p, q, env);
}

struct f80 f80_add(struct f80 a, struct f80 b, struct f80_env *env)
{
    if (!f80_is_normal(a) || !f80_is_normal(b))
        return add_rare(a, b, env);
    return sum_of(f80_normal_parts(a), f80_normal_parts(b), env);
}

struct f80 f80_subtract(struct f80 a, struct f80 b, struct f80_env *env)
{
    if (f80_is_nan(b))                  /* whose sign stays */
        return add_rare(a, b, env);
    b.sign_exponent ^= F80_SIGN;
    return f80_add(a, b, env);
}

/* --- Multiplication --- */

static inline struct f80 product_of(struct f80_parts p, struct f80_parts q, struct f80_env *env)
{
    f80_u128 product = (f80_u128)p.significand * q.significand;
    p.negative ^= q.negative;
    p.exponent += q.exponent - F80_BIAS + 1;
    if (!(product >> 127)) {
        product <<= 1;
        p.exponent--;
    }
    p.significand = (uint64_t)(product >> 64);
    return round_quickly(p, (uint64_t)product, env);
}

static struct f80 multiply_rare(struct f80 a, struct f80 b, struct f80_env *env)
{
    struct f80 result;
    if (f80_special_operands(a, b, &result, env))
        return result;
    struct f80_parts p = f80_take_apart(a, env), q = f80_take_apart(b, env);
    bool negative = p.negative != q.negative;
    if (f80_is_infinity(a) || f80_is_infinity(b))
        return p.significand && q.significand ? f80_infinity(negative) : f80_invalid(env);
    return p.significand && q.significand ? product_of(p, q, env) : f80_zero(negative);
}

struct f80 f80_multiply(struct f80 a, struct f80 b, struct f80_env *env)
{
    if (!f80_is_normal(a) || !f80_is_normal(b))
        return multiply_rare(a, b, env);
    return product_of(f80_normal_parts(a), f80_normal_parts(b), env);
}

/* --- Comparison --- */

static enum f80_order compare_magnitudes(struct f80_parts p, struct f80_parts q)
{
    if (p.exponent != q.exponent)
        return p.exponent > q.exponent ? F80_GREATER : F80_LESS;
    if (p.significand != q.significand)
        return p.significand > q.significand ? F80_GREATER : F80_LESS;
    return F80_EQUAL;
}

/* Neither is zero. */
static enum f80_order compare_parts(struct f80_parts p, struct f80_parts q)
{
    if (p.negative != q.negative)
        return p.negative ? F80_LESS : F80_GREATER;
    return p.negative ? compare_magnitudes(q, p) : compare_magnitudes(p, q);
}

/* At least one operand is not normal. */
static enum f80_order compare_rare(struct f80 a, struct f80 b, bool quiet, struct f80_env *env)
{
    struct f80 result;
    if (f80_special_operands(a, b, &result, env)) {
        if (!quiet)
            env->raised |= F80_INVALID;
        return F80_UNORDERED;
    }
    struct f80_parts p = f80_take_apart(a, env), q = f80_take_apart(b, env);
    if (!p.significand && !q.significand)
        return F80_EQUAL;
    if (!p.significand)
        return q.negative ? F80_GREATER : F80_LESS;
    if (!q.significand)
        return p.negative ? F80_LESS : F80_GREATER;
    return compare_parts(p, q);
}

enum f80_order f80_compare(struct f80 a, struct f80 b, bool quiet, struct f80_env *env)
{
    if (!f80_is_normal(a) || !f80_is_normal(b))
        return compare_rare(a, b, quiet, env);
    return compare_parts(f80_normal_parts(a), f80_normal_parts(b));
}
