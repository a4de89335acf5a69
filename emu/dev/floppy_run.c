/* The execution phase of the commands that find sectors: READ, WRITE and their relatives, READ ID, FORMAT, SCAN,
 * VERIFY (82077AA data sheet, chapters 5 and 6).
 *
 * A command goes through implied seek, head load, then for each sector a search (which ends with the sector, or at the
 * second index pulse) and the move of its bytes. Each stage ends with the work event. With real mechanics bytes move
 * at the pace at which they pass under the head: by DMA sixteen at a time, in PIO one by one, and a host that is late
 * gets an overrun.
 *
 * An image holds nothing but sectors of 512 bytes with the usual numbers. So IDs are 1..n in order with N = 2, other
 * sizes are not found, FORMAT stores only what a later READ could find, and deleted data marks last until the disk is
 * taken out. Left out: CRC errors (an I/O error of the disk takes their place), single density, gaps. */
#include "emu/dev/floppy_parts.h"

#include <stddef.h>
#include <string.h>

#define FAST_SEARCH (60 * TICKS_PER_US)
#define FAST_MOVE   (40 * TICKS_PER_US)

enum { DMA_STEP = 16, FIFO_SIZE = 16, BYTES_TO_DATA = 60, CRC_BYTES = 2, SECTOR_CODE = 2, NOT_THERE = -1 };
enum { MULTITRACK = 0x80, DOUBLE_DENSITY = 0x40, SKIP = 0x20, ENABLE_COUNT = 0x80, IMPLIED_SEEK = 0x40,
       NO_FIFO = 0x20 };

static unsigned code(const struct floppy *f)
{
    return f->command[0] & 0x1F;
}

static bool is_scan(const struct floppy *f)
{
    return code(f) == FLOPPY_SCAN_EQUAL || code(f) == FLOPPY_SCAN_LOW || code(f) == FLOPPY_SCAN_HIGH;
}

static bool alters_disk(const struct floppy *f)
{
    return code(f) == FLOPPY_WRITE || code(f) == FLOPPY_WRITE_DELETED || code(f) == FLOPPY_FORMAT;
}

/* Does the host give bytes (else it takes them)? */
static bool host_gives(const struct floppy *f)
{
    return alters_disk(f) || is_scan(f);
}

/* A data mark of the other kind than the command asked for? */
static bool wrong_mark(const struct floppy *f)
{
    return f->run.deleted != (code(f) == FLOPPY_READ_DELETED);
}

static struct floppy_drive *run_drive(struct floppy *f)
{
    return &f->drive[f->run.drive & (FLOPPY_SELECTS - 1)];
}

static void schedule_in(struct floppy *f, uint64_t ticks)
{
    clock_schedule(f->config.clock, &f->work, f->config.clock->now + ticks);
}

/* --- The end --- */

static uint64_t head_unload_ticks(const struct floppy *f)
{
    uint64_t units = f->specify[0] & 15 ? f->specify[0] & 15u : 16u;
    return units * 1000 * floppy_byte_ticks(f);     /* 16 ms at 500 kbit/s, where a byte takes 16 us */
}

static void end(struct floppy *f, unsigned st0, unsigned st1, unsigned st2)
{
    struct floppy_run *run = &f->run;
    run->activity = FLOPPY_NOTHING;
    clock_cancel(f->config.clock, &f->work);
    f->head_unload = f->config.clock->now + head_unload_ticks(f);
    f->result[0] = (uint8_t)(st0 | run->st0 | run->head << 2 | run->drive);
    f->result[1] = (uint8_t)(st1 | run->st1);
    f->result[2] = (uint8_t)(st2 | run->st2);
    f->result[3] = run->c;
    f->result[4] = run->h;
    f->result[5] = run->r;
    f->result[6] = run->n;
    f->irq = true;
    floppy_give_result(f, 7);
}

static void fail(struct floppy *f, unsigned st1, unsigned st2)
{
    end(f, ST0_ABNORMAL, st1, st2);
}

