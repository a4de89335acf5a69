/* Far JMP, CALL and RET: code segments, call gates with parameters, conforming code, returns to outer levels; entering
 * and leaving protected mode; and the system instructions. */
#include "guest_cpu.h"

#define FAR32(opcode, selector, offset)                                                                                \
    opcode, (offset) & 0xFF, (offset) >> 8 & 0xFF, (offset) >> 16 & 0xFF, (offset) >> 24 & 0xFF, (selector) & 0xFF,    \
        (selector) >> 8

enum { JMP_FAR = 0xEA, CALL_FAR = 0x9A, ELSEWHERE = CODE_AT + 0x100 };
enum { CALL_GATE386 = 0x8C, CALL_GATE286 = 0x84 };

/* --- Real mode --- */

static void real_far_call_and_return(void **state)
{
    struct guest *g = *state;
    guest_put(g, 0x20010, 0xCB, 1);                     /* RETF at 2000:10 */
    GUEST_STEP(g, 0x9A, 0x10, 0x00, 0x00, 0x20);
    assert_int_equal(g->cpu.eip, 0x10);
    assert_int_equal(g->cpu.seg[CS].base, 0x20000);
    assert_int_equal(guest_get(g, STACK0 + 0xFFC, 4), 5 | (CODE_AT >> 4) << 16);
    guest_run(g, 1);
    assert_int_equal(g->cpu.eip, 5);
    assert_int_equal(g->cpu.seg[CS].selector, CODE_AT >> 4);
    assert_int_equal(g->cpu.r[ESP], 0x1000);
}

static void real_far_return_drops_parameters(void **state)
{
    struct guest *g = *state;
    g->cpu.r[ESP] = 0x800;
    guest_put(g, STACK0 + 0x800, 0x20000044, 4);
    GUEST_STEP(g, 0xCA, 0x06, 0x00);
    assert_int_equal(g->cpu.eip, 0x44);
    assert_int_equal(g->cpu.r[ESP], 0x80A);
}

static void real_far_pointer_in_memory(void **state)
{
    struct guest *g = *state;
    segment_set_real(&g->cpu, DS, DATA_AT >> 4);
    guest_put(g, DATA_AT + 8, 0x20000123, 4);
    GUEST_STEP(g, 0xFF, 0x2E, 0x08, 0x00);              /* JMP FAR [8] */
    assert_int_equal(g->cpu.eip, 0x123);
    assert_int_equal(g->cpu.seg[CS].base, 0x20000);
}

static void real_call_with_an_odd_stack_wraps_or_faults_whole(void **state)
{
    struct guest *g = *state;
    guest_put(g, EXC_SS * 4, 0x20000012, 4);
    g->cpu.r[ESP] = 3;                                  /* the second word would lie at FFFFh */
    guest_put(g, STACK0, 0x5A5A5A5A, 4);
    GUEST_STEP(g, 0x9A, 0x10, 0x00, 0x00, 0x20);
    assert_int_equal(guest_get(g, STACK0, 2), 0x5A5A);
}

/* --- Code segments --- */

static void far_jump_loads_cs(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    GUEST_STEP(g, FAR32(JMP_FAR, CODE16, 0x2345));
    assert_int_equal(g->cpu.seg[CS].selector, CODE16);
    assert_int_equal(g->cpu.eip, 0x2345);
    assert_int_equal(g->cpu.mode & 1, 0);               /* 16-bit code now */
    assert_int_equal(guest_get(g, GDT_AT + CODE16 + 5, 1), 0x9B);
}

static void far_call_pushes_cs_and_eip(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    GUEST_STEP(g, FAR32(CALL_FAR, CODE0, ELSEWHERE));
    assert_int_equal(g->cpu.eip, ELSEWHERE);
    assert_int_equal(guest_stack(g, 0), CODE_AT + 7);
    assert_int_equal(guest_stack(g, 1), CODE0);
    guest_put(g, ELSEWHERE, 0xCB, 1);
    guest_run(g, 1);
    assert_int_equal(g->cpu.eip, CODE_AT + 7);
    assert_int_equal(g->cpu.r[ESP], STACK0 + 0x800);
}

static void conforming_code_runs_at_the_callers_level(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    GUEST_STEP(g, FAR32(JMP_FAR, CONFORMING0, ELSEWHERE));
    assert_int_equal(g->cpu.cpl, 3);
    assert_int_equal(g->cpu.seg[CS].selector, CONFORMING0 | 3);
}

