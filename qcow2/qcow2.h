/* PUBLIC: disk images. Raw and qcow2 (versions 2 and 3) files, with the files that back them, as one array of bytes;
 * also what is compressed with gzip, for reading.
 *
 * An image is a chain of layers. Layer 0 is the file that was named, layer 1 the file that backs it, and so on. Only
 * layer 0 is ever written; what it does not hold is read from the layers below, and past the end of a shorter layer
 * are zeros. Typical use:
 *
 *     struct image_error error;
 *     struct image *base, *disk;
 *     if (image_open(&base, "dos.qcow2", &(struct image_options){ 0 }, &error) < 0)
 *         complain(error.text);
 *     if (image_temporary_overlay(&disk, base, "/tmp", &error) < 0)       writes are thrown away at image_close
 *         complain(error.text);
 *     image_read(disk, lba * 512, buffer, count * 512);
 *     image_close(disk);
 *
 * Results: 0, or a negative errno value. -EINVAL: the file is malformed (open) or a range is outside the image.
 * -ENOTSUP: a feature that is refused by name. -EPERM: the policy on backing files. -EBUSY: locked by another program.
 * -EIO and others: the host, or damage found while reading. Functions that take a struct image_error fill it with one
 * line that names the file, the place and what is wrong; for the others image_last_error has that line.
 *
 * Trust: nothing in a file is. All offsets and sizes are checked before use, memory stays bounded, a malformed image is
 * refused or yields an error. Refused: encryption, unknown incompatible features; external data files, unless the user
 * names them; and, for writing, images marked dirty or corrupt.
 *
 * An image is used by one thread at a time. Different images are independent, also where they share backing files. */
#ifndef QCOW2_QCOW2_H
#define QCOW2_QCOW2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    IMAGE_MAX_LAYERS = 16,
    IMAGE_ERROR_SIZE = 512
};

struct image;

struct image_error { char text[IMAGE_ERROR_SIZE]; };

enum image_format { IMAGE_FORMAT_AUTO, IMAGE_FORMAT_RAW, IMAGE_FORMAT_QCOW2 };

/* All zero is the careful choice: read-only, format from the file's first bytes, backing files near the image only. */
struct image_options {
    bool writable;                      /* open layer 0 for reading and writing, and lock it against other programs */
    enum image_format format;           /* of layer 0. AUTO: qcow2 where it starts with the magic, else raw; likewise
                                           for the contents of a gzip file, which is opened for reading only */
    enum image_format backing_format;   /* of layer 1 where layer 0 does not tell. AUTO: as above, with a warning */
    bool allow_outside_backing;         /* follow absolute names, "..", and symbolic links in backing names */
    const char *trusted_backing;        /* or NULL: a file the user named, allowed as a backing file wherever it is */
    const char *data_file;              /* or NULL: holds the data of the first layer that has an external data file.
                                           The name in the image is never followed */
    bool alone;                         /* do not open backing files: what they hold reads as zeros. A data file that is
                                           not named may be missing: what it holds cannot be read */
    bool ignore_backing_locks;          /* as ignore_locks, for the files below layer 0 */
    bool punch_holes;                   /* give room of freed clusters and discarded ranges back to the host at once */
    bool ignore_locks;                  /* open although another program uses the file. The contents may change */
    bool never_sync;                    /* leave to the host when contents reach the medium. For files that are made
                                         * anew if the host stops */
};

/* Zero fields take the defaults in parentheses. */
struct image_create_options {
    uint32_t cluster_size;              /* bytes, a power of two, 512 to 2 MiB (65536) */
    unsigned version;                   /* 2 or 3 (3) */
    unsigned refcount_bits;             /* 1, 2, 4 ... 64; version 2 has 16 only (16) */
    bool extended_l2; /* subclusters: a 32nd of a cluster is allocated alone; version 3, 16 KiB and up */
    bool zstd;                          /* compressed clusters hold zstd, not deflate; version 3 only */
    enum image_format backing_format;   /* image_create_overlay: as in struct image_options */
    bool allow_outside_backing;         /* image_create_overlay: for the chain from the backing file on */
    const char *backing_data_file;      /* image_create_overlay: likewise, data_file in struct image_options */
    const char *data_file;              /* image_create: guest data goes to this file, made too, of which PATH keeps the
                                           name as given here; version 3 only */
    bool data_file_raw;                 /* and it is at all times what a raw image of the disk would be */
};

