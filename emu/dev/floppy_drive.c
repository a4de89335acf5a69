/* The mechanics of the drives: media and their densities, the motor, steps, and what passes under the head when.
 *
 * A disk at full speed is at the angle "tick modulo the ticks of a revolution", with the index hole at 0, so the angle
 * is never stored. While the motor comes up, the speed follows 1 - (1 - x)^2, x going from 0 to 1 in SPIN_UP; index
 * pulses come late then, and data cannot be recognised. A motor that is switched off coasts for as long as it took to
 * come up.
 *
 * Times are those of data sheets of 3.5 and 5.25 inch half-height drives (start 500 ms, head settle 15 ms, 300 rpm,
 * 360 rpm for 1.2M). Left out: index pulses' width, speed tolerance, and head load solenoids of older drives (the
 * controller's head load time is counted). */
#include "emu/dev/floppy_parts.h"

#include <stddef.h>
#include <string.h>

#define SPIN_UP   (500 * TICKS_PER_MS)
#define SETTLE    (15 * TICKS_PER_MS)
#define FAST_STEP (20 * TICKS_PER_US)

enum { TYPE_360K = 1, TYPE_1200K, TYPE_720K, TYPE_1440K, TYPE_2880K };
enum { RATE_500, RATE_300, RATE_250, RATE_1000, RATE_NONE };
enum { RECALIBRATE_STEPS = 79, LAST_CYLINDER_40 = 42, LAST_CYLINDER_80 = 85 };

/* What was on sale, and what a size alone would be mistaken for: 640 sectors are also 80 tracks of 8. */
static const struct geometry standard_media[] = {
    { 40, 1, 8 }, { 40, 1, 9 }, { 40, 2, 8 }, { 40, 2, 9 }, { 80, 2, 9 }, { 80, 2, 15 }, { 80, 2, 18 }, { 80, 2, 21 },
    { 82, 2, 21 }, { 80, 2, 36 },
};

static const struct geometry native_media[] = {
    [0] = { 80, 2, 18 }, [TYPE_360K] = { 40, 2, 9 }, [TYPE_1200K] = { 80, 2, 15 }, [TYPE_720K] = { 80, 2, 9 },
    [TYPE_1440K] = { 80, 2, 18 }, [TYPE_2880K] = { 80, 2, 36 },
};

static uint64_t geometry_sectors(const struct geometry *g)
{
    return (uint64_t)g->cylinders * g->heads * g->sectors;
}

/* Formats with a few cylinders or sectors more than usual. One side or 40 tracks were only made at double density. */
static bool unusual_geometry(uint64_t sectors, struct geometry *geometry)
{
    static const uint8_t cylinders[] = { 80, 81, 82, 83, 84, 40, 41, 42 };
    for (unsigned heads = 2; heads; heads--) {
        for (unsigned i = 0; i < sizeof cylinders; i++) {
            uint64_t tracks = (uint64_t)cylinders[i] * heads, most = heads == 2 && cylinders[i] >= 80 ? 48 : 11;
            if (sectors % tracks == 0 && sectors / tracks >= 8 && sectors / tracks <= most) {
                *geometry = (struct geometry){ cylinders[i], heads, (uint32_t)(sectors / tracks) };
                return true;
            }
        }
    }
    return false;
}

struct geometry floppy_geometry(uint64_t sectors, unsigned type)
{
    const unsigned count = sizeof standard_media / sizeof standard_media[0];
    struct geometry geometry = native_media[type <= TYPE_2880K ? type : 0];
    for (unsigned i = 0; i < count; i++)
        if (geometry_sectors(&standard_media[i]) == sectors)
            return standard_media[i];
    if (unusual_geometry(sectors, &geometry) || geometry_sectors(&geometry) >= sectors)
        return geometry;
    for (unsigned i = 0; i < count; i++)
        if (geometry_sectors(&standard_media[i]) > sectors)
            return standard_media[i];
    return standard_media[count - 1];
}

static bool geometry_possible(const struct geometry *g)
{
    return g->cylinders >= 1 && g->cylinders <= 255 && g->heads >= 1 && g->heads <= 2 && g->sectors >= 1 &&
           g->sectors <= 255;
}

