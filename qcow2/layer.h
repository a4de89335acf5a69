/* Inside view of an image: its layers, and what all of their code shares (reporting of errors and events). */
#ifndef QCOW2_LAYER_H
#define QCOW2_LAYER_H

#include "qcow2/file.h"
#include "qcow2/qcow2.h"

struct qcow2;

struct layer {
    struct image *image;
    unsigned number;                /* 0 is the top */
    struct layer *below;            /* NULL: nothing, which reads as zeros */
    struct host_file file;
    struct host_file packed;        /* the gzip file whose contents FILE holds, open for its locks; fd -1: not one */
    struct host_file data;          /* the external data file of a qcow2 file; fd -1: none, or not open */
    enum image_format format;       /* RAW or QCOW2 */
    bool format_guessed;
    uint64_t size;                  /* bytes of the virtual disk */
    struct qcow2 *qcow2;            /* NULL for raw files */
};

struct image {
    struct layer *layers[IMAGE_MAX_LAYERS];
    unsigned count;
    bool punch_holes;
    void (*observer)(void *ctx, const struct image_event *event);
    void *observer_ctx;
    struct image_error last_error, warning;
};

/* Records "path: text" as the image's last error, and returns CODE. */
int layer_fail(struct layer *layer, int code, const char *text, ...) __attribute__((format(printf, 3, 4)));

/* The same for a file that is no layer (yet). */
int image_fail(struct image *image, const char *path, int code, const char *text);

/* Adds "path: text" to what the user is to be told. Only the first warnings of an image find room. */
void layer_warn(struct layer *layer, const char *text, ...) __attribute__((format(printf, 2, 3)));

/* Reports one event for each cluster of CLUSTER_SIZE that [offset, offset + bytes) touches. HOST is where OFFSET is. */
struct layer_span { uint64_t offset, bytes, host; };
void layer_report(struct layer *layer, enum image_event_kind kind, struct layer_span span);

/* Bytes per cluster as layer_report counts them. */
uint32_t layer_cluster_size(const struct layer *layer);

/* The contents as seen from LAYER down: zeros past its end. LAYER may be NULL: all zeros. */
int layer_read(struct layer *layer, uint64_t offset, void *buffer, size_t bytes);

/* Frees IMAGE and what it has of layers, without writing anything. */
void image_free(struct image *image);

/* Opens the layers below the last one, and numbers them. OPTIONS belongs to layer 0. */
int chain_open_backing(struct image *image, const struct image_options *options);

/* Opens the external data file of LAYER, if it has one, where OPTIONS name it and no layer above took that name for its
 * own. Without it nothing is read of the layer's data, and only who asked for the layer ALONE gets so far. */
int chain_open_data(struct layer *layer, const struct image_options *options);

/* Makes a layer of the open FILE, whose ownership passes, failure or not, and puts it under the others. */
int chain_push(struct image *image, struct host_file *file, enum image_format format);

/* Puts the qcow2 FILE on top of the layers that IMAGE has. Its ownership passes, failure or not. */
int chain_put_over(struct image *image, struct host_file *file);

void layer_free(struct layer *layer);

enum { RAW_CLUSTER_SIZE = 65536 };

int raw_open(struct layer *layer);
int raw_read(struct layer *layer, uint64_t offset, void *buffer, size_t bytes);
int raw_write(struct layer *layer, uint64_t offset, const void *data, size_t bytes);
int raw_write_zeroes(struct layer *layer, uint64_t offset, uint64_t bytes);

#endif
