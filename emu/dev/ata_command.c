/* The commands of a disk (ATA-2, X3.279).
 *
 * A command is busy first, until the work event; then it gives or takes blocks of sectors through the data port, with
 * an interrupt for each, or ends. What the drive reports after a transfer is the address of the last sector moved and
 * the count of those not moved.
 *
 * In real mode a block of a read comes as soon as it has passed under the head, or the buffer has it. A write asks for
 * the next block as soon as the buffer has room for it, and ends when the last sector is on the disk (the write cache
 * is off). VERIFY reads the disk, never the buffer. What a stopped spindle delays is the command that needs the disk.
 * The image is read when a block is given and written when the host has given it.
 *
 * Left out: DMA, LONG transfers, FORMAT TRACK, security, 48-bit addresses (all aborted), the standby timer, the
 * difference between SLEEP and STANDBY, the write cache (switching it is accepted, without effect). */
#include "emu/dev/ata_parts.h"

#include <string.h>

#define LBA_LIMIT   0x0FFFFFFFull
#define FAST_SECTOR (5 * TICKS_PER_US)

/* --- Addresses --- */

static uint32_t cylinder_sectors(const struct geometry *g)
{
    return g->heads * g->sectors;
}

/* The sector that the registers name; false if the drive has no such sector. */
static bool get_address(struct ata *a, struct ata_drive *d, uint64_t *lba)
{
    uint32_t cylinder = (uint32_t)(a->cylinder_high << 8 | a->cylinder_low);
    uint32_t head = a->select & 15u;
    if (a->select & SELECT_LBA) {
        *lba = (uint64_t)head << 24 | (uint64_t)cylinder << 8 | a->sector;
        return *lba < d->sectors;
    }
    if (a->sector == 0 || a->sector > d->current.sectors || head >= d->current.heads ||
        cylinder >= d->current.cylinders)
        return false;
    *lba = ((uint64_t)cylinder * d->current.heads + head) * d->current.sectors + a->sector - 1;
    return *lba < d->sectors;
}

static void set_address(struct ata *a, const struct ata_drive *d, uint64_t lba)
{
    uint32_t cylinder, head;
    if (a->select & SELECT_LBA) {
        a->sector = (uint8_t)lba;
        cylinder = (uint32_t)(lba >> 8);
        head = lba >> 24 & 15;
    } else {
        uint32_t track = (uint32_t)(lba / d->current.sectors);
        a->sector = (uint8_t)(lba % d->current.sectors + 1);
        cylinder = track / d->current.heads;
        head = track % d->current.heads;
    }
    a->cylinder_low = (uint8_t)cylinder;
    a->cylinder_high = (uint8_t)(cylinder >> 8);
    a->select = (uint8_t)((a->select & 0xF0) | head);
}

/* --- The end of commands --- */

static void finish(struct ata *a)
{
    a->activity = ATA_IDLE;
    a->status = STATUS_IDLE;
    ata_set_irq(a, true);
}

static void fail(struct ata *a, unsigned error)
{
    a->error = (uint8_t)error;
    a->activity = ATA_IDLE;
    a->status = STATUS_IDLE | STATUS_ERROR;
    ata_set_irq(a, true);
}

static void abort_command(struct ata *a)
{
    fail(a, ERROR_ABORTED);
}

void ata_begin_busy(struct ata *a, enum ata_activity activity)
{
    a->activity = (uint8_t)activity;
    a->status = STATUS_BUSY | STATUS_SEEK_DONE;
}

/* A command without data: busy until TICK in real mode. */
static void finish_at(struct ata *a, uint64_t tick)
{
    ata_begin_busy(a, ATA_FINISHING);
    clock_schedule(a->config.clock, &a->work, a->real ? tick : a->config.clock->now + ATA_FAST_TICKS);
}

