; INT 40h and INT 13h for floppy drives 0 and 1. The parameter table that INT 1Eh points to is honoured in every
; operation: programs change it for formats of their own. The controller is driven in int13_floppy_chip.asm, the kind of
; disk is found out in int13_floppy_media.asm.
;
; Routines here and there return a status in AH with CF set unless it is zero. DL is the drive throughout.

; Locals below the register frame.
%define floppy_command  byte [bp - 1]   ; READ, WRITE or FORMAT with its option bits
%define floppy_dma_mode byte [bp - 2]
FLOPPY_LOCALS           equ 2

; Places in the table at INT 1Eh.
FLOPPY_SPECIFY_1        equ 0
FLOPPY_SPECIFY_2        equ 1
FLOPPY_MOTOR_OFF        equ 2
FLOPPY_SIZE_CODE        equ 3
FLOPPY_LAST_SECTOR      equ 4
FLOPPY_GAP              equ 5
FLOPPY_DATA_LENGTH      equ 6
FLOPPY_FORMAT_GAP       equ 7
FLOPPY_FILLER           equ 8
FLOPPY_SETTLE           equ 9
FLOPPY_MOTOR_ON         equ 10

int13_floppy_entry:
        sti
        service_enter
        sub     sp, FLOPPY_LOCALS
        mov     floppy_dma_mode, 0
        movzx   si, ah
        cmp     si, INT13_FLOPPY_FUNCTIONS
        jae     .unknown
        add     si, si
        call    [cs:si + int13_floppy_table]
        jmp     .result
.unknown:
        mov     ah, STATUS_BAD_COMMAND
.result:
        mov     [BDA_FLOPPY_STATUS], ah
        mov     frame_ah, ah
        clear_carry
        test    ah, ah
        je      .leave
        set_carry
.leave:
        mov     sp, bp
        service_leave

int13_floppy_table:
        dw      floppy_reset, floppy_status, floppy_read, floppy_write          ; 00
        dw      floppy_verify, floppy_format, floppy_unknown, floppy_unknown    ; 04
        dw      floppy_geometry, floppy_unknown, floppy_unknown, floppy_unknown ; 08
        dw      floppy_unknown, floppy_unknown, floppy_unknown, floppy_unknown  ; 0C
        dw      floppy_unknown, floppy_unknown, floppy_unknown, floppy_unknown  ; 10
        dw      floppy_unknown, floppy_kind, floppy_changed, floppy_set_type    ; 14
        dw      floppy_set_media                                                ; 18
INT13_FLOPPY_FUNCTIONS  equ ($ - int13_floppy_table) / 2

floppy_unknown:
        mov     ah, STATUS_BAD_COMMAND
        stc
        ret

; AH=00h
floppy_reset:
        jmp     fdc_reset

; AH=01h: the last operation's status.
floppy_status:
        mov     ah, [BDA_FLOPPY_STATUS]
        ret

; AH=02h, 03h, 04h: AL sectors from cylinder CH, head DH, sector CL to or from ES:BX.
floppy_read:
        mov     floppy_command, 0xE6    ; multi-track, MFM, skip deleted
        mov     floppy_dma_mode, 0x46
        jmp     floppy_transfer

floppy_verify:
        mov     floppy_command, 0xE6
        mov     floppy_dma_mode, 0x42
        jmp     floppy_transfer

floppy_write:
        mov     floppy_command, 0xC5
        mov     floppy_dma_mode, 0x4A

floppy_transfer:
        test    al, al
        jz      .bad
        cmp     dh, 1
        ja      .bad
        call    floppy_type
        jz      .bad
        call    .byte_count
        call    floppy_dma
        jc      .failed
        call    floppy_prepare
        jc      .failed
        mov     ch, frame_ch
        call    floppy_seek_cylinder
        jc      .failed
        call    .command
        jc      .count
        call    floppy_motor_timer
        mov     ah, STATUS_OK
        ret
.bad:
        mov     ah, STATUS_BAD_COMMAND
.failed:
        mov     frame_al, 0
        call    floppy_motor_timer
        stc
        ret
.count:
        call    .sectors_done
        mov     frame_al, al
        call    floppy_motor_timer
        stc
        ret

