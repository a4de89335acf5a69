/* The arithmetic by itself (alu.h): corners whose results the manual prints or that follow from it, so that they are
 * held on hosts where test_silicon.c cannot compare with a processor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "emu/cpu/alu.h"

enum { CF = 1, PF = 4, AF = 16, ZF = 64, SF = 128, OF = 2048, ALL = CF | PF | AF | ZF | SF | OF };

static const struct flags none = { .result = 1 };

static void assert_alu(struct alu x, uint32_t value, uint32_t flags)
{
    assert_int_equal(x.value, value);
    assert_int_equal(flags_pack(x.flags), flags);
}

static void flags_survive_packing(void **state)
{
    (void)state;
    assert_int_equal(flags_pack(none), 0);
    for (uint32_t bits = 0; bits < 4096; bits++)
        if ((bits & ~(uint32_t)ALL) == 0)
            assert_int_equal(flags_pack(flags_unpack(bits)), bits);
}

static void addition_carries_and_overflows(void **state)
{
    (void)state;
    assert_alu(alu_add(8, 0xFF, 1, 0), 0, CF | AF | ZF | PF);
    assert_alu(alu_add(8, 0x7F, 1, 0), 0xFFFFFF80, OF | AF | SF);
    assert_alu(alu_add(16, 0xFFFF, 0, 1), 0, CF | AF | ZF | PF);
    assert_alu(alu_add(32, 0x80000000, 0x80000000, 0), 0, CF | OF | ZF | PF);
    assert_alu(alu_add(8, 0x12345608, 0xABCDEF08, 0), 0x10, AF);      /* bits above the width do not count */
}

static void subtraction_borrows_and_overflows(void **state)
{
    (void)state;
    assert_alu(alu_sub(8, 0, 1, 0), 0xFFFFFFFF, CF | AF | SF | PF);
    assert_alu(alu_sub(16, 0x8000, 1, 0), 0x7FFF, OF | AF | PF);
    assert_alu(alu_sub(32, 5, 4, 1), 0, ZF | PF);
    assert_alu(alu_sub(32, 0, 0xFFFFFFFF, 1), 0, CF | AF | ZF | PF);
}

static void inc_and_dec_keep_the_carry(void **state)
{
    (void)state;
    struct flags carry = flags_unpack(CF), clear = flags_unpack(0);
    assert_alu(alu_inc(32, 0x7FFFFFFF, carry), 0x80000000, CF | OF | AF | SF | PF);
    assert_alu(alu_inc(8, 0xFF, clear), 0, AF | ZF | PF);
    assert_alu(alu_dec(16, 0x8000, carry), 0x7FFF, CF | OF | AF | PF);
    assert_alu(alu_dec(8, 0, clear), 0xFFFFFFFF, AF | SF | PF);
}

static void logic_clears_carry_and_overflow(void **state)
{
    (void)state;
    struct flags all = flags_unpack(ALL);
    assert_alu(alu_binary(ALU_AND, 16, 0xFF00, 0x80FF, all), 0xFFFF8000, SF | PF);
    assert_alu(alu_binary(ALU_XOR, 8, 0xAA, 0xAA, all), 0, ZF | PF);
    assert_alu(alu_binary(ALU_OR, 32, 1, 0, all), 1, 0);
}

static void shifts_leave_the_last_bit_in_the_carry(void **state)
{
    (void)state;
    assert_alu(alu_shl(8, 0x81, 1), 2, CF | OF | AF);
    assert_alu(alu_shl(32, 1, 31), 0x80000000, OF | SF | PF | AF);
    assert_alu(alu_shl(8, 1, 8), 0, CF | OF | ZF | PF | AF);
    assert_alu(alu_shr(16, 0x8001, 1), 0x4000, CF | OF | PF | AF);
    assert_alu(alu_shr(32, 0xFFFFFFFF, 31), 1, CF | AF);
    assert_alu(alu_sar(8, 0x80, 31), 0xFFFFFFFF, CF | SF | PF | AF);
}

