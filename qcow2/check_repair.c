/* Repairing: new refcounts for what a check counted, and COPIED flags that agree with them.
 *
 * New blocks and a new table are written past the end of the file and become valid with one write of 12 bytes in the
 * header; what the old ones took is free then. No contents and no references change, so nothing can be lost. Where
 * references lead out of the file or to odd places there is no count that would be right, and nothing is done. */
#include "qcow2/check.h"

#include "qcow2/bytes.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_TABLE_BYTES = 8 << 20 };

/* Clusters FIRST on: the blocks, then the table. */
struct plan { uint64_t first, blocks, table_clusters; unsigned block_bits; };

static struct plan plan_refcounts(const struct checker *c)
{
    const struct qcow2 *q = c->q;
    struct plan plan = { .first = c->clusters, .block_bits = q->cluster_bits + 3 - q->header.refcount_order };
    do {
        plan.blocks++;
        plan.table_clusters = ((plan.blocks * 8 - 1) >> q->cluster_bits) + 1;
    } while (plan.blocks << plan.block_bits < plan.first + plan.blocks + plan.table_clusters);
    return plan;
}

/* The count of cluster AT: of its own clusters in PLAN one, of others what was found. */
static uint64_t count_at(const struct checker *c, const struct plan *plan, uint64_t at)
{
    if (at < c->clusters)
        return c->counts[at];
    return at < plan->first + plan->blocks + plan->table_clusters;
}

static int check_width(struct checker *c)
{
    unsigned order = c->q->header.refcount_order;
    uint64_t most = order == 6 ? UINT64_MAX : (UINT64_C(1) << (1u << order)) - 1;
    for (uint64_t at = 0; at < c->clusters; at++)
        if (c->counts[at] > most)
            return layer_fail(c->q->layer, -ERANGE, "refcounts of %u bits cannot count %u references", 1u << order,
                              c->counts[at]);
    return 0;
}

static int write_refcounts(struct checker *c, const struct plan *plan, struct host_file *file)
{
    struct qcow2 *q = c->q;
    uint64_t per_block = UINT64_C(1) << plan->block_bits, end = plan->first + plan->blocks + plan->table_clusters;
    uint8_t *block = malloc(q->cluster_size), *table = calloc((size_t)plan->table_clusters, q->cluster_size);
    int code = block && table ? host_file_resize(file, end << q->cluster_bits) : -ENOMEM;
    for (uint64_t i = 0; !code && i < plan->blocks; i++) {
        uint64_t at = (plan->first + i) << q->cluster_bits;
        memset(block, 0, q->cluster_size);
        for (uint64_t k = 0; k < per_block; k++)
            refcount_put(block, k, q->header.refcount_order, count_at(c, plan, i * per_block + k));
        put_be64(table + i * 8, at);
        code = host_file_write(file, at, block, q->cluster_size);
    }
    if (!code)
        code = host_file_write(file, (plan->first + plan->blocks) << q->cluster_bits, table,
                               (size_t)plan->table_clusters << q->cluster_bits);
    free(block);
    free(table);
    return code ? code : host_file_sync(file);
}

static int switch_header(struct checker *c, const struct plan *plan, struct host_file *file)
{
    uint8_t raw[12];
    put_be64(raw, (plan->first + plan->blocks) << c->q->cluster_bits);
    put_be32(raw + 8, (uint32_t)plan->table_clusters);
    int code = host_file_write(file, HEADER_AT_REFCOUNT_TABLE, raw, sizeof raw);
    return code ? code : host_file_sync(file);
}

/* ENTRY with the COPIED flag that the count asks for. */
static uint64_t right_entry(const struct checker *c, uint64_t entry)
{
    bool alone = entry & ENTRY_OFFSET && !(entry & ENTRY_COMPRESSED) &&
                 c->counts[(entry & ENTRY_OFFSET) >> c->q->cluster_bits] == 1;
    return alone ? entry | ENTRY_COPIED : entry & ~ENTRY_COPIED;
}

