/* The journal's file: "TrowelJ2", the number of sectors (4 bytes), for each its offset (8 bytes), what it held (512)
 * and what it is to hold (512), and the SHA-256 of all that; integers are little-endian. It is complete on the disk
 * before the first sector changes, and goes when the last one is safe. It is used only if each sector holds one of the
 * two.
 *
 * Sectors are few (FATs and directories), so they are looked for one by one. */
#include "tui/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nettle/sha2.h>

enum { SECTOR = 512, MOST_SECTORS = 4096, MAGIC_BYTES = 8, HEAD_BYTES = MAGIC_BYTES + 4,
       RECORD_BYTES = 8 + 2 * SECTOR };

static const char magic[] = "TrowelJ2";

struct change { uint64_t offset; uint8_t data[SECTOR]; };

struct journal {
    struct journal_disk disk;
    struct change *change;
    size_t count;
};

struct journal *journal_open(const struct journal_disk *disk)
{
    struct journal *j = calloc(1, sizeof *j);
    if (j)
        j->disk = *disk;
    return j;
}

void journal_close(struct journal *j)
{
    if (j)
        free(j->change);
    free(j);
}

const struct journal_disk *journal_disk(const struct journal *j)
{
    return &j->disk;
}

static bool lies_on(const struct journal_disk *disk, uint64_t offset, uint64_t bytes)
{
    return offset % SECTOR == 0 && bytes % SECTOR == 0 && offset <= disk->bytes && bytes <= disk->bytes - offset;
}

static struct change *find(struct journal *j, uint64_t offset)
{
    for (size_t i = 0; i < j->count; i++)
        if (j->change[i].offset == offset)
            return &j->change[i];
    return NULL;
}

bool journal_read(struct journal *j, uint64_t offset, void *buffer, size_t bytes)
{
    if (!lies_on(&j->disk, offset, bytes) || !j->disk.read(j->disk.ctx, offset, buffer, bytes))
        return false;
    for (size_t i = 0; i < j->count; i++) {
        const struct change *c = &j->change[i];
        if (c->offset >= offset && c->offset - offset < bytes)
            memcpy((uint8_t *)buffer + (c->offset - offset), c->data, SECTOR);
    }
    return true;
}

static bool add(struct journal *j, uint64_t offset, const uint8_t *data)
{
    struct change *c = find(j, offset);
    if (!c) {
        struct change *larger = j->count < MOST_SECTORS ? realloc(j->change, (j->count + 1) * sizeof *larger) : NULL;
        if (!larger)
            return false;
        j->change = larger;
        c = &j->change[j->count++];
        c->offset = offset;
    }
    memcpy(c->data, data, SECTOR);
    return true;
}

bool journal_write(struct journal *j, uint64_t offset, const void *data, size_t bytes)
{
    if (!lies_on(&j->disk, offset, bytes))
        return false;
    for (size_t at = 0; at < bytes; at += SECTOR)
        if (!add(j, offset + at, (const uint8_t *)data + at))
            return false;
    return true;
}

/* --- The file --- */

static void put_integer(uint8_t *to, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> 8 * i);
}

static uint64_t get_integer(const uint8_t *from, unsigned bytes)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++)
        value |= (uint64_t)from[i] << 8 * i;
    return value;
}

static size_t file_bytes(size_t sectors)
{
    return HEAD_BYTES + sectors * RECORD_BYTES + SHA256_DIGEST_SIZE;
}

static void digest(const uint8_t *file, size_t sectors, uint8_t *out)
{
    struct sha256_ctx sum;
    sha256_init(&sum);
    sha256_update(&sum, HEAD_BYTES + sectors * RECORD_BYTES, file);
    sha256_digest(&sum, SHA256_DIGEST_SIZE, out);
}

/* What the sectors to be changed hold now, and are to hold, as a file in memory. NULL: out of memory, or they cannot be
 * read. */
static uint8_t *make_file(struct journal *j)
{
    uint8_t *file = malloc(file_bytes(j->count));
    if (!file)
        return NULL;
    memcpy(file, magic, MAGIC_BYTES);
    put_integer(file + MAGIC_BYTES, j->count, 4);
    for (size_t i = 0; i < j->count; i++) {
        uint8_t *record = file + HEAD_BYTES + i * RECORD_BYTES;
        put_integer(record, j->change[i].offset, 8);
        memcpy(record + 8 + SECTOR, j->change[i].data, SECTOR);
        if (!j->disk.read(j->disk.ctx, j->change[i].offset, record + 8, SECTOR)) {
            free(file);
            return NULL;
        }
    }
    digest(file, j->count, file + HEAD_BYTES + j->count * RECORD_BYTES);
    return file;
}

/* Makes the entry of PATH in its folder as durable as its contents. */
static bool sync_folder(const char *path)
{
    char copy[4096];
    snprintf(copy, sizeof copy, "%s", path);
    int folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = folder >= 0 && fsync(folder) == 0;
    if (folder >= 0)
        close(folder);
    return ok;
}

static bool write_all(int fd, const uint8_t *data, size_t bytes)
{
    while (bytes) {
        ssize_t written = write(fd, data, bytes);
        if (written < 0 && errno != EINTR)
            return false;
        data += written > 0 ? written : 0;
        bytes -= written > 0 ? (size_t)written : 0;
    }
    return true;
}

