; The guest bios_system under a monitor as EMM386 is one; see monitor.inc.

%define MONITOR_IOPL 3
%include "bios_system.asm"
%include "monitor.inc"
