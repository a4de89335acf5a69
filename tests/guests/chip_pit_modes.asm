; Timer: the six modes of channel 2, with what its gate and a new count do in each.
%include "chip_pit.inc"

guest_start:
        call    mode_0
        call    mode_1
        call    mode_2
        call    mode_3
        call    mode_4
        call    mode_5
        finish

; --- Mode 0 ---

mode_0:
        TRY     "mode 0: OUT"
        gate_on
        control 0xB0
        show_out "after control="
        count   2000
        show_out "after count="
        wait_out 1
        show_range "took=", cx, 1900, 2040
        wait_ticks 100
        show_out "then="
        latched
        show_range "counts on=", ax, 0xFF00, 0xFFFE
        TRY     "mode 0: gate holds the count"
        gate_on
        control 0xB0
        count   20000
        wait_ticks 500
        gate_off
        wait_us 10
        latched
        mov     bx, ax
        wait_ticks 500
        latched
        sub     bx, ax
        show16  "moved=", bx
        gate_on
        wait_ticks 500
        latched
        show_range "count=", ax, 18800, 19050
        TRY     "mode 0: gate low while the count is written"
        gate_off
        control 0xB0
        count   2000
        wait_ticks 100
        latched
        show16  "count=", ax
        show_out "out="
        gate_on
        wait_out 1
        show_range "took=", cx, 1900, 2040
        TRY     "mode 0: a new count starts over"
        control 0xB0
        gate_on
        count   20000
        wait_ticks 1000
        count   5000
        wait_ticks 100
        latched
        show_range "count=", ax, 4750, 4910
        show_out "out="
        TRY     "mode 0: a new count lowers OUT"
        control 0xB0
        gate_on
        count   100
        wait_out 1
        count   5000
        show_out "out="
        TRY     "mode 0: the first byte stops the counter"
        control 0xB0
        gate_on
        count   20000
        wait_ticks 100
        outb    0x42, 0x10
        wait_us 10
        control 0xE8
        in      al, 0x42
        and     al, 0x80
        show8   "out=", al
        TRY     "mode 0: the first byte lowers OUT"
        control 0xB0
        gate_on
        count   100
        wait_out 1
        outb    0x42, 0x10
        show_out "out="
        TRY     "mode 0: count of 1"
        control 0xB0
        gate_on
        count   1
        wait_us 10
        show_out "out="
        ret

; --- Mode 1 ---

mode_1:
        TRY     "mode 1: waits for the gate"
        gate_off
        control 0xB2
        show_out "after control="
        count   2000
        wait_ticks 100
        show_out "after count="
        gate_on
        wait_us 10
        show_out "triggered="
        wait_out 1
        show_range "took=", cx, 1850, 2020
        TRY     "mode 1: the gate's fall changes nothing"
        gate_off
        control 0xB2
        count   2000
        gate_on
        wait_ticks 500
        gate_off
        wait_out 1
        show_range "took=", cx, 1300, 1520
        TRY     "mode 1: triggered again"
        gate_off
        control 0xB2
        count   4000
        gate_on
        wait_ticks 2000
        gate_off
        gate_on
        wait_us 10
        latched
        show_range "count=", ax, 3900, 4000
        wait_out 1
        show_range "took=", cx, 3850, 4010
        TRY     "mode 1: again after the end"
        gate_off
        control 0xB2
        count   1000
        gate_on
        wait_out 1
        gate_off
        gate_on
        wait_us 10
        show_out "out="
        wait_out 1
        show_range "took=", cx, 850, 1010
        TRY     "mode 1: a new count waits for the next trigger"
        gate_off
        control 0xB2
        count   4000
        gate_on
        wait_ticks 100
        count   1000
        wait_ticks 100
        latched
        show_range "count=", ax, 3600, 3810
        gate_off
        gate_on
        wait_us 10
        latched
        show_range "then=", ax, 900, 1000
        ret

; --- Mode 2 ---

mode_2:
        TRY     "mode 2: divides"
        gate_on
        control 0xB4
        show_out "after control="
        count   1000
        wait_ticks 3500
        latched
        show_range "count=", ax, 300, 510
        show_out "out="
        TRY     "mode 2: stays between count and 1"
        gate_on
        control 0xB4
        count   4
        call    extremes
        TRY     "mode 2: gate low stops, and OUT is high"
        gate_on
        control 0xB4
        count   5000
        wait_ticks 1000
        gate_off
        wait_us 10
        latched
        mov     bx, ax
        wait_ticks 300
        latched
        sub     bx, ax
        show16  "moved=", bx
        show_out "out="
        TRY     "mode 2: the gate's rise starts over"
        gate_on
        control 0xB4
        count   5000
        wait_ticks 2000
        gate_off
        gate_on
        wait_us 10
        latched
        show_range "count=", ax, 4900, 5000
        TRY     "mode 2: a new count waits for the end"
        gate_on
        control 0xB4
        count   3000
        wait_ticks 1000
        count   500
        wait_us 50
        latched
        show_range "now=", ax, 1750, 2000
        wait_ticks 3000
        latched
        show_range "later=", ax, 1, 500
        TRY     "mode 2: a new count and the gate"
        gate_on
        control 0xB4
        count   5000
        wait_ticks 100
        count   3000
        gate_off
        gate_on
        wait_us 10
        latched
        show_range "count=", ax, 2900, 3000
        TRY     "mode 6 is mode 2"
        gate_on
        control 0xBC
        count   4
        call    extremes
        control 0xE8
        in      al, 0x42
        and     al, 0x3F
        show8   "status=", al
        ret

