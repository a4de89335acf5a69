/* The chip's TLB: geometry, replacement, what timing mode `cycle` shows of it, and TR6 and TR7 in every mode. */
#include "guest_cpu.h"

#include "emu/timing/pseudo_lru.h"
#include "emu/cpu/tlb.h"
#include "emu/state.h"

enum { DIRECTORY = 0x80000, TABLE = 0x81000, TABLE2 = 0x82000, RIGHTS = PTE_P | PTE_W | PTE_U };

/* TR6. */
enum { V = 1 << 11, D = 1 << 10, ND = 1 << 9, U = 1 << 8, NU = 1 << 7, W = 1 << 6, NW = 1 << 5,
       ANY = D | ND | U | NU | W | NW };
/* TR7. */
enum { PCD = 1 << 11, PWT = 1 << 10, PL = 16, REP_SHIFT = 2, LRU_SHIFT = 7 };

/* A page of set SET: the N-th of those that differ above bit 14. */
static uint32_t page_of(unsigned set, unsigned n)
{
    return n << 15 | set << 12;
}

static bool holds(const struct chip_tlb *tlb, uint32_t page)
{
    struct chip_tlb copy = *tlb;
    uint32_t entry;
    return chip_tlb_find(&copy, page, &entry);
}

static void four_pages_of_a_set_fit_and_a_fifth_replaces_one(void **state)
{
    struct chip_tlb tlb = { .lru = { 0 } };
    (void)state;
    for (unsigned n = 0; n < 5; n++)
        chip_tlb_fill(&tlb, page_of(3, n), n << 12);
    unsigned there = 0;
    for (unsigned n = 0; n < 5; n++)
        there += holds(&tlb, page_of(3, n));
    assert_int_equal(there, 4);
    assert_false(holds(&tlb, page_of(3, 0)));
    for (unsigned set = 0; set < 8; set++)
        chip_tlb_fill(&tlb, page_of(set, 9), 0);
    for (unsigned set = 0; set < 8; set++)
        assert_true(holds(&tlb, page_of(set, 9)));
}

/* After each access, all four being valid: the way that goes next. */
static void the_way_replaced_follows_the_pseudo_lru_rule(void **state)
{
    static const struct { uint8_t way, victim; } rows[] = {
        { 0, 2 }, { 2, 1 }, { 1, 3 }, { 3, 0 }, { 3, 0 }, { 0, 2 }, { 1, 2 }, { 2, 0 }, { 0, 3 }
    };
    uint8_t lru = 0;
    (void)state;
    assert_int_equal(pseudo_lru_victim(0), 0);
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        lru = pseudo_lru_used(lru, rows[i].way);
        if (pseudo_lru_victim(lru) != rows[i].victim)
            fail_msg("row %u: %u", i, pseudo_lru_victim(lru));
    }
}

static void a_hit_makes_a_page_young(void **state)
{
    struct chip_tlb tlb = { .lru = { 0 } };
    uint32_t entry;
    (void)state;
    for (unsigned n = 0; n < 4; n++)
        chip_tlb_fill(&tlb, page_of(0, n), n << 12 | PTE_W);
    assert_true(chip_tlb_find(&tlb, page_of(0, 0), &entry));
    assert_int_equal(entry & ~(unsigned)PTE_P, PTE_W);
    chip_tlb_fill(&tlb, page_of(0, 4), 0);
    assert_true(holds(&tlb, page_of(0, 0)));
    assert_false(holds(&tlb, page_of(0, 2)));
}

static void a_page_filled_again_keeps_its_way(void **state)
{
    struct chip_tlb tlb = { .lru = { 0 } };
    (void)state;
    for (unsigned n = 0; n < 4; n++)
        chip_tlb_fill(&tlb, page_of(0, n), 0);
    chip_tlb_fill(&tlb, page_of(0, 1), PTE_D);
    for (unsigned n = 0; n < 4; n++)
        assert_true(holds(&tlb, page_of(0, n)));
}

