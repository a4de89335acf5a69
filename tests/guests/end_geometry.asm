; Prints the geometry that INT 13h AH=08h tells of hard disk 80h, "geometry C H S", then reads sectors by CHS and
; prints for each "read C H S DWORD", the dword being the first of the sector, or "failed AX": the corners of the disk
; and its middle.

%include "end_frame.inc"

guest_main:
        mov     ah, 8
        mov     dl, 0x80
        int     0x13
        mov     si, no_disk
        jc      .tell
        mov     al, cl
        and     ax, 63
        mov     [sectors], ax
        mov     al, dh
        mov     ah, 0
        inc     ax
        mov     [heads], ax
        mov     al, ch
        mov     ah, cl
        shr     ah, 6
        inc     ax
        mov     [cylinders], ax
        mov     si, geometry
        call    print
        push    word [cylinders]
        push    word [heads]
        push    word [sectors]
        call    put_three
        call    put_line

        push    0
        push    0
        push    2
        call    read
        push    0
        mov     ax, [heads]
        dec     ax
        push    ax
        push    word [sectors]
        call    read
        push    1
        push    0
        push    1
        call    read
        mov     ax, [cylinders]
        shr     ax, 1
        push    ax
        mov     ax, [heads]
        shr     ax, 1
        push    ax
        mov     ax, [sectors]
        shr     ax, 1
        push    ax
        call    read
        mov     ax, [cylinders]
        dec     ax
        push    ax
        mov     ax, [heads]
        dec     ax
        push    ax
        push    word [sectors]
        call    read
        mov     al, 0
        jmp     leave_with
.tell:
        call    print
        mov     al, 1
        jmp     leave_with

; Prints the three words pushed before the call; keeps them.
put_three:
        mov     bp, sp
        movzx   eax, word [bp + 6]
        call    put_decimal
        call    put_blank
        movzx   eax, word [bp + 4]
        call    put_decimal
        call    put_blank
        movzx   eax, word [bp + 2]
        jmp     put_decimal

; Reads the sector whose cylinder, head and sector were pushed, and prints it. Removes them.
read:
        pop     word [back]
        mov     si, read_text
        call    print
        call    put_three
        call    put_blank
        pop     ax                      ; sector
        pop     dx                      ; head
        mov     dh, dl
        pop     cx                      ; cylinder
        xchg    ch, cl
        shl     cl, 6
        or      cl, al
        mov     dl, 0x80
        mov     bx, 0x8000
        mov     ax, 0x0201
        int     0x13
        jc      .failed
        mov     eax, [0x8000]
        call    put_decimal
        call    put_line
        jmp     [back]
.failed:
        push    ax
        mov     si, failed
        call    print
        pop     ax
        call    put_hex
        call    put_line
        jmp     [back]

geometry:       db      "geometry ", 0
read_text:      db      "read ", 0
failed:         db      "failed ", 0
no_disk:        db      "no disk", 10, 0
cylinders:      dw      0
heads:          dw      0
sectors:        dw      0
back:           dw      0

        boot_sector_end
