/* copy-in and copy-out.
 *
 * Letters are those that DOS gives: A and B for floppies, from C on the first primary FAT partition of each hard disk,
 * then the logical ones, then the other primary ones.
 *
 * Nothing is written while the guest has the volume in motion: a hard disk that it has read from since it was started,
 * since DOS keeps directories and FATs in its buffers; a floppy that it has written to a moment ago (contents, FATs and
 * directories one after the other, and disk caches later still); a volume whose FATs differ or that is marked as in
 * use. A floppy looks changed to the guest afterwards.
 *
 * Left out: FAT32, directories, wildcards, CDs. */
#include "tui/exchange.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tui/fat_files.h"
#include "tui/host_path.h"
#include "tui/journal.h"
#include "tui/output.h"
#include "tui/output_file.h"

enum { QUIET_MS = 2000, ERROR_SIZE = 400, NAME_SIZE = 1024 };

/* --- The disk --- */

static bool read_disk(void *ctx, uint64_t offset, void *buffer, size_t bytes)
{
    return session_disk_read(ctx, offset / 512, buffer, (uint32_t)(bytes / 512));
}

static bool write_disk(void *ctx, uint64_t offset, const void *data, size_t bytes)
{
    return session_disk_write(ctx, offset / 512, data, (uint32_t)(bytes / 512));
}

static bool flush_disk(void *ctx)
{
    return session_disk_flush(ctx);
}

static struct journal_disk journal_disk_of(struct session_disk *disk)
{
    return (struct journal_disk){ read_disk, write_disk, flush_disk, disk, image_size(disk->image) / 512 * 512 };
}

void exchange_warn(struct session *s, const char *path)
{
    char name[NAME_SIZE + sizeof JOURNAL_SUFFIX];
    snprintf(name, sizeof name, "%.*s" JOURNAL_SUFFIX, NAME_SIZE - 1, path);
    if (access(name, F_OK) == 0)
        session_notice(s, "%s: a copy-in was cut short, and may have changed it by half: opened with --write it is "
                       "undone", path);
}

bool exchange_recover(struct session_disk *disk, const char *path, char *error, size_t error_size)
{
    char name[NAME_SIZE + sizeof JOURNAL_SUFFIX];
    struct journal_disk target = journal_disk_of(disk);
    snprintf(name, sizeof name, "%.*s" JOURNAL_SUFFIX, NAME_SIZE - 1, path);
    switch (journal_undo(name, &target, error, error_size)) {
    case JOURNAL_UNDONE:
        session_notice(disk->session, "%s: a copy-in that was cut short has been undone", path);
        return true;
    case JOURNAL_FAILED: return false;
    case JOURNAL_NONE: break;
    }
    return true;
}

/* --- Letters --- */

struct volume { struct session_disk *disk; struct fat_place place; };

static bool holds_fat(struct session_disk *disk, const struct fat_place *place)
{
    uint8_t boot[FAT_SECTOR];
    struct fat_volume v;
    return place->start + FAT_SECTOR <= image_size(disk->image) && read_disk(disk, place->start, boot, sizeof boot) &&
           fat_lay_out(&v, place->start, boot);
}

/* Does the I-th place of a disk get its letter in round ROUND: first primary, logical, other primary? */
static bool in_round(const struct fat_place *places, unsigned i, unsigned round)
{
    unsigned first = 0;
    while (places[first].number > 4)
        first++;
    bool logical = places[i].number > 4;
    return round == 0 ? !logical && i == first : round == 1 ? logical : !logical && i != first;
}

/* *LETTER counts down by the letters that DISK's places get in round ROUND. */
static bool find_on_disk(struct session_disk *disk, unsigned round, unsigned *letter, struct volume *volume)
{
    struct fat_place places[FAT_PARTITIONS + 1] = { { .number = 0 } };
    unsigned count = fat_find_places(&(struct fat_disk){ read_disk, disk, image_size(disk->image) / 512 * 512 },
                                     places);
    for (unsigned i = 0; i < count; i++)
        if (in_round(places, i, round) && holds_fat(disk, &places[i]) && (*letter)-- == 0) {
            *volume = (struct volume){ disk, places[i] };
            return true;
        }
    return false;
}

