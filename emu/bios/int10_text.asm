; INT 10h AH=01h-07h: cursor, pages, scrolling. Positions are row (high) and column (low).

; AH=01h: CH first, CL last line of the cursor; bit 5 of CH hides it.
int10_cursor_shape:
        mov     [BDA_CURSOR_SHAPE], cx
cursor_apply_shape:
        mov     cx, [BDA_CURSOR_SHAPE]
        test    byte [BDA_VIDEO_CONTROL], NO_CURSOR_EMULATION
        jnz     .write
        call    cursor_emulate
.write:
        mov     al, 0x0A
        mov     ah, ch
        call    crtc_write
        inc     al
        mov     ah, cl
        jmp     crtc_write

; Programs give the lines of a CGA's 8-line character. Lines of its lower half keep their distance from the bottom, a
; cursor that starts in the upper half becomes a block.
cursor_emulate:
        mov     al, [BDA_CHARACTER_HEIGHT]
        cmp     al, 8
        jbe     .done
        test    ch, 0x20
        jnz     .done
        cmp     cl, 8
        jae     .done
        cmp     ch, cl
        ja      .done
        mov     ah, al
        sub     ah, 9
        cmp     ch, 4
        jb      .block
        add     ch, ah
        add     cl, ah
        ret
.block:
        add     cl, ah
        cmp     cl, ah
        jb      .done
        inc     cl
.done:
        ret

; AH=02h: BH page, DH row, DL column.
int10_set_cursor:
        mov     bl, bh
        and     bx, 7
        mov     al, bl
        add     bx, bx
        mov     [bx + BDA_CURSORS], dx
        cmp     al, [BDA_PAGE]
        jne     .done
        call    cursor_apply_place
.done:
        ret

; Moves the hardware cursor to where the shown page's cursor is.
cursor_apply_place:
        movzx   bx, byte [BDA_PAGE]
        add     bx, bx
        mov     dx, [bx + BDA_CURSORS]
        mov     al, dh
        mul     byte [BDA_COLUMNS]
        mov     dh, 0
        add     ax, dx
        mov     dx, [BDA_PAGE_START]
        shr     dx, 1
        add     dx, ax
        mov     al, 0x0E
        mov     ah, dh
        call    crtc_write
        inc     al
        mov     ah, dl
        jmp     crtc_write

; AH=03h: BH page: CX shape, DX place.
int10_get_cursor:
        mov     bl, bh
        and     bx, 7
        add     bx, bx
        mov     ax, [bx + BDA_CURSORS]
        mov     frame_dx, ax
        mov     ax, [BDA_CURSOR_SHAPE]
        mov     frame_cx, ax
        mov     frame_ax, 0
        ret

; AH=04h: no light pen.
int10_light_pen:
        mov     frame_ah, 0
        ret

; AH=05h: shows page AL.
int10_set_page:
        and     al, 7
        mov     [BDA_PAGE], al
        mov     ah, 0
        mul     word [BDA_PAGE_SIZE]
        mov     [BDA_PAGE_START], ax
        call    mode_current
        cmp     byte [cs:si + MODE_KIND], KIND_PLANAR
        jae     .bytes
        shr     ax, 1                   ; the CRTC counts words here
.bytes:
        mov     dx, ax
        mov     al, 0x0C
        mov     ah, dh
        call    crtc_write
        inc     al
        mov     ah, dl
        call    crtc_write
        jmp     cursor_apply_place

; AH=06h, 07h: scrolls the window CX (upper left) to DX (lower right) by AL lines, 0 clears it; BH = attribute of new
; lines.
int10_scroll_up:
        mov     ah, 0
        jmp     int10_scroll
int10_scroll_down:
        mov     ah, 1

; AH = direction, the rest as above. The shown page.
int10_scroll:
        mov     video_colour, bh
        cmp     dh, [BDA_ROWS]
        jbe     .rows_fit
        mov     dh, [BDA_ROWS]
.rows_fit:
        cmp     dl, [BDA_COLUMNS]
        jb      .columns_fit
        mov     dl, [BDA_COLUMNS]
        dec     dl
.columns_fit:
        cmp     cl, dl
        ja      .nothing
        cmp     ch, dh
        ja      .nothing
        call    mode_current
        cmp     byte [cs:si + MODE_KIND], KIND_TEXT
        jne     graphics_scroll
        mov     es, [cs:si + MODE_SEGMENT]
        mov     bl, dh                  ; BL = lines of the window
        sub     bl, ch
        inc     bl
        test    al, al
        jz      .clear
        cmp     al, bl
        jb      .shift
.clear:
        mov     al, bl
.shift:
        sub     dl, cl
        inc     dl                      ; DL = columns of the window
        test    ah, ah
        jz      .from_top
        mov     ch, dh                  ; downwards: begin with the last line
.from_top:
        mov     bh, al                  ; BH = lines to shift by
        push    ax
        mov     al, ch
        mul     byte [BDA_COLUMNS]
        mov     ch, 0
        add     ax, cx
        add     ax, ax
        add     ax, [BDA_PAGE_START]
        mov     di, ax                  ; ES:DI = first line to write
        mov     al, bh
        mul     byte [BDA_COLUMNS]
        add     ax, ax                  ; bytes from a line to the one it comes from
        mov     si, ax
        mov     ax, [BDA_COLUMNS]
        add     ax, ax                  ; bytes to the next line
        pop     cx
        test    ch, ch
        jz      .step
        neg     ax
        neg     si
.step:
        sub     bl, bh                  ; lines to move
        movzx   cx, dl
        jz      .fill
.move:
        push    cx
        push    si
        push    di
        add     si, di
        rep     es movsw
        pop     di
        pop     si
        pop     cx
        add     di, ax
        dec     bl
        jnz     .move
.fill:
        mov     bl, bh
        mov     dx, ax
        mov     ah, video_colour
        mov     al, ' '
.fill_line:
        push    cx
        push    di
        rep     stosw
        pop     di
        pop     cx
        add     di, dx
        dec     bl
        jnz     .fill_line
.nothing:
        ret
