; INT 10h.

%include "bios_guest.inc"

BUFFER                  equ 0xE000
FONT                    equ 0xE800

guest_main:
        mov     ax, 0x40
        mov     fs, ax
        mov     ax, 0xB800
        mov     gs, ax
        call    state_at_start
        call    text
        call    teletype
        call    scrolling
        call    strings
        call    pages
        call    cursor
        call    fonts
        call    palettes
        call    information
        call    modes
        call    pixels
        call    graphics_text
        ret

; Crtc "name", register, value
%macro crtc 3
        mov     dx, 0x3D4
        mov     al, %2
        out     dx, al
        inc     dx
        in      al, dx
        expect_byte %1, al, %3
%endmacro

state_at_start:
        mov     ah, 0x0F
        int     0x10
        expect  "mode 3, 80 columns", ax, 0x5003
        expect_byte "page 0", bh, 0
        expect  "page size", [fs:0x4C], 0x1000
        expect_byte "VGA flags", [fs:0x89], 0x11
        les     bx, [fs:0xA8]
        les     bx, [es:bx]
        expect_byte "parameter table: 80x25 of mode 3, 400 lines", [es:bx + 24 * 64], 80
        expect_byte "its character height", [es:bx + 24 * 64 + 2], 16
        push    ds
        pop     es
        ret

text:
        mov     ax, 0x0003
        int     0x10
        expect  "mode set clears", [gs:0], 0x0720
        mov     ah, 0x02
        mov     bh, 0
        mov     dx, 0x050A
        int     0x10
        mov     ah, 0x03
        int     0x10
        expect  "AH=03h place", dx, 0x050A
        expect  "AH=03h shape", cx, 0x0607
        crtc    "cursor place high", 0x0E, (5 * 80 + 10) >> 8
        crtc    "cursor place low", 0x0F, (5 * 80 + 10) & 0xFF
        mov     ax, 0x0941
        mov     bx, 0x001F
        mov     cx, 3
        int     0x10
        expect  "AH=09h first", [gs:(5 * 80 + 10) * 2], 0x1F41
        expect  "AH=09h last", [gs:(5 * 80 + 12) * 2], 0x1F41
        expect  "AH=09h no more", [gs:(5 * 80 + 13) * 2], 0x0720
        mov     ax, 0x0A42
        mov     bx, 0x0000
        mov     cx, 1
        int     0x10
        expect  "AH=0Ah keeps the attribute", [gs:(5 * 80 + 10) * 2], 0x1F42
        mov     ah, 0x08
        mov     bh, 0
        int     0x10
        expect  "AH=08h", ax, 0x1F42
        mov     ax, 0x0083
        int     0x10
        expect  "mode set with bit 7 keeps", [gs:(5 * 80 + 10) * 2], 0x1F42
        mov     ah, 0x0F
        int     0x10
        expect_byte "and AH=0Fh tells", al, 0x83
        ret

%macro type 1
        mov     ax, 0x0E00 | %1
        mov     bx, 0
        int     0x10
%endmacro

%macro place 2
        mov     ah, 0x03
        mov     bh, 0
        int     0x10
        expect  %1, dx, %2
%endmacro

teletype:
        mov     ax, 0x0003
        int     0x10
        type    'x'
        place   "moves", 0x0001
        type    8
        place   "backspace", 0x0000
        type    8
        place   "backspace stops", 0x0000
        type    10
        place   "line feed", 0x0100
        mov     ah, 0x02
        mov     dx, 0x184F
        int     0x10
        type    'y'
        place   "scrolls at the end", 0x1800
        expect_byte "what was in the last line", [gs:(23 * 80 + 79) * 2], 'y'
        type    13
        place   "return", 0x1800
        ret

scrolling:
        mov     ax, 0x0003
        int     0x10
        mov     bp, 0
