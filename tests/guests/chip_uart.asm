; The serial port at 3F8h with IRQ 4, a 16550A with nobody at the other end: registers, the transmitter, loopback,
; FIFOs, interrupts in their order, modem lines. A character of 8N1 at 9600 baud takes 1.04 ms.
%include "chip.inc"

DATA            equ 0x3F8
IER             equ 0x3F9
IIR             equ 0x3FA
FCR             equ 0x3FA
LCR             equ 0x3FB
MCR             equ 0x3FC
LSR             equ 0x3FD
MSR             equ 0x3FE
SCRATCH         equ 0x3FF

%macro show_port 2
        inb     %2
        show8   %1, al
%endmacro

; Sends a byte and waits until its last bit has left.
%macro send 1
        outb    DATA, %1
        wait_port LSR, 0x40, 0x40, 20
%endmacro

; The same without looking at LSR, which would clear what it tells.
%macro send_unseen 1
        outb    DATA, %1
        wait_ms 2
%endmacro

guest_start:
        mov     word [reset_hook], reset_uart
        call    registers
        call    transmitter
        call    thre
        call    loopback
        call    words
        call    errors
        call    fifos
        call    order
        call    modem
        finish

; 9600 8N1, no FIFOs, no interrupts, outputs off, nothing received, nothing changed.
reset_uart:
        pusha
        outb    MCR, 0
        outb    IER, 0
        outb    FCR, 0x07
        outb    FCR, 0x00
        outb    LCR, 0x83
        outb    DATA, 12
        outb    IER, 0
        outb    LCR, 0x03
        wait_port LSR, 0x40, 0x40, 50
        inb     DATA
        inb     LSR
        inb     MSR
        inb     IIR
        popa
        ret

uart_irq:
        outb    0x21, 0xEF
        ret

registers:
        TRY     "after reset"
        show_port "IER=", IER
        show_port "IIR=", IIR
        show_port "LCR=", LCR
        show_port "MCR=", MCR
        show_port "LSR=", LSR

        TRY     "bits that are there"
        outb    IER, 0xF0
        show_port "IER=", IER
        outb    MCR, 0xF0
        show_port "MCR=", MCR
        outb    MCR, 0
        outb    LCR, 0x7F
        show_port "LCR=", LCR
        outb    LCR, 0x03
        outb    SCRATCH, 0xA5
        show_port "scratch=", SCRATCH
        outb    SCRATCH, 0x5A
        show_port "scratch=", SCRATCH

        TRY     "the divisor lies behind DLAB"
        outb    LCR, 0x83
        show_port "low=", DATA
        show_port "high=", IER
        outb    IER, 0x12
        outb    DATA, 0x34
        outb    LCR, 0x03
        show_port "IER=", IER
        outb    LCR, 0x83
        show_port "low=", DATA
        show_port "high=", IER

        TRY     "FIFO bits of IIR"
        outb    FCR, 0x01
        show_port "on=", IIR
        outb    FCR, 0xC9
        show_port "on=", IIR
        outb    FCR, 0xC0
        show_port "off=", IIR
        ret

transmitter:
        TRY     "a byte leaves the holding register, then the shift register"
        outb    DATA, 'x'
        outb    DATA, 'y'
        show_port "LSR=", LSR
        wait_port LSR, 0x20, 0x20, 20
        show_port "LSR=", LSR
        wait_port LSR, 0x40, 0x40, 20
        show_port "LSR=", LSR

        TRY     "the FIFO takes 16"
        outb    FCR, 0x01
        mov     cx, 16
.next:
        outb    DATA, 'x'
        loop    .next
        show_port "LSR=", LSR
        outb    FCR, 0x05
        show_port "cleared=", LSR
        ret

thre:
        TRY     "enabling with an empty register interrupts"
        call    uart_irq
        outb    MCR, 0x08
        outb    IER, 0x02
        irqs_on 4
        show_irqs "irqs="
        show_port "IIR=", IIR
        show_port "again=", IIR

        TRY     "enabling once more does it again"
        call    uart_irq
        outb    MCR, 0x08
        outb    IER, 0x02
        inb     IIR
        outb    IER, 0x00
        outb    IER, 0x02
        show_port "IIR=", IIR

        TRY     "writing data takes it back"
        outb    IER, 0x02
        outb    DATA, 'x'
        outb    DATA, 'y'
        show_port "IIR=", IIR
        wait_port LSR, 0x40, 0x40, 20
        show_port "IIR=", IIR

        TRY     "OUT2 is the gate of the interrupt"
        call    uart_irq
        outb    IER, 0x02
        irqs_on 4
        show_irqs "closed="
        outb    MCR, 0x08
        irqs_on 4
        show_irqs "open="
        ret

