/* Accesses of the processor, and of others, to memory and ports (i486 hardware reference; i486-timing reference,
 * sections 4 to 7).
 *
 * Reads that hit the cache never come here but while a line is filled. A miss waits for the fill before it, and for the
 * write buffers unless all that is in them were hits, which it may pass once until they are empty; then for its own
 * doubleword. Reads that fill no line pass nothing. Writes are posted at the clock of the instruction at which the
 * manual's stages would make them, as far as that is known: one a clock from its second clock on, those that give back
 * what was read at its end. I/O and locked cycles wait until all buffers are empty, and are waited for.
 *
 * Left out: the bus cycles that tell the board of INVD and WBINVD, contention with snoops, buffered REP OUTS. */
#include "emu/timing/bus.h"

/* --- Waiting for writes --- */

/* All posted writes go out and are waited for. */
static void drain(struct cycle *c)
{
    bus_settle(c, c->now);
    if (!c->bus.count)
        return;
    while (c->bus.count)
        bus_start_posted(c);
    cycle_stall_until(c, STALL_WRITE, c->bus.free);
}

static bool all_hits(const struct bus_timing *bus)
{
    for (unsigned i = 0; i < bus->count; i++)
        if (!bus->posted[(bus->first + i) % WRITE_BUFFERS].hit)
            return false;
    return true;
}

/* Before a read miss that fills a line. */
static void pass_or_drain(struct cycle *c)
{
    if (!c->bus.count)
        return;
    if (c->bus.passed || !all_hits(&c->bus))
        drain(c);
    else
        c->bus.passed = true;
}

/* --- Reads --- */

static void wait_for_fill(struct cycle *c, uint32_t physical)
{
    if (line_of(physical) == c->bus.fill_line)
        cycle_stall_until(c, STALL_CACHE, c->bus.fill_end);
}

static void fill_line(struct cycle *c, uint32_t physical, enum bus_kind kind)
{
    cycle_stall_until(c, STALL_CACHE, c->bus.fill_end);
    pass_or_drain(c);
    cycle_stall_until(c, STALL_CACHE, bus_fill(c, kind, bus_start(c, c->now), physical).first);
}

static void read_external(struct cycle *c, uint32_t physical, unsigned size, enum bus_kind kind)
{
    drain(c);
    cycle_stall_until(c, STALL_BUS, bus_read_single(c, kind, bus_start(c, c->now), physical, size));
}

/* KIND BUS_FILL or BUS_WALK: fills a line if that may be done at all; BUS_READ: does not. */
static void read_part(struct cycle *c, uint32_t physical, unsigned size, enum bus_kind kind)
{
    bus_settle(c, c->now);
    wait_for_fill(c, physical);
    if (l1_hit(&c->l1, physical)) {
        c->l1_hits++;
        return;
    }
    c->l1_misses++;
    if (kind != BUS_READ && !c->l1.no_fill && board_cacheable(c, physical))
        fill_line(c, physical, kind);
    else
        read_external(c, physical, size, kind == BUS_FILL ? BUS_READ : kind);
}

/* Bytes of an operand in its lower doubleword, if it reaches into the next. */
static unsigned low_part(uint32_t physical) { return 4 - (physical & 3); }

static bool is_misaligned(uint32_t physical, unsigned size) { return (physical & 3) + size > 4; }

static void read_operand(struct cycle *c, uint32_t physical, unsigned size, enum bus_kind kind)
{
    if (is_misaligned(physical, size)) {
        unsigned low = low_part(physical);
        cycle_misaligned(c);
        read_part(c, physical + low, size - low, kind);
        size = low;
    }
    read_part(c, physical, size, kind);
}

void memory_read(struct cycle *c, uint32_t physical, unsigned size)
{
    read_operand(c, physical, size, BUS_FILL);
}

void cycle_read_uncached(struct cycle *c, uint32_t physical, unsigned size)
{
    read_operand(c, physical, size, BUS_READ);
}

/* --- Writes --- */

/* Clocks from `now` at which the next write of the instruction is made. */
static uint32_t write_delay(const struct cycle *c)
{
    if (c->shape->flags & (SHAPE_MODIFY | SHAPE_STRING))
        return c->shape->flags & SHAPE_STRING ? 0 : c->base;
    return c->base < 1 + c->writes ? c->base : 1 + c->writes;
}

