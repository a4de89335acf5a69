; INT 15h AH=84h: joysticks at the game port, 201h. Writing starts four one-shots whose lengths are the positions of the
; sticks; bits 0-3 read as 1 while they run, bits 4-7 are the buttons, 0 when pressed.

GAME_PORT               equ 0x201

; DX = 0: AL bits 7-4 = buttons. DX = 1: AX, BX = first stick's X and Y, CX, DX = the second's, 0 for one that is not
; there; up to 1A0h for 250 kOhm, as the AT counts: units of 16 counts of timer 0, which counts by two.
int15_joystick:
        mov     bx, dx
        cmp     bx, 1
        ja      int15_unsupported
        mov     frame_ah, 0
        test    byte [BDA_EQUIPMENT + 1], 0x10
        jz      .no_port
        mov     dx, GAME_PORT
        test    bx, bx
        jnz     .positions
        in      al, dx
        and     al, 0xF0
        mov     frame_al, al
        ret
.no_port:
        mov     frame_ax, 0
        test    bx, bx
        jz      .done
        mov     frame_bx, 0
        mov     frame_cx, 0
        mov     frame_dx, 0
.done:
        ret
.positions:
        mov     bl, 0x01
        call    joystick_axis
        mov     frame_ax, ax
        mov     bl, 0x02
        call    joystick_axis
        mov     frame_bx, ax
        mov     bl, 0x04
        call    joystick_axis
        mov     frame_cx, ax
        mov     bl, 0x08
        call    joystick_axis
        mov     frame_dx, ax
        ret

; AX = position of the axis whose bit is BL; 0 if it does not come to an end in 6 ms.
joystick_axis:
        mov     dx, GAME_PORT
        mov     si, 400                 ; refresh periods
.rest:
        in      al, dx                  ; of an earlier start, its own or another axis's
        test    al, bl
        jz      .start
        call    wait_refresh
        dec     si
        jnz     .rest
        jmp     .absent
.start:
        pushf
        cli
        call    timer_0
        mov     di, ax
        out     dx, al
.run:
        in      al, dx
        test    al, bl
        jz      .ended
        call    timer_0
        neg     ax
        add     ax, di
        cmp     ax, 16000               ; 6.7 ms
        jb      .run
        popf
.absent:
        xor     ax, ax
        ret
.ended:
        call    timer_0
        popf
        sub     di, ax
        mov     ax, di
        shr     ax, 4
        and     ax, 0x01FF
        ret

; AX = count of timer 0.
timer_0:
        mov     al, 0
        out     0x43, al
        in      al, 0x40
        mov     ah, al
        in      al, 0x40
        xchg    al, ah
        ret

; Power-on: is there a game port? Its one-shots answer to a start, or end some time; an empty slot reads as ones for
; ever.
post_game_port:
        mov     dx, GAME_PORT
        out     dx, al
        mov     cx, 400
.wait:
        in      al, dx
        test    al, 0x0F
        jz      .found
        cmp     al, 0xFF
        jne     .found
        call    wait_refresh
        loop    .wait
        ret
.found:
        or      byte [BDA_EQUIPMENT + 1], 0x10
        ret
