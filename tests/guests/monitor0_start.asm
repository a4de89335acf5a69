; The guest bios_start under a monitor as Windows is one; see monitor.inc.

%define MONITOR_IOPL 0
%include "bios_start.asm"
%include "monitor.inc"
