/* Cylinders, heads and sectors of a hard disk that was partitioned elsewhere.
 *
 * Boot sectors of the time read by CHS, and the numbers in a partition table were made with the geometry of the
 * machine that wrote it. So the geometry is inferred from the table where it can be, else chosen as QEMU does for
 * the size. */
#ifndef EMU_GEOMETRY_H
#define EMU_GEOMETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/disk.h"

/* How a BIOS gets from the drive's geometry to the one it reports; values as in CMOS 39h of the Bochs BIOS and
 * SeaBIOS. */
enum chs_translation { TRANSLATION_NONE, TRANSLATION_LBA, TRANSLATION_LARGE };

struct disk_geometry {
    struct geometry logical;        /* what INT 13h reports: up to 1024 cylinders reachable, 255 heads, 63 sectors */
    struct geometry physical;       /* what the drive's IDENTIFY reports: up to 16383 cylinders, 16 heads, 63 sectors */
    enum chs_translation translation;
};

/* Plans the geometry of a disk of SECTORS. WANTED, where its fields are not zero, is the logical geometry to use;
 * else it is inferred from MBR (512 bytes, or NULL), else by size. */
struct disk_geometry geometry_plan(uint64_t sectors, const uint8_t *mbr, const struct geometry *wanted);

/* Infers heads and sectors from the CHS/LBA pairs of a partition table. False if the table does not determine them. */
bool geometry_from_table(const uint8_t *mbr, uint64_t sectors, struct geometry *logical);

#endif
