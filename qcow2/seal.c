/* Seals: hashes over what an image shows, and the mark of them in a qcow2 header.
 *
 * qcow2 has no checksums of its own. Ours are over guest contents, so that they survive a conversion and can be checked
 * without this program. The mark lies in cluster 0, the only place that no other program takes for free or leaked; it
 * goes there by one write of that cluster, and neither refcounts nor contents change. */
#include "qcow2/bytes.h"
#include "qcow2/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <nettle/sha2.h>

enum { SEAL_VERSION = 1 };

static const char domain[] = "trowel-seal-1";

static void finish(struct sha256_ctx *sha, struct image_hash *hash)
{
    sha256_digest(sha, IMAGE_HASH_BYTES, hash->bytes);
}

void image_seal_root(struct image_seal *seal)
{
    struct sha256_ctx sha;
    uint8_t numbers[16];
    put_be64(numbers, seal->size);
    put_be64(numbers + 8, IMAGE_LEAF_BYTES);
    sha256_init(&sha);
    sha256_update(&sha, sizeof domain - 1, (const uint8_t *)domain);
    sha256_update(&sha, sizeof numbers, numbers);
    for (uint64_t i = 0; i < seal->leaves; i++)
        sha256_update(&sha, IMAGE_HASH_BYTES, seal->leaf[i].bytes);
    finish(&sha, &seal->root);
}

/* Does the image show nothing but zeros for BYTES from OFFSET on, by what its tables say? */
static int is_hole(struct image *image, uint64_t offset, uint64_t bytes, bool *hole)
{
    struct image_extent extent = { 0 };
    int code = 0;
    *hole = true;
    for (uint64_t end = offset + bytes; !code && *hole && offset < end; offset += extent.bytes) {
        code = image_map(image, offset, &extent);
        *hole = extent.layer == image_layers(image) || extent.status == IMAGE_CLUSTER_ZERO;
    }
    return code;
}

/* The hash of leaf I, read through BUFFER; ZEROS is that of a whole leaf of zeros, or NULL. */
static int hash_leaf(struct image *image, uint64_t i, uint8_t *buffer, const struct image_hash *zeros,
                     struct image_hash *hash)
{
    uint64_t offset = i * IMAGE_LEAF_BYTES, left = image_size(image) - offset;
    size_t bytes = left < IMAGE_LEAF_BYTES ? (size_t)left : IMAGE_LEAF_BYTES;
    struct sha256_ctx sha;
    bool hole = false;
    int code = zeros ? is_hole(image, offset, bytes, &hole) : 0;
    if (!code && hole && bytes == IMAGE_LEAF_BYTES) {
        *hash = *zeros;
        return 0;
    }
    if (!code)
        code = image_read(image, offset, buffer, bytes);
    sha256_init(&sha);
    sha256_update(&sha, bytes, buffer);
    finish(&sha, hash);
    return code;
}

int image_seal_leaf(struct image *image, uint64_t i, struct image_hash *hash)
{
    uint8_t *buffer = malloc(IMAGE_LEAF_BYTES);
    int code = buffer ? hash_leaf(image, i, buffer, NULL, hash)
                      : layer_fail(image->layers[0], -ENOMEM, "out of memory");
    free(buffer);
    return code;
}

int image_seal_compute(struct image *image, struct image_seal *seal, const struct image_progress *progress)
{
    uint64_t size = image_size(image), leaves = size / IMAGE_LEAF_BYTES + !!(size % IMAGE_LEAF_BYTES);
    struct image_hash zeros;
    struct sha256_ctx sha;
    uint8_t *buffer = calloc(1, IMAGE_LEAF_BYTES);
    *seal = (struct image_seal){ .size = size,
                                 .leaves = leaves,
                                 .leaf = leaves <= SIZE_MAX / sizeof zeros ? calloc((size_t)leaves + 1, sizeof zeros)
                                                                           : NULL };
    int code = buffer && seal->leaf ? 0 : layer_fail(image->layers[0], -ENOMEM, "out of memory");
    sha256_init(&sha);
    if (!code)
        sha256_update(&sha, IMAGE_LEAF_BYTES, buffer);
    finish(&sha, &zeros);
    for (uint64_t i = 0; !code && i < leaves; i++) {
        code = hash_leaf(image, i, buffer, &zeros, &seal->leaf[i]);
        if (!code && progress && progress->tell &&
            progress->tell(progress->ctx, i + 1 < leaves ? (i + 1) * IMAGE_LEAF_BYTES : size, size))
            code = layer_fail(image->layers[0], -ECANCELED, "stopped");
    }
    free(buffer);
    if (code < 0)
        image_seal_free(seal);
    else
        image_seal_root(seal);
    return code;
}