/* The sector that would come next, as the result phase reports it. */
static void name_next_sector(struct floppy *f)
{
    struct floppy_run *run = &f->run;
    if (run->r != run->end) {
        run->r++;
        return;
    }
    run->r = 1;
    if (!(f->command[0] & MULTITRACK)) {
        run->c++;
        return;
    }
    if (run->head)
        run->c++;
    run->h ^= 1;
}

static void succeed(struct floppy *f)
{
    if (code(f) != FLOPPY_FORMAT && code(f) != FLOPPY_READ_ID)
        name_next_sector(f);
    end(f, 0, 0, 0);
}

/* The last sector of the cylinder was done, and nobody said that it was enough. */
static void run_out(struct floppy *f)
{
    name_next_sector(f);
    end(f, ST0_ABNORMAL, ST1_END, 0);
}

/* --- The search --- */

/* Place on the track, from 0, of the sector that the command wants; NOT_THERE if no ID fits. */
static int wanted_slot(const struct floppy *f, const struct floppy_drive *d)
{
    const struct floppy_run *run = &f->run;
    unsigned count = d->geometry.sectors;
    uint64_t lba = ((uint64_t)floppy_medium_cylinder(d) * d->geometry.heads + run->head) * count;
    if (code(f) == FLOPPY_READ_TRACK)
        return run->n == SECTOR_CODE && lba + run->index % count < d->sectors ? (int)(run->index % count) : NOT_THERE;
    bool fits = run->c == floppy_medium_cylinder(d) && run->h == run->head && run->n == SECTOR_CODE && run->r >= 1 &&
                run->r <= count && lba + run->r - 1 < d->sectors;
    return fits ? run->r - 1 : NOT_THERE;
}

/* The first ID that passes from tick FROM on, for READ ID: stores it and returns when. CLOCK_NEVER if the image has
 * none on this track. */
static uint64_t any_slot(struct floppy *f, const struct floppy_drive *d, uint64_t from)
{
    unsigned count = d->geometry.sectors;
    uint64_t angle = from % floppy_revolution(d);
    uint64_t passed = (angle * count + floppy_revolution(d) - 1) / floppy_revolution(d);
    uint64_t track = ((uint64_t)floppy_medium_cylinder(d) * d->geometry.heads + f->run.head) * count;
    unsigned index = (unsigned)(passed % count);
    if (track >= d->sectors)
        return CLOCK_NEVER;
    if (track + index >= d->sectors)
        index = 0;
    f->run.c = (uint8_t)floppy_medium_cylinder(d);
    f->run.h = f->run.head;
    f->run.r = (uint8_t)(index + 1);
    f->run.n = SECTOR_CODE;
    return floppy_slot(d, index, count, from);
}

/* When the place that the command wants begins to pass, from tick FROM on; CLOCK_NEVER if it does not exist. */
static uint64_t find(struct floppy *f, const struct floppy_drive *d, uint64_t from)
{
    struct floppy_run *run = &f->run;
    if (code(f) == FLOPPY_FORMAT && run->index > 0)
        return run->first_byte + run->period;   /* follows at once, though the event may have come some ticks late */
    if (code(f) == FLOPPY_FORMAT)
        return floppy_slot(d, 0, run->end, from);
    if (!(f->command[0] & DOUBLE_DENSITY) || !floppy_readable(f, d, run->head))
        return CLOCK_NEVER;
    if (code(f) == FLOPPY_READ_ID)
        return any_slot(f, d, from);
    int slot = wanted_slot(f, d);
    if (slot == NOT_THERE)
        return CLOCK_NEVER;
    if (code(f) == FLOPPY_READ_TRACK && run->index == 0)
        from = floppy_slot(d, 0, 1, from);
    return floppy_slot(d, (unsigned)slot, d->geometry.sectors, from);
}

