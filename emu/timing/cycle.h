/* Timing mode `cycle`: at which core clock of a named board each instruction, memory access and bus cycle happens.
 *
 * The model is told what the processor does, in order, and keeps `now`, the core clock; it never says what happens,
 * only when. An instruction goes so:
 *
 *     cycle_begin()   waits for its bytes (prefetch queue), registers (pipeline.h) and the FPU
 *     cycle_read(), cycle_write(), cycle_walk(), cycle_io(), as its handler makes accesses
 *     cycle_end()     adds its clocks by the table
 *     cycle_jump()    if it left the straight line: the queue is filled from the target
 *
 * Two things run beside the instructions, and are reckoned when somebody needs to know: the bus, which works off
 * prefetches, line fills and write buffers while the processor goes on, and the FPU. All that waits is added to
 * stall[], by cause; what is left of an instruction's clocks is its base.
 *
 * Parts: cache.c (tags and replacement), queue.c (prefetch), memory.c (accesses, write buffers), board.c (what a bus
 * cycle costs on the board: L2, DRAM, ROM, ISA, video, refresh), pipeline.c. Times are core clocks since power-on,
 * addresses physical with A20 applied. There is no data here: memory is always up to date, in write-back caches too. */
#ifndef EMU_TIMING_CYCLE_H
#define EMU_TIMING_CYCLE_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/timing/pipeline.h"
#include "emu/timing/profile.h"

struct state;

/* Why the processor waits. */
enum cycle_stall {
    STALL_PREFIX,           /* prefix bytes that nothing hides */
    STALL_REGISTER,         /* interlock, byte rule, partial register */
    STALL_ADDRESS,          /* index; displacement and immediate */
    STALL_FPU,              /* the FPU is still busy */
    STALL_FETCH,            /* bytes of the instruction are not there yet */
    STALL_ALIGN,            /* operands across doublewords, targets across lines */
    STALL_CACHE,            /* read misses, lines being filled */
    STALL_TLB,              /* page walks */
    STALL_WRITE,            /* write buffers full or to be drained */
    STALL_BUS,              /* uncached, locked and I/O cycles */
    STALLS
};

/* --- The on-chip cache: tags only --- */

enum { L1_WAYS = 4, L1_SETS_MAX = 256, L1_LINE = 16, L1_INVALID = 0 };

struct l1_set {
    uint32_t line[L1_WAYS];         /* line address (bits 31-4) | 1 valid | 2 modified (write-back parts); 0: invalid */
    uint8_t lru;                    /* B0-B2 as in pseudo_lru.h */
    uint8_t last;                   /* way used last */
};

struct l1 {
    uint32_t sets;                  /* 128 or 256 */
    bool off, no_fill;              /* CR0.CD and NW: 11 and 10 */
    struct l1_set set[L1_SETS_MAX];
};

/* --- The prefetch queue: two lines of 16 bytes --- */

struct prefetch {
    uint32_t line;                  /* address of the line being consumed */
    uint32_t end;                   /* behind the last line that is wanted: line + 16 at a page's end, else + 32 */
    uint32_t fetch;                 /* the next fetch begins here; == end: all there or under way */
    uint32_t target;                /* of the last jump */
    uint64_t since;                 /* since when what lies at `fetch` has been wanted */
    uint64_t begun;                 /* when all that was begun will be there */
    uint64_t ready;                 /* when all bytes up to end will be there (CYCLE_NEVER: not all begun) */
    uint64_t dword_ready[2][4];     /* by address bits 4 and 3-2: when each doubleword of the two lines will be there */
    bool valid;                     /* false: nothing fetched since reset */
};

/* --- Write buffers and the bus --- */

enum { WRITE_BUFFERS = 4, BUS_LOG = 64 };
#define CYCLE_NEVER UINT64_MAX

struct posted { uint32_t address; uint8_t size; bool hit; uint64_t since; };

enum bus_kind { BUS_FETCH, BUS_FILL, BUS_READ, BUS_WRITE, BUS_WRITE_BACK, BUS_LOCKED_READ, BUS_LOCKED_WRITE, BUS_IN,
                BUS_OUT, BUS_WALK, BUS_DMA, BUS_KINDS };

/* What answered. */
enum bus_target { TARGET_L2, TARGET_DRAM_HIT, TARGET_DRAM_MISS, TARGET_ROM, TARGET_VIDEO, TARGET_ISA, TARGET_NOBODY };

