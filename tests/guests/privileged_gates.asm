; Call, interrupt and trap gates, conforming code, and the returns from them: RETF and IRET to outer levels.
%include "privileged.inc"

        gdt_begin
        descriptor CONFORMING0, 0, 0xFFFFF, 0x9E, 0xC
        descriptor CONFORMING3, 0, 0xFFFFF, 0xFE, 0xC
        descriptor ABSENT0, 0, 0xFFFFF, 0x1A, 0xC
        descriptor SHORT0, 0, 0x0FFF, 0x9A, 0x4         ; code that ends at 0FFFh
        descriptor STACK_SHORT, 0x29000, 0x0017, 0x92, 0x4 ; room for six doublewords
        descriptor STACK1_SHORT, 0x29000, 0x0017, 0xB2, 0x4
        descriptor STACK_ABSENT, 0, 0xFFFFF, 0x12, 0xC
        descriptor STACK_READ, 0, 0xFFFFF, 0x90, 0xC
        descriptor STACK16, 0x20000, 0xFFFF, 0x92, 0x0
        descriptor STACK_DOWN, 0, 0x28EFF, 0x96, 0x4
        descriptor CODE3_16, 0, 0xFFFF, 0xFA, 0
        descriptor DATA3_16, 0, 0xFFFF, 0xF2, 0
        descriptor DATA3_ABSENT, 0, 0xFFFFF, 0x72, 0xC
        gate TO0, CODE0, inner, 0, 0xEC
        gate TO0_3, CODE0, inner, 3, 0xEC
        gate TO0_31, CODE0, inner, 31, 0xEC
        gate TO0_BACK, CODE0, inner_back, 3, 0xEC
        gate TO1, CODE1, inner, 0, 0xEC
        gate TO1_2, CODE1, inner, 2, 0xEC
        gate TO2_1, CODE2, inner, 1, 0xEC
        gate TO0_286, CODE0, inner, 0, 0xE4
        gate TO0_286_2, CODE0, inner, 2, 0xE4
        gate TO0_286_BACK, CODE0, inner_back286, 2, 0xE4
        gate CLOSED, CODE0, inner, 0, 0x8C
        gate CLOSED1, CODE0, inner, 0, 0xAC
        gate ABSENT, CODE0, inner, 0, 0x6C
        gate ABSENT_CLOSED, CODE0, inner, 0, 0x0C
        gate TO_NULL, 0, inner, 0, 0xEC
        gate TO_NULL3, 3, inner, 0, 0xEC
        gate TO_BEYOND, 0xFF8, inner, 0, 0xEC
        gate TO_BEYOND_LDT, 0xFFC, inner, 0, 0xEC
        gate TO_DATA, DATA0, inner, 0, 0xEC
        gate TO_ABSENT, ABSENT0, inner, 0, 0xEC
        gate TO_OUTER, CODE3, inner, 0, 0xEC
        gate TO_CONFORMING, CONFORMING0, inner, 0, 0xEC
        gate TO_SHORT, SHORT0, 0x1000, 0, 0xEC
        gate TO_RPL, CODE0 | 3, inner, 0, 0xEC
        gate TO_TSS, TSS_MAIN, inner, 0, 0xEC
        gate INTGATE, CODE0, inner, 0, 0xEE
        gate RESERVED0, CODE0, inner, 0, 0xE0
        gate RESERVED8, CODE0, inner, 0, 0xE8
        gate RESERVED10, CODE0, inner, 0, 0xEA
        gate RESERVED13, CODE0, inner, 0, 0xED
        gdt_end
        ldt_begin
        descriptor LDT_CODE0, 0, 0xFFFFF, 0x9A, 0xC
        gate LDT_TO0, LDT_CODE0, inner, 1, 0xEC
        ldt_end

; Sets vector 30h: selector, offset, access byte.
%macro vector 3
        mov     dword [idt + 0x30 * 8], ((%1) << 16)
        mov     word [idt + 0x30 * 8], %2
        mov     dword [idt + 0x30 * 8 + 4], (%3) << 8
%endmacro

; One far transfer from LEVEL: name, level, instruction.
%macro FROM_LEVEL 3+
        TRY     %1
        OUTER   %2
        push    dword 0x11111111
        push    dword 0x22222222
        push    dword 0x33333333
        %3
        END_TRY
