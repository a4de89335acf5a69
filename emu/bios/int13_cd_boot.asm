; Booting from a CD ("El Torito" Bootable CD-ROM Format Specification 1.0): the boot record at block 17 leads to the
; boot catalog, of which the default entry is started: an image that is loaded and sees the CD, or one that stands for
; floppy drive A or the first hard disk while the drives of the machine move up by one.
;
; Left out: the catalog's further entries.

CD_BOOT_RECORD          equ 17
CD_RECORD_CATALOG       equ 0x47        ; dword in it, block of the catalog
CD_RECORD_BYTES         equ 0x4C        ; up to there, in whole words
CD_TABLE                equ 0x1BE       ; partition table of a hard disk's image,
CD_TABLE_BYTES          equ 0x42        ; with the signature
CD_BUFFER               equ 0x7C00      ; one block, before the boot sector is there

; For int19.asm: tries each drive; returns if none has a disc that can be booted.
boot_cd:
        mov     ax, BDA_SEG
        mov     ds, ax
        mov     fs, [BDA_EBDA_SEG]
        cmp     byte [fs:EBDA_CD_ACTIVE], 0
        je      .begin
        call    cd_end_emulation
.begin:
        mov     si, EBDA_CDS
        mov     cl, [fs:EBDA_CD_COUNT]
.drive:
        test    cl, cl
        jz      .done
        push    cx
        mov     bp, sp
        sub     sp, CD_LOCALS
        call    cd_try_boot
        mov     sp, bp
        pop     cx
        add     si, DISK_SIZE
        dec     cl
        jmp     .drive
.done:
        xor     ax, ax
        mov     ds, ax
        ret

; The drive at FS:SI. Returns if its disc is none to boot.
cd_try_boot:
        call    cd_wait_ready
        test    ah, ah
        jnz     .no
        call    cd_find_catalog
        jc      .no
        call    cd_boot_block
        jnz     .no
        cmp     byte [es:CD_BUFFER], 1          ; validation entry, for a PC
        jne     .no
        cmp     byte [es:CD_BUFFER + 1], 0
        jne     .no
        cmp     word [es:CD_BUFFER + 30], 0xAA55
        jne     .no
        mov     di, CD_BUFFER
        mov     cx, 16
        xor     ax, ax
.sum:
        add     ax, [es:di]
        add     di, 2
        loop    .sum
        test    ax, ax
        jnz     .no
        cmp     byte [es:di], 0x88              ; the default entry can be booted
        je      cd_start
.no:
        ret

; EAX = block of the boot catalog. CF with a status in AH if the disc has none.
cd_find_catalog:
        sub     sp, CD_RECORD_BYTES
        mov     cd_lba, CD_BOOT_RECORD
        mov     cd_blocks, 1
        mov     cd_skip, 0
        mov     cd_left, CD_RECORD_BYTES / 2
        mov     cd_segment, ss
        mov     cd_offset, sp
        call    cd_read
        mov     bx, sp
        test    ah, ah
        stc
        jnz     .done
        mov     ah, STATUS_NOT_FOUND
        push    si
        push    ss
        pop     es
        mov     si, .mark
        mov     di, bx
        mov     cx, .mark_end - .mark
        cs rep  cmpsb
        pop     si
        stc
        jne     .done
        mov     eax, [ss:bx + CD_RECORD_CATALOG]
        clc
.done:
        lea     sp, [bx + CD_RECORD_BYTES]
        ret
.mark:          db      0, "CD001", 1, "EL TORITO SPECIFICATION", 0
.mark_end:

; Block EAX to 0:CD_BUFFER. ES = 0. ZF if all is well.
cd_boot_block:
        mov     cd_lba, eax
        mov     cd_blocks, 1
        mov     cd_skip, 0
        mov     cd_left, 1024
        mov     cd_segment, 0
        mov     cd_offset, CD_BUFFER
        call    cd_read
        push    0
        pop     es
        test    ah, ah
        ret

