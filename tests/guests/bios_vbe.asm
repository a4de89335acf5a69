; INT 10h AH=4Fh: VESA's modes, with the linear frame buffer seen from 32-bit code, the window from both sides, and the
; protected mode entries.

%include "bios_guest.inc"

INFO                    equ 0xE000
MODE_INFO               equ 0xE200
STATE                   equ 0xE400      ; up to 17 blocks
LINEAR                  equ 0xE0000000

guest_main:
        mov     ax, 0x40
        mov     fs, ax
        in      al, 0x92                ; address line 20
        or      al, 2
        out     0x92, al
        call    controller
        call    mode_information
        call    packed_modes
        call    windows
        call    lines_and_start
        call    palettes
        call    protected_mode
        call    text_services
        call    vga_modes
        call    states
        call    refusals
        mov     ax, 0x0003
        int     0x10
        ret

; Vbe "name": calls INT 10h and expects AX
%macro vbe 2
        int     0x10
        expect  {%1}, ax, %2
%endmacro

controller:
        mov     di, INFO
        mov     cx, 256
        mov     ax, 0x5A5A
        rep     stosw
        mov     di, INFO
        mov     ax, 0x4F00
        vbe     "4F00h", 0x004F
        expect  "VESA", [INFO], "VE"
        expect  "SA", [INFO + 2], "SA"
        expect  "2.0", [INFO + 4], 0x0200
        expect  "DAC's width can be switched", [INFO + 10], 1
        expect  "4 MB", [INFO + 18], 64
        expect  "256 bytes are the caller's", [INFO + 256], 0x5A5A
        expect  "no fields of 2.0", [INFO + 0x14], 0
        les     bx, [INFO + 6]
        expect  "maker", [es:bx], "Tr"
        push    ds
        pop     es
        mov     dword [INFO], "VBE2"
        mov     ax, 0x4F00
        mov     di, INFO
        int     0x10
        les     bx, [INFO + 0x1A]
        expect  "product", [es:bx], "VG"
        les     bx, [INFO + 14]
        mov     cx, 0
.mode:
        mov     ax, [es:bx]
        add     bx, 2
        cmp     ax, 0xFFFF
        je      .listed
        inc     cx
        cmp     ax, 0x145               ; 1280x1024 in 32 bits takes 5 MB
        jne     .mode
        mov     cx, 0x1000
.listed:
        push    ds
        pop     es
        expect  "modes that 4 MB hold", cx, 32
        ret

mode_information:
        mov     ax, 0x4F01
        mov     cx, 0x0114
        mov     di, MODE_INFO
        vbe     "4F01h", 0x004F
        expect  "attributes: not by a VGA's registers", [MODE_INFO], 0x00BF
        expect  "windows", [MODE_INFO + 2], 0x0007
        expect  "granularity", [MODE_INFO + 4], 64
        expect  "size", [MODE_INFO + 6], 64
        expect  "window A", [MODE_INFO + 8], 0xA000
        expect  "window B", [MODE_INFO + 10], 0
        expect  "bytes of a line", [MODE_INFO + 16], 1600
        expect  "width", [MODE_INFO + 18], 800
        expect  "height", [MODE_INFO + 20], 600
        expect  "cell", [MODE_INFO + 22], 0x1008
        expect  "a plane of 16 bits", [MODE_INFO + 24], 0x1001
        expect  "direct colours", [MODE_INFO + 26], 0x0601
        expect  "pages less one", [MODE_INFO + 28], 0x0300
        expect  "red", [MODE_INFO + 0x1F], 0x0B05
        expect  "green", [MODE_INFO + 0x21], 0x0506
        expect  "blue", [MODE_INFO + 0x23], 0x0005
        expect  "linear at", [MODE_INFO + 0x2A], LINEAR >> 16
        expect  "memory behind the picture", [MODE_INFO + 0x30], (0x400000 - 960000) / 1024
        mov     ax, 0x4F01
        mov     cx, 0x0145
        vbe     "what does not fit is not there", 0x014F
        mov     ax, 0x4F01
        mov     cx, 0x0109
        vbe     "132x25", 0x004F
        expect  "text, colour", [MODE_INFO], 0x000F
        expect  "columns", [MODE_INFO + 18], 132
        expect  "rows", [MODE_INFO + 20], 25
        expect  "cells of 8x16", [MODE_INFO + 22], 0x1008
        expect  "at B800", [MODE_INFO + 8], 0xB800
        expect  "bytes of a row", [MODE_INFO + 16], 264
        mov     ax, 0x4F01
        mov     cx, 0x0102
        vbe     "800x600 in planes", 0x004F
        expect  "four of them", [MODE_INFO + 24], 0x0404
        expect  "planar", [MODE_INFO + 26], 0x0301
        ret

