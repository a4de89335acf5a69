/* FAT12 and FAT16, after Microsoft's "FAT: General Overview of On-Disk Format" 1.03. The disk is hostile: every number
 * of it is checked, every cluster gets one owner, so that loops end, and directories nest DEEPEST levels at most.
 *
 * Left out: FAT32, long names (DOS does not know them), contents of volumes over 2 GB. */
#include "tui/fat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SECTOR = 512, PARTITIONS = 32, DEEPEST = 24, PATH_BYTES = 260, MOST_OWNERS = 65536, ENTRY = 32, LABEL_BYTES = 16,
    ATTRIBUTE_LABEL = 8, ATTRIBUTE_DIRECTORY = 16, FAT12_MOST = 4085, FAT16_MOST = 65525
};

/* Clusters that are nobody's have owner 0. */
struct volume {
    uint64_t start, end;            /* bytes on the disk */
    uint64_t fat, root, data;       /* where each begins */
    uint32_t fat_bytes, table_bytes, cluster_bytes, clusters, fats;
    bool wide;                      /* 16-bit entries */
    uint8_t *table;                 /* table_bytes of the first FAT: those that have entries */
    uint16_t *owner;                /* of cluster 2 + i */
    char label[LABEL_BYTES];        /* "partition 1: ", or "" */
    bool understood;
};

struct fat {
    struct fat_disk disk;
    struct volume volume[PARTITIONS];
    unsigned volumes;
    char **name;                    /* of owners; [0] is not used */
    uint32_t names;
    char **text;                    /* fixed texts of a volume: boot sector, FATs ... */
    uint32_t texts;
};

static uint16_t get16(const uint8_t *p) { return (uint16_t)(p[0] | p[1] << 8); }
static uint32_t get32(const uint8_t *p) { return get16(p) | (uint32_t)get16(p + 2) << 16; }

static bool read_disk(const struct fat *fat, uint64_t offset, void *buffer, size_t bytes)
{
    return offset <= fat->disk.bytes && bytes <= fat->disk.bytes - offset &&
           fat->disk.read(fat->disk.ctx, offset, buffer, bytes);
}

/* --- Directories --- */

static uint32_t next_cluster(const struct volume *v, uint32_t cluster)
{
    if (v->wide)
        return get16(v->table + cluster * 2);
    uint16_t pair = get16(v->table + cluster + cluster / 2);
    return cluster & 1 ? pair >> 4 : pair & 0xFFF;
}

