; Mode 13h: 320x200, 256 colours.
%define MODE 0x13
%define WIDTH 320
%define HEIGHT 200
%define COLOURS 256
%include "picture_mode.inc"