; --- 32-bit code ---

; From 16 to 32 bits and back, interrupts off; the code between may use EAX-EDI and flat DS, ES. CS and SS stay at 0.
gdt:
        dw      gdt_end - gdt - 1
        dd      gdt
        dw      0
        dd      0x0000FFFF, 0x00CF9B00  ; 08: code, 32 bits, flat
        dd      0x0000FFFF, 0x00CF9300  ; 10: data, flat
        dd      0x0000FFFF, 0x00009B00  ; 18: code, 16 bits
        dd      0x0000FFFF, 0x00009300  ; 20: data, 64 KB
gdt_end:

%macro enter_32 0
        cli
        lgdt    [gdt]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     dword 0x08:%%wide
        bits    32
%%wide:
        mov     eax, 0x10
        mov     ds, eax
        mov     es, eax
        mov     ss, eax
        movzx   esp, sp
%endmacro

%macro leave_32 0
        jmp     0x18:%%narrow
        bits    16
%%narrow:
        mov     ax, 0x20
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     eax, cr0
        and     al, 0xFE
        mov     cr0, eax
        jmp     0:%%real
%%real:
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        sti
%endmacro

; --- Packed modes ---

bytes:          dd      0               ; of the picture
bad:            dd      0               ; what was found was not as it should be

; Fills the picture with a number of each doubleword and compares.
draw_linear:
        enter_32
        mov     edi, LINEAR
        mov     ecx, [bytes]
        shr     ecx, 2
        mov     eax, 0x9E3779B1
.write:
        stosd
        add     eax, 0x9E3779B1
        loop    .write
        mov     esi, LINEAR
        mov     ecx, [bytes]
        shr     ecx, 2
        mov     eax, 0x9E3779B1
        mov     dword [bad], 0
.read:
        cmp     [esi], eax
        jne     .differs
        add     esi, 4
        add     eax, 0x9E3779B1
        loop    .read
        jmp     .done
.differs:
        mov     dword [bad], 0xFFFF
.done:
        leave_32
        ret

; The same numbers, through the window, all banks of it. BX = the first difference's bank, FFFFh: none.
read_windows:
        mov     ecx, [bytes]
        mov     ebp, 0x9E3779B1
        mov     dx, 0
.bank:
        push    dx
        push    ecx
        mov     ax, 0x4F05
        mov     bx, 0
        call    far [MODE_INFO + 12]
        pop     ecx
        pop     dx
        push    ds
        mov     ax, 0xA000
        mov     ds, ax
        mov     si, 0
.next:
        lodsd
        cmp     eax, ebp
        jne     .differs
        add     ebp, 0x9E3779B1
        sub     ecx, 4
        jbe     .same
        test    si, si
        jnz     .next
        pop     ds
        inc     dx
        jmp     .bank
.same:
        pop     ds
        mov     bx, 0xFFFF
        ret
.differs:
        pop     ds
        mov     bx, dx
        ret

; Every packed mode that there is: fills it linearly, reads back, and again through the window.
packed_modes:
        mov     si, .list
