; Virtual interrupts: CR4.VME in V86 mode, CR4.PVI at level 3, VIF and VIP, and the bitmap of INT n.
%include "privileged.inc"

VME             equ 1
PVI             equ 2
VIF             equ 1 << 19
VIP             equ 1 << 20
BITMAP          equ 0x68                        ; of 32 bytes, in front of the I/O permission bitmap
IO_MAP          equ BITMAP + 32

        gdt_begin
        gdt_end
        ldt_begin
        ldt_end

; CR4 and the TSS for an experiment; all interrupts belong to the monitor: name, CR4
%macro WITH 2
        TRY     %1
        mov     ecx, %2
        call    prepare
%endmacro

; name, CR4, flags; 16-bit code follows
%macro VIRTUAL 3
        WITH    %1, %2
        V86     %3
%endmacro
%macro END_VIRTUAL 0
        int     0x40
        bits    32
        END_TRY
%endmacro
%macro flags_after 0
        show    "flags=", [trap_eflags]
%endmacro

        bits    16
real_start:
        enter_protected
        call    cr4_itself
        call    interrupt_flag
        call    loading
        call    redirected
        call    level3
        call    level0
        xor     eax, eax
        mov     cr4, eax
        finish

prepare:
        mov     cr4, ecx
        mov     word [tss_main + 102], IO_MAP
        mov     word [at(TSS_MAIN)], IO_MAP + 8
        mov     byte [at(TSS_MAIN) + 5], 0x89
        mov     edi, tss_main + BITMAP
        mov     ecx, (32 + 9) / 4 + 1
        or      eax, -1
        rep     stosd
        mov     ax, TSS_MAIN
        ltr     ax
        mov     dword [0x30 * 4], handler
        xor     eax, eax
        xor     ecx, ecx
        xor     edi, edi
        ret

; INT 30h belongs to the task.
%macro redirect 0
        and     byte [tss_main + BITMAP + 0x30 / 8], ~(1 << (0x30 & 7))
%endmacro

        bits    16
; What was pushed in BX, the flags here in CX.
handler:
        pushf
        pop     cx
        mov     bp, sp
        mov     bx, [bp + 4]
        iret
        bits    32

; --- CR4 ---

cr4_itself:
        WITH    "cr4 after a switch", 0
        mov     eax, cr4
        END_TRY
        show    "eax=", [trap_eax]
        WITH    "cr4 keeps VME and PVI", VME | PVI
        mov     eax, cr4
        END_TRY
        show    "eax=", [trap_eax]
        WITH    "a reserved bit", 0
        mov     eax, 0x80000000
        mov     cr4, eax
        END_TRY
        WITH    "read at level 3", 0
        OUTER   3
        mov     eax, cr4
        END_TRY
        WITH    "write at level 1", 0
        OUTER   1
        mov     cr4, eax
        END_TRY
        WITH    "read in V86 mode", VME
        V86     0x3002
        mov     eax, cr4
        END_VIRTUAL
        ret

; --- CLI, STI, PUSHF ---

; name, flags, instruction: with VIF and VIP off, on
%macro EACH 3+
        VIRTUAL %1, VME, %2
        %3
        END_VIRTUAL
        flags_after
        show    "ebx=", [trap_ebx]
        VIRTUAL %strcat(%1, ", VIF"), VME, (%2) | VIF
        %3
        END_VIRTUAL
        flags_after
        show    "ebx=", [trap_ebx]
        VIRTUAL %strcat(%1, ", VIP"), VME, (%2) | VIP
        %3
        END_VIRTUAL
        flags_after
        show    "ebx=", [trap_ebx]
        VIRTUAL %strcat(%1, ", VIF and VIP"), VME, (%2) | VIF | VIP
        %3
        END_VIRTUAL
        flags_after
        show    "ebx=", [trap_ebx]
%endmacro

interrupt_flag:
%assign level 0
%rep 4
%assign LEVEL_FLAGS (level << 12) | 2
%defstr number level
        EACH    %strcat("cli, IOPL ", number), LEVEL_FLAGS, cli
        EACH    %strcat("sti, IOPL ", number), LEVEL_FLAGS, sti
        EACH    %strcat("cli with IF, IOPL ", number), LEVEL_FLAGS | 0x200, cli
        EACH    %strcat("pushf, IOPL ", number), LEVEL_FLAGS, {pushf}
        EACH    %strcat("o32 pushf, IOPL ", number), LEVEL_FLAGS, {o32 pushf}
%assign level level + 3
%if level > 3
%exitrep
%endif
%endrep
        VIRTUAL "pushf shows VIF and IOPL 3", VME, 0x0002 | VIF
        pushf
        pop     bx
        cli
        pushf
        pop     cx
        END_VIRTUAL
        show16  "bx=", [trap_ebx]
        show16  "cx=", [trap_ecx]
        VIRTUAL "without VME", PVI, 0x0002 | VIF
        cli
        END_VIRTUAL
        ret

; --- POPF, IRET ---

; name, flags, image
%macro LOADS 3
        VIRTUAL %strcat("popf ", %1), VME, %2
        push    word %3
        popf
        END_VIRTUAL
        flags_after
        VIRTUAL %strcat("iret ", %1), VME, %2
        push    word %3
        push    word 0
        push    word %%iret
        iret
