/* TR3-TR5 (cache_test.h). Choices where the manual is silent: a test read leaves the replacement bits alone, a test
 * write marks the way as used. */
#include "emu/cpu/cache_test.h"

#include <string.h>

#include "emu/timing/pseudo_lru.h"
#include "emu/cpu/mem.h"
#include "emu/state.h"
#include "emu/timing/cycle.h"

enum { TR4_VALID = 1 << 10, TR4_LRU_SHIFT = 7, TR4_SET_VALID_SHIFT = 3, TR5_SET_SHIFT = 4, TR5_ENTRY_SHIFT = 2 };
enum { TR5_BUFFER, TR5_WRITE, TR5_READ, TR5_FLUSH, TR5_CONTROL = 3 };

/* The address bits above set number and line. */
static uint32_t tag_mask(const struct cache_test *cache)
{
    return ~(cache->sets * CACHE_LINE - 1);
}

static struct cache_set *set_selected(struct cache_test *cache)
{
    return &cache->set[cache->tr5 >> TR5_SET_SHIFT & (cache->sets - 1)];
}

static unsigned entry_selected(const struct cache_test *cache)
{
    return cache->tr5 >> TR5_ENTRY_SHIFT & 3;
}

void cache_test_reset(struct cache_test *cache, uint32_t sets)
{
    memset(cache, 0, sizeof *cache);
    cache->sets = sets;
}

void cache_test_flush(struct cache_test *cache)
{
    for (unsigned i = 0; cache->used && i < cache->sets; i++)
        cache->set[i].valid = cache->set[i].lru = 0;
}

static void write_line(struct cache_test *cache)
{
    struct cache_set *set = set_selected(cache);
    unsigned way = entry_selected(cache);
    memcpy(set->data[way], cache->fill_buffer, sizeof set->data[way]);
    set->tag[way] = cache->tr4 & tag_mask(cache);
    set->valid = (uint8_t)((set->valid & ~(1u << way)) | (cache->tr4 & TR4_VALID ? 1u << way : 0));
    set->written |= (uint8_t)(1u << way);
    set->lru = pseudo_lru_used(set->lru, way);
    cache->used = true;
}

static void read_line(struct cache_test *cache)
{
    const struct cache_set *set = set_selected(cache);
    unsigned way = entry_selected(cache);
    memcpy(cache->read_buffer, set->data[way], sizeof cache->read_buffer);
    cache->tr4 = set->tag[way] | (set->valid >> way & 1 ? TR4_VALID : 0) | (uint32_t)set->lru << TR4_LRU_SHIFT |
                 (uint32_t)set->valid << TR4_SET_VALID_SHIFT;
}

static void write_tr5(struct cache_test *cache, uint32_t value)
{
    cache->tr5 = value & (cache->sets * CACHE_LINE - 1);
    switch (value & TR5_CONTROL) {
    case TR5_WRITE:
        write_line(cache);
        break;
    case TR5_READ:
        read_line(cache);
        break;
    case TR5_FLUSH:
        cache_test_flush(cache);
        break;
    }
}

void cache_test_write(struct cache_test *cache, unsigned number, uint32_t value)
{
    if (number == 3)
        cache->fill_buffer[entry_selected(cache)] = value;
    else if (number == 4)
        cache->tr4 = value & (tag_mask(cache) | TR4_VALID);
    else
        write_tr5(cache, value);
}

uint32_t cache_test_read(const struct cache_test *cache, unsigned number)
{
    return number == 3 ? cache->read_buffer[entry_selected(cache)] : number == 4 ? cache->tr4 : cache->tr5;
}

/* --- The model's cache --- */

static void take_line(struct cache_test *cache, struct cache_set *set, unsigned way, uint32_t line,
                      const struct bus *bus)
{
    uint32_t tag = line & tag_mask(cache);
    bool valid = line & 1, written = set->written & set->valid & 1u << way && set->tag[way] == tag;
    set->valid = (uint8_t)((set->valid & ~(1u << way)) | (valid ? 1u << way : 0));
    if (!valid || written)
        return;
    set->written &= (uint8_t)~(1u << way);
    uint8_t bytes[CACHE_LINE];
    bus_peek(bus, line & ~(uint32_t)(CACHE_LINE - 1), bytes, sizeof bytes);
    set->tag[way] = tag;
    for (unsigned i = 0; i < CACHE_LINE / 4; i++)
        set->data[way][i] = load32(bytes + 4 * i);
}

void cache_test_take(struct cache_test *cache, const struct l1 *l1, const struct bus *bus, uint32_t value)
{
    uint32_t number = value >> TR5_SET_SHIFT & (cache->sets - 1);
    struct cache_set *set = &cache->set[number];
    for (unsigned way = 0; way < CACHE_WAYS; way++)
        take_line(cache, set, way, l1->set[number].line[way], bus);
    set->lru = l1->set[number].lru;
    cache->used |= set->valid || set->lru;
}

void cache_test_give(const struct cache_test *cache, struct l1 *l1)
{
    uint32_t number = cache->tr5 >> TR5_SET_SHIFT & (cache->sets - 1);
    const struct cache_set *set = &cache->set[number];
    struct l1_set *to = &l1->set[number];
    for (unsigned way = 0; way < CACHE_WAYS; way++) {
        uint32_t line = set->tag[way] | number * CACHE_LINE;
        if (!(set->valid >> way & 1))
            to->line[way] = L1_INVALID;
        else if ((to->line[way] & ~2u) != (line | 1))
            to->line[way] = line | 1;
    }
    to->lru = set->lru;
    if ((cache->tr5 & TR5_CONTROL) == TR5_WRITE)
        to->last = (uint8_t)entry_selected(cache);
}

/* --- State --- */

static void visit_set(struct cache_set *set, struct state *state)
{
    for (unsigned way = 0; way < CACHE_WAYS; way++) {
        state_u32(state, "cache_tag", &set->tag[way]);
        for (unsigned i = 0; i < CACHE_LINE / 4; i++)
            state_u32(state, "cache_data", &set->data[way][i]);
    }
    state_u8(state, "cache_valid", &set->valid);
    state_u8(state, "cache_lru", &set->lru);
    state_u8(state, "cache_written", &set->written);
    set->valid &= (1 << CACHE_WAYS) - 1;
    set->written &= (1 << CACHE_WAYS) - 1;
    set->lru &= LRU_B0 | LRU_B1 | LRU_B2;
}

/* The number of sets belongs to the part. An array that no guest wrote to is not saved: it is zero. */
void cache_test_visit(struct cache_test *cache, struct state *state)
{
    if (state_loading(state))
        cache_test_reset(cache, cache->sets);
    state_u32(state, "tr4", &cache->tr4);
    state_u32(state, "tr5", &cache->tr5);
    for (unsigned i = 0; i < CACHE_LINE / 4; i++) {
        state_u32(state, "fill_buffer", &cache->fill_buffer[i]);
        state_u32(state, "read_buffer", &cache->read_buffer[i]);
    }
    state_bool(state, "cache_used", &cache->used);
    for (unsigned i = 0; cache->used && i < cache->sets; i++)
        visit_set(&cache->set[i], state);
}
