/* ATAPI CD-ROM drive: the packet commands (SFF-8020i revision 2.6; GET CONFIGURATION, GET EVENT STATUS NOTIFICATION and
 * SET CD SPEED as in MMC), sense data, the tray.
 *
 * A command is refused with NOT READY while there is no disc or it spins up, and once with UNIT ATTENTION after a reset
 * or a change of disc; INQUIRY, REQUEST SENSE and the two GETs are always answered. A stopped disc starts by itself
 * when a command reads. Sense data stay until the next command.
 *
 * Left out: audio (a data track cannot be played: illegal mode for this track), sessions after the first, sub-channel
 * data in READ CD, changers. */
#include "emu/dev/ata_cd.h"

#include <string.h>

/* --- Answers --- */

enum cd_phase cd_fail(struct ata_cd *cd, unsigned key, unsigned asc)
{
    cd->key = (uint8_t)key;
    cd->asc = (uint8_t)(asc >> 8);
    cd->ascq = (uint8_t)asc;
    return CD_FAILED;
}

enum cd_phase cd_give(struct ata_cd *cd, uint32_t bytes, uint32_t most)
{
    cd->answer = bytes < most ? bytes : most;
    return cd->answer ? CD_GIVES : CD_DONE;
}

static void put_text(uint8_t *p, const char *text, unsigned length)
{
    for (unsigned i = 0; i < length; i++)
        p[i] = (uint8_t)(*text ? *text++ : ' ');
}

/* --- State of the drive --- */

/* Is there a disc that turns? Else the reason is in the sense data. */
static bool ready(struct ata_cd *cd, uint64_t now)
{
    if (!cd_has_disc(cd))
        cd_fail(cd, KEY_NOT_READY, ASC_NO_MEDIUM | (cd->open ? 2 : 1));
    else if (cd->real && now < cd->ready_tick)
        cd_fail(cd, KEY_NOT_READY, ASC_BECOMING_READY);
    else
        return true;
    return false;
}

/* Something that the host must hear of first. */
static bool attention(struct ata_cd *cd)
{
    if (cd->was_reset) {
        cd->was_reset = false;
        cd_fail(cd, KEY_UNIT_ATTENTION, ASC_RESET);
        return true;
    }
    if (cd->was_changed) {
        cd->was_changed = false;
        cd_fail(cd, KEY_UNIT_ATTENTION, ASC_CHANGED);
        return true;
    }
    return false;
}

static void take_disc(struct ata_cd *cd, const struct drive_config *config)
{
    cd->ops = config->sectors ? config->ops : NULL;
    cd->disk = config->ctx;
    cd->sectors = cd->ops ? config->sectors : 0;
    uint64_t blocks = (cd->sectors + 3) / 4;
    cd->blocks = blocks < UINT32_MAX ? (uint32_t)blocks : UINT32_MAX;
    cd->open = false;
    cd->left = 0;
    cd->head = 0;
    cd_stop_pass(cd);
}

void cd_init(struct ata_cd *cd, const struct drive_config *config, const struct cd_mechanics *mechanics)
{
    *cd = (struct ata_cd){ 0 };
    take_disc(cd, config);
    cd_change_mechanics(cd, mechanics, 0);
    cd->stopped = true;
}

void cd_reset(struct ata_cd *cd, uint64_t now)
{
    cd->locked = false;
    cd->was_reset = true;
    cd->event = CD_NOTHING;
    cd->key = cd->asc = cd->ascq = 0;
    cd->left = 0;
    cd->speed = cd->mechanics.speed;
    cd_default_pages(cd);
    cd_stop_pass(cd);
    if (cd_has_disc(cd))
        cd_spin_up(cd, now);
}

void cd_set_real(struct ata_cd *cd, bool real)
{
    cd->real = real;
}

bool cd_change(struct ata_cd *cd, const struct drive_config *config, bool force, uint64_t now)
{
    bool was_there = cd_has_disc(cd);
    if (cd->locked && !force) {
        cd->event = CD_EJECT_WANTED;
        return false;
    }
    take_disc(cd, config);
    cd->stopped = true;
    cd->was_changed = cd_has_disc(cd);
    if (cd_has_disc(cd))
        cd_spin_up(cd, now);
    if (cd_has_disc(cd) || was_there)
        cd->event = cd_has_disc(cd) ? CD_NEW_DISC : CD_DISC_GONE;
    return true;
}

/* --- Commands that need no disc --- */

