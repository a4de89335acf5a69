#include "tests/tui/frame.h"

#include "tui/ahead.h"

static void keys_come_back_in_order(void **state)
{
    (void)state;
    struct ahead ahead = { .count = 0 };
    struct key key;
    for (uint32_t round = 0; round < 3 * AHEAD_KEYS; round += 3) {      /* the ring wraps */
        for (uint32_t i = 0; i < 3; i++)
            ahead_push(&ahead, (struct key){ round + i, i });
        for (uint32_t i = 0; i < 3; i++) {
            assert_true(ahead_take(&ahead, &key));
            assert_int_equal(key.code, round + i);
            assert_int_equal(key.modifiers, i);
        }
        assert_false(ahead_take(&ahead, &key));
    }
}

static void a_full_queue_keeps_the_oldest(void **state)
{
    (void)state;
    struct ahead ahead = { .count = 0 };
    struct key key;
    for (uint32_t i = 0; i < AHEAD_KEYS + 5; i++)
        ahead_push(&ahead, (struct key){ i, 0 });
    for (uint32_t i = 0; i < AHEAD_KEYS; i++) {
        assert_true(ahead_take(&ahead, &key));
        assert_int_equal(key.code, i);
    }
    assert_false(ahead_take(&ahead, &key));
}

static void flushing_forgets(void **state)
{
    (void)state;
    struct ahead ahead = { .count = 0 };
    struct key key;
    ahead_push(&ahead, (struct key){ 'a', 0 });
    ahead_flush(&ahead);
    assert_false(ahead_take(&ahead, &key));
    ahead_push(&ahead, (struct key){ 'b', 0 });
    assert_true(ahead_take(&ahead, &key));
    assert_int_equal(key.code, 'b');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_come_back_in_order),
        cmocka_unit_test(a_full_queue_keeps_the_oldest),
        cmocka_unit_test(flushing_forgets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
