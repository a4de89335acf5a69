/* Tests of what keys send: the forms of the grey keys, set 3 and its types, and repeating. */
#include "tests/emu/dev/kbc_board.h"

static void in_set_3(struct board *b)
{
    stop_translating(b);
    tell_keyboard(b, "F0 03");
}

/* PS/2 Technical Reference, keyboard, scan code set 2: keys 75 to 89, shift case. */
static void shift_is_undone_around_a_cursor_key(void **state)
{
    struct board *b = *state;

    keys(b, "2A E0 48 E0 C8 AA");
    assert_bytes(b, "2A E0 AA E0 48 E0 C8 E0 2A AA");
    keys(b, "36 2A E0 53");
    assert_bytes(b, "36 2A E0 AA E0 B6 E0 53");
    keys(b, "E0 D3");
    assert_bytes(b, "E0 D3 E0 2A E0 36");
}

static void num_lock_is_undone_around_a_cursor_key(void **state)
{
    struct board *b = *state;

    tell_keyboard(b, "ED 02");
    keys(b, "E0 4B E0 CB");
    assert_bytes(b, "E0 2A E0 4B E0 CB E0 AA");
    keys(b, "2A E0 4B E0 CB AA");
    assert_bytes(b, "2A E0 4B E0 CB AA");
    keys(b, "E0 1C E0 9C");
    assert_bytes(b, "E0 1C E0 9C");
}

static void slash_of_the_keypad_goes_by_shift_alone(void **state)
{
    struct board *b = *state;

    tell_keyboard(b, "ED 02");
    keys(b, "E0 35 E0 B5");
    assert_bytes(b, "E0 35 E0 B5");
    keys(b, "36 E0 35 E0 B5 B6");
    assert_bytes(b, "36 E0 B6 E0 35 E0 B5 E0 36 B6");
}

static void print_screen_has_three_forms(void **state)
{
    struct board *b = *state;

    keys(b, "E0 37 E0 B7");
    assert_bytes(b, "E0 2A E0 37 E0 B7 E0 AA");
    keys(b, "1D E0 37 E0 B7 9D");
    assert_bytes(b, "1D E0 37 E0 B7 9D");
    keys(b, "38 E0 37 E0 B7 B8");
    assert_bytes(b, "38 54 D4 B8");
}

static void pause_sends_all_when_pressed(void **state)
{
    struct board *b = *state;

    stop_translating(b);
    keys(b, "E1 1D 45");
    assert_bytes(b, "E1 14 77 E1 F0 14 F0 77");
    keys(b, "E1 9D C5");
    assert_bytes(b, "");
    ms(b, 600);
    assert_bytes(b, "");
}

static void set_3_has_one_code_a_key(void **state)
{
    struct board *b = *state;

    in_set_3(b);
    keys(b, "01 0E 1E 2A E0 48 E0 47 E0 1C E0 38 37 4A E0 35 E0 37 46 E1 1D 45");
    assert_bytes(b, "08 66 1C 12 63 6E 79 39 7E 84 77 57 5F 62");
    put(b, 0x60, 0xF0);
    put(b, 0x60, 0x00);
    assert_bytes(b, "FA FA 03");
}

static void set_3_tells_releases_of_some_keys_only(void **state)
{
    struct board *b = *state;

    in_set_3(b);
    keys(b, "1E 9E 2A AA E0 48 E0 C8 3A BA 3B BB 38 B8 E0 38 E0 B8");
    assert_bytes(b, "1C 12 F0 12 63 14 F0 14 07 19 F0 19 39");
}

static void types_of_all_keys_can_be_set(void **state)
{
    static const struct { const char *command, *codes; } rows[] = {
        { "F7", "1C 12" }, { "F8", "1C F0 1C 12 F0 12" }, { "F9", "1C 12" }, { "FA", "1C F0 1C 12 F0 12" },
        { "F6", "" },
    };
    struct board *b = *state;

    in_set_3(b);
    for (unsigned i = 0; *rows[i].codes; i++) {
        tell_keyboard(b, rows[i].command);
        keys(b, "1E 9E 2A AA");
        assert_bytes(b, rows[i].codes);
    }
    tell_keyboard(b, "F6 F0 03");
    keys(b, "1E 9E 2A AA");
    assert_bytes(b, "1C 12 F0 12");
}

static void types_of_single_keys_can_be_set(void **state)
{
    struct board *b = *state;

    in_set_3(b);
    tell_keyboard(b, "FC 1C FD 12 59 F4");
    keys(b, "1E 9E 2A AA 36 B6");
    assert_bytes(b, "1C F0 1C 12 59");
    put(b, 0x60, 0xFB);
    put(b, 0x60, 0x90);         /* no code: acknowledged, without effect */
    assert_bytes(b, "FA FA");
}

