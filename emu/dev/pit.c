/* The 8254 after Intel's data sheet (231164), and port 61h after the AT Technical Reference.
 *
 * Nothing ticks. A channel is a start (the number of the clock period at whose beginning the counter was loaded)
 * and the count it was loaded with; count and OUT follow from the period number of the moment at which they are asked
 * for. What is to happen at a later clock edge (a count that is loaded, a gate that is sampled) is written down with
 * the number of that edge and worked out afterwards by settle(). All three channels are read this way; only channel 0,
 * whose OUT somebody listens to and whose gate is tied high, has an event.
 *
 * Counters are loaded and count on falling edges of CLK; GATE is sampled on rising edges, in the middle of the period.
 * An input that comes later than its set-up time before an edge is seen by the next one.
 *
 * A count of 1, which modes 2 and 3 do not allow, leaves OUT high. Left out: parity and channel check NMIs of port
 * 61h, which read as never having happened, and the delays from an edge to OUT, for which the data sheet has upper
 * limits only (150 ns). Bit 7 of port 61h is the XT's keyboard acknowledge; writing it does nothing on an AT. */
#include "emu/dev/pit.h"

#include "emu/probe.h"
#include "emu/state.h"

enum { PORT_CONTROL = 0x43, PORT_B = 0x61 };
enum { B_GATE2 = 0x01, B_SPEAKER = 0x02, B_WRITABLE = 0x0F, B_REFRESH = 0x10, B_OUT2 = 0x20 };
enum { STATUS_OUT = 0x80, STATUS_NULL = 0x40, STATUS_MODE = 0x3F };
enum { REFRESH_PERIODS = 18 };

#define NEVER UINT64_MAX

/* The data sheet has a range for the first (tWC, 0 to 55 ns) and a minimum for the second (tGS): at the ends taken
 * here the edge surely sees the input. The board's 14.318 MHz / 12 is a square wave. */
#define COUNT_SETUP (TICKS_PER_US * 55 / 1000)
#define GATE_SETUP  (TICKS_PER_US * 50 / 1000)
#define CLK_RISE    (TICKS_PER_PIT / 2)

static uint64_t present(const struct pit *pit)
{
    return pit->config.clock->now / TICKS_PER_PIT;
}

/* The first falling edge that sees a count written now. */
static uint64_t count_edge(const struct pit *pit)
{
    return (pit->config.clock->now + COUNT_SETUP) / TICKS_PER_PIT + 1;
}

