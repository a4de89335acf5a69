; CD-ROM drives with packets (SFF-8020i) by programmed I/O. FS:SI is the drive's record, as that of a hard disk, of
; which only the ports and the select byte are used; BP is a frame with the locals of int13_cd.asm. Waiting for the
; drive is in int13_disk_chip.asm. Routines return a status in AH with CF set unless it is zero.

STATUS_NO_MEDIA         equ 0x31
STATUS_LOCKED           equ 0xB1
CD_CHECK                equ 0xFF        ; the drive has something to say: not a status for callers

; Finds CD-ROM drives at power-on, at a place where no hard disk has answered: FS:SI has its ports. Enters it among the
; CD-ROM drives.
cd_post:
        push    si
        mov     dx, [fs:si + DISK_PORT]
        add     dx, 6
        mov     al, [fs:si + DISK_SELECT]
        out     dx, al
        call    wait_refresh
        sub     dx, 4
        mov     al, 0x55                ; registers that hold what is written belong to a drive
        out     dx, al
        in      al, dx
        cmp     al, 0x55
        jne     .none
        movzx   di, byte [fs:EBDA_CD_COUNT]
        cmp     di, MAX_CDS
        jae     .none
        mov     al, 0xA1                ; IDENTIFY PACKET DEVICE
        call    ata_simple
        jc      .none
        test    al, 0x08
        jz      .none
        push    di
        mov     dx, [fs:si + DISK_PORT]
        mov     di, EBDA_SECTOR
        mov     cx, 256
        rep     insw
        pop     di
        mov     al, [es:EBDA_SECTOR + 1]
        and     al, 0xDF
        cmp     al, 0x85                ; ATAPI, CD-ROM
        jne     .none
        shl     di, 5
        mov     ax, [fs:si + DISK_PORT]
        mov     [fs:di + EBDA_CDS + DISK_PORT], ax
        mov     ax, [fs:si + DISK_CONTROL]
        mov     [fs:di + EBDA_CDS + DISK_CONTROL], ax
        mov     al, [fs:si + DISK_SELECT]
        mov     [fs:di + EBDA_CDS + DISK_SELECT], al
        inc     byte [fs:EBDA_CD_COUNT]
.none:
        pop     si
        ret

; A packet of zeros with command AL.
cd_packet:
        mov     dword [fs:EBDA_CD_PACKET], 0
        mov     [fs:EBDA_CD_PACKET], al
        mov     dword [fs:EBDA_CD_PACKET + 4], 0
        mov     dword [fs:EBDA_CD_PACKET + 8], 0
        ret

; Reads cd_blocks blocks from cd_lba on. What the drive only reports once, and spinning up, is waited for.
cd_read:
        mov     cd_tries, 100
.again:
        mov     al, 0x28
        call    cd_packet
        mov     eax, cd_lba
        bswap   eax
        mov     [fs:EBDA_CD_PACKET + 2], eax
        mov     ax, cd_blocks
        xchg    al, ah
        mov     [fs:EBDA_CD_PACKET + 7], ax
        call    cd_command
        call    cd_worth_trying
        jc      .again
        ret

; Waits until the disc can be read, at most 10 s.
cd_wait_ready:
        mov     cd_tries, 100
.again:
        mov     al, 0x00                ; TEST UNIT READY
        call    cd_packet
        call    cd_command
        call    cd_worth_trying
        jc      .again
        ret

; After a command: CF if it is to be tried again. Else CF is clear, and set again by the caller's test of AH.
cd_worth_trying:
        test    ah, ah
        jz      .no
        dec     cd_tries
        jz      .no
        cmp     ah, STATUS_CHANGED
        je      .yes
        cmp     ah, STATUS_NOT_READY
        jne     .no
        push    ax
        mov     ax, 100
        call    wait_ms
        pop     ax
.yes:
        stc
        ret
.no:
        clc
        ret

; Executes the packet. Of what the drive gives, cd_skip words are skipped and the next cd_left stored.
cd_command:
        call    cd_exchange
        jnc     .done
        cmp     ah, CD_CHECK
        je      cd_sense
        stc
.done:
        ret

