/* Tests of the keyboard controller with a keyboard plugged in. */
#include "tests/emu/dev/kbc_board.h"

static void self_tests_pass(void **state)
{
    struct board *b = *state;

    assert_int_equal(rig_in(&b->rig, 0x64), UNLOCKED);
    assert_int_equal(command(b, 0xAA), 0x55);
    assert_int_equal(rig_in(&b->rig, 0x64), UNLOCKED | COMMAND | SYSTEM);
    assert_int_equal(command(b, 0xAB), 0x00);
    assert_int_equal(command(b, 0xA9), 0x00);
    assert_int_equal(command(b, 0xA4), 0xF1);
}

/* The order of the Bochs BIOS. */
static void bios_initialisation_finds_a_keyboard(void **state)
{
    struct board *b = *state;

    assert_int_equal(command(b, 0xAA), 0x55);
    assert_int_equal(command(b, 0xAB), 0x00);
    put(b, 0x64, 0xAE);
    put(b, 0x64, 0xA8);
    put(b, 0x60, 0xFF);
    assert_int_equal(next(b), 0xFA);
    assert_int_equal(next(b), 0xAA);
    put(b, 0x60, 0xF5);
    assert_int_equal(next(b), 0xFA);
    put(b, 0x64, 0x60);
    put(b, 0x60, 0x61);
    put(b, 0x60, 0xF4);
    assert_int_equal(next(b), 0xFA);
    assert_int_equal(next(b), -1);
}

static void the_input_buffer_is_taken_after_a_while(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, 0x64, 0xAA);
    assert_int_equal(rig_in(&b->rig, 0x64), UNLOCKED | COMMAND | INPUT_FULL);
    rig_run(&b->rig, 21 * TICKS_PER_US);
    assert_int_equal(rig_in(&b->rig, 0x64) & (INPUT_FULL | OUTPUT_FULL), OUTPUT_FULL);
}

static void bytes_written_too_early_are_not_lost(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, 0x64, 0xD1);
    rig_out(&b->rig, 0x60, 0xDD);
    rig_out(&b->rig, 0x64, 0xFF);
    assert_false(b->a20.level);
}

static void a_key_takes_its_time_and_raises_irq_1(void **state)
{
    struct board *b = *state;

    rig_listen(&b->rig, PROBE_BIT(PROBE_KEY));
    keys(b, "1E");
    rig_run(&b->rig, 800 * TICKS_PER_US);
    assert_int_equal(rig_in(&b->rig, 0x64) & OUTPUT_FULL, 0);
    assert_false(b->irq.level);
    rig_run(&b->rig, 100 * TICKS_PER_US);
    assert_int_equal(rig_in(&b->rig, 0x64) & OUTPUT_FULL, OUTPUT_FULL);
    assert_true(b->irq.level);
    assert_int_equal(rig_in(&b->rig, 0x60), 0x1E);
    assert_false(b->irq.level);
    assert_int_equal(rig_in(&b->rig, 0x64) & OUTPUT_FULL, 0);
    assert_int_equal(rig_in(&b->rig, 0x60), 0x1E);
    assert_int_equal(b->rig.events, 1);
    assert_int_equal(b->rig.event[0].a, 0x1E);
}

static void the_next_byte_waits_for_the_port_to_be_read(void **state)
{
    struct board *b = *state;

    keys(b, "1E 9E");
    ms(b, 100);
    assert_int_equal(b->irq.rises, 1);
    assert_int_equal(rig_in(&b->rig, 0x60), 0x1E);
    ms(b, 100);
    assert_int_equal(b->irq.rises, 2);
    assert_int_equal(rig_in(&b->rig, 0x60), 0x9E);
}

static void every_set_1_code_survives_the_wire(void **state)
{
    struct board *b = *state;

    for (unsigned code = 1; code < 0x80; code++) {
        if (code == 0x60 || code == 0x61)       /* their releases are the prefixes */
            continue;
        assert_true(keyboard_key(&b->keyboard, (uint8_t)code));
        assert_int_equal(next(b), code);
        assert_true(keyboard_key(&b->keyboard, (uint8_t)(code | 0x80)));
        assert_int_equal(next(b), code | 0x80);
        assert_int_equal(b->keyboard.count, 0);
    }
    keys(b, "E0 48 E0 C8 E1 1D 45 E1 9D C5");
    assert_bytes(b, "E0 48 E0 C8 E1 1D 45 E1 9D C5");
    keys(b, "00 80");
    assert_bytes(b, "");
}

