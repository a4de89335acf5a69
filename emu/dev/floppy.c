/* Intel 82077AA (data sheet 290166): registers, the command table, the commands that move no data, reset and
 * interrupts.
 *
 * A command is gathered byte by byte, executed, and its result read byte by byte; the main status register tells which
 * way the next byte goes. Three things raise the interrupt: the start of a result phase that follows data, the end of
 * a seek (fetched by SENSE INTERRUPT), and the end of a reset, which owes four SENSE INTERRUPT results, one a drive.
 *
 * Power down stops the chip's clocks until MSR or FIFO are accessed, or a reset comes; it then has forgotten where the
 * heads are and what interrupts it owed.
 *
 * Left out: the Model 30 wiring; tape (the tape drive register holds what was written); precompensation; the pulses on
 * the data wires and STEP in the status registers; the 82078's extensions (PART ID, OPTION, SAVE: invalid, as on the
 * 82077AA). */
#include "emu/dev/floppy_parts.h"

#include <stddef.h>
#include <string.h>

#define FAST_RESET (30 * TICKS_PER_US)
#define REAL_RESET (1024 * TICKS_PER_US)    /* one round of polling the drives */
#define LONGEST_SPIN_UP (UINT16_MAX * TICKS_PER_MS)

enum { DOR_RESET = 4, DOR_GATE = 8, DSR_RESET = 0x80, DSR_POWER_DOWN = 0x40, TDR_SELECT = 3, NOT_DRIVEN = 0xFF };
enum { MSR_REQUEST = 0x80, MSR_TO_HOST = 0x40, MSR_PIO = 0x20, MSR_BUSY = 0x10 };
enum { NO_FIFO = 0x20, FIFO_BITS = 0x2F, DIRECTION_IN = 0x40, VERSION_ENHANCED = 0x90, PERPENDICULAR_DRIVES = 0x3C };
enum { TYPE_WITHOUT_CHANGE_LINE = 1, LOWER_RATE = 1, SLOWEST_RATE = 2 };

void floppy_update_pin(struct floppy *f)
{
    bool asks = f->irq;
    for (unsigned i = 0; i < FLOPPY_SELECTS; i++)
        asks = asks || (f->phase == FLOPPY_IDLE && f->drive[i].seek_ended);
    bool gate = f->config.wiring == FLOPPY_PS2 || (f->dor & DOR_GATE);
    bool pin = asks && gate;
    if (pin == f->pin)
        return;
    f->pin = pin;
    line_set(&f->config.irq, pin);
}

void floppy_give_result(struct floppy *f, unsigned size)
{
    f->phase = FLOPPY_RESULT;
    f->result_at = 0;
    f->result_size = (uint8_t)size;
    floppy_update_pin(f);
}

static void become_idle(struct floppy *f)
{
    f->phase = FLOPPY_IDLE;
    f->command_at = 0;
    floppy_update_pin(f);
}

/* --- Commands without data --- */

static void specify(struct floppy *f)
{
    f->specify[0] = f->command[1];
    f->specify[1] = f->command[2];
    become_idle(f);
}

static void sense_drive(struct floppy *f)
{
    const struct floppy_drive *d = &f->drive[f->command[1] & 3];
    f->result[0] = (uint8_t)(0x28 | (f->command[1] & 7));       /* ready and two-sided always read 1 */
    if (d->type && d->cylinder == 0)
        f->result[0] |= 0x10;
    if (d->ops && d->read_only)
        f->result[0] |= 0x40;
    floppy_give_result(f, 1);
}

static struct floppy_drive *drive_with_interrupt(struct floppy *f)
{
    for (unsigned i = 0; i < FLOPPY_SELECTS; i++)
        if (f->drive[i].seek_ended)
            return &f->drive[i];
    return NULL;
}

static void sense_interrupt(struct floppy *f)
{
    struct floppy_drive *d = drive_with_interrupt(f);
    if (f->reset_senses) {
        d = &f->drive[(FLOPPY_SELECTS - f->reset_senses) & 3];
        f->result[0] = (uint8_t)(ST0_READY_CHANGED | d->number);
        f->reset_senses--;
    } else if (d) {
        f->result[0] = d->seek_status;
        d->seek_ended = false;
    } else {
        f->result[0] = ST0_INVALID;
        floppy_give_result(f, 1);
        return;
    }
    f->irq = false;
    f->result[1] = d->pcn;
    floppy_give_result(f, 2);
}

