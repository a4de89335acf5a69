/* Interrupts and exceptions in real, protected and V86 mode: frames, gates, privilege, flags, error codes, double
 * faults and shutdown, and the way back by IRET. */
#include "guest_cpu.h"

/* --- Real mode --- */

static void real_vector(struct guest *g, unsigned vector, uint16_t cs, uint16_t ip)
{
    guest_put(g, vector * 4, ip | (uint32_t)cs << 16, 4);
}

static void real_int_pushes_flags_cs_ip(void **state)
{
    struct guest *g = *state;
    real_vector(g, 0x21, 0x2000, 0x0123);
    cpu_set_eflags(&g->cpu, FLAG_IF | FLAG_CF | FLAG_DF | 2);
    GUEST_STEP(g, 0xCD, 0x21);
    assert_int_equal(g->cpu.seg[CS].selector, 0x2000);
    assert_int_equal(g->cpu.seg[CS].base, 0x20000);
    assert_int_equal(g->cpu.eip, 0x123);
    assert_int_equal(g->cpu.r[ESP], 0xFFA);
    assert_int_equal(guest_get(g, STACK0 + 0xFFA, 2), 2);
    assert_int_equal(guest_get(g, STACK0 + 0xFFC, 2), CODE_AT >> 4);
    assert_int_equal(guest_get(g, STACK0 + 0xFFE, 2), FLAG_IF | FLAG_CF | FLAG_DF | 2);
    assert_int_equal(cpu_eflags(&g->cpu), FLAG_CF | FLAG_DF | 2);
}

static void real_iret_comes_back(void **state)
{
    struct guest *g = *state;
    real_vector(g, 0x21, CODE_AT >> 4, 2);              /* the IRET after INT 21h */
    cpu_set_eflags(&g->cpu, FLAG_IF | FLAG_CF | 2);
    const uint8_t code[] = { 0xCD, 0x21, 0xCF };
    guest_code(g, code, sizeof code);
    guest_run(g, 2);
    assert_int_equal(g->cpu.eip, 2);
    assert_int_equal(g->cpu.seg[CS].selector, CODE_AT >> 4);
    assert_int_equal(g->cpu.r[ESP], 0x1000);
    assert_int_equal(cpu_eflags(&g->cpu), FLAG_IF | FLAG_CF | 2);
}

static void real_iret_loads_iopl_and_nt(void **state)
{
    struct guest *g = *state;
    g->cpu.r[ESP] = 0x800;
    guest_put(g, STACK0 + 0x800, 0x10, 2);
    guest_put(g, STACK0 + 0x802, CODE_AT >> 4, 2);
    guest_put(g, STACK0 + 0x804, 0xFFFF, 2);
    GUEST_STEP(g, 0xCF);
    assert_int_equal(cpu_eflags(&g->cpu), 0x7FD7);
}

static void real_vector_table_moves_with_idtr(void **state)
{
    struct guest *g = *state;
    g->cpu.idtr.base = 0x7000;
    guest_put(g, 0x7000 + 5 * 4, 0x20000055, 4);
    GUEST_STEP(g, 0xCD, 5);
    assert_int_equal(g->cpu.eip, 0x55);
}

static void real_vector_outside_the_table_is_exception_8(void **state)
{
    struct guest *g = *state;
    g->cpu.idtr.limit = 0x7F;
    real_vector(g, 8, 0x2000, 0x88);
    GUEST_STEP(g, 0xCD, 0x20);
    assert_int_equal(g->cpu.eip, 0x88);
    assert_int_equal(guest_get(g, STACK0 + 0xFFA, 2), 0);   /* returns to the INT itself */
    assert_int_equal(g->cpu.r[ESP], 0xFFA);                 /* no error code in real mode */
}

static void real_fault_has_no_error_code(void **state)
{
    struct guest *g = *state;
    real_vector(g, EXC_GP, 0x2000, 0xDD);
    g->cpu.r[EBX] = 0xFFFF;
    GUEST_STEP(g, 0x8B, 0x07);                          /* MOV AX, [BX]: word at FFFFh */
    assert_int_equal(g->cpu.eip, 0xDD);
    assert_int_equal(g->cpu.r[ESP], 0xFFA);
    assert_int_equal(guest_get(g, STACK0 + 0xFFA, 2), 0);
}

