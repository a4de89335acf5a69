/* The terminal's mouse: cells become relative motion. */
#include "tests/tui/frame.h"

#include "emu/emu.h"
#include "tui/mouse.h"

static struct screen screen;

static struct mouse_motion at(struct mouse_hand *hand, int x, int y, unsigned buttons)
{
    struct pointer pointer = { x, y, buttons };
    return mouse_follow(hand, &pointer, 80, 25, &screen);
}

static void assert_motion(struct mouse_motion motion, int dx, int dy, unsigned buttons)
{
    assert_int_equal(motion.dx, dx);
    assert_int_equal(motion.dy, dy);
    assert_int_equal(motion.buttons, buttons);
}

static void a_text_cell_is_eight_by_sixteen(void **state)
{
    (void)state;
    struct mouse_hand hand = { 0 };
    screen = (struct screen){ .columns = 80, .rows = 25 };
    assert_motion(at(&hand, 10, 10, POINTER_LEFT), 0, 0, POINTER_LEFT);
    assert_motion(at(&hand, 11, 12, 0), 8, 32, 0);
    assert_motion(at(&hand, 5, 11, 0), -48, -16, 0);
    assert_motion(at(&hand, 5, 11, POINTER_RIGHT), 0, 0, POINTER_RIGHT);
}

static void a_graphics_cell_is_the_dots_under_it(void **state)
{
    (void)state;
    struct mouse_hand hand = { 0 };
    screen = (struct screen){ .graphics = true, .columns = 320, .rows = 200 };
    at(&hand, 10, 10, 0);
    assert_motion(at(&hand, 20, 5, 0), 40, -40, 0);
    screen.columns = 333;
    int sum = 0;
    at(&hand, 10, 10, 0);
    for (int x = 11; x <= 70; x++)
        sum += at(&hand, x, 10, 0).dx;
    assert_int_equal(sum, 70 * 333 / 80 - 10 * 333 / 80);
}

static void the_border_goes_a_screen_further(void **state)
{
    (void)state;
    struct mouse_hand hand = { 0 };
    screen = (struct screen){ .columns = 80, .rows = 25 };
    at(&hand, 1, 1, 0);
    assert_motion(at(&hand, 0, 0, 0), -8 - 640, -16 - 400, 0);
    assert_motion(at(&hand, 0, 0, 0), 0, 0, 0);
    assert_motion(at(&hand, 79, 24, 0), 79 * 8 + 640, 24 * 16 + 400, 0);
}

static void outside_the_pane_is_its_border(void **state)
{
    (void)state;
    struct mouse_hand hand = { 0 };
    screen = (struct screen){ .columns = 80, .rows = 25 };
    at(&hand, 78, 3, 0);
    assert_motion(at(&hand, 200, 3, 0), 8 + 640, 0, 0);
    assert_motion(at(&hand, 90, -5, 0), 0, -48 - 400, 0);
    assert_motion(at(&hand, 78, 0, POINTER_LEFT), -8, 0, POINTER_LEFT);
}

static void after_a_while_away_it_begins_anew(void **state)
{
    (void)state;
    struct mouse_hand hand = { 0 };
    screen = (struct screen){ .columns = 80, .rows = 25 };
    at(&hand, 10, 10, 0);
    mouse_forget(&hand);
    assert_motion(at(&hand, 40, 10, 0), 0, 0, 0);
    assert_motion(at(&hand, 41, 10, 0), 8, 0, 0);
}

static void a_pane_may_be_tiny_or_shrink(void **state)
{
    (void)state;
    struct mouse_hand hand = { 0 };
    struct pointer pointer = { 0, 0, 7 };
    screen = (struct screen){ .columns = 80, .rows = 25 };
    at(&hand, 70, 20, 0);
    assert_motion(mouse_follow(&hand, &pointer, 0, 5, &screen), 0, 0, 7);
    assert_motion(mouse_follow(&hand, &pointer, 5, 0, &screen), 0, 0, 7);
    assert_motion(mouse_follow(&hand, &pointer, 1, 1, &screen), 0, 0, 7);
    pointer.x = 1;
    assert_motion(mouse_follow(&hand, &pointer, 2, 1, &screen), 8 + 16, 0, 7);
}

/* --- Walking --- */

