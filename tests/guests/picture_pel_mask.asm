; The way of a colour with the DAC's mask as well.
%include "picture.inc"

picture:
        mode    0x03
        mov     ah, 0x01
        mov     cx, 0x2000
        int     0x10
        mov     dx, 0x3C8               ; a DAC of its own: red, green and blue by the index
        mov     al, 0
        out     dx, al
        inc     dx
        mov     cx, 0
.entry:
        mov     al, cl
        and     al, 0x3F
        out     dx, al
        mov     al, cl
        shr     al, 2
        out     dx, al
        mov     al, cl
        not     al
        and     al, 0x3F
        out     dx, al
        inc     cl
        jnz     .entry
        mov     dx, 0x3DA
        in      al, dx
        mov     dl, 0xC0
        mov     cx, 0
.palette:
        mov     al, cl
        out     dx, al
        mov     al, cl
        shl     al, 2
        xor     al, 0x0F
        out     dx, al
        inc     cx
        cmp     cx, 16
        jb      .palette
        attribute 0x10, 0x84            ; P5 and P4 from colour select, no blinking
        attribute 0x14, 0x0B
        mov     dx, 0x3C6
        mov     al, 0xEF
        out     dx, al
        push    0xB800
        pop     es
        xor     di, di
        mov     cx, 2000
.cell:
        mov     al, 0xDD
        mov     ah, cl
        stosw
        loop    .cell
        ret
        picture_end
