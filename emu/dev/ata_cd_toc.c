/* What a CD-ROM drive tells of its disc: one data track from block 0, and the lead-out after it (SFF-8020i). Addresses
 * are numbers, or minute, second and frame, with 00:02:00 for block 0. */
#include "emu/dev/ata_cd.h"

#include <string.h>

enum { DATA_TRACK = 0x14, LEAD_OUT = 0xAA, PREGAP = 150 };     /* ADR 1, control 4: data, copying forbidden */

/* Beyond what minutes can say, the last frame there is. */
void cd_put_address(uint8_t *p, uint32_t lba, bool msf)
{
    if (!msf) {
        cd_put32(p, lba);
        return;
    }
    uint64_t frame = (uint64_t)lba + PREGAP, most = 256ull * 60 * CD_BLOCKS_PER_SECOND - 1;
    frame = frame < most ? frame : most;
    p[0] = 0;
    p[1] = (uint8_t)(frame / CD_BLOCKS_PER_SECOND / 60);
    p[2] = (uint8_t)(frame / CD_BLOCKS_PER_SECOND % 60);
    p[3] = (uint8_t)(frame % CD_BLOCKS_PER_SECOND);
}

enum cd_phase cd_read_capacity(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer)
{
    (void)packet;
    cd_put32(buffer, cd->blocks - 1);
    cd_put32(buffer + 4, CD_BLOCK);
    return cd_give(cd, 8, 8);
}

static uint32_t put_track(uint8_t *p, unsigned track, uint32_t lba, bool msf)
{
    p[1] = DATA_TRACK;
    p[2] = (uint8_t)track;
    cd_put_address(p + 4, lba, msf);
    return 8;
}

/* Format 0: the tracks from packet[6] on. */
static uint32_t put_tracks(const struct ata_cd *cd, uint8_t first, uint8_t *buffer, bool msf)
{
    uint32_t at = 4;
    buffer[2] = buffer[3] = 1;
    if (first <= 1)
        at += put_track(buffer + at, 1, 0, msf);
    return at + put_track(buffer + at, LEAD_OUT, cd->blocks, msf);
}

/* Format 2: as in the lead-in's Q channel, addresses always in minutes. A0 first track, A1 last, A2 lead-out. */
static uint32_t put_full_toc(const struct ata_cd *cd, uint8_t *buffer)
{
    static const uint8_t points[] = { 0xA0, 0xA1, 0xA2, 1 };
    buffer[2] = buffer[3] = 1;
    for (unsigned i = 0; i < sizeof points; i++) {
        uint8_t *p = buffer + 4 + 11 * i;
        p[0] = 1;
        p[1] = DATA_TRACK;
        p[3] = points[i];
        if (i < 2)
            p[8] = 1;
        else
            cd_put_address(p + 7, i == 2 ? cd->blocks : 0, true);
    }
    return 4 + 11 * sizeof points;
}

/* The format is in byte 2 (MMC) or, in older hosts, in the upper bits of byte 9. */
enum cd_phase cd_read_toc(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer)
{
    bool msf = packet[1] & 2;
    unsigned format = packet[2] & 15 ? packet[2] & 15u : packet[9] >> 6;
    uint32_t bytes;
    memset(buffer, 0, 64);
    if (format > 2 || (format == 0 && packet[6] > 1 && packet[6] != LEAD_OUT))
        return cd_fail(cd, KEY_ILLEGAL_REQUEST, ASC_BAD_FIELD);
    if (format == 0) {
        bytes = put_tracks(cd, packet[6], buffer, msf);
    } else if (format == 1) {           /* sessions: one, with track 1 */
        buffer[2] = buffer[3] = 1;
        bytes = 4 + put_track(buffer + 4, 1, 0, msf);
    } else {
        bytes = put_full_toc(cd, buffer);
    }
    cd_put16(buffer, bytes - 2);
    return cd_give(cd, bytes, cd_be16(packet + 7));
}

/* Format 1, where the head is. Catalogue number and ISRC (2, 3): the disc has none. Audio status 15h: there is none. */
enum cd_phase cd_read_subchannel(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer)
{
    uint32_t bytes = 4;
    bool msf = packet[1] & 2;
    memset(buffer, 0, 24);
    buffer[1] = 0x15;
    if (packet[2] & 0x40) {
        if (packet[3] < 1 || packet[3] > 3)
            return cd_fail(cd, KEY_ILLEGAL_REQUEST, ASC_BAD_FIELD);
        bytes = packet[3] == 1 ? 16 : 24;
        buffer[4] = packet[3];
        buffer[5] = DATA_TRACK;
        buffer[6] = packet[3] == 2 ? 0 : 1;
        if (packet[3] == 1) {
            buffer[7] = 1;
            cd_put_address(buffer + 8, cd->head, msf);
            cd_put_address(buffer + 12, cd->head, msf);
            if (msf)
                cd_put_address(buffer + 12, cd->head < PREGAP ? 0 : cd->head - PREGAP, true);
        }
    }
    cd_put16(buffer + 2, bytes - 4);
    return cd_give(cd, bytes, cd_be16(packet + 7));
}

enum cd_phase cd_read_header(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer)
{
    uint32_t lba = cd_be32(packet + 2);
    if (lba >= cd->blocks)
        return cd_fail(cd, KEY_ILLEGAL_REQUEST, ASC_LBA_OUT_OF_RANGE);
    memset(buffer, 0, 8);
    buffer[0] = 1;                      /* mode 1 */
    cd_put_address(buffer + 4, lba, packet[1] & 2);
    return cd_give(cd, 8, cd_be16(packet + 7));
}
