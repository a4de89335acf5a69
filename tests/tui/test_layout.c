/* Layout: at every size of the terminal panes lie inside it, apart from each other, and the chosen one is seen. */
#include "tests/tui/frame.h"

#include "tui/layout.h"

/* How often each cell of the terminal is claimed. */
static unsigned char claimed[SURFACE_MAX_HEIGHT][SURFACE_MAX_WIDTH];

static void claim(const struct layout_request *r, struct rect rect)
{
    if (rect.width <= 0 || rect.height <= 0)
        return;
    if (rect.x < 0 || rect.y < 0 || rect.x + rect.width > r->width || rect.y + rect.height > r->height)
        fail_msg("%dx%d: %d,%d %dx%d is outside", r->width, r->height, rect.x, rect.y, rect.width, rect.height);
    for (int y = rect.y; y < rect.y + rect.height; y++)
        for (int x = rect.x; x < rect.x + rect.width; x++)
            if (claimed[y][x]++)
                fail_msg("%dx%d: two things at %d,%d", r->width, r->height, x, y);
}

static void check(const struct layout_request *r)
{
    struct layout layout = layout_compute(r);
    memset(claimed, 0, sizeof claimed);
    assert_true(layout.status < r->height);
    if (layout.status >= 0)
        claim(r, (struct rect){ 0, layout.status, r->width, 1 });
    if (layout.tabs && r->height > 1)
        claim(r, (struct rect){ 0, 0, r->width, 1 });
    for (int id = 0; id < VIEWS; id++)
        if (layout.pane[id].shown) {
            claim(r, layout.pane[id].title);
            claim(r, layout.pane[id].area);
        }
    enum view_id wanted = r->zoom ? VIEW_SCREEN : r->chosen;
    if (r->height > 3 && r->width > 3 && !layout.pane[wanted].shown)
        fail_msg("%dx%d: pane %d is not seen", r->width, r->height, (int)wanted);
}

static void panes_never_overlap_or_leave_the_terminal(void **state)
{
    (void)state;
    for (int width = 1; width <= 300; width += width < 30 ? 1 : 7)
        for (int height = 1; height <= 100; height += height < 60 ? 1 : 3)
            for (int chosen = 0; chosen < VIEWS; chosen++)
                for (int flags = 0; flags < 8; flags++)
                    check(&(struct layout_request){ width, height, (enum view_id)chosen, flags & 1, flags & 2,
                                                    flags & 4 ? 25 : 0 });
}

static void the_thresholds_are_no_worse_than_their_neighbours(void **state)
{
    static const int widths[] = { 80, 111, 112, 113, 120, 169, 170, 171, 200, 512 }, heights[] = { 24, 33, 34, 35, 43,
                                                                                                   44, 45, 60, 200 };
    (void)state;
    for (size_t x = 0; x < sizeof widths / sizeof *widths; x++)
        for (size_t y = 0; y < sizeof heights / sizeof *heights; y++)
            for (int chosen = 0; chosen < VIEWS; chosen++)
                check(&(struct layout_request){ widths[x], heights[y], (enum view_id)chosen, false, true, 0 });
}

static void shown(int width, int height, unsigned expected)
{
    struct layout layout = layout_compute(&(struct layout_request){ width, height, VIEW_SCREEN, false, true, 0 });
    unsigned seen = 0;
    for (int id = 0; id < VIEWS; id++)
        seen |= (unsigned)layout.pane[id].shown << id;
    assert_int_equal(seen, expected);
}

static void larger_terminals_show_more(void **state)
{
    (void)state;
    shown(80, 24, 1u << VIEW_SCREEN | 1u << VIEW_CONSOLE);
    shown(120, 40, 1u << VIEW_SCREEN | 1u << VIEW_CONSOLE | 1u << VIEW_REGISTERS | 1u << VIEW_CODE | 1u << VIEW_MEMORY);
    shown(200, 60, (1u << VIEWS) - 1);
}

static void the_guests_screen_fits_where_there_is_room(void **state)
{
    (void)state;
    for (int width = 112; width < 300; width += 9) {
        struct layout layout = layout_compute(&(struct layout_request){ width, 50, VIEW_MEMORY, false, true, 0 });
        assert_int_equal(layout.pane[VIEW_SCREEN].area.width, 80);
        assert_int_equal(layout.pane[VIEW_SCREEN].area.height, 25);
    }
    struct layout layout = layout_compute(&(struct layout_request){ 80, 26, VIEW_SCREEN, true, false, 0 });
    assert_int_equal(layout.pane[VIEW_SCREEN].area.height, 25);
}

static void the_status_line_steps_back_for_rows_that_would_be_hidden(void **state)
{
    static const struct { int height, rows, area; } cases[] = { { 24, 25, 24 }, { 25, 25, 25 }, { 26, 25, 25 },
                                                                { 24, 0, 23 }, { 40, 50, 40 }, { 1, 25, 1 } };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct layout layout = layout_compute(&(struct layout_request){ 80, cases[i].height, VIEW_SCREEN, true, false,
                                                                        cases[i].rows });
        assert_int_equal(layout.pane[VIEW_SCREEN].area.height, cases[i].area);
        assert_int_equal(layout.status, cases[i].area == cases[i].height ? -1 : cases[i].height - 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(panes_never_overlap_or_leave_the_terminal),
        cmocka_unit_test(the_thresholds_are_no_worse_than_their_neighbours),
        cmocka_unit_test(larger_terminals_show_more),
        cmocka_unit_test(the_guests_screen_fits_where_there_is_room),
        cmocka_unit_test(the_status_line_steps_back_for_rows_that_would_be_hidden),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
