/* A US keyboard: which key makes which character, names of the others, and the queue (see typing.h). Codes are of set 1
 * (IBM AT Technical Reference, keyboard section); the E0 keys are those of the 101-key keyboard. */
#include "tui/typing.h"

#include <string.h>
#include <strings.h>

#include "emu/emu.h"
#include "emu/inspect.h"

/* Guest time after which even a BIOS that takes no interrupts from the keyboard gets its keys. */
#define LONGEST_TEST (10 * TICKS_PER_SECOND)

enum { CODE_CTRL = 0x1D, CODE_SHIFT = 0x2A, CODE_ALT = 0x38, CODE_ALTGR = 0xE038, BREAK = 0x80 };

/* In the table of names: the key makes this with Shift; and the key that sends six bytes when pressed and none when let
 * go (E1 1D 45 E1 9D C5). */
enum { SHIFTED = 0x200, PAUSE = 0xE11D };

/* Keys by code from 02h on, plain and shifted; a zero where the code makes no character. */
static const char plain[] = "1234567890-=\b\tqwertyuiop[]\n\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
static const char shifted[] = "!@#$%^&*()_+\0\0QWERTYUIOP{}\0\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0\0\0 ";

/* Ours, and those of QEMU's sendkey. */
static const struct key_name { const char *name; uint16_t code; } names[] = {
    { "enter", 0x1C }, { "ret", 0x1C }, { "return", 0x1C }, { "esc", 0x01 }, { "escape", 0x01 }, { "tab", 0x0F },
    { "backspace", 0x0E }, { "space", 0x39 }, { "spc", 0x39 }, { "up", 0xE048 }, { "down", 0xE050 },
    { "left", 0xE04B }, { "right", 0xE04D }, { "home", 0xE047 }, { "end", 0xE04F }, { "pgup", 0xE049 },
    { "pageup", 0xE049 }, { "pgdn", 0xE051 }, { "pagedown", 0xE051 }, { "ins", 0xE052 }, { "insert", 0xE052 },
    { "del", 0xE053 }, { "delete", 0xE053 }, { "f1", 0x3B }, { "f2", 0x3C }, { "f3", 0x3D }, { "f4", 0x3E },
    { "f5", 0x3F }, { "f6", 0x40 }, { "f7", 0x41 }, { "f8", 0x42 }, { "f9", 0x43 }, { "f10", 0x44 },
    { "f11", 0x57 }, { "f12", 0x58 }, { "capslock", 0x3A }, { "caps_lock", 0x3A }, { "numlock", 0x45 },
    { "num_lock", 0x45 }, { "scrolllock", 0x46 }, { "scroll_lock", 0x46 }, { "break", 0xE046 }, { "pause", PAUSE },
    { "print", 0xE037 }, { "prtsc", 0xE037 }, { "sysrq", 0x54 }, { "minus", 0x0C }, { "equal", 0x0D },
    { "plus", 0x0D | SHIFTED }, { "bracket_left", 0x1A }, { "bracket_right", 0x1B }, { "semicolon", 0x27 },
    { "colon", 0x27 | SHIFTED }, { "apostrophe", 0x28 }, { "grave_accent", 0x29 }, { "backslash", 0x2B },
    { "less", 0x56 }, { "comma", 0x33 }, { "dot", 0x34 }, { "slash", 0x35 }, { "asterisk", 0x37 },
    { "win", 0xE05B }, { "meta_l", 0xE05B }, { "meta_r", 0xE05C }, { "menu", 0xE05D }, { "kp0", 0x52 },
    { "kp1", 0x4F }, { "kp2", 0x50 }, { "kp3", 0x51 }, { "kp4", 0x4B }, { "kp5", 0x4C }, { "kp6", 0x4D },
    { "kp7", 0x47 }, { "kp8", 0x48 }, { "kp9", 0x49 }, { "kpdot", 0x53 }, { "kpplus", 0x4E }, { "kpminus", 0x4A },
    { "kpstar", 0x37 }, { "kpslash", 0xE035 }, { "kpenter", 0xE01C }, { "kp_0", 0x52 }, { "kp_1", 0x4F },
    { "kp_2", 0x50 }, { "kp_3", 0x51 }, { "kp_4", 0x4B }, { "kp_5", 0x4C }, { "kp_6", 0x4D }, { "kp_7", 0x47 },
    { "kp_8", 0x48 }, { "kp_9", 0x49 }, { "kp_decimal", 0x53 }, { "kp_add", 0x4E }, { "kp_subtract", 0x4A },
    { "kp_multiply", 0x37 }, { "kp_divide", 0xE035 }, { "kp_enter", 0xE01C }, { "shift", CODE_SHIFT },
    { "lshift", CODE_SHIFT }, { "shift_r", 0x36 }, { "rshift", 0x36 }, { "ctrl", CODE_CTRL }, { "ctrl_r", 0xE01D },
    { "alt", CODE_ALT }, { "alt_r", CODE_ALTGR }, { "altgr", CODE_ALTGR },
};

