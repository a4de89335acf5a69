; What is shown at power-on: memory and drives, through INT 10h.

post_report:
        mov     si, report_title
        call    report_text
        mov     ax, [BDA_MEMORY_KB]
        movzx   eax, ax
        call    report_number
        mov     si, report_base
        call    report_text
        call    memory_total_extended_kb
        call    report_number
        mov     si, report_extended
        call    report_text
        mov     dl, 0
.floppy:
        call    floppy_type
        jz      .next_floppy
        movzx   bx, al
        add     bx, bx
        mov     si, report_floppy
        call    report_text
        mov     al, 'A'
        add     al, dl
        call    report_character
        mov     si, [cs:bx + report_floppy_types - 2]
        call    report_text
.next_floppy:
        inc     dl
        cmp     dl, 2
        jb      .floppy
        mov     cl, 0
.disk:
        cmp     cl, [BDA_DISK_COUNT]
        jae     .end
        call    report_disk
        inc     cl
        jmp     .disk
.end:
        mov     si, report_new_line
        jmp     report_text

; Hard disk CL: number, size, geometry.
report_disk:
        pushad
        push    fs
        mov     fs, [BDA_EBDA_SEG]
        mov     si, report_hard_disk
        call    report_text
        mov     al, '0'
        add     al, cl
        call    report_character
        movzx   di, cl
        shl     di, 5
        mov     si, report_colon
        call    report_text
        mov     eax, [fs:di + EBDA_DISKS + DISK_TOTAL]
        shr     eax, 11
        call    report_number
        mov     si, report_megabytes
        call    report_text
        movzx   eax, word [fs:di + EBDA_DISKS + DISK_CYLINDERS]
        call    report_number
        mov     al, '/'
        call    report_character
        movzx   eax, word [fs:di + EBDA_DISKS + DISK_HEADS]
        call    report_number
        mov     al, '/'
        call    report_character
        movzx   eax, word [fs:di + EBDA_DISKS + DISK_SECTORS]
        call    report_number
        mov     si, report_new_line
        call    report_text
        pop     fs
        popad
        ret

; Prints the zero-terminated text at CS:SI. Keeps all other registers.
report_text:
        push    ax
.next:
        cs lodsb
        test    al, al
        jz      .done
        call    report_character
        jmp     .next
.done:
        pop     ax
        ret

; Prints AL.
report_character:
        push    ax
        push    bx
        push    bp
        mov     ah, 0x0E
        mov     bx, 0x0007
        int     0x10
        pop     bp
        pop     bx
        pop     ax
        ret

; Prints EAX in decimal.
report_number:
        pushad
        mov     ebx, 10
        xor     cx, cx
.divide:
        xor     edx, edx
        div     ebx
        push    dx
        inc     cx
        test    eax, eax
        jnz     .divide
.digit:
        pop     ax
        add     al, '0'
        call    report_character
        loop    .digit
        popad
        ret

report_title:           db      "Trowel BIOS", 13, 10, 10, 0
report_base:            db      " KB base memory, ", 0
report_extended:        db      " KB extended memory", 13, 10, 0
report_floppy:          db      "Floppy ", 0
report_hard_disk:       db      "Hard disk ", 0
report_colon:           db      ": ", 0
report_megabytes:       db      " MB, CHS ", 0
report_new_line:        db      13, 10, 0

; By CMOS type, from 1.
report_floppy_types:    dw      .type1, .type2, .type3, .type4, .type5
.type1:                 db      ": 360 KB, CHS 40/2/9", 13, 10, 0
.type2:                 db      ": 1.2 MB, CHS 80/2/15", 13, 10, 0
.type3:                 db      ": 720 KB, CHS 80/2/9", 13, 10, 0
.type4:                 db      ": 1.44 MB, CHS 80/2/18", 13, 10, 0
.type5:                 db      ": 2.88 MB, CHS 80/2/36", 13, 10, 0
