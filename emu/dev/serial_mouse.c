/* The Microsoft mouse's protocol, after the "Microsoft Mouse Programmer's Reference", appendix on the serial mouse:
 * 1200 baud, seven data bits, no parity, one stop bit.
 *
 * DTR and RTS together are its power. Some milliseconds after the later of them has risen it says 'M'. When it has
 * moved or a button has changed it sends three bytes:
 *
 *     1  left  right  y7 y6  x7 x6
 *     0  x5 x4 x3 x2 x1 x0
 *     0  y5 y4 y3 y2 y1 y0
 *
 * nine bits each at 1200 baud, so never more than 44 packets a second; what moves meanwhile goes into the next one. A
 * byte that the port does not hear, because its guest has not fetched the one before, is lost with the rest of its
 * packet. A button that was pressed and released within a packet is reported as pressed, then as released.
 *
 * Left out: what a guest sees that listens at another rate or with other bits, the third button and the wheel of later
 * mice, and Plug and Play's identification. */
#include "emu/dev/serial_mouse.h"

#include "emu/state.h"

enum { INTRODUCTION = 'M', FIRST = 0x40, FIRST_LEFT = 0x20, FIRST_RIGHT = 0x10, LOW_BITS = 0x3F };
enum { MOST_COUNTS = 127, LEAST_COUNTS = -128, FARTHEST = 1 << 20 };

#define BYTE_TICKS  (9 * TICKS_PER_SECOND / 1200)
#define POWER_TICKS (10 * TICKS_PER_MS)             /* chosen; drivers wait a tenth of a second */

static bool has_power(const struct serial_mouse *mouse)
{
    return mouse->line[SERIAL_MOUSE_DTR] && mouse->line[SERIAL_MOUSE_RTS];
}

static void later(struct serial_mouse *mouse, uint64_t ticks)
{
    clock_schedule(mouse->config.clock, &mouse->next, mouse->config.clock->now + ticks);
}

static bool has_moved(const struct serial_mouse *mouse)
{
    return mouse->x || mouse->y || (mouse->buttons | mouse->pressed) != mouse->reported;
}

static uint8_t take_axis(int32_t *way)
{
    int32_t counts = *way > MOST_COUNTS ? MOST_COUNTS : *way < LEAST_COUNTS ? LEAST_COUNTS : *way;

    *way -= counts;
    return (uint8_t)counts;
}

static void make_packet(struct serial_mouse *mouse)
{
    uint8_t x = take_axis(&mouse->x), y = take_axis(&mouse->y), buttons = mouse->buttons | mouse->pressed;

    mouse->reported = buttons;
    mouse->pressed = 0;
    mouse->packet[0] = (uint8_t)(FIRST | (y >> 6) << 2 | x >> 6);
    if (buttons & SERIAL_MOUSE_LEFT)
        mouse->packet[0] |= FIRST_LEFT;
    if (buttons & SERIAL_MOUSE_RIGHT)
        mouse->packet[0] |= FIRST_RIGHT;
    mouse->packet[1] = x & LOW_BITS;
    mouse->packet[2] = y & LOW_BITS;
    mouse->length = SERIAL_MOUSE_PACKET;
    mouse->sent = 0;
}

/* The line is free: the next byte of a packet, or a packet if there is something to tell. */
static void next(void *ctx, uint64_t late)
{
    struct serial_mouse *mouse = ctx;

    (void)late;
    if (!has_power(mouse))
        return;
    mouse->ready = true;
    if (mouse->sent >= mouse->length && has_moved(mouse))
        make_packet(mouse);
    if (mouse->sent >= mouse->length)
        return;
    if (!mouse->config.send(mouse->config.send_ctx, mouse->packet[mouse->sent++]))
        mouse->sent = mouse->length;
    later(mouse, BYTE_TICKS);
}

static void switch_off(struct serial_mouse *mouse)
{
    clock_cancel(mouse->config.clock, &mouse->next);
    mouse->ready = false;
    mouse->x = mouse->y = 0;
    mouse->length = mouse->sent = mouse->pressed = 0;
    mouse->reported = mouse->buttons;
}

static void switch_on(struct serial_mouse *mouse)
{
    mouse->packet[0] = INTRODUCTION;
    mouse->length = 1;
    mouse->sent = 0;
    later(mouse, POWER_TICKS);
}

void serial_mouse_set_line(void *ctx, unsigned number, bool level)
{
    struct serial_mouse *mouse = ctx;
    bool had_power = has_power(mouse);

    mouse->line[number] = level;
    if (had_power == has_power(mouse))
        return;
    switch_off(mouse);
    if (!had_power)
        switch_on(mouse);
}

static int32_t add_way(int32_t way, int32_t more)
{
    int64_t sum = (int64_t)way + more;

    return (int32_t)(sum > FARTHEST ? FARTHEST : sum < -FARTHEST ? -FARTHEST : sum);
}

void serial_mouse_move(struct serial_mouse *mouse, int dx, int dy, uint8_t buttons)
{
    buttons &= SERIAL_MOUSE_LEFT | SERIAL_MOUSE_RIGHT;
    mouse->pressed |= buttons & (uint8_t)~mouse->buttons;
    mouse->buttons = buttons;
    if (!mouse->ready) {
        mouse->pressed = 0;
        mouse->reported = buttons;
        return;
    }
    mouse->x = add_way(mouse->x, dx);
    mouse->y = add_way(mouse->y, dy);
    if (has_moved(mouse) && !event_armed(&mouse->next))
        later(mouse, 0);
}

bool serial_mouse_listens(const struct serial_mouse *mouse)
{
    return mouse->ready;
}

void serial_mouse_init(struct serial_mouse *mouse, const struct serial_mouse_config *config)
{
    *mouse = (struct serial_mouse){ .config = *config };
    clock_register(config->clock, &mouse->next, "serial_mouse.next", next, mouse);
}

void serial_mouse_reset(struct serial_mouse *mouse)
{
    switch_off(mouse);
    if (has_power(mouse))
        switch_on(mouse);
}

void serial_mouse_visit(struct serial_mouse *mouse, struct state *state)
{
    uint32_t x = (uint32_t)mouse->x, y = (uint32_t)mouse->y;

    state_section(state, "serial_mouse");
    state_u32(state, "x", &x);
    state_u32(state, "y", &y);
    mouse->x = (int32_t)x;
    mouse->y = (int32_t)y;
    state_u8(state, "buttons", &mouse->buttons);
    state_u8(state, "pressed", &mouse->pressed);
    state_u8(state, "reported", &mouse->reported);
    state_bytes(state, "packet", mouse->packet, sizeof mouse->packet);
    state_u8(state, "length", &mouse->length);
    state_u8(state, "sent", &mouse->sent);
    state_bool(state, "dtr", &mouse->line[SERIAL_MOUSE_DTR]);
    state_bool(state, "rts", &mouse->line[SERIAL_MOUSE_RTS]);
    state_bool(state, "ready", &mouse->ready);
    state_check(state, mouse->x >= -FARTHEST && mouse->x <= FARTHEST && mouse->y >= -FARTHEST && mouse->y <= FARTHEST,
                "way out of range");
    state_check(state, mouse->length <= SERIAL_MOUSE_PACKET && mouse->sent <= mouse->length, "packet out of range");
    state_check(state, ((mouse->buttons | mouse->pressed | mouse->reported) & ~3) == 0, "buttons out of range");
}
