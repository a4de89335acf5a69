/* The commands of a disk (ATA-2, X3.279).
 *
 * A command is busy first, until the work event; then it gives or takes blocks of sectors through the data port, with
 * an interrupt for each, or ends. What the drive reports after a transfer is the address of the last sector moved and
 * the count of those not moved.
 *
 * In real mode a block of a read comes as soon as it has passed under the head, or the buffer has it. A write asks for
 * the next block as soon as the buffer has room for it, and ends when the last sector is on the disk, or in the buffer
 * if the host has switched the write cache on (at power-on it is off, as in the drives of 1991). VERIFY reads the disk,
 * never the buffer. What a stopped spindle delays is the command that needs the disk. The image is read when a block is
 * given and written when the host has given it.
 *
 * Left out: DMA, LONG transfers, FORMAT TRACK, security, 48-bit addresses (all aborted). */
#include "emu/dev/ata_parts.h"

#include <string.h>

#define LBA_LIMIT   0x0FFFFFFFull
#define FAST_SECTOR (5 * TICKS_PER_US)

/* --- Addresses --- */

/* The sector that the registers name; false if the drive has no such sector. */
static bool get_address(const struct ata *a, const struct ata_drive *d, uint64_t *lba)
{
    uint32_t cylinder = (uint32_t)(d->cylinder_high << 8 | d->cylinder_low);
    uint32_t head = a->select & 15u;
    if (a->select & SELECT_LBA) {
        *lba = (uint64_t)head << 24 | (uint64_t)cylinder << 8 | d->sector;
        return *lba < d->sectors;
    }
    if (d->sector == 0 || d->sector > d->current.sectors || head >= d->current.heads ||
        cylinder >= d->current.cylinders)
        return false;
    *lba = ((uint64_t)cylinder * d->current.heads + head) * d->current.sectors + d->sector - 1;
    return *lba < d->sectors;
}

static void set_address(struct ata *a, struct ata_drive *d, uint64_t lba)
{
    uint32_t cylinder, head;
    if (a->select & SELECT_LBA) {
        d->sector = (uint8_t)lba;
        cylinder = (uint32_t)(lba >> 8);
        head = lba >> 24 & 15;
    } else {
        uint32_t track = (uint32_t)(lba / d->current.sectors);
        d->sector = (uint8_t)(lba % d->current.sectors + 1);
        cylinder = track / d->current.heads;
        head = track % d->current.heads;
    }
    d->cylinder_low = (uint8_t)cylinder;
    d->cylinder_high = (uint8_t)(cylinder >> 8);
    a->select = (uint8_t)((a->select & 0xF0) | head);
}

/* --- The end of commands --- */

static void come_to_rest(struct ata *a, struct ata_drive *d, uint8_t status)
{
    a->activity = ATA_IDLE;
    d->status = status;
    ata_start_timer(a, d);
}

void ata_finish(struct ata *a)
{
    struct ata_drive *d = ata_busy_drive(a);
    come_to_rest(a, d, STATUS_IDLE);
    ata_set_irq(a, d, true);
}

void ata_fail(struct ata *a, unsigned error)
{
    struct ata_drive *d = ata_busy_drive(a);
    d->error = (uint8_t)error;
    come_to_rest(a, d, STATUS_IDLE | STATUS_ERROR);
    ata_set_irq(a, d, true);
}

static void abort_command(struct ata *a)
{
    ata_fail(a, ERROR_ABORTED);
}

void ata_begin_busy(struct ata *a, enum ata_activity activity)
{
    a->activity = (uint8_t)activity;
    ata_busy_drive(a)->status = STATUS_BUSY | STATUS_SEEK_DONE;
}

void ata_finish_at(struct ata *a, uint64_t tick)
{
    ata_begin_busy(a, ATA_FINISHING);
    clock_schedule(a->config.clock, &a->work, a->real ? tick : a->config.clock->now + ATA_FAST_TICKS);
}

