; INT 13h AH=4Ah to 4Dh. Runs from a CD whose boot catalog, at block 20, asks for the emulation of a 1.44 MB floppy;
; another such image lies at block 300, whose first sector begins with 4646h, and at block 400 a hard disk of 10
; cylinders, 16 heads and 63 sectors, which begins with 5050h. The machine has a floppy in drive A whose second sector
; begins with 4141h, and a hard disk whose first sector begins with 4848h.

%include "bios_guest.inc"

DATA                    equ 0xE000

%macro status 2
        pushf
        mov     [seen_ax], ax
        popf
        expect_carry %1, (%2 != 0)
        expect_byte %1, [seen_ax + 1], %2
%endmacro
seen_ax:        dw      0

%macro torito 3                         ; name, AX, status
        mov     ax, %2
        mov     dx, 0x007F
        mov     si, packet
        int     0x13
        status  %1, %3
%endmacro

packet:         db      0x13
.media:         db      2
.drive:         db      0
.controller:    db      1
.lba:           dd      300
.device:        dw      0
.buffer:        dw      0
.segment:       dw      0
.count:         dw      1
.geometry:      db      0, 0, 0

catalog:        db      8
.count:         db      1
.offset:        dw      DATA
.segment:       dw      0
.first:         dw      0

guest_main:
        call    boot_catalog
        call    refusals
        call    other_floppy
        call    first_disk
        call    second_disk
        call    end_of_emulation
        ret

boot_catalog:
        mov     si, catalog
        mov     dl, 0
        mov     ax, 0x4D00
        int     0x13
        status  "AX=4D00h", 0
        expect  "validation entry", [DATA], 1
        expect  "its key", [DATA + 30], 0xAA55
        expect  "default entry", [DATA + 32], 0x0288
        mov     ax, 0x4D00
        mov     dl, 0xE0
        int     0x13
        status  "AX=4D00h of the CD", 0
        mov     byte [catalog.count], 2
        mov     word [catalog.first], 1
        mov     ax, 0x4D00
        int     0x13
        status  "its second and third block", 0
        expect  "the guest", [DATA], [0x7C00]
        mov     byte [catalog.count], 0
        mov     ax, 0x4D00
        int     0x13
        status  "none of its blocks", 0x01
        mov     byte [catalog.count], 1
        mov     word [catalog.first], 5000
        mov     ax, 0x4D00
        int     0x13
        status  "a block that is not there", 0x04
        mov     word [catalog.first], 0
        mov     byte [catalog], 7
        mov     ax, 0x4D00
        int     0x13
        status  "a packet too short", 0x01
        mov     byte [catalog], 8
        mov     ax, 0x4D01
        int     0x13
        status  "AX=4D01h", 0x01
        mov     ax, 0x4D00
        mov     dl, 1
        int     0x13
        expect_carry "not a CD", 1
        ret

; The emulation stays as it is.
refusals:
        torito  "AX=4A01h", 0x4A01, 0x01
        torito  "AX=4C01h", 0x4C01, 0x01
        mov     byte [packet], 0x12
        torito  "a packet too short", 0x4A00, 0x01
        mov     byte [packet], 0x13
        mov     byte [packet.media], 5
        torito  "a medium that does not exist", 0x4A00, 0x01
        mov     byte [packet.media], 0
        torito  "no emulation", 0x4A00, 0x01
        mov     byte [packet.media], 4
        torito  "a disk as floppy", 0x4A00, 0x01
        mov     byte [packet.drive], 0x82
        torito  "a number too high", 0x4A00, 0x01
        mov     byte [packet.drive], 0x80
        torito  "a disk without partition table", 0x4A00, 0x01
        mov     byte [packet.drive], 0x81
        mov     dword [packet.lba], 400
        torito  "the second disk, to boot", 0x4C00, 0x01
        mov     byte [packet.drive], 0
        mov     byte [packet.media], 2
        mov     byte [packet.controller], 0
        torito  "no CD there", 0x4A00, 0x01
        mov     byte [packet.controller], 1
        mov     word [packet.device], 1
        torito  "no slave", 0x4A00, 0x01
        mov     word [packet.device], 0
        mov     dword [packet.lba], 100000
        torito  "an image beyond the disc", 0x4A00, 0x04
        torito  "and booting it", 0x4C00, 0x04
        mov     dword [packet.lba], 300
        mov     word [packet.count], 0
        torito  "nothing to load", 0x4C00, 0x01
        mov     word [packet.count], 1
        mov     dx, 0x0000
        call    read_first
        expect  "still this floppy", [DATA + 510], [0x7C00 + 510]
        expect  "the guest", [DATA], [0x7C00]
        ret

; The first sector of drive DL.
read_first:
        push    ds
        pop     es
        mov     ax, 0x0201
        mov     bx, DATA
        mov     cx, 0x0001
        int     0x13
        status  "read", 0
        ret

other_floppy:
        torito  "another floppy", 0x4A00, 0
        mov     dx, 0x0000
        call    read_first
        expect  "it is there", [DATA], 0x4646
        mov     ah, 0x08
        mov     dl, 0
        int     0x13
        expect  "its geometry", cx, 0x4F12
        expect  "heads and drives", dx, 0x0102
        mov     ax, 0x4B01
        mov     dl, 0
        mov     si, DATA
        int     0x13
        status  "AX=4B01h", 0
        expect  "its media", [DATA], 0x4213
        expect  "its block", [DATA + 4], 300
        expect  "its segment", [DATA + 12], 0x07C0
        expect  "its geometry", [DATA + 16], 0x124F
        ret

first_disk:
        mov     byte [packet.media], 4
        mov     byte [packet.drive], 0x80
        mov     dword [packet.lba], 400
        torito  "a hard disk", 0x4A00, 0
        int     0x11
        shr     al, 6
        and     al, 3
        expect_byte "floppy drives less one", al, 0
        mov     dx, 0x0080
        call    read_first
        expect  "it is the first", [DATA], 0x5050
        mov     dx, 0x0081
        call    read_first
        expect  "the machine's is the second", [DATA], 0x4848
        mov     ah, 0x08
        mov     dl, 0x80
        int     0x13
        expect  "its geometry", cx, 0x093F
        expect  "heads and drives", dx, 0x0F02
        mov     ah, 0x15
        mov     dl, 0x80
        int     0x13
        expect  "its sectors", dx, 10080
        ret

second_disk:
        mov     byte [packet.drive], 0x81
        torito  "a second hard disk", 0x4A00, 0
        mov     dx, 0x0080
        call    read_first
        expect  "the machine's is the first", [DATA], 0x4848
        mov     dx, 0x0081
        call    read_first
        expect  "it is the second", [DATA], 0x5050
        mov     ah, 0x08
        mov     dl, 0x80
        int     0x13
        expect_byte "drives", dl, 2
        mov     ah, 0x08
        mov     dl, 0x82
        int     0x13
        expect_carry "no third", 1
        ret

end_of_emulation:
        mov     ax, 0x4B00
        mov     dl, 0x81
        mov     si, DATA
        int     0x13
        status  "AX=4B00h", 0
        expect  "it was", [DATA + 1], 0x8144
        mov     ah, 0x08
        mov     dl, 0x80
        int     0x13
        expect_byte "drives", dl, 1
        mov     si, packet
        mov     byte [packet.media], 2
        mov     byte [packet.drive], 0
        mov     dword [packet.lba], 300
        torito  "and again", 0x4A00, 0
        mov     dx, 0x0000
        call    read_first
        expect  "it is there", [DATA], 0x4646
        ret

        guest_end
