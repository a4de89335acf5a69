/* Timing mode `cycle`: where code is taken from while execution goes straight on, by the prefetch queue's own address,
 * and what changes that on the way: tables, CR3, INVLPG, paging switched on and off. */
#include "guest_cpu.h"

#include "emu/cpu/tlb.h"
#include "emu/state.h"

enum { DIRECTORY = 0x80000, TABLE = 0x81000, RIGHTS = PTE_P | PTE_W | PTE_U, NEW_AT = 0x90000, LENGTH = 0x400,
       INC_EAX = 0x40, INC_EBX = 0x43, NOP = 0x90 };

static void map(struct guest *g, uint32_t linear, uint32_t physical)
{
    guest_put(g, TABLE + (linear >> 12) * 4, physical | RIGHTS, 4);
}

static void set_cr0(struct guest *g, uint32_t bits)
{
    g->cpu.cr0 = bits | CR0_PE | CR0_ET;
    page_flush(&g->cpu);
    cpu_flush_tlb(&g->cpu);
    cpu_mode_changed(&g->cpu);
}

/* Flat protected mode in MODE, the first megabyte mapped to itself; paging on or off. */
static struct guest *flat(unsigned mode, bool paging)
{
    struct guest *g = guest_create();
    guest_protected(g, 0);
    guest_put(g, DIRECTORY, TABLE | RIGHTS, 4);
    for (uint32_t page = 0; page < GUEST_RAM; page += PAGE_SIZE)
        map(g, page, page);
    g->cpu.cr3 = DIRECTORY;
    set_cr0(g, paging ? CR0_PG : 0);
    g->cpu.timing_mode = (uint8_t)mode;
    cpu_timing_changed(&g->cpu);
    return g;
}

static void fill(struct guest *g, uint32_t at, uint8_t byte, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        guest_put(g, at + i, byte, 1);
}

static void run_to(struct guest *g, uint32_t eip, bool stepping)
{
    for (unsigned i = 0; g->cpu.eip != eip && i < 20000; i++)
        cpu_run(&g->cpu, CLOCK_NEVER, stepping ? 1 : 200, false);
    assert_int_equal(g->cpu.eip, eip);
}

/* BYTES at CODE_AT, then code that counts in EBX; page NEW_AT counts in EAX. Returns how many were counted there. */
static uint32_t counted(unsigned mode, bool paging, const uint8_t *bytes, unsigned size, bool stepping)
{
    struct guest *g = flat(mode, paging);
    fill(g, CODE_AT, INC_EBX, PAGE_SIZE);
    fill(g, NEW_AT, INC_EAX, PAGE_SIZE);
    for (unsigned i = 0; i < size; i++)
        guest_put(g, CODE_AT + i, bytes[i], 1);
    guest_put(g, CODE_AT + PAGE_SIZE, 0xF4, 1);
    g->cpu.r[EAX] = g->cpu.r[EBX] = 0;
    if (!paging)
        map(g, CODE_AT, NEW_AT);
    g->cpu.r[ECX] = paging ? DIRECTORY : CR0_PG | CR0_PE | CR0_ET;
    g->cpu.r[EDX] = CR0_PE | CR0_ET;
    run_to(g, CODE_AT + PAGE_SIZE + 1, stepping);
    uint32_t result = g->cpu.r[EAX];
    assert_int_equal(result + g->cpu.r[EBX], PAGE_SIZE - size);
    guest_destroy(g);
    return result;
}

/* Code that goes straight on into other pages: what the queue holds may still be old, 32 bytes of it, no more. */
static void straight_on_into(bool paging, const uint8_t *bytes, unsigned size)
{
    for (unsigned stepping = 0; stepping < 2; stepping++) {
        assert_int_equal(counted(CPU_TIMING_TABLE, paging, bytes, size, stepping), PAGE_SIZE - size);
        assert_in_range(counted(CPU_TIMING_CYCLE, paging, bytes, size, stepping), PAGE_SIZE - size - 32,
                        PAGE_SIZE - size);
    }
}

static void code_follows_a_changed_table_within_the_queue(void **state)
{
    static const uint8_t by_cr3[] = { 0xC7, 0x05, 0x40, 0x10, 0x08, 0x00, 0x07, 0x00, 0x09, 0x00, 0x0F, 0x22, 0xD9 };
    static const uint8_t by_invlpg[] = { 0xC7, 0x05, 0x40, 0x10, 0x08, 0x00, 0x07, 0x00, 0x09, 0x00,
                                         0x0F, 0x01, 0x3D, 0x00, 0x00, 0x01, 0x00 };
    (void)state;
    straight_on_into(true, by_cr3, sizeof by_cr3);
    straight_on_into(true, by_invlpg, sizeof by_invlpg);
}

static void code_follows_paging_switched_on(void **state)
{
    static const uint8_t on[] = { 0x0F, 0x22, 0xC1 };
    (void)state;
    straight_on_into(false, on, sizeof on);
}

