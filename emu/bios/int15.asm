; INT 15h: system services. Memory and protected mode are in int15_memory.asm, the mouse is in int15_mouse.asm, the
; joystick in int15_joystick.asm. Hooks for operating systems (4Fh, 80h-82h, 85h, 90h, 91h) do nothing here but answer
; as if the hook were not taken. There is no watchdog timer (C3h), no programmable option select (C4h) and no cassette
; (00h-03h): these are unsupported here, as on every AT.

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
        service 0x84, int15_joystick
        service 0x85, int15_nothing     ; SysReq key
        service 0x86, int15_wait
        service 0x87, int15_move
        service 0x88, int15_extended_kb
        service 0x8A, int15_big_memory
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
        mov     ax, frame_es
        call    int15_wait_start
        mov     frame_ah, 0
        jnc     .done
        set_carry
.done:
        ret
.cancel:
        call    int15_wait_stop
        mov     frame_ah, 0
        ret

; Begins to count CX:DX microseconds by the clock chip's periodic interrupt, to set bit 7 of the byte at AX:BX. CF if a
; wait is under way already. The area from 40:98 to 40:A0 is the AT's.
int15_wait_start:
        pushf
        cli
        test    byte [BDA_WAIT_ACTIVE], 1
        jnz     .busy
        mov     byte [BDA_WAIT_ACTIVE], 1
        mov     [BDA_WAIT_FLAG_AT], bx
        mov     [BDA_WAIT_FLAG_AT + 2], ax
        mov     [BDA_WAIT_COUNT], dx
        mov     [BDA_WAIT_COUNT + 2], cx
        mov     ah, 0x40
        call    int1a_enable
        popf
        clc
        ret
.busy:
        popf
        stc
        ret

; One period of the clock chip, 976 us, is over. Keeps all registers. DS = data area.
int15_wait_period:
        test    byte [BDA_WAIT_ACTIVE], 1
        jz      .stray
        sub     dword [BDA_WAIT_COUNT], 976
        ja      .done
        call    int15_wait_stop
        push    es
        push    bx
        les     bx, [BDA_WAIT_FLAG_AT]
        or      byte [es:bx], 0x80
        pop     bx
        pop     es
.done:
        ret
.stray:
        jmp     int15_wait_stop

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

; AH=86h: returns after CX:DX microseconds. They are counted as those of AH=83h, with 40:A0 itself as the byte that
; tells; bounded by the timer or the refresh, should somebody have taken the clock's interrupt for himself.
int15_wait:
        mov     ax, BDA_SEG
        mov     bx, BDA_WAIT_ACTIVE
        call    int15_wait_start
        jc      .busy
        mov     ax, frame_cx
        shl     eax, 16
        mov     ax, dx
        xor     edx, edx
        mov     ecx, 15085
        mov     ebx, 1000
        mul     ebx                     ; ns
        div     ecx                     ; refresh periods: 2^32 us are fewer than 2^32 of them
        mov     ecx, eax
        add     ecx, 2 * REFRESH_PER_TICK
.wait:
        cli
        test    byte [BDA_WAIT_ACTIVE], 0x80
        jnz     .over
        call    wait_step
        jnc     .wait
.over:
        sti
        call    int15_wait_stop
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
