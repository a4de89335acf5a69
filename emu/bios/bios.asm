; Trowel's system BIOS: 64 KB at F0000, the last 64 KB below 1 MB and below 4 GB. Read-only.
;
; It offers what the IBM PC/AT's and PS/2's BIOS offer to software, written from IBM's "Personal System/2 and Personal
; Computer BIOS Interface Technical Reference", the PC/AT Technical Reference's description of tables and data areas,
; Ralf Brown's interrupt list, and Phoenix's "Enhanced Disk Drive Specification" 1.1. It draws nothing itself: the video
; BIOS is found as an option ROM at C0000.
;
; Where to start reading: post_entry in post.asm is what happens at power-on, the table in vectors.asm says which
; routine answers which interrupt, and compat.asm holds the addresses that old programs jump to. A service's registers
; are saved and addressed as defs.inc describes at service_enter.
;
; Left out: cassette, network boot, PCI, APM.

        cpu     486
        bits    16
        org     0

%ifndef MAP_FILE
%define MAP_FILE build/bios.map
%endif
[map symbols MAP_FILE]

%include "defs.inc"

%include "post.asm"
%include "post_devices.asm"
%include "post_cmos.asm"
%include "post_report.asm"
%include "boot_menu.asm"
%include "setup.asm"
%include "wait.asm"
%include "cmos.asm"
%include "irq.asm"
%include "int05.asm"
%include "int09.asm"
%include "int09_keys.asm"
%include "int13.asm"
%include "int13_floppy.asm"
%include "int13_floppy_chip.asm"
%include "int13_floppy_media.asm"
%include "int13_disk.asm"
%include "int13_disk_chip.asm"
%include "int13_disk_setup.asm"
%include "int13_ext.asm"
%include "int13_cd.asm"
%include "int13_cd_chip.asm"
%include "int13_cd_boot.asm"
%include "int13_cd_torito.asm"
%include "int14.asm"
%include "int15.asm"
%include "int15_memory.asm"
%include "int15_joystick.asm"
%include "int15_mouse.asm"
%include "int16.asm"
%include "int17.asm"
%include "int19.asm"
%include "int1a.asm"
%include "vectors.asm"
%include "compat.asm"
