/* Tests of the PS/2 mouse behind the keyboard controller's auxiliary port. */
#include "tests/emu/dev/kbc_board.h"

/* Tells the mouse the bytes of HEX, each of which it acknowledges. */
static void tell(struct board *b, const char *hex)
{
    for (; *hex; hex += 2 + (hex[2] == ' ')) {
        tell_mouse(b, hex_byte(hex));
        assert_mouse_bytes(b, "FA");
    }
}

/* Reporting, at 8 counts a millimetre, so that a unit is a count. */
static void report(struct board *b)
{
    tell(b, "E8 03 F4");
}

static void move(struct board *b, int dx, int dy, uint8_t buttons)
{
    mouse_move(&b->mouse, dx, dy, buttons);
}

static void a_reset_answers_when_the_self_test_is_done(void **state)
{
    struct board *b = *state;

    tell(b, "E8 00 F3 0A E7 F4");
    tell_mouse(b, 0xFF);
    assert_mouse_bytes(b, "FA");
    ms(b, 240);
    assert_bytes(b, "");
    ms(b, 20);
    assert_mouse_bytes(b, "AA 00");
    tell_mouse(b, 0xE9);
    assert_mouse_bytes(b, "FA 00 02 64");
}

static void the_status_tells_settings_and_buttons(void **state)
{
    struct board *b = *state;

    tell(b, "F3 28 E8 01 E7 F4");
    move(b, 0, 0, MOUSE_LEFT);
    assert_mouse_bytes(b, "09 00 00");
    tell_mouse(b, 0xE9);
    assert_mouse_bytes(b, "FA 34 01 28");
    tell(b, "E6 F5");
    move(b, 0, 0, MOUSE_RIGHT | MOUSE_MIDDLE);
    tell_mouse(b, 0xE9);
    assert_mouse_bytes(b, "FA 03 01 28");
    tell(b, "F0");
    tell_mouse(b, 0xE9);
    assert_mouse_bytes(b, "FA 43 01 28");
    tell(b, "F6");
    tell_mouse(b, 0xE9);
    assert_mouse_bytes(b, "FA 03 02 64");
}

static void motion_becomes_packets_with_irq_12(void **state)
{
    struct board *b = *state;

    put(b, 0x64, 0x60);
    put(b, 0x60, 0x43);
    report(b);
    move(b, 5, -3, 0);
    unsigned before = b->aux_irq.rises;
    assert_mouse_bytes(b, "08 05 03");
    assert_int_equal(b->aux_irq.rises, before + 3);
    assert_int_equal(b->irq.rises, 0);
    move(b, -1, 2, MOUSE_LEFT | MOUSE_MIDDLE);
    assert_mouse_bytes(b, "3D FF FE");
    move(b, 0, 0, MOUSE_RIGHT);
    assert_mouse_bytes(b, "0A 00 00");
    move(b, 0, 0, MOUSE_RIGHT);
    assert_bytes(b, "");
    move(b, 0, 0, 0);
    assert_mouse_bytes(b, "08 00 00");
}

static void without_reporting_nothing_is_told(void **state)
{
    struct board *b = *state;

    move(b, 5, 5, MOUSE_LEFT);
    ms(b, 100);
    assert_bytes(b, "");
    report(b);
    assert_bytes(b, "");
    assert_true(mouse_listens(&b->mouse));
    tell(b, "F5");
    assert_false(mouse_listens(&b->mouse));
    move(b, 5, 5, 0);
    assert_bytes(b, "");
}

static void the_resolution_divides_motion(void **state)
{
    static const struct { const char *set, *packet; } rows[] = {
        { "E8 00", "08 05 00" }, { "E8 01", "08 0A 00" }, { "E8 02", "08 14 00" }, { "E8 03", "08 28 00" } };
    struct board *b = *state;

    for (unsigned i = 0; i < 4; i++) {
        tell(b, "F6");
        tell(b, rows[i].set);
        tell(b, "F4");
        move(b, 40, 0, 0);
        assert_mouse_bytes(b, rows[i].packet);
    }
    tell(b, "E8 00");
    for (int i = 0; i < 7; i++)
        move(b, 1, 0, 0);
    assert_bytes(b, "");
    move(b, 1, 0, 0);
    assert_mouse_bytes(b, "08 01 00");
}

static void scaling_doubles_quick_motion_in_stream_mode(void **state)
{
    static const uint8_t expected[] = { 0, 1, 1, 3, 6, 9, 12, 14 };
    struct board *b = *state;

    report(b);
    tell(b, "E7");
    for (int way = 1; way < 8; way++) {
        move(b, way, way, 0);
        assert_int_equal(next(b), 0x28);
        assert_int_equal(next(b), expected[way]);
        assert_int_equal(next(b), 0x100 - expected[way]);
        ms(b, 20);
    }
    tell(b, "F0");
    move(b, 5, 0, 0);
    tell_mouse(b, 0xEB);
    assert_mouse_bytes(b, "FA 08 05 00");
}

