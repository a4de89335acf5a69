/* Reading, checking and writing the header of a qcow2 file, after QEMU's docs/interop/qcow2.txt (7.2).
 *
 * The limits are QEMU's (L1 table 32 MiB, refcount table 8 MiB, 65536 snapshots, names of 1023 bytes), and in addition
 * both tables must lie inside the file, so memory is bounded by what the file really holds. Extensions that are not
 * understood are skipped here and never rewritten, so they stay in the file.
 *
 * Left out, and refused by name: encryption. */
#include "qcow2/header.h"

#include "qcow2/bytes.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC                   0x514649FBu
#define EXTENSION_BACKING       0xE2792ACAu
#define EXTENSION_BITMAPS       0x23852875u
#define EXTENSION_DATA_FILE     0x44415441u
#define EXTENSION_BITMAPS_BYTES 24u
#define MAX_L1_BYTES            (32u << 20)
#define MAX_REFCOUNT_BYTES      (8u << 20)
#define MAX_SNAPSHOTS           65536u

bool header_is_magic(const uint8_t *bytes)
{
    return get_be32(bytes) == MAGIC;
}

int header_magic(const struct host_file *file, bool *magic)
{
    uint8_t raw[HEADER_MAGIC_BYTES];
    int code = host_file_read(file, 0, raw, sizeof raw);
    *magic = !code && header_is_magic(raw);
    return code == -ENODATA ? 0 : code;
}

static bool inside(uint64_t offset, uint64_t bytes, uint64_t limit)
{
    return bytes <= limit && offset <= limit - bytes;
}

/* What the incompatible FEATURES ask for that this library does not do. */
static int refuse_features(struct layer *layer, uint64_t features, uint8_t compression)
{
    uint64_t known = HEADER_DIRTY | HEADER_CORRUPT | HEADER_DATA_FILE | HEADER_COMPRESSION_TYPE | HEADER_EXTENDED_L2;
    for (unsigned bit = 0; bit < 64; bit++)
        if ((features & ~known) >> bit & 1)
            return layer_fail(layer, -ENOTSUP, "unknown incompatible feature %u", bit);
    if (!(features & HEADER_COMPRESSION_TYPE) != !compression)
        return layer_fail(layer, -EINVAL, "compression type %u does not match its feature bit", compression);
    if (compression > HEADER_ZSTD)
        return layer_fail(layer, -ENOTSUP, "compression type %u is not supported", compression);
    return 0;
}

static int check_writable(struct layer *layer, const struct header *header)
{
    if (header->incompatible & HEADER_CORRUPT) {
        if (layer->file.writable)
            return layer_fail(layer, -EROFS, "marked corrupt: it can only be opened read-only until it is repaired");
        layer_warn(layer, "marked corrupt");
    }
    if (header->incompatible & HEADER_DIRTY) {
        if (layer->file.writable)
            return layer_fail(layer, -EROFS,
                              "was not closed properly: it can only be opened read-only until it is repaired");
        layer_warn(layer, "was not closed properly by the program that wrote it");
    }
    return 0;
}

/* The fields that only version 3 has. Sets *LENGTH to where the extensions begin. */
static int read_v3(struct layer *layer, struct header *header, const uint8_t *raw, uint32_t *length)
{
    *length = HEADER_V2_BYTES;
    header->refcount_order = 4;
    if (header->version == 2)
        return 0;
    header->incompatible = get_be64(raw + HEADER_AT_INCOMPATIBLE);
    header->compatible = get_be64(raw + HEADER_AT_INCOMPATIBLE + 8);
    header->autoclear = get_be64(raw + HEADER_AT_AUTOCLEAR);
    header->refcount_order = get_be32(raw + 96);
    *length = get_be32(raw + 100);
    if (*length < HEADER_V3_BYTES || *length > 1u << header->cluster_bits)
        return layer_fail(layer, -EINVAL, "header length %u is not possible", *length);
    header->compression = *length > HEADER_V3_BYTES ? raw[104] : HEADER_DEFLATE;
    int code = refuse_features(layer, header->incompatible, header->compression);
    if (code < 0)
        return code;
    if (header->refcount_order > 6)
        return layer_fail(layer, -EINVAL, "refcount width 2^%u is not possible", header->refcount_order);
    return check_writable(layer, header);
}

