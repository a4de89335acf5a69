; INT 10h in the packed modes of the display interface: pixels, characters and scrolling through the bank at A000. The
; caller's bank is given back. With 256 colours a colour is an index, as in mode 13h; with direct colours it is one of
; the sixteen that text has, and bit 7 means exclusive or.

%define packed_bank     word [bp - 34]  ; that is set
%define packed_saved    word [bp - 36]  ; the caller's
%define packed_depth    byte [bp - 37]
%define packed_bytes    byte [bp - 38]  ; of a pixel
%define packed_line     dword [bp - 42] ; bytes of a line
%define packed_colour   dword [bp - 46]
%define packed_xor      byte [bp - 47]
%define packed_direction byte [bp - 48]
%define packed_left     dword [bp - 52] ; bytes before, and in, a line of the window
%define packed_width    dword [bp - 56]
%define packed_step     dword [bp - 60]
PACKED_BUFFER           equ 128

; Reads what the mode is like. ES = A000.
packed_begin:
        push    eax
        push    edx
        push    0xA000
        pop     es
        mov     al, SVGA_BANK
        call    svga_read
        mov     packed_bank, ax
        mov     packed_saved, ax
        mov     al, SVGA_DEPTH
        call    svga_read
        mov     packed_depth, al
        add     al, 7
        shr     al, 3
        mov     packed_bytes, al
        movzx   edx, al
        mov     al, SVGA_VIRTUAL_WIDTH
        call    svga_read
        movzx   eax, ax
        imul    eax, edx
        mov     packed_line, eax
        pop     edx
        pop     eax
        ret

packed_end:
        push    edi
        mov     di, packed_saved
        shl     edi, 16
        call    packed_select
        pop     edi
        ret

; The bank of address EDI: [ES:DI] is there.
packed_select:
        push    ax
        push    edx
        mov     edx, edi
        shr     edx, 16
        cmp     dx, packed_bank
        je      .done
        mov     packed_bank, dx
        mov     al, SVGA_BANK
        call    svga_write
.done:
        pop     edx
        pop     ax
        ret

; EDI = address of pixel CX of line AX.
packed_address:
        push    eax
        push    ecx
        movzx   edi, ax
        imul    edi, packed_line
        movzx   eax, packed_bytes
        movzx   ecx, cx
        imul    eax, ecx
        add     edi, eax
        pop     ecx
        pop     eax
        ret

; The pixel EAX to address EDI, which moves to the next one; exclusive or if packed_xor says so.
packed_put:
        push    eax
        push    cx
        mov     cl, packed_bytes
.byte:
        call    packed_select
        test    packed_xor, 0x80
        jz      .store
        xor     al, [es:di]
.store:
        mov     [es:di], al
        inc     edi
        shr     eax, 8
        dec     cl
        jnz     .byte
        pop     cx
        pop     eax
        ret

; EAX = pixel at EDI, which moves to the next one.
packed_get:
        push    cx
        xor     eax, eax
        mov     ch, 0
.byte:
        call    packed_select
        push    edx
        movzx   edx, byte [es:di]
        mov     cl, ch
        shl     edx, cl
        or      eax, edx
        pop     edx
        inc     edi
        add     ch, 8
        mov     cl, packed_bytes
        shl     cl, 3
        cmp     ch, cl
        jb      .byte
        pop     cx
        ret

; EAX = pixel of colour AL: an index, or eight, five or six bits each of red, green and blue.
packed_pixel:
        movzx   eax, al
        cmp     packed_depth, 8
        je      .done
        push    bx
        mov     bx, ax
        and     bx, 15
        shl     bx, 2
        mov     eax, [cs:bx + .colours]
        pop     bx
        cmp     packed_depth, 24
        jae     .done
        push    ecx
        push    edx
        mov     ecx, eax
        mov     edx, eax
        shr     al, 3                   ; blue
        movzx   eax, al
        shr     ecx, 19                 ; red
        shr     dh, 2                   ; green
        movzx   edx, dh
        cmp     packed_depth, 15
        je      .of_15
        shl     edx, 5
        shl     ecx, 11
        jmp     .join
