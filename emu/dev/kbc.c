/* The 8042 and its firmware, after the AT and PS/2 Technical References.
 *
 * The CPU writes a byte, the firmware takes it from the input buffer some microseconds later, and answers through
 * the output buffer once that is free. Each byte in the output buffer raises IRQ 1 (or 12) if the command byte allows
 * it, and holds the keyboard's clock until the CPU has read it. Guests that do not wait for the input buffer to be
 * free are common: a byte written too early makes the firmware take the former one first, where a real 8042 might
 * lose it.
 *
 * Keyboard and auxiliary device share the output buffer: while it is full the clocks of both are held. If nothing is
 * plugged into the auxiliary port its interface test passes all the same, and a byte for its device comes back as FEh
 * with the timeout bit after the 20 ms that a controller waits.
 *
 * The diagnostic dump (ACh) is the AT's: sixteen bytes of RAM, input port, output port and the 8042's program status,
 * each as the scan codes of two hexadecimal digits and a space. Password (A4h-A6h) after the PS/2's: the codes at 60h
 * up to a zero are those that must be typed; RAM 13h and 14h, if not zero, are put out when it is switched on and
 * typed right; the codes in RAM 16h and 17h are passed over. Left out: the keyboard lock, which is open, parity errors
 * on the cables, and the program status of the dump, which is zero. */
#include "emu/dev/kbc.h"

#include <string.h>

#include "emu/state.h"

enum {
    STATUS_OUTPUT = 0x01, STATUS_INPUT = 0x02, STATUS_SYSTEM = 0x04, STATUS_COMMAND = 0x08, STATUS_UNLOCKED = 0x10,
    STATUS_AUX = 0x20, STATUS_TIMEOUT = 0x40
};
enum {
    BYTE_IRQ = 0x01, BYTE_AUX_IRQ = 0x02, BYTE_SYSTEM = 0x04, BYTE_KEYBOARD_OFF = 0x10, BYTE_AUX_OFF = 0x20,
    BYTE_TRANSLATE = 0x40, BYTE_BITS = 0x7F, BYTE_AT_RESET = BYTE_IRQ | BYTE_AUX_OFF | BYTE_TRANSLATE
};
enum { OUT_RUN = 0x01, OUT_A20 = 0x02, OUT_IRQ = 0x10, OUT_AUX_IRQ = 0x20, OUT_CLOCK = 0x40, OUT_DATA = 0x80,
       OUT_WRITABLE = 0x0F };
enum { RAM_SECURITY_ON = 0x13, RAM_SECURITY_OFF = 0x14, RAM_IGNORED = 0x16 };
enum {
    CMD_READ_RAM = 0x20, CMD_WRITE_RAM = 0x60, CMD_TEST_PASSWORD = 0xA4, CMD_LOAD_PASSWORD,
    CMD_ENABLE_PASSWORD, CMD_AUX_OFF, CMD_AUX_ON, CMD_TEST_AUX, CMD_SELF_TEST, CMD_TEST_KEYBOARD, CMD_DUMP,
    CMD_KEYBOARD_OFF, CMD_KEYBOARD_ON, CMD_READ_INPUT_PORT = 0xC0,
    CMD_POLL_LOW, CMD_POLL_HIGH, CMD_READ_OUTPUT_PORT = 0xD0, CMD_WRITE_OUTPUT_PORT, CMD_WRITE_KEYBOARD_OUTPUT,
    CMD_WRITE_AUX_OUTPUT, CMD_WRITE_AUX, CMD_A20_OFF = 0xDD, CMD_A20_ON = 0xDF, CMD_READ_TESTS = 0xE0,
    CMD_PULSE = 0xF0
};
enum { RAM_MASK = 0x1F, SELF_TEST_PASSED = 0x55, PASSWORD = 0xFA, NO_PASSWORD = 0xF1, RESEND = 0xFE,
       RELEASE = 0xF0, BREAK = 0x80 };
enum { DUMP_RAM = 16, DUMP_BYTES = DUMP_RAM + 3, DUMP_CODES = 3 * DUMP_BYTES, CODE_SPACE = 0x39 };
/* Not locked, no manufacturing jumper, colour display. */
enum { INPUT_PORT = 0xBF };

