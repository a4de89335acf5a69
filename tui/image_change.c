/* Commands that make or change one image: create, resize, snapshot. */
#include "tui/image_command.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* --- create --- */

static bool set_option(struct image_create_options *o, const char *name, const char *value)
{
    uint64_t n;
    if (strcmp(name, "compat") == 0) {
        o->version = strcmp(value, "0.10") == 0 || strcmp(value, "v2") == 0 ? 2 : 3;
        return o->version == 2 || strcmp(value, "1.1") == 0 || strcmp(value, "v3") == 0;
    }
    if (strcmp(name, "compression_type") == 0) {
        o->zstd = strcmp(value, "zstd") == 0;
        return o->zstd || strcmp(value, "zlib") == 0 || strcmp(value, "deflate") == 0;
    }
    if (strcmp(name, "extended_l2") == 0) {
        o->extended_l2 = strcmp(value, "on") == 0;
        return o->extended_l2 || strcmp(value, "off") == 0;
    }
    if (strcmp(name, "data_file") == 0) {
        o->data_file = value;
        return *value;
    }
    if (strcmp(name, "data_file_raw") == 0) {
        o->data_file_raw = strcmp(value, "on") == 0;
        return o->data_file_raw || strcmp(value, "off") == 0;
    }
    if (!image_parse_size(value, &n) || !n || n > UINT32_MAX)
        return false;
    if (strcmp(name, "cluster_size") == 0)
        o->cluster_size = (uint32_t)n;
    else if (strcmp(name, "refcount_bits") == 0)
        o->refcount_bits = (unsigned)n;
    else
        return false;
    return true;
}

bool image_create_options_of(const struct image_arguments *a, struct image_create_options *o)
{
    static char copy[512];          /* O points to a name in it */
    *o = (struct image_create_options){ .backing_format = a->backing_format, .allow_outside_backing = a->allow_backing,
                                        .backing_data_file = a->data_file, .zstd = a->zstd };
    if (!a->options)
        return true;
    if (strlen(a->options) >= sizeof copy) {
        image_complain("-o %.20s...: too long", a->options);
        return false;
    }
    strcpy(copy, a->options);
    for (char *word = strtok(copy, ","); word; word = strtok(NULL, ",")) {
        char *equals = strchr(word, '=');
        if (equals)
            *equals = 0;
        if (!equals || !set_option(o, word, equals + 1)) {
            image_complain("-o %s: not an option of qcow2 images, or not a value of it", word);
            return false;
        }
    }
    return true;
}

static int create_over(const struct image_arguments *a, const struct image_create_options *o, uint64_t bytes)
{
    struct image_error error;
    if (image_create_overlay(a->words[0], a->backing, o, &error) < 0)
        return image_complain("%s", error.text);
    if (a->count < 2)
        return 0;
    struct image *image =
        image_must_open(a, a->words[0], &(struct image_options){ .writable = true, .trusted_backing = a->backing,
                                                                 .data_file = o->data_file });
    int failed = image ? image_finish(image, image_resize(image, bytes)) : 1;
    if (failed)
        unlink(a->words[0]);
    return failed;
}

int image_create_command(const struct image_arguments *a)
{
    struct image_create_options o;
    struct image_error error;
    uint64_t bytes = 0;
    if (a->floppy)
        return image_create_floppy(a);
    if (a->count == 2 && !image_parse_size(a->words[1], &bytes))
        return image_complain("%s: not a size", a->words[1]);
    if (a->count == 2 && bytes && bytes < 512)
        return image_complain("%s: smaller than one sector; sizes are bytes, or have k, M, G or T behind them",
                              a->words[1]);
    if (a->count < 2 && !a->backing)
        return image_complain("create: the size is missing");
    if (a->backing_format != IMAGE_FORMAT_AUTO && !a->backing)
        return image_complain("create: -F is the format of a backing file, and -b names none");
    if (!image_create_options_of(a, &o))
        return 1;
    if (a->format != IMAGE_FORMAT_QCOW2) {
        if (a->backing || a->options)
            return image_complain("create: raw images have no options and no backing file; see -f qcow2");
        return image_create_raw(a->words[0], bytes, &error) < 0 ? image_complain("%s", error.text) : 0;
    }
    if (a->backing)
        return create_over(a, &o, bytes);
    return image_create(a->words[0], bytes, &o, &error) < 0 ? image_complain("%s", error.text) : 0;
}

