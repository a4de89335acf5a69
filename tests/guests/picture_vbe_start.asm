; VESA mode 101h with lines of 1000 pixels, seen from pixel 172 of line 61 on (AX=4F06h, 4F07h).
%define VBE_MODE 0x101
%define WIDTH 640
%define HEIGHT 480
%define BYTES 1
%macro colour 0
        mov     ax, si
        xor     ax, bp
        movzx   eax, al
%endmacro
%define OWN_PICTURE
%include "picture_vbe.inc"

picture:
        call    vbe_fill
        mov     ax, 0x4F06
        mov     bx, 0
        mov     cx, 1000
        int     0x10
        mov     ax, 0x4F07
        mov     bx, 0
        mov     cx, 172
        mov     dx, 61
        int     0x10
        ret
        picture_end
