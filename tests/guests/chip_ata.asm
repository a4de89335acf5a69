; The hard disk of the first channel, by its registers (ATA-2): signatures, addresses, blocks, interrupts, errors, the
; commands without data. What a maker chooses (names, buffer sizes, optional commands) is not shown.
%include "chip.inc"

DATA            equ 0x1F0
ERROR           equ 0x1F1
COUNT           equ 0x1F2
SECTOR          equ 0x1F3
LOW             equ 0x1F4
HIGH            equ 0x1F5
SELECT          equ 0x1F6
STATUS          equ 0x1F7
CONTROL         equ 0x3F6

; Count, sector, cylinder low and high, drive and head.
%macro set 5
        outb    COUNT, %1
        outb    SECTOR, %2
        outb    LOW, %3
        outb    HIGH, %4
        outb    SELECT, %5
%endmacro

guest_start:
        mov     word [reset_hook], quiet
        call    resets
        call    absence
        call    identify
        call    reading
        call    translation
        call    writing
        call    multiple
        call    errors
        call    commands
        call    interrupts
        finish

; Ends whatever is under way: SRST, default translation, no interrupt pending.
quiet:
        outb    CONTROL, 6
        wait_us 20
        outb    CONTROL, 0
        wait_port CONTROL, 0x80, 0, 1000
        outb    SELECT, 0xA0
        set     63, 0, 0, 0, 0xAF               ; 16 heads of 63
        outb    STATUS, 0x91
        call    ready
        inb     STATUS
        outb    0xA1, 0xBF
        outb    0x21, 0xFB
        ret

; Waits until the drive is not busy. AL = alternate status.
ready:
        wait_port CONTROL, 0x80, 0, 5000
        ret

; Issues the command and shows the status at its end or first block, without those bits that say how the disk turns.
%macro issue 1
        outb    STATUS, %1
        call    ready
        call    show_status
%endmacro
show_status:
        and     al, ~0x06 & 0xFF                ; corrected data and index mean nothing
        show8   "status=", al
        ret

; Takes the block's first doubleword, forgets the rest of CX sectors. As drivers do, reads the status register first.
take:
        pusha
        inb     STATUS
        mov     dx, DATA
        in      ax, dx
        mov     bx, ax
        in      ax, dx
        shl     eax, 16
        mov     ax, bx
        show32  "data=", eax
        shl     cx, 8
        sub     cx, 2
.next:
        in      ax, dx
        loop    .next
        popa
        ret

; Gives a sector whose words are all AX.
give:
        pusha
        push    ax
        inb     STATUS
        pop     ax
        mov     dx, DATA
        mov     cx, 256
.next:
        out     dx, ax
        loop    .next
        popa
        ret

show_address:
        inb     COUNT
        show8   "count=", al
        inb     SECTOR
        show8   "sector=", al
        inb     LOW
        show8   "low=", al
        inb     HIGH
        show8   "high=", al
        inb     SELECT
        show8   "select=", al
        ret

; --- Resets ---

resets:
        TRY     "soft reset"
        outb    CONTROL, 4
        wait_us 20
        inb     CONTROL
        show8   "in reset=", al
        outb    CONTROL, 0
        call    ready
        call    show_status
        inb     ERROR
        show8   "error=", al
        call    show_address
        irqs_on 4
        show_irqs "irqs="
        TRY     "EXECUTE DEVICE DIAGNOSTIC"
        outb    STATUS, 0x90
        call    ready
        call    show_status
        inb     ERROR
        show8   "error=", al
        call    show_address
        irqs_on 4
        show_irqs "irqs="
        TRY     "registers"
        outb    COUNT, 0x5A
        outb    SECTOR, 0xA5
        outb    LOW, 0x3C
        outb    HIGH, 0xC3
        outb    SELECT, 0xA9
        call    show_address
        ret

; --- What is not there ---

absence:
        TRY     "drive 1"
        outb    SELECT, 0xB0
        inb     STATUS
        show8   "status=", al
        inb     CONTROL
        show8   "alternate=", al
        outb    STATUS, 0xEC
        wait_ms 2
        inb     STATUS
        and     al, 0x89
        show8   "after a command=", al
        irqs_on 4
        show_irqs "irqs="
        TRY     "drive 0 after drive 1"
        outb    SELECT, 0xB0
        inb     STATUS
        outb    SELECT, 0xA0
        inb     STATUS
        call    show_status
        ret

; --- IDENTIFY ---

