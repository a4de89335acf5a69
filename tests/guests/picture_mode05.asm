; Mode 05h: 320x200, a CGA's four greys.
%define MODE 0x05
%define WIDTH 320
%define HEIGHT 200
%define COLOURS 4
%include "picture_mode.inc"
