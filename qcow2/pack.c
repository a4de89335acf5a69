/* Writing compressed clusters. They are packed one behind the other at byte offsets, across the borders of host
 * clusters where the next cluster is free, and each counts a reference to every host cluster that it touches. */
#include "qcow2/compress.h"
#include "qcow2/store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct packer {
    struct compressor *compressor;
    uint8_t *whole, *packed;    /* a cluster, and what it becomes */
    uint64_t next, end;         /* bytes of the file that are allocated and not used yet */
};

static int start(struct qcow2 *q)
{
    struct packer *p = q->packer ? NULL : calloc(1, sizeof *p);
    if (q->packer || !p)
        return q->packer ? 0 : -ENOMEM;
    p->whole = malloc(q->cluster_size);
    p->packed = malloc((size_t)q->cluster_size + COMPRESSED_PADDING);
    p->compressor = compressor_new(q);
    if (p->whole && p->packed && p->compressor) {
        q->packer = p;
        return 0;
    }
    packer_free(p);
    return -ENOMEM;
}

void packer_free(struct packer *p)
{
    if (!p)
        return;
    compressor_free(p->compressor);
    free(p->whole);
    free(p->packed);
    free(p);
}

void packer_forget(struct qcow2 *q, uint64_t cluster)
{
    struct packer *p = q->packer;
    if (p && p->end && (p->end - 1) >> q->cluster_bits == cluster)
        p->next = p->end = 0;
}

/* Counts one more reference to each host cluster that [at, at + bytes) shares with what was packed before. */
static int share(struct qcow2 *q, uint64_t at, uint64_t first_new)
{
    uint64_t cluster = at >> q->cluster_bits;
    return cluster < first_new ? refcount_add(q, cluster) : 0;
}

/* A place for BYTES, less than a cluster. */
static int find_place(struct qcow2 *q, uint64_t bytes, uint64_t *at)
{
    struct packer *p = q->packer;
    struct cluster_run run = { .first = p->end >> q->cluster_bits };
    uint64_t room = p->end - p->next;
    int code = room < bytes ? refcount_allocate(q, 1, &run) : 0;
    if (code < 0)
        return code;
    uint64_t start = run.first << q->cluster_bits;
    bool goes_on = room >= bytes || (room && start == p->end);
    if (goes_on && room && share(q, p->next, run.first) < 0) {
        /* The counts are too narrow for another one in this cluster. */
        goes_on = false;
        if (room >= bytes && (code = refcount_allocate(q, 1, &run)) < 0)
            return code;
        start = run.first << q->cluster_bits;
        room = 0;
    }
    if (!goes_on)
        p->next = start;
    if (room < bytes)
        p->end = start + q->cluster_size;
    *at = p->next;
    p->next += bytes;
    return 0;
}

static uint64_t compressed_entry(const struct qcow2 *q, uint64_t at, uint64_t bytes)
{
    unsigned offset_bits = 62 - (q->cluster_bits - 8);
    uint64_t further = ((at + bytes - 1) >> 9) - (at >> 9);
    return ENTRY_COMPRESSED | further << offset_bits | at;
}

/* Points the guest cluster at OFFSET to ENTRY. */
static int link_entry(struct qcow2 *q, uint64_t offset, uint64_t entry)
{
    struct table_slot *slot;
    struct mapping old;
    int code = table_for_write(q, offset, &slot);
    if (!code)
        code = table_decode(q, table_entry(q, slot, offset), &old);
    if (code < 0)
        return code;
    q->allocated += !table_holds(q, slot, offset);
    table_set_entry(q, slot, offset, entry, 0);
    qcow2_release(q, &old, offset >> q->cluster_bits);
    return 0;
}

/* Writes the BYTES that are PACKED, and zeros to the end of their last sector, for readers that read whole ones. */
static int write_packed(struct qcow2 *q, uint64_t offset, uint8_t *packed, size_t bytes)
{
    uint64_t at, limit = UINT64_C(1) << (62 - (q->cluster_bits - 8));
    int code = find_place(q, bytes, &at);
    if (code < 0)
        return code;
    if (at + bytes > limit)
        return layer_fail(q->layer, -EFBIG, "the file has become too large for compressed clusters");
    size_t padding = (size_t)(-(at + bytes) & (COMPRESSED_PADDING - 1));
    memset(packed + bytes, 0, padding);
    code = host_file_write(q->file, at, packed, bytes + padding);
    if (code < 0)
        return layer_fail(q->layer, code, "data at 0x%" PRIx64 ": %s", at, host_error_text(code));
    uint64_t entry = compressed_entry(q, at, bytes);
    compressed_forget(q, entry);
    code = link_entry(q, offset, entry);
    layer_report(q->layer, IMAGE_EVENT_ALLOCATED,
                 (struct layer_span){ .offset = offset, .bytes = q->cluster_size, .host = at });
    return code;
}

/* What has to be done before a compressed cluster of BYTES goes to OFFSET. */
static int prepare(struct qcow2 *q, uint64_t offset, size_t bytes)
{
    if (q->damaged)
        return layer_fail(q->layer, -EIO, "found damaged earlier: no more writes");
    if (offset & (q->cluster_size - 1) || bytes > q->cluster_size ||
        (bytes < q->cluster_size && offset + bytes != q->header.size))
        return layer_fail(q->layer, -EINVAL, "only whole clusters can be compressed");
    int code = start(q);
    if (!code && refcount_queue_full(q))
        code = qcow2_commit(q);
    return code < 0 ? layer_fail(q->layer, code, "compressing: %s", host_error_text(code)) : 0;
}

int qcow2_put_compressed(struct qcow2 *q, uint64_t offset, uint8_t *packed, size_t bytes)
{
    int code = prepare(q, offset, q->cluster_size);
    return code < 0 ? code : write_packed(q, offset, packed, bytes);
}

int qcow2_write_compressed(struct qcow2 *q, uint64_t offset, const void *data, size_t bytes)
{
    int code = prepare(q, offset, bytes);
    if (code < 0)
        return code;
    struct packer *p = q->packer;
    memcpy(p->whole, data, bytes);
    memset(p->whole + bytes, 0, q->cluster_size - bytes);
    size_t packed = compressor_run(p->compressor, p->whole, p->packed);
    return packed ? write_packed(q, offset, p->packed, packed) : qcow2_write(q, offset, data, bytes);
}
