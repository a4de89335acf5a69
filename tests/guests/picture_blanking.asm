; Blanking inside of the picture: character clocks 40-43 of each line, and lines 300-319.
%include "picture.inc"

picture:
        mode    0x12
        xor     di, di
        call    figure
        crtc_unlock
        crtc    0x02, 40
        crtc    0x03, 0x80 | (44 & 0x1F)
        crtc    0x05, 0x00 | (44 >> 5 << 7)
        crtc    0x15, 300 & 0xFF
        crtc    0x07, 0x36 | (300 >> 8 << 3)
        crtc    0x09, 0x40
        crtc    0x16, 320 & 0xFF
        ret

figure_pitch:   dw      80
figure_lines:   dw      480

%include "picture_figure.inc"
        picture_end
