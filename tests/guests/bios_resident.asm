; What boot-sector viruses of the eighties and nineties relied on, done by a program that changes no disk and cannot
; replicate: it takes 2 KB from the top of base memory, hooks INT 13h and INT 1Ch there, asks the clock in every way,
; looks at the floppy's motor, draws into B800 and clicks; then it boots again through INT 19h and must still be there.

%include "bios_guest.inc"

STAGE                   equ 0x0600      ; word, where no boot touches it
SIGNATURE               equ 0x5A01

guest_main:
        cmp     word [STAGE], SIGNATURE
        je      still_there
        expect_byte "DL is the floppy's number", [guest_drive], 0
        call    motor
        call    go_resident
        call    entered_by_far_call
        call    hooked
        call    through_dos
        call    dates
        call    counter
        call    screen_and_speaker
        mov     word [STAGE], SIGNATURE
        int     0x19

; 40:3F has bit 0 while the motor runs, about two seconds after the last access.
motor:
        mov     al, [0x43F]
        and     al, 1
        expect_byte "40:3F: the motor runs", al, 1
        mov     ax, [0x46C]
        add     ax, 50
.wait:
        hlt
        cmp     ax, [0x46C]
        jne     .wait
        mov     al, [0x43F]
        and     al, 1
        expect_byte "40:3F: the motor stands", al, 0
        ret

go_resident:
        int     0x12
        expect  "INT 12h", ax, 639
        sub     word [0x413], 2
        int     0x12
        expect  "INT 12h says what 40:13 does", ax, 637
        shl     ax, 6
        mov     es, ax
        mov     si, resident
        xor     di, di
        mov     cx, resident_end - resident
        rep     movsb
        cli
        mov     eax, [0x13 * 4]
        mov     [es:old_13 - resident], eax
        mov     [far_13], eax
        mov     word [0x13 * 4], int13 - resident
        mov     [0x13 * 4 + 2], es
        mov     eax, [0x1C * 4]
        mov     [es:old_1c - resident], eax
        mov     word [0x1C * 4], int1c - resident
        mov     [0x1C * 4 + 2], es
        sti
        mov     ax, [far_13 + 2]
        expect  "INT 13h was the ROM's", ax, 0xF000
        push    ds
        pop     es
        ret

; As INT would do it: flags pushed, interrupts off, far call. What was pushed comes back, but for the carry.
entered_by_far_call:
        mov     bp, sp
        mov     ax, 0x0201
        mov     bx, 0x9000
        mov     cx, 0x0001
        mov     dx, 0x0000
        cli
        pushf
        call    far [far_13]
        pushf
        pop     si
        sti
        mov     di, sp
        expect  "far call: the stack", di, bp
        expect  "far call: AH", ax, 0x0001
        expect  "far call: the boot sector", [0x9000 + 510], 0xAA55
        mov     ax, si
        and     ax, 0x0201
        expect  "far call: no carry, interrupts as they were: off", ax, 0x0000
        mov     ax, 0x0201
        mov     bx, 0x9000
        mov     cx, 0x0001
        mov     dx, 0x0500              ; no such head
        pushf
        cli
        call    far [far_13]
        pushf
        pop     si
        sti
        mov     ax, si
        and     ax, 0x0201
        expect  "far call: carry, interrupts as they were: on", ax, 0x0201
        ret
far_13:         dd      0

; INT 13h comes to us first, and INT 1Ch at each tick.
hooked:
        mov     ax, 0x0201
        mov     bx, 0x9000
        mov     cx, 0x0001
        mov     dx, 0x0100
        int     0x13
        expect_carry "INT 13h through the hook", 0
        mov     ax, [0x13 * 4 + 2]
        mov     es, ax
        expect  "the hook saw AX", [es:seen_ax - resident], 0x0201
        expect  "the hook saw CX", [es:seen_cx - resident], 0x0001
        expect  "the hook saw DX", [es:seen_dx - resident], 0x0100
        hlt
        hlt
        mov     ax, [es:ticks - resident]
        cmp     ax, 2
        mov     al, 0
        setae   al
        expect_byte "INT 1Ch came", al, 1
        push    ds
        pop     es
        ret

