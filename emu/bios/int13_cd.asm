; INT 13h for CD-ROM drives, numbers E0h and up: the extensions of the Enhanced Disk Drive Specification 1.1, with
; blocks of 2048 bytes, door lock and eject; and for a drive that is emulated by an image on the disc ("El Torito"
; Bootable CD-ROM Format Specification 1.0, section 4), sectors of 512 bytes. Booting from a CD is in int13_cd_boot.asm,
; AH=4Ah to 4Dh are in int13_cd_torito.asm.
;
; Left out: extensions for the emulated drive.

; Locals below the frame.
%define cd_lba          dword [bp - 4]
%define cd_blocks       word [bp - 6]   ; of 2048 bytes
%define cd_skip         word [bp - 8]   ; words of the data that nobody wants, before
%define cd_left         dword [bp - 12] ; those that are wanted
%define cd_segment      word [bp - 14]  ; where they go to
%define cd_offset       word [bp - 16]
%define cd_tries        word [bp - 18]
CD_LOCALS               equ 18

CD_FIRST                equ 0xE0
CD_SUBSETS              equ 0x0003      ; fixed disk access; locking and ejecting

; The specification packet of El Torito, and where it lies while a disc is booted.
SPEC_SIZE               equ 0           ; 13h
SPEC_MEDIA              equ 1
SPEC_DRIVE              equ 2
SPEC_CONTROLLER         equ 3
SPEC_LBA                equ 4
SPEC_DEVICE             equ 8
SPEC_BUFFER             equ 10
SPEC_SEGMENT            equ 12
SPEC_COUNT              equ 14
SPEC_CYLINDERS          equ 16          ; low byte of the last cylinder
SPEC_SECTORS            equ 17          ; and its upper bits
SPEC_HEADS              equ 18          ; last head
SPEC_BYTES              equ 0x13

; CF if a call with AH and DL is for the routines here. Keeps all registers.
cd_claims:
        push    ds
        push    ax
        push    BDA_SEG
        pop     ds
        mov     ds, [BDA_EBDA_SEG]
        mov     al, dl
        sub     al, CD_FIRST
        jb      .not_cd
        cmp     al, [EBDA_CD_COUNT]
        jmp     .done
.not_cd:
        cmp     byte [EBDA_CD_COUNT], 0
        je      .done
        cmp     ah, 0x4A                ; their packets say which drive
        je      .claimed
        cmp     ah, 0x4C
        je      .claimed
        cmp     byte [EBDA_CD_ACTIVE], 0
        je      .done
        cmp     dl, [EBDA_CD_SPEC + SPEC_DRIVE]
        je      .claimed
        cmp     ah, 0x4B                ; DL = 7Fh ends any emulation
        jne     .no
        cmp     dl, 0x7F
        je      .claimed
.no:
        clc
        jmp     .done
.claimed:
        stc
.done:
        pop     ax
        pop     ds
        ret

; CF if the emulated drive is a floppy drive. Keeps all registers.
cd_is_floppy:
        push    ds
        push    ax
        push    BDA_SEG
        pop     ds
        mov     ds, [BDA_EBDA_SEG]
        mov     al, [EBDA_CD_SHIFT]
        cmp     al, [EBDA_CD_ACTIVE]
        pop     ax
        pop     ds
        ret

int13_cd_entry:
        sti
        service_enter
        sub     sp, CD_LOCALS
        mov     fs, [BDA_EBDA_SEG]
        mov     si, [fs:EBDA_CD_BOOTED]
        mov     ah, frame_ah
        mov     al, frame_al
        movzx   di, ah
        sub     di, CD_TORITO_FIRST
        cmp     di, CD_TORITO_FUNCTIONS
        jb      .torito
        mov     dl, frame_dl
        sub     dl, CD_FIRST
        jb      .emulated
        movzx   si, dl
        shl     si, 5
        add     si, EBDA_CDS
        mov     di, cd_functions
        jmp     .find
.torito:
        add     di, di
        call    [cs:di + cd_torito_functions]
        jmp     .result
.emulated:
        mov     di, cd_emulated_functions
