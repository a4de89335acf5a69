; A part of a larger picture in mode 12h: lines of 100 bytes, of which 80 are shown, from the tenth on.
%include "picture.inc"

picture:
        mode    0x12
        xor     di, di
        call    figure
        crtc    0x13, 50
        crtc    0x0D, 10
        ret

figure_pitch:   dw      100
figure_lines:   dw      480

%include "picture_figure.inc"
        picture_end
