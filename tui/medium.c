/* A dump that broke off still boots, and what it lacks is missed only years later. How large a floppy should be is told
 * by its boot sector (the BPB of DOS 2.0 and later, Microsoft FAT specification 1.03, section 3.1), else by the format
 * that the drive finds in the number of sectors.
 *
 * Left out: partitions that reach beyond the end of a hard disk; CDs other than ISO 9660 are not told apart. */
#include "tui/medium.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "tui/session.h"

enum { SECTOR = 512, ISO_DESCRIPTOR = 32768, LARGEST_FLOPPY = 2949120, MOST_BEHIND = 36864, MOST_CYLINDERS = 84,
       MOST_TRACK_SECTORS = 48 };

bool medium_is_iso(struct image *image)
{
    static const char mark[6] = { 1, 'C', 'D', '0', '0', '1' };
    char found[sizeof mark];
    return image_size(image) > ISO_DESCRIPTOR + sizeof found &&
           image_read(image, ISO_DESCRIPTOR, found, sizeof found) >= 0 && memcmp(found, mark, sizeof mark) == 0;
}

static unsigned le16(const uint8_t *at)
{
    return at[0] | (unsigned)at[1] << 8;
}

/* What the boot sector of a floppy says of it; all zero: nothing. */
static struct geometry geometry_told(struct image *image)
{
    static const struct geometry none = { 0, 0, 0 };
    uint8_t boot[SECTOR];
    if (image_size(image) < SECTOR || image_read(image, 0, boot, sizeof boot) < 0 ||
        (boot[0] != 0xEB && boot[0] != 0xE9))
        return none;
    unsigned total = le16(boot + 0x13), track = le16(boot + 0x18), heads = le16(boot + 0x1A);
    bool is_told = le16(boot + 0x0B) == SECTOR && heads >= 1 && heads <= 2 && track >= 8 && track <= 48 &&
                   boot[0x15] >= 0xF0 && total >= 40 * 8 && total % (track * heads) == 0 &&
                   total / (track * heads) <= MOST_CYLINDERS;
    return is_told ? (struct geometry){ total / (track * heads), heads, track } : none;
}

static uint64_t sectors_of(const struct geometry *g)
{
    return (uint64_t)g->cylinders * g->heads * g->sectors;
}

/* Is it a whole number of tracks, as many as drives have? */
static bool is_format(uint64_t sectors)
{
    static const uint8_t cylinders[] = { 40, 41, 42, 80, 81, 82, 83, 84 };
    for (unsigned i = 0; i < sizeof cylinders; i++)
        for (unsigned heads = 1; heads <= 2; heads++) {
            uint64_t tracks = (uint64_t)cylinders[i] * heads;
            if (sectors % tracks == 0 && sectors / tracks >= 8 && sectors / tracks <= MOST_TRACK_SECTORS)
                return true;
        }
    return false;
}

/* The usual format whose end lies at most a cylinder before that many sectors; 0: none does. */
static uint64_t usual_before(uint64_t sectors)
{
    static const struct geometry usual[] = { { 40, 1, 8 }, { 40, 1, 9 }, { 40, 2, 8 }, { 40, 2, 9 }, { 80, 2, 9 },
                                             { 80, 2, 15 }, { 80, 2, 18 }, { 80, 2, 21 }, { 80, 2, 36 } };
    for (unsigned i = 0; i < sizeof usual / sizeof *usual; i++)
        if (sectors_of(&usual[i]) <= sectors && sectors - sectors_of(&usual[i]) <= usual[i].heads * usual[i].sectors)
            return sectors_of(&usual[i]);
    return 0;
}

static uint64_t floppy_sectors(struct image *image)
{
    uint64_t sectors = image_size(image) / SECTOR;
    struct geometry told = geometry_told(image);
    if (is_format(sectors))
        return sectors;
    if (told.heads)
        return sectors_of(&told) < sectors ? sectors_of(&told) : sectors;
    uint64_t usual = usual_before(sectors);
    return usual ? usual : sectors;
}

uint64_t medium_sectors(struct image *image, unsigned drive, bool is_cd)
{
    if (drive <= DRIVE_FLOPPY_B)
        return floppy_sectors(image);
    return (image_size(image) + (is_cd ? SECTOR - 1 : 0)) / SECTOR;     /* a disc may end within a sector */
}

struct geometry medium_geometry(struct image *image, unsigned drive)
{
    struct geometry told = { 0, 0, 0 };
    if (drive <= DRIVE_FLOPPY_B)
        told = geometry_told(image);
    if (is_format(image_size(image) / SECTOR) || sectors_of(&told) <= image_size(image) / SECTOR)
        told = (struct geometry){ 0, 0, 0 };
    return told;
}

bool medium_is_floppy(struct image *image)
{
    return image_size(image) <= LARGEST_FLOPPY ||
           (image_size(image) <= LARGEST_FLOPPY + MOST_BEHIND && floppy_sectors(image) <= LARGEST_FLOPPY / SECTOR);
}

static bool is_odd_floppy(struct session *s, struct session_disk *disk, char *text, size_t size)
{
    struct drive_view view;
    uint64_t bytes = image_size(disk->image);
    inspect_drive(s->machine, disk->drive, &view);
    struct geometry told = geometry_told(disk->image);
    uint64_t format = sectors_of(&view.geometry);
    uint64_t wanted = (sectors_of(&told) > format ? sectors_of(&told) : format) * SECTOR;
    if (!view.loaded || !wanted || bytes == wanted)
        return false;
    snprintf(text, size, "%.400s: %llu bytes, but a disk of this format has %llu: %s", disk->path,
             (unsigned long long)bytes, (unsigned long long)wanted,
             bytes < wanted ? "it seems to be cut short" : "the guest does not see the rest");
    return true;
}

static bool is_odd_cd(struct session_disk *disk, char *text, size_t size)
{
    if (medium_is_iso(disk->image))
        return false;
    snprintf(text, size, "%.400s: not an ISO 9660 image; the CD-ROM drive shows its %llu bytes as blocks of 2048",
             disk->path, (unsigned long long)image_size(disk->image));
    return true;
}

static bool is_odd_hard_disk(struct session_disk *disk, char *text, size_t size)
{
    uint64_t bytes = image_size(disk->image);
    if (bytes % SECTOR == 0)
        return false;
    snprintf(text, size, "%.400s: %llu bytes, but its whole sectors have %llu: cut short? The guest does not see the "
             "rest", disk->path, (unsigned long long)bytes, (unsigned long long)(bytes / SECTOR * SECTOR));
    return true;
}

bool medium_is_odd(struct session *s, unsigned drive, char *text, size_t size)
{
    struct session_disk *disk = &s->disk[drive];
    if (!disk->image)
        return false;
    if (disk->is_cd)
        return is_odd_cd(disk, text, size);
    return drive <= DRIVE_FLOPPY_B ? is_odd_floppy(s, disk, text, size) : is_odd_hard_disk(disk, text, size);
}
