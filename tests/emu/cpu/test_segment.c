/* Loading segment registers in every mode, their limits and rights, and the instructions that ask about selectors. */
#include "guest_cpu.h"

enum { MOV_DS_AX = 0xD8, MOV_SS_AX = 0xD0, MOV_ES_AX = 0xC0 };     /* ModRM of 8E */

static void load(struct guest *g, unsigned modrm, uint16_t selector)
{
    g->cpu.r[EAX] = selector;
    GUEST_STEP(g, 0x8E, (uint8_t)modrm);
}

/* --- Real mode --- */

static void real_mode_load_sets_base_only(void **state)
{
    struct guest *g = *state;
    load(g, MOV_DS_AX, 0x1234);
    assert_int_equal(g->cpu.seg[DS].selector, 0x1234);
    assert_int_equal(g->cpu.seg[DS].base, 0x12340);
    assert_int_equal(g->cpu.seg[DS].limit, 0xFFFF);
}

static void unreal_mode_keeps_a_large_limit(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    g->cpu.seg[DS].limit = 0xFFFFFFFF;
    g->cpu.r[EAX] = g->cpu.cr0 & ~(uint32_t)CR0_PE;
    GUEST_STEP(g, 0x0F, 0x22, 0xC0);                    /* MOV CR0, EAX */
    assert_false(cpu_protected(&g->cpu));
    assert_int_equal(g->cpu.eip, CODE_AT + 3);          /* the old CS goes on */
    g->cpu.eip = CODE_AT;
    load(g, MOV_DS_AX, 0x10);
    assert_int_equal(g->cpu.seg[DS].base, 0x100);
    assert_int_equal(g->cpu.seg[DS].limit, 0xFFFFFFFF);
    guest_put(g, DATA_AT, 0xCAFEBABE, 4);
    g->cpu.r[EBX] = DATA_AT - 0x100;
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0x8B, 0x03);                          /* MOV EAX, [EBX]: the D bit of CS is still set */
    assert_int_equal(g->cpu.r[EAX], 0xCAFEBABE);
}

static void code_segment_can_be_written_in_real_mode(void **state)
{
    struct guest *g = *state;
    g->cpu.seg[CS].access = 0x9B;
    segment_update_bounds(&g->cpu, &g->cpu.seg[CS]);
    GUEST_STEP(g, 0x2E, 0xC6, 0x06, 0x80, 0x00, 0x5A);  /* MOV BYTE CS:[80h], 5Ah */
    assert_int_equal(g->ram[CODE_AT + 0x80], 0x5A);
}

static void null_segment_is_usable_after_return_to_real_mode(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    load(g, MOV_DS_AX, 0);
    assert_false(g->cpu.seg[DS].valid);
    g->cpu.eip = CODE_AT;
    g->cpu.r[EAX] = 0;
    GUEST_STEP(g, 0x0F, 0x22, 0xC0);
    assert_true(g->cpu.seg[DS].valid);
    assert_true(g->cpu.seg[DS].rd_end > 0);
}

static void push_of_a_segment_with_32_bits_writes_two_bytes(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    guest_put(g, STACK0 + 0x7FC, 0x5A5A5A5A, 4);
    GUEST_STEP(g, 0x1E);                                /* PUSH DS */
    assert_int_equal(g->cpu.r[ESP], STACK0 + 0x7FC);
    assert_int_equal(guest_get(g, STACK0 + 0x7FC, 4), 0x5A5A0000 | DATA0);
}

/* --- Protected mode --- */

static void load_sets_base_limit_and_accessed_bit(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    load(g, MOV_DS_AX, DATA16);
    assert_int_equal(g->cpu.seg[DS].base, STACK0);
    assert_int_equal(g->cpu.seg[DS].limit, 0xFFFF);
    assert_int_equal(guest_get(g, GDT_AT + DATA16 + 5, 1), 0x93);
    assert_int_equal(g->cpu.seg[DS].access & 0xFF, 0x93);
}

static void granularity_fills_the_low_limit_bits(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    guest_descriptor(g, FREE, 0x123000, 0x5FFF, DATA32_ACCESS);
    load(g, MOV_ES_AX, FREE);
    assert_int_equal(g->cpu.seg[ES].limit, 0x5FFF);
    assert_int_equal(g->cpu.seg[ES].base, 0x123000);
}