static void rotations_touch_carry_and_overflow_only(void **state)
{
    (void)state;
    struct flags others = flags_unpack(ZF | PF | AF | SF);
    const uint32_t kept = ZF | PF | AF | SF;
    struct alu x = alu_rol(8, 0x80, 1, others);
    assert_int_equal(x.value & 0xFF, 1);
    assert_int_equal(flags_pack(x.flags), kept | CF | OF);
    x = alu_ror(16, 1, 17, others);
    assert_int_equal(x.value & 0xFFFF, 0x8000);
    assert_int_equal(flags_pack(x.flags), kept | CF | OF);
    x = alu_rol(8, 0x81, 8, others);                        /* a whole turn: the carry is still set from the result */
    assert_int_equal(x.value & 0xFF, 0x81);
    assert_int_equal(flags_pack(x.flags) & CF, CF);
}

static void rotations_through_carry_count_modulo_width_plus_one(void **state)
{
    (void)state;
    struct flags carry = flags_unpack(CF), clear = flags_unpack(0);
    assert_int_equal(alu_rcl(8, 0x00, 1, carry).value & 0xFF, 1);
    assert_int_equal(alu_rcl(8, 0x5A, 9, carry).value & 0xFF, 0x5A);
    assert_int_equal(flags_pack(alu_rcl(8, 0x5A, 9, carry).flags) & CF, CF);
    assert_int_equal(alu_rcr(16, 0x0001, 18, clear).value & 0xFFFF, 0);
    assert_int_equal(flags_pack(alu_rcr(16, 0x0001, 18, clear).flags) & CF, CF);
    assert_int_equal(alu_rcr(32, 0, 1, carry).value, 0x80000000);
}

static void double_shifts_take_bits_from_the_other_operand(void **state)
{
    (void)state;
    assert_int_equal(alu_shld(32, 0x12345678, 0x9ABCDEF0, 8).value, 0x3456789A);
    assert_int_equal(alu_shrd(32, 0x12345678, 0x9ABCDEF0, 8).value, 0xF0123456);
    assert_int_equal(alu_shld(16, 0x1234, 0xABCD, 4).value & 0xFFFF, 0x234A);
    assert_int_equal(alu_shrd(16, 0x1234, 0xABCD, 4).value & 0xFFFF, 0xD123);
    assert_int_equal(alu_shld(16, 0x1234, 0xABCD, 20).value & 0xFFFF, 0xBCDA);
}

static void multiplication_tells_whether_the_upper_half_counts(void **state)
{
    (void)state;
    struct alu_product x = alu_mul(8, 0xFF, 0xFF);
    assert_int_equal(x.high << 8 | x.low, 0xFE01);
    assert_int_equal(flags_pack(x.flags) & (CF | OF), CF | OF);
    x = alu_mul(32, 0x10000, 0xFFFF);
    assert_int_equal(x.low, 0xFFFF0000);
    assert_int_equal(flags_pack(x.flags) & (CF | OF), 0);
    x = alu_imul(16, 0xFFFF, 0xFFFF);
    assert_int_equal(x.high << 16 | x.low, 1);
    assert_int_equal(flags_pack(x.flags) & (CF | OF), 0);
    x = alu_imul(32, 0x80000000, 0xFFFFFFFF);
    assert_int_equal(x.low, 0x80000000);
    assert_int_equal(x.high, 0);
    assert_int_equal(flags_pack(x.flags) & (CF | OF), CF | OF);
}

static void multiplication_leaves_zf_and_af_clear(void **state)
{
    (void)state;
    assert_int_equal(flags_pack(alu_mul(8, 0x10, 0x10).flags), CF | PF | OF);
    assert_int_equal(flags_pack(alu_mul(32, 0, 5).flags), PF);
    assert_int_equal(flags_pack(alu_imul(16, 0x4000, 2).flags), CF | PF | SF | OF);
}