/* --- resize --- */

int image_resize_command(const struct image_arguments *a)
{
    const char *text = a->words[1];
    char sign = *text == '+' || *text == '-' ? *text++ : 0;
    uint64_t bytes;
    if (!image_parse_size(text, &bytes))
        return image_complain("%s: not a size", a->words[1]);
    struct image *image =
        image_must_open(a, a->words[0], &(struct image_options){ .writable = true, .format = a->format });
    if (!image)
        return 1;
    uint64_t now = image_size(image);
    bool impossible = sign == '-' ? bytes > now : sign && bytes > INT64_MAX - now;
    uint64_t size = sign == '-' ? now - bytes : sign ? now + bytes : bytes;
    if (impossible || (size < now && !a->shrink)) {
        image_complain(impossible ? "%s: not a possible size for a disk of %" PRIu64 " bytes"
                                  : "%s: would cut a disk of %" PRIu64 " bytes; --shrink says that this is meant",
                       a->words[1], now);
        image_finish(image, 0);
        return 1;
    }
    return image_finish(image, image_resize(image, size));
}

/* --- snapshot --- */

static void print_snapshot(const struct image_snapshot *s)
{
    char id[9], name[64], size[24], date[32];
    time_t seconds = (time_t)s->seconds;
    struct tm tm;
    if (!localtime_r(&seconds, &tm) || !strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S", &tm))
        strcpy(date, "?");
    uint64_t ms = s->clock_ns / 1000000;
    printf("%-8s%-20s%10s  %s   %02u:%02u:%02u.%03u\n", image_printable(s->id, id, sizeof id),
           image_printable(s->name, name, sizeof name), image_size_text(s->vmstate_bytes, size), date,
           (unsigned)(ms / 3600000), (unsigned)(ms / 60000 % 60), (unsigned)(ms / 1000 % 60), (unsigned)(ms % 1000));
}

static int list_snapshots(const struct image_arguments *a, struct image *image)
{
    struct image_snapshot s;
    uint32_t count;
    int code = image_snapshot_count(image, &count);
    if (a->json && !code) {
        json_t *list = image_snapshots_json(image);
        json_dumpf(list, stdout, JSON_INDENT(4));
        putchar('\n');
        json_decref(list);
        return 0;
    }
    if (count)
        printf("Snapshot list:\n%-8s%-20s%10s  %-19s   %s\n", "ID", "TAG", "VM SIZE", "DATE", "VM CLOCK");
    for (uint32_t i = 0; !code && i < count; i++)
        if (!(code = image_snapshot_get(image, i, &s)))
            print_snapshot(&s);
    return code;
}

static int act(const struct image_arguments *a, struct image *image)
{
    struct image_snapshot what = { .name = a->name, .seconds = (uint32_t)time(NULL), .icount = UINT64_MAX };
    switch (a->action) {
    case 'c': return image_snapshot_create(image, &what);
    case 'a': return image_snapshot_apply(image, a->name);
    case 'd': return image_snapshot_delete(image, a->name);
    default: return list_snapshots(a, image);
    }
}

int image_snapshot_command(const struct image_arguments *a)
{
    bool change = a->action && a->action != 'l';
    if (change && !*a->name)
        return image_complain("snapshot -%c: the name is empty", a->action);
    /* As qemu-img: the room of a deleted snapshot goes back to the host. */
    struct image *image = image_must_open(a, a->words[0], &(struct image_options){ .writable = change, .alone = true,
                                                                                   .punch_holes = change });
    return image ? image_finish(image, act(a, image)) : 1;
}
