; CMOS RAM and the clock's registers. Interrupts are off between index and data; afterwards the index is left at
; register D with its bit 7 clear, so that NMI is on, as IBM asks.

; AL = register AL.
cmos_read:
        pushf
        cli
        or      al, 0x80
        out     0x70, al
        in      al, 0x71
        push    ax
        mov     al, CMOS_STATUS_D
        out     0x70, al
        in      al, 0x71
        pop     ax
        popf
        ret

; Register AL = AH. Keeps AX.
cmos_write:
        pushf
        cli
        push    ax
        or      al, 0x80
        out     0x70, al
        mov     al, ah
        out     0x71, al
        mov     al, CMOS_STATUS_D
        out     0x70, al
        in      al, 0x71
        pop     ax
        popf
        ret

; AX = registers AL (low byte) and AL + 1 (high byte).
cmos_read_word:
        push    bx
        mov     bl, al
        inc     al
        call    cmos_read
        mov     ah, al
        mov     al, bl
        call    cmos_read
        pop     bx
        ret

; Registers AL (low byte) and AL + 1 (high byte) = DX.
cmos_write_word:
        mov     ah, dl
        call    cmos_write
        inc     al
        mov     ah, dh
        jmp     cmos_write
