; Three machines at the same linear addresses, as Windows's virtual machine manager has them: V86 mode with IOPL 0 (all
; that touches the interrupt flag is carried out by the monitor), V86 mode with IOPL 3, and a 16-bit protected mode
; client of level 3 with descriptors in the LDT. Each has page tables and memory of its own. The timer gives them turns
; wherever they are, and takes their pages away, which come back one by one at the next access; the x87 is handed over
; when it is used (TS, vector 7). The program that all three run changes its own code, has the monitor change it by
; another address, and has it exchange two pages of code; what it computes must not depend on any of that.
%include "privileged.inc"

MACHINES        equ 3
DIRECTORIES     equ 0x200000            ; a page a machine
TABLES          equ 0x208000
MEMORY          equ 0x300000            ; 128 KB for each, 256 KB apart
VIRTUAL         equ 0x40000             ; where it sees them
VIRTUAL_PAGES   equ 32
TIMER           equ 0x28                ; vector
SERVICE         equ 0x30                ; vector: AL = 0 end; 1 BX into the code at DI; 2 exchange the pages
ROUNDS          equ 120
VARIANT         equ 0x4000              ; offset of the first of two pages of code
PARAMETER       equ 0x8000              ; word
SCRATCH         equ 0x8010

        gdt_begin
        gdt_end
        ldt_begin
        descriptor CLIENT_CODE, VIRTUAL, 0xFFFF, 0xFA, 0
        descriptor CLIENT_DATA, VIRTUAL, 0xFFFF, 0xF2, 0
        descriptor CLIENT_STACK, VIRTUAL + 0x10000, 0xFFFF, 0xF2, 0
        ldt_end

; The frame at EBP
F_EDI           equ 16
F_EBX           equ 32
F_EDX           equ 36
F_EAX           equ 44
F_EIP           equ 56
F_CS            equ 60
F_EFLAGS        equ 64
F_ESP           equ 68
F_SS            equ 72
FRAME_CLIENT    equ 76
FRAME_V86       equ 92

; A machine
        struc machine
.directory:     resd 1
.table:         resd 1
.memory:        resd 1
.runs:          resd 1
.interrupt_flag: resd 1
.exchanges:     resd 1
.frame:         resb FRAME_V86
.x87:           resb 108
        endstruc

        bits    16
real_start:
        enter_protected
        mov     word [idt + 7 * 8], x87_wanted
        mov     word [idt + 13 * 8], protection
        mov     word [idt + 14 * 8], page_fault
        mov     word [idt + TIMER * 8], timer
        mov     word [idt + SERVICE * 8], service
        call    build_machines
        call    start_timer
        mov     eax, [machines + machine.directory]
        mov     cr3, eax
        mov     eax, cr0
        or      eax, 0x80000000
        mov     cr0, eax
        mov     esi, machines
        jmp     resume

; All have ended.
all_done:
        mov     al, 0xFF
        out     0x21, al
        mov     esi, machines
.next:
        say     10, "machine:"
        show16  "dx=", [esi + machine.frame + F_EDX]
        mov     ebx, [esi + machine.memory]
        show16  "own=", [ebx + own_change + 2 - program]
        show16  "other=", [ebx + other_change + 2 - program]
        show    "x87=", [ebx + SCRATCH]
        show    "exchanges=", [esi + machine.exchanges]
        add     esi, machine_size
        cmp     esi, machines + MACHINES * machine_size
        jb      .next
        finish

; --- Tables, machines, timer ---

build_machines:
        fninit
        mov     esi, machines
        xor     ecx, ecx
.next:
        call    build_machine
        add     esi, machine_size
        inc     ecx
        cmp     ecx, MACHINES
        jb      .next
        ret

