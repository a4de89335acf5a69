/* Tests of the game port. */
#include "tests/emu/dev/rig.h"

#include "emu/dev/gameport.h"

enum { PORT = 0x201 };

struct board { struct rig rig; struct gameport port; };

static void start(struct board *b, unsigned sticks)
{
    rig_init(&b->rig);
    gameport_init(&b->port, &(struct gameport_config){ &b->rig.bus, &b->rig.clock, sticks });
    rig_run(&b->rig, TICKS_PER_MS);
}

static void stop(struct board *b)
{
    rig_destroy(&b->rig);
}

static void visit(void *chip, struct state *state)
{
    gameport_visit(chip, state);
}

/* Nanoseconds that axis BIT stays high after the write. */
static unsigned measure(struct board *b, unsigned bit)
{
    uint64_t from = b->rig.clock.now;

    rig_out(&b->rig, PORT, 0xFF);
    while (rig_in(&b->rig, PORT) & 1u << bit)
        rig_run(&b->rig, 42);
    unsigned ns = (unsigned)((b->rig.clock.now - from) * 10 / 42);
    rig_run(&b->rig, 2 * TICKS_PER_MS);
    return ns;
}

/* 24.2 us and 0.011 us an ohm, to 10 ns. */
static void an_axis_takes_its_time(void **state)
{
    static const uint8_t positions[] = { 0, 1, 64, 128, 200, 255 };
    struct board b;

    (void)state;
    start(&b, 2);
    for (unsigned i = 0; i < sizeof positions; i++)
        for (unsigned axis = 0; axis < 4; axis++) {
            unsigned ns = 24200 + positions[i] * 100000u / 255 * 11;
            gameport_move(&b.port, axis / 2, axis % 2 ? 0 : positions[i], axis % 2 ? positions[i] : 0, 0);
            assert_in_range(measure(&b, axis), ns, ns + 10);
        }
    stop(&b);
}

static void sticks_start_in_the_middle(void **state)
{
    struct board b;

    (void)state;
    start(&b, 1);
    assert_int_equal(rig_in(&b.rig, PORT), 0xF0);
    for (unsigned axis = 0; axis < 2; axis++)
        assert_in_range(measure(&b, axis), 570000, 580000);
    stop(&b);
}

static void without_a_stick_an_axis_never_ends(void **state)
{
    struct board b;

    (void)state;
    start(&b, 1);
    rig_out(&b.rig, PORT, 0);
    assert_int_equal(rig_in(&b.rig, PORT), 0xFF);
    rig_run(&b.rig, TICKS_PER_SECOND);
    assert_int_equal(rig_in(&b.rig, PORT), 0xFC);
    gameport_move(&b.port, 1, 0, 0, 3);
    gameport_move(&b.port, 7, 0, 0, 3);
    assert_int_equal(rig_in(&b.rig, PORT), 0xFC);
    stop(&b);
}

static void buttons_are_low_while_pressed(void **state)
{
    struct board b;

    (void)state;
    start(&b, 2);
    gameport_move(&b.port, 0, 128, 128, 1);
    assert_int_equal(rig_in(&b.rig, PORT), 0xE0);
    gameport_move(&b.port, 1, 128, 128, 2);
    assert_int_equal(rig_in(&b.rig, PORT), 0x60);
    gameport_move(&b.port, 0, 128, 128, 0xFE);
    assert_int_equal(rig_in(&b.rig, PORT), 0x50);
    stop(&b);
}

static void a_running_one_shot_is_not_started_again(void **state)
{
    struct board b;

    (void)state;
    start(&b, 1);
    gameport_move(&b.port, 0, 255, 0, 0);
    rig_out(&b.rig, PORT, 0);
    rig_run(&b.rig, 1000 * TICKS_PER_US);
    rig_out(&b.rig, PORT, 0);
    assert_int_equal(rig_in(&b.rig, PORT) & 3, 3);
    rig_run(&b.rig, 130 * TICKS_PER_US);
    assert_int_equal(rig_in(&b.rig, PORT) & 3, 0);
    stop(&b);
}

static void saved_while_it_counts_it_goes_on(void **state)
{
    struct board a, b;

    (void)state;
    start(&a, 2);
    start(&b, 2);
    gameport_move(&a.port, 0, 10, 250, 1);
    rig_out(&a.rig, PORT, 0);
    rig_run(&a.rig, 30 * TICKS_PER_US);
    rig_copy(&a.rig, &a.port, &b.rig, &b.port, visit);
    for (int i = 0; i < 150; i++) {
        assert_int_equal(rig_in(&a.rig, PORT), rig_in(&b.rig, PORT));
        rig_run(&a.rig, 10 * TICKS_PER_US);
        rig_run(&b.rig, 10 * TICKS_PER_US);
    }
    assert_true(rig_refuses(&a.rig, &a.port, &a.port.buttons, 0x10, visit));
    a.port.ohms[3] = GAMEPORT_OHMS + 1;
    assert_true(rig_refuses(&a.rig, &a.port, &a.port.buttons, 0, visit));
    stop(&a);
    stop(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_axis_takes_its_time),
        cmocka_unit_test(sticks_start_in_the_middle),
        cmocka_unit_test(without_a_stick_an_axis_never_ends),
        cmocka_unit_test(buttons_are_low_while_pressed),
        cmocka_unit_test(a_running_one_shot_is_not_started_again),
        cmocka_unit_test(saved_while_it_counts_it_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