%endmacro
%macro FROM0 2+
        TRY     %1
        GO
        %2
        END_TRY
%endmacro
        bits    16
real_start:
        enter_protected
        mov     word [0x1000], 0x40CD           ; INT 40h where offsets beyond limits lead to
        mov     word [0x100000], 0x40CD
        call    call_gates
        call    checks
        call    stacks
        call    far_returns
        call    direct
        call    interrupt_gates
        call    hardware
        call    interrupt_returns
        finish

; --- Call gates that work ---

call_gates:
        FROM_LEVEL "call 386 gate 3 to 0", 3, call TO0:0x12345678
        stack_dwords 4
        FROM_LEVEL "call 386 gate 3 to 0, 3 parameters", 3, call TO0_3:0
        stack_dwords 7
        TRY     "call 386 gate 3 to 0, 31 parameters"
        OUTER   3
        mov     ecx, 31
.push:  push    ecx
        loop    .push
        call    TO0_31:0
        END_TRY
        stack_dwords 35
        FROM_LEVEL "call 386 gate 3 to 1", 3, call TO1:0
        stack_dwords 4
        FROM_LEVEL "call 386 gate 3 to 2, 1 parameter", 3, call TO2_1:0
        stack_dwords 5
        FROM_LEVEL "call 386 gate 2 to 1", 2, call TO1:0
        stack_dwords 4
        FROM_LEVEL "call 386 gate 1 to 0, 3 parameters", 1, call TO0_3:0
        stack_dwords 7
        FROM_LEVEL "call 286 gate 3 to 0", 3, call TO0_286:0
        stack_words 4
        FROM_LEVEL "call 286 gate 3 to 0, 2 parameters", 3, call TO0_286_2:0
        stack_words 6
        FROM_LEVEL "call 386 gate 3 to 0 and back", 3, call TO0_BACK:0
        FROM_LEVEL "call 286 gate 3 to 0 and back", 3, call TO0_286_BACK:0
        FROM_LEVEL "call 386 gate with o16", 3, o16 call TO0:0
        stack_dwords 4
        FROM_LEVEL "call gate in the LDT", 3, call LDT_TO0:0
        stack_dwords 5
        FROM0   "call 386 gate at level 0, parameters are ignored", call TO0_3:0
        stack_dwords 2
        FROM0   "call 286 gate at level 0", call TO0_286_2:0
        stack_words 2
        FROM0   "jump 386 gate at level 0", jmp TO0:0
        FROM0   "jump 286 gate at level 0", jmp TO0_286:0
        FROM_LEVEL "call gate to conforming code", 3, call TO_CONFORMING:0
        stack_dwords 2
        FROM_LEVEL "jump gate to conforming code", 3, jmp TO_CONFORMING:0
        FROM_LEVEL "call gate whose code selector has RPL 3", 3, call TO_RPL:0
        FROM_LEVEL "call gate, selector with RPL 0", 3, call (TO0 & ~3):0
        TRY     "call gate to a 16-bit inner stack"
        mov     dword [tss_main + 4], 0xABCD9000
        mov     word [tss_main + 8], STACK16
        OUTER   3
        call    TO0:0
        END_TRY
        show    "esp=", [trap_esp]
        TRY     "call gate to an expand-down inner stack"
        mov     word [tss_main + 8], STACK_DOWN
        OUTER   3
        call    TO0:0
        END_TRY
        stack_dwords 4
        ret

; --- Call gates that do not ---

