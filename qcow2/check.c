/* Checking an image: the refcounts and COPIED flags in the file are compared with a count of all references.
 *
 * Nothing that a file says is believed: each reference is checked against the file's size, and memory is four bytes for
 * a cluster of the file. What QEMU's check counts as an error or a leak is one here too. In addition offsets past the
 * end of the file are errors. */
#include "qcow2/check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CLUSTERS = 1 << 29 };

void check_report(struct checker *c, enum image_check_kind kind, const char *text, ...)
{
    char line[IMAGE_ERROR_SIZE];
    va_list list;
    *(kind == IMAGE_CHECK_ERROR ? &c->result->errors : &c->result->leaks) += 1;
    if (!c->options->report)
        return;
    va_start(list, text);
    vsnprintf(line, sizeof line, text, list);
    va_end(list);
    c->options->report(c->options->ctx, kind, line);
}

int check_refer(struct checker *c, uint64_t offset, uint64_t bytes, const char *what)
{
    unsigned bits = c->q->cluster_bits;
    if (!bytes)
        return 0;
    for (uint64_t at = offset >> bits; at <= (offset + bytes - 1) >> bits; at++) {
        if (at >= c->clusters) {
            check_report(c, IMAGE_CHECK_ERROR, "%s at 0x%" PRIx64 " lies outside the file", what, offset);
            c->unaccountable = true;
            return 0;
        }
        if (c->counts[at] < UINT32_MAX)
            c->counts[at]++;
    }
    return 0;
}

/* --- Refcounts --- */

static void count_refcounts(struct checker *c)
{
    const struct refcounts *r = &c->q->refcounts;
    check_refer(c, c->q->header.refcount_table_offset, (uint64_t)r->entries * 8, "refcount table");
    for (uint32_t i = 0; i < r->entries; i++) {
        if (!r->table[i])
            continue;
        if (r->table[i] & (c->q->cluster_size - 1)) {
            check_report(c, IMAGE_CHECK_ERROR, "refcount block %u at 0x%" PRIx64 " is not aligned", i, r->table[i]);
            c->q->refcounts.table[i] = 0;
        } else {
            check_refer(c, r->table[i], c->q->cluster_size, "refcount block");
        }
    }
}

static void compare_counts(struct checker *c)
{
    for (uint64_t at = 0; at < c->clusters; at++) {
        uint64_t stored;
        /* A block that cannot be read counts nothing. */
        if (refcount_get(c->q, at, &stored) < 0)
            stored = 0;
        c->result->end_offset = stored || c->counts[at] ? (at + 1) << c->q->cluster_bits : c->result->end_offset;
        if (stored > c->counts[at])
            check_report(c, IMAGE_CHECK_LEAK, "leaked cluster %" PRIu64 ": refcount %" PRIu64 ", references %u", at,
                         stored, c->counts[at]);
        else if (stored < c->counts[at])
            check_report(c, IMAGE_CHECK_ERROR, "cluster %" PRIu64 ": refcount %" PRIu64 ", references %u", at, stored,
                         c->counts[at]);
    }
}

/* --- COPIED flags --- */

static void check_flag(struct checker *c, uint64_t entry, const char *what, uint64_t place)
{
    uint64_t stored, cluster = (entry & ENTRY_OFFSET) >> c->q->cluster_bits;
    if (refcount_get(c->q, cluster, &stored) < 0)
        stored = 0;
    if ((stored == 1) != !!(entry & ENTRY_COPIED))
        check_report(c, IMAGE_CHECK_ERROR,
                     "%s for guest offset 0x%" PRIx64 ": the COPIED flag is %d, the refcount %" PRIu64, what, place,
                     !!(entry & ENTRY_COPIED), stored);
}

static void check_flags(struct checker *c)
{
    struct qcow2 *q = c->q;
    uint64_t per_table = UINT64_C(1) << q->l2_bits;
    for (uint32_t i = 0; i < q->header.l1_entries; i++) {
        uint64_t at = q->l1[i] & ENTRY_OFFSET;
        struct table_slot *slot;
        if (!at)
            continue;
        check_flag(c, q->l1[i], "L1 entry", (uint64_t)i << (q->l2_bits + q->cluster_bits));
        for (uint64_t k = 0; k < per_table && table_load(q, at, &slot) == 0; k++) {
            uint64_t guest = ((i << q->l2_bits) + k) << q->cluster_bits, entry = table_entry(q, slot, guest);
            if (!(entry & ENTRY_COMPRESSED) && entry & ENTRY_OFFSET && !q->external)
                check_flag(c, entry, "L2 entry", guest);
        }
    }
}

