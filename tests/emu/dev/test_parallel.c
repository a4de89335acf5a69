/* Tests of the printer port. */
#include "tests/emu/dev/rig.h"

#include "emu/dev/parallel.h"

enum { DATA = 0x378, STATUS, CONTROL };

struct board {
    struct rig rig;
    struct parallel port;
    struct wire irq;
    struct paper paper;
};

static void visit(void *chip, struct state *state) { parallel_visit(chip, state); }

static int setup(void **state)
{
    struct board *b = calloc(1, sizeof *b);

    rig_init(&b->rig);
    parallel_init(&b->port, &(struct parallel_config){
        .bus = &b->rig.bus, .clock = &b->rig.clock, .base = DATA, .irq = wire_line(&b->irq, &b->rig),
        .put = paper_put, .put_ctx = &b->paper });
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

static void print(struct board *b, uint8_t byte, uint8_t control)
{
    rig_out(&b->rig, DATA, byte);
    rig_out(&b->rig, CONTROL, control | 0x01);
    rig_out(&b->rig, CONTROL, control);
}

static void data_and_control_read_back(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, DATA, 0xAA);
    assert_int_equal(rig_in(&b->rig, DATA), 0xAA);
    rig_out(&b->rig, CONTROL, 0x0C);
    assert_int_equal(rig_in(&b->rig, CONTROL), 0xEC);
    rig_out(&b->rig, STATUS, 0x00);
    assert_int_equal(rig_in(&b->rig, STATUS), 0xDF);
}

static void strobe_prints_one_byte(void **state)
{
    struct board *b = *state;

    print(b, 'p', 0x0C);
    assert_int_equal(b->paper.count, 1);
    assert_int_equal(b->paper.byte[0], 'p');
    assert_int_equal(rig_in(&b->rig, STATUS), 0x5F);
    rig_run(&b->rig, 41 * TICKS_PER_US);
    assert_int_equal(rig_in(&b->rig, STATUS), 0x1F);
    rig_run(&b->rig, 10 * TICKS_PER_US);
    assert_int_equal(rig_in(&b->rig, STATUS), 0xDF);
    rig_out(&b->rig, CONTROL, 0x0C);
    assert_int_equal(b->paper.count, 1);
}

static void busy_printer_ignores_the_strobe(void **state)
{
    struct board *b = *state;

    print(b, '1', 0x0C);
    print(b, '2', 0x0C);
    rig_run(&b->rig, 60 * TICKS_PER_US);
    print(b, '3', 0x0C);
    assert_int_equal(b->paper.count, 2);
    assert_int_equal(b->paper.byte[1], '3');
}

static void acknowledge_interrupts_if_enabled(void **state)
{
    struct board *b = *state;

    print(b, '1', 0x0C);
    rig_run(&b->rig, 60 * TICKS_PER_US);
    rig_out(&b->rig, CONTROL, 0x1C);
    assert_int_equal(b->irq.rises, 0);
    for (unsigned i = 1; i <= 3; i++) {
        print(b, '2', 0x1C);
        assert_false(b->irq.level);
        rig_run(&b->rig, 60 * TICKS_PER_US);
        assert_int_equal(b->irq.rises, i);
    }
    rig_out(&b->rig, CONTROL, 0x0C);
    assert_false(b->irq.level);
}

static void fast_mode_shortens_the_wait(void **state)
{
    struct board *b = *state;

    parallel_set_real(&b->port, false);
    print(b, '1', 0x0C);
    assert_int_equal(rig_in(&b->rig, STATUS) & 0x80, 0);
    rig_run(&b->rig, 4 * TICKS_PER_US);
    assert_int_equal(rig_in(&b->rig, STATUS), 0xDF);
}

static void loaded_state_goes_on_alike(void **state)
{
    struct board *a = *state;
    void *other;

    print(a, 'x', 0x1C);
    rig_run(&a->rig, 20 * TICKS_PER_US);
    setup(&other);
    struct board *b = other;
    rig_copy(&a->rig, &a->port, &b->rig, &b->port, visit);
    rig_run(&a->rig, 60 * TICKS_PER_US);
    rig_run(&b->rig, 60 * TICKS_PER_US);
    assert_true(b->irq.level);
    assert_true(a->irq.rose == b->irq.rose);
    assert_true(rig_hash(&a->rig, visit, &a->port) == rig_hash(&b->rig, visit, &b->port));
    assert_true(rig_refuses(&b->rig, &b->port, &b->port.phase, 3, visit));
    teardown(&other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(data_and_control_read_back),
        TEST(strobe_prints_one_byte),
        TEST(busy_printer_ignores_the_strobe),
        TEST(acknowledge_interrupts_if_enabled),
        TEST(fast_mode_shortens_the_wait),
        TEST(loaded_state_goes_on_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
