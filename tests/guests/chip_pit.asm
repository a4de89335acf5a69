; Timer: what counting is, access modes, latches, read-back, BCD, limits, the other channels, port 61h, and the
; interrupts of channel 0. The modes of a channel are in chip_pit_modes.asm.
%include "chip_pit.inc"

guest_start:
        call    counting
        call    access
        call    latches
        call    read_backs
        call    decimal
        call    limits
        call    other_channels
        call    port_61
        call    interrupts
        finish

; --- What counting is ---

counting:
        TRY     "mode 0 counts down"
        gate_on
        control 0xB0
        count   10000
        wait_ticks 1000
        latched
        show_range "count=", ax, 8900, 9010
        wait_ticks 1000
        latched
        show_range "count=", ax, 7850, 8010
        TRY     "the counter stands without a count"
        control 0xB0
        count   10000
        wait_ticks 100
        control 0xB0
        latched
        mov     bx, ax
        wait_ticks 100
        latched
        sub     bx, ax
        show16  "moved=", bx
        show_out "out="
        ret

; --- Access modes ---

access:
        TRY     "low byte only"
        gate_off
        control 0x90
        outb    0x42, 0x34
        wait_us 10
        in      al, 0x42
        show8   "read=", al
        in      al, 0x42
        show8   "again=", al
        control 0xE8
        in      al, 0x42
        and     al, 0x3F
        show8   "status=", al
        TRY     "low byte only: the high byte is zero"
        gate_on
        control 0x90
        outb    0x42, 200
        wait_out 1
        show_range "took=", cx, 100, 240
        TRY     "high byte only"
        gate_off
        control 0xA0
        outb    0x42, 0x12
        wait_us 10
        in      al, 0x42
        show8   "read=", al
        in      al, 0x42
        show8   "again=", al
        control 0xE8
        in      al, 0x42
        and     al, 0x3F
        show8   "status=", al
        TRY     "high byte only: the low byte is zero"
        gate_on
        control 0xA0
        outb    0x42, 8
        wait_out 1
        show_range "took=", cx, 1950, 2090
        TRY     "both bytes in turn"
        gate_off
        control 0xB0
        count   0x1234
        wait_us 10
        in      al, 0x42
        show8   "low=", al
        in      al, 0x42
        show8   "high=", al
        in      al, 0x42
        show8   "low=", al
        TRY     "reading and writing have turns of their own"
        gate_off
        control 0xB0
        count   0x1234
        wait_us 10
        in      al, 0x42
        show8   "low=", al
        outb    0x42, 0x78
        in      al, 0x42
        show8   "high=", al
        outb    0x42, 0x56
        wait_us 10
        call    read_two
        show16  "new=", ax
        TRY     "a control word begins with the low byte"
        gate_off
        control 0xB0
        outb    0x42, 0x11
        control 0xB0
        count   0x1234
        wait_us 10
        call    read_two
        show16  "count=", ax
        TRY     "a control word begins reading with the low byte"
        gate_off
        control 0xB0
        count   0x1234
        wait_us 10
        in      al, 0x42
        control 0xB0
        count   0x5678
        wait_us 10
        call    read_two
        show16  "count=", ax
        ret

; --- Latches ---

latches:
        TRY     "a latch holds"
        gate_on
        control 0xB0
        count   60000
        wait_ticks 100
        control 0x80
        wait_ticks 1000
        call    read_two
        show_range "latched=", ax, 59750, 59910
        call    read_two
        show_range "live=", ax, 58500, 58910
        TRY     "a second latch is ignored"
        gate_on
        control 0xB0
        count   60000
        wait_ticks 100
        control 0x80
        wait_ticks 1000
        control 0x80
        call    read_two
        show_range "latched=", ax, 59750, 59910
        TRY     "a latch between two bytes"
        gate_off
        control 0xB0
        count   0x1234
        wait_us 10
        in      al, 0x42
        show8   "low=", al
        control 0x80
        in      al, 0x42
        show8   "next=", al
        TRY     "a count does not disturb a latch"
        gate_off
        control 0xB0
        count   0x1234
        wait_us 10
        control 0x80
        count   0x5678
        wait_us 10
        call    read_two
        show16  "latched=", ax
        call    read_two
        show16  "live=", ax
        TRY     "a control word drops a latch"
        gate_off
        control 0xB0
        count   0x1234
        wait_us 10
        control 0x80
        control 0xB0
        count   0x5678
        wait_us 10
        call    read_two
        show16  "count=", ax
        TRY     "a latch command does not change the access mode"
        gate_off
        control 0x90
        outb    0x42, 0x34
        wait_us 10
        control 0x80
        in      al, 0x42
        show8   "latched=", al
        control 0xE8
        in      al, 0x42
        and     al, 0x3F
        show8   "status=", al
        ret

