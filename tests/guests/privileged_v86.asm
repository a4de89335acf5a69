; Virtual-8086 mode: what IOPL decides, interrupts through the IDT, what is not allowed, limits of 64 KB, and a monitor.
%include "privileged.inc"

        gdt_begin
        descriptor CONFORMING0, 0, 0xFFFFF, 0x9E, 0xC
        descriptor CONFORMING3, 0, 0xFFFFF, 0xFE, 0xC
        descriptor ABSENT0, 0, 0xFFFFF, 0x1A, 0xC
        gdt_end
        ldt_begin
        ldt_end

; 16-bit code at level 3 with these flags, to the end of the experiment: name, flags
%macro VIRTUAL 2
        TRY     %1
        V86     %2
%endmacro
%macro END_VIRTUAL 0
        int     0x40
        bits    32
        END_TRY
%endmacro

; name, flags, instruction
%macro ONE 3+
        VIRTUAL %1, %2
        %3
        END_VIRTUAL
%endmacro

; INT 30h from V86 mode: name, flags, selector, offset, access byte
%macro GATE 5
        TRY     %1
        mov     dword [idt + 0x30 * 8], (%3) << 16
        mov     word [idt + 0x30 * 8], %4
        mov     dword [idt + 0x30 * 8 + 4], (%5) << 8
        V86     %2
        int     0x30
        END_VIRTUAL
%endmacro

        bits    16
real_start:
        enter_protected
        call    iopl
        call    flags
        call    gates
        call    entering
        call    forbidden
        call    limits
        call    monitored
        call    run_off
        call    bad_levels
        finish

; --- What IOPL decides ---

%macro BY_IOPL 2+
        ONE     %1, IOPL_FLAGS, %2
        show    "flags=", [trap_eflags]
%endmacro

iopl:
%assign level 0
%rep 4
%assign IOPL_FLAGS (level << 12) | 2
%defstr number level
        BY_IOPL %strcat("cli, IOPL ", number), cli
        BY_IOPL %strcat("sti, IOPL ", number), sti
        BY_IOPL %strcat("pushf, IOPL ", number), pushf
        BY_IOPL %strcat("popf, IOPL ", number), popf
        BY_IOPL %strcat("o32 pushf, IOPL ", number), o32 pushf
        BY_IOPL %strcat("int 30h, IOPL ", number), int 0x30
        BY_IOPL %strcat("int3, IOPL ", number), int3
%assign level level + 1
%endrep
        ONE     "int 0Dh at IOPL 0 has no code of its own", 2, int 0x2D
        ONE     "int3 as CD 03 at IOPL 0", 2, {db 0xCD, 3}
        ONE     "into at IOPL 0", 0x802, into
        ONE     "into without overflow", 0x3002, into
        ONE     "hlt at IOPL 3", 0x3002, hlt
        ONE     "icebp at IOPL 0", 2, {db 0xF1}
        VIRTUAL "bound at IOPL 0", 2
        mov     word [0x500], 1
        mov     word [0x502], 2
        bound   ax, [0x500]
        END_VIRTUAL
        VIRTUAL "iret at IOPL 2", 0x2002
        push    0
        push    0
        push    .here
        iret
.here:
        END_VIRTUAL
        ret

; --- Flags ---

; Loads IMAGE by INSTRUCTION and reads the flags again: name, flags, push of the image, instruction
%macro LOADS 4
        VIRTUAL %1, %2
        %3
        %4
        o32 pushf
        pop     ebx
        END_VIRTUAL
        show    "ebx=", [trap_ebx]
        show    "flags=", [trap_eflags]
%endmacro

flags:
        LOADS   "popf", 0x3002, {push word 0x7ED7 & ~0x3000}, popf
        LOADS   "o32 popf", 0x3002, {push dword 0x00034ED7}, o32 popf
        LOADS   "o32 popf with AC", 0x3002, {push dword 0x00044AD7}, o32 popf
        LOADS   "popf keeps the upper flags", 0x43002, {push word 0}, popf
        VIRTUAL "pushfd does not show VM", 0x43ED6
        o32 pushf
        pop     ebx
        END_VIRTUAL
        show    "ebx=", [trap_ebx]
        VIRTUAL "iret", 0x3002
        push    word 0x0ED7
        push    word 0x0100
        push    word .iret - 0x1000
        iret
