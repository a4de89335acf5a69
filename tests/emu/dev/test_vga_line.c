/* Scan lines: text and graphics as pixels. */
#include "tests/emu/dev/vga_board.h"

enum { CAPACITY = 2048 * 2048, BLACK = 0, GREY = 7, WHITE = 15, CLOCK_28 = 28322000, FRAME_DOTS = 900 * 449 };

static uint8_t *pixels;

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
    assert_true(picture_entries(b, &size, pixels, CAPACITY));
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
    assert_false(picture_entries(b, &size, pixels, 640 * 400 - 1));
    assert_int_equal(size.width, 640);
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

static void underlined_are_characters_in_blue_on_black_only(void **state)
{
    (void)state;
    struct board *b = text_board();
    set_crtc(b, 0x14, 12);
    for (unsigned attribute = 0; attribute < 256; attribute++) {
        put_cell(b, 0, ' ', (uint8_t)attribute);
        set_attribute(b, 0x10, 0x04);
        draw(b);
        bool underlined = (attribute & 0x77) == 1;
        assert_int_equal(pixels[12 * 720], underlined ? attribute & 15 : attribute >> 4);
        assert_int_equal(pixels[11 * 720], attribute >> 4);
    }
    board_destroy(b);
}

static void without_extended_memory_there_is_one_font(void **state)
{
    (void)state;
    struct board *b = text_board();
    put_glyph(b, 0x0000, 'x', 0, 0xF0);
    put_glyph(b, 0x4000, 'x', 0, 0x0F);
    put_cell(b, 0, 'x', 7);
    set_sequencer(b, 3, 0x05);
    draw(b);
    assert_int_equal(pixels[7], GREY);
    set_sequencer(b, 4, 0x00);
    draw(b);
    assert_int_equal(pixels[0], GREY);
    assert_int_equal(pixels[7], BLACK);
    board_destroy(b);
}

/* --- Panning and scrolling of text --- */

/* Where in line ROW the first pixel of COLOR is. */
static unsigned first_of(uint8_t color, unsigned row, unsigned width)
{
    unsigned x = 0;
    while (x < width && pixels[row * width + x] != color)
        x++;
    return x;
}

static void text_is_panned_by_dots(void **state)
{
    static const struct { uint8_t clocking, pan; unsigned shift, width; } rows[] = {
        { 0, 8, 0, 720 }, { 0, 0, 1, 720 }, { 0, 3, 4, 720 }, { 0, 7, 8, 720 },
        { 1, 0, 0, 640 }, { 1, 3, 3, 640 }, { 1, 7, 7, 640 },
    };
    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct board *b = text_board();
        set_sequencer(b, 1, rows[i].clocking);
        set_attribute(b, 0x13, rows[i].pan);
        put_cell(b, 2, ' ', 0x10);
        put_cell(b, 80, ' ', 0x20);             /* comes in at the right */
        draw(b);
        unsigned dots = rows[i].width / 80;
        assert_int_equal(first_of(1, 0, rows[i].width), 2 * dots - rows[i].shift);
        assert_int_equal(first_of(2, 0, rows[i].width), rows[i].width - rows[i].shift);
        board_destroy(b);
    }
}

static void preset_row_scan_moves_text_up_by_lines(void **state)
{
    (void)state;
    struct board *b = text_board();
    put_cell(b, 0, ' ', 0x10);
    put_cell(b, 80, ' ', 0x20);
    put_cell(b, 25 * 80, ' ', 0x30);
    set_crtc(b, 0x08, 5);
    draw(b);
    assert_int_equal(pixels[10 * 720], 1);
    assert_int_equal(pixels[11 * 720], 2);
    assert_int_equal(pixels[394 * 720], 0);
    assert_int_equal(pixels[395 * 720], 3);
    set_crtc(b, 0x08, 30);                      /* behind the last row scan, 15: counts to 31 first */
    draw(b);
    assert_int_equal(pixels[1 * 720], 1);
    assert_int_equal(pixels[17 * 720], 1);
    assert_int_equal(pixels[18 * 720], 2);
    board_destroy(b);
}