#define TAKE_TICKS             (20 * TICKS_PER_US)
#define FAST_TAKE_TICKS        (1 * TICKS_PER_US)
#define AUX_TIMEOUT_TICKS      (20 * TICKS_PER_MS)
#define FAST_AUX_TIMEOUT_TICKS (20 * TICKS_PER_US)
#define PULSE_TICKS            (6 * TICKS_PER_US)

/* Scan code set 2 to set 1. */
static const uint8_t translation[128] = {
    0xFF, 0x43, 0x41, 0x3F, 0x3D, 0x3B, 0x3C, 0x58, 0x64, 0x44, 0x42, 0x40, 0x3E, 0x0F, 0x29, 0x59,
    0x65, 0x38, 0x2A, 0x70, 0x1D, 0x10, 0x02, 0x5A, 0x66, 0x71, 0x2C, 0x1F, 0x1E, 0x11, 0x03, 0x5B,
    0x67, 0x2E, 0x2D, 0x20, 0x12, 0x05, 0x04, 0x5C, 0x68, 0x39, 0x2F, 0x21, 0x14, 0x13, 0x06, 0x5D,
    0x69, 0x31, 0x30, 0x23, 0x22, 0x15, 0x07, 0x5E, 0x6A, 0x72, 0x32, 0x24, 0x16, 0x08, 0x09, 0x5F,
    0x6B, 0x33, 0x25, 0x17, 0x18, 0x0B, 0x0A, 0x60, 0x6C, 0x34, 0x35, 0x26, 0x27, 0x19, 0x0C, 0x61,
    0x6D, 0x73, 0x28, 0x74, 0x1A, 0x0D, 0x62, 0x6E, 0x3A, 0x36, 0x1C, 0x1B, 0x75, 0x2B, 0x63, 0x76,
    0x55, 0x56, 0x77, 0x78, 0x79, 0x7A, 0x0E, 0x7B, 0x7C, 0x4F, 0x7D, 0x4B, 0x47, 0x7E, 0x7F, 0x6F,
    0x52, 0x53, 0x50, 0x4C, 0x4D, 0x48, 0x01, 0x45, 0x57, 0x4E, 0x51, 0x4A, 0x37, 0x49, 0x46, 0x54,
};

static uint8_t translate(uint8_t code)
{
    if (code < sizeof translation)
        return translation[code];
    return code == 0x83 ? 0x41 : code == 0x84 ? 0x54 : code;
}

static void later(struct kbc *kbc, struct event *event, uint64_t ticks)
{
    clock_schedule(kbc->config.clock, event, kbc->config.clock->now + ticks);
}

static uint64_t take_ticks(const struct kbc *kbc)
{
    return kbc->real ? TAKE_TICKS : FAST_TAKE_TICKS;
}

static bool irq_level(const struct kbc *kbc)
{
    return kbc->output_full && !(kbc->output_status & STATUS_AUX) && (kbc->ram[0] & BYTE_IRQ);
}

static bool aux_irq_level(const struct kbc *kbc)
{
    return kbc->output_full && (kbc->output_status & STATUS_AUX) && (kbc->ram[0] & BYTE_AUX_IRQ);
}

static void update_lines(struct kbc *kbc)
{
    line_set(&kbc->config.irq, irq_level(kbc));
    line_set(&kbc->config.aux_irq, aux_irq_level(kbc));
    bool free = !kbc->output_full && !kbc->reply_waiting;
    bool clock = free && !(kbc->ram[0] & BYTE_KEYBOARD_OFF);
    bool aux_clock = free && !(kbc->ram[0] & BYTE_AUX_OFF) && !kbc->locked;
    if (clock != kbc->clock_level) {
        kbc->clock_level = clock;
        line_set(&kbc->config.keyboard_clock, clock);
    }
    if (aux_clock != kbc->aux_clock_level) {
        kbc->aux_clock_level = aux_clock;
        line_set(&kbc->config.aux_clock, aux_clock);
    }
}

static void fill_output(struct kbc *kbc, uint8_t byte, uint8_t status)
{
    kbc->output = byte;
    kbc->output_status = status;
    kbc->output_full = true;
    update_lines(kbc);
}

/* Puts BYTE into the output buffer now, or when the CPU has read what is in it. */
static void reply(struct kbc *kbc, uint8_t byte, uint8_t status)
{
    if (!kbc->output_full) {
        fill_output(kbc, byte, status);
        return;
    }
    kbc->reply = byte;
    kbc->reply_status = status;
    kbc->reply_waiting = true;
}