.find:
        cmp     byte [cs:di], 0xFF
        je      .unknown
        cmp     ah, [cs:di]
        je      .found
        add     di, 3
        jmp     .find
.found:
        call    [cs:di + 1]
        jmp     .result
.unknown:
        mov     ah, STATUS_BAD_COMMAND
.result:
        mov     [BDA_DISK_STATUS], ah
        mov     frame_ah, ah
        clear_carry
        test    ah, ah
        jz      .leave
        set_carry
.leave:
        mov     sp, bp
        service_leave

%macro cd_function 2
        db      %1
        dw      %2
%endmacro

cd_functions:
        cd_function 0x00, cd_reset
        cd_function 0x01, disk_status
        cd_function 0x03, cd_protected
        cd_function 0x0D, cd_reset
        cd_function 0x10, cd_wait_ready
        cd_function 0x41, cd_check
        cd_function 0x42, cd_read_extended
        cd_function 0x43, cd_protected
        cd_function 0x44, cd_verify_extended
        cd_function 0x45, cd_lock
        cd_function 0x46, cd_eject
        cd_function 0x47, cd_seek
        cd_function 0x48, cd_parameters
        cd_function 0x49, cd_changed
        db      0xFF

cd_emulated_functions:
        cd_function 0x00, cd_nothing
        cd_function 0x01, disk_status
        cd_function 0x02, cd_emulated_read
        cd_function 0x03, cd_protected
        cd_function 0x04, cd_emulated_verify
        cd_function 0x05, cd_protected
        cd_function 0x08, cd_emulated_geometry
        cd_function 0x09, cd_nothing
        cd_function 0x0C, cd_nothing
        cd_function 0x0D, cd_nothing
        cd_function 0x10, cd_nothing
        cd_function 0x11, cd_nothing
        cd_function 0x14, cd_nothing
        cd_function 0x15, cd_emulated_kind
        cd_function 0x16, cd_nothing            ; the disk has not been changed
        db      0xFF

cd_nothing:
        mov     ah, STATUS_OK
        ret

cd_protected:
        mov     ah, STATUS_WRITE_PROTECTED
        ret

; --- The drive itself ---

; DEVICE RESET
cd_reset:
        call    ata_wait
        mov     dx, [fs:si + DISK_PORT]
        add     dx, 6
        mov     al, [fs:si + DISK_SELECT]
        out     dx, al
        inc     dx
        mov     al, 0x08
        out     dx, al
        call    ata_wait
        jc      .done
        mov     ah, STATUS_OK
.done:
        ret

; AH=41h
cd_check:
        mov     ah, STATUS_BAD_COMMAND
        cmp     frame_bx, 0x55AA
        jne     .done
        mov     frame_bx, 0xAA55
        mov     frame_cx, CD_SUBSETS
        mov     ah, INT13_EXT_VERSION
cd_answer:                              ; AH is no status
        mov     frame_ah, ah
        mov     byte [BDA_DISK_STATUS], 0
        clear_carry
        mov     sp, bp
        service_leave
cd_check.done:
        ret

; The packet at the caller's DS:SI: cd_lba, cd_blocks; where the data goes to. CF with a status if it is not one.
cd_address:
        mov     es, frame_ds
        mov     di, frame_si
        mov     ah, STATUS_BAD_COMMAND
        cmp     byte [es:di + PACKET_SIZE], 16
        jb      .failed
        mov     ax, [es:di + PACKET_COUNT]
        mov     cd_blocks, ax
        cmp     ax, 127
        mov     ah, STATUS_BAD_COMMAND
        ja      .failed
        mov     ah, STATUS_NOT_FOUND
        cmp     dword [es:di + PACKET_LBA_HIGH], 0
        jne     .failed
        mov     eax, [es:di + PACKET_LBA]
        mov     cd_lba, eax
        mov     ax, [es:di + PACKET_OFFSET]
        mov     cd_offset, ax
        mov     ax, [es:di + PACKET_SEGMENT]
        mov     cd_segment, ax
        mov     cd_skip, 0
        movzx   eax, cd_blocks
        shl     eax, 10
        mov     cd_left, eax
        clc
        ret
