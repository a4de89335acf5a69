; Ways through a CPU reset: the CMOS shutdown codes, Ctrl-Alt-Del, INT 19h. Memory must survive all of them. The
; place in the sequence is kept where no boot touches it.

%include "bios_guest.inc"

STAGE                   equ 0x0600      ; word: what was done last, with a signature
SIGNATURE               equ 0x5A00

guest_main:
        mov     word [STAGE + 2], 0x1357
        mov     ax, [STAGE]
        cmp     ax, SIGNATURE + 1
        je      after_ctrl_alt_del
        cmp     ax, SIGNATURE + 2
        je      after_int19
        cmp     ax, SIGNATURE + 3
        je      after_shutdown_4
        call    shutdown_5
        call    shutdown_a
        call    shutdown_9
        call    shutdown_b
        call    shutdown_c
        call    port_92
        call    triple_fault
        call    standard_mode
        call    shutdown_4
; A shutdown code that is left over does not lead Ctrl-Alt-Del astray.
ctrl_alt_del:
        mov     word [STAGE], SIGNATURE + 1
        mov     al, 0x0F
        out     0x70, al
        mov     al, 0x0A
        out     0x71, al
        mov     dword [0x467], 0xFFFFFFF0
        sti
        mov     si, .codes
.next:
        lodsb
        call    inject
        jmp     .next
.codes:         db      0x1D, 0x38, 0x53

; AL as if the keyboard had sent it.
inject:
        push    ax
        mov     ah, al
.empty:
        in      al, 0x64
        test    al, 3
        jnz     .empty
        mov     al, 0xD2
        out     0x64, al
.command:
        in      al, 0x64
        test    al, 2
        jnz     .command
        mov     al, ah
        out     0x60, al
        mov     cx, 20
.wait:
        hlt
        loop    .wait
        pop     ax
        ret

; Sets the code AL and the pointer 40:67 to 0:BX, resets the CPU.
reset:
        cli
        mov     ah, al
        mov     al, 0x0F
        out     0x70, al
        mov     al, ah
        out     0x71, al
        mov     [0x467], bx
        mov     word [0x469], 0
        mov     al, 0xFE
        out     0x64, al
        jmp     $

; Brings the timer's interrupt into service by a poll of the interrupt controller, as if its handler were at work.
timer_in_service:
        cli
        mov     al, 0x0A                ; read the IRR
        out     0x20, al
.wait:
        in      al, 0x20
        test    al, 1
        jz      .wait
        mov     al, 0x0C
        out     0x20, al
        in      al, 0x20
        ret

; AL = what is in service; ends it.
in_service:
        mov     al, 0x0B
        out     0x20, al
        in      al, 0x20
        push    ax
        mov     al, 0x20
        out     0x20, al
        pop     ax
        ret

; Registers are gone after a reset; the stack is not, nor what lies above 1 MB, nor CMOS. A20 is open. The AT ends the
; interrupt in service for code 5, not for 0Ah.
shutdown_5:
        mov     ax, 0x2401
        int     0x15
        mov     ax, 0xFFFF
        mov     es, ax
        mov     word [es:0x1000], 0x600D
        mov     ax, 0x2400
        int     0x15
        mov     al, 0x34
        out     0x70, al
        in      al, 0x71
        not     al
        mov     [cmos], al
        mov     ah, al
        mov     al, 0x34
        out     0x70, al
        mov     al, ah
        out     0x71, al
        call    timer_in_service
        mov     [stack], sp
        mov     al, 0x05
        mov     bx, .back
        jmp     reset
.back:
        mov     ax, 0
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, [stack]
        call    in_service
        expect_byte "shutdown code 5 ends what is in service", al, 0
        mov     ax, 0x2402
        int     0x15
        expect_byte "KBC FEh: A20 is open after a reset", al, 1
        mov     ax, 0xFFFF
        mov     es, ax
        expect  "KBC FEh: memory above 1 MB is kept", [es:0x1000], 0x600D
        mov     ax, 0
        mov     es, ax
        mov     al, 0x34
        out     0x70, al
        in      al, 0x71
        expect_byte "KBC FEh: CMOS is kept", al, [cmos]
        not     al
        mov     ah, al
        mov     al, 0x34
        out     0x70, al
        mov     al, ah
        out     0x71, al
        jmp     code_is_cleared

