/* One channel of an AT-bus disk interface with up to two drives (ATA-2, PIO only): hard disks, and CD-ROM drives that
 * take packets (ata_cd.h).
 *
 *     struct ata_config config = { .bus = &bus, .clock = &clock, .probes = &probes, .irq = { pic_set_irq, &pic, 14 },
 *                                  .command_base = 0x1F0, .control_base = 0x3F6, .name = "ata0",
 *                                  .first_drive = DRIVE_HD0, .drive = { disk, none } };
 *     ata_init(&channel, &config);
 *
 * A place without a disk answers as the standard asks of the other drive: registers read 00, so that BSY is clear and
 * nobody waits; commands to it are ignored.
 *
 * With ata_set_real(a, true) a command takes the time that the drive's mechanics dictate (ata_time.c): firmware, seek,
 * rotation, a read-ahead buffer. Without it every command takes tens of microseconds. */
#ifndef EMU_DEV_ATA_H
#define EMU_DEV_ATA_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/bus.h"
#include "emu/clock.h"
#include "emu/dev/ata_cd.h"
#include "emu/disk.h"
#include "emu/mechanics.h"
#include "emu/probe.h"
#include "emu/state.h"

enum { ATA_SECTOR = 512, ATA_MULTIPLE_MAX = 16 };

struct ata_config {
    struct bus *bus;
    struct clock *clock;
    struct probes *probes;
    struct line irq;
    uint16_t command_base;              /* 8 ports */
    uint16_t control_base;              /* 1 port */
    const char *name;                   /* kept; unique in the machine */
    unsigned first_drive;               /* number of the master for the probes: DRIVE_HD0 or DRIVE_HD2 */
    struct drive_config drive[2];       /* geometry: the physical one, heads <= 16 and sectors <= 63. Zero: made up */
    struct disk_mechanics mechanics;    /* of hard disks. 0 rpm: a usual drive of 1992 */
    struct cd_mechanics cd;             /* of CD-ROM drives. Speed 0: a usual one of 1994 */
};

/* The seek curve, fitted to the mechanics. Distances in cylinders. */
struct ata_curve {
    uint64_t longest, knee;             /* from the first to the last cylinder; where root and line meet */
    uint32_t knee_us;                   /* time at the knee */
};

struct ata_drive {
    bool is_cd;                         /* a CD-ROM drive; of what follows the registers, only cd is its own */
    /* The registers. The host writes them in both drives at once; each answers with its own. */
    uint8_t features, error, count, sector, cylinder_low, cylinder_high, status;
    bool irq;                           /* asserted; the pin is gated by nIEN and the selected place */
    struct ata_cd cd;
    const struct disk_ops *ops;         /* NULL: no hard disk here */
    void *disk;
    uint64_t sectors;                   /* at most 2^28 - 1 are reachable */
    bool read_only;
    struct geometry geometry;           /* physical */
    struct geometry current;            /* by INITIALIZE DEVICE PARAMETERS; what CHS addresses mean */
    uint8_t multiple;                   /* sectors a block, 0: MULTIPLE commands off */
    bool write_cache;                   /* a write ends when its data is in the buffer */
    bool reverts;                       /* a soft reset brings the defaults back (SET FEATURES CCh) */
    uint8_t standby;                    /* the standby timer as the host set it, 0: off */
    struct event standby_timer;
    const struct clock *clock;
    char standby_name[28];
    uint32_t cylinder, head;            /* the track of the last sector asked for; the heads may have read on */
    uint64_t reads, writes;             /* sectors since power-on */
    struct disk_mechanics mechanics;
    struct ata_curve curve;
    uint32_t head_skew, cylinder_skew;  /* slots from the end of a track to the next one's first sector */
    bool stopped;                       /* the spindle, by STANDBY or SLEEP */
    uint64_t speed_tick;                /* when the disk is, or was, at speed */
    uint64_t pass_lba, pass_slot;       /* the sector at which a continuous read or write began, and its slot */
    uint64_t buffer_first, buffer_end;  /* the segment: oldest sector, and where reading ahead stops; 0: empty */
    uint64_t settled_tick;              /* when all that the write cache took is, or was, on the disk */
};

/* What the channel waits for or is in the middle of. */
enum ata_activity { ATA_IDLE, ATA_RESETTING, ATA_FETCHING, ATA_GIVING, ATA_TAKING, ATA_STORING, ATA_FINISHING };

struct ata {
    struct ata_config config;
    bool real;
    struct ata_drive drive[2];
    uint8_t select, control;            /* both drives hold the same */
    uint8_t command;
    uint8_t activity;
    uint8_t phase;                      /* of a PACKET command, enum packet_phase of ata_parts.h */
    uint8_t busy_drive;                 /* drive that executes the command */
    uint64_t lba;                       /* next sector of the command */
    uint32_t left;                      /* sectors of the command still to move */
    uint32_t block;                     /* sectors of the present DRQ block */
    uint32_t at, size;                  /* of the buffer: next byte, end of the block */
    uint32_t filled, limit;             /* PACKET: bytes in the buffer, or to come into it; most in a block */
    uint8_t buffer[ATA_MULTIPLE_MAX * ATA_SECTOR];
    struct event work;
};

/* Builds the channel and claims its ports. The struct must not move afterwards; CONFIG is copied, its name kept. */
void ata_init(struct ata *a, const struct ata_config *config);

/* The RESET line. */
void ata_reset(struct ata *a);

/* Real mechanics, or short fixed delays. */
void ata_set_real(struct ata *a, bool real);

/* The figures of the hard disks, or of the CD-ROM drives, from now on; nothing happens if they are what they were. What
 * is under way keeps the delay it began with. */
void ata_set_mechanics(struct ata *a, const struct disk_mechanics *mechanics);
void ata_set_cd_mechanics(struct ata *a, const struct cd_mechanics *mechanics);

/* Another disc in the CD-ROM drive at PLACE (0 or 1), or none if DISC->ops is NULL. False: there is no such drive, or
 * the guest has locked its door and FORCE is not set. The guest is told that somebody wants to have the disc. */
bool ata_change_cd(struct ata *a, unsigned place, const struct drive_config *disc, bool force);

/* Saves, loads or hashes everything except disk contents. When loading, the same disks must be there, with the
 * mechanics with which the state was saved. */
void ata_visit(struct ata *a, struct state *state);

#endif
