; Floppy controller. The disk is the one the guest came from: cylinders 40 and up are free. Drive B is not there.
%include "chip.inc"

DOR             equ 0x3F2
TDR             equ 0x3F3
MSR             equ 0x3F4
DSR             equ 0x3F4
FIFO            equ 0x3F5
DIR             equ 0x3F7
CCR             equ 0x3F7
MOTOR_A         equ 0x1C                ; DOR: motor and select of A, interrupt and DMA on, not in reset
BUFFER_SEGMENT  equ 0x1000

; Gives the chip a command, byte by byte.
%macro command 1-*
        call    command_inline
        db      %0
%rep %0
        db      %1
%rotate 1
%endrep
%endmacro

; Waits for the command's interrupt and writes the bytes of its result.
%macro outcome 0
        call    show_outcome
%endmacro

; DMA channel 2: mode, bytes, from the buffer's start. 46h to memory, 4Ah from it, 42h verifies.
%macro dma 2
        mov     al, %1
        mov     cx, (%2) - 1
        call    start_dma
%endmacro

%macro EXPERIMENT 1
        TRY     %1
        push    BUFFER_SEGMENT
        pop     es
%endmacro

; SENSE INTERRUPT, and its result.
%macro sense 0
        command 0x08
        call    show_result
%endmacro

guest_start:
        mov     word [reset_hook], fresh
        call    resets
        call    registers
        call    simple
        call    settings
        call    seeks
        call    reading
        call    reading_fails
        call    writing
        call    deleted
        call    formatting
        call    comparing
        call    polled
        call    missing
        call    sizes
        finish

; --- Reset ---

resets:
        EXPERIMENT "held in reset"
        outb    DOR, 0x18
        wait_us 5000
        inb     MSR
        show8   "msr=", al
        call    let_irq
        show_irqs "irqs="
        outb    DOR, MOTOR_A
        call    await
        show_irqs "after="
        inb     MSR
        show8   "msr=", al
        call    four_senses
        sense

        EXPERIMENT "four senses, each counted down"
        outb    DOR, 0x18
        outb    DOR, MOTOR_A
        call    await
        sense
        sense
        command 0x10
        call    show_result
        sense
        sense
        sense

        EXPERIMENT "reset by the DSR"
        outb    DSR, 0x80
        call    await
        show_irqs "irqs="
        call    four_senses
        sense

        EXPERIMENT "no interrupt where the gate is closed"
        outb    DOR, 0x10
        outb    DOR, 0x14
        wait_us 5000
        call    let_irq
        show_irqs "irqs="
        outb    DOR, 0x1C
        wait_us 5000
        call    let_irq
        show_irqs "opened="

        EXPERIMENT "a reset in a command"
        command 0x46, 0, 0
        inb     MSR
        show8   "msr=", al
        outb    DSR, 0x80
        call    await
        inb     MSR
        show8   "msr=", al
        call    four_senses
        ret

; --- Registers ---

registers:
        EXPERIMENT "registers at rest"
        inb     0x3F0
        show8   "3f0=", al
        inb     0x3F1
        show8   "3f1=", al
        inb     DOR
        show8   "dor=", al
        inb     TDR
        show8   "tdr=", al
        inb     MSR
        show8   "msr=", al
        inb     FIFO
        show8   "fifo=", al
        inb     0x3F6
        inb     DIR
        and     al, 0x80
        show8   "dir=", al

        EXPERIMENT "DOR reads back"
        outb    DOR, 0x0D
        inb     DOR
        show8   "dor=", al
        outb    DOR, 0x3C
        inb     DOR
        show8   "dor=", al

        EXPERIMENT "tape drive register"
        outb    TDR, 0x02
        inb     TDR
        and     al, 3
        show8   "tdr=", al

        EXPERIMENT "MSR in a command"
        outb    FIFO, 0x0F
        inb     MSR
        show8   "msr=", al
        outb    FIFO, 0x00
        inb     MSR
        show8   "msr=", al
        outb    FIFO, 0x03
        call    await
        inb     MSR
        show8   "msr=", al
        sense

        EXPERIMENT "MSR with a result"
        command 0x10
        inb     MSR
        show8   "msr=", al
        inb     FIFO
        show8   "byte=", al
        inb     MSR
        show8   "msr=", al
        ret

; --- Commands without a disk ---

%macro alone 1
        command %1
        call    show_result
%endmacro