static void expect_load_fault(struct guest *g, unsigned modrm, uint16_t selector, unsigned vector, int code)
{
    uint16_t before = g->cpu.seg[modrm >> 3 & 7].selector;
    load(g, modrm, selector);
    guest_expect_fault(g, vector, code, CODE_AT);
    assert_int_equal(g->cpu.seg[modrm >> 3 & 7].selector, before);
}

#define LOAD_FAULT(name, cpl, modrm, selector, vector, code)                                                           \
    static void name(void **state)                                                                                     \
    {                                                                                                                  \
        guest_protected(*state, cpl);                                                                                  \
        expect_load_fault(*state, modrm, selector, vector, code);                                                      \
    }

LOAD_FAULT(selector_outside_the_gdt_is_gp, 0, MOV_DS_AX, 0xC3, EXC_GP, 0xC0)
LOAD_FAULT(selector_in_an_absent_ldt_is_gp, 0, MOV_DS_AX, 0x0C, EXC_GP, 0x0C)
LOAD_FAULT(execute_only_code_is_no_data, 0, MOV_DS_AX, EXECUTE_ONLY, EXC_GP, EXECUTE_ONLY)
LOAD_FAULT(system_descriptor_is_no_data, 0, MOV_DS_AX, TSS1, EXC_GP, TSS1)
LOAD_FAULT(absent_data_is_np, 0, MOV_DS_AX, ABSENT_DATA, EXC_NP, ABSENT_DATA)
LOAD_FAULT(outer_level_cannot_load_inner_data, 3, MOV_DS_AX, DATA0 | 3, EXC_GP, DATA0)
LOAD_FAULT(rpl_does_not_strengthen_the_caller, 3, MOV_DS_AX, DATA0, EXC_GP, DATA0)
LOAD_FAULT(rpl_weakens_the_caller, 0, MOV_DS_AX, DATA0 | 3, EXC_GP, DATA0)
LOAD_FAULT(null_stack_is_gp_0, 0, MOV_SS_AX, 0, EXC_GP, 0)
LOAD_FAULT(stack_of_another_rpl_is_gp, 0, MOV_SS_AX, DATA0 | 1, EXC_GP, DATA0)
LOAD_FAULT(stack_of_another_dpl_is_gp, 0, MOV_SS_AX, DATA3 & ~3, EXC_GP, DATA3 & ~3)
LOAD_FAULT(read_only_stack_is_gp, 0, MOV_SS_AX, READ_ONLY, EXC_GP, READ_ONLY)
LOAD_FAULT(absent_stack_is_ss, 0, MOV_SS_AX, ABSENT_DATA, EXC_SS, ABSENT_DATA)

static void descriptor_must_lie_in_the_table_whole(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    g->cpu.gdtr.limit = (READ_ONLY | 7) - 1;
    expect_load_fault(g, MOV_DS_AX, READ_ONLY, EXC_GP, READ_ONLY);
    g->cpu.gdtr.limit = READ_ONLY | 7;
    g->cpu.eip = CODE_AT;
    load(g, MOV_DS_AX, READ_ONLY);
    assert_int_equal(g->cpu.seg[DS].selector, READ_ONLY);
}

static void conforming_code_is_data_for_every_level(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    load(g, MOV_DS_AX, CONFORMING0 | 3);
    assert_int_equal(g->cpu.seg[DS].selector, CONFORMING0 | 3);
}

static void null_selector_loads_but_faults_when_used(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    load(g, MOV_DS_AX, 3);
    assert_int_equal(g->cpu.seg[DS].selector, 3);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0xA0, 0, 0, 6, 0);                    /* MOV AL, [60000h] */
    guest_expect_fault(g, EXC_GP, 0, CODE_AT);
}

static void write_to_read_only_data_is_gp(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    load(g, MOV_DS_AX, READ_ONLY);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0xA2, 0, 0, 6, 0);
    guest_expect_fault(g, EXC_GP, 0, CODE_AT);
}

static void limit_is_the_last_byte_that_may_be_touched(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    load(g, MOV_DS_AX, SMALL);
    guest_put(g, DATA_AT + 12, 0x11223344, 4);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0xA1, 12, 0, 0, 0);
    assert_int_equal(g->cpu.r[EAX], 0x11223344);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0xA1, 13, 0, 0, 0);
    guest_expect_fault(g, EXC_GP, 0, CODE_AT);
}

