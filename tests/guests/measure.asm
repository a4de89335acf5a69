; A program that measures itself, for comparison with real machines: `test_measure print` prints what it prints on each
; board in each timing mode. It runs from a 1.44 MB floppy on any PC with a 486, a VGA and 640 KB: microseconds per
; execution of instructions with caches warm, per line of memory and code with caches cold, per access to video memory
; and ROM. Everything that goes before is subtracted by measuring it alone (measure.inc).

%include "measure.inc"

; --- Set-ups ---

; The four addressing registers such that every form lies in DATA, on doublewords; AX to calculate with.
pointers:
        mov     bx, DATA + 0x100
        mov     bp, DATA + 0x200
        mov     si, 0x40
        mov     di, 0x80
        xor     ax, ax
        ret
; SI and DI alone, and with a displacement.
index_pointers:
        mov     si, DATA + 0x40
        mov     di, DATA + 0x80
        xor     ax, ax
        ret
registers:
        mov     ax, 0x1234
        mov     bx, 0x7F7F
        mov     cx, 5
        mov     dx, 1
        ret
zeros:
        xor     eax, eax
        xor     edx, edx
        mov     bx, 5
        ret
ones:
        mov     eax, -1
        mov     edx, -1
        ret
divisors:
        mov     eax, 0x12345678
        mov     ebx, 0x7FFF7FFF
        xor     edx, edx
        ret
equal:
        mov     cx, 1000
        cmp     ax, ax
        ret
port_80:
        mov     dx, 0x80
        ret
strings:
        mov     ax, SOURCE
        mov     ds, ax
        mov     ax, TARGET
        mov     es, ax
        xor     ax, ax
        ret
x87:
        fninit
        fld1
        fldpi
        fld1
        ret
x87_24:
        fninit
        mov     word [0x4000], 0x007F
        fldcw   [0x4000]
        fld1
        fldpi
        fld1
        ret
video:
        mov     ax, 0xB900      ; the second page: not seen
        mov     es, ax
        mov     ds, ax
        xor     di, di
        xor     si, si
        mov     eax, 0x07200720
        ret
cold:
        wbinvd
cached:
        mov     ax, SOURCE
        mov     ds, ax
        mov     es, ax
        xor     si, si
        xor     di, di
        mov     cx, 0
        ret
cold_video_rom:
        wbinvd
video_rom:
        mov     ax, 0xC000
        jmp     from_rom
cold_rom:
        wbinvd
rom:
        mov     ax, 0xF000
from_rom:
        mov     ds, ax
        ret

; --- Instructions, caches warm ---

; CODE set-up, instruction
%macro CODE 2+
%defstr %%name %2
        ROW     %%name, 16, 64, %1, 1
        %2
        END_ROW
