; Interrupt controllers that are told of other wirings than the board's: no slaves, a slave elsewhere, a single chip,
; level inputs; and an OCW2 that does nothing. Where requests come from is in chip_pic.inc.
%include "chip.inc"
%include "chip_pic.inc"

guest_start:
        mov     word [reset_hook], quiet
        TRY     "level: a line that stays high asks again"
        init    MASTER, 0x19, 0x20, 4, 1
        outb    0x21, 0xEF
        mov     byte [irq_eoi], 0
        call    com1_on
        take    "irqs="
        show_irr "irr=", MASTER
        eoi     MASTER
        take    "irqs="
        call    com1_off
        show_irr "irr=", MASTER
        eoi     MASTER
        take    "irqs="
        TRY     "level: a line that is high at ICW1 asks"
        call    com1_on
        init    MASTER, 0x19, 0x20, 4, 1
        outb    0x21, 0xEF
        mov     byte [irq_eoi], 0
        take    "irqs="
        call    com1_off
        init    MASTER, 0x11, 0x20, 4, 1
        TRY     "ICW3 without slaves: input 2 has a vector of its own"
        init    MASTER, 0x11, 0x20, 0, 1
        outb    0xA1, 0
        mov     byte [irq_eoi], 0
        call    clock_on
        take    "irqs="
        show_isr "isr=", MASTER
        show_isr "slave isr=", SLAVE
        TRY     "slave of another number does not answer"
        init    SLAVE, 0x11, 0x28, 5, 1
        call    open_all
        mov     byte [irq_eoi], 0
        call    clock_on
        take    "irqs="
        show_isr "isr=", MASTER
        show_isr "slave isr=", SLAVE
        TRY     "single, without ICW3"
        outb    MASTER, 0x13
        outb    0x21, 0x40
        outb    0x21, 0x01
        outb    0x21, 0xA5
        in      al, 0x21
        show8   "imr=", al
        TRY     "single, without ICW3 and ICW4"
        outb    MASTER, 0x12
        outb    0x21, 0x40
        outb    0x21, 0xA5
        in      al, 0x21
        show8   "imr=", al
        TRY     "single: input 2 has a vector of its own"
        outb    MASTER, 0x13
        outb    0x21, 0x20
        outb    0x21, 0x01
        outb    0xA1, 0
        mov     byte [irq_eoi], 0
        call    clock_on
        take    "irqs="
        TRY     "40h does nothing"
        call    three_in_service
        outb    MASTER, 0x43
        show_isr "isr=", MASTER
        finish
guest_end
