/* The mechanics of the drives: the motor and the steps of the heads.
 *
 * A drive is ready when its motor has come up to speed and its head has settled. Until then no data can be recognised,
 * and it suppresses index pulses as well, as 3.5 inch drives and, strapped so, 5.25 inch ones do: a command that comes
 * too early waits, and still has a whole revolution to find its sector. A motor that is switched off coasts for as long
 * as it took to come up, and is up again as much sooner.
 *
 * A step comes one step rate interval after the command or the step before; the data sheet leaves the first interval
 * open. The chip ends the seek with the last step's pulse: that the head settles is the software's business, but until
 * it has, no ID can be read. Pulses that come quicker than the drive can follow are lost.
 *
 * Times are those of data sheets of 3.5 and 5.25 inch half-height drives (start 500 ms, head settle 15 ms; track to
 * track they promise 3 ms, and most follow 2 ms). Left out: head load solenoids of older drives (the controller's head
 * load time is counted). */
#include "emu/dev/floppy_parts.h"

#include <stddef.h>

#define FAST_STEP     (20 * TICKS_PER_US)
#define BYTE_AT_500   (16 * TICKS_PER_US)

enum { TYPES = 5, RECALIBRATE_STEPS = 79 };

const struct floppy_mechanics floppy_usual = { .spin_up_ms = 500, .settle_ms = 15, .step_us = 2000 };

static const struct floppy_mechanics *mechanics(const struct floppy *f)
{
    return f->config.mechanics ? f->config.mechanics : &floppy_usual;
}

/* --- The motor --- */

bool floppy_turning(const struct floppy_drive *d)
{
    return d->ops && d->motor;
}

static uint64_t spin_up(const struct floppy *f)
{
    return mechanics(f)->spin_up_ms * TICKS_PER_MS;
}

/* Spinning up that was left to do when the motor was last switched. */
static uint64_t spin_missing(const struct floppy *f, const struct floppy_drive *d)
{
    return spin_up(f) > d->spin_base ? spin_up(f) - d->spin_base : 0;
}

/* How far the motor has come up, 0 to the spin-up time. */
static uint64_t spin(const struct floppy *f, const struct floppy_drive *d)
{
    uint64_t since = f->config.clock->now - d->motor_since;
    if (!d->motor)
        return d->spin_base > since ? d->spin_base - since : 0;
    return since < spin_missing(f, d) ? d->spin_base + since : spin_up(f);
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

uint64_t floppy_ready(const struct floppy *f, const struct floppy_drive *d, uint64_t from)
{
    uint64_t speed = d->motor_since + spin_missing(f, d), ready = speed > from ? speed : from;
    uint64_t settled = d->stepped + mechanics(f)->settle_ms * TICKS_PER_MS;
    return d->stepped && settled > ready ? settled : ready;
}

/* --- Steps --- */

/* SPECIFY's step rate: 16 - SRT milliseconds at 500 kbit/s, longer at lower rates. */
static uint64_t step_ticks(const struct floppy *f)
{
    unsigned units = 16u - (f->specify[0] >> 4);
    return f->real ? units * TICKS_PER_MS * floppy_byte_ticks(f) / BYTE_AT_500 : FAST_STEP;
}

static bool follows(const struct floppy *f, const struct floppy_drive *d, uint64_t at)
{
    return !f->real || !d->stepped || at - d->stepped >= mechanics(f)->step_us * TICKS_PER_US;
}

/* A step pulse at tick AT. */
static void move_head(struct floppy *f, struct floppy_drive *d, uint64_t at)
{
    if (!d->type || !follows(f, d, at))
        return;
    if (d->inward && d->cylinder < floppy_last_cylinder(d))
        d->cylinder++;
    if (!d->inward && d->cylinder > 0)
        d->cylinder--;
    d->stepped = at;
    if (d->ops)
        d->changed = false;
}

static void end_seek(struct floppy *f, struct floppy_drive *d, uint64_t at)
{
    bool implied = f->run.activity == FLOPPY_SEEKING && f->run.drive == d->number;
    bool lost = d->recalibrating && !(d->type && d->cylinder == 0);
    d->seeking = false;
    d->pcn = d->target;
    if (d->type && probe_wants(f->config.probes, PROBE_FLOPPY_SEEK))
        probe_emit(f->config.probes, PROBE_FLOPPY_SEEK, d->number, d->cylinder, d->from, 0);
    if (implied) {
        floppy_run_sought(f, at);
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
    uint64_t at = f->config.clock->now - late;
    if (!at_goal(d)) {
        move_head(f, d, at);
        d->steps--;
    }
    if (at_goal(d))
        end_seek(f, d, at);
    else
        clock_schedule(f->config.clock, &d->step, at + step_ticks(f));
}

static void start_steps(struct floppy *f, struct floppy_drive *d, unsigned steps, uint8_t target)
{
    d->seeking = true;
    d->seek_ended = false;
    d->steps = (uint8_t)steps;
    d->target = target;
    d->from = d->cylinder;
    f->reset_senses = 0;
    f->irq = false;
    clock_schedule(f->config.clock, &d->step, f->config.clock->now + (at_goal(d) ? FAST_STEP : step_ticks(f)));
}

void floppy_seek(struct floppy *f, struct floppy_drive *d, unsigned steps, bool inward, uint8_t target)
{
    d->recalibrating = false;
    d->inward = inward;
    start_steps(f, d, steps, target);
}

void floppy_recalibrate(struct floppy *f, struct floppy_drive *d)
{
    d->recalibrating = true;
    d->inward = false;
    start_steps(f, d, RECALIBRATE_STEPS, 0);
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
        d->type = i < FLOPPY_DRIVES && f->config.type[i] <= TYPES ? f->config.type[i] : 0;
        d->changed = true;
        d->owner = f;
        clock_register(f->config.clock, &d->step, names[i], step, d);
    }
}
