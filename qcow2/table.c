/* L1 and L2 tables: from guest offsets to L2 entries, and changing entries.
 *
 * The L1 table is in memory whole, L2 tables come through a cache. A table that a snapshot shares (its L1 entry lacks
 * the COPIED flag) is copied before its first change, and the snapshot keeps the old one. Reserved bits of entries are
 * ignored, as QEMU does; offsets that are not multiples of the cluster size are damage. */
#include "qcow2/store.h"

#include "qcow2/bytes.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static uint32_t l1_index(const struct qcow2 *q, uint64_t offset)
{
    return (uint32_t)(offset >> (q->cluster_bits + q->l2_bits));
}

static uint32_t l2_index(const struct qcow2 *q, uint64_t offset)
{
    return (uint32_t)(offset >> q->cluster_bits) & ((UINT32_C(1) << q->l2_bits) - 1);
}

/* Loads the L2 table at FILE offset AT; commits first where the cache is full of changed tables. */
int table_load(struct qcow2 *q, uint64_t at, struct table_slot **slot)
{
    if (at & (q->cluster_size - 1))
        return layer_fail(q->layer, -EIO, "L2 table at unaligned offset 0x%" PRIx64, at);
    int code = table_cache_load(&q->l2, q->file, at, slot);
    if (code == -EAGAIN && !(code = qcow2_commit(q)))
        code = table_cache_load(&q->l2, q->file, at, slot);
    if (code < 0)
        return layer_fail(q->layer, -EIO, "L2 table at 0x%" PRIx64 ": %s", at,
                          host_error_text(code));
    return 0;
}

uint64_t table_entry(const struct qcow2 *q, const struct table_slot *slot, uint64_t offset)
{
    return get_be64(slot->data + table_entry_at(q, l2_index(q, offset)));
}

uint64_t table_bitmap(const struct qcow2 *q, const struct table_slot *slot, uint64_t offset)
{
    return q->extended ? get_be64(slot->data + table_entry_at(q, l2_index(q, offset)) + 8) : 0;
}

void table_set_entry(struct qcow2 *q, struct table_slot *slot, uint64_t offset, uint64_t entry, uint64_t bitmap)
{
    uint32_t at = table_entry_at(q, l2_index(q, offset));
    put_be64(slot->data + at, entry);
    if (q->extended)
        put_be64(slot->data + at + 8, bitmap);
    table_cache_touch(&q->l2, slot, at, at + (q->extended ? 16 : 8));
}

int table_decode(struct qcow2 *q, uint64_t entry, struct mapping *map)
{
    *map = (struct mapping){ .entry = entry, .host = entry & ENTRY_OFFSET, .bytes = q->cluster_size };
    if (entry & ENTRY_COMPRESSED) {
        if (q->external)
            return layer_fail(q->layer, -EIO, "L2 entry 0x%016" PRIx64 ": compressed, with the data in another file",
                              entry);
        map->status = IMAGE_CLUSTER_COMPRESSED;
        map->host = compressed_extent(q, entry).offset;
        return 0;
    }
    if (map->host & (q->cluster_size - 1))
        return layer_fail(q->layer, -EIO, "L2 entry 0x%016" PRIx64 ": the offset is not aligned", entry);
    if (entry & ENTRY_ZERO && !q->extended) {
        map->status = IMAGE_CLUSTER_ZERO;
        return q->header.version > 2 ? 0 : layer_fail(q->layer, -EIO, "zero cluster in a version 2 image");
    }
    /* The first cluster of an external data file is at offset 0. */
    bool first = q->external && entry & ENTRY_COPIED;
    map->status = map->host || first ? IMAGE_CLUSTER_STANDARD : IMAGE_CLUSTER_UNALLOCATED;
    if (!map->host && entry & ENTRY_COPIED && !first)
        return layer_fail(q->layer, -EIO, "L2 entry 0x%016" PRIx64 " has no offset", entry);
    return 0;
}

int table_check_place(struct qcow2 *q, const struct mapping *map, uint64_t offset)
{
    offset &= ~(uint64_t)(q->cluster_size - 1);
    if (!q->external || map->status != IMAGE_CLUSTER_STANDARD || map->host == offset)
        return 0;
    return layer_fail(q->layer, -EIO, "L2 entry 0x%016" PRIx64 " for guest offset 0x%" PRIx64
                      ": an external data file has it elsewhere", map->entry, offset);
}

bool table_exists(const struct qcow2 *q, uint64_t offset)
{
    return q->l1[l1_index(q, offset)] & ENTRY_OFFSET;
}

/* Lengthens MAP over the entries that follow in SLOT as long as they go on in the same way, up to BYTES. */
static void extend(const struct qcow2 *q, const struct table_slot *slot, uint64_t offset, uint64_t bytes,
                   struct mapping *map)
{
    uint64_t expected = map->entry, step = map->status == IMAGE_CLUSTER_STANDARD ? q->cluster_size : 0;
    /* Where a zero cluster has its place does not matter, except that it must make sense. */
    uint64_t unaligned = (q->cluster_size - 1) & ENTRY_OFFSET;
    uint64_t flags = ENTRY_ZERO | ENTRY_COMPRESSED | (map->status == IMAGE_CLUSTER_ZERO ? unaligned : ENTRY_OFFSET);
    uint64_t next = (offset | (q->cluster_size - 1)) + 1;
    if (map->status == IMAGE_CLUSTER_COMPRESSED)
        return;
    while (map->bytes < bytes && l2_index(q, next)) {
        expected += step;
        uint64_t entry = table_entry(q, slot, next);
        if ((entry ^ expected) & flags)
            break;
        if (map->status == IMAGE_CLUSTER_UNALLOCATED && entry & ENTRY_COPIED)
            break;
        map->bytes += q->cluster_size;
        next += q->cluster_size;
    }
}

