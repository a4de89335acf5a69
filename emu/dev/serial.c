/* The 16550A after National's data sheet (PC16550D), with the PC's 1.8432 MHz clock and the interrupt gated by OUT2.
 *
 * Characters take start, data, parity and stop bits at the divisor's rate, in both directions; the end of each
 * character of an unbroken run is computed from the run's beginning. A cycle of BAUDOUT is a sixteenth of a bit. Where
 * the data sheet has a range, its lower end is taken: the start bit begins 8 cycles after a write to an idle
 * transmitter (tIRS, 8 to 24), the holding register is empty 8 cycles after any start bit has begun (tSI, 16 to 24
 * after the write; tSTI, 8). In FIFO mode the interrupt for an empty FIFO that never held two bytes is put off by a
 * character less its stop bit, so that it cannot come twice for one byte; LSR shows the empty FIFO at once. TEMT comes
 * with the end of the last stop bit. A received byte is there one cycle after the middle of its first stop bit
 * (tSINT). Writing the divisor reloads the baud counter: what is left of a character goes on at the new rate.
 *
 * Each received character carries its errors, which LSR shows when it is the next one to be read; bit 7 tells of those
 * further behind. A break is one zero character with its framing error, and a parity error where zero has the wrong
 * parity. In loopback the outputs are inactive, OUT2 too: the PC's gate lets no interrupt through.
 *
 * The rate and format of what arrives are always those set here. Left out: the DMA mode pins, and the phase of the baud
 * counter at a write. The outside hears nothing during a break. */
#include "emu/dev/serial.h"

#include <stddef.h>
#include <string.h>

#include "emu/state.h"

enum { REG_DATA, REG_IER, REG_IIR_FCR, REG_LCR, REG_MCR, REG_LSR, REG_MSR, REG_SCRATCH };
enum { IER_RECEIVED = 0x01, IER_THRE = 0x02, IER_LINE = 0x04, IER_MODEM = 0x08, IER_BITS = 0x0F };
enum {
    IIR_MODEM = 0x00, IIR_NONE = 0x01, IIR_THRE = 0x02, IIR_RECEIVED = 0x04, IIR_LINE = 0x06, IIR_TIMEOUT = 0x0C,
    IIR_FIFO = 0xC0
};
enum { FCR_ENABLE = 0x01, FCR_CLEAR_RX = 0x02, FCR_CLEAR_TX = 0x04 };
enum {
    LCR_DATA_BITS = 0x03, LCR_STOP = 0x04, LCR_PARITY = 0x08, LCR_EVEN = 0x10, LCR_BREAK = 0x40, LCR_DLAB = 0x80
};
enum { MCR_DTR = 0x01, MCR_RTS = 0x02, MCR_OUT1 = 0x04, MCR_OUT2 = 0x08, MCR_LOOP = 0x10, MCR_BITS = 0x1F };
enum { LSR_READY = 0x01, LSR_OVERRUN = 0x02, LSR_THRE = 0x20, LSR_IDLE = 0x40, LSR_IN_FIFO = 0x80 };
enum { ERRORS = SERIAL_PARITY | SERIAL_FRAMING | SERIAL_BREAK };
enum { MSR_LINES = 0xF0, MSR_DELTA_RI = 0x04 };

#define CLOCK_HZ         1843200ull
#define FAST_CHARACTER   (2 * TICKS_PER_US)
#define DEFAULT_DIVISOR  12

enum { BIT_CYCLES = 16, START_CYCLES = 8, TAKEN_CYCLES = 8, SAMPLED_CYCLES = BIT_CYCLES / 2 + 1 };

struct names { const char *section, *taken, *transmitted, *emptied, *received, *timeout; };

