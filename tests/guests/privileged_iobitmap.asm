; Who may do I/O: IOPL, and the I/O permission bitmap of the TSS, its edges included.
;
; Ports F0B0h-F0BFh answer to nobody, reads of them are not logged; port E9h shows writes.
%include "privileged.inc"

; The TSS lies in the guest's memory, with the map behind it: 8 KB and the byte of ones.
tss_map         equ 0x30000
tss286          equ 0x33000
MAP             equ 0x68
map             equ tss_map + MAP
FULL            equ MAP + 0x2000

        gdt_begin
        descriptor TSS_MAP, tss_map, FULL, 0x89, 0
        descriptor TSS_286, tss286, 0xFFFF, 0x81, 0
        descriptor DATA_LIVE, LIVE, 0xFFFF, 0x92, 0x4
        gdt_end
        ldt_begin
        ldt_end

; Ports that the map leaves open, all others are closed: name, first, count; the experiment follows.
%macro OPEN 3
        TRY     %1
        mov     eax, %2
        mov     ecx, %3
        call    open_ports
        mov     ax, TSS_MAP
        ltr     ax
%endmacro

; name, first open port, count, level, flags, port, instruction
%macro IO 7+
        OPEN    %1, %2, %3
        OUTER   %4, %5
        mov     dx, %6
        %7
        END_TRY
%endmacro

; A map cut short: name, limit of the TSS, offset of the map, port, instruction
%macro LIMIT 5+
        OPEN    %1, 0, 0x10000
        mov     word [at(TSS_MAP)], %2
        mov     byte [at(TSS_MAP) + 5], 0x89
        mov     word [tss_map + 102], %3
        mov     ax, TSS_MAP
        ltr     ax
        OUTER   3
        mov     dx, %4
        %5
        END_TRY
%endmacro

%macro IO_V86 6+
        OPEN    %1, %2, %3
        V86     %4
        mov     dx, %5
        %6
        int     0x40
        bits    32
        END_TRY
%endmacro

        bits    16
real_start:
        enter_protected
        mov     dword [reset_hook], build_map
        call    by_iopl
        call    by_map
        call    edges
        call    limits
        call    strings
        call    v86
        finish

build_map:
        pushad
        cld
        mov     esi, tss_main
        mov     edi, tss_map
        mov     ecx, 0x68 / 4
        rep     movsd
        mov     word [tss_map + 102], MAP
        mov     eax, -1
        mov     edi, map
        mov     ecx, 0x2004 / 4
        rep     stosd
        mov     edi, tss286
        mov     ecx, 0x100 / 4
        xor     eax, eax
        rep     stosd
        mov     word [tss286 + 2], stack_trap - LIVE
        mov     word [tss286 + 4], DATA_LIVE
        popad
        ret

; ECX ports from EAX.
open_ports:
        btr     [map], eax
        inc     eax
        loop    open_ports
        xor     eax, eax
        ret

; --- IOPL ---

by_iopl:
        IO      "level 3, IOPL 3, map closed", 0x2000, 1, 3, 0x3000, 0xF0B0, in al, dx
        IO      "level 3, IOPL 2, map closed", 0x2000, 1, 3, 0x2000, 0xF0B0, in al, dx
        IO      "level 2, IOPL 2, map closed", 0x2000, 1, 2, 0x2000, 0xF0B0, in al, dx
        IO      "level 1, IOPL 0, map closed", 0x2000, 1, 1, 0x0000, 0xF0B0, in al, dx
        IO      "level 1, IOPL 0, map open", 0xF0B0, 1, 1, 0x0000, 0xF0B0, in al, dx
        TRY     "level 0, map closed"
        mov     ax, TSS_MAP
        ltr     ax
        mov     dx, 0xF0B0
        in      al, dx
        END_TRY
        TRY     "level 3, no map"
        OUTER   3
        in      al, 0x60
        END_TRY
        TRY     "level 3, 286 TSS"
        mov     ax, TSS_286
        ltr     ax
        OUTER   3
        in      al, 0x60
        END_TRY
        TRY     "level 3, IOPL 3, 286 TSS"
        mov     ax, TSS_286
        ltr     ax
        OUTER   3, 0x3000
        mov     dx, 0xF0B0
        in      al, dx
        END_TRY
        ret

