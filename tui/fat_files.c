/* Files on FAT volumes (Microsoft's "FAT: General Overview of On-Disk Format" 1.03).
 *
 * Left out: FAT32, long names, making directories, the volume's own code page (names are ASCII). */
#include "tui/fat_files.h"

#include <errno.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { END_MARK = 0xFFFF, CLEAN_BIT = 0x8000, SLOT_FREE = 0xE5 };

struct fat_files {
    struct journal *journal;
    struct fat_volume at;
    uint8_t *table;             /* whole FAT as it will be, fat_bytes */
    uint8_t *before;            /* as it is */
    const char *unsettled;
};

static bool fail(char *error, size_t error_size, const char *format, ...) __attribute__((format(printf, 3, 4)));
static bool fail(char *error, size_t error_size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error, error_size, format, arguments);
    va_end(arguments);
    return false;
}

/* --- Opening --- */

/* Second FATs have to say the same as the first. */
static bool copies_agree(struct fat_files *f)
{
    uint8_t sector[FAT_SECTOR];
    for (uint32_t at = 0; f->at.fats > 1 && at < f->at.fat_bytes; at += FAT_SECTOR)
        if (!journal_read(f->journal, f->at.fat + f->at.fat_bytes + at, sector, sizeof sector) ||
            memcmp(sector, f->before + at, sizeof sector) != 0)
            return false;
    return true;
}

static bool load(struct fat_files *f, const struct fat_place *place)
{
    uint8_t boot[FAT_SECTOR];
    if (!journal_read(f->journal, place->start, boot, sizeof boot) || !fat_lay_out(&f->at, place->start, boot) ||
        f->at.end > journal_disk(f->journal)->bytes ||
        (place->number && f->at.end > place->start + place->bytes))
        return false;
    f->table = malloc(f->at.fat_bytes);
    f->before = malloc(f->at.fat_bytes);
    if (!f->table || !f->before || !journal_read(f->journal, f->at.fat, f->before, f->at.fat_bytes))
        return false;
    memcpy(f->table, f->before, f->at.fat_bytes);
    if (!copies_agree(f))
        f->unsettled = "its two FATs differ";
    else if (f->at.wide && !(fat_table_get(&f->at, f->table, 1) & CLEAN_BIT))
        f->unsettled = "it is marked as in use";
    return true;
}

struct fat_files *fat_files_open(struct journal *journal, const struct fat_place *place, char *error, size_t error_size)
{
    struct fat_files *f = calloc(1, sizeof *f);
    if (f)
        f->journal = journal;
    if (f && load(f, place))
        return f;
    fail(error, error_size, f ? "no FAT12 or FAT16 volume, or it cannot be read" : "out of memory");
    fat_files_close(f);
    return NULL;
}

void fat_files_close(struct fat_files *f)
{
    if (!f)
        return;
    free(f->table);
    free(f->before);
    free(f);
}

const char *fat_files_unsettled(const struct fat_files *f)
{
    return f->unsettled;
}

/* --- Names --- */

static bool name_part(const char *text, size_t length, uint8_t *out, size_t most)
{
    static const char allowed[] = "!#$%&'()-@^_`{}~";
    if (!length || length > most)
        return false;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (!(c < 128 && (isalnum(c) || strchr(allowed, c))))
            return false;
        out[i] = (uint8_t)toupper(c);
    }
    return true;
}

bool fat_make_name(const char *text, size_t length, uint8_t name[FAT_NAME])
{
    const char *dot = memchr(text, '.', length);
    size_t stem = dot ? (size_t)(dot - text) : length;
    memset(name, ' ', FAT_NAME);
    return name_part(text, stem, name, 8) &&
           (!dot || stem + 1 == length || name_part(dot + 1, length - stem - 1, name + 8, 3));
}

/* AUX, CON and so on: DOS finds the device in every directory, whatever follows the dot. */
bool fat_is_device(const uint8_t name[FAT_NAME])
{
    static const char devices[][9] = { "CON     ", "PRN     ", "AUX     ", "NUL     ", "CLOCK$  " };
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
        if (memcmp(name, devices[i], 8) == 0)
            return true;
    return (memcmp(name, "COM", 3) == 0 || memcmp(name, "LPT", 3) == 0) && name[3] >= '1' && name[3] <= '9' &&
           memcmp(name + 4, "    ", 4) == 0;
}

