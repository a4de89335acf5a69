; Power-on set-up of the chips that need no service of their own: DMA, timer, interrupt controllers, clock, keyboard
; controller; and the search for serial and parallel ports.

; DMA, timer and port 61h, as an AT leaves them. The interrupt controllers are masked until post_pics.
post_chips:
        mov     al, 0xFF
        out     PIC1 + 1, al
        out     PIC2 + 1, al
        out     0x0D, al                ; DMA: master clear of both controllers
        out     0xDA, al
        mov     al, 0xC0                ; channel 4 cascades the first controller
        out     0xD6, al
        mov     al, 0
        out     0xD4, al
        mov     al, 0x40                ; channels 0-3: single mode
        out     0x0B, al
        mov     al, 0x41
        out     0x0B, al
        mov     al, 0x42
        out     0x0B, al
        mov     al, 0x43
        out     0x0B, al
        mov     al, 0x36                ; timer 0: mode 3, 65536: 18.2 Hz
        out     0x43, al
        mov     al, 0
        out     0x40, al
        out     0x40, al
        mov     al, 0x54                ; timer 1: mode 2, 18: memory refresh every 15 us
        out     0x43, al
        mov     al, 18
        out     0x41, al
        mov     al, 0xB6                ; timer 2: mode 3, speaker, off
        out     0x43, al
        mov     al, 0x33
        out     0x42, al
        mov     al, 0x05
        out     0x42, al
        in      al, 0x61
        and     al, 0xF0                ; speaker off, parity checks on
        out     0x61, al
        mov     al, 0                   ; coprocessor: clear its busy latch
        out     0xF0, al
        ret

; IRQ0-7 at INT 08h, IRQ8-15 at INT 70h. Open: timer, keyboard, cascade, floppy; coprocessor and both disk channels.
post_pics:
        mov     al, 0x11
        out     PIC1, al
        out     PIC2, al
        mov     al, 0x08
        out     PIC1 + 1, al
        mov     al, 0x70
        out     PIC2 + 1, al
        mov     al, 0x04
        out     PIC1 + 1, al
        mov     al, 0x02
        out     PIC2 + 1, al
        mov     al, 0x01
        out     PIC1 + 1, al
        out     PIC2 + 1, al
        mov     al, 0xB8
        out     PIC1 + 1, al
        mov     al, 0x1F
        out     PIC2 + 1, al
        ret

; 32.768 kHz base, 1024 Hz periodic rate, 24 hours, BCD, no interrupts; what was pending is dropped.
post_rtc:
        mov     ax, 0x2600 | CMOS_STATUS_A
        call    cmos_write
        mov     ax, 0x0200 | CMOS_STATUS_B
        call    cmos_write
        mov     al, CMOS_STATUS_C
        call    cmos_read
        mov     al, CMOS_STATUS_D
        jmp     cmos_read

