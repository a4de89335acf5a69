; Segments: limits, expand-down, loads with all their checks, null selectors, wrap-around, and the instructions that ask
; about selectors: LAR, LSL, VERR, VERW, ARPL.
%include "privileged.inc"

AREA            equ 0x30000

        gdt_begin
        descriptor UP, AREA, 0x0FFF, 0x92, 0x4
        descriptor UP_READ, AREA, 0x0FFF, 0x90, 0x4
        descriptor UP_ABSENT, AREA, 0x0FFF, 0x12, 0x4
        descriptor ONE_BYTE, AREA, 0, 0x92, 0x4
        descriptor PAGES, AREA, 0, 0x92, 0xC
        descriptor DOWN16, AREA, 0x0FFF, 0x96, 0x0
        descriptor DOWN32, 0, 0x2FFFF, 0x96, 0x4
        descriptor DOWN_PAGES, 0, 0x2F, 0x96, 0xC
        descriptor DOWN_NONE, 0, 0xFFFFF, 0x96, 0xC
        descriptor DOWN_ALL16, AREA, 0, 0x96, 0x0
        descriptor DOWN_READ, 0, 0x2FFFF, 0x94, 0x4
        descriptor CODE_READ, 0, 0xFFFFF, 0x9A, 0xC
        descriptor CODE_HIDDEN, 0, 0xFFFFF, 0x98, 0xC
        descriptor CONFORMING0, 0, 0xFFFFF, 0x9E, 0xC
        descriptor CONFORMING0_HIDDEN, 0, 0xFFFFF, 0x9C, 0xC
        descriptor CONFORMING3, 0, 0xFFFFF, 0xFE, 0xC
        descriptor WRAP, 0xFFFF0000, 0xFFFFF, 0x92, 0xC
        descriptor HIGH_BASE, 0xFFFFFFF0, 0xFFFF, 0x92, 0x4
        descriptor DATA3_READ, 0, 0xFFFFF, 0xF0, 0xC
        descriptor DATA3_ABSENT, 0, 0xFFFFF, 0x72, 0xC
        descriptor CODE3_HIDDEN, 0, 0xFFFFF, 0xF8, 0xC
        descriptor STACK_SHORT, AREA, 0x0FFF, 0x92, 0x4
        descriptor STACK_DOWN, AREA, 0x0FFF, 0x96, 0x4
        descriptor STACK16, AREA, 0xFFFF, 0x92, 0x0
        descriptor STACK3_SHORT, AREA, 0x0FFF, 0xF2, 0x4
        descriptor STACK3_SHORT16, AREA, 0x0FFF, 0xF2, 0x0
        descriptor STACK3_DOWN, AREA, 0x0FFF, 0xF6, 0x4
        descriptor STACK3_DOWN16, AREA, 0x0FFF, 0xF6, 0x0
        descriptor STACK3_16, AREA, 0xFFFF, 0xF2, 0x0
        descriptor CODE3_SMALL, 0x10000, 0x0FFF, 0xFA, 0x4
        descriptor CODE3_16, 0x10000, 0xFFFF, 0xFA, 0x0
        descriptor SYS0, 0, 0xFFFF, 0xE0, 0
        descriptor SYS1, 0, 0xFFFF, 0xE1, 0
        descriptor SYS2, 0, 0xFFFF, 0xE2, 0
        descriptor SYS3, 0, 0xFFFF, 0xE3, 0
        descriptor SYS4, 0, 0xFFFF, 0xE4, 0
        descriptor SYS5, 0, 0xFFFF, 0xE5, 0
        descriptor SYS6, 0, 0xFFFF, 0xE6, 0
        descriptor SYS7, 0, 0xFFFF, 0xE7, 0
        descriptor SYS8, 0, 0xFFFF, 0xE8, 0
        descriptor SYS9, 0, 0xFFFF, 0xE9, 0
        descriptor SYS10, 0, 0xFFFF, 0xEA, 0
        descriptor SYS11, 0, 0xFFFF, 0xEB, 0
        descriptor SYS12, 0, 0xFFFF, 0xEC, 0
        descriptor SYS13, 0, 0xFFFF, 0xED, 0
        descriptor SYS14, 0, 0xFFFF, 0xEE, 0
        descriptor SYS15, 0, 0xFFFF, 0xEF, 0
        descriptor LAST, AREA, 0x0FFF, 0x92, 0x4
        gdt_end
        ldt_begin
        descriptor LDATA, AREA, 0x0FFF, 0x92, 0x4
        ldt_end

