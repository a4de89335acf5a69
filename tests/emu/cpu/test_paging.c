/* The paging unit: rights of both levels, CR0.WP, accessed and dirty bits, error codes of all kinds of access, what a
 * flush is needed for, tables in odd places. Its buffer of translations is in test_tlb.c, #AC in test_alignment.c. */
#include "guest_cpu.h"

#include "emu/cpu/runs.h"

enum { DIRECTORY = 0x80000, TABLE = 0x81000, P = 1, W = 2, U = 4, A = 32, D = 64 };
enum { PAGE = 0x60, LINEAR = PAGE << 12 };      /* the page that is played with: DATA_AT */

static void set_entry(struct guest *g, uint32_t page, uint32_t entry)
{
    guest_put(g, TABLE + page * 4, entry, 4);
    page_flush(&g->cpu);
}

/* Protected mode at level CPL with 1 MB mapped to itself, all rights, A and D clear. */
static void paged(struct guest *g, unsigned cpl)
{
    guest_protected(g, cpl);
    guest_put(g, DIRECTORY, TABLE | P | W | U, 4);
    for (uint32_t page = 0; page < 0x100; page++)
        guest_put(g, TABLE + page * 4, page << 12 | P | W | U, 4);
    g->cpu.cr3 = DIRECTORY;
    g->cpu.cr0 |= CR0_PG;
    page_flush(&g->cpu);
}

static uint32_t entry_of(const struct guest *g, uint32_t page)
{
    return guest_get(g, TABLE + page * 4, 4);
}

/* Accesses LINEAR + 0x123 with MOV; returns the #PF error code or -1. */
static int access_page(struct guest *g, bool write)
{
    struct cpu *cpu = &g->cpu;
    unsigned cpl = cpu->cpl;
    guest_protected(g, cpl);
    cpu->cr0 |= CR0_PG;
    cpu->cr2 = 0;
    GUEST_STEP(g, write ? 0xA2 : 0xA0, 0x23, 0x01, 0x06, 0x00);
    if (cpu->eip == CODE_AT + 5)
        return -1;
    assert_int_equal(cpu->eip, HANDLERS + EXC_PF * 16);
    assert_int_equal(cpu->cr2, LINEAR + 0x123);
    int code = (int)guest_stack(g, 0);
    cpu->cpl = (uint8_t)cpl;
    return code;
}

static void an_absent_page_faults_with_address_and_kind_of_access(void **state)
{
    struct guest *g = *state;
    paged(g, 0);
    set_entry(g, PAGE, LINEAR | W | U);
    assert_int_equal(access_page(g, false), 0);
    assert_int_equal(access_page(g, true), 2);
    g->cpu.cpl = 3;
    assert_int_equal(access_page(g, false), 4);
    assert_int_equal(access_page(g, true), 6);
}

static void an_absent_table_faults(void **state)
{
    struct guest *g = *state;
    uint32_t physical;
    paged(g, 0);
    assert_false(page_peek(&g->cpu, 0x00400000, &physical));
    GUEST_STEP(g, 0xA0, 0x00, 0x00, 0x40, 0x00);
    guest_expect_fault(g, EXC_PF, 0, CODE_AT);
    assert_int_equal(g->cpu.cr2, 0x00400000);
}

/* Rights of directory and table, access; then error code or -1 for CPL 0, CPL 0 with WP, CPL 3. */
static void rights_of_both_levels_are_combined(void **state)
{
    static const struct { uint32_t directory, table; bool write; int supervisor, protect, user; } rows[] = {
        { U | W, U | W, false, -1, -1, -1 }, { U | W, U | W, true, -1, -1, -1 },
        { U | W, U, false, -1, -1, -1 },     { U | W, U, true, -1, 3, 7 },
        { U, U | W, true, -1, 3, 7 },        { U | W, W, false, -1, -1, 5 },
        { U | W, W, true, -1, -1, 7 },       { W, U | W, false, -1, -1, 5 },
        { W, U | W, true, -1, -1, 7 },       { 0, 0, true, -1, 3, 7 },
    };
    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
        for (unsigned who = 0; who < 3; who++) {
            struct guest *own = guest_create();
            int expected = who == 0 ? rows[i].supervisor : who == 1 ? rows[i].protect : rows[i].user;
            paged(own, 0);
            if (who == 1)
                own->cpu.cr0 |= CR0_WP;
            /* a directory of its own for 4 MB upwards, so that code and stack keep their rights */
            guest_put(own, DIRECTORY + 4, 0x82000 | P | rows[i].directory, 4);
            guest_put(own, 0x82000, LINEAR | P | rows[i].table, 4);
            page_flush(&own->cpu);
            if (who == 2) {
                guest_protected(own, 3);
                own->cpu.cr0 |= CR0_PG;
            }
            GUEST_STEP(own, rows[i].write ? 0xA2 : 0xA0, 0x23, 0x01, 0x40, 0x00);
            int code = own->cpu.eip == CODE_AT + 5 ? -1 : (int)guest_stack(own, 0);
            if (code != expected)
                fail_msg("row %u, who %u: %d instead of %d", i, who, code, expected);
            guest_destroy(own);
        }
}

