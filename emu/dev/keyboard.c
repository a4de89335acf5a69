/* An AT keyboard, after the keyboard sections of the AT and PS/2 Technical References.
 *
 * A byte takes 11 bits of the cable at 80 us each: the references have clocks of 10 to 16.7 kHz, 60 to 100 us, and this
 * is the middle. A command and its answer take both their bytes. While the controller holds the clock low nothing is
 * sent, and a byte that was under way is sent again. The code of a released key (F0h and the key) is never torn apart by
 * the answer to a command, so that a controller that translates does not lose the release.
 *
 * The self-test takes 3 ms instead of the 300 to 500 of a real keyboard, since the Bochs BIOS gives up after 8,192
 * polls. Left out: scan code set 3 (F0h 03h is answered with FEh; the commands that only concern it, F7h-FDh, are
 * accepted and do nothing), and repeating keys by the keyboard itself: whoever presses the keys repeats them. */
#include "emu/dev/keyboard.h"

#include "emu/probe.h"
#include "emu/state.h"

enum {
    CMD_SET_LEDS = 0xED, CMD_ECHO = 0xEE, CMD_SCAN_SET = 0xF0, CMD_IDENTIFY = 0xF2, CMD_TYPEMATIC, CMD_ENABLE,
    CMD_DISABLE, CMD_DEFAULTS, CMD_ALL_KEYS_FIRST, CMD_ALL_KEYS_LAST = 0xFA, CMD_KEY_FIRST, CMD_KEY_LAST = 0xFD,
    CMD_RESEND, CMD_RESET
};
enum { ACK = 0xFA, RESEND = 0xFE, TEST_PASSED = 0xAA, RELEASE = 0xF0, PREFIX_0 = 0xE0, PREFIX_1 = 0xE1 };
enum { DEFAULT_TYPEMATIC = 0x2B };

#define BYTE_TICKS      (11 * 80 * TICKS_PER_US)
#define FAST_BYTE_TICKS (20 * TICKS_PER_US)
#define TEST_TICKS      (3 * TICKS_PER_MS)
#define FAST_TEST_TICKS (60 * TICKS_PER_US)

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

bool keyboard_key(struct keyboard *keyboard, uint8_t scancode)
{
    bool prefix = scancode == PREFIX_0 || scancode == PREFIX_1;
    uint8_t code = scancode;
    bool release = false;

    if (!keyboard->scanning || keyboard->testing)
        return true;
    if (!prefix && keyboard->scan_set == 2) {
        code = to_set_2[scancode & 0x7F];
        release = scancode & 0x80;
    }
    if (!code)
        return true;
    if (keyboard->count + 1 + release > KEYBOARD_BUFFER)
        return false;
    if (probe_wants(keyboard->config.probes, PROBE_KEY))
        probe_emit(keyboard->config.probes, PROBE_KEY, scancode, 0, 0, 0);
    if (release)
        put_scan_code(keyboard, RELEASE);
    put_scan_code(keyboard, code);
    start_sending(keyboard, byte_ticks(keyboard));
    return true;
}

/* --- Commands --- */

static void clear_buffer(struct keyboard *keyboard)
{
    keyboard->count = keyboard->mid_release ? 1 : 0;
}

static void set_defaults(struct keyboard *keyboard)
{
    clear_buffer(keyboard);
    keyboard->typematic = DEFAULT_TYPEMATIC;
    keyboard->scan_set = 2;
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
    if (set > 2) {
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
        keyboard->expecting = command;      /* the key type commands take keys until the next command */
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
        if (command >= CMD_KEY_FIRST && command <= CMD_KEY_LAST)
            keyboard->expecting = command;
        else if (command < CMD_ALL_KEYS_FIRST || command > CMD_ALL_KEYS_LAST) {
            put_reply(keyboard, RESEND);
            return;
        }
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
    keyboard_reset(keyboard);
}

void keyboard_reset(struct keyboard *keyboard)
{
    clock_cancel(keyboard->config.clock, &keyboard->shifted);
    clock_cancel(keyboard->config.clock, &keyboard->tested);
    keyboard->mid_release = keyboard->testing = false;
    keyboard->head = keyboard->count = 0;
    keyboard->replies = keyboard->expecting = keyboard->leds = keyboard->last_sent = 0;
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
    state_bool(state, "scanning", &keyboard->scanning);
    state_bool(state, "mid_release", &keyboard->mid_release);
    state_bool(state, "testing", &keyboard->testing);
    state_bool(state, "clock_high", &keyboard->clock_high);
    state_bool(state, "real", &keyboard->real);
    state_check(state, keyboard->head < KEYBOARD_BUFFER && keyboard->count <= KEYBOARD_BUFFER, "buffer out of range");
    state_check(state, keyboard->replies <= KEYBOARD_REPLIES, "replies out of range");
    state_check(state, keyboard->scan_set == 1 || keyboard->scan_set == 2, "scan code set out of range");
    state_check(state, !keyboard->mid_release || keyboard->count, "release without its key");
}
