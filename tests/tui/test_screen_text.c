/* Code page 437 as Unicode, and the guest's screen as lines of text. */
#include "tests/tui/frame.h"

#include "tui/screen_text.h"

static struct screen screen;

static int setup(void **state)
{
    (void)state;
    memset(&screen, 0, sizeof screen);
    screen.columns = 80;
    screen.rows = 25;
    return 0;
}

static void put(unsigned row, unsigned column, const char *text)
{
    for (; *text; text++)
        screen.cell[row][column++].code = (uint8_t)*text;
}

static void trailing_blanks_go_and_lines_stay(void **state)
{
    (void)state;
    char text[8192];
    put(0, 0, "C:\\>dir   ");
    put(2, 3, "\x01\xC9\xCD\xBB\xFF");
    static const char expected[] = "C:\\>dir\n\n   \xE2\x98\xBA\xE2\x95\x94\xE2\x95\x90\xE2\x95\x97\n\n";
    size_t length = screen_text(&screen, text, sizeof text);
    assert_int_equal(length, strlen(text));
    assert_memory_equal(text, expected, sizeof expected - 1);
    unsigned lines = 0;
    for (const char *at = text; *at; at++)
        lines += *at == '\n';
    assert_int_equal(lines, 25);
}

static void graphics_give_no_text(void **state)
{
    (void)state;
    char text[16] = "x";
    screen.graphics = true;
    assert_int_equal(screen_text(&screen, text, sizeof text), 0);
    assert_string_equal(text, "");
}

static void it_is_cut_at_the_buffers_size(void **state)
{
    (void)state;
    char text[4096];
    for (unsigned row = 0; row < 25; row++)
        for (unsigned column = 0; column < 80; column++)
            screen.cell[row][column].code = (uint8_t)(0xB0 + column % 40);
    for (size_t size = 1; size < 2500; size += 1 + size / 40) {
        memset(text, '#', sizeof text);
        size_t length = screen_text(&screen, text, size);
        assert_true(length < size);
        assert_int_equal(text[length], 0);
        assert_int_equal(text[size], '#');
    }
}

static void every_code_has_a_character_of_its_own(void **state)
{
    (void)state;
    for (unsigned a = 1; a < 255; a++)
        for (unsigned b = 1; b < a; b++)
            if (a != 32 && b != 32)
                assert_int_not_equal(cp437_to_unicode((uint8_t)a), cp437_to_unicode((uint8_t)b));
    assert_int_equal(cp437_to_unicode('A'), 'A');
    assert_int_equal(cp437_to_unicode(0xE1), 0xDF);
    assert_int_equal(cp437_to_unicode(0xDB), 0x2588);
    assert_int_equal(cp437_to_unicode(0), ' ');
}

static void utf8_has_one_to_three_bytes(void **state)
{
    (void)state;
    char bytes[4];
    assert_int_equal(utf8_put(bytes, 'a'), 1);
    assert_int_equal(utf8_put(bytes, 0xE9), 2);
    assert_memory_equal(bytes, "\xC3\xA9", 2);
    assert_int_equal(utf8_put(bytes, 0x2588), 3);
    assert_memory_equal(bytes, "\xE2\x96\x88", 3);
}

#define screen_test(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        screen_test(trailing_blanks_go_and_lines_stay),
        screen_test(graphics_give_no_text),
        screen_test(it_is_cut_at_the_buffers_size),
        screen_test(every_code_has_a_character_of_its_own),
        screen_test(utf8_has_one_to_three_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
