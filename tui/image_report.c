/* Commands that look and tell: info, map, check. Text like qemu-img's, or JSON with its keys. */
#include "tui/image_command.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const char *image_printable(const char *text, char *out, size_t size)
{
    json_t *utf8 = json_string(text);
    size_t n = 0;
    for (; text[n] && n + 1 < size; n++) {
        unsigned char c = (unsigned char)text[n], next = (unsigned char)text[n + 1],
                      last = n ? (unsigned char)text[n - 1] : 0;
        /* U+0080 to U+009F are control characters too. */
        bool control = c < ' ' || c == 127 || (c == 0xC2 && next < 0xA0) || (last == 0xC2 && c < 0xA0);
        out[n] = control || (c > 127 && !utf8) ? '?' : text[n];
    }
    out[n] = 0;
    json_decref(utf8);
    return out;
}

/* TEXT from a file or the command line. JSON can hold all but what is no UTF-8. */
static json_t *text_json(const char *text)
{
    char shown[1100];
    json_t *string = json_string(text);
    return string ? string : json_string(image_printable(text, shown, sizeof shown));
}

static int print_json(json_t *root)
{
    int failed = root ? json_dumpf(root, stdout, JSON_INDENT(4)) : -1;
    putchar('\n');
    json_decref(root);
    return failed ? image_complain("out of memory") : 0;
}

/* --- info --- */

static uint64_t disk_bytes(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? (uint64_t)status.st_blocks * 512 : 0;
}

json_t *image_snapshots_json(struct image *image)
{
    struct image_snapshot s;
    uint32_t count = 0;
    json_t *list = json_array();
    image_snapshot_count(image, &count);
    for (uint32_t i = 0; i < count && image_snapshot_get(image, i, &s) == 0; i++)
        json_array_append_new(list, json_pack("{so so sI sI sI sI sI}", "id", text_json(s.id), "name",
                                              text_json(s.name), "vm-state-size", (json_int_t)s.vmstate_bytes,
                                              "date-sec", (json_int_t)s.seconds, "date-nsec", (json_int_t)s.nanoseconds,
                                              "vm-clock-sec", (json_int_t)(s.clock_ns / 1000000000u), "vm-clock-nsec",
                                              (json_int_t)(s.clock_ns % 1000000000u)));
    return list;
}

static json_t *layer_json(struct image *image, unsigned layer)
{
    struct image_layer_info info;
    image_layer_info(image, layer, &info);
    json_t *object = json_pack("{so ss sI sI}", "filename", text_json(info.path), "format",
                               image_format_name(info.format), "virtual-size", (json_int_t)info.size, "actual-size",
                               (json_int_t)disk_bytes(info.path));
    if (info.gzip)
        json_object_set_new(object, "gzip", json_true());
    if (info.format == IMAGE_FORMAT_RAW)
        return object;
    json_object_set_new(object, "cluster-size", json_integer(info.cluster_size));
    json_object_set_new(object, "dirty-flag", json_boolean(info.dirty));
    if (*info.backing_name)
        json_object_set_new(object, "backing-filename", text_json(info.backing_name));
    if (*info.backing_format)
        json_object_set_new(object, "backing-filename-format", text_json(info.backing_format));
    if (layer == 0 && info.snapshots)
        json_object_set_new(object, "snapshots", image_snapshots_json(image));
    json_object_set_new(object, "format-specific",
                        json_pack("{ss s{ss ss sb si sb sb}}", "type", "qcow2", "data", "compat",
                                  info.version == 2 ? "0.10" : "1.1", "compression-type", info.zstd ? "zstd" : "zlib",
                                  "lazy-refcounts", info.lazy_refcounts, "refcount-bits", (int)info.refcount_bits,
                                  "corrupt", info.corrupt, "extended-l2", info.extended_l2));
    if (info.external_data) {
        json_t *specific = json_object_get(json_object_get(object, "format-specific"), "data");
        json_object_set_new(specific, "data-file", text_json(info.data_file));
        json_object_set_new(specific, "data-file-raw", json_boolean(info.data_file_raw));
    }
    return object;
}