; --- The map ---

by_map:
        IO      "byte in, open", 0xF0B3, 1, 3, 0, 0xF0B3, in al, dx
        IO      "byte in, closed", 0xF0B4, 1, 3, 0, 0xF0B3, in al, dx
        IO      "byte in, immediate, open", 0x61, 1, 3, 0, 0, in al, 0x61
        IO      "byte in, immediate, closed", 0x62, 1, 3, 0, 0, in al, 0x61
        IO      "byte out, open", 0xF0B3, 1, 3, 0, 0xF0B3, out dx, al
        IO      "byte out, closed", 0xF0B4, 1, 3, 0, 0xF0B3, out dx, al
        OPEN    "byte out to the log", 0xE9, 1
        OUTER   3
        mov     al, '*'
        out     0xE9, al
        END_TRY
        IO      "word in, open", 0xF0B3, 2, 3, 0, 0xF0B3, in ax, dx
        IO      "word in, first closed", 0xF0B4, 2, 3, 0, 0xF0B3, in ax, dx
        IO      "word in, second closed", 0xF0B3, 1, 3, 0, 0xF0B3, in ax, dx
        IO      "word in, third closed", 0xF0B0, 2, 3, 0, 0xF0B0, in ax, dx
        IO      "word in across bytes, open", 0xF0B7, 2, 3, 0, 0xF0B7, in ax, dx
        IO      "word in across bytes, second closed", 0xF0B7, 1, 3, 0, 0xF0B7, in ax, dx
        IO      "word in across bytes, first closed", 0xF0B8, 1, 3, 0, 0xF0B7, in ax, dx
        IO      "doubleword in, open", 0xF0B0, 4, 3, 0, 0xF0B0, in eax, dx
        IO      "doubleword in, first closed", 0xF0B1, 4, 3, 0, 0xF0B0, in eax, dx
        IO      "doubleword in, second closed", 0xF0B0, 1, 3, 0, 0xF0B0, in eax, dx
        IO      "doubleword in, last closed", 0xF0B0, 3, 3, 0, 0xF0B0, in eax, dx
        IO      "doubleword in across bytes, open", 0xF0B5, 4, 3, 0, 0xF0B5, in eax, dx
        IO      "doubleword in across bytes, last closed", 0xF0B5, 3, 3, 0, 0xF0B5, in eax, dx
        IO      "doubleword out across bytes, open", 0xF0B6, 4, 3, 0, 0xF0B6, out dx, eax
        IO      "doubleword out across bytes, third closed", 0xF0B6, 2, 3, 0, 0xF0B6, out dx, eax
        ret

; --- The last ports ---

edges:
        IO      "byte in, port 0", 0, 1, 3, 0, 0, in al, dx
        IO      "byte in, port FFFF", 0xFFFF, 1, 3, 0, 0xFFFF, in al, dx
        IO      "byte in, port FFFF closed", 0xFFFE, 1, 3, 0, 0xFFFF, in al, dx
        IO      "word in, port FFFE", 0xFFFE, 2, 3, 0, 0xFFFE, in ax, dx
        IO      "word in, port FFFF, beyond the last is closed", 0xFFFF, 1, 3, 0, 0xFFFF, in ax, dx
        IO      "doubleword in, port FFFC", 0xFFFC, 4, 3, 0, 0xFFFC, in eax, dx
        IO      "doubleword in, port FFFD", 0xFFFC, 4, 3, 0, 0xFFFD, in eax, dx
        ret

; --- The end of the TSS ---

