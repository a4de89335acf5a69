; The debug registers (PRM ch. 11): breakpoints on instructions and data, what DR6 tells, RF, general detect, single
; steps, the shadow of MOV SS, repeated strings, and what a task switch does to them.
%include "privileged.inc"

data            equ 0x30000
tss_b           equ 0x30100
stack_b         equ 0x32000
TF              equ 0x100
RF              equ 0x10000
; DR7: enabled globally; what and how long of breakpoint n
%define G(n) (2 << (2 * (n)))
%define L(n) (1 << (2 * (n)))
%define WRITES(n, length) (G(n) | (1 | ((length) - 1) << 2) << (16 + 4 * (n)))
%define ACCESSES(n, length) (G(n) | (3 | ((length) - 1) << 2) << (16 + 4 * (n)))
GE              equ 0x200
GD              equ 0x2000

        gdt_begin
        descriptor TSS_B, tss_b, 0x67, 0x89, 0
        gdt_end
        ldt_begin
        ldt_end

        bits    32
reset_debug:
        xor     eax, eax
        mov     dr7, eax
        mov     dr6, eax
        mov     dr0, eax
        mov     dr1, eax
        mov     dr2, eax
        mov     dr3, eax
        mov     edi, data
        mov     ecx, 0x400 / 4
        rep     stosd
        mov     dword [data + 0x80], DATA0
        mov     dword [tss_b + 28], 0
        mov     dword [tss_b + 32], task_b
        mov     dword [tss_b + 36], 2
        mov     dword [tss_b + 56], stack_b
        mov     dword [tss_b + 72], DATA0
        mov     dword [tss_b + 76], CODE0
        mov     dword [tss_b + 80], DATA0
        mov     dword [tss_b + 84], DATA0
        mov     dword [tss_b + 100], 0x680000
        ret

task_b: mov     [data], eax
        nop
        int     0x40

%macro address 2                                ; of breakpoint n
        mov     eax, %2
        mov     dr%1, eax
%endmacro
%macro enable 1
        mov     eax, (%1) | GE
        mov     dr7, eax
%endmacro
%macro set_flags 1
        push    dword (%1) | 2
        popfd
%endmacro

        bits    16
real_start:
        enter_protected
        mov     dword [reset_hook], reset_debug

; --- Instructions ---

        TRY     "instruction"
        address 0, %$here
        enable  G(0)
        GO
        nop
%$here: inc     ecx
        END_TRY
        show    "ecx=", [trap_ecx]

        TRY     "instruction, breakpoint 3, local"
        address 3, %$here
        enable  L(3)
        GO
        nop
%$here: nop
        END_TRY

        TRY     "not enabled"
        address 0, %$here
        enable  0
        GO
        nop
%$here: nop
        END_TRY

        TRY     "not at the first byte"
        address 0, %$here + 1
        enable  G(0)
        GO
%$here: mov     ecx, 5
        END_TRY

        TRY     "at a prefix"
        address 0, %$here
        enable  G(0)
        GO
%$here: es mov  cl, [ebx]
        END_TRY

        TRY     "behind a prefix"
        address 0, %$here + 1
        enable  G(0)
        GO
%$here: es mov  cl, [ebx]
        END_TRY

        TRY     "two on one instruction"
        address 1, %$here
        address 2, %$here
        enable  G(1) | G(2)
        GO
%$here: nop
        END_TRY

        TRY     "target of a jump"
        address 0, %$here
        enable  G(0)
        GO
        jmp     %$here
        nop
%$here: nop
        END_TRY

        TRY     "at level 3"
        address 0, %$here
        enable  G(0)
        OUTER   3
        nop
%$here: nop
        END_TRY

        TRY     "in V86 mode"
        address 0, %$here
        enable  G(0)
        V86     0x3000
        nop
%$here: nop
        bits    32
        END_TRY

; --- RF ---

        TRY     "RF lets one instruction through"
        address 0, %$here
        enable  G(0)
        GO
        push    dword RF | 2
        push    dword CODE0
        push    dword %$here
        iretd
%$here: inc     ecx
        cmp     ecx, 3
        jb      %$here
        END_TRY
        show    "ecx=", [trap_ecx]

        TRY     "RF is lost after any instruction"
        address 0, %$there
        enable  G(0)
        GO
        push    dword RF | 2
        push    dword CODE0
        push    dword %$here
        iretd
%$here: nop
%$there: nop
        END_TRY

        TRY     "POPFD does not set RF"
        address 0, %$here
        enable  G(0)
        GO
        push    dword RF | 2
        popfd
%$here: nop
        END_TRY

        TRY     "PUSHFD stores RF as 0"
        GO
        push    dword RF | 2
        push    dword CODE0
        push    dword %$here
        iretd