void ata_finish_after(struct ata *a, uint64_t ticks)
{
    const struct ata_drive *d = ata_busy_drive(a);
    uint64_t overhead = d->is_cd ? cd_overhead(&d->cd) : ata_overhead(d);
    ata_finish_at(a, a->config.clock->now + overhead + ticks);
}

/* --- The data port --- */

static void open_data_port(struct ata *a, enum ata_activity activity, uint32_t at, uint32_t size)
{
    a->at = at;
    a->size = at + size;
    a->activity = (uint8_t)activity;
    ata_busy_drive(a)->status = STATUS_IDLE | STATUS_DATA;
}

void ata_begin_giving(struct ata *a, uint32_t at, uint32_t size)
{
    open_data_port(a, ATA_GIVING, at, size);
    ata_set_irq(a, ata_busy_drive(a), true);
}

void ata_begin_taking(struct ata *a, uint32_t at, uint32_t size, bool tell)
{
    open_data_port(a, ATA_TAKING, at, size);
    if (tell)
        ata_set_irq(a, ata_busy_drive(a), true);
}

/* --- Sectors --- */

static void report(struct ata *a, enum probe_kind kind, uint64_t lba, uint32_t count)
{
    if (!probe_wants(a->config.probes, kind))
        return;
    for (uint32_t i = 0; i < count; i++)
        probe_emit(a->config.probes, kind, a->config.first_drive + a->busy_drive, (uint32_t)(lba + i), 0, 0);
}

static uint32_t block_sectors(const struct ata *a, uint32_t most)
{
    return a->left < most ? a->left : most;
}

static bool is_multiple(const struct ata *a)
{
    return a->command == 0xC4 || a->command == 0xC5;
}

/* Notes that the block's sectors were moved: the registers name the last of them. */
static void advance(struct ata *a, struct ata_drive *d)
{
    a->lba += a->block;
    a->left -= a->block;
    ata_place_heads(d, a->lba - 1);
    set_address(a, d, a->lba - 1);
    d->count = (uint8_t)a->left;
}

/* An error at the first sector of the present block. */
static void fail_at_block(struct ata *a, struct ata_drive *d, unsigned error)
{
    if (!(a->select & SELECT_LBA) || a->lba <= LBA_LIMIT)
        set_address(a, d, a->lba);
    ata_fail(a, error);
}

static uint64_t fast_tick(const struct ata *a)
{
    return a->config.clock->now + ATA_FAST_TICKS + a->block * FAST_SECTOR;
}

static uint32_t next_block(struct ata *a)
{
    return block_sectors(a, is_multiple(a) ? ata_busy_drive(a)->multiple : 1);
}

/* A command may run past the end of the disk; what lies before the end is moved. */
static bool block_on_disk(const struct ata *a, const struct ata_drive *d)
{
    return a->lba < d->sectors && a->block <= d->sectors - a->lba;
}

static bool is_read(const struct ata *a)
{
    return a->command == 0x20 || a->command == 0x21 || a->command == 0xC4;
}

static bool is_verify(const struct ata *a)
{
    return a->command == 0x40 || a->command == 0x41;
}

/* When the block at a->lba has been read. A mode changed in the middle of a command begins the read anew. */
static uint64_t read_tick(struct ata *a, struct ata_drive *d, bool first)
{
    uint64_t now = a->config.clock->now, from = now;
    if (!block_on_disk(a, d))
        return now + ata_overhead(d);
    if (first || !ata_reads_ahead(d))
        from = ata_begin_reading(d, a->lba, now);
    else
        ata_make_room(d, a->lba, now);
    return ata_read_tick(d, a->lba, a->block, from);
}

static void start_fetch(struct ata *a, bool first)
{
    struct ata_drive *d = ata_busy_drive(a);
    a->block = next_block(a);
    ata_begin_busy(a, ATA_FETCHING);
    clock_schedule(a->config.clock, &a->work, a->real ? read_tick(a, d, first) : fast_tick(a));
}

