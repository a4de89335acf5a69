/* Shapes of images: a table in which each option of qemu-img meets each value of every other option in at least one
 * row, where qemu-img allows both; and changes of an image's contents that we, qemu-io and a model can make alike. The
 * model is a sparse raw file. For programs that define _GNU_SOURCE. */
#ifndef TESTS_QCOW2_SHAPES_H
#define TESTS_QCOW2_SHAPES_H

#include "tests/qcow2/tools.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>

/* What contents there are at first: PLAIN, or compressed clusters among others. */
enum shape_packing { PLAIN, DEFLATE, ZSTD };

/* OLD: version 2. OTHER: other clusters than the image. SHORTER and LONGER: than the image. */
enum shape_base { BASE_NONE, BASE_RAW, BASE_OLD, BASE_OTHER, BASE_SHORTER, BASE_LONGER };

/* BELOW_TABLE and ABOVE_TABLE: a cluster less and a cluster more than one L2 table holds. HUGE: 1 TiB. */
enum shape_size { SIZE_SECTOR, SIZE_ODD, SIZE_BELOW_TABLE, SIZE_ABOVE_TABLE, SIZE_HUGE };

struct shape {
    unsigned version;
    uint32_t cluster;
    unsigned refcount_bits;
    bool extended;
    enum shape_packing packing;
    bool lazy;
    const char *preallocation;
    enum shape_base base;
    enum shape_size size;
};