void floppy_change(struct floppy *f, unsigned drive, const struct drive_config *disk)
{
    struct floppy_drive *d = &f->drive[drive % FLOPPY_DRIVES];
    d->ops = disk && d->type ? disk->ops : NULL;
    d->disk = d->ops ? disk->ctx : NULL;
    d->sectors = d->ops ? disk->sectors : 0;
    d->read_only = d->ops && disk->read_only;
    d->geometry = (struct geometry){ 0, 0, 0 };
    if (d->ops)
        d->geometry = geometry_possible(&disk->geometry) ? disk->geometry : floppy_geometry(d->sectors, d->type);
    d->changed = true;
    memset(d->deleted, 0, sizeof d->deleted);
    floppy_run_disturbed(f, d->number, true);
}

/* --- Density --- */

/* The data rate at which the disk in this drive was recorded. */
static unsigned medium_rate(const struct floppy_drive *d)
{
    bool high = d->type == TYPE_1200K || d->type == TYPE_1440K || d->type == TYPE_2880K;
    if (d->geometry.sectors <= 11)
        return d->type == TYPE_1200K ? RATE_300 : RATE_250;
    if (d->geometry.sectors <= 24)
        return high ? RATE_500 : RATE_NONE;
    return d->type == TYPE_2880K ? RATE_1000 : RATE_NONE;
}

void floppy_follow_rate(struct floppy *f, const struct floppy_drive *d)
{
    if (!f->rate_chosen && d->ops && medium_rate(d) != RATE_NONE)
        f->rate = (uint8_t)medium_rate(d);
}

static unsigned last_cylinder(const struct floppy_drive *d)
{
    return d->type == TYPE_360K ? LAST_CYLINDER_40 : LAST_CYLINDER_80;
}

unsigned floppy_medium_cylinder(const struct floppy_drive *d)
{
    bool double_step = d->type == TYPE_1200K && d->geometry.cylinders <= LAST_CYLINDER_40 + 1 &&
                       medium_rate(d) == RATE_300;
    return double_step ? d->cylinder / 2u : d->cylinder;
}

bool floppy_readable(const struct floppy *f, const struct floppy_drive *d, unsigned head)
{
    return medium_rate(d) == f->rate && head < d->geometry.heads && floppy_medium_cylinder(d) < d->geometry.cylinders;
}

uint64_t floppy_byte_ticks(const struct floppy *f)
{
    static const uint32_t bits_per_second[] = {
        [RATE_500] = 500000, [RATE_300] = 300000, [RATE_250] = 250000, [RATE_1000] = 1000000,
    };
    return clock_span(8, bits_per_second[f->rate & 3]);
}

/* --- Rotation --- */

uint64_t floppy_revolution(const struct floppy_drive *d)
{
    return TICKS_PER_SECOND / (d->type == TYPE_1200K ? 6 : 5);
}

bool floppy_turning(const struct floppy_drive *d)
{
    return d->ops && d->motor;
}

/* How far the motor has come up, 0 to SPIN_UP. */
static uint64_t spin(const struct floppy *f, const struct floppy_drive *d)
{
    uint64_t since = f->config.clock->now - d->motor_since;
    if (!d->motor)
        return d->spin_base > since ? d->spin_base - since : 0;
    return since < SPIN_UP - d->spin_base ? d->spin_base + since : SPIN_UP;
}

void floppy_set_motor(struct floppy *f, struct floppy_drive *d, bool on)
{
    if (d->motor == on)
        return;
    d->spin_base = spin(f, d);
    d->motor_since = f->config.clock->now;
    d->motor = on;
    if (probe_wants(f->config.probes, PROBE_FLOPPY_MOTOR))
        probe_emit(f->config.probes, PROBE_FLOPPY_MOTOR, d->number, on, 0, 0);
    floppy_run_disturbed(f, d->number, false);
}

static uint64_t at_speed(const struct floppy *f, const struct floppy_drive *d)
{
    return f->real ? d->motor_since + SPIN_UP - d->spin_base : 0;
}

uint64_t floppy_ready(const struct floppy *f, const struct floppy_drive *d)
{
    uint64_t ready = f->config.clock->now;
    uint64_t speed = at_speed(f, d);
    if (speed > ready)
        ready = speed;
    return f->real && d->settled > ready ? d->settled : ready;
}

/* The angle, in ticks of full speed, at which the disk is WAIT ticks before it has come up to speed at tick UP: the
 * integral of the speed given at the head of this file, taken backwards. */
static uint64_t angle_before(uint64_t up, uint64_t wait)
{
    return up - (wait - wait * wait / SPIN_UP * wait / SPIN_UP / 3);
}

