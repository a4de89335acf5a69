; VESA mode 10Fh: 320x200, 24 bits a pixel.
%define VBE_MODE 0x10F
%define WIDTH 320
%define HEIGHT 200
%define BYTES 3
%macro colour 0
        bits_of 16, 8, 8, 8, 8
%endmacro
%include "picture_vbe.inc"
        picture_end
