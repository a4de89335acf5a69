; INT 10h AH=11h: fonts. Text modes take glyphs from plane 2, 32 bytes a character, eight blocks of 256 characters.

; AL by tens: 0x load, 1x load and adapt the number of rows, 2x graphics modes' font, 30 where the fonts are.
int10_font:
        mov     ah, al
        and     ah, 0x0F
        cmp     al, 0x30
        je      font_information
        cmp     al, 0x20
        jae     font_graphics
        cmp     ah, 4
        ja      .done
        cmp     ah, 3
        je      font_select_block
        call    font_choose
        call    font_load
        test    frame_al, 0x10
        jz      .done
        jmp     font_adapt_rows
.done:
        ret

; In: AH = 0 the caller's at ES:BP (BH bytes each, CX characters from DX on), 1 8x14, 2 8x8, 4 8x16; BL block. Out:
; ES:SI glyphs, BH height, CX, DX.
font_choose:
        mov     si, frame_bp
        test    ah, ah
        jz      .done
        push    cs
        pop     es
        mov     cx, 256
        xor     dx, dx
        mov     bh, 14
        mov     si, font_8x14
        cmp     ah, 1
        je      .done
        mov     bh, 8
        mov     si, font_8x8
        cmp     ah, 2
        je      .done
        mov     bh, 16
        mov     si, font_8x16
.done:
        ret

; The font of the data area's character height into block BL. Called at mode sets.
font_load_by_height:
        push    es
        push    si
        push    di
        mov     ah, 4
        cmp     byte [BDA_CHARACTER_HEIGHT], 16
        je      .choose
        mov     ah, 1
        cmp     byte [BDA_CHARACTER_HEIGHT], 14
        je      .choose
        mov     ah, 2
.choose:
        call    font_choose
        call    font_load
        mov     ax, 0x0003              ; both character maps: block 0
        call    sequencer_write
        call    cursor_apply_shape
        pop     di
        pop     si
        pop     es
        ret

; Copies CX glyphs of BH bytes from ES:SI to character DX on of block BL.
font_load:
        jcxz    .done
        push    es
        call    font_open_plane
        mov     ax, bx                  ; blocks 0-3 at multiples of 16 KB, 4-7 8 KB behind them
        and     ax, 3
        shl     ax, 14
        test    bl, 4
        jz      .block
        add     ax, 0x2000
.block:
        shl     dx, 5
        add     ax, dx
        mov     di, ax
        push    ds
        push    es
        pop     ds
        mov     ax, 0xA000
        mov     es, ax
        movzx   dx, bh
        cmp     dl, 32
        jbe     .glyph
        mov     dl, 32
.glyph:
        push    cx
        push    di
        mov     cx, dx
        rep     movsb
        pop     di
        pop     cx
        add     di, 32
        loop    .glyph
        pop     ds
        call    font_close_plane
        pop     es
.done:
        ret

; Plane 2 alone, linear at A000; and back to what the mode has.
font_open_plane:
        push    ax
        mov     ax, 0x0100
        call    sequencer_write
        mov     ax, 0x0402
        call    sequencer_write
        mov     ax, 0x0704
        call    sequencer_write
        mov     ax, 0x0300
        call    sequencer_write
        mov     ax, 0x0204
        call    gc_write
        mov     ax, 0x0005
        call    gc_write
        mov     ax, 0x0006
        call    gc_write
        pop     ax
        ret

font_close_plane:
        pusha
        push    fs
        call    mode_current
        call    mode_parameters
        mov     ax, 0x0100
        call    sequencer_write
        mov     al, 2
        mov     ah, [fs:di + PARAMETERS_SEQUENCER + 1]
        call    sequencer_write
        mov     al, 4
        mov     ah, [fs:di + PARAMETERS_SEQUENCER + 3]
        call    sequencer_write
        mov     ax, 0x0300
        call    sequencer_write
        mov     ax, 0x0004
        call    gc_write
        mov     al, 5
        mov     ah, [fs:di + PARAMETERS_GRAPHICS + 5]
        call    gc_write
        mov     al, 6
        mov     ah, [fs:di + PARAMETERS_GRAPHICS + 6]
        call    gc_write
        pop     fs
        popa
        ret

; AL=03h: BL = blocks of the characters with attribute bit 3 clear (bits 0, 1, 4) and set (2, 3, 5).
font_select_block:
        mov     ah, bl
        mov     al, 3
        jmp     sequencer_write