static int check_disk(struct layer *layer, const struct header *header, uint64_t file_size)
{
    unsigned bits = header->cluster_bits, span_bits = bits + header_l2_bits(header);
    uint64_t mask = (UINT64_C(1) << bits) - 1, span_mask = (UINT64_C(1) << span_bits) - 1;
    if (header->incompatible & HEADER_EXTENDED_L2 && bits < HEADER_EXTENDED_BITS)
        return layer_fail(layer, -EINVAL, "extended L2 entries need clusters of 16 KiB at least");
    if (header->size > INT64_MAX)
        return layer_fail(layer, -EINVAL, "virtual size 0x%" PRIx64 " is too large", header->size);
    if (header->l1_entries > MAX_L1_BYTES / 8)
        return layer_fail(layer, -EINVAL, "L1 table of %u entries is too large", header->l1_entries);
    if ((header->size >> span_bits) + !!(header->size & span_mask) > header->l1_entries)
        return layer_fail(layer, -EINVAL, "L1 table of %u entries is too small for %" PRIu64 " bytes",
                          header->l1_entries, header->size);
    if (header->l1_entries &&
        (header->l1_offset & mask || !inside(header->l1_offset, header->l1_entries * UINT64_C(8), file_size)))
        return layer_fail(layer, -EINVAL, "L1 table at 0x%" PRIx64 " is unaligned or outside the file",
                          header->l1_offset);
    return 0;
}

static int check_tables(struct layer *layer, const struct header *header, uint64_t file_size)
{
    uint64_t mask = (UINT64_C(1) << header->cluster_bits) - 1;
    uint64_t bytes = (uint64_t)header->refcount_table_clusters << header->cluster_bits;
    if (!bytes || bytes > MAX_REFCOUNT_BYTES)
        return layer_fail(layer, -EINVAL, "refcount table of %u clusters is not possible",
                          header->refcount_table_clusters);
    if (header->refcount_table_offset & mask || !inside(header->refcount_table_offset, bytes, file_size))
        return layer_fail(layer, -EINVAL, "refcount table at 0x%" PRIx64 " is unaligned or outside the file",
                          header->refcount_table_offset);
    if (header->snapshots > MAX_SNAPSHOTS)
        return layer_fail(layer, -EINVAL, "%u snapshots are too many", header->snapshots);
    if (header->snapshots && (header->snapshots_offset & mask || header->snapshots_offset >= file_size))
        return layer_fail(layer, -EINVAL, "snapshot table at 0x%" PRIx64 " is unaligned or outside the file",
                          header->snapshots_offset);
    return 0;
}

/* Takes from the extension at RAW what is understood. */
static int read_extension(struct layer *layer, struct header *header, const uint8_t *raw, uint32_t type, uint32_t bytes)
{
    if (type == EXTENSION_BACKING) {
        if (bytes >= sizeof header->backing_format)
            return layer_fail(layer, -EINVAL, "the backing file's format has a name of %u bytes", bytes);
        memcpy(header->backing_format, raw, bytes);
        header->backing_format[bytes] = '\0';
    } else if (type == EXTENSION_DATA_FILE) {
        if (bytes > HEADER_NAME_MAX)
            return layer_fail(layer, -EINVAL, "the data file has a name of %u bytes", bytes);
        memcpy(header->data_name, raw, bytes);
        header->data_name[bytes] = '\0';
    } else if (type == EXTENSION_BITMAPS && bytes == EXTENSION_BITMAPS_BYTES) {
        header->bitmaps.count = get_be32(raw);
        header->bitmaps.bytes = get_be64(raw + 8);
        header->bitmaps.offset = get_be64(raw + 16);
    } else if (type == HEADER_EXTENSION_SEAL && bytes == HEADER_SEAL_BYTES) {
        header->has_seal = true;
        memcpy(header->seal, raw, bytes);
    }
    return 0;
}

