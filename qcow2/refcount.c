/* Refcounts of host clusters: a table of blocks of counts of 1 to 64 bits, growing both, and finding free clusters.
 *
 * Counts go up in memory as clusters are allocated. They go down only through the queue of pending frees, which
 * qcow2_commit applies after the tables that dropped the references are in the file: until then a freed cluster is not
 * used again. A block may therefore be written at any time.
 *
 * A new block counts itself, as the first free cluster of the range it covers; where that range is wanted whole for a
 * row of clusters, it lies elsewhere. A new table is put, with blocks that
 * count both, past all that the old table covers, and becomes valid with one write of 12 bytes in the header. */
#include "qcow2/store.h"

#include "qcow2/bytes.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_TABLE_BYTES = 8 << 20, MAX_PENDING_FREES = 4096 };

uint64_t refcount_pick(const uint8_t *block, uint64_t i, unsigned order)
{
    unsigned shift;
    switch (order) {
    case 3: return block[i];
    case 4: return get_be16(block + i * 2);
    case 5: return get_be32(block + i * 4);
    case 6: return get_be64(block + i * 8);
    default:
        shift = (unsigned)(i << order & 7);
        return block[i << order >> 3] >> shift & ((1u << (1u << order)) - 1);
    }
}

void refcount_put(uint8_t *block, uint64_t i, unsigned order, uint64_t value)
{
    unsigned shift, mask;
    uint8_t *byte;
    switch (order) {
    case 3: block[i] = (uint8_t)value; break;
    case 4: put_be16(block + i * 2, (uint16_t)value); break;
    case 5: put_be32(block + i * 4, (uint32_t)value); break;
    case 6: put_be64(block + i * 8, value); break;
    default:
        shift = (unsigned)(i << order & 7);
        mask = ((1u << (1u << order)) - 1) << shift;
        byte = block + (i << order >> 3);
        *byte = (uint8_t)((*byte & ~mask) | (unsigned)value << shift);
    }
}

static uint64_t block_index(const struct refcounts *r, uint64_t cluster)
{
    return cluster & ((UINT64_C(1) << r->block_bits) - 1);
}

static int table_fail(struct qcow2 *q, int code)
{
    return layer_fail(q->layer, code, "refcounts: %s", host_error_text(code));
}

int refcount_open(struct qcow2 *q)
{
    struct refcounts *r = &q->refcounts;
    size_t bytes = (size_t)q->header.refcount_table_clusters << q->cluster_bits;
    r->order = q->header.refcount_order;
    r->block_bits = q->cluster_bits + 3 - r->order;
    r->entries = (uint32_t)(bytes / 8);
    r->table = malloc(bytes);
    int code = r->table ? table_cache_init(&r->blocks, q->cluster_bits) : -ENOMEM;
    if (!code)
        code = host_file_read(q->file, q->header.refcount_table_offset, r->table, bytes);
    if (code < 0)
        return table_fail(q, code);
    for (uint32_t i = 0; i < r->entries; i++)
        r->table[i] = get_be64((uint8_t *)&r->table[i]) & ~UINT64_C(0x1FF);
    return 0;
}

void refcount_free(struct qcow2 *q)
{
    struct refcounts *r = &q->refcounts;
    table_cache_free(&r->blocks);
    free(r->table);
    free(r->pending);
}

/* The block at AT, loaded or (FRESH) to be made; a cache full of dirty blocks is written first. */
static int block_slot(struct qcow2 *q, uint64_t at, bool fresh, struct table_slot **slot)
{
    struct table_cache *blocks = &q->refcounts.blocks;
    int code = -EAGAIN;
    for (int attempt = 0; attempt < 2 && code == -EAGAIN; attempt++) {
        if (attempt && (code = table_cache_write(blocks, q->file)) < 0)
            break;
        code = fresh ? table_cache_fresh(blocks, at, slot) : table_cache_load(blocks, q->file, at, slot);
    }
    return code < 0 ? table_fail(q, code == -ENODATA ? -EIO : code) : 0;
}