static enum cd_phase test_unit_ready(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer)
{
    (void)cd;
    (void)packet;
    (void)buffer;
    return CD_DONE;
}

/* What the last command left, else an attention that waits, else the present state if the drive is not ready. */
static enum cd_phase request_sense(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer)
{
    if (cd->key == 0)
        attention(cd);
    memset(buffer, 0, 18);
    buffer[0] = 0x70;
    buffer[2] = cd->key;
    buffer[7] = 10;
    buffer[12] = cd->asc;
    buffer[13] = cd->ascq;
    cd->key = cd->asc = cd->ascq = 0;
    return cd_give(cd, 18, packet[4]);
}

static enum cd_phase inquiry(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer)
{
    if (packet[1] & 3 || packet[2])
        return cd_fail(cd, KEY_ILLEGAL_REQUEST, ASC_BAD_FIELD);
    memset(buffer, 0, 36);
    buffer[0] = 0x05;                   /* CD-ROM */
    buffer[1] = 0x80;                   /* removable */
    buffer[3] = 0x21;                   /* ATAPI, response format 1 */
    buffer[4] = 31;
    put_text(buffer + 8, CD_VENDOR, 8);
    put_text(buffer + 16, CD_PRODUCT, 16);
    put_text(buffer + 32, CD_REVISION, 4);
    return cd_give(cd, 36, packet[4]);
}

/* Byte 4: bit 0 start, bit 1 tray. */
static enum cd_phase start_stop(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer)
{
    bool start = packet[4] & 1, tray = packet[4] & 2;
    (void)buffer;
    if (tray && !start && cd->locked)
        return cd_fail(cd, cd_has_disc(cd) ? KEY_ILLEGAL_REQUEST : KEY_NOT_READY, ASC_DOOR_LOCKED);
    if (tray && start == cd->open) {
        if (cd->blocks)
            cd->event = start ? CD_NEW_DISC : CD_DISC_GONE;
        cd->open = !start;
        cd->was_changed = start && cd->blocks != 0;
    }
    if (!start) {
        cd->stopped = true;
        cd_stop_pass(cd);
    }
    return CD_DONE;
}

static enum cd_phase prevent_removal(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer)
{
    (void)buffer;
    cd->locked = packet[4] & 1;
    return CD_DONE;
}

/* A drive without a changer: one slot, idle. */
static enum cd_phase mechanism_status(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer)
{
    memset(buffer, 0, 8);
    cd_put32(buffer + 1, cd->head);
    buffer[1] = cd->open ? 0x10 : 0;    /* bit 4: door open; the address after it has 24 bits */
    return cd_give(cd, 8, cd_be16(packet + 8));
}

/* Only polled, and only media events (MMC). */
static enum cd_phase get_event(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer)
{
    static const uint8_t codes[] = { [CD_NOTHING] = 0, [CD_EJECT_WANTED] = 1, [CD_NEW_DISC] = 2, [CD_DISC_GONE] = 3 };
    if (!(packet[1] & 1))
        return cd_fail(cd, KEY_ILLEGAL_REQUEST, ASC_BAD_FIELD);
    memset(buffer, 0, 8);
    buffer[3] = 1 << 4;                 /* classes that there are */
    if (!(packet[4] & 1 << 4)) {
        buffer[1] = 2;
        buffer[2] = 0x80;               /* none of those asked for */
        return cd_give(cd, 4, cd_be16(packet + 7));
    }
    buffer[1] = 6;
    buffer[2] = 4;                      /* media */
    buffer[4] = codes[cd->event];
    buffer[5] = (uint8_t)((cd->open ? 1 : 0) | (cd_has_disc(cd) ? 2 : 0));
    if (cd_be16(packet + 7) >= 5)
        cd->event = CD_NOTHING;
    return cd_give(cd, 8, cd_be16(packet + 7));
}

struct feature { uint16_t code; uint8_t version, bytes, data[8]; };

/* What the drive can do, for MMC hosts: profiles, core, removable medium, random reads, CD reads. */
static const struct feature features[] = {
    { 0x0000, 0x03, 4, { 0x00, 0x08, 0x00 } },                  /* profile CD-ROM; byte 2: current */
    { 0x0001, 0x03, 4, { 0, 0, 0, 2 } },                        /* ATAPI */
    { 0x0003, 0x03, 4, { 0x29 } },                              /* tray, ejects, locks */
    { 0x0010, 0x00, 8, { 0, 0, 0x08, 0x00, 0, 1, 0, 0 } },      /* 2048 bytes a block */
    { 0x001E, 0x00, 0, { 0 } },
};

