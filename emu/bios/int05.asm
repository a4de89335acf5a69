; INT 05h: print screen. The cursor is saved, every character is read through INT 10h and sent to the first printer.
; 50:0 is 1 while it works and FFh after an error.
int05_entry:
        service_enter
        cmp     byte [BDA_PRINT_SCREEN], 1
        je      .leave
        mov     byte [BDA_PRINT_SCREEN], 1
        sti
        mov     ah, 0x0F
        int     0x10                    ; AH = columns, BH = page
        mov     cl, ah
        mov     ch, [BDA_ROWS]
        inc     ch
        push    cx
        mov     ah, 0x03
        int     0x10
        pop     cx
        push    dx                      ; cursor
        call    .new_line
        jc      .failed
        xor     dx, dx
.character:
        push    cx
        mov     ah, 0x02
        int     0x10
        mov     ah, 0x08
        int     0x10
        pop     cx
        test    al, al
        jnz     .visible
        mov     al, ' '
.visible:
        call    .print
        jc      .failed
        inc     dl
        cmp     dl, cl
        jb      .character
        mov     dl, 0
        call    .new_line
        jc      .failed
        inc     dh
        cmp     dh, ch
        jb      .character
        mov     byte [BDA_PRINT_SCREEN], 0
        jmp     .restore
.failed:
        mov     byte [BDA_PRINT_SCREEN], 0xFF
.restore:
        pop     dx
        mov     ah, 0x02
        int     0x10
.leave:
        service_leave

.new_line:
        mov     al, 13
        call    .print
        jc      .printed
        mov     al, 10
; Sends AL to the first printer. CF if it did not take it.
.print:
        push    dx
        mov     ah, 0
        xor     dx, dx
        int     0x17
        pop     dx
        test    ah, 0x29                ; out of paper, error, timeout
        jz      .printed
        stc
.printed:
        ret
