/* The PS/2 mouse, after the mouse section of the PS/2 Technical Reference ("Mouse": modes of operation, commands, data
 * report).
 *
 * Stream mode: a packet when something has moved, at most as often as the sample rate says, 10 to 200 a second; the
 * rate is the guest's in every timing mode. A counter holds nine bits; what it cannot hold is lost and sets the
 * overflow bit. The hand does no more than 255 counts in a sample, so that an overflow needs a controller that holds
 * the clock. Scaling 2:1 applies to packets of stream mode only. A button that was pressed and released within a sample
 * is reported as pressed, then as released. A byte from the controller ends a packet that was under way; FEh repeats
 * the last answer or packet. The first byte that is no command is answered with FEh, a second one in a row with FCh.
 *
 * The self-test takes 350 ms, in the middle of the reference's 300 to 500 with what a BIOS waits for. Left out: the
 * wheel of later mice (sample rates 200, 100, 80 are taken as what they are), and counters that go on while reporting
 * is off. */
#include "emu/dev/mouse.h"

#include <string.h>

#include "emu/state.h"

enum {
    CMD_SCALING_1_1 = 0xE6, CMD_SCALING_2_1, CMD_RESOLUTION, CMD_STATUS, CMD_STREAM, CMD_READ, CMD_WRAP_OFF,
    CMD_WRAP = 0xEE, CMD_REMOTE = 0xF0, CMD_IDENTIFY = 0xF2, CMD_RATE, CMD_ENABLE, CMD_DISABLE, CMD_DEFAULTS,
    CMD_RESEND = 0xFE, CMD_RESET
};
enum { ACK = 0xFA, RESEND = 0xFE, ERROR = 0xFC, TEST_PASSED = 0xAA, ID = 0x00 };
enum { PACKET = 3, PACKET_ONE = 0x08, PACKET_X_SIGN = 0x10, PACKET_Y_SIGN = 0x20, PACKET_X_OVERFLOW = 0x40,
       PACKET_Y_OVERFLOW = 0x80 };
enum { STATUS_RIGHT = 0x01, STATUS_MIDDLE = 0x02, STATUS_LEFT = 0x04, STATUS_DOUBLING = 0x10, STATUS_REPORTING = 0x20,
       STATUS_REMOTE = 0x40 };
enum { DEFAULT_RATE = 100, DEFAULT_RESOLUTION = 2, MOST_COUNTS = 255, LEAST_COUNTS = -256, UNITS = 8 };
enum { FARTHEST = 1 << 20 };

#define BYTE_TICKS      (11 * 80 * TICKS_PER_US)
#define FAST_BYTE_TICKS (20 * TICKS_PER_US)
#define TEST_TICKS      (350 * TICKS_PER_MS)
#define FAST_TEST_TICKS (200 * TICKS_PER_US)

static uint64_t byte_ticks(const struct mouse *mouse)
{
    return mouse->real ? BYTE_TICKS : FAST_BYTE_TICKS;
}

/* --- Sending --- */

static void start_sending(struct mouse *mouse, uint64_t ticks)
{
    if (mouse->sent < mouse->queued && mouse->clock_high && !event_armed(&mouse->shifted))
        clock_schedule(mouse->config.clock, &mouse->shifted, mouse->config.clock->now + ticks);
}

static void shifted(void *ctx, uint64_t late)
{
    struct mouse *mouse = ctx;

    (void)late;
    if (!mouse->clock_high || mouse->sent >= mouse->queued)
        return;
    mouse->config.send(mouse->config.send_ctx, mouse->queue[mouse->sent++]);
    start_sending(mouse, byte_ticks(mouse));
}

static void put(struct mouse *mouse, const uint8_t *bytes, uint8_t count)
{
    memcpy(mouse->queue, bytes, count);
    memcpy(mouse->last, bytes, count);
    mouse->queued = mouse->last_count = count;
    mouse->sent = 0;
}

