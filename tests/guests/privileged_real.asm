; Real mode: interrupts, the table's limit, 64 KB, flags, what protected mode leaves behind, and what is not there.
;
; Experiments run in real mode, with a vector table of their own; whatever interrupt ends one, its frame is kept and
; written in protected mode.
%include "privileged.inc"

vectors         equ 0x50000
REAL_STACK      equ 0x7000

        gdt_begin
        descriptor SMALL, 0, 0x0FFF, 0x92, 0x0
                gdt_end
        ldt_begin
        ldt_end

; An experiment in real mode: CS = DS = ES = SS = 0, SP = REAL_STACK, general registers and flags clear. It ends by any
; interrupt; END_REAL has INT 40h. Preparations of protected mode come before REAL.
%macro REAL 0
        mov     dword [try_base], %%start
        jmp     CODE16:%%leave
        bits    16
%%leave:
        call    to_real
%%start:
%endmacro
%macro END_REAL 0
        int     0x40
        bits    32
        END_TRY
%endmacro

; name, instruction
%macro ONE 2+
        TRY     %1
        REAL
        %2
        END_REAL
%endmacro

        bits    16
real_start:
        enter_protected
        call    build_vectors
        call    interrupts
        call    limits
        call    flags
        call    left_behind
        call    missing
        call    run_off                         ; last, as some emulators do not come back
        finish

; The vectors lead to entries of 8 bytes, which push the number.
build_vectors:
        mov     edi, vectors
        mov     eax, real_entries
        mov     ecx, 0x100
.next:
        mov     [edi], eax
        add     edi, 4
        add     eax, 8
        loop    .next
        ret

        align   8
real_entries:
        bits    16
%assign n 0
%rep 0x100
        push    strict word n
        jmp     strict near real_trapped
        align   8
%assign n n + 1
%endrep

real_idtr:      dw 0x3FF
                dd vectors

; From 16-bit protected mode; returns in real mode.
to_real:
        pop     si
        mov     [real_return], si
        mov     ax, DATA16
        mov     ss, ax
        mov     ds, ax
        mov     es, ax
        cmp     byte [keep_fs], 0
        jne     .kept
        mov     fs, ax
        mov     gs, ax
.kept:
        lidt    [real_idtr]
        mov     eax, cr0
        and     al, 0xFE
        mov     cr0, eax
        jmp     0:.real
.real:
        xor     ax, ax
        mov     ss, ax
        mov     sp, REAL_STACK
        mov     ds, ax
        mov     es, ax
        cmp     byte [keep_fs], 0
        jne     .kept_real
        mov     fs, ax
        mov     gs, ax
.kept_real:
        mov     byte [keep_fs], 0
        push    word [real_return]
        push    dword 2
        popfd
        mov     eax, 0
        mov     ebx, eax
        mov     ecx, eax
        mov     edx, eax
        mov     esi, eax
        mov     edi, eax
        mov     ebp, eax
        ret

real_return:    dw 0
keep_fs:        db 0

; Number, IP, CS and flags are on the stack, wherever that is.
real_trapped:
        mov     [cs:trap_eax], eax
        mov     [cs:trap_ebx], ebx
        mov     [cs:trap_ecx], ecx
        mov     [cs:trap_edx], edx
        mov     [cs:trap_ds], ds
        mov     [cs:trap_ss], ss
        pushfd
        pop     dword [cs:trap_flags]
        pop     word [cs:trap_vector]
        pop     word [cs:trap_eip]
        pop     word [cs:trap_cs]
        pop     word [cs:trap_eflags]
        mov     [cs:trap_esp], esp
        lgdt    [cs:gdtr_live]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     dword CODE0:real_log
        bits    32
trap_flags:     dd 0
real_log:
        mov     ax, DATA0
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     esp, stack_log
        cld
        lidt    [idtr_live]
        mov     word [trap_eip + 2], 0
        cmp     word [trap_vector], 0x40
        je      .ok
        say     "#"
        push    dword [trap_vector]
        call    put_pushed8
        jmp     .log
.ok:
        say     "ok"
