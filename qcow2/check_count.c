/* Counting references: the walk over header, tables, data, snapshots and bitmaps of a file that may be damaged. */
#include "qcow2/check.h"

#include "qcow2/bytes.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

/* Data in a file of its own is counted nowhere, but it has its place. */
static int count_external(struct checker *c, uint64_t entry, uint64_t guest, bool active)
{
    uint64_t host = entry & ENTRY_OFFSET;
    if (!host && !(entry & ENTRY_COPIED))
        return 0;
    c->result->allocated += active && (c->q->extended || !(entry & ENTRY_ZERO));
    if (host != guest)
        check_report(c, IMAGE_CHECK_ERROR, "data for guest offset 0x%" PRIx64 " is at 0x%" PRIx64 " of the data file",
                     guest, host);
    return 0;
}

/* What L2 ENTRY refers to. ACTIVE: it belongs to the disk, not to a snapshot. */
static int count_entry(struct checker *c, uint64_t entry, uint64_t bitmap, uint64_t guest, bool active)
{
    struct qcow2 *q = c->q;
    uint64_t host = entry & ENTRY_OFFSET;
    bool has_place = host || (q->external && entry & ENTRY_COPIED);
    bool impossible = bitmap & bitmap >> 32 & UINT32_MAX || (entry & ENTRY_COMPRESSED && (bitmap || q->external)) ||
                      (!(entry & ENTRY_COMPRESSED) && !has_place && bitmap & UINT32_MAX);
    if (impossible) {
        check_report(c, IMAGE_CHECK_ERROR, "the subclusters for guest offset 0x%" PRIx64 " contradict each other",
                     guest);
        c->unaccountable = true;
    }
    if (q->external)
        return count_external(c, entry, guest, active);
    if (entry & ENTRY_COMPRESSED) {
        struct compressed_extent extent = compressed_extent(q, entry);
        c->result->compressed += active;
        c->result->allocated += active;
        if (entry & ENTRY_COPIED)
            check_report(c, IMAGE_CHECK_ERROR, "compressed cluster for guest offset 0x%" PRIx64 " has the COPIED flag",
                         guest);
        return check_refer(c, extent.offset, extent.bytes, "compressed data");
    }
    if (!host)
        return 0;
    c->result->allocated += active && (q->extended || !(entry & ENTRY_ZERO));
    if (host & (q->cluster_size - 1)) {
        check_report(c, IMAGE_CHECK_ERROR, "data at 0x%" PRIx64 " for guest offset 0x%" PRIx64 " is not aligned", host,
                     guest);
        c->unaccountable = true;
        return 0;
    }
    return check_refer(c, host, q->cluster_size, "data");
}

static int count_table(struct checker *c, uint64_t at, uint32_t index, bool active)
{
    struct qcow2 *q = c->q;
    struct table_slot *slot;
    uint64_t guest = (uint64_t)index << (q->l2_bits + q->cluster_bits);
    if (at & (q->cluster_size - 1)) {
        check_report(c, IMAGE_CHECK_ERROR, "L2 table at 0x%" PRIx64 " is not aligned", at);
        c->unaccountable = true;
        return 0;
    }
    int code = check_refer(c, at, q->cluster_size, "L2 table");
    if (!code && table_load(q, at, &slot) < 0) {
        check_report(c, IMAGE_CHECK_ERROR, "L2 table at 0x%" PRIx64 " cannot be read", at);
        c->unaccountable = true;
        return 0;
    }
    for (uint32_t i = 0; !code && i < UINT32_C(1) << q->l2_bits; i++, guest += q->cluster_size)
        code = count_entry(c, table_entry(q, slot, guest), table_bitmap(q, slot, guest), guest, active);
    return code;
}

static int count_l1(struct checker *c, const uint64_t *l1, uint32_t entries, bool active)
{
    int code = 0;
    for (uint32_t i = 0; !code && i < entries; i++)
        if (l1[i] & ENTRY_OFFSET)
            code = count_table(c, l1[i] & ENTRY_OFFSET, i, active);
    return code;
}