; Access through FS: name, selector, instruction
%macro AT 3+
        TRY     %1
        mov     ax, %2
        mov     fs, ax
        GO
        %3
        END_TRY
%endmacro
; Loads a segment register at LEVEL: name, level, register, selector
%macro LOAD 4
        TRY     %1
        OUTER   %2
        mov     ax, %4
        mov     %3, ax
        END_TRY
%endmacro
; Uses a stack at level 3, so that its faults have another: name, selector, ESP, instruction
%macro STACK 4+
        TRY     %1
        OUTER   3
        mov     ax, %2
        mov     ss, ax
        mov     esp, %3
        %4
        END_TRY
%endmacro

        bits    16
real_start:
        enter_protected
        mov     word [0x10FFE], 0x40CD
        call    data_limits
        call    expand_down
        call    null_and_rights
        call    wrap
        call    loads
        call    far_pointers
        call    stack_limits
        call    questions
        call    tables
        call    code_limits                     ; last, as some emulators run on beyond limits
        finish

; --- Limits ---

data_limits:
        AT      "byte at the limit", UP, mov al, [fs:0xFFF]
        AT      "byte beyond the limit", UP, mov al, [fs:0x1000]
        AT      "word at the limit", UP, mov ax, [fs:0xFFE]
        AT      "word across the limit", UP, mov ax, [fs:0xFFF]
        AT      "doubleword at the limit", UP, mov eax, [fs:0xFFC]
        AT      "doubleword across the limit", UP, mov eax, [fs:0xFFD]
        AT      "doubleword across the limit, write", UP, mov [fs:0xFFD], eax
        AT      "doubleword across the limit, read-modify-write", UP, inc dword [fs:0xFFD]
        AT      "doubleword at FFFFFFFFh", UP, mov eax, [fs:0xFFFFFFFF]
        AT      "byte of a segment of one byte", ONE_BYTE, mov al, [fs:0]
        AT      "word of a segment of one byte", ONE_BYTE, mov ax, [fs:0]
        AT      "last byte of one page", PAGES, mov al, [fs:0xFFF]
        AT      "byte beyond one page", PAGES, mov al, [fs:0x1000]
        AT      "ten bytes across the limit", UP, fld tword [fs:0xFF7]
        AT      "bound with the upper bound beyond", UP, bound eax, [fs:0xFFC]
        AT      "far pointer with the selector beyond", UP, lgs eax, [fs:0xFFC]
        AT      "bt with a register reaches beyond", UP, {bt [fs:0xFFC], eax}
        TRY     "movsd whose source crosses the limit"
        mov     ax, UP
        mov     fs, ax
        mov     esi, 0xFFD
        mov     edi, AREA
        GO
        fs      movsd
        END_TRY
        show    "esi=", [trap_esi]
        show    "edi=", [trap_edi]
        TRY     "rep movsb up to the limit of the destination"
        mov     ax, UP
        mov     es, ax
        mov     esi, AREA + 0x2000
        mov     edi, 0xFF0
        mov     ecx, 0x20
        GO
        rep     movsb
        END_TRY
        show    "esi=", [trap_esi]
        show    "edi=", [trap_edi]
        show    "ecx=", [trap_ecx]
        TRY     "rep stosd down out of the segment"
        mov     ax, UP
        mov     es, ax
        mov     edi, 8
        mov     ecx, 5
        std
        mov     dword [try_base], .stos
.stos:  rep     stosd
        END_TRY
        show    "edi=", [trap_edi]
        show    "ecx=", [trap_ecx]
        TRY     "pusha with room for half"
        OUTER   3
        mov     ax, STACK3_SHORT
        mov     ss, ax
        mov     esp, 0x10
        pusha
        END_TRY
        TRY     "popa across the limit"
        OUTER   3
        mov     ax, STACK3_SHORT
        mov     ss, ax
        mov     esp, 0xFF0
        popa
        END_TRY
        ret

; --- Expand-down ---

