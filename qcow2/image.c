/* The public face: images as chains of layers, ranges checked, errors kept, events passed on. */
#include "qcow2/layer.h"

#include "qcow2/store.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fills ERROR from AT on with "path: text". Names from files may hold anything: control characters become '?'. */
static void compose(struct image_error *error, size_t at, const char *path, const char *text, va_list list)
{
    size_t room = sizeof error->text - at;
    int used = snprintf(error->text + at, room, "%.200s: ", path);
    if (used > 0 && (size_t)used < room)
        vsnprintf(error->text + at + used, room - (size_t)used, text, list);
    for (char *c = error->text + at; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            *c = '?';
}

int layer_fail(struct layer *layer, int code, const char *text, ...)
{
    va_list list;
    va_start(list, text);
    compose(&layer->image->last_error, 0, layer->file.path, text, list);
    va_end(list);
    return code;
}

void layer_warn(struct layer *layer, const char *text, ...)
{
    va_list list;
    struct image_error *warning = &layer->image->warning;
    size_t at = strlen(warning->text);
    if (at && at + 2 < sizeof warning->text) {
        memcpy(warning->text + at, "; ", 3);
        at += 2;
    }
    va_start(list, text);
    compose(warning, at, layer->file.path, text, list);
    va_end(list);
}

uint32_t layer_cluster_size(const struct layer *layer)
{
    return layer->qcow2 ? layer->qcow2->cluster_size : RAW_CLUSTER_SIZE;
}

void layer_report(struct layer *layer, enum image_event_kind kind, struct layer_span span)
{
    struct image *image = layer->image;
    uint32_t size = layer_cluster_size(layer);
    struct image_event event = { .kind = kind, .layer = layer->number, .host_offset = span.host };
    if (!image->observer || !span.bytes)
        return;
    if (span.offset == UINT64_MAX) {
        event.cluster = UINT64_MAX;
        image->observer(image->observer_ctx, &event);
        return;
    }
    uint64_t last = (span.offset + span.bytes - 1) / size;
    for (event.cluster = span.offset / size; event.cluster <= last; event.cluster++) {
        image->observer(image->observer_ctx, &event);
        if (span.host)
            event.host_offset = (event.host_offset | (size - 1)) + 1;
    }
}

int layer_read(struct layer *layer, uint64_t offset, void *buffer, size_t bytes)
{
    uint64_t left = layer && offset < layer->size ? layer->size - offset : 0;
    size_t here = left < bytes ? (size_t)left : bytes;
    memset((uint8_t *)buffer + here, 0, bytes - here);
    if (!here)
        return 0;
    return layer->qcow2 ? qcow2_read(layer->qcow2, offset, buffer, here) : raw_read(layer, offset, buffer, here);
}

void image_free(struct image *image)
{
    for (unsigned i = 0; i < image->count; i++)
        layer_free(image->layers[i]);
    free(image);
}

/* Hands IMAGE out if CODE is 0; else frees it and passes its last error on. */
static int finish_open(struct image *image, int code, struct image **out, struct image_error *error)
{
    *out = code < 0 ? NULL : image;
    if (code < 0) {
        if (error)
            *error = image->last_error;
        image_free(image);
    }
    return code;
}

int image_fail(struct image *image, const char *path, int code, const char *text)
{
    snprintf(image->last_error.text, sizeof image->last_error.text, "%.200s: %s", path, text);
    return code;
}

static int open_all(struct image *image, const char *path, const struct image_options *options)
{
    struct host_file file;
    int code = host_file_open(&file, path, options->writable ? HOST_FILE_WRITE : HOST_FILE_READ);
    if (code < 0)
        return image_fail(image, path, code, host_error_text(code));
    if (!options->ignore_locks && host_file_lock(&file) < 0) {
        host_file_close(&file);
        return image_fail(image, path, -EBUSY, options->writable ? "in use by another program"
                                                                : "another program is writing to it");
    }
    image->punch_holes = options->punch_holes;
    file.never_sync = options->never_sync;
    code = chain_push(image, &file, options->format);
    if (!code)
        code = chain_open_data(image->layers[0], options);
    return code < 0 || options->alone ? code : chain_open_backing(image, options);
}

int image_open(struct image **out, const char *path, const struct image_options *options, struct image_error *error)
{
    static const struct image_options careful;
    struct image *image = calloc(1, sizeof *image);
    *out = NULL;
    if (!image) {
        if (error)
            snprintf(error->text, sizeof error->text, "%.200s: out of memory", path);
        return -ENOMEM;
    }
    return finish_open(image, open_all(image, path, options ? options : &careful), out, error);
}

int image_close(struct image *image)
{
    if (!image)
        return 0;
    int code = image_flush(image);
    image_free(image);
    return code;
}

uint64_t image_size(const struct image *image)
{
    return image->layers[0]->size;
}

bool image_writable(const struct image *image)
{
    return image->layers[0]->file.writable;
}

static int check_range(struct image *image, uint64_t offset, uint64_t bytes)
{
    uint64_t size = image_size(image);
    if (offset > size || bytes > size - offset)
        return layer_fail(image->layers[0], -EINVAL, "%llu bytes at %llu are outside the disk of %llu bytes",
                          (unsigned long long)bytes, (unsigned long long)offset, (unsigned long long)size);
    return 0;
}

int image_read(struct image *image, uint64_t offset, void *buffer, size_t bytes)
{
    int code = check_range(image, offset, bytes);
    return code < 0 ? code : layer_read(image->layers[0], offset, buffer, bytes);
}

/* The same for a range that is to change. */
static int check_change(struct image *image, uint64_t offset, uint64_t bytes)
{
    int code = check_range(image, offset, bytes);
    if (!code && !image_writable(image))
        code = layer_fail(image->layers[0], -EROFS, "opened read-only");
    return code;
}

int image_write(struct image *image, uint64_t offset, const void *data, size_t bytes)
{
    struct layer *top = image->layers[0];
    int code = check_change(image, offset, bytes);
    if (code < 0 || !bytes)
        return code;
    return top->qcow2 ? qcow2_write(top->qcow2, offset, data, bytes) : raw_write(top, offset, data, bytes);
}

int image_write_zeroes(struct image *image, uint64_t offset, uint64_t bytes, bool unmap)
{
    struct layer *top = image->layers[0];
    int code = check_change(image, offset, bytes);
    if (code < 0 || !bytes)
        return code;
    return top->qcow2 ? qcow2_write_zeroes(top->qcow2, offset, bytes, unmap) : raw_write_zeroes(top, offset, bytes);
}

int image_write_compressed(struct image *image, uint64_t offset, const void *data, size_t bytes)
{
    struct layer *top = image->layers[0];
    int code = check_change(image, offset, bytes);
    if (code < 0 || !bytes)
        return code;
    if (!top->qcow2)
        return layer_fail(top, -ENOTSUP, "a raw image cannot be compressed");
    if (top->qcow2->external)
        return layer_fail(top, -ENOTSUP, "an image with an external data file cannot be compressed");
    return qcow2_write_compressed(top->qcow2, offset, data, bytes);
}

int image_discard(struct image *image, uint64_t offset, uint64_t bytes)
{
    struct layer *top = image->layers[0];
    int code = check_change(image, offset, bytes);
    if (code < 0 || !bytes)
        return code;
    if (top->qcow2)
        return qcow2_discard(top->qcow2, offset, bytes);
    return image->punch_holes ? raw_write_zeroes(top, offset, bytes) : 0;
}

int image_flush(struct image *image)
{
    struct layer *top = image->layers[0];
    if (!top->file.writable || top->file.temporary)
        return 0;
    int code = top->qcow2 ? qcow2_commit(top->qcow2) : 0;
    if (!code && (code = top->qcow2 ? qcow2_sync(top->qcow2) : host_file_sync(&top->file)) < 0)
        return layer_fail(top, code, "flush: %s", host_error_text(code));
    return code;
}

const char *image_last_error(const struct image *image)
{
    return image->last_error.text;
}

const char *image_warning(const struct image *image)
{
    return image->warning.text;
}

void image_set_observer(struct image *image, void (*observer)(void *ctx, const struct image_event *event), void *ctx)
{
    image->observer = observer;
    image->observer_ctx = ctx;
}

unsigned image_layers(const struct image *image)
{
    return image->count;
}

void image_layer_info(const struct image *image, unsigned layer, struct image_layer_info *info)
{
    const struct layer *l = image->layers[layer];
    const struct qcow2 *q = l->qcow2;
    uint32_t cluster_size = layer_cluster_size(l);
    *info = (struct image_layer_info){ .path = l->file.path,
                                       .format = l->format,
                                       .cluster_size = cluster_size,
                                       .size = l->size,
                                       .clusters = l->size / cluster_size + !!(l->size % cluster_size),
                                       .backing_name = q ? q->header.backing_name : "",
                                       .backing_format = q ? q->header.backing_format : "",
                                       .data_file = q ? q->header.data_name : "",
                                       .external_data = q && q->external,
                                       .data_file_raw = q && header_data_raw(&q->header),
                                       .extended_l2 = q && q->extended,
                                       .zstd = q && q->header.compression == HEADER_ZSTD,
                                       .lazy_refcounts = q && q->header.compatible & HEADER_LAZY_REFCOUNTS,
                                       .dirty = q && q->header.incompatible & HEADER_DIRTY,
                                       .corrupt = q && q->header.incompatible & HEADER_CORRUPT,
                                       .bitmaps = q && q->header.bitmaps.count,
                                       .gzip = l->packed.fd >= 0,
                                       .writable = l->file.writable,
                                       .version = q ? q->header.version : 0,
                                       .refcount_bits = q ? 1u << q->header.refcount_order : 0,
                                       .snapshots = q ? q->header.snapshots : 0 };
    if (host_file_size(info->gzip ? &l->packed : &l->file, &info->file_size) < 0)
        info->file_size = 0;
}

/* What LAYER alone says about the disk from OFFSET on, up to its own end. */
static int map_layer(struct layer *layer, uint64_t offset, struct mapping *map)
{
    uint64_t left = layer->size - offset;
    if (layer->qcow2)
        return table_map(layer->qcow2, offset, left, map);
    bool hole;
    uint64_t bytes = host_file_extent(&layer->file, offset, left, &hole);
    *map = (struct mapping){ .status = hole ? IMAGE_CLUSTER_ZERO : IMAGE_CLUSTER_STANDARD,
                             .host = offset,
                             .bytes = bytes };
    return 0;
}

int image_map(struct image *image, uint64_t offset, struct image_extent *extent)
{
    struct layer *layer = image->layers[0];
    int code = check_range(image, offset, 1);
    *extent = (struct image_extent){ .bytes = image_size(image) - offset, .layer = image->count };
    for (; !code && layer && offset < layer->size; layer = layer->below) {
        struct mapping map;
        if ((code = map_layer(layer, offset, &map)) < 0)
            break;
        if (map.bytes < extent->bytes)
            extent->bytes = map.bytes;
        if (map.status == IMAGE_CLUSTER_UNALLOCATED)
            continue;
        extent->layer = layer->number;
        extent->status = map.status;
        extent->host_offset = map.status == IMAGE_CLUSTER_ZERO ? 0 : map.host;
        break;
    }
    return code;
}

enum image_cluster_status image_cluster_status(struct image *image, unsigned layer, uint64_t cluster)
{
    struct layer *l = image->layers[layer];
    uint32_t size = layer_cluster_size(l);
    struct mapping map;
    if (cluster >= l->size / size + !!(l->size % size))
        return IMAGE_CLUSTER_UNALLOCATED;
    if (!l->qcow2)
        return IMAGE_CLUSTER_STANDARD;
    return table_map(l->qcow2, cluster * size, 1, &map) < 0 ? IMAGE_CLUSTER_DAMAGED : map.status;
}

uint64_t image_allocated_clusters(struct image *image, unsigned layer)
{
    struct layer *l = image->layers[layer];
    struct qcow2 *q = l->qcow2;
    if (!q)
        return l->size / RAW_CLUSTER_SIZE + !!(l->size % RAW_CLUSTER_SIZE);
    if (!q->allocated_known && table_count_allocated(q, &q->allocated) == 0)
        q->allocated_known = true;
    return q->allocated;
}