static void flushes_empty_one_page_or_all_and_clear_the_bits(void **state)
{
    struct chip_tlb tlb = { .lru = { 0 } };
    (void)state;
    for (unsigned n = 0; n < 4; n++)
        chip_tlb_fill(&tlb, page_of(5, n), 0);
    chip_tlb_flush_page(&tlb, page_of(5, 2));
    assert_false(holds(&tlb, page_of(5, 2)));
    assert_true(holds(&tlb, page_of(5, 1)));
    chip_tlb_fill(&tlb, page_of(5, 7), 0);                      /* takes the free way */
    assert_true(holds(&tlb, page_of(5, 0)));
    chip_tlb_flush(&tlb);
    assert_false(holds(&tlb, page_of(5, 0)));
    assert_int_equal(tlb.lru[5], 0);
}

/* --- As a guest sees it --- */

static void map(struct guest *g, uint32_t linear, uint32_t frame)
{
    uint32_t table = linear >> 22 ? TABLE2 : TABLE;
    guest_put(g, table + (linear >> 12 & 0x3FF) * 4, frame | RIGHTS, 4);
}

/* Protected mode at level 0; the first 8 MB are mapped to the first megabyte, again and again. */
static void paged(struct guest *g, unsigned timing_mode)
{
    guest_protected(g, 0);
    guest_put(g, DIRECTORY, TABLE | RIGHTS, 4);
    guest_put(g, DIRECTORY + 4, TABLE2 | RIGHTS, 4);
    for (uint32_t page = 0; page < 0x800; page++)
        map(g, page << 12, (page & 0xFF) << 12);
    g->cpu.cr3 = DIRECTORY;
    g->cpu.cr0 |= CR0_PG;
    g->cpu.timing_mode = (uint8_t)timing_mode;
    page_flush(&g->cpu);
    cpu_timing_changed(&g->cpu);
}

/* In `cycle` a changed table is noticed once four other pages of the set came by, in the other modes not until a
 * flush, even if the software TLB is empty. */
static void only_the_chips_geometry_evicts(void **state)
{
    static const struct { unsigned mode; uint8_t seen; } rows[] = {
        { CPU_TIMING_FAST, 0x11 }, { CPU_TIMING_TABLE, 0x11 }, { CPU_TIMING_CYCLE, 0x22 }
    };
    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct guest *g = guest_create();
        struct cpu *cpu = &g->cpu;
        paged(g, rows[i].mode);
        guest_put(g, 0x60000, 0x11, 1);
        guest_put(g, 0x70000, 0x22, 1);
        assert_int_equal(rd8(cpu, DS, 0x60000), 0x11);
        map(g, 0x60000, 0x70000);
        for (unsigned n = 1; n < 4; n++)
            rd8(cpu, DS, 0x60000 + n * 0x8000);
        assert_int_equal(rd8(cpu, DS, 0x60000), 0x11);
        for (unsigned n = 1; n < 7; n++)
            rd8(cpu, DS, 0x60000 + n * 0x8000);
        cpu_flush_tlb(cpu);
        if (rd8(cpu, DS, 0x60000) != rows[i].seen)
            fail_msg("mode %u", rows[i].mode);
        map(g, 0x60000, 0x71000);
        page_flush(cpu);
        assert_int_equal(rd8(cpu, DS, 0x60000), 0);
        guest_destroy(g);
    }
}

/* Tables that are changed and then flushed look the same in every mode: data, accessed and dirty bits. */
static void run_flushed_changes(struct guest *g, uint32_t seed)
{
    struct cpu *cpu = &g->cpu;
    for (unsigned i = 0; i < 5000; i++) {
        seed = seed * 1664525 + 1013904223;
        uint32_t page = (seed >> 8 & 0x3F) << 13 | 0x200000, frame = 0x90000 + (seed >> 16 & 0xF) * 0x1000;
        switch (seed >> 28) {
        case 0:
            map(g, page, frame);
            page_flush_one(cpu, page);
            break;
        case 1:
            map(g, page, frame);
            page_flush(cpu);
            break;
        case 2: case 3: case 4: case 5:
            wr32(cpu, DS, page | (seed & 0xFFC), seed ^ rd32(cpu, DS, page));
            break;
        default:
            cpu->r[EAX] = cpu->r[EAX] * 3 + rd16(cpu, DS, page + 0x2000 - (seed & 3));
        }
    }
}

