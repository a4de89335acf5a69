/* A bounded cache of cluster-sized tables of a qcow2 file (L2 tables, or refcount blocks), kept as big-endian bytes. */
#ifndef QCOW2_TABLE_CACHE_H
#define QCOW2_TABLE_CACHE_H

#include "qcow2/file.h"

struct table_slot {
    uint64_t offset;                /* in the file; 0: holds nothing */
    uint8_t *data;
    uint32_t dirty_from, dirty_to;  /* bytes that the file does not have yet; empty: clean */
    uint32_t next;                  /* in its hash chain: index + 1, or 0 */
    bool recent;
};

struct table_cache {
    struct table_slot *slots;
    uint32_t *heads;                /* index + 1, or 0 */
    uint32_t count, hand, dirty;    /* slots; where the search for a victim goes on; dirty ones */
    uint32_t table_bytes;
    unsigned table_bits;
};

/* Tables of 1 << TABLE_BITS bytes. */
int table_cache_init(struct table_cache *cache, unsigned table_bits);
void table_cache_free(struct table_cache *cache);

/* The table at OFFSET, read from FILE if need be. A slot stays valid until the next load or fresh of the same cache.
 * -EAGAIN: all slots are dirty and must be written first. */
int table_cache_load(struct table_cache *cache, const struct host_file *file, uint64_t offset,
                     struct table_slot **slot);

/* A table of zeros that is to be written at OFFSET, all of it dirty. -EAGAIN as above. */
int table_cache_fresh(struct table_cache *cache, uint64_t offset, struct table_slot **slot);

/* Forgets the table at OFFSET, if it is here, without writing it. */
void table_cache_drop(struct table_cache *cache, uint64_t offset);

void table_cache_touch(struct table_cache *cache, struct table_slot *slot, uint32_t from, uint32_t to);

/* Writes all dirty parts. Stops at the first error; what was not written stays dirty. */
int table_cache_write(struct table_cache *cache, struct host_file *file);

#endif
