/* Writing guest contents to a qcow2 layer: in place where a cluster is this disk's alone, else into a new one.
 *
 * New contents, and the old ones around them where a cluster is not covered whole, reach the file before the L2 entry
 * that refers to them changes; qcow2_commit brings the entry to the file. Runs of whole clusters are written at once.
 */
#include "qcow2/store.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* What remains to be written. */
struct request {
    uint64_t offset;
    const uint8_t *data;
    size_t bytes;
};

static void advance(struct request *rest, uint64_t bytes)
{
    rest->offset += bytes;
    rest->data += bytes;
    rest->bytes -= (size_t)bytes;
}

int qcow2_write_data(struct qcow2 *q, uint64_t host, const void *data, uint64_t bytes)
{
    /* An external data file is not made longer than the disk. */
    if (q->external) {
        uint64_t left = host < q->header.size ? q->header.size - host : 0;
        bytes = bytes < left ? bytes : left;
    }
    int code = host_file_write(q->data, host, data, (size_t)bytes);
    return code < 0 ? layer_fail(q->layer, code, "data at 0x%" PRIx64 ": %s", host, host_error_text(code)) : 0;
}

int qcow2_check_exclusive(struct qcow2 *q, uint64_t host, uint64_t bytes)
{
    uint64_t last = (host + bytes - 1) >> q->cluster_bits, count;
    if (q->external)
        return 0;
    for (uint64_t cluster = host >> q->cluster_bits; cluster <= last; cluster++) {
        int code = refcount_get(q, cluster, &count);
        if (code < 0)
            return code;
        if (count != 1)
            return qcow2_damaged(q, "data marked as not shared has another refcount than 1",
                                 cluster << q->cluster_bits);
        if (cluster_set_has(&q->metadata, cluster))
            return qcow2_damaged(q, "a data cluster is metadata as well", cluster << q->cluster_bits);
    }
    return 0;
}

/* The clusters from REST on that lie in a row in the file and may be written in place. FIRST tells of the first. */
static int write_in_place(struct qcow2 *q, const struct table_slot *slot, const struct mapping *first,
                          struct request *rest)
{
    uint64_t within = rest->offset & (q->cluster_size - 1), bytes = q->cluster_size - within;
    uint64_t table_mask = ((uint64_t)q->cluster_size << q->l2_bits) - 1, expected = first->entry;
    while (bytes < rest->bytes && (rest->offset + bytes) & table_mask) {
        expected += q->cluster_size;
        uint64_t same = ENTRY_OFFSET | ENTRY_COPIED | ENTRY_COMPRESSED | ENTRY_ZERO;
        if ((table_entry(q, slot, rest->offset + bytes) ^ expected) & same)
            break;
        bytes += q->cluster_size;
    }
    if (bytes > rest->bytes)
        bytes = rest->bytes;
    struct layer_span span = { .offset = rest->offset, .bytes = bytes, .host = first->host + within };
    int code = qcow2_check_exclusive(q, span.host, bytes);
    if (!code)
        code = qcow2_write_data(q, span.host, rest->data, bytes);
    if (code < 0)
        return code;
    layer_report(q->layer, IMAGE_EVENT_WRITTEN, span);
    advance(rest, bytes);
    return 0;
}

void qcow2_release(struct qcow2 *q, const struct mapping *map, uint64_t guest)
{
    uint64_t first = map->host >> q->cluster_bits, last = first;
    if (map->status == IMAGE_CLUSTER_COMPRESSED) {
        struct compressed_extent extent = compressed_extent(q, map->entry);
        last = (extent.offset + extent.bytes - 1) >> q->cluster_bits;
    } else if (!map->host || q->external) {
        return;
    }
    for (uint64_t cluster = first; cluster <= last; cluster++)
        refcount_release(q, cluster, guest);
}

/* Points the guest clusters of SPAN to its host clusters, whose contents are in the file. */
static int link_clusters(struct qcow2 *q, struct layer_span span)
{
    struct table_slot *slot;
    int code = table_for_write(q, span.offset, &slot);
    if (code < 0)
        return code;
    for (uint64_t done = 0; done < span.bytes; done += q->cluster_size) {
        struct mapping old;
        uint64_t offset = span.offset + done, host = span.host + done;
        /* The entries were decoded when the run was chosen; should one make no sense now, it held nothing to free. */
        if (table_decode(q, table_entry(q, slot, offset), &old) < 0)
            old = (struct mapping){ .status = IMAGE_CLUSTER_UNALLOCATED };
        table_set_entry(q, slot, offset, host | ENTRY_COPIED, 0);
        if (old.status == IMAGE_CLUSTER_UNALLOCATED)
            q->allocated++;
        else if (old.host != host)
            qcow2_release(q, &old, offset >> q->cluster_bits);
    }
    layer_report(q->layer, IMAGE_EVENT_ALLOCATED, span);
    return 0;
}

/* Where the contents of the guest clusters of SPAN shall go, the first of which was described by OLD: the place that
 * was kept for a zero cluster and is counted already, or new ones. */