.mode:
        mov     bx, [si]
        test    bx, bx
        jz      .done
        push    si
        mov     ax, 0x4F01
        mov     cx, bx
        mov     di, MODE_INFO
        int     0x10
        mov     ax, [MODE_INFO + 16]
        mul     word [MODE_INFO + 20]
        mov     [bytes], ax
        mov     [bytes + 2], dx
        or      bx, 0x4000
        mov     ax, 0x4F02
        vbe     "4F02h", 0x004F
        push    bx
        mov     ax, 0x4F03
        int     0x10
        pop     ax
        expect  "4F03h", bx, ax
        and     bx, 0x1FF
        push    bx
        enter_32
        mov     eax, [LINEAR]
        mov     ecx, [bytes]
        mov     edi, [LINEAR + ecx - 4]
        or      eax, edi
        setnz   [bad]
        leave_32
        expect  "is cleared", [bad], 0
        call    draw_linear
        expect  "reads back", [bad], 0
        pop     bx
        or      bx, 0x8000
        mov     ax, 0x4F02
        int     0x10
        mov     ax, 0x4F03
        int     0x10
        pop     si
        push    si
        mov     ax, [si]
        or      ax, 0x8000
        expect  "memory was kept", bx, ax
        call    read_windows
        expect  "the window shows the same", bx, 0xFFFF
        pop     si
        add     si, 2
        jmp     .mode
.done:
        ret
.list:
        dw      0x100, 0x101, 0x103, 0x105, 0x107, 0x10D, 0x10E, 0x10F, 0x110, 0x111, 0x112, 0x113, 0x114, 0x115
        dw      0x116, 0x117, 0x118, 0x119, 0x11A, 0x11B, 0x140, 0x141, 0x142, 0x143, 0x144, 0

windows:
        mov     ax, 0x4F02
        mov     bx, 0x0105
        int     0x10
        mov     ax, 0x4F05
        mov     bx, 0x0000
        mov     dx, 11
        vbe     "4F05h sets", 0x004F
        mov     ax, 0x4F05
        mov     bx, 0x0100
        mov     dx, 0
        vbe     "and gets", 0x004F
        expect  "the window", dx, 11
        mov     ax, 0xA000
        mov     gs, ax
        mov     word [gs:0xFFFE], 0x1234
        mov     ax, 0x4F05
        mov     bx, 0x0000
        mov     dx, 12
        int     0x10
        expect  "another bank", [gs:0xFFFE], 0
        mov     ax, 0x4F05
        mov     dx, 64
        vbe     "beyond the memory", 0x014F
        mov     ax, 0x4F05
        mov     bx, 0x0001
        mov     dx, 0
        vbe     "window B", 0x014F
        mov     ax, 0x4F05
        mov     bx, 0x0000
        mov     dx, 11
        call    far [MODE_INFO + 12]
        expect  "WinFunc's status", ax, 0x004F
        expect  "what was written", [gs:0xFFFE], 0x1234
        mov     ax, 0x4F02
        mov     bx, 0x4105
        int     0x10
        mov     ax, 0x4F05
        mov     bx, 0
        mov     dx, 1
        vbe     "no window in linear modes", 0x034F
        ret

lines_and_start:
        mov     ax, 0x4F02
        mov     bx, 0x0111              ; 640x480 in 16 bits
        int     0x10
        mov     ax, 0x4F06
        mov     bx, 0x0001
        vbe     "4F06h gets", 0x004F
        expect  "bytes", bx, 1280
        expect  "pixels", cx, 640
        expect  "lines", dx, 3276
        mov     ax, 0x4F06
        mov     bx, 0x0000
        mov     cx, 1000
        vbe     "and sets", 0x004F
        expect  "bytes of 1000 pixels", bx, 2000
        expect  "1000 pixels", cx, 1000
        expect  "lines of 2000 bytes", dx, 2097
        mov     ax, 0x4F06
        mov     bx, 0x0002
        mov     cx, 1501
        vbe     "in bytes", 0x004F
        expect  "pixels of 1501 bytes", cx, 751
        mov     ax, 0x4F06
        mov     bx, 0x0003
        vbe     "longest line", 0x004F
        expect  "its pixels", cx, 4369
        mov     ax, 0x4F06
        mov     bx, 0x0000
        mov     cx, 4370
        vbe     "no longer one", 0x024F
        mov     ax, 0x4F07
        mov     bx, 0x0000
        mov     cx, 100
        mov     dx, 1000
        vbe     "4F07h sets", 0x004F
        mov     ax, 0x4F07
        mov     bx, 0x0001
        mov     cx, 0
        mov     dx, 0
        vbe     "and gets", 0x004F
        expect  "pixel", cx, 100
        expect  "line", dx, 1000
        mov     ax, 0x4F07
        mov     bx, 0x0080
        mov     cx, 111
        mov     dx, 0
        vbe     "in the retrace", 0x004F
        mov     ax, 0x4F07
        mov     bx, 0x0000
        mov     cx, 112
        vbe     "not over the edge", 0x014F
        mov     ax, 0x4F07
        mov     bx, 0x0001
        int     0x10
        expect  "which changes nothing", cx, 111
        ret