static void flushed_changes_look_the_same_in_every_mode(void **state)
{
    struct guest *first = NULL;
    (void)state;
    for (unsigned mode = CPU_TIMING_FAST; mode <= CPU_TIMING_CYCLE; mode++) {
        struct guest *g = guest_create();
        paged(g, mode);
        run_flushed_changes(g, 0x1234567);
        if (!first) {
            first = g;
            continue;
        }
        assert_memory_equal(g->ram, first->ram, GUEST_RAM);
        assert_int_equal(g->cpu.r[EAX], first->cpu.r[EAX]);
        guest_destroy(g);
    }
    guest_destroy(first);
}

static void cycle_mode_executes_invlpg_on_its_own_buffer(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    paged(g, CPU_TIMING_CYCLE);
    guest_put(g, 0x60000, 0x11, 1);
    guest_put(g, 0x70000, 0x22, 1);
    rd8(cpu, DS, 0x60000);
    map(g, 0x60000, 0x70000);
    assert_int_equal(rd8(cpu, DS, 0x60000), 0x11);
    GUEST_STEP(g, 0x0F, 0x01, 0x3D, 0x45, 0x00, 0x06, 0x00);    /* INVLPG [60045h] */
    assert_int_equal(cpu->eip, CODE_AT + 7);
    assert_int_equal(rd8(cpu, DS, 0x60000), 0x22);
}

static void a_write_to_a_clean_page_walks_again_and_sets_d(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    uint32_t entry;
    paged(g, CPU_TIMING_CYCLE);
    rd8(cpu, DS, 0x60000);
    assert_true(page_lookup(cpu, 0x60000, false, false, &entry));
    assert_false(page_lookup(cpu, 0x60000, true, false, &entry));
    assert_false(page_lookup(cpu, 0x61000, false, false, &entry));
    wr8(cpu, DS, 0x60000, 1);
    assert_true(page_lookup(cpu, 0x60000, true, false, &entry));
    assert_true(guest_get(g, TABLE + 0x60 * 4, 4) & PTE_D);
}

static void cache_bits_of_the_table_entry_are_kept(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    uint32_t entry;
    paged(g, CPU_TIMING_CYCLE);
    guest_put(g, TABLE + 0x60 * 4, 0x60000 | PTE_P | PTE_U | PTE_PCD | PTE_PWT, 4);
    rd8(cpu, DS, 0x60000);
    assert_true(page_lookup(cpu, 0x60000, false, false, &entry));
    assert_int_equal(entry & ~(unsigned)PTE_P, 0x60000 | PTE_U | PTE_PCD | PTE_PWT);
}

/* --- TR6, TR7 --- */

/* MOV TRn,EAX; MOV EAX,TRn */
static void set_tr(struct guest *g, unsigned number, uint32_t value)
{
    g->cpu.eip = CODE_AT;
    g->cpu.r[EAX] = value;
    GUEST_STEP(g, 0x0F, 0x26, (uint8_t)(0xC0 | number << 3));
    assert_int_equal(g->cpu.eip, CODE_AT + 3);
}

static uint32_t get_tr(struct guest *g, unsigned number)
{
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0x0F, 0x24, (uint8_t)(0xC0 | number << 3));
    assert_int_equal(g->cpu.eip, CODE_AT + 3);
    return g->cpu.r[EAX];
}

static uint32_t test_lookup(struct guest *g, uint32_t tr6)
{
    set_tr(g, 6, tr6 | 1);
    return get_tr(g, 7);
}

