/* The timer, which computes, beside a model of one channel that does on each edge of CLK what Intel's data sheet says:
 * random control words, counts and gates at random ticks, and after each of them the same OUT, count and null count. */
#include "tests/emu/dev/rig.h"

#include "emu/dev/pit.h"

enum { CLK = 3520, COUNT_SETUP = 231, GATE_SETUP = 210, STEPS = 150000 };

struct model {
    uint64_t now;
    unsigned mode;
    uint16_t written, active;           /* count register, and what the present cycle was loaded with */
    uint32_t ce;                        /* counting element */
    bool loaded, null, high_half, armed, out;
    uint64_t seen_from;                 /* tick from which a falling edge sees `written` */
    bool gate, sampled, trigger;        /* pin, as sampled, edge detector after its sample */
    bool forced;                        /* modes 2 and 3: the gate went low and makes OUT high until a trigger */
    struct { uint64_t tick; bool level, rose; } change[8];
    unsigned changes;
    bool level;                         /* OUT as it was last, and its rising edges */
    unsigned rises;
    uint64_t rose;
};

static void visit(void *chip, struct state *state) { pit_visit(chip, state); }

static uint32_t size_of(uint16_t count)
{
    return count ? count : 0x10000;
}

static void load(struct model *m, bool takes_new)
{
    if (takes_new && m->null) {
        m->active = m->written;
        m->null = false;
    }
    m->ce = size_of(m->active);
    if (m->mode == 3)
        m->ce &= ~1u;
    m->loaded = m->armed = m->high_half = true;
    m->out = m->mode != 0 && m->mode != 1;
}

/* Other than at the end of a cycle. */
static void load_fresh(struct model *m, bool takes_new)
{
    load(m, takes_new);
    m->forced = !m->gate;
}

static void count_down(struct model *m)
{
    m->ce = (m->ce - 1) & 0xFFFF;
    if (m->mode >= 4)
        m->out = !(m->ce == 0 && m->armed);
    else if (m->ce == 0)
        m->out = true;
    if (m->ce == 0)
        m->armed = false;
}

static void count_mode_2(struct model *m, bool seen)
{
    if (m->ce == 1) {
        load(m, seen);
        return;
    }
    m->ce--;
    m->out = m->ce != 1;
}

/* Down by two; an odd count shows 0 for a clock at the end of the high half. */
static void count_mode_3(struct model *m, bool seen)
{
    bool odd = m->active & 1, high = m->high_half;

    if (m->ce > 2 || (m->ce == 2 && odd && high)) {
        m->ce -= 2;
        return;
    }
    load(m, seen);
    m->high_half = m->out = !high;
}

static void fall(struct model *m, uint64_t edge)
{
    bool seen = m->null && edge > m->seen_from, triggered = m->trigger;
    bool by_count = m->mode == 0 || m->mode == 4 || ((m->mode == 2 || m->mode == 3) && !m->loaded);

    m->trigger = false;
    if (m->mode == 4 && !m->out && m->ce == 0)
        m->out = true;                  /* the strobe ends whatever the gate does */
    if (seen && by_count)
        load_fresh(m, true);
    else if (triggered && m->mode != 0 && m->mode != 4 && (m->loaded || seen))
        load_fresh(m, seen);
    else if (m->loaded && (m->mode == 1 || m->mode == 5))
        count_down(m);
    else if (m->loaded && m->sampled && m->mode == 2)
        count_mode_2(m, seen);
    else if (m->loaded && m->sampled && m->mode == 3)
        count_mode_3(m, seen);
    else if (m->loaded && m->sampled)
        count_down(m);
}

static void rise(struct model *m, uint64_t edge)
{
    unsigned seen = 0;

    while (seen < m->changes && m->change[seen].tick + GATE_SETUP < edge) {
        m->sampled = m->change[seen].level;
        m->trigger |= m->change[seen++].rose;
    }
    memmove(m->change, m->change + seen, (m->changes - seen) * sizeof m->change[0]);
    m->changes -= seen;
}

static bool out(const struct model *m)
{
    return m->out || (m->forced && m->loaded && (m->mode == 2 || m->mode == 3));
}

static void note_out(struct model *m, uint64_t tick)
{
    if (out(m) && !m->level) {
        m->rises++;
        m->rose = tick;
    }
    m->level = out(m);
}

static void advance(struct model *m, uint64_t tick)
{
    for (uint64_t edge = (m->now / (CLK / 2) + 1) * (CLK / 2); edge <= tick; edge += CLK / 2) {
        if (edge % CLK)
            rise(m, edge);
        else
            fall(m, edge);
        note_out(m, edge);
    }
    m->now = tick;
}

static void write_mode(struct model *m, unsigned mode)
{
    m->mode = mode;
    m->loaded = m->null = m->armed = m->trigger = false;
    m->forced = !m->gate;
    m->out = mode != 0;
    for (unsigned i = 0; i < m->changes; i++)
        m->change[i].rose = false;      /* the edge detector is part of the logic that a control word resets */
}

