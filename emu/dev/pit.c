/* The 8254 after Intel's data sheet (231164), and port 61h after the AT Technical Reference.
 *
 * Nothing ticks. A channel is a start (the number of the clock period at whose beginning the counter was loaded)
 * and the count it was loaded with; count and OUT follow from the period number of the moment at which they are asked
 * for. A count written while modes 2 and 3 run is taken over at the end of the (half) cycle, which settle() works out
 * afterwards. All three channels are read this way; only channel 0, whose OUT somebody listens to, has an event.
 *
 * A count of 1, which modes 2 and 3 do not allow, leaves OUT high. Left out: parity and channel check NMIs of port
 * 61h, which read as never having happened, and the half-clock differences of when a gate is sampled. Bit 7 of port
 * 61h is the XT's keyboard acknowledge; writing it does nothing on an AT. */
#include "emu/dev/pit.h"

#include "emu/state.h"

enum { PORT_CONTROL = 0x43, PORT_B = 0x61 };
enum { B_GATE2 = 0x01, B_WRITABLE = 0x0F, B_REFRESH = 0x10, B_OUT2 = 0x20 };
enum { STATUS_OUT = 0x80, STATUS_NULL = 0x40 };
enum { REFRESH_PERIODS = 18 };

#define NEVER UINT64_MAX

static uint64_t present(const struct pit *pit)
{
    return pit->config.clock->now / TICKS_PER_PIT;
}

static uint32_t modulus(const struct pit_channel *c)
{
    return c->bcd ? 10000 : 0x10000;
}

static uint32_t from_bcd(uint16_t v)
{
    return (v >> 12) * 1000u + (v >> 8 & 15) * 100u + (v >> 4 & 15) * 10u + (v & 15);
}

static uint16_t to_bcd(uint32_t v)
{
    return (uint16_t)(v / 1000 % 10 << 12 | v / 100 % 10 << 8 | v / 10 % 10 << 4 | v % 10);
}

/* Periods that a count value stands for, 1 .. modulus (a little more with digits that are not decimal). */
static uint32_t periods_of(const struct pit_channel *c, uint16_t reload)
{
    uint32_t n = c->bcd ? from_bcd(reload) : reload;

    return n ? n : modulus(c);
}

/* Periods since the start of counting; negative until the clock edge that loads the counter. */
static int64_t position(const struct pit_channel *c, uint64_t now)
{
    return (int64_t)(c->held ? c->position : now - c->start);
}

/* Periods for which OUT is high in mode 3. */
static uint32_t high_half(uint32_t n)
{
    return (n + 1) / 2;
}

static bool channel_out(const struct pit_channel *c, uint64_t now)
{
    if (!c->loaded)
        return c->mode != 0;
    int64_t at = position(c, now);
    if (at < 0)
        return c->before;
    uint32_t n = periods_of(c, c->active);
    switch (c->mode) {
    case 0:
    case 1:
        return at >= n;
    case 2:
        return c->held || n == 1 || at % n != n - 1;
    case 3:
        return c->held || at % n < high_half(n);
    default:
        return at != n;
    }
}

/* Mode 3 counts down by two, twice a cycle; an odd count is loaded less one and lasts a period longer in the high
 * half. */
static uint32_t square_count(uint32_t n, uint32_t at)
{
    uint32_t high = high_half(n);

    return (n & ~1u) - 2 * (at < high ? at : at - high);
}

static uint16_t channel_count(const struct pit_channel *c, uint64_t now)
{
    int64_t at = position(c, now);

    if (!c->loaded || at < 0)
        return c->frozen;
    uint32_t n = periods_of(c, c->active), m = modulus(c), value;
    if (c->mode == 2)
        value = n - (uint32_t)(at % n);
    else if (c->mode == 3)
        value = square_count(n, (uint32_t)(at % n));
    else
        value = n + m - (uint32_t)(at % m);
    return c->bcd ? to_bcd(value % m) : (uint16_t)value;
}

