; The guest bios_floppy under a monitor as Windows is one; see monitor.inc.

%define MONITOR_IOPL 0
%include "bios_floppy.asm"
%include "monitor.inc"