static void real_int_without_stack_shuts_down(void **state)
{
    struct guest *g = *state;
    g->cpu.r[ESP] = 1;
    GUEST_STEP(g, 0xCD, 0x21);
    assert_int_equal(g->cpu.r[ESP], 1);
    assert_true(guest_run(g, 1) == CPU_SHUTDOWN || g->cpu.attention & ATTEND_SHUTDOWN);
}

static void int3_and_into_and_bound(void **state)
{
    struct guest *g = *state;
    real_vector(g, EXC_BP, 0x2000, 3);
    real_vector(g, EXC_OF, 0x2000, 4);
    real_vector(g, EXC_BR, 0x2000, 5);
    GUEST_STEP(g, 0xCC);
    assert_int_equal(g->cpu.eip, 3);
    assert_int_equal(guest_get(g, STACK0 + 0xFFA, 2), 1);

    segment_set_real(&g->cpu, CS, CODE_AT >> 4);
    g->cpu.eip = 0;
    GUEST_STEP(g, 0xCE);
    assert_int_equal(g->cpu.eip, 1);                    /* OF is clear */
    cpu_set_eflags(&g->cpu, FLAG_OF | 2);
    g->cpu.eip = 0;
    GUEST_STEP(g, 0xCE);
    assert_int_equal(g->cpu.eip, 4);

    segment_set_real(&g->cpu, CS, CODE_AT >> 4);
    segment_set_real(&g->cpu, DS, DATA_AT >> 4);
    guest_put(g, DATA_AT, 0x0005FFFE, 4);               /* -2 .. 5 */
    g->cpu.r[EAX] = 0xFFFE;
    g->cpu.eip = 0;
    GUEST_STEP(g, 0x62, 0x06, 0, 0);                    /* BOUND AX, [0] */
    assert_int_equal(g->cpu.eip, 4);
    g->cpu.r[EAX] = 6;
    g->cpu.eip = 0;
    GUEST_STEP(g, 0x62, 0x06, 0, 0);
    assert_int_equal(g->cpu.eip, 5);
}

/* --- Protected mode --- */

static void interrupt_gate_clears_if_and_trap_gate_does_not(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    guest_gate(g, 0x41, CODE0, HANDLERS, 0x8F);
    cpu_set_eflags(&g->cpu, FLAG_IF | FLAG_NT | 2);
    GUEST_STEP(g, 0xCD, 0x40);
    assert_int_equal(cpu_eflags(&g->cpu), 2);
    assert_int_equal(guest_stack(g, 0), CODE_AT + 2);
    assert_int_equal(guest_stack(g, 1), CODE0);
    assert_int_equal(guest_stack(g, 2), FLAG_IF | FLAG_NT | 2);
    cpu_set_eflags(&g->cpu, FLAG_IF | 2);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0xCD, 0x41);
    assert_int_equal(cpu_eflags(&g->cpu), FLAG_IF | 2);
}

static void inner_gate_switches_stacks(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    guest_gate(g, 0x40, CODE0, HANDLERS, 0xEE);
    GUEST_STEP(g, 0xCD, 0x40);
    assert_int_equal(g->cpu.cpl, 0);
    assert_int_equal(g->cpu.seg[SS].selector, DATA0);
    assert_int_equal(g->cpu.r[ESP], STACK0 + 0x1000 - 20);
    assert_int_equal(guest_stack(g, 0), CODE_AT + 2);
    assert_int_equal(guest_stack(g, 1), CODE3);
    assert_int_equal(guest_stack(g, 3), STACK3 + 0x800);
    assert_int_equal(guest_stack(g, 4), DATA3);
    assert_int_equal(g->cpu.seg[DS].selector, DATA3);   /* data segments stay */
}

