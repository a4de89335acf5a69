; INT 13h for hard disks: the services. Sectors are addressed by number; cylinder, head and sector of a call are turned
; into one by the logical geometry, which int13_disk_setup.asm decides at power-on. The drive is driven in
; int13_disk_chip.asm.
;
; Routines here and there return a status in AH with CF set unless it is zero. FS:SI is the disk's record in the EBDA.

; Locals below the register frame.
%define disk_lba        dword [bp - 4]  ; next sector
%define disk_left       word [bp - 6]   ; sectors still to do
%define disk_segment    word [bp - 8]   ; where they go to or come from
%define disk_offset     word [bp - 10]
%define disk_operation  byte [bp - 11]
DISK_LOCALS             equ 12

ATA_READ                equ 0x20
ATA_WRITE               equ 0x30
ATA_VERIFY              equ 0x40

int13_disk_entry:
        sti
        service_enter
        sub     sp, DISK_LOCALS
        mov     fs, [BDA_EBDA_SEG]
        movzx   si, dl
        sub     si, 0x80
        movzx   ax, byte [fs:EBDA_CD_SHIFT]     ; an emulated disk moves those behind it and is not ours
        cmp     dl, [fs:EBDA_CD_SPEC + SPEC_DRIVE]
        jb      .before
        sub     si, ax
.before:
        neg     al
        add     al, [BDA_DISK_COUNT]
        mov     ah, 0
        cmp     si, ax
        jae     .no_disk
        shl     si, 5
        add     si, EBDA_DISKS
        mov     ah, frame_ah
        movzx   di, ah
        cmp     di, INT13_DISK_FUNCTIONS
        jae     .extension
        add     di, di
        mov     al, frame_al
        call    [cs:di + int13_disk_table]
        jmp     .result
.extension:
        sub     di, 0x41
        cmp     di, INT13_EXT_FUNCTIONS
        jae     .unknown
        add     di, di
        mov     al, frame_al
        call    [cs:di + int13_ext_table]
        jmp     .result
.no_disk:
        call    disk_absent
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

int13_disk_table:
        dw      disk_reset_all, disk_status, disk_read, disk_write              ; 00
        dw      disk_verify, disk_format, disk_unknown, disk_unknown            ; 04
        dw      disk_geometry, disk_initialize, disk_unknown, disk_unknown      ; 08
        dw      disk_seek, disk_reset, disk_unknown, disk_unknown               ; 0C
        dw      disk_ready, disk_recalibrate, disk_unknown, disk_unknown        ; 10
        dw      disk_diagnose, disk_kind, disk_unknown, disk_unknown            ; 14
        dw      disk_unknown, disk_park                                         ; 18
INT13_DISK_FUNCTIONS    equ ($ - int13_disk_table) / 2

disk_unknown:
        mov     ah, STATUS_BAD_COMMAND
        stc
        ret

; A disk number that does not exist.
disk_absent:
        mov     al, frame_ah
        mov     ah, STATUS_BAD_COMMAND
        cmp     al, 0x00
        je      disk_reset_floppies
        cmp     al, 0x15
        je      .kind
        cmp     al, 0x08
        jne     .done
        mov     frame_cx, 0
        mov     frame_dx, 0
        mov     ah, 0x07                ; drive parameters cannot be had
.done:
        stc
        ret
.kind:
        mov     frame_cx, 0
        mov     frame_dx, 0
        mov     ah, 0
        jmp     disk_report_kind

; AH=00h: resets the floppies too.
disk_reset_all:
        call    disk_reset_floppies
disk_reset:
        jmp     ata_reset

disk_reset_floppies:
        mov     ah, 0
        mov     dl, 0
        int     0x40
        mov     ah, STATUS_OK
        ret

; AH=01h: status of the last operation, which is forgotten by that. AH itself is 0.
disk_status:
        mov     al, [BDA_DISK_STATUS]
        mov     frame_al, al
        mov     ah, STATUS_OK
        ret

; AH=02h, 03h, 04h: AL sectors from the caller's cylinder, head and sector to or from ES:BX.
disk_read:
        mov     disk_operation, ATA_READ
        jmp     disk_transfer_chs
disk_write:
        mov     disk_operation, ATA_WRITE
        jmp     disk_transfer_chs
disk_verify:
        mov     disk_operation, ATA_VERIFY

disk_transfer_chs:
        movzx   ax, frame_al
        mov     disk_left, ax
        dec     al
        cmp     al, 0x80                ; 1-128
        jae     disk_unknown
        mov     ax, frame_es
        mov     disk_segment, ax
        mov     ax, frame_bx
        mov     disk_offset, ax
        call    disk_sector_of_chs
        jc      .done
        mov     disk_lba, eax
        call    disk_transfer
        jnc     .done
        mov     bx, disk_left           ; AL = sectors that were transferred
        sub     frame_al, bl
        stc