static int count_snapshot(struct checker *c, const struct snapshot *s)
{
    size_t bytes = (size_t)s->l1_entries * 8;
    if (s->l1_offset & (c->q->cluster_size - 1))
        check_report(c, IMAGE_CHECK_ERROR, "L1 table of a snapshot at 0x%" PRIx64 " is not aligned", s->l1_offset);
    uint64_t *l1 = malloc(bytes + 8);
    if (!l1)
        return layer_fail(c->q->layer, -ENOMEM, "out of memory");
    int code = check_refer(c, s->l1_offset, bytes, "L1 table of a snapshot");
    if (!code && host_file_read(c->q->file, s->l1_offset, l1, bytes) < 0) {
        check_report(c, IMAGE_CHECK_ERROR, "L1 table of a snapshot at 0x%" PRIx64 " cannot be read", s->l1_offset);
        c->unaccountable = true;
        free(l1);
        return 0;
    }
    for (uint32_t i = 0; i < s->l1_entries; i++)
        l1[i] = get_be64((const uint8_t *)&l1[i]);
    if (!code)
        code = count_l1(c, l1, s->l1_entries, false);
    free(l1);
    return code;
}

static int count_snapshots(struct checker *c)
{
    struct qcow2 *q = c->q;
    int code = 0;
    if (snapshot_table_load(q) < 0) {
        check_report(c, IMAGE_CHECK_ERROR, "the snapshot table at 0x%" PRIx64 " cannot be read",
                     q->header.snapshots_offset);
        c->unaccountable = true;
        return 0;
    }
    if (q->snapshots.count)
        code = check_refer(c, q->header.snapshots_offset, q->snapshots.bytes, "snapshot table");
    for (uint32_t i = 0; !code && i < q->snapshots.count; i++)
        code = count_snapshot(c, &q->snapshots.entries[i]);
    return code;
}

/* --- Bitmaps: they are left alone, but their clusters are in use --- */

enum { BITMAP_ENTRY = 24 };

static int count_bitmap(struct checker *c, uint64_t table, uint32_t entries)
{
    int code = check_refer(c, table, entries * UINT64_C(8), "bitmap table");
    for (uint32_t i = 0; !code && i < entries; i++) {
        uint8_t raw[8];
        if (host_file_read(c->q->file, table + i * UINT64_C(8), raw, sizeof raw) < 0)
            return 0;       /* reported: it lies outside the file */
        uint64_t at = get_be64(raw) & ENTRY_OFFSET;
        if (at)
            code = check_refer(c, at, c->q->cluster_size, "bitmap data");
    }
    return code;
}

static int count_bitmaps(struct checker *c)
{
    const struct header *h = &c->q->header;
    uint64_t at = h->bitmaps.offset, end = at + h->bitmaps.bytes;
    int code = 0;
    /* Once another program has written to the image the bitmaps are nobody's. */
    if (!h->bitmaps.count || !(h->autoclear & HEADER_AUTO_BITMAPS))
        return 0;
    code = check_refer(c, at, h->bitmaps.bytes, "bitmap directory");
    for (uint32_t i = 0; !code && i < h->bitmaps.count && at + BITMAP_ENTRY <= end; i++) {
        uint8_t raw[BITMAP_ENTRY];
        if (host_file_read(c->q->file, at, raw, sizeof raw) < 0)
            return 0;
        code = count_bitmap(c, get_be64(raw), get_be32(raw + 8));
        at += (BITMAP_ENTRY + (uint64_t)get_be16(raw + 18) + get_be32(raw + 20) + 7) & ~UINT64_C(7);
    }
    return code;
}

int check_count(struct checker *c)
{
    struct qcow2 *q = c->q;
    int code = check_refer(c, 0, 1, "header");
    if (!code)
        code = check_refer(c, q->header.l1_offset, q->header.l1_entries * UINT64_C(8), "L1 table");
    if (!code)
        code = count_l1(c, q->l1, q->header.l1_entries, true);
    if (!code)
        code = count_snapshots(c);
    return code ? code : count_bitmaps(c);
}
