; Task switches through 286 and 386 TSSs: by JMP, CALL, INT, exceptions and IRET, what they save and load, and what they
; make of a TSS or selectors that are not as they should be.
%include "privileged.inc"

tss_b           equ 0x30000                     ; 386
tss_c           equ 0x30100                     ; 286
tss_d           equ 0x30200                     ; 386
stack_b         equ 0x32000
stack_b3        equ 0x33000
stack_c         equ 0x34000

; Fields of a 386 TSS and of a 286 TSS.
T_LINK          equ 0
T_ESP0          equ 4
T_SS0           equ 8
T_CR3           equ 28
T_EIP           equ 32
T_EFLAGS        equ 36
T_EAX           equ 40
T_ESP           equ 56
T_ES            equ 72
T_CS            equ 76
T_SS            equ 80
T_DS            equ 84
T_FS            equ 88
T_GS            equ 92
T_LDT           equ 96
T_TRAP          equ 100
T_MAP           equ 102
U_IP            equ 14
U_FLAGS         equ 16
U_AX            equ 18
U_ES            equ 34
U_CS            equ 36
U_SS            equ 38
U_DS            equ 40
U_LDT           equ 42

        gdt_begin
        descriptor TSS_B, tss_b, 0x67, 0x89, 0
        descriptor TSS_C, tss_c, 0x2B, 0x81, 0
        descriptor TSS_D, tss_d, 0x67, 0x89, 0
        descriptor TSS_OPEN, tss_b, 0x67, 0xE9, 0
        descriptor TSS_ABSENT, tss_b, 0x67, 0x09, 0
        descriptor TSS_SHORT, tss_b, 0x66, 0x89, 0
        descriptor TSS_SHORT286, tss_c, 0x2A, 0x81, 0
        descriptor TSS_BIG, tss_b, 0xFF, 0x89, 0x8
        descriptor CONFORMING0, 0, 0xFFFFF, 0x9E, 0xC
        descriptor CONFORMING3, 0, 0xFFFFF, 0xFE, 0xC
        descriptor CODE3_ABSENT, 0, 0xFFFFF, 0x7A, 0xC
        descriptor CODE3_SHORT, 0, 0x0FFF, 0xFA, 0x4
        descriptor CODE3_HIDDEN, 0, 0xFFFFF, 0xF8, 0xC
        descriptor DATA3_ABSENT, 0, 0xFFFFF, 0x72, 0xC
        descriptor DATA3_READ, 0, 0xFFFFF, 0xF0, 0xC
        descriptor LDT_B, ldt, 0xFF, 0x82, 0
        descriptor LDT_ABSENT, ldt, 0xFF, 0x02, 0
        gate GATE_B, TSS_B, 0, 0, 0xE5
        gate GATE_CLOSED, TSS_B, 0, 0, 0x85
        gate GATE_ABSENT, TSS_B, 0, 0, 0x65
        gate GATE_NULL, 0, 0, 0, 0xE5
        gate GATE_BEYOND, 0xFF8, 0, 0, 0xE5
        gate GATE_IN_LDT, 0x14, 0, 0, 0xE5
        gate GATE_CODE, CODE0, 0, 0, 0xE5
        gate GATE_LDT, LDT_B, 0, 0, 0xE5
        gate GATE_TSS_ABSENT, TSS_ABSENT, 0, 0, 0xE5
        gate GATE_SHORT, TSS_SHORT, 0, 0, 0xE5
        gate GATE_BUSY, TSS_MAIN, 0, 0, 0xE5
        gate GATE_RPL, TSS_B | 3, 0, 0, 0xE5
        gdt_end
        ldt_begin
        descriptor LCODE3, 0, 0xFFFFF, 0xFA, 0xC
        descriptor LDATA3, 0, 0xFFFFF, 0xF2, 0xC
        descriptor LTSS, tss_b, 0x67, 0x89, 0
        gate LGATE_B, TSS_B, 0, 0, 0xE5
        ldt_end

%macro show_task 0
        call    put_task
%endmacro
%macro show_saved 1
        mov     ebx, %1
        call    put_saved
%endmacro
%macro show_saved286 1
        mov     ebx, %1
        call    put_saved286
%endmacro
%macro show_registers 0
        call    put_registers
%endmacro

; vector, selector, access: a task gate in the IDT
%macro task_vector 3
        mov     dword [idt + (%1) * 8], (%2) << 16
        mov     dword [idt + (%1) * 8 + 4], (%3) << 8
%endmacro

; An experiment of one instruction at level 0.
%macro SWITCH 2+
        TRY     %1
        GO
        %2
        END_TRY
%endmacro

        bits    16