static void put_one(struct mouse *mouse, uint8_t byte)
{
    put(mouse, &byte, 1);
}

/* --- Counting --- */

static void count(struct mouse_axis *axis, int32_t counts)
{
    int32_t sum = axis->count + counts;

    axis->overflow |= sum > MOST_COUNTS || sum < LEAST_COUNTS;
    axis->count = (int16_t)(sum > MOST_COUNTS ? MOST_COUNTS : sum < LEAST_COUNTS ? LEAST_COUNTS : sum);
}

/* The hand goes on, by what one packet can hold at the most. */
static void advance(struct mouse_axis *axis, uint8_t resolution)
{
    int32_t most = MOST_COUNTS * UNITS >> resolution, step = axis->hand;

    step = step > most ? most : step < -most ? -most : step;
    axis->hand -= step;
    axis->rest += step * (1 << resolution);
    count(axis, axis->rest / UNITS);
    axis->rest %= UNITS;
}

static void clear_axis(struct mouse_axis *axis)
{
    axis->count = 0;
    axis->overflow = false;
}

static void clear_counters(struct mouse *mouse)
{
    clear_axis(&mouse->x);
    clear_axis(&mouse->y);
    mouse->x.hand = mouse->y.hand = mouse->x.rest = mouse->y.rest = 0;
}

/* Scaling 2:1. */
static int32_t doubled(int32_t counts)
{
    static const uint8_t few[] = { 0, 1, 1, 3, 6, 9 };
    int32_t size = counts < 0 ? -counts : counts;

    size = size < (int32_t)sizeof few ? few[size] : 2 * size;
    return counts < 0 ? -size : size;
}

static uint8_t take_axis(struct mouse_axis *axis, bool doubling, uint8_t sign, uint8_t overflow, uint8_t *flags)
{
    int32_t counts = axis->count;

    if (doubling) {
        axis->count = 0;
        count(axis, doubled(counts));
        counts = axis->count;
    }
    if (counts < 0)
        *flags |= sign;
    if (axis->overflow)
        *flags |= overflow;
    clear_axis(axis);
    return (uint8_t)counts;
}

/* PACKET bytes of what has happened since the last packet. */
static void take_packet(struct mouse *mouse, bool doubling, uint8_t *packet)
{
    uint8_t flags = (uint8_t)(PACKET_ONE | mouse->buttons | mouse->pressed);

    mouse->reported = mouse->buttons | mouse->pressed;
    mouse->pressed = 0;
    packet[1] = take_axis(&mouse->x, doubling, PACKET_X_SIGN, PACKET_X_OVERFLOW, &flags);
    packet[2] = take_axis(&mouse->y, doubling, PACKET_Y_SIGN, PACKET_Y_OVERFLOW, &flags);
    packet[0] = flags;
}

/* --- Stream mode --- */

static bool streaming(const struct mouse *mouse)
{
    return mouse->reporting && !mouse->remote && !mouse->wrap && !mouse->testing;
}

static bool tracking(const struct mouse *mouse)
{
    return (mouse->reporting || mouse->remote) && !mouse->wrap && !mouse->testing;
}

static bool has_moved(const struct mouse *mouse)
{
    return mouse->x.count || mouse->y.count || mouse->x.overflow || mouse->y.overflow ||
           (mouse->buttons | mouse->pressed) != mouse->reported;
}

static void start_sampling(struct mouse *mouse, uint64_t ticks)
{
    bool due = has_moved(mouse) || mouse->x.hand || mouse->y.hand;

    if (due && streaming(mouse) && !event_armed(&mouse->sample))
        clock_schedule(mouse->config.clock, &mouse->sample, mouse->config.clock->now + ticks);
}

