/* Tests of the clock table's look-up and of its formulae, beside test_clock_table.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "emu/timing/profile.h"
#include "emu/timing/timing.h"

static const struct timing timing = { .profile = NULL };

static unsigned clocks(const char *mnemonic, const char *operands, enum timing_cpu_mode mode, bool repeat,
                       uint32_t work)
{
    const struct timing_form form = { .mnemonic = mnemonic, .operands = operands, .size = 16, .repeat = repeat,
                                      .prefixes = repeat, .mode = mode };
    struct timing_cost cost = timing_cost(&timing, &form);
    assert_int_equal(cost.prefixes, 0);
    return cost.clocks + timing_variable(&timing, cost.rule, work);
}

static void undefined_opcode_costs_one_clock(void **state)
{
    const struct timing_form form = { .mnemonic = "", .operands = "", .size = 16 };
    (void)state;
    assert_int_equal(timing_cost(&timing, &form).clocks, 1);
    assert_int_equal(timing_cost(&timing, &form).least, 0);
}

static void prefixes_cost_a_clock_each(void **state)
{
    const struct timing_form undefined = { .mnemonic = "", .operands = "", .repeat = true, .prefixes = 2 };
    const struct timing_form add = { .mnemonic = "ADD", .operands = "Ev,Gv", .memory = true, .prefixes = 3 };
    (void)state;
    assert_int_equal(timing_cost(&timing, &undefined).prefixes, 2);
    assert_int_equal(timing_cost(&timing, &add).prefixes, 3);
    assert_int_equal(timing_cost(&timing, &add).clocks, 3);
}

/* The one that repeats is in the row's clocks; another one, or one without meaning, is not. */
static void repeat_prefix_is_priced_in_where_it_repeats(void **state)
{
    const struct timing_form movs = { .mnemonic = "MOVS", .operands = "Yv,Xv", .repeat = true, .prefixes = 2 };
    const struct timing_form add = { .mnemonic = "ADD", .operands = "Ev,Gv", .repeat = true, .prefixes = 1 };
    (void)state;
    assert_int_equal(timing_cost(&timing, &movs).prefixes, 1);
    assert_int_equal(timing_cost(&timing, &add).prefixes, 1);
}

static void only_lea_counts_its_index(void **state)
{
    const struct timing_form lea = { .mnemonic = "LEA", .operands = "Gv,M", .size = 32, .memory = true,
                                     .has_index = true };
    const struct timing_form mov = { .mnemonic = "MOV", .operands = "Gv,Ev", .size = 32, .memory = true,
                                     .has_index = true };
    (void)state;
    assert_int_equal(timing_cost(&timing, &lea).clocks, 1);
    assert_int_equal(timing_cost(&timing, &lea).index_clock, 1);
    assert_int_equal(timing_cost(&timing, &mov).index_clock, 0);
}