static const struct { const char *prefix; unsigned bit; } modifier_names[] = {
    { "ctrl-", TYPING_CTRL }, { "alt-", TYPING_ALT }, { "shift-", TYPING_SHIFT }, { "altgr-", TYPING_ALTGR },
    { "ctrl_r-", TYPING_CTRL }, { "shift_r-", TYPING_SHIFT }, { "alt_r-", TYPING_ALTGR }, { "c-", TYPING_CTRL },
    { "m-", TYPING_ALT }, { "s-", TYPING_SHIFT },
};

static const struct { unsigned bit; uint16_t code; } modifier_codes[] = {
    { TYPING_CTRL, CODE_CTRL }, { TYPING_ALT, CODE_ALT }, { TYPING_SHIFT, CODE_SHIFT }, { TYPING_ALTGR, CODE_ALTGR },
};

void typing_init(struct typing *typing)
{
    *typing = (struct typing){ .interval = 15 * TICKS_PER_MS };
}

uint16_t typing_lookup(unsigned char c, unsigned *modifiers)
{
    *modifiers = 0;
    if (c == '\r')
        c = '\n';
    if (c == 0x7F)
        c = '\b';
    if (c == 0x1B)
        return 0x01;
    for (unsigned i = 0; c && i < sizeof plain - 1; i++) {
        if (plain[i] == (char)c)
            return (uint16_t)(2 + i);
        if (i < sizeof shifted - 1 && shifted[i] == (char)c) {
            *modifiers = TYPING_SHIFT;
            return (uint16_t)(2 + i);
        }
    }
    return 0;
}

static size_t put_code(uint8_t *bytes, uint16_t code, bool release)
{
    size_t n = 0;
    if (code > 0xFF)
        bytes[n++] = (uint8_t)(code >> 8);
    bytes[n++] = (uint8_t)(code | (release ? BREAK : 0));
    return n;
}

/* Bytes of a key with its modifiers: modifiers down, key down, key up, modifiers up in reverse. */
static size_t key_bytes(uint8_t *bytes, uint16_t code, unsigned modifiers)
{
    enum { COUNT = sizeof modifier_codes / sizeof *modifier_codes };
    static const uint8_t pause[] = { 0xE1, 0x1D, 0x45, 0xE1, 0x9D, 0xC5 };
    size_t n = 0;
    if (code == PAUSE && modifiers & TYPING_CTRL)
        code = 0xE046;                              /* Break */
    if (code == PAUSE) {
        memcpy(bytes, pause, sizeof pause);
        return sizeof pause;
    }
    for (int i = 0; i < COUNT; i++)
        if (modifiers & modifier_codes[i].bit)
            n += put_code(bytes + n, modifier_codes[i].code, false);
    n += put_code(bytes + n, code, false);
    n += put_code(bytes + n, code, true);
    for (int i = COUNT - 1; i >= 0; i--)
        if (modifiers & modifier_codes[i].bit)
            n += put_code(bytes + n, modifier_codes[i].code, true);
    return n;
}

