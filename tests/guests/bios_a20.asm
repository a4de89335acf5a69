; Address line 20 by every way that programs use, checked as HIMEM checks it: by comparing 0:0080 with FFFF:0090, which
; are one place while the line is off. The sequences are those of HIMEM for an AT and for a PS/2 (Microsoft's XMS driver
; source), of ELKS and Linux at their start, and of the BIOS.

%include "bios_guest.inc"

TOGGLES                 equ 100

guest_main:
        mov     si, ways
.way:
        lodsw
        test    ax, ax
        jz      .done
        mov     [way_on], ax
        lodsw
        mov     [way_off], ax
        push    si
        call    try_way
        pop     si
        jmp     .way
.done:
        call    either_gate
        call    quick_changes
        call    code_in_the_hma
        call    block_move_leaves_it
        call    keyboard_goes_on
        ret

ways:
        dw      himem_at_on, himem_at_off
        dw      himem_ps2_on, himem_ps2_off
        dw      held_keyboard_on, held_keyboard_off
        dw      quick_on, quick_off
        dw      output_port_on, output_port_off
        dw      service_on, service_off
        dw      0
way_on:         dw      0
way_off:        dw      0

; From off to on, on again, off, off again.
try_way:
        call    a20
        expect  "off at first", ax, 0
        call    [way_on]
        setc    al
        expect_byte "switched on", al, 0
        call    a20
        expect  "on", ax, 1
        call    [way_on]
        call    a20
        expect  "on twice", ax, 1
        call    [way_off]
        setc    al
        expect_byte "switched off", al, 0
        call    a20
        expect  "off", ax, 0
        call    [way_off]
        call    a20
        expect  "off twice", ax, 0
        ret

; AX = 1: 0:0080 and FFFF:0090 differ within eight words.
a20:
        push    cx
        push    si
        push    di
        push    ds
        push    es
        xor     ax, ax
        mov     ds, ax
        dec     ax
        mov     es, ax
        mov     si, 0x0080
        mov     di, 0x0090
        mov     cx, 8
        cld
        repe    cmpsw
        mov     ax, 0
        setne   al
        pop     es
        pop     ds
        pop     di
        pop     si
        pop     cx
        ret

; Waits for the controller to take a byte; CF if it does not within 65536 looks.
sync:
        push    cx
        xor     cx, cx
.look:
        in      al, 0x64
        test    al, 2
        loopnz  .look
        pop     cx
        jz      .taken
        stc
        ret
.taken:
        clc
        ret

; Command AL, with sync before. CF from it.
command:
        push    ax
        call    sync
        pop     ax
        jc      .done
        out     0x64, al
.done:
        ret

; Byte AL for the command before.
data:
        push    ax
        call    sync
        pop     ax
        jc      .done
        out     0x60, al
.done:
        ret

; The whole output port, then a command that pulses nothing: when it was taken, so was the byte before.
himem_at_on:
        mov     ah, 0xDF
        jmp     himem_at
himem_at_off:
        mov     ah, 0xDD
himem_at:
        cli
        mov     al, 0xD1
        call    command
        jc      .done
        mov     al, ah
        call    data
        jc      .done
        mov     al, 0xFF
        call    command
        jc      .done
        call    sync
.done:
        sti
        ret

; Port 92h, and a wait until it reads as written.
himem_ps2_on:
        in      al, 0x92
        test    al, 2
        jnz     himem_ps2_off.done
        or      al, 2
        out     0x92, al
        xor     cx, cx
.wait:
        in      al, 0x92
        test    al, 2
        loopz   .wait
        jz      himem_ps2_off.failed
        clc
        ret

himem_ps2_off:
        in      al, 0x92
        and     al, ~2 & 0xFF
        out     0x92, al
        xor     cx, cx
.wait:
        in      al, 0x92
        test    al, 2
        loopnz  .wait
        jnz     .failed
.done:
        clc
        ret
.failed:
        stc
        ret

; With the keyboard held meanwhile.
held_keyboard_on:
        mov     ah, 0xDF
        jmp     held_keyboard
held_keyboard_off:
        mov     ah, 0xDD
held_keyboard:
        cli
        mov     al, 0xAD
        call    command
        mov     al, 0xD1
        call    command
        mov     al, ah
        call    data
        mov     al, 0xAE
        call    command
        call    sync
        sti
        ret

; Commands of their own on many boards.
quick_on:
        mov     al, 0xDF
        jmp     quick