static void all_entries_can_be_written_and_looked_up(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    for (unsigned i = 0; i < 32; i++) {
        set_tr(g, 7, (0x100 + i) << 12 | (i & 1 ? PCD : PWT) | PL | (i >> 3) << REP_SHIFT);
        set_tr(g, 6, page_of(i & 7, i + 1) | V | D | NU | W);
    }
    for (unsigned i = 0; i < 32; i++) {
        uint32_t tr7 = test_lookup(g, page_of(i & 7, i + 1) | V | ANY);
        assert_int_equal(tr7 & ~(7u << LRU_SHIFT),
                         (0x100 + i) << 12 | (i & 1 ? PCD : PWT) | PL | (i >> 3) << REP_SHIFT);
    }
    assert_int_equal(test_lookup(g, page_of(0, 99) | V | ANY) & PL, 0);
}

/* Which lookups find an entry with D set, U clear, W set. */
static void attributes_and_complements_choose_what_matches(void **state)
{
    static const struct { uint32_t tr6; bool hit; } rows[] = {
        { V | D | NU | W, true },      { V | ANY, true },             { V | ND | NU | W, false },
        { V | D | U | W, false },      { V | D | NU | NW, false },    { V | NU | W, false },
        { V | D | W, false },          { V | D | NU, false },         { V | D | ND | NU | W, true },
        { V | D | U | NU | W, true },  { V | D | NU | W | NW, true }, { D | NU | W, false },
    };
    struct guest *g = *state;
    guest_protected(g, 0);
    set_tr(g, 7, 0x55000 | PL);
    set_tr(g, 6, 0x12345000 | V | D | NU | W);
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t tr7 = test_lookup(g, 0x12345000 | rows[i].tr6);
        if (!(tr7 & PL) != !rows[i].hit)
            fail_msg("row %u: %x", i, tr7);
    }
}

static void a_write_without_pl_takes_the_way_to_be_replaced(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    for (unsigned n = 0; n < 5; n++) {
        set_tr(g, 7, (n + 1) << 12);
        set_tr(g, 6, page_of(2, n) | V | ND | NU | NW);
    }
    static const unsigned way[] = { 0, 1, 2, 3, 0 };
    assert_int_equal(test_lookup(g, page_of(2, 0) | V | ANY) & PL, 0);
    for (unsigned n = 1; n < 5; n++)
        assert_int_equal(test_lookup(g, page_of(2, n) | V | ANY) >> REP_SHIFT & 3, way[n]);
}

static void a_lookup_reports_the_bits_as_they_were_and_counts_as_use(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    for (unsigned way = 0; way < 4; way++) {
        set_tr(g, 7, PL | way << REP_SHIFT);
        set_tr(g, 6, page_of(1, way) | V | ND | NU | NW);
    }
    /* ways 0 to 3 used in turn: B0 clear, B1 clear (way 1), B2 clear (way 3) */
    assert_int_equal(test_lookup(g, page_of(1, 0) | V | ANY) >> LRU_SHIFT & 7, 0);
    assert_int_equal(test_lookup(g, page_of(1, 2) | V | ANY) >> LRU_SHIFT & 7, LRU_B0 | LRU_B1);
    assert_int_equal(test_lookup(g, page_of(1, 9) | V | ANY) >> LRU_SHIFT & 7, LRU_B1 | LRU_B2);
}

/* The entry that is written serves the next access, whatever the mode and the tables say. */
static void a_written_entry_translates_in_every_mode(void **state)
{
    (void)state;
    for (unsigned mode = CPU_TIMING_FAST; mode <= CPU_TIMING_CYCLE; mode++) {
        struct guest *g = guest_create();
        struct cpu *cpu = &g->cpu;
        paged(g, mode);
        guest_put(g, 0x60000, 0x11, 1);
        guest_put(g, 0x70000, 0x22, 1);
        rd8(cpu, DS, 0x60000);
        set_tr(g, 7, 0x70000);
        set_tr(g, 6, 0x60000 | V | D | U | W);
        if (rd8(cpu, DS, 0x60000) != 0x22)
            fail_msg("mode %u", mode);
        set_tr(g, 6, 0x60000 | D | U | W);                      /* now invalid: the tables again */
        if (rd8(cpu, DS, 0x60000) != 0x11)
            fail_msg("mode %u, invalid", mode);
        guest_destroy(g);
    }
}

