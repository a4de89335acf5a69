; The colour plane enable register in text: bit 3 of the colours is taken out, bit 1 too.
%include "picture.inc"

picture:
        mode    0x03
        mov     ah, 0x01
        mov     cx, 0x2000
        int     0x10
        push    0xB800
        pop     es
        mov     bx, 2000
        call    letters
        attribute 0x12, 0x05
        ret
letters_columns:        dw      80
%include "picture_text.inc"
        picture_end
