/* Views drawn into memory: a session on a temporary floppy, stopped and running, at sizes that no terminal has.
 * Nothing may be drawn outside a view's rectangle. */
#include <fcntl.h>
#include <unistd.h>

#include "tests/tui/frame.h"

#include "tui/session.h"
#include "tui/view.h"

enum { WIDTH = 200, HEIGHT = 70, MARK = 0x25A3 };

struct rig {
    char path[64];
    struct options options;
    struct session session;
    struct views views;
    struct surface surface;
};

static void drop(void *ctx, const char *text)
{
    (void)ctx;
    (void)text;
}

/* A boot sector that loops: mov ax,1234h; inc ax; int 12h; jmp $-5. */
static bool make_floppy(char *path)
{
    static const uint8_t code[] = { 0xB8, 0x34, 0x12, 0x40, 0xCD, 0x12, 0xEB, 0xFB };
    strcpy(path, "/tmp/trowel-views-XXXXXX");
    int file = mkstemp(path);
    bool ok = file >= 0 && ftruncate(file, 1474560) == 0 && pwrite(file, code, sizeof code, 0) == sizeof code &&
              pwrite(file, "\x55\xAA", 2, 510) == 2;
    return file >= 0 && close(file) == 0 && ok;
}

static int setup(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);
    char error[SESSION_ERROR_SIZE] = "";
    struct session_face face = { .put = drop };
    if (!rig || !make_floppy(rig->path))
        return -1;
    char *words[] = { (char[]){ "trowel" }, rig->path, (char[]){ "--batch" }, (char[]){ "--date=1995-10-31" } };
    if (options_parse(&rig->options, 4, words, error, sizeof error) != OPTIONS_RUN ||
        !session_open(&rig->session, &rig->options, &face, error, sizeof error)) {
        print_error("%s\n", error);
        return -1;
    }
    views_open(&rig->views, &rig->session);
    *state = rig;
    return surface_resize(&rig->surface, WIDTH, HEIGHT) ? 0 : -1;
}

static int teardown(void **state)
{
    struct rig *rig = *state;
    char error[SESSION_ERROR_SIZE] = "";
    views_close(&rig->views);
    bool ok = session_close(&rig->session, error, sizeof error);
    unlink(rig->path);
    surface_free(&rig->surface);
    free(rig);
    return ok ? 0 : -1;
}

static void draw(struct rig *rig, int id, struct rect area)
{
    struct surface *s = &rig->surface;
    struct canvas canvas = { s, area };
    for (int i = 0; i < s->width * s->height; i++)
        s->cells[i] = (struct cell){ MARK, 0, 0, 0 };
    s->cursor = false;
    view_table[id].draw(&rig->views, &canvas);
    for (int y = 0; y < s->height; y++)
        for (int x = 0; x < s->width; x++) {
            bool inside = x >= area.x && x < area.x + area.width && y >= area.y && y < area.y + area.height;
            if (!inside && s->cells[y * s->width + x].c != MARK)
                fail_msg("%s draws at %d,%d outside %d,%d %dx%d", view_table[id].name, x, y, area.x, area.y, area.width,
                         area.height);
        }
}

static void draw_all_at_odd_sizes(struct rig *rig)
{
    static const int sizes[][2] = { { 1, 1 },   { 0, 0 },   { 2, 60 },  { 180, 1 }, { 7, 3 },   { 13, 2 },  { 40, 10 },
                                    { 31, 31 }, { 80, 25 }, { 79, 24 }, { 81, 26 }, { 150, 60 }, { 190, 62 }, { 5,
                                                                                                                50 } };
    for (int id = 0; id < VIEWS; id++)
        for (size_t i = 0; view_table[id].draw && i < sizeof sizes / sizeof *sizes; i++)
            draw(rig, id, (struct rect){ 5, 4, sizes[i][0], sizes[i][1] });
}

static void run_until(struct rig *rig, uint64_t tick)
{
    struct stop stop;
    machine_run(rig->session.machine, tick, &stop);
}