static bool save_file(const char *path, const uint8_t *file, size_t bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write_all(fd, file, bytes) && fsync(fd) == 0;
    int reason = errno;
    if (fd >= 0)
        ok = close(fd) == 0 && ok;
    if (ok && sync_folder(path))
        return true;
    if (fd >= 0)
        unlink(path);
    errno = reason;
    return false;
}

/* --- Writing and undoing --- */

/* Writes back what FILE holds, the last sector first. */
static bool write_back(const struct journal_disk *disk, const uint8_t *file, size_t sectors)
{
    bool ok = true;
    for (size_t i = sectors; i-- > 0;) {
        const uint8_t *record = file + HEAD_BYTES + i * RECORD_BYTES;
        ok = disk->write(disk->ctx, get_integer(record, 8), record + 8, SECTOR) && ok;
    }
    return disk->flush(disk->ctx) && ok;
}

static bool write_changes(struct journal *j)
{
    for (size_t i = 0; i < j->count; i++)
        if (!j->disk.write(j->disk.ctx, j->change[i].offset, j->change[i].data, SECTOR))
            return false;
    return j->disk.flush(j->disk.ctx);
}

static bool wrong(char *error, size_t error_size, const char *text)
{
    snprintf(error, error_size, "%s", text);
    return false;
}

bool journal_commit(struct journal *j, const char *path, char *error, size_t error_size)
{
    uint8_t *file = make_file(j);
    if (!file)
        return wrong(error, error_size, "the disk cannot be read, or memory is short");
    if (path && !save_file(path, file, file_bytes(j->count))) {
        snprintf(error, error_size, "%.300s: %s", path, strerror(errno));
        free(file);
        return false;
    }
    bool ok = write_changes(j), undone = ok || write_back(&j->disk, file, j->count);
    free(file);
    if (path && (ok || undone))
        unlink(path);
    if (!ok)
        return wrong(error, error_size,
                     undone ? "the disk cannot be written to; it is as it was"
                     : path ? "the disk cannot be written to; what was there is in the journal beside it"
                            : "the disk cannot be written to, and what was there could not be put back");
    j->count = 0;
    return true;
}

/* Sectors in the file of SIZE bytes at FILE; 0: it is not complete. */
static size_t complete_sectors(const uint8_t *file, size_t size)
{
    uint8_t sum[SHA256_DIGEST_SIZE];
    if (size < HEAD_BYTES || memcmp(file, magic, MAGIC_BYTES) != 0)
        return 0;
    size_t count = (size_t)get_integer(file + MAGIC_BYTES, 4);
    if (!count || count > MOST_SECTORS || size != file_bytes(count))
        return 0;
    digest(file, count, sum);
    return memcmp(sum, file + HEAD_BYTES + count * RECORD_BYTES, sizeof sum) == 0 ? count : 0;
}

static bool all_lie_on(const struct journal_disk *disk, const uint8_t *file, size_t sectors)
{
    for (size_t i = 0; i < sectors; i++)
        if (!lies_on(disk, get_integer(file + HEAD_BYTES + i * RECORD_BYTES, 8), SECTOR))
            return false;
    return true;
}

/* Is DISK the one that FILE is about, each sector as it was or as it was to become? Not if the image was replaced by a
 * backup, or something else has written to it since. */
static bool is_the_disk(const struct journal_disk *disk, const uint8_t *file, size_t sectors)
{
    uint8_t now[SECTOR];
    for (size_t i = 0; i < sectors; i++) {
        const uint8_t *record = file + HEAD_BYTES + i * RECORD_BYTES, *before = record + 8, *after = before + SECTOR;
        if (!disk->read(disk->ctx, get_integer(record, 8), now, SECTOR) ||
            (memcmp(now, before, SECTOR) != 0 && memcmp(now, after, SECTOR) != 0))
            return false;
    }
    return true;
}

static enum journal_undone fail(char *error, size_t error_size, const char *path, const char *what)
{
    snprintf(error, error_size, "%.200s: %s", path, what);
    return JOURNAL_FAILED;
}

/* Neither follows a link nor waits for the other end of a pipe. */
static FILE *open_file(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    bool is_file = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    FILE *stream = is_file ? fdopen(fd, "rb") : NULL;
    if (fd >= 0 && !stream) {
        close(fd);
        errno = EINVAL;
    }
    return stream;
}

enum journal_undone journal_undo(const char *path, const struct journal_disk *disk, char *error, size_t error_size)
{
    FILE *stream = open_file(path);
    if (!stream)
        return errno == ENOENT ? JOURNAL_NONE : fail(error, error_size, path, "it cannot be read");
    uint8_t *file = malloc(file_bytes(MOST_SECTORS) + 1);
    size_t size = file ? fread(file, 1, file_bytes(MOST_SECTORS) + 1, stream) : 0, sectors = 0;
    bool readable = file && !ferror(stream) && !memcmp(file, magic, size < MAGIC_BYTES ? size : MAGIC_BYTES);
    fclose(stream);
    if (readable)
        sectors = complete_sectors(file, size);
    bool fits = readable && all_lie_on(disk, file, sectors), same = fits && is_the_disk(disk, file, sectors);
    bool ok = same && (!sectors || write_back(disk, file, sectors));
    free(file);
    if (fits && !same)
        return fail(error, error_size, path, "something else has written to the disk since this was left behind; "
                    "delete it if the disk is as it should be");
    if (!ok || unlink(path) != 0)
        return fail(error, error_size, path, "what it holds could not be put back");
    return sectors ? JOURNAL_UNDONE : JOURNAL_NONE;
}
