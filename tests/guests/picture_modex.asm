; Mode X: 320x240 in 256 colours, unchained, from a second page, with a line of each plane alone at its top.
%include "picture.inc"

PAGE                    equ 0x4B00

picture:
        mode    0x13
        sequencer 4, 0x06
        sequencer 0, 0x01
        mov     dx, 0x3C2
        mov     al, 0xE3
        out     dx, al
        sequencer 0, 0x03
        crtc_unlock
        mov     si, .crtc
        mov     cx, (.crtc_end - .crtc) / 2
        mov     dx, 0x3D4
.next:
        lodsw
        out     dx, ax
        loop    .next
        push    0xA000
        pop     es
        mov     byte [.plane], 0
.planes:
        mov     cl, [.plane]
        mov     ax, 0x0102
        shl     ah, cl
        mov     dx, 0x3C4
        out     dx, ax
        mov     di, PAGE
        mov     bx, 0
.line:
        mov     cx, 80
.byte:
        mov     al, cl
        xor     al, bl
        add     al, [.plane]
        cmp     bl, 16
        jae     .store
        mov     al, bl
        shr     al, 2
        cmp     al, [.plane]
        mov     al, 15
        je      .store
        mov     al, 0
.store:
        stosb
        loop    .byte
        inc     bx
        cmp     bx, 240
        jb      .line
        inc     byte [.plane]
        cmp     byte [.plane], 4
        jb      .planes
        crtc    0x0C, PAGE >> 8
        crtc    0x0D, PAGE & 0xFF
        ret
.plane:         db      0
.crtc:
        dw      0x0D06, 0x3E07, 0x4109, 0xEA10, 0x8C11, 0xDF12, 0x0014, 0xE715, 0x0416, 0xE317
.crtc_end:
        picture_end