expand_down:
        AT      "down: byte at the limit", DOWN16, mov al, [fs:0xFFF]
        AT      "down: byte above the limit", DOWN16, mov al, [fs:0x1000]
        AT      "down: word across the limit", DOWN16, mov ax, [fs:0xFFF]
        AT      "down: byte at FFFFh, B = 0", DOWN16, mov al, [fs:0xFFFF]
        AT      "down: word at FFFFh, B = 0", DOWN16, mov ax, [fs:0xFFFF]
        AT      "down: byte at 10000h, B = 0", DOWN16, mov al, [fs:0x10000]
        AT      "down: byte at 0", DOWN16, mov al, [fs:0]
        AT      "down: byte at the limit, B = 1", DOWN32, mov al, [fs:0x2FFFF]
        AT      "down: byte above the limit, B = 1", DOWN32, mov al, [fs:0x30000]
        AT      "down: byte at the limit, pages", DOWN_PAGES, mov al, [fs:0x2FFFF]
        AT      "down: byte above the limit, pages", DOWN_PAGES, mov al, [fs:0x30000]
        AT      "down: limit FFFFFFFFh has no bytes", DOWN_NONE, mov al, [fs:0xFFFFFFFF]
        AT      "down: limit 0 has no byte 0", DOWN_ALL16, mov al, [fs:0]
        AT      "down: limit 0 has byte 1", DOWN_ALL16, mov al, [fs:1]
        AT      "down: write to read-only", DOWN_READ, mov [fs:0x30000], al
        AT      "down: read of read-only", DOWN_READ, mov al, [fs:0x30000]
        AT      "down: doubleword at FFFFFFFDh wraps", DOWN32, mov eax, [fs:0xFFFFFFFD]
        ret

; --- Rights and null selectors ---

null_and_rights:
        AT      "read through null", 0, mov al, [fs:0]
        AT      "write through null with RPL 3", 3, mov [fs:0], al
        TRY     "read through null DS"
        xor     eax, eax
        mov     ds, ax
        mov     dword [es:try_base], .null
.null:  mov     al, [0x30000]
        END_TRY
        AT      "write to read-only data", UP_READ, mov [fs:0], al
        AT      "read-modify-write of read-only data", UP_READ, inc byte [fs:0]
        AT      "read of read-only data", UP_READ, mov al, [fs:0]
        AT      "cmp with read-only data", UP_READ, cmp byte [fs:0], 1
        AT      "xchg with read-only data", UP_READ, xchg al, [fs:0]
        AT      "read of code", CODE_READ, mov al, [fs:0x30000]
        AT      "write to code", CODE_READ, mov [fs:0x30000], al
        TRY     "read of execute-only code"
        GO
        mov     al, [cs:0x30000]
        END_TRY
        TRY     "write through CS"
        GO
        mov     [cs:0x30000], al
        END_TRY
        TRY     "arpl on read-only data that need not change"
        mov     ax, UP_READ
        mov     fs, ax
        mov     word [AREA], 3
        xor     ebx, ebx
        GO
        arpl    [fs:0], bx
        END_TRY
        show    "flags=", [trap_eflags]
        TRY     "arpl on read-only data that must change"
        mov     ax, UP_READ
        mov     fs, ax
        mov     word [AREA], 0
        mov     ebx, 3
        GO
        arpl    [fs:0], bx
        END_TRY
        ret

; --- Wrap-around at 4 GB and at 64 KB ---

