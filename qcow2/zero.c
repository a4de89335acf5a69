/* Making ranges read as zeros without writing zeros, and discarding what the guest no longer needs.
 *
 * Version 3 has zero clusters for both. A version 2 image can only forget a cluster, which shows what the layer below
 * holds there: without such a layer that is zeros, with one zeros are written, and a discard is refused. After QEMU's
 * block/qcow2-cluster.c (7.2) in what the entries become; parts of clusters are written with zeros when zeros are
 * asked for, and left as they are by a discard. */
#include "qcow2/store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { ZERO_BYTES = 65536 };

/* Does the guest cluster at OFFSET show nothing of a layer below when this layer forgets it? */
static bool nothing_below(const struct qcow2 *q, uint64_t offset)
{
    const struct layer *below = q->layer->below;
    return !below || offset >= below->size;
}

/* The same where entries are extended: all subclusters read as zeros. */
static bool zero_extended(const struct qcow2 *q, const struct table_slot *slot, const struct mapping *old,
                          uint64_t offset, bool keep_place, uint64_t *entry)
{
    uint64_t bitmap = table_bitmap(q, slot, offset);
    bool has_place = old->status == IMAGE_CLUSTER_STANDARD && old->entry & ENTRY_COPIED;
    *entry = keep_place && has_place ? old->host | ENTRY_COPIED : 0;
    if (!table_holds(q, slot, offset))
        return !nothing_below(q, offset);
    return *entry != old->entry || bitmap != BITMAP_ALL_ZERO;
}

/* The entry that a whole cluster described by OLD gets to read as zeros. With KEEP_PLACE the host cluster stays
 * reserved for it. False: it reads so already. */
static bool zero_entry(const struct qcow2 *q, const struct mapping *old, uint64_t offset, bool keep_place,
                       uint64_t *entry)
{
    bool has_place = old->status == IMAGE_CLUSTER_STANDARD && old->entry & ENTRY_COPIED;
    *entry = q->header.version == 2 ? 0 : ENTRY_ZERO;
    if (old->status == IMAGE_CLUSTER_UNALLOCATED)
        return *entry && !nothing_below(q, offset);
    if (old->status == IMAGE_CLUSTER_ZERO)
        return old->host && !keep_place;
    if (*entry && keep_place && has_place)
        *entry = old->host | ENTRY_COPIED | ENTRY_ZERO;
    return true;
}

/* Changes the entry of the whole cluster at OFFSET. */
static int change_cluster(struct qcow2 *q, uint64_t offset, bool keep_place)
{
    struct table_slot *slot;
    struct mapping old;
    uint64_t entry = 0;
    /* What no table is there for holds nothing. */
    if (!table_exists(q, offset) && nothing_below(q, offset))
        return 0;
    int code = table_for_write(q, offset, &slot);
    if (!code)
        code = table_decode(q, table_entry(q, slot, offset), &old);
    if (code < 0)
        return code;
    bool changes = q->extended ? zero_extended(q, slot, &old, offset, keep_place, &entry)
                               : zero_entry(q, &old, offset, keep_place, &entry);
    if (!changes)
        return 0;
    q->allocated -= table_holds(q, slot, offset);
    table_set_entry(q, slot, offset, entry, BITMAP_ALL_ZERO);
    q->allocated += table_holds(q, slot, offset);
    if (!(entry & ENTRY_OFFSET))
        qcow2_release(q, &old, offset >> q->cluster_bits);
    layer_report(q->layer, IMAGE_EVENT_ZEROED,
                 (struct layer_span){ .offset = offset, .bytes = q->cluster_size, .host = entry & ENTRY_OFFSET });
    return 0;
}

static int change_clusters(struct qcow2 *q, uint64_t from, uint64_t to, bool keep_place)
{
    int code = 0;
    for (uint64_t at = from; !code && at < to; at += q->cluster_size) {
        if (refcount_queue_full(q))
            code = qcow2_commit(q);
        if (!code)
            code = change_cluster(q, at, keep_place);
    }
    return code;
}

/* Part of a cluster: zeros are written, unless it reads as zeros already. */
static int write_zeros(struct qcow2 *q, uint64_t offset, uint64_t bytes)
{
    uint8_t *zeros = calloc(1, ZERO_BYTES);
    int code = zeros ? 0 : layer_fail(q->layer, -ENOMEM, "out of memory");
    while (!code && bytes) {
        struct mapping map;
        if ((code = table_map(q, offset, bytes, &map)) < 0)
            break;
        uint64_t part = map.bytes;
        if (map.status != IMAGE_CLUSTER_ZERO &&
            (map.status != IMAGE_CLUSTER_UNALLOCATED || !nothing_below(q, offset))) {
            part = part < ZERO_BYTES ? part : ZERO_BYTES;
            code = qcow2_write(q, offset, zeros, (size_t)part);
        }
        offset += part;
        bytes -= part;
    }
    free(zeros);
    return code;
}