.iret:
        o32 pushf
        pop     ebx
        END_VIRTUAL
        show    "ebx=", [trap_ebx]
        VIRTUAL "o32 iret", 0x3002
        push    dword 0x00044ED7
        push    dword 0x12340000
        push    dword .iretd
        o32 iret
.iretd:
        o32 pushf
        pop     ebx
        END_VIRTUAL
        show    "ebx=", [trap_ebx]
        VIRTUAL "o32 iret with NT set does not switch tasks", 0x7002
        push    dword 0x00000002
        push    dword 0
        push    dword .nt
        o32 iret
.nt:
        END_VIRTUAL
        show    "flags=", [trap_eflags]
        VIRTUAL "o32 iret beyond 64 KB", 0x3002
        push    dword 2
        push    dword 0
        push    dword 0x10000
        o32 iret
        END_VIRTUAL
        VIRTUAL "cli and sti at IOPL 3", 0x3202
        cli
        pushf
        pop     bx
        sti
        pushf
        pop     cx
        END_VIRTUAL
        show16  "bx=", [trap_ebx]
        show16  "cx=", [trap_ecx]
        ret

; --- Gates ---

gates:
        GATE    "386 interrupt gate", 0x3ED7, CODE0, inner, 0xEE
        show    "ebx=", [trap_ebx]
        stack_dwords 9
        GATE    "386 trap gate", 0x3ED7, CODE0, inner, 0xEF
        show    "ebx=", [trap_ebx]
        stack_dwords 9
        GATE    "286 interrupt gate", 0x3ED7, CODE0, inner, 0xE6
        show    "ebx=", [trap_ebx]
        stack_words 9
        GATE    "386 trap gate, the data segments are null", 0x3002, CODE0, inner_segments, 0xEF
        show16  "ds=", [trap_eax]
        show16  "es=", [trap_ebx]
        show16  "fs=", [trap_ecx]
        show16  "gs=", [trap_edx]
        GATE    "gate with DPL 0", 0x3002, CODE0, inner, 0x8E
        GATE    "gate with DPL 0 and IOPL 0", 0x0002, CODE0, inner, 0x8E
        GATE    "gate absent", 0x3002, CODE0, inner, 0x6E
        GATE    "gate to level 3", 0x3002, CODE3, inner, 0xEE
        GATE    "gate to conforming code of level 0", 0x3002, CONFORMING0, inner, 0xEE
        GATE    "gate to conforming code of level 3", 0x3002, CONFORMING3, inner, 0xEE
        GATE    "gate to absent code", 0x3002, ABSENT0, inner, 0xEE
        GATE    "gate to null", 0x3002, 0, inner, 0xEE
        TRY     "inner stack null"
        mov     word [tss_main + 8], 0
        V86     0x3002
        ud2
        END_VIRTUAL
        TRY     "vector beyond the IDT"
        V86     0x3002
        int     0x50
        END_VIRTUAL
        TRY     "there and back"
        mov     word [idt + 0x30 * 8], inner_back
        push    dword 0x4444
        push    dword 0x3333
        push    dword 0x1111
        push    dword 0x2222
        push    dword 0x0500
        push    dword 0x1000
        push    dword 0x23202
        push    dword 0
        push    dword .back
        iretd
        bits    16
.back:
        mov     eax, 5
        int     0x30
        END_VIRTUAL
        show    "eax=", [trap_eax]
        show    "flags=", [trap_eflags]
        ret

; --- IRET into V86 mode ---

%macro ENTER 4                          ; name, EFLAGS, CS, EIP
        TRY     %1
        push    dword 0xAAAA4444
        push    dword 0xAAAA3333
        push    dword 0xAAAA1111
        push    dword 0xAAAA2222
        push    dword 0xAAAA0500
        push    dword 0xAAAA1000
        push    dword %2
        push    dword %3
        push    dword %4
        GO
        iretd
        END_TRY
%endmacro