/* After a packet the next one is a period away even if nothing has moved yet. */
static void sample(void *ctx, uint64_t late)
{
    struct mouse *mouse = ctx;
    uint8_t packet[PACKET];
    bool moving = mouse->x.hand || mouse->y.hand;

    (void)late;
    if (!streaming(mouse))
        return;
    advance(&mouse->x, mouse->resolution);
    advance(&mouse->y, mouse->resolution);
    if (!has_moved(mouse) && !moving)
        return;
    if (has_moved(mouse) && mouse->sent >= mouse->queued && !mouse->expecting) {
        take_packet(mouse, mouse->doubling, packet);
        put(mouse, packet, PACKET);
        start_sending(mouse, byte_ticks(mouse));
    }
    clock_schedule(mouse->config.clock, &mouse->sample, mouse->config.clock->now + TICKS_PER_SECOND / mouse->rate);
}

static int32_t add_way(int32_t way, int32_t more)
{
    int64_t sum = (int64_t)way + more;

    return (int32_t)(sum > FARTHEST ? FARTHEST : sum < -FARTHEST ? -FARTHEST : sum);
}

void mouse_move(struct mouse *mouse, int dx, int dy, uint8_t buttons)
{
    buttons &= MOUSE_LEFT | MOUSE_RIGHT | MOUSE_MIDDLE;
    mouse->pressed |= buttons & (uint8_t)~mouse->buttons;
    mouse->buttons = buttons;
    if (!tracking(mouse)) {
        mouse->pressed = 0;
        mouse->reported = buttons;
        return;
    }
    mouse->x.hand = add_way(mouse->x.hand, dx);
    mouse->y.hand = add_way(mouse->y.hand, -(dy < -FARTHEST ? -FARTHEST : dy));
    start_sampling(mouse, 0);
}

bool mouse_listens(const struct mouse *mouse)
{
    return tracking(mouse);
}

/* --- Commands --- */

static void set_defaults(struct mouse *mouse)
{
    clear_counters(mouse);
    clock_cancel(mouse->config.clock, &mouse->sample);
    mouse->pressed = 0;
    mouse->reported = mouse->buttons;
    mouse->rate = DEFAULT_RATE;
    mouse->resolution = DEFAULT_RESOLUTION;
    mouse->doubling = mouse->remote = mouse->wrap = mouse->reporting = false;
}

static void tested(void *ctx, uint64_t late)
{
    static const uint8_t passed[] = { TEST_PASSED, ID };
    struct mouse *mouse = ctx;

    (void)late;
    mouse->testing = false;
    put(mouse, passed, sizeof passed);
    start_sending(mouse, byte_ticks(mouse));
}

static void start_test(struct mouse *mouse)
{
    set_defaults(mouse);
    mouse->testing = true;
    put_one(mouse, ACK);
    clock_schedule(mouse->config.clock, &mouse->tested,
                   mouse->config.clock->now + (mouse->real ? TEST_TICKS : FAST_TEST_TICKS));
}

static void tell_status(struct mouse *mouse)
{
    uint8_t flags = 0;

    if (mouse->buttons & MOUSE_RIGHT)
        flags |= STATUS_RIGHT;
    if (mouse->buttons & MOUSE_MIDDLE)
        flags |= STATUS_MIDDLE;
    if (mouse->buttons & MOUSE_LEFT)
        flags |= STATUS_LEFT;
    if (mouse->doubling)
        flags |= STATUS_DOUBLING;
    if (mouse->reporting)
        flags |= STATUS_REPORTING;
    if (mouse->remote)
        flags |= STATUS_REMOTE;
    put(mouse, (const uint8_t[]){ ACK, flags, mouse->resolution, mouse->rate }, 4);
}

/* EBh: a packet, moved or not. */
static void tell_motion(struct mouse *mouse)
{
    uint8_t answer[1 + PACKET] = { ACK };

    advance(&mouse->x, mouse->resolution);
    advance(&mouse->y, mouse->resolution);
    take_packet(mouse, false, answer + 1);
    put(mouse, answer, sizeof answer);
    memmove(mouse->last, answer + 1, PACKET);
    mouse->last_count = PACKET;
}

