; Alignment checks (PRM 9.9.14): CR0.AM, EFLAGS.AC and level 3 together, for each class of operand at an address that is
; not its multiple, and what is not checked: other levels, the processor's own accesses, instructions, bytes.
%include "privileged.inc"

CR0_AM          equ 0x40000
AC              equ 0x40000
IOPL3           equ 0x3000
data            equ 0x30000

        gdt_begin
        gate TO_LEVEL0, CODE0, level0_entry, 0, 0xEC
        gate TO_LEVEL1, CODE1, level1_entry, 0, 0xEC
        gdt_end
        ldt_begin
        descriptor LDATA3, 0, 0xFFFFF, 0xF2, 0xC
        ldt_end

        bits    32
%macro checking 0
        mov     eax, cr0
        or      eax, CR0_AM
        mov     cr0, eax
%endmacro

; An instruction at level 3 with AC set, EDI = ESI = an address as given, and the words it needs in memory.
%macro AT 3+
        TRY     %1
        call    prepare
        checking
        OUTER   3, AC
        mov     esi, %2
        mov     edi, esi
        %3
        END_TRY
%endmacro
; The same with ESP.
%macro STACK_AT 3+
        TRY     %1
        call    prepare
        checking
        OUTER   3, AC
        mov     esp, %2
        %3
        END_TRY
%endmacro
prepare:
        mov     edi, data
        mov     ecx, 0x400 / 4
        mov     eax, DATA3 | DATA3 << 16
        rep     stosd
        mov     dword [data + 0x202], level0_entry      ; to return to, where nothing is checked
        mov     dword [data + 0x206], CODE3
        mov     dword [data + 0x20A], 2
        xor     eax, eax
        fninit
        ret

level0_entry:
level1_entry:
        mov     eax, [data + 1]
        int     0x40

        bits    16
real_start:
        enter_protected

; --- General registers ---

        AT      "byte", data + 1, mov al, [esi]
        AT      "word, even", data + 2, mov ax, [esi]
        AT      "word, odd", data + 1, mov ax, [esi]
        AT      "word, odd, written", data + 1, mov [esi], ax
        AT      "word within a doubleword, odd", data + 5, mov [esi], ax
        AT      "doubleword", data + 4, mov eax, [esi]
        AT      "doubleword + 1", data + 1, mov eax, [esi]
        AT      "doubleword + 2", data + 2, mov eax, [esi]
        AT      "doubleword + 3, written", data + 3, mov [esi], eax
        AT      "add to memory + 2", data + 2, add [esi], eax
        AT      "add of memory + 2", data + 2, add eax, [esi]
        AT      "exchange + 2", data + 2, xchg eax, [esi]
        AT      "locked increment + 2", data + 2, lock inc dword [esi]
        AT      "compare with a constant + 1", data + 1, cmp word [esi], 5
        AT      "MOVZX of a byte", data + 1, movzx eax, byte [esi]
        AT      "MOVZX of a word + 1", data + 1, movzx eax, word [esi]
        AT      "SHLD + 2", data + 2, shld [esi], eax, 3
        AT      "XADD + 2", data + 2, xadd [esi], eax
        AT      "BT of a doubleword", data, bt dword [esi], 5
        AT      "BT + 2 of a doubleword", data + 2, bt dword [esi], 5
        AT      "BTS + 1 of a word", data + 1, bts word [esi], 5
        AT      "BT with a bit far away", data + 2, bt [esi], eax
        AT      "division + 2", data + 2, div dword [esi]
        AT      "BOUND", data, bound eax, [esi]
        AT      "BOUND + 2", data + 2, bound eax, [esi]
        AT      "absolute address + 1", data, mov eax, [data + 1]

; --- Strings ---

        AT      "LODSD + 2", data + 2, lodsd
        AT      "STOSW + 1", data + 1, stosw
        AT      "SCASD + 2", data + 2, scasd
        AT      "MOVSB + 1", data + 1, movsb
        AT      "MOVSD + 2", data + 2, movsd
        AT      "CMPSW + 1", data + 1, cmpsw
        TRY     "REP MOVSD stops at the first"
        call    prepare
        checking
        OUTER   3, AC
        mov     esi, data
        mov     edi, data + 0x101
        mov     ecx, 5
        rep     movsd
        END_TRY
        show    "ecx=", [trap_ecx]
        show    "esi=", [trap_esi]

; --- Stack ---

        STACK_AT "PUSH of a doubleword", data + 0x104, push eax
        STACK_AT "PUSH of a doubleword + 2", data + 0x102, push eax
        STACK_AT "PUSH of a word + 2", data + 0x102, push ax
        STACK_AT "PUSH of a word + 1", data + 0x101, push ax
        STACK_AT "PUSH of a segment register + 2", data + 0x102, push ds
        STACK_AT "PUSHFD + 2", data + 0x102, pushfd
        STACK_AT "PUSHAD + 2", data + 0x122, pushad
        STACK_AT "POP + 2", data + 0x102, pop eax
        STACK_AT "POP of a segment register + 2", data + 0x102, pop ds
        STACK_AT "POPAD + 1", data + 0x101, popad
        STACK_AT "CALL + 2", data + 0x102, call level0_entry
        STACK_AT "RET + 2", data + 0x202, ret
        STACK_AT "RETF + 2", data + 0x202, retf
        STACK_AT "IRETD + 2", data + 0x202, iretd
        STACK_AT "ENTER + 2", data + 0x102, enter 0, 0

