/* Lazy verification. The sealed image is open twice: the session reads it through its overlay, and here leaves of it
 * are read whole and hashed, before anything of them is handed out. Both hold the lock by which programs keep from
 * writing to it; one that ignores locks could still change a leaf that has been checked. */
#include "tui/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/fat.h"
#include "tui/image_command.h"

enum { TEXT_BYTES = 480, MOST_OWNERS = 8 };

enum leaf { LEAF_UNKNOWN, LEAF_INTACT, LEAF_CHANGED };

struct verify {
    struct image *image;
    struct image_seal seal;
    uint8_t *leaf;              /* enum leaf of each */
    bool stale;
    char path[200], text[TEXT_BYTES];
};

/* False: ERROR has one line. */
static bool open_sealed(struct verify *v, const char *path, const struct image_options *how, char *error,
                        size_t error_size)
{
    struct image_error reason;
    struct image_mark mark;
    int without = image_manifest_read(path, &v->seal, error, error_size);
    if (without > 0)
        snprintf(error, error_size, "%s: not sealed: there is no %s.seal to verify it by", path, path);
    if (without || !(v->leaf = calloc(v->seal.leaves + 1, 1)))
        return false;
    if (image_open(&v->image, path, how, &reason) < 0)
        snprintf(error, error_size, "%s", reason.text);
    else if (image_seal_mark(v->image, &mark) < 0)
        snprintf(error, error_size, "%s", image_last_error(v->image));
    else if (image_size(v->image) != v->seal.size)
        snprintf(error, error_size, "%s: changed since it was sealed: it has another size", path);
    else if (mark.claimed && memcmp(&mark.root, &v->seal.root, sizeof mark.root) != 0)
        snprintf(error, error_size, "%s: the mark in its header is not of %s.seal", path, path);
    else {
        v->stale = mark.present && !mark.claimed;
        return true;
    }
    return false;
}

struct verify *verify_open(const char *path, const struct image_options *how, char *error, size_t error_size)
{
    struct image_options reading = *how;
    struct verify *v = calloc(1, sizeof *v);
    reading.writable = false;
    snprintf(error, error_size, "out of memory");
    if (!v)
        return NULL;
    image_printable(path, v->path, sizeof v->path);
    if (open_sealed(v, path, &reading, error, error_size))
        return v;
    verify_close(v);
    return NULL;
}

void verify_close(struct verify *v)
{
    if (!v)
        return;
    image_close(v->image);
    image_seal_free(&v->seal);
    free(v->leaf);
    free(v);
}

bool verify_stale(const struct verify *v)
{
    return v->stale;
}

static bool read_disk(void *ctx, uint64_t offset, void *buffer, size_t bytes)
{
    return image_read(ctx, offset, buffer, bytes) == 0;
}

/* Adds what is in the leaf, as the file system says now. */
static void add_owners(struct verify *v, uint64_t leaf)
{
    const char *names[MOST_OWNERS];
    uint64_t offset = leaf * IMAGE_LEAF_BYTES, left = v->seal.size - offset;
    struct fat *fat = fat_open(&(struct fat_disk){ read_disk, v->image, v->seal.size });
    uint64_t bytes = left < IMAGE_LEAF_BYTES ? left : IMAGE_LEAF_BYTES;
    unsigned count = fat ? fat_owners(fat, offset, bytes, names, MOST_OWNERS) : 0;
    for (unsigned i = 0; i < count; i++) {
        size_t used = strlen(v->text);
        const char *name = i < MOST_OWNERS ? names[i] : "...";
        snprintf(v->text + used, sizeof v->text - used, "%s%s", i ? ", " : "; in it: ", name);
    }
    fat_close(fat);
}

/* What is wrong with the leaf, or NULL. */
static const char *check(struct verify *v, uint64_t leaf, bool *again)
{
    struct image_hash hash;
    bool known = v->leaf[leaf] != LEAF_UNKNOWN;
    *again = known;
    if (!known && image_seal_leaf(v->image, leaf, &hash) < 0) {
        snprintf(v->text, sizeof v->text, "%s", image_last_error(v->image));
        return v->text;
    }
    if (!known)
        v->leaf[leaf] = memcmp(&hash, &v->seal.leaf[leaf], sizeof hash) == 0 ? LEAF_INTACT : LEAF_CHANGED;
    if (v->leaf[leaf] == LEAF_INTACT)
        return NULL;
    uint64_t first = leaf * IMAGE_LEAF_BYTES, last = first + IMAGE_LEAF_BYTES - 1;
    snprintf(v->text, sizeof v->text, "%s: changed since it was sealed: leaf %" PRIu64 ", bytes 0x%" PRIx64
             "-0x%" PRIx64, v->path, leaf, first, last);
    add_owners(v, leaf);
    return v->text;
}

const char *verify_range(struct verify *v, uint64_t offset, uint64_t bytes, bool *again)
{
    const char *wrong = NULL;
    /* An overlay may be larger than the image. */
    uint64_t end = offset + bytes < v->seal.size ? offset + bytes : v->seal.size;
    for (uint64_t leaf = offset / IMAGE_LEAF_BYTES; !wrong && leaf * IMAGE_LEAF_BYTES < end; leaf++)
        wrong = check(v, leaf, again);
    return wrong;
}