static bool is_data(const struct volume *v, uint32_t cluster)
{
    return cluster >= 2 && cluster - 2 < v->clusters;
}

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
    for (; is_data(v, cluster) && !v->owner[cluster - 2]; cluster = next_cluster(v, cluster), count++)
        v->owner[cluster - 2] = owner;
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
    uint32_t cluster = get16(entry + 26);
    bool directory = entry[11] & ATTRIBUTE_DIRECTORY;
    if (entry[0] == 0xE5 || entry[0] == '.' || entry[11] & ATTRIBUTE_LABEL || !is_data(v, cluster) ||
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
    for (uint32_t at = 0; at < bytes; at += SECTOR) {
        uint8_t sector[SECTOR];
        if (!read_disk(fat, offset + at, sector, sizeof sector))
            return false;
        for (int i = 0; i < SECTOR; i += ENTRY) {
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
           take_entries(fat, v, v->data + (uint64_t)(cluster - 2) * v->cluster_bytes, v->cluster_bytes, place))
        cluster = next_cluster(v, cluster);
}

/* --- Volumes --- */

/* Lays the volume out by its BIOS parameter block. False: that makes no sense, or is not FAT12 or FAT16. */
static bool lay_out(struct volume *v, const uint8_t *boot)
{
    uint32_t per_cluster = boot[13], reserved = get16(boot + 14), entries = get16(boot + 17),
             fat_sectors = get16(boot + 22);
    uint32_t sectors = get16(boot + 19) ? get16(boot + 19) : get32(boot + 32);
    uint64_t root_sectors = (entries * (uint64_t)ENTRY + SECTOR - 1) / SECTOR;
    v->fats = boot[16];
    uint64_t before = reserved + (uint64_t)v->fats * fat_sectors + root_sectors;
    if (get16(boot + 11) != SECTOR || !per_cluster || per_cluster & (per_cluster - 1) || !reserved || !v->fats ||
        v->fats > 2 || !fat_sectors || !entries || before >= sectors)
        return false;
    v->clusters = (uint32_t)((sectors - before) / per_cluster);
    v->cluster_bytes = per_cluster * SECTOR;
    v->fat_bytes = fat_sectors * SECTOR;
    v->wide = v->clusters >= FAT12_MOST;
    v->fat = v->start + (uint64_t)reserved * SECTOR;
    v->root = v->fat + (uint64_t)v->fats * v->fat_bytes;
    v->data = v->root + root_sectors * SECTOR;
    v->end = v->start + (uint64_t)sectors * SECTOR;
    uint64_t needed = v->wide ? (v->clusters + UINT64_C(2)) * 2 : (v->clusters + UINT64_C(2)) * 3 / 2 + 2;
    v->table_bytes = (uint32_t)needed;
    return v->clusters < FAT16_MOST && needed <= v->fat_bytes;
}

static void add_volume(struct fat *fat, uint64_t start, uint64_t bytes, unsigned number)
{
    uint8_t boot[SECTOR];
    if (fat->volumes == PARTITIONS || !read_disk(fat, start, boot, sizeof boot))
        return;
    struct volume *v = &fat->volume[fat->volumes++];
    *v = (struct volume){ .start = start, .end = start + bytes };
    if (number)
        snprintf(v->label, sizeof v->label, "partition %u: ", number);
    if (!lay_out(v, boot) || v->data > fat->disk.bytes)
        return;
    v->table = malloc(v->table_bytes);
    v->owner = calloc(v->clusters, sizeof *v->owner);
    v->understood = v->table && v->owner && read_disk(fat, v->fat, v->table, v->table_bytes);
    if (v->understood)
        take_entries(fat, v, v->root, (uint32_t)(v->data - v->root), (struct place){ "", 0, 0 });
}

/* --- Partition tables --- */

static bool is_extended(uint8_t type) { return type == 0x05 || type == 0x0F || type == 0x85; }

/* The chain of tables inside an extended partition. */
static void add_logical(struct fat *fat, uint64_t extended)
{
    uint64_t at = extended;
    for (unsigned number = 5; number < PARTITIONS; number++) {
        uint8_t sector[SECTOR];
        if (!read_disk(fat, at, sector, sizeof sector) || get16(sector + 510) != 0xAA55)
            return;
        const uint8_t *one = sector + 446, *next = sector + 462;
        if (one[4])
            add_volume(fat, at + get32(one + 8) * UINT64_C(512), get32(one + 12) * UINT64_C(512), number);
        if (!is_extended(next[4]) || !get32(next + 8))
            return;
        at = extended + get32(next + 8) * UINT64_C(512);
    }
}

/* Has SECTOR a partition table that makes sense? A floppy's boot sector has code there. */
static bool is_table(const uint8_t *sector, uint64_t disk_bytes)
{
    unsigned used = 0;
    for (int i = 0; i < 4; i++) {
        const uint8_t *p = sector + 446 + i * 16;
        if (p[0] & 0x7F || (p[4] && (!get32(p + 8) || get32(p + 8) * UINT64_C(512) >= disk_bytes)))
            return false;
        used += p[4] != 0;
    }
    return get16(sector + 510) == 0xAA55 && used;
}

static void add_volumes(struct fat *fat, const uint8_t *sector)
{
    struct volume whole = { .start = 0 };
    if (lay_out(&whole, sector) || !is_table(sector, fat->disk.bytes)) {
        add_volume(fat, 0, fat->disk.bytes, 0);
        return;
    }
    for (unsigned i = 0; i < 4; i++) {
        const uint8_t *p = sector + 446 + i * 16;
        uint64_t start = get32(p + 8) * UINT64_C(512);
        if (is_extended(p[4]))
            add_logical(fat, start);
        else if (p[4])
            add_volume(fat, start, get32(p + 12) * UINT64_C(512), i + 1);
    }
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
    uint8_t sector[SECTOR];
    struct fat *fat = calloc(1, sizeof *fat);
    if (!fat)
        return NULL;
    fat->disk = *disk;
    if (read_disk(fat, 0, sector, sizeof sector))
        add_volumes(fat, sector);
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
    uint64_t i = (offset - v->data) / v->cluster_bytes;
    if (i >= v->clusters) {
        *end = v->end;
        return text[TEXT_UNKNOWN];
    }
    uint16_t owner = v->owner[i];
    while (i < v->clusters && v->owner[i] == owner)
        i++;
    *end = v->data + i * v->cluster_bytes;
    return owner ? fat->name[owner] : text[TEXT_FREE];
}

static const char *volume_owner(const struct fat *fat, unsigned n, uint64_t offset, uint64_t *end)
{
    const struct volume *v = &fat->volume[n];
    char *const *text = fat->text + n * TEXTS;
    struct part { uint64_t end; unsigned text; } parts[] = {
        { v->start + SECTOR, TEXT_BOOT }, { v->fat, TEXT_RESERVED }, { v->fat + v->fat_bytes, TEXT_FAT1 },
        { v->root, TEXT_FAT2 }, { v->data, TEXT_ROOT }
    };
    if (!v->understood) {
        *end = v->end;
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
    uint64_t end = fat->disk.bytes > offset ? fat->disk.bytes : offset + SECTOR;
    const char *owner = NULL;
    for (unsigned i = 0; i < fat->volumes && !owner; i++) {
        const struct volume *v = &fat->volume[i];
        if (offset >= v->start && offset < v->end)
            owner = volume_owner(fat, i, offset, &end);
        else if (v->start > offset && v->start < end)
            end = v->start;
    }
    if (!owner && offset < SECTOR && fat->volumes) {
        owner = "partition table";
        end = SECTOR;
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
