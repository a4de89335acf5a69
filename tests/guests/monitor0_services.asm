; The guest bios_services under a monitor as Windows is one; see monitor.inc.

%define MONITOR_IOPL 0
%include "bios_services.asm"
%include "monitor.inc"