static void a_read_sets_accessed_and_a_write_dirty(void **state)
{
    struct guest *g = *state;
    paged(g, 0);
    assert_int_equal(access_page(g, false), -1);
    assert_int_equal(entry_of(g, PAGE), LINEAR | P | W | U | A);
    assert_int_equal(guest_get(g, DIRECTORY, 4), TABLE | P | W | U | A);
    assert_int_equal(access_page(g, true), -1);
    assert_int_equal(entry_of(g, PAGE), LINEAR | P | W | U | A | D);
}

static void a_fault_leaves_accessed_and_dirty_alone(void **state)
{
    struct guest *g = *state;
    paged(g, 3);
    set_entry(g, PAGE, LINEAR | P | U);
    assert_int_equal(access_page(g, true), 7);
    assert_int_equal(entry_of(g, PAGE), LINEAR | P | U);
}

static void a_changed_entry_is_noticed_after_a_flush(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    paged(g, 0);
    guest_put(g, LINEAR, 0x11, 1);
    guest_put(g, 0x70000, 0x22, 1);
    assert_int_equal(rd8(cpu, DS, LINEAR), 0x11);
    guest_put(g, TABLE + PAGE * 4, 0x70000 | P | W | U, 4);
    assert_int_equal(rd8(cpu, DS, LINEAR), 0x11);
    cpu_flush_tlb(cpu);                         /* not the guest's doing: it must not notice */
    assert_int_equal(rd8(cpu, DS, LINEAR), 0x11);
    page_flush_one(cpu, LINEAR);
    assert_int_equal(rd8(cpu, DS, LINEAR), 0x22);
}

static void invlpg_and_cr3_flush(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    paged(g, 0);
    guest_put(g, 0x70000, 0x22, 1);
    assert_int_equal(rd8(cpu, DS, LINEAR), 0);
    guest_put(g, TABLE + PAGE * 4, 0x70000 | P | W | U, 4);
    GUEST_STEP(g, 0x0F, 0x01, 0x3D, 0x00, 0x00, 0x06, 0x00);    /* INVLPG [60000h] */
    assert_int_equal(rd8(cpu, DS, LINEAR), 0x22);
    guest_put(g, TABLE + PAGE * 4, LINEAR | P | W | U, 4);
    cpu->r[EAX] = DIRECTORY;
    cpu->eip = CODE_AT;
    GUEST_STEP(g, 0x0F, 0x22, 0xD8);                            /* MOV CR3,EAX */
    assert_int_equal(rd8(cpu, DS, LINEAR), 0);
}

static void user_rights_hold_after_the_supervisor_was_there(void **state)
{
    struct guest *g = *state;
    paged(g, 0);
    set_entry(g, PAGE, LINEAR | P | W);
    assert_int_equal(access_page(g, true), -1);
    guest_protected(g, 3);
    g->cpu.cr0 |= CR0_PG;
    assert_int_equal(access_page(g, false), 5);
}

static void a_crossing_write_changes_nothing_if_the_second_page_faults(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    paged(g, 0);
    set_entry(g, PAGE + 1, 0);
    cpu->r[EAX] = 0xFFFFFFFF;
    GUEST_STEP(g, 0xA3, 0xFE, 0x0F, 0x06, 0x00);                /* MOV [60FFEh],EAX */
    guest_expect_fault(g, EXC_PF, 2, CODE_AT);
    assert_int_equal(cpu->cr2, LINEAR + 0x1000);
    assert_int_equal(guest_get(g, LINEAR + 0xFFE, 2), 0);
}

