; INT 10h in graphics modes: pixels (AH=0Ch, 0Dh), characters and scrolling. A mode's kind says how its memory is laid
; out: two interleaved banks of lines as on a CGA (80 bytes a line), four planes behind one address, or a byte a pixel.

; Restores what drawing changes in the graphics controller.
planar_restore:
        push    ax
        mov     ax, 0x0001              ; no set/reset
        call    gc_write
        mov     ax, 0x0003              ; replace
        call    gc_write
        mov     ax, 0x0005              ; write mode 0, read mode 0
        call    gc_write
        mov     ax, 0xFF08
        call    gc_write
        pop     ax
        ret

; video_page = offset of page BL.
graphics_page:
        push    ax
        push    dx
        movzx   ax, bl
        and     ax, 7
        mul     word [BDA_PAGE_SIZE]
        cmp     byte [cs:si + MODE_KIND], KIND_PLANAR
        je      .store
        xor     ax, ax                  ; the others have one page
.store:
        mov     video_page, ax
        pop     dx
        pop     ax
        ret

; DI = offset of line AX. SI = the mode's record.
graphics_line:
        push    ax
        push    dx
        mov     dl, [cs:si + MODE_KIND]
        cmp     dl, KIND_CGA
        je      .cga
        cmp     dl, KIND_LINEAR
        je      .linear
        mul     word [BDA_COLUMNS]
        add     ax, video_page
        mov     di, ax
        jmp     .done
.linear:
        mov     dx, 320
        mul     dx
        mov     di, ax
        jmp     .done
.cga:
        mov     di, ax
        and     di, 1
        shl     di, 13
        shr     ax, 1
        mov     dx, 80
        mul     dx
        add     di, ax
.done:
        pop     dx
        pop     ax
        ret

; --- Pixels ---

; In: CX column, DX line, BH page. Out: ES:DI = byte, CL = bits to the pixel's right in it (not for KIND_LINEAR), SI =
; the mode's record. ZF in text modes.
graphics_pixel:
        call    mode_current
        mov     bl, bh
        call    graphics_page
        mov     es, [cs:si + MODE_SEGMENT]
        mov     ax, dx
        call    graphics_line
        mov     ax, cx
        mov     cl, [cs:si + MODE_KIND]
        cmp     cl, KIND_LINEAR
        je      .linear
        cmp     cl, KIND_CGA
        jne     .one_bit
        cmp     byte [BDA_VIDEO_MODE], 6
        je      .one_bit
        mov     cl, al
        shr     ax, 2
        add     di, ax
        not     cl
        and     cl, 3
        add     cl, cl
        jmp     .done
.one_bit:
        mov     cl, al
        shr     ax, 3
        add     di, ax
        not     cl
        and     cl, 7
        jmp     .done
.linear:
        add     di, ax
.done:
        cmp     byte [cs:si + MODE_KIND], KIND_TEXT
        ret

; AH=0Ch: AL colour, bit 7: exclusive or (not with 256 colours).
int10_set_pixel:
        call    mode_current
        cmp     byte [cs:si + MODE_KIND], KIND_PACKED
        je      packed_set_pixel
        call    graphics_pixel
        jz      .done
        mov     al, frame_al
        mov     ch, [cs:si + MODE_KIND]
        cmp     ch, KIND_LINEAR
        je      .linear
        cmp     ch, KIND_PLANAR
        je      .planar
        mov     ah, 3
        cmp     byte [BDA_VIDEO_MODE], 6
        jne     .mask
        mov     ah, 1
.mask:
        mov     bl, al
        and     al, ah
        shl     al, cl
        shl     ah, cl
        test    bl, 0x80
        jnz     .xor
        not     ah
        and     ah, [es:di]
        or      al, ah
        mov     [es:di], al
        ret
.xor:
        xor     [es:di], al
        ret
.linear:
        mov     [es:di], al
.done:
        ret
.planar:
        mov     bl, al
        mov     ah, 1
        shl     ah, cl
        mov     al, 8                   ; bit mask
        call    gc_write
        mov     ax, 0x0205              ; write mode 2: the byte is the colour
        call    gc_write
        test    bl, 0x80
        jz      .replace
        mov     ax, 0x1803              ; exclusive or
        call    gc_write
