/* One open qcow2 file, and the parts its code is cut into:
 *
 *     header.c     the header              refcount.c   which host clusters are in use; finding free ones
 *     table.c      L1 and L2 tables        metadata.c   opening: loading the tables, who owns which cluster
 *     cluster.c    reading                 compressed.c inflating
 *     write.c      writing                 commit.c     bringing tables to the file in the right order
 *     subcluster.c extended L2 entries      pack.c       writing compressed clusters; compress.c compressing
 *     copy.c       work on whole images
 *     zero.c       zero clusters, discards  resize.c    other sizes, longer L1 tables
 *     snapshot.c   internal snapshots       snapshot_table.c  the table of them
 *     check.c      checking; check_count.c counting references; check_repair.c repairing
 *
 * The invariant behind the order of writes: whenever the program or the host stops, the file may have lost clusters
 * (in use according to the refcounts, but nobody's) but never refers to a cluster that is free, or whose contents are
 * not there yet. New contents go to the file at once; refcounts, L2 entries and L1 entries change in memory and reach
 * the file in qcow2_commit, in this order with a sync between; references are dropped after that. */
#ifndef QCOW2_STORE_H
#define QCOW2_STORE_H

#include "qcow2/cluster_set.h"
#include "qcow2/header.h"
#include "qcow2/snapshot_table.h"
#include "qcow2/table_cache.h"

#define ENTRY_COPIED        (UINT64_C(1) << 63)     /* the refcount is 1, so the cluster may be written in place */
#define ENTRY_COMPRESSED    (UINT64_C(1) << 62)
#define ENTRY_ZERO          (UINT64_C(1) << 0)
#define ENTRY_OFFSET        UINT64_C(0x00FFFFFFFFFFFE00)

/* A part of a table in memory that the file does not have yet: entries FROM to below TO; empty where equal. */
struct dirty_range { uint32_t from, to; };

/* A reference to drop once nothing in the file uses it any more. GUEST is UINT64_MAX for metadata. */
struct pending_free { uint64_t cluster, guest; };

struct refcounts {
    uint64_t *table;                /* offsets of blocks, 0 for none */
    uint32_t entries;
    struct dirty_range dirty;
    struct table_cache blocks;
    unsigned order, block_bits;     /* a count has 2^order bits, a block 2^block_bits counts */
    uint64_t cursor;                /* no free cluster below this number */
    struct pending_free *pending;
    size_t pending_count, pending_room;
};

struct inflated;
struct packer;

struct qcow2 {
    struct layer *layer;
    struct host_file *file;         /* the layer's */
    struct host_file *data;         /* what holds guest data: the same, or the external data file; NULL: not open */
    bool external;                  /* guest data is in a file of its own, each cluster at its guest offset */
    struct header header;
    unsigned cluster_bits, l2_bits; /* an L2 table has 2^l2_bits entries */
    bool extended;                  /* L2 entries have a second word, the bitmap of subclusters */
    uint32_t cluster_size;
    uint64_t *l1;                   /* header.l1_entries of them */
    struct dirty_range l1_dirty;
    struct table_cache l2;
    struct inflated *inflated;      /* made at the first compressed cluster */
    struct packer *packer;          /* made at the first one that is written */
    struct snapshot_table snapshots;
    bool allocated_known;
    uint64_t allocated;             /* guest clusters with an entry, if known */

    /* Only where the file is writable. */
    struct refcounts refcounts;
    struct cluster_set metadata;    /* host clusters that are no data of the active disk */
    uint8_t *bounce;                /* one cluster */
    bool damaged;                   /* found corrupt: no more writes */
};

/* ---- metadata.c ---- */

int qcow2_open(struct layer *layer);
void qcow2_free(struct qcow2 *q);

/* Returns when what was written, guest data first, is on the medium. */
int qcow2_sync(struct qcow2 *q);

/* Stops all writing and marks the file corrupt, so that nobody writes to it before it is repaired. For contradictions
 * found while writing. Returns -EIO and records the text. */
int qcow2_damaged(struct qcow2 *q, const char *text, uint64_t offset);

