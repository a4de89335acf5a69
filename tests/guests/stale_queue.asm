; Code that changes itself a few bytes ahead: does the processor execute what was there when it fetched, or what is
; there now? For tests/emu/test_stale_queue.c, which puts it at 0:7C00h. Each trial builds, at CODE,
;
;       nop             16 and OFFSET times: the queue has gone on to a line of its own when the store comes
;       store           of DEC AX over one of the INCs behind, the one that ends DISTANCE bytes behind the store
;       inc ax          48 times
;       ret
;
; runs it once with the store going elsewhere, so that caches are warm, and then in earnest; and at last runs the INCs
; alone. What AX lacks of 48 tells which were executed. The answer is left in a byte at 2000:0, by bits (16, 32), kind,
; OFFSET and DISTANCE (STRING has none): low half the run in earnest, high half the INCs alone; 1 if the new instruction
; was executed.

        cpu     486
        bits    16
        org     0x7C00

CODE            equ 0x2000
ELSEWHERE       equ 0x3000
ANSWERS         equ 0x2000      ; segment
INCS            equ 48
OFFSETS         equ 16
DISTANCES       equ 40
STEP            equ 4

; Kinds; but for PLAIN only every fourth distance is tried. In STRING REP STOSB goes over 40 INCs, and the answer is
; how many of them were new.
PLAIN           equ 0
JUMP            equ 1           ; a jump to the next instruction behind the store
COLD            equ 2           ; nothing in the cache
STRING          equ 3
KINDS           equ 4

        cli
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, 0x7C00
        cld
        mov     eax, cr0
        and     eax, 0x9FFFFFFF ; cache on
        mov     cr0, eax
.trial:
        cmp     byte [kind], STRING
        je      .string
        call    build
        call    execute         ; warm
        mov     ax, [target]
        mov     bx, [store]
        mov     [bx], ax
        cmp     byte [kind], COLD
        jne     .warm
        wbinvd
.warm:
        mov     word [start], CODE
        call    execute
        push    ax
        mov     ax, [alone]
        mov     [start], ax
        call    execute
        shl     al, 4
        pop     bx
        or      al, bl
        jmp     .answer
.string:
        call    build_string
        mov     cx, 0
        call    CODE            ; warm
        mov     di, [target]
        mov     cx, DISTANCES   ; INCs to go over
        mov     ax, 0x48
        call    CODE
        sub     al, 0x48
        call    lack
.answer:
        mov     bx, ANSWERS
        mov     es, bx
        mov     bx, [answer]
        mov     [es:bx], al
        inc     word [answer]
        xor     bx, bx
        mov     es, bx

        cmp     byte [kind], STRING
        je      .next_offset
        inc     byte [distance]
        cmp     byte [kind], PLAIN
        je      .next
        add     byte [distance], STEP - 1
        add     word [answer], STEP - 1
.next:
        cmp     byte [distance], DISTANCES
        jbe     .trial
.next_offset:
        mov     byte [distance], 1
        inc     byte [offset]
        cmp     byte [offset], OFFSETS
        jb      .trial
        mov     byte [offset], 0
        inc     byte [kind]
        cmp     byte [kind], KINDS
        jb      .trial
        mov     byte [kind], 0
        add     byte [bits_], 16
        cmp     byte [bits_], 32
        jbe     .trial
        mov     al, 0
        out     0xF4, al
        hlt

; The code for the trial; the store goes elsewhere.
build:
        mov     di, CODE
        call    put_nops
        mov     ax, 0x06C6      ; mov byte [ELSEWHERE], 48h
        cmp     byte [bits_], 16
        je      .opcode
        mov     ax, 0x05C6
.opcode:
        stosw
        mov     [store], di
        mov     ax, ELSEWHERE
        stosw
        cmp     byte [bits_], 16
        je      .byte
        xor     ax, ax
        stosw
.byte:
        mov     al, 0x48
        stosb
        mov     ax, di
        add     al, [distance]
        adc     ah, 0
        dec     ax
        mov     [target], ax
        cmp     byte [kind], JUMP
        jne     put_incs
        mov     ax, 0x00EB
        stosw
        inc     word [target]
        inc     word [target]
put_incs:
        mov     [alone], di
        mov     al, 0x40
        mov     cx, INCS
        rep     stosb
        mov     al, 0xC3
        stosb
        mov     word [start], CODE
        ret
put_nops:
        mov     al, 0x90
        movzx   cx, byte [offset]
        add     cx, 16
        rep     stosb
        ret

build_string:
        mov     di, CODE
        call    put_nops
        mov     ax, 0xAAF3      ; rep stosb
        stosw
        mov     [target], di
        jmp     put_incs

; Calls [start] in the processor's mode for the trial, AX = 0. Returns in AX how many of INCS were new.
execute:
        cmp     byte [bits_], 16
        jne     execute_32
        xor     ax, ax
        call    [start]
lack:
        neg     ax
        add     ax, INCS
        and     ax, 0xFF
        shr     ax, 1
        ret

execute_32:
        lgdt    [gdtr]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     8:.protected
        bits    32
.protected:
        mov     ax, 16
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        movzx   esp, sp
        xor     eax, eax
        call    [start]
        jmp     24:.leave
        bits    16
.leave:
        mov     bx, 32
        mov     ds, bx
        mov     es, bx
        mov     ss, bx
        mov     ebx, cr0
        and     bl, 0xFE
        mov     cr0, ebx
        jmp     0:.real
.real:
        xor     bx, bx
        mov     ds, bx
        mov     es, bx
        mov     ss, bx
        jmp     lack

        align   8
gdt:    dq      0, 0x00CF9B000000FFFF, 0x00CF93000000FFFF, 0x00009B000000FFFF, 0x000093000000FFFF
gdtr:   dw      39
        dd      gdt
start:          dd 0
target:         dw 0            ; of the store
store:          dw 0            ; where its address is
alone:          dw 0            ; the first INC
answer:         dw 0
bits_:          db 16
kind:           db PLAIN
offset:         db 0
distance:       db 1
