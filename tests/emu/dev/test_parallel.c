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

static void init_stops_the_printer_until_it_is_taken_back(void **state)
{
    struct board *b = *state;

    print(b, '1', 0x1C);
    rig_out(&b->rig, CONTROL, 0x18);
    rig_run(&b->rig, TICKS_PER_MS);
    assert_int_equal(rig_in(&b->rig, STATUS), 0x5F);
    assert_int_equal(b->irq.rises, 0);                      /* the byte before is never acknowledged */
    print(b, '2', 0x18);
    rig_out(&b->rig, CONTROL, 0x1C);
    assert_int_equal(rig_in(&b->rig, STATUS), 0xDF);
    print(b, '3', 0x1C);
    assert_int_equal(b->paper.count, 2);
    assert_memory_equal(b->paper.byte, "13", 2);
}

static void whoever_never_touches_init_can_print(void **state)
{
    struct board *b = *state;

    print(b, '1', 0x00);
    assert_int_equal(b->paper.count, 1);
}

static void auto_feed_is_a_line_feed_behind_each_return(void **state)
{
    struct board *b = *state;
    static const uint8_t text[] = { 'a', '\r', 'b' };

    for (unsigned i = 0; i < 6; i++) {
        print(b, text[i % 3], i < 3 ? 0x0C : 0x0E);
        rig_run(&b->rig, 60 * TICKS_PER_US);
    }
    assert_int_equal(b->paper.count, 7);
    assert_memory_equal(b->paper.byte, "a\rba\r\nb", 7);
}

/* As a POST looks for ports: the data register holds what is written, others show ones. */
static void probing_finds_the_data_register_only_where_a_port_is(void **state)
{
    struct board *b = *state;

    for (unsigned i = 0; i < 256; i++) {
        rig_out(&b->rig, DATA, (uint8_t)i);
        rig_out(&b->rig, 0x278, (uint8_t)i);
        assert_int_equal(rig_in(&b->rig, DATA), i);
        assert_int_equal(rig_in(&b->rig, 0x278), 0xFF);
    }
    for (unsigned i = 0; i < 32; i++) {
        rig_out(&b->rig, CONTROL, (uint8_t)(0xE0 | i));
        assert_int_equal(rig_in(&b->rig, CONTROL), 0xE0 | i);
    }
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
    assert_true(rig_refuses(&b->rig, &b->port, &b->port.phase, 4, visit));
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
        TEST(init_stops_the_printer_until_it_is_taken_back),
        TEST(whoever_never_touches_init_can_print),
        TEST(auto_feed_is_a_line_feed_behind_each_return),
        TEST(probing_finds_the_data_register_only_where_a_port_is),
        TEST(fast_mode_shortens_the_wait),
        TEST(loaded_state_goes_on_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
