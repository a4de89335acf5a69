/* Work on whole images: copying, comparing, bringing an overlay's contents into its base, changing the base.
 *
 * All of it goes by extents, so that holes cost nothing, in steps of at most STEP bytes; where a copy is compressed
 * LONG_STEP, since all clusters of a step are compressed side by side. */
#include "qcow2/compress.h"
#include "qcow2/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { STEP = 2 << 20, LONG_STEP = 8 << 20 };   /* multiples of any cluster size */

static int tell(struct image *image, const struct image_progress *progress, uint64_t done, uint64_t total)
{
    if (progress && progress->tell && progress->tell(progress->ctx, done, total))
        return layer_fail(image->layers[0], -ECANCELED, "stopped");
    return 0;
}

static bool is_zero(const uint8_t *data, size_t bytes)
{
    return bytes == 0 || (data[0] == 0 && memcmp(data, data + 1, bytes - 1) == 0);
}

static bool reads_as_zeros(const struct image *image, const struct image_extent *extent)
{
    return extent->layer == image->count || extent->status == IMAGE_CLUSTER_ZERO;
}

/* The next step's bytes from OFFSET on, MOST at the most, of EXTENT, ending where a cluster of UNIT bytes does. */
static size_t step_bytes(uint64_t offset, uint64_t extent_bytes, uint32_t unit, size_t most)
{
    uint64_t limit = most - (offset & (unit - 1));
    return (size_t)(extent_bytes < limit ? extent_bytes : limit);
}

/* --- Copying --- */

struct copy {
    struct image *target, *source;
    const struct image_copy_options *options;
    uint32_t unit;              /* the target's clusters */
    size_t step;
    uint8_t *buffer;
    /* Where clusters are compressed side by side: jobs and room for what becomes of all clusters of a step. */
    struct compress_team *team;
    struct compress_job *jobs;
    uint8_t *packed;
};

/* What of the BYTES at OFFSET lies in the first cluster of the target. */
static size_t first_part(const struct copy *c, uint64_t offset, size_t bytes)
{
    size_t part = c->unit - (size_t)(offset & (c->unit - 1));
    return part < bytes ? part : bytes;
}

static int copy_run(struct copy *c, uint64_t offset, const uint8_t *data, size_t bytes)
{
    bool whole = bytes == c->unit || offset + bytes == image_size(c->target);
    return c->options->compress && whole ? image_write_compressed(c->target, offset, data, bytes)
                                         : image_write(c->target, offset, data, bytes);
}

/* Writes BYTES of the buffer, from a cluster's start on, but clusters of zeros: all are compressed, then written in
 * order. Behind the source's end the target has zeros. */
static int copy_compressed(struct copy *c, uint64_t offset, size_t bytes)
{
    unsigned count = 0;
    int code = 0;
    memset(c->buffer + bytes, 0, -bytes & (c->unit - 1));
    for (size_t at = 0; at < bytes; at += c->unit)
        if (!is_zero(c->buffer + at, c->unit)) {
            uint8_t *packed = c->packed + count * ((size_t)c->unit + COMPRESSED_PADDING);
            c->jobs[count++] = (struct compress_job){ .data = c->buffer + at, .packed = packed };
        }
    compress_team_run(c->team, c->jobs, count);
    for (unsigned i = 0; !code && i < count; i++) {
        struct compress_job *job = &c->jobs[i];
        size_t at = (size_t)(job->data - c->buffer);
        code = job->bytes ? qcow2_put_compressed(c->target->layers[0]->qcow2, offset + at, job->packed, job->bytes)
                          : image_write(c->target, offset + at, job->data, first_part(c, offset + at, bytes - at));
    }
    return code;
}