.line:
        mov     ah, 0x02
        mov     bh, 0
        mov     dx, bp
        mov     dh, dl
        mov     dl, 0
        int     0x10
        mov     ax, bp
        add     al, 'A'
        mov     ah, 0x09
        mov     bx, 0x0007
        mov     cx, 80
        int     0x10
        inc     bp
        cmp     bp, 25
        jb      .line
        mov     ax, 0x0602
        mov     bh, 0x4E
        mov     cx, 0x0A14              ; rows 10-15, columns 20-30
        mov     dx, 0x0F1E
        int     0x10
        expect_byte "up: row 10", [gs:(10 * 80 + 20) * 2], 'A' + 12
        expect_byte "up: row 13", [gs:(13 * 80 + 30) * 2], 'A' + 15
        expect  "up: row 14 is new", [gs:(14 * 80 + 20) * 2], 0x4E20
        expect  "up: row 15 is new", [gs:(15 * 80 + 30) * 2], 0x4E20
        expect_byte "left of the window", [gs:(10 * 80 + 19) * 2], 'A' + 10
        expect_byte "right of the window", [gs:(15 * 80 + 31) * 2], 'A' + 15
        expect_byte "below the window", [gs:(16 * 80 + 20) * 2], 'A' + 16
        mov     ax, 0x0701
        mov     bh, 0x07
        mov     cx, 0x0000
        mov     dx, 0x094F
        int     0x10
        expect  "down: row 0 is new", [gs:0], 0x0720
        expect_byte "down: row 1", [gs:(1 * 80) * 2], 'A'
        expect_byte "down: row 9", [gs:(9 * 80 + 79) * 2], 'A' + 8
        expect_byte "down: row 10 stays", [gs:(10 * 80) * 2], 'A' + 10
        mov     ax, 0x0600
        mov     bh, 0x17
        mov     cx, 0x0000
        mov     dx, 0x184F
        int     0x10
        expect  "clear", [gs:(24 * 80 + 79) * 2], 0x1720
        ret

strings:
        mov     ax, 0x0003
        int     0x10
        mov     ax, 0x1301
        mov     bx, 0x002E
        mov     cx, 3
        mov     dx, 0x0203
        mov     bp, .text
        int     0x10
        expect  "AH=13h", [gs:(2 * 80 + 3) * 2], 0x2E31
        place   "AH=13h AL=1 moves the cursor", 0x0206
        mov     ax, 0x1302
        mov     bx, 0
        mov     cx, 2
        mov     dx, 0x0403
        mov     bp, .pairs
        int     0x10
        expect  "AL=2 first", [gs:(4 * 80 + 3) * 2], 0x1361
        expect  "AL=2 second", [gs:(4 * 80 + 4) * 2], 0x2462
        place   "AL=2 does not", 0x0206
        ret
.text:          db      "123"
.pairs:         db      "a", 0x13, "b", 0x24

pages:
        mov     ax, 0x0501
        int     0x10
        expect_byte "40:62", [fs:0x62], 1
        expect  "40:4E", [fs:0x4E], 0x1000
        crtc    "start address", 0x0C, 0x08
        mov     ah, 0x02
        mov     bh, 2
        mov     dx, 0x0102
        int     0x10
        mov     ax, 0x0943
        mov     bx, 0x0270
        mov     cx, 1
        int     0x10
        expect  "writing on another page", [gs:0x2000 + (80 + 2) * 2], 0x7043
        expect  "its cursor", [fs:0x54], 0x0102
        mov     ax, 0x0500
        int     0x10
        crtc    "back", 0x0C, 0
        ret

cursor:
        mov     ah, 0x01
        mov     cx, 0x0607
        int     0x10
        crtc    "underline starts", 0x0A, 0x0D
        crtc    "underline ends", 0x0B, 0x0E
        mov     ah, 0x01
        mov     cx, 0x2000
        int     0x10
        mov     dx, 0x3D4
        mov     al, 0x0A
        out     dx, al
        inc     dx
        in      al, dx
        and     al, 0x20
        expect_byte "hidden", al, 0x20
        mov     ah, 0x01
        mov     cx, 0x0007
        int     0x10
        crtc    "block starts", 0x0A, 0x00
        crtc    "block ends", 0x0B, 0x0F
        mov     ax, 0x1201
        mov     bl, 0x34
        int     0x10
        expect_byte "cursor emulation can be switched off", al, 0x12
        mov     ah, 0x01
        mov     cx, 0x0607
        int     0x10
        crtc    "raw", 0x0A, 0x06
        mov     ax, 0x1200
        mov     bl, 0x34
        int     0x10
        ret

; AL = byte BX of plane 2.
font_byte:
        mov     dx, 0x3C4
        mov     ax, 0x0704
        out     dx, ax
        mov     dx, 0x3CE
        mov     ax, 0x0204
        out     dx, ax
        mov     ax, 0x0005
        out     dx, ax
        mov     ax, 0x0006
        out     dx, ax
        mov     ax, 0xA000
        mov     es, ax
        mov     cl, [es:bx]
        mov     dx, 0x3C4
        mov     ax, 0x0304
        out     dx, ax
        mov     dx, 0x3CE
        mov     ax, 0x0004
        out     dx, ax
        mov     ax, 0x1005
        out     dx, ax
        mov     ax, 0x0E06
        out     dx, ax
        push    ds
        pop     es
        mov     al, cl
        ret

