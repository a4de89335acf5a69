; Waiting. Time is taken from the memory refresh, which toggles bit 4 of port 61h every 15.085 us whatever the CPU's
; speed. For long waits the CPU is halted between timer ticks where it can be trusted that they come.

REFRESH_PER_MS          equ 66          ; 1 ms / 15.085 us
REFRESH_PER_TICK        equ 3641        ; 65536 / 18

; Waits until the refresh bit toggles once. Keeps all registers. Bounded, should the bit be stuck.
wait_refresh:
        push    ax
        push    cx
        in      al, 0x61
        and     al, 0x10
        mov     ah, al
        mov     cx, 2000
.poll:
        in      al, 0x61
        and     al, 0x10
        cmp     al, ah
        loope   .poll
        pop     cx
        pop     ax
        ret

; Lets some of a longer wait pass: a refresh period, or, if the CPU may be halted, the time to the next interrupt.
; In: ECX = refresh periods left, DS = data area. Out: ECX less what passed; CF when nothing is left. May be called with
; interrupts off after a test of a flag that an interrupt sets: HLT then follows STI at once. Leaves them on.
wait_step:
        push    eax
        call    wait_may_halt
        jnc     .halt
        sti
        call    wait_refresh
        mov     eax, 1
        jmp     .account
.halt:
        mov     ax, [BDA_TICKS]
        sti
        hlt
        neg     ax
        add     ax, [BDA_TICKS]
        movzx   eax, ax
        imul    eax, eax, REFRESH_PER_TICK
.account:
        sub     ecx, eax
        jbe     .over
        pop     eax
        clc
        ret
.over:
        xor     ecx, ecx
        pop     eax
        stc
        ret

; NC if a HLT will end by our own timer interrupt: real mode (a V86 monitor would have to emulate HLT), IRQ0 not masked
; and its vector still ours.
wait_may_halt:
        push    ax
        push    es
        smsw    ax
        test    al, 1
        jnz     .no
        in      al, PIC1 + 1
        test    al, 1
        jnz     .no
        xor     ax, ax
        mov     es, ax
        cmp     word [es:0x08 * 4 + 2], BIOS_SEG
        jne     .no
        pop     es
        pop     ax
        clc
        ret
.no:
        pop     es
        pop     ax
        stc
        ret

; Waits AX milliseconds, interrupts on. Keeps all registers.
wait_ms:
        push    ecx
        movzx   ecx, ax
        imul    ecx, ecx, REFRESH_PER_MS
        call    wait_periods
        pop     ecx
        ret

; Waits ECX refresh periods, interrupts on. Halting is exact to a tick only, so the last two ticks are polled.
wait_periods:
        sti
        jecxz   .done
.long:
        cmp     ecx, 2 * REFRESH_PER_TICK
        jbe     .short
        call    wait_step
        jnc     .long
        jmp     .done
.short:
        call    wait_refresh
        dec     ecx
        jnz     .short
.done:
        ret