simple:
        EXPERIMENT "VERSION"
        alone   0x10
        EXPERIMENT "PART ID, SAVE, unknown codes"
        alone   0x18
        alone   0x2E
        alone   0x01
        alone   0x0B
        alone   0x1F
        alone   0x33
        EXPERIMENT "SENSE INTERRUPT with nothing to tell"
        sense
        inb     MSR
        show8   "msr=", al
        EXPERIMENT "SENSE DRIVE A"
        command 0x04, 0
        call    show_result
        command 0x04, 4
        call    show_result
        EXPERIMENT "SENSE DRIVE B"
        command 0x04, 1
        call    show_result
        EXPERIMENT "no interrupt from simple commands"
        command 0x10
        call    show_result
        command 0x04, 0
        call    show_result
        command 0x0E
        call    show_result
        call    let_irq
        show_irqs "irqs="
        ret

settings:
        EXPERIMENT "DUMPREG after reset"
        alone   0x0E
        EXPERIMENT "SPECIFY"
        command 0x03, 0xA1, 0x46
        alone   0x0E
        EXPERIMENT "CONFIGURE"
        command 0x13, 0, 0x57, 0x12
        alone   0x0E
        outb    DSR, 0x80
        call    await
        call    drop_senses
        alone   0x0E
        EXPERIMENT "LOCK"
        alone   0x94
        command 0x13, 0, 0x57, 0x12
        outb    DSR, 0x80
        call    await
        call    drop_senses
        alone   0x0E
        alone   0x14
        outb    DSR, 0x80
        call    await
        call    drop_senses
        alone   0x0E
        EXPERIMENT "PERPENDICULAR"
        command 0x12, 0x97
        alone   0x0E
        command 0x12, 0x29
        alone   0x0E
        outb    DSR, 0x80
        call    await
        call    drop_senses
        alone   0x0E
        command 0x12, 0x80
        ret

; --- Seeks ---

seeks:
        EXPERIMENT "SEEK"
        command 0x0F, 0, 10
        call    await
        show_irqs "irqs="
        sense
        command 0x04, 0
        call    show_result
        sense
        EXPERIMENT "SEEK with head 1"
        command 0x0F, 4, 3
        call    await
        sense
        EXPERIMENT "SEEK to where it is"
        command 0x0F, 0, 0
        call    await
        show_irqs "irqs="
        sense
        EXPERIMENT "RECALIBRATE"
        command 0x0F, 0, 20
        call    await
        sense
        command 0x07, 0
        call    await
        show_irqs "irqs="
        sense
        command 0x04, 0
        call    show_result
        EXPERIMENT "RECALIBRATE without a drive"
        outb    DOR, 0x2D
        command 0x07, 1
        call    await
        sense
        EXPERIMENT "RELATIVE SEEK"
        command 0x0F, 0, 20
        call    await
        sense
        command 0xCF, 0, 7
        call    await
        sense
        command 0x8F, 0, 9
        call    await
        sense
        EXPERIMENT "implied seek"
        command 0x13, 0, 0x60, 0
        dma     0x46, 512
        command 0x46, 0, 40, 0, 1, 2, 18, 0x1B, 0xFF
        outcome
        alone   0x0E
        ret

; --- Reading ---

reading:
        EXPERIMENT "READ one sector"
        dma     0x46, 512
        command 0x46, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF
        outcome
        call    show_dma
        mov     ax, [es:510]
        show16  "signature=", ax
        EXPERIMENT "READ to the end of the track"
        dma     0x46, 3 * 512
        command 0x46, 0, 0, 0, 16, 2, 18, 0x1B, 0xFF
        outcome
        call    show_dma
        EXPERIMENT "READ over the end of the track"
        dma     0x46, 5 * 512
        command 0x46, 0, 0, 0, 16, 2, 18, 0x1B, 0xFF
        outcome
        call    show_dma
        EXPERIMENT "READ both heads"
        dma     0x46, 5 * 512
        command 0xC6, 0, 0, 0, 16, 2, 18, 0x1B, 0xFF
        outcome
        call    show_dma
        EXPERIMENT "READ part of a sector"
        dma     0x46, 100
        command 0x46, 0, 0, 0, 3, 2, 18, 0x1B, 0xFF
        outcome
        call    show_dma
        EXPERIMENT "READ at head 1"
        dma     0x46, 1024
        command 0x46, 4, 0, 1, 17, 2, 18, 0x1B, 0xFF
        outcome
        EXPERIMENT "READ ID"
        command 0x4A, 0
        call    show_outcome_cylinder
        command 0x4A, 4
        call    show_outcome_cylinder
        EXPERIMENT "READ TRACK"
        dma     0x46, 18 * 512
        command 0x42, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF
        outcome
        call    show_dma
        EXPERIMENT "VERIFY"
        command 0x56, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF
        outcome
        EXPERIMENT "VERIFY with a count"
        command 0x56, 0x80, 0, 0, 3, 2, 18, 0x1B, 4
        outcome
        ret

