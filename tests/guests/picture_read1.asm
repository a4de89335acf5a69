; Read mode 1, the colour compare: above a pattern, below for each of eight colours where it is found; in the last line
; of blocks planes 0 and 3 do not matter.
%include "picture.inc"

SOURCE_LINES            equ 100

picture:
        mode    0x12
        push    0xA000
        pop     es
        graphics 5, 2
        mov     bx, 0
.line:
        imul    di, bx, 80
        mov     cx, 16
.byte:
        mov     dx, 0x3CE
        mov     ax, 0x0F08
        out     dx, ax
        mov     ah, [es:di]
        mov     al, bl
        shr     al, 2
        add     al, cl
        mov     [es:di], al
        mov     ax, 0xF008
        out     dx, ax
        mov     ah, [es:di]
        mov     al, bl
        shr     al, 3
        xor     al, cl
        mov     [es:di], al
        inc     di
        loop    .byte
        inc     bx
        cmp     bx, SOURCE_LINES
        jb      .line
        graphics 8, 0xFF
        graphics 7, 0x0F
        mov     di, 110 * 80
        mov     byte [.colour], 0
.row:
        call    .blocks
        add     di, 110 * 80 - 4 * 20
        cmp     byte [.colour], 8
        jb      .row
        graphics 7, 0x06
        call    .blocks
        ret

; Four blocks at DI, of the next four colours.
.blocks:
        mov     bp, 4
.block:
        graphics 5, 8
        mov     dx, 0x3CE
        mov     al, 2
        mov     ah, [.colour]
        out     dx, ax
        inc     byte [.colour]
        push    di
        xor     si, si
        mov     bx, SOURCE_LINES
.copy:
        mov     cx, 16
.compare:
        es lodsb
        stosb
        loop    .compare
        add     si, 64
        add     di, 64
        dec     bx
        jnz     .copy
        pop     di
        add     di, 20
        dec     bp
        jnz     .block
        ret
.colour:        db      0
        picture_end
