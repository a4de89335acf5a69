; INT 10h AH=4Fh: VESA's BIOS extension (VBE Core Functions Standard 2.0) for the display interface of
; emu/dev/vga_svga.c. On a card without it none of this answers. A function returns AL=4Fh, and AH=00h done, 01h failed,
; 02h not with this hardware, 03h not in this mode.
;
; Each of VESA's modes has a number of one byte as well, which is at 40:49 while it is set and which AH=00h takes. Modes
; of the text kind and of four planes are a VGA's, only larger. The others are of kind KIND_PACKED: pixel after pixel,
; seen through a window of 64 KB at A000 or in whole at E0000000h.
;
; Functions 06h-0Ah are in int10_vbe_picture.asm.
;
; Left out: 81FFh as a mode, functions 10h (power) and 15h (monitor data), secondary palettes.

SVGA_ID                 equ 0           ; registers of the display interface
SVGA_WIDTH              equ 1
SVGA_HEIGHT             equ 2
SVGA_DEPTH              equ 3
SVGA_ENABLE             equ 4
SVGA_BANK               equ 5
SVGA_VIRTUAL_WIDTH      equ 6
SVGA_VIRTUAL_HEIGHT     equ 7
SVGA_X                  equ 8
SVGA_Y                  equ 9
SVGA_MEMORY             equ 10
SVGA_INDEX              equ 0x1CE
SVGA_ENABLED            equ 0x01
SVGA_DAC_8_BITS         equ 0x20
SVGA_LINEAR             equ 0x40

VBE_NUMBER              equ 0           ; word
VBE_OEM                 equ 2           ; what stands at 40:49
VBE_DEPTH               equ 3           ; bits a pixel; 0: text
VBE_WIDTH               equ 4           ; words
VBE_HEIGHT              equ 6
VBE_SIZE                equ 8

LINEAR_BASE             equ 0xE0000000
FIRST_PACKED            equ 0x20
VBE_DONE                equ 0x004F
VBE_FAILED              equ 0x014F
VBE_NOT_HERE            equ 0x024F
VBE_NOT_NOW             equ 0x034F

%assign vbe_oem FIRST_PACKED
%macro packed 4                         ; number, depth, width, height
        dw      %1
        db      vbe_oem, %2
        dw      %3, %4
%assign vbe_oem vbe_oem + 1
%endmacro

; Beyond VESA's own numbers (up to 11Bh) 140h-145h are those of other BIOSes for this interface.
vbe_modes:
        packed  0x100, 8, 640, 400
        packed  0x101, 8, 640, 480
        packed  0x103, 8, 800, 600
        packed  0x105, 8, 1024, 768
        packed  0x107, 8, 1280, 1024
        packed  0x10D, 15, 320, 200
        packed  0x10E, 16, 320, 200
        packed  0x10F, 24, 320, 200
        packed  0x110, 15, 640, 480
        packed  0x111, 16, 640, 480
        packed  0x112, 24, 640, 480
        packed  0x113, 15, 800, 600
        packed  0x114, 16, 800, 600
        packed  0x115, 24, 800, 600
        packed  0x116, 15, 1024, 768
        packed  0x117, 16, 1024, 768
        packed  0x118, 24, 1024, 768
        packed  0x119, 15, 1280, 1024
        packed  0x11A, 16, 1280, 1024
        packed  0x11B, 24, 1280, 1024
        packed  0x140, 32, 320, 200
        packed  0x141, 32, 640, 400
        packed  0x142, 32, 640, 480
        packed  0x143, 32, 800, 600
        packed  0x144, 32, 1024, 768
        packed  0x145, 32, 1280, 1024
vbe_packed_end:
PACKED_END              equ vbe_oem     ; one-byte numbers
        dw      0x102, 0x046A, 800, 600
        dw      0x006A, 0x046A, 800, 600
        dw      0x108, 0x0058, 80, 60
        dw      0x109, 0x0055, 132, 25
        dw      0x10A, 0x0054, 132, 43
        dw      0x10B, 0x0056, 132, 50
        dw      0x10C, 0x0057, 132, 60