static void search(struct floppy *f)
{
    struct floppy_drive *d = run_drive(f);
    struct floppy_run *run = &f->run;
    clock_cancel(f->config.clock, &f->work);
    if (!floppy_turning(d)) {
        run->activity = FLOPPY_NO_INDEX;
        return;
    }
    if (alters_disk(f) && d->read_only) {
        fail(f, ST1_PROTECTED, 0);
        return;
    }
    uint64_t last = floppy_second_index(f, d);
    uint64_t tick = find(f, d, floppy_ready(f, d));
    run->activity = FLOPPY_SEARCHING;
    run->found = tick != CLOCK_NEVER && (tick <= last || !f->real);
    run->first_byte = tick;
    if (f->real)
        clock_schedule(f->config.clock, &f->work, run->found ? tick : last);
    else
        schedule_in(f, FAST_SEARCH);
}

static void report_not_found(struct floppy *f)
{
    struct floppy_drive *d = run_drive(f);
    bool marks = (f->command[0] & DOUBLE_DENSITY) && floppy_readable(f, d, f->run.head) &&
                 floppy_ready(f, d) <= f->config.clock->now;
    bool elsewhere = marks && f->run.c != floppy_medium_cylinder(d);
    if (code(f) == FLOPPY_READ_ID || !marks)
        fail(f, ST1_NO_MARK, 0);
    else
        fail(f, ST1_NO_DATA, elsewhere ? ST2_WRONG_CYLINDER : 0);
}

/* --- Sectors --- */

/* The block of the image that the sector is; false if the head has been moved away from it. */
static bool sector_lba(struct floppy *f, uint64_t *lba)
{
    struct floppy_drive *d = run_drive(f);
    int slot = d->ops ? wanted_slot(f, d) : NOT_THERE;
    uint64_t track = (uint64_t)floppy_medium_cylinder(d) * d->geometry.heads + f->run.head;
    *lba = track * d->geometry.sectors + (unsigned)slot;
    return slot != NOT_THERE;
}

static bool read_sector(struct floppy *f)
{
    struct floppy_drive *d = run_drive(f);
    uint64_t lba;
    if (!sector_lba(f, &lba))
        return false;
    d->reads++;
    if (probe_wants(f->config.probes, PROBE_SECTOR_READ))
        probe_emit(f->config.probes, PROBE_SECTOR_READ, d->number, (uint32_t)lba, 0, 0);
    f->run.deleted = lba < FLOPPY_DELETED_MARKS && (d->deleted[lba / 8] >> lba % 8 & 1);
    return d->ops->read(d->disk, lba, f->run.sector, 1) >= 0;
}

static bool write_sector(struct floppy *f)
{
    struct floppy_drive *d = run_drive(f);
    uint64_t lba;
    if (!sector_lba(f, &lba))
        return false;
    uint8_t mark = (uint8_t)(1u << lba % 8);
    d->writes++;
    if (probe_wants(f->config.probes, PROBE_SECTOR_WRITE))
        probe_emit(f->config.probes, PROBE_SECTOR_WRITE, d->number, (uint32_t)lba, 0, 0);
    if (lba < FLOPPY_DELETED_MARKS && code(f) == FLOPPY_WRITE_DELETED)
        d->deleted[lba / 8] |= mark;
    else if (lba < FLOPPY_DELETED_MARKS)
        d->deleted[lba / 8] &= (uint8_t)~mark;
    return d->ops->write(d->disk, lba, f->run.sector, 1) >= 0;
}

/* The four bytes of an ID have come: stores a sector of filler if a READ could find it here. */
static bool format_sector(struct floppy *f)
{
    struct floppy_run *run = &f->run;
    struct floppy_drive *d = run_drive(f);
    run->c = run->sector[0];
    run->h = run->sector[1];
    run->r = run->sector[2];
    run->n = run->sector[3];
    bool kept = (f->command[0] & DOUBLE_DENSITY) && floppy_readable(f, d, run->head) && wanted_slot(f, d) != NOT_THERE;
    memset(run->sector, f->command[5], sizeof run->sector);
    return !kept || write_sector(f);
}

