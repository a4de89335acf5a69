/* Bringing changed tables to the file, in an order that leaves it consistent wherever it stops:
 *
 *   1. refcount blocks: new clusters are counted. sync; the refcount table, where blocks are new
 *   2. sync (this also covers the contents, written before); L2 tables
 *   3. sync; the L1 table, where L2 tables are new
 *   4. sync; references that nothing in the file holds any more are dropped, and the blocks written again
 *
 * A sync with nothing to do costs nothing, nor does any for a temporary file. */
#include "qcow2/store.h"

#include "qcow2/bytes.h"

#include <string.h>

static int write_l1(struct qcow2 *q)
{
    uint8_t raw[512];
    int code = 0;
    while (!code && q->l1_dirty.from < q->l1_dirty.to) {
        uint32_t n = 0;
        for (; n < sizeof raw / 8 && q->l1_dirty.from + n < q->l1_dirty.to; n++)
            put_be64(raw + n * 8, q->l1[q->l1_dirty.from + n]);
        code = host_file_write(q->file, q->header.l1_offset + q->l1_dirty.from * UINT64_C(8), raw, n * 8);
        if (!code)
            q->l1_dirty.from += n;
    }
    return code;
}

int qcow2_sync(struct qcow2 *q)
{
    int code = q->external && q->data ? host_file_sync(q->data) : 0;
    return code < 0 ? code : host_file_sync(q->file);
}

static int write_tables(struct qcow2 *q)
{
    int code = 0;
    if (q->l2.dirty) {
        code = qcow2_sync(q);
        if (!code)
            code = table_cache_write(&q->l2, q->file);
    }
    if (!code && q->l1_dirty.from < q->l1_dirty.to) {
        code = qcow2_sync(q);
        if (!code)
            code = write_l1(q);
    }
    if (!code && q->refcounts.pending_count)
        code = qcow2_sync(q);
    return code < 0 ? layer_fail(q->layer, code, "tables: %s", host_error_text(code)) : 0;
}

int qcow2_commit(struct qcow2 *q)
{
    int code = refcount_write(q);
    if (!code)
        code = write_tables(q);
    if (!code && q->refcounts.pending_count) {
        code = refcount_apply_pending(q);
        int written = refcount_write(q);
        code = code < 0 ? code : written;
    }
    return code;
}
