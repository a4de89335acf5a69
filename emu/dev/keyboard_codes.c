/* Scan codes after the keyboard section of the PS/2 Technical Reference ("101- and 102-key keyboards: scan codes").
 *
 * In sets 1 and 2 the grey keys that the 84-key keyboard did not have send a prefix, and around it the releases or
 * presses of shift keys that make them mean the same whatever Shift and Num Lock are: the keyboard knows the shift keys
 * that are held, and Num Lock by its lamp. Set 3 has one code a key, no prefixes, and a type for each key. */
#include "emu/dev/keyboard_codes.h"

#include <string.h>

enum { PREFIX_0 = 0xE0, PREFIX_1 = 0xE1, RELEASE = 0xF0, BREAK = 0x80 };
enum { CODE_CTRL = 0x1D, CODE_SHIFT_LEFT = 0x2A, CODE_SLASH = 0x35, CODE_SHIFT_RIGHT = 0x36, CODE_PRINT = 0x37,
       CODE_ALT = 0x38, CODE_NUM_LOCK = 0x45, CODE_SYSREQ = 0x54 };

/* Scan code set 1 to set 2; 0: not a key. */
static const uint8_t to_set_2[128] = {
    0x00, 0x76, 0x16, 0x1E, 0x26, 0x25, 0x2E, 0x36, 0x3D, 0x3E, 0x46, 0x45, 0x4E, 0x55, 0x66, 0x0D,
    0x15, 0x1D, 0x24, 0x2D, 0x2C, 0x35, 0x3C, 0x43, 0x44, 0x4D, 0x54, 0x5B, 0x5A, 0x14, 0x1C, 0x1B,
    0x23, 0x2B, 0x34, 0x33, 0x3B, 0x42, 0x4B, 0x4C, 0x52, 0x0E, 0x12, 0x5D, 0x1A, 0x22, 0x21, 0x2A,
    0x32, 0x31, 0x3A, 0x41, 0x49, 0x4A, 0x59, 0x7C, 0x11, 0x29, 0x58, 0x05, 0x06, 0x04, 0x0C, 0x03,
    0x0B, 0x83, 0x0A, 0x01, 0x09, 0x77, 0x7E, 0x6C, 0x75, 0x7D, 0x7B, 0x6B, 0x73, 0x74, 0x79, 0x69,
    0x72, 0x7A, 0x70, 0x71, 0x84, 0x60, 0x61, 0x78, 0x07, 0x0F, 0x17, 0x1F, 0x27, 0x2F, 0x37, 0x3F,
    0x47, 0x4F, 0x56, 0x5E, 0x08, 0x10, 0x18, 0x20, 0x28, 0x30, 0x38, 0x40, 0x48, 0x50, 0x57, 0x6F,
    0x13, 0x19, 0x39, 0x51, 0x53, 0x5C, 0x5F, 0x62, 0x63, 0x64, 0x65, 0x67, 0x68, 0x6A, 0x6D, 0x6E,
};

struct set_3_key { uint8_t key, code; };