palettes:
        mov     ax, 0x4F02
        mov     bx, 0x0101
        int     0x10
        mov     ax, 0x4F08
        mov     bx, 0x0001
        vbe     "4F08h gets", 0x004F
        expect_byte "six bits", bh, 6
        mov     ax, 0x4F08
        mov     bx, 0x0700
        int     0x10
        expect_byte "seven are six", bh, 6
        mov     ax, 0x4F08
        mov     bx, 0x0800
        vbe     "eight", 0x004F
        expect_byte "are eight", bh, 8
        mov     ax, 0x4F09
        mov     bx, 0x0000
        mov     cx, 2
        mov     dx, 17
        mov     di, .colours
        vbe     "4F09h sets", 0x004F
        mov     ax, 0x4F09
        mov     bx, 0x0001
        mov     cx, 1
        mov     dx, 18
        mov     di, INFO
        vbe     "and gets", 0x004F
        expect  "blue, green", [INFO], 0x8182
        expect  "red", [INFO + 2], 0x00FF
        mov     dx, 0x3C7
        mov     al, 17
        out     dx, al
        mov     dx, 0x3C9
        in      al, dx
        expect_byte "the DAC has eight bits", al, 0xC3
        mov     ax, 0x4F08
        mov     bx, 0x0600
        int     0x10
        mov     dx, 0x3C7
        mov     al, 17
        out     dx, al
        mov     dx, 0x3C9
        in      al, dx
        expect_byte "with six, the upper ones", al, 0xC3 >> 2
        mov     ax, 0x4F09
        mov     bx, 0x0002
        vbe     "no second palette", 0x024F
        mov     ax, 0x4F09
        mov     bx, 0x0000
        mov     cx, 2
        mov     dx, 255
        vbe     "no 257th colour", 0x014F
        mov     ax, 0x4F02
        mov     bx, 0x0112
        int     0x10
        mov     ax, 0x4F08
        mov     bx, 0x0800
        vbe     "not with direct colours", 0x034F
        ret
.colours:       db      0xC1, 0xC2, 0xC3, 0, 0x82, 0x81, 0xFF, 0

; --- 4F0Ah ---

entry:          dd      0
result:         dd      0, 0

; Calls the entry at offset %1 of the table, with what %2 sets up.
%macro call_32 2
        mov     bx, [%1 + pm_copy]
        movzx   ebx, bx
        add     ebx, pm_copy
        mov     [entry], ebx
        enter_32
        call    %2
        call    [entry]
        mov     [result], eax
        mov     [result + 4], edx
        leave_32
%endmacro

pm_copy         equ 0xE800              ; the code may be copied

protected_mode:
        mov     ax, 0x4F0A
        mov     bx, 0
        vbe     "4F0Ah", 0x004F
        push    ds
        push    es
        pop     ds
        push    0
        pop     es
        mov     si, di
        mov     di, pm_copy
        rep     movsb
        pop     ds
        mov     si, [pm_copy + 6]
        expect  "first port", [pm_copy + si], 0x1CE
        mov     ax, 0x4F02
        mov     bx, 0x0112              ; 640x480 in 24 bits
        int     0x10
        call_32 0, .window
        expect  "32-bit 4F05h", [result], 0x004F
        mov     ax, 0x4F05
        mov     bx, 0x0100
        int     0x10
        expect  "32-bit code moves the window", dx, 9
        call_32 0, .beyond
        expect  "32-bit 4F05h beyond the memory", [result], 0x014F
        call_32 2, .start
        expect  "32-bit 4F07h", [result], 0x004F
        mov     ax, 0x4F07
        mov     bx, 0x0001
        int     0x10
        expect  "its line", dx, 33
        expect  "its pixel", cx, 0
        call_32 4, .palette
        expect  "32-bit 4F09h", [result], 0x004F
        mov     ax, 0x1015
        mov     bx, 200
        int     0x10
        expect_byte "its red", dh, 0x33
        expect  "its green and blue", cx, 0x2211
        ret
        bits    32