struct bus_cycle {                  /* for `info bus` */
    uint64_t start, end;            /* core clocks */
    uint32_t address;
    uint8_t size, kind, target;
};

struct bus_timing {
    uint64_t free;                  /* when the cycle under way, or the last one, ends: an edge of the bus clock */
    uint64_t fill_end;              /* of the last line fill */
    uint32_t fill_line;             /* its line */
    struct posted posted[WRITE_BUFFERS];
    unsigned first, count;          /* ring */
    bool passed;                    /* a read has passed the buffers since they were last empty */
    uint32_t dram_row;              /* open row + 1, 0: none */
    uint64_t refreshes;             /* that were due so far */
    uint64_t refresh_due;           /* the next one (CYCLE_NEVER: hidden) */
    uint32_t *l2;                   /* tags, direct mapped: line address | 1; NULL: none */
    uint32_t l2_lines;              /* a power of two, or 0 */
    struct bus_cycle log[BUS_LOG];  /* ring; logged counts all */
    uint64_t logged;
};

/* Where things lie on the board; physical addresses. */
struct board_map {
    uint32_t ram_size;              /* RAM from 0 to here but for A0000-FFFFF */
    uint32_t video_rom_size;        /* at C0000 */
    uint32_t system_rom;            /* its base below 1 MB */
    uint32_t frame_buffer, frame_buffer_size;   /* video memory above the RAM, if any */
};

struct cycle {
    uint64_t now;                   /* core clock */
    uint32_t base;                  /* of the instruction's clocks: not yet spent */
    uint32_t writes;                /* done so far by the instruction */
    uint64_t began;                 /* the instruction, its bytes decoded */
    const struct timing_shape *shape;
    struct pipeline pipeline;
    struct prefetch queue;
    struct l1 l1;
    struct bus_timing bus;
    uint64_t stall[STALLS];
    uint64_t l1_hits, l1_misses, walks;     /* reads; for `info` */
    struct profile board;           /* by value: single parameters may be set */
    struct board_map map;
};

/* BOARD is copied. False when out of memory (L2 tags). */
bool cycle_init(struct cycle *c, const struct profile *board, const struct board_map *map);
void cycle_destroy(struct cycle *c);

/* RESET: caches and buffers empty, at core clock NOW. */
void cycle_reset(struct cycle *c, uint64_t now);

/* Takes another board or changed parameters at once; the caches are emptied if their sizes change. False when out of
 * memory: nothing changed. */
bool cycle_set_board(struct cycle *c, const struct profile *board);

/* Time went on by itself to NOW (halt, delivery, the mode was changed): the bus works on meanwhile. */
static inline void cycle_pass(struct cycle *c, uint64_t now)
{
    if (now > c->now)
        c->now = now;
}

void cycle_visit(struct cycle *c, struct state *state);

/* --- Slow paths of the inline functions below --- */

void queue_fetch(struct cycle *c, uint32_t physical, unsigned size);
void memory_read(struct cycle *c, uint32_t physical, unsigned size);
void memory_write(struct cycle *c, uint32_t physical, unsigned size);

/* --- An instruction --- */

static inline void cycle_stall_until(struct cycle *c, enum cycle_stall why, uint64_t until)
{
    if (until > c->now) {
        c->stall[why] += until - c->now;
        c->now = until;
    }
}

/* The instruction of SHAPE, LENGTH bytes at PHYSICAL (all in one page; else cycle_fetch() for each part before, and
 * LENGTH 0). */
static inline void cycle_begin(struct cycle *c, const struct timing_shape *shape, uint32_t physical, unsigned length)
{
    if (__builtin_expect(physical + length - c->queue.line > L1_LINE || c->now < c->queue.ready, 0) && length)
        queue_fetch(c, physical, length);
    uint64_t start = c->now;
    uint32_t prefix;
    uint64_t t = pipeline_begin(&c->pipeline, shape, start, &prefix);
    if (t != start) {
        c->stall[STALL_REGISTER] += t - start - prefix;
        c->stall[STALL_PREFIX] += prefix;
    }
    c->stall[STALL_ADDRESS] += shape->address_clocks;
    c->now = t + shape->address_clocks;
    if (shape->flags & SHAPE_FPU)
        cycle_stall_until(c, STALL_FPU, c->pipeline.fpu_free);
    c->shape = shape;
    c->began = start;
    c->base = shape->clocks - shape->concurrent;
    c->writes = 0;
}

