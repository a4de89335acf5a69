; Paging: who may do what in which page with CR0.WP clear and set, accessed and dirty bits, the error code and CR2 of
; each class of access, accesses over a page's end, what a fault leaves undone, the processor's own accesses to tables
; and stacks, flushing, and page faults on the way into handlers.
%include "privileged.inc"

DIRECTORY       equ 0x40000
TABLE           equ 0x41000                     ; of the first 4 MB, one to one
TABLE_TEST      equ 0x42000                     ; of the next 4 MB
FRAMES          equ 0x50000                     ; its first pages
PAGES           equ 0x400000
%define page(n) (PAGES + (n) * 0x1000)
%define frame(n) (FRAMES + (n) * 0x1000)
%define pte(n) (TABLE_TEST + (n) * 4)
PDE             equ DIRECTORY + 4               ; of the pages of the experiments
CR0_WP          equ 0x10000
CR0_PG          equ 0x80000000

        gdt_begin
        descriptor SPLIT_TSS, page(1) - 12, 0x67, 0x89, 0       ; ESP1 and SS1 lie in page 1
        descriptor FAR_LDT, page(1), 0xFF, 0x82, 0
        descriptor FAR_STACK, page(0), 0xFFFFF, 0x92, 0xC
        descriptor FRESH, 0, 0xFFFFF, 0x92, 0xC                 ; not yet accessed
        gate TO_LEVEL1, CODE1, level1_entry, 0, 0xEC
        gdt_end
        ldt_begin
        ldt_end

; The tables as an experiment finds them: pages 0 to 7 are there, for everybody, neither accessed nor dirty.
        bits    32
reset_pages:
        mov     ebx, cr0
        mov     eax, ebx
        and     eax, ~CR0_PG
        mov     cr0, eax
        mov     edi, DIRECTORY
        mov     ecx, 0x3000 / 4
        xor     eax, eax
        rep     stosd
        mov     dword [DIRECTORY], TABLE | 0x67
        mov     dword [PDE], TABLE_TEST | 7
        mov     edi, TABLE
        mov     eax, 0x67
        mov     ecx, 1024
.identity:
        stosd
        add     eax, 0x1000
        loop    .identity
        mov     edi, TABLE_TEST
        mov     eax, FRAMES | 7
        mov     ecx, 8
.test:  stosd
        add     eax, 0x1000
        loop    .test
        mov     edi, FRAMES
        mov     ecx, 0x4000 / 4
        mov     eax, 0x11111111
        rep     stosd
        mov     dword [frame(0) + 0x100], 0x40CD40CD    ; INT 40h, to be executed
        mov     eax, DIRECTORY
        mov     cr3, eax
        mov     cr0, ebx
        ret

%macro show_bits 1                              ; entries of page n and of its table
        show8   "pde=", [PDE]
        show8   "pte=", [pte(%1)]
%endmacro
%macro protect 1                                ; WP as given
        mov     eax, cr0
%if %1
        or      eax, CR0_WP
%else
        and     eax, ~CR0_WP
%endif
        mov     cr0, eax
%endmacro
%macro flush 0
        mov     eax, cr3
        mov     cr3, eax
%endmacro
%macro absent 1
        and     byte [pte(%1)], 0xFE
        flush
%endmacro

; Accesses of the loop over rights, run at levels 0 and 3.
do_read:
        mov     eax, [page(0) + 0x10]
        int     0x40
do_write:
        mov     [page(0) + 0x10], eax
        int     0x40
do_fetch:
        jmp     page(0) + 0x100

level1_entry:
        int     0x40

accesses:       dd do_read, do_write, do_fetch
count:          dd 0                            ; of the loop: 2 bits table, 2 bits directory, WP, level, 2 bits access

        bits    16
real_start:
        enter_protected
        mov     dword [reset_hook], reset_pages
        call    reset_pages
        mov     eax, cr0
        or      eax, CR0_PG
        mov     cr0, eax
        jmp     rights

; --- Rights ---

rights:
        TRY     "rights"
        mov     ecx, [count]
        mov     eax, ecx
        and     eax, 3
        shl     eax, 1
        mov     dl, [pte(0)]
        and     dl, 0xF9
        or      al, dl
        mov     [pte(0)], al
        mov     eax, ecx
        shr     eax, 1
        and     eax, 6
        mov     dl, [PDE]
        and     dl, 0xF9
        or      al, dl
        mov     [PDE], al
        flush
        protect 0
        test    cl, 0x10
        jz      .unprotected
        protect 1