reading_fails:
        EXPERIMENT "READ a sector that is not there"
        dma     0x46, 512
        command 0x46, 0, 0, 0, 19, 2, 19, 0x1B, 0xFF
        outcome
        call    show_dma
        EXPERIMENT "READ another cylinder"
        dma     0x46, 512
        command 0x46, 0, 5, 0, 1, 2, 18, 0x1B, 0xFF
        outcome
        EXPERIMENT "READ with another H"
        dma     0x46, 512
        command 0x46, 0, 0, 1, 1, 2, 18, 0x1B, 0xFF
        outcome
        EXPERIMENT "READ at 250 kbit/s"
        outb    CCR, 2
        dma     0x46, 512
        command 0x46, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF
        outcome
        EXPERIMENT "READ in FM"
        dma     0x46, 512
        command 0x06, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF
        outcome
        ret

; --- Writing ---

writing:
        EXPERIMENT "WRITE and READ back"
        call    to_40
        mov     al, 0xA7
        call    fill
        dma     0x4A, 2 * 512
        command 0x45, 0, 40, 0, 5, 2, 18, 0x1B, 0xFF
        outcome
        call    show_dma
        mov     al, 0
        call    fill
        dma     0x46, 4 * 512
        command 0x46, 0, 40, 0, 4, 2, 18, 0x1B, 0xFF
        outcome
        mov     ax, [es:511]
        show16  "begins=", ax
        mov     ax, [es:3 * 512 - 1]
        show16  "ends=", ax
        EXPERIMENT "WRITE part of a sector"
        call    to_40
        mov     al, 0x66
        call    fill
        dma     0x4A, 100
        command 0x45, 0, 40, 0, 9, 2, 18, 0x1B, 0xFF
        outcome
        dma     0x46, 512
        command 0x46, 0, 40, 0, 9, 2, 18, 0x1B, 0xFF
        outcome
        mov     ax, [es:99]
        show16  "at=", ax
        EXPERIMENT "WRITE a sector that is not there"
        call    to_40
        dma     0x4A, 512
        command 0x45, 0, 40, 0, 20, 2, 20, 0x1B, 0xFF
        outcome
        ret

deleted:
        EXPERIMENT "WRITE DELETED, then READ"
        call    to_40
        mov     al, 0x3C
        call    fill
        dma     0x4A, 512
        command 0x49, 0, 40, 0, 2, 2, 18, 0x1B, 0xFF
        outcome
        dma     0x46, 3 * 512
        command 0x46, 0, 40, 0, 1, 2, 18, 0x1B, 0xFF
        outcome
        call    show_dma
        EXPERIMENT "READ that skips"
        call    to_40
        dma     0x46, 2 * 512
        command 0x66, 0, 40, 0, 1, 2, 18, 0x1B, 0xFF
        outcome
        call    show_dma
        EXPERIMENT "READ DELETED"
        call    to_40
        dma     0x46, 512
        command 0x4C, 0, 40, 0, 2, 2, 18, 0x1B, 0xFF
        outcome
        dma     0x46, 512
        command 0x6C, 0, 40, 0, 1, 2, 18, 0x1B, 0xFF
        outcome
        call    show_dma
        dma     0x46, 512
        command 0x4C, 0, 40, 0, 1, 2, 18, 0x1B, 0xFF
        outcome
        ret

formatting:
        EXPERIMENT "FORMAT and READ"
        call    to_40
        xor     di, di
        mov     cl, 1
.id:
        mov     byte [es:di], 40
        mov     byte [es:di + 1], 1
        mov     [es:di + 2], cl
        mov     byte [es:di + 3], 2
        add     di, 4
        inc     cl
        cmp     cl, 18
        jbe     .id
        dma     0x4A, 72
        command 0x4D, 4, 2, 18, 0x54, 0xE5
        call    show_status
        dma     0x46, 512
        command 0x46, 4, 40, 1, 18, 2, 18, 0x1B, 0xFF
        outcome
        mov     ax, [es:256]
        show16  "filler=", ax
        ret

