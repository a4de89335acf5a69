; The guest bios_keyboard under a monitor as Windows is one; see monitor.inc.

%define MONITOR_IOPL 0
%include "bios_keyboard.asm"
%include "monitor.inc"
