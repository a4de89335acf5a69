; Mode 10h: 640x350 in planes, 16 of 64 colours.
%define MODE 0x10
%define WIDTH 640
%define HEIGHT 350
%define COLOURS 16
%include "picture_mode.inc"