wrap:
        mov     dword [0x20000 - 0x10000], 0x44332211   ; linear 10000h
        AT      "base + offset wraps at 4 GB", WRAP, mov eax, [fs:0x20000]
        show    "eax=", [trap_eax]
        AT      "doubleword across 4 GB", HIGH_BASE, mov eax, [fs:0x0E]
        AT      "byte beyond 4 GB", HIGH_BASE, mov al, [fs:0x10]
        AT      "doubleword at offset FFFFFFFDh of a flat segment", DATA0, mov eax, [fs:0xFFFFFFFD]
        AT      "a16 offset wraps at 64 KB", DATA0, {mov al, [fs:word 0xFFFF]}
        TRY     "a16 index wraps at 64 KB"
        mov     ax, DATA0
        mov     fs, ax
        mov     byte [0x500], 0x77
        mov     ebx, 0xFFF0
        mov     esi, 0x510
        GO
        mov     al, [fs:bx + si]
        END_TRY
        show8   "al=", [trap_eax]
        TRY     "a16 rep stosb wraps DI"
        mov     edi, 0x5FFFE
        mov     ecx, 4
        mov     ax, UP
        mov     es, ax
        or      byte [at(UP) + 6], 0x0F
        mov     es, ax
        GO
        a16 rep stosb
        END_TRY
        show    "edi=", [trap_edi]
        show    "ecx=", [trap_ecx]
        STACK   "push on a 16-bit stack wraps SP", STACK3_16, 0x12340000, push eax
        STACK   "pop on a 16-bit stack wraps SP", STACK3_16, 0x1234FFFC, pop eax
        STACK   "push across the wrap of a 16-bit stack", STACK3_16, 0x12340002, push eax
        STACK   "pop across the end of a 16-bit stack", STACK3_16, 0x1234FFFE, pop eax
        ret

; --- Loads ---

loads:
        LOAD    "ds: null", 3, ds, 0
        LOAD    "ds: null with RPL 3", 3, ds, 3
        LOAD    "ds: beyond the GDT", 3, ds, 0xFFB
        LOAD    "ds: just beyond the GDT", 0, ds, LAST + 8
        LOAD    "ds: last of the GDT", 0, ds, LAST
        LOAD    "ds: beyond the LDT", 3, ds, 0xFFF
        LOAD    "ds: in the LDT", 0, ds, LDATA
        LOAD    "ds: data of level 0 from 3", 3, ds, DATA0
        LOAD    "ds: data of level 3 with RPL 0 from 3", 3, ds, DATA3 & ~3
        LOAD    "ds: data of level 0 with RPL 3 from 0", 0, ds, DATA0 | 3
        LOAD    "ds: data of level 1 with RPL 2 from 1", 1, ds, (DATA1 & ~3) | 2
        LOAD    "ds: data of level 2 from 1", 1, ds, DATA2
        LOAD    "ds: absent", 0, ds, UP_ABSENT
        LOAD    "ds: absent and above", 3, ds, UP_ABSENT
        LOAD    "ds: readable code of level 0 from 0", 0, ds, CODE_READ
        LOAD    "ds: readable code of level 0 from 3", 3, ds, CODE_READ
        LOAD    "ds: execute-only code", 0, ds, CODE_HIDDEN
        LOAD    "ds: conforming code of level 0 from 3", 3, ds, CONFORMING0 | 3
        LOAD    "ds: conforming execute-only code", 0, ds, CONFORMING0_HIDDEN
        LOAD    "ds: TSS", 0, ds, TSS_DOUBLE
        LOAD    "ds: call gate", 0, ds, SYS12 & ~3
        LOAD    "es: absent", 0, es, UP_ABSENT
        LOAD    "gs: beyond the GDT", 0, gs, 0xFF8
        LOAD    "ss: null at level 0", 0, ss, 0
        LOAD    "ss: null with RPL 3 at level 3", 3, ss, 3
        LOAD    "ss: beyond the GDT", 3, ss, 0xFFB
        LOAD    "ss: data of level 3 with RPL 0 at level 3", 3, ss, DATA3 & ~3
        LOAD    "ss: data of level 0 with RPL 3 at level 3", 3, ss, DATA0 | 3
        LOAD    "ss: data of level 3 at level 0", 0, ss, DATA3
        LOAD    "ss: read-only", 3, ss, DATA3_READ
        LOAD    "ss: readable code", 0, ss, CODE_READ
        LOAD    "ss: absent", 3, ss, DATA3_ABSENT
        LOAD    "ss: TSS", 0, ss, TSS_DOUBLE
        TRY     "the accessed bit is set by a load"
        mov     ax, UP
        mov     fs, ax
        mov     ax, CODE_READ
        mov     gs, ax
        END_TRY
        show8   "data=", [at(UP) + 5]
        show8   "code=", [at(CODE_READ) + 5]
        TRY     "a load that fails keeps the register"
        mov     ax, UP
        mov     fs, ax
        GO
        mov     ax, UP_ABSENT
        mov     fs, ax
        END_TRY
        show16  "fs=", [trap_fs]
        TRY     "pop of a bad selector keeps ESP"
        push    dword 0xFF8
        GO
        pop     fs
        END_TRY
        TRY     "pop ss beyond the GDT keeps ESP"
        push    dword 0xFF8
        GO
        pop     ss
        END_TRY
        TRY     "mov to CS"
        GO
        db      0x8E, 0xC8
        END_TRY
        TRY     "mov to segment register 6"
        GO
        db      0x8E, 0xF0
        END_TRY
        TRY     "push of a segment register, upper half"
        mov     dword [AREA], 0xAAAAAAAA
        mov     eax, esp
        mov     esp, AREA + 4
        push    ds
        mov     esp, eax
        END_TRY
        show    "pushed=", [AREA]
        TRY     "mov r32, sreg"
        mov     eax, -1
        mov     eax, ds
        END_TRY
        show    "eax=", [trap_eax]
        ret

