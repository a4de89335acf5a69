; INT 13h. Runs from a 1.44 MB floppy in drive A and needs a hard disk of at least 1 MB, whose contents it destroys.

%include "bios_guest.inc"

DATA                    equ 0xE000      ; 8 KB
PATTERN                 equ 0xDC00

guest_main:
        call    floppy_kind
        call    floppy_reading
        call    floppy_writing
        call    floppy_errors
        call    floppy_table
        call    floppy_motor
        call    disk_kind
        call    disk_reading
        call    disk_buffers
        call    disk_errors
        call    disk_others
        call    extensions
        ret

; Status in AH as a word to compare: service "name", status, carry.
%macro status 2
        pushf
        mov     [seen_ax], ax
        popf
        expect_carry %1, (%2 != 0)
        expect_byte %1, [seen_ax + 1], %2
        mov     ax, [seen_ax]
%endmacro
seen_ax:        dw      0

floppy_kind:
        mov     ax, 0x1500
        mov     dl, 0
        int     0x13
        expect_carry "floppy AH=15h", 0
        mov     al, ah
        expect_byte "change line", al, 2
        mov     ax, 0x1500
        mov     dl, 1
        int     0x13
        mov     al, ah
        expect_byte "no drive B", al, 0
        mov     ax, 0x0800
        mov     dl, 0
        int     0x13
        status  "floppy AH=08h", 0
        expect_byte "type", bl, 4
        expect  "cylinders and sectors", cx, 0x4F12
        expect  "heads and drives", dx, 0x0101
        expect_byte "its table", [es:di + 4], 18
        mov     ax, 0x0800
        mov     dl, 1
        int     0x13
        expect_carry "AH=08h for no drive", 0
        expect  "no cylinders", cx, 0
        expect_byte "drives", dl, 1
        push    ds
        pop     es
        ret

; Tries again once: the disk may be "changed".
floppy_call:
        mov     [.ax], ax
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

floppy_reading:
        mov     ax, 0x0201
        mov     bx, DATA
        mov     cx, 0x0001
        mov     dx, 0x0000
        call    floppy_call
        status  "read", 0
        expect_byte "sectors read", al, 1
        expect  "boot sector", [DATA + 510], 0xAA55
        mov     ax, 0x0210              ; over the end of the first side
        mov     bx, DATA
        mov     cx, 0x0005
        int     0x13
        status  "read over two heads", 0
        mov     si, 0x7C00 + 4 * 512
        mov     di, DATA
        mov     cx, 16 * 256
        repe    cmpsw
        setz    al
        expect_byte "both sides' data", al, 1
        mov     ax, 0x0412
        mov     cx, 0x0001
        mov     bx, 0xFFFF              ; needs no buffer
        int     0x13
        status  "verify", 0
        mov     ax, 0x0201
        mov     bx, DATA
        mov     cx, 0x4F12
        mov     dx, 0x0100
        int     0x13
        status  "last sector", 0
        ret

floppy_writing:
        mov     di, PATTERN
        mov     cx, 256
        mov     ax, 0x5AA5
        rep     stosw
        mov     ax, 0x0301
        mov     bx, PATTERN
        mov     cx, 0x2803
        mov     dx, 0x0100
        int     0x13
        status  "write", 0
        mov     ax, 0x0201
        mov     bx, DATA
        mov     cx, 0x2803
        int     0x13
        expect  "what was written", [DATA], 0x5AA5
        mov     di, PATTERN             ; C, H, R, N of 18 sectors
        mov     cx, 18
        mov     al, 1
