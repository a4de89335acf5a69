/* An AT keyboard, after the keyboard sections of the AT and PS/2 Technical References.
 *
 * A byte takes 11 bits of the cable at 80 us each: the references have clocks of 10 to 16.7 kHz, 60 to 100 us, and this
 * is the middle. A command and its answer take both their bytes. While the controller holds the clock low nothing is
 * sent, and a byte that was under way is sent again. The code of a released key (F0h and the key) is never torn apart
 * by the answer to a command, so that a controller that translates does not lose the release.
 *
 * The key that was pressed last repeats while it is held, after the delay and at the rate that F3h sets, 500 ms and
 * 10.9 a second at first; but only into an empty buffer and while the controller takes bytes, so that repeats never
 * pile up. The codes are in keyboard_codes.c. A code that does not fit into the sixteen bytes of the buffer is lost,
 * and the overrun code takes the seventeenth.
 *
 * The self-test takes 3 ms in the timing modes with real latencies, instead of the 300 to 500 of most keyboards: the
 * Bochs BIOS gives up after 8,192 polls, some 20 ms, in any mode; and nobody can tell how many keyboards were as quick.
 * Left out: what a broken keyboard says. */
#include "emu/dev/keyboard.h"

#include <string.h>

#include "emu/dev/keyboard_codes.h"
#include "emu/probe.h"
#include "emu/state.h"

enum {
    CMD_SET_LEDS = 0xED, CMD_ECHO = 0xEE, CMD_SCAN_SET = 0xF0, CMD_IDENTIFY = 0xF2, CMD_TYPEMATIC, CMD_ENABLE,
    CMD_DISABLE, CMD_DEFAULTS, CMD_ALL_KEYS_FIRST, CMD_ALL_KEYS_LAST = 0xFA, CMD_KEY_FIRST, CMD_KEY_LAST = 0xFD,
    CMD_RESEND, CMD_RESET
};
enum { ACK = 0xFA, RESEND = 0xFE, TEST_PASSED = 0xAA, RELEASE = 0xF0, PREFIX_0 = 0xE0, PREFIX_1 = 0xE1 };
enum { DEFAULT_TYPEMATIC = 0x2B, LAMP_NUM_LOCK = 0x02, BUFFERED = KEYBOARD_BUFFER - 1, LONGEST_KEY = KEYBOARD_CODE };

#define BYTE_TICKS      (11 * 80 * TICKS_PER_US)
#define FAST_BYTE_TICKS (20 * TICKS_PER_US)
#define TEST_TICKS      (3 * TICKS_PER_MS)
#define FAST_TEST_TICKS (60 * TICKS_PER_US)
#define DELAY_TICKS     (250 * TICKS_PER_MS)
#define RATE_TICKS      (TICKS_PER_SECOND / 240)

static uint64_t byte_ticks(const struct keyboard *keyboard)
{
    return keyboard->real ? BYTE_TICKS : FAST_BYTE_TICKS;
}

static bool has_scan_code(const struct keyboard *keyboard)
{
    return keyboard->count && !keyboard->expecting;
}

/* Begins to shift out the next byte, if there is one, to be complete in TICKS. */
static void start_sending(struct keyboard *keyboard, uint64_t ticks)
{
    bool ready = keyboard->replies || has_scan_code(keyboard) || keyboard->mid_release;

    if (ready && keyboard->clock_high && !event_armed(&keyboard->shifted))
        clock_schedule(keyboard->config.clock, &keyboard->shifted, keyboard->config.clock->now + ticks);
}

static uint8_t pop_reply(struct keyboard *keyboard)
{
    uint8_t byte = keyboard->reply[0];

    keyboard->replies--;
    for (unsigned i = 0; i < keyboard->replies; i++)
        keyboard->reply[i] = keyboard->reply[i + 1];
    return byte;
}

static uint8_t pop_scan_code(struct keyboard *keyboard)
{
    uint8_t byte = keyboard->buffer[keyboard->head];

    keyboard->head = (keyboard->head + 1) % KEYBOARD_BUFFER;
    keyboard->count--;
    keyboard->mid_release = byte == RELEASE && keyboard->count;
    return byte;
}

static void shifted(void *ctx, uint64_t late)
{
    struct keyboard *keyboard = ctx;

    (void)late;
    if (!keyboard->clock_high)
        return;
    if (keyboard->replies && !keyboard->mid_release)
        keyboard->last_sent = pop_reply(keyboard);
    else if (keyboard->count)
        keyboard->last_sent = pop_scan_code(keyboard);
    else
        return;
    keyboard->config.send(keyboard->config.send_ctx, keyboard->last_sent);
    start_sending(keyboard, byte_ticks(keyboard));
}

