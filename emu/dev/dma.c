/* The 8237A pair, after Intel's data sheet (231466) and the AT's page registers (IBM AT Technical Reference).
 *
 * Transfers are done in bulk when the device asks, so priority among channels and the demand, single and block modes
 * make no difference; the bus cycles are counted for the board. A request by software is served in block mode, as the
 * data sheet has it, whatever the mask says, and at once when both controllers let it: no device answers, so that
 * writes store what floating data lines read as, and reads go nowhere.
 * Left out: memory-to-memory transfers (command bit 0). A PC cannot use them, as the board's page registers are chosen
 * by the DACK lines, which stay inactive in them; a software request of channel 0 or 1 with that bit set is never
 * served, and stays in the status. Command bits 6 and 7, which turn the sense of DREQ and DACK and stop every device of
 * a PC, and bits 1 (hold channel 0's address, for memory to memory), 4 (rotating priority) and 5 (a longer write pulse)
 * have no effect. */
#include "emu/dev/dma.h"

#include <string.h>

#include "emu/probe.h"
#include "emu/state.h"

enum { COMMAND_MEMORY_TO_MEMORY = 0x01, COMMAND_DISABLE = 0x04, COMMAND_COMPRESSED = 0x08 };
enum { MODE_DIRECTION = 0x0C, MODE_AUTOINIT = 0x10, MODE_DECREMENT = 0x20, MODE_SERVICE = 0xC0, MODE_BLOCK = 0x80,
       MODE_CASCADE = 0xC0 };
enum { CHIP0_BASE = 0x00, PAGE_BASE = 0x80, CHIP1_BASE = 0xC0 };

/* Page register of each channel, as an offset from port 80h. Channel 4 has that of refresh. */
static const uint8_t page_of[8] = { 7, 3, 1, 2, 15, 11, 9, 10 };

static bool is_masked(const struct dma_chip *chip, unsigned ch)
{
    return (chip->mask >> ch) & 1;
}

static bool is_cascade(const struct dma_channel *channel)
{
    return (channel->mode & MODE_SERVICE) == MODE_CASCADE;
}

/* Does the board get the bus for CHANNEL, if the channel asks? Channels 0-3 have it through channel 4. */
static bool has_way_to_bus(const struct dma *dma, unsigned channel)
{
    const struct dma_chip *outer = &dma->chip[1];

    if (channel > 7 || channel == 4 || (outer->command & COMMAND_DISABLE))
        return false;
    if (channel > 4)
        return true;
    return !(dma->chip[0].command & COMMAND_DISABLE) && !is_masked(outer, 0) && is_cascade(&outer->channel[0]);
}

bool dma_ready(const struct dma *dma, unsigned channel)
{
    if (!has_way_to_bus(dma, channel))
        return false;
    const struct dma_chip *chip = &dma->chip[channel >> 2];
    return !is_masked(chip, channel & 3) && !is_cascade(&chip->channel[channel & 3]);
}

uint8_t dma_page(const struct dma *dma, unsigned channel)
{
    return dma->page_register[page_of[channel & 7]];
}

uint32_t dma_address(const struct dma *dma, unsigned channel)
{
    uint16_t address = dma->chip[(channel >> 2) & 1].channel[channel & 3].address;
    uint32_t page = dma_page(dma, channel);

    if (channel < 4)
        return page << 16 | address;
    return (page & 0xFE) << 16 | (uint32_t)address << 1;
}

uint32_t dma_cycle_ticks(const struct dma *dma, unsigned channel)
{
    bool compressed = dma->chip[(channel >> 2) & 1].command & COMMAND_COMPRESSED;

    return DMA_CLOCK_TICKS * (compressed ? DMA_COMPRESSED_CLOCKS : DMA_CYCLE_CLOCKS);
}

/* What a device asked for. */
struct request {
    unsigned channel;
    unsigned shift;             /* of a count of units to one of bytes */
    bool to_memory;
    uint8_t *buffer;
};

/* Moves UNITS that do not wrap in the page, upwards. */
static void move_run(struct dma *dma, const struct request *request, uint32_t offset, uint32_t units)
{
    uint32_t address = dma_address(dma, request->channel);
    uint8_t *bytes = request->buffer + ((size_t)offset << request->shift);
    uint32_t size = units << request->shift;

    if (request->to_memory)
        bus_store(dma->config.bus, address, bytes, size);
    else
        bus_load(dma->config.bus, address, bytes, size);
}

/* How many of UNITS can be moved in one piece: all up to the end of the page, or one when counting downwards. */
static uint32_t run_length(const struct dma_channel *channel, uint32_t units)
{
    uint32_t to_wrap = 0x10000u - channel->address;

    if (channel->mode & MODE_DECREMENT)
        return 1;
    return units < to_wrap ? units : to_wrap;
}