static const struct names names[SERIAL_INSTANCES] = {
    { "serial0", "serial0.taken", "serial0.transmitted", "serial0.emptied", "serial0.received",
      "serial0.timeout" },
    { "serial1", "serial1.taken", "serial1.transmitted", "serial1.emptied", "serial1.received",
      "serial1.timeout" },
    { "serial2", "serial2.taken", "serial2.transmitted", "serial2.emptied", "serial2.received",
      "serial2.timeout" },
    { "serial3", "serial3.taken", "serial3.transmitted", "serial3.emptied", "serial3.received",
      "serial3.timeout" },
};

/* --- Time --- */

static uint32_t divisor(const struct serial *serial)
{
    return serial->divisor ? serial->divisor : 0x10000u;
}

/* Periods of the UART's clock for a number of cycles of BAUDOUT. */
static uint64_t units(const struct serial *serial, unsigned cycles)
{
    return (uint64_t)cycles * divisor(serial);
}

static unsigned cycles_to_stop(const struct serial *serial)
{
    return (1 + 5 + (serial->lcr & LCR_DATA_BITS) + (serial->lcr & LCR_PARITY ? 1 : 0)) * BIT_CYCLES;
}

static unsigned character_cycles(const struct serial *serial)
{
    unsigned cycles = cycles_to_stop(serial) + BIT_CYCLES;

    if (serial->lcr & LCR_STOP)
        cycles += serial->lcr & LCR_DATA_BITS ? BIT_CYCLES : BIT_CYCLES / 2;
    return cycles;
}

/* The data bits of a word. */
static uint8_t word_mask(const struct serial *serial)
{
    return (uint8_t)(0xFF >> (3 - (serial->lcr & LCR_DATA_BITS)));
}

static void at(struct serial *serial, struct event *event, uint64_t base, uint64_t periods)
{
    clock_schedule(serial->config.clock, event, base + clock_span(periods, CLOCK_HZ));
}

static void later(struct serial *serial, struct event *event, uint64_t ticks)
{
    clock_schedule(serial->config.clock, event, serial->config.clock->now + ticks);
}

/* --- FIFOs --- */

static unsigned depth(const struct serial *serial)
{
    return serial->fifo_enabled ? SERIAL_FIFO : 1;
}

static void fifo_clear(struct serial_fifo *fifo)
{
    fifo->head = fifo->count = 0;
}

static void fifo_put(struct serial_fifo *fifo, uint8_t byte)
{
    fifo->data[(fifo->head + fifo->count++) % SERIAL_FIFO] = byte;
}

static uint8_t fifo_get(struct serial_fifo *fifo)
{
    uint8_t byte = fifo->data[fifo->head];

    fifo->head = (fifo->head + 1) % SERIAL_FIFO;
    fifo->count--;
    return byte;
}

/* --- Interrupts --- */

/* The most urgent reason for an interrupt, as IIR shows it. */
static uint8_t identify(const struct serial *serial)
{
    if ((serial->ier & IER_LINE) && serial->lsr_errors)
        return IIR_LINE;
    if ((serial->ier & IER_RECEIVED) && serial->rx.count >= serial->trigger)
        return IIR_RECEIVED;
    if ((serial->ier & IER_RECEIVED) && serial->timeout_pending)
        return IIR_TIMEOUT;
    if ((serial->ier & IER_THRE) && serial->thre_pending)
        return IIR_THRE;
    if ((serial->ier & IER_MODEM) && (serial->msr & ~MSR_LINES))
        return IIR_MODEM;
    return IIR_NONE;
}

static void update_irq(struct serial *serial)
{
    bool gate = (serial->mcr & (MCR_OUT2 | MCR_LOOP)) == MCR_OUT2, level = gate && identify(serial) != IIR_NONE;

    if (level == serial->irq_level)
        return;
    serial->irq_level = level;
    line_set(&serial->config.irq, level);
}