static void expand_down_segment_lies_above_its_limit(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    load(g, MOV_DS_AX, DOWN);
    guest_put(g, DATA_AT + 0x1000, 0x55667788, 4);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0xA1, 0, 0x10, 0, 0);
    assert_int_equal(g->cpu.r[EAX], 0x55667788);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0xA1, 0xFF, 0x0F, 0, 0);
    guest_expect_fault(g, EXC_GP, 0, CODE_AT);
}

static void ldt_selector_is_found_there(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    guest_descriptor_at(g, LDT_AT + 8, 0x70000, 0xFF, 0x92);
    g->cpu.r[EAX] = LDT;
    GUEST_STEP(g, 0x0F, 0x00, 0xD0);                    /* LLDT AX */
    g->cpu.eip = CODE_AT;
    load(g, MOV_DS_AX, 0x0C);
    assert_int_equal(g->cpu.seg[DS].base, 0x70000);
    assert_int_equal(guest_get(g, LDT_AT + 8 + 5, 1), 0x93);
}

static void stack_size_follows_the_b_bit(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    load(g, MOV_SS_AX, DATA16);
    assert_int_equal(g->cpu.sp_mask, 0xFFFF);
}

static void faulting_lds_leaves_the_register(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    guest_put(g, DATA_AT, 0x12345678, 4);
    guest_put(g, DATA_AT + 4, ABSENT_DATA, 2);
    g->cpu.r[EBX] = DATA_AT;
    g->cpu.r[ECX] = 0xAAAA;
    GUEST_STEP(g, 0xC5, 0x0B);                          /* LDS ECX, [EBX] */
    guest_expect_fault(g, EXC_NP, ABSENT_DATA, CODE_AT);
    assert_int_equal(g->cpu.r[ECX], 0xAAAA);
}

static void lss_loads_stack_and_pointer(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    guest_put(g, DATA_AT, 0x1234, 4);
    guest_put(g, DATA_AT + 4, DATA16, 2);
    g->cpu.r[EBX] = DATA_AT;
    GUEST_STEP(g, 0x0F, 0xB2, 0x23);                    /* LSS ESP, [EBX] */
    assert_int_equal(g->cpu.seg[SS].selector, DATA16);
    assert_int_equal(g->cpu.r[ESP], 0x1234);
    assert_int_equal(g->cpu.sp_mask, 0xFFFF);
}

static void faulting_pop_leaves_the_stack_pointer(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    g->cpu.r[ESP] = STACK0 + 0x700;
    guest_put(g, STACK0 + 0x700, ABSENT_DATA, 4);
    GUEST_STEP(g, 0x07);                                /* POP ES */
    guest_expect_fault(g, EXC_NP, ABSENT_DATA, CODE_AT);
    assert_int_equal(g->cpu.r[ESP], STACK0 + 0x700 - 16);
}

/* --- V86 mode --- */

static void v86_load_is_a_real_one(void **state)
{
    struct guest *g = *state;
    guest_v86(g, 0);
    load(g, MOV_ES_AX, 0x6000);
    assert_int_equal(g->cpu.seg[ES].base, DATA_AT);
    assert_int_equal(g->cpu.seg[ES].limit, 0xFFFF);
    assert_int_equal(g->cpu.seg[ES].wr_end, 0x10000);
}

/* --- VERR, VERW, LAR, LSL, ARPL --- */

static bool zf_after(struct guest *g, unsigned modrm, uint16_t selector)
{
    g->cpu.r[EAX] = selector;
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0x0F, 0x00, (uint8_t)modrm);
    return cpu_eflags(&g->cpu) & FLAG_ZF;
}

static void verr_and_verw_follow_the_rights(void **state)
{
    struct guest *g = *state;
    enum { VERR_AX = 0xE0, VERW_AX = 0xE8 };
    guest_protected(g, 3);
    assert_true(zf_after(g, VERR_AX, DATA3));
    assert_true(zf_after(g, VERW_AX, DATA3));
    assert_true(zf_after(g, VERR_AX, CONFORMING0));
    assert_false(zf_after(g, VERW_AX, CONFORMING0));
    assert_false(zf_after(g, VERR_AX, DATA0));
    assert_false(zf_after(g, VERR_AX, 0));
    assert_false(zf_after(g, VERR_AX, TSS1));
}