; A DOS keeps a hook of its own before the ROM and gives the place behind it away by INT 2Fh AH=13h (Ralf Brown's list):
; DS:DX goes in and the handler that was there comes out. Ours is then called for every sector, and calls the ROM.
through_dos:
        mov     eax, [0x13 * 4]
        mov     [.saved], eax
        mov     eax, [far_13]
        mov     [.next], eax            ; DOS: INT 13h leads to the ROM by way of .next
        mov     dword [0x13 * 4], .dos
        mov     dword [0x2F * 4], .dos_2f
        mov     ah, 0x13
        mov     dx, .ours
        int     0x2F
        mov     [cs:.old], dx
        mov     [cs:.old + 2], ds
        push    cs
        pop     ds
        expect  "INT 2Fh AH=13h gives the ROM's segment", [.old + 2], 0xF000
        mov     ax, 0x0201
        mov     bx, 0x9000
        mov     cx, 0x0001
        mov     dx, 0x0000
        int     0x13
        expect_carry "INT 13h through DOS's chain", 0
        expect_byte "the chain led through our place", [.count], 1
        lds     dx, [.old]
        mov     ah, 0x13
        int     0x2F
        push    cs
        pop     ds
        expect  "INT 2Fh AH=13h gives our place back", dx, .ours
        mov     eax, [.saved]
        mov     [0x13 * 4], eax
        ret
.dos:
        jmp     far [cs:.next]
.dos_2f:
        cmp     ah, 0x13
        jne     .not_13
        xchg    dx, [cs:.next]
        push    ax
        mov     ax, ds
        xchg    ax, [cs:.next + 2]
        mov     ds, ax
        pop     ax
.not_13:
        iret
.ours:
        inc     byte [cs:.count]
        jmp     far [cs:.old]
.next:          dd      0
.old:           dd      0
.saved:         dd      0
.count:         db      0

; Register AL of the clock.
%macro clock 1
        mov     al, %1
        out     0x70, al
        in      al, 0x71
%endmacro

; INT 1Ah and the chip agree on date and time.
dates:
        mov     ah, 0x04
        int     0x1A
        expect_carry "INT 1Ah AH=04h", 0
        mov     si, cx
        mov     di, dx
        clock   0x32
        mov     ah, al
        clock   0x09
        expect  "century and year", ax, si
        clock   0x08
        mov     ah, al
        clock   0x07
        expect  "month and day", ax, di
        mov     ah, 0x02
        int     0x1A
        expect_carry "INT 1Ah AH=02h", 0
        mov     si, cx
        clock   0x04
        mov     ah, al
        clock   0x02
        expect  "hour and minute", ax, si
        ret

; Random numbers of the time: the timer's count, latched.
counter:
        call    .latched
        mov     bx, ax
        mov     cx, 100
.spend:
        loop    .spend
        call    .latched
        cmp     ax, bx
        mov     al, 0
        setne   al
        expect_byte "ports 43h, 40h: the timer counts", al, 1
        ret
.latched:
        mov     al, 0
        out     0x43, al
        in      al, 0x40
        mov     ah, al
        in      al, 0x40
        xchg    al, ah
        ret

screen_and_speaker:
        mov     ax, 0xB800
        mov     es, ax
        mov     word [es:0x7CE], 0x1F41 ; row 12, column 39
        mov     ah, 0x02
        mov     bh, 0
        mov     dx, 0x0C27
        int     0x10
        mov     ah, 0x08
        mov     bh, 0
        int     0x10
        expect  "B800 is what INT 10h shows", ax, 0x1F41
        in      al, 0x61
        mov     ah, al
        xor     al, 0x02
        out     0x61, al
        in      al, 0x61
        xor     al, ah
        and     al, 0x02
        expect_byte "port 61h: the speaker's bit", al, 0x02
        mov     al, ah
        out     0x61, al
        push    ds
        pop     es
        ret

; After INT 19h: base memory is as we left it, the vectors are ours, and our own boot sector came through our hook.
still_there:
        expect_byte "INT 19h: DL", [guest_drive], 0
        expect  "INT 19h: 40:13", [0x413], 637
        int     0x12
        expect  "INT 19h: INT 12h", ax, 637
        mov     ax, [0x13 * 4 + 2]
        expect  "INT 19h: INT 13h is still hooked", ax, 637 * 64
        mov     es, ax
        mov     ax, [0x1C * 4 + 2]
        expect  "INT 19h: INT 1Ch too", ax, 637 * 64
        expect  "INT 19h: the boot sector was read through the hook", [es:boots - resident], 1
        ret

; --- What goes to the top of memory ---

resident:
int13:
        mov     [cs:seen_ax - resident], ax
        mov     [cs:seen_cx - resident], cx
        mov     [cs:seen_dx - resident], dx
        cmp     ax, 0x0201
        jne     .pass
        cmp     bx, 0x7C00
        jne     .pass
        inc     word [cs:boots - resident]
.pass:
        jmp     far [cs:old_13 - resident]
int1c:
        inc     word [cs:ticks - resident]
        jmp     far [cs:old_1c - resident]
old_13:         dd      0
old_1c:         dd      0
seen_ax:        dw      0
seen_cx:        dw      0
seen_dx:        dw      0
ticks:          dw      0
boots:          dw      0
resident_end:

        guest_end
