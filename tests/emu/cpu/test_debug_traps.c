/* Debug traps and what else happens between two instructions: single steps, the T bit of a task, what holds traps off,
 * the resume flag, and NMI. */
#include "debug_guest.h"

/* --- MOV SS, STI, HLT --- */

static void a_load_of_ss_puts_the_trap_of_its_operand_off(void **state)
{
    struct guest *g = *state;
    begin(g);
    guest_put(g, DATA_AT, DATA0, 2);
    set_breakpoint(g, 0, DATA_AT, ACCESS, LEN2, GLOBAL);
    CODE(g, 0x8E, 0x15, 0x00, 0x00, 0x06, 0x00, 0x40, 0x40);        /* MOV SS,[60000h]; INC EAX; INC EAX */
    guest_run(g, 2);
    assert_int_equal(g->cpu.eip, CODE_AT + 7);
    expect_trap(g, CODE_AT + 7, 1);
}

static void the_trap_that_was_put_off_meets_an_interrupt_at_its_handler(void **state)
{
    struct guest *g = *state;
    begin(g);
    guest_put(g, DATA_AT, DATA0, 2);
    set_breakpoint(g, 0, DATA_AT, ACCESS, LEN2, GLOBAL);
    CODE(g, 0x8E, 0x15, 0x00, 0x00, 0x06, 0x00, 0xCD, 0x40);        /* MOV SS,[60000h]; INT 40h */
    guest_run(g, 2);
    expect_trap(g, HANDLERS + 0x40 * 16, 1);
}

static void a_fault_does_not_lose_the_trap_that_was_put_off(void **state)
{
    struct guest *g = *state;
    begin(g);
    guest_put(g, DATA_AT, DATA0, 2);
    set_breakpoint(g, 0, DATA_AT, ACCESS, LEN2, GLOBAL);
    CODE(g, 0x8E, 0x15, 0x00, 0x00, 0x06, 0x00, 0x0F, 0x0B);        /* MOV SS,[60000h]; UD2 */
    guest_run(g, 2);
    expect_trap(g, HANDLERS + EXC_UD * 16, 1);
}

static void sti_does_not_put_a_trap_off(void **state)
{
    struct guest *g = *state;
    begin(g);
    cpu_set_eflags(&g->cpu, FLAG_TF | 2);
    CODE(g, 0xFB, 0x90);
    guest_run(g, 1);
    expect_trap(g, CODE_AT + 1, DR6_BS);
}

static void a_single_step_wakes_hlt(void **state)
{
    struct guest *g = *state;
    begin(g);
    cpu_set_eflags(&g->cpu, FLAG_TF | 2);
    CODE(g, 0xF4, 0x90);
    guest_run(g, 1);
    expect_trap(g, CODE_AT + 1, DR6_BS);
    assert_int_equal(g->cpu.attention & ATTEND_HALTED, 0);
}

/* --- Single steps and task traps --- */

static void a_step_and_a_hit_are_one_exception(void **state)
{
    struct guest *g = *state;
    begin(g);
    cpu_set_eflags(&g->cpu, FLAG_TF | 2);
    set_breakpoint(g, 0, DATA_AT, WRITE, LEN4, GLOBAL);
    CODE(g, 0xA3, 0x00, 0x00, 0x06, 0x00, 0x90);
    guest_run(g, 1);
    expect_trap(g, CODE_AT + 5, DR6_BS | 1);
    guest_run(g, 2);
    assert_int_equal(g->cpu.eip, CODE_AT + 6);          /* and not one more for the same */
}

static void a_step_tells_of_breakpoints_that_are_not_enabled(void **state)
{
    struct guest *g = *state;
    begin(g);
    set_breakpoint(g, 0, DATA_AT, WRITE, LEN4, DISABLED);
    set_breakpoint(g, 1, DATA_AT, ACCESS, LEN4, DISABLED);
    CODE(g, 0xA1, 0x00, 0x00, 0x06, 0x00, 0xA3, 0x00, 0x00, 0x06, 0x00, 0x90);      /* read, write, NOP */
    guest_run(g, 1);
    cpu_set_eflags(&g->cpu, FLAG_TF | 2);
    guest_run(g, 1);
    expect_trap(g, CODE_AT + 10, DR6_BS | 1 | 2);
    debug_register_write(&g->cpu, 6, 0);
    guest_run(g, 2);
    expect_trap(g, CODE_AT + 11, DR6_BS);
}