fonts:
        mov     ax, 0x0003
        int     0x10
        mov     bx, 0xDB * 32 + 15
        call    font_byte
        expect_byte "full block in plane 2", al, 0xFF
        mov     bx, 0x41 * 32
        call    font_byte
        expect_byte "A has no top line", al, 0
        mov     ax, 0x1130
        mov     bh, 6
        int     0x10
        expect  "AX=1130h lines", cx, 16
        expect_byte "AX=1130h rows", dl, 24
        expect_byte "8x16 full block", [es:bp + 0xDB * 16], 0xFF
        mov     ax, 0x1130
        mov     bh, 3
        int     0x10
        expect_byte "8x8 full block", [es:bp + 0xDB * 8 + 7], 0xFF
        mov     si, bp
        mov     ax, 0x1130
        mov     bh, 4
        int     0x10
        sub     bp, si
        expect  "8x8 upper half", bp, 0x400
        mov     ax, 0x1112
        mov     bl, 0
        int     0x10
        expect_byte "8x8: rows", [fs:0x84], 49
        expect  "8x8: height", [fs:0x85], 8
        crtc    "8x8: maximum scan line", 0x09, 0x47
        crtc    "8x8: cursor", 0x0A, 0x06
        mov     bx, 0xDC * 32 + 3
        call    font_byte
        expect_byte "8x8: lower half block's upper half", al, 0
        mov     bx, 0xDC * 32 + 4
        call    font_byte
        expect_byte "8x8: lower half block's lower half", al, 0xFF
        mov     ax, 0x1111
        mov     bl, 0
        int     0x10
        expect_byte "8x14: rows", [fs:0x84], 27
        mov     ax, 0x1114
        mov     bl, 0
        int     0x10
        expect_byte "8x16: rows", [fs:0x84], 24
        mov     di, FONT
        mov     cx, 32
        mov     al, 0x5A
        rep     stosb
        mov     ax, 0x1100
        mov     bx, 0x1001              ; 16 lines, block 1
        mov     cx, 2
        mov     dx, 0x80
        mov     bp, FONT
        int     0x10
        mov     bx, 0x4000 + 0x81 * 32 + 15
        call    font_byte
        expect_byte "own glyph in block 1", al, 0x5A
        mov     bx, 0x4000 + 0x82 * 32
        call    font_byte
        expect_byte "and no more", al, 0
        mov     ax, 0x1103
        mov     bl, 0x04
        int     0x10
        mov     dx, 0x3C4
        mov     al, 3
        out     dx, al
        inc     dx
        in      al, dx
        expect_byte "block select", al, 0x04
        mov     ax, 0x1202
        mov     bl, 0x30
        int     0x10
        mov     ax, 0x1201
        mov     bl, 0x30
        int     0x10
        mov     ax, 0x0003
        int     0x10
        expect  "350 lines: height", [fs:0x85], 14
        expect_byte "350 lines: rows", [fs:0x84], 24
        mov     ax, 0x1202
        mov     bl, 0x30
        int     0x10
        mov     ax, 0x0003
        int     0x10
        expect  "400 lines again", [fs:0x85], 16
        push    ds
        pop     es
        ret

