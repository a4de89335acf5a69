/* What the files of the floppy controller share: floppy.c (registers and commands without data), floppy_drive.c (the
 * mechanics), floppy_track.c (media, and what lies where on a track), floppy_run.c (the execution phase of commands
 * that find sectors), floppy_fifo.c (bytes between host and head). */
#ifndef EMU_DEV_FLOPPY_PARTS_H
#define EMU_DEV_FLOPPY_PARTS_H

#include "emu/dev/floppy.h"

/* Status register 0, 1, 2 and 3, as the data sheet names the bits. */
enum {
    ST0_ABNORMAL = 0x40, ST0_INVALID = 0x80, ST0_READY_CHANGED = 0xC0, ST0_SEEK_END = 0x20, ST0_EQUIPMENT_CHECK = 0x10,
    ST1_END = 0x80, ST1_DATA = 0x20, ST1_OVERRUN = 0x10, ST1_NO_DATA = 0x04, ST1_PROTECTED = 0x02, ST1_NO_MARK = 0x01,
    ST2_CONTROL_MARK = 0x40, ST2_DATA = 0x20, ST2_WRONG_CYLINDER = 0x10, ST2_SCAN_HIT = 0x08, ST2_SCAN_MISS = 0x04
};

/* Command codes, the low five bits of the first byte. */
enum {
    FLOPPY_READ_TRACK = 0x02, FLOPPY_WRITE = 0x05, FLOPPY_READ = 0x06, FLOPPY_WRITE_DELETED = 0x09,
    FLOPPY_READ_ID = 0x0A, FLOPPY_READ_DELETED = 0x0C, FLOPPY_FORMAT = 0x0D, FLOPPY_SCAN_EQUAL = 0x11,
    FLOPPY_VERIFY = 0x16, FLOPPY_SCAN_LOW = 0x19, FLOPPY_SCAN_HIGH = 0x1D
};

/* --- floppy.c --- */

/* Enters the result phase with SIZE bytes of f->result. */
void floppy_give_result(struct floppy *f, unsigned size);

/* Sets the interrupt pin to what the state asks for. */
void floppy_update_pin(struct floppy *f);

/* The command being executed, without its option bits. */
static inline unsigned floppy_code(const struct floppy *f) { return f->command[0] & 0x1F; }

/* Does the host move data itself (non-DMA mode)? */
static inline bool floppy_pio(const struct floppy *f) { return f->specify[1] & 1; }

/* --- floppy_drive.c --- */

void floppy_drives_init(struct floppy *f);

/* Switches a motor; nothing if it is so already. */
void floppy_set_motor(struct floppy *f, struct floppy_drive *d, bool on);

/* Starts STEPS steps; at the end the controller's idea of the cylinder is TARGET. A recalibration ends at track 0. */
void floppy_seek(struct floppy *f, struct floppy_drive *d, unsigned steps, bool inward, uint8_t target);
void floppy_recalibrate(struct floppy *f, struct floppy_drive *d);
void floppy_stop_seek(struct floppy *f, struct floppy_drive *d);

/* Is a disk turning, so that index pulses come, sooner or later? */
bool floppy_turning(const struct floppy_drive *d);

/* The first tick, not before FROM, from which there are data and index pulses: motor at full speed, head settled. */
uint64_t floppy_ready(const struct floppy *f, const struct floppy_drive *d, uint64_t from);

/* --- floppy_track.c --- */

/* Where things lie on a track, in bytes: FIRST and PITCH from the index, the others from a sector's first sync byte. */
struct floppy_track {
    uint64_t byte;                  /* ticks */
    uint32_t first;                 /* sector 0 */
    uint32_t pitch;                 /* from sector to sector */
    uint32_t id;                    /* the four bytes of the ID */
    uint32_t found;                 /* after the CRC of the ID */
    uint32_t data;                  /* the data's first byte */
    uint32_t end;                   /* after the CRC of the data */
};

/* The track of the disk, and the one that the FORMAT in f->command makes. */
struct floppy_track floppy_track(const struct floppy *f, const struct floppy_drive *d);
struct floppy_track floppy_new_track(const struct floppy *f, const struct floppy_drive *d);

/* The first tick not before FROM at which sector INDEX, from 0, of TRACK begins to pass; at which any does, whose index
 * goes to *INDEX; at which the index pulse passes; at which it has passed twice after FROM. */
uint64_t floppy_passes(const struct floppy_drive *d, const struct floppy_track *track, unsigned index, uint64_t from);
uint64_t floppy_any_passes(const struct floppy_drive *d, const struct floppy_track *track, uint64_t from,
                           unsigned *index);
uint64_t floppy_index(const struct floppy_drive *d, uint64_t from);
uint64_t floppy_second_index(const struct floppy_drive *d, uint64_t from);

/* Can IDs be read at HEAD with the data rate that is set: right density, track formatted? */
bool floppy_readable(const struct floppy *f, const struct floppy_drive *d, unsigned head);

/* Until software chooses a data rate: takes that of the disk. */
void floppy_follow_rate(struct floppy *f, const struct floppy_drive *d);

/* The cylinder of the medium under the heads (a 1.2M drive steps twice for each cylinder of a 40 cylinder disk). */
unsigned floppy_medium_cylinder(const struct floppy_drive *d);

/* The last cylinder that the heads can be moved to. */
unsigned floppy_last_cylinder(const struct floppy_drive *d);

/* Ticks of one revolution at full speed, and of one byte (MFM) at the rate that is set. */
uint64_t floppy_revolution(const struct floppy_drive *d);
uint64_t floppy_byte_ticks(const struct floppy *f);

/* --- floppy_run.c --- */

/* Begins the execution phase of the data command in f->command. */
void floppy_run_start(struct floppy *f);

/* The implied seek has ended at tick AT. */
void floppy_run_sought(struct floppy *f, uint64_t at);

/* The motor was switched, or (CHANGED) the disk was, in a drive that a command may be using. */
void floppy_run_disturbed(struct floppy *f, unsigned drive, bool changed);

/* The work event. */
void floppy_run_work(void *ctx, uint64_t late);

/* The host has emptied the FIFO, or given bytes for the head. */
void floppy_run_served(struct floppy *f);

/* Bytes that the host may still give for this sector and the one that follows. */
unsigned floppy_run_owed(const struct floppy *f);

/* Does the command take bytes from the host (else it gives them)? */
bool floppy_run_takes(const struct floppy *f);

/* --- floppy_fifo.c --- */

/* Bytes that the FIFO holds. */
unsigned floppy_fifo_depth(const struct floppy *f);

/* The head's side. A full FIFO loses what is put, an empty one gives 0. */
void floppy_fifo_put(struct floppy *f, uint8_t value);
uint8_t floppy_fifo_get(struct floppy *f);

/* After a change: asks the host, or stops asking, and moves what DMA moves at once. */
void floppy_fifo_serve(struct floppy *f);

/* PIO: is the data register ready, and a byte moved through it. */
bool floppy_fifo_requests(const struct floppy *f);
uint8_t floppy_fifo_take(struct floppy *f);
void floppy_fifo_give(struct floppy *f, uint8_t value);

#endif