real_start:
        enter_protected
        mov     dword [reset_hook], build_tasks
        mov     word [0x1000], 0x40CD           ; INT 40h where offsets beyond limits lead to
        call    switches
        call    returns
        call    switches286
        call    gates
        call    bad_tss
        call    bad_selectors
        call    bad_from_exception
        call    bad_links
        call    registers
        call    v86_tasks
        call    trap_bit
        call    bad_at_level_0
        finish

; Task B is at level 3, C (286) at level 0.
build_tasks:
        pushad
        mov     edi, tss_b
        mov     ecx, 0x300 / 4
        xor     eax, eax
        cld
        rep     stosd
        mov     dword [tss_b + T_ESP0], stack_b
        mov     dword [tss_b + T_SS0], DATA0
        mov     dword [tss_b + T_EIP], end_task
        mov     dword [tss_b + T_EFLAGS], 0x00000402
        mov     dword [tss_b + T_EAX], 0xBBBB0001
        mov     dword [tss_b + T_EAX + 12], 0xBBBB0004
        mov     dword [tss_b + T_ESP], stack_b3
        mov     dword [tss_b + T_ESP + 4], 0xBBBB0006
        mov     dword [tss_b + T_ES], DATA3
        mov     dword [tss_b + T_CS], CODE3
        mov     dword [tss_b + T_SS], DATA3
        mov     dword [tss_b + T_DS], DATA3
        mov     dword [tss_b + T_FS], DATA3
        mov     dword [tss_b + T_GS], LDATA3 | 3
        mov     dword [tss_b + T_LDT], LDT_B
        mov     word [tss_b + T_MAP], 0x68
        mov     esi, tss_b
        mov     edi, tss_d
        mov     ecx, 0x68 / 4
        rep     movsd
        mov     dword [tss_d + T_ESP0], stack_b - 0x800
        mov     dword [tss_d + T_ESP], stack_b3 - 0x800
        mov     dword [tss_d + T_EAX], 0xDDDD0001
        mov     word [tss_c + 2], 0x7800
        mov     word [tss_c + 4], DATA16
        mov     word [tss_c + U_IP], end_task
        mov     word [tss_c + U_FLAGS], 0x0402
        mov     word [tss_c + U_AX], 0xCC01
        mov     word [tss_c + U_AX + 6], 0xCC04
        mov     word [tss_c + U_AX + 8], 0x7400
        mov     word [tss_c + U_AX + 10], 0xCC06
        mov     word [tss_c + U_ES], DATA0
        mov     word [tss_c + U_CS], CODE0
        mov     word [tss_c + U_SS], DATA16
        mov     word [tss_c + U_DS], DATA0
        popad
        ret

; --- JMP, CALL, INT to a 386 TSS, and what is saved ---

switches:
        TRY     "jump to a TSS"
        mov     eax, 0x12345678
        mov     ebp, 0x87654321
        mov     cx, DATA3
        mov     gs, cx
        push    dword 0xCD7
        popfd
        jmp     TSS_B:0x1111
        END_TRY
        show_task
        show_registers
        TRY     "jump to a TSS saves"
        mov     eax, 0x12345678
        mov     cx, DATA3
        mov     gs, cx
        push    dword 0xCD7
        popfd
        jmp     TSS_B:0x1111
        END_TRY
        show_saved tss_main
        TRY     "call a TSS"
        call    TSS_B:0x1111
        END_TRY
        show_task
        TRY     "call a TSS saves"
        call    TSS_B:0x1111
        END_TRY
        show_saved tss_main
        TRY     "interrupt through a task gate"
        task_vector 0x30, TSS_B, 0xE5
        push    dword 0x202
        popfd
        int     0x30
        END_TRY
        show_task
        show_saved tss_main
        TRY     "exception without a code through a task gate"
        task_vector 6, TSS_B, 0x85
        ud2
        END_TRY
        show_task
        show_saved tss_main
        TRY     "exception with a code through a task gate"
        task_vector 13, TSS_B, 0x85
        mov     ax, 0xFFFF
        mov     ds, ax
        END_TRY
        show_task
        show_saved tss_main
        show    "code=", [stack_b3 - 4]
        TRY     "exception with a code through a task gate to a 286 task"
        task_vector 13, TSS_C, 0x85
        mov     ax, 0xFFFF
        mov     ds, ax
        END_TRY
        show_task
        show_saved tss_main
        show    "code=", [0x7400 - 4]
        TRY     "BOUND through a task gate at level 3"
        task_vector 5, TSS_D, 0x85
        mov     dword [0x31000], 1
        mov     dword [0x31004], 2
        OUTER   3
        bound   eax, [0x31000]
        END_TRY
        show_task
        TRY     "call a TSS with the granularity bit"
        call    TSS_BIG:0
        END_TRY
        show_task
        TRY     "jump to a TSS, selector with RPL 3"
        jmp     (TSS_B | 3):0
        END_TRY
        show_task
        ret

