; Interrupt controllers, wired and initialised as a PC has them. Where requests come from is in chip_pic.inc.
%include "chip.inc"
%include "chip_pic.inc"

guest_start:
        mov     word [reset_hook], quiet
        call    registers
        call    initialisation
        call    requests
        call    priorities
        call    ends
        call    rotation
        call    automatic
        call    special_mask
        call    polling
        call    cascade
        call    levels
        finish

; --- Registers ---

registers:
        TRY     "after initialisation"
        outb    0x21, 0
        in      al, 0x21
        show8   "imr=", al
        show_irr "irr=", MASTER
        show_isr "isr=", MASTER
        show_irr "slave irr=", SLAVE
        show_isr "slave isr=", SLAVE
        TRY     "masks are registers"
        outb    0x21, 0x5A
        outb    0xA1, 0xC3
        in      al, 0x21
        show8   "master=", al
        in      al, 0xA1
        show8   "slave=", al
        TRY     "what is read stays chosen"
        call    com1_on
        outb    0x21, 0xEF
        mov     byte [irq_eoi], 0
        take    "irqs="
        outb    MASTER, 0x0B
        in      al, MASTER
        show8   "isr=", al
        in      al, MASTER
        show8   "again=", al
        outb    MASTER, 0x08
        in      al, MASTER
        show8   "RR 0=", al
        outb    MASTER, 0x09
        in      al, MASTER
        show8   "RIS only=", al
        outb    MASTER, 0x0A
        in      al, MASTER
        show8   "irr=", al
        TRY     "masking does not end service"
        call    com1_on
        outb    0x21, 0xEF
        mov     byte [irq_eoi], 0
        take    "irqs="
        outb    0x21, 0xFF
        show_isr "isr=", MASTER
        ret

; --- Initialisation ---

initialisation:
        TRY     "ICW2 is the vectors' base, without its low bits"
        call    com1_on
        init    MASTER, 0x11, 0x4D, 4, 1
        mov     byte [irq_eoi], 0
        call    com1_off
        call    com1_on
        take    "irqs="
        TRY     "ICW2 of the slave"
        init    SLAVE, 0x11, 0x77, 2, 1
        mov     byte [irq_eoi], 0
        call    open_all
        call    clock_on
        call    let_in
        show_irqs "irqs="
        TRY     "ICW1 clears the mask at once"
        outb    MASTER, 0x11
        in      al, 0x21
        show8   "imr=", al
        TRY     "ICW1 forgets edges"
        call    com1_on
        show_irr "irr=", MASTER
        init    MASTER, 0x11, 0x20, 4, 1
        show_irr "irr=", MASTER
        take    "irqs="
        call    com1_off
        call    com1_on
        take    "next edge="
        TRY     "ICW1 ends all service"
        call    com1_on
        outb    0x21, 0xEF
        mov     byte [irq_eoi], 0
        take    "irqs="
        init    MASTER, 0x11, 0x20, 4, 1
        show_isr "isr=", MASTER
        TRY     "ICW1 chooses IRR"
        call    com1_on
        outb    0x21, 0xEF
        mov     byte [irq_eoi], 0
        take    "irqs="
        call    com2_on
        outb    MASTER, 0x0B
        init    MASTER, 0x11, 0x20, 4, 1
        call    com2_off
        call    com2_on
        in      al, MASTER
        show8   "read=", al
        TRY     "without ICW4 the sequence ends earlier"
        init    MASTER, 0x10, 0x20, 4, 0xA5
        in      al, 0x21
        show8   "imr=", al
        TRY     "nothing is asked for during initialisation"
        outb    MASTER, 0x11
        call    com1_off
        call    com1_on
        take    "irqs="
        outb    0x21, 0x20
        take    "irqs="
        outb    0x21, 4
        take    "irqs="
        outb    0x21, 1
        take    "irqs="
        TRY     "OCW2 and OCW3 work before the ICWs are complete"
        call    com1_on
        outb    0x21, 0xEF
        mov     byte [irq_eoi], 0
        take    "irqs="
        outb    MASTER, 0x11
        outb    MASTER, 0x0B
        in      al, MASTER
        show8   "isr=", al
        ret

