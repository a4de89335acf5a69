/* Brings the assembled ROM images into the binary. The assembler directive is understood by gcc and clang on every
 * ELF host; the build passes its folder as an include path, where the images and rom_symbols.inc are found. */
#include "emu/bios/rom.h"

__asm__(".section .rodata\n"
        ".balign 16\n"
        ".globl rom_system\n"
        "rom_system: .incbin \"bios.bin\"\n"
        ".globl rom_system_end\n"
        "rom_system_end: .byte 0\n"
        ".balign 16\n"
        ".globl rom_video\n"
        "rom_video: .incbin \"vgabios.bin\"\n"
        ".globl rom_video_end\n"
        "rom_video_end: .byte 0\n"
        ".previous\n");

const struct rom_symbol rom_labels[] = {
#include "rom_symbols.inc"
};
const size_t rom_label_count = sizeof rom_labels / sizeof *rom_labels;
