; INT 10h as the PS/2's BIOS has it beyond single modes: saved states, the functionality table, what may stand behind
; the pointer at 40:A8, scan lines, print screen, palettes in blocks and pages, strings with control characters.

%include "bios_guest.inc"

BUFFER                  equ 0xE000      ; 16 blocks
SMALL                   equ 0xE800

guest_main:
        mov     ax, 0x40
        mov     fs, ax
        mov     ax, 0xB800
        mov     gs, ax
        call    vectors
        call    functionality
        call    rows
        call    states
        call    dac
        call    strings
        call    switches
        call    overrides
        mov     ax, 0x0003
        int     0x10
        ret

vectors:
        push    0
        pop     es
        expect  "INT 6Dh is INT 10h", [es:0x6D * 4], [es:0x10 * 4]
        les     bx, [es:0x1D * 4]
        expect_byte "INT 1Dh: CRTC of 40x25", [es:bx], 0x38
        push    0
        pop     es
        les     bx, [es:0x1F * 4]
        expect_byte "INT 1Fh: character DBh", [es:bx + (0xDB - 0x80) * 8], 0xFF
        les     bx, [fs:0xA8]
        les     bx, [es:bx + 16]
        expect  "second save table", [es:bx], 26
        les     bx, [es:bx + 2]
        expect_byte "display codes", [es:bx], 16
        push    ds
        pop     es
        ret

functionality:
        mov     ax, 0x0003
        int     0x10
        mov     ax, 0x1B00
        mov     bx, 0
        mov     di, SMALL
        int     0x10
        expect_byte "AH=1Bh", al, 0x1B
        les     bx, [SMALL]
        expect  "modes 0-7, 0Dh-0Fh", [es:bx], 0xE0FF
        expect_byte "modes 10h-13h", [es:bx + 2], 0x0F
        expect_byte "200, 350, 400 lines", [es:bx + 7], 7
        expect_byte "fonts at a time", [es:bx + 8], 2
        expect_byte "fonts", [es:bx + 9], 8
        expect  "functions", [es:bx + 10], 0x0EFF
        expect_byte "behind 40:A8", [es:bx + 14], 0x3F
        push    ds
        pop     es
        expect  "columns", [SMALL + 5], 80
        expect  "page size", [SMALL + 7], 0x1000
        expect  "CRTC", [SMALL + 0x1E], 0x3D4
        expect_byte "3D8h", [SMALL + 0x20], 0x29
        expect  "height", [SMALL + 0x23], 16
        expect_byte "state: all modes, cursor emulation, blinking", [SMALL + 0x2D], 0x31
        expect  "font blocks", [SMALL + 0x2B], 0
        expect_byte "display codes exist", [SMALL + 0x32], 0x20
        mov     ax, 0x1103
        mov     bl, 0x19                ; blocks 5 and 2
        int     0x10
        mov     ax, 0x1B00
        mov     bx, 0
        mov     di, SMALL
        int     0x10
        expect_byte "block of attribute bit 3 clear", [SMALL + 0x2B], 5
        expect_byte "block of attribute bit 3 set", [SMALL + 0x2C], 2
        expect_byte "512 characters", [SMALL + 0x32], 0x21
        mov     ax, 0x1B00
        mov     bx, 1
        int     0x10
        expect_byte "no other implementation", al, 0
        ret

; lines (AL of AX=12xxh BL=30h), font (AL of AX=11xxh), rows less one, height, scan lines less one
%macro set_rows 5
        mov     ax, 0x1200 | %1
        mov     bl, 0x30
        int     0x10
        mov     ax, 0x0003
        int     0x10
        mov     ax, 0x1100 | %2
        mov     bl, 0
        int     0x10
        expect_byte "rows less one", [fs:0x84], %3
        expect  "height", [fs:0x85], %4
        expect  "page size", [fs:0x4C], (%3 + 1) * 160
        mov     dx, 0x3D4
        mov     al, 0x12
        out     dx, al
        inc     dx
        in      al, dx
        expect_byte "last line", al, (%5) & 0xFF
        mov     ah, 0x02
        mov     bh, 0
        mov     dx, (%3) << 8
        int     0x10
        mov     ax, 0x0E00 | 'Z'
        int     0x10
        expect_byte "last row", [gs:(%3) * 160], 'Z'
%endmacro

rows:
        set_rows 2, 0x12, 49, 8, 399
        set_rows 1, 0x12, 42, 8, 343
        set_rows 0, 0x12, 24, 8, 399
        set_rows 2, 0x11, 27, 14, 391
        set_rows 2, 0x14, 24, 16, 399
        ret

