; DMA controllers: registers, and channel 2 with the floppy drive as the device, which reads the boot sector (one
; sector, or less when the count ends). The last experiments are those at which peers stop.
%include "chip.inc"

BUFFER_PAGE     equ 2
BUFFER          equ 0x2000                      ; segment
TO_MEMORY       equ 0x46                        ; channel 2, single
FROM_MEMORY     equ 0x4A
VERIFY          equ 0x42
AUTOINIT        equ 0x10
DOWN            equ 0x20

; port, word: low byte, high byte
%macro put_word 2
        outb    %1, (%2) & 0xFF
        outb    %1, (%2) >> 8
%endmacro

; AX = the word at the port.
%macro get_word 1
        in      al, %1
        mov     ah, al
        in      al, %1
        xchg    al, ah
%endmacro

%macro show_word 2
        get_word %2
        show16  %1, ax
%endmacro

; Channel 2: mode, page, address, count.
%macro channel_2 4
        outb    0x0A, 6
        outb    0x0C, 0
        outb    0x0B, %1
        outb    0x81, %2
        put_word 0x04, %3
        put_word 0x05, %4
        in      al, 0x08
        outb    0x0A, 2
%endmacro

%macro show_2 0
        outb    0x0C, 0
        show_word "address=", 0x04
        show_word "count=", 0x05
        in      al, 0x08
        and     al, 0x04
        show8   "TC=", al
        outb    0x0A, 6
%endmacro

guest_start:
        mov     word [reset_hook], reset_dma
        call    flip_flops
        call    registers
        call    pages
        call    requests
        call    floppy_start
        call    transfers
        finish

reset_dma:
        outb    0x0D, 0
        outb    0xDA, 0
        outb    0x08, 0
        outb    0xD0, 0
        outb    0xD6, 0xC0
        outb    0xD4, 0
        ret

; --- The flip-flops ---

flip_flops:
        TRY     "flip-flop orders bytes"
        outb    0x0C, 0
        put_word 0x00, 0x1234
        show_word "word=", 0x00
        TRY     "clearing the flip-flop"
        outb    0x0C, 0
        outb    0x00, 0x11
        outb    0x0C, 0
        put_word 0x00, 0x5678
        show_word "word=", 0x00
        in      al, 0x00
        show8   "low=", al
        outb    0x0C, 0
        in      al, 0x00
        show8   "low again=", al
        TRY     "one flip-flop for all channels, reads and writes"
        outb    0x0C, 0
        put_word 0x00, 0x1122
        put_word 0x03, 0x3344
        in      al, 0x00
        show8   "low=", al
        in      al, 0x03
        show8   "high=", al
        outb    0x00, 0x55
        in      al, 0x00
        show8   "high=", al
        outb    0x0C, 0
        show_word "word=", 0x00
        TRY     "each controller has one"
        outb    0x0C, 0
        outb    0xD8, 0
        put_word 0x00, 0x1122
        put_word 0xC4, 0x3344
        in      al, 0x00
        show8   "low=", al
        in      al, 0xC4
        show8   "low=", al
        in      al, 0x00
        show8   "high=", al
        in      al, 0xC4
        show8   "high=", al
        TRY     "master clear clears it"
        outb    0x0C, 0
        put_word 0x00, 0x1122
        in      al, 0x00
        outb    0x0D, 0
        in      al, 0x00
        show8   "low=", al
        TRY     "other registers leave it"
        outb    0x0C, 0
        put_word 0x00, 0x1122
        in      al, 0x00
        outb    0x0A, 4
        outb    0x0B, 0x40
        in      al, 0x08
        in      al, 0x00
        show8   "high=", al
        ret

; --- Registers ---

