/* The inside of an ATAPI CD-ROM drive: what it makes of packets (SFF-8020i, MMC), its tray, its disc and how long
 * reading takes. Of registers and interrupts it knows nothing; ata_packet.c carries packets in and data out.
 *
 *     switch (cd_execute(cd, packet, buffer, now)) {
 *     case CD_GIVES: cd->answer bytes are in BUFFER; case CD_READS: cd_read_block() until cd->left is 0; ...
 *
 * Discs have one data track in one session; a block has 2048 bytes, of which the callbacks see four sectors. */
#ifndef EMU_DEV_ATA_CD_H
#define EMU_DEV_ATA_CD_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/clock.h"
#include "emu/disk.h"
#include "emu/mechanics.h"
#include "emu/state.h"

enum { CD_BLOCK = 2048, CD_RAW = 2352, CD_MOST = 2648, CD_PACKET = 12, CD_BLOCKS_PER_SECOND = 75, CD_BUFFER = 8192 };

#define CD_VENDOR   "TROWEL"
#define CD_PRODUCT  "CD-ROM"
#define CD_REVISION "1.0"

/* Mode parameters that a host may change, without the page header: 01, 0D, 0E. */
enum { CD_PAGES = 3, CD_PAGE_MOST = 14 };

struct ata_cd {
    const struct disk_ops *ops;     /* NULL: no disc */
    void *disk;
    uint64_t sectors;               /* of 512 bytes */
    uint32_t blocks;                /* 0: no disc */
    struct cd_mechanics mechanics;
    bool real;
    bool open;                      /* the tray */
    bool locked;                    /* the door, by the guest */
    bool stopped;                   /* the spindle */
    uint64_t ready_tick;            /* when the disc can, or could, be read */
    bool was_reset, was_changed;    /* unit attentions to be reported */
    uint8_t event;                  /* media event to be reported, enum cd_event */
    uint8_t key, asc, ascq;         /* sense of the last command */
    uint8_t page[CD_PAGES][CD_PAGE_MOST];
    uint32_t speed;                 /* now, at most that of the mechanics */
    uint32_t lba, left;             /* READ: next block, blocks to go */
    uint8_t parts;                  /* READ: what of each block, enum cd_parts */
    uint32_t answer;                /* bytes given, or wanted */
    uint8_t packet[CD_PACKET];
    uint32_t head;                  /* where the last read ended */
    uint32_t first_lba;             /* from here to pass_end blocks were or will be read one after the other, */
    uint32_t pass_lba, pass_end;    /* the last of them without a stop; pass_end 0: none */
    uint64_t pass_tick;             /* when these began */
    uint64_t reads;                 /* blocks since power-on */
};

enum cd_event { CD_NOTHING, CD_EJECT_WANTED, CD_NEW_DISC, CD_DISC_GONE };

enum cd_phase {
    CD_DONE,        /* good */
    CD_FAILED,      /* key, asc and ascq say why */
    CD_GIVES,       /* answer bytes, at least one, are in the buffer */
    CD_TAKES,       /* answer bytes, 1 to CD_BUFFER, are wanted; then cd_taken() */
    CD_READS        /* left blocks, at least one: cd_begin_reading(), cd_read_block() */
};

/* Power-on. CONFIG's ops NULL: no disc. */
void cd_init(struct ata_cd *cd, const struct drive_config *config, const struct cd_mechanics *mechanics);

/* The RESET line: door open to all, defaults, and the guest hears of it. */
void cd_reset(struct ata_cd *cd, uint64_t now);

void cd_set_real(struct ata_cd *cd, bool real);
void cd_change_mechanics(struct ata_cd *cd, const struct cd_mechanics *mechanics, uint64_t now);

/* Another disc, or none. False if the door is locked and FORCE is not set; the guest may hear that somebody tried. */
bool cd_change(struct ata_cd *cd, const struct drive_config *config, bool force, uint64_t now);

/* Executes PACKET, of CD_PACKET bytes, up to its data. BUFFER: CD_BUFFER bytes. */
enum cd_phase cd_execute(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer, uint64_t now);

/* The host has given the answer bytes that were wanted. CD_DONE or CD_FAILED. */
enum cd_phase cd_taken(struct ata_cd *cd, const uint8_t *buffer);

