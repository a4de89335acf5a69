/* The snapshot table: parsing its entries, and replacing the table in the file.
 *
 * A new table is written beside the old one and becomes valid by one write of 12 bytes in the header. */
#include "qcow2/snapshot_table.h"

#include "qcow2/bytes.h"
#include "qcow2/store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ENTRY_BYTES = 40,
    EXTRA_BYTES = 24,
    EXTRA_MAX = 1024,
    L1_MAX = 4 << 20,
    TABLE_MAX = 64 << 20,
    COUNT_MAX = 65536,

    /* Where the fields of an entry lie. */
    AT_L1 = 0,
    AT_L1_ENTRIES = 8,
    AT_ID_BYTES = 12,
    AT_NAME_BYTES = 14,
    AT_SECONDS = 16,
    AT_NANOSECONDS = 20,
    AT_CLOCK = 24,
    AT_VMSTATE = 32,
    AT_EXTRA_BYTES = 36,
    AT_EXTRA_VMSTATE = 40,
    AT_EXTRA_DISK = 48,
    AT_EXTRA_ICOUNT = 56
};

static uint64_t padded(uint64_t bytes)
{
    return (bytes + 7) & ~UINT64_C(7);
}

static void snapshot_free(struct snapshot *s)
{
    free(s->raw);
    free((char *)s->view.id);
    free((char *)s->view.name);
}

void snapshot_table_free(struct snapshot_table *table)
{
    for (uint32_t i = 0; i < table->count; i++)
        snapshot_free(&table->entries[i]);
    free(table->entries);
    *table = (struct snapshot_table){ 0 };
}

/* Fills what follows from S's raw bytes. DISK_BYTES where the entry does not tell the disk's size. */
static int parse(struct snapshot *s, uint64_t disk_bytes)
{
    const uint8_t *raw = s->raw;
    uint32_t extra = get_be32(raw + AT_EXTRA_BYTES);
    size_t id_bytes = get_be16(raw + AT_ID_BYTES), name_bytes = get_be16(raw + AT_NAME_BYTES);
    const char *id = (const char *)raw + ENTRY_BYTES + extra;
    s->l1_offset = get_be64(raw + AT_L1);
    s->l1_entries = get_be32(raw + AT_L1_ENTRIES);
    s->view = (struct image_snapshot){
        .id = strndup(id, id_bytes), .name = strndup(id + id_bytes, name_bytes),
        .seconds = get_be32(raw + AT_SECONDS), .nanoseconds = get_be32(raw + AT_NANOSECONDS),
        .clock_ns = get_be64(raw + AT_CLOCK),
        .vmstate_bytes = extra >= 8 ? get_be64(raw + AT_EXTRA_VMSTATE) : get_be32(raw + AT_VMSTATE),
        .disk_bytes = extra >= 16 ? get_be64(raw + AT_EXTRA_DISK) : disk_bytes,
        .icount = extra >= 24 ? get_be64(raw + AT_EXTRA_ICOUNT) : UINT64_MAX
    };
    return s->view.id && s->view.name ? 0 : -ENOMEM;
}

static int fail_at(struct qcow2 *q, int code, uint64_t at, const char *text)
{
    return layer_fail(q->layer, code, "snapshot table at 0x%" PRIx64 ": %s", at, text ? text : host_error_text(code));
}

/* Reads the entry at *AT and moves *AT behind it. */
static int read_entry(struct qcow2 *q, struct snapshot *s, uint64_t *at)
{
    uint8_t head[ENTRY_BYTES];
    int code = host_file_read(q->file, *at, head, sizeof head);
    if (code < 0)
        return fail_at(q, code, *at, NULL);
    uint32_t extra = get_be32(head + AT_EXTRA_BYTES);
    s->bytes = ENTRY_BYTES + (size_t)extra + get_be16(head + AT_ID_BYTES) + get_be16(head + AT_NAME_BYTES);
    if (extra > EXTRA_MAX || get_be32(head + AT_L1_ENTRIES) > L1_MAX)
        return fail_at(q, -EINVAL, *at, "the entry makes no sense");
    s->raw = malloc(s->bytes);
    code = s->raw ? host_file_read(q->file, *at, s->raw, s->bytes) : -ENOMEM;
    if (!code)
        code = parse(s, q->header.size);
    if (code < 0)
        return fail_at(q, code, *at, NULL);
    *at += padded(s->bytes);
    return 0;
}

