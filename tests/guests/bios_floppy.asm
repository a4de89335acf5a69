; INT 13h for floppies. Runs from a protected 1.44 MB floppy in drive A; drive B is a 1.2 MB drive with a 360 KB disk in
; it, each of whose sectors begins with its number, and whose sector 700 is bad.

%include "bios_guest.inc"

DATA                    equ 0xE000      ; 6 KB
IDS                     equ 0xDC00
LAST_B                  equ 0x2709      ; cylinder 39, sector 9

; Status in AH as a word to compare: service "name", status.
%macro status 2
        pushf
        mov     [seen_ax], ax
        popf
        expect_carry %1, (%2 != 0)
        expect_byte %1, [seen_ax + 1], %2
        mov     ax, [seen_ax]
%endmacro
seen_ax:        dw      0

guest_main:
        mov     ax, 0x40
        mov     fs, ax
        call    kinds
        call    double_step
        call    changes
        call    types
        call    own_table
        call    format
        call    protected
        call    boundaries
        call    damage
        call    reset
        call    motor
        ret

kinds:
        mov     al, [fs:0x10]
        and     al, 0xC1
        expect_byte "two drives in the equipment word", al, 0x41
        mov     ax, 0x0800
        mov     dl, 1
        int     0x13
        status  "AH=08h", 0
        expect_byte "type of B", bl, 2
        expect  "cylinders and sectors", cx, 0x4F0F
        expect  "heads and drives", dx, 0x0102
        expect_byte "table of B", [es:di + 4], 15
        push    ds
        pop     es
        mov     ax, 0x0800
        mov     dl, 2
        int     0x13
        expect_byte "type of C", bl, 0
        expect  "cylinders of C", cx, 0
        expect_byte "drives", dl, 2
        push    ds
        pop     es
        mov     ax, 0x1500
        mov     dl, 1
        int     0x13
        expect_carry "AH=15h", 0
        mov     al, ah
        expect_byte "change line", al, 2
        mov     ax, 0x1500
        mov     dl, 2
        int     0x13
        mov     al, ah
        expect_byte "no drive C", al, 0
        ret

; AX = function and count, CX, DH: drive B. Tries again once if the disk "changed".
drive_b:
        mov     [.ax], ax
        mov     bx, DATA
        mov     dl, 1
        int     0x13
        jnc     .done
        cmp     ah, 6
        jne     .failed
        mov     ax, [.ax]
        int     0x13
.done:
        ret
.failed:
        stc
        ret
.ax:            dw      0

double_step:
        mov     ax, 0x0201
        mov     cx, LAST_B
        mov     dh, 1
        call    drive_b
        status  "last sector of a 360K disk", 0
        expect  "its number", [DATA], 719
        expect_byte "state of B: 300 kbit/s, double step", [fs:0x91], 0x74
        expect_byte "cylinder of the heads", [fs:0x95], 78
        mov     ax, 0x0201
        mov     cx, 0x0001
        mov     dh, 0
        call    drive_b
        expect  "first sector", [DATA], 0
        ret

changes:
        mov     ax, 0x1600
        mov     dl, 1
        int     0x13
        status  "AH=16h, same disk", 0
        ret

types:
        mov     ax, 0x1702
        mov     dl, 1
        int     0x13
        status  "AH=17h", 0
        expect_byte "state for 360K in 1.2M", [fs:0x91], 0x74
        mov     ax, 0x1705
        mov     dl, 1
        int     0x13
        status  "AH=17h, no such kind", 0x01
        mov     ax, 0x1800
        mov     cx, 0x4F0F
        mov     dl, 1
        int     0x13
        status  "AH=18h for 1.2M", 0
        expect_byte "its sectors", [es:di + 4], 15
        push    ds
        pop     es
        expect_byte "state for 1.2M", [fs:0x91], 0x15
        mov     ax, 0x1800
        mov     cx, 0x4F12
        mov     dl, 1
        int     0x13
        status  "AH=18h for 1.44M in 1.2M", 0x0C
        mov     ax, 0x1800
        mov     cx, LAST_B
        mov     dl, 1
        int     0x13
        status  "AH=18h for 360K", 0
        expect_byte "sectors for 360K", [es:di + 4], 9
        expect_byte "gap for 360K", [es:di + 7], 0x50
        push    ds
        pop     es
        mov     ax, 0x1800
        mov     dl, 2
        int     0x13
        status  "AH=18h for no drive", 0x01
        ret

; A table of the program's own: EOT, sector size and motor time are the table's.
own_table:
        mov     si, [0x1E * 4]
        mov     ds, [0x1E * 4 + 2]
        mov     di, table
        mov     cx, 11
        rep     movsb
        push    es
        pop     ds
        mov     word [0x1E * 4], table
        mov     word [0x1E * 4 + 2], 0
        mov     byte [table + 4], 5     ; tracks of five sectors
        mov     ax, 0x0203
        mov     cx, 0x0304
        mov     dh, 0
        call    drive_b
        status  "read with EOT 5", 0
        expect  "sector 4", [DATA], 3 * 18 + 3
        expect  "sector 5", [DATA + 512], 3 * 18 + 4
        expect  "then head 1", [DATA + 1024], 3 * 18 + 9
        mov     byte [table + 4], 9
        mov     byte [table + 2], 11
        mov     ax, 0x0201
        mov     cx, 0x0301
        mov     dh, 0
        call    drive_b
        expect_byte "motor time", [fs:0x40], 11
        mov     ah, 0
        int     0x1A
        push    dx
        mov     byte [table + 3], 6     ; sectors of 8192 bytes, which the disk has not
        mov     ax, 0x0201
        mov     cx, 0x0301
        mov     dh, 0
        mov     word [DATA], 0x1234
        call    drive_b
        status  "sectors of 8 KB", 0x04
        expect  "nothing was read", [DATA], 0x1234
        mov     byte [table + 3], 2
        mov     ah, 0
        int     0x1A
        pop     ax
        sub     dx, ax
        cmp     dx, 36
        setb    al
        expect_byte "told within two seconds", al, 1
        ret

