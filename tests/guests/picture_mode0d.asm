; Mode 0Dh: 320x200 in planes, 16 colours.
%define MODE 0x0D
%define WIDTH 320
%define HEIGHT 200
%define COLOURS 16
%include "picture_mode.inc"