; --- Requests ---

requests:
        TRY     "a request comes in"
        outb    0x21, 0xEF
        mov     byte [irq_eoi], 0
        call    com1_on
        show_irr "irr=", MASTER
        show_isr "isr=", MASTER
        take    "irqs="
        show_irr "irr=", MASTER
        show_isr "isr=", MASTER
        TRY     "an edge that was masked is remembered"
        call    com1_on
        show_irr "irr=", MASTER
        take    "irqs="
        outb    0x21, 0xEF
        take    "irqs="
        TRY     "a request that is withdrawn is forgotten"
        call    com1_on
        call    com1_off
        show_irr "irr=", MASTER
        TRY     "withdrawn while interrupts are off"
        outb    0x21, 0xEF
        call    com1_on
        call    com1_off
        mov     byte [irq_eoi], 0
        take    "irqs="
        show_isr "isr=", MASTER
        TRY     "withdrawn at the slave while interrupts are off"
        call    open_all
        call    clock_on
        show_irr "irr=", MASTER
        show_irr "slave irr=", SLAVE
        call    clock_off
        show_irr "irr=", MASTER
        show_irr "slave irr=", SLAVE
        mov     byte [irq_eoi], 0
        take    "irqs="
        show_isr "isr=", MASTER
        show_isr "slave isr=", SLAVE
        TRY     "masked while interrupts are off"
        outb    0x21, 0xEF
        call    com1_on
        outb    0x21, 0xFF
        take    "irqs="
        show_irr "irr=", MASTER
        TRY     "an edge counts once"
        outb    0x21, 0xEF
        call    com1_on
        take    "irqs="
        take    "irqs="
        show_irr "irr=", MASTER
        TRY     "an edge during service waits for the end"
        outb    0x21, 0xEF
        mov     byte [irq_eoi], 0
        call    com1_on
        take    "irqs="
        call    com1_off
        call    com1_on
        show_irr "irr=", MASTER
        take    "irqs="
        eoi     MASTER
        take    "irqs="
        TRY     "the timer asks with an edge"
        outb    0x21, 0xFE
        call    timer_edge
        take    "irqs="
        take    "irqs="
        call    timer_edge
        take    "irqs="
        TRY     "the keyboard controller asks"
        outb    0x21, 0xFD
        call    keyboard_on
        take    "irqs="
        TRY     "the keyboard controller asks for the mouse"
        outb    0x21, 0xFB
        outb    0xA1, 0xEF
        call    mouse_on
        take    "irqs="
        TRY     "the disk asks"
        outb    0x21, 0xFB
        outb    0xA1, 0xBF
        call    disk_on
        take    "irqs="
        ret

; --- Priorities ---

priorities:
        TRY     "all at once, in order"
        call    all_on
        take    "irqs="
        TRY     "lower ones wait, higher ones come"
        outb    0x21, 0xE6
        mov     byte [irq_eoi], 0
        call    com2_on
        take    "irqs="
        call    com1_on
        take    "lower="
        call    timer_edge
        take    "higher="
        show_isr "isr=", MASTER
        TRY     "an interrupt interrupts another"
        outb    0x21, 0xE7
        mov     word [irq_hook], .nest
        call    com1_on
        take    "irqs="
        show_isr "isr=", MASTER
        TRY     "a lower one during a handler that ends early"
        outb    0x21, 0xE7
        mov     word [irq_hook], .end_early
        mov     byte [irq_eoi], 0
        call    com2_on
        take    "irqs="
        show_isr "isr=", MASTER
        ret
.nest:
        cmp     al, 0x24
        jne     .end
        call    com2_on
        sti
        times 8 nop
        cli
.end:
        ret
.end_early:
        cmp     al, 0x23
        jne     .last
        eoi     MASTER
        call    com1_on
        sti
        times 8 nop
        cli
        ret
.last:
        eoi     MASTER
        ret

; --- Ends of interrupt ---