.log:
        show16  "", [trap_cs]
        say     ":"
        mov     ecx, [trap_eip]
        mov     eax, ecx
        sub     eax, [try_base]
        call    put_distance
        show16  "image ", [trap_eflags]
        show    "flags ", [trap_flags]
        show16  "stack ", [trap_ss]
        say     ":"
        push    dword [trap_esp]
        call    put_pushed16
        jmp     recover

; --- Interrupts ---

interrupts:
        ONE     "int 30h", int 0x30
        TRY     "int 30h with all flags"
        REAL
        push    word 0x7ED7 & ~0x100
        popf
        int     0x30
        END_REAL
        TRY     "int 30h with AC"
        REAL
        push    dword 0x40002
        popfd
        int     0x30
        END_REAL
        ONE     "int3", int3
        TRY     "into"
        REAL
        mov     al, 0x7F
        inc     al
        into
        END_REAL
        TRY     "divide error"
        REAL
        mov     cl, 0
        div     cl
        END_REAL
        TRY     "bound"
        REAL
        mov     dword [0x500], 0x00020001
        bound   ax, [0x500]
        END_REAL
        ONE     "ud2", ud2
        TRY     "vector beyond the limit of the table"
        REAL
        mov     word [0x500], 0x007F
        mov     dword [0x502], vectors
        lidt    [0x500]
        int     0x20
        END_REAL
        TRY     "last vector within the limit of the table"
        REAL
        mov     word [0x500], 0x0083
        mov     dword [0x502], vectors
        lidt    [0x500]
        int     0x20
        END_REAL
        TRY     "vector cut by the limit of the table"
        REAL
        mov     word [0x500], 0x0082
        mov     dword [0x502], vectors
        lidt    [0x500]
        int     0x20
        END_REAL
        TRY     "iret"
        REAL
        push    word 0x7ED7 & ~0x100
        push    word 0
        push    word .iret
        iret
.iret:
        END_REAL
        TRY     "o32 iret"
        REAL
        push    dword 0x00077ED7 & ~0x100
        push    dword 0x12340000
        push    dword .iretd
        o32 iret
.iretd:
        END_REAL
        TRY     "o32 iret beyond 64 KB"
        REAL
        push    dword 2
        push    dword 0
        push    dword 0x10000
        o32 iret
        END_REAL
        ret

; --- 64 KB ---

limits:
        ONE     "byte at FFFFh", mov al, [0xFFFF]
        ONE     "word at FFFFh", mov ax, [0xFFFF]
        ONE     "doubleword at FFFDh", mov eax, [0xFFFD]
        ONE     "write of a word at FFFFh", mov [0xFFFF], ax
        ONE     "byte at 10000h", mov al, [dword 0x10000]
        ONE     "word at FFFFh in the stack", mov ax, [ss:0xFFFF]
        TRY     "pop at SP = FFFFh"
        REAL
        mov     sp, 0xFFFF
        pop     ax
        END_REAL
        TRY     "push of a doubleword at SP = 2"
        REAL
        mov     ax, 0x3000
        mov     ss, ax
        mov     sp, 2
        push    eax
        END_REAL
        TRY     "push at SP = 0 wraps"
        REAL
        mov     ax, 0x3000
        mov     ss, ax
        mov     sp, 0
        push    ax
        END_REAL
        TRY     "pusha at SP = 8 wraps"
        REAL
        mov     ax, 0x3000
        mov     ss, ax
        mov     sp, 8
        pusha
        END_REAL
        TRY     "lodsw at SI = FFFFh"
        REAL
        mov     si, 0xFFFF
        lodsw
        END_REAL
        TRY     "rep stosw over the end"
        REAL
        mov     ax, 0x3000
        mov     es, ax
        mov     di, 0xFFFB
        mov     cx, 5
        rep     stosw
        END_REAL
        show16  "cx=", [trap_ecx]
        TRY     "FFFF:0010 with A20"
        mov     dword [0x100000], 0x12345678
        mov     dword [0], 0x87654321
        REAL
        mov     ax, 0xFFFF
        mov     ds, ax
        mov     eax, [0x0010]
        END_REAL
        show    "eax=", [trap_eax]
        TRY     "FFFF:0010 without A20"
        mov     dword [0x100000], 0x12345678
        mov     dword [0], 0x87654321
        REAL
        in      al, 0x92
        and     al, 0xFC
        out     0x92, al
        mov     ax, 0xFFFF
        mov     ds, ax
        mov     ebx, [0x0010]
        in      al, 0x92
        or      al, 2
        and     al, 0xFE
        out     0x92, al
        END_REAL
        show    "ebx=", [trap_ebx]
        TRY     "relative jump wraps at 64 KB"
        mov     dword [0x3FFFC], 0x909010EB
        mov     word [0x3000E], 0x40CD
        REAL
        jmp     0x3000:0xFFFC
        END_REAL
        ret