; Characters are BH lines high now: as many rows as fit, cursor and page size to match.
font_adapt_rows:
        mov     bl, bh
        mov     bh, 0
        test    bl, bl
        jz      .done
        mov     [BDA_CHARACTER_HEIGHT], bx
        mov     al, 0x09
        call    crtc_read
        and     ah, 0xE0
        dec     bl
        or      ah, bl
        call    crtc_write
        cmp     byte [BDA_VIDEO_MODE], 7
        jne     .colour
        mov     al, 0x14                ; underline in the last line
        mov     ah, bl
        call    crtc_write
.colour:
        inc     bl
        call    font_lines
        xor     dx, dx
        div     bx
        mov     cx, ax                  ; rows
        dec     al
        mov     [BDA_ROWS], al
        mov     ax, cx
        mul     bx
        cmp     byte [BDA_CHARACTER_HEIGHT], 8
        ja      .display_end
        test    byte [BDA_VGA_FLAGS], LINES_200
        jz      .display_end
        add     ax, ax                  ; 200 lines are shown twice
.display_end:
        dec     ax
        mov     ah, al
        mov     al, 0x12                ; vertical display end, low byte; the upper bits stay
        call    crtc_write
        mov     ax, cx
        mul     word [BDA_COLUMNS]
        add     ax, ax
        mov     [BDA_PAGE_SIZE], ax
        jmp     cursor_apply_shape
.done:
        ret

; AX = lines of the text modes.
font_lines:
        mov     ax, 400
        test    byte [BDA_VGA_FLAGS], LINES_400
        jnz     .done
        mov     ax, 200
        test    byte [BDA_VGA_FLAGS], LINES_200
        jnz     .done
        mov     ax, 350
.done:
        ret

; --- Graphics modes ---

; The font of the data area's character height behind INT 43h; the upper half of 8x8 behind INT 1Fh.
font_graphics_by_height:
        push    es
        push    di
        mov     di, font_8x8
        mov     al, [BDA_CHARACTER_HEIGHT]
        cmp     al, 8
        je      .set
        mov     di, font_8x14
        cmp     al, 14
        je      .set
        mov     di, font_8x16
.set:
        push    cs
        pop     es
        mov     al, 0x43
        call    font_set_vector
        mov     di, font_8x8_high
        mov     al, 0x1F
        call    font_set_vector
        pop     di
        pop     es
        ret

; Interrupt AL = ES:DI.
font_set_vector:
        push    ds
        push    bx
        movzx   bx, al
        shl     bx, 2
        push    0
        pop     ds
        mov     [bx], di
        mov     [bx + 2], es
        pop     bx
        pop     ds
        ret

; AL=20h: INT 1Fh = ES:BP. 21h: INT 43h = ES:BP, CX bytes a character; 22h, 23h, 24h: our 8x14, 8x8, 8x16. BL: rows: 0
; in DL, 1 14, 2 25, 3 43.
font_graphics:
        cmp     ah, 4
        ja      .done
        mov     di, frame_bp
        mov     al, 0x1F
        test    ah, ah
        jz      font_set_vector
        mov     al, frame_dl
        test    bl, bl
        jz      .rows
        mov     al, 14
        cmp     bl, 1
        je      .rows
        mov     al, 43
        cmp     bl, 3
        je      .rows
        mov     al, 25
.rows:
        dec     al
        mov     [BDA_ROWS], al
        cmp     ah, 1
        je      .set
        push    cs
        pop     es
        mov     di, font_8x14
        mov     cx, 14
        cmp     ah, 2
        je      .set
        mov     di, font_8x8
        mov     cx, 8
        cmp     ah, 3
        je      .set
        mov     di, font_8x16
        mov     cx, 16
.set:
        mov     [BDA_CHARACTER_HEIGHT], cx
        mov     al, 0x43
        jmp     font_set_vector
.done:
        ret

; AL=30h: ES:BP = font BH: 0 behind INT 1Fh, 1 behind INT 43h, 2 8x14, 3 8x8, 4 its upper half, 5 changes for 9x14, 6
; 8x16, 7 changes for 9x16. CX = lines of a character on the screen, DL = rows less one.
font_information:
        mov     ax, [BDA_CHARACTER_HEIGHT]
        mov     frame_cx, ax
        mov     al, [BDA_ROWS]
        mov     frame_dl, al
        cmp     bh, 7
        ja      .done
        movzx   si, bh
        add     si, si
        mov     ax, [cs:si + .fonts]
        mov     dx, cs
        cmp     bh, 1
        ja      .store
        push    0
        pop     es
        mov     si, ax
        mov     ax, [es:si]
        mov     dx, [es:si + 2]
.store:
        mov     frame_bp, ax
        mov     frame_es, dx
.done:
        ret
.fonts:         dw      0x1F * 4, 0x43 * 4, font_8x14, font_8x8, font_8x8_high, font_9_dots, font_8x16, font_9_dots
