; INT 10h AH=12h, 1Ah and 1Bh: alternate functions, displays, what the adapter can do.

; AH=12h: by BL. AL=12h on return says that the function exists.
int10_alternate:
        cmp     bl, 0x10
        je      alternate_information
        cmp     bl, 0x20
        je      alternate_print_screen
        mov     si, bx
        and     si, 0xFF
        sub     si, 0x30
        jb      .done
        cmp     si, ALTERNATE_FUNCTIONS
        jae     .done
        cmp     al, 2
        ja      .done
        mov     frame_al, 0x12
        add     si, si
        jmp     [cs:si + .table]
.done:
        ret
.table:
        dw      alternate_lines, alternate_palette, alternate_access, alternate_grey    ; 30
        dw      alternate_cursor, alternate_displays, alternate_refresh                 ; 34
ALTERNATE_FUNCTIONS     equ ($ - .table) / 2

; BL=10h: BH 0 colour, 1 monochrome; BL 3: 256 KB; CH feature bits, CL switches.
alternate_information:
        mov     bx, 0x0003
        cmp     word [BDA_CRTC_PORT], 0x3B4
        jne     .colour
        mov     bh, 1
.colour:
        mov     frame_bx, bx
        mov     cl, [BDA_VIDEO_SWITCHES]
        and     cx, 0x0F
        mov     frame_cx, cx
        ret

; BL=20h: INT 5 prints as many rows as there are.
alternate_print_screen:
        push    0
        pop     es
        mov     word [es:5 * 4], int10_print_screen
        mov     [es:5 * 4 + 2], cs
        ret

; BL=30h: AL = 0 200, 1 350, 2 400 lines at the next text mode set.
alternate_lines:
        and     byte [BDA_VGA_FLAGS], ~(LINES_200 | LINES_400) & 0xFF
        and     byte [BDA_VIDEO_SWITCHES], 0xF0
        mov     ah, 0x08
        cmp     al, 1
        mov     al, LINES_200
        jb      .set
        mov     ah, 0x09
        mov     al, 0
        je      .set
        mov     al, LINES_400
.set:
        or      [BDA_VGA_FLAGS], al
        or      [BDA_VIDEO_SWITCHES], ah
        ret

; BL=31h: AL = 1: mode sets keep the palette.
alternate_palette:
        mov     bx, (BDA_VGA_FLAGS << 8) | KEEP_PALETTE
        jmp     alternate_flag

; BL=33h: AL = 0: palettes become grey at mode sets.
alternate_grey:
        xor     al, 1
        mov     bx, (BDA_VGA_FLAGS << 8) | GREY
        jmp     alternate_flag

; BL=34h: AL = 1: no cursor emulation.
alternate_cursor:
        mov     bx, (BDA_VIDEO_CONTROL << 8) | NO_CURSOR_EMULATION

; Sets the bits BL of the data area's byte BH if bit 0 of AL is set, else clears them.
alternate_flag:
        movzx   si, bh
        test    al, 1
        jz      .clear
        or      [si], bl
        ret
.clear:
        not     bl
        and     [si], bl
        ret

; BL=32h: AL = 1: the adapter does not answer any more. Bit 1 of the miscellaneous output register holds the memory.
alternate_access:
        xor     al, 1
        add     al, al
        and     al, 2
        mov     ah, al
        mov     dx, 0x3CC
        in      al, dx
        and     al, 0xFD
        or      al, ah
        mov     dx, 0x3C2
        out     dx, al
        ret

; BL=35h: switching between two displays: there is one.
alternate_displays:
        mov     frame_al, 0
        ret

; BL=36h: AL = 1: screen off.
alternate_refresh:
        and     al, 1
        shl     al, 5
        mov     ah, al
        mov     dx, 0x3C4
        mov     al, 1
        out     dx, al
        inc     dx
        in      al, dx
        and     al, 0xDF
        or      al, ah
        out     dx, al
        ret

; AH=1Ah: AL=00h: BL = display in use, BH = the other; AL=01h: sets them.
int10_display_code:
        cmp     al, 1
        ja      .done
        mov     frame_al, 0x1A
        je      .set
        movzx   si, byte [BDA_DISPLAY_CODE]
        cmp     si, 16
        jae     .unknown
        add     si, si
        mov     ax, [cs:si + display_codes + 4]
        test    al, al
        jnz     .store
        xchg    al, ah                  ; pairs that begin with "none" name the display in use second
.store:
        mov     frame_bx, ax
.done:
        ret
.unknown:
        mov     frame_bx, 0xFFFF
        ret
.set:
        mov     si, 0
.search:
        mov     ax, [cs:si + display_codes + 4]
        cmp     ax, bx
        je      .found
        xchg    al, ah
        cmp     ax, bx
        je      .found
        add     si, 2
        cmp     si, 32
        jb      .search
        ret
.found:
        mov     ax, si
        shr     ax, 1
        mov     [BDA_DISPLAY_CODE], al
        ret

