/* The board as the processor's bus sees it: who answers at an address, and how long it takes (i486-timing reference,
 * section 7; the figures are the profile's).
 *
 * The L2 cache is direct mapped with lines of 16 bytes. Bursts fill it, writes do not; it never has to write back
 * anything that the processor waits for. DRAM has one open row for all banks; refresh closes it. ROM, and addresses
 * where nothing is, lie on the ISA bus, whose cycles begin on edges of BCLK and end on edges of the processor's bus
 * clock; both clocks run in step since power-on. Left out: 0WS#, IOCHRDY but as the profile's video figures, and the
 * difference between chip sets that post ISA writes and those that do not (here: none does). */
#include "emu/timing/bus.h"

enum region { REGION_RAM, REGION_VIDEO, REGION_SHADOW, REGION_ROM, REGION_NOBODY };
enum { VIDEO = 0xA0000, VIDEO_ROM = 0xC0000, MEGABYTE = 0x100000 };

static bool is_ram(const struct cycle *c, uint32_t physical)
{
    return physical < c->map.ram_size && physical - VIDEO >= MEGABYTE - VIDEO;
}

static enum region region_above_ram(const struct cycle *c, uint32_t physical)
{
    uint32_t rom_size = MEGABYTE - c->map.system_rom;
    if (physical - VIDEO < VIDEO_ROM - VIDEO || physical - c->map.frame_buffer < c->map.frame_buffer_size)
        return REGION_VIDEO;
    if (physical - VIDEO_ROM < c->map.video_rom_size || physical - c->map.system_rom < rom_size)
        return c->board.rom_shadowed ? REGION_SHADOW : REGION_ROM;
    return 0u - physical <= rom_size ? REGION_ROM : REGION_NOBODY;
}

static enum region region_of(const struct cycle *c, uint32_t physical)
{
    return is_ram(c, physical) ? REGION_RAM : region_above_ram(c, physical);
}

bool board_cacheable(const struct cycle *c, uint32_t physical)
{
    return is_ram(c, physical) ||
           (c->board.shadow_cacheable && region_above_ram(c, physical) == REGION_SHADOW);
}

bool board_writable(const struct cycle *c, uint32_t physical)
{
    return is_ram(c, physical);
}

static struct access bus_clocks(const struct cycle *c, uint64_t start, uint32_t first, uint32_t next, uint8_t target)
{
    uint32_t multiplier = c->board.multiplier;
    return (struct access){ start + (uint64_t)first * multiplier, next * multiplier, target };
}

/* --- Memory --- */

/* Is the row of PHYSICAL open? It is afterwards. */
static bool row_hit(struct cycle *c, uint32_t physical)
{
    uint32_t row = (physical & (0u - c->board.dram_page)) + 1, open = c->bus.dram_row;
    c->bus.dram_row = row;
    return open == row;
}

static uint32_t *l2_tag(const struct cycle *c, uint32_t physical)
{
    return &c->bus.l2[physical / L1_LINE & (c->bus.l2_lines - 1)];
}

static bool l2_hit(const struct cycle *c, uint32_t physical)
{
    return c->bus.l2 && *l2_tag(c, physical) == (line_of(physical) | LINE_VALID);
}

static struct access memory_reads(struct cycle *c, uint64_t start, uint32_t physical)
{
    const struct profile *b = &c->board;
    if (l2_hit(c, physical))
        return bus_clocks(c, start, b->l2_first, b->l2_next, TARGET_L2);
    if (row_hit(c, physical))
        return bus_clocks(c, start, b->dram_hit_first, b->dram_hit_next, TARGET_DRAM_HIT);
    return bus_clocks(c, start, b->dram_miss_first, b->dram_miss_next, TARGET_DRAM_MISS);
}

static inline struct access memory_writes(struct cycle *c, uint64_t start, uint32_t physical)
{
    const struct profile *b = &c->board;
    if (l2_hit(c, physical))
        return bus_clocks(c, start, b->l2_write, b->l2_next, TARGET_L2);
    if (row_hit(c, physical))
        return bus_clocks(c, start, b->dram_hit_write, b->dram_hit_next, TARGET_DRAM_HIT);
    return bus_clocks(c, start, b->dram_miss_write, b->dram_miss_next, TARGET_DRAM_MISS);
}

struct access board_burst(struct cycle *c, uint64_t start, uint32_t line)
{
    struct access a = memory_reads(c, start, line);
    if (c->bus.l2)
        *l2_tag(c, line) = line | LINE_VALID;
    return a;
}

struct access board_write_back(struct cycle *c, uint64_t start, uint32_t line)
{
    return memory_writes(c, start, line);
}

/* --- The ISA and local buses --- */

uint64_t board_isa(const struct cycle *c, uint64_t start, uint32_t count)
{
    uint32_t clock = c->board.ticks_per_clock, bclk = c->board.isa_ticks;
    uint64_t edge = (start * clock + bclk - 1) / bclk;
    return bus_edge(c, ((edge + count) * bclk + clock - 1) / clock);
}

static struct access isa(const struct cycle *c, uint64_t start, uint32_t count, uint8_t target)
{
    return (struct access){ board_isa(c, start, count), 0, target };
}

static struct access video(const struct cycle *c, uint64_t start, unsigned size, const struct access_clocks *clocks)
{
    uint32_t n = size == 1 ? clocks->byte : size == 2 ? clocks->word : clocks->dword;
    return c->board.video_local ? bus_clocks(c, start, n, 0, TARGET_VIDEO) : isa(c, start, n, TARGET_VIDEO);
}

/* ROMs answer in their width: a doubleword of an 8-bit EPROM takes four cycles. */
static struct access rom_read(const struct cycle *c, uint64_t start, uint32_t physical, unsigned size)
{
    if (c->board.rom_bytes == 1)
        return isa(c, start, size * c->board.isa_8, TARGET_ROM);
    return isa(c, start, ((physical & 1) + size + 1) / 2 * c->board.isa_16, TARGET_ROM);
}

struct access board_read(struct cycle *c, uint64_t start, uint32_t physical, unsigned size)
{
    switch (region_of(c, physical)) {
    case REGION_RAM:
    case REGION_SHADOW: return memory_reads(c, start, physical);
    case REGION_VIDEO: return video(c, start, size, &c->board.video_read);
    case REGION_ROM: return rom_read(c, start, physical, size);
    default: return isa(c, start, size * c->board.isa_8, TARGET_NOBODY);
    }
}

/* A write to ROM is nobody's; the chip set takes one to shadow RAM and drops it. */
struct access board_write(struct cycle *c, uint64_t start, uint32_t physical, unsigned size)
{
    if (__builtin_expect(is_ram(c, physical), 1))
        return memory_writes(c, start, physical);
    switch (region_above_ram(c, physical)) {
    case REGION_VIDEO: return video(c, start, size, &c->board.video_write);
    case REGION_SHADOW: return memory_writes(c, start, physical);
    default: return isa(c, start, size * c->board.isa_8, TARGET_NOBODY);
    }
}
