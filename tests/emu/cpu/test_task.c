/* Task switches by JMP, CALL, interrupt and IRET, with 286 and 386 task state segments, and their faults. */
#include "guest_cpu.h"

#define FAR32(opcode, selector) opcode, 0, 0, 0, 0, (selector) & 0xFF, (selector) >> 8

enum { JMP_FAR = 0xEA, CALL_FAR = 0x9A, TASK2_CODE = CODE_AT + 0x1000, TASK2_STACK = STACK0 + 0x8000 };
enum { T_LINK = 0, T_CR3 = 28, T_EIP = 32, T_EFLAGS = 36, T_R = 40, T_SEG = 72, T_LDT = 96 };

/* The second task: level 0, flat, registers 22220000 + n. */
static void task2(struct guest *g)
{
    static const uint16_t segments[] = { DATA0, CODE0, DATA0, DATA0, 0, 0 };
    guest_put(g, TSS2_AT + T_EIP, TASK2_CODE, 4);
    guest_put(g, TSS2_AT + T_EFLAGS, 2, 4);
    for (unsigned i = 0; i < 8; i++)
        guest_put(g, TSS2_AT + T_R + i * 4, 0x22220000 + i, 4);
    guest_put(g, TSS2_AT + T_R + ESP * 4, TASK2_STACK, 4);
    for (unsigned i = 0; i < 6; i++)
        guest_put(g, TSS2_AT + T_SEG + i * 4, segments[i], 4);
    guest_put(g, TSS2_AT + T_LDT, 0, 4);
}

static struct guest *two_tasks(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    task2(g);
    for (unsigned i = 0; i < 8; i++)
        if (i != ESP)
            g->cpu.r[i] = 0x11110000 + i;
    return g;
}

static unsigned type_of(const struct guest *g, unsigned selector)
{
    return guest_get(g, GDT_AT + (selector & ~7u) + 5, 1) & 0x1F;
}

static void jump_saves_the_old_task_and_loads_the_new(void **state)
{
    struct guest *g = two_tasks(state);
    cpu_set_eflags(&g->cpu, FLAG_CF | FLAG_DF | 2);
    GUEST_STEP(g, FAR32(JMP_FAR, TSS2));
    assert_int_equal(guest_get(g, TSS_AT + T_EIP, 4), CODE_AT + 7);
    assert_int_equal(guest_get(g, TSS_AT + T_EFLAGS, 4), FLAG_CF | FLAG_DF | 2);
    assert_int_equal(guest_get(g, TSS_AT + T_R + EBX * 4, 4), 0x11110003);
    assert_int_equal(guest_get(g, TSS_AT + T_SEG + CS * 4, 2), CODE0);
    assert_int_equal(guest_get(g, TSS_AT + T_SEG + GS * 4, 2), DATA0);
    assert_int_equal(g->cpu.eip, TASK2_CODE);
    assert_int_equal(g->cpu.r[EDI], 0x22220007);
    assert_int_equal(g->cpu.r[ESP], TASK2_STACK);
    assert_int_equal(cpu_eflags(&g->cpu), 2);
    assert_int_equal(g->cpu.tr.selector, TSS2);
    assert_false(g->cpu.seg[FS].valid);
    assert_true(g->cpu.cr0 & CR0_TS);
    assert_int_equal(type_of(g, TSS1), 9);
    assert_int_equal(type_of(g, TSS2), 11);
}

static void call_links_and_iret_returns(void **state)
{
    struct guest *g = two_tasks(state);
    guest_put(g, TASK2_CODE, 0xCF, 1);
    GUEST_STEP(g, FAR32(CALL_FAR, TSS2));
    assert_int_equal(guest_get(g, TSS2_AT + T_LINK, 2), TSS1);
    assert_int_equal(cpu_eflags(&g->cpu), FLAG_NT | 2);
    assert_int_equal(type_of(g, TSS1), 11);
    guest_run(g, 1);
    assert_int_equal(g->cpu.tr.selector, TSS1);
    assert_int_equal(g->cpu.eip, CODE_AT + 7);
    assert_int_equal(g->cpu.r[EBX], 0x11110003);
    assert_int_equal(type_of(g, TSS1), 11);
    assert_int_equal(type_of(g, TSS2), 9);
    assert_int_equal(guest_get(g, TSS2_AT + T_EFLAGS, 4), 2);       /* NT is not saved */
    assert_int_equal(guest_get(g, TSS2_AT + T_EIP, 4), TASK2_CODE + 1);
}

static void interrupt_through_a_task_gate_pushes_the_error_code_there(void **state)
{
    struct guest *g = two_tasks(state);
    guest_gate(g, EXC_GP, TSS2, 0, 0x85);
    g->cpu.r[EAX] = 0x100;
    GUEST_STEP(g, 0x8E, 0xD8);                          /* MOV DS, AX: outside the GDT */
    assert_int_equal(g->cpu.tr.selector, TSS2);
    assert_int_equal(g->cpu.eip, TASK2_CODE);
    assert_int_equal(g->cpu.r[ESP], TASK2_STACK - 4);
    assert_int_equal(guest_stack(g, 0), 0x100);
    assert_int_equal(guest_get(g, TSS_AT + T_EIP, 4), CODE_AT);
    assert_int_equal(guest_get(g, TSS_AT + T_EFLAGS, 4), FLAG_RF | 2);
}

static void task_gate_in_the_gdt_needs_its_dpl(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    task2(g);
    guest_gate_at(g, GDT_AT + GATE, TSS2, 0, 0x85);
    GUEST_STEP(g, FAR32(JMP_FAR, GATE));
    guest_expect_fault(g, EXC_GP, GATE, CODE_AT);
    guest_protected(g, 3);
    guest_gate_at(g, GDT_AT + GATE, TSS2, 0, 0xE5);
    GUEST_STEP(g, FAR32(JMP_FAR, GATE));
    assert_int_equal(g->cpu.tr.selector, TSS2);
    assert_int_equal(g->cpu.cpl, 0);
}

static void task_of_286_saves_words(void **state)
{
    struct guest *g = two_tasks(state);
    static const uint16_t tss[] = { 0, 0, 0, 0, 0, 0, 0, 0x1234, 2, 0xA0, 0xA1, 0xA2, 0xA3, 0x8000, 0xA5, 0xA6, 0xA7,
                                    DATA0, CODE0, DATA0, DATA0, 0 };
    for (unsigned i = 0; i < 22; i++)
        guest_put(g, TSS2_AT + i * 2, tss[i], 2);
    guest_put(g, TSS2_AT + 44, 0x5A5A, 2);
    GUEST_STEP(g, FAR32(JMP_FAR, TSS286));
    assert_int_equal(g->cpu.eip, 0x1234);
    assert_int_equal(g->cpu.r[ECX], 0xFFFF00A1);
    assert_int_equal(g->cpu.r[ESP] & 0xFFFF, 0x8000);
    assert_int_equal(g->cpu.tr.access & 0x1F, 3);
    const uint8_t back[] = { FAR32(JMP_FAR, TSS1) };
    memcpy(g->ram + 0x1234, back, sizeof back);
    guest_run(g, 1);
    assert_int_equal(g->cpu.tr.selector, TSS1);
    assert_int_equal(guest_get(g, TSS2_AT + 14, 2), 0x1234 + 7);
    assert_int_equal(guest_get(g, TSS2_AT + 20, 2), 0xA1);
    assert_int_equal(guest_get(g, TSS2_AT + 44, 2), 0x5A5A);
}

static void new_task_may_be_v86(void **state)
{
    struct guest *g = two_tasks(state);
    guest_put(g, TSS2_AT + T_EFLAGS, FLAG_VM | FLAG_IOPL | 2, 4);
    guest_put(g, TSS2_AT + T_EIP, 0x10, 4);
    for (unsigned i = 0; i < 6; i++)
        guest_put(g, TSS2_AT + T_SEG + i * 4, 0x1000 * (i + 1), 4);
    GUEST_STEP(g, FAR32(JMP_FAR, TSS2));
    assert_true(cpu_v86(&g->cpu));
    assert_int_equal(g->cpu.cpl, 3);
    assert_int_equal(g->cpu.seg[CS].base, 0x20000);
    assert_int_equal(g->cpu.seg[GS].base, 0x60000);
    assert_int_equal(g->cpu.seg[GS].limit, 0xFFFF);
}

