; INT 17h: parallel printers. AH=00h prints AL, 01h resets the printer, 02h reports. DX is the number of the port. AH
; returns the status: bit 7 ready, 6 acknowledge, 5 out of paper, 4 selected, 3 error, 0 timeout.

int17_entry:
        service_enter
        cmp     ah, 2
        ja      .leave
        cmp     dx, 3
        jae     .leave
        mov     bx, dx
        mov     di, dx
        add     bx, bx
        mov     dx, [bx + BDA_LPT_PORTS]
        test    dx, dx
        jz      .leave
        movzx   si, ah
        add     si, si
        call    [cs:si + .table]
        mov     frame_ah, ah
.leave:
        service_leave

.table:         dw      int17_print, int17_reset, int17_status

int17_print:
        out     dx, al
        inc     dx
        movzx   ecx, byte [di + BDA_LPT_TIMEOUT]
        imul    ecx, ecx, 1000 * REFRESH_PER_MS
        inc     ecx
        in      al, dx
        test    al, 0x80
        jnz     .ready
        mov     ax, 0x90FE              ; tell an operating system that has something else to do
        int     0x15
.wait:
        in      al, dx
        test    al, 0x80
        jnz     .ready
        call    wait_refresh
        dec     ecx
        jnz     .wait
        mov     ah, al
        and     ah, 0xF8
        xor     ah, 0x48
        or      ah, 0x01
        ret
.ready:
        inc     dx
        mov     al, 0x0D                ; strobe
        out     dx, al
        call    wait_refresh
        mov     al, 0x0C
        out     dx, al
        sub     dx, 2
        jmp     int17_status

int17_reset:
        add     dx, 2
        mov     al, 0x08
        out     dx, al
        mov     ax, 2
        call    wait_ms
        mov     al, 0x0C
        out     dx, al
        sub     dx, 2

; AH = status with the two lines inverted that are active low.
int17_status:
        inc     dx
        in      al, dx
        and     al, 0xF8
        xor     al, 0x48
        mov     ah, al
        ret
