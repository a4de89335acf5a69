; INT 13h and a CD. Runs from a CD whose boot catalog asks for the emulation of a 1.44 MB floppy. Block n of the CD
; begins with its number from block 800 on; the machine has a floppy in drive A whose second sector begins with 4141h,
; and a hard disk whose first sector begins with 4848h. The drive's door is locked at the end.

%include "bios_guest.inc"

DATA                    equ 0xE000

%macro status 2
        pushf
        mov     [seen_ax], ax
        popf
        expect_carry %1, (%2 != 0)
        expect_byte %1, [seen_ax + 1], %2
        mov     ax, [seen_ax]
%endmacro
seen_ax:        dw      0

guest_main:
        call    emulated_drive
        call    moved_drives
        call    specification
        call    extensions
        call    door
        call    end_of_emulation
        ret

emulated_drive:
        mov     al, [guest_drive]
        expect_byte "booted from", al, 0
        mov     ax, 0x0800
        mov     dl, 0
        int     0x13
        status  "AH=08h", 0
        expect  "cylinders and sectors", cx, 0x4F12
        expect  "heads and drives", dx, 0x0102
        expect_byte "type", bl, 4
        push    ds
        pop     es
        mov     ax, 0x0207              ; over block and track boundaries, past the end of its segment
        mov     bx, DATA
        mov     cx, 0x0010
        mov     dx, 0x0000
        int     0x13
        status  "read", 0
        expect_byte "sectors read", al, 7
        mov     si, 0x7C00 + 15 * 512
        mov     di, DATA
        mov     cx, 7 * 256
        repe    cmpsw
        setz    al
        expect_byte "its data", al, 1
        mov     ax, 0x1000
        mov     es, ax
        mov     ax, 0x0203
        mov     bx, 0xFD00
        mov     cx, 0x0003
        mov     dx, 0x0000
        int     0x13
        status  "read past its segment", 0
        mov     ax, 0x1F00
        mov     es, ax
        mov     si, 0x7C00 + 2 * 512
        mov     di, 0x0D00
        mov     cx, 3 * 256
        repe    cmpsw
        setz    al
        expect_byte "its data", al, 1
        push    ds
        pop     es
        mov     ax, 0x0412
        mov     cx, 0x0001
        mov     dx, 0x0100
        int     0x13
        status  "verify", 0
        mov     ax, 0x0201
        mov     bx, DATA
        mov     cx, 0x0013
        mov     dx, 0
        int     0x13
        status  "sector 19", 0x04
        mov     ah, 0x01
        mov     dl, 0
        int     0x13
        expect_byte "AH=01h", al, 0x04
        mov     ax, 0x0201
        mov     cx, 0x0001
        mov     dx, 0x0200
        int     0x13
        status  "head 2", 0x04
        mov     ax, 0x0200
        mov     dx, 0
        int     0x13
        status  "no sectors", 0x01
        mov     ax, 0x0301
        mov     bx, DATA
        mov     cx, 0x0001
        mov     dx, 0
        int     0x13
        status  "write", 0x03
        mov     ax, 0x1500
        mov     dl, 0
        int     0x13
        expect_carry "AH=15h", 0
        mov     al, ah
        expect_byte "floppy without change line", al, 1
        mov     ah, 0x41
        mov     bx, 0x55AA
        mov     dl, 0
        int     0x13
        status  "no extensions", 0x01
        ret

; The machine's own drives.
moved_drives:
        int     0x11
        shr     al, 6
        and     al, 3
        expect_byte "floppy drives less one", al, 1
        mov     cx, 3
.again:
        push    cx
        mov     ax, 0x0201
        mov     bx, DATA
        mov     cx, 0x0002
        mov     dx, 0x0001
        int     0x13
        pop     cx
        jnc     .read
        loop    .again
.read:
        status  "drive A is B", 0
        expect  "its sector", [DATA], 0x4141
        expect  "DX is kept", dx, 0x0001
        mov     ax, 0x0800
        mov     dl, 1
        int     0x13
        expect_byte "AH=08h of B", dl, 2
        push    ds
        pop     es
        mov     ax, 0x0201
        mov     bx, DATA
        mov     cx, 0x0001
        mov     dx, 0x0080
        int     0x13
        status  "hard disk", 0
        expect  "its sector", [DATA], 0x4848
        ret