checks:
        FROM_LEVEL "gate DPL below CPL", 3, call CLOSED:0
        FROM_LEVEL "gate DPL below RPL", 1, call (CLOSED1 | 3):0
        FROM_LEVEL "gate absent", 3, call ABSENT:0
        FROM_LEVEL "gate absent and DPL below CPL", 3, call ABSENT_CLOSED:0
        FROM_LEVEL "gate to null selector", 3, call TO_NULL:0
        FROM_LEVEL "gate to null selector with RPL 3", 3, call TO_NULL3:0
        FROM_LEVEL "gate to selector beyond the GDT", 3, call TO_BEYOND:0
        FROM_LEVEL "gate to selector beyond the LDT", 3, call TO_BEYOND_LDT:0
        FROM_LEVEL "gate to data", 3, call TO_DATA:0
        FROM_LEVEL "gate to a TSS", 3, call TO_TSS:0
        FROM_LEVEL "gate to absent code", 3, call TO_ABSENT:0
        FROM0   "gate to outer code", call TO_OUTER:0
        FROM_LEVEL "jump gate to inner code", 3, jmp TO0:0
        FROM_LEVEL "jump gate to absent inner code", 3, jmp TO_ABSENT:0
        FROM0   "gate to offset beyond the limit", call TO_SHORT:0
        FROM_LEVEL "gate to offset beyond the limit, inner", 3, call TO_SHORT:0
        FROM0   "jump gate to offset beyond the limit", jmp TO_SHORT:0
        FROM0   "call an interrupt gate", call INTGATE:0
        FROM0   "call reserved type 0", call RESERVED0:0
        FROM0   "call reserved type 8", call RESERVED8:0
        FROM0   "call reserved type 10", call RESERVED10:0
        FROM0   "call reserved type 13", call RESERVED13:0
        FROM0   "call LDT descriptor", call LDT_MAIN:0
        FROM0   "call busy TSS", call TSS_MAIN:0
        FROM0   "jump busy TSS", jmp TSS_MAIN:0
        FROM0   "call null", call 0:0
        FROM0   "call null with RPL 3", call 3:0
        FROM0   "call beyond the GDT", call 0xFF8:0
        FROM0   "jump beyond the LDT", jmp 0xFFC:0
        TRY     "call through LDT when LDTR is null"
        xor     ax, ax
        lldt    ax
        GO
        call    LDT_TO0:0
        END_TRY
        ret

; --- Inner stacks. With a bad stack of level 0 the fault is delivered by a task gate ---

%macro BAD_STACK 3
        TRY     %1
        mov     dword [tss_main + 4], %3
        mov     word [tss_main + 8], %2
        mov     dword [idt + 10 * 8], CODE1 << 16
        mov     dword [idt + 12 * 8], CODE1 << 16
        mov     word [idt + 10 * 8], ts_at_level_1
        mov     word [idt + 12 * 8], ss_at_level_1
        OUTER   3
        push    dword 0x11111111
        push    dword 0x22222222
        push    dword 0x33333333
        call    TO0_3:0
        END_TRY
%endmacro
; The handlers of level 1 come to level 0 by INT 40h, whose stack the TSS must have again.
%macro level_1 2
%1:
        mov     eax, [esp]
        mov     edx, [esp + 16]
        mov     ecx, [esp + 4]
        mov     word [tss_main + 8], DATA0
        mov     dword [tss_main + 4], stack_trap
        mov     ebx, %2
        int     0x40
%endmacro
level_1 ts_at_level_1, 10
level_1 ss_at_level_1, 12

; A call to level 2 with a small TSS.
%macro TSS_LIMIT 2
        TRY     %1
        mov     word [at(TSS_MAIN)], %2
        mov     byte [at(TSS_MAIN) + 5], 0x89
        mov     ax, TSS_MAIN
        ltr     ax
        OUTER   3
        call    TO2_1:0
        END_TRY
%endmacro

%macro show_level_1 0
        show    "vector=", [trap_ebx]
        show    "code=", [trap_eax]
        show    "their esp=", [trap_edx]
%endmacro

stacks:
        BAD_STACK "inner SS null", 0, stack_trap
        show_level_1
        BAD_STACK "inner SS null with RPL 3", 3, stack_trap
        show_level_1
        BAD_STACK "inner SS beyond the GDT", 0xFF8, stack_trap
        show_level_1
        BAD_STACK "inner SS beyond the LDT", 0xFFC, stack_trap
        show_level_1
        BAD_STACK "inner SS with RPL 1", DATA0 | 1, stack_trap
        show_level_1
        BAD_STACK "inner SS with DPL 1", DATA1 & ~3, stack_trap
        show_level_1
        BAD_STACK "inner SS read-only", STACK_READ, stack_trap
        show_level_1
        BAD_STACK "inner SS code", CODE0, stack_trap
        show_level_1
        BAD_STACK "inner SS a TSS", TSS_DOUBLE, stack_trap
        show_level_1
        BAD_STACK "inner SS absent", STACK_ABSENT, stack_trap
        show_level_1
        BAD_STACK "inner stack without room", STACK_SHORT, 0x18
        show_level_1
        BAD_STACK "inner stack pointer beyond its limit", STACK_SHORT, 0x100
        show_level_1
        BAD_STACK "inner stack expand-down without room", STACK_DOWN, 0x28F10
        show_level_1
        TSS_LIMIT "inner SS beyond the limit of the TSS", 0x18
        TSS_LIMIT "inner SS at the limit of the TSS", 0x19
        TRY     "inner stack with just enough room"
        mov     dword [tss_main + 12], 0x18
        mov     word [tss_main + 16], STACK1_SHORT
        OUTER   3
        push    dword 0x22222222
        push    dword 0x33333333
        call    TO1_2:0
        END_TRY
        show8   "accessed=", [at(STACK1_SHORT) + 5]
        ret