/* The block that counts CLUSTER; *SLOT is NULL where there is none, so that the count is 0. */
static int find_block(struct qcow2 *q, uint64_t cluster, struct table_slot **slot)
{
    struct refcounts *r = &q->refcounts;
    uint64_t index = cluster >> r->block_bits;
    *slot = NULL;
    if (index >= r->entries || !r->table[index])
        return 0;
    return block_slot(q, r->table[index], false, slot);
}

int refcount_get(struct qcow2 *q, uint64_t cluster, uint64_t *count)
{
    struct refcounts *r = &q->refcounts;
    struct table_slot *slot;
    int code = find_block(q, cluster, &slot);
    *count = !code && slot ? refcount_pick(slot->data, block_index(r, cluster), r->order) : 0;
    return code;
}

/* Sets the counts of RUN, which lies in the block in SLOT. */
static void set_counts(struct qcow2 *q, struct table_slot *slot, struct cluster_run run, uint64_t value)
{
    struct refcounts *r = &q->refcounts;
    uint64_t first = block_index(r, run.first), end = first + run.count;
    for (uint64_t i = first; i < end; i++)
        refcount_put(slot->data, i, r->order, value);
    table_cache_touch(&r->blocks, slot, (uint32_t)(first << r->order >> 3),
                      (uint32_t)(((end << r->order) + 7) >> 3));
}

/* Free clusters must not be somebody's. Metadata with a refcount of 0 is found here before it is overwritten. */
static int check_not_metadata(struct qcow2 *q, struct cluster_run run)
{
    for (uint64_t i = 0; i < run.count; i++)
        if (cluster_set_has(&q->metadata, run.first + i))
            return qcow2_damaged(q, "a cluster that holds metadata is counted as free",
                                 (run.first + i) << q->cluster_bits);
    return 0;
}

/* Makes block number INDEX in CLUSTER, which is counted by another block already, or is the first of those that the new
 * block counts. */
static int add_block(struct qcow2 *q, uint32_t index, uint64_t cluster)
{
    struct refcounts *r = &q->refcounts;
    struct cluster_run self = { .first = cluster, .count = 1 };
    struct table_slot *slot;
    int code = check_not_metadata(q, self);
    if (!code)
        code = block_slot(q, cluster << q->cluster_bits, true, &slot);
    if (code < 0)
        return code;
    if (cluster_set_add(&q->metadata, cluster) < 0) {
        table_cache_drop(&r->blocks, cluster << q->cluster_bits);
        return table_fail(q, -ENOMEM);
    }
    if (cluster >> r->block_bits == index)
        set_counts(q, slot, self, 1);
    r->table[index] = cluster << q->cluster_bits;
    if (r->dirty.from == r->dirty.to)
        r->dirty = (struct dirty_range){ index, index + 1 };
    else if (index < r->dirty.from)
        r->dirty.from = index;
    else if (index >= r->dirty.to)
        r->dirty.to = index + 1;
    return 0;
}

int refcount_write(struct qcow2 *q)
{
    struct refcounts *r = &q->refcounts;
    uint8_t raw[512];
    int code = table_cache_write(&r->blocks, q->file);
    if (!code && r->dirty.from < r->dirty.to)
        code = host_file_sync(q->file);
    while (!code && r->dirty.from < r->dirty.to) {
        uint32_t n = 0;
        for (; n < sizeof raw / 8 && r->dirty.from + n < r->dirty.to; n++)
            put_be64(raw + n * 8, r->table[r->dirty.from + n]);
        code = host_file_write(q->file, q->header.refcount_table_offset + r->dirty.from * UINT64_C(8), raw, n * 8);
        if (!code)
            r->dirty.from += n;
    }
    return code < 0 ? table_fail(q, code) : 0;
}

/* What growing needs: a table of ENTRIES entries, and BLOCKS blocks that count themselves and the table. */
struct growth {
    uint64_t entries, blocks, table_clusters;
    uint64_t first;             /* number of the first new cluster: the blocks, then the table */
};

