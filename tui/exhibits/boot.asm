; The exhibit disk's boot sector: loads the menu, which lies on the rest of the first track, and starts it.
%include "layout.inc"
        bits 16
        org 0x7C00

start:  cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7C00
        sti
        cld
        mov [drive], dl
        mov di, 3                       ; tries
.read:  mov ax, 0x0200 + MENU_SECTORS
        mov bx, MENU_ADDRESS
        mov cx, 0x0002                  ; cylinder 0, sector 2
        mov dh, 0
        mov dl, [drive]
        int 0x13
        jnc .loaded
        xor ax, ax
        int 0x13
        dec di
        jnz .read
        mov si, failed
.print: lodsb
        test al, al
        jz .stop
        mov ah, 0x0E
        mov bx, 7
        int 0x10
        jmp .print
.stop:  hlt
        jmp .stop
.loaded:
        mov dl, [drive]
        jmp 0:MENU_ADDRESS

drive:  db 0
failed: db "The exhibit menu cannot be read.", 13, 10, 0
        times 510 - ($ - $$) db 0
        dw 0xAA55