#define FAR_FAULT(name, cpl, opcode, selector, offset, vector, code)                                                   \
    static void name(void **state)                                                                                     \
    {                                                                                                                  \
        struct guest *g = *state;                                                                                      \
        guest_protected(g, cpl);                                                                                       \
        GUEST_STEP(g, FAR32(opcode, selector, offset));                                                                \
        guest_expect_fault(g, vector, code, CODE_AT);                                                                  \
    }

FAR_FAULT(jump_to_null_is_gp_0, 0, JMP_FAR, 2, 0, EXC_GP, 0)
FAR_FAULT(jump_outside_the_gdt_is_gp, 0, JMP_FAR, 0x100, 0, EXC_GP, 0x100)
FAR_FAULT(jump_to_data_is_gp, 0, JMP_FAR, DATA0, 0, EXC_GP, DATA0)
FAR_FAULT(jump_inward_is_gp, 3, JMP_FAR, CODE0, 0, EXC_GP, CODE0)
FAR_FAULT(jump_outward_is_gp, 0, JMP_FAR, CODE3, 0, EXC_GP, CODE3 & ~3)
FAR_FAULT(call_outward_is_gp, 0, CALL_FAR, CODE3, 0, EXC_GP, CODE3 & ~3)
FAR_FAULT(jump_with_a_weak_rpl_is_gp, 0, JMP_FAR, CODE0 | 3, 0, EXC_GP, CODE0)
FAR_FAULT(jump_to_absent_code_is_np, 0, JMP_FAR, ABSENT_CODE, 0, EXC_NP, ABSENT_CODE)
FAR_FAULT(jump_past_the_limit_is_gp_0, 0, JMP_FAR, CODE16, 0x100000, EXC_GP, 0)
FAR_FAULT(call_past_the_limit_is_gp_0, 0, CALL_FAR, CODE16, 0x100000, EXC_GP, 0)
FAR_FAULT(jump_to_the_busy_task_is_gp, 0, JMP_FAR, TSS1, 0, EXC_GP, TSS1)
FAR_FAULT(jump_to_an_ldt_is_gp, 0, JMP_FAR, LDT, 0, EXC_GP, LDT)

/* --- Call gates --- */

static void put_gate(struct guest *g, unsigned selector, uint32_t offset, unsigned access, unsigned parameters)
{
    guest_gate_at(g, GDT_AT + GATE, selector, offset, access);
    guest_put(g, GDT_AT + GATE + 4, parameters, 1);
}

static void gate_of_the_same_level(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    put_gate(g, CODE0, ELSEWHERE, CALL_GATE386, 5);
    GUEST_STEP(g, FAR32(CALL_FAR, GATE, 0xDEAD));
    assert_int_equal(g->cpu.eip, ELSEWHERE);            /* the offset in the instruction does not count */
    assert_int_equal(g->cpu.r[ESP], STACK0 + 0x800 - 8);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, FAR32(JMP_FAR, GATE, 0xDEAD));
    assert_int_equal(g->cpu.eip, ELSEWHERE);
    assert_int_equal(g->cpu.r[ESP], STACK0 + 0x800 - 8);
}

static void gate_to_an_inner_level_copies_parameters(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    put_gate(g, CODE0, ELSEWHERE, CALL_GATE386 | DPL3, 3);
    for (unsigned i = 0; i < 3; i++)
        guest_put(g, STACK3 + 0x800 + i * 4, 0x11111111 * (i + 1), 4);
    GUEST_STEP(g, FAR32(CALL_FAR, GATE | 3, 0));
    const uint32_t frame[] = { CODE_AT + 7, CODE3, 0x11111111, 0x22222222, 0x33333333, STACK3 + 0x800, DATA3 };
    assert_int_equal(g->cpu.cpl, 0);
    assert_int_equal(g->cpu.seg[CS].selector, CODE0);
    assert_int_equal(g->cpu.seg[SS].selector, DATA0);
    assert_int_equal(g->cpu.r[ESP], STACK0 + 0x1000 - sizeof frame);
    for (unsigned i = 0; i < 7; i++)
        assert_int_equal(guest_stack(g, i), frame[i]);
}