static void without_translation_the_guest_sees_set_2(void **state)
{
    struct board *b = *state;

    put(b, 0x64, 0x60);
    put(b, 0x60, 0x01);
    keys(b, "1E 9E E0 48 41 54");
    assert_bytes(b, "1C F0 1C E0 75 83 84");
    put(b, 0x60, 0xF2);
    assert_bytes(b, "FA AB 83");
}

static void identity_is_translated(void **state)
{
    struct board *b = *state;

    put(b, 0x60, 0xF2);
    assert_bytes(b, "FA AB 41");
}

static void scan_code_sets_1_and_2_can_be_selected(void **state)
{
    struct board *b = *state;

    put(b, 0x64, 0x60);
    put(b, 0x60, 0x01);
    put(b, 0x60, 0xF0);
    put(b, 0x60, 0x00);
    assert_bytes(b, "FA FA 02");
    put(b, 0x60, 0xF0);
    put(b, 0x60, 0x01);
    assert_bytes(b, "FA FA");
    keys(b, "1E 9E");
    assert_bytes(b, "1E 9E");
    put(b, 0x60, 0xF0);
    put(b, 0x60, 0x04);
    assert_bytes(b, "FA FE");
    put(b, 0x60, 0xF6);
    assert_bytes(b, "FA");
    keys(b, "1E");
    assert_bytes(b, "1C");
}

static void keyboard_commands_are_answered(void **state)
{
    struct board *b = *state;

    put(b, 0x60, 0xED);
    assert_bytes(b, "FA");
    put(b, 0x60, 0x05);
    assert_bytes(b, "FA");
    assert_int_equal(b->keyboard.leds, 5);
    put(b, 0x60, 0xEE);
    assert_bytes(b, "EE");
    put(b, 0x60, 0xF3);
    put(b, 0x60, 0x20);
    assert_bytes(b, "FA FA");
    assert_int_equal(b->keyboard.typematic, 0x20);
    put(b, 0x60, 0xFE);
    assert_bytes(b, "FA");
    put(b, 0x60, 0xEF);
    assert_bytes(b, "FE");
    put(b, 0x60, 0xFB);
    put(b, 0x60, 0x1C);
    put(b, 0x60, 0x1D);
    put(b, 0x60, 0xF4);
    assert_bytes(b, "FA FA FA FA");
    put(b, 0x60, 0x1C);
    assert_bytes(b, "FE");
}

static void a_command_in_place_of_an_argument_is_a_command(void **state)
{
    struct board *b = *state;

    put(b, 0x60, 0xED);
    assert_bytes(b, "FA");
    put(b, 0x60, 0xF4);
    assert_bytes(b, "FA");
    put(b, 0x60, 0x03);
    assert_bytes(b, "FE");
    assert_int_equal(b->keyboard.leds, 0);
}

static void disabled_keyboard_drops_keys(void **state)
{
    struct board *b = *state;

    put(b, 0x60, 0xF5);
    assert_bytes(b, "FA");
    keys(b, "1E 9E");
    assert_bytes(b, "");
    put(b, 0x60, 0xF4);
    assert_bytes(b, "FA");
    keys(b, "1E");
    assert_bytes(b, "1E");
}

/* Sixteen codes, then the overrun's, which is 00 in set 2 and translated FF. */
static void what_the_buffer_cannot_hold_is_lost_and_told(void **state)
{
    struct board *b = *state;

    for (int i = 0; i < 15; i++)
        assert_true(keyboard_key(&b->keyboard, 0x1E));
    assert_false(keyboard_ready(&b->keyboard));
    assert_true(keyboard_key(&b->keyboard, 0x1F));
    for (int i = 0; i < 3; i++)
        assert_false(keyboard_key(&b->keyboard, 0x1E));
    for (int i = 0; i < 15; i++)
        assert_int_equal(next(b), 0x1E);
    assert_int_equal(next(b), 0x1F);
    keys(b, "9E");
    assert_bytes(b, "FF 9E");
    assert_true(keyboard_ready(&b->keyboard));
}

