/* The header of a qcow2 file, and the extensions and the backing file's name that follow it in cluster 0. */
#ifndef QCOW2_HEADER_H
#define QCOW2_HEADER_H

#include "qcow2/layer.h"

enum {
    HEADER_MAGIC_BYTES = 4,
    HEADER_V2_BYTES = 72,
    HEADER_V3_BYTES = 104,
    HEADER_TYPED_BYTES = 112,               /* with the compression type */
    HEADER_NAME_MAX = 1023,
    HEADER_SEAL_BYTES = 48,                 /* u32 version, u32 leaf size, u64 disk size, root */
    HEADER_EXTENDED_BITS = 14,              /* least cluster_bits of images with extended L2 entries */

    /* Where fields lie that are rewritten in place. */
    HEADER_AT_SIZE = 24,
    HEADER_AT_L1 = 36,                      /* u32 entries, u64 offset */
    HEADER_AT_REFCOUNT_TABLE = 48,          /* u64 offset, u32 clusters */
    HEADER_AT_SNAPSHOTS = 60,               /* u32 count, u64 offset */
    HEADER_AT_INCOMPATIBLE = 72,
    HEADER_AT_AUTOCLEAR = 88
};

enum { HEADER_DEFLATE = 0, HEADER_ZSTD = 1 };

#define HEADER_DIRTY            (UINT64_C(1) << 0)
#define HEADER_CORRUPT          (UINT64_C(1) << 1)
#define HEADER_DATA_FILE        (UINT64_C(1) << 2)
#define HEADER_COMPRESSION_TYPE (UINT64_C(1) << 3)
#define HEADER_EXTENDED_L2      (UINT64_C(1) << 4)
#define HEADER_LAZY_REFCOUNTS   (UINT64_C(1) << 0)      /* compatible */
#define HEADER_AUTO_BITMAPS     (UINT64_C(1) << 0)
#define HEADER_AUTO_DATA_RAW    (UINT64_C(1) << 1)      /* the external data file is the disk, byte for byte */
#define HEADER_AUTO_SEAL        (UINT64_C(1) << 40)     /* ours, and not registered: the extension below is claimed */

#define HEADER_EXTENSION_SEAL   0x5452534Cu             /* "TRSL" */

struct header {
    unsigned version;                       /* 2 or 3 */
    unsigned cluster_bits;                  /* 9 to 21 */
    uint64_t size;                          /* bytes of the virtual disk */
    uint64_t l1_offset;
    uint32_t l1_entries;
    uint64_t refcount_table_offset;
    uint32_t refcount_table_clusters;
    unsigned refcount_order;                /* a count has 2^order bits, 0 to 6 */
    uint32_t snapshots;
    uint64_t snapshots_offset;
    uint64_t incompatible, compatible, autoclear;       /* feature bits; 0 in version 2 */
    uint8_t compression;                    /* HEADER_DEFLATE or HEADER_ZSTD */
    struct { uint32_t count; uint64_t bytes, offset; } bitmaps;     /* the directory; count is 0 if there is none */
    bool has_seal;
    uint8_t seal[HEADER_SEAL_BYTES];        /* the extension's data */
    char backing_name[HEADER_NAME_MAX + 1]; /* "" if none */
    size_t backing_name_bytes;              /* more than strlen where the name holds a zero byte */
    char backing_format[16];                /* "" if not recorded */
    char data_name[HEADER_NAME_MAX + 1];    /* of the external data file; "" if none is recorded */
};

/* An L2 table has 2^this entries. */
static inline unsigned header_l2_bits(const struct header *header)
{
    return header->cluster_bits - (header->incompatible & HEADER_EXTENDED_L2 ? 4 : 3);
}

/* Is guest data in a file of its own, and is that file a raw disk? */
static inline bool header_external(const struct header *header)
{
    return header->incompatible & HEADER_DATA_FILE;
}

static inline bool header_data_raw(const struct header *header)
{
    return header_external(header) && header->autoclear & HEADER_AUTO_DATA_RAW;
}

/* Does the file start with the qcow2 magic? A file too short does not. Negative: it could not be read, which tells
 * nothing. */
int header_magic(const struct host_file *file, bool *magic);
bool header_is_magic(const uint8_t *bytes);

/* Reads and checks all of HEADER from LAYER's file. What is accepted can be used without further checks of ranges,
 * except that offsets were not compared with each other. */
int header_read(struct layer *layer, struct header *header);

/* Replaces the backing file's name and format in the header of LAYER's file, and keeps all else that is there,
 * understood or not. One write of the whole of cluster 0. -ENAMETOOLONG: it does not fit. */
int header_write_backing(struct layer *layer, const struct header *header, const char *name, const char *format);

/* Puts the seal's extension into cluster 0 (RAW) and sets its autoclear bit, or takes both away (DATA NULL), and keeps
 * all else. -ENOSPC: no room. */
int header_put_seal(const struct header *header, uint8_t *raw, const uint8_t *data);

/* Builds the BYTES bytes of cluster 0 from HEADER. -ENAMETOOLONG: the backing name does not fit. */
int header_encode(const struct header *header, uint8_t *cluster, size_t bytes);

#endif
