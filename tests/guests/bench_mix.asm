; Real-mode mix: loads, stores, arithmetic, a call, stack, shifts and multiplications.
%include "bench.inc"
        BEGIN
        mov ax, 0x3000
        mov es, ax
        mov ebp, 3000000
        xor bx, bx
.loop:  mov ax, [es:bx]
        add ax, bp
        adc dx, ax
        mov [es:bx], dx
        add bx, 6
        and bx, 0x0FFE
        push ax
        call .work
        pop ax
        test al, 3
        jz .even
        inc si
.even:  lea di, [bx + si + 5]
        cmp di, ax
        setb cl
        dec ebp
        jnz .loop
        jmp done
.work:  imul ax, dx, 7
        shr ax, 2
        xor si, ax
        ret
done:   END_BENCH
