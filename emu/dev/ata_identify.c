/* What a drive says of itself: IDENTIFY DEVICE (ATA-2; words 80-87 as in ATA/ATAPI-4) and IDENTIFY PACKET DEVICE
 * (ATA/ATAPI-4). */
#include "emu/dev/ata_parts.h"

#include <string.h>

#define LBA_LIMIT 0x0FFFFFFFull

static void put_word(struct ata *a, unsigned word, uint32_t value)
{
    a->buffer[2 * word] = (uint8_t)value;
    a->buffer[2 * word + 1] = (uint8_t)(value >> 8);
}

/* Text has its first character in the high byte of each word and is filled up with blanks. */
static void put_text(struct ata *a, unsigned word, unsigned words, const char *text)
{
    for (unsigned i = 0; i < 2 * words; i++)
        a->buffer[2 * word + (i ^ 1)] = (uint8_t)(*text ? *text++ : ' ');
}

static void put_serial(struct ata *a)
{
    char serial[] = "TROWEL0";
    serial[6] = (char)('0' + (a->config.first_drive - DRIVE_HD0 + a->busy_drive) % 10);
    put_text(a, 10, 10, serial);
}

/* What CHS addresses mean at present, and the size of a MULTIPLE block. */
static void put_translation(struct ata *a, const struct ata_drive *d)
{
    const struct geometry *now = &d->current;
    uint32_t sectors = now->cylinders * now->heads * now->sectors;
    put_word(a, 53, 1);                 /* words 54-58 are valid */
    put_word(a, 54, now->cylinders);
    put_word(a, 55, now->heads);
    put_word(a, 56, now->sectors);
    put_word(a, 57, sectors);
    put_word(a, 58, sectors >> 16);
    put_word(a, 59, d->multiple ? 0x100u | d->multiple : 0);
}

/* What ATA/ATAPI-4 added: versions 1 to 4, and the command sets supported (82-84) and switched on (85-87): NOP, READ
 * and WRITE BUFFER, the write cache, power management; FLUSH CACHE. */
static void put_command_sets(struct ata *a, const struct ata_drive *d)
{
    put_word(a, 80, 0x001E);
    put_word(a, 82, 0x7028);
    put_word(a, 83, 0x5000);
    put_word(a, 84, 0x4000);
    put_word(a, 85, d->write_cache ? 0x7028 : 0x7008);
    put_word(a, 86, 0x1000);
    put_word(a, 87, 0x4000);
}

void ata_identify(struct ata *a, struct ata_drive *d)
{
    const struct geometry *g = &d->geometry;
    uint32_t total = (uint32_t)(d->sectors < LBA_LIMIT ? d->sectors : LBA_LIMIT);
    memset(a->buffer, 0, ATA_SECTOR);
    put_word(a, 0, 0x0040);             /* fixed disk */
    put_word(a, 1, g->cylinders);
    put_word(a, 3, g->heads);
    put_word(a, 4, g->sectors * ATA_SECTOR);
    put_word(a, 5, ATA_SECTOR);
    put_word(a, 6, g->sectors);
    put_serial(a);
    put_word(a, 20, 3);                 /* buffer: dual ported, with read cache */
    put_word(a, 21, d->mechanics.buffer_sectors);
    put_word(a, 22, 4);
    put_text(a, 23, 4, "1.0");
    put_text(a, 27, 20, "TROWEL HARDDISK");
    put_word(a, 47, 0x8000 | ATA_MULTIPLE_MAX);
    put_word(a, 48, 1);                 /* the data port takes 32 bits */
    put_word(a, 49, 0x0200);            /* LBA */
    put_word(a, 51, 0x0200);            /* PIO mode 2 */
    put_translation(a, d);
    put_word(a, 60, total);
    put_word(a, 61, total >> 16);
    put_command_sets(a, d);
    a->left = 0;
    ata_begin_giving(a, 0, ATA_SECTOR);
}

/* Removable CD-ROM with packets of 12 bytes, for which it asks at once, without an interrupt (word 0). */
void ata_identify_packet(struct ata *a, struct ata_drive *d)
{
    memset(a->buffer, 0, ATA_SECTOR);
    put_word(a, 0, 0x85C0);
    put_serial(a);
    put_word(a, 20, 3);
    put_word(a, 21, d->cd.mechanics.buffer_blocks * 4u);
    put_text(a, 23, 4, CD_REVISION);
    put_text(a, 27, 20, CD_VENDOR " " CD_PRODUCT);
    put_word(a, 48, 1);
    put_word(a, 49, 0x0200);            /* LBA */
    put_word(a, 51, 0x0200);            /* PIO mode 2 */
    put_word(a, 80, 0x0010);            /* ATA/ATAPI-4 */
    put_word(a, 82, 0x4210);            /* NOP, DEVICE RESET, PACKET */
    put_word(a, 83, 0x4000);
    put_word(a, 84, 0x4000);
    put_word(a, 85, 0x4210);
    put_word(a, 87, 0x4000);
    a->filled = ATA_SECTOR;
    ata_begin_giving(a, 0, ATA_SECTOR);
}
