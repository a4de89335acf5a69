; The way of a colour with the DAC's mask as well.
%include "picture.inc"

picture:
        call    colors
        mov     dx, 0x3C6
        mov     al, 0xEF
        out     dx, al
        ret

%include "picture_colors.inc"
        picture_end
