/* Transcendental functions of the x87 (i486 PRM part III): computed with 128-bit significands (f80_wide.h) to about 120
 * bits and rounded once by the rounding control, at full precision whatever the precision control says. The chip
 * promises an error below one unit in the last place; here it is below 0.501.
 *
 * FSIN, FCOS, FSINCOS and FPTAN take the argument modulo pi/2 with pi cut to 66 bits, as the chip does; guests can
 * tell. All series run by Horner's rule in fixed point, with divisions by small numbers instead of tables. The
 * precision exception is raised by exact results too, but for those of zeros and infinities. */
#include "emu/cpu/f80.h"
#include "emu/cpu/f80_wide.h"

static const struct wide ln2 = { WIDE_U128(0xB17217F7D1CF79AB, 0xC9E3B39803F2F6AF), F80_BIAS - 1, false };
static const struct wide two_over_ln2 = { WIDE_U128(0xB8AA3B295C17F0BB, 0xBE87FED0691D3E88), F80_BIAS + 1, false };
static const struct wide pi = { WIDE_U128(0xC90FDAA22168C234, 0xC4C6628B80DC1CD1), F80_BIAS + 1, false };

/* An inexact result. */
static struct f80 round_wide(struct wide a, struct f80_env *env)
{
    const struct f80_parts p = { .significand = (uint64_t)(a.significand >> 64), .exponent = a.exponent,
                                 .negative = a.negative };
    return f80_round_to(p, (uint64_t)a.significand | 1, 64, env);
}

/* a * SERIES, where SERIES is in units of 2^-127 and, if it came out as 1, truly a little less. */
static struct wide times_series(struct wide a, f80_u128 series)
{
    if (series == WIDE_ONE)
        series--;
    return wide_multiply(a, wide_make(series, F80_BIAS, false));
}

static struct wide wide_from_f80(struct f80 a, struct f80_env *env)
{
    return wide_from_parts(f80_take_apart(a, env));
}

/* --- FSIN FCOS FSINCOS FPTAN --- */

/* |X| modulo pi/2, within pi/4 of zero, and which quarter turn it lies in. */
struct reduced {
    struct wide angle;
    unsigned quarter;
};

/* pi/2, cut to 66 bits, in units of 2^-65. */
static const f80_u128 half_pi66 = WIDE_U128(0x3, 0x243F6A8885A308D3);

static struct reduced reduce_angle(struct f80_parts x)
{
    enum { UNIT = 65 };
    int shift = x.exponent - F80_BIAS + UNIT - 63;      /* of the significand to that unit */
    x.negative = false;
    if (x.exponent < F80_BIAS - 1)                      /* below 1/2: within pi/4 already */
        return (struct reduced){ .angle = wide_from_parts(x) };
    f80_u128 units = (f80_u128)x.significand << shift, rest = units % half_pi66;
    unsigned quarter = (unsigned)(units / half_pi66) & 3;
    bool past_middle = rest > half_pi66 / 2;
    if (past_middle) {
        rest = half_pi66 - rest;
        quarter = (quarter + 1) & 3;
    }
    return (struct reduced){ wide_make(rest, F80_BIAS + 127 - UNIT, past_middle), quarter };
}

/* 1 - t/(2*3) * (1 - t/(4*5) * ...), or with FIRST = 1: 1 - t/(1*2) * (1 - t/(3*4) * ...); t = a squared. */
static f80_u128 circular_series(struct wide a, int first)
{
    enum { LAST = 35 };
    const struct wide square = wide_multiply(a, a);
    const f80_u128 t = wide_fraction(square);
    f80_u128 series = WIDE_ONE;
    for (int n = LAST - 1 + first % 2; n > 0; n -= 2)
        series = WIDE_ONE - wide_multiply_high(t, series) / (unsigned)(n * (n + 1));
    return series;
}

static struct wide wide_sine(struct wide a)
{
    return times_series(a, circular_series(a, 2));
}

static struct wide wide_cosine(struct wide a)
{
    return times_series((struct wide){ WIDE_ONE, F80_BIAS, false }, circular_series(a, 1));
}

/* Not below 2^63: the chip gives up. */
static bool out_of_range(struct f80 a)
{
    return f80_exponent(a) >= F80_BIAS + 63 && f80_exponent(a) != F80_EXPONENT && !f80_is_unsupported(a);
}

/* Operands for which there is nothing to compute. */
static bool circular_special(struct f80 a, struct f80 *result, struct f80_env *env)
{
    if (f80_special_operands(a, a, result, env))
        return true;
    if (!f80_is_infinity(a))
        return false;
    *result = f80_invalid(env);
    return true;
}

struct circular { struct wide sine, cosine; };

