; The clock's alarm, its periodic interrupt, and the divider chain that both come from.
%include "chip_rtc.inc"

guest_start:
        mov     word [reset_hook], reset_rtc
        call    alarms
        call    periodic
        call    divider
        finish

alarms:
        TRY     "at its time and no other"
        call    clock_irqs
        mov     word [irq_hook], note_c
        set_alarm 0x12, 0x35, 0x01
        set_time 0x19, 0x93, 0x05, 0x09, 1, 0x12, 0x34, 0x59
        get     0x0C
        set     0x0B, 0x22
        nap_irq 90
        show_irqs "irqs="
        nap_irq 220
        show_irqs "irqs="
        show_time
        and     byte [c_seen], 0xB0
        show8   "C=", [c_seen]

        TRY     "any hour and minute"
        call    clock_irqs
        mov     word [irq_hook], note_c
        set_alarm 0xFF, 0xC0, 0x02
        set_time 0x19, 0x93, 0x05, 0x09, 1, 0x17, 0x59, 0x59
        get     0x0C
        set     0x0B, 0x22
        nap_irq 450
        show_irqs "irqs="
        show_time

        TRY     "any second of an hour that is not this"
        call    clock_irqs
        mov     word [irq_hook], note_c
        set_alarm 0x18, 0xC0, 0xC0
        set_time 0x19, 0x93, 0x05, 0x09, 1, 0x17, 0x34, 0x30
        get     0x0C
        set     0x0B, 0x22
        nap_irq 250
        show_irqs "irqs="

        TRY     "every second"
        call    clock_irqs
        mov     word [irq_hook], note_c
        set_alarm 0xC0, 0xC0, 0xC0
        after_update
        get     0x0C
        set     0x0B, 0x22
        nap_irq 110
        show_irqs "irqs="
        nap_irq 110
        show_irqs "irqs="
        set_alarm 0xC0, 0xC0, 0xBF

        TRY     "the afternoon has a bit of its own"
        call    clock_irqs
        mov     word [irq_hook], note_c
        set     0x0B, 0x00
        set_alarm 0x11, 0x59, 0x00
        set_time 0x19, 0x93, 0x05, 0x09, 1, 0x91, 0x58, 0x59
        get     0x0C
        set     0x0B, 0x20
        nap_irq 120
        show_irqs "irqs="
        set     0x0B, 0x00
        set_alarm 0x91, 0x59, 0x00
        set_time 0x19, 0x93, 0x05, 0x09, 1, 0x91, 0x58, 0x59
        get     0x0C
        set     0x0B, 0x20
        nap_irq 120
        show_irqs "irqs="

        TRY     "the flag is set without AIE"
        set_alarm 0xC0, 0xC0, 0xC0
        after_update
        nap 100
        get     0x0C
        and     al, 0xB0
        show8   "C=", al
        set_alarm 0xC0, 0xC0, 0xBF
        ret

; rate, milliseconds, least, most: interrupts of that time
%macro count_rate 4
        call    clock_irqs
        mov     word [irq_hook], note_c
        set     0x0A, 0x20 | %1
        get     0x0C
        set     0x0B, 0x42
        nap_irq 60
        mov     word [irq_count], 0
        sti
%if %2 >= 500
        nap     %2 / 10
%else
        wait_ms %2
%endif
        cli
        set     0x0B, 0x02
        show_range "irqs=", [irq_count], %3, %4
        and     byte [c_seen], 0xC0
        show8   "C=", [c_seen]
%endmacro

periodic:
        TRY     "8192 Hz"
        count_rate 3, 4, 31, 34
        TRY     "4096 Hz"
        count_rate 4, 8, 31, 34
        TRY     "1024 Hz"
        count_rate 6, 30, 29, 32
        TRY     "256 Hz by rate 1"
        count_rate 1, 100, 24, 27
        TRY     "128 Hz by rate 2"
        count_rate 2, 200, 24, 27
        TRY     "64 Hz"
        count_rate 10, 500, 31, 33
        TRY     "16 Hz"
        count_rate 12, 1000, 15, 17
        TRY     "2 Hz"
        count_rate 15, 2600, 5, 6

        TRY     "rate 0"
        call    clock_irqs
        set     0x0A, 0x20
        get     0x0C
        set     0x0B, 0x42
        nap_irq 10
        show_irqs "irqs="
        get     0x0C
        and     al, 0xC0
        show8   "C=", al

        TRY     "the flag is set without PIE"
        get     0x0C
        wait_ms 3
        get     0x0C
        and     al, 0xC0
        show8   "C=", al

        TRY     "unread, it comes once"
        call    clock_irqs
        get     0x0C
        set     0x0B, 0x42
        sti
        wait_ms 20
        cli
        show_irqs "irqs="
        get     0x0C
        show8   "IRQF and PF=", al
        wait_irq 5
        show_irqs "irqs="

        TRY     "also while SET holds the time"
        call    clock_irqs
        get     0x0C
        set     0x0B, 0xC2
        wait_irq 5
        show_irqs "irqs="
        ret

divider:
        TRY     "held in reset the clock stands"
        set_time 0x19, 0x93, 0x05, 0x09, 1, 0x12, 0x34, 0x10
        after_update
        set     0x0A, 0x76
        get     0x0C
        nap 120
        get     0
        show8   "seconds=", al
        get     0x0C
        show8   "C=", al

        TRY     "let go, it updates after half a second"
        set     0x0A, 0x76
        get     0x0C
        set     0x0A, 0x26
        nap     49
        get     0x0C
        and     al, 0x10
        show8   "490 ms=", al
        wait_ms 20
        get     0x0C
        and     al, 0x10
        show8   "510 ms=", al
        nap     98
        get     0x0C
        and     al, 0x10
        show8   "1490 ms=", al
        wait_ms 20
        get     0x0C
        and     al, 0x10
        show8   "1510 ms=", al
        ret

guest_end
