; INT 09h and INT 16h. Scan codes are put into the keyboard controller by its command D2h, as if the keyboard had sent
; them.

%include "bios_guest.inc"

guest_main:
        call    characters
        call    standard
        call    buffer
        call    shift_state
        call    alt_number
        call    break_key
        call    hook
        call    pause
        call    system_request
        call    print_screen
        call    own_buffer
        call    lamps
        ret

; Injects AL and waits until INT 09h has taken it. A lock key's lamp is set first: the keyboard's answers need the same
; buffer.
inject:
        push    ax
        push    cx
        mov     cl, al
.lamps:
        test    byte [0x497], 0x40
        jnz     .lamps
.empty:
        in      al, 0x64
        test    al, 3
        jnz     .empty
        mov     al, 0xD2
        out     0x64, al
.command:
        in      al, 0x64
        test    al, 2
        jnz     .command
        mov     al, cl
        out     0x60, al
        xor     cx, cx
.wait:
        in      al, 0x61
        in      al, 0x64
        test    al, 3
        loopnz  .wait
        mov     cx, 200
.settle:
        in      al, 0x61
        loop    .settle
        pop     cx
        pop     ax
        ret

; Injects the codes at SI up to a zero.
inject_all:
        lodsb
        test    al, al
        jz      .done
        call    inject
        jmp     inject_all
.done:
        ret

; One key after another: what AH=10h reports.
%macro key 3                            ; name, codes, expected
        jmp     %%over
%%codes: db     %2, 0
%%over:
        mov     si, %%codes
        call    inject_all
        call    take
        expect  %1, ax, %3
%endmacro

%define shift(c)        0x2A, c, c | 0x80, 0xAA
%define ctrl(c)         0x1D, c, c | 0x80, 0x9D
%define alt(c)          0x38, c, c | 0x80, 0xB8
%define grey(c)         0xE0, c, 0xE0, c | 0x80

; AX = key by AH=10h, FFFF if there is none.
take:
        mov     ah, 0x11
        int     0x16
        mov     ax, 0xFFFF
        jz      .none
        mov     ah, 0x10
        int     0x16
.none:
        ret

characters:
        key     "a", {0x1E, 0x9E}, 0x1E61
        key     "A", {shift(0x1E)}, 0x1E41
        key     "Ctrl-A", {ctrl(0x1E)}, 0x1E01
        key     "Alt-A", {alt(0x1E)}, 0x1E00
        key     "1", {0x02, 0x82}, 0x0231
        key     "!", {shift(0x02)}, 0x0221
        key     "Ctrl-2", {ctrl(0x03)}, 0x0300
        key     "Alt-1", {alt(0x02)}, 0x7800
        key     "Ctrl-1 is nothing", {ctrl(0x02)}, 0xFFFF
        key     "Enter", {0x1C, 0x9C}, 0x1C0D
        key     "Ctrl-Enter", {ctrl(0x1C)}, 0x1C0A
        key     "Backspace", {0x0E, 0x8E}, 0x0E08
        key     "Ctrl-Backspace", {ctrl(0x0E)}, 0x0E7F
        key     "Tab", {0x0F, 0x8F}, 0x0F09
        key     "Shift-Tab", {shift(0x0F)}, 0x0F00
        key     "Ctrl-Tab", {ctrl(0x0F)}, 0x9400
        key     "Alt-Tab", {alt(0x0F)}, 0xA500
        key     "Escape", {0x01, 0x81}, 0x011B
        key     "Alt-Escape", {alt(0x01)}, 0x0100
        key     "Space", {0x39, 0xB9}, 0x3920
        key     "F1", {0x3B, 0xBB}, 0x3B00
        key     "Shift-F1", {shift(0x3B)}, 0x5400
        key     "Ctrl-F10", {ctrl(0x44)}, 0x6700
        key     "Alt-F10", {alt(0x44)}, 0x7100
        key     "F11", {0x57, 0xD7}, 0x8500
        key     "Shift-F12", {shift(0x58)}, 0x8800
        key     "keypad 7 is Home", {0x47, 0xC7}, 0x4700
        key     "Shift keypad 7", {shift(0x47)}, 0x4737
        key     "Ctrl keypad 7", {ctrl(0x47)}, 0x7700
        key     "keypad 5", {0x4C, 0xCC}, 0x4C00
        key     "keypad -", {0x4A, 0xCA}, 0x4A2D
        key     "keypad *", {0x37, 0xB7}, 0x372A
        key     "grey Home", {grey(0x47)}, 0x47E0
        key     "grey Home in the keyboard's false shifts", {0xE0, 0x2A, 0xE0, 0x47, 0xE0, 0xC7, 0xE0, 0xAA}, 0x47E0
        key     "Ctrl grey Up", {0x1D, grey(0x48), 0x9D}, 0x8DE0
        key     "Alt grey Delete", {0x38, grey(0x53), 0xB8}, 0xA300
        key     "keypad Enter", {grey(0x1C)}, 0xE00D
        key     "keypad /", {grey(0x35)}, 0xE02F
        key     "right Ctrl", {0xE0, 0x1D, 0x2E, 0xAE, 0xE0, 0x9D}, 0x2E03
        key     "right Alt", {0xE0, 0x38, 0x2E, 0xAE, 0xE0, 0xB8}, 0x2E00
        key     "releases are nothing", {0x9E}, 0xFFFF
        key     "Caps Lock a", {0x3A, 0xBA, 0x1E, 0x9E}, 0x1E41
        key     "Caps Lock Shift a", {shift(0x1E)}, 0x1E61
        key     "Caps Lock 1", {0x02, 0x82}, 0x0231
        key     "Caps Lock off", {0x3A, 0xBA, 0x1E, 0x9E}, 0x1E61
        key     "Num Lock keypad 7", {0x45, 0xC5, 0x47, 0xC7}, 0x4737
        key     "Num Lock Shift keypad 7", {shift(0x47)}, 0x4700
        key     "Num Lock grey Home", {grey(0x47)}, 0x47E0
        key     "Num Lock off", {0x45, 0xC5, 0x47, 0xC7}, 0x4700
        key     "102nd key", {0x56, 0xD6}, 0x565C
        ret

