; Mode 0Fh: 640x350, monochrome.
%define MODE 0x0F
%define WIDTH 640
%define HEIGHT 350
%define COLOURS 2
%include "picture_mode.inc"
