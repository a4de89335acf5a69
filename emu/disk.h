/* PUBLIC: disks as the drives see them, numbered 512-byte sectors behind three callbacks. */
#ifndef EMU_DISK_H
#define EMU_DISK_H

#include <stdbool.h>
#include <stdint.h>

/* How the machine reaches the blocks of a disk. LBA and COUNT are 512-byte sectors and always lie inside the disk.
 * Each returns 0, or a negative value for an I/O error that the guest will see. The machine never calls them after
 * machine_destroy. */
struct disk_ops {
    int (*read)(void *ctx, uint64_t lba, void *buffer, uint32_t count);
    int (*write)(void *ctx, uint64_t lba, const void *data, uint32_t count);
    int (*flush)(void *ctx);
};

struct geometry { uint32_t cylinders, heads, sectors; };     /* all zero: let the machine decide */

/* What stands at a place of the ATA channels; floppy places take no notice. */
enum drive_kind { DRIVE_HARD_DISK, DRIVE_CDROM };

struct drive_config {
    enum drive_kind kind;
    const struct disk_ops *ops;     /* NULL: floppy or CD-ROM drive without a disk, or no hard disk at this place */
    void *ctx;
    uint64_t sectors;               /* of 512 bytes; a CD's last block of 2048 is filled up with zeros */
    bool read_only;
    struct geometry geometry;       /* hard disks: the logical one (geometry.h); floppies: the medium's. 0: inferred */
};

#endif
