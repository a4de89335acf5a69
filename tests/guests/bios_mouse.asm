; INT 15h AH=C2h and IRQ12. The test moves the mouse when it reads "move" or "still" on port E9h, and ends when it reads
; "end". Run by tests/emu/bios/test_mouse.c.

%include "bios_guest.inc"

; AX=function, BH: AH and CF as told.
%macro service 4                        ; name, AX, BH, AH
        mov     ax, %2
        mov     bh, %3
        int     0x15
        call    keep
        expect_byte  {%1, ": AH"}, [kept_ax + 1], %4
        expect_byte  {%1, ": CF"}, [kept_carry], (%4) != 0
%endmacro

guest_main:
        int     0x11
        and     ax, 4
        expect  "equipment", ax, 4
        mov     eax, [0x09 * 4]
        mov     [keyboard_next], eax
        mov     word [0x09 * 4], keyboard
        mov     word [0x09 * 4 + 2], 0
        call    mouse_port
        expect_byte "POST leaves the mouse's port off", al, 0x20
        service "no such function", 0xC208, 0, 1
        service "enable without a driver", 0xC200, 1, 5
        service "enable what", 0xC200, 2, 2
        service "packages of none", 0xC205, 0, 2
        service "packages of nine", 0xC205, 9, 2
        service "packages of three", 0xC205, 3, 0
        service "rate", 0xC202, 7, 2
        service "resolution", 0xC203, 4, 2
        service "extended", 0xC206, 3, 2
        service "status", 0xC206, 0, 0
        call    expect_status
        dw      0x00, 2, 100
        service "20 a second", 0xC202, 1, 0
        service "8 counts", 0xC203, 3, 0
        service "2:1", 0xC206, 2, 0
        service "status", 0xC206, 0, 0
        call    expect_status
        dw      0x10, 3, 20
        service "1:1", 0xC206, 1, 0
        service "status", 0xC206, 0, 0
        call    expect_status
        dw      0x00, 3, 20
        service "identity", 0xC204, 0x55, 0
        expect_byte "identity: BH", [kept_bx + 1], 0
        service "reset", 0xC201, 0x55, 0
        expect  "reset: BX", [kept_bx], 0x00AA
        service "status", 0xC206, 0, 0
        call    expect_status
        dw      0x00, 2, 100
        service "8 counts again", 0xC203, 3, 0
        expect_byte "the controller's answers are nobody's keys", [keyboard_calls], 0
        call    reporting
        call    silent
        call    without_driver
        ret

; The driver is called with four words.
reporting:
        mov     bx, driver
        mov     ax, 0xC207
        int     0x15
        call    keep
        expect_byte "driver: AH", [kept_ax + 1], 0
        service "enable", 0xC200, 1, 0
        call    mouse_port
        expect_byte "its port is on, with IRQ 12", al, 0x02
        mov     si, .move
        call    guest_print
.wait:
        hlt
        cmp     word [calls], 3
        jb      .wait
        expect  "first: status", [packages], 0x0029
        expect  "first: X", [packages + 2], 5
        expect  "first: Y", [packages + 4], 0x00FD
        expect  "first: Z", [packages + 6], 0
        expect  "second: status", [packages + 8], 0x001A
        expect  "second: X", [packages + 10], 0x00F9
        expect  "second: Y", [packages + 12], 9
        expect  "third: status", [packages + 16], 0x0008
        expect  "third: X", [packages + 18], 0
        expect  "stack", [lost], 0
        mov     ah, 0
        int     0x16
        expect  "a key in between", ax, 0x1E61
        ret
.move:  db      "move", 10, 0

; Reporting off, nothing comes.
silent:
        service "disable", 0xC200, 0, 0
        call    mouse_port
        expect_byte "its port is off again", al, 0x20
        mov     si, .still
        call    guest_print
        call    wait_a_while
        expect  "calls", [calls], 3
        ret
.still: db      "still", 10, 0

; Without a driver it cannot be switched on any more.
without_driver:
        push    es
        xor     bx, bx
        mov     es, bx
        mov     ax, 0xC207
        int     0x15
        pop     es
        service "enable after 0:0", 0xC200, 1, 5
        ret

; AL = bits 5 (port off) and 1 (IRQ 12) of the controller's command byte. A program that reads the mouse by itself and
; one that has the BIOS do it must not both get what it sends.
mouse_port:
        cli
        in      al, 0x21
        push    ax
        or      al, 2                   ; the answer asks for IRQ 1
        out     0x21, al
.taken:
        in      al, 0x64
        test    al, 2
        jnz     .taken
        mov     al, 0x20
        out     0x64, al
.full:
        in      al, 0x64
        test    al, 1
        jz      .full
        in      al, 0x60
        mov     ah, al
        and     ah, 0x22
        pop     bx
        xchg    ax, bx
        out     0x21, al
        mov     al, bh
        sti
        ret

wait_a_while:
        mov     cx, 1
        mov     dx, 0x86A0              ; 100 ms
        mov     ah, 0x86
        int     0x15
        ret

keep:
        mov     [kept_ax], ax
        mov     [kept_bx], bx
        mov     [kept_cx], cx
        mov     [kept_dx], dx
        mov     byte [kept_carry], 0
        jnc     .done
        mov     byte [kept_carry], 1
.done:
        ret

; BL, CL and DL follow the CALL, a word each.
expect_status:
        pop     si
        lodsw
        expect_byte "status: BL", [kept_bx], ax
        lodsw
        expect_byte "status: CL", [kept_cx], ax
        lodsw
        expect_byte "status: DL", [kept_dx], ax
        jmp     si

driver:
        push    bp
        mov     bp, sp
        pusha
        push    ds
        xor     ax, ax
        mov     ds, ax
        mov     bx, [calls]
        shl     bx, 3
        mov     ax, [bp + 12]
        mov     [packages + bx], ax
        mov     ax, [bp + 10]
        mov     [packages + bx + 2], ax
        mov     ax, [bp + 8]
        mov     [packages + bx + 4], ax
        mov     ax, [bp + 6]
        mov     [packages + bx + 6], ax
        inc     word [calls]
        pushf
        pop     ax
        test    ax, 0x200               ; interrupts are on
        jnz     .on
        inc     word [lost]
.on:
        pop     ds
        popa
        pop     bp
        xor     ax, ax                  ; a driver may destroy registers
        mov     bx, ax
        mov     ds, ax
        mov     es, ax
        retf

; INT 09h
keyboard:
        inc     byte [cs:keyboard_calls]
        jmp     far [cs:keyboard_next]

keyboard_next:  dd 0
keyboard_calls: db 0
kept_ax:        dw 0
kept_bx:        dw 0
kept_cx:        dw 0
kept_dx:        dw 0
kept_carry:     dw 0
calls:          dw 0
lost:           dw 0
packages:       times 64 dw 0

guest_end