; --- Read-back ---

read_backs:
        TRY     "status after a control word"
        gate_off
        control 0xB0
        control 0xE8
        in      al, 0x42
        show8   "mode 0=", al
        control 0xB2
        control 0xE8
        in      al, 0x42
        show8   "mode 1=", al
        control 0xB4
        control 0xE8
        in      al, 0x42
        show8   "mode 2=", al
        control 0xB6
        control 0xE8
        in      al, 0x42
        show8   "mode 3=", al
        control 0xB8
        control 0xE8
        in      al, 0x42
        show8   "mode 4=", al
        control 0xBA
        control 0xE8
        in      al, 0x42
        show8   "mode 5=", al
        control 0xB1
        control 0xE8
        in      al, 0x42
        show8   "BCD=", al
        TRY     "null count goes when the count is loaded"
        gate_off
        control 0xB0
        control 0xE8
        in      al, 0x42
        and     al, 0x40
        show8   "control=", al
        outb    0x42, 0x34
        control 0xE8
        in      al, 0x42
        and     al, 0x40
        show8   "first byte=", al
        outb    0x42, 0x12
        wait_us 10
        control 0xE8
        in      al, 0x42
        and     al, 0x40
        show8   "second byte=", al
        TRY     "null count in mode 1 until triggered"
        gate_off
        control 0xB2
        count   1000
        wait_us 10
        control 0xE8
        in      al, 0x42
        and     al, 0x40
        show8   "count=", al
        gate_on
        wait_us 10
        control 0xE8
        in      al, 0x42
        and     al, 0x40
        show8   "triggered=", al
        TRY     "null count in mode 2 until the end of the cycle"
        gate_on
        control 0xB4
        count   3000
        wait_us 10
        control 0xE8
        in      al, 0x42
        and     al, 0x40
        show8   "first=", al
        count   2000
        wait_us 10
        control 0xE8
        in      al, 0x42
        and     al, 0x40
        show8   "second=", al
        wait_ticks 3000
        control 0xE8
        in      al, 0x42
        and     al, 0x40
        show8   "later=", al
        TRY     "OUT in the status"
        gate_on
        control 0xB0
        count   100
        control 0xE8
        in      al, 0x42
        and     al, 0x80
        show8   "before=", al
        wait_out 1
        control 0xE8
        in      al, 0x42
        and     al, 0x80
        show8   "after=", al
        TRY     "status and count: status comes first"
        gate_off
        control 0xB0
        count   0x1234
        wait_us 10
        control 0xC8
        in      al, 0x42
        show8   "status=", al
        call    read_two
        show16  "count=", ax
        TRY     "a second status is ignored"
        gate_off
        control 0xB0
        control 0xE8
        control 0xB4
        in      al, 0x42
        show8   "new control word=", al
        control 0xB0
        count   0x1234
        wait_us 10
        control 0xE8
        gate_on
        wait_ticks 5000
        control 0xE8
        in      al, 0x42
        show8   "status=", al
        TRY     "read-back of the count"
        gate_off
        control 0xB0
        count   0x1234
        wait_us 10
        control 0xD8
        call    read_two
        show16  "count=", ax
        TRY     "read-back of nothing"
        gate_off
        control 0xB0
        count   0x1234
        wait_us 10
        control 0xF8
        call    read_two
        show16  "count=", ax
        TRY     "read-back of several channels"
        gate_off
        control 0xB0
        count   0x1234
        wait_us 10
        control 0xEA
        in      al, 0x40
        and     al, 0x3F
        show8   "0=", al
        in      al, 0x42
        show8   "2=", al
        ret

; --- BCD ---

decimal:
        TRY     "BCD counts in decimal"
        gate_on
        control 0xB1
        count   0x2000
        wait_ticks 1000
        latched
        call    all_decimal
        show8   "decimal=", bl
        show_range "count=", ax, 0x0880, 0x1010
        TRY     "BCD: OUT after so many periods"
        gate_on
        control 0xB1
        count   0x2000
        wait_out 1
        show_range "took=", cx, 1900, 2040
        TRY     "BCD: 0 is 10000"
        gate_on
        control 0xB1
        count   0
        wait_out 1
        show_range "took=", cx, 9900, 10040
        TRY     "BCD: beyond the end comes 9999"
        gate_on
        control 0xB1
        count   0x10
        wait_ticks 100
        latched
        show_range "count=", ax, 0x9700, 0x9930
        TRY     "BCD: square wave"
        gate_on
        control 0xB7
        count   0x2000
        wait_out 0
        wait_out 1
        show_range "took=", cx, 900, 1010
        ret

