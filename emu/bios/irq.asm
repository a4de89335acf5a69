; Hardware interrupts other than the keyboard's (int09.asm) and the clock's (int1a.asm).

; IRQ0, INT 08h: counts ticks and days, stops the floppy motors, calls INT 1Ch.
irq0_timer:
        push    ds
        push    eax
        push    dx
        mov     ax, BDA_SEG
        mov     ds, ax
        mov     eax, [BDA_TICKS]
        inc     eax
        cmp     eax, 0x1800B0           ; ticks in a day
        jb      .same_day
        xor     eax, eax
        mov     byte [BDA_MIDNIGHT], 1
.same_day:
        mov     [BDA_TICKS], eax
        dec     byte [BDA_FLOPPY_MOTOR_COUNT]  ; whether a motor runs or not, as on the AT: some count ticks by it
        jnz     .no_motor
        test    byte [BDA_FLOPPY_MOTOR], 0x0F
        jz      .no_motor
        and     byte [BDA_FLOPPY_MOTOR], 0xF0
        mov     dx, 0x3F2
        mov     al, 0x0C
        out     dx, al
.no_motor:
        int     0x1C
        cli
        mov     al, EOI
        out     PIC1, al
        pop     dx
        pop     eax
        pop     ds
        iret

; IRQ6, INT 0Eh: the floppy controller has finished something.
irq6_floppy:
        push    ds
        push    ax
        mov     ax, BDA_SEG
        mov     ds, ax
        or      byte [BDA_FLOPPY_CALIBRATED], 0x80
        mov     al, EOI
        out     PIC1, al
        mov     ax, 0x9101              ; tell an operating system that waits
        int     0x15
        pop     ax
        pop     ds
        iret

; IRQ9, INT 71h: on an AT the line that was IRQ2 on the XT; pass it on to that vector.
irq9_redirect:
        push    ax
        mov     al, EOI
        out     PIC2, al
        pop     ax
        int     0x0A
        iret

; IRQ13, INT 75h: coprocessor error. Programs written for the PC expect it as NMI.
irq13_coprocessor:
        push    ax
        mov     al, 0
        out     0xF0, al
        mov     al, EOI
        out     PIC2, al
        out     PIC1, al
        pop     ax
        int     0x02
        iret

; IRQ14 and IRQ15, INT 76h and 77h: a disk wants attention.
irq14_disk:
        push    ds
        push    ax
        mov     ax, BDA_SEG
        mov     ds, ax
        mov     byte [BDA_DISK_IRQ], 0xFF
        mov     al, EOI
        out     PIC2, al
        out     PIC1, al
        mov     ax, 0x9100
        int     0x15
        pop     ax
        pop     ds
        iret

; Interrupts of IRQ lines nobody has claimed. The in-service registers tell whether the line was real: a request that
; goes away before it is acknowledged looks like IRQ7 or IRQ15 but is not in service and must not be ended.
irq_unexpected:
        push    ds
        push    ax
        mov     ax, BDA_SEG
        mov     ds, ax
        mov     al, 0x0B
        out     PIC2, al
        in      al, PIC2
        test    al, al
        jnz     .slave
        mov     al, 0x0B
        out     PIC1, al
        in      al, PIC1
        test    al, al
        jz      .spurious
        jmp     .end_master             ; with the cascade in service but no line of the slave: a spurious IRQ15
.slave:
        mov     ah, al
        mov     al, EOI
        out     PIC2, al
        mov     al, ah
.end_master:
        mov     [BDA_LAST_IRQ], al
        mov     al, EOI
        out     PIC1, al
        pop     ax
        pop     ds
        iret
.spurious:
        mov     byte [BDA_LAST_IRQ], 0xFF
        pop     ax
        pop     ds
        iret

; INT 02h. A coprocessor error comes here through INT 75h and is for programs to hook. The AT's other sources are memory
; parity (port 61h bit 7) and I/O channel check (bit 6): nothing goes on after them.
nmi_entry:
        push    ax
        in      al, 0x61
        test    al, 0xC0
        jnz     .failed
        pop     ax
        iret
.failed:
        mov     si, .parity
        test    al, 0x80
        jnz     .stop
        mov     si, .channel
.stop:
        call    report_text
        cli
        hlt
        jmp     .stop
.parity:        db      13, 10, "Memory parity error", 13, 10, 0
.channel:       db      13, 10, "I/O channel check", 13, 10, 0
