/* Tests of port 92h. */
#include "tests/emu/dev/rig.h"

#include "emu/dev/sysport.h"

struct board {
    struct rig rig;
    struct sysport port;
    struct wire a20, reset;
};

static void visit(void *chip, struct state *state) { sysport_visit(chip, state); }

static int setup(void **state)
{
    struct board *b = calloc(1, sizeof *b);

    rig_init(&b->rig);
    sysport_init(&b->port, &(struct sysport_config){ &b->rig.bus, wire_line(&b->a20, &b->rig),
                                                     wire_line(&b->reset, &b->rig) });
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct board *b = *state;

    rig_destroy(&b->rig);
    free(b);
    return 0;
}

static void bit_1_is_the_gate(void **state)
{
    struct board *b = *state;

    assert_int_equal(rig_in(&b->rig, 0x92), 0);
    rig_out(&b->rig, 0x92, 0x02);
    assert_true(b->a20.level);
    assert_int_equal(rig_in(&b->rig, 0x92), 0x02);
    rig_out(&b->rig, 0x92, 0x00);
    assert_false(b->a20.level);
}

static void reset_is_pulsed_when_bit_0_rises(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, 0x92, 0x01);
    assert_int_equal(b->reset.rises, 1);
    assert_false(b->reset.level);
    rig_out(&b->rig, 0x92, 0x03);
    assert_int_equal(b->reset.rises, 1);
    rig_out(&b->rig, 0x92, 0x00);
    rig_out(&b->rig, 0x92, 0x01);
    assert_int_equal(b->reset.rises, 2);
}

static void lamp_and_lock_are_stored(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, 0x92, 0xFC);
    assert_int_equal(rig_in(&b->rig, 0x92), 0xC8);
}

static void reset_closes_the_gate(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, 0x92, 0x02);
    sysport_reset(&b->port);
    assert_false(b->a20.level);
    assert_int_equal(rig_in(&b->rig, 0x92), 0);
}

static void loaded_state_goes_on_alike(void **state)
{
    struct board *a = *state;
    void *other;

    rig_out(&a->rig, 0x92, 0x01);
    setup(&other);
    struct board *b = other;
    rig_copy(&a->rig, &a->port, &b->rig, &b->port, visit);
    rig_out(&b->rig, 0x92, 0x03);
    assert_int_equal(b->reset.rises, 0);
    assert_true(rig_refuses(&b->rig, &b->port, &b->port.value, 0x10, visit));
    teardown(&other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bit_1_is_the_gate),
        TEST(reset_is_pulsed_when_bit_0_rises),
        TEST(lamp_and_lock_are_stored),
        TEST(reset_closes_the_gate),
        TEST(loaded_state_goes_on_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