uint64_t floppy_second_index(const struct floppy *f, const struct floppy_drive *d)
{
    uint64_t revolution = floppy_revolution(d);
    uint64_t now = f->config.clock->now, up = at_speed(f, d);
    if (now >= up)
        return (now / revolution + 2) * revolution;
    uint64_t target = (angle_before(up, up - now) / revolution + 2) * revolution;
    if (target >= up)
        return target;
    uint64_t low = now, high = up;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (angle_before(up, up - middle) < target)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint64_t floppy_slot(const struct floppy_drive *d, unsigned index, unsigned count, uint64_t from)
{
    uint64_t revolution = floppy_revolution(d);
    uint64_t tick = from / revolution * revolution + revolution * (index % count) / count;
    return tick < from ? tick + revolution : tick;
}

/* --- Steps --- */

/* SPECIFY's step rate: 16 - SRT milliseconds at 500 kbit/s, longer at lower rates. */
static uint64_t step_ticks(const struct floppy *f)
{
    uint64_t bytes_500 = (16u - (f->specify[0] >> 4)) * TICKS_PER_MS / (16 * TICKS_PER_US);
    return f->real ? bytes_500 * floppy_byte_ticks(f) : FAST_STEP;
}

static void move_head(struct floppy *f, struct floppy_drive *d)
{
    if (!d->type)
        return;
    if (d->inward && d->cylinder < last_cylinder(d))
        d->cylinder++;
    if (!d->inward && d->cylinder > 0)
        d->cylinder--;
    d->settled = f->config.clock->now + SETTLE;
    if (d->ops)
        d->changed = false;
}

static void end_seek(struct floppy *f, struct floppy_drive *d)
{
    bool implied = f->run.activity == FLOPPY_SEEKING && f->run.drive == d->number;
    bool lost = d->recalibrating && !(d->type && d->cylinder == 0);
    d->seeking = false;
    d->pcn = d->target;
    if (d->type && probe_wants(f->config.probes, PROBE_FLOPPY_SEEK))
        probe_emit(f->config.probes, PROBE_FLOPPY_SEEK, d->number, d->cylinder, d->from, 0);
    if (implied) {
        floppy_run_sought(f);
        return;
    }
    d->seek_ended = true;
    d->seek_status = (uint8_t)(ST0_SEEK_END | d->number | (lost ? ST0_ABNORMAL | ST0_EQUIPMENT_CHECK : 0));
    floppy_update_pin(f);
}

static bool at_goal(const struct floppy_drive *d)
{
    return d->steps == 0 || (d->recalibrating && d->type && d->cylinder == 0);
}

static void step(void *ctx, uint64_t late)
{
    struct floppy_drive *d = ctx;
    struct floppy *f = d->owner;
    if (!at_goal(d)) {
        move_head(f, d);
        d->steps--;
    }
    if (at_goal(d))
        end_seek(f, d);
    else
        clock_schedule(f->config.clock, &d->step, f->config.clock->now - late + step_ticks(f));
}

void floppy_seek(struct floppy *f, struct floppy_drive *d, unsigned steps, bool inward, uint8_t target)
{
    d->seeking = true;
    d->recalibrating = false;
    d->seek_ended = false;
    d->inward = inward;
    d->steps = (uint8_t)steps;
    d->target = target;
    d->from = d->cylinder;
    f->reset_senses = 0;
    f->irq = false;
    clock_schedule(f->config.clock, &d->step, f->config.clock->now + (steps ? step_ticks(f) : FAST_STEP));
}

void floppy_recalibrate(struct floppy *f, struct floppy_drive *d)
{
    floppy_seek(f, d, RECALIBRATE_STEPS, false, 0);
    d->recalibrating = true;
}

void floppy_stop_seek(struct floppy *f, struct floppy_drive *d)
{
    clock_cancel(f->config.clock, &d->step);
    d->seeking = false;
    d->seek_ended = false;
}

void floppy_drives_init(struct floppy *f)
{
    static const char *const names[FLOPPY_SELECTS] = { "floppy.step0", "floppy.step1", "floppy.step2", "floppy.step3" };
    for (unsigned i = 0; i < FLOPPY_SELECTS; i++) {
        struct floppy_drive *d = &f->drive[i];
        d->number = (uint8_t)i;
        d->type = i < FLOPPY_DRIVES && f->config.type[i] <= TYPE_2880K ? f->config.type[i] : 0;
        d->changed = true;
        d->owner = f;
        clock_register(f->config.clock, &d->step, names[i], step, d);
    }
}