static void return_to_the_outer_level_drops_parameters_of_both_stacks(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    put_gate(g, CODE0, ELSEWHERE, CALL_GATE386 | DPL3, 3);
    const uint8_t retf[] = { 0xCA, 12, 0 };
    memcpy(g->ram + ELSEWHERE, retf, sizeof retf);
    GUEST_STEP(g, FAR32(CALL_FAR, GATE | 3, 0));
    segment_load(&g->cpu, FS, DATA0);
    guest_run(g, 1);
    assert_int_equal(g->cpu.cpl, 3);
    assert_int_equal(g->cpu.eip, CODE_AT + 7);
    assert_int_equal(g->cpu.seg[CS].selector, CODE3);
    assert_int_equal(g->cpu.seg[SS].selector, DATA3);
    assert_int_equal(g->cpu.r[ESP], STACK3 + 0x800 + 12);
    assert_false(g->cpu.seg[FS].valid);
    assert_true(g->cpu.seg[ES].valid);
}

static void gate_of_286_pushes_and_copies_words(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    put_gate(g, CODE0, 0x1234, CALL_GATE286 | DPL3, 2);
    guest_put(g, STACK3 + 0x800, 0xBBBBAAAA, 4);
    GUEST_STEP(g, FAR32(CALL_FAR, GATE | 3, 0));
    assert_int_equal(g->cpu.eip, 0x1234);
    assert_int_equal(g->cpu.r[ESP], STACK0 + 0x1000 - 12);
    assert_int_equal(guest_stack(g, 0), ((CODE_AT + 7) & 0xFFFF) | CODE3 << 16);
    assert_int_equal(guest_stack(g, 1), 0xBBBBAAAA);
    assert_int_equal(guest_stack(g, 2), (uint32_t)0x800 | (uint32_t)DATA3 << 16);
}

static void gate_to_conforming_code_keeps_level_and_stack(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    put_gate(g, CONFORMING0, ELSEWHERE, CALL_GATE386 | DPL3, 3);
    GUEST_STEP(g, FAR32(CALL_FAR, GATE | 3, 0));
    assert_int_equal(g->cpu.cpl, 3);
    assert_int_equal(g->cpu.r[ESP], STACK3 + 0x800 - 8);
}

#define GATE_FAULT(name, opcode, selector, access, vector, code)                                                       \
    static void name(void **state)                                                                                     \
    {                                                                                                                  \
        struct guest *g = *state;                                                                                      \
        guest_protected(g, 3);                                                                                         \
        put_gate(g, selector, ELSEWHERE, access, 0);                                                                   \
        GUEST_STEP(g, FAR32(opcode, GATE | 3, 0));                                                                     \
        guest_expect_fault(g, vector, code, CODE_AT);                                                                  \
    }

GATE_FAULT(gate_of_an_inner_level_is_gp, CALL_FAR, CODE0, CALL_GATE386, EXC_GP, GATE)
GATE_FAULT(absent_gate_is_np, CALL_FAR, CODE0, 0x0C | DPL3, EXC_NP, GATE)
GATE_FAULT(gate_to_null_is_gp_0, CALL_FAR, 0, CALL_GATE386 | DPL3, EXC_GP, 0)
GATE_FAULT(gate_to_data_is_gp, CALL_FAR, DATA0, CALL_GATE386 | DPL3, EXC_GP, DATA0)
GATE_FAULT(gate_to_absent_code_is_np, CALL_FAR, ABSENT_CODE, CALL_GATE386 | DPL3, EXC_NP, ABSENT_CODE)
GATE_FAULT(jump_through_a_gate_cannot_go_inward, JMP_FAR, CODE0, CALL_GATE386 | DPL3, EXC_GP, CODE0)
GATE_FAULT(jump_through_a_gate_asks_the_level_before_the_presence, JMP_FAR, ABSENT_CODE, CALL_GATE386 | DPL3, EXC_GP,
           ABSENT_CODE)
GATE_FAULT(interrupt_gate_in_the_gdt_is_gp, CALL_FAR, CODE0, 0xEE, EXC_GP, GATE)

