/* Where the heads of a hard disk are and how long it takes them, from the figures of a data sheet.
 *
 * Rotation. A track is cut into as many slots as it has sectors. Slots are numbered from tick 0 on, through all
 * revolutions, and slot n begins at n * 60 s / (rpm * sectors), rounded up to a tick: a pure function of virtual time
 * that never drifts. All surfaces turn together.
 *
 * Format. Interleave is 1. The first sector of a track lies so many slots after the last one of the track before as a
 * change of head, or the step to the next cylinder, takes at the least, so that a long transfer loses no revolution.
 * Makers chose the skew that way (IBM's OEM specifications call these two times head skew and cylinder skew); the
 * figures of single drives are not published. Hence a disk is one spiral: the number of slots from sector 0 to a sector
 * says both when a continuous read meets it and, modulo the track, under which angle it lies. Zones of different
 * density are left out: a track holds what the geometry in IDENTIFY says.
 *
 * Seeks. The arm accelerates over short ways (time grows with the root of the distance) and coasts on long ones (time
 * grows with the distance), see Ruemmler and Wilkes, "An introduction to disk drive modeling", IEEE Computer, March
 * 1994. The two parts meet at a third of the stroke. The time there is what makes the mean over all pairs of different
 * cylinders that of the data sheet; the ends of the curve are the data sheet's other two figures.
 *
 * Buffer. After a read the drive reads on until its one segment is full: what the host has taken makes room. What the
 * segment holds is given without a look at the disk. If the disk had to stop for lack of room, it goes on when the next
 * sector comes round. It is the sooner of the two that the drive waits for, when a sector is on its way into the buffer
 * but could be had quicker by going there. A write, a seek or a reset drops the segment. Left out: reading the part of
 * a track before the sector asked for, several segments, the extra settling time of writes. */
#include "emu/dev/ata_parts.h"

enum { RPM_MOST = 100000, FIT_SAMPLES = 4096, ONE = 65536 };

/* When a profile says nothing: a Western Digital Caviar 2200 of 1992. Speed, mean seek and buffer as in Red Hill's
 * guide to hard drives (redhill.net.au/d/24.php); the other two seeks are those of its sister 2120 in 86Box's table of
 * drives (hdd.c). Head change and firmware times are guesses. At speed when power comes on. */
static const struct disk_mechanics usual_drive = {
    .rpm = 3652, .track_us = 3000, .average_us = 14000, .stroke_us = 28000, .head_us = 2000, .overhead_us = 500,
    .sector_us = 50, .buffer_sectors = 128,
};

/* --- The seek curve --- */

/* Of 65536 parts, how many of a seek's time come from each of the three known points of the curve. */
struct share {
    uint32_t track, knee, stroke;
};

static uint32_t square_root(uint64_t value)
{
    uint64_t root = 0;
    for (uint64_t bit = 1ull << 31; bit; bit >>= 1)
        if ((root + bit) * (root + bit) <= value)
            root += bit;
    return (uint32_t)root;
}

/* DISTANCE: 1 to curve->longest, which is at least 2. */
static struct share share_at(const struct ata_curve *curve, uint64_t distance)
{
    if (distance <= curve->knee) {
        uint32_t root = square_root(((distance - 1) << 32) / (curve->knee - 1));
        return (struct share){ ONE - root, root, 0 };
    }
    uint32_t part = (uint32_t)(((distance - curve->knee) << 16) / (curve->longest - curve->knee));
    return (struct share){ 0, ONE - part, part };
}

/* Solves the mean over all pairs for the time at the knee. Of N + 1 cylinders, N + 1 - d pairs lie d apart; of very
 * long strokes only some distances are taken. Figures that contradict each other give the nearest curve that never
 * falls. */