/* One that the firmware does alone, and TICKS more. */
static void finish_after(struct ata *a, uint64_t ticks)
{
    finish_at(a, a->config.clock->now + ata_overhead(ata_busy_drive(a)) + ticks);
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
    a->count = (uint8_t)a->left;
}

/* An error at the first sector of the present block. */
static void fail_at_block(struct ata *a, struct ata_drive *d, unsigned error)
{
    if (!(a->select & SELECT_LBA) || a->lba <= LBA_LIMIT)
        set_address(a, d, a->lba);
    fail(a, error);
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

static void begin_taking(struct ata *a)
{
    a->block = next_block(a);
    a->at = 0;
    a->size = a->block * ATA_SECTOR;
    a->activity = ATA_TAKING;
    a->status = STATUS_IDLE | STATUS_DATA;
}

static void begin_giving(struct ata *a, uint32_t size)
{
    a->at = 0;
    a->size = size;
    a->activity = ATA_GIVING;
    a->status = STATUS_IDLE | STATUS_DATA;
    ata_set_irq(a, true);
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
        begin_giving(a, a->block * ATA_SECTOR);
    else if (a->left)
        start_fetch(a, false);
    else
        finish(a);
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
        a->status |= STATUS_FAULT;
        return;
    }
    advance(a, d);
    if (a->left == 0) {
        finish(a);
        return;
    }
    begin_taking(a);
    ata_set_irq(a, true);
}

/* The host has emptied the buffer. */
void ata_given(struct ata *a)
{
    if (a->left) {
        start_fetch(a, false);
        return;
    }
    if (is_read(a))
        ata_make_room(ata_busy_drive(a), a->lba, a->config.clock->now);
    a->activity = ATA_IDLE;
    a->status = STATUS_IDLE;
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
    if (a->command == 0xE8) {
        finish_after(a, 0);
        return;
    }
    ata_begin_busy(a, ATA_STORING);
    clock_schedule(a->config.clock, &a->work, a->real ? write_tick(a, ata_busy_drive(a)) : fast_tick(a));
}

/* --- Commands --- */

static bool begin_transfer(struct ata *a, struct ata_drive *d)
{
    a->left = a->count ? a->count : 256;
    if (is_multiple(a) && d->multiple == 0) {
        abort_command(a);
        return false;
    }
    if (get_address(a, d, &a->lba))
        return true;
    fail(a, ERROR_NOT_FOUND);
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
        begin_taking(a);
    }
}

static void seek(struct ata *a, struct ata_drive *d)
{
    uint64_t lba;
    if (get_address(a, d, &lba))
        finish_at(a, ata_seek(d, lba, a->config.clock->now));
    else
        fail(a, ERROR_NOT_FOUND);
}

static void recalibrate(struct ata *a, struct ata_drive *d)
{
    finish_at(a, ata_seek(d, 0, a->config.clock->now));
}

/* Both drives do it; the master speaks for both. */
static void diagnose(struct ata *a, struct ata_drive *d)
{
    (void)d;
    ata_set_signature(a);
    finish_after(a, ATA_RESET_TICKS);
}

static uint32_t translated_cylinders(const struct ata_drive *d, uint32_t heads, uint32_t sectors)
{
    uint64_t cylinders = d->sectors / (heads * sectors);
    return cylinders > 65535 ? 65535 : (uint32_t)cylinders;
}

static void set_parameters(struct ata *a, struct ata_drive *d)
{
    uint32_t heads = (a->select & 15u) + 1, sectors = a->count;
    if (sectors == 0) {
        abort_command(a);
        return;
    }
    d->current = (struct geometry){ translated_cylinders(d, heads, sectors), heads, sectors };
    finish_after(a, 0);
}

static void set_multiple(struct ata *a, struct ata_drive *d)
{
    if (a->count > ATA_MULTIPLE_MAX || (a->count & (a->count - 1))) {
        d->multiple = 0;
        abort_command(a);
        return;
    }
    d->multiple = a->count;
    finish_after(a, 0);
}