static void the_sample_rate_limits_packets(void **state)
{
    static const uint8_t rates[] = { 10, 20, 40, 60, 80, 100, 200 };
    struct board *b = *state;

    report(b);
    for (unsigned i = 0; i < sizeof rates; i++) {
        unsigned bytes = 0, sum = 0;
        tell(b, "F3");
        tell_mouse(b, rates[i]);
        assert_mouse_bytes(b, "FA");
        ms(b, 200);
        for (unsigned j = 0; j < 4000; j++) {
            if (j % 4 == 0)
                move(b, 1, 0, 0);
            rig_run(&b->rig, 250 * TICKS_PER_US);
            if (rig_in(&b->rig, 0x64) & OUTPUT_FULL) {
                uint8_t byte = rig_in(&b->rig, 0x60);
                sum += bytes++ % 3 == 1 ? byte : 0;
            }
        }
        assert_in_range(bytes, rates[i] * 3 - 6, rates[i] * 3 + 3);
        for (int byte; (byte = next(b)) >= 0;)
            sum += bytes++ % 3 == 1 ? (unsigned)byte : 0;
        for (int j = 0; j < 2; j++, ms(b, 60))
            for (int byte; (byte = next(b)) >= 0;)
                sum += bytes++ % 3 == 1 ? (unsigned)byte : 0;
        assert_int_equal(sum, 1000);
    }
}

static void a_long_way_takes_several_packets(void **state)
{
    struct board *b = *state;

    report(b);
    move(b, 600, -255, 0);
    assert_int_equal(next(b), 0x08);
    assert_int_equal(next(b), 0xFF);
    assert_int_equal(next(b), 0xFF);
    assert_mouse_bytes(b, "08 FF 00 08 5A 00");
    move(b, -300, 0, 0);
    assert_mouse_bytes(b, "18 01 00 18 D3 00");
}

/* Held for longer than a sample, the counters overflow and keep what they can. */
static void counters_overflow_while_the_clock_is_held(void **state)
{
    struct board *b = *state;

    report(b);
    move(b, 0, 0, MOUSE_LEFT);
    ms(b, 5);                           /* its first byte waits in the controller */
    move(b, 600, 600, 0);
    ms(b, 100);
    assert_mouse_bytes(b, "09 00 00 E8 FF 00");
    move(b, 1, 0, 0);
    assert_mouse_bytes(b, "08 01 00");
}

static void a_click_within_a_sample_is_not_lost(void **state)
{
    struct board *b = *state;

    report(b);
    move(b, 0, 0, MOUSE_LEFT);
    move(b, 0, 0, 0);
    assert_mouse_bytes(b, "09 00 00 08 00 00");
}

static void remote_mode_tells_when_asked(void **state)
{
    struct board *b = *state;

    tell(b, "E8 03 F0");
    move(b, 3, 4, MOUSE_LEFT);
    ms(b, 50);
    assert_bytes(b, "");
    tell_mouse(b, 0xEB);
    assert_mouse_bytes(b, "FA 29 03 FC");
    tell_mouse(b, 0xEB);
    assert_mouse_bytes(b, "FA 09 00 00");
    tell(b, "EA F4");
    move(b, 3, 0, MOUSE_LEFT);
    assert_mouse_bytes(b, "09 03 00");
    tell_mouse(b, 0xEB);
    assert_mouse_bytes(b, "FA 09 00 00");
}

static void wrap_mode_echoes_all_but_two(void **state)
{
    struct board *b = *state;

    report(b);
    tell(b, "EE");
    for (unsigned value = 0; value < 0x100; value += 5) {
        if (value == 0xEC || value == 0xFF)
            continue;
        tell_mouse(b, (uint8_t)value);
        assert_int_equal(next(b), value);
    }
    move(b, 5, 5, 0);
    assert_bytes(b, "");
    tell(b, "EC");
    move(b, 1, 0, 0);
    assert_mouse_bytes(b, "08 01 00");
    tell(b, "EE");
    tell_mouse(b, 0xFF);
    assert_mouse_bytes(b, "FA");
}

static void what_is_no_command_is_refused(void **state)
{
    struct board *b = *state;

    tell_mouse(b, 0xE1);
    assert_mouse_bytes(b, "FE");
    tell_mouse(b, 0x00);
    assert_mouse_bytes(b, "FC");
    tell(b, "E6");
    tell_mouse(b, 0x00);
    assert_mouse_bytes(b, "FE");
    tell(b, "F3");
    tell_mouse(b, 33);
    assert_mouse_bytes(b, "FE");
    tell_mouse(b, 33);
    assert_mouse_bytes(b, "FC");
    tell(b, "E8");
    tell_mouse(b, 4);
    assert_mouse_bytes(b, "FE");
    tell_mouse(b, 0xE9);
    assert_mouse_bytes(b, "FA 00 02 64");
}

