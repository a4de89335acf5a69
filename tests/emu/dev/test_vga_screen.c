/* The VGA: what is to be seen, in text and in graphics; saved state. */
#include "tests/emu/dev/vga_board.h"

static uint8_t pixels[640 * 480];

static void draw_entries(struct board *b)
{
    struct picture size;
    assert_true(picture_entries(b, &size, pixels, sizeof pixels));
}

/* --- Text screens --- */

static void text_screen_shows_cells_and_cursor(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    bus_write(&b->rig.bus, 0xB8000 + 2 * (24 * 80 + 79), 0x4E5A, 2);
    set_crtc(b, 0x0E, (24 * 80 + 5) >> 8);
    set_crtc(b, 0x0F, (24 * 80 + 5) & 0xFF);
    struct screen *s = screen_of(b);
    assert_false(s->graphics);
    assert_false(s->blanked);
    assert_int_equal(s->columns, 80);
    assert_int_equal(s->rows, 25);
    assert_int_equal(s->cell[24][79].code, 0x5A);
    assert_int_equal(s->cell[24][79].attribute, 0x4E);
    assert_true(s->cursor);
    assert_int_equal(s->cursor_row, 24);
    assert_int_equal(s->cursor_column, 5);
    assert_int_equal(s->cursor_start, 13);
    assert_int_equal(s->cursor_end, 14);
    assert_true(s->blink);
    assert_false(s->two_fonts);
    board_destroy(b);
}

static void cursor_can_be_hidden(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    assert_true(screen_of(b)->cursor);
    set_crtc(b, 0x0A, 0x2D);
    assert_false(screen_of(b)->cursor);
    set_crtc(b, 0x0A, 0x0F);                    /* start behind end */
    assert_false(screen_of(b)->cursor);
    set_crtc(b, 0x0A, 0x0D);
    set_crtc(b, 0x0E, 0x20);                    /* outside the screen */
    assert_false(screen_of(b)->cursor);
    board_destroy(b);
}

static void eight_line_font_gives_fifty_rows(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    set_crtc(b, 0x09, 0x47);
    assert_int_equal(screen_of(b)->rows, 50);
    set_crtc(b, 0x09, 0xC7);                    /* each line twice */
    assert_int_equal(screen_of(b)->rows, 25);
    board_destroy(b);
}

static void line_compare_splits_text(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    poke(b, 0xB8000, 'T');
    poke(b, 0xB8000 + 160 * 40, 'S');
    set_crtc(b, 0x0C, 40 * 80 >> 8);
    set_crtc(b, 0x0D, (uint8_t)(40 * 80));
    rig_run(&b->rig, TICKS_PER_SECOND / 10);
    set_crtc(b, 0x07, 0x0F);
    set_crtc(b, 0x09, 0x0F);
    set_crtc(b, 0x07, 0x1F);
    set_crtc(b, 0x18, (16 * 20 - 1) & 0xFF);
    struct screen *s = screen_of(b);
    assert_int_equal(s->cell[0][0].code, 'S');
    assert_int_equal(s->cell[20][0].code, 'T');
    board_destroy(b);
}

static void monochrome_text_lies_at_b0000(void **state)
{
    struct board *b = board_create(0x07);
    (void)state;

    poke(b, 0xB0000 + 160, 'm');
    assert_int_equal(screen_of(b)->cell[1][0].code, 'm');
    assert_int_equal(peek(b, 0xB8000), 0xFF);
    board_destroy(b);
}

static void colors_go_through_palette_and_dac(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    set_attribute(b, 4, 0x25);
    set_color(b, 0x25, 63, 32, 1);
    struct screen *s = screen_of(b);
    assert_int_equal(s->rgb[4][0], 255);
    assert_int_equal(s->rgb[4][1], 130);
    assert_int_equal(s->rgb[4][2], 4);
    set_attribute(b, 0x14, 0x05);               /* bits 7-6 from color select */
    set_color(b, 0x65, 0, 63, 0);
    assert_int_equal(screen_of(b)->rgb[4][1], 255);
    set_attribute(b, 0x10, 0x8C);               /* and bits 5-4 */
    set_color(b, 0x55, 0, 0, 63);
    assert_int_equal(screen_of(b)->rgb[4][2], 255);
    rig_out(&b->rig, 0x3C6, 0x0F);
    set_color(b, 0x05, 63, 63, 63);
    assert_int_equal(screen_of(b)->rgb[4][0], 255);
    board_destroy(b);
}

