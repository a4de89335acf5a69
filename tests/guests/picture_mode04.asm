; Mode 04h: 320x200, a CGA's four colours, lines in two banks.
%define MODE 0x04
%define WIDTH 320
%define HEIGHT 200
%define COLOURS 4
%include "picture_mode.inc"