entering:
        ENTER   "enter with garbage in upper halves", 0x23002, 0xAAAA0000, v86_end
        show    "esp=", [trap_esp]
        ENTER   "enter with all flags", 0xFFC7BED7, 0, v86_flags
        show    "ebx=", [trap_ebx]
        show    "flags=", [trap_eflags]
        ENTER   "enter beyond 64 KB", 0x23002, 0, 0x10000
        ENTER   "enter with another CS", 0x23002, 0x0123, v86_end - 0x1230
        TRY     "enter from level 1 does not"
        OUTER   1
        push    dword 0x23002
        push    dword CODE1
        push    dword outer
        iretd
        END_TRY
        show    "flags=", [trap_eflags]
        TRY     "popf does not enter"
        GO
        push    dword 0x23002
        popfd
        pushfd
        pop     ebx
        END_TRY
        show    "ebx=", [trap_ebx]
        TRY     "o16 iret does not enter"
        push    dword 0x20002
        push    word 2
        push    word CODE0
        push    word outer
        GO
        o16 iret
        END_TRY
        ret

; --- What is not allowed ---

forbidden:
        ONE     "hlt", 0x3002, hlt
        ONE     "clts", 0x3002, clts
        ONE     "lmsw", 0x3002, lmsw ax
        ONE     "smsw", 0x3002, smsw ax
        ONE     "lgdt", 0x3002, lgdt [0x500]
        ONE     "lidt", 0x3002, lidt [0x500]
        ONE     "sgdt", 0x3002, sgdt [0x500]
        ONE     "sidt", 0x3002, sidt [0x500]
        ONE     "mov eax, cr0", 0x3002, mov eax, cr0
        ONE     "mov cr0, eax", 0x3002, mov cr0, eax
        ONE     "mov eax, cr2", 0x3002, mov eax, cr2
        ONE     "mov cr3, eax", 0x3002, mov cr3, eax
        ONE     "mov eax, dr7", 0x3002, mov eax, dr7
        ONE     "mov dr0, eax", 0x3002, mov dr0, eax
        ONE     "invlpg", 0x3002, invlpg [0]
        ONE     "invd", 0x3002, invd
        ONE     "wbinvd", 0x3002, wbinvd
        ONE     "lldt", 0x3002, lldt ax
        ONE     "ltr", 0x3002, ltr ax
        ONE     "sldt", 0x3002, sldt ax
        ONE     "str", 0x3002, str ax
        ONE     "verr", 0x3002, verr ax
        ONE     "verw", 0x3002, verw ax
        ONE     "lar", 0x3002, lar ax, bx
        ONE     "lsl", 0x3002, lsl ax, bx
        ONE     "arpl", 0x3002, arpl ax, bx
        ONE     "lldt with a memory operand beyond the limit", 0x3002, lldt [dword 0x10000]
        ONE     "lock nop", 0x3002, {db 0xF0, 0x90}
        ONE     "mov cs, ax", 0x3002, {db 0x8E, 0xC8}
        ret

; --- Limits ---

limits:
        ONE     "byte at FFFFh", 0x3002, mov al, [0xFFFF]
        ONE     "word at FFFFh", 0x3002, mov ax, [0xFFFF]
        ONE     "doubleword at FFFDh", 0x3002, mov eax, [0xFFFD]
        ONE     "doubleword at FFFCh", 0x3002, mov eax, [0xFFFC]
        ONE     "byte at 10000h", 0x3002, mov al, [dword 0x10000]
        ONE     "word at FFFFh in the stack", 0x3002, mov ax, [ss:0xFFFF]
        VIRTUAL "word at BP = FFFFh", 0x3002
        mov     bp, 0xFFFF
        mov     ax, [bp]
        END_VIRTUAL
        VIRTUAL "push at SP = 0 wraps", 0x3002
        mov     ax, 0x3000
        mov     ss, ax
        mov     sp, 0
        push    ax
        END_VIRTUAL
        VIRTUAL "push at SP = 1", 0x3002
        mov     ax, 0x3000
        mov     ss, ax
        mov     sp, 1
        push    ax
        END_VIRTUAL
        VIRTUAL "pop at SP = FFFFh", 0x3002
        mov     sp, 0xFFFF
        pop     ax
        END_VIRTUAL
        VIRTUAL "pop at SP = FFFEh wraps", 0x3002
        mov     sp, 0xFFFE
        pop     ax
        END_VIRTUAL
        VIRTUAL "call at SP = 1", 0x3002
        mov     ax, 0x3000
        mov     ss, ax
        mov     sp, 1
        call    .call