static void write_count(struct model *m, uint16_t count)
{
    m->written = count;
    m->null = true;
    m->seen_from = m->now + COUNT_SETUP;
    if (m->mode == 0)
        m->loaded = m->out = false;
}

static void set_gate(struct model *m, bool level)
{
    if (level == m->gate)
        return;
    m->gate = level;
    m->change[m->changes].tick = m->now;
    m->change[m->changes].level = level;
    m->change[m->changes++].rose = level;
    assert_true(m->changes < 8);
    if (!level)
        m->forced = true;
}

static uint32_t random_below(uint32_t *seed, uint32_t limit)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)*seed * limit >> 32);
}

static void act(struct rig *rig, struct model *m, uint32_t *seed)
{
    static const unsigned modes[] = { 0, 1, 2, 3, 4, 5 };
    uint16_t count = (uint16_t)(2 + random_below(seed, 12));

    switch (random_below(seed, 16)) {
    case 0:
        write_mode(m, modes[random_below(seed, 6)]);
        rig_out(rig, 0x43, (uint8_t)(0x90 | m->mode << 1));
        break;
    case 1: case 2: case 3:
        write_count(m, count);
        rig_out(rig, 0x42, (uint8_t)count);
        break;
    case 4: case 5: case 6: case 7: case 8:
        set_gate(m, !m->gate);
        rig_out(rig, 0x61, m->gate);
        break;
    default:
        break;
    }
}

/* Two boards take turns, each loading what the other one saved: nothing that decides the future may be left out. */
static void the_timer_does_as_the_data_sheet_on_every_clock(void **state)
{
    struct rig rigs[2];
    struct pit pits[2];
    struct model m = { .mode = 3, .out = true };
    uint32_t seed = 1;
    (void)state;

    for (unsigned i = 0; i < 2; i++) {
        rig_init(&rigs[i]);
        pit_init(&pits[i], &(struct pit_config){ .bus = &rigs[i].bus, .clock = &rigs[i].clock });
    }
    write_mode(&m, 2);
    rig_out(&rigs[0], 0x43, 0x94);
    for (unsigned i = 0; i < STEPS; i++) {
        unsigned side = i / 3 & 1;
        struct rig *rig = &rigs[side];
        struct pit *pit = &pits[side];
        rig->clock.now += random_below(&seed, i % 2 ? 12 * CLK : 2 * CLK);
        advance(&m, rig->clock.now);
        act(rig, &m, &seed);
        assert_int_equal(pit_count(pit, 2), m.ce & 0xFFFF);
        assert_int_equal(pit_out(pit, 2), out(&m));
        rig_out(rig, 0x43, 0xE8);
        assert_int_equal(rig_in(rig, 0x42) & 0x40, m.null || !m.loaded ? 0x40 : 0);
        if (i % 3 == 2)
            rig_copy(rig, pit, &rigs[!side], &pits[!side], visit);
    }
    rig_destroy(&rigs[0]);
    rig_destroy(&rigs[1]);
}

/* Channel 0's gate is high for ever; every rising edge of OUT must reach the line on its tick. */
static void interrupts_come_at_the_data_sheets_clocks(void **state)
{
    struct rig rig;
    struct pit pit;
    struct wire irq;
    struct model m = { .gate = true, .sampled = true };
    uint32_t seed = 1;
    (void)state;

    rig_init(&rig);
    pit_init(&pit, &(struct pit_config){ &rig.bus, &rig.clock, wire_line(&irq, &rig), NULL });
    write_mode(&m, 3);
    note_out(&m, 0);
    rig_out(&rig, 0x43, 0x16);
    irq.rises = m.rises = 0;
    for (unsigned i = 0; i < STEPS; i++) {
        rig_run(&rig, random_below(&seed, 40 * CLK));
        advance(&m, rig.clock.now);
        uint16_t count = (uint16_t)(2 + random_below(&seed, 12));
        if (random_below(&seed, 8) == 0) {
            write_mode(&m, random_below(&seed, 6));
            rig_out(&rig, 0x43, (uint8_t)(0x10 | m.mode << 1));
        } else if (random_below(&seed, 2)) {
            write_count(&m, count);
            rig_out(&rig, 0x40, (uint8_t)count);
        }
        note_out(&m, m.now);
        assert_int_equal(irq.level, m.level);
        assert_int_equal(irq.rises, m.rises);
        assert_true(irq.rose == m.rose);
        assert_int_equal(pit_count(&pit, 0), m.ce & 0xFFFF);
    }
    rig_destroy(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_timer_does_as_the_data_sheet_on_every_clock),
        cmocka_unit_test(interrupts_come_at_the_data_sheets_clocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
