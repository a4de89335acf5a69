; Split screen in mode 10h after an odd line, with byte and pel panning; without the reset bit both parts are panned.
%include "picture.inc"

picture:
        mode    0x10
        xor     di, di
        call    figure
        mov     word [figure_lines], 220
        mov     di, 0x2005
        call    figure
        crtc    0x0C, 0x20
        crtc    0x0D, 0x05
        split_after 201
        attribute 0x13, 5
        crtc    0x08, 0x40
        ret

figure_pitch:   dw      80
figure_lines:   dw      170

%include "picture_figure.inc"
        picture_end