/* Opens PATH and the chain below it. Only regular files are opened, each once in a chain, at most IMAGE_MAX_LAYERS.
 * OPTIONS may be NULL for all zero. A backing name is relative to the folder of the file that holds it, and must stay
 * below that folder unless the options say otherwise. On success *OUT is the caller's to close. On failure *OUT is NULL
 * and ERROR (may be NULL) is filled. */
int image_open(struct image **out, const char *path, const struct image_options *options, struct image_error *error);

/* Flushes and frees IMAGE, always, also where the result tells of an error. Who wants its text calls image_flush first.
 * NULL is allowed. */
int image_close(struct image *image);

/* Makes a new qcow2 file of SIZE bytes that reads as zeros. PATH must not exist. OPTIONS may be NULL. */
int image_create(const char *path, uint64_t size, const struct image_create_options *options,
                 struct image_error *error);

/* Makes a raw file of SIZE bytes of zeros. PATH must not exist. */
int image_create_raw(const char *path, uint64_t size, struct image_error *error);

/* Makes a new qcow2 file at PATH, as large as the image at BACKING and showing its contents. BACKING is opened with its
 * chain to check it. Its name is stored relative where it lies in PATH's folder or below, else absolute: opening such
 * an overlay then needs trusted_backing or allow_outside_backing. PATH must not exist. OPTIONS may be NULL. -ENOTSUP:
 * BACKING is compressed with gzip. */
int image_create_overlay(const char *path, const char *backing, const struct image_create_options *options,
                         struct image_error *error);

/* Puts a writable layer over BASE: a file without a name in FOLDER, gone at image_close whatever happens. BASE must be
 * open read-only. On success *OUT owns BASE and closes it; on failure BASE stays the caller's. */
int image_temporary_overlay(struct image **out, struct image *base, const char *folder, struct image_error *error);

/* Bytes of the virtual disk. Need not be a multiple of 512; a drive of size / 512 sectors never sees the rest. */
uint64_t image_size(const struct image *image);

bool image_writable(const struct image *image);

/* Reads or writes BYTES at OFFSET, both in bytes, of any alignment. The range must lie inside the image. What was
 * written is seen by later reads at once. image_write gives -EROFS on a read-only image. Writing the qcow2 magic to the
 * start of a raw image whose format was not named gives -EPERM: its next opening would take it for a qcow2 file.
 * After a write that failed each cluster of the range holds its old or its new contents. */
int image_read(struct image *image, uint64_t offset, void *buffer, size_t bytes);
int image_write(struct image *image, uint64_t offset, const void *data, size_t bytes);

/* Makes the range read as zeros. Where it covers whole clusters of a version 3 image nothing is written but their
 * entries; UNMAP: their host clusters are given up as well, and the host file gets holes where IMAGE was opened to
 * punch them. A raw file gets holes, or zeros. */
int image_write_zeroes(struct image *image, uint64_t offset, uint64_t bytes, bool unmap);

/* Writes the whole cluster at OFFSET, BYTES long (less than a cluster only at the end of the disk), compressed if that
 * makes it smaller. For making images: a cluster written so is written elsewhere at its next change. -ENOTSUP for a raw
 * file. */
int image_write_compressed(struct image *image, uint64_t offset, const void *data, size_t bytes);

/* Tells that the contents of the range are no longer needed. Whole clusters of a qcow2 image then read as zeros and
 * their host clusters are free; parts of clusters stay. -ENOTSUP: a version 2 image with a backing file, whose
 * contents would show again. A raw file stays as it is unless it was opened to have holes punched. */
int image_discard(struct image *image, uint64_t offset, uint64_t bytes);

/* Makes all writes so far survive a crash of the program and of the host. Costs nothing where nothing was written. New
 * clusters are on record only after this (or image_close), so a guest that never asks for it wants it now and then.
 * A crash in between leaves the image consistent, with what the last flush held, and perhaps some clusters leaked. */