/* --- Directories --- */

/* Where the entries of a directory lie, sector by sector. */
struct walk { const struct fat_file *directory; uint32_t cluster, steps; uint64_t offset, end; bool broken; };

static void walk_begin(const struct fat_files *f, const struct fat_file *directory, struct walk *w)
{
    *w = (struct walk){ .directory = directory, .cluster = directory->cluster };
    if (!directory->cluster) {
        w->offset = f->at.root;
        w->end = f->at.data;
    } else if (fat_is_cluster(&f->at, w->cluster)) {
        w->offset = fat_cluster_offset(&f->at, w->cluster);
        w->end = w->offset + f->at.cluster_bytes;
    } else {
        w->broken = true;
    }
}

/* The next cluster of the chain, at the end of one. False: the directory ends. */
static bool walk_on(const struct fat_files *f, struct walk *w)
{
    if (!w->cluster || w->broken)
        return false;
    uint32_t next = fat_table_get(&f->at, f->table, w->cluster);
    if (!fat_is_cluster(&f->at, next) || ++w->steps >= f->at.clusters)
        return false;
    w->cluster = next;
    w->offset = fat_cluster_offset(&f->at, next);
    w->end = w->offset + f->at.cluster_bytes;
    return true;
}

/* The next sector. False: there is none. */
static bool walk_sector(struct fat_files *f, struct walk *w, uint8_t *sector, uint64_t *offset)
{
    if (w->broken || (w->offset == w->end && !walk_on(f, w)))
        return false;
    *offset = w->offset;
    w->offset += FAT_SECTOR;
    return journal_read(f->journal, *offset, sector, FAT_SECTOR);
}

bool fat_files_lookup(struct fat_files *f, const struct fat_file *directory, const uint8_t *name, struct fat_file *file)
{
    uint8_t sector[FAT_SECTOR];
    uint64_t offset;
    struct walk w;
    walk_begin(f, directory, &w);
    while (walk_sector(f, &w, sector, &offset))
        for (unsigned i = 0; i < FAT_SECTOR; i += FAT_ENTRY) {
            const uint8_t *entry = sector + i;
            if (!entry[0])
                return false;
            if (entry[11] & FAT_LABEL || memcmp(entry, name, FAT_NAME) != 0)
                continue;
            *file = (struct fat_file){ offset + i, fat_get16(entry + 26), fat_get32(entry + 28), entry[11] };
            return true;
        }
    return false;
}

bool fat_files_find(struct fat_files *f, const char *path, struct fat_file *file, char *error, size_t error_size)
{
    *file = (struct fat_file){ .attributes = FAT_DIRECTORY };
    for (size_t length; path += strspn(path, "\\/"), (length = strcspn(path, "\\/")) > 0; path += length) {
        uint8_t name[FAT_NAME];
        struct fat_file directory = *file;
        if (!fat_make_name(path, length, name))
            return fail(error, error_size, "%.*s is no DOS name: 8 characters, a dot and 3", (int)length, path);
        if (!(directory.attributes & FAT_DIRECTORY) || !fat_files_lookup(f, &directory, name, file))
            return fail(error, error_size, "there is no %.*s", (int)length, path);
        if (file->attributes & FAT_DIRECTORY && !fat_is_cluster(&f->at, file->cluster))
            return fail(error, error_size, "the directory %.*s is damaged", (int)length, path);
    }
    return true;
}

/* --- Reading --- */

bool fat_files_read(struct fat_files *f, const struct fat_file *file, FILE *stream, char *error, size_t error_size)
{
    static const char damaged[] = "its chain of clusters is damaged: %lu of %lu bytes could be read";
    uint8_t *buffer = malloc(f->at.cluster_bytes);
    uint32_t cluster = file->cluster, done = 0, steps = 0;
    bool ok = buffer != NULL;
    if (!ok)
        fail(error, error_size, "out of memory");
    while (ok && done < file->size) {
        uint32_t bytes = file->size - done < f->at.cluster_bytes ? file->size - done : f->at.cluster_bytes;
        if (!fat_is_cluster(&f->at, cluster) || steps++ == f->at.clusters ||
            !journal_read(f->journal, fat_cluster_offset(&f->at, cluster), buffer, f->at.cluster_bytes))
            ok = fail(error, error_size, damaged, (unsigned long)done, (unsigned long)file->size);
        else if (fwrite(buffer, 1, bytes, stream) != bytes)
            ok = fail(error, error_size, "the copy cannot be written: %s", strerror(errno));
        else
            cluster = fat_table_get(&f->at, f->table, cluster);
        done += bytes;
    }
    free(buffer);
    return ok;
}

