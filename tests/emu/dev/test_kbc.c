/* Tests of the keyboard controller's rarer commands, and of its two ports together. */
#include "tests/emu/dev/kbc_board.h"

/* The dump's scan codes back to the byte that they spell. */
static int next_of_dump(struct board *b)
{
    static const uint8_t digits[16] = { 0x0B, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
                                        0x09, 0x0A, 0x1E, 0x30, 0x2E, 0x20, 0x12, 0x21 };
    int value = 0;

    for (int i = 0; i < 2; i++) {
        int code = next(b);
        const uint8_t *digit = memchr(digits, code, sizeof digits);
        assert_non_null(digit);
        value = value * 16 + (int)(digit - digits);
    }
    assert_int_equal(next(b), 0x39);
    return value;
}

static void the_dump_spells_ram_and_ports(void **state)
{
    struct board *b = *state;

    put(b, 0x64, 0x6F);
    put(b, 0x60, 0x5A);
    put(b, 0x64, 0xAC);
    for (unsigned i = 0; i < 16; i++)
        assert_int_equal(next_of_dump(b), i == 0 ? 0x61 : i == 15 ? 0x5A : 0);
    assert_int_equal(next_of_dump(b), 0xBF);
    assert_int_equal(next_of_dump(b) & 0x0F, 0x0F);
    assert_int_equal(next_of_dump(b), 0);
    assert_int_equal(next(b), -1);
}

static void a_self_test_ends_the_dump(void **state)
{
    struct board *b = *state;

    put(b, 0x64, 0xAC);
    assert_int_equal(next(b), 0x07);
    assert_int_equal(command(b, 0xAA), 0x55);
    assert_int_equal(next(b), -1);
}

static void without_a_password_nothing_is_locked(void **state)
{
    struct board *b = *state;

    put(b, 0x64, 0xA6);
    keys(b, "1E");
    assert_bytes(b, "1E");
}

static void a_password_locks_until_it_is_typed(void **state)
{
    struct board *b = *state;

    put(b, 0x64, 0xA5);
    put(b, 0x60, 0x1E);
    put(b, 0x60, 0x30);
    put(b, 0x60, 0x00);
    assert_int_equal(command(b, 0xA4), 0xFA);
    keys(b, "1E");
    assert_bytes(b, "1E");
    put(b, 0x64, 0xA6);
    put(b, 0x64, 0xA5);                 /* another one cannot be loaded meanwhile */
    put(b, 0x60, 0x00);
    keys(b, "1F 9F 1E 9E 1F 9F 30 B0");
    assert_bytes(b, "");
    keys(b, "1E 9E 1E 9E 30 B0");       /* the first of it again begins anew */
    assert_bytes(b, "B0");
    keys(b, "1F");
    assert_bytes(b, "1F");
}

static void controller_memory_tells_of_the_password(void **state)
{
    struct board *b = *state;
    static const uint8_t ram[][2] = { { 0x73, 0x77 }, { 0x74, 0x99 }, { 0x76, 0x2A }, { 0x77, 0x36 } };

    for (unsigned i = 0; i < 4; i++) {
        put(b, 0x64, ram[i][0]);
        put(b, 0x60, ram[i][1]);
    }
    put(b, 0x64, 0xA5);
    put(b, 0x60, 0x1E);
    put(b, 0x60, 0x30);
    put(b, 0x60, 0x00);
    put(b, 0x64, 0xA6);
    assert_bytes(b, "77");
    keys(b, "1E 2A 36 30");             /* 2A and 36 are passed over */
    assert_bytes(b, "99");
}

static void a_locked_controller_holds_the_mouse(void **state)
{
    struct board *b = *state;

    tell_mouse(b, 0xF4);
    assert_mouse_bytes(b, "FA");
    put(b, 0x64, 0xA5);
    put(b, 0x60, 0x1E);
    put(b, 0x60, 0x00);
    put(b, 0x64, 0xA6);
    mouse_move(&b->mouse, 0, 0, MOUSE_LEFT);
    assert_bytes(b, "");
    keys(b, "1E");
    assert_mouse_bytes(b, "09 00 00");
}

static void output_bits_can_be_pulsed(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, 0x64, 0xFD);
    rig_run(&b->rig, 21 * TICKS_PER_US);
    assert_false(b->a20.level);
    rig_run(&b->rig, 6 * TICKS_PER_US);
    assert_true(b->a20.level);
    assert_int_equal(b->reset.rises, 0);
    put(b, 0x64, 0xDD);
    put(b, 0x64, 0xFD);
    ms(b, 1);
    assert_false(b->a20.level);
    put(b, 0x64, 0xFC);
    assert_int_equal(b->reset.rises, 1);
    put(b, 0x64, 0xFF);
    put(b, 0x64, 0xF1);
    assert_int_equal(b->reset.rises, 1);
}