static void walks_can_be_looked_up(void **state)
{
    (void)state;
    for (unsigned mode = CPU_TIMING_FAST; mode <= CPU_TIMING_CYCLE; mode++) {
        struct guest *g = guest_create();
        paged(g, mode);
        map(g, 0x60000, 0x70000);
        wr8(&g->cpu, DS, 0x60000, 1);
        uint32_t tr7 = test_lookup(g, 0x60000 | V | D | U | W);
        assert_int_equal(tr7 & PAGE_MASK, 0x70000);
        assert_true(tr7 & PL);
        assert_int_equal(get_tr(g, 6), 0x60000 | V | D | U | W | 1);
        guest_destroy(g);
    }
}

static void test_registers_are_for_level_0_and_begin_at_3(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    GUEST_STEP(g, 0x0F, 0x24, 0xD0);                            /* MOV EAX,TR2 */
    guest_expect_fault(g, EXC_UD, -1, CODE_AT);
    guest_protected(g, 3);
    GUEST_STEP(g, 0x0F, 0x26, 0xF0);
    guest_expect_fault(g, EXC_GP, 0, CODE_AT);
    guest_protected(g, 3);
    GUEST_STEP(g, 0x0F, 0x24, 0xF8);
    guest_expect_fault(g, EXC_GP, 0, CODE_AT);
    guest_protected(g, 3);
    GUEST_STEP(g, 0x0F, 0x26, 0xD0);
    guest_expect_fault(g, EXC_UD, -1, CODE_AT);
    guest_v86(g, 3);
    GUEST_STEP(g, 0x0F, 0x24, 0xF0);
    assert_int_equal(g->cpu.eip, HANDLERS + EXC_GP * 16);
}

static void saving_keeps_the_buffer(void **state)
{
    struct guest *g = *state, *other = guest_create();
    struct state saved;
    guest_protected(g, 0);
    set_tr(g, 7, 0x55000 | PL | 2 << REP_SHIFT);
    set_tr(g, 6, 0x12345000 | V | D | NU | W);
    state_begin_save(&saved);
    cpu_visit(&g->cpu, &saved);
    struct state loaded;
    state_begin_load(&loaded, saved.data, saved.size);
    cpu_visit(&other->cpu, &loaded);
    assert_false(state_failed(&loaded));
    assert_int_equal(chip_tlb_test_lookup(&other->cpu.chip_tlb, 0x12345000 | V | D | NU | W) & ~(7u << LRU_SHIFT),
                     0x55000 | PL | 2 << REP_SHIFT);
    assert_int_equal(other->cpu.tr6, 0x12345000 | V | D | NU | W);
    free(saved.data);
    guest_destroy(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(four_pages_of_a_set_fit_and_a_fifth_replaces_one),
        cmocka_unit_test(the_way_replaced_follows_the_pseudo_lru_rule),
        cmocka_unit_test(a_hit_makes_a_page_young),
        cmocka_unit_test(a_page_filled_again_keeps_its_way),
        cmocka_unit_test(flushes_empty_one_page_or_all_and_clear_the_bits),
        cmocka_unit_test(only_the_chips_geometry_evicts),
        cmocka_unit_test(flushed_changes_look_the_same_in_every_mode),
        GUEST_TEST(cycle_mode_executes_invlpg_on_its_own_buffer),
        GUEST_TEST(a_write_to_a_clean_page_walks_again_and_sets_d),
        GUEST_TEST(cache_bits_of_the_table_entry_are_kept),
        GUEST_TEST(all_entries_can_be_written_and_looked_up),
        GUEST_TEST(attributes_and_complements_choose_what_matches),
        GUEST_TEST(a_write_without_pl_takes_the_way_to_be_replaced),
        GUEST_TEST(a_lookup_reports_the_bits_as_they_were_and_counts_as_use),
        cmocka_unit_test(a_written_entry_translates_in_every_mode),
        cmocka_unit_test(walks_can_be_looked_up),
        GUEST_TEST(test_registers_are_for_level_0_and_begin_at_3),
        GUEST_TEST(saving_keeps_the_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