; --- Mode 3 ---

mode_3:
        TRY     "mode 3: square wave"
        gate_on
        control 0xB6
        count   4000
        wait_ticks 1000
        show_out "first half="
        wait_ticks 2000
        show_out "second half="
        wait_out 1
        show_range "took=", cx, 700, 1010
        TRY     "mode 3: counts by two"
        gate_on
        control 0xB6
        count   20000
        wait_ticks 1000
        latched
        mov     bx, ax
        wait_ticks 1000
        latched
        sub     bx, ax
        show_range "moved=", bx, 2000, 2400
        TRY     "mode 3: even counts only"
        gate_on
        control 0xB6
        count   20
        call    extremes
        TRY     "mode 3: an odd count"
        gate_on
        control 0xB6
        count   21
        call    extremes
        TRY     "mode 3: gate low makes OUT high"
        gate_on
        control 0xB6
        count   4000
        wait_out 0
        gate_off
        wait_us 10
        show_out "out="
        latched
        mov     bx, ax
        wait_ticks 300
        latched
        sub     bx, ax
        show16  "moved=", bx
        TRY     "mode 3: the gate's rise starts over"
        gate_on
        control 0xB6
        count   4000
        wait_out 0
        gate_off
        gate_on
        wait_us 10
        show_out "out="
        latched
        show_range "count=", ax, 3800, 4000
        wait_out 0
        show_range "took=", cx, 1800, 2010
        TRY     "mode 3: a new count waits for the half's end"
        gate_on
        control 0xB6
        count   8000
        wait_ticks 1000
        count   1000
        wait_us 50
        latched
        show_range "now=", ax, 5500, 6000
        wait_out 0
        wait_out 1
        show_range "took=", cx, 400, 520
        TRY     "mode 7 is mode 3"
        gate_on
        control 0xBE
        count   20
        control 0xE8
        in      al, 0x42
        and     al, 0x3F
        show8   "status=", al
        ret

; --- Modes 4 and 5 ---

mode_4:
        TRY     "mode 4: strobes once"
        gate_on
        control 0xB8
        show_out "after control="
        count   2000
        wait_ticks 100
        show_out "after count="
        call    strobe
        show_range "took=", cx, 1750, 1920
        wait_ticks 100
        show_out "then="
        latched
        show_range "counts on=", ax, 0xFF00, 0xFFFE
        TRY     "mode 4: gate holds the count"
        gate_on
        control 0xB8
        count   20000
        wait_ticks 500
        gate_off
        wait_us 10
        latched
        mov     bx, ax
        wait_ticks 500
        latched
        sub     bx, ax
        show16  "moved=", bx
        gate_on
        wait_ticks 100
        latched
        sub     bx, ax
        show_out "out="
        TRY     "mode 4: a new count starts over"
        gate_on
        control 0xB8
        count   20000
        wait_ticks 1000
        count   5000
        wait_us 50
        latched
        show_range "count=", ax, 4750, 5000
        ret

; CX = periods until the counter has passed zero.
strobe:
        push    ax
        push    bx
        push    dx
        call    read_time
        mov     bx, ax
.next:
        latched
        mov     dx, ax
        call    read_time
        mov     cx, bx
        sub     cx, ax
        cmp     cx, 60000
        jae     .never
        cmp     dx, 0xF000
        jb      .next
        pop     dx
        pop     bx
        pop     ax
        ret
.never:
        say     " never"
        pop     dx
        pop     bx
        pop     ax
        ret

mode_5:
        TRY     "mode 5: waits for the gate"
        gate_off
        control 0xBA
        show_out "after control="
        count   2000
        wait_ticks 100
        show_out "after count="
        gate_on
        call    strobe
        show_range "took=", cx, 1900, 2040
        show_out "then="
        TRY     "mode 5: triggered again"
        gate_off
        control 0xBA
        count   4000
        gate_on
        wait_ticks 2000
        gate_off
        gate_on
        wait_us 10
        latched
        show_range "count=", ax, 3900, 4000
        TRY     "mode 5: the gate's fall changes nothing"
        gate_off
        control 0xBA
        count   4000
        gate_on
        wait_ticks 100
        gate_off
        wait_ticks 500
        latched
        show_range "count=", ax, 3200, 3420
        ret
guest_end
