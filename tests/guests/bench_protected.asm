; 32-bit protected mode with paging: pointer chasing, tables, calls with frames.
%include "bench.inc"
        BEGIN
        cli
        lgdt [gdtr]
        mov ax, 0x8000                  ; page directory at 80000h, one table behind it
        mov es, ax
        mov dword [es:0], 0x81007
        mov di, 0x1000
        mov eax, 7
        mov cx, 1024
.page:  mov [es:di], eax
        add di, 4
        add eax, 4096
        loop .page
        mov eax, 0x80000
        mov cr3, eax
        mov eax, cr0
        or eax, 0x80000001
        mov cr0, eax
        jmp 8:main32
        bits 32
main32: mov ax, 16
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, 0x70000
        mov ebp, 300000
.loop:  mov ecx, 8
.inner: push ecx
        call step
        add esp, 4
        dec ecx
        jnz .inner
        dec ebp
        jnz .loop
        jmp done
step:   push ebp
        mov ebp, esp
        mov eax, [ebp + 8]
        imul eax, eax, 68
        mov edx, [0x90000 + eax * 4]
        add edx, eax
        mov [0x90000 + eax * 4 + 8], edx
        movzx ebx, dl
        add [0x98000 + ebx * 2], bx
        leave
        ret
        align 8
gdt:    dq 0, 0x00CF9A000000FFFF, 0x00CF92000000FFFF
gdtr:   dw 23
        dd gdt
done:   END_BENCH