static enum cd_phase get_configuration(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer)
{
    unsigned how = packet[1] & 3, first = cd_be16(packet + 2);
    uint32_t at = 8;
    if (how == 3)
        return cd_fail(cd, KEY_ILLEGAL_REQUEST, ASC_BAD_FIELD);
    memset(buffer, 0, 128);
    for (unsigned i = 0; i < sizeof features / sizeof *features; i++) {
        const struct feature *f = &features[i];
        bool of_disc = f->code == 0x0010 || f->code == 0x001E, current = !of_disc || cd_has_disc(cd);
        if (how == 2 ? f->code != first : f->code < first || (how == 1 && !current))
            continue;
        cd_put16(buffer + at, f->code);
        buffer[at + 2] = (uint8_t)((f->version & 0xFE) | (current ? 1 : 0));
        buffer[at + 3] = f->bytes;
        memcpy(buffer + at + 4, f->data, f->bytes);
        if (f->code == 0)
            buffer[at + 6] = cd_has_disc(cd);
        at += 4u + f->bytes;
    }
    cd_put32(buffer, at - 4);
    cd_put16(buffer + 6, cd_has_disc(cd) ? 0x0008 : 0);
    return cd_give(cd, at, cd_be16(packet + 7));
}

/* In kilobytes of 1000 a second; FFFFh: as fast as it can. 1x is 176. */
static enum cd_phase set_speed(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer)
{
    uint32_t speed = cd_be16(packet + 2) / 176;
    (void)buffer;
    cd->speed = speed < 1 ? 1 : speed < cd->mechanics.speed ? speed : cd->mechanics.speed;
    cd_stop_pass(cd);
    return CD_DONE;
}

/* --- Commands that read --- */

static enum cd_phase begin_read(struct ata_cd *cd, uint32_t lba, uint32_t count, unsigned parts)
{
    if (lba >= cd->blocks || count > cd->blocks - lba)
        return cd_fail(cd, KEY_ILLEGAL_REQUEST, ASC_LBA_OUT_OF_RANGE);
    if (count == 0 || cd_parts_bytes(parts) == 0)
        return CD_DONE;
    cd->lba = lba;
    cd->left = count;
    cd->parts = (uint8_t)parts;
    return CD_READS;
}

static enum cd_phase read_10(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer)
{
    (void)buffer;
    return begin_read(cd, cd_be32(packet + 2), cd_be16(packet + 7), CD_PART_USER);
}

static enum cd_phase read_12(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer)
{
    (void)buffer;
    return begin_read(cd, cd_be32(packet + 2), cd_be32(packet + 6), CD_PART_USER);
}

/* Type 0 or 2 (mode 1), and of each block what byte 9 says. */
static enum cd_phase read_cd_from(struct ata_cd *cd, const uint8_t *packet, uint32_t lba, uint32_t count)
{
    unsigned type = packet[1] >> 2 & 7, parts = packet[9];
    if (type != 0 && type != 2)
        return cd_fail(cd, KEY_ILLEGAL_REQUEST, ASC_NOT_THIS_TRACK);
    if (!cd_parts_possible(parts) || packet[10] & 7)
        return cd_fail(cd, KEY_ILLEGAL_REQUEST, ASC_BAD_FIELD);
    return begin_read(cd, lba, count, parts);
}

static enum cd_phase read_cd(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer)
{
    (void)buffer;
    return read_cd_from(cd, packet, cd_be32(packet + 2), (uint32_t)packet[6] << 16 | cd_be16(packet + 7));
}

static uint32_t frame_at(const uint8_t *msf)
{
    return (msf[0] * 60u + msf[1]) * CD_BLOCKS_PER_SECOND + msf[2];
}

/* From minute, second, frame to before another. Block 0 is at 00:02:00. */
static enum cd_phase read_cd_msf(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer)
{
    uint32_t from = frame_at(packet + 3), to = frame_at(packet + 6);
    (void)buffer;
    if (from < 2 * CD_BLOCKS_PER_SECOND || to < from)
        return cd_fail(cd, KEY_ILLEGAL_REQUEST, ASC_BAD_FIELD);
    return read_cd_from(cd, packet, from - 2 * CD_BLOCKS_PER_SECOND, to - from);
}