.call:
        END_VIRTUAL
        VIRTUAL "far call at SP = 3", 0x3002
        mov     ax, 0x3000
        mov     ss, ax
        mov     sp, 3
        call    0:.far
.far:
        END_VIRTUAL
        VIRTUAL "FFFF:0010 is above 1 MB", 0x3002
        mov     ax, 0xFFFF
        mov     es, ax
        mov     word [es:0x0010], 0x1234
        END_VIRTUAL
        show16  "word=", [0x100000]
        VIRTUAL "segment loads have no checks", 0x3002
        mov     ax, 0xFFFC
        mov     ds, ax
        mov     ax, 3
        mov     es, ax
        mov     ax, 7
        mov     fs, ax
        END_VIRTUAL
        VIRTUAL "the code segment is writable", 0x3002
        mov     byte [cs:.byte], 0x40
.byte:
        nop
        END_VIRTUAL
        VIRTUAL "divide error", 0x3002
        xor     cx, cx
        div     cx
        END_VIRTUAL
        ret

; --- A monitor that carries out what traps, in a virtual machine with its own IVT at 50000h ---

monitored:
        TRY     "monitor"
        mov     edi, 0x50000
        mov     word [edi + 0x21 * 4], guest_service
        mov     word [edi + 0x21 * 4 + 2], 0
        mov     word [edi + 0x08 * 4], guest_timer
        mov     word [edi + 0x08 * 4 + 2], 0
        mov     word [idt + 13 * 8], monitor
        mov     dword [virtual_if], 0
        mov     dword [virtual_ticks], 0
        go_v86  guest_program, 0x2
        END_TRY
        show16  "ax=", [trap_eax]
        show16  "bx=", [trap_ebx]
        show16  "cx=", [trap_ecx]
        show16  "dx=", [trap_edx]
        show    "ticks=", [virtual_ticks]
        ret

virtual_if:     dd 0
virtual_ticks:  dd 0

; Frame: EDI ESI EBP ESP EBX EDX ECX EAX (PUSHA), code, EIP, CS, EFLAGS, ESP, SS.
M_EIP           equ 36
M_CS            equ 40
M_EFLAGS        equ 44
M_ESP           equ 48
M_SS            equ 52
monitor:
        pushad
        mov     ebp, esp
        mov     ax, DATA0
        mov     ds, ax
        mov     es, ax
        movzx   ebx, word [ebp + M_CS]
        shl     ebx, 4
        add     ebx, [ebp + M_EIP]
        movzx   eax, byte [ebx]
        cmp     al, 0xCD
        je      .int
        cmp     al, 0xCF
        je      .iret
        cmp     al, 0x9C
        je      .pushf
        cmp     al, 0x9D
        je      .popf
        cmp     al, 0xFA
        je      .cli
        cmp     al, 0xFB
        je      .sti
        cmp     al, 0xE4
        je      .in
        say     " "
        popad
        add     esp, 4
        int     0x40                            ; HLT ends the program
.int:
        movzx   ecx, byte [ebx + 1]
        add     word [ebp + M_EIP], 2
        say     " int"
        show8   "", cl
.reflect:
        call    virtual_flags
        call    virtual_push
        mov     eax, [ebp + M_CS]
        call    virtual_push
        mov     eax, [ebp + M_EIP]
        call    virtual_push
        movzx   eax, word [0x50000 + ecx * 4]
        mov     [ebp + M_EIP], eax
        movzx   eax, word [0x50000 + ecx * 4 + 2]
        mov     [ebp + M_CS], eax
        mov     dword [virtual_if], 0
        jmp     .back
.iret:
        say     " iret"
        call    virtual_pop
        movzx   eax, ax
        mov     [ebp + M_EIP], eax
        call    virtual_pop
        movzx   eax, ax
        mov     [ebp + M_CS], eax
        call    virtual_pop
        call    virtual_load
        jmp     .back