; AH=00h reports less.
%macro old_key 3
        jmp     %%over
%%codes: db     %2, 0
%%over:
        mov     si, %%codes
        call    inject_all
        mov     ah, 0
        int     0x16
        expect  %1, ax, %3
%endmacro

standard:
        old_key "AH=00h grey Home", {grey(0x47)}, 0x4700
        old_key "AH=00h keypad Enter", {grey(0x1C)}, 0x1C0D
        old_key "AH=00h keypad /", {grey(0x35)}, 0x352F
        old_key "AH=00h drops F11", {0x57, 0xD7, 0x1E, 0x9E}, 0x1E61
        old_key "AH=00h drops Alt-Tab", {alt(0x0F), 0x1E, 0x9E}, 0x1E61
        mov     si, .f11
        call    inject_all
        mov     ah, 1
        int     0x16
        setz    al
        expect_byte "AH=01h does not see F11", al, 1
        call    take
        expect  "AH=01h drops F11", ax, 0xFFFF
        ret
.f11:           db      0x57, 0xD7, 0

buffer:
        mov     ah, 1
        int     0x16
        setz    al
        expect_byte "empty", al, 1
        mov     ax, 0x0500
        mov     cx, 0x1234
        int     0x16
        expect_byte "AH=05h", al, 0
        mov     ah, 1
        int     0x16
        setz    bl
        expect_byte "not empty", bl, 0
        expect  "AH=01h shows the key", ax, 0x1234
        call    take
        expect  "AH=10h takes it", ax, 0x1234
        mov     bp, 0
.fill:
        mov     ax, 0x0500
        mov     cx, bp
        int     0x16
        test    al, al
        jnz     .full
        inc     bp
        cmp     bp, 40
        jb      .fill
.full:
        expect  "fifteen keys fit", bp, 15
        mov     si, .a
        call    inject_all              ; one more only clicks
        mov     bp, 0
.empty:
        call    take
        cmp     ax, 0xFFFF
        je      .emptied
        expect  "keys come in order", ax, bp
        inc     bp
        jmp     .empty
.emptied:
        expect  "fifteen keys come", bp, 15
        ret
.a:             db      0x1E, 0x9E, 0

