/* Raster effects: registers that are changed while the beam draws. */
#define _GNU_SOURCE
#include "tests/emu/dev/vga_board.h"

enum { DOTS_12H = 800, LINES_12H = 525, HZ_12H = 25175000, CAPACITY = 640 * 480, RED_LINE = 100, TOO_MANY = 2100 };

static uint8_t *rgb;

static int get_picture(void **state)
{
    (void)state;
    rgb = malloc(3 * CAPACITY);
    return rgb ? 0 : -1;
}

static int drop_picture(void **state)
{
    (void)state;
    free(rgb);
    return 0;
}

/* Mode 12h, each pixel of colour 0, in a frame of its own after the changes that the mode made. */
static struct board *board(void)
{
    struct board *b = board_create(0x12);
    b->rig.clock.now = b->vga.frame_base + clock_span(DOTS_12H * LINES_12H * 4ull, HZ_12H);
    return b;
}

static void go_to(struct board *b, unsigned frame, unsigned line, unsigned dot)
{
    uint64_t dots = ((uint64_t)frame * LINES_12H + line) * DOTS_12H + dot;
    b->rig.clock.now = b->vga.frame_base + clock_span(dots, HZ_12H);
}

static struct picture draw(struct board *b)
{
    struct picture size;
    assert_true(vga_picture(&b->vga, &size, rgb, 3 * CAPACITY));
    return size;
}

static uint8_t red_of_line(unsigned line) { return rgb[3 * 640 * line]; }

/* Colour 0 becomes red 63 at RED_LINE of each of COUNT frames and red 0 again in the retrace behind it. */
static void change_in_frames(struct board *b, unsigned first, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        go_to(b, first + i, RED_LINE, 300);
        set_color(b, 0, 63, 0, 0);
        go_to(b, first + i, 500, 0);
        set_color(b, 0, 0, 0, 0);
    }
}

static void a_color_that_changes_in_each_frame_is_drawn_from_the_line_after(void **state)
{
    struct board *b = board();
    (void)state;
    change_in_frames(b, 10, 2);
    draw(b);
    assert_int_equal(red_of_line(0), 0);
    assert_int_equal(red_of_line(RED_LINE), 0);
    assert_int_equal(red_of_line(RED_LINE + 1), 255);
    assert_int_equal(red_of_line(479), 255);
    board_destroy(b);
}

static void the_last_frame_is_shown_until_the_next_is_drawn(void **state)
{
    struct board *b = board();
    (void)state;
    change_in_frames(b, 10, 2);
    go_to(b, 12, 479, 799);
    draw(b);
    assert_int_equal(red_of_line(479), 255);
    go_to(b, 12, 480, 1);
    draw(b);
    assert_int_equal(red_of_line(479), 0);
    board_destroy(b);
}

static void a_frame_that_is_being_drawn_does_not_show_yet(void **state)
{
    struct board *b = board();
    (void)state;
    change_in_frames(b, 10, 2);
    go_to(b, 12, 50, 0);
    set_color(b, 0, 32, 0, 0);
    draw(b);
    assert_int_equal(red_of_line(51), 0);
    assert_int_equal(red_of_line(RED_LINE + 1), 255);
    go_to(b, 12, 480, 1);
    draw(b);
    assert_int_equal(red_of_line(50), 0);
    assert_int_equal(red_of_line(51), 130);
    board_destroy(b);
}

static void a_single_change_shows_at_once(void **state)
{
    struct board *b = board();
    (void)state;
    go_to(b, 10, RED_LINE, 0);
    set_color(b, 0, 63, 0, 0);
    draw(b);
    assert_int_equal(red_of_line(0), 255);
    go_to(b, 10, 490, 0);
    draw(b);
    assert_int_equal(red_of_line(0), 255);
    go_to(b, 12, RED_LINE, 0);                 /* not in the frame after it */
    set_color(b, 0, 0, 0, 0);
    go_to(b, 12, 490, 0);
    draw(b);
    assert_int_equal(red_of_line(0), 0);
    board_destroy(b);
}

