/* Graphics as half blocks: scaling, drawing from a machine, and the colours of poor terminals. */
#include "tests/tui/frame.h"

#include "tui/colours.h"
#include "tui/view_graphics.h"

enum { UPPER_HALF = 0x2580 };

#define BLACK_RGB colour_rgb(0, 0, 0)
#define WHITE_RGB colour_rgb(255, 255, 255)

static void colours_have_five_bits_each(void **state)
{
    (void)state;
    assert_int_equal(colour_rgb(0, 0, 0), COLOUR_RGB);
    assert_int_equal(colour_rgb(255, 0, 8), COLOUR_RGB | 31 << 10 | 1);
    assert_int_equal(colour_rgb(0, 255, 0), COLOUR_RGB | 31 << 5);
}

/* --- Scaling --- */

static void a_picture_of_the_panes_size_is_shown_as_it_is(void **state)
{
    static const uint8_t rgb[] = { 255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255 };
    uint16_t colour[4];
    (void)state;
    graphics_scale(rgb, &(struct picture){ 2, 2 }, colour, 2, 2);
    assert_int_equal(colour[0], colour_rgb(255, 0, 0));
    assert_int_equal(colour[1], colour_rgb(0, 255, 0));
    assert_int_equal(colour[2], colour_rgb(0, 0, 255));
    assert_int_equal(colour[3], WHITE_RGB);
}

static void a_small_picture_is_stretched(void **state)
{
    static const uint8_t rgb[] = { 255, 255, 255, 0, 0, 0 };
    uint16_t colour[12];
    (void)state;
    graphics_scale(rgb, &(struct picture){ 2, 1 }, colour, 6, 2);
    for (int i = 0; i < 12; i++)
        assert_int_equal(colour[i], i % 6 < 3 ? WHITE_RGB : BLACK_RGB);
}

static bool is_dark_grey(uint16_t colour)
{
    unsigned level = colour & 31;
    return colour == (COLOUR_RGB | level << 10 | level << 5 | level) && level > 10 && level < 20;
}

static void a_thin_line_is_still_seen_in_a_point(void **state)
{
    uint8_t rgb[3 * 100] = { 0 };
    uint16_t colour;
    (void)state;
    graphics_scale(rgb, &(struct picture){ 10, 10 }, &colour, 1, 1);
    assert_int_equal(colour, BLACK_RGB);
    memset(rgb + 30, 255, 30);                          /* one white line of ten */
    graphics_scale(rgb, &(struct picture){ 10, 10 }, &colour, 1, 1);
    assert_true(is_dark_grey(colour));
    memset(rgb, 255, sizeof rgb);
    memset(rgb + 30, 0, 30);                            /* one black line of ten */
    graphics_scale(rgb, &(struct picture){ 10, 10 }, &colour, 1, 1);
    assert_true(is_dark_grey(colour));
}

static void every_pixel_belongs_to_a_point(void **state)
{
    enum { WIDTH = 641, HEIGHT = 483 };
    uint8_t *rgb = calloc(1, 3 * WIDTH * HEIGHT);
    uint16_t colour[80 * 44];
    (void)state;
    assert_non_null(rgb);
    for (int corner = 0; corner < 4; corner++) {
        size_t at = (size_t)(corner & 2 ? HEIGHT - 1 : 0) * WIDTH + (corner & 1 ? WIDTH - 1 : 0);
        memset(rgb + 3 * at, 255, 3);
    }
    graphics_scale(rgb, &(struct picture){ WIDTH, HEIGHT }, colour, 80, 44);
    for (int i = 0; i < 80 * 44; i++) {
        bool corner = (i % 80 == 0 || i % 80 == 79) && (i / 80 == 0 || i / 80 == 43);
        assert_int_equal(colour[i] != BLACK_RGB, corner);
    }
    free(rgb);
}

/* --- Drawing --- */

static struct machine *machine(void)
{
    struct machine_config config;
    char error[128];
    machine_config_defaults(&config);
    config.ram_kb = 1024;
    struct machine *m = machine_create(&config, error, sizeof error);
    struct stop stop;
    assert_non_null(m);
    machine_run(m, 2 * TICKS_PER_SECOND, &stop);        /* the BIOS shows its text */
    return m;
}

static void draws_inside_of_its_canvas_at_any_size(void **state)
{
    static const struct rect areas[] = { { 3, 2, 20, 9 }, { 0, 0, 1, 1 }, { 5, 5, 0, 4 }, { 39, 19, 1, 1 } };
    struct machine *m = machine();
    struct surface surface = { 0 };
    struct graphics g = { 0 };
    (void)state;
    assert_true(surface_resize(&surface, 40, 20));
    for (size_t n = 0; n < sizeof areas / sizeof *areas; n++) {
        struct rect a = areas[n];
        surface_clear(&surface);
        graphics_draw(&g, m, 1, &(struct canvas){ &surface, a });
        for (int i = 0; i < 40 * 20; i++) {
            int x = i % 40 - a.x, y = i / 40 - a.y;
            bool inside = x >= 0 && x < a.width && y >= 0 && y < a.height;
            assert_int_equal(surface.cells[i].c == UPPER_HALF, inside);
            assert_int_equal((surface.cells[i].fg & COLOUR_RGB) != 0, inside);
        }
    }
    graphics_free(&g);
    surface_free(&surface);
    machine_destroy(m);
}