static const struct shape shapes[] = {
    { 2,    1024, 16, 0, PLAIN,  0, "off",  BASE_SHORTER, SIZE_SECTOR },
    { 2,    4096, 16, 0, PLAIN,  0, "falloc", BASE_NONE,    SIZE_BELOW_TABLE },
    { 3,   65536,  2, 1, PLAIN,  1, "falloc", BASE_RAW,     SIZE_SECTOR },
    { 3,   65536, 64, 0, ZSTD,   0, "off",  BASE_OTHER,   SIZE_ABOVE_TABLE },
    { 2,   65536, 16, 0, DEFLATE, 0, "off",  BASE_OLD,     SIZE_ODD },
    { 2,     512, 16, 0, DEFLATE, 0, "off",  BASE_NONE,    SIZE_ABOVE_TABLE },
    { 3,     512,  1, 0, ZSTD,   0, "off",  BASE_OLD,     SIZE_SECTOR },
    { 3,   65536, 64, 1, PLAIN,  0, "full", BASE_OLD,     SIZE_SECTOR },
    { 3,    4096, 32, 0, PLAIN,  1, "full", BASE_NONE,    SIZE_ABOVE_TABLE },
    { 3,   16384,  8, 1, PLAIN,  1, "full", BASE_OTHER,   SIZE_SECTOR },
    { 3,   65536,  2, 1, PLAIN,  0, "falloc", BASE_SHORTER, SIZE_SECTOR },
    { 3, 2097152,  2, 1, ZSTD,   0, "off",  BASE_NONE,    SIZE_ABOVE_TABLE },
    { 3,     512, 64, 0, PLAIN,  1, "falloc", BASE_NONE,    SIZE_ABOVE_TABLE },
    { 3,   16384,  2, 1, PLAIN,  1, "metadata", BASE_OLD,     SIZE_ABOVE_TABLE },
    { 3,    4096,  2, 0, PLAIN,  1, "metadata", BASE_NONE,    SIZE_BELOW_TABLE },
    { 3,    4096, 64, 0, ZSTD,   1, "off",  BASE_SHORTER, SIZE_ODD },
    { 3,    1024,  4, 0, PLAIN,  1, "falloc", BASE_NONE,    SIZE_ODD },
    { 3,    1024,  8, 0, DEFLATE, 1, "off",  BASE_LONGER,  SIZE_ABOVE_TABLE },
    { 3,   16384,  1, 1, PLAIN,  0, "off",  BASE_NONE,    SIZE_HUGE },
    { 3, 2097152, 16, 0, DEFLATE, 1, "off",  BASE_SHORTER, SIZE_HUGE },
    { 3,     512, 16, 0, DEFLATE, 1, "off",  BASE_OTHER,   SIZE_ODD },
    { 3,    1024,  1, 0, DEFLATE, 0, "off",  BASE_RAW,     SIZE_BELOW_TABLE },
    { 3, 2097152,  4, 1, PLAIN,  0, "metadata", BASE_NONE,    SIZE_SECTOR },
    { 3,   65536,  2, 0, DEFLATE, 1, "off",  BASE_LONGER,  SIZE_HUGE },
    { 3,   65536, 64, 1, PLAIN,  1, "metadata", BASE_LONGER,  SIZE_ODD },
    { 3,     512,  2, 0, PLAIN,  0, "full", BASE_NONE,    SIZE_BELOW_TABLE },
    { 3,   16384,  1, 1, PLAIN,  1, "falloc", BASE_OTHER,   SIZE_SECTOR },
    { 3,   65536,  4, 1, PLAIN,  1, "metadata", BASE_OTHER,   SIZE_ABOVE_TABLE },
    { 3,    1024, 32, 0, PLAIN,  0, "metadata", BASE_NONE,    SIZE_SECTOR },
    { 2,    4096, 16, 0, PLAIN,  0, "metadata", BASE_NONE,    SIZE_ODD },
    { 3,    1024, 64, 0, PLAIN,  1, "off",  BASE_OLD,     SIZE_BELOW_TABLE },
    { 3,   16384,  8, 1, PLAIN,  0, "metadata", BASE_SHORTER, SIZE_BELOW_TABLE },
    { 3,    4096,  8, 0, ZSTD,   1, "off",  BASE_RAW,     SIZE_HUGE },
    { 3,     512,  1, 0, ZSTD,   0, "off",  BASE_NONE,    SIZE_ABOVE_TABLE },
    { 3,   65536,  4, 1, ZSTD,   1, "off",  BASE_RAW,     SIZE_HUGE },
    { 3, 2097152, 32, 0, ZSTD,   0, "off",  BASE_SHORTER, SIZE_HUGE },
    { 3,   16384, 32, 1, PLAIN,  1, "falloc", BASE_LONGER,  SIZE_SECTOR },
    { 3,     512,  8, 0, PLAIN,  1, "metadata", BASE_NONE,    SIZE_ABOVE_TABLE },
    { 3,    1024,  2, 0, ZSTD,   0, "off",  BASE_OTHER,   SIZE_ODD },
    { 3, 2097152,  8, 1, PLAIN,  0, "falloc", BASE_OLD,     SIZE_ODD },
    { 2,   65536, 16, 0, PLAIN,  0, "full", BASE_NONE,    SIZE_ODD },
    { 2, 2097152, 16, 0, PLAIN,  0, "off",  BASE_OTHER,   SIZE_HUGE },
    { 3,    4096,  4, 0, ZSTD,   0, "off",  BASE_RAW,     SIZE_SECTOR },
    { 3,     512, 32, 0, DEFLATE, 1, "off",  BASE_OTHER,   SIZE_ODD },
    { 3,   65536, 32, 1, PLAIN,  0, "full", BASE_RAW,     SIZE_SECTOR },
    { 3,     512,  4, 0, PLAIN,  1, "off",  BASE_RAW,     SIZE_BELOW_TABLE },
    { 3,   65536, 32, 1, ZSTD,   1, "off",  BASE_OLD,     SIZE_BELOW_TABLE },
    { 3, 2097152, 16, 1, ZSTD,   1, "off",  BASE_OLD,     SIZE_BELOW_TABLE },
    { 2,     512, 16, 0, DEFLATE, 0, "off",  BASE_LONGER,  SIZE_BELOW_TABLE },
    { 3,   16384,  4, 0, ZSTD,   0, "off",  BASE_LONGER,  SIZE_ODD },
    { 2,   16384, 16, 0, PLAIN,  0, "off",  BASE_RAW,     SIZE_ABOVE_TABLE },
    { 3, 2097152,  1, 1, PLAIN,  1, "full", BASE_LONGER,  SIZE_ODD },
    { 3,    4096,  4, 0, DEFLATE, 0, "off",  BASE_NONE,    SIZE_SECTOR },
    { 3,    1024, 32, 0, ZSTD,   1, "off",  BASE_OLD,     SIZE_SECTOR },
    { 3,    4096,  4, 0, DEFLATE, 1, "off",  BASE_OLD,     SIZE_HUGE },
    { 3,    4096, 64, 0, PLAIN,  0, "off",  BASE_OTHER,   SIZE_BELOW_TABLE },
    { 3,     512,  1, 0, PLAIN,  1, "off",  BASE_SHORTER, SIZE_BELOW_TABLE },
    { 3, 2097152,  4, 1, PLAIN,  0, "full", BASE_SHORTER, SIZE_SECTOR },
    { 3,    4096,  1, 0, ZSTD,   0, "off",  BASE_LONGER,  SIZE_HUGE },
    { 3,    1024,  8, 0, PLAIN,  1, "full", BASE_NONE,    SIZE_ABOVE_TABLE },
    { 3,   65536,  8, 0, ZSTD,   1, "off",  BASE_LONGER,  SIZE_ABOVE_TABLE },
    { 3,   65536,  1, 1, PLAIN,  0, "metadata", BASE_SHORTER, SIZE_ABOVE_TABLE },
    { 3,   16384, 64, 1, DEFLATE, 0, "off",  BASE_OLD,     SIZE_HUGE },
    { 3, 2097152, 64, 1, PLAIN,  0, "metadata", BASE_RAW,     SIZE_ODD },
};