/* SCAN: FFh from either side fits anything. */
static void compare_sector(struct floppy *f)
{
    struct floppy_run *run = &f->run;
    bool equal = true, fits = true;
    for (unsigned i = 0; i < FLOPPY_SECTOR; i++) {
        uint8_t disk = run->sector[i], host = run->host[i];
        if (disk == host || disk == 0xFF || host == 0xFF)
            continue;
        equal = false;
        fits = fits && (code(f) == FLOPPY_SCAN_LOW ? disk < host : code(f) == FLOPPY_SCAN_HIGH && disk > host);
    }
    run->st2 &= (uint8_t)~(ST2_SCAN_HIT | ST2_SCAN_MISS);
    run->st2 |= equal ? ST2_SCAN_HIT : fits ? 0 : ST2_SCAN_MISS;
    run->stop = run->stop || fits;
}

/* --- From sector to sector --- */

/* READ TRACK counts its sectors from the index. */
static void next_on_track(struct floppy *f)
{
    struct floppy_run *run = &f->run;
    run->index++;
    if (run->index >= run->end) {
        run_out(f);
        return;
    }
    run->r++;
    search(f);
}

static void next_to_format(struct floppy *f)
{
    f->run.index++;
    if (f->run.index >= f->run.end || f->run.terminal)
        succeed(f);
    else
        search(f);
}

static void next_sector(struct floppy *f)
{
    struct floppy_run *run = &f->run;
    unsigned step = is_scan(f) && f->command[8] == 2 ? 2 : 1;
    if (run->r + step <= run->end) {
        run->r = (uint8_t)(run->r + step);
        search(f);
    } else if ((f->command[0] & MULTITRACK) && run->head == 0) {
        run->r = 1;
        run->head = 1;
        run->h ^= 1;
        search(f);
    } else if (code(f) == FLOPPY_VERIFY || is_scan(f)) {
        succeed(f);
    } else {
        run_out(f);
    }
}

/* Has the command done all that was asked for? */
static bool satisfied(struct floppy *f)
{
    struct floppy_run *run = &f->run;
    if (code(f) == FLOPPY_VERIFY && (f->command[1] & ENABLE_COUNT) && --run->left == 0)
        run->stop = true;
    return run->stop || run->terminal;
}

static void sector_done(struct floppy *f)
{
    bool good = true;
    if (is_scan(f))
        compare_sector(f);
    else if (code(f) == FLOPPY_FORMAT)
        good = format_sector(f);
    else if (alters_disk(f))
        good = write_sector(f);
    if (!good)
        fail(f, ST1_DATA, ST2_DATA);
    else if (code(f) == FLOPPY_FORMAT)
        next_to_format(f);
    else if (satisfied(f))
        succeed(f);
    else if (code(f) == FLOPPY_READ_TRACK)
        next_on_track(f);
    else
        next_sector(f);
}

/* --- Moving bytes --- */

/* Bytes that the chip buffers between host and head. */
static unsigned fifo_depth(const struct floppy *f)
{
    if (!f->real)
        return f->run.size;
    return f->configure[0] & NO_FIFO ? 1 : FIFO_SIZE;
}

static unsigned move_step(const struct floppy *f)
{
    unsigned step = !f->real ? f->run.size : floppy_pio(f) && code(f) != FLOPPY_VERIFY ? 1 : DMA_STEP;
    unsigned left = (unsigned)(f->run.size - f->run.head_at);
    return step < left ? step : left;
}

static void schedule_move(struct floppy *f)
{
    struct floppy_run *run = &f->run;
    if (f->real)
        clock_schedule(f->config.clock, &f->work,
                       run->first_byte + run->period * (run->head_at + move_step(f)) / run->size);
    else
        schedule_in(f, FAST_MOVE);
}

static void request(struct floppy *f)
{
    f->irq = true;
    floppy_update_pin(f);
}

/* READ TRACK reads on when an ID is not the expected one, but notes it. */
static bool id_expected(struct floppy *f)
{
    const struct floppy_run *run = &f->run;
    struct floppy_drive *d = run_drive(f);
    return run->c == floppy_medium_cylinder(d) && run->h == run->head && run->r == run->index % d->geometry.sectors + 1;
}