; Enters the coprocessor into the equipment word, if there is one. Its status and control words after FNINIT tell
; (Intel, i486 Programmer's Reference Manual, 25.2.5).
post_fpu:
        push    0x5A5A
        mov     bp, sp
        fninit
        fnstsw  [bp]
        cmp     byte [bp], 0
        jne     .none
        fnstcw  [bp]
        and     word [bp], 0x103F
        cmp     word [bp], 0x003F
        jne     .none
        or      byte [BDA_EQUIPMENT], 0x02
.none:
        pop     ax
        ret

; Tests the keyboard controller, resets the keyboard, switches on translation and IRQ1. Whatever does not answer is
; given up after a while: a machine without a keyboard starts too, and says so.
post_keyboard:
        cli                             ; the answers are for us, not for INT 09h
        call    kbc_drain
        mov     al, 0xAA                ; controller self-test
        call    kbc_command
        mov     ah, 0x55
        call    post_expect
        mov     al, 0xAB                ; test of the keyboard's lines
        call    kbc_command
        mov     ah, 0x00
        call    post_expect
        mov     al, 0xAE                ; keyboard on
        call    kbc_command
        mov     al, 0x60                ; command byte: translate, second port off, system flag, no IRQ1 yet
        call    kbc_command
        mov     al, 0x64
        call    kbc_data
        mov     al, 0xFF                ; keyboard reset, acknowledged at once, and again after its self-test
        call    kbc_data
        mov     ah, 0xFA
        call    post_expect
        mov     ah, 0xAA
        call    post_expect
        mov     al, 0x60
        call    kbc_command
        mov     al, 0x65                ; now with IRQ1
        call    kbc_data
        mov     byte [BDA_KEY_STATE], 0x10      ; 101 keys
        ret

; Reads the controller's next byte, which should be AH.
post_expect:
        call    kbc_read
        jc      .wrong
        cmp     al, ah
        je      .right
.wrong:
        mov     al, POST_BAD_KEYBOARD
        call    post_error
.right:
        ret

; Reads until the controller has nothing more to say.
kbc_drain:
        mov     cx, 64
.byte:
        in      al, 0x64
        test    al, 1
        jz      .done
        in      al, 0x60
        loop    .byte
.done:
        ret

; Sends AL to the controller as a command, or to the keyboard as data. Keeps all registers.
kbc_command:
        call    kbc_wait_empty
        out     0x64, al
        ret

kbc_data:
        call    kbc_wait_empty
        out     0x60, al
        ret

; Waits until the controller has taken the last byte, at most some 30 ms.
kbc_wait_empty:
        push    ax
        push    cx
        xor     cx, cx
.poll:
        in      al, 0x64
        test    al, 2
        loopnz  .poll
        pop     cx
        pop     ax
        ret

; AL = next byte from the controller; CF if none came within half a second.
kbc_read:
        push    ecx
        mov     ecx, 500 * REFRESH_PER_MS
.poll:
        in      al, 0x64
        test    al, 1
        jnz     .ready
        call    wait_refresh
        dec     ecx
        jnz     .poll
        pop     ecx
        stc
        ret
.ready:
        in      al, 0x60
        pop     ecx
        clc
        ret

; Finds the serial ports by their interrupt enable register, whose upper four bits are always 0, and the parallel ports
; by their data latch; enters them in the data area and counts them in the equipment word.
post_ports:
        mov     si, .com_bases
        mov     di, BDA_COM_PORTS
        xor     bx, bx                  ; BL serial ports, BH parallel ports
.com:
        cs lodsw
        test    ax, ax
        jz      .parallel
        mov     dx, ax
        inc     dx
        in      al, dx
        mov     ah, al
        mov     al, 0x0F
        out     dx, al
        in      al, dx
        cmp     al, 0x0F
        mov     al, 0
        out     dx, al
        jne     .com
        in      al, dx
        cmp     al, 0
        jne     .com
        dec     dx
        mov     [di], dx
        add     di, 2
        inc     bl
        jmp     .com
.parallel:
        mov     si, .lpt_bases
        mov     di, BDA_LPT_PORTS
.lpt:
        cs lodsw
        test    ax, ax
        jz      .count
        mov     dx, ax
        mov     al, 0xAA
        out     dx, al
        in      al, dx
        cmp     al, 0xAA
        jne     .lpt
        mov     al, 0x55
        out     dx, al
        in      al, dx
        cmp     al, 0x55
        jne     .lpt
        mov     [di], dx
        add     dx, 2
        mov     al, 0x0C                ; selected, no interrupt, not in reset
        out     dx, al
        add     di, 2
        inc     bh
        jmp     .lpt
.count:
        shl     bl, 1                   ; equipment bits 9-11 serial, 14-15 parallel
        shl     bh, 6
        or      bl, bh
        or      [BDA_EQUIPMENT + 1], bl
        ret

.com_bases:     dw      0x3F8, 0x2F8, 0x3E8, 0x2E8, 0
.lpt_bases:     dw      0x3BC, 0x378, 0x278, 0