; The default entry at ES:DI.
cd_start:
        mov     dword [fs:EBDA_CD_SPEC + SPEC_CYLINDERS], 0
        mov     byte [fs:EBDA_CD_SPEC + SPEC_SIZE], SPEC_BYTES
        mov     eax, [es:di + 8]
        mov     [fs:EBDA_CD_SPEC + SPEC_LBA], eax
        mov     ax, [es:di + 6]
        mov     [fs:EBDA_CD_SPEC + SPEC_COUNT], ax
        mov     word [fs:EBDA_CD_SPEC + SPEC_BUFFER], 0
        mov     ax, [es:di + 2]
        test    ax, ax
        jnz     .segment
        mov     ax, BOOT_OFFSET >> 4
.segment:
        mov     [fs:EBDA_CD_SPEC + SPEC_SEGMENT], ax
        mov     [fs:EBDA_CD_BOOTED], si
        mov     al, [fs:si + DISK_SELECT]
        shr     al, 4
        and     ax, 1
        mov     [fs:EBDA_CD_SPEC + SPEC_DEVICE], ax
        cmp     word [fs:si + DISK_PORT], 0x1F0
        setne   [fs:EBDA_CD_SPEC + SPEC_CONTROLLER]
        mov     al, [es:di + 1]
        and     al, 0x0F
        cmp     al, 4
        ja      .no
        mov     bl, 0x80
        je      .number
        mov     bl, 0
        test    al, al
        jnz     .number
        push    ax
        call    cd_number
        mov     bl, al
        pop     ax
.number:
        or      al, 0x40                        ; on ATAPI
        mov     [fs:EBDA_CD_SPEC + SPEC_MEDIA], al
        mov     [fs:EBDA_CD_SPEC + SPEC_DRIVE], bl
        call    cd_shape
        jc      .no
        call    cd_load
        jz      cd_go
.no:
        ret

; To the image that is loaded.
cd_go:
        test    byte [fs:EBDA_CD_SPEC + SPEC_MEDIA], 0x0F
        jz      cd_jump
        call    cd_begin_emulation
        jmp     cd_jump

; The geometry of the image, by its media type. CF with a status in AH if it has none.
cd_shape:
        mov     dword [fs:EBDA_CD_SPEC + SPEC_CYLINDERS], 0
        movzx   bx, byte [fs:EBDA_CD_SPEC + SPEC_MEDIA]
        and     bl, 0x0F
        jz      .done                           ; no emulation; CF is clear
        cmp     bl, 4
        je      .disk
        add     bx, bx
        mov     ax, [cs:bx + .floppies - 2]
        mov     [fs:EBDA_CD_SPEC + SPEC_CYLINDERS], ax
        mov     byte [fs:EBDA_CD_SPEC + SPEC_HEADS], 1
        clc
.done:
        ret
.floppies:      db      79, 15, 79, 18, 79, 36
; The image's partition table says what the disk looks like: its one partition ends at the disk's end.
.disk:
        sub     sp, CD_TABLE_BYTES
        mov     eax, [fs:EBDA_CD_SPEC + SPEC_LBA]
        mov     cd_lba, eax
        mov     cd_blocks, 1
        mov     cd_skip, CD_TABLE / 2
        mov     cd_left, CD_TABLE_BYTES / 2
        mov     cd_segment, ss
        mov     cd_offset, sp
        call    cd_read
        mov     di, sp
        test    ah, ah
        stc
        jnz     .read
        mov     ah, STATUS_BAD_COMMAND
        mov     bl, [ss:di + 6]
        mov     cl, [ss:di + 5]
        mov     ch, [ss:di + 7]
        mov     [fs:EBDA_CD_SPEC + SPEC_HEADS], cl
        mov     [fs:EBDA_CD_SPEC + SPEC_SECTORS], bl
        mov     [fs:EBDA_CD_SPEC + SPEC_CYLINDERS], ch
        cmp     word [ss:di + CD_TABLE_BYTES - 2], 0xAA55
        stc
        jne     .read
        and     bl, 0x3F
        cmp     bl, 1                           ; CF if there are no sectors
