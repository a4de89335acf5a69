; The ATA interface (ANSI X3.221) by programmed I/O. FS:SI is the disk's record, BP the register frame with the locals
; of int13_disk.asm. Completion is taken from the alternate status register, which does not withdraw the interrupt, and
; only then from the status register: a request that goes away before the CPU accepts it would look like IRQ15.

ATA_TIMEOUT             equ 10000 * REFRESH_PER_MS

; Transfers disk_left sectors from disk_lba on, as disk_operation says. On an error disk_left sectors are missing.
disk_transfer:
        mov     eax, disk_lba
        movzx   ecx, disk_left
        add     ecx, eax
        jc      .outside
        cmp     ecx, [fs:si + DISK_TOTAL]
        ja      .outside
        mov     al, disk_operation
        call    ata_command_at
        jc      .done
        mov     al, disk_operation
        cmp     al, ATA_VERIFY
        je      .verify
        cmp     al, ATA_WRITE
        je      .write
.read:
        call    ata_finish
        jc      .done
        test    al, 0x08
        jz      .no_data
        call    ata_sector_in
        dec     disk_left
        jnz     .read
        mov     ah, STATUS_OK
        ret
.write:
        call    ata_wait
        jc      .done
        test    al, 0x08
        jz      .refused
.next:
        call    ata_sector_out
        call    ata_finish
        jc      .done
        dec     disk_left
        jz      .good
        test    al, 0x08
        jnz     .next
.no_data:
        mov     ah, STATUS_CONTROLLER
        stc
        ret
.refused:
        call    ata_result
        jc      .done
        jmp     .no_data
.verify:
        call    ata_finish
        jc      .done
        mov     disk_left, 0
.good:
        mov     ah, STATUS_OK
.done:
        ret
.outside:
        mov     ah, STATUS_NOT_FOUND
        stc
        ret

; One sector between the data register and the buffer, which may go on past the end of its segment.
ata_sector_in:
        push    es
        push    di
        mov     cx, disk_segment
        mov     di, disk_offset
        call    ata_buffer
        mov     es, cx
        mov     dx, [fs:si + DISK_PORT]
        mov     cx, 256
        rep     insw
        call    ata_advance
        pop     di
        pop     es
        ret

ata_sector_out:
        push    ds
        push    si
        mov     cx, disk_segment
        mov     di, disk_offset
        mov     dx, [fs:si + DISK_PORT]
        call    ata_buffer
        mov     ds, cx
        mov     si, di
        mov     cx, 256
        rep     outsw
        mov     di, si
        call    ata_advance
        pop     si
        pop     ds
        ret

; In: CX:DI = buffer. Out: the same place, with at least 512 bytes before the segment's end. Only changed when needed: a
; buffer above 1 MB can only be addressed through segment FFFF.
ata_buffer:
        cmp     di, 0xFE00
        jbe     .fits
        mov     ax, di
        shr     ax, 4
        add     cx, ax
        and     di, 15
        mov     disk_segment, cx
.fits:
        ret

; The buffer goes on at DI, which is 0 at the end of the segment.
ata_advance:
        mov     disk_offset, di
        test    di, di
        jnz     .done
        add     disk_segment, 0x1000
.done:
        ret

; Selects the drive. CF with a status if it does not become ready.
ata_select:
        call    ata_wait
        jc      ata_done
        mov     dx, [fs:si + DISK_PORT]
        add     dx, 6
        mov     al, [fs:si + DISK_SELECT]
        out     dx, al
        jmp     ata_wait