%%iret:
        END_VIRTUAL
        flags_after
        VIRTUAL %strcat("o32 popf ", %1), VME, %2
        push    dword %3
        o32 popf
        END_VIRTUAL
        flags_after
        VIRTUAL %strcat("o32 iret ", %1), VME, %2
        push    dword %3
        push    dword 0
        push    dword %%iretd
        o32 iret
%%iretd:
        END_VIRTUAL
        flags_after
%endmacro

loading:
        LOADS   "sets IF", 0x0002, 0x0202
        LOADS   "clears IF", 0x0202 | VIF, 0x0002
        LOADS   "sets IF, VIP", 0x0002 | VIP, 0x0202
        LOADS   "clears IF, VIP", 0x0002 | VIF | VIP, 0x0002
        LOADS   "sets TF", 0x0002, 0x0102
        LOADS   "all but TF", 0x1002, 0x7ED7
        LOADS   "at IOPL 3 sets IF", 0x3002, 0x0202
        LOADS   "at IOPL 3, VIF and VIP", 0x3002 | VIF | VIP, 0x0202
        ret

; --- INT n ---

; name, flags, instruction
%macro REDIRECT 3+
        WITH    %1, VME
        redirect
        V86     %2
        %3
        pushf
        pop     dx
        END_VIRTUAL
        flags_after
        show16  "bx=", [trap_ebx]
        show16  "cx=", [trap_ecx]
        show16  "dx=", [trap_edx]
%endmacro

redirected:
        REDIRECT "int to the task, IOPL 0", 0x0002, int 0x30
        REDIRECT "int to the task, IOPL 0, VIF", 0x0002 | VIF, int 0x30
        REDIRECT "int to the task, IOPL 0, VIF, VIP", 0x0002 | VIF | VIP, int 0x30
        REDIRECT "int to the task, IOPL 2, IF, NT", 0x6202, int 0x30
        REDIRECT "int to the task, IOPL 3", 0x3002 | VIF, int 0x30
        REDIRECT "int to the task, IOPL 3, IF, NT, DF, AC", 0x47602, int 0x30
        REDIRECT "int to the monitor, IOPL 0", 0x0002, int 0x31
        REDIRECT "int to the monitor, IOPL 3", 0x3002, int 0x31
        REDIRECT "int3 is never the task's", 0x0002, int3
        WITH    "vector 3 by CD, to the task", VME
        and     byte [tss_main + BITMAP], ~8
        mov     eax, [3 * 4]
        mov     [saved_vector], eax
        mov     dword [3 * 4], handler
        V86     0x0002
        db      0xCD, 3
        END_VIRTUAL
        show16  "bx=", [trap_ebx]
        mov     eax, [saved_vector]
        mov     [3 * 4], eax
        WITH    "bitmap beyond the limit", VME
        mov     word [tss_main + 102], IO_MAP + 0x60
        V86     0x3002
        int     0x30
        END_VIRTUAL
        WITH    "stack without room", VME
        redirect
        V86     0x3002
        mov     sp, 5
        int     0x30
        END_VIRTUAL
        WITH    "without VME the bitmap is not asked", PVI
        redirect
        V86     0x3002
        int     0x30
        END_VIRTUAL
        ret

; --- Level 3 ---

; name, CR4, level, flags, one instruction or two
%macro AT 5-6
        WITH    %1, %2
        OUTER   %3, %4
        %5
%if %0 > 5
        %6
%endif
        END_TRY
        flags_after
%endmacro

level3:
        AT      "PVI: cli", PVI, 3, 0x0202 | VIF, cli
        AT      "PVI: sti", PVI, 3, 0x0002, sti
        AT      "PVI: sti, VIP", PVI, 3, 0x0002 | VIP, sti
        AT      "PVI: cli, VIP", PVI, 3, 0x0002 | VIF | VIP, cli
        AT      "PVI: popfd leaves VIF alone", PVI, 3, 0x0202 | VIF, {push dword 2}, {popfd}
        AT      "PVI: pushfd", PVI, 3, 0x0202 | VIF, {pushfd}, {pop ebx}
        show    "ebx=", [trap_ebx]
        AT      "PVI: cli at IOPL 3", PVI, 3, 0x3202 | VIF, cli
        AT      "PVI: sti at IOPL 3, VIP", PVI, 3, 0x3002 | VIP, sti
        AT      "PVI: cli at level 2", PVI, 2, 0x0202 | VIF, cli
        AT      "VME: cli at level 3", VME, 3, 0x0202 | VIF, cli
        AT      "neither: cli at level 3", 0, 3, 0x0202 | VIF, cli
        ret

; --- Level 0 ---

level0:
        WITH    "iretd loads VIF and VIP", 0
        push    dword 0x0002 | VIF | VIP
        push    dword CODE0
        push    dword .here
        iretd
.here:  pushfd
        pop     ebx
        END_TRY
        show    "ebx=", [trap_ebx]
        WITH    "popfd", 0
        push    dword 0x0002 | VIF | VIP
        push    dword CODE0
        push    dword .there
        iretd
.there: push    dword 0x0002 | VIF | VIP
        popfd
        pushfd
        pop     ebx
        END_TRY
        show    "ebx=", [trap_ebx]
        WITH    "iretd at level 3 leaves them alone", 0
        OUTER   3
        push    dword 0x0002 | VIF | VIP
        push    dword CODE3
        push    dword .outer
        iretd
.outer: pushfd
        pop     ebx
        END_TRY
        show    "ebx=", [trap_ebx]
        ret

saved_vector:
        dd      0
        guest_end
