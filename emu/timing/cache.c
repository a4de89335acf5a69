/* The cache on the chip (i486 PRM 12.2): four ways, 128 or 256 sets, lines of 16 bytes, tags of physical addresses;
 * there is no data here. An invalid way is filled before a valid one is replaced, the lowest first (the manual names no
 * order among several). Hits of reads, fetches and writes count as use. Flushing clears the replacement bits. */
#include <string.h>

#include "emu/timing/bus.h"
#include "emu/timing/pseudo_lru.h"

static struct l1_set *set_of(struct l1 *l1, uint32_t line)
{
    return &l1->set[line / L1_LINE & (l1->sets - 1)];
}

static void use(struct l1_set *set, unsigned way)
{
    set->last = (uint8_t)way;
    set->lru = pseudo_lru_used(set->lru, way);
}

bool l1_touch(struct l1 *l1, uint32_t line)
{
    struct l1_set *set = set_of(l1, line);
    for (unsigned way = 0; way < L1_WAYS; way++)
        if ((set->line[way] & ~(uint32_t)LINE_MODIFIED) == (line | LINE_VALID)) {
            use(set, way);
            return true;
        }
    return false;
}

uint32_t *l1_find(struct l1 *l1, uint32_t line)
{
    struct l1_set *set = set_of(l1, line);
    for (unsigned way = 0; way < L1_WAYS; way++)
        if ((set->line[way] & ~(uint32_t)LINE_MODIFIED) == (line | LINE_VALID))
            return &set->line[way];
    return NULL;
}

static unsigned way_to_fill(const struct l1_set *set)
{
    for (unsigned way = 0; way < L1_WAYS; way++)
        if (set->line[way] == L1_INVALID)
            return way;
    return pseudo_lru_victim(set->lru);
}

uint32_t l1_fill(struct l1 *l1, uint32_t line)
{
    struct l1_set *set = set_of(l1, line);
    unsigned way = way_to_fill(set);
    uint32_t gone = set->line[way];
    set->line[way] = line | LINE_VALID;
    use(set, way);
    return gone;
}

void l1_clear(struct l1 *l1)
{
    memset(l1->set, 0, sizeof l1->set);
}
