; Mode 12h: 640x480 in planes, 16 colours.
%define MODE 0x12
%define WIDTH 640
%define HEIGHT 480
%define COLOURS 16
%include "picture_mode.inc"
