; What a key pressed during power-on opens: Esc or F12 a menu of boot devices, whose choice holds once; Del the set-up
; (setup.asm). A bit in CMOS (option --boot m) opens the menu without a key. POST is over in a few milliseconds, so it
; waits half a second for a key, but not after Ctrl-Alt-Del and the like (warm boot).

BOOT_MENU_ALWAYS        equ 0x02        ; in CMOS_BOOT_THIRD
KEY_ESC                 equ 0x011B
KEY_F12                 equ 0x8600
KEY_DEL                 equ 0x5300      ; of the keypad; the grey key has E0 in its low byte

POST_KEY_TICKS          equ 10

; Other keys are left for the system that boots.
post_keys:
        mov     al, CMOS_BOOT_THIRD
        call    cmos_read
        test    al, BOOT_MENU_ALWAYS
        jnz     boot_menu
        cmp     word [BDA_WARM_BOOT], 0x1234
        je      .look
        mov     ecx, POST_KEY_TICKS * REFRESH_PER_TICK
.wait:
        cli
        mov     ax, [BDA_KEY_HEAD]
        cmp     ax, [BDA_KEY_TAIL]
        jne     .look
        call    wait_step
        jnc     .wait
.look:
        sti
        mov     ah, 0x11
        int     0x16
        jz      .done
        mov     bx, boot_menu
        cmp     ax, KEY_ESC
        je      .take
        cmp     ax, KEY_F12
        je      .take
        mov     bx, setup_screen
        cmp     ah, KEY_DEL >> 8
        jne     .done
        cmp     al, '.'                 ; Num Lock makes another key of it
        jne     .take
.done:
        ret
.take:
        mov     ah, 0x10
        int     0x16
        jmp     bx

; DI = number of a device, from 0. ZF: there is no such drive. DS = BDA. AX, ES are free.
boot_drive_there:
        cmp     di, BOOT_DISK - 1
        je      .disk
        ja      .cd
        test    byte [BDA_EQUIPMENT], 1
        ret
.disk:
        cmp     byte [BDA_DISK_COUNT], 0
        ret
.cd:
        mov     es, [BDA_EBDA_SEG]
        cmp     byte [es:EBDA_CD_COUNT], 0
        ret

; Lists the devices that there are and waits for the digit of one, or Esc.
boot_menu:
        mov     si, .title
        call    report_text
        xor     di, di
.row:
        call    boot_drive_there
        jz      .next
        mov     si, .indent
        call    report_text
        lea     ax, [di + '1']
        call    report_character
        mov     si, .indent
        call    report_text
        mov     bx, di
        shl     bx, 2
        mov     si, [cs:bx + boot_devices + 2]
        call    report_text
        mov     si, report_new_line
        call    report_text
.next:
        inc     di
        cmp     di, BOOT_DEVICES
        jb      .row
        mov     si, .escape
        call    report_text
.key:
        mov     ah, 0x10
        int     0x16
        cmp     ax, KEY_ESC
        je      .end
        sub     al, '1'
        cmp     al, BOOT_DEVICES
        jae     .key
        movzx   di, al
        push    ax
        call    boot_drive_there
        pop     ax
        jz      .key
        inc     ax
        mov     es, [BDA_EBDA_SEG]
        mov     [es:EBDA_BOOT_ONCE], al
        add     al, '0'
        call    report_character
.end:
        mov     si, report_new_line
        jmp     report_text

.title:         db      13, 10, "Boot from:", 13, 10, 0
.indent:        db      "  ", 0
.escape:        db      "  Esc: boot as set up", 13, 10, "Choice: ", 0