static void the_overrun_code_of_set_1_is_ff(void **state)
{
    struct board *b = *state;

    put(b, 0x64, 0x60);
    put(b, 0x60, 0x01);
    put(b, 0x60, 0xF0);
    put(b, 0x60, 0x01);
    assert_bytes(b, "FA FA");
    for (int i = 0; i < 20; i++)
        keyboard_key(&b->keyboard, 0x9E);
    for (int i = 0; i < 16; i++)
        assert_int_equal(next(b), 0x9E);
    assert_bytes(b, "FF");
}

static void an_answer_does_not_tear_a_release_apart(void **state)
{
    struct board *b = *state;

    keys(b, "9E 1F");
    ms(b, 1);
    assert_true(b->keyboard.mid_release);
    put(b, 0x60, 0xEE);
    assert_bytes(b, "9E EE 1F");
    keys(b, "9E 1F");
    ms(b, 1);
    put(b, 0x60, 0xF4);
    assert_bytes(b, "9E FA");
}

static void interface_off_holds_the_bytes(void **state)
{
    struct board *b = *state;

    put(b, 0x64, 0xAD);
    keys(b, "1E");
    ms(b, 50);
    assert_int_equal(rig_in(&b->rig, 0x64) & OUTPUT_FULL, 0);
    assert_int_equal(command(b, 0x20), 0x71);
    put(b, 0x64, 0xAE);
    assert_bytes(b, "1E");
    put(b, 0x64, 0xAD);
    put(b, 0x60, 0xEE);
    assert_bytes(b, "EE");
}

static void reply_waits_for_a_key_to_be_read(void **state)
{
    struct board *b = *state;

    keys(b, "1E 1F");
    ms(b, 5);
    put(b, 0x64, 0x20);
    assert_bytes(b, "1E 61 1F");
}

static void irq_1_can_be_disabled(void **state)
{
    struct board *b = *state;

    put(b, 0x64, 0x60);
    put(b, 0x60, 0x40);
    keys(b, "1E");
    ms(b, 5);
    assert_int_equal(b->irq.rises, 0);
    put(b, 0x64, 0x60);
    put(b, 0x60, 0x41);
    assert_true(b->irq.level);
    assert_bytes(b, "1E");
}

static void a20_follows_output_port_and_quick_commands(void **state)
{
    struct board *b = *state;

    assert_true(b->a20.level);
    assert_int_equal(command(b, 0xD0), 0xCF);
    put(b, 0x64, 0xD1);
    put(b, 0x60, 0xDD);
    assert_false(b->a20.level);
    assert_int_equal(command(b, 0xD0) & 0x02, 0);
    put(b, 0x64, 0xDF);
    assert_true(b->a20.level);
    put(b, 0x64, 0xDD);
    assert_false(b->a20.level);
    put(b, 0x64, 0xD1);
    put(b, 0x60, 0xDF);
    put(b, 0x64, 0xFF);
    assert_true(b->a20.level);
    assert_int_equal(b->reset.rises, 0);
    kbc_set_a20(&b->kbc, false);
    assert_int_equal(command(b, 0xD0) & 0x02, 0);
}

static void reset_is_pulsed_by_fe_and_by_the_output_port(void **state)
{
    struct board *b = *state;

    put(b, 0x64, 0xFE);
    assert_int_equal(b->reset.rises, 1);
    assert_false(b->reset.level);
    put(b, 0x64, 0xF0);
    assert_int_equal(b->reset.rises, 2);
    put(b, 0x64, 0xD1);
    put(b, 0x60, 0xDE);
    assert_int_equal(b->reset.rises, 3);
    assert_true(b->a20.level);
    put(b, 0x64, 0xDD);
    kbc_reset(&b->kbc);
    assert_true(b->a20.level);
}

static void controller_memory_is_kept(void **state)
{
    struct board *b = *state;

    put(b, 0x64, 0x7F);
    put(b, 0x60, 0xA5);
    assert_int_equal(command(b, 0x3F), 0xA5);
    put(b, 0x64, 0x60);
    put(b, 0x60, 0xC5);
    assert_int_equal(command(b, 0x20), 0x45);
    assert_true(rig_in(&b->rig, 0x64) & SYSTEM);
}