.unprotected:
        mov     ebx, ecx
        shr     ebx, 6
        mov     ebx, [accesses + ebx * 4]
        mov     [try_base], ebx
        test    cl, 0x20
        jz      .inner
        go_outer 3, ebx
.inner:
        push    dword 2
        popfd
        jmp     ebx
        END_TRY
        show8   "case=", [count]
        cmp     dword [trap_vector], 0x40
        jne     .faulted                        ; whether A is set then is not said
        show_bits 0
.faulted:
        inc     dword [count]
        cmp     dword [count], 0xC0
        jb      rights

; --- Pages that are not there; read-modify-write ---

        TRY     "read of an absent page"
        absent  0
        GO
        mov     eax, [page(0) + 0x123]
        END_TRY

        TRY     "write to an absent page"
        absent  0
        GO
        mov     [page(0) + 0x123], eax
        END_TRY

        TRY     "read at level 3 of an absent page"
        absent  0
        OUTER   3
        mov     eax, [page(0) + 0x123]
        END_TRY

        TRY     "write at level 3 to an absent page"
        absent  0
        OUTER   3
        mov     [page(0) + 0x123], al
        END_TRY

        TRY     "write through an absent table"
        mov     dword [PDE], TABLE_TEST | 6
        flush
        GO
        mov     [page(0) + 0x123], eax
        END_TRY

        TRY     "add to an absent page"
        absent  0
        GO
        add     [page(0) + 0x40], eax
        END_TRY

        TRY     "locked add to a page that is read-only, level 3"
        mov     byte [pte(0)], 5
        flush
        OUTER   3
        lock add [page(0) + 0x40], eax
        END_TRY

        TRY     "add to a page that is read-only, level 3"
        mov     byte [pte(0)], 5
        flush
        OUTER   3
        add     [page(0) + 0x40], eax
        END_TRY

        TRY     "exchange with a page that is read-only, level 3"
        mov     byte [pte(0)], 5
        flush
        OUTER   3
        xchg    [page(0) + 0x40], eax
        END_TRY

        TRY     "an unequal CMPXCHG makes the page dirty"
        GO
        mov     ebx, 5
        cpu     586                             ; of which the assembler thinks that it has this one first
        cmpxchg [page(0) + 0x40], ebx
        cpu     486
        END_TRY
        show    "eax=", [trap_eax]
        show_bits 0

        TRY     "BT with a bit far away"
        absent  1
        GO
        mov     ecx, 0x1000 * 8 + 7
        bt      [page(0)], ecx
        END_TRY

; --- Accessed and dirty ---

        TRY     "a write after a read makes the page dirty"
        GO
        mov     eax, [page(0)]
        mov     bl, [pte(0)]
        mov     [page(0)], eax
        END_TRY
        show8   "before=", [trap_ebx]
        show_bits 0

        TRY     "a write that faults"
        mov     byte [pte(0)], 5
        flush
        protect 1
        GO
        mov     [page(0)], eax
        END_TRY
        show8   "pte=", [pte(0)]

        TRY     "a write allowed to the supervisor alone"
        mov     byte [pte(0)], 1
        flush
        protect 0
        GO
        mov     dword [page(0)], 5
        END_TRY
        show    "memory=", [frame(0)]
        show_bits 0

