; INT 1Ah: time of day; INT 70h: the clock chip's interrupt; and the tick count set from the clock at power-on. All
; values of the clock are BCD. CF reports a clock that stands or would not become readable.

int1a_entry:
        service_enter
        movzx   si, ah
        cmp     si, INT1A_FUNCTIONS
        jae     .unknown
        add     si, si
        call    [cs:si + int1a_table]
        service_leave
.unknown:
        set_carry
        service_leave

int1a_table:
        dw      int1a_get_ticks, int1a_set_ticks, int1a_get_time, int1a_set_time
        dw      int1a_get_date, int1a_set_date, int1a_set_alarm, int1a_reset_alarm
INT1A_FUNCTIONS equ ($ - int1a_table) / 2

; AH=00h: CX:DX = ticks since midnight; AL = midnight passed since the last call.
int1a_get_ticks:
        mov     ax, [BDA_TICKS]
        mov     frame_dx, ax
        mov     ax, [BDA_TICKS + 2]
        mov     frame_cx, ax
        mov     al, 0
        xchg    al, [BDA_MIDNIGHT]
        mov     frame_al, al
        mov     frame_ah, 0
        clear_carry
        ret

; AH=01h: sets them from CX:DX.
int1a_set_ticks:
        mov     [BDA_TICKS], dx
        mov     [BDA_TICKS + 2], cx
        mov     byte [BDA_MIDNIGHT], 0
        mov     frame_ah, 0
        clear_carry
        ret

; AH=02h: CH hours, CL minutes, DH seconds, DL = daylight saving.
int1a_get_time:
        call    int1a_wait_readable
        jc      int1a_failed
        mov     al, 0x00
        call    cmos_read
        mov     frame_dh, al
        mov     al, 0x02
        call    cmos_read
        mov     frame_cl, al
        mov     al, CMOS_STATUS_B
        call    cmos_read
        and     al, 1
        mov     frame_dl, al
        mov     al, 0x04
        call    cmos_read
        mov     frame_ch, al
        mov     frame_ax, ax
        mov     frame_ah, 0
        clear_carry
        ret

int1a_failed:
        set_carry
        ret

; AH=03h: sets the time from the same registers. Also starts a clock that stands.
int1a_set_time:
        call    int1a_start
        call    int1a_hold
        mov     al, 0x00
        mov     ah, frame_dh
        call    cmos_write
        mov     al, 0x02
        mov     ah, frame_cl
        call    cmos_write
        mov     al, 0x04
        mov     ah, frame_ch
        call    cmos_write
        mov     ah, frame_dl
        and     ah, 1
        jmp     int1a_release

; AH=04h: CH century, CL year, DH month, DL day.
int1a_get_date:
        call    int1a_wait_readable
        jc      int1a_failed
        mov     al, 0x07
        call    cmos_read
        mov     frame_dl, al
        mov     al, 0x08
        call    cmos_read
        mov     frame_dh, al
        mov     al, 0x09
        call    cmos_read
        mov     frame_cl, al
        mov     al, CMOS_CENTURY
        call    cmos_read
        mov     frame_ch, al
        mov     frame_al, al
        mov     frame_ah, 0
        clear_carry
        ret

; AH=05h: sets the date from the same registers.
int1a_set_date:
        call    int1a_start
        call    int1a_hold
        mov     al, 0x07
        mov     ah, frame_dl
        call    cmos_write
        mov     al, 0x08
        mov     ah, frame_dh
        call    cmos_write
        mov     al, 0x09
        mov     ah, frame_cl
        call    cmos_write
        mov     al, CMOS_CENTURY
        mov     ah, frame_ch
        call    cmos_write
        mov     al, CMOS_STATUS_B
        call    cmos_read
        mov     ah, al
        and     ah, 1

; Lets the clock run again. AH = bit 0 of register B.
int1a_release:
        mov     al, CMOS_STATUS_B
        mov     bh, ah
        call    cmos_read
        and     al, 0x7E
        or      al, bh
        mov     ah, al
        mov     al, CMOS_STATUS_B
        call    cmos_write
        mov     frame_ah, 0
        clear_carry
        ret