/* Of an operand that is neither special, zero nor out of range. */
static struct circular circular_of(struct f80 a, struct f80_env *env)
{
    struct f80_parts x = f80_take_apart(a, env);
    struct reduced r = reduce_angle(x);
    struct circular c = { wide_sine(r.angle), wide_cosine(r.angle) };
    if (r.quarter & 1)
        c = (struct circular){ c.cosine, wide_negate(c.sine) };
    c.sine.negative ^= (r.quarter >> 1) ^ x.negative;
    c.cosine.negative ^= r.quarter >> 1;
    return c;
}

bool f80_sine(struct f80 a, struct f80 *sine, struct f80_env *env)
{
    if (out_of_range(a))
        return false;
    if (circular_special(a, sine, env))
        return true;
    *sine = f80_is_zero(a) ? a : round_wide(circular_of(a, env).sine, env);
    return true;
}

bool f80_cosine(struct f80 a, struct f80 *cosine, struct f80_env *env)
{
    if (out_of_range(a))
        return false;
    if (circular_special(a, cosine, env))
        return true;
    *cosine = f80_is_zero(a) ? f80_from_int(1) : round_wide(circular_of(a, env).cosine, env);
    return true;
}

bool f80_sine_cosine(struct f80 a, struct f80 *sine, struct f80 *cosine, struct f80_env *env)
{
    if (out_of_range(a))
        return false;
    if (circular_special(a, sine, env)) {
        *cosine = *sine;
        return true;
    }
    *sine = a;
    *cosine = f80_from_int(1);
    if (f80_is_zero(a))
        return true;
    struct circular c = circular_of(a, env);
    *sine = round_wide(c.sine, env);
    *cosine = round_wide(c.cosine, env);
    return true;
}

/* The tangent of a tiny angle is the angle and a little more, and its inverse a little less: that little is lost in a
 * sine cut to 128 bits, and the direction of rounding with it. The angle of X itself keeps it. */
static void take_angle(struct wide *sine, struct f80_parts x)
{
    bool negative = sine->negative;
    *sine = reduce_angle(x).angle;
    sine->negative = negative;
}

bool f80_tangent(struct f80 a, struct f80 *tangent, struct f80_env *env)
{
    enum { TINY = F80_BIAS - 60 };
    if (out_of_range(a))
        return false;
    if (circular_special(a, tangent, env))
        return true;
    if (f80_is_zero(a)) {
        *tangent = a;
        return true;
    }
    struct f80_parts x = f80_take_apart(a, env);
    struct circular c = circular_of(a, env);
    if (c.sine.exponent < TINY || c.cosine.exponent < TINY)
        take_angle(c.sine.exponent < TINY ? &c.sine : &c.cosine, x);
    *tangent = round_wide(wide_divide(c.sine, c.cosine), env);
    return true;
}

/* --- F2XM1 --- */

/* e^a - 1 for |a| <= ln 2: a * (1 + a/2 * (1 + a/3 * ...)). */
static struct wide wide_exponential_minus_one(struct wide a)
{
    enum { LAST = 34 };
    const f80_u128 t = wide_fraction(a);
    f80_u128 series = WIDE_ONE;
    for (unsigned n = LAST; n >= 2; n--) {
        f80_u128 next = wide_multiply_high(t, series) / n;
        series = a.negative ? WIDE_ONE - next : WIDE_ONE + next;
    }
    return wide_multiply(a, wide_make(series, F80_BIAS, false));
}

struct f80 f80_two_to_x_minus_one(struct f80 a, struct f80_env *env)
{
    struct f80 result;
    if (f80_special_operands(a, a, &result, env))
        return result;
    if (f80_is_infinity(a))
        return f80_negative(a) ? f80_from_int(-1) : a;
    if (f80_is_zero(a))
        return a;
    if (f80_exponent(a) >= F80_BIAS) {                  /* not defined, except for 1 and -1 */
        env->raised |= F80_PRECISION;
        bool minus_one = f80_negative(a) && f80_exponent(a) == F80_BIAS && a.significand == F80_INTEGER_BIT;
        return minus_one ? f80_make(true, F80_BIAS - 1, F80_INTEGER_BIT) : a;
    }
    return round_wide(wide_exponential_minus_one(wide_multiply(wide_from_f80(a, env), ln2)), env);
}

/* --- FYL2X FYL2XP1 --- */

