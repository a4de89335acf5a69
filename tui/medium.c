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

enum { SECTOR = 512, ISO_DESCRIPTOR = 32768 };

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

/* Bytes of the floppy as its boot sector has it; 0: it does not say. */
static uint64_t size_told(struct image *image)
{
    uint8_t boot[SECTOR];
    if (image_read(image, 0, boot, sizeof boot) < 0 || (boot[0] != 0xEB && boot[0] != 0xE9))
        return 0;
    unsigned total = le16(boot + 0x13), track = le16(boot + 0x18), heads = le16(boot + 0x1A);
    bool is_told = le16(boot + 0x0B) == SECTOR && heads >= 1 && heads <= 2 && track >= 8 && track <= 48 &&
                   boot[0x15] >= 0xF0 && total >= 40 * 8 && total % track == 0;
    return is_told ? (uint64_t)total * SECTOR : 0;
}

static bool is_odd_floppy(struct session *s, struct session_disk *disk, char *text, size_t size)
{
    struct drive_view view;
    uint64_t bytes = image_size(disk->image), told = size_told(disk->image);
    inspect_drive(s->machine, disk->drive, &view);
    uint64_t format = (uint64_t)view.geometry.cylinders * view.geometry.heads * view.geometry.sectors * SECTOR;
    uint64_t wanted = told >= bytes ? told : format;
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