%endmacro

        CODE    registers, nop
        CODE    registers, mov ax, bx
        CODE    registers, mov ax, 0x1234
        CODE    registers, mov eax, ebx
        CODE    registers, add ax, bx
        CODE    registers, add al, bl
        CODE    registers, adc ax, dx
        CODE    registers, sub eax, ebx
        CODE    registers, cmp ax, bx
        CODE    registers, test al, 1
        CODE    registers, and bx, 0x7FFF
        CODE    registers, xor dx, dx
        CODE    registers, inc ax
        CODE    registers, neg ax
        CODE    registers, not ax
        CODE    registers, shl ax, 1
        CODE    registers, shr ax, 4
        CODE    registers, sar ax, cl
        CODE    registers, rol ax, 4
        CODE    registers, rcl ax, 1
        CODE    registers, rcr ax, cl
        CODE    registers, shld ax, bx, 4
        CODE    registers, shrd eax, ebx, cl
        CODE    zeros, bsf cx, bx
        CODE    zeros, bsr cx, bx
        CODE    registers, bt ax, 5
        CODE    registers, bts ax, bx
        CODE    registers, setc al
        CODE    registers, bswap eax
        CODE    registers, xadd ax, bx
        CODE    registers, cmpxchg bx, cx
        CODE    registers, xchg ax, bx
        CODE    registers, xchg bx, cx
        CODE    pointers, xchg ax, [bx]
        CODE    registers, lea si, [bx + 2]
        CODE    registers, lea si, [bx + di + 2]
        CODE    registers, movzx ax, bl
        CODE    registers, movsx eax, bx
        CODE    registers, cbw
        CODE    registers, cwd
        CODE    registers, daa
        CODE    registers, aam
        CODE    registers, aad
        CODE    pointers, xlatb
        CODE    registers, lahf
        CODE    registers, clc
        CODE    registers, cld
        CODE    zeros, mul bl
        CODE    zeros, mul dx
        CODE    zeros, mul edx
        CODE    ones, imul dx, dx, 0x55
        CODE    ones, imul ecx, eax
        CODE    registers, imul cx, bx, 5
        CODE    divisors, div bl
        CODE    divisors, div bx
        CODE    divisors, div ebx
        CODE    zeros, idiv bl
        CODE    zeros, idiv bx
        CODE    pointers, inc word [bx]
        CODE    pointers, lock inc word [bx]
        CODE    pointers, mov word [bx], 5
        CODE    pointers, mov word [bx + 4], 5
        CODE    pointers, mov ax, [bx + 1]
        CODE    pointers, mov ax, [bx + 3]
        CODE    pointers, mov eax, [bx]
        CODE    pointers, mov eax, [bx + 2]
        CODE    pointers, mov [bx + 3], ax
        CODE    pointers, mov eax, [es:bx]
        CODE    registers, push ax
        CODE    registers, push 0x1234
        CODE    pointers, push word [bx]
        CODE    registers, pushf
        CODE    registers, pop ax
        CODE    pointers, pop word [bx]
        CODE    registers, jmp short $ + 2
        CODE    registers, jmp near $ + 3
        CODE    equal, jz $ + 2
        CODE    equal, jnz $ + 2
        CODE    equal, loop $ + 2
        CODE    equal, jcxz $ + 2
        CODE    zeros, mov ds, ax
        CODE    zeros, mov es, [0x4000]
        CODE    zeros, les di, [0x4000]
        CODE    registers, mov ax, ds
        CODE    registers, cli
        CODE    registers, out 0x80, al
        CODE    port_80, out dx, al
        CODE    registers, in al, 0x61
        CODE    registers, mov eax, cr0

        ROW     "sti, cli", 16, 64, registers, 1
        sti
        cli
        END_ROW
        ROW     "push ax, pop ax", 16, 64, registers, 1
        push    ax
        pop     ax
        END_ROW
        ROW     "pusha, popa", 16, 32, registers, 1
        pusha
        popa
        END_ROW
        ROW     "pushf, popf", 16, 32, registers, 1
        pushf
        popf
        END_ROW
        ROW     "call, ret, jmp short", 16, 32, registers, 1
        call    %$sub
        jmp     short %$over
%$sub:  ret
%$over:
        END_ROW
        ROW     "push cs, call, retf, jmp short", 16, 32, registers, 1
        push    cs
        call    %$sub
        jmp     short %$over
%$sub:  retf
%$over:
        END_ROW
        ROW     "enter 8,0, leave", 16, 32, registers, 1
        enter   8, 0
        leave
        END_ROW
        ROW     "push ds, pop ds", 16, 64, zeros, 1
        push    ds
        pop     ds
        END_ROW
        ROW     "dec cx, jnz (100 passes)", 16, 4, registers, 100
        mov     cx, 100
%$next: dec     cx
        jnz     %$next
        END_ROW
        ROW     "loop (100 passes)", 16, 4, registers, 100
        mov     cx, 100
%$next: loop    %$next
        END_ROW

; --- Addressing modes ---

