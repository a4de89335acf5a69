/* Commands that only look: info and its subjects, backtrace. */
#ifndef DEBUGGER_INFO_H
#define DEBUGGER_INFO_H

#include "debugger/debugger.h"

extern const struct debugger_command info_commands[];       /* registers, symbols, what the debugger knows */
extern const struct debugger_command table_commands[];      /* ivt, gdt, idt, ldt, tss, pages */
extern const struct debugger_command chip_commands[];       /* pic, pit, dma, disks, devices */

extern const struct debugger_command controller_commands[]; /* kbc, rtc, serial, vga, fdc, ata ... */
void info_controllers(struct debugger *d);                  /* all of these, for devices */

extern const struct debugger_command frame_commands[];      /* backtrace, in frame.c */

#endif
