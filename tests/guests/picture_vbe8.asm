; VESA mode 103h: 800x600, 256 colours, eight banks.
%define VBE_MODE 0x103
%define WIDTH 800
%define HEIGHT 600
%define BYTES 1
%macro colour 0
        mov     ax, si
        xor     ax, bp
        movzx   eax, al
%endmacro
%include "picture_vbe.inc"
        picture_end