; --- Over the end of a page ---

        TRY     "read over the end, second page absent"
        absent  1
        GO
        mov     eax, [page(1) - 2]
        END_TRY

        TRY     "read over the end, first page absent"
        absent  0
        GO
        mov     eax, [page(1) - 2]
        END_TRY

        TRY     "read over the end, both absent"
        absent  0
        absent  1
        GO
        mov     eax, [page(1) - 2]
        END_TRY

        TRY     "write over the end, second page absent, leaves the first"
        absent  1
        GO
        mov     [page(1) - 2], eax
        END_TRY
        show16  "first=", [frame(1) - 2]

        TRY     "write over the end, second page read-only, level 3"
        mov     byte [pte(1)], 5
        flush
        OUTER   3
        mov     [page(1) - 1], ax
        END_TRY
        show8   "first=", [frame(1) - 1]

        TRY     "write over the end, second page of the supervisor, level 3"
        mov     byte [pte(1)], 3
        flush
        OUTER   3
        mov     [page(1) - 3], eax
        END_TRY

        TRY     "write over the end to two frames that are not neighbours"
        mov     dword [pte(1)], frame(3) | 7
        flush
        GO
        mov     dword [page(1) - 2], 0x89ABCDEF
        END_TRY
        show16  "first=", [frame(1) - 2]
        show16  "second=", [frame(3)]
        show16  "between=", [frame(1)]
        show_bits 1

        TRY     "far pointer over the end, second page absent"
        absent  1
        GO
        lds     eax, [page(1) - 4]
        END_TRY

        TRY     "instruction over the end, second page absent"
        absent  1
        mov     dword [frame(1) - 2], 0x11110503        ; ADD EAX, [11111111]
        FROM    page(1) - 2
        jmp     page(1) - 2
        END_TRY

        TRY     "instruction over the end to a frame that is not its neighbour"
        mov     dword [pte(1)], frame(3) | 7
        mov     dword [frame(1) - 2], 0x777777B8        ; MOV EAX, ..234567; INT 40h
        mov     dword [frame(3)], 0xCD234567
        mov     byte [frame(3) + 4], 0x40
        flush
        FROM    page(1) - 2
        jmp     page(1) - 2
        END_TRY
        show    "eax=", [trap_eax]

        TRY     "level 3 walks into a page of the supervisor"
        mov     byte [pte(1)], 3
        mov     dword [frame(1) - 4], 0x90909090
        flush
        FROM    page(1)
        go_outer 3, page(1) - 4
        END_TRY

; --- Stack ---

        TRY     "double fault: no stack for the page fault"
        absent  0
        mov     esp, page(1)
        FROM    .here
.here:  push    eax
        END_TRY

        TRY     "PUSH over the end at level 3"
        absent  0
        OUTER   3
        mov     esp, page(1) + 2
        push    eax
        END_TRY

        TRY     "PUSHAD over the end at level 3"
        absent  0
        OUTER   3
        mov     esp, page(1) + 16
        pushad
        END_TRY

        TRY     "CALL at level 3 without a stack"
        absent  0
        OUTER   3
        mov     esp, page(1)
        call    level1_entry
        END_TRY

        TRY     "ENTER at level 3 with its frame in an absent page"
        absent  0
        OUTER   3
        mov     esp, page(1) + 8
        enter   0x10, 0
        push    eax
        push    eax
        END_TRY
        show    "ebp=", [trap_ebp]

        TRY     "POP to an absent page keeps ESP"
        absent  0
        OUTER   3
        pop     dword [page(0)]
        END_TRY

        TRY     "POP from an absent page"
        absent  1
        OUTER   3
        mov     esp, page(1)
        pop     eax
        END_TRY

        TRY     "RET over the end"
        absent  1
        OUTER   3
        mov     esp, page(1) - 2
        ret
        END_TRY

        TRY     "IRETD over the end"
        absent  1
        OUTER   3
        mov     esp, page(1) - 8
        iretd
        END_TRY

        TRY     "POPAD over the end changes nothing"
        absent  1
        OUTER   3
        mov     esp, page(1) - 8
        mov     edi, 0x77
        popad
        END_TRY
        show    "edi=", [trap_edi]

; --- Strings ---

        TRY     "REP STOSB into an absent page"
        absent  1
        GO
        mov     edi, page(1) - 5
        mov     ecx, 9
        rep     stosb
        END_TRY
        show    "ecx=", [trap_ecx]
        show    "edi=", [trap_edi]

        TRY     "REP MOVSD from an absent page"
        absent  1
        GO
        mov     esi, page(1) - 8
        mov     edi, page(2)
        mov     ecx, 9
        rep     movsd
        END_TRY
        show    "ecx=", [trap_ecx]
        show    "esi=", [trap_esi]
        show    "edi=", [trap_edi]

        TRY     "MOVSD over the end of the destination"
        absent  1
        GO
        mov     esi, page(2)
        mov     edi, page(1) - 2
        movsd
        END_TRY
        show    "esi=", [trap_esi]
        show    "edi=", [trap_edi]
        show16  "first=", [frame(1) - 2]

        TRY     "REPE CMPSB downwards"
        absent  0
        GO
        mov     esi, page(1) + 3
        mov     edi, page(2) + 3
        mov     ecx, 9
        std
        repe cmpsb
        END_TRY
        show    "ecx=", [trap_ecx]
        show    "esi=", [trap_esi]

        TRY     "REP with nothing to do needs no page"
        absent  0
        GO
        mov     edi, page(0)
        rep     stosd
        END_TRY

        TRY     "INSB into an absent page"
        absent  0
        GO
        mov     edi, page(0)
        mov     dx, 0x80
        insb
        END_TRY
        show    "edi=", [trap_edi]

