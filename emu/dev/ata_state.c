/* AT-bus disk channel: building it, media changes, and saving. */
#include "emu/dev/ata_parts.h"

#include <stdio.h>
#include <string.h>

static bool geometry_possible(const struct geometry *g)
{
    return g->cylinders >= 1 && g->cylinders <= 65535 && g->heads >= 1 && g->heads <= 16 && g->sectors >= 1 &&
           g->sectors <= 63;
}

static void init_disk(struct ata_drive *d, const struct drive_config *config, const struct ata_config *channel)
{
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

static void init_drive(struct ata *a, unsigned place)
{
    struct ata_drive *d = &a->drive[place];
    const struct drive_config *config = &a->config.drive[place];
    d->clock = a->config.clock;
    if (config->kind == DRIVE_CDROM) {
        d->is_cd = true;
        cd_init(&d->cd, config, &a->config.cd);
    } else if (config->ops && config->sectors) {
        init_disk(d, config, &a->config);
    }
    snprintf(d->standby_name, sizeof d->standby_name, "%.7s.standby%u", a->config.name, place);
    clock_register(a->config.clock, &d->standby_timer, d->standby_name, ata_timer_over, d);
}

void ata_init(struct ata *a, const struct ata_config *config)
{
    *a = (struct ata){ .config = *config };
    clock_register(config->clock, &a->work, config->name, ata_work, a);
    init_drive(a, 0);
    init_drive(a, 1);
    ata_claim_ports(a);
    ata_reset(a);
}

void ata_set_real(struct ata *a, bool real)
{
    a->real = real;
    for (unsigned i = 0; i < 2; i++)
        cd_set_real(&a->drive[i].cd, real);
}

void ata_set_mechanics(struct ata *a, const struct disk_mechanics *mechanics)
{
    if (memcmp(&a->config.mechanics, mechanics, sizeof *mechanics) == 0)
        return;
    a->config.mechanics = *mechanics;
    for (unsigned i = 0; i < 2; i++)
        if (ata_is_disk(&a->drive[i]))
            ata_change_mechanics(&a->drive[i], mechanics, a->config.clock->now);
}

void ata_set_cd_mechanics(struct ata *a, const struct cd_mechanics *mechanics)
{
    if (memcmp(&a->config.cd, mechanics, sizeof *mechanics) == 0)
        return;
    a->config.cd = *mechanics;
    for (unsigned i = 0; i < 2; i++)
        if (a->drive[i].is_cd)
            cd_change_mechanics(&a->drive[i].cd, mechanics, a->config.clock->now);
}

bool ata_change_cd(struct ata *a, unsigned place, const struct drive_config *disc, bool force)
{
    return place < 2 && a->drive[place].is_cd && cd_change(&a->drive[place].cd, disc, force, a->config.clock->now);
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
    state_u64(s, "settled_tick", &d->settled_tick);
    state_check(s, !ata_is_disk(d) || mechanics_possible(d), "a drive's heads are where they cannot be");
}

static void visit_registers(struct ata_drive *d, struct state *s)
{
    state_u8(s, "features", &d->features);
    state_u8(s, "error", &d->error);
    state_u8(s, "count", &d->count);
    state_u8(s, "sector", &d->sector);
    state_u8(s, "cylinder_low", &d->cylinder_low);
    state_u8(s, "cylinder_high", &d->cylinder_high);
    state_u8(s, "status", &d->status);
    state_bool(s, "irq", &d->irq);
}

static void visit_disk(struct ata_drive *d, struct state *s)
{
    uint64_t sectors = d->sectors;
    state_u64(s, "sectors", &sectors);
    state_check(s, sectors == d->sectors, "another disk is in its place");
    state_u32(s, "cylinders", &d->current.cylinders);
    state_u32(s, "heads", &d->current.heads);
    state_u32(s, "track_sectors", &d->current.sectors);
    state_u8(s, "multiple", &d->multiple);
    state_bool(s, "write_cache", &d->write_cache);
    state_bool(s, "reverts", &d->reverts);
    state_u8(s, "standby", &d->standby);
    visit_mechanics(d, s);
    state_u64(s, "reads", &d->reads);
    state_u64(s, "writes", &d->writes);
    state_check(s, d->multiple <= ATA_MULTIPLE_MAX && d->current.cylinders <= 65535 &&
                   (!ata_is_disk(d) || (d->current.heads >= 1 && d->current.heads <= 16 && d->current.sectors >= 1 &&
                                    d->current.sectors <= 255)), "a drive's parameters are out of range");
}

static void visit_drive(struct ata_drive *d, struct state *s)
{
    bool is_cd = d->is_cd;
    state_bool(s, "is_cd", &is_cd);
    state_check(s, is_cd == d->is_cd, "another drive is in its place");
    visit_registers(d, s);
    if (d->is_cd)
        cd_visit(&d->cd, s);
    else
        visit_disk(d, s);
    state_check(s, ata_is_disk(d) || !event_armed(&d->standby_timer), "a timer of a drive that is not there");
}

/* What a command in flight divides by or indexes with must hold. */
static bool transfer_possible(const struct ata *a)
{
    return (a->activity != ATA_FETCHING && a->activity != ATA_STORING && a->activity != ATA_TAKING) ||
           (a->block > 0 && a->block <= a->left);
}

static bool packet_possible(const struct ata *a)
{
    if (a->phase > PACKET_STATUS || a->filled > sizeof a->buffer || a->limit > 0xFFFE)
        return false;
    if (a->command != COMMAND_PACKET || a->phase == PACKET_STATUS)
        return true;
    if (a->phase == PACKET_COMMAND)
        return a->size <= CD_PACKET;
    return a->limit >= 2 && (a->size <= a->filled || (a->phase == PACKET_IN && a->filled == 0));
}

static bool activity_possible(const struct ata *a)
{
    if (a->activity > ATA_FINISHING || a->busy_drive > 1 || a->at > a->size || a->size > sizeof a->buffer ||
        a->left > 256 || a->block > ATA_MULTIPLE_MAX || a->block > a->left + ATA_MULTIPLE_MAX || a->lba >> 29)
        return false;
    if (a->activity == ATA_IDLE || a->activity == ATA_RESETTING)
        return true;
    const struct ata_drive *d = &a->drive[a->busy_drive];
    return d->is_cd ? packet_possible(a) : ata_is_disk(d) && transfer_possible(a);
}

void ata_visit(struct ata *a, struct state *s)
{
    state_section(s, a->config.name);
    state_u8(s, "select", &a->select);
    state_u8(s, "control", &a->control);
    state_u8(s, "command", &a->command);
    state_u8(s, "activity", &a->activity);
    state_u8(s, "phase", &a->phase);
    state_u8(s, "busy_drive", &a->busy_drive);
    state_u64(s, "lba", &a->lba);
    state_u32(s, "left", &a->left);
    state_u32(s, "block", &a->block);
    state_u32(s, "at", &a->at);
    state_u32(s, "size", &a->size);
    state_u32(s, "filled", &a->filled);
    state_u32(s, "limit", &a->limit);
    state_bytes(s, "buffer", a->buffer, sizeof a->buffer);
    visit_drive(&a->drive[0], s);
    visit_drive(&a->drive[1], s);
    state_check(s, activity_possible(a), "the command in flight is impossible");
}