/* --- The whole --- */

static int check_layer(struct checker *c, struct host_file *out)
{
    uint64_t file_size;
    int code = host_file_size(c->q->file, &file_size);
    if (code < 0)
        return layer_fail(c->q->layer, code, "%s", host_error_text(code));
    c->clusters = (file_size >> c->q->cluster_bits) + !!(file_size & (c->q->cluster_size - 1));
    c->counts = c->clusters <= MAX_CLUSTERS ? calloc((size_t)c->clusters + 1, sizeof *c->counts) : NULL;
    if (!c->counts)
        return layer_fail(c->q->layer, -ENOMEM, "out of memory for %" PRIu64 " clusters", c->clusters);
    if ((code = refcount_open(c->q)) < 0 || (code = check_count(c)) < 0)
        return code;
    uint32_t *bare = NULL;
    if (out) {
        /* Without the refcounts' own clusters, which a repair replaces. */
        bare = malloc(((size_t)c->clusters + 1) * sizeof *bare);
        if (!bare)
            return layer_fail(c->q->layer, -ENOMEM, "out of memory");
        memcpy(bare, c->counts, (size_t)c->clusters * sizeof *bare);
    }
    count_refcounts(c);
    compare_counts(c);
    check_flags(c);
    c->result->clusters = (c->q->header.size >> c->q->cluster_bits) + !!(c->q->header.size & (c->q->cluster_size - 1));
    if (out) {
        free(c->counts);
        c->counts = bare;
    }
    return 0;
}

static bool wants_repair(const struct checker *c)
{
    const struct image_check *r = c->result;
    uint64_t marks = HEADER_DIRTY | HEADER_CORRUPT;
    if (c->options->repair == IMAGE_REPAIR_LEAKS)
        return r->leaks && !r->errors;
    return c->options->repair == IMAGE_REPAIR_ALL && (r->errors || r->leaks || c->q->header.incompatible & marks);
}

/* Opens PATH, with the lock that the work asks for; OUT is the file for repairs. */
static int open_files(struct image *image, const char *path, bool repairs, bool ignore_locks, struct host_file *out)
{
    struct host_file file;
    int code = repairs ? host_file_open(out, path, HOST_FILE_WRITE) : 0;
    if (code < 0)
        return image_fail(image, path, code, host_error_text(code));
    code = host_file_open(&file, path, HOST_FILE_READ);
    if (code < 0)
        return image_fail(image, path, code, host_error_text(code));
    if (!ignore_locks && host_file_lock(repairs ? out : &file) < 0) {
        host_file_close(&file);
        return image_fail(image, path, -EBUSY, "in use by another program");
    }
    return chain_push(image, &file, IMAGE_FORMAT_QCOW2);
}

static int check_opened(struct image *image, const struct image_check_options *options, struct image_check *result,
                        struct host_file *out)
{
    struct checker c = { .q = image->layers[0]->qcow2, .options = options, .result = result };
    int code = check_layer(&c, options->repair ? out : NULL);
    result->errors_left = result->errors;
    result->leaks_left = result->leaks;
    if (!code && wants_repair(&c)) {
        code = check_rebuild(&c, out);
        result->repaired = !code;
    }
    free(c.counts);
    return code;
}

static int check_once(const char *path, const struct image_check_options *options, struct image_check *result,
                      struct image_error *error)
{
    struct host_file out = { .fd = -1 };
    struct image *image = calloc(1, sizeof *image);
    *result = (struct image_check){ 0 };
    if (!image)
        return -ENOMEM;
    int code = open_files(image, path, options->repair, options->ignore_locks, &out);
    if (!code)
        code = check_opened(image, options, result, &out);
    if (code < 0 && error)
        *error = image->last_error;
    host_file_close(&out);
    image_free(image);
    return code;
}

/* Looks once, and once more after a repair: what is left then is what counts. */
int image_check(const char *path, const struct image_check_options *options, struct image_check *result,
                struct image_error *error)
{
    static const struct image_check_options only_look;
    struct image_check left;
    options = options ? options : &only_look;
    int code = check_once(path, options, result, error);
    if (code < 0 || !result->repaired)
        return code;
    code = check_once(path, &(struct image_check_options){ .ignore_locks = options->ignore_locks }, &left, error);
    result->errors_left = left.errors;
    result->leaks_left = left.leaks;
    return code;
}