; --- RETF ---

; name, EIP, CS, ESP, SS, then preparations
%macro RETURN 5-6+
        TRY     %1
        %6
        push    dword %5
        push    dword %4
        push    dword %3
        push    dword %2
        GO
        retf
        END_TRY
%endmacro
%macro RETURN_SAME 3
        TRY     %1
        push    dword %3
        push    dword %2
        GO
        retf
        END_TRY
%endmacro

far_returns:
        RETURN_SAME "retf to the same level", outer, CODE0
        RETURN_SAME "retf to null", outer, 0
        RETURN_SAME "retf to null with RPL 3", outer, 3
        RETURN_SAME "retf to data", outer, DATA0
        RETURN_SAME "retf to a gate", outer, TO0
        RETURN_SAME "retf beyond the GDT", outer, 0xFF8
        RETURN_SAME "retf to absent code", outer, ABSENT0
        RETURN_SAME "retf beyond the limit of the code", 0x1000, SHORT0
        RETURN_SAME "retf to conforming code", outer, CONFORMING0
        RETURN_SAME "retf to outer conforming code with RPL 0", outer, CONFORMING3 & ~3
        RETURN_SAME "retf to outer code with RPL 0", outer, CODE3 & ~3
        RETURN  "retf to level 3", outer, CODE3, stack3, DATA3
        RETURN  "retf to level 1", outer, CODE1, stack1, DATA1
        RETURN  "retf to inner conforming code with RPL 3", outer, CONFORMING0 | 3, stack3, DATA3
        RETURN  "retf outward to code with DPL below RPL", outer, CODE1 | 3, stack3, DATA3
        RETURN  "retf outward, SS null", outer, CODE3, stack3, 0
        RETURN  "retf outward, SS null with RPL 3", outer, CODE3, stack3, 3
        RETURN  "retf outward, SS beyond the GDT", outer, CODE3, stack3, 0xFFB
        RETURN  "retf outward, SS of RPL 0", outer, CODE3, stack3, DATA3 & ~3
        RETURN  "retf outward, SS of DPL 0", outer, CODE3, stack3, DATA0 | 3
        RETURN  "retf outward, SS code", outer, CODE3, stack3, CODE3
        RETURN  "retf outward, SS absent", outer, CODE3, stack3, DATA3_ABSENT
        RETURN  "retf outward, SS absent and code absent", outer, ABSENT0 | 3, stack3, DATA3_ABSENT
        RETURN  "retf outward, code absent and SS null", outer, CODE3, stack3, 0, and byte [at(CODE3) + 5], 0x7F
        RETURN  "retf outward, EIP beyond the limit and SS null", 0x100000, CODE3, stack3, 0, \
                and byte [at(CODE3) + 6], 0x70
        RETURN  "retf outward, EIP beyond the limit", 0x100000, CODE3, stack3, DATA3, and byte [at(CODE3) + 6], 0x70
        RETURN  "retf outward to a 16-bit stack", outer, CODE3, 0x1234F000, DATA3_16
        TRY     "retf outward drops the segments of level 0"
        push    dword DATA3
        push    dword stack3
        push    dword CODE3
        push    dword .segments
        mov     ax, DATA0
        mov     ds, ax
        mov     ax, DATA3
        mov     es, ax
        mov     ax, CONFORMING0
        mov     fs, ax
        mov     ax, CODE0
        mov     gs, ax
        retf
