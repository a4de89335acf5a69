; INT 10h AH=0Bh and 10h: palettes.

; AH=0Bh: BH=0: border (in text) or background and border (in graphics) BL; BH=1: which of a CGA's two palettes.
int10_cga_palette:
        test    bh, bh
        jnz     .palette
        mov     al, [BDA_CGA_COLOUR]
        and     al, 0xE0
        mov     ah, bl
        and     ah, 0x1F
        or      al, ah
        mov     [BDA_CGA_COLOUR], al
        mov     ah, bl
        and     ah, 0x08                ; bright colours lie at 10h in the palette
        add     ah, ah
        mov     al, bl
        and     al, 0x07
        or      ah, al
        mov     al, 0x11                ; overscan
        call    attribute_write
        cmp     byte [BDA_VIDEO_MODE], 3
        jbe     .done
        mov     al, 0
        call    attribute_write
        jmp     .foreground
.palette:
        and     byte [BDA_CGA_COLOUR], 0xDF
        test    bl, 1
        jz      .foreground
        or      byte [BDA_CGA_COLOUR], 0x20
.foreground:
        mov     ah, [BDA_CGA_COLOUR]    ; bit 5: cyan, magenta, white; bit 4: bright
        mov     bl, ah
        and     bl, 0x10
        and     ah, 0x20
        shr     ah, 5
        or      ah, 0x02
        or      ah, bl
        mov     al, 1
.next:
        call    attribute_write
        add     ah, 2
        inc     al
        cmp     al, 4
        jb      .next
.done:
        ret

; AH=10h: by AL.
int10_palette:
        cmp     al, PALETTE_FUNCTIONS
        jae     .done
        movzx   si, al
        add     si, si
        jmp     [cs:si + .table]
.done:
        ret
.table:
        dw      palette_set, palette_set_overscan, palette_set_all, palette_blink       ; 00
        dw      int10_none, int10_none, int10_none, palette_get                         ; 04
        dw      palette_get_overscan, palette_get_all, int10_none, int10_none           ; 08
        dw      int10_none, int10_none, int10_none, int10_none                          ; 0C
        dw      dac_set, int10_none, dac_set_block, dac_page                            ; 10
        dw      int10_none, dac_get, int10_none, dac_get_block                          ; 14
        dw      dac_set_mask, dac_get_mask, dac_get_page, dac_grey                      ; 18
PALETTE_FUNCTIONS       equ ($ - .table) / 2

; AL=00h: register BL = BH. AL=01h: overscan = BH.
palette_set_overscan:
        mov     bl, 0x11
palette_set:
        cmp     bl, 0x14
        ja      .done
        mov     al, bl
        mov     ah, bh
        call    override_note
        jmp     attribute_write
.done:
        ret

; AL=02h: 16 registers and overscan from ES:DX.
palette_set_all:
        mov     si, dx
        mov     bl, 0
.next:
        mov     ah, [es:si]
        inc     si
        mov     al, bl
        cmp     al, 16
        jne     .write
        mov     al, 0x11
.write:
        call    override_note
        call    attribute_write
        inc     bl
        cmp     bl, 17
        jb      .next
        ret

; AL=03h: BL=1: attribute bit 7 blinks, 0: it is bright background.
palette_blink:
        mov     al, 0x10
        call    attribute_read
        and     ah, 0xF7
        and     byte [BDA_CGA_MODE], 0xDF
        test    bl, 1
        jz      .write
        or      ah, 0x08
        or      byte [BDA_CGA_MODE], 0x20
.write:
        jmp     attribute_write

; AL=07h: BH = register BL. AL=08h: BH = overscan.
palette_get_overscan:
        mov     bl, 0x11
palette_get:
        mov     al, bl
        call    attribute_read
        mov     frame_bh, ah
        ret

; AL=09h: all to ES:DX.
palette_get_all:
        mov     di, dx
        mov     bl, 0
.next:
        mov     al, bl
        cmp     al, 16
        jne     .read
        mov     al, 0x11
.read:
        call    attribute_read
        mov     al, ah
        stosb
        inc     bl
        cmp     bl, 17
        jb      .next
        ret