/* Reads all that comes in MILLISECONDS, and counts it. */
static unsigned count_codes(struct board *b, unsigned milliseconds)
{
    unsigned count = 0;

    for (unsigned i = 0; i < milliseconds; i++) {
        ms(b, 1);
        if (rig_in(&b->rig, 0x64) & OUTPUT_FULL) {
            rig_in(&b->rig, 0x60);
            count++;
        }
    }
    return count;
}

/* 500 ms, then 10.9 a second: at 500, 591.7, 683.3, 775, 866.7 and 958.3 ms. */
static void a_held_key_repeats_after_half_a_second(void **state)
{
    struct board *b = *state;

    keys(b, "1E");
    assert_int_equal(count_codes(b, 490), 1);
    assert_int_equal(count_codes(b, 510), 6);
    keys(b, "9E");
    assert_int_equal(count_codes(b, 1000), 1);
}

static void delay_and_rate_are_settable(void **state)
{
    static const struct { uint8_t value; unsigned delay, in_a_second; } rows[] = {
        { 0x00, 250, 30 }, { 0x7F, 1000, 2 }, { 0x20, 500, 30 }, { 0x08, 250, 15 }, { 0x14, 250, 5 },
    };
    struct board *b = *state;

    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        put(b, 0x60, 0xF3);
        assert_int_equal(next(b), 0xFA);
        put(b, 0x60, rows[i].value);
        assert_int_equal(next(b), 0xFA);
        keys(b, "1E");
        assert_int_equal(count_codes(b, rows[i].delay - 10), 1);
        assert_int_equal(count_codes(b, 20), 1);
        assert_in_range(count_codes(b, 1000), rows[i].in_a_second - 1, rows[i].in_a_second + 1);
        keys(b, "9E");
        count_codes(b, 20);
    }
}

static void the_last_key_repeats_until_it_is_released(void **state)
{
    struct board *b = *state;

    keys(b, "1E 1F");
    assert_bytes(b, "1E 1F");
    ms(b, 460);
    assert_int_equal(next(b), 0x1F);
    keys(b, "9E");              /* the other key's release does not stop it */
    assert_int_equal(next(b), 0x9E);
    ms(b, 60);
    assert_int_equal(next(b), 0x1F);
    keys(b, "9F");
    assert_int_equal(next(b), 0x9F);
    assert_int_equal(count_codes(b, 1000), 0);
}

static void repeats_never_pile_up(void **state)
{
    struct board *b = *state;

    keys(b, "1E");
    ms(b, 3000);
    assert_in_range(count_codes(b, 90), 1, 2);
    put(b, 0x64, 0xAD);
    ms(b, 3000);
    put(b, 0x64, 0xAE);
    assert_in_range(count_codes(b, 90), 0, 1);
    assert_in_range(count_codes(b, 1000), 10, 11);
}

static void disabling_ends_a_repeat(void **state)
{
    struct board *b = *state;

    keys(b, "1E");
    assert_bytes(b, "1E");
    tell_keyboard(b, "F5 F4");
    assert_int_equal(count_codes(b, 1500), 0);
}

static void in_set_3_only_some_keys_repeat(void **state)
{
    struct board *b = *state;

    in_set_3(b);
    keys(b, "2A");
    assert_int_equal(count_codes(b, 1000), 1);
    keys(b, "1E");
    assert_int_equal(count_codes(b, 1000), 7);
}

static void a_key_pressed_and_released_at_once_does_not_repeat(void **state)
{
    struct board *b = *state;

    keys(b, "1E 9E E0 48 E0 C8");
    assert_int_equal(count_codes(b, 2000), 6);
}

static void saved_in_the_middle_a_repeat_goes_on(void **state)
{
    struct board *a = *state, *b = board_create(false);
    void *other = b;

    in_set_3(a);
    tell_keyboard(a, "FC 1C FA");
    keys(a, "2A 1E E0");
    ms(a, 300);
    rig_copy(&a->rig, a, &b->rig, b, visit);
    keys(a, "48");
    keys(b, "48");
    assert_int_equal(count_codes(a, 1200), count_codes(b, 1200));
    assert_true(rig_hash(&a->rig, visit, a) == rig_hash(&b->rig, visit, b));
    teardown(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(shift_is_undone_around_a_cursor_key),
        TEST(num_lock_is_undone_around_a_cursor_key),
        TEST(slash_of_the_keypad_goes_by_shift_alone),
        TEST(print_screen_has_three_forms),
        TEST(pause_sends_all_when_pressed),
        TEST(set_3_has_one_code_a_key),
        TEST(set_3_tells_releases_of_some_keys_only),
        TEST(types_of_all_keys_can_be_set),
        TEST(types_of_single_keys_can_be_set),
        TEST(a_held_key_repeats_after_half_a_second),
        TEST(delay_and_rate_are_settable),
        TEST(the_last_key_repeats_until_it_is_released),
        TEST(repeats_never_pile_up),
        TEST(disabling_ends_a_repeat),
        TEST(in_set_3_only_some_keys_repeat),
        TEST(a_key_pressed_and_released_at_once_does_not_repeat),
        TEST(saved_in_the_middle_a_repeat_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
