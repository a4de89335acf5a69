/* Tests of the debug console and the debug-exit port. */
#include "tests/emu/dev/rig.h"

#include "emu/dev/debugport.h"

struct board {
    struct rig rig;
    struct debugport port;
    struct paper console, codes;
};

static int setup(void **state)
{
    struct board *b = calloc(1, sizeof *b);

    rig_init(&b->rig);
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

static void console_prints_and_can_be_detected(void **state)
{
    struct board *b = *state;

    debugport_init(&b->port, &(struct debugport){ .bus = &b->rig.bus, .put = paper_put, .put_ctx = &b->console });
    rig_out(&b->rig, 0xE9, 'h');
    rig_out(&b->rig, 0xE9, 'i');
    assert_memory_equal(b->console.byte, "hi", 2);
    assert_int_equal(rig_in(&b->rig, 0xE9), 0xE9);
}

static void exit_port_hands_over_the_code(void **state)
{
    struct board *b = *state;

    debugport_init(&b->port, &(struct debugport){ .bus = &b->rig.bus, .exit_port = 0x501, .exit = paper_put,
                                                  .exit_ctx = &b->codes });
    rig_out(&b->rig, 0x501, 0x2A);
    assert_int_equal(b->codes.count, 1);
    assert_int_equal(b->codes.byte[0], 0x2A);
    assert_int_equal(rig_in(&b->rig, 0x501), 0xFF);
    assert_int_equal(rig_in(&b->rig, 0xE9), 0xFF);
}

static void nothing_is_there_unless_asked_for(void **state)
{
    struct board *b = *state;

    debugport_init(&b->port, &(struct debugport){ .bus = &b->rig.bus });
    rig_out(&b->rig, 0xE9, 'x');
    assert_int_equal(rig_in(&b->rig, 0xE9), 0xFF);
    assert_int_equal(rig_in(&b->rig, 0x00), 0xFF);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(console_prints_and_can_be_detected),
        TEST(exit_port_hands_over_the_code),
        TEST(nothing_is_there_unless_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