%macro state 3                          ; name, codes, AX of AH=12h
        jmp     %%over
%%codes: db     %2, 0
%%over:
        mov     si, %%codes
        call    inject_all
        mov     ah, 0x12
        int     0x16
        expect  %1, ax, %3
%endmacro

shift_state:
        state   "left Shift", {0x2A}, 0x0002
        state   "both Shifts", {0x36}, 0x0003
        state   "no Shift", {0xAA, 0xB6}, 0x0000
        state   "left Ctrl", {0x1D}, 0x0104
        state   "both Ctrls", {0xE0, 0x1D}, 0x0504
        state   "right Ctrl alone", {0x9D}, 0x0404
        state   "no Ctrl", {0xE0, 0x9D}, 0x0000
        state   "left Alt", {0x38}, 0x0208
        state   "right Alt alone", {0xE0, 0x38, 0xB8}, 0x0808
        state   "no Alt", {0xE0, 0xB8}, 0x0000
        state   "Caps Lock held", {0x3A}, 0x4040
        state   "Caps Lock repeats", {0x3A, 0x3A}, 0x4040
        state   "Caps Lock on", {0xBA}, 0x0040
        state   "Caps Lock off", {0x3A, 0xBA}, 0x0000
        state   "Scroll Lock", {0x46, 0xC6}, 0x0010
        state   "Scroll Lock off", {0x46, 0xC6}, 0x0000
        state   "Insert", {0x52, 0xD2}, 0x0080
        call    take
        expect  "Insert is a key too", ax, 0x5200
        state   "Insert off", {grey(0x52)}, 0x0000
        call    take
        ret

alt_number:
        key     "Alt 6 5", {0x38, 0x4D, 0xCD, 0x4C, 0xCC, 0xB8}, 0x0041
        key     "Alt 2 4 0 is not dropped", {0x38, 0x50, 0xD0, 0x4B, 0xCB, 0x52, 0xD2, 0xB8}, 0x00F0
        ret

break_key:
        mov     word [0x1B * 4], .hook
        mov     word [0x1B * 4 + 2], 0
        mov     si, .codes
        call    inject_all
        expect_byte "INT 1Bh", [.hooked], 1
        mov     ax, 0x40
        mov     fs, ax
        expect_byte "40:71", [fs:0x71], 0x80
        call    take
        expect  "Break empties the buffer", ax, 0x0000
        call    take
        expect  "and leaves one key", ax, 0xFFFF
        ret
.hook:
        inc     byte [cs:.hooked]
        iret
.hooked:        db      0
.codes:         db      0x1E, 0x9E, 0x1D, 0xE0, 0x46, 0xE0, 0xC6, 0x9D, 0

; INT 15h AH=4Fh changes B to C and swallows D.
hook:
        mov     eax, [0x15 * 4]
        mov     [.old], eax
        mov     word [0x15 * 4], .handler
        mov     word [0x15 * 4 + 2], 0
        key     "INT 15h changes a key", {0x30, 0xB0}, 0x2E63
        key     "INT 15h swallows a key", {0x20, 0xA0}, 0xFFFF
        mov     eax, [.old]
        mov     [0x15 * 4], eax
        ret
.handler:
        cmp     ah, 0x4F
        jne     .pass
        cmp     al, 0x20
        je      .swallow
        cmp     al, 0x30
        jne     .pass
        mov     al, 0x2E
        stc
        retf    2
.swallow:
        clc
        retf    2
.pass:
        jmp     far [cs:.old]
.old:           dd      0

; Pause holds INT 09h until the next key; the timer, going on, types that key.
pause:
        mov     word [0x1C * 4], .timer
        mov     word [0x1C * 4 + 2], 0
        mov     byte [.ticks], 0
        mov     si, .codes
        call    inject_all
        mov     word [0x1C * 4], 0xFF53
        mov     word [0x1C * 4 + 2], 0xF000
        mov     al, [.ticks]
        cmp     al, 4
        setae   al
        expect_byte "Pause holds for four ticks", al, 1
        call    take
        expect  "the key that ends a pause is nothing else", ax, 0xFFFF
        ret