palettes:
        mov     ax, 0x1000
        mov     bx, 0x2A03
        int     0x10
        mov     ax, 0x1007
        mov     bx, 0x0003
        int     0x10
        expect_byte "AX=1007h", bh, 0x2A
        mov     ax, 0x1001
        mov     bh, 0x05
        int     0x10
        mov     ax, 0x1008
        int     0x10
        expect_byte "AX=1008h", bh, 0x05
        mov     ax, 0x1009
        mov     dx, BUFFER
        int     0x10
        expect_byte "AX=1009h register 3", [BUFFER + 3], 0x2A
        expect_byte "AX=1009h register 15", [BUFFER + 15], 0x3F
        expect_byte "AX=1009h overscan", [BUFFER + 16], 0x05
        mov     byte [BUFFER + 3], 3
        mov     byte [BUFFER + 16], 0
        mov     ax, 0x1002
        int     0x10
        mov     ax, 0x1007
        mov     bx, 0x0003
        int     0x10
        expect_byte "AX=1002h", bh, 0x03
        mov     ax, 0x1015
        mov     bx, 0x003F
        int     0x10
        expect_byte "white", dh, 0x3F
        mov     ax, 0x1015
        mov     bx, 0x0014
        int     0x10
        expect_byte "brown is not yellow", ch, 0x15
        expect_byte "brown's red", dh, 0x2A
        mov     ax, 0x1010
        mov     bx, 0x0080
        mov     cx, 0x2211
        mov     dh, 0x33
        int     0x10
        mov     ax, 0x1017
        mov     cx, 1
        mov     dx, BUFFER
        int     0x10
        expect  "AX=1017h red, green", [BUFFER], 0x2233
        expect_byte "AX=1017h blue", [BUFFER + 2], 0x11
        mov     ax, 0x101B
        mov     bx, 0x0080
        mov     cx, 1
        int     0x10
        mov     ax, 0x1015
        int     0x10
        mov     al, ch
        mov     ah, 0
        expect_byte "grey: red is green", dh, ax
        mov     al, cl
        expect_byte "grey: green is blue", ch, ax
        mov     ax, 0x1003
        mov     bl, 0
        int     0x10
        mov     dx, 0x3DA
        in      al, dx
        mov     dx, 0x3C0
        mov     al, 0x30
        out     dx, al
        inc     dx
        in      al, dx
        expect_byte "no blinking", al, 0x04
        mov     ax, 0x101A
        int     0x10
        expect  "AX=101Ah", bx, 0x0000
        ret

information:
        mov     ax, 0x1A00
        int     0x10
        expect_byte "AH=1Ah exists", al, 0x1A
        expect  "VGA with colour display", bx, 0x0008
        mov     ah, 0x12
        mov     bl, 0x10
        int     0x10
        expect  "colour, 256 KB", bx, 0x0003
        expect_byte "switches", cl, 0x09
        mov     ax, 0x1B00
        mov     bx, 0
        mov     di, BUFFER
        int     0x10
        expect_byte "AH=1Bh exists", al, 0x1B
        expect_byte "AH=1Bh mode", [BUFFER + 4], 3
        expect_byte "AH=1Bh rows", [BUFFER + 0x22], 25
        expect_byte "AH=1Bh display", [BUFFER + 0x25], 8
        expect  "AH=1Bh colours", [BUFFER + 0x27], 16
        expect_byte "AH=1Bh pages", [BUFFER + 0x29], 8
        expect_byte "AH=1Bh lines", [BUFFER + 0x2A], 2
        expect_byte "AH=1Bh memory", [BUFFER + 0x31], 3
        ret

; mode number, columns, rows less one, height, page size
%macro mode 5
%defstr %%number %1
%define %%mode "mode ", %%number
        mov     ax, %1
        int     0x10
        mov     ah, 0x0F
        int     0x10
        expect  {%%mode}, ax, (%2 << 8) | %1
        expect_byte {%%mode, " rows"}, [fs:0x84], %3
        expect_byte {%%mode, " height"}, [fs:0x85], %4
        expect  {%%mode, " page size"}, [fs:0x4C], %5
%endmacro

modes:
        mode    0x00, 40, 24, 16, 0x0800
        mode    0x01, 40, 24, 16, 0x0800
        mode    0x02, 80, 24, 16, 0x1000
        mode    0x04, 40, 24, 8, 0x4000
        mode    0x06, 80, 24, 8, 0x4000
        mode    0x07, 80, 24, 16, 0x1000
        expect  "mode 7 CRTC", [fs:0x63], 0x3B4
        mode    0x0D, 40, 24, 8, 0x2000
        mode    0x0E, 80, 24, 8, 0x4000
        mode    0x0F, 80, 24, 14, 0x8000
        mode    0x10, 80, 24, 14, 0x8000
        mode    0x11, 80, 29, 16, 0xA000
        mode    0x12, 80, 29, 16, 0xA000
        mode    0x13, 40, 24, 8, 0x2000
        mov     ax, 0x0077
        int     0x10
        mov     ah, 0x0F
        int     0x10
        expect_byte "unknown mode changes nothing", al, 0x13
        mov     ax, 0x1015
        mov     bx, 0x0020
        int     0x10
        expect  "first hue is blue", cx, 0x003F
        mov     ax, 0x1015
        mov     bx, 0x0028
        int     0x10
        expect_byte "eighth hue is red", dh, 0x3F
        expect  "and nothing else", cx, 0x0000
        ret