; --- The processor's own accesses ---

        TRY     "tables of the supervisor are read for level 3"
        and     byte [TABLE + (gdt >> 12) * 4], 0xFB
        flush
        OUTER   3
        mov     ax, DATA3
        mov     ds, ax
        END_TRY
        show16  "ds=", [trap_ds]

        TRY     "descriptor in an absent page, level 3"
        mov     ax, FAR_LDT
        lldt    ax
        absent  1
        OUTER   3
        mov     ax, 0x0F
        mov     fs, ax
        END_TRY

        TRY     "LAR of a descriptor in an absent page, level 3"
        mov     ax, FAR_LDT
        lldt    ax
        absent  1
        OUTER   3
        mov     ax, 0x17
        lar     ebx, ax
        END_TRY

        TRY     "accessed bit in a page that is read-only, WP clear"
        mov     byte [TABLE + (gdt >> 12) * 4], 0x61
        flush
        protect 0
        GO
        mov     ax, FRESH
        mov     fs, ax
        END_TRY
        show8   "access=", [at(FRESH) + 5]

        TRY     "accessed bit in a page that is read-only, WP set"
        or      byte [at(CODE0) + 5], 1         ; used by the handler
        or      byte [at(DATA0) + 5], 1
        mov     byte [TABLE + (gdt >> 12) * 4], 0x61
        flush
        protect 1
        GO
        mov     ax, FRESH
        mov     fs, ax
        END_TRY
        show8   "access=", [at(FRESH) + 5]

        TRY     "gate in an absent page"
        call    split_idt
        GO
        int     0x30
        END_TRY

        TRY     "gate in an absent page, level 3"
        call    split_idt
        OUTER   3
        int     0x30
        END_TRY

        TRY     "inner stack's pointer in an absent page"
        call    split_tss
        OUTER   3
        call    TO_LEVEL1:0
        END_TRY

        TRY     "inner stack in an absent page"
        mov     dword [tss_main + 12], page(1)
        absent  0
        OUTER   3
        call    TO_LEVEL1:0
        END_TRY

        TRY     "inner stack over the end"
        mov     dword [tss_main + 12], page(1) + 6
        absent  0
        OUTER   3
        call    TO_LEVEL1:0
        END_TRY

        TRY     "inner stack of the supervisor serves level 1"
        mov     dword [tss_main + 12], page(1)
        and     byte [pte(0)], 0xFB
        flush
        OUTER   3
        call    TO_LEVEL1:0
        END_TRY

        TRY     "I/O map in an absent page"
        mov     word [at(SPLIT_TSS)], 0x100
        mov     dword [at(SPLIT_TSS) + 2], 0x89000000 | (page(1) - 0x68)
        call    split_tss
        mov     dword [frame(1) - 0x64], stack_trap
        mov     dword [frame(1) - 0x60], DATA0
        mov     word [frame(1) - 2], 0x68
        OUTER   3
        in      al, 0x80
        END_TRY

; --- Faults while a fault is delivered (PRM table 9-3) ---

        TRY     "general protection, then its gate's descriptor absent: a page fault"
        mov     ax, FAR_LDT
        lldt    ax
        absent  1
        mov     word [idt + 13 * 8 + 2], 0x0C
        GO
        mov     ax, 0xFFF8
        mov     ds, ax
        END_TRY

        TRY     "division error, then its gate's descriptor absent: a page fault"
        mov     ax, FAR_LDT
        lldt    ax
        absent  1
        mov     word [idt + 2], 0x0C
        GO
        div     cl
        END_TRY

        TRY     "page fault, then no descriptor: a double fault"
        mov     word [idt + 14 * 8 + 2], 0
        absent  0
        GO
        mov     eax, [page(0)]
        END_TRY

        TRY     "page fault, then a gate that is absent: a double fault"
        and     byte [idt + 14 * 8 + 5], 0x7F
        absent  0
        GO
        mov     eax, [page(0)]
        END_TRY

        TRY     "page fault, then its gate's descriptor absent: a double fault"
        mov     ax, FAR_LDT
        lldt    ax
        absent  1
        mov     word [idt + 14 * 8 + 2], 0x0C
        GO
        mov     eax, [page(1)]
        END_TRY

        TRY     "level 3 without a stack of level 0: a double fault"
        mov     dword [tss_main + 4], page(1)
        absent  0
        OUTER   3
        int     0x30
        END_TRY

        TRY     "invalid opcode, then its gate absent: the second is delivered"
        and     byte [idt + 6 * 8 + 5], 0x7F
        GO
        db      0x0F, 0x0B
        END_TRY

