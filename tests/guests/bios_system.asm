; What a program finds after power-on, and INT 11h, 12h, 15h, 1Ah.

%include "bios_guest.inc"

; entry "name", offset: a vector of the ROM at its classic place
%macro entry 3
        mov     ax, [%2 * 4]
        expect  %1, ax, %3
        mov     ax, [%2 * 4 + 2]
        expect  %1, ax, 0xF000
%endmacro

guest_main:
        call    data_area
        call    entry_points
        call    equipment
        call    memory
        call    a20
        call    block_move
        call    system
        call    ticks
        call    clock
        call    waiting
        call    registers
        call    protected
        ret

data_area:
        mov     ax, 0x40
        mov     fs, ax
        expect  "base memory", [fs:0x13], 639
        expect  "EBDA segment", [fs:0x0E], 0x9FC0
        mov     ax, [fs:0x0E]
        mov     es, ax
        expect_byte "EBDA size", [es:0], 1
        expect  "key buffer start", [fs:0x80], 0x1E
        expect  "key buffer end", [fs:0x82], 0x3E
        expect_byte "video mode", [fs:0x49], 3
        expect  "columns", [fs:0x4A], 80
        expect  "CRTC", [fs:0x63], 0x3D4
        expect_byte "rows", [fs:0x84], 24
        expect  "character height", [fs:0x85], 16
        expect_byte "101 keys", [fs:0x96], 0x10
        expect  "printer timeout", [fs:0x78], 0x1414
        ret

entry_points:
        entry   "INT 02h", 0x02, 0xE2C3
        entry   "INT 05h", 0x05, 0xFF54
        entry   "INT 08h", 0x08, 0xFEA5
        entry   "INT 09h", 0x09, 0xE987
        entry   "INT 0Eh", 0x0E, 0xEF57
        entry   "INT 11h", 0x11, 0xF84D
        entry   "INT 12h", 0x12, 0xF841
        entry   "INT 13h", 0x13, 0xE3FE
        entry   "INT 14h", 0x14, 0xE739
        entry   "INT 15h", 0x15, 0xF859
        entry   "INT 16h", 0x16, 0xE82E
        entry   "INT 17h", 0x17, 0xEFD2
        entry   "INT 19h", 0x19, 0xE6F2
        entry   "INT 1Ah", 0x1A, 0xFE6E
        entry   "INT 1Ch", 0x1C, 0xFF53
        entry   "INT 1Dh", 0x1D, 0xF0A4
        entry   "INT 1Eh", 0x1E, 0xEFC7
        entry   "INT 40h", 0x40, 0xEC59
        mov     ax, [0x60 * 4]
        or      ax, [0x67 * 4 + 2]
        expect  "INT 60h is free", ax, 0
        mov     ax, 0xF000
        mov     es, ax
        expect_byte "model", [es:0xFFFE], 0xFC
        expect_byte "IRET at FF53", [es:0xFF53], 0xCF
        expect_byte "jump at FFF0", [es:0xFFF0], 0xEA
        expect  "POST at E05B", [es:0xFFF1], 0xE05B
        ret

equipment:
        int     0x11
        mov     bx, ax
        and     bx, 0x00F1
        expect  "floppy, 80x25 colour", bx, 0x0021
        int     0x12
        expect  "INT 12h", ax, 639
        ret

memory:
        mov     ah, 0x88
        int     0x15
        expect_carry "AH=88h", 0
        expect  "AH=88h size", ax, 15 * 1024
        mov     ax, 0xE801
        int     0x15
        expect_carry "AX=E801h", 0
        expect  "AX=E801h below 16 MB", ax, 15 * 1024
        expect  "AX=E801h above 16 MB", bx, 0
        expect  "AX=E801h CX", cx, ax
        expect  "AX=E801h DX", dx, bx
        xor     ebx, ebx
        mov     di, .map
        push    ds
        pop     es
        mov     bp, 0                   ; rows
.next:
        mov     eax, 0xE820
        mov     edx, 0x534D4150
        mov     ecx, 20
        int     0x15
        jc      .ended
        inc     bp
        add     di, 20
        test    ebx, ebx
        jnz     .next
.ended:
        expect  "E820 rows", bp, 5
        expect  "E820 base memory", [.map + 8], 0xFC00
        expect  "E820 base memory high", [.map + 10], 9
        expect  "E820 EBDA is reserved", [.map + 20 + 16], 2
        expect  "E820 the ROM", [.map + 40 + 2], 0x000F
        expect  "E820 the ROM is reserved", [.map + 40 + 16], 2
        expect  "E820 extended memory starts at 1 MB", [.map + 60 + 2], 0x10
        expect  "E820 extended memory", [.map + 60 + 8 + 2], 0xF0
        mov     eax, 0xE820
        mov     edx, 0x12345678
        int     0x15
        expect_carry "E820 without SMAP", 1
        ret