static void a_trap_tells_of_the_breakpoint_that_comes_next(void **state)
{
    struct guest *g = *state;
    begin(g);
    cpu_set_eflags(&g->cpu, FLAG_TF | 2);
    set_breakpoint(g, 1, CODE_AT + 1, FETCH, LEN1, GLOBAL);
    CODE(g, 0x40, 0x40);
    guest_run(g, 1);
    expect_trap(g, CODE_AT + 1, DR6_BS | 2);
    guest_run(g, 2);                                    /* IRETD, and now the fault itself */
    expect_fault(g, CODE_AT + 1, DR6_BS | 2);
}

static void dr6_is_never_cleared_by_an_exception(void **state)
{
    struct guest *g = *state;
    begin(g);
    debug_register_write(&g->cpu, 6, DR6_BT | DR6_BD | 8);
    cpu_set_eflags(&g->cpu, FLAG_TF | 2);
    CODE(g, 0x40);
    guest_run(g, 1);
    expect_trap(g, CODE_AT + 1, DR6_BT | DR6_BD | DR6_BS | 8);
}

static void icebp_leaves_dr6_alone_and_opens_the_registers(void **state)
{
    struct guest *g = *state;
    begin(g);
    debug_register_write(&g->cpu, 7, DR7_GD);
    cpu_set_eflags(&g->cpu, FLAG_TF | 2);
    CODE(g, 0xF1);
    guest_run(g, 1);
    assert_int_equal(g->cpu.eip, DB_HANDLER);           /* no step after it: TF went with the entry */
    assert_int_equal(g->cpu.attention & ATTEND_TRAP, 0);
    assert_int_equal(guest_stack(g, 0), CODE_AT + 1);
    assert_int_equal(guest_stack(g, 2), FLAG_TF | 2);
    assert_int_equal(g->cpu.dr[7], 0x400);
    expect_dr6(g, 0);
}

static void int3_into_and_int_1_swallow_the_step_and_set_nothing(void **state)
{
    static const struct { uint8_t code[2]; unsigned vector; } row[] = {
        { { 0xCC }, EXC_BP }, { { 0xCE }, EXC_OF }, { { 0xCD, 1 }, EXC_DB }
    };
    struct guest *g = *state;
    begin(g);
    for (unsigned i = 0; i < 3; i++) {
        cpu_set_eflags(&g->cpu, FLAG_TF | FLAG_OF | 2);
        g->cpu.eip = CODE_AT;
        guest_code(g, row[i].code, 2);
        guest_run(g, 1);
        expect_no_trap(g, HANDLERS + row[i].vector * 16);
    }
    cpu_set_eflags(&g->cpu, FLAG_TF | 2);
    g->cpu.eip = CODE_AT;
    CODE(g, 0xCE, 0x90);                                /* OF is clear: an instruction like others */
    guest_run(g, 1);
    expect_trap(g, CODE_AT + 1, DR6_BS);
}

/* A 386 TSS at TSS2_AT that goes on at CODE_AT + 0x100. */
static void put_task(struct guest *g, uint32_t eflags, bool trap)
{
    static const uint16_t selector[] = { DATA0, CODE0, DATA0, DATA0, DATA0, DATA0 };
    guest_put(g, TSS2_AT + 32, CODE_AT + 0x100, 4);
    guest_put(g, TSS2_AT + 36, eflags, 4);
    guest_put(g, TSS2_AT + 40 + ESP * 4, STACK1 + 0x800, 4);
    for (unsigned i = 0; i < 6; i++)
        guest_put(g, TSS2_AT + 72 + i * 4, selector[i], 4);
    guest_put(g, TSS2_AT + 100, trap, 2);
    guest_put(g, CODE_AT + 0x100, 0x9090, 2);
}

static void jump_to_task(struct guest *g)
{
    GUEST_STEP(g, 0xEA, 0, 0, 0, 0, TSS2, 0);           /* JMP TSS2:0 */
    assert_int_equal(g->cpu.tr.selector, TSS2);
    assert_int_equal(g->cpu.eip, CODE_AT + 0x100);
}

static void the_t_bit_traps_before_the_first_instruction_of_the_task(void **state)
{
    struct guest *g = *state;
    begin(g);
    put_task(g, 2, true);
    set_breakpoint(g, 3, TSS2_AT + 100, ACCESS, LEN2, DISABLED);
    jump_to_task(g);
    expect_trap(g, CODE_AT + 0x100, DR6_BT | 8);
    guest_run(g, 2);
    assert_int_equal(g->cpu.eip, CODE_AT + 0x101);
}