static void iret_returns_to_the_outer_level(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    guest_gate(g, 0x40, CODE0, CODE_AT + 2, 0xEE);
    const uint8_t code[] = { 0xCD, 0x40, 0xCF };
    guest_code(g, code, sizeof code);
    cpu_set_eflags(&g->cpu, FLAG_IF | FLAG_ZF | 2);
    guest_run(g, 1);
    segment_load(&g->cpu, DS, DATA0);                   /* the handler forgets to restore it */
    guest_run(g, 1);
    assert_int_equal(g->cpu.cpl, 3);
    assert_int_equal(g->cpu.eip, CODE_AT + 2);
    assert_int_equal(g->cpu.seg[CS].selector, CODE3);
    assert_int_equal(g->cpu.seg[SS].selector, DATA3);
    assert_int_equal(g->cpu.r[ESP], STACK3 + 0x800);
    assert_int_equal(cpu_eflags(&g->cpu), FLAG_IF | FLAG_ZF | 2);
    assert_false(g->cpu.seg[DS].valid);
    assert_int_equal(g->cpu.seg[DS].selector, 0);
    assert_int_equal(g->cpu.seg[ES].selector, DATA3);
}

static void gate_of_286_pushes_words(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    guest_gate(g, 0x40, CODE16, 0x1234, 0x86);
    GUEST_STEP(g, 0xCD, 0x40);
    assert_int_equal(g->cpu.eip, 0x1234);
    assert_int_equal(g->cpu.r[ESP], STACK0 + 0x800 - 6);
    assert_int_equal(guest_get(g, STACK0 + 0x7FA, 2), (CODE_AT + 2) & 0xFFFF);
    assert_int_equal(guest_get(g, STACK0 + 0x7FC, 2), CODE0);
}

static void conforming_handler_keeps_the_level(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    guest_gate(g, 0x40, CONFORMING0, HANDLERS, 0xEE);
    GUEST_STEP(g, 0xCD, 0x40);
    assert_int_equal(g->cpu.cpl, 3);
    assert_int_equal(g->cpu.seg[CS].selector, CONFORMING0 | 3);
    assert_int_equal(g->cpu.r[ESP], STACK3 + 0x800 - 12);
}

static void software_interrupt_needs_the_gates_dpl(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    GUEST_STEP(g, 0xCD, 0x40);
    guest_expect_fault(g, EXC_GP, 0x40 * 8 + 2, CODE_AT);
}

static void icebp_does_not_ask_the_gates_dpl(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    GUEST_STEP(g, 0xF1);
    guest_expect_fault(g, EXC_DB, -1, CODE_AT + 1);
}

static void faults_push_rf(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    GUEST_STEP(g, 0x0F, 0x0B);
    guest_expect_fault(g, EXC_UD, -1, CODE_AT);
    assert_int_equal(guest_stack(g, 2), FLAG_RF | 2);
    assert_int_equal(cpu_eflags(&g->cpu), 2);
}

/* RF was meant for the INT itself (SDM 17.3.1.1). */
static void software_interrupts_push_rf_clear(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    guest_gate(g, 0x40, CODE0, HANDLERS + 0x400, 0xEE);
    cpu_set_eflags(&g->cpu, FLAG_RF | 2);
    GUEST_STEP(g, 0xCD, 0x40);
    assert_int_equal(guest_stack(g, 2), 2);
}

#define GATE_FAULT(name, vector, selector, access, fault, code)                                                       \
    static void name(void **state)                                                                                     \
    {                                                                                                                  \
        struct guest *g = *state;                                                                                      \
        guest_protected(g, 0);                                                                                         \
        guest_gate(g, vector, selector, HANDLERS, access);                                                             \
        GUEST_STEP(g, 0xCD, vector);                                                                                   \
        guest_expect_fault(g, fault, code, CODE_AT);                                                                   \
    }