/* Writes BYTES of the buffer but clusters of zeros: each alone if they are to be compressed, else runs of them. */
static int copy_out(struct copy *c, uint64_t offset, size_t bytes)
{
    int code = 0;
    if (c->team)
        return copy_compressed(c, offset, bytes);
    for (size_t at = 0, run; !code && at < bytes; at += run) {
        run = first_part(c, offset + at, bytes - at);
        if (is_zero(c->buffer + at, run))
            continue;
        while (!c->options->compress && at + run < bytes) {
            size_t next = first_part(c, offset + at + run, bytes - at - run);
            if (is_zero(c->buffer + at + run, next))
                break;
            run += next;
        }
        code = copy_run(c, offset + at, c->buffer + at, run);
    }
    return code;
}

/* Copies one step from OFFSET on; *BYTES is how far it got. */
static int copy_step(struct copy *c, uint64_t offset, uint64_t *bytes)
{
    struct image_extent extent;
    uint64_t left = image_size(c->source) - offset;
    int code = image_map(c->source, offset, &extent);
    if (code < 0)
        return code;
    *bytes = extent.bytes;
    if (reads_as_zeros(c->source, &extent) && (extent.bytes >= c->unit || extent.bytes == left)) {
        /* Whole clusters of zeros, but for an edge that a cluster of the target shares with what follows. */
        uint64_t end = (offset + extent.bytes) & ~(uint64_t)(c->unit - 1);
        if (end > offset && !(offset & (c->unit - 1))) {
            *bytes = extent.bytes == left ? left : end - offset;
            return 0;
        }
    }
    *bytes = step_bytes(offset, left, c->unit, c->step);
    code = image_read(c->source, offset, c->buffer, (size_t)*bytes);
    return code < 0 ? code : copy_out(c, offset, (size_t)*bytes);
}

/* Without a team, each cluster is compressed when it is written. */
static void make_team(struct copy *c)
{
    const struct qcow2 *q = c->target->layers[0]->qcow2;
    if (!c->options->compress || !q || q->external || !image_writable(c->target) ||
        image_size(c->target) < image_size(c->source))
        return;
    size_t clusters = LONG_STEP / c->unit;
    c->jobs = calloc(clusters, sizeof *c->jobs);
    c->packed = malloc(clusters * ((size_t)c->unit + COMPRESSED_PADDING));
    c->team = c->jobs && c->packed ? compress_team_new(q) : NULL;
    c->step = c->team ? LONG_STEP : STEP;
}

static void free_copy(struct copy *c)
{
    compress_team_free(c->team);
    free(c->jobs);
    free(c->packed);
    free(c->buffer);
}

int image_copy(struct image *target, struct image *source, const struct image_copy_options *options)
{
    struct image_layer_info info;
    uint64_t size = image_size(source), bytes;
    image_layer_info(target, 0, &info);
    struct copy c = { .target = target, .source = source, .options = options, .unit = info.cluster_size, .step = STEP };
    make_team(&c);
    c.buffer = malloc(c.step);
    int code = c.buffer ? 0 : layer_fail(target->layers[0], -ENOMEM, "out of memory");
    for (uint64_t at = 0; !code && at < size; at += bytes) {
        code = copy_step(&c, at, &bytes);
        if (!code)
            code = tell(target, &options->progress, at + bytes, size);
    }
    free_copy(&c);
    return code;
}

/* --- Comparing --- */

struct comparison { struct image *a, *b; uint8_t *buffer_a, *buffer_b; struct image_difference *result; };

/* What IMAGE has from OFFSET on: bytes of zeros, or, read into BUFFER, of anything. Up to *BYTES. */
static int look(struct image *image, uint64_t offset, uint8_t *buffer, uint64_t *bytes, bool *zeros)
{
    struct image_extent extent;
    *zeros = true;
    if (offset >= image_size(image))
        return 0;
    int code = image_map(image, offset, &extent);
    if (code < 0)
        return code;
    *zeros = reads_as_zeros(image, &extent);
    if (*bytes > extent.bytes)
        *bytes = extent.bytes;
    if (*zeros)
        return 0;
    if (*bytes > STEP)
        *bytes = STEP;
    return image_read(image, offset, buffer, (size_t)*bytes);
}

