/* What a real CPU charges in timing mode `table` for instructions and deliveries whose clocks depend on the way they
 * take: that handlers leave the way in cpu->work, and that it is asked for. The clocks themselves are held to the
 * reference in tests/emu/timing/test_clock_table.c. */
#include "guest_cpu.h"

#include "emu/cpu/fpu.h"

enum { ELSEWHERE = CODE_AT + 0x1000, STACK2 = STACK0 + 0x8000, DIRECTORY = 0x80000, TABLE = 0x81000,
       RIGHTS = PTE_P | PTE_W | PTE_U };
enum { T_EIP = 32, T_EFLAGS = 36, T_ESP = 56, T_SEG = 72 };
enum { SWITCH_486 = 162, SWITCH_286 = 143, SWITCH_VM = 140, REAL_INT = 26, SAME_INT = 44, INNER_INT = 71, TASK_INT = 37,
       V86_INT = 82 };

#define FAR32(opcode, selector) opcode, 0, 0, 0, 0, (selector) & 0xFF, (selector) >> 8
enum { JMP_FAR = 0xEA, CALL_FAR = 0x9A };

static struct guest *table_mode(struct guest *g)
{
    g->cpu.timing_mode = CPU_TIMING_TABLE;
    cpu_timing_changed(&g->cpu);
    return g;
}

static struct guest *timed_real(void **state)
{
    return table_mode(*state);
}

static struct guest *timed_protected(void **state, unsigned cpl)
{
    guest_protected(*state, cpl);
    return table_mode(*state);
}

static struct guest *timed_v86(void **state, unsigned iopl)
{
    guest_v86(*state, iopl);
    return table_mode(*state);
}

/* EIP of CODE_AT; CS is as it was at first, or the test has loaded it. */
static void again(struct guest *g)
{
    g->cpu.eip = cpu_protected(&g->cpu) && !cpu_v86(&g->cpu) ? CODE_AT : 0;
}

/* Executes one instruction at CODE_AT and wants this many clocks. */
#define COSTS(g, wanted, ...)                                                                                          \
    do {                                                                                                               \
        again(g);                                                                                                      \
        const uint64_t costs_before = (g)->cpu.clocks;                                                                 \
        GUEST_STEP(g, __VA_ARGS__);                                                                                    \
        assert_int_equal((g)->cpu.clocks - costs_before, wanted);                                                      \
    } while (0)

/* The next instruction, wherever it lies. */
static unsigned next_costs(struct guest *g)
{
    uint64_t before = g->cpu.clocks;
    guest_run(g, 1);
    return (unsigned)(g->cpu.clocks - before);
}

/* --- Segment registers --- */

static void first_load_of_a_descriptor_sets_its_bit_for_11_clocks(void **state)
{
    struct guest *g = timed_protected(state, 0);
    g->cpu.r[EAX] = DATA16;
    COSTS(g, 9 + 11, 0x8E, 0xD8);                           /* MOV DS, AX */
    COSTS(g, 9, 0x8E, 0xD8);
    g->cpu.r[EAX] = 0;
    COSTS(g, 9, 0x8E, 0xD8);                                /* null */
    guest_descriptor(g, DATA16, STACK0, 0xFFFF, 0x92);
    guest_put(g, STACK0 + 0x800, DATA16, 4);
    COSTS(g, 9 + 11, 0x1F);                                 /* POP DS */
    guest_descriptor(g, DATA16, STACK0, 0xFFFF, 0x92);
    guest_put(g, DATA_AT, DATA16 << 16, 4);
    g->cpu.r[EBX] = DATA_AT;
    COSTS(g, 12 + 11 + 2, 0x66, 0x26, 0x0F, 0xB4, 0x03);    /* LFS AX, ES:[EBX], two prefixes */
}

static void real_and_v86_mode_load_segments_by_their_own_price(void **state)
{
    struct guest *g = timed_real(state);
    COSTS(g, 3, 0x8E, 0xD8);
    g = timed_v86(state, 0);
    COSTS(g, 3, 0x8E, 0xD8);
}

/* --- Far transfers --- */

static void far_transfers_in_real_mode(void **state)
{
    struct guest *g = timed_real(state);
    COSTS(g, 17, 0xEA, 0, 0, CODE_AT >> 4 & 0xFF, CODE_AT >> 12);
    COSTS(g, 18, 0x9A, 0, 0, CODE_AT >> 4 & 0xFF, CODE_AT >> 12);
    COSTS(g, 13, 0xCB);
}

