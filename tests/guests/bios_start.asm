; The BIOS's services in the order in which MS-DOS calls them at its start (INT 12h, 11h, 15h AH=C0h, 14h for four
; ports, 17h, then 13h, 1Ah, 16h, 10h), with DS and ES in a segment of the caller's of which no service may write a
; byte; what hard disk interrupts leave in 40:8E; and the places where system ROMs look for boards that are not here.
; Needs a hard disk on the first channel, and a board without serial or parallel ports.

%include "bios_guest.inc"

OURS                    equ 0x3000      ; segment
PATTERN                 equ 0xA5

; service "name", interrupt: registers go in and come back, with DS and ES in our segment
%macro service 1
        push    word OURS
        pop     ds
        push    word OURS
        pop     es
        int     %1
        call    home
%endmacro

guest_main:
        call    fill
        call    machine_services
        call    disk_services
        call    other_services
        call    disk_interrupt
        call    absent_boards
        ret

fill:
        pusha
        mov     ax, OURS
        mov     es, ax
        xor     di, di
        mov     ax, PATTERN * 0x0101
        mov     cx, 0x8000
        rep     stosw
        push    cs
        pop     es
        popa
        ret

; After a service: DS and ES are 0 again; flags and the other registers stay.
home:
        push    word 0
        pop     ds
        push    word 0
        pop     es
        ret

; AL = 1 if our segment is as it was filled.
unwritten:
        mov     ax, OURS
        mov     es, ax
        xor     di, di
        mov     ax, PATTERN * 0x0101
        mov     cx, 0x8000
        repe    scasw
        push    cs
        pop     es
        mov     al, 0
        sete    al
        ret

machine_services:
        service 0x12
        expect  "INT 12h", ax, 639
        service 0x11
        and     ax, 0x0EF1              ; no ports, colour, a floppy drive
        expect  "INT 11h", ax, 0x0021
        mov     ah, 0xC0
        push    word OURS
        pop     ds
        int     0x15
        mov     dx, es
        call    home
        expect_carry "INT 15h AH=C0h", 0
        expect  "its table is in the ROM", dx, 0xF000
        mov     dx, 0
.serial:
        mov     ax, 0x00A3
        service 0x14
        expect  "INT 14h AH=00h for a port that is not there", ax, 0x00A3
        inc     dx
        cmp     dx, 4
        jb      .serial
        mov     dx, 0
.printer:
        mov     ax, 0x0155
        service 0x17
        expect  "INT 17h AH=01h for a port that is not there", ax, 0x0155
        inc     dx
        cmp     dx, 3
        jb      .printer
        call    unwritten
        expect_byte "these leave the caller's segment alone", al, 1
        ret

; AH=48h writes its 26 bytes and no more.
disk_services:
        mov     ah, 0x00
        mov     dl, 0x80
        service 0x13
        expect_carry "INT 13h AH=00h", 0
        mov     ah, 0x08
        mov     dl, 0x80
        service 0x13
        expect_carry "AH=08h", 0
        expect_byte "one disk", dl, 1
        mov     ah, 0x15
        mov     dl, 0x80
        service 0x13
        mov     al, ah
        expect_byte "AH=15h", al, 3
        mov     ah, 0x15
        mov     dl, 0x00
        service 0x13
        mov     al, ah
        expect_byte "AH=15h of the floppy", al, 2
        mov     ah, 0x41
        mov     bx, 0x55AA
        mov     dl, 0x80
        service 0x13
        expect  "AH=41h", bx, 0xAA55
        mov     ax, 0x0401
        mov     cx, 0x0001
        mov     dx, 0x0080
        service 0x13
        expect_carry "AH=04h", 0
        mov     ah, 0x20
        mov     dl, 0x80
        service 0x13
        expect_carry "AH=20h is refused", 1
        mov     al, ah
        expect_byte "AH=20h: status", al, 0x01
        call    unwritten
        expect_byte "these leave it alone too", al, 1
        mov     ax, OURS
        mov     ds, ax
        mov     word [0x8000], 26
        mov     si, 0x8000
        mov     ah, 0x48
        mov     dl, 0x80
        service 0x13
        expect_carry "AH=48h", 0
        mov     ax, OURS
        mov     es, ax
        expect  "AH=48h: sector size", [es:0x8018], 512
        mov     di, 0x8000
        mov     cx, 13
        mov     ax, PATTERN * 0x0101
        rep     stosw
        call    unwritten
        expect_byte "AH=48h writes its table only", al, 1
        ret

