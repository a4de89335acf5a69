; Pointing device: INT 15h AH=C2h and IRQ12, INT 74h (IBM PS/2 BIOS Interface Technical Reference, "INT 15h, (AH) =
; C2h"). While a command is sent the keyboard is held and IRQ12 is off, so that nothing but the device's answers comes
; from the controller. The device's port is only on while it reports to a driver through us: a program that reads it by
; itself switches it on by itself.

MOUSE_RESULT_FUNCTION   equ 1           ; AH: invalid function
MOUSE_RESULT_INPUT      equ 2           ; invalid input
MOUSE_RESULT_INTERFACE  equ 3           ; interface error
MOUSE_RESULT_RESEND     equ 4           ; the device keeps asking for the command again
MOUSE_RESULT_NO_DRIVER  equ 5           ; no driver to call
MOUSE_HAS_DRIVER        equ 0x80        ; EBDA_MOUSE_FLAGS
MOUSE_SIZE              equ 0x07        ; bytes of a package less one
MOUSE_TRIES             equ 3
KBC_AUX_IRQ             equ 0x02        ; command byte
KBC_KEYBOARD_OFF        equ 0x10
KBC_AUX_OFF             equ 0x20
EQUIPMENT_MOUSE         equ 0x04

; AH=C2h: AL = function.
int15_pointing_device:
        mov     es, [BDA_EBDA_SEG]
        cmp     al, 7
        je      mouse_set_driver
        ja      .unknown
        movzx   si, al
        shl     si, 1
        sti
        call    mouse_begin
        mov     bh, frame_bh
        call    [cs:si + .table]
        call    mouse_end
        jmp     .result
.unknown:
        mov     al, MOUSE_RESULT_FUNCTION
.result:
        mov     frame_ah, al
        test    al, al
        jz      .done
        set_carry
.done:
        ret

.table:
        dw      mouse_enable, mouse_reset, mouse_set_rate, mouse_set_resolution
        dw      mouse_identify, mouse_initialise, mouse_extended

; AL=7: the routine at ES:BX is called for each package; 0:0: none.
mouse_set_driver:
        mov     ax, frame_es
        mov     dx, frame_bx
        cli
        mov     [es:EBDA_MOUSE_DRIVER], dx
        mov     [es:EBDA_MOUSE_DRIVER + 2], ax
        or      byte [es:EBDA_MOUSE_FLAGS], MOUSE_HAS_DRIVER
        or      ax, dx
        jnz     .done
        and     byte [es:EBDA_MOUSE_FLAGS], ~MOUSE_HAS_DRIVER & 0xFF
.done:
        mov     frame_ah, 0
        ret

; The functions. In: BH, ES = EBDA. Out: AL = result.

; AL=0: BH=1: report; 0: do not.
mouse_enable:
        cmp     bh, 1
        ja      mouse_bad_input
        jb      .off
        mov     al, MOUSE_RESULT_NO_DRIVER
        test    byte [es:EBDA_MOUSE_FLAGS], MOUSE_HAS_DRIVER
        jz      .done
        mov     al, 0xF4
        call    mouse_send
        jc      .done
        mov     byte [es:EBDA_MOUSE_REPORTS], 1
.done:
        ret
.off:
        mov     byte [es:EBDA_MOUSE_REPORTS], 0
        mov     al, 0xF5
        jmp     mouse_send

; AL=1: reset. BL = what the device answers, AAh; BH = its identity.
mouse_reset:
        call    mouse_restart
        jc      .done
        mov     frame_bx, dx
.done:
        ret

; AL=5: packages have BH bytes; reset.
mouse_initialise:
        dec     bh
        cmp     bh, MOUSE_SIZE
        ja      mouse_bad_input
        and     byte [es:EBDA_MOUSE_FLAGS], ~MOUSE_SIZE & 0xFF
        or      [es:EBDA_MOUSE_FLAGS], bh

; CF and AL = error; or AL = 0, DL = AAh, DH = identity.
mouse_restart:
        mov     byte [es:EBDA_MOUSE_REPORTS], 0
        mov     al, 0xFF
        call    mouse_send
        jc      .done
mouse_read_test:
        call    mouse_read
        jc      mouse_broken
        mov     dl, al
        cmp     al, 0xAA
        jne     mouse_broken
        call    mouse_read
        jc      mouse_broken
        mov     dh, al
        mov     al, 0
        clc
mouse_restart.done:
        ret

; AL=2: BH = 0-6: 10, 20, 40, 60, 80, 100, 200 packages a second.
mouse_set_rate:
        cmp     bh, 6
        ja      mouse_bad_input
        movzx   di, bh
        mov     ax, 0xF3
        mov     ah, [cs:di + .rates]
        jmp     mouse_send_two
.rates: db      10, 20, 40, 60, 80, 100, 200

; AL=3: BH = 0-3: 1, 2, 4, 8 counts a millimetre.
mouse_set_resolution:
        cmp     bh, 3
        ja      mouse_bad_input
        mov     al, 0xE8
        mov     ah, bh

; Sends AL and AH.
mouse_send_two:
        push    ax
        call    mouse_send
        pop     dx
        jc      .done
        mov     al, dh
        call    mouse_send
.done:
        ret

; AL=4: BH = identity.
mouse_identify:
        mov     al, 0xF2
        call    mouse_send
        jc      .done
        call    mouse_read
        jc      mouse_broken
        mov     frame_bh, al
        mov     al, 0
.done:
        ret

; AL=6: BH=0: BL, CL, DL = status, resolution, rate; 1: scaling 1:1; 2: scaling 2:1.
mouse_extended:
        cmp     bh, 2
        ja      mouse_bad_input
        mov     al, 0xE9
        jb      .not_doubled
        mov     al, 0xE7
.not_doubled:
        cmp     bh, 1
        jne     .send
        mov     al, 0xE6
.send:
        call    mouse_send
        jc      .done
        test    bh, bh
        jnz     .done
        call    mouse_read
        jc      mouse_broken
        mov     frame_bl, al
        call    mouse_read
        jc      mouse_broken
        mov     frame_cl, al
        call    mouse_read
        jc      mouse_broken
        mov     frame_dl, al
        mov     al, 0
.done:
        ret

mouse_bad_input:
        mov     al, MOUSE_RESULT_INPUT
        ret

mouse_broken:
        mov     al, MOUSE_RESULT_INTERFACE
        stc
        ret

; --- The device ---

; Sends AL to the device. AL = 0, or CF and AL = error. Destroys AH and CX.
mouse_send:
        mov     ah, al
        mov     cx, MOUSE_TRIES
.try:
        mov     al, 0xD4
        call    kbc_command
        mov     al, ah
        call    kbc_data
        call    mouse_read
        jc      mouse_broken
        cmp     al, 0xFA
        je      .acknowledged
        cmp     al, 0xFE
        jne     mouse_broken
        loop    .try
        mov     al, MOUSE_RESULT_RESEND
        stc
        ret
.acknowledged:
        mov     al, 0
        clc
        ret

; AL = the device's next byte; CF if none came within half a second, or the controller says that there is none.
mouse_read:
        push    ecx
        mov     ecx, 500 * REFRESH_PER_MS
.poll:
        in      al, 0x64
        and     al, 0x21
        cmp     al, 0x21
        je      .ready
        call    wait_refresh
        dec     ecx
        jnz     .poll
        pop     ecx
        stc
        ret
.ready:
        pop     ecx
        push    bx
        in      al, 0x64
        mov     bl, al
        in      al, 0x60
        test    bl, 0x40                ; timeout; clears CF
        pop     bx
        jz      .done
        stc
.done:
        ret

; Holds keyboard and mouse, lets the interrupt handlers take what has come, and opens the mouse's port without IRQ12.
; Keeps SI and ES. Leaves interrupts on.
mouse_begin:
        mov     al, 0xAD
        call    kbc_command
        mov     al, 0xA7
        call    kbc_command
        call    kbc_wait_empty
        mov     cx, 2 * REFRESH_PER_MS
.settle:
        in      al, 0x64
        test    al, 1
        jz      .settled
        call    wait_refresh
        loop    .settle
        in      al, 0x60                ; nobody wants it
.settled:
        cli
        in      al, PIC1 + 1            ; the answer asks for IRQ1, which CLI does not keep from a V86 monitor
        mov     ah, al
        or      al, 0x02
        out     PIC1 + 1, al
        mov     al, 0x20
        call    kbc_command
        call    kbc_read
        mov     [es:EBDA_MOUSE_KBC], al
        xchg    al, ah
        out     PIC1 + 1, al
        mov     al, ah
        and     al, ~(KBC_AUX_OFF | KBC_AUX_IRQ) & 0xFF
        jmp     mouse_set_controller

; Gives the controller back; the port stays on while the device reports. Keeps AL.
mouse_end:
        push    ax
        mov     byte [es:EBDA_MOUSE_INDEX], 0
        mov     al, [es:EBDA_MOUSE_KBC]
        and     al, ~(KBC_KEYBOARD_OFF | KBC_AUX_OFF) & 0xFF
        or      al, KBC_AUX_IRQ
        cmp     byte [es:EBDA_MOUSE_REPORTS], 0
        jne     .reports
        xor     al, KBC_AUX_OFF | KBC_AUX_IRQ
.reports:
        cli
        call    mouse_set_controller
        in      al, PIC2 + 1
        and     al, 0xEF                ; IRQ12
        out     PIC2 + 1, al
        in      al, PIC1 + 1
        and     al, 0xFB                ; by way of the cascade
        out     PIC1 + 1, al
        pop     ax
        ret

; Writes AL to the command byte, and allows interrupts.
mouse_set_controller:
        push    ax
        mov     al, 0x60
        call    kbc_command
        pop     ax
        call    kbc_data
        call    kbc_wait_empty
        sti
        ret

; --- IRQ12 ---

; INT 74h: collects the bytes of a package and calls the driver with four words on the stack: status, X, Y, and zero.
; The driver returns with RETF and leaves them there.
irq12_mouse:
        push    ds
        push    es
        pushad
        cld
        push    BDA_SEG
        pop     ds
        mov     es, [BDA_EBDA_SEG]
        in      al, 0x64
        and     al, 0x21
        cmp     al, 0x21
        jne     .end
        in      al, 0x60
        movzx   bx, byte [es:EBDA_MOUSE_INDEX]
        and     bl, MOUSE_SIZE
        mov     [es:bx + EBDA_MOUSE_DATA], al
        mov     al, [es:EBDA_MOUSE_FLAGS]
        and     al, MOUSE_SIZE
        inc     bx
        cmp     bl, al
        mov     [es:EBDA_MOUSE_INDEX], bl
        jbe     .end
        mov     byte [es:EBDA_MOUSE_INDEX], 0
        test    byte [es:EBDA_MOUSE_FLAGS], MOUSE_HAS_DRIVER
        jz      .end
        sti
        movzx   ax, byte [es:EBDA_MOUSE_DATA]
        push    ax
        mov     al, [es:EBDA_MOUSE_DATA + 1]
        push    ax
        mov     al, [es:EBDA_MOUSE_DATA + 2]
        push    ax
        push    0
        call    far [es:EBDA_MOUSE_DRIVER]
        cli
        add     sp, 8
.end:
        mov     al, EOI
        out     PIC2, al
        out     PIC1, al
        popad
        pop     es
        pop     ds
        iret

; --- Power-on ---

; Resets the device if there is one. Its self-test takes a third of a second, which the drives' takes as well.
post_mouse_start:
        mov     es, [BDA_EBDA_SEG]
        mov     byte [es:EBDA_MOUSE_FLAGS], 2   ; packages of three bytes
        mov     al, 0xA8
        call    kbc_command
        mov     al, 0xFF
        call    mouse_send
        mov     [es:EBDA_MOUSE_REPORTS], al     ; for now: 0 if there is a device
        mov     al, 0xA7
        jmp     kbc_command

; Looks what became of the self-test, and enters the device into the equipment word.
post_mouse_finish:
        mov     es, [BDA_EBDA_SEG]
        mov     al, 0
        xchg    al, [es:EBDA_MOUSE_REPORTS]
        test    al, al
        jnz     .none
        mov     al, 0xA8
        call    kbc_command
        call    mouse_read_test
        jc      .none
        or      byte [BDA_EQUIPMENT], EQUIPMENT_MOUSE
.none:
        mov     al, 0xA7
        jmp     kbc_command
