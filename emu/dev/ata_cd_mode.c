/* Mode pages of a CD-ROM drive (SFF-8020i): 01 error recovery, 0D CD-ROM parameters, 0E audio control,
 * which a host may change, and 2A, what the drive can do, which it may not. Nothing is saved over a reset. */
#include "emu/dev/ata_cd.h"

#include <string.h>

enum { HEADER = 8, CAPABILITIES = 0x2A, ALL_PAGES = 0x3F, CURRENT = 0, CHANGEABLE = 1, DEFAULT = 2, SAVED = 3 };
enum { MEDIUM_DATA_120MM = 0x01, MEDIUM_NONE = 0x70, MEDIUM_OPEN = 0x71 };

static const struct page {
    uint8_t code, bytes;                /* bytes after code and length */
    uint8_t values[CD_PAGE_MOST], mask[CD_PAGE_MOST];
} pages[CD_PAGES] = {
    { 0x01, 6, { 0x00, 5 }, { 0xFF, 0xFF } },                           /* retries */
    { 0x0D, 6, { 0, 0, 0, 60, 0, 75 }, { 0, 0x0F } },           /* inactivity; 60 s a minute, 75 frames a second */
    { 0x0E, 14, { 4, 0, 0, 0, 0, 75, 1, 255, 2, 255 }, { 2, 0, 0, 0, 0, 0, 15, 255, 15, 255, 15, 255, 15, 255 } },
};

void cd_default_pages(struct ata_cd *cd)
{
    for (unsigned i = 0; i < CD_PAGES; i++)
        memcpy(cd->page[i], pages[i].values, CD_PAGE_MOST);
}

static uint32_t put_page(const struct ata_cd *cd, unsigned n, unsigned control, uint8_t *p)
{
    const struct page *page = &pages[n];
    const uint8_t *from = control == CHANGEABLE ? page->mask : control == DEFAULT ? page->values : cd->page[n];
    p[0] = page->code;
    p[1] = page->bytes;
    memcpy(p + 2, from, page->bytes);
    return 2u + page->bytes;
}

/* Reads no other discs and plays nothing; locks, ejects, has a tray; the door's state; speeds in kilobytes a second. */
static uint32_t put_capabilities(const struct ata_cd *cd, unsigned control, uint8_t *p)
{
    memset(p, 0, 20);
    p[0] = CAPABILITIES;
    p[1] = 18;
    if (control == CHANGEABLE)
        return 20;
    p[6] = (uint8_t)(0x29 | (cd->locked ? 0x02 : 0));
    cd_put16(p + 8, cd->mechanics.speed * 176);
    cd_put16(p + 10, 2);                /* volume levels: off and on */
    cd_put16(p + 12, cd->mechanics.buffer_blocks * (CD_BLOCK / 1024u));
    cd_put16(p + 14, cd->speed * 176);
    return 20;
}

enum cd_phase cd_mode_sense(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer)
{
    unsigned code = packet[2] & 0x3F, control = packet[2] >> 6;
    uint32_t at = HEADER;
    if (control == SAVED)
        return cd_fail(cd, KEY_ILLEGAL_REQUEST, ASC_CANNOT_SAVE);
    memset(buffer, 0, HEADER);
    for (unsigned i = 0; i < CD_PAGES; i++)
        if (code == pages[i].code || code == ALL_PAGES)
            at += put_page(cd, i, control, buffer + at);
    if (code == CAPABILITIES || code == ALL_PAGES)
        at += put_capabilities(cd, control, buffer + at);
    if (at == HEADER)
        return cd_fail(cd, KEY_ILLEGAL_REQUEST, ASC_BAD_FIELD);
    cd_put16(buffer, at - 2);
    buffer[2] = cd->open ? MEDIUM_OPEN : cd_has_disc(cd) ? MEDIUM_DATA_120MM : MEDIUM_NONE;
    return cd_give(cd, at, cd_be16(packet + 7));
}

enum cd_phase cd_mode_select(struct ata_cd *cd, const uint8_t *packet, uint8_t *buffer)
{
    uint32_t bytes = cd_be16(packet + 7);
    (void)buffer;
    if (packet[1] & 1)                  /* saving */
        return cd_fail(cd, KEY_ILLEGAL_REQUEST, ASC_BAD_FIELD);
    if (bytes == 0)
        return CD_DONE;
    if (bytes < HEADER || bytes > CD_BUFFER)
        return cd_fail(cd, KEY_ILLEGAL_REQUEST, ASC_LIST_LENGTH);
    cd->answer = bytes;
    return CD_TAKES;
}

static const struct page *find_page(unsigned code)
{
    for (unsigned i = 0; i < CD_PAGES; i++)
        if (pages[i].code == code)
            return &pages[i];
    return NULL;
}

/* Nothing is changed that the mask does not allow: other bits must be as they are. */
static bool allowed(const struct ata_cd *cd, const struct page *page, const uint8_t *values)
{
    const uint8_t *now = cd->page[page - pages];
    for (unsigned i = 0; i < page->bytes; i++)
        if ((values[i] ^ now[i]) & ~page->mask[i])
            return false;
    return true;
}

/* Walks over the list; with TAKE the pages take effect. */
static bool walk_list(struct ata_cd *cd, const uint8_t *buffer, bool take)
{
    uint32_t at = HEADER + cd_be16(buffer + 6);
    while (at < cd->answer) {
        const struct page *page = cd->answer - at >= 2 ? find_page(buffer[at] & 0x3F) : NULL;
        if (!page || buffer[at + 1] != page->bytes || cd->answer - at < 2u + page->bytes ||
            !allowed(cd, page, buffer + at + 2))
            return false;
        if (take)
            memcpy(cd->page[page - pages], buffer + at + 2, page->bytes);
        at += 2u + page->bytes;
    }
    return at == cd->answer;
}

enum cd_phase cd_mode_selected(struct ata_cd *cd, const uint8_t *buffer)
{
    if (!walk_list(cd, buffer, false))
        return cd_fail(cd, KEY_ILLEGAL_REQUEST, ASC_BAD_PARAMETER);
    walk_list(cd, buffer, true);
    return CD_DONE;
}
