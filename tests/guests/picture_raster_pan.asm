; Mode 3: each line of text is panned by other dots, and the background's palette register changes every 16 lines.
%include "picture.inc"

picture:
        mode    0x03
        mov     ah, 0x01
        mov     cx, 0x2000
        int     0x10
        push    0xB800
        pop     es
        mov     bx, 2000
        call    letters
        mov     si, pan
        mov     cx, 400
        jmp     raster

pan:
        in      al, dx
        mov     dl, 0xC0
        mov     al, 0x33
        out     dx, al
        mov     al, bl                  ; 0 to 7 and back
        and     al, 15
        cmp     al, 8
        jb      .there
        xor     al, 15
.there:
        out     dx, al
        mov     al, 0x21
        out     dx, al
        mov     ax, bx
        shr     ax, 4
        out     dx, al
        mov     dl, 0xDA
        ret

letters_columns: dw     80

%include "picture_text.inc"
%include "picture_raster.inc"
        picture_end