static void take_block(struct ata *a, bool tell)
{
    a->block = next_block(a);
    ata_begin_taking(a, 0, a->block * ATA_SECTOR, tell);
}

static void fetched(struct ata *a)
{
    struct ata_drive *d = ata_busy_drive(a);
    if (!block_on_disk(a, d)) {
        fail_at_block(a, d, ERROR_NOT_FOUND);
        return;
    }
    d->reads += a->block;
    report(a, PROBE_SECTOR_READ, a->lba, a->block);
    if (d->ops->read(d->disk, a->lba, a->buffer, a->block) < 0) {
        fail_at_block(a, d, ERROR_UNCORRECTABLE);
        return;
    }
    advance(a, d);
    if (!is_verify(a))
        ata_begin_giving(a, 0, a->block * ATA_SECTOR);
    else if (a->left)
        start_fetch(a, false);
    else
        ata_finish(a);
}

static void stored(struct ata *a)
{
    struct ata_drive *d = ata_busy_drive(a);
    if (!block_on_disk(a, d)) {
        fail_at_block(a, d, ERROR_NOT_FOUND);
        return;
    }
    d->writes += a->block;
    report(a, PROBE_SECTOR_WRITE, a->lba, a->block);
    if (d->ops->write(d->disk, a->lba, a->buffer, a->block) < 0) {
        fail_at_block(a, d, ERROR_ABORTED);
        d->status |= STATUS_FAULT;
        return;
    }
    advance(a, d);
    if (a->left == 0) {
        ata_finish(a);
        return;
    }
    take_block(a, true);
}

/* The host has emptied the buffer. */
void ata_given(struct ata *a)
{
    struct ata_drive *d = ata_busy_drive(a);
    if (d->is_cd) {
        ata_packet_given(a, d);
    } else if (a->left) {
        start_fetch(a, false);
    } else {
        if (is_read(a))
            ata_make_room(d, a->lba, a->config.clock->now);
        come_to_rest(a, d, STATUS_IDLE);
    }
}

/* When the drive can ask for the block after the present one, or has written this last one. */
static uint64_t write_tick(struct ata *a, struct ata_drive *d)
{
    uint64_t now = a->config.clock->now;
    uint32_t after = a->left - a->block, most = is_multiple(a) ? d->multiple : 1;
    if (!block_on_disk(a, d))
        return now + ata_overhead(d);
    return ata_write_tick(d, a->lba, a->block, after < most ? after : most, now);
}

/* The host has filled the buffer. */
void ata_taken(struct ata *a)
{
    struct ata_drive *d = ata_busy_drive(a);
    if (d->is_cd) {
        ata_packet_taken(a, d);
    } else if (a->command == 0xE8) {
        ata_finish_after(a, 0);
    } else {
        ata_begin_busy(a, ATA_STORING);
        clock_schedule(a->config.clock, &a->work, a->real ? write_tick(a, d) : fast_tick(a));
    }
}

/* --- Commands --- */

static bool begin_transfer(struct ata *a, struct ata_drive *d)
{
    a->left = d->count ? d->count : 256;
    if (is_multiple(a) && d->multiple == 0) {
        abort_command(a);
        return false;
    }
    if (get_address(a, d, &a->lba))
        return true;
    ata_fail(a, ERROR_NOT_FOUND);
    return false;
}

static void read_sectors(struct ata *a, struct ata_drive *d)
{
    if (!begin_transfer(a, d))
        return;
    if (!a->real)
        ata_seek(d, a->lba, a->config.clock->now);
    else if (is_verify(a))
        ata_drop_buffer(d, a->config.clock->now);
    start_fetch(a, true);
}

/* The first block is asked for without an interrupt. */
static void write_sectors(struct ata *a, struct ata_drive *d)
{
    if (d->read_only) {
        abort_command(a);
    } else if (begin_transfer(a, d)) {
        ata_begin_writing(d, a->lba, a->config.clock->now);
        take_block(a, false);
    }
}