states:
        mov     ax, 0x0003
        int     0x10
        mov     ax, 0x1C00
        mov     cx, 7
        int     0x10
        expect_byte "AH=1Ch", al, 0x1C
        expect  "blocks of all", bx, 16
        mov     ax, 0x1C00
        mov     cx, 1
        int     0x10
        expect  "of registers", bx, 2
        mov     ax, 0x1C00
        mov     cx, 2
        int     0x10
        expect  "of data", bx, 1
        mov     ax, 0x1C00
        mov     cx, 4
        int     0x10
        expect  "of the DAC", bx, 13
        mov     ax, 0x1C00
        mov     cx, 8
        int     0x10
        expect_byte "of nothing", al, 0
        mov     ah, 0x02
        mov     bh, 0
        mov     dx, 0x0A0B
        int     0x10
        mov     ax, 0x1010
        mov     bx, 77
        mov     cx, 0x0102
        mov     dh, 3
        int     0x10
        mov     dx, 0x3C4               ; indexes are part of it
        mov     al, 2
        out     dx, al
        mov     ax, 0x1C01
        mov     cx, 7
        mov     bx, BUFFER
        int     0x10
        mov     dx, 0x3C4
        in      al, dx
        expect_byte "saving leaves the index", al, 2
        expect_byte "saved: index", [BUFFER], 2
        expect_byte "clocking", [BUFFER + 5], 0
        expect_byte "CRTC total", [BUFFER + 10], 0x5F
        expect_byte "CRTC line compare", [BUFFER + 10 + 24], 0xFF
        expect_byte "palette", [BUFFER + 0x23 + 6], 0x14
        expect_byte "attribute mode", [BUFFER + 0x33], 0x0C
        expect_byte "graphics miscellaneous", [BUFFER + 0x37 + 6], 0x0E
        expect  "CRTC address", [BUFFER + 0x40], 0x3D4
        expect_byte "saved: mode", [BUFFER + 128], 3
        expect_byte "saved: colour 77", [BUFFER + 192 + 3 + 77 * 3], 3
        mov     ax, 0x0013
        int     0x10
        mov     ax, 0x1C02
        mov     cx, 7
        mov     bx, BUFFER
        int     0x10
        expect_byte "restored", al, 0x1C
        mov     ah, 0x0F
        int     0x10
        expect  "mode 3", ax, 0x5003
        mov     ah, 0x03
        mov     bh, 0
        int     0x10
        expect  "the cursor's place", dx, 0x0A0B
        mov     ax, 0x1015
        mov     bx, 77
        int     0x10
        expect_byte "colour 77: red", dh, 3
        expect  "green and blue", cx, 0x0102
        mov     dx, 0x3CE
        mov     al, 6
        out     dx, al
        inc     dx
        in      al, dx
        expect_byte "text", al, 0x0E
        ret

dac:
        mov     ax, 0x0013
        int     0x10
        mov     ax, 0x1012
        mov     bx, 254
        mov     cx, 2
        mov     dx, .colours
        int     0x10
        mov     ax, 0x1017
        mov     bx, 254
        mov     cx, 2
        mov     dx, SMALL
        int     0x10
        expect  "AX=1012h, 1017h first", [SMALL], 0x0201
        expect  "last", [SMALL + 4], 0x0605
        mov     ax, 0x1018
        mov     bl, 0x3F
        int     0x10
        mov     ax, 0x1019
        mov     bx, 0
        int     0x10
        expect_byte "AX=1018h, 1019h: mask", bl, 0x3F
        mov     ax, 0x0003
        int     0x10
        mov     ax, 0x1013
        mov     bx, 0x0100              ; sixteen pages
        int     0x10
        mov     ax, 0x1013
        mov     bx, 0x0B01
        int     0x10
        mov     ax, 0x101A
        int     0x10
        expect  "AX=1013h: page 11 of 16", bx, 0x0B01
        mov     ax, 0x1013
        mov     bx, 0x0000
        int     0x10
        mov     ax, 0x1013
        mov     bx, 0x0201
        int     0x10
        mov     ax, 0x101A
        int     0x10
        expect  "page 2 of 4", bx, 0x0200
        mov     ax, 0x1200
        mov     bl, 0x33                ; grey at mode sets
        int     0x10
        mov     ax, 0x0013
        int     0x10
        mov     ax, 0x1015
        mov     bx, 4                   ; red: 30 % of 2Ah
        int     0x10
        expect_byte "red is grey", dh, 0x0D
        expect  "red is grey: green, blue", cx, 0x0D0D
        mov     ax, 0x1201
        mov     bl, 0x33
        int     0x10
        mov     ax, 0x1201
        mov     bl, 0x31                ; mode sets keep the palette
        int     0x10
        mov     ax, 0x1010
        mov     bx, 4
        mov     cx, 0x0506
        mov     dh, 7
        int     0x10
        mov     ax, 0x0003
        int     0x10
        mov     ax, 0x1015
        mov     bx, 4
        int     0x10
        expect_byte "the palette was kept", dh, 7
        mov     ax, 0x1200
        mov     bl, 0x31
        int     0x10
        mov     ax, 0x0003
        int     0x10
        ret
.colours:       db      1, 2, 3, 4, 5, 6