static void resend(struct mouse *mouse)
{
    uint8_t again[MOUSE_QUEUE];

    memcpy(again, mouse->last, sizeof again);
    put(mouse, again, mouse->last_count);
}

static bool take_rate(struct mouse *mouse, uint8_t rate)
{
    static const uint8_t rates[] = { 10, 20, 40, 60, 80, 100, 200 };

    if (!memchr(rates, rate, sizeof rates))
        return false;
    mouse->rate = rate;
    return true;
}

static bool take_argument(struct mouse *mouse, uint8_t command, uint8_t value)
{
    if (command == CMD_RATE)
        return take_rate(mouse, value);
    if (value > 3)
        return false;
    mouse->resolution = value;
    return true;
}

static void set_mode(struct mouse *mouse, uint8_t command)
{
    if (command == CMD_STREAM)
        mouse->remote = false;
    else if (command == CMD_REMOTE)
        mouse->remote = true;
    else
        mouse->reporting = command == CMD_ENABLE;
    clear_counters(mouse);
}

/* Commands that are only acknowledged. False: not one of them. */
static bool obey(struct mouse *mouse, uint8_t command)
{
    switch (command) {
    case CMD_SCALING_1_1:
    case CMD_SCALING_2_1:
        mouse->doubling = command == CMD_SCALING_2_1;
        return true;
    case CMD_RESOLUTION:
    case CMD_RATE:
        mouse->expecting = command;
        return true;
    case CMD_STREAM:
    case CMD_REMOTE:
    case CMD_ENABLE:
    case CMD_DISABLE:
        set_mode(mouse, command);
        return true;
    case CMD_WRAP:
    case CMD_WRAP_OFF:
        mouse->wrap = command == CMD_WRAP;
        clear_counters(mouse);
        return true;
    case CMD_DEFAULTS:
        set_defaults(mouse);
        return true;
    default:
        return false;
    }
}

static void refuse(struct mouse *mouse)
{
    put_one(mouse, mouse->puzzled ? ERROR : RESEND);
    mouse->puzzled = true;
}

static void take_command(struct mouse *mouse, uint8_t command)
{
    bool puzzled = mouse->puzzled;

    mouse->puzzled = false;
    if (obey(mouse, command)) {
        put_one(mouse, ACK);
        return;
    }
    switch (command) {
    case CMD_STATUS:
        tell_status(mouse);
        break;
    case CMD_READ:
        tell_motion(mouse);
        break;
    case CMD_IDENTIFY:
        put(mouse, (const uint8_t[]){ ACK, ID }, 2);
        break;
    case CMD_RESEND:
        resend(mouse);
        break;
    case CMD_RESET:
        start_test(mouse);
        break;
    default:
        mouse->puzzled = puzzled;
        refuse(mouse);
        break;
    }
}

void mouse_receive(void *ctx, uint8_t byte)
{
    struct mouse *mouse = ctx;
    uint8_t expecting = mouse->expecting;

    clock_cancel(mouse->config.clock, &mouse->shifted);
    clock_cancel(mouse->config.clock, &mouse->tested);
    mouse->testing = false;
    mouse->expecting = 0;
    if (mouse->wrap && byte != CMD_WRAP_OFF && byte != CMD_RESET) {
        put_one(mouse, byte);
    } else if (!expecting) {
        take_command(mouse, byte);
    } else if (take_argument(mouse, expecting, byte)) {
        mouse->puzzled = false;
        put_one(mouse, ACK);
    } else {
        refuse(mouse);
    }
    start_sending(mouse, 2 * byte_ticks(mouse));        /* the command's bits, then the answer's */
    start_sampling(mouse, TICKS_PER_SECOND / mouse->rate);
}