static void inner_stack_without_room_for_parameters_is_ss(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    put_gate(g, CODE1, ELSEWHERE, CALL_GATE386 | DPL3, 4);
    guest_descriptor(g, FREE, STACK1, 0xFF, 0x4093 | DPL1);
    guest_put(g, TSS_AT + 12, 28, 4);
    guest_put(g, TSS_AT + 16, FREE | 1, 2);
    GUEST_STEP(g, FAR32(CALL_FAR, GATE | 3, 0));
    guest_expect_fault(g, EXC_SS, FREE, CODE_AT);
    guest_protected(g, 3);
    put_gate(g, CODE1, ELSEWHERE, CALL_GATE386 | DPL3, 4);
    guest_put(g, TSS_AT + 12, 32, 4);
    guest_put(g, TSS_AT + 16, FREE | 1, 2);
    guest_descriptor(g, FREE, STACK1, 0xFF, 0x4093 | DPL1);
    GUEST_STEP(g, FAR32(CALL_FAR, GATE | 3, 0));
    assert_int_equal(g->cpu.cpl, 1);
    assert_int_equal(g->cpu.r[ESP], 0);
}

/* --- Returns --- */

#define RETURN_FAULT(name, level, cs, ss, vector, code)                                                                \
    static void name(void **state)                                                                                     \
    {                                                                                                                  \
        struct guest *g = *state;                                                                                      \
        guest_protected(g, level);                                                                                     \
        uint32_t at = g->cpu.r[ESP];                                                                                   \
        guest_put(g, at, ELSEWHERE, 4);                                                                                \
        guest_put(g, at + 4, cs, 4);                                                                                   \
        guest_put(g, at + 8, STACK3 + 0x700, 4);                                                                       \
        guest_put(g, at + 12, ss, 4);                                                                                  \
        GUEST_STEP(g, 0xCB);                                                                                           \
        guest_expect_fault(g, vector, code, CODE_AT);                                                                  \
    }

RETURN_FAULT(return_to_null_is_gp_0, 0, 0, 0, EXC_GP, 0)
RETURN_FAULT(return_inward_is_gp, 3, CODE0, 0, EXC_GP, CODE0)
RETURN_FAULT(return_to_data_is_gp, 0, DATA0, 0, EXC_GP, DATA0)
RETURN_FAULT(return_to_absent_code_is_np, 0, ABSENT_CODE, 0, EXC_NP, ABSENT_CODE)
RETURN_FAULT(outward_return_to_another_dpl_is_gp, 0, CODE1 | 3, DATA3, EXC_GP, CODE1 & ~3)
RETURN_FAULT(outward_return_to_a_null_stack_is_gp_0, 0, CODE3, 0, EXC_GP, 0)
RETURN_FAULT(outward_return_to_an_inner_stack_is_gp, 0, CODE3, DATA0, EXC_GP, DATA0)

/* --- Entering protected mode, system instructions --- */

static void old_cs_goes_on_until_the_far_jump(void **state)
{
    struct guest *g = *state;
    guest_tables(g);
    guest_put(g, DATA_AT, GDT_LIMIT, 2);
    guest_put(g, DATA_AT + 2, GDT_AT, 4);
    segment_set_real(&g->cpu, DS, DATA_AT >> 4);
    const uint8_t code[] = {
        0x0F, 0x01, 0x16, 0x00, 0x00,                   /* LGDT [0] */
        0x0F, 0x20, 0xC0, 0x0C, 0x01, 0x0F, 0x22, 0xC0, /* MOV EAX, CR0; OR AL, 1; MOV CR0, EAX */
        0xB8, 0x34, 0x12,                               /* MOV AX, 1234h, still 16-bit code */
        0x66, FAR32(JMP_FAR, CODE0, ELSEWHERE)
    };
    guest_code(g, code, sizeof code);
    guest_put(g, ELSEWHERE, 0x000012B8, 4);             /* MOV EAX, 00000012h */
    guest_put(g, ELSEWHERE + 4, 0, 1);
    guest_run(g, 5);
    assert_true(cpu_protected(&g->cpu));
    assert_int_equal(g->cpu.eip, 16);
    assert_int_equal(g->cpu.r[EAX] & 0xFFFF, 0x1234);
    guest_run(g, 2);
    assert_int_equal(g->cpu.seg[CS].selector, CODE0);
    assert_int_equal(g->cpu.eip, ELSEWHERE + 5);
    assert_int_equal(g->cpu.r[EAX], 0x12);
}

