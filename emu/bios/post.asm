; Power-on: from the reset vector to INT 19h. The steps are the AT's, in its order: shutdown code, chips, vectors and
; data area, set-up, video ROM, keyboard, ports, drives, report, other ROMs, boot.

; Every reset comes here, with the stack undefined. A program that left protected mode through a reset says in the CMOS
; shutdown byte how it wants to go on.
post_entry:
        cli
        cld
        mov     eax, cr0                ; RESET left the cache off (CD and NW set) and empty
        and     eax, 0x9FFFFFFF
        mov     cr0, eax
        mov     al, CMOS_SHUTDOWN
        out     0x70, al
        in      al, 0x71
        mov     ah, al
        mov     al, CMOS_SHUTDOWN
        out     0x70, al
        mov     al, 0                   ; the request holds for one reset
        out     0x71, al
        mov     al, CMOS_STATUS_D       ; leave NMI on and the index at a harmless register
        out     0x70, al
        in      al, 0x71
        in      al, 0x92                ; a reset through port 92h leaves its bit set; only its rise resets
        and     al, 0xFE
        out     0x92, al
        mov     bx, BDA_SEG
        mov     ds, bx
        movzx   bx, ah
        cmp     bl, POST_SHUTDOWN_CODES
        jae     post_cold
        add     bx, bx
        jmp     [cs:bx + .shutdown]

; By shutdown code (AT Technical Reference; 6, 0Bh and 0Ch as in Ralf Brown's list). 1-3, 7 and 8 are stages of an AT's
; own memory tests and begin anew here.
.shutdown:
        dw      post_cold, post_cold, post_cold, post_cold                      ; 0
        dw      post_shutdown_4, post_shutdown_5, post_shutdown_a, post_cold    ; 4
        dw      post_cold, post_shutdown_9, post_shutdown_a, post_shutdown_b    ; 8
        dw      post_shutdown_c                                                 ; 0C
POST_SHUTDOWN_CODES     equ ($ - .shutdown) / 2

; 4: boot, without any tests before.
post_shutdown_4:
        xor     ax, ax
        mov     ss, ax
        mov     sp, BOOT_OFFSET
        sti
        int     0x19
        jmp     $

; 5: end the interrupt that may be in service, drop a waiting keyboard byte, jump through 40:67.
post_shutdown_5:
        in      al, 0x60
        mov     al, EOI
        out     PIC2, al
        out     PIC1, al
post_shutdown_a:
        jmp     far [BDA_RESET_VECTOR]

; 9: the end of a block move made by someone else's INT 15h AH=87h (an AT's, or one that copies its ways): SS:SP of the
; interrupted program from 40:67; on that stack ES, DS, PUSHA's registers and the IRET frame.
post_shutdown_9:
        lss     sp, [BDA_RESET_VECTOR]
        pop     es
        pop     ds
        popa
        iret

; 0Bh, 0Ch: IRET or RETF on the stack at 40:67.
post_shutdown_b:
        lss     sp, [BDA_RESET_VECTOR]
        iret

post_shutdown_c:
        lss     sp, [BDA_RESET_VECTOR]
        retf

; EDX still has the CPU's signature.
post_cold:
        xor     ax, ax
        mov     ss, ax
        mov     sp, BOOT_OFFSET
        push    dx
        call    post_chips
        call    post_memory_map
        pop     ax
        mov     es, [BDA_EBDA_SEG]
        mov     [es:EBDA_CPU], ax
        call    post_pics
        call    post_rtc
        call    post_cmos
        call    post_fpu
        call    post_video_rom
        call    post_report_machine
        call    post_keyboard
        call    post_mouse_start
        call    post_ports
        call    post_game_port
        sti
        call    int1a_set_ticks_from_rtc
        call    floppy_post
        call    disk_post
        call    post_mouse_finish
        call    post_report
        call    post_other_roms
        call    post_keys
        call    a20_disable             ; an AT starts its system with A20 off
        int     0x19
        jmp     $

