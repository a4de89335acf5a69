; What POST makes of CMOS that cannot be trusted: a wrong checksum, an impossible date, a memory size that is not there.
; The machine is reset after each.

%include "bios_guest.inc"

STAGE                   equ 0x0600      ; word, kept over resets
SIGNATURE               equ 0x5A00

%macro get 1
        mov     al, %1
        out     0x70, al
        in      al, 0x71
%endmacro

%macro put 2
        mov     al, %1
        out     0x70, al
        mov     al, %2
        out     0x71, al
%endmacro

guest_main:
        mov     ax, [STAGE]
        cmp     ax, SIGNATURE + 1
        je      after_checksum
        cmp     ax, SIGNATURE + 2
        je      after_date
        cmp     ax, SIGNATURE + 3
        je      after_memory
        get     0x0E
        expect_byte "nothing is amiss", al, 0
        get     0x5F
        expect_byte "one processor and no more", al, 0
        call    sum_is_right
        put     0x10, 0x55
        put     0x3D, 0x22
        mov     word [STAGE], SIGNATURE + 1
reset:
        cli
        mov     al, 0xFE
        out     0x64, al
        jmp     $

; AX = sum of 10h to 2Dh.
sum:
        xor     bx, bx
        mov     cl, 0x10
.next:
        get     cl
        mov     ah, 0
        add     bx, ax
        inc     cl
        cmp     cl, 0x2E
        jb      .next
        mov     ax, bx
        ret

sum_is_right:
        call    sum
        mov     dx, ax
        get     0x2E
        mov     ah, al
        get     0x2F
        expect  "the checksum is right", ax, dx
        ret

after_checksum:
        get     0x0E
        expect_byte "a wrong checksum is noted", al, 0x40
        get     0x10
        expect_byte "default: one 1.44 MB floppy drive", al, 0x40
        get     0x3D
        expect_byte "default: floppy, then hard disk", al, 0x21
        get     0x16
        mov     ah, al
        get     0x15
        expect  "default: base memory", ax, 640
        get     0x18
        mov     ah, al
        get     0x17
        expect  "default: what memory there is", ax, 15 * 1024
        call    sum_is_right
        put     0x08, 0x13
        mov     word [STAGE], SIGNATURE + 2
        jmp     reset

after_date:
        get     0x0E
        expect_byte "a thirteenth month is noted", al, 0x04
        mov     ah, 0x04
        int     0x1A
        expect_carry "the date can be read", 0
        expect  "it is the first of", dx, 0x0101
        expect  "1980", cx, 0x1980
        put     0x17, 0x00
        put     0x18, 0x40
        put     0x30, 0x00
        put     0x31, 0x40
        call    sum
        mov     bx, ax
        put     0x2E, bh
        put     0x2F, bl
        mov     word [STAGE], SIGNATURE + 3
        jmp     reset

after_memory:
        get     0x0E
        expect_byte "memory that is not there is noted", al, 0x10
        mov     ah, 0x88
        int     0x15
        expect  "and not offered", ax, 15 * 1024
        get     0x18
        expect_byte "and set up as it is", al, 15 * 1024 >> 8
        call    sum_is_right
        ret

        guest_end
