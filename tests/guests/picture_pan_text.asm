; Text panned by 4 of 9 dots, from the second column, in lines of 100 columns.
%include "picture.inc"

picture:
        mode    0x03
        mov     ah, 0x01
        mov     cx, 0x2000
        int     0x10
        push    0xB800
        pop     es
        mov     bx, 2500
        call    letters
        crtc    0x13, 50
        crtc    0x0D, 1
        attribute 0x13, 3
        ret
letters_columns:        dw      100
%include "picture_text.inc"
        picture_end
