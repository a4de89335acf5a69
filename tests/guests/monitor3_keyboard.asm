; The guest bios_keyboard under a monitor as EMM386 is one; see monitor.inc.

%define MONITOR_IOPL 3
%include "bios_keyboard.asm"
%include "monitor.inc"
