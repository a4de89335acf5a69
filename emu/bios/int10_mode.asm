; INT 10h AH=00h and 0Fh: modes.

; A mode, as this BIOS sees it.
MODE_NUMBER             equ 0
MODE_KIND               equ 1
MODE_SEGMENT            equ 2           ; word: where the picture lies
MODE_PARAMETERS         equ 4           ; which entry of video_parameters; text modes choose by the number of lines
MODE_DAC                equ 5
MODE_COLUMN_BYTES       equ 6           ; bytes a character is wide
MODE_PAGES              equ 7
MODE_SIZE               equ 8

KIND_TEXT               equ 0
KIND_CGA                equ 1           ; two banks of lines; 2 bits a pixel, or 1 in mode 6
KIND_PLANAR             equ 2
KIND_LINEAR             equ 3           ; 256 colours
KIND_PACKED             equ 4           ; of the display interface (int10_vbe.asm)

DAC_CGA                 equ 0
DAC_EGA                 equ 1
DAC_MONO                equ 2
DAC_256                 equ 3

%macro video_mode 7
        db      %1, %2
        dw      %3
        db      %4, %5, %6, %7
%endmacro

modes:
        video_mode 0x00, KIND_TEXT, 0xB800, 0x17, DAC_EGA, 2, 8
        video_mode 0x01, KIND_TEXT, 0xB800, 0x17, DAC_EGA, 2, 8
        video_mode 0x02, KIND_TEXT, 0xB800, 0x18, DAC_EGA, 2, 8
        video_mode 0x03, KIND_TEXT, 0xB800, 0x18, DAC_EGA, 2, 8
        video_mode 0x04, KIND_CGA, 0xB800, 0x04, DAC_CGA, 2, 1
        video_mode 0x05, KIND_CGA, 0xB800, 0x05, DAC_CGA, 2, 1
        video_mode 0x06, KIND_CGA, 0xB800, 0x06, DAC_CGA, 1, 1
        video_mode 0x07, KIND_TEXT, 0xB000, 0x19, DAC_MONO, 2, 8
        video_mode 0x0D, KIND_PLANAR, 0xA000, 0x0D, DAC_CGA, 1, 8
        video_mode 0x0E, KIND_PLANAR, 0xA000, 0x0E, DAC_CGA, 1, 4
        video_mode 0x0F, KIND_PLANAR, 0xA000, 0x11, DAC_MONO, 1, 2
        video_mode 0x10, KIND_PLANAR, 0xA000, 0x12, DAC_EGA, 1, 2
        video_mode 0x11, KIND_PLANAR, 0xA000, 0x1A, DAC_EGA, 1, 1
        video_mode 0x12, KIND_PLANAR, 0xA000, 0x1B, DAC_EGA, 1, 1
        video_mode 0x13, KIND_LINEAR, 0xA000, 0x1C, DAC_256, 8, 1
        video_mode 0x54, KIND_TEXT, 0xB800, OWN_PARAMETERS + 0, DAC_EGA, 2, 2
        video_mode 0x55, KIND_TEXT, 0xB800, OWN_PARAMETERS + 1, DAC_EGA, 2, 4
        video_mode 0x56, KIND_TEXT, 0xB800, OWN_PARAMETERS + 2, DAC_EGA, 2, 2
        video_mode 0x57, KIND_TEXT, 0xB800, OWN_PARAMETERS + 3, DAC_EGA, 2, 2
        video_mode 0x58, KIND_TEXT, 0xB800, OWN_PARAMETERS + 4, DAC_EGA, 2, 3
        video_mode 0x6A, KIND_PLANAR, 0xA000, OWN_PARAMETERS + 5, DAC_EGA, 1, 1
modes_end:
        ; all modes of the display interface: the VGA stands as in mode 13h meanwhile
mode_packed:
        video_mode FIRST_PACKED, KIND_PACKED, 0xA000, 0x1C, DAC_256, 8, 1

; SI = record of mode AL; CF if there is no such mode.
mode_find:
        mov     si, mode_packed
        cmp     al, FIRST_PACKED
        jb      .of_ibm
        cmp     al, PACKED_END
        jb      .found
.of_ibm:
        mov     si, modes
.search:
        cmp     [cs:si + MODE_NUMBER], al
        je      .found
        add     si, MODE_SIZE
        cmp     si, modes_end
        jb      .search
        stc
        ret
.found:
        clc
        ret

; SI = record of the mode that is set.
mode_current:
        push    ax
        mov     al, [BDA_VIDEO_MODE]
        call    mode_find
        jnc     .known
        mov     si, modes + 3 * MODE_SIZE       ; a program wrote something else there: 80x25
.known:
        pop     ax
        ret

; AH=0Fh: AL mode, AH columns, BH page.
int10_get_mode:
        mov     al, [BDA_VIDEO_CONTROL]
        and     al, KEEP_MEMORY
        or      al, [BDA_VIDEO_MODE]
        mov     ah, [BDA_COLUMNS]
        mov     frame_ax, ax
        mov     al, [BDA_PAGE]
        mov     frame_bh, al
        ret

; AH=00h: AL mode; bit 7 keeps the memory.
int10_set_mode:
        mov     bl, al
        and     bl, KEEP_MEMORY
        and     al, 0x7F
        call    mode_find
        jc      .done
        cmp     al, FIRST_PACKED
        jb      .there
        call    vbe_may_set
        jc      .done
.there:
        call    svga_off
        mov     [BDA_VIDEO_MODE], al
        and     byte [BDA_VIDEO_CONTROL], ~KEEP_MEMORY & 0xFF
        or      [BDA_VIDEO_CONTROL], bl
        call    mode_parameters
        call    mode_registers
        call    mode_dac
        call    mode_data_area
        call    mode_clear
        mov     al, [cs:si + MODE_KIND]
        cmp     al, KIND_PACKED
        jne     .vga
        call    vbe_enable
.vga:
        cmp     al, KIND_TEXT
        jne     .graphics
        mov     bl, 0
        call    font_load_by_height
        call    override_text
        jmp     .on
.graphics:
        call    font_graphics_by_height
        call    override_graphics
.on:
        call    override_note_mode
        call    override_palette
        call    attribute_index
        mov     al, 0x20                ; the palette drives the picture again
        out     dx, al
        mov     ah, [fs:di + PARAMETERS_SEQUENCER]
        mov     al, 0x01                ; screen on
        call    sequencer_write
        mov     al, 0x30                ; as IBM's BIOS returns: a mode's class
        mov     ah, [BDA_VIDEO_MODE]
        cmp     ah, 7
        jbe     .text_class
        mov     al, 0x20
.text_class:
        cmp     ah, 6
        jne     .answer
        mov     al, 0x3F
.answer:
        mov     frame_al, al
.done:
        ret

; FS:DI = register values for the mode at SI: IBM's modes have theirs in the table that 40:A8 leads to, and text modes
; of IBM's exist with 200, 350 and 400 lines (INT 10h AX=12xxh BL=30h).
mode_parameters:
        push    ax
        push    cs
        pop     fs
        mov     di, own_parameters - OWN_PARAMETERS * 64
        movzx   ax, byte [cs:si + MODE_PARAMETERS]
        cmp     al, OWN_PARAMETERS
        jae     .found
        lfs     di, [BDA_SAVE_POINTER]
        lfs     di, [fs:di]
        cmp     byte [cs:si + MODE_KIND], KIND_TEXT
        jne     .found
        test    byte [BDA_VGA_FLAGS], LINES_400
        jnz     .found
        mov     al, [cs:si + MODE_NUMBER]
        test    byte [BDA_VGA_FLAGS], LINES_200
        jnz     .found
        cmp     al, 7
        je      .found
        add     al, 0x13
.found:
        shl     ax, 6
        add     di, ax
        pop     ax
        ret

; Writes all registers from FS:DI, with the screen off.
mode_registers:
        push    si
        lea     si, [di + PARAMETERS_SEQUENCER]
        mov     ax, 0x0100              ; sequencer: hold
        call    sequencer_write
        mov     dx, 0x3C4
        fs lodsb
        mov     ah, al
        or      ah, 0x20                ; screen off
        mov     al, 1
        out     dx, ax
        mov     cx, 3
        mov     al, 2
.sequencer:
        mov     ah, [fs:si]
        inc     si
        out     dx, ax
        inc     al
        loop    .sequencer
        fs lodsb                        ; miscellaneous output
        mov     dx, 0x3C2
        out     dx, al
        mov     dx, 0x3D4
        test    al, 0x01
        jnz     .colour
        mov     dx, 0x3B4
.colour:
        mov     [BDA_CRTC_PORT], dx
        mov     ax, 0x0300
        call    sequencer_write
        mov     ax, 0x0011              ; CRTC: registers 0-7 can be written
        out     dx, ax
        mov     cx, 25
        mov     al, 0
.crtc:
        mov     ah, [fs:si]
        inc     si
        out     dx, ax
        inc     al
        loop    .crtc
        call    attribute_index
        mov     cx, 20
        mov     ah, 0
.attribute:
        mov     al, ah
        cmp     al, 0x10
        jae     .write
        test    byte [BDA_VGA_FLAGS], KEEP_PALETTE
        jz      .write
        inc     si                      ; leave the palette registers alone
        jmp     .next
.write:
        out     dx, al
        fs lodsb
        out     dx, al
.next:
        inc     ah
        loop    .attribute
        mov     al, 0x14                ; colour select
        out     dx, al
        mov     al, 0
        out     dx, al
        mov     dx, 0x3CE
        mov     cx, 9
        mov     al, 0
.graphics:
        mov     ah, [fs:si]
        inc     si
        out     dx, ax
        inc     al
        loop    .graphics
        pop     si
        ret

; Fills the data area from the mode at SI and its parameters at DI.
mode_data_area:
        movzx   ax, byte [fs:di + PARAMETERS_COLUMNS]
        mov     [BDA_COLUMNS], ax
        mov     al, [fs:di + PARAMETERS_ROWS]
        mov     [BDA_ROWS], al
        mov     al, [fs:di + PARAMETERS_HEIGHT]
        mov     [BDA_CHARACTER_HEIGHT], ax
        mov     ax, [fs:di + PARAMETERS_PAGE_SIZE]
        mov     [BDA_PAGE_SIZE], ax
        mov     word [BDA_PAGE_START], 0
        mov     byte [BDA_PAGE], 0
        mov     ah, [fs:di + PARAMETERS_CRTC + 0x0A]
        mov     al, [fs:di + PARAMETERS_CRTC + 0x0B]
        cmp     byte [cs:si + MODE_KIND], KIND_TEXT
        jne     .raw_shape
        mov     ax, 0x0607              ; programs know the cursor of an 8-line character
        cmp     byte [BDA_VIDEO_MODE], 7
        jne     .raw_shape
        mov     ax, 0x0B0C
.raw_shape:
        mov     [BDA_CURSOR_SHAPE], ax
        xor     eax, eax
        mov     [BDA_CURSORS], eax
        mov     [BDA_CURSORS + 4], eax
        mov     [BDA_CURSORS + 8], eax
        mov     [BDA_CURSORS + 12], eax
        movzx   bx, byte [BDA_VIDEO_MODE]
        mov     al, 0x30
        cmp     bl, 6
        jne     .colour
        mov     al, 0x3F
.colour:
        mov     [BDA_CGA_COLOUR], al
        cmp     bl, 7
        ja      .done
        mov     al, [cs:bx + .cga_modes]
        mov     [BDA_CGA_MODE], al
.done:
        ret
.cga_modes:     db      0x2C, 0x28, 0x2D, 0x29, 0x2A, 0x2E, 0x1E, 0x29

; Clears the memory of the mode at SI unless it shall be kept.
mode_clear:
        test    byte [BDA_VIDEO_CONTROL], KEEP_MEMORY
        jnz     .done
        cmp     byte [cs:si + MODE_KIND], KIND_PACKED
        je      .done                   ; the display interface does it
        push    es
        push    di
        mov     es, [cs:si + MODE_SEGMENT]
        xor     di, di
        xor     eax, eax
        mov     cx, 0x8000 / 4
        cmp     byte [cs:si + MODE_KIND], KIND_TEXT
        jne     .not_text
        mov     eax, 0x07200720
.not_text:
        cmp     byte [cs:si + MODE_KIND], KIND_PLANAR
        jb      .fill
        add     cx, cx                  ; 64 KB, all planes
.fill:
        rep     stosd
        pop     di
        pop     es
.done:
        ret

; Loads the DAC for the mode at SI.
mode_dac:
        mov     dx, 0x3C6
        mov     al, 0xFF
        out     dx, al
        test    byte [BDA_VGA_FLAGS], KEEP_PALETTE
        jnz     .done
        mov     dx, 0x3C8
        mov     al, 0
        out     dx, al
        inc     dx
        movzx   bx, byte [cs:si + MODE_DAC]
        cmp     byte [cs:si + MODE_KIND], KIND_TEXT
        jne     .chosen
        cmp     byte [fs:di + PARAMETERS_HEIGHT], 8
        jne     .chosen
        cmp     byte [BDA_VIDEO_MODE], 7
        ja      .chosen
        mov     bl, DAC_CGA             ; text of 200 lines has a CGA's palette
.chosen:
        add     bx, bx
        call    [cs:bx + .loaders]
        test    byte [BDA_VGA_FLAGS], GREY
        jz      .done
        mov     bx, 0
        mov     cx, 256
        call    dac_grey
.done:
        ret
.loaders:       dw      dac_load_cga, dac_load_ega, dac_load_mono, dac_load_256
