/* What the files of the disk channel share: ata.c (registers, reset, data port), ata_state.c (building and saving),
 * ata_command.c (commands of a disk), ata_power.c (spindle and standby timer), ata_identify.c, ata_time.c (how long the
 * heads take) and ata_packet.c (the commands of a CD-ROM drive, whose inside is behind ata_cd.h). */
#ifndef EMU_DEV_ATA_PARTS_H
#define EMU_DEV_ATA_PARTS_H

#include <stddef.h>

#include "emu/dev/ata.h"

enum { STATUS_BUSY = 0x80, STATUS_READY = 0x40, STATUS_FAULT = 0x20, STATUS_SEEK_DONE = 0x10, STATUS_DATA = 0x08,
       STATUS_ERROR = 0x01 };
enum { ERROR_UNCORRECTABLE = 0x40, ERROR_NOT_FOUND = 0x10, ERROR_ABORTED = 0x04, ERROR_DIAGNOSTIC_PASSED = 0x01 };
enum { CONTROL_RESET = 4, CONTROL_NO_INTERRUPT = 2, SELECT_LBA = 0x40, SELECT_SLAVE = 0x10, SELECT_FIXED = 0xA0 };
enum { STATUS_IDLE = STATUS_READY | STATUS_SEEK_DONE };

/* What a reset takes, by the RESET line or SRST: 2 ms are a guess. Drive 0 would wait up to 450 ms after the RESET line
 * for a drive 1 that is not there (ATA-2, 9.1), unless jumpers tell it that it is alone, as ours do: BIOSes that probe
 * within 50 ms and don't wait for BSY, as that of Bochs, would find no disk. In fast mode commands and resets take a
 * short fixed time. */
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

static inline bool ata_is_disk(const struct ata_drive *d)
{
    return d->ops != NULL;
}

static inline bool ata_present(const struct ata_drive *d)
{
    return d->is_cd || ata_is_disk(d);
}

/* --- ata.c --- */

/* The interrupt of D; the pin follows if D is selected, unless nIEN forbids. */
void ata_set_irq(struct ata *a, struct ata_drive *d, bool level);

/* The registers of both drives as a reset or EXECUTE DIAGNOSTIC leaves them. */
void ata_set_signatures(struct ata *a);

/* The same of one, but for the error register. */
void ata_set_signature(struct ata_drive *d);

/* Puts the registers on the bus. */
void ata_claim_ports(struct ata *a);

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

/* The end of a command, good or bad; the host is told. */
void ata_finish(struct ata *a);
void ata_fail(struct ata *a, unsigned error);

/* Busy until TICK in real mode, for a moment else; then the command ends. */
void ata_finish_at(struct ata *a, uint64_t tick);

/* What the firmware does alone, and TICKS more. */
void ata_finish_after(struct ata *a, uint64_t ticks);

/* The block in the buffer, SIZE bytes from AT on, is for the host to take; or to fill. The host is told with TELL. */
void ata_begin_giving(struct ata *a, uint32_t at, uint32_t size);
void ata_begin_taking(struct ata *a, uint32_t at, uint32_t size, bool tell);

/* EXECUTE DEVICE DIAGNOSTIC, for both drives. */
void ata_diagnose(struct ata *a, struct ata_drive *d);

/* --- ata_identify.c --- */

void ata_identify(struct ata *a, struct ata_drive *d);

/* IDENTIFY PACKET DEVICE. */
void ata_identify_packet(struct ata *a, struct ata_drive *d);

/* --- ata_power.c --- */

void ata_stand_by(struct ata *a, struct ata_drive *d);          /* STANDBY: sets the timer too */
void ata_stand_by_now(struct ata *a, struct ata_drive *d);      /* STANDBY IMMEDIATE, SLEEP */
void ata_idle(struct ata *a, struct ata_drive *d);              /* IDLE: sets the timer too */
void ata_idle_now(struct ata *a, struct ata_drive *d);          /* IDLE IMMEDIATE */
void ata_check_power(struct ata *a, struct ata_drive *d);

/* A command begins, or has ended: the standby timer stops, or starts anew. */
void ata_stop_timer(struct ata *a, struct ata_drive *d);
void ata_start_timer(struct ata *a, struct ata_drive *d);

/* The timer's event. CTX: the drive. */
void ata_timer_over(void *ctx, uint64_t late);

/* --- ata_packet.c: a CD-ROM drive --- */

/* Of a PACKET command: the host gives the packet, takes data, gives data; or the drive has nothing left to move. */
enum packet_phase { PACKET_COMMAND, PACKET_IN, PACKET_OUT, PACKET_STATUS };

enum { COMMAND_PACKET = 0xA0, COMMAND_DEVICE_RESET = 0x08 };

/* The command register was written; DEVICE RESET even while the drive is busy. */
void ata_packet_start(struct ata *a, struct ata_drive *d, uint8_t code);
void ata_packet_device_reset(struct ata *a, struct ata_drive *d);

/* As ata_work, ata_given and ata_taken, of a CD-ROM drive's command. */
void ata_packet_work(struct ata *a, struct ata_drive *d);
void ata_packet_given(struct ata *a, struct ata_drive *d);
void ata_packet_taken(struct ata *a, struct ata_drive *d);

/* --- ata_time.c: TICK is always the present; what is returned is a tick not before it, if not said otherwise --- */

/* Power-on. The geometry and the size must be there. A disk of 0 rpm becomes the usual drive. */
void ata_init_mechanics(struct ata_drive *d, const struct disk_mechanics *mechanics, uint64_t tick);

/* Other figures while the machine runs. The buffer is dropped. */
void ata_change_mechanics(struct ata_drive *d, const struct disk_mechanics *mechanics, uint64_t tick);

/* Ticks that the firmware needs for a command. */
uint64_t ata_overhead(const struct ata_drive *d);

/* Starts the spindle if it stands. When the firmware is through with the command and the disk at speed. */
uint64_t ata_spin(struct ata_drive *d, uint64_t tick);

/* A command sends the heads to the track of LBA; the buffer is dropped. When they are there. */
uint64_t ata_seek(struct ata_drive *d, uint64_t lba, uint64_t tick);

/* A read begins at LBA, from the buffer or from the disk. When the firmware can begin to give data. */
uint64_t ata_begin_reading(struct ata_drive *d, uint64_t lba, uint64_t tick);

/* When COUNT sectors from LBA of the read under way are ready to be given; TICK: not before. */
uint64_t ata_read_tick(const struct ata_drive *d, uint64_t lba, uint32_t count, uint64_t tick);

/* The host has taken what lies before LBA and will go on there: reading ahead may go on too. */
void ata_make_room(struct ata_drive *d, uint64_t lba, uint64_t tick);

/* Is there anything in the buffer that a read can follow? */
bool ata_reads_ahead(const struct ata_drive *d);

/* When the heads have nothing left to write. */
uint64_t ata_settled(const struct ata_drive *d, uint64_t tick);

/* Stops reading ahead and forgets what the buffer holds. */
void ata_drop_buffer(struct ata_drive *d, uint64_t tick);

/* A write begins at LBA: the heads go there while the host fills the first block. */
void ata_begin_writing(struct ata_drive *d, uint64_t lba, uint64_t tick);

/* The host has given COUNT sectors from LBA. When there is room for the NEXT sectors; with NEXT 0: when all is on the
 * disk, or with the write cache on in the buffer. */
uint64_t ata_write_tick(struct ata_drive *d, uint64_t lba, uint32_t count, uint32_t next, uint64_t tick);

/* Puts the heads on the track of LBA, in no time. */
void ata_place_heads(struct ata_drive *d, uint64_t lba);

#endif
