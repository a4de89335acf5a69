/* Where the parts of FAT12 and FAT16 volumes lie on a disk, and the numbers in them. */
#ifndef TUI_FAT_VOLUME_H
#define TUI_FAT_VOLUME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FAT_SECTOR = 512, FAT_ENTRY = 32, FAT_PARTITIONS = 32 };

/* Bits of a directory entry's attribute byte. */
enum { FAT_READ_ONLY = 1, FAT_HIDDEN = 2, FAT_SYSTEM = 4, FAT_LABEL = 8, FAT_DIRECTORY = 16, FAT_ARCHIVE = 32 };

/* Reads BYTES at OFFSET of the disk; false: it cannot be read. */
struct fat_disk { bool (*read)(void *ctx, uint64_t offset, void *buffer, size_t bytes); void *ctx; uint64_t bytes; };

/* False: it lies beyond the disk, or cannot be read. */
bool fat_read_disk(const struct fat_disk *disk, uint64_t offset, void *buffer, size_t bytes);

/* A partition, or the whole of a disk that has none. */
struct fat_place {
    uint64_t start, bytes;
    unsigned number;                /* 1-4 primary, from 5 on logical, 0: there is no partition table */
};

/* The places of DISK that may hold a volume, in the order of the tables, at most FAT_PARTITIONS of them into PLACES.
 * Returns how many. Tables that form loops are read once. */
unsigned fat_find_places(const struct fat_disk *disk, struct fat_place *places);

/* Offsets and ends in bytes of the disk. */
struct fat_volume {
    uint64_t start, end;
    uint64_t fat, root, data;       /* where each begins; FATS of them, FAT_BYTES apart */
    uint32_t fats, fat_bytes;
    uint32_t table_bytes;           /* of a FAT: those that have entries */
    uint32_t cluster_bytes, clusters;
    bool wide;                      /* 16-bit entries */
};

/* Lays the volume at START out by the BIOS parameter block in its boot sector. False: that makes no sense, or is not
 * FAT12 or FAT16. That it lies on the disk has to be checked by the caller. */
bool fat_lay_out(struct fat_volume *v, uint64_t start, const uint8_t *boot);

/* Entry CLUSTER of TABLE. CLUSTER has to be one of the volume's, or 0 or 1. */
uint32_t fat_table_get(const struct fat_volume *v, const uint8_t *table, uint32_t cluster);
void fat_table_set(const struct fat_volume *v, uint8_t *table, uint32_t cluster, uint32_t value);

/* Is it a cluster of the volume? */
static inline bool fat_is_cluster(const struct fat_volume *v, uint32_t cluster)
{
    return cluster >= 2 && cluster - 2 < v->clusters;
}

static inline uint64_t fat_cluster_offset(const struct fat_volume *v, uint32_t cluster)
{
    return v->data + (uint64_t)(cluster - 2) * v->cluster_bytes;
}

static inline uint16_t fat_get16(const uint8_t *p) { return (uint16_t)(p[0] | p[1] << 8); }
static inline uint32_t fat_get32(const uint8_t *p) { return fat_get16(p) | (uint32_t)fat_get16(p + 2) << 16; }
static inline void fat_put16(uint8_t *p, uint32_t value) { p[0] = (uint8_t)value, p[1] = (uint8_t)(value >> 8); }
static inline void fat_put32(uint8_t *p, uint32_t value) { fat_put16(p, value), fat_put16(p + 2, value >> 16); }

#endif