/* Keys of set 3 by type. Those that repeat and send no release: */
static const struct set_3_key typematic[] = {
    { 0x29, 0x0E }, { 0x02, 0x16 }, { 0x03, 0x1E }, { 0x04, 0x26 }, { 0x05, 0x25 }, { 0x06, 0x2E }, { 0x07, 0x36 },
    { 0x08, 0x3D }, { 0x09, 0x3E }, { 0x0A, 0x46 }, { 0x0B, 0x45 }, { 0x0C, 0x4E }, { 0x0D, 0x55 }, { 0x0E, 0x66 },
    { 0x0F, 0x0D }, { 0x10, 0x15 }, { 0x11, 0x1D }, { 0x12, 0x24 }, { 0x13, 0x2D }, { 0x14, 0x2C }, { 0x15, 0x35 },
    { 0x16, 0x3C }, { 0x17, 0x43 }, { 0x18, 0x44 }, { 0x19, 0x4D }, { 0x1A, 0x54 }, { 0x1B, 0x5B }, { 0x2B, 0x5C },
    { 0x1E, 0x1C }, { 0x1F, 0x1B }, { 0x20, 0x23 }, { 0x21, 0x2B }, { 0x22, 0x34 }, { 0x23, 0x33 }, { 0x24, 0x3B },
    { 0x25, 0x42 }, { 0x26, 0x4B }, { 0x27, 0x4C }, { 0x28, 0x52 }, { 0x1C, 0x5A }, { 0x56, 0x13 }, { 0x2C, 0x1A },
    { 0x2D, 0x22 }, { 0x2E, 0x21 }, { 0x2F, 0x2A }, { 0x30, 0x32 }, { 0x31, 0x31 }, { 0x32, 0x3A }, { 0x33, 0x41 },
    { 0x34, 0x49 }, { 0x35, 0x4A }, { 0x39, 0x29 }, { 0xD3, 0x64 }, { 0xCB, 0x61 }, { 0xC8, 0x63 }, { 0xD0, 0x60 },
    { 0xCD, 0x6A }, { 0x4E, 0x7C },
};

/* Those that send a release and do not repeat: */
static const struct set_3_key make_break[] = {
    { 0x3A, 0x14 }, { 0x2A, 0x12 }, { 0x36, 0x59 }, { 0x1D, 0x11 }, { 0x38, 0x19 },
};