specification:
        mov     ax, 0x4B01
        mov     dl, 0
        mov     si, DATA
        int     0x13
        status  "AX=4B01h", 0
        expect  "size and media", [DATA], 0x4213
        expect_byte "drive", [DATA + 2], 0
        expect_byte "second controller", [DATA + 3], 1
        expect  "image", [DATA + 4], 21
        expect  "master", [DATA + 8], 0
        expect  "segment", [DATA + 12], 0x07C0
        expect  "sectors", [DATA + 14], 1
        expect  "geometry", [DATA + 16], 0x124F
        mov     ax, 0x4B07
        mov     dl, 0
        int     0x13
        status  "AX=4B07h", 0x01
        ret

packet:         db      16, 0
.count:         dw      2
.offset:        dw      DATA
.segment:       dw      0
.lba:           dd      800, 0

extensions:
        mov     ah, 0x41
        mov     bx, 0x55AA
        mov     dl, 0xE0
        int     0x13
        expect_carry "CD AH=41h", 0
        expect  "signature", bx, 0xAA55
        expect  "subsets", cx, 3
        mov     ah, 0x42
        mov     dl, 0xE0
        mov     si, packet
        int     0x13
        status  "CD AH=42h", 0
        expect  "first block", [DATA], 800
        expect  "second block", [DATA + 2048], 801
        expect  "blocks read", [packet.count], 2
        mov     ah, 0x44
        mov     si, packet
        int     0x13
        status  "CD AH=44h", 0
        mov     ah, 0x47
        int     0x13
        status  "CD AH=47h", 0
        mov     ah, 0x43
        int     0x13
        status  "CD AH=43h", 0x03
        mov     dword [packet.lba], 0x100000
        mov     ah, 0x42
        int     0x13
        status  "block that is not there", 0x04
        expect  "blocks read", [packet.count], 0
        mov     word [DATA], 26
        mov     si, DATA
        mov     ah, 0x48
        int     0x13
        status  "CD AH=48h", 0
        expect  "flags", [DATA + 2], 0x0074
        expect  "cylinders", [DATA + 4], 0xFFFF
        expect  "blocks", [DATA + 16], 1000
        expect  "bytes", [DATA + 24], 2048
        mov     ah, 0x02
        mov     dl, 0xE0
        int     0x13
        status  "CD AH=02h", 0x01
        mov     ah, 0x42
        mov     dl, 0xE1
        int     0x13
        expect_carry "no second CD", 1
        mov     ah, 0x00
        mov     dl, 0xE0
        int     0x13
        status  "CD AH=00h", 0
        mov     ah, 0x49
        mov     dl, 0xE0
        int     0x13
        status  "CD AH=49h", 0
        ret

door:
        mov     ax, 0x4500
        mov     dl, 0xE0
        int     0x13
        status  "lock", 0
        expect_byte "locked", al, 1
        mov     ah, 0x46
        int     0x13
        status  "eject", 0xB1
        mov     ax, 0x4501
        int     0x13
        status  "unlock", 0
        mov     ax, 0x4502
        int     0x13
        expect_byte "unlocked", al, 0
        mov     ax, 0x4503
        int     0x13
        status  "AX=4503h", 0x01
        ret

end_of_emulation:
        mov     ax, 0x4B00
        mov     dl, 0x7F
        mov     si, DATA
        int     0x13
        status  "AX=4B00h", 0
        expect_byte "it was", [DATA + 1], 0x42
        int     0x11
        shr     al, 6
        and     al, 3
        expect_byte "floppy drives less one", al, 0
        mov     ax, 0x0201
        mov     bx, DATA
        mov     cx, 0x0002
        mov     dx, 0x0000
        int     0x13
        status  "drive A is A again", 0
        expect  "its sector", [DATA], 0x4141
        mov     ax, 0x4500
        mov     dl, 0xE0
        int     0x13
        status  "locked for good", 0
        ret

        guest_end
