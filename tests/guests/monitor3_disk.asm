; The guest bios_disk under a monitor as EMM386 is one; see monitor.inc.

%define MONITOR_IOPL 3
%include "bios_disk.asm"
%include "monitor.inc"
