/* The model of mode `cycle` as a whole: power-on, RESET, another board, state. What it does is in queue.c, memory.c,
 * bus.c, board.c, cache.c and pipeline.c. */
#include "emu/timing/cycle.h"

#include <stdlib.h>
#include <string.h>

#include "emu/state.h"
#include "emu/timing/bus.h"

/* What is executed between instructions: deliveries that nobody has named. */
static const struct timing_shape idle = { .clocks = 0 };

/* --- Sizes that follow from the board --- */

static uint32_t sets_of(const struct profile *board)
{
    return board->cache_size / (L1_WAYS * L1_LINE) > L1_SETS_MAX / 2 ? L1_SETS_MAX : L1_SETS_MAX / 2;
}

static uint32_t l2_lines_of(const struct profile *board)
{
    uint32_t lines = board->l2_size / L1_LINE;
    while (lines & (lines - 1))
        lines &= lines - 1;
    return lines;
}

/* Empty L2 tags for BOARD, if it needs other ones than C has. */
static bool fit_l2(struct cycle *c, const struct profile *board)
{
    uint32_t lines = l2_lines_of(board), *tags = NULL;
    if (lines == c->bus.l2_lines)
        return true;
    if (lines && !(tags = calloc(lines, sizeof *tags)))
        return false;
    free(c->bus.l2);
    c->bus.l2 = tags;
    c->bus.l2_lines = lines;
    return true;
}

static void fit_l1(struct cycle *c)
{
    if (c->l1.sets != sets_of(&c->board))
        l1_clear(&c->l1);
    c->l1.sets = sets_of(&c->board);
}

/* --- Power-on, RESET, another board --- */

bool cycle_init(struct cycle *c, const struct profile *board, const struct board_map *map)
{
    *c = (struct cycle){ .board = *board, .map = *map };
    if (!fit_l2(c, board))
        return false;
    fit_l1(c);
    cycle_reset(c, 0);
    return true;
}

void cycle_destroy(struct cycle *c)
{
    free(c->bus.l2);
    c->bus.l2 = NULL;
    c->bus.l2_lines = 0;
}

/* Nothing under way, at core clock NOW. */
static void stop_all(struct cycle *c, uint64_t now)
{
    c->now = now;
    c->base = c->writes = 0;
    c->began = now;
    c->shape = &idle;
    c->queue = (struct prefetch){ .begun = now, .ready = CYCLE_NEVER };
    c->bus.free = c->bus.fill_end = bus_edge(c, now);
    c->bus.first = c->bus.count = 0;
    c->bus.passed = false;
    c->bus.dram_row = 0;
    bus_set_refresh(c, now);
}

void cycle_reset(struct cycle *c, uint64_t now)
{
    l1_clear(&c->l1);
    c->l1.off = c->l1.no_fill = true;       /* CR0 is 60000010h */
    if (c->bus.l2)
        memset(c->bus.l2, 0, c->bus.l2_lines * sizeof *c->bus.l2);
    stop_all(c, now);
    pipeline_reset(&c->pipeline);
}

/* A time in core clocks of FROM ticks, in those of TO. */
static uint64_t converted(uint64_t t, uint32_t from, uint32_t to)
{
    return (t * from + to - 1) / to;
}

bool cycle_set_board(struct cycle *c, const struct profile *board)
{
    uint32_t from = c->board.ticks_per_clock, to = board->ticks_per_clock;
    if (!fit_l2(c, board))
        return false;
    c->board = *board;
    fit_l1(c);
    if (from != to)
        pipeline_reset(&c->pipeline);
    stop_all(c, from == to ? c->now : converted(c->now, from, to));
    return true;
}

/* --- State --- */

enum { CHUNK = 1024 };