static uint8_t outputs(const struct kbc *kbc)
{
    return kbc->output_port & (uint8_t)~kbc->pulsed;
}

uint8_t kbc_output_port(const struct kbc *kbc)
{
    uint8_t value = outputs(kbc) | OUT_DATA;

    if (irq_level(kbc))
        value |= OUT_IRQ;
    if (aux_irq_level(kbc))
        value |= OUT_AUX_IRQ;
    if (!(kbc->ram[0] & BYTE_KEYBOARD_OFF))
        value |= OUT_CLOCK;
    return value;
}

/* The next code of the diagnostic dump: high digit, low digit, space. */
static uint8_t next_of_dump(struct kbc *kbc)
{
    static const uint8_t digits[16] = { 0x0B, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
                                        0x09, 0x0A, 0x1E, 0x30, 0x2E, 0x20, 0x12, 0x21 };
    unsigned at = DUMP_CODES - kbc->dump--, byte = at / 3;
    uint8_t value = byte < DUMP_RAM ? kbc->ram[byte] : 0;

    if (byte == DUMP_RAM)
        value = INPUT_PORT;
    else if (byte == DUMP_RAM + 1)
        value = kbc_output_port(kbc);
    return at % 3 == 2 ? CODE_SPACE : digits[at % 3 ? value & 15 : value >> 4];
}

static void answer(void *ctx, uint64_t late)
{
    struct kbc *kbc = ctx;

    (void)late;
    if (!kbc->reply_waiting || kbc->output_full)
        return;
    uint8_t byte = kbc->reply, status = kbc->reply_status;
    kbc->reply_waiting = kbc->dump != 0;
    if (kbc->dump) {
        kbc->reply = next_of_dump(kbc);
        kbc->reply_status = 0;
    }
    fill_output(kbc, byte, status);
}

static void aux_timed_out(void *ctx, uint64_t late)
{
    (void)late;
    reply(ctx, RESEND, STATUS_AUX | STATUS_TIMEOUT);
}

static void pulse_reset(struct kbc *kbc)
{
    line_set(&kbc->config.reset, true);
    line_set(&kbc->config.reset, false);
}

void kbc_set_a20(struct kbc *kbc, bool open)
{
    kbc->output_port = (uint8_t)(open ? kbc->output_port | OUT_A20 : kbc->output_port & ~OUT_A20);
    line_set(&kbc->config.a20, outputs(kbc) & OUT_A20);
}

static void pulse_ended(void *ctx, uint64_t late)
{
    struct kbc *kbc = ctx;

    (void)late;
    kbc->pulsed = 0;
    line_set(&kbc->config.a20, kbc->output_port & OUT_A20);
}

/* F0h-FFh: the output bits that are 0 in LEVELS go low for 6 us. Bit 0 is the CPU's reset. */
static void pulse(struct kbc *kbc, uint8_t levels)
{
    kbc->pulsed = ~levels & OUT_WRITABLE & ~OUT_RUN;
    line_set(&kbc->config.a20, outputs(kbc) & OUT_A20);
    later(kbc, &kbc->pulse_end, PULSE_TICKS);
    if (!(levels & OUT_RUN))
        pulse_reset(kbc);
}

static void write_output_port(struct kbc *kbc, uint8_t value)
{
    kbc->output_port = (value & OUT_WRITABLE) | OUT_RUN;
    kbc_set_a20(kbc, value & OUT_A20);
    if (!(value & OUT_RUN))
        pulse_reset(kbc);
}

static void self_test(struct kbc *kbc)
{
    kbc->output_full = kbc->reply_waiting = kbc->translated_break = false;
    kbc->dump = 0;
    clock_cancel(kbc->config.clock, &kbc->aux_timeout);
    kbc->ram[0] |= BYTE_SYSTEM;
    update_lines(kbc);
    reply(kbc, SELF_TEST_PASSED, 0);
}

/* Test inputs 0 and 1: the clocks of the keyboard and of the auxiliary device. */
static uint8_t read_tests(const struct kbc *kbc)
{
    return (uint8_t)(kbc->clock_level | kbc->aux_clock_level << 1);
}

static void change_command_byte(struct kbc *kbc, uint8_t clear, uint8_t set)
{
    kbc->ram[0] = (uint8_t)((kbc->ram[0] & ~clear) | set);
    update_lines(kbc);
}

