/* Images compressed with gzip (RFC 1952): unpacked as a whole into a file without a name when they are opened, and from
 * then on read like any other. Such an image is never written to; what goes over it is a temporary overlay.
 *
 * The file may be hostile. A few kilobytes of it can stand for gigabytes, so what it holds is bounded, and stretches of
 * zeros take no room on the host. Members in a row are one image, as for gzip; what follows the last of them and is no
 * member is ignored, as there too.
 *
 * Left out: gzip files inside gzip files, and as backing files: qcow2 has no word for them, so every other program
 * would take the compressed bytes for the disk. */
#include "qcow2/gzip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { PIECE = 65536, GZIP_WINDOW = 16 + MAX_WBITS, HEADER_BYTES = 3 };

struct unpacking {
    struct layer *layer;            /* for its errors */
    const struct host_file *from;
    struct host_file *to;
    z_stream stream;
    uint64_t from_at, from_size, to_at;
    bool over;                      /* the last member has ended */
    uint8_t in[PIECE], out[PIECE];
};

static bool is_member(const uint8_t *start)
{
    return start[0] == 0x1F && start[1] == 0x8B && start[2] == Z_DEFLATED;
}

int gzip_magic(const struct host_file *file, bool *found)
{
    uint8_t start[HEADER_BYTES];
    int code = host_file_read_padded(file, 0, start, sizeof start);
    *found = !code && is_member(start);
    return code;
}

static bool is_zero(const uint8_t *bytes, size_t count)
{
    return count == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, count - 1) == 0);
}

/* What was inflated since the last call; zeros become a hole. */
static int store(struct unpacking *u)
{
    size_t count = PIECE - u->stream.avail_out;
    int code = 0;
    if (count > GZIP_MOST_BYTES - u->to_at)
        return layer_fail(u->layer, -EFBIG, "holds more than %llu MiB, which is too much for a compressed disk",
                          (unsigned long long)GZIP_MOST_BYTES >> 20);
    if (!is_zero(u->out, count) && (code = host_file_write(u->to, u->to_at, u->out, count)) < 0)
        return layer_fail(u->layer, code, "unpacking to a temporary file: %s", host_error_text(code));
    u->to_at += count;
    u->stream.next_out = u->out;
    u->stream.avail_out = PIECE;
    return 0;
}

/* Sees to it that there is input, if the file has any left. */
static int refill(struct unpacking *u)
{
    uint64_t left = u->from_size - u->from_at;
    size_t count = left < PIECE ? (size_t)left : PIECE;
    if (u->stream.avail_in || !count)
        return 0;
    int code = host_file_read(u->from, u->from_at, u->in, count);
    if (code < 0)
        return layer_fail(u->layer, code, "%s", host_error_text(code));
    u->from_at += count;
    u->stream.next_in = u->in;
    u->stream.avail_in = (unsigned)count;
    return 0;
}

/* A member has ended: does another begin behind it? */
static int next_member(struct unpacking *u)
{
    uint8_t start[HEADER_BYTES];
    uint64_t at = u->from_at - u->stream.avail_in;
    int code = host_file_read_padded(u->from, at, start, sizeof start);
    if (code < 0)
        return layer_fail(u->layer, code, "%s", host_error_text(code));
    u->over = !is_member(start);
    return inflateReset(&u->stream) == Z_OK ? 0 : -EIO;
}

static int unpack_some(struct unpacking *u)
{
    int code = refill(u);
    if (code < 0)
        return code;
    int result = inflate(&u->stream, Z_NO_FLUSH);
    unsigned long long at = u->from_at - u->stream.avail_in;
    bool used_up = !u->stream.avail_in && u->from_at == u->from_size && u->stream.avail_out;
    if (result == Z_BUF_ERROR || (result == Z_OK && used_up))
        return layer_fail(u->layer, -EINVAL, "the compressed data ends too early, at byte %llu", at);
    if (result == Z_MEM_ERROR)
        return layer_fail(u->layer, -ENOMEM, "out of memory");
    if (result != Z_OK && result != Z_STREAM_END)
        return layer_fail(u->layer, -EINVAL, "damaged compressed data before byte %llu: %s", at,
                          u->stream.msg ? u->stream.msg : "no gzip data");
    if ((result == Z_STREAM_END || !u->stream.avail_out) && (code = store(u)) < 0)
        return code;
    return result == Z_STREAM_END ? next_member(u) : 0;
}

static int unpack_all(struct unpacking *u)
{
    int code = host_file_size(u->from, &u->from_size);
    if (code < 0)
        return layer_fail(u->layer, code, "%s", host_error_text(code));
    u->stream.next_out = u->out;
    u->stream.avail_out = PIECE;
    if (inflateInit2(&u->stream, GZIP_WINDOW) != Z_OK)
        return layer_fail(u->layer, -ENOMEM, "out of memory");
    while (!code && !u->over)
        code = unpack_some(u);
    inflateEnd(&u->stream);
    if (!code && (code = host_file_resize(u->to, u->to_at)) < 0)
        layer_fail(u->layer, code, "unpacking to a temporary file: %s", host_error_text(code));
    return code;
}

int gzip_unpack(struct layer *layer, const char *folder)
{
    struct host_file unpacked;
    struct unpacking *u = calloc(1, sizeof *u);
    if (!u)
        return layer_fail(layer, -ENOMEM, "out of memory");
    int code = host_file_temporary(&unpacked, folder);
    if (code < 0) {
        layer_fail(layer, code, "unpacking it to a temporary file in %.200s: %s", folder, host_error_text(code));
    } else {
        *u = (struct unpacking){ .layer = layer, .from = &layer->file, .to = &unpacked };
        code = unpack_all(u);
        if (code < 0)
            host_file_close(&unpacked);
        else
            host_file_stand_in(&layer->file, &unpacked, &layer->packed);
    }
    free(u);
    return code;
}
