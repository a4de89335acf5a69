; Booting from a CD ("El Torito" Bootable CD-ROM Format Specification 1.0): the boot record at block 17 leads to the
; boot catalog, of which the default entry is started: an image that is loaded and sees the CD, or one that stands for
; floppy drive A or the first hard disk while the drives of the machine move up by one.
;
; Left out: the catalog's further entries.

CD_BOOT_RECORD          equ 17
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
        mov     eax, CD_BOOT_RECORD
        call    cd_boot_block
        jnz     .no
        push    si
        mov     si, .mark
        mov     di, CD_BUFFER
        mov     cx, .mark_end - .mark
        cs rep  cmpsb
        pop     si
        jne     .no
        mov     eax, [es:CD_BUFFER + 0x47]
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
        movzx   bx, byte [es:di + 1]
        and     bl, 0x0F
        cmp     bl, 4
        ja      .no
        mov     al, bl
        or      al, 0x40                        ; on ATAPI
        mov     [fs:EBDA_CD_SPEC + SPEC_MEDIA], al
        mov     dl, CD_FIRST
        lea     ax, [si - EBDA_CDS]
        shr     ax, 5
        add     dl, al
        add     bx, bx
        jmp     [cs:bx + .media]
.no:
        ret
.media:         dw      cd_start_plain, cd_start_floppy, cd_start_floppy, cd_start_floppy, cd_start_disk

; No emulation: SPEC_COUNT sectors of 512 bytes to the segment.
cd_start_plain:
        mov     [fs:EBDA_CD_SPEC + SPEC_DRIVE], dl
        call    cd_load
        jz      cd_jump
        ret

cd_start_floppy:
        mov     ax, [cs:bx + .geometry - 2]
        mov     [fs:EBDA_CD_SPEC + SPEC_CYLINDERS], ax
        mov     byte [fs:EBDA_CD_SPEC + SPEC_HEADS], 1
        mov     byte [fs:EBDA_CD_SPEC + SPEC_DRIVE], 0
        call    cd_load
        jz      cd_begin_emulation
        ret
.geometry:      db      79, 15, 79, 18, 79, 36

; The image's partition table says what the disk looks like: its one partition ends at the disk's end.
cd_start_disk:
        mov     byte [fs:EBDA_CD_SPEC + SPEC_DRIVE], 0x80
        mov     eax, [fs:EBDA_CD_SPEC + SPEC_LBA]
        call    cd_boot_block
        jnz     .no
        cmp     word [es:CD_BUFFER + 510], 0xAA55
        jne     .no
        mov     al, [es:CD_BUFFER + 0x1BE + 5]
        mov     [fs:EBDA_CD_SPEC + SPEC_HEADS], al
        mov     al, [es:CD_BUFFER + 0x1BE + 6]
        mov     [fs:EBDA_CD_SPEC + SPEC_SECTORS], al
        test    al, 0x3F
        jz      .no
        mov     al, [es:CD_BUFFER + 0x1BE + 7]
        mov     [fs:EBDA_CD_SPEC + SPEC_CYLINDERS], al
        call    cd_load
        jz      cd_begin_emulation
.no:
        ret

; The sectors that the catalog asks for, to their segment. ZF if all is well.
cd_load:
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
        call    cd_read
        test    ah, ah
        ret
.bad:
        or      ah, 1
        ret

; From now on INT 13h and the data area know of one drive more.
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
        jmp     cd_jump
.disk:
        mov     byte [fs:EBDA_CD_SHIFT], 1
        inc     byte [BDA_DISK_COUNT]

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