static void text_is_split_between_any_two_lines(void **state)
{
    (void)state;
    struct board *b = text_board();
    put_cell(b, 0, ' ', 0x10);
    put_cell(b, 80, ' ', 0x20);
    set_crtc(b, 0x08, 0x25);                    /* byte panning by 1, row scan 5 */
    set_attribute(b, 0x13, 2);
    set_crtc(b, 0x11, 0);
    set_crtc(b, 0x07, 0x0F);
    set_crtc(b, 0x09, 0x0F);
    set_crtc(b, 0x18, 100);
    put_cell(b, 1, ' ', 0x30);
    draw(b);
    assert_int_equal(pixels[100 * 720], 0);
    assert_int_equal(pixels[101 * 720], 3);     /* rows begin with their first line, panning goes on */
    assert_int_equal(pixels[116 * 720], 3);
    assert_int_equal(first_of(3, 101, 720), 0);
    assert_int_equal(first_of(0, 101, 720), 6);
    set_attribute(b, 0x10, 0x2C);               /* panning stops at the split */
    draw(b);
    assert_int_equal(pixels[101 * 720], 1);
    assert_int_equal(first_of(3, 101, 720), 9);
    assert_int_equal(pixels[117 * 720], 2);
    board_destroy(b);
}

static void doubled_lines_of_text_are_drawn_once(void **state)
{
    (void)state;
    struct board *b = text_board();
    put_glyph(b, 0, 'x', 7, 0x80);
    put_cell(b, 0, 'x', 7);
    set_crtc(b, 0x09, 0xC7);
    assert_int_equal(draw(b).height, 200);
    assert_int_equal(pixels[7 * 720], GREY);
    assert_int_equal(pixels[6 * 720], BLACK);
    board_destroy(b);
}

static void a_hundred_and_thirty_two_columns_of_sixty_rows(void **state)
{
    (void)state;
    struct board *b = text_board();
    set_sequencer(b, 1, 0x01);
    set_crtc(b, 0x11, 0);
    set_crtc(b, 0x01, 131);
    set_crtc(b, 0x02, 132);
    set_crtc(b, 0x03, 0x82);
    set_crtc(b, 0x05, 0x9E);
    set_crtc(b, 0x13, 66);
    set_crtc(b, 0x09, 0x47);
    set_crtc(b, 0x07, 0x3E);
    set_crtc(b, 0x12, 0xDF);                    /* 480 lines */
    set_crtc(b, 0x15, 0xE7);
    set_attribute(b, 0x13, 0);
    put_cell(b, 59 * 132 + 131, ' ', 0x40);
    struct picture size = draw(b);
    assert_int_equal(size.width, 1056);
    assert_int_equal(size.height, 480);
    assert_int_equal(pixels[479 * 1056 + 1055], 4);
    assert_int_equal(pixels[479 * 1056 + 1047], 0);
    struct screen *s = screen_of(b);
    assert_int_equal(s->columns, 132);
    assert_int_equal(s->rows, 60);
    assert_int_equal(s->cell[59][131].attribute, 0x40);
    board_destroy(b);
}

/* --- Cursor and blinking --- */

/* To the middle of frame NUMBER, counted from the first retrace. */
static void go_to_frame(struct board *b, unsigned number)
{
    b->rig.clock.now = b->vga.frame_base + clock_span((uint64_t)FRAME_DOTS * number + FRAME_DOTS / 2, CLOCK_28);
}

