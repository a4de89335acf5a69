/* AT-bus disk channel (ATA-2, X3.279): the registers, reset, the data port, and building and saving.
 *
 * Both places see the same registers, as the two drives on one cable do. Reading the status register (not the alternate
 * one) takes the interrupt back. The commands are in ata_command.c. */
#include "emu/dev/ata_parts.h"

#include <string.h>

static void update_irq(struct ata *a)
{
    line_set(&a->config.irq, a->irq && !(a->control & CONTROL_NO_INTERRUPT) && ata_present(ata_selected(a)));
}

void ata_set_irq(struct ata *a, bool level)
{
    a->irq = level;
    update_irq(a);
}

void ata_set_signature(struct ata *a)
{
    a->error = ERROR_DIAGNOSTIC_PASSED;
    a->count = a->sector = 1;
    a->cylinder_low = a->cylinder_high = 0;
    a->select = SELECT_FIXED;
}

/* --- Reset --- */

/* MULTIPLE and the CHS translation survive a soft reset (SET FEATURES 66h is the default here), not a hard one. */
static void begin_reset(struct ata *a)
{
    clock_cancel(a->config.clock, &a->work);
    for (unsigned i = 0; i < 2; i++)
        if (ata_present(&a->drive[i]))
            ata_drop_buffer(&a->drive[i], a->config.clock->now);
    ata_set_signature(a);
    ata_begin_busy(a, ATA_RESETTING);
    a->status = STATUS_BUSY;
    a->at = a->size = 0;
    ata_set_irq(a, false);
}

/* The registers are there before the disk is at speed: IDENTIFY is answered, what needs the disk waits. (Other drives
 * are busy all the while.) */
static void end_reset(struct ata *a)
{
    clock_schedule(a->config.clock, &a->work, a->config.clock->now + (a->real ? ATA_RESET_TICKS : ATA_FAST_TICKS));
}

void ata_reset(struct ata *a)
{
    a->control = a->features = a->command = 0;
    for (unsigned i = 0; i < 2; i++) {
        struct ata_drive *d = &a->drive[i];
        d->multiple = 0;
        d->current = d->geometry;
        if (ata_present(d))
            ata_spin(d, a->config.clock->now);
    }
    begin_reset(a);
    end_reset(a);
}

static void write_control(struct ata *a, uint8_t value)
{
    bool was = a->control & CONTROL_RESET, is = value & CONTROL_RESET;
    a->control = value;
    if (is && !was)
        begin_reset(a);
    if (!is && was)
        end_reset(a);
    update_irq(a);
}

/* --- Ports --- */

/* Does the drive selected execute a command? */
static bool executes(struct ata *a)
{
    return a->activity > ATA_RESETTING && ata_selected(a) == ata_busy_drive(a);
}

/* While one drive executes a command, the other is idle. */
static uint8_t read_status(struct ata *a)
{
    if (!ata_present(ata_selected(a)))
        return 0;
    return a->activity > ATA_RESETTING && !executes(a) ? STATUS_IDLE : a->status;
}

static uint32_t data_read(struct ata *a, unsigned size)
{
    uint32_t value = 0;
    if (a->activity != ATA_GIVING || !executes(a))
        return 0;
    for (unsigned i = 0; i < size && a->at < a->size; i++)
        value |= (uint32_t)a->buffer[a->at++] << 8 * i;
    if (a->at >= a->size)
        ata_given(a);
    return value;
}

static void data_write(struct ata *a, uint32_t value, unsigned size)
{
    if (a->activity != ATA_TAKING || !executes(a))
        return;
    for (unsigned i = 0; i < size && a->at < a->size; i++)
        a->buffer[a->at++] = (uint8_t)(value >> 8 * i);
    if (a->at >= a->size)
        ata_taken(a);
}

