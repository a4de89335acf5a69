; INT 19h: loads a system. The order comes from CMOS 3Dh: the low half is the first device, the high half the second (1
; floppy, 2 hard disk, 0 nothing); all zero means floppy, then hard disk. Memory and vectors stay as they are, except
; that INT 1Eh points to our table again and the first sector goes to 0:7C00.

BOOT_FLOPPY             equ 1
BOOT_DISK               equ 2
BOOT_OFFSET             equ 0x7C00

int19_entry:
        cli
        cld
        xor     ax, ax
        mov     ss, ax
        mov     sp, BOOT_OFFSET
        mov     ds, ax
        mov     word [0x1E * 4], compat_floppy_parameters
        mov     word [0x1E * 4 + 2], BIOS_SEG
        sti
        mov     al, CMOS_BOOT_ORDER
        call    cmos_read
        test    al, al
        jnz     .order
        mov     al, BOOT_FLOPPY | BOOT_DISK << 4
.order:
        push    ax
        and     al, 0x0F
        call    boot_device
        pop     ax
        shr     al, 4
        call    boot_device
        mov     si, .nothing
        call    report_text
        int     0x18
        jmp     int19_entry
.nothing:       db      13, 10, "No bootable disk.", 13, 10, 0

; INT 18h: there is no BASIC in ROM. Waits for a key; the caller may try again then.
int18_entry:
        push    ds
        pushad
        cld
        sti
        mov     si, .text
        call    report_text
        mov     ah, 0
        int     0x16
        popad
        pop     ds
        iret
.text:          db      "Insert a system disk and press a key.", 13, 10, 0

; AL = device. Does not return if it can be booted.
boot_device:
        cmp     al, BOOT_FLOPPY
        je      boot_floppy
        cmp     al, BOOT_DISK
        je      boot_disk
        ret

; The first sector of drive 0, read up to four times: the first try may only find out that a disk is there. A sector of
; equal bytes is a formatted disk without a system.
boot_floppy:
        int     0x11
        test    al, 1
        jz      boot_failed
        mov     dl, 0x00
        mov     cx, 4
.try:
        call    boot_read
        jnc     .read
        cmp     ah, STATUS_TIMEOUT
        je      boot_failed
        mov     ah, 0
        int     0x13
        loop    .try
        ret
.read:
        mov     di, BOOT_OFFSET
        mov     al, [es:di]
        mov     cx, 0x100
        repe    scasb
        jne     boot_start
boot_failed:
        ret

; The master boot record of the first hard disk must be signed.
boot_disk:
        mov     dl, 0x80
        mov     cx, 2
.try:
        call    boot_read
        jnc     .read
        mov     ah, 0x0D
        int     0x13
        loop    .try
        ret
.read:
        cmp     word [es:BOOT_OFFSET + 510], 0xAA55
        jne     boot_failed

; Starts what was loaded. DL = drive; the other registers are zero, so that a boot sector that looks at them without
; need does the same each time.
boot_start:
        xor     eax, eax
        mov     ds, ax
        mov     es, ax
        mov     fs, ax
        mov     gs, ax
        mov     sp, BOOT_OFFSET
        xor     ebx, ebx
        xor     ecx, ecx
        movzx   edx, dl
        xor     esi, esi
        xor     edi, edi
        xor     ebp, ebp
        jmp     0x0000:BOOT_OFFSET

; Reads the first sector of drive DL to 0:7C00. CF and AH as INT 13h has them; CX and DX kept.
boot_read:
        push    cx
        push    dx
        xor     ax, ax
        mov     es, ax
        mov     ax, 0x0201
        mov     bx, BOOT_OFFSET
        mov     cx, 0x0001
        mov     dh, 0
        int     0x13
        pop     dx
        pop     cx
        ret