; --- Flushing ---

        TRY     "a page that was absent is found without a flush"
        absent  0
        or      byte [pte(0)], 1
        GO
        mov     eax, [page(0)]
        END_TRY
        show    "eax=", [trap_eax]

        TRY     "INVLPG lets a new frame be seen"
        mov     dword [frame(2)], 0x22222222
        GO
        mov     eax, [page(0)]
        mov     dword [pte(0)], frame(2) | 7
        invlpg  [page(0) + 0x234]
        mov     ebx, [page(0)]
        END_TRY
        show    "before=", [trap_eax]
        show    "after=", [trap_ebx]

        TRY     "so does loading CR3"
        mov     dword [frame(2)], 0x22222222
        GO
        mov     ecx, [page(0)]
        mov     dword [pte(0)], frame(2) | 7
        flush
        mov     ebx, [page(0)]
        END_TRY
        show    "before=", [trap_ecx]
        show    "after=", [trap_ebx]

        TRY     "INVLPG takes a right away"
        mov     eax, [page(0)]
        mov     [page(0)], eax
        protect 1
        mov     byte [pte(0)], 5
        invlpg  [page(0)]
        GO
        mov     [page(0)], eax
        END_TRY

        TRY     "INVLPG of an absent page is no access"
        absent  0
        GO
        invlpg  [page(0)]
        END_TRY
        show8   "pte=", [pte(0)]

        TRY     "INVLPG at level 3"
        OUTER   3
        invlpg  [page(0)]
        END_TRY

        TRY     "INVLPG of a register"
        GO
        db      0x0F, 0x01, 0xF8
        END_TRY

        TRY     "code is fetched from the new frame"
        mov     dword [frame(2) + 0x100], 0x40CD41CD            ; INT 41h
        GO
        mov     eax, [page(0) + 0x100]
        mov     dword [pte(0)], frame(2) | 7
        invlpg  [page(0)]
        FROM    page(0) + 0x100
        jmp     page(0) + 0x100
        END_TRY

; --- Control registers ---

        TRY     "PCD and PWT of CR3 are kept"
        GO
        mov     eax, DIRECTORY | 0x18
        mov     cr3, eax
        mov     ebx, cr3
        END_TRY
        show    "cr3=", [trap_ebx]

        TRY     "CR2 can be written"
        GO
        mov     eax, 0x12345678
        mov     cr2, eax
        mov     ebx, cr2
        END_TRY
        show    "cr2=", [trap_ebx]

        TRY     "CR3 at level 3"
        OUTER   3
        mov     eax, cr3
        END_TRY

; --- V86 mode is level 3 ---

        TRY     "V86 mode reads a page of the supervisor"
        and     byte [TABLE + 0x10 * 4], 0xFB
        flush
        V86     0x3000
        mov     ax, 0x1000
        mov     es, ax
        mov     al, [es:0x12]
        bits    32
        END_TRY

        TRY     "V86 mode writes to an absent page"
        and     byte [TABLE + 0x10 * 4], 0xFE
        flush
        V86     0x3000
        mov     ax, 0x1000
        mov     es, ax
        mov     [es:0xFFF], al
        bits    32
        END_TRY
        finish

; The IDT at the end of page 0: vectors from 20h on lie in page 1, which is absent.
split_idt:
        mov     esi, idt
        mov     edi, frame(1) - 0x20 * 8
        mov     ecx, 0x20 * 8
        rep     movsb
        push    dword page(1) - 0x20 * 8
        push    word VECTORS * 8 - 1
        lidt    [esp]
        add     esp, 6
        absent  1
        ret

; A TSS whose stacks of levels 1 and 2 are in page 1, which is absent.
split_tss:
        mov     dword [frame(1) - 12 + 4], stack_trap
        mov     dword [frame(1) - 12 + 8], DATA0
        mov     ax, SPLIT_TSS
        ltr     ax
        absent  1
        ret

        guest_end
