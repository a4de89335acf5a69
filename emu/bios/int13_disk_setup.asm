; Power-on: finds the hard disks and decides the geometry that INT 13h shows for each.
;
; The set-up's user-defined type 47 in CMOS (1Bh and 24h) counts for the first two if it is filled in. Else the drive's
; own geometry is taken if it has at most 1024 cylinders. Else CMOS 39h says, two bits a drive, how it is translated,
; with the meanings that the Bochs BIOS and SeaBIOS give them: 0 not at all, 1 by capacity ("LBA-assisted": heads are
; doubled up to 255, with 63 sectors), 2 by doubling the drive's heads and halving its cylinders ("large"), 3 the same
; from 15 heads. Whatever comes out, INT 13h shows no more than 1024 cylinders: the extensions reach the rest.

disk_post:
        mov     ax, [BDA_EBDA_SEG]
        mov     fs, ax
        mov     es, ax
        mov     si, EBDA_DISKS
        mov     bx, .places
.place:
        mov     ax, [cs:bx]
        test    ax, ax
        jz      .done
        mov     [fs:si + DISK_PORT], ax
        add     ax, 0x206
        mov     [fs:si + DISK_CONTROL], ax
        mov     ax, [cs:bx + 2]
        mov     [fs:si + DISK_SELECT], ax       ; and no LBA yet
        push    bx
        call    disk_identify
        jc      .nothing
        call    disk_set_up
        call    ata_set_geometry
        call    disk_parameter_table
        add     si, DISK_SIZE
        inc     byte [BDA_DISK_COUNT]
        jmp     .next
.nothing:
        call    cd_post
.next:
        pop     bx
        add     bx, 4
        jmp     .place
.done:
        mov     ax, BDA_SEG
        mov     es, ax
        ret

; port, select byte
.places:        dw      0x1F0, 0xA0, 0x1F0, 0xB0, 0x170, 0xA0, 0x170, 0xB0, 0

; IDENTIFY DEVICE data of the drive that is set up at FS:SI into the EBDA's sector. CF if there is no disk.
disk_identify:
        mov     dx, [fs:si + DISK_CONTROL]
        mov     al, 0x00
        out     dx, al
        mov     dx, [fs:si + DISK_PORT]
        add     dx, 6
        mov     al, [fs:si + DISK_SELECT]
        out     dx, al
        call    wait_refresh
        inc     dx
        in      al, dx
        test    al, al
        jz      .none
        cmp     al, 0x7F                ; nobody drives the bus
        je      .none
        cmp     al, 0xFF
        je      .none
        sub     dx, 5
        mov     al, 0x55                ; registers that hold what is written belong to a drive
        out     dx, al
        inc     dx
        mov     al, 0xAA
        out     dx, al
        in      al, dx
        cmp     al, 0xAA
        jne     .none
        dec     dx
        in      al, dx
        cmp     al, 0x55
        jne     .none
        mov     al, 0xEC
        call    ata_simple
        jc      .none
        test    al, 0x08
        jz      .none
        mov     dx, [fs:si + DISK_PORT]
        mov     di, EBDA_SECTOR
        mov     cx, 256
        rep     insw
        test    byte [es:EBDA_SECTOR + 1], 0x80
        jnz     .none                   ; not a disk
        clc
        ret
.none:
        stc
        ret

; Fills in the record from the IDENTIFY data.
disk_set_up:
        mov     ax, [es:EBDA_SECTOR + 1 * 2]
        mov     [fs:si + DISK_PHYS_CYLINDERS], ax
        mov     ax, [es:EBDA_SECTOR + 3 * 2]
        mov     [fs:si + DISK_PHYS_HEADS], ax
        mov     ax, [es:EBDA_SECTOR + 6 * 2]
        mov     [fs:si + DISK_PHYS_SECTORS], ax
        mov     word [fs:si + DISK_PRECOMP], 0xFFFF
        mov     eax, [es:EBDA_SECTOR + 60 * 2]
        test    byte [es:EBDA_SECTOR + 49 * 2 + 1], 0x02
        jz      .no_lba
        mov     byte [fs:si + DISK_HAS_LBA], 1
        jmp     .total
.no_lba:
        movzx   eax, word [fs:si + DISK_PHYS_CYLINDERS]
        movzx   ecx, word [fs:si + DISK_PHYS_HEADS]
        mul     ecx
        movzx   ecx, word [fs:si + DISK_PHYS_SECTORS]
        mul     ecx
.total:
        mov     [fs:si + DISK_TOTAL], eax
        call    disk_cmos_geometry
        jnc     .chosen
        call    disk_translated_geometry
.chosen:
        cmp     word [fs:si + DISK_PHYS_HEADS], 0
        je      .guess
        cmp     word [fs:si + DISK_PHYS_SECTORS], 0
        jne     .done
.guess:
        mov     word [fs:si + DISK_PHYS_HEADS], 16
        mov     word [fs:si + DISK_PHYS_SECTORS], 63
.done:
        ret

; The geometry that the setup holds for this drive. CF if it holds none that can be used.
disk_cmos_geometry:
        cmp     word [fs:si + DISK_PORT], 0x1F0
        jne     .none
        mov     bx, CMOS_TYPE47_DISK_0
        cmp     byte [fs:si + DISK_SELECT], 0xA0
        je      .first
        mov     bx, CMOS_TYPE47_DISK_1