/* Adds to SET all clusters of metadata but L2 tables: those of the header, of all L1 tables, the refcounts, and the
 * snapshot table, which is loaded. */
int metadata_fixed(struct qcow2 *q, struct cluster_set *set);

/* ---- table.c ---- */

struct mapping {
    enum image_cluster_status status;
    uint64_t entry;                 /* the L2 entry of the first cluster */
    uint64_t host;                  /* STANDARD: where the asked offset is. ZERO: the cluster kept for it, or 0 */
    uint64_t bytes;                 /* from the asked offset on, of the same status and at consecutive places */
};

/* What [offset, offset + bytes) is, as far as one table and one kind goes. The range lies inside the disk. */
int table_map(struct qcow2 *q, uint64_t offset, uint64_t bytes, struct mapping *map);

/* Decodes one entry; MAP's host is the start of the cluster and bytes one cluster. */
int table_decode(struct qcow2 *q, uint64_t entry, struct mapping *map);

/* The cluster that MAP, decoded from the entry of guest OFFSET, refers to must be where an external data file has it.
 * */
int table_check_place(struct qcow2 *q, const struct mapping *map, uint64_t offset);

/* Is there an L2 table for guest OFFSET? */
bool table_exists(const struct qcow2 *q, uint64_t offset);

/* The L2 table for guest OFFSET, made or unshared so that it may be changed. */
int table_for_write(struct qcow2 *q, uint64_t offset, struct table_slot **slot);

/* The entry of the cluster at guest OFFSET, and storing it. The bitmap is 0, and ignored, unless entries are
 * extended. */
uint64_t table_entry(const struct qcow2 *q, const struct table_slot *slot, uint64_t offset);
uint64_t table_bitmap(const struct qcow2 *q, const struct table_slot *slot, uint64_t offset);
void table_set_entry(struct qcow2 *q, struct table_slot *slot, uint64_t offset, uint64_t entry, uint64_t bitmap);

/* Where entry INDEX lies in a table, in bytes. */
static inline uint32_t table_entry_at(const struct qcow2 *q, uint32_t index)
{
    return index << (q->extended ? 4 : 3);
}

/* The L2 table at FILE offset AT. */
int table_load(struct qcow2 *q, uint64_t at, struct table_slot **slot);

/* Notes that the L1 entry INDEX in memory is not what the file has. */
void table_l1_touched(struct qcow2 *q, uint32_t index);

/* Does this layer hold anything of the cluster at guest OFFSET? */
bool table_holds(const struct qcow2 *q, const struct table_slot *slot, uint64_t offset);

int table_count_allocated(struct qcow2 *q, uint64_t *count);

/* ---- refcount.c ---- */

/* Loads the table and checks that no two blocks share a place. */
int refcount_open(struct qcow2 *q);
void refcount_free(struct qcow2 *q);

/* Count I of the block at BLOCK, whose counts have 2^ORDER bits each. */
uint64_t refcount_pick(const uint8_t *block, uint64_t i, unsigned order);
void refcount_put(uint8_t *block, uint64_t i, unsigned order, uint64_t value);

int refcount_get(struct qcow2 *q, uint64_t cluster, uint64_t *count);

/* Finds 1 to WANT free host clusters in a row and counts them as used. */
struct cluster_run { uint64_t first, count; };
int refcount_allocate(struct qcow2 *q, uint64_t want, struct cluster_run *run);

/* The same for COUNT clusters in one row, past the end of what the file uses now: for tables that must be
 * contiguous. */
int refcount_allocate_row(struct qcow2 *q, uint64_t count, uint64_t *first);

/* Counts one more reference to CLUSTER, which is in use. -ERANGE: the counts have too few bits. */
int refcount_add(struct qcow2 *q, uint64_t cluster);

/* Gives back what was allocated and never referred to. */
void refcount_undo(struct qcow2 *q, struct cluster_run run);

/* Queues one reference to host CLUSTER to be dropped at the next commit. */
void refcount_release(struct qcow2 *q, uint64_t cluster, uint64_t guest);

/* So many wait in the queue that a commit is due before more are put there. */
bool refcount_queue_full(const struct qcow2 *q);