/* The next block into BUFFER (CD_MOST bytes); its bytes that the host wanted are returned. 0: failed. */
uint32_t cd_read_block(struct ata_cd *cd, uint8_t *buffer);

/* --- ata_cd_time.c: ticks, never before NOW. --- */

/* What the firmware needs for a command. */
uint64_t cd_overhead(const struct ata_cd *cd);

/* When a command without data that has just been executed ends. */
uint64_t cd_end_tick(struct ata_cd *cd, uint64_t now);

/* When the next block can be given. FIRST: a command begins with it. */
uint64_t cd_block_tick(struct ata_cd *cd, bool first, uint64_t now);

void cd_visit(struct ata_cd *cd, struct state *state);

/* --- Among the files of the drive --- */

/* Sense keys and additional codes (SFF-8020i). */
enum { KEY_NOT_READY = 2, KEY_MEDIUM_ERROR = 3, KEY_ILLEGAL_REQUEST = 5, KEY_UNIT_ATTENTION = 6 };
enum { ASC_BECOMING_READY = 0x0401, ASC_UNRECOVERED_READ = 0x1100, ASC_LIST_LENGTH = 0x1A00, ASC_BAD_COMMAND = 0x2000,
       ASC_LBA_OUT_OF_RANGE = 0x2100, ASC_BAD_FIELD = 0x2400, ASC_BAD_PARAMETER = 0x2600, ASC_CHANGED = 0x2800,
       ASC_RESET = 0x2900, ASC_SEQUENCE = 0x2C00, ASC_CANNOT_SAVE = 0x3900, ASC_NO_MEDIUM = 0x3A00,
       ASC_DOOR_LOCKED = 0x5302, ASC_NOT_THIS_TRACK = 0x6400 };

/* What READ CD is to give of a block, as in its byte 9. */
enum cd_parts { CD_PART_SYNC = 0x80, CD_PART_SUBHEADER = 0x40, CD_PART_HEADER = 0x20, CD_PART_USER = 0x10,
                CD_PART_PARITY = 0x08, CD_PART_ERRORS = 0x06, CD_PART_C2 = 0x02, CD_PART_C2_AND_BLOCK = 0x04 };

enum cd_phase cd_fail(struct ata_cd *cd, unsigned key, unsigned asc);

/* BYTES are in the buffer, of which the host wants MOST. */
enum cd_phase cd_give(struct ata_cd *cd, uint32_t bytes, uint32_t most);

static inline bool cd_has_disc(const struct ata_cd *cd) { return cd->blocks != 0 && !cd->open; }

static inline uint32_t cd_be16(const uint8_t *p) { return (uint32_t)p[0] << 8 | p[1]; }
static inline uint32_t cd_be32(const uint8_t *p) { return cd_be16(p) << 16 | cd_be16(p + 2); }

static inline void cd_put16(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}

static inline void cd_put32(uint8_t *p, uint32_t value)
{
    cd_put16(p, value >> 16);
    cd_put16(p + 2, value);
}

/* ata_cd_toc.c */
enum cd_phase cd_read_capacity(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer);
enum cd_phase cd_read_toc(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer);
enum cd_phase cd_read_subchannel(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer);
enum cd_phase cd_read_header(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer);

/* The address of LBA as 0, minute, second, frame if MSF, else as a number. */
void cd_put_address(uint8_t *p, uint32_t lba, bool msf);

/* ata_cd_sector.c: may PARTS be asked for together; how many bytes they are, 0 to CD_MOST; these, of block LBA with the
 * CD_BLOCK bytes at USER, into BUFFER. */
bool cd_parts_possible(unsigned parts);
uint32_t cd_parts_bytes(unsigned parts);
uint32_t cd_put_parts(uint8_t *buffer, const uint8_t *user, uint32_t lba, unsigned parts);

/* ata_cd_mode.c */
void cd_default_pages(struct ata_cd *cd);
enum cd_phase cd_mode_sense(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer);
enum cd_phase cd_mode_select(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer);
enum cd_phase cd_mode_selected(struct ata_cd *cd, const uint8_t *buffer);

/* ata_cd_time.c */
void cd_stop_pass(struct ata_cd *cd);
void cd_spin_up(struct ata_cd *cd, uint64_t now);

#endif
