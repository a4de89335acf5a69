/* FAT12 and FAT16. The disk is hostile: every cluster gets one owner, so that loops end, and directories nest DEEPEST
 * levels at most.
 *
 * Left out: FAT32, long names (DOS does not know them), contents of volumes over 2 GB. */
#include "tui/fat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 24, PATH_BYTES = 260, MOST_OWNERS = 65536, LABEL_BYTES = 24 };

/* Clusters that are nobody's have owner 0. */
struct volume {
    struct fat_volume at;
    uint8_t *table;                 /* at.table_bytes of the first FAT */
    uint16_t *owner;                /* of cluster 2 + i */
    char label[LABEL_BYTES];        /* "partition 1: ", or "" */
    bool understood;
};

struct fat {
    struct fat_disk disk;
    struct volume volume[FAT_PARTITIONS];
    unsigned volumes;
    char **name;                    /* of owners; [0] is not used */
    uint32_t names;
    char **text;                    /* fixed texts of a volume: boot sector, FATs ... */
    uint32_t texts;
};

/* --- Directories --- */

/* Number of a new owner called NAME; 0 if there are too many. */
static uint16_t add_owner(struct fat *fat, const struct volume *v, const char *kind, const char *path)
{
    char text[PATH_BYTES + 64];
    if (fat->names >= MOST_OWNERS - 1)
        return 0;
    if (fat->names % 256 == 0) {
        char **larger = realloc(fat->name, (fat->names + 257) * sizeof *larger);
        if (!larger)
            return 0;
        fat->name = larger;
    }
    snprintf(text, sizeof text, "%s%s%s", v->label, kind, path);
    char *copy = strdup(text);
    if (!copy)
        return 0;
    fat->name[++fat->names] = copy;
    return (uint16_t)fat->names;
}

/* Gives the chain from CLUSTER on to OWNER, up to a cluster that somebody has. Returns how many that were. */
static uint32_t own_chain(struct volume *v, uint32_t cluster, uint16_t owner)
{
    uint32_t count = 0;
    while (fat_is_cluster(&v->at, cluster) && !v->owner[cluster - 2]) {
        v->owner[cluster - 2] = owner;
        cluster = fat_table_get(&v->at, v->table, cluster);
        count++;
    }
    return count;
}

/* "NAME.EXT" from the 11 bytes of an entry; what is no printable ASCII becomes '?'. */
static void entry_name(const uint8_t *entry, char *out)
{
    size_t n = 0;
    for (int i = 0; i < 11; i++) {
        uint8_t c = i == 0 && entry[0] == 5 ? 0xE5 : entry[i];
        if (i == 8 && memcmp(entry + 8, "   ", 3) != 0)
            out[n++] = '.';
        if (c != ' ')
            out[n++] = c > ' ' && c < 127 ? (char)c : '?';
    }
    out[n] = 0;
}

/* A directory: where it stands, and the clusters that are its own. */
struct place { const char *path; unsigned depth; uint32_t clusters; };

static void read_directory(struct fat *fat, struct volume *v, uint32_t cluster, struct place place);

static void take_entry(struct fat *fat, struct volume *v, const uint8_t *entry, struct place place)
{
    char name[14], path[PATH_BYTES];
    uint32_t cluster = fat_get16(entry + 26);
    bool directory = entry[11] & FAT_DIRECTORY;
    if (entry[0] == 0xE5 || entry[0] == '.' || entry[11] & FAT_LABEL || !fat_is_cluster(&v->at, cluster) ||
        v->owner[cluster - 2])
        return;
    entry_name(entry, name);
    if (snprintf(path, sizeof path, "%s\\%s", place.path, name) >= (int)sizeof path)
        return;
    uint16_t owner = add_owner(fat, v, directory ? "directory " : "", path);
    if (!owner)
        return;
    uint32_t clusters = own_chain(v, cluster, owner);
    if (directory && place.depth < DEEPEST)
        read_directory(fat, v, cluster, (struct place){ path, place.depth + 1, clusters });
}

/* The entries in BYTES at OFFSET. False: the directory ends here. */
static bool take_entries(struct fat *fat, struct volume *v, uint64_t offset, uint32_t bytes, struct place place)
{
    for (uint32_t at = 0; at < bytes; at += FAT_SECTOR) {
        uint8_t sector[FAT_SECTOR];
        if (!fat_read_disk(&fat->disk, offset + at, sector, sizeof sector))
            return false;
        for (int i = 0; i < FAT_SECTOR; i += FAT_ENTRY) {
            if (!sector[i])
                return false;
            take_entry(fat, v, sector + i, place);
        }
    }
    return true;
}

static void read_directory(struct fat *fat, struct volume *v, uint32_t cluster, struct place place)
{
    uint32_t steps = 0;
    while (steps++ < place.clusters &&
           take_entries(fat, v, fat_cluster_offset(&v->at, cluster), v->at.cluster_bytes, place))
        cluster = fat_table_get(&v->at, v->table, cluster);
}

/* --- Volumes --- */

static void add_volume(struct fat *fat, const struct fat_place *place)
{
    uint8_t boot[FAT_SECTOR];
    if (!fat_read_disk(&fat->disk, place->start, boot, sizeof boot))
        return;
    struct volume *v = &fat->volume[fat->volumes++];
    *v = (struct volume){ .understood = false };
    if (place->number)
        snprintf(v->label, sizeof v->label, "partition %u: ", place->number);
    if (!fat_lay_out(&v->at, place->start, boot) || v->at.data > fat->disk.bytes) {
        v->at = (struct fat_volume){ .start = place->start, .end = place->start + place->bytes };
        return;
    }
    v->table = malloc(v->at.table_bytes);
    v->owner = calloc(v->at.clusters, sizeof *v->owner);
    v->understood = v->table && v->owner && fat_read_disk(&fat->disk, v->at.fat, v->table, v->at.table_bytes);
    if (v->understood)
        take_entries(fat, v, v->at.root, (uint32_t)(v->at.data - v->at.root), (struct place){ "", 0, 0 });
}

