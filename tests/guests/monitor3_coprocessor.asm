; The guest bios_coprocessor under a monitor as EMM386 is one; see monitor.inc.

%define MONITOR_IOPL 3
%include "bios_coprocessor.asm"
%include "monitor.inc"
