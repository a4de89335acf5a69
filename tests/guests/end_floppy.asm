; What a program sees of floppies that come and go. Keys: a, b choose the drive; r reads its second sector, w writes it,
; c asks for the change line (INT 13h AH=16h). Each shows a line of its own: the number of the key from 0, the key, the
; status and, of r, the sector's first byte: "3 r 00 41".

%include "end_frame.inc"

BUFFER  equ 0x8000

guest_main:
        mov     ax, 0x0003
        int     0x10
        mov     al, '>'                 ; ready for keys
        call    put
.next:
        mov     ah, 0
        int     0x16
        mov     [.key], al
        mov     al, [.count]
        inc     byte [.count]
        call    digit
        mov     al, ' '
        call    put
        mov     al, [.key]
        call    put
        mov     al, [.key]
        mov     dl, [.drive]
        mov     dh, 0
        mov     cx, 0x0002
        mov     bx, BUFFER
        cmp     al, 'r'
        je      .read
        cmp     al, 'w'
        je      .write
        cmp     al, 'c'
        je      .changed
        sub     al, 'a'
        mov     [.drive], al
        jmp     .line
.read:
        mov     ax, 0x0201
        int     0x13
        call    status
        mov     ah, [BUFFER]
        call    status
        jmp     .line
.write:
        mov     byte [BUFFER], 'W'
        mov     ax, 0x0301
        int     0x13
        call    status
        jmp     .line
.changed:
        mov     ah, 0x16
        int     0x13
        call    status
.line:
        mov     al, 13
        call    put
        mov     al, 10
        call    put
        jmp     .next
.count:         db 0
.drive:         db 0
.key:           db 0

; A blank, and AH in hexadecimal.
status:
        mov     al, ' '
        call    put
        mov     al, ah
        shr     al, 4
        call    digit
        mov     al, ah
        and     al, 15
digit:
        cmp     al, 10
        jb      .decimal
        add     al, 7
.decimal:
        add     al, '0'
put:
        push    ax
        mov     ah, 0x0E
        mov     bx, 7
        int     0x10
        pop     ax
        ret

        boot_sector_end