/* Walks the extensions in RAW between FROM and END. */
static int read_extensions(struct layer *layer, struct header *header, const uint8_t *raw, struct layer_span area)
{
    uint64_t at = area.offset, end = area.offset + area.bytes;
    while (end - at >= 8) {
        uint32_t type = get_be32(raw + at), bytes = get_be32(raw + at + 4);
        if (!type)
            return 0;
        at += 8;
        if (bytes > end - at)
            return layer_fail(layer, -EINVAL, "header extension at 0x%" PRIx64 " runs out of the header", at - 8);
        int code = read_extension(layer, header, raw + at, type, bytes);
        if (code < 0)
            return code;
        uint64_t padded = ((uint64_t)bytes + 7) & ~UINT64_C(7);
        if (padded > end - at)
            return 0;
        at += padded;
    }
    return 0;
}

/* RAW holds all of cluster 0. */
static int read_rest(struct layer *layer, struct header *header, const uint8_t *raw, uint32_t length)
{
    uint64_t cluster = UINT64_C(1) << header->cluster_bits, end = cluster;
    uint64_t offset = get_be64(raw + 8);
    uint32_t bytes = get_be32(raw + 16);
    if (offset) {
        if (offset < length || bytes > HEADER_NAME_MAX || !inside(offset, bytes, cluster))
            return layer_fail(layer, -EINVAL, "the backing file's name (%u bytes at 0x%" PRIx64
                              ") is not in the header", bytes, offset);
        memcpy(header->backing_name, raw + offset, bytes);
        header->backing_name_bytes = bytes;
        end = offset;
    }
    return read_extensions(layer, header, raw, (struct layer_span){ .offset = length, .bytes = end - length });
}

static int read_fields(struct layer *layer, struct header *header, uint32_t *length)
{
    uint8_t raw[112];
    uint64_t file_size;
    int code = host_file_size(&layer->file, &file_size);
    if (!code)
        code = host_file_read_padded(&layer->file, 0, raw, sizeof raw);
    if (code < 0)
        return layer_fail(layer, code, "header: %s", host_error_text(code));
    header->version = get_be32(raw + 4);
    if (get_be32(raw) != MAGIC)
        return layer_fail(layer, -EINVAL, "not a qcow2 image");
    if (file_size < (header->version <= 2 ? HEADER_V2_BYTES : HEADER_V3_BYTES))
        return layer_fail(layer, -EINVAL, "too short for a qcow2 header");
    if (header->version != 2 && header->version != 3)
        return layer_fail(layer, -ENOTSUP, "qcow2 version %u is not supported", header->version);
    header->cluster_bits = get_be32(raw + 20);
    if (header->cluster_bits < 9 || header->cluster_bits > 21)
        return layer_fail(layer, -EINVAL, "cluster size 2^%u is not supported", header->cluster_bits);
    if (get_be32(raw + 32))
        return layer_fail(layer, -ENOTSUP, "it is encrypted (method %u), which is not supported", get_be32(raw + 32));
    header->size = get_be64(raw + 24);
    header->l1_entries = get_be32(raw + 36);
    header->l1_offset = get_be64(raw + 40);
    header->refcount_table_offset = get_be64(raw + HEADER_AT_REFCOUNT_TABLE);
    header->refcount_table_clusters = get_be32(raw + HEADER_AT_REFCOUNT_TABLE + 8);
    header->snapshots = get_be32(raw + 60);
    header->snapshots_offset = get_be64(raw + 64);
    if ((code = read_v3(layer, header, raw, length)) < 0 || (code = check_disk(layer, header, file_size)) < 0)
        return code;
    return check_tables(layer, header, file_size);
}

int header_read(struct layer *layer, struct header *header)
{
    uint32_t length = 0;
    *header = (struct header){ 0 };
    int code = read_fields(layer, header, &length);
    if (code < 0)
        return code;
    uint8_t *raw = malloc((size_t)1 << header->cluster_bits);
    if (!raw)
        return layer_fail(layer, -ENOMEM, "out of memory");
    code = host_file_read_padded(&layer->file, 0, raw, (size_t)1 << header->cluster_bits);
    code = code < 0 ? layer_fail(layer, code, "header: %s", host_error_text(code))
                    : read_rest(layer, header, raw, length);
    free(raw);
    return code;
}