static void move(struct dma *dma, const struct request *request, uint32_t units)
{
    struct dma_channel *channel = &dma->chip[request->shift].channel[request->channel & 3];
    unsigned direction = (channel->mode & MODE_DIRECTION) >> 2;
    bool touches_memory = direction == (request->to_memory ? DMA_TO_MEMORY : DMA_FROM_MEMORY);

    for (uint32_t done = 0; done < units;) {
        uint32_t run = run_length(channel, units - done);
        if (touches_memory) {
            move_run(dma, request, done, run);
        } else if (!request->to_memory) {
            memset(request->buffer + ((size_t)done << request->shift), 0xFF, (size_t)run << request->shift);
        }
        channel->address = (uint16_t)(channel->mode & MODE_DECREMENT ? channel->address - run
                                                                     : channel->address + run);
        done += run;
    }
}

static void reach_terminal_count(struct dma_chip *chip, unsigned ch)
{
    struct dma_channel *channel = &chip->channel[ch];
    uint8_t bit = (uint8_t)(1u << ch);

    chip->terminal |= bit;
    chip->software_request &= (uint8_t)~bit;
    if (channel->mode & MODE_AUTOINIT) {
        channel->address = channel->base_address;
        channel->count = channel->base_count;
    } else {
        chip->mask |= bit;
    }
}

/* Moves up to LENGTH bytes on a channel that has the bus; see dma_transfer. */
static uint32_t transfer(struct dma *dma, const struct request *request, uint32_t length, bool *terminal_count)
{
    struct dma_chip *chip = &dma->chip[request->shift];
    struct dma_channel *counters = &chip->channel[request->channel & 3];
    uint32_t left = counters->count + 1u;
    uint32_t units = length >> request->shift;

    if (units > left)
        units = left;
    if (!units)
        return 0;
    if (probe_wants(dma->config.probes, PROBE_DMA))
        probe_emit(dma->config.probes, PROBE_DMA, request->channel, dma_address(dma, request->channel),
                   units << request->shift, request->to_memory);
    move(dma, request, units);
    counters->count = (uint16_t)(counters->count - units);
    if (units == left) {
        *terminal_count = true;
        reach_terminal_count(chip, request->channel & 3);
    }
    if (dma->config.hold)
        dma->config.hold(dma->config.hold_ctx, units);
    return units << request->shift;
}

uint32_t dma_transfer(void *ctx, unsigned channel, uint8_t *buffer, uint32_t length, bool to_memory,
                      bool *terminal_count)
{
    struct dma *dma = ctx;
    struct request request = { channel, channel >> 2, to_memory, buffer };

    *terminal_count = false;
    return dma_ready(dma, channel) ? transfer(dma, &request, length, terminal_count) : 0;
}

static bool is_asked_by_software(const struct dma *dma, unsigned channel)
{
    const struct dma_chip *chip = &dma->chip[channel >> 2];
    bool memory_to_memory = (chip->command & COMMAND_MEMORY_TO_MEMORY) && (channel & 3) <= 1;

    return (chip->software_request >> (channel & 3) & 1) && has_way_to_bus(dma, channel) && !memory_to_memory &&
           (chip->channel[channel & 3].mode & MODE_SERVICE) == MODE_BLOCK;
}

/* A block goes on until its count ends. */
static void serve_software_requests(struct dma *dma)
{
    uint8_t nothing[512];

    for (unsigned channel = 0; channel < 8; channel++) {
        if (!is_asked_by_software(dma, channel))
            continue;
        unsigned direction = dma->chip[channel >> 2].channel[channel & 3].mode & MODE_DIRECTION;
        struct request request = { channel, channel >> 2, direction >> 2 == DMA_TO_MEMORY, nothing };
        for (bool ended = false; !ended;) {
            memset(nothing, 0xFF, sizeof nothing);
            transfer(dma, &request, sizeof nothing, &ended);
        }
    }
}

void dma_set_request(void *ctx, unsigned channel, bool level)
{
    struct dma *dma = ctx;

    if (channel > 7 || channel == 4)
        return;
    struct dma_chip *chip = &dma->chip[channel >> 2];
    uint8_t bit = (uint8_t)(1u << (channel & 3));
    chip->dreq = (uint8_t)(level ? chip->dreq | bit : chip->dreq & ~bit);
}

static void master_clear(struct dma_chip *chip)
{
    chip->command = chip->software_request = chip->terminal = 0;
    chip->high_byte = false;
    chip->mask = 0x0F;
}

/* One byte of a 16-bit register, by the flip-flop. */
static uint16_t with_byte(uint16_t old, uint8_t value, bool high)
{
    return (uint16_t)(high ? (old & 0x00FF) | value << 8 : (old & 0xFF00) | value);
}

static void write_counter(struct dma_chip *chip, unsigned reg, uint8_t value)
{
    struct dma_channel *channel = &chip->channel[reg >> 1];

    if (reg & 1) {
        channel->base_count = with_byte(channel->base_count, value, chip->high_byte);
        channel->count = with_byte(channel->count, value, chip->high_byte);
    } else {
        channel->base_address = with_byte(channel->base_address, value, chip->high_byte);
        channel->address = with_byte(channel->address, value, chip->high_byte);
    }
    chip->high_byte = !chip->high_byte;
}

static uint8_t read_counter(struct dma_chip *chip, unsigned reg)
{
    const struct dma_channel *channel = &chip->channel[reg >> 1];
    uint16_t value = reg & 1 ? channel->count : channel->address;
    bool high = chip->high_byte;

    chip->high_byte = !high;
    return (uint8_t)(high ? value >> 8 : value);
}