static void a_crossing_access_goes_to_both_pages(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    paged(g, 0);
    set_entry(g, PAGE + 1, 0x70000 | P | W | U);
    wr32(cpu, DS, LINEAR + 0xFFD, 0x44332211);
    assert_int_equal(guest_get(g, LINEAR + 0xFFD, 3), 0x332211);
    assert_int_equal(guest_get(g, 0x70000, 1), 0x44);
    assert_int_equal(rd32(cpu, DS, LINEAR + 0xFFD), 0x44332211);
    assert_int_equal(rd16(cpu, DS, LINEAR + 0xFFF), 0x4433);
}

static void peeking_finds_the_page_and_changes_nothing(void **state)
{
    struct guest *g = *state;
    uint32_t physical;
    paged(g, 0);
    set_entry(g, PAGE, 0x70000 | P | W | U);
    assert_true(page_peek(&g->cpu, LINEAR + 0x45, &physical));
    assert_int_equal(physical, 0x70045);
    assert_int_equal(entry_of(g, PAGE), 0x70000 | P | W | U);
    set_entry(g, PAGE, 0);
    assert_false(page_peek(&g->cpu, LINEAR, &physical));
}

static void the_a20_gate_folds_odd_megabytes(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    segment_set_real(cpu, DS, 0xFFFF);
    guest_put(g, 0x500, 0x77, 1);
    assert_int_equal(rd8(cpu, DS, 0x510), 0xFF);                /* 100500h: no memory there */
    bus_set_a20(&g->bus, false);
    assert_int_equal(rd8(cpu, DS, 0x510), 0x77);
    bus_set_a20(&g->bus, true);
    assert_int_equal(rd8(cpu, DS, 0x510), 0xFF);
}

/* --- Segments on the way to memory --- */

static void expand_down_segments_reach_from_the_limit_up(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    segment_load(&g->cpu, ES, DOWN);                            /* limit FFFh, 32 bits */
    GUEST_STEP(g, 0x26, 0xA0, 0x00, 0x10, 0x00, 0x00);          /* MOV AL,[ES:1000h] */
    assert_int_equal(g->cpu.eip, CODE_AT + 6);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0x26, 0xA0, 0xFF, 0x0F, 0x00, 0x00);
    guest_expect_fault(g, EXC_GP, 0, CODE_AT);
}

static void an_access_may_end_at_the_limit_but_not_beyond(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    segment_load(&g->cpu, ES, SMALL);                           /* limit Fh */
    GUEST_STEP(g, 0x26, 0xA1, 0x0C, 0x00, 0x00, 0x00);
    assert_int_equal(g->cpu.eip, CODE_AT + 6);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0x26, 0xA1, 0x0D, 0x00, 0x00, 0x00);
    guest_expect_fault(g, EXC_GP, 0, CODE_AT);
}

static void a_word_at_the_end_of_a_real_mode_segment_faults(void **state)
{
    struct guest *g = *state;
    guest_put(g, EXC_GP * 4, 0x12345678, 4);
    GUEST_STEP(g, 0xA1, 0xFF, 0xFF);
    assert_int_equal(g->cpu.seg[CS].selector, 0x1234);
    assert_int_equal(g->cpu.eip, 0x5678);
}

/* --- Accessed and dirty bits --- */

/* Runs CODE (at level 0) on the page that is played with and tells which bits it left in the table entry. */
static uint32_t bits_after(const void *code, size_t size)
{
    struct guest *g = guest_create();
    paged(g, 0);
    g->cpu.r[ESI] = g->cpu.r[EDI] = LINEAR;
    g->cpu.r[EAX] = 1;                          /* not what is in memory: CMPXCHG fails */
    guest_code(g, code, size);
    guest_run(g, 1);
    assert_int_equal(g->cpu.eip, CODE_AT + size);
    assert_int_equal(guest_get(g, DIRECTORY, 4) & D, 0);
    uint32_t bits = entry_of(g, PAGE) & (A | D);
    guest_destroy(g);
    return bits;
}

