; String instructions, repeated and single, with overlapping segments and odd addresses.
%include "bench.inc"
        BEGIN
        mov ax, 0x3000
        mov ds, ax
        mov ax, 0x4000
        mov es, ax
        cld
        mov ebp, 200
.loop:  xor si, si
        mov di, 1
        mov cx, 16000
        rep movsw
        mov di, 3
        mov cx, 8000
        mov eax, ebp
        rep stosd
        xor si, si
        xor di, di
        mov cx, 4000
.byte:  lodsb
        xor al, 0x55
        stosb
        loop .byte
        mov al, 0xFF
        xor di, di
        mov cx, 8000
        repne scasb
        dec ebp
        jnz .loop
        END_BENCH
