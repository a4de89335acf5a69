; Split screen in mode 0Dh, panned by 3 pixels above the split only: the attribute controller's reset bit is set.
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
        split_after 260
        attribute 0x13, 3
        attribute 0x10, 0x21
        ret

figure_pitch:   dw      40
figure_lines:   dw      80

%include "picture_figure.inc"
        picture_end