; The time base and the rate of the periodic interrupt as at power-on, if the divider does not run.
int1a_start:
        mov     al, CMOS_STATUS_A
        call    cmos_read
        and     al, 0x70
        cmp     al, 0x20
        je      .runs
        mov     ax, 0x2600 | CMOS_STATUS_A
        call    cmos_write
.runs:
        ret

; Stops updates so that several registers can be set.
int1a_hold:
        mov     al, CMOS_STATUS_B
        call    cmos_read
        or      al, 0x82                ; SET, 24 hours
        mov     ah, al
        mov     al, CMOS_STATUS_B
        jmp     cmos_write

; AH=06h: INT 4Ah shall be called when the time is CH:CL:DH. CF if an alarm is set already.
int1a_set_alarm:
        mov     al, CMOS_STATUS_B
        call    cmos_read
        test    al, 0x20
        jnz     int1a_failed
        mov     al, 0x01
        mov     ah, frame_dh
        call    cmos_write
        mov     al, 0x03
        mov     ah, frame_cl
        call    cmos_write
        mov     al, 0x05
        mov     ah, frame_ch
        call    cmos_write
        mov     ah, 0x20
        call    int1a_enable
        mov     frame_ah, 0
        clear_carry
        ret

; AH=07h: no alarm any more.
int1a_reset_alarm:
        mov     al, CMOS_STATUS_B
        call    cmos_read
        and     al, 0x57
        mov     ah, al
        mov     al, CMOS_STATUS_B
        call    cmos_write
        mov     frame_ah, 0
        clear_carry
        ret

; Enables the clock's interrupts given in AH (bits of register B) and opens IRQ8.
int1a_enable:
        pushf
        cli
        mov     al, CMOS_STATUS_B
        push    ax
        call    cmos_read
        pop     bx
        or      al, bh
        and     al, 0x7F
        mov     ah, al
        mov     al, CMOS_STATUS_B
        call    cmos_write
        in      al, PIC2 + 1
        and     al, 0xFE
        out     PIC2 + 1, al
        popf
        ret

; Waits for the end of an update. CF if the clock is being set, or seems to be stuck.
int1a_wait_readable:
        push    cx
        mov     al, CMOS_STATUS_B
        call    cmos_read
        test    al, 0x80
        jnz     .stuck
        mov     al, CMOS_STATUS_A
        call    cmos_read
        and     al, 0x70
        cmp     al, 0x20
        jne     .stuck
        mov     cx, 4 * REFRESH_PER_MS
.poll:
        mov     al, CMOS_STATUS_A
        call    cmos_read
        test    al, 0x80
        jz      .readable
        call    wait_refresh
        loop    .poll
.stuck:
        pop     cx
        stc
        ret
.readable:
        pop     cx
        clc
        ret

; IRQ8, INT 70h: alarm (INT 4Ah) and the periodic interrupt, 1024 a second, that counts down INT 15h AH=83h waits.
irq8_clock:
        push    ds
        pushad
        mov     ax, BDA_SEG
        mov     ds, ax
        mov     al, CMOS_STATUS_B
        call    cmos_read
        mov     ah, al
        mov     al, CMOS_STATUS_C       ; reading it ends the request
        call    cmos_read
        and     al, ah
        test    al, 0x40
        jz      .no_period
        call    int15_wait_period
.no_period:
        test    al, 0x20
        jz      .no_alarm
        int     0x4A
        cli
.no_alarm:
        mov     al, EOI
        out     PIC2, al
        out     PIC1, al
        popad
        pop     ds
        iret

; Ticks since midnight = seconds * 1193182 / 65536.
int1a_set_ticks_from_rtc:
        call    int1a_wait_readable
        jc      .done
        mov     al, 0x04
        call    .binary
        imul    ebx, eax, 3600
        mov     al, 0x02
        call    .binary
        imul    eax, eax, 60
        add     ebx, eax
        mov     al, 0x00
        call    .binary
        add     eax, ebx
        mov     ebx, 1193182
        mul     ebx
        shrd    eax, edx, 16
        cmp     eax, 0x1800B0
        jae     .done
        mov     [BDA_TICKS], eax
.done:
        ret

; EAX = BCD register AL as a number.
.binary:
        call    cmos_read
        mov     ah, al
        shr     ah, 4
        and     al, 0x0F
        aad
        movzx   eax, ax
        ret