static void only_what_writes_sets_dirty(void **state)
{
    static const struct { const char *name; uint8_t code[4], size; uint32_t bits; } rows[] = {
        { "MOV EAX,[ESI]", { 0x8B, 0x06 }, 2, A },          { "MOV [ESI],EAX", { 0x89, 0x06 }, 2, A | D },
        { "CMP [ESI],EAX", { 0x39, 0x06 }, 2, A },          { "TEST [ESI],EAX", { 0x85, 0x06 }, 2, A },
        { "ADD [ESI],EAX", { 0x01, 0x06 }, 2, A | D },      { "OR [ESI],CL", { 0x08, 0x0E }, 2, A | D },
        { "SHL [ESI],0", { 0xC1, 0x26, 0 }, 3, A | D },     { "BT [ESI],EAX", { 0x0F, 0xA3, 0x06 }, 3, A },
        { "LOCK BTS [ESI],EAX", { 0xF0, 0x0F, 0xAB, 0x06 }, 4, A | D },
        { "CMPXCHG [ESI],ECX", { 0x0F, 0xB1, 0x0E }, 3, A | D },
        { "XCHG [ESI],EAX", { 0x87, 0x06 }, 2, A | D },     { "LOCK INC [ESI]", { 0xF0, 0xFF, 0x06 }, 3, A | D },
        { "LODSB", { 0xAC }, 1, A },                        { "SCASB", { 0xAE }, 1, A },
        { "STOSB", { 0xAA }, 1, A | D },                    { "PUSH [ESI]", { 0xFF, 0x36 }, 2, A },
        { "POP [ESI]", { 0x8F, 0x06 }, 2, A | D },          { "SGDT [ESI]", { 0x0F, 0x01, 0x06 }, 3, A | D },
        { "LIDT [ESI]", { 0x0F, 0x01, 0x1E }, 3, A },       { "INVLPG [ESI]", { 0x0F, 0x01, 0x3E }, 3, 0 },
        { "LEA EAX,[ESI]", { 0x8D, 0x06 }, 2, 0 },          { "FNSTCW [ESI]", { 0xD9, 0x3E }, 2, A | D },
    };
    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t bits = bits_after(rows[i].code, rows[i].size);
        if (bits != rows[i].bits)
            fail_msg("%s: %x", rows[i].name, bits);
    }
}

static void a_fault_in_the_table_leaves_the_directory_alone(void **state)
{
    struct guest *g = *state;
    paged(g, 0);
    guest_put(g, DIRECTORY + 4, 0x82000 | P | W | U, 4);
    GUEST_STEP(g, 0xA0, 0x00, 0x00, 0x40, 0x00);
    guest_expect_fault(g, EXC_PF, 0, CODE_AT);
    assert_int_equal(guest_get(g, DIRECTORY + 4, 4), 0x82000 | P | W | U);
}

/* The accessed bit is set when the processor itself reads a descriptor or fetches, too. */
static void fetches_and_descriptor_reads_set_accessed(void **state)
{
    struct guest *g = *state;
    paged(g, 0);
    g->cpu.r[EAX] = DATA3;
    GUEST_STEP(g, 0x8E, 0xC0);
    assert_int_equal(g->cpu.eip, CODE_AT + 2);
    assert_int_equal(entry_of(g, CODE_AT >> 12) & (A | D), A);
    assert_true(entry_of(g, GDT_AT >> 12) & A);
}

/* --- Error codes --- */

/* The entries of the pages that a fault has to be delivered with stay as they are. */
static void expect_page_fault(struct guest *g, uint32_t code, uint32_t cr2)
{
    assert_int_equal(g->cpu.eip, HANDLERS + EXC_PF * 16);
    assert_int_equal(guest_stack(g, 0), code);
    assert_int_equal(g->cpu.cr2, cr2);
}

static void fetches_fault_like_reads(void **state)
{
    struct guest *g = *state;
    paged(g, 3);
    g->cpu.eip = LINEAR + 5;
    set_entry(g, PAGE, LINEAR | P | W);
    guest_run(g, 1);
    expect_page_fault(g, 5, LINEAR + 5);
    paged(g, 3);
    g->cpu.eip = LINEAR + 5;
    set_entry(g, PAGE, LINEAR | W | U);
    guest_run(g, 1);
    expect_page_fault(g, 4, LINEAR + 5);
    paged(g, 0);
    g->cpu.eip = LINEAR;
    set_entry(g, PAGE, 0);
    guest_run(g, 1);
    expect_page_fault(g, 0, LINEAR);
}