static void a_task_switch_takes_the_local_breakpoints_away(void **state)
{
    struct guest *g = *state;
    begin(g);
    put_task(g, 2, false);
    set_breakpoint(g, 0, CODE_AT + 0x100, FETCH, LEN1, LOCAL);
    set_breakpoint(g, 1, CODE_AT + 0x101, FETCH, LEN1, GLOBAL | LOCAL);
    debug_register_write(&g->cpu, 7, g->cpu.dr[7] | 0x300);
    jump_to_task(g);
    assert_int_equal(g->cpu.dr[7] & 0x3FF, 0x208);      /* G1 and GE */
    guest_run(g, 2);
    expect_fault(g, CODE_AT + 0x101, 2);
}

static void a_task_switch_loads_rf(void **state)
{
    struct guest *g = *state;
    begin(g);
    put_task(g, FLAG_RF | 2, false);
    set_breakpoint(g, 0, CODE_AT + 0x100, FETCH, LEN1, GLOBAL);
    cpu_set_eflags(&g->cpu, FLAG_RF | 2);               /* the jump itself began with RF */
    jump_to_task(g);
    assert_int_equal(g->cpu.eflags & FLAG_RF, FLAG_RF);
    guest_run(g, 1);
    expect_no_trap(g, CODE_AT + 0x101);
}

static void tf_of_the_old_task_does_not_trap_in_the_new_one(void **state)
{
    struct guest *g = *state;
    begin(g);
    put_task(g, FLAG_TF | 2, false);
    cpu_set_eflags(&g->cpu, FLAG_TF | 2);
    jump_to_task(g);
    guest_run(g, 1);
    assert_int_equal(g->cpu.eip, CODE_AT + 0x101);
    expect_trap(g, CODE_AT + 0x101, DR6_BS);            /* that of the new task's own TF */
}

/* --- RF --- */

static void rf_is_in_the_image_of_faults_not_of_interrupts(void **state)
{
    struct guest *g = *state;
    begin(g);
    cpu_set_eflags(&g->cpu, FLAG_RF | 2);
    GUEST_STEP(g, 0xCD, 0x40);
    assert_int_equal(guest_stack(g, 2), 2);             /* RF ended when INT began */
    assert_int_equal(g->cpu.eflags & FLAG_RF, 0);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0x0F, 0x0B);
    assert_int_equal(guest_stack(g, 2), FLAG_RF | 2);
}

static void a_double_fault_is_no_fault(void **state)
{
    struct guest *g = *state;
    begin(g);
    guest_gate(g, EXC_GP, CODE0, HANDLERS, 0x0E);       /* not present: #NP while #GP is delivered */
    GUEST_STEP(g, 0xCD, 0xFF, 0x90);
    g->cpu.eip = CODE_AT;
    g->cpu.idtr.limit = 0x7F;                           /* INT 40h: #GP */
    GUEST_STEP(g, 0xCD, 0x40);
    assert_int_equal(g->cpu.eip, HANDLERS + EXC_DF * 16);
    assert_int_equal(guest_stack(g, 3), 2);
}

static void an_interrupt_before_the_instruction_saves_rf(void **state)
{
    struct guest *g = *state;
    begin(g);
    CODE(g, 0x90);
    cpu_set_eflags(&g->cpu, FLAG_RF | FLAG_IF | 2);
    g->vector = 0x40;
    cpu_set_intr(&g->cpu, true);
    guest_run(g, 1);
    assert_int_equal(guest_stack(g, 0), CODE_AT);
    assert_int_equal(guest_stack(g, 2), FLAG_RF | FLAG_IF | 2);
}

static void popf_and_iret_of_16_bits_leave_rf_clear(void **state)
{
    struct guest *g = *state;
    begin(g);
    guest_put(g, g->cpu.r[ESP], FLAG_RF | 2, 4);
    cpu_set_eflags(&g->cpu, FLAG_RF | 2);
    GUEST_STEP(g, 0x9D);
    assert_int_equal(g->cpu.eflags & FLAG_RF, 0);
    guest_put(g, g->cpu.r[ESP], 0x0100, 2);             /* IP below 64 KB */
    guest_put(g, g->cpu.r[ESP] + 2, CODE0, 2);
    guest_put(g, g->cpu.r[ESP] + 4, 2, 2);
    cpu_set_eflags(&g->cpu, FLAG_RF | 2);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0x66, 0xCF);
    assert_int_equal(g->cpu.eip, 0x100);
    assert_int_equal(g->cpu.eflags & FLAG_RF, 0);
}

