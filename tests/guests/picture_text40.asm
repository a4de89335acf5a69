; 40x25 in characters of 8 dots, with a page of its own.
%include "picture.inc"

picture:
        mode    0x01
        mov     ah, 0x01
        mov     cx, 0x2000
        int     0x10
        push    0xB880
        pop     es
        mov     bx, 1000
        call    letters
        mov     ax, 0x0501
        int     0x10
        sequencer 1, 0x09
        attribute 0x13, 0
        ret
letters_columns:        dw      40
%include "picture_text.inc"
        picture_end