static void new_task_brings_its_page_tables(void **state)
{
    struct guest *g = two_tasks(state);
    for (unsigned i = 0; i < 2; i++) {
        guest_put(g, 0x20000 + i * 0x1000, 0x22000 + i * 0x1000 + 3, 4);
        for (uint32_t page = 0; page < 256; page++)
            guest_put(g, 0x22000 + i * 0x1000 + page * 4, page << 12 | 3, 4);
    }
    guest_put(g, 0x23000 + (DATA_AT >> 12) * 4, 0x70003, 4);    /* the second task sees another page there */
    guest_put(g, 0x70000, 0x77777777, 4);
    guest_put(g, TASK2_CODE, 0xA1 | DATA_AT << 8, 4);           /* MOV EAX, [DATA_AT] */
    guest_put(g, TASK2_CODE + 4, DATA_AT >> 24, 1);
    guest_put(g, TSS2_AT + T_CR3, 0x21000, 4);
    g->cpu.cr3 = 0x20000;
    g->cpu.cr0 |= CR0_PG;
    page_flush(&g->cpu);
    GUEST_STEP(g, FAR32(JMP_FAR, TSS2));
    assert_int_equal(g->cpu.cr3, 0x21000);
    guest_run(g, 1);
    assert_int_equal(g->cpu.r[EAX], 0x77777777);
}

/* --- Faults before the switch leave the old task running --- */

#define SWITCH_FAULT(name, target, vector, code, ...)                                                                \
    static void name(void **state)                                                                                     \
    {                                                                                                                  \
        struct guest *g = two_tasks(state);                                                                            \
        __VA_ARGS__;                                                                                                   \
        GUEST_STEP(g, FAR32(JMP_FAR, target));                                                                       \
        guest_expect_fault(g, vector, code, CODE_AT);                                                                  \
        assert_int_equal(g->cpu.tr.selector, TSS1);                                                                    \
        assert_int_equal(g->cpu.r[EBX], 0x11110003);                                                                   \
    }

SWITCH_FAULT(absent_tss_is_np, TSS2, EXC_NP, TSS2, guest_descriptor(g, TSS2, TSS2_AT, 0x67, 0x09))
SWITCH_FAULT(short_tss_is_ts, TSS2, EXC_TS, TSS2, guest_descriptor(g, TSS2, TSS2_AT, 0x66, 0x89))
SWITCH_FAULT(busy_tss_is_gp, TSS2, EXC_GP, TSS2, guest_descriptor(g, TSS2, TSS2_AT, 0x67, 0x8B))
SWITCH_FAULT(gate_to_a_tss_in_the_ldt_is_gp, GATE, EXC_GP, 0x0C,
             guest_gate_at(g, GDT_AT + GATE, 0x0C, 0, 0x85))

static void tss_in_the_ldt_is_gp(void **state)
{
    struct guest *g = two_tasks(state);
    g->cpu.ldtr = (struct segment){ .selector = LDT, .access = 0x82, .base = LDT_AT, .limit = 0x1F, .valid = true };
    guest_descriptor_at(g, LDT_AT + 8, TSS2_AT, 0x67, 0x89);
    GUEST_STEP(g, FAR32(JMP_FAR, 0x0C));
    guest_expect_fault(g, EXC_GP, 0x0C, CODE_AT);
}

/* The old TSS need only hold what is saved there. */
static void old_tss_may_end_behind_gs(void **state)
{
    struct guest *g = two_tasks(state);
    g->cpu.tr.limit = 0x5F;
    GUEST_STEP(g, FAR32(JMP_FAR, TSS2));
    assert_int_equal(g->cpu.tr.selector, TSS2);
}

static void old_tss_that_is_shorter_is_ts(void **state)
{
    struct guest *g = two_tasks(state);
    g->cpu.tr.limit = 0x5E;
    GUEST_STEP(g, FAR32(JMP_FAR, TSS2));
    guest_expect_fault(g, EXC_TS, TSS1, CODE_AT);
}

static void interrupt_gate_to_no_tss_is_gp(void **state)
{
    struct guest *g = two_tasks(state);
    guest_gate(g, 0x40, DATA0, 0, 0x85);
    GUEST_STEP(g, 0xCD, 0x40);
    guest_expect_fault(g, EXC_GP, DATA0, CODE_AT);
}

static void return_to_a_free_task_is_ts(void **state)
{
    struct guest *g = two_tasks(state);
    cpu_set_eflags(&g->cpu, FLAG_NT | 2);
    guest_put(g, TSS_AT + T_LINK, TSS2, 2);
    GUEST_STEP(g, 0xCF);
    guest_expect_fault(g, EXC_TS, TSS2, CODE_AT);
}

/* --- Faults after it belong to the new task --- */