; --- IRET from a nested task ---

returns:
        TRY     "call a task and back"
        mov     dword [tss_b + T_EIP], return_task
        mov     ebx, 5
        call    TSS_B:0
        END_TRY
        show_task
        show_registers
        TRY     "call a task and back saves"
        mov     dword [tss_b + T_EIP], return_task
        call    TSS_B:0
        END_TRY
        show_saved tss_b
        TRY     "call a task twice"
        mov     dword [tss_b + T_EIP], return_task
        call    TSS_B:0
        call    TSS_B:0
        END_TRY
        show_task
        show_saved tss_b
        TRY     "interrupt task and back"
        task_vector 0x30, TSS_B, 0xE5
        mov     dword [tss_b + T_EIP], return_task
        int     0x30
        END_TRY
        show_task
        TRY     "nested task calls a third"
        mov     dword [tss_b + T_EIP], call_d_task
        mov     dword [tss_b + T_CS], CODE0
        mov     dword [tss_b + T_SS], DATA0
        mov     dword [tss_b + T_DS], DATA0
        call    TSS_B:0
        END_TRY
        show_task
        show16  "link d=", [tss_d]
        show8   "d=", [at(TSS_D) + 5]
        TRY     "nested task jumps to a third"
        mov     dword [tss_b + T_EIP], jump_d_task
        mov     dword [tss_b + T_CS], CODE0
        mov     dword [tss_b + T_SS], DATA0
        mov     dword [tss_b + T_DS], DATA0
        call    TSS_B:0
        END_TRY
        show_task
        show    "eflags b=", [tss_b + T_EFLAGS]
        show16  "link d=", [tss_d]
        show8   "d=", [at(TSS_D) + 5]
        TRY     "nested task calls back"
        mov     dword [tss_b + T_EIP], call_main_task
        mov     dword [tss_b + T_CS], CODE0
        mov     dword [tss_b + T_SS], DATA0
        mov     dword [tss_b + T_DS], DATA0
        call    TSS_B:0
        END_TRY
        show_task
        TRY     "o16 iret from a nested task"
        mov     dword [tss_b + T_EIP], return_task16
        call    TSS_B:0
        END_TRY
        show_task
        TRY     "jump to a task with NT set"
        or      byte [tss_b + T_EFLAGS + 1], 0x40
        mov     word [tss_b + T_LINK], TSS_MAIN
        mov     dword [tss_b + T_EIP], return_task
        jmp     TSS_B:0
        END_TRY
        show_task
        ret

; --- 286 TSS ---

switches286:
        TRY     "jump to a 286 TSS"
        mov     ax, DATA0
        mov     fs, ax
        mov     gs, ax
        jmp     TSS_C:0
        END_TRY
        show_task
        show_registers
        show    "esp=", [trap_esp]
        TRY     "call a 286 TSS"
        call    TSS_C:0
        END_TRY
        show_task
        show_saved tss_main
        TRY     "call a 286 task and back"
        mov     word [tss_c + U_IP], return_task
        mov     eax, 0x12345678
        call    TSS_C:0
        END_TRY
        show_task
        show_registers
        show_saved286 tss_c
        TRY     "interrupt to a 286 task"
        task_vector 0x30, TSS_C, 0xE5
        int     0x30
        END_TRY
        show_task
        TRY     "286 task calls a 386 task"
        mov     word [tss_c + U_IP], call_b_task
        jmp     TSS_C:0
        END_TRY
        show_task
        show_saved286 tss_c
        TRY     "386 task returns to a 286 task"
        mov     word [tss_c + U_IP], call_b_task
        mov     dword [tss_b + T_EIP], return_task
        jmp     TSS_C:0
        END_TRY
        show_task
        show_registers
        TRY     "286 TSS with a limit of 42"
        GO
        call    TSS_SHORT286:0
        END_TRY
        ret

; --- Task gates ---