static void rf_lasts_until_a_repeated_instruction_is_complete(void **state)
{
    struct guest *g = *state;
    begin(g);
    CODE(g, 0xF3, 0xAA, 0x90);
    g->cpu.r[ECX] = 3;
    g->cpu.r[EDI] = DATA_AT;
    set_breakpoint(g, 0, CODE_AT, FETCH, LEN1, GLOBAL);
    set_breakpoint(g, 1, DATA_AT + 1, WRITE, LEN1, GLOBAL);
    guest_run(g, 1);
    expect_fault(g, CODE_AT, 1);
    guest_run(g, 3);                                    /* NOP, IRETD, two iterations */
    assert_int_equal(g->cpu.r[ECX], 1);
    guest_run(g, 1);
    assert_int_equal(guest_stack(g, 0), CODE_AT);
    assert_int_equal(guest_stack(g, 2), FLAG_RF | 2);   /* a trap, but between iterations */
    guest_run(g, 2);
    assert_int_equal(g->cpu.eip, CODE_AT + 2);
    assert_int_equal(g->cpu.eflags & FLAG_RF, 0);
}

/* --- NMI --- */

static void vector_2_from_the_pic_masks_no_nmi(void **state)
{
    struct guest *g = *state;
    begin(g);
    CODE(g, 0x90, 0x90);
    guest_put(g, HANDLERS + EXC_NMI * 16, 0x9090, 2);
    cpu_set_eflags(&g->cpu, FLAG_IF | 2);
    g->vector = EXC_NMI;
    cpu_set_intr(&g->cpu, true);
    guest_run(g, 1);
    assert_false(g->cpu.nmi_masked);
    cpu_nmi(&g->cpu);
    guest_run(g, 1);
    assert_true(g->cpu.nmi_masked);
    assert_int_equal(guest_stack(g, 0), HANDLERS + EXC_NMI * 16 + 1);
}

static void an_nmi_that_cannot_be_delivered_masks_too(void **state)
{
    struct guest *g = *state;
    begin(g);
    CODE(g, 0x90, 0x90);
    guest_gate(g, EXC_NMI, CODE0, HANDLERS, 0x0E);
    cpu_nmi(&g->cpu);
    guest_run(g, 1);
    assert_int_equal(g->cpu.eip, HANDLERS + EXC_NP * 16);
    assert_true(g->cpu.nmi_masked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(a_load_of_ss_puts_the_trap_of_its_operand_off),
        GUEST_TEST(the_trap_that_was_put_off_meets_an_interrupt_at_its_handler),
        GUEST_TEST(a_fault_does_not_lose_the_trap_that_was_put_off),
        GUEST_TEST(sti_does_not_put_a_trap_off),
        GUEST_TEST(a_single_step_wakes_hlt),
        GUEST_TEST(a_step_and_a_hit_are_one_exception),
        GUEST_TEST(a_step_tells_of_breakpoints_that_are_not_enabled),
        GUEST_TEST(a_trap_tells_of_the_breakpoint_that_comes_next),
        GUEST_TEST(dr6_is_never_cleared_by_an_exception),
        GUEST_TEST(icebp_leaves_dr6_alone_and_opens_the_registers),
        GUEST_TEST(int3_into_and_int_1_swallow_the_step_and_set_nothing),
        GUEST_TEST(the_t_bit_traps_before_the_first_instruction_of_the_task),
        GUEST_TEST(a_task_switch_takes_the_local_breakpoints_away),
        GUEST_TEST(a_task_switch_loads_rf),
        GUEST_TEST(tf_of_the_old_task_does_not_trap_in_the_new_one),
        GUEST_TEST(rf_is_in_the_image_of_faults_not_of_interrupts),
        GUEST_TEST(a_double_fault_is_no_fault),
        GUEST_TEST(an_interrupt_before_the_instruction_saves_rf),
        GUEST_TEST(popf_and_iret_of_16_bits_leave_rf_clear),
        GUEST_TEST(rf_lasts_until_a_repeated_instruction_is_complete),
        GUEST_TEST(vector_2_from_the_pic_masks_no_nmi),
        GUEST_TEST(an_nmi_that_cannot_be_delivered_masks_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