GATE_FAULT(absent_gate_is_np, 0x40, CODE0, 0x0E, EXC_NP, 0x202)
GATE_FAULT(call_gate_in_the_idt_is_gp, 0x40, CODE0, 0x8C, EXC_GP, 0x202)
GATE_FAULT(handler_that_is_data_is_gp, 0x40, DATA0, 0x8E, EXC_GP, DATA0)
GATE_FAULT(handler_of_an_outer_level_is_gp, 0x40, CODE3, 0x8E, EXC_GP, CODE3 & ~3)
GATE_FAULT(null_handler_is_gp_0, 0x40, 0, 0x8E, EXC_GP, 0)
GATE_FAULT(absent_handler_is_np, 0x40, ABSENT_CODE, 0x8E, EXC_NP, ABSENT_CODE)

static void vector_outside_the_idt_is_gp(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    g->cpu.idtr.limit = 0x1FF;
    GUEST_STEP(g, 0xCD, 0x40);
    guest_expect_fault(g, EXC_GP, 0x202, CODE_AT);
}

static void inner_stack_faults(struct guest *g, uint16_t selector, unsigned vector, int code)
{
    guest_protected(g, 3);
    guest_gate(g, 0x40, CODE1, HANDLERS, 0xEE);
    guest_put(g, TSS_AT + 16, selector, 2);
    GUEST_STEP(g, 0xCD, 0x40);
    guest_expect_fault(g, vector, code, CODE_AT);
}

static void null_inner_stack_is_ts_0(void **state) { inner_stack_faults(*state, 0, EXC_TS, 0); }
static void inner_stack_of_another_level_is_ts(void **state) { inner_stack_faults(*state, DATA0, EXC_TS, DATA0); }
static void inner_stack_of_code_is_ts(void **state) { inner_stack_faults(*state, CODE1, EXC_TS, CODE1 & ~3); }
static void absent_inner_stack_is_ss(void **state)
{
    inner_stack_faults(*state, ABSENT_STACK1, EXC_SS, ABSENT_STACK1 & ~3);
}

static void short_tss_is_ts_of_the_task(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    guest_gate(g, 0x40, CODE1, HANDLERS, 0xEE);
    g->cpu.tr.limit = 0x10;
    GUEST_STEP(g, 0xCD, 0x40);
    guest_expect_fault(g, EXC_TS, TSS1, CODE_AT);
}

static void inner_stack_without_room_is_ss_of_it(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    guest_gate(g, 0x40, CODE1, HANDLERS, 0xEE);
    guest_descriptor(g, FREE, STACK1, 0xFF, 0x4093 | DPL1);
    guest_put(g, TSS_AT + 12, 0x10, 4);
    guest_put(g, TSS_AT + 16, FREE | 1, 2);
    GUEST_STEP(g, 0xCD, 0x40);
    guest_expect_fault(g, EXC_SS, FREE, CODE_AT);
    assert_int_equal(guest_get(g, STACK1, 4), 0);       /* nothing was pushed */
}

static void error_code_of_a_hardware_interrupt_has_ext(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    guest_gate(g, 0x40, CODE0, HANDLERS, 0x0E);
    cpu_set_eflags(&g->cpu, FLAG_IF | 2);
    g->vector = 0x40;
    const uint8_t code[] = { 0x90, 0x90 };
    guest_code(g, code, sizeof code);
    cpu_set_intr(&g->cpu, true);
    guest_run(g, 1);
    assert_int_equal(g->cpu.seg[CS].selector, CODE0);
    uint32_t frame = STACK0 + 0x800 - 16;
    assert_int_equal(guest_get(g, frame, 4), 0x203);
    assert_int_equal(guest_get(g, frame + 4, 4) - CODE_AT, 0);
}

static void page_fault_pushes_code_and_sets_cr2(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    guest_put(g, 0x20000, 0x21007, 4);                  /* directory and table at 20000, 21000: identity */
    for (uint32_t page = 0; page < 256; page++)
        guest_put(g, 0x21000 + page * 4, page << 12 | 7, 4);
    guest_put(g, 0x21000 + (DATA_AT >> 12) * 4, DATA_AT | 6, 4);
    g->cpu.cr3 = 0x20000;
    g->cpu.cr0 |= CR0_PG;
    page_flush(&g->cpu);
    GUEST_STEP(g, 0xA2, 4, 0, 6, 0);                    /* MOV [60004h], AL */
    guest_expect_fault(g, EXC_PF, 6, CODE_AT);
    assert_int_equal(g->cpu.cr2, DATA_AT + 4);
}