gates:
        TRY     "call a task gate from level 3"
        OUTER   3
        call    GATE_B:0x12345678
        END_TRY
        show_task
        show_saved tss_main
        TRY     "jump a task gate from level 3"
        OUTER   3
        jmp     GATE_B:0
        END_TRY
        show_task
        TRY     "call a task gate in the LDT"
        OUTER   3
        call    LGATE_B:0
        END_TRY
        show_task
        TRY     "call an open TSS from level 3"
        OUTER   3
        call    TSS_OPEN:0
        END_TRY
        show_task
        TRY     "call a closed TSS from level 3"
        OUTER   3
        call    TSS_B:0
        END_TRY
        TRY     "jump a closed TSS from level 3"
        OUTER   3
        jmp     TSS_B:0
        END_TRY
        TRY     "call a closed task gate from level 3"
        OUTER   3
        call    GATE_CLOSED:0
        END_TRY
        SWITCH  "call a closed task gate with RPL 3", call (GATE_CLOSED | 3):0
        SWITCH  "call an absent task gate", call GATE_ABSENT:0
        SWITCH  "jump an absent task gate", jmp GATE_ABSENT:0
        SWITCH  "call a task gate to null", call GATE_NULL:0
        SWITCH  "call a task gate beyond the GDT", call GATE_BEYOND:0
        SWITCH  "call a task gate to a TSS in the LDT", call GATE_IN_LDT:0
        SWITCH  "call a task gate to code", call GATE_CODE:0
        SWITCH  "call a task gate to an LDT", call GATE_LDT:0
        SWITCH  "call a task gate to an absent TSS", call GATE_TSS_ABSENT:0
        SWITCH  "call a task gate to a short TSS", call GATE_SHORT:0
        SWITCH  "call a task gate to the busy TSS", call GATE_BUSY:0
        SWITCH  "jump a task gate to the busy TSS", jmp GATE_BUSY:0
        SWITCH  "call a task gate whose selector has RPL 3", call GATE_RPL:0
        show_task
        SWITCH  "call a TSS in the LDT", call LTSS:0
        SWITCH  "call an absent TSS", call TSS_ABSENT:0
        SWITCH  "jump an absent TSS", jmp TSS_ABSENT:0
        ret

; Task gates in the IDT: name, selector, access byte.
%macro INT_TASK 3
        TRY     %1
        task_vector 0x30, %2, %3
        OUTER   3
        int     0x30
        END_TRY
%endmacro
%macro UD_TASK 2
        TRY     %1
        task_vector 6, %2, 0x85
        OUTER   3
        ud2
        END_TRY
%endmacro

bad_tss:
        INT_TASK "INT n, closed task gate", TSS_B, 0x85
        INT_TASK "INT n, absent task gate", TSS_B, 0x65
        INT_TASK "INT n, task gate beyond the GDT", 0xFF8, 0xE5
        INT_TASK "INT n, task gate to a TSS in the LDT", 0x14, 0xE5
        INT_TASK "INT n, task gate to code", CODE0, 0xE5
        INT_TASK "INT n, task gate to an absent TSS", TSS_ABSENT, 0xE5
        INT_TASK "INT n, task gate to a short TSS", TSS_SHORT, 0xE5
        INT_TASK "INT n, task gate to a busy TSS", TSS_MAIN, 0xE5
        UD_TASK "#UD, task gate beyond the GDT", 0xFF8
        UD_TASK "#UD, task gate to code", CODE0
        UD_TASK "#UD, task gate to an absent TSS", TSS_ABSENT
        UD_TASK "#UD, task gate to a short TSS", TSS_SHORT
        UD_TASK "#UD, task gate to a busy TSS", TSS_MAIN
        SWITCH  "call a TSS with a limit of 66h", call TSS_SHORT:0
        SWITCH  "jump a TSS with a limit of 66h", jmp TSS_SHORT:0
        TRY     "old TSS with a limit of 66h"
        mov     word [at(TSS_MAIN)], 0x66
        mov     byte [at(TSS_MAIN) + 5], 0x89
        mov     ax, TSS_MAIN
        ltr     ax
        GO
        jmp     TSS_B:0
        END_TRY
        call    put_tr
        TRY     "old TSS with a limit of 5Fh"
        mov     word [at(TSS_MAIN)], 0x5F
        mov     byte [at(TSS_MAIN) + 5], 0x89
        mov     ax, TSS_MAIN
        ltr     ax
        GO
        jmp     TSS_B:0
        END_TRY
        call    put_tr
        ret

; --- Selectors in the TSS. The new task is at level 3, its faults go to level 0 of its own TSS ---

; name, field, selector, and if need be SS
%macro BAD_FIELD 3-4 DATA3
        TRY     %1
        mov     dword [tss_b + T_SS], %4
        mov     dword [tss_b + %2], %3
        mov     dword [try_base], end_task
        call    TSS_B:0
        END_TRY
        call    put_new_task
%endmacro

