; The guest bios_video under a monitor as EMM386 is one; see monitor.inc.

%define MONITOR_IOPL 3
%include "bios_video.asm"
%include "monitor.inc"