; --- Flags ---

; Loads IMAGE: name, push, pop
%macro LOADS 3
        TRY     %1
        REAL
        %2
        %3
        pushfd
        pop     ebx
        END_REAL
        show    "ebx=", [trap_ebx]
%endmacro

flags:
        LOADS   "popf", {push word 0x7ED7 & ~0x100}, popf
        LOADS   "popfd", {push dword 0x00077ED7 & ~0x100}, popfd
        TRY     "cli and sti"
        REAL
        sti
        pushf
        pop     bx
        cli
        pushf
        pop     cx
        END_REAL
        show16  "bx=", [trap_ebx]
        show16  "cx=", [trap_ecx]
        ret

; --- What protected mode leaves behind ---

left_behind:
        TRY     "a limit of 4 GB stays"
        mov     ax, DATA0
        mov     fs, ax
        mov     byte [keep_fs], 1
        mov     dword [0x100000], 0x12345678
        REAL
        mov     eax, [fs:dword 0x100000]
        END_REAL
        show    "eax=", [trap_eax]
        TRY     "a limit of 4 GB outlasts a load"
        mov     ax, DATA0
        mov     fs, ax
        mov     byte [keep_fs], 1
        mov     dword [0x100000], 0x12345678
        REAL
        mov     ax, 0x10
        mov     fs, ax
        mov     eax, [fs:dword 0x100000 - 0x100]
        END_REAL
        show    "eax=", [trap_eax]
        TRY     "a limit of 4 KB stays"
        mov     ax, SMALL
        mov     fs, ax
        mov     byte [keep_fs], 1
        REAL
        mov     al, [fs:0x1000]
        END_REAL
        TRY     "read-only data can be written"
        mov     byte [at(SMALL) + 5], 0x90
        mov     ax, SMALL
        mov     fs, ax
        mov     byte [keep_fs], 1
        REAL
        mov     [fs:0x500], al
        END_REAL
        ret

; --- What is not there ---

missing:
        ONE     "lldt", lldt ax
        ONE     "ltr", ltr ax
        ONE     "sldt", sldt ax
        ONE     "str", str ax
        ONE     "verr", verr ax
        ONE     "verw", verw ax
        ONE     "lar", lar ax, bx
        ONE     "lsl", lsl ax, bx
        ONE     "arpl", arpl ax, bx
        ONE     "lgdt with a register operand", {db 0x0F, 0x01, 0xD0}
        ONE     "lock nop", {db 0xF0, 0x90}
        ONE     "mov cs, ax", {db 0x8E, 0xC8}
        ONE     "clts", clts
        ONE     "smsw", smsw ax
        show16  "ax=", [trap_eax]
        TRY     "fifteen bytes"
        REAL
        times   14 db 0x2E
        nop
        END_REAL
        TRY     "sixteen bytes"
        REAL
        times   15 db 0x2E
        nop
        END_REAL
        ret

; --- Code beyond 64 KB ---

run_off:
        TRY     "instruction that runs off 64 KB"
        mov     byte [0x3FFFF], 0xB8
        REAL
        mov     dword [try_base], 0xFFFF
        jmp     0x3000:0xFFFF
        END_REAL
        TRY     "instruction that ends at 64 KB"
        mov     byte [0x3FFFF], 0x90
        mov     word [0x30000], 0x40CD
        REAL
        mov     dword [try_base], 0xFFFF
        jmp     0x3000:0xFFFF
        END_REAL
        ONE     "jump beyond 64 KB", jmp dword 0x10000
        ONE     "far jump beyond 64 KB", jmp dword 0x0000:0x10000
        ret

        guest_end