other_services:
        mov     ah, 0x00
        service 0x1A
        expect_byte "INT 1Ah AH=00h: no midnight", al, 0
        mov     ah, 0x02
        service 0x1A
        expect_carry "INT 1Ah AH=02h", 0
        mov     ah, 0x04
        service 0x1A
        expect_carry "INT 1Ah AH=04h", 0
        mov     ah, 0x01
        service 0x16
        setz    al
        expect_byte "INT 16h AH=01h: no key", al, 1
        mov     ah, 0x11
        service 0x16
        setz    al
        expect_byte "INT 16h AH=11h: no key", al, 1
        mov     ah, 0x02
        service 0x16
        expect_byte "INT 16h AH=02h: no shifts", al, 0
        mov     ah, 0x12
        service 0x16
        expect  "INT 16h AH=12h: no shifts", ax, 0
        mov     ah, 0x0F
        service 0x10
        expect  "INT 10h AH=0Fh", ax, 0x5003
        mov     ah, 0x03
        mov     bh, 0
        service 0x10
        mov     ah, 0x02
        service 0x10
        mov     ax, 0x0E0D
        mov     bx, 0x0007
        service 0x10
        mov     ax, 0x1A00
        service 0x10
        expect_byte "INT 10h AX=1A00h", al, 0x1A
        mov     ax, 0x0003
        service 0x10
        mov     ah, 0x88
        service 0x15
        expect_carry "INT 15h AH=88h", 0
        mov     ax, 0xE801
        service 0x15
        expect_carry "INT 15h AX=E801h", 0
        mov     ax, 0x2402
        service 0x15
        expect_carry "INT 15h AX=2402h", 0
        hlt                             ; INT 08h and 1Ch
        hlt
        call    unwritten
        expect_byte "and so do these", al, 1
        ret

; The interrupt of a disk sets 40:8E to FFh; systems that drive it themselves wait for bit 7.
disk_interrupt:
        mov     byte [0x48E], 0
        mov     dx, 0x1F6
        mov     al, 0xA0
        out     dx, al
        inc     dx
        mov     al, 0xEC                ; IDENTIFY DEVICE
        out     dx, al
        mov     cx, 20
.wait:
        test    byte [0x48E], 0x80
        jnz     .come
        hlt
        loop    .wait
.come:
        expect_byte "40:8E after IRQ 14", [0x48E], 0xFF
        mov     dx, 0x1F7
        in      al, dx
        mov     dx, 0x1F0
        mov     cx, 256
.read:
        in      ax, dx
        loop    .read
        mov     dx, 0x1F7
        in      al, dx
        expect_byte "the disk is at rest", al, 0x50
        ret

; A channel without a drive is not busy; what is not there at all reads as ones, and at once.
absent_boards:
        mov     dx, 0x177
        in      al, dx
        expect_byte "177h: an empty channel", al, 0x00
        mov     dx, 0x376
        in      al, dx
        expect_byte "376h: an empty channel", al, 0x00
        mov     dx, 0x1F6
        mov     al, 0xB0
        out     dx, al
        inc     dx
        in      al, dx
        expect_byte "1F7h: a drive that is not there", al, 0x00
        dec     dx
        mov     al, 0xA0
        out     dx, al
        mov     bx, [0x46C]
        mov     cx, 4096
.look:
        mov     dx, 0x1EF
        in      al, dx
        mov     ah, al
        mov     dx, 0x16F
        in      al, dx
        and     al, ah
        inc     al
        loopz   .look
        expect  "1EFh and 16Fh read as ones", cx, 0
%ifndef MONITOR_IOPL                     ; traps take longer
        mov     ax, [0x46C]
        sub     ax, bx
        cmp     ax, 2
        mov     al, 0
        setb    al
        expect_byte "8192 of these take no longer than a tick", al, 1
%endif
        mov     dx, 0xCF8
        mov     eax, 0x80000000
        out     dx, eax
        mov     dx, 0xCFC
        in      eax, dx
        inc     eax
        expect  "CFCh: no PCI", ax, 0
        shr     eax, 16
        expect  "CFCh: the upper half", ax, 0
        mov     dx, 0x510
        mov     ax, 0
        out     dx, ax
        inc     dx
        in      al, dx
        expect_byte "511h: no firmware configuration", al, 0xFF
        mov     dx, 0x402
        in      al, dx
        expect_byte "402h: no debugging port", al, 0xFF
        mov     dx, 0x3F9
        in      al, dx
        expect_byte "3F9h: no serial port", al, 0xFF
        mov     dx, 0x37A
        mov     al, 0xAA
        out     dx, al
        in      al, dx
        expect_byte "37Ah: no parallel port", al, 0xFF
        ret

        guest_end