static void seek(struct ata *a, struct ata_drive *d)
{
    uint64_t lba;
    if (get_address(a, d, &lba))
        ata_finish_at(a, ata_seek(d, lba, a->config.clock->now));
    else
        ata_fail(a, ERROR_NOT_FOUND);
}

static void recalibrate(struct ata *a, struct ata_drive *d)
{
    ata_finish_at(a, ata_seek(d, 0, a->config.clock->now));
}

/* Both drives do it; the master speaks for both. */
void ata_diagnose(struct ata *a, struct ata_drive *d)
{
    struct ata_drive *other = &a->drive[d == &a->drive[0]];
    ata_set_signatures(a);
    if (other->is_cd)
        other->status = 0;
    ata_finish_after(a, ATA_RESET_TICKS);
}

static uint32_t translated_cylinders(const struct ata_drive *d, uint32_t heads, uint32_t sectors)
{
    uint64_t cylinders = d->sectors / (heads * sectors);
    return cylinders > 65535 ? 65535 : (uint32_t)cylinders;
}

static void set_parameters(struct ata *a, struct ata_drive *d)
{
    uint32_t heads = (a->select & 15u) + 1, sectors = d->count;
    if (sectors == 0) {
        abort_command(a);
        return;
    }
    d->current = (struct geometry){ translated_cylinders(d, heads, sectors), heads, sectors };
    ata_finish_after(a, 0);
}

static void set_multiple(struct ata *a, struct ata_drive *d)
{
    if (d->count > ATA_MULTIPLE_MAX || (d->count & (d->count - 1))) {
        d->multiple = 0;
        abort_command(a);
        return;
    }
    d->multiple = d->count;
    ata_finish_after(a, 0);
}

/* 55/AA, read ahead, is taken without effect. */
static void set_features(struct ata *a, struct ata_drive *d)
{
    bool good = true;
    switch (d->features) {
    case 0x02: case 0x82: d->write_cache = d->features == 0x02; break;
    case 0x66: case 0xCC: d->reverts = d->features == 0xCC; break;
    case 0x55: case 0xAA: break;
    case 0x03: good = d->count <= 1 || (d->count >= 8 && d->count <= 12); break;    /* PIO modes */
    default: good = false;
    }
    if (good)
        ata_finish_at(a, ata_settled(d, a->config.clock->now) + ata_overhead(d));
    else
        abort_command(a);
}

static void flush(struct ata *a, struct ata_drive *d)
{
    if (!d->ops->flush || d->ops->flush(d->disk) >= 0) {
        ata_finish_at(a, ata_settled(d, a->config.clock->now) + ata_overhead(d));
        return;
    }
    ata_fail(a, ERROR_ABORTED);
    d->status |= STATUS_FAULT;
}

static void read_buffer(struct ata *a, struct ata_drive *d)
{
    (void)d;
    a->left = 0;
    ata_begin_giving(a, 0, ATA_SECTOR);
}

static void write_buffer(struct ata *a, struct ata_drive *d)
{
    (void)d;
    a->left = a->block = 1;
    ata_begin_taking(a, 0, ATA_SECTOR, false);
}

/* --- The table --- */

