/* Expressions, as print shows them. */
#include "tests/debugger/guest.h"

static void prints(void **state, const char *line, const char *value)
{
    const char *text = strchr(run(*state, line), '=');
    assert_non_null(text);
    char expected[200];
    snprintf(expected, sizeof expected, "= %s\n", value);
    assert_string_equal(text, expected);
}

static void fails(void **state, const char *line, const char *message)
{
    struct session *s = *state;
    char expected[200];
    snprintf(expected, sizeof expected, "%s\n", message);
    assert_string_equal(run(s, line), expected);
    assert_true(debugger_failed(s->d));
}

static void operators_have_the_precedence_of_c(void **state)
{
    prints(state, "p 1 + 2 * 3", "7");
    prints(state, "p (1 + 2) * 3", "9");
    prints(state, "p 1 << 2 + 1", "8");
    prints(state, "p 7 & 3 == 3", "1");
    prints(state, "p 1 || 0 && 0", "1");
    prints(state, "p !5 + ~0", "-1");
    prints(state, "p 10 - 3 - 2", "5");
    prints(state, "p 17 % 5", "2");
    prints(state, "p 0 ? 1 : 2", "2");
}

static void integers_wrap_in_their_type(void **state)
{
    prints(state, "p 1 - 2", "-1");
    prints(state, "p 0xffffffff", "4294967295");
    prints(state, "p 0xffffffff + 1", "0");
    prints(state, "p 0x7fffffff + 1", "-2147483648");
    prints(state, "p 0x100000000 * 16", "68719476736");
    prints(state, "p (char)0x1ff", "-1 '\\377'");
    prints(state, "p (u16)-1", "65535");
    prints(state, "p -8 >> 1", "-4");
    prints(state, "p (unsigned)-8 / 2", "2147483644");
}

static void numbers_may_be_hexadecimal_octal_or_characters(void **state)
{
    prints(state, "p 0x1F", "31");
    prints(state, "p 1fh", "31");
    prints(state, "p 010", "8");
    prints(state, "p 'A' + 1", "66");
    run(*state, "set input-radix 16");
    prints(state, "p 10", "16");
    prints(state, "p ff", "255");
    run(*state, "set input-radix 10");
    prints(state, "p 10", "10");
}

static void wrong_expressions_are_one_line_errors(void **state)
{
    fails(state, "p 1 +", "A syntax error in expression, near `'.");
    fails(state, "p 1 2", "A syntax error in expression, near `2'.");
    fails(state, "p (1", "A syntax error in expression, near `'.");
    fails(state, "p nonesuch", "No symbol \"nonesuch\" in current context.");
    fails(state, "p 0xzz", "Invalid number \"0xzz\".");
    fails(state, "p 1 / 0", "Division by zero");
    fails(state, "p 5 = 6", "Left operand of assignment is not an lvalue.");
    fails(state, "p $99", "History has not yet reached $99.");
    fails(state, "p 0:zz", "Invalid offset \"zz\".");
    fails(state, "p 12345:0", "Invalid segment 0x12345.");
}

static void deep_nesting_is_refused(void **state)
{
    char line[600] = "p ";
    memset(line + 2, '(', 500);
    strcpy(line + 502, "1");
    fails(state, line, "Expression too complex.");
    memset(line + 2, '-', 500);
    fails(state, line, "Expression too complex.");
}

static void segmented_addresses_are_hexadecimal_and_keep_their_segment(void **state)
{
    prints(state, "p 40:13", "(void *) 0x413 (0040:0013)");
    prints(state, "p b800:10h", "(void *) 0xb8010 (b800:0010)");
    prints(state, "p 40:13 + 16", "(void *) 0x423 (0040:0023)");
    prints(state, "p 0x40:0x13 == 0:413", "1");
    prints(state, "p 0:20 - 0:10", "16");
    prints(state, "p lin:7c00", "(void *) 0x7c00");
    prints(state, "p phys:b8000", "(void *) 0xb8000 (physical)");
    prints(state, "p (0x30 + 0x10):(2 + 1)", "(void *) 0x403 (0040:0003)");
}

static void segmented_addresses_take_registers(void **state)
{
    run(*state, "set $es = 0x1234");
    run(*state, "set $di = 0x56");
    prints(state, "p es:di", "(void *) 0x12396 (1234:0056)");
    prints(state, "p $es:$di", "(void *) 0x12396 (1234:0056)");
    prints(state, "p es:4", "(void *) 0x12344 (1234:0004)");
    prints(state, "p es:di+4", "(void *) 0x1239a (1234:005a)");
    prints(state, "p cs:ip", "(void *) 0x7c00 (0000:7c00)");
    run(*state, "set $seg = 0x40");
    prints(state, "p $seg:13", "(void *) 0x413 (0040:0013)");
}

