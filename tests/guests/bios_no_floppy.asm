; INT 13h for a floppy drive without a disk: drive B of 1.44 MB. Nothing waits for longer than a person would.

%include "bios_guest.inc"

DATA                    equ 0xE000

; calls INT 13h with AX and DL = 1; says what came, and whether within 5 seconds
%macro call_b 3
        mov     ax, %2
        mov     bx, DATA
        mov     cx, 0x0001
        mov     dx, 0x0001
        call    timed
        expect_byte %1, [seen_ah], %3
        expect_byte %1, [in_time], 1
%endmacro

guest_main:
        call_b  "AH=15h tells the drive", 0x1500, 2
        call_b  "AH=16h", 0x1600, 0x06
        call_b  "read", 0x0201, 0x80
        call_b  "read again", 0x0201, 0x80
        call_b  "verify", 0x0401, 0x80
        call_b  "write", 0x0301, 0x80
        call_b  "format", 0x0512, 0x80
        call_b  "AH=16h after that", 0x1600, 0x06
        call_b  "reset", 0x0000, 0x00
        mov     ax, 0x0201              ; drive A is as it was
        mov     bx, DATA
        mov     cx, 0x0001
        mov     dx, 0x0000
        int     0x13
        expect_carry "drive A", 0
        expect  "its boot sector", [DATA + 510], 0xAA55
        ret

timed:
        push    ax
        push    cx
        push    dx
        mov     ah, 0
        int     0x1A
        mov     [from], dx
        pop     dx
        pop     cx
        pop     ax
        int     0x13
        mov     [seen_ah], ah
        mov     ah, 0
        int     0x1A
        sub     dx, [from]
        cmp     dx, 91
        setb    [in_time]
        ret
from:           dw      0
seen_ah:        db      0
in_time:        db      0