static struct growth plan_growth(const struct qcow2 *q)
{
    const struct refcounts *r = &q->refcounts;
    struct growth plan = { .first = (uint64_t)r->entries << r->block_bits };
    do {
        plan.blocks++;
        plan.entries = r->entries + r->entries / 2 + plan.blocks;
        plan.table_clusters = ((plan.entries * 8 - 1) >> q->cluster_bits) + 1;
    } while (plan.blocks << r->block_bits < plan.blocks + plan.table_clusters);
    plan.entries = plan.table_clusters << q->cluster_bits >> 3;
    return plan;
}

/* Writes the new blocks and the table; nothing refers to them yet. TABLE is the new table in memory. */
static int write_growth(struct qcow2 *q, const struct growth *plan, uint64_t *table)
{
    struct refcounts *r = &q->refcounts;
    uint64_t left = plan->blocks + plan->table_clusters;
    size_t bytes = (size_t)plan->entries * 8;
    uint8_t *raw = malloc(bytes > q->cluster_size ? bytes : q->cluster_size);
    int code = raw ? 0 : -ENOMEM;
    for (uint64_t k = 0; !code && k < plan->blocks; k++) {
        memset(raw, 0, q->cluster_size);
        for (uint64_t i = 0; left && i >> r->block_bits == 0; i++, left--)
            refcount_put(raw, i, r->order, 1);
        table[r->entries + k] = (plan->first + k) << q->cluster_bits;
        code = host_file_write(q->file, table[r->entries + k], raw, q->cluster_size);
    }
    for (uint64_t i = 0; !code && i < plan->entries; i++)
        put_be64(raw + i * 8, table[i]);
    if (!code)
        code = host_file_write(q->file, (plan->first + plan->blocks) << q->cluster_bits, raw, bytes);
    free(raw);
    return code;
}

/* Makes the new table the valid one, in the file and in memory, and frees the old one's clusters. */
static int switch_table(struct qcow2 *q, const struct growth *plan, uint64_t *table)
{
    struct refcounts *r = &q->refcounts;
    uint8_t raw[12];
    uint64_t at = (plan->first + plan->blocks) << q->cluster_bits;
    int code = host_file_sync(q->file);
    put_be64(raw, at);
    put_be32(raw + 8, (uint32_t)plan->table_clusters);
    if (!code)
        code = host_file_write(q->file, HEADER_AT_REFCOUNT_TABLE, raw, sizeof raw);
    if (code < 0) {
        /* Which of the two tables the file has now can't be told. */
        q->damaged = true;
        return code;
    }
    uint64_t old = q->header.refcount_table_offset >> q->cluster_bits;
    for (uint32_t i = 0; i < q->header.refcount_table_clusters; i++)
        refcount_release(q, old + i, UINT64_MAX);
    q->header.refcount_table_offset = at;
    q->header.refcount_table_clusters = (uint32_t)plan->table_clusters;
    free(r->table);
    r->table = table;
    r->entries = (uint32_t)plan->entries;
    return 0;
}

/* Replaces the table by a larger one. */
static int grow_table(struct qcow2 *q)
{
    struct refcounts *r = &q->refcounts;
    struct growth plan = plan_growth(q);
    struct cluster_run run = { .first = plan.first, .count = plan.blocks + plan.table_clusters };
    if (plan.entries * 8 > MAX_TABLE_BYTES)
        return layer_fail(q->layer, -EFBIG, "the file has reached the largest size its refcounts can express");
    int code = check_not_metadata(q, run);
    if (!code)
        code = refcount_write(q);
    if (code < 0)
        return code;
    uint64_t *table = calloc((size_t)plan.entries, sizeof *table);
    if (!table)
        return table_fail(q, -ENOMEM);
    memcpy(table, r->table, r->entries * sizeof *table);
    code = write_growth(q, &plan, table);
    for (uint64_t i = 0; !code && i < run.count; i++)
        code = cluster_set_add(&q->metadata, run.first + i) < 0 ? -ENOMEM : 0;
    if (!code)
        code = switch_table(q, &plan, table);
    if (code < 0) {
        for (uint64_t i = 0; i < run.count; i++)
            cluster_set_remove(&q->metadata, run.first + i);
        free(table);
        return table_fail(q, code);
    }
    return 0;
}