int image_flush(struct image *image);

/* The reason of the last failed read, write or flush, or "". Valid until the next call with IMAGE. */
const char *image_last_error(const struct image *image);

/* What should be told to the user about an image that did open (a backing file whose format was guessed, an image that
 * was not closed properly), one line, or "". Valid as long as IMAGE. */
const char *image_warning(const struct image *image);

/* Changes the size of the virtual disk. What is added reads as zeros, whatever a backing file holds there. Shrinking
 * drops what lay behind the new end. -ENOTSUP: a version 2 image with snapshots. Not for raw files that back others. */
int image_resize(struct image *image, uint64_t bytes);

/* ---- chains ---- */

/* Told how much of a long work is done, in bytes of TOTAL. True: stop the work, which then returns -ECANCELED. */
struct image_progress { bool (*tell)(void *ctx, uint64_t done, uint64_t total); void *ctx; };

/* Copies what SOURCE shows into TARGET, which is at least as large, writable, and reads as zeros. Errors are recorded
 * in the image they concern. */
struct image_copy_options { bool compress; struct image_progress progress; };
int image_copy(struct image *target, struct image *source, const struct image_copy_options *options);

/* Finds the first byte from OFFSET on in which the contents of A and B differ; past the end of the shorter one are
 * zeros. *DIFFERS is false if they are alike up to the longer one's end. Errors are recorded in the image they concern,
 * which *FAILED names. */
struct image_difference { bool differs; uint64_t offset; struct image *failed; };
int image_compare(struct image *a, struct image *b, uint64_t offset, const struct image_progress *progress,
                  struct image_difference *difference);

/* Writes what layer 0 of OVERLAY holds into BASE, its layer 1 opened again for writing, and makes BASE as large. The
 * overlay stays as it is. */
int image_commit(struct image *overlay, struct image *base, const struct image_progress *progress);

/* Makes layer 0 hold nothing: the disk shows what the layers below hold. */
int image_make_empty(struct image *image);

/* Changes the name of the backing file that layer 0 records, and its format ("raw", "qcow2", or "" for none recorded).
 * NAME "" makes it stand alone. Contents are not looked at: see image_fill. The image must be opened again to show the
 * effect. */
int image_set_backing(struct image *image, const char *name, const char *format);

/* Writes into layer 0 what it lacks to show the same over BACKING (NULL: over nothing) as it does now. */
int image_fill(struct image *image, struct image *backing, const struct image_progress *progress);


/* ---- checking ---- */

enum image_check_kind { IMAGE_CHECK_ERROR, IMAGE_CHECK_LEAK };

enum image_repair {
    IMAGE_REPAIR_NONE,
    IMAGE_REPAIR_LEAKS,         /* where nothing but leaks was found */
    IMAGE_REPAIR_ALL
};

struct image_check_options {
    enum image_repair repair;
    bool ignore_locks;
    void (*report)(void *ctx, enum image_check_kind kind, const char *text);    /* each finding, a line; or NULL */
    void *ctx;
};

struct image_check {
    uint64_t errors, leaks;                 /* found */
    bool repaired;                          /* a repair was made... */
    uint64_t errors_left, leaks_left;       /* ...and this is what it left */
    uint64_t clusters, allocated, compressed;   /* of the virtual disk */
    uint64_t end_offset;                    /* in the host file, behind the last cluster in use */
};

/* Compares refcounts and flags of the qcow2 file PATH, its snapshots included, with the references in it. Backing files
 * are not opened. OPTIONS may be NULL. 0: it was checked, whatever the outcome. Nothing is changed unless a repair was
 * asked for; a repair changes refcounts and flags, never contents (but flags in a cluster that is contents and a
 * table). Where a repair was wanted -EIO if references lead nowhere, -EPERM if the file is sealed: it is as it was. */
int image_check(const char *path, const struct image_check_options *options, struct image_check *result,
                struct image_error *error);

/* ---- seals ---- */