far_pointers:
        TRY     "lds of a bad selector keeps the register"
        mov     dword [AREA], 0x12345678
        mov     word [AREA + 4], 0xFF8
        mov     ebx, 0x11111111
        GO
        lds     ebx, [AREA]
        END_TRY
        show    "ebx=", [trap_ebx]
        TRY     "lss of a bad selector keeps the register"
        mov     dword [AREA], 0x12345678
        mov     word [AREA + 4], DATA3
        GO
        lss     esp, [AREA]
        END_TRY
        TRY     "lfs of null"
        mov     dword [AREA], 0x12345678
        mov     word [AREA + 4], 0
        lfs     ebx, [AREA]
        END_TRY
        show    "ebx=", [trap_ebx]
        TRY     "lds with a register operand"
        GO
        db      0xC5, 0xC0
        END_TRY
        ret

; --- Stacks ---

stack_limits:
        STACK   "push at 0 of a 32-bit stack", STACK3_SHORT, 0, push eax
        STACK   "push at 4", STACK3_SHORT, 4, push eax
        STACK   "push at 3", STACK3_SHORT, 3, push eax
        STACK   "push above the limit", STACK3_SHORT, 0x1004, push eax
        STACK   "push at the limit + 1", STACK3_SHORT, 0x1000, push eax
        STACK   "pop at the limit + 1", STACK3_SHORT, 0x1000, pop eax
        STACK   "pop across the limit", STACK3_SHORT, 0xFFE, pop eax
        STACK   "push on a short 16-bit stack at 0", STACK3_SHORT16, 0, push eax
        STACK   "push on a down stack at its end", STACK3_DOWN, 0x1004, push eax
        STACK   "push on a down stack below its end", STACK3_DOWN, 0x1003, push eax
        STACK   "push on a down stack at 0 wraps", STACK3_DOWN16, 0, push eax
        STACK   "access through EBP", STACK3_SHORT, 0x100, mov eax, [ebp + 0x1000]
        STACK   "access through SS override", STACK3_SHORT, 0x100, mov eax, [ss:0xFFF]
        STACK   "access through EBP with DS override", STACK3_SHORT, 0x100, mov eax, [ds:ebp + 0x30000]
        STACK   "enter without room", STACK3_SHORT, 4, enter 0x10, 0
        STACK   "enter that ends below 0", STACK3_SHORT, 8, enter 0x10, 0
        STACK   "call without room", STACK3_SHORT, 2, call inner
        STACK   "ret across the limit", STACK3_SHORT, 0xFFE, ret
        STACK   "leave to beyond the limit", STACK3_SHORT, 0x100, {mov ebp, 0x2000}
        TRY     "leave beyond the limit"
        OUTER   3
        mov     ax, STACK3_SHORT
        mov     ss, ax
        mov     ebp, 0x2000
        mov     esp, 0x100
        leave
        END_TRY
        show    "ebp=", [trap_ebp]
        ret

; --- Code ---

; A far jump at level 3 into a code segment, whose linear 10FFEh has INT 40h: name, selector, offset
%macro CODE 3
        TRY     %1
        OUTER   3
        jmp     %2:%3
        END_TRY
%endmacro

code_limits:
        CODE    "INT 40h in the last two bytes", CODE3_SMALL, 0xFFE
        mov     byte [0x10FFF], 0x90
        mov     byte [0x10FFD], 0x90
        TRY     "nop in the last byte, then beyond"
        mov     dword [try_base], 0xFFF
        go_outer 3, .last