quick_off:
        mov     al, 0xDD
quick:
        call    command
        jmp     sync

; Reads the output port and changes bit 1 alone.
output_port_on:
        mov     bx, 0x02FF
        jmp     output_port
output_port_off:
        mov     bx, 0x00FD
output_port:
        cli
        mov     al, 0xAD
        call    command
        call    sync
        mov     al, 0xD0
        call    command
        xor     cx, cx
.full:
        in      al, 0x64
        test    al, 1
        loopz   .full
        jz      .failed
        in      al, 0x60
        and     al, bl
        or      al, bh
        mov     ah, al
        mov     al, 0xD1
        call    command
        mov     al, ah
        and     al, ~0x10 & 0xFF        ; what waited has been read: no IRQ 1
        call    data
        mov     al, 0xAE
        call    command
        call    sync
        sti
        ret
.failed:
        sti
        stc
        ret

service_on:
        mov     ax, 0x2401
        int     0x15
        ret
service_off:
        mov     ax, 0x2400
        int     0x15
        ret

; Either gate opens the line.
either_gate:
        call    himem_at_on
        call    himem_ps2_on
        call    himem_ps2_off
        call    a20
        expect  "the controller holds it open", ax, 1
        mov     ax, 0x2402
        int     0x15
        expect  "INT 15h AX=2402h knows", ax, 0x0001
        call    himem_ps2_on
        call    himem_at_off
        call    a20
        expect  "port 92h holds it open", ax, 1
        mov     ax, 0x2402
        int     0x15
        expect  "INT 15h AX=2402h knows that too", ax, 0x0001
        call    service_off
        call    a20
        expect  "INT 15h AX=2400h closes both", ax, 0
        ret

; As a system in the HMA does with each call.
quick_changes:
        xor     dx, dx
        mov     bp, TOGGLES
.next:
        call    himem_at_on
        adc     dx, 0
        call    a20
        xor     al, 1
        add     dx, ax
        call    himem_at_off
        adc     dx, 0
        call    a20
        add     dx, ax
        dec     bp
        jnz     .next
        expect  "a hundred times on and off", dx, 0
        ret

; Code 1 MB up is other code than that at its wrapped address, also if both have run before; and what is written by the
; alias is executed.
code_in_the_hma:
        push    es
        mov     ax, 0xFFFF
        mov     es, ax
        mov     word [0x0500], 0x01B0   ; MOV AL, 1; RETF
        mov     byte [0x0502], 0xCB
        call    himem_at_on
        mov     word [es:0x0510], 0x02B0
        mov     byte [es:0x0512], 0xCB
        mov     cx, 3
.again:
        call    himem_at_on
        call    0xFFFF:0x0510
        mov     bl, al
        call    himem_at_off
        call    0xFFFF:0x0510
        mov     bh, al
        expect  "code in the HMA, and below while A20 is off", bx, 0x0102
        loop    .again
        mov     byte [es:0x0511], 3     ; wraps
        call    0x0000:0x0500
        expect_byte "a store by the alias changes code", al, 3
        call    himem_at_on
        call    0xFFFF:0x0510
        expect_byte "and that in the HMA is as it was", al, 2
        call    himem_at_off
        pop     es
        ret

; INT 15h AH=87h puts the line back.
block_move_leaves_it:
        push    ds
        pop     es
        call    himem_at_on
        mov     cx, 2
        mov     si, .table
        mov     ah, 0x87
        int     0x15
        call    a20
        expect  "AH=87h leaves it on", ax, 1
        call    himem_at_off
        mov     cx, 2
        mov     si, .table
        mov     ah, 0x87
        int     0x15
        call    a20
        expect  "AH=87h leaves it off", ax, 0
        ret
.table:         dq      0, 0
                dw      0xFFFF, 0x0500, 0x9300, 0
                dw      0xFFFF, 0x0600, 0x9300, 0
                dq      0, 0

; Nothing of all this went to the keyboard, and it is not held.
keyboard_goes_on:
        mov     ah, 1
        int     0x16
        setz    al
        expect_byte "no key has come", al, 1
        mov     al, 0xD2
        call    command
        mov     al, 0x1E
        call    data
        mov     cx, 40
.wait:
        hlt
        mov     ah, 1
        int     0x16
        jnz     .come
        loop    .wait
.come:
        expect  "a key comes", ax, 0x1E61
        ret

        guest_end
