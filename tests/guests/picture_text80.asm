; Mode 3, 80x25: all characters with and without the ninth dot's line graphics, all attributes with bright backgrounds.
%include "picture.inc"

picture:
        mode    0x03
        mov     ah, 0x01
        mov     cx, 0x2000
        int     0x10
        mov     ax, 0x1003              ; no blinking
        mov     bl, 0
        int     0x10
        push    0xB800
        pop     es
        mov     di, 160
        mov     cx, 0
.character:
        mov     al, cl
        mov     ah, 0x07
        stosw
        inc     cl
        test    cl, 0x3F
        jnz     .character
        add     di, 32
        test    cl, cl
        jnz     .character
        mov     di, 160 * 7
.attribute:
        mov     al, 0xC5
        mov     ah, cl
        stosw
        stosw
        inc     cl
        test    cl, 0x0F
        jnz     .attribute
        add     di, 96
        test    cl, cl
        jnz     .attribute
        ret
        picture_end
