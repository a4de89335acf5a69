; Mode 7: monochrome text at B0000 with the CRTC at 3B4h; all attributes, underlined where bits 2-0 are 1 and bits 6-4
; are 0, the cursor off.
%include "picture.inc"

picture:
        mode    0x07
        mov     ah, 0x01
        mov     cx, 0x2000
        int     0x10
        push    0xB000
        pop     es
        xor     di, di
        mov     cx, 0
.attribute:
        mov     al, 'A'
        mov     ah, cl
        and     ah, 0x7F                ; no blinking
        stosw
        mov     al, 0xC4
        stosw
        inc     cl
        test    cl, 0x0F
        jnz     .attribute
        add     di, 160 - 64
        test    cl, cl
        jnz     .attribute
        mov     si, .text
        mov     di, 160 * 20
        mov     ah, 0x01
.print:
        lodsb
        stosw
        test    al, al
        jnz     .print
        mov     dx, 0x3BA               ; the status is there, too
        call    wait_retrace
        ret
.text:          db      "Underlined by attribute 01h", 0
        picture_end
