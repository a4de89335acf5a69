/* Port 92h after IBM's PS/2 hardware interface reference: bit 0 resets the CPU when it goes from 0 to 1, bit 1 opens
 * A20, bit 3 locks the security bytes of the CMOS, bits 6 and 7 light the disk lamp. The lock and the lamp are stored
 * and have no effect; bit 4, the watchdog, reads as zero. */
#include "emu/dev/sysport.h"

#include "emu/state.h"

enum { RESET = 0x01, A20 = 0x02, STORED = 0xCB };

static uint32_t port_read(void *ctx, uint16_t number, unsigned size)
{
    const struct sysport *port = ctx;

    (void)number;
    (void)size;
    return port->value;
}

static void port_write(void *ctx, uint16_t number, uint32_t value, unsigned size)
{
    struct sysport *port = ctx;
    uint8_t old = port->value;

    (void)number;
    (void)size;
    port->value = (uint8_t)value & STORED;
    uint8_t changed = old ^ port->value;
    if (changed & A20)
        line_set(&port->config.a20, port->value & A20);
    if (changed & port->value & RESET) {
        line_set(&port->config.reset, true);
        line_set(&port->config.reset, false);
    }
}

static const struct port_ops ports = { port_read, port_write };

void sysport_init(struct sysport *port, const struct sysport_config *config)
{
    *port = (struct sysport){ .config = *config };
    bus_map_ports(config->bus, 0x92, 1, 1, &ports, port);
    sysport_reset(port);
}

void sysport_reset(struct sysport *port)
{
    port->value = 0;
    line_set(&port->config.a20, false);
}

void sysport_visit(struct sysport *port, struct state *state)
{
    state_section(state, "sysport");
    state_u8(state, "value", &port->value);
    state_check(state, (port->value & ~STORED) == 0, "bits that the port does not have");
}