/* --- Double faults --- */

static void fault_during_a_contributory_fault_is_double(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    guest_gate(g, EXC_GP, CODE0, HANDLERS, 0x0E);
    guest_gate(g, EXC_NP, CODE0, HANDLERS, 0x0E);
    GUEST_STEP(g, 0xCD, 0x40);                          /* fine */
    g->cpu.eip = CODE_AT;
    g->cpu.idtr.limit = 0x1FF;
    GUEST_STEP(g, 0xCD, 0x40);                          /* #GP, whose gate is absent: #NP */
    guest_expect_fault(g, EXC_DF, 0, CODE_AT);
}

static void fault_during_a_benign_one_is_delivered_alone(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    guest_gate(g, EXC_UD, CODE0, HANDLERS, 0x0E);
    GUEST_STEP(g, 0x0F, 0x0B);
    guest_expect_fault(g, EXC_NP, EXC_UD * 8 + 3, CODE_AT);
}

static void fault_during_a_double_fault_shuts_down(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    g->cpu.idtr.limit = 0;
    const uint8_t code[] = { 0xCC };
    guest_code(g, code, sizeof code);
    enum cpu_stop stop = guest_run(g, 2);
    assert_true(stop == CPU_SHUTDOWN || stop == CPU_DEAD);
}

static void endless_alignment_faults_end(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    guest_gate(g, EXC_AC, CONFORMING0, HANDLERS, 0xEE);     /* stays at level 3, where pushes are checked */
    g->cpu.cr0 |= CR0_AM;
    cpu_set_eflags(&g->cpu, FLAG_AC | 2);
    g->cpu.r[ESP] = STACK3 + 0x801;
    cpu_flush_tlb(&g->cpu);
    cpu_mode_changed(&g->cpu);
    GUEST_STEP(g, 0xA1, 1, 0, 6, 0);                        /* MOV EAX, [60001h] */
    guest_expect_fault(g, EXC_DF, 0, CODE_AT);
}

/* --- V86 mode --- */

static void interrupt_out_of_v86_pushes_the_data_segments(void **state)
{
    struct guest *g = *state;
    guest_v86(g, 3);
    guest_gate(g, 0x40, CODE0, HANDLERS, 0xEE);
    GUEST_STEP(g, 0xCD, 0x40);
    const uint32_t frame[] = { 2, CODE_AT >> 4, FLAG_VM | FLAG_IOPL | 2, 0x800, STACK3 >> 4, 0x2222, 0x1111, 0x3333,
                               0x4444 };
    for (unsigned i = 0; i < 9; i++)
        assert_int_equal(guest_stack(g, i), frame[i]);
    assert_int_equal(g->cpu.r[ESP], STACK0 + 0x1000 - 36);
    assert_false(cpu_v86(&g->cpu));
    assert_int_equal(g->cpu.cpl, 0);
    assert_int_equal(g->cpu.seg[DS].selector, 0);
    assert_false(g->cpu.seg[GS].valid);
}

static void iretd_goes_back_to_v86(void **state)
{
    struct guest *g = *state;
    guest_v86(g, 3);
    guest_gate(g, 0x40, CODE0, CODE_AT + 2, 0xEE);
    const uint8_t code[] = { 0xCD, 0x40, 0xCF };
    guest_code(g, code, sizeof code);
    guest_run(g, 2);
    assert_true(cpu_v86(&g->cpu));
    assert_int_equal(g->cpu.cpl, 3);
    assert_int_equal(g->cpu.eip, 2);
    assert_int_equal(g->cpu.seg[CS].base, CODE_AT);
    assert_int_equal(g->cpu.seg[SS].base, STACK3);
    assert_int_equal(g->cpu.r[ESP], 0x800);
    assert_int_equal(g->cpu.seg[DS].selector, 0x1111);
    assert_int_equal(g->cpu.seg[ES].selector, 0x2222);
    assert_int_equal(g->cpu.seg[FS].selector, 0x3333);
    assert_int_equal(g->cpu.seg[GS].selector, 0x4444);
    assert_int_equal(g->cpu.seg[GS].limit, 0xFFFF);
    assert_int_equal(g->cpu.sp_mask, 0xFFFF);
    assert_int_equal(cpu_iopl(&g->cpu), 3);
}

