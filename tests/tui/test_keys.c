/* The program's own keys: one meaning each, and each with a twin that no terminal keeps for itself; and the way of
 * other keys to the guest and to the line editor. */
#include "tests/tui/frame.h"

#include "tui/keys.h"
#include "tui/typing.h"

static size_t count_keys(void)
{
    size_t n = 0;
    while (keys_at(n))
        n++;
    return n;
}

static bool same(struct key a, struct key b)
{
    return a.code && a.code == b.code && a.modifiers == b.modifiers;
}

static void no_key_has_two_meanings(void **state)
{
    (void)state;
    assert_true(count_keys() > 10);
    for (size_t i = 0; keys_at(i); i++)
        for (size_t j = 0; j < i; j++) {
            assert_false(same(keys_at(i)->code, keys_at(j)->code));
            assert_false(same(keys_at(i)->code, keys_at(j)->twin_code));
            assert_true(!keys_at(i)->after_prefix || keys_at(i)->after_prefix != keys_at(j)->after_prefix);
            assert_int_not_equal(keys_at(i)->action, keys_at(j)->action);
            assert_string_not_equal(keys_at(i)->key, keys_at(j)->key);
        }
}

static void every_key_has_a_twin_and_a_help_line(void **state)
{
    (void)state;
    for (size_t i = 0; keys_at(i); i++) {
        const struct key_binding *row = keys_at(i);
        assert_true(*row->key && *row->twin && *row->help);
        assert_true(row->code.code != 0);
        assert_true(row->after_prefix || (row->twin_code.code > 0 && row->twin_code.code < 32));
        if (row->after_prefix) {
            char shown[8];
            snprintf(shown, sizeof shown, "^X %c", row->after_prefix);
            assert_string_equal(row->twin, shown);
        }
    }
}

static void both_keys_do_the_action(void **state)
{
    (void)state;
    for (size_t i = 0; keys_at(i); i++) {
        const struct key_binding *row = keys_at(i);
        struct key twin = row->after_prefix ? (struct key){ (uint32_t)row->after_prefix, 0 } : row->twin_code;
        assert_int_equal(keys_action(row->code, false, false), row->action);
        assert_int_equal(keys_action(twin, row->after_prefix != 0, false), row->action);
    }
}

static void the_guest_gets_all_keys_but_one(void **state)
{
    (void)state;
    for (uint32_t code = 0; code < 0x200; code++) {
        enum action action = keys_action((struct key){ code, 0 }, false, true);
        assert_int_equal(action, code == 0x1D ? ACTION_FOCUS : ACTION_NONE);
    }
    for (uint32_t name = 0; name < NAMED_NONE; name++) {
        enum action action = keys_action((struct key){ KEY_NAMED + name, 0 }, false, true);
        assert_int_equal(action, name == NAMED_F12 ? ACTION_FOCUS : ACTION_NONE);
    }
}

static void letters_and_blanks_are_no_actions_without_the_prefix(void **state)
{
    (void)state;
    for (uint32_t code = 32; code < 127; code++)
        assert_int_equal(keys_action((struct key){ code, 0 }, false, false), ACTION_NONE);
}

/* What keys_to_guest queues, as hexadecimal; "" if it refuses. */
static const char *scancodes(struct key key)
{
    static char text[128];
    struct typing typing;
    typing_init(&typing);
    *text = 0;
    if (!keys_to_guest(&typing, key))
        return text;
    for (size_t i = typing.head; i != typing.tail; i++)
        if (typing.queue[i])
            snprintf(text + strlen(text), sizeof text - strlen(text), "%02X ", typing.queue[i]);
    return text;
}

static void terminal_keys_become_scan_codes(void **state)
{
    static const struct { struct key key; const char *codes; } cases[] = {
        { { 'a', 0 }, "1E 9E " },
        { { 'A', 0 }, "2A 1E 9E AA " },
        { { '\r', 0 }, "1C 9C " },
        { { '\t', 0 }, "0F 8F " },
        { { 27, 0 }, "01 81 " },
        { { 3, 0 }, "1D 2E AE 9D " },                                   /* Ctrl-C */
        { { 127, 0 }, "0E 8E " },
        { { 'x', WITH_ALT }, "38 2D AD B8 " },
        { { KEY_NAMED + NAMED_UP, 0 }, "E0 48 E0 C8 " },
        { { KEY_NAMED + NAMED_DELETE, WITH_CTRL | WITH_ALT }, "1D 38 E0 53 E0 D3 B8 9D " },
        { { KEY_NAMED + NAMED_F1, 0 }, "3B BB " },
        { { KEY_NAMED + NAMED_F12, WITH_SHIFT }, "2A 58 D8 AA " },
        { { KEY_NAMED + NAMED_F1 + 10, 0 }, "57 D7 " },
        { { KEY_NAMED + NAMED_BACK_TAB, 0 }, "2A 0F 8F AA " },
        { { KEY_NAMED + NAMED_RESIZED, 0 }, "" },
        { { 0x20AC, 0 }, "" },                                          /* no such key on a US keyboard */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(scancodes(cases[i].key), cases[i].codes);
}

static void no_key_of_a_terminal_does_harm(void **state)
{
    (void)state;
    char bytes[8];
    for (uint32_t code = 0; code < KEY_NAMED + 2 * NAMED_NONE; code += code < 0x300 || code >= KEY_NAMED ? 1 : 97)
        for (unsigned modifiers = 0; modifiers < 8; modifiers++) {
            scancodes((struct key){ code, modifiers });
            memset(bytes, 'x', sizeof bytes);
            keys_to_editor((struct key){ code, modifiers }, bytes);
            assert_non_null(memchr(bytes, 0, sizeof bytes));
        }
}

static void the_line_editor_gets_emacs_keys(void **state)
{
    (void)state;
    char bytes[8];
    assert_true(keys_to_editor((struct key){ KEY_NAMED + NAMED_UP, 0 }, bytes));
    assert_string_equal(bytes, "\x10");
    assert_true(keys_to_editor((struct key){ 'b', WITH_ALT }, bytes));
    assert_string_equal(bytes, "\033b");
    assert_false(keys_to_editor((struct key){ KEY_NAMED + NAMED_F1, 0 }, bytes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_key_has_two_meanings),
        cmocka_unit_test(every_key_has_a_twin_and_a_help_line),
        cmocka_unit_test(both_keys_do_the_action),
        cmocka_unit_test(the_guest_gets_all_keys_but_one),
        cmocka_unit_test(letters_and_blanks_are_no_actions_without_the_prefix),
        cmocka_unit_test(terminal_keys_become_scan_codes),
        cmocka_unit_test(no_key_of_a_terminal_does_harm),
        cmocka_unit_test(the_line_editor_gets_emacs_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