.of_15:
        shr     edx, 1
        shl     edx, 5
        shl     ecx, 10
.join:
        or      eax, edx
        or      eax, ecx
        pop     edx
        pop     ecx
.done:
        ret
.colours:
        dd      0x000000, 0x0000AA, 0x00AA00, 0x00AAAA, 0xAA0000, 0xAA00AA, 0xAA5500, 0xAAAAAA
        dd      0x555555, 0x5555FF, 0x55FF55, 0x55FFFF, 0xFF5555, 0xFF55FF, 0xFFFF55, 0xFFFFFF

; packed_colour and packed_xor from colour AL.
packed_set_colour:
        push    eax
        mov     packed_xor, al
        cmp     packed_depth, 8
        jne     .direct
        mov     packed_xor, 0
.direct:
        call    packed_pixel
        mov     packed_colour, eax
        pop     eax
        ret

; --- Pixels ---

; AH=0Ch: AL colour, CX column, DX line.
packed_set_pixel:
        call    packed_begin
        mov     al, frame_al
        call    packed_set_colour
        mov     ax, dx
        call    packed_address
        mov     eax, packed_colour
        call    packed_put
        jmp     packed_end

; AH=0Dh: AL = colour of the pixel; one that is none of the sixteen reads as 0.
packed_get_pixel:
        call    packed_begin
        mov     ax, dx
        call    packed_address
        call    packed_get
        call    packed_end
        cmp     packed_depth, 8
        je      .store
        mov     edx, eax
        mov     cl, 15
.search:
        mov     al, cl
        call    packed_pixel
        cmp     eax, edx
        je      .found
        dec     cl
        jns     .search
        mov     cl, 0
.found:
        mov     al, cl
.store:
        mov     frame_al, al
        ret

; --- Characters ---

; EDI = address of the first pixel of line CH of the cell video_row, video_column.
packed_cell:
        push    ax
        push    cx
        mov     al, video_row
        mul     byte [BDA_CHARACTER_HEIGHT]
        mov     cl, ch
        mov     ch, 0
        add     ax, cx
        movzx   cx, video_column
        shl     cx, 3
        call    packed_address
        pop     cx
        pop     ax
        ret

; AL character, BL colour, BH page, CX times, at the page's cursor. SI = the mode's record.
packed_write:
        xchg    al, bl
        call    packed_begin
        call    packed_set_colour
        mov     al, bl
        mov     bl, bh
        and     bx, 7
        add     bx, bx
        mov     dx, [bx + BDA_CURSORS]
        mov     video_row, dh
        mov     video_column, dl
        call    graphics_glyph
.next:
        mov     al, video_column
        cmp     al, [BDA_COLUMNS]
        jae     packed_end
        push    cx
        mov     ch, 0
.line:
        call    packed_cell
        push    bx
        add     bl, ch
        adc     bh, 0
        mov     ah, [fs:bx]
        pop     bx
        call    packed_glyph_line
        inc     ch
        cmp     ch, [BDA_CHARACTER_HEIGHT]
        jb      .line
        pop     cx
        inc     video_column
        loop    .next
        jmp     packed_end

; Eight pixels at EDI from the bits of AH.
packed_glyph_line:
        push    cx
        mov     cl, 8
        mov     ch, ah
.pixel:
        xor     eax, eax
        shl     ch, 1
        jnc     .put
        mov     eax, packed_colour
.put:
        call    packed_put
        dec     cl
        jnz     .pixel
        pop     cx
        ret

; video_glyph_at = the cell's pixels that are not 0.
packed_read_glyph:
        call    packed_begin
        push    si
        lea     si, video_glyph_at
        mov     ch, 0
.line:
        call    packed_cell
        mov     bx, 0x0008
.pixel:
        call    packed_get
        cmp     eax, 1
        cmc
        rcl     bh, 1
        dec     bl
        jnz     .pixel
        mov     [ss:si], bh
        inc     si
        inc     ch
        cmp     ch, 16
        je      .done
        cmp     ch, [BDA_CHARACTER_HEIGHT]
        jb      .line