vbe_modes_end:

; --- The display interface ---

; AX = register AL.
svga_read:
        push    dx
        mov     dx, SVGA_INDEX
        mov     ah, 0
        out     dx, ax
        inc     dx
        in      ax, dx
        pop     dx
        ret

; Register AL = DX.
svga_write:
        push    ax
        push    dx
        mov     ah, 0
        mov     dx, SVGA_INDEX
        out     dx, ax
        pop     ax
        push    ax
        inc     dx
        out     dx, ax
        pop     dx
        pop     ax
        ret

; CF if there is none.
svga_present:
        push    ax
        mov     al, SVGA_ID
        call    svga_read
        cmp     ah, 0xB0
        je      .there
        stc
        jmp     .done
.there:
        clc
.done:
        pop     ax
        ret

; Back to the VGA's modes, with a DAC of six bits.
svga_off:
        call    svga_present
        jc      .done
        push    ax
        push    dx
        mov     al, SVGA_ENABLE
        xor     dx, dx
        call    svga_write
        pop     dx
        pop     ax
.done:
        ret

; Bytes a pixel for BL bits -> EAX.
vbe_pixel_bytes:
        movzx   eax, bl
        add     al, 7
        shr     al, 3
        ret

; EAX = bytes of a line of the packed mode at BX.
vbe_line_bytes:
        push    edx
        push    bx
        mov     bl, [cs:bx + VBE_DEPTH]
        call    vbe_pixel_bytes
        pop     bx
        movzx   edx, word [cs:bx + VBE_WIDTH]
        imul    eax, edx
        pop     edx
        ret

; EAX = bytes of the picture of the mode at BX.
vbe_picture_bytes:
        push    edx
        call    vbe_line_bytes
        movzx   edx, word [cs:bx + VBE_HEIGHT]
        imul    eax, edx
        pop     edx
        ret

; EAX = bytes of video memory.
vbe_memory:
        mov     al, SVGA_MEMORY
        call    svga_read
        shl     eax, 16
        ret

; CF if the memory does not hold the mode at BX. Keeps all registers.
vbe_check_memory:
        cmp     bx, vbe_packed_end
        jae     .fits
        push    eax
        push    edx
        call    vbe_picture_bytes
        mov     edx, eax
        call    vbe_memory
        cmp     eax, edx
        pop     edx
        pop     eax
        ret
.fits:
        clc
        ret

; BX = record of the mode whose one-byte number is AL, of mode CX; CF if there is none.
vbe_find_oem:
        mov     bx, vbe_modes
.search:
        cmp     [cs:bx + VBE_OEM], al
        je      vbe_found
        add     bx, VBE_SIZE
        cmp     bx, vbe_modes_end
        jb      .search
        stc
        ret

vbe_find:
        mov     bx, vbe_modes
.search:
        cmp     [cs:bx + VBE_NUMBER], cx
        je      vbe_found
        add     bx, VBE_SIZE
        cmp     bx, vbe_modes_end
        jb      .search
        stc
        ret
vbe_found:
        clc
        ret

; CF if mode AL, which IBM does not have, cannot be set on this card. Called at mode sets.
vbe_may_set:
        push    bx
        call    svga_present
        jc      .done
        call    vbe_find_oem
        jc      .done
        call    vbe_check_memory
.done:
        pop     bx
        ret

; Turns the packed mode of 40:49 on, and fills the data area with its size. Keeps SI.
vbe_enable:
        mov     al, [BDA_VIDEO_MODE]
        call    vbe_find_oem
        mov     dx, [cs:bx + VBE_WIDTH]
        mov     al, SVGA_WIDTH
        call    svga_write
        shr     dx, 3
        mov     [BDA_COLUMNS], dx
        mov     dx, [cs:bx + VBE_HEIGHT]
        mov     al, SVGA_HEIGHT
        call    svga_write
        movzx   dx, byte [cs:bx + VBE_DEPTH]
        mov     al, SVGA_DEPTH
        call    svga_write
        mov     dl, [BDA_VIDEO_CONTROL]
        and     dx, KEEP_MEMORY
        or      dl, SVGA_ENABLED
        or      dl, video_linear
        mov     al, SVGA_ENABLE
        call    svga_write
        mov     ax, [cs:bx + VBE_HEIGHT]
        mov     cl, 16
        cmp     ax, 200
        ja      .height
        mov     cl, 8
.height:
        mov     ch, 0
        mov     [BDA_CHARACTER_HEIGHT], cx
        div     cl
        dec     al
        mov     [BDA_ROWS], al
        mov     word [BDA_PAGE_SIZE], 0
        ret

; --- Functions ---

; AH=4Fh: by AL.
int10_vbe:
        call    svga_present
        jc      .nobody
        mov     frame_ax, VBE_DONE
        cmp     al, VBE_FUNCTIONS
        jae     .unknown
        movzx   si, al
        add     si, si
        jmp     [cs:si + .table]
.unknown:
        mov     frame_ax, 0x0100
.nobody:
        ret
.table:
        dw      vbe_controller, vbe_mode_information, vbe_set_mode, vbe_get_mode        ; 00
        dw      vbe_state, vbe_window_control, vbe_scan_line, vbe_display_start         ; 04
        dw      vbe_dac_width, vbe_palette, vbe_protected_mode                          ; 08
VBE_FUNCTIONS           equ ($ - .table) / 2

vbe_not_now:
        mov     frame_ax, VBE_NOT_NOW
        ret
vbe_not_here:
        mov     frame_ax, VBE_NOT_HERE
        ret
vbe_failed:
        mov     frame_ax, VBE_FAILED
        ret

; AL=00h: what there is, to ES:DI: 256 bytes, or 512 if the caller has put "VBE2" there. The list of modes stands behind
; the fields that are in use.
vbe_controller:
        cmp     dword [es:di], "VBE2"
        sete    dl
        push    di
        mov     cx, 256 / 2
        xor     ax, ax
        rep     stosw
        pop     di
        mov     dword [es:di], "VESA"
        mov     word [es:di + 4], 0x0200
        mov     word [es:di + 6], .maker
        mov     [es:di + 8], cs
        mov     byte [es:di + 10], 0x01 ; the DAC's width can be switched
        lea     ax, [di + 0x22]
        mov     [es:di + 14], ax
        mov     [es:di + 16], es
        mov     al, SVGA_MEMORY
        call    svga_read
        mov     [es:di + 18], ax
        test    dl, dl
        jz      .list
        mov     word [es:di + 0x14], 0x0100
        mov     word [es:di + 0x16], .maker
        mov     [es:di + 0x18], cs
        mov     word [es:di + 0x1A], .product
        mov     [es:di + 0x1C], cs
        mov     word [es:di + 0x1E], .revision
        mov     [es:di + 0x20], cs
.list:
        add     di, 0x22
        mov     bx, vbe_modes
.mode:
        call    vbe_check_memory
        jc      .next
        mov     ax, [cs:bx + VBE_NUMBER]
        stosw
.next:
        add     bx, VBE_SIZE
        cmp     bx, vbe_modes_end
        jb      .mode
        mov     ax, 0xFFFF
        stosw
        ret
.maker:         db      "Trowel", 0
.product:       db      "VGA with linear frame buffer", 0
.revision:      db      "1.0", 0

; AL=01h: mode CX to ES:DI, 256 bytes.
vbe_mode_information:
        and     cx, 0x3FFF
        call    vbe_find
        jc      vbe_failed
        call    vbe_check_memory
        jc      vbe_failed
        push    di
        mov     cx, 256 / 2
        xor     ax, ax
        rep     stosw
        pop     di
        mov     ax, [cs:bx + VBE_WIDTH]
        mov     [es:di + 0x12], ax
        mov     ax, [cs:bx + VBE_HEIGHT]
        mov     [es:di + 0x14], ax
        mov     byte [es:di + 0x16], 8
        mov     byte [es:di + 0x18], 1
        mov     byte [es:di + 0x1A], 1
        mov     byte [es:di + 0x1E], 1
        mov     word [es:di + 6], 64    ; KB of the window
        mov     al, [cs:bx + VBE_OEM]
        call    mode_find               ; SI = the mode's record
        mov     ax, [cs:si + MODE_SEGMENT]
        mov     [es:di + 8], ax
        cmp     byte [cs:si + MODE_KIND], KIND_PACKED
        jne     vbe_information_vga
        mov     word [es:di], 0xBF      ; supported, all fields, text services, colour, graphics, linear as well; a
                                        ; VGA's registers neither set nor leave it
        mov     word [es:di + 2], 0x0007        ; window A can be moved, read and written; there is no B
        mov     word [es:di + 4], 64
        mov     word [es:di + 12], vbe_window_far
        mov     [es:di + 14], cs
        mov     byte [es:di + 0x17], 16
        cmp     word [cs:bx + VBE_HEIGHT], 200
        ja      .height
        mov     byte [es:di + 0x17], 8
.height:
        call    vbe_line_bytes
        mov     [es:di + 0x10], ax
        mov     al, [cs:bx + VBE_DEPTH]
        mov     [es:di + 0x19], al
        call    vbe_information_colors
        call    vbe_picture_bytes
        mov     ecx, eax
        mov     dword [es:di + 0x28], LINEAR_BASE
        mov     [es:di + 0x2C], ecx
        call    vbe_memory
        push    eax
        xor     edx, edx
        div     ecx
        cmp     eax, 256                ; pages
        jbe     .pages
        mov     ax, 256
.pages:
        dec     ax
        mov     [es:di + 0x1D], al
        pop     eax
        sub     eax, ecx
        shr     eax, 10
        mov     [es:di + 0x30], ax
        ret

; The memory model, and where the colours are in a pixel of AL bits.
vbe_information_colors:
        push    di
        mov     byte [es:di + 0x1B], 4  ; packed pixels
        mov     si, .masks
.search:
        cmp     [cs:si], al
        je      .found
        add     si, 10
        cmp     si, .masks_end
        jb      .search
        pop     di
        ret
.found:
        mov     byte [es:di + 0x1B], 6  ; direct colours
        inc     si
        add     di, 0x1F
        mov     cx, 9
        rep     cs movsb
        pop     di
        ret
; Bits a pixel; size and place of red, green, blue, rest; may the rest be used?
.masks:
        db      15, 5, 10, 5, 5, 5, 0, 1, 15, 2
        db      16, 5, 11, 6, 5, 5, 0, 0, 0, 0
        db      24, 8, 16, 8, 8, 8, 0, 0, 0, 0
        db      32, 8, 16, 8, 8, 8, 0, 8, 24, 2
.masks_end:

; Text, or four planes: one window that stays where it is.
vbe_information_vga:
        mov     byte [es:di + 2], 0x06
        call    mode_parameters
        mov     al, [fs:di + PARAMETERS_HEIGHT]
        mov     di, frame_di
        mov     [es:di + 0x17], al
        mov     ax, [cs:bx + VBE_WIDTH]
        cmp     byte [cs:bx + VBE_DEPTH], 4
        jne     .text
        mov     word [es:di], 0x1F
        shr     ax, 3
        mov     [es:di + 0x10], ax
        mov     byte [es:di + 0x18], 4
        mov     byte [es:di + 0x19], 4
        mov     byte [es:di + 0x1B], 3
        ret
.text:
        mov     word [es:di], 0x0F
        add     ax, ax
        mov     [es:di + 0x10], ax
        mov     byte [es:di + 0x19], 4
        mov     byte [es:di + 6], 32
        mov     al, [cs:si + MODE_PAGES]
        dec     al
        mov     [es:di + 0x1D], al
        ret