static size_t first_difference(const uint8_t *a, const uint8_t *b, size_t bytes)
{
    size_t at = 0;
    while (at < bytes && bytes - at >= 4096 && memcmp(a + at, b + at, 4096) == 0)
        at += 4096;
    while (at < bytes && a[at] == b[at])
        at++;
    return at;
}

static int compare_step(struct comparison *c, uint64_t offset, uint64_t *bytes)
{
    static const uint8_t zero_block[4096];
    bool zeros_a, zeros_b;
    c->result->failed = c->a;
    int code = look(c->a, offset, c->buffer_a, bytes, &zeros_a);
    if (!code) {
        c->result->failed = c->b;
        code = look(c->b, offset, c->buffer_b, bytes, &zeros_b);
    }
    if (code < 0 || (zeros_a && zeros_b))
        return code;
    uint64_t at;
    if (!zeros_a && !zeros_b)
        at = first_difference(c->buffer_a, c->buffer_b, (size_t)*bytes);
    else {
        const uint8_t *data = zeros_a ? c->buffer_b : c->buffer_a;
        size_t part = 0;
        for (at = 0; at < *bytes; at += part) {
            part = *bytes - at < sizeof zero_block ? (size_t)(*bytes - at) : sizeof zero_block;
            size_t same = first_difference(data + at, zero_block, part);
            if (same < part) {
                at += same;
                break;
            }
        }
    }
    if (at < *bytes) {
        c->result->differs = true;
        c->result->offset = offset + at;
    }
    return 0;
}

int image_compare(struct image *a, struct image *b, uint64_t offset, const struct image_progress *progress,
                  struct image_difference *difference)
{
    uint64_t size = image_size(a) > image_size(b) ? image_size(a) : image_size(b), bytes;
    *difference = (struct image_difference){ .failed = a };
    struct comparison c = { a, b, malloc(STEP), malloc(STEP), difference };
    int code = c.buffer_a && c.buffer_b ? 0 : layer_fail(a->layers[0], -ENOMEM, "out of memory");
    for (uint64_t at = offset; !code && !difference->differs && at < size; at += bytes) {
        bytes = size - at;
        /* Where one image ends and the other goes on, the comparison starts afresh. */
        if (at < image_size(a) && bytes > image_size(a) - at)
            bytes = image_size(a) - at;
        if (at < image_size(b) && bytes > image_size(b) - at)
            bytes = image_size(b) - at;
        code = compare_step(&c, at, &bytes);
        if (!code)
            code = tell(a, progress, at + bytes, size);
    }
    free(c.buffer_a);
    free(c.buffer_b);
    if (!code)
        difference->failed = NULL;
    return code;
}

/* --- Overlays and their bases --- */

/* Does to BASE what layer 0 of OVERLAY says about the disk from OFFSET on. */
static int commit_step(struct image *overlay, struct image *base, uint64_t offset, uint8_t *buffer, uint64_t *bytes)
{
    struct image_extent extent;
    int code = image_map(overlay, offset, &extent);
    if (code < 0)
        return code;
    *bytes = extent.bytes;
    if (extent.layer != 0)
        return 0;
    if (extent.status == IMAGE_CLUSTER_ZERO)
        return image_write_zeroes(base, offset, *bytes, true) < 0 ? layer_fail(overlay->layers[0], -EIO, "%s",
                                                                               image_last_error(base)) : 0;
    if (*bytes > STEP)
        *bytes = STEP;
    code = image_read(overlay, offset, buffer, (size_t)*bytes);
    if (!code && image_write(base, offset, buffer, (size_t)*bytes) < 0)
        code = layer_fail(overlay->layers[0], -EIO, "%s", image_last_error(base));
    return code;
}