bad_selectors:
        BAD_FIELD "task LDT null", T_LDT, 0
        BAD_FIELD "task LDT null with RPL 3", T_LDT, 3
        BAD_FIELD "task LDT beyond the GDT", T_LDT, 0xFF8
        BAD_FIELD "task LDT in the LDT", T_LDT, LCODE3 & ~3
        BAD_FIELD "task LDT code", T_LDT, CODE0
        BAD_FIELD "task LDT a TSS", T_LDT, TSS_C
        BAD_FIELD "task LDT absent", T_LDT, LDT_ABSENT
        BAD_FIELD "task LDT with RPL 3", T_LDT, LDT_B | 3
        BAD_FIELD "task CS null", T_CS, 0
        BAD_FIELD "task CS null with RPL 3", T_CS, 3
        BAD_FIELD "task CS beyond the GDT", T_CS, 0xFFB
        BAD_FIELD "task CS beyond the LDT", T_CS, 0xFFF
        BAD_FIELD "task CS data", T_CS, DATA3
        BAD_FIELD "task CS system", T_CS, TSS_C | 3
        BAD_FIELD "task CS absent", T_CS, CODE3_ABSENT
        BAD_FIELD "task CS with DPL below RPL", T_CS, CODE0 | 3
        BAD_FIELD "task CS with DPL above RPL", T_CS, (CODE3 & ~3) | 1, DATA1
        BAD_FIELD "task CS conforming with lower DPL", T_CS, CONFORMING0 | 3
        BAD_FIELD "task CS conforming with higher DPL", T_CS, (CONFORMING3 & ~3) | 1, DATA1
        BAD_FIELD "task CS in the LDT", T_CS, LCODE3
        BAD_FIELD "task SS null", T_SS, 0
        BAD_FIELD "task SS null with RPL 3", T_SS, 3
        BAD_FIELD "task SS beyond the GDT", T_SS, 0xFFB
        BAD_FIELD "task SS code", T_SS, CODE3
        BAD_FIELD "task SS read-only", T_SS, DATA3_READ
        BAD_FIELD "task SS with RPL 0", T_SS, DATA3 & ~3
        BAD_FIELD "task SS with DPL 0", T_SS, DATA0 | 3
        BAD_FIELD "task SS absent", T_SS, DATA3_ABSENT
        BAD_FIELD "task SS in the LDT", T_SS, LDATA3
        BAD_FIELD "task DS null", T_DS, 0
        show16  "ds=", [trap_ds]
        BAD_FIELD "task DS null with RPL 3", T_DS, 3
        show16  "ds=", [trap_ds]
        BAD_FIELD "task DS beyond the GDT", T_DS, 0xFFB
        BAD_FIELD "task DS beyond the LDT", T_DS, 0xFFF
        BAD_FIELD "task DS system", T_DS, TSS_C
        BAD_FIELD "task DS execute-only", T_DS, CODE3_HIDDEN
        BAD_FIELD "task DS with DPL 0", T_DS, DATA0
        BAD_FIELD "task DS conforming code of level 0", T_DS, CONFORMING0
        BAD_FIELD "task DS absent", T_DS, DATA3_ABSENT
        BAD_FIELD "task ES beyond the GDT", T_ES, 0xFFB
        BAD_FIELD "task ES absent", T_ES, DATA3_ABSENT
        BAD_FIELD "task FS beyond the GDT", T_FS, 0xFFB
        BAD_FIELD "task FS absent", T_FS, DATA3_ABSENT
        BAD_FIELD "task GS beyond the GDT", T_GS, 0xFFB
        show16  "ds=", [trap_ds]
        show16  "es=", [trap_es]
        show16  "fs=", [trap_fs]
        show16  "gs=", [trap_gs]
        BAD_FIELD "task GS absent", T_GS, DATA3_ABSENT
        BAD_FIELD "task EIP beyond the limit", T_CS, CODE3_SHORT
        TRY     "task with ES and DS bad: which comes first"
        mov     dword [tss_b + T_ES], 0xFFB
        mov     dword [tss_b + T_DS], 0xFF3
        call    TSS_B:0
        END_TRY
        TRY     "task with CS absent and LDT bad"
        mov     dword [tss_b + T_CS], CODE3_ABSENT
        mov     dword [tss_b + T_LDT], 0xFF8
        call    TSS_B:0
        END_TRY
        TRY     "task with SS absent and CS bad"
        mov     dword [tss_b + T_CS], CODE3_ABSENT
        mov     dword [tss_b + T_SS], DATA3_ABSENT
        call    TSS_B:0
        END_TRY
        TRY     "task with SS absent and DS bad"
        mov     dword [tss_b + T_DS], 0xFFB
        mov     dword [tss_b + T_SS], DATA3_ABSENT
        call    TSS_B:0
        END_TRY
        TRY     "task with EIP beyond the limit and GS bad"
        mov     dword [tss_b + T_CS], CODE3_SHORT
        mov     dword [tss_b + T_GS], 0xFFB
        call    TSS_B:0
        END_TRY
        TRY     "return to a task whose DS went bad"
        mov     ax, DATA3
        mov     gs, ax
        mov     dword [tss_b + T_EIP], return_task
        mov     dword [at(DATA3)], 0
        mov     dword [at(DATA3) + 4], 0
        mov     dword [tss_b + T_ES], 0
        mov     dword [tss_b + T_DS], 0
        mov     dword [tss_b + T_FS], 0
        mov     dword [tss_b + T_SS], LDATA3
        call    TSS_B:0
        END_TRY
        call    put_tr
        show16  "gs=", [trap_gs]
        ret

