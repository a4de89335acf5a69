/* A file is written under a name of its own in the same folder, and gets its right name when it is whole, so that a
 * full disk, a damaged source or a crash costs nothing of what was there before. A link stays, and the file that it
 * leads to is replaced. Its mode is kept, and its owner where we may give files away.
 *
 * Left out: further hard links to the old file keep the old contents; access control lists are not copied. */
#include "tui/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_TRIES = 1000, NAME_ROOM = 40 };

/* One line that keeps its end if PATH is too long for it. */
static bool fail(char *error, size_t error_size, const char *path, const char *why)
{
    size_t length = strlen(why) + sizeof ": ";
    snprintf(error, error_size, "%.*s: %s", length < error_size ? (int)(error_size - length) : 0, path, why);
    return false;
}

static const char *text_of(int code)
{
    switch (code) {
    case EEXIST: return "File exists; -f replaces it";
    case ENXIO: return "no program reads from this pipe; start it first";
    default: return strerror(code);
    }
}

static int open_now(const char *path, int flags)
{
    int fd = open(path, flags | O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666);
    if (fd >= 0)
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    return fd;
}

int output_stream(const char *path, char *error, size_t error_size)
{
    int fd = open_now(path, O_CREAT | O_TRUNC);
    if (fd < 0)
        fail(error, error_size, path, text_of(errno));
    return fd;
}

/* A new file in the folder of F->path, with the mode that other new files get. Returns a descriptor, or -1: errno. */
static int make_unfinished(struct output_file *f)
{
    const char *slash = strrchr(f->path, '/');
    size_t folder = slash ? (size_t)(slash - f->path) + 1 : 0;
    f->unfinished = malloc(folder + NAME_ROOM);
    int fd = -1;
    errno = f->unfinished ? EEXIST : ENOMEM;
    for (int i = 0; f->unfinished && fd < 0 && errno == EEXIST && i < MOST_TRIES; i++) {
        snprintf(f->unfinished, folder + NAME_ROOM, "%.*s.trowel-%ld-%d", (int)folder, f->path, (long)getpid(), i);
        fd = open_now(f->unfinished, O_CREAT | O_EXCL);
    }
    return fd;
}

/* Beside what is there, OLD (NULL: nothing), which must be one that could be written to itself. */
static int begin_beside(struct output_file *f, const struct stat *old)
{
    if (old && access(f->path, W_OK) != 0)
        return -1;
    int fd = make_unfinished(f);
    if (fd >= 0 && old) {
        bool owned = fchown(fd, old->st_uid, old->st_gid) == 0;
        fchmod(fd, old->st_mode & (owned ? 07777 : 0777));
    }
    return fd;
}

/* In place: it is cut back to what it was if that comes to nothing. */
static int begin_behind(struct output_file *f, const struct stat *old)
{
    f->end = old->st_size;
    return open_now(f->path, O_APPEND);
}

/* OLD: what is there, or NULL. Returns a descriptor, or -1: errno. */
static int begin(struct output_file *f, const struct stat *old, unsigned how)
{
    if (old && !S_ISREG(old->st_mode))
        return open_now(f->path, 0);
    if (old && how & OUTPUT_APPEND)
        return begin_behind(f, old);
    f->is_new = !old;
    return begin_beside(f, old);
}

static void forget(struct output_file *f)
{
    free(f->path);
    free(f->unfinished);
    *f = (struct output_file){ .end = -1 };
}

static const char *why_not(const struct stat *old, unsigned how)
{
    bool special = S_ISFIFO(old->st_mode) || S_ISCHR(old->st_mode);
    if (S_ISDIR(old->st_mode))
        return "is a directory; name a file in it";
    if (!S_ISREG(old->st_mode) && !(special && how & OUTPUT_SPECIAL))
        return "is not a file; name another one";
    return how & (OUTPUT_REPLACE | OUTPUT_APPEND) ? NULL : text_of(EEXIST);
}

/* The file that PATH leads to. NULL: errno. */
static char *resolve(const char *path, bool is_there)
{
    struct stat st;
    if (is_there)
        return realpath(path, NULL);
    if (lstat(path, &st) == 0) {        /* a link to nothing */
        errno = ENOENT;
        return NULL;
    }
    return strdup(path);
}

bool output_file_begin(struct output_file *f, const char *path, unsigned how, char *error, size_t error_size)
{
    struct stat st;
    bool is_there = stat(path, &st) == 0;
    const char *why = is_there ? why_not(&st, how) : NULL;
    if (why)
        return fail(error, error_size, path, why);
    *f = (struct output_file){ .path = resolve(path, is_there), .end = -1 };
    int fd = f->path ? begin(f, is_there ? &st : NULL, how) : -1;
    f->stream = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (f->stream)
        return true;
    fail(error, error_size, path, text_of(errno));
    if (fd >= 0)
        close(fd);
    if (fd >= 0 && f->unfinished)
        unlink(f->unfinished);
    forget(f);
    return false;
}

static bool flush(struct output_file *f)
{
    return fflush(f->stream) == 0 && !ferror(f->stream) && (!f->unfinished || fsync(fileno(f->stream)) == 0);
}

/* Somebody may have made a file of this name meanwhile. */
static bool take_name(const struct output_file *f)
{
    struct stat st;
    if (f->is_new && lstat(f->path, &st) == 0) {
        errno = EEXIST;
        return false;
    }
    return rename(f->unfinished, f->path) == 0;
}

bool output_file_end(struct output_file *f, bool complete, char *error, size_t error_size)
{
    errno = EIO;
    bool ok = complete && flush(f);
    ok = fclose(f->stream) == 0 && ok;
    ok = ok && (!f->unfinished || take_name(f));
    if (!ok && complete)
        fail(error, error_size, f->path, text_of(errno));
    if (!ok && f->unfinished)
        unlink(f->unfinished);
    bool as_before = ok || f->end < 0 || truncate(f->path, f->end) == 0;
    if (!as_before)
        fail(error, error_size, f->path, strerror(errno));
    forget(f);
    return ok || (!complete && as_before);
}