.map:           times 20 * 8 db 0

; A word at 0:0500 and the one 1 MB higher differ only while A20 is on.
a20:
        mov     ax, 0xFFFF
        mov     es, ax
        mov     ax, 0x2402
        int     0x15
        expect  "A20 is off after POST", ax, 0x0000
        mov     ax, 0x2401
        int     0x15
        expect_carry "AX=2401h", 0
        mov     ax, 0x2402
        int     0x15
        expect  "A20 can be switched on", ax, 0x0001
        mov     word [0x0500], 0x1234
        mov     word [es:0x0510], 0x4321
        expect  "A20 on: no wrap", [0x0500], 0x1234
        mov     ax, 0x2400
        int     0x15
        mov     word [es:0x0510], 0x4321
        expect  "A20 off: wraps", [0x0500], 0x4321
        mov     ax, 0x2403
        int     0x15
        expect  "both gates", bx, 3
        ret

block_move:
        push    ds
        pop     es
        mov     dword [.source_base], 0x93000500
        mov     dword [.target_base], 0x93200000
        mov     dword [0x0500], 0xCAFEF00D
        mov     cx, 2
        mov     si, .table
        mov     ah, 0x87
        int     0x15
        expect_carry "AH=87h up", 0
        mov     dword [.source_base], 0x93200000
        mov     dword [.target_base], 0x93000600
        mov     cx, 2
        mov     si, .table
        mov     ah, 0x87
        int     0x15
        expect  "AH=87h brings back low", [0x0600], 0xF00D
        expect  "AH=87h brings back high", [0x0602], 0xCAFE
        mov     ax, 0x2402
        int     0x15
        expect_byte "AH=87h leaves A20 off", al, 0
        mov     word [.source_limit], 1
        mov     cx, 2
        mov     si, .table
        mov     ah, 0x87
        int     0x15
        expect_carry "AH=87h refuses a short segment", 1
        mov     ax, 0xF000              ; real mode's limits are back
        mov     ds, ax
        mov     ax, [0xFFFE]
        push    cs
        pop     ds
        expect_byte "AH=87h leaves real mode intact", al, 0xFC
        ret
.table:         dq      0, 0
.source_limit:  dw      0xFFFF
.source_base:   dd      0
                dw      0
                dw      0xFFFF
.target_base:   dd      0
                dw      0
                dq      0, 0

system:
        mov     ah, 0xC0
        int     0x15
        expect_carry "AH=C0h", 0
        expect  "configuration length", [es:bx], 8
        expect  "configuration model", [es:bx + 2], 0x01FC
        mov     ah, 0xC1
        int     0x15
        mov     ax, es
        expect  "AH=C1h", ax, 0x9FC0
        mov     ax, 0x4F1E
        stc
        int     0x15
        expect_carry "AH=4Fh keeps carry", 1
        expect_byte "AH=4Fh keeps the key", al, 0x1E
        mov     ax, 0x9002
        stc
        int     0x15
        expect_carry "AH=90h", 0
        mov     ax, 0x4100
        int     0x15
        expect_carry "AH=41h", 1
        mov     al, ah
        expect_byte "AH=41h status", al, 0x86
        mov     ax, 0xC205
        int     0x15
        expect_carry "no pointing device", 1
        ret

ticks:
        mov     ah, 0
        int     0x1A
        mov     bx, dx
        mov     si, 3
.wait:
        mov     ah, 0
        int     0x1A
        cmp     dx, bx
        je      .wait
        mov     bx, dx
        dec     si
        jnz     .wait
        mov     ah, 1
        mov     cx, 0x0018
        mov     dx, 0x00AE
        cli
        int     0x1A
        mov     word [0x1C * 4], .hook
        mov     word [0x1C * 4 + 2], 0
        sti
.midnight:
        cmp     byte [.hooked], 4
        jb      .midnight
        mov     ah, 0
        int     0x1A
        expect_byte "midnight passed", al, 1
        expect  "ticks start again", cx, 0
        mov     ah, 0
        int     0x1A
        expect_byte "midnight is told once", al, 0
        mov     word [0x1C * 4], 0xFF53
        mov     word [0x1C * 4 + 2], 0xF000
        ret
.hook:
        inc     byte [cs:.hooked]
        iret
.hooked:        db      0

