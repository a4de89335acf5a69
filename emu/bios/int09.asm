; IRQ1, INT 09h: scan codes to characters. Every code is first shown to INT 15h AH=4Fh, which may change or swallow it.
; What results goes into the ring buffer as scan code (high) and character (low); INT 16h takes it out. The tables of
; keys are in int09_keys.asm. Keys that only the 101-key keyboard has carry E0 as character, combinations that the first
; keyboards did not report carry F0; INT 16h translates both (int16.asm).

SHIFT_RIGHT             equ 0x01        ; 40:17
SHIFT_LEFT              equ 0x02
SHIFT_CTRL              equ 0x04
SHIFT_ALT               equ 0x08
SHIFT_SCROLL            equ 0x10
SHIFT_NUM               equ 0x20
SHIFT_CAPS              equ 0x40
SHIFT_INSERT            equ 0x80
SHIFT2_CTRL_LEFT        equ 0x01        ; 40:18
SHIFT2_ALT_LEFT         equ 0x02
SHIFT2_SYSREQ           equ 0x04
SHIFT2_PAUSE            equ 0x08
STATE_E1                equ 0x01        ; 40:96
STATE_E0                equ 0x02
STATE_CTRL_RIGHT        equ 0x04
STATE_ALT_RIGHT         equ 0x08
LEDS_ACK                equ 0x10        ; 40:97
LEDS_RESEND             equ 0x20
LEDS_BUSY               equ 0x40

int09_entry:
        service_enter
        in      al, 0x60
        mov     ah, 0x4F
        stc
        int     0x15
        jnc     .end
        push    ax
        mov     al, EOI                 ; early, since pause, print screen and break stay long
        out     PIC1, al
        pop     ax
        call    int09_code
        service_leave
.end:
        mov     al, EOI
        out     PIC1, al
        service_leave

; AL = byte from the keyboard.
int09_code:
        cmp     al, 0xFA
        je      int09_acknowledge
        cmp     al, 0xFE
        je      int09_resend
        cmp     al, 0xFF                ; the keyboard's buffer was full
        je      speaker_click
        cmp     al, 0xE0
        je      .prefix_e0
        cmp     al, 0xE1
        je      .prefix_e1
        mov     ah, [BDA_KEY_STATE]
        test    ah, STATE_E1
        jnz     int09_pause_sequence
        and     byte [BDA_KEY_STATE], ~STATE_E0 & 0xFF
        call    int09_modifier
        jnc     .done
        test    al, 0x80
        jnz     int09_release
        call    int09_end_pause
        jnc     .done
        call    int09_special
        jnc     .done
        call    int09_translate
        jc      .done
        jmp     int09_store
.prefix_e0:
        or      byte [BDA_KEY_STATE], STATE_E0
.done:
        ret
.prefix_e1:
        or      byte [BDA_KEY_STATE], STATE_E1
        ret

; Only two codes are left of a released key: SysReq and the end of an Alt-keypad number, and the latter is Alt itself.
int09_release:
        cmp     al, 0x54 | 0x80
        jne     .done
        and     byte [BDA_SHIFT2], ~SHIFT2_SYSREQ & 0xFF
        mov     ax, 0x8501
        int     0x15
.done:
        ret

; The Pause key sends E1 1D 45, E1 9D C5 and nothing when released.
int09_pause_sequence:
        mov     ah, al
        and     ah, 0x7F
        cmp     ah, 0x1D
        je      .done
        and     byte [BDA_KEY_STATE], ~STATE_E1 & 0xFF
        cmp     al, 0x45
        je      int09_pause
.done:
        ret

; Stops everything but interrupts until a key ends it.
int09_pause:
        test    byte [BDA_SHIFT2], SHIFT2_PAUSE
        jnz     .done
        or      byte [BDA_SHIFT2], SHIFT2_PAUSE
.wait:
        mov     ecx, REFRESH_PER_TICK
        cli
        test    byte [BDA_SHIFT2], SHIFT2_PAUSE
        jz      .done
        call    wait_step
        jmp     .wait
.done:
        ret

; NC if the key ended a pause; it means nothing else then.
int09_end_pause:
        test    byte [BDA_SHIFT2], SHIFT2_PAUSE
        stc
        jz      .done
        and     byte [BDA_SHIFT2], ~SHIFT2_PAUSE & 0xFF
        clc