/* 02/82 write cache, 55/AA read ahead, 66/CC defaults over a soft reset: taken, without effect. 03: PIO modes only. */
static void set_features(struct ata *a, struct ata_drive *d)
{
    (void)d;
    switch (a->features) {
    case 0x02: case 0x82: case 0x55: case 0xAA: case 0x66: case 0xCC:
        finish_after(a, 0);
        break;
    case 0x03:
        if (a->count <= 1 || (a->count >= 8 && a->count <= 12))
            finish_after(a, 0);
        else
            abort_command(a);
        break;
    default:
        abort_command(a);
    }
}

static void flush(struct ata *a, struct ata_drive *d)
{
    if (!d->ops->flush || d->ops->flush(d->disk) >= 0) {
        finish_after(a, 0);
        return;
    }
    fail(a, ERROR_ABORTED);
    a->status |= STATUS_FAULT;
}

static void stand_by(struct ata *a, struct ata_drive *d)
{
    ata_drop_buffer(d, a->config.clock->now);
    d->stopped = true;
    finish_after(a, 0);
}

static void idle(struct ata *a, struct ata_drive *d)
{
    finish_at(a, ata_spin(d, a->config.clock->now));
}

static void check_power(struct ata *a, struct ata_drive *d)
{
    a->count = d->stopped ? 0 : 0xFF;   /* 0xFF: active or idle */
    finish_after(a, 0);
}

static void read_buffer(struct ata *a, struct ata_drive *d)
{
    (void)d;
    a->left = 0;
    begin_giving(a, ATA_SECTOR);
}

static void write_buffer(struct ata *a, struct ata_drive *d)
{
    (void)d;
    a->left = a->block = 1;
    a->at = 0;
    a->size = ATA_SECTOR;
    a->activity = ATA_TAKING;
    a->status = STATUS_IDLE | STATUS_DATA;
}

/* --- IDENTIFY --- */

static void put_word(struct ata *a, unsigned word, uint32_t value)
{
    a->buffer[2 * word] = (uint8_t)value;
    a->buffer[2 * word + 1] = (uint8_t)(value >> 8);
}

/* Text has its first character in the high byte of each word and is filled up with blanks. */
static void put_text(struct ata *a, unsigned word, unsigned words, const char *text)
{
    for (unsigned i = 0; i < 2 * words; i++)
        a->buffer[2 * word + (i ^ 1)] = (uint8_t)(*text ? *text++ : ' ');
}

/* What CHS addresses mean at present, and the size of a MULTIPLE block. */
static void put_translation(struct ata *a, const struct ata_drive *d)
{
    const struct geometry *now = &d->current;
    uint32_t sectors = now->cylinders * cylinder_sectors(now);
    put_word(a, 53, 1);                 /* words 54-58 are valid */
    put_word(a, 54, now->cylinders);
    put_word(a, 55, now->heads);
    put_word(a, 56, now->sectors);
    put_word(a, 57, sectors);
    put_word(a, 58, sectors >> 16);
    put_word(a, 59, d->multiple ? 0x100u | d->multiple : 0);
}

