/* The 8259A pair, after Intel's data sheet (231468) and the AT's wiring: the slave's INT is the master's input 2.
 *
 * An input must stay high until the acknowledge, in edge mode too: a request whose line falls is forgotten, and an
 * acknowledge that comes anyway finds nobody and gets the vector of input 7 without a bit in service. The slave's INT
 * drops during each acknowledge, so that the edge-triggered master sees a further request of the slave as a new edge.
 * INT follows the requests; the CPU looks at it between instructions and acknowledges at once, so that here a request
 * falls too late only if it does so within the acknowledge.
 * ELCR bits as in the EISA chipsets: 0, 1, 2, 8 and 13 are always edge-triggered; ICW1 makes a whole chip's inputs
 * level-triggered beside them.
 * Left out: the MCS-80/85 mode (ICW4 bit 0 clear), whose acknowledge has three pulses, where this CPU gives two: it is
 * taken for the 8086's. Buffered mode (ICW4 bits 2 and 3) moves a pin that the board has tied, and is ignored. */
#include "emu/dev/pic.h"

#include "emu/probe.h"
#include "emu/state.h"

enum { MASTER, SLAVE, CASCADE = 2 };

enum { ICW1_NEEDS_ICW4 = 0x01, ICW1_SINGLE = 0x02, ICW1_LEVEL = 0x08, ICW1 = 0x10 };
enum { ICW4_AUTO_EOI = 0x02, ICW4_FULLY_NESTED = 0x10 };
enum { OCW3 = 0x08, OCW3_RIS = 0x01, OCW3_RR = 0x02, OCW3_POLL = 0x04, OCW3_SMM = 0x20, OCW3_ESMM = 0x40 };

static uint8_t level_inputs(const struct pic *chip)
{
    return chip->all_level ? 0xFF : chip->level;
}

/* The input that the chip asks the CPU to serve, or -1. */
static int pending(const struct pic *chip)
{
    uint8_t requests = chip->irr & (uint8_t)~chip->imr;
    uint8_t busy = chip->special_mask ? chip->isr & (uint8_t)~chip->imr : chip->isr;

    if (!requests || !chip->initialised || chip->icw_next)
        return -1;
    for (unsigned i = 1; i <= 8; i++) {
        unsigned input = (chip->lowest + i) & 7;
        uint8_t bit = (uint8_t)(1u << input);
        if ((requests & bit) && (!(busy & bit) || (chip->fully_nested && (chip->slave_inputs & bit))))
            return (int)input;
        if (busy & bit)
            return -1;
    }
    return -1;
}

static void set_input(struct pic *chip, unsigned input, bool level)
{
    uint8_t bit = (uint8_t)(1u << input);

    if (!level) {
        chip->lines &= (uint8_t)~bit;
        chip->irr &= (uint8_t)~bit;
    } else if (!(chip->lines & bit)) {
        chip->lines |= bit;
        chip->irr |= bit;
    }
}

/* Brings the slave's INT to the master and the master's to the CPU. */
static void update(struct pic_pair *pair)
{
    set_input(&pair->chip[MASTER], CASCADE, pending(&pair->chip[SLAVE]) >= 0);
    bool intr = pending(&pair->chip[MASTER]) >= 0;
    if (intr != pair->intr_level) {
        pair->intr_level = intr;
        line_set(&pair->config.intr, intr);
    }
}

static void rotate_behind(struct pic *chip, unsigned input)
{
    chip->lowest = (uint8_t)(input & 7);
}

static void accept(struct pic *chip, unsigned input)
{
    uint8_t bit = (uint8_t)(1u << input);

    if (!(level_inputs(chip) & bit))
        chip->irr &= (uint8_t)~bit;
    if (!chip->auto_eoi)
        chip->isr |= bit;
    else if (chip->rotate_auto_eoi)
        rotate_behind(chip, input);
}

void pic_set_irq(void *ctx, unsigned irq, bool level)
{
    struct pic_pair *pair = ctx;

    if (irq > 15 || irq == CASCADE)
        return;
    struct pic *chip = &pair->chip[irq >> 3];
    bool was = (chip->lines >> (irq & 7)) & 1;
    if (was == level)
        return;
    set_input(chip, irq & 7, level);
    if (level && probe_wants(pair->config.probes, PROBE_IRQ_RAISED))
        probe_emit(pair->config.probes, PROBE_IRQ_RAISED, irq, 0, 0, 0);
    update(pair);
}