clock:
        mov     ah, 0x05
        mov     cx, 0x1992
        mov     dx, 0x0306
        int     0x1A
        expect_carry "AH=05h", 0
        mov     ah, 0x03
        mov     cx, 0x1234
        mov     dx, 0x5600
        int     0x1A
        mov     ah, 0x04
        int     0x1A
        expect_carry "AH=04h", 0
        expect  "century and year", cx, 0x1992
        expect  "month and day", dx, 0x0306
        mov     ah, 0x02
        int     0x1A
        expect_carry "AH=02h", 0
        expect  "hour and minute", cx, 0x1234
        mov     ah, 0x06
        mov     cx, 0x1234
        mov     dx, 0x5800
        mov     word [0x4A * 4], .alarm
        mov     word [0x4A * 4 + 2], 0
        int     0x1A
        expect_carry "AH=06h", 0
        mov     ah, 0x06
        int     0x1A
        expect_carry "AH=06h refuses a second alarm", 1
        mov     ax, 0x8600
        mov     cx, 0x35                ; 3.5 s
        mov     dx, 0x0000
        int     0x15
        expect_byte "alarm rang once", [.alarms], 1
        mov     ah, 0x07
        int     0x1A
        mov     ah, 0x80
        int     0x1A
        expect_carry "unknown function", 1
        ret
.alarm:
        inc     byte [cs:.alarms]
        iret
.alarms:        db      0

waiting:
        mov     byte [.flag], 0
        mov     ax, 0x8300
        push    ds
        pop     es
        mov     bx, .flag
        mov     cx, 0
        mov     dx, 20000
        int     0x15
        expect_carry "AH=83h", 0
        mov     ax, 0x8300
        int     0x15
        expect_carry "AH=83h refuses a second wait", 1
        mov     ah, 0x86
        mov     cx, 0
        mov     dx, 1000
        int     0x15
        expect_carry "AH=86h refuses while another waits", 1
        mov     cx, 0
.poll:
        test    byte [.flag], 0x80
        jnz     .over
        hlt
        loop    .poll
.over:
        expect_byte "AH=83h sets the flag", [.flag], 0x80
        mov     ah, 0x86
        mov     cx, 0
        mov     dx, 1000
        int     0x15
        expect_carry "AH=86h", 0
        ret
.flag:          db      0

; Services keep the registers they do not answer in, with their upper halves.
registers:
        mov     eax, 0x11110200
        mov     ebx, 0x22222222
        mov     ecx, 0x33333333
        mov     edx, 0x44444444
        mov     esi, 0x55555555
        mov     edi, 0x66666666
        mov     ebp, 0x77777777
        int     0x16
        shr     eax, 16
        expect  "EAX high", ax, 0x1111
        shr     ebx, 16
        expect  "EBX high", bx, 0x2222
        expect  "CX", cx, 0x3333
        shr     ecx, 16
        expect  "ECX high", cx, 0x3333
        shr     edx, 16
        expect  "EDX high", dx, 0x4444
        expect  "SI", si, 0x5555
        shr     esi, 16
        expect  "ESI high", si, 0x5555
        shr     edi, 16
        expect  "EDI high", di, 0x6666
        shr     ebp, 16
        expect  "EBP high", bp, 0x7777
        ret

; AH=89h; then back to real mode. In V86 mode it is refused.
protected:
%ifdef MONITOR_IOPL
        mov     bx, 0x5058
        mov     ax, 0x8900
        int     0x15
        expect_carry "AH=89h is refused", 1
        shr     ax, 8
        expect  "AH=89h is refused with", ax, 0xFF
        ret
%endif
        push    ds
        pop     es
        mov     si, .table
        mov     bx, 0x5058
        mov     ax, 0x8900
        int     0x15
        cli
        smsw    bx
        mov     [.msw_seen], bx
        mov     ecx, 0
        mov     cx, cs
        mov     [.cs_seen], cx
        mov     eax, cr0
        and     al, 0xFE
        mov     cr0, eax
        jmp     0:.real
.real:
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        lidt    [.real_idt]
        in      al, 0x21
        expect_byte "AH=89h masks the interrupts", al, 0xFF
        and     word [.msw_seen], 1
        expect  "AH=89h enters protected mode", [.msw_seen], 1
        expect  "AH=89h gives CS", [.cs_seen], 0x30
        ret
.msw_seen:      dw      0
.cs_seen:       dw      0
.real_idt:      dw      0x3FF
                dd      0
.table:         dq      0
                dw      0x3F
                dd      .table
                dw      0
                dw      0x7FF
                dd      0x00010000
                dw      0
                dw      0xFFFF, 0, 0x9300, 0    ; DS
                dw      0xFFFF, 0, 0x9300, 0    ; ES
                dw      0xFFFF, 0, 0x9300, 0    ; SS
                dw      0xFFFF, 0, 0x9B00, 0    ; CS
                dq      0

        guest_end
