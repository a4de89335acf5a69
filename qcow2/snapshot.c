/* Internal snapshots: an L1 table of its own for each, sharing L2 tables and data with the disk through refcounts.
 *
 * Order of writes. Creating: all references are counted once more, then the disk's entries lose their COPIED flags,
 * then the copy of the L1 table and at last the snapshot table are written. Applying: the snapshot's references are
 * counted once more, its L1 table replaces the disk's, then the references of the old one go (or, where another image
 * cannot follow, the old table comes back and the snapshot's references go). Deleting: the snapshot
 * table, then the references. A crash in between leaves clusters that are counted too often, so the contents of disk
 * and snapshots are safe; but COPIED flags and refcounts may disagree, as with QEMU, until `check` has repaired them.
 *
 * The machine state lies behind the disk, from the first L1 entry on that the disk does not need, and moves into a
 * snapshot with the L1 table that is copied. */
#include "qcow2/bytes.h"
#include "qcow2/store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* --- What an L1 table refers to --- */

struct l1 { uint64_t *entry; uint32_t count; };

/* A walk over all references of an L1 table. FN gets each host cluster; GUEST is that of the L2 entry, or UINT64_MAX
 * for an L2 table itself. Stops when FN fails, or after LIMIT references. */
struct walk {
    int (*fn)(struct qcow2 *q, uint64_t cluster, uint64_t guest);
    uint64_t done, limit;
};

static int visit(struct qcow2 *q, struct walk *walk, uint64_t cluster, uint64_t guest)
{
    int code = walk->done < walk->limit ? walk->fn(q, cluster, guest) : 0;
    if (!code && walk->done < walk->limit)
        walk->done++;
    return code;
}

static int walk_entry(struct qcow2 *q, uint64_t entry, uint64_t guest, struct walk *walk)
{
    struct mapping map;
    int code = table_decode(q, entry, &map);
    uint64_t first = map.host >> q->cluster_bits, last = first;
    if (code < 0 || !map.host)
        return code;
    if (map.status == IMAGE_CLUSTER_COMPRESSED) {
        struct compressed_extent extent = compressed_extent(q, entry);
        last = (extent.offset + extent.bytes - 1) >> q->cluster_bits;
    }
    for (uint64_t cluster = first; !code && cluster <= last; cluster++)
        code = visit(q, walk, cluster, guest);
    return code;
}

/* The L2 table that L1 entry INDEX refers to; its entries first. */
static int walk_table(struct qcow2 *q, uint32_t index, uint64_t at, struct walk *walk)
{
    uint32_t count = UINT32_C(1) << q->l2_bits;
    struct table_slot *slot;
    int code = 0;
    for (uint32_t i = 0; !code && i < count; i++) {
        /* What the walk does may push the table out of the cache. */
        code = table_load(q, at, &slot);
        if (!code)
            code =
                walk_entry(q, get_be64(slot->data + table_entry_at(q, i)), ((uint64_t)index << q->l2_bits) + i, walk);
    }
    return code ? code : visit(q, walk, at >> q->cluster_bits, UINT64_MAX);
}

static int walk_all(struct qcow2 *q, const struct l1 *l1, struct walk *walk)
{
    int code = 0;
    for (uint32_t i = 0; !code && i < l1->count; i++)
        if (l1->entry[i] & ENTRY_OFFSET)
            code = walk_table(q, i, l1->entry[i] & ENTRY_OFFSET, walk);
    return code;
}

static int add_reference(struct qcow2 *q, uint64_t cluster, uint64_t guest)
{
    (void)guest;
    return refcount_add(q, cluster);
}

static int drop_reference(struct qcow2 *q, uint64_t cluster, uint64_t guest)
{
    refcount_release(q, cluster, guest);
    return refcount_queue_full(q) ? qcow2_commit(q) : 0;
}

static int drop_references(struct qcow2 *q, const struct l1 *l1)
{
    int code = walk_all(q, l1, &(struct walk){ .fn = drop_reference, .limit = UINT64_MAX });
    return code < 0 ? code : qcow2_commit(q);
}

