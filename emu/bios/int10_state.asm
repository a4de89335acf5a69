; INT 10h AH=1Ch: saves and restores the state, in blocks of 64 bytes, one part behind the other as CX asks for them:
; bit 0 the VGA's registers, bit 1 the data area, bit 2 the DAC; for AX=4F04h bit 3, the display interface. The parts
; are laid out as Ralf Brown's list has them for IBM's BIOS; the miscellaneous output register stands behind the
; latches.
;
; Left out: the latches, which no program can write without destroying memory; they are saved as zeros.

STATE_REGISTERS         equ 0x01
STATE_DATA              equ 0x02
STATE_DAC               equ 0x04
STATE_SVGA              equ 0x08
REGISTERS_BLOCKS        equ 2           ; 71 bytes
DATA_BLOCKS             equ 1
DAC_BLOCKS              equ 13          ; 772 bytes
SVGA_BLOCKS             equ 1

; AH=1Ch: AL=00h: BX = blocks for CX; 01h saves to, 02h restores from ES:BX.
int10_save_state:
        and     cx, 0x07
        jz      .done
        cmp     al, 2
        ja      .done
        mov     frame_al, 0x1C
        je      state_restore
        cmp     al, 1
        je      state_save
        call    state_size
        mov     frame_bx, ax
.done:
        ret

; AX = blocks for the parts CX.
state_size:
        xor     ax, ax
        test    cl, STATE_REGISTERS
        jz      .data
        add     al, REGISTERS_BLOCKS
.data:
        test    cl, STATE_DATA
        jz      .dac
        add     al, DATA_BLOCKS
.dac:
        test    cl, STATE_DAC
        jz      .svga
        add     al, DAC_BLOCKS
.svga:
        test    cl, STATE_SVGA
        jz      .done
        add     al, SVGA_BLOCKS
.done:
        ret

; The parts CX to ES:BX.
state_save:
        mov     di, bx
        test    cl, STATE_REGISTERS
        jz      .data
        push    cx
        push    di
        call    save_registers
        pop     di
        pop     cx
        add     di, REGISTERS_BLOCKS * 64
.data:
        test    cl, STATE_DATA
        jz      .dac
        push    cx
        push    di
        call    save_data
        pop     di
        pop     cx
        add     di, DATA_BLOCKS * 64
.dac:
        test    cl, STATE_DAC
        jz      .svga
        push    cx
        push    di
        call    save_dac
        pop     di
        pop     cx
        add     di, DAC_BLOCKS * 64
.svga:
        test    cl, STATE_SVGA
        jz      .done
        call    save_svga
.done:
        ret

; From ES:BX. The display interface comes first: its mode decides who shows the picture; memory stays.
state_restore:
        test    cl, STATE_SVGA
        jz      .first
        push    bx
        push    cx
        and     cx, ~STATE_SVGA
        call    state_size
        shl     ax, 6
        add     bx, ax
        call    restore_svga
        pop     cx
        pop     bx
.first:
        mov     si, bx
        test    cl, STATE_REGISTERS
        jz      .data
        push    cx
        push    si
        call    restore_registers
        pop     si
        pop     cx
        add     si, REGISTERS_BLOCKS * 64
.data:
        test    cl, STATE_DATA
        jz      .dac
        push    cx
        push    si
        call    restore_data
        pop     si
        pop     cx
        add     si, DATA_BLOCKS * 64
.dac:
        test    cl, STATE_DAC
        jnz     restore_dac
        ret

; --- Registers ---

; CL registers of the pair at DX, from AL on, to ES:DI.
save_pair:
        mov     ah, al
.next:
        mov     al, ah
        out     dx, al
        inc     dx
        in      al, dx
        stosb
        dec     dx
        inc     ah
        dec     cl
        jnz     .next
        ret

save_registers:
        mov     dx, 0x3C4
        in      al, dx
        stosb
        mov     dx, [BDA_CRTC_PORT]
        in      al, dx
        stosb
        mov     dx, 0x3CE
        in      al, dx
        stosb
        call    attribute_index
        in      al, dx
        stosb
        mov     dx, 0x3CA
        in      al, dx
        stosb
        mov     dx, 0x3C4
        mov     al, 1
        mov     cl, 4
        call    save_pair
        mov     al, 0
        mov     cl, 1
        call    save_pair
        mov     dx, [BDA_CRTC_PORT]
        mov     al, 0
        mov     cl, 25
        call    save_pair
        mov     al, 0
.attribute:
        call    attribute_read
        xchg    al, ah
        stosb
        xchg    al, ah
        inc     al
        cmp     al, 0x14
        jb      .attribute
        mov     dx, 0x3CE
        mov     al, 0
        mov     cl, 9
        call    save_pair
        mov     ax, [BDA_CRTC_PORT]
        stosw
        xor     eax, eax
        stosd
        mov     dx, 0x3CC
        in      al, dx
        stosb
        lea     si, [di - 71]

; The index registers as they stand in the block at ES:SI.
restore_indexes:
        mov     dx, 0x3C4
        mov     al, [es:si]
        out     dx, al
        mov     dx, [BDA_CRTC_PORT]
        mov     al, [es:si + 1]
        out     dx, al
        mov     dx, 0x3CE
        mov     al, [es:si + 2]
        out     dx, al
        call    attribute_index
        mov     al, [es:si + 3]
        out     dx, al
        jmp     attribute_index