; AL=02h: sets mode BX. Bit 14: linear, bit 15: the memory stays.
vbe_set_mode:
        test    bx, 0x3E00
        jnz     vbe_failed
        mov     cx, bx
        and     cx, 0x1FF
        cmp     cx, 0x80
        jb      .of_ibm
        push    bx
        call    vbe_find
        jc      .unknown
        call    vbe_check_memory
        jc      .unknown
        mov     al, [cs:bx + VBE_OEM]
        cmp     bx, vbe_packed_end
        pop     bx
        jae     .windowed
        test    bh, 0x40
        jz      .set
        mov     video_linear, SVGA_LINEAR
        jmp     .set
.of_ibm:
        mov     al, cl
        call    mode_find
        jc      vbe_failed
        cmp     al, FIRST_PACKED
        jae     .set_if_small
.windowed:
        test    bh, 0x40
        jnz     vbe_not_here
.set:
        and     bh, 0x80
        or      al, bh
        push    frame_ax
        call    int10_set_mode
        pop     frame_ax
        ret
.set_if_small:
        call    vbe_may_set
        jnc     .windowed
        jmp     vbe_failed
.unknown:
        pop     bx
        jmp     vbe_failed

; AL=03h: BX = mode, bit 14: linear, bit 15: the memory was kept.
vbe_get_mode:
        mov     al, [BDA_VIDEO_MODE]
        mov     cl, al
        mov     ch, 0
        call    vbe_find_oem
        jc      .of_ibm
        mov     cx, [cs:bx + VBE_NUMBER]
.of_ibm:
        mov     al, SVGA_ENABLE
        call    svga_read
        and     al, SVGA_LINEAR
        or      ch, al
        mov     al, [BDA_VIDEO_CONTROL]
        and     al, KEEP_MEMORY
        or      ch, al
        mov     frame_bx, cx
        ret

; AL=04h: as AH=1Ch, and bit 3 of CX: the display interface.
vbe_state:
        and     cx, 0x0F
        cmp     dl, 2
        ja      vbe_failed
        je      state_restore
        cmp     dl, 1
        je      state_save
        call    state_size
        mov     frame_bx, ax
        ret

; AL=05h: BH=00h puts window BL to DX (in 64 KB), BH=01h says where it is.
vbe_window_control:
        call    vbe_window
        mov     frame_ax, ax
        mov     frame_dx, dx
        ret

; The same by far call.
vbe_window_far:
        call    vbe_window
        retf

; In and out as AL=05h, but for AX that is not looked at.
vbe_window:
        cmp     bx, 0x0100
        ja      .failed                 ; another direction than 0 or 1, or window B
        cmp     bl, 0
        jne     .failed
        push    bx
        mov     al, SVGA_ENABLE
        call    svga_read
        test    al, SVGA_ENABLED
        jz      .not_packed
        test    al, SVGA_LINEAR
        jnz     .linear
        mov     al, SVGA_BANK
        test    bh, bh
        jnz     .get
        call    svga_write
        call    svga_read
        cmp     ax, dx
        jne     .not_packed
        jmp     .done
.get:
        call    svga_read
        mov     dx, ax
.done:
        mov     ax, VBE_DONE
        pop     bx
        ret
.linear:
        mov     ax, VBE_NOT_NOW
        pop     bx
        ret
.not_packed:
        pop     bx
.failed:
        mov     ax, VBE_FAILED
        ret

; CF if the mode is not packed. EBX = bytes a pixel.
vbe_packed:
        push    ax
        mov     al, SVGA_ENABLE
        call    svga_read
        test    al, SVGA_ENABLED
        jz      .no
        mov     al, SVGA_DEPTH
        call    svga_read
        mov     bl, al
        push    eax
        call    vbe_pixel_bytes
        mov     ebx, eax
        pop     eax
        pop     ax
        clc
        ret
.no:
        pop     ax
        stc
        ret
