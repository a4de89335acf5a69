/* 80-bit arithmetic by known values, on any host: what the x87's instructions compute is compared with silicon in
 * test_fpu_silicon.c, and the transcendental functions with MPFR in test_fpu_transcendental.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "emu/cpu/f80.h"

static void assert_f80(struct f80 a, unsigned sign_exponent, uint64_t significand)
{
    assert_int_equal(a.sign_exponent, sign_exponent);
    assert_true(a.significand == significand);
}

static const struct f80 one = { 0x8000000000000000, 0x3FFF }, three = { 0xC000000000000000, 0x4000 };

static void third_is_rounded_by_every_mode_and_precision(void **state)
{
    static const struct { uint16_t control, raised; uint64_t significand; } cases[] = {
        { 0x33F, 0x220, 0xAAAAAAAAAAAAAAAB }, { 0x73F, 0x020, 0xAAAAAAAAAAAAAAAA },
        { 0xB3F, 0x220, 0xAAAAAAAAAAAAAAAB }, { 0xF3F, 0x020, 0xAAAAAAAAAAAAAAAA },
        { 0x23F, 0x020, 0xAAAAAAAAAAAAA800 }, { 0xA3F, 0x220, 0xAAAAAAAAAAAAB000 },
        { 0x03F, 0x220, 0xAAAAAB0000000000 }, { 0x43F, 0x020, 0xAAAAAA0000000000 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct f80_env env = { .control = cases[i].control };
        assert_f80(f80_divide(one, three, &env), 0x3FFD, cases[i].significand);
        assert_int_equal(env.raised, cases[i].raised);
    }
}

static void overflow_wraps_exponent_when_unmasked(void **state)
{
    const struct f80 huge = { 0x8000000000000000, 0x7FFE };
    struct f80_env masked = { .control = 0x37F }, unmasked = { .control = 0x377 };
    (void)state;
    assert_f80(f80_add(huge, huge, &masked), 0x7FFF, 0x8000000000000000);
    assert_int_equal(masked.raised, F80_OVERFLOW | F80_PRECISION | F80_ROUNDED_UP);
    assert_f80(f80_add(huge, huge, &unmasked), 0x7FFF - 24576, 0x8000000000000000);
    assert_int_equal(unmasked.raised, F80_OVERFLOW);
}

static void integers_and_bcd_go_there_and_back(void **state)
{
    static const int64_t values[] = { 0, 1, -1, 32767, -32768, 999999999999999999, -999999999999999999, INT32_MIN };
    struct f80_env env = { .control = 0x37F };
    uint8_t bcd[10];
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct f80 a = f80_from_int(values[i]);
        f80_to_bcd(a, bcd, &env);
        assert_true(f80_to_int(a, 64, &env) == values[i]);
        assert_true(f80_to_int(f80_from_bcd(bcd), 64, &env) == values[i]);
    }
    assert_int_equal(env.raised, 0);
    assert_true(f80_to_int(f80_from_int(32768), 16, &env) == -32768);
    assert_int_equal(env.raised, F80_INVALID);
}

/* pi rounded to 64 bits lies 2^-64 above the chip's pi of 66 bits. */
static void sine_of_pi_shows_the_chips_pi(void **state)
{
    const struct f80 pi = { 0xC90FDAA22168C235, 0x4000 };
    struct f80_env env = { .control = 0x37F };
    struct f80 sine;
    (void)state;
    assert_true(f80_sine(pi, &sine, &env));
    assert_f80(sine, 0xBFBF, 0x8000000000000000);
}

static void transcendental_functions_of_known_points(void **state)
{
    const struct f80 half = { 0x8000000000000000, 0x3FFE }, ten = { 0xA000000000000000, 0x4002 };
    struct f80_env env = { .control = 0x37F };
    struct f80 tangent;
    (void)state;
    assert_f80(f80_arctan(one, one, &env), 0x3FFE, 0xC90FDAA22168C235);                 /* pi/4 */
    assert_f80(f80_y_log2_x(one, ten, &env), 0x4000, 0xD49A784BCD1B8AFE);               /* FLDL2T */
    assert_f80(f80_y_log2_x_plus_1(one, one, &env), 0x3FFF, 0x8000000000000000);
    assert_f80(f80_two_to_x_minus_one(half, &env), 0x3FFD, 0xD413CCCFE7799211);         /* sqrt 2 - 1 */
    assert_true(f80_tangent(half, &tangent, &env));
    assert_f80(tangent, 0x3FFE, 0x8BDA7ADF9A3A5219);
    assert_false(f80_tangent((struct f80){ 0x8000000000000000, 0x403E }, &tangent, &env));
}

/* Half below 2^63, which a signed integer does not hold. */
static void rounding_to_integer_reaches_two_to_the_63(void **state)
{
    const struct f80 below = { 0xFFFFFFFFFFFFFFFF, 0x403D };
    struct f80_env up = { .control = 0xB3F }, down = { .control = 0x73F };
    (void)state;
    assert_f80(f80_round_to_integer(below, &up), 0x403E, 0x8000000000000000);
    assert_int_equal(up.raised, F80_PRECISION | F80_ROUNDED_UP);
    assert_f80(f80_round_to_integer(below, &down), 0x403D, 0xFFFFFFFFFFFFFFFE);
}

/* With underflow unmasked, a denormal that is the result as it stands keeps its exponent. */
static void denormal_that_is_not_computed_does_not_underflow(void **state)
{
    const struct f80 tiny = { 1, 0 }, pseudo = { 0x8000000000000000, 0 }, zero = { 0, 0 };
    const struct f80 infinity = { 0x8000000000000000, 0x7FFF };
    struct f80_env env = { .control = 0x36F };
    int quotient;
    (void)state;
    assert_f80(f80_remainder(tiny, infinity, false, &quotient, &env), 0, 1);
    assert_f80(f80_remainder(pseudo, infinity, true, &quotient, &env), 1, 0x8000000000000000);
    assert_f80(f80_scale(tiny, zero, &env), 0, 1);
    assert_int_equal(env.raised, F80_DENORMAL);
    assert_f80(f80_scale(tiny, one, &env), 24576 - 61, 0x8000000000000000);
    assert_int_equal(env.raised, F80_DENORMAL | F80_UNDERFLOW);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(third_is_rounded_by_every_mode_and_precision),
        cmocka_unit_test(overflow_wraps_exponent_when_unmasked),
        cmocka_unit_test(integers_and_bcd_go_there_and_back),
        cmocka_unit_test(rounding_to_integer_reaches_two_to_the_63),
        cmocka_unit_test(denormal_that_is_not_computed_does_not_underflow),
        cmocka_unit_test(sine_of_pi_shows_the_chips_pi),
        cmocka_unit_test(transcendental_functions_of_known_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
