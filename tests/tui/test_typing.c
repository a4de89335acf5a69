/* Typing: text and key names become bytes of scan code set 1, and the queue gives the machine one key at a time. */
#include "tests/tui/frame.h"

#include "emu/emu.h"
#include "tui/screen_text.h"
#include "tui/typing.h"

static struct typing typing;

static int setup(void **state)
{
    (void)state;
    typing_init(&typing);
    return 0;
}

static const char *queued(void)
{
    static char text[512];
    *text = 0;
    for (size_t i = typing.head; i != typing.tail; i = (i + 1) % TYPING_QUEUE)
        snprintf(text + strlen(text), sizeof text - strlen(text), typing.queue[i] ? "%02X " : "/ ", typing.queue[i]);
    return text;
}

static void text_becomes_presses_and_releases(void **state)
{
    (void)state;
    assert_int_equal(typing_text(&typing, "aB1!\n"), 5);
    assert_string_equal(queued(), "1E 9E / 2A 30 B0 AA / 02 82 / 2A 02 82 AA / 1C 9C / ");
}

static void every_printable_character_has_a_key_of_its_own(void **state)
{
    (void)state;
    bool taken[256][2] = { { false } };
    for (unsigned c = 32; c < 127; c++) {
        unsigned modifiers;
        uint16_t code = typing_lookup((unsigned char)c, &modifiers);
        assert_in_range(code, 2, 0x7F);
        assert_true(modifiers == 0 || modifiers == TYPING_SHIFT);
        assert_false(taken[code][modifiers != 0]);
        taken[code][modifiers != 0] = true;
    }
}

static void characters_that_no_key_makes_end_the_text(void **state)
{
    (void)state;
    assert_int_equal(typing_text(&typing, "ab\xC3\xA9" "c"), 2);
    assert_int_equal(typing_text(&typing, "\x01"), 0);
    assert_string_equal(queued(), "1E 9E / 30 B0 / ");
}

static void key_names_take_modifiers_in_any_order_and_case(void **state)
{
    (void)state;
    assert_true(typing_key(&typing, "ctrl-alt-del"));
    assert_true(typing_key(&typing, "ALT-CTRL-Delete"));
    assert_string_equal(queued(), "1D 38 E0 53 E0 D3 B8 9D / 1D 38 E0 53 E0 D3 B8 9D / ");
    typing_init(&typing);
    assert_true(typing_key(&typing, "c-c"));
    assert_true(typing_key(&typing, "shift-f1"));
    assert_true(typing_key(&typing, "altgr-q"));
    assert_true(typing_key(&typing, "-"));
    assert_string_equal(queued(), "1D 2E AE 9D / 2A 3B BB AA / E0 38 10 90 E0 B8 / 0C 8C / ");
}

static void qemus_names_are_known_too(void **state)
{
    static const struct { const char *name, *codes; } keys[] = {
        { "ret", "1C 9C / " }, { "spc", "39 B9 / " }, { "shift_r", "36 B6 / " }, { "ctrl_r", "E0 1D E0 9D / " },
        { "alt_r", "E0 38 E0 B8 / " }, { "kp_enter", "E0 1C E0 9C / " }, { "kp_add", "4E CE / " },
        { "comma", "33 B3 / " }, { "less", "56 D6 / " }, { "plus", "2A 0D 8D AA / " }, { "colon", "2A 27 A7 AA / " },
        { "meta_l", "E0 5B E0 DB / " }, { "pause", "E1 1D 45 E1 9D C5 / " },
        { "ctrl-pause", "1D E0 46 E0 C6 9D / " }, { "ctrl_r-alt-delete", "1D 38 E0 53 E0 D3 B8 9D / " },
    };
    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        typing_init(&typing);
        assert_true(typing_key(&typing, keys[i].name));
        assert_string_equal(queued(), keys[i].codes);
    }
}

static void unknown_names_are_refused_and_queue_nothing(void **state)
{
    static const char *const wrong[] = { "", "f13", "hyper-x", "ctrl-", "enterprise", "\xE9" };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(typing_key(&typing, wrong[i]));
    assert_false(typing_pending(&typing));
}

static void every_listed_name_is_a_key(void **state)
{
    (void)state;
    for (size_t i = 0; typing_key_name(i); i++) {
        assert_true(typing_key(&typing, typing_key_name(i)));
        typing_init(&typing);
    }
    assert_non_null(typing_key_name(30));
}