static void the_last_packet_can_be_had_again(void **state)
{
    struct board *b = *state;

    report(b);
    move(b, 5, 0, 0);
    assert_mouse_bytes(b, "08 05 00");
    tell_mouse(b, 0xFE);
    assert_mouse_bytes(b, "08 05 00");
    tell_mouse(b, 0xF2);
    assert_mouse_bytes(b, "FA 00");
    tell_mouse(b, 0xFE);
    assert_mouse_bytes(b, "FA 00");
    tell_mouse(b, 0xEB);
    assert_mouse_bytes(b, "FA 08 00 00");
    tell_mouse(b, 0xFE);
    assert_mouse_bytes(b, "08 00 00");
}

static void a_command_ends_a_packet(void **state)
{
    struct board *b = *state;

    report(b);
    move(b, 5, 0, 0);
    assert_int_equal(next(b), 0x08);
    tell_mouse(b, 0xF2);
    assert_mouse_bytes(b, "FA 00");
    move(b, 7, 0, 0);
    assert_mouse_bytes(b, "08 07 00");
}

static void bytes_take_eleven_bits_each(void **state)
{
    const uint64_t byte = 880 * TICKS_PER_US;
    struct board *b = *state;

    report(b);
    ms(b, 100);
    move(b, 1, 0, 0);
    rig_run(&b->rig, byte - 1);
    assert_int_equal(rig_in(&b->rig, 0x64) & OUTPUT_FULL, 0);
    rig_run(&b->rig, 1);
    assert_int_equal(rig_in(&b->rig, 0x60), 0x08);
    mouse_set_real(&b->mouse, false);
    rig_run(&b->rig, byte);
    rig_in(&b->rig, 0x60);
    rig_run(&b->rig, 20 * TICKS_PER_US);
    assert_int_equal(rig_in(&b->rig, 0x64) & OUTPUT_FULL, OUTPUT_FULL);
}

static void saved_in_the_middle_of_packets_it_goes_on(void **state)
{
    static const uint8_t commands[] = { 0xF4, 0xE7, 0xE9, 0xF3, 0x28, 0xEB, 0xFF, 0xF4, 0xFE, 0x11 };
    struct board *a = *state;

    report(a);
    for (unsigned i = 0; i < 80; i++) {
        struct board *b = board_create(true);
        void *other = b;
        if (i % 3 == 0)
            tell_mouse(a, commands[i / 3 % 10]);
        move(a, (int)(i * 37 % 400) - 200, (int)(i * 53 % 300) - 150, i / 5 & 7);
        rig_run(&a->rig, i * 7919 % 4000 * TICKS_PER_US);
        rig_copy(&a->rig, a, &b->rig, b, visit);
        for (unsigned k = 0; k < 5; k++)
            assert_int_equal(next(a), next(b));
        assert_true(rig_hash(&a->rig, visit, a) == rig_hash(&b->rig, visit, b));
        teardown(&other);
    }
}

static void states_that_cannot_be_are_refused(void **state)
{
    struct board *b = *state;
    struct mouse *mouse = &b->mouse;

    assert_true(rig_refuses(&b->rig, mouse, &mouse->rate, 33, visit_mouse));
    assert_true(rig_refuses(&b->rig, mouse, &mouse->resolution, 4, visit_mouse));
    assert_true(rig_refuses(&b->rig, mouse, &mouse->queued, 5, visit_mouse));
    assert_true(rig_refuses(&b->rig, mouse, &mouse->sent, 4, visit_mouse));
    assert_true(rig_refuses(&b->rig, mouse, &mouse->last_count, 5, visit_mouse));
    assert_true(rig_refuses(&b->rig, mouse, &mouse->buttons, 8, visit_mouse));
    mouse->x.count = -257;
    assert_true(rig_refuses(&b->rig, mouse, &mouse->buttons, 0, visit_mouse));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_WITH_MOUSE(a_reset_answers_when_the_self_test_is_done),
        TEST_WITH_MOUSE(the_status_tells_settings_and_buttons),
        TEST_WITH_MOUSE(motion_becomes_packets_with_irq_12),
        TEST_WITH_MOUSE(without_reporting_nothing_is_told),
        TEST_WITH_MOUSE(the_resolution_divides_motion),
        TEST_WITH_MOUSE(scaling_doubles_quick_motion_in_stream_mode),
        TEST_WITH_MOUSE(the_sample_rate_limits_packets),
        TEST_WITH_MOUSE(a_long_way_takes_several_packets),
        TEST_WITH_MOUSE(counters_overflow_while_the_clock_is_held),
        TEST_WITH_MOUSE(a_click_within_a_sample_is_not_lost),
        TEST_WITH_MOUSE(remote_mode_tells_when_asked),
        TEST_WITH_MOUSE(wrap_mode_echoes_all_but_two),
        TEST_WITH_MOUSE(what_is_no_command_is_refused),
        TEST_WITH_MOUSE(the_last_packet_can_be_had_again),
        TEST_WITH_MOUSE(a_command_ends_a_packet),
        TEST_WITH_MOUSE(bytes_take_eleven_bits_each),
        TEST_WITH_MOUSE(saved_in_the_middle_of_packets_it_goes_on),
        TEST_WITH_MOUSE(states_that_cannot_be_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