strings:
        mov     ax, 0x0003
        int     0x10
        mov     ax, 0x1301
        mov     bx, 0x001E
        mov     cx, 7
        mov     dx, 0x0510
        mov     bp, .text
        int     0x10
        expect  "return and line feed in a string", [gs:(6 * 80 + 0) * 2], 0x1E63
        expect  "backspace in it", [gs:(6 * 80 + 1) * 2], 0x1E65
        mov     ah, 0x03
        mov     bh, 0
        int     0x10
        expect  "the cursor behind it", dx, 0x0602
        mov     ax, 0x1303
        mov     bx, 0x0200              ; page 2
        mov     cx, 2
        mov     dx, 0x1810
        mov     bp, .pairs
        int     0x10
        expect  "AL=3 on another page", [gs:0x2000 + (24 * 80 + 16) * 2], 0x4178
        ret
.text:          db      "b", 13, 10, "cd", 8, "e"
.pairs:         db      "x", 0x41, "y", 0x42

switches:
        mov     ax, 0x1201
        mov     bl, 0x36
        int     0x10
        expect_byte "BL=36h", al, 0x12
        mov     dx, 0x3C4
        mov     al, 1
        out     dx, al
        inc     dx
        in      al, dx
        expect_byte "the screen is off", al, 0x20
        mov     ax, 0x1200
        mov     bl, 0x36
        int     0x10
        mov     ax, 0x1201
        mov     bl, 0x32
        int     0x10
        expect_byte "BL=32h", al, 0x12
        expect  "memory does not answer", [gs:0], 0xFFFF
        mov     ax, 0x1200
        mov     bl, 0x32
        int     0x10
        push    0
        pop     es
        mov     eax, [es:5 * 4]
        push    eax
        mov     ah, 0x12
        mov     bl, 0x20
        int     0x10
        expect  "BL=20h: INT 5 in the video ROM", [es:5 * 4 + 2], 0xC000
        pop     eax
        mov     [es:5 * 4], eax
        push    ds
        pop     es
        mov     ax, 0x1A01
        mov     bx, 0x0007              ; monochrome display
        int     0x10
        mov     ax, 0x1A00
        int     0x10
        expect  "AX=1A01h", bx, 0x0007
        mov     ax, 0x1A01
        mov     bx, 0x0008
        int     0x10
        ret

; --- Behind 40:A8 ---

overrides:
        mov     eax, [fs:0xA8]
        mov     [.old], eax
        les     si, [fs:0xA8]
        mov     eax, [es:si]            ; the register values stay
        mov     [.first], eax
        mov     eax, [es:si + 16]
        les     si, [es:si + 16]
        mov     eax, [es:si + 2]
        mov     [.second + 2], eax
        push    ds
        pop     es
        mov     word [fs:0xA8], .first
        mov     [fs:0xAA], ds
        mov     ax, 0x0003
        int     0x10
        expect  "font of 10 lines: height", [fs:0x85], 10
        expect_byte "rows that were asked for", [fs:0x84], 37
        expect_byte "palette is noted down", [SMALL + 1], 0x2D
        expect_byte "overscan too", [SMALL + 16], 0
        mov     dx, 0x3C4
        mov     al, 3
        out     dx, al
        inc     dx
        in      al, dx
        expect_byte "second font in block 2", al, 0x08
        mov     ax, 0x1007
        mov     bl, 1
        int     0x10
        expect_byte "profile: palette", bh, 0x2D
        mov     ax, 0x1015
        mov     bx, 0x2D
        int     0x10
        expect_byte "profile: DAC", dh, 9
        mov     dx, 0x3D4
        mov     al, 0x14
        out     dx, al
        inc     dx
        in      al, dx
        expect_byte "profile: underline", al, 9
        mov     ax, 0x1000
        mov     bx, 0x3303
        int     0x10
        expect_byte "AX=1000h is noted down", [SMALL + 3], 0x33
        mov     ax, 0x1B00
        mov     bx, 0
        mov     di, SMALL + 64
        int     0x10
        expect_byte "AH=1Bh tells", [SMALL + 64 + 0x32], 0x3F
        mov     ax, 0x0012
        int     0x10
        expect  "font of graphics: height", [fs:0x85], 12
        expect_byte "its rows", [fs:0x84], 39
        push    0
        pop     es
        expect  "INT 43h", [es:0x43 * 4], .glyphs
        push    ds
        pop     es
        mov     ax, 0x0002
        int     0x10
        expect  "other modes are as ever", [fs:0x85], 16
        mov     eax, [.old]
        mov     [fs:0xA8], eax
        ret

.old:           dd      0
.first:         dd      0
                dw      SMALL, 0, .text_font, 0, .graphics_font, 0, .second, 0
                dd      0, 0
.second:        dw      26
                dd      0
                dw      .second_font, 0, .profile, 0
                dd      0, 0, 0
.text_font:     db      10, 0
                dw      256, 0, .glyphs, 0
                db      38, 3, 0xFF
.second_font:   db      10, 2, 0
                dw      .glyphs, 0
                db      7, 3, 0xFF
.graphics_font: db      40
                dw      12, .glyphs, 0
                db      0x12, 0xFF
.profile:       db      1, 0
                dw      0
                dw      1, 1, .palette, 0
                dw      1, 0x2D, .colour, 0
                db      0x03, 0xFF
.palette:       db      0x2D
.colour:        db      9, 8, 7
.glyphs:        times   64 db 0x81

        guest_end