/* log2((d + n) / (d - n)) = 2/ln 2 * artanh(n/d), for |n/d| <= 1/3. */
static struct wide log2_of_ratio(struct wide n, struct wide d)
{
    enum { LAST = 42 };
    if (n.significand == 0)
        return n;
    const struct wide quotient = wide_divide(n, d);
    const f80_u128 t = wide_fraction(wide_multiply(quotient, quotient));
    f80_u128 series = 0;
    for (int k = LAST; k >= 0; k--)
        series = WIDE_ONE / (2 * (unsigned)k + 1) + wide_multiply_high(t, series);
    return wide_multiply(wide_multiply(quotient, two_over_ln2), wide_make(series, F80_BIAS, false));
}

static struct wide wide_from_int(int32_t value)
{
    return wide_make((f80_u128)(value < 0 ? -value : value), F80_BIAS + 127, value < 0);
}

/* Of x > 0. *exact: x is a power of two. */
static struct wide wide_log2(struct wide x, bool *exact)
{
    const f80_u128 root_of_two = WIDE_U128(0xB504F333F9DE6484, 0);
    int32_t whole = x.exponent - F80_BIAS + (x.significand > root_of_two);
    const struct wide one = wide_from_int(1);
    x.exponent -= whole;
    struct wide rest = log2_of_ratio(wide_add(x, wide_negate(one)), wide_add(x, one));
    *exact = rest.significand == 0;
    return wide_add(wide_from_int(whole), rest);
}

static struct f80 round_product(struct wide a, struct wide b, bool exact, struct f80_env *env)
{
    struct wide product = wide_multiply(a, b);
    if (product.significand == 0)
        return f80_zero(product.negative);
    if (!exact)
        return round_wide(product, env);
    const struct f80_parts p = { .significand = (uint64_t)(product.significand >> 64), .exponent = product.exponent,
                                 .negative = product.negative };
    struct f80 result = f80_round_to(p, (uint64_t)product.significand, 64, env);
    env->raised |= F80_PRECISION | (f80_is_denormal(result) ? F80_UNDERFLOW : 0);
    return result;
}

/* y * LOGARITHM where one of the factors is zero or infinite; the sign of the logarithm counts. */
static struct f80 special_product(struct f80 y, bool log_negative, bool log_infinite, bool log_zero,
                                  struct f80_env *env)
{
    bool negative = f80_negative(y) != log_negative;
    if ((f80_is_zero(y) && log_infinite) || (f80_is_infinity(y) && log_zero))
        return f80_invalid(env);
    return f80_is_infinity(y) || log_infinite ? f80_infinity(negative) : f80_zero(negative);
}

struct f80 f80_y_log2_x(struct f80 y, struct f80 x, struct f80_env *env)
{
    struct f80 result;
    if (f80_special_operands(y, x, &result, env))
        return result;
    if (f80_is_zero(x)) {
        if (!f80_is_zero(y) && !f80_is_infinity(y))
            env->raised |= F80_ZERO_DIVIDE;
        return special_product(y, true, true, false, env);
    }
    if (f80_negative(x))
        return f80_invalid(env);
    bool is_one = f80_exponent(x) == F80_BIAS && x.significand == F80_INTEGER_BIT, exact;
    if (is_one || f80_is_infinity(x) || f80_is_zero(y) || f80_is_infinity(y)) {
        if (f80_is_denormal(x) || f80_is_denormal(y))
            env->raised |= F80_DENORMAL;
        return special_product(y, f80_exponent(x) < F80_BIAS, f80_is_infinity(x), is_one, env);
    }
    struct wide factor = wide_from_f80(y, env), logarithm = wide_log2(wide_from_f80(x, env), &exact);
    return round_product(factor, logarithm, exact, env);
}

struct f80 f80_y_log2_x_plus_1(struct f80 y, struct f80 x, struct f80_env *env)
{
    struct f80 result;
    bool exact = false;
    if (f80_special_operands(y, x, &result, env))
        return result;
    if (f80_negative(x) && f80_is_infinity(x))
        return f80_invalid(env);
    if (f80_is_zero(x) || f80_is_infinity(x) || f80_is_zero(y) || f80_is_infinity(y)) {
        if (f80_is_denormal(x) || f80_is_denormal(y))
            env->raised |= F80_DENORMAL;
        return special_product(y, f80_negative(x), f80_is_infinity(x), f80_is_zero(x), env);
    }
    if (f80_negative(x) && f80_exponent(x) >= F80_BIAS) {       /* no logarithm, and not defined */
        env->raised |= F80_PRECISION | (f80_is_denormal(y) ? F80_DENORMAL : 0);
        return x;
    }
    struct wide factor = wide_from_f80(y, env), addend = wide_from_f80(x, env), logarithm;
    if (addend.exponent < F80_BIAS - 1)
        logarithm = log2_of_ratio(addend, wide_add(addend, wide_from_int(2)));
    else
        logarithm = wide_log2(wide_add(addend, wide_from_int(1)), &exact);
    return round_product(factor, logarithm, exact, env);
}

