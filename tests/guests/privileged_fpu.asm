; The x87 as the rest of the processor sees it: #NM by EM, TS and MP, errors as #MF (CR0.NE set) and as IRQ 13 (NE
; clear) with port F0h and IGNNE#, the instructions that do not wait, and what FNSTENV and FNSAVE store as instruction
; and operand pointers in real, V86 and protected mode.
%include "privileged.inc"

data            equ 0x30000
CR0_MP          equ 2
CR0_EM          equ 4
CR0_TS          equ 8
CR0_NE          equ 0x20

        gdt_begin
        descriptor SHIFTED, data, 0xFFFF, 0x92, 0x4
        descriptor CODE16_SHIFTED, 0x7000, 0xFFFF, 0x9A, 0x0
        gdt_end
        ldt_begin
        ldt_end

        bits    32
; Errors go to #MF, none is there, all are masked; the interrupt controllers have forgotten all.
reset_fpu:
        mov     eax, cr0
        and     eax, ~(CR0_EM | CR0_TS | CR0_MP)
        or      eax, CR0_NE
        mov     cr0, eax
        mov     al, 0
        out     0xF0, al
        fninit
        mov     al, 0x20
        out     0xA0, al
        out     0x20, al
        mov     edi, data
        mov     ecx, 0x200
        xor     eax, eax
        rep     stosb
        mov     word [data + 0x100], 0x0360     ; control word: zero division, invalid and denormal operands unmasked,
        mov     word [data + 0x102], 0x0340     ; and overflow, underflow, precision too
        mov     dword [data + 0x108], 0x40490FDB        ; 3.14
        mov     dword [data + 0x10C], 0x00000001        ; a denormal
        mov     dword [data + 0x110], 0x7FC00000        ; a NaN
        mov     dword [data + 0x114], 0x7F800001        ; a signalling one
        mov     dword [data + 0x118], 0x7E967699        ; 10^38
        ret

; CR0 with EM, MP and TS as in AL, NE set.
set_cr0:
        push    ebx
        mov     ebx, cr0
        and     bl, ~(CR0_EM | CR0_TS | CR0_MP)
        or      bl, al
        mov     cr0, ebx
        pop     ebx
        ret

; Ready for a zero division: FDIV ST, ST1 after this has an unmasked error.
load_zero_division:
        fldcw   [data + 0x100]
        fldz
        fld1
        ret

%macro without_ne 0                             ; errors go to IRQ 13, which is let through
        mov     eax, cr0
        and     eax, ~CR0_NE
        mov     cr0, eax
        mov     al, 0xFB
        out     0x21, al
        mov     al, 0xDF
        out     0xA1, al
        sti
%endmacro
%macro WAIT_FOR_IRQ 0                           ; emulators that translate look for interrupts at jumps
        wait
        jmp     %%here
%%here: nop
%endmacro
%macro EMULATED 3+                              ; bits of CR0, name, instruction
        TRY     %2
        mov     al, %1
        call    set_cr0
        GO
        %3
        END_TRY
%endmacro
; An instruction after one with an unmasked error.
%macro AFTER_ERROR 2+
        TRY     %1
        call    load_zero_division
        fdiv    st0, st1
        GO
        %2
        END_TRY
        call    show_fpu
%endmacro

; Status, control and tag words after the experiment, and then all is well again.
show_fpu:
        mov     eax, cr0
        and     eax, ~(CR0_EM | CR0_TS)
        mov     cr0, eax
        fnstenv [data + 0x180]
        show16  "cw=", [data + 0x180]
        show16  "sw=", [data + 0x184]
        show16  "tw=", [data + 0x188]
        fninit
        ret

; What an FNSTENV put at data: of 28 bytes and of 14.
%macro show_environment32 0
        show    "ip=", [data + 12]
        show    "cs=", [data + 16]
        show    "dp=", [data + 20]
        show    "ds=", [data + 24]
%endmacro
%macro show_environment16 0
        show16  "ip=", [data + 6]
        show16  "cs=", [data + 8]
        show16  "dp=", [data + 10]
        show16  "ds=", [data + 12]
%endmacro

