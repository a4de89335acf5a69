/* Another size for the virtual disk, and a longer L1 table where it needs one.
 *
 * A longer L1 table is written beside the old one and becomes valid by one write of 12 bytes in the header. The table
 * is never made shorter: what it has beyond the disk's end is empty. */
#include "qcow2/bytes.h"
#include "qcow2/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { L1_MAX = 4 << 20 };

/* Writes the longer table, whose clusters begin at number FIRST, and makes it the valid one. */
static int switch_l1(struct qcow2 *q, const uint64_t *l1, uint32_t entries, uint64_t first)
{
    uint64_t clusters = (entries * UINT64_C(8) + q->cluster_size - 1) >> q->cluster_bits;
    uint8_t *raw = calloc((size_t)clusters, q->cluster_size), head[12];
    int code = raw ? 0 : -ENOMEM;
    for (uint32_t i = 0; !code && i < entries; i++)
        put_be64(raw + (size_t)i * 8, l1[i]);
    if (!code)
        code = host_file_write(q->file, first << q->cluster_bits, raw, (size_t)clusters << q->cluster_bits);
    free(raw);
    if (!code)
        code = qcow2_commit(q);
    if (!code)
        code = host_file_sync(q->file);
    if (code < 0)
        return code;
    put_be32(head, entries);
    put_be64(head + 4, first << q->cluster_bits);
    code = host_file_write(q->file, HEADER_AT_L1, head, sizeof head);
    if (!code)
        code = host_file_sync(q->file);
    q->damaged = code < 0;      /* which of the two tables the file has now can't be told */
    return code;
}

static int grow_l1(struct qcow2 *q, uint32_t entries)
{
    uint64_t clusters = (entries * UINT64_C(8) + q->cluster_size - 1) >> q->cluster_bits, first;
    uint64_t old = q->header.l1_offset >> q->cluster_bits;
    uint64_t old_clusters = (q->header.l1_entries * UINT64_C(8) + q->cluster_size - 1) >> q->cluster_bits;
    uint64_t *l1 = calloc(entries, sizeof *l1);
    int code = l1 ? qcow2_commit(q) : -ENOMEM;
    if (!code)
        code = refcount_allocate_row(q, clusters, &first);
    if (!code)
        memcpy(l1, q->l1, q->header.l1_entries * sizeof *l1);
    for (uint64_t i = 0; !code && i < clusters; i++)
        code = cluster_set_add(&q->metadata, first + i) < 0 ? -ENOMEM : 0;
    if (!code)
        code = switch_l1(q, l1, entries, first);
    if (code < 0) {
        free(l1);
        return layer_fail(q->layer, code, "longer L1 table: %s", host_error_text(code));
    }
    for (uint64_t i = 0; i < old_clusters; i++)
        refcount_release(q, old + i, UINT64_MAX);
    free(q->l1);
    q->l1 = l1;
    q->header.l1_entries = entries;
    q->header.l1_offset = first << q->cluster_bits;
    return 0;
}

int resize_cover(struct qcow2 *q, uint64_t end)
{
    unsigned span_bits = q->cluster_bits + q->l2_bits;
    uint64_t entries = (end >> span_bits) + !!(end & ((UINT64_C(1) << span_bits) - 1));
    if (entries <= q->header.l1_entries)
        return 0;
    if (entries > L1_MAX)
        return layer_fail(q->layer, -EFBIG, "too large for clusters of this size");
    return grow_l1(q, (uint32_t)entries);
}

static int write_size(struct qcow2 *q, uint64_t bytes)
{
    uint8_t raw[8];
    put_be64(raw, bytes);
    int code = qcow2_commit(q);
    if (!code)
        code = host_file_sync(q->file);
    if (!code)
        code = host_file_write(q->file, HEADER_AT_SIZE, raw, sizeof raw);
    if (code < 0)
        return layer_fail(q->layer, code, "size: %s", host_error_text(code));
    q->header.size = q->layer->size = bytes;
    q->allocated_known = false;
    return 0;
}

/* An external data file that is the disk gets its size as well. What it had behind the disk's old end goes. */
static int resize_data(struct qcow2 *q, uint64_t old, uint64_t bytes)
{
    if (!header_data_raw(&q->header))
        return 0;
    int code = bytes > old ? host_file_resize(q->data, old) : 0;
    if (!code)
        code = host_file_resize(q->data, bytes);
    return code < 0 ? layer_fail(q->layer, code, "size of the data file: %s", host_error_text(code)) : 0;
}

/* What is added must read as zeros: the rest of the last cluster, what a layer below holds past the old end, and what
 * this one does (a machine state, the rests of a shrinking that was cut short). The size in the file changes last. */
static int grow(struct qcow2 *q, uint64_t bytes)
{
    uint64_t old = q->header.size, edge = (old + q->cluster_size - 1) & ~(uint64_t)(q->cluster_size - 1);
    uint64_t below = q->layer->below ? q->layer->below->size : 0, end = below < edge ? edge : below;
    int code = resize_cover(q, bytes);
    if (!code)
        code = qcow2_forget(q, edge);
    if (code < 0)
        return code;
    end = end < bytes ? end : bytes;
    q->header.size = bytes;
    if (end > old)
        code = qcow2_write_zeroes(q, old, end - old, true);
    q->header.size = old;
    if (!code)
        code = resize_data(q, old, bytes);
    return code < 0 ? code : write_size(q, bytes);
}

/* The rest of the last cluster, from the disk's end to END, as zeros. QEMU leaves it as it is when it makes a disk
 * longer. */
static int clear_rest(struct qcow2 *q, uint64_t end)
{
    uint64_t size = q->header.size;
    q->header.size = end;
    int code = end > size ? qcow2_write_zeroes(q, size, end - size, false) : 0;
    q->header.size = size;
    return code;
}

/* The size in the file changes first, then what lies behind the new end goes, machine state of the disk included. */
static int shrink(struct qcow2 *q, uint64_t bytes)
{
    uint64_t old = q->header.size, edge = (bytes + q->cluster_size - 1) & ~(uint64_t)(q->cluster_size - 1);
    int code = write_size(q, bytes);
    if (!code)
        code = clear_rest(q, edge < old ? edge : old);
    if (!code)
        code = qcow2_forget(q, edge);
    return code < 0 ? code : resize_data(q, old, bytes);
}

static int resize_qcow2(struct qcow2 *q, uint64_t bytes)
{
    if (q->damaged)
        return layer_fail(q->layer, -EIO, "found damaged earlier: no more writes");
    if (q->header.version == 2 && q->header.snapshots)
        return layer_fail(q->layer, -ENOTSUP, "a version 2 image with snapshots cannot change its size");
    if (bytes > INT64_MAX)
        return layer_fail(q->layer, -EFBIG, "too large");
    return bytes < q->header.size ? shrink(q, bytes) : grow(q, bytes);
}

static int resize_raw(struct layer *layer, uint64_t bytes)
{
    int code = host_file_resize(&layer->file, bytes);
    if (code < 0)
        return layer_fail(layer, code, "size: %s", host_error_text(code));
    layer->size = bytes;
    return 0;
}

int image_resize(struct image *image, uint64_t bytes)
{
    struct layer *top = image->layers[0];
    if (!image_writable(image))
        return layer_fail(top, -EROFS, "opened read-only");
    int code = top->qcow2 ? resize_qcow2(top->qcow2, bytes) : resize_raw(top, bytes);
    return code < 0 ? code : image_flush(image);
}
