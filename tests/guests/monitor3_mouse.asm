; The guest bios_mouse under a monitor as EMM386 is one; see monitor.inc.

%define MONITOR_IOPL 3
%include "bios_mouse.asm"
%include "monitor.inc"