static void recalibrate(struct floppy *f)
{
    floppy_recalibrate(f, &f->drive[f->command[1] & 3]);
    become_idle(f);
}

static void seek(struct floppy *f)
{
    struct floppy_drive *d = &f->drive[f->command[1] & 3];
    uint8_t target = f->command[2];
    bool inward = target > d->pcn;
    f->seek_seen = true;
    floppy_seek(f, d, (unsigned)(inward ? target - d->pcn : d->pcn - target), inward, target);
    become_idle(f);
}

static void relative_seek(struct floppy *f)
{
    struct floppy_drive *d = &f->drive[f->command[1] & 3];
    bool inward = f->command[0] & DIRECTION_IN;
    uint8_t steps = f->command[2];
    f->seek_seen = true;
    floppy_seek(f, d, steps, inward, (uint8_t)(inward ? d->pcn + steps : d->pcn - steps));
    become_idle(f);
}

static void dump_registers(struct floppy *f)
{
    for (unsigned i = 0; i < FLOPPY_SELECTS; i++)
        f->result[i] = f->drive[i].pcn;
    f->result[4] = f->specify[0];
    f->result[5] = f->specify[1];
    f->result[6] = f->last_end;
    f->result[7] = (uint8_t)((f->locked ? 0x80 : 0) | (f->perpendicular & 0x3F));
    f->result[8] = f->configure[0];
    f->result[9] = f->configure[1];
    floppy_give_result(f, 10);
}

static void version(struct floppy *f)
{
    f->result[0] = VERSION_ENHANCED;
    floppy_give_result(f, 1);
}

/* Bits 2-5 (a drive each) change only if OW, bit 7, allows; the low two always. */
static void perpendicular(struct floppy *f)
{
    uint8_t value = f->command[1];
    f->perpendicular = value & 0x80 ? value & 0x3F : (f->perpendicular & PERPENDICULAR_DRIVES) | (value & 3);
    become_idle(f);
}

static void configure(struct floppy *f)
{
    f->configure[0] = f->command[2] & 0x7F;
    f->configure[1] = f->command[3];
    become_idle(f);
}

static void lock(struct floppy *f)
{
    f->locked = f->command[0] & 0x80;
    f->result[0] = f->locked ? 0x10 : 0;
    floppy_give_result(f, 1);
}

static void invalid(struct floppy *f)
{
    f->result[0] = ST0_INVALID;
    floppy_give_result(f, 1);
}

/* A command is the first row whose value its first byte has under the mask. The first parameter may name a drive. */
static const struct command {
    uint8_t mask, value;
    uint8_t parameters;
    bool names_drive;
    void (*start)(struct floppy *f);
} commands[] = {
    { 0x9F, FLOPPY_READ_TRACK, 8, true, floppy_run_start },
    { 0xFF, 0x03, 2, false, specify },
    { 0xFF, 0x04, 1, true, sense_drive },
    { 0x3F, FLOPPY_WRITE, 8, true, floppy_run_start },
    { 0x1F, FLOPPY_READ, 8, true, floppy_run_start },
    { 0xFF, 0x07, 1, true, recalibrate },
    { 0xFF, 0x08, 0, false, sense_interrupt },
    { 0x3F, FLOPPY_WRITE_DELETED, 8, true, floppy_run_start },
    { 0xBF, FLOPPY_READ_ID, 1, true, floppy_run_start },
    { 0x1F, FLOPPY_READ_DELETED, 8, true, floppy_run_start },
    { 0xBF, FLOPPY_FORMAT, 5, true, floppy_run_start },
    { 0xFF, 0x0E, 0, false, dump_registers },
    { 0xFF, 0x0F, 2, true, seek },
    { 0xBF, 0x8F, 2, true, relative_seek },
    { 0xFF, 0x10, 0, false, version },
    { 0x1F, FLOPPY_SCAN_EQUAL, 8, true, floppy_run_start },
    { 0xFF, 0x12, 1, false, perpendicular },
    { 0xFF, 0x13, 3, false, configure },
    { 0x7F, 0x14, 0, false, lock },
    { 0x1F, FLOPPY_VERIFY, 8, true, floppy_run_start },
    { 0x1F, FLOPPY_SCAN_LOW, 8, true, floppy_run_start },
    { 0x1F, FLOPPY_SCAN_HIGH, 8, true, floppy_run_start },
    { 0x00, 0x00, 0, false, invalid },
};

