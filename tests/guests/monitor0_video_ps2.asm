; The guest bios_video_ps2 under a monitor as Windows is one; see monitor.inc.

%define MONITOR_IOPL 0
%include "bios_video_ps2.asm"
%include "monitor.inc"
