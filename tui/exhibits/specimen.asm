; Exhibit a: a boot sector that behaves as the boot viruses of its time did in memory, and does nothing else. It goes
; resident by lowering the word at 0:413h, hooks INT 13h, then loads the disk's own boot sector and passes control on.
;
; It contains no code that writes to a disk, the hook only looks at requests and passes them on: it cannot replicate.
        bits 16
        org 0x7C00

RESIDENT_KB equ 1

start:  cli
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 0x7C00
        sti
        cld
        push dx
take_memory:
        mov ax, [0x413]                 ; base memory in KB
        sub ax, RESIDENT_KB
        mov [0x413], ax
        shl ax, 6
        mov es, ax                      ; segment of our new place
move_up:
        mov si, 0x7C00
        xor di, di
        mov cx, 256
        rep movsw
hook_int13:
        mov eax, [0x13 * 4]
        mov [es:old_int13 - start], eax
        cli
        mov word [0x13 * 4], int13 - start
        mov [0x13 * 4 + 2], es
        sti
        push es
        push word resident - start
        retf

; From here on in the resident copy. Loads the disk's boot sector to 0:7C00 and jumps there, as if we had not been.
resident:
        xor ax, ax
        mov es, ax
        pop dx
        push dx
        mov ax, 0x0201
        mov bx, 0x7C00
        mov cx, 1
        mov dh, 0
        int 0x13
        pop dx
        jmp 0:0x7C00

; The hook: on March 6 it shows its hand at the first read, then never again.
int13:  cmp ah, 2
        jne .pass
        cmp byte [cs:shown - start], 0
        jne .pass
        pushad
        push ds
        push cs
        pop ds
        mov ah, 4
        int 0x1A
        jc .not_today
        cmp dx, 0x0306
        jne .not_today
        mov byte [shown - start], 1
        mov si, hand - start
.print: lodsb
        test al, al
        jz .wait
        mov ah, 0x0E
        mov bx, 7
        int 0x10
        jmp .print
.wait:  xor ax, ax
        int 0x16
.not_today:
        pop ds
        popad
.pass:  jmp far [cs:old_int13 - start]

old_int13: dd 0
shown:  db 0
hand:   db 13, 10, "March 6. The real one would overwrite your disk now.", 13, 10
        db "This specimen only shows its hand. Press a key.", 0
        times 510 - ($ - $$) db 0
        dw 0xAA55