/* The character timeout runs from the last byte put into or taken from a receive FIFO that is not empty. */
static void restart_timeout(struct serial *serial)
{
    serial->timeout_pending = false;
    if (!serial->fifo_enabled || !serial->rx.count)
        clock_cancel(serial->config.clock, &serial->timeout);
    else if (serial->real)
        at(serial, &serial->timeout, serial->config.clock->now, units(serial, 4 * character_cycles(serial)));
    else
        later(serial, &serial->timeout, 4 * FAST_CHARACTER);
}

static void timed_out(void *ctx, uint64_t late)
{
    struct serial *serial = ctx;

    (void)late;
    serial->timeout_pending = serial->rx.count != 0;
    update_irq(serial);
}

/* --- Receiver --- */

/* The errors of the character that is read next go to LSR, and stay there until that is read. */
static void reveal_errors(struct serial *serial)
{
    uint8_t *errors = &serial->rx_errors[serial->rx.head];

    if (serial->rx.count)
        serial->lsr_errors |= *errors;
    *errors = 0;
}

static void clear_receiver(struct serial *serial)
{
    fifo_clear(&serial->rx);
    memset(serial->rx_errors, 0, sizeof serial->rx_errors);
}

static void take_in(struct serial *serial, uint8_t byte, uint8_t errors)
{
    if (serial->rx.count == depth(serial)) {
        serial->lsr_errors |= LSR_OVERRUN;
        if (!serial->fifo_enabled)
            clear_receiver(serial);         /* the holding register is overwritten, a FIFO is not */
    }
    if (serial->rx.count < depth(serial)) {
        serial->rx_errors[(serial->rx.head + serial->rx.count) % SERIAL_FIFO] = errors;
        fifo_put(&serial->rx, byte);
        reveal_errors(serial);
    }
    restart_timeout(serial);
    update_irq(serial);
}

/* Of a line that stays low for a whole character. */
static uint8_t break_errors(const struct serial *serial)
{
    bool wrong_parity = (serial->lcr & LCR_PARITY) && !(serial->lcr & LCR_EVEN);    /* odd or mark: a one is missing */

    return SERIAL_BREAK | SERIAL_FRAMING | (wrong_parity ? SERIAL_PARITY : 0);
}

static void received(void *ctx, uint64_t late)
{
    struct serial *serial = ctx;
    bool is_break = serial->arriving_errors & SERIAL_BREAK;

    (void)late;
    serial->receiving = false;
    take_in(serial, is_break ? 0 : serial->arriving, is_break ? break_errors(serial) : serial->arriving_errors);
}

/* Puts the character behind the one before if that is still on the line, or begins a run. */
static void start_receiving(struct serial *serial)
{
    uint64_t now = serial->config.clock->now;

    if (!serial->rx_units || now > serial->rx_base + clock_span(serial->rx_units, CLOCK_HZ)) {
        serial->rx_base = now;
        serial->rx_units = 0;
    }
    at(serial, &serial->received, serial->rx_base,
       serial->rx_units + units(serial, cycles_to_stop(serial) + SAMPLED_CYCLES));
    serial->rx_units += units(serial, character_cycles(serial));
}

static void begin_to_receive(struct serial *serial, uint8_t byte, uint8_t errors)
{
    serial->receiving = true;
    serial->arriving = byte;
    serial->arriving_errors = errors & ERRORS;
    if (serial->real)
        start_receiving(serial);
    else
        later(serial, &serial->received, FAST_CHARACTER);
}

bool serial_receive(struct serial *serial, uint8_t byte)
{
    if (serial->receiving || serial->rx.count >= depth(serial) || (serial->mcr & MCR_LOOP))
        return false;
    /* Who waits would also wait for the port to be set up: nobody means the five bits to a word after a reset. */
    begin_to_receive(serial, serial->lcr ? byte & word_mask(serial) : byte, 0);
    return true;
}

bool serial_hear(struct serial *serial, uint8_t byte, uint8_t errors)
{
    if (serial->receiving)
        return false;
    if (!(serial->mcr & MCR_LOOP))
        begin_to_receive(serial, byte & word_mask(serial), errors);
    return true;
}