/* The page that was mapped elsewhere is left for where it lies. */
static void code_follows_paging_switched_off(void **state)
{
    (void)state;
    for (unsigned mode = CPU_TIMING_TABLE; mode <= CPU_TIMING_CYCLE; mode++) {
        struct guest *g = flat(mode, true);
        fill(g, NEW_AT, INC_EBX, PAGE_SIZE);
        fill(g, CODE_AT, INC_EAX, PAGE_SIZE);
        map(g, CODE_AT, NEW_AT);
        guest_put(g, NEW_AT, 0xC2220F, 3);                  /* MOV CR0, EDX */
        guest_put(g, CODE_AT + PAGE_SIZE, 0xF4, 1);
        g->cpu.r[EAX] = 0;
        g->cpu.r[EDX] = CR0_PE | CR0_ET;
        run_to(g, CODE_AT + PAGE_SIZE + 1, false);
        assert_in_range(g->cpu.r[EAX], PAGE_SIZE - 3 - 32, PAGE_SIZE - 3);
        guest_destroy(g);
    }
}

/* The page behind is the same one again: what its first bytes were when it was passed is not remembered. */
static void stale_bytes_are_not_met_again_in_an_alias(void **state)
{
    static const uint8_t store[] = { 0xC6, 0x05, 0x0A, 0x00, 0x09, 0x00, INC_EAX };     /* MOV BYTE [9000Ah], INC EAX */
    (void)state;
    struct guest *g = flat(CPU_TIMING_CYCLE, true);
    fill(g, NEW_AT, NOP, PAGE_SIZE);
    fill(g, CODE_AT + 2 * PAGE_SIZE, 0xF4, 1);
    map(g, CODE_AT, NEW_AT);
    map(g, CODE_AT + PAGE_SIZE, NEW_AT);
    for (unsigned i = 0; i < sizeof store; i++)
        guest_put(g, NEW_AT + i, store[i], 1);
    g->cpu.r[EAX] = 0;
    run_to(g, CODE_AT + PAGE_SIZE, true);
    assert_int_equal(g->cpu.r[EAX], 0);
    run_to(g, CODE_AT + 2 * PAGE_SIZE, true);
    assert_int_equal(g->cpu.r[EAX], 1);
    guest_destroy(g);
}

/* --- Where addresses end --- */

/* What a program has come to: the same in every mode, and in `cycle` at the same clock however it is stopped. */
struct outcome { uint32_t eax, ebx, eip; uint64_t icount, clocks; };

static struct outcome outcome_of(void (*prepare)(struct guest *g), unsigned mode, bool stepping)
{
    struct guest *g = guest_create();
    prepare(g);
    g->cpu.r[EAX] = g->cpu.r[EBX] = 0;
    g->cpu.timing_mode = (uint8_t)mode;
    cpu_timing_changed(&g->cpu);
    enum cpu_stop why;
    do
        why = cpu_run(&g->cpu, CLOCK_NEVER, stepping ? 1 : 1000, false);
    while (why == CPU_LIMIT && cpu_icount(&g->cpu) < 1000);
    assert_int_equal(why, CPU_DEAD);                            /* all end in HLT */
    struct outcome o = { g->cpu.r[EAX], g->cpu.r[EBX], g->cpu.eip, cpu_icount(&g->cpu), cpu_clocks(&g->cpu) };
    guest_destroy(g);
    return o;
}

static void same_in_every_mode(void (*prepare)(struct guest *g), uint32_t eax, uint32_t ebx)
{
    struct outcome whole = outcome_of(prepare, CPU_TIMING_CYCLE, false);
    for (unsigned mode = CPU_TIMING_FAST; mode <= CPU_TIMING_CYCLE; mode++) {
        struct outcome o = outcome_of(prepare, mode, true);
        assert_int_equal(o.eax, eax);
        assert_int_equal(o.ebx, ebx);
        assert_int_equal(o.eip, whole.eip);
        assert_int_equal(o.icount, whole.icount);
        if (mode == CPU_TIMING_CYCLE)
            assert_int_equal(o.clocks, whole.clocks);
    }
}

/* Flat code up to the last byte of 4 GB, where there is memory, and on at 0. */
static void at_4_gb(struct guest *g)
{
    guest_protected(g, 0);
    bus_map_memory(&g->bus, 0xFFFFF000, PAGE_SIZE, g->ram + NEW_AT, true);
    fill(g, NEW_AT, INC_EAX, PAGE_SIZE);
    fill(g, 0, INC_EBX, 40);
    guest_put(g, 40, 0xF4, 1);
    g->cpu.eip = 0xFFFFFFD0;
}

/* A20 off: 100000h is 0. CS = FFFFh, whose first 16 bytes lie below. */
static void at_1_mb(struct guest *g)
{
    bus_set_a20(&g->bus, false);
    segment_set_real(&g->cpu, CS, 0xFFFF);
    fill(g, 0xFFFF0, INC_EAX, 15);
    guest_put(g, 0xFFFFF, 0x81, 1);                             /* ADD AX, 5678h: 81 at the end, the rest at 0 */
    guest_put(g, 0, 0x5678C0, 3);
    fill(g, 3, INC_EBX, 40);
    guest_put(g, 43, 0xF4, 1);
    g->cpu.eip = 0;
}