enum { SHAPES = sizeof shapes / sizeof shapes[0], NOISE_BYTES = 6007 };

/* Bytes of the disk that one L2 table describes. */
static inline uint64_t shape_table_span(const struct shape *s)
{
    return (uint64_t)s->cluster * (s->cluster / (s->extended ? 16 : 8));
}

static inline uint64_t shape_bytes(const struct shape *s)
{
    switch (s->size) {
    case SIZE_SECTOR: return 512;
    case SIZE_ODD: return 3 * 1024 * 1024 + 512 * 3;
    case SIZE_BELOW_TABLE: return shape_table_span(s) - s->cluster;
    case SIZE_ABOVE_TABLE: return shape_table_span(s) + s->cluster;
    default: return UINT64_C(1) << 40;
    }
}

/* --- Changes --- */

enum change_kind { CHANGE_WRITE, CHANGE_ZERO, CHANGE_UNMAP, CHANGE_DISCARD, CHANGE_COMPRESSED, CHANGE_FLUSH,
                   CHANGE_KINDS };

struct change {
    enum change_kind kind;
    uint64_t offset, bytes;
    unsigned pattern;           /* written byte; 256: the noise, again and again */
};

static inline void shape_noise(uint8_t *noise)
{
    fill_random(noise, NOISE_BYTES, 88);
}

/* A place at the start, at an L2 table's end, or at the disk's end. */
static inline uint64_t pick_offset(const struct shape *s, uint64_t size, uint64_t *seed)
{
    uint64_t width = s->cluster * 3 > 1 << 20 ? s->cluster * 3 : 1 << 20, span = shape_table_span(s);
    uint64_t zones[] = { 0, span > width / 2 ? span - width / 2 : 0, size > width ? size - width : 0 };
    return (zones[next_random(seed) % 3] + next_random(seed) % width) % size;
}

