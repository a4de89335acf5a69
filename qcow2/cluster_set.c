/* A hash set of integers with linear probing; removal moves later entries up, so there are no marks of the dead. */
#include "qcow2/cluster_set.h"

#include <errno.h>
#include <stdlib.h>

static size_t home(const struct cluster_set *set, uint64_t key)
{
    return (size_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> 20) & (set->capacity - 1);
}

/* The slot that holds KEY, or the empty one where it would go. */
static size_t find(const struct cluster_set *set, uint64_t key)
{
    size_t at = home(set, key);
    while (set->slots[at] && set->slots[at] != key)
        at = (at + 1) & (set->capacity - 1);
    return at;
}

static int grow(struct cluster_set *set)
{
    struct cluster_set larger = { .capacity = set->capacity ? set->capacity * 2 : 64, .count = set->count };
    larger.slots = calloc(larger.capacity, sizeof *larger.slots);
    if (!larger.slots)
        return -ENOMEM;
    for (size_t i = 0; i < set->capacity; i++)
        if (set->slots[i])
            larger.slots[find(&larger, set->slots[i])] = set->slots[i];
    free(set->slots);
    *set = larger;
    return 0;
}

int cluster_set_add(struct cluster_set *set, uint64_t number)
{
    if (set->count * 2 >= set->capacity && grow(set) < 0)
        return -ENOMEM;
    size_t at = find(set, number + 1);
    if (set->slots[at])
        return 0;
    set->slots[at] = number + 1;
    set->count++;
    return 1;
}

bool cluster_set_has(const struct cluster_set *set, uint64_t number)
{
    return set->capacity && set->slots[find(set, number + 1)];
}

void cluster_set_remove(struct cluster_set *set, uint64_t number)
{
    if (!cluster_set_has(set, number))
        return;
    size_t mask = set->capacity - 1, hole = find(set, number + 1);
    for (size_t at = (hole + 1) & mask; set->slots[at]; at = (at + 1) & mask) {
        /* An entry may move into the hole unless its home lies cyclically after the hole. */
        if (((at - home(set, set->slots[at])) & mask) >= ((at - hole) & mask)) {
            set->slots[hole] = set->slots[at];
            hole = at;
        }
    }
    set->slots[hole] = 0;
    set->count--;
}

void cluster_set_free(struct cluster_set *set)
{
    free(set->slots);
    *set = (struct cluster_set){ 0 };
}