; Four rows: load and store, add from and to memory. Bits, set-up, address.
%macro ADDRESS 3+
%defstr %%text %3
%if %1 = 32
        ROW     {"mov eax,", %%text}, %1, 64, %2, 1
        mov     eax, %3
        END_ROW
        ROW     {"mov ", %%text, ",eax"}, %1, 64, %2, 1
        mov     %3, eax
        END_ROW
        ROW     {"add eax,", %%text}, %1, 64, %2, 1
        add     eax, %3
        END_ROW
        ROW     {"add ", %%text, ",eax"}, %1, 64, %2, 1
        add     %3, eax
        END_ROW
%else
        ROW     {"mov ax,", %%text}, %1, 64, %2, 1
        mov     ax, %3
        END_ROW
        ROW     {"mov ", %%text, ",ax"}, %1, 64, %2, 1
        mov     %3, ax
        END_ROW
        ROW     {"add ax,", %%text}, %1, 64, %2, 1
        add     ax, %3
        END_ROW
        ROW     {"add ", %%text, ",ax"}, %1, 64, %2, 1
        add     %3, ax
        END_ROW
%endif
%endmacro

        ADDRESS 16, pointers, [bx + si]
        ADDRESS 16, pointers, [bx + di]
        ADDRESS 16, pointers, [bp + si]
        ADDRESS 16, pointers, [bp + di]
        ADDRESS 16, index_pointers, [si]
        ADDRESS 16, index_pointers, [di]
        ADDRESS 16, pointers, [0x4000]
        ADDRESS 16, pointers, [bx]
        ADDRESS 16, pointers, [bx + si + 0x10]
        ADDRESS 16, pointers, [bx + di + 0x10]
        ADDRESS 16, pointers, [bp + si + 0x10]
        ADDRESS 16, pointers, [bp + di + 0x10]
        ADDRESS 16, index_pointers, [si + 0x10]
        ADDRESS 16, index_pointers, [di + 0x10]
        ADDRESS 16, pointers, [bp + 0x10]
        ADDRESS 16, pointers, [bx + 0x10]
        ADDRESS 16, pointers, [bx + si + 0x120]
        ADDRESS 16, pointers, [bx + di + 0x120]
        ADDRESS 16, pointers, [bp + si + 0x120]
        ADDRESS 16, pointers, [bp + di + 0x120]
        ADDRESS 16, index_pointers, [si + 0x120]
        ADDRESS 16, index_pointers, [di + 0x120]
        ADDRESS 16, pointers, [bp + 0x120]
        ADDRESS 16, pointers, [bx + 0x120]

        bits    32
pointers_32:
        mov     ebx, DATA + 0x100
        mov     ebp, DATA + 0x200
        mov     esi, 0x40
        mov     edi, DATA + 0x80
        xor     eax, eax
        ret
        bits    16

        ADDRESS 32, pointers_32, [ebx]
        ADDRESS 32, pointers_32, [ebp + 0x10]
        ADDRESS 32, pointers_32, [ebx + 0x120]
        ADDRESS 32, pointers_32, [0x4000]
        ADDRESS 32, pointers_32, [esp - 0x40]
        ADDRESS 32, pointers_32, [ebx + esi]
        ADDRESS 32, pointers_32, [ebx + esi * 2]
        ADDRESS 32, pointers_32, [ebx + esi * 4]
        ADDRESS 32, pointers_32, [ebx + esi * 8]
        ADDRESS 32, pointers_32, [ebx + esi * 4 + 0x10]
        ADDRESS 32, pointers_32, [ebx + esi * 4 + 0x120]
        ADDRESS 32, pointers_32, [esi * 4 + 0x4000]
        ADDRESS 32, pointers_32, [ebp + edi - 0x4000]
        ROW     "mov ax,[ebx] (32-bit code)", 32, 64, pointers_32, 1
        mov     ax, [ebx]
        END_ROW
        ROW     "mov es,ax (protected mode)", 32, 64, selector_32, 1
        mov     es, ax
        END_ROW
        ROW     "sti, cli (protected mode)", 32, 64, selector_32, 1
        sti
        cli
        END_ROW
        ROW     "out 80h,al (protected mode)", 32, 64, selector_32, 1
        out     0x80, al
        END_ROW
        bits    32