/* The sector's ID passed; its data follows. Crowded tracks have shorter gaps. */
static void begin_move(struct floppy *f)
{
    struct floppy_run *run = &f->run;
    bool format = code(f) == FLOPPY_FORMAT;
    run->size = format ? 4 : FLOPPY_SECTOR;
    run->head_at = run->host_at = 0;
    if (!alters_disk(f) && !read_sector(f)) {
        fail(f, ST1_DATA, ST2_DATA);
        return;
    }
    if (code(f) == FLOPPY_READ_TRACK && !id_expected(f))
        run->st1 |= ST1_NO_DATA;
    if (!host_gives(f) && code(f) != FLOPPY_VERIFY && wrong_mark(f)) {
        if (f->command[0] & SKIP) {
            next_sector(f);
            return;
        }
        run->st2 |= ST2_CONTROL_MARK;
        run->stop = true;
    }
    const uint64_t whole = BYTES_TO_DATA + FLOPPY_SECTOR + CRC_BYTES;
    uint64_t slot = floppy_revolution(run_drive(f)) / (format ? run->end : run_drive(f)->geometry.sectors);
    uint64_t byte = floppy_byte_ticks(f) * whole < slot ? floppy_byte_ticks(f) : slot / whole;
    run->first_byte += format ? 0 : byte * BYTES_TO_DATA;
    run->period = format ? slot : byte * FLOPPY_SECTOR;
    run->activity = FLOPPY_MOVING;
    schedule_move(f);
    if (floppy_pio(f) && host_gives(f))
        request(f);
}

static uint8_t *host_buffer(struct floppy *f)
{
    return is_scan(f) ? f->run.host : f->run.sector;
}

/* Moves SIZE bytes by DMA; false if the DMA controller did not come. After terminal count nothing more is asked for,
 * and a sector to write is filled with zeros. */
static bool move_dma(struct floppy *f, unsigned size)
{
    struct floppy_run *run = &f->run;
    const struct floppy_dma *dma = &f->config.dma;
    uint8_t *at = host_buffer(f) + run->head_at;
    unsigned done = 0;
    bool gate = f->dor & 8;
    if (!run->terminal && gate && dma->transfer) {
        bool terminal = false;
        done = dma->transfer(dma->ctx, f->config.channel, at, size, !host_gives(f), &terminal);
        run->terminal = terminal;
    }
    if (done < size && host_gives(f))
        memset(at + done, 0, size - done);
    run->head_at = (uint16_t)(run->head_at + size);
    run->host_at = run->head_at;
    return done >= size || run->terminal;
}

/* The host's bytes are not there yet, or it left theirs lying. */
static bool overrun(const struct floppy *f)
{
    const struct floppy_run *run = &f->run;
    if (!f->real)
        return false;
    return host_gives(f) ? run->host_at < run->head_at : run->head_at - run->host_at > (int)fifo_depth(f);
}

static void move_pio(struct floppy *f, unsigned size)
{
    struct floppy_run *run = &f->run;
    if (!f->real && host_gives(f) && run->host_at < run->size)
        return;                         /* floppy_run_give() goes on when the host is done */
    run->head_at = (uint16_t)(run->head_at + size);
    if (overrun(f)) {
        fail(f, ST1_OVERRUN, 0);
        return;
    }
    if (host_gives(f) && run->head_at == run->size) {
        sector_done(f);
        return;
    }
    if (run->head_at < run->size)
        schedule_move(f);
    if (!host_gives(f) || run->host_at < run->size)
        request(f);
}

static void move(struct floppy *f)
{
    struct floppy_run *run = &f->run;
    unsigned size = move_step(f);
    if (code(f) == FLOPPY_VERIFY) {
        run->head_at = run->host_at = (uint16_t)(run->head_at + size);
    } else if (floppy_pio(f)) {
        move_pio(f, size);
        return;
    } else if (!move_dma(f, size)) {
        fail(f, ST1_OVERRUN, 0);
        return;
    }
    if (run->head_at == run->size)
        sector_done(f);
    else
        schedule_move(f);
}