static void put_reply(struct keyboard *keyboard, uint8_t byte)
{
    if (keyboard->replies < KEYBOARD_REPLIES)
        keyboard->reply[keyboard->replies++] = byte;
}

static void put_scan_code(struct keyboard *keyboard, uint8_t byte)
{
    keyboard->buffer[(keyboard->head + keyboard->count) % KEYBOARD_BUFFER] = byte;
    keyboard->count++;
}

/* --- Keys --- */

static void report(struct keyboard *keyboard, uint8_t byte)
{
    if (probe_wants(keyboard->config.probes, PROBE_KEY))
        probe_emit(keyboard->config.probes, PROBE_KEY, byte, 0, 0, 0);
}

/* Puts the code of a key into the buffer. False: there is no room, and the guest will be told. */
static bool put_key(struct keyboard *keyboard, uint8_t key, bool release)
{
    uint8_t code[KEYBOARD_CODE], held = keyboard->held, overrun = keyboard->scan_set == 1 ? 0xFF : 0x00;

    if (keyboard->leds & LAMP_NUM_LOCK)
        held |= NUM_LOCK_ON;
    unsigned count = keyboard_encode(code, keyboard->scan_set, key, release, held);
    if (keyboard->count + count > BUFFERED) {
        uint8_t last = keyboard->buffer[(keyboard->head + keyboard->count + KEYBOARD_BUFFER - 1) % KEYBOARD_BUFFER];
        if (keyboard->count < KEYBOARD_BUFFER && !(keyboard->count && last == overrun))
            put_scan_code(keyboard, overrun);
        return false;
    }
    if (count && key != KEY_PAUSE && key & KEY_GREY)
        report(keyboard, PREFIX_0);
    if (count)
        report(keyboard, key == KEY_PAUSE ? PREFIX_1 : (uint8_t)((key & 0x7F) | (release ? 0x80 : 0)));
    for (unsigned i = 0; i < count; i++)
        put_scan_code(keyboard, code[i]);
    start_sending(keyboard, byte_ticks(keyboard));
    return true;
}

/* KEY_REPEATS and KEY_RELEASES of a key in the selected set. */
static uint8_t type_of(const struct keyboard *keyboard, uint8_t key)
{
    if (keyboard->scan_set == 3)
        return keyboard->type[keyboard_set_3_code(key)];
    return key == KEY_PAUSE ? 0 : KEY_REPEATS | KEY_RELEASES;
}

static void stop_repeating(struct keyboard *keyboard)
{
    keyboard->repeating = 0;
    clock_cancel(keyboard->config.clock, &keyboard->repeat);
}

static void repeat_in(struct keyboard *keyboard, uint64_t ticks)
{
    clock_schedule(keyboard->config.clock, &keyboard->repeat, keyboard->config.clock->now + ticks);
}

/* Period of repeats: (8 + A) * 2^B / 240 s, A = bits 0-2, B = bits 3-4 of F3h's byte. */
static uint64_t repeat_period(const struct keyboard *keyboard)
{
    unsigned rate = keyboard->typematic;

    return ((8 + (rate & 7)) << (rate >> 3 & 3)) * RATE_TICKS;
}

static void repeat(void *ctx, uint64_t late)
{
    struct keyboard *keyboard = ctx;

    (void)late;
    if (!keyboard->repeating)
        return;
    if (!keyboard->count && keyboard->clock_high && !keyboard->expecting && !keyboard->testing)
        put_key(keyboard, keyboard->repeating, false);
    repeat_in(keyboard, repeat_period(keyboard));
}

static bool press(struct keyboard *keyboard, uint8_t key)
{
    if (!put_key(keyboard, key, false))
        return false;
    if (type_of(keyboard, key) & KEY_REPEATS) {
        keyboard->repeating = key;
        repeat_in(keyboard, (1 + (keyboard->typematic >> 5)) * DELAY_TICKS);
    }
    return true;
}

static bool release(struct keyboard *keyboard, uint8_t key)
{
    if (key == keyboard->repeating)
        stop_repeating(keyboard);
    return !(type_of(keyboard, key) & KEY_RELEASES) || put_key(keyboard, key, true);
}

static bool move_key(struct keyboard *keyboard, uint8_t key, bool up)
{
    uint8_t bit = keyboard_held_bit(key);

    keyboard->held = (uint8_t)(up ? keyboard->held & ~bit : keyboard->held | bit);
    if (!keyboard->scanning || keyboard->testing)
        return true;
    return up ? release(keyboard, key) : press(keyboard, key);
}

