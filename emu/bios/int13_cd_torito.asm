; INT 13h AH=4Ah to 4Dh ("El Torito" Bootable CD-ROM Format Specification 1.0, section 6): an image on a CD stands for
; a drive, stands for it no longer, is booted; and the boot catalog. An emulated drive is floppy drive 00h, or a hard
; disk, which moves those from its number on up by one. What its geometry is, its image says, and not the packet.
;
; Left out: several emulated drives at a time (a new one takes the place of the one that was), and the packet's buffer
; for reading ahead.

; The command packet of AH=4Dh.
CATALOG_SIZE            equ 0           ; 8
CATALOG_COUNT           equ 1
CATALOG_OFFSET          equ 2
CATALOG_SEGMENT         equ 4
CATALOG_FIRST           equ 6

cd_torito_functions:    dw      cd_emulate, cd_terminate, cd_restart, cd_catalog
CD_TORITO_FIRST         equ 0x4A
CD_TORITO_FUNCTIONS     equ ($ - cd_torito_functions) / 2

; AH=4Ah: the caller's packet says what is emulated from now on.
cd_emulate:
        call    cd_take_packet
        jc      .done
        mov     ah, STATUS_BAD_COMMAND
        test    byte [fs:EBDA_CD_SPEC + SPEC_MEDIA], 0x0F
        jz      cd_give_back
        call    cd_end_emulation
        call    cd_begin_emulation
        mov     ah, STATUS_OK
.done:
        ret

; AH=4Bh: AL = 0 ends the emulation and tells what it was, 1 only tells. The packet goes to the caller's DS:SI.
cd_terminate:
        mov     ah, STATUS_BAD_COMMAND
        cmp     al, 1
        ja      .done
        cmp     byte [fs:EBDA_CD_SPEC], 0
        je      .done
        mov     es, frame_ds
        mov     di, frame_si
        mov     si, EBDA_CD_SPEC
        mov     cx, SPEC_BYTES
        fs rep  movsb
        test    al, al
        jnz     .told
        call    cd_end_emulation
.told:
        mov     ah, STATUS_OK
.done:
        ret

; AH=4Ch: returns only if there is nothing to boot. The image may go to where the caller and its stack are, so all of it
; is read once before, and forgotten.
cd_restart:
        call    cd_take_packet
        jc      .done
        mov     ah, STATUS_BAD_COMMAND
        cmp     byte [fs:EBDA_CD_SPEC + SPEC_MEDIA], 0x44
        jne     .begin
        cmp     byte [fs:EBDA_CD_SPEC + SPEC_DRIVE], 0x80
        jne     cd_give_back
.begin:
        call    cd_load_which
        jc      cd_give_back
        mov     cd_left, 0
        call    cd_read
        test    ah, ah
        jnz     cd_give_back
        call    cd_end_emulation
        xor     ax, ax
        mov     ss, ax
        mov     sp, BOOT_OFFSET
        mov     bp, sp
        sub     sp, CD_LOCALS
        mov     es, ax
        mov     word [es:0x1E * 4], compat_floppy_parameters
        mov     word [es:0x1E * 4 + 2], BIOS_SEG
        call    cd_load
        jz      cd_go
        jmp     int19_entry
.done:
        ret

; AH=4Dh: DL = the emulated drive, or the CD that was booted from.
cd_catalog:
        mov     ah, STATUS_BAD_COMMAND
        test    al, al
        jnz     .done
        cmp     byte [fs:EBDA_CD_SPEC], 0
        je      .done
        mov     si, [fs:EBDA_CD_BOOTED]
        mov     al, [fs:EBDA_CD_SPEC + SPEC_DRIVE]
        cmp     al, frame_dl
        je      .asked
        call    cd_number
        mov     ah, STATUS_BAD_COMMAND
        cmp     al, frame_dl
        jne     .done
.asked:
        mov     es, frame_ds
        mov     di, frame_si
        cmp     byte [es:di + CATALOG_SIZE], 8
        jb      .done
        mov     cl, [es:di + CATALOG_COUNT]
        dec     cl
        cmp     cl, 127
        jae     .done
        push    es
        push    di
        call    cd_find_catalog
        pop     di
        pop     es
        jc      .done
        movzx   ecx, word [es:di + CATALOG_FIRST]
        add     eax, ecx
        mov     cd_lba, eax
        movzx   eax, byte [es:di + CATALOG_COUNT]
        mov     cd_blocks, ax
        shl     eax, 10
        mov     cd_left, eax
        mov     cd_skip, 0
        mov     ax, [es:di + CATALOG_OFFSET]
        mov     cd_offset, ax
        mov     ax, [es:di + CATALOG_SEGMENT]
        mov     cd_segment, ax
        call    cd_read
.done:
        ret

; AL = the number of the CD-ROM drive at FS:SI.
cd_number:
        lea     ax, [si - EBDA_CDS]
        shr     ax, 5
        add     al, CD_FIRST
        ret

