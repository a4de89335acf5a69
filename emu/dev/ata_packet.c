/* The commands of a CD-ROM drive on the channel (ATA/ATAPI-4; SFF-8020i revision 2.6): PACKET and the few others that
 * such a drive has.
 *
 * PACKET asks for 12 bytes without an interrupt. Then data move in blocks, each with an interrupt and its length in the
 * cylinder registers: no longer than what the host wrote there before, nor than a block of the disc. The count register
 * is the interrupt reason: bit 0 the packet or the status (else data), bit 1 to the host. The end has an interrupt of
 * its own; of a failure the error register shows the sense key.
 *
 * What is meant for a hard disk is aborted; READ SECTORS and IDENTIFY DEVICE then show the signature, by which a host
 * finds out. Left out: DMA, overlap, SERVICE. */
#include "emu/dev/ata_parts.h"

#include <string.h>

enum { REASON_COMMAND = 1, REASON_TO_HOST = 2, FEATURE_DMA = 1, FEATURE_OVERLAP = 2, LIMIT_MOST = 0xFFFE };

/* Between the command and the request for the packet: 50 us at the most (IDENTIFY PACKET DEVICE, word 0). */
#define PACKET_TICKS (20 * TICKS_PER_US)
/* What a block needs through the buffer at the least: 3 MB/s are chosen. */
#define BYTE_TICKS   (TICKS_PER_US / 3)

static void set_length(struct ata_drive *d, uint32_t bytes)
{
    d->cylinder_low = (uint8_t)bytes;
    d->cylinder_high = (uint8_t)(bytes >> 8);
}

/* --- The end --- */

static void finish(struct ata *a, struct ata_drive *d)
{
    d->count = REASON_COMMAND | REASON_TO_HOST;
    a->left = 0;
    ata_finish(a);
}

static void fail(struct ata *a, struct ata_drive *d)
{
    d->count = REASON_COMMAND | REASON_TO_HOST;
    ata_fail(a, (unsigned)d->cd.key << 4 | (d->cd.key == KEY_ILLEGAL_REQUEST ? ERROR_ABORTED : 0));
}

/* --- PACKET --- */

static void busy_until(struct ata *a, enum packet_phase phase, uint64_t tick)
{
    a->phase = (uint8_t)phase;
    ata_finish_at(a, tick);
}

/* Of what is in the buffer, or wanted, from AT on: what fits into one block. */
static uint32_t block_bytes(const struct ata *a, uint32_t at)
{
    uint32_t left = a->filled - at;
    return left <= a->limit ? left : a->limit;
}

static void give_block(struct ata *a, struct ata_drive *d, uint32_t at)
{
    uint32_t bytes = block_bytes(a, at);
    d->count = REASON_TO_HOST;
    set_length(d, bytes);
    ata_begin_giving(a, at, bytes);
}

static void take_block(struct ata *a, struct ata_drive *d, uint32_t at)
{
    uint32_t bytes = block_bytes(a, at);
    d->count = 0;
    set_length(d, bytes);
    ata_begin_taking(a, at, bytes, true);
}

/* The end follows when the firmware is through. */
static void begin_end(struct ata *a, struct ata_drive *d)
{
    busy_until(a, PACKET_STATUS, cd_end_tick(&d->cd, a->config.clock->now));
}

static void fetch_block(struct ata *a, struct ata_drive *d, bool first)
{
    a->filled = 0;
    busy_until(a, PACKET_IN, cd_block_tick(&d->cd, first, a->config.clock->now));
}

/* A block of the disc has been read. */
static void fetched(struct ata *a, struct ata_drive *d)
{
    if (probe_wants(a->config.probes, PROBE_SECTOR_READ))
        probe_emit(a->config.probes, PROBE_SECTOR_READ, a->config.first_drive + a->busy_drive, d->cd.lba, 0, 0);
    a->filled = cd_read_block(&d->cd, a->buffer);
    if (a->filled)
        give_block(a, d, 0);
    else
        fail(a, d);
}

static void execute(struct ata *a, struct ata_drive *d)
{
    uint64_t now = a->config.clock->now;
    uint8_t packet[CD_PACKET];
    memcpy(packet, a->buffer, sizeof packet);
    enum cd_phase phase = cd_execute(&d->cd, packet, a->buffer, now);
    a->at = a->size = 0;
    a->filled = d->cd.answer;
    switch (phase) {
    case CD_GIVES: busy_until(a, PACKET_IN, now + cd_overhead(&d->cd)); break;
    case CD_TAKES: busy_until(a, PACKET_OUT, now + cd_overhead(&d->cd)); break;
    case CD_READS: fetch_block(a, d, true); break;
    default:       a->filled = 0; begin_end(a, d);
    }
}