void image_seal_free(struct image_seal *seal)
{
    free(seal->leaf);
    *seal = (struct image_seal){ 0 };
}

/* --- The mark --- */

int image_seal_mark(struct image *image, struct image_mark *mark)
{
    const struct qcow2 *q = image->layers[0]->qcow2;
    *mark = (struct image_mark){ 0 };
    if (!q || !q->header.has_seal)
        return 0;
    if (get_be32(q->header.seal) != SEAL_VERSION || get_be32(q->header.seal + 4) != IMAGE_LEAF_BYTES)
        return layer_fail(image->layers[0], -ENOTSUP, "sealed by a newer version of this program");
    mark->present = true;
    mark->claimed = q->header.autoclear & HEADER_AUTO_SEAL;
    mark->size = get_be64(q->header.seal + 8);
    memcpy(mark->root.bytes, q->header.seal + 16, IMAGE_HASH_BYTES);
    return 0;
}

/* Rewrites cluster 0 of FILE, whose header was read into LAYER's. */
static int write_mark(struct layer *layer, struct host_file *file, const struct image_seal *seal)
{
    const struct header *header = &layer->qcow2->header;
    size_t bytes = (size_t)1 << header->cluster_bits;
    uint8_t data[HEADER_SEAL_BYTES] = { 0 }, *raw = malloc(bytes);
    if (seal) {
        put_be32(data, SEAL_VERSION);
        put_be32(data + 4, IMAGE_LEAF_BYTES);
        put_be64(data + 8, seal->size);
        memcpy(data + 16, seal->root.bytes, IMAGE_HASH_BYTES);
    }
    int code = raw ? host_file_read_padded(file, 0, raw, bytes) : -ENOMEM;
    if (!code)
        code = header_put_seal(header, raw, seal ? data : NULL);
    if (code == -ENOSPC) {
        free(raw);
        return layer_fail(layer, code, "seal: there is no room for it in the header, whose cluster is too small");
    }
    if (!code)
        code = host_file_write(file, 0, raw, bytes);
    if (!code)
        code = host_file_sync(file);
    free(raw);
    return code < 0 ? layer_fail(layer, code, "seal: %s", host_error_text(code)) : 0;
}

/* The file is open twice: for reading, to understand its header, and, locked, for writing cluster 0. */
static int mark_opened(struct image *image, const char *path, struct host_file *file, const struct image_seal *seal)
{
    struct host_file reading;
    int code = host_file_open(file, path, HOST_FILE_WRITE);
    if (!code && host_file_lock(file) < 0)
        return image_fail(image, path, -EBUSY, "in use by another program");
    if (!code)
        code = host_file_open(&reading, path, HOST_FILE_READ);
    if (code < 0)
        return image_fail(image, path, code, host_error_text(code));
    if ((code = chain_push(image, &reading, IMAGE_FORMAT_AUTO)) < 0)
        return code;
    struct layer *layer = image->layers[0];
    if (!layer->qcow2 || layer->qcow2->header.version == 2)
        return layer_fail(layer, -ENOTSUP, "only version 3 qcow2 files can hold a seal");
    return write_mark(layer, file, seal);
}

int image_seal_write(const char *path, const struct image_seal *seal, struct image_error *error)
{
    struct host_file file = { .fd = -1 };
    struct image *image = calloc(1, sizeof *image);
    if (!image)
        return -ENOMEM;
    int code = mark_opened(image, path, &file, seal);
    if (code < 0 && error)
        *error = image->last_error;
    host_file_close(&file);
    image_free(image);
    return code;
}
