; Text of 8-line characters, each line twice (200 lines), in 80 columns with a scrolled start.
%include "picture.inc"

picture:
        mov     ax, 0x1200              ; 200 lines
        mov     bl, 0x30
        int     0x10
        mode    0x03
        mov     ah, 0x01
        mov     cx, 0x2000
        int     0x10
        push    0xB800
        pop     es
        mov     bx, 4000
        call    letters
        crtc    0x0D, 160
        mov     dx, 0x3DA
        ret
letters_columns:        dw      80
%include "picture_text.inc"
        picture_end