; BL = 1 if AX has decimal digits only.
all_decimal:
        push    ax
        push    cx
        mov     bl, 1
        mov     cx, 4
.next:
        mov     bh, al
        and     bh, 15
        cmp     bh, 10
        jb      .digit
        mov     bl, 0
.digit:
        shr     ax, 4
        loop    .next
        pop     cx
        pop     ax
        ret

; --- Limits ---

limits:
        TRY     "count of 0 is 65536"
        gate_on
        control 0xB0
        count   0
        wait_ticks 1000
        latched
        show_range "count=", ax, 64400, 64540
        show_out "out="
        TRY     "mode 2: count of 2"
        gate_on
        control 0xB4
        count   2
        call    extremes
        TRY     "mode 3: count of 2"
        gate_on
        control 0xB6
        count   2
        wait_us 100
        control 0xE8
        in      al, 0x42
        and     al, 0x7F
        show8   "status=", al
        ret

; --- Other channels ---

other_channels:
        TRY     "channel 1 is set for refresh"
        control 0xE4
        in      al, 0x41
        and     al, 0x0E
        show8   "mode=", al
        TRY     "reading port 43h"
        in      al, 0x43
        in      al, 0x43
        say     " done"
        TRY     "a latch of one channel leaves the others"
        gate_off
        control 0xB0
        count   0x1234
        wait_us 10
        control 0x80
        control 0x00
        in      al, 0x40
        in      al, 0x40
        call    read_two
        show16  "count=", ax
        ret

; --- Port 61h ---

port_61:
        TRY     "port 61h: bits that can be written"
        outb    0x61, 0xFF
        in      al, 0x61
        and     al, 0x0F
        show8   "ones=", al
        outb    0x61, 0
        in      al, 0x61
        and     al, 0x0F
        show8   "zeros=", al
        TRY     "port 61h: OUT does not ask for the data bit"
        gate_on
        control 0xB0
        count   100
        wait_out 1
        show_out "bit 1 clear="
        outb    0x61, 3
        show_out "bit 1 set="
        TRY     "port 61h: refresh toggles"
        xor     bx, bx
        mov     cx, 400
        in      al, 0x61
        mov     ah, al
.next:
        wait_us 4
        in      al, 0x61
        xor     ah, al
        test    ah, 0x10
        mov     ah, al
        jz      .same
        inc     bx
.same:
        loop    .next
        cmp     bx, 20
        setae   al
        show8   "toggles=", al
        TRY     "port 61h: refresh goes by time"
        in      al, 0x61
        mov     ah, al
        in      al, 0x61
        mov     cx, 10
        xor     bx, bx
.again:
        in      al, 0x61
        xor     ah, al
        test    ah, 0x10
        mov     ah, al
        jz      .still
        inc     bx
.still:
        loop    .again
        cmp     bx, 9
        setb    al
        show8   "not with each read=", al
        ret

; --- Interrupts of channel 0 ---

interrupts:
        TRY     "channel 0, mode 0: one interrupt"
        outb    0x21, 0xFE
        outb    0x43, 0x30
        outb    0x40, 0xE8
        outb    0x40, 0x03
        call    listen
        show16  "irqs=", [irq_count]
        TRY     "channel 0, mode 2: periodic"
        outb    0x21, 0xFE
        outb    0x43, 0x34
        outb    0x40, 0xE8
        outb    0x40, 0x03
        call    listen
        show_range "irqs=", [irq_count], 18, 20
        TRY     "channel 0, mode 3: periodic"
        outb    0x21, 0xFE
        outb    0x43, 0x36
        outb    0x40, 0xE8
        outb    0x40, 0x03
        call    listen
        show_range "irqs=", [irq_count], 18, 21
        TRY     "channel 0, mode 4: one interrupt"
        outb    0x21, 0xFE
        outb    0x43, 0x38
        outb    0x40, 0xE8
        outb    0x40, 0x03
        call    listen
        cmp     word [irq_count], 1
        setae   al
        show8   "any=", al
        TRY     "channel 0, mode 1: none, as the gate never rises"
        outb    0x43, 0x30
        outb    0x20, 0x0A
        outb    0x43, 0x32
        outb    0x40, 0xE8
        outb    0x40, 0x03
        outb    0x21, 0xFE
        call    listen
        mov     word [irq_count], 0
        call    listen
        show16  "irqs=", [irq_count]
        ret

; 20000 periods of channel 2, with interrupts on.
listen:
        gate_on
        control 0xB0
        count   20000
        sti
.next:
        call    read_out
        test    al, al
        jz      .next
        cli
        ret
guest_end