static void start_dump(struct kbc *kbc)
{
    kbc->dump = DUMP_CODES;
    reply(kbc, next_of_dump(kbc), 0);
    if (kbc->reply_waiting)
        return;
    kbc->reply = next_of_dump(kbc);
    kbc->reply_status = 0;
    kbc->reply_waiting = true;
}

/* --- Password --- */

static void lock(struct kbc *kbc)
{
    if (!kbc->password_length)
        return;
    kbc->locked = true;
    kbc->matched = 0;
    update_lines(kbc);
    if (kbc->ram[RAM_SECURITY_ON])
        reply(kbc, kbc->ram[RAM_SECURITY_ON], 0);
}

static void load_password(struct kbc *kbc, uint8_t code)
{
    if (!code)
        return;
    if (!kbc->locked && kbc->password_length < KBC_PASSWORD)
        kbc->password[kbc->password_length++] = code;
    kbc->expecting = CMD_LOAD_PASSWORD;
}

/* A key of set 1 was pressed or released while the keyboard is locked. */
static void compare_password(struct kbc *kbc, uint8_t code)
{
    if (code & BREAK || code == kbc->ram[RAM_IGNORED] || code == kbc->ram[RAM_IGNORED + 1])
        return;
    if (code != kbc->password[kbc->matched])
        kbc->matched = 0;
    if (code == kbc->password[kbc->matched])
        kbc->matched++;
    if (kbc->matched < kbc->password_length)
        return;
    kbc->locked = false;
    kbc->matched = 0;
    update_lines(kbc);
    if (kbc->ram[RAM_SECURITY_OFF])
        reply(kbc, kbc->ram[RAM_SECURITY_OFF], 0);
}

/* --- Commands --- */

/* Commands that answer at once: true if COMMAND is one of them. */
static bool answer_command(struct kbc *kbc, uint8_t command)
{
    if ((command & ~RAM_MASK) == CMD_READ_RAM) {
        reply(kbc, kbc->ram[command & RAM_MASK], 0);
        return true;
    }
    switch (command) {
    case CMD_TEST_PASSWORD:
        reply(kbc, kbc->password_length ? PASSWORD : NO_PASSWORD, 0);
        return true;
    case CMD_TEST_AUX:
    case CMD_TEST_KEYBOARD:
        reply(kbc, 0, 0);
        return true;
    case CMD_SELF_TEST:
        self_test(kbc);
        return true;
    case CMD_DUMP:
        start_dump(kbc);
        return true;
    case CMD_READ_INPUT_PORT:
        reply(kbc, INPUT_PORT, 0);
        return true;
    case CMD_READ_OUTPUT_PORT:
        reply(kbc, kbc_output_port(kbc), 0);
        return true;
    case CMD_READ_TESTS:
        reply(kbc, read_tests(kbc), 0);
        return true;
    default:
        return false;
    }
}

/* True if the byte at port 60h that follows COMMAND belongs to it. */
static bool wants_data(uint8_t command)
{
    return (command & ~RAM_MASK) == CMD_WRITE_RAM || command == CMD_LOAD_PASSWORD ||
           (command >= CMD_WRITE_OUTPUT_PORT && command <= CMD_WRITE_AUX);
}

static void take_command(struct kbc *kbc, uint8_t command)
{
    kbc->expecting = wants_data(command) ? command : 0;
    kbc->polled = 0;
    if (answer_command(kbc, command))
        return;
    switch (command) {
    case CMD_LOAD_PASSWORD:
        if (!kbc->locked)
            kbc->password_length = 0;
        break;
    case CMD_ENABLE_PASSWORD:
        lock(kbc);
        break;
    case CMD_AUX_OFF:
        change_command_byte(kbc, 0, BYTE_AUX_OFF);
        break;
    case CMD_AUX_ON:
        change_command_byte(kbc, BYTE_AUX_OFF, 0);
        break;
    case CMD_KEYBOARD_OFF:
        change_command_byte(kbc, 0, BYTE_KEYBOARD_OFF);
        break;
    case CMD_KEYBOARD_ON:
        change_command_byte(kbc, BYTE_KEYBOARD_OFF, 0);
        break;
    case CMD_POLL_LOW:
    case CMD_POLL_HIGH:
        kbc->polled = command;
        break;
    case CMD_A20_OFF:
    case CMD_A20_ON:
        kbc_set_a20(kbc, command == CMD_A20_ON);
        break;
    default:
        if (command >= CMD_PULSE)
            pulse(kbc, command);
        break;
    }
}