; mode, colour, column, line
%macro pixel 4
%defstr %%number %1
%define %%mode "mode ", %%number
        mov     ax, %1
        int     0x10
        mov     ax, 0x0C00 | %2
        mov     bh, 0
        mov     cx, %3
        mov     dx, %4
        int     0x10
        mov     ah, 0x0D
        int     0x10
        expect_byte {%%mode, " pixel"}, al, %2
        inc     cx
        mov     ah, 0x0D
        int     0x10
        expect_byte {%%mode, " its neighbour"}, al, 0
        dec     cx
        mov     ax, 0x0C00 | %2 | 0x80
        int     0x10
        mov     ah, 0x0D
        int     0x10
        expect_byte {%%mode, " exclusive or"}, al, (%1 == 0x13) * (%2 | 0x80)
%endmacro

pixels:
        pixel   0x04, 2, 101, 51
        mov     ax, 0xB800
        mov     es, ax
        pixel   0x06, 1, 601, 199
        pixel   0x0D, 9, 300, 100
        pixel   0x0E, 12, 639, 199
        pixel   0x10, 15, 639, 349
        pixel   0x11, 1, 639, 479
        pixel   0x12, 10, 639, 479
        pixel   0x13, 77, 319, 199
        mov     ax, 0xA000
        mov     es, ax
        expect_byte "mode 13h memory", [es:63999], 77 | 0x80
        push    ds
        pop     es
        ret

; Draws, reads back by shape, scrolls.
%macro drawn 2                          ; mode, colour
%defstr %%number %1
%define %%mode "mode ", %%number
        mov     ax, %1
        int     0x10
        mov     ah, 0x02
        mov     bh, 0
        mov     dx, 0x0304
        int     0x10
        mov     ax, 0x0900 | 'R'
        mov     bx, %2
        mov     cx, 2
        int     0x10
        mov     ah, 0x08
        mov     bh, 0
        int     0x10
        expect_byte {%%mode, " reads its character"}, al, 'R'
        mov     ax, 0x0601
        mov     bx, 0
        mov     cx, 0x0000
        mov     dx, 0x0A08
        int     0x10
        mov     ah, 0x02
        mov     bh, 0
        mov     dx, 0x0205
        int     0x10
        mov     ah, 0x08
        int     0x10
        expect_byte {%%mode, " scrolls up"}, al, 'R'
        mov     ax, 0x0702
        mov     bx, 0
        mov     cx, 0x0005
        mov     dx, 0x0A08
        int     0x10
        mov     ah, 0x08
        int     0x10
        expect_byte {%%mode, " scrolled line is clear"}, al, 0
        mov     ah, 0x02
        mov     dx, 0x0405
        int     0x10
        mov     ah, 0x08
        int     0x10
        expect_byte {%%mode, " scrolls down"}, al, 'R'
        mov     ah, 0x02
        mov     dx, 0x0204
        int     0x10
        mov     ah, 0x08
        int     0x10
        expect_byte {%%mode, " leaves what is outside"}, al, 'R'
        mov     ah, 0x02
        mov     dl, 0
        mov     dh, [fs:0x84]
        int     0x10
        mov     ax, 0x0E00 | 'T'
        mov     bx, %2
        int     0x10
        mov     ax, 0x0E00 | 10
        int     0x10
        mov     ah, 0x02
        mov     bh, 0
        mov     dl, 0
        mov     dh, [fs:0x84]
        dec     dh
        int     0x10
        mov     ah, 0x08
        int     0x10
        expect_byte {%%mode, " teletype scrolls"}, al, 'T'
%endmacro

graphics_text:
        drawn   0x04, 3
        drawn   0x06, 1
        drawn   0x0D, 5
        drawn   0x10, 14
        drawn   0x12, 9
        drawn   0x13, 40
        mov     ax, 0x0012
        int     0x10
        mov     ax, 0x09DB
        mov     bx, 0x0006
        mov     cx, 1
        int     0x10
        mov     ah, 0x0D
        mov     cx, 7
        mov     dx, 15
        int     0x10
        expect_byte "colour of a drawn character", al, 6
        mov     ax, 0x09DB
        mov     bx, 0x0083              ; exclusive or 3
        mov     cx, 1
        int     0x10
        mov     ah, 0x0D
        mov     cx, 7
        mov     dx, 15
        int     0x10
        expect_byte "exclusive or of characters", al, 5
        mov     ax, 0x0003
        int     0x10
        ret

        guest_end