/* VARIABLE: clocks of timing_variable(), less those already spent through cycle_spend(). */
static inline void cycle_end(struct cycle *c, uint32_t variable)
{
    const struct timing_shape *shape = c->shape;
    uint32_t overlapped = shape->flags & SHAPE_OVERLAP ? variable : 0;
    c->now += c->base + variable - overlapped;
    c->base = 0;
    if (shape->concurrent + overlapped)
        c->pipeline.fpu_free = c->now + shape->concurrent + overlapped;
    pipeline_end(&c->pipeline, shape, c->began, c->now);
}

/* Waits for the bytes of an instruction that crosses a page, part by part. */
static inline void cycle_fetch(struct cycle *c, uint32_t physical, unsigned length)
{
    queue_fetch(c, physical, length);
}

/* Execution goes on at PHYSICAL, off the straight line: the queue is emptied. The clocks of a jump to a target that is
 * in the cache are in the clock table; what a miss or a split target adds is waited for by the next cycle_begin(). */
void cycle_jump(struct cycle *c, uint32_t physical);

/* Is the byte at PHYSICAL in the prefetch queue already (and so will not see a write any more)? */
bool cycle_prefetched(struct cycle *c, uint32_t physical);

/* Clocks of the instruction itself that pass before its next access: an iteration of a string instruction. */
static inline void cycle_spend(struct cycle *c, uint32_t clocks)
{
    c->now += clocks;
}

/* --- Accesses. SIZE 1, 2, 4 --- */

/* Looks LINE (bits 31-4) up. True on a hit, which makes the way the one used last. */
bool l1_touch(struct l1 *l1, uint32_t line);

static inline bool l1_hit(struct l1 *l1, uint32_t physical)
{
    struct l1_set *set = &l1->set[physical / L1_LINE & (l1->sets - 1)];
    uint32_t line = physical & ~(uint32_t)(L1_LINE - 1);
    return __builtin_expect((set->line[set->last] & ~2u) == (line | 1), 1) || l1_touch(l1, line);
}

/* A data read. Everything but a hit of an aligned operand is in memory.c. */
static inline void cycle_read(struct cycle *c, uint32_t physical, unsigned size)
{
    if (__builtin_expect((physical & 3) + size <= 4 && c->now >= c->bus.fill_end && l1_hit(&c->l1, physical), 1))
        c->l1_hits++;
    else
        memory_read(c, physical, size);
}

/* A data write: posted, or waited for when all buffers are full. */
static inline void cycle_write(struct cycle *c, uint32_t physical, unsigned size)
{
    memory_write(c, physical, size);
}

/* An operand across a page's end is two accesses for the caller: its clocks for that, before the part in the higher
 * page, which comes first. */
static inline void cycle_misaligned(struct cycle *c)
{
    c->now += c->board.misaligned;
    c->stall[STALL_ALIGN] += c->board.misaligned;
}

/* A read that fills no line: PCD, device memory. */
void cycle_read_uncached(struct cycle *c, uint32_t physical, unsigned size);

/* The read and the write of a LOCKed or XCHG read-modify-write: buffers drain first, and the bus is waited for. */
void cycle_read_locked(struct cycle *c, uint32_t physical, unsigned size);
void cycle_write_locked(struct cycle *c, uint32_t physical, unsigned size);

/* The paging unit reads a directory entry and a table entry, and writes those whose bit of UPDATED (1 directory, 2
 * table) is set. */
void cycle_walk(struct cycle *c, uint32_t directory, uint32_t table, unsigned updated);

/* An I/O cycle of SIZE bytes at PORT, of which the device decodes WIDTH at once: waits for the buffers, the bus and the
 * ISA bus. `now` is where the device sees it. Two of the clocks that the instruction has not spent yet are those of the
 * manual's own bus cycle; an iteration that spent all its clocks before pays for the whole ISA cycle. */
void cycle_io(struct cycle *c, uint16_t port, unsigned size, unsigned width, bool write);

/* --- Others on the bus --- */

/* DMA held the bus for TICKS of 1/4.2 GHz. */
void cycle_hold(struct cycle *c, uint64_t ticks);

/* Somebody else wrote SIZE bytes of memory: snooped lines become invalid. */
void cycle_snoop(struct cycle *c, uint32_t physical, uint32_t size);

/* CR0.CD and NW as loaded. */
void cycle_cache_mode(struct cycle *c, bool cd, bool nw);

/* INVD, WBINVD: empties the cache; WRITE_BACK: modified lines go out first and are waited for. */
void cycle_cache_flush(struct cycle *c, bool write_back);

#endif