static const struct command *find_command(uint8_t first)
{
    const struct command *command = commands;
    while ((first & command->mask) != command->value)
        command++;
    return command;
}

static void take_command_byte(struct floppy *f, uint8_t value)
{
    if (f->phase == FLOPPY_IDLE) {
        f->phase = FLOPPY_COMMAND;
        f->command_at = 0;
        f->command_size = (uint8_t)(find_command(value)->parameters + 1);
        floppy_update_pin(f);
    }
    f->command[f->command_at++] = value;
    if (f->command_at < f->command_size)
        return;
    const struct command *command = find_command(f->command[0]);
    unsigned drive = (command->names_drive ? f->command[1] : f->dor) & 1;
    if (probe_wants(f->config.probes, PROBE_DISK_REQUEST))
        probe_emit(f->config.probes, PROBE_DISK_REQUEST, DRIVE_FLOPPY_A + drive, f->command[0], 0, 0);
    command->start(f);
}

/* --- Reset --- */

static bool in_reset(const struct floppy *f)
{
    return !(f->dor & DOR_RESET);
}

static void reset_done(void *ctx, uint64_t late)
{
    struct floppy *f = ctx;
    (void)late;
    f->reset_senses = FLOPPY_SELECTS;
    f->irq = true;
    floppy_update_pin(f);
}

/* Stops everything; the chip forgets where the heads are, and what it owed. */
static void forget(struct floppy *f)
{
    clock_cancel(f->config.clock, &f->work);
    memset(&f->run, 0, sizeof f->run);
    for (unsigned i = 0; i < FLOPPY_SELECTS; i++) {
        floppy_stop_seek(f, &f->drive[i]);
        f->drive[i].pcn = 0;
    }
    f->reset_senses = 0;
    f->irq = false;
    f->asleep = false;
    become_idle(f);
}

/* What LOCK protects stays, and which drives are perpendicular. */
static void enter_reset(struct floppy *f)
{
    clock_cancel(f->config.clock, &f->reset_done);
    f->configure[0] = f->locked ? f->configure[0] & FIFO_BITS : NO_FIFO;
    f->configure[1] = f->locked ? f->configure[1] : 0;
    f->perpendicular &= PERPENDICULAR_DRIVES;
    forget(f);
}

static void leave_reset(struct floppy *f)
{
    clock_schedule(f->config.clock, &f->reset_done, f->config.clock->now + (f->real ? REAL_RESET : FAST_RESET));
}

void floppy_reset(struct floppy *f)
{
    f->locked = false;
    f->dor = 0;
    f->tdr = 0;
    f->dsr = f->rate = SLOWEST_RATE;
    f->rate_chosen = f->seek_seen = false;
    f->specify[0] = f->specify[1] = 0;
    f->perpendicular = 0;
    f->last_end = 0;
    f->head_unload = 0;
    for (unsigned i = 0; i < FLOPPY_SELECTS; i++)
        floppy_set_motor(f, &f->drive[i], false);
    enter_reset(f);
}

/* --- Ports --- */

static void write_dor(struct floppy *f, uint8_t value)
{
    bool was_reset = in_reset(f);
    f->dor = value;
    if (in_reset(f) && !was_reset)
        enter_reset(f);
    for (unsigned i = 0; i < FLOPPY_SELECTS; i++)
        if (f->drive[i].type)
            floppy_set_motor(f, &f->drive[i], value >> (4 + i) & 1);
    if (!in_reset(f) && was_reset)
        leave_reset(f);
    floppy_update_pin(f);
}

static void choose_rate(struct floppy *f, uint8_t value)
{
    f->rate = value & 3;
    f->rate_chosen = true;
}

static void write_dsr(struct floppy *f, uint8_t value)
{
    f->dsr = value & 0x7F;
    choose_rate(f, value);
    f->asleep = value & DSR_POWER_DOWN;
    if ((value & DSR_RESET) && !in_reset(f)) {
        enter_reset(f);
        leave_reset(f);
    }
}