.pushf:
        say     " pushf"
        inc     word [ebp + M_EIP]
        call    virtual_flags
        call    virtual_push
        jmp     .back
.popf:
        say     " popf"
        inc     word [ebp + M_EIP]
        call    virtual_pop
        call    virtual_load
        jmp     .back
.cli:
        say     " cli"
        inc     word [ebp + M_EIP]
        mov     dword [virtual_if], 0
        jmp     .back
.sti:
        say     " sti"
        inc     word [ebp + M_EIP]
        mov     dword [virtual_if], 0x200
        mov     ecx, 8                          ; a virtual timer interrupt is always waiting
        cmp     dword [virtual_ticks], 2
        jb      .reflect
        jmp     .back
.in:
        say     " in"
        show8   "", [ebx + 1]
        add     word [ebp + M_EIP], 2
        mov     byte [ebp + 28], 0x5A
.back:
        popad
        add     esp, 4
        iretd

; AX = flags as the virtual machine sees them, with its own IF.
virtual_flags:
        mov     eax, [ebp + M_EFLAGS]
        and     eax, 0xFFFFCDFF
        or      eax, [virtual_if]
        ret
virtual_load:
        mov     edx, eax
        and     edx, 0x200
        mov     [virtual_if], edx
        and     eax, 0x0CD5
        or      eax, 0x20002
        mov     [ebp + M_EFLAGS], eax
        ret
virtual_push:
        sub     word [ebp + M_ESP], 2
        call    virtual_stack
        mov     [edx], ax
        ret
virtual_pop:
        call    virtual_stack
        mov     ax, [edx]
        add     word [ebp + M_ESP], 2
        ret
virtual_stack:
        movzx   edx, word [ebp + M_SS]
        shl     edx, 4
        push    eax
        movzx   eax, word [ebp + M_ESP]
        add     edx, eax
        pop     eax
        ret

; --- Last, as some emulators come to grief: code beyond 64 KB, and handlers of other levels ---

run_off:
        ONE     "jump beyond 64 KB", 0x3002, jmp dword 0x10000
        ONE     "far jump beyond 64 KB", 0x3002, jmp dword 0x0000:0x10000
        TRY     "instruction that runs off 64 KB"
        mov     byte [0x3FFFF], 0xB8
        mov     dword [try_base], 0xFFFF
        V86     0x3002
        mov     dword [cs:try_base], 0xFFFF
        jmp     0x3000:0xFFFF
        END_VIRTUAL
        TRY     "instruction that ends at 64 KB"
        mov     byte [0x3FFFF], 0x90
        V86     0x3002
        mov     dword [cs:try_base], 0xFFFF
        jmp     0x3000:0xFFFF
        END_VIRTUAL
        ret

bad_levels:
        GATE    "gate to level 1", 0x3002, CODE1, inner, 0xEE
        TRY     "exception to level 1 is a general protection"
        mov     word [idt + 6 * 8 + 2], CODE1
        V86     0x3002
        ud2
        END_VIRTUAL
        TRY     "exception to conforming code is a general protection"
        mov     word [idt + 6 * 8 + 2], CONFORMING0
        V86     0x3002
        ud2
        END_VIRTUAL
        TRY     "general protection to level 1 is a double fault"
        mov     word [idt + 13 * 8 + 2], CODE1
        V86     0x3002
        hlt
        END_VIRTUAL
        ret

; --- Where transfers go ---

inner:
        pushfd
        pop     ebx
outer:
        int     0x40
inner_segments:
        mov     ax, ds
        mov     bx, es
        mov     cx, fs
        mov     dx, gs
        int     0x40
inner_back:
        add     eax, 2
        iretd

        bits    16
v86_flags:
        o32 pushf
        pop     ebx
v86_end:
        int     0x40

guest_program:
        cli
        mov     ax, 0x0102
        int     0x21
        mov     bx, ax
        stc
        pushf
        pop     cx
        and     cx, 0x0201
        sti
        pushf
        pop     dx
        push    dx
        popf
        in      al, 0x40
        int     0x21
        sti
        cli
        hlt
guest_service:
        add     ax, 0x1111
        iret
guest_timer:
        inc     dword [cs:virtual_ticks]
        iret

        guest_end