/* A change that is allowed for an image of this shape, which has SIZE bytes now. */
static inline struct change pick_change(const struct shape *s, uint64_t size, uint64_t *seed)
{
    uint64_t longest = s->cluster * 3 > 90000 ? s->cluster * 3 : 90000, mask = s->cluster - 1;
    uint64_t room = next_random(seed) % 4 ? 5000 : longest;
    struct change c = { .kind = (enum change_kind)(next_random(seed) % CHANGE_KINDS),
                        .offset = pick_offset(s, size, seed) };
    if (next_random(seed) % 3 == 0)
        c.kind = CHANGE_WRITE;
    if (s->version == 2 && s->base != BASE_NONE && (c.kind == CHANGE_DISCARD || c.kind == CHANGE_COMPRESSED))
        c.kind = CHANGE_ZERO;
    c.bytes = 1 + next_random(seed) % room;
    c.pattern = (unsigned)(next_random(seed) % 512);
    c.pattern = c.pattern > 256 ? 256 : c.pattern;
    if (c.kind == CHANGE_DISCARD || c.kind == CHANGE_COMPRESSED) {
        c.offset &= ~mask;
        c.bytes = s->cluster * (1 + next_random(seed) % 3);
    }
    if (c.bytes > size - c.offset)
        c.bytes = size - c.offset;
    return c;
}

/* What the change writes, to be freed; zeros where it writes none. */
static inline uint8_t *change_data(const struct change *c)
{
    static uint8_t noise[NOISE_BYTES];
    uint8_t *data = calloc(1, (size_t)c->bytes + 1);
    assert_non_null(data);
    shape_noise(noise);
    if (c->kind != CHANGE_WRITE && c->kind != CHANGE_COMPRESSED)
        return data;
    memset(data, (int)(c->pattern & 0xFF), (size_t)c->bytes);
    for (size_t at = 0; c->pattern == 256 && at < c->bytes; at += NOISE_BYTES)
        memcpy(data + at, noise, c->bytes - at < NOISE_BYTES ? (size_t)c->bytes - at : NOISE_BYTES);
    return data;
}

static inline int change_compressed(struct image *image, const struct change *c, uint32_t cluster, const uint8_t *data)
{
    int code = 0;
    for (uint64_t at = 0; !code && at < c->bytes; at += cluster)
        code = image_write_compressed(image, c->offset + at, data + at,
                                      (size_t)(c->bytes - at < cluster ? c->bytes - at : cluster));
    return code;
}

/* By us. */
static inline void change_ours(struct image *image, const struct change *c, const struct shape *s)
{
    uint8_t *data = change_data(c);
    int code = 0;
    switch (c->kind) {
    case CHANGE_WRITE: code = image_write(image, c->offset, data, (size_t)c->bytes); break;
    case CHANGE_ZERO: code = image_write_zeroes(image, c->offset, c->bytes, false); break;
    case CHANGE_UNMAP: code = image_write_zeroes(image, c->offset, c->bytes, true); break;
    case CHANGE_DISCARD: code = image_discard(image, c->offset, c->bytes); break;
    case CHANGE_COMPRESSED: code = change_compressed(image, c, s->cluster, data); break;
    default: code = image_flush(image);
    }
    if (code < 0)
        fail_msg("change %d at %" PRIu64 ", %" PRIu64 " bytes: %s", c->kind, c->offset, c->bytes,
                 image_last_error(image));
    free(data);
}

/* By qemu-io, as a line of its script. It compresses only into clusters that hold nothing. */
static inline void change_qemu(FILE *script, const struct change *c)
{
    static const char *const words[CHANGE_KINDS] = { "write", "write -z", "write -z -u", "discard", "write -c" };
    char pattern[20] = "";
    if (c->kind == CHANGE_FLUSH) {
        fputs("flush\n", script);
        return;
    }
    if (c->kind == CHANGE_COMPRESSED)
        fprintf(script, "discard %" PRIu64 " %" PRIu64 "\n", c->offset, c->bytes);
    if (c->kind == CHANGE_WRITE || c->kind == CHANGE_COMPRESSED)
        snprintf(pattern, sizeof pattern, c->pattern == 256 ? "-s noise" : "-P %u", c->pattern);
    fprintf(script, "%s %s %" PRIu64 " %" PRIu64 "\n", words[c->kind], pattern, c->offset, c->bytes);
}

