; VESA mode 112h, linear: 640x480 in 24 bits, drawn from 32-bit code: a pixel's red, green and blue grow with its
; column, its line and both.
%include "picture.inc"

picture:
        in      al, 0x92                ; address line 20
        or      al, 2
        out     0x92, al
        mov     ax, 0x4F02
        mov     bx, 0x4112
        int     0x10
        cli
        lgdt    [gdt]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     dword 0x08:wide
        bits    32
wide:
        mov     eax, 0x10
        mov     es, eax
        mov     edi, 0xE0000000
        xor     edx, edx                ; line
.line:
        xor     ecx, ecx                ; column
.pixel:
        lea     eax, [ecx + edx]
        shr     eax, 3
        stosb
        mov     eax, edx
        shr     eax, 1
        stosb
        mov     eax, ecx
        shr     eax, 2
        stosb
        inc     ecx
        cmp     ecx, 640
        jb      .pixel
        inc     edx
        cmp     edx, 480
        jb      .line
        jmp     0x18:narrow
        bits    16
narrow:
        mov     ax, 0x20
        mov     es, ax
        mov     eax, cr0
        and     al, 0xFE
        mov     cr0, eax
        jmp     0:real
real:
        xor     ax, ax
        mov     es, ax
        sti
        ret

gdt:
        dw      39
        dd      gdt
        dw      0
        dd      0x0000FFFF, 0x00CF9B00
        dd      0x0000FFFF, 0x00CF9300
        dd      0x0000FFFF, 0x00009B00
        dd      0x0000FFFF, 0x00009300
        picture_end
