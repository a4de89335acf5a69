/* Tests of the clock table's look-up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "emu/timing/timing.h"

static void undefined_opcode_costs_one_clock(void **state)
{
    const struct timing timing = { 0 };
    const struct timing_form form = { .mnemonic = "", .operands = "", .size = 16 };
    (void)state;
    assert_int_equal(timing_cost(&timing, &form).clocks, 1);
}

static void prefixes_of_undefined_opcodes_cost_a_clock_each(void **state)
{
    const struct timing timing = { 0 };
    const struct timing_form form = { .mnemonic = "", .operands = "", .size = 16, .repeat = true, .prefixes = 2 };
    (void)state;
    assert_int_equal(timing_cost(&timing, &form).clocks, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(undefined_opcode_costs_one_clock),
        cmocka_unit_test(prefixes_of_undefined_opcodes_cost_a_clock_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
