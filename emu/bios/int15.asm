; INT 15h: system services. Memory and protected mode are in int15_memory.asm. Hooks for operating systems (4Fh,
; 80h-82h, 85h, 90h, 91h) do nothing here but answer as if the hook were not taken.

STATUS_UNSUPPORTED      equ 0x86

int15_entry:
        cmp     ah, 0x4F                ; keyboard hook: CF stays set, the key counts
        je      .iret
        cmp     ah, 0x90                ; the hooks of hardware interrupts, answered quickly
        je      .hook
        cmp     ah, 0x91
        je      .hook
        service_enter
        mov     si, int15_table
.search:
        cmp     byte [cs:si], 0
        je      .unknown
        cmp     ah, [cs:si]
        je      .found
        add     si, 3
        jmp     .search
.found:
        clear_carry
        call    [cs:si + 1]
        service_leave
.unknown:
        call    int15_unsupported
        service_leave
.hook:
        push    bp
        mov     bp, sp
        and     byte [bp + 6], ~FLAG_CARRY & 0xFF
        pop     bp
        mov     ah, 0
.iret:
        iret

%macro service 2
        db      %1
        dw      %2
%endmacro

int15_table:
        service 0x24, int15_a20
        service 0x52, int15_nothing     ; removable media eject
        service 0x80, int15_nothing     ; device open
        service 0x81, int15_nothing     ; device close
        service 0x82, int15_nothing     ; program termination
        service 0x83, int15_event_wait
        service 0x85, int15_nothing     ; SysReq key
        service 0x86, int15_wait
        service 0x87, int15_move
        service 0x88, int15_extended_kb
        service 0x89, int15_protected_mode
        service 0xC0, int15_configuration
        service 0xC1, int15_ebda
        service 0xC2, int15_pointing_device
        service 0xE8, int15_memory
        db      0

int15_unsupported:
        mov     frame_ah, STATUS_UNSUPPORTED
        set_carry
        ret

int15_nothing:
        mov     frame_ah, 0
        ret

; AH=83h: AL=0: sets bit 7 of the byte at ES:BX after CX:DX microseconds; AL=1: does not.
int15_event_wait:
        cmp     al, 1
        je      .cancel
        ja      int15_unsupported
        cli
        test    byte [BDA_WAIT_ACTIVE], 1
        jnz     .busy
        mov     byte [BDA_WAIT_ACTIVE], 1
        mov     [BDA_WAIT_FLAG_AT], bx
        mov     ax, frame_es
        mov     [BDA_WAIT_FLAG_AT + 2], ax
        mov     [BDA_WAIT_COUNT], dx
        mov     [BDA_WAIT_COUNT + 2], cx
        mov     ah, 0x40
        call    int1a_enable
        mov     frame_ah, 0
        ret
.busy:
        mov     frame_ah, 0
        set_carry
        ret
.cancel:
        call    int15_wait_stop
        mov     frame_ah, 0
        ret

; One period of the clock chip, 976 us, is over. Keeps all registers. DS = data area.
int15_wait_period:
        test    byte [BDA_WAIT_ACTIVE], 1
        jz      .stray
        sub     dword [BDA_WAIT_COUNT], 976
        ja      .done
        push    es
        push    bx
        les     bx, [BDA_WAIT_FLAG_AT]
        or      byte [es:bx], 0x80
        pop     bx
        pop     es
.stray:
        jmp     int15_wait_stop
.done:
        ret

; No wait any more, no periodic interrupt. Keeps all registers.
int15_wait_stop:
        push    ax
        mov     byte [BDA_WAIT_ACTIVE], 0
        mov     al, CMOS_STATUS_B
        call    cmos_read
        and     al, 0x3F
        mov     ah, al
        mov     al, CMOS_STATUS_B
        call    cmos_write
        pop     ax
        ret

; AH=86h: returns after CX:DX microseconds.
int15_wait:
        test    byte [BDA_WAIT_ACTIVE], 1
        jnz     .busy
        mov     ax, cx
        shl     eax, 16
        mov     ax, dx
        xor     edx, edx
        mov     ecx, 15085
        mov     ebx, 1000
        mul     ebx                     ; ns
        div     ecx                     ; refresh periods: 2^32 us are fewer than 2^32 of them
        mov     ecx, eax
        call    wait_periods
        mov     frame_ah, 0
        ret
.busy:
        mov     frame_ah, 0x83
        set_carry
        ret

; AH=C0h: ES:BX = configuration table.
int15_configuration:
        mov     frame_es, BIOS_SEG
        mov     frame_bx, compat_configuration
        mov     frame_ah, 0
        ret

; AH=C1h: ES = EBDA.
int15_ebda:
        mov     ax, [BDA_EBDA_SEG]
        mov     frame_es, ax
        ret

; AH=C2h: pointing device. There is none.
int15_pointing_device:
        mov     frame_ah, 0x01          ; invalid function
        cmp     al, 8
        ja      .done
        mov     frame_ah, 0x03          ; interface error
.done:
        set_carry
        ret

; INT 11h: AX = equipment.
int11_entry:
        push    ds
        push    BDA_SEG
        pop     ds
        mov     ax, [BDA_EQUIPMENT]
        pop     ds
        iret

; INT 12h: AX = KB of memory below 640 KB.
int12_entry:
        push    ds
        push    BDA_SEG
        pop     ds
        mov     ax, [BDA_MEMORY_KB]
        pop     ds
        iret