.failed:
        stc
        ret

; AH=42h: the packet's block count becomes the number of blocks transferred.
cd_read_extended:
        call    cd_address
        jc      .done
        cmp     cd_blocks, 0
        mov     ah, STATUS_OK
        je      .done
        call    cd_read
        mov     es, frame_ds
        mov     di, frame_si
        mov     ecx, cd_left            ; a block that was begun does not count
        add     ecx, 1023
        shr     ecx, 10
        sub     [es:di + PACKET_COUNT], cx
.done:
        ret

; AH=44h: reads and forgets.
cd_verify_extended:
        call    cd_address
        jc      .done
        cmp     cd_blocks, 0
        mov     ah, STATUS_OK
        je      .done
        mov     cd_left, 0
        call    cd_read
.done:
        ret

; AH=45h: AL = 0 locks the door, 1 unlocks it, 2 tells: AL = 1 locked.
cd_lock:
        mov     ah, STATUS_BAD_COMMAND
        cmp     al, 2
        ja      .done
        je      .tell
        xor     al, 1
        mov     [fs:si + DISK_LOCKED], al
        push    ax
        mov     al, 0x1E
        call    cd_packet
        pop     ax
        mov     [fs:EBDA_CD_PACKET + 4], al
        call    cd_command_twice
        test    ah, ah
        jnz     .done
.tell:
        mov     al, [fs:si + DISK_LOCKED]
        mov     frame_al, al
        mov     ah, STATUS_OK
.done:
        ret

; AH=46h
cd_eject:
        mov     al, 0x1B
        call    cd_packet
        mov     byte [fs:EBDA_CD_PACKET + 4], 0x02
; What the drive wants to report first is not what the caller asked for.
cd_command_twice:
        push    dword [fs:EBDA_CD_PACKET]
        push    dword [fs:EBDA_CD_PACKET + 4]
        call    cd_command
        pop     dword [fs:EBDA_CD_PACKET + 4]
        pop     dword [fs:EBDA_CD_PACKET]
        cmp     ah, STATUS_CHANGED
        jne     .done
        call    cd_command
.done:
        ret

; AH=47h
cd_seek:
        call    cd_address
        jc      .done
        mov     al, 0x2B
        call    cd_packet
        mov     eax, cd_lba
        bswap   eax
        mov     [fs:EBDA_CD_PACKET + 2], eax
        call    cd_command_twice
.done:
        ret

; AH=48h: no geometry; removable, with a door that locks and tells of changes; 2048 bytes a block.
cd_parameters:
        mov     es, frame_ds
        mov     di, frame_si
        mov     ah, STATUS_BAD_COMMAND
        cmp     word [es:di], 26
        jb      .done
        push    di
        mov     ax, 26
        stosw
        mov     ax, 0x0074              ; removable, tells changes, locks, all ones if there is no disc
        stosw
        mov     eax, 0xFFFFFFFF
        stosd
        stosd
        stosd
        stosd
        stosd
        mov     ax, 2048
        stosw
        pop     di
        call    cd_wait_ready
        test    ah, ah
        jnz     .no_disc
        mov     al, 0x25                ; READ CAPACITY
        call    cd_packet
        mov     cd_skip, 0
        mov     cd_left, 4
        mov     ax, fs
        mov     cd_segment, ax
        mov     cd_offset, EBDA_CD_SENSE
        call    cd_command_twice
        test    ah, ah
        jnz     .no_disc
        mov     eax, [fs:EBDA_CD_SENSE]
        bswap   eax
        inc     eax
        mov     [es:di + 16], eax
        mov     dword [es:di + 20], 0
.no_disc:
        mov     ah, STATUS_OK
.done:
        ret

; AH=49h
cd_changed:
        mov     cd_tries, 1
        mov     al, 0x00
        call    cd_packet
        call    cd_command
        cmp     ah, STATUS_CHANGED
        je      .done
        mov     ah, STATUS_OK
.done:
        ret

; --- The emulated drive ---