; Cylinder 30, head 1 with the table's filler.
format:
        mov     byte [table + 8], 0x6B
        mov     di, IDS
        mov     cx, 9
        mov     al, 1
.id:
        mov     byte [di], 30
        mov     byte [di + 1], 1
        mov     [di + 2], al
        mov     byte [di + 3], 2
        add     di, 4
        inc     al
        loop    .id
        mov     ax, 0x0509
        mov     bx, IDS
        mov     cx, 0x1E01
        mov     dx, 0x0101
        int     0x13
        status  "format", 0
        mov     ax, 0x0202
        mov     cx, 0x1E09
        mov     dh, 0
        call    drive_b
        status  "read formatted", 0
        expect  "head 0 as it was", [DATA], 30 * 18 + 8
        expect  "filler", [DATA + 512], 0x6B6B
        expect  "filler at the end", [DATA + 1022], 0x6B6B
        mov     ax, 0x0301              ; and it can be written
        mov     word [DATA], 0x4321
        mov     cx, 0x1E05
        mov     dh, 1
        call    drive_b
        status  "write formatted", 0
        mov     word [DATA], 0
        mov     ax, 0x0201
        mov     cx, 0x1E05
        mov     dh, 1
        call    drive_b
        expect  "written", [DATA], 0x4321
        mov     ax, 0x0405
        mov     cx, 0x1E05
        mov     dh, 1
        call    drive_b
        status  "verify", 0
        ret

protected:
        mov     word [0x1E * 4], 0xEFC7
        mov     word [0x1E * 4 + 2], 0xF000
        mov     ax, 0x0301
        mov     bx, DATA
        mov     cx, 0x2801
        mov     dx, 0
        int     0x13
        status  "write to a protected disk", 0x03
        expect_byte "none written", al, 0
        mov     ax, 0x0512
        mov     bx, IDS
        mov     cx, 0x2801
        mov     dx, 0
        int     0x13
        status  "format a protected disk", 0x03
        mov     al, [fs:0x42]
        expect_byte "ST0 in 40:42", al, 0x40
        mov     al, [fs:0x43]
        expect_byte "ST1 in 40:43", al, 0x02
        mov     ax, 0x0201
        mov     bx, DATA
        mov     cx, 0x0001
        mov     dx, 0
        int     0x13
        status  "it can be read", 0
        ret

; DMA cannot pass 64 KB.
boundaries:
        mov     ax, 0x1000
        mov     es, ax
        mov     ax, 0x0302
        mov     bx, 0xFD00
        mov     cx, 0x0101
        mov     dx, 0x0001
        int     0x13
        status  "write over a boundary", 0x09
        mov     ax, 0x0509
        mov     bx, 0xFFF0
        mov     cx, 0x0101
        mov     dx, 0x0001
        int     0x13
        status  "format over a boundary", 0x09
        mov     ax, 0x0201
        mov     bx, 0xFE00
        mov     cx, 0x0101
        mov     dx, 0x0001
        int     0x13
        status  "up to a boundary", 0
        expect  "sector of it", [es:0xFE00], 18
        mov     ax, 0x0402
        mov     bx, 0xFD00
        mov     cx, 0x0101
        mov     dx, 0x0001
        int     0x13
        status  "verify has no boundary", 0
        push    ds
        pop     es
        mov     ax, 0x0200
        mov     cx, 0x0101
        mov     dx, 0x0001
        int     0x13
        status  "no sectors", 0x01
        ret

; Sector 700 is cylinder 38, head 1, sector 8.
damage:
        mov     ax, 0x0204
        mov     cx, 0x2606
        mov     dh, 1
        call    drive_b
        status  "bad sector", 0x10
        expect_byte "sectors before it", al, 2
        expect  "the last of them", [DATA + 512], 699
        mov     ah, 1
        mov     dl, 1
        int     0x13
        mov     al, ah
        expect_byte "AH=01h", al, 0x10
        ret

; Afterwards the controller owes nothing, and the next access finds its cylinder again.
reset:
        mov     ah, 0
        mov     dl, 1
        int     0x13
        status  "AH=00h", 0
        mov     al, [fs:0x3E]
        and     al, 0x0F
        expect_byte "no drive calibrated", al, 0
        mov     dx, 0x3F5
        mov     al, 0x08
        out     dx, al
        in      al, dx
        expect_byte "all four senses were taken", al, 0x80
        mov     ax, 0x0201
        mov     cx, 0x1401
        mov     dh, 1
        call    drive_b
        status  "read after it", 0
        expect  "the sector asked for", [DATA], 20 * 18 + 9
        mov     al, [fs:0x3E]
        and     al, 0x02
        expect_byte "B calibrated", al, 2
        ret

; The timer counts 40:40 down and stops the motor; the DOR says so too.
motor:
        mov     byte [fs:0x40], 3
        mov     dx, 0x3F2
        in      al, dx
        and     al, 0x20
        expect_byte "motor of B runs", al, 0x20
        mov     ah, 0
        int     0x1A
        mov     bx, dx
.wait:
        hlt
        mov     ah, 0
        int     0x1A
        sub     dx, bx
        cmp     dx, 4
        jb      .wait
        mov     al, [fs:0x3F]
        and     al, 0x0F
        expect_byte "no motor in 40:3F", al, 0
        mov     dx, 0x3F2
        in      al, dx
        and     al, 0xF0
        expect_byte "no motor in the DOR", al, 0
        ret

table:          times 11 db 0
