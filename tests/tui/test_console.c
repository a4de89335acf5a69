/* The debugger's command line behind libedit. What it allocates is given back: a leak fails this test when it is built
 * with the address sanitizer (SAN=1). */
#include "tests/tui/frame.h"

#include "tui/console.h"

/* ncurses keeps what tgetent found for the last four terminals, and loses part of it from the fifth el_init on. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:_nc_trim_sgr0\n";
}

static size_t complete(void *ctx, const char *line, size_t cursor, void (*offer)(void *ctx, const char *word),
                       void *offer_ctx)
{
    (void)ctx;
    static const char *const words[] = { "watch", "wait", "whatis", "wavcapture", "wait", "while" };
    if (cursor == 2 && strncmp(line, "co", 2) == 0)
        offer(offer_ctx, "continue");
    for (size_t i = 0; cursor == 1 && *line == 'w' && i < sizeof words / sizeof *words; i++)
        offer(offer_ctx, words[i]);
    return 0;
}

/* What the console shows, of its size, a line a row, without trailing blanks; the cursor is a '_'. */
static const char *shown(struct console *console, int width, int height)
{
    static char text[4096];
    struct surface s = { 0 };
    size_t used = 0;
    assert_true(surface_resize(&s, width, height));
    console_draw(console, &(struct canvas){ &s, { 0, 0, width, height } }, "> ", true);
    assert_true(s.cursor);
    s.cells[s.cursor_y * width + s.cursor_x].c = '_';
    for (int y = 0; y < height; y++) {
        size_t end = used;
        for (int x = 0; x < width; x++) {
            uint16_t c = s.cells[y * width + x].c;
            text[used++] = c < 128 ? (char)c : '?';
            if (c != ' ')
                end = used;
        }
        used = end;
        text[used++] = '\n';
    }
    text[used] = 0;
    surface_free(&s);
    return text;
}

static int open_console(void **state)
{
    *state = console_create(NULL, complete, NULL);
    return *state ? 0 : -1;
}

static int close_console(void **state)
{
    console_destroy(*state);
    return 0;
}

static void a_line_ends_with_enter(void **state)
{
    assert_null(console_feed(*state, "step", "> "));
    assert_false(console_empty(*state));
    assert_string_equal(console_feed(*state, "i\r", "> "), "stepi");
    assert_true(console_empty(*state));
}

static void tab_completes_a_word(void **state)
{
    assert_null(console_feed(*state, "co\t", "> "));
    assert_string_equal(console_feed(*state, "3\r", "> "), "continue 3");
}

static void the_arrow_brings_the_last_line_back(void **state)
{
    assert_string_equal(console_feed(*state, "one\r", "> "), "one");
    assert_null(console_feed(*state, "\033[A", "> "));
    assert_string_equal(console_feed(*state, "s\r", "> "), "ones");
}

static void enter_lines(struct console *console, const char *const *lines)
{
    for (; *lines; lines++) {
        console_feed(console, *lines, "> ");
        assert_string_equal(console_feed(console, "\r", "> "), *lines);
    }
}

static void ctrl_r_searches_backwards_with_every_key(void **state)
{
    struct console *console = *state;
    enter_lines(console, (const char *const[]){ "print 4242", "print 17", NULL });
    assert_null(console_feed(console, "\x12", "> "));
    assert_false(console_empty(console));
    assert_string_equal(shown(console, 60, 1), "(reverse-i-search)'': _\n");
    assert_null(console_feed(console, "p", "> "));
    assert_string_equal(shown(console, 60, 1), "(reverse-i-search)'p': _rint 17\n");
    assert_null(console_feed(console, "\x7Fnt 42", "> "));
    assert_string_equal(shown(console, 60, 1), "(reverse-i-search)'nt 42': pri_t 4242\n");
    assert_string_equal(console_feed(console, "\r", "> "), "print 4242");
    assert_true(console_empty(console));
}

static void ctrl_r_again_goes_further_back(void **state)
{
    struct console *console = *state;
    enter_lines(console, (const char *const[]){ "print 1", "stepi", "print 2", NULL });
    console_feed(console, "\x12print\x12", "> ");
    assert_string_equal(shown(console, 60, 1), "(reverse-i-search)'print': _rint 1\n");
    console_feed(console, "\x12", "> ");
    assert_string_equal(shown(console, 60, 1), "(failed reverse-i-search)'print': _rint 1\n");
    assert_string_equal(console_feed(console, "\r", "> "), "print 1");
    console_feed(console, "\x12\x12", "> ");                            /* the pattern of before */
    assert_string_equal(shown(console, 60, 1), "(reverse-i-search)'print': _rint 1\n");
    console_cancel(console);
    assert_true(console_empty(console));
    assert_string_equal(shown(console, 60, 1), "> _\n");
}