/* The instruction waits until T where it would have gone on at *WHEN. */
static void delay_write(struct cycle *c, enum cycle_stall why, uint64_t *when, uint64_t t)
{
    if (t <= *when)
        return;
    c->stall[why] += t - *when;
    c->now += t - *when;
    *when = t;
}

/* A write that hits goes no further than the cache: because that writes back, or CR0.CD and NW are set. */
static bool stays_inside(struct cycle *c, uint32_t physical)
{
    if (c->board.cache_write_back && board_writable(c, physical)) {
        struct l1_set *set = &c->l1.set[physical / L1_LINE & (c->l1.sets - 1)];
        set->line[set->last] |= LINE_MODIFIED;
        return true;
    }
    return c->l1.off;
}

static void post(struct cycle *c, uint32_t physical, unsigned size, bool hit, uint64_t when)
{
    struct bus_timing *bus = &c->bus;
    bus_settle(c, when);
    if (!bus->count && bus->free <= when) {
        bus_write_single(c, BUS_WRITE, bus_start(c, when), physical, size);
        return;
    }
    if (bus->count == WRITE_BUFFERS)
        delay_write(c, STALL_WRITE, &when, bus_start_posted(c));
    bus->posted[(bus->first + bus->count++) % WRITE_BUFFERS] = (struct posted){ physical, (uint8_t)size, hit, when };
}

static void write_part(struct cycle *c, uint32_t physical, unsigned size)
{
    uint64_t when = c->now + write_delay(c);
    c->writes++;
    if (when < c->bus.fill_end && line_of(physical) == c->bus.fill_line)
        delay_write(c, STALL_CACHE, &when, c->bus.fill_end);
    bool hit = l1_hit(&c->l1, physical);
    if (!hit || !stays_inside(c, physical))
        post(c, physical, size, hit, when);
}

void memory_write(struct cycle *c, uint32_t physical, unsigned size)
{
    if (__builtin_expect(is_misaligned(physical, size), 0)) {
        unsigned low = low_part(physical);
        cycle_misaligned(c);
        write_part(c, physical + low, size - low);
        size = low;
    }
    write_part(c, physical, size);
}

/* --- Locked cycles, page walks --- */

/* LINE goes out first if it is modified. */
static void clean(struct cycle *c, uint32_t line)
{
    uint32_t *entry = l1_find(&c->l1, line);
    if (!entry || !(*entry & LINE_MODIFIED))
        return;
    bus_write_back(c, bus_start(c, c->now), line);
    *entry &= ~(uint32_t)LINE_MODIFIED;
}

static void read_locked(struct cycle *c, uint32_t physical, unsigned size)
{
    drain(c);
    clean(c, line_of(physical));
    cycle_stall_until(c, STALL_BUS, bus_read_single(c, BUS_LOCKED_READ, bus_start(c, c->now), physical, size));
}

static void write_locked(struct cycle *c, uint32_t physical, unsigned size)
{
    drain(c);
    l1_hit(&c->l1, physical);
    cycle_stall_until(c, STALL_BUS, bus_write_single(c, BUS_LOCKED_WRITE, bus_start(c, c->now), physical, size));
}

void cycle_read_locked(struct cycle *c, uint32_t physical, unsigned size)
{
    if (is_misaligned(physical, size)) {
        unsigned low = low_part(physical);
        cycle_misaligned(c);
        read_locked(c, physical + low, size - low);
        size = low;
    }
    read_locked(c, physical, size);
}

void cycle_write_locked(struct cycle *c, uint32_t physical, unsigned size)
{
    if (is_misaligned(physical, size)) {
        unsigned low = low_part(physical);
        cycle_misaligned(c);
        write_locked(c, physical + low, size - low);
        size = low;
    }
    write_locked(c, physical, size);
}

static void update_entry(struct cycle *c, uint32_t entry)
{
    read_locked(c, entry, 4);
    write_locked(c, entry, 4);
    c->now += c->board.walk_update_clocks;
}

/* The last two of a walk's clocks come after the table's entry was read. With 9 clocks for a walk and 3 for an update,
 * and reads of 2-1-1-1 that miss, the whole takes 13, 21 if the table's entry is updated and 28 if both are (i486 data
 * sheet, assumption 10 of its clock table); 20 if only the directory's is. */