/* Counts every reference of L1 once more, in the file too. All or none. */
static int add_references(struct qcow2 *q, const struct l1 *l1)
{
    struct walk walk = { .fn = add_reference, .limit = UINT64_MAX };
    int code = walk_all(q, l1, &walk);
    if (!code)
        code = refcount_write(q);
    if (!code)
        return 0;
    /* What cannot be taken back stays counted: leaked, which harms nobody. */
    struct image_error why = q->layer->image->last_error;
    walk_all(q, l1, &(struct walk){ .fn = drop_reference, .limit = walk.done });
    qcow2_commit(q);
    q->layer->image->last_error = why;
    return code;
}

/* The L2 tables of a snapshot are nothing else. One that is other metadata as well is damage, and must not be let go
 * with the snapshot. */
static int check_tables(struct qcow2 *q, const struct l1 *l1)
{
    struct cluster_set other = { 0 };
    int code = metadata_fixed(q, &other);
    if (code < 0)
        code = layer_fail(q->layer, code, "out of memory");
    for (uint32_t i = 0; !code && i < l1->count; i++) {
        uint64_t at = l1->entry[i] & ENTRY_OFFSET;
        if (at && cluster_set_has(&other, at >> q->cluster_bits))
            code = layer_fail(q->layer, -EIO, "L2 table of a snapshot at 0x%" PRIx64 " overlaps other metadata", at);
    }
    cluster_set_free(&other);
    return code;
}

/* Gives every entry of the disk the COPIED flag if its cluster has one reference, and takes it if not. */
static int set_flags(struct qcow2 *q, uint64_t *entry)
{
    uint64_t count;
    int code = refcount_get(q, (*entry & ENTRY_OFFSET) >> q->cluster_bits, &count);
    *entry = count == 1 ? *entry | ENTRY_COPIED : *entry & ~ENTRY_COPIED;
    return code;
}

static int correct_table(struct qcow2 *q, uint64_t at)
{
    uint32_t count = UINT32_C(1) << q->l2_bits;
    struct table_slot *slot;
    int code = table_load(q, at, &slot);
    for (uint32_t i = 0; !code && i < count; i++) {
        uint32_t at_entry = table_entry_at(q, i);
        uint64_t entry = get_be64(slot->data + at_entry), old = entry;
        if (entry & ENTRY_COMPRESSED || !(entry & ENTRY_OFFSET))
            continue;
        code = set_flags(q, &entry);
        if (entry == old)
            continue;
        put_be64(slot->data + at_entry, entry);
        table_cache_touch(&q->l2, slot, at_entry, at_entry + 8);
    }
    return code;
}

static int correct_flags(struct qcow2 *q)
{
    int code = 0;
    for (uint32_t i = 0; !code && i < q->header.l1_entries; i++) {
        if (!(q->l1[i] & ENTRY_OFFSET))
            continue;
        code = correct_table(q, q->l1[i] & ENTRY_OFFSET);
        if (!code)
            code = set_flags(q, &q->l1[i]);
    }
    q->l1_dirty = (struct dirty_range){ 0, q->header.l1_entries };
    return code < 0 ? code : qcow2_commit(q);
}

/* --- The L1 tables of snapshots --- */

static int read_l1(struct qcow2 *q, const struct snapshot *s, struct l1 *l1)
{
    size_t bytes = (size_t)s->l1_entries * 8;
    *l1 = (struct l1){ .entry = malloc(bytes + 8), .count = s->l1_entries };
    int code = l1->entry ? host_file_read(q->file, s->l1_offset, l1->entry, bytes) : -ENOMEM;
    for (uint32_t i = 0; !code && i < l1->count; i++)
        l1->entry[i] = get_be64((const uint8_t *)&l1->entry[i]);
    if (!code)
        return 0;
    free(l1->entry);
    l1->entry = NULL;
    return layer_fail(q->layer, code, "L1 table of snapshot at 0x%" PRIx64 ": %s", s->l1_offset, host_error_text(code));
}

