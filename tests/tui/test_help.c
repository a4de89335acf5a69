/* The help of F1: whatever the size of the terminal, all of it can be read. */
#include "tests/tui/frame.h"

#include "tui/help.h"
#include "tui/keys.h"

/* All pages at this size, one below the other, blanks and line ends as one blank each. */
static char *read_all(int width, int height)
{
    static char text[20000];
    struct surface s = { 0 };
    size_t used = 0;
    int top = 0, most;
    assert_true(surface_resize(&s, width, height));
    do {
        surface_clear(&s);
        most = help_draw(&(struct canvas){ &s, { 0, 0, width, height } }, top);
        int first = height > 2, last = first + help_page(height);
        for (int y = first; y < last && y < height; y++)
            for (int x = 0; x <= width; x++) {
                uint16_t c = x < width ? s.cells[y * width + x].c : ' ';
                if (c != ' ' || (used && text[used - 1] != ' '))
                    text[used++] = c < 128 ? (char)c : '?';
                assert_true(used + 1 < sizeof text);
            }
        top += help_page(height);
    } while (top < most + help_page(height));
    text[used] = 0;
    surface_free(&s);
    return text;
}

static void every_word_can_be_read_at_any_size(void **state)
{
    static const int sizes[][2] = { { 80, 24 }, { 40, 10 }, { 20, 5 }, { 200, 60 }, { 25, 2 }, { 30, 3 } };
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const char *text = read_all(sizes[i][0], sizes[i][1]);
        for (size_t n = 0; keys_at(n); n++) {
            char words[200];
            snprintf(words, sizeof words, "%s", keys_at(n)->help);
            for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
                if (!strstr(text, word))
                    fail_msg("%dx%d: \"%s\" is not in %s", sizes[i][0], sizes[i][1], word, text);
        }
        assert_non_null(strstr(text, "X damaged"));
    }
}

static void a_usual_terminal_shows_all_at_once(void **state)
{
    struct surface s = { 0 };
    (void)state;
    assert_true(surface_resize(&s, 80, 24));
    assert_int_equal(help_draw(&(struct canvas){ &s, { 0, 0, 80, 24 } }, 0), 0);
    surface_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_can_be_read_at_any_size),
        cmocka_unit_test(a_usual_terminal_shows_all_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
