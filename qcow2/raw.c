/* Raw images: the file is the disk. Written in place, never made longer.
 *
 * The contents of a raw disk belong to the guest, so its first bytes prove nothing. Where nobody named the format, a
 * guest that wrote the qcow2 magic there would have the next opening follow a backing file of the guest's choice; that
 * write is refused. */
#include "qcow2/layer.h"

#include "qcow2/header.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

int raw_open(struct layer *layer)
{
    int code = host_file_size(&layer->file, &layer->size);
    return code < 0 ? layer_fail(layer, code, "%s", host_error_text(code)) : 0;
}

int raw_read(struct layer *layer, uint64_t offset, void *buffer, size_t bytes)
{
    int code = host_file_read_padded(&layer->file, offset, buffer, bytes);
    if (code < 0)
        return layer_fail(layer, code, "data at 0x%" PRIx64 ": %s", offset, host_error_text(code));
    layer_report(layer, IMAGE_EVENT_READ, (struct layer_span){ .offset = offset, .bytes = bytes, .host = offset });
    return 0;
}

/* -EPERM if the write would make the file start with the magic of qcow2. */
static int check_magic(struct layer *layer, uint64_t offset, const uint8_t *data, size_t bytes)
{
    uint8_t start[HEADER_MAGIC_BYTES];
    if (offset >= sizeof start)
        return 0;
    int code = host_file_read_padded(&layer->file, 0, start, sizeof start);
    if (code < 0)
        return layer_fail(layer, code, "data at 0x0: %s", host_error_text(code));
    size_t room = sizeof start - (size_t)offset;
    memcpy(start + offset, data, bytes < room ? bytes : room);
    if (header_is_magic(start))
        return layer_fail(layer, -EPERM, "the write would turn it into a qcow2 image (its format was not named)");
    return 0;
}

int raw_write(struct layer *layer, uint64_t offset, const void *data, size_t bytes)
{
    int code = layer->format_guessed ? check_magic(layer, offset, data, bytes) : 0;
    if (code < 0)
        return code;
    code = host_file_write(&layer->file, offset, data, bytes);
    if (code < 0)
        return layer_fail(layer, code, "data at 0x%" PRIx64 ": %s", offset, host_error_text(code));
    layer_report(layer, IMAGE_EVENT_WRITTEN, (struct layer_span){ .offset = offset, .bytes = bytes, .host = offset });
    return 0;
}

/* A whole block is written at most at a time; the contents do not matter to the magic's guard, zeros are no magic. */
static int write_zero_bytes(struct layer *layer, uint64_t offset, uint64_t bytes)
{
    static const uint8_t zeros[4096];
    int code = 0;
    while (!code && bytes) {
        size_t part = bytes < sizeof zeros ? (size_t)bytes : sizeof zeros;
        code = host_file_write(&layer->file, offset, zeros, part);
        offset += part;
        bytes -= part;
    }
    return code;
}

int raw_write_zeroes(struct layer *layer, uint64_t offset, uint64_t bytes)
{
    struct layer_span span = { .offset = offset, .bytes = bytes, .host = offset };
    int code = host_file_punch(&layer->file, offset, bytes);
    if (code == -ENOTSUP)
        code = write_zero_bytes(layer, offset, bytes);
    if (code < 0)
        return layer_fail(layer, code, "zeros at 0x%" PRIx64 ": %s", offset, host_error_text(code));
    layer_report(layer, IMAGE_EVENT_ZEROED, span);
    return 0;
}
