; 80x50 with the 8x8 font.
%include "picture.inc"

picture:
        mode    0x03
        mov     ax, 0x1112
        mov     bl, 0
        int     0x10
        mov     ah, 0x01
        mov     cx, 0x2000
        int     0x10
        push    0xB800
        pop     es
        mov     bx, 4000
        call    letters
        ret
letters_columns:        dw      80
%include "picture_text.inc"
        picture_end