/* Takes over a count that was written during a cycle of mode 2 or 3 if that (half) cycle has ended by NOW. */
static void settle(struct pit_channel *c, uint64_t now)
{
    if (!c->pending || !c->loaded || c->held || (c->mode != 2 && c->mode != 3))
        return;
    uint32_t n = periods_of(c, c->active);
    uint64_t at = c->pending_since - c->start;
    uint64_t in_cycle = at % n, end = n;
    bool low_follows = c->mode == 3 && in_cycle < high_half(n);
    if (low_follows)
        end = high_half(n);
    uint64_t boundary = c->pending_since - in_cycle + end;
    if ((int64_t)(now - boundary) < 0)
        return;
    c->active = c->reload;
    c->start = low_follows ? boundary - high_half(periods_of(c, c->reload)) : boundary;
    c->pending = false;
}

/* The period in which OUT changes next after NOW, or NEVER. The channel is settled. */
static uint64_t next_change(const struct pit_channel *c, uint64_t now)
{
    if (!c->loaded || c->held)
        return NEVER;
    int64_t at = position(c, now);
    uint32_t n = periods_of(c, c->active);
    uint64_t end = c->start + n;
    switch (c->mode) {
    case 0:
        return at < n ? end : NEVER;
    case 1:
        return at < 0 && c->before ? c->start : at < n ? end : NEVER;
    case 2:
    case 3:
        if (n == 1)
            return c->pending ? now + 1 : NEVER;
        int64_t in_cycle = at < 0 ? at : at % n;
        int64_t first = c->mode == 2 ? n - 1 : high_half(n);
        return now + (uint64_t)((in_cycle < first ? first : n) - in_cycle);
    default:
        return at < n ? end : at == n ? now + 1 : NEVER;
    }
}

static void set_irq(struct pit *pit, bool level)
{
    if (level == pit->irq_level)
        return;
    pit->irq_level = level;
    line_set(&pit->config.irq, level);
}

static void update_irq(struct pit *pit)
{
    struct pit_channel *c = &pit->channel[0];
    uint64_t now = present(pit);

    settle(c, now);
    set_irq(pit, channel_out(c, now));
    uint64_t next = next_change(c, now);
    if (next == NEVER)
        clock_cancel(pit->config.clock, &pit->change);
    else
        clock_schedule(pit->config.clock, &pit->change, (next > now ? next : now + 1) * TICKS_PER_PIT);
}

/* The CPU may notice the event after OUT has changed once more (mode 2 is low for one period only): the edges that were
 * missed are made up for, two of them at most since more would change nothing at the interrupt controller. */
static void change(void *ctx, uint64_t late)
{
    struct pit *pit = ctx;
    struct pit_channel *c = &pit->channel[0];
    uint64_t now = present(pit), then = (pit->config.clock->now - late) / TICKS_PER_PIT;

    for (int i = 0; i < 2 && then < now; i++) {
        settle(c, then);
        set_irq(pit, channel_out(c, then));
        then = next_change(c, then);
    }
    update_irq(pit);
}

/* Loads the counter at the next clock edge. */
static void begin(struct pit_channel *c, uint64_t now)
{
    c->frozen = channel_count(c, now);
    c->before = c->mode == 1 ? channel_out(c, now) : c->mode != 0;
    c->active = c->reload;
    c->start = now + 1;
    c->position = 0;
    c->held = !c->gate && c->mode != 1 && c->mode != 5;
    c->loaded = true;
    c->pending = false;
}

static void set_count(struct pit_channel *c, uint16_t value, uint64_t now)
{
    settle(c, now);
    c->reload = value;
    if (c->mode == 0 || c->mode == 4) {
        begin(c, now);
    } else if (c->mode == 1 || c->mode == 5) {
        c->pending = true;
    } else if (!c->loaded) {
        begin(c, now);
    } else if (position(c, now) < 0) {
        c->active = value;
    } else {
        c->pending = true;
        c->pending_since = now;
    }
}

static void write_count(struct pit_channel *c, uint8_t value, uint64_t now)
{
    switch (c->access) {
    case PIT_ACCESS_LOW:
        set_count(c, value, now);
        break;
    case PIT_ACCESS_HIGH:
        set_count(c, (uint16_t)(value << 8), now);
        break;
    default:
        c->write_high = !c->write_high;
        if (!c->write_high) {
            set_count(c, (uint16_t)(value << 8 | c->low), now);
            break;
        }
        c->low = value;
        if (c->mode == 0) { /* the first byte stops the counter and clears OUT */
            c->frozen = channel_count(c, now);
            c->loaded = false;
        }
        break;
    }
}