static void repeated_strings_of_none_one_and_many(void **state)
{
    static const struct { const char *mnemonic, *operands; unsigned none, one, many; } rows[] = {
        { "MOVS", "Yb,Xb", 5, 13, 12 + 3 * 1000 },
        { "STOS", "Yv,eAX", 5, 11, 7 + 4 * 1000 },
        { "LODS", "AL,Xb", 5, 11, 7 + 4 * 1000 },
        { "SCAS", "eAX,Yv", 5, 12, 7 + 5 * 1000 },
        { "CMPS", "Xv,Yv", 5, 14, 7 + 7 * 1000 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (unsigned mode = TIMED_REAL; mode <= TIMED_V86; mode++) {
            enum timing_cpu_mode m = (enum timing_cpu_mode)mode;
            assert_int_equal(clocks(rows[i].mnemonic, rows[i].operands, m, true, 0), rows[i].none);
            assert_int_equal(clocks(rows[i].mnemonic, rows[i].operands, m, true, 1), rows[i].one);
            assert_int_equal(clocks(rows[i].mnemonic, rows[i].operands, m, true, 1000), rows[i].many);
        }
}

static void repeated_ports_by_mode_and_bitmap(void **state)
{
    static const struct { enum timing_cpu_mode mode; uint32_t flag; unsigned ins, outs; } rows[] = {
        { TIMED_REAL, 0, 16, 17 },
        { TIMED_PROTECTED, 0, 10, 11 },
        { TIMED_PROTECTED, TIMING_REPEATED_BY_BITMAP, 30, 31 },
        { TIMED_V86, 0, 29, 30 },
    };
    static const unsigned counts[] = { 0, 1, 65536 };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t n = 0; n < 3; n++) {
            uint32_t work = counts[n] | rows[i].flag;
            assert_int_equal(clocks("INS", "Yv,DX", rows[i].mode, true, work), rows[i].ins + 8 * counts[n]);
            assert_int_equal(clocks("OUTS", "DX,Xb", rows[i].mode, true, work), rows[i].outs + 5 * counts[n]);
        }
}

/* Section 8.1, row 32: MUL by 1 and FFFFh, IMUL by -1; and by the numbers at the edges. */
static void multipliers_count_by_their_bits(void **state)
{
    (void)state;
    assert_int_equal(clocks("MUL", "Ev", TIMED_REAL, false, 1), 13);
    assert_int_equal(clocks("MUL", "Ev", TIMED_REAL, false, 16), 26);
    assert_int_equal(clocks("IMUL", "Ev", TIMED_REAL, false, 1 | TIMING_NEGATIVE), 15);
    assert_int_equal(clocks("IMUL", "Ev", TIMED_REAL, false, 5 | TIMING_NEGATIVE), 15);
    assert_int_equal(clocks("IMUL", "Ev", TIMED_REAL, false, 6 | TIMING_NEGATIVE), 16);
    assert_int_equal(clocks("IMUL", "Ev", TIMED_REAL, false, 4), 14);
}

static void descriptors_that_are_touched_cost_11_each(void **state)
{
    (void)state;
    assert_int_equal(clocks("MOV", "Sw,Ew", TIMED_PROTECTED, false, TIMING_TOUCHED), 9 + 11);
    assert_int_equal(clocks("CALL", "Ap", TIMED_PROTECTED, false,
                            timing_work(TIMED_INNER, 0, TIMED_NO_TSS) + 2 * TIMING_TOUCHED), 69 + 22);
}

static struct timing_cost escape_cost(uint8_t opcode, uint8_t modrm)
{
    const struct timing_form form = { .mnemonic = "ESC", .operands = "", .opcode = opcode, .modrm = modrm,
                                      .memory = modrm < 0xC0 };
    return timing_cost(&timing, &form);
}

/* All but three clocks of a division are the FPU's own, whatever the precision. */
static void divisions_follow_the_precision_control(void **state)
{
    static const unsigned wanted[] = { 35, 73, 62, 73 };
    const struct timing_cost fdiv = escape_cost(0xD8, 0xF1), fidiv = escape_cost(0xDE, 0x30);
    (void)state;
    for (uint32_t control = 0; control < 4; control++) {
        assert_int_equal(fdiv.clocks + timing_variable(&timing, fdiv.rule, control), wanted[control]);
        assert_int_equal(fidiv.clocks + timing_variable(&timing, fidiv.rule, control), wanted[control] + 14);
    }
    assert_true(timing_overlaps(fdiv.rule));
    assert_int_equal(fdiv.clocks - fdiv.concurrent, 3);
    assert_int_equal(fidiv.clocks - fidiv.concurrent, 17);
}

static void other_rules_do_not_overlap(void **state)
{
    const struct timing_cost fsin = escape_cost(0xD9, 0xFE);
    (void)state;
    assert_false(timing_overlaps(TIMING_FIXED));
    assert_false(timing_overlaps(fsin.rule));
    assert_int_equal(fsin.clocks + timing_variable(&timing, fsin.rule, 1), 279);
}

/* Escapes that a part without the unit takes for nothing cost it little. */
static void escapes_without_the_unit_are_short(void **state)
{
    const struct profile sx = { .name = "without", .has_fpu = false };
    const struct timing without = { .profile = &sx };
    const struct timing_form form = { .mnemonic = "ESC", .operands = "", .opcode = 0xD9, .modrm = 0xFE };
    (void)state;
    assert_int_equal(timing_cost(&without, &form).clocks, 3);
    assert_int_equal(timing_cost(&without, &form).concurrent, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(undefined_opcode_costs_one_clock),
        cmocka_unit_test(prefixes_cost_a_clock_each),
        cmocka_unit_test(repeat_prefix_is_priced_in_where_it_repeats),
        cmocka_unit_test(only_lea_counts_its_index),
        cmocka_unit_test(repeated_strings_of_none_one_and_many),
        cmocka_unit_test(repeated_ports_by_mode_and_bitmap),
        cmocka_unit_test(multipliers_count_by_their_bits),
        cmocka_unit_test(descriptors_that_are_touched_cost_11_each),
        cmocka_unit_test(divisions_follow_the_precision_control),
        cmocka_unit_test(other_rules_do_not_overlap),
        cmocka_unit_test(escapes_without_the_unit_are_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