.replace:
        mov     al, [es:di]             ; fills the latches
        mov     [es:di], bl
        jmp     planar_restore

; AH=0Dh: AL = colour of the pixel.
int10_get_pixel:
        call    mode_current
        cmp     byte [cs:si + MODE_KIND], KIND_PACKED
        je      packed_get_pixel
        call    graphics_pixel
        jz      .done
        mov     ch, [cs:si + MODE_KIND]
        mov     al, [es:di]
        cmp     ch, KIND_LINEAR
        je      .store
        cmp     ch, KIND_PLANAR
        je      .planar
        shr     al, cl
        mov     ah, 3
        cmp     byte [BDA_VIDEO_MODE], 6
        jne     .mask
        mov     ah, 1
.mask:
        and     al, ah
.store:
        mov     frame_al, al
.done:
        ret
.planar:
        mov     bx, 0x0300              ; plane, colour
.plane:
        mov     ah, bh
        mov     al, 4                   ; read map
        call    gc_write
        mov     al, [es:di]
        shr     al, cl
        and     al, 1
        add     bl, bl
        or      bl, al
        dec     bh
        jns     .plane
        mov     ax, 0x0004
        call    gc_write
        mov     frame_al, bl
        ret

; --- Characters ---

; FS:BX = glyph of character AL. In the CGA's modes the upper 128 are found through INT 1Fh, all others through INT 43h.
graphics_glyph:
        push    ax
        push    si
        mov     bl, [cs:si + MODE_KIND]
        xor     si, si
        mov     fs, si
        cmp     bl, KIND_CGA
        jne     .all
        test    al, 0x80
        jz      .all
        and     al, 0x7F
        lfs     si, [fs:0x1F * 4]
        jmp     .found
.all:
        lfs     si, [fs:0x43 * 4]
.found:
        mul     byte [BDA_CHARACTER_HEIGHT]
        add     si, ax
        mov     bx, si
        pop     si
        pop     ax
        ret

; Line of the cell's first pixels -> AX; its left byte's distance from the line's start -> CX.
graphics_cell:
        mov     al, video_column
        mul     byte [cs:si + MODE_COLUMN_BYTES]
        mov     cx, ax
        mov     al, video_row
        mul     byte [BDA_CHARACTER_HEIGHT]
        ret

; AL character, BL colour (bit 7: exclusive or), BH page, CX times, at the page's cursor. SI = the mode's record.
graphics_write:
        jcxz    .done
        cmp     byte [cs:si + MODE_KIND], KIND_PACKED
        je      packed_write
        mov     video_colour, bl
        mov     bl, bh
        call    graphics_page
        and     bx, 7
        add     bx, bx
        mov     dx, [bx + BDA_CURSORS]
        mov     video_row, dh
        mov     video_column, dl
        mov     es, [cs:si + MODE_SEGMENT]
        call    graphics_glyph
.next:
        mov     al, video_column
        cmp     al, [BDA_COLUMNS]
        jae     .end
        push    bx
        push    cx
        call    graphics_character
        pop     cx
        pop     bx
        inc     video_column
        loop    .next
.end:
        cmp     byte [cs:si + MODE_KIND], KIND_PLANAR
        je      planar_restore
.done:
        ret

; Draws the glyph at FS:BX into the cell video_row, video_column.
graphics_character:
        call    graphics_cell
        mov     dl, [BDA_CHARACTER_HEIGHT]
        mov     video_lines, dl
.line:
        call    graphics_line
        add     di, cx
        push    ax
        mov     al, [fs:bx]
        inc     bx
        mov     dl, [cs:si + MODE_KIND]
        cmp     dl, KIND_PLANAR
        je      .planar
        cmp     dl, KIND_LINEAR
        je      .linear
        mov     dl, video_colour
        cmp     byte [BDA_VIDEO_MODE], 6
        je      .one_bit
        call    graphics_two_bits
        test    dl, 0x80
        jz      .store
        xor     ax, [es:di]
.store:
        mov     [es:di], ax
        jmp     .next