registers:
        TRY     "addresses and counts of channels 0-3"
        outb    0x0C, 0
        put_word 0x00, 0x0102
        put_word 0x01, 0x0304
        put_word 0x02, 0x0506
        put_word 0x03, 0x0708
        put_word 0x04, 0x090A
        put_word 0x05, 0x0B0C
        put_word 0x06, 0x0D0E
        put_word 0x07, 0x0F10
        show_word "0=", 0x00
        show_word "", 0x01
        show_word "1=", 0x02
        show_word "", 0x03
        show_word "2=", 0x04
        show_word "", 0x05
        show_word "3=", 0x06
        show_word "", 0x07
        TRY     "addresses and counts of channels 4-7"
        outb    0xD8, 0
        put_word 0xC0, 0x1102
        put_word 0xC2, 0x1304
        put_word 0xC4, 0x1506
        put_word 0xC6, 0x1708
        put_word 0xC8, 0x190A
        put_word 0xCA, 0x1B0C
        put_word 0xCC, 0x1D0E
        put_word 0xCE, 0x1F10
        show_word "4=", 0xC0
        show_word "", 0xC2
        show_word "5=", 0xC4
        show_word "", 0xC6
        show_word "6=", 0xC8
        show_word "", 0xCA
        show_word "7=", 0xCC
        show_word "", 0xCE
        TRY     "master clear keeps addresses and counts"
        outb    0x0C, 0
        put_word 0x02, 0x1234
        put_word 0x03, 0x5678
        outb    0x0D, 0
        show_word "address=", 0x02
        show_word "count=", 0x03
        in      al, 0x08
        and     al, 0x0F
        show8   "TC=", al
        TRY     "the temporary register"
        in      al, 0x0D
        show8   "first=", al
        in      al, 0xDA
        show8   "second=", al
        ret

; --- Page registers ---

pages:
        TRY     "page registers, those of no channel too"
        mov     dx, 0x81
        mov     al, 0x41
.write:
        out     dx, al
        inc     dx
        inc     al
        cmp     dx, 0x90
        jb      .write
        mov     dx, 0x81
.read:
        in      al, dx
        show8   "", al
        inc     dx
        cmp     dx, 0x90
        jb      .read
        ret

; --- Software requests ---

requests:
        TRY     "a software request shows in the status"
        outb    0x0B, 0x41                      ; single: only block mode serves it
        outb    0x09, 5
        in      al, 0x08
        and     al, 0xF0
        show8   "set=", al
        outb    0x09, 1
        in      al, 0x08
        and     al, 0xF0
        show8   "reset=", al
        TRY     "master clear takes it back"
        outb    0x0B, 0x41
        outb    0x09, 5
        outb    0x0D, 0
        in      al, 0x08
        and     al, 0xF0
        show8   "status=", al
        TRY     "software request in block mode, verify"
        outb    0x0C, 0
        outb    0x83, BUFFER_PAGE
        put_word 0x02, 0x1000
        put_word 0x03, 99
        outb    0x0B, 0x81
        outb    0x09, 5
        wait_us 200
        outb    0x0C, 0
        show_word "address=", 0x02
        show_word "count=", 0x03
        in      al, 0x08
        and     al, 0xF2
        show8   "status=", al
        TRY     "software request downwards"
        outb    0x0C, 0
        put_word 0x02, 0x1000
        put_word 0x03, 99
        outb    0x0B, 0xA1
        outb    0x09, 5
        wait_us 200
        outb    0x0C, 0
        show_word "address=", 0x02
        show_word "count=", 0x03
        TRY     "software request with autoinitialisation"
        outb    0x0C, 0
        put_word 0x02, 0x1000
        put_word 0x03, 99
        outb    0x0B, 0x91
        outb    0x09, 5
        wait_us 200
        outb    0x0C, 0
        show_word "address=", 0x02
        show_word "count=", 0x03
        in      al, 0x08
        and     al, 0xF2
        show8   "status=", al
        TRY     "software request while the controller is disabled"
        outb    0x08, 4
        outb    0x0C, 0
        put_word 0x02, 0x1000
        put_word 0x03, 99
        outb    0x0B, 0x81
        outb    0x09, 5
        wait_us 200
        outb    0x0C, 0
        show_word "address=", 0x02
        outb    0x08, 0
        wait_us 200
        outb    0x0C, 0
        show_word "enabled=", 0x02
        TRY     "software request without the cascade"
        outb    0xD4, 4
        outb    0x0C, 0
        put_word 0x02, 0x1000
        put_word 0x03, 99
        outb    0x0B, 0x81
        outb    0x09, 5
        wait_us 200
        outb    0x0C, 0
        show_word "address=", 0x02
        outb    0xD4, 0
        wait_us 200
        outb    0x0C, 0
        show_word "unmasked=", 0x02
        TRY     "software request on channel 5"
        outb    0xD8, 0
        put_word 0xC4, 0x1000
        put_word 0xC6, 99
        outb    0xD6, 0x81
        outb    0xD2, 5
        wait_us 200
        outb    0xD8, 0
        show_word "address=", 0xC4
        show_word "count=", 0xC6
        TRY     "memory to memory is not done"
        mov     ax, BUFFER
        mov     es, ax
        mov     byte [es:0], 0x11
        mov     byte [es:0x100], 0x22
        outb    0x87, BUFFER_PAGE
        outb    0x83, BUFFER_PAGE
        outb    0x08, 1
        outb    0x0C, 0
        put_word 0x00, 0
        put_word 0x01, 15
        put_word 0x02, 0x100
        put_word 0x03, 15
        outb    0x0B, 0x88
        outb    0x0B, 0x85
        outb    0x09, 4
        wait_us 200
        show8   "target=", [es:0x100]
        outb    0x0C, 0
        show_word "address=", 0x00
        in      al, 0x08
        and     al, 0x13
        show8   "status=", al
        ret

