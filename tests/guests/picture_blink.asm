; Blinking characters, by attribute bit 7, beside others.
%include "picture.inc"

picture:
        mode    0x03
        mov     ah, 0x01
        mov     cx, 0x2000
        int     0x10
        push    0xB800
        pop     es
        xor     di, di
        mov     cx, 2000
.cell:
        mov     al, cl
        and     al, 0x3F
        add     al, ' '
        mov     ah, 0x1E
        test    cl, 4
        jz      .put
        mov     ah, 0x9E
.put:
        stosw
        loop    .cell
        ret
        picture_end
