/* AT-bus disk channel (ATA-2, X3.279; packets by ATA/ATAPI-4 and SFF-8020i): the registers, reset and the data port.
 *
 * What the host writes goes to both drives, as on one cable; each answers with registers of its own, so that each can
 * leave its signature. Reading the status register (not the alternate one) takes the interrupt of the drive selected
 * back. The commands are in ata_command.c and ata_packet.c. */
#include "emu/dev/ata_parts.h"

#include <string.h>

static void update_irq(struct ata *a)
{
    struct ata_drive *d = ata_selected(a);
    line_set(&a->config.irq, d->irq && !(a->control & CONTROL_NO_INTERRUPT) && ata_present(d));
}

void ata_set_irq(struct ata *a, struct ata_drive *d, bool level)
{
    d->irq = level;
    update_irq(a);
}

/* A CD-ROM drive is known by 14h and EBh (ATA/ATAPI-4, signature and persistence). */
void ata_set_signature(struct ata_drive *d)
{
    d->count = d->sector = 1;
    d->cylinder_low = d->is_cd ? 0x14 : 0;
    d->cylinder_high = d->is_cd ? 0xEB : 0;
}

void ata_set_signatures(struct ata *a)
{
    for (unsigned i = 0; i < 2; i++) {
        ata_set_signature(&a->drive[i]);
        a->drive[i].error = ERROR_DIAGNOSTIC_PASSED;
    }
    a->select = SELECT_FIXED;
}

/* --- Reset --- */

/* What SET FEATURES CCh brings back over a soft reset too; else MULTIPLE, the CHS translation and the write cache
 * survive one (66h is the default here). */
static void set_defaults(struct ata_drive *d)
{
    d->multiple = 0;
    d->current = d->geometry;
    d->write_cache = false;
}

static void begin_reset(struct ata *a)
{
    clock_cancel(a->config.clock, &a->work);
    for (unsigned i = 0; i < 2; i++) {
        struct ata_drive *d = &a->drive[i];
        if (ata_is_disk(d))
            ata_drop_buffer(d, a->config.clock->now);
        if (d->reverts)
            set_defaults(d);
        ata_stop_timer(a, d);
        d->status = STATUS_BUSY;
        d->irq = false;
    }
    ata_set_signatures(a);
    a->activity = ATA_RESETTING;
    a->at = a->size = a->filled = a->left = a->block = 0;
    update_irq(a);
}

/* The registers are there before the disk is at speed: IDENTIFY is answered, what needs the disk waits. (Other drives
 * are busy all the while.) */
static void end_reset(struct ata *a)
{
    clock_schedule(a->config.clock, &a->work, a->config.clock->now + (a->real ? ATA_RESET_TICKS : ATA_FAST_TICKS));
}

void ata_reset(struct ata *a)
{
    a->control = a->command = 0;
    for (unsigned i = 0; i < 2; i++) {
        struct ata_drive *d = &a->drive[i];
        d->features = d->standby = 0;
        d->reverts = false;
        set_defaults(d);
        if (ata_is_disk(d))
            ata_spin(d, a->config.clock->now);
        if (d->is_cd)
            cd_reset(&d->cd, a->config.clock->now);
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

static uint8_t read_status(struct ata *a)
{
    return ata_present(ata_selected(a)) ? ata_selected(a)->status : 0;
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
    struct ata_drive *d = ata_selected(a);
    if (!ata_present(d))
        return 0;
    switch (number) {
    case 0: return data_read(a, size);
    case 1: return d->error;
    case 2: return d->count;
    case 3: return d->sector;
    case 4: return d->cylinder_low;
    case 5: return d->cylinder_high;
    default: ata_set_irq(a, d, false); return d->status;
    }
}

static void write_register(struct ata_drive *d, unsigned number, uint8_t byte)
{
    switch (number) {
    case 1: d->features = byte; break;
    case 2: d->count = byte; break;
    case 3: d->sector = byte; break;
    case 4: d->cylinder_low = byte; break;
    case 5: d->cylinder_high = byte; break;
    default: break;
    }
}

/* A busy drive takes no notice of the host, and hosts leave the other one alone until it is done. */
static void command_write(void *ctx, uint16_t port, uint32_t value, unsigned size)
{
    struct ata *a = ctx;
    unsigned number = (unsigned)(port - a->config.command_base);
    if (number == 0)
        data_write(a, value, size);
    else if (number == 7 && value == COMMAND_DEVICE_RESET && ata_selected(a)->is_cd)
        ata_packet_device_reset(a, ata_selected(a));
    else if ((a->drive[0].status | a->drive[1].status) & STATUS_BUSY)
        return;
    else if (number == 7) {
        ata_start_command(a, (uint8_t)value);
    } else if (number == 6) {
        a->select = (uint8_t)value | SELECT_FIXED;
        update_irq(a);
    } else {
        write_register(&a->drive[0], number, (uint8_t)value);
        write_register(&a->drive[1], number, (uint8_t)value);
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

void ata_claim_ports(struct ata *a)
{
    static const struct port_ops command_ports = { command_read, command_write };
    static const struct port_ops control_ports = { control_read, control_write };
    const struct ata_config *c = &a->config;
    bus_map_ports(c->bus, c->command_base, 1, 4, &command_ports, a);
    bus_map_ports(c->bus, (uint16_t)(c->command_base + 1), 7, 1, &command_ports, a);
    bus_map_ports(c->bus, c->control_base, 1, 1, &control_ports, a);
}