.segments:
        mov     ax, ds
        mov     bx, es
        mov     cx, fs
        mov     dx, gs
        END_TRY
        show16  "ds=", [trap_eax]
        show16  "es=", [trap_ebx]
        show16  "fs=", [trap_ecx]
        show16  "gs=", [trap_edx]
        TRY     "retf 8 outward"
        push    dword DATA3
        push    dword stack3 - 0x20
        push    dword 0x11111111
        push    dword 0x22222222
        push    dword CODE3
        push    dword outer
        GO
        retf    8
        END_TRY
        TRY     "o16 retf outward"
        push    word DATA3
        push    word 0x7000
        push    word CODE3
        push    word outer
        GO
        o16 retf
        END_TRY
        TRY     "retf inward from level 3"
        OUTER   3
        push    dword CODE0
        push    dword outer
        retf
        END_TRY
        TRY     "retf from level 3 to code with RPL 3 and DPL 0"
        OUTER   3
        push    dword CODE0 | 3
        push    dword outer
        retf
        END_TRY
        TRY     "retf, stack ends within the frame"
        mov     word [at(STACK16)], 0x7FFB
        mov     dword [idt + 12 * 8], TSS_DOUBLE << 16
        mov     dword [idt + 12 * 8 + 4], 0x8500
        mov     dword [try_base], .go
        mov     ax, STACK16
        mov     ss, ax
        mov     esp, 0x7FF8
.go:    retf
        END_TRY
        ret

; --- JMP and CALL without a gate ---

direct:
        FROM0   "jump conforming code at its level", jmp CONFORMING0:outer
        FROM_LEVEL "jump conforming code of level 0 from 3", 3, jmp CONFORMING0:outer
        FROM_LEVEL "call conforming code of level 0 from 3", 3, call CONFORMING0:outer
        FROM0   "jump conforming code of level 3 from 0", jmp CONFORMING3:outer
        FROM_LEVEL "jump inner code", 3, jmp CODE0:outer
        FROM0   "jump outer code", jmp CODE3:outer
        FROM0   "jump with RPL above CPL", jmp (CODE0 | 3):outer
        FROM_LEVEL "jump own code with RPL 0", 3, jmp (CODE3 & ~3):outer
        FROM0   "jump data", jmp DATA0:outer
        FROM0   "jump absent", jmp ABSENT0:outer
        FROM_LEVEL "jump absent inner code", 3, jmp ABSENT0:outer
        FROM0   "jump beyond the limit", jmp SHORT0:0x1000
        FROM0   "call beyond the limit", call SHORT0:0x1000
        FROM0   "call at the same level", call CODE0:inner
        stack_dwords 2
        FROM0   "o16 call at the same level", o16 call CODE0:inner
        stack_words 2
        TRY     "call without room on the stack"
        mov     ax, STACK_SHORT
        mov     esi, at(STACK_SHORT)
        mov     dword [idt + 12 * 8], TSS_DOUBLE << 16
        mov     dword [idt + 12 * 8 + 4], 0x8500
        mov     ss, ax
        mov     esp, 4
        mov     dword [try_base], .go
.go:    call    SHORT0:0x1000
        END_TRY
        ret

; --- Interrupt and trap gates ---

%macro INT30 5
        TRY     %1
        vector  %3, %4, %5
        OUTER   %2, 0x00004FD5 & ~0x4100
        int     0x30
        END_TRY
%endmacro