static void input_port_can_be_read_and_polled(void **state)
{
    struct board *b = *state;

    assert_int_equal(command(b, 0xC0), 0xBF);
    put(b, 0x64, 0xC1);
    assert_int_equal(rig_in(&b->rig, 0x64) & 0xF0, 0xF0);
    put(b, 0x64, 0xC2);
    assert_int_equal(rig_in(&b->rig, 0x64) & 0xF0, 0xB0);
    assert_int_equal(command(b, 0xE0), 0x01);
}

static void output_buffers_can_be_written(void **state)
{
    struct board *b = *state;

    put(b, 0x64, 0xD2);
    put(b, 0x60, 0x1C);
    assert_true(b->irq.level);
    assert_bytes(b, "1C");
    put(b, 0x64, 0x60);
    put(b, 0x60, 0x43);
    put(b, 0x64, 0xD3);
    put(b, 0x60, 0xA5);
    assert_true(b->aux_irq.level);
    assert_false(b->irq.level);
    assert_int_equal(rig_in(&b->rig, 0x64) & (OUTPUT_FULL | AUX), OUTPUT_FULL | AUX);
    assert_int_equal(rig_in(&b->rig, 0x60), 0xA5);
    assert_false(b->aux_irq.level);
    assert_int_equal(rig_in(&b->rig, 0x64) & AUX, 0);
}

static void aux_device_times_out(void **state)
{
    struct board *b = *state;

    put(b, 0x64, 0xA8);
    assert_int_equal(command(b, 0x20) & 0x20, 0);
    put(b, 0x64, 0xD4);
    put(b, 0x60, 0xFF);
    ms(b, 15);
    assert_int_equal(rig_in(&b->rig, 0x64) & OUTPUT_FULL, 0);
    ms(b, 10);
    assert_int_equal(rig_in(&b->rig, 0x64) & (OUTPUT_FULL | AUX | TIMEOUT), OUTPUT_FULL | AUX | TIMEOUT);
    assert_int_equal(rig_in(&b->rig, 0x60), 0xFE);
    put(b, 0x64, 0xA7);
    assert_int_equal(command(b, 0x20) & 0x20, 0x20);
}

static void fast_mode_shortens_the_waits(void **state)
{
    struct board *b = *state;

    kbc_set_real(&b->kbc, false);
    keyboard_set_real(&b->keyboard, false);
    rig_out(&b->rig, 0x60, 0xFF);
    rig_run(&b->rig, 50 * TICKS_PER_US);
    assert_int_equal(rig_in(&b->rig, 0x60), 0xFA);
    assert_int_equal(rig_in(&b->rig, 0x64) & OUTPUT_FULL, 0);
    rig_run(&b->rig, 50 * TICKS_PER_US);
    assert_int_equal(rig_in(&b->rig, 0x60), 0xAA);
}

static void loaded_state_goes_on_alike(void **state)
{
    struct board *a = *state;
    void *other;

    keys(a, "1E 9E E0 48 E0 C8");
    ms(a, 2);
    rig_in(&a->rig, 0x60);
    rig_out(&a->rig, 0x60, 0xED);
    rig_run(&a->rig, 30 * TICKS_PER_US);
    rig_out(&a->rig, 0x64, 0x20);
    setup(&other);
    struct board *b = other;
    rig_copy(&a->rig, a, &b->rig, b, visit);
    for (int i = 0; i < 10; i++)
        assert_int_equal(next(a), next(b));
    assert_true(rig_hash(&a->rig, visit, a) == rig_hash(&b->rig, visit, b));
    assert_true(rig_refuses(&b->rig, &b->keyboard, &b->keyboard.head, KEYBOARD_BUFFER, visit_keyboard));
    assert_true(rig_refuses(&b->rig, &b->keyboard, &b->keyboard.count, KEYBOARD_BUFFER + 1, visit_keyboard));
    assert_true(rig_refuses(&b->rig, &b->keyboard, &b->keyboard.replies, KEYBOARD_REPLIES + 1, visit_keyboard));
    assert_true(rig_refuses(&b->rig, &b->kbc, &b->kbc.output_port, 0x10, visit_kbc));
    teardown(&other);
}

