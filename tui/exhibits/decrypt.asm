; Exhibit b: decrypts itself in place. pack.c encrypts the bytes between `body` and `body_end` (their offsets stand in
; the words at 4 and 6) when it puts the disk together. The key is rotated and mixed with the plain byte at each step,
; so that nothing behind can be read before everything in front of it has been.
%include "layout.inc"
        bits 16
        org 0

FIRST_KEY equ 0x5A                      ; known to pack.c

        jmp start
        align 4, db 0
        dw body, body_end

start:  mov ax, cs
        mov ds, ax
        mov [old_stack], sp
        mov [old_stack + 2], ss
        cli
        mov ss, ax
        mov sp, stack_top               ; beside the code on purpose
        sti
        mov si, body
        mov cx, body_end - body
        mov dl, FIRST_KEY
decrypt:
        mov al, [si]
        xor al, dl
        mov [si], al
        rol dl, 1
        add dl, al
        push dx                         ; the stack lies in the page that is being decrypted
        pop dx
        inc si
        loop decrypt

body:   cld
        mov si, message
.print: lodsb
        test al, al
        jz .end
        mov ah, 0x0E
        mov bx, 7
        int 0x10
        jmp .print
.end:   cli
        mov sp, [old_stack]
        mov ss, [old_stack + 2]
        sti
        retf
message:
        db 13, 10, "   Decrypted: the text that you read and the code that printed it", 13, 10
        db "   did not exist in this form when the program was started.", 13, 10, 0
body_end:

        align 2
old_stack: dw 0, 0
        times 256 dw 0                  ; room for the BIOS and for interrupts
stack_top:
        times EXHIBIT_SECTORS * 512 - ($ - $$) db 0