static void fit_curve(struct ata_curve *curve, const struct disk_mechanics *mechanics)
{
    __int128 all = 0, track = 0, knee = 0, stroke = 0;
    for (uint64_t distance = 1; distance <= curve->longest; distance += 1 + curve->longest / FIT_SAMPLES) {
        struct share share = share_at(curve, distance);
        uint64_t pairs = curve->longest + 1 - distance;
        all += (__int128)pairs * ONE;
        track += (__int128)pairs * share.track;
        knee += (__int128)pairs * share.knee;
        stroke += (__int128)pairs * share.stroke;
    }
    __int128 us = (mechanics->average_us * all - mechanics->track_us * track - mechanics->stroke_us * stroke) / knee;
    us = us < mechanics->stroke_us ? us : mechanics->stroke_us;
    curve->knee_us = us > mechanics->track_us ? (uint32_t)us : mechanics->track_us;
}

static uint64_t cylinder_sectors(const struct ata_drive *d)
{
    return (uint64_t)d->geometry.heads * d->geometry.sectors;
}

static void make_curve(struct ata_drive *d)
{
    struct ata_curve *curve = &d->curve;
    curve->longest = (d->sectors - 1) / cylinder_sectors(d);
    curve->longest = curve->longest < UINT32_MAX ? curve->longest : UINT32_MAX;
    curve->knee = curve->longest / 3 > 2 ? curve->longest / 3 : 2;
    if (curve->longest > 2)
        fit_curve(curve, &d->mechanics);
    else
        curve->knee_us = d->mechanics.stroke_us;
}

static uint64_t seek_ticks(const struct ata_drive *d, uint64_t distance)
{
    const struct disk_mechanics *m = &d->mechanics;
    if (distance <= 1 || d->curve.longest < 2)
        return distance ? m->track_us * TICKS_PER_US : 0;
    struct share share = share_at(&d->curve, distance < d->curve.longest ? distance : d->curve.longest);
    uint64_t us = (uint64_t)m->track_us * share.track + (uint64_t)d->curve.knee_us * share.knee +
                  (uint64_t)m->stroke_us * share.stroke;
    return us * TICKS_PER_US / ONE;
}

/* --- Rotation and format --- */

static uint64_t slots_per_minute(const struct ata_drive *d)
{
    return (uint64_t)d->mechanics.rpm * d->geometry.sectors;
}

/* The tick at which a slot begins. */
static uint64_t slot_tick(const struct ata_drive *d, uint64_t slot)
{
    return clock_span(slot * 60, slots_per_minute(d));
}

/* How many slots have passed at TICK. */
static uint64_t slots_passed(const struct ata_drive *d, uint64_t tick)
{
    return clock_periods(tick, slots_per_minute(d)) / 60;
}

/* The slots that US microseconds need, begun ones included. */
static uint32_t slots_in(const struct ata_drive *d, uint32_t us)
{
    return (uint32_t)((us * slots_per_minute(d) + 59999999) / 60000000);
}

/* Slots from sector 0 to LBA in one continuous read. */
static uint64_t spiral(const struct ata_drive *d, uint64_t lba)
{
    uint64_t track = lba / d->geometry.sectors, cylinder = track / d->geometry.heads;
    return lba + (track - cylinder) * d->head_skew + cylinder * d->cylinder_skew;
}

/* The last sector whose place in the spiral is SLOTS or less. */
static uint64_t sector_at(const struct ata_drive *d, uint64_t slots)
{
    uint64_t heads = d->geometry.heads, sectors = d->geometry.sectors, track = sectors + d->head_skew;
    uint64_t whole = heads * sectors + (heads - 1) * d->head_skew + d->cylinder_skew;
    uint64_t rest = slots % whole;
    uint64_t head = rest / track < heads ? rest / track : heads - 1;
    uint64_t sector = rest - head * track < sectors ? rest - head * track : sectors - 1;
    return (slots / whole * heads + head) * sectors + sector;
}

/* The first slot not before TICK in which LBA passes under its head. */
static uint64_t slot_of_sector(const struct ata_drive *d, uint64_t lba, uint64_t tick)
{
    uint64_t sectors = d->geometry.sectors, slot = slots_passed(d, tick);
    slot += slot_tick(d, slot) < tick;
    return slot + (spiral(d, lba) % sectors + sectors - slot % sectors) % sectors;
}

/* --- The pass: what moves under the heads without a stop --- */

