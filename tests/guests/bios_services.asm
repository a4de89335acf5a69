; The system services that bios_system.asm leaves: INT 05h, 08h, 14h, 17h, 71h, 75h, the rest of 15h and 1Ah. Wants
; serial port 1, whose other end sends a capital letter back as a small one, parallel port 1 and a joystick held left
; and down.

%include "bios_guest.inc"

guest_main:
        call    serial
        call    serial_all
        call    printer
        call    print_screen
        call    unsupported
        call    hooks_for_systems
        call    joystick
        call    memory
        call    waiting
        call    clock_that_stands
        call    motor_count
        call    interrupts
        ret

; AX = the divisor of serial port 1, BL = its line control.
line_setting:
        mov     dx, 0x3FB
        in      al, dx
        mov     bl, al
        or      al, 0x80
        out     dx, al
        mov     dx, 0x3F9
        in      al, dx
        mov     ah, al
        dec     dx
        in      al, dx
        push    ax
        mov     dx, 0x3FB
        mov     al, bl
        out     dx, al
        pop     ax
        ret

serial:
        mov     ax, 0x00E3
        mov     dx, 0
        int     0x14
        and     ah, 0x60
        mov     al, ah
        expect_byte "INT 14h AH=00h: line status", al, 0x60
        call    line_setting
        expect  "9600 baud", ax, 12
        expect_byte "8 bits, no parity, 1 stop bit", bl, 0x03
        mov     ax, 0x0151
        mov     dx, 0
        int     0x14
        and     ah, 0x80
        expect  "AH=01h", ax, 0x0051
        mov     ax, 0x0200
        mov     dx, 0
        int     0x14
        expect  "AH=02h: the answer", ax, 0x0071
        mov     ax, 0x0200
        mov     dx, 0
        int     0x14
        and     ax, 0x8000
        expect  "AH=02h: nothing comes for a second", ax, 0x8000
        mov     ax, 0x0300
        mov     dx, 0
        int     0x14
        and     ax, 0x6000
        expect  "AH=03h", ax, 0x6000
        mov     ax, 0x0303
        mov     dx, 1
        int     0x14
        expect  "no such port", ax, 0x0303
        mov     ax, 0x0303
        mov     dx, 4
        int     0x14
        expect  "no such number", ax, 0x0303
        mov     ax, 0x0606
        mov     dx, 0
        int     0x14
        expect  "no such function", ax, 0x0606
        ret

serial_all:
        mov     ax, 0x0400
        mov     bx, 0x0201              ; even parity, two stop bits
        mov     cx, 0x0208              ; 7 bits, 19200
        mov     dx, 0
        int     0x14
        and     ax, 0x6000
        expect  "AH=04h: line status", ax, 0x6000
        call    line_setting
        expect  "19200 baud", ax, 6
        expect_byte "7 bits, even parity, 2 stop bits", bl, 0x1E
        mov     ax, 0x0400
        mov     bx, 0
        mov     cx, 0x0309
        mov     dx, 0
        int     0x14
        expect  "AH=04h refuses a rate", ax, 0x0400
        mov     ax, 0x0501
        mov     bl, 0x0A
        mov     dx, 0
        int     0x14
        mov     dx, 0x3FC
        in      al, dx
        expect_byte "AH=05h writes modem control", al, 0x0A
        mov     ax, 0x0500
        mov     bx, 0xFFFF
        mov     dx, 0
        int     0x14
        expect  "AH=05h reads it", bx, 0xFF0A
        and     ax, 0x6000
        expect  "AH=05h: line status", ax, 0x6000
        ret

printer:
        mov     ax, 0x0100
        mov     dx, 0
        int     0x17
        mov     al, ah
        expect_byte "INT 17h AH=01h: ready, selected", al, 0x90
        mov     ax, 0x0050
        mov     dx, 0
        int     0x17
        and     ah, 0x29
        expect  "AH=00h: no error, no time-out", ax, 0x0050
        hlt                             ; until it has printed
        hlt
        mov     ax, 0x0200
        mov     dx, 0
        int     0x17
        expect  "AH=02h", ax, 0x9000
        mov     ax, 0x0200
        mov     dx, 2
        int     0x17
        expect  "no such printer", ax, 0x0200
        mov     ax, 0x0300
        mov     dx, 0
        int     0x17
        expect  "no such printer function", ax, 0x0300
        ret

