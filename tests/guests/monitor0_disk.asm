; The guest bios_disk under a monitor as Windows is one; see monitor.inc.

%define MONITOR_IOPL 0
%include "bios_disk.asm"
%include "monitor.inc"
