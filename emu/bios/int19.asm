; INT 19h: loads a system. The order comes from CMOS: 3Dh has the first device in its low half and the second in its
; high half, 38h the third in its high half, as the Bochs BIOS and SeaBIOS have it (1 floppy, 2 hard disk, 3 CD, 0
; nothing); all zero means all devices, floppies first. What was chosen in the menu at power-on (boot_menu.asm) comes
; before that, once. Memory and vectors stay as they are, except that INT 1Eh points to our table again and the first
; sector goes to 0:7C00.

BOOT_FLOPPY             equ 1
BOOT_DISK               equ 2
BOOT_CD                 equ 3
BOOT_OFFSET             equ 0x7C00
BOOT_ORDER_DEFAULT      equ BOOT_FLOPPY | BOOT_DISK << 4 | BOOT_CD << 8

; A device by its number in CMOS: what tries it, and returns if it cannot be booted; its name in the menu. Everything
; but SP is free.
%macro boot_device_row 2
        dw      %1, %2
%endmacro

boot_devices:
        boot_device_row boot_floppy, boot_name_floppy
        boot_device_row boot_disk, boot_name_disk
        boot_device_row boot_cd, boot_name_cd
BOOT_DEVICES            equ ($ - boot_devices) / 4

boot_name_floppy:       db      "Floppy disk", 0
boot_name_disk:         db      "Hard disk", 0
boot_name_cd:           db      "CD-ROM", 0

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
        call    boot_chosen
        call    boot_device
        call    boot_order
.next:
        push    ax
        and     al, 0x0F
        call    boot_device
        pop     ax
        shr     ax, 4
        jnz     .next
        mov     si, .nothing
        call    report_text
        int     0x18
        jmp     int19_entry
.nothing:       db      13, 10, "No bootable disk.", 13, 10, 0

; AL = what the menu chose, which holds once; 0: nothing.
boot_chosen:
        push    es
        mov     es, [BDA_SEG * 16 + BDA_EBDA_SEG]
        mov     al, 0
        xchg    al, [es:EBDA_BOOT_ONCE]
        pop     es
        ret

; AX = devices in their order, four bits each, from the lowest.
boot_order:
        mov     al, CMOS_BOOT_ORDER
        call    cmos_read
        mov     ah, al
        mov     al, CMOS_BOOT_THIRD
        call    cmos_read
        shr     al, 4
        xchg    al, ah
        test    ax, ax
        jnz     .done
        mov     ax, BOOT_ORDER_DEFAULT
.done:
        ret

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

; AL = number of a device. Does not return if it can be booted.
boot_device:
        movzx   bx, al
        dec     bx
        cmp     bx, BOOT_DEVICES
        jae     .done
        shl     bx, 2
        jmp     [cs:bx + boot_devices]
.done:
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