static bool find_partition(struct session *s, unsigned letter, struct volume *volume)
{
    for (unsigned round = 0; round < 3; round++)
        for (unsigned drive = DRIVE_HD0; drive < DRIVES; drive++) {
            struct session_disk *disk = &s->disk[drive];
            if (disk->image && !disk->is_cd && find_on_disk(disk, round, &letter, volume))
                return true;
        }
    return false;
}

/* "C:\DOS\X" is PATH behind the letter. False: one line in ERROR. */
static bool find_volume(struct session *s, const char *name, struct volume *volume, const char **path, char *error)
{
    unsigned letter = name[0] ? (unsigned)((name[0] | 0x20) - 'a') : 26;
    if (letter >= 26 || name[1] != ':') {
        snprintf(error, ERROR_SIZE, "%.200s: a path in the guest begins with a drive's letter: a:, c:\\dos", name);
        return false;
    }
    *path = name + 2;
    if (letter >= 2 && find_partition(s, letter - 2, volume))
        return true;
    if (letter < 2 && s->disk[letter].image) {
        *volume = (struct volume){ &s->disk[letter], { 0, image_size(s->disk[letter].image), 0 } };
        return true;
    }
    snprintf(error, ERROR_SIZE,
             letter < 2 ? "%c: has no disk in it" : "%c: is no FAT12 or FAT16 volume of the guest's disks",
             (int)('A' + letter));
    return false;
}

/* --- Is the guest at work on it? --- */

/* Does the machine stand where a reset leaves it, with nothing of any disk in mind? */
static bool is_reset(const struct machine *m)
{
    struct registers now;
    inspect_registers(m, &now);
    return now.mode == MODE_REAL && now.eip == 0xFFF0 && now.seg[SEG_CS].base == 0xFFFF0000;
}

/* DOS would not see a change of a disk whose directories and FATs it has in buffers, and might write them back. */
static bool is_unknown(struct session *s, const struct volume *volume, const char *name, char *error)
{
    if (volume->disk->drive <= DRIVE_FLOPPY_B || !volume->disk->touched || is_reset(s->machine))
        return true;
    snprintf(error, ERROR_SIZE, "%.2s is in use: the guest has read it and may not see the change, or undo it. Copy to "
             "a floppy (insert a FILE, copy-in FILE a:); or stop the guest (Ctrl-C), then reset, then copy", name);
    return false;
}

static bool is_quiet(struct session *s, const struct volume *volume, const struct fat_files *files, const char *name,
                     char *error)
{
    uint64_t since = machine_tick(s->machine) - volume->disk->last_write;
    if (volume->disk->written && since < (uint64_t)QUIET_MS * TICKS_PER_MS)
        snprintf(error, ERROR_SIZE, "%.2s was written to %lu ms ago; let the guest run until it has left it alone for "
                 "%d s", name, (unsigned long)(since / TICKS_PER_MS), QUIET_MS / 1000);
    else if (fat_files_unsettled(files))
        snprintf(error, ERROR_SIZE, "%.2s: %s; the guest has to be done with it, or to check it, first", name,
                 fat_files_unsettled(files));
    else
        return true;
    return false;
}

/* --- Arguments --- */

/* Splits "[-f] FIRST SECOND"; FIRST or SECOND may be in double quotes. */
struct words { bool force; char first[NAME_SIZE], second[NAME_SIZE]; };

static const char *take_word(const char *text, char *word)
{
    size_t n = 0;
    text += strspn(text, " ");
    bool quoted = *text == '"';
    for (text += quoted; *text && *text != (quoted ? '"' : ' ') && n + 1 < NAME_SIZE; text++)
        word[n++] = *text;
    word[n] = 0;
    char expanded[NAME_SIZE];
    if (!quoted && host_path(word, expanded, sizeof expanded))
        strcpy(word, expanded);
    return text + (quoted && *text == '"');
}

static bool take_words(const char *arguments, struct words *words)
{
    words->force = strncmp(arguments, "-f ", 3) == 0;
    const char *rest = take_word(arguments + (words->force ? 3 : 0), words->first);
    rest = take_word(rest, words->second);
    return words->first[0] && words->second[0] && !rest[strspn(rest, " ")];
}