static size_t put_extension(uint8_t *to, uint32_t type, const void *data, uint32_t bytes)
{
    put_be32(to, type);
    put_be32(to + 4, bytes);
    memcpy(to + 8, data, bytes);
    return 8 + (((size_t)bytes + 7) & ~(size_t)7);
}

int header_encode(const struct header *header, uint8_t *cluster, size_t bytes)
{
    /* A compression type other than the first lies behind the fields that every version 3 header has. */
    bool typed = header->compression != HEADER_DEFLATE;
    size_t at = header->version == 2 ? HEADER_V2_BYTES : typed ? HEADER_TYPED_BYTES : HEADER_V3_BYTES;
    size_t format_bytes = strlen(header->backing_format), padded = (format_bytes + 7) & ~(size_t)7;
    memset(cluster, 0, bytes);
    put_be32(cluster, MAGIC);
    put_be32(cluster + 4, header->version);
    put_be32(cluster + 20, header->cluster_bits);
    put_be64(cluster + 24, header->size);
    put_be32(cluster + 36, header->l1_entries);
    put_be64(cluster + 40, header->l1_offset);
    put_be64(cluster + HEADER_AT_REFCOUNT_TABLE, header->refcount_table_offset);
    put_be32(cluster + HEADER_AT_REFCOUNT_TABLE + 8, header->refcount_table_clusters);
    if (header->version > 2) {
        put_be32(cluster + 96, header->refcount_order);
        put_be32(cluster + 100, (uint32_t)at);
    }
    if (header->version > 2)
        put_be64(cluster + HEADER_AT_INCOMPATIBLE,
                 (header->incompatible & (HEADER_EXTENDED_L2 | HEADER_DATA_FILE)) |
                     (typed ? HEADER_COMPRESSION_TYPE : 0));
    if (header_data_raw(header))
        put_be64(cluster + HEADER_AT_AUTOCLEAR, HEADER_AUTO_DATA_RAW);
    if (typed)
        cluster[HEADER_V3_BYTES] = header->compression;
    size_t data_bytes = strlen(header->data_name);
    if (header_external(header)) {
        if (at + 8 + ((data_bytes + 7) & ~(size_t)7) + 8 > bytes)
            return -ENAMETOOLONG;
        at += put_extension(cluster + at, EXTENSION_DATA_FILE, header->data_name, (uint32_t)data_bytes);
    }
    if (!header->backing_name_bytes)
        return 0;
    if (at + 8 + padded + 8 + header->backing_name_bytes > bytes || header->backing_name_bytes > HEADER_NAME_MAX)
        return -ENAMETOOLONG;
    put_be32(cluster + at, EXTENSION_BACKING);
    put_be32(cluster + at + 4, (uint32_t)format_bytes);
    memcpy(cluster + at + 8, header->backing_format, format_bytes);
    at += 8 + padded + 8;       /* the last 8 are the end marker */
    put_be64(cluster + 8, at);
    put_be32(cluster + 16, (uint32_t)header->backing_name_bytes);
    memcpy(cluster + at, header->backing_name, header->backing_name_bytes);
    return 0;
}

/* --- Changing the backing file's name --- */

/* Where the extensions begin in cluster 0. */
static size_t extensions_start(const struct header *header, const uint8_t *raw)
{
    return header->version == 2 ? HEADER_V2_BYTES : get_be32(raw + 100);
}

/* Copies the extensions of OLD but that of type BUT to TO, which is as long. Returns their bytes. */
static size_t keep_extensions(const struct header *header, const uint8_t *old, uint32_t but, uint8_t *to)
{
    uint64_t end = get_be64(old + 8) ? get_be64(old + 8) : UINT64_C(1) << header->cluster_bits;
    size_t used = 0;
    for (uint64_t at = extensions_start(header, old); end - at >= 8 && get_be32(old + at); ) {
        uint32_t type = get_be32(old + at), bytes = get_be32(old + at + 4);
        uint64_t padded = ((uint64_t)bytes + 7) & ~UINT64_C(7);
        if (bytes > end - at - 8)
            break;
        if (type != but)
            used += put_extension(to + used, type, old + at + 8, bytes);
        if (padded > end - at - 8)
            break;
        at += 8 + padded;
    }
    return used;
}

