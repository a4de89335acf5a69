/* The spindle of a hard disk and its standby timer (ATA-2: IDLE, STANDBY, and the table of the timer's values). When
 * the timer runs out with no command in between, the disk stops; the next command that needs it waits until it is at
 * speed again.
 *
 * Left out: the difference between SLEEP and STANDBY (a drive asleep would only wake by a reset). */
#include "emu/dev/ata_parts.h"

/* The timer's time by the count register, in seconds; 0: off. */
static uint64_t timer_seconds(uint8_t count)
{
    if (count <= 240)
        return count * 5u;
    if (count <= 251)
        return (count - 240u) * 30 * 60;
    return count == 252 ? 21 * 60 : count == 255 ? 21 * 60 + 15 : 8 * 3600;     /* 253, 254: the maker's, 8 h or more */
}

void ata_stop_timer(struct ata *a, struct ata_drive *d)
{
    clock_cancel(a->config.clock, &d->standby_timer);
}

void ata_start_timer(struct ata *a, struct ata_drive *d)
{
    if (ata_is_disk(d) && d->standby && !d->stopped)
        clock_schedule(a->config.clock, &d->standby_timer,
                       a->config.clock->now + timer_seconds(d->standby) * TICKS_PER_SECOND);
}

static void stop_spindle(struct ata_drive *d, uint64_t tick)
{
    ata_drop_buffer(d, tick);
    d->stopped = true;
}

void ata_timer_over(void *ctx, uint64_t late)
{
    struct ata_drive *d = ctx;
    (void)late;
    stop_spindle(d, d->clock->now);
}

void ata_stand_by_now(struct ata *a, struct ata_drive *d)
{
    uint64_t settled = ata_settled(d, a->config.clock->now);
    stop_spindle(d, settled);
    ata_finish_at(a, settled + ata_overhead(d));
}

void ata_stand_by(struct ata *a, struct ata_drive *d)
{
    d->standby = d->count;
    ata_stand_by_now(a, d);
}

void ata_idle_now(struct ata *a, struct ata_drive *d)
{
    ata_finish_at(a, ata_spin(d, a->config.clock->now));
}

void ata_idle(struct ata *a, struct ata_drive *d)
{
    d->standby = d->count;
    ata_idle_now(a, d);
}

void ata_check_power(struct ata *a, struct ata_drive *d)
{
    d->count = d->stopped ? 0 : 0xFF;   /* 0xFF: active or idle */
    ata_finish_after(a, 0);
}