/* The whole clusters of [offset, offset + bytes): FROM to below TO. The disk's end completes its last cluster. */
struct whole { uint64_t from, to; };
static struct whole whole_clusters(const struct qcow2 *q, uint64_t offset, uint64_t bytes)
{
    uint64_t mask = q->cluster_size - 1, end = offset + bytes;
    struct whole whole = { .from = (offset + mask) & ~mask, .to = end & ~mask };
    if (end == q->header.size)
        whole.to = (end + mask) & ~mask;
    if (whole.to < whole.from)
        whole.to = whole.from;
    return whole;
}

/* Zeros for the contents of guest clusters that are about to read as zeros: in an external data file that is the disk,
 * always; in another one for the room's sake, where holes may be punched. */
static int clear_data(struct qcow2 *q, uint64_t from, uint64_t to, bool unmap)
{
    static const uint8_t zeros[4096];
    bool is_raw = header_data_raw(&q->header);
    to = to < q->header.size ? to : q->header.size;
    if (!q->external || from >= to || !(is_raw || (unmap && q->layer->image->punch_holes)))
        return 0;
    int code = host_file_punch(q->data, from, to - from);
    if (code == -ENOTSUP) {
        code = 0;
        for (uint64_t at = from; is_raw && !code && at < to; at += sizeof zeros)
            code = host_file_write(q->data, at, zeros, to - at < sizeof zeros ? (size_t)(to - at) : sizeof zeros);
    }
    return code < 0 ? layer_fail(q->layer, code, "zeros at 0x%" PRIx64 ": %s", from, host_error_text(code)) : 0;
}

int qcow2_write_zeroes(struct qcow2 *q, uint64_t offset, uint64_t bytes, bool unmap)
{
    struct whole whole = whole_clusters(q, offset, bytes);
    uint64_t end = offset + bytes;
    int code = 0;
    if (q->damaged)
        return layer_fail(q->layer, -EIO, "found damaged earlier: no more writes");
    if (whole.from >= whole.to || (q->header.version == 2 && !nothing_below(q, offset)))
        return write_zeros(q, offset, bytes);
    if ((code = clear_data(q, whole.from, whole.to, unmap)) < 0)
        return code;
    if (offset < whole.from)
        code = write_zeros(q, offset, whole.from - offset);
    if (!code)
        code = change_clusters(q, whole.from, whole.to, !unmap);
    if (!code && end > whole.to)
        code = write_zeros(q, whole.to, end - whole.to);
    return code;
}

int qcow2_discard(struct qcow2 *q, uint64_t offset, uint64_t bytes)
{
    struct whole whole = whole_clusters(q, offset, bytes);
    if (q->damaged)
        return layer_fail(q->layer, -EIO, "found damaged earlier: no more writes");
    if (q->header.version == 2 && q->layer->below)
        return layer_fail(q->layer, -ENOTSUP, "a version 2 image with a backing file cannot discard");
    int code = clear_data(q, whole.from, whole.to, true);
    return code < 0 ? code : change_clusters(q, whole.from, whole.to, false);
}

/* Makes the cluster at OFFSET one that was never written. */
static int forget_cluster(struct qcow2 *q, uint64_t offset)
{
    struct table_slot *slot;
    struct mapping old;
    int code = table_for_write(q, offset, &slot);
    if (!code)
        code = table_decode(q, table_entry(q, slot, offset), &old);
    if (code < 0)
        return code;
    table_set_entry(q, slot, offset, 0, 0);
    qcow2_release(q, &old, offset >> q->cluster_bits);
    return 0;
}

int qcow2_forget(struct qcow2 *q, uint64_t from)
{
    uint64_t end = ((uint64_t)q->header.l1_entries << q->l2_bits) << q->cluster_bits;
    int code = header_data_raw(&q->header) ? clear_data(q, from, end, false) : 0;
    while (!code && from < end) {
        struct mapping map;
        code = refcount_queue_full(q) ? qcow2_commit(q) : 0;
        if (!code)
            code = table_map(q, from, end - from, &map);
        if (code < 0)
            break;
        /* Of an extended entry this is only the first part. */
        uint64_t empty = map.bytes & ~(uint64_t)(q->cluster_size - 1);
        bool held = map.status != IMAGE_CLUSTER_UNALLOCATED || !empty;
        if (held)
            code = forget_cluster(q, from);
        from += held ? q->cluster_size : empty;
    }
    q->allocated_known = false;
    return code;
}