/* --- Writing --- */

static uint32_t count_free(const struct fat_files *f)
{
    uint32_t free_clusters = 0;
    for (uint32_t i = 0; i < f->at.clusters; i++)
        free_clusters += fat_table_get(&f->at, f->table, i + 2) == 0;
    return free_clusters;
}

/* Takes a free cluster behind AFTER, or from the start again; ends the chain there. 0: none is left. */
static uint32_t take_cluster(struct fat_files *f, uint32_t after)
{
    for (uint32_t i = 0; i < f->at.clusters; i++) {
        uint32_t cluster = 2 + (after - 1 + i) % f->at.clusters;
        if (fat_table_get(&f->at, f->table, cluster) == 0) {
            fat_table_set(&f->at, f->table, cluster, END_MARK);
            return cluster;
        }
    }
    return 0;
}

static void free_chain(struct fat_files *f, uint32_t cluster)
{
    for (uint32_t steps = 0; fat_is_cluster(&f->at, cluster) && steps < f->at.clusters; steps++) {
        uint32_t next = fat_table_get(&f->at, f->table, cluster);
        fat_table_set(&f->at, f->table, cluster, 0);
        cluster = next;
    }
}

/* Straight to the disk: the cluster is free as long as the journal is not committed. */
static bool fill_cluster(struct fat_files *f, uint32_t cluster, const uint8_t *data)
{
    const struct journal_disk *disk = journal_disk(f->journal);
    return disk->write(disk->ctx, fat_cluster_offset(&f->at, cluster), data, f->at.cluster_bytes);
}

/* Writes the contents to new clusters. *FIRST: of the chain, 0 for an empty file. */
static bool write_contents(struct fat_files *f, const struct fat_new *file, uint32_t *first,
                           char *error, size_t error_size)
{
    uint8_t *buffer = malloc(f->at.cluster_bytes);
    uint32_t last = 0, left = file->size;
    bool ok = buffer != NULL;
    *first = 0;
    if (!ok)
        fail(error, error_size, "out of memory");
    while (ok && left) {
        uint32_t bytes = left < f->at.cluster_bytes ? left : f->at.cluster_bytes;
        uint32_t cluster = take_cluster(f, last ? last : 1);
        memset(buffer, 0, f->at.cluster_bytes);
        if (!cluster)
            ok = fail(error, error_size, "the volume is full");
        else if (fread(buffer, 1, bytes, file->stream) != bytes)
            ok = fail(error, error_size, "the file cannot be read, or has become shorter");
        else if (!fill_cluster(f, cluster, buffer))
            ok = fail(error, error_size, "the disk cannot be written to");
        if (!ok)
            break;
        if (last)
            fat_table_set(&f->at, f->table, last, cluster);
        else
            *first = cluster;
        last = cluster;
        left -= bytes;
    }
    free(buffer);
    return ok;
}

/* One more cluster for a directory that is full. Its offset, 0: no room. */
static uint64_t extend(struct fat_files *f, uint32_t last)
{
    uint8_t *zeros = calloc(1, f->at.cluster_bytes);
    uint32_t cluster = zeros ? take_cluster(f, last) : 0;
    bool ok = cluster && fill_cluster(f, cluster, zeros);
    if (ok)
        fat_table_set(&f->at, f->table, last, cluster);
    free(zeros);
    return ok ? fat_cluster_offset(&f->at, cluster) : 0;
}

/* A place for an entry. behind: the next one, if this was the end of the directory; 0: there is none, or it was not. */
struct slot { uint64_t at, behind; };

