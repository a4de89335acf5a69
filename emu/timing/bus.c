/* Who has the bus, and when (i486 hardware reference; i486-timing reference, sections 4, 5 and 7). Cycles begin on
 * edges of the bus clock. Of what waits at one time refresh goes first, then posted writes in their order, then
 * prefetches; reads of data come from memory.c, which decides what goes before them.
 *
 * A posted write leaves its buffer when its cycle begins. Refresh is due at multiples of its period since power-on;
 * what fell into a long cycle is made up for by one. */
#include "emu/timing/bus.h"

/* The bus becomes free on edges of its clock. */
static uint64_t edge_when_free(const struct cycle *c, uint64_t since)
{
    return since <= c->bus.free ? c->bus.free : bus_edge(c, since);
}

/* --- Refresh --- */

/* The clock at which refresh number N, from 1 on, is due. */
static uint64_t due_time(const struct profile *board, uint64_t n)
{
    return (n * board->refresh_ticks + board->ticks_per_clock - 1) / board->ticks_per_clock;
}

void bus_set_refresh(struct cycle *c, uint64_t t)
{
    const struct profile *b = &c->board;
    c->bus.refreshes = b->refresh_ticks ? t * b->ticks_per_clock / b->refresh_ticks : 0;
    c->bus.refresh_due = b->refresh_ticks ? due_time(b, c->bus.refreshes + 1) : CYCLE_NEVER;
}

/* The last refresh that was due by T, when the bus is free, takes it. */
static void refresh(struct cycle *c, uint64_t t)
{
    bus_set_refresh(c, t);
    uint64_t start = edge_when_free(c, due_time(&c->board, c->bus.refreshes));
    uint64_t end = start + (uint64_t)c->board.refresh_clocks * c->board.multiplier;
    c->bus.free = end;
    c->bus.dram_row = 0;
    if (c->bus.refresh_due <= end)
        bus_set_refresh(c, end);
}

uint64_t bus_start(struct cycle *c, uint64_t since)
{
    uint64_t start = edge_when_free(c, since);
    if (__builtin_expect(start < c->bus.refresh_due, 1))
        return start;
    refresh(c, start);
    return edge_when_free(c, since);
}

/* --- Cycles --- */

void bus_record(struct cycle *c, enum bus_kind kind, uint32_t address, unsigned size, uint64_t start, uint64_t end,
                uint8_t target)
{
    c->bus.log[c->bus.logged++ % BUS_LOG] = (struct bus_cycle){ start, end, address, (uint8_t)size, kind, target };
    c->bus.free = end;
}

static uint64_t end_of_burst(const struct access *a)
{
    return a->first + 3 * (uint64_t)a->step;
}

void bus_write_back(struct cycle *c, uint64_t start, uint32_t line)
{
    struct access a = board_write_back(c, start, line);
    bus_record(c, BUS_WRITE_BACK, line, L1_LINE, start, end_of_burst(&a), a.target);
}

struct access bus_fill(struct cycle *c, enum bus_kind kind, uint64_t start, uint32_t physical)
{
    uint32_t line = line_of(physical), gone = l1_fill(&c->l1, line);
    struct access a = board_burst(c, start, line);
    bus_record(c, kind, physical & ~3u, L1_LINE, start, end_of_burst(&a), a.target);
    c->bus.fill_line = line;
    c->bus.fill_end = c->bus.free;
    if (gone & LINE_MODIFIED)
        bus_write_back(c, bus_start(c, c->bus.free), line_of(gone));
    return a;
}

uint64_t bus_read_single(struct cycle *c, enum bus_kind kind, uint64_t start, uint32_t physical, unsigned size)
{
    struct access a = board_read(c, start, physical, size);
    bus_record(c, kind, physical, size, start, a.first, a.target);
    return a.first;
}

uint64_t bus_write_single(struct cycle *c, enum bus_kind kind, uint64_t start, uint32_t physical, unsigned size)
{
    struct access a = board_write(c, start, physical, size);
    bus_record(c, kind, physical, size, start, a.first, a.target);
    return a.first;
}

/* --- What waits --- */

static void start_posted_at(struct cycle *c, uint64_t start)
{
    struct bus_timing *bus = &c->bus;
    const struct posted *p = &bus->posted[bus->first];
    bus->first = (bus->first + 1) % WRITE_BUFFERS;
    bus->count--;
    if (bus->count == 0)
        bus->passed = false;
    bus_write_single(c, BUS_WRITE, start, p->address, p->size);
}

uint64_t bus_start_posted(struct cycle *c)
{
    uint64_t start = bus_start(c, c->bus.posted[c->bus.first].since);
    start_posted_at(c, start);
    return start;
}

static uint64_t next_posted(const struct cycle *c)
{
    return c->bus.count ? edge_when_free(c, c->bus.posted[c->bus.first].since) : CYCLE_NEVER;
}

static uint64_t next_fetch(const struct cycle *c)
{
    return queue_wants(&c->queue) ? edge_when_free(c, c->queue.since) : CYCLE_NEVER;
}

/* What would begin before T begins; false if nothing would. */
static bool step_before(struct cycle *c, uint64_t t)
{
    uint64_t write = next_posted(c), fetch = next_fetch(c), start = write <= fetch ? write : fetch;
    if (start >= t)
        return false;
    if (start >= c->bus.refresh_due)
        refresh(c, start);
    else if (write <= fetch)
        start_posted_at(c, start);
    else
        queue_start(c, start);
    return true;
}

void bus_step(struct cycle *c)
{
    step_before(c, CYCLE_NEVER);
}

void bus_settle_waiting(struct cycle *c, uint64_t t)
{
    while (step_before(c, t))
        ;
}