; AH=1Bh BX=0: 64 bytes of state to ES:DI.
int10_state:
        test    bx, bx
        jnz     .done
        push    di
        mov     cx, 64 / 2
        xor     ax, ax
        rep     stosw
        pop     di
        mov     word [es:di], state_static
        mov     [es:di + 2], cs
        push    di
        add     di, 4
        mov     si, BDA_VIDEO_MODE
        mov     cx, 30                  ; 40:49-40:66
        rep     movsb
        pop     di
        mov     al, [BDA_ROWS]
        inc     al
        mov     [es:di + 0x22], al
        mov     ax, [BDA_CHARACTER_HEIGHT]
        mov     [es:di + 0x23], ax
        push    di
        mov     frame_al, 0x00
        mov     al, 0
        call    int10_display_code
        pop     di
        mov     ax, frame_bx
        mov     [es:di + 0x25], ax
        mov     frame_bx, 0
        call    mode_current
        call    .colours
        mov     [es:di + 0x27], ax
        mov     al, [cs:si + MODE_PAGES]
        mov     [es:di + 0x29], al
        call    mode_parameters_lines
        mov     [es:di + 0x2A], al
        mov     al, [BDA_VGA_FLAGS]
        mov     ah, al
        and     al, GREY                ; grey in bit 1
        test    ah, KEEP_PALETTE
        jz      .palette
        or      al, 0x08
.palette:
        test    byte [BDA_VIDEO_CONTROL], NO_CURSOR_EMULATION
        jnz     .no_emulation
        or      al, 0x10
.no_emulation:
        or      al, 0x01                ; all modes on all displays
        test    byte [BDA_CGA_MODE], 0x20
        jz      .no_blink
        or      al, 0x20
.no_blink:
        mov     [es:di + 0x2D], al
        mov     byte [es:di + 0x31], 3  ; 256 KB
        call    state_blocks
        call    state_pointers
        mov     frame_al, 0x1B
.done:
        ret

; AX = colours of the mode at SI.
.colours:
        mov     ax, 16
        mov     bl, [cs:si + MODE_KIND]
        cmp     bl, KIND_LINEAR
        je      .many
        cmp     bl, KIND_CGA
        je      .cga
        cmp     byte [cs:si + MODE_DAC], DAC_MONO
        je      .none
        cmp     byte [BDA_VIDEO_MODE], 0x11
        jne     .counted
.two:
        mov     ax, 2
.counted:
        ret
.many:
        mov     ax, 256
        ret
.none:
        xor     ax, ax
        ret
.cga:
        cmp     byte [BDA_VIDEO_MODE], 6
        je      .two
        mov     ax, 4
        ret

; Font blocks in use: [2Bh] of characters with attribute bit 3 clear, [2Ch] with it set.
state_blocks:
        mov     dx, 0x3C4
        mov     al, 3
        out     dx, al
        inc     dx
        in      al, dx
        mov     ah, al
        mov     bl, al
        and     al, 0x03
        and     ah, 0x10
        shr     ah, 2
        or      al, ah
        mov     [es:di + 0x2B], al
        mov     al, bl
        shr     al, 2
        and     al, 0x03
        and     bl, 0x20
        shr     bl, 3
        or      al, bl
        mov     [es:di + 0x2C], al
        ret

; [32h]: what stands behind 40:A8: 512 characters in use, area for the palette, fonts for text and graphics, palette,
; codes of displays.
state_pointers:
        push    si
        push    di
        push    es
        mov     dl, 0x20
        mov     al, [es:di + 0x2B]
        cmp     al, [es:di + 0x2C]
        je      .tables
        or      dl, 0x01
.tables:
        mov     si, .pointers
.next:
        cs lodsb
        cbw
        mov     cx, ax
        cs lodsb
        mov     dh, al
        mov     ax, cx
        test    dh, 0x80
        jnz     .second
        call    override_first
        jmp     .there
.second:
        call    override_second
.there:
        jz      .absent
        and     dh, 0x7F
        or      dl, dh
.absent:
        cmp     si, .pointers_end
        jb      .next
        pop     es
        pop     di
        pop     si
        mov     [es:di + 0x32], dl
        ret
.pointers:
        db      SAVE_PALETTE, 0x02, SAVE_TEXT_FONT, 0x04, SAVE_GRAPHICS_FONT, 0x08
        db      SECOND_TEXT_FONT, 0x84, SECOND_PALETTE, 0x90
.pointers_end:

; AL = lines on the screen: 0 200, 1 350, 2 400, 3 480. SI = the mode's record.
mode_parameters_lines:
        push    di
        call    mode_parameters
        mov     ah, [fs:di + PARAMETERS_MISC]
        mov     bl, [fs:di + PARAMETERS_CRTC + 9]
        pop     di
        mov     al, 3
        shr     ah, 6                   ; the polarity of the sync signals says how many lines
        cmp     ah, 3
        je      .done
        mov     al, 1
        cmp     ah, 2
        je      .done
        mov     al, 2
        test    bl, 0x80                ; each shown twice
        jz      .done
        mov     al, 0
.done:
        ret

; What the adapter can do: modes 0-7, 0Dh-13h; 200, 350 and 400 lines; 8 font blocks, 2 at a time; functions.
state_static:
        db      0xFF, 0xE0, 0x0F, 0x00, 0x00, 0x00, 0x00
        db      0x07                    ; lines in text modes
        db      2                       ; font blocks at a time
        db      8                       ; font blocks
        dw      0x0EFF                  ; what INT 10h offers
        dw      0x0000
        db      0x3F                    ; what may stand behind 40:A8: all (int10_override.asm), and 512 characters
        db      0x00