interrupt_gates:
        INT30   "386 interrupt gate 3 to 0", 3, CODE0, inner_flags, 0xEE
        show    "flags=", [trap_ebx]
        stack_dwords 5
        INT30   "386 trap gate 3 to 0", 3, CODE0, inner_flags, 0xEF
        show    "flags=", [trap_ebx]
        stack_dwords 5
        INT30   "286 interrupt gate 3 to 0", 3, CODE0, inner_flags, 0xE6
        show    "flags=", [trap_ebx]
        stack_words 5
        INT30   "286 trap gate 3 to 0", 3, CODE0, inner_flags, 0xE7
        show    "flags=", [trap_ebx]
        stack_words 5
        INT30   "386 trap gate 3 to 1", 3, CODE1, inner_flags, 0xEF
        INT30   "386 interrupt gate to conforming code", 3, CONFORMING0, inner_flags, 0xEE
        show    "flags=", [trap_ebx]
        INT30   "386 interrupt gate at level 1", 1, CODE1, inner_flags, 0xEE
        INT30   "interrupt gate to outer code", 1, CODE3, inner_flags, 0xEE
        INT30   "interrupt gate closed", 3, CODE0, inner_flags, 0x8E
        INT30   "interrupt gate closed and absent", 3, CODE0, inner_flags, 0x0E
        INT30   "interrupt gate absent", 3, CODE0, inner_flags, 0x6E
        INT30   "interrupt gate to null", 3, 0, inner_flags, 0xEE
        INT30   "interrupt gate to beyond the GDT", 3, 0xFF8, inner_flags, 0xEE
        INT30   "interrupt gate to data", 3, DATA0, inner_flags, 0xEE
        INT30   "interrupt gate to absent code", 3, ABSENT0, inner_flags, 0xEE
        INT30   "interrupt gate beyond the limit", 3, SHORT0, 0x1000, 0xEE
        INT30   "call gate in the IDT", 3, CODE0, inner_flags, 0xEC
        INT30   "TSS in the IDT", 3, CODE0, inner_flags, 0xE9
        INT30   "code in the IDT", 3, CODE0, inner_flags, 0xFA
        INT30   "reserved type in the IDT", 3, CODE0, inner_flags, 0xE0
        INT30   "task gate to null", 3, 0, 0, 0xE5
        TRY     "vector beyond the IDT"
        OUTER   3
        int     0x50
        END_TRY
        TRY     "vector half beyond the IDT"
        mov     word [gdt + 0x700], 0x40 * 8 + 8 + 6
        mov     dword [gdt + 0x702], idt
        lidt    [gdt + 0x700]
        GO
        int     0x41
        END_TRY
        TRY     "INT3 with a closed gate"
        mov     byte [idt + 3 * 8 + 5], 0x8E
        OUTER   3
        int3
        END_TRY
        TRY     "INTO with a closed gate"
        mov     byte [idt + 4 * 8 + 5], 0x8E
        OUTER   3, 0x800
        into
        END_TRY
        TRY     "BOUND with a closed gate"
        mov     byte [idt + 5 * 8 + 5], 0x8E
        mov     dword [0x30000], 1
        mov     dword [0x30004], 2
        OUTER   3
        bound   eax, [0x30000]
        END_TRY
        TRY     "ICEBP with a closed gate"
        OUTER   3
        db      0xF1
        END_TRY
        TRY     "exception with an absent gate"
        mov     byte [idt + 6 * 8 + 5], 0x0E
        OUTER   3
        ud2
        END_TRY
        TRY     "exception with a call gate"
        mov     byte [idt + 6 * 8 + 5], 0x8C
        OUTER   3
        ud2
        END_TRY
        TRY     "exception to null"
        mov     word [idt + 6 * 8 + 2], 0
        OUTER   3
        ud2
        END_TRY
        TRY     "exception to data"
        mov     word [idt + 6 * 8 + 2], DATA0
        OUTER   3
        ud2
        END_TRY
        TRY     "exception to absent code"
        mov     word [idt + 6 * 8 + 2], ABSENT0
        OUTER   3
        ud2
        END_TRY
        TRY     "exception to beyond the limit"
        mov     word [idt + 6 * 8 + 2], SHORT0
        OUTER   3
        ud2
        END_TRY
        TRY     "divide error with an absent gate"
        mov     byte [idt + 5], 0x0E
        OUTER   3
        div     ecx
        END_TRY
        TRY     "general protection with an absent gate"
        mov     byte [idt + 13 * 8 + 5], 0x0E
        OUTER   3
        hlt
        END_TRY
        TRY     "general protection beyond the IDT"
        mov     word [gdt + 0x700], 13 * 8 - 1
        mov     dword [gdt + 0x702], idt
        lidt    [gdt + 0x700]
        OUTER   3
        hlt
        END_TRY
        TRY     "not present with an absent gate"
        mov     byte [idt + 11 * 8 + 5], 0x0E
        OUTER   3
        call    ABSENT:0
        END_TRY
        TRY     "exception with SS0 absent, handled at level 1"
        mov     word [tss_main + 8], STACK_ABSENT
        mov     dword [idt + 12 * 8], CODE1 << 16
        mov     word [idt + 12 * 8], ss_at_level_1
        OUTER   3
        ud2
        END_TRY
        show_level_1
        TRY     "exception with SS0 of RPL 1, handled at level 1"
        mov     word [tss_main + 8], DATA0 | 1
        mov     dword [idt + 10 * 8], CODE1 << 16
        mov     word [idt + 10 * 8], ts_at_level_1
        OUTER   3
        ud2
        END_TRY
        show_level_1
        TRY     "exception with SS0 null, handled at level 1"
        mov     word [tss_main + 8], 0
        mov     dword [idt + 10 * 8], CODE1 << 16
        mov     word [idt + 10 * 8], ts_at_level_1
        OUTER   3
        ud2
        END_TRY
        show_level_1
        TRY     "exception without room on the inner stack, handled at level 1"
        mov     word [tss_main + 8], STACK_SHORT
        mov     dword [tss_main + 4], 8
        mov     dword [idt + 12 * 8], CODE1 << 16
        mov     word [idt + 12 * 8], ss_at_level_1
        OUTER   3
        ud2
        END_TRY
        show_level_1
        TRY     "INT n without room on the inner stack, handled at level 1"
        mov     word [tss_main + 8], STACK_SHORT
        mov     dword [tss_main + 4], 8
        mov     dword [idt + 12 * 8], CODE1 << 16
        mov     word [idt + 12 * 8], ss_at_level_1
        OUTER   3
        int     0x30
        END_TRY
        show_level_1
        TRY     "INT n with SS0 of RPL 1, handled at level 1"
        mov     word [tss_main + 8], DATA0 | 1
        mov     dword [idt + 10 * 8], CODE1 << 16
        mov     word [idt + 10 * 8], ts_at_level_1
        OUTER   3
        int     0x30
        END_TRY
        show_level_1
        TRY     "general protection with SS0 null is a double fault"
        mov     word [tss_main + 8], 0
        OUTER   3
        hlt
        END_TRY
        TRY     "divide error with SS0 null is a double fault"
        mov     word [tss_main + 8], 0
        mov     dword [idt + 10 * 8], CODE1 << 16
        mov     word [idt + 10 * 8], ts_at_level_1
        OUTER   3
        div     ecx
        END_TRY
        ret