; AL=10h: DAC register BX = DH red, CH green, CL blue.
dac_set:
        mov     ah, dh
        mov     dx, 0x3C8
        mov     al, bl
        out     dx, al
        inc     dx
        mov     al, ah
        out     dx, al
        mov     al, ch
        out     dx, al
        mov     al, cl
        out     dx, al
        ret

; AL=12h: CX registers from BX on, from ES:DX.
dac_set_block:
        jcxz    .done
        mov     si, dx
        mov     dx, 0x3C8
        mov     al, bl
        out     dx, al
        inc     dx
        mov     ax, cx
        add     cx, ax
        add     cx, ax
        rep     es outsb
.done:
        ret

; AL=13h: BL=0: BH=0 four pages of 64, 1 sixteen of 16 registers; BL=1: page BH.
dac_page:
        mov     al, 0x10
        call    attribute_read
        cmp     bl, 1
        je      .select
        ja      .done
        and     ah, 0x7F
        shl     bh, 7
        or      ah, bh
        jmp     attribute_write
.select:
        test    ah, 0x80
        mov     ah, bh
        jnz     .of_16
        shl     ah, 2
.of_16:
        and     ah, 0x0F
        mov     al, 0x14
        jmp     attribute_write
.done:
        ret

; AL=15h: DH, CH, CL = DAC register BX.
dac_get:
        mov     dx, 0x3C7
        mov     al, bl
        out     dx, al
        add     dx, 2
        in      al, dx
        mov     frame_dh, al
        in      al, dx
        mov     frame_ch, al
        in      al, dx
        mov     frame_cl, al
        ret

; AL=17h: CX registers from BX on, to ES:DX.
dac_get_block:
        jcxz    .done
        mov     di, dx
        mov     dx, 0x3C7
        mov     al, bl
        out     dx, al
        add     dx, 2
        mov     ax, cx
        add     cx, ax
        add     cx, ax
        rep     insb
.done:
        ret

; AL=18h, 19h: the mask of the DAC's index, BL.
dac_set_mask:
        mov     dx, 0x3C6
        mov     al, bl
        out     dx, al
        ret

dac_get_mask:
        mov     dx, 0x3C6
        in      al, dx
        mov     frame_bl, al
        mov     frame_bh, 0
        ret

; AL=1Ah: BL = how the DAC is divided, BH = page.
dac_get_page:
        mov     al, 0x10
        call    attribute_read
        mov     bl, ah
        shr     bl, 7
        mov     frame_bl, bl
        mov     al, 0x14
        call    attribute_read
        and     ah, 0x0F
        test    bl, bl
        jnz     .of_16
        shr     ah, 2
.of_16:
        mov     frame_bh, ah
        ret

; AL=1Bh: CX registers from BX on become grey: 30 % red, 59 % green, 11 % blue.
dac_grey:
        jcxz    .done
        mov     dx, 0x3C7
        mov     al, bl
        out     dx, al
        add     dx, 2
        in      al, dx
        mov     ah, 77
        mul     ah
        mov     di, ax
        in      al, dx
        mov     ah, 151
        mul     ah
        add     di, ax
        in      al, dx
        mov     ah, 28
        mul     ah
        add     ax, di
        add     ax, 0x80
        mov     al, ah
        cmp     al, 0x3F
        jbe     .in_range
        mov     al, 0x3F
.in_range:
        mov     ah, al
        dec     dx
        mov     al, bl
        out     dx, al
        inc     dx
        mov     al, ah
        out     dx, al
        out     dx, al
        out     dx, al
        inc     bl
        loop    dac_grey
.done:
        ret

; --- The DAC at a mode set. DX = 3C9h, index 0. ---

; 64 registers: bits 0-2 blue, green, red at two thirds, bit 4 one third for all; colour 6 is brown. A CGA's 16 colours.
dac_load_cga:
        mov     bl, 0
.next:
        mov     cx, 0x0004              ; red
        call    .channel
        mov     cx, 0x0002
        mov     bh, bl
        and     bh, 0x17
        cmp     bh, 6
        jne     .green
        mov     cx, 0x1502              ; less green
.green:
        call    .channel
        mov     cx, 0x0001
        call    .channel
        inc     bl
        cmp     bl, 64
        jb      .next
        ret
; CL = bit of the channel, CH = what to take away.
.channel:
        mov     al, 0
        test    bl, cl
        jz      .intensity
        mov     al, 0x2A