print_screen:
        mov     byte [0x500], 1
        int     0x05
        expect_byte "50:0: one is under way", [0x500], 1
        mov     byte [0x500], 0
        mov     ah, 0x02
        mov     bh, 0
        mov     dx, 0x0305
        int     0x10
        int     0x05
        expect_byte "50:0: printed", [0x500], 0
        mov     ah, 0x03
        mov     bh, 0
        int     0x10
        expect  "the cursor is where it was", dx, 0x0305
        push    word [0x408]
        mov     word [0x408], 0x3BC     ; a port that is not there
        mov     byte [0x478], 0
        int     0x05
        pop     word [0x408]
        mov     byte [0x478], 0x14
        expect_byte "50:0: the printer does not answer", [0x500], 0xFF
        mov     byte [0x500], 0
        ret

; Functions of INT 15h that no AT has.
unsupported:
        mov     si, .functions
.next:
        lodsb
        test    al, al
        jz      .other
        mov     ah, al
        mov     al, 0
        int     0x15
        setc    al
        expect  "INT 15h: unsupported", ax, 0x8601
        jmp     .next
.other:
        mov     ax, 0x0000
        int     0x15
        expect_carry "INT 15h AH=00h", 1
        expect  "INT 15h AH=00h is 86h", ax, 0x8600
        mov     ax, 0xC301
        mov     bx, 0x0010
        int     0x15
        expect_carry "watchdog", 1
        mov     ax, 0xC400
        int     0x15
        expect_carry "option select", 1
        mov     ax, 0xE8FF
        int     0x15
        expect_carry "INT 15h AX=E8FFh", 1
        expect  "INT 15h AX=E8FFh is 86h", ax, 0x86FF
        mov     ax, 0x24FF
        int     0x15
        expect_carry "INT 15h AX=24FFh", 1
        mov     ah, 0x08
        int     0x1A
        expect_carry "INT 1Ah AH=08h", 1
        mov     ah, 0xB1
        int     0x1A
        expect_carry "INT 1Ah AH=B1h: no PCI", 1
        ret
.functions:     db      0x01, 0x21, 0x40, 0x44, 0x53, 0xC3, 0xC4, 0xC9, 0xD8, 0xFF, 0

hooks_for_systems:
        mov     si, .functions
.next:
        lodsb
        test    al, al
        jz      .done
        mov     ah, al
        mov     al, 0x55
        stc
        int     0x15
        setc    bl
        mov     bh, ah
        expect  "INT 15h hook: no carry, AH=0", bx, 0x0000
        jmp     .next
.done:
        ret
.functions:     db      0x80, 0x81, 0x82, 0x85, 0x90, 0x91, 0

joystick:
        mov     ah, 0x84
        mov     dx, 0
        int     0x15
        expect_carry "INT 15h AH=84h", 0
        expect_byte "joystick: no button pressed", al, 0xF0
        mov     ah, 0x84
        mov     dx, 1
        mov     cx, 0xFFFF
        int     0x15
        expect_carry "INT 15h AH=84h DX=1", 0
        mov     [.x], ax
        mov     [.y], bx
        expect  "joystick: no second stick", cx, 0
        expect  "joystick: neither its Y", dx, 0
%ifndef MONITOR_IOPL                     ; traps take longer
        cmp     word [.x], 10
        setb    al
        expect_byte "joystick: left", al, 1
%endif
        cmp     word [.y], 150
        seta    al
        cmp     word [.y], 0x01A0
        setbe   ah
        and     al, ah
        expect_byte "joystick: down", al, 1
        mov     ah, 0x84
        mov     dx, 2
        int     0x15
        expect_carry "INT 15h AH=84h DX=2", 1
        ret
.x:             dw      0
.y:             dw      0

memory:
        mov     ah, 0x8A
        int     0x15
        expect_carry "INT 15h AH=8Ah", 0
        expect  "AH=8Ah low", ax, 31 * 1024
        expect  "AH=8Ah high", dx, 0
        mov     eax, 0x5555E881
        mov     ebx, 0x55555555
        mov     ecx, ebx
        mov     edx, ebx
        int     0x15
        expect_carry "INT 15h AX=E881h", 0
        expect  "AX=E881h: KB to 16 MB", ax, 15 * 1024
        expect  "AX=E881h: 64 KB above", bx, 16 * 16
        or      eax, ebx
        or      eax, ecx
        or      eax, edx
        shr     eax, 16
        expect  "AX=E881h: upper halves", ax, 0
        ret