; --- The floppy drive ---

floppy_start:
        outb    0x3F2, 0x08
        wait_us 100
        outb    0x3F2, 0x1C
        wait_ms 600
        call    sense
        call    sense
        call    sense
        call    sense
        mov     al, 3
        call    to_floppy
        mov     al, 0xAF
        call    to_floppy
        mov     al, 0x02
        call    to_floppy
        mov     al, 7
        call    to_floppy
        mov     al, 0
        call    to_floppy
        wait_ms 500
        jmp     sense

sense:
        mov     al, 8
        call    to_floppy
        call    from_floppy
        cmp     al, 0x80
        je      .end
        call    from_floppy
.end:
        ret

to_floppy:
        push    ax
        wait_port 0x3F4, 0xC0, 0x80, 1000
        pop     ax
        outb    0x3F5, al
        wait_us 50
        ret

from_floppy:
        wait_port 0x3F4, 0xC0, 0xC0, 1000
        inb     0x3F5
        wait_us 50
        ret

; Reads (AL = E6h), verifies nothing, or writes (C5h) cylinder CL, head 0, sector 1. BL, BH = ST0, ST1.
floppy_run:
        push    ax
        outb    0x3F7, 0
        pop     ax
        call    to_floppy
        mov     al, 0
        call    to_floppy
        mov     al, cl
        call    to_floppy
        mov     al, 0
        call    to_floppy
        mov     al, 1
        call    to_floppy
        mov     al, 2
        call    to_floppy
        mov     al, 1
        call    to_floppy
        mov     al, 0x1B
        call    to_floppy
        mov     al, 0xFF
        call    to_floppy
        call    from_floppy
        mov     bl, al
        call    from_floppy
        mov     bh, al
        mov     cx, 5
.next:
        call    from_floppy
        loop    .next
        ret

%macro read_sector 0
        mov     al, 0xE6
        mov     cl, 0
        call    floppy_run
%endmacro

; Fills the buffer's 64 KB with 77h. ES = its segment.
fill:
        push    ax
        push    cx
        push    di
        mov     ax, BUFFER
        mov     es, ax
        xor     di, di
        mov     cx, 0x8000
        mov     ax, 0x7777
        rep     stosw
        pop     di
        pop     cx
        pop     ax
        ret

; AX = how many bytes from ES:DI upwards are those of the boot sector at SI.
matching:
        push    cx
        push    si
        push    di
        xor     ax, ax
        mov     cx, 512
.next:
        mov     dl, [si]
        cmp     dl, [es:di]
        jne     .end
        inc     si
        inc     di
        inc     ax
        loop    .next
.end:
        pop     di
        pop     si
        pop     cx
        ret

; AX = how many bytes of the buffer are not 77h.
changed:
        push    cx
        push    di
        xor     ax, ax
        xor     di, di
        xor     cx, cx
.next:
        cmp     byte [es:di], 0x77
        je      .same
        inc     ax