; Handler of IRQ 13 as in a PC: clears the latch, so that IGNNE# lets FPU instructions through, reads and clears.
irq13_count:    dd 0
irq13:
        push    eax
        inc     dword [irq13_count]
        mov     al, 0
        out     0xF0, al
        fld1                                    ; waits for errors otherwise
        fnstsw  [data + 0x140]
        fnclex
        mov     al, 0x20
        out     0xA0, al
        out     0x20, al
        pop     eax
        iretd

        bits    16
real_start:
        mov     si, pic_words
.next:
        lodsb
        test    al, al
        jz      .ready
        movzx   dx, al
        lodsb
        out     dx, al
        jmp     .next
.ready:
        call    real_environment
        enter_protected
        mov     dword [reset_hook], reset_fpu
        say     10, "FNSTENV in real mode:"
        show_environment16
        say     10, "FNSTENV in real mode, 28 bytes:"
        show    "ip=", [data + 0x20 + 12]
        show    "cs=", [data + 0x20 + 16]
        show    "dp=", [data + 0x20 + 20]
        show    "ds=", [data + 0x20 + 24]

; --- #NM ---

%assign bits_set 0
%rep 8
%assign cr0_bits (bits_set & 1) * CR0_MP + (bits_set >> 1 & 1) * CR0_EM + (bits_set >> 2) * CR0_TS
%if cr0_bits = 0
%define conditions ""
%elif cr0_bits = 2
%define conditions " with MP"
%elif cr0_bits = 4
%define conditions " with EM"
%elif cr0_bits = 6
%define conditions " with EM, MP"
%elif cr0_bits = 8
%define conditions " with TS"
%elif cr0_bits = 10
%define conditions " with TS, MP"
%elif cr0_bits = 12
%define conditions " with TS, EM"
%else
%define conditions " with TS, EM, MP"
%endif
%strcat fld_name "FLD1", conditions
%strcat wait_name "WAIT", conditions
%strcat init_name "FNINIT", conditions
%strcat stsw_name "FNSTSW AX", conditions
%strcat mem_name "FNSTENV to nowhere", conditions
        EMULATED cr0_bits, fld_name, fld1
        EMULATED cr0_bits, wait_name, wait
        EMULATED cr0_bits, init_name, fninit
        EMULATED cr0_bits, stsw_name, fnstsw ax
        EMULATED cr0_bits, mem_name, fnstenv [fs:0]
%assign bits_set bits_set + 1
%endrep

        TRY     "CLTS"
        mov     al, CR0_TS
        call    set_cr0
        GO
        clts
        fld1
        END_TRY

        TRY     "a task switch sets TS"
        GO
        call    TSS_DOUBLE:0
        END_TRY

        TRY     "#NM comes before the operand's fault"
        mov     al, CR0_TS
        call    set_cr0
        GO
        fld     dword [fs:0]
        END_TRY

        TRY     "#NM comes before a pending error"
        call    load_zero_division
        fdiv    st0, st1
        mov     al, CR0_TS | CR0_MP
        call    set_cr0
        GO
        fld1
        END_TRY

