; The set-up (key Del at power-on): date and time, kinds of floppy drives, order of boot devices. Digits change what is
; shown; Enter stores it in CMOS, with its checksum, and starts the machine again; Esc leaves CMOS as it was. The date
; and the time are set as soon as they have been typed.

; The choice so far, in the EBDA's sector.
SETUP_FLOPPIES          equ EBDA_SECTOR         ; byte, as CMOS 10h
SETUP_ORDER             equ EBDA_SECTOR + 2     ; word, four bits a device
SETUP_DIGITS            equ EBDA_SECTOR + 4     ; four bytes, what is typed

; Orders that can be chosen.
setup_orders:
        dw      BOOT_FLOPPY | BOOT_DISK << 4 | BOOT_CD << 8
        dw      BOOT_DISK | BOOT_FLOPPY << 4 | BOOT_CD << 8
        dw      BOOT_CD | BOOT_FLOPPY << 4 | BOOT_DISK << 8
        dw      BOOT_CD | BOOT_DISK << 4 | BOOT_FLOPPY << 8
        dw      BOOT_DISK
SETUP_ORDERS            equ ($ - setup_orders) / 2

setup_screen:
        mov     es, [BDA_EBDA_SEG]
        mov     al, CMOS_FLOPPY_TYPES
        call    cmos_read
        mov     [es:SETUP_FLOPPIES], al
        call    boot_order
        mov     [es:SETUP_ORDER], ax
.draw:
        call    setup_draw
.key:
        mov     ah, 0x10
        int     0x16
        cmp     ax, KEY_ESC
        je      .end
        cmp     al, 13
        je      setup_store
        sub     al, '1'
        cmp     al, 5
        jae     .key
        movzx   bx, al
        add     bx, bx
        call    [cs:bx + .actions]
        jmp     .draw
.end:
        mov     ax, 0x0003
        int     0x10
        ret
.actions:       dw      setup_date, setup_time, setup_floppy_a, setup_floppy_b, setup_order

; ES = EBDA throughout.
setup_draw:
        mov     ax, 0x0003
        int     0x10
        mov     si, setup_title
        call    report_text
        call    report_date
        mov     si, setup_floppies
        call    report_text
        mov     bl, [es:SETUP_FLOPPIES]
        shr     bl, 4
        call    setup_draw_floppy
        mov     si, setup_floppy_2
        call    report_text
        mov     bl, [es:SETUP_FLOPPIES]
        and     bl, 0x0F
        call    setup_draw_floppy
        mov     si, setup_boot
        call    report_text
        mov     cx, [es:SETUP_ORDER]
.device:
        movzx   bx, cl
        and     bl, 0x0F
        jz      .next
        cmp     bl, BOOT_DEVICES
        ja      .next
        shl     bx, 2
        mov     si, [cs:bx + boot_devices - 2]
        call    report_text
        mov     si, setup_space
        call    report_text
.next:
        shr     cx, 4
        jnz     .device
        mov     si, setup_help
        jmp     report_text

; Drive type BL.
setup_draw_floppy:
        mov     si, setup_none
        cmp     bl, 5
        ja      .text
        movzx   bx, bl
        add     bx, bx
        jz      .text
        mov     si, [cs:bx + report_floppy_types - 2]
.text:
        jmp     report_text

; The next kind of drive: none, 1-5, none.
setup_floppy_a:
        mov     al, [es:SETUP_FLOPPIES]
        shr     al, 4
        call    setup_next_type
        shl     al, 4
        and     byte [es:SETUP_FLOPPIES], 0x0F
        or      [es:SETUP_FLOPPIES], al
        ret

setup_floppy_b:
        mov     al, [es:SETUP_FLOPPIES]
        and     al, 0x0F
        call    setup_next_type
        and     byte [es:SETUP_FLOPPIES], 0xF0
        or      [es:SETUP_FLOPPIES], al
        ret

setup_next_type:
        inc     al
        cmp     al, 6
        jb      .done
        mov     al, 0
.done:
        ret

; The order behind the present one, or the first.
setup_order:
        mov     ax, [es:SETUP_ORDER]
        mov     si, setup_orders
        mov     cx, SETUP_ORDERS - 1
.search:
        cmp     [cs:si], ax
        je      .found
        add     si, 2
        loop    .search
        mov     si, setup_orders - 2
.found:
        mov     ax, [cs:si + 2]
        mov     [es:SETUP_ORDER], ax
        ret

setup_date:
        mov     si, setup_new_date
        mov     cx, 4
        call    setup_type
        jc      .done
        mov     cx, [es:SETUP_DIGITS]
        xchg    cl, ch                  ; century, year
        mov     dx, [es:SETUP_DIGITS + 2]
        xchg    dl, dh                  ; month, day
        mov     ah, 0x05
        int     0x1A
        call    post_check_clock        ; an impossible date becomes a possible one
.done:
        ret

setup_time:
        mov     si, setup_new_time
        mov     cx, 3
        call    setup_type
        jc      .done
        mov     cx, [es:SETUP_DIGITS]
        xchg    cl, ch                  ; hour, minute
        cmp     ch, 0x23
        ja      .done
        cmp     cl, 0x59
        ja      .done
        mov     dh, [es:SETUP_DIGITS + 2]
        mov     dl, 0
        cmp     dh, 0x59
        ja      .done
        mov     ah, 0x03
        int     0x1A
.done:
        ret

; Shows the text at SI and takes CX pairs of digits. CF if something else was pressed.
setup_type:
        call    report_text
        mov     di, SETUP_DIGITS
.byte:
        call    .digit
        jc      .done
        mov     ah, al
        push    ax
        call    .digit
        pop     bx
        jc      .done
        shl     bh, 4
        or      al, bh
        stosb
        loop    .byte
        clc
.done:
        ret
.digit:
        mov     ah, 0x10
        int     0x16
        call    report_character
        sub     al, '0'
        cmp     al, 10
        cmc
        ret

; Writes all to CMOS and starts again.
setup_store:
        mov     ah, [es:SETUP_FLOPPIES]
        mov     al, CMOS_FLOPPY_TYPES
        call    cmos_write
        mov     bl, ah
        mov     al, CMOS_EQUIPMENT
        call    cmos_read
        and     al, 0x3E                ; the floppy drives' bits
        test    bl, 0xF0
        jz      .counted
        or      al, 0x01
        test    bl, 0x0F
        jz      .counted
        or      al, 0x40
.counted:
        mov     ah, al
        mov     al, CMOS_EQUIPMENT
        call    cmos_write
        mov     bx, [es:SETUP_ORDER]
        mov     ah, bl
        mov     al, CMOS_BOOT_ORDER
        call    cmos_write
        mov     al, CMOS_BOOT_THIRD
        call    cmos_read
        and     al, 0x0F
        shl     bh, 4
        or      al, bh
        mov     ah, al
        mov     al, CMOS_BOOT_THIRD
        call    cmos_write
        call    cmos_store_checksum
        jmp     int09_reset

setup_title:            db      "Set-up", 13, 10, 10, "  1 2  Date and time: ", 0
setup_floppies:         db      "  3    Floppy A", 0
setup_floppy_2:         db      "  4    Floppy B", 0
setup_none:             db      ": none", 13, 10, 0
setup_boot:             db      "  5    Boot from: ", 0
setup_space:            db      "  ", 0
setup_help:             db      13, 10, 10, "1-5 change, Enter stores and starts again, Esc leaves", 13, 10, 0
setup_new_date:         db      13, 10, "New date, YYYYMMDD: ", 0
setup_new_time:         db      13, 10, "New time, HHMMSS: ", 0
