; INT 10h AX=4F06h-4F0Ah: how long lines are, what of the video memory the picture shows, the DAC and its palette, and the
; entries for protected mode. The display interface, the modes and the other functions are in int10_vbe.asm.

; AL=06h: length of a line: BL=00h set in pixels, 02h in bytes (CX); 01h get; 03h the longest.
vbe_scan_line:
        cmp     bl, 3
        ja      vbe_failed
        mov     dl, bl
        call    vbe_packed
        jc      vbe_scan_line_vga
        cmp     dl, 1
        je      .report
        cmp     dl, 3
        je      .longest
        cmp     dl, 2
        movzx   eax, cx
        jne     .pixels
        add     eax, ebx                ; bytes: the next whole pixel
        dec     eax
        xor     edx, edx
        div     ebx
.pixels:
        mov     edx, eax
        mov     al, SVGA_WIDTH
        call    svga_read
        cmp     ax, dx
        jbe     .wide_enough
        mov     dx, ax
.wide_enough:
        call    .most
        cmp     edx, eax
        ja      vbe_not_here
        mov     al, SVGA_VIRTUAL_WIDTH
        call    svga_write
.report:
        mov     al, SVGA_VIRTUAL_HEIGHT
        call    svga_read
        mov     frame_dx, ax
        mov     al, SVGA_VIRTUAL_WIDTH
        call    svga_read
.store:
        mov     frame_cx, ax
        movzx   eax, ax
        imul    eax, ebx
        mov     frame_bx, ax
        ret
.longest:
        mov     al, SVGA_HEIGHT
        call    svga_read
        mov     frame_dx, ax
        call    .most
        jmp     .store
; EAX = pixels of the longest line that leaves room for all lines and whose bytes a word holds.
.most:
        push    ecx
        push    edx
        mov     al, SVGA_HEIGHT
        call    svga_read
        movzx   ecx, ax
        call    vbe_memory
        xor     edx, edx
        div     ecx
        cmp     eax, 0xFFF8
        jbe     .in_word
        mov     eax, 0xFFF8
.in_word:
        xor     edx, edx
        div     ebx
        pop     edx
        pop     ecx
        ret

; The same for text and planes, where the CRTC counts 16 pixels. Only in modes of eight dots a character.
vbe_scan_line_vga:
        call    vbe_check_vga
        jc      vbe_failed
        cmp     dl, 1
        je      .report
        cmp     dl, 3
        je      .longest
        cmp     dl, 2
        mov     ax, cx
        jne     .pixels
        shl     ax, 3                   ; a byte of a plane, or two for a character
        cmp     byte [cs:si + MODE_KIND], KIND_TEXT
        jne     .pixels
        shr     ax, 1
.pixels:
        cmp     byte [cs:si + MODE_KIND], KIND_TEXT
        jne     .round
        test    al, 7
        jnz     vbe_failed
.round:
        cmp     ax, 255 * 16
        ja      vbe_not_here
        add     ax, 15
        shr     ax, 4
        mov     dx, [BDA_COLUMNS]
        shr     dx, 1
        cmp     ax, dx
        jae     .set
        mov     ax, dx
.set:
        mov     ah, al
        mov     al, 0x13
        call    crtc_write
.report:
        mov     al, 0x13
        call    crtc_read
        mov     al, ah
.store:
        movzx   cx, al
        shl     cx, 4
        mov     frame_cx, cx
        shr     cx, 3
        call    .lines
        cmp     byte [cs:si + MODE_KIND], KIND_TEXT
        jne     .bytes
        add     cx, cx
.bytes:
        mov     frame_bx, cx
        ret
.longest:
        mov     al, 255
        jmp     .store
; DX of the caller = lines in 64 KB of planes or in 16 K characters, CX bytes or characters each.
.lines:
        mov     eax, 0x10000
        cmp     byte [cs:si + MODE_KIND], KIND_TEXT
        jne     .divide
        mov     eax, 0x4000
.divide:
        xor     edx, edx
        movzx   ecx, cx
        div     ecx
        cmp     byte [cs:si + MODE_KIND], KIND_TEXT
        jne     .count
        mul     word [BDA_CHARACTER_HEIGHT]
.count:
        mov     frame_dx, ax
        ret

; SI = the mode's record; CF if it is neither text of eight dots nor planes.
vbe_check_vga:
        call    mode_current
        cmp     byte [cs:si + MODE_KIND], KIND_PLANAR
        je      .yes
        cmp     byte [cs:si + MODE_KIND], KIND_TEXT
        jne     .no
        cmp     byte [BDA_VIDEO_MODE], 7
        ja      .yes
.no:
        stc
        ret
.yes:
        clc
        ret

; AL=07h: where the picture begins: BL=00h set to pixel CX of line DX, 80h in the retrace, 01h get.
vbe_display_start:
        test    bh, bh
        jnz     vbe_failed
        mov     ax, bx
        call    vbe_packed
        jc      vbe_display_start_vga
        cmp     al, 1
        je      .get
        test    al, 0x7F
        jnz     vbe_failed
        mov     ah, al
        mov     al, SVGA_VIRTUAL_WIDTH
        mov     bl, SVGA_WIDTH
        call    .room
        cmp     cx, si
        ja      vbe_failed
        mov     al, SVGA_VIRTUAL_HEIGHT
        mov     bl, SVGA_HEIGHT
        call    .room
        cmp     dx, si
        ja      vbe_failed
        test    ah, 0x80
        jz      .set
        call    vbe_wait_retrace
