; Set/reset in write mode 0, and the bit mask: the set/reset value changes down, the planes that it is enabled for
; across, the bit mask within each block; the host's byte goes to the other planes.
%include "picture.inc"

picture:
        mode    0x10
        push    0xA000
        pop     es
        mov     bx, 0
.line:
        mov     dx, 0x3CE
        mov     ax, bx
        mov     cl, 21
        div     cl
        mov     ah, al
        mov     al, 0
        out     dx, ax
        imul    di, bx, 80
        mov     cx, 0
.byte:
        mov     ax, cx
        push    bx
        mov     bl, 5
        div     bl
        pop     bx
        mov     ch, ah                  ; byte of the block
        mov     ah, al
        mov     al, 1
        out     dx, ax
        mov     ah, 0xFF
        push    cx
        mov     cl, ch
        shl     ah, cl
        pop     cx
        mov     ch, 0
        mov     al, 8
        out     dx, ax
        mov     ah, [es:di]
        mov     al, bl
        shr     al, 3
        stosb
        inc     cx
        cmp     cx, 80
        jb      .byte
        inc     bx
        cmp     bx, 336
        jb      .line
        ret
        picture_end
