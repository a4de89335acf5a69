; The keyboard controller, the keyboard and the PS/2 mouse. Bytes from the controller are shown as they come, those of
; the mouse with an m behind them, those with the timeout bit with a t. What ends Bochs comes last.

%include "chip.inc"

; --- Macros ---

%macro kbc 1                            ; a command to the controller
        push    ax
        mov     al, %1
        call    write_command
        pop     ax
%endmacro
%macro kbd 1                            ; a byte to port 60h
        push    ax
        mov     al, %1
        call    write_data
        pop     ax
%endmacro
%macro aux 1                            ; a byte to the mouse
        kbc     0xD4
        kbd     %1
%endmacro
%macro command_byte 1
        kbc     0x60
        kbd     %1
%endmacro

; Writes what comes until nothing has come for MS milliseconds.
%macro stream 2                         ; "name=", MS
        say     " ", %1
        mov     byte [first], 1
%%next:
        wait_port 0x64, 0x01, 0x01, %2
        jc      %%end
        call    show_next
        jmp     %%next
%%end:
        call    end_stream
%endmacro

; --- Experiments ---

guest_start:
        mov     word [reset_hook], reset_kbc

        TRY "status when nothing is to be read"
        in      al, 0x64
        and     al, 0xF7                        ; bit 3 tells which port was written last
        show8   "status=", al

        TRY "the command byte's system flag is the status's"
        command_byte 0x41
        in      al, 0x64
        and     al, 0x04
        show8   "clear=", al
        command_byte 0x45
        in      al, 0x64
        and     al, 0x04
        show8   "set=", al

        TRY "self-test of the controller"
        kbc     0xAA
        stream  "bytes=", 6
        in      al, 0x64
        and     al, 0x04
        show8   "system=", al

        TRY "tests of the interfaces"
        kbc     0xAB
        stream  "keyboard=", 6
        kbc     0xA9
        stream  "mouse=", 6

        TRY "status bit 3 tells the port"
        kbc     0xAE
        in      al, 0x64
        and     al, 0x08
        show8   "command=", al
        kbd     0xF4
        in      al, 0x64
        and     al, 0x08
        show8   "data=", al
        stream  "bytes=", 6

        TRY "command byte reads back"
        command_byte 0x74
        kbc     0x20
        stream  "first=", 6
        command_byte 0x65
        kbc     0x20
        stream  "second=", 6

        TRY "memory of the controller reads back"
        kbc     0x7F
        kbd     0xA5
        kbc     0x71
        kbd     0x5A
        kbc     0x3F
        stream  "1F=", 6
        kbc     0x31
        stream  "11=", 6

        TRY "no password at first"
        kbc     0xA4
        stream  "bytes=", 6

        TRY "a password"
        kbc     0xA5
        kbd     0x1E
        kbd     0x00
        kbc     0xA4
        stream  "bytes=", 6
        kbc     0xA5
        kbd     0x00
        kbc     0xA4
        stream  "none=", 6

        TRY "ADh and AEh change the command byte"
        kbc     0xAD
        kbc     0x20
        stream  "off=", 6
        kbc     0xAE
        kbc     0x20
        stream  "on=", 6

        TRY "A7h and A8h change the command byte"
        kbc     0xA7
        kbc     0x20
        stream  "off=", 6
        kbc     0xA8
        kbc     0x20
        stream  "on=", 6

        TRY "output port"
        kbc     0xD0
        wait_port 0x64, 0x01, 0x01, 20
        in      al, 0x60
        and     al, 0x03                        ; not reset, A20 open
        show8   "levels=", al

        TRY "output port shows that a byte waits"
        command_byte 0x65
        kbc     0xD2
        kbd     0x1C
        in      al, 0x64
        and     al, 0x21
        show8   "status=", al
        stream  "bytes=", 6

        TRY "A20 by the output port"
        kbc     0xD1
        kbd     0xDD
        call    show_a20
        kbc     0xD1
        kbd     0xDF
        call    show_a20

        TRY "A20 by DDh and DFh"
        kbc     0xDD
        call    show_a20
        kbc     0xDF
        call    show_a20

        TRY "A20 by either gate"
        outb    0x92, 0x02
        kbc     0xDD
        call    show_a20
        outb    0x92, 0x00
        call    show_a20
        kbc     0xDF
        call    show_a20

        TRY "FFh pulses nothing"
        kbc     0xFF
        call    show_a20
        stream  "bytes=", 6

        TRY "D2h writes as the keyboard"
        command_byte 0x65
        outb    0x21, 0xFD
        kbc     0xD2
        kbd     0x1C
        wait_irq 5
        show_irqs "irqs="
        stream  "bytes=", 6

        TRY "D3h writes as the mouse"
        command_byte 0x47
        outb    0x21, 0xFB
        outb    0xA1, 0xEF
        kbc     0xD3
        kbd     0x1C
        wait_irq 5
        show_irqs "irqs="
        stream  "bytes=", 6

        TRY "no IRQ 1 unless the command byte allows it"
        command_byte 0x64
        outb    0x21, 0xFD
        kbc     0xD2
        kbd     0x1C
        wait_irq 5
        show_irqs "irqs="
        stream  "bytes=", 6

        TRY "input port is not locked"
        kbc     0xC0
        wait_port 0x64, 0x01, 0x01, 20
        in      al, 0x60
        and     al, 0x80
        show8   "bit7=", al

        TRY "keyboard: echo"
        kbd     0xEE
        stream  "bytes=", 6

        TRY "keyboard: identity"
        kbd     0xF2
        stream  "translated=", 6
        command_byte 0x25
        kbd     0xF2
        stream  "plain=", 6

        TRY "keyboard: lamps"
        kbd     0xED
        stream  "command=", 6
        kbd     0x02
        stream  "argument=", 6
        kbd     0xED
        stream  "command=", 6
        kbd     0x00
        stream  "argument=", 6

        TRY "keyboard: a command in place of an argument"
        kbd     0xED
        stream  "command=", 6
        kbd     0xF4
        stream  "instead=", 6

        TRY "keyboard: what is no command"
        kbd     0xEF
        stream  "EF=", 6
        kbd     0x10
        stream  "10=", 6

        TRY "keyboard: scan code sets"
        command_byte 0x25
        kbd     0xF0
        stream  "command=", 6
        kbd     0x00
        stream  "which=", 6
        kbd     0xF0
        stream  "command=", 6
        kbd     0x03
        stream  "third=", 6
        kbd     0xF0
        stream  "command=", 6
        kbd     0x00
        stream  "which=", 6
        kbd     0xF0
        stream  "command=", 6
        kbd     0x04
        stream  "fourth=", 6
        kbd     0xF6
        stream  "defaults=", 6
        kbd     0xF0
        stream  "command=", 6
        kbd     0x00
        stream  "which=", 6

        TRY "keyboard: set number is translated"
        kbd     0xF0
        stream  "command=", 6
        kbd     0x00
        stream  "which=", 6

        TRY "keyboard: rate"
        kbd     0xF3
        stream  "command=", 6
        kbd     0x20
        stream  "argument=", 6

        TRY "keyboard: types of set 3"
        kbd     0xF7
        stream  "F7=", 6
        kbd     0xFA
        stream  "FA=", 6
        kbd     0xFC
        stream  "FC=", 6
        kbd     0x1C
        stream  "key=", 6
        kbd     0xF4
        stream  "F4=", 6

        TRY "keyboard: reset"
        kbd     0xFF
        stream  "bytes=", 20

        TRY "keyboard: answers with IRQ 1"
        command_byte 0x65
        outb    0x21, 0xFD
        kbd     0xEE
        wait_irq 30
        show_irqs "irqs="
        stream  "bytes=", 6

        TRY "keyboard: a byte for it switches the interface on"
        kbc     0xAD
        kbd     0xEE
        stream  "bytes=", 6
        kbc     0x20
        stream  "command_byte=", 6

        TRY "mouse: reset"
        aux     0xFF
        stream  "bytes=", 400

        TRY "mouse: identity"
        aux     0xF2
        stream  "bytes=", 6

        TRY "mouse: status after defaults"
        aux     0xF6
        stream  "F6=", 6
        aux     0xE9
        stream  "E9=", 6

        TRY "mouse: settings"
        aux     0xE8
        stream  "E8=", 6
        aux     0x01
        stream  "argument=", 6
        aux     0xF3
        stream  "F3=", 6
        aux     0x28
        stream  "argument=", 6
        aux     0xE7
        stream  "E7=", 6
        aux     0xF4
        stream  "F4=", 6
        aux     0xE9
        stream  "E9=", 6

        TRY "mouse: modes in the status"
        aux     0xF0
        stream  "F0=", 6
        aux     0xE9
        stream  "remote=", 6
        aux     0xEA
        stream  "EA=", 6
        aux     0xE9
        stream  "stream=", 6

        TRY "mouse: read data"
        aux     0xF0
        stream  "F0=", 6
        aux     0xEB
        stream  "EB=", 6

        TRY "mouse: wrap mode"
        aux     0xEE
        stream  "EE=", 6
        aux     0x55
        stream  "55=", 6
        aux     0xF4
        stream  "F4=", 6
        aux     0xEC
        stream  "EC=", 6
        aux     0xE9
        stream  "E9=", 6

        TRY "mouse: what is no command"
        aux     0xE1
        stream  "first=", 6
        aux     0x10
        stream  "second=", 6

        TRY "mouse: what is no rate"
        aux     0xF3
        stream  "F3=", 6
        aux     0x21
        stream  "argument=", 6
        aux     0xE9
        stream  "E9=", 6

        TRY "mouse: answers with IRQ 12"
        command_byte 0x47
        outb    0x21, 0xFB
        outb    0xA1, 0xEF
        aux     0xF2
        wait_irq 30
        show_irqs "irqs="
        stream  "bytes=", 6

        TRY "mouse: a byte for it switches the interface on"
        kbc     0xA7
        aux     0xF2
        stream  "bytes=", 6
        kbc     0x20
        stream  "command_byte=", 6

        TRY "rare: keyboard: again"
        kbd     0xEE
        stream  "bytes=", 6
        kbd     0xFE
        stream  "again=", 6

        TRY "rare: mouse: again"
        aux     0xF2
        stream  "F2=", 6
        aux     0xFE
        stream  "FE=", 6

        TRY "rare: mouse: what is no resolution"
        aux     0xE8
        stream  "E8=", 6
        aux     0x04
        stream  "argument=", 6
        aux     0xE9
        stream  "E9=", 6

        TRY "rare: test inputs"
        kbc     0xE0
        wait_port 0x64, 0x01, 0x01, 6
        in      al, 0x60
        and     al, 0x03
        show8   "clocks=", al

        TRY "rare: mouse: three rates in a row"
        aux     0xF3
        stream  "F3=", 6
        aux     200
        stream  "200=", 6
        aux     0xF3
        stream  "F3=", 6
        aux     100
        stream  "100=", 6
        aux     0xF3
        stream  "F3=", 6
        aux     80
        stream  "80=", 6
        aux     0xF2
        stream  "identity=", 6

        finish