ends:
        TRY     "non-specific ends the highest"
        call    three_in_service
        show_isr "isr=", MASTER
        eoi     MASTER
        show_isr "isr=", MASTER
        eoi     MASTER
        show_isr "isr=", MASTER
        eoi     MASTER
        show_isr "isr=", MASTER
        eoi     MASTER
        show_isr "isr=", MASTER
        TRY     "specific ends the one named"
        call    three_in_service
        outb    MASTER, 0x63
        show_isr "isr=", MASTER
        outb    MASTER, 0x67
        show_isr "isr=", MASTER
        outb    MASTER, 0x64
        show_isr "isr=", MASTER
        TRY     "service on the slave needs both ends"
        call    open_all
        mov     byte [irq_eoi], 0
        call    disk_on
        take    "irqs="
        show_isr "isr=", MASTER
        show_isr "slave isr=", SLAVE
        eoi     SLAVE
        show_isr "isr=", MASTER
        show_isr "slave isr=", SLAVE
        eoi     MASTER
        show_isr "isr=", MASTER
        ret

; --- Rotation ---

; With 0, 3, 4, 8, 12 and 14 waiting. The order shows in the list.
%macro order 0
        mov     byte [irq_eoi], 1
        call    all_on
        take    "order="
%endmacro

rotation:
        TRY     "set priority: 3 is the lowest"
        outb    MASTER, 0xC3
        order
        TRY     "set priority: 1 is the lowest"
        outb    MASTER, 0xC1
        order
        TRY     "set priority on the slave: 12 is the lowest"
        outb    SLAVE, 0xC4
        order
        TRY     "rotate on a non-specific end"
        call    three_in_service
        outb    MASTER, 0xA0
        show_isr "isr=", MASTER
        eoi     MASTER
        eoi     MASTER
        order
        TRY     "rotate on a non-specific end twice"
        call    three_in_service
        outb    MASTER, 0xA0
        outb    MASTER, 0xA0
        show_isr "isr=", MASTER
        eoi     MASTER
        show_isr "isr=", MASTER
        order
        TRY     "rotate on a non-specific end without service"
        outb    MASTER, 0xA0
        order
        TRY     "rotate on a specific end"
        call    three_in_service
        outb    MASTER, 0xE3
        show_isr "isr=", MASTER
        outb    MASTER, 0x60
        outb    MASTER, 0x64
        order
        TRY     "rotate on a specific end without service"
        outb    MASTER, 0xE3
        order
        TRY     "non-specific ends go by the rotated order"
        call    three_in_service
        outb    MASTER, 0xC3
        eoi     MASTER
        show_isr "isr=", MASTER
        eoi     MASTER
        show_isr "isr=", MASTER
        TRY     "ICW1 undoes rotation"
        outb    MASTER, 0xC3
        init    MASTER, 0x11, 0x20, 4, 1
        order
        ret

; --- Automatic end of interrupt ---

automatic:
        TRY     "automatic end"
        init    MASTER, 0x11, 0x20, 4, 3
        mov     byte [irq_eoi], 0
        call    com1_off
        call    com1_on
        take    "irqs="
        show_isr "isr=", MASTER
        call    com1_off
        call    com1_on
        take    "irqs="
        TRY     "automatic end on both"
        init    MASTER, 0x11, 0x20, 4, 3
        init    SLAVE, 0x11, 0x28, 2, 3
        mov     byte [irq_eoi], 0
        call    all_on
        take    "irqs="
        show_isr "isr=", MASTER
        show_isr "slave isr=", SLAVE
        TRY     "rotation in automatic end"
        init    MASTER, 0x11, 0x20, 4, 3
        mov     byte [irq_eoi], 0
        outb    MASTER, 0x80
        call    com2_on
        take    "first="
        outb    0x21, 0xFF
        call    com2_off
        call    com2_on
        call    com1_on
        call    timer_edge
        outb    0x21, 0
        take    "then="
        TRY     "rotation in automatic end is switched off"
        init    MASTER, 0x11, 0x20, 4, 3
        mov     byte [irq_eoi], 0
        outb    MASTER, 0x80
        outb    MASTER, 0x00
        call    com2_on
        take    "first="
        outb    0x21, 0xFF
        call    com2_off
        call    com2_on
        call    com1_on
        call    timer_edge
        outb    0x21, 0
        take    "then="
        TRY     "rotation in automatic end means nothing without it"
        outb    MASTER, 0x80
        call    open_all
        call    com2_on
        take    "first="
        order
        outb    MASTER, 0x00
        ret