.done:
        pop     si
        jmp     packed_end

; --- Scrolling ---

; As int10_scroll: CX upper left, DX lower right, AL rows, AH direction; video_colour fills.
packed_scroll:
        call    packed_begin
        mov     packed_direction, ah
        mov     ah, al
        mov     al, video_colour
        call    packed_set_colour
        mov     packed_xor, 0
        mov     al, ah
        movzx   esi, packed_bytes
        shl     esi, 3                  ; bytes of a cell's line
        movzx   edi, cl
        imul    edi, esi
        mov     packed_left, edi
        sub     dl, cl
        inc     dl
        movzx   edi, dl
        imul    edi, esi
        mov     packed_width, edi
        sub     dh, ch
        inc     dh                      ; rows of the window
        test    al, al
        jz      .all
        cmp     al, dh
        jb      .some
.all:
        mov     al, dh
.some:
        mov     bl, [BDA_CHARACTER_HEIGHT]
        mul     bl
        movzx   esi, ax                 ; ESI = lines to shift by
        mov     al, ch
        mul     bl
        movzx   edi, ax                 ; EDI = first line
        mov     al, dh
        mul     bl
        movzx   ecx, ax                 ; ECX = lines of the window
        mov     edx, packed_line
        cmp     packed_direction, 0
        je      .up
        add     edi, ecx
        dec     edi
        neg     edx
.up:
        mov     packed_step, edx
        imul    edi, packed_line
        add     edi, packed_left        ; EDI = address to write to
        mov     eax, esi
        imul    eax, edx                ; EAX = from there to where to read
        sub     ecx, esi
        jz      .fill
.move:
        call    packed_copy
        add     edi, packed_step
        dec     ecx
        jnz     .move
.fill:
        call    packed_fill
        add     edi, packed_step
        dec     si
        jnz     .fill
        jmp     packed_end

; A line of the window to EDI from EDI + EAX, in pieces that no bank's end cuts.
packed_copy:
        pushad
        lea     esi, [edi + eax]
        mov     ecx, packed_width
        sub     sp, PACKED_BUFFER
        mov     bx, sp
.piece:
        mov     edx, PACKED_BUFFER
        cmp     edx, ecx
        jbe     .from
        mov     edx, ecx
.from:
        mov     eax, esi
        or      eax, 0xFFFF0000
        neg     eax                     ; bytes to the end of the bank
        cmp     edx, eax
        jbe     .to
        mov     edx, eax
.to:
        mov     eax, edi
        or      eax, 0xFFFF0000
        neg     eax
        cmp     edx, eax
        jbe     .copy
        mov     edx, eax
.copy:
        xchg    esi, edi
        call    packed_select
        xchg    esi, edi
        pusha
        push    ds
        push    es
        push    es
        pop     ds
        push    ss
        pop     es
        mov     di, bx
        mov     cx, dx
        rep     movsb
        pop     es
        pop     ds
        popa
        call    packed_select
        pusha
        mov     si, bx
        mov     cx, dx
        rep     ss movsb
        popa
        add     esi, edx
        add     edi, edx
        sub     ecx, edx
        jnz     .piece
        add     sp, PACKED_BUFFER
        popad
        ret

; A line of the window at EDI in packed_colour.
packed_fill:
        pushad
        mov     ecx, packed_width
        mov     eax, packed_colour
        movzx   edx, packed_bytes
        test    eax, eax
        jz      .bytes
        cmp     dl, 1
        je      .bytes
.pixel:
        call    packed_put
        sub     ecx, edx
        jnz     .pixel
        popad
        ret
.bytes:
        mov     edx, edi
        or      edx, 0xFFFF0000
        neg     edx
        cmp     edx, ecx
        jbe     .piece
        mov     edx, ecx
.piece:
        call    packed_select
        pusha
        mov     cx, dx
        rep     stosb
        popa
        add     edi, edx
        sub     ecx, edx
        jnz     .bytes
        popad
        ret