; --- Subroutines ---

first:          db 0

; Waits until the controller has taken the last byte, 20 ms at the most.
wait_taken:
        wait_port 0x64, 0x02, 0x00, 20
        ret

write_command:
        push    ax
        call    wait_taken
        pop     ax
        out     0x64, al
        call    wait_taken
        ret

write_data:
        push    ax
        call    wait_taken
        pop     ax
        out     0x60, al
        call    wait_taken
        ret

; Writes the byte that is there, behind a comma if it is not the first.
show_next:
        push    eax
        push    ebx
        in      al, 0x64
        mov     bl, al
        cmp     byte [first], 1
        je      .first
        say     ","
.first:
        mov     byte [first], 0
        in      al, 0x60
        movzx   eax, al
        push    eax
        call    put_pushed2
        test    bl, 0x20
        jz      .keyboard
        say     "m"
.keyboard:
        test    bl, 0x40
        jz      .end
        say     "t"
.end:
        pop     ebx
        pop     eax
        ret

end_stream:
        cmp     byte [first], 0
        je      .end
        say     "none"
.end:
        ret

; Writes whether A20 is open: 0:0500h and FFFF:0510h are not the same.
show_a20:
        push    es
        push    ax
        mov     ax, 0xFFFF
        mov     es, ax
        mov     word [0x500], 0x1234
        mov     word [es:0x510], 0x4321
        cmp     word [0x500], 0x1234
        mov     al, 1
        je      .open
        mov     al, 0
.open:
        show8   "a20=", al
        pop     ax
        pop     es
        ret

; Reads until nothing has come for 3 ms.
drain:
        wait_port 0x64, 0x01, 0x01, 3
        jc      .end
        in      al, 0x60
        jmp     drain
.end:
        ret

; Both devices at their defaults, scanning and not reporting; translation and IRQ 1 on; A20 open.
reset_kbc:
        outb    0x92, 0
        kbc     0xDF
        call    drain
        command_byte 0x44
        kbd     0xF6
        call    drain
        kbd     0xF4
        call    drain
        aux     0xEC
        call    drain
        aux     0xF6
        call    drain
        command_byte 0x45
        ret

guest_end
