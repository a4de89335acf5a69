; Write mode 2: the host's four bits go to the four planes, through bit mask and logic unit. Bars of all colours, with
; the mask 80h, C0h ... FFh from left to right, and the four functions from top to bottom.
%include "picture.inc"

picture:
        mode    0x12
        push    0xA000
        pop     es
        graphics 5, 2
        graphics 8, 0xFF
        xor     di, di                  ; something for the functions to work on
        mov     cx, 38400
.fill:
        mov     ax, di
        shr     ax, 2
        stosb
        loop    .fill
        mov     bx, 0
.line:
        mov     dx, 0x3CE
        mov     ax, bx
        mov     cl, 120
        div     cl
        mov     ah, al
        shl     ah, 3
        mov     al, 3
        out     dx, ax
        imul    di, bx, 80
        mov     cx, 80
.byte:
        push    cx
        mov     cl, 80
        sub     cl, [esp]
        and     cl, 7
        mov     ah, 0x80
        sar     ah, cl
        mov     al, 8
        out     dx, ax
        pop     cx
        mov     ah, [es:di]
        mov     al, bl
        shr     al, 2
        stosb
        loop    .byte
        inc     bx
        cmp     bx, 480
        jb      .line
        graphics 3, 0
        ret
        picture_end