bool keyboard_key(struct keyboard *keyboard, uint8_t scancode)
{
    uint8_t before = keyboard->prefix, code = scancode & 0x7F;

    keyboard->prefix = 0;
    if (scancode == PREFIX_0 || scancode == PREFIX_1 || (before == PREFIX_1 && code == 0x1D))
        keyboard->prefix = scancode;
    else if (before == 0x1D || before == 0x9D)
        return move_key(keyboard, KEY_PAUSE, scancode & 0x80);
    else if (before != PREFIX_1 && !(before == PREFIX_0 && code == 0x7F))
        return move_key(keyboard, code | (before == PREFIX_0 ? KEY_GREY : 0), scancode & 0x80);
    return true;
}

bool keyboard_ready(const struct keyboard *keyboard)
{
    return keyboard->count + LONGEST_KEY <= BUFFERED;
}

/* --- Commands --- */

static void clear_buffer(struct keyboard *keyboard)
{
    keyboard->count = keyboard->mid_release ? 1 : 0;
    stop_repeating(keyboard);
}

static void set_defaults(struct keyboard *keyboard)
{
    clear_buffer(keyboard);
    keyboard->typematic = DEFAULT_TYPEMATIC;
    keyboard->scan_set = 2;
    keyboard_set_3_defaults(keyboard->type);
}

static void end_test(struct keyboard *keyboard)
{
    clock_cancel(keyboard->config.clock, &keyboard->tested);
    keyboard->testing = false;
    put_reply(keyboard, TEST_PASSED);
}

static void tested(void *ctx, uint64_t late)
{
    struct keyboard *keyboard = ctx;

    (void)late;
    end_test(keyboard);
    start_sending(keyboard, byte_ticks(keyboard));
}

static void start_test(struct keyboard *keyboard)
{
    set_defaults(keyboard);
    keyboard->replies = 0;
    keyboard->leds = 0;
    keyboard->scanning = true;
    keyboard->testing = true;
    put_reply(keyboard, ACK);
    clock_schedule(keyboard->config.clock, &keyboard->tested,
                   keyboard->config.clock->now + (keyboard->real ? TEST_TICKS : FAST_TEST_TICKS));
}

static void select_scan_set(struct keyboard *keyboard, uint8_t set)
{
    if (set > 3) {
        put_reply(keyboard, RESEND);
        return;
    }
    put_reply(keyboard, ACK);
    if (set == 0) {
        put_reply(keyboard, keyboard->scan_set);
    } else {
        clear_buffer(keyboard);
        keyboard->scan_set = set;
    }
}

/* F7h-FDh: in this order. */
static uint8_t type_after(uint8_t command)
{
    static const uint8_t types[] = { KEY_REPEATS, KEY_RELEASES, 0, KEY_REPEATS | KEY_RELEASES,
                                     KEY_REPEATS, KEY_RELEASES, 0 };
    return types[command - CMD_ALL_KEYS_FIRST];
}

static void set_key_type(struct keyboard *keyboard, uint8_t command, uint8_t code)
{
    if (code < KEYBOARD_SET_3_CODES)
        keyboard->type[code] = type_after(command);
    keyboard->expecting = command;              /* more keys may follow until the next command */
}

static void take_argument(struct keyboard *keyboard, uint8_t command, uint8_t value)
{
    if (command == CMD_SCAN_SET) {
        select_scan_set(keyboard, value);
        return;
    }
    if (command == CMD_SET_LEDS)
        keyboard->leds = value & 7;
    else if (command == CMD_TYPEMATIC)
        keyboard->typematic = value & 0x7F;
    else
        set_key_type(keyboard, command, value);
    put_reply(keyboard, ACK);
}