/* 16-bit code up to its limit; then #GP, whose handler lies at 0:700 and halts. */
static void at_64_kb(struct guest *g)
{
    guest_put(g, 13 * 4, 0x0700, 4);
    guest_put(g, 0x700, 0xF443, 2);
    fill(g, CODE_AT + 0xFFE0, INC_EAX, 0x20);
    g->cpu.eip = 0xFFE0;
}

/* The same, the last instruction crosses the limit. */
static void across_64_kb(struct guest *g)
{
    at_64_kb(g);
    guest_put(g, CODE_AT + 0xFFFE, 0xB8, 1);
    guest_put(g, CODE_AT + 0x10000, 0xF4F4, 2);
}

/* Both pages of an instruction are one frame. */
static void across_an_alias(struct guest *g)
{
    guest_protected(g, 0);
    guest_put(g, DIRECTORY, TABLE | RIGHTS, 4);
    for (uint32_t page = 0; page < GUEST_RAM; page += PAGE_SIZE)
        map(g, page, page);
    map(g, CODE_AT, NEW_AT);
    map(g, CODE_AT + PAGE_SIZE, NEW_AT);
    fill(g, NEW_AT, INC_EBX, PAGE_SIZE);
    guest_put(g, NEW_AT + PAGE_SIZE - 2, 0x05 | 0x21 << 8, 2);  /* ADD EAX, 654321h */
    guest_put(g, NEW_AT, 0xF4006543, 4);
    g->cpu.cr3 = DIRECTORY;
    set_cr0(g, CR0_PG);
    g->cpu.eip = CODE_AT + PAGE_SIZE - 40;
}

static void code_wraps_and_ends_alike_in_every_mode(void **state)
{
    (void)state;
    same_in_every_mode(at_4_gb, 0x30, 40);
    same_in_every_mode(at_1_mb, 15 + 0x5678, 40);
    same_in_every_mode(at_64_kb, 0x20, 1);
    same_in_every_mode(across_64_kb, 0x1E, 1);
    same_in_every_mode(across_an_alias, 0x654321, 38);
}

/* RF is for the instruction's breakpoint, not for its iterations. */
static void rf_does_not_cut_a_repetition(void **state)
{
    (void)state;
    for (unsigned mode = CPU_TIMING_FAST; mode <= CPU_TIMING_CYCLE; mode++) {
        struct guest *g = flat(mode, false);
        guest_put(g, CODE_AT, 0xAAF3, 2);                   /* REP STOSB */
        g->cpu.r[ECX] = 100;
        g->cpu.r[EDI] = DATA_AT;
        cpu_set_eflags(&g->cpu, FLAG_RF | 2);
        cpu_run(&g->cpu, CLOCK_NEVER, 1, false);
        assert_int_equal(g->cpu.r[ECX], 0);
        assert_int_equal(g->cpu.eip, CODE_AT + 2);
        guest_destroy(g);
    }
}

/* A page that was entered twice through the test registers: that it was found lately is no state, and the paging unit
 * must not go by it alone. */
static void a_page_entered_twice_is_used_the_same_after_loading(void **state)
{
    enum { V = 1 << 11, D = 1 << 10, ND = 1 << 9, U = 1 << 8, W = 1 << 6, PL = 16, WAY = 4 };
    uint8_t lru[2];
    (void)state;
    for (unsigned saved = 0; saved < 2; saved++) {
        struct guest *g = flat(CPU_TIMING_CYCLE, true);
        fill(g, CODE_AT, NOP, PAGE_SIZE);
        run_to(g, CODE_AT + 1, true);
        for (unsigned way = 0; way < 4; way++) {
            g->cpu.tr7 = CODE_AT | PL | way * WAY;
            page_test_command(&g->cpu, CODE_AT | V | (way == 3 ? ND : D) | U | W);
        }
        run_to(g, CODE_AT + 50, true);
        page_test_command(&g->cpu, CODE_AT | V | ND | U | W | TR6_LOOKUP);
        assert_int_equal(g->cpu.tr7 >> 2 & 3, 3);
        if (saved) {
            struct state s;
            state_begin_hash(&s);
            chip_tlb_visit(&g->cpu.chip_tlb, &s);
        }
        run_to(g, CODE_AT + 100, true);
        lru[saved] = g->cpu.chip_tlb.lru[CODE_AT >> 12 & (CHIP_TLB_SETS - 1)];
        guest_destroy(g);
    }
    assert_int_equal(lru[0], lru[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_follows_a_changed_table_within_the_queue),
        cmocka_unit_test(code_follows_paging_switched_on),
        cmocka_unit_test(code_follows_paging_switched_off),
        cmocka_unit_test(stale_bytes_are_not_met_again_in_an_alias),
        cmocka_unit_test(code_wraps_and_ends_alike_in_every_mode),
        cmocka_unit_test(rf_does_not_cut_a_repetition),
        cmocka_unit_test(a_page_entered_twice_is_used_the_same_after_loading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