/* SHA-256 over what an image shows: one hash for each leaf of IMAGE_LEAF_BYTES (the last may be shorter), and the root,
 * a hash over "trowel-seal-1", the size and the leaf's size as big-endian 64-bit numbers, and all leaves. Anyone can
 * check it on a raw copy. */
enum { IMAGE_HASH_BYTES = 32, IMAGE_LEAF_BYTES = 1 << 20 };
struct image_hash { uint8_t bytes[IMAGE_HASH_BYTES]; };
struct image_seal { uint64_t size, leaves; struct image_hash root, *leaf; };

/* Reads all of IMAGE. image_seal_free frees what it made. */
int image_seal_compute(struct image *image, struct image_seal *seal, const struct image_progress *progress);
void image_seal_free(struct image_seal *seal);

/* The hash of leaf I alone, which begins inside the disk. */
int image_seal_leaf(struct image *image, uint64_t i, struct image_hash *hash);

/* The root for a size and leaves that were kept elsewhere. */
void image_seal_root(struct image_seal *seal);

/* What the header of a qcow2 file says about its seal: an extension that holds size and root, and an autoclear bit that
 * other programs clear when they open the file for writing. QEMU's `commit` into a file does not, so the mark proves
 * nothing; only comparing the contents does. */
struct image_mark { bool present, claimed; uint64_t size; struct image_hash root; };
int image_seal_mark(struct image *image, struct image_mark *mark);

/* Writes the mark of SEAL into the header of the qcow2 file PATH, or takes it away (SEAL NULL). A file with a claimed
 * mark is not opened for writing. -ENOTSUP: version 2 and raw files have no place for it. -ENOSPC: the header has no
 * room. */
int image_seal_write(const char *path, const struct image_seal *seal, struct image_error *error);

/* ---- internal snapshots, of layer 0 ---- */

struct image_snapshot {
    const char *id;             /* a number, as QEMU gives it */
    const char *name;           /* bytes of any value: escape before showing */
    uint64_t disk_bytes;        /* size of the disk then */
    uint64_t vmstate_bytes;     /* machine state kept with it; 0: none */
    uint32_t seconds, nanoseconds;      /* when, since 1970, UTC */
    uint64_t clock_ns;          /* how long the guest had been running */
    uint64_t icount;            /* instructions it had executed; UINT64_MAX: not told */
};

/* How many there are, and each of them: valid until the next change of snapshots. -ENOTSUP for a raw file. */
int image_snapshot_count(struct image *image, uint32_t *count);
int image_snapshot_get(struct image *image, uint32_t index, struct image_snapshot *snapshot);

/* IMAGE, opened read-only, shows the disk as it was in snapshot INDEX from now on, its size included. */
int image_snapshot_show(struct image *image, uint32_t index);

/* Reads the machine state of snapshot INDEX without going back to it. */
int image_snapshot_read_vmstate(struct image *image, uint32_t index, uint64_t offset, void *buffer, size_t bytes);

/* Keeps the disk as it is now. Of WHAT, the id and disk_bytes are chosen here; vmstate_bytes were written before with
 * image_vmstate_write, and belong to the snapshot from now on. */
int image_snapshot_create(struct image *image, const struct image_snapshot *what);

/* Makes the disk, its size included, what it was; what it is now is lost unless a snapshot has it. NAME is an id or a
 * name. The machine state stays with the snapshot. -ENOENT: there is none. */
int image_snapshot_apply(struct image *image, const char *name);

/* The same in two steps, for several images that go back together or not at all. After the first the disk shows what
 * it was, and still holds what it is; it must not be written. The second decides for all time, and frees SWITCH. */
struct image_switch;
int image_snapshot_switch(struct image *image, const char *name, struct image_switch **out);
int image_snapshot_settle(struct image *image, struct image_switch *w, bool keep);

int image_snapshot_delete(struct image *image, const char *name);

/* The machine state: an area behind the disk. Reading what was never written gives zeros. */
int image_vmstate_write(struct image *image, uint64_t offset, const void *data, size_t bytes);
int image_vmstate_read(struct image *image, uint64_t offset, void *buffer, size_t bytes);

/* Gives up what was written there and went into no snapshot. */
int image_vmstate_forget(struct image *image);


/* ---- watching ---- */

