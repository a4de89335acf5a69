; The guest bios_system under a monitor as Windows is one; see monitor.inc.

%define MONITOR_IOPL 0
%include "bios_system.asm"
%include "monitor.inc"