static const char *last_part(const char *path)
{
    const char *last = path;
    for (; *path; path++)
        if (*path == '/' || *path == '\\' || *path == ':')
            last = path + 1;
    return last;
}

/* --- copy-in --- */

/* DIRECTORY and the name in it: PATH is a directory, or a new name in one. */
static bool find_target(struct fat_files *files, const char *path, const char *host, struct fat_file *directory,
                        struct fat_new *new, char *error)
{
    char above[NAME_SIZE], ignored[ERROR_SIZE];
    const char *name = last_part(host);
    struct fat_file found;
    bool exists = fat_files_find(files, path, &found, ignored, sizeof ignored);
    if (exists && found.attributes & FAT_DIRECTORY) {
        *directory = found;
    } else {
        name = last_part(path);
        snprintf(above, sizeof above, "%.*s", (int)(name - path), path);
        if (!fat_files_find(files, above, directory, error, ERROR_SIZE))
            return false;
        if (!exists && *name && !strchr(name, '.') && strchr(last_part(host), '.')) {
            snprintf(error, ERROR_SIZE, "there is no directory %.100s; for a file of this name say %.100s.", name,
                     name);
            return false;
        }
    }
    if (fat_make_name(name, strlen(name), new->name)) {
        if (!fat_is_device(new->name))
            return true;
        snprintf(error, ERROR_SIZE, "%.200s is a device of DOS, and no file can be called so; say another name: "
                 "copy-in FILE c:\\dir\\name.ext", name);
        return false;
    }
    snprintf(error, ERROR_SIZE, "%.200s is no DOS name; say which: copy-in FILE c:\\dir\\name.ext", name);
    return false;
}

/* Years from 1980 to 2107, two seconds. */
static void stamp(struct fat_new *new, time_t when)
{
    struct tm tm;
    if (!localtime_r(&when, &tm) || tm.tm_year < 80 || tm.tm_year > 207)
        tm = (struct tm){ .tm_year = 80, .tm_mday = 1 };
    new->date = (uint16_t)((tm.tm_year - 80) << 9 | (tm.tm_mon + 1) << 5 | tm.tm_mday);
    new->time = (uint16_t)(tm.tm_hour << 11 | tm.tm_min << 5 | tm.tm_sec / 2);
}

static bool open_source(const char *path, struct fat_new *new, char *error)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);        /* does not wait for the other end of a pipe */
    new->stream = fd >= 0 ? fdopen(fd, "rb") : NULL;
    if (!new->stream && fd >= 0)
        close(fd);
    if (!new->stream || fstat(fd, &st) != 0) {
        snprintf(error, ERROR_SIZE, "%.300s: %s", path, strerror(errno));
        return false;
    }
    if (!S_ISREG(st.st_mode) || st.st_size > (off_t)UINT32_MAX) {
        snprintf(error, ERROR_SIZE, "%.300s: %s", path,
                 S_ISREG(st.st_mode) ? "larger than a file of DOS can be" : "not a file");
        return false;
    }
    new->size = (uint32_t)st.st_size;
    stamp(new, st.st_mtime);
    return true;
}

/* The file that a journal of the disk's changes has to lie beside; NULL: what is written is thrown away anyway. */
static const char *written_file(const struct session *s, const struct session_disk *disk)
{
    if (!disk->kept)
        return NULL;
    return s->options->write_in_place ? disk->path : s->options->overlay;
}

static bool copy_in(struct session *s, struct journal *journal, const struct volume *volume, const struct words *words,
                    const char *path, struct fat_new *new, char *error)
{
    char name[NAME_SIZE + sizeof JOURNAL_SUFFIX];
    const char *written = written_file(s, volume->disk);
    struct fat_file directory;
    struct fat_files *files = fat_files_open(journal, &volume->place, error, ERROR_SIZE);
    snprintf(name, sizeof name, "%s" JOURNAL_SUFFIX, written ? written : "");
    bool ok = files && is_unknown(s, volume, words->second, error) &&
              (is_reset(s->machine) || is_quiet(s, volume, files, words->second, error)) &&
              find_target(files, path, words->first, &directory, new, error) &&
              fat_files_create(files, &directory, new, error, ERROR_SIZE) &&
              journal_commit(journal, written ? name : NULL, error, ERROR_SIZE);
    fat_files_close(files);
    return ok;
}

