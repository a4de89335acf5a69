/* The prefetch queue (i486 hardware reference, "prefetch unit"; Abrash ch. 12 and 19; i486-timing reference, section
 * 3): 32 bytes, two lines of 16. When execution passes into the second line the first is free, and the next is wanted
 * from then on. What is in the cache is there a clock later. Anything else waits until no read or write wants the bus,
 * and is a line fill whose doublewords can be used as they arrive, or, if it cannot be cached, doublewords one by one.
 *
 * No fetch goes beyond the page of the line being consumed. A jump empties the queue; what its fetch finds in the cache
 * costs nothing, for the clock table has that. What is on the bus already at a jump is not called back. */
#include "emu/timing/bus.h"

static unsigned half_of(uint32_t physical) { return physical / L1_LINE & 1; }
static unsigned dword_of(uint32_t physical) { return physical >> 2 & 3; }

static uint32_t end_of_wish(uint32_t line)
{
    return line % PAGE == PAGE - L1_LINE ? line + L1_LINE : line + 2 * L1_LINE;
}

static void set_line(struct prefetch *q, uint32_t line, uint64_t t)
{
    uint64_t *ready = q->dword_ready[half_of(line)];
    ready[0] = ready[1] = ready[2] = ready[3] = t;
}

static void update_ready(struct prefetch *q)
{
    q->ready = queue_wants(q) ? CYCLE_NEVER : q->begun;
}

/* The line at `fetch` is in the cache, which hands it over at T, or when its fill is done. */
static void take_line(struct cycle *c, uint64_t t)
{
    struct prefetch *q = &c->queue;
    uint32_t line = line_of(q->fetch);
    if (__builtin_expect(line == c->bus.fill_line, 0))
        t = later(t, c->bus.fill_end);
    set_line(q, line, t);
    q->begun = later(q->begun, t);
    q->since = q->begun;
    q->fetch = line + L1_LINE;
}

/* Takes what is wanted and in the cache, at T. */
static void take_lines(struct cycle *c, uint64_t t)
{
    struct prefetch *q = &c->queue;
    while (queue_wants(q)) {
        if (!l1_hit(&c->l1, q->fetch)) {
            set_line(q, q->fetch, CYCLE_NEVER);
            break;
        }
        take_line(c, t);
        t = q->begun;
    }
    update_ready(q);
}

static void restart(struct cycle *c, uint32_t physical, uint64_t t)
{
    struct prefetch *q = &c->queue;
    q->line = line_of(physical);
    q->end = end_of_wish(q->line);
    q->fetch = physical & ~3u;
    q->since = q->begun = c->now;
    q->valid = true;
    take_lines(c, t);
}

/* Execution passes into the line behind; the one before is free. */
static void advance(struct cycle *c)
{
    struct prefetch *q = &c->queue;
    q->line += L1_LINE;
    if (!queue_wants(q))
        q->since = c->now;
    q->end = end_of_wish(q->line);
    if (q->fetch == q->line + L1_LINE)
        take_lines(c, q->since + 1);
}

static void fetch_line(struct cycle *c, uint64_t start)
{
    struct prefetch *q = &c->queue;
    struct access a = bus_fill(c, BUS_FETCH, start, q->fetch);
    uint64_t *ready = q->dword_ready[half_of(q->fetch)];
    for (unsigned i = 0; i < 4; i++)
        ready[i ^ dword_of(q->fetch)] = a.first + i * a.step;
    q->fetch = line_of(q->fetch) + L1_LINE;
    q->begun = c->bus.fill_end;
}

static void fetch_dword(struct cycle *c, uint64_t start)
{
    struct prefetch *q = &c->queue;
    q->begun = bus_read_single(c, BUS_FETCH, start, q->fetch, 4);
    q->dword_ready[half_of(q->fetch)][dword_of(q->fetch)] = q->begun;
    q->fetch += 4;
}

void queue_start(struct cycle *c, uint64_t start)
{
    struct prefetch *q = &c->queue;
    if (l1_hit(&c->l1, q->fetch)) {             /* a read of data has brought it since */
        take_lines(c, q->since + 1);
        return;
    }
    if (board_cacheable(c, q->fetch) && !c->l1.no_fill)
        fetch_line(c, start);
    else
        fetch_dword(c, start);
    q->since = q->begun;
    if (q->fetch % L1_LINE == 0)
        take_lines(c, q->since + 1);
}

/* Waits for the doubleword at PHYSICAL in the line being consumed. */
static void wait_for(struct cycle *c, uint32_t physical)
{
    struct prefetch *q = &c->queue;
    const uint64_t *ready = &q->dword_ready[half_of(physical)][dword_of(physical)];
    while (*ready == CYCLE_NEVER) {
        if (!queue_wants(q))                    /* it lies before where a jump went to */
            restart(c, physical, c->now + 1);
        else
            bus_step(c);
    }
    cycle_stall_until(c, STALL_FETCH, *ready);
}

/* Waits for SIZE bytes from PHYSICAL, all in the line being consumed. */
static void wait_for_bytes(struct cycle *c, uint32_t physical, unsigned size)
{
    for (uint32_t at = physical & ~3u; at - (physical & ~3u) < (physical & 3) + size; at += 4)
        wait_for(c, at);
}

/* A branch went to an instruction that crosses into another line. */
static void pay_split_target(struct cycle *c)
{
    c->now += c->board.split_target;
    c->stall[STALL_ALIGN] += c->board.split_target;
}

/* The bytes may not all be there, or the queue may be somewhere else. */
static __attribute__((noinline)) void fetch_slowly(struct cycle *c, uint32_t physical, unsigned size)
{
    struct prefetch *q = &c->queue;
    if (!q->valid || physical - q->line >= q->end - q->line || q->fetch - q->line < line_of(physical) - q->line)
        restart(c, physical, c->now + 1);
    else if (physical - q->line >= L1_LINE)
        advance(c);
    unsigned here = L1_LINE - physical % L1_LINE;
    if (size <= here) {
        wait_for_bytes(c, physical, size);
        return;
    }
    if (physical == q->target)
        pay_split_target(c);
    wait_for_bytes(c, physical, here);
    if (physical + here == q->end)              /* the caller's instruction crosses a page after all */
        return;
    advance(c);
    wait_for_bytes(c, physical + here, size - here);
}

void queue_fetch(struct cycle *c, uint32_t physical, unsigned size)
{
    struct prefetch *q = &c->queue;
    uint32_t at = physical - q->line;
    bus_settle(c, c->now);
    if (c->now < q->ready || at >= 2 * L1_LINE || at + size > q->end - q->line) {
        fetch_slowly(c, physical, size);
        return;
    }
    if (at + size <= L1_LINE)
        return;
    if (at < L1_LINE && physical == q->target)
        pay_split_target(c);
    advance(c);
}

void cycle_jump(struct cycle *c, uint32_t physical)
{
    bus_settle(c, c->now);
    pipeline_jump(&c->pipeline);
    c->queue.target = physical;
    restart(c, physical, c->now);
}

bool cycle_prefetched(struct cycle *c, uint32_t physical)
{
    const struct prefetch *q = &c->queue;
    bus_settle(c, c->now);
    uint32_t begun = line_of(q->fetch + L1_LINE - 1) - q->line;     /* of lines begun, all doublewords have a time */
    return q->valid && physical - q->line < begun &&
           q->dword_ready[half_of(physical)][dword_of(physical)] <= c->now;
}