; The same by an exception, which sets EXT: name, field, selector
%macro BAD_FIELD_EXT 3
        TRY     %1
        mov     dword [tss_b + %2], %3
        task_vector 6, TSS_B, 0x85
        mov     dword [try_base], end_task
        ud2
        END_TRY
        call    put_tr
%endmacro

bad_from_exception:
        BAD_FIELD_EXT "#UD to a task with LDT beyond the GDT", T_LDT, 0xFF8
        BAD_FIELD_EXT "#UD to a task with CS null", T_CS, 3
        BAD_FIELD_EXT "#UD to a task with CS absent", T_CS, CODE3_ABSENT
        BAD_FIELD_EXT "#UD to a task with SS null", T_SS, 0
        BAD_FIELD_EXT "#UD to a task with SS absent", T_SS, DATA3_ABSENT
        BAD_FIELD_EXT "#UD to a task with DS beyond the GDT", T_DS, 0xFFB
        BAD_FIELD_EXT "#UD to a task with GS absent", T_GS, DATA3_ABSENT
        BAD_FIELD_EXT "#UD to a task with EIP beyond the limit", T_CS, CODE3_SHORT
        TRY     "#GP to a task with DS beyond the GDT is a double fault"
        mov     dword [tss_b + T_DS], 0xFFB
        task_vector 13, TSS_B, 0x85
        mov     dword [try_base], end_task
        mov     ax, 0xFFFF
        mov     fs, ax
        END_TRY
        TRY     "#GP to a task without room for the code"
        mov     dword [tss_b + T_ESP], 2
        mov     dword [tss_b + T_SS], DATA3
        mov     word [at(DATA3)], 0
        mov     word [at(DATA3) + 5], 0xF2
        task_vector 13, TSS_B, 0x85
        mov     dword [try_base], end_task
        mov     dword [tss_b + T_ES], 0
        mov     dword [tss_b + T_DS], 0
        mov     dword [tss_b + T_FS], 0
        mov     dword [tss_b + T_GS], 0
        mov     ax, 0xFFFF
        mov     fs, ax
        END_TRY
        call    put_tr
        ret

; IRET with NT set: name, link
%macro RETURN_LINK 2
        TRY     %1
        mov     word [tss_main], %2
        GO
        push    dword 0x4002
        popfd
        iretd
        END_TRY
%endmacro

bad_links:
        RETURN_LINK "iret to a null link", 0
        RETURN_LINK "iret to a link beyond the GDT", 0xFF8
        RETURN_LINK "iret to a link in the LDT", LTSS
        RETURN_LINK "iret to a link to code", CODE0
        RETURN_LINK "iret to a TSS that is not busy", TSS_B
        RETURN_LINK "iret to an absent TSS", TSS_ABSENT
        TRY     "iret to an absent busy TSS"
        mov     word [tss_main], TSS_ABSENT
        or      byte [at(TSS_ABSENT) + 5], 2
        GO
        push    dword 0x4002
        popfd
        iretd
        END_TRY
        TRY     "iret to a short busy TSS"
        mov     word [tss_main], TSS_SHORT
        or      byte [at(TSS_SHORT) + 5], 2
        GO
        push    dword 0x4002
        popfd
        iretd
        END_TRY
        TRY     "iret to a busy TSS"
        mov     word [tss_main], TSS_B
        or      byte [at(TSS_B) + 5], 2
        push    dword 0x4002
        popfd
        iretd
        END_TRY
        show_task
        show_saved tss_main
        TRY     "iret at level 3 with NT"
        mov     word [tss_main], TSS_B
        or      byte [at(TSS_B) + 5], 2
        OUTER   3
        push    dword 0x4002
        popfd
        iretd
        END_TRY
        show_task
        ret

; --- LTR, LLDT, STR, SLDT ---

%macro LOAD_TR 3
        TRY     %1
        mov     eax, %3
        GO
        %2      ax
        END_TRY
        call    put_new_task
%endmacro