static void every_view_has_a_name_and_a_title(void **state)
{
    (void)state;
    for (int id = 0; id < VIEWS; id++) {
        assert_true(*view_table[id].name && *view_table[id].title);
        for (int other = 0; other < id; other++)
            assert_string_not_equal(view_table[id].name, view_table[other].name);
        assert_true(view_table[id].draw || id == VIEW_CONSOLE);
    }
}

static void views_stay_inside_before_the_first_instruction(void **state)
{
    draw_all_at_odd_sizes(*state);
}

static void views_stay_inside_while_the_guest_runs(void **state)
{
    struct rig *rig = *state;
    views_running(&rig->views, true);
    for (int i = 1; i < 5; i++) {
        run_until(rig, (uint64_t)i * TICKS_PER_SECOND);
        views_frame(&rig->views);
        draw_all_at_odd_sizes(rig);
    }
    views_running(&rig->views, false);
    draw_all_at_odd_sizes(rig);
}

static void views_stay_inside_when_scrolled_far(void **state)
{
    struct rig *rig = *state;
    run_until(rig, 3 * TICKS_PER_SECOND);
    for (int lines = -5000; lines <= 5000; lines += 2500)
        for (int id = 0; id < VIEWS; id++)
            if (view_table[id].scroll) {
                view_table[id].scroll(&rig->views, lines);
                draw(rig, id, (struct rect){ 3, 3, 100, 30 });
            }
    for (int i = 0; i < 4; i++) {
        view_clusters_next_drive(&rig->views);
        draw(rig, VIEW_CLUSTERS, (struct rect){ 3, 3, 100, 30 });
    }
}

static void the_memory_view_bears_any_expression(void **state)
{
    static const char *const expressions[] = { "ds:0", "0:7c00", "$nonsense", "", "1 +", "ffff:fff0", "lin:fffffff0",
                                               "phys:100000" };
    struct rig *rig = *state;
    for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) {
        strcpy(rig->views.memory_expression, expressions[i]);
        draw(rig, VIEW_MEMORY, (struct rect){ 3, 3, 70, 20 });
        draw(rig, VIEW_MEMORY, (struct rect){ 3, 3, 9, 2 });
    }
}

/* The row of the surface as text, ASCII only. */
static void row_text(const struct surface *s, struct rect area, int row, char *text)
{
    for (int x = 0; x < area.width; x++) {
        uint16_t c = s->cells[(area.y + row) * s->width + area.x + x].c;
        *text++ = c == MARK ? ' ' : c < 127 ? (char)c : '?';
    }
    *text = 0;
}

static bool drawn(struct rig *rig, int id, struct rect area, const char *wanted)
{
    char text[WIDTH + 1];
    draw(rig, id, area);
    for (int row = 0; row < area.height; row++) {
        row_text(&rig->surface, area, row, text);
        if (strstr(text, wanted))
            return true;
    }
    return false;
}

static void views_show_the_guest(void **state)
{
    struct rig *rig = *state;
    struct rect area = { 2, 2, 90, 40 };
    assert_true(inspect_add_breakpoint(rig->session.machine, 0x7C00));
    views_running(&rig->views, true);
    run_until(rig, 60 * TICKS_PER_SECOND);
    views_running(&rig->views, false);
    assert_true(drawn(rig, VIEW_REGISTERS, area, "EIP 00007C00"));
    assert_true(drawn(rig, VIEW_CODE, area, ">0000:7C00"));
    assert_true(drawn(rig, VIEW_CODE, area, "mov ax, 0x1234"));
    assert_true(drawn(rig, VIEW_SCREEN, area, "Floppy A: 1.44 MB"));
    strcpy(rig->views.memory_expression, "0:7c00");
    assert_true(drawn(rig, VIEW_MEMORY, area, "B8 34 12 40 CD 12 EB FB"));
    assert_true(drawn(rig, VIEW_INTERRUPTS, area, "timer"));
    assert_true(drawn(rig, VIEW_CLUSTERS, area, "1.4 MB"));
}

