; FPU errors as DOS programs get them: CR0.NE clear, FERR# to IRQ 13 (vector 75h), port F0h for IGNNE#. For
; tests/emu/test_fpu_board.c, which puts it at 0:7C00h of a machine just reset. Leaves at 0:0500h:
;   word 0  handler's entries       word 2  status word as the handler found it
;   word 4  where it interrupted    word 6  control word that a waiting instruction loaded under IGNNE#
; and exits with the low byte of the status word after FNCLEX, plus 1 if the frozen instruction was executed in the end.

        cpu     486
        bits    16
        org     0x7C00

VECTOR          equ 0x75
RESULTS         equ 0x500
UNMASKED        equ 0x37B               ; division by zero

        cli
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, 0x7C00
        cld
        mov     di, RESULTS
        mov     cx, 8
        rep     stosw
        mov     word [VECTOR * 4], handler
        mov     [VECTOR * 4 + 2], ax

        mov     al, 0x11                ; both PICs: vectors 8 and 70h, only the cascade and IRQ 13 open
        out     0x20, al
        out     0xA0, al
        mov     al, 0x08
        out     0x21, al
        mov     al, 0x70
        out     0xA1, al
        mov     al, 0x04
        out     0x21, al
        mov     al, 0x02
        out     0xA1, al
        mov     al, 0x01
        out     0x21, al
        out     0xA1, al
        mov     al, 0xFB
        out     0x21, al
        mov     al, 0xDF
        out     0xA1, al

        fninit
        fldcw   [unmasked]
        fld1
        fldz
        fdivp   st1                     ; with interrupts off FERR# waits in the PIC
        fnstsw  ax                      ; does not wait
        sti
        nop
frozen: fld1
        fnstsw  ax
        and     al, 0x7F
        fcom    st0
        fnstsw  [compared]
        test    word [compared], 0x4000  ; equal to itself: it is there
        jz      done
        inc     al
done:   out     0xF4, al
        hlt

handler:
        push    ax
        inc     word [RESULTS]
        fnstsw  [RESULTS + 2]
        push    bp
        mov     bp, sp
        mov     ax, [bp + 4]
        mov     [RESULTS + 4], ax
        pop     bp
        xor     al, al
        out     0xF0, al
        fldcw   [unmasked]              ; waits, but for IGNNE#
        fnstcw  [RESULTS + 6]
        fnclex
        mov     al, 0x20
        out     0xA0, al
        out     0x20, al
        pop     ax
        iret

unmasked:
        dw      UNMASKED
compared:
        dw      0
