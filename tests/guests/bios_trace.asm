; A tunnel: with the trap flag set, INT 1 follows a call of INT 13h through a chain of hooks, instruction by
; instruction, until it is in the ROM, and on to the end. The addresses in the ROM go to a list for
; tests/emu/bios/test_boot.c, which knows what was executed. Needs a hard disk; other interrupts are masked.

%include "bios_guest.inc"

LIST                    equ 0x2000      ; segment: count, then words

guest_main:
        mov     word [0x01 * 4], trap
        mov     word [0x01 * 4 + 2], 0
        mov     eax, [0x13 * 4]
        mov     [rom_13], eax
        mov     dword [0x13 * 4], hook_13
        mov     ax, LIST
        mov     es, ax
        mov     word [es:0], 0
        mov     al, 0xFF
        out     0x21, al
        mov     al, 'T'                 ; tells the test
        out     0xE9, al
        mov     al, 10
        out     0xE9, al
        mov     bp, sp
        mov     ax, 0x0100
        mov     dl, 0x80
        pushf
        pop     bx
        mov     si, bx
        or      bh, 0x01                ; TF
        push    si                      ; the last instruction that is traced pops it
        push    bx                      ; the flags for INT 13h
        push    bx
        popf
        call    far [.vector]
        popf
        mov     bx, ax
        mov     al, 'E'
        out     0xE9, al
        mov     al, 10
        out     0xE9, al
        mov     al, 0xB8
        out     0x21, al
        mov     cx, sp
        expect  "the stack", cx, bp
        expect  "INT 13h AH=01h", bx, 0x0000
        mov     ax, LIST
        mov     es, ax
        mov     ax, [es:0]
        cmp     ax, 20
        mov     al, 0
        setae   al
        expect_byte "the ROM was traced", al, 1
        expect  "its segment", [first_segment], 0xF000
        expect  "its first instruction is where the vector points", [es:2], 0xE3FE
        expect  "both hooks were passed", [hooks], 3
        ret
.vector:        dw      hook_outer, 0

; Two programs that have taken INT 13h, one over the other.
hook_outer:
        or      byte [cs:hooks], 1
        jmp     far [cs:vector_13]
vector_13:      dw      hook_13, 0
hook_13:
        or      byte [cs:hooks], 2
        jmp     far [cs:rom_13]
rom_13:         dd      0
hooks:          dw      0
first_segment:  dw      0

trap:
        push    bp
        mov     bp, sp
        push    ax
        push    bx
        push    es
        mov     ax, [bp + 4]            ; CS of the instruction to come
        cmp     ax, 0xF000
        jb      .done
        cmp     word [cs:first_segment], 0
        jne     .known
        mov     [cs:first_segment], ax
.known:
        mov     ax, LIST
        mov     es, ax
        inc     word [es:0]
        mov     bx, [es:0]
        add     bx, bx
        mov     ax, [bp + 2]
        mov     [es:bx], ax
.done:
        pop     es
        pop     bx
        pop     ax
        pop     bp
        iret

        guest_end