static void changes_in_the_retrace_are_for_the_whole_frame(void **state)
{
    struct board *b = board();
    (void)state;
    for (unsigned frame = 10; frame < 14; frame++) {
        go_to(b, frame, 481, 0);
        set_color(b, 0, (uint8_t)(4 * frame), 0, 0);
        draw(b);
        assert_int_equal(red_of_line(0), (uint8_t)(16 * frame | frame >> 2));
        assert_int_equal(red_of_line(479), red_of_line(0));
    }
    board_destroy(b);
}

static void more_changes_than_are_kept_show_the_present_registers(void **state)
{
    struct board *b = board();
    (void)state;
    for (unsigned frame = 10; frame < 12; frame++)
        for (unsigned i = 0; i < TOO_MANY; i++) {
            go_to(b, frame, RED_LINE + i / 10, 0);
            set_color(b, 0, i % 63, 0, 0);
        }
    set_color(b, 0, 63, 0, 0);
    go_to(b, 11, 480, 0);
    draw(b);
    assert_int_equal(red_of_line(0), 255);
    board_destroy(b);
}

static void several_splits_begin_the_memory_again(void **state)
{
    struct board *b = board();
    (void)state;
    set_graphics(b, 5, 2);
    poke(b, 0xA0000, 0x0F);                     /* a mark at the beginning of memory */
    set_color(b, 15, 63, 63, 63);
    set_attribute(b, 15, 15);
    set_crtc(b, 0x07, 0x2E);
    set_crtc(b, 0x09, 0x00);
    set_crtc(b, 0x18, 99);
    go_to(b, 9, 500, 0);
    for (unsigned frame = 10; frame < 12; frame++) {
        go_to(b, frame, 150, 0);
        set_crtc(b, 0x18, 199);
        go_to(b, frame, 250, 0);
        set_crtc(b, 0x18, 255);
        go_to(b, frame, 481, 0);
        set_crtc(b, 0x18, 99);
    }
    draw(b);
    for (unsigned line = 0; line < 480; line++)
        assert_int_equal(red_of_line(line), line == 0 || line == 100 || line == 200 || line == 256 ? 255 : 0);
    board_destroy(b);
}

/* 16 colours above, 256 below, as with a status bar: lines of other widths are made as long as the picture's. */
static void a_mode_that_changes_half_way_fills_the_line(void **state)
{
    struct board *b = board();
    (void)state;
    set_graphics(b, 5, 2);
    for (uint32_t i = 0; i < 480 * 80; i++)
        poke(b, 0xA0000 + i, 0x0F);
    set_color(b, 15, 63, 0, 0);
    set_attribute(b, 15, 15);
    set_color(b, 255, 32, 0, 0);
    for (unsigned frame = 10; frame < 12; frame++) {
        go_to(b, frame, 240, 0);
        set_attribute(b, 0x10, 0x41);
        go_to(b, frame, 481, 0);
        set_attribute(b, 0x10, 0x01);
    }
    struct picture size = draw(b);
    assert_int_equal(size.width, 640);
    for (unsigned x = 0; x < 640; x += 639) {
        assert_int_equal(rgb[3 * (640 * 240 + x)], 255);
        assert_int_equal(rgb[3 * (640 * 241 + x)], 130);
    }
    board_destroy(b);
}

static void page_flips_are_no_raster_effects(void **state)
{
    struct board *b = board();
    (void)state;
    set_color(b, 0, 1, 0, 0);
    for (unsigned frame = 10; frame < 14; frame++) {
        go_to(b, frame, 100, 0);
        set_crtc(b, 0x0C, frame & 1 ? 0x80 : 0);
    }
    set_color(b, 0, 63, 0, 0);
    go_to(b, 13, 481, 0);
    draw(b);
    assert_int_equal(red_of_line(0), 255);
    board_destroy(b);
}

/* Whoever looks again only when the generation moved sees each picture. */
static void the_generation_moves_with_each_picture(void **state)
{
    struct board *b = board();
    (void)state;
    uint64_t generation = screen_of(b)->generation;
    uint32_t last = 0;
    draw(b);
    for (unsigned i = 0; i < 400; i++) {
        unsigned frame = 10 + i / 20, line = i % 20 * 26;
        go_to(b, frame, line, 0);
        if (line == 104 && frame % 5 < 3)
            set_color(b, 0, 63, 0, 0);
        if (line == 208 && frame % 5 < 3)
            set_color(b, 0, 0, 0, 0);
        draw(b);
        uint32_t now = red_of_line(0) | (uint32_t)red_of_line(150) << 8;
        assert_true(screen_of(b)->generation >= generation);
        if (now != last)
            assert_true(screen_of(b)->generation > generation);
        generation = screen_of(b)->generation;
        last = now;
    }
    board_destroy(b);
}

