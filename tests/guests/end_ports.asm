; Says "date YYYY-MM-DD HH:MM" (INT 1Ah) through port E9h, "serial" through COM1 (INT 14h) and "parallel" through LPT1
; (INT 17h), and leaves with 7.

%include "end_frame.inc"

guest_main:
        mov     si, date
        call    print
        mov     ah, 4
        int     0x1A
        push    dx
        mov     ax, cx
        call    put_hex
        pop     dx
        mov     bl, '-'
        mov     al, dh
        call    put_pair
        mov     al, dl
        call    put_pair
        mov     ah, 2
        int     0x1A
        mov     bl, ' '
        mov     al, ch
        push    cx
        call    put_pair
        pop     cx
        mov     bl, ':'
        mov     al, cl
        call    put_pair
        call    put_line

        mov     ax, 0x00E3              ; 9600 8N1
        xor     dx, dx
        int     0x14
        mov     si, serial
.serial:
        lodsb
        test    al, al
        jz      .parallel
        mov     ah, 1
        xor     dx, dx
        int     0x14
        jmp     .serial
.parallel:
        mov     ah, 1
        xor     dx, dx
        int     0x17
        mov     si, parallel
.character:
        lodsb
        test    al, al
        jz      .leave
        mov     ah, 0
        xor     dx, dx
        int     0x17
        jmp     .character
.leave:
        mov     al, 7
        jmp     leave_with

; BL, then AL as two digits. Changes AX.
put_pair:
        push    ax
        mov     al, bl
        out     0xE9, al
        pop     ax
        push    ax
        shr     al, 4
        call    .digit
        pop     ax
        and     al, 15
.digit:
        add     al, '0'
        out     0xE9, al
        ret

date:           db      "date ", 0
serial:         db      "serial", 13, 10, 0
parallel:       db      "parallel", 13, 10, 0

        boot_sector_end
