; The addresses of the first PC's BIOS, which IBM kept in every later machine and old programs call or read directly.
; Between them lie jumps to the routines, and the tables whose place is part of the interface.

        fixed_at 0xE05B
compat_post:
        jmp     post_entry

        fixed_at 0xE2C3
compat_nmi:
        jmp     nmi_entry

        fixed_at 0xE3FE
compat_int13:
        jmp     int13_entry

; Fixed disk parameter tables of the AT's drive types 1-15, sixteen bytes each: cylinders, heads, 0, write
; precompensation cylinder, 0, control byte, three zeros, landing zone, sectors, 0.
%macro disk_type 5
        dw      %1
        db      %2
        dw      0, %3
        db      0, %4, 0, 0, 0
        dw      %5
        db      17, 0
%endmacro

        fixed_at 0xE401
compat_disk_types:
        disk_type 306, 4, 128, 0, 305
        disk_type 615, 4, 300, 0, 615
        disk_type 615, 6, 300, 0, 615
        disk_type 940, 8, 512, 0, 940
        disk_type 940, 6, 512, 0, 940
        disk_type 615, 4, 0xFFFF, 0, 615
        disk_type 462, 8, 256, 0, 511
        disk_type 733, 5, 0xFFFF, 0, 733
        disk_type 900, 15, 0xFFFF, 8, 901
        disk_type 820, 3, 0xFFFF, 0, 820
        disk_type 855, 5, 0xFFFF, 0, 855
        disk_type 855, 7, 0xFFFF, 0, 855
        disk_type 306, 8, 128, 0, 319
        disk_type 733, 7, 0xFFFF, 0, 733
        disk_type 0, 0, 0, 0, 0            ; 15 is reserved

        fixed_at 0xE6F2
compat_int19:
        jmp     int19_entry

; INT 15h AH=C0h: length, model FC, submodel 01, revision 0, features: second PIC, clock, INT 15h AH=4Fh is called,
; EBDA.
        fixed_at 0xE6F5
compat_configuration:
        dw      8
        db      0xFC, 0x01, 0x00, 0x74, 0x00, 0x00, 0x00, 0x00

; Divisors for 110, 150, 300, 600, 1200, 2400, 4800 and 9600 baud.
        fixed_at 0xE729
compat_baud_rates:
        dw      1047, 768, 384, 192, 96, 48, 24, 12

        fixed_at 0xE739
compat_int14:
        jmp     int14_entry

        fixed_at 0xE82E
compat_int16:
        jmp     int16_entry

        fixed_at 0xE987
compat_int09:
        jmp     int09_entry

        fixed_at 0xEC59
compat_int13_floppy:
        jmp     int13_floppy_entry

        fixed_at 0xEF57
compat_int0e:
        jmp     irq6_floppy

; Floppy parameters, INT 1Eh: two SPECIFY bytes, motor-off time in ticks, sector size code, sectors on a track, gap,
; data length, format gap, format filler, head settle time in ms, motor start time in 1/8 s.
        fixed_at 0xEFC7
compat_floppy_parameters:
        db      0xDF, 0x02, 0x25, 0x02, 0x12, 0x1B, 0xFF, 0x6C, 0xF6, 0x0F, 0x08

        fixed_at 0xEFD2
compat_int17:
        jmp     int17_entry

; Without a video BIOS there is nothing to call: INT 6Dh is then an IRET. IBM's video BIOSes keep their own entry there.
        fixed_at 0xF045
compat_int10_functions:
        times   16 dw compat_int10

        fixed_at 0xF065
compat_int10:
        int     0x6D
        iret

; INT 1Dh: CRTC registers 0-15 for 40x25, 80x25, graphics and monochrome text; buffer sizes; columns; mode register.
        fixed_at 0xF0A4
compat_video_parameters:
        db      0x38, 0x28, 0x2D, 0x0A, 0x1F, 0x06, 0x19, 0x1C, 0x02, 0x07, 0x06, 0x07, 0, 0, 0, 0
        db      0x71, 0x50, 0x5A, 0x0A, 0x1F, 0x06, 0x19, 0x1C, 0x02, 0x07, 0x06, 0x07, 0, 0, 0, 0
        db      0x38, 0x28, 0x2D, 0x0A, 0x7F, 0x06, 0x64, 0x70, 0x02, 0x01, 0x06, 0x07, 0, 0, 0, 0
        db      0x61, 0x50, 0x52, 0x0F, 0x19, 0x06, 0x19, 0x19, 0x02, 0x0D, 0x0B, 0x0C, 0, 0, 0, 0
        dw      2048, 4096, 16384, 16384
        db      40, 40, 80, 80, 40, 40, 80, 80
        db      0x2C, 0x28, 0x2D, 0x29, 0x2A, 0x2E, 0x1E, 0x29

        fixed_at 0xF841
compat_int12:
        jmp     int12_entry

        fixed_at 0xF84D
compat_int11:
        jmp     int11_entry

        fixed_at 0xF859
compat_int15:
        jmp     int15_entry

; The 8x8 glyphs of characters 00-7F, for programs that draw their own text in graphics modes.
        fixed_at 0xFA6E
compat_font:
%include "font8_low.inc"

        fixed_at 0xFE6E
compat_int1a:
        jmp     int1a_entry

        fixed_at 0xFEA5
compat_int08:
        jmp     irq0_timer

; Offsets of the vectors 08h-1Fh, as the PC's own POST copied them.
        fixed_at 0xFEF3
compat_vectors:
        dw      compat_int08, compat_int09, irq_unexpected, irq_unexpected
        dw      irq_unexpected, irq_unexpected, compat_int0e, irq_unexpected
        dw      compat_int10, compat_int11, compat_int12, compat_int13
        dw      compat_int14, compat_int15, compat_int16, compat_int17
        dw      int18_entry, compat_int19, compat_int1a, compat_iret
        dw      compat_iret, compat_video_parameters, compat_floppy_parameters, 0

        fixed_at 0xFF53
compat_iret:
        iret

compat_int05:
        jmp     int05_entry

        fixed_at 0xFFF0
compat_reset:
        jmp     BIOS_SEG:compat_post

        fixed_at 0xFFF5
compat_date:
        db      "11/20/26"

        fixed_at 0xFFFE
compat_model:
        db      0xFC, 0