; EAX = number of the caller's sector. CF with a status if the geometry has none such.
cd_emulated_sector:
        mov     cx, frame_cx
        movzx   eax, cl
        shl     ax, 2
        mov     al, ch
        and     ax, 0x3FF               ; cylinder
        movzx   ebx, byte [fs:EBDA_CD_SPEC + SPEC_HEADS]
        cmp     frame_dh, bl
        ja      .none
        inc     ebx
        mul     ebx
        movzx   ebx, frame_dh
        add     eax, ebx
        movzx   ebx, byte [fs:EBDA_CD_SPEC + SPEC_SECTORS]
        and     bl, 0x3F
        movzx   ecx, cl
        and     cl, 0x3F
        jz      .none
        cmp     cl, bl
        ja      .none
        mul     ebx
        lea     eax, [eax + ecx - 1]
        clc
        ret
.none:
        mov     ah, STATUS_NOT_FOUND
        stc
        ret

; AH=02h, 04h: AL sectors to ES:BX.
cd_emulated_read:
        movzx   eax, frame_al
        jmp     cd_emulated_transfer
cd_emulated_verify:
        xor     eax, eax                ; nothing is wanted of what is read
cd_emulated_transfer:
        shl     eax, 8
        mov     cd_left, eax
        mov     ax, frame_es
        mov     cd_segment, ax
        mov     ax, frame_bx
        mov     cd_offset, ax
        mov     ah, STATUS_BAD_COMMAND
        movzx   dx, frame_al
        dec     dl
        cmp     dl, 0x80
        jae     .failed
        call    cd_emulated_sector
        jc      .failed
        movzx   dx, frame_al
        mov     bx, ax
        and     bx, 3
        add     dx, bx                  ; sectors from the beginning of the first block on
        shl     bx, 8
        mov     cd_skip, bx
        shr     eax, 2
        add     eax, [fs:EBDA_CD_SPEC + SPEC_LBA]
        mov     cd_lba, eax
        add     dx, 3
        shr     dx, 2
        mov     cd_blocks, dx
        call    cd_read
        test    ah, ah
        jz      .done
.failed:
        mov     frame_al, 0
.done:
        ret

; AH=08h
cd_emulated_geometry:
        mov     cl, [fs:EBDA_CD_SPEC + SPEC_SECTORS]
        mov     ch, [fs:EBDA_CD_SPEC + SPEC_CYLINDERS]
        mov     frame_cx, cx
        mov     al, [fs:EBDA_CD_SPEC + SPEC_HEADS]
        mov     frame_dh, al
        mov     frame_ax, 0
        test    byte [fs:EBDA_CD_SPEC + SPEC_DRIVE], 0x80
        jnz     .disk
        call    floppy_count
        mov     frame_dl, al
        movzx   bx, byte [fs:EBDA_CD_SPEC + SPEC_MEDIA]
        and     bl, 0x0F
        mov     al, [cs:bx + .types]
        mov     ah, 0
        mov     frame_bx, ax
        mov     frame_es, BIOS_SEG
        mov     frame_di, compat_floppy_parameters
        jmp     .done
.disk:
        mov     al, [BDA_DISK_COUNT]
        mov     frame_dl, al
.done:
        mov     ah, STATUS_OK
        ret
.types:         db      0, 2, 4, 5, 0           ; by media type: 1.2, 1.44, 2.88 MB

; AH=15h: a floppy that does not tell changes, or a hard disk and its sectors in CX:DX.
cd_emulated_kind:
        mov     ah, 1
        test    byte [fs:EBDA_CD_SPEC + SPEC_DRIVE], 0x80
        jz      cd_answer
        movzx   eax, byte [fs:EBDA_CD_SPEC + SPEC_SECTORS]
        movzx   ecx, al
        shl     cx, 2
        mov     cl, [fs:EBDA_CD_SPEC + SPEC_CYLINDERS]
        and     cx, 0x3FF
        inc     cx
        and     al, 0x3F
        mul     ecx
        movzx   ecx, byte [fs:EBDA_CD_SPEC + SPEC_HEADS]
        inc     ecx
        mul     ecx
        mov     frame_dx, ax
        shr     eax, 16
        mov     frame_cx, ax
        mov     ah, 3
        jmp     cd_answer
