/* The execution phase of the commands that find sectors: READ, WRITE and their relatives, READ ID, FORMAT, SCAN,
 * VERIFY (82077AA data sheet, chapters 4 to 6).
 *
 * A command goes through implied seek, head load, then for each sector a search (which ends when the sector's ID has
 * passed, or at the second index pulse) and the move of its bytes, up to and with the CRC. FORMAT begins at the index
 * pulse and ends at one. An ID is seen if the search was on when its first sync byte passed. Each stage begins when the
 * one before ended, not when that was noticed: the CPU lets events in between instructions only.
 *
 * With real mechanics each byte moves when it passes under the head, and a host that is late gets an overrun: a sector
 * being written is filled with zeros, and what the FIFO holds of one being read is still to be taken (PIO) before the
 * result phase.
 *
 * An image holds nothing but sectors of 512 bytes with the usual numbers. So IDs are 1..n in order with N = 2, other
 * sizes are not found, FORMAT stores only what a later READ could find, and deleted data marks last until the disk is
 * taken out. Left out: CRC errors (an I/O error of the disk takes their place), and what FORMAT does to sectors that it
 * overwrites when its track is longer than a revolution. */
#include "emu/dev/floppy_parts.h"

#include <stddef.h>
#include <string.h>

#define FAST_SEARCH (60 * TICKS_PER_US)
#define FAST_MOVE   (40 * TICKS_PER_US)

enum { SECTOR_CODE = 2, NOT_THERE = -1 };
enum { MULTITRACK = 0x80, DOUBLE_DENSITY = 0x40, SKIP = 0x20, ENABLE_COUNT = 0x80, IMPLIED_SEEK = 0x40 };

static bool is_scan(const struct floppy *f)
{
    return floppy_code(f) == FLOPPY_SCAN_EQUAL || floppy_code(f) == FLOPPY_SCAN_LOW ||
           floppy_code(f) == FLOPPY_SCAN_HIGH;
}

static bool writes_data(const struct floppy *f)
{
    return floppy_code(f) == FLOPPY_WRITE || floppy_code(f) == FLOPPY_WRITE_DELETED;
}

static bool alters_disk(const struct floppy *f)
{
    return writes_data(f) || floppy_code(f) == FLOPPY_FORMAT;
}

bool floppy_run_takes(const struct floppy *f)
{
    return alters_disk(f) || is_scan(f);
}

/* Do bytes move between disk and host? */
static bool moves_bytes(const struct floppy *f)
{
    return floppy_code(f) != FLOPPY_VERIFY && floppy_code(f) != FLOPPY_READ_ID;
}

/* A data mark of the other kind than the command asked for? */
static bool wrong_mark(const struct floppy *f)
{
    return f->run.deleted != (floppy_code(f) == FLOPPY_READ_DELETED);
}

static struct floppy_drive *run_drive(struct floppy *f)
{
    return &f->drive[f->run.drive & (FLOPPY_SELECTS - 1)];
}

static void schedule_in(struct floppy *f, uint64_t ticks)
{
    clock_schedule(f->config.clock, &f->work, f->run.at + ticks);
}

/* --- The end --- */

static uint64_t head_unload_ticks(const struct floppy *f)
{
    uint64_t units = f->specify[0] & 15 ? f->specify[0] & 15u : 16u;
    return units * 1000 * floppy_byte_ticks(f);     /* 16 ms at 500 kbit/s, where a byte takes 16 us */
}

static void give_status(struct floppy *f)
{
    struct floppy_run *run = &f->run;
    run->activity = FLOPPY_NOTHING;
    run->asking = false;
    f->head_unload = run->at + head_unload_ticks(f);
    f->result[0] = (uint8_t)(run->st0 | run->head << 2 | run->drive);
    f->result[1] = run->st1;
    f->result[2] = run->st2;
    f->result[3] = run->c;
    f->result[4] = run->h;
    f->result[5] = run->r;
    f->result[6] = run->n;
    f->irq = true;
    floppy_give_result(f, 7);
}