int snapshot_table_load(struct qcow2 *q)
{
    struct snapshot_table *table = &q->snapshots;
    uint64_t at = q->header.snapshots_offset;
    int code = 0;
    if (table->loaded)
        return 0;
    table->entries = calloc(q->header.snapshots ? q->header.snapshots : 1, sizeof *table->entries);
    if (!table->entries)
        return fail_at(q, -ENOMEM, at, NULL);
    for (uint32_t i = 0; !code && i < q->header.snapshots; i++) {
        table->count++;         /* so that what a failed read made is freed */
        code = read_entry(q, &table->entries[i], &at);
        if (!code && at - q->header.snapshots_offset > TABLE_MAX)
            code = fail_at(q, -EINVAL, at, "the table is too large");
    }
    if (code < 0) {
        snapshot_table_free(table);
        return code;
    }
    table->bytes = at - q->header.snapshots_offset;
    table->loaded = true;
    return 0;
}

struct snapshot *snapshot_table_find(struct qcow2 *q, const char *name)
{
    struct snapshot_table *table = &q->snapshots;
    if (snapshot_table_load(q) < 0)
        return NULL;
    for (int by_name = 0; by_name < 2; by_name++)
        for (uint32_t i = 0; i < table->count; i++)
            if (strcmp(by_name ? table->entries[i].view.name : table->entries[i].view.id, name) == 0)
                return &table->entries[i];
    layer_fail(q->layer, -ENOENT, "there is no snapshot \"%.100s\"", name);
    return NULL;
}

/* One more than the largest number among the ids, as QEMU chooses it. */
static uint64_t next_id(const struct snapshot_table *table)
{
    uint64_t most = 0;
    for (uint32_t i = 0; i < table->count; i++) {
        uint64_t id = strtoull(table->entries[i].view.id, NULL, 10);
        most = id > most && id < UINT64_MAX ? id : most;
    }
    return most + 1;
}

/* The bytes of a new entry. */
static int encode(struct snapshot *s, const struct image_snapshot *view, uint64_t id, const uint64_t l1[2])
{
    char digits[24];
    size_t id_bytes = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, id), name_bytes = strlen(view->name);
    s->bytes = ENTRY_BYTES + EXTRA_BYTES + id_bytes + name_bytes;
    uint8_t *raw = s->raw = calloc(1, s->bytes);
    if (!raw)
        return -ENOMEM;
    put_be64(raw + AT_L1, l1[0]);
    put_be32(raw + AT_L1_ENTRIES, (uint32_t)l1[1]);
    put_be16(raw + AT_ID_BYTES, (uint16_t)id_bytes);
    put_be16(raw + AT_NAME_BYTES, (uint16_t)name_bytes);
    put_be32(raw + AT_SECONDS, view->seconds);
    put_be32(raw + AT_NANOSECONDS, view->nanoseconds);
    put_be64(raw + AT_CLOCK, view->clock_ns);
    put_be32(raw + AT_VMSTATE, view->vmstate_bytes <= UINT32_MAX ? (uint32_t)view->vmstate_bytes : 0);
    put_be32(raw + AT_EXTRA_BYTES, EXTRA_BYTES);
    put_be64(raw + AT_EXTRA_VMSTATE, view->vmstate_bytes);
    put_be64(raw + AT_EXTRA_DISK, view->disk_bytes);
    put_be64(raw + AT_EXTRA_ICOUNT, view->icount);
    memcpy(raw + ENTRY_BYTES + EXTRA_BYTES, digits, id_bytes);
    memcpy(raw + ENTRY_BYTES + EXTRA_BYTES + id_bytes, view->name, name_bytes);
    return parse(s, view->disk_bytes);
}

