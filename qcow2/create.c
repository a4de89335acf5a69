/* New qcow2 files: header, refcount table, refcount blocks and L1 table, in this order; no data. */
#include "qcow2/store.h"

#include "qcow2/bytes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_CLUSTER_BITS = 16, MIN_CLUSTER_BITS = 9, MAX_CLUSTER_BITS = 21, MAX_L1_ENTRIES = 4 << 20 };

static int create_fail(struct image_error *error, const char *path, int code, const char *text)
{
    if (error)
        snprintf(error->text, sizeof error->text, "%.200s: %s", path, text ? text : host_error_text(code));
    return code;
}

/* The exponent of N, a power of two between 2^LOW and 2^HIGH; -1 for others. */
static int log2_between(uint64_t n, int low, int high)
{
    for (int bits = low; bits <= high; bits++)
        if (n == UINT64_C(1) << bits)
            return bits;
    return -1;
}

/* Fills HEADER with what OPTIONS ask for. Returns what is wrong with them, or NULL. */
static const char *choose(struct header *header, uint64_t size, const struct image_create_options *options)
{
    int bits = options->cluster_size ? log2_between(options->cluster_size, MIN_CLUSTER_BITS, MAX_CLUSTER_BITS)
                                     : DEFAULT_CLUSTER_BITS;
    int order = options->refcount_bits ? log2_between(options->refcount_bits, 0, 6) : 4;
    header->version = options->version ? options->version : 3;
    if (bits < 0)
        return "the cluster size must be a power of two from 512 to 2097152";
    if (header->version != 2 && header->version != 3)
        return "the version must be 2 or 3";
    if (order < 0 || (header->version == 2 && order != 4))
        return "the refcount width must be a power of two up to 64, and 16 in version 2";
    if (options->zstd && header->version == 2)
        return "version 2 images cannot be compressed with zstd";
    header->compression = options->zstd ? HEADER_ZSTD : HEADER_DEFLATE;
    if (options->extended_l2 && (header->version == 2 || bits < HEADER_EXTENDED_BITS))
        return "extended L2 entries need version 3 and clusters of 16 KiB at least";
    if (options->data_file && header->version == 2)
        return "version 2 images have no external data file";
    if (options->data_file ? strlen(options->data_file) > HEADER_NAME_MAX : options->data_file_raw)
        return options->data_file ? "the data file's name is too long" : "the data file has no name";
    if (options->data_file_raw && header->backing_format[0])
        return "an image whose data file is the disk has no backing file";
    header->incompatible = (options->extended_l2 ? HEADER_EXTENDED_L2 : 0) |
                           (options->data_file ? HEADER_DATA_FILE : 0);
    header->autoclear = options->data_file_raw ? HEADER_AUTO_DATA_RAW : 0;
    if (options->data_file)
        strcpy(header->data_name, options->data_file);
    header->cluster_bits = (unsigned)bits;
    unsigned span_bits = (unsigned)bits + header_l2_bits(header);
    uint64_t entries = (size >> span_bits) + !!(size & ((UINT64_C(1) << span_bits) - 1));
    if (size > INT64_MAX || entries > MAX_L1_ENTRIES)
        return "the disk is too large for this cluster size";
    header->refcount_order = (unsigned)order;
    header->size = size;
    header->l1_entries = entries ? (uint32_t)entries : 1;
    return NULL;
}

/* How many refcount blocks there are, and how many clusters in all. */
struct layout { uint64_t blocks, clusters; };

/* Finds places for all tables: growing until the blocks count everything, themselves included. */
static struct layout place_tables(struct header *header)
{
    unsigned bits = header->cluster_bits, block_bits = bits + 3 - header->refcount_order;
    uint64_t l1_clusters = ((header->l1_entries * UINT64_C(8) - 1) >> bits) + 1, table_clusters;
    struct layout layout = { 0 };
    do {
        layout.blocks++;
        table_clusters = ((layout.blocks * 8 - 1) >> bits) + 1;
        layout.clusters = 1 + table_clusters + layout.blocks + l1_clusters;
    } while (layout.blocks << block_bits < layout.clusters);
    header->refcount_table_offset = UINT64_C(1) << bits;
    header->refcount_table_clusters = (uint32_t)table_clusters;
    header->l1_offset = (layout.clusters - l1_clusters) << bits;
    return layout;
}

