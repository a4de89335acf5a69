; The clock: registers, the update cycle and its interrupt. What needs a moment of the update cycle waits for it, as no
; machine says when its divider chain began.
%include "chip_rtc.inc"

guest_start:
        mov     word [reset_hook], reset_rtc
        call    registers
        call    memory
        call    holding
        call    update_cycle
        call    update_interrupts
        finish

registers:
        TRY     "date at power-on"
        get     9
        show8   "year=", al
        get     8
        show8   "month=", al
        get     7
        show8   "day=", al
        get     6
        show8   "weekday=", al
        get     0x32
        show8   "century=", al

        TRY     "D says that time is valid"
        get     0x0D
        show8   "D=", al

        TRY     "port 70h"
        outb    0x70, 0x0F
        in      al, 0x70
        show8   "in=", al

        TRY     "bit 7 of the index is not for the clock"
        set     0x8F, 0x5A
        get     0x0F
        show8   "0F=", al
        set     0x0F, 0
        get     0x8F
        show8   "8F=", al

        TRY     "C and D cannot be written"
        set     0x0C, 0xFF
        set     0x0D, 0x00
        get     0x0D
        show8   "D=", al
        get     0x0C
        and     al, 0x8F
        show8   "C=", al

        TRY     "A holds what is written but for UIP"
        set     0x0A, 0xEF
        get     0x0A
        show8   "A=", al
        set     0x0A, 0x7A
        get     0x0A
        show8   "A=", al

        TRY     "B holds what is written"
        set     0x0B, 0x8F
        get     0x0B
        show8   "B=", al
        set     0x0B, 0x82
        get     0x0B
        show8   "B=", al

        TRY     "SET clears UIE"
        set     0x0B, 0x72
        set     0x0B, 0xF2
        get     0x0B
        show8   "B=", al
        set     0x0B, 0xF2
        get     0x0B
        show8   "again=", al

        TRY     "bit 7 of the seconds"
        set     0x0B, 0x82
        set     0, 0x85
        get     0
        show8   "seconds=", al
        set     1, 0xC5
        get     1
        show8   "alarm=", al
        ret

; Every byte from 0Eh to 7Fh but the century, inverted and put back.
memory:
        TRY     "memory holds its bytes"
        mov     bl, 0x0E
        mov     cx, 0x72
.next:
        mov     al, bl
        out     0x70, al
        in      al, 0x71
        mov     ah, al
        not     al
        out     0x71, al
        mov     al, bl
        out     0x70, al
        in      al, 0x71
        not     al
        cmp     al, ah
        je      .same
        cmp     bl, 0x32
        je      .same
        inc     dh
.same:
        mov     al, bl
        out     0x70, al
        mov     al, ah
        out     0x71, al
        inc     bl
        loop    .next
        show8   "wrong=", dh
        ret

holding:
        TRY     "SET stops the time"
        set_time 0x19, 0x93, 0x05, 0x09, 1, 0x12, 0x34, 0x10
        after_update
        set     0x0B, 0x82
        get     0x0C
        nap 110
        show_time
        get     0x0C
        and     al, 0xB0
        show8   "C=", al

        TRY     "and lets it go on"
        set     0x0B, 0x82
        set     0, 0x20
        set     0x0B, 0x02
        after_update
        get     0
        show8   "seconds=", al

        TRY     "UIP stays clear under SET"
        after_update
        nap     98
        set     0x0B, 0x82
        outb    0x70, 0x0A
        wait_port 0x71, 0x80, 0x80, 30
        sbb     al, al
        show8   "never=", al
        ret

; From the end of one update UIP rises after almost a second, and stays for 2 to 3 ms.
update_cycle:
        TRY     "UIP comes once a second"
        after_update
        nap     98
        outb    0x70, 0x0A
        wait_port 0x71, 0x80, 0x80, 10
        sbb     al, al
        not     al
        show8   "before 990 ms=", al
        wait_port 0x71, 0x80, 0x80, 15
        sbb     al, al
        show8   "never=", al

        TRY     "UIP announces the update by 244 us and stays for its 1984 us"
        after_update
        nap     98
        outb    0x70, 0x0A
        wait_port 0x71, 0x80, 0x80, 30
        mov     cx, 0
        get     0x0C
.wait:
        wait_us 100
        inc     cx
        get     0x0C
        test    al, 0x10
        jnz     .ended
        cmp     cx, 100
        jb      .wait
.ended:
        show_range "tenths of a ms=", cx, 18, 25
        get     0x0A
        show8   "A=", al

        TRY     "the registers have changed when UF is set"
        set_time 0x19, 0x93, 0x05, 0x09, 1, 0x12, 0x34, 0x10
        after_update
        get     0
        show8   "seconds=", al
        after_update
        get     0
        show8   "seconds=", al
        ret

update_interrupts:
        TRY     "UF without UIE"
        call    clock_irqs
        after_update
        nap 100
        irqs_on 4
        show_irqs "irqs="
        get     0x0C
        and     al, 0xB0
        show8   "C=", al
        get     0x0C
        and     al, 0xB0
        show8   "again=", al

        TRY     "the update interrupt"
        call    clock_irqs
        mov     word [irq_hook], note_c
        after_update
        set     0x0B, 0x12
        nap_irq 110
        show_irqs "irqs="
        nap_irq 110
        show_irqs "irqs="
        and     byte [c_seen], 0xB0
        show8   "C=", [c_seen]

        TRY     "unread, it comes once"
        call    clock_irqs
        after_update
        set     0x0B, 0x12
        nap_irq 110
        show_irqs "irqs="
        nap_irq 110
        show_irqs "irqs="
        get     0x0C
        and     al, 0xB0
        show8   "C=", al
        nap_irq 110
        show_irqs "irqs="

        TRY     "enabling with the flag set interrupts at once"
        call    clock_irqs
        after_update
        nap 100
        set     0x0B, 0x12
        irqs_on 4
        show_irqs "irqs="
        get     0x0C

        TRY     "C is clear when it was read"
        after_update
        set     0x0A, 0x20
        get     0x0C
        get     0x0C
        show8   "C=", al
        ret

guest_end
