/* The table of internal snapshots. Entries are kept as the bytes they have in the file, so what is not understood in
 * them survives a rewrite. */
#ifndef QCOW2_SNAPSHOT_TABLE_H
#define QCOW2_SNAPSHOT_TABLE_H

#include "qcow2/qcow2.h"

struct qcow2;

struct snapshot {
    uint8_t *raw;               /* the entry, without padding */
    size_t bytes;
    uint64_t l1_offset;
    uint32_t l1_entries;
    struct image_snapshot view; /* owns its strings */
};

struct snapshot_table {
    struct snapshot *entries;
    uint32_t count;
    uint64_t bytes;             /* that the table takes in the file, the last entry's padding included */
    bool loaded;
};

/* Reads the table into Q's, unless that was done before. Bounded by the limits of QEMU: 65536 entries, 64 MiB. */
int snapshot_table_load(struct qcow2 *q);
void snapshot_table_free(struct snapshot_table *table);

/* The entry whose id or, failing that, name is NAME; NULL with the error recorded. */
struct snapshot *snapshot_table_find(struct qcow2 *q, const char *name);

/* Appends an entry in memory. VIEW's id is ignored: it gets one more than the largest number in use. */
int snapshot_table_append(struct qcow2 *q, const struct image_snapshot *view, uint64_t l1_offset, uint32_t l1_entries);

/* Removes ENTRY in memory. */
void snapshot_table_remove(struct qcow2 *q, struct snapshot *entry);

/* Writes the table to a new place and makes the header refer to it; the old one's clusters are queued for freeing. All
 * that entries refer to must be in the file, synced. */
int snapshot_table_write(struct qcow2 *q);

#endif