/* A DMA controller that has not come for the last bytes will not come for them now. */
static void end(struct floppy *f, unsigned st0, unsigned st1, unsigned st2)
{
    struct floppy_run *run = &f->run;
    clock_cancel(f->config.clock, &f->work);
    run->st0 |= (uint8_t)st0;
    run->st1 |= (uint8_t)st1;
    run->st2 |= (uint8_t)st2;
    if (floppy_run_takes(f) || !floppy_pio(f) || !run->fifo_count) {
        give_status(f);
        return;
    }
    run->activity = FLOPPY_DRAINING;
    floppy_fifo_serve(f);
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

/* A sector with the other kind of data mark, unless it was skipped, is the last one, and the result names it (table 5-3
 * of the data sheet: "Address not incremented"). */
static bool ended_by_mark(const struct floppy *f)
{
    return (f->run.st2 & ST2_CONTROL_MARK) && !(f->command[0] & SKIP) && floppy_code(f) != FLOPPY_READ_TRACK;
}

static void succeed(struct floppy *f)
{
    if (floppy_code(f) != FLOPPY_FORMAT && floppy_code(f) != FLOPPY_READ_ID && !ended_by_mark(f))
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
    if (floppy_code(f) == FLOPPY_READ_TRACK)
        return run->n == SECTOR_CODE && lba + run->index % count < d->sectors ? (int)(run->index % count) : NOT_THERE;
    bool fits = run->c == floppy_medium_cylinder(d) && run->h == run->head && run->n == SECTOR_CODE && run->r >= 1 &&
                run->r <= count && lba + run->r - 1 < d->sectors;
    return fits ? run->r - 1 : NOT_THERE;
}

/* When the first ID passes from tick FROM on, for READ ID: stores it. CLOCK_NEVER if the image has none on this
 * track. */
static uint64_t any_slot(struct floppy *f, const struct floppy_drive *d, uint64_t from)
{
    const struct floppy_track track = floppy_track(f, d);
    unsigned index;
    uint64_t tick = floppy_any_passes(d, &track, from, &index);
    uint64_t lba = ((uint64_t)floppy_medium_cylinder(d) * d->geometry.heads + f->run.head) * d->geometry.sectors;
    if (lba >= d->sectors)
        return CLOCK_NEVER;
    if (lba + index >= d->sectors) {
        index = 0;
        tick = floppy_passes(d, &track, index, from);
    }
    f->run.c = (uint8_t)floppy_medium_cylinder(d);
    f->run.h = f->run.head;
    f->run.r = (uint8_t)(index + 1);
    f->run.n = SECTOR_CODE;
    return tick;
}

/* When the place that the command wants begins to pass, from tick FROM on; CLOCK_NEVER if it does not exist. */
static uint64_t find(struct floppy *f, const struct floppy_drive *d, uint64_t from)
{
    struct floppy_run *run = &f->run;
    if (floppy_code(f) == FLOPPY_FORMAT) {
        const struct floppy_track new_track = floppy_new_track(f, d);
        return floppy_passes(d, &new_track, 0, floppy_index(d, from));
    }
    if (!(f->command[0] & DOUBLE_DENSITY) || !floppy_readable(f, d, run->head))
        return CLOCK_NEVER;
    if (floppy_code(f) == FLOPPY_READ_ID)
        return any_slot(f, d, from);
    int slot = wanted_slot(f, d);
    if (slot == NOT_THERE)
        return CLOCK_NEVER;
    if (floppy_code(f) == FLOPPY_READ_TRACK && run->index == 0)
        from = floppy_index(d, from);
    const struct floppy_track track = floppy_track(f, d);
    return floppy_passes(d, &track, (unsigned)slot, from);
}

/* Ends the search, which can begin at tick READY: when the ID has passed, or with the second index pulse. FORMAT needs
 * no more than an index pulse. */
static void schedule_found(struct floppy *f, const struct floppy_drive *d, uint64_t ready)
{
    struct floppy_run *run = &f->run;
    run->begins = find(f, d, ready);
    run->found = run->begins != CLOCK_NEVER;
    uint64_t end = run->found ? run->begins : floppy_second_index(d, ready);
    if (run->found && floppy_code(f) != FLOPPY_FORMAT) {
        const struct floppy_track track = floppy_track(f, d);
        end += track.found * track.byte;
    }
    if (run->real)
        clock_schedule(f->config.clock, &f->work, end);
    else
        schedule_in(f, FAST_SEARCH);
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
    run->activity = FLOPPY_SEARCHING;
    schedule_found(f, d, run->real ? floppy_ready(f, d, run->at) : run->at);
}

static void report_not_found(struct floppy *f)
{
    struct floppy_drive *d = run_drive(f);
    bool marks = (f->command[0] & DOUBLE_DENSITY) && floppy_readable(f, d, f->run.head);
    bool elsewhere = marks && f->run.c != floppy_medium_cylinder(d);
    if (floppy_code(f) == FLOPPY_READ_ID || !marks)
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
    if (lba < FLOPPY_DELETED_MARKS && floppy_code(f) == FLOPPY_WRITE_DELETED)
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
static void compare(struct floppy *f, uint8_t disk, uint8_t host)
{
    struct floppy_run *run = &f->run;
    if (disk == host || disk == 0xFF || host == 0xFF)
        return;
    run->unequal = true;
    if (!(floppy_code(f) == FLOPPY_SCAN_LOW ? disk < host : floppy_code(f) == FLOPPY_SCAN_HIGH && disk > host))
        run->unfit = true;
}

static void end_comparison(struct floppy *f)
{
    struct floppy_run *run = &f->run;
    run->st2 &= (uint8_t)~(ST2_SCAN_HIT | ST2_SCAN_MISS);
    run->st2 |= !run->unequal ? ST2_SCAN_HIT : run->unfit ? ST2_SCAN_MISS : 0;
    run->stop = run->stop || !run->unfit;
}

/* --- From sector to sector --- */

static void begin_move(struct floppy *f);

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

/* Terminal count was seen, and the FIFO has nothing left to write. */
static bool host_is_done(const struct floppy *f)
{
    return f->run.terminal && !(floppy_run_takes(f) && f->run.fifo_count);
}

static void next_to_format(struct floppy *f)
{
    struct floppy_run *run = &f->run;
    const struct floppy_track track = floppy_new_track(f, run_drive(f));
    run->index++;
    run->begins += track.pitch * track.byte;
    if (run->index < run->end && !host_is_done(f)) {
        begin_move(f);
        return;
    }
    run->activity = FLOPPY_CLOSING;
    if (run->real)
        clock_schedule(f->config.clock, &f->work, floppy_index(run_drive(f), run->at));
    else
        succeed(f);
}

static unsigned sector_step(const struct floppy *f)
{
    return is_scan(f) && f->command[8] == 2 ? 2 : 1;
}

static void next_sector(struct floppy *f)
{
    struct floppy_run *run = &f->run;
    if (run->r + sector_step(f) <= run->end) {
        run->r = (uint8_t)(run->r + sector_step(f));
        search(f);
    } else if ((f->command[0] & MULTITRACK) && run->head == 0) {
        run->r = 1;
        run->head = 1;
        run->h ^= 1;
        search(f);
    } else if (floppy_code(f) == FLOPPY_VERIFY || is_scan(f)) {
        succeed(f);
    } else {
        run_out(f);
    }
}

/* Will another sector follow this one, as far as the command itself tells? */
static bool another_follows(const struct floppy *f)
{
    const struct floppy_run *run = &f->run;
    if (floppy_code(f) == FLOPPY_FORMAT)
        return run->index + 1 < run->end;
    return run->r + sector_step(f) <= run->end || ((f->command[0] & MULTITRACK) && run->head == 0);
}

unsigned floppy_run_owed(const struct floppy *f)
{
    const struct floppy_run *run = &f->run;
    unsigned all = run->real && another_follows(f) ? 2u * run->size : run->size;
    return run->host_at < all ? all - run->host_at : 0;
}

/* Has the command done all that was asked for? */
static bool satisfied(struct floppy *f)
{
    struct floppy_run *run = &f->run;
    if (floppy_code(f) == FLOPPY_VERIFY && (f->command[1] & ENABLE_COUNT) && --run->left == 0)
        run->stop = true;
    return run->stop || host_is_done(f);
}

/* The bytes of the sector have passed: compares or stores them. */
static bool finish_sector(struct floppy *f)
{
    if (is_scan(f))
        end_comparison(f);
    else if (floppy_code(f) == FLOPPY_FORMAT)
        return format_sector(f);
    else if (alters_disk(f))
        return write_sector(f);
    return true;
}

static void sector_done(struct floppy *f)
{
    struct floppy_run *run = &f->run;
    run->host_at = run->host_at > run->size ? (uint16_t)(run->host_at - run->size) : 0;
    if (!finish_sector(f))
        fail(f, ST1_DATA, ST2_DATA);
    else if (run->st1 & ST1_OVERRUN)
        fail(f, 0, 0);
    else if (floppy_code(f) == FLOPPY_FORMAT)
        next_to_format(f);
    else if (satisfied(f))
        succeed(f);
    else if (floppy_code(f) == FLOPPY_READ_TRACK)
        next_on_track(f);
    else
        next_sector(f);
}

/* --- Moving bytes --- */

/* A byte to write passes from when it begins, others are there when they have passed. */
static void schedule_move(struct floppy *f)
{
    struct floppy_run *run = &f->run;
    unsigned bytes = run->head_at + (alters_disk(f) ? 0u : 1u);
    if (!run->real)
        schedule_in(f, FAST_MOVE);
    else if (run->head_at == run->size)
        clock_schedule(f->config.clock, &f->work, run->ends);
    else
        clock_schedule(f->config.clock, &f->work, run->first_byte + bytes * run->byte);
}

/* READ TRACK reads on when an ID is not the expected one, but notes it. */
static bool id_expected(struct floppy *f)
{
    const struct floppy_run *run = &f->run;
    struct floppy_drive *d = run_drive(f);
    return run->c == floppy_medium_cylinder(d) && run->h == run->head && run->r == run->index % d->geometry.sectors + 1;
}

static void begin_bytes(struct floppy *f)
{
    struct floppy_run *run = &f->run;
    bool format = floppy_code(f) == FLOPPY_FORMAT;
    const struct floppy_track track = format ? floppy_new_track(f, run_drive(f)) : floppy_track(f, run_drive(f));
    run->byte = track.byte;
    run->first_byte = run->begins + (format ? track.id : track.data) * track.byte;
    run->ends = run->begins + track.end * track.byte;
    run->unequal = run->unfit = false;
    run->activity = FLOPPY_MOVING;
    schedule_move(f);
    if (floppy_run_takes(f) && (run->real || floppy_pio(f)))
        floppy_fifo_serve(f);
}

/* The sector's ID passed; its data follows. */
static void begin_move(struct floppy *f)
{
    struct floppy_run *run = &f->run;
    run->head_at = 0;
    if (!alters_disk(f) && !read_sector(f)) {
        fail(f, ST1_DATA, ST2_DATA);
        return;
    }
    if (floppy_code(f) == FLOPPY_READ_TRACK && !id_expected(f))
        run->st1 |= ST1_NO_DATA;
    if (!alters_disk(f) && wrong_mark(f)) {
        run->st2 |= ST2_CONTROL_MARK;
        run->stop = run->stop || ended_by_mark(f);
        if (floppy_code(f) != FLOPPY_READ_TRACK && !run->stop) {
            next_sector(f);
            return;
        }
    }
    begin_bytes(f);
}

/* The byte that the head writes or compares now. False if the host has not given it in time and the command is over:
 * a sector whose beginning is written is completed with zeros first. */
static bool next_byte(struct floppy *f, uint8_t *value)
{
    struct floppy_run *run = &f->run;
    *value = 0;
    if (!run->fifo_count)
        floppy_fifo_serve(f);
    if (run->fifo_count) {
        *value = floppy_fifo_get(f);
        return true;
    }
    if (run->terminal || (run->st1 & ST1_OVERRUN))
        return true;
    if (!writes_data(f) || run->head_at == 0) {
        fail(f, ST1_OVERRUN, 0);
        return false;
    }
    run->st1 |= ST1_OVERRUN;
    return true;
}

/* One byte passes. False if the command is over. */
static bool pass_byte(struct floppy *f)
{
    struct floppy_run *run = &f->run;
    uint8_t value;
    if (!floppy_run_takes(f)) {
        if (run->terminal || !moves_bytes(f))
            return true;
        if (run->fifo_count >= floppy_fifo_depth(f))
            floppy_fifo_serve(f);
        if (run->fifo_count >= floppy_fifo_depth(f)) {
            fail(f, ST1_OVERRUN, 0);
            return false;
        }
        floppy_fifo_put(f, run->sector[run->head_at]);
        return true;
    }
    if (!next_byte(f, &value))
        return false;
    if (is_scan(f))
        compare(f, run->sector[run->head_at], value);
    else
        run->sector[run->head_at] = value;
    return true;
}

/* With mechanics: a byte has passed, or the CRC after the last. */
static void move(struct floppy *f)
{
    struct floppy_run *run = &f->run;
    if (run->head_at == run->size) {
        sector_done(f);
        return;
    }
    if (!pass_byte(f))
        return;
    run->head_at++;
    if (moves_bytes(f))
        floppy_fifo_serve(f);
    schedule_move(f);
}

/* Without: all bytes at once, when the host of PIO has given all. It may take them in its own time. */
static void move_sector(struct floppy *f)
{
    struct floppy_run *run = &f->run;
    bool takes = floppy_run_takes(f), dma = moves_bytes(f) && !floppy_pio(f);
    if (takes && !dma && run->fifo_count < run->size)
        return;
    if (takes && dma)
        floppy_fifo_serve(f);
    if (takes && run->fifo_count < run->size && !run->terminal) {
        fail(f, ST1_OVERRUN, 0);
        return;
    }
    for (; run->head_at < run->size; run->head_at++)
        if (!pass_byte(f))
            return;
    if (moves_bytes(f) && !takes)
        floppy_fifo_serve(f);
    if (dma && run->fifo_count)
        fail(f, ST1_OVERRUN, 0);
    else if (!run->fifo_count)
        sector_done(f);
}

void floppy_run_served(struct floppy *f)
{
    struct floppy_run *run = &f->run;
    bool complete = floppy_run_takes(f) ? run->fifo_count == run->size : run->head_at == run->size;
    if (run->activity == FLOPPY_DRAINING) {
        give_status(f);
        return;
    }
    if (run->real || run->activity != FLOPPY_MOVING || !complete || event_armed(&f->work))
        return;
    run->at = f->config.clock->now;
    if (floppy_run_takes(f))
        schedule_in(f, FAST_MOVE);
    else
        sector_done(f);
}

/* --- The stages --- */

static void load_head(struct floppy *f)
{
    uint64_t units = f->specify[1] >> 1 ? f->specify[1] >> 1 : 128u;
    bool loaded = f->run.at < f->head_unload;
    f->run.activity = FLOPPY_LOADING;
    schedule_in(f, f->run.real && !loaded ? units * 125 * floppy_byte_ticks(f) : 1);    /* 2 ms at 500 kbit/s */
}

/* Begins with the implied seek, if one is due. */
static void go_to_cylinder(struct floppy *f)
{
    struct floppy_run *run = &f->run;
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

static void take_sector_parameters(struct floppy *f)
{
    struct floppy_run *run = &f->run;
    const uint8_t *c = f->command;
    run->c = c[2];
    run->h = c[3];
    run->r = c[4];
    run->n = c[5];
    run->end = c[6];
    run->left = c[8];
    f->last_end = c[6];
}

void floppy_run_start(struct floppy *f)
{
    struct floppy_run *run = &f->run;
    const uint8_t *c = f->command;
    memset(run, 0, sizeof *run);
    f->phase = FLOPPY_EXECUTION;
    run->at = f->config.clock->now;
    run->real = f->real;
    run->drive = c[1] & 3;
    run->head = c[1] >> 2 & 1;
    run->size = floppy_code(f) == FLOPPY_FORMAT ? 4 : FLOPPY_SECTOR;
    floppy_follow_rate(f, run_drive(f));
    if (floppy_code(f) == FLOPPY_FORMAT) {
        run->n = c[2];
        run->end = c[3] ? c[3] : 1;
        load_head(f);
    } else if (floppy_code(f) == FLOPPY_READ_ID) {
        load_head(f);
    } else {
        take_sector_parameters(f);
        go_to_cylinder(f);
    }
    if (run->real && floppy_run_takes(f))
        floppy_fifo_serve(f);
}

void floppy_run_sought(struct floppy *f, uint64_t at)
{
    f->run.at = at;
    load_head(f);
}

void floppy_run_disturbed(struct floppy *f, unsigned drive, bool changed)
{
    struct floppy_run *run = &f->run;
    if (run->drive != drive)
        return;
    if ((run->activity == FLOPPY_MOVING || run->activity == FLOPPY_CLOSING) && changed) {
        fail(f, ST1_DATA, ST2_DATA);
    } else if (run->activity == FLOPPY_NO_INDEX || run->activity == FLOPPY_SEARCHING) {
        run->at = f->config.clock->now;
        search(f);
    }
}

static void search_ended(struct floppy *f)
{
    if (!f->run.found)
        report_not_found(f);
    else if (floppy_code(f) == FLOPPY_READ_ID)
        succeed(f);
    else
        begin_move(f);
}

void floppy_run_work(void *ctx, uint64_t late)
{
    struct floppy *f = ctx;
    f->run.at = f->config.clock->now - late;
    switch (f->run.activity) {
    case FLOPPY_LOADING:
        search(f);
        break;
    case FLOPPY_SEARCHING:
        search_ended(f);
        break;
    case FLOPPY_MOVING:
        if (f->run.real)
            move(f);
        else
            move_sector(f);
        break;
    case FLOPPY_CLOSING:
        succeed(f);
        break;
    default:
        break;
    }
}
