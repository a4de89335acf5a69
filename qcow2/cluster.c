/* Reading guest contents of a qcow2 layer: standard, zero and compressed clusters, and what the layers below hold. */
#include "qcow2/store.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static int read_standard(struct qcow2 *q, struct layer_span span, void *buffer)
{
    if (!q->data)
        return layer_fail(q->layer, -EPERM, "its data is in the external file \"%.200s\", which was not opened",
                          q->header.data_name);
    int code = host_file_read_padded(q->data, span.host, buffer, (size_t)span.bytes);
    if (code < 0)
        return layer_fail(q->layer, code, "data at 0x%" PRIx64 ": %s", span.host, host_error_text(code));
    layer_report(q->layer, IMAGE_EVENT_READ, span);
    return 0;
}

static int read_compressed(struct qcow2 *q, uint64_t entry, struct layer_span span, void *buffer)
{
    const uint8_t *data;
    bool whole = span.bytes == q->cluster_size;
    int code = whole ? compressed_read_whole(q, entry, buffer) : compressed_cluster(q, entry, &data);
    if (code < 0)
        return code;
    if (!whole)
        memcpy(buffer, data + (span.offset & (q->cluster_size - 1)), (size_t)span.bytes);
    layer_report(q->layer, IMAGE_EVENT_READ, span);
    return 0;
}

/* Reads what MAP says about SPAN, whose bytes are MAP's. */
static int read_mapped(struct qcow2 *q, const struct mapping *map, struct layer_span span, void *buffer)
{
    switch (map->status) {
    case IMAGE_CLUSTER_STANDARD:
        return read_standard(q, span, buffer);
    case IMAGE_CLUSTER_COMPRESSED:
        return read_compressed(q, map->entry, span, buffer);
    case IMAGE_CLUSTER_UNALLOCATED:
        /* Behind the disk is machine state, which a larger layer below must not show through. */
        if (q->layer->below && span.offset < q->layer->size)
            return layer_read(q->layer->below, span.offset, buffer, (size_t)span.bytes);
        break;
    default:
        break;
    }
    memset(buffer, 0, (size_t)span.bytes);
    span.host = 0;
    layer_report(q->layer, IMAGE_EVENT_ZERO, span);
    return 0;
}

int qcow2_read(struct qcow2 *q, uint64_t offset, void *buffer, size_t bytes)
{
    for (uint8_t *to = buffer; bytes; ) {
        struct mapping map;
        int code = table_map(q, offset, bytes, &map);
        struct layer_span span = { .offset = offset, .bytes = map.bytes, .host = map.host };
        if (!code)
            code = read_mapped(q, &map, span, to);
        if (code < 0)
            return code;
        offset += map.bytes;
        to += map.bytes;
        bytes -= (size_t)map.bytes;
    }
    return 0;
}