/* The vector of the slave, if it goes by the number on the cascade lines; else the data lines float. */
static uint8_t acknowledge_slave(struct pic_pair *pair, unsigned number, unsigned *irq)
{
    struct pic *slave = &pair->chip[SLAVE];
    int input = pending(slave);

    if (slave->number != number && !slave->single)
        return 0xFF;
    set_input(&pair->chip[MASTER], CASCADE, false);
    if (input >= 0)
        accept(slave, (unsigned)input);
    else
        input = 7;
    *irq = 8 + (unsigned)input;
    return (uint8_t)(slave->base + input);
}

uint8_t pic_acknowledge(void *ctx)
{
    struct pic_pair *pair = ctx;
    struct pic *master = &pair->chip[MASTER];
    int input = pending(master);
    unsigned irq = 7;
    uint8_t vector = (uint8_t)(master->base + 7);

    if (input >= 0) {
        accept(master, (unsigned)input);
        irq = (unsigned)input;
        vector = (uint8_t)(master->base + input);
        if (master->slave_inputs >> input & 1)
            vector = acknowledge_slave(pair, (unsigned)input, &irq);
    }
    if (probe_wants(pair->config.probes, PROBE_IRQ_ACCEPTED))
        probe_emit(pair->config.probes, PROBE_IRQ_ACCEPTED, irq, vector, 0, 0);
    update(pair);
    return vector;
}

static void end_of_interrupt(struct pic_pair *pair, unsigned which, unsigned input)
{
    struct pic *chip = &pair->chip[which];
    uint8_t bit = (uint8_t)(1u << input);

    if (!(chip->isr & bit))
        return;
    chip->isr &= (uint8_t)~bit;
    if (probe_wants(pair->config.probes, PROBE_IRQ_ENDED))
        probe_emit(pair->config.probes, PROBE_IRQ_ENDED, which * 8 + input, 0, 0, 0);
}

/* The input that a non-specific EOI ends, or -1. Masked ones are passed over in special mask mode. */
static int highest_in_service(const struct pic *chip)
{
    uint8_t busy = chip->special_mask ? chip->isr & (uint8_t)~chip->imr : chip->isr;

    for (unsigned i = 1; i <= 8; i++) {
        unsigned input = (chip->lowest + i) & 7;
        if (busy & (1u << input))
            return (int)input;
    }
    return -1;
}

static void write_ocw2(struct pic_pair *pair, unsigned which, uint8_t value)
{
    struct pic *chip = &pair->chip[which];
    bool rotate = value & 0x80, specific = value & 0x40, eoi = value & 0x20;
    int input = specific ? value & 7 : highest_in_service(chip);

    if (!eoi && !specific) {
        chip->rotate_auto_eoi = rotate;
        return;
    }
    if (input < 0)
        return;
    if (eoi)
        end_of_interrupt(pair, which, (unsigned)input);
    if (rotate)
        rotate_behind(chip, (unsigned)input);
}

static void write_ocw3(struct pic *chip, uint8_t value)
{
    if (value & OCW3_POLL)
        chip->poll = true;
    if (value & OCW3_RR)
        chip->read_isr = value & OCW3_RIS;
    if (value & OCW3_ESMM)
        chip->special_mask = value & OCW3_SMM;
}

static void write_icw1(struct pic *chip, uint8_t value)
{
    chip->single = value & ICW1_SINGLE;
    chip->needs_icw4 = value & ICW1_NEEDS_ICW4;
    chip->all_level = value & ICW1_LEVEL;
    chip->irr = chip->lines & level_inputs(chip);
    chip->imr = chip->isr = 0;
    chip->lowest = 7;
    chip->special_mask = chip->read_isr = chip->poll = false;
    chip->auto_eoi = chip->fully_nested = chip->rotate_auto_eoi = false;
    chip->slave_inputs = 0;
    chip->number = 7;
    chip->icw_next = 2;
}

static void write_odd(struct pic *chip, bool is_master, uint8_t value)
{
    switch (chip->icw_next) {
    case 0:
        chip->imr = value;
        return;
    case 2:
        chip->base = value & 0xF8;
        chip->icw_next = !chip->single ? 3 : chip->needs_icw4 ? 4 : 0;
        break;
    case 3:
        if (is_master)
            chip->slave_inputs = value;
        else
            chip->number = value & 7;
        chip->icw_next = chip->needs_icw4 ? 4 : 0;
        break;
    default:
        chip->auto_eoi = value & ICW4_AUTO_EOI;
        chip->fully_nested = value & ICW4_FULLY_NESTED;
        chip->icw_next = 0;
        break;
    }
    if (!chip->icw_next)
        chip->initialised = true;
}