static uint64_t l1_clusters(const struct qcow2 *q, uint32_t entries)
{
    return (entries * UINT64_C(8) + q->cluster_size - 1) >> q->cluster_bits;
}

/* Writes a copy of the disk's L1 table to new clusters. */
static int copy_l1(struct qcow2 *q, uint64_t *offset)
{
    uint64_t clusters = l1_clusters(q, q->header.l1_entries), first = 0;
    uint8_t *raw = calloc((size_t)clusters, q->cluster_size);
    int code = raw ? refcount_allocate_row(q, clusters, &first) : -ENOMEM;
    for (uint32_t i = 0; !code && i < q->header.l1_entries; i++)
        put_be64(raw + (size_t)i * 8, q->l1[i] & ~ENTRY_COPIED);
    for (uint64_t i = 0; !code && i < clusters; i++)
        code = cluster_set_add(&q->metadata, first + i) < 0 ? -ENOMEM : 0;
    if (!code)
        code = host_file_write(q->file, first << q->cluster_bits, raw, (size_t)clusters << q->cluster_bits);
    free(raw);
    *offset = first << q->cluster_bits;
    return code < 0 ? layer_fail(q->layer, code, "L1 table of the snapshot: %s", host_error_text(code)) : 0;
}

/* --- The machine state --- */

uint64_t snapshot_vmstate_start(const struct qcow2 *q)
{
    uint64_t span = (uint64_t)q->cluster_size << q->l2_bits;
    return (q->header.size + span - 1) / span * span;
}

/* The state of the disk as it is now goes with the snapshot that was made of it. */
static int forget_vmstate(struct qcow2 *q)
{
    uint64_t span = (uint64_t)q->cluster_size << q->l2_bits;
    uint32_t first = (uint32_t)(snapshot_vmstate_start(q) / span);
    int code = 0;
    for (uint32_t i = first; !code && i < q->header.l1_entries; i++) {
        uint64_t at = q->l1[i] & ENTRY_OFFSET;
        if (!at)
            continue;
        q->l1[i] = 0;
        table_l1_touched(q, i);
        code = qcow2_commit(q);
        if (!code)
            code = walk_table(q, i, at, &(struct walk){ .fn = drop_reference, .limit = UINT64_MAX });
    }
    return code;
}

static int check_vmstate(struct image *image, uint64_t offset, uint64_t bytes)
{
    struct qcow2 *q = image->layers[0]->qcow2;
    if (!q)
        return layer_fail(image->layers[0], -ENOTSUP, "a raw image holds no machine state");
    if (q->external)
        return layer_fail(q->layer, -ENOTSUP, "an image with an external data file holds no machine state");
    uint64_t start = snapshot_vmstate_start(q);
    if (offset > INT64_MAX - start || bytes > INT64_MAX - start - offset)
        return layer_fail(q->layer, -EFBIG, "the machine state is too large");
    return 0;
}

int image_vmstate_write(struct image *image, uint64_t offset, const void *data, size_t bytes)
{
    struct qcow2 *q = image->layers[0]->qcow2;
    int code = check_vmstate(image, offset, bytes);
    if (!code && !image_writable(image))
        code = layer_fail(image->layers[0], -EROFS, "opened read-only");
    if (!code)
        code = resize_cover(q, snapshot_vmstate_start(q) + offset + bytes);
    return code < 0 ? code : qcow2_write(q, snapshot_vmstate_start(q) + offset, data, bytes);
}

static int read_vmstate(struct qcow2 *q, uint64_t offset, void *buffer, size_t bytes)
{
    uint64_t start = snapshot_vmstate_start(q) + offset, end = ((uint64_t)q->header.l1_entries << q->l2_bits)
                                                               << q->cluster_bits;
    size_t held = start >= end ? 0 : bytes < end - start ? bytes : (size_t)(end - start);
    memset((uint8_t *)buffer + held, 0, bytes - held);
    return qcow2_read(q, start, buffer, held);
}