; Machine number ECX at ESI.
build_machine:
        push    ecx
        mov     edi, esi
        push    ecx
        mov     ecx, machine_size
        xor     eax, eax
        rep     stosb
        pop     ecx
        mov     eax, ecx
        shl     eax, 12
        lea     ebx, [eax + DIRECTORIES]
        mov     [esi + machine.directory], ebx
        lea     edi, [eax + TABLES]
        mov     [esi + machine.table], edi
        lea     eax, [edi + 7]
        mov     [ebx], eax
        mov     eax, ecx
        shl     eax, 18
        add     eax, MEMORY
        mov     [esi + machine.memory], eax
        mov     dword [esi + machine.runs], 1
        mov     dword [esi + machine.interrupt_flag], 0x200
        call    build_table
        call    load_program
        pop     ecx
        push    ecx
        lea     eax, [ecx * 3 + 5]
        mov     ebx, [esi + machine.memory]
        mov     [ebx + PARAMETER], ax
        fnsave  [esi + machine.x87]
        call    build_frame
        pop     ecx
        ret

; 4 MB for level 0, but for the machine's pages.
build_table:
        push    eax
        mov     eax, 3
        mov     ecx, 1024
.next:
        stosd
        add     eax, 0x1000
        loop    .next
        pop     eax
        mov     edi, [esi + machine.table]
        add     edi, VIRTUAL >> 10
        or      al, 6
        mov     ecx, VIRTUAL_PAGES
.own:
        stosd
        add     eax, 0x1000
        loop    .own
        ret

load_program:
        push    esi
        mov     edi, [esi + machine.memory]
        mov     ebx, edi
        mov     esi, program
        mov     ecx, program_end - program
        rep     movsb
        mov     dword [ebx + VARIANT], 0xC30111B8       ; mov ax, 0111h; ret
        mov     dword [ebx + VARIANT + 0x1000], 0xC32222B8
        lea     edi, [ebx + 0x9000]
        mov     ecx, 0x3000
        xor     eax, eax
.fill:
        add     eax, 0x35
        stosb
        loop    .fill
        pop     esi
        ret

build_frame:
        lea     edi, [esi + machine.frame]
        cmp     ecx, 2
        je      .client
        mov     dword [edi + F_CS], VIRTUAL >> 4
        mov     dword [edi + F_SS], (VIRTUAL + 0x10000) >> 4
        mov     dword [edi + F_ESP], 0xFFF0
        mov     dword [edi + 76], VIRTUAL >> 4          ; ES
        mov     dword [edi + 80], VIRTUAL >> 4          ; DS
        mov     eax, ecx
        imul    eax, eax, 0x3000
        or      eax, 0x20202
        mov     [edi + F_EFLAGS], eax
        ret
.client:
        mov     dword [edi + F_CS], CLIENT_CODE
        mov     dword [edi + F_SS], CLIENT_STACK
        mov     dword [edi + F_ESP], 0xFFF0
        mov     dword [edi + 8], CLIENT_DATA
        mov     dword [edi + 12], CLIENT_DATA
        mov     dword [edi + F_EFLAGS], 0x3202
        ret

; 1.7 ms
start_timer:
        mov     al, 0x11
        out     0x20, al
        mov     al, TIMER
        out     0x21, al
        mov     al, 4
        out     0x21, al
        mov     al, 1
        out     0x21, al
        mov     al, 0x34
        out     0x43, al
        mov     al, 2000 & 255
        out     0x40, al
        mov     al, 2000 >> 8
        out     0x40, al
        mov     al, 0xFE
        out     0x21, al
        ret

; --- Turns ---

; Goes on with the machine at ESI or the next one that runs.
resume:
        mov     ecx, MACHINES
.look:
        cmp     dword [esi + machine.runs], 0
        jne     .found
        call    next_machine
        loop    .look
        jmp     all_done
.found:
        mov     [current], esi
        mov     eax, [esi + machine.directory]
        mov     cr3, eax
        mov     eax, cr0
        or      al, 8
        mov     cr0, eax
        mov     ecx, FRAME_V86 / 4
        test    dword [esi + machine.frame + F_EFLAGS], 0x20000
        jnz     .v86
        mov     ecx, FRAME_CLIENT / 4
