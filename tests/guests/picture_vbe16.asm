; VESA mode 10Eh: 320x200, 16 bits a pixel.
%define VBE_MODE 0x10E
%define WIDTH 320
%define HEIGHT 200
%define BYTES 2
%macro colour 0
        bits_of 11, 5, 5, 6, 5
%endmacro
%include "picture_vbe.inc"
        picture_end