static void int_n_in_v86_needs_iopl_3_but_int3_does_not(void **state)
{
    struct guest *g = *state;
    guest_v86(g, 0);
    guest_gate(g, EXC_BP, CODE0, HANDLERS + EXC_BP * 16, 0xEE);
    GUEST_STEP(g, 0xCD, 0x21);
    guest_expect_fault(g, EXC_GP, 0, 0);
    guest_v86(g, 0);
    guest_gate(g, EXC_BP, CODE0, HANDLERS + EXC_BP * 16, 0xEE);
    GUEST_STEP(g, 0xCC);
    guest_expect_fault(g, EXC_BP, -1, 1);
}

#define V86_SENSITIVE(name, ...)                                                                                       \
    static void name(void **state)                                                                                     \
    {                                                                                                                  \
        struct guest *g = *state;                                                                                      \
        guest_v86(g, 2);                                                                                               \
        GUEST_STEP(g, __VA_ARGS__);                                                                                    \
        guest_expect_fault(g, EXC_GP, 0, 0);                                                                           \
    }

V86_SENSITIVE(cli_in_v86_needs_iopl_3, 0xFA)
V86_SENSITIVE(sti_in_v86_needs_iopl_3, 0xFB)
V86_SENSITIVE(pushf_in_v86_needs_iopl_3, 0x9C)
V86_SENSITIVE(popf_in_v86_needs_iopl_3, 0x9D)
V86_SENSITIVE(iret_in_v86_needs_iopl_3, 0xCF)
V86_SENSITIVE(hlt_in_v86_is_gp, 0xF4)

static void iret_in_v86_keeps_iopl_and_vm(void **state)
{
    struct guest *g = *state;
    guest_v86(g, 3);
    guest_put(g, STACK3 + 0x800, 0x0010, 2);
    guest_put(g, STACK3 + 0x802, CODE_AT >> 4, 2);
    guest_put(g, STACK3 + 0x804, FLAG_IF | FLAG_CF | 2, 2);
    GUEST_STEP(g, 0xCF);
    assert_int_equal(g->cpu.eip, 0x10);
    assert_int_equal(cpu_eflags(&g->cpu), FLAG_VM | FLAG_IOPL | FLAG_IF | FLAG_CF | 2);
}

static void handler_of_v86_must_be_level_0(void **state)
{
    struct guest *g = *state;
    guest_v86(g, 3);
    guest_gate(g, 0x40, CODE1, HANDLERS, 0xEE);
    GUEST_STEP(g, 0xCD, 0x40);
    guest_expect_fault(g, EXC_GP, CODE1 & ~3, 0);
    guest_v86(g, 3);
    guest_gate(g, 0x40, CONFORMING0, HANDLERS, 0xEE);
    GUEST_STEP(g, 0xCD, 0x40);
    guest_expect_fault(g, EXC_GP, CONFORMING0, 0);
}

static void iretd_at_an_outer_level_cannot_enter_v86(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    g->cpu.r[ESP] = STACK3 + 0x700;
    guest_put(g, STACK3 + 0x700, CODE_AT + 9, 4);
    guest_put(g, STACK3 + 0x704, CODE3, 4);
    guest_put(g, STACK3 + 0x708, FLAG_VM | FLAG_IF | FLAG_IOPL | FLAG_CF | 2, 4);
    GUEST_STEP(g, 0xCF);
    assert_int_equal(g->cpu.eip, CODE_AT + 9);
    assert_int_equal(cpu_eflags(&g->cpu), FLAG_CF | 2);     /* neither VM nor IF nor IOPL */
}