limits:
        LIMIT   "both bytes within the limit", MAP + 1, MAP, 0x0000, in al, dx
        LIMIT   "the second byte beyond the limit", MAP, MAP, 0x0000, in al, dx
        LIMIT   "the second byte beyond the limit, port 7", MAP, MAP, 0x0007, in al, dx
        LIMIT   "port 8 with a limit of one byte more", MAP + 1, MAP, 0x0008, in al, dx
        LIMIT   "port 8 with a limit of two bytes more", MAP + 2, MAP, 0x0008, in al, dx
        LIMIT   "word at port 7 with a limit of one byte more", MAP + 1, MAP, 0x0007, in ax, dx
        LIMIT   "word at port 7 without it", MAP, MAP, 0x0007, in ax, dx
        LIMIT   "map offset beyond the limit", MAP + 0x10, MAP + 0x11, 0x0000, in al, dx
        LIMIT   "map offset at the limit", MAP + 0x10, MAP + 0x10, 0x0000, in al, dx
        LIMIT   "map offset just below the limit", MAP + 0x11, MAP + 0x10, 0x0000, in al, dx
        LIMIT   "map offset FFFFh", 0xFFFF, 0xFFFF, 0x0000, in al, dx
        LIMIT   "map offset 0: the TSS itself", 0x67, 0, 0x0008, in al, dx
        LIMIT   "TSS limit of 66h", 0x66, 0x40, 0x0000, in al, dx
        LIMIT   "last port without the byte of ones", MAP + 0x1FFF, MAP, 0xFFFF, in al, dx
        LIMIT   "last port with it", MAP + 0x2000, MAP, 0xFFFF, in al, dx
        ret

; --- String instructions ---

strings:
        OPEN    "outsb to the log", 0xE9, 1
        OUTER   3
        mov     esi, stars
        mov     ecx, 3
        mov     dx, 0xE9
        rep     outsb
        END_TRY
        show    "ecx=", [trap_ecx]
        OPEN    "outsb to a closed port", 0xE8, 1
        OUTER   3
        mov     esi, stars
        mov     ecx, 3
        mov     dx, 0xE9
        rep     outsb
        END_TRY
        show    "ecx=", [trap_ecx]
        OPEN    "outsb to a closed port, no iterations", 0xE8, 1
        OUTER   3
        xor     ecx, ecx
        mov     dx, 0xE9
        rep     outsb
        END_TRY
        OPEN    "outsb from a null segment to a closed port", 0xE8, 1
        OUTER   3
        xor     eax, eax
        mov     gs, ax
        mov     ecx, 3
        mov     dx, 0xE9
        gs      outsb
        END_TRY
        OPEN    "insb from an open port", 0xF0B0, 1
        OUTER   3
        mov     edi, 0x34000
        mov     dx, 0xF0B0
        insb
        END_TRY
        show    "edi=", [trap_edi]
        OPEN    "insd from a closed port", 0xF0B0, 3
        OUTER   3
        mov     edi, 0x34000
        mov     ecx, 2
        mov     dx, 0xF0B0
        rep     insd
        END_TRY
        show    "edi=", [trap_edi]
        show    "ecx=", [trap_ecx]
        OPEN    "insb to a null segment from a closed port", 0xF0B1, 1
        OUTER   3
        xor     eax, eax
        mov     es, ax
        mov     dx, 0xF0B0
        insb
        END_TRY
        ret

; --- V86 mode: the map alone ---

v86:
        IO_V86  "V86, IOPL 3, map closed", 0xF0B1, 1, 0x3002, 0xF0B0, in al, dx
        IO_V86  "V86, IOPL 3, map open", 0xF0B0, 1, 0x3002, 0xF0B0, in al, dx
        TRY     "V86, IOPL 0, map open"
        mov     eax, 0xF0B0
        mov     ecx, 1
        call    open_ports
        mov     ax, TSS_MAP
        ltr     ax
        V86     0x0002
        mov     dx, 0xF0B0
        in      al, dx
        hlt
        bits    32
        END_TRY
        IO_V86  "V86, word, second closed", 0xF0B0, 1, 0x3002, 0xF0B0, in ax, dx
        IO_V86  "V86, doubleword, open", 0xF0B0, 4, 0x3002, 0xF0B0, in eax, dx
        IO_V86  "V86, doubleword, last closed", 0xF0B0, 3, 0x3002, 0xF0B0, in eax, dx
        ret

stars:          db "***"

        guest_end
