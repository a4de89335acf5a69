; Which routine answers which interrupt after power-on. Vectors that do not appear here point to int_unused, except
; 60h-67h, which are zero. The video BIOS puts its own routine at 10h and its fonts at 1Fh and 43h.

%macro vector 2
        dw      %1, %2
%endmacro

vectors_table:
        vector  0x02, compat_nmi
        vector  0x05, compat_int05
        vector  0x08, compat_int08
        vector  0x09, compat_int09
        vector  0x0A, irq_unexpected
        vector  0x0B, irq_unexpected
        vector  0x0C, irq_unexpected
        vector  0x0D, irq_unexpected
        vector  0x0E, compat_int0e
        vector  0x0F, irq_unexpected
        vector  0x10, compat_int10
        vector  0x11, compat_int11
        vector  0x12, compat_int12
        vector  0x13, compat_int13
        vector  0x14, compat_int14
        vector  0x15, compat_int15
        vector  0x16, compat_int16
        vector  0x17, compat_int17
        vector  0x18, int18_entry
        vector  0x19, compat_int19
        vector  0x1A, compat_int1a
        vector  0x1D, compat_video_parameters
        vector  0x1E, compat_floppy_parameters
        vector  0x1F, 0
        vector  0x40, compat_int13_floppy
        vector  0x42, compat_int10
        vector  0x70, irq8_clock
        vector  0x71, irq9_redirect
        vector  0x72, irq_unexpected
        vector  0x73, irq_unexpected
        vector  0x74, irq12_mouse
        vector  0x75, irq13_coprocessor
        vector  0x76, irq14_disk
        vector  0x77, irq14_disk
        dw      0xFFFF

; Interrupts without a meaning return at once.
int_unused      equ     compat_iret
