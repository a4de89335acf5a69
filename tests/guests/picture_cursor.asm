; The cursor from line 3 to 11 of a character.
%include "picture.inc"

picture:
        mode    0x03
        push    0xB800
        pop     es
        mov     bx, 2000
        call    letters
        crtc    0x0A, 0x03
        crtc    0x0B, 0x0B
        crtc    0x0E, (12 * 80 + 40) >> 8
        crtc    0x0F, (12 * 80 + 40) & 0xFF
        ret
letters_columns:        dw      80
%include "picture_text.inc"
        picture_end