/* Writes the refcount table and the blocks. BUFFER is one cluster. */
static int write_refcounts(struct host_file *file, const struct header *header, const struct layout *layout,
                           uint8_t *buffer)
{
    size_t bytes = (size_t)1 << header->cluster_bits;
    uint64_t at = (1 + (uint64_t)header->refcount_table_clusters) << header->cluster_bits, left = layout->clusters;
    uint64_t per_block = UINT64_C(1) << (header->cluster_bits + 3 - header->refcount_order);
    int code = 0;
    for (uint64_t block = 0; !code && block < layout->blocks; block++, at += bytes) {
        uint8_t raw[8];
        put_be64(raw, at);
        memset(buffer, 0, bytes);
        for (uint64_t i = 0; i < per_block && left; i++, left--)
            refcount_put(buffer, i, header->refcount_order, 1);
        code = host_file_write(file, header->refcount_table_offset + block * 8, raw, sizeof raw);
        if (!code)
            code = host_file_write(file, at, buffer, bytes);
    }
    return code;
}

/* Makes FILE, which is empty, the image that HEADER asks for. The header goes last: without it there is no image. */
static int write_image(struct host_file *file, struct header *header)
{
    size_t bytes = (size_t)1 << header->cluster_bits;
    struct layout layout = place_tables(header);
    uint8_t *buffer = malloc(bytes);
    int code = buffer ? host_file_resize(file, layout.clusters << header->cluster_bits) : -ENOMEM;
    if (!code)
        code = write_refcounts(file, header, &layout, buffer);
    if (!code)
        code = header_encode(header, buffer, bytes);
    if (!code)
        code = host_file_sync(file);
    if (!code)
        code = host_file_write(file, 0, buffer, bytes);
    if (!code)
        code = host_file_sync(file);
    free(buffer);
    return code;
}

/* Says of every cluster that the data file has it, as QEMU does where the data file is the disk: what somebody else
 * writes into that file then is in the image too. */
static int show_all_data(struct qcow2 *q)
{
    int code = 0;
    for (uint64_t at = 0; !code && at < q->header.size; at += q->cluster_size) {
        struct table_slot *slot;
        code = table_for_write(q, at, &slot);
        if (!code)
            table_set_entry(q, slot, at, at | ENTRY_COPIED, UINT32_MAX);
    }
    return code;
}

static int fill_raw(const char *path, const char *data_file, struct image_error *error)
{
    struct image *image;
    int code = image_open(&image, path, &(struct image_options){ .writable = true, .data_file = data_file }, error);
    if (code < 0)
        return code;
    code = show_all_data(image->layers[0]->qcow2);
    if (!code)
        code = image_flush(image);
    if (code < 0 && error)
        *error = image->last_error;
    image_close(image);
    return code;
}

static int create_alone(const char *path, struct header *header, struct image_error *error)
{
    struct host_file file;
    int code = host_file_create(&file, path);
    if (code < 0)
        return create_fail(error, path, code, NULL);
    code = write_image(&file, header);
    if (code < 0) {
        host_file_discard(&file);
        return create_fail(error, path, code, code == -ENAMETOOLONG ? "the names do not fit into the header" : NULL);
    }
    host_file_close(&file);
    return 0;
}

/* The data file first, if there shall be one. */
static int create_file(const char *path, struct header *header, struct image_error *error)
{
    struct host_file data;
    if (!header_external(header))
        return create_alone(path, header, error);
    int code = host_file_create(&data, header->data_name);
    if (code < 0)
        return create_fail(error, header->data_name, code, NULL);
    code = host_file_resize(&data, header->size);
    code = code < 0 ? create_fail(error, header->data_name, code, NULL) : create_alone(path, header, error);
    if (!code && header_data_raw(header))
        code = fill_raw(path, header->data_name, error);
    if (code < 0)
        host_file_discard(&data);
    else
        host_file_close(&data);
    return code;
}

