; Coprocessor errors by IRQ13, INT 75h and INT 02h, as programs for the PC and Windows's emulator library take them: an
; error is noticed by the next coprocessor instruction that waits, and the handler clears it.

%include "bios_guest.inc"

guest_main:
        mov     word [0x02 * 4], handler
        mov     word [0x02 * 4 + 2], 0
        fninit
        call    divide
        expect_byte "masked: no call", [calls], 0
        fninit
        fldcw   [unmasked]
        call    divide
        expect_byte "division by zero: calls", [calls], 1
        expect  "division by zero: status", [status], 0xB084
        expect  "division by zero: FNSTENV tells the instruction", [environment + 6], divide.instruction
        fnstsw  ax
        and     ax, 0x80FF
        expect  "division by zero: cleared", ax, 0
        fldcw   [unmasked]
        call    divide
        expect_byte "another: calls", [calls], 2
        fldcw   [unmasked]
        fldz
        fld1
        fchs
        fsqrt                           ; invalid, and nothing waits for it
        fnop
        expect_byte "invalid operation: calls", [calls], 3
        and     word [status], 0x80FF
        expect  "invalid operation: status", [status], 0x8081
        fninit
        in      al, 0xA1
        and     al, 0x20
        expect_byte "IRQ13 is open", al, 0
        mov     al, 0x0B
        out     0xA0, al
        in      al, 0xA0
        expect_byte "nothing is in service", al, 0
        ret

divide:
        fld1
        fldz
.instruction:
        fdivp   st1, st0
        fwait
        ret

handler:
        push    ds
        push    0
        pop     ds
        push    ax
        fnstsw  [status]
        fnstenv [environment]
        fnclex
        inc     byte [calls]
        pop     ax
        pop     ds
        iret

unmasked:       dw      0x0360          ; all errors but the loss of precision
calls:          db      0
status:         dw      0
environment:    times 14 db 0

        guest_end
