; The protected mode entries of INT 10h AX=4F0Ah: called near, with the registers of functions 05h, 07h and 09h, in a
; 32-bit segment with leave to use the ports. The code knows no address of its own.

vbe_32:
        dw      .window - vbe_32, .start - vbe_32, .palette - vbe_32, .ports - vbe_32

        bits    32

; AX = register AL; register AL = DX.
.read:
        push    edx
        mov     dx, SVGA_INDEX
        movzx   eax, al
        out     dx, ax
        inc     edx
        in      ax, dx
        pop     edx
        ret
.write:
        push    eax
        push    edx
        mov     dx, SVGA_INDEX
        movzx   eax, al
        out     dx, ax
        inc     edx
        mov     eax, [esp]
        out     dx, ax
        pop     edx
        pop     eax
        ret

; Function 05h: BX, DX.
.window:
        cmp     bx, 0x0100
        ja      .failed
        cmp     bl, 0
        jne     .failed
        mov     al, SVGA_ENABLE
        call    .read
        test    al, SVGA_ENABLED
        jz      .failed
        test    al, SVGA_LINEAR
        jnz     .not_now
        mov     al, SVGA_BANK
        test    bh, bh
        jnz     .window_get
        call    .write
        call    .read
        cmp     ax, dx
        jne     .failed
        jmp     .done
.window_get:
        call    .read
        mov     dx, ax
.done:
        mov     ax, VBE_DONE
        ret
.failed:
        mov     ax, VBE_FAILED
        ret
.not_now:
        mov     ax, VBE_NOT_NOW
        ret

; Function 07h: BL=00h, or 80h in the retrace; DX:CX = address in units of 4 bytes (of a byte in planes).
.start:
        test    bl, 0x7F
        jnz     .failed
        pushad
        test    bl, bl
        jns     .start_now
        mov     dx, 0x3DA
.in_retrace:
        in      al, dx
        test    al, 8
        jnz     .in_retrace
.before:
        in      al, dx
        test    al, 8
        jz      .before
.start_now:
        mov     edx, [esp + 20]
        shl     edx, 16
        mov     dx, cx
        mov     al, SVGA_ENABLE
        call    .read
        test    al, SVGA_ENABLED
        jz      .start_vga
        mov     edi, edx
        shl     edi, 2
        mov     al, SVGA_DEPTH
        call    .read
        movzx   ebx, al
        add     ebx, 7
        shr     ebx, 3
        mov     al, SVGA_VIRTUAL_WIDTH
        call    .read
        movzx   ecx, ax
        imul    ecx, ebx
        mov     eax, edi
        xor     edx, edx
        div     ecx                     ; EAX = line
        mov     ecx, eax
        mov     eax, edx
        xor     edx, edx
        div     ebx
        mov     edx, eax
        mov     al, SVGA_X
        call    .write
        mov     edx, ecx
        mov     al, SVGA_Y
        call    .write
        popad
        jmp     .done
.start_vga:
        mov     ecx, edx
        mov     dx, 0x3D4
        mov     al, 0x0C
        mov     ah, ch
        out     dx, ax
        inc     eax
        mov     ah, cl
        out     dx, ax
        popad
        jmp     .done

; Function 09h: BL=00h or 80h, CX colours from DX on, at ES:EDI.
.palette:
        test    bl, 0x7F
        jnz     .failed
        pushad
        mov     eax, edx
        mov     dx, 0x3C8
        out     dx, al
        inc     edx
        movzx   ecx, cx
        jecxz   .palette_done
.colour:
        mov     al, [es:edi + 2]
        out     dx, al
        mov     al, [es:edi + 1]
        out     dx, al
        mov     al, [es:edi]
        out     dx, al
        add     edi, 4
        loop    .colour
.palette_done:
        popad
        jmp     .done

        bits    16

; Ports that are used, and memory: none.
.ports:
        dw      0x1CE, 0x1CF, 0x1D0, 0x3C8, 0x3C9, 0x3D4, 0x3D5, 0x3DA, 0xFFFF, 0xFFFF
vbe_32_end:
