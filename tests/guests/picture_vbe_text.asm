; VESA mode 10Ah: text of 132x43.
%include "picture.inc"

picture:
        mov     ax, 0x4F02
        mov     bx, 0x10A
        int     0x10
        mov     ah, 0x01
        mov     cx, 0x2000
        int     0x10
        push    0xB800
        pop     es
        mov     bx, 132 * 43
        call    letters
        ret
letters_columns:        dw      132
%include "picture_text.inc"
        picture_end