.one_bit:
        test    dl, 0x80
        jz      .store_byte
        xor     al, [es:di]
.store_byte:
        mov     [es:di], al
        jmp     .next
.linear:
        call    graphics_line_linear
        jmp     .next
.planar:
        call    graphics_line_planar
.next:
        pop     ax
        inc     ax
        dec     video_lines
        jnz     .line
        ret

; AX = the eight pixels of AL, two bits each, in colour DL; left pixel in the upper bits of the first byte.
graphics_two_bits:
        push    bx
        push    cx
        and     dl, 0x83
        mov     ah, al
        mov     cx, 8
        xor     bx, bx
.pixel:
        shl     bx, 2
        shl     ah, 1
        jnc     .background
        mov     al, dl
        and     al, 3
        or      bl, al
.background:
        loop    .pixel
        mov     ax, bx
        xchg    al, ah
        pop     cx
        pop     bx
        ret

; Eight bytes at ES:DI from the bits of AL.
graphics_line_linear:
        push    cx
        mov     ah, al
        mov     cx, 8
.pixel:
        shl     ah, 1
        sbb     al, al
        and     al, video_colour
        stosb
        loop    .pixel
        pop     cx
        ret

; The bits of AL at ES:DI in video_colour, the others in colour 0; or only the former, by exclusive or.
graphics_line_planar:
        push    dx
        mov     dl, al
        mov     ax, 0x0205              ; write mode 2: the byte is the colour
        call    gc_write
        test    video_colour, 0x80
        jz      .replace
        mov     ax, 0x1803              ; exclusive or
        call    gc_write
        jmp     .foreground
.replace:
        mov     ah, dl
        not     ah
        mov     al, 8
        call    gc_write
        mov     al, [es:di]
        mov     byte [es:di], 0
.foreground:
        mov     ah, dl
        mov     al, 8
        call    gc_write
        mov     al, [es:di]             ; fills the latches
        mov     al, video_colour
        mov     [es:di], al
        pop     dx
        ret

; AH=08h in graphics modes: AL = character whose glyph is at the cursor of page BL, 0 if there is none such.
graphics_read:
        call    graphics_page
        and     bx, 7
        add     bx, bx
        mov     dx, [bx + BDA_CURSORS]
        mov     video_row, dh
        mov     video_column, dl
        mov     es, [cs:si + MODE_SEGMENT]
        call    graphics_read_glyph
        push    ss
        pop     es
        mov     al, 0
.compare:
        call    graphics_glyph
        push    si
        lea     di, video_glyph_at
        movzx   cx, byte [BDA_CHARACTER_HEIGHT]
        mov     si, bx
        repe    fs cmpsb
        pop     si
        je      .found
        inc     al
        jnz     .compare
.found:
        mov     frame_al, al
        ret

; video_glyph_at = the cell's pixels that are not colour 0.
graphics_read_glyph:
        cmp     byte [cs:si + MODE_KIND], KIND_PACKED
        je      packed_read_glyph
        call    graphics_cell
        mov     bx, 0
.line:
        call    graphics_line
        add     di, cx
        push    ax
        push    bx
        call    graphics_read_line
        pop     bx
        push    di
        lea     di, video_glyph_at
        mov     [ss:bx + di], al
        pop     di
        pop     ax
        inc     ax
        inc     bx
        cmp     bl, [BDA_CHARACTER_HEIGHT]
        jae     .done
        cmp     bl, 16
        jb      .line
.done:
        ret

; AL = eight pixels at ES:DI, a bit each.
graphics_read_line:
        push    cx
        mov     cx, 8
        mov     dl, [cs:si + MODE_KIND]
        cmp     dl, KIND_PLANAR
        je      .planar
        cmp     dl, KIND_LINEAR
        je      .linear
        mov     al, [es:di]
        cmp     byte [BDA_VIDEO_MODE], 6
        je      .done
        mov     bx, [es:di]
        xchg    bl, bh
.two_bits:
        rol     bx, 2
        test    bl, 3
        setnz   dl
        shl     al, 1
        or      al, dl
        loop    .two_bits
        jmp     .done