static int correct_table(struct checker *c, uint64_t at, struct host_file *file, uint8_t *table)
{
    uint32_t bytes = c->q->cluster_size, step = table_entry_at(c->q, 1);
    bool changed = false;
    int code = host_file_read(file, at, table, bytes);
    for (uint32_t i = 0; !code && i < bytes; i += step) {
        uint64_t entry = get_be64(table + i), right = right_entry(c, entry);
        changed |= right != entry;
        put_be64(table + i, right);
    }
    return code || !changed ? code : host_file_write(file, at, table, bytes);
}

static int correct_flags(struct checker *c, struct host_file *file)
{
    struct qcow2 *q = c->q;
    uint8_t raw[8], *table = malloc(q->cluster_size);
    int code = table ? 0 : -ENOMEM;
    for (uint32_t i = 0; !code && i < q->header.l1_entries; i++) {
        uint64_t right = right_entry(c, q->l1[i]);
        /* Data in a file of its own is nobody else's. */
        if (q->l1[i] & ENTRY_OFFSET && !q->external)
            code = correct_table(c, q->l1[i] & ENTRY_OFFSET, file, table);
        put_be64(raw, right);
        if (!code && right != q->l1[i])
            code = host_file_write(file, q->header.l1_offset + i * UINT64_C(8), raw, sizeof raw);
    }
    free(table);
    return code ? code : host_file_sync(file);
}

/* All is right again; bits that ask every writer to keep something up which we do not go as well. */
static int clear_marks(struct checker *c, struct host_file *file)
{
    const struct header *h = &c->q->header;
    uint8_t raw[8];
    int code = 0;
    if (h->version == 2)
        return 0;
    uint64_t kept = HEADER_AUTO_BITMAPS | (header_external(h) ? HEADER_AUTO_DATA_RAW : 0);
    put_be64(raw, h->autoclear & kept);
    if (h->autoclear & ~kept)
        code = host_file_write(file, HEADER_AT_AUTOCLEAR, raw, sizeof raw);
    put_be64(raw, h->incompatible & ~(HEADER_DIRTY | HEADER_CORRUPT));
    if (!code && h->incompatible & (HEADER_DIRTY | HEADER_CORRUPT))
        code = host_file_write(file, HEADER_AT_INCOMPATIBLE, raw, sizeof raw);
    return code ? code : host_file_sync(file);
}

int check_rebuild(struct checker *c, struct host_file *file)
{
    struct plan plan = plan_refcounts(c);
    if (c->unaccountable)
        return layer_fail(c->q->layer, -EIO, "not repaired: some of its references lead nowhere");
    if (plan.table_clusters << c->q->cluster_bits > MAX_TABLE_BYTES)
        return layer_fail(c->q->layer, -EFBIG, "not repaired: the file is too large for its refcounts");
    if (c->q->header.has_seal && c->q->header.autoclear & HEADER_AUTO_SEAL)
        return layer_fail(c->q->layer, -EPERM, "sealed: it is not repaired until its seal is taken away");
    uint64_t file_size;
    int code = check_width(c);
    if (!code && (code = host_file_size(file, &file_size)) < 0)
        layer_fail(c->q->layer, code, "%s", host_error_text(code));
    if (code < 0)
        return code;
    code = write_refcounts(c, &plan, file);
    if (code < 0) {
        /* Nothing refers to what was added. */
        bool same = host_file_resize(file, file_size) == 0;
        return layer_fail(c->q->layer, code, "not repaired%s: %s", same ? ", nothing was changed" : "",
                          host_error_text(code));
    }
    code = switch_header(c, &plan, file);
    if (!code)
        code = correct_flags(c, file);
    if (!code)
        code = clear_marks(c, file);
    return code < 0 ? layer_fail(c->q->layer, code, "repairing: %s", host_error_text(code)) : 0;
}
