/* How long a CD-ROM drive takes. At constant linear velocity blocks come at a steady 75 a second times the speed,
 * wherever they lie. An access takes a shortest time and grows with the root of the way to what the data sheet calls
 * the mean access (over a third of a full disc of 74 minutes) and beyond; half a revolution is in both figures.
 *
 * After a read the drive reads on until its buffer is full; when the host has taken what made it stop, it finds its
 * place again with the shortest access. Left out: reading slower after errors, the change of rotational speed on long
 * ways. */
#include "emu/dev/ata_cd.h"

#include <string.h>

enum { FULL_DISC = 74 * 60 * CD_BLOCKS_PER_SECOND, SPEED_MOST = 52, ROOT = 1024 };

/* When a profile says nothing: a double-speed drive of 1994. All figures are chosen, typical of its class. */
static const struct cd_mechanics usual_drive = {
    .speed = 2, .access_us = 250000, .settle_us = 60000, .overhead_us = 1000, .buffer_blocks = 16, .spin_up_ms = 2000,
};

static uint64_t square_root(uint64_t value)
{
    uint64_t root = 0;
    for (uint64_t bit = 1ull << 31; bit; bit >>= 1)
        if ((root + bit) * (root + bit) <= value)
            root += bit;
    return root;
}

/* Ticks from one block to another. */
static uint64_t access_ticks(const struct ata_cd *cd, uint32_t from, uint32_t to)
{
    const struct cd_mechanics *m = &cd->mechanics;
    uint64_t way = from < to ? to - from : from - to;
    uint64_t part = square_root(way * 3 * ROOT * ROOT / FULL_DISC);     /* ROOT: a third of the disc */
    uint64_t more = m->access_us > m->settle_us ? m->access_us - m->settle_us : 0;
    return (m->settle_us + more * part / ROOT) * TICKS_PER_US;
}

static uint64_t blocks_ticks(const struct ata_cd *cd, uint64_t blocks)
{
    return clock_span(blocks, (uint64_t)CD_BLOCKS_PER_SECOND * cd->speed);
}

uint64_t cd_overhead(const struct ata_cd *cd)
{
    return cd->mechanics.overhead_us * TICKS_PER_US;
}

void cd_spin_up(struct ata_cd *cd, uint64_t now)
{
    if (cd->stopped)
        cd->ready_tick = now + cd->mechanics.spin_up_ms * TICKS_PER_MS;
    cd->stopped = false;
}

void cd_stop_pass(struct ata_cd *cd)
{
    cd->first_lba = cd->pass_lba = cd->pass_end = 0;
    cd->pass_tick = 0;
}

/* A seek waits for its end, START and tray do unless the host is content to know that they began (bit 0 of byte 1). */
uint64_t cd_end_tick(struct ata_cd *cd, uint64_t now)
{
    uint64_t tick = now + cd_overhead(cd);
    if (cd->key)
        return tick;
    if (cd->packet[0] == 0x2B) {
        tick = (tick > cd->ready_tick ? tick : cd->ready_tick) + access_ticks(cd, cd->head, cd->lba);
        cd->head = cd->lba;
        cd_stop_pass(cd);
    } else if (cd->packet[0] == 0x1B && !(cd->packet[1] & 1) && cd_has_disc(cd) && tick < cd->ready_tick) {
        tick = cd->ready_tick;
    }
    return tick;
}

static uint32_t read_ahead_end(const struct ata_cd *cd)
{
    uint64_t end = (uint64_t)cd->lba + cd->mechanics.buffer_blocks;
    return end < cd->blocks ? (uint32_t)end : cd->blocks;
}

static void begin_pass(struct ata_cd *cd, uint32_t lba, uint64_t tick)
{
    cd->pass_lba = cd->pass_end = lba;
    cd->pass_tick = tick;
}

static uint64_t arrival(const struct ata_cd *cd, uint32_t lba)
{
    return lba < cd->pass_lba ? 0 : cd->pass_tick + blocks_ticks(cd, lba - cd->pass_lba + 1);
}

/* What lies more than a buffer before the newest block read is gone. */
static bool buffered(const struct ata_cd *cd)
{
    return cd->pass_end != 0 && cd->lba >= cd->first_lba && cd->lba <= cd->pass_end &&
           cd->lba + (uint64_t)cd->mechanics.buffer_blocks >= cd->pass_end;
}

/* There is room for more. If the drive had stopped reading for lack of it, it finds its place again. */
static void read_on(struct ata_cd *cd, uint64_t now)
{
    uint32_t end = read_ahead_end(cd);
    if (end <= cd->pass_end)
        return;
    if (cd->pass_end > cd->pass_lba && arrival(cd, cd->pass_end - 1) < now)
        begin_pass(cd, cd->pass_end, now + cd->mechanics.settle_us * TICKS_PER_US);
    cd->pass_end = end;
}

uint64_t cd_block_tick(struct ata_cd *cd, bool first, uint64_t now)
{
    uint64_t from = first ? now + cd_overhead(cd) : now;
    from = from > cd->ready_tick ? from : cd->ready_tick;
    if (!buffered(cd)) {
        begin_pass(cd, cd->lba, from + access_ticks(cd, cd->head, cd->lba));
        cd->first_lba = cd->lba;
    }
    read_on(cd, now);
    uint64_t there = arrival(cd, cd->lba);
    return there > from ? there : from;
}

void cd_change_mechanics(struct ata_cd *cd, const struct cd_mechanics *mechanics, uint64_t now)
{
    (void)now;
    cd->mechanics = mechanics->speed ? *mechanics : usual_drive;
    if (cd->mechanics.speed > SPEED_MOST)
        cd->mechanics.speed = SPEED_MOST;
    if (cd->mechanics.buffer_blocks == 0)
        cd->mechanics.buffer_blocks = 1;
    cd->speed = cd->mechanics.speed;
    cd_stop_pass(cd);
}