; Asks what is wrong. AH = status, CF.
cd_sense:
        push    cd_skip
        push    cd_left
        push    cd_segment
        push    cd_offset
        mov     cd_skip, 0
        mov     cd_left, 9
        mov     ax, fs
        mov     cd_segment, ax
        mov     cd_offset, EBDA_CD_SENSE
        mov     al, 0x03
        call    cd_packet
        mov     byte [fs:EBDA_CD_PACKET + 4], 18
        call    cd_exchange
        pop     cd_offset
        pop     cd_segment
        pop     cd_left
        pop     cd_skip
        jc      .controller
        mov     al, [fs:EBDA_CD_SENSE + 2]
        and     al, 0x0F
        mov     bl, [fs:EBDA_CD_SENSE + 12]
        mov     di, .meanings
.next:
        mov     ah, [cs:di + 2]
        cmp     byte [cs:di], 0xFF
        je      .found
        cmp     al, [cs:di]
        jne     .other
        cmp     byte [cs:di + 1], 0
        je      .found
        cmp     bl, [cs:di + 1]
        je      .found
.other:
        add     di, 3
        jmp     .next
.controller:
        mov     ah, STATUS_CONTROLLER
.found:
        stc
        ret

; Sense key, additional code (0: any), status.
.meanings:
        db      0x02, 0x3A, STATUS_NO_MEDIA
        db      0x02, 0x00, STATUS_NOT_READY
        db      0x03, 0x00, STATUS_CRC
        db      0x05, 0x21, STATUS_NOT_FOUND
        db      0x05, 0x53, STATUS_LOCKED
        db      0x05, 0x00, STATUS_BAD_COMMAND
        db      0x06, 0x00, STATUS_CHANGED
        db      0xFF, 0x00, STATUS_CONTROLLER

; The same as cd_command; AH = CD_CHECK with CF if the drive ends with an error.
cd_exchange:
        call    ata_select
        jc      .done
        mov     byte [BDA_DISK_IRQ], 0
        mov     dx, [fs:si + DISK_PORT]
        inc     dx
        mov     al, 0                   ; no DMA
        out     dx, al
        add     dx, 3
        out     dx, al                  ; at most 2048 bytes a block
        inc     dx
        mov     al, 0x08
        out     dx, al
        add     dx, 2
        mov     al, 0xA0
        out     dx, al
        call    ata_wait
        jc      .done
        test    al, 0x08
        jz      .refused
        mov     dx, [fs:si + DISK_PORT]
        push    si
        mov     si, EBDA_CD_PACKET
        mov     cx, 6
        fs rep  outsw
        pop     si
.phase:
        call    ata_wait
        jc      .done
        call    ata_status
        test    al, 0x01
        mov     ah, CD_CHECK
        jnz     .failed
        test    al, 0x08
        mov     ah, STATUS_OK
        jz      .done
        call    cd_data
        jmp     .phase
.refused:
        call    ata_status
        mov     ah, STATUS_CONTROLLER
.failed:
        stc
.done:
        ret

; One block of data, whose length the drive tells.
cd_data:
        push    es
        push    di
        mov     dx, [fs:si + DISK_PORT]
        add     dx, 4
        in      al, dx
        mov     cl, al
        inc     dx
        in      al, dx
        mov     ch, al
        inc     cx
        shr     cx, 1
        mov     dx, [fs:si + DISK_PORT]
        mov     bx, cd_skip
        call    cd_discard
        mov     cd_skip, bx
        movzx   ebx, cx
        cmp     ebx, cd_left
        jbe     .wanted
        mov     ebx, cd_left
.wanted:
        sub     cd_left, ebx
        sub     cx, bx
        push    cx
        mov     cx, bx
        mov     di, cd_offset
        mov     ax, cd_segment
        cmp     di, 0xF800              ; only changed when needed: see ata_buffer
        jb      .fits
        mov     bx, di
        shr     bx, 4
        add     ax, bx
        and     di, 15
        mov     cd_segment, ax
.fits:
        mov     es, ax
        rep     insw
        mov     cd_offset, di
        pop     cx
        mov     bx, 0xFFFF
        call    cd_discard
        pop     di
        pop     es
        ret

; Reads up to BX of the CX words at DX and forgets them. Both less those.
cd_discard:
        jcxz    .done
        test    bx, bx
        jz      .done
        in      ax, dx
        dec     bx
        dec     cx
        jmp     cd_discard
.done:
        ret
