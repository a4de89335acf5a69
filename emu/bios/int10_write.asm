; INT 10h AH=08h-0Ah, 0Eh and 13h: characters. In graphics modes they are drawn (int10_graphics.asm).

; ES:DI = character cell at the cursor of page BL, SI = the mode's record. Text modes only.
text_cell:
        push    ax
        push    bx
        push    dx
        mov     es, [cs:si + MODE_SEGMENT]
        and     bx, 7
        mov     ax, [BDA_PAGE_SIZE]
        mul     bx
        mov     di, ax
        add     bx, bx
        mov     dx, [bx + BDA_CURSORS]
        mov     al, dh
        mul     byte [BDA_COLUMNS]
        mov     dh, 0
        add     ax, dx
        add     ax, ax
        add     di, ax
        pop     dx
        pop     bx
        pop     ax
        ret

; AH=08h: AL character, AH attribute at the cursor of page BH.
int10_read:
        call    mode_current
        mov     bl, bh
        cmp     byte [cs:si + MODE_KIND], KIND_TEXT
        jne     graphics_read
        call    text_cell
        mov     ax, [es:di]
        mov     frame_ax, ax
        ret

; AH=09h: CX times character AL with attribute BL at the cursor of page BH. The cursor stays.
int10_write:
        call    mode_current
        cmp     byte [cs:si + MODE_KIND], KIND_TEXT
        jne     graphics_write
        mov     ah, bl
        mov     bl, bh
        call    text_cell
        rep     stosw
        ret

; AH=0Ah: the same, keeping attributes.
int10_write_character:
        call    mode_current
        cmp     byte [cs:si + MODE_KIND], KIND_TEXT
        jne     graphics_write
        mov     bl, bh
        call    text_cell
        jcxz    .done
.next:
        stosb
        inc     di
        loop    .next
.done:
        ret

; AH=0Eh: AL character, BL colour in graphics modes. Writes on the shown page and moves the cursor.
int10_teletype:
        mov     bh, [BDA_PAGE]
        mov     ah, 0                   ; no attribute

; AL character, AH = 1: BL attribute in text modes too; BH page. Keeps CX, DX, SI, DI and BX.
teletype_character:
        push    bx
        push    cx
        push    dx
        push    si
        push    di
        push    es
        cmp     al, 7
        je      .bell
        movzx   si, bh
        and     si, 7
        add     si, si
        mov     dx, [si + BDA_CURSORS]
        cmp     al, 8
        je      .backspace
        cmp     al, 10
        je      .line_feed
        cmp     al, 13
        je      .return
        push    bx
        push    dx
        mov     cx, 1
        test    ah, ah
        jnz     .attribute
        call    int10_write_character
        jmp     .written
.attribute:
        call    int10_write
.written:
        pop     dx
        pop     bx
        inc     dl
        cmp     dl, [BDA_COLUMNS]
        jb      .place
        mov     dl, 0
.line_feed:
        inc     dh
        cmp     dh, [BDA_ROWS]
        jbe     .place
        dec     dh
        call    .set
        call    teletype_scroll
        jmp     .done
.backspace:
        test    dl, dl
        jz      .done
        dec     dl
        jmp     .place
.return:
        mov     dl, 0
        jmp     .place
.bell:
        call    teletype_bell
        jmp     .done
.place:
        call    .set
.done:
        pop     es
        pop     di
        pop     si
        pop     dx
        pop     cx
        pop     bx
        ret
.set:
        push    bx
        push    dx
        call    int10_set_cursor
        pop     dx
        pop     bx
        ret

; Scrolls the screen up by a line. New text takes the attribute under the cursor.
teletype_scroll:
        call    mode_current
        mov     ah, 0
        cmp     byte [cs:si + MODE_KIND], KIND_TEXT
        jne     .graphics
        mov     bl, [BDA_PAGE]
        call    text_cell
        mov     ah, [es:di + 1]
.graphics:
        mov     bh, ah
        xor     cx, cx
        mov     dh, [BDA_ROWS]
        mov     dl, [BDA_COLUMNS]
        dec     dl
        mov     ax, 0x0001
        jmp     int10_scroll

; 900 Hz for a fifth of a second, timed by the memory refresh (bit 4 of port 61h toggles every 15 us).
teletype_bell:
        push    ax
        push    cx
        mov     al, 0xB6
        out     0x43, al
        mov     ax, 1326
        out     0x42, al
        mov     al, ah
        out     0x42, al
        in      al, 0x61
        push    ax
        or      al, 0x03
        out     0x61, al
        mov     cx, 13200
        mov     ah, al
.period:
        push    cx
        mov     cx, 2000                ; should the bit be stuck
.poll:
        in      al, 0x61
        xor     al, ah
        test    al, 0x10
        loopz   .poll
        pop     cx
        xor     ah, 0x10
        loop    .period
        pop     ax
        out     0x61, al
        pop     cx
        pop     ax
        ret

; AH=13h: CX characters at ES:BP, from DX on page BH. AL bit 1: attributes between them; else BL; bit 0: the cursor
; stays behind the text. The caller's BP is the string's offset.
int10_string:
        jcxz    .done
        mov     si, bx
        shr     si, 8
        and     si, 7
        add     si, si
        push    word [si + BDA_CURSORS]
        push    si
        push    bx
        push    cx
        call    int10_set_cursor
        pop     cx
        pop     bx
        mov     si, frame_bp
.next:
        mov     al, [es:si]
        inc     si
        test    frame_al, 2
        jz      .attribute
        mov     bl, [es:si]
        inc     si
.attribute:
        mov     ah, 1
        call    teletype_character
        loop    .next
        pop     si
        pop     dx
        test    frame_al, 1
        jnz     .done
        mov     bh, frame_bh
        call    int10_set_cursor
.done:
        ret