.intensity:
        test    bl, 0x10
        jz      .write
        add     al, 0x15
.write:
        sub     al, ch
        out     dx, al
        ret

; 64 registers: bits 0-2 blue, green, red at two thirds, bits 3-5 the same at one third. An EGA's colours.
dac_load_ega:
        mov     bl, 0
.next:
        mov     cx, 0x2004
        call    .channel
        mov     cx, 0x1002
        call    .channel
        mov     cx, 0x0801
        call    .channel
        inc     bl
        cmp     bl, 64
        jb      .next
        ret
.channel:
        mov     al, 0
        test    bl, cl
        jz      .weak
        mov     al, 0x2A
.weak:
        test    bl, ch
        jz      .write
        add     al, 0x15
.write:
        out     dx, al
        ret

; 64 registers: black, normal (bit 3), bright (bits 3 and 4).
dac_load_mono:
        mov     bl, 0
.next:
        mov     al, 0
        test    bl, 0x08
        jz      .write
        mov     al, 0x2A
        test    bl, 0x10
        jz      .write
        mov     al, 0x3F
.write:
        out     dx, al
        out     dx, al
        out     dx, al
        inc     bl
        cmp     bl, 64
        jb      .next
        ret

; 256 registers: the CGA's 16 colours, 16 greys, nine circles of 24 hues (bright, half and quarter, each in three
; saturations), 8 black.
dac_load_256:
        push    si
        push    di
        mov     bl, 0
.cga:
        mov     bh, bl
        and     bh, 0x08
        add     bh, bh
        push    bx
        and     bl, 0x07
        or      bl, bh
        mov     cx, 0x0004
        call    dac_load_cga.channel
        mov     cx, 0x0002
        cmp     bl, 6
        jne     .green
        mov     cx, 0x1502
.green:
        call    dac_load_cga.channel
        mov     cx, 0x0001
        call    dac_load_cga.channel
        pop     bx
        inc     bl
        cmp     bl, 16
        jb      .cga
        mov     si, dac_greys
        mov     cx, 16
.grey:
        cs lodsb
        out     dx, al
        out     dx, al
        out     dx, al
        loop    .grey
        mov     si, dac_circles
.circle:
        mov     bl, 0
.hue:
        mov     al, bl
        add     al, 16                  ; red is full 8 hues later than blue
        call    .level
        mov     al, bl
        add     al, 8                   ; green 16 later
        call    .level
        mov     al, bl                  ; blue
        call    .level
        inc     bl
        cmp     bl, 24
        jb      .hue
        add     si, 5
        cmp     si, dac_circles_end
        jb      .circle
        mov     cx, 24
        mov     al, 0
.black:
        out     dx, al
        loop    .black
        pop     di
        pop     si
        ret
; A channel along the circle, from AL: full for 5 steps, 3 falling, none for 9 and 3 rising, full for 4.
.level:
        cmp     al, 24
        jb      .wrapped
        sub     al, 24
.wrapped:
        movzx   di, al
        movzx   di, [cs:di + dac_hues]
        add     di, si
        mov     al, [cs:di]
        out     dx, al
        ret

dac_greys:      db      0x00, 0x05, 0x08, 0x0B, 0x0E, 0x11, 0x14, 0x18, 0x1C, 0x20, 0x24, 0x28, 0x2D, 0x32, 0x38, 0x3F
dac_hues:       db      4, 4, 4, 4, 4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 4, 4, 4

; From none to full: bright, half, quarter; saturated, less, least.
dac_circles:
        db      0x00, 0x10, 0x1F, 0x2F, 0x3F
        db      0x1F, 0x27, 0x2F, 0x37, 0x3F
        db      0x2D, 0x31, 0x36, 0x3A, 0x3F
        db      0x00, 0x07, 0x0E, 0x15, 0x1C
        db      0x0E, 0x11, 0x15, 0x18, 0x1C
        db      0x14, 0x16, 0x18, 0x1A, 0x1C
        db      0x00, 0x04, 0x08, 0x0C, 0x10
        db      0x08, 0x0A, 0x0C, 0x0E, 0x10
        db      0x0B, 0x0C, 0x0D, 0x0F, 0x10
dac_circles_end:
