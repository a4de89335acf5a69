; Trowel's video BIOS: 32 KB at C0000 for a plain VGA. Found and called by the system BIOS as an option ROM.
;
; It offers INT 10h as the IBM PS/2's VGA BIOS does, written from IBM's "Personal System/2 and Personal Computer BIOS
; Interface Technical Reference", the register descriptions of the PS/2 Model 50/60 Technical Reference and Ralf Brown's
; interrupt list. int10.asm has the table of services; int10_tables.asm the register values of every mode.
;
; With more memory it offers VESA's modes too (int10_vbe.asm). Left out: a second display, light pen.

        cpu     486
        bits    16
        org     0

%ifndef MAP_FILE
%define MAP_FILE build/vgabios.map
%endif
[map symbols MAP_FILE]

%ifndef CHECKSUM
%define CHECKSUM 0
%endif

ROM_SIZE                equ 0x8000

        db      0x55, 0xAA
        db      ROM_SIZE / 512
        jmp     near video_init

%include "defs.inc"

        fixed_at 0x1E
        db      "IBM compatible VGA", 0         ; old programs look for the first word here

%include "int10.asm"
%include "int10_mode.asm"
%include "int10_text.asm"
%include "int10_write.asm"
%include "int10_graphics.asm"
%include "int10_override.asm"
%include "int10_packed.asm"
%include "int10_palette.asm"
%include "int10_font.asm"
%include "int10_misc.asm"
%include "int10_state.asm"
%include "int10_vbe.asm"
%include "int10_vbe_picture.asm"
%define int05_entry int10_print_screen  ; INT 10h AH=12h BL=20h
%include "int05.asm"
%include "int10_tables.asm"

%macro glyph16 16
        db      %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, %16
%endmacro
font_8x16:
%include "font16.inc"

%unmacro glyph16 16
%macro glyph16 16
        db      %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15
%endmacro
font_8x14:
%include "font16.inc"

font_8x8:
%include "font8_low.inc"
font_8x8_high:
%include "font8_high.inc"

; Changes of single glyphs for 9-dot text (INT 10h AX=1130h BH=05h, 07h): none are needed.
font_9_dots:
        db      0

        fixed_at ROM_SIZE - 1
        db      CHECKSUM                ; all bytes sum up to zero, see checksum.awk