static uint32_t command_read(void *ctx, uint16_t port, unsigned size)
{
    struct ata *a = ctx;
    unsigned number = (unsigned)(port - a->config.command_base);
    if (number == 6)
        return ata_present(&a->drive[0]) || ata_present(&a->drive[1]) ? a->select : 0;
    if (!ata_present(ata_selected(a)))
        return 0;
    switch (number) {
    case 0: return data_read(a, size);
    case 1: return a->error;
    case 2: return a->count;
    case 3: return a->sector;
    case 4: return a->cylinder_low;
    case 5: return a->cylinder_high;
    default: ata_set_irq(a, false); return read_status(a);
    }
}

static void command_write(void *ctx, uint16_t port, uint32_t value, unsigned size)
{
    struct ata *a = ctx;
    uint8_t byte = (uint8_t)value;
    unsigned number = (unsigned)(port - a->config.command_base);
    if (number != 0 && a->status & STATUS_BUSY)
        return;
    switch (number) {
    case 0: data_write(a, value, size); break;
    case 1: a->features = byte; break;
    case 2: a->count = byte; break;
    case 3: a->sector = byte; break;
    case 4: a->cylinder_low = byte; break;
    case 5: a->cylinder_high = byte; break;
    case 6: a->select = byte | SELECT_FIXED; update_irq(a); break;
    default: ata_start_command(a, byte); break;
    }
}

static uint32_t control_read(void *ctx, uint16_t port, unsigned size)
{
    (void)port;
    (void)size;
    return read_status(ctx);
}

static void control_write(void *ctx, uint16_t port, uint32_t value, unsigned size)
{
    (void)port;
    (void)size;
    write_control(ctx, (uint8_t)value);
}

/* --- Building and saving --- */

static bool geometry_possible(const struct geometry *g)
{
    return g->cylinders >= 1 && g->cylinders <= 65535 && g->heads >= 1 && g->heads <= 16 && g->sectors >= 1 &&
           g->sectors <= 63;
}

static void init_drive(struct ata_drive *d, const struct drive_config *config, const struct ata_config *channel)
{
    if (!config->ops || config->sectors == 0)
        return;
    d->ops = config->ops;
    d->disk = config->ctx;
    d->sectors = config->sectors;
    d->read_only = config->read_only;
    d->geometry = config->geometry;
    if (!geometry_possible(&d->geometry)) {
        uint64_t cylinders = d->sectors / (16 * 63);
        d->geometry = (struct geometry){ cylinders > 16383 ? 16383 : cylinders ? (uint32_t)cylinders : 1, 16, 63 };
    }
    ata_init_mechanics(d, &channel->mechanics, channel->clock->now);
}

void ata_init(struct ata *a, const struct ata_config *config)
{
    static const struct port_ops command_ports = { command_read, command_write };
    static const struct port_ops control_ports = { control_read, control_write };
    *a = (struct ata){ .config = *config };
    init_drive(&a->drive[0], &config->drive[0], config);
    init_drive(&a->drive[1], &config->drive[1], config);
    clock_register(config->clock, &a->work, config->name, ata_work, a);
    bus_map_ports(config->bus, config->command_base, 1, 4, &command_ports, a);
    bus_map_ports(config->bus, (uint16_t)(config->command_base + 1), 7, 1, &command_ports, a);
    bus_map_ports(config->bus, config->control_base, 1, 1, &control_ports, a);
    ata_reset(a);
}

void ata_set_real(struct ata *a, bool real)
{
    a->real = real;
}

void ata_set_mechanics(struct ata *a, const struct disk_mechanics *mechanics)
{
    if (memcmp(&a->config.mechanics, mechanics, sizeof *mechanics) == 0)
        return;
    a->config.mechanics = *mechanics;
    for (unsigned i = 0; i < 2; i++)
        if (ata_present(&a->drive[i]))
            ata_change_mechanics(&a->drive[i], mechanics, a->config.clock->now);
}

/* The arm is on the disk, no pass began further away than virtual time can reach, and the buffer holds sectors of the
 * disk. */