/* --- Transmitter --- */

/* The FIFO or holding register has become empty. */
static void report_empty(struct serial *serial)
{
    if (serial->real && serial->fifo_enabled && !serial->tx_pair)
        at(serial, &serial->emptied, serial->config.clock->now, units(serial, character_cycles(serial) - BIT_CYCLES));
    else
        serial->thre_pending = true;
    serial->tx_pair = false;
}

static void emptied(void *ctx, uint64_t late)
{
    struct serial *serial = ctx;

    (void)late;
    serial->thre_pending = true;
    update_irq(serial);
}

static void taken(void *ctx, uint64_t late)
{
    struct serial *serial = ctx;

    (void)late;
    if (!serial->tx.count)
        return;
    serial->shift = fifo_get(&serial->tx);
    if (!serial->tx.count)
        report_empty(serial);
    update_irq(serial);
}

/* Sends the next byte, if there is one. The run continues if the last character ended now. */
static void start_sending(struct serial *serial, bool continued)
{
    if (serial->sending || !serial->tx.count)
        return;
    serial->sending = true;
    if (!serial->real) {
        taken(serial, 0);
        later(serial, &serial->transmitted, FAST_CHARACTER);
        return;
    }
    if (!continued) {
        serial->tx_base = serial->config.clock->now;
        serial->tx_units = units(serial, START_CYCLES);
    }
    at(serial, &serial->taken, serial->tx_base, serial->tx_units + units(serial, TAKEN_CYCLES));
    serial->tx_units += units(serial, character_cycles(serial));
    at(serial, &serial->transmitted, serial->tx_base, serial->tx_units);
}

/* The character has left, unless a break held the line. */
static void deliver(struct serial *serial)
{
    uint8_t byte = serial->shift & word_mask(serial);

    if (serial->lcr & LCR_BREAK)
        return;
    if (serial->mcr & MCR_LOOP)
        take_in(serial, byte, 0);
    else if (serial->config.put)
        serial->config.put(serial->config.put_ctx, byte);
}

static void transmitted(void *ctx, uint64_t late)
{
    struct serial *serial = ctx;

    (void)late;
    if (!serial->sending)
        return;
    serial->sending = false;
    deliver(serial);
    start_sending(serial, serial->tx_units != 0);
    update_irq(serial);
}

static void clear_transmitter(struct serial *serial)
{
    serial->thre_pending |= serial->tx.count != 0;
    fifo_clear(&serial->tx);
    if (!event_armed(&serial->taken))
        return;
    clock_cancel(serial->config.clock, &serial->taken);     /* the byte of the start bit is gone with the others */
    clock_cancel(serial->config.clock, &serial->transmitted);
    serial->sending = false;
}

/* --- Modem lines --- */

/* What MSR's upper half shows: the lines from outside, or in loopback the outputs. */
static uint8_t modem_inputs(const struct serial *serial)
{
    uint8_t lines = 0;

    if (!(serial->mcr & MCR_LOOP))
        return serial->modem;
    if (serial->mcr & MCR_RTS)
        lines |= SERIAL_CTS;
    if (serial->mcr & MCR_DTR)
        lines |= SERIAL_DSR;
    if (serial->mcr & MCR_OUT1)
        lines |= SERIAL_RI;
    if (serial->mcr & MCR_OUT2)
        lines |= SERIAL_DCD;
    return lines;
}

/* Bits 0-3 collect changes; that of RI only the end of a ring. */
static void update_modem(struct serial *serial)
{
    uint8_t old = serial->msr & MSR_LINES, lines = modem_inputs(serial);
    uint8_t changed = (uint8_t)((old ^ lines) >> 4);

    if (lines & SERIAL_RI)
        changed &= (uint8_t)~MSR_DELTA_RI;
    serial->msr = (uint8_t)((serial->msr & ~MSR_LINES) | lines | changed);
    update_irq(serial);
}

