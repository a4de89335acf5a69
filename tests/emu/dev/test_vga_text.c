/* Text modes as pixels. */
#include "vga_board.h"

#include <stdlib.h>

enum { CAPACITY = 2048 * 2048, BLACK = 0, GREY = 7, WHITE = 15 };

static uint8_t *pixels;
static uint8_t dac[256][3];

static int get_pixels(void **state)
{
    (void)state;
    pixels = malloc(CAPACITY);
    return pixels ? 0 : -1;
}

static int drop_pixels(void **state)
{
    (void)state;
    free(pixels);
    return 0;
}

/* Mode 3 with a cursor out of sight; glyphs are put into plane 2 as a program that loads fonts would find them. */
static struct board *text_board(void)
{
    struct board *b = board_create(0x03);
    set_crtc(b, 0x0A, 0x20);
    memset(b->vga.memory, 0, 4 * 0x10000);
    return b;
}

static void put_glyph(struct board *b, uint32_t font, uint8_t code, unsigned line, uint8_t bits)
{
    b->vga.memory[4 * (font + code * 32u + line) + 2] = bits;
}

static void put_cell(struct board *b, unsigned column, uint8_t code, uint8_t attribute)
{
    poke(b, 0xB8000 + 2 * column, code);
    poke(b, 0xB8000 + 2 * column + 1, attribute);
}

static struct picture draw(struct board *b)
{
    struct picture size;
    assert_true(vga_text_pixels(&b->vga, &size, pixels, CAPACITY, dac));
    return size;
}

static void a_picture_has_characters_times_dots(void **state)
{
    (void)state;
    struct board *b = text_board();
    struct picture size = draw(b);
    assert_int_equal(size.width, 720);
    assert_int_equal(size.height, 400);
    set_sequencer(b, 1, 0x01);
    assert_int_equal(draw(b).width, 640);
    assert_false(vga_text_pixels(&b->vga, &size, pixels, 640 * 400 - 1, dac));
    assert_int_equal(size.width, 640);
    board_destroy(b);
    b = board_create(0x13);
    assert_false(vga_text_pixels(&b->vga, &size, pixels, CAPACITY, dac));
    board_destroy(b);
}

static void dots_come_from_the_font_and_colors_from_the_attribute(void **state)
{
    (void)state;
    struct board *b = text_board();
    put_glyph(b, 0, 'A', 3, 0x81);
    put_cell(b, 2, 'A', 0x1F);
    draw(b);
    const uint8_t *line = pixels + 3 * 720 + 18;
    assert_int_equal(line[0], WHITE);
    assert_int_equal(line[1], 1);
    assert_int_equal(line[7], WHITE);
    assert_int_equal(line[8], 1);               /* the ninth dot is background */
    board_destroy(b);
}

static void line_graphics_repeat_the_eighth_dot(void **state)
{
    (void)state;
    struct board *b = text_board();
    for (unsigned code = 0xBF; code <= 0xE0; code++)
        put_glyph(b, 0, (uint8_t)code, 0, 0x01);
    put_cell(b, 0, 0xBF, 7);
    put_cell(b, 1, 0xC0, 7);
    put_cell(b, 2, 0xDF, 7);
    put_cell(b, 3, 0xE0, 7);
    draw(b);
    assert_int_equal(pixels[8], BLACK);
    assert_int_equal(pixels[17], GREY);
    assert_int_equal(pixels[26], GREY);
    assert_int_equal(pixels[35], BLACK);
    set_attribute(b, 0x10, 0x08);               /* line graphics off */
    draw(b);
    assert_int_equal(pixels[17], BLACK);
    board_destroy(b);
}

static void attribute_bit_3_chooses_the_font(void **state)
{
    (void)state;
    struct board *b = text_board();
    put_glyph(b, 0x0000, 'x', 0, 0xF0);
    put_glyph(b, 0x6000, 'x', 0, 0x0F);
    set_sequencer(b, 3, 0x24);                  /* map A (bit 3 set): font 5; map B: font 0 */
    put_cell(b, 0, 'x', 7);
    put_cell(b, 1, 'x', 15);
    draw(b);
    assert_int_equal(pixels[0], GREY);
    assert_int_equal(pixels[7], BLACK);
    assert_int_equal(pixels[9], BLACK);
    assert_int_equal(pixels[9 + 7], WHITE);
    board_destroy(b);
}

static void cursor_and_underline_fill_their_lines(void **state)
{
    (void)state;
    struct board *b = text_board();
    put_cell(b, 0, ' ', 7);
    put_cell(b, 1, ' ', 1);
    set_crtc(b, 0x0A, 13);
    set_crtc(b, 0x0B, 14);
    set_crtc(b, 0x14, 12);
    draw(b);
    assert_int_equal(pixels[12 * 720], BLACK);
    assert_int_equal(pixels[13 * 720], GREY);
    assert_int_equal(pixels[14 * 720 + 8], GREY);
    assert_int_equal(pixels[15 * 720], BLACK);
    assert_int_equal(pixels[12 * 720 + 9], 1);
    assert_int_equal(pixels[13 * 720 + 9], BLACK);
    board_destroy(b);
}

static void bit_7_is_bright_background_without_blinking(void **state)
{
    (void)state;
    struct board *b = text_board();
    put_cell(b, 0, ' ', 0x90);
    draw(b);
    assert_int_equal(pixels[0], 1);
    set_attribute(b, 0x10, 0x04);
    draw(b);
    assert_int_equal(pixels[0], 9);
    board_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_has_characters_times_dots),
        cmocka_unit_test(dots_come_from_the_font_and_colors_from_the_attribute),
        cmocka_unit_test(line_graphics_repeat_the_eighth_dot),
        cmocka_unit_test(attribute_bit_3_chooses_the_font),
        cmocka_unit_test(cursor_and_underline_fill_their_lines),
        cmocka_unit_test(bit_7_is_bright_background_without_blinking),
    };
    return cmocka_run_group_tests(tests, get_pixels, drop_pixels);
}
