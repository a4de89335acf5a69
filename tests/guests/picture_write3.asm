; Write mode 3: set/reset in the bits that the host's byte, rotated, and the bit mask let through. Patterns in all
; colours down, rotated by 0-7 across; in the right half through the bit mask 3Ch.
%include "picture.inc"

picture:
        mode    0x12
        push    0xA000
        pop     es
        graphics 5, 2
        xor     di, di
        mov     cx, 38400
.fill:
        mov     ax, di
        shr     ax, 1
        stosb
        loop    .fill
        graphics 5, 3
        mov     bx, 0
.line:
        mov     dx, 0x3CE
        mov     ax, bx
        shr     ax, 4
        mov     ah, al
        mov     al, 0
        out     dx, ax
        imul    di, bx, 80
        mov     cx, 0
.byte:
        mov     ah, cl
        shr     ah, 1
        and     ah, 7
        mov     al, 3
        out     dx, ax
        mov     ax, 0xFF08
        cmp     cx, 40
        jb      .mask
        mov     ah, 0x3C
.mask:
        out     dx, ax
        mov     ah, [es:di]
        mov     al, bl
        shr     al, 4
        xor     al, 0x8D
        stosb
        inc     cx
        cmp     cx, 80
        jb      .byte
        inc     bx
        cmp     bx, 480
        jb      .line
        graphics 3, 0
        ret
        picture_end
