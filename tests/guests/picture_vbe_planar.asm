; VESA mode 102h: 800x600, 16 colours in planes.
%include "picture.inc"

picture:
        mov     ax, 0x4F02
        mov     bx, 0x102
        int     0x10
        xor     di, di
        call    figure
        ret
figure_pitch:           dw      100
figure_lines:           dw      600
%include "picture_figure.inc"
        picture_end