.linear:
        cmp     byte [es:di], 0
        setnz   dl
        shl     al, 1
        or      al, dl
        inc     di
        loop    .linear
        jmp     .done
.planar:
        mov     bx, 0x0300
.plane:
        mov     ah, bh
        mov     al, 4
        call    gc_write
        or      bl, [es:di]
        dec     bh
        jns     .plane
        mov     ax, 0x0004
        call    gc_write
        mov     al, bl
.done:
        pop     cx
        ret

; --- Scrolling ---

; As int10_scroll: CX upper left, DX lower right, AL lines, AH direction; video_colour fills. SI = the mode's record.
graphics_scroll:
        cmp     byte [cs:si + MODE_KIND], KIND_PACKED
        je      packed_scroll
        mov     bl, [BDA_PAGE]
        call    graphics_page
        mov     es, [cs:si + MODE_SEGMENT]
        sub     dh, ch
        inc     dh                      ; rows of the window
        test    al, al
        jz      .clear
        cmp     al, dh
        jb      .shift
.clear:
        mov     al, dh
.shift:
        mov     scroll_step, 1
        mov     bl, ah                  ; direction
        mul     byte [BDA_CHARACTER_HEIGHT]
        mov     scroll_shift, ax
        sub     dl, cl
        inc     dl
        mov     al, dl
        mul     byte [cs:si + MODE_COLUMN_BYTES]
        mov     scroll_width, ax
        mov     al, cl
        mul     byte [cs:si + MODE_COLUMN_BYTES]
        mov     scroll_left, ax
        mov     al, dh
        mul     byte [BDA_CHARACTER_HEIGHT]
        xchg    ax, dx                  ; DX = lines of the window
        mov     al, ch
        mul     byte [BDA_CHARACTER_HEIGHT]     ; AX = line to write
        mov     di, scroll_shift        ; DI = line to read
        test    bl, bl
        jz      .up
        add     ax, dx
        dec     ax
        neg     scroll_step
        neg     di
.up:
        add     di, ax
        mov     cx, dx
        sub     cx, scroll_shift
        jz      .fill
        call    graphics_move_lines
.fill:
        call    graphics_fill_lines
        cmp     byte [cs:si + MODE_KIND], KIND_PLANAR
        je      planar_restore
        ret

; Copies CX lines, the first from DI to AX. Out: AX = line after the last that was written.
graphics_move_lines:
        cmp     byte [cs:si + MODE_KIND], KIND_PLANAR
        jne     .line
        push    ax
        mov     ax, 0x0105              ; write mode 1: all planes through the latches
        call    gc_write
        pop     ax
.line:
        push    cx
        push    si
        push    di
        push    ax
        mov     ax, di
        call    graphics_line
        mov     cx, di
        pop     ax
        call    graphics_line
        mov     si, cx
        add     si, scroll_left
        add     di, scroll_left
        mov     cx, scroll_width
        rep     es movsb
        pop     di
        pop     si
        pop     cx
        add     ax, scroll_step
        add     di, scroll_step
        loop    .line
        ret

; Fills scroll_shift lines, from AX on, with video_colour.
graphics_fill_lines:
        push    ax
        mov     al, video_colour
        cmp     byte [cs:si + MODE_KIND], KIND_CGA
        je      .cga
        cmp     byte [cs:si + MODE_KIND], KIND_PLANAR
        jne     .pattern
        mov     ax, 0x0205              ; write mode 2: the byte is the colour
        call    gc_write
        mov     al, video_colour
        jmp     .pattern
.cga:
        cmp     byte [BDA_VIDEO_MODE], 6
        je      .one_bit
        and     al, 3
        mov     ah, 0x55                ; four pixels
        mul     ah
        jmp     .pattern
.one_bit:
        and     al, 1
        neg     al
.pattern:
        mov     dl, al
        pop     ax
        mov     bx, scroll_shift
.line:
        call    graphics_line
        add     di, scroll_left
        mov     cx, scroll_width
        push    ax
        mov     al, dl
        rep     stosb
        pop     ax
        add     ax, scroll_step
        dec     bx
        jnz     .line
        ret