loopback:
        TRY     "what is sent is received"
        outb    MCR, 0x10
        send    0xA5
        show_port "LSR=", LSR
        show_port "data=", DATA
        show_port "LSR=", LSR

        TRY     "outputs are inputs"
        outb    MCR, 0x10
        inb     MSR
        outb    MCR, 0x11
        show_port "DTR=", MSR
        outb    MCR, 0x12
        show_port "RTS=", MSR
        outb    MCR, 0x14
        show_port "OUT1=", MSR
        outb    MCR, 0x18
        show_port "OUT2=", MSR
        outb    MCR, 0x10
        show_port "none=", MSR
        outb    MCR, 0x1F
        inb     MSR
        show_port "unchanged=", MSR

        TRY     "loopback closes the gate of the interrupt"
        call    uart_irq
        outb    MCR, 0x18
        outb    IER, 0x02
        irqs_on 4
        show_irqs "irqs="
        show_port "IIR=", IIR
        ret

words:
        TRY     "five to eight bits to a word"
        mov     cx, 4
        mov     bl, 0
.next:
        outb    LCR, bl
        outb    MCR, 0x10
        send    0xFF
        show_port "data=", DATA
        inc     bl
        loop    .next
        ret

errors:
        TRY     "an overrun overwrites"
        outb    MCR, 0x10
        send_unseen '1'
        send_unseen '2'
        show_port "LSR=", LSR
        show_port "again=", LSR
        show_port "data=", DATA

        TRY     "a break is a zero with its errors"
        outb    MCR, 0x10
        outb    LCR, 0x43
        wait_ms 3
        show_port "LSR=", LSR
        show_port "data=", DATA
        show_port "LSR=", LSR
        wait_ms 3
        show_port "later=", LSR
        outb    LCR, 0x03

        TRY     "a full FIFO keeps what it has"
        outb    FCR, 0x01
        outb    MCR, 0x10
        mov     cx, 17
        mov     bl, 'a'
.next:
        send_unseen bl
        inc     bl
        loop    .next
        show_port "LSR=", LSR
        mov     cx, 16
        mov     bl, 0
.read:
        inb     DATA
        add     bl, al
        loop    .read
        show8   "sum=", bl
        show_port "LSR=", LSR
        ret

fifos:
        TRY     "the trigger levels"
        outb    MCR, 0x10
        mov     si, .levels
        mov     cx, 4
.level:
        outb    FCR, [si]
        outb    IER, 0x01
        mov     bx, 0
.fill:
        send    'x'
        inc     bx
        inb     IIR
        cmp     al, 0xC4
        je      .there
        cmp     bx, 16
        jb      .fill
.there:
        show8   "level=", bl
        outb    FCR, 0x07
        inc     si
        loop    .level

        TRY     "below it, after four characters"
        outb    MCR, 0x10
        outb    FCR, 0xC1
        outb    IER, 0x01
        send    'x'
        show_port "at once=", IIR
        wait_ms 3
        show_port "early=", IIR
        wait_ms 3
        show_port "later=", IIR
        inb     DATA
        show_port "read=", IIR

        TRY     "turning the FIFO off empties it"
        outb    MCR, 0x10
        outb    FCR, 0x01
        send    'x'
        show_port "LSR=", LSR
        outb    FCR, 0x00
        show_port "LSR=", LSR
        ret

.levels:        db 0x03, 0x43, 0x83, 0xC3

order:
        TRY     "line status, data, transmitter, modem"
        outb    MCR, 0x10
        inb     MSR
        outb    MCR, 0x12
        send_unseen '1'
        send_unseen '2'
        outb    IER, 0x0F
        show_port "IIR=", IIR
        inb     LSR
        show_port "IIR=", IIR
        inb     DATA
        show_port "IIR=", IIR
        show_port "IIR=", IIR
        inb     MSR
        show_port "IIR=", IIR

        TRY     "reading IIR clears THRE only when it is shown"
        outb    MCR, 0x10
        send    '1'
        outb    IER, 0x03
        show_port "IIR=", IIR
        show_port "IIR=", IIR
        inb     DATA
        show_port "IIR=", IIR
        show_port "IIR=", IIR
        ret

modem:
        TRY     "changes are told until they are read"
        outb    MCR, 0x10
        inb     MSR
        outb    MCR, 0x13
        outb    MCR, 0x10
        show_port "MSR=", MSR
        show_port "MSR=", MSR

        TRY     "only the end of a ring is told"
        outb    MCR, 0x10
        inb     MSR
        outb    MCR, 0x14
        show_port "begins=", MSR
        outb    MCR, 0x10
        show_port "ends=", MSR
        ret

guest_end
