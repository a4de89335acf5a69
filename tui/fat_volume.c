/* Partition tables, BIOS parameter blocks and entries of FATs, after Microsoft's "FAT: General Overview of On-Disk
 * Format" 1.03. All of it is hostile: every number is checked before it is used.
 *
 * Left out: FAT32. */
#include "tui/fat_volume.h"

enum { FAT12_MOST = 4085, FAT16_MOST = 65525, TABLE = 446, TABLE_ENTRY = 16, SIGNATURE = 510 };

bool fat_read_disk(const struct fat_disk *disk, uint64_t offset, void *buffer, size_t bytes)
{
    return offset <= disk->bytes && bytes <= disk->bytes - offset && disk->read(disk->ctx, offset, buffer, bytes);
}

/* --- Volumes --- */

bool fat_lay_out(struct fat_volume *v, uint64_t start, const uint8_t *boot)
{
    uint32_t per_cluster = boot[13], reserved = fat_get16(boot + 14), entries = fat_get16(boot + 17),
             fat_sectors = fat_get16(boot + 22);
    uint32_t sectors = fat_get16(boot + 19) ? fat_get16(boot + 19) : fat_get32(boot + 32);
    uint64_t root_sectors = (entries * (uint64_t)FAT_ENTRY + FAT_SECTOR - 1) / FAT_SECTOR;
    *v = (struct fat_volume){ .start = start, .fats = boot[16] };
    uint64_t before = reserved + (uint64_t)v->fats * fat_sectors + root_sectors;
    if (fat_get16(boot + 11) != FAT_SECTOR || !per_cluster || per_cluster & (per_cluster - 1) || !reserved ||
        !v->fats || v->fats > 2 || !fat_sectors || !entries || before >= sectors)
        return false;
    v->clusters = (uint32_t)((sectors - before) / per_cluster);
    v->cluster_bytes = per_cluster * FAT_SECTOR;
    v->fat_bytes = fat_sectors * FAT_SECTOR;
    v->wide = v->clusters >= FAT12_MOST;
    v->fat = start + (uint64_t)reserved * FAT_SECTOR;
    v->root = v->fat + (uint64_t)v->fats * v->fat_bytes;
    v->data = v->root + root_sectors * FAT_SECTOR;
    v->end = start + (uint64_t)sectors * FAT_SECTOR;
    uint64_t needed = v->wide ? (v->clusters + UINT64_C(2)) * 2 : (v->clusters + UINT64_C(2)) * 3 / 2 + 2;
    v->table_bytes = (uint32_t)needed;
    return v->clusters < FAT16_MOST && needed <= v->fat_bytes;
}

uint32_t fat_table_get(const struct fat_volume *v, const uint8_t *table, uint32_t cluster)
{
    if (v->wide)
        return fat_get16(table + cluster * 2);
    uint16_t pair = fat_get16(table + cluster + cluster / 2);
    return cluster & 1 ? pair >> 4 : pair & 0xFFF;
}

void fat_table_set(const struct fat_volume *v, uint8_t *table, uint32_t cluster, uint32_t value)
{
    if (v->wide) {
        fat_put16(table + cluster * 2, value);
        return;
    }
    uint8_t *at = table + cluster + cluster / 2;
    uint16_t pair = fat_get16(at);
    fat_put16(at, cluster & 1 ? (pair & 0x000Fu) | value << 4 : (pair & 0xF000u) | (value & 0xFFF));
}

/* --- Partition tables --- */

struct search { const struct fat_disk *disk; struct fat_place *places; unsigned count; };

static void add_place(struct search *s, uint64_t start, uint64_t bytes, unsigned number)
{
    if (s->count < FAT_PARTITIONS)
        s->places[s->count++] = (struct fat_place){ start, bytes, number };
}

static bool is_extended(uint8_t type) { return type == 0x05 || type == 0x0F || type == 0x85; }

/* The chain of tables inside an extended partition. */
static void add_logical(struct search *s, uint64_t extended)
{
    uint64_t at = extended;
    for (unsigned number = 5; number < FAT_PARTITIONS; number++) {
        uint8_t sector[FAT_SECTOR];
        if (!fat_read_disk(s->disk, at, sector, sizeof sector) || fat_get16(sector + SIGNATURE) != 0xAA55)
            return;
        const uint8_t *one = sector + TABLE, *next = one + TABLE_ENTRY;
        if (one[4])
            add_place(s, at + fat_get32(one + 8) * UINT64_C(512), fat_get32(one + 12) * UINT64_C(512), number);
        if (!is_extended(next[4]) || !fat_get32(next + 8))
            return;
        at = extended + fat_get32(next + 8) * UINT64_C(512);
    }
}

/* Has SECTOR a partition table that makes sense? A floppy's boot sector has code there. */
static bool is_table(const uint8_t *sector, uint64_t disk_bytes)
{
    unsigned used = 0;
    for (int i = 0; i < 4; i++) {
        const uint8_t *p = sector + TABLE + i * TABLE_ENTRY;
        if (p[0] & 0x7F || (p[4] && (!fat_get32(p + 8) || fat_get32(p + 8) * UINT64_C(512) >= disk_bytes)))
            return false;
        used += p[4] != 0;
    }
    return fat_get16(sector + SIGNATURE) == 0xAA55 && used;
}

unsigned fat_find_places(const struct fat_disk *disk, struct fat_place *places)
{
    struct search s = { disk, places, 0 };
    struct fat_volume whole;
    uint8_t sector[FAT_SECTOR];
    if (!fat_read_disk(disk, 0, sector, sizeof sector))
        return 0;
    if (fat_lay_out(&whole, 0, sector) || !is_table(sector, disk->bytes)) {
        add_place(&s, 0, disk->bytes, 0);
        return s.count;
    }
    for (unsigned i = 0; i < 4; i++) {
        const uint8_t *p = sector + TABLE + i * TABLE_ENTRY;
        uint64_t start = fat_get32(p + 8) * UINT64_C(512);
        if (is_extended(p[4]))
            add_logical(&s, start);
        else if (p[4])
            add_place(&s, start, fat_get32(p + 12) * UINT64_C(512), i + 1);
    }
    return s.count;
}
