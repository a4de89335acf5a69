; Which disk is in the drive. The byte 40:90 + drive holds what is known:
;   bits 7-6 data rate (0 500, 1 300, 2 250 Kbit/s, 3 1 Mbit/s), bit 5 double step (40 tracks in an 80-track drive),
;   bit 4 the rest is certain, bits 2-0 3 360K in 360K drive, 4 360K in 1.2M, 5 1.2M in 1.2M, 7 others; 0-2 not yet
;   known

MEDIA_DOUBLE_STEP       equ 0x20
MEDIA_KNOWN             equ 0x10

; A disk format: the drive it is for; sectors (low) and last cylinder (high) as INT 13h AH=08h and 18h give them in CX;
; the media byte; the parameter table. The first of a drive type is what the drive was made for.
FORMAT_DRIVE            equ 0
FORMAT_CYLINDER         equ 1
FORMAT_STATE            equ 3
FORMAT_TABLE            equ 4
FORMAT_SIZE             equ 6

%macro floppy_format_row 5
        db      %1, %3, %2, %4
        dw      %5
%endmacro

floppy_formats:
        floppy_format_row 1, 39, 9, 0x93, floppy_table_360
        floppy_format_row 1, 39, 8, 0x93, floppy_table_360
        floppy_format_row 2, 79, 15, 0x15, floppy_table_1200
        floppy_format_row 2, 39, 9, 0x74, floppy_table_360
        floppy_format_row 2, 39, 8, 0x74, floppy_table_360
        floppy_format_row 2, 39, 9, 0x94, floppy_table_360      ; in 1.2M drives that can turn more slowly
        floppy_format_row 3, 79, 9, 0x97, floppy_table_720
        floppy_format_row 4, 79, 18, 0x17, floppy_table_1440
        floppy_format_row 4, 79, 9, 0x97, floppy_table_720
        floppy_format_row 5, 79, 36, 0xD7, floppy_table_2880
        floppy_format_row 5, 79, 18, 0x17, floppy_table_1440
        floppy_format_row 5, 79, 9, 0x97, floppy_table_720
floppy_formats_end:

; As the table at INT 1Eh (compat.asm).
floppy_table_360:       db      0xDF, 0x02, 0x25, 0x02, 0x09, 0x2A, 0xFF, 0x50, 0xF6, 0x0F, 0x08
floppy_table_720:       db      0xDF, 0x02, 0x25, 0x02, 0x09, 0x2A, 0xFF, 0x50, 0xF6, 0x0F, 0x08
floppy_table_1200:      db      0xDF, 0x02, 0x25, 0x02, 0x0F, 0x1B, 0xFF, 0x54, 0xF6, 0x0F, 0x08
floppy_table_1440       equ     compat_floppy_parameters
floppy_table_2880:      db      0xAF, 0x02, 0x25, 0x02, 0x24, 0x1B, 0xFF, 0x53, 0xF6, 0x0F, 0x08

; SI = format that drives of CMOS type AL were made for.
floppy_format_of_type:
        mov     si, floppy_formats
.search:
        cmp     [cs:si + FORMAT_DRIVE], al
        je      .found
        add     si, FORMAT_SIZE
        jmp     .search
.found:
        ret

; 40:90 + DL = AL.
floppy_store_media:
        movzx   bx, dl
        mov     [bx + BDA_FLOPPY_MEDIA], al
        ret

; Motor on, disk there and unchanged, its kind known, data rate set: everything before a read or write.
floppy_prepare:
        call    floppy_motor_on
        call    floppy_check_change
        jc      .done
        call    fdc_specify
        call    floppy_find_media
.done:
        ret

; AH = STATUS_CHANGED if another disk may have been put in since the last access, STATUS_TIMEOUT if there is none. The
; drive forgets a change when its head moves, so moving it shows whether a disk is in.
floppy_check_change:
        call    floppy_type
        cmp     al, 1                   ; the 360K drive has no change line
        je      .same
        call    .changed
        jz      .same
        movzx   bx, dl
        mov     byte [bx + BDA_FLOPPY_MEDIA], 0
        btr     word [BDA_FLOPPY_CALIBRATED], bx
        mov     ch, 1
        call    fdc_seek
        jc      .done
        mov     ch, 0
        call    fdc_seek
        jc      .done
        call    .changed
        mov     ah, STATUS_CHANGED
        jz      .report
        mov     ah, STATUS_TIMEOUT