static void division_overflows_at_the_edges(void **state)
{
    (void)state;
    assert_true(alu_div(8, 0x100, 1).overflow);
    assert_true(alu_div(32, 1, 0).overflow);
    assert_int_equal(alu_div(32, 0xFFFFFFFE00000001, 0xFFFFFFFF).quotient, 0xFFFFFFFF);
    assert_false(alu_idiv(8, -128, 1).overflow);
    assert_int_equal(alu_idiv(8, -128, 1).quotient, 0x80);
    assert_true(alu_idiv(8, 128, 1).overflow);
    assert_true(alu_idiv(16, -32768, 0xFFFF).overflow);
    assert_true(alu_idiv(32, INT64_MIN, 0xFFFFFFFF).overflow);
    assert_int_equal(alu_idiv(32, -7, 2).remainder, 0xFFFFFFFF);
}

/* AH after LAHF: 2 would be the mark of a Cyrix. */
static void five_by_two_changes_the_flags(void **state)
{
    (void)state;
    assert_int_not_equal(flags_pack(alu_div(8, 5, 2).flags) & 0xD5, 0);
}

static void decimal_adjustment_corrects_both_digits(void **state)
{
    (void)state;
    assert_int_equal(alu_daa(0xAE, none).value & 0xFF, 0x14);         /* 79 + 35 = 114 */
    assert_int_equal(flags_pack(alu_daa(0xAE, none).flags) & (CF | AF), CF | AF);
    assert_int_equal(alu_das(0xEE, flags_unpack(CF | AF)).value & 0xFF, 0x88);    /* 35 - 47 */
    assert_int_equal(alu_das(3, flags_unpack(AF)).value & 0xFF, 0xFD);
    assert_int_equal(flags_pack(alu_das(3, flags_unpack(AF)).flags) & CF, CF);
    assert_int_equal(alu_aaa(0x00FA, none).value, 0x0200);
    assert_int_equal(alu_aas(0x02FF, none).value, 0x0109);
    assert_int_equal(alu_aam(0xFF, 10).value, 0x1905);
    assert_int_equal(alu_aad(0x0905, 10).value, 95);
}

static void conditions_read_signs_and_overflow(void **state)
{
    (void)state;
    struct flags less = alu_sub(32, 0x80000000, 1, 0).flags, equal = alu_sub(8, 5, 5, 0).flags;
    assert_true(alu_condition(0x0, less));          /* O */
    assert_false(alu_condition(0x2, less));         /* B */
    assert_true(alu_condition(0xC, less));          /* L */
    assert_true(alu_condition(0xE, equal));         /* LE */
    assert_false(alu_condition(0xF, equal));        /* NLE */
    assert_true(alu_condition(0x6, equal));         /* BE */
    assert_true(alu_condition(0xA, equal));         /* P */
    assert_true(alu_condition(0x9, equal));         /* NS */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags_survive_packing),
        cmocka_unit_test(addition_carries_and_overflows),
        cmocka_unit_test(subtraction_borrows_and_overflows),
        cmocka_unit_test(inc_and_dec_keep_the_carry),
        cmocka_unit_test(logic_clears_carry_and_overflow),
        cmocka_unit_test(shifts_leave_the_last_bit_in_the_carry),
        cmocka_unit_test(rotations_touch_carry_and_overflow_only),
        cmocka_unit_test(rotations_through_carry_count_modulo_width_plus_one),
        cmocka_unit_test(double_shifts_take_bits_from_the_other_operand),
        cmocka_unit_test(multiplication_tells_whether_the_upper_half_counts),
        cmocka_unit_test(multiplication_leaves_zf_and_af_clear),
        cmocka_unit_test(division_overflows_at_the_edges),
        cmocka_unit_test(five_by_two_changes_the_flags),
        cmocka_unit_test(decimal_adjustment_corrects_both_digits),
        cmocka_unit_test(conditions_read_signs_and_overflow)
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