/* An access to MSR or FIFO ends the power-down. */
static void wake(struct floppy *f)
{
    if (!f->asleep)
        return;
    forget(f);
    f->dsr &= (uint8_t)~DSR_POWER_DOWN;
}

uint8_t floppy_msr(const struct floppy *f)
{
    uint8_t status = 0;
    if (in_reset(f) || event_armed(&f->reset_done))
        return 0;
    for (unsigned i = 0; i < FLOPPY_SELECTS; i++)
        status |= (uint8_t)(f->drive[i].seeking << i);
    if (f->phase == FLOPPY_IDLE)
        return status | MSR_REQUEST;
    if (f->phase == FLOPPY_COMMAND)
        return status | MSR_REQUEST | MSR_BUSY;
    if (f->phase == FLOPPY_RESULT)
        return status | MSR_REQUEST | MSR_TO_HOST | MSR_BUSY;
    status |= MSR_BUSY;
    if (floppy_pio(f))
        status |= MSR_PIO;
    if (floppy_fifo_requests(f))
        status |= MSR_REQUEST | (floppy_run_takes(f) ? 0 : MSR_TO_HOST);
    return status;
}

static uint8_t read_data(struct floppy *f)
{
    if (f->phase == FLOPPY_EXECUTION && floppy_fifo_requests(f) && !floppy_run_takes(f))
        return floppy_fifo_take(f);
    if (f->phase != FLOPPY_RESULT)
        return 0;
    uint8_t value = f->result[f->result_at++];
    f->irq = false;
    if (f->result_at >= f->result_size)
        become_idle(f);
    else
        floppy_update_pin(f);
    return value;
}

static void write_data(struct floppy *f, uint8_t value)
{
    if (in_reset(f) || event_armed(&f->reset_done))
        return;
    if (f->phase == FLOPPY_EXECUTION && floppy_fifo_requests(f) && floppy_run_takes(f))
        floppy_fifo_give(f, value);
    else if (f->phase == FLOPPY_IDLE || f->phase == FLOPPY_COMMAND)
        take_command_byte(f, value);
}

/* AT: the low bits belong to the fixed disk adapter. PS/2: four ones, the data rate, and low at high density. A 360K
 * drive has no change line. */
static uint8_t read_dir(const struct floppy *f)
{
    const struct floppy_drive *d = &f->drive[f->dor & 3];
    uint8_t changed = d->type > TYPE_WITHOUT_CHANGE_LINE && d->motor && d->changed ? 0x80 : 0;
    bool low_density = f->rate == LOWER_RATE || f->rate == SLOWEST_RATE;
    return f->config.wiring == FLOPPY_AT ? changed : (uint8_t)(changed | 0x78 | f->rate << 1 | low_density);
}

/* The index pulse passes, for the first 2 ms of a turn. */
static bool at_index(const struct floppy *f, const struct floppy_drive *d)
{
    uint64_t now = f->config.clock->now;
    bool ready = !f->real || floppy_ready(f, d, now) == now;
    return floppy_turning(d) && ready && now % floppy_revolution(d) < 2 * TICKS_PER_MS;
}

/* Interrupt, second drive (inverted), track 0, head, index, write protect (all three inverted), direction. */
static uint8_t read_sra(const struct floppy *f)
{
    const struct floppy_drive *d = &f->drive[f->dor & 3];
    uint8_t value = f->pin ? 0x80 : 0;
    value |= f->drive[1].type ? 0 : 0x40;
    value |= d->type && d->cylinder == 0 ? 0 : 0x10;
    value |= (uint8_t)(f->run.head << 3);
    value |= at_index(f, d) ? 0 : 0x04;
    value |= d->ops && d->read_only ? 0 : 0x02;
    return value | (d->inward ? 0x01 : 0);
}

static uint8_t read_srb(const struct floppy *f)
{
    return (uint8_t)(0xC0 | (f->dor & 1) << 5 | (f->dor >> 4 & 3));
}

