/* Port instructions: privilege by IOPL and the I/O permission bitmap, string forms, repetition and their faults. */
#include "guest_cpu.h"

enum { PORT = 0x100, IO_MAP = TSS_AT + 0x68 };

static void open_port(struct guest *g, unsigned port, unsigned count)
{
    for (unsigned p = 0; p < 0x300; p++)
        if (p < port || p >= port + count)
            g->ram[IO_MAP + p / 8] |= (uint8_t)(1 << p % 8);
}

static void in_and_out_move_every_width(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    g->port_value = 0xCAFEBABE;
    g->cpu.r[EAX] = 0x11111111;
    g->cpu.r[EDX] = PORT;
    GUEST_STEP(g, 0xEC);                                /* IN AL, DX */
    assert_int_equal(g->cpu.r[EAX], 0x111111BE);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0x66, 0xED);
    assert_int_equal(g->cpu.r[EAX], 0x1111BABE);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0xED);
    assert_int_equal(g->cpu.r[EAX], 0xCAFEBABE);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0x66, 0xEF);
    assert_int_equal(g->port_value, 0xBABE);
}

static void iopl_opens_all_ports_in_protected_mode(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    open_port(g, 0, 0);
    g->cpu.r[EDX] = PORT;
    cpu_set_eflags(&g->cpu, FLAG_IOPL | 2);
    GUEST_STEP(g, 0xEE);
    assert_int_equal(g->port_writes, 1);
    cpu_set_eflags(&g->cpu, 2 << 12 | 2);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0xEE);
    guest_expect_fault(g, EXC_GP, 0, CODE_AT);
    assert_int_equal(g->port_writes, 1);
}

static void bitmap_opens_single_ports(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    open_port(g, PORT, 2);
    g->cpu.r[EDX] = PORT;
    GUEST_STEP(g, 0x66, 0xEF);                          /* OUT DX, AX: both bytes are open */
    assert_int_equal(g->port_writes, 1);
    g->cpu.r[EDX] = PORT + 1;
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0x66, 0xEF);
    guest_expect_fault(g, EXC_GP, 0, CODE_AT);
    assert_int_equal(g->port_writes, 1);
}

static void bitmap_ends_at_the_tss_limit(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    g->cpu.r[EDX] = PORT;
    g->cpu.tr.limit = 0x68 + PORT / 8;                  /* the byte is there, the one after it is not */
    GUEST_STEP(g, 0xEC);
    guest_expect_fault(g, EXC_GP, 0, CODE_AT);
    guest_protected(g, 3);
    g->cpu.tr.limit = 0x68 + PORT / 8 + 1;
    GUEST_STEP(g, 0xEC);
    assert_int_equal(g->port_reads, 1);
}

static void task_of_286_has_no_bitmap(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    g->cpu.r[EDX] = PORT;
    guest_put(g, TSS_AT + 2, 0x1000, 2);
    guest_put(g, TSS_AT + 4, DATA16, 2);
    g->cpu.tr.access = 0x83;
    GUEST_STEP(g, 0xEC);
    guest_expect_fault(g, EXC_GP, 0, CODE_AT);
}

static void v86_asks_the_bitmap_whatever_iopl_is(void **state)
{
    struct guest *g = *state;
    guest_v86(g, 3);
    open_port(g, PORT, 1);
    g->cpu.r[EDX] = PORT;
    GUEST_STEP(g, 0xEE);
    assert_int_equal(g->port_writes, 1);
    g->cpu.r[EDX] = PORT + 1;
    g->cpu.eip = 0;
    GUEST_STEP(g, 0xEE);
    guest_expect_fault(g, EXC_GP, 0, 0);
    guest_v86(g, 0);                                    /* and IOPL 0 does not close it */
    g->cpu.r[EDX] = PORT;
    GUEST_STEP(g, 0xEE);
    assert_int_equal(g->port_writes, 2);
}

static void rep_without_a_count_needs_leave_too(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    open_port(g, PORT, 1);
    g->cpu.r[EDX] = PORT;
    g->cpu.r[ESI] = DATA_AT;
    g->cpu.r[ECX] = 0;
    GUEST_STEP(g, 0xF3, 0x6E);                          /* REP OUTSB */
    assert_int_equal(g->cpu.eip, CODE_AT + 2);
    assert_int_equal(g->port_writes, 0);
    g->cpu.r[EDX] = PORT + 1;
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0xF3, 0x6E);
    guest_expect_fault(g, EXC_GP, 0, CODE_AT);
}