void serial_set_modem(struct serial *serial, uint8_t lines)
{
    serial->modem = lines & MSR_LINES;
    update_modem(serial);
}

static void drive_outputs(const struct serial *serial)
{
    bool outside = !(serial->mcr & MCR_LOOP);

    line_set(&serial->config.dtr, outside && (serial->mcr & MCR_DTR));
    line_set(&serial->config.rts, outside && (serial->mcr & MCR_RTS));
}

/* --- Registers --- */

static void write_data(struct serial *serial, uint8_t value)
{
    if (serial->tx.count >= depth(serial)) {
        if (serial->fifo_enabled)
            return;
        fifo_clear(&serial->tx);        /* a holding register that was not empty is overwritten */
    }
    fifo_put(&serial->tx, value);
    serial->tx_pair |= serial->tx.count > 1;
    serial->thre_pending = false;
    clock_cancel(serial->config.clock, &serial->emptied);
    update_irq(serial);                 /* falls even if it rises again at once: the controller wants an edge */
    start_sending(serial, false);
    update_irq(serial);
}

/* The whole cycles of BAUDOUT at divisor OLD that EVENT still has to wait for begin again at the new one. Returns them
 * in periods of the UART's clock. */
static uint64_t change_rate(struct serial *serial, struct event *event, uint32_t old)
{
    uint64_t now = serial->config.clock->now;

    if (!event_armed(event) || event->due <= now)
        return 0;
    uint64_t left = clock_periods(event->due - now - 1, CLOCK_HZ) + 1;
    left = (left + old - 1) / old * divisor(serial);
    at(serial, event, now, left);
    return left;
}

static void write_divisor(struct serial *serial, bool high, uint8_t value)
{
    uint32_t old = divisor(serial);

    serial->divisor = (uint16_t)(high ? (serial->divisor & 0x00FF) | value << 8 : (serial->divisor & 0xFF00) | value);
    if (!serial->real)
        return;
    if (serial->sending && serial->tx_units) {
        change_rate(serial, &serial->taken, old);
        serial->tx_units = change_rate(serial, &serial->transmitted, old);
        serial->tx_base = serial->config.clock->now;
    }
    change_rate(serial, &serial->emptied, old);
    change_rate(serial, &serial->timeout, old);
}

static void write_ier(struct serial *serial, uint8_t value)
{
    bool enabled_thre = value & ~serial->ier & IER_THRE;

    serial->ier = value & IER_BITS;
    if (enabled_thre && !serial->tx.count)
        serial->thre_pending = true;
    update_irq(serial);
}

static void write_fcr(struct serial *serial, uint8_t value)
{
    static const uint8_t triggers[4] = { 1, 4, 8, 14 };
    bool enable = value & FCR_ENABLE, toggled = enable != serial->fifo_enabled;

    serial->fifo_enabled = enable;
    serial->trigger = enable ? triggers[value >> 6] : 1;
    if (toggled || (enable && (value & FCR_CLEAR_RX))) {
        clear_receiver(serial);
        restart_timeout(serial);
    }
    if (toggled || (enable && (value & FCR_CLEAR_TX)))
        clear_transmitter(serial);
    serial->tx_pair |= toggled;         /* the first interrupt after a change of mode is not put off */
    update_irq(serial);
}

static void write_lcr(struct serial *serial, uint8_t value)
{
    bool begin_break = value & ~serial->lcr & LCR_BREAK;

    serial->lcr = value;
    if (begin_break && (serial->mcr & MCR_LOOP) && !serial->receiving)
        begin_to_receive(serial, 0, SERIAL_BREAK);
}

