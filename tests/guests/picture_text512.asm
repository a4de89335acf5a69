; 512 characters: attribute bit 3 chooses the second font, the first one upside down in character map 5.
%include "picture.inc"

picture:
        mode    0x03
        mov     ah, 0x01
        mov     cx, 0x2000
        int     0x10
        sequencer 2, 0x04               ; font memory
        sequencer 4, 0x07
        graphics 4, 0x02
        graphics 5, 0x00
        graphics 6, 0x04
        push    0xA000
        pop     es
        xor     si, si
.character:
        lea     di, [si + 0x6000 + 15]  ; map 5
        mov     cx, 16
.line:
        es lodsb
        mov     [es:di], al
        dec     di
        loop    .line
        add     si, 16
        cmp     si, 0x2000
        jb      .character
        sequencer 2, 0x03
        sequencer 4, 0x03
        graphics 4, 0x00
        graphics 5, 0x10
        graphics 6, 0x0E
        sequencer 3, 0x24               ; bit 3 set: map 5, clear: map 0
        push    0xB800
        pop     es
        mov     bx, 2000
        call    letters
        ret
letters_columns:        dw      80
%include "picture_text.inc"
        picture_end