.id:
        mov     byte [di], 0x28
        mov     byte [di + 1], 1
        mov     [di + 2], al
        mov     byte [di + 3], 2
        add     di, 4
        inc     al
        loop    .id
        mov     ax, 0x1800
        mov     cx, 0x4F12
        mov     dx, 0x0100
        int     0x13
        status  "AH=18h", 0
        mov     ax, es
        expect  "AH=18h table", ax, 0xF000
        push    ds
        pop     es
        mov     ax, 0x0512
        mov     bx, PATTERN
        mov     cx, 0x2801
        mov     dx, 0x0100
        int     0x13
        status  "format", 0
        mov     ax, 0x0201
        mov     bx, DATA
        mov     cx, 0x2803
        int     0x13
        status  "read formatted", 0
        expect  "filler", [DATA], 0xF6F6
        mov     ax, 0x1800
        mov     cx, 0x4F0B
        mov     dx, 0
        int     0x13
        status  "AH=18h unknown format", 0x0C
        push    ds
        pop     es
        ret

floppy_errors:
        mov     ax, 0x1000
        mov     es, ax
        mov     ax, 0x0202
        mov     bx, 0xFE00 + 0x100
        mov     cx, 0x0001
        mov     dx, 0
        int     0x13
        status  "64 KB boundary", 0x09
        expect_byte "nothing read", al, 0
        push    ds
        pop     es
        mov     ah, 0x01
        mov     dl, 0
        int     0x13
        mov     al, ah
        expect_byte "AH=01h", al, 0x09
        mov     ax, 0x0201
        mov     bx, DATA
        mov     cx, 0x0013              ; sector 19
        mov     dx, 0
        int     0x13
        status  "no such sector", 0x04
        mov     ax, 0x0201
        mov     cx, 0x0001
        mov     dx, 0x0001
        int     0x13
        status  "no such drive", 0x01
        mov     ah, 0x20
        mov     dl, 0
        int     0x13
        status  "no such function", 0x01
        mov     ah, 0
        mov     dl, 0
        int     0x13
        status  "reset", 0
        ret

; The table at INT 1Eh counts: with 128-byte sectors a read of two sectors asks for 256 bytes, and finds none such.
floppy_table:
        push    ds
        mov     ax, 0xF000
        mov     ds, ax
        mov     si, 0xEFC7
        mov     di, .table
        mov     cx, 11
        rep     movsb
        pop     ds
        mov     word [0x1E * 4], .table
        mov     word [0x1E * 4 + 2], 0
        mov     byte [.table + 3], 0
        mov     ax, 0x0201
        mov     bx, DATA
        mov     cx, 0x0001
        mov     dx, 0
        int     0x13
        setc    al
        expect_byte "sector size of the table", al, 1
        mov     word [0x1E * 4], 0xEFC7
        mov     word [0x1E * 4 + 2], 0xF000
        mov     ah, 0
        mov     dl, 0
        int     0x13
        mov     ax, 0x0201
        mov     bx, DATA
        mov     cx, 0x0001
        mov     dx, 0
        int     0x13
        status  "our table again", 0
        ret
.table:         times 11 db 0

; The motor runs after a read, and the timer stops it.
floppy_motor:
        mov     ax, 0x40
        mov     fs, ax
        mov     al, [fs:0x3F]
        and     al, 1
        expect_byte "motor on", al, 1
        expect_byte "calibrated", [fs:0x3E], 1
        mov     cx, 60
.wait:
        hlt
        test    byte [fs:0x3F], 1
        jz      .stopped
        loop    .wait
.stopped:
        mov     al, [fs:0x3F]
        and     al, 0x0F
        expect_byte "motor off", al, 0
        ret

disk_kind:
        mov     ax, 0x0800
        mov     dl, 0x80
        int     0x13
        status  "disk AH=08h", 0
        expect_byte "one disk", dl, 1
        mov     [heads], dh
        inc     byte [heads]
        mov     al, cl
        and     al, 0x3F
        mov     [sectors], al
        mov     al, cl
        shr     al, 6
        mov     ah, al
        mov     al, ch
        inc     ax
        mov     [cylinders], ax
        mov     ax, 0x1500
        mov     dl, 0x80
        int     0x13
        expect_carry "disk AH=15h", 0
        mov     bx, dx
        mov     al, ah
        expect_byte "hard disk", al, 3
        mov     ax, [cylinders]
        movzx   si, byte [heads]
        mul     si
        movzx   si, byte [sectors]
        mul     si
        expect  "its sectors", bx, ax
        push    ds
        pop     es
        ret