static uint32_t port_read(void *ctx, uint16_t port, unsigned size)
{
    struct floppy *f = ctx;
    (void)size;
    switch (port & 7) {
    case 0: return f->config.wiring == FLOPPY_AT ? NOT_DRIVEN : read_sra(f);
    case 1: return f->config.wiring == FLOPPY_AT ? NOT_DRIVEN : read_srb(f);
    case 2: return f->dor;
    case 3: return (uint8_t)(NOT_DRIVEN & ~TDR_SELECT) | f->tdr;
    case 4:
        wake(f);
        return floppy_msr(f);
    case 5:
        wake(f);
        return read_data(f);
    case 7: return read_dir(f);
    default: return NOT_DRIVEN;
    }
}

static void port_write(void *ctx, uint16_t port, uint32_t value, unsigned size)
{
    struct floppy *f = ctx;
    (void)size;
    switch (port & 7) {
    case 2: write_dor(f, (uint8_t)value); break;
    case 3: f->tdr = value & TDR_SELECT; break;
    case 4: write_dsr(f, (uint8_t)value); break;
    case 5:
        wake(f);
        write_data(f, (uint8_t)value);
        break;
    case 7: choose_rate(f, (uint8_t)value); break;
    default: break;
    }
}

void floppy_init(struct floppy *f, const struct floppy_config *config)
{
    static const struct port_ops ports = { port_read, port_write };
    *f = (struct floppy){ .config = *config };
    floppy_drives_init(f);
    clock_register(config->clock, &f->reset_done, "floppy.reset", reset_done, f);
    clock_register(config->clock, &f->work, "floppy.work", floppy_run_work, f);
    bus_map_ports(config->bus, 0x3F0, 6, 1, &ports, f);
    bus_map_ports(config->bus, 0x3F7, 1, 1, &ports, f);
    floppy_reset(f);
}

void floppy_set_real(struct floppy *f, bool real)
{
    f->real = real;
}

/* --- State --- */

static void visit_drive(struct floppy_drive *d, struct state *s)
{
    uint64_t now = d->owner->config.clock->now;
    uint64_t sectors = d->sectors;
    struct geometry g = d->geometry;
    state_u64(s, "sectors", &sectors);
    state_u32(s, "cylinders", &g.cylinders);
    state_u32(s, "heads", &g.heads);
    state_u32(s, "track_sectors", &g.sectors);
    state_check(s, sectors == d->sectors && g.cylinders == d->geometry.cylinders && g.heads == d->geometry.heads &&
                   g.sectors == d->geometry.sectors, "another disk is in the drive");
    state_bool(s, "changed", &d->changed);
    state_bool(s, "motor", &d->motor);
    state_u64(s, "motor_since", &d->motor_since);
    state_u64(s, "spin_base", &d->spin_base);
    state_u8(s, "cylinder", &d->cylinder);
    state_u64(s, "stepped", &d->stepped);
    state_u64(s, "reads", &d->reads);
    state_u64(s, "writes", &d->writes);
    state_bytes(s, "deleted", d->deleted, sizeof d->deleted);
    state_u8(s, "pcn", &d->pcn);
    state_bool(s, "seeking", &d->seeking);
    state_bool(s, "recalibrating", &d->recalibrating);
    state_bool(s, "inward", &d->inward);
    state_u8(s, "steps", &d->steps);
    state_u8(s, "target", &d->target);
    state_u8(s, "from", &d->from);
    state_bool(s, "seek_ended", &d->seek_ended);
    state_u8(s, "seek_status", &d->seek_status);
    state_check(s, d->spin_base <= LONGEST_SPIN_UP && d->cylinder <= floppy_last_cylinder(d) && d->motor_since <= now &&
                   d->stepped <= now, "a drive's mechanics are out of range");
}

static void visit_fifo(struct floppy_run *run, struct state *s)
{
    state_bool(s, "asking", &run->asking);
    state_u16(s, "fifo_first", &run->fifo_first);
    state_u16(s, "fifo_count", &run->fifo_count);
    state_bytes(s, "fifo", run->fifo, sizeof run->fifo);
}

