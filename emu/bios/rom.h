/* The built-in ROMs: images assembled from the sources beside this file, and their symbols from the assembler's map. */
#ifndef EMU_BIOS_ROM_H
#define EMU_BIOS_ROM_H

#include <stddef.h>
#include <stdint.h>

#include "emu/inspect.h"

extern const uint8_t rom_system[], rom_system_end[];          /* 64 KB, for F0000h */
extern const uint8_t rom_video[], rom_video_end[];            /* for C0000h */

/* Sorted by address. */
extern const struct rom_symbol rom_labels[];
extern const size_t rom_label_count;

#endif