static void put_word(uint8_t *bytes, uint32_t word)
{
    for (unsigned i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(word >> 8 * i);
}

static uint32_t get_word(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void visit_words(struct state *state, const char *name, uint32_t *words, uint32_t count)
{
    uint8_t bytes[4 * CHUNK];
    for (uint32_t at = 0; at < count; at += CHUNK) {
        uint32_t n = count - at < CHUNK ? count - at : CHUNK;
        for (uint32_t i = 0; i < n; i++)
            put_word(bytes + 4 * i, words[at + i]);
        state_bytes(state, name, bytes, 4 * n);
        for (uint32_t i = 0; i < n; i++)
            words[at + i] = get_word(bytes + 4 * i);
    }
}

/* An entry holds a line of its own set, or nothing. */
static bool entry_is_possible(const struct l1 *l1, unsigned set, uint32_t entry)
{
    return entry == L1_INVALID ||
           ((entry & LINE_VALID) && !(entry & 0xC) && (entry / L1_LINE & (l1->sets - 1)) == set);
}

static void visit_l1_set(struct l1 *l1, unsigned n, struct state *state)
{
    struct l1_set *set = &l1->set[n];
    visit_words(state, "line", set->line, L1_WAYS);
    state_u8(state, "lru", &set->lru);
    state_u8(state, "last", &set->last);
    bool ok = set->lru <= 7 && set->last < L1_WAYS;
    for (unsigned way = 0; way < L1_WAYS; way++)
        ok = ok && entry_is_possible(l1, n, set->line[way]);
    state_check(state, ok, "a set of the cache is impossible");
    if (!ok)
        *set = (struct l1_set){ .lru = 0 };
}

static void visit_l1(struct l1 *l1, struct state *state)
{
    state_section(state, "l1");
    state_bool(state, "off", &l1->off);
    state_bool(state, "no_fill", &l1->no_fill);
    for (unsigned i = 0; i < l1->sets; i++)
        visit_l1_set(l1, i, state);
}

static void visit_time(struct state *state, const char *name, uint64_t *t, uint64_t now)
{
    enum { FUTURE = 1 << 30 };
    state_u64(state, name, t);
    state_check(state, *t == CYCLE_NEVER || *t <= now + FUTURE, "a time is too far away");
}

static bool queue_is_possible(const struct prefetch *q)
{
    uint32_t ahead = q->end - q->line;
    bool sized = q->valid ? ahead == L1_LINE || ahead == 2 * L1_LINE : ahead == 0;
    return sized && q->line % L1_LINE == 0 && q->fetch % 4 == 0 && q->fetch - q->line <= ahead &&
           q->since != CYCLE_NEVER && q->begun != CYCLE_NEVER;
}

static void visit_queue(struct cycle *c, struct state *state)
{
    struct prefetch *q = &c->queue;
    state_section(state, "queue");
    state_u32(state, "line", &q->line);
    state_u32(state, "end", &q->end);
    state_u32(state, "fetch", &q->fetch);
    state_u32(state, "target", &q->target);
    state_bool(state, "valid", &q->valid);
    visit_time(state, "since", &q->since, c->now);
    visit_time(state, "begun", &q->begun, c->now);
    visit_time(state, "ready", &q->ready, c->now);
    for (unsigned i = 0; i < 8; i++)
        visit_time(state, "dword_ready", &q->dword_ready[i / 4][i % 4], c->now);
    state_check(state, queue_is_possible(q), "the prefetch queue is impossible");
}

static void visit_posted(struct cycle *c, struct state *state)
{
    state_u32(state, "first", &c->bus.first);
    state_u32(state, "count", &c->bus.count);
    state_check(state, c->bus.first < WRITE_BUFFERS && c->bus.count <= WRITE_BUFFERS, "there are four write buffers");
    if (c->bus.first >= WRITE_BUFFERS || c->bus.count > WRITE_BUFFERS)
        c->bus.first = c->bus.count = 0;
    for (unsigned i = 0; i < WRITE_BUFFERS; i++) {
        struct posted *p = &c->bus.posted[i];
        state_u32(state, "address", &p->address);
        state_u8(state, "size", &p->size);
        state_bool(state, "hit", &p->hit);
        visit_time(state, "since", &p->since, c->now);
        state_check(state, p->size <= 4 && p->since != CYCLE_NEVER, "a write buffer is impossible");
    }
}

static void visit_log(struct bus_timing *bus, struct state *state)
{
    state_u64(state, "logged", &bus->logged);
    for (unsigned i = 0; i < BUS_LOG; i++) {
        struct bus_cycle *b = &bus->log[i];
        state_u64(state, "start", &b->start);
        state_u64(state, "end", &b->end);
        state_u32(state, "address", &b->address);
        state_u8(state, "size", &b->size);
        state_u8(state, "kind", &b->kind);
        state_u8(state, "target", &b->target);
        state_check(state, b->kind < BUS_KINDS && b->target <= TARGET_NOBODY, "a bus cycle of no kind");
    }
}

static void visit_bus(struct cycle *c, struct state *state)
{
    struct bus_timing *bus = &c->bus;
    state_section(state, "bus");
    visit_time(state, "free", &bus->free, c->now);
    visit_time(state, "fill_end", &bus->fill_end, c->now);
    state_u32(state, "fill_line", &bus->fill_line);
    state_check(state, bus->free != CYCLE_NEVER && bus->fill_end != CYCLE_NEVER, "the bus is never free");
    visit_posted(c, state);
    state_bool(state, "passed", &bus->passed);
    state_u32(state, "dram_row", &bus->dram_row);
    state_u64(state, "refreshes", &bus->refreshes);
    visit_words(state, "l2", bus->l2, bus->l2_lines);
    visit_log(bus, state);
}

/* The refresh that is due next follows from how many were. */
static void check_refreshes(struct cycle *c, struct state *state)
{
    uint64_t period = c->board.refresh_ticks, clock = c->board.ticks_per_clock, refreshes = c->bus.refreshes;
    c->bus.refresh_due = CYCLE_NEVER;
    if (!period)
        return;
    state_check(state, refreshes <= CYCLE_NEVER / 2 / period, "too many refreshes");
    if (!state_failed(state))
        c->bus.refresh_due = ((refreshes + 1) * period + clock - 1) / clock;
}

static void visit_board(struct cycle *c, struct state *state)
{
    profile_visit(&c->board, state);
    if (!state_loading(state) || state_failed(state))
        return;
    state_check(state, fit_l2(c, &c->board), "out of memory");
    fit_l1(c);
}

void cycle_visit(struct cycle *c, struct state *state)
{
    enum { MANY = 1 << 24 };
    visit_board(c, state);
    state_section(state, "cycle");
    state_u64(state, "now", &c->now);
    state_u64(state, "began", &c->began);
    state_u32(state, "base", &c->base);
    state_u32(state, "writes", &c->writes);
    state_check(state, c->now <= INT64_MAX / c->board.ticks_per_clock && c->base < MANY && c->writes < MANY,
                "a count is too large");
    for (unsigned i = 0; i < STALLS; i++)
        state_u64(state, "stall", &c->stall[i]);
    state_u64(state, "l1_hits", &c->l1_hits);
    state_u64(state, "l1_misses", &c->l1_misses);
    state_u64(state, "walks", &c->walks);
    visit_l1(&c->l1, state);
    visit_queue(c, state);
    visit_bus(c, state);
    check_refreshes(c, state);
    pipeline_visit(&c->pipeline, c->now, state);
    if (state_loading(state))
        c->shape = &idle;
}