static const struct image_create_options defaults;

int image_create(const char *path, uint64_t size, const struct image_create_options *options,
                 struct image_error *error)
{
    struct header header = { 0 };
    const char *wrong = choose(&header, size, options ? options : &defaults);
    return wrong ? create_fail(error, path, -EINVAL, wrong) : create_file(path, &header, error);
}

int image_create_raw(const char *path, uint64_t size, struct image_error *error)
{
    struct host_file file;
    int code = host_file_create(&file, path);
    if (code < 0)
        return create_fail(error, path, code, NULL);
    code = host_file_resize(&file, size);
    if (code < 0) {
        host_file_discard(&file);
        return create_fail(error, path, code, NULL);
    }
    host_file_close(&file);
    return 0;
}

/* What an overlay at PATH calls BACKING: relative to its folder where BACKING lies below, else absolute. */
static int name_backing(struct header *header, const char *path, const char *backing)
{
    int code = 0;
    char *folder = host_path_folder(path), *real_folder = NULL;
    char *real = host_path_real(backing, &code);
    if (!folder)
        code = -ENOMEM;
    if (!code)
        real_folder = host_path_real(folder, &code);
    if (!code) {
        size_t above = strlen(real_folder);
        const char *name = real;
        if (above == 1)
            name = real + 1;
        else if (strncmp(real, real_folder, above) == 0 && real[above] == '/')
            name = real + above + 1;
        /* A colon before the first slash would be taken for a protocol's. */
        const char *prefix = name != real && memchr(name, ':', strcspn(name, "/")) ? "./" : "";
        int bytes = snprintf(header->backing_name, sizeof header->backing_name, "%s%s", prefix, name);
        header->backing_name_bytes = (size_t)bytes;
        if ((size_t)bytes >= sizeof header->backing_name)
            code = -ENAMETOOLONG;
    }
    free(folder);
    free(real_folder);
    free(real);
    return code;
}

int image_create_overlay(const char *path, const char *backing, const struct image_create_options *options,
                         struct image_error *error)
{
    struct header header = { 0 };
    struct image *base;
    options = options ? options : &defaults;
    struct image_options careful = { .format = options->backing_format,
                                     .allow_outside_backing = options->allow_outside_backing,
                                     .data_file = options->backing_data_file };
    int code = image_open(&base, backing, &careful, error);
    if (code < 0)
        return code;
    const char *format = base->layers[0]->format == IMAGE_FORMAT_RAW ? "raw" : "qcow2";
    snprintf(header.backing_format, sizeof header.backing_format, "%s", format);
    const char *wrong = choose(&header, image_size(base), options);
    bool deep = image_layers(base) == IMAGE_MAX_LAYERS;
    bool packed = base->layers[0]->packed.fd >= 0;
    image_close(base);
    if (packed)
        return create_fail(error, backing, -ENOTSUP, "compressed with gzip, so no overlay that is kept can "
                           "lie over it; over an image that it is converted to one can");
    if (wrong || deep)
        return create_fail(error, path, -EINVAL, wrong ? wrong : "the backing chain is as long as it may be");
    code = name_backing(&header, path, backing);
    return code < 0 ? create_fail(error, path, code, NULL) : create_file(path, &header, error);
}

int image_temporary_overlay(struct image **out, struct image *base, const char *folder, struct image_error *error)
{
    struct header header = { 0 };
    struct host_file file;
    *out = NULL;
    if (image_writable(base))
        return create_fail(error, base->layers[0]->file.path, -EINVAL, "opened for writing, so nothing goes over it");
    const char *wrong = choose(&header, image_size(base), &defaults);
    if (wrong)
        return create_fail(error, base->layers[0]->file.path, -EINVAL, wrong);
    int code = host_file_temporary(&file, folder);
    if (!code && (code = write_image(&file, &header)) < 0)
        host_file_close(&file);
    if (code < 0)
        return create_fail(error, folder, code, NULL);
    code = chain_put_over(base, &file);
    if (code < 0 && error)
        *error = base->last_error;
    if (!code)
        *out = base;
    return code;
}
