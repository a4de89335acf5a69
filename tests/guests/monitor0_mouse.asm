; The guest bios_mouse under a monitor as Windows is one; see monitor.inc.

%define MONITOR_IOPL 0
%include "bios_mouse.asm"
%include "monitor.inc"
