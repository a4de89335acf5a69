; Mode 0Eh: 640x200 in planes, 16 colours.
%define MODE 0x0E
%define WIDTH 640
%define HEIGHT 200
%define COLOURS 16
%include "picture_mode.inc"