static void port_write(void *ctx, uint16_t port, uint32_t value, unsigned size)
{
    struct pic_pair *pair = ctx;
    unsigned which = port & 0x80 ? SLAVE : MASTER;
    uint8_t mask = pair->chip[which].imr;

    (void)size;
    if (port & 1)
        write_odd(&pair->chip[which], which == MASTER, (uint8_t)value);
    else if (value & ICW1)
        write_icw1(&pair->chip[which], (uint8_t)value);
    else if (value & OCW3)
        write_ocw3(&pair->chip[which], (uint8_t)value);
    else
        write_ocw2(pair, which, (uint8_t)value);
    if (pair->chip[which].imr != mask && probe_wants(pair->config.probes, PROBE_IRQ_MASK))
        probe_emit(pair->config.probes, PROBE_IRQ_MASK, which, pair->chip[which].imr, 0, 0);
    update(pair);
}

/* A poll is an acknowledge by software: bit 7 and the input's number, or zero. */
static uint8_t poll(struct pic_pair *pair, unsigned which)
{
    struct pic *chip = &pair->chip[which];
    int input = pending(chip);

    chip->poll = false;
    if (input < 0)
        return 0;
    if (which == SLAVE)
        set_input(&pair->chip[MASTER], CASCADE, false);
    accept(chip, (unsigned)input);
    update(pair);
    return (uint8_t)(0x80 | input);
}

static uint32_t port_read(void *ctx, uint16_t port, unsigned size)
{
    struct pic_pair *pair = ctx;
    unsigned which = port & 0x80 ? SLAVE : MASTER;
    const struct pic *chip = &pair->chip[which];

    (void)size;
    if (chip->poll)
        return poll(pair, which);
    if (port & 1)
        return chip->imr;
    return chip->read_isr ? chip->isr : chip->irr;
}

static uint32_t elcr_read(void *ctx, uint16_t port, unsigned size)
{
    const struct pic_pair *pair = ctx;

    (void)size;
    return pair->chip[port & 1].level;
}

static void elcr_write(void *ctx, uint16_t port, uint32_t value, unsigned size)
{
    static const uint8_t writable[2] = { 0xF8, 0xDE };
    struct pic_pair *pair = ctx;
    struct pic *chip = &pair->chip[port & 1];

    (void)size;
    chip->level = (uint8_t)value & writable[port & 1];
    chip->irr = (uint8_t)((chip->irr & ~chip->level) | (chip->lines & chip->level));
    update(pair);
}

static const struct port_ops ports = { port_read, port_write };
static const struct port_ops elcr_ports = { elcr_read, elcr_write };

void pic_init(struct pic_pair *pair, const struct pic_config *config)
{
    *pair = (struct pic_pair){ .config = *config };
    bus_map_ports(config->bus, 0x20, 2, 1, &ports, pair);
    bus_map_ports(config->bus, 0xA0, 2, 1, &ports, pair);
    bus_map_ports(config->bus, 0x4D0, 2, 1, &elcr_ports, pair);
    pic_reset(pair);
}

void pic_reset(struct pic_pair *pair)
{
    for (int i = 0; i < 2; i++)
        pair->chip[i] = (struct pic){ .lines = pair->chip[i].lines, .lowest = 7 };
    update(pair);
}

static void visit_chip(struct pic *chip, struct state *state)
{
    state_u8(state, "irr", &chip->irr);
    state_u8(state, "isr", &chip->isr);
    state_u8(state, "imr", &chip->imr);
    state_u8(state, "lines", &chip->lines);
    state_u8(state, "base", &chip->base);
    state_u8(state, "level", &chip->level);
    state_u8(state, "lowest", &chip->lowest);
    state_u8(state, "icw_next", &chip->icw_next);
    state_u8(state, "slave_inputs", &chip->slave_inputs);
    state_u8(state, "number", &chip->number);
    state_bool(state, "initialised", &chip->initialised);
    state_bool(state, "single", &chip->single);
    state_bool(state, "needs_icw4", &chip->needs_icw4);
    state_bool(state, "all_level", &chip->all_level);
    state_bool(state, "auto_eoi", &chip->auto_eoi);
    state_bool(state, "fully_nested", &chip->fully_nested);
    state_bool(state, "special_mask", &chip->special_mask);
    state_bool(state, "rotate_auto_eoi", &chip->rotate_auto_eoi);
    state_bool(state, "read_isr", &chip->read_isr);
    state_bool(state, "poll", &chip->poll);
    state_check(state, chip->lowest <= 7, "lowest priority out of range");
    state_check(state, chip->number <= 7, "number of a slave out of range");
    state_check(state, chip->icw_next == 0 || (chip->icw_next >= 2 && chip->icw_next <= 4), "ICW out of range");
}

void pic_visit(struct pic_pair *pair, struct state *state)
{
    state_section(state, "pic");
    visit_chip(&pair->chip[MASTER], state);
    visit_chip(&pair->chip[SLAVE], state);
    state_bool(state, "intr_level", &pair->intr_level);
}