/* The rows that a pane of HEIGHT shows. */
static void shows_rows(struct rig *rig, int height, int top)
{
    draw(rig, VIEW_SCREEN, (struct rect){ 2, 2, 80, height });
    assert_int_equal(rig->views.rows.top, top);
    assert_int_equal(rig->views.rows.shown, height < 25 ? height : 25);
    assert_int_equal(rig->views.rows.all, 25);
}

/* INT 10h function 2: the cursor moves to that row. */
static void move_cursor(struct rig *rig, uint8_t row)
{
    uint8_t code[] = { 0xB4, 0x02, 0xB7, 0x00, 0xBA, 0x00, row, 0xCD, 0x10, 0xEB, 0xFE };
    assert_int_equal(inspect_poke(rig->session.machine, 0x500, code, sizeof code), sizeof code);
    assert_true(inspect_set_register(rig->session.machine, NAME_SEG + SEG_CS, 0));
    assert_true(inspect_set_register(rig->session.machine, NAME_EIP, 0x500));
    run_until(rig, machine_tick(rig->session.machine) + TICKS_PER_SECOND / 10);
}

static void every_row_of_the_screen_can_be_scrolled_to(void **state)
{
    struct rig *rig = *state;
    run_until(rig, 5 * TICKS_PER_SECOND);
    move_cursor(rig, 24);
    shows_rows(rig, 22, 3);                         /* the cursor's is seen */
    view_screen_scroll(&rig->views, 2);
    shows_rows(rig, 22, 1);
    view_screen_scroll(&rig->views, 8);
    shows_rows(rig, 22, 0);
    move_cursor(rig, 23);
    shows_rows(rig, 22, 0);                         /* where somebody scrolled to it stays */
    shows_rows(rig, 16, 0);
    view_screen_scroll(&rig->views, -100);
    shows_rows(rig, 16, 9);
    move_cursor(rig, 2);
    shows_rows(rig, 16, 0);                         /* the cursor's again */
    view_screen_scroll(&rig->views, -4);
    shows_rows(rig, 16, 4);
    assert_true(view_screen_hides(&rig->views));
    shows_rows(rig, 25, 0);
    assert_false(view_screen_hides(&rig->views));
    view_screen_scroll(&rig->views, -4);
    shows_rows(rig, 25, 0);
}

static void narrow_panes_leave_out_what_can_be_spared(void **state)
{
    struct rig *rig = *state;
    assert_true(inspect_add_breakpoint(rig->session.machine, 0x7C00));
    run_until(rig, 60 * TICKS_PER_SECOND);
    assert_true(drawn(rig, VIEW_CODE, (struct rect){ 2, 2, 31, 20 }, ">7C00 mov ax, 0x1234"));
    assert_true(drawn(rig, VIEW_CODE, (struct rect){ 2, 2, 39, 20 }, ">0000:7C00 mov ax, 0x1234"));
    strcpy(rig->views.memory_expression, "0:7c00");
    assert_true(drawn(rig, VIEW_MEMORY, (struct rect){ 2, 2, 31, 20 }, "0000:7C00 B8 34 12 40 ?4?@"));
    assert_true(drawn(rig, VIEW_MEMORY, (struct rect){ 2, 2, 39, 20 }, "7C00 B8 34 12 40 CD 12 EB FB ?4?@???"));
    assert_true(drawn(rig, VIEW_MEMORY, (struct rect){ 2, 2, 42, 20 }, "0000:7C00 B8 34 12 40 CD 12 EB FB ?4?@???"));
    assert_true(drawn(rig, VIEW_MEMORY, (struct rect){ 2, 2, 76, 20 }, "FB  00 00 00 00 00 00 00 00 ?4?@???"));
}

#define view_test(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        view_test(every_view_has_a_name_and_a_title),
        view_test(views_stay_inside_before_the_first_instruction),
        view_test(views_stay_inside_while_the_guest_runs),
        view_test(views_stay_inside_when_scrolled_far),
        view_test(the_memory_view_bears_any_expression),
        view_test(views_show_the_guest),
        view_test(every_row_of_the_screen_can_be_scrolled_to),
        view_test(narrow_panes_leave_out_what_can_be_spared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