/* --- Flags and shadows --- */

static void popf_obeys_cpl_and_iopl(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    cpu_set_eflags(&g->cpu, 3 << 12 | 2);
    guest_put(g, STACK3 + 0x800, FLAG_IF | FLAG_NT | 2, 4);
    GUEST_STEP(g, 0x9D);
    assert_int_equal(cpu_eflags(&g->cpu), FLAG_IF | FLAG_NT | FLAG_IOPL | 2);
    guest_protected(g, 3);
    cpu_set_eflags(&g->cpu, FLAG_IF | 2);
    guest_put(g, STACK3 + 0x800, FLAG_IOPL | 2, 4);
    GUEST_STEP(g, 0x9D);
    assert_int_equal(cpu_eflags(&g->cpu), FLAG_IF | 2);
}

static void id_flag_needs_cpuid(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    guest_put(g, STACK0 + 0x800, FLAG_ID | FLAG_AC | 2, 4);
    GUEST_STEP(g, 0x9D);
    assert_int_equal(cpu_eflags(&g->cpu), FLAG_AC | 2);
    g->cpu.has_cpuid = true;
    guest_protected(g, 0);
    GUEST_STEP(g, 0x9D);
    assert_int_equal(cpu_eflags(&g->cpu), FLAG_ID | FLAG_AC | 2);
}

static void sti_holds_interrupts_off_for_one_instruction(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    const uint8_t code[] = { 0xFB, 0x40, 0x40, 0x40 };  /* STI; INC EAX ... */
    guest_code(g, code, sizeof code);
    g->vector = 0x40;
    cpu_set_intr(&g->cpu, true);
    guest_run(g, 3);                                    /* STI, INC EAX, HLT of the handler */
    assert_int_equal(g->cpu.r[EAX], 1);
    assert_int_equal(guest_stack(g, 0), CODE_AT + 2);
}

static void load_of_ss_holds_interrupts_off_for_one_instruction(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    cpu_set_eflags(&g->cpu, FLAG_IF | 2);
    const uint8_t code[] = { 0x8E, 0xD1, 0x40, 0x40 };  /* MOV SS, CX; INC EAX ... */
    guest_code(g, code, sizeof code);
    g->cpu.r[ECX] = DATA0;
    guest_run(g, 1);
    g->vector = 0x40;
    cpu_set_intr(&g->cpu, true);
    guest_run(g, 2);
    assert_int_equal(g->cpu.r[EAX], 1);
    assert_int_equal(guest_stack(g, 0), CODE_AT + 3);
}

static void nmi_is_masked_until_iret(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    guest_put(g, HANDLERS + EXC_NMI * 16, 0xCF4040, 3);     /* INC EAX; INC EAX; IRET */
    const uint8_t code[] = { 0x90, 0x90, 0x90 };
    guest_code(g, code, sizeof code);
    cpu_nmi(&g->cpu);
    guest_run(g, 1);
    assert_int_equal(g->cpu.eip, HANDLERS + EXC_NMI * 16 + 1);
    assert_true(g->cpu.nmi_masked);
    cpu_nmi(&g->cpu);
    guest_run(g, 1);
    assert_int_equal(g->cpu.eip, HANDLERS + EXC_NMI * 16 + 2);
    guest_run(g, 2);                                        /* IRET, then the second one */
    assert_int_equal(g->cpu.eip, HANDLERS + EXC_NMI * 16 + 1);
}

static void note_int_or_exception(void *ctx, const struct probe_event *event)
{
    uint32_t *seen = ctx;
    seen[event->kind == PROBE_INT] = event->a << 16 | event->b;
}