selector_32:
        mov     eax, DATA32
        ret
        bits    16

; --- x87 ---

%macro FLOAT 2+
%defstr %%name %2
        ROW     %%name, 16 | FPU, 32, %1, 1
        %2
        END_ROW
%endmacro
        FLOAT   x87, fadd st0, st1
        FLOAT   x87, fmul st0, st2
        FLOAT   x87, fdiv st0, st2
        ROW     "fdiv st0,st2 (24 bits)", 16 | FPU, 32, x87_24, 1
        fdiv    st0, st2
        END_ROW
        FLOAT   x87, fsqrt
        FLOAT   x87, fsin
        FLOAT   x87, fcos
        FLOAT   x87, fxch st1
        FLOAT   x87, fadd dword [0x4000]
        FLOAT   x87, fmul qword [0x4000]
        FLOAT   x87, fst dword [0x4000]
        FLOAT   x87, fst qword [0x4000]
        FLOAT   x87, fist word [0x4000]
        FLOAT   x87, fnstsw ax
        ROW     "fptan, fstp st0", 16 | FPU, 32, x87, 1
        fptan
        fstp    st0
        END_ROW
        ROW     "fld1, fstp st0", 16 | FPU, 32, x87, 1
        fld1
        fstp    st0
        END_ROW
        ROW     "fdiv st0,st2, 30 x nop", 16 | FPU, 16, x87, 1
        fdiv    st0, st2
        times 30 nop
        END_ROW

; --- Strings of 257 bytes ---

; STRING text, element's size, offset, instruction: figures are for the whole string, its set-up included
%macro STRING 4
        ROW     %1, 16, 4, strings, 1
        mov     si, %3
        mov     di, %3
        mov     cx, 257 / %2
        %4
        END_ROW
%endmacro
        STRING  "257 bytes: rep movsb", 1, 0, {rep movsb}
        STRING  "257 bytes: rep movsw", 2, 0, {rep movsw}
        STRING  "257 bytes: rep movsd", 4, 0, {rep movsd}
        STRING  "257 bytes: rep movsw, unaligned", 2, 1, {rep movsw}
        STRING  "257 bytes: rep movsd, unaligned", 4, 1, {rep movsd}
        STRING  "257 bytes: rep stosb", 1, 0, {rep stosb}
        STRING  "257 bytes: rep stosw", 2, 0, {rep stosw}
        STRING  "257 bytes: rep stosd", 4, 0, {rep stosd}
        STRING  "257 bytes: rep stosd, unaligned", 4, 1, {rep stosd}
        STRING  "257 bytes: rep lodsb", 1, 0, {rep lodsb}
        STRING  "257 bytes: rep lodsw", 2, 0, {rep lodsw}
        STRING  "257 bytes: rep lodsd", 4, 0, {rep lodsd}
        STRING  "257 bytes: rep lodsd, unaligned", 4, 1, {rep lodsd}
        ROW     "257 bytes: repne scasb", 16, 4, strings, 1
        xor     di, di
        mov     cx, 257
        mov     al, 0xFF
        repne   scasb
        END_ROW
        ROW     "257 bytes: repe cmpsb", 16, 4, cached, 1
        xor     si, si
        mov     di, 0           ; with itself
        mov     cx, 257
        repe    cmpsb
        END_ROW
        ROW     "257 bytes: lodsb, stosb, loop", 16, 1, strings, 1
        xor     si, si
        xor     di, di
        mov     cx, 257
%$next: lodsb
        stosb
        loop    %$next
        END_ROW

