/* ROM files: a system and a video BIOS in the place of our own, and ROMs of adapter cards. */
#include "tui/roms.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LARGEST_ROM = 256 * 1024, LARGEST_VGA_ROM = 64 * 1024 };

static bool read_rom(const char *path, uint8_t **bytes, size_t *size, char *error, size_t error_size)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        snprintf(error, error_size, "%s: %s", path, strerror(errno));
        return false;
    }
    *bytes = malloc(LARGEST_ROM + 1);
    *size = *bytes ? fread(*bytes, 1, LARGEST_ROM + 1, file) : 0;
    fclose(file);
    if (*size > 0 && *size <= LARGEST_ROM)
        return true;
    snprintf(error, error_size, "%s: a ROM has 1 to %d bytes", path, LARGEST_ROM);
    return false;
}

/* FNV-1a of ROM bytes, after those of SUM. */
static uint64_t rom_sum(uint64_t sum, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ bytes[i]) * UINT64_C(0x100000001B3);
    return sum;
}

/* A BIOS runs a card's ROM if its bytes add up to 0, as many as it says behind 55 AA, in units of 512. */
static void check_option_rom(struct session *s, const char *path, const uint8_t *bytes, size_t size)
{
    size_t length = size > 2 ? bytes[2] * (size_t)512 : 0;
    uint8_t sum = 0;
    for (size_t i = 0; i < length && i < size; i++)
        sum += bytes[i];
    if (sum && length <= size)      /* what is longer cannot be plugged in at all */
        session_notice(s, "%s: its bytes add up to %02X, not to 0: a BIOS will not run it", path, sum);
}

/* What the machine takes in the place of our own. */
static bool bios_fits(const struct options *o, const struct machine_config *config, char *error, size_t error_size)
{
    size_t system = config->bios_size / 1024, video = config->vgabios_size;
    if (o->bios && (config->bios_size % 1024 || (system != 64 && system != 128 && system != 256)))
        snprintf(error, error_size, "--bios %s: %zu bytes, but a system BIOS has 64, 128 or 256 KB", o->bios,
                 config->bios_size);
    else if (o->vgabios && video > LARGEST_VGA_ROM)
        snprintf(error, error_size, "--vgabios %s: %zu bytes, but a video BIOS has 64 KB at most", o->vgabios, video);
    else
        return true;
    return false;
}

bool roms_read(struct session *s, struct machine_config *config, char *error, size_t error_size)
{
    const uint64_t basis = UINT64_C(0xCBF29CE484222325);
    const struct options *o = s->options;
    if (o->bios && !read_rom(o->bios, &s->bios, &config->bios_size, error, error_size))
        return false;
    if (o->vgabios && !read_rom(o->vgabios, &s->vgabios, &config->vgabios_size, error, error_size))
        return false;
    if (!bios_fits(o, config, error, error_size))
        return false;
    config->bios = s->bios;
    config->vgabios = s->vgabios;
    s->bios_sum = o->bios ? rom_sum(basis, s->bios, config->bios_size) : 0;
    s->vgabios_sum = o->vgabios ? rom_sum(basis, s->vgabios, config->vgabios_size) : 0;
    for (unsigned i = 0; i < o->option_roms; i++) {
        struct option_rom *rom = &config->option_rom[i];
        const char *path = o->option_rom[i].path;
        if (strchr(path, '@') && access(path, F_OK) != 0) {
            snprintf(error, error_size,
                     "--option-rom %s: no such file, and what follows the @ is no hexadecimal address", path);
            return false;
        }
        if (!read_rom(path, &s->option_rom[i], &rom->size, error, error_size))
            return false;
        check_option_rom(s, path, s->option_rom[i], rom->size);
        rom->bytes = s->option_rom[i];
        rom->address = o->option_rom[i].address;
        s->option_roms_sum = rom_sum(i ? s->option_roms_sum : basis, rom->bytes, rom->size) ^ rom->address;
    }
    return true;
}