static size_t used_of(const struct typing *typing)
{
    return (typing->tail - typing->head) % TYPING_QUEUE;
}

bool typing_has_room(const struct typing *typing)
{
    return used_of(typing) + 2 * TYPING_KEY_BYTES + 1 < TYPING_QUEUE;
}

bool typing_scancode(struct typing *typing, uint16_t code, unsigned modifiers)
{
    uint8_t bytes[2 * TYPING_KEY_BYTES];
    size_t count = key_bytes(bytes, code, modifiers), used = used_of(typing);
    if (used + count + 1 >= TYPING_QUEUE)
        return false;
    bytes[count++] = 0;
    for (size_t i = 0; i < count; i++) {
        typing->queue[typing->tail] = bytes[i];
        typing->tail = (typing->tail + 1) % TYPING_QUEUE;
    }
    return true;
}

static unsigned take_modifiers(const char **name)
{
    unsigned modifiers = 0;
    for (size_t i = 0; i < sizeof modifier_names / sizeof *modifier_names; i++) {
        size_t length = strlen(modifier_names[i].prefix);
        if (strncasecmp(*name, modifier_names[i].prefix, length) != 0 || (*name)[length] == 0)
            continue;
        modifiers |= modifier_names[i].bit;
        *name += length;
        i = (size_t)-1;
    }
    return modifiers;
}

bool typing_key(struct typing *typing, const char *name)
{
    unsigned modifiers = take_modifiers(&name), shift = 0;
    uint16_t code = 0;
    if (name[0] && !name[1])
        code = typing_lookup((unsigned char)name[0], &shift);
    for (size_t i = 0; !code && i < sizeof names / sizeof *names; i++)
        if (strcasecmp(name, names[i].name) == 0)
            code = names[i].code;
    if (code < 0xE000 && code & SHIFTED)
        shift = TYPING_SHIFT;
    if (code < 0xE000)
        code &= 0xFF;
    return code && typing_scancode(typing, code, modifiers | shift);
}

size_t typing_text(struct typing *typing, const char *text)
{
    size_t count = 0;
    for (; *text; text++) {
        unsigned modifiers;
        uint16_t code = typing_lookup((unsigned char)*text, &modifiers);
        if (!code || !typing_scancode(typing, code, modifiers))
            break;
        count++;
    }
    return count;
}

/* After a reset a BIOS tests the keyboard and loses what was pressed before: keys wait until that is over. */
static bool is_held(struct typing *typing, const struct machine *machine)
{
    uint64_t now = machine_tick(machine);
    struct registers registers;

    inspect_registers(machine, &registers);
    if (registers.mode == MODE_REAL && registers.eip == 0xFFF0 && registers.seg[SEG_CS].base == 0xFFFF0000)
        typing->reset_tick = now + 1;
    if (typing->reset_tick && (machine_key_listens(machine) || now + 1 - typing->reset_tick > LONGEST_TEST))
        typing->reset_tick = 0;
    return typing->reset_tick;
}

/* loadvm may turn time back. */
static bool is_due(const struct typing *typing, uint64_t now)
{
    return now >= typing->next_tick || typing->next_tick - now > typing->interval;
}

void typing_pump(struct typing *typing, struct machine *machine)
{
    if (is_held(typing, machine) || !typing_pending(typing) || !is_due(typing, machine_tick(machine)))
        return;
    while (typing_pending(typing)) {
        uint8_t byte = typing->queue[typing->head];
        if (byte && !machine_key_ready(machine))
            return;
        if (byte)
            machine_key(machine, byte);
        typing->head = (typing->head + 1) % TYPING_QUEUE;
        if (!byte) {
            typing->next_tick = machine_tick(machine) + typing->interval;
            return;
        }
    }
}

const char *typing_key_name(size_t n)
{
    return n < sizeof names / sizeof *names ? names[n].name : NULL;
}
