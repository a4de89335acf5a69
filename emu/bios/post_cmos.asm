; Power-on: is what CMOS holds to be trusted? A bad checksum brings defaults, an impossible date becomes the first of
; 1980, memory is counted and compared with what the set-up says. What was amiss is kept in the EBDA for the report, and
; in CMOS's diagnostic byte as on the AT (Technical Reference, "CMOS RAM address map", 0Eh).

POST_BAD_KEYBOARD       equ 0x01        ; EBDA_POST_ERRORS
POST_BAD_TIME           equ 0x04        ; the bits of the diagnostic byte are the same
POST_BAD_MEMORY         equ 0x10
POST_BAD_CHECKSUM       equ 0x40
POST_BAD_BATTERY        equ 0x80

LARGEST_MB              equ 256         ; the count goes no further

post_cmos:
        call    post_check_clock
        call    cmos_checksum
        mov     bx, ax
        mov     al, CMOS_CHECKSUM
        call    cmos_read_word
        xchg    al, ah                  ; high byte first
        cmp     ax, bx
        je      .sum_right
        mov     al, POST_BAD_CHECKSUM
        call    post_error
        call    cmos_defaults
.sum_right:
        call    post_count_memory
        call    post_store_memory
        mov     es, [BDA_EBDA_SEG]
        mov     ah, [es:EBDA_POST_ERRORS]
        mov     al, CMOS_DIAGNOSTIC
        jmp     cmos_write

; Remembers error AL.
post_error:
        push    es
        mov     es, [BDA_EBDA_SEG]
        or      [es:EBDA_POST_ERRORS], al
        pop     es
        ret

; AX = sum of the bytes that the checksum covers.
cmos_checksum:
        push    cx
        push    dx
        xor     dx, dx
        mov     cl, CMOS_CHECKED
.next:
        mov     al, cl
        call    cmos_read
        mov     ah, 0
        add     dx, ax
        inc     cl
        cmp     cl, CMOS_CHECKSUM
        jb      .next
        mov     ax, dx
        pop     dx
        pop     cx
        ret

; Stores the sum of what is there.
cmos_store_checksum:
        call    cmos_checksum
        push    ax
        mov     al, CMOS_CHECKSUM
        call    cmos_write
        pop     ax
        mov     ah, al
        mov     al, CMOS_CHECKSUM + 1
        jmp     cmos_write

; What a set-up program would propose: one 1.44 MB floppy drive, hard disks by what they say themselves, boot in the
; usual order. The rest is zero.
cmos_defaults:
        mov     al, CMOS_CHECKED
        mov     ah, 0
.clear:
        call    cmos_write
        inc     al
        cmp     al, CMOS_CHECKSUM
        jb      .clear
        mov     si, .values
.value:
        cs lodsw
        test    al, al
        jz      cmos_store_checksum
        call    cmos_write
        jmp     .value
.values:
        db      CMOS_FLOPPY_TYPES, 0x40
        db      CMOS_EQUIPMENT, 0x05    ; a floppy drive, display and keyboard
        db      CMOS_BASE_KB, 640 & 0xFF, CMOS_BASE_KB + 1, 640 >> 8
        db      CMOS_BOOT_ORDER, BOOT_ORDER_DEFAULT & 0xFF
        db      CMOS_BOOT_THIRD, BOOT_ORDER_DEFAULT >> 8 << 4 | 1
        db      0, 0

; --- The clock ---

; Registers of the clock with the least and the greatest BCD value.
clock_limits:
        db      0x00, 0x00, 0x59
        db      0x02, 0x00, 0x59
        db      0x04, 0x00, 0x23
        db      0x07, 0x01, 0x31
        db      0x08, 0x01, 0x12
        db      0x09, 0x00, 0x99
        db      CMOS_CENTURY, 0x19, 0x20
        db      0xFF

post_check_clock:
        mov     al, CMOS_STATUS_D
        call    cmos_read
        test    al, 0x80                ; the battery was empty
        jnz     .powered
        mov     al, POST_BAD_BATTERY | POST_BAD_TIME
        call    post_error
.powered:
        call    int1a_wait_readable
        mov     si, clock_limits
.next:
        cs lodsb
        cmp     al, 0xFF
        je      .done
        call    cmos_read
        mov     bx, [cs:si]             ; least, greatest
        add     si, 2
        cmp     al, bl
        jb      .wrong
        cmp     al, bh
        ja      .wrong
        and     al, 0x0F
        cmp     al, 9
        jbe     .next
.wrong:
        mov     al, POST_BAD_TIME
        call    post_error
        call    int1a_hold
        mov     si, .first_of_1980
.store:
        cs lodsw
        cmp     al, 0xFF
        je      .stored
        call    cmos_write
        jmp     .store
.stored:
        mov     ax, 0x0200 | CMOS_STATUS_B
        call    cmos_write
.done:
        ret
.first_of_1980:
        db      0x00, 0x00, 0x02, 0x00, 0x04, 0x00, 0x06, 0x03, 0x07, 0x01, 0x08, 0x01, 0x09, 0x80, CMOS_CENTURY, 0x19
        db      0xFF, 0xFF

; --- Memory ---

; BX = megabytes above the first. Looks at the last doubleword of each, and leaves it as it was. Interrupts are off, A20
; is open, the stack is not used meanwhile.
post_count_memory:
        pushf
        cli
        push    ds
        sub     sp, 6                   ; GDTR is to be as RESET left it
        mov     bp, sp
        sgdt    [bp]
        o32 lgdt [cs:move_gdt]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     MOVE_CODE:.protected
.protected:
        mov     ax, MOVE_FLAT
        mov     ds, ax
        mov     esi, 0x001FFFFC
        xor     bx, bx
.megabyte:
        mov     ecx, [esi]
        mov     dword [esi], 0x5AA5C33C
        cmp     dword [esi], 0x5AA5C33C
        jne     .end
        mov     dword [esi], 0xA55A3CC3
        cmp     dword [esi], 0xA55A3CC3
        jne     .end
        mov     [esi], ecx
        add     esi, 0x100000
        inc     bx
        cmp     bx, LARGEST_MB - 1
        jb      .megabyte
.end:
        mov     ax, MOVE_REAL
        mov     ds, ax
        mov     eax, cr0
        and     al, 0xFE
        mov     cr0, eax
        jmp     BIOS_SEG:.real
.real:
        o32 lgdt [bp]
        add     sp, 6
        pop     ds
        popf
        ret

; Stores what was found, BX megabytes; if it is not what the set-up says, that is an error, and then set up.
post_store_memory:
        mov     cx, bx
        shl     cx, 10                  ; KB, which hold up to 63 MB
        cmp     bx, 63
        jbe     .words
        mov     cx, 0xFC00
.words:
        mov     al, CMOS_EXTENDED_FOUND_KB
        mov     dx, cx
        call    cmos_write_word
        mov     dx, bx
        sub     dx, 15
        jae     .above
        xor     dx, dx
.above:
        shl     dx, 4                   ; units of 64 KB
        mov     al, CMOS_ABOVE_16M
        call    cmos_write_word
        mov     al, CMOS_EXTENDED_KB
        call    cmos_read_word
        cmp     ax, cx
        je      .done
        test    ax, ax                  ; zero: not set up, as after the defaults
        jz      .set_up
        mov     al, POST_BAD_MEMORY
        call    post_error
.set_up:
        mov     al, CMOS_EXTENDED_KB
        mov     dx, cx
        call    cmos_write_word
        jmp     cmos_store_checksum
.done:
        ret
