; A busy boot sector for the tests of the machine: timer and keyboard interrupts of its own, string operations,
; self-modifying code, the video memory, and a checksum at 0:0600h. What it leaves at 0:0600h to 0:06FFh after the
; word at 0:0500h has reached 200 does not depend on time: interrupts count elsewhere.

        cpu     486
        bits    16
        org     0x7C00

ROUNDS          equ 200

        cli
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, 0x7C00
        cld
        mov     di, 0x500
        mov     cx, 0x180
        rep     stosw
        mov     word [8 * 4], timer
        mov     [8 * 4 + 2], ax
        mov     word [9 * 4], keyboard
        mov     [9 * 4 + 2], ax
        mov     al, 0x34                ; timer 0: mode 2, every 1193 periods (a millisecond)
        out     0x43, al
        mov     al, 1193 & 255
        out     0x40, al
        mov     al, 1193 >> 8
        out     0x40, al
        in      al, 0x21
        and     al, 0xFC
        out     0x21, al
        sti

round:  add     byte [patched + 1], 3   ; the instruction after next
        nop
patched:
        mov     al, 0
        mov     di, 0x9000
        mov     cx, 64
        rep     stosb
        mov     si, 0x9000
        mov     di, 0x9010
        mov     cx, 48
        std
        add     si, cx
        add     di, cx
        rep     movsb
        cld
        mov     si, round
        mov     cx, 32
        xor     dx, dx
.sum:   lodsb
        mov     ah, 0
        rol     dx, 1
        add     dx, ax
        imul    dx, dx, 25
        loop    .sum
        mov     bx, [0x500]
        and     bx, 0x7F
        add     bx, bx
        add     [0x600 + bx], dx
        push    ds
        mov     ax, 0xB800
        mov     ds, ax
        mov     [bx], dx
        pop     ds
        inc     word [0x500]
        cmp     word [0x500], ROUNDS
        jb      round

        mov     al, 1
        out     0xF4, al
.idle:  hlt
        jmp     .idle

timer:  push    ax
        inc     word [cs:0x510]
        mov     al, 0x20
        out     0x20, al
        pop     ax
        iret

keyboard:
        push    ax
        push    bx
        in      al, 0x60
        mov     bx, [cs:0x520]
        and     bx, 31
        mov     [cs:0x530 + bx], al
        inc     word [cs:0x520]
        mov     al, 0x20
        out     0x20, al
        pop     bx
        pop     ax
        iret

        times   510 - ($ - $$) db 0
        dw      0xAA55