; --- Special mask ---

special_mask:
        TRY     "special mask lets lower ones in"
        outb    0x21, 0xE7
        mov     byte [irq_eoi], 0
        call    com2_on
        take    "irqs="
        call    com1_on
        take    "irqs="
        outb    0x21, 0xEF
        take    "masked="
        outb    MASTER, 0x68
        take    "special="
        show_isr "isr=", MASTER
        TRY     "special mask: only ESMM changes it"
        outb    0x21, 0xEF
        mov     byte [irq_eoi], 0
        outb    0x21, 0xF7
        call    com2_on
        take    "irqs="
        outb    0x21, 0xEF
        outb    MASTER, 0x28
        call    com1_on
        take    "SMM alone="
        outb    MASTER, 0x68
        outb    MASTER, 0x08
        take    "neither="
        TRY     "special mask: a non-specific end passes over masked ones"
        call    three_in_service
        outb    0x21, 0x01
        outb    MASTER, 0x68
        eoi     MASTER
        show_isr "isr=", MASTER
        outb    MASTER, 0x60
        show_isr "isr=", MASTER
        TRY     "special mask is switched off"
        outb    0x21, 0xF7
        mov     byte [irq_eoi], 0
        call    com2_on
        take    "irqs="
        outb    0x21, 0xEF
        outb    MASTER, 0x68
        outb    MASTER, 0x48
        call    com1_on
        take    "irqs="
        TRY     "special mask: what is in service and open holds off lower ones"
        outb    0x21, 0xE7
        mov     byte [irq_eoi], 0
        outb    MASTER, 0x68
        call    com2_on
        take    "irqs="
        call    com1_on
        take    "irqs="
        TRY     "ICW1 ends special mask"
        outb    MASTER, 0x68
        init    MASTER, 0x11, 0x20, 4, 1
        outb    0x21, 0xF7
        mov     byte [irq_eoi], 0
        call    com2_off
        call    com2_on
        take    "irqs="
        outb    0x21, 0xEF
        call    com1_on
        take    "irqs="
        outb    MASTER, 0x48
        ret

; --- Poll ---

%macro poll 2
        outb    %2, 0x0C
        in      al, %2
        show8   %1, al
%endmacro

polling:
        TRY     "poll without a request"
        outb    MASTER, 0x0C
        in      al, MASTER
        and     al, 0x80
        show8   "bit 7=", al
        TRY     "poll is an acknowledge"
        outb    0x21, 0xEF
        call    com1_on
        poll    "poll=", MASTER
        show_isr "isr=", MASTER
        show_irr "irr=", MASTER
        take    "irqs="
        TRY     "poll holds for one read"
        outb    0x21, 0xEF
        call    com1_on
        poll    "poll=", MASTER
        in      al, MASTER
        show8   "then=", al
        TRY     "poll reads at the odd port too"
        outb    0x21, 0xEF
        call    com1_on
        outb    MASTER, 0x0C
        in      al, 0x21
        show8   "poll=", al
        in      al, 0x21
        show8   "then=", al
        TRY     "poll goes by the mask"
        call    com1_on
        outb    MASTER, 0x0C
        in      al, MASTER
        and     al, 0x80
        show8   "bit 7=", al
        show_irr "irr=", MASTER
        TRY     "poll goes by priorities"
        outb    0x21, 0
        call    com1_on
        call    com2_on
        poll    "poll=", MASTER
        outb    MASTER, 0x0C
        in      al, MASTER
        and     al, 0x80
        show8   "bit 7=", al
        call    timer_edge
        poll    "poll=", MASTER
        show_isr "isr=", MASTER
        TRY     "poll and automatic end"
        init    MASTER, 0x11, 0x20, 4, 3
        call    com1_off
        call    com1_on
        poll    "poll=", MASTER
        show_isr "isr=", MASTER
        TRY     "poll on both"
        call    open_all
        call    disk_on
        poll    "master=", MASTER
        poll    "slave=", SLAVE
        show_isr "isr=", MASTER
        show_isr "slave isr=", SLAVE
        TRY     "poll the slave alone"
        outb    0xA1, 0
        call    disk_on
        poll    "slave=", SLAVE
        show_irr "irr=", MASTER
        show_isr "slave isr=", SLAVE
        TRY     "poll and rotation"
        outb    0x21, 0
        outb    MASTER, 0xC3
        call    com1_on
        call    timer_edge
        poll    "poll=", MASTER
        ret