.done:
        ret

; EAX = number of the caller's sector. CF with a status if the geometry has none such.
disk_sector_of_chs:
        mov     cx, frame_cx
        movzx   ebx, frame_dh
        cmp     bx, [fs:si + DISK_HEADS]
        jae     .none
        movzx   edi, cl
        and     di, 0x3F
        jz      .none
        cmp     di, [fs:si + DISK_SECTORS]
        ja      .none
        movzx   eax, cl
        shl     ax, 2
        mov     al, ch                  ; bits 6-7 of CL are the cylinder's upper bits
        and     ax, 0x3FF
        movzx   ecx, word [fs:si + DISK_HEADS]
        mul     ecx
        add     eax, ebx
        movzx   ecx, word [fs:si + DISK_SECTORS]
        mul     ecx
        lea     eax, [eax + edi - 1]
        clc
        ret
.none:
        mov     frame_al, 0
        mov     ah, STATUS_NOT_FOUND
        stc
        ret

; AH=05h: drives on this interface cannot write a track's address marks; as on them, the track is only checked.
disk_format:
        mov     ax, [fs:si + DISK_SECTORS]
        mov     disk_left, ax
        mov     disk_operation, ATA_VERIFY
        and     frame_cl, 0xC0
        or      frame_cl, 1
        call    disk_sector_of_chs
        jc      .done
        mov     disk_lba, eax
        call    disk_transfer
.done:
        ret

; AH=08h: CH CL last cylinder and sector, DH last head, DL number of hard disks.
disk_geometry:
        mov     ax, [fs:si + DISK_CYLINDERS]
        dec     ax
        mov     frame_ch, al
        shl     ah, 6
        or      ah, [fs:si + DISK_SECTORS]
        mov     frame_cl, ah
        mov     ax, [fs:si + DISK_HEADS]
        dec     al
        mov     frame_dh, al
        mov     al, [BDA_DISK_COUNT]
        mov     frame_dl, al
        mov     frame_ax, 0
        mov     ah, STATUS_OK
        ret

; AH=09h: tells the drive its geometry again.
disk_initialize:
        jmp     ata_set_geometry

; AH=0Ch
disk_seek:
        or      frame_cl, 1             ; any sector of the cylinder
        call    disk_sector_of_chs
        mov     ah, STATUS_SEEK
        jc      .done
        mov     disk_lba, eax
        mov     disk_left, 0
        mov     al, 0x70
        call    ata_command_at
        jc      .done
        jmp     ata_finish
.done:
        ret

; AH=19h: the heads go to the last cylinder, as if to the landing zone.
disk_park:
        push    frame_cx
        push    frame_dx
        mov     ax, [fs:si + DISK_CYLINDERS]
        dec     ax
        mov     frame_ch, al
        shl     ah, 6
        inc     ah
        mov     frame_cl, ah
        mov     frame_dh, 0
        call    disk_seek
        pop     frame_dx
        pop     frame_cx
        ret

; AH=10h
disk_ready:
        call    ata_select
        jc      .done
        call    ata_status
        test    al, 0x21
        mov     ah, STATUS_OK
        jz      .done
        mov     ah, STATUS_NOT_READY
        stc
.done:
        ret

; AH=11h
disk_recalibrate:
        mov     al, 0x10
        jmp     ata_simple

; AH=14h: the drive's self-test leaves 1 in its error register.
disk_diagnose:
        mov     al, 0x90
        call    ata_simple
        jc      .done
        mov     dx, [fs:si + DISK_PORT]
        inc     dx
        in      al, dx
        and     al, 0x7F
        cmp     al, 1
        mov     ah, STATUS_OK
        je      .restore
        mov     ah, STATUS_CONTROLLER
        stc
.done:
        ret
.restore:
        jmp     ata_set_geometry

; AH=15h: AH = 3 hard disk, CX:DX its sectors. Not an error.
disk_kind:
        movzx   eax, word [fs:si + DISK_CYLINDERS]
        movzx   ecx, word [fs:si + DISK_HEADS]
        mul     ecx
        movzx   ecx, word [fs:si + DISK_SECTORS]
        mul     ecx
        mov     frame_dx, ax
        shr     eax, 16
        mov     frame_cx, ax
        mov     ah, 3
disk_report_kind:
        mov     frame_ah, ah
        mov     byte [BDA_DISK_STATUS], 0
        clear_carry
        mov     sp, bp
        service_leave