int image_commit(struct image *overlay, struct image *base, const struct image_progress *progress)
{
    uint64_t size = image_size(overlay), bytes;
    uint8_t *buffer = malloc(STEP);
    int code = buffer ? 0 : layer_fail(overlay->layers[0], -ENOMEM, "out of memory");
    if (!code && image_size(base) < size && (code = image_resize(base, size)) < 0)
        layer_fail(overlay->layers[0], code, "%s", image_last_error(base));
    for (uint64_t at = 0; !code && at < size; at += bytes) {
        code = commit_step(overlay, base, at, buffer, &bytes);
        if (!code)
            code = tell(overlay, progress, at + bytes, size);
    }
    free(buffer);
    if (!code && (code = image_flush(base)) < 0)
        layer_fail(overlay->layers[0], code, "%s", image_last_error(base));
    return code;
}

static struct layer *writable_qcow2(struct image *image, int *code)
{
    struct layer *top = image->layers[0];
    *code = !top->qcow2 ? layer_fail(top, -ENOTSUP, "a raw image has no backing file")
          : !top->file.writable ? layer_fail(top, -EROFS, "opened read-only") : 0;
    return *code < 0 ? NULL : top;
}

int image_make_empty(struct image *image)
{
    int code;
    struct layer *top = writable_qcow2(image, &code);
    if (top)
        code = qcow2_forget(top->qcow2, 0);
    return code < 0 ? code : image_flush(image);
}

int image_set_backing(struct image *image, const char *name, const char *format)
{
    int code;
    struct layer *top = writable_qcow2(image, &code);
    if (!top || (code = image_flush(image)) < 0)
        return code;
    return header_write_backing(top, &top->qcow2->header, name, format);
}

/* Writes the clusters of the buffers in which the old and the new view differ. */
static int fill_clusters(struct image *image, uint64_t offset, const uint8_t *now, const uint8_t *then, size_t bytes)
{
    const struct qcow2 *q = image->layers[0]->qcow2;
    int code = 0;
    for (size_t at = 0, part; !code && at < bytes; at += part) {
        part = q->cluster_size - (size_t)((offset + at) & (q->cluster_size - 1));
        part = part < bytes - at ? part : bytes - at;
        if (memcmp(now + at, then + at, part) == 0)
            continue;
        /* What is held here already counts as held over any backing file, so zeros are written before they are
         * marked. */
        code = image_write(image, offset + at, now + at, part);
        if (!code && q->header.version > 2 && part == q->cluster_size && is_zero(now + at, part))
            code = image_write_zeroes(image, offset + at, part, true);
    }
    return code;
}

/* Reads what BACKING (or nothing) shows, zeros past its end. */
static int read_then(struct image *image, struct image *backing, uint64_t offset, uint8_t *buffer, size_t bytes)
{
    int code = layer_read(backing ? backing->layers[0] : NULL, offset, buffer, bytes);
    return code < 0 ? layer_fail(image->layers[0], code, "%s", image_last_error(backing)) : 0;
}

int image_fill(struct image *image, struct image *backing, const struct image_progress *progress)
{
    uint64_t size = image_size(image), bytes;
    int code;
    struct layer *top = writable_qcow2(image, &code);
    uint8_t *now = malloc(STEP), *then = malloc(STEP);
    if (!code && !(now && then))
        code = layer_fail(image->layers[0], -ENOMEM, "out of memory");
    for (uint64_t at = 0; !code && at < size; at += bytes) {
        struct image_extent extent;
        if ((code = image_map(image, at, &extent)) < 0)
            break;
        bytes = extent.bytes;
        if (extent.layer != 0) {
            bytes = step_bytes(at, bytes, top->qcow2->cluster_size, STEP);
            code = image_read(image, at, now, (size_t)bytes);
            if (!code)
                code = read_then(image, backing, at, then, (size_t)bytes);
            if (!code)
                code = fill_clusters(image, at, now, then, (size_t)bytes);
        }
        if (!code)
            code = tell(image, progress, at + bytes, size);
    }
    free(now);
    free(then);
    return code < 0 ? code : image_flush(image);
}
