/* Opening the files of an image, from the top down, under the policy on backing files.
 *
 * The name of an external data file is followed under no policy: it would be written to as well. The user names it.
 *
 * A name in an image file is a stranger's wish to have a host file opened. It is followed if it is a plain relative
 * path without ".." and without a symbolic link on the way, so that it can't leave the folder of the file that holds
 * it; or if it leads to the file that the user named as trusted; or if the user allowed anything. Names of protocols
 * ("json:", "nbd:") and with control characters are never followed. */
#include "qcow2/layer.h"

#include "qcow2/gzip.h"
#include "qcow2/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void layer_free(struct layer *layer)
{
    if (!layer)
        return;
    qcow2_free(layer->qcow2);
    host_file_close(&layer->data);
    host_file_close(&layer->file);
    host_file_close(&layer->packed);
    free(layer);
}

/* A gzip file that the user named, as no other program takes one for a disk, and whose format nobody named. */
static int open_packed(struct layer *layer)
{
    bool packed;
    int code = gzip_magic(&layer->file, &packed);
    if (code < 0)
        return layer_fail(layer, code, "header: %s", host_error_text(code));
    if (!packed)
        return 0;
    if (layer->file.writable)
        return layer_fail(layer, -EROFS, "compressed with gzip, so it cannot be written to; an image that "
                          "it is converted to can");
    const char *folder = getenv("TMPDIR");
    return gzip_unpack(layer, folder && *folder ? folder : "/tmp");
}

static int open_contents(struct layer *layer, enum image_format format)
{
    bool magic;
    int code = layer->number == 0 && format == IMAGE_FORMAT_AUTO ? open_packed(layer) : 0;
    if (code < 0)
        return code;
    code = header_magic(&layer->file, &magic);
    if (code < 0)
        return layer_fail(layer, code, "header: %s", host_error_text(code));
    layer->format = format != IMAGE_FORMAT_AUTO ? format : magic ? IMAGE_FORMAT_QCOW2 : IMAGE_FORMAT_RAW;
    layer->format_guessed = format == IMAGE_FORMAT_AUTO;
    return layer->format == IMAGE_FORMAT_RAW ? raw_open(layer) : qcow2_open(layer);
}

static bool is_part_of(const struct host_file *file, const struct layer *layer)
{
    return host_file_same(file, &layer->file) || (layer->data.fd >= 0 && host_file_same(file, &layer->data));
}

int chain_push(struct image *image, struct host_file *file, enum image_format format)
{
    struct layer *layer = calloc(1, sizeof *layer);
    if (!layer) {
        int code = image_fail(image, file->path, -ENOMEM, "out of memory");
        host_file_close(file);
        return code;
    }
    *layer = (struct layer){ .image = image, .number = image->count, .file = *file, .packed.fd = -1,
                              .data.fd = -1 };
    int code = 0;
    if (image->count == IMAGE_MAX_LAYERS)
        code = layer_fail(layer, -ENOTSUP, "more than %d files in a backing chain", IMAGE_MAX_LAYERS);
    for (unsigned i = 0; !code && i < image->count; i++)
        if (is_part_of(&layer->file, image->layers[i]))
            code = layer_fail(layer, -EINVAL, "the backing chain leads back to this file");
    if (!code)
        code = open_contents(layer, format);
    if (code < 0) {
        layer_free(layer);
        return code;
    }
    if (image->count)
        image->layers[image->count - 1]->below = layer;
    image->layers[image->count++] = layer;
    return 0;
}

int chain_put_over(struct image *image, struct host_file *file)
{
    struct layer *layer = calloc(1, sizeof *layer);
    if (!layer) {
        int code = image_fail(image, file->path, -ENOMEM, "out of memory");
        host_file_close(file);
        return code;
    }
    *layer = (struct layer){ .image = image, .below = image->layers[0], .file = *file, .packed.fd = -1,
                              .data.fd = -1 };
    int code = image->count < IMAGE_MAX_LAYERS ? open_contents(layer, IMAGE_FORMAT_QCOW2)
             : layer_fail(layer, -ENOTSUP, "more than %d files in a backing chain", IMAGE_MAX_LAYERS);
    if (code < 0) {
        layer_free(layer);
        return code;
    }
    memmove(image->layers + 1, image->layers, image->count * sizeof image->layers[0]);
    image->layers[0] = layer;
    image->count++;
    for (unsigned i = 1; i < image->count; i++)
        image->layers[i]->number = i;
    return 0;
}

static bool data_file_taken(const struct image *image)
{
    bool taken = false;
    for (unsigned i = 0; i < image->count; i++)
        taken |= image->layers[i]->data.fd >= 0;
    return taken;
}