void cycle_walk(struct cycle *c, uint32_t directory, uint32_t table, unsigned updated)
{
    enum { AFTER = 2 };
    uint32_t walk = c->board.walk_clocks, after = walk < AFTER ? walk : AFTER;
    uint64_t began = c->now, cache = c->stall[STALL_CACHE], write = c->stall[STALL_WRITE], bus = c->stall[STALL_BUS];
    read_part(c, directory, 4, BUS_WALK);
    c->now += walk - after;
    if (updated & 1)
        update_entry(c, directory);
    read_part(c, table, 4, BUS_WALK);
    c->now += after;
    if (updated & 2)
        update_entry(c, table);
    c->stall[STALL_CACHE] = cache;
    c->stall[STALL_WRITE] = write;
    c->stall[STALL_BUS] = bus;
    c->stall[STALL_TLB] += c->now - began;
    c->walks++;
}

/* --- I/O --- */

/* BCLK of the cycles that SIZE bytes at PORT take. */
static uint32_t io_clocks(const struct cycle *c, uint16_t port, unsigned size, unsigned width)
{
    if (width == 1 || port & 1 || size == 1)
        return size * c->board.isa_8;
    return size / 2 * c->board.isa_16;
}

/* The manual's clocks end with a bus cycle of two. */
void cycle_io(struct cycle *c, uint16_t port, unsigned size, unsigned width, bool write)
{
    enum { COUNTED = 2 };
    uint32_t counted = c->base < COUNTED ? c->base : COUNTED;
    drain(c);
    c->now += c->base - counted;
    c->base = 0;
    bus_settle(c, c->now);
    uint64_t start = bus_start(c, c->now), end = board_isa(c, start, io_clocks(c, port, size, width));
    bus_record(c, write ? BUS_OUT : BUS_IN, port, size, start, end, TARGET_ISA);
    c->now += counted;
    cycle_stall_until(c, STALL_BUS, end);
}

/* --- Others on the bus --- */

void cycle_hold(struct cycle *c, uint64_t ticks)
{
    bus_settle(c, c->now);
    uint64_t start = bus_start(c, c->now), clocks = (ticks + c->board.ticks_per_clock - 1) / c->board.ticks_per_clock;
    bus_record(c, BUS_DMA, 0, 0, start, bus_edge(c, start + clocks), TARGET_ISA);
}

static void snoop_line(struct cycle *c, uint32_t line)
{
    uint32_t *entry = l1_find(&c->l1, line);
    if (!entry)
        return;
    clean(c, line);
    *entry = L1_INVALID;
}

static void snoop_all(struct cycle *c, uint32_t physical, uint32_t size)
{
    for (unsigned i = 0; i < c->l1.sets * L1_WAYS; i++) {
        uint32_t line = line_of(c->l1.set[i / L1_WAYS].line[i % L1_WAYS]);
        if (line - line_of(physical) < size + (physical - line_of(physical)))
            snoop_line(c, line);
    }
}

void cycle_snoop(struct cycle *c, uint32_t physical, uint32_t size)
{
    if (c->l1.off || !size)
        return;
    bus_settle(c, c->now);
    if (size > c->l1.sets * L1_LINE)
        snoop_all(c, physical, size);
    else
        for (uint32_t done = 0; done < size + physical % L1_LINE; done += L1_LINE)
            snoop_line(c, line_of(physical) + done);
}

void cycle_cache_mode(struct cycle *c, bool cd, bool nw)
{
    bus_settle(c, c->now);
    c->l1.no_fill = cd;
    c->l1.off = cd && nw;
}

void cycle_cache_flush(struct cycle *c, bool write_back)
{
    bus_settle(c, c->now);
    for (unsigned i = 0; write_back && i < c->l1.sets * L1_WAYS; i++) {
        uint32_t entry = c->l1.set[i / L1_WAYS].line[i % L1_WAYS];
        if (!(entry & LINE_MODIFIED))
            continue;
        bus_write_back(c, bus_start(c, c->now), line_of(entry));
        cycle_stall_until(c, STALL_BUS, c->bus.free);
    }
    l1_clear(&c->l1);
}