int snapshot_table_append(struct qcow2 *q, const struct image_snapshot *view, uint64_t l1_offset, uint32_t l1_entries)
{
    struct snapshot_table *table = &q->snapshots;
    struct snapshot s = { 0 };
    if (table->count == COUNT_MAX || strlen(view->name) > UINT16_MAX)
        return layer_fail(q->layer, -EINVAL, "%s", table->count == COUNT_MAX ? "there are as many snapshots as can be"
                                                                             : "the snapshot's name is too long");
    struct snapshot *larger = realloc(table->entries, (table->count + 1) * sizeof *larger);
    if (larger)
        table->entries = larger;
    int code = larger ? encode(&s, view, next_id(table), (uint64_t[2]){ l1_offset, l1_entries }) : -ENOMEM;
    if (code < 0) {
        snapshot_free(&s);
        return layer_fail(q->layer, code, "out of memory");
    }
    table->entries[table->count++] = s;
    return 0;
}

void snapshot_table_remove(struct qcow2 *q, struct snapshot *entry)
{
    struct snapshot_table *table = &q->snapshots;
    snapshot_free(entry);
    table->count--;
    memmove(entry, entry + 1, (size_t)(table->entries + table->count - entry) * sizeof *entry);
}

/* Writes the entries to new clusters at *OFFSET (0 where there are none), and counts those as metadata. */
static int write_entries(struct qcow2 *q, uint64_t bytes, uint64_t *offset)
{
    const struct snapshot_table *table = &q->snapshots;
    uint64_t first, clusters = (bytes + q->cluster_size - 1) >> q->cluster_bits;
    *offset = 0;
    if (!bytes)
        return 0;
    uint8_t *all = calloc((size_t)clusters, q->cluster_size), *to = all;
    int code = all ? refcount_allocate_row(q, clusters, &first) : -ENOMEM;
    for (uint32_t i = 0; !code && i < table->count; to += padded(table->entries[i].bytes), i++)
        memcpy(to, table->entries[i].raw, table->entries[i].bytes);
    for (uint64_t i = 0; !code && i < clusters; i++)
        code = cluster_set_add(&q->metadata, first + i) < 0 ? -ENOMEM : 0;
    if (!code)
        code = host_file_write(q->file, first << q->cluster_bits, all, (size_t)clusters << q->cluster_bits);
    free(all);
    *offset = first << q->cluster_bits;
    return code;
}

int snapshot_table_write(struct qcow2 *q)
{
    struct snapshot_table *table = &q->snapshots;
    uint64_t bytes = 0, offset;
    uint8_t raw[12];
    for (uint32_t i = 0; i < table->count; i++)
        bytes += padded(table->entries[i].bytes);
    int code = bytes > TABLE_MAX ? -EFBIG : write_entries(q, bytes, &offset);
    if (!code)
        code = qcow2_commit(q);
    if (!code)
        code = host_file_sync(q->file);
    if (code < 0)
        return fail_at(q, code, q->header.snapshots_offset, NULL);
    put_be32(raw, table->count);
    put_be64(raw + 4, offset);
    code = host_file_write(q->file, HEADER_AT_SNAPSHOTS, raw, sizeof raw);
    if (!code)
        code = host_file_sync(q->file);
    if (code < 0) {
        /* Which of the two tables the file has now can't be told. */
        q->damaged = true;
        return fail_at(q, code, offset, NULL);
    }
    uint64_t old = q->header.snapshots_offset >> q->cluster_bits;
    uint64_t old_clusters = (table->bytes + q->cluster_size - 1) >> q->cluster_bits;
    for (uint64_t i = 0; i < old_clusters; i++)
        refcount_release(q, old + i, UINT64_MAX);
    q->header.snapshots = table->count;
    q->header.snapshots_offset = offset;
    table->bytes = bytes;
    return 0;
}