.window:
        mov     bx, 0
        mov     dx, 9
        ret
.beyond:
        mov     bx, 0
        mov     dx, 64
        ret
.start:
        mov     bx, 0
        mov     ecx, 33 * 640 * 3 / 4
        mov     edx, 0
        ret
.palette:
        mov     bx, 0
        mov     cx, 1
        mov     dx, 200
        mov     edi, .colour
        ret
        bits    16
.colour:        db      0x11, 0x22, 0x33, 0

; --- Characters and pixels of the BIOS in packed modes ---

; mode, colour for AH=0Ch, colour that AH=0Dh tells
%macro packed_text 3
%defstr %%number %1
%define %%mode "mode ", %%number
        mov     ax, 0x4F02
        mov     bx, %1
        int     0x10
        mov     ax, 0x0C00 | %2
        mov     bh, 0
        mov     cx, 300
        mov     dx, 150
        int     0x10
        mov     ah, 0x0D
        int     0x10
        expect_byte {%%mode, " pixel"}, al, %3
        inc     cx
        mov     ah, 0x0D
        int     0x10
        expect_byte {%%mode, " its neighbour"}, al, 0
        mov     ah, 0x02
        mov     bh, 0
        mov     dx, 0x0704
        int     0x10
        mov     ax, 0x0900 | 'R'
        mov     bx, %2
        mov     cx, 2
        int     0x10
        mov     ah, 0x08
        mov     bh, 0
        int     0x10
        expect_byte {%%mode, " reads its character"}, al, 'R'
        mov     ax, 0x0602
        mov     bx, 0
        mov     cx, 0x0100
        mov     dx, 0x0A08
        int     0x10
        mov     ah, 0x02
        mov     bh, 0
        mov     dx, 0x0505
        int     0x10
        mov     ah, 0x08
        int     0x10
        expect_byte {%%mode, " scrolls up"}, al, 'R'
        mov     ax, 0x0701
        mov     cx, 0x0105
        mov     dx, 0x0A08
        int     0x10
        mov     ah, 0x02
        mov     dx, 0x0605
        int     0x10
        mov     ah, 0x08
        int     0x10
        expect_byte {%%mode, " scrolls down"}, al, 'R'
        mov     ah, 0x02
        mov     dx, 0x0504
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

text_services:
        packed_text 0x0101, 0x91, 0x91
        packed_text 0x010D, 12, 12
        packed_text 0x0114, 14, 14
        packed_text 0x0118, 9, 9
        packed_text 0x4142, 5, 5        ; linear
        ret

; --- Text of 132 columns, 800x600 in planes ---

; mode, its number in 40:49, columns, rows less one, height, page size
%macro vga_mode 6
%defstr %%number %1
%define %%mode "mode ", %%number
        mov     ax, 0x4F02
        mov     bx, %1
        vbe     {%%mode, " is set"}, 0x004F
        mov     ax, 0x4F03
        int     0x10
        expect  {%%mode, " is told"}, bx, %1
        mov     ah, 0x0F
        int     0x10
        expect  {%%mode, " by AH=0Fh"}, ax, (%3 << 8) | %2
        expect_byte {%%mode, " rows"}, [fs:0x84], %4
        expect  {%%mode, " height"}, [fs:0x85], %5
        expect  {%%mode, " page size"}, [fs:0x4C], %6
%endmacro

