; Counts for ever in the word at 0:0500h, changes one instruction of its own, and takes the timer interrupt. Something
; to stop, step and watch.

%include "end_frame.inc"

guest_main:
        mov     word [0x500], 0
        mov     ax, 0x1234
        mov     bx, 0xABCD
        xchg    ax, bx
.again:
        inc     word [0x500]
        add     byte [.patched + 1], 1
.patched:
        mov     al, 0
        mov     cx, 3
        mov     si, .again
        mov     di, 0x600
        rep     movsb
        sti
        hlt
        jmp     .again

        boot_sector_end