heads:          db      0
sectors:        db      0
cylinders:      dw      0

; Writes sectors that say their number, through cylinder, head and sector; reads them by number.
disk_reading:
        mov     bp, 1                   ; sector number less one on head 1
.write:
        mov     di, PATTERN
        mov     ax, bp
        mov     cx, 256
        rep     stosw
        mov     ax, 0x0301
        mov     bx, PATTERN
        mov     cx, bp
        mov     dx, 0x0180
        int     0x13
        jc      .failed
        inc     bp
        cmp     bp, 8
        jbe     .write
.failed:
        status  "disk write", 0
        mov     byte [packet.count], 8
        movzx   eax, byte [sectors]
        mov     [packet.lba], eax
        mov     word [packet.offset], DATA
        mov     ah, 0x42
        mov     dl, 0x80
        mov     si, packet
        int     0x13
        status  "disk read by number", 0
        expect  "first sector", [DATA], 1
        expect  "last sector", [DATA + 7 * 512 + 510], 8
        mov     ax, 0x0208
        mov     bx, DATA
        mov     cx, 0x0001
        mov     dx, 0x0180
        int     0x13
        status  "disk read", 0
        expect_byte "sectors read", al, 8
        expect  "last sector by place", [DATA + 7 * 512 + 510], 8
        mov     ax, 0x0201              ; a drive without translation is told the place as it was given: drivers that
        mov     bx, DATA                ; watch the BIOS at work know no other way
        mov     cx, 0x0305
        mov     dx, 0x0280
        int     0x13
        mov     dx, 0x1F6
        in      al, dx
        expect_byte "the drive's head register: by place", al, 0xA2
        dec     dx
        in      al, dx
        mov     ah, al
        dec     dx
        in      al, dx
        expect  "the drive's cylinder registers", ax, 3
        dec     dx
        in      al, dx
        expect_byte "the drive's sector register", al, 5
        mov     ax, 0x0408
        mov     cx, 0x0001
        mov     dx, 0x0180
        int     0x13
        status  "disk verify", 0
        ret

; A transfer may cross a 64 KB boundary and the end of its segment, and may lie above 1 MB.
disk_buffers:
        mov     ax, 0x1000
        mov     es, ax
        mov     ax, 0x0204
        mov     bx, 0xFD00
        mov     cx, 0x0001
        mov     dx, 0x0180
        int     0x13
        status  "past the segment", 0
        mov     ax, 0x2000
        mov     es, ax
        expect  "across the end", [es:0x00FE], 2
        expect  "fourth sector", [es:0x0400], 4
        mov     ax, 0x1000
        mov     es, ax
        mov     ax, 0x0204
        mov     bx, 0xFC00
        mov     cx, 0x0001
        mov     dx, 0x0180
        int     0x13
        status  "up to the segment's end and on", 0
        mov     ax, 0x2000
        mov     es, ax
        expect  "third sector", [es:0x0000], 3
        mov     ax, 0x2401
        int     0x15
        mov     ax, 0xFFFF
        mov     es, ax
        mov     ax, 0x0202
        mov     bx, 0xFC00
        mov     cx, 0x0001
        mov     dx, 0x0180
        int     0x13
        status  "above 1 MB", 0
        expect  "in the HMA", [es:0xFFFE], 2
        mov     ax, 0x2400
        int     0x15
        push    ds
        pop     es
        ret