comparing:
        EXPERIMENT "SCAN EQUAL"
        call    to_40
        mov     al, 0xE5
        call    fill
        dma     0x4A, 512
        command 0x51, 4, 40, 1, 3, 2, 3, 0x1B, 1
        outcome
        EXPERIMENT "SCAN EQUAL that misses"
        call    to_40
        mov     al, 0xE4
        call    fill
        dma     0x4A, 512
        command 0x51, 4, 40, 1, 3, 2, 3, 0x1B, 1
        outcome
        EXPERIMENT "SCAN LOW, SCAN HIGH"
        call    to_40
        dma     0x4A, 512
        command 0x59, 4, 40, 1, 3, 2, 3, 0x1B, 1
        outcome
        dma     0x4A, 512
        command 0x5D, 4, 40, 1, 3, 2, 3, 0x1B, 1
        outcome
        ret

; --- Without DMA ---

polled:
        EXPERIMENT "READ without DMA"
        command 0x03, 0xDF, 0x03
        command 0x46, 0, 0, 0, 1, 2, 1, 0x1B, 0xFF
        wait_port MSR, 0x80, 0x80, 1000
        mov     ah, al
        xor     di, di
        mov     dx, MSR
.read:                                  ; a byte every 16 us
        in      al, dx
        test    al, 0x20
        jz      .short
        test    al, al
        jns     .read
        inc     dx
        in      al, dx
        dec     dx
        stosb
        cmp     di, 512
        jb      .read
.short:
        show8   "msr=", ah
        show16  "bytes=", di
        mov     ax, [es:510]
        show16  "signature=", ax
        wait_port MSR, 0xF0, 0xD0, 50
        show8   "msr=", al
        call    show_result
        EXPERIMENT "WRITE without DMA"
        call    to_40
        command 0x03, 0xDF, 0x03
        command 0x45, 0, 40, 0, 7, 2, 7, 0x1B, 0xFF
        wait_port MSR, 0x80, 0x80, 1000
        mov     ah, al
        mov     cx, 512
        mov     dx, MSR
.write:
        in      al, dx
        test    al, 0x20
        jz      .full
        test    al, al
        jns     .write
        inc     dx
        mov     al, 0x91
        out     dx, al
        dec     dx
        dec     cx
        jnz     .write
.full:
        show8   "msr=", ah
        show16  "left=", cx
        wait_port MSR, 0xF0, 0xD0, 50
        call    show_result
        ret

; --- What is not there ---

missing:
        EXPERIMENT "READ in drive B, which is not there"
        outb    DOR, 0x2D
        dma     0x46, 512
        command 0x46, 1, 0, 0, 1, 2, 18, 0x1B, 0xFF
        call    await
        show_irqs "irqs="
        inb     MSR
        show8   "msr=", al
        outb    DSR, 0x80
        call    await
        call    four_senses
        EXPERIMENT "change line of drive B, which is not there"
        outb    DOR, 0x2D
        wait_us 5000
        inb     DIR
        and     al, 0x80
        show8   "dir=", al
        EXPERIMENT "READ with the motor off"
        outb    DOR, 0x0C
        wait_ms 20
        dma     0x46, 512
        command 0x46, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF
        call    await
        show_irqs "irqs="
        inb     MSR
        show8   "msr=", al
        outb    DOR, MOTOR_A
        call    await
        show_irqs "motor on: irqs="
        call    show_result
        EXPERIMENT "change line of drive A, motor on and off"
        inb     DIR
        and     al, 0x80
        show8   "on=", al
        outb    DOR, 0x0C
        inb     DIR
        and     al, 0x80
        show8   "off=", al
        ret

; Last, since Bochs ends here.
sizes:
        EXPERIMENT "READ behind the last cylinder"
        command 0x0F, 0, 82
        call    await
        sense
        dma     0x46, 512
        command 0x46, 0, 82, 0, 1, 2, 18, 0x1B, 0xFF
        outcome
        EXPERIMENT "READ sectors of 1024"
        dma     0x46, 1024
        command 0x46, 0, 0, 0, 1, 3, 18, 0x1B, 0xFF
        outcome
        EXPERIMENT "READ sectors of 128"
        dma     0x46, 128
        command 0x46, 0, 0, 0, 1, 0, 18, 0x1B, 128
        outcome
        ret