int image_vmstate_read(struct image *image, uint64_t offset, void *buffer, size_t bytes)
{
    struct qcow2 *q = image->layers[0]->qcow2;
    int code = check_vmstate(image, offset, bytes);
    if (code < 0)
        return code;
    return read_vmstate(q, offset, buffer, bytes);
}

/* --- The snapshots --- */

/* The qcow2 part of IMAGE's top, or NULL with *CODE. */
static struct qcow2 *top_of(struct image *image, bool change, int *code)
{
    struct layer *top = image->layers[0];
    *code = 0;
    if (!top->qcow2)
        *code = layer_fail(top, -ENOTSUP, "a raw image has no snapshots");
    else if (change && !top->file.writable)
        *code = layer_fail(top, -EROFS, "opened read-only");
    else if (change && top->qcow2->damaged)
        *code = layer_fail(top, -EIO, "found damaged earlier: no more writes");
    else if (change && top->qcow2->external)
        *code = layer_fail(top, -ENOTSUP, "an image with an external data file has no internal snapshots");
    else
        *code = snapshot_table_load(top->qcow2);
    return *code < 0 ? NULL : top->qcow2;
}

/* The end of every change. After a failure the table in the file is what counts, and the flags are made to agree with
 * the refcounts as they are now. */
static int finish(struct qcow2 *q, int code)
{
    struct image_error why = q->layer->image->last_error;
    if (code >= 0)
        return image_flush(q->layer->image);
    snapshot_table_free(&q->snapshots);
    if (!q->damaged && qcow2_commit(q) == 0)
        correct_flags(q);
    q->layer->image->last_error = why;
    return code;
}

int image_snapshot_count(struct image *image, uint32_t *count)
{
    int code;
    struct qcow2 *q = top_of(image, false, &code);
    *count = q ? q->snapshots.count : 0;
    return code;
}

int image_snapshot_get(struct image *image, uint32_t index, struct image_snapshot *snapshot)
{
    int code;
    struct qcow2 *q = top_of(image, false, &code);
    if (q && index >= q->snapshots.count)
        code = layer_fail(q->layer, -EINVAL, "there is no snapshot number %u", index);
    if (!code)
        *snapshot = q->snapshots.entries[index].view;
    return code;
}

int snapshot_enter(struct qcow2 *q, const struct snapshot *s, struct snapshot_present *present)
{
    uint64_t span = (uint64_t)q->cluster_size << q->l2_bits, bytes = s->view.disk_bytes;
    struct l1 then;
    if (bytes > INT64_MAX / 4 || bytes / span + !!(bytes % span) > s->l1_entries)
        return layer_fail(q->layer, -EINVAL, "the snapshot's L1 table is too small for its disk");
    int code = read_l1(q, s, &then);
    if (code < 0)
        return code;
    *present = (struct snapshot_present){ q->l1, q->header.l1_entries, q->header.size };
    q->l1 = then.entry;
    q->header.l1_entries = then.count;
    q->header.size = q->layer->size = bytes;
    return 0;
}

void snapshot_leave(struct qcow2 *q, const struct snapshot_present *present)
{
    free(q->l1);
    q->l1 = present->l1;
    q->header.l1_entries = present->l1_entries;
    q->header.size = q->layer->size = present->size;
}

int image_snapshot_read_vmstate(struct image *image, uint32_t index, uint64_t offset, void *buffer, size_t bytes)
{
    int code;
    struct qcow2 *q = top_of(image, false, &code);
    if (q && index >= q->snapshots.count)
        code = layer_fail(q->layer, -EINVAL, "there is no snapshot number %u", index);
    if (!code && (offset > INT64_MAX / 2 || bytes > INT64_MAX / 4))
        code = layer_fail(q->layer, -EFBIG, "the machine state is too large");
    struct snapshot_present present;
    if (code < 0 || (code = snapshot_enter(q, &q->snapshots.entries[index], &present)) < 0)
        return code;
    code = read_vmstate(q, offset, buffer, bytes);
    snapshot_leave(q, &present);
    return code;
}

