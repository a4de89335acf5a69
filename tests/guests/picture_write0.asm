; Write mode 0: the four functions of the logic unit down, rotation by 0-7 across; each on bars of all colours, in
; planes 0 and 2 in the upper half of a block, in all planes in the lower.
%include "picture.inc"

picture:
        mode    0x10
        push    0xA000
        pop     es
        call    bars
        mov     word [.function], 0
.row:
        mov     word [.count], 0
.block:
        mov     dx, 0x3CE
        mov     ah, [.function]
        shl     ah, 3
        or      ah, [.count]
        mov     al, 3
        out     dx, ax
        imul    di, [.function], 80 * 84
        imul    ax, [.count], 10
        add     di, ax
        add     di, 80 * 10 + 1
        mov     bx, 64
.line:
        mov     dx, 0x3C4
        mov     ax, 0x0502
        cmp     bx, 32
        ja      .planes
        mov     ah, 0x0F
.planes:
        out     dx, ax
        mov     cx, 8
.byte:
        mov     ah, [es:di]
        mov     al, bl
        shr     al, 2
        stosb
        loop    .byte
        add     di, 72
        dec     bx
        jnz     .line
        inc     word [.count]
        cmp     word [.count], 8
        jb      .block
        inc     word [.function]
        cmp     word [.function], 4
        jb      .row
        graphics 3, 0
        ret
.function:      dw      0
.count:         dw      0

; Vertical bars of a byte each in all colours, by set/reset.
bars:
        graphics 1, 0x0F
        mov     bx, 79
.bar:
        mov     dx, 0x3CE
        mov     ah, bl
        and     ah, 15
        mov     al, 0
        out     dx, ax
        mov     di, bx
        mov     cx, 350
.down:
        mov     [es:di], al
        add     di, 80
        loop    .down
        dec     bx
        jns     .bar
        graphics 1, 0
        ret
        picture_end
