; Starts another image of the CD that it came from, by INT 13h AX=4C00h. The packet's fields from 7C02h on are to be
; filled in: media, drive, block, segment, sectors. Writes "returned" to port E9h if that fails.
        cpu     486
        bits    16
        org     0x7C00

        jmp     short begin
field_media:    db      0
field_drive:    db      0
field_block:    dw      0
field_segment:  dw      0
field_count:    dw      0

packet:         db      0x13, 0, 0, 1
.block:         dd      0
                dw      0, 0
.segment:       dw      0
.count:         dw      0
                db      0, 0, 0

begin:
        cld
        xor     ax, ax
        mov     ds, ax
        mov     ax, [field_media]
        mov     [packet + 1], ax
        mov     ax, [field_block]
        mov     [packet.block], ax
        mov     ax, [field_segment]
        mov     [packet.segment], ax
        mov     ax, [field_count]
        mov     [packet.count], ax
        mov     ax, 0x2000              ; a stack where large images go
        mov     ss, ax
        mov     sp, 0x1000
        mov     ax, 0x4C00
        mov     si, packet
        int     0x13
        mov     si, returned
        jnc     hang
print:
        lodsb
        out     0xE9, al
        test    al, al
        jnz     print
hang:
        jmp     hang
returned:       db      "returned", 10, "end", 10, 0
        times   510 - ($ - $$) db 0
        dw      0xAA55
