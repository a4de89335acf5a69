/* The parallel port of the AT's adapter (data, status, control) and the simplest of printers: on the strobe it takes
 * the byte, is busy for a moment, and answers with a pulse on -ACK whose end is the interrupt.
 *
 * The interrupt stays asserted until the next strobe or until it is disabled. When -INIT falls the printer forgets what
 * it was doing, and is busy until it rises; that it is low from power-on does not count, so that those can print who
 * never touch it. With -AUTO FD the printer makes a line feed of its own behind each carriage return. -SLCT IN does
 * nothing, as a switch in most printers has it. Left out: the bidirectional, EPP and ECP modes, and everything a
 * printer may have to say about paper: it is always selected, never out of it. */
#include "emu/dev/parallel.h"

#include "emu/state.h"

enum {
    CONTROL_STROBE = 0x01, CONTROL_AUTO_FEED = 0x02, CONTROL_NOT_INIT = 0x04, CONTROL_IRQ = 0x10,
    CONTROL_WRITABLE = 0x1F, CONTROL_UNUSED = 0xE0
};
enum {
    STATUS_READY = 0x80, STATUS_NOT_ACK = 0x40, STATUS_SELECTED = 0x10, STATUS_NO_ERROR = 0x08, STATUS_UNUSED = 0x07
};

/* A dot matrix printer's buffer takes a byte in some tens of microseconds. */
#define BUSY_TICKS      (40 * TICKS_PER_US)
#define FAST_BUSY_TICKS (2 * TICKS_PER_US)
#define ACK_TICKS       (10 * TICKS_PER_US)
#define FAST_ACK_TICKS  (1 * TICKS_PER_US)

static const char *const sections[PARALLEL_INSTANCES] = { "parallel0", "parallel1", "parallel2" };
static const char *const event_names[PARALLEL_INSTANCES] = { "parallel0.next", "parallel1.next", "parallel2.next" };

/* Only changes are driven: two ports may share a line. */
static void update_irq(struct parallel *port)
{
    bool level = port->acknowledged && (port->control & CONTROL_IRQ);

    if (level == port->irq_level)
        return;
    port->irq_level = level;
    line_set(&port->config.irq, level);
}

static void enter(struct parallel *port, enum parallel_phase phase, uint64_t ticks)
{
    port->phase = (uint8_t)phase;
    clock_schedule(port->config.clock, &port->next, port->config.clock->now + ticks);
}

static void print(struct parallel *port, uint8_t byte)
{
    if (port->config.put)
        port->config.put(port->config.put_ctx, byte);
}

static void strobe(struct parallel *port)
{
    if (port->phase != PARALLEL_IDLE)
        return;     /* a busy printer does not look */
    print(port, port->data);
    if (port->data == '\r' && (port->control & CONTROL_AUTO_FEED))
        print(port, '\n');
    port->acknowledged = false;
    enter(port, PARALLEL_BUSY, port->real ? BUSY_TICKS : FAST_BUSY_TICKS);
}

static void next(void *ctx, uint64_t late)
{
    struct parallel *port = ctx;

    (void)late;
    if (port->phase == PARALLEL_BUSY) {
        enter(port, PARALLEL_ACK, port->real ? ACK_TICKS : FAST_ACK_TICKS);
    } else {
        port->phase = PARALLEL_IDLE;
        port->acknowledged = port->control & CONTROL_IRQ;
        update_irq(port);
    }
}

uint8_t parallel_status(const struct parallel *port)
{
    uint8_t value = STATUS_SELECTED | STATUS_NO_ERROR | STATUS_UNUSED;

    if (port->phase == PARALLEL_IDLE)
        value |= STATUS_READY;
    if (port->phase != PARALLEL_ACK)
        value |= STATUS_NOT_ACK;
    return value;
}

static uint32_t port_read(void *ctx, uint16_t number, unsigned size)
{
    const struct parallel *port = ctx;

    (void)size;
    switch (number - port->config.base) {
    case 0:
        return port->data;
    case 1:
        return parallel_status(port);
    default:
        return port->control | CONTROL_UNUSED;
    }
}

static void write_control(struct parallel *port, uint8_t value)
{
    uint8_t set = value & ~port->control, cleared = port->control & ~value;

    port->control = value;
    if (cleared & CONTROL_NOT_INIT) {
        clock_cancel(port->config.clock, &port->next);
        port->phase = PARALLEL_INIT;
    } else if ((set & CONTROL_NOT_INIT) && port->phase == PARALLEL_INIT) {
        port->phase = PARALLEL_IDLE;
    }
    if (set & CONTROL_STROBE)
        strobe(port);
    if (!(value & CONTROL_IRQ))
        port->acknowledged = false;
    update_irq(port);
}

static void port_write(void *ctx, uint16_t number, uint32_t value, unsigned size)
{
    struct parallel *port = ctx;
    unsigned reg = (unsigned)(number - port->config.base);

    (void)size;
    if (reg == 0) {
        port->data = (uint8_t)value;
    } else if (reg == 2) {
        write_control(port, value & CONTROL_WRITABLE);
    }
}

static const struct port_ops ports = { port_read, port_write };

void parallel_init(struct parallel *port, const struct parallel_config *config)
{
    *port = (struct parallel){ .real = true, .config = *config };
    bus_map_ports(config->bus, config->base, 3, 1, &ports, port);
    clock_register(config->clock, &port->next, event_names[config->index], next, port);
    parallel_reset(port);
}

void parallel_reset(struct parallel *port)
{
    port->data = port->control = 0;
    port->phase = PARALLEL_IDLE;
    port->acknowledged = false;
    clock_cancel(port->config.clock, &port->next);
    update_irq(port);
}

void parallel_set_real(struct parallel *port, bool real)
{
    port->real = real;
}

void parallel_visit(struct parallel *port, struct state *state)
{
    state_section(state, sections[port->config.index]);
    state_u8(state, "data", &port->data);
    state_u8(state, "control", &port->control);
    state_u8(state, "phase", &port->phase);
    state_bool(state, "acknowledged", &port->acknowledged);
    state_bool(state, "irq_level", &port->irq_level);
    state_bool(state, "real", &port->real);
    state_check(state, port->control <= CONTROL_WRITABLE, "control out of range");
    state_check(state, port->phase <= PARALLEL_INIT, "phase out of range");
}