/* In the model. */
static inline void change_model(int model, const struct change *c)
{
    uint8_t *data = change_data(c);
    if (c->kind != CHANGE_FLUSH)
        assert_int_equal(pwrite(model, data, (size_t)c->bytes, (off_t)c->offset), c->bytes);
    free(data);
}

/* --- Making --- */

/* Compressed clusters where there is nothing yet, a few at the start and around the places of pick_offset. */
static inline void put_compressed(FILE *script, const struct shape *s)
{
    uint64_t size = shape_bytes(s), seed = 3 + s->cluster, from[] = { 0, shape_table_span(s) - s->cluster * 2 };
    for (uint64_t zone = 0, at = 0; zone < 2; zone++) {
        at = at < from[zone] ? from[zone] : at;
        for (int i = 0; i < 6 && at < size; i++) {
            uint64_t bytes = s->cluster * (1 + next_random(&seed) % 2);
            bytes = bytes < size - at ? bytes : size - at;
            fprintf(script, "write -c %s %" PRIu64 " %" PRIu64 "\n", i % 2 ? "-s noise" : "-P 9", at, bytes);
            at += (bytes + s->cluster - 1) / s->cluster * s->cluster + next_random(&seed) % 2 * s->cluster;
        }
    }
}

/* Writes contents into a file that qemu-img made. Discards and more compressed clusters are left to the tests. */
static inline void put_contents(const struct shape *s, const char *path, const char *format, uint64_t size)
{
    uint64_t seed = 77 + s->cluster + s->refcount_bits + (path[0] == 'b');
    FILE *script = fopen("script", "w");
    assert_non_null(script);
    if (s->packing != PLAIN && path[0] != 'b')
        put_compressed(script, s);
    for (int i = 0; i < 14 && size; i++) {
        struct change c = pick_change(s, size, &seed);
        if (c.kind == CHANGE_DISCARD || c.kind == CHANGE_COMPRESSED)
            c.kind = CHANGE_WRITE;
        change_qemu(script, &c);
    }
    assert_int_equal(fclose(script), 0);
    must("qemu-io -f %s %s <script", format, path);
}

/* The file "base", whose format is returned. */
static inline const char *make_base_of(const struct shape *s)
{
    static const struct { const char *format, *options; } bases[] = {
        [BASE_RAW] = { "raw", "" }, [BASE_OLD] = { "qcow2", "-o compat=0.10" }, [BASE_OTHER] = { "qcow2", "" },
        [BASE_SHORTER] = { "qcow2", "" }, [BASE_LONGER] = { "raw", "" }
    };
    const char *format = bases[s->base].format, *options = bases[s->base].options;
    uint64_t size = shape_bytes(s);
    if (s->base == BASE_OTHER)
        options = s->cluster == 65536 ? "-o cluster_size=4k" : "-o cluster_size=64k";
    if (s->base == BASE_SHORTER)
        size = size / 2 & ~UINT64_C(511);
    if (s->base == BASE_LONGER)
        size += (1 << 20) + 512;
    must("qemu-img create -f %s %s base %" PRIu64, format, options, size);
    put_contents(s, "base", format, size);
    return format;
}

/* The file "image" and, if the shape has one, "base", with contents; all by QEMU. Also the file "noise". */
static inline void make_shape(const struct shape *s)
{
    uint8_t noise[NOISE_BYTES];
    char backing[40] = "";
    shape_noise(noise);
    put_file("noise", noise, sizeof noise);
    must("rm -f base image");
    if (s->base != BASE_NONE)
        snprintf(backing, sizeof backing, "-b base -F %s", make_base_of(s));
    must("qemu-img create -f qcow2 -o compat=%s,cluster_size=%u,refcount_bits=%u,preallocation=%s%s%s%s %s image %"
         PRIu64, s->version == 2 ? "0.10" : "1.1", s->cluster, s->refcount_bits, s->preallocation,
         s->extended ? ",extended_l2=on" : "", s->packing == ZSTD ? ",compression_type=zstd" : "",
         s->lazy ? ",lazy_refcounts=on" : "", backing, shape_bytes(s));
    put_contents(s, "image", "qcow2", shape_bytes(s));
}