static void a_search_ends_with_the_line_to_edit_or_as_before(void **state)
{
    struct console *console = *state;
    enter_lines(console, (const char *const[]){ "print 4242", NULL });
    console_feed(console, "\x12" "42\x01x", "> ");
    assert_string_equal(shown(console, 60, 1), "> x_rint 4242\n");
    console_cancel(console);
    console_feed(console, "ab\x12" "42\x07", "> ");
    assert_string_equal(shown(console, 60, 1), "> ab_\n");
    console_feed(console, "\x12" "xyz", "> ");
    assert_string_equal(shown(console, 60, 1), "(failed reverse-i-search)'xyz': _\n");
    console_feed(console, "\033", "> ");
    assert_string_equal(console_feed(console, "c\r", "> "), "abc");
}

static void no_editing_key_leaves_something_in_an_empty_line(void **state)
{
    struct console *console = *state;
    for (char c = 1; c < ' '; c++)
        if (c != '\r' && c != '\n' && c != '\t' && c != 18) {
            assert_null(console_feed(console, (char[]){ c, 0 }, "> "));
            assert_true(console_empty(console));
        }
    console_feed(console, "\033[3~", "> ");
    assert_true(console_empty(console));
    assert_string_equal(console_feed(console, "abc\x02\x04\r", "> "), "ab");
}

static void a_question_stands_in_the_place_of_the_line(void **state)
{
    struct console *console = *state;
    console_put(console, "The guest is still there.\n");
    console_feed(console, "abc", "> ");
    console_ask(console, "Quit anyway? (y or n) ");
    assert_string_equal(shown(console, 60, 2), "The guest is still there.\nQuit anyway? (y or n) _\n");
    console_ask(console, NULL);
    assert_string_equal(shown(console, 60, 2), "The guest is still there.\n> abc_\n");
}

static void long_lines_are_broken_at_blanks(void **state)
{
    struct console *console = *state;
    console_put(console, "The motor is on, and the last access was ago.\n");
    assert_string_equal(shown(console, 20, 5), "\nThe motor is on, and\nthe last access was\nago.\n> _\n");
    console_put(console, "one-word-that-is-too-long-for-it\n");
    assert_string_equal(shown(console, 20, 3), "one-word-that-is-too\n-long-for-it\n> _\n");
    console_put(console, "\xC3\xA9\xC3\xA9\xC3\xA9 \xC3\xA9\xC3\xA9\xC3\xA9\n");   /* columns, not bytes */
    assert_string_equal(shown(console, 8, 2), "??? ???\n> _\n");
    console_put(console, "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\n");
    assert_string_equal(shown(console, 3, 3), "???\n??\n> _\n");
}

static void what_could_be_meant_is_listed_in_columns(void **state)
{
    struct console *console = *state;
    shown(console, 30, 3);
    console_feed(console, "w\t", "> ");
    assert_string_equal(shown(console, 30, 4), "wait        whatis\nwatch       while\nwavcapture\n> w_\n");
    shown(console, 8, 3);
    console_feed(console, "\t", "> ");
    assert_string_equal(shown(console, 12, 6), "wait\nwatch\nwavcapture\nwhatis\nwhile\n> w_\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_line_ends_with_enter, open_console, close_console),
        cmocka_unit_test_setup_teardown(tab_completes_a_word, open_console, close_console),
        cmocka_unit_test_setup_teardown(the_arrow_brings_the_last_line_back, open_console, close_console),
        cmocka_unit_test_setup_teardown(ctrl_r_searches_backwards_with_every_key, open_console, close_console),
        cmocka_unit_test_setup_teardown(ctrl_r_again_goes_further_back, open_console, close_console),
        cmocka_unit_test_setup_teardown(a_search_ends_with_the_line_to_edit_or_as_before, open_console, close_console),
        cmocka_unit_test_setup_teardown(no_editing_key_leaves_something_in_an_empty_line, open_console, close_console),
        cmocka_unit_test_setup_teardown(a_question_stands_in_the_place_of_the_line, open_console, close_console),
        cmocka_unit_test_setup_teardown(long_lines_are_broken_at_blanks, open_console, close_console),
        cmocka_unit_test_setup_teardown(what_could_be_meant_is_listed_in_columns, open_console, close_console),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