; The caller's packet becomes the specification packet, complete and with the image's geometry; SI = its drive. With CF
; and a status in AH if it is impossible, and then all is as before. The old one is kept for cd_give_back.
cd_take_packet:
        mov     ah, STATUS_BAD_COMMAND
        test    al, al
        jnz     .failed
        mov     es, frame_ds
        mov     di, frame_si
        cmp     byte [es:di + SPEC_SIZE], SPEC_BYTES
        jb      .failed
        call    cd_find_drive
        jc      .failed
        call    cd_check_number
        jc      .failed
        call    cd_copy_packet
        mov     eax, [fs:EBDA_CD_SPEC + SPEC_LBA]
        mov     cd_lba, eax
        mov     cd_blocks, 1                    ; is there anything at all
        mov     cd_skip, 0
        mov     cd_left, 0
        call    cd_read
        test    ah, ah
        jnz     cd_give_back
        call    cd_shape
        jc      cd_give_back
        ret
.failed:
        stc
        ret

; The specification packet that was there before cd_take_packet. Keeps AH; CF.
cd_give_back:
        mov     ebx, [fs:EBDA_CD_OLD_SPEC]
        mov     [fs:EBDA_CD_SPEC], ebx
        mov     ebx, [fs:EBDA_CD_OLD_SPEC + 4]
        mov     [fs:EBDA_CD_SPEC + 4], ebx
        mov     ebx, [fs:EBDA_CD_OLD_SPEC + 8]
        mov     [fs:EBDA_CD_SPEC + 8], ebx
        mov     ebx, [fs:EBDA_CD_OLD_SPEC + 12]
        mov     [fs:EBDA_CD_SPEC + 12], ebx
        mov     ebx, [fs:EBDA_CD_OLD_SPEC + 16]
        mov     [fs:EBDA_CD_SPEC + 16], ebx
        mov     bx, [fs:EBDA_CD_OLD_BOOTED]
        mov     [fs:EBDA_CD_BOOTED], bx
        stc
        ret

; SI = the CD-ROM drive that the packet at ES:DI means. CF if there is none. Keeps AH.
cd_find_drive:
        mov     si, EBDA_CDS
        mov     cl, [fs:EBDA_CD_COUNT]
.next:
        sub     cl, 1
        jb      .done
        mov     al, [fs:si + DISK_SELECT]
        shr     al, 4
        xor     al, [es:di + SPEC_DEVICE]
        test    al, 1
        jnz     .other
        mov     bx, 0x1F0
        cmp     byte [es:di + SPEC_CONTROLLER], 1
        ja      .other
        jb      .port
        mov     bx, 0x170
.port:
        cmp     bx, [fs:si + DISK_PORT]
        je      .done                           ; CF is clear
.other:
        add     si, DISK_SIZE
        jmp     .next
.done:
        ret

; May the packet at ES:DI use its drive number? CF if not. Keeps AH.
cd_check_number:
        mov     al, [es:di + SPEC_MEDIA]
        and     al, 0x0F
        mov     bl, [es:di + SPEC_DRIVE]
        jz      .done                           ; without emulation it has the CD's own
        cmp     al, 4
        ja      .no
        je      .disk
        test    bl, bl
        jnz     .no
.done:
        clc
        ret
.disk:
        mov     cl, [BDA_DISK_COUNT]            ; at most the first that is free
        sub     cl, [fs:EBDA_CD_SHIFT]
        sub     bl, 0x80
        jb      .done_cf
        cmp     cl, bl
.done_cf:
        ret
.no:
        stc
        ret

; The packet at ES:DI, for the drive at SI.
cd_copy_packet:
        push    ds
        push    si
        mov     cx, fs
        mov     ds, cx
        push    es
        push    di
        mov     es, cx
        mov     si, EBDA_CD_SPEC
        mov     di, EBDA_CD_OLD_SPEC
        mov     cx, 10
        rep     movsw
        pop     si
        pop     ds
        mov     di, EBDA_CD_SPEC
        mov     cx, SPEC_BYTES
        rep     movsb
        pop     si
        pop     ds
        xchg    si, [fs:EBDA_CD_BOOTED]
        mov     [fs:EBDA_CD_OLD_BOOTED], si
        mov     si, [fs:EBDA_CD_BOOTED]
        mov     byte [fs:EBDA_CD_SPEC + SPEC_SIZE], SPEC_BYTES
        mov     word [fs:EBDA_CD_SPEC + SPEC_BUFFER], 0
        mov     al, [fs:EBDA_CD_SPEC + SPEC_MEDIA]
        and     al, 0x0F
        or      al, 0x40                        ; on ATAPI
        mov     [fs:EBDA_CD_SPEC + SPEC_MEDIA], al
        cmp     al, 0x40
        jne     .segment
        call    cd_number
        mov     [fs:EBDA_CD_SPEC + SPEC_DRIVE], al
.segment:
        cmp     word [fs:EBDA_CD_SPEC + SPEC_SEGMENT], 0
        jne     .done
        mov     word [fs:EBDA_CD_SPEC + SPEC_SEGMENT], BOOT_OFFSET >> 4
.done:
        ret