static uint64_t pass_slot(const struct ata_drive *d, uint64_t lba)
{
    return d->pass_slot + spiral(d, lba) - spiral(d, d->pass_lba);
}

static void begin_pass(struct ata_drive *d, uint64_t lba, uint64_t tick)
{
    d->pass_lba = lba;
    d->pass_slot = slot_of_sector(d, lba, tick);
}

/* When LBA has been read or written by the present pass; 0 if by an earlier one. */
static uint64_t passed_tick(const struct ata_drive *d, uint64_t lba)
{
    return lba < d->pass_lba ? 0 : slot_tick(d, pass_slot(d, lba) + 1);
}

/* Is it too late at TICK to go on with LBA without losing a revolution? */
static bool pass_missed(const struct ata_drive *d, uint64_t lba, uint64_t tick)
{
    return lba < d->pass_lba || slot_tick(d, pass_slot(d, lba)) < tick;
}

/* --- The buffer --- */

bool ata_reads_ahead(const struct ata_drive *d)
{
    return d->buffer_end != 0;
}

/* The first sector that is not in the buffer yet. */
static uint64_t read_up_to(const struct ata_drive *d, uint64_t tick)
{
    uint64_t passed = slots_passed(d, tick);
    if (passed <= d->pass_slot)
        return d->pass_lba;
    uint64_t next = sector_at(d, passed - d->pass_slot - 1 + spiral(d, d->pass_lba)) + 1;
    return next < d->buffer_end ? next : d->buffer_end;
}

/* Is LBA in the buffer, or on its way into it? */
static bool buffered(const struct ata_drive *d, uint64_t lba, uint64_t tick)
{
    if (!ata_reads_ahead(d) || lba < d->buffer_first || lba >= d->buffer_end)
        return false;
    return read_up_to(d, tick) - lba <= d->mechanics.buffer_sectors || lba >= read_up_to(d, tick);
}

static uint64_t buffer_end(const struct ata_drive *d, uint64_t lba)
{
    uint64_t end = lba + d->mechanics.buffer_sectors;
    return end < d->sectors ? end : d->sectors;
}

void ata_make_room(struct ata_drive *d, uint64_t lba, uint64_t tick)
{
    uint64_t end = buffer_end(d, lba);
    if (!ata_reads_ahead(d) || end < read_up_to(d, tick))
        return;
    if (end > d->buffer_end && pass_missed(d, d->buffer_end, tick))
        begin_pass(d, d->buffer_end, tick);
    d->buffer_end = end;
}

/* --- The arm --- */

/* A sector of the track on which the heads are: reading ahead, the next one; they don't leave the disk at its end. */
static uint64_t sector_of_heads(const struct ata_drive *d, uint64_t tick)
{
    if (!ata_reads_ahead(d))
        return ((uint64_t)d->cylinder * d->geometry.heads + d->head) * d->geometry.sectors;
    uint64_t next = read_up_to(d, tick);
    return next < d->sectors ? next : d->sectors - 1;
}

/* Ticks to get from the track of one sector to that of another. */
static uint64_t move_ticks(const struct ata_drive *d, uint64_t from, uint64_t to)
{
    uint64_t out = from / cylinder_sectors(d), in = to / cylinder_sectors(d);
    if (out != in)
        return seek_ticks(d, out < in ? in - out : out - in);
    return from / d->geometry.sectors == to / d->geometry.sectors ? 0 : d->mechanics.head_us * TICKS_PER_US;
}

void ata_place_heads(struct ata_drive *d, uint64_t lba)
{
    d->cylinder = (uint32_t)(lba / cylinder_sectors(d));
    d->head = (uint32_t)(lba / d->geometry.sectors % d->geometry.heads);
}

void ata_drop_buffer(struct ata_drive *d, uint64_t tick)
{
    ata_place_heads(d, sector_of_heads(d, tick));
    d->buffer_end = 0;
}

/* --- Commands --- */

uint64_t ata_overhead(const struct ata_drive *d)
{
    return d->mechanics.overhead_us * TICKS_PER_US;
}