/* The texts of all volumes: TEXTS of them for each. */
enum { TEXT_BOOT, TEXT_RESERVED, TEXT_FAT1, TEXT_FAT2, TEXT_ROOT, TEXT_FREE, TEXT_UNKNOWN, TEXTS };

static bool make_texts(struct fat *fat)
{
    static const char *const texts[TEXTS] = { "boot sector", "reserved sectors", "FAT 1", "FAT 2", "root directory",
                                              "free clusters", "unknown" };
    fat->text = calloc(fat->volumes * TEXTS + 1, sizeof *fat->text);
    for (unsigned i = 0; fat->text && i < fat->volumes * TEXTS; i++) {
        char text[64];
        snprintf(text, sizeof text, "%s%s", fat->volume[i / TEXTS].label, texts[i % TEXTS]);
        if (!(fat->text[i] = strdup(text)))
            return false;
        fat->texts++;
    }
    return fat->text != NULL;
}

struct fat *fat_open(const struct fat_disk *disk)
{
    struct fat_place place[FAT_PARTITIONS];
    struct fat *fat = calloc(1, sizeof *fat);
    if (!fat)
        return NULL;
    fat->disk = *disk;
    unsigned places = fat_find_places(disk, place);
    for (unsigned i = 0; i < places; i++)
        add_volume(fat, &place[i]);
    if (make_texts(fat))
        return fat;
    fat_close(fat);
    return NULL;
}

void fat_close(struct fat *fat)
{
    if (!fat)
        return;
    for (unsigned i = 0; i < fat->volumes; i++) {
        free(fat->volume[i].table);
        free(fat->volume[i].owner);
    }
    for (uint32_t i = 1; i <= fat->names; i++)
        free(fat->name[i]);
    for (uint32_t i = 0; i < fat->texts; i++)
        free(fat->text[i]);
    free(fat->name);
    free(fat->text);
    free(fat);
}

/* --- Asking --- */

/* The owner of a place in the data area, and where it ends. */
static const char *data_owner(const struct fat *fat, const struct volume *v, char *const *text, uint64_t offset,
                              uint64_t *end)
{
    uint64_t i = (offset - v->at.data) / v->at.cluster_bytes;
    if (i >= v->at.clusters) {
        *end = v->at.end;
        return text[TEXT_UNKNOWN];
    }
    uint16_t owner = v->owner[i];
    while (i < v->at.clusters && v->owner[i] == owner)
        i++;
    *end = v->at.data + i * v->at.cluster_bytes;
    return owner ? fat->name[owner] : text[TEXT_FREE];
}

static const char *volume_owner(const struct fat *fat, unsigned n, uint64_t offset, uint64_t *end)
{
    const struct volume *v = &fat->volume[n];
    char *const *text = fat->text + n * TEXTS;
    struct part { uint64_t end; unsigned text; } parts[] = {
        { v->at.start + FAT_SECTOR, TEXT_BOOT }, { v->at.fat, TEXT_RESERVED },
        { v->at.fat + v->at.fat_bytes, TEXT_FAT1 }, { v->at.root, TEXT_FAT2 }, { v->at.data, TEXT_ROOT }
    };
    if (!v->understood) {
        *end = v->at.end;
        return text[TEXT_UNKNOWN];
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (offset < parts[i].end) {
            *end = parts[i].end;
            return text[parts[i].text];
        }
    return data_owner(fat, v, text, offset, end);
}

const char *fat_owner(const struct fat *fat, uint64_t offset, uint64_t *bytes)
{
    uint64_t end = fat->disk.bytes > offset ? fat->disk.bytes : offset + FAT_SECTOR;
    const char *owner = NULL;
    for (unsigned i = 0; i < fat->volumes && !owner; i++) {
        const struct volume *v = &fat->volume[i];
        if (offset >= v->at.start && offset < v->at.end)
            owner = volume_owner(fat, i, offset, &end);
        else if (v->at.start > offset && v->at.start < end)
            end = v->at.start;
    }
    if (!owner && offset < FAT_SECTOR && fat->volumes) {
        owner = "partition table";
        end = FAT_SECTOR;
    }
    *bytes = end - offset;
    return owner ? owner : "outside of all partitions";
}

/* Is OWNER, from fat_owner, what is said of places that nobody understands? */
static bool is_unknown(const struct fat *fat, const char *owner)
{
    for (unsigned i = 0; i < fat->volumes; i++)
        if (owner == fat->text[i * TEXTS + TEXT_UNKNOWN])
            return true;
    return false;
}

unsigned fat_owners(const struct fat *fat, uint64_t offset, uint64_t bytes, const char **names, unsigned most)
{
    unsigned count = 0;
    for (uint64_t end = offset + bytes, step; offset < end; offset += step) {
        const char *owner = fat_owner(fat, offset, &step);
        unsigned i = 0;
        while (i < count && names[i] != owner)
            i++;
        if (i < count || is_unknown(fat, owner))
            continue;
        if (i == most)
            return most + 1;
        names[count++] = owner;
    }
    return count;
}
