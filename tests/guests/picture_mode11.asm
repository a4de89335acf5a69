; Mode 11h: 640x480, two colours.
%define MODE 0x11
%define WIDTH 640
%define HEIGHT 480
%define COLOURS 2
%include "picture_mode.inc"
