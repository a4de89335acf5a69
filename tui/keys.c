/* Key tables. Function keys follow the debuggers of the time (F5 run, F7 into, F8 over); each has a twin after
 * Ctrl-X, as in gdb's TUI, because terminals and window managers like to keep function keys and Alt for themselves. */
#include "tui/keys.h"

#include <string.h>

#include "tui/typing.h"

#define NAMED(n) { KEY_NAMED + (n), 0 }
#define FUNCTION(n) NAMED(NAMED_F1 + (n) - 1)
#define CONTROL(letter) { (letter) & 31, 0 }

static const struct key_binding table[] = {
    { ACTION_FOCUS, "F12", "^]", FUNCTION(12), 0, CONTROL(']'), true, "keyboard", "keyboard to the guest, or to the debugger" },
    { ACTION_HELP, "F1", "^X ?", FUNCTION(1), '?', CONTROL(0), false, "help", "this help; also ? on an empty line" },
    { ACTION_NEXT_PANE, "F2", "^X o", FUNCTION(2), 'o', CONTROL(0), false, "pane", "next pane" },
    { ACTION_PREVIOUS_PANE, "F3", "^X p", FUNCTION(3), 'p', CONTROL(0), false, NULL, "previous pane" },
    { ACTION_ZOOM, "F4", "^X z", FUNCTION(4), 'z', CONTROL(0), false, "zoom", "guest screen on the whole terminal; F12 comes back" },
    { ACTION_RUN, "F5", "^X c", FUNCTION(5), 'c', CONTROL(0), false, "run", "run the guest (continue), or stop it" },
    { ACTION_STEP, "F7", "^X s", FUNCTION(7), 's', CONTROL(0), false, "step", "one instruction (stepi)" },
    { ACTION_NEXT, "F8", "^X n", FUNCTION(8), 'n', CONTROL(0), false, "over", "one instruction, over calls (nexti)" },
    { ACTION_SCROLL_UP, "PgUp", "^X u", NAMED(NAMED_PAGE_UP), 'u', CONTROL(0), false, NULL, "scroll the chosen pane up; with Shift the guest's screen" },
    { ACTION_SCROLL_DOWN, "PgDn", "^X d", NAMED(NAMED_PAGE_DOWN), 'd', CONTROL(0), false, NULL, "scroll it down; with Shift the guest's screen" },
    { ACTION_NEXT_DISK, "F9", "^X k", FUNCTION(9), 'k', CONTROL(0), false, NULL, "cluster pane: next disk" },
    { ACTION_STOP, "^C", "^X b", CONTROL('C'), 'b', CONTROL(0), false, NULL, "stop the guest; at the prompt: drop the line" },
    { ACTION_REDRAW, "^L", "^X r", CONTROL('L'), 'r', CONTROL(0), false, NULL, "draw the screen anew" },
    { ACTION_QUIT, "F10", "^X q", FUNCTION(10), 'q', CONTROL(0), false, "quit", "quit; also ^D on an empty line" },
};

const struct key_binding *keys_at(size_t n)
{
    return n < sizeof table / sizeof *table ? &table[n] : NULL;
}

struct key keys_of(enum action action)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].action == action)
            return table[i].code;
    return (struct key){ KEY_NAMED + NAMED_NONE, 0 };
}

static bool same(struct key a, struct key b)
{
    return a.code == b.code && a.modifiers == b.modifiers && a.code != 0;
}

enum action keys_action(struct key key, bool prefixed, bool guest_focus)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct key_binding *row = &table[i];
        if (guest_focus && !row->in_guest)
            continue;
        if (prefixed ? row->after_prefix && (key.code | 0x20) == ((uint32_t)row->after_prefix | 0x20)
                     : same(key, row->code) || (!row->after_prefix && same(key, row->twin_code)))
            return row->action;
    }
    return ACTION_NONE;
}

/* --- To the guest --- */

static uint16_t named_scancode(uint32_t name)
{
    static const uint16_t codes[] = {
        [NAMED_UP] = 0xE048, [NAMED_DOWN] = 0xE050, [NAMED_LEFT] = 0xE04B, [NAMED_RIGHT] = 0xE04D, [NAMED_HOME] = 0xE047,
        [NAMED_END] = 0xE04F, [NAMED_PAGE_UP] = 0xE049, [NAMED_PAGE_DOWN] = 0xE051, [NAMED_INSERT] = 0xE052,
        [NAMED_DELETE] = 0xE053, [NAMED_BACKSPACE] = 0x0E, [NAMED_BACK_TAB] = 0x0F,
    };
    if (name >= NAMED_F1 && name <= NAMED_F12)
        return (uint16_t)(name - NAMED_F1 < 10 ? 0x3B + name - NAMED_F1 : 0x57 + name - NAMED_F1 - 10);
    return name < sizeof codes / sizeof *codes ? codes[name] : 0;
}

bool keys_to_guest(struct typing *typing, struct key key)
{
    static const unsigned typed[] = { [WITH_ALT] = TYPING_ALT, [WITH_SHIFT] = TYPING_SHIFT, [WITH_CTRL] = TYPING_CTRL };
    unsigned modifiers = 0, shift = 0;
    uint16_t code;
    for (unsigned bit = 1; bit <= WITH_CTRL; bit <<= 1)
        if (key.modifiers & bit)
            modifiers |= typed[bit];
    if (key.code >= KEY_NAMED) {
        code = named_scancode(key.code - KEY_NAMED);
        if (key.code == KEY_NAMED + NAMED_BACK_TAB)
            shift = TYPING_SHIFT;
    } else if (key.code == 0) {
        code = typing_lookup('2', &shift);          /* Ctrl-@ */
        shift = TYPING_CTRL;
    } else if (key.code < 32 && key.code != '\t' && key.code != '\r' && key.code != 27) {
        code = typing_lookup((unsigned char)(key.code + (key.code <= 26 ? 'a' - 1 : 0x40)), &shift);
        shift |= TYPING_CTRL;
    } else {
        code = key.code < 128 ? typing_lookup((unsigned char)key.code, &shift) : 0;
    }
    return code && typing_scancode(typing, code, modifiers | shift);
}

/* --- To libedit, which knows a VT100's sequences --- */

bool keys_to_editor(struct key key, char *bytes)
{
    static const char *const named[] = { [NAMED_UP] = "\x10", [NAMED_DOWN] = "\x0E", [NAMED_LEFT] = "\x02",
                                         [NAMED_RIGHT] = "\x06", [NAMED_HOME] = "\x01", [NAMED_END] = "\x05",
                                         [NAMED_DELETE] = "\x04", [NAMED_BACKSPACE] = "\x7F" };
    *bytes = 0;
    if (key.code >= KEY_NAMED) {
        uint32_t name = key.code - KEY_NAMED;
        if (name < sizeof named / sizeof *named && named[name])
            strcpy(bytes, named[name]);
    } else if (key.code > 0 && key.code < 128) {
        size_t n = 0;
        if (key.modifiers & WITH_ALT)
            bytes[n++] = 27;
        bytes[n++] = (char)key.code;
        bytes[n] = 0;
    }
    return *bytes;
}