static void put_gate(struct guest *g, unsigned selector, unsigned access, unsigned parameters)
{
    guest_gate_at(g, GDT_AT + GATE, selector, ELSEWHERE, access);
    guest_put(g, GDT_AT + GATE + 4, parameters, 1);
}

static void call_gates_by_level_and_parameters(void **state)
{
    struct guest *g = timed_protected(state, 3);
    put_gate(g, CODE0, 0xEC, 2);
    COSTS(g, 77 + 4 * 2, FAR32(CALL_FAR, GATE));
    g = timed_protected(state, 3);
    put_gate(g, CODE0, 0xEC, 0);
    COSTS(g, 69, FAR32(CALL_FAR, GATE));
    guest_put(g, ELSEWHERE, 0xCB, 1);                       /* RETF to the outer level */
    assert_int_equal(next_costs(g), 35);
    g = timed_protected(state, 0);
    put_gate(g, CODE0, 0xEC, 2);
    COSTS(g, 35, FAR32(CALL_FAR, GATE));
    COSTS(g, 32, FAR32(JMP_FAR, GATE));
    COSTS(g, 20, FAR32(CALL_FAR, CODE0));
    COSTS(g, 19, FAR32(JMP_FAR, CODE0));
}

static void transfer_pays_for_the_descriptors_it_marks(void **state)
{
    struct guest *g = timed_protected(state, 0);
    COSTS(g, 19 + 11, FAR32(JMP_FAR, CODE16));
}

/* --- Tasks --- */

/* The second task: level 0, flat. */
static void task2(struct guest *g, uint32_t eflags)
{
    static const uint16_t segments[] = { DATA0, CODE0, DATA0, DATA0, 0, 0 };
    guest_put(g, TSS2_AT + T_EIP, ELSEWHERE, 4);
    guest_put(g, TSS2_AT + T_EFLAGS, eflags, 4);
    guest_put(g, TSS2_AT + T_ESP, STACK2, 4);
    for (unsigned i = 0; i < 6; i++)
        guest_put(g, TSS2_AT + T_SEG + i * 4, segments[i], 4);
}

static void task_switches_by_the_kind_of_task(void **state)
{
    static const uint16_t tss286[] = { 0, 0, 0, 0, 0, 0, 0, 0x1234, 2, 0, 0, 0, 0, 0x8000, 0, 0, 0,
                                       DATA0, CODE0, DATA0, DATA0, 0 };
    struct guest *g = timed_protected(state, 0);
    task2(g, 2);
    COSTS(g, 42 + SWITCH_486, FAR32(JMP_FAR, TSS2));
    g = timed_protected(state, 0);
    task2(g, FLAG_VM | 2);
    guest_put(g, TSS2_AT + T_EIP, 0x10, 4);
    COSTS(g, 42 + SWITCH_VM, FAR32(JMP_FAR, TSS2));
    assert_true(cpu_v86(&g->cpu));
    g->cpu.eflags &= ~(uint32_t)FLAG_VM;
    g = timed_protected(state, 0);
    for (unsigned i = 0; i < 22; i++)
        guest_put(g, TSS2_AT + i * 2, tss286[i], 2);
    COSTS(g, 42 + SWITCH_286, FAR32(JMP_FAR, TSS286));
}

static void task_gates_and_the_way_back(void **state)
{
    struct guest *g = timed_protected(state, 0);
    task2(g, 2);
    guest_gate_at(g, GDT_AT + GATE, TSS2, 0, 0x85);
    COSTS(g, 38 + SWITCH_486, FAR32(CALL_FAR, GATE));
    guest_put(g, ELSEWHERE, 0xCF, 1);                       /* IRET with NT set */
    assert_int_equal(next_costs(g), 32 + SWITCH_486);
}

/* --- Interrupts and exceptions --- */

