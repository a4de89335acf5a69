/* Opening a qcow2 file: its tables, and for a writable one the set of host clusters that hold metadata.
 *
 * Every place where metadata lies is claimed once; two claims on one cluster mean a damaged or malicious file, which
 * is then not opened for writing. Later every allocation and every write in place is checked against the set, so
 * neither can destroy a table. Tables of snapshots below their L1 are not in the set: their refcounts protect them. */
#include "qcow2/store.h"

#include "qcow2/bytes.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

int qcow2_damaged(struct qcow2 *q, const char *text, uint64_t offset)
{
    q->damaged = true;
    if (q->header.version > 2 && !(q->header.incompatible & HEADER_CORRUPT)) {
        uint8_t raw[8];
        q->header.incompatible |= HEADER_CORRUPT;
        put_be64(raw, q->header.incompatible);
        /* Should this fail too, there is nobody left to tell. */
        host_file_write(q->file, HEADER_AT_INCOMPATIBLE, raw, sizeof raw);
    }
    return layer_fail(q->layer, -EIO, "damaged at 0x%" PRIx64 ": %s", offset, text);
}

/* Puts the clusters of [offset, offset + bytes) into the set of metadata. The range must lie in the file. */
static int claim(struct qcow2 *q, const char *what, uint64_t offset, uint64_t bytes)
{
    uint64_t file_size;
    int code = host_file_size(q->file, &file_size);
    if (code < 0)
        return layer_fail(q->layer, code, "%s", host_error_text(code));
    if (offset & (q->cluster_size - 1) || bytes > file_size || offset > file_size - bytes)
        return layer_fail(q->layer, -EINVAL, "%s at 0x%" PRIx64 " is unaligned or outside the file", what, offset);
    for (uint64_t at = offset; at < offset + bytes; at += q->cluster_size) {
        int added = cluster_set_add(&q->metadata, at >> q->cluster_bits);
        if (added < 0)
            return layer_fail(q->layer, -ENOMEM, "out of memory");
        if (!added)
            return layer_fail(q->layer, -EINVAL, "%s at 0x%" PRIx64 " overlaps other metadata", what, at);
    }
    return 0;
}

static int claim_snapshots(struct qcow2 *q)
{
    uint64_t file_size;
    int code = snapshot_table_load(q);
    for (uint32_t i = 0; !code && i < q->snapshots.count; i++)
        code = claim(q, "L1 table of a snapshot", q->snapshots.entries[i].l1_offset,
                     q->snapshots.entries[i].l1_entries * UINT64_C(8));
    if (code < 0 || !q->snapshots.count)
        return code;
    if ((code = host_file_size(q->file, &file_size)) < 0)
        return layer_fail(q->layer, code, "%s", host_error_text(code));
    /* The padding of the last entry may be missing at the end of the file. */
    uint64_t bytes = q->snapshots.bytes, left = file_size - q->header.snapshots_offset;
    return claim(q, "snapshot table", q->header.snapshots_offset, bytes < left ? bytes : left);
}

static int claim_all(struct qcow2 *q)
{
    const struct refcounts *r = &q->refcounts;
    int code = claim(q, "header", 0, 1);
    if (!code && q->header.l1_entries)
        code = claim(q, "L1 table", q->header.l1_offset, q->header.l1_entries * UINT64_C(8));
    if (!code)
        code = claim(q, "refcount table", q->header.refcount_table_offset, r->entries * UINT64_C(8));
    for (uint32_t i = 0; !code && i < r->entries; i++)
        if (r->table[i])
            code = claim(q, "refcount block", r->table[i], q->cluster_size);
    for (uint32_t i = 0; !code && i < q->header.l1_entries; i++)
        if (q->l1[i] & ENTRY_OFFSET)
            code = claim(q, "L2 table", q->l1[i] & ENTRY_OFFSET, q->cluster_size);
    return code < 0 ? code : claim_snapshots(q);
}

static int add_range(const struct qcow2 *q, struct cluster_set *set, uint64_t offset, uint64_t bytes)
{
    int code = 0;
    for (uint64_t at = offset; code >= 0 && at < offset + bytes; at += q->cluster_size)
        code = cluster_set_add(set, at >> q->cluster_bits);
    return code < 0 ? code : 0;
}