static void lmsw_cannot_leave_protected_mode(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    g->cpu.r[EAX] = CR0_TS | CR0_NE;
    GUEST_STEP(g, 0x0F, 0x01, 0xF0);
    assert_int_equal(g->cpu.cr0 & 0xFFFF, CR0_PE | CR0_TS | CR0_ET);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0x0F, 0x06);                          /* CLTS */
    assert_int_equal(g->cpu.cr0 & 0xFFFF, CR0_PE | CR0_ET);
}

static void paging_without_protection_is_gp(void **state)
{
    struct guest *g = *state;
    guest_put(g, EXC_GP * 4, 0x200000DD, 4);
    g->cpu.r[EAX] = CR0_PG;
    GUEST_STEP(g, 0x0F, 0x22, 0xC0);
    assert_int_equal(g->cpu.eip, 0xDD);
    assert_false(g->cpu.cr0 & CR0_PG);
}

static void cr0_keeps_et_and_drops_reserved_bits(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    g->cpu.r[EAX] = 0x7FFAFFE0u | CR0_PE;
    GUEST_STEP(g, 0x0F, 0x22, 0xC0);
    assert_int_equal(g->cpu.cr0, CR0_PE | CR0_ET | CR0_NE | CR0_NW | CR0_CD);
}

static void tables_are_stored_as_loaded(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    g->cpu.r[EBX] = DATA_AT;
    GUEST_STEP(g, 0x0F, 0x01, 0x03);                    /* SGDT [EBX] */
    assert_int_equal(guest_get(g, DATA_AT, 2), GDT_LIMIT);
    assert_int_equal(guest_get(g, DATA_AT + 2, 4), GDT_AT);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0x0F, 0x01, 0x0B);                    /* SIDT [EBX] */
    assert_int_equal(guest_get(g, DATA_AT, 2), 0x7FF);
    assert_int_equal(guest_get(g, DATA_AT + 2, 4), IDT_AT);
}

static void lgdt_with_16_bits_takes_24_bits_of_base(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    guest_put(g, DATA_AT, 0xFF, 2);
    guest_put(g, DATA_AT + 2, 0x12345678, 4);
    g->cpu.r[EBX] = DATA_AT;
    GUEST_STEP(g, 0x66, 0x0F, 0x01, 0x13);
    assert_int_equal(g->cpu.gdtr.base, 0x345678);
    assert_int_equal(g->cpu.gdtr.limit, 0xFF);
}

static void ltr_marks_the_task_busy(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    g->cpu.r[EAX] = TSS2;
    GUEST_STEP(g, 0x0F, 0x00, 0xD8);
    assert_int_equal(g->cpu.tr.selector, TSS2);
    assert_int_equal(g->cpu.tr.base, TSS2_AT);
    assert_int_equal(guest_get(g, GDT_AT + TSS2 + 5, 1), 0x8B);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0x0F, 0x00, 0xD8);
    guest_expect_fault(g, EXC_GP, TSS2, CODE_AT);
}

#define PRIVILEGED(name, ...)                                                                                          \
    static void name(void **state)                                                                                     \
    {                                                                                                                  \
        struct guest *g = *state;                                                                                      \
        guest_protected(g, 3);                                                                                         \
        GUEST_STEP(g, __VA_ARGS__);                                                                                    \
        guest_expect_fault(g, EXC_GP, 0, CODE_AT);                                                                     \
    }

PRIVILEGED(hlt_is_privileged, 0xF4)
PRIVILEGED(clts_is_privileged, 0x0F, 0x06)
PRIVILEGED(lgdt_is_privileged, 0x0F, 0x01, 0x13)
PRIVILEGED(lidt_is_privileged, 0x0F, 0x01, 0x1B)
PRIVILEGED(lldt_is_privileged, 0x0F, 0x00, 0xD0)
PRIVILEGED(ltr_is_privileged, 0x0F, 0x00, 0xD8)
PRIVILEGED(lmsw_is_privileged, 0x0F, 0x01, 0xF0)
PRIVILEGED(reading_cr0_is_privileged, 0x0F, 0x20, 0xC0)
PRIVILEGED(writing_cr3_is_privileged, 0x0F, 0x22, 0xD8)
PRIVILEGED(reading_dr7_is_privileged, 0x0F, 0x21, 0xF8)
PRIVILEGED(writing_tr6_is_privileged, 0x0F, 0x26, 0xF0)
PRIVILEGED(invd_is_privileged, 0x0F, 0x08)
PRIVILEGED(wbinvd_is_privileged, 0x0F, 0x09)
PRIVILEGED(invlpg_is_privileged, 0x0F, 0x01, 0x3B)
PRIVILEGED(cli_needs_iopl, 0xFA)
PRIVILEGED(sti_needs_iopl, 0xFB)

