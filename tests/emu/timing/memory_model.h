/* The memory side of mode `cycle` on a board whose figures a test can compute with: 2-1-1-1 reads and writes of 2
 * clocks for all memory, as the i486's published clocks assume, no L2, no refresh, a clock of 33 MHz. */
#ifndef TESTS_EMU_TIMING_MEMORY_MODEL_H
#define TESTS_EMU_TIMING_MEMORY_MODEL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "emu/state.h"
#include "emu/timing/bus.h"

enum { RAM_SIZE = 4 << 20, SYSTEM_ROM = 0xF0000, VIDEO_ROM_SIZE = 0x8000, ROM_AT = SYSTEM_ROM, VIDEO_AT = 0xA0000,
       NOBODY_AT = 0xD0000 };

static const struct board_map usual_map = { .ram_size = RAM_SIZE, .video_rom_size = VIDEO_ROM_SIZE,
                                            .system_rom = SYSTEM_ROM };

static const struct profile ideal_board = {
    .name = "ideal", .ticks_per_clock = 126, .multiplier = 1, .cache_size = 8192,
    .agi_16 = 2, .agi_32 = 1, .misaligned = 3, .split_target = 3, .walk_clocks = 9, .walk_update_clocks = 3,
    .l2_first = 2, .l2_next = 1, .l2_write = 2,
    .dram_page = 4096,
    .dram_hit_first = 2, .dram_hit_next = 1, .dram_hit_write = 2,
    .dram_miss_first = 2, .dram_miss_next = 1, .dram_miss_write = 2,
    .refresh_clocks = 4,
    .rom_shadowed = 1, .shadow_cacheable = 1, .rom_bytes = 1,
    .isa_ticks = 504, .isa_8 = 6, .isa_16 = 3,
    .video_local = 1, .video_read = { 5, 5, 10 }, .video_write = { 3, 3, 6 },
    .cd = { .speed = 2 },
};

static inline void start_on(struct cycle *c, const struct profile *board)
{
    assert_true(cycle_init(c, board, &usual_map));
    cycle_cache_mode(c, false, false);
}

static inline void start_ideal(struct cycle *c)
{
    start_on(c, &ideal_board);
}

/* Nothing happens for CLOCKS: what is on the bus ends. */
static inline void idle_for(struct cycle *c, uint64_t clocks)
{
    cycle_pass(c, c->now + clocks);
}

/* LINE is put into the cache without time passing. */
static inline void warm(struct cycle *c, uint32_t line)
{
    if (!l1_touch(&c->l1, line))
        l1_fill(&c->l1, line);
}

static inline void warm_range(struct cycle *c, uint32_t from, uint32_t size)
{
    for (uint32_t at = 0; at < size; at += L1_LINE)
        warm(c, from + at);
}

static inline bool cached(struct cycle *c, uint32_t line)
{
    return l1_find(&c->l1, line) != NULL;
}

/* Clocks that one access takes at the present time. */
static inline uint64_t read_takes(struct cycle *c, uint32_t physical, unsigned size)
{
    uint64_t began = c->now;
    cycle_read(c, physical, size);
    return c->now - began;
}

static inline uint64_t write_takes(struct cycle *c, uint32_t physical, unsigned size)
{
    uint64_t began = c->now;
    cycle_write(c, physical, size);
    return c->now - began;
}

/* The N-th last bus cycle, 0 being the last. */
static inline const struct bus_cycle *logged(const struct cycle *c, unsigned n)
{
    return &c->bus.log[(c->bus.logged - 1 - n) % BUS_LOG];
}

#endif