static void visit_run(struct floppy_run *run, struct state *s)
{
    state_u8(s, "activity", &run->activity);
    state_bool(s, "real", &run->real);
    state_u8(s, "drive", &run->drive);
    state_u8(s, "head", &run->head);
    state_u8(s, "c", &run->c);
    state_u8(s, "h", &run->h);
    state_u8(s, "r", &run->r);
    state_u8(s, "n", &run->n);
    state_u8(s, "end", &run->end);
    state_u8(s, "left", &run->left);
    state_u8(s, "index", &run->index);
    state_u8(s, "st0", &run->st0);
    state_u8(s, "st1", &run->st1);
    state_u8(s, "st2", &run->st2);
    state_bool(s, "found", &run->found);
    state_bool(s, "deleted", &run->deleted);
    state_bool(s, "stop", &run->stop);
    state_bool(s, "terminal", &run->terminal);
    state_bool(s, "unequal", &run->unequal);
    state_bool(s, "unfit", &run->unfit);
    state_u16(s, "size", &run->size);
    state_u16(s, "head_at", &run->head_at);
    state_u16(s, "host_at", &run->host_at);
    state_u64(s, "at", &run->at);
    state_u64(s, "begins", &run->begins);
    state_u64(s, "first_byte", &run->first_byte);
    state_u64(s, "byte", &run->byte);
    state_u64(s, "ends", &run->ends);
    visit_fifo(run, s);
    state_bytes(s, "sector", run->sector, sizeof run->sector);
}

/* Could the state have come about? What a command in flight divides by or indexes with must hold. */
static bool run_possible(const struct floppy *f)
{
    const struct floppy_run *run = &f->run;
    if (run->activity > FLOPPY_CLOSING || run->drive >= FLOPPY_SELECTS || run->head > 1)
        return false;
    if (run->fifo_first >= sizeof run->fifo || run->fifo_count > sizeof run->fifo)
        return false;
    if (run->activity == FLOPPY_NOTHING)
        return true;
    if (floppy_code(f) == FLOPPY_FORMAT && run->end == 0)
        return false;
    if (run->activity >= FLOPPY_SEARCHING && !f->drive[run->drive].ops)
        return false;
    return (run->size == 4 || run->size == FLOPPY_SECTOR) && run->head_at <= run->size &&
           run->host_at <= 2 * run->size && run->at <= f->config.clock->now;
}

static bool registers_possible(const struct floppy *f)
{
    if (f->phase > FLOPPY_RESULT || f->rate > 3 || f->reset_senses > FLOPPY_SELECTS || f->tdr > TDR_SELECT)
        return false;
    if (f->phase == FLOPPY_COMMAND && (f->command_size > sizeof f->command || f->command_at >= f->command_size))
        return false;
    return f->phase != FLOPPY_RESULT || (f->result_size <= sizeof f->result && f->result_at < f->result_size);
}

void floppy_visit(struct floppy *f, struct state *s)
{
    state_section(s, "floppy");
    state_u8(s, "dor", &f->dor);
    state_u8(s, "dsr", &f->dsr);
    state_u8(s, "tdr", &f->tdr);
    state_u8(s, "rate", &f->rate);
    state_bool(s, "rate_chosen", &f->rate_chosen);
    state_bool(s, "seek_seen", &f->seek_seen);
    state_u8(s, "phase", &f->phase);
    state_bytes(s, "command", f->command, sizeof f->command);
    state_u8(s, "command_at", &f->command_at);
    state_u8(s, "command_size", &f->command_size);
    state_bytes(s, "result", f->result, sizeof f->result);
    state_u8(s, "result_at", &f->result_at);
    state_u8(s, "result_size", &f->result_size);
    state_bool(s, "irq", &f->irq);
    state_bool(s, "pin", &f->pin);
    state_u8(s, "reset_senses", &f->reset_senses);
    state_bytes(s, "specify", f->specify, sizeof f->specify);
    state_bytes(s, "configure", f->configure, sizeof f->configure);
    state_u8(s, "perpendicular", &f->perpendicular);
    state_u8(s, "last_end", &f->last_end);
    state_bool(s, "locked", &f->locked);
    state_bool(s, "asleep", &f->asleep);
    state_u64(s, "head_unload", &f->head_unload);
    for (unsigned i = 0; i < FLOPPY_SELECTS; i++)
        visit_drive(&f->drive[i], s);
    visit_run(&f->run, s);
    state_check(s, registers_possible(f), "a register is out of range");
    state_check(s, run_possible(f), "the command in flight is impossible");
}
