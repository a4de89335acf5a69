; INT 15h: A20, memory sizes, block move and the switch to protected mode.

; --- A20 ---
; Two gates lead to the line: port 92h bit 1 and the keyboard controller's output port. Switching it off needs both.

; AH=24h: AL = 0 off, 1 on, 2 state into AL, 3 which gates there are into BX.
int15_a20:
        mov     frame_ah, 0
        cmp     al, 3
        ja      int15_unsupported
        je      .support
        cmp     al, 1
        jb      a20_disable
        je      a20_enable
        call    a20_state
        mov     frame_al, al
        ret
.support:
        mov     frame_bx, 0x0003        ; keyboard controller and port 92h
        ret

; AL = 1 if A20 is on: if a word of the area for communication between programs (40:F0) is not the same as the one 1 MB
; above. Whoever switches the line by one of the gates alone is told the truth too.
a20_state:
        pushf
        push    bx
        push    ds
        push    es
        cli
        xor     bx, bx
        mov     ds, bx
        dec     bx
        mov     es, bx
        mov     bx, [0x4F0]
        cmp     [es:0x500], bx
        mov     al, 1
        jne     .done
        not     word [0x4F0]
        cmp     [es:0x500], bx
        mov     [0x4F0], bx
        je      .done
        mov     al, 0
.done:
        pop     es
        pop     ds
        pop     bx
        popf
        ret

a20_enable:
        in      al, 0x92
        or      al, 0x02
        and     al, 0xFE                ; bit 0 would reset the CPU
        out     0x92, al
        mov     bl, 0xDF
        jmp     a20_by_keyboard

a20_disable:
        in      al, 0x92
        and     al, 0xFC
        out     0x92, al
        mov     bl, 0xDD

; Writes BL to the output port.
a20_by_keyboard:
        pushf
        cli
        mov     al, 0xD1
        call    kbc_command
        mov     al, bl
        call    kbc_data
        call    kbc_wait_empty
        popf
        ret

; --- Sizes ---

; AX = KB above 1 MB, at most FFFF.
memory_extended_kb:
        mov     al, CMOS_EXTENDED_FOUND_KB
        call    cmos_read_word
        test    ax, ax
        jnz     .done
        mov     al, CMOS_EXTENDED_KB
        call    cmos_read_word
.done:
        ret

; AX = units of 64 KB above 16 MB.
memory_above_16m:
        mov     al, CMOS_ABOVE_16M
        jmp     cmos_read_word

; EAX = KB above 1 MB, by both counts.
memory_total_extended_kb:
        call    memory_above_16m
        movzx   eax, ax
        test    eax, eax
        jz      .small
        shl     eax, 6
        add     eax, 15 * 1024
        ret
.small:
        call    memory_extended_kb
        movzx   eax, ax
        ret

; AH=88h: AX = KB above 1 MB.
int15_extended_kb:
        call    memory_extended_kb
        mov     frame_ax, ax
        ret

; AH=8Ah: DX:AX = KB above 1 MB.
int15_big_memory:
        call    memory_total_extended_kb
        mov     frame_ax, ax
        shr     eax, 16
        mov     frame_dx, ax
        ret

; AH=E8h: AL = 01h sizes, 20h map, 81h sizes in 32-bit registers.
int15_memory:
        cmp     al, 0x01
        je      int15_e801
        cmp     al, 0x81
        je      int15_e881
        cmp     al, 0x20
        je      int15_e820
        jmp     int15_unsupported

; AX = CX = KB from 1 MB to 16 MB, BX = DX = units of 64 KB above.
int15_e801:
        call    memory_total_extended_kb
        mov     ebx, eax
        sub     ebx, 15 * 1024
        jbe     .below
        mov     eax, 15 * 1024
        jmp     .store
.below:
        xor     ebx, ebx
.store:
        mov     frame_ax, ax
        mov     frame_cx, ax
        shr     ebx, 6
        mov     frame_bx, bx
        mov     frame_dx, bx
        ret

; The same with the upper halves of EAX, EBX, ECX and EDX clear.
int15_e881:
        call    int15_e801
        movzx   eax, frame_ax
        mov     frame_eax, eax
        mov     frame_ecx, eax
        movzx   eax, frame_bx
        mov     frame_ebx, eax
        mov     frame_edx, eax
        ret

; EDX = "SMAP", EBX = row wanted, ECX = size of the buffer at ES:DI. EBX becomes the next row, 0 after the last.
int15_e820:
        cmp     edx, 0x534D4150
        jne     int15_unsupported
        cmp     ecx, 20
        jb      int15_unsupported
        cmp     ebx, E820_ROWS
        jae     int15_unsupported
        imul    si, bx, 12
        add     si, e820_map
        mov     eax, [cs:si]
        stosd
        xor     eax, eax
        stosd
        mov     eax, [cs:si + 4]
        test    eax, eax
        jnz     .length
        call    memory_total_extended_kb
        shl     eax, 10
.length:
        stosd
        xor     eax, eax
        stosd
        mov     eax, [cs:si + 8]
        stosd
        inc     ebx
        cmp     ebx, E820_ROWS
        jb      .next
        xor     ebx, ebx
.next:
        mov     frame_ebx, ebx
        mov     frame_ecx, 20
        mov     frame_eax, 0x534D4150
        ret

; start, length (0: what the setup knows of), kind (1 memory, 2 reserved)
e820_map:
        dd      0x00000000, BASE_MEMORY_KB * 1024, 1
        dd      BASE_MEMORY_KB * 1024, 1024, 2
        dd      0x000F0000, 0x10000, 2
        dd      0x00100000, 0, 1
        dd      0xFFFF0000, 0x10000, 2
