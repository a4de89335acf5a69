/* Host files: positional reading and writing, opening with care, locks, syncing.
 *
 * Locks are open-file-description locks on single bytes, laid out as QEMU does it (block/file-posix.c and
 * docs/devel of QEMU 7.2): a lock on byte 100 + n says "I use permission n", one on byte 200 + n says "I do not share
 * permission n". All locks are shared ones, and who wants a permission tests that nobody holds the opposite byte.
 * Permissions: 0 consistent read, 1 write, 3 resize (2 is writing what is already there, which both sides share).
 *
 * Left out: block devices and pipes. Images are regular files. */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64

#include "qcow2/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PERMISSION_READ = 0, PERMISSION_WRITE = 1, PERMISSION_RESIZE = 3,
    LOCK_USED = 100, LOCK_NOT_SHARED = 200
};

/* Takes over FD, which is closed where it is not a regular file. */
static int file_adopt(struct host_file *file, int fd, const char *path, bool writable)
{
    struct stat status;
    int code = 0;
    if (fd < 0)
        return -errno;
    if (fstat(fd, &status) < 0)
        code = -errno;
    else if (!S_ISREG(status.st_mode))
        code = S_ISDIR(status.st_mode) ? -EISDIR : -ENXIO;
    char *copy = code < 0 ? NULL : strdup(path);
    if (!code && !copy)
        code = -ENOMEM;
    if (code < 0) {
        close(fd);
        return code;
    }
    *file = (struct host_file){ .fd = fd, .path = copy, .writable = writable,
                                .device = status.st_dev, .inode = status.st_ino };
    return 0;
}

static int open_at(int folder, const char *name, int flags)
{
    int fd;
    do
        fd = openat(folder, name, flags | O_CLOEXEC, 0666);
    while (fd < 0 && errno == EINTR);
    return fd;
}

int host_file_open(struct host_file *file, const char *path, enum host_file_mode mode)
{
    bool writable = mode == HOST_FILE_WRITE;
    file->fd = -1;
    int fd = open_at(AT_FDCWD, path, (writable ? O_RDWR : O_RDONLY) | O_NONBLOCK | O_NOCTTY);
    return file_adopt(file, fd, path, writable);
}