static void two_fonts_when_the_maps_differ(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    set_sequencer(b, 3, 0x04);
    assert_true(screen_of(b)->two_fonts);
    set_sequencer(b, 3, 0x05);
    assert_false(screen_of(b)->two_fonts);
    set_sequencer(b, 3, 0x20);
    assert_true(screen_of(b)->two_fonts);
    board_destroy(b);
}

static void blanked_screen_says_so(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    set_sequencer(b, 1, 0x20);
    assert_true(screen_of(b)->blanked);
    set_sequencer(b, 1, 0x00);
    assert_false(screen_of(b)->blanked);
    rig_in(&b->rig, 0x3DA);
    rig_out(&b->rig, 0x3C0, 0x00);
    assert_true(screen_of(b)->blanked);
    board_destroy(b);
}

static void generation_moves_with_the_picture_only(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    rig_run(&b->rig, TICKS_PER_SECOND);
    uint64_t generation = screen_of(b)->generation;
    peek(b, 0xB8000);
    poke(b, 0xB8000, peek(b, 0xB8000));
    set_crtc(b, 0x0E, b->vga.crtc[0x0E]);
    status(b);
    rig_run(&b->rig, TICKS_PER_SECOND);
    assert_int_equal(screen_of(b)->generation, generation);
    poke(b, 0xB8000, 'x');
    assert_true(screen_of(b)->generation > generation);
    generation = screen_of(b)->generation;
    set_crtc(b, 0x0F, 7);
    assert_true(screen_of(b)->generation > generation);
    generation = screen_of(b)->generation;
    set_color(b, 1, 2, 3, 4);
    assert_true(screen_of(b)->generation > generation);
    board_destroy(b);
}

/* --- Graphics --- */

static void a_picture_needs_room(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    struct picture size;
    set_mode(b, 0x12);
    assert_false(picture_entries(b, &size, pixels, sizeof pixels - 1));
    assert_int_equal(size.width, 640);
    assert_int_equal(size.height, 480);
    assert_true(picture_entries(b, &size, pixels, sizeof pixels));
    board_destroy(b);
}

static void mode_12h_is_planar(void **state)
{
    struct board *b = board_create(0x12);
    (void)state;

    set_graphics(b, 5, 2);
    set_graphics(b, 8, 0x01);
    poke(b, 0xA0000 + 479 * 80 + 79, 0x0B);
    set_graphics(b, 8, 0x80);
    poke(b, 0xA0000, 0x06);
    struct screen *s = screen_of(b);
    assert_true(s->graphics);
    assert_int_equal(s->columns, 640);
    assert_int_equal(s->rows, 480);
    draw_entries(b);
    assert_int_equal(pixels[0], 6);
    assert_int_equal(pixels[1], 0);
    assert_int_equal(pixels[479 * 640 + 639], 11);
    board_destroy(b);
}

static void mode_13h_is_linear(void **state)
{
    struct board *b = board_create(0x13);
    (void)state;

    for (uint32_t i = 0; i < 64000; i++)
        poke(b, 0xA0000 + i, (uint8_t)(i * 7 + (i >> 8)));
    struct screen *s = screen_of(b);
    assert_int_equal(s->columns, 320);
    assert_int_equal(s->rows, 200);
    draw_entries(b);
    for (uint32_t i = 0; i < 64000; i++)
        assert_int_equal(pixels[i], (uint8_t)(i * 7 + (i >> 8)));
    board_destroy(b);
}

