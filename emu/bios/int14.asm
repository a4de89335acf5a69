; INT 14h: serial ports. AH=00h and 04h set them up, 01h sends, 02h receives, 03h reports, 05h reads and writes the
; modem control register. DX is the number of the port.

int14_entry:
        service_enter
        cmp     ah, 5
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

.table:         dw      int14_initialize, int14_send, int14_receive, int14_status, int14_initialize_all, int14_modem

; AL = bits 7-5 rate, 4-3 parity, 2 stop bits, 1-0 word length.
int14_initialize:
        movzx   bx, al
        shr     bx, 5
        add     bx, bx
        mov     cx, [cs:bx + compat_baud_rates]
        and     al, 0x1F
        call    int14_program

; AH = line status, AL = modem status.
int14_status:
        add     dx, 5
        in      al, dx
        mov     ah, al
        inc     dx
        in      al, dx
        mov     frame_ax, ax
        ret

; AH=04h (PS/2): AL = break on or off, BH = parity (0-4), BL = stop bits less one, CH = length less 5, CL = rate (0-8).
int14_initialize_all:
        mov     bx, frame_bx
        cmp     cl, 8
        ja      .done
        cmp     ch, 3
        ja      .done
        cmp     bh, 4
        ja      .done
        cmp     bl, 1
        ja      .done
        cmp     al, 1
        ja      .done
        shl     al, 6                   ; break
        shl     bl, 2
        or      al, bl
        or      al, ch
        movzx   si, bh
        or      al, [cs:si + .parity]
        movzx   bx, cl
        add     bx, bx
        mov     cx, [cs:bx + .divisors]
        call    int14_program
        jmp     int14_status
.done:
        ret
.parity:        db      0x00, 0x08, 0x18, 0x28, 0x38
.divisors:      dw      1047, 768, 384, 192, 96, 48, 24, 12, 6

; Divisor CX and line control AL into the port at DX; its interrupts off.
int14_program:
        push    ax
        add     dx, 3
        mov     al, 0x80
        out     dx, al
        sub     dx, 3
        mov     al, cl
        out     dx, al
        inc     dx
        mov     al, ch
        out     dx, al
        add     dx, 2
        pop     ax
        out     dx, al
        sub     dx, 2
        mov     al, 0
        out     dx, al
        dec     dx
        ret

; AH=05h (PS/2): AL = 0 reads the modem control register into BL, 1 writes it from BL.
int14_modem:
        add     dx, 4
        cmp     al, 1
        ja      .done
        je      .write
        in      al, dx
        mov     frame_bl, al
        jmp     .status
.write:
        mov     al, frame_bl
        and     al, 0x1F
        out     dx, al
.status:
        sub     dx, 4
        jmp     int14_status
.done:
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
