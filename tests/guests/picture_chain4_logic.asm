; Chain-4 behind the logic unit: exclusive or with the latches, in the low four bits.
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
        graphics 8, 0x0F
        graphics 3, 0x18
        mov     di, 320 * 80
        mov     cx, 320 * 40
.exclusive:
        mov     al, [es:di]
        mov     al, 0x5A
        stosb
        loop    .exclusive
        graphics 3, 0
        graphics 8, 0xFF
        ret
        picture_end