static void unchained_256_colors_show_the_planes(void **state)
{
    struct board *b = board_create(0x13);
    (void)state;

    set_sequencer(b, 4, 0x06);
    set_crtc(b, 0x14, 0x00);
    set_crtc(b, 0x17, 0xE3);
    set_crtc(b, 0x09, 0x40);
    set_sequencer(b, 2, 0x04);
    poke(b, 0xA0000 + 399 * 80 + 79, 0x9D);
    assert_int_equal(screen_of(b)->rows, 400);
    draw_entries(b);
    assert_int_equal(pixels[399 * 320 + 318], 0x9D);
    assert_int_equal(pixels[399 * 320 + 319], 0);
    board_destroy(b);
}

static void cga_modes_interleave_lines(void **state)
{
    struct board *b = board_create(0x04);
    (void)state;

    poke(b, 0xB8000, 0x1B);                     /* 0 1 2 3 */
    poke(b, 0xB8001, 0xE4);                     /* 3 2 1 0 */
    poke(b, 0xBA000 + 80 * 99 + 79, 0x03);
    struct screen *s = screen_of(b);
    assert_int_equal(s->columns, 320);
    assert_int_equal(s->rows, 200);
    draw_entries(b);
    static const uint8_t expected[] = { 0, 1, 2, 3, 3, 2, 1, 0, 0 };
    assert_memory_equal(pixels, expected, 9);
    assert_int_equal(pixels[199 * 320 + 319], 3);
    set_mode(b, 0x06);
    memset(b->vga.memory, 0, VGA_MEMORY);
    poke(b, 0xB8000, 0x81);
    poke(b, 0xBA000 + 79, 0x01);
    assert_int_equal(screen_of(b)->columns, 640);
    draw_entries(b);
    assert_int_equal(pixels[0], 1);
    assert_int_equal(pixels[1], 0);
    assert_int_equal(pixels[7], 1);
    assert_int_equal(pixels[640 + 639], 1);
    board_destroy(b);
}

static void panning_and_split_move_pixels(void **state)
{
    struct board *b = board_create(0x0D);
    (void)state;

    set_sequencer(b, 2, 0x01);
    poke(b, 0xA0000, 0x08);                     /* pixel 4 of line 0 */
    assert_int_equal(screen_of(b)->columns, 320);
    assert_int_equal(screen_of(b)->rows, 200);
    set_attribute(b, 0x13, 3);
    set_crtc(b, 0x11, 0);
    set_crtc(b, 0x09, 0x80);
    set_crtc(b, 0x07, 0x0F);
    set_crtc(b, 0x18, 99 * 2 + 1);
    draw_entries(b);
    assert_int_equal(pixels[1], 1);
    assert_int_equal(pixels[100 * 320 + 1], 1);
    assert_int_equal(pixels[99 * 320 + 1], 0);
    set_attribute(b, 0x10, 0x21);
    draw_entries(b);
    assert_int_equal(pixels[100 * 320 + 4], 1);
    board_destroy(b);
}

static void probe_tells_new_formats_once(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    rig_listen(&b->rig, PROBE_BIT(PROBE_SCREEN_MODE));
    set_mode(b, 0x13);
    set_mode(b, 0x13);
    set_mode(b, 0x03);
    assert_int_equal(b->rig.events, 2);
    assert_int_equal(b->rig.event[0].a, 320);
    assert_int_equal(b->rig.event[0].b, 200);
    assert_int_equal(b->rig.event[0].c, 1);
    assert_int_equal(b->rig.event[1].a, 80);
    assert_int_equal(b->rig.event[1].b, 25);
    assert_int_equal(b->rig.event[1].c, 0);
    board_destroy(b);
}

/* --- State --- */

