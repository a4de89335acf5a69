/* Option ROMs: what an adapter card would bring along, between the video ROM and the system ROM (IBM PS/2 and PC BIOS
 * Interface Technical Reference, "ROM scan"). They are read-only; where there is none, reads give ones. Whether their
 * checksum is right is the BIOS's business. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/bios/rom.h"
#include "emu/machine.h"

enum { KB = 1024, STEP = 2 * KB, FIRST = 0xC8000, VIDEO = 0xC0000, END = 0x100000, BLOCK = 512, HEADER = 3,
       LARGEST_LOW_ROM = 128 * KB };

static uint32_t round_up(uint32_t value, uint32_t unit)
{
    return (value + unit - 1) / unit * unit;
}

/* The first address that is free behind the video ROM, and the one where the system ROM begins. */
static uint32_t space_begin(const struct machine_config *c)
{
    size_t video = c->vgabios ? c->vgabios_size : (size_t)(rom_video_end - rom_video);
    uint32_t end = VIDEO + round_up((uint32_t)video, PAGE_SIZE);
    return end > FIRST ? end : FIRST;
}

static uint32_t space_end(const struct machine_config *c)
{
    size_t system = c->bios ? c->bios_size : (size_t)(rom_system_end - rom_system);
    return END - (uint32_t)(system < LARGEST_LOW_ROM ? system : LARGEST_LOW_ROM);
}

static bool wrong(char *error, size_t error_size, unsigned number, const char *what)
{
    snprintf(error, error_size, "option ROM %u %s", number + 1, what);
    return false;
}

static bool check_header(const struct option_rom *rom, unsigned number, char *error, size_t error_size)
{
    if (rom->size < HEADER || rom->bytes[0] != 0x55 || rom->bytes[1] != 0xAA)
        return wrong(error, error_size, number, "does not begin with 55 AA: no option ROM");
    if (rom->bytes[2] == 0 || (size_t)rom->bytes[2] * BLOCK > rom->size)
        return wrong(error, error_size, number, "is shorter than its third byte says: the file is cut off");
    return true;
}

/* Where ROM NUMBER comes: its own address, or behind those before it. */
static uint32_t address_of(const struct machine_config *c, const uint32_t *address, unsigned number)
{
    uint32_t free_from = space_begin(c);
    if (c->option_rom[number].address)
        return c->option_rom[number].address;
    for (unsigned i = 0; i < number; i++) {
        uint32_t end = c->option_rom[i].bytes ? address[i] + (uint32_t)c->option_rom[i].size : 0;
        if (end > free_from)
            free_from = end;
    }
    return round_up(free_from, STEP);
}

static bool overlaps(const struct machine_config *c, const uint32_t *address, unsigned number)
{
    for (unsigned i = 0; i < number; i++)
        if (c->option_rom[i].bytes && address[number] < address[i] + c->option_rom[i].size &&
            address[i] < address[number] + c->option_rom[number].size)
            return true;
    return false;
}

static bool place(const struct machine_config *c, uint32_t *address, char *error, size_t error_size)
{
    for (unsigned i = 0; i < OPTION_ROMS; i++) {
        const struct option_rom *rom = &c->option_rom[i];
        if (!rom->bytes)
            continue;
        if (!check_header(rom, i, error, error_size))
            return false;
        address[i] = address_of(c, address, i);
        uint32_t from = space_begin(c), to = space_end(c);
        if (address[i] % STEP || address[i] < from || address[i] >= to || rom->size > to - address[i]) {
            snprintf(error, error_size, "option ROM %u does not fit at %Xh: multiples of 800h from %Xh, ending by %Xh",
                     i + 1, (unsigned)address[i], (unsigned)from, (unsigned)to);
            return false;
        }
        if (overlaps(c, address, i))
            return wrong(error, error_size, i, "lies where another one is: give it another address, or none");
    }
    return true;
}

bool option_roms_check(const struct machine_config *c, char *error, size_t error_size)
{
    uint32_t address[OPTION_ROMS] = { 0 };
    return place(c, address, error, error_size);
}

bool option_roms_map(struct machine *m, const struct machine_config *c)
{
    char ignored[1];
    uint32_t address[OPTION_ROMS] = { 0 }, begin = space_begin(c), size = space_end(c) - begin;
    if (!place(c, address, ignored, sizeof ignored))
        return false;
    for (unsigned i = 0; i < OPTION_ROMS; i++) {
        const struct option_rom *rom = &c->option_rom[i];
        if (!rom->bytes)
            continue;
        if (!m->option_roms && !(m->option_roms = malloc(size)))
            return false;
    }
    if (!m->option_roms)
        return true;
    memset(m->option_roms, 0xFF, size);
    for (unsigned i = 0; i < OPTION_ROMS; i++) {
        const struct option_rom *rom = &c->option_rom[i];
        if (!rom->bytes)
            continue;
        memcpy(m->option_roms + (address[i] - begin), rom->bytes, rom->size);
        uint32_t first = address[i] & ~(uint32_t)(PAGE_SIZE - 1);
        uint32_t last = round_up(address[i] + (uint32_t)rom->size, PAGE_SIZE);
        bus_map_memory(&m->bus, first, last - first, m->option_roms + (first - begin), false);
    }
    return true;
}