; --- Pointers and selectors ---

        AT      "selector", data + 2, mov fs, [esi]
        AT      "selector + 1", data + 1, mov fs, [esi]
        AT      "selector stored + 1", data + 1, mov [esi], fs
        AT      "LES of 6 bytes", data + 4, les eax, [esi]
        AT      "LES of 6 bytes + 1", data + 1, les eax, [esi]
        AT      "LFS of 4 bytes", data + 2, lfs ax, [esi]
        AT      "LFS of 4 bytes + 1", data + 1, lfs ax, [esi]
        AT      "LAR + 1", data + 1, lar eax, [esi]
        AT      "VERR + 1", data + 1, verr [esi]
        AT      "ARPL + 1", data + 1, arpl [esi], ax
        AT      "STR + 1", data + 1, str [esi]
        AT      "SMSW + 1", data + 1, smsw [esi]
        AT      "SGDT to an odd word", data + 6, sgdt [esi]
        AT      "SGDT to an even word", data + 4, sgdt [esi]
        AT      "SGDT + 1", data + 1, sgdt [esi]
        AT      "near jump through memory + 2", data + 0x202, jmp [esi]

; --- x87 ---

        AT      "FLD of 32 bits", data + 4, fld dword [esi]
        AT      "FLD of 32 bits + 2", data + 2, fld dword [esi]
        AT      "FLD of 64 bits", data + 8, fld qword [esi]
        AT      "FLD of 64 bits + 4", data + 4, fld qword [esi]
        AT      "FLD of 64 bits + 1", data + 1, fld qword [esi]
        AT      "FLD of 80 bits", data + 8, fld tword [esi]
        AT      "FLD of 80 bits + 4", data + 4, fld tword [esi]
        AT      "FLD of 80 bits + 2", data + 2, fld tword [esi]
        AT      "FILD of 16 bits + 1", data + 1, fild word [esi]
        AT      "FILD of 32 bits + 2", data + 2, fild dword [esi]
        AT      "FILD of 64 bits + 4", data + 4, fild qword [esi]
        AT      "FBLD + 4", data + 4, fbld [esi]
        AT      "FSTP of 64 bits + 4", data + 4, fst qword [esi]
        AT      "FNSTCW + 1", data + 1, fnstcw [esi]
        AT      "FLDCW + 1", data + 1, fldcw [esi]
        AT      "FNSTSW + 1", data + 1, fnstsw [esi]
        AT      "FNSTENV", data + 4, fnstenv [esi]
        AT      "FNSTENV + 2", data + 2, fnstenv [esi]
        AT      "FNSTENV of 14 bytes + 2", data + 2, o16 fnstenv [esi]
        AT      "FNSTENV of 14 bytes + 1", data + 1, o16 fnstenv [esi]
        AT      "FNSAVE + 1", data + 1, fnsave [esi]
        AT      "FRSTOR + 1", data + 1, frstor [esi]

; --- When it is checked ---

        TRY     "AM clear"
        OUTER   3, AC
        mov     eax, [data + 1]
        END_TRY

        TRY     "AC clear"
        checking
        OUTER   3
        mov     eax, [data + 1]
        END_TRY

        TRY     "level 0"
        checking
        push    dword AC
        popfd
        mov     eax, [data + 1]
        END_TRY

        TRY     "level 1"
        checking
        OUTER   1, AC
        mov     eax, [data + 1]
        END_TRY

        TRY     "level 2"
        checking
        OUTER   2, AC
        mov     eax, [data + 1]
        END_TRY

        TRY     "through a gate to level 0"
        checking
        OUTER   3, AC
        call    TO_LEVEL0:0
        END_TRY

        TRY     "through a gate to level 1"
        checking
        OUTER   3, AC
        call    TO_LEVEL1:0
        END_TRY

        TRY     "POPFD sets AC at level 3"
        checking
        OUTER   3
        push    dword AC
        popfd
        mov     eax, [data + 1]
        END_TRY

        TRY     "the stack of level 0 may lie anywhere"
        checking
        mov     dword [tss_main + 4], stack_trap - 1
        OUTER   3, AC
        int     0x40
        END_TRY

        TRY     "so may the tables"
        checking
        mov     esi, gdt
        mov     edi, data + 0x101
        mov     ecx, gdt_definition_end - gdt_definition
        rep     movsb
        push    dword data + 0x101
        push    word gdt_definition_end - gdt_definition - 1
        lgdt    [esp]
        add     esp, 6
        OUTER   3, AC
        mov     ax, DATA3
        mov     fs, ax
        END_TRY

        TRY     "the limit comes first"
        checking
        mov     word [at(LDATA3)], 0x0FFF
        mov     word [at(LDATA3) + 6], 0x0040
        OUTER   3, AC
        mov     ax, LDATA3
        mov     fs, ax
        mov     eax, [fs:0xFFE]
        END_TRY

        TRY     "V86 mode"
        checking
        V86     AC | IOPL3
        mov     ax, 0x3000
        mov     es, ax
        mov     ax, [es:1]
        bits    32
        END_TRY

        TRY     "V86 mode without AC"
        checking
        V86     IOPL3
        mov     ax, 0x3000
        mov     es, ax
        mov     ax, [es:1]
        bits    32
        END_TRY
        finish

        guest_end