static void a_full_queue_takes_whole_keys_only(void **state)
{
    (void)state;
    size_t keys = 0;
    while (typing_key(&typing, "ctrl-alt-del"))
        keys++;
    size_t tail = typing.tail;
    assert_true(keys > 500);
    assert_int_equal(typing.queue[(tail + TYPING_QUEUE - 1) % TYPING_QUEUE], 0);
    assert_false(typing_key(&typing, "ctrl-alt-del"));
    assert_int_equal(typing.tail, tail);
    char text[TYPING_QUEUE];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = 0;
    assert_true(typing_text(&typing, text) < 10);
}

/* One key at a time, the interval apart in guest time, across the queue's end. */
static void the_machine_gets_a_key_at_a_time(void **state)
{
    (void)state;
    struct machine_config config;
    char error[200];
    struct stop stop;
    machine_config_defaults(&config);
    config.ram_kb = 1024;
    struct machine *m = machine_create(&config, error, sizeof error);
    assert_non_null(m);
    machine_run(m, 2 * TICKS_PER_SECOND, &stop);
    typing.head = typing.tail = TYPING_QUEUE - 4;
    assert_int_equal(typing_text(&typing, "abc"), 3);
    size_t left[4], n = 0;
    for (int i = 0; typing_pending(&typing) && i < 1000; i++) {
        size_t before = typing.head;
        uint64_t tick = machine_tick(m);
        typing_pump(&typing, m);
        if (typing.head != before && n < 4)
            left[n++] = (typing.tail - typing.head + TYPING_QUEUE) % TYPING_QUEUE;
        if (typing.head != before)
            assert_true(typing.next_tick == tick + typing.interval);
        machine_run(m, tick + TICKS_PER_MS, &stop);
    }
    assert_int_equal(n, 3);
    assert_int_equal(left[0], 6);
    assert_int_equal(left[1], 3);
    assert_int_equal(left[2], 0);
    machine_destroy(m);
}

/* Runs for MS, with keys. */
static void run_for(struct machine *m, unsigned ms)
{
    struct stop stop;
    for (unsigned i = 0; i < ms; i++) {
        typing_pump(&typing, m);
        machine_run(m, machine_tick(m) + TICKS_PER_MS, &stop);
    }
}

static struct machine *make_machine(void)
{
    struct machine_config config;
    char error[256];
    machine_config_defaults(&config);
    config.ram_kb = 1024;
    struct machine *m = machine_create(&config, error, sizeof error);
    assert_non_null(m);
    return m;
}

static void keys_pressed_at_a_reset_wait_until_the_keyboard_was_tested(void **state)
{
    (void)state;
    struct machine *m = make_machine();
    for (int i = 0; i < 2; i++) {
        assert_true(typing_key(&typing, "del"));
        run_for(m, 3000);
        assert_false(typing_pending(&typing));
        struct screen screen;
        static char text[40000];
        machine_screen(m, &screen);
        screen_text(&screen, text, sizeof text);
        assert_non_null(strstr(text, "Set-up"));
        machine_reset(m);
    }
    machine_destroy(m);
}

static void time_may_go_back(void **state)
{
    (void)state;
    struct machine *m = make_machine();
    run_for(m, 1500);
    typing.next_tick = machine_tick(m) + 3600 * TICKS_PER_SECOND;
    typing_text(&typing, "a");
    run_for(m, 100);
    assert_false(typing_pending(&typing));
    machine_destroy(m);
}

#define typing_test(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        typing_test(text_becomes_presses_and_releases),
        typing_test(every_printable_character_has_a_key_of_its_own),
        typing_test(characters_that_no_key_makes_end_the_text),
        typing_test(key_names_take_modifiers_in_any_order_and_case),
        typing_test(qemus_names_are_known_too),
        typing_test(unknown_names_are_refused_and_queue_nothing),
        typing_test(every_listed_name_is_a_key),
        typing_test(a_full_queue_takes_whole_keys_only),
        typing_test(the_machine_gets_a_key_at_a_time),
        typing_test(keys_pressed_at_a_reset_wait_until_the_keyboard_was_tested),
        typing_test(time_may_go_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