%$here: pushfd
        pop     ebx
        END_TRY
        show    "ebx=", [trap_ebx]

        TRY     "RF is set in the image of a fault"
        GO
        xor     eax, eax
        mov     eax, [fs:eax]
        END_TRY

        TRY     "RF lasts through a repeated string"
        address 0, %$here
        enable  G(0)
        GO
        mov     ecx, 3
        mov     edi, data
        push    dword RF | 2
        push    dword CODE0
        push    dword %$here
        iretd
%$here: rep     stosb
        END_TRY
        show    "ecx=", [trap_ecx]

; --- Data ---

        TRY     "write"
        address 0, data
        enable  WRITES(0, 4)
        GO
        mov     [data], ecx
        nop
        END_TRY

        TRY     "a read is no write"
        address 0, data
        enable  WRITES(0, 4)
        GO
        mov     ecx, [data]
        nop
        END_TRY

        TRY     "access by a read"
        address 1, data
        enable  ACCESSES(1, 4)
        GO
        mov     ecx, [data]
        nop
        END_TRY

        TRY     "access by a write"
        address 1, data
        enable  ACCESSES(1, 4)
        GO
        mov     [data], ecx
        nop
        END_TRY

        TRY     "a byte in a doubleword"
        address 2, data + 2
        enable  WRITES(2, 1)
        GO
        mov     [data], ecx
        nop
        END_TRY

        TRY     "the byte behind a doubleword"
        address 2, data + 4
        enable  WRITES(2, 1)
        GO
        mov     [data], ecx
        nop
        END_TRY

        TRY     "a word, written at its second byte"
        address 2, data + 2
        enable  WRITES(2, 2)
        GO
        mov     [data + 3], cl
        nop
        END_TRY

        TRY     "a doubleword that is not aligned reaches in"
        address 0, data + 4
        enable  WRITES(0, 1)
        GO
        mov     [data + 1], ecx
        nop
        END_TRY

        TRY     "the low bits of the address do not count"
        address 0, data + 3
        enable  WRITES(0, 4)
        GO
        mov     [data], cl
        nop
        END_TRY

        TRY     "two at once"
        address 0, data
        address 3, data + 1
        enable  WRITES(0, 1) | ACCESSES(3, 1)
        GO
        mov     [data], cx
        nop
        END_TRY

        TRY     "read-modify-write"
        address 0, data
        enable  WRITES(0, 4)
        GO
        inc     dword [data]
        nop
        END_TRY
        show    "memory=", [data]

        TRY     "PUSH"
        address 0, data + 0x304
        enable  WRITES(0, 4)
        GO
        mov     esp, data + 0x308
        push    ecx
        nop
        END_TRY

        TRY     "fetching is no access"
        address 0, %$here
        enable  ACCESSES(0, 4)
        GO
        nop
%$here: mov     ecx, 5
        END_TRY

        TRY     "a fault leaves no trap behind"
        address 0, data
        enable  ACCESSES(0, 4)
        GO
        mov     ax, [data]
        END_TRY

        TRY     "at level 3"
        address 0, data
        enable  WRITES(0, 4)
        OUTER   3
        mov     [data], ecx
        nop
        END_TRY

        TRY     "data, and an instruction behind it"
        address 0, data
        address 1, %$here
        enable  WRITES(0, 4) | G(1)
        GO
        mov     [data], ecx
%$here: nop
        END_TRY

        TRY     "REP STOSB stops after the iteration"
        address 0, data + 2
        enable  WRITES(0, 1)
        GO
        mov     edi, data
        mov     ecx, 6
        rep     stosb
        nop
        END_TRY
        show    "ecx=", [trap_ecx]
        show    "edi=", [trap_edi]

        TRY     "REP STOSB, last iteration"
        address 0, data + 2
        enable  WRITES(0, 1)
        GO
        mov     edi, data
        mov     ecx, 3
        rep     stosb
        nop
        END_TRY
        show    "ecx=", [trap_ecx]

; --- Single steps ---

        TRY     "single step"
        GO
        set_flags TF
        nop
        nop
        END_TRY

        TRY     "single step from IRETD"
        GO
        push    dword TF | 2
        push    dword CODE0
        push    dword %$here
        iretd
%$here: nop
        nop
        END_TRY

        TRY     "POPFD that clears TF is followed by a last one"
        GO
        push    dword 2
        set_flags TF
        popfd
        nop
        END_TRY

        TRY     "single step of a write that is watched"
        address 0, data
        enable  WRITES(0, 4)
        GO
        set_flags TF
        mov     [data], ecx
        nop
        END_TRY

        TRY     "single step, and an instruction breakpoint behind it"
        address 0, %$here
        enable  G(0)
        GO
        set_flags TF
        nop
