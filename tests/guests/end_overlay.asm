; Writes a sector of the floppy it came from (cylinder 0, head 1, sector 5) and the boot sector of the hard disk's first
; partition, where the partition table says it lies, through INT 13h; resets the machine, and looks whether it sees them
; after that. The exit code: bit 0 the partition's mark was there at the start, bit 1 the floppy's; bits 2 and 3 the
; same after the reset. 80h and above: an error of the BIOS.

%include "end_frame.inc"

STAGE                   equ 0x0600      ; word; kept over the reset
FIRST                   equ 0x0602      ; byte: what was there at the start
SIGNATURE               equ 0x4F56
MARK                    equ 0x1993
BUFFER                  equ 0x9800

guest_main:
        mov     ax, 0x0201              ; the table: the first partition's head, sector and cylinder
        mov     bx, BUFFER
        mov     cx, 0x0001
        mov     dx, 0x0080
        int     0x13
        jc      failed
        mov     dh, [BUFFER + 0x1BE + 1]
        mov     cx, [BUFFER + 0x1BE + 2]
        mov     [partition_dx + 1], dh
        mov     [partition_cx], cx
        call    look
        cmp     word [STAGE], SIGNATURE
        je      .after
        mov     [FIRST], al
        mov     word [STAGE], SIGNATURE
        mov     si, places
        call    write
        mov     si, places + 4
        call    write
        cli
        mov     al, 0xFE
        out     0x64, al
        jmp     $
.after:
        mov     word [STAGE], 0
        shl     al, 2
        or      al, [FIRST]
        jmp     leave_with

; AL = bit 0 and bit 1 for the marks that are there.
look:
        mov     si, places
        call    read
        cmp     word [BUFFER], MARK
        sete    [.seen]
        mov     si, places + 4
        call    read
        cmp     word [BUFFER], MARK
        sete    al
        shl     al, 1
        or      al, [.seen]
        ret
.seen:          db      0

; The sector at place SI.
read:
        mov     ax, 0x0201
        jmp     access
write:
        mov     word [BUFFER], MARK
        mov     ax, 0x0301
access:
        mov     bx, BUFFER
        mov     cx, [si]
        mov     dx, [si + 2]
        int     0x13
        jc      failed
        ret

failed:
        mov     al, ah
        or      al, 0x80
        jmp     leave_with

places:
partition_cx:   dw      0
partition_dx:   dw      0x0080
                dw      0x0005, 0x0100

        boot_sector_end
