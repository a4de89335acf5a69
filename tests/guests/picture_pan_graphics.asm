; Panning in mode 12h: pel panning by 5, byte panning by 1, lines of 100 bytes of which 80 are shown.
%include "picture.inc"

picture:
        mode    0x12
        xor     di, di
        call    figure
        crtc    0x13, 50
        crtc    0x08, 0x20
        crtc    0x0D, 10
        attribute 0x13, 5
        ret

figure_pitch:   dw      100
figure_lines:   dw      480

%include "picture_figure.inc"
        picture_end
