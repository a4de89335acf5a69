; A boot sector and more that goes through the modes of the processor while things happen: timer and keyboard
; interrupts, DMA from a floppy, a hard disk's IRQ. tests/emu/test_resume.c puts it at 0:7C00 and stops it everywhere.
; Numbers that tell whether all parts were done are left at 0:0600h.

        cpu     486
        bits    16
        org     0x7C00

TICKS           equ 0x600                       ; words: timer interrupts, keys, floppy and disk interrupts,
KEYS            equ 0x602
FLOPPY_DONE     equ 0x604
DISK_DONE       equ 0x606
TASK_DONE       equ 0x608                       ; times in the second task, #NM, calls from V86 mode
NM_COUNT        equ 0x60A
V86_CALLS       equ 0x60C
SUM             equ 0x610
FPU_RESULT      equ 0x620
BUFFER          equ 0x10000
DIRECTORY       equ 0x20000
TABLE           equ 0x21000

        cli
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, 0x7C00
        cld
        mov     di, TICKS
        mov     cx, 0x40
        rep     stosw
        mov     si, set_up
.next:  lodsw
        mov     dx, ax
        cmp     ax, 0xFFFF
        je      .vectors
        lodsb
        out     dx, al
        jmp     .next
.vectors:
        mov     word [0x20 * 4], timer
        mov     [0x20 * 4 + 2], ax
        mov     word [0x20 * 4 + 2], 0
        mov     dword [0x21 * 4], keyboard
        mov     dword [0x26 * 4], floppy
        mov     dword [0x2E * 4], disk
        sti

; --- Real mode: strings under interrupts, floppy and disk, x87, code that changes itself ---

        mov     ax, BUFFER >> 4
        mov     es, ax
        mov     si, 0x7C00
        xor     di, di
        mov     cx, 3000
        rep     movsb
        mov     si, recalibrate
        call    send
        call    wait_floppy
        mov     si, sense
        call    send
        call    take_results
        mov     si, read_floppy
        call    send
        call    wait_floppy
        call    take_results
        mov     si, read_disk
.ata:   lodsw
        cmp     ax, 0xFFFF
        je      .issued
        mov     dx, ax
        lodsb
        out     dx, al
        jmp     .ata
.issued:
        cmp     word [DISK_DONE], 0
        jne     .read
        hlt
        jmp     .issued
.read:  mov     dx, 0x1F0
        mov     di, 0x1000
        mov     cx, 256
        rep     insw
        mov     cx, 250
        xor     bx, bx
.sum:   add     byte [.patched + 1], 7
        jmp     .patched
.patched:
        mov     al, 0
        add     bl, al
        add     bx, [es:di - 0x200]
        loop    .sum
        mov     [SUM], bx
        fninit
        fld1
        fldpi
        mov     cx, 150
.fpu:   fadd    st1, st0
        fsqrt
        fdivr   st0, st1
        fsin
        loop    .fpu
        fstp    qword [FPU_RESULT]
        fnsave  [FPU_RESULT + 0x10]

; --- Into protected mode with paging ---

        cli
        mov     ax, DIRECTORY >> 4
        mov     es, ax
        xor     di, di
        mov     cx, 0x800
        xor     eax, eax
        rep     stosd
        mov     dword [es:0], TABLE + 7
        mov     di, TABLE - DIRECTORY
        mov     eax, 7
.map:   stosd
        add     eax, 0x1000
        cmp     eax, 0x30007
        jb      .map
        lgdt    [gdtr]
        lidt    [idtr]
        mov     eax, DIRECTORY
        mov     cr3, eax
        mov     eax, cr0
        or      eax, 0x80000021
        mov     cr0, eax
        jmp     dword 8:protected

        bits    32
protected:
        mov     ax, 0x10
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     esp, 0x7C00
        mov     ax, 0x18
        ltr     ax
        sti
        mov     edi, BUFFER + 0x4000
        mov     ecx, 900
        mov     eax, 0x12345678
        rep     stosd
        mov     ecx, 30
.task:  push    ecx
        call    0x20:0
        pop     ecx
        loop    .task
        push    dword 0                         ; GS FS DS ES SS ESP
        push    dword 0
        push    dword 0
        push    dword BUFFER >> 4
        push    dword 0
        push    dword 0x7000
        push    dword 0x23202                   ; V86 mode, IOPL 3, interrupts on
        push    dword 0
        push    dword virtual
        iretd
back:
        mov     esp, 0x7C00
        mov     ax, 0x10
        mov     ds, ax
        mov     es, ax
        sti
        mov     ecx, 8
.idle:  hlt
        loop    .idle
        mov     eax, [BUFFER + 0x4004]
        bt      dword [TABLE + 0x14 * 4], 6
        adc     [SUM], eax
        mov     dword [TABLE + 0x18 * 4], 0     ; a page fault at the end, taken by a trap gate
        mov     eax, cr3
        mov     cr3, eax
        mov     eax, [0x18010]
        inc     dword [SUM]
        mov     al, 1
        out     0xF4, al
.end:   hlt
        jmp     .end

        bits    16
virtual:
        mov     cx, 40
.again: push    cx
        mov     si, 0x7C00
        mov     di, 0x2000
        mov     cx, 150
        rep     movsb
        int     0x30
        pushf
        cli
        inc     word [SUM + 2]
        popf
        pop     cx
        loop    .again
        int     0x31