/* 11 bits of 80 us for each byte, counted from the key or from the moment at which the port is read. */
static void bytes_take_eleven_bits_each(void **state)
{
    const uint64_t byte = 880 * TICKS_PER_US;
    struct board *b = *state;

    keys(b, "1E 1F 20 21");
    for (unsigned i = 1; i <= 4; i++) {
        rig_run(&b->rig, byte - 1);
        assert_int_equal(rig_in(&b->rig, 0x64) & OUTPUT_FULL, 0);
        rig_run(&b->rig, 1);
        assert_int_equal(b->irq.rises, i);
        rig_run(&b->rig, i * 1000);
        rig_in(&b->rig, 0x60);
    }
    rig_out(&b->rig, 0x60, 0xEE);
    rig_run(&b->rig, 20 * TICKS_PER_US + 2 * byte - 1);
    assert_int_equal(rig_in(&b->rig, 0x64) & OUTPUT_FULL, 0);
    rig_run(&b->rig, 1);
    assert_int_equal(rig_in(&b->rig, 0x60), 0xEE);
}

static void saving_at_odd_moments_changes_nothing(void **state)
{
    static const uint8_t writes[] = { 0xED, 0x02, 0xFF, 0xF2, 0xF3, 0x20, 0xF0, 0x00, 0xEE, 0xF4 };
    struct board *a = *state;

    for (unsigned i = 0; i < 100; i++) {
        void *other;
        keyboard_key(&a->keyboard, (uint8_t)((i % 50 + 1) | (i & 1) << 7));
        rig_run(&a->rig, i * 13 % 4 * 700 * TICKS_PER_US);
        if (i % 3)
            rig_out(&a->rig, 0x60, writes[i % 10]);
        else
            rig_out(&a->rig, 0x64, i % 2 ? 0x20 : 0xAA);
        rig_run(&a->rig, i * 7919 % 2500 * TICKS_PER_US);
        setup(&other);
        struct board *b = other;
        rig_copy(&a->rig, a, &b->rig, b, visit);
        b->irq = a->irq;
        b->irq.clock = &b->rig.clock;
        struct board *both[2] = { a, b };
        for (unsigned j = 0; j < 2; j++) {
            for (unsigned k = 0; k < 3; k++) {
                rig_run(&both[j]->rig, 1500 * TICKS_PER_US);
                rig_in(&both[j]->rig, 0x60);
            }
        }
        assert_true(a->irq.rises == b->irq.rises && a->irq.rose == b->irq.rose);
        assert_true(rig_hash(&a->rig, visit, a) == rig_hash(&b->rig, visit, b));
        teardown(&other);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(self_tests_pass),
        TEST(bios_initialisation_finds_a_keyboard),
        TEST(the_input_buffer_is_taken_after_a_while),
        TEST(bytes_written_too_early_are_not_lost),
        TEST(a_key_takes_its_time_and_raises_irq_1),
        TEST(the_next_byte_waits_for_the_port_to_be_read),
        TEST(every_set_1_code_survives_the_wire),
        TEST(without_translation_the_guest_sees_set_2),
        TEST(identity_is_translated),
        TEST(scan_code_sets_1_and_2_can_be_selected),
        TEST(keyboard_commands_are_answered),
        TEST(a_command_in_place_of_an_argument_is_a_command),
        TEST(disabled_keyboard_drops_keys),
        TEST(what_the_buffer_cannot_hold_is_lost_and_told),
        TEST(the_overrun_code_of_set_1_is_ff),
        TEST(an_answer_does_not_tear_a_release_apart),
        TEST(interface_off_holds_the_bytes),
        TEST(reply_waits_for_a_key_to_be_read),
        TEST(irq_1_can_be_disabled),
        TEST(a20_follows_output_port_and_quick_commands),
        TEST(reset_is_pulsed_by_fe_and_by_the_output_port),
        TEST(controller_memory_is_kept),
        TEST(input_port_can_be_read_and_polled),
        TEST(output_buffers_can_be_written),
        TEST(aux_device_times_out),
        TEST(fast_mode_shortens_the_waits),
        TEST(bytes_take_eleven_bits_each),
        TEST(loaded_state_goes_on_alike),
        TEST(saving_at_odd_moments_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