static void interrupts_in_real_mode(void **state)
{
    struct guest *g = timed_real(state);
    for (unsigned vector = 0; vector < 256; vector++)
        guest_put(g, vector * 4, (uint32_t)CODE_AT << 12 | 0x100, 4);
    guest_put(g, CODE_AT + 0x100, 0x90, 1);
    COSTS(g, REAL_INT + 4, 0xCD, 0x21);
    COSTS(g, REAL_INT, 0xCC);
    COSTS(g, 3, 0xCE);                                      /* INTO, not taken and taken */
    g->cpu.flags = flags_unpack(FLAG_OF);
    COSTS(g, REAL_INT + 2, 0xCE);
    g->cpu.eflags |= FLAG_IF;
    g->vector = 8;
    cpu_set_intr(&g->cpu, true);
    assert_int_equal(next_costs(g), REAL_INT + 11 + 1);     /* with the handler's NOP */
    cpu_nmi(&g->cpu);
    assert_int_equal(next_costs(g), REAL_INT + 3 + 1);
    guest_put(g, CODE_AT + 0x100, 0xCF, 1);                 /* IRET */
    g->cpu.eip = 0x100;
    assert_int_equal(next_costs(g), 15);
    COSTS(g, REAL_INT, 0x0F, 0xFF);                         /* #UD */
}

static void interrupts_in_protected_mode_by_level(void **state)
{
    struct guest *g = timed_protected(state, 0);
    COSTS(g, SAME_INT, 0xCD, 0x21);
    COSTS(g, 3, 0xCE);                                      /* INTO, not taken */
    g->cpu.flags = flags_unpack(FLAG_OF);
    COSTS(g, SAME_INT + 2, 0xCE);
    g = timed_protected(state, 3);
    guest_gate(g, 0x21, CODE0, ELSEWHERE, 0xEE);
    COSTS(g, INNER_INT, 0xCD, 0x21);
    guest_put(g, ELSEWHERE, 0xCF, 1);
    assert_int_equal(next_costs(g), 36);                    /* IRET to the outer level */
    g = timed_protected(state, 3);
    guest_put(g, HANDLERS + EXC_BR * 16, 0x90, 1);
    g->cpu.r[EAX] = 5;
    COSTS(g, INNER_INT + 24, 0x62, 0x05, 0x00, 0x00, 0x06, 0x00);  /* BOUND EAX, [60000h]: 0 to 0 */
    assert_int_equal(g->cpu.eip, HANDLERS + EXC_BR * 16);
}

static void interrupt_through_a_task_gate(void **state)
{
    struct guest *g = timed_protected(state, 0);
    task2(g, 2);
    guest_gate(g, EXC_GP, TSS2, 0, 0x85);
    g->cpu.r[EAX] = 0x100;                                  /* outside the GDT */
    COSTS(g, TASK_INT + SWITCH_486, 0x8E, 0xE8);            /* MOV GS, AX */
    assert_int_equal(g->cpu.tr.selector, TSS2);
}

static void page_fault_costs_24_more(void **state)
{
    struct guest *g = timed_protected(state, 3);
    guest_put(g, DIRECTORY, TABLE | RIGHTS, 4);
    for (uint32_t page = 0; page < 256; page++)
        guest_put(g, TABLE + page * 4, page << 12 | RIGHTS, 4);
    guest_put(g, TABLE + (DATA_AT >> 12) * 4, 0, 4);
    g->cpu.cr3 = DIRECTORY;
    g->cpu.cr0 |= CR0_PG;
    page_flush(&g->cpu);
    COSTS(g, INNER_INT + 24, 0xA2, 4, 0, 6, 0);             /* MOV [60004h], AL */
    assert_int_equal(g->cpu.eip, HANDLERS + EXC_PF * 16);
}

/* --- V86 mode --- */