; --- Handlers of real mode ---

timer:
        push    ax
        inc     word [cs:TICKS]
        mov     al, 0x20
        out     0x20, al
        pop     ax
        iret
keyboard:
        push    ax
        in      al, 0x60
        inc     word [cs:KEYS]
        mov     al, 0x20
        out     0x20, al
        pop     ax
        iret
floppy:
        push    ax
        inc     word [cs:FLOPPY_DONE]
        mov     al, 0x20
        out     0x20, al
        pop     ax
        iret
disk:
        push    ax
        push    dx
        mov     dx, 0x1F7
        in      al, dx
        inc     word [cs:DISK_DONE]
        mov     al, 0x20
        out     0xA0, al
        out     0x20, al
        pop     dx
        pop     ax
        iret

; --- The floppy controller: a count and bytes from SI ---

send:
        lodsb
        mov     cl, al
        mov     ch, 0
        mov     word [FLOPPY_DONE], 0
.next:  mov     dx, 0x3F4
.ready: in      al, dx
        and     al, 0xC0
        cmp     al, 0x80
        jne     .ready
        inc     dx
        lodsb
        out     dx, al
        loop    .next
        ret
wait_floppy:
        cmp     word [FLOPPY_DONE], 0
        jne     .end
        hlt
        jmp     wait_floppy
.end:   ret
take_results:
        mov     dx, 0x3F4
        in      al, dx
        and     al, 0xD0
        cmp     al, 0xD0
        jne     .end
        inc     dx
        in      al, dx
        add     [SUM], al
        jmp     take_results
.end:   ret

; --- Handlers of protected mode ---

        bits    32
timer32:
        inc     word [ss:TICKS]
        push    eax
        mov     al, 0x20
        out     0x20, al
        pop     eax
        iretd
keyboard32:
        push    eax
        in      al, 0x60
        inc     word [ss:KEYS]
        mov     al, 0x20
        out     0x20, al
        pop     eax
        iretd
no_device:
        clts
        inc     word [ss:NM_COUNT]
        iretd
page_fault:
        mov     dword [ss:TABLE + 0x18 * 4], 0x18007
        add     esp, 4
        iretd
from_virtual:
        inc     word [ss:V86_CALLS]
        iretd
leave_virtual:
        jmp     back
second_task:
        inc     word [TASK_DONE]
        fld1
        fadd    st0, st0
        fstp    st0
        iretd
        jmp     second_task

; --- Tables ---

; Ports and bytes: interrupts at 20h and 28h; timer, keyboard, floppy, disk; timer 0 every 300 periods; the DMA
; channel of the floppy, to BUFFER + 2000h; its motor.
set_up: dw      0x20
        db      0x11
        dw      0x21
        db      0x20
        dw      0x21
        db      4
        dw      0x21
        db      1
        dw      0xA0
        db      0x11
        dw      0xA1
        db      0x28
        dw      0xA1
        db      2
        dw      0xA1
        db      1
        dw      0x21
        db      0xB8
        dw      0xA1
        db      0xBF
        dw      0x43
        db      0x34
        dw      0x40
        db      300 & 255
        dw      0x40
        db      300 >> 8
        dw      0x0A
        db      6
        dw      0x0C
        db      0
        dw      0x0B
        db      0x46
        dw      0x04
        db      0x00
        dw      0x04
        db      0x20
        dw      0x05
        db      0xFF
        dw      0x05
        db      0x03
        dw      0x81
        db      1
        dw      0x0A
        db      2
        dw      0x3F2
        db      0x1C
        dw      0xFFFF
read_disk:
        dw      0x1F6
        db      0xE0
        dw      0x1F2
        db      1
        dw      0x1F3
        db      3
        dw      0x1F4
        db      0
        dw      0x1F5
        db      0
        dw      0x3F6
        db      8
        dw      0x1F7
        db      0x20
        dw      0xFFFF
recalibrate:
        db      2, 0x07, 0
sense:  db      1, 0x08
read_floppy:
        db      9, 0xE6, 0, 0, 0, 1, 2, 9, 0x1B, 0xFF

        align   8
gdt:    dq      0
        dq      0x00CF9A000000FFFF
        dq      0x00CF92000000FFFF
        dw      0x67, tss1, 0x8900, 0
        dw      0x67, tss2, 0x8900, 0
gdtr:   dw      39
        dd      gdt

%macro gate 2
        dw      %1, 8, %2, 0
%endmacro
        align   8
idt:
        times   7 dq 0
        gate    no_device, 0x8F00
        times   6 dq 0
        gate    page_fault, 0x8F00
        times   0x20 - 15 dq 0
        gate    timer32, 0x8E00
        gate    keyboard32, 0x8E00
        times   14 dq 0
        gate    from_virtual, 0xEE00
        gate    leave_virtual, 0xEE00
idtr:   dw      0x32 * 8 - 1
        dd      idt

        align   4
tss1:   dd      0, 0x7A00, 0x10, 0, 0, 0, 0, DIRECTORY
        times   26 - 8 dd 0
tss2:   dd      0, 0x7800, 0x10, 0, 0, 0, 0, DIRECTORY, second_task, 0x202
        dd      0, 0, 0, 0, 0x7800, 0, 0, 0
        dd      0x10, 8, 0x10, 0x10, 0, 0, 0, 0x680000