.first:
        mov     ax, bx
        call    cmos_read_word
        test    ax, ax
        jz      .none
        call    disk_clip
        mov     cx, ax
        lea     ax, [bx + 2]
        call    cmos_read
        test    al, al
        jz      .none
        mov     dl, al
        lea     ax, [bx + 8]
        call    cmos_read
        dec     al
        cmp     al, 63
        jae     .none
        inc     al
        mov     ah, 0
        mov     [fs:si + DISK_SECTORS], ax
        mov     dh, 0
        mov     [fs:si + DISK_HEADS], dx
        mov     [fs:si + DISK_CYLINDERS], cx
        lea     ax, [bx + 3]
        call    cmos_read_word
        mov     [fs:si + DISK_PRECOMP], ax
        lea     ax, [bx + 6]
        call    cmos_read_word
        mov     [fs:si + DISK_LANDING], ax
        clc
        ret
.none:
        stc
        ret

; AX = 1024 at the most.
disk_clip:
        cmp     ax, 1024
        jbe     .done
        mov     ax, 1024
.done:
        ret

; AL = how CMOS 39h says that the drive is to be translated.
disk_translation:
        mov     al, CMOS_TRANSLATION
        call    cmos_read
        cmp     word [fs:si + DISK_PORT], 0x1F0
        je      .channel
        shr     al, 4
.channel:
        cmp     byte [fs:si + DISK_SELECT], 0xA0
        je      .place
        shr     al, 2
.place:
        and     al, 3
        ret

; The drive's own geometry, or a translation of it that has at most 1024 cylinders.
disk_translated_geometry:
        mov     ax, [fs:si + DISK_PHYS_CYLINDERS]
        mov     bx, [fs:si + DISK_PHYS_HEADS]
        mov     cx, [fs:si + DISK_PHYS_SECTORS]
        test    bx, bx
        jz      .translate
        test    cx, cx
        jz      .translate
        cmp     ax, 1024
        jbe     .store
        push    ax
        call    disk_translation
        mov     dl, al
        pop     ax
        cmp     dl, 1
        je      .translate
        ja      .large
        call    disk_clip
        jmp     .store
.large:
        cmp     dl, 3
        jne     .double
        cmp     bx, 16
        jne     .double
        mov     bx, 16                  ; 16 heads become 15, so that doubling ends at 240
        mul     bx
        dec     bx
        div     bx
.double:
        cmp     ax, 1024
        jbe     .store
        cmp     bx, 128
        jae     .clip_large
        shr     ax, 1
        add     bx, bx
        jmp     .double
.clip_large:
        call    disk_clip
        jmp     .store
.translate:
        mov     ebx, 16
        mov     ecx, 63
.more_heads:
        mov     eax, [fs:si + DISK_TOTAL]
        xor     edx, edx
        div     ecx
        xor     edx, edx
        div     ebx
        cmp     eax, 1024
        jbe     .at_least_one
        cmp     ebx, 255
        je      .clip
        add     ebx, ebx
        cmp     ebx, 256
        jb      .more_heads
        mov     ebx, 255
        jmp     .more_heads
.clip:
        mov     ax, 1024
.at_least_one:
        test    ax, ax
        jnz     .store
        inc     ax
.store:
        mov     [fs:si + DISK_CYLINDERS], ax
        mov     [fs:si + DISK_HEADS], bx
        mov     [fs:si + DISK_SECTORS], cx
        mov     word [fs:si + DISK_LANDING], ax
        ret

; Fixed disk parameter tables for the first two disks, at INT 41h and 46h: cylinders, heads, then, if the geometry is
; not the drive's own, A0 and the drive's, in the fields that a standard table leaves zero.
disk_parameter_table:
        mov     di, EBDA_DISK_TABLE_0
        mov     bx, 0x41 * 4
        mov     al, [BDA_DISK_COUNT]
        test    al, al
        jz      .build
        mov     di, EBDA_DISK_TABLE_1
        mov     bx, 0x46 * 4
        dec     al
        jnz     .done
.build:
        push    ds
        xor     ax, ax
        mov     ds, ax
        mov     [bx], di
        mov     [bx + 2], es
        pop     ds
        push    di
        mov     ax, [fs:si + DISK_CYLINDERS]
        stosw                           ; 0
        mov     ax, [fs:si + DISK_HEADS]
        stosb                           ; 2
        mov     dl, al
        mov     ax, 0
        stosw                           ; 3 (4: physical sectors, if translated)
        mov     ax, [fs:si + DISK_PRECOMP]
        stosw                           ; 5
        mov     al, 0
        stosb                           ; 7
        cmp     dl, 8
        seta    al
        shl     al, 3
        stosb                           ; 8: control byte, bit 3: more than 8 heads
        mov     ax, 0
        stosw                           ; 9
        stosb                           ; B
        mov     ax, [fs:si + DISK_LANDING]
        stosw                           ; C
        mov     ax, [fs:si + DISK_SECTORS]
        stosb                           ; E
        mov     al, 0
        stosb                           ; F
        pop     di
        mov     ax, [fs:si + DISK_HEADS]
        cmp     ax, [fs:si + DISK_PHYS_HEADS]
        jne     .translated
        mov     ax, [fs:si + DISK_SECTORS]
        cmp     ax, [fs:si + DISK_PHYS_SECTORS]
        je      .done
.translated:
        mov     byte [es:di + 3], 0xA0
        mov     al, [fs:si + DISK_PHYS_SECTORS]
        mov     [es:di + 4], al
        mov     ax, [fs:si + DISK_PHYS_CYLINDERS]
        mov     [es:di + 9], ax
        mov     al, [fs:si + DISK_PHYS_HEADS]
        mov     [es:di + 11], al
        mov     cx, 15                  ; the table's bytes sum up to zero
        mov     al, 0
        push    di
.sum:
        sub     al, [es:di]
        inc     di
        loop    .sum
        mov     [es:di], al
        pop     di
.done:
        ret