static void print_layer(struct image *image, unsigned layer)
{
    struct image_layer_info info;
    char size[24], room[24], name[1100];
    image_layer_info(image, layer, &info);
    printf("image: %s\nfile format: %s%s\nvirtual size: %s (%" PRIu64 " bytes)\ndisk size: %s\n",
           image_printable(info.path, name, sizeof name), image_format_name(info.format),
           info.gzip ? ", compressed with gzip" : "", image_size_text(info.size, size), info.size,
           image_size_text(disk_bytes(info.path), room));
    if (info.format == IMAGE_FORMAT_RAW)
        return;
    printf("cluster_size: %" PRIu32 "\n", info.cluster_size);
    if (*info.backing_name)
        printf("backing file: %s\n", image_printable(info.backing_name, name, sizeof name));
    if (*info.backing_format)
        printf("backing file format: %s\n", image_printable(info.backing_format, name, sizeof name));
    if (info.external_data)
        printf("data file: %s\ndata file raw: %s\n", image_printable(info.data_file, name, sizeof name),
               info.data_file_raw ? "true" : "false");
    if (info.snapshots)
        printf("snapshots: %u (trowel image snapshot -l)\n", info.snapshots);
    printf("compat: %s\ncompression type: %s\nlazy refcounts: %s\nrefcount bits: %u\nextended l2: %s\nbitmaps: "
           "%s\nclosed properly: %s\n"
           "corrupt: %s\n",
           info.version == 2 ? "0.10" : "1.1", info.zstd ? "zstd" : "zlib", info.lazy_refcounts ? "true" : "false",
           info.refcount_bits, info.extended_l2 ? "true" : "false", info.bitmaps ? "true" : "false",
           info.dirty ? "false" : "true", info.corrupt ? "true" : "false");
}

int image_info(const struct image_arguments *a)
{
    struct image *image =
        image_must_open(a, a->words[0], &(struct image_options){ .format = a->format, .alone = !a->chain });
    if (!image)
        return 1;
    json_t *list = json_array();
    for (unsigned i = 0; i < image_layers(image); i++) {
        if (a->json) {
            json_array_append_new(list, layer_json(image, i));
            continue;
        }
        if (i)
            putchar('\n');
        print_layer(image, i);
    }
    /* As qemu-img: an array only where a chain was asked for. */
    json_t *root = a->chain ? json_incref(list) : json_incref(json_array_get(list, 0));
    json_decref(list);
    int code = a->json ? print_json(root) : 0;
    if (!a->json)
        json_decref(root);
    return image_finish(image, 0) || code;
}

/* --- map --- */

static void add_extent(json_t *list, const struct image *image, uint64_t start, const struct image_extent *e)
{
    bool none = e->layer == image_layers(image), zero = none || e->status == IMAGE_CLUSTER_ZERO;
    json_t *object =
        json_pack("{sI sI si sb sb sb}", "start", (json_int_t)start, "length", (json_int_t)e->bytes, "depth",
                  (int)(none ? image_layers(image) - 1 : e->layer), "present", !none, "zero", zero, "data", !zero);
    if (!zero && e->status == IMAGE_CLUSTER_STANDARD)
        json_object_set_new(object, "offset", json_integer((json_int_t)e->host_offset));
    if (!zero && e->status == IMAGE_CLUSTER_COMPRESSED)
        json_object_set_new(object, "compressed", json_true());
    json_array_append_new(list, object);
}

static void print_extent(struct image *image, uint64_t start, const struct image_extent *e)
{
    struct image_layer_info info;
    char name[1100];
    if (e->layer == image_layers(image) || e->status == IMAGE_CLUSTER_ZERO)
        return;
    image_layer_info(image, e->layer, &info);
    printf("0x%-14" PRIx64 "  0x%-14" PRIx64 "  ", start, e->bytes);
    if (e->status == IMAGE_CLUSTER_COMPRESSED)
        printf("%-16s", "compressed");
    else
        printf("0x%-14" PRIx64, e->host_offset);
    printf("  %s\n", image_printable(info.external_data ? info.data_file : info.path, name, sizeof name));
}