static enum cd_phase seek(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer)
{
    uint32_t lba = cd_be32(packet + 2);
    (void)buffer;
    if (lba >= cd->blocks)
        return cd_fail(cd, KEY_ILLEGAL_REQUEST, ASC_LBA_OUT_OF_RANGE);
    cd->lba = lba;
    return CD_DONE;
}

/* --- Commands that play: there is nothing that could be --- */

static enum cd_phase play(struct ata_cd *cd, uint32_t lba, uint32_t count)
{
    if (lba == UINT32_MAX)              /* where the head is */
        lba = cd->head;
    if (lba >= cd->blocks || count > cd->blocks - lba)
        return cd_fail(cd, KEY_ILLEGAL_REQUEST, ASC_LBA_OUT_OF_RANGE);
    return count ? cd_fail(cd, KEY_ILLEGAL_REQUEST, ASC_NOT_THIS_TRACK) : CD_DONE;
}

static enum cd_phase play_10(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer)
{
    (void)buffer;
    return play(cd, cd_be32(packet + 2), cd_be16(packet + 7));
}

static enum cd_phase play_12(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer)
{
    (void)buffer;
    return play(cd, cd_be32(packet + 2), cd_be32(packet + 6));
}

/* From one minute, second, frame, or FF FF FF where the head is, to before another. */
static enum cd_phase play_msf(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer)
{
    bool here = packet[3] == 0xFF && packet[4] == 0xFF && packet[5] == 0xFF;
    uint32_t from = here ? cd->head + 2 * CD_BLOCKS_PER_SECOND : frame_at(packet + 3), to = frame_at(packet + 6);
    (void)buffer;
    if (from < 2 * CD_BLOCKS_PER_SECOND || to < from)
        return cd_fail(cd, KEY_ILLEGAL_REQUEST, ASC_BAD_FIELD);
    return play(cd, from - 2 * CD_BLOCKS_PER_SECOND, to - from);
}

static enum cd_phase pause_resume(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer)
{
    (void)packet;
    (void)buffer;
    return cd_fail(cd, KEY_ILLEGAL_REQUEST, ASC_SEQUENCE);
}

/* --- Blocks --- */

uint32_t cd_read_block(struct ata_cd *cd, uint8_t *buffer)
{
    uint64_t first = (uint64_t)cd->lba * 4;
    if (!cd_has_disc(cd) || cd->left == 0 || first >= cd->sectors) {
        cd_fail(cd, KEY_MEDIUM_ERROR, ASC_UNRECOVERED_READ);
        return 0;
    }
    uint8_t user[CD_BLOCK] = { 0 };
    uint32_t count = cd->sectors - first < 4 ? (uint32_t)(cd->sectors - first) : 4;
    if (cd->ops->read(cd->disk, first, user, count) < 0) {
        cd_fail(cd, KEY_MEDIUM_ERROR, ASC_UNRECOVERED_READ);
        return 0;
    }
    cd->reads++;
    cd->head = cd->lba++;
    cd->left--;
    return cd_put_parts(buffer, user, cd->head, cd->parts);
}

/* --- The table --- */

enum { ALWAYS, ATTENTIVE, NEEDS_DISC };

static const struct command {
    uint8_t code;
    uint8_t when;       /* always; after what the host must hear; only with a disc that can be read */
    enum cd_phase (*execute)(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer);
} commands[] = {
    { 0x00, NEEDS_DISC, test_unit_ready },
    { 0x03, ALWAYS, request_sense },
    { 0x12, ALWAYS, inquiry },
    { 0x1B, ATTENTIVE, start_stop },
    { 0x1E, ATTENTIVE, prevent_removal },
    { 0x25, NEEDS_DISC, cd_read_capacity },
    { 0x28, NEEDS_DISC, read_10 },
    { 0x2B, NEEDS_DISC, seek },
    { 0x42, NEEDS_DISC, cd_read_subchannel },
    { 0x43, NEEDS_DISC, cd_read_toc },
    { 0x44, NEEDS_DISC, cd_read_header },
    { 0x45, NEEDS_DISC, play_10 },
    { 0x46, ALWAYS, get_configuration },
    { 0x47, NEEDS_DISC, play_msf },
    { 0x4A, ALWAYS, get_event },
    { 0x4B, NEEDS_DISC, pause_resume },
    { 0x4E, NEEDS_DISC, test_unit_ready },      /* STOP PLAY/SCAN: nothing plays */
    { 0x55, ATTENTIVE, cd_mode_select },
    { 0x5A, ATTENTIVE, cd_mode_sense },
    { 0xA5, NEEDS_DISC, play_12 },
    { 0xA8, NEEDS_DISC, read_12 },
    { 0xB9, NEEDS_DISC, read_cd_msf },
    { 0xBB, ATTENTIVE, set_speed },
    { 0xBD, ATTENTIVE, mechanism_status },
    { 0xBE, NEEDS_DISC, read_cd },
};

