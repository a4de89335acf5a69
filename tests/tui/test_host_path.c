/* Names of host files at the prompt: quotes and the home directory. */
#include "tests/tui/frame.h"

#include "tui/host_path.h"

static void assert_path(const char *text, const char *expected)
{
    char path[32];
    assert_true(host_path(text, path, sizeof path));
    assert_string_equal(path, expected);
}

static void quotes_are_taken_off_and_a_tilde_is_the_home(void **state)
{
    (void)state;
    setenv("HOME", "/home/me", 1);
    assert_path("na me.img", "na me.img");
    assert_path("\"na me.img\"", "na me.img");
    assert_path("~/a.img", "/home/me/a.img");
    assert_path("~", "/home/me");
    assert_path("~you/a.img", "~you/a.img");
    assert_path("\"~/a.img\"", "~/a.img");
    unsetenv("HOME");
    assert_path("~/a.img", "~/a.img");
}

static void what_is_no_name_is_refused(void **state)
{
    static const char *const wrong[] = { "", "\"", "\"\"", "\"a", "\"a\" b", "a.name.that.is.longer.than.the.room",
                                         "\"a.name.that.is.longer.than.the.room\"" };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char path[32];
        assert_false(host_path(wrong[i], path, sizeof path));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quotes_are_taken_off_and_a_tilde_is_the_home),
        cmocka_unit_test(what_is_no_name_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