/* Does B follow A in the same way? */
static bool goes_on(const struct image_extent *a, const struct image_extent *b)
{
    bool same = a->layer == b->layer && a->status == b->status;
    return same && (a->status != IMAGE_CLUSTER_STANDARD || a->host_offset + a->bytes == b->host_offset);
}

/* The extent at AT, with what follows it in the same way. */
static int whole_extent(struct image *image, uint64_t at, struct image_extent *extent)
{
    uint64_t size = image_size(image);
    int code = image_map(image, at, extent);
    while (!code && at + extent->bytes < size) {
        struct image_extent next;
        code = image_map(image, at + extent->bytes, &next);
        if (code < 0 || !goes_on(extent, &next))
            break;
        extent->bytes += next.bytes;
    }
    return code;
}

int image_map_command(const struct image_arguments *a)
{
    struct image *image = image_must_open(a, a->words[0], &(struct image_options){ .format = a->format });
    json_t *list = json_array();
    int code = 0;
    if (!image)
        return 1;
    if (!a->json)
        printf("%-16s  %-16s  %-16s  %s\n", "Offset", "Length", "Mapped to", "File");
    struct image_extent extent;
    for (uint64_t at = 0; !code && at < image_size(image); at += extent.bytes) {
        code = whole_extent(image, at, &extent);
        if (code < 0)
            break;
        if (a->json)
            add_extent(list, image, at, &extent);
        else
            print_extent(image, at, &extent);
    }
    if (a->json && !code)
        print_json(json_incref(list));
    json_decref(list);
    return image_finish(image, code);
}

/* --- check --- */

static void report(void *ctx, enum image_check_kind kind, const char *text)
{
    const struct image_arguments *a = ctx;
    if (!a->json && !a->quiet)
        printf("%s %s\n", kind == IMAGE_CHECK_ERROR ? "ERROR" : "LEAK", text);
}

static int print_check_json(const char *path, const struct image_check *r)
{
    return print_json(json_pack("{so ss sI sI sI sI sI sI sI sb sI sI}", "filename", text_json(path), "format", "qcow2",
                                "check-errors", (json_int_t)0, "corruptions", (json_int_t)r->errors_left, "leaks",
                                (json_int_t)r->leaks_left, "total-clusters", (json_int_t)r->clusters,
                                "allocated-clusters", (json_int_t)r->allocated, "compressed-clusters",
                                (json_int_t)r->compressed, "image-end-offset", (json_int_t)r->end_offset, "repaired",
                                r->repaired, "corruptions-fixed", (json_int_t)(r->errors - r->errors_left),
                                "leaks-fixed", (json_int_t)(r->leaks - r->leaks_left)));
}

static void print_check(const struct image_check *r)
{
    if (!r->errors && !r->leaks)
        printf("No errors were found on the image.\n");
    else
        printf("%" PRIu64 " errors and %" PRIu64 " leaked clusters were found on the image.\n", r->errors, r->leaks);
    if (r->repaired)
        printf("Repaired: %" PRIu64 " errors and %" PRIu64 " leaked clusters are left.\n", r->errors_left,
               r->leaks_left);
    printf("%" PRIu64 "/%" PRIu64 " = %.2f%% allocated, %.2f%% compressed clusters\nImage end offset: %" PRIu64 "\n",
           r->allocated, r->clusters, r->clusters ? 100.0 * (double)r->allocated / (double)r->clusters : 0.0,
           r->allocated ? 100.0 * (double)r->compressed / (double)r->allocated : 0.0, r->end_offset);
}

/* Exit codes as qemu-img: 2 errors are left, 3 leaks are left. */
int image_check_command(const struct image_arguments *a)
{
    struct image_check result;
    struct image_error error;
    if (a->repair && a->share)
        return image_complain("check: -U does not go with a repair, which needs the file for itself");
    struct image_check_options options = {
        .repair = a->repair, .ignore_locks = a->share, .report = report, .ctx = (void *)a
    };
    if (image_check(a->words[0], &options, &result, &error) < 0)
        return image_complain("%s", error.text);
    if (a->json)
        print_check_json(a->words[0], &result);
    else if (!a->quiet)
        print_check(&result);
    return result.errors_left ? 2 : result.leaks_left ? 3 : 0;
}