/* The supervisor may read what the user may not: descriptors, TSS, permission bitmap. */
static void tables_need_no_user_rights(void **state)
{
    struct guest *g = *state;
    paged(g, 3);
    guest_gate(g, 0x40, CODE0, HANDLERS + 0x40 * 16, 0xEE);
    guest_put(g, TSS_AT + 0x68 + 0x20, 0, 2);
    for (unsigned page = GDT_AT >> 12; page <= TSS_AT >> 12; page++)
        set_entry(g, page, page << 12 | P | W);
    set_entry(g, STACK0 >> 12, STACK0 | P | W);
    set_entry(g, HANDLERS >> 12, HANDLERS | P);
    g->cpu.r[EAX] = DATA3;
    g->cpu.r[EDX] = 0x100;
    guest_code(g, "\x8E\xC0\xEC\xCD\x40", 5);                  /* MOV ES,AX; IN AL,DX; INT 40h */
    guest_run(g, 3);
    assert_int_equal(g->cpu.eip, HANDLERS + 0x40 * 16);
    assert_int_equal(g->port_reads, 1);
}

/* A descriptor of which each half of the first dword lies in another page. */
static void a_descriptor_across_pages_needs_no_user_rights(void **state)
{
    enum { FAR_GDT = 0x62000 - DATA0 - 2 };
    struct guest *g = *state;
    paged(g, 3);
    memcpy(g->ram + FAR_GDT, g->ram + GDT_AT, GDT_LIMIT + 1);
    guest_descriptor_at(g, FAR_GDT + DATA0, 0, 0xFFFFFFFF, DATA32_ACCESS | DPL3);
    g->cpu.gdtr.base = FAR_GDT;
    set_entry(g, 0x61, 0x61000 | P);
    set_entry(g, 0x62, 0x62000 | P);
    g->cpu.r[EAX] = DATA0 | 3;
    GUEST_STEP(g, 0x8E, 0xC0);
    assert_int_equal(g->cpu.eip, CODE_AT + 2);
    assert_int_equal(g->cpu.seg[ES].selector, DATA0 | 3);
}

/* What the processor reads or writes for a level 3 program is a supervisor's access: U/S is 0 in the error code. */
static void accesses_for_the_user_are_reported_as_supervisor(void **state)
{
    enum { FAR_GDT = 0x61000, FAR_TSS = 0x62F90 };
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    paged(g, 3);                                                /* a descriptor */
    memcpy(g->ram + FAR_GDT, g->ram + GDT_AT, GDT_LIMIT + 1);
    cpu->r[EAX] = 0x1003;
    cpu->gdtr = (struct table_register){ FAR_GDT, 0x1FFF };
    set_entry(g, 0x62, 0);
    GUEST_STEP(g, 0x8E, 0xC0);
    expect_page_fault(g, 0, FAR_GDT + 0x1000);

    paged(g, 3);                                                /* its accessed bit */
    guest_descriptor_at(g, FAR_GDT + 0x1000, 0, 0xFFFFFFFF, 0xC0F2);
    cpu->gdtr = (struct table_register){ FAR_GDT, 0x1FFF };
    cpu->r[EAX] = 0x1003;
    cpu->cr0 |= CR0_WP;
    set_entry(g, 0x62, 0x62000 | P);
    GUEST_STEP(g, 0x8E, 0xC0);
    expect_page_fault(g, 3, FAR_GDT + 0x1005);
    cpu->cr0 &= ~(uint32_t)CR0_WP;

    paged(g, 3);                                                /* the permission bitmap; the TSS before it is there */
    memcpy(g->ram + FAR_TSS, g->ram + TSS_AT, 0x68);
    cpu->tr.base = FAR_TSS;
    cpu->tr.limit = 0x2000;
    cpu->r[EDX] = 0x100;
    set_entry(g, 0x63, 0);
    GUEST_STEP(g, 0xEC);
    expect_page_fault(g, 0, FAR_TSS + 0x68 + 0x20);
}

/* Parameters for level 1 go onto its stack as the supervisor's writes, although a user calls; and level 1 itself is a
 * supervisor. */
static void the_inner_stack_is_written_as_supervisor(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    for (unsigned absent = 0; absent < 2; absent++) {
        paged(g, 3);
        guest_gate_at(g, GDT_AT + GATE, CODE1, CODE_AT + 0x100, 0xEC);
        guest_put(g, CODE_AT + 0x100, 0x90, 1);
        set_entry(g, (STACK1 + 0xFFF) >> 12, absent ? 0 : (STACK1 & 0xFFFFF000) | P | W);
        guest_put(g, TABLE + (STACK1 >> 12) * 4, absent ? 0 : STACK1 | P | W, 4);
        page_flush(cpu);
        GUEST_STEP(g, 0x9A, 0, 0, 0, 0, GATE | 3, 0);
        if (absent)
            expect_page_fault(g, 2, STACK1 + 0x1000 - 4);
        else
            assert_int_equal(cpu->eip, CODE_AT + 0x100);
    }
}