static void write_control(struct pit_channel *c, uint8_t value, uint64_t now)
{
    unsigned mode = value >> 1 & 7;
    uint16_t frozen = channel_count(c, now);

    *c = (struct pit_channel){ .mode = (uint8_t)(mode > 5 ? mode - 4 : mode), .access = value >> 4 & 3,
                               .bcd = value & 1, .gate = c->gate, .frozen = frozen };
}

static void latch_count(struct pit_channel *c, uint64_t now)
{
    if (c->count_latched)
        return;
    settle(c, now);
    c->latch = channel_count(c, now);
    c->count_latched = true;
}

static void latch_status(struct pit_channel *c, uint64_t now)
{
    if (c->status_latched)
        return;
    settle(c, now);
    bool null = !c->loaded || c->pending || position(c, now) < 0;
    c->status = (uint8_t)((channel_out(c, now) ? STATUS_OUT : 0) | (null ? STATUS_NULL : 0) | c->access << 4 |
                          c->mode << 1 | c->bcd);
    c->status_latched = true;
}

static void read_back(struct pit *pit, uint8_t value)
{
    for (int i = 0; i < 3; i++) {
        if (!(value & 2 << i))
            continue;
        if (!(value & 0x20))
            latch_count(&pit->channel[i], present(pit));
        if (!(value & 0x10))
            latch_status(&pit->channel[i], present(pit));
    }
}

static void timer_write(void *ctx, uint16_t port, uint32_t value, unsigned size)
{
    struct pit *pit = ctx;
    uint64_t now = present(pit);
    unsigned ch = port == PORT_CONTROL ? value >> 6 : port & 3u;

    (void)size;
    if (ch == 3) {
        read_back(pit, (uint8_t)value);
        return;
    }
    struct pit_channel *c = &pit->channel[ch];
    if (port != PORT_CONTROL) {
        write_count(c, (uint8_t)value, now);
    } else if (value & 0x30) {
        write_control(c, (uint8_t)value, now);
    } else {
        latch_count(c, now);
        return;
    }
    if (ch == 0)
        update_irq(pit);
}

static uint32_t timer_read(void *ctx, uint16_t port, unsigned size)
{
    struct pit *pit = ctx;

    (void)size;
    if (port == PORT_CONTROL)
        return 0xFF;
    struct pit_channel *c = &pit->channel[port & 3];
    if (c->status_latched) {
        c->status_latched = false;
        return c->status;
    }
    settle(c, present(pit));
    uint16_t value = c->count_latched ? c->latch : channel_count(c, present(pit));
    bool high = c->access == PIT_ACCESS_HIGH || (c->access == PIT_ACCESS_BOTH && c->read_high);
    if (c->access == PIT_ACCESS_BOTH)
        c->read_high = !c->read_high;
    if (high || c->access == PIT_ACCESS_LOW)
        c->count_latched = false;
    return high ? value >> 8 : value & 0xFF;
}

static void set_gate(struct pit_channel *c, bool level, uint64_t now)
{
    bool triggered = c->mode == 1 || c->mode == 5;

    if (level == c->gate)
        return;
    settle(c, now);
    c->gate = level;
    if (triggered) {
        if (level && (c->loaded || c->pending))
            begin(c, now);
    } else if (!c->loaded) {
        return;
    } else if (!level) {
        int64_t at = position(c, now);
        c->position = at < 0 ? 0 : (uint64_t)at;
        c->held = true;
    } else if (c->mode == 0 || c->mode == 4) {
        c->start = now - c->position;
        c->held = false;
    } else {
        begin(c, now);
    }
}

/* Refresh toggles bit 4 with each cycle of channel 1. */
static bool refresh_toggle(const struct pit *pit)
{
    const struct pit_channel *c = &pit->channel[1];
    int64_t at = position(c, present(pit));

    if (!c->loaded || at < 0 || (c->mode != 2 && c->mode != 3))
        return false;
    return at / periods_of(c, c->active) & 1;
}