static void walk_on(struct mouse_walk *walk, int dx, int dy, unsigned buttons)
{
    mouse_walk_add(walk, &(struct mouse_motion){ .dx = dx, .dy = dy, .buttons = buttons });
}

static void assert_step(struct mouse_walk *walk, int dx, int dy, unsigned buttons)
{
    struct mouse_motion step;
    uint64_t tick = walk->next_tick;
    assert_true(mouse_walk_step(walk, tick, 10, &step));
    assert_motion(step, dx, dy, buttons);
    assert_false(mouse_walk_step(walk, tick + 9, 10, &step));
}

static void a_long_way_is_walked_in_small_steps(void **state)
{
    (void)state;
    struct mouse_walk walk = { 0 };
    walk_on(&walk, 8, -10, 0);
    walk_on(&walk, 2, 0, 0);
    assert_step(&walk, 4, -4, 0);
    assert_step(&walk, 4, -4, 0);
    assert_step(&walk, 2, -2, 0);
    assert_int_equal(walk.count, 0);
    walk_on(&walk, 6, 0, 0);
    walk_on(&walk, -6, 0, 0);
    assert_step(&walk, 0, 0, 0);
    assert_int_equal(walk.count, 0);
}

static void buttons_change_where_the_hand_was(void **state)
{
    (void)state;
    struct mouse_walk walk = { 0 };
    walk_on(&walk, 5, 0, POINTER_LEFT);
    walk_on(&walk, 3, 0, POINTER_LEFT);
    walk_on(&walk, 3, 0, POINTER_LEFT);
    walk_on(&walk, 0, 0, 0);
    walk_on(&walk, 0, 1, 0);
    assert_step(&walk, 4, 0, 0);
    assert_step(&walk, 1, 0, 0);
    assert_step(&walk, 0, 0, POINTER_LEFT);
    assert_step(&walk, 4, 0, POINTER_LEFT);
    assert_step(&walk, 2, 0, POINTER_LEFT);
    assert_step(&walk, 0, 0, 0);
    assert_step(&walk, 0, 1, 0);
    assert_int_equal(walk.count, 0);
}

static void beyond_the_border_it_jumps(void **state)
{
    (void)state;
    struct mouse_hand hand = { 0 };
    struct mouse_walk walk = { 0 };
    screen = (struct screen){ .columns = 80, .rows = 25 };
    at(&hand, 1, 1, 0);
    struct mouse_motion motion = at(&hand, 0, 2, 0);
    mouse_walk_add(&walk, &motion);
    assert_step(&walk, -8 - 640, 4, 0);
    assert_step(&walk, 0, 4, 0);
}

static void more_than_there_is_room_for_is_one_way(void **state)
{
    (void)state;
    struct mouse_walk walk = { 0 };
    struct mouse_motion step;
    int sum = 0;
    for (unsigned i = 0; i < 3 * MOUSE_WALKS; i++)
        walk_on(&walk, 1, 0, i & 1);
    assert_int_equal(walk.count, MOUSE_WALKS);
    while (mouse_walk_step(&walk, walk.next_tick, 10, &step))
        sum += step.dx;
    assert_int_equal(sum, 3 * MOUSE_WALKS);
    assert_int_equal(step.buttons, 1);
}

/* After loadvm. */
static void time_may_go_back(void **state)
{
    (void)state;
    struct mouse_walk walk = { 0 };
    struct mouse_motion step;
    walk_on(&walk, 8, 0, 0);
    assert_true(mouse_walk_step(&walk, 1000, 10, &step));
    assert_true(mouse_walk_step(&walk, 5, 10, &step));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_cell_is_eight_by_sixteen),
        cmocka_unit_test(a_graphics_cell_is_the_dots_under_it),
        cmocka_unit_test(the_border_goes_a_screen_further),
        cmocka_unit_test(outside_the_pane_is_its_border),
        cmocka_unit_test(after_a_while_away_it_begins_anew),
        cmocka_unit_test(a_pane_may_be_tiny_or_shrink),
        cmocka_unit_test(a_long_way_is_walked_in_small_steps),
        cmocka_unit_test(buttons_change_where_the_hand_was),
        cmocka_unit_test(beyond_the_border_it_jumps),
        cmocka_unit_test(more_than_there_is_room_for_is_one_way),
        cmocka_unit_test(time_may_go_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
