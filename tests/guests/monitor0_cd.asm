; The guest bios_cd under a monitor as Windows is one; see monitor.inc.

%define MONITOR_IOPL 0
%include "bios_cd.asm"
%include "monitor.inc"