static void registers_are_read_in_all_widths(void **state)
{
    run(*state, "set $eax = 0x12345680");
    prints(state, "p/x $eax", "0x12345680");
    prints(state, "p/x $ax", "0x5680");
    prints(state, "p/x $ah", "0x56");
    prints(state, "p $al", "-128");
    prints(state, "p/x ax", "0x5680");
    run(*state, "set $ah = 1");
    prints(state, "p/x $eax", "0x12340180");
    run(*state, "set $ax = 0xffff");
    prints(state, "p/x $eax", "0x1234ffff");
    fails(state, "set $dr0 = 1", "Register dr0 cannot be set.");
}

static void pseudo_registers_are_addresses(void **state)
{
    run(*state, "set $ss = 0x100");
    run(*state, "set $esp = 0x20");
    prints(state, "p $pc", "(void (*)()) 0x7c00 (0000:7c00)");
    prints(state, "p $sp", "(void *) 0x1020 (0100:0020)");
    prints(state, "p $esp", "32");
    prints(state, "p ss:sp == 0x1020", "1");
    run(*state, "set $sp = 0x1030");
    prints(state, "p $esp", "48");
    run(*state, "set $pc = 10:20");
    prints(state, "p $pc", "(void (*)()) 0x120 (0010:0020)");
}

static void flags_print_by_name(void **state)
{
    run(*state, "set $eflags = 0x246");
    prints(state, "p $eflags", "[ PF ZF IF ]");
    prints(state, "p $eflags & 0x40", "64");
}

static void memory_is_read_in_all_notations(void **state)
{
    prints(state, "p *(char *)0x7c00", "-6 '\\372'");
    prints(state, "p {char}0x7c00", "-6 '\\372'");
    prints(state, "p byte[0:7c00]", "250 '\\372'");
    prints(state, "p/x word[0:7c01]", "0xc031");
    prints(state, "p/x word ptr [0:7c01]", "0xc031");
    prints(state, "p/x dword[0x7c00]", "0x8ec031fa");
    prints(state, "p/x *0:7c00", "0x8ec031fa");
    prints(state, "p/x {unsigned short}(0x7c00 + 1)", "0xc031");
    prints(state, "p/x ((u8*)0x7c00)[2]", "0xc0");
    prints(state, "p/x *((u16*)0x7c00 + 1)", "0x8ec0");
    prints(state, "p sizeof(u16)", "2");
    prints(state, "p &word[0:7c00]", "(unsigned short *) 0x7c00 (0000:7c00)");
}

static void far_pointers_are_followed(void **state)
{
    run(*state, "set word[0:84] = 0x1234");
    run(*state, "set word[0:86] = 0x5678");
    prints(state, "p far[0:84]", "0x579b4 (5678:1234)");
    run(*state, "set far[0:84] = 1111:2222");
    prints(state, "p/x dword[0:84]", "0x11112222");
}

static void assignments_reach_memory(void **state)
{
    run(*state, "set {char}0x500 = 0x141");
    prints(state, "p {char}0x500", "65 'A'");
    run(*state, "set var word[0:500] += 1");
    prints(state, "p/x word[0:500]", "0x42");
    prints(state, "p $ax = word[0:500] = 7", "7");
    prints(state, "p $ax", "7");
}

static void arrays_fold_repetitions(void **state)
{
    prints(state, "p/x byte[0:7c00]@3", "{0xfa, 0x31, 0xc0}");
    prints(state, "p word[0:600]@3", "{0, 0, 0}");
    prints(state, "p byte[0:600]@12", "{0 '\\000' <repeats 12 times>}");
    prints(state, "p/x (byte[0:7c00]@3)[1]", "0x31");
    fails(state, "p 5@2", "Only values in memory can be extended with '@'.");
}

static void the_side_that_does_not_count_is_not_evaluated(void **state)
{
    prints(state, "p 0 && 1 / 0", "0");
    prints(state, "p 1 || ($ax = 9)", "1");
    prints(state, "p 1 ? 2 : ($ax = 9)", "2");
    prints(state, "p $ax", "0");
}

static void values_are_remembered(void **state)
{
    assert_string_equal(run(*state, "p 11"), "$1 = 11\n");
    assert_string_equal(run(*state, "p 22"), "$2 = 22\n");
    assert_string_equal(run(*state, "p $ + $1"), "$3 = 33\n");
    assert_string_equal(run(*state, "p $$"), "$4 = 22\n");
    assert_string_equal(run(*state, "p $$3"), "$5 = 11\n");
    assert_string_equal(run(*state, "output 5"), "5");
    assert_string_equal(run(*state, "p $"), "$6 = 11\n");
}