.last:  mov     dword [try_base], 0xFFF
        jmp     CODE3_SMALL:0xFFF
        END_TRY
        TRY     "instruction across the limit"
        mov     byte [0x10FFF], 0xB8
        go_outer 3, .across
.across: mov    dword [try_base], 0xFFF
        jmp     CODE3_SMALL:0xFFF
        END_TRY
        CODE    "jump beyond the limit", CODE3_SMALL, 0x1000
        TRY     "near jump beyond the limit"
        mov     word [0x10F00], 0xE990          ; nop; jmp
        mov     dword [0x10F02], 0x00000200
        go_outer 3, .near
.near:  mov     dword [try_base], 0xF00
        jmp     CODE3_SMALL:0xF00
        END_TRY
        TRY     "near return beyond the limit keeps ESP"
        mov     word [0x10F00], 0xC390
        go_outer 3, .return
.return: mov    dword [try_base], 0xF00
        push    dword 0x1000
        jmp     CODE3_SMALL:0xF00
        END_TRY
        TRY     "near call beyond the limit keeps ESP"
        mov     byte [0x10F00], 0xE8
        mov     dword [0x10F01], 0x00000200
        go_outer 3, .call
.call:  mov     dword [try_base], 0xF00
        jmp     CODE3_SMALL:0xF00
        END_TRY
        TRY     "near indirect jump beyond the limit"
        mov     word [0x10F00], 0xE0FF
        go_outer 3, .indirect
.indirect: mov  dword [try_base], 0xF00
        mov     eax, 0x12345678
        jmp     CODE3_SMALL:0xF00
        END_TRY
        TRY     "o16 jump cuts EIP"
        mov     word [0x10F00], 0xEB66
        mov     byte [0x10F02], 0x10
        mov     word [0x10F13], 0x40CD
        go_outer 3, .cut
.cut:   jmp     CODE3_SMALL:0xF00
        END_TRY
        TRY     "loop in a 16-bit segment wraps IP"
        mov     word [0x1FFFE], 0x10EB          ; jmp +10h at FFFEh: 10h
        mov     word [0x10010], 0x40CD
        go_outer 3, .wrap
.wrap:  jmp     CODE3_16:0xFFFE
        END_TRY
        mov     word [0x10FFE], 0x40CD
        TRY     "read of execute-only code through CS"
        go_outer 3, .hidden
.hidden:
        jmp     CODE3_HIDDEN:.hidden2
.hidden2:
        mov     dword [try_base], .hidden2
        mov     al, [cs:0x30000]
        END_TRY
        ret

; --- LAR, LSL, VERR, VERW ---

; All four, of each selector of the list, at LEVEL with RPL: name, level, rpl
%macro ASK 3
        TRY     %1
        mov     esi, selectors
        mov     edi, answers
        OUTER   %2
        mov     ax, DATA3
        mov     ds, ax
        mov     es, ax
%%next:
        movzx   ebx, word [esi]
        add     esi, 2
        test    ebx, ebx
        jz      %%end
        and     ebx, ~3
        or      ebx, %3
        mov     eax, 0xAAAAAAAA
        mov     edx, 0xBBBBBBBB
        lar     eax, ebx
        setz    cl
        lsl     edx, ebx
        setz    ch
        shl     ecx, 16
        verr    bx
        setz    cl
        verw    bx
        setz    ch
        mov     [edi], ebx
        mov     [edi + 4], eax
        mov     [edi + 8], edx
        mov     [edi + 12], ecx
        add     edi, 16
        jmp     %%next
%%end:
        END_TRY
        call    put_answers
%endmacro

selectors:
        dw      UP, UP_READ, UP_ABSENT, ONE_BYTE, PAGES, DOWN32, DOWN_PAGES, CODE_READ, CODE_HIDDEN, CONFORMING0
        dw      CONFORMING0_HIDDEN, CONFORMING3, DATA1, DATA2, DATA3, DATA3_READ, DATA3_ABSENT, CODE3, CODE3_HIDDEN
        dw      SYS0, SYS1, SYS2, SYS3, SYS4, SYS5, SYS6, SYS7, SYS8, SYS9, SYS10, SYS11, SYS12, SYS13, SYS14, SYS15
        dw      LAST, LAST + 8, LDATA, LDATA + 0x18, 0xFFF8, 4, 0