vga_modes:
        vga_mode 0x108, 0x58, 80, 59, 8, 0x2800
        vga_mode 0x109, 0x55, 132, 24, 16, 0x2000
        vga_mode 0x10A, 0x54, 132, 42, 8, 0x3000
        vga_mode 0x10B, 0x56, 132, 49, 8, 0x4000
        vga_mode 0x10C, 0x57, 132, 59, 8, 0x4000
        mov     ah, 0x02
        mov     bh, 0
        mov     dx, 0x3B83
        int     0x10
        mov     ax, 0x0E00 | 'X'
        int     0x10
        mov     ax, 0xB800
        mov     gs, ax
        expect_byte "the last cell scrolls", [gs:(58 * 132 + 131) * 2], 'X'
        vga_mode 0x102, 0x6A, 100, 36, 16, 0xEA60
        mov     ax, 0x0C0B
        mov     bh, 0
        mov     cx, 799
        mov     dx, 599
        int     0x10
        mov     ah, 0x0D
        int     0x10
        expect_byte "last pixel", al, 0x0B
        mov     ax, 0x4F06
        mov     bx, 0x0000
        mov     cx, 860
        vbe     "wider planes", 0x004F
        expect  "in 16 pixels", cx, 864
        expect  "of bytes", bx, 108
        expect  "of lines", dx, 606
        mov     ax, 0x4F07
        mov     bx, 0x0000
        mov     cx, 13
        mov     dx, 2
        vbe     "planes begin elsewhere", 0x004F
        mov     ax, 0x4F07
        mov     bx, 0x0001
        int     0x10
        expect  "at pixel", cx, 13
        expect  "of line", dx, 2
        mov     ax, 0x0055              ; by the number of one byte
        int     0x10
        mov     ax, 0x4F03
        int     0x10
        expect  "AH=00h sets 132 columns", bx, 0x0109
        mov     ax, 0x0022
        int     0x10
        mov     ax, 0x4F03
        int     0x10
        expect  "and 800x600", bx, 0x0103
        mov     ax, 0x4F02
        mov     bx, 0x0003
        vbe     "a mode of IBM's", 0x004F
        mov     ax, 0x4F03
        int     0x10
        expect  "is told", bx, 0x0003
        ret

states:
        mov     ax, 0x4F04
        mov     dl, 0
        mov     cx, 0x0F
        vbe     "4F04h", 0x004F
        expect  "blocks", bx, 17
        mov     ax, 0x4F02
        mov     bx, 0x0101
        int     0x10
        mov     ax, 0x4F06
        mov     bx, 0
        mov     cx, 1024
        int     0x10
        mov     ax, 0x4F07
        mov     bx, 0
        mov     cx, 7
        mov     dx, 9
        int     0x10
        mov     ax, 0x4F05
        mov     bx, 0
        mov     dx, 3
        int     0x10
        mov     ax, 0x4F04
        mov     dl, 1
        mov     cx, 0x0F
        mov     bx, STATE
        vbe     "saves", 0x004F
        mov     ax, 0x0003
        int     0x10
        mov     ax, 0x4F04
        mov     dl, 2
        mov     cx, 0x0F
        mov     bx, STATE
        vbe     "restores", 0x004F
        mov     ax, 0x4F03
        int     0x10
        expect  "the mode", bx, 0x0101
        mov     ax, 0x4F06
        mov     bx, 1
        int     0x10
        expect  "the length of lines", cx, 1024
        mov     ax, 0x4F07
        mov     bx, 1
        int     0x10
        expect  "the first pixel", cx, 7
        expect  "the first line", dx, 9
        mov     ax, 0x4F05
        mov     bx, 0x0100
        int     0x10
        expect  "the window", dx, 3
        ret

refusals:
        mov     ax, 0x0003
        int     0x10
        mov     ax, 0x4F02
        mov     bx, 0x0145
        vbe     "no mode that does not fit", 0x014F
        mov     ax, 0x4F02
        mov     bx, 0x0083
        vbe     "bit 7 is no mode", 0x014F
        mov     ax, 0x4F02
        mov     bx, 0x1101
        vbe     "reserved bits", 0x014F
        mov     ax, 0x4F02
        mov     bx, 0x4109
        vbe     "no linear text", 0x024F
        mov     ax, 0x4F02
        mov     bx, 0x01FE
        vbe     "unknown mode", 0x014F
        mov     ax, 0x4F03
        int     0x10
        expect  "all that changes nothing", bx, 0x0003
        mov     ax, 0x4F05
        mov     bx, 0
        mov     dx, 0
        vbe     "no window in text", 0x014F
        mov     ax, 0x4F0B
        int     0x10
        expect_byte "no such function", al, 0x00
        ret

        guest_end