static void a_picture_is_fetched_again_only_when_it_may_have_changed(void **state)
{
    struct machine *m = machine();
    struct surface surface = { 0 };
    struct graphics g = { 0 };
    (void)state;
    assert_true(surface_resize(&surface, 10, 4));
    struct canvas canvas = { &surface, { 0, 0, 10, 4 } };
    graphics_draw(&g, m, 7, &canvas);
    g.colour[0] = colour_rgb(248, 0, 248);              /* a mark that no picture of the machine has */
    g.colour[10] = colour_rgb(0, 248, 0);               /* below it */
    graphics_draw(&g, m, 7, &canvas);
    assert_int_equal(surface.cells[0].fg, colour_rgb(248, 0, 248));
    assert_int_equal(surface.cells[0].bg, colour_rgb(0, 248, 0));
    graphics_draw(&g, m, 8, &canvas);
    assert_int_not_equal(surface.cells[0].fg, colour_rgb(248, 0, 248));
    g.colour[0] = colour_rgb(248, 0, 248);
    assert_true(surface_resize(&surface, 11, 4));
    graphics_draw(&g, m, 8, &(struct canvas){ &surface, { 0, 0, 11, 4 } });
    assert_int_not_equal(surface.cells[0].fg, colour_rgb(248, 0, 248));
    graphics_free(&g);
    surface_free(&surface);
    machine_destroy(m);
}

/* --- Terminals --- */

static void with_256_colours_the_nearest_is_taken(void **state)
{
    (void)state;
    assert_int_equal(colours_nearest(BLACK_RGB, 256), 16);
    assert_int_equal(colours_nearest(WHITE_RGB, 256), 231);
    assert_int_equal(colours_nearest(colour_rgb(255, 0, 0), 256), 196);
    assert_int_equal(colours_nearest(colour_rgb(0, 0, 176), 256), 19);
    int grey = colours_nearest(colour_rgb(64, 64, 64), 256);
    assert_true(grey >= 232 && grey <= 255);
    assert_int_equal(colours_nearest(colour_rgb(255, 0, 16), 1 << 24), 0xFF0010);
    assert_int_equal(colours_nearest(BLACK_RGB, 1 << 24), 0);
    for (unsigned rgb = 0; rgb < 0x8000; rgb++) {
        int n = colours_nearest((uint16_t)(COLOUR_RGB | rgb), 256);
        assert_true(n >= 16 && n <= 255);
    }
}

/* How many of 16 neighbouring points are not black. */
static int lit(uint16_t rgb, int colours)
{
    int count = 0;
    for (int i = 0; i < 16; i++)
        count += colours_dither(rgb, colours, i % 4, i / 4) != BLACK;
    return count;
}

/* xterm-direct takes numbers from 8 on as red, green and blue. */
static void bright_colours_are_bright_with_direct_ones_too(void **state)
{
    (void)state;
    assert_int_equal(colours_cga(LIGHT_GREY | 8, 8), 7);
    assert_int_equal(colours_cga(BLUE | 8, 16), 12);
    assert_int_equal(colours_cga(BLUE | 8, 256), 12);
    assert_int_equal(colours_cga(BLUE, 1 << 24), 4);
    assert_int_equal(colours_cga(BLUE | 8, 1 << 24), 0x5555FF);
    assert_int_equal(colours_cga(LIGHT_GREY | 8, 1 << 24), 0xFFFFFF);
}

static void with_8_colours_a_pattern_has_the_brightness(void **state)
{
    (void)state;
    assert_int_equal(lit(BLACK_RGB, 8), 0);
    assert_int_equal(lit(WHITE_RGB, 8), 16);
    assert_int_equal(lit(colour_rgb(128, 128, 128), 8), 8);
    assert_int_equal(lit(colour_rgb(64, 64, 64), 8), 4);
    assert_int_equal(colours_dither(colour_rgb(255, 0, 0), 8, 0, 0), RED);
    assert_int_equal(colours_dither(colour_rgb(0, 255, 255), 8, 3, 3), CYAN);
}

static void with_16_colours_pure_ones_are_plain(void **state)
{
    (void)state;
    for (int i = 0; i < 16; i++) {
        assert_int_equal(colours_dither(BLACK_RGB, 16, i % 4, i / 4), BLACK);
        assert_int_equal(colours_dither(WHITE_RGB, 16, i % 4, i / 4), WHITE);
        assert_int_equal(colours_dither(colour_rgb(0, 0, 170), 16, i % 4, i / 4), BLUE);
    }
}

static void without_colours_points_are_light_or_dark(void **state)
{
    int dark = 0;
    (void)state;
    for (int i = 0; i < 16; i++) {
        assert_true(colours_dark(BLACK_RGB, i % 4, i / 4));
        assert_false(colours_dark(WHITE_RGB, i % 4, i / 4));
        dark += colours_dark(colour_rgb(0, 255, 0), i % 4, i / 4);
    }
    assert_true(dark > 4 && dark < 10);                 /* green is six tenths of white */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(colours_have_five_bits_each),
        cmocka_unit_test(a_picture_of_the_panes_size_is_shown_as_it_is),
        cmocka_unit_test(a_small_picture_is_stretched),
        cmocka_unit_test(a_thin_line_is_still_seen_in_a_point),
        cmocka_unit_test(every_pixel_belongs_to_a_point),
        cmocka_unit_test(draws_inside_of_its_canvas_at_any_size),
        cmocka_unit_test(a_picture_is_fetched_again_only_when_it_may_have_changed),
        cmocka_unit_test(with_256_colours_the_nearest_is_taken),
        cmocka_unit_test(bright_colours_are_bright_with_direct_ones_too),
        cmocka_unit_test(with_8_colours_a_pattern_has_the_brightness),
        cmocka_unit_test(with_16_colours_pure_ones_are_plain),
        cmocka_unit_test(without_colours_points_are_light_or_dark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