.codes:         db      0xE1, 0x1D, 0x45, 0xE1, 0x9D, 0xC5, 0
.timer:
        inc     byte [cs:.ticks]
        cmp     byte [cs:.ticks], 4
        jne     .done
        push    ax
        mov     al, 0xD2
        out     0x64, al
        mov     al, 0x39
        out     0x60, al
        pop     ax
.done:
        iret
.ticks:         db      0

; Alt-PrtSc sends 54h: INT 15h AX=8500h when pressed, 8501h when released; a repeat is nothing.
system_request:
        mov     eax, [0x15 * 4]
        mov     [.old], eax
        mov     dword [0x15 * 4], .handler
        mov     si, .press
        call    inject_all
        expect  "SysReq pressed", [.seen], 0x8500
        expect  "SysReq pressed once", [.count], 1
        mov     ah, 0x12
        int     0x16
        expect  "SysReq held", ax, 0x8208
        mov     si, .release
        call    inject_all
        expect  "SysReq released", [.seen], 0x8501
        expect  "SysReq released once", [.count], 2
        mov     eax, [.old]
        mov     [0x15 * 4], eax
        ret
.press:         db      0x38, 0x54, 0x54, 0
.release:       db      0xD4, 0xB8, 0
.handler:
        cmp     ah, 0x85
        jne     .pass
        mov     [cs:.seen], ax
        inc     word [cs:.count]
.pass:
        jmp     far [cs:.old]
.old:           dd      0
.seen:          dw      0
.count:         dw      0

print_screen:
        mov     eax, [0x05 * 4]
        mov     [.old], eax
        mov     dword [0x05 * 4], .handler
        mov     si, .codes
        call    inject_all
        expect_byte "PrtSc calls INT 05h", [.count], 1
        mov     eax, [.old]
        mov     [0x05 * 4], eax
        key     "Ctrl-PrtSc", {0x1D, grey(0x37), 0x9D}, 0x7200
        ret
.codes:         db      0xE0, 0x2A, 0xE0, 0x37, 0xE0, 0xB7, 0xE0, 0xAA, 0
.handler:
        inc     byte [cs:.count]
        iret
.old:           dd      0
.count:         db      0

; 40:80 and 40:82 move the buffer: here it has room for three keys.
own_buffer:
        cli
        mov     word [0x480], 0x0200
        mov     word [0x482], 0x0208
        mov     word [0x41A], 0x0206
        mov     word [0x41C], 0x0206
        sti
        mov     si, .codes
        call    inject_all
        expect  "a key at the end of the buffer", [0x606], 0x1E61
        expect  "and one at its start", [0x600], 0x3062
        mov     ax, 0x0500
        mov     cx, 0x1111
        int     0x16
        expect_byte "a third by AH=05h", al, 0
        mov     ax, 0x0500
        int     0x16
        expect_byte "no fourth", al, 1
        call    take
        expect  "the first comes out", ax, 0x1E61
        call    take
        expect  "the second", ax, 0x3062
        call    take
        expect  "the third", ax, 0x1111
        cli
        mov     word [0x480], 0x1E
        mov     word [0x482], 0x3E
        mov     word [0x41A], 0x1E
        mov     word [0x41C], 0x1E
        sti
        ret
.codes:         db      0x1E, 0x9E, 0x30, 0xB0, 0

; 40:97 has the lamps as the keyboard has them; INT 16h lets them follow what a program wrote to 40:17.
lamps:
        mov     si, .caps
        call    inject_all
        call    .settled
        expect_byte "Caps Lock's lamp", al, 0x04
        mov     byte [0x417], 0x30
        mov     ah, 0x01
        int     0x16
        call    .settled
        expect_byte "lamps follow 40:17", al, 0x03
        mov     byte [0x417], 0
        mov     ah, 0x01
        int     0x16
        call    .settled
        expect_byte "no lamps", al, 0x00
        mov     ax, 0x0305
        mov     bx, 0x0105
        int     0x16
        mov     al, [0x497]
        and     al, 0x70
        expect_byte "AH=03h: the keyboard has acknowledged", al, 0x10
        ret
.caps:          db      0x3A, 0xBA, 0
.settled:
        hlt
        test    byte [0x497], 0x40
        jnz     .settled
        mov     al, [0x497]
        and     al, 0x07
        ret

        guest_end