.set:
        mov     al, SVGA_Y
        call    svga_write
        mov     dx, cx
        mov     al, SVGA_X
        jmp     svga_write
; SI = register AL less register BL. Keeps AH.
.room:
        push    ax
        call    svga_read
        mov     si, ax
        mov     al, bl
        call    svga_read
        sub     si, ax
        pop     ax
        ret
.get:
        mov     al, SVGA_X
        call    svga_read
        mov     frame_cx, ax
        mov     al, SVGA_Y
        call    svga_read
        mov     frame_dx, ax
        mov     frame_bh, 0
        ret

; The same with the CRTC's start address and the pixel panning register.
vbe_display_start_vga:
        mov     bl, al
        call    vbe_check_vga
        jc      vbe_failed
        mov     al, 0x13
        call    crtc_read
        movzx   di, ah
        add     di, di                  ; DI = bytes or characters of a line
        cmp     bl, 1
        je      .get
        test    bl, 0x7F
        jnz     vbe_failed
        mov     ax, dx
        cmp     byte [cs:si + MODE_KIND], KIND_TEXT
        jne     .line
        test    cl, 7
        jnz     vbe_failed
        xor     dx, dx
        div     word [BDA_CHARACTER_HEIGHT]
        test    dx, dx
        jnz     vbe_failed
.line:
        mul     di
        test    dx, dx
        jnz     vbe_failed
        mov     dx, cx
        shr     dx, 3
        add     dx, ax
        jc      vbe_failed
        test    bl, 0x80
        jz      .set
        call    vbe_wait_retrace
.set:
        mov     al, 0x0C
        mov     ah, dh
        call    crtc_write
        inc     al
        mov     ah, dl
        call    crtc_write
        mov     al, 0x13
        mov     ah, cl
        and     ah, 7
        jmp     attribute_write
.get:
        mov     al, 0x13
        call    attribute_read
        mov     bl, ah
        mov     al, 0x0C
        call    crtc_read
        mov     dh, ah
        inc     al
        call    crtc_read
        mov     dl, ah
        mov     ax, dx
        xor     dx, dx
        div     di
        shl     dx, 3
        and     bx, 7
        add     dx, bx
        mov     frame_cx, dx
        cmp     byte [cs:si + MODE_KIND], KIND_TEXT
        jne     .got
        mul     word [BDA_CHARACTER_HEIGHT]
.got:
        mov     frame_dx, ax
        mov     frame_bh, 0
        ret

; Returns when a vertical retrace begins.
vbe_wait_retrace:
        push    ax
        push    dx
        mov     dx, [BDA_CRTC_PORT]
        add     dx, 6
.in_retrace:
        in      al, dx
        test    al, 8
        jnz     .in_retrace
.before:
        in      al, dx
        test    al, 8
        jz      .before
        pop     dx
        pop     ax
        ret

; AL=08h: BL=00h: the DAC gets BH bits a colour; 01h: how many it has: BH.
vbe_dac_width:
        cmp     bl, 1
        ja      vbe_failed
        mov     dx, bx
        call    vbe_packed
        jc      .palette
        cmp     bl, 1
        ja      vbe_not_now             ; no palette in use
.palette:
        mov     al, SVGA_ENABLE
        call    svga_read
        test    dl, dl
        jnz     .report
        cmp     dh, 6
        jb      vbe_not_here
        and     al, ~SVGA_DAC_8_BITS & 0xFF
        cmp     dh, 8
        jb      .set
        or      al, SVGA_DAC_8_BITS
.set:
        mov     dx, ax
        or      dl, KEEP_MEMORY
        mov     ah, al
        mov     al, SVGA_ENABLE
        call    svga_write
        mov     al, ah
.report:
        and     al, SVGA_DAC_8_BITS
        shr     al, 4
        add     al, 6
        mov     frame_bh, al
        ret

; AL=09h: CX colours from DX on, at ES:DI: blue, green, red and a byte of nothing each. BL=00h set, 80h in the retrace,
; 01h get; 02h, 03h: there is no second palette.
vbe_palette:
        cmp     bl, 3
        jbe     .exists
        cmp     bl, 0x80
        jne     vbe_failed
        call    vbe_wait_retrace
        mov     bl, 0
.exists:
        cmp     bl, 2
        jae     vbe_not_here
        cmp     cx, 256
        ja      vbe_failed
        cmp     dx, 256
        jae     vbe_failed
        mov     ax, dx
        add     ax, cx
        cmp     ax, 256
        ja      vbe_failed
        jcxz    .done
        mov     al, dl
        mov     dx, 0x3C8
        test    bl, bl
        jz      .index
        dec     dx
.index:
        out     dx, al
        mov     dx, 0x3C9
        test    bl, bl
        jnz     .get
.set:
        mov     eax, [es:di]
        add     di, 4
        ror     eax, 16
        out     dx, al
        rol     eax, 8
        out     dx, al
        rol     eax, 8
        out     dx, al
        loop    .set
.done:
        ret
.get:
        xor     eax, eax
        in      al, dx
        shl     eax, 8
        in      al, dx
        shl     eax, 8
        in      al, dx
        stosd
        loop    .get
        ret

; AL=0Ah: ES:DI = table of 32-bit entries, CX its length with the code that may be copied.
vbe_protected_mode:
        test    bl, bl
        jnz     vbe_failed
        mov     frame_es, cs
        mov     frame_di, vbe_32
        mov     frame_cx, vbe_32_end - vbe_32
        ret

%include "int10_vbe32.asm"
