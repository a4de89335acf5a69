/* PROBE_INTERRUPT_FLAG: every way in which EFLAGS.IF changes is told, once, with its cause; nothing else is. */
#include "guest_cpu.h"

struct seen { unsigned count; uint32_t on, cause; };

static void note(void *ctx, const struct probe_event *event)
{
    struct seen *seen = ctx;
    seen->count++;
    seen->on = event->a;
    seen->cause = event->b;
}

static struct seen *listen(struct guest *g)
{
    struct seen *seen = calloc(1, sizeof *seen);
    assert_non_null(seen);
    probe_listen(&g->probes, PROBE_BIT(PROBE_INTERRUPT_FLAG), note, seen);
    return seen;
}

/* One event since the last call. */
static void told(struct guest *g, struct seen *seen, bool on, unsigned cause)
{
    assert_int_equal(seen->count, 1);
    assert_int_equal(seen->on, on);
    assert_int_equal(seen->cause, cause);
    assert_int_equal(!!(g->cpu.eflags & FLAG_IF), on);
    seen->count = 0;
}

static void step_to(struct guest *g, uint32_t eip)
{
    g->cpu.eip = eip;
    guest_run(g, 1);
}

static void cli_and_sti_tell_changes_only(void **state)
{
    struct guest *g = *state;
    struct seen *seen = listen(g);
    const uint8_t code[] = { 0xFA, 0xFB, 0xFB, 0xFA, 0xFA, 0x90 };
    guest_code(g, code, sizeof code);
    guest_run(g, 1);
    assert_int_equal(seen->count, 0);
    guest_run(g, 1);
    told(g, seen, true, 0);
    guest_run(g, 1);
    assert_int_equal(seen->count, 0);
    guest_run(g, 1);
    told(g, seen, false, 0);
    guest_run(g, 2);
    assert_int_equal(seen->count, 0);
    free(seen);
}

static void popf_tells_what_it_loads(void **state)
{
    struct guest *g = *state;
    struct seen *seen = listen(g);
    const uint8_t code[] = { 0x9D, 0x9D, 0x9D };
    guest_code(g, code, sizeof code);
    g->cpu.r[ESP] = 0x800;
    guest_put(g, STACK0 + 0x800, FLAG_IF | 2, 2);
    guest_put(g, STACK0 + 0x802, FLAG_IF | FLAG_CF | 2, 2);
    guest_put(g, STACK0 + 0x804, FLAG_CF | 2, 2);
    guest_run(g, 1);
    told(g, seen, true, 0);
    guest_run(g, 1);
    assert_int_equal(seen->count, 0);
    guest_run(g, 1);
    told(g, seen, false, 0);
    free(seen);
}

static void int_and_iret_of_real_mode_tell(void **state)
{
    struct guest *g = *state;
    struct seen *seen = listen(g);
    const uint8_t code[] = { 0xCD, 0x21, 0xCF };
    guest_code(g, code, sizeof code);
    guest_put(g, 0x21 * 4, (uint32_t)(CODE_AT >> 4) << 16 | 2, 4);
    g->cpu.eflags |= FLAG_IF;
    guest_run(g, 1);
    told(g, seen, false, 1 + 0x21);
    guest_run(g, 1);
    told(g, seen, true, 0);
    free(seen);
}

static void hardware_interrupts_nmi_and_faults_tell_their_vector(void **state)
{
    struct guest *g = *state;
    struct seen *seen = listen(g);
    const uint8_t code[] = { 0x90, 0x90, 0xF7, 0xF1 };              /* NOP, NOP, DIV CX */
    guest_code(g, code, sizeof code);
    g->cpu.eflags |= FLAG_IF;
    g->vector = 0x70;
    cpu_set_intr(&g->cpu, true);
    guest_run(g, 1);
    told(g, seen, false, 1 + 0x70);
    segment_set_real(&g->cpu, CS, CODE_AT >> 4);
    g->cpu.eflags |= FLAG_IF;
    cpu_nmi(&g->cpu);
    step_to(g, 1);
    told(g, seen, false, 1 + EXC_NMI);
    segment_set_real(&g->cpu, CS, CODE_AT >> 4);
    g->cpu.eflags |= FLAG_IF;
    g->cpu.r[ECX] = 0;
    step_to(g, 2);
    told(g, seen, false, 1 + EXC_DE);
    free(seen);
}

static void interrupt_gates_tell_and_trap_gates_do_not(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    guest_gate(g, 0x41, CODE0, HANDLERS, 0x8F);
    struct seen *seen = listen(g);
    g->cpu.eflags |= FLAG_IF;
    GUEST_STEP(g, 0xCD, 0x41);
    assert_int_equal(seen->count, 0);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0xCD, 0x40);
    told(g, seen, false, 1 + 0x40);
    guest_put(g, HANDLERS + 0x40 * 16, 0xCF, 1);
    guest_run(g, 1);                                                /* IRETD */
    told(g, seen, true, 0);
    free(seen);
}

static void entering_and_leaving_v86_mode_tells(void **state)
{
    struct guest *g = *state;
    guest_v86(g, 3);
    guest_gate(g, 0x40, CODE0, HANDLERS + 0x400, 0xEE);
    guest_put(g, HANDLERS + 0x400, 0xCF, 1);
    g->cpu.eflags |= FLAG_IF;
    struct seen *seen = listen(g);
    GUEST_STEP(g, 0xCD, 0x40);
    told(g, seen, false, 1 + 0x40);
    guest_run(g, 1);                                                /* IRETD back to V86 */
    told(g, seen, true, 0);
    assert_true(g->cpu.eflags & FLAG_VM);
    free(seen);
}

static void refused_instructions_tell_the_fault_only(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);                                          /* IOPL 0 */
    struct seen *seen = listen(g);
    GUEST_STEP(g, 0xFB);
    assert_int_equal(seen->count, 0);
    free(seen);
}

static void a_task_switch_tells(void **state)
{
    struct guest *g = *state;
    enum { T_EIP = 32, T_EFLAGS = 36, T_SEGMENTS = 72 };
    static const uint16_t segments[] = { DATA0, CODE0, DATA0, DATA0, 0, 0 };
    guest_protected(g, 0);
    guest_put(g, TSS2_AT + T_EIP, CODE_AT + 0x100, 4);
    guest_put(g, TSS2_AT + T_EFLAGS, FLAG_IF | 2, 4);
    for (unsigned i = 0; i < 6; i++)
        guest_put(g, TSS2_AT + T_SEGMENTS + i * 4, segments[i], 4);
    struct seen *seen = listen(g);
    GUEST_STEP(g, 0xEA, 0, 0, 0, 0, TSS2, 0);
    assert_int_equal(g->cpu.tr.selector, TSS2);
    told(g, seen, true, 0);
    free(seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(cli_and_sti_tell_changes_only),
        GUEST_TEST(popf_tells_what_it_loads),
        GUEST_TEST(int_and_iret_of_real_mode_tell),
        GUEST_TEST(hardware_interrupts_nmi_and_faults_tell_their_vector),
        GUEST_TEST(interrupt_gates_tell_and_trap_gates_do_not),
        GUEST_TEST(entering_and_leaving_v86_mode_tells),
        GUEST_TEST(refused_instructions_tell_the_fault_only),
        GUEST_TEST(a_task_switch_tells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