/* Opens the folder that the next part of a name leads to, and closes the one it started from. */
static int folder_step(int folder, const char *part)
{
    int next = open_at(folder, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    int code = next < 0 ? -errno : next;
    close(folder);
    /* With O_DIRECTORY a link is reported as "not a directory"; tell it apart only by its effect: no way through. */
    return code == -ENOTDIR ? -ELOOP : code;
}

int host_file_open_beneath(struct host_file *file, const char *folder, const char *name)
{
    file->fd = -1;
    char *whole = host_path_join(folder, name), *rest = strdup(name), *part = rest, *slash;
    int at = open_at(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY), code = at < 0 ? -errno : 0;
    if (!whole || !rest)
        code = -ENOMEM;
    while (!code && (slash = strchr(part, '/'))) {
        *slash = '\0';
        if (*part && (at = folder_step(at, part)) < 0)
            code = at;
        part = slash + 1;
    }
    if (!code)
        code = file_adopt(file, open_at(at, part, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY), whole, false);
    if (at >= 0)
        close(at);
    free(whole);
    free(rest);
    return code;
}

int host_file_create(struct host_file *file, const char *path)
{
    file->fd = -1;
    return file_adopt(file, open_at(AT_FDCWD, path, O_RDWR | O_CREAT | O_EXCL), path, true);
}

void host_file_discard(struct host_file *file)
{
    unlink(file->path);
    host_file_close(file);
}

int host_file_temporary(struct host_file *file, const char *folder)
{
    file->fd = -1;
    char *path = host_path_join(folder, "trowel-XXXXXX");
    if (!path)
        return -ENOMEM;
    int fd = mkostemp(path, O_CLOEXEC), code = fd < 0 ? -errno : 0;
    if (!code) {
        unlink(path);
        code = file_adopt(file, fd, "(temporary)", true);
    }
    if (!code)
        file->temporary = true;
    free(path);
    return code;
}

void host_file_stand_in(struct host_file *file, const struct host_file *contents, struct host_file *before)
{
    *before = *file;
    free(contents->path);
    *file = (struct host_file){ .fd = contents->fd, .path = before->path, .temporary = true,
                                .device = before->device, .inode = before->inode };
    before->path = NULL;
}

void host_file_close(struct host_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    free(file->path);
    *file = (struct host_file){ .fd = -1 };
}

static int lock_byte(int fd, int command, off_t at, short type)
{
    struct flock lock = { .l_type = type, .l_whence = SEEK_SET, .l_start = at, .l_len = 1 };
    if (fcntl(fd, command, &lock) < 0)
        return errno == EAGAIN || errno == EACCES ? -EBUSY : -errno;
    return command == F_OFD_GETLK && lock.l_type != F_UNLCK ? -EBUSY : 0;
}

int host_file_lock(struct host_file *file)
{
    static const int permissions[] = { PERMISSION_READ, PERMISSION_WRITE, PERMISSION_RESIZE };
    enum { COUNT = sizeof permissions / sizeof permissions[0] };
    int code = 0;
    for (int pass = 0; pass < 2 && !code; pass++) {
        int command = pass ? F_OFD_GETLK : F_OFD_SETLK;
        short type = pass ? F_WRLCK : F_RDLCK;
        for (int i = 0; i < COUNT && !code; i++) {
            int n = permissions[i];
            bool used = n == PERMISSION_READ || file->writable, shared = n == PERMISSION_READ;
            if (used)
                code = lock_byte(file->fd, command, (pass ? LOCK_NOT_SHARED : LOCK_USED) + n, type);
            if (!shared && !code)
                code = lock_byte(file->fd, command, (pass ? LOCK_USED : LOCK_NOT_SHARED) + n, type);
        }
    }
    return code == -EBUSY ? code : 0;
}

bool host_path_same(const char *a, const char *b)
{
    struct stat one, other;
    return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

bool host_file_same(const struct host_file *a, const struct host_file *b)
{
    return a->device == b->device && a->inode == b->inode;
}

int host_file_size(const struct host_file *file, uint64_t *size)
{
    struct stat status;
    if (fstat(file->fd, &status) < 0)
        return -errno;
    *size = (uint64_t)status.st_size;
    return 0;
}

/* Reads up to the end of the file. *DONE is how much there was. */
static int read_available(const struct host_file *file, uint64_t offset, uint8_t *buffer, size_t bytes, size_t *done)
{
    *done = 0;
    while (*done < bytes && offset + *done <= INT64_MAX) {
        ssize_t got = pread(file->fd, buffer + *done, bytes - *done, (off_t)(offset + *done));
        if (got < 0 && errno != EINTR)
            return -errno;
        if (got == 0)
            return 0;
        *done += got > 0 ? (size_t)got : 0;
    }
    return 0;
}

int host_file_read(const struct host_file *file, uint64_t offset, void *buffer, size_t bytes)
{
    size_t done;
    int code = read_available(file, offset, buffer, bytes, &done);
    return code < 0 ? code : done < bytes ? -ENODATA : 0;
}

int host_file_read_padded(const struct host_file *file, uint64_t offset, void *buffer, size_t bytes)
{
    size_t done;
    int code = read_available(file, offset, buffer, bytes, &done);
    if (!code)
        memset((uint8_t *)buffer + done, 0, bytes - done);
    return code;
}

int host_file_write(struct host_file *file, uint64_t offset, const void *data, size_t bytes)
{
    const uint8_t *from = data;
    if (offset > INT64_MAX - bytes)
        return -EFBIG;
    file->unsynced = true;
    while (bytes) {
        ssize_t put = pwrite(file->fd, from, bytes, (off_t)offset);
        if (put < 0 && errno != EINTR)
            return -errno;
        if (put == 0)
            return -EIO;
        if (put > 0) {
            from += put;
            offset += (uint64_t)put;
            bytes -= (size_t)put;
        }
    }
    return 0;
}

int host_file_resize(struct host_file *file, uint64_t size)
{
    file->unsynced = true;
    if (size > INT64_MAX)
        return -EFBIG;
    int result;
    do
        result = ftruncate(file->fd, (off_t)size);
    while (result < 0 && errno == EINTR);
    return result < 0 ? -errno : 0;
}

int host_file_punch(struct host_file *file, uint64_t offset, uint64_t bytes)
{
    if (offset > INT64_MAX || bytes > INT64_MAX - offset)
        return -EFBIG;
    file->unsynced = true;
    int result = 0;
    do
        if (bytes)
            result = fallocate(file->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)bytes);
    while (result < 0 && errno == EINTR);
    if (result < 0)
        return errno == EOPNOTSUPP || errno == ENOSYS ? -ENOTSUP : -errno;
    return 0;
}

uint64_t host_file_extent(const struct host_file *file, uint64_t offset, uint64_t bytes, bool *hole)
{
    *hole = false;
    if (offset > INT64_MAX)
        return bytes;
    off_t data = lseek(file->fd, (off_t)offset, SEEK_DATA);
    *hole = data < 0 ? errno == ENXIO : (uint64_t)data > offset;
    off_t end = *hole ? data : lseek(file->fd, (off_t)offset, SEEK_HOLE);
    uint64_t length = end < 0 || (uint64_t)end <= offset ? bytes : (uint64_t)end - offset;
    return length < bytes ? length : bytes;
}

int host_file_sync(struct host_file *file)
{
    if (!file->unsynced || file->temporary || file->never_sync)
        return 0;
    int result = 0;
    do
        if (!file->lost)
            result = fdatasync(file->fd);
    while (result < 0 && errno == EINTR);
    if (result < 0)
        file->lost = -errno;
    file->unsynced = file->lost;
    return file->lost;
}

const char *host_error_text(int code)
{
    switch (code) {
    case -ENXIO: return "not a regular file";
    case -ENODATA: return "past the end of the file";
    default: return strerror(-code);
    }
}

char *host_path_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return strdup(".");
    return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

char *host_path_join(const char *folder, const char *name)
{
    if (name[0] == '/' || strcmp(folder, ".") == 0)
        return strdup(name);
    size_t bytes = strlen(folder) + strlen(name) + 2;
    char *whole = malloc(bytes);
    if (whole)
        snprintf(whole, bytes, "%s%s%s", folder, folder[strlen(folder) - 1] == '/' ? "" : "/", name);
    return whole;
}

char *host_path_real(const char *path, int *code)
{
    char *real = realpath(path, NULL);
    *code = real ? 0 : -errno;
    return real;
}