bool floppy_run_requests(const struct floppy *f)
{
    const struct floppy_run *run = &f->run;
    if (run->activity != FLOPPY_MOVING || !floppy_pio(f) || code(f) == FLOPPY_VERIFY)
        return false;
    if (!host_gives(f))
        return run->host_at < run->head_at;
    return run->host_at < run->size && run->host_at - run->head_at < (int)fifo_depth(f);
}

bool floppy_run_reads(const struct floppy *f)
{
    return !host_gives(f);
}

/* After a byte of PIO: the pin falls, and rises again if the next byte can move. */
static void byte_moved(struct floppy *f)
{
    f->run.host_at++;
    f->irq = false;
    floppy_update_pin(f);
    if (floppy_run_requests(f))
        request(f);
}

uint8_t floppy_run_take(struct floppy *f)
{
    uint8_t value = f->run.sector[f->run.host_at % FLOPPY_SECTOR];
    byte_moved(f);
    if (f->run.host_at == f->run.size)
        sector_done(f);
    return value;
}

void floppy_run_give(struct floppy *f, uint8_t value)
{
    host_buffer(f)[f->run.host_at % FLOPPY_SECTOR] = value;
    byte_moved(f);
    if (!f->real && f->run.host_at == f->run.size && !event_armed(&f->work))
        schedule_in(f, FAST_MOVE);
}

/* --- The stages --- */

static void load_head(struct floppy *f)
{
    uint64_t units = f->specify[1] >> 1 ? f->specify[1] >> 1 : 128u;
    bool loaded = f->config.clock->now < f->head_unload;
    f->run.activity = FLOPPY_LOADING;
    schedule_in(f, f->real && !loaded ? units * 125 * floppy_byte_ticks(f) : 1);    /* 2 ms at 500 kbit/s */
}

void floppy_run_start(struct floppy *f)
{
    struct floppy_run *run = &f->run;
    const uint8_t *c = f->command;
    memset(run, 0, sizeof *run);
    f->phase = FLOPPY_EXECUTION;
    run->drive = c[1] & 3;
    run->head = c[1] >> 2 & 1;
    floppy_follow_rate(f, run_drive(f));
    if (code(f) == FLOPPY_READ_ID) {
        load_head(f);
        return;
    }
    if (code(f) == FLOPPY_FORMAT) {
        run->n = c[2];
        run->end = c[3] ? c[3] : 1;
        load_head(f);
        return;
    }
    run->c = c[2];
    run->h = c[3];
    run->r = c[4];
    run->n = c[5];
    run->end = c[6];
    run->left = c[8];
    f->last_end = c[6];
    struct floppy_drive *d = run_drive(f);
    bool implied = f->configure[0] & IMPLIED_SEEK || !f->seek_seen;
    if (!implied || d->pcn == run->c) {
        load_head(f);
        return;
    }
    run->activity = FLOPPY_SEEKING;
    run->st0 = ST0_SEEK_END;
    floppy_seek(f, d, (unsigned)(run->c > d->pcn ? run->c - d->pcn : d->pcn - run->c), run->c > d->pcn, run->c);
}

void floppy_run_sought(struct floppy *f)
{
    load_head(f);
}

void floppy_run_disturbed(struct floppy *f, unsigned drive, bool changed)
{
    const struct floppy_run *run = &f->run;
    if (run->drive != drive)
        return;
    if (run->activity == FLOPPY_MOVING && changed)
        fail(f, ST1_DATA, ST2_DATA);
    else if (run->activity == FLOPPY_NO_INDEX || run->activity == FLOPPY_SEARCHING)
        search(f);
}

void floppy_run_work(void *ctx, uint64_t late)
{
    struct floppy *f = ctx;
    (void)late;
    switch (f->run.activity) {
    case FLOPPY_LOADING:
        search(f);
        break;
    case FLOPPY_SEARCHING:
        if (!f->run.found)
            report_not_found(f);
        else if (code(f) == FLOPPY_READ_ID)
            succeed(f);
        else
            begin_move(f);
        break;
    case FLOPPY_MOVING:
        move(f);
        break;
    default:
        break;
    }
}
