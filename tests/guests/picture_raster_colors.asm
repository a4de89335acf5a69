; Mode 13h: colour 0 has another value on each line, behind bars of colours that stay.
%include "picture.inc"

picture:
        mode    0x13
        push    0xA000
        pop     es
        xor     di, di
        mov     cx, 200 * 20
.bar:
        mov     ax, cx
        and     al, 15
        mov     ah, al
        stosw
        stosw
        add     di, 12
        loop    .bar
        mov     si, color
        mov     cx, 400
        jmp     raster

color:
        mov     dl, 0xC8
        mov     al, 0
        out     dx, al
        inc     dx
        mov     al, bl                  ; red climbs every 64 lines, green slowly, blue falls
        and     al, 0x3F
        out     dx, al
        mov     ax, bx
        shr     ax, 3
        out     dx, al
        mov     al, bl
        not     al
        and     al, 0x3F
        out     dx, al
        mov     dl, 0xDA
        ret

%include "picture_raster.inc"
        picture_end