.v86:
        mov     eax, ecx
        shl     eax, 2
        mov     edi, stack_trap
        sub     edi, eax
        mov     esp, edi
        lea     esi, [esi + machine.frame]
        rep     movsd
leave_trap:
        pop     gs
        pop     fs
        pop     es
        pop     ds
        popad
        add     esp, 8
        iretd

next_machine:
        add     esi, machine_size
        cmp     esi, machines + MACHINES * machine_size
        jb      .end
        mov     esi, machines
.end:
        ret

%macro TRAP 2                           ; vector, 1: the processor pushes a code
%if !%2
        push    dword 0
%endif
        push    dword %1
        call    enter_trap
%endmacro

; Saves the registers behind the vector and its own return address' place; EBP = frame, ESI = current machine.
enter_trap:
        pop     dword [ss:trap_return]
        pushad
        push    ds
        push    es
        push    fs
        push    gs
        mov     ax, DATA0
        mov     ds, ax
        mov     es, ax
        cld
        mov     ebp, esp
        mov     esi, [current]
        jmp     [trap_return]

timer:
        TRAP    TIMER, 0
        mov     al, 0x20
        out     0x20, al
        call    save_frame
        mov     edi, [esi + machine.table]
        add     edi, VIRTUAL >> 10
        mov     ecx, VIRTUAL_PAGES
.take:
        and     byte [edi], ~1 & 0xFF
        add     edi, 4
        loop    .take
        call    next_machine
        jmp     resume

save_frame:
        push    esi
        lea     edi, [esi + machine.frame]
        mov     esi, ebp
        mov     ecx, FRAME_V86 / 4
        rep     movsd
        pop     esi
        ret

page_fault:
        TRAP    14, 1
        mov     eax, cr2
        mov     ecx, eax
        shr     ecx, 12
        sub     ecx, VIRTUAL >> 12
        cmp     ecx, VIRTUAL_PAGES
        jae     lost
        mov     edi, [esi + machine.table]
        lea     edi, [edi + ecx * 4 + (VIRTUAL >> 10)]
        bts     dword [edi], 0
        jc      lost
        jmp     leave_trap

x87_wanted:
        TRAP    7, 0
        clts
        mov     edi, [x87_owner]
        cmp     edi, esi
        je      .end
        test    edi, edi
        jz      .load
        fnsave  [edi + machine.x87]
.load:
        frstor  [esi + machine.x87]
        mov     [x87_owner], esi
.end:
        jmp     leave_trap

lost:
        say     10, "lost:"
        show    "vector=", [ebp + 48]
        show    "code=", [ebp + 52]
        show    "cs=", [ebp + F_CS]
        show    "eip=", [ebp + F_EIP]
        finish

; --- What traps ---

; Only of the machine with IOPL 0.
protection:
        TRAP    13, 1
        test    dword [ebp + F_EFLAGS], 0x20000
        jz      lost
        movzx   ebx, word [ebp + F_CS]
        shl     ebx, 4
        add     ebx, [ebp + F_EIP]
        inc     dword [ebp + F_EIP]
        movzx   eax, byte [ebx]
        cmp     al, 0xFA
        je      .cli
        cmp     al, 0xFB
        je      .sti
        cmp     al, 0x9C
        je      .pushf
        cmp     al, 0x9D
        je      .popf
        dec     dword [ebp + F_EIP]
        cmp     word [ebx], 0xCD | SERVICE << 8
        jne     lost
        add     dword [ebp + F_EIP], 2
        jmp     serve
.cli:
        mov     dword [esi + machine.interrupt_flag], 0
        jmp     leave_trap
.sti:
        mov     dword [esi + machine.interrupt_flag], 0x200
        jmp     leave_trap