static void what_v86_mode_refuses_goes_to_the_monitor(void **state)
{
    static const struct { uint8_t code[2]; unsigned added; } rows[] = {
        { { 0xFA }, 8 }, { { 0xFB }, 8 }, { { 0x9C }, 9 }, { { 0x9D }, 8 }, { { 0xCD, 0x21 }, 9 }, { { 0xCF }, 9 },
        { { 0xE4, 0x21 }, 50 }, { { 0xEE }, 51 }, { { 0x6C }, 50 }, { { 0xF3, 0x6E }, 51 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct guest *g = timed_v86(state, 0);
        guest_put(g, TSS_AT + 102, 0xFFFF, 2);              /* no bitmap */
        COSTS(g, V86_INT + rows[i].added, rows[i].code[0], rows[i].code[1]);
        assert_int_equal(g->cpu.eip, HANDLERS + EXC_GP * 16);
        assert_int_equal(g->cpu.cpl, 0);
    }
}

static void other_faults_of_v86_mode_are_not_refusals(void **state)
{
    struct guest *g = timed_v86(state, 3);
    g->cpu.r[ESP] = 1;
    COSTS(g, V86_INT, 0x9C);                                /* PUSHF across the segment's end: #SS */
    assert_int_equal(g->cpu.eip, HANDLERS + EXC_SS * 16);
}

static void v86_mode_with_iopl_3_interrupts_and_comes_back(void **state)
{
    struct guest *g = timed_v86(state, 3);
    guest_gate(g, 0x21, CODE0, ELSEWHERE, 0xEE);
    COSTS(g, V86_INT + 4, 0xCD, 0x21);
    guest_put(g, ELSEWHERE, 0xCF, 1);
    assert_int_equal(next_costs(g), 36);
    assert_true(cpu_v86(&g->cpu));
}

/* --- Ports --- */

static void ports_by_mode_privilege_and_bitmap(void **state)
{
    struct guest *g = timed_real(state);
    g->cpu.r[EDX] = 0x100;
    COSTS(g, 14, 0xEC);
    COSTS(g, 16, 0xEE);
    g = timed_protected(state, 0);
    COSTS(g, 8, 0xEC);
    g = timed_protected(state, 3);
    COSTS(g, 28, 0xEC);                                     /* allowed by the bitmap */
    COSTS(g, 32, 0x6E);                                     /* OUTSB */
    g->cpu.r[ECX] = 3;
    g->cpu.r[ESI] = DATA_AT;
    COSTS(g, 31 + 5 * 3, 0xF3, 0x6E);
    cpu_set_eflags(&g->cpu, FLAG_IOPL | 2);
    COSTS(g, 8, 0xEC);
    COSTS(g, 11, 0xE6, 0x21);                               /* OUT 21h, AL */
    g->cpu.r[ECX] = 3;
    g->cpu.r[EDI] = DATA_AT;
    COSTS(g, 10 + 8 * 3, 0xF3, 0x6C);
    g = timed_v86(state, 0);
    COSTS(g, 27, 0xEC);
    g->cpu.r[ECX] = 2;
    COSTS(g, 29 + 8 * 2, 0xF3, 0x6C);
}

/* In `fast` mode a repetition costs its iterations, whoever allowed it. */
static void bitmap_leaves_no_trace_in_fast_mode(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    g->cpu.r[EDX] = 0x100;
    g->cpu.r[ECX] = 3;
    g->cpu.r[ESI] = DATA_AT;
    COSTS(g, g->cpu.fast_clocks + 2, 0xF3, 0x6E);
}

/* --- Others --- */

static void what_depends_on_data(void **state)
{
    struct guest *g = timed_protected(state, 0);
    g->cpu.r[EBX] = DATA_AT;
    g->cpu.r[EAX] = 0;
    COSTS(g, 7, 0x0F, 0xB1, 0x0B);                          /* CMPXCHG [EBX], ECX: equal */
    g->cpu.r[EAX] = 1;
    COSTS(g, 10, 0x0F, 0xB1, 0x0B);
    g->cpu.flags = flags_unpack(0);
    COSTS(g, 3, 0x0F, 0x94, 0xC0);                          /* SETZ AL: false, 4 if true */
    COSTS(g, 4, 0x0F, 0x95, 0xC0);
    COSTS(g, 4, 0x0F, 0x94, 0x03);                          /* in memory the other way round */
    COSTS(g, 3, 0x0F, 0x95, 0x03);
    g->cpu.r[ECX] = 0xFFFFFFFF;
    COSTS(g, 15, 0xF7, 0xE9);                               /* IMUL ECX: by -1 */
    COSTS(g, 42, 0xF7, 0xE1);                               /* MUL ECX */
    COSTS(g, 17 + 3 * 4, 0xC8, 0, 0, 4);                    /* ENTER 0, 4 */
    g->cpu.has_cpuid = true;
    g->cpu.r[EAX] = 1;
    COSTS(g, 14, 0x0F, 0xA2);
    g->cpu.r[EAX] = 0;
    COSTS(g, 9, 0x0F, 0xA2);
}

static void invlpg_costs_a_clock_more_if_it_finds_the_page(void **state)
{
    enum { SET = 1 };
    struct guest *g = timed_protected(state, 0);
    guest_put(g, DIRECTORY, TABLE | RIGHTS, 4);
    for (uint32_t page = 0; page < 256; page++)
        guest_put(g, TABLE + page * 4, page << 12 | RIGHTS, 4);
    g->cpu.cr3 = DIRECTORY;
    g->cpu.cr0 |= CR0_PG;
    page_flush(&g->cpu);
    g->cpu.r[EBX] = DATA_AT + 0x1000;
    COSTS(g, 11, 0x0F, 0x01, 0x3B);                         /* INVLPG [EBX] */
    COSTS(g, 1, 0x8A, 0x03);                                /* MOV AL, [EBX] */
    g->cpu.chip_tlb.lru[SET] ^= 7;                          /* the page's way is not the one used last any more ... */
    const uint8_t lru = g->cpu.chip_tlb.lru[SET];
    COSTS(g, 12, 0x0F, 0x01, 0x3B);
    assert_int_equal(g->cpu.chip_tlb.lru[SET], lru);        /* ... and does not become it by being looked for */
    COSTS(g, 11, 0x0F, 0x01, 0x3B);
}

static void divisions_of_the_fpu_by_precision(void **state)
{
    static const struct { uint16_t control; unsigned clocks; } rows[] = { { 0x37F, 73 }, { 0x27F, 62 }, { 0x07F, 35 } };
    struct guest *g = timed_protected(state, 0);
    for (size_t i = 0; i < 3; i++) {
        fpu_initialize(&g->cpu);
        fpu_set_control_word(&g->cpu, rows[i].control);
        COSTS(g, 8, 0xD9, 0xEB);                            /* FLDPI */
        COSTS(g, 4, 0xD9, 0xE8);                            /* FLD1 */
        COSTS(g, rows[i].clocks, 0xD8, 0xF1);               /* FDIV ST, ST(1) */
        COSTS(g, rows[i].clocks, 0xDC, 0xF9);               /* FDIV ST(1), ST */
        guest_put(g, DATA_AT, 3, 4);
        COSTS(g, rows[i].clocks + 14, 0xDE, 0x35, 0, 0, 6, 0);  /* FIDIV word [60000h] */
    }
}

static void angles_that_are_reduced_cost_more(void **state)
{
    struct guest *g = timed_protected(state, 0);
    fpu_initialize(&g->cpu);
    COSTS(g, 4, 0xD9, 0xEE);                                /* FLDZ */
    COSTS(g, 241, 0xD9, 0xFF);                              /* FCOS: 1 */
    COSTS(g, 241 + 38, 0xD9, 0xFE);                         /* FSIN: 0.84 */
    COSTS(g, 291 + 38, 0xD9, 0xFB);                         /* FSINCOS: 0.84 is still pi / 4 or more */
    COSTS(g, 241, 0xD9, 0xFE);                              /* FSIN of cos(0.84) = 0.67 */
}

static void deliveries_cost_nothing_extra_in_fast_mode(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    COSTS(g, g->cpu.fast_clocks, 0x0F, 0xFF);               /* #UD */
    COSTS(g, g->cpu.fast_clocks, 0xCD, 0x21);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(first_load_of_a_descriptor_sets_its_bit_for_11_clocks),
        GUEST_TEST(real_and_v86_mode_load_segments_by_their_own_price),
        GUEST_TEST(far_transfers_in_real_mode),
        GUEST_TEST(call_gates_by_level_and_parameters),
        GUEST_TEST(transfer_pays_for_the_descriptors_it_marks),
        GUEST_TEST(task_switches_by_the_kind_of_task),
        GUEST_TEST(task_gates_and_the_way_back),
        GUEST_TEST(interrupts_in_real_mode),
        GUEST_TEST(interrupts_in_protected_mode_by_level),
        GUEST_TEST(interrupt_through_a_task_gate),
        GUEST_TEST(page_fault_costs_24_more),
        GUEST_TEST(what_v86_mode_refuses_goes_to_the_monitor),
        GUEST_TEST(other_faults_of_v86_mode_are_not_refusals),
        GUEST_TEST(v86_mode_with_iopl_3_interrupts_and_comes_back),
        GUEST_TEST(ports_by_mode_privilege_and_bitmap),
        GUEST_TEST(bitmap_leaves_no_trace_in_fast_mode),
        GUEST_TEST(what_depends_on_data),
        GUEST_TEST(invlpg_costs_a_clock_more_if_it_finds_the_page),
        GUEST_TEST(divisions_of_the_fpu_by_precision),
        GUEST_TEST(angles_that_are_reduced_cost_more),
        GUEST_TEST(deliveries_cost_nothing_extra_in_fast_mode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
