/* Intel 82077AA floppy disk controller with two drives, at ports 3F0-3F5 and 3F7, IRQ 6, DMA 2.
 *
 *     struct floppy_config config = { .bus = &bus, .clock = &clock, .probes = &probes, .irq = { pic_set_irq, &pic, 6 },
 *                                     .dma = { dma_transfer, &dma }, .channel = 2, .type = { 4, 0 } };
 *     floppy_init(&floppy, &config);
 *     floppy_change(&floppy, 0, &disk);
 *
 * The drives are mechanical. With floppy_set_real(f, true) a command takes what it takes: the motor comes up to speed
 * in half a second, heads step at the rate of SPECIFY, settle and load, each sector has its place on the track, and its
 * bytes go through the FIFO to the host, one by one, while they pass under the head. Without it every command takes a
 * short fixed time, but each phase that software can observe still happens.
 *
 * In both modes a command on a drive without a disk, or with its motor off, waits for an index pulse that does not
 * come: software has to time out and reset the controller, as on the real part.
 *
 * The chip is wired (pins IDENT and MFM) for the AT mode or for that of the PS/2. In the AT mode nobody drives the bus
 * when 3F0 and 3F1 are read, in the other these are the status registers A and B. A drive is selected, and shows its
 * change line, while its motor is on.
 *
 * Two liberties, for the Bochs BIOS, which knows no real controller: until software chooses a data rate (3F7 or 3F4),
 * every command uses that of the disk in the drive, where the chip would stay at 250 kbit/s; and until the first SEEK
 * commands seek by themselves, which the chip does only after CONFIGURE. */
#ifndef EMU_DEV_FLOPPY_H
#define EMU_DEV_FLOPPY_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/bus.h"
#include "emu/clock.h"
#include "emu/disk.h"
#include "emu/mechanics.h"
#include "emu/probe.h"
#include "emu/state.h"

enum floppy_wiring { FLOPPY_AT, FLOPPY_PS2 };

enum { FLOPPY_DRIVES = 2, FLOPPY_SELECTS = 4, FLOPPY_SECTOR = 512, FLOPPY_DELETED_MARKS = 8192 };

/* What most drives of the time are like. */
extern const struct floppy_mechanics floppy_usual;

/* The DMA controller as the chip sees it: moves up to SIZE bytes on CHANNEL and returns how many it took or gave (0
 * while the channel is masked). to_memory: from BUFFER to memory. *terminal_count becomes true when the count ran out.
 * */
struct floppy_dma {
    uint32_t (*transfer)(void *ctx, unsigned channel, uint8_t *buffer, uint32_t size, bool to_memory,
                         bool *terminal_count);
    void *ctx;
};

struct floppy_config {
    struct bus *bus;
    struct clock *clock;
    struct probes *probes;
    struct line irq;
    struct floppy_dma dma;
    unsigned channel;               /* of the DMA controller */
    enum floppy_wiring wiring;
    uint8_t type[FLOPPY_DRIVES];    /* CMOS type: 0 no drive, 1 360K, 2 1.2M, 3 720K, 4 1.44M, 5 2.88M */
    const struct floppy_mechanics *mechanics;       /* of both drives; kept, not copied. NULL: floppy_usual */
};

/* A drive and what is in it. Places 2 and 3 of the select lines never have a drive. */
struct floppy_drive {
    uint8_t type;                   /* CMOS type, 0: no drive */
    uint8_t number;                 /* select line, 0-3 */
    const struct disk_ops *ops;     /* NULL: no disk */
    void *disk;
    uint64_t sectors;               /* that the disk has; those the geometry promises beyond them are not found */
    struct geometry geometry;       /* of the medium */
    bool read_only;
    bool changed;                   /* change line: set until a step with a disk in place */
    bool motor;
    uint64_t motor_since;           /* tick of the last switch of the motor */
    uint64_t spin_base;             /* how far, in ticks of spinning up, it had come then */
    uint8_t cylinder;               /* where the head is: 0-85 */
    uint64_t stepped;               /* tick of the last step that the head followed */
    uint64_t reads, writes;         /* sectors since power-on */
    uint8_t deleted[FLOPPY_DELETED_MARKS / 8];      /* sectors with a deleted data mark; an image cannot hold it */
    /* The controller's view of the drive. */
    uint8_t pcn;                    /* present cylinder number */
    bool seeking, recalibrating, inward;
    uint8_t steps;                  /* left in this seek */
    uint8_t target;                 /* value of pcn when it ends */
    uint8_t from;                   /* cylinder at which it began */
    bool seek_ended;                /* its interrupt waits to be sensed */
    uint8_t seek_status;            /* ST0 of that */
    struct event step;
    struct floppy *owner;
};

enum floppy_phase { FLOPPY_IDLE, FLOPPY_COMMAND, FLOPPY_EXECUTION, FLOPPY_RESULT };