; --- Cascade ---

cascade:
        TRY     "slave: a lower request waits"
        call    open_all
        mov     byte [irq_eoi], 0
        call    mouse_on
        take    "irqs="
        call    disk_on
        take    "irqs="
        eoi     SLAVE
        take    "slave ended="
        eoi     MASTER
        take    "both ended="
        TRY     "slave: a higher request waits for the master's end"
        call    open_all
        mov     byte [irq_eoi], 0
        call    disk_on
        take    "irqs="
        call    clock_on
        show_irr "irr=", MASTER
        take    "irqs="
        eoi     MASTER
        take    "master ended="
        show_isr "slave isr=", SLAVE
        TRY     "special fully nested: a higher request comes in"
        init    MASTER, 0x11, 0x20, 4, 0x11
        call    open_all
        mov     byte [irq_eoi], 0
        call    disk_on
        take    "irqs="
        call    clock_on
        take    "irqs="
        show_isr "isr=", MASTER
        show_isr "slave isr=", SLAVE
        eoi     SLAVE
        eoi     MASTER
        show_isr "isr=", MASTER
        show_isr "slave isr=", SLAVE
        TRY     "special fully nested: a lower one waits"
        init    MASTER, 0x11, 0x20, 4, 0x11
        call    open_all
        mov     byte [irq_eoi], 0
        call    mouse_on
        take    "irqs="
        call    disk_on
        take    "irqs="
        eoi     SLAVE
        take    "slave ended="
        TRY     "special fully nested: the master's own inputs nest as ever"
        init    MASTER, 0x11, 0x20, 4, 0x11
        call    open_all
        mov     byte [irq_eoi], 0
        call    com2_off
        call    com2_on
        take    "irqs="
        call    com2_off
        call    com2_on
        call    com1_on
        take    "irqs="
        call    disk_on
        take    "irqs="
        TRY     "the slave goes before 3 and behind 1"
        call    com2_on
        call    disk_on
        call    timer_edge
        call    open_all
        take    "irqs="
        TRY     "the slave's mask"
        outb    0x21, 0
        call    disk_on
        show_irr "irr=", MASTER
        show_irr "slave irr=", SLAVE
        take    "irqs="
        TRY     "input 2's mask"
        outb    0xA1, 0
        call    disk_on
        show_irr "irr=", MASTER
        show_irr "slave irr=", SLAVE
        take    "irqs="
        outb    0x21, 0
        take    "irqs="
        ret

; --- Levels ---

levels:
        TRY     "ELCR: fixed bits"
        outb    0x4D0, 0xFF
        outb    0x4D1, 0xFF
        inb     0x4D0
        show8   "master=", al
        inb     0x4D1
        show8   "slave=", al
        outb    0x4D0, 0
        outb    0x4D1, 0
        inb     0x4D0
        show8   "master=", al
        inb     0x4D1
        show8   "slave=", al
        TRY     "ELCR: a line that stays high asks again"
        outb    0x4D0, 0x10
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
        outb    0x4D0, 0
        TRY     "ELCR: withdrawn while interrupts are off"
        outb    0x4D0, 0x10
        outb    0x21, 0xEF
        call    com1_on
        call    com1_off
        take    "irqs="
        outb    0x4D0, 0
        TRY     "ELCR: other inputs stay edges"
        outb    0x4D0, 0x08
        outb    0x21, 0xEF
        mov     byte [irq_eoi], 0
        call    com1_on
        take    "irqs="
        eoi     MASTER
        take    "irqs="
        outb    0x4D0, 0
        TRY     "ELCR outlives ICW1"
        outb    0x4D0, 0x10
        init    MASTER, 0x11, 0x20, 4, 1
        inb     0x4D0
        show8   "master=", al
        outb    0x4D0, 0
        ret
guest_end
