/* What the parts of the memory side share (cycle.h is what others see). One thing at a time is on the bus; `bus.free`
 * tells when it ends. What waits for it - posted writes, then prefetches - is started lazily: whoever needs to know
 * calls bus_settle() first, and everything that could have begun before then begins at the clock it would have. */
#ifndef EMU_TIMING_BUS_H
#define EMU_TIMING_BUS_H

#include "emu/timing/cycle.h"

enum { PAGE = 4096 };

static inline uint32_t line_of(uint32_t physical) { return physical & ~(uint32_t)(L1_LINE - 1); }

static inline uint64_t later(uint64_t a, uint64_t b) { return a > b ? a : b; }

/* --- cache.c --- */

/* What a line of the cache is besides its address. */
enum { LINE_VALID = 1, LINE_MODIFIED = 2 };

void l1_clear(struct l1 *l1);

/* Enters LINE, which is not there. Returns the entry that had to go, 0 if there was none. */
uint32_t l1_fill(struct l1 *l1, uint32_t line);

/* LINE's entry, NULL if it is not there. Changes nothing. */
uint32_t *l1_find(struct l1 *l1, uint32_t line);

/* --- board.c --- */

/* What a cycle that begins at a clock costs. The first doubleword is there, or the access done, at `first`; each
 * further one of a burst is `step` clocks later. */
struct access { uint64_t first; uint32_t step; uint8_t target; };

/* May the processor keep what lies at PHYSICAL in its cache (KEN#)? */
bool board_cacheable(const struct cycle *c, uint32_t physical);

/* May it be written at all, so that a line of it can become modified? */
bool board_writable(const struct cycle *c, uint32_t physical);

/* A line is read, into the L2 cache too; a line is written back; up to a doubleword is read or written. START is an
 * edge of the bus clock. */
struct access board_burst(struct cycle *c, uint64_t start, uint32_t line);
struct access board_write_back(struct cycle *c, uint64_t start, uint32_t line);
struct access board_read(struct cycle *c, uint64_t start, uint32_t physical, unsigned size);
struct access board_write(struct cycle *c, uint64_t start, uint32_t physical, unsigned size);

/* The end of COUNT clocks of BCLK, which begin with its next edge from START on. */
uint64_t board_isa(const struct cycle *c, uint64_t start, uint32_t count);

/* --- bus.c --- */

/* The first edge of the bus clock from T on. */
static inline uint64_t bus_edge(const struct cycle *c, uint64_t t)
{
    switch (c->board.multiplier) {
    case 1: return t;
    case 2: return t + (t & 1);
    default: return (t + 2) / 3 * 3;
    }
}

/* When a cycle wanted since SINCE begins, if nothing goes before it but refresh. */
uint64_t bus_start(struct cycle *c, uint64_t since);

/* Notes a cycle that was begun, and keeps the bus until END. */
void bus_record(struct cycle *c, enum bus_kind kind, uint32_t address, unsigned size, uint64_t start, uint64_t end,
                uint8_t target);

/* A line goes into the cache, and the one that makes room out if it is modified. Returns when the doublewords are
 * there: the one asked for at PHYSICAL first, the others by XOR of their number with it. */
struct access bus_fill(struct cycle *c, enum bus_kind kind, uint64_t start, uint32_t physical);

/* Up to a doubleword is read or written by itself. Returns when it is done. */
uint64_t bus_read_single(struct cycle *c, enum bus_kind kind, uint64_t start, uint32_t physical, unsigned size);
uint64_t bus_write_single(struct cycle *c, enum bus_kind kind, uint64_t start, uint32_t physical, unsigned size);

/* A modified line goes out in a burst. */
void bus_write_back(struct cycle *c, uint64_t start, uint32_t line);

/* Begins the oldest posted write. Returns when. */
uint64_t bus_start_posted(struct cycle *c);

/* Begins whatever comes next. Something must be waiting. */
void bus_step(struct cycle *c);

void bus_settle_waiting(struct cycle *c, uint64_t t);

/* The next refresh cycle after clock T, by the count. */
void bus_set_refresh(struct cycle *c, uint64_t t);

/* --- queue.c --- */

static inline bool queue_wants(const struct prefetch *q) { return q->fetch != q->end; }

/* The bus is given to the next fetch, at START. */
void queue_start(struct cycle *c, uint64_t start);

/* Everything that could have begun before T has begun after this. */
static inline void bus_settle(struct cycle *c, uint64_t t)
{
    if ((c->bus.count || queue_wants(&c->queue)) && c->bus.free < t)
        bus_settle_waiting(c, t);
}

#endif