/* What the execution phase of a data command is doing. */
enum floppy_activity {
    FLOPPY_NOTHING,
    FLOPPY_SEEKING,         /* implied seek */
    FLOPPY_LOADING,         /* head load time */
    FLOPPY_NO_INDEX,        /* no disk or no motor: until that changes */
    FLOPPY_DRAINING,        /* done but for bytes that the host has yet to take out of the FIFO */
    FLOPPY_SEARCHING,       /* until the sector's ID, or the second index pulse, has passed */
    FLOPPY_MOVING,          /* bytes pass under the head */
    FLOPPY_CLOSING          /* FORMAT: the last gap, until the index pulse */
};

/* The data command being executed. */
struct floppy_run {
    uint8_t activity;
    bool real;                      /* with the drive's mechanics */
    uint8_t drive, head;
    uint8_t c, h, r, n;             /* of the next sector */
    uint8_t end;                    /* EOT, or the sectors of a track to format */
    uint8_t left;                   /* VERIFY with EC: sectors still to verify */
    uint8_t index;                  /* FORMAT, READ TRACK: sector's place on the track, from 0 */
    uint8_t st0, st1, st2;          /* gathered so far, without the drive */
    bool found;                     /* the search will end with the sector */
    bool deleted;                   /* the sector found has a deleted data mark */
    bool stop;                      /* end the command after this sector */
    bool terminal;                  /* terminal count was seen */
    bool unequal, unfit;            /* SCAN: the sector so far differs, and in the wrong direction */
    uint16_t size;                  /* of the data: 512, or the 4 bytes of an ID to format */
    uint16_t head_at;               /* bytes that passed under the head */
    uint16_t host_at;               /* bytes that the host gave for this sector and the next */
    uint64_t at;                    /* tick at which the present stage began, however late its event was noticed */
    uint64_t begins;                /* tick at which the sector's first sync byte passes */
    uint64_t first_byte;            /* tick at which byte 0 begins to pass */
    uint64_t byte;                  /* ticks a byte takes */
    uint64_t ends;                  /* tick at which the data's CRC has passed */
    bool asking;                    /* the FIFO requests service by the host */
    uint16_t fifo_first, fifo_count;
    uint8_t fifo[FLOPPY_SECTOR];    /* a ring: 16 bytes with mechanics, else a sector */
    uint8_t sector[FLOPPY_SECTOR];  /* of the disk */
};

struct floppy {
    struct floppy_config config;
    bool real;
    uint8_t dor, dsr, tdr;
    uint8_t rate;                   /* 0 500, 1 300, 2 250, 3 1000 kbit/s */
    bool rate_chosen, seek_seen;    /* by software, since the RESET pin */
    uint8_t phase;
    uint8_t command[9], command_at, command_size;
    uint8_t result[10], result_at, result_size;
    bool irq;                       /* of the result phase, a byte of PIO, or a reset; the pin is gated by the DOR */
    bool pin;
    uint8_t reset_senses;           /* SENSE INTERRUPT results that the last reset still owes */
    uint8_t specify[2];             /* SRT and HUT, HLT and ND */
    uint8_t configure[2];           /* EIS, EFIFO, POLL, FIFOTHR; PRETRK */
    uint8_t perpendicular;
    uint8_t last_end;               /* SC/EOT as DUMPREG shows it */
    bool locked;
    bool asleep;                    /* powered down by the DSR, until the chip is asked for something */
    uint64_t head_unload;           /* tick until which the heads stay loaded */
    struct floppy_run run;
    struct floppy_drive drive[FLOPPY_SELECTS];
    struct event reset_done, work;
};

/* Builds the controller and its empty drives and claims its ports. The struct must not move afterwards. */
void floppy_init(struct floppy *f, const struct floppy_config *config);

/* The RESET pin. Disks stay where they are; heads too, though the chip forgets where. */
void floppy_reset(struct floppy *f);

/* Puts a disk into DRIVE (0-1), or takes it out if DISK is NULL or has no ops. Works at any time, also in the middle
 * of a transfer. DISK is copied; its geometry, if zero, is deduced from its size. */
void floppy_change(struct floppy *f, unsigned drive, const struct drive_config *disk);

/* Is there a disk in DRIVE (0-1) that a drive of its type can read at no data rate? */
bool floppy_unfit(const struct floppy *f, unsigned drive);

/* The main status register, as the guest would read it. */
uint8_t floppy_msr(const struct floppy *f);

/* Real mechanics, or short fixed delays. What is under way keeps the delay it began with. */
void floppy_set_real(struct floppy *f, bool real);

/* The geometry that a disk of SECTORS has, in a drive of CMOS TYPE when the size alone does not tell. */
struct geometry floppy_geometry(uint64_t sectors, unsigned type);

/* Saves, loads or hashes everything except disk contents. When loading, the same disks must be in the drives. */
void floppy_visit(struct floppy *f, struct state *state);

#endif