static void control_registers_that_are_not_there_are_ud(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    GUEST_STEP(g, 0x0F, 0x20, 0xE0);                    /* CR4 */
    guest_expect_fault(g, EXC_UD, -1, CODE_AT);
}

static void dr4_and_dr5_are_dr6_and_dr7(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    g->cpu.r[EAX] = 0x155;
    GUEST_STEP(g, 0x0F, 0x23, 0xE8);                    /* MOV DR5, EAX */
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0x0F, 0x21, 0xFB);                    /* MOV EBX, DR7 */
    assert_int_equal(g->cpu.r[EBX], 0x555);
}

static void protected_only_instructions_are_ud_elsewhere(void **state)
{
    struct guest *g = *state;
    guest_v86(g, 3);
    GUEST_STEP(g, 0x0F, 0x00, 0xC0);                    /* SLDT AX */
    guest_expect_fault(g, EXC_UD, -1, 0);
    guest_v86(g, 3);
    GUEST_STEP(g, 0x63, 0xC8);                          /* ARPL AX, CX */
    guest_expect_fault(g, EXC_UD, -1, 0);
}

static void cpuid_is_ud_without_it(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    GUEST_STEP(g, 0x0F, 0xA2);
    guest_expect_fault(g, EXC_UD, -1, CODE_AT);
    guest_protected(g, 0);
    g->cpu.has_cpuid = true;
    g->cpu.r[EAX] = 0;
    GUEST_STEP(g, 0x0F, 0xA2);
    assert_int_equal(g->cpu.r[EAX], 1);
    assert_memory_equal(&g->cpu.r[EBX], "Genu", 4);
    assert_memory_equal(&g->cpu.r[EDX], "ineI", 4);
    assert_memory_equal(&g->cpu.r[ECX], "ntel", 4);
}

static void mode_changes_are_reported(void *ctx, const struct probe_event *event)
{
    uint32_t *modes = ctx;
    *modes = *modes << 4 | (event->a + 1);
}

static void probes_report_modes(void **state)
{
    struct guest *g = *state;
    uint32_t modes = 0;
    guest_protected(g, 0);
    probe_listen(&g->probes, PROBE_BIT(PROBE_MODE), mode_changes_are_reported, &modes);
    GUEST_STEP(g, FAR32(JMP_FAR, CODE16, 0x1000));
    assert_int_equal(modes, 3);                         /* protected, 16 bits */
    guest_v86(g, 3);
    guest_gate(g, 0x40, CODE0, HANDLERS, 0xEE);
    modes = 0;
    GUEST_STEP(g, 0xCD, 0x40);
    assert_int_equal(modes, 4);                         /* from V86 to protected, 32 bits */
}