static void rep_insw_fills_memory(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    g->port_value = 0x1234;
    g->cpu.r[EDX] = PORT;
    g->cpu.r[ECX] = 5;
    g->cpu.r[EDI] = DATA_AT;
    GUEST_STEP(g, 0xF3, 0x66, 0x6D);
    assert_int_equal(g->port_reads, 5);
    assert_int_equal(g->cpu.r[ECX], 0);
    assert_int_equal(g->cpu.r[EDI], DATA_AT + 10);
    assert_int_equal(guest_get(g, DATA_AT + 8, 4), 0x1234);
    assert_int_equal(g->cpu.eip, CODE_AT + 3);
}

static void rep_outsb_goes_down_with_df(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    guest_put(g, DATA_AT, 0x33221100, 4);
    cpu_set_eflags(&g->cpu, FLAG_DF | 2);
    g->cpu.r[EDX] = PORT;
    g->cpu.r[ECX] = 3;
    g->cpu.r[ESI] = DATA_AT + 3;
    GUEST_STEP(g, 0xF3, 0x6E);
    assert_int_equal(g->port_value, 0x11);
    assert_int_equal(g->cpu.r[ESI], DATA_AT);
}

static void rep_with_no_count_touches_no_port(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    g->cpu.r[EDX] = PORT;
    g->cpu.r[ECX] = 0;
    GUEST_STEP(g, 0xF3, 0x6C);
    assert_int_equal(g->port_reads, 0);
}

static void ins_that_cannot_store_does_not_read_the_port(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    segment_load(&g->cpu, ES, SMALL);
    g->cpu.r[EDX] = PORT;
    g->cpu.r[ECX] = 5;
    g->cpu.r[EDI] = 12;
    GUEST_STEP(g, 0xF3, 0x66, 0x6D);
    guest_expect_fault(g, EXC_GP, 0, CODE_AT);
    assert_int_equal(g->port_reads, 2);
    assert_int_equal(g->cpu.r[ECX], 3);                 /* what was done before the fault stays done */
    assert_int_equal(g->cpu.r[EDI], 16);
}

static uint32_t raise_at_third_read(void *ctx, uint16_t port, unsigned size)
{
    struct guest *g = ctx;
    if (++g->port_reads == 3)
        cpu_set_intr(&g->cpu, true);
    (void)port, (void)size;
    return 0;
}

static void interrupt_is_let_in_between_repetitions(void **state)
{
    static const struct port_ops ops = { raise_at_third_read, guest_port_write };
    struct guest *g = *state;
    guest_protected(g, 0);
    bus_map_ports(&g->bus, 0x200, 1, 1, &ops, g);
    cpu_set_eflags(&g->cpu, FLAG_IF | 2);
    g->vector = 0x40;
    g->cpu.r[EDX] = 0x200;
    g->cpu.r[ECX] = 100;
    g->cpu.r[EDI] = DATA_AT;
    GUEST_STEP(g, 0xF3, 0x6C);
    assert_int_equal(g->cpu.r[ECX], 97);
    guest_run(g, 1);
    assert_int_equal(g->cpu.eip, HANDLERS + 0x40 * 16 + 1);
    assert_int_equal(guest_stack(g, 0), CODE_AT);
}

static void repetition_goes_on_after_the_interrupt(void **state)
{
    static const struct port_ops ops = { raise_at_third_read, guest_port_write };
    struct guest *g = *state;
    guest_protected(g, 0);
    guest_put(g, HANDLERS + 0x40 * 16, 0xCF, 1);
    bus_map_ports(&g->bus, 0x200, 1, 1, &ops, g);
    cpu_set_eflags(&g->cpu, FLAG_IF | 2);
    g->vector = 0x40;
    g->cpu.r[EDX] = 0x200;
    g->cpu.r[ECX] = 100;
    g->cpu.r[EDI] = DATA_AT;
    GUEST_STEP(g, 0xF3, 0x6C);
    guest_run(g, 2);
    assert_int_equal(g->port_reads, 100);
    assert_int_equal(g->cpu.eip, CODE_AT + 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(in_and_out_move_every_width),
        GUEST_TEST(iopl_opens_all_ports_in_protected_mode),
        GUEST_TEST(bitmap_opens_single_ports),
        GUEST_TEST(bitmap_ends_at_the_tss_limit),
        GUEST_TEST(task_of_286_has_no_bitmap),
        GUEST_TEST(v86_asks_the_bitmap_whatever_iopl_is),
        GUEST_TEST(rep_without_a_count_needs_leave_too),
        GUEST_TEST(rep_insw_fills_memory),
        GUEST_TEST(rep_outsb_goes_down_with_df),
        GUEST_TEST(rep_with_no_count_touches_no_port),
        GUEST_TEST(ins_that_cannot_store_does_not_read_the_port),
        GUEST_TEST(interrupt_is_let_in_between_repetitions),
        GUEST_TEST(repetition_goes_on_after_the_interrupt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