; Fills the interrupt vectors and the BIOS data area. The warm-boot word and the shutdown vector survive.
post_memory_map:
        xor     ax, ax
        mov     es, ax
        xor     di, di
        mov     eax, BIOS_SEG << 16
        mov     ax, int_unused
        mov     cx, 0x60                ; INT 00-5F: somewhere harmless
        rep     stosd
        xor     eax, eax                ; INT 60-67: free for users, zero by convention
        mov     cx, 8
        rep     stosd
        mov     eax, BIOS_SEG << 16
        mov     ax, int_unused
        mov     cx, 0x100 - 0x68
        rep     stosd
        mov     si, vectors_table
.vector:
        cs lodsw                        ; number, offset; a number of FFFF ends the table
        cmp     ax, 0xFFFF
        je      .bda
        mov     di, ax
        shl     di, 2
        cs lodsw
        stosw
        mov     ax, BIOS_SEG
        stosw
        jmp     .vector
.bda:
        mov     ax, BDA_SEG
        mov     ds, ax
        mov     es, ax
        mov     ebx, [BDA_RESET_VECTOR]
        mov     dx, [BDA_WARM_BOOT]
        xor     di, di
        xor     ax, ax
        mov     cx, 0x100 / 2
        rep     stosw
        mov     [BDA_RESET_VECTOR], ebx
        mov     [BDA_WARM_BOOT], dx
        mov     byte [BDA_PRINT_SCREEN], 0
        mov     word [BDA_MEMORY_KB], BASE_MEMORY_KB
        mov     word [BDA_EBDA_SEG], EBDA_SEG
        mov     word [BDA_KEY_HEAD], BDA_KEY_BUFFER
        mov     word [BDA_KEY_TAIL], BDA_KEY_BUFFER
        mov     word [BDA_KEY_BUFFER_START_AT], BDA_KEY_BUFFER
        mov     word [BDA_KEY_BUFFER_END_AT], BDA_KEY_BUFFER_END
        mov     dword [BDA_LPT_TIMEOUT], 0x14141414
        mov     dword [BDA_COM_TIMEOUT], 0x01010101
        mov     word [BDA_EQUIPMENT], 0x0020    ; 80x25 colour; drives, ports and the rest are added as they are found
        mov     ax, EBDA_SEG
        mov     es, ax
        xor     di, di
        xor     ax, ax
        mov     cx, EBDA_SECTOR / 2
        rep     stosw
        mov     byte [es:EBDA_SIZE_KB], 1
        ret

; Video first, so that everything after it can speak.
post_video_rom:
        mov     dx, 0xC000
        mov     cx, 0xC800
        jmp     post_scan_roms

post_other_roms:
        mov     dx, 0xC800
        mov     cx, 0xF000

; Looks at every 2 KB between segments DX and CX for 55 AA, a length in 512-byte units and bytes that sum up to zero,
; and calls each such ROM at its offset 3. The one at C0000 is called even if its sum is wrong: without it the machine
; could not say anything.
post_scan_roms:
        push    bp
.look:
        cmp     dx, cx
        jae     .done
        mov     ds, dx
        cmp     word [0], 0xAA55
        jne     .next
        movzx   bx, byte [2]
        shl     bx, 5                   ; length in paragraphs
        jz      .next
        cmp     dx, 0xC000
        je      .call
        call    .checksum
        je      .call
        call    report_bad_rom
        jmp     .next
.call:
        push    bx
        push    cx
        push    dx
        mov     ax, BDA_SEG
        mov     ds, ax
        mov     bp, sp
        push    cs
        push    .called
        push    dx
        push    3
        retf
.called:
        cli
        cld
        pop     dx
        pop     cx
        pop     bx
        add     dx, bx
        add     dx, 0x7F                ; ROMs start at multiples of 2 KB
        and     dx, 0xFF80
        jmp     .look
.next:
        add     dx, 0x80
        jmp     .look
.done:
        mov     ax, BDA_SEG
        mov     ds, ax
        sti
        pop     bp
        ret

; ZF if the BX paragraphs at segment DX sum up to zero.
.checksum:
        pushad
        mov     ax, dx
        mov     cx, bx
        xor     dl, dl
.paragraph:
        mov     ds, ax
        xor     si, si
.byte:
        add     dl, [si]
        inc     si
        cmp     si, 16
        jb      .byte
        inc     ax
        loop    .paragraph
        mov     ds, ax
        test    dl, dl
        popad
        mov     ds, dx
        ret