disk_errors:
        mov     ax, 0x0201
        mov     bx, DATA
        mov     cx, 0x0000
        mov     dx, 0x0080
        int     0x13
        status  "sector 0", 0x04
        mov     ax, 0x0201
        mov     cx, 0x0001
        mov     dh, [heads]
        mov     dl, 0x80
        int     0x13
        status  "head out of range", 0x04
        mov     ah, 0x01
        mov     dl, 0x80
        int     0x13
        expect_byte "disk AH=01h", al, 0x04
        mov     ax, 0x0200
        mov     cx, 0x0001
        mov     dx, 0x0080
        int     0x13
        status  "no sectors", 0x01
        mov     ax, 0x0201
        mov     dx, 0x0081
        int     0x13
        status  "second disk", 0x01
        mov     ax, 0x0800
        mov     dx, 0x0081
        int     0x13
        status  "second disk AH=08h", 0x07
        mov     ax, 0x1500
        mov     dx, 0x0081
        int     0x13
        expect_carry "second disk AH=15h", 0
        mov     al, ah
        expect_byte "second disk is none", al, 0
        mov     ah, 0x20
        mov     dl, 0x80
        int     0x13
        status  "no such disk function", 0x01
        ret

disk_others:
        mov     ah, 0x00
        mov     dl, 0x80
        int     0x13
        status  "AH=00h", 0
        mov     ah, 0x09
        int     0x13
        status  "AH=09h", 0
        mov     ah, 0x0C
        mov     cx, 0x0101
        mov     dx, 0x0080
        int     0x13
        status  "AH=0Ch", 0
        mov     ah, 0x0D
        int     0x13
        status  "AH=0Dh", 0
        mov     ah, 0x10
        int     0x13
        status  "AH=10h", 0
        mov     ah, 0x11
        int     0x13
        status  "AH=11h", 0
        mov     ah, 0x14
        int     0x13
        status  "AH=14h", 0
        les     bx, [0x41 * 4]
        mov     ax, [cylinders]
        expect  "INT 41h cylinders", [es:bx], ax
        mov     al, [sectors]
        mov     ah, 0
        expect_byte "INT 41h sectors", [es:bx + 14], ax
        mov     ax, 0x40
        mov     fs, ax
        expect_byte "40:75", [fs:0x75], 1
        push    ds
        pop     es
        ret

packet:         db      16, 0
.count:         dw      1
.offset:        dw      DATA
.segment:       dw      0
.lba:           dd      0, 0

extensions:
        mov     ah, 0x41
        mov     bx, 0x55AA
        mov     dl, 0x80
        int     0x13
        expect_carry "AH=41h", 0
        expect  "signature", bx, 0xAA55
        expect  "subsets", cx, 1
        mov     ah, 0x41
        mov     bx, 0x1234
        int     0x13
        expect_carry "AH=41h without the signature", 1
        mov     byte [packet.count], 1
        mov     dword [packet.lba], 100
        mov     word [packet.offset], PATTERN
        mov     di, PATTERN
        mov     ax, 0x7777
        mov     cx, 256
        rep     stosw
        mov     si, packet
        mov     ax, 0x4300
        int     0x13
        status  "AH=43h", 0
        mov     ah, 0x44
        int     0x13
        status  "AH=44h", 0
        mov     ah, 0x47
        int     0x13
        status  "AH=47h", 0
        mov     word [packet.offset], DATA
        mov     ah, 0x42
        int     0x13
        status  "AH=42h", 0
        expect  "what AH=43h wrote", [DATA + 510], 0x7777
        mov     byte [packet], 15
        mov     ah, 0x42
        int     0x13
        status  "packet too short", 0x01
        mov     byte [packet], 16
        mov     word [.buffer], 26
        mov     si, .buffer
        mov     ah, 0x48
        int     0x13
        status  "AH=48h", 0
        expect  "AH=48h sector size", [.buffer + 24], 512
        mov     eax, [.buffer + 16]
        mov     [packet.lba], eax
        mov     si, packet
        mov     ah, 0x42
        int     0x13
        status  "sector after the last", 0x04
        expect  "nothing transferred", [packet.count], 0
        mov     word [packet.count], 1
        dec     dword [packet.lba]
        mov     ah, 0x42
        int     0x13
        status  "last sector", 0
        mov     ah, 0x42
        mov     dl, 0
        int     0x13
        expect_carry "not for floppies", 1
        mov     ah, 0x49
        mov     dl, 0x80
        int     0x13
        status  "AH=49h", 0x01
        ret
.buffer:        times 32 db 0

        guest_end
