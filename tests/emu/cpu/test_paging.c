/* The paging unit: rights of both levels, CR0.WP, accessed and dirty bits, error codes, what a flush is needed for. */
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

static void alignment_is_checked_at_level_3_when_asked_for(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    guest_protected(g, 3);
    rd32(cpu, DS, DATA_AT + 1);
    cpu->cr0 |= CR0_AM;
    cpu_set_eflags(cpu, FLAG_AC | 2);
    GUEST_STEP(g, 0xA1, 0x04, 0x00, 0x06, 0x00);
    assert_int_equal(cpu->eip, CODE_AT + 5);
    cpu->eip = CODE_AT;
    GUEST_STEP(g, 0xA1, 0x02, 0x00, 0x06, 0x00);
    guest_expect_fault(g, EXC_AC, 0, CODE_AT);
    assert_int_equal(rd32(cpu, DS, DATA_AT + 1), 0);            /* the handler at level 0 is not checked */
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
        GUEST_TEST(alignment_is_checked_at_level_3_when_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