static bool mechanics_possible(const struct ata_drive *d)
{
    return d->cylinder <= d->curve.longest && d->head < d->geometry.heads && d->pass_slot >> 50 == 0 &&
           d->pass_lba <= d->sectors && d->buffer_end <= d->sectors &&
           (!ata_reads_ahead(d) || (d->buffer_first <= d->pass_lba && d->pass_lba <= d->buffer_end));
}

static void visit_mechanics(struct ata_drive *d, struct state *s)
{
    state_u32(s, "cylinder", &d->cylinder);
    state_u32(s, "head", &d->head);
    state_bool(s, "stopped", &d->stopped);
    state_u64(s, "speed_tick", &d->speed_tick);
    state_u64(s, "pass_lba", &d->pass_lba);
    state_u64(s, "pass_slot", &d->pass_slot);
    state_u64(s, "buffer_first", &d->buffer_first);
    state_u64(s, "buffer_end", &d->buffer_end);
    state_check(s, !ata_present(d) || mechanics_possible(d), "a drive's heads are where they cannot be");
}

static void visit_drive(struct ata_drive *d, struct state *s)
{
    uint64_t sectors = d->sectors;
    state_u64(s, "sectors", &sectors);
    state_check(s, sectors == d->sectors, "another disk is in its place");
    state_u32(s, "cylinders", &d->current.cylinders);
    state_u32(s, "heads", &d->current.heads);
    state_u32(s, "track_sectors", &d->current.sectors);
    state_u8(s, "multiple", &d->multiple);
    visit_mechanics(d, s);
    state_u64(s, "reads", &d->reads);
    state_u64(s, "writes", &d->writes);
    state_check(s, d->multiple <= ATA_MULTIPLE_MAX && d->current.cylinders <= 65535 &&
                   (!ata_present(d) || (d->current.heads >= 1 && d->current.heads <= 16 && d->current.sectors >= 1 &&
                                    d->current.sectors <= 255)), "a drive's parameters are out of range");
}

/* What a command in flight divides by or indexes with must hold. */
static bool activity_possible(const struct ata *a)
{
    if (a->activity > ATA_FINISHING || a->busy_drive > 1 || a->left > 256 || a->block > ATA_MULTIPLE_MAX ||
        a->block > a->left + ATA_MULTIPLE_MAX || a->at > a->size || a->size > sizeof a->buffer || a->lba >> 29)
        return false;
    if ((a->activity == ATA_FETCHING || a->activity == ATA_STORING || a->activity == ATA_TAKING) &&
        (a->block == 0 || a->block > a->left))
        return false;
    return a->activity == ATA_IDLE || a->activity == ATA_RESETTING || ata_present(&a->drive[a->busy_drive]);
}

void ata_visit(struct ata *a, struct state *s)
{
    state_section(s, a->config.name);
    state_u8(s, "features", &a->features);
    state_u8(s, "error", &a->error);
    state_u8(s, "count", &a->count);
    state_u8(s, "sector", &a->sector);
    state_u8(s, "cylinder_low", &a->cylinder_low);
    state_u8(s, "cylinder_high", &a->cylinder_high);
    state_u8(s, "select", &a->select);
    state_u8(s, "status", &a->status);
    state_u8(s, "control", &a->control);
    state_bool(s, "irq", &a->irq);
    state_u8(s, "command", &a->command);
    state_u8(s, "activity", &a->activity);
    state_u8(s, "busy_drive", &a->busy_drive);
    state_u64(s, "lba", &a->lba);
    state_u32(s, "left", &a->left);
    state_u32(s, "block", &a->block);
    state_u32(s, "at", &a->at);
    state_u32(s, "size", &a->size);
    state_bytes(s, "buffer", a->buffer, sizeof a->buffer);
    visit_drive(&a->drive[0], s);
    visit_drive(&a->drive[1], s);
    state_check(s, activity_possible(a), "the command in flight is impossible");
}
