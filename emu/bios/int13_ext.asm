; INT 13h extensions AH=41h-48h for hard disks: the fixed disk access subset of the Enhanced Disk Drive Specification
; 1.1. Sectors are addressed by number in a packet at DS:SI. Lock, eject and configuration tables are not offered, and
; AH=41h says so.

INT13_EXT_VERSION       equ 0x01        ; 1.x
INT13_EXT_SUBSETS       equ 0x0001      ; fixed disk access: 42h, 43h, 44h, 47h, 48h

; The packet.
PACKET_SIZE             equ 0
PACKET_COUNT            equ 2
PACKET_OFFSET           equ 4
PACKET_SEGMENT          equ 6
PACKET_LBA              equ 8
PACKET_LBA_HIGH         equ 12

int13_ext_table:
        dw      ext_check, ext_read, ext_write, ext_verify                      ; 41
        dw      disk_unknown, disk_unknown, ext_seek, ext_parameters            ; 45
INT13_EXT_FUNCTIONS     equ ($ - int13_ext_table) / 2

; AH=41h BX=55AAh: BX AA55h, AH version, CX what there is.
ext_check:
        cmp     frame_bx, 0x55AA
        jne     disk_unknown
        mov     frame_bx, 0xAA55
        mov     frame_cx, INT13_EXT_SUBSETS
        mov     frame_ah, INT13_EXT_VERSION     ; not a status: leave by another way
        clear_carry
        mov     sp, bp
        service_leave

ext_read:
        mov     disk_operation, ATA_READ
        jmp     ext_transfer
ext_write:
        mov     disk_operation, ATA_WRITE
        jmp     ext_transfer
ext_verify:
        mov     disk_operation, ATA_VERIFY

; AH=42h, 43h, 44h: the packet's block count becomes the number of sectors transferred.
ext_transfer:
        call    ext_packet
        jc      .done
        mov     ax, [es:di + PACKET_COUNT]
        test    ax, ax
        jz      .done
        cmp     ax, 128
        ja      disk_unknown
        mov     disk_left, ax
        mov     ax, [es:di + PACKET_OFFSET]
        mov     disk_offset, ax
        mov     ax, [es:di + PACKET_SEGMENT]
        mov     disk_segment, ax
        push    di
        call    disk_transfer
        pop     di
        pushf
        push    ax
        mov     ax, disk_left
        sub     [es:di + PACKET_COUNT], ax
        pop     ax
        popf
.done:
        ret

; ES:DI = the caller's packet, disk_lba = its sector. AH = status, CF if the packet is not one or the sector outside.
ext_packet:
        mov     es, frame_ds
        mov     di, frame_si
        cmp     byte [es:di + PACKET_SIZE], 16
        jb      disk_unknown
        mov     ah, STATUS_NOT_FOUND
        cmp     dword [es:di + PACKET_LBA_HIGH], 0
        jne     .outside
        mov     ecx, [es:di + PACKET_LBA]
        cmp     ecx, [fs:si + DISK_TOTAL]
        jae     .outside
        mov     disk_lba, ecx
        mov     ah, STATUS_OK
        clc
        ret
.outside:
        mov     word [es:di + PACKET_COUNT], 0
        stc
        ret

; AH=47h
ext_seek:
        call    ext_packet
        jc      .done
        mov     disk_left, 0
        mov     al, 0x70
        call    ata_command_at
        jc      .done
        jmp     ata_finish
.done:
        ret

; AH=48h: 26 bytes at DS:SI: size, flags, cylinders, heads, sectors on a track, sectors, bytes in a sector.
ext_parameters:
        mov     es, frame_ds
        mov     di, frame_si
        cmp     word [es:di], 26
        jb      disk_unknown
        mov     ax, 26
        stosw
        mov     ax, 0x0002              ; the geometry is valid
        stosw
        movzx   eax, word [fs:si + DISK_PHYS_CYLINDERS]
        stosd
        movzx   eax, word [fs:si + DISK_PHYS_HEADS]
        stosd
        movzx   eax, word [fs:si + DISK_PHYS_SECTORS]
        stosd
        mov     eax, [fs:si + DISK_TOTAL]
        stosd
        xor     eax, eax
        stosd
        mov     ax, 512
        stosw
        mov     ah, STATUS_OK
        ret
