/* `trowel image create --floppy KB`: a blank floppy as DOS's FORMAT leaves it. Boot sector with the BIOS parameter
 * block of DOS 4 and a program that says that there is nothing to boot, two FATs, an empty root directory (Microsoft's
 * FAT specification 1.03; the figures of each size are those that DOS uses).
 *
 * The file is raw; it is qcow2 with -f qcow2, or where its name ends in .qcow2. */
#include "tui/image_command.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct format {
    uint16_t kilobytes;
    uint8_t heads, track_sectors, cluster_sectors, fat_sectors, media;
    uint16_t root_entries;
};

static const struct format formats[] = {
    /* KB   heads sectors cluster FAT media root */
    { 160,  1, 8,  1, 1, 0xFE, 64 },
    { 180,  1, 9,  1, 2, 0xFC, 64 },
    { 320,  2, 8,  2, 1, 0xFF, 112 },
    { 360,  2, 9,  2, 2, 0xFD, 112 },
    { 720,  2, 9,  2, 3, 0xF9, 112 },
    { 1200, 2, 15, 1, 7, 0xF9, 224 },
    { 1440, 2, 18, 1, 9, 0xF0, 224 },
    { 2880, 2, 36, 2, 9, 0xF0, 240 },
};
enum { FORMATS = sizeof formats / sizeof *formats };

enum { SECTOR = 512, FATS = 2, ENTRY = 32, PROGRAM = 0x3E, SIGNATURE_AT = 510, EXTENDED_BPB = 0x29 };

/* At 7C3Eh. */
static const uint8_t program[] = {
    0xFC,                           /* cld                                          */
    0x31, 0xC0,                     /* xor ax, ax                                   */
    0x8E, 0xD8,                     /* mov ds, ax                                   */
    0xBE, 0x5A, 0x7C,               /* mov si, text                                 */
    0xAC,                           /* next: lodsb                                  */
    0x84, 0xC0,                     /* test al, al                                  */
    0x74, 0x09,                     /* jz wait                                      */
    0xB4, 0x0E,                     /* mov ah, 0Eh                                  */
    0xBB, 0x07, 0x00,               /* mov bx, 7                                    */
    0xCD, 0x10,                     /* int 10h: print the character                 */
    0xEB, 0xF2,                     /* jmp next                                     */
    0x30, 0xE4,                     /* wait: xor ah, ah                             */
    0xCD, 0x16,                     /* int 16h: wait for a key                      */
    0xCD, 0x19,                     /* int 19h: boot from what is there then        */
};                                  /* text:                                        */
static const char text[] = "\r\nThis disk is not bootable. Put in another one and press a key.\r\n";

static void put_16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

static void fill_boot_sector(const struct format *f, uint8_t *sector)
{
    uint32_t serial = (uint32_t)time(NULL);
    memcpy(sector, "\xEB\x3C\x90" "TROWEL  ", 11);
    put_16(sector + 0x0B, SECTOR);
    sector[0x0D] = f->cluster_sectors;
    put_16(sector + 0x0E, 1);                               /* sectors before the FATs */
    sector[0x10] = FATS;
    put_16(sector + 0x11, f->root_entries);
    put_16(sector + 0x13, f->kilobytes * 2u);
    sector[0x15] = f->media;
    put_16(sector + 0x16, f->fat_sectors);
    put_16(sector + 0x18, f->track_sectors);
    put_16(sector + 0x1A, f->heads);
    sector[0x26] = EXTENDED_BPB;
    put_16(sector + 0x27, serial & 0xFFFF);
    put_16(sector + 0x29, serial >> 16);
    memcpy(sector + 0x2B, "NO NAME    FAT12   ", 19);
    memcpy(sector + PROGRAM, program, sizeof program);
    memcpy(sector + PROGRAM + sizeof program, text, sizeof text);
    put_16(sector + SIGNATURE_AT, 0xAA55);
}

/* Boot sector and FATs; the rest of the disk is zeros, as the root directory is to be. */
static int write_system_area(struct image *image, const struct format *f)
{
    uint8_t sector[SECTOR] = { 0 }, fat[] = { f->media, 0xFF, 0xFF };
    fill_boot_sector(f, sector);
    int code = image_write(image, 0, sector, sizeof sector);
    for (unsigned i = 0; !code && i < FATS; i++)
        code = image_write(image, (1 + i * UINT64_C(1) * f->fat_sectors) * SECTOR, fat, sizeof fat);
    return code;
}

static const struct format *find_format(unsigned kilobytes)
{
    for (int i = 0; i < FORMATS; i++)
        if (formats[i].kilobytes == kilobytes)
            return &formats[i];
    return NULL;
}

static bool named_qcow2(const char *path)
{
    size_t length = strlen(path);
    return length > 6 && strcmp(path + length - 6, ".qcow2") == 0;
}

int image_create_floppy(const struct image_arguments *a)
{
    const char *path = a->words[0];
    const struct format *f = find_format(a->floppy);
    bool qcow2 = a->format == IMAGE_FORMAT_QCOW2 || (a->format == IMAGE_FORMAT_AUTO && named_qcow2(path));
    struct image_create_options o;
    struct image_error error;
    if (!f)
        return image_complain("create: --floppy %u: there are floppies of 160, 180, 320, 360, 720, 1200, 1440 and "
                              "2880 KB", a->floppy);
    if (a->count > 1 || a->backing)
        return image_complain("create: a floppy has its own size and no backing file");
    if (!qcow2 && (a->options || a->data_file))
        return image_complain("create: raw images have no options; see -f qcow2");
    if (!image_create_options_of(a, &o))
        return 1;
    uint64_t bytes = f->kilobytes * UINT64_C(1024);
    if ((qcow2 ? image_create(path, bytes, &o, &error) : image_create_raw(path, bytes, &error)) < 0)
        return image_complain("%s", error.text);
    struct image *image = image_must_open(a, path, &(struct image_options){
        .writable = true, .format = qcow2 ? IMAGE_FORMAT_QCOW2 : IMAGE_FORMAT_RAW, .data_file = o.data_file });
    int failed = image ? image_finish(image, write_system_area(image, f)) : 1;
    if (failed)
        unlink(path);
    return failed;
}
