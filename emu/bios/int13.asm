; INT 13h: disks. DL below 80h goes through INT 40h to the floppy routines, as on every machine with a hard disk, so
; that programs can hook either. E0h and up are CD-ROM drives. A drive that is emulated by an image on a CD comes before
; the others of its kind, whose numbers are one higher then. Status codes in AH are shared by all.

STATUS_OK               equ 0x00
STATUS_BAD_COMMAND      equ 0x01
STATUS_NO_ADDRESS_MARK  equ 0x02
STATUS_WRITE_PROTECTED  equ 0x03
STATUS_NOT_FOUND        equ 0x04
STATUS_CHANGED          equ 0x06
STATUS_DMA_OVERRUN      equ 0x08
STATUS_DMA_BOUNDARY     equ 0x09
STATUS_BAD_SECTOR       equ 0x0A
STATUS_MEDIA_UNKNOWN    equ 0x0C
STATUS_CRC              equ 0x10
STATUS_CONTROLLER       equ 0x20
STATUS_SEEK             equ 0x40
STATUS_TIMEOUT          equ 0x80
STATUS_NOT_READY        equ 0xAA
STATUS_WRITE_FAULT      equ 0xCC

int13_entry:
        call    cd_claims
        jc      int13_cd_entry
        test    dl, 0x80
        jnz     int13_disk_entry
        call    cd_is_floppy
        jc      .moved
        int     0x40
.result:
        push    bp                      ; the caller gets the carry flag, and its own interrupt flag
        mov     bp, sp
        jc      .failed
        and     byte [bp + 6], ~FLAG_CARRY & 0xFF
        pop     bp
        iret
.failed:
        or      byte [bp + 6], FLAG_CARRY
        pop     bp
        iret
.moved:
        dec     dl
        cmp     ah, 0x08                ; its DL is a number of drives, and counts the emulated one
        je      .geometry
        int     0x40
        inc     dl
        jmp     .result
.geometry:
        int     0x40
        jmp     .result