.pushf:
        sub     word [ebp + F_ESP], 2
        call    .stack
        mov     eax, [ebp + F_EFLAGS]
        and     eax, 0x0DFF
        or      eax, [esi + machine.interrupt_flag]
        mov     [edi], ax
        jmp     leave_trap
.popf:
        call    .stack
        movzx   eax, word [edi]
        add     word [ebp + F_ESP], 2
        mov     ecx, eax
        and     ecx, 0x200
        mov     [esi + machine.interrupt_flag], ecx
        and     eax, 0x0CD5
        or      eax, 0x20202
        mov     [ebp + F_EFLAGS], eax
        jmp     leave_trap
.stack:
        movzx   edi, word [ebp + F_SS]
        shl     edi, 4
        movzx   eax, word [ebp + F_ESP]
        add     edi, eax
        ret

service:
        TRAP    SERVICE, 0
serve:
        mov     al, [ebp + F_EAX]
        cmp     al, 1
        jb      .end
        je      .change
        inc     dword [esi + machine.exchanges]
        mov     edi, [esi + machine.table]
        add     edi, (VIRTUAL + VARIANT) >> 10
        mov     eax, [edi]
        xchg    eax, [edi + 4]
        mov     [edi], eax
        test    byte [esi + machine.exchanges], 1
        jz      .flush
        invlpg  [VIRTUAL + VARIANT]
        invlpg  [VIRTUAL + VARIANT + 0x1000]
        jmp     leave_trap
.flush:
        mov     eax, cr3
        mov     cr3, eax
        jmp     leave_trap
.change:
        movzx   edi, word [ebp + F_EDI]
        add     edi, [esi + machine.memory]
        mov     eax, [ebp + F_EBX]
        mov     [edi], ax
        jmp     leave_trap
.end:
        mov     dword [esi + machine.runs], 0
        call    save_frame
        jmp     resume

; --- What the machines run, at offset 0 of their segments ---

        bits    16
program:
        xor     dx, dx
        fninit
        fild    word [PARAMETER]
        mov     cx, ROUNDS
program_round:
        push    cx
        pushf
        cli
        pushf
        pop     ax
        popf
        pushf
        pop     bx
        and     ax, 0x0200
        and     bx, 0x0200
        add     dx, ax                          ; 0
        add     dx, bx                          ; 200h
        mov     ax, [PARAMETER]
        add     [own_change + 2 - program], ax
        jmp     own_change
own_change:
        add     dx, 0x1234
        mov     bx, dx
        mov     di, other_change + 2 - program
        mov     al, 1
        int     SERVICE
other_change:
        xor     dx, 0x1234
        add     dx, cx
        mov     al, 2
        int     SERVICE
        call    program + VARIANT
        add     dx, ax
        rol     dx, 3
        mov     si, 0x9000
        mov     di, 0xB7F1
        mov     cx, 0x0A03
        rep     movsb
        add     dx, [di - 2]
        mov     [si - 4], dx
        mov     di, 0x8FF8
        mov     cx, 0x0104
        mov     ax, dx
        rep     stosw
        std
        mov     si, 0xBFFE
        mov     di, 0xC2FE
        mov     cx, 0x0200
        rep     movsd
        cld
        pusha
        enter   0x1200, 3
        mov     [bp - 0x1100], dx
        add     dx, [bp - 0x1100]
        leave
        popa
        fiadd   word [PARAMETER]
        fld     st0
        fsqrt
        fmul    st0, st1
        fistp   dword [SCRATCH]
        add     dx, [SCRATCH]
        xor     dx, [SCRATCH + 2]
        pop     cx
        dec     cx
        jnz     program_round
        mov     al, 0
        int     SERVICE
        jmp     $
program_end:
        bits    32

        align   4
current:        dd machines
x87_owner:      dd 0
trap_return:    dd 0
machines        equ 0x10000                     ; below what the frame uses

        guest_end