static void read_modify_write_faults_as_a_write_and_changes_nothing(void **state)
{
    static const struct { const char *name; uint8_t code[4], size; } rows[] = {
        { "ADD [ESI],EAX", { 0x01, 0x06 }, 2 },         { "XCHG [ESI],EAX", { 0x87, 0x06 }, 2 },
        { "CMPXCHG [ESI],ECX", { 0x0F, 0xB1, 0x0E }, 3 }, { "LOCK INC [ESI]", { 0xF0, 0xFF, 0x06 }, 3 },
        { "XADD [ESI],EAX", { 0x0F, 0xC1, 0x06 }, 3 },  { "BTR [ESI],EAX", { 0x0F, 0xB3, 0x06 }, 3 },
    };
    struct guest *g = *state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
        for (unsigned present = 0; present < 2; present++) {
            paged(g, 3);
            set_entry(g, PAGE, LINEAR | U | present);
            guest_put(g, LINEAR, 0x5555, 4);
            g->cpu.r[ESI] = LINEAR;
            g->cpu.r[EAX] = 0x1234;
            cpu_set_eflags(&g->cpu, 2 | FLAG_CF);
            guest_code(g, rows[i].code, rows[i].size);
            guest_run(g, 1);
            if (guest_stack(g, 0) != 6 + present)
                fail_msg("%s: code %u", rows[i].name, guest_stack(g, 0));
            assert_int_equal(guest_get(g, LINEAR, 4), 0x5555);
            assert_int_equal(g->cpu.r[EAX], 0x1234);
            assert_int_equal(guest_stack(g, 3) & FLAG_CF, FLAG_CF);
            assert_int_equal(entry_of(g, PAGE), LINEAR | U | present);
        }
}

/* --- Accesses that cross a page --- */

static void the_lower_page_faults_first(void **state)
{
    struct guest *g = *state;
    for (unsigned write = 0; write < 2; write++) {
        paged(g, 0);
        set_entry(g, PAGE, 0);
        set_entry(g, PAGE + 1, 0);
        GUEST_STEP(g, write ? 0xA3 : 0xA1, 0xFE, 0x0F, 0x06, 0x00);
        expect_page_fault(g, write ? 2 : 0, LINEAR + 0xFFE);
        paged(g, 0);
        set_entry(g, PAGE, LINEAR | P | W | U);
        set_entry(g, PAGE + 1, 0);
        GUEST_STEP(g, write ? 0xA3 : 0xA1, 0xFE, 0x0F, 0x06, 0x00);
        expect_page_fault(g, write ? 2 : 0, LINEAR + 0x1000);
    }
}

static void linear_addresses_wrap_at_four_gigabytes(void **state)
{
    enum { TOP = 0x70000, BOTTOM = 0x71000 };
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    paged(g, 0);
    guest_put(g, DIRECTORY + 0xFFC, 0x82000 | P | W | U, 4);
    guest_put(g, 0x82FFC, TOP | P | W | U, 4);
    set_entry(g, 0, BOTTOM | P | W | U);
    guest_descriptor(g, FREE, 0xFFFFFFF0, 0xFFFF, 0x4093);
    cpu->gdtr.limit = FREE + 7;
    segment_load(cpu, ES, FREE);
    wr32(cpu, ES, 0xE, 0x44332211);                             /* linear FFFFFFFEh */
    assert_int_equal(guest_get(g, TOP + 0xFFE, 2), 0x2211);
    assert_int_equal(guest_get(g, BOTTOM, 2), 0x4433);
    assert_int_equal(rd32(cpu, ES, 0xE), 0x44332211);
    wr8(cpu, ES, 0x30, 0x99);
    assert_int_equal(guest_get(g, BOTTOM + 0x20, 1), 0x99);
}

/* --- Entries --- */

