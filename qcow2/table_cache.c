/* The cache of L2 tables or refcount blocks: a hash by file offset, and a clock hand that passes over what was used
 * lately. It holds 8 MiB of tables, enough for all tables of a disk of some gigabytes in any but the smallest cluster
 * sizes. It knows nothing of the order in which tables may be written; it only refuses to give up a dirty one. */
#include "qcow2/table_cache.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { CACHE_BYTES = 8 << 20, CACHE_MIN_SLOTS = 4 };

int table_cache_init(struct table_cache *cache, unsigned table_bits)
{
    uint32_t count = (uint32_t)CACHE_BYTES >> table_bits;
    *cache = (struct table_cache){ .count = count < CACHE_MIN_SLOTS ? CACHE_MIN_SLOTS : count,
                                   .table_bytes = UINT32_C(1) << table_bits, .table_bits = table_bits };
    cache->slots = calloc(cache->count, sizeof *cache->slots);
    cache->heads = calloc(cache->count, sizeof *cache->heads);
    return cache->slots && cache->heads ? 0 : -ENOMEM;
}

void table_cache_free(struct table_cache *cache)
{
    for (uint32_t i = 0; cache->slots && i < cache->count; i++)
        free(cache->slots[i].data);
    free(cache->slots);
    free(cache->heads);
    *cache = (struct table_cache){ 0 };
}

static uint32_t *chain_head(const struct table_cache *cache, uint64_t offset)
{
    return &cache->heads[(offset >> cache->table_bits) % cache->count];
}

static struct table_slot *find(const struct table_cache *cache, uint64_t offset)
{
    for (uint32_t i = *chain_head(cache, offset); i; i = cache->slots[i - 1].next)
        if (cache->slots[i - 1].offset == offset)
            return &cache->slots[i - 1];
    return NULL;
}

static void enter(struct table_cache *cache, struct table_slot *slot, uint64_t offset)
{
    uint32_t *head = chain_head(cache, offset);
    slot->offset = offset;
    slot->next = *head;
    slot->recent = true;
    *head = (uint32_t)(slot - cache->slots) + 1;
}

static void leave(struct table_cache *cache, struct table_slot *slot)
{
    uint32_t *link = chain_head(cache, slot->offset), index = (uint32_t)(slot - cache->slots) + 1;
    while (*link != index)
        link = &cache->slots[*link - 1].next;
    *link = slot->next;
    slot->offset = 0;
}

static void clean(struct table_cache *cache, struct table_slot *slot)
{
    if (slot->dirty_to)
        cache->dirty--;
    slot->dirty_from = slot->dirty_to = 0;
}

/* An empty slot with room for a table, or NULL with *CODE. */
static struct table_slot *victim(struct table_cache *cache, int *code)
{
    struct table_slot *slot = NULL;
    for (uint32_t step = 0; step < cache->count * 2 && !slot; step++) {
        struct table_slot *here = &cache->slots[cache->hand];
        cache->hand = (cache->hand + 1) % cache->count;
        if (!here->recent && !here->dirty_to)
            slot = here;
        here->recent = false;
    }
    *code = -EAGAIN;
    if (!slot)
        return NULL;
    if (slot->offset)
        leave(cache, slot);
    if (!slot->data)
        slot->data = malloc(cache->table_bytes);
    *code = slot->data ? 0 : -ENOMEM;
    return slot->data ? slot : NULL;
}

int table_cache_load(struct table_cache *cache, const struct host_file *file, uint64_t offset,
                     struct table_slot **slot)
{
    int code = 0;
    *slot = find(cache, offset);
    if (*slot) {
        (*slot)->recent = true;
        return 0;
    }
    *slot = victim(cache, &code);
    if (*slot)
        code = host_file_read(file, offset, (*slot)->data, cache->table_bytes);
    if (!code)
        enter(cache, *slot, offset);
    return code;
}

int table_cache_fresh(struct table_cache *cache, uint64_t offset, struct table_slot **slot)
{
    int code;
    table_cache_drop(cache, offset);
    *slot = victim(cache, &code);
    if (code < 0)
        return code;
    memset((*slot)->data, 0, cache->table_bytes);
    enter(cache, *slot, offset);
    table_cache_touch(cache, *slot, 0, cache->table_bytes);
    return 0;
}

void table_cache_drop(struct table_cache *cache, uint64_t offset)
{
    struct table_slot *slot = find(cache, offset);
    if (!slot)
        return;
    clean(cache, slot);
    leave(cache, slot);
}

void table_cache_touch(struct table_cache *cache, struct table_slot *slot, uint32_t from, uint32_t to)
{
    if (!slot->dirty_to) {
        cache->dirty++;
        slot->dirty_from = from;
        slot->dirty_to = to;
    }
    if (from < slot->dirty_from)
        slot->dirty_from = from;
    if (to > slot->dirty_to)
        slot->dirty_to = to;
}

int table_cache_write(struct table_cache *cache, struct host_file *file)
{
    for (uint32_t i = 0; cache->dirty && i < cache->count; i++) {
        struct table_slot *slot = &cache->slots[i];
        if (!slot->dirty_to)
            continue;
        int code = host_file_write(file, slot->offset + slot->dirty_from, slot->data + slot->dirty_from,
                                   slot->dirty_to - slot->dirty_from);
        if (code < 0)
            return code;
        clean(cache, slot);
    }
    return 0;
}