%$here: nop
        END_TRY

        TRY     "single step of one iteration"
        GO
        mov     edi, data
        mov     ecx, 3
        set_flags TF
        rep     stosb
        nop
        END_TRY
        show    "ecx=", [trap_ecx]

        TRY     "single step over INT"
        GO
        set_flags TF
        int     0x30
        nop
        END_TRY

        TRY     "a fault comes instead of the step"
        GO
        xor     eax, eax
        set_flags TF
        mov     eax, [fs:eax]
        nop
        END_TRY

        TRY     "single step at level 3"
        OUTER   3, TF
        nop
        nop
        END_TRY

        TRY     "single step in V86 mode"
        V86     TF | 0x3000
        nop
        nop
        bits    32
        END_TRY

        TRY     "ICEBP"
        GO
        db      0xF1
        nop
        END_TRY

; --- The shadow of MOV SS ---

        TRY     "single step after MOV SS"
        GO
        mov     ax, ss
        set_flags TF
        mov     ss, ax
        nop
        nop
        END_TRY

        TRY     "single step after POP SS"
        GO
        push    ss
        set_flags TF
        pop     ss
        nop
        nop
        END_TRY

        TRY     "instruction breakpoint behind MOV SS"
        address 0, %$here
        enable  G(0)
        GO
        mov     ax, ss
        mov     ss, ax
%$here: nop
        nop
        END_TRY

        TRY     "MOV SS from memory that is watched"
        address 0, data + 0x80
        enable  ACCESSES(0, 2)
        GO
        mov     ss, [data + 0x80]
        nop
        nop
        END_TRY

; --- The registers themselves ---

        TRY     "general detect, write"
        enable  GD
        GO
        mov     dr0, eax
        END_TRY
        mov     eax, dr7
        show    "dr7=", eax

        TRY     "general detect, read"
        enable  GD
        GO
        mov     ecx, dr6
        END_TRY

        TRY     "general detect and an instruction breakpoint"
        address 0, %$here
        enable  GD | G(0)
        GO
%$here: mov     dr0, eax
        END_TRY

        TRY     "debug register at level 3"
        OUTER   3
        mov     eax, dr0
        END_TRY

        TRY     "debug register in V86 mode"
        V86     0x3000
        mov     eax, dr0
        bits    32
        END_TRY

        TRY     "DR0 to DR3 hold anything"
        GO
        mov     eax, 0x12345678
        mov     dr1, eax
        not     eax
        mov     dr2, eax
        mov     ebx, dr1
        mov     ecx, dr2
        END_TRY
        show    "dr1=", [trap_ebx]
        show    "dr2=", [trap_ecx]

        TRY     "fixed bits of DR6, all set"
        GO
        or      eax, -1
        mov     dr6, eax
        mov     ebx, dr6
        END_TRY
        show    "dr6=", [trap_ebx]

        TRY     "fixed bits of DR6 and DR7, all clear"
        GO
        xor     eax, eax
        mov     dr6, eax
        mov     dr7, eax
        mov     ebx, dr6
        mov     ecx, dr7
        END_TRY
        show    "dr6=", [trap_ebx]
        show    "dr7=", [trap_ecx]

        TRY     "DR7 with all that is harmless set"
        GO
        mov     eax, 0xFFFFDF00
        mov     dr7, eax
        mov     ecx, dr7
        xor     eax, eax
        mov     dr7, eax
        END_TRY
        show    "dr7=", [trap_ecx]

        TRY     "DR4 and DR5 are DR6 and DR7"
        enable  L(2)
        GO
        db      0x0F, 0x21, 0xE3                ; MOV EBX, DR4
        db      0x0F, 0x21, 0xE9                ; MOV ECX, DR5
        END_TRY
        show    "dr4=", [trap_ebx]
        show    "dr5=", [trap_ecx]

        TRY     "DR6 is not cleared"
        mov     eax, 0xE00F
        mov     dr6, eax
        address 0, %$here
        enable  G(0)
        GO
%$here: nop
        END_TRY

; --- Tasks ---

        TRY     "T bit of the new task"
        mov     byte [tss_b + 100], 1
        GO
        call    TSS_B:0
        END_TRY

        TRY     "no T bit"
        GO
        call    TSS_B:0
        END_TRY

        TRY     "global breakpoints stay in a task switch"
        address 0, data
        enable  WRITES(0, 4)
        GO
        call    TSS_B:0
        END_TRY
        mov     eax, dr7
        show    "dr7=", eax

        TRY     "local ones go"
        address 0, data
        enable  WRITES(0, 4) - G(0) + L(0)
        GO
        call    TSS_B:0
        END_TRY
        mov     eax, dr7
        show    "dr7=", eax

        TRY     "breakpoint on the first instruction of a task"
        address 0, task_b
        enable  G(0)
        GO
        call    TSS_B:0
        END_TRY

        TRY     "TF of the new task"
        or      dword [tss_b + 36], TF
        GO
        call    TSS_B:0
        END_TRY
        finish

        guest_end