static const struct command *find_command(uint8_t code)
{
    for (unsigned i = 0; i < sizeof commands / sizeof *commands; i++)
        if (commands[i].code == code)
            return &commands[i];
    return NULL;
}

/* Commands that read start a disc that stands; START STOP UNIT has its own bit for it. */
static bool starts(const struct ata_cd *cd, const struct command *command)
{
    if (!cd->stopped || !cd_has_disc(cd))
        return false;
    return command->execute == start_stop ? cd->packet[4] & 1
                                          : command->when == NEEDS_DISC && command->execute != test_unit_ready;
}

enum cd_phase cd_execute(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer, uint64_t now)
{
    const struct command *command = find_command(packet[0]);
    memcpy(cd->packet, packet, CD_PACKET);
    cd->left = cd->answer = 0;
    if (command && command->execute == request_sense)
        return request_sense(cd, packet, buffer);
    cd->key = cd->asc = cd->ascq = 0;
    if (!command)
        return cd_fail(cd, KEY_ILLEGAL_REQUEST, ASC_BAD_COMMAND);
    if (command->when != ALWAYS && attention(cd))
        return CD_FAILED;
    if (command->when == NEEDS_DISC && !ready(cd, now))
        return CD_FAILED;
    enum cd_phase phase = command->execute(cd, packet, buffer);
    if (phase != CD_FAILED && starts(cd, command))
        cd_spin_up(cd, now);
    return phase;
}

enum cd_phase cd_taken(struct ata_cd *cd, const uint8_t *buffer)
{
    return cd_mode_selected(cd, buffer);
}

/* --- State --- */

static void visit_reading(struct ata_cd *cd, struct state *s)
{
    state_u32(s, "lba", &cd->lba);
    state_u32(s, "left", &cd->left);
    state_u8(s, "parts", &cd->parts);
    state_u32(s, "answer", &cd->answer);
    state_bytes(s, "packet", cd->packet, sizeof cd->packet);
    state_u32(s, "head", &cd->head);
    state_u32(s, "first_lba", &cd->first_lba);
    state_u32(s, "pass_lba", &cd->pass_lba);
    state_u32(s, "pass_end", &cd->pass_end);
    state_u64(s, "pass_tick", &cd->pass_tick);
    state_u64(s, "reads", &cd->reads);
    state_check(s, cd->answer <= CD_BUFFER && cd->pass_lba <= cd->pass_end && cd->pass_tick >> 62 == 0 &&
                   (cd->left == 0 || (cd_parts_possible(cd->parts) && cd_parts_bytes(cd->parts) != 0)),
                "a read is impossible");
}

/* The disc belongs to the host: if it is another one than when the state was saved, the guest hears of a change. */
void cd_visit(struct ata_cd *cd, struct state *s)
{
    uint64_t sectors = cd->sectors;
    state_u64(s, "disc", &sectors);
    state_bool(s, "open", &cd->open);
    state_bool(s, "locked", &cd->locked);
    state_bool(s, "stopped", &cd->stopped);
    state_u64(s, "ready_tick", &cd->ready_tick);
    state_bool(s, "was_reset", &cd->was_reset);
    state_bool(s, "was_changed", &cd->was_changed);
    state_u8(s, "event", &cd->event);
    state_u8(s, "key", &cd->key);
    state_u8(s, "asc", &cd->asc);
    state_u8(s, "ascq", &cd->ascq);
    state_bytes(s, "pages", cd->page, sizeof cd->page);
    state_u32(s, "speed", &cd->speed);
    visit_reading(cd, s);
    state_check(s, cd->event <= CD_DISC_GONE && cd->key < 16 && cd->speed >= 1 && cd->speed <= cd->mechanics.speed,
                "the CD-ROM drive is impossible");
    if (state_loading(s) && sectors != cd->sectors) {
        cd->was_changed = cd_has_disc(cd);
        cd->event = cd_has_disc(cd) ? CD_NEW_DISC : CD_DISC_GONE;
    }
}