int metadata_fixed(struct qcow2 *q, struct cluster_set *set)
{
    const struct refcounts *r = &q->refcounts;
    int code = add_range(q, set, 0, 1);
    if (!code)
        code = add_range(q, set, q->header.l1_offset, q->header.l1_entries * UINT64_C(8));
    if (!code)
        code = add_range(q, set, q->header.refcount_table_offset, r->entries * UINT64_C(8));
    for (uint32_t i = 0; !code && i < r->entries; i++)
        if (r->table[i])
            code = add_range(q, set, r->table[i], 1);
    for (uint32_t i = 0; !code && i < q->snapshots.count; i++)
        code = add_range(q, set, q->snapshots.entries[i].l1_offset, q->snapshots.entries[i].l1_entries * UINT64_C(8));
    return code ? code : add_range(q, set, q->header.snapshots_offset, q->snapshots.bytes);
}

static int load_l1(struct qcow2 *q)
{
    size_t bytes = (size_t)q->header.l1_entries * 8;
    q->l1 = malloc(bytes ? bytes : 8);
    if (!q->l1)
        return layer_fail(q->layer, -ENOMEM, "out of memory");
    int code = host_file_read(q->file, q->header.l1_offset, q->l1, bytes);
    if (code < 0)
        return layer_fail(q->layer, code, "L1 table at 0x%" PRIx64 ": %s", q->header.l1_offset, host_error_text(code));
    for (uint32_t i = 0; i < q->header.l1_entries; i++)
        q->l1[i] = get_be64((const uint8_t *)&q->l1[i]);
    return 0;
}

/* Features that hold only as long as every writer keeps them up. We keep up only that an external data file is the
 * disk, so the others must go first. */
static int clear_autoclear(struct qcow2 *q)
{
    uint8_t raw[8];
    uint64_t kept = q->external ? q->header.autoclear & HEADER_AUTO_DATA_RAW : 0;
    if (q->header.autoclear == kept)
        return 0;
    if (q->header.autoclear & HEADER_AUTO_BITMAPS)
        layer_warn(q->layer, "its dirty bitmaps are no longer kept up, and their clusters will count as leaked");
    put_be64(raw, kept);
    int code = host_file_write(q->file, HEADER_AT_AUTOCLEAR, raw, sizeof raw);
    if (!code)
        code = host_file_sync(q->file);
    return code < 0 ? layer_fail(q->layer, code, "header: %s", host_error_text(code)) : 0;
}

static int prepare_writing(struct qcow2 *q)
{
    q->bounce = malloc(q->cluster_size);
    if (!q->bounce)
        return layer_fail(q->layer, -ENOMEM, "out of memory");
    if (q->header.has_seal && q->header.autoclear & HEADER_AUTO_SEAL)
        return layer_fail(q->layer, -EPERM, "sealed: it is not written to until its seal is taken away");
    int code = refcount_open(q);
    if (!code)
        code = claim_all(q);
    return code < 0 ? code : clear_autoclear(q);
}

int qcow2_open(struct layer *layer)
{
    struct qcow2 *q = calloc(1, sizeof *q);
    if (!q)
        return layer_fail(layer, -ENOMEM, "out of memory");
    layer->qcow2 = q;
    q->layer = layer;
    q->file = &layer->file;
    int code = header_read(layer, &q->header);
    if (code < 0)
        return code;
    layer->size = q->header.size;
    q->cluster_bits = q->header.cluster_bits;
    q->extended = q->header.incompatible & HEADER_EXTENDED_L2;
    q->external = header_external(&q->header);
    q->data = q->external ? NULL : q->file;
    q->l2_bits = header_l2_bits(&q->header);
    q->cluster_size = UINT32_C(1) << q->cluster_bits;
    if (table_cache_init(&q->l2, q->cluster_bits) < 0)
        return layer_fail(layer, -ENOMEM, "out of memory");
    code = load_l1(q);
    return code < 0 || !layer->file.writable ? code : prepare_writing(q);
}

void qcow2_free(struct qcow2 *q)
{
    if (!q)
        return;
    compressed_free(q->inflated);
    packer_free(q->packer);
    table_cache_free(&q->l2);
    snapshot_table_free(&q->snapshots);
    refcount_free(q);
    cluster_set_free(&q->metadata);
    free(q->l1);
    free(q->bounce);
    free(q);
}