; --- Interrupts of the hardware: the timer's, at vector 28h ---

; name, then preparations; the interrupt comes at level 3
%macro IRQ 2+
        TRY     %1
        %2
        mov     al, 0xFE
        out     0x21, al
        OUTER   3, 0x202
        jmp     $
        END_TRY
        call    end_of_interrupt
%endmacro

end_of_interrupt:
        mov     al, 0xFF
        out     0x21, al
        mov     al, 0x20
        out     0x20, al
        ret

gate_to_busy_task:
        mov     dword [idt + 0x28 * 8], TSS_MAIN << 16
        mov     byte [idt + 0x28 * 8 + 5], 0x85
        ret

hardware:
        mov     al, 0x11
        out     0x20, al
        mov     al, 0x28
        out     0x21, al
        mov     al, 4
        out     0x21, al
        mov     al, 1
        out     0x21, al
        mov     al, 0xFF
        out     0x21, al
        IRQ     "interrupt", nop
        IRQ     "interrupt, closed gate", and byte [idt + 0x28 * 8 + 5], 0x8F
        IRQ     "interrupt, absent gate", and byte [idt + 0x28 * 8 + 5], 0x7F
        IRQ     "interrupt, call gate", mov byte [idt + 0x28 * 8 + 5], 0x8C
        IRQ     "interrupt to absent code", mov word [idt + 0x28 * 8 + 2], ABSENT0
        IRQ     "interrupt to null", mov word [idt + 0x28 * 8 + 2], 0
        TRY     "interrupt, SS0 of RPL 1, handled at level 1"
        mov     word [tss_main + 8], DATA0 | 1
        mov     dword [idt + 10 * 8], CODE1 << 16
        mov     word [idt + 10 * 8], ts_at_level_1
        mov     al, 0xFE
        out     0x21, al
        OUTER   3, 0x202
        jmp     $
        END_TRY
        show_level_1
        call    end_of_interrupt
        IRQ     "interrupt to the busy task", call gate_to_busy_task
        ret

; --- IRET ---

; name, EIP, CS, EFLAGS, ESP, SS, then preparations
%macro IRETURN 6-7+
        TRY     %1
        %7
        push    dword %6
        push    dword %5
        push    dword %4
        push    dword %3
        push    dword %2
        GO
        iretd
        END_TRY
%endmacro