int image_snapshot_show(struct image *image, uint32_t index)
{
    int code;
    struct snapshot_present present;
    struct qcow2 *q = top_of(image, false, &code);
    if (q && image_writable(image))
        code = layer_fail(q->layer, -EINVAL, "opened for writing, so it shows the disk as it is");
    if (!code && index >= q->snapshots.count)
        code = layer_fail(q->layer, -EINVAL, "there is no snapshot number %u", index);
    if (code < 0 || (code = snapshot_enter(q, &q->snapshots.entries[index], &present)) < 0)
        return code;
    free(present.l1);
    return 0;
}

/* Records the disk, whose references were counted once more, as a snapshot. On failure they are given back, unless it
 * is not known whether the file has the snapshot. */
static int record_disk(struct qcow2 *q, const struct l1 *disk, const struct image_snapshot *view)
{
    uint64_t offset;
    int code = correct_flags(q);
    if (!code)
        code = copy_l1(q, &offset);
    if (!code)
        code = snapshot_table_append(q, view, offset, q->header.l1_entries);
    if (!code)
        code = snapshot_table_write(q);
    if (code < 0 && !q->damaged) {
        struct image_error why = q->layer->image->last_error;
        drop_references(q, disk);
        q->layer->image->last_error = why;
    }
    return code;
}

int image_snapshot_create(struct image *image, const struct image_snapshot *what)
{
    int code;
    struct qcow2 *q = top_of(image, true, &code);
    if (!q || (code = qcow2_commit(q)) < 0)
        return code;
    const struct l1 disk = { q->l1, q->header.l1_entries };
    struct image_snapshot view = *what;
    view.disk_bytes = q->header.size;
    code = add_references(q, &disk);
    if (!code)
        code = record_disk(q, &disk, &view);
    if (!code)
        code = forget_vmstate(q);
    return finish(q, code);
}

/* Puts the entries of L1 in the place of the disk's, whose table has room for them. */
static int replace_l1(struct qcow2 *q, const struct l1 *l1, uint64_t disk_bytes)
{
    uint8_t raw[8];
    put_be64(raw, disk_bytes);
    int code = host_file_write(q->file, HEADER_AT_SIZE, raw, sizeof raw);
    if (code < 0)
        return layer_fail(q->layer, code, "header: %s", host_error_text(code));
    q->header.size = q->layer->size = disk_bytes;
    q->allocated_known = false;
    for (uint32_t i = 0; i < q->header.l1_entries; i++) {
        q->l1[i] = i < l1->count ? l1->entry[i] & ~ENTRY_COPIED : 0;
        if (q->l1[i] & ENTRY_OFFSET && cluster_set_add(&q->metadata, (q->l1[i] & ENTRY_OFFSET) >> q->cluster_bits) < 0)
            return layer_fail(q->layer, -ENOMEM, "out of memory");
    }
    q->l1_dirty = (struct dirty_range){ 0, q->header.l1_entries };
    return qcow2_commit(q);
}

static int sync_file(struct qcow2 *q)
{
    int code = host_file_sync(q->file);
    return code < 0 ? layer_fail(q->layer, code, "flush: %s", host_error_text(code)) : 0;
}

/* A disk that has become what a snapshot is, and what it was: each of the two holds its references. */
struct image_switch { struct l1 old, new; uint64_t old_bytes; };

static void free_switch(struct image_switch *w)
{
    free(w->old.entry);
    free(w->new.entry);
    free(w);
}