static void the_cursor_is_skewed_by_characters(void **state)
{
    (void)state;
    struct board *b = text_board();
    for (unsigned column = 0; column < 8; column++)
        put_cell(b, column, ' ', 0x07);
    set_crtc(b, 0x0A, 0x00);
    for (unsigned skew = 0; skew < 4; skew++) {
        set_crtc(b, 0x0B, (uint8_t)(skew << 5 | 3));
        set_crtc(b, 0x0F, 2);
        draw(b);
        assert_int_equal(first_of(GREY, 0, 720), (2 + skew) * 9);
        assert_int_equal(first_of(GREY, 3, 720), (2 + skew) * 9);
        assert_int_equal(first_of(GREY, 4, 720), 720);
        assert_int_equal(screen_of(b)->cursor_column, 2 + skew);
    }
    set_crtc(b, 0x0F, 79);                      /* skewed out of its row, it is not in the next one */
    put_cell(b, 80, ' ', 0x07);
    draw(b);
    assert_int_equal(first_of(GREY, 16, 720), 720);
    board_destroy(b);
}

static void the_cursor_blinks_every_eight_frames_and_characters_every_sixteen(void **state)
{
    (void)state;
    struct board *b = text_board();
    put_glyph(b, 0, 'x', 0, 0xFF);
    put_cell(b, 0, 'x', 0x9E);
    put_cell(b, 1, 'x', 0x1E);
    put_cell(b, 2, ' ', 0x07);
    set_crtc(b, 0x0A, 0x00);
    set_crtc(b, 0x0B, 0x0F);
    set_crtc(b, 0x0F, 2);
    for (unsigned frame = 0; frame < 64; frame++) {
        go_to_frame(b, frame);
        uint64_t retraces = b->vga.frame_retraces + frame;
        draw(b);
        assert_int_equal(pixels[0], retraces & 16 ? 1 : 14);
        assert_int_equal(pixels[9], 14);
        assert_int_equal(pixels[18], retraces & 8 ? BLACK : GREY);
    }
    board_destroy(b);
}

static void blinking_graphics_turn_the_highest_bit_over(void **state)
{
    (void)state;
    struct board *b = board_create(0x12);
    set_graphics(b, 5, 2);
    poke(b, 0xA0000, 0x04);
    poke(b, 0xA0001, 0x0C);
    set_attribute(b, 0x10, 0x09);
    bool seen[2] = { false, false };
    for (unsigned frame = 0; frame < 64; frame++) {
        b->rig.clock.now = b->vga.frame_base + clock_span(800ull * 525 * frame + 800 * 250, 25175000);
        draw(b);
        assert_int_equal(pixels[0] ^ pixels[8], 8);
        assert_true(pixels[0] == 4 || pixels[0] == 12);
        seen[pixels[0] >> 3] = true;
    }
    assert_true(seen[0] && seen[1]);
    board_destroy(b);
}

/* --- Graphics --- */

static void four_bits_at_a_time_go_through_the_palette(void **state)
{
    (void)state;
    struct board *b = board_create(0x13);
    for (unsigned i = 0; i < 4; i++)
        poke(b, 0xA0000 + i, (uint8_t)(0x21 + 0x22 * i));
    set_attribute(b, 0x10, 0x01);               /* no colours of eight bits */
    set_attribute(b, 0x03, 0x3C);
    draw(b);
    static const uint8_t expected[] = { 2, 1, 4, 0x3C, 6, 5, 8, 7 };
    assert_memory_equal(pixels, expected, 8);
    assert_int_equal(screen_of(b)->columns, 640);
    board_destroy(b);
}

static void colors_of_eight_bits_are_joined_from_any_shift_mode(void **state)
{
    (void)state;
    struct board *b = board_create(0x13);
    set_graphics(b, 5, 0);                      /* planar: four pixels, each of two neighbours */
    set_sequencer(b, 4, 0x06);
    set_sequencer(b, 2, 0x01);
    poke(b, 0xA0000, 0x80);
    set_sequencer(b, 2, 0x08);
    poke(b, 0xA0000, 0x40);
    draw(b);
    assert_int_equal(pixels[0], 0x18);
    assert_int_equal(pixels[1], 0x00);
    board_destroy(b);
}