static void port_write(void *ctx, uint16_t port, uint32_t value, unsigned size)
{
    struct serial *serial = ctx;
    unsigned reg = (unsigned)(port - serial->config.base);

    (void)size;
    if (reg <= REG_IER && (serial->lcr & LCR_DLAB)) {
        write_divisor(serial, reg == 1, (uint8_t)value);
        return;
    }
    switch (reg) {
    case REG_DATA:
        write_data(serial, (uint8_t)value);
        break;
    case REG_IER:
        write_ier(serial, (uint8_t)value);
        break;
    case REG_IIR_FCR:
        write_fcr(serial, (uint8_t)value);
        break;
    case REG_LCR:
        write_lcr(serial, (uint8_t)value);
        break;
    case REG_MCR:
        serial->mcr = value & MCR_BITS;
        drive_outputs(serial);
        update_modem(serial);
        break;
    case REG_SCRATCH:
        serial->scratch = (uint8_t)value;
        break;
    default:    /* LSR and MSR can be written for the factory's tests only */
        break;
    }
}

static uint8_t read_data(struct serial *serial)
{
    if (!serial->rx.count)
        return serial->rx.data[(serial->rx.head + SERIAL_FIFO - 1) % SERIAL_FIFO];      /* what was read last */
    uint8_t byte = fifo_get(&serial->rx);
    reveal_errors(serial);
    restart_timeout(serial);
    update_irq(serial);
    return byte;
}

uint8_t serial_iir(const struct serial *serial)
{
    return identify(serial) | (serial->fifo_enabled ? IIR_FIFO : 0);
}

static uint8_t read_iir(struct serial *serial)
{
    uint8_t value = serial_iir(serial);

    if (identify(serial) == IIR_THRE) {
        serial->thre_pending = false;
        update_irq(serial);
    }
    return value;
}

/* Is anything wrong with a character in the FIFO, also one further behind? */
static bool has_errors(const struct serial *serial)
{
    uint8_t errors = serial->lsr_errors & ERRORS;

    for (unsigned i = 0; i < SERIAL_FIFO; i++)
        errors |= serial->rx_errors[i];
    return serial->fifo_enabled && errors;
}

uint8_t serial_lsr(const struct serial *serial)
{
    uint8_t value = serial->lsr_errors;

    if (has_errors(serial))
        value |= LSR_IN_FIFO;
    if (serial->rx.count)
        value |= LSR_READY;
    if (!serial->tx.count)
        value |= LSR_THRE;
    if (!serial->tx.count && !serial->sending)
        value |= LSR_IDLE;
    return value;
}

static uint8_t read_lsr(struct serial *serial)
{
    uint8_t value = serial_lsr(serial);

    serial->lsr_errors = 0;
    update_irq(serial);
    return value;
}

static uint8_t read_msr(struct serial *serial)
{
    uint8_t value = serial->msr;

    serial->msr &= MSR_LINES;
    update_irq(serial);
    return value;
}

static uint32_t port_read(void *ctx, uint16_t port, unsigned size)
{
    struct serial *serial = ctx;
    unsigned reg = (unsigned)(port - serial->config.base);

    (void)size;
    if (reg <= REG_IER && (serial->lcr & LCR_DLAB))
        return reg ? serial->divisor >> 8 : serial->divisor & 0xFF;
    switch (reg) {
    case REG_DATA:
        return read_data(serial);
    case REG_IER:
        return serial->ier;
    case REG_IIR_FCR:
        return read_iir(serial);
    case REG_LCR:
        return serial->lcr;
    case REG_MCR:
        return serial->mcr;
    case REG_LSR:
        return read_lsr(serial);
    case REG_MSR:
        return read_msr(serial);
    default:
        return serial->scratch;
    }
}

static const struct port_ops ports = { port_read, port_write };