static void a_loaded_state_shows_the_same_frame(void **state)
{
    struct board *b = board();
    (void)state;
    change_in_frames(b, 10, 2);
    draw(b);
    uint8_t *before = rgb;
    struct board *other = board_create(0x03);
    rig_copy(&b->rig, &b->vga, &other->rig, &other->vga, visit);
    rgb = malloc(3 * CAPACITY);
    assert_non_null(rgb);
    draw(other);
    assert_memory_equal(rgb, before, 3 * CAPACITY);
    assert_int_equal(red_of_line(RED_LINE + 1), 255);
    free(before);
    board_destroy(other);
    board_destroy(b);
}

static void a_state_with_changes_of_no_register_is_refused(void **state)
{
    struct board *b = board();
    struct state saved, load;
    (void)state;
    change_in_frames(b, 10, 1);
    state_begin_save(&saved);
    vga_visit(&b->vga, &saved);
    assert_string_equal(saved.error, "");
    static const uint8_t field[] = "\4file1";
    uint8_t *at = memmem(saved.data, saved.size, field, sizeof field - 1);
    assert_non_null(at);
    at[sizeof field - 1] = 99;
    state_begin_load(&load, saved.data, saved.size);
    vga_visit(&b->vga, &load);
    assert_true(state_failed(&load));
    go_to(b, 12, 0, 0);
    draw(b);
    free(saved.data);
    board_destroy(b);
}

/* The counters step by step, and computed for any line: one and the same as long as no register changes. */
static void rows_step_as_they_are_computed(void **state)
{
    struct board *b = board();
    uint32_t seed = 1;
    (void)state;
    for (unsigned round = 0; round < 2000; round++) {
        static const uint8_t varied[] = { 0x07, 0x08, 0x09, 0x13, 0x15, 0x16, 0x17, 0x18 };
        struct vga *v = &b->vga;
        struct vga_rows rows;
        for (unsigned i = 0; i < sizeof varied; i++) {
            seed = seed * 1664525u + 1013904223u;
            v->crtc[varied[i]] = (uint8_t)(seed >> 24);
        }
        v->attribute[ATTR_MODE] = (uint8_t)(seed >> 8);
        v->attribute[ATTR_PANNING] = seed >> 16 & 15;
        vga_first_row(v, &rows);
        for (uint32_t line = 0; line < 500; line++) {
            struct vga_line a = vga_line_of(v, &rows, line), c = vga_line_at(v, line);
            assert_int_equal(a.counter & 0xFFFF, c.counter & 0xFFFF);
            assert_int_equal(a.row_scan, c.row_scan);
            assert_int_equal(a.pan, c.pan);
            assert_int_equal(a.blanked, c.blanked);
            vga_next_row(v, &rows, line);
        }
    }
    board_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_color_that_changes_in_each_frame_is_drawn_from_the_line_after),
        cmocka_unit_test(the_last_frame_is_shown_until_the_next_is_drawn),
        cmocka_unit_test(a_frame_that_is_being_drawn_does_not_show_yet),
        cmocka_unit_test(a_single_change_shows_at_once),
        cmocka_unit_test(changes_in_the_retrace_are_for_the_whole_frame),
        cmocka_unit_test(more_changes_than_are_kept_show_the_present_registers),
        cmocka_unit_test(several_splits_begin_the_memory_again),
        cmocka_unit_test(a_mode_that_changes_half_way_fills_the_line),
        cmocka_unit_test(page_flips_are_no_raster_effects),
        cmocka_unit_test(the_generation_moves_with_each_picture),
        cmocka_unit_test(a_loaded_state_shows_the_same_frame),
        cmocka_unit_test(a_state_with_changes_of_no_register_is_refused),
        cmocka_unit_test(rows_step_as_they_are_computed),
    };
    return cmocka_run_group_tests(tests, get_picture, drop_picture);
}