/* The first free cluster of the block in SLOT from number AT on, and how many follow it, up to WANT. */
static struct cluster_run find_free(const struct refcounts *r, const struct table_slot *slot, uint64_t at,
                                    uint64_t want)
{
    uint64_t end = UINT64_C(1) << r->block_bits, i = block_index(r, at), base = at - i;
    while (i < end && refcount_pick(slot->data, i, r->order))
        i++;
    struct cluster_run run = { .first = base + i };
    while (i < end && run.count < want && !refcount_pick(slot->data, i, r->order)) {
        run.count++;
        i++;
    }
    return run;
}

/* Takes the first free run of SLOT's block from the cursor on. None: RUN has no clusters, the cursor is behind it. */
static int take_free(struct qcow2 *q, struct table_slot *slot, uint64_t want, struct cluster_run *run)
{
    struct refcounts *r = &q->refcounts;
    *run = find_free(r, slot, r->cursor, want);
    r->cursor = run->first;
    if (!run->count)
        return 0;
    int code = check_not_metadata(q, *run);
    if (!code)
        set_counts(q, slot, *run, 1);
    return code;
}

int refcount_allocate(struct qcow2 *q, uint64_t want, struct cluster_run *run)
{
    struct refcounts *r = &q->refcounts;
    for (;;) {
        struct table_slot *slot = NULL;     /* a table that has just grown is looked up once more */
        uint64_t index = r->cursor >> r->block_bits;
        int code = index >= r->entries ? grow_table(q) : find_block(q, r->cursor, &slot);
        if (!code && index < r->entries && !r->table[index])
            code = add_block(q, (uint32_t)index, r->cursor);
        else if (!code && index < r->entries && slot) {
            code = take_free(q, slot, want, run);
            if (run->count)
                return code;
        }
        if (code < 0)
            return code;
    }
}

/* Sees to it that every cluster of RUN has a block that counts it. */
static int cover(struct qcow2 *q, struct cluster_run run)
{
    struct refcounts *r = &q->refcounts;
    uint64_t last = (run.first + run.count - 1) >> r->block_bits;
    int code = 0;
    for (uint64_t index = run.first >> r->block_bits; !code && index <= last; index++) {
        struct cluster_run place;
        while (!code && index >= r->entries)
            code = grow_table(q);
        if (code < 0 || r->table[index])
            continue;
        code = refcount_allocate(q, 1, &place);
        /* Looking for a place may have made this very block. */
        if (!code && r->table[index])
            refcount_undo(q, place);
        else if (!code)
            code = add_block(q, (uint32_t)index, place.first);
    }
    return code;
}

/* The first cluster of RUN that is in use, or the one past its end. */
static int first_used(struct qcow2 *q, struct cluster_run run, uint64_t *at)
{
    uint64_t count = 0;
    int code = 0;
    for (*at = run.first; !code && *at < run.first + run.count; ++*at) {
        code = refcount_get(q, *at, &count);
        if (code < 0 || count)
            break;
    }
    return code;
}

int refcount_allocate_row(struct qcow2 *q, uint64_t count, uint64_t *first)
{
    uint64_t file_size;
    int code = host_file_size(q->file, &file_size);
    struct cluster_run run = { .first = (file_size + q->cluster_size - 1) >> q->cluster_bits, .count = count };
    for (uint64_t used = 0; !code; run.first = used + 1) {
        code = cover(q, run);
        if (!code)
            code = first_used(q, run, &used);
        if (code < 0 || used == run.first + count)
            break;
    }
    if (!code)
        code = check_not_metadata(q, run);
    for (uint64_t i = 0; !code && i < count; i++) {
        struct table_slot *slot;
        code = find_block(q, run.first + i, &slot);
        if (!code)
            set_counts(q, slot, (struct cluster_run){ .first = run.first + i, .count = 1 }, 1);
    }
    *first = run.first;
    return code;
}

