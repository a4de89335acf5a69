; Mode 06h: 640x200, a CGA's two colours.
%define MODE 0x06
%define WIDTH 640
%define HEIGHT 200
%define COLOURS 2
%include "picture_mode.inc"
