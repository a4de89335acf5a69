/* Extended L2 entries: beside each entry a bitmap with two bits for each of 32 subclusters, "allocated" and "reads as
 * zeros". A subcluster with neither shows what the layer below holds; both are damage. The zero flag of plain entries
 * is not used, and a compressed cluster has an empty bitmap.
 *
 * Only the subclusters that are written, and the rest of those that are written in part, take the contents with them:
 * that is what extended entries are for. */
#include "qcow2/store.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static uint32_t subcluster_size(const struct qcow2 *q)
{
    return q->cluster_size / SUBCLUSTERS;
}

/* The bits of subclusters FIRST to LAST. */
static uint64_t bits_between(unsigned first, unsigned last)
{
    return (UINT64_C(2) << last) - (UINT64_C(1) << first);
}

static enum image_cluster_status status_of(uint64_t bitmap, unsigned i)
{
    if (bitmap >> i & 1)
        return IMAGE_CLUSTER_STANDARD;
    return bitmap >> (i + 32) & 1 ? IMAGE_CLUSTER_ZERO : IMAGE_CLUSTER_UNALLOCATED;
}

/* Decodes the entry of the cluster at OFFSET, and checks its BITMAP. */
static int decode(struct qcow2 *q, const struct table_slot *slot, uint64_t offset, struct mapping *map,
                  uint64_t *bitmap)
{
    uint64_t entry = table_entry(q, slot, offset);
    *bitmap = table_bitmap(q, slot, offset);
    int code = table_decode(q, entry, map);
    if (!code)
        code = table_check_place(q, map, offset);
    bool compressed = map->status == IMAGE_CLUSTER_COMPRESSED, impossible = *bitmap & *bitmap >> 32 & UINT32_MAX;
    bool nowhere = map->status == IMAGE_CLUSTER_UNALLOCATED && *bitmap & UINT32_MAX;
    if (!code && (impossible || (compressed ? *bitmap : nowhere)))
        code = layer_fail(q->layer, -EIO, "L2 entry 0x%016" PRIx64 ": its subclusters 0x%016" PRIx64 " make no sense",
                          entry, *bitmap);
    return code;
}

int subcluster_map(struct qcow2 *q, const struct table_slot *slot, uint64_t offset, uint64_t bytes, struct mapping *map)
{
    uint64_t within = offset & (q->cluster_size - 1), size = subcluster_size(q), bitmap;
    unsigned i = (unsigned)(within / size);
    int code = decode(q, slot, offset, map, &bitmap);
    if (code < 0)
        return code;
    map->bytes = q->cluster_size - within;
    if (map->status != IMAGE_CLUSTER_COMPRESSED) {
        map->status = status_of(bitmap, i);
        unsigned end = i + 1;
        while (end < SUBCLUSTERS && status_of(bitmap, end) == map->status)
            end++;
        map->bytes = end * size - within;
        map->host += map->status == IMAGE_CLUSTER_STANDARD ? within : 0;
    }
    if (map->bytes > bytes)
        map->bytes = bytes;
    return 0;
}

/* --- Writing --- */

/* A write into one cluster: where it begins, what it covers, and what is known of the cluster. */
struct change {
    uint64_t start;             /* guest offset of the cluster */
    uint64_t within, bytes;
    const uint8_t *data;
    struct mapping old;
    uint64_t bitmap;            /* old */
    uint64_t written;           /* bits 0-31: subclusters that go to the file */
    uint64_t host;              /* where the cluster will be */
};

/* Reads into the bounce buffer what is there now of subclusters that are written but not covered whole. */
static int read_rests(struct qcow2 *q, const struct change *c)
{
    uint64_t size = subcluster_size(q), end = c->within + c->bytes;
    int code = 0;
    for (unsigned i = 0; !code && i < SUBCLUSTERS; i++) {
        uint64_t at = i * size, limit = q->header.size > c->start ? q->header.size - c->start : q->cluster_size;
        bool covered = c->within <= at && end >= at + size;
        if (!(c->written >> i & 1) || covered)
            continue;
        memset(q->bounce + at, 0, (size_t)size);
        uint64_t known = limit <= at ? 0 : limit - at < size ? limit - at : size;
        code = qcow2_read(q, c->start + at, q->bounce + at, (size_t)known);
    }
    return code;
}