.done:
        ret

; --- Shift and lock keys ---

; In: AL = code, AH = state with the E0 bit. NC if it was a shift or lock key and has been dealt with.
int09_modifier:
        mov     bl, al
        and     bl, 0x7F
        mov     si, int09_modifier_keys
.search:
        cmp     byte [cs:si], 0
        je      .other
        cmp     bl, [cs:si]
        je      .found
        add     si, 4
        jmp     .search
.other:
        stc
        ret
.found:
        jmp     [cs:si + 2]

; code, bit in 40:17, routine
int09_modifier_keys:
        db      0x2A, SHIFT_LEFT
        dw      int09_shift
        db      0x36, SHIFT_RIGHT
        dw      int09_shift
        db      0x1D, SHIFT_CTRL
        dw      int09_ctrl
        db      0x38, SHIFT_ALT
        dw      int09_alt
        db      0x46, SHIFT_SCROLL
        dw      int09_lock
        db      0x45, SHIFT_NUM
        dw      int09_lock
        db      0x3A, SHIFT_CAPS
        dw      int09_lock
        db      0x52, SHIFT_INSERT
        dw      int09_insert
        db      0

; The shift codes that the keyboard wraps around its grey keys (E0 2A, E0 AA ...) are not keys.
int09_shift:
        test    ah, STATE_E0
        jnz     .done
        mov     bl, [cs:si + 1]
        or      [BDA_SHIFT], bl
        test    al, 0x80
        jz      .done
        not     bl
        and     [BDA_SHIFT], bl
.done:
        clc
        ret

int09_ctrl:
        mov     bx, (SHIFT2_CTRL_LEFT << 8) | STATE_CTRL_RIGHT
        call    int09_two_sided
        clc
        ret

int09_alt:
        mov     bx, (SHIFT2_ALT_LEFT << 8) | STATE_ALT_RIGHT
        call    int09_two_sided
        test    byte [BDA_SHIFT], SHIFT_ALT
        jnz     .done
        mov     al, 0                   ; the last Alt went up: the number typed on the keypad becomes a character
        xchg    al, [BDA_ALT_DIGITS]
        test    al, al
        jz      .done
        mov     ah, 0
        call    int09_store
.done:
        clc
        ret

; A key that is there twice. BH = the left one's bit in 40:18, BL = the right one's in 40:96; the bit of both in 40:17
; is set while either is down.
int09_two_sided:
        test    al, 0x80
        jnz     .up
        test    ah, STATE_E0
        jnz     .right_down
        or      [BDA_SHIFT2], bh
        jmp     .combine
.right_down:
        or      [BDA_KEY_STATE], bl
        jmp     .combine
.up:
        test    ah, STATE_E0
        jnz     .right_up
        not     bh
        and     [BDA_SHIFT2], bh
        not     bh
        jmp     .combine
.right_up:
        not     bl
        and     [BDA_KEY_STATE], bl
        not     bl
.combine:
        mov     dl, [cs:si + 1]
        or      [BDA_SHIFT], dl
        test    [BDA_SHIFT2], bh
        jnz     .done
        test    [BDA_KEY_STATE], bl
        jnz     .done
        not     dl
        and     [BDA_SHIFT], dl
.done:
        ret

; Scroll, Num and Caps Lock toggle when pressed; repeats are recognised by the bit in 40:18.
int09_lock:
        test    ah, STATE_E0
        jnz     .not_a_lock             ; E0 46 is Break
        mov     bl, [cs:si + 1]
        test    al, 0x80
        jnz     .up
        cmp     bl, SHIFT_CAPS
        je      .toggle
        test    byte [BDA_SHIFT], SHIFT_CTRL
        jnz     .not_a_lock             ; Ctrl-ScrollLock is Break, Ctrl-NumLock Pause on older keyboards
.toggle:
        test    [BDA_SHIFT2], bl
        jnz     .done
        or      [BDA_SHIFT2], bl
        xor     [BDA_SHIFT], bl
        call    int09_update_leds
.done:
        clc
        ret
.up:
        not     bl
        and     [BDA_SHIFT2], bl
        clc
        ret
.not_a_lock:
        stc
        ret

