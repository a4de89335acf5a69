; Write mode 1: the latches are stored. A figure of all colours is copied byte by byte to the right, and below it in
; planes 0, 1, 2 and 3 alone.
%include "picture.inc"

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
        mov     al, bl
        shr     al, 3
        add     al, cl
        mov     ah, [es:di]
        stosb
        loop    .byte
        inc     bx
        cmp     bx, 100
        jb      .line
        graphics 5, 1
        push    es
        pop     ds
        mov     di, 20
        call    copy
        mov     di, 41 + 3 * 80
        call    copy
        mov     bp, 0x0802
        mov     di, 120 * 80 + 60
.plane:
        mov     dx, 0x3C4
        mov     ax, bp
        out     dx, ax
        push    di
        call    copy
        pop     di
        sub     di, 20
        shr     bp, 1
        or      bp, 2
        and     bp, 0x0F02
        jz      .done
        cmp     bp, 0x0102
        jae     .plane
.done:
        push    0
        pop     ds
        ret

; 100 lines of 16 bytes from address 0 to DI.
copy:
        xor     si, si
        mov     bx, 100
.line:
        mov     cx, 16
        rep     movsb
        add     si, 64
        add     di, 64
        dec     bx
        jnz     .line
        ret
        picture_end
