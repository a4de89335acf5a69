; Exhibit c: the calibrated delay loop that stopped working when CPUs became fast. Counts how often a loop runs in one
; timer tick (54.9 ms) and divides by the number of delay units in a tick; the quotient has 16 bits, so a CPU that runs
; the loop more than 65535 * UNITS times in a tick raises a divide error.
%include "layout.inc"
        bits 16
        org 0

UNITS   equ 5                           ; delays of 11 ms: right for a 25 MHz 486, too small for a faster one

start:  mov ax, cs
        mov ds, ax
        xor ax, ax
        mov es, ax
        mov [old_stack], sp
        mov si, counting
        call print
        mov eax, [es:0]                 ; take INT 0, so that the failure can be told
        mov [old_int0], eax
        mov word [es:0], divide_error
        mov [es:2], cs

calibrate:
        mov bx, [es:0x46C]              ; wait for a tick to begin
.edge:  cmp bx, [es:0x46C]
        je .edge
        mov bx, [es:0x46C]
        xor ax, ax
        xor dx, dx
count:  add ax, 1
        adc dx, 0
        cmp bx, [es:0x46C]
        je count
        mov [loops], ax
        mov [loops + 2], dx
        mov cx, UNITS
divide: div cx
        mov [unit], ax

        mov si, loops_text
        call print_count
        mov si, unit_text
        call print
        movzx eax, word [unit]
        call print_decimal
        mov si, works
        call print
finish: mov eax, [old_int0]
        mov [es:0], eax
        retf

; The handler of the divide error: tells, and ends the program as Turbo Pascal's did.
divide_error:
        mov sp, [old_stack]
        mov ax, cs
        mov ds, ax
        xor ax, ax
        mov es, ax
        sti
        mov si, failed
        call print
        mov si, loops_text
        call print_count
        mov si, too_many
        call print
        jmp finish

print_count:
        call print
        mov eax, [loops]
print_decimal:
        mov ebx, 10
        xor cx, cx
.digit: xor edx, edx
        div ebx
        push dx
        inc cx
        test eax, eax
        jnz .digit
.put:   pop ax
        add al, '0'
        mov ah, 0x0E
        mov bx, 7
        int 0x10
        loop .put
        ret

print:  lodsb
        test al, al
        jz .end
        mov ah, 0x0E
        mov bx, 7
        int 0x10
        jmp print
.end:   ret

counting:   db 13, 10, "   Calibrating the delay loop...", 13, 10, 0
failed:     db 13, 10, "   Runtime error 200: division overflow.", 13, 10, 0
loops_text: db 13, 10, "   Loops in one timer tick:  ", 0
unit_text:  db 13, 10, "   Loops in one delay unit:  ", 0
works:      db 13, 10, "   The delay works on this machine.", 13, 10, 0
too_many:   db 13, 10, "   That is more than this program was written for.", 13, 10, 0
        align 4
loops:      dd 0
old_int0:   dd 0
old_stack:  dw 0
unit:       dw 0
        times EXHIBIT_SECTORS * 512 - ($ - $$) db 0
