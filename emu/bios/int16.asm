; INT 16h: keyboard. AH=00h and 01h know only the first keyboards: F0 combinations and scan codes above 84h are thrown
; away, E0 characters become 0. AH=10h and 11h report everything, with F0 shown as 0.

int16_entry:
        service_enter
        movzx   si, ah
        cmp     si, INT16_FUNCTIONS
        jae     .leave
        add     si, si
        call    [cs:si + int16_table]
.leave:
        service_leave

int16_table:
        dw      int16_read, int16_peek, int16_shift, int16_typematic
        dw      int16_none, int16_write, int16_none, int16_none
        dw      int16_none, int16_none, int16_none, int16_none
        dw      int16_none, int16_none, int16_none, int16_none
        dw      int16_read_all, int16_peek_all, int16_shift_all
INT16_FUNCTIONS equ ($ - int16_table) / 2

int16_none:
        ret

; AH=00h: waits for a key, takes it.
int16_read:
        call    int16_take
        call    int16_to_standard
        jc      int16_read
        mov     frame_ax, ax
        ret

; AH=10h: the same with all keys.
int16_read_all:
        call    int16_take
        call    int16_to_enhanced
        mov     frame_ax, ax
        ret

; AH=01h: ZF if no key waits, else AX shows it. Keys that AH=00h would throw away are dropped.
int16_peek:
        call    int16_look
        jz      int16_no_key
        call    int16_to_standard
        jnc     int16_have_key
        call    int16_take
        jmp     int16_peek

int16_peek_all:
        call    int16_look
        jz      int16_no_key
        call    int16_to_enhanced
int16_have_key:
        mov     frame_ax, ax
        and     frame_flags, ~FLAG_ZERO & 0xFF
        ret
int16_no_key:
        or      frame_flags, FLAG_ZERO
        sti                             ; a program that polls with interrupts off would never see a key
        nop
        ret

; AH=02h: AL = shift keys and locks.
int16_shift:
        mov     al, [BDA_SHIFT]
        mov     frame_al, al
        ret

; AH=12h: AL as above; AH = left Ctrl, left Alt, right Ctrl, right Alt, Scroll, Num, Caps, SysReq held down.
int16_shift_all:
        mov     al, [BDA_SHIFT]
        mov     ah, [BDA_SHIFT2]
        mov     bl, ah
        and     ah, 0x73
        test    bl, SHIFT2_SYSREQ
        jz      .no_sysreq
        or      ah, 0x80
.no_sysreq:
        mov     bl, [BDA_KEY_STATE]
        and     bl, STATE_CTRL_RIGHT | STATE_ALT_RIGHT
        or      ah, bl
        mov     frame_ax, ax
        ret

; AH=03h AL=05h: repeat rate BL (0-31) and delay BH (0-3).
int16_typematic:
        cmp     al, 5
        jne     .done
        cmp     bx, 0x031F
        ja      .done
        cmp     bl, 0x1F
        ja      .done
        mov     al, 0xF3
        call    int16_send
        jc      .done
        mov     al, bh
        shl     al, 5
        or      al, bl
        jmp     int16_send
.done:
        ret

; Sends AL to the keyboard and waits for IRQ1 to report the acknowledgement. CF if none came.
int16_send:
        and     byte [BDA_KEY_LEDS], ~(LEDS_ACK | LEDS_RESEND | LEDS_BUSY) & 0xFF
        call    kbc_data
        mov     ecx, 100 * REFRESH_PER_MS
.wait:
        cli
        test    byte [BDA_KEY_LEDS], LEDS_ACK
        jnz     .done
        test    byte [BDA_KEY_LEDS], LEDS_RESEND
        jnz     .failed
        call    wait_step
        jnc     .wait
.failed:
        stc
.done:
        sti
        ret

; AH=05h: puts CX into the buffer. AL = 0, or 1 if it was full.
int16_write:
        cli
        mov     bx, [BDA_KEY_TAIL]
        mov     si, bx
        call    int16_advance
        cmp     si, [BDA_KEY_HEAD]
        je      .full
        mov     [bx], cx
        mov     [BDA_KEY_TAIL], si
        mov     frame_al, 0
        ret
.full:
        mov     frame_al, 1
        ret

; SI = next place in the ring.
int16_advance:
        add     si, 2
        cmp     si, [BDA_KEY_BUFFER_END_AT]
        jb      .done
        mov     si, [BDA_KEY_BUFFER_START_AT]
.done:
        ret

; AX = first key in the buffer, left there; ZF if it is empty. Programs may have changed a lock in 40:17 themselves: the
; lamps follow here.
int16_look:
        mov     al, [BDA_SHIFT]
        shr     al, 4
        xor     al, [BDA_KEY_LEDS]
        and     al, 0x07 | LEDS_BUSY
        jz      .lamps_right
        test    al, LEDS_BUSY
        jnz     .lamps_right
        call    int09_update_leds
.lamps_right:
        cli
        mov     si, [BDA_KEY_HEAD]
        mov     ax, [si]
        cmp     si, [BDA_KEY_TAIL]
        ret

; AX = next key, waited for and taken out.
int16_take:
        call    int16_look
        jnz     .take
        mov     ax, 0x9002              ; let an operating system do something else
        int     0x15
.wait:
        cli
        mov     si, [BDA_KEY_HEAD]
        cmp     si, [BDA_KEY_TAIL]
        jne     .take
        mov     ecx, REFRESH_PER_TICK
        call    wait_step
        jmp     .wait
.take:
        cli
        mov     si, [BDA_KEY_HEAD]
        mov     ax, [si]
        call    int16_advance
        mov     [BDA_KEY_HEAD], si
        sti
        ret

; AX = key as the first keyboards would have reported it; CF if they could not.
int16_to_standard:
        cmp     ah, 0xE0
        je      .shared
        test    ah, ah
        jz      .done                   ; Alt-keypad number: any character goes
        cmp     al, 0xF0
        je      .unknown
        cmp     ah, 0x84
        ja      .unknown
        cmp     al, 0xE0
        jne     .done
        mov     al, 0
.done:
        clc
        ret
.shared:
        cmp     al, '/'                 ; keypad Enter and / report the main key's scan code
        mov     ah, 0x35
        je      .done
        mov     ah, 0x1C
        clc
        ret
.unknown:
        stc
        ret

; AX = key with F0 shown as 0.
int16_to_enhanced:
        test    ah, ah
        jz      .done
        cmp     al, 0xF0
        jne     .done
        mov     al, 0
.done:
        ret