static void the_test_inputs_are_both_clocks(void **state)
{
    struct board *b = *state;

    assert_int_equal(command(b, 0xE0), 0x01);
    put(b, 0x64, 0xA8);
    assert_int_equal(command(b, 0xE0), 0x03);
    put(b, 0x64, 0xAD);
    assert_int_equal(command(b, 0xE0), 0x02);
}

static void both_devices_are_heard_in_turn(void **state)
{
    struct board *b = *state;

    put(b, 0x64, 0x60);
    put(b, 0x60, 0x43);
    tell_mouse(b, 0xF4);
    assert_mouse_bytes(b, "FA");
    keys(b, "1E 9E");
    mouse_move(&b->mouse, 2, 0, 0);
    unsigned from_keyboard = 0, from_mouse = 0;
    for (int i = 0; i < 5; i++) {
        for (int j = 0; j < 100 && !(rig_in(&b->rig, 0x64) & OUTPUT_FULL); j++)
            rig_run(&b->rig, 100 * TICKS_PER_US);
        uint8_t status = rig_in(&b->rig, 0x64);
        assert_int_equal(status & OUTPUT_FULL, OUTPUT_FULL);
        assert_int_equal(b->aux_irq.level, status & AUX ? 1 : 0);
        assert_int_equal(b->irq.level, status & AUX ? 0 : 1);
        status & AUX ? from_mouse++ : from_keyboard++;
        rig_in(&b->rig, 0x60);
    }
    assert_int_equal(from_keyboard, 2);
    assert_int_equal(from_mouse, 3);
    assert_int_equal(next(b), -1);
}

static void a_byte_for_the_mouse_switches_its_port_on(void **state)
{
    struct board *b = *state;

    assert_int_equal(command(b, 0x20) & 0x20, 0x20);
    tell_mouse(b, 0xF2);
    assert_mouse_bytes(b, "FA 00");
    assert_int_equal(command(b, 0x20) & 0x20, 0);
}

static void a_mouse_byte_is_never_translated(void **state)
{
    struct board *b = *state;

    tell_mouse(b, 0xEE);
    assert_mouse_bytes(b, "FA");
    tell_mouse(b, 0x1C);
    assert_mouse_bytes(b, "1C");
    tell_mouse(b, 0xF0);
    assert_mouse_bytes(b, "F0");
}

static void states_that_cannot_be_are_refused(void **state)
{
    struct board *b = *state;

    assert_true(rig_refuses(&b->rig, &b->kbc, &b->kbc.pulsed, 0x10, visit_kbc));
    assert_true(rig_refuses(&b->rig, &b->kbc, &b->kbc.dump, 200, visit_kbc));
    assert_true(rig_refuses(&b->rig, &b->kbc, &b->kbc.password_length, KBC_PASSWORD + 1, visit_kbc));
    assert_true(rig_refuses(&b->rig, &b->kbc, &b->kbc.matched, 1, visit_kbc));
}

static void saved_in_the_middle_of_anything_it_goes_on(void **state)
{
    static const uint8_t commands[] = { 0xAC, 0xFD, 0xA5, 0x1E, 0x00, 0xA6, 0xD4, 0xF4, 0xAC, 0x20 };
    struct board *a = *state;

    for (unsigned i = 0; i < 60; i++) {
        struct board *b = board_create(true);
        void *other = b;
        rig_out(&a->rig, commands[i % 10] < 0x80 || commands[i % 10] == 0xF4 ? 0x60 : 0x64, commands[i % 10]);
        keyboard_key(&a->keyboard, (uint8_t)(0x1E + i % 4));
        mouse_move(&a->mouse, (int)i - 30, 7, i & 7);
        rig_run(&a->rig, i * 7919 % 2500 * TICKS_PER_US);
        rig_copy(&a->rig, a, &b->rig, b, visit);
        for (unsigned k = 0; k < 6; k++)
            assert_int_equal(next(a), next(b));
        assert_true(rig_hash(&a->rig, visit, a) == rig_hash(&b->rig, visit, b));
        teardown(&other);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_dump_spells_ram_and_ports),
        TEST(a_self_test_ends_the_dump),
        TEST(without_a_password_nothing_is_locked),
        TEST(a_password_locks_until_it_is_typed),
        TEST(controller_memory_tells_of_the_password),
        TEST_WITH_MOUSE(a_locked_controller_holds_the_mouse),
        TEST(output_bits_can_be_pulsed),
        TEST(the_test_inputs_are_both_clocks),
        TEST_WITH_MOUSE(both_devices_are_heard_in_turn),
        TEST_WITH_MOUSE(a_byte_for_the_mouse_switches_its_port_on),
        TEST_WITH_MOUSE(a_mouse_byte_is_never_translated),
        TEST(states_that_cannot_be_are_refused),
        TEST_WITH_MOUSE(saved_in_the_middle_of_anything_it_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