; --- #MF ---

        TRY     "an error is reported at the next instruction"
        call    load_zero_division
        GO
        fdiv    st0, st1
        nop
        mov     eax, 5
        fld1
        END_TRY
        show    "eax=", [trap_eax]
        call    show_fpu

        AFTER_ERROR "FLD1 after an error", fld1
        AFTER_ERROR "WAIT after an error", wait
        AFTER_ERROR "FNOP after an error", fnop
        AFTER_ERROR "FST after an error", fst dword [data]
        AFTER_ERROR "FXCH after an error", fxch
        AFTER_ERROR "FLDCW after an error", fldcw [data + 0x100]
        AFTER_ERROR "FLDENV after an error", fldenv [data]
        AFTER_ERROR "FRSTOR after an error", frstor [data]
        AFTER_ERROR "FFREE after an error", ffree st0
        AFTER_ERROR "FDECSTP after an error", fdecstp
        AFTER_ERROR "FCOM after an error", fcom
        AFTER_ERROR "FNSTSW AX does not wait", fnstsw ax
        AFTER_ERROR "FNSTSW does not wait", fnstsw [data]
        AFTER_ERROR "FNSTCW does not wait", fnstcw [data]
        AFTER_ERROR "FNCLEX does not wait", fnclex
        AFTER_ERROR "FNINIT does not wait", fninit
        AFTER_ERROR "FNSTENV does not wait", fnstenv [data]
        AFTER_ERROR "FNSAVE does not wait", fnsave [data]
        AFTER_ERROR "FLD of nowhere after an error", fld dword [fs:0]

        TRY     "unmasking an error that is there"
        fldz
        fld1
        fdiv    st0, st1
        GO
        fldcw   [data + 0x100]
        nop
        fld1
        END_TRY
        call    show_fpu

        TRY     "masking it again"
        call    load_zero_division
        fdiv    st0, st1
        mov     word [data], 0x037F
        fnstenv [data + 0x20]
        mov     word [data + 0x20], 0x037F
        fnclex
        fldenv  [data + 0x20]
        GO
        fld1
        END_TRY
        call    show_fpu

        TRY     "denormal operand"
        fldcw   [data + 0x100]
        GO
        fld     dword [data + 0x10C]
        fld1
        END_TRY
        call    show_fpu

        TRY     "signalling NaN"
        fldcw   [data + 0x100]
        GO
        fld     dword [data + 0x114]
        fld1
        END_TRY
        call    show_fpu

        TRY     "stack underflow"
        fldcw   [data + 0x100]
        GO
        fst     dword [data]
        wait
        END_TRY
        call    show_fpu

        TRY     "overflow on a store leaves the operand on the stack"
        fld     dword [data + 0x118]
        fmul    st0, st0
        fldcw   [data + 0x102]
        GO
        fstp    dword [data]
        wait
        END_TRY
        show    "memory=", [data]
        call    show_fpu

        TRY     "inexact result"
        mov     word [data + 0x102], 0x035F
        fldcw   [data + 0x102]
        fld1
        fld     dword [data + 0x108]
        GO
        fdivp
        wait
        END_TRY
        call    show_fpu

; --- IRQ 13 ---

        TRY     "IRQ 13 instead of #MF"
        without_ne
        call    load_zero_division
        fdiv    st0, st1
        WAIT_FOR_IRQ
        END_TRY
        show8   "vector=", [trap_vector]
        call    show_fpu

        TRY     "a handler of IRQ 13"
        mov     word [idt + 0x2D * 8], irq13
        mov     dword [irq13_count], 0
        without_ne
        call    load_zero_division
        fdiv    st0, st1
        WAIT_FOR_IRQ
        END_TRY
        show8   "count=", [irq13_count]
        show16  "status=", [data + 0x140]
        call    show_fpu

        TRY     "two errors, two interrupts"
        mov     word [idt + 0x2D * 8], irq13
        mov     dword [irq13_count], 0
        without_ne
        call    load_zero_division
        fdiv    st0, st1
        WAIT_FOR_IRQ
        fldz
        fld1
        fdiv    st0, st1
        WAIT_FOR_IRQ
        END_TRY
        show8   "count=", [irq13_count]
        call    show_fpu

        TRY     "any instruction that waits will do"
        mov     word [idt + 0x2D * 8], irq13
        mov     dword [irq13_count], 0
        without_ne
        call    load_zero_division
        fdiv    st0, st1
        fldz
        END_TRY
        show8   "count=", [irq13_count]
        call    show_fpu

        TRY     "masked errors interrupt nobody"
        mov     word [idt + 0x2D * 8], irq13
        mov     dword [irq13_count], 0
        without_ne
        fldz
        fld1
        fdiv    st0, st1
        WAIT_FOR_IRQ
        END_TRY
        show8   "count=", [irq13_count]
        call    show_fpu

        TRY     "an error that is cleared with interrupts off"
        without_ne
        cli
        call    load_zero_division
        fdiv    st0, st1
        fnstsw  ax
        fnclex
        fld1
        END_TRY
        show16  "ax=", [trap_eax]
        call    show_fpu