static void identify(struct ata *a, struct ata_drive *d)
{
    char serial[] = "TROWEL0";
    const struct geometry *g = &d->geometry;
    uint32_t total = (uint32_t)(d->sectors < LBA_LIMIT ? d->sectors : LBA_LIMIT);
    serial[6] = (char)('0' + (a->config.first_drive - DRIVE_HD0 + a->busy_drive) % 10);
    memset(a->buffer, 0, ATA_SECTOR);
    put_word(a, 0, 0x0040);             /* fixed disk */
    put_word(a, 1, g->cylinders);
    put_word(a, 3, g->heads);
    put_word(a, 4, g->sectors * ATA_SECTOR);
    put_word(a, 5, ATA_SECTOR);
    put_word(a, 6, g->sectors);
    put_text(a, 10, 10, serial);
    put_word(a, 20, 3);                 /* buffer: dual ported, with read cache */
    put_word(a, 21, d->mechanics.buffer_sectors);
    put_word(a, 22, 4);
    put_text(a, 23, 4, "1.0");
    put_text(a, 27, 20, "TROWEL HARDDISK");
    put_word(a, 47, 0x8000 | ATA_MULTIPLE_MAX);
    put_word(a, 48, 1);                 /* the data port takes 32 bits */
    put_word(a, 49, 0x0200);            /* LBA */
    put_word(a, 51, 0x0200);            /* PIO mode 2 */
    put_translation(a, d);
    put_word(a, 60, total);
    put_word(a, 61, total >> 16);
    a->left = 0;
    begin_giving(a, ATA_SECTOR);
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
    { 0x90, 0x90, false, diagnose },
    { 0x91, 0x91, false, set_parameters },
    { 0x94, 0x94, false, stand_by },            /* STANDBY IMMEDIATE */
    { 0x95, 0x95, false, idle },                /* IDLE IMMEDIATE */
    { 0x96, 0x96, false, stand_by },
    { 0x97, 0x97, false, idle },
    { 0x98, 0x98, false, check_power },
    { 0x99, 0x99, false, stand_by },            /* SLEEP */
    { 0xC4, 0xC4, false, read_sectors },
    { 0xC5, 0xC5, false, write_sectors },
    { 0xC6, 0xC6, false, set_multiple },
    { 0xE0, 0xE0, false, stand_by },            /* as 94-99 */
    { 0xE1, 0xE1, false, idle },
    { 0xE2, 0xE2, false, stand_by },
    { 0xE3, 0xE3, false, idle },
    { 0xE4, 0xE4, true, read_buffer },
    { 0xE5, 0xE5, false, check_power },
    { 0xE6, 0xE6, false, stand_by },
    { 0xE7, 0xE7, false, flush },
    { 0xE8, 0xE8, false, write_buffer },
    { 0xEC, 0xEC, true, identify },
    { 0xEF, 0xEF, false, set_features },
};

static const struct command *find_command(uint8_t code)
{
    for (unsigned i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (code >= commands[i].first && code <= commands[i].last)
            return &commands[i];
    return NULL;
}

/* What the drive does not know is aborted after a moment, as on a real one. */
void ata_start_command(struct ata *a, uint8_t code)
{
    const struct command *command = find_command(code);
    struct ata_drive *d = ata_selected(a);
    if (code == 0x90)
        d = ata_present(&a->drive[0]) ? &a->drive[0] : &a->drive[1];
    if (!ata_present(d) || a->status & STATUS_BUSY)
        return;
    a->busy_drive = d == &a->drive[1];
    a->command = code;
    a->error = 0;
    clock_cancel(a->config.clock, &a->work);
    ata_set_irq(a, false);
    if (probe_wants(a->config.probes, PROBE_DISK_REQUEST))
        probe_emit(a->config.probes, PROBE_DISK_REQUEST, a->config.first_drive + a->busy_drive, code, 0, 0);
    if (command && !command->deferred)
        command->start(a, d);
    else
        finish_after(a, 0);
}

static void finish_command(struct ata *a)
{
    const struct command *command = find_command(a->command);
    if (!command)
        abort_command(a);
    else if (command->deferred)
        command->start(a, ata_busy_drive(a));
    else
        finish(a);
}

static void reset_finished(struct ata *a)
{
    a->activity = ATA_IDLE;
    a->status = STATUS_IDLE;
}

void ata_work(void *ctx, uint64_t late)
{
    struct ata *a = ctx;
    (void)late;
    switch (a->activity) {
    case ATA_RESETTING: reset_finished(a); break;
    case ATA_FETCHING:  fetched(a); break;
    case ATA_STORING:   stored(a); break;
    case ATA_FINISHING: finish_command(a); break;
    default:            break;
    }
}