.read:
        lea     sp, [di + CD_TABLE_BYTES]
        ret

; The sectors that the catalog asks for, to their segment. ZF if all is well.
cd_load:
        call    cd_load_which
        jc      .bad
        call    cd_read
        test    ah, ah
        ret
.bad:
        or      ah, 1
        ret

; Makes ready to read them. CF with a status in AH if there are none, or too many.
cd_load_which:
        mov     eax, [fs:EBDA_CD_SPEC + SPEC_LBA]
        mov     cd_lba, eax
        movzx   eax, word [fs:EBDA_CD_SPEC + SPEC_COUNT]
        cmp     ax, 0x0480                      ; no more than fits below the EBDA
        ja      .bad
        mov     ecx, eax
        shl     eax, 8
        mov     cd_left, eax
        add     cx, 3
        shr     cx, 2
        mov     cd_blocks, cx
        mov     cd_skip, 0
        mov     ax, [fs:EBDA_CD_SPEC + SPEC_SEGMENT]
        mov     cd_segment, ax
        mov     cd_offset, 0
        jcxz    .bad
        clc
        ret
.bad:
        mov     ah, STATUS_BAD_COMMAND
        stc
        ret

; From now on INT 13h and the data area know of one drive more. Keeps SI.
cd_begin_emulation:
        mov     byte [fs:EBDA_CD_ACTIVE], 1
        mov     ax, [BDA_EQUIPMENT]
        mov     [fs:EBDA_CD_EQUIPMENT], ax
        test    byte [fs:EBDA_CD_SPEC + SPEC_DRIVE], 0x80
        jnz     .disk
        test    al, 1
        jz      .first
        add     al, 0x40
        jnc     .first
        sub     al, 0x40
.first:
        or      al, 1
        mov     [BDA_EQUIPMENT], ax
        ret
.disk:
        mov     byte [fs:EBDA_CD_SHIFT], 1
        inc     byte [BDA_DISK_COUNT]
        ret

; To the image: 0:7C00 if that is its segment.
cd_jump:
        mov     bx, [fs:EBDA_CD_SPEC + SPEC_SEGMENT]
        mov     dl, [fs:EBDA_CD_SPEC + SPEC_DRIVE]
        cmp     bx, BOOT_OFFSET >> 4
        je      boot_start
        xor     eax, eax
        mov     ss, ax
        mov     sp, BOOT_OFFSET
        push    bx
        push    ax
        mov     ds, ax
        mov     es, ax
        movzx   edx, dl
        retf

; The drives of the machine are in their own places again. Keeps all registers.
cd_end_emulation:
        push    ax
        cmp     byte [fs:EBDA_CD_ACTIVE], 0
        je      .done
        mov     byte [fs:EBDA_CD_ACTIVE], 0
        cmp     byte [fs:EBDA_CD_SHIFT], 0
        je      .floppy
        mov     byte [fs:EBDA_CD_SHIFT], 0
        dec     byte [BDA_DISK_COUNT]
        jmp     .done
.floppy:
        mov     al, [fs:EBDA_CD_EQUIPMENT]
        and     al, 0xC1
        and     byte [BDA_EQUIPMENT], 0x3E
        or      [BDA_EQUIPMENT], al
.done:
        pop     ax
        ret

; What post_report.asm shows of the drives.
cd_report:
        push    es
        mov     es, [BDA_EBDA_SEG]
        mov     cl, [es:EBDA_CD_COUNT]
        pop     es
        mov     al, '0'
.next:
        test    cl, cl
        jz      .done
        mov     si, .text
        call    report_text
        call    report_character
        mov     si, report_new_line
        call    report_text
        inc     al
        dec     cl
        jmp     .next
.done:
        ret
.text:          db      "CD-ROM ", 0