static void write_ram(struct kbc *kbc, unsigned index, uint8_t value)
{
    kbc->ram[index] = index ? value : value & BYTE_BITS;
    update_lines(kbc);
}

/* As with the keyboard, a byte for the device also enables its interface. */
static void write_aux(struct kbc *kbc, uint8_t value)
{
    change_command_byte(kbc, BYTE_AUX_OFF, 0);
    if (kbc->config.to_aux)
        kbc->config.to_aux(kbc->config.aux, value);
    else
        later(kbc, &kbc->aux_timeout, kbc->real ? AUX_TIMEOUT_TICKS : FAST_AUX_TIMEOUT_TICKS);
}

static void take_data(struct kbc *kbc, uint8_t value)
{
    uint8_t command = kbc->expecting;

    kbc->expecting = 0;
    switch (command) {
    case 0: /* a byte for the keyboard also enables its interface */
        change_command_byte(kbc, BYTE_KEYBOARD_OFF, 0);
        kbc->config.to_keyboard(kbc->config.keyboard, value);
        break;
    case CMD_WRITE_OUTPUT_PORT:
        write_output_port(kbc, value);
        break;
    case CMD_WRITE_KEYBOARD_OUTPUT:
        reply(kbc, value, 0);
        break;
    case CMD_WRITE_AUX_OUTPUT:
        reply(kbc, value, STATUS_AUX);
        break;
    case CMD_WRITE_AUX:
        write_aux(kbc, value);
        break;
    case CMD_LOAD_PASSWORD:
        load_password(kbc, value);
        break;
    default:
        write_ram(kbc, command & RAM_MASK, value);
        break;
    }
}

static void take(void *ctx, uint64_t late)
{
    struct kbc *kbc = ctx;

    (void)late;
    kbc->input_full = false;
    if (kbc->input_is_command)
        take_command(kbc, kbc->input);
    else
        take_data(kbc, kbc->input);
}

void kbc_from_keyboard(void *ctx, uint8_t byte)
{
    struct kbc *kbc = ctx;
    uint8_t code = byte;

    if ((kbc->ram[0] & BYTE_TRANSLATE) || kbc->locked) {
        if (byte == RELEASE) {
            kbc->translated_break = true;
            return;
        }
        code = translate(byte);
        if (kbc->translated_break)
            code |= BREAK;
        kbc->translated_break = false;
    }
    if (kbc->locked)
        compare_password(kbc, code);
    else
        fill_output(kbc, code, 0);
}

void kbc_from_aux(void *ctx, uint8_t byte)
{
    fill_output(ctx, byte, STATUS_AUX);
}

uint8_t kbc_status(const struct kbc *kbc)
{
    uint8_t value = STATUS_UNLOCKED;

    if (kbc->polled)
        value = (uint8_t)(kbc->polled == CMD_POLL_LOW ? INPUT_PORT << 4 : INPUT_PORT & 0xF0);
    else if (kbc->output_full)
        value |= kbc->output_status;
    if (kbc->output_full)
        value |= STATUS_OUTPUT;
    if (kbc->input_full)
        value |= STATUS_INPUT;
    if (kbc->ram[0] & BYTE_SYSTEM)
        value |= STATUS_SYSTEM;
    if (kbc->input_is_command)
        value |= STATUS_COMMAND;
    return value;
}

static uint32_t status_read(void *ctx, uint16_t port, unsigned size)
{
    (void)port;
    (void)size;
    return kbc_status(ctx);
}

static uint32_t data_read(void *ctx, uint16_t port, unsigned size)
{
    struct kbc *kbc = ctx;

    (void)port;
    (void)size;
    if (kbc->output_full) {
        kbc->output_full = false;
        if (kbc->reply_waiting)
            later(kbc, &kbc->answer, take_ticks(kbc));
        update_lines(kbc);
    }
    return kbc->output;
}

static void port_write(void *ctx, uint16_t port, uint32_t value, unsigned size)
{
    struct kbc *kbc = ctx;

    (void)size;
    if (kbc->input_full)
        take(kbc, 0);
    kbc->input = (uint8_t)value;
    kbc->input_is_command = port == 0x64;
    kbc->input_full = true;
    later(kbc, &kbc->take, take_ticks(kbc));
}