/* --- FPATAN --- */

/* Arc tangents of eighths. */
static const struct wide arctan_eighths[] = {
    { 0, 0, false },
    { WIDE_U128(0xFEADD4D5617B6E32, 0xC897989F3E888EF7), F80_BIAS - 4, false },
    { WIDE_U128(0xFADBAFC96406EB15, 0x6DC79EF5F7A217E5), F80_BIAS - 3, false },
    { WIDE_U128(0xB7B0CA0F26F78473, 0x8AA32122DCFE4483), F80_BIAS - 2, false },
    { WIDE_U128(0xED63382B0DDA7B45, 0x6FE445ECBC3A8D03), F80_BIAS - 2, false },
    { WIDE_U128(0x8F005D5EF7F59F9B, 0x5C835E1665C43747), F80_BIAS - 1, false },
    { WIDE_U128(0xA4BC7D1934F70924, 0x19A87F2A457DAC9E), F80_BIAS - 1, false },
    { WIDE_U128(0xB8053E2BC2319E73, 0xCB2DA55210A4443D), F80_BIAS - 1, false },
    { WIDE_U128(0xC90FDAA22168C234, 0xC4C6628B80DC1CD1), F80_BIAS - 1, false },
};

/* Of n/d, about 1/16 at most: a * (1 - t/3 + t^2/5 ...) with t = a squared. */
static struct wide arctan_series(struct wide n, struct wide d)
{
    enum { LAST = 17 };
    if (n.significand == 0)
        return n;
    const struct wide quotient = wide_divide(n, d);
    const f80_u128 t = wide_fraction(wide_multiply(quotient, quotient));
    f80_u128 series = 0;
    for (int k = LAST; k >= 0; k--)
        series = WIDE_ONE / (2 * (unsigned)k + 1) - wide_multiply_high(t, series);
    return times_series(quotient, series);
}

/* Of n/d, 0 < n <= d: the nearest eighth c and the arc tangent of (n - c d) / (d + c n). */
static struct wide wide_arctan(struct wide n, struct wide d)
{
    int32_t distance = d.exponent - n.exponent;
    if (distance > 5)
        return arctan_series(n, d);
    f80_u128 sixteenths = (n.significand >> 64) * 16 / ((d.significand >> 64) << distance);
    unsigned eighth = ((unsigned)sixteenths + 1) / 2;
    struct wide c = wide_from_int((int32_t)eighth);
    c.exponent -= 3;
    if (eighth == 0)
        return arctan_series(n, d);
    struct wide rest = arctan_series(wide_add(n, wide_negate(wide_multiply(c, d))), wide_add(d, wide_multiply(c, n)));
    return wide_add(arctan_eighths[eighth], rest);
}

/* N/4 pi, of the sign NEGATIVE. */
static struct f80 quarters_of_pi(unsigned n, bool negative, struct f80_env *env)
{
    struct wide a = wide_multiply(pi, wide_from_int((int32_t)n));
    a.exponent -= 2;
    a.negative = negative;
    return round_wide(a, env);
}

static struct f80 arctan_special(struct f80 y, struct f80 x, struct f80_env *env)
{
    const bool negative = f80_negative(y), left = f80_negative(x);
    if (f80_is_denormal(x) || f80_is_denormal(y))
        env->raised |= F80_DENORMAL;
    if (f80_is_infinity(y))
        return quarters_of_pi(!f80_is_infinity(x) ? 2 : left ? 3 : 1, negative, env);
    if (f80_is_zero(y) || f80_is_infinity(x))
        return left ? quarters_of_pi(4, negative, env) : f80_zero(negative);
    return quarters_of_pi(2, negative, env);
}

static bool wide_less(struct wide a, struct wide b)
{
    return a.exponent != b.exponent ? a.exponent < b.exponent : a.significand < b.significand;
}

struct f80 f80_arctan(struct f80 y, struct f80 x, struct f80_env *env)
{
    struct f80 result;
    if (f80_special_operands(y, x, &result, env))
        return result;
    if (f80_is_zero(y) || f80_is_zero(x) || f80_is_infinity(y) || f80_is_infinity(x))
        return arctan_special(y, x, env);
    struct wide rise = wide_from_f80(y, env), run = wide_from_f80(x, env), angle, half_pi = pi;
    bool negative = rise.negative, left = run.negative;
    rise.negative = run.negative = false;
    half_pi.exponent--;
    if (wide_less(run, rise))
        angle = wide_add(half_pi, wide_negate(wide_arctan(run, rise)));
    else
        angle = wide_arctan(rise, run);
    if (left)
        angle = wide_add(pi, wide_negate(angle));
    angle.negative = negative;
    return round_wide(angle, env);
}
