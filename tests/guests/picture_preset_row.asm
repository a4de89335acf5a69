; Text moved up by 5 lines with the preset row scan, and split after line 250: below it rows begin with line 0.
%include "picture.inc"

picture:
        mode    0x03
        mov     ah, 0x01
        mov     cx, 0x2000
        int     0x10
        push    0xB800
        pop     es
        mov     bx, 4000
        call    letters
        crtc    0x0C, 800 >> 8
        crtc    0x0D, 800 & 0xFF
        crtc    0x08, 0x05
        split_after 250
        ret
letters_columns:        dw      80
%include "picture_text.inc"
        picture_end