/* READ BUFFER and IDENTIFY begin with their data at the work event, as reads do. */
static const struct command {
    uint8_t first, last;
    bool deferred;                      /* busy for a moment before start is called */
    void (*start)(struct ata *a, struct ata_drive *d);
} commands[] = {
    { 0x10, 0x1F, false, recalibrate },
    { 0x20, 0x21, false, read_sectors },
    { 0x30, 0x31, false, write_sectors },
    { 0x40, 0x41, false, read_sectors },        /* READ VERIFY */
    { 0x70, 0x7F, false, seek },
    { 0x90, 0x90, false, ata_diagnose },
    { 0x91, 0x91, false, set_parameters },
    { 0x94, 0x94, false, ata_stand_by_now },            /* STANDBY IMMEDIATE */
    { 0x95, 0x95, false, ata_idle_now },                /* IDLE IMMEDIATE */
    { 0x96, 0x96, false, ata_stand_by },
    { 0x97, 0x97, false, ata_idle },
    { 0x98, 0x98, false, ata_check_power },
    { 0x99, 0x99, false, ata_stand_by_now },            /* SLEEP */
    { 0xC4, 0xC4, false, read_sectors },
    { 0xC5, 0xC5, false, write_sectors },
    { 0xC6, 0xC6, false, set_multiple },
    { 0xE0, 0xE0, false, ata_stand_by_now },            /* as 94-99 */
    { 0xE1, 0xE1, false, ata_idle_now },
    { 0xE2, 0xE2, false, ata_stand_by },
    { 0xE3, 0xE3, false, ata_idle },
    { 0xE4, 0xE4, true, read_buffer },
    { 0xE5, 0xE5, false, ata_check_power },
    { 0xE6, 0xE6, false, ata_stand_by_now },
    { 0xE7, 0xE7, false, flush },
    { 0xE8, 0xE8, false, write_buffer },
    { 0xEC, 0xEC, true, ata_identify },
    { 0xEF, 0xEF, false, set_features },
};

static const struct command *find_command(uint8_t code)
{
    for (unsigned i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (code >= commands[i].first && code <= commands[i].last)
            return &commands[i];
    return NULL;
}

/* A drive in the middle of a command forgets it when another comes. */
static void forget_command(struct ata *a)
{
    clock_cancel(a->config.clock, &a->work);
    if (a->activity > ATA_RESETTING)
        ata_busy_drive(a)->status = STATUS_IDLE;
    a->activity = ATA_IDLE;
}

static void start_disk_command(struct ata *a, struct ata_drive *d, uint8_t code)
{
    const struct command *command = find_command(code);
    ata_stop_timer(a, d);
    if (command && !command->deferred)
        command->start(a, d);
    else
        ata_finish_after(a, 0);
}

/* What the drive does not know is aborted after a moment, as on a real one. */
void ata_start_command(struct ata *a, uint8_t code)
{
    struct ata_drive *d = ata_selected(a);
    if (code == 0x90)
        d = ata_present(&a->drive[0]) ? &a->drive[0] : &a->drive[1];
    if (!ata_present(d))
        return;
    forget_command(a);
    a->busy_drive = d == &a->drive[1];
    a->command = code;
    d->error = 0;
    ata_set_irq(a, d, false);
    if (probe_wants(a->config.probes, PROBE_DISK_REQUEST))
        probe_emit(a->config.probes, PROBE_DISK_REQUEST, a->config.first_drive + a->busy_drive, code, 0, 0);
    if (d->is_cd)
        ata_packet_start(a, d, code);
    else
        start_disk_command(a, d, code);
}

static void finish_command(struct ata *a)
{
    const struct command *command = find_command(a->command);
    if (!command)
        abort_command(a);
    else if (command->deferred)
        command->start(a, ata_busy_drive(a));
    else
        ata_finish(a);
}

/* A CD-ROM drive is not ready before its first command (SFF-8020i). */
static void reset_finished(struct ata *a)
{
    a->activity = ATA_IDLE;
    for (unsigned i = 0; i < 2; i++)
        a->drive[i].status = a->drive[i].is_cd ? 0 : STATUS_IDLE;
}

void ata_work(void *ctx, uint64_t late)
{
    struct ata *a = ctx;
    struct ata_drive *d = ata_busy_drive(a);
    (void)late;
    if (a->activity == ATA_RESETTING)
        reset_finished(a);
    else if (d->is_cd && a->activity > ATA_RESETTING)
        ata_packet_work(a, d);
    else if (a->activity == ATA_FETCHING)
        fetched(a);
    else if (a->activity == ATA_STORING)
        stored(a);
    else if (a->activity == ATA_FINISHING)
        finish_command(a);
}