.report:
        stc
.done:
        ret
.same:
        mov     ah, STATUS_OK
        clc
        ret

; ZF if the selected drive's change line is low.
.changed:
        push    dx
        mov     dx, 0x3F7
        in      al, dx
        pop     dx
        test    al, 0x80
        ret

; Finds the data rate at which the disk can be read, trying those that the drive has, and whether it has half as many
; tracks as the drive.
floppy_find_media:
        movzx   bx, dl
        mov     al, [bx + BDA_FLOPPY_MEDIA]
        test    al, MEDIA_KNOWN
        jnz     floppy_set_rate
        call    floppy_type
        mov     si, floppy_formats
.try:
        push    si
        call    .readable
        pop     si
        jnc     .found
        cmp     ah, STATUS_TIMEOUT
        je      .no_disk
.next:
        add     si, FORMAT_SIZE         ; the next format for this drive at another rate
        cmp     si, floppy_formats_end
        jae     .failed
        mov     al, [cs:si + FORMAT_STATE]
        cmp     al, [cs:si + FORMAT_STATE - FORMAT_SIZE]
        je      .next
        jmp     .try
.failed:
        mov     ah, STATUS_NO_ADDRESS_MARK
.no_disk:
        stc
        ret
.found:
        mov     al, [cs:si + FORMAT_STATE]
        call    floppy_step_width
        jc      .done
        call    floppy_store_media
        clc
.done:
        ret

; CF unless the format at SI is one of the drive's and the disk can be read at its rate.
.readable:
        call    floppy_type
        cmp     [cs:si + FORMAT_DRIVE], al
        mov     ah, STATUS_NO_ADDRESS_MARK
        stc
        jne     .no
        mov     al, [cs:si + FORMAT_STATE]
        call    floppy_set_rate
        mov     ch, 0
        call    fdc_seek
        jc      .no
        call    fdc_read_id
.no:
        ret

; In: AL = media byte. A disk of low density in an 80-track drive may have 40 tracks: what the disk calls itself under
; the head's track 2 tells. Out: AL with the double-step bit right.
floppy_step_width:
        and     al, ~MEDIA_DOUBLE_STEP & 0xFF
        or      al, MEDIA_KNOWN
        mov     ah, al
        shr     ah, 6
        jz      .single                 ; 500 Kbit/s and 1 Mbit/s are for 80 tracks
        cmp     ah, 3
        je      .single
        push    ax
        call    floppy_type
        cmp     al, 1
        pop     ax
        je      .single
        push    ax
        mov     ch, 2
        call    fdc_seek
        jc      .failed
        call    fdc_read_id
        jc      .failed
        pop     ax
        cmp     byte [BDA_FLOPPY_RESULT + 3], 1
        jne     .single
        or      al, MEDIA_DOUBLE_STEP
.single:
        clc
        ret
.failed:
        add     sp, 2                   ; AH tells why
        stc
        ret

; For formatting: nothing can be read yet. Unless INT 13h AH=17h or 18h said otherwise, the drive's own format is meant.
floppy_assume_media:
        movzx   bx, dl
        mov     al, [bx + BDA_FLOPPY_MEDIA]
        test    al, MEDIA_KNOWN
        jnz     .known
        call    floppy_type
        call    floppy_format_of_type
        mov     al, [cs:si + FORMAT_STATE]
        call    floppy_store_media
.known:
        call    floppy_set_rate
        jmp     fdc_specify

; Sets the controller to the data rate of media byte AL.
floppy_set_rate:
        push    ax
        push    dx
        mov     ah, al
        and     ah, 0xC0
        mov     [BDA_FLOPPY_RATE], ah
        shr     al, 6
        mov     dx, 0x3F7
        out     dx, al
        pop     dx
        pop     ax
        mov     ah, STATUS_OK
        clc
        ret

; Moves the head to the disk's cylinder CH.
floppy_seek_cylinder:
        movzx   bx, dl
        test    byte [bx + BDA_FLOPPY_MEDIA], MEDIA_DOUBLE_STEP
        jz      .single
        shl     ch, 1
.single:
        jmp     fdc_seek
