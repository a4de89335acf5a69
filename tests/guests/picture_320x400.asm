; 320x400 in 256 colours: mode 13h unchained and without its doubled lines.
%include "picture.inc"

picture:
        mode    0x13
        sequencer 4, 0x06
        crtc    0x14, 0x00
        crtc    0x17, 0xE3
        crtc    0x09, 0x40
        push    0xA000
        pop     es
        mov     byte [.plane], 0
.planes:
        mov     cl, [.plane]
        mov     ax, 0x0102
        shl     ah, cl
        mov     dx, 0x3C4
        out     dx, ax
        xor     di, di
        mov     bx, 0
.line:
        mov     cx, 80
.byte:
        mov     ax, bx                  ; rows of 16 lines, columns of 8 bytes, one line of each plane alone
        shr     al, 4
        shl     al, 4
        mov     ah, cl
        shr     ah, 3
        add     al, ah
        mov     ah, bl
        and     ah, 15
        cmp     ah, [.plane]
        jne     .store
        mov     al, cl
.store:
        stosb
        loop    .byte
        inc     bx
        cmp     bx, 400
        jb      .line
        inc     byte [.plane]
        cmp     byte [.plane], 4
        jb      .planes
        ret
.plane:         db      0
        picture_end