; CX = bytes less one of the sectors asked for.
.byte_count:
        movzx   si, frame_al
        mov     bx, FLOPPY_SIZE_CODE
        call    floppy_parameter
        and     al, 7
        mov     cl, al
        add     cl, 7
        shl     si, cl
        mov     cx, si
        dec     cx
        ret

; READ or WRITE: drive and head, C, H, R, N, EOT, GPL, DTL.
.command:
        call    fdc_begin
        mov     al, floppy_command
        call    fdc_put
        call    fdc_put_drive_head
        mov     al, frame_ch
        call    fdc_put
        mov     al, frame_dh
        call    fdc_put
        mov     al, frame_cl
        call    fdc_put
        mov     bx, FLOPPY_SIZE_CODE
.parameters:
        call    floppy_parameter
        call    fdc_put
        inc     bx
        cmp     bx, FLOPPY_DATA_LENGTH
        jbe     .parameters
        jmp     fdc_finish

; AL = sectors transferred before an error, from the C, H and R that the controller reports.
.sectors_done:
        push    ax
        mov     bx, FLOPPY_LAST_SECTOR
        call    floppy_parameter
        mov     bl, al
        mov     al, [BDA_FLOPPY_RESULT + 3]
        sub     al, frame_ch
        add     al, al
        add     al, [BDA_FLOPPY_RESULT + 4]
        sub     al, frame_dh
        imul    bl
        add     al, [BDA_FLOPPY_RESULT + 5]
        sub     al, frame_cl
        mov     bl, al
        pop     ax
        mov     al, bl
        cmp     al, frame_al
        jb      .plausible
        mov     al, 0
.plausible:
        ret

; AH=05h: formats a track; ES:BX = C, H, R, N of each sector.
floppy_format:
        cmp     dh, 1
        ja      floppy_unknown
        call    floppy_type
        jz      floppy_unknown
        mov     floppy_command, 0x4D
        mov     floppy_dma_mode, 0x4A
        mov     bx, FLOPPY_LAST_SECTOR
        call    floppy_parameter
        movzx   cx, al
        shl     cx, 2
        dec     cx
        call    floppy_dma
        jc      .failed
        call    floppy_motor_on
        call    floppy_check_change
        jc      .failed
        call    floppy_assume_media
        mov     ch, frame_ch
        call    floppy_seek_cylinder
        jc      .failed
        call    fdc_begin
        mov     al, floppy_command
        call    fdc_put
        call    fdc_put_drive_head
        mov     bx, FLOPPY_SIZE_CODE
        call    .put_parameter
        mov     bx, FLOPPY_LAST_SECTOR
        call    .put_parameter
        mov     bx, FLOPPY_FORMAT_GAP
        call    .put_parameter
        mov     bx, FLOPPY_FILLER
        call    .put_parameter
        call    fdc_finish
.failed:
        jmp     floppy_motor_timer

.put_parameter:
        call    floppy_parameter
        jmp     fdc_put

; AH=08h: BL drive type, CH CL last cylinder and sector, DH last head, DL drives, ES:DI parameter table. A drive that is
; not there is reported as type 0 with no cylinders, without an error.
floppy_geometry:
        call    floppy_count
        mov     frame_dl, al
        mov     frame_dh, 0
        mov     frame_ax, 0
        mov     frame_bx, 0
        mov     frame_cx, 0
        mov     frame_di, 0
        mov     frame_es, 0
        call    floppy_type
        jz      .done
        mov     frame_bl, al
        mov     frame_dh, 1
        call    floppy_format_of_type
        mov     ax, [cs:si + FORMAT_CYLINDER]   ; last cylinder high, sectors low
        mov     frame_cx, ax
        call    floppy_point_to_table
.done:
        mov     ah, STATUS_OK
        ret

; AH=15h: AH = 0 no drive, 1 no change line, 2 change line. Not an error, whatever it says.
floppy_kind:
        call    floppy_type
        mov     ah, 0
        jz      .answer
        mov     ah, 1
        cmp     al, 1
        je      .answer
        mov     ah, 2
