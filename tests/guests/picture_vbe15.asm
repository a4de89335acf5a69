; VESA mode 10Dh: 320x200, 15 bits a pixel.
%define VBE_MODE 0x10D
%define WIDTH 320
%define HEIGHT 200
%define BYTES 2
%macro colour 0
        bits_of 10, 5, 5, 5, 5
%endmacro
%include "picture_vbe.inc"
        picture_end