void mouse_set_clock(void *ctx, unsigned number, bool level)
{
    struct mouse *mouse = ctx;

    (void)number;
    mouse->clock_high = level;
    if (level)
        start_sending(mouse, byte_ticks(mouse));
    else
        clock_cancel(mouse->config.clock, &mouse->shifted);
}

/* --- Building --- */

void mouse_init(struct mouse *mouse, const struct mouse_config *config)
{
    *mouse = (struct mouse){ .real = true, .config = *config };
    clock_register(config->clock, &mouse->shifted, "mouse.shifted", shifted, mouse);
    clock_register(config->clock, &mouse->tested, "mouse.tested", tested, mouse);
    clock_register(config->clock, &mouse->sample, "mouse.sample", sample, mouse);
    mouse_reset(mouse);
}

void mouse_reset(struct mouse *mouse)
{
    clock_cancel(mouse->config.clock, &mouse->shifted);
    clock_cancel(mouse->config.clock, &mouse->tested);
    set_defaults(mouse);
    mouse->queued = mouse->sent = mouse->last_count = mouse->expecting = 0;
    mouse->testing = mouse->puzzled = false;
}

void mouse_set_real(struct mouse *mouse, bool real)
{
    mouse->real = real;
}

/* --- State --- */

static void visit_axis(struct mouse_axis *axis, struct state *state)
{
    uint32_t hand = (uint32_t)axis->hand, rest = (uint32_t)axis->rest;
    uint16_t counted = (uint16_t)axis->count;

    state_u32(state, "hand", &hand);
    state_u32(state, "rest", &rest);
    state_u16(state, "count", &counted);
    state_bool(state, "overflow", &axis->overflow);
    axis->hand = (int32_t)hand;
    axis->rest = (int32_t)rest;
    axis->count = (int16_t)counted;
    state_check(state, axis->hand >= -FARTHEST && axis->hand <= FARTHEST, "way out of range");
    state_check(state, axis->rest > -UNITS && axis->rest < UNITS, "rest out of range");
    state_check(state, axis->count >= LEAST_COUNTS && axis->count <= MOST_COUNTS, "counter out of range");
}

void mouse_visit(struct mouse *mouse, struct state *state)
{
    uint8_t rate = mouse->rate;

    state_section(state, "mouse");
    visit_axis(&mouse->x, state);
    visit_axis(&mouse->y, state);
    state_u8(state, "buttons", &mouse->buttons);
    state_u8(state, "pressed", &mouse->pressed);
    state_u8(state, "reported", &mouse->reported);
    state_bytes(state, "queue", mouse->queue, sizeof mouse->queue);
    state_u8(state, "queued", &mouse->queued);
    state_u8(state, "sent", &mouse->sent);
    state_bytes(state, "last", mouse->last, sizeof mouse->last);
    state_u8(state, "last_count", &mouse->last_count);
    state_u8(state, "expecting", &mouse->expecting);
    state_u8(state, "rate", &rate);
    state_u8(state, "resolution", &mouse->resolution);
    state_bool(state, "doubling", &mouse->doubling);
    state_bool(state, "remote", &mouse->remote);
    state_bool(state, "wrap", &mouse->wrap);
    state_bool(state, "reporting", &mouse->reporting);
    state_bool(state, "puzzled", &mouse->puzzled);
    state_bool(state, "testing", &mouse->testing);
    state_bool(state, "clock_high", &mouse->clock_high);
    state_bool(state, "real", &mouse->real);
    state_check(state, take_rate(mouse, rate), "rate out of range");
    state_check(state, mouse->resolution <= 3, "resolution out of range");
    state_check(state, mouse->queued <= MOUSE_QUEUE && mouse->sent <= mouse->queued && mouse->last_count <= MOUSE_QUEUE,
                "queue out of range");
    state_check(state, ((mouse->buttons | mouse->pressed | mouse->reported) & ~7) == 0, "buttons out of range");
}