identify:
        TRY     "IDENTIFY DEVICE"
        issue   0xEC
        irqs_on 4
        show_irqs "irqs="
        mov     dx, DATA
        mov     di, buffer
        mov     cx, 256
        rep     insw
        show16  "cylinders=", [buffer + 1 * 2]
        show16  "heads=", [buffer + 3 * 2]
        show16  "sectors=", [buffer + 6 * 2]
        mov     ax, [buffer + 49 * 2]
        and     ax, 0x0200
        show16  "LBA=", ax
        mov     ax, [buffer + 53 * 2]
        and     ax, 1
        show16  "valid=", ax
        show16  "cylinders now=", [buffer + 54 * 2]
        show16  "heads now=", [buffer + 55 * 2]
        show16  "sectors now=", [buffer + 56 * 2]
        show32  "capacity now=", [buffer + 57 * 2]
        show32  "capacity=", [buffer + 60 * 2]
        call    ready
        call    show_status
        ret

; --- Reading ---

reading:
        TRY     "READ SECTORS by number"
        set     1, 5, 0, 0, 0xE0
        issue   0x20
        mov     cx, 1
        call    take
        call    ready
        call    show_status
        call    show_address
        TRY     "READ SECTORS by cylinder, head, sector"
        set     1, 3, 2, 0, 0xA1
        issue   0x20
        mov     cx, 1
        call    take
        call    ready
        call    show_status
        call    show_address
        TRY     "READ SECTORS, 3 over a track's end"
        set     3, 62, 0, 0, 0xA0
        issue   0x20
        irqs_on 4
        show_irqs "irqs="
        mov     cx, 1
        call    take
        call    ready
        call    show_status
        irqs_on 4
        show_irqs "irqs="
        call    take
        call    ready
        irqs_on 4
        show_irqs "irqs="
        call    take
        call    ready
        call    show_status
        irqs_on 4
        show_irqs "irqs="
        call    show_address
        TRY     "READ SECTORS without retries"
        set     1, 7, 0, 0, 0xE0
        issue   0x21
        mov     cx, 1
        call    take
        TRY     "data port by bytes and doublewords"
        set     1, 9, 0, 0, 0xE0
        issue   0x20
        mov     dx, DATA
        in      eax, dx
        show32  "dword=", eax
        mov     cx, 254
.next:
        in      ax, dx
        loop    .next
        call    ready
        call    show_status
        TRY     "READ VERIFY"
        set     4, 60, 0, 0, 0xE0
        issue   0x40
        call    show_address
        irqs_on 4
        show_irqs "irqs="
        ret

; --- Translation ---

translation:
        TRY     "INITIALIZE DEVICE PARAMETERS"
        set     17, 0, 0, 0, 0xA7
        issue   0x91
        irqs_on 4
        show_irqs "irqs="
        set     1, 2, 1, 0, 0xA3                ; (1 * 8 + 3) * 17 + 1
        issue   0x20
        mov     cx, 1
        call    take
        TRY     "... and IDENTIFY"
        set     17, 0, 0, 0, 0xA7
        issue   0x91
        issue   0xEC
        mov     dx, DATA
        mov     di, buffer
        mov     cx, 256
        rep     insw
        show16  "cylinders=", [buffer + 1 * 2]
        show16  "heads now=", [buffer + 55 * 2]
        show16  "sectors now=", [buffer + 56 * 2]
        TRY     "SEEK"
        set     0, 1, 7, 0, 0xA0
        issue   0x70
        irqs_on 4
        show_irqs "irqs="
        TRY     "RECALIBRATE"
        issue   0x10
        irqs_on 4
        show_irqs "irqs="
        ret

; --- Writing ---

writing:
        TRY     "WRITE SECTORS"
        set     2, 0xD0, 7, 0, 0xE0
        outb    STATUS, 0x30
        call    ready
        call    show_status
        irqs_on 4
        show_irqs "irqs="
        mov     ax, 0x1234
        call    give
        call    ready
        call    show_status
        irqs_on 4
        show_irqs "irqs="
        mov     ax, 0x5678
        call    give
        call    ready
        call    show_status
        irqs_on 4
        show_irqs "irqs="
        call    show_address
        TRY     "... and what is there then"
        set     3, 0xCF, 7, 0, 0xE0
        issue   0x20
        mov     cx, 1
        call    take
        call    ready
        call    take
        call    ready
        call    take
        TRY     "FLUSH CACHE"
        issue   0xE7
        irqs_on 4
        show_irqs "irqs="
        ret

; --- MULTIPLE ---