.answer:
        mov     frame_ah, ah            ; not a status: leave by another way
        clear_carry
        mov     byte [BDA_FLOPPY_STATUS], 0
        mov     sp, bp
        service_leave

; AH=16h: has the disk been changed?
floppy_changed:
        call    floppy_type
        jz      floppy_unknown
        cmp     al, 1
        je      .changed                ; no change line: it may have been
        call    floppy_motor_on
        mov     dx, 0x3F7
        in      al, dx
        mov     dl, frame_dl
        call    floppy_motor_timer
        test    al, 0x80
        mov     ah, STATUS_OK
        jz      .done
.changed:
        mov     ah, STATUS_CHANGED
        stc
.done:
        ret

; AH=17h: AL = kind of disk that will be formatted: 1 360K in 360K drive, 2 360K in 1.2M, 3 1.2M, 4 720K.
floppy_set_type:
        call    floppy_type
        jz      floppy_unknown
        mov     al, frame_al
        dec     al
        cmp     al, 4
        jae     floppy_unknown
        movzx   si, al
        mov     al, [cs:si + .states]
        call    floppy_store_media
        mov     ah, STATUS_OK
        ret
.states:        db      0x93, 0x74, 0x15, 0x97

; AH=18h: CH last cylinder, CL sectors of the disk that will be formatted. ES:DI = parameter table for it.
floppy_set_media:
        call    floppy_type
        jz      floppy_unknown
        mov     ah, al
        mov     si, floppy_formats
.search:
        cmp     [cs:si + FORMAT_CYLINDER], cx
        jne     .next
        cmp     [cs:si + FORMAT_DRIVE], ah
        je      .found
.next:
        add     si, FORMAT_SIZE
        cmp     si, floppy_formats_end
        jb      .search
        mov     ah, STATUS_MEDIA_UNKNOWN
        stc
        ret
.found:
        mov     al, [cs:si + FORMAT_STATE]
        call    floppy_store_media
        call    floppy_point_to_table
        mov     ah, STATUS_OK
        ret

; The caller's ES:DI = parameter table of the format at CS:SI.
floppy_point_to_table:
        mov     frame_es, BIOS_SEG
        mov     ax, [cs:si + FORMAT_TABLE]
        mov     frame_di, ax
        ret

; AL = CMOS type of drive DL, 0 if there is none; ZF accordingly.
floppy_type:
        mov     al, 0
        cmp     dl, 2
        jae     .done
        mov     al, CMOS_FLOPPY_TYPES
        call    cmos_read
        test    dl, dl
        jnz     .second
        shr     al, 4
.second:
        and     al, 0x0F
        cmp     al, 5
        jbe     .done
        mov     al, 0
.done:
        test    al, al
        ret

; AL = number of floppy drives, from the equipment word.
floppy_count:
        mov     al, [BDA_EQUIPMENT]
        test    al, 1
        mov     ah, 0
        jz      .none
        shr     al, 6
        and     al, 3
        inc     al
        mov     ah, al
.none:
        mov     al, ah
        ret

; AL = byte BX of the table at INT 1Eh.
floppy_parameter:
        push    fs
        push    si
        xor     si, si
        mov     fs, si
        lfs     si, [fs:0x1E * 4]
        mov     al, [fs:bx + si]
        pop     si
        pop     fs
        ret

; Power-on: enters the drives into the equipment word and resets the controller.
floppy_post:
        mov     dl, 0
        call    floppy_type
        jz      .none
        or      byte [BDA_EQUIPMENT], 0x01
        mov     dl, 1
        call    floppy_type
        jz      .reset
        or      byte [BDA_EQUIPMENT], 0x41
.reset:
        mov     dl, 0
        call    .capabilities
        mov     [BDA_FLOPPY_CAPS], al
        mov     dl, 1
        call    .capabilities
        shl     al, 4
        or      [BDA_FLOPPY_CAPS], al
        jmp     fdc_reset
.none:
        ret

; AL = 40:8F nibble of drive DL.
.capabilities:
        call    floppy_type
        movzx   bx, al
        mov     al, [cs:bx + .by_type]
        ret
.by_type:       db      0, 4, 7, 5, 7, 7