int refcount_add(struct qcow2 *q, uint64_t cluster)
{
    struct refcounts *r = &q->refcounts;
    uint64_t most = r->order == 6 ? UINT64_MAX : (UINT64_C(1) << (1u << r->order)) - 1;
    struct table_slot *slot;
    int code = find_block(q, cluster, &slot);
    if (code < 0)
        return code;
    uint64_t count = slot ? refcount_pick(slot->data, block_index(r, cluster), r->order) : 0;
    if (!count)
        return qcow2_damaged(q, "a cluster in use is counted as free", cluster << q->cluster_bits);
    if (count == most)
        return layer_fail(q->layer, -ERANGE, "refcounts of %u bits can count no further reference to a cluster",
                          1u << r->order);
    set_counts(q, slot, (struct cluster_run){ .first = cluster, .count = 1 }, count + 1);
    return 0;
}

void refcount_undo(struct qcow2 *q, struct cluster_run run)
{
    struct refcounts *r = &q->refcounts;
    struct table_slot *slot;
    /* A block that can't be loaded again leaves the clusters counted: leaked, which harms nobody. */
    if (find_block(q, run.first, &slot) < 0 || !slot)
        return;
    set_counts(q, slot, run, 0);
    if (run.first < r->cursor)
        r->cursor = run.first;
}

void refcount_release(struct qcow2 *q, uint64_t cluster, uint64_t guest)
{
    struct refcounts *r = &q->refcounts;
    if (r->pending_count == r->pending_room) {
        size_t room = r->pending_room ? r->pending_room * 2 : 64;
        struct pending_free *larger = realloc(r->pending, room * sizeof *larger);
        /* Without room in the queue the cluster stays counted: leaked, which harms nobody. */
        if (!larger)
            return;
        r->pending = larger;
        r->pending_room = room;
    }
    r->pending[r->pending_count++] = (struct pending_free){ .cluster = cluster, .guest = guest };
}

bool refcount_queue_full(const struct qcow2 *q)
{
    return q->refcounts.pending_count > MAX_PENDING_FREES;
}

static int drop_reference(struct qcow2 *q, struct pending_free what)
{
    struct refcounts *r = &q->refcounts;
    bool is_metadata = what.guest == UINT64_MAX;
    struct table_slot *slot;
    int code = find_block(q, what.cluster, &slot);
    if (code < 0)
        return code;
    uint64_t at = what.cluster << q->cluster_bits;
    uint64_t count = slot ? refcount_pick(slot->data, block_index(r, what.cluster), r->order) : 0;
    if (!count || (!is_metadata && cluster_set_has(&q->metadata, what.cluster)))
        return qcow2_damaged(q, count ? "a data cluster is metadata as well" : "a cluster in use is counted as free",
                             at);
    set_counts(q, slot, (struct cluster_run){ .first = what.cluster, .count = 1 }, count - 1);
    if (count > 1)
        return 0;
    /* Nothing in the file refers to it any more; a file system without holes keeps the room, which harms nobody. */
    if (q->layer->image->punch_holes)
        host_file_punch(q->file, at, q->cluster_size);
    packer_forget(q, what.cluster);
    if (is_metadata) {
        cluster_set_remove(&q->metadata, what.cluster);
        table_cache_drop(&q->l2, at);
    }
    if (what.cluster < r->cursor)
        r->cursor = what.cluster;
    layer_report(q->layer, IMAGE_EVENT_FREED,
                 (struct layer_span){ .offset = is_metadata ? UINT64_MAX : what.guest << q->cluster_bits,
                                      .bytes = 1, .host = at });
    return 0;
}

int refcount_apply_pending(struct qcow2 *q)
{
    struct refcounts *r = &q->refcounts;
    int code = 0;
    for (; r->pending_count; r->pending_count--) {
        int result = drop_reference(q, r->pending[r->pending_count - 1]);
        /* A contradiction is not gone by trying again: the cluster stays. Errors of the host are. */
        if (result < 0 && !q->damaged)
            return result;
        code = result < 0 ? result : code;
    }
    return code;
}