static void probes_report_the_way_into_protected_mode_and_back(void **state)
{
    struct guest *g = *state;
    uint32_t modes = 0;
    probe_listen(&g->probes, PROBE_BIT(PROBE_MODE), mode_changes_are_reported, &modes);
    g->cpu.r[EAX] = g->cpu.cr0 | CR0_PE;
    g->cpu.r[EBX] = g->cpu.cr0;
    const uint8_t code[] = { 0x90, 0x0F, 0x22, 0xC0, 0x90, 0x0F, 0x22, 0xC3,       /* MOV CR0,EAX; MOV CR0,EBX */
                             0x0F, 0x01, 0xF0, 0x90 };                             /* LMSW AX */
    guest_code(g, code, sizeof code);
    guest_run(g, 3);
    assert_int_equal(modes, 3);
    guest_run(g, 3);
    assert_int_equal(modes, 0x313);
    cpu_reset(&g->cpu);
    assert_int_equal(modes, 0x3131);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(real_far_call_and_return),
        GUEST_TEST(real_far_return_drops_parameters),
        GUEST_TEST(real_far_pointer_in_memory),
        GUEST_TEST(real_call_with_an_odd_stack_wraps_or_faults_whole),
        GUEST_TEST(far_jump_loads_cs),
        GUEST_TEST(far_call_pushes_cs_and_eip),
        GUEST_TEST(conforming_code_runs_at_the_callers_level),
        GUEST_TEST(jump_to_null_is_gp_0),
        GUEST_TEST(jump_outside_the_gdt_is_gp),
        GUEST_TEST(jump_to_data_is_gp),
        GUEST_TEST(jump_inward_is_gp),
        GUEST_TEST(jump_outward_is_gp),
        GUEST_TEST(call_outward_is_gp),
        GUEST_TEST(jump_with_a_weak_rpl_is_gp),
        GUEST_TEST(jump_to_absent_code_is_np),
        GUEST_TEST(jump_past_the_limit_is_gp_0),
        GUEST_TEST(call_past_the_limit_is_gp_0),
        GUEST_TEST(jump_to_the_busy_task_is_gp),
        GUEST_TEST(jump_to_an_ldt_is_gp),
        GUEST_TEST(gate_of_the_same_level),
        GUEST_TEST(gate_to_an_inner_level_copies_parameters),
        GUEST_TEST(return_to_the_outer_level_drops_parameters_of_both_stacks),
        GUEST_TEST(gate_of_286_pushes_and_copies_words),
        GUEST_TEST(gate_to_conforming_code_keeps_level_and_stack),
        GUEST_TEST(gate_of_an_inner_level_is_gp),
        GUEST_TEST(absent_gate_is_np),
        GUEST_TEST(gate_to_null_is_gp_0),
        GUEST_TEST(gate_to_data_is_gp),
        GUEST_TEST(gate_to_absent_code_is_np),
        GUEST_TEST(jump_through_a_gate_cannot_go_inward),
        GUEST_TEST(jump_through_a_gate_asks_the_level_before_the_presence),
        GUEST_TEST(interrupt_gate_in_the_gdt_is_gp),
        GUEST_TEST(inner_stack_without_room_for_parameters_is_ss),
        GUEST_TEST(return_to_null_is_gp_0),
        GUEST_TEST(return_inward_is_gp),
        GUEST_TEST(return_to_data_is_gp),
        GUEST_TEST(return_to_absent_code_is_np),
        GUEST_TEST(outward_return_to_another_dpl_is_gp),
        GUEST_TEST(outward_return_to_a_null_stack_is_gp_0),
        GUEST_TEST(outward_return_to_an_inner_stack_is_gp),
        GUEST_TEST(old_cs_goes_on_until_the_far_jump),
        GUEST_TEST(lmsw_cannot_leave_protected_mode),
        GUEST_TEST(paging_without_protection_is_gp),
        GUEST_TEST(cr0_keeps_et_and_drops_reserved_bits),
        GUEST_TEST(tables_are_stored_as_loaded),
        GUEST_TEST(lgdt_with_16_bits_takes_24_bits_of_base),
        GUEST_TEST(ltr_marks_the_task_busy),
        GUEST_TEST(hlt_is_privileged),
        GUEST_TEST(clts_is_privileged),
        GUEST_TEST(lgdt_is_privileged),
        GUEST_TEST(lidt_is_privileged),
        GUEST_TEST(lldt_is_privileged),
        GUEST_TEST(ltr_is_privileged),
        GUEST_TEST(lmsw_is_privileged),
        GUEST_TEST(reading_cr0_is_privileged),
        GUEST_TEST(writing_cr3_is_privileged),
        GUEST_TEST(reading_dr7_is_privileged),
        GUEST_TEST(writing_tr6_is_privileged),
        GUEST_TEST(invd_is_privileged),
        GUEST_TEST(wbinvd_is_privileged),
        GUEST_TEST(invlpg_is_privileged),
        GUEST_TEST(cli_needs_iopl),
        GUEST_TEST(sti_needs_iopl),
        GUEST_TEST(control_registers_that_are_not_there_are_ud),
        GUEST_TEST(dr4_and_dr5_are_dr6_and_dr7),
        GUEST_TEST(protected_only_instructions_are_ud_elsewhere),
        GUEST_TEST(cpuid_is_ud_without_it),
        GUEST_TEST(probes_report_modes),
        GUEST_TEST(probes_report_the_way_into_protected_mode_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
