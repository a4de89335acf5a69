/* The cell grid: nothing is ever drawn outside a canvas, whatever coordinates and text it is given. */
#include "tests/tui/frame.h"

#include "tui/cells.h"

enum { WIDTH = 12, HEIGHT = 6 };

static struct surface surface;

static int setup(void **state)
{
    (void)state;
    surface = (struct surface){ 0 };
    return surface_resize(&surface, WIDTH, HEIGHT) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    surface_free(&surface);
    return 0;
}

/* Fails if a cell outside RECT is not blank; returns how many inside are not. */
static int count_inside(struct rect rect)
{
    int count = 0;
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            bool used = surface.cells[y * WIDTH + x].c != ' ';
            bool inside = x >= rect.x && x < rect.x + rect.width && y >= rect.y && y < rect.y + rect.height;
            assert_true(inside || !used);
            count += used;
        }
    return count;
}

static void a_canvas_clips_on_all_sides(void **state)
{
    (void)state;
    struct rect area = { 3, 2, 4, 3 };
    struct canvas canvas = { &surface, area };
    for (int y = -9; y < 9; y++)
        for (int x = -20; x < 20; x++)
            canvas_put(&canvas, x, y, '#', STYLE_PLAIN);
    assert_int_equal(count_inside(area), 12);
}

static void text_is_clipped_and_returns_where_it_would_end(void **state)
{
    (void)state;
    struct rect area = { 3, 2, 4, 1 };
    struct canvas canvas = { &surface, area };
    assert_int_equal(canvas_text(&canvas, -2, 0, STYLE_PLAIN, "abcdefghij"), 8);
    assert_int_equal(count_inside(area), 4);
    assert_int_equal(surface.cells[2 * WIDTH + 3].c, 'c');
    canvas_text(&canvas, 0, 7, STYLE_PLAIN, "below");
    canvas_text(&canvas, 0, -1, STYLE_PLAIN, "above");
    assert_int_equal(count_inside(area), 4);
}

static void a_canvas_beyond_the_surface_draws_nothing(void **state)
{
    static const struct rect areas[] = { { 50, 0, 5, 5 }, { 0, 50, 5, 5 }, { -5, -5, 5, 5 }, { 0, 0, 0, 0 }, { 1, 1,
                                                                                                               -3,
                                                                                                               4 } };
    (void)state;
    for (size_t i = 0; i < sizeof areas / sizeof *areas; i++) {
        struct canvas canvas = { &surface, areas[i] };
        canvas_text(&canvas, 0, 0, STYLE_PLAIN, "text");
        canvas_fill(&canvas, 0, 0, 100, STYLE_TITLE);
        canvas_cursor(&canvas, 0, 0);
    }
    assert_int_equal(count_inside((struct rect){ 0, 0, 0, 0 }), 0);
    assert_false(surface.cursor);
}

static void a_part_never_exceeds_its_whole(void **state)
{
    (void)state;
    struct canvas whole = { &surface, { 2, 1, 6, 4 } };
    for (int x = -3; x < 10; x++)
        for (int width = -3; width < 20; width += 2) {
            struct canvas part = canvas_part(&whole, x, x / 2, width, width / 2);
            assert_true(part.area.x >= 2 && part.area.x + part.area.width <= 8 && part.area.width >= 0);
            assert_true(part.area.y >= 1 && part.area.y + part.area.height <= 5 && part.area.height >= 0);
        }
}

static void utf8_becomes_characters_and_bad_bytes_become_dots(void **state)
{
    (void)state;
    struct canvas canvas = { &surface, { 0, 0, WIDTH, HEIGHT } };
    assert_int_equal(canvas_text(&canvas, 0, 0, STYLE_PLAIN, "\xC3\xA9\xE2\x95\x90\x1B\xFFz"), 5);
    assert_int_equal(surface.cells[0].c, 0xE9);
    assert_int_equal(surface.cells[1].c, 0x2550);
    assert_int_equal(surface.cells[2].c, 0xB7);
    assert_int_equal(surface.cells[3].c, 0xB7);
    assert_int_equal(surface.cells[4].c, 'z');
    canvas_text(&canvas, 0, 1, STYLE_PLAIN, "\xE2\x95");     /* cut short */
    canvas_text(&canvas, 0, 2, STYLE_PLAIN, "\xC3");
}

static void sizes_are_kept_within_bounds(void **state)
{
    (void)state;
    assert_true(surface_resize(&surface, -1, 0));
    assert_int_equal(surface.width, 1);
    assert_int_equal(surface.height, 1);
    assert_true(surface_resize(&surface, 100000, 100000));
    assert_int_equal(surface.width, SURFACE_MAX_WIDTH);
    assert_int_equal(surface.height, SURFACE_MAX_HEIGHT);
}

static void a_copy_is_equal_until_something_changes(void **state)
{
    (void)state;
    struct surface copy = { 0 };
    struct canvas canvas = { &surface, { 0, 0, WIDTH, HEIGHT } };
    assert_true(surface_resize(&copy, WIDTH, HEIGHT));
    canvas_text(&canvas, 1, 1, STYLE_CHANGED, "x");
    canvas_cursor(&canvas, 2, 2);
    assert_false(surface_equal(&surface, &copy));
    surface_copy(&copy, &surface);
    assert_true(surface_equal(&surface, &copy));
    canvas_cursor(&canvas, 3, 2);
    assert_false(surface_equal(&surface, &copy));
    surface_free(&copy);
}

#define cells_test(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cells_test(a_canvas_clips_on_all_sides),
        cells_test(text_is_clipped_and_returns_where_it_would_end),
        cells_test(a_canvas_beyond_the_surface_draws_nothing),
        cells_test(a_part_never_exceeds_its_whole),
        cells_test(utf8_becomes_characters_and_bad_bytes_become_dots),
        cells_test(sizes_are_kept_within_bounds),
        cells_test(a_copy_is_equal_until_something_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