/* The period in whose middle a gate that changes now is sampled first. */
static uint64_t gate_sample(const struct pit *pit)
{
    return (pit->config.clock->now + GATE_SETUP + CLK_RISE) / TICKS_PER_PIT;
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

/* Periods since the counter was loaded, as far as the gate let it count. */
static uint64_t position(const struct pit_channel *c, uint64_t now)
{
    uint64_t at = now - c->start;

    return c->held && at > c->position ? c->position : at;
}

/* Periods for which OUT is high in mode 3. */
static uint32_t high_half(uint32_t n)
{
    return (n + 1) / 2;
}

/* Modes 4 and 5: OUT is low for one period, even if the gate stops the counter in it. */
static bool strobes(const struct pit_channel *c, uint64_t now, uint32_t n)
{
    bool over = c->strobed || (c->held && now - c->start > n);

    return position(c, now) == n && !over;
}

static bool channel_out(const struct pit_channel *c, uint64_t now)
{
    if (!c->loaded)
        return c->mode != 0;
    uint64_t at = position(c, now);
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
        return !strobes(c, now, n);
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
    if (!c->loaded)
        return c->frozen;
    uint64_t at = position(c, now);
    uint32_t n = periods_of(c, c->active), m = modulus(c), value;
    if (c->mode == 2)
        value = n - (uint32_t)(at % n);
    else if (c->mode == 3)
        value = square_count(n, (uint32_t)(at % n));
    else
        value = n + m - (uint32_t)(at % m);
    return c->bcd ? to_bcd(value % m) : (uint16_t)value;
}

static bool is_periodic(const struct pit_channel *c)
{
    return c->mode == 2 || c->mode == 3;
}

/* Modes 2 and 3: the end of the (half) cycle at which a written count is taken over, or NEVER. */
static uint64_t cycle_end(const struct pit_channel *c, bool *low_follows)
{
    *low_follows = false;
    if (!c->pending || !c->loaded || !is_periodic(c))
        return NEVER;
    uint32_t n = periods_of(c, c->active);
    uint64_t in_cycle = (c->pending_edge - c->start - 1) % n + 1;
    *low_follows = c->mode == 3 && in_cycle <= high_half(n);
    uint64_t end = c->pending_edge - in_cycle + (*low_follows ? high_half(n) : n);
    return c->held && end - c->start > c->position ? NEVER : end;
}

static void take_over(struct pit_channel *c, uint64_t start)
{
    c->active = c->reload;
    c->start = start;
    c->loaded = true;
    c->strobed = c->pending = false;
}

/* Loads the counter at EDGE; without a count that EDGE sees, the former one again, or none. */
static void load(struct pit_channel *c, uint64_t edge)
{
    if (c->pending && c->pending_edge <= edge)
        take_over(c, edge);
    else if (c->loaded)
        c->start = edge;
    c->position = 0;
}

static void load_by_count(struct pit_channel *c, uint64_t now)
{
    if (c->load_at > now)
        return;
    load(c, c->load_at);
    c->load_at = NEVER;
}

static void load_by_trigger(struct pit_channel *c, uint64_t now)
{
    while (c->trigger_at <= now) {
        load(c, c->trigger_at);
        c->trigger_at = c->trigger_again ? c->trigger_at + 1 : NEVER;
        c->trigger_again = false;
    }
}

static void resume(struct pit_channel *c)
{
    uint64_t start = c->resume_at - c->position;

    if ((int64_t)(start - c->start) > 0) {
        c->strobed |= c->position == periods_of(c, c->active);
        c->start = start;
    }
    c->held = false;
    c->resume_at = NEVER;
}

/* Takes over the count that was written if the cycle ends by NOW and before a trigger. */
static void end_cycle(struct pit_channel *c, uint64_t now)
{
    bool low_follows;
    uint64_t end = cycle_end(c, &low_follows), stops = c->start + c->position;

    if (end > now || end >= c->trigger_at)
        return;
    take_over(c, low_follows ? end - high_half(periods_of(c, c->reload)) : end);
    if (c->held)
        c->position = stops - c->start;
}

/* Works out what has happened at clock edges up to NOW, in their order. */
static void settle(struct pit_channel *c, uint64_t now)
{
    end_cycle(c, now);
    load_by_count(c, c->trigger_at < now ? c->trigger_at : now);
    load_by_trigger(c, now);
    load_by_count(c, now);
    if (c->held && c->resume_at <= now)
        resume(c);
    end_cycle(c, now);
}

/* The period in which OUT of a settled running channel changes next by itself after NOW, or NEVER. */
static uint64_t next_edge(const struct pit_channel *c, uint64_t now)
{
    uint64_t at = position(c, now);
    uint32_t n = periods_of(c, c->active);

    if (c->held)
        return NEVER;
    if (!is_periodic(c))
        return at < n ? c->start + n : at == n && c->mode >= 4 ? now + 1 : NEVER;
    if (n == 1)
        return NEVER;
    uint32_t in_cycle = (uint32_t)(at % n), first = c->mode == 2 ? n - 1 : high_half(n);
    return now + (in_cycle < first ? first : n) - in_cycle;
}

/* The period after NOW in which OUT may change or a count is taken over, or NEVER. The channel is settled and no gate
 * triggers it. */
static uint64_t next_change(const struct pit_channel *c, uint64_t now)
{
    bool low_follows;
    uint64_t next = c->loaded ? next_edge(c, now) : NEVER, end = cycle_end(c, &low_follows);

    if (end < next)
        next = end;
    return c->load_at < next ? c->load_at : next;
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

/* Stops the counter where it is and makes OUT what the mode begins with, until a count is loaded. */
static void stop(struct pit_channel *c, uint64_t now)
{
    c->frozen = channel_count(c, now);
    c->loaded = false;
    c->load_at = NEVER;
}

/* EDGE: the first clock edge that sees the write. */
static void set_count(struct pit_channel *c, uint16_t value, uint64_t now, uint64_t edge)
{
    if (c->mode == 0)
        stop(c, now);
    c->reload = value;
    c->pending = true;
    c->pending_edge = edge;
    if (c->mode == 0 || c->mode == 4 || (is_periodic(c) && !c->loaded))
        c->load_at = edge;
}

static void write_count(struct pit_channel *c, uint8_t value, uint64_t now, uint64_t edge)
{
    settle(c, now);
    if (c->access == PIT_ACCESS_LOW) {
        set_count(c, value, now, edge);
    } else if (c->access == PIT_ACCESS_HIGH) {
        set_count(c, (uint16_t)(value << 8), now, edge);
    } else if (c->write_high) {
        c->write_high = false;
        set_count(c, (uint16_t)(value << 8 | c->low), now, edge);
    } else {
        c->write_high = true;
        c->low = value;
        if (c->mode == 0)   /* the first byte stops the counter and clears OUT */
            stop(c, now);
    }
}

/* CONTROL: a control word; the number of the channel in it does not matter. Modes 6 and 7 are 2 and 3. */
static struct pit_channel channel_in_mode(uint8_t control, bool gate)
{
    unsigned mode = control >> 1 & 7;

    if (mode > 5)
        mode -= 4;
    return (struct pit_channel){ .programmed = control & STATUS_MODE, .mode = (uint8_t)mode,
                                 .access = control >> 4 & 3, .bcd = control & 1, .gate = gate,
                                 .held = !gate && mode != 1 && mode != 5, .load_at = NEVER,
                                 .trigger_at = NEVER, .resume_at = NEVER };
}

static void write_control(struct pit_channel *c, uint8_t value, uint64_t now)
{
    settle(c, now);
    uint16_t frozen = channel_count(c, now);
    *c = channel_in_mode(value, c->gate);
    c->frozen = frozen;
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
    bool null = !c->loaded || c->pending;
    c->status = (uint8_t)((channel_out(c, now) ? STATUS_OUT : 0) | (null ? STATUS_NULL : 0) | c->programmed);
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

/* --- The speaker: OUT of channel 2, let through by port 61h bit 1 --- */

/* Nothing is left to happen at a clock edge but what the cycle repeats. */
static bool is_settled(const struct pit_channel *c, uint64_t now)
{
    bool low_follows, stopped_strobe = c->mode >= 4 && c->held && !channel_out(c, now);
    bool counts_to_sample = c->held && c->loaded && now - c->start < c->position;

    return c->load_at == NEVER && c->trigger_at == NEVER && c->resume_at == NEVER && !stopped_strobe &&
           !counts_to_sample && cycle_end(c, &low_follows) == NEVER;
}

/* The next period after NOW in which anything may happen in a channel that is not settled. */
static uint64_t next_turn(const struct pit_channel *c, uint64_t now)
{
    uint64_t next = next_change(c, now);

    if (c->trigger_at < next)
        next = c->trigger_at;
    if (c->resume_at < next)
        next = c->resume_at;
    return next == NEVER || next <= now ? now + 1 : next;
}

/* Reports what channel C, settled at period NOW, does from tick FROM of it on. */
static void emit_wave(const struct pit *pit, const struct pit_channel *c, uint64_t now, uint64_t from)
{
    bool level = channel_out(c, now);
    uint64_t edge = c->loaded ? next_edge(c, now) : NEVER;
    uint32_t n = periods_of(c, c->active), high = c->mode == 2 ? n - 1 : high_half(n), same = 0, other = 0;

    if (is_periodic(c)) {
        same = level ? high : n - high;
        other = n - same;
    } else if (c->mode >= 4 && level) {
        other = 1;
    }
    if (edge == NEVER)
        probe_emit(pit->config.probes, PROBE_SPEAKER, level, 0, 0, from);
    else
        probe_emit(pit->config.probes, PROBE_SPEAKER, level | (uint32_t)(same * TICKS_PER_PIT) << 1,
                   (uint32_t)(edge * TICKS_PER_PIT - from), (uint32_t)(other * TICKS_PER_PIT), from);
}

/* First what is still on its way to the counter, level by level (a written count waits for the end of a cycle, so these
 * are a few), then what repeats. */
void pit_tell_speaker(const struct pit *pit)
{
    enum { TURNS = 12 };
    struct pit_channel c = pit->channel[2];
    uint64_t now = present(pit), from = pit->config.clock->now;

    if (!pit->config.probes || !probe_wants(pit->config.probes, PROBE_SPEAKER))
        return;
    if (!(pit->control & B_SPEAKER)) {
        probe_emit(pit->config.probes, PROBE_SPEAKER, 0, 0, 0, from);
        return;
    }
    settle(&c, now);
    for (int i = 0; i < TURNS && !is_settled(&c, now); i++) {
        probe_emit(pit->config.probes, PROBE_SPEAKER, channel_out(&c, now), 0, 0, from);
        now = next_turn(&c, now);
        from = now * TICKS_PER_PIT;
        settle(&c, now);
    }
    emit_wave(pit, &c, now, from);
}

uint32_t pit_speaker_periods(const struct pit *pit)
{
    struct pit_channel c = pit->channel[2];

    settle(&c, present(pit));
    bool sounds = (pit->control & B_SPEAKER) && c.loaded && is_periodic(&c) && next_edge(&c, present(pit)) != NEVER;
    return sounds ? periods_of(&c, c.active) : 0;
}

/* --- Ports --- */

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
        write_count(c, (uint8_t)value, now, count_edge(pit));
    } else if (value & 0x30) {
        write_control(c, (uint8_t)value, now);
    } else {
        latch_count(c, now);
        return;
    }
    if (ch == 0)
        update_irq(pit);
    else if (ch == 2)
        pit_tell_speaker(pit);
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

/* A rising edge is kept by a flip-flop that is sampled with the gate; what it triggers is loaded on the falling edge
 * after that. A level stops and releases the counter from the falling edge on that follows its sample. */
static void set_gate(struct pit_channel *c, bool level, uint64_t now, uint64_t sample)
{
    bool triggered = c->mode == 1 || c->mode == 5;

    if (level == c->gate)
        return;
    settle(c, now);
    c->gate = level;
    if (level && (triggered || is_periodic(c))) {
        c->trigger_again = c->trigger_at <= sample;
        if (!c->trigger_again)
            c->trigger_at = sample + 1;
    }
    if (triggered)
        return;
    if (level) {
        c->resume_at = is_periodic(c) ? sample + 1 : sample;
    } else {
        if (!c->held)
            c->position = c->loaded ? sample - c->start : 0;
        c->held = true;
        c->resume_at = NEVER;
    }
}

/* Refresh toggles bit 4 with each cycle of channel 1. */
static bool refresh_toggle(const struct pit *pit)
{
    const struct pit_channel *c = &pit->channel[1];

    return c->loaded && is_periodic(c) && (position(c, present(pit)) / periods_of(c, c->active) & 1);
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
    uint8_t changed = pit->control ^ (uint8_t)value;
    pit->control = value & B_WRITABLE;
    set_gate(&pit->channel[2], value & B_GATE2, present(pit), gate_sample(pit));
    if (changed & (B_GATE2 | B_SPEAKER))
        pit_tell_speaker(pit);
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
    pit->channel[0] = channel_in_mode(PIT_ACCESS_BOTH << 4 | 3 << 1, true);
    pit->channel[1] = channel_in_mode(PIT_ACCESS_LOW << 4 | 2 << 1, true);
    pit->channel[2] = channel_in_mode(PIT_ACCESS_BOTH << 4 | 3 << 1, false);
    set_count(&pit->channel[1], REFRESH_PERIODS, present(pit), count_edge(pit));
    pit->control = 0;
    update_irq(pit);
    pit_tell_speaker(pit);
}

/* Distances in time stay far from overflow, whatever a file says. A cycle may have begun a little before power-on. */
static bool sane_period(uint64_t period)
{
    return period < 1ull << 52;
}

static bool sane_edge(uint64_t edge)
{
    return sane_period(edge) || edge == NEVER;
}

static void visit_channel(struct pit_channel *c, struct state *state)
{
    state_u8(state, "programmed", &c->programmed);
    state_u8(state, "mode", &c->mode);
    state_u8(state, "access", &c->access);
    state_bool(state, "bcd", &c->bcd);
    state_bool(state, "gate", &c->gate);
    state_bool(state, "loaded", &c->loaded);
    state_bool(state, "held", &c->held);
    state_bool(state, "trigger_again", &c->trigger_again);
    state_bool(state, "strobed", &c->strobed);
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
    state_u64(state, "pending_edge", &c->pending_edge);
    state_u64(state, "load_at", &c->load_at);
    state_u64(state, "trigger_at", &c->trigger_at);
    state_u64(state, "resume_at", &c->resume_at);
    state_u64(state, "position", &c->position);
    state_check(state, c->programmed <= STATUS_MODE, "control word out of range");
    state_check(state, c->mode <= 5, "mode out of range");
    state_check(state, c->access >= PIT_ACCESS_LOW && c->access <= PIT_ACCESS_BOTH, "access out of range");
    state_check(state, sane_period(c->start + 0x20000) && sane_period(c->pending_edge) && sane_period(c->position) &&
                           sane_edge(c->load_at) && sane_edge(c->trigger_at) && sane_edge(c->resume_at),
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
