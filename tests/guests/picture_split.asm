; Split screen in mode 0Dh: the part above begins at an address of its own; below line 259 of 400 memory begins again at
; address 0.
%include "picture.inc"

picture:
        mode    0x0D
        xor     di, di
        call    figure
        mov     word [figure_lines], 160
        mov     di, 0x2005
        call    figure
        crtc    0x0C, 0x20
        crtc    0x0D, 0x05
        split_after 259
        ret

figure_pitch:   dw      40
figure_lines:   dw      80

%include "picture_figure.inc"
        picture_end