shutdown_a:
        call    timer_in_service
        mov     [stack], sp
        mov     al, 0x0A
        mov     bx, .back
        jmp     reset
.back:
        mov     ax, 0
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, [stack]
        call    in_service
        expect_byte "shutdown code 0Ah leaves what is in service", al, 1

code_is_cleared:
        mov     al, 0x0F
        out     0x70, al
        in      al, 0x71
        expect_byte "the code holds once", al, 0
        ret

; As the end of an AT's block move: IRET frame, PUSHA, DS, ES on the stack that 40:67 points to.
shutdown_9:
        cli
        pushf
        push    cs
        push    word .back
        mov     ax, 0x1111
        mov     bx, 0x2222
        pusha
        push    ds
        push    es
        mov     bx, sp
        mov     al, 0x09
        jmp     reset
.back:
        expect  "shutdown code 9: AX", ax, 0x1111
        expect  "shutdown code 9: BX", bx, 0x2222
        ret
stack:          dw      0
cmos:           dw      0

; IRET on the stack that 40:67 points to.
shutdown_b:
        push    word 0x0202
        push    cs
        push    word .back
        mov     bx, sp
        mov     al, 0x0B
        jmp     reset
.back:
        pushf
        pop     ax
        and     ax, 0x0200
        expect  "shutdown code 0Bh: the flags", ax, 0x0200
        jmp     segments

; RETF on it.
shutdown_c:
        push    cs
        push    word .back
        mov     bx, sp
        mov     al, 0x0C
        jmp     reset
.back:
        expect  "shutdown code 0Ch", 12, 12
segments:
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        ret

; Stores code 0Ah and the way back, BX.
prepare:
        cli
        mov     [stack], sp
        add     word [stack], 2         ; our own return address
        mov     [0x467], bx
        mov     word [0x469], 0
        mov     al, 0x0F
        out     0x70, al
        mov     al, 0x0A
        out     0x71, al
        ret

; Twice: POST lets go of the bit, or the second would do nothing. A20 was off, and is on behind each reset.
port_92:
        mov     cx, 2
.again:
        mov     ax, 0x2400
        int     0x15
        mov     [.count], cx
        mov     bx, .back
        call    prepare
        in      al, 0x92
        or      al, 1
        out     0x92, al
        jmp     $
.back:
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, [stack]
        mov     ax, 0x2402
        int     0x15
        expect_byte "port 92h: A20 is open after a reset", al, 1
        mov     cx, [.count]
        loop    .again
        ret
.count:         dw      0

triple_fault:
        mov     ax, 0x2400
        int     0x15
        mov     bx, .back
        call    prepare
        lidt    [.no_idt]
        int3
.no_idt:        dw      0
                dd      0
.back:
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, [stack]
        expect  "triple fault: memory is kept", [STAGE + 2], 0x1357
        mov     ax, 0x2402
        int     0x15
        expect_byte "triple fault: A20 is open after it", al, 1
        ret

; A 286's way out of protected mode, which some programs take on any CPU.
standard_mode:
        mov     bx, .back
        call    prepare
        smsw    ax
        or      al, 1
        lmsw    ax
        jmp     .protected
.protected:
        mov     al, 0xFE
        out     0x64, al
        jmp     $
.back:
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, [stack]
        smsw    ax
        and     ax, 1
        expect  "a reset ends protected mode", ax, 0
        ret

; Boots again; vectors and the tick count go on.
shutdown_4:
        mov     word [STAGE], SIGNATURE + 3
        mov     dword [0x61 * 4], 0x87654321
        mov     al, 0x04
        jmp     reset

after_shutdown_4:
        expect  "shutdown code 4 keeps vectors", [0x61 * 4], 0x4321
        jmp     ctrl_alt_del

after_ctrl_alt_del:
        expect  "Ctrl-Alt-Del boots again", [0x472], 0x1234
        mov     word [STAGE], SIGNATURE + 2
        mov     dword [0x60 * 4], 0x12345678    ; vectors stay over INT 19h
        cli
        int     0x19

after_int19:
        mov     ax, [0x60 * 4]
        expect  "INT 19h keeps vectors", ax, 0x5678
        expect  "INT 19h keeps memory", [STAGE], SIGNATURE + 2
        ret

        guest_end
