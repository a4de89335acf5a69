; What DOS programs live on: software interrupts, port reads and writes, segment loads.
%include "bench.inc"
        BEGIN
        mov word [0x61 * 4], .handler
        mov word [0x61 * 4 + 2], 0
        mov ebp, 300000
.loop:  int 0x61
        in al, 0x61
        out 0x80, al
        mov dx, 0x3DA
        in al, dx
        push es
        mov ax, 0xB800
        mov es, ax
        pop es
        dec ebp
        jnz .loop
        jmp done
.handler:
        inc si
        iret
done:   END_BENCH
