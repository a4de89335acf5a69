; Plays 440 Hz for 18 ticks of the BIOS's clock, then ends.
%include "end_frame.inc"

guest_main:
        mov     al, 0xB6
        out     0x43, al
        mov     ax, 1193182 / 440
        out     0x42, al
        mov     al, ah
        out     0x42, al
        mov     si, 18
        call    pause_start
        in      al, 0x61
        or      al, 3
        out     0x61, al
.tick:
        call    pause_start
        dec     si
        jnz     .tick
        in      al, 0x61
        and     al, 0xFC
        out     0x61, al
        mov     al, 0
        out     0xF4, al
        jmp     $

; Until the clock ticks.
pause_start:
        mov     ax, [0x46C]
.same:
        hlt
        cmp     ax, [0x46C]
        je      .same
        ret

        boot_sector_end