static void take_command(struct keyboard *keyboard, uint8_t command)
{
    switch (command) {
    case CMD_ECHO:
        put_reply(keyboard, CMD_ECHO);
        return;
    case CMD_RESEND:
        put_reply(keyboard, keyboard->last_sent);
        return;
    case CMD_RESET:
        start_test(keyboard);
        return;
    case CMD_SET_LEDS:
    case CMD_SCAN_SET:
    case CMD_TYPEMATIC:
        keyboard->expecting = command;
        break;
    case CMD_IDENTIFY:
        put_reply(keyboard, ACK);
        put_reply(keyboard, 0xAB);
        put_reply(keyboard, 0x83);
        return;
    case CMD_ENABLE:
        clear_buffer(keyboard);
        keyboard->scanning = true;
        break;
    case CMD_DISABLE:
        set_defaults(keyboard);
        keyboard->scanning = false;
        break;
    case CMD_DEFAULTS:
        set_defaults(keyboard);
        break;
    default:
        if (command < CMD_ALL_KEYS_FIRST || command > CMD_KEY_LAST) {
            put_reply(keyboard, RESEND);
            return;
        }
        clear_buffer(keyboard);
        if (command >= CMD_KEY_FIRST)
            keyboard->expecting = command;
        else
            memset(keyboard->type, type_after(command), sizeof keyboard->type);
        break;
    }
    put_reply(keyboard, ACK);
}

void keyboard_receive(void *ctx, uint8_t byte)
{
    struct keyboard *keyboard = ctx;
    uint8_t expecting = keyboard->expecting;

    clock_cancel(keyboard->config.clock, &keyboard->shifted);
    if (keyboard->testing)
        end_test(keyboard);
    keyboard->expecting = 0;
    if (expecting && byte < CMD_SET_LEDS)
        take_argument(keyboard, expecting, byte);
    else
        take_command(keyboard, byte);
    start_sending(keyboard, 2 * byte_ticks(keyboard));      /* the command's bits, then the answer's */
}

void keyboard_set_clock(void *ctx, unsigned number, bool level)
{
    struct keyboard *keyboard = ctx;

    (void)number;
    keyboard->clock_high = level;
    if (level)
        start_sending(keyboard, byte_ticks(keyboard));
    else
        clock_cancel(keyboard->config.clock, &keyboard->shifted);
}

void keyboard_init(struct keyboard *keyboard, const struct keyboard_config *config)
{
    *keyboard = (struct keyboard){ .real = true, .config = *config };
    clock_register(config->clock, &keyboard->shifted, "keyboard.shifted", shifted, keyboard);
    clock_register(config->clock, &keyboard->tested, "keyboard.tested", tested, keyboard);
    clock_register(config->clock, &keyboard->repeat, "keyboard.repeat", repeat, keyboard);
    keyboard_reset(keyboard);
}

void keyboard_reset(struct keyboard *keyboard)
{
    clock_cancel(keyboard->config.clock, &keyboard->shifted);
    clock_cancel(keyboard->config.clock, &keyboard->tested);
    keyboard->mid_release = keyboard->testing = false;
    keyboard->head = keyboard->count = 0;
    keyboard->replies = keyboard->expecting = keyboard->leds = keyboard->last_sent = 0;
    keyboard->prefix = keyboard->held = 0;
    keyboard->scanning = true;
    set_defaults(keyboard);
}

void keyboard_set_real(struct keyboard *keyboard, bool real)
{
    keyboard->real = real;
}

void keyboard_visit(struct keyboard *keyboard, struct state *state)
{
    state_section(state, "keyboard");
    state_bytes(state, "buffer", keyboard->buffer, sizeof keyboard->buffer);
    state_u8(state, "head", &keyboard->head);
    state_u8(state, "count", &keyboard->count);
    state_bytes(state, "reply", keyboard->reply, sizeof keyboard->reply);
    state_u8(state, "replies", &keyboard->replies);
    state_u8(state, "expecting", &keyboard->expecting);
    state_u8(state, "leds", &keyboard->leds);
    state_u8(state, "typematic", &keyboard->typematic);
    state_u8(state, "scan_set", &keyboard->scan_set);
    state_u8(state, "last_sent", &keyboard->last_sent);
    state_u8(state, "prefix", &keyboard->prefix);
    state_u8(state, "held", &keyboard->held);
    state_u8(state, "repeating", &keyboard->repeating);
    state_bytes(state, "type", keyboard->type, sizeof keyboard->type);
    state_bool(state, "scanning", &keyboard->scanning);
    state_bool(state, "mid_release", &keyboard->mid_release);
    state_bool(state, "testing", &keyboard->testing);
    state_bool(state, "clock_high", &keyboard->clock_high);
    state_bool(state, "real", &keyboard->real);
    state_check(state, keyboard->head < KEYBOARD_BUFFER && keyboard->count <= KEYBOARD_BUFFER, "buffer out of range");
    state_check(state, keyboard->replies <= KEYBOARD_REPLIES, "replies out of range");
    state_check(state, keyboard->scan_set >= 1 && keyboard->scan_set <= 3, "scan code set out of range");
    state_check(state, !keyboard->mid_release || keyboard->count, "release without its key");
}