static void lar_and_lsl_read_the_descriptor(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    g->cpu.r[EAX] = DATA0;
    GUEST_STEP(g, 0x0F, 0x02, 0xD8);                    /* LAR EBX, EAX */
    assert_int_equal(g->cpu.r[EBX] & 0xF0FF00, 0xC09300);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0x0F, 0x03, 0xD8);                    /* LSL EBX, EAX */
    assert_int_equal(g->cpu.r[EBX], 0xFFFFFFFF);
    g->cpu.eip = CODE_AT;
    g->cpu.r[EAX] = GATE;
    guest_gate_at(g, GDT_AT + GATE, CODE0, 0, 0x8E);    /* interrupt gates are not for LAR */
    GUEST_STEP(g, 0x0F, 0x02, 0xD8);
    assert_int_equal(g->cpu.r[EBX], 0xFFFFFFFF);
    assert_false(cpu_eflags(&g->cpu) & FLAG_ZF);
}

static void arpl_raises_the_rpl(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    g->cpu.r[EAX] = 0x10;
    g->cpu.r[ECX] = 3;
    GUEST_STEP(g, 0x63, 0xC8);                          /* ARPL AX, CX */
    assert_int_equal(g->cpu.r[EAX], 0x13);
    assert_true(cpu_eflags(&g->cpu) & FLAG_ZF);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0x63, 0xC8);
    assert_false(cpu_eflags(&g->cpu) & FLAG_ZF);
}

static void peek_tells_what_a_load_would_give(void **state)
{
    struct guest *g = *state;
    struct segment s;
    guest_protected(g, 0);
    assert_true(segment_peek(&g->cpu, DATA16, &s));
    assert_int_equal(s.base, STACK0);
    assert_int_equal(guest_get(g, GDT_AT + DATA16 + 5, 1), 0x92);
    assert_false(segment_peek(&g->cpu, ABSENT_DATA, &s));
    assert_false(segment_peek(&g->cpu, 0xFFF8, &s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(real_mode_load_sets_base_only),
        GUEST_TEST(unreal_mode_keeps_a_large_limit),
        GUEST_TEST(code_segment_can_be_written_in_real_mode),
        GUEST_TEST(null_segment_is_usable_after_return_to_real_mode),
        GUEST_TEST(push_of_a_segment_with_32_bits_writes_two_bytes),
        GUEST_TEST(load_sets_base_limit_and_accessed_bit),
        GUEST_TEST(granularity_fills_the_low_limit_bits),
        GUEST_TEST(selector_outside_the_gdt_is_gp),
        GUEST_TEST(selector_in_an_absent_ldt_is_gp),
        GUEST_TEST(execute_only_code_is_no_data),
        GUEST_TEST(system_descriptor_is_no_data),
        GUEST_TEST(absent_data_is_np),
        GUEST_TEST(outer_level_cannot_load_inner_data),
        GUEST_TEST(rpl_does_not_strengthen_the_caller),
        GUEST_TEST(rpl_weakens_the_caller),
        GUEST_TEST(descriptor_must_lie_in_the_table_whole),
        GUEST_TEST(null_stack_is_gp_0),
        GUEST_TEST(stack_of_another_rpl_is_gp),
        GUEST_TEST(stack_of_another_dpl_is_gp),
        GUEST_TEST(read_only_stack_is_gp),
        GUEST_TEST(absent_stack_is_ss),
        GUEST_TEST(conforming_code_is_data_for_every_level),
        GUEST_TEST(null_selector_loads_but_faults_when_used),
        GUEST_TEST(write_to_read_only_data_is_gp),
        GUEST_TEST(limit_is_the_last_byte_that_may_be_touched),
        GUEST_TEST(expand_down_segment_lies_above_its_limit),
        GUEST_TEST(ldt_selector_is_found_there),
        GUEST_TEST(stack_size_follows_the_b_bit),
        GUEST_TEST(faulting_lds_leaves_the_register),
        GUEST_TEST(lss_loads_stack_and_pointer),
        GUEST_TEST(faulting_pop_leaves_the_stack_pointer),
        GUEST_TEST(v86_load_is_a_real_one),
        GUEST_TEST(verr_and_verw_follow_the_rights),
        GUEST_TEST(lar_and_lsl_read_the_descriptor),
        GUEST_TEST(arpl_raises_the_rpl),
        GUEST_TEST(peek_tells_what_a_load_would_give),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
