; INT 14h: serial ports. AH=00h sets them up, 01h sends, 02h receives, 03h reports. DX is the number of the port.

int14_entry:
        service_enter
        cmp     ah, 3
        ja      .leave
        cmp     dx, 4
        jae     .leave
        mov     bx, dx
        mov     di, dx
        add     bx, bx
        mov     dx, [bx + BDA_COM_PORTS]
        test    dx, dx
        jz      .leave
        movzx   si, ah
        add     si, si
        call    [cs:si + .table]
.leave:
        service_leave

.table:         dw      int14_initialize, int14_send, int14_receive, int14_status

; AL = bits 7-5 rate, 4-3 parity, 2 stop bits, 1-0 word length.
int14_initialize:
        mov     ah, al
        add     dx, 3
        mov     al, 0x80
        out     dx, al
        movzx   bx, ah
        shr     bx, 5
        add     bx, bx
        mov     cx, [cs:bx + compat_baud_rates]
        sub     dx, 3
        mov     al, cl
        out     dx, al
        inc     dx
        mov     al, ch
        out     dx, al
        add     dx, 2
        mov     al, ah
        and     al, 0x1F
        out     dx, al
        sub     dx, 2
        mov     al, 0
        out     dx, al
        dec     dx

; AH = line status, AL = modem status.
int14_status:
        add     dx, 5
        in      al, dx
        mov     ah, al
        inc     dx
        in      al, dx
        mov     frame_ax, ax
        ret

; AL = character to send. Raises DTR and RTS, waits for DSR and CTS and for an empty holding register.
int14_send:
        push    ax
        add     dx, 4
        in      al, dx
        and     al, 0x08                ; OUT2 stays as it is
        or      al, 0x03
        out     dx, al
        add     dx, 2
        mov     bh, 0x30
        call    int14_wait
        jc      int14_timeout
        dec     dx
        mov     bh, 0x20
        call    int14_wait
        jc      int14_timeout
        mov     frame_ah, al
        pop     ax
        sub     dx, 5
        out     dx, al
        ret

; AL = character received, waited for. AH = its errors.
int14_receive:
        push    ax
        add     dx, 4
        in      al, dx
        and     al, 0x08
        or      al, 0x01
        out     dx, al
        add     dx, 2
        mov     bh, 0x20
        call    int14_wait
        jc      int14_timeout
        dec     dx
        mov     bh, 0x01
        call    int14_wait
        jc      int14_timeout
        and     al, 0x1E
        mov     frame_ah, al
        pop     ax
        sub     dx, 5
        in      al, dx
        mov     frame_al, al
        ret

int14_timeout:
        or      al, 0x80
        mov     frame_ah, al
        pop     ax
        ret

; Waits until all bits of BH are set in port DX, at most the port's time in 40:7C (seconds). AL = last status; CF if the
; time was over. DI = number of the port.
int14_wait:
        movzx   ecx, byte [di + BDA_COM_TIMEOUT]
        imul    ecx, ecx, 1000 * REFRESH_PER_MS
        inc     ecx
.poll:
        in      al, dx
        mov     bl, al
        and     bl, bh
        cmp     bl, bh
        je      .met
        call    wait_refresh
        dec     ecx
        jnz     .poll
        stc
        ret
.met:
        clc
        ret