enum image_event_kind {
    IMAGE_EVENT_READ,           /* data came from this layer */
    IMAGE_EVENT_ZERO,           /* read as zeros: marked so in this layer, or (the last layer's number) held by none */
    IMAGE_EVENT_WRITTEN,        /* written where it was */
    IMAGE_EVENT_ALLOCATED,      /* a new host cluster took the place of none, a zero, a shared or a compressed one */
    IMAGE_EVENT_ZEROED,         /* marked as zeros, or forgotten; host_offset is the place kept for it, or 0 */
    IMAGE_EVENT_COPIED,         /* follows ALLOCATED where old contents were carried over around what was written */
    IMAGE_EVENT_FREED           /* the old host cluster lost its last reference; reported at the flush that frees it */
};

struct image_event {
    enum image_event_kind kind;
    unsigned layer;             /* 0 is the top */
    uint64_t cluster;           /* guest offset / the layer's cluster size. FREED metadata: UINT64_MAX */
    uint64_t host_offset;       /* in the layer's file, bytes; 0 for ZERO */
};

/* Calls OBSERVER for each cluster touched, from inside image_read, image_write, image_flush. NULL: nobody. OBSERVER may
 * ask for sizes and states of the same image, but not read, write, flush or close it. */
void image_set_observer(struct image *image, void (*observer)(void *ctx, const struct image_event *event), void *ctx);

unsigned image_layers(const struct image *image);

struct image_layer_info {
    const char *path;           /* as opened; "(temporary)" for a temporary overlay. Valid as long as the image */
    enum image_format format;
    unsigned version;           /* 2, 3; 0 for raw */
    uint32_t cluster_size;      /* bytes; raw files are shown as if cut in clusters of 64 KiB */
    uint64_t clusters;          /* guest clusters, the last may be partial */
    uint64_t size;              /* bytes of the virtual disk as this layer has it */
    uint64_t file_size;         /* bytes of the host file now */
    const char *backing_name;   /* as written in the file, bytes of any value; "" if none. Valid as long as the image */
    const char *backing_format; /* likewise */
    const char *data_file;      /* name of the external data file as written in the file; likewise */
    bool external_data, data_file_raw;  /* there is one; its contents are the disk */
    bool extended_l2, zstd, lazy_refcounts, dirty, corrupt, bitmaps;
    unsigned refcount_bits;     /* 0 for raw */
    unsigned snapshots;         /* internal ones */
    bool gzip;                  /* the file is compressed with gzip; what the rest tells is of its contents */
    bool writable;
};

/* Fills INFO for LAYER, which is below image_layers(). */
void image_layer_info(const struct image *image, unsigned layer, struct image_layer_info *info);

enum image_cluster_status {
    IMAGE_CLUSTER_UNALLOCATED,  /* this layer holds nothing: the layer below decides */
    IMAGE_CLUSTER_STANDARD,
    IMAGE_CLUSTER_ZERO,
    IMAGE_CLUSTER_COMPRESSED,
    IMAGE_CLUSTER_DAMAGED       /* its table can't be read or its entry makes no sense */
};

struct image_extent {
    uint64_t bytes;             /* from the asked offset on, all alike and, if STANDARD, in a row in the host file */
    unsigned layer;             /* that decides; image_layers() where none does, so that it reads as zeros */
    enum image_cluster_status status;
    uint64_t host_offset;       /* STANDARD and COMPRESSED */
};

/* Describes the disk from OFFSET on, which lies inside it. -EIO: a table is damaged. */
int image_map(struct image *image, uint64_t offset, struct image_extent *extent);

/* The state of a guest cluster in LAYER alone. CLUSTER counts in the layer's cluster size; past its end: UNALLOCATED.
 * May read an L2 table from the file, so ask for what is shown, not for all of a huge disk at once. */
enum image_cluster_status image_cluster_status(struct image *image, unsigned layer, uint64_t cluster);

/* The number of guest clusters that LAYER holds itself (standard, zero or compressed). Walks all its L2 tables once,
 * then keeps count. */
uint64_t image_allocated_clusters(struct image *image, unsigned layer);

#endif