static uint32_t port_b_read(void *ctx, uint16_t port, unsigned size)
{
    struct pit *pit = ctx;

    (void)port;
    (void)size;
    settle(&pit->channel[1], present(pit));
    return pit->control | (refresh_toggle(pit) ? B_REFRESH : 0u) | (pit_out(pit, 2) ? B_OUT2 : 0u);
}

static void port_b_write(void *ctx, uint16_t port, uint32_t value, unsigned size)
{
    struct pit *pit = ctx;

    (void)port;
    (void)size;
    pit->control = value & B_WRITABLE;
    set_gate(&pit->channel[2], value & B_GATE2, present(pit));
}

uint16_t pit_count(const struct pit *pit, unsigned ch)
{
    struct pit_channel copy = pit->channel[ch];

    settle(&copy, present(pit));
    return channel_count(&copy, present(pit));
}

bool pit_out(const struct pit *pit, unsigned ch)
{
    struct pit_channel copy = pit->channel[ch];

    settle(&copy, present(pit));
    return channel_out(&copy, present(pit));
}

static const struct port_ops timer_ports = { timer_read, timer_write };
static const struct port_ops port_b_ports = { port_b_read, port_b_write };

void pit_init(struct pit *pit, const struct pit_config *config)
{
    *pit = (struct pit){ .config = *config };
    bus_map_ports(config->bus, 0x40, 4, 1, &timer_ports, pit);
    bus_map_ports(config->bus, PORT_B, 1, 1, &port_b_ports, pit);
    clock_register(config->clock, &pit->change, "pit.change", change, pit);
    pit_reset(pit);
}

void pit_reset(struct pit *pit)
{
    uint64_t now = present(pit);

    for (int i = 0; i < 3; i++)
        pit->channel[i] = (struct pit_channel){ .mode = 3, .access = PIT_ACCESS_BOTH, .gate = i != 2 };
    pit->channel[1].mode = 2;
    pit->channel[1].access = PIT_ACCESS_LOW;
    set_count(&pit->channel[1], REFRESH_PERIODS, now);
    pit->control = 0;
    update_irq(pit);
}

/* Distances in time stay far from overflow, whatever a file says. */
static bool sane_period(uint64_t period)
{
    return period + 0x20000 < (1ull << 52);
}

static void visit_channel(struct pit_channel *c, struct state *state)
{
    state_u8(state, "mode", &c->mode);
    state_u8(state, "access", &c->access);
    state_bool(state, "bcd", &c->bcd);
    state_bool(state, "gate", &c->gate);
    state_bool(state, "loaded", &c->loaded);
    state_bool(state, "held", &c->held);
    state_bool(state, "before", &c->before);
    state_bool(state, "pending", &c->pending);
    state_bool(state, "write_high", &c->write_high);
    state_bool(state, "read_high", &c->read_high);
    state_bool(state, "count_latched", &c->count_latched);
    state_bool(state, "status_latched", &c->status_latched);
    state_u8(state, "status", &c->status);
    state_u8(state, "low", &c->low);
    state_u16(state, "reload", &c->reload);
    state_u16(state, "active", &c->active);
    state_u16(state, "frozen", &c->frozen);
    state_u16(state, "latch", &c->latch);
    state_u64(state, "start", &c->start);
    state_u64(state, "pending_since", &c->pending_since);
    state_u64(state, "position", &c->position);
    state_check(state, c->mode <= 5, "mode out of range");
    state_check(state, c->access >= PIT_ACCESS_LOW && c->access <= PIT_ACCESS_BOTH, "access out of range");
    state_check(state, sane_period(c->start) && sane_period(c->pending_since) && sane_period(c->position),
                "time out of range");
}

void pit_visit(struct pit *pit, struct state *state)
{
    state_section(state, "pit");
    for (int i = 0; i < 3; i++)
        visit_channel(&pit->channel[i], state);
    state_u8(state, "control", &pit->control);
    state_bool(state, "irq_level", &pit->irq_level);
    state_check(state, pit->control <= B_WRITABLE, "port 61h out of range");
}
