; Shows on its screen what the BIOS's pointing device services tell of the mouse: a line a package, status, X and Y; and
; behind it what the game port reads.

        cpu     486
        bits    16
        org     0x7C00

        cli
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, 0x7C00
        sti
        mov     ax, 0xC205
        mov     bh, 3
        int     0x15
        mov     ax, 0xC203              ; a count for a count
        mov     bh, 3
        int     0x15
        mov     bx, driver
        mov     ax, 0xC207
        int     0x15
        mov     ax, 0xC200
        mov     bh, 1
        int     0x15
        mov     si, ready
        call    print
wait_for_package:
        hlt
        cmp     byte [come], 0
        je      wait_for_package
        mov     byte [come], 0
        mov     ax, [package]
        call    hex
        mov     ax, [package + 2]
        call    hex
        mov     ax, [package + 4]
        call    hex
        mov     dx, 0x201
        in      al, dx
        mov     ah, 0
        call    hex
        mov     si, line
        call    print
        jmp     wait_for_package

driver:
        push    bp
        mov     bp, sp
        mov     ax, [bp + 12]
        mov     [cs:package], ax
        mov     ax, [bp + 10]
        mov     [cs:package + 2], ax
        mov     ax, [bp + 8]
        mov     [cs:package + 4], ax
        mov     byte [cs:come], 1
        pop     bp
        retf

hex:
        mov     cx, 4
.digit:
        rol     ax, 4
        push    ax
        and     al, 15
        cmp     al, 10
        sbb     al, 0x69
        das
        call    put
        pop     ax
        loop    .digit
        mov     al, ' '
put:
        mov     ah, 0x0E
        mov     bx, 7
        int     0x10
        ret

print:
        lodsb
        test    al, al
        jz      .done
        call    put
        jmp     print
.done:
        ret

ready:          db "ready"
line:           db 13, 10, 0
come:           db 0
package:        times 3 dw 0

        times   510 - ($ - $$) db 0
        dw      0xAA55
