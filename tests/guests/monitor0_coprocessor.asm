; The guest bios_coprocessor under a monitor as Windows is one; see monitor.inc.

%define MONITOR_IOPL 0
%include "bios_coprocessor.asm"
%include "monitor.inc"
