; What INT 13h shows of four hard disks, a line each: AH=08h's CX and DX, AX of reading the last sector that these name,
; AX of AH=15h; then AX of reading the last sector by number, of AH=19h, and of AH=16h, which hard disks don't have.
%include "bios_guest.inc"

DATA                    equ 0xE000

guest_main:
        mov     dl, 0x80
.disk:
        push    dx
        mov     [.drive], dl
        mov     ah, 0x08
        int     0x13
        mov     [.cx], cx
        mov     [.dx], dx
        push    ds
        pop     es
        mov     ax, cx
        call    .show
        mov     ax, [.dx]
        call    .show
        mov     ax, 0x0201
        mov     bx, DATA
        mov     cx, [.cx]
        mov     dx, [.dx]
        mov     dl, [.drive]
        int     0x13
        call    .show
        mov     ah, 0x15
        int     0x13
        mov     al, 0
        call    .show
        mov     word [.parameters], 26
        mov     si, .parameters
        mov     ah, 0x48
        mov     dl, [.drive]
        int     0x13
        mov     eax, [.parameters + 16]
        dec     eax
        mov     [.lba], eax
        mov     si, .packet
        mov     ah, 0x42
        mov     dl, [.drive]
        int     0x13
        mov     al, 0
        call    .show
        mov     ah, 0x19
        int     0x13
        mov     al, 0
        call    .show
        mov     ah, 0x16
        int     0x13
        mov     al, 0
        call    .show
        mov     al, 10
        out     0xE9, al
        pop     dx
        inc     dl
        cmp     dl, 0x84
        jb      .disk
        ret

.show:
        call    guest_hex
        mov     al, ' '
        out     0xE9, al
        ret

.cx:            dw      0
.dx:            dw      0
.drive:         db      0
.packet:        db      16, 0
                dw      1, DATA, 0
.lba:           dd      0, 0
.parameters:    times 32 db 0

        guest_end
