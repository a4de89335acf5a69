/* The game control adapter, after its section in IBM's Options and Adapters Technical Reference.
 *
 * Any write to port 201h starts four one-shots, whose outputs are bits 0-3 when the port is read. Each stays high for
 * 24.2 us and 0.011 us for every ohm of its axis's potentiometer (0 to 100 kilohms). Bits 4-7 are the buttons, low
 * while pressed. A one-shot that is running is not started again; one without a stick never ends. A reset does not
 * reach the adapter. Left out: what the decoding of ports 200h-207h makes of the seven others. */
#include "emu/dev/gameport.h"

#include "emu/state.h"

enum { PORT = 0x201, MIDDLE = 128, BUTTON_BITS = 0x0F };

/* 24.2 us and 0.011 us; the latter is 46.2 ticks. */
#define LEAST_TICKS    (242 * TICKS_PER_US / 10)
#define TEN_OHM_TICKS  462

static uint32_t port_read(void *ctx, uint16_t port_number, unsigned size)
{
    const struct gameport *port = ctx;
    uint8_t value = (uint8_t)((~port->buttons & BUTTON_BITS) << 4);

    (void)port_number;
    (void)size;
    for (unsigned i = 0; i < GAMEPORT_AXES; i++)
        if (port->config.clock->now < port->until[i])
            value |= (uint8_t)(1u << i);
    return value;
}

static void port_write(void *ctx, uint16_t port_number, uint32_t value, unsigned size)
{
    struct gameport *port = ctx;
    uint64_t now = port->config.clock->now;

    (void)port_number;
    (void)value;
    (void)size;
    for (unsigned i = 0; i < GAMEPORT_AXES; i++) {
        if (i >= 2 * port->config.sticks)
            port->until[i] = CLOCK_NEVER;
        else if (now >= port->until[i])
            port->until[i] = now + LEAST_TICKS + (uint64_t)port->ohms[i] * TEN_OHM_TICKS / 10;
    }
}

static const struct port_ops ops = { port_read, port_write };

static uint32_t ohms_at(uint8_t position)
{
    return (uint32_t)position * GAMEPORT_OHMS / 255;
}

void gameport_move(struct gameport *port, unsigned stick, uint8_t x, uint8_t y, uint8_t buttons)
{
    if (stick >= port->config.sticks || stick >= GAMEPORT_STICKS)
        return;
    port->ohms[2 * stick] = ohms_at(x);
    port->ohms[2 * stick + 1] = ohms_at(y);
    port->buttons = (uint8_t)((port->buttons & ~(3u << 2 * stick)) | (buttons & 3u) << 2 * stick);
}

void gameport_init(struct gameport *port, const struct gameport_config *config)
{
    *port = (struct gameport){ .config = *config };
    for (unsigned i = 0; i < GAMEPORT_STICKS; i++)
        gameport_move(port, i, MIDDLE, MIDDLE, 0);
    bus_map_ports(config->bus, PORT, 1, 1, &ops, port);
}

void gameport_visit(struct gameport *port, struct state *state)
{
    state_section(state, "gameport");
    for (unsigned i = 0; i < GAMEPORT_AXES; i++) {
        state_u32(state, "ohms", &port->ohms[i]);
        state_u64(state, "until", &port->until[i]);
        state_check(state, port->ohms[i] <= GAMEPORT_OHMS, "resistance out of range");
    }
    state_u8(state, "buttons", &port->buttons);
    state_check(state, port->buttons <= BUTTON_BITS, "buttons out of range");
}