registers:
        LOAD_TR "ltr", ltr, TSS_B
        show8   "b=", [at(TSS_B) + 5]
        LOAD_TR "ltr with RPL 3", ltr, TSS_B | 3
        LOAD_TR "ltr 286", ltr, TSS_C
        show8   "c=", [at(TSS_C) + 5]
        LOAD_TR "ltr busy", ltr, TSS_MAIN
        LOAD_TR "ltr null", ltr, 0
        LOAD_TR "ltr null with RPL 3", ltr, 3
        LOAD_TR "ltr beyond the GDT", ltr, 0xFF8
        LOAD_TR "ltr in the LDT", ltr, LTSS
        LOAD_TR "ltr an LDT", ltr, LDT_B
        LOAD_TR "ltr code", ltr, CODE0
        LOAD_TR "ltr a task gate", ltr, GATE_B
        LOAD_TR "ltr absent", ltr, TSS_ABSENT
        LOAD_TR "ltr short", ltr, TSS_SHORT
        LOAD_TR "lldt", lldt, LDT_B
        LOAD_TR "lldt null", lldt, 0
        LOAD_TR "lldt null with RPL 3", lldt, 3
        LOAD_TR "lldt beyond the GDT", lldt, 0xFF8
        LOAD_TR "lldt in the LDT", lldt, LCODE3
        LOAD_TR "lldt a TSS", lldt, TSS_B
        LOAD_TR "lldt data", lldt, DATA0
        LOAD_TR "lldt absent", lldt, LDT_ABSENT
        TRY     "ltr at level 3"
        OUTER   3
        mov     ax, TSS_B
        ltr     ax
        END_TRY
        TRY     "lldt at level 3"
        OUTER   3
        lldt    ax
        END_TRY
        TRY     "str and sldt at level 3"
        OUTER   3
        mov     eax, -1
        mov     ebx, -1
        str     ax
        sldt    bx
        END_TRY
        show    "eax=", [trap_eax]
        show    "ebx=", [trap_ebx]
        TRY     "a task switch keeps CR3 while paging is off"
        mov     dword [tss_b + T_CR3], 0x5000
        mov     dword [tss_b + T_CS], CODE0
        mov     dword [tss_b + T_SS], DATA0
        mov     dword [tss_b + T_EIP], cr3_task
        jmp     TSS_B:0
        END_TRY
        show    "cr3=", [trap_ebx]
        TRY     "a task switch clears the local breakpoints"
        mov     dword [tss_b + T_CS], CODE0
        mov     dword [tss_b + T_SS], DATA0
        mov     dword [tss_b + T_EIP], dr7_task
        mov     eax, 0x2FF
        mov     dr7, eax
        jmp     TSS_B:0
        END_TRY
        show    "dr7=", [trap_ebx]
        xor     eax, eax
        mov     dr7, eax
        ret

; --- V86 mode as a task ---

v86_tasks:
        TRY     "task in V86 mode"
        mov     dword [tss_b + T_EFLAGS], 0x23002
        mov     dword [tss_b + T_CS], 0
        mov     dword [tss_b + T_SS], 0x500
        mov     dword [tss_b + T_ESP], 0x1234
        mov     dword [tss_b + T_DS], 0x1111
        mov     dword [tss_b + T_ES], 0x2222
        mov     dword [tss_b + T_FS], 0x3333
        mov     dword [tss_b + T_GS], 0xFFFF
        call    TSS_B:0
        END_TRY
        show_task
        TRY     "task in V86 mode with EIP beyond 64 KB"
        mov     dword [tss_b + T_EFLAGS], 0x23002
        mov     dword [tss_b + T_CS], 0
        mov     dword [tss_b + T_EIP], 0x12345
        mov     dword [try_base], 0x12345
        call    TSS_B:0
        END_TRY
        TRY     "from V86 mode to a task by INT"
        task_vector 0x30, TSS_B, 0xE5
        V86     0x3002
        int     0x30
        bits    32
        END_TRY
        show_task
        show_saved tss_main
        TRY     "from V86 mode to a task by an exception and back"
        mov     dword [tss_b + T_EIP], skip_task
        mov     dword [tss_b + T_CS], CODE0
        mov     dword [tss_b + T_SS], DATA0
        mov     dword [tss_b + T_DS], DATA0
        task_vector 6, TSS_B, 0x85
        V86     0x3002
        ud2
        bits    32
        END_TRY
        show_task
        ret

; --- The T bit ---