uint64_t ata_spin(struct ata_drive *d, uint64_t tick)
{
    uint64_t ready = tick + ata_overhead(d);
    if (d->stopped)
        d->speed_tick = tick + d->mechanics.spin_up_ms * TICKS_PER_MS;
    d->stopped = false;
    return ready > d->speed_tick ? ready : d->speed_tick;
}

uint64_t ata_settled(const struct ata_drive *d, uint64_t tick)
{
    return tick > d->settled_tick ? tick : d->settled_tick;
}

uint64_t ata_seek(struct ata_drive *d, uint64_t lba, uint64_t tick)
{
    uint64_t ready = ata_settled(d, ata_spin(d, tick));
    uint64_t there = ready + move_ticks(d, sector_of_heads(d, ready), lba);
    d->buffer_end = 0;
    ata_place_heads(d, lba);
    return there;
}

uint64_t ata_begin_reading(struct ata_drive *d, uint64_t lba, uint64_t tick)
{
    uint64_t ready = ata_spin(d, tick);
    uint64_t there = ata_settled(d, ready) + move_ticks(d, sector_of_heads(d, ready), lba);
    if (buffered(d, lba, tick) && passed_tick(d, lba) <= slot_tick(d, slot_of_sector(d, lba, there) + 1)) {
        ata_make_room(d, lba, tick);
        return ready;
    }
    begin_pass(d, lba, there);
    d->buffer_first = lba;
    d->buffer_end = buffer_end(d, lba);
    ata_place_heads(d, lba);
    return ready;
}

uint64_t ata_read_tick(const struct ata_drive *d, uint64_t lba, uint32_t count, uint64_t tick)
{
    uint64_t moved = tick + count * (uint64_t)d->mechanics.sector_us * TICKS_PER_US;
    uint64_t read = passed_tick(d, lba + count - 1);
    return moved > read ? moved : read;
}

void ata_begin_writing(struct ata_drive *d, uint64_t lba, uint64_t tick)
{
    begin_pass(d, lba, ata_seek(d, lba, tick));
}

uint64_t ata_write_tick(struct ata_drive *d, uint64_t lba, uint32_t count, uint32_t next, uint64_t tick)
{
    uint64_t moved = tick + count * (uint64_t)d->mechanics.sector_us * TICKS_PER_US;
    uint64_t last = lba + count + next - 1;
    if (pass_missed(d, lba, tick))
        begin_pass(d, lba, tick);
    if (!next && d->write_cache)
        d->settled_tick = passed_tick(d, last);
    if (next || d->write_cache)
        last = last > d->mechanics.buffer_sectors ? last - d->mechanics.buffer_sectors : 0;
    uint64_t written = passed_tick(d, last);
    return moved > written ? moved : written;
}

/* --- Building --- */

static void set_mechanics(struct ata_drive *d, const struct disk_mechanics *mechanics)
{
    d->mechanics = mechanics->rpm ? *mechanics : usual_drive;
    if (d->mechanics.rpm > RPM_MOST)
        d->mechanics.rpm = RPM_MOST;
    if (d->mechanics.buffer_sectors < ATA_MULTIPLE_MAX)
        d->mechanics.buffer_sectors = ATA_MULTIPLE_MAX;
}

static void fit_drive(struct ata_drive *d, const struct disk_mechanics *mechanics)
{
    set_mechanics(d, mechanics);
    d->head_skew = slots_in(d, d->mechanics.head_us);
    d->cylinder_skew = slots_in(d, d->mechanics.track_us);
    make_curve(d);
}

void ata_init_mechanics(struct ata_drive *d, const struct disk_mechanics *mechanics, uint64_t tick)
{
    fit_drive(d, mechanics);
    d->speed_tick = tick + d->mechanics.spin_up_ms * TICKS_PER_MS;
}

/* Slots have other numbers at another speed, so a pass under way begins anew. */
void ata_change_mechanics(struct ata_drive *d, const struct disk_mechanics *mechanics, uint64_t tick)
{
    ata_drop_buffer(d, tick);
    fit_drive(d, mechanics);
    begin_pass(d, d->pass_lba, tick);
}