/* --- Comparing --- */

enum { COMPARE_BYTES = 1 << 20 };

/* Where in [offset, offset + bytes) the sparse file MODEL has something: *OFFSET and *BYTES of the first stretch. */
static inline bool next_data(int model, uint64_t end, uint64_t *offset, uint64_t *bytes)
{
    off_t data = lseek(model, (off_t)*offset, SEEK_DATA), hole = data < 0 ? data : lseek(model, data, SEEK_HOLE);
    if (data < 0 || (uint64_t)data >= end)
        return false;
    *offset = (uint64_t)data;
    *bytes = ((uint64_t)hole < end ? (uint64_t)hole : end) - *offset;
    return true;
}

static inline void assert_range(struct image *image, int model, uint64_t offset, uint64_t bytes, const char *when)
{
    static uint8_t ours[COMPARE_BYTES], expected[COMPARE_BYTES];
    for (size_t part; bytes; offset += part, bytes -= part) {
        part = bytes < COMPARE_BYTES ? (size_t)bytes : COMPARE_BYTES;
        assert_int_equal(pread(model, expected, part, (off_t)offset), part);
        if (image_read(image, offset, ours, part) < 0)
            fail_msg("%s: read at %" PRIu64 ": %s", when, offset, image_last_error(image));
        for (size_t i = 0; memcmp(ours, expected, part) != 0 && i < part; i++)
            if (ours[i] != expected[i])
                fail_msg("%s: byte %" PRIu64 " is %02x, not %02x", when, offset + i, ours[i], expected[i]);
    }
}

/* A long stretch: all that the model has there, both ends, and places between. */
static inline void assert_samples(struct image *image, int model, uint64_t offset, uint64_t bytes, const char *when)
{
    uint64_t seed = offset + bytes, end = offset + bytes, length;
    assert_range(image, model, offset, COMPARE_BYTES, when);
    assert_range(image, model, end - COMPARE_BYTES, COMPARE_BYTES, when);
    for (int i = 0; i < 8; i++)
        assert_range(image, model, offset + next_random(&seed) % (bytes - 5000), 5000, when);
    for (; next_data(model, end, &offset, &length); offset += length)
        assert_range(image, model, offset, length, when);
}

/* How far from AT on the image consists of long stretches; at least one stretch, which may be short. *BYTES is its
 * length, and the result whether it is a long one. */
static inline bool long_stretch(struct image *image, uint64_t at, uint64_t *bytes, const char *when)
{
    struct image_extent extent;
    for (*bytes = 0; at + *bytes < image_size(image); *bytes += extent.bytes) {
        if (image_map(image, at + *bytes, &extent) < 0)
            fail_msg("%s: map at %" PRIu64 ": %s", when, at + *bytes, image_last_error(image));
        if (extent.bytes > COMPARE_BYTES)
            continue;
        if (!*bytes)
            *bytes = extent.bytes;
        return *bytes > COMPARE_BYTES;
    }
    return true;
}

/* The image shows what the raw file MODEL holds. */
static inline void assert_shows(struct image *image, int model, const char *when)
{
    struct stat status;
    assert_int_equal(fstat(model, &status), 0);
    if (image_size(image) != (uint64_t)status.st_size)
        fail_msg("%s: %" PRIu64 " bytes, not %" PRIu64, when, image_size(image), (uint64_t)status.st_size);
    for (uint64_t at = 0, bytes; at < image_size(image); at += bytes)
        if (long_stretch(image, at, &bytes, when) && bytes > 4 * COMPARE_BYTES)
            assert_samples(image, model, at, bytes, when);
        else
            assert_range(image, model, at, bytes, when);
}

#endif