int refcount_write(struct qcow2 *q);            /* blocks, then (synced) the table */
int refcount_apply_pending(struct qcow2 *q);

/* ---- cluster.c, write.c ---- */

int qcow2_read(struct qcow2 *q, uint64_t offset, void *buffer, size_t bytes);
int qcow2_write(struct qcow2 *q, uint64_t offset, const void *data, size_t bytes);

/* Writes guest contents to HOST. */
int qcow2_write_data(struct qcow2 *q, uint64_t host, const void *data, uint64_t bytes);

/* Clusters that say they are not shared must have one reference each, and no metadata in them; else the image is
 * damaged. */
int qcow2_check_exclusive(struct qcow2 *q, uint64_t host, uint64_t bytes);

/* Queues the host clusters that MAP, of guest cluster number GUEST, refers to for freeing. */
void qcow2_release(struct qcow2 *q, const struct mapping *map, uint64_t guest);

/* ---- subcluster.c: where L2 entries are extended ---- */

enum { SUBCLUSTERS = 32 };      /* of a cluster. Bits 0-31 of the bitmap: allocated; bits 32-63: read as zeros */
#define BITMAP_ALL_ZERO UINT64_C(0xFFFFFFFF00000000)

/* As table_map, by subclusters. SLOT holds the table. */
int subcluster_map(struct qcow2 *q, const struct table_slot *slot, uint64_t offset, uint64_t bytes,
                   struct mapping *map);

/* Writes BYTES at OFFSET, within one cluster. */
int subcluster_write(struct qcow2 *q, uint64_t offset, const void *data, size_t bytes);

/* ---- zero.c ---- */

/* As image_write_zeroes and image_discard. */
int qcow2_write_zeroes(struct qcow2 *q, uint64_t offset, uint64_t bytes, bool unmap);
int qcow2_discard(struct qcow2 *q, uint64_t offset, uint64_t bytes);

/* Empties all clusters from guest offset FROM on, a cluster's start, to the end of what the L1 table covers. */
int qcow2_forget(struct qcow2 *q, uint64_t from);

/* ---- resize.c, snapshot.c ---- */

/* Sees to it that the L1 table covers guest offsets up to END. */
int resize_cover(struct qcow2 *q, uint64_t end);

/* Makes the image show the disk as it was in S, for reading only, until snapshot_leave. PRESENT keeps what it is
 * now. */
struct snapshot_present { uint64_t *l1; uint32_t l1_entries; uint64_t size; };
int snapshot_enter(struct qcow2 *q, const struct snapshot *s, struct snapshot_present *present);
void snapshot_leave(struct qcow2 *q, const struct snapshot_present *present);

/* The guest offset of the machine state. */
uint64_t snapshot_vmstate_start(const struct qcow2 *q);

/* ---- pack.c: compressed clusters written; compressed.c: read; commit.c ---- */

/* As image_write_compressed. */
int qcow2_write_compressed(struct qcow2 *q, uint64_t offset, const void *data, size_t bytes);

/* The same for a whole cluster that compress.h has made BYTES of, more than none. What is behind them is padded. */
int qcow2_put_compressed(struct qcow2 *q, uint64_t offset, uint8_t *packed, size_t bytes);
void packer_free(struct packer *packer);

/* Host CLUSTER is free: no more compressed data goes into it. */
void packer_forget(struct qcow2 *q, uint64_t cluster);

/* Points *DATA to the contents of the compressed cluster of L2 ENTRY, valid until the next call. */
int compressed_cluster(struct qcow2 *q, uint64_t entry, const uint8_t **data);

/* The same into BUFFER, a cluster long. */
int compressed_read_whole(struct qcow2 *q, uint64_t entry, uint8_t *buffer);
void compressed_free(struct inflated *inflated);

/* The bytes that ENTRY refers to have changed. */
void compressed_forget(struct qcow2 *q, uint64_t entry);

/* The bytes in the file that ENTRY refers to. */
struct compressed_extent { uint64_t offset, bytes; };
struct compressed_extent compressed_extent(const struct qcow2 *q, uint64_t entry);

/* Brings all tables to the file. On failure what is left stays in memory for another try. */
int qcow2_commit(struct qcow2 *q);

#endif
