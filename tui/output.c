/* An option without its value takes the disk that follows for its file, and a name may be mistyped: then an image that
 * exists nowhere else would be emptied. So an output file is looked at before it is opened.
 *
 * What looks like a disk image: the magic of qcow2 (docs/interop/qcow2.txt, "Header"), whole sectors with 55AAh at the
 * end of the first (a boot sector), a volume descriptor of ISO 9660 (ECMA-119, 8.1) in sector 16.
 *
 * Left out: images compressed with gzip that no drive of the session has, and floppies without a boot signature. */
#include "tui/output.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tui/image_command.h"
#include "tui/session.h"

enum { SECTOR = 512, BOOT_SIGNATURE = 510, ISO_IDENTIFIER = 32769 };

static bool is_one_file(const struct stat *file, const char *path)
{
    struct stat other;
    return stat(path, &other) == 0 && file->st_dev == other.st_dev && file->st_ino == other.st_ino;
}

/* Is it the disk's file, or one that it lies over? */
static bool is_of_disk(const struct session_disk *disk, const struct stat *file)
{
    struct image_layer_info info;
    if (!disk->image)
        return false;
    for (unsigned i = 0; i < image_layers(disk->image); i++) {
        image_layer_info(disk->image, i, &info);
        if (is_one_file(file, info.path))
            return true;
    }
    return is_one_file(file, disk->path);
}

static bool is_disk(const struct session *s, const struct stat *file)
{
    const struct options *o = s->options;
    bool is = (o->overlay && is_one_file(file, o->overlay)) || (o->data_file && is_one_file(file, o->data_file));
    for (unsigned i = 0; i < DRIVES; i++)
        is = is || is_of_disk(&s->disk[i], file);
    return is;
}

static bool is_rom(const struct session *s, const struct stat *file)
{
    const struct options *o = s->options;
    bool is = (o->bios && is_one_file(file, o->bios)) || (o->vgabios && is_one_file(file, o->vgabios));
    for (unsigned i = 0; i < o->option_roms; i++)
        is = is || is_one_file(file, o->option_rom[i].path);
    return is;
}

static bool is_behind(const struct stat *file, int fd)
{
    struct stat other;
    return fd > STDERR_FILENO && fstat(fd, &other) == 0 && S_ISREG(other.st_mode) && file->st_dev == other.st_dev &&
           file->st_ino == other.st_ino;
}

/* Is it what a port or the sound is written to? Another file in its place would leave the rest to nobody. */
static bool is_in_use(const struct session *s, const struct stat *file)
{
    const struct ports *p = &s->ports;
    bool is = is_behind(file, p->debugcon.out) || (s->sound.file && is_behind(file, fileno(s->sound.file)));
    for (int i = 0; i < SERIAL_PORTS; i++)
        is = is || is_behind(file, p->serial[i].out);
    for (int i = 0; i < PARALLEL_PORTS; i++)
        is = is || is_behind(file, p->parallel[i].out);
    return is;
}

/* The manifest lies beside the image itself, not beside a link to it. */
static bool is_sealed(const char *path)
{
    char *target = realpath(path, NULL);
    bool is = image_has_manifest(path) || (target && image_has_manifest(target));
    free(target);
    return is;
}

static bool has(int fd, off_t at, const char *bytes, size_t size)
{
    char found[8];
    return pread(fd, found, size, at) == (ssize_t)size && memcmp(found, bytes, size) == 0;
}

/* One that cannot be read is left to whoever opens it for writing. */
static bool looks_like_image(const char *path, const struct stat *file)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool does = has(fd, 0, "QFI\xFB", 4) || has(fd, ISO_IDENTIFIER, "CD001", 5) ||
                (file->st_size % SECTOR == 0 && has(fd, BOOT_SIGNATURE, "\x55\xAA", 2));
    close(fd);
    return does;
}

static const char *why_not(const struct session *s, const char *path)
{
    struct stat file;
    if (stat(path, &file) != 0)
        return NULL;
    if (S_ISDIR(file.st_mode))
        return "is a directory; name a file in it";
    if (S_ISBLK(file.st_mode))
        return "is a block device; name a file";
    if (is_disk(s, &file))
        return "is a disk of this machine, which is not overwritten; name another file";
    if (is_rom(s, &file))
        return "is a ROM of this machine, which is not overwritten; name another file";
    if (is_in_use(s, &file))
        return "is what a port or the sound is written to; name another file";
    if (is_sealed(path))
        return "is sealed, so it is not overwritten; name another file";
    if (S_ISREG(file.st_mode) && looks_like_image(path, &file))
        return "looks like a disk image, so it is not overwritten; name another file, or remove it first";
    return NULL;
}

bool output_may_write(const struct session *s, const char *path, char *error, size_t error_size)
{
    const char *why = why_not(s, path);
    if (!why)
        return true;
    size_t length = strlen(why) + sizeof ": ";
    snprintf(error, error_size, "%.*s: %s", length < error_size ? (int)(error_size - length) : 0, path, why);
    return false;
}

static bool option_may(const struct session *s, const char *option, const char *path, char *error, size_t error_size)
{
    char reason[SESSION_ERROR_SIZE - 32];
    if (!path || output_may_write(s, path, reason, sizeof reason))
        return true;
    snprintf(error, error_size, "--%s %s", option, reason);
    return false;
}

bool output_may_write_options(const struct session *s, char *error, size_t error_size)
{
    static const char file[] = "file:";
    const struct options *o = s->options;
    bool ok = option_may(s, "wavcapture", o->wavcapture, error, error_size);
    for (int i = 0; ok && i < SERIAL_PORTS; i++)
        if (o->serial[i] && strncmp(o->serial[i], file, strlen(file)) == 0)
            ok = option_may(s, "serial", o->serial[i] + strlen(file), error, error_size);
    for (int i = 0; ok && i < PARALLEL_PORTS; i++)
        ok = option_may(s, "parallel", o->parallel[i], error, error_size);
    if (ok && o->debugcon && strcmp(o->debugcon, "-") != 0)
        ok = option_may(s, "debugcon", o->debugcon, error, error_size);
    return ok;
}