SELECTORS       equ ($ - selectors) / 2 - 1
answers         equ AREA + 0x4000

put_answers:
        mov     esi, answers
        mov     ebx, SELECTORS
.next:
        say     10, "  "
        show16  "", [esi]
        show    "lar=", [esi + 4]
        show    "lsl=", [esi + 8]
        show    "zf=", [esi + 12]
        add     esi, 16
        dec     ebx
        jnz     .next
        ret

questions:
        ASK     "questions at level 0 with RPL 0", 0, 0
        ASK     "questions at level 0 with RPL 3", 0, 3
        ASK     "questions at level 3 with RPL 0", 3, 0
        ASK     "questions at level 1 with RPL 2", 1, 2
        TRY     "lar of null"
        mov     eax, 0xAAAAAAAA
        xor     ebx, ebx
        push    dword 0x46
        popfd
        lar     eax, ebx
        END_TRY
        show    "eax=", [trap_eax]
        show    "flags=", [trap_eflags]
        TRY     "o16 lar and lsl"
        mov     eax, 0xAAAAAAAA
        mov     edx, 0xBBBBBBBB
        mov     ebx, DATA0
        lar     ax, bx
        lsl     dx, bx
        END_TRY
        show    "eax=", [trap_eax]
        show    "edx=", [trap_edx]
        TRY     "verr of null with RPL 3"
        mov     eax, 3
        verr    ax
        END_TRY
        show    "flags=", [trap_eflags]
        TRY     "arpl raises"
        mov     eax, 0x11110008
        mov     ebx, 0x22220003
        arpl    ax, bx
        END_TRY
        show    "eax=", [trap_eax]
        show    "flags=", [trap_eflags]
        TRY     "arpl does not lower"
        mov     eax, 0x1111000B
        mov     ebx, 0x22220001
        push    dword 0x46
        popfd
        arpl    ax, bx
        END_TRY
        show    "eax=", [trap_eax]
        show    "flags=", [trap_eflags]
        ret

; --- GDTR, IDTR, MSW ---

tables:
        TRY     "sgdt and sidt at level 3"
        OUTER   3
        mov     dword [AREA], -1
        mov     dword [AREA + 4], -1
        sgdt    [AREA]
        END_TRY
        show    "low=", [AREA]
        show    "high=", [AREA + 4]
        TRY     "o16 sgdt"
        mov     dword [AREA], -1
        mov     dword [AREA + 4], -1
        o16 sgdt [AREA]
        END_TRY
        show    "low=", [AREA]
        show    "high=", [AREA + 4]
        TRY     "o16 lgdt takes 24 bits"
        mov     dword [AREA], ((gdt & 0xFFFF) << 16) | 0x7FF
        mov     dword [AREA + 4], 0x5500 | (gdt >> 16)
        sgdt    [AREA + 0x10]
        o16 lgdt [AREA]
        mov     eax, 0
        sgdt    [AREA + 8]
        lgdt    [AREA + 0x10]
        END_TRY
        show    "low=", [AREA + 8]
        show16  "high=", [AREA + 12]
        TRY     "lgdt at level 3"
        OUTER   3
        lgdt    [AREA]
        END_TRY
        TRY     "lidt at level 1"
        OUTER   1
        lidt    [AREA]
        END_TRY
        TRY     "lmsw cannot clear PE"
        mov     ax, 0
        lmsw    ax
        smsw    bx
        END_TRY
        show16  "bx=", [trap_ebx]
        TRY     "lmsw at level 3"
        OUTER   3
        lmsw    ax
        END_TRY
        TRY     "smsw at level 3"
        OUTER   3
        smsw    bx
        END_TRY
        show16  "bx=", [trap_ebx]
        TRY     "clts at level 3"
        OUTER   3
        clts
        END_TRY
        TRY     "mov from CR0 at level 3"
        OUTER   3
        mov     eax, cr0
        END_TRY
        TRY     "hlt at level 3"
        OUTER   3
        hlt
        END_TRY
        TRY     "lgdt with a register operand"
        GO
        db      0x0F, 0x01, 0xD0
        END_TRY
        ret

inner:
        int     0x40

        guest_end
