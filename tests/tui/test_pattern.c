/* Regular expressions that the C library must not get. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tui/pattern.h"

static void what_people_write_is_allowed(void **state)
{
    static const char *const patterns[] = {
        "", "C:.> *$", "^[A-Z]:\\\\.*>$", "(Bad|Missing) command", "[0-9]{1,5} bytes free", "([0-9]{1,3},){3}[0-9]{3}",
        "x{80}", ".{0,2000}", "[]{}9]+", "[^]\\1]", "[[:digit:]{9}]{2}", "a{", "a{x}", "a{2", "}", "\\(\\{9999\\}",
        "\\", "[", "[[:", "(", ")", "((((((((x))))))))", "\\\\1",
    };
    (void)state;
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        if (pattern_danger(patterns[i]))
            fail_msg("\"%s\": %s", patterns[i], pattern_danger(patterns[i]));
}

static void repeats_of_repeats_are_not(void **state)
{
    static const char *const patterns[] = {
        "((a{1,255}){1,255}){1,255}", "a{255}{255}", "(a{100}b{100}){30}", "([[:alpha:]]{90}){90}", "a{5000}",
        "a{99999999999999999999}", "x{3000}y{3000}", "((a{70}|b){70})*", "(){5000}", "([]{]{1,99}){1,99}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        if (!pattern_danger(patterns[i]))
            fail_msg("\"%s\" is allowed", patterns[i]);
}

static void back_references_are_not(void **state)
{
    (void)state;
    assert_string_equal(pattern_danger("(.*)\\1"), "back-references are not supported");
    assert_string_equal(pattern_danger("([)](.*)\\2)"), "back-references are not supported");
}

static void deep_groups_are_not(void **state)
{
    char deep[600];
    (void)state;
    memset(deep, '(', sizeof deep);
    deep[sizeof deep - 1] = 0;
    assert_string_equal(pattern_danger(deep), "groups are nested too deeply");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_people_write_is_allowed),
        cmocka_unit_test(repeats_of_repeats_are_not),
        cmocka_unit_test(back_references_are_not),
        cmocka_unit_test(deep_groups_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