int table_map(struct qcow2 *q, uint64_t offset, uint64_t bytes, struct mapping *map)
{
    uint64_t within = offset & (q->cluster_size - 1), table_span = (uint64_t)q->cluster_size << q->l2_bits;
    uint64_t l2_offset = q->l1[l1_index(q, offset)] & ENTRY_OFFSET;
    if (!l2_offset) {
        uint64_t left = table_span - (offset & (table_span - 1));
        *map = (struct mapping){ .status = IMAGE_CLUSTER_UNALLOCATED, .bytes = bytes < left ? bytes : left };
        return 0;
    }
    struct table_slot *slot;
    int code = table_load(q, l2_offset, &slot);
    if (!code && q->extended)
        return subcluster_map(q, slot, offset, bytes, map);
    if (!code)
        code = table_decode(q, table_entry(q, slot, offset), map);
    if (!code)
        code = table_check_place(q, map, offset);
    if (code < 0)
        return code;
    map->bytes -= within;
    extend(q, slot, offset, bytes, map);
    if (map->bytes > bytes)
        map->bytes = bytes;
    if (map->status == IMAGE_CLUSTER_STANDARD)
        map->host += within;
    return 0;
}

void table_l1_touched(struct qcow2 *q, uint32_t index)
{
    if (q->l1_dirty.from == q->l1_dirty.to)
        q->l1_dirty = (struct dirty_range){ index, index + 1 };
    else if (index < q->l1_dirty.from)
        q->l1_dirty.from = index;
    else if (index >= q->l1_dirty.to)
        q->l1_dirty.to = index + 1;
}

/* A table for L1 entry INDEX in a new host cluster: a copy of the table at OLD, or zeros where that is 0. */
static int make_table(struct qcow2 *q, uint32_t index, uint64_t old, struct table_slot **slot)
{
    struct cluster_run run;
    int code = refcount_allocate(q, 1, &run);
    if (code < 0)
        return code;
    uint64_t at = run.first << q->cluster_bits;
    code = table_cache_fresh(&q->l2, at, slot);
    if (code == -EAGAIN && !(code = qcow2_commit(q)))
        code = table_cache_fresh(&q->l2, at, slot);
    /* A shared table was never changed here, so the file has all of it. */
    if (!code && old)
        code = host_file_read(q->file, old, (*slot)->data, q->cluster_size);
    if (!code && cluster_set_add(&q->metadata, run.first) < 0)
        code = -ENOMEM;
    if (code < 0) {
        table_cache_drop(&q->l2, at);
        refcount_undo(q, run);
        return layer_fail(q->layer, code, "new L2 table: %s", host_error_text(code));
    }
    q->l1[index] = at | ENTRY_COPIED;
    table_l1_touched(q, index);
    if (old)
        refcount_release(q, old >> q->cluster_bits, UINT64_MAX);
    return 0;
}

int table_for_write(struct qcow2 *q, uint64_t offset, struct table_slot **slot)
{
    uint32_t index = l1_index(q, offset);
    uint64_t entry = q->l1[index], at = entry & ENTRY_OFFSET, count;
    if (!at || !(entry & ENTRY_COPIED))
        return make_table(q, index, at, slot);
    int code = refcount_get(q, at >> q->cluster_bits, &count);
    if (code < 0)
        return code;
    if (count != 1)
        return qcow2_damaged(q, "L2 table marked as not shared has another refcount than 1", at);
    return table_load(q, at, slot);
}

bool table_holds(const struct qcow2 *q, const struct table_slot *slot, uint64_t offset)
{
    uint64_t flags = ENTRY_OFFSET | ENTRY_COMPRESSED | (q->extended ? 0 : ENTRY_ZERO) |
                     (q->external ? ENTRY_COPIED : 0);
    return table_entry(q, slot, offset) & flags || table_bitmap(q, slot, offset);
}

int table_count_allocated(struct qcow2 *q, uint64_t *count)
{
    uint32_t per_table = UINT32_C(1) << q->l2_bits;
    uint64_t clusters = (q->header.size >> q->cluster_bits) + !!(q->header.size & (q->cluster_size - 1));
    *count = 0;
    for (uint64_t first = 0; first < clusters; first += per_table) {
        struct table_slot *slot;
        uint64_t at = q->l1[first >> q->l2_bits] & ENTRY_OFFSET;
        if (!at)
            continue;
        int code = table_load(q, at, &slot);
        if (code < 0)
            return code;
        for (uint32_t i = 0; i < per_table && first + i < clusters; i++)
            *count += table_holds(q, slot, (first + i) << q->cluster_bits);
    }
    return 0;
}