trap_bit:
        TRY     "task with the T bit"
        mov     word [tss_b + T_TRAP], 1
        mov     dword [try_base], end_task
        xor     eax, eax
        mov     dr6, eax
        jmp     TSS_B:0
        END_TRY
        call    put_tr
        TRY     "return to a task with the T bit"
        mov     word [tss_main + T_TRAP], 1
        mov     dword [tss_b + T_EIP], return_task
        xor     eax, eax
        mov     dr6, eax
        GO
        call    TSS_B:0
        END_TRY
        call    put_tr
        TRY     "task with TF in its flags"
        or      byte [tss_b + T_EFLAGS + 1], 1
        mov     dword [try_base], end_task
        mov     dword [tss_b + T_EIP], nop_task
        xor     eax, eax
        mov     dr6, eax
        jmp     TSS_B:0
        END_TRY
        call    put_tr
        TRY     "switch with TF set in the old task"
        mov     dword [try_base], end_task
        xor     eax, eax
        mov     dr6, eax
        push    dword 0x102
        popfd
        jmp     TSS_B:0
        END_TRY
        call    put_tr
        ret

; --- At level 0 the new task has no other stack than its own ---

%macro BAD_LEVEL0 3
        TRY     %1
        mov     dword [tss_b + T_CS], CODE0
        mov     dword [tss_b + T_SS], DATA0
        mov     dword [tss_b + T_ESP], stack_b
        mov     dword [tss_b + %2], %3
        mov     dword [try_base], end_task
        call    TSS_B:0
        END_TRY
%endmacro

bad_at_level_0:
        BAD_LEVEL0 "level 0 task with CS null", T_CS, 0
        BAD_LEVEL0 "level 0 task with LDT beyond the GDT", T_LDT, 0xFF8
        BAD_LEVEL0 "level 0 task with SS null", T_SS, 0
        BAD_LEVEL0 "level 0 task with SS beyond the GDT", T_SS, 0xFF8
        BAD_LEVEL0 "level 0 task with DS beyond the GDT", T_DS, 0xFF8
        BAD_LEVEL0 "level 0 task with EIP beyond the limit", T_EIP, 0
        ret

; --- What the tests write ---

; What is left of a task switch.
put_task:
        show16  "tr=", [trap_tr]
        show16  "ldtr=", [trap_ldtr]
        show    "flags=", [trap_eflags]
        show8   "main=", [at(TSS_MAIN) + 5]
        show8   "b=", [at(TSS_B) + 5]
        show8   "c=", [at(TSS_C) + 5]
        show16  "link main=", [tss_main]
        show16  "b=", [tss_b]
        show16  "c=", [tss_c]
        mov     eax, [trap_cr0]
        and     al, 8
        show8   "ts=", al
        ret

; The 386 TSS at EBX.
put_saved:
        show    "eip=", [ebx + T_EIP]
        show    "eflags=", [ebx + T_EFLAGS]
        show    "eax=", [ebx + T_EAX]
        show    "esp=", [ebx + T_ESP]
        show    "cs=", [ebx + T_CS]
        show    "ss=", [ebx + T_SS]
        show    "ds=", [ebx + T_DS]
        show    "gs=", [ebx + T_GS]
        show    "ldt=", [ebx + T_LDT]
        ret

; The 286 TSS at EBX.
put_saved286:
        show16  "ip=", [ebx + U_IP]
        show16  "flags=", [ebx + U_FLAGS]
        show16  "ax=", [ebx + U_AX]
        show16  "cs=", [ebx + U_CS]
        show16  "ss=", [ebx + U_SS]
        show16  "ds=", [ebx + U_DS]
        show16  "ldt=", [ebx + U_LDT]
        ret

put_registers:
        show    "eax=", [trap_eax]
        show    "ebx=", [trap_ebx]
        show    "ebp=", [trap_ebp]
        show16  "ds=", [trap_ds]
        show16  "es=", [trap_es]
        show16  "fs=", [trap_fs]
        show16  "gs=", [trap_gs]
        ret

; After a fault in the new task.
put_new_task:
        show16  "tr=", [trap_tr]
        show16  "ldtr=", [trap_ldtr]
        show8   "b=", [at(TSS_B) + 5]
        ret

put_tr:
        show16  "tr=", [trap_tr]
        ret

; --- Tasks ---

nop_task:
        nop
end_task:
        int     0x40
return_task:
        inc     eax
        iretd
        jmp     return_task
return_task16:
        o16 iret
call_d_task:
        call    TSS_D:0
jump_d_task:
        jmp     TSS_D:0
call_main_task:
        call    TSS_MAIN:0
call_b_task:
        call    TSS_B:0
        int     0x40
skip_task:
        add     dword [tss_main + T_EIP], 2
        iretd
cr3_task:
        mov     ebx, cr3
        int     0x40
dr7_task:
        mov     ebx, dr7
        int     0x40

        guest_end