static void probes_report_int_and_exception(void **state)
{
    struct guest *g = *state;
    uint32_t seen[2] = { 0, 0 };
    guest_protected(g, 3);
    probe_listen(&g->probes, PROBE_BIT(PROBE_INT) | PROBE_BIT(PROBE_EXCEPTION), note_int_or_exception, seen);
    g->cpu.r[EAX] = 0x4C00;
    GUEST_STEP(g, 0xCD, 0x21);
    assert_int_equal(seen[1], 0x214C00);
    assert_int_equal(seen[0], EXC_GP << 16 | (0x21 * 8 + 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(real_int_pushes_flags_cs_ip),
        GUEST_TEST(real_iret_comes_back),
        GUEST_TEST(real_iret_loads_iopl_and_nt),
        GUEST_TEST(real_vector_table_moves_with_idtr),
        GUEST_TEST(real_vector_outside_the_table_is_exception_8),
        GUEST_TEST(real_fault_has_no_error_code),
        GUEST_TEST(real_int_without_stack_shuts_down),
        GUEST_TEST(int3_and_into_and_bound),
        GUEST_TEST(interrupt_gate_clears_if_and_trap_gate_does_not),
        GUEST_TEST(inner_gate_switches_stacks),
        GUEST_TEST(iret_returns_to_the_outer_level),
        GUEST_TEST(gate_of_286_pushes_words),
        GUEST_TEST(conforming_handler_keeps_the_level),
        GUEST_TEST(software_interrupt_needs_the_gates_dpl),
        GUEST_TEST(icebp_does_not_ask_the_gates_dpl),
        GUEST_TEST(faults_push_rf),
        GUEST_TEST(software_interrupts_push_rf_clear),
        GUEST_TEST(absent_gate_is_np),
        GUEST_TEST(call_gate_in_the_idt_is_gp),
        GUEST_TEST(handler_that_is_data_is_gp),
        GUEST_TEST(handler_of_an_outer_level_is_gp),
        GUEST_TEST(null_handler_is_gp_0),
        GUEST_TEST(absent_handler_is_np),
        GUEST_TEST(vector_outside_the_idt_is_gp),
        GUEST_TEST(null_inner_stack_is_ts_0),
        GUEST_TEST(inner_stack_of_another_level_is_ts),
        GUEST_TEST(inner_stack_of_code_is_ts),
        GUEST_TEST(absent_inner_stack_is_ss),
        GUEST_TEST(short_tss_is_ts_of_the_task),
        GUEST_TEST(inner_stack_without_room_is_ss_of_it),
        GUEST_TEST(error_code_of_a_hardware_interrupt_has_ext),
        GUEST_TEST(page_fault_pushes_code_and_sets_cr2),
        GUEST_TEST(fault_during_a_contributory_fault_is_double),
        GUEST_TEST(fault_during_a_benign_one_is_delivered_alone),
        GUEST_TEST(fault_during_a_double_fault_shuts_down),
        GUEST_TEST(endless_alignment_faults_end),
        GUEST_TEST(interrupt_out_of_v86_pushes_the_data_segments),
        GUEST_TEST(iretd_goes_back_to_v86),
        GUEST_TEST(int_n_in_v86_needs_iopl_3_but_int3_does_not),
        GUEST_TEST(cli_in_v86_needs_iopl_3),
        GUEST_TEST(sti_in_v86_needs_iopl_3),
        GUEST_TEST(pushf_in_v86_needs_iopl_3),
        GUEST_TEST(popf_in_v86_needs_iopl_3),
        GUEST_TEST(iret_in_v86_needs_iopl_3),
        GUEST_TEST(hlt_in_v86_is_gp),
        GUEST_TEST(iret_in_v86_keeps_iopl_and_vm),
        GUEST_TEST(handler_of_v86_must_be_level_0),
        GUEST_TEST(iretd_at_an_outer_level_cannot_enter_v86),
        GUEST_TEST(popf_obeys_cpl_and_iopl),
        GUEST_TEST(id_flag_needs_cpuid),
        GUEST_TEST(sti_holds_interrupts_off_for_one_instruction),
        GUEST_TEST(load_of_ss_holds_interrupts_off_for_one_instruction),
        GUEST_TEST(nmi_is_masked_until_iret),
        GUEST_TEST(probes_report_int_and_exception),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