/* Writes the runs of subclusters in c->written from the bounce buffer. */
static int write_runs(struct qcow2 *q, const struct change *c)
{
    uint64_t size = subcluster_size(q);
    int code = 0;
    for (unsigned i = 0, end; !code && i < SUBCLUSTERS; i = end) {
        for (end = i + 1; end < SUBCLUSTERS && (c->written >> end & 1) == (c->written >> i & 1); )
            end++;
        if (c->written >> i & 1)
            code = qcow2_write_data(q, c->host + i * size, q->bounce + i * size, (end - i) * size);
    }
    return code;
}

/* Points the guest cluster to its new place, or marks what was written in the old one. */
static int link_change(struct qcow2 *q, const struct change *c)
{
    struct table_slot *slot;
    uint64_t zero = c->bitmap >> 32 & ~c->written, allocated = (c->bitmap & UINT32_MAX) | c->written;
    int code = table_for_write(q, c->start, &slot);
    if (code < 0)
        return code;
    q->allocated += !table_holds(q, slot, c->start);
    table_set_entry(q, slot, c->start, c->host | ENTRY_COPIED, zero << 32 | allocated);
    if (c->old.host != c->host)
        qcow2_release(q, &c->old, c->start >> q->cluster_bits);
    return 0;
}

static int write_change(struct qcow2 *q, struct change *c)
{
    bool stays = c->old.status == IMAGE_CLUSTER_STANDARD && c->old.entry & ENTRY_COPIED;
    struct cluster_run run = { .first = c->old.host >> q->cluster_bits, .count = 1 };
    /* In a new place also what the old one held is needed: of a compressed cluster all. */
    if (!stays && c->old.status == IMAGE_CLUSTER_COMPRESSED)
        c->written = UINT32_MAX;
    else if (!stays)
        c->written |= c->bitmap & UINT32_MAX;
    int code = stays ? qcow2_check_exclusive(q, c->old.host, q->cluster_size) : read_rests(q, c);
    if (!code && stays)
        code = read_rests(q, c);
    if (!code && !stays && q->external)
        run.first = c->start >> q->cluster_bits;
    else if (!code && !stays)
        code = refcount_allocate(q, 1, &run);
    if (code < 0)
        return code;
    c->host = run.first << q->cluster_bits;
    memcpy(q->bounce + c->within, c->data, (size_t)c->bytes);
    code = write_runs(q, c);
    if (!code)
        code = link_change(q, c);
    if (code < 0 && !stays && !q->external)
        refcount_undo(q, run);
    return code;
}

static void report(struct qcow2 *q, const struct change *c)
{
    struct layer_span span = { .offset = c->start, .bytes = q->cluster_size, .host = c->host };
    bool stays = c->old.host == c->host;
    layer_report(q->layer, stays ? IMAGE_EVENT_WRITTEN : IMAGE_EVENT_ALLOCATED, span);
    if (!stays && c->bitmap & UINT32_MAX)
        layer_report(q->layer, IMAGE_EVENT_COPIED, span);
}

int subcluster_write(struct qcow2 *q, uint64_t offset, const void *data, size_t bytes)
{
    uint64_t size = subcluster_size(q), within = offset & (q->cluster_size - 1);
    struct change c = { .start = offset - within, .within = within, .bytes = bytes, .data = data };
    struct table_slot *slot;
    c.written = bits_between((unsigned)(within / size), (unsigned)((within + bytes - 1) / size));
    int code = table_for_write(q, offset, &slot);
    if (!code)
        code = decode(q, slot, offset, &c.old, &c.bitmap);
    if (!code)
        code = write_change(q, &c);
    if (!code)
        report(q, &c);
    return code;
}