; --- Pointers ---

        TRY     "pointers in 32-bit protected mode"
        mov     ax, SHIFTED
        mov     fs, ax
        fninit
        fld     dword [fs:0x108]
        fnstenv [data]
        END_TRY
        mov     eax, [data + 12]
        sub     eax, [try_base]
        mov     [data + 12], eax
        show_environment32

        TRY     "pointers in 32-bit protected mode, 14 bytes"
        mov     ax, SHIFTED
        mov     fs, ax
        fld     dword [fs:0x108]
        o16 fnstenv [data]
        END_TRY
        mov     eax, [try_base]
        sub     [data + 6], ax
        show_environment16

        TRY     "an instruction without an operand leaves the operand's pointer"
        mov     ax, SHIFTED
        mov     fs, ax
        fld     dword [fs:0x108]
        fchs
        fnstenv [data]
        END_TRY
        mov     eax, [try_base]
        sub     [data + 12], eax
        show_environment32

        TRY     "instructions that control leave all pointers"
        mov     ax, SHIFTED
        mov     fs, ax
        fld     dword [fs:0x108]
        fldcw   [data + 0x100]
        fnclex
        fnstcw  [data + 0x104]
        fnstsw  ax
        fnstenv [data]
        END_TRY
        mov     eax, [try_base]
        sub     [data + 12], eax
        show_environment32

        TRY     "prefixes belong to the instruction"
        mov     ax, SHIFTED
        mov     fs, ax
        db      0x66
        fld     dword [fs:0x108]
        fnstenv [data]
        END_TRY
        mov     eax, [try_base]
        sub     [data + 12], eax
        show_environment32

        TRY     "FNINIT clears the pointers"
        fld     dword [data + 0x108]
        fninit
        fnstenv [data]
        END_TRY
        show_environment32

        TRY     "FLDENV and FNSTENV give back what they got"
        fninit
        fnstenv [data]
        mov     dword [data + 12], 0x12345678
        mov     dword [data + 16], 0x05550123
        mov     dword [data + 20], 0x9ABCDEF0
        mov     dword [data + 24], 0x00004321
        fldenv  [data]
        fnstenv [data]
        END_TRY
        show_environment32

        TRY     "FNSAVE stores them too, and clears them"
        mov     ax, SHIFTED
        mov     fs, ax
        fld     dword [fs:0x108]
        fnsave  [data]
        fnstenv [data + 0x80]
        END_TRY
        mov     eax, [try_base]
        sub     [data + 12], eax
        show_environment32
        show    "then ip=", [data + 0x80 + 12]
        show    "dp=", [data + 0x80 + 20]

        TRY     "pointers in 16-bit protected mode"
        jmp     CODE16_SHIFTED:protected16 - 0x7000
        END_TRY
        mov     eax, protected16 - 0x7000
        sub     [data + 6], ax
        show_environment16

        TRY     "pointers in V86 mode"
        V86     0x3000
        mov     ax, 0x3000
        mov     ds, ax
        fld     dword [0x108]
        fnstenv [0]
        int     0x40
        bits    32
        END_TRY
        mov     eax, [try_base]
        sub     [data + 6], ax
        show_environment16

        TRY     "pointers in V86 mode, 28 bytes"
        V86     0x3000
        mov     ax, 0x3000
        mov     ds, ax
        fld     dword [0x108]
        o32 fnstenv [0]
        int     0x40
        bits    32
        END_TRY
        mov     eax, [try_base]
        sub     [data + 12], eax
        show_environment32
        finish

        bits    16
protected16:
        mov     ax, SHIFTED
        mov     fs, ax
        mov     ds, ax
        fld     dword [fs:0x108]
        fnstenv [0]
        int     0x40

; In real mode: the environments of an instruction at a linear address above 64 KB, with an operand there too.
real_environment:
        cld
        mov     ax, 0x3000
        mov     es, ax
        mov     di, 0x1000                      ; the code is copied to 3000:1000
        mov     si, real_code
        mov     cx, real_code_end - real_code
        rep     movsb
        fninit
        call    0x3000:0x1000
        ret
real_code:
        push    ds
        push    cs
        pop     ds
        fld     dword [0x1234]
        fnstenv [0]
        o32 fnstenv [0x20]
        pop     ds
        retf
real_code_end:

; Ports and bytes: both interrupt controllers at vectors 20h and 28h, all lines masked.
pic_words:      db 0x20, 0x11, 0x21, 0x20, 0x21, 4, 0x21, 1, 0xA0, 0x11, 0xA1, 0x28, 0xA1, 2, 0xA1, 1
                db 0x21, 0xFF, 0xA1, 0xFF, 0

        guest_end
