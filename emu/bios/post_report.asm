; What is shown at power-on, through INT 10h: first what the machine is, then what was found in it and what is amiss.

post_report_machine:
        mov     si, report_title
        call    report_text
        mov     es, [BDA_EBDA_SEG]
        mov     bx, [es:EBDA_CPU]
        mov     si, report_cpu_models - 3
.search:
        add     si, 3
        mov     al, [cs:si]
        cmp     al, 0xFF
        je      .model
        shl     al, 4
        xor     al, bl
        test    al, 0xF0
        jnz     .search
.model:
        mov     si, [cs:si + 1]
        call    report_text
        mov     si, report_fpu
        test    byte [BDA_EQUIPMENT], 0x02
        jnz     .fpu
        mov     si, report_no_fpu
.fpu:
        call    report_text
        mov     ax, [BDA_MEMORY_KB]
        movzx   eax, ax
        call    report_number
        mov     si, report_base
        call    report_text
        call    memory_total_extended_kb
        call    report_number
        mov     si, report_extended
        jmp     report_text

post_report:
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
        jae     .ports
        call    report_disk
        inc     cl
        jmp     .disk
.ports:
        call    cd_report
        mov     si, report_serial
        mov     di, BDA_COM_PORTS
        mov     cx, 4
        call    report_ports
        mov     si, report_parallel
        mov     di, BDA_LPT_PORTS
        mov     cx, 3
        call    report_ports
        mov     si, report_mouse
        test    byte [BDA_EQUIPMENT], 0x04
        jz      .no_mouse
        call    report_text
.no_mouse:
        call    report_date
        call    report_errors
        mov     si, report_new_line
        jmp     report_text

; CX port addresses at DI, zeros are none; nothing if the first is. SI = what they are.
report_ports:
        cmp     word [di], 0
        je      .done
        call    report_text
.port:
        mov     ax, [di]
        add     di, 2
        test    ax, ax
        jz      .next
        call    report_hex
        mov     al, ' '
        call    report_character
.next:
        loop    .port
        mov     si, report_new_line
        call    report_text
.done:
        ret

; 1992-03-01 12:34:56
report_date:
        call    int1a_wait_readable
        mov     si, .parts
.part:
        cs lodsw                        ; register, what follows it
        call    report_bcd
        mov     al, ah
        test    al, al
        jz      .part
        call    report_character
        cmp     al, 13
        jne     .part
        mov     al, 10
        jmp     report_character
.parts:
        db      CMOS_CENTURY, 0, 0x09, '-', 0x08, '-', 0x07, ' ', 0x04, ':', 0x02, ':', 0x00, 13

; Register AL of the clock as two digits.
report_bcd:
        call    cmos_read
        push    ax
        shr     al, 4
        call    report_digit
        pop     ax
        and     al, 0x0F
; AL, 0-15, as a hexadecimal digit.
report_digit:
        push    ax
        add     al, '0'
        cmp     al, '9'
        jbe     .decimal
        add     al, 'A' - '9' - 1
.decimal:
        call    report_character
        pop     ax
        ret

; AX in hexadecimal, without leading zeros.
report_hex:
        push    cx
        push    dx
        mov     dx, ax
        mov     cx, 4
        mov     ah, 0                   ; digits so far
.digit:
        rol     dx, 4
        mov     al, dl
        and     al, 0x0F
        or      ah, al
        jz      .skip
        call    report_digit
        mov     ah, 1
.skip:
        loop    .digit
        pop     dx
        pop     cx
        ret

; What POST found amiss, a line each.
report_errors:
        mov     es, [BDA_EBDA_SEG]
        mov     bl, [es:EBDA_POST_ERRORS]
        mov     si, report_error_table
.next:
        cs lodsb
        test    al, al
        jz      .done
        mov     di, [cs:si]
        add     si, 2
        test    bl, al
        jz      .next
        push    si
        mov     si, di
        call    report_text
        pop     si
        jmp     .next
.done:
        ret

; The ROM at segment DX is not what its checksum says.
report_bad_rom:
        push    ds
        push    si
        mov     si, BDA_SEG
        mov     ds, si
        mov     si, report_rom
        call    report_text
        mov     ax, dx
        call    report_hex
        mov     si, report_rom_sum
        call    report_text
        pop     si
        pop     ds
        ret

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

report_title:           db      "Trowel BIOS. Esc: boot menu, Del: set-up", 13, 10, 10, 0
report_fpu:             db      " CPU, FPU", 13, 10, 0
report_no_fpu:          db      " CPU, no FPU", 13, 10, 0
report_base:            db      " KB base memory, ", 0
report_extended:        db      " KB extended memory", 13, 10, 0
report_floppy:          db      "Floppy ", 0
report_hard_disk:       db      "Hard disk ", 0
report_serial:          db      "Serial ports: ", 0
report_parallel:        db      "Parallel ports: ", 0
report_mouse:           db      "Mouse", 13, 10, 0
report_rom:             db      "ROM at ", 0
report_rom_sum:         db      ": its checksum is wrong, not started", 13, 10, 0
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

; By bits 7-4 of the signature (Intel, i486 Processor family, "component identification").
report_cpu_models:
        db      0
        dw      .dx
        db      1
        dw      .dx
        db      2
        dw      .sx
        db      3
        dw      .dx2
        db      5
        dw      .sx2
        db      7
        dw      .dx2
        db      8
        dw      .dx4
        db      9
        dw      .dx4
        db      0xFF
        dw      .unknown
.dx:                    db      "486DX", 0
.sx:                    db      "486SX", 0
.dx2:                   db      "486DX2", 0
.sx2:                   db      "486SX2", 0
.dx4:                   db      "486DX4", 0
.unknown:               db      "486", 0

; By bit of EBDA_POST_ERRORS.
report_error_table:
        db      POST_BAD_BATTERY
        dw      .battery
        db      POST_BAD_CHECKSUM
        dw      .checksum
        db      POST_BAD_MEMORY
        dw      .memory
        db      POST_BAD_TIME
        dw      .time
        db      POST_BAD_KEYBOARD
        dw      .keyboard
        db      0
.battery:               db      "CMOS battery empty", 13, 10, 0
.checksum:              db      "CMOS checksum wrong: defaults taken", 13, 10, 0
.memory:                db      "Memory is not what the set-up said", 13, 10, 0
.time:                  db      "Time and date were not set", 13, 10, 0
.keyboard:              db      "Keyboard error", 13, 10, 0