static const struct port_ops data_ports = { data_read, port_write };
static const struct port_ops status_ports = { status_read, port_write };

void kbc_init(struct kbc *kbc, const struct kbc_config *config)
{
    *kbc = (struct kbc){ .real = true, .config = *config };
    bus_map_ports(config->bus, 0x60, 1, 1, &data_ports, kbc);
    bus_map_ports(config->bus, 0x64, 1, 1, &status_ports, kbc);
    clock_register(config->clock, &kbc->take, "kbc.take", take, kbc);
    clock_register(config->clock, &kbc->answer, "kbc.answer", answer, kbc);
    clock_register(config->clock, &kbc->aux_timeout, "kbc.aux_timeout", aux_timed_out, kbc);
    clock_register(config->clock, &kbc->pulse_end, "kbc.pulse_end", pulse_ended, kbc);
    kbc_reset(kbc);
}

void kbc_reset(struct kbc *kbc)
{
    clock_cancel(kbc->config.clock, &kbc->take);
    clock_cancel(kbc->config.clock, &kbc->answer);
    clock_cancel(kbc->config.clock, &kbc->aux_timeout);
    clock_cancel(kbc->config.clock, &kbc->pulse_end);
    memset(kbc->ram, 0, sizeof kbc->ram);
    kbc->ram[0] = BYTE_AT_RESET;
    kbc->expecting = kbc->polled = kbc->pulsed = kbc->dump = 0;
    kbc->password_length = kbc->matched = 0;
    kbc->locked = false;
    kbc->output_full = kbc->input_full = kbc->input_is_command = false;
    kbc->reply_waiting = kbc->translated_break = false;
    kbc->output_port = OUT_WRITABLE;
    line_set(&kbc->config.a20, true);
    update_lines(kbc);
}

bool kbc_listens(const struct kbc *kbc)
{
    return (kbc->ram[0] & (BYTE_IRQ | BYTE_SYSTEM | BYTE_KEYBOARD_OFF)) == (BYTE_IRQ | BYTE_SYSTEM);
}

void kbc_set_real(struct kbc *kbc, bool real)
{
    kbc->real = real;
}

void kbc_visit(struct kbc *kbc, struct state *state)
{
    state_section(state, "kbc");
    state_bytes(state, "ram", kbc->ram, sizeof kbc->ram);
    state_u8(state, "output", &kbc->output);
    state_u8(state, "input", &kbc->input);
    state_u8(state, "output_port", &kbc->output_port);
    state_u8(state, "pulsed", &kbc->pulsed);
    state_u8(state, "expecting", &kbc->expecting);
    state_u8(state, "reply", &kbc->reply);
    state_u8(state, "reply_status", &kbc->reply_status);
    state_u8(state, "polled", &kbc->polled);
    state_u8(state, "output_status", &kbc->output_status);
    state_u8(state, "dump", &kbc->dump);
    state_bytes(state, "password", kbc->password, sizeof kbc->password);
    state_u8(state, "password_length", &kbc->password_length);
    state_u8(state, "matched", &kbc->matched);
    state_bool(state, "locked", &kbc->locked);
    state_bool(state, "output_full", &kbc->output_full);
    state_bool(state, "input_full", &kbc->input_full);
    state_bool(state, "input_is_command", &kbc->input_is_command);
    state_bool(state, "reply_waiting", &kbc->reply_waiting);
    state_bool(state, "translated_break", &kbc->translated_break);
    state_bool(state, "clock_level", &kbc->clock_level);
    state_bool(state, "aux_clock_level", &kbc->aux_clock_level);
    state_bool(state, "real", &kbc->real);
    state_check(state, kbc->output_port <= OUT_WRITABLE && kbc->pulsed <= OUT_WRITABLE, "output port out of range");
    state_check(state, kbc->dump < DUMP_CODES, "dump out of range");
    state_check(state, kbc->password_length <= KBC_PASSWORD && (kbc->matched < kbc->password_length || !kbc->matched),
                "password out of range");
    state_check(state, !kbc->locked || kbc->password_length, "locked without a password");
    state_check(state, ((kbc->reply_status | kbc->output_status) & ~(STATUS_AUX | STATUS_TIMEOUT)) == 0,
                "status out of range");
}