static void saved_card_continues_alike(void **state)
{
    struct board *a = board_create(0x12), *b = board_create(0x03);
    struct board *both[2] = { a, b };
    static struct screen screens[2];
    (void)state;

    rig_run(&a->rig, TICKS_PER_SECOND / 7);
    set_mode(a, 0x03);
    set_mode(a, 0x12);
    set_graphics(a, 5, 1);
    memset(a->vga.memory, 0x3C, 4000);
    peek(a, 0xA0100);
    set_crtc(a, 0x0D, 2);
    rig_out(&a->rig, 0x3C8, 9);
    rig_out(&a->rig, 0x3C9, 1);
    uint64_t generation = screen_of(b)->generation;
    rig_copy(&a->rig, &a->vga, &b->rig, &b->vga, visit);
    assert_true(screen_of(b)->generation > generation);
    for (unsigned i = 0; i < 2; i++) {
        rig_out(&both[i]->rig, 0x3C9, 2);
        rig_out(&both[i]->rig, 0x3C9, 3);
        poke(both[i], 0xA1000, 0);
        rig_run(&both[i]->rig, TICKS_PER_SECOND / 100);
        vga_screen(&both[i]->vga, &screens[i]);
        screens[i].generation = 0;
    }
    assert_memory_equal(&screens[0], &screens[1], sizeof screens[0]);
    for (unsigned i = 0; i < 100; i++) {
        rig_run(&a->rig, TICKS_PER_SECOND / 3000);
        rig_run(&b->rig, TICKS_PER_SECOND / 3000);
        assert_int_equal(status(a), status(b));
    }
    assert_int_equal(plane(b, 2, 0x1000), 0x3C);
    assert_int_equal(b->vga.dac[9][1], 2);
    assert_true(rig_hash(&a->rig, visit, &a->vga) == rig_hash(&b->rig, visit, &b->vga));
    assert_true(rig_refuses(&a->rig, &a->vga, &a->vga.dac_part, 3, visit));
    board_destroy(a);
    board_destroy(b);
}

static void noise_does_no_harm(void **state)
{
    struct board *b = board_create(0x03);
    static uint8_t large[3 * 2048 * 2048];
    struct picture size;
    uint32_t seed = 4242;
    (void)state;

    for (unsigned i = 0; i < 100000; i++) {
        seed = seed * 1664525u + 1013904223u;
        uint8_t byte = (uint8_t)(seed >> 16);
        uint32_t addr = 0xA0000 + (seed >> 5) % 0x1FFFC;
        if (seed >> 30 == 0)
            rig_out(&b->rig, (uint16_t)(0x3B0 + (seed >> 8) % 48), byte);
        else if (seed >> 30 == 1)
            rig_in(&b->rig, (uint16_t)(0x3B0 + (seed >> 8) % 48));
        else if (seed >> 30 == 2)
            bus_write(&b->rig.bus, addr & ~3u, seed, 4);
        else
            bus_read(&b->rig.bus, addr & ~3u, 4);
        if (i % 500 == 0) {
            rig_run(&b->rig, (seed & 0xFFFF) * TICKS_PER_US);
            screen_of(b);
            vga_picture(&b->vga, &size, large, sizeof large);
        }
    }
    board_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_screen_shows_cells_and_cursor),
        cmocka_unit_test(cursor_can_be_hidden),
        cmocka_unit_test(eight_line_font_gives_fifty_rows),
        cmocka_unit_test(line_compare_splits_text),
        cmocka_unit_test(monochrome_text_lies_at_b0000),
        cmocka_unit_test(colors_go_through_palette_and_dac),
        cmocka_unit_test(two_fonts_when_the_maps_differ),
        cmocka_unit_test(blanked_screen_says_so),
        cmocka_unit_test(generation_moves_with_the_picture_only),
        cmocka_unit_test(a_picture_needs_room),
        cmocka_unit_test(mode_12h_is_planar),
        cmocka_unit_test(mode_13h_is_linear),
        cmocka_unit_test(unchained_256_colors_show_the_planes),
        cmocka_unit_test(cga_modes_interleave_lines),
        cmocka_unit_test(panning_and_split_move_pixels),
        cmocka_unit_test(probe_tells_new_formats_once),
        cmocka_unit_test(saved_card_continues_alike),
        cmocka_unit_test(noise_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