.same:
        inc     di
        loop    .next
        pop     di
        pop     cx
        ret

; ST0's interrupt code and ST1.
show_status:
        and     bl, 0xC0
        show8   "st0=", bl
        show8   "st1=", bh
        ret

%macro show_matching 3
        mov     si, 0x7C00 + (%2)
        mov     di, %3
        call    matching
        show16  %1, ax
%endmacro

transfers:
        TRY     "a sector to memory"
        call    fill
        channel_2 TO_MEMORY, BUFFER_PAGE, 0x1000, 511
        read_sector
        call    show_status
        show_2
        show_matching "bytes=", 0, 0x1000
        TRY     "the count ends first"
        call    fill
        channel_2 TO_MEMORY, BUFFER_PAGE, 0x1000, 99
        read_sector
        call    show_status
        show_2
        show_matching "bytes=", 0, 0x1000
        call    changed
        cmp     ax, 101
        setb    al
        show8   "no more=", al
        TRY     "autoinitialisation"
        call    fill
        channel_2 TO_MEMORY | AUTOINIT, BUFFER_PAGE, 0x1000, 511
        read_sector
        show_matching "bytes=", 0, 0x1000
        call    fill
        read_sector
        show_matching "again=", 0, 0x1000
        show_2
        TRY     "downwards"
        call    fill
        channel_2 TO_MEMORY | DOWN, BUFFER_PAGE, 0x11FF, 511
        read_sector
        show_2
        mov     al, [0x7C00]
        cmp     al, [es:0x11FF]
        sete    al
        show8   "first=", al
        mov     al, [0x7DFF]
        cmp     al, [es:0x1000]
        sete    al
        show8   "last=", al
        mov     al, [0x7C80]
        cmp     al, [es:0x117F]
        sete    al
        show8   "between=", al
        TRY     "verify touches no memory"
        call    fill
        channel_2 VERIFY, BUFFER_PAGE, 0x1000, 511
        read_sector
        show_2
        call    changed
        show16  "changed=", ax
        TRY     "a page above the first megabyte"
        call    fill
        channel_2 TO_MEMORY, 0x42, 0x1000, 511
        read_sector
        show_2
        call    changed
        show16  "changed=", ax
        TRY     "beyond the memory"
        channel_2 TO_MEMORY, 0xFF, 0x1000, 511
        read_sector
        call    show_status
        show_2
        TRY     "the address wraps within 64 KB"
        call    fill
        push    es
        mov     ax, BUFFER + 0x1000
        mov     es, ax
        mov     byte [es:0], 0x99
        channel_2 TO_MEMORY, BUFFER_PAGE, 0xFF00, 511
        read_sector
        show8   "next page=", [es:0]
        pop     es
        in      al, 0x81
        show8   "page=", al
        show_2
        show_matching "bytes=", 256, 0
        mov     al, [0x7C00]
        cmp     al, [es:0xFF00]
        sete    al
        show8   "first=", al
        TRY     "the end masks the channel"
        call    fill
        channel_2 TO_MEMORY, BUFFER_PAGE, 0x1000, 511
        read_sector
        outb    0x0C, 0
        put_word 0x04, 0x3000
        put_word 0x05, 511
        read_sector
        show_2
        show_matching "bytes=", 0, 0x3000
        TRY     "a masked channel moves nothing"
        call    fill
        channel_2 TO_MEMORY, BUFFER_PAGE, 0x1000, 511
        outb    0x0A, 6
        read_sector
        call    show_status
        show_2
        call    changed
        show16  "changed=", ax
        TRY     "a disabled controller moves nothing"
        call    fill
        channel_2 TO_MEMORY, BUFFER_PAGE, 0x1000, 511
        outb    0x08, 4
        read_sector
        outb    0x08, 0
        show_2
        call    changed
        show16  "changed=", ax
        TRY     "without the cascade nothing moves"
        call    fill
        channel_2 TO_MEMORY, BUFFER_PAGE, 0x1000, 511
        outb    0xD4, 4
        read_sector
        outb    0xD4, 0
        show_2
        call    changed
        show16  "changed=", ax
        ret
guest_end