; Insert toggles its bit and is a key all the same. With Num Lock or Shift the keypad's key is a digit.
int09_insert:
        mov     bl, SHIFT_INSERT
        test    al, 0x80
        jnz     .up
        test    byte [BDA_SHIFT], SHIFT_CTRL | SHIFT_ALT
        jnz     .key
        test    ah, STATE_E0
        jnz     .toggle
        call    int09_keypad_is_digits
        jc      .key
.toggle:
        test    [BDA_SHIFT2], bl
        jnz     .key
        or      [BDA_SHIFT2], bl
        xor     [BDA_SHIFT], bl
.key:
        stc
        ret
.up:
        and     byte [BDA_SHIFT2], ~SHIFT_INSERT & 0xFF
        stc
        ret

; CF if Num Lock and Shift together make the keypad type digits.
int09_keypad_is_digits:
        push    ax
        mov     al, [BDA_SHIFT]
        test    al, SHIFT_LEFT | SHIFT_RIGHT
        jz      .plain
        xor     al, SHIFT_NUM
.plain:
        and     al, SHIFT_NUM
        neg     al                      ; CF = not zero
        pop     ax
        ret

; --- Lamps ---
; ED is acknowledged by FA, then comes the lamps' byte, acknowledged again. Each acknowledgement is an interrupt of its
; own, so nobody waits: LEDS_BUSY with LEDS_ACK says that the second step is due.

int09_update_leds:
        and     byte [BDA_KEY_LEDS], ~(LEDS_ACK | LEDS_RESEND) & 0xFF
        or      byte [BDA_KEY_LEDS], LEDS_BUSY
        push    ax
        mov     al, 0xED
        call    kbc_data
        pop     ax
        ret

int09_acknowledge:
        test    byte [BDA_KEY_LEDS], LEDS_BUSY
        jz      .ack
        test    byte [BDA_KEY_LEDS], LEDS_ACK
        jnz     .second
        or      byte [BDA_KEY_LEDS], LEDS_ACK
        mov     al, [BDA_SHIFT]
        shr     al, 4
        and     al, 7
        and     byte [BDA_KEY_LEDS], 0xF8
        or      [BDA_KEY_LEDS], al
        jmp     kbc_data
.second:
        and     byte [BDA_KEY_LEDS], ~(LEDS_BUSY | LEDS_ACK) & 0xFF
        ret
.ack:
        or      byte [BDA_KEY_LEDS], LEDS_ACK
        ret

int09_resend:
        and     byte [BDA_KEY_LEDS], ~LEDS_BUSY & 0xFF
        or      byte [BDA_KEY_LEDS], LEDS_RESEND
        ret

; --- Keys that do something instead of typing ---

; In: AL = code, AH = state with the E0 bit. NC if the key has been dealt with.
int09_special:
        mov     bl, [BDA_SHIFT]
        cmp     al, 0x53
        je      .delete
        cmp     al, 0x46
        je      .break
        cmp     al, 0x45
        je      .old_pause
        cmp     al, 0x37
        je      .print_screen
        cmp     al, 0x54
        je      .sysreq
.no:
        stc
        ret
.delete:
        and     bl, SHIFT_CTRL | SHIFT_ALT
        cmp     bl, SHIFT_CTRL | SHIFT_ALT
        jne     .no
        mov     word [BDA_WARM_BOOT], 0x1234
        jmp     int09_reset
.break:
        test    bl, SHIFT_CTRL
        jz      .handled
        mov     byte [BDA_BREAK], 0x80
        mov     bx, [BDA_KEY_BUFFER_START_AT]
        mov     [BDA_KEY_HEAD], bx
        mov     [BDA_KEY_TAIL], bx
        int     0x1B
        xor     ax, ax                  ; a zero key wakes whoever waits for one
        call    int09_store
        jmp     .handled
.old_pause:
        test    bl, SHIFT_CTRL
        jz      .handled
        call    int09_pause
        jmp     .handled
.print_screen:
        test    ah, STATE_E0
        jz      .no                     ; the keypad's star
        test    bl, SHIFT_CTRL | SHIFT_ALT
        jnz     .no
        int     0x05
        jmp     .handled
.sysreq:
        test    byte [BDA_SHIFT2], SHIFT2_SYSREQ
        jnz     .handled
        or      byte [BDA_SHIFT2], SHIFT2_SYSREQ
        mov     ax, 0x8500
        int     0x15
.handled:
        clc
        ret

