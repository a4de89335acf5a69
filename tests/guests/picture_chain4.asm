; Mode 13h by the registers: chain-4 with plane masks, start address and line compare.
%include "picture.inc"

picture:
        mode    0x13
        push    0xA000
        pop     es
        xor     di, di
        mov     cx, 64000
.fill:
        mov     ax, di
        shr     ax, 5
        stosb
        loop    .fill
        sequencer 2, 0x05
        mov     di, 320 * 20
        mov     cx, 320 * 40 / 2
        mov     ax, 0x2828
        rep     stosw
        sequencer 2, 0x0F
        crtc    0x0D, 80 * 10 / 4 + 1
        split_after 339
        ret
        picture_end
