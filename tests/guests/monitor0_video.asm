; The guest bios_video under a monitor as Windows is one; see monitor.inc.

%define MONITOR_IOPL 0
%include "bios_video.asm"
%include "monitor.inc"