; Pulses the CPU's reset line; a shutdown code that some program left must not lead elsewhere. Should nothing happen,
; goes to the entry of POST as the AT did.
int09_reset:
        mov     ax, CMOS_SHUTDOWN       ; and AH = 0
        call    cmos_write
        mov     al, 0xFE
        call    kbc_command
        mov     cx, 0
.wait:
        in      al, 0x61
        loop    .wait
        jmp     BIOS_SEG:compat_reset

; --- Characters ---

; In: AL = code, AH = state with the E0 bit. Out: AX = key for the buffer, or CF if the key types nothing now.
int09_translate:
        test    ah, STATE_E0
        jnz     int09_translate_grey
        cmp     al, INT09_KEYS
        ja      .nothing
        movzx   si, al
        shl     si, 3
        add     si, int09_keys
        mov     bl, [BDA_SHIFT]
        test    bl, SHIFT_ALT
        jnz     .alt
        test    bl, SHIFT_CTRL
        jnz     .ctrl
        cmp     al, 0x47
        jb      .main_block
        cmp     al, 0x53
        ja      .main_block
        cmp     al, 0x4A
        je      .main_block
        cmp     al, 0x4E
        je      .main_block
        call    int09_keypad_is_digits
        jmp     .by_carry
.main_block:
        test    bl, SHIFT_LEFT | SHIFT_RIGHT
        setnz   bh
        test    bl, SHIFT_CAPS
        jz      .shifted
        mov     dx, [cs:si]
        cmp     dl, 'a'
        jb      .shifted
        cmp     dl, 'z'
        ja      .shifted
        xor     bh, 1
.shifted:
        cmp     bh, 1
        cmc
.by_carry:
        jnc     .normal
        add     si, 2
.normal:
        mov     ax, [cs:si]
        jmp     .check
.ctrl:
        mov     ax, [cs:si + 4]
        jmp     .check
.alt:
        cmp     al, 0x47
        jb      .alt_key
        cmp     al, 0x52
        ja      .alt_key
        cmp     al, 0x4A
        je      .alt_key
        cmp     al, 0x4E
        je      .alt_key
        mov     bl, [cs:si + 2]         ; the shifted character is the digit
        sub     bl, '0'
        mov     al, 10
        mul     byte [BDA_ALT_DIGITS]
        add     al, bl
        mov     [BDA_ALT_DIGITS], al
.nothing:
        stc
        ret
.alt_key:
        mov     ax, [cs:si + 6]
.check:
        cmp     ax, NO_KEY
        je      .nothing
        clc
        ret

; Keys behind an E0 prefix.
int09_translate_grey:
        mov     si, int09_grey_keys
.search:
        mov     bl, [cs:si]
        test    bl, bl
        jz      .nothing
        cmp     bl, al
        je      .found
        add     si, 7
        jmp     .search
.found:
        mov     bl, [BDA_SHIFT]
        mov     ax, [cs:si + 5]
        test    bl, SHIFT_ALT
        jnz     .check
        mov     ax, [cs:si + 3]
        test    bl, SHIFT_CTRL
        jnz     .check
        mov     ax, [cs:si + 1]
.check:
        cmp     ax, NO_KEY
        je      .nothing
        clc
        ret
.nothing:
        stc
        ret

; Puts AX into the ring buffer, or clicks if it is full. CF if it was full.
int09_store:
        mov     bx, [BDA_KEY_TAIL]
        mov     si, bx
        add     si, 2
        cmp     si, [BDA_KEY_BUFFER_END_AT]
        jb      .in_range
        mov     si, [BDA_KEY_BUFFER_START_AT]
.in_range:
        cmp     si, [BDA_KEY_HEAD]
        je      .full
        mov     [bx], ax
        mov     [BDA_KEY_TAIL], si
        mov     ax, 0x9102              ; tell an operating system that waits
        int     0x15
        clc
        ret
.full:
        call    speaker_click
        stc
        ret

; About 1 kHz for 1/30 second, made by hand so that a program's use of timer 2 is not disturbed.
speaker_click:
        push    ax
        push    cx
        in      al, 0x61
        push    ax
        mov     cx, 66
.half:
        xor     al, 0x02
        and     al, 0xFE
        out     0x61, al
        mov     ah, 33
.period:
        call    wait_refresh
        dec     ah
        jnz     .period
        loop    .half
        pop     ax
        out     0x61, al
        pop     cx
        pop     ax
        ret
