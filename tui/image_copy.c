/* Commands on whole contents: convert, compare, commit, rebase. */
#include "tui/image_command.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- convert --- */

/* Makes the new file, empty. */
static int create_target(const struct image_arguments *a, const struct image_create_options *o, uint64_t bytes)
{
    struct image_error error;
    int code = a->output_format == IMAGE_FORMAT_RAW ? image_create_raw(a->words[1], bytes, &error)
                                                    : image_create(a->words[1], bytes, o, &error);
    return code < 0 ? image_complain("%s", error.text) : 0;
}

static int fill_target(const struct image_arguments *a, const struct image_create_options *o, struct image *source)
{
    struct image_copy_options how = { .compress = a->compress, .progress = image_progress_of(a) };
    struct image *target = image_must_open(a, a->words[1], &(struct image_options){ .writable = true,
                                                                                    .never_sync = a->never_sync,
                                                                                    .format = a->output_format,
                                                                                    .data_file = o->data_file });
    if (!target)
        return 1;
    int code = image_copy(target, source, &how);
    if (code < 0 && !*image_last_error(target)) {
        image_complain("%s", image_last_error(source));
        image_close(target);
        return 1;
    }
    return image_finish(target, code);
}

/* Is S the snapshot TEXT: an id or, in the second PASS, a name; or "snapshot.id=ID", "snapshot.name=NAME" or both? */
static bool is_snapshot(const struct image_snapshot *s, const char *text, int pass)
{
    static const char by_id[] = "snapshot.id=", by_name[] = "snapshot.name=";
    size_t id = sizeof by_id - 1, name = sizeof by_name - 1, length = strcspn(text, ",");
    if (strncmp(text, by_name, name) == 0)
        return strcmp(s->name, text + name) == 0;
    if (strncmp(text, by_id, id) != 0)
        return strcmp(pass ? s->name : s->id, text) == 0;
    return strlen(s->id) == length - id && strncmp(s->id, text + id, length - id) == 0 &&
           (!text[length] || is_snapshot(s, text + length + 1, pass));
}

/* Makes SOURCE show the snapshot that -l names. */
static int show_snapshot(const struct image_arguments *a, struct image *source)
{
    struct image_snapshot s;
    uint32_t count = 0;
    int code = image_snapshot_count(source, &count);
    for (int pass = 0; !code && pass < 2; pass++)
        for (uint32_t i = 0; !code && i < count; i++)
            if (!(code = image_snapshot_get(source, i, &s)) && is_snapshot(&s, a->name, pass))
                return image_snapshot_show(source, i) < 0 ? image_complain("%s", image_last_error(source)) : 0;
    return code < 0 ? image_complain("%s", image_last_error(source))
                    : image_complain("%s: has no snapshot \"%s\"", a->words[0], a->name);
}

/* A new file that could not be completed is removed. */
int image_convert(const struct image_arguments *a)
{
    struct image_create_options o;
    if (a->output_format == IMAGE_FORMAT_RAW && (a->compress || a->options))
        return image_complain("convert: raw images cannot be compressed and have no options; see -O qcow2");
    if (!image_create_options_of(a, &o))
        return 1;
    struct image *source = image_must_open(a, a->words[0], &(struct image_options){ .format = a->format });
    if (!source)
        return 1;
    int failed = a->name ? show_snapshot(a, source) : 0;
    failed = failed || create_target(a, &o, image_size(source));
    if (!failed && (failed = fill_target(a, &o, source))) {
        unlink(a->words[1]);
        if (o.data_file)
            unlink(o.data_file);
    }
    return image_finish(source, 0) || failed;
}

/* --- compare --- */