static int choose_place(struct qcow2 *q, const struct mapping *old, const struct layer_span *span,
                        struct cluster_run *run)
{
    uint64_t want = span->bytes >> q->cluster_bits;
    if (q->external) {
        *run = (struct cluster_run){ .first = span->offset >> q->cluster_bits, .count = want };
        return 0;
    }
    if (old->status != IMAGE_CLUSTER_ZERO || !old->host || !(old->entry & ENTRY_COPIED))
        return refcount_allocate(q, want, run);
    *run = (struct cluster_run){ .first = old->host >> q->cluster_bits, .count = 1 };
    return qcow2_check_exclusive(q, old->host, q->cluster_size);
}

/* Writes CONTENTS for the whole guest clusters of SPAN to new places. On success SPAN tells how many of them were
 * written, at least one, and where. */
static int write_new(struct qcow2 *q, const struct mapping *old, const uint8_t *contents, struct layer_span *span)
{
    struct cluster_run run;
    int code = choose_place(q, old, span, &run);
    if (code < 0)
        return code;
    span->bytes = run.count << q->cluster_bits;
    span->host = run.first << q->cluster_bits;
    code = qcow2_write_data(q, span->host, contents, span->bytes);
    if (!code)
        code = link_clusters(q, *span);
    if (code < 0 && old->host != span->host && !q->external)
        refcount_undo(q, run);
    return code;
}

/* How many whole clusters of REST, within the table in SLOT, need a new place. The first does. */
static uint64_t count_new(struct qcow2 *q, const struct table_slot *slot, const struct request *rest)
{
    uint64_t table_mask = ((uint64_t)q->cluster_size << q->l2_bits) - 1, count = 1;
    uint64_t offset = rest->offset + q->cluster_size, end = rest->offset + rest->bytes;
    for (; offset + q->cluster_size <= end && offset & table_mask; offset += q->cluster_size, count++) {
        struct mapping map;
        if (table_decode(q, table_entry(q, slot, offset), &map) < 0)
            break;
        bool has_place = map.status == IMAGE_CLUSTER_STANDARD || map.status == IMAGE_CLUSTER_ZERO;
        if (has_place && map.entry & ENTRY_COPIED)
            break;
    }
    return count;
}

/* Part of a cluster: the rest of it comes from where it is now. */
static int write_part(struct qcow2 *q, const struct mapping *old, struct request *rest)
{
    uint64_t within = rest->offset & (q->cluster_size - 1), start = rest->offset - within;
    uint64_t bytes = q->cluster_size - within < rest->bytes ? q->cluster_size - within : rest->bytes;
    uint64_t known = q->header.size - start < q->cluster_size ? q->header.size - start : q->cluster_size;
    bool copies = bytes < known && (old->status != IMAGE_CLUSTER_UNALLOCATED || q->layer->below);
    memset(q->bounce, 0, q->cluster_size);
    int code = copies ? qcow2_read(q, start, q->bounce, (size_t)known) : 0;
    if (code < 0)
        return code;
    memcpy(q->bounce + within, rest->data, (size_t)bytes);
    struct layer_span span = { .offset = start, .bytes = q->cluster_size };
    if ((code = write_new(q, old, q->bounce, &span)) < 0)
        return code;
    if (copies)
        layer_report(q->layer, IMAGE_EVENT_COPIED, span);
    advance(rest, bytes);
    return 0;
}

static int write_subclusters(struct qcow2 *q, struct request *rest)
{
    uint64_t bytes = q->cluster_size - (rest->offset & (q->cluster_size - 1));
    bytes = bytes < rest->bytes ? bytes : rest->bytes;
    int code = subcluster_write(q, rest->offset, rest->data, (size_t)bytes);
    if (!code)
        advance(rest, bytes);
    return code;
}

/* Writes one run of REST that can be treated alike. */
static int write_step(struct qcow2 *q, struct request *rest)
{
    if (q->extended)
        return write_subclusters(q, rest);
    struct table_slot *slot;
    struct mapping map;
    int code = table_for_write(q, rest->offset, &slot);
    if (!code)
        code = table_decode(q, table_entry(q, slot, rest->offset), &map);
    if (!code)
        code = table_check_place(q, &map, rest->offset);
    if (code < 0)
        return code;
    if (map.status == IMAGE_CLUSTER_STANDARD && map.entry & ENTRY_COPIED)
        return write_in_place(q, slot, &map, rest);
    if (rest->offset & (q->cluster_size - 1) || rest->bytes < q->cluster_size)
        return write_part(q, &map, rest);
    struct layer_span span = { .offset = rest->offset, .bytes = count_new(q, slot, rest) << q->cluster_bits };
    code = write_new(q, &map, rest->data, &span);
    if (!code)
        advance(rest, span.bytes);
    return code;
}

int qcow2_write(struct qcow2 *q, uint64_t offset, const void *data, size_t bytes)
{
    struct request rest = { .offset = offset, .data = data, .bytes = bytes };
    int code = 0;
    if (q->damaged)
        return layer_fail(q->layer, -EIO, "found damaged earlier: no more writes");
    while (!code && rest.bytes) {
        if (refcount_queue_full(q))
            code = qcow2_commit(q);
        if (!code)
            code = write_step(q, &rest);
    }
    return code;
}