enum debugger_result exchange_copy_in(struct debugger *d, void *ctx, const char *arguments)
{
    struct session *s = ctx;
    struct words words;
    struct volume volume;
    struct fat_new new = { .stream = NULL };
    const char *path;
    char error[ERROR_SIZE] = "out of memory";
    if (!take_words(arguments, &words))
        return debugger_error(d, "Usage: copy-in [-f] FILE DIRECTORY");
    if (!find_volume(s, words.second, &volume, &path, error))
        return debugger_error(d, "%s", error);
    if (volume.disk->protect)
        return debugger_error(d, "%.2s is write-protected", words.second);
    new.replace = words.force;
    struct journal_disk disk = journal_disk_of(volume.disk);
    struct journal *journal = journal_open(&disk);
    bool ok = journal && open_source(words.first, &new, error) &&
              copy_in(s, journal, &volume, &words, path, &new, error);
    if (new.stream)
        fclose(new.stream);
    journal_close(journal);
    if (!ok)
        return debugger_error(d, "%s", error);
    session_disk_changed(volume.disk);
    debugger_print(d, "%lu bytes copied to %s%s\n", (unsigned long)new.size, words.second,
                   volume.disk->kept                     ? ""
                   : volume.disk->drive > DRIVE_FLOPPY_B ? ", until the session ends"
                                                         : ", until the disk is taken out or the session ends");
    return DEBUGGER_DONE;
}

/* --- copy-out --- */

static bool open_copy(struct output_file *out, const struct session *s, const struct words *words, const char *path,
                      char *error)
{
    char name[NAME_SIZE * 2];
    struct stat st;
    bool folder = stat(words->second, &st) == 0 && S_ISDIR(st.st_mode);
    snprintf(name, sizeof name, folder ? "%s/%s" : "%s", words->second, last_part(path));
    return (!words->force || output_may_write(s, name, error, ERROR_SIZE)) &&
           output_file_begin(out, name, words->force ? OUTPUT_REPLACE : OUTPUT_NEW, error, ERROR_SIZE);
}

static bool copy_out(const struct session *s, struct fat_files *files, const struct words *words, const char *path,
                     struct fat_file *file, char *error)
{
    char reason[ERROR_SIZE - 100];
    struct output_file out;
    if (!fat_files_find(files, path, file, error, ERROR_SIZE))
        return false;
    if (file->attributes & FAT_DIRECTORY) {
        snprintf(error, ERROR_SIZE, "%.200s is a directory", words->first);
        return false;
    }
    if (!open_copy(&out, s, words, path, error))
        return false;
    bool ok = fat_files_read(files, file, out.stream, reason, sizeof reason);
    if (!ok)
        snprintf(error, ERROR_SIZE, "%.60s: %s", words->first, reason);
    return output_file_end(&out, ok, error, ERROR_SIZE) && ok;
}

enum debugger_result exchange_copy_out(struct debugger *d, void *ctx, const char *arguments)
{
    struct session *s = ctx;
    struct words words;
    struct volume volume;
    struct fat_file file;
    const char *path;
    char error[ERROR_SIZE] = "out of memory", busy[ERROR_SIZE];
    if (!take_words(arguments, &words))
        return debugger_error(d, "Usage: copy-out [-f] PATH FILE");
    if (!find_volume(s, words.first, &volume, &path, error))
        return debugger_error(d, "%s", error);
    struct journal_disk disk = journal_disk_of(volume.disk);
    struct journal *journal = journal_open(&disk);
    struct fat_files *files = journal ? fat_files_open(journal, &volume.place, error, ERROR_SIZE) : NULL;
    bool ok = files && copy_out(s, files, &words, path, &file, error);
    bool quiet = ok && is_quiet(s, &volume, files, words.first, busy);
    fat_files_close(files);
    journal_close(journal);
    if (!ok)
        return debugger_error(d, "%s", error);
    debugger_print(d, "%lu bytes copied from %s\n", (unsigned long)file.size, words.first);
    if (!quiet)
        debugger_print(d, "The guest may not be done with it: %s\n", busy);
    return DEBUGGER_DONE;
}