/* Puts into W what the disk is and what it will be, and counts the references of the latter. */
static int prepare_switch(struct qcow2 *q, const struct snapshot *s, struct image_switch *w)
{
    uint64_t span = (uint64_t)q->cluster_size << q->l2_bits, bytes = s->view.disk_bytes;
    if (bytes > INT64_MAX || bytes / span + !!(bytes % span) > w->new.count)
        return layer_fail(q->layer, -EINVAL, "the snapshot's L1 table is too small for its disk");
    /* The machine state behind the disk stays the snapshot's alone. */
    w->new.count = (uint32_t)(bytes / span + !!(bytes % span));
    int code = w->new.count ? resize_cover(q, w->new.count * span) : 0;
    if (!code)
        code = qcow2_commit(q);
    w->old_bytes = q->header.size;
    w->old = (struct l1){ malloc(((size_t)q->header.l1_entries + 1) * 8), q->header.l1_entries };
    if (!code && !w->old.entry)
        code = layer_fail(q->layer, -ENOMEM, "out of memory");
    if (!code)
        memcpy(w->old.entry, q->l1, (size_t)w->old.count * 8);
    return code < 0 ? code : add_references(q, &w->new);
}

/* The last step of going back, or of not going back after all. */
static int settle(struct qcow2 *q, const struct image_switch *w, bool keep)
{
    int code = keep ? 0 : replace_l1(q, &w->old, w->old_bytes);
    if (!code && !keep)
        code = sync_file(q);
    if (!code)
        code = drop_references(q, keep ? &w->old : &w->new);
    return code < 0 ? code : correct_flags(q);
}

static int switch_disk(struct qcow2 *q, const struct snapshot *s, struct image_switch *w)
{
    int code = prepare_switch(q, s, w);
    if (code < 0)
        return code;
    code = replace_l1(q, &w->new, s->view.disk_bytes);
    if (!code)
        code = sync_file(q);
    if (code < 0) {
        struct image_error why = q->layer->image->last_error;
        settle(q, w, false);
        q->layer->image->last_error = why;
    }
    return code;
}

int image_snapshot_switch(struct image *image, const char *name, struct image_switch **out)
{
    int code;
    struct qcow2 *q = top_of(image, true, &code);
    struct snapshot *s = q ? snapshot_table_find(q, name) : NULL;
    struct image_switch *w = s ? calloc(1, sizeof *w) : NULL;
    *out = NULL;
    if (!w)
        return code < 0 ? code : s ? layer_fail(q->layer, -ENOMEM, "out of memory") : -ENOENT;
    code = read_l1(q, s, &w->new);
    if (!code)
        code = check_tables(q, &w->new);
    if (!code)
        code = switch_disk(q, s, w);
    if (code < 0) {
        free_switch(w);
        return finish(q, code);
    }
    *out = w;
    return 0;
}

int image_snapshot_settle(struct image *image, struct image_switch *w, bool keep)
{
    struct qcow2 *q = image->layers[0]->qcow2;
    int code = settle(q, w, keep);
    free_switch(w);
    return finish(q, code);
}

int image_snapshot_apply(struct image *image, const char *name)
{
    struct image_switch *w;
    int code = image_snapshot_switch(image, name, &w);
    return code < 0 ? code : image_snapshot_settle(image, w, true);
}

int image_vmstate_forget(struct image *image)
{
    int code;
    struct qcow2 *q = top_of(image, true, &code);
    return q ? finish(q, forget_vmstate(q)) : code;
}

int image_snapshot_delete(struct image *image, const char *name)
{
    int code;
    struct l1 old;
    struct qcow2 *q = top_of(image, true, &code);
    struct snapshot *s = q ? snapshot_table_find(q, name) : NULL;
    if (!s)
        return code < 0 ? code : -ENOENT;
    if ((code = read_l1(q, s, &old)) < 0)
        return code;
    uint64_t at = s->l1_offset >> q->cluster_bits, clusters = l1_clusters(q, s->l1_entries);
    code = check_tables(q, &old);
    if (!code) {
        snapshot_table_remove(q, s);
        code = snapshot_table_write(q);
    }
    for (uint64_t i = 0; !code && i < clusters; i++)
        code = drop_reference(q, at + i, UINT64_MAX);
    if (!code)
        code = drop_references(q, &old);
    if (!code)
        code = correct_flags(q);
    free(old.entry);
    return finish(q, code);
}