void serial_init(struct serial *serial, const struct serial_config *config)
{
    const struct names *name = &names[config->index];

    *serial = (struct serial){ .real = true, .divisor = DEFAULT_DIVISOR, .modem = SERIAL_CTS | SERIAL_DSR | SERIAL_DCD,
                               .config = *config };
    bus_map_ports(config->bus, config->base, 8, 1, &ports, serial);
    clock_register(config->clock, &serial->taken, name->taken, taken, serial);
    clock_register(config->clock, &serial->transmitted, name->transmitted, transmitted, serial);
    clock_register(config->clock, &serial->emptied, name->emptied, emptied, serial);
    clock_register(config->clock, &serial->received, name->received, received, serial);
    clock_register(config->clock, &serial->timeout, name->timeout, timed_out, serial);
    serial_reset(serial);
}

void serial_reset(struct serial *serial)
{
    struct event *const events[] = { &serial->taken, &serial->transmitted, &serial->emptied, &serial->received,
                                     &serial->timeout };

    for (unsigned i = 0; i < sizeof events / sizeof *events; i++)
        clock_cancel(serial->config.clock, events[i]);
    fifo_clear(&serial->tx);
    clear_receiver(serial);
    serial->ier = serial->lcr = serial->mcr = serial->lsr_errors = 0;
    serial->msr = serial->modem;
    serial->trigger = 1;
    serial->fifo_enabled = serial->thre_pending = serial->timeout_pending = false;
    serial->sending = serial->receiving = serial->tx_pair = false;
    serial->tx_units = serial->rx_units = 0;
    drive_outputs(serial);
    update_irq(serial);
}

void serial_set_real(struct serial *serial, bool real)
{
    if (serial->real == real)
        return;
    serial->real = real;
    serial->tx_units = serial->rx_units = 0;
}

static void visit_fifo(struct serial_fifo *fifo, const char *name, struct state *state)
{
    state_bytes(state, name, fifo->data, sizeof fifo->data);
    state_u8(state, "head", &fifo->head);
    state_u8(state, "count", &fifo->count);
    state_check(state, fifo->head < SERIAL_FIFO && fifo->count <= SERIAL_FIFO, "FIFO out of range");
}

void serial_visit(struct serial *serial, struct state *state)
{
    state_section(state, names[serial->config.index].section);
    state_u8(state, "ier", &serial->ier);
    state_u8(state, "lcr", &serial->lcr);
    state_u8(state, "mcr", &serial->mcr);
    state_u8(state, "scratch", &serial->scratch);
    state_u8(state, "lsr_errors", &serial->lsr_errors);
    state_u8(state, "modem", &serial->modem);
    state_u8(state, "msr", &serial->msr);
    state_u8(state, "trigger", &serial->trigger);
    state_u16(state, "divisor", &serial->divisor);
    state_bool(state, "fifo_enabled", &serial->fifo_enabled);
    state_bool(state, "thre_pending", &serial->thre_pending);
    state_bool(state, "timeout_pending", &serial->timeout_pending);
    state_bool(state, "sending", &serial->sending);
    state_bool(state, "receiving", &serial->receiving);
    state_bool(state, "tx_pair", &serial->tx_pair);
    state_bool(state, "irq_level", &serial->irq_level);
    state_bool(state, "real", &serial->real);
    state_u8(state, "shift", &serial->shift);
    state_u8(state, "arriving", &serial->arriving);
    state_u8(state, "arriving_errors", &serial->arriving_errors);
    visit_fifo(&serial->tx, "tx", state);
    visit_fifo(&serial->rx, "rx", state);
    state_bytes(state, "rx_errors", serial->rx_errors, sizeof serial->rx_errors);
    state_u64(state, "tx_base", &serial->tx_base);
    state_u64(state, "tx_units", &serial->tx_units);
    state_u64(state, "rx_base", &serial->rx_base);
    state_u64(state, "rx_units", &serial->rx_units);
    state_check(state, serial->trigger >= 1 && serial->trigger <= 14, "trigger out of range");
    state_check(state, serial->tx_base < 1ull << 62 && serial->tx_units < 1ull << 48 &&
                       serial->rx_base < 1ull << 62 && serial->rx_units < 1ull << 48, "time out of range");
}