/* 0: alike; 1: not; 2: could not be told. */
static int compare(const struct image_arguments *a, struct image *one, struct image *other)
{
    struct image_difference d;
    struct image_progress progress = image_progress_of(a);
    bool sizes = image_size(one) != image_size(other);
    if (image_compare(one, other, 0, &progress, &d) < 0) {
        image_complain("%s", image_last_error(d.failed));
        return 2;
    }
    if (sizes && !a->quiet)
        printf(a->strict ? "Strict mode: image size mismatch!\n" : "Warning: Image size mismatch!\n");
    if (d.differs && !a->quiet)
        printf("Content mismatch at offset %" PRIu64 "!\n", d.offset);
    if (!d.differs && !(sizes && a->strict) && !a->quiet)
        printf("Images are identical.\n");
    return d.differs || (sizes && a->strict);
}

int image_compare_command(const struct image_arguments *a)
{
    struct image *one = image_must_open(a, a->words[0], &(struct image_options){ .format = a->format });
    struct image *other =
        one ? image_must_open(a, a->words[1], &(struct image_options){ .format = a->backing_format }) : NULL;
    int result = other ? compare(a, one, other) : 2;
    image_close(one);
    image_close(other);
    return result;
}

/* --- commit --- */

static int commit_into(const struct image_arguments *a, struct image *overlay)
{
    struct image_layer_info info;
    struct image_progress progress = image_progress_of(a);
    if (image_layers(overlay) < 2)
        return image_complain("%s: has no backing file", a->words[0]);
    image_layer_info(overlay, 1, &info);
    struct image *base =
        image_must_open(a, info.path, &(struct image_options){ .writable = true, .format = info.format });
    if (!base)
        return 1;
    int code = image_commit(overlay, base, &progress);
    image_close(base);
    if (!code && !a->keep)
        code = image_make_empty(overlay);
    return code < 0 ? image_complain("%s", image_last_error(overlay)) : 0;
}

int image_commit_command(const struct image_arguments *a)
{
    struct image *overlay = image_must_open(a, a->words[0], &(struct image_options){ .writable = true,
                                                                                     .ignore_backing_locks = true });
    if (!overlay)
        return 1;
    int failed = commit_into(a, overlay);
    failed = image_finish(overlay, 0) || failed;
    if (!failed && !a->quiet)
        printf("Image committed.\n");
    return failed;
}

/* --- rebase --- */

/* The file that NAME, as it would stand in the header of PATH, means. */
static char *beside(const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');
    size_t folder = slash && *name != '/' ? (size_t)(slash - path) + 1 : 0, bytes = folder + strlen(name) + 1;
    char *whole = malloc(bytes);
    if (whole)
        snprintf(whole, bytes, "%.*s%s", (int)folder, path, name);
    return whole;
}

/* Writes what would change into the overlay. Records in *FORMAT what the new backing file is. */
static int fill_over(const struct image_arguments *a, struct image *overlay, enum image_format *format)
{
    struct image_progress progress = image_progress_of(a);
    struct image_layer_info info;
    struct image *backing = NULL;
    if (*a->backing) {
        char *path = beside(a->words[0], a->backing);
        backing = path ? image_must_open(a, path, &(struct image_options){ .format = a->backing_format }) : NULL;
        free(path);
        if (!backing)
            return 1;
        image_layer_info(backing, 0, &info);
        *format = info.format;
        if (info.gzip) {
            image_close(backing);
            return image_complain("%s: compressed with gzip, so it cannot back an image; convert it first", a->backing);
        }
    }
    int code = a->unsafe ? 0 : image_fill(overlay, backing, &progress);
    image_close(backing);
    return code < 0 ? image_complain("%s", image_last_error(overlay)) : 0;
}

int image_rebase(const struct image_arguments *a)
{
    enum image_format format = a->backing_format;
    if (!a->backing)
        return image_complain("rebase: -b BACKING is missing; -b '' makes the image stand alone");
    struct image *overlay =
        image_must_open(a, a->words[0], &(struct image_options){ .writable = true, .alone = a->unsafe });
    if (!overlay)
        return 1;
    if (fill_over(a, overlay, &format)) {
        image_close(overlay);
        return 1;
    }
    return image_finish(overlay, image_set_backing(overlay, a->backing, *a->backing ? image_format_name(format) : ""));
}