; --- Video memory ---

        CODE    video, mov [es:di], al
        CODE    video, mov [es:di], ax
        CODE    video, mov [es:di], eax
        CODE    video, mov al, [es:di]
        CODE    video, mov ax, [es:di]
        CODE    video, mov edx, [es:di]
        ROW     "video: mov [es:di],ax, 20 x nop", 16, 16, video, 1
        mov     [es:di], ax
        times 20 nop
        END_ROW
        ROW     "video: rep stosw, a word", 16, 1, video, 2000
        xor     di, di
        mov     cx, 2000
        rep     stosw
        END_ROW
        ROW     "video: rep stosd, a doubleword", 16, 1, video, 1000
        xor     di, di
        mov     cx, 1000
        rep     stosd
        END_ROW
        ROW     "video: rep movsw within, a word", 16, 1, video, 1920
        mov     si, 160
        xor     di, di
        mov     cx, 1920
        rep     movsw
        END_ROW

; --- Memory and caches: per line of 16 bytes, or as said ---

; READ text, set-up, lines: one byte of each, in a loop of 4 instructions
%macro READ 3
        ROW     %1, 16, 1, %2, %3
        xor     si, si
        mov     cx, %3
%$next: mov     al, [si]
        add     si, 16
        dec     cx
        jnz     %$next
        END_ROW
%endmacro
        READ    "read 4 KB, warm", cached, 256
        READ    "read 4 KB, cold", cold, 256
        READ    "read 16 KB again and again", cached, 1024
        READ    "read 64 KB again and again", cached, 4096
        ROW     "read 512 KB again and again", 16, 1, cached, 32768
        mov     ax, 0x1000
%$part: mov     ds, ax
        xor     si, si
        mov     cx, 4096
%$next: mov     bl, [si]
        add     si, 16
        dec     cx
        jnz     %$next
        add     ax, 0x1000
        cmp     ax, 0x9000
        jne     %$part
        END_ROW
        ROW     "write 64 KB, one doubleword a line", 16, 1, cached, 4096
        xor     si, si
        mov     cx, 4096
%$next: mov     [si], eax
        add     si, 16
        dec     cx
        jnz     %$next
        END_ROW
        ROW     "write 4 KB, each doubleword", 16, 1, cached, 256
        xor     di, di
        mov     cx, 1024
        rep     stosd
        END_ROW
        ROW     "copy 32 KB, rep movsd", 16, 1, strings, 2048
        xor     si, si
        xor     di, di
        mov     cx, 8192
        rep     movsd
        END_ROW
        ROW     "2 KB of mov ax,bx, warm", 16, 1024, cached, 1
        mov     ax, bx
        END_ROW
        ROW     "2 KB of mov ax,bx, cold", 16, 1024, cold, 1
        mov     ax, bx
        END_ROW
        ROW     "2 KB of mov eax,1234, cold", 16, 340, cold, 1
        mov     eax, 1234
        END_ROW
        ROW     "jmp short to the next line, cold", 16, 128, cold, 1
        jmp     short $ + 16
        times 14 nop
        END_ROW
        CODE    cached, wbinvd

; --- ROM ---

%macro ROM_READ 4
        ROW     %1, 16, 1, %2, 4096 / %3
        xor     si, si
        mov     cx, 4096 / %3
        %4
        END_ROW
%endmacro
        ROM_READ "rom: rep lodsb, a byte, warm", rom, 1, {rep lodsb}
        ROM_READ "rom: rep lodsb, a byte, cold", cold_rom, 1, {rep lodsb}
        ROM_READ "rom: rep lodsd, a doubleword, warm", rom, 4, {rep lodsd}
        ROM_READ "rom: rep lodsd, a doubleword, cold", cold_rom, 4, {rep lodsd}
        ROM_READ "video rom: rep lodsd, warm", video_rom, 4, {rep lodsd}
        ROM_READ "video rom: rep lodsd, cold", cold_video_rom, 4, {rep lodsd}

        MEASURE_END
