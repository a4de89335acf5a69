/* CMOS memory as the set-up program would have left it: what the machine has, in the places where the AT's BIOS (IBM AT
 * Technical Reference, "Real-time clock/complementary metal oxide semiconductor RAM information"), AMI's, Bochs's and
 * SeaBIOS look for it. */
#include "emu/machine.h"

enum { KB = 1024, BASE_MEMORY_KB = 640 };

/* A user-defined drive (type 47): its parameters as INT 13h is to report them, from index FIRST on. */
static void store_drive_type(struct machine *m, uint8_t first, const struct geometry *g)
{
    uint32_t cylinders = g->cylinders > 0xFFFF ? 0xFFFF : g->cylinders;
    rtc_store(&m->rtc, first, (uint8_t)cylinders);
    rtc_store(&m->rtc, first + 1, (uint8_t)(cylinders >> 8));
    rtc_store(&m->rtc, first + 2, (uint8_t)g->heads);
    rtc_store(&m->rtc, first + 3, 0xFF);        /* no write precompensation */
    rtc_store(&m->rtc, first + 4, 0xFF);
    rtc_store(&m->rtc, first + 5, g->heads > 8 ? 0xC8 : 0xC0);
    rtc_store(&m->rtc, first + 6, (uint8_t)cylinders);
    rtc_store(&m->rtc, first + 7, (uint8_t)(cylinders >> 8));
    rtc_store(&m->rtc, first + 8, (uint8_t)g->sectors);
}

static void store_memory_size(struct machine *m)
{
    uint32_t extended_kb = m->ram_size / KB - 1024, reported = extended_kb > 0xFC00 ? 0xFC00 : extended_kb;
    uint32_t blocks = m->ram_size > 16 * KB * KB ? (m->ram_size - 16 * KB * KB) >> 16 : 0;
    rtc_store(&m->rtc, 0x15, BASE_MEMORY_KB & 0xFF);
    rtc_store(&m->rtc, 0x16, BASE_MEMORY_KB >> 8);
    for (int i = 0; i < 2; i++) {
        rtc_store(&m->rtc, (uint8_t)(0x17 + i), (uint8_t)(reported >> 8 * i));
        rtc_store(&m->rtc, (uint8_t)(0x30 + i), (uint8_t)(reported >> 8 * i));
        rtc_store(&m->rtc, (uint8_t)(0x34 + i), (uint8_t)(blocks >> 8 * i));
    }
}

/* Boot order as the Bochs BIOS, SeaBIOS and ours read it: nibbles, 1 floppy, 2 hard disk, 3 CD-ROM. Only ours knows the
 * bit that asks for a menu. */
static void store_boot_order(struct machine *m, const char *order)
{
    uint8_t nibble[3] = { 0 }, flags = 0x01;    /* floppies need no boot signature */
    unsigned count = 0;
    for (; *order; order++)
        if (*order == 'm')
            flags |= 0x02;
        else if (count < 3)
            nibble[count++] = *order == 'a' ? 1 : *order == 'd' ? 3 : 2;
    rtc_store(&m->rtc, 0x3D, (uint8_t)(nibble[0] | nibble[1] << 4));
    rtc_store(&m->rtc, 0x38, (uint8_t)(nibble[2] << 4 | flags));
}

void cmos_set_up(struct machine *m, const struct machine_config *c)
{
    const uint8_t *types = m->floppy.config.type;
    unsigned floppies = (types[0] != 0) + (types[1] != 0);
    bool disk[2];
    for (unsigned i = 0; i < 2; i++)
        disk[i] = c->drive[DRIVE_HD0 + i].ops && c->drive[DRIVE_HD0 + i].kind == DRIVE_HARD_DISK;
    rtc_store(&m->rtc, 0x10, (uint8_t)(types[0] << 4 | types[1]));
    rtc_store(&m->rtc, 0x12, (uint8_t)((disk[0] ? 0xF0 : 0) | (disk[1] ? 0x0F : 0)));
    rtc_store(&m->rtc, 0x14, (uint8_t)((m->board.has_fpu ? 2 : 0) | (m->has_mouse == MOUSE_PS2 ? 0x04 : 0) |
                                       (floppies ? 1 | (floppies - 1) << 6 : 0)));
    for (unsigned i = 0; i < 2; i++)
        if (disk[i]) {
            rtc_store(&m->rtc, (uint8_t)(0x19 + i), 47);
            store_drive_type(m, (uint8_t)(0x1B + 9 * i), &m->geometry[i].logical);
        }
    uint8_t translations = 0;
    for (unsigned i = 0; i < HARD_DISKS; i++)
        translations |= (uint8_t)(m->geometry[i].translation << 2 * i);
    rtc_store(&m->rtc, 0x39, translations);
    store_memory_size(m);
    store_boot_order(m, c->boot);
    rtc_store_checksum(&m->rtc);
}