; --- Subroutines ---

; Before each experiment: controller reset, senses taken, motor of A at speed, 500 kbit/s, DMA mode, track 0.
fresh:
        pusha
        outb    DOR, 0x18
        wait_us 50
        outb    DOR, MOTOR_A
        call    await
        call    drop_senses
        outb    CCR, 0
        command 0x03, 0xDF, 0x02
        command 0x14
        call    drop_result
        command 0x13, 0, 0x20, 0
%rep 2                                  ; from cylinder 82 one does not suffice
        command 0x07, 0
        call    await
        command 0x08
        call    drop_result
%endrep
        command 0x0F, 0, 0              ; a command that seeks: later ones do not by themselves
        call    await
        command 0x08
        call    drop_result
        popa
        ret

; IRQ 6 is let in for up to 0.9 s, which is spinning up and two revolutions; at the end it is masked again. Interrupts
; before are forgotten.
await:
        mov     word [irq_count], 0
        outb    0x21, 0xBF
        wait_irq 900
        outb    0x21, 0xFF
        ret

; Any interrupt that waits is taken.
let_irq:
        outb    0x21, 0xBF
        irqs_on 4
        outb    0x21, 0xFF
        ret

command_inline:
        pop     si
        push    ax
        push    cx
        lodsb
        movzx   cx, al
.next:
        wait_port MSR, 0xC0, 0x80, 200
        jc      .stuck
        lodsb
        outb    FIFO, al
        dec     cx
        jnz     .next
        jmp     .end
.stuck:
        say     " stuck"
        add     si, cx
.end:
        pop     cx
        pop     ax
        jmp     si

; Reads the result into results, DI = its end.
take_result:
        mov     di, results
.next:
        wait_port MSR, 0x80, 0x80, 200
        jc      .end
        test    al, 0x40
        jz      .end
        cmp     di, results_end
        jae     .end
        inb     FIFO
        mov     [di], al
        inc     di
        jmp     .next
.end:
        ret

drop_result:
        pusha
        call    take_result
        popa
        ret

show_result:
        pusha
        call    take_result
        say     " ="
        mov     si, results
.next:
        cmp     si, di
        jae     .end
        movzx   eax, byte [si]
        inc     si
        push    eax
        call    put_pushed2
        say     "."
        jmp     .next
.end:
        popa
        ret

; The first three bytes only, of commands that leave the others open.
show_status:
        call    await
        pusha
        call    take_result
        show8   "st0=", [results]
        show8   "st1=", [results + 1]
        show8   "st2=", [results + 2]
        popa
        ret

; All but the sector, which is the one that passed.
show_outcome_cylinder:
        call    await
        pusha
        call    take_result
        show8   "st0=", [results]
        show8   "st1=", [results + 1]
        show8   "c=", [results + 3]
        show8   "h=", [results + 4]
        show8   "n=", [results + 6]
        popa
        ret

show_outcome:
        call    await
        show_irqs "irqs="
        jmp     show_result

four_senses:
        sense
        sense
        sense
        sense
        ret

drop_senses:
        push    cx
        mov     cx, 4
.next:
        command 0x08
        call    drop_result
        loop    .next
        pop     cx
        ret

; AL = mode, CX = bytes less one.
start_dma:
        outb    0x0A, 0x06
        outb    0x0C, 0
        outb    0x0B, al
        outb    0x81, BUFFER_SEGMENT >> 12
        outb    0x04, 0
        outb    0x04, 0
        outb    0x05, cl
        outb    0x05, ch
        outb    0x0A, 0x02
        ret

; What is left of the count, and whether it ran out.
show_dma:
        push    ax
        push    bx
        outb    0x0C, 0
        inb     0x05
        mov     bl, al
        inb     0x05
        mov     bh, al
        inb     0x08
        and     al, 4
        show16  "count=", bx
        show8   "tc=", al
        pop     bx
        pop     ax
        ret

to_40:
        command 0x0F, 0, 40
        call    await
        command 0x08
        jmp     drop_result

; Fills 4 KB of the buffer with AL.
fill:
        push    di
        push    cx
        xor     di, di
        mov     cx, 4096
        rep     stosb
        pop     cx
        pop     di
        ret

results:        times 16 db 0
results_end:

        guest_end