static void variables_are_void_until_set(void **state)
{
    assert_string_equal(run(*state, "p $thing"), "void\n");
    run(*state, "set $thing = 40:13");
    prints(state, "p $thing", "(void *) 0x413 (0040:0013)");
    prints(state, "p $thing + 1", "(void *) 0x414 (0040:0014)");
}

static void selectors_use_descriptors_only_where_asked_or_in_protected_mode(void **state)
{
    /* After reset GDTR is base 0, limit FFFFh: descriptor 8 gets the base 123456h. */
    run(*state, "set dword[0:8] = 0x34560fff");
    run(*state, "set dword[0:c] = 0x00009212");
    prints(state, "p #8:10", "(void *) 0x123466 (0008:0010)");
    prints(state, "p 8:10", "(void *) 0x90 (0008:0010)");
    fails(state, "p #0:0", "Selector 0x0 is not in the GDT.");
    prints(state, "p &8:0", "(void *) 0x80 (0008:0000)");
}

static void evaluation_for_views_gives_numbers_and_addresses(void **state)
{
    struct session *s = *state;
    struct debugger_value value;
    char error[100];
    assert_true(debugger_evaluate(s->d, "40:13", &value, error, sizeof error));
    assert_true(value.is_address && value.has_segment);
    assert_int_equal(value.number, 0x413);
    assert_int_equal(value.selector, 0x40);
    assert_int_equal(value.offset, 0x13);
    assert_true(debugger_evaluate(s->d, "6*7", &value, error, sizeof error));
    assert_false(value.is_address);
    assert_int_equal(value.number, 42);
    assert_false(debugger_evaluate(s->d, "what", &value, error, sizeof error));
    assert_string_equal(error, "No symbol \"what\" in current context.");
    assert_false(debugger_evaluate(s->d, "$void", &value, error, sizeof error));
}

static void counters_of_time_can_be_used(void **state)
{
    prints(state, "p $icount", "0");
    run(*state, "stepi 2");
    prints(state, "p $icount == 2 && $clock > 0 && $tick > $clock", "1");
}

static void binary_numbers_are_c23s(void **state)
{
    prints(state, "p 0b101", "5");
    prints(state, "p 0B11111111", "255");
    prints(state, "p 0b1h", "177");
    fails(state, "p 0b12", "Invalid number \"0b12\".");
    run(*state, "set input-radix 16");
    prints(state, "p 0b1", "177");
}

static void flags_are_read_and_set(void **state)
{
    prints(state, "p $zf", "0");
    run(*state, "set $zf = 1");
    run(*state, "set $iopl = 3");
    prints(state, "p $eflags", "[ ZF IOPL=3 ]");
    prints(state, "p $cf || $zf && !$if", "1");
    prints(state, "p $iopl", "3");
    fails(state, "set $zf = 2", "Flag zf is 0 to 1.");
    run(*state, "set $zf = 0");
    prints(state, "p $eflags", "[ IOPL=3 ]");
    contains(run(*state, "info registers df"), "df             0x0                0\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_GUEST(binary_numbers_are_c23s),
        ON_GUEST(flags_are_read_and_set),
        ON_GUEST(operators_have_the_precedence_of_c),
        ON_GUEST(integers_wrap_in_their_type),
        ON_GUEST(numbers_may_be_hexadecimal_octal_or_characters),
        ON_GUEST(wrong_expressions_are_one_line_errors),
        ON_GUEST(deep_nesting_is_refused),
        ON_GUEST(segmented_addresses_are_hexadecimal_and_keep_their_segment),
        ON_GUEST(segmented_addresses_take_registers),
        ON_GUEST(registers_are_read_in_all_widths),
        ON_GUEST(pseudo_registers_are_addresses),
        ON_GUEST(flags_print_by_name),
        ON_GUEST(memory_is_read_in_all_notations),
        ON_GUEST(far_pointers_are_followed),
        ON_GUEST(assignments_reach_memory),
        ON_GUEST(arrays_fold_repetitions),
        ON_GUEST(the_side_that_does_not_count_is_not_evaluated),
        ON_GUEST(values_are_remembered),
        ON_GUEST(variables_are_void_until_set),
        ON_GUEST(selectors_use_descriptors_only_where_asked_or_in_protected_mode),
        ON_GUEST(evaluation_for_views_gives_numbers_and_addresses),
        ON_GUEST(counters_of_time_can_be_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