; AH=86h counts periods of the clock's interrupt, 976 us each, with 40:A0.
waiting:
        mov     eax, [0x70 * 4]
        mov     [.old], eax
        mov     dword [0x70 * 4], .hook
        mov     ah, 0x86
        mov     cx, 0
        mov     dx, 50000
        int     0x15
        expect_carry "INT 15h AH=86h", 0
        mov     eax, [.old]
        mov     [0x70 * 4], eax
        mov     ax, [.count]
        sub     ax, 51
        cmp     ax, 4
        setb    al
        expect_byte "50 ms are 51 to 54 periods", al, 1
        expect_byte "40:A0 was in use", [.used], 1
        expect_byte "and is free again", [0x4A0], 0
        mov     al, 0x0B
        out     0x70, al
        in      al, 0x71
        expect_byte "the clock's interrupt is off again", al, 0x02
        mov     ax, 0x8300
        mov     cx, 0x00FF
        mov     dx, 0
        mov     bx, .flag
        int     0x15
        mov     ax, 0x8301
        int     0x15
        expect_carry "AX=8301h", 0
        expect_byte "AX=8301h: no wait any more", [0x4A0], 0
        expect_byte "AX=8301h: the flag stays", [.flag], 0
        ret
.hook:
        inc     word [cs:.count]
        push    ax
        mov     al, [cs:0x4A0]
        mov     [cs:.used], al
        pop     ax
        jmp     far [cs:.old]
.old:           dd      0
.count:         dw      0
.used:          db      0
.flag:          db      0

clock_that_stands:
        mov     al, 0x0A
        out     0x70, al
        mov     al, 0x66
        out     0x71, al
        mov     ah, 0x02
        int     0x1A
        expect_carry "AH=02h: the clock stands", 1
        mov     ah, 0x04
        int     0x1A
        expect_carry "AH=04h: the clock stands", 1
        mov     ah, 0x05
        mov     cx, 0x2000
        mov     dx, 0x0229
        int     0x1A
        mov     ah, 0x04
        int     0x1A
        expect_carry "AH=05h starts it", 0
        expect  "the year", cx, 0x2000
        expect  "the day", dx, 0x0229
        mov     al, 0x0B
        out     0x70, al
        mov     al, 0x82
        out     0x71, al
        mov     ah, 0x02
        int     0x1A
        expect_carry "AH=02h: the clock is being set", 1
        mov     ah, 0x03
        mov     cx, 0x2359
        mov     dx, 0x5000
        int     0x1A
        mov     ah, 0x02
        int     0x1A
        expect_carry "AH=03h starts it", 0
        expect  "the time", cx, 0x2359
        ret

motor_count:
        hlt
        mov     byte [0x440], 5
        hlt
        hlt
        expect_byte "40:40 counts ticks without a motor", [0x440], 3
        cli
        mov     dx, 0x3F2
        mov     al, 0x1C
        out     dx, al
        or      byte [0x43F], 0x01
        mov     byte [0x440], 2
        sti
        hlt
        mov     al, [0x43F]
        and     al, 1
        expect_byte "the motor still runs", al, 1
        hlt
        mov     al, [0x43F]
        and     al, 1
        expect_byte "the motor is off", al, 0
        ret

interrupts:
        mov     eax, [0x02 * 4]
        mov     [.old], eax
        mov     dword [0x02 * 4], .hook
        int     0x75
        expect_byte "INT 75h calls the NMI's handler", [.count], 1
        mov     eax, [.old]
        mov     [0x02 * 4], eax
        int     0x02
        expect_byte "INT 02h returns", [.count], 1
        mov     byte [0x46B], 0
        int     0x0F                    ; as for an IRQ 7 that went away: nothing is in service
        expect_byte "40:6B: no interrupt was in service", [0x46B], 0xFF
        mov     eax, [0x0A * 4]
        mov     [.old], eax
        mov     dword [0x0A * 4], .hook
        int     0x71
        expect_byte "INT 71h calls INT 0Ah", [.count], 2
        mov     eax, [.old]
        mov     [0x0A * 4], eax
        ret
.hook:
        inc     byte [cs:.count]
        iret
.old:           dd      0
.count:         db      0

        guest_end
