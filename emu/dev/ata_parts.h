/* What the two files of the disk channel share: ata.c (registers, reset, data port, state) and ata_command.c (commands
 * and how long they take). */
#ifndef EMU_DEV_ATA_PARTS_H
#define EMU_DEV_ATA_PARTS_H

#include <stddef.h>

#include "emu/dev/ata.h"

enum { STATUS_BUSY = 0x80, STATUS_READY = 0x40, STATUS_FAULT = 0x20, STATUS_SEEK_DONE = 0x10, STATUS_DATA = 0x08,
       STATUS_ERROR = 0x01 };
enum { ERROR_UNCORRECTABLE = 0x40, ERROR_NOT_FOUND = 0x10, ERROR_ABORTED = 0x04, ERROR_DIAGNOSTIC_PASSED = 0x01 };
enum { CONTROL_RESET = 4, CONTROL_NO_INTERRUPT = 2, SELECT_LBA = 0x40, SELECT_SLAVE = 0x10, SELECT_FIXED = 0xA0 };
enum { STATUS_IDLE = STATUS_READY | STATUS_SEEK_DONE };

/* Times that a reset and a command take: real, and the short fixed one. */
#define ATA_RESET_TICKS (2 * TICKS_PER_MS)
#define ATA_FAST_TICKS  (20 * TICKS_PER_US)

static inline struct ata_drive *ata_selected(struct ata *a)
{
    return &a->drive[a->select & SELECT_SLAVE ? 1 : 0];
}

static inline struct ata_drive *ata_busy_drive(struct ata *a)
{
    return &a->drive[a->busy_drive & 1];
}

static inline bool ata_present(const struct ata_drive *d)
{
    return d->ops != NULL;
}

/* --- ata.c --- */

/* The drive's interrupt; the pin follows unless nIEN forbids. */
void ata_set_irq(struct ata *a, bool level);

/* The registers as a reset or EXECUTE DIAGNOSTIC leaves them. */
void ata_set_signature(struct ata *a);

/* --- ata_command.c --- */

/* The command register was written. */
void ata_start_command(struct ata *a, uint8_t code);

/* The work event. */
void ata_work(void *ctx, uint64_t late);

/* The host has emptied, or filled, the buffer. */
void ata_given(struct ata *a);
void ata_taken(struct ata *a);

/* Busy with ACTIVITY until the work event. */
void ata_begin_busy(struct ata *a, enum ata_activity activity);

#endif