/* Bit 7 of a directory entry (later parts: a 4 MB page) and bits 7 to 11 of both are ignored and kept. */
static void reserved_bits_are_ignored_and_kept(void **state)
{
    enum { ODD = 0xF80 };
    struct guest *g = *state;
    paged(g, 3);
    guest_put(g, DIRECTORY, TABLE | P | W | U | ODD, 4);
    set_entry(g, PAGE, 0x70000 | P | W | U | ODD);
    guest_put(g, 0x70123, 0x5A, 1);
    g->cpu.r[EAX] = 0;
    GUEST_STEP(g, 0xA0, 0x23, 0x01, 0x06, 0x00);
    assert_int_equal(g->cpu.r[EAX], 0x5A);
    assert_int_equal(entry_of(g, PAGE), 0x70000 | P | W | U | ODD | A);
    assert_int_equal(guest_get(g, DIRECTORY, 4), TABLE | P | W | U | ODD | A);
}

/* CR3 keeps PWT and PCD; its other low bits read as 0. Loading it flushes. */
static void cr3_keeps_its_cache_bits(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    paged(g, 0);
    guest_put(g, 0x70000, 0x22, 1);
    rd8(cpu, DS, LINEAR);
    guest_put(g, TABLE + PAGE * 4, 0x70000 | P | W | U, 4);
    cpu->r[EAX] = DIRECTORY | 0xFFF;
    GUEST_STEP(g, 0x0F, 0x22, 0xD8);
    assert_int_equal(rd8(cpu, DS, LINEAR), 0x22);
    cpu->eip = CODE_AT;
    GUEST_STEP(g, 0x0F, 0x20, 0xD8);
    assert_int_equal(cpu->r[EAX], DIRECTORY | 0x18);
}

/* INVLPG drops one page, by linear address, with the segment's base and without asking its limit. */
static void invlpg_takes_any_address(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    paged(g, 0);
    segment_load(cpu, ES, SMALL);                               /* base DATA_AT, limit Fh */
    guest_put(g, 0x70000, 0x22, 1);
    rd8(cpu, DS, LINEAR + 0x1000);
    rd8(cpu, DS, LINEAR);
    guest_put(g, TABLE + PAGE * 4, 0x70000 | P | W | U, 4);
    guest_put(g, TABLE + PAGE * 4 + 4, 0x70000 | P | W | U, 4);
    GUEST_STEP(g, 0x26, 0x0F, 0x01, 0x3D, 0x55, 0x10, 0, 0);    /* INVLPG [ES:1055h] */
    assert_int_equal(cpu->eip, CODE_AT + 8);
    assert_int_equal(rd8(cpu, DS, LINEAR), 0);
    assert_int_equal(rd8(cpu, DS, LINEAR + 0x1000), 0x22);
}

/* --- Tables in odd places --- */

static void accessed_bits_do_not_stick_in_rom(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    paged(g, 0);
    bus_map_memory(&g->bus, DIRECTORY, 0x2000, g->ram + DIRECTORY, false);
    page_flush(cpu);
    wr8(cpu, DS, LINEAR, 0x11);
    assert_int_equal(guest_get(g, LINEAR, 1), 0x11);
    assert_int_equal(guest_get(g, DIRECTORY, 4) & (A | D), 0);
    assert_int_equal(entry_of(g, PAGE) & (A | D), 0);
}

/* Where nothing is, entries read as ones: present, all rights, a frame at the top of memory. */
static void tables_where_nothing_is_lead_to_the_top(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    uint32_t entry;
    paged(g, 0);
    guest_put(g, DIRECTORY + 4, 0x40000000 | P | W | U, 4);
    assert_int_equal(rd8(cpu, DS, 0x00400000), 0xFF);
    assert_true(page_lookup(cpu, 0x00400000, true, true, &entry));
    assert_int_equal(entry & PAGE_MASK, 0xFFFFF000);
}

struct table_device { uint32_t entry, reads, writes; };

static uint32_t read_table(void *ctx, uint32_t addr, unsigned size)
{
    struct table_device *device = ctx;
    (void)addr, (void)size;
    device->reads++;
    return device->entry;
}

static void write_table(void *ctx, uint32_t addr, uint32_t value, unsigned size)
{
    struct table_device *device = ctx;
    (void)addr, (void)size;
    device->writes++;
    device->entry = value;
}

static void a_table_in_device_memory_is_read_and_written(void **state)
{
    static const struct memory_ops ops = { .read = read_table, .write = write_table };
    struct table_device device = { .entry = 0x70000 | P | W | U };
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    paged(g, 0);
    bus_map_device(&g->bus, 0x200000, 0x1000, &ops, &device);
    guest_put(g, DIRECTORY + 4, 0x200000 | P | W | U, 4);
    guest_put(g, 0x70000, 0x22, 1);
    assert_int_equal(rd8(cpu, DS, 0x00400000), 0x22);
    assert_int_equal(device.entry, 0x70000 | P | W | U | A);
    assert_int_equal(device.reads, 1);
    assert_int_equal(device.writes, 1);
    rd8(cpu, DS, 0x00400001);
    assert_int_equal(device.reads, 1);
}