; CL registers of the pair at DX, from AL on, from ES:SI.
restore_pair:
        mov     ah, [es:si]
        inc     si
        out     dx, ax
        inc     al
        dec     cl
        jnz     restore_pair
        ret

restore_registers:
        push    si
        mov     dx, 0x3C2
        mov     al, [es:si + 0x46]
        out     dx, al
        mov     ax, [es:si + 0x40]
        mov     [BDA_CRTC_PORT], ax
        mov     dx, ax
        add     dx, 6
        mov     al, [es:si + 4]
        out     dx, al                  ; feature control
        mov     ax, 0x0100
        call    sequencer_write
        add     si, 5
        mov     dx, 0x3C4
        mov     al, 1
        mov     cl, 4
        call    restore_pair
        mov     al, 0
        mov     cl, 1
        call    restore_pair
        mov     dx, [BDA_CRTC_PORT]
        mov     ax, 0x0011              ; registers 0-7 can be written
        out     dx, ax
        mov     al, 0
        mov     cl, 25
        call    restore_pair
        mov     al, 0
.attribute:
        mov     ah, [es:si]
        inc     si
        call    attribute_write
        inc     al
        cmp     al, 0x14
        jb      .attribute
        mov     dx, 0x3CE
        mov     al, 0
        mov     cl, 9
        call    restore_pair
        pop     si
        jmp     restore_indexes

; --- The data area ---

; 40:49-66, 84-8A, A8-AB, the equipment word, and the vectors 1Dh, 1Fh and 43h.
save_data:
        mov     si, BDA_VIDEO_MODE
        mov     cx, 30
        rep     movsb
        mov     si, BDA_ROWS
        mov     cx, 7
        rep     movsb
        mov     si, BDA_SAVE_POINTER
        movsd
        mov     ax, [BDA_EQUIPMENT]
        stosw
        push    ds
        push    0
        pop     ds
        mov     si, 0x1D * 4
        movsd
        mov     si, 0x1F * 4
        movsd
        mov     si, 0x43 * 4
        movsd
        pop     ds
        ret

restore_data:
        push    ds
        push    es
        push    ds
        push    es
        pop     ds
        pop     es
        mov     di, BDA_VIDEO_MODE
        mov     cx, 30
        rep     movsb
        mov     di, BDA_ROWS
        mov     cx, 7
        rep     movsb
        mov     di, BDA_SAVE_POINTER
        movsd
        lodsw
        and     al, 0x30                ; the kind of display
        and     byte [es:BDA_EQUIPMENT], 0xCF
        or      [es:BDA_EQUIPMENT], al
        push    0
        pop     es
        mov     di, 0x1D * 4
        movsd
        mov     di, 0x1F * 4
        movsd
        mov     di, 0x43 * 4
        movsd
        pop     es
        pop     ds
        ret

; --- The DAC ---

save_dac:
        mov     dx, 0x3C7
        in      al, dx
        stosb
        mov     ah, al
        inc     dx
        in      al, dx
        mov     bl, al
        stosb
        mov     dx, 0x3C6
        in      al, dx
        stosb
        inc     dx
        mov     al, 0
        out     dx, al
        mov     dx, 0x3C9
        mov     cx, 768
        rep     insb
        push    ax
        mov     al, 0x14
        call    attribute_read
        mov     al, ah
        stosb
        pop     ax
        jmp     restore_dac_index

restore_dac:
        mov     bx, [es:si]
        mov     dx, 0x3C6
        mov     al, [es:si + 2]
        out     dx, al
        push    bx
        add     si, 3
        mov     dx, 0x3C8
        mov     al, 0
        out     dx, al
        inc     dx
        mov     cx, 768
        rep     es outsb
        mov     al, 0x14
        mov     ah, [es:si]
        call    attribute_write
        pop     bx
        mov     ah, bl
        mov     bl, bh

; Index BL, for reading if AH = 3: then it stands one further than the register that comes next.
restore_dac_index:
        mov     dx, 0x3C8
        mov     al, bl
        and     ah, 3
        cmp     ah, 3
        jne     .write
        dec     al
        dec     dx
.write:
        out     dx, al
        ret

; --- The display interface ---

save_svga:
        mov     al, SVGA_WIDTH
.next:
        push    ax
        call    svga_read
        stosw
        pop     ax
        inc     al
        cmp     al, SVGA_Y
        jbe     .next
        ret

restore_svga:
        call    svga_off
        mov     si, bx
        mov     al, SVGA_WIDTH
        call    .register
        mov     al, SVGA_HEIGHT
        call    .register
        mov     al, SVGA_DEPTH
        call    .register
        mov     al, SVGA_ENABLE
        mov     dx, [es:si + (SVGA_ENABLE - SVGA_WIDTH) * 2]
        or      dl, KEEP_MEMORY
        call    svga_write
        mov     al, SVGA_VIRTUAL_WIDTH
        call    .register
        mov     al, SVGA_X
        call    .register
        mov     al, SVGA_Y
        call    .register
        mov     al, SVGA_BANK
.register:
        movzx   bx, al
        add     bx, bx
        mov     dx, [es:bx + si - SVGA_WIDTH * 2]
        jmp     svga_write
