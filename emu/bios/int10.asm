; INT 10h: power-on set-up of the video BIOS and the table of its services.

; --- Video part of the BIOS data area ---
BDA_COLUMNS             equ 0x4A
BDA_PAGE_SIZE           equ 0x4C
BDA_PAGE_START          equ 0x4E
BDA_CURSORS             equ 0x50        ; eight words: column, row
BDA_CURSOR_SHAPE        equ 0x60
BDA_PAGE                equ 0x62
BDA_CGA_MODE            equ 0x65        ; what a CGA's mode and colour registers would hold
BDA_CGA_COLOUR          equ 0x66
BDA_CHARACTER_HEIGHT    equ 0x85
BDA_VIDEO_CONTROL       equ 0x87        ; bit 7: last mode set kept the memory; bit 0: no cursor emulation
BDA_VIDEO_SWITCHES      equ 0x88
BDA_VGA_FLAGS           equ 0x89        ; bits 7, 4: 200, 350, 400 lines; 3: keep palette; 1: grey; 0: VGA
BDA_DISPLAY_CODE        equ 0x8A
BDA_SAVE_POINTER        equ 0xA8

KEEP_MEMORY             equ 0x80
NO_CURSOR_EMULATION     equ 0x01
LINES_200               equ 0x80
LINES_400               equ 0x10
KEEP_PALETTE            equ 0x08
GREY                    equ 0x02

; Locals below the register frame.
%define video_colour    byte [bp - 1]   ; attribute or colour that is being written
%define video_row       byte [bp - 2]   ; character cell that is being drawn
%define video_column    byte [bp - 3]
%define video_lines     byte [bp - 4]   ; of a character
%define video_page      word [bp - 6]   ; offset of the page
%define video_glyph_at  word [bp - 22]  ; sixteen bytes: a glyph read from the screen
%define scroll_shift    word [bp - 24]  ; graphics scrolling, in lines of pixels and bytes
%define scroll_left     word [bp - 26]
%define scroll_width    word [bp - 28]
%define scroll_step     word [bp - 30]  ; 1 up, -1 down
%define video_linear    byte [bp - 31]  ; SVGA_LINEAR if the mode that is being set shall be
VIDEO_LOCALS            equ 60          ; with those of int10_packed.asm

; Called by POST at offset 3 of the ROM.
video_init:
        push    ds
        push    es
        pushad
        xor     ax, ax
        mov     ds, ax
        mov     eax, [0x10 * 4]         ; of a BIOS for an MDA or CGA
        mov     [0x42 * 4], eax
        mov     [0x10 * 4], word int10_entry
        mov     [0x10 * 4 + 2], cs
        mov     [0x6D * 4], word int10_entry
        mov     [0x6D * 4 + 2], cs
        mov     [0x1F * 4], word font_8x8_high
        mov     [0x1F * 4 + 2], cs
        mov     [0x43 * 4], word font_8x16
        mov     [0x43 * 4 + 2], cs
        mov     ax, BDA_SEG
        mov     ds, ax
        and     byte [BDA_EQUIPMENT], 0xCF
        or      byte [BDA_EQUIPMENT], 0x20
        mov     byte [BDA_VIDEO_CONTROL], 0x60  ; 256 KB
        mov     byte [BDA_VIDEO_SWITCHES], 0xF9
        mov     byte [BDA_VGA_FLAGS], LINES_400 | 0x01
        mov     byte [BDA_DISPLAY_CODE], 0x0B   ; VGA with colour display
        mov     [BDA_SAVE_POINTER], word save_pointers
        mov     [BDA_SAVE_POINTER + 2], cs
        mov     dx, 0x3C3               ; video subsystem on
        mov     al, 1
        out     dx, al
        mov     ax, 0x0003
        int     0x10
        popad
        pop     es
        pop     ds
        retf

int10_entry:
        sti
        service_enter
        sub     sp, VIDEO_LOCALS
        mov     video_linear, 0
        cmp     ah, 0x4F
        je      .vbe
        movzx   si, ah
        cmp     si, INT10_FUNCTIONS
        jae     .leave
        add     si, si
        call    [cs:si + int10_table]
.leave:
        mov     sp, bp
        service_leave
.vbe:
        call    int10_vbe
        jmp     .leave

int10_table:
        dw      int10_set_mode, int10_cursor_shape, int10_set_cursor, int10_get_cursor  ; 00
        dw      int10_light_pen, int10_set_page, int10_scroll_up, int10_scroll_down     ; 04
        dw      int10_read, int10_write, int10_write_character, int10_cga_palette       ; 08
        dw      int10_set_pixel, int10_get_pixel, int10_teletype, int10_get_mode        ; 0C
        dw      int10_palette, int10_font, int10_alternate, int10_string                ; 10
        dw      int10_none, int10_none, int10_none, int10_none                          ; 14
        dw      int10_none, int10_none, int10_display_code, int10_state                 ; 18
        dw      int10_save_state                                                        ; 1C
INT10_FUNCTIONS equ ($ - int10_table) / 2

int10_none:
        ret

; Register AL of the CRTC = AH.
crtc_write:
        push    dx
        mov     dx, [BDA_CRTC_PORT]
        out     dx, al
        inc     dx
        xchg    al, ah
        out     dx, al
        xchg    al, ah
        pop     dx
        ret

; AH = register AL of the CRTC.
crtc_read:
        push    dx
        mov     dx, [BDA_CRTC_PORT]
        out     dx, al
        mov     ah, al
        inc     dx
        in      al, dx
        xchg    al, ah
        pop     dx
        ret

; Register AL of the graphics controller = AH, of the sequencer = AH.
gc_write:
        push    dx
        mov     dx, 0x3CE
        out     dx, ax
        pop     dx
        ret

sequencer_write:
        push    dx
        mov     dx, 0x3C4
        out     dx, ax
        pop     dx
        ret

; Register AL of the attribute controller = AH. The palette is cut off from the picture while bit 5 of the index is 0,
; so that goes back on afterwards.
attribute_write:
        push    dx
        call    attribute_index
        out     dx, al
        push    ax
        mov     al, ah
        out     dx, al
        mov     al, 0x20
        out     dx, al
        pop     ax
        pop     dx
        ret

; AH = register AL of the attribute controller.
attribute_read:
        push    dx
        call    attribute_index
        out     dx, al
        inc     dx
        push    ax
        in      al, dx
        mov     ah, al
        pop     dx
        mov     al, dl
        push    ax
        mov     dx, [BDA_CRTC_PORT]
        add     dx, 6
        in      al, dx
        mov     dx, 0x3C0
        mov     al, 0x20
        out     dx, al
        pop     ax
        pop     dx
        ret

; DX = 3C0h, which expects an index next.
attribute_index:
        push    ax
        mov     dx, [BDA_CRTC_PORT]
        add     dx, 6
        in      al, dx
        mov     dx, 0x3C0
        pop     ax
        ret