/* Builds the new cluster 0 in RAW, which is zero, from the OLD one. */
static int rebuild(const struct header *header, const uint8_t *old, uint8_t *raw, const char *name, const char *format)
{
    size_t cluster = (size_t)1 << header->cluster_bits, start = extensions_start(header, old), bytes = strlen(name);
    uint8_t *kept = calloc(1, cluster + 8);
    if (!kept)
        return -ENOMEM;
    size_t kept_bytes = keep_extensions(header, old, EXTENSION_BACKING, kept), at = start;
    size_t needed = start + kept_bytes + (*name && *format ? 8 + ((strlen(format) + 7) & ~(size_t)7) : 0) + 8 + bytes;
    if (needed <= cluster && bytes <= HEADER_NAME_MAX) {
        memcpy(raw, old, start);
        if (*name && *format)
            at += put_extension(raw + at, EXTENSION_BACKING, format, (uint32_t)strlen(format));
        memcpy(raw + at, kept, kept_bytes);
        at += kept_bytes + 8;           /* the last 8 are the end marker */
        memcpy(raw + at, name, bytes);
        put_be64(raw + 8, *name ? at : 0);
        put_be32(raw + 16, (uint32_t)bytes);
    }
    free(kept);
    return needed <= cluster && bytes <= HEADER_NAME_MAX ? 0 : -ENAMETOOLONG;
}

int header_write_backing(struct layer *layer, const struct header *header, const char *name, const char *format)
{
    size_t bytes = (size_t)1 << header->cluster_bits;
    if (*name && header_data_raw(header))
        return layer_fail(layer, -EINVAL, "its data file is the disk, so nothing backs it");
    uint8_t *old = calloc(2, bytes), *raw = old ? old + bytes : NULL;
    int code = old ? host_file_read_padded(&layer->file, 0, old, bytes) : -ENOMEM;
    if (!code)
        code = rebuild(header, old, raw, name, format);
    if (!code)
        code = host_file_sync(&layer->file);
    if (!code)
        code = host_file_write(&layer->file, 0, raw, bytes);
    if (!code)
        code = host_file_sync(&layer->file);
    free(old);
    if (code == -ENAMETOOLONG)
        return layer_fail(layer, code, "the backing file's name does not fit into the header");
    return code < 0 ? layer_fail(layer, code, "header: %s", host_error_text(code)) : 0;
}

/* --- The seal --- */

int header_put_seal(const struct header *header, uint8_t *raw, const uint8_t *data)
{
    size_t cluster = (size_t)1 << header->cluster_bits, start = extensions_start(header, raw), at = start;
    size_t name_bytes = get_be32(raw + 16), added = data ? 8 + HEADER_SEAL_BYTES : 0;
    uint64_t name_at = get_be64(raw + 8), autoclear = get_be64(raw + HEADER_AT_AUTOCLEAR) & ~HEADER_AUTO_SEAL;
    uint8_t *kept = calloc(1, cluster + 8), name[HEADER_NAME_MAX];
    if (!kept)
        return -ENOMEM;
    if (!name_at)
        name_bytes = 0;
    memcpy(name, raw + name_at, name_bytes);
    size_t kept_bytes = keep_extensions(header, raw, HEADER_EXTENSION_SEAL, kept);
    bool fits = start + kept_bytes + added + 8 + name_bytes <= cluster;
    if (fits) {
        memset(raw + start, 0, cluster - start);
        memcpy(raw + at, kept, kept_bytes);
        at += kept_bytes;
        if (data)
            at += put_extension(raw + at, HEADER_EXTENSION_SEAL, data, HEADER_SEAL_BYTES);
        at += 8;                        /* the end marker */
        memcpy(raw + at, name, name_bytes);
        put_be64(raw + 8, name_bytes ? at : 0);
        put_be64(raw + HEADER_AT_AUTOCLEAR, autoclear | (data ? HEADER_AUTO_SEAL : 0));
    }
    free(kept);
    return fits ? 0 : -ENOSPC;
}