static void the_a20_gate_folds_tables_and_frames(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    paged(g, 0);
    guest_put(g, DIRECTORY + 4, (0x100000 + 0x82000) | P | W | U, 4);
    guest_put(g, 0x82000, (0x100000 + 0x70000) | P | W | U, 4);
    guest_put(g, 0x70000, 0x22, 1);
    bus_set_a20(&g->bus, false);
    assert_int_equal(rd8(cpu, DS, 0x00400000), 0x22);
}

/* Setting an accessed bit is a write like any other: code in those bytes is decoded anew. */
static void a_table_that_is_executed_is_seen_to_change(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    paged(g, 0);
    guest_put(g, 0x82000, 0x70000 | P | W | U, 4);              /* 07 00 07 00: POP ES; ADD [EDI],AL; ADD .. */
    guest_put(g, DIRECTORY + 4, 0x82000 | P | W | U, 4);
    guest_put(g, 0x82004, 0xF4, 1);
    cpu->r[EAX] = 0x00400000;
    cpu->r[ESP] = LINEAR;
    cpu->eip = 0x82000;
    guest_run(g, 1);                                            /* POP ES */
    rd8(cpu, DS, 0x00400000);
    assert_int_equal(guest_get(g, 0x82000, 1), 0x27);
    cpu->eip = 0x82000;
    cpu->r[EAX] = 0x0F;
    guest_run(g, 1);                                            /* now DAA */
    assert_int_equal(cpu->r[EAX], 0x15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(an_absent_page_faults_with_address_and_kind_of_access),
        GUEST_TEST(an_absent_table_faults),
        GUEST_TEST(rights_of_both_levels_are_combined),
        GUEST_TEST(a_read_sets_accessed_and_a_write_dirty),
        GUEST_TEST(a_fault_leaves_accessed_and_dirty_alone),
        GUEST_TEST(a_changed_entry_is_noticed_after_a_flush),
        GUEST_TEST(invlpg_and_cr3_flush),
        GUEST_TEST(user_rights_hold_after_the_supervisor_was_there),
        GUEST_TEST(a_crossing_write_changes_nothing_if_the_second_page_faults),
        GUEST_TEST(a_crossing_access_goes_to_both_pages),
        GUEST_TEST(peeking_finds_the_page_and_changes_nothing),
        GUEST_TEST(the_a20_gate_folds_odd_megabytes),
        GUEST_TEST(expand_down_segments_reach_from_the_limit_up),
        GUEST_TEST(an_access_may_end_at_the_limit_but_not_beyond),
        GUEST_TEST(a_word_at_the_end_of_a_real_mode_segment_faults),
        cmocka_unit_test(only_what_writes_sets_dirty),
        GUEST_TEST(a_fault_in_the_table_leaves_the_directory_alone),
        GUEST_TEST(fetches_and_descriptor_reads_set_accessed),
        GUEST_TEST(fetches_fault_like_reads),
        GUEST_TEST(tables_need_no_user_rights),
        GUEST_TEST(a_descriptor_across_pages_needs_no_user_rights),
        GUEST_TEST(accesses_for_the_user_are_reported_as_supervisor),
        GUEST_TEST(the_inner_stack_is_written_as_supervisor),
        GUEST_TEST(read_modify_write_faults_as_a_write_and_changes_nothing),
        GUEST_TEST(the_lower_page_faults_first),
        GUEST_TEST(linear_addresses_wrap_at_four_gigabytes),
        GUEST_TEST(reserved_bits_are_ignored_and_kept),
        GUEST_TEST(cr3_keeps_its_cache_bits),
        GUEST_TEST(invlpg_takes_any_address),
        GUEST_TEST(accessed_bits_do_not_stick_in_rom),
        GUEST_TEST(tables_where_nothing_is_lead_to_the_top),
        GUEST_TEST(a_table_in_device_memory_is_read_and_written),
        GUEST_TEST(the_a20_gate_folds_tables_and_frames),
        GUEST_TEST(a_table_that_is_executed_is_seen_to_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