; Issues command AL for disk_left sectors at disk_lba: by place if the geometry is the drive's own, as period drivers
; that watch the BIOS at work expect (Windows 3.1's 32-bit disk access), or if the drive knows no other way; by number
; if the geometry is translated or does not reach that far.
ata_command_at:
        push    ax
        call    ata_select
        pop     bx
        jc      .done
        mov     byte [BDA_DISK_IRQ], 0
        call    ata_by_place
        mov     eax, disk_lba
        mov     cl, [fs:si + DISK_SELECT]
        jnc     .chs
        or      cl, 0x40
        jmp     .registers
.chs:
        call    ata_physical
.registers:
        mov     dx, [fs:si + DISK_PORT]
        add     dx, 2
        push    ax
        mov     ax, disk_left
        out     dx, al
        pop     ax
        inc     dx
        out     dx, al                  ; bits 0-7, or sector
        shr     eax, 8
        inc     dx
        out     dx, al                  ; bits 8-15, or cylinder low
        shr     eax, 8
        inc     dx
        out     dx, al                  ; bits 16-23, or cylinder high
        mov     al, ah
        and     al, 0x0F
        or      al, cl
        inc     dx
        out     dx, al                  ; bits 24-27, or head
        mov     al, bl
        inc     dx
        out     dx, al
        mov     ah, STATUS_OK
        clc
.done:
        ret

; NC if disk_lba is to be told by place. Keeps BX.
ata_by_place:
        test    byte [fs:si + DISK_HAS_LBA], 1
        jz      .done                   ; CF is clear
        mov     eax, [fs:si + DISK_HEADS]       ; and sectors
        cmp     eax, [fs:si + DISK_PHYS_HEADS]
        stc
        jne     .done
        movzx   eax, word [fs:si + DISK_PHYS_CYLINDERS]
        movzx   ecx, word [fs:si + DISK_PHYS_HEADS]
        mul     ecx
        movzx   ecx, word [fs:si + DISK_PHYS_SECTORS]
        mul     ecx
        movzx   ecx, disk_left
        add     ecx, disk_lba
        cmp     eax, ecx
.done:
        ret

; In: EAX = sector number. Out: EAX = sector, cylinder and head in the same places as the bits of a number.
ata_physical:
        push    ebx
        push    ecx
        xor     edx, edx
        movzx   ebx, word [fs:si + DISK_PHYS_SECTORS]
        div     ebx
        lea     ecx, [edx + 1]
        xor     edx, edx
        movzx   ebx, word [fs:si + DISK_PHYS_HEADS]
        div     ebx
        and     eax, 0xFFFF
        shl     eax, 8
        mov     al, cl
        shl     edx, 24
        or      eax, edx
        pop     ecx
        pop     ebx
        ret

; Issues command AL, which has no parameters and no data, and waits for its end.
ata_simple:
        push    ax
        call    ata_select
        pop     bx
        jc      ata_done
        mov     byte [BDA_DISK_IRQ], 0
        mov     dx, [fs:si + DISK_PORT]
        add     dx, 7
        mov     al, bl
        out     dx, al

; Waits for the end of a command or for its next sector. AL = status register; AH = status.
ata_finish:
        call    ata_wait
        jc      ata_done
; AH = status from the drive's status (AL) and error registers.
ata_result:
        call    ata_status
        mov     [BDA_DISK_HW_STATUS], al
        mov     ah, STATUS_WRITE_FAULT
        test    al, 0x20
        jnz     .failed
        mov     ah, STATUS_OK
        test    al, 0x01
        jz      .end                    ; CF is clear
        mov     dx, [fs:si + DISK_PORT]
        inc     dx
        in      al, dx
        mov     [BDA_DISK_HW_ERROR], al
        mov     di, .errors
.next:
        mov     bx, [cs:di]
        add     di, 2
        test    al, bl
        jnz     .found
        test    bl, bl
        jnz     .next
.found:
        mov     ah, bh
.failed:
        stc
.end:
        ret

.errors:
        db      0x80, STATUS_BAD_SECTOR
        db      0x40, STATUS_CRC
        db      0x10, STATUS_NOT_FOUND
        db      0x04, STATUS_BAD_COMMAND
        db      0x02, STATUS_SEEK
        db      0x01, STATUS_NO_ADDRESS_MARK
        db      0x00, STATUS_CONTROLLER

; AL = status register; withdraws the drive's interrupt.
ata_status:
        mov     dx, [fs:si + DISK_PORT]
        add     dx, 7
        in      al, dx
ata_done:                               ; the way out of routines here whose first step failed
        ret

; Waits until the drive is not busy. AL = alternate status. CF with a status after 10 s.
ata_wait:
        push    ecx
        mov     dx, [fs:si + DISK_CONTROL]
        in      al, dx                  ; 400 ns until the status is valid
        in      al, dx
        in      al, dx
        in      al, dx
        in      al, dx
        test    al, 0x80
        jz      .ready
        mov     ax, 0x9000              ; an operating system may wait for us
        clc
        int     0x15
        mov     ecx, ATA_TIMEOUT
.poll:
        in      al, dx
        test    al, 0x80
        jz      .ready
        call    wait_refresh
        dec     ecx
        jnz     .poll
        pop     ecx
        mov     ah, STATUS_TIMEOUT
        stc
        ret
.ready:
        pop     ecx
        clc
        ret

; Resets the channel and tells this drive its geometry again.
ata_reset:
        mov     dx, [fs:si + DISK_CONTROL]
        mov     al, 0x04
        out     dx, al
        call    wait_refresh
        mov     al, 0x00                ; and interrupts on
        out     dx, al
        mov     ax, 2
        call    wait_ms
        call    ata_wait
        jc      ata_done

; INITIALIZE DEVICE PARAMETERS: sectors on a track and last head, for commands that tell a place.
ata_set_geometry:
        call    ata_select
        jc      ata_done
        mov     byte [BDA_DISK_IRQ], 0
        mov     dx, [fs:si + DISK_PORT]
        add     dx, 2
        mov     al, [fs:si + DISK_PHYS_SECTORS]
        out     dx, al
        add     dx, 4
        mov     al, [fs:si + DISK_PHYS_HEADS]
        dec     al
        and     al, 0x0F
        or      al, [fs:si + DISK_SELECT]
        out     dx, al
        inc     dx
        mov     al, 0x91
        out     dx, al
        jmp     ata_finish
