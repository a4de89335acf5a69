/* Compressed clusters: raw deflate streams or zstd frames at any byte of the file, inflated whole and kept for a while,
 * since guests read a few sectors at a time.
 *
 * What is read whole goes straight to the reader and is not kept: it is not asked for again soon.
 *
 * An L2 entry gives the first byte and a count of 512-byte sectors, which only bounds the stream; decoding stops after
 * one cluster. A stream that yields less is damage.
 *
 * libdeflate inflates twice as fast as zlib, but only streams that end with the cluster, as those of every known writer
 * do; zlib judges the others. Compressing (pack.c) needs zlib: libdeflate knows no window of 12 bits. */
#include "qcow2/store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <libdeflate.h>
#include <zlib.h>
#include <zstd.h>

enum {
    KEEP_BYTES = 4 << 20, KEEP_MIN = 2, KEEP_MAX = 64,
    ZSTD_WINDOW_BITS = 21       /* the largest cluster; a frame that asks for more memory is refused */
};

struct kept {
    uint64_t entry;         /* 0: empty */
    uint64_t used;          /* when, in units of lookups */
    uint8_t *data;
};

struct inflated {
    struct libdeflate_decompressor *fast;
    z_stream deflate;
    ZSTD_DCtx *zstd;
    uint8_t *input;         /* two clusters, the most an entry can name */
    struct kept kept[KEEP_MAX];
    unsigned count;
    uint64_t lookups;
};

struct compressed_extent compressed_extent(const struct qcow2 *q, uint64_t entry)
{
    unsigned offset_bits = 62 - (q->cluster_bits - 8);
    uint64_t offset = entry & ((UINT64_C(1) << offset_bits) - 1);
    uint64_t sectors = ((entry & (ENTRY_COMPRESSED - 1)) >> offset_bits) + 1;
    return (struct compressed_extent){ .offset = offset, .bytes = sectors * 512 - (offset & 511) };
}

static int start(struct qcow2 *q)
{
    struct inflated *f = calloc(1, sizeof *f);
    if (!f)
        return -ENOMEM;
    f->count = (unsigned)KEEP_BYTES >> q->cluster_bits;
    f->count = f->count < KEEP_MIN ? KEEP_MIN : f->count > KEEP_MAX ? KEEP_MAX : f->count;
    q->inflated = f;
    f->input = malloc((size_t)q->cluster_size * 2);
    f->fast = libdeflate_alloc_decompressor();
    f->zstd = ZSTD_createDCtx();
    if (f->zstd)
        ZSTD_DCtx_setParameter(f->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_BITS);
    if (f->input && f->fast && f->zstd && inflateInit2(&f->deflate, -MAX_WBITS) == Z_OK)
        return 0;
    compressed_free(f);
    q->inflated = NULL;
    return -ENOMEM;
}

void compressed_free(struct inflated *f)
{
    if (!f)
        return;
    for (unsigned i = 0; i < f->count; i++)
        free(f->kept[i].data);
    libdeflate_free_decompressor(f->fast);
    inflateEnd(&f->deflate);
    ZSTD_freeDCtx(f->zstd);
    free(f->input);
    free(f);
}

/* Both decode BYTES of the input until the cluster at DATA is full, and tell whether it is. */
static bool decode_deflate(struct qcow2 *q, size_t bytes, uint8_t *data)
{
    struct inflated *f = q->inflated;
    z_stream *stream = &f->deflate;
    if (libdeflate_deflate_decompress(f->fast, f->input, bytes, data, q->cluster_size, NULL) == LIBDEFLATE_SUCCESS)
        return true;
    inflateReset(stream);
    stream->next_in = f->input;
    stream->avail_in = (uInt)bytes;
    stream->next_out = data;
    stream->avail_out = q->cluster_size;
    int result = inflate(stream, Z_FINISH);
    return (result == Z_STREAM_END || result == Z_OK || result == Z_BUF_ERROR) && stream->avail_out == 0;
}

static bool decode_zstd(struct qcow2 *q, size_t bytes, uint8_t *data)
{
    ZSTD_inBuffer in = { .src = q->inflated->input, .size = bytes };
    ZSTD_outBuffer out = { .dst = data, .size = q->cluster_size };
    ZSTD_DCtx_reset(q->inflated->zstd, ZSTD_reset_session_only);
    while (out.pos < out.size) {
        size_t before_in = in.pos, before_out = out.pos;
        if (ZSTD_isError(ZSTD_decompressStream(q->inflated->zstd, &out, &in)))
            return false;
        if (in.pos == before_in && out.pos == before_out)
            return false;
    }
    return true;
}

static int inflate_extent(struct qcow2 *q, struct compressed_extent extent, uint8_t *data)
{
    struct inflated *f = q->inflated;
    int code = host_file_read_padded(q->file, extent.offset, f->input, (size_t)extent.bytes);
    if (code < 0)
        return layer_fail(q->layer, code, "compressed data at 0x%" PRIx64 ": %s", extent.offset, host_error_text(code));
    bool whole = q->header.compression == HEADER_ZSTD ? decode_zstd(q, (size_t)extent.bytes, data)
                                                      : decode_deflate(q, (size_t)extent.bytes, data);
    if (!whole)
        return layer_fail(q->layer, -EIO, "compressed data at 0x%" PRIx64 " does not yield a cluster", extent.offset);
    return 0;
}

/* The place that holds ENTRY, or the one to be used for it: the one not used for the longest time. */
static struct kept *place(struct inflated *f, uint64_t entry)
{
    struct kept *oldest = &f->kept[0];
    for (unsigned i = 0; i < f->count; i++) {
        if (f->kept[i].entry == entry)
            return &f->kept[i];
        if (f->kept[i].used < oldest->used)
            oldest = &f->kept[i];
    }
    return oldest;
}

void compressed_forget(struct qcow2 *q, uint64_t entry)
{
    struct kept *kept = q->inflated ? place(q->inflated, entry) : NULL;
    if (kept && kept->entry == entry)
        kept->entry = 0;
}

/* Makes ready for the cluster of ENTRY. */
static int prepare(struct qcow2 *q, struct compressed_extent extent)
{
    int code = q->inflated ? 0 : start(q);
    if (code < 0)
        return layer_fail(q->layer, code, "out of memory");
    if (extent.offset >> 56)
        return layer_fail(q->layer, -EIO, "compressed data at impossible offset 0x%" PRIx64, extent.offset);
    return 0;
}

int compressed_cluster(struct qcow2 *q, uint64_t entry, const uint8_t **data)
{
    struct compressed_extent extent = compressed_extent(q, entry);
    int code = prepare(q, extent);
    if (code < 0)
        return code;
    struct kept *kept = place(q->inflated, entry);
    if (!kept->data && !(kept->data = malloc(q->cluster_size)))
        return layer_fail(q->layer, -ENOMEM, "out of memory");
    if (kept->entry != entry) {
        kept->entry = 0;
        if ((code = inflate_extent(q, extent, kept->data)) < 0)
            return code;
        kept->entry = entry;
    }
    kept->used = ++q->inflated->lookups;
    *data = kept->data;
    return 0;
}

int compressed_read_whole(struct qcow2 *q, uint64_t entry, uint8_t *buffer)
{
    struct compressed_extent extent = compressed_extent(q, entry);
    int code = prepare(q, extent);
    if (code < 0)
        return code;
    const struct kept *kept = place(q->inflated, entry);
    if (kept->entry != entry)
        return inflate_extent(q, extent, buffer);
    memcpy(buffer, kept->data, q->cluster_size);
    return 0;
}