/* Zero means no limit, as many drives of the time took it. Of an odd limit the even part counts. */
static void packet(struct ata *a, struct ata_drive *d)
{
    uint32_t limit = (uint32_t)d->cylinder_high << 8 | d->cylinder_low;
    limit = limit == 0 || limit > LIMIT_MOST ? LIMIT_MOST : limit;
    if (d->features & (FEATURE_DMA | FEATURE_OVERLAP)) {
        d->cd.key = 0;
        ata_fail(a, ERROR_ABORTED);
        return;
    }
    a->limit = limit > 1 ? limit & ~1u : 2;
    a->at = a->size = a->filled = 0;
    a->phase = PACKET_COMMAND;
    ata_begin_busy(a, ATA_FETCHING);
    clock_schedule(a->config.clock, &a->work, a->config.clock->now + PACKET_TICKS);
}

/* --- What the channel calls --- */

void ata_packet_taken(struct ata *a, struct ata_drive *d)
{
    if (a->phase == PACKET_COMMAND) {
        execute(a, d);
    } else if (a->size < a->filled) {
        busy_until(a, PACKET_OUT, a->config.clock->now + block_bytes(a, a->size) * BYTE_TICKS);
    } else {
        cd_taken(&d->cd, a->buffer);
        begin_end(a, d);
    }
}

void ata_packet_given(struct ata *a, struct ata_drive *d)
{
    if (a->command == 0xA1) {
        a->activity = ATA_IDLE;
        d->status = STATUS_IDLE;
    } else if (a->size < a->filled) {
        busy_until(a, PACKET_IN, a->config.clock->now + block_bytes(a, a->size) * BYTE_TICKS);
    } else if (d->cd.left) {
        fetch_block(a, d, false);
    } else {
        busy_until(a, PACKET_STATUS, a->config.clock->now + BYTE_TICKS * 16);
    }
}

static void packet_work(struct ata *a, struct ata_drive *d)
{
    if (a->phase == PACKET_COMMAND) {
        d->count = REASON_COMMAND;
        ata_begin_taking(a, 0, CD_PACKET, false);
    } else if (a->phase == PACKET_IN && a->filled == 0) {
        fetched(a, d);
    } else if (a->phase == PACKET_IN) {
        give_block(a, d, a->size);
    } else if (a->phase == PACKET_OUT) {
        take_block(a, d, a->size);
    } else if (d->cd.key) {
        fail(a, d);
    } else {
        finish(a, d);
    }
}

/* --- The other commands --- */

void ata_packet_device_reset(struct ata *a, struct ata_drive *d)
{
    if (a->activity == ATA_RESETTING)
        return;
    if (ata_busy_drive(a) == d) {
        clock_cancel(a->config.clock, &a->work);
        a->activity = ATA_IDLE;
        a->at = a->size = a->filled = 0;
    }
    d->cd.left = 0;
    ata_set_signature(d);
    d->error = ERROR_DIAGNOSTIC_PASSED;
    d->status = 0;
    ata_set_irq(a, d, false);
}

static void abort_with_signature(struct ata *a, struct ata_drive *d)
{
    ata_set_signature(d);
    ata_fail(a, ERROR_ABORTED);
}

/* PIO modes only. */
static void set_features(struct ata *a, struct ata_drive *d)
{
    if (d->features == 0x03 && (d->count <= 1 || (d->count >= 8 && d->count <= 12)))
        ata_finish(a);
    else if (d->features == 0x66 || d->features == 0xCC)
        ata_finish(a);
    else
        ata_fail(a, ERROR_ABORTED);
}

static void stop(struct ata *a, struct ata_drive *d)
{
    d->cd.stopped = true;
    cd_stop_pass(&d->cd);
    ata_finish(a);
}

static void check_power(struct ata *a, struct ata_drive *d)
{
    d->count = d->cd.stopped ? 0 : 0xFF;
    ata_finish(a);
}

static void idle(struct ata *a, struct ata_drive *d)
{
    (void)d;
    ata_finish(a);
}

/* EXECUTE DEVICE DIAGNOSTIC ends like a reset: the drive is not ready until its first command. */
static void diagnosed(struct ata *a, struct ata_drive *d)
{
    ata_finish(a);
    d->status = 0;
}

/* All are executed at the work event; PACKET and the diagnostic begin before it. */
static const struct packet_command {
    uint8_t code;
    void (*execute)(struct ata *a, struct ata_drive *d);
} commands[] = {
    { 0x20, abort_with_signature },
    { 0x90, diagnosed },
    { 0xA0, packet_work },
    { 0xA1, ata_identify_packet },
    { 0xE0, stop },             /* STANDBY IMMEDIATE */
    { 0xE1, idle },             /* IDLE IMMEDIATE */
    { 0xE5, check_power },
    { 0xE6, stop },             /* SLEEP */
    { 0xEC, abort_with_signature },
    { 0xEF, set_features },
};

void ata_packet_start(struct ata *a, struct ata_drive *d, uint8_t code)
{
    if (code == COMMAND_PACKET)
        packet(a, d);
    else if (code == 0x90)
        ata_diagnose(a, d);
    else
        ata_finish_after(a, 0);
}

void ata_packet_work(struct ata *a, struct ata_drive *d)
{
    for (unsigned i = 0; i < sizeof commands / sizeof *commands; i++)
        if (commands[i].code == a->command) {
            commands[i].execute(a, d);
            return;
        }
    ata_fail(a, ERROR_ABORTED);
}