static void panning_moves_colors_of_eight_bits_by_every_second_step(void **state)
{
    (void)state;
    struct board *b = board_create(0x13);
    for (unsigned i = 0; i < 16; i++)
        poke(b, 0xA0000 + i, (uint8_t)(i + 1));
    for (unsigned pan = 0; pan < 8; pan += 2) {
        set_attribute(b, 0x13, (uint8_t)pan);
        draw(b);
        assert_int_equal(pixels[0], 1 + pan / 2);
        assert_int_equal(pixels[1], 2 + pan / 2);
    }
    board_destroy(b);
}

static void blanking_inside_the_picture_is_dark(void **state)
{
    (void)state;
    struct board *b = board_create(0x12);
    set_graphics(b, 5, 2);
    for (unsigned i = 0; i < 38400; i++)
        poke(b, 0xA0000 + i, 0x0F);
    set_color(b, 15, 63, 63, 63);
    set_crtc(b, 0x11, 0);
    set_crtc(b, 0x02, 40);
    set_crtc(b, 0x03, 0x80 | 42);               /* the end's low five bits, and bit 5 in register 5 */
    set_crtc(b, 0x05, 0x80);
    set_crtc(b, 0x15, 0x2C);                    /* line 300 up to line 310 */
    set_crtc(b, 0x16, 0x36);
    draw(b);
    assert_int_equal(pixels[320], BLACK);
    assert_int_equal(pixels[319], 15);
    assert_int_equal(pixels[335], BLACK);
    assert_int_equal(pixels[336], 15);
    assert_int_equal(pixels[299 * 640], 15);
    assert_int_equal(pixels[300 * 640], BLACK);
    assert_int_equal(pixels[309 * 640 + 639], BLACK);
    assert_int_equal(pixels[310 * 640], 15);
    board_destroy(b);
}

static void a_screen_that_is_off_is_dark_and_without_palette_has_the_borders_color(void **state)
{
    (void)state;
    struct board *b = board_create(0x12);
    set_graphics(b, 5, 2);
    poke(b, 0xA0000, 0x0F);
    set_color(b, 15, 63, 63, 63);
    set_color(b, 0x2A, 0, 63, 0);
    set_attribute(b, 0x11, 0x2A);
    set_sequencer(b, 1, 0x21);
    draw(b);
    assert_int_equal(pixels[0], BLACK);
    set_sequencer(b, 1, 0x01);
    rig_in(&b->rig, 0x3DA);
    rig_out(&b->rig, 0x3C0, 0x00);
    draw(b);
    assert_int_equal(pixels[0], 0x2A);
    assert_int_equal(pixels[479 * 640 + 639], 0x2A);
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
        cmocka_unit_test(underlined_are_characters_in_blue_on_black_only),
        cmocka_unit_test(without_extended_memory_there_is_one_font),
        cmocka_unit_test(text_is_panned_by_dots),
        cmocka_unit_test(preset_row_scan_moves_text_up_by_lines),
        cmocka_unit_test(text_is_split_between_any_two_lines),
        cmocka_unit_test(doubled_lines_of_text_are_drawn_once),
        cmocka_unit_test(a_hundred_and_thirty_two_columns_of_sixty_rows),
        cmocka_unit_test(the_cursor_is_skewed_by_characters),
        cmocka_unit_test(the_cursor_blinks_every_eight_frames_and_characters_every_sixteen),
        cmocka_unit_test(blinking_graphics_turn_the_highest_bit_over),
        cmocka_unit_test(four_bits_at_a_time_go_through_the_palette),
        cmocka_unit_test(colors_of_eight_bits_are_joined_from_any_shift_mode),
        cmocka_unit_test(panning_moves_colors_of_eight_bits_by_every_second_step),
        cmocka_unit_test(blanking_inside_the_picture_is_dark),
        cmocka_unit_test(a_screen_that_is_off_is_dark_and_without_palette_has_the_borders_color),
    };
    return cmocka_run_group_tests(tests, get_pixels, drop_pixels);
}