#define NEW_TASK_FAULT(name, offset, value, vector, code)                                                              \
    static void name(void **state)                                                                                     \
    {                                                                                                                  \
        struct guest *g = two_tasks(state);                                                                            \
        guest_put(g, TSS2_AT + offset, value, 4);                                                                      \
        GUEST_STEP(g, FAR32(JMP_FAR, TSS2));                                                                           \
        guest_expect_fault(g, vector, code, TASK2_CODE);                                                               \
        assert_int_equal(g->cpu.tr.selector, TSS2);                                                                    \
        assert_int_equal(g->cpu.r[EDI], 0x22220007);                                                                   \
    }

NEW_TASK_FAULT(new_data_outside_the_gdt_is_ts, T_SEG + DS * 4, 0x100, EXC_TS, 0x100)
NEW_TASK_FAULT(new_data_that_is_absent_is_np, T_SEG + ES * 4, ABSENT_DATA, EXC_NP, ABSENT_DATA)

/* Where the new task has no stack yet for the fault, only another task can take it: the first one. */
static void fault_taken_by_a_task(struct guest *g, unsigned offset, uint16_t selector, unsigned vector)
{
    guest_put(g, TSS2_AT + offset, selector, 4);
    guest_gate(g, vector, TSS1, 0, 0x85);
    GUEST_STEP(g, FAR32(JMP_FAR, TSS2));
    assert_int_equal(g->cpu.tr.selector, TSS1);
    assert_int_equal(g->cpu.eip, CODE_AT + 7);
    assert_int_equal(guest_stack(g, 0), selector);
    assert_int_equal(guest_get(g, TSS_AT + T_LINK, 2), TSS2);
    assert_int_equal(guest_get(g, TSS2_AT + T_EIP, 4), TASK2_CODE);
}

static void new_stack_that_is_absent_is_ss(void **state)
{
    fault_taken_by_a_task(two_tasks(state), T_SEG + SS * 4, ABSENT_DATA, EXC_SS);
}

static void new_stack_of_another_level_is_ts(void **state)
{
    fault_taken_by_a_task(two_tasks(state), T_SEG + SS * 4, DATA3 & ~3, EXC_TS);
}

static void new_code_that_is_data_is_ts(void **state)
{
    fault_taken_by_a_task(two_tasks(state), T_SEG + CS * 4, DATA0, EXC_TS);
}

static void new_ldt_that_is_none_is_ts(void **state)
{
    fault_taken_by_a_task(two_tasks(state), T_LDT, DATA0, EXC_TS);
}

static void switches_are_reported(void *ctx, const struct probe_event *event)
{
    *(uint32_t *)ctx = event->a << 16 | event->b;
}

static void probes_report_the_switch(void **state)
{
    struct guest *g = two_tasks(state);
    uint32_t seen = 0;
    probe_listen(&g->probes, PROBE_BIT(PROBE_TASK), switches_are_reported, &seen);
    GUEST_STEP(g, FAR32(JMP_FAR, TSS2));
    assert_int_equal(seen, TSS1 << 16 | TSS2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(jump_saves_the_old_task_and_loads_the_new),
        GUEST_TEST(call_links_and_iret_returns),
        GUEST_TEST(interrupt_through_a_task_gate_pushes_the_error_code_there),
        GUEST_TEST(task_gate_in_the_gdt_needs_its_dpl),
        GUEST_TEST(task_of_286_saves_words),
        GUEST_TEST(new_task_may_be_v86),
        GUEST_TEST(new_task_brings_its_page_tables),
        GUEST_TEST(absent_tss_is_np),
        GUEST_TEST(short_tss_is_ts),
        GUEST_TEST(busy_tss_is_gp),
        GUEST_TEST(gate_to_a_tss_in_the_ldt_is_gp),
        GUEST_TEST(tss_in_the_ldt_is_gp),
        GUEST_TEST(old_tss_may_end_behind_gs),
        GUEST_TEST(old_tss_that_is_shorter_is_ts),
        GUEST_TEST(interrupt_gate_to_no_tss_is_gp),
        GUEST_TEST(return_to_a_free_task_is_ts),
        GUEST_TEST(new_ldt_that_is_none_is_ts),
        GUEST_TEST(new_data_outside_the_gdt_is_ts),
        GUEST_TEST(new_data_that_is_absent_is_np),
        GUEST_TEST(new_stack_that_is_absent_is_ss),
        GUEST_TEST(new_stack_of_another_level_is_ts),
        GUEST_TEST(new_code_that_is_data_is_ts),
        GUEST_TEST(probes_report_the_switch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
