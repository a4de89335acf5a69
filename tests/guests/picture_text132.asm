; 132x60 by the registers: characters of 8 dots and 8 lines on 480 lines.
%include "picture.inc"

picture:
        mode    0x03
        mov     ax, 0x1112
        mov     bl, 0
        int     0x10
        mov     ah, 0x01
        mov     cx, 0x2000
        int     0x10
        crtc_unlock
        mov     si, .crtc
        mov     cx, (.crtc_end - .crtc) / 2
        mov     dx, 0x3D4
.next:
        lodsw
        out     dx, ax
        loop    .next
        mov     dx, 0x3C2
        mov     al, 0xE7
        out     dx, al
        sequencer 0, 0x01
        sequencer 1, 0x01
        sequencer 0, 0x03
        attribute 0x13, 0
        push    0xB800
        pop     es
        mov     bx, 132 * 60
        call    letters
        ret
.crtc:
        dw      0x9F00, 0x8301, 0x8402, 0x8203, 0x8A04, 0x9E05, 0x0B06, 0x3E07, 0x4709, 0xEA10, 0x8C11, 0xDF12, 0x4213
        dw      0xE715, 0x0416
.crtc_end:
letters_columns:        dw      132
%include "picture_text.inc"
        picture_end