/* The first slot of the directory that is free. False: there is none. */
static bool find_slot(struct fat_files *f, const struct fat_file *directory, struct slot *slot)
{
    uint8_t sector[FAT_SECTOR];
    uint64_t offset;
    struct walk w;
    *slot = (struct slot){ 0, 0 };
    walk_begin(f, directory, &w);
    while (walk_sector(f, &w, sector, &offset))
        for (unsigned i = 0; i < FAT_SECTOR; i += FAT_ENTRY) {
            if (slot->at) {
                slot->behind = offset + i;
                return true;
            }
            if (sector[i] && sector[i] != SLOT_FREE)
                continue;
            slot->at = offset + i;
            if (sector[i])
                return true;
        }
    if (!slot->at && w.cluster && !w.broken)
        slot->at = extend(f, w.cluster);
    return slot->at != 0;
}

static bool read_entry(struct fat_files *f, uint64_t at, uint8_t *sector)
{
    return journal_read(f->journal, at - at % FAT_SECTOR, sector, FAT_SECTOR);
}

static bool put_back(struct fat_files *f, uint64_t at, const uint8_t *sector)
{
    return journal_write(f->journal, at - at % FAT_SECTOR, sector, FAT_SECTOR);
}

/* The directory goes on ending where it ended, whatever lies there. */
static bool end_directory(struct fat_files *f, uint64_t at)
{
    uint8_t sector[FAT_SECTOR];
    if (!read_entry(f, at, sector))
        return false;
    if (!sector[at % FAT_SECTOR])
        return true;
    sector[at % FAT_SECTOR] = 0;
    return put_back(f, at, sector);
}

static bool write_entry(struct fat_files *f, const struct slot *slot, const struct fat_new *file, uint32_t cluster)
{
    uint8_t sector[FAT_SECTOR], *entry = sector + slot->at % FAT_SECTOR;
    if (!read_entry(f, slot->at, sector))
        return false;
    memset(entry, 0, FAT_ENTRY);
    memcpy(entry, file->name, FAT_NAME);
    entry[11] = FAT_ARCHIVE;
    fat_put16(entry + 22, file->time);
    fat_put16(entry + 24, file->date);
    fat_put16(entry + 26, cluster);
    fat_put32(entry + 28, file->size);
    return put_back(f, slot->at, sector) && (!slot->behind || end_directory(f, slot->behind));
}

/* The sectors of all FATs that have changed. */
static bool write_tables(struct fat_files *f)
{
    for (uint32_t copy = 0; copy < f->at.fats; copy++)
        for (uint32_t at = 0; at < f->at.fat_bytes; at += FAT_SECTOR)
            if (memcmp(f->table + at, f->before + at, FAT_SECTOR) != 0 &&
                !journal_write(f->journal, f->at.fat + (uint64_t)copy * f->at.fat_bytes + at, f->table + at,
                               FAT_SECTOR))
                return false;
    return true;
}

static bool may_replace(const struct fat_file *old, const struct fat_new *file, char *error, size_t error_size)
{
    if (old->attributes & FAT_DIRECTORY)
        return fail(error, error_size, "there is a directory of that name");
    if (old->attributes & FAT_READ_ONLY)
        return fail(error, error_size, "there is a read-only file of that name");
    return file->replace || fail(error, error_size, "there is a file of that name already; -f replaces it");
}

bool fat_files_create(struct fat_files *f, const struct fat_file *directory, const struct fat_new *file, char *error,
                      size_t error_size)
{
    struct fat_file old;
    uint32_t first, needed = (uint32_t)(((uint64_t)file->size + f->at.cluster_bytes - 1) / f->at.cluster_bytes);
    bool replaces = fat_files_lookup(f, directory, file->name, &old);
    if (replaces && !may_replace(&old, file, error, error_size))
        return false;
    if (needed > count_free(f))
        return fail(error, error_size, "it needs %lu KB, and %lu KB are free",
                    (unsigned long)((uint64_t)needed * f->at.cluster_bytes / 1024),
                    (unsigned long)((uint64_t)count_free(f) * f->at.cluster_bytes / 1024));
    if (!write_contents(f, file, &first, error, error_size))
        return false;
    struct slot slot = { replaces ? old.entry : 0, 0 };
    if (!replaces && !find_slot(f, directory, &slot))
        return fail(error, error_size, "the directory is full");
    if (replaces)
        free_chain(f, old.cluster);
    const struct journal_disk *disk = journal_disk(f->journal);
    return (disk->flush(disk->ctx) && write_tables(f) && write_entry(f, &slot, file, first)) ||
           fail(error, error_size, "the disk cannot be read or written to");
}