multiple:
        TRY     "SET MULTIPLE MODE 8, READ MULTIPLE 12"
        outb    COUNT, 8
        issue   0xC6
        irqs_on 4
        show_irqs "irqs="
        set     12, 100, 0, 0, 0xE0
        issue   0xC4
        mov     cx, 8
        call    take
        call    ready
        call    show_status
        irqs_on 4
        show_irqs "irqs="
        mov     cx, 4
        call    take
        call    ready
        call    show_status
        irqs_on 4
        show_irqs "irqs="
        TRY     "WRITE MULTIPLE 3"
        outb    COUNT, 2
        issue   0xC6
        set     3, 0xE0, 7, 0, 0xE0
        outb    STATUS, 0xC5
        call    ready
        call    show_status
        mov     ax, 0x1111
        call    give
        mov     ax, 0x2222
        call    give
        call    ready
        call    show_status
        mov     ax, 0x3333
        call    give
        call    ready
        call    show_status
        irqs_on 4
        show_irqs "irqs="
        TRY     "SET MULTIPLE MODE 3"
        outb    COUNT, 3
        issue   0xC6
        inb     ERROR
        show8   "error=", al
        ret

; --- Errors ---

errors:
        TRY     "sector 0 of a track"
        set     1, 0, 0, 0, 0xA0
        issue   0x20
        inb     ERROR
        show8   "error=", al
        irqs_on 4
        show_irqs "irqs="
        TRY     "sector 64 of a track"
        set     1, 64, 0, 0, 0xA0
        issue   0x20
        inb     ERROR
        show8   "error=", al
        TRY     "behind the last sector"
        set     1, 0xC0, 0x4E, 0, 0xE0          ; 20 * 16 * 63
        issue   0x20
        inb     ERROR
        show8   "error=", al
        TRY     "over the last sector"
        set     2, 0xBF, 0x4E, 0, 0xE0
        issue   0x20
        mov     cx, 1
        call    take
        call    ready
        call    show_status
        inb     ERROR
        show8   "error=", al
        call    show_address
        TRY     "error bits go with the next command"
        set     1, 0, 0, 0, 0xA0
        issue   0x20
        set     1, 1, 0, 0, 0xA0
        issue   0x40
        inb     ERROR
        show8   "error=", al
        TRY     "commands that are none"
        issue   0x55
        inb     ERROR
        show8   "error=", al
        issue   0xFF
        inb     ERROR
        show8   "error=", al
        irqs_on 4
        show_irqs "irqs="
        TRY     "PACKET commands"
        issue   0xA1
        inb     ERROR
        show8   "error=", al
        issue   0x08
        inb     ERROR
        show8   "error=", al
        ret

; --- Commands without data ---

commands:
        TRY     "power"
        issue   0xE5
        inb     COUNT
        show8   "count=", al
        issue   0xE0
        issue   0xE5
        inb     COUNT
        show8   "count=", al
        issue   0xE1
        issue   0xE5
        inb     COUNT
        show8   "count=", al
        TRY     "power by the old codes"
        issue   0x94
        issue   0x98
        inb     COUNT
        show8   "count=", al
        issue   0x95
        issue   0x98
        inb     COUNT
        show8   "count=", al
        TRY     "SET FEATURES"
        outb    ERROR, 0x02
        issue   0xEF
        outb    ERROR, 0x82
        issue   0xEF
        outb    ERROR, 0x66
        issue   0xEF
        outb    ERROR, 0x03
        outb    COUNT, 0x08
        issue   0xEF
        outb    ERROR, 0x77
        issue   0xEF
        inb     ERROR
        show8   "error=", al
        ret

; --- Interrupts ---

interrupts:
        TRY     "the status register takes the interrupt back"
        issue   0x10
        outb    0xA0, 0x0A
        in      al, 0xA0
        and     al, 0x40
        show8   "irr=", al
        inb     CONTROL
        in      al, 0xA0
        and     al, 0x40
        show8   "after alternate=", al
        inb     STATUS
        in      al, 0xA0
        and     al, 0x40
        show8   "after status=", al
        irqs_on 4
        show_irqs "irqs="
        TRY     "a command takes it back too"
        issue   0x10
        set     1, 5, 0, 0, 0xE0
        outb    0xA0, 0x0A
        outb    STATUS, 0x30                    ; asks for data without an interrupt
        call    ready
        in      al, 0xA0
        and     al, 0x40
        show8   "irr=", al
        TRY     "nIEN"
        outb    CONTROL, 2
        issue   0x10
        irqs_on 4
        show_irqs "irqs="
        outb    CONTROL, 0
        irqs_on 4
        show_irqs "then="
        TRY     "interrupt of the drive that is not selected"
        issue   0x10
        outb    0xA0, 0x0A
        outb    SELECT, 0xB0
        in      al, 0xA0
        and     al, 0x40
        show8   "irr=", al
        outb    SELECT, 0xA0
        inb     STATUS
        TRY     "WRITE BUFFER, READ BUFFER"
        issue   0xE8
        test    al, 0x08
        jz      .refused
        mov     ax, 0x4242
        call    give
        call    ready
        call    show_status
        issue   0xE4
.refused:
        ret

buffer          equ 0xFA00 - 512

guest_end