E820_ROWS               equ ($ - e820_map) / 12

; --- Protected mode ---

; Descriptors for the block move. The caller's table is only read: its bases are used with these segments, which cover
; everything.
        align   8
move_gdt:
        dw      move_gdt_end - move_gdt - 1     ; the null descriptor's place holds the table's own pointer
        dd      (BIOS_SEG << 4) + move_gdt
        dw      0
MOVE_CODE               equ 0x08
        dw      0xFFFF, 0x0000, 0x9B0F, 0x0000  ; code, base F0000
MOVE_FLAT               equ 0x10
        dw      0xFFFF, 0x0000, 0x9300, 0x00CF  ; data, base 0, 4 GB
MOVE_REAL               equ 0x18
        dw      0xFFFF, 0x0000, 0x9300, 0x0000  ; data, base 0, 64 KB, to restore real mode's limit
move_gdt_end:

; Where AH=87h finds source and destination in the caller's table.
MOVE_SOURCE             equ 0x10
MOVE_DESTINATION        equ 0x18

; AH=87h: moves CX words from the source to the destination descriptor of the table at ES:SI. AH = 2 and CF if one of
; them is shorter, or if the CPU runs in V86 mode, where the monitor has to do this.
int15_move:
        mov     si, frame_si
        mov     ax, cx
        cmp     ax, 0x8000
        ja      .refused
        test    ax, ax
        jz      .moved
        smsw    bx
        test    bl, 1
        jnz     .refused
        add     ax, ax
        dec     ax
        cmp     [es:si + MOVE_SOURCE], ax
        jb      .refused
        cmp     [es:si + MOVE_DESTINATION], ax
        jb      .refused
        mov     bx, MOVE_DESTINATION
        call    .base
        mov     edi, eax
        mov     bx, MOVE_SOURCE
        call    .base
        mov     esi, eax
        movzx   ecx, cx
        call    a20_state
        push    ax
        test    al, al                  ; if one gate is open already, the other stays as it is: whoever opened the one
        jnz     .open                   ; closes no more than that
        call    a20_enable
.open:
        cli
        call    move_words
        pop     ax
        test    al, al
        jnz     .moved
        call    a20_disable
.moved:
        mov     frame_ah, 0
        and     frame_flags, ~FLAG_CARRY & 0xFF
        or      frame_flags, FLAG_ZERO
        ret
.refused:
        mov     frame_ah, 2
        set_carry
        and     frame_flags, ~FLAG_ZERO & 0xFF
        ret

; EAX = base of the descriptor BX bytes into the table.
.base:
        mov     eax, [es:bx + si + 2]
        and     eax, 0x00FFFFFF
        movzx   edx, byte [es:bx + si + 7]
        shl     edx, 24
        or      eax, edx
        ret

; In: ECX words from ESI to EDI, both physical; interrupts off. The stack is not used in protected mode, so SS needs no
; descriptor.
move_words:
        o32 lgdt [cs:move_gdt]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     MOVE_CODE:.protected
.protected:
        mov     ax, MOVE_FLAT
        mov     ds, ax
        mov     es, ax
        shr     ecx, 1
        a32 rep movsd
        adc     cx, cx
        a32 rep movsw
        mov     ax, MOVE_REAL
        mov     ds, ax
        mov     es, ax
        mov     eax, cr0
        and     al, 0xFE
        mov     cr0, eax
        jmp     BIOS_SEG:.real
.real:
        mov     ax, BDA_SEG
        mov     ds, ax
        mov     es, ax
        ret

; AH=89h: enters protected mode. ES:SI = table of eight descriptors: null, GDT, IDT, DS, ES, SS, CS and one that is
; filled in here for this code; BH, BL = interrupt numbers for IRQ0 and IRQ8 (as in IBM's listing of the AT's BIOS; Ralf
; Brown's list has them the other way round). Returns to the caller's next instruction
; with interrupts off and all of them masked; FFh in AH if that is impossible.
int15_protected_mode:
        smsw    ax
        test    al, 1
        jnz     .refused
        mov     si, frame_si
        cli
        call    a20_enable
        mov     bx, frame_bx
        mov     al, 0xFF
        out     PIC1 + 1, al
        out     PIC2 + 1, al
        mov     al, 0x11
        out     PIC1, al
        out     PIC2, al
        mov     al, bh
        out     PIC1 + 1, al
        mov     al, bl
        out     PIC2 + 1, al
        mov     al, 0x04
        out     PIC1 + 1, al
        mov     al, 0x02
        out     PIC2 + 1, al
        mov     al, 0x01
        out     PIC1 + 1, al
        out     PIC2 + 1, al
        mov     al, 0xFF
        out     PIC1 + 1, al
        out     PIC2 + 1, al
        mov     dword [es:si + 0x38], 0x0000FFFF
        mov     dword [es:si + 0x3C], 0x00009B0F
        lgdt    [es:si + 0x08]
        lidt    [es:si + 0x10]
        mov     frame_ah, 0
        mov     frame_cs, 0x30
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     0x38:.protected
.protected:
        mov     ax, 0x28
        mov     ss, ax
        mov     sp, bp
        popad
        add     sp, 6                   ; the caller's FS, ES and DS are real mode's
        push    ax
        mov     ax, 0x18
        mov     ds, ax
        mov     ax, 0x20
        mov     es, ax
        pop     ax
        clc
        retf    2
.refused:
        mov     frame_ah, 0xFF
        set_carry
        ret