interrupt_returns:
        IRETURN "iret to level 3", outer_flags, CODE3, 0x00044ED7, stack3, DATA3
        show    "flags=", [trap_ebx]
        IRETURN "iret to level 3 with all flags", outer_flags, CODE3, 0xFFC5FEFF, stack3, DATA3
        show    "flags=", [trap_ebx]
        IRETURN "iret to level 0 with all flags but NT", outer_flags, CODE0, 0xFFC5BEFF, 0, 0
        show    "flags=", [trap_ebx]
        IRETURN "iret to null", outer, 0, 2, stack3, DATA3
        IRETURN "iret to null with RPL 3", outer, 3, 2, stack3, DATA3
        IRETURN "iret to data", outer, DATA3, 2, stack3, DATA3
        IRETURN "iret to absent code", outer, ABSENT0, 2, 0, 0
        IRETURN "iret to inner conforming code", outer, CONFORMING0 | 3, 2, stack3, DATA3
        IRETURN "iret to code with DPL below RPL", outer, CODE1 | 3, 2, stack3, DATA3
        IRETURN "iret to code with DPL above RPL", outer, CODE3 & ~3, 2, stack3, DATA3
        IRETURN "iret outward, SS null", outer, CODE3, 2, stack3, 0
        IRETURN "iret outward, SS of DPL 0", outer, CODE3, 2, stack3, DATA0 | 3
        IRETURN "iret outward, SS of RPL 0", outer, CODE3, 2, stack3, DATA3 & ~3
        IRETURN "iret outward, SS absent", outer, CODE3, 2, stack3, DATA3_ABSENT
        IRETURN "iret outward, code absent and SS null", outer, CODE3, 2, stack3, 0, and byte [at(CODE3) + 5], 0x7F
        IRETURN "iret outward, EIP beyond the limit and SS null", 0x100000, CODE3, 2, stack3, 0, \
                and byte [at(CODE3) + 6], 0x70
        IRETURN "iret outward, EIP beyond the limit", 0x100000, CODE3, 2, stack3, DATA3, and byte [at(CODE3) + 6], 0x70
        IRETURN "iret beyond the limit", 0x1000, SHORT0, 2, 0, 0
        TRY     "iret inward from level 3"
        OUTER   3
        push    dword 2
        push    dword CODE0
        push    dword outer
        iretd
        END_TRY
        TRY     "iret at level 3 cannot change IOPL, IF, VM"
        OUTER   3
        push    dword 0x00023202
        push    dword CODE3
        push    dword outer_flags
        iretd
        END_TRY
        show    "flags=", [trap_ebx]
        TRY     "iret at level 3 with IOPL 3 changes IF"
        OUTER   3, 0x3000
        push    dword 0x00000202
        push    dword CODE3
        push    dword outer_flags
        iretd
        END_TRY
        show    "flags=", [trap_ebx]
        TRY     "o16 iret keeps the upper flags"
        push    dword 0x40002
        popfd
        push    word 0x0ED7
        push    word CODE0
        push    word outer_flags
        GO
        push    dword 0x40002
        popfd
        o16 iret
        END_TRY
        show    "flags=", [trap_ebx]
        TRY     "popf at level 3"
        OUTER   3
        push    dword 0x00037ED7 & ~0x100
        popfd
        pushfd
        pop     ebx
        END_TRY
        show    "flags=", [trap_ebx]
        TRY     "popf at level 3 with IOPL 3"
        OUTER   3, 0x3000
        push    dword 0x00034ED7
        popfd
        pushfd
        pop     ebx
        END_TRY
        show    "flags=", [trap_ebx]
        TRY     "popf at level 0"
        GO
        push    dword 0xFFC7FEFF
        popfd
        pushfd
        pop     ebx
        END_TRY
        show    "flags=", [trap_ebx]
        TRY     "o16 popf at level 1 with IOPL 1"
        OUTER   1, 0x41000
        push    word 0x7ED7
        o16 popf
        pushfd
        pop     ebx
        END_TRY
        show    "flags=", [trap_ebx]
        TRY     "cli at level 1 with IOPL 1"
        OUTER   1, 0x1000
        cli
        END_TRY
        TRY     "cli at level 2 with IOPL 1"
        OUTER   2, 0x1000
        cli
        END_TRY
        TRY     "sti at level 3 with IOPL 2"
        OUTER   3, 0x2000
        sti
        END_TRY
        ret

; --- Where transfers go ---

inner:
outer:
        int     0x40
inner_flags:
outer_flags:
        pushfd
        pop     ebx
        int     0x40
inner_back:
        retf    12
inner_back286:
        o16 retf 4

        guest_end
