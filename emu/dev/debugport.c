/* The debug console at E9h and the debug-exit port. Reading E9h gives E9h, by which guests detect it (as in Bochs);
 * the exit port reads as ones. */
#include "emu/dev/debugport.h"

enum { DEBUG_CONSOLE = 0xE9 };

static uint32_t console_read(void *ctx, uint16_t number, unsigned size)
{
    (void)ctx;
    (void)number;
    (void)size;
    return DEBUG_CONSOLE;
}

static void console_write(void *ctx, uint16_t number, uint32_t value, unsigned size)
{
    const struct debugport *port = ctx;

    (void)number;
    (void)size;
    port->put(port->put_ctx, (uint8_t)value);
}

static uint32_t exit_read(void *ctx, uint16_t number, unsigned size)
{
    (void)ctx;
    (void)number;
    (void)size;
    return 0xFF;
}

static void exit_write(void *ctx, uint16_t number, uint32_t value, unsigned size)
{
    const struct debugport *port = ctx;

    (void)number;
    (void)size;
    port->exit(port->exit_ctx, (uint8_t)value);
}

static const struct port_ops console_ports = { console_read, console_write };
static const struct port_ops exit_ports = { exit_read, exit_write };

void debugport_init(struct debugport *port, const struct debugport *config)
{
    *port = *config;
    if (port->put)
        bus_map_ports(port->bus, DEBUG_CONSOLE, 1, 1, &console_ports, port);
    if (port->exit_port && port->exit)
        bus_map_ports(port->bus, port->exit_port, 1, 1, &exit_ports, port);
}
