; Writes two sectors of hard disk 80h through INT 13h: cylinder 0, head 1, sector 1, and cylinder 5, head 3, sector 7.
; Each byte is its offset in the sector exclusive-or 5Ah (A5h in the second). Leaves with 42, or with the BIOS's
; error.

%include "end_frame.inc"

guest_main:
        mov     dl, 0x5A
        mov     cx, 0x0001
        mov     dh, 1
        call    write
        mov     dl, 0xA5
        mov     cx, 0x0507
        mov     dh, 3
        call    write
        mov     al, 42
        jmp     leave_with

; DL = what to mix in, CX and DH = where.
write:
        mov     di, 0x8000
        xor     ax, ax
.fill:
        mov     bl, al
        xor     bl, dl
        mov     [di], bl
        inc     di
        inc     ax
        cmp     ax, 512
        jb      .fill
        mov     bx, 0x8000
        mov     dl, 0x80
        mov     ax, 0x0301
        int     0x13
        jc      .failed
        ret
.failed:
        mov     al, ah
        jmp     leave_with

        boot_sector_end
