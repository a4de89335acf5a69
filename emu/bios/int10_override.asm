; What a program may lay down behind the pointer at 40:A8 for the mode sets to come (IBM PS/2 BIOS Interface Technical
; Reference, INT 10h, save pointer tables): an area where the palette is noted down, fonts for text and for graphics,
; and in the second table a second font for text and a profile of the palette. Each has a list of the modes it is meant
; for, ended by FFh.

SAVE_PALETTE            equ 4           ; far pointers in the first table; 0: none
SAVE_TEXT_FONT          equ 8
SAVE_GRAPHICS_FONT      equ 12
SAVE_SECOND             equ 16
SECOND_TEXT_FONT        equ 6           ; in the second one
SECOND_PALETTE          equ 10

TEXT_FONT_MODES         equ 11          ; height, block, count (word), first (word), font, rows
GRAPHICS_FONT_MODES     equ 7           ; rows, height (word), font
SECOND_FONT_MODES       equ 7           ; height, block, reserved, font
PALETTE_MODES           equ 20          ; underline, 3 reserved; count, first, palette; count, first, DAC

; ES:BX = what the pointer at offset AX of the first table leads to, of the second one. ZF if there is nothing.
override_first:
        les     bx, [BDA_SAVE_POINTER]
        jmp     override_follow
override_second:
        push    ax
        mov     ax, SAVE_SECOND
        call    override_first
        pop     ax
        jz      override_none
override_follow:
        add     bx, ax
        les     bx, [es:bx]
        push    ax
        mov     ax, es
        or      ax, bx
        pop     ax
override_none:
        ret

; ZF if the mode that is being set is in the list at ES:BX + AX.
override_listed:
        push    ax
        push    bx
        add     bx, ax
        mov     al, [BDA_VIDEO_MODE]
.next:
        cmp     [es:bx], al
        je      .done
        cmp     byte [es:bx], 0xFF
        lea     bx, [bx + 1]
        jne     .next
        test    bx, bx                  ; not found: no ZF, unless the list ends a segment
.done:
        pop     bx
        pop     ax
        ret

; Palette register AL (10h and 11h: the overscan) became AH.
override_note:
        push    es
        push    bx
        push    ax
        mov     ax, SAVE_PALETTE
        call    override_first
        pop     ax
        jz      .done
        push    ax
        cmp     al, 0x11
        jne     .place
        mov     al, 0x10
.place:
        cmp     al, 0x10
        ja      .left
        add     bl, al
        adc     bh, 0
        mov     [es:bx], ah
.left:
        pop     ax
.done:
        pop     bx
        pop     es
        ret

; Notes down the palette of the mode with the parameters FS:DI.
override_note_mode:
        mov     al, 0
.next:
        mov     bx, di
        add     bl, al
        adc     bh, 0
        mov     ah, [fs:bx + PARAMETERS_ATTRIBUTE]
        call    override_note
        inc     al
        cmp     al, 0x12
        jb      .next
        ret

; A text mode was set: the fonts that were laid down for it. Keeps FS, SI, DI.
override_text:
        push    si
        push    di
        mov     ax, SAVE_TEXT_FONT
        call    override_first
        jz      .second
        mov     ax, TEXT_FONT_MODES
        call    override_listed
        jne     .second
        push    word [es:bx + 10]       ; rows
        mov     ax, [es:bx]             ; height, block
        mov     cx, [es:bx + 2]
        mov     dx, [es:bx + 4]
        les     si, [es:bx + 6]
        mov     bl, ah
        mov     bh, al
        push    bx
        call    font_load
        pop     bx
        call    font_adapt_rows
        pop     ax
        cmp     al, 0xFF
        je      .second
        dec     al
        mov     [BDA_ROWS], al
.second:
        mov     ax, SECOND_TEXT_FONT
        call    override_second
        jz      .done
        mov     ax, SECOND_FONT_MODES
        call    override_listed
        jne     .done
        mov     ax, [es:bx]
        les     si, [es:bx + 3]
        mov     bl, ah
        mov     bh, al
        mov     cx, 256
        xor     dx, dx
        push    bx
        call    font_load
        pop     bx
        mov     ah, bl                  ; characters with attribute bit 3 take it
        and     bl, 4
        and     ah, 3
        shl     ah, 2
        shl     bl, 3
        or      ah, bl
        mov     al, 3
        call    sequencer_write
.done:
        pop     di
        pop     si
        ret

; The same for graphics modes.
override_graphics:
        push    di
        mov     ax, SAVE_GRAPHICS_FONT
        call    override_first
        jz      .done
        mov     ax, GRAPHICS_FONT_MODES
        call    override_listed
        jne     .done
        mov     al, [es:bx]
        dec     al
        mov     [BDA_ROWS], al
        mov     ax, [es:bx + 1]
        mov     [BDA_CHARACTER_HEIGHT], ax
        les     di, [es:bx + 3]
        mov     al, 0x43
        call    font_set_vector
.done:
        pop     di
        ret

; The profile of the palette, in any mode. Keeps SI, DI.
override_palette:
        mov     ax, SECOND_PALETTE
        call    override_second
        jz      .done
        mov     ax, PALETTE_MODES
        call    override_listed
        jne     .done
        push    si
        push    di
        mov     ah, [BDA_CHARACTER_HEIGHT]
        dec     ah
        cmp     byte [es:bx], 0
        jg      .underline
        je      .palette
        mov     ah, 0x1F                ; in no line
.underline:
        mov     al, 0x14
        call    crtc_write
.palette:
        mov     cx, [es:bx + 4]
        jcxz    .dac
        mov     al, [es:bx + 6]
        push    es
        les     si, [es:bx + 8]
.register:
        mov     ah, [es:si]
        inc     si
        call    attribute_write
        call    override_note
        inc     al
        loop    .register
        pop     es
.dac:
        mov     cx, [es:bx + 12]
        mov     al, [es:bx + 14]
        les     dx, [es:bx + 16]
        mov     bl, al
        call    dac_set_block
        pop     di
        pop     si
.done:
        ret