static uint8_t with_bit(uint8_t old, uint8_t value)
{
    uint8_t bit = (uint8_t)(1u << (value & 3));

    return (uint8_t)(value & 4 ? old | bit : old & ~bit);
}

static void write_register(struct dma_chip *chip, unsigned reg, uint8_t value)
{
    switch (reg) {
    case 0x8:
        chip->command = value;
        break;
    case 0x9:
        chip->software_request = with_bit(chip->software_request, value);
        break;
    case 0xA:
        chip->mask = with_bit(chip->mask, value);
        break;
    case 0xB:
        chip->channel[value & 3].mode = value & 0xFC;
        break;
    case 0xC:
        chip->high_byte = false;
        break;
    case 0xD:
        master_clear(chip);
        break;
    case 0xE:
        chip->mask = 0;
        break;
    case 0xF:
        chip->mask = value & 0x0F;
        break;
    default:
        write_counter(chip, reg, value);
        break;
    }
}

/* 8: status. 0Dh: the temporary register of memory-to-memory transfers. The others are write-only. */
static uint8_t read_register(struct dma_chip *chip, unsigned reg)
{
    if (reg < 8)
        return read_counter(chip, reg);
    if (reg == 0xD)
        return 0;
    if (reg != 8)
        return 0xFF;
    uint8_t status = (uint8_t)((chip->dreq | chip->software_request) << 4 | chip->terminal);
    chip->terminal = 0;
    return status;
}

static uint32_t chip0_read(void *ctx, uint16_t port, unsigned size)
{
    struct dma *dma = ctx;

    (void)size;
    return read_register(&dma->chip[0], port - CHIP0_BASE);
}

static void chip0_write(void *ctx, uint16_t port, uint32_t value, unsigned size)
{
    struct dma *dma = ctx;

    (void)size;
    write_register(&dma->chip[0], port - CHIP0_BASE, (uint8_t)value);
    serve_software_requests(dma);
}

/* The second chip's A0 is the bus's A1: each register answers at two ports. */
static uint32_t chip1_read(void *ctx, uint16_t port, unsigned size)
{
    struct dma *dma = ctx;

    (void)size;
    return read_register(&dma->chip[1], (unsigned)(port - CHIP1_BASE) >> 1);
}

static void chip1_write(void *ctx, uint16_t port, uint32_t value, unsigned size)
{
    struct dma *dma = ctx;

    (void)size;
    write_register(&dma->chip[1], (unsigned)(port - CHIP1_BASE) >> 1, (uint8_t)value);
    serve_software_requests(dma);
}

static uint32_t page_read(void *ctx, uint16_t port, unsigned size)
{
    const struct dma *dma = ctx;

    (void)size;
    return dma->page_register[port - PAGE_BASE];
}

static void page_write(void *ctx, uint16_t port, uint32_t value, unsigned size)
{
    struct dma *dma = ctx;

    (void)size;
    dma->page_register[port - PAGE_BASE] = (uint8_t)value;
}

static const struct port_ops chip0_ports = { chip0_read, chip0_write };
static const struct port_ops chip1_ports = { chip1_read, chip1_write };
static const struct port_ops page_ports = { page_read, page_write };

void dma_init(struct dma *dma, const struct dma_config *config)
{
    *dma = (struct dma){ .config = *config };
    bus_map_ports(config->bus, CHIP0_BASE, 16, 1, &chip0_ports, dma);
    bus_map_ports(config->bus, CHIP1_BASE, 32, 1, &chip1_ports, dma);
    bus_map_ports(config->bus, PAGE_BASE, 16, 1, &page_ports, dma);
    dma_reset(dma);
}

void dma_reset(struct dma *dma)
{
    master_clear(&dma->chip[0]);
    master_clear(&dma->chip[1]);
}

static void visit_chip(struct dma_chip *chip, struct state *state)
{
    for (int i = 0; i < 4; i++) {
        struct dma_channel *channel = &chip->channel[i];
        state_u16(state, "address", &channel->address);
        state_u16(state, "count", &channel->count);
        state_u16(state, "base_address", &channel->base_address);
        state_u16(state, "base_count", &channel->base_count);
        state_u8(state, "mode", &channel->mode);
    }
    state_u8(state, "command", &chip->command);
    state_u8(state, "mask", &chip->mask);
    state_u8(state, "software_request", &chip->software_request);
    state_u8(state, "dreq", &chip->dreq);
    state_u8(state, "terminal", &chip->terminal);
    state_bool(state, "high_byte", &chip->high_byte);
    uint8_t masks = chip->mask | chip->software_request | chip->dreq | chip->terminal;
    state_check(state, masks <= 0x0F, "a channel that does not exist");
}

void dma_visit(struct dma *dma, struct state *state)
{
    state_section(state, "dma");
    visit_chip(&dma->chip[0], state);
    visit_chip(&dma->chip[1], state);
    state_bytes(state, "page", dma->page_register, sizeof dma->page_register);
}
