; An adapter's ROM, for tests/emu/bios/test_boot.c: says on port E9h where it is called, tries to write to itself, and
; takes INT 19h to say so before it passes it on. It keeps no register but the stack.

        bits    16
        org     0

        db      0x55, 0xAA, 4
        jmp     short init
        times   16 - ($ - $$) db 0
ours:   db      'R'

init:
        mov     al, [cs:ours]
        mov     byte [cs:ours], 'W'     ; read-only
        cmp     al, [cs:ours]
        mov     al, 'r'
        jne     .written
        mov     al, 'R'
.written:
        out     0xE9, al
        mov     ax, cs
        mov     al, ah
        out     0xE9, al                ; C8h, D0h, ...
        xor     ax, ax
        mov     ds, ax
        call    slot
        mov     eax, [0x19 * 4]
        mov     [bx], eax
        mov     word [0x19 * 4], int19
        mov     [0x19 * 4 + 2], cs
        xor     ebx, ebx
        mov     ecx, ebx
        mov     edx, ebx
        mov     esi, ebx
        mov     edi, ebx
        mov     ebp, ebx
        mov     es, bx
        retf

int19:
        mov     al, 'B'
        out     0xE9, al
        xor     ax, ax
        mov     ds, ax
        call    slot
        jmp     far [bx]

; BX = one of the vectors that are free for users, by our place: what we cannot keep in the ROM.
slot:
        mov     bx, cs
        shr     bx, 7
        and     bx, 7
        shl     bx, 2
        add     bx, 0x60 * 4
        ret

        times   4 * 512 - 1 - ($ - $$) db 0
        db      0                       ; the test makes the sum right, or wrong