/* Those that do neither: */
static const struct set_3_key make_only[] = {
    { 0xB8, 0x39 }, { 0x9D, 0x58 }, { 0xD2, 0x67 }, { 0xC7, 0x6E }, { 0xCF, 0x65 }, { 0xC9, 0x6F }, { 0xD1, 0x6D },
    { 0x45, 0x76 }, { 0x47, 0x6C }, { 0x4B, 0x6B }, { 0x4F, 0x69 }, { 0xB5, 0x77 }, { 0x48, 0x75 }, { 0x4C, 0x73 },
    { 0x50, 0x72 }, { 0x52, 0x70 }, { 0x37, 0x7E }, { 0x49, 0x7D }, { 0x4D, 0x74 }, { 0x51, 0x7A }, { 0x53, 0x71 },
    { 0x4A, 0x84 }, { 0x9C, 0x79 }, { 0x01, 0x08 }, { 0x3B, 0x07 }, { 0x3C, 0x0F }, { 0x3D, 0x17 }, { 0x3E, 0x1F },
    { 0x3F, 0x27 }, { 0x40, 0x2F }, { 0x41, 0x37 }, { 0x42, 0x3F }, { 0x43, 0x47 }, { 0x44, 0x4F }, { 0x57, 0x56 },
    { 0x58, 0x5E }, { 0xB7, 0x57 }, { 0x54, 0x57 }, { 0x46, 0x5F }, { KEY_PAUSE, 0x62 }, { 0xC6, 0x62 },
    { 0xDB, 0x8B }, { 0xDC, 0x8C }, { 0xDD, 0x8D },
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct { const struct set_3_key *keys; unsigned count; uint8_t type; } set_3[] = {
    { typematic, COUNT(typematic), KEY_REPEATS },
    { make_break, COUNT(make_break), KEY_RELEASES },
    { make_only, COUNT(make_only), 0 },
};

uint8_t keyboard_set_3_code(uint8_t key)
{
    for (unsigned i = 0; i < COUNT(set_3); i++)
        for (unsigned j = 0; j < set_3[i].count; j++)
            if (set_3[i].keys[j].key == key)
                return set_3[i].keys[j].code;
    return 0;
}

void keyboard_set_3_defaults(uint8_t type[KEYBOARD_SET_3_CODES])
{
    memset(type, 0, KEYBOARD_SET_3_CODES);
    for (unsigned i = 0; i < COUNT(set_3); i++)
        for (unsigned j = 0; j < set_3[i].count; j++)
            type[set_3[i].keys[j].code] = set_3[i].type;
}

uint8_t keyboard_held_bit(uint8_t key)
{
    static const struct { uint8_t key, bit; } bits[] = {
        { CODE_SHIFT_LEFT, HELD_SHIFT_LEFT }, { CODE_SHIFT_RIGHT, HELD_SHIFT_RIGHT }, { CODE_CTRL, 0x04 },
        { KEY_GREY | CODE_CTRL, 0x08 }, { CODE_ALT, 0x10 }, { KEY_GREY | CODE_ALT, 0x20 },
    };
    for (unsigned i = 0; i < COUNT(bits); i++)
        if (bits[i].key == key)
            return bits[i].bit;
    return 0;
}

/* --- Sets 1 and 2 --- */

struct writer { uint8_t *code; unsigned count, set; };

static void put(struct writer *w, uint8_t prefix, uint8_t code, bool release)
{
    if (prefix)
        w->code[w->count++] = prefix;
    if (w->set == 2 && release)
        w->code[w->count++] = RELEASE;
    w->code[w->count++] = w->set == 2 ? to_set_2[code] : (uint8_t)(code | (release ? BREAK : 0));
}

/* The shift keys that are held, as if they were released or pressed. */
static void put_shifts(struct writer *w, uint8_t held, bool release)
{
    if (held & HELD_SHIFT_LEFT)
        put(w, PREFIX_0, CODE_SHIFT_LEFT, release);
    if (held & HELD_SHIFT_RIGHT)
        put(w, PREFIX_0, CODE_SHIFT_RIGHT, release);
}

/* A key that had Shift undone around it when pressed has it redone when released; UNDONE tells which. */
static void put_wrapped(struct writer *w, uint8_t code, bool release, uint8_t shifts, bool pressed)
{
    if (!release)
        put_shifts(w, shifts, !pressed);
    put(w, PREFIX_0, code, release);
    if (release)
        put_shifts(w, shifts, pressed);
}

static bool is_cursor_key(uint8_t code)
{
    return code >= 0x47 && code <= 0x53 && code != 0x4A && code != 0x4C && code != 0x4E;
}

static void put_grey(struct writer *w, uint8_t code, bool release, uint8_t held)
{
    uint8_t shifts = held & HELD_SHIFTS;

    if (code == CODE_PRINT && held & HELD_ALTS)
        put(w, 0, CODE_SYSREQ, release);
    else if (code == CODE_PRINT && !(held & (HELD_SHIFTS | HELD_CTRLS)))
        put_wrapped(w, code, release, HELD_SHIFT_LEFT, true);
    else if (shifts && (code == CODE_SLASH || (is_cursor_key(code) && !(held & NUM_LOCK_ON))))
        put_wrapped(w, code, release, shifts, false);
    else if (!shifts && is_cursor_key(code) && held & NUM_LOCK_ON)
        put_wrapped(w, code, release, HELD_SHIFT_LEFT, true);
    else
        put(w, PREFIX_0, code, release);
}

/* Pause sends its release at once, and nothing when it is released. */
static void put_pause(struct writer *w)
{
    put(w, PREFIX_1, CODE_CTRL, false);
    put(w, 0, CODE_NUM_LOCK, false);
    put(w, PREFIX_1, CODE_CTRL, true);
    put(w, 0, CODE_NUM_LOCK, true);
}

unsigned keyboard_encode(uint8_t code[KEYBOARD_CODE], unsigned set, uint8_t key, bool release, uint8_t held)
{
    struct writer w = { code, 0, set };
    uint8_t plain = key & 0x7F;

    if (set == 3) {
        uint8_t single = keyboard_set_3_code(key);
        if (single && release)
            code[w.count++] = RELEASE;
        if (single)
            code[w.count++] = single;
    } else if (key == KEY_PAUSE) {
        if (!release)
            put_pause(&w);
    } else if (key & KEY_GREY) {
        if (plain && plain != CODE_SHIFT_LEFT && plain != CODE_SHIFT_RIGHT)
            put_grey(&w, plain, release, held);
    } else if (plain) {
        put(&w, 0, plain, release);
    }
    return w.count;
}