int chain_open_data(struct layer *layer, const struct image_options *options)
{
    struct image *image = layer->image;
    const struct header *header = layer->qcow2 ? &layer->qcow2->header : NULL;
    bool writable = layer->file.writable;
    if (!header || !header_external(header) || (!options->data_file && options->alone && !writable))
        return 0;
    if (!options->data_file || data_file_taken(image))
        return layer_fail(layer, -EPERM, "its data is in the external file \"%.200s\", which is opened only where it "
                          "is named as the data file", header->data_name);
    int code = host_file_open(&layer->data, options->data_file, writable ? HOST_FILE_WRITE : HOST_FILE_READ);
    if (code < 0)
        return layer_fail(layer, code, "data file \"%.200s\": %s", options->data_file, host_error_text(code));
    for (unsigned i = 0; i < image->count; i++)
        if (host_file_same(&layer->data, &image->layers[i]->file))
            return layer_fail(layer, -EINVAL, "data file \"%.200s\" is part of the backing chain", options->data_file);
    bool locks = !options->ignore_locks && !(layer->number && options->ignore_backing_locks);
    if (locks && host_file_lock(&layer->data) < 0)
        return layer_fail(layer, -EBUSY, "data file \"%.200s\" is in use by another program", options->data_file);
    layer->qcow2->data = &layer->data;
    return 0;
}

/* Names that are not followed under any option. */
static int check_name(struct layer *layer, const struct header *header)
{
    const char *name = header->backing_name;
    for (size_t i = 0; i < header->backing_name_bytes; i++)
        if ((unsigned char)name[i] < 0x20 || name[i] == 0x7F)
            return layer_fail(layer, -EPERM, "the backing file's name has control characters in it");
    if (memchr(name, ':', strcspn(name, "/")))
        return layer_fail(layer, -EPERM, "backing file \"%.200s\" names a protocol, not a file", name);
    return 0;
}

/* A relative name without "..". */
static bool is_plain(const char *name)
{
    if (name[0] == '/')
        return false;
    for (const char *part = name; part; part = strchr(part, '/')) {
        part += *part == '/';
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0'))
            return false;
    }
    return true;
}

/* Opens the file that NAME in LAYER means, where policy allows it. */
static int open_named(struct layer *layer, const char *name, const struct image_options *options,
                      struct host_file *file)
{
    char *folder = host_path_folder(layer->file.path), *path = folder ? host_path_join(folder, name) : NULL;
    bool follow = false;
    int code = path ? -EPERM : -ENOMEM;
    if (path && is_plain(name))
        code = host_file_open_beneath(file, folder, name);
    if (code == -EPERM || code == -ELOOP) {
        if (options->allow_outside_backing)
            follow = true;
        else if (options->trusted_backing)
            follow = host_path_same(path, options->trusted_backing);
        code = follow ? host_file_open(file, options->allow_outside_backing ? path : options->trusted_backing,
                                       HOST_FILE_READ) : -EPERM;
    }
    free(folder);
    free(path);
    if (code == -EPERM && !follow)
        return layer_fail(layer, code, "backing file \"%.200s\" lies outside the image's folder", name);
    return code < 0 ? layer_fail(layer, code, "backing file \"%.200s\": %s", name, host_error_text(code)) : 0;
}

/* Sets *FORMAT to that of the backing file, if HEADER gives it. */
static int named_format(struct layer *layer, const struct header *header, enum image_format *format)
{
    if (strcmp(header->backing_format, "qcow2") == 0)
        *format = IMAGE_FORMAT_QCOW2;
    else if (strcmp(header->backing_format, "raw") == 0)
        *format = IMAGE_FORMAT_RAW;
    else if (header->backing_format[0])
        return layer_fail(layer, -ENOTSUP, "the backing file's format \"%s\" is not supported", header->backing_format);
    return 0;
}

static int open_below(struct layer *layer, const struct image_options *options)
{
    const struct header *header = &layer->qcow2->header;
    struct host_file file;
    enum image_format format = IMAGE_FORMAT_AUTO;
    int code = check_name(layer, header);
    if (!code)
        code = named_format(layer, header, &format);
    if (!code)
        code = open_named(layer, header->backing_name, options, &file);
    if (code < 0)
        return code;
    if (format == IMAGE_FORMAT_AUTO && layer->number == 0)
        format = options->backing_format;
    if (!options->ignore_locks && !options->ignore_backing_locks && host_file_lock(&file) < 0) {
        host_file_close(&file);
        return layer_fail(layer, -EBUSY, "backing file \"%.200s\" is being written by another program",
                          header->backing_name);
    }
    code = chain_push(layer->image, &file, format);
    if (!code)
        code = chain_open_data(layer->below, options);
    if (!code && format == IMAGE_FORMAT_AUTO)
        layer_warn(layer, "the format of backing file \"%.100s\" is not recorded; taken for %s", header->backing_name,
                   layer->below->format == IMAGE_FORMAT_RAW ? "raw" : "qcow2");
    return code;
}

int chain_open_backing(struct image *image, const struct image_options *options)
{
    struct layer *last = image->layers[image->count - 1];
    int code = 0;
    while (!code && last->qcow2 && last->qcow2->header.backing_name_bytes) {
        code = open_below(last, options);
        last = image->layers[image->count - 1];
    }
    return code;
}
