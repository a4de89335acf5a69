; 320x200, 32 bits a pixel, the uppermost eight of which do nothing.
%define VBE_MODE 0x140
%define WIDTH 320
%define HEIGHT 200
%define BYTES 4
%macro colour 0
        bits_of 16, 8, 8, 8, 8
        or      eax, 0xA5000000
%endmacro
%include "picture_vbe.inc"
        picture_end
