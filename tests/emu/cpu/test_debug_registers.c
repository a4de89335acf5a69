/* The debug registers as the guest has them: who may touch them, breakpoints on instructions and data, and that the
 * debugger outside and the guest leave each other alone. */
#include "debug_guest.h"

#include "emu/cpu/watch.h"
#include "emu/state.h"

/* --- MOV --- */

static void reserved_bits_read_as_on_the_486(void **state)
{
    struct guest *g = *state;
    begin(g);
    g->cpu.r[EAX] = 0xFFFFFFFF;
    CODE(g, 0x0F, 0x23, 0xF0, 0x0F, 0x21, 0xF3,         /* MOV DR6,EAX; MOV EBX,DR6 */
         0x0F, 0x23, 0xF1, 0x0F, 0x21, 0xF2,            /* MOV DR6,ECX; MOV EDX,DR6 */
         0x0F, 0x23, 0xF9, 0x0F, 0x21, 0xFE,            /* MOV DR7,ECX; MOV ESI,DR7 */
         0x0F, 0x23, 0xF8);                             /* MOV DR7,EAX */
    guest_run(g, 7);
    assert_int_equal(g->cpu.r[EBX], 0xFFFFFFFF);
    assert_int_equal(g->cpu.r[EDX], DR6_CLEAR);
    assert_int_equal(g->cpu.r[ESI], 0x400);
    assert_int_equal(g->cpu.dr[7], 0xFFFF37FF);
}

static void dr4_and_dr5_are_dr6_and_dr7(void **state)
{
    struct guest *g = *state;
    begin(g);
    g->cpu.r[EAX] = 0x2000000F;
    CODE(g, 0x0F, 0x23, 0xE0, 0x0F, 0x23, 0xE9, 0x0F, 0x21, 0xE3);      /* MOV DR4,EAX; MOV DR5,ECX; MOV EBX,DR4 */
    g->cpu.r[ECX] = 0x100;
    guest_run(g, 3);
    assert_int_equal(g->cpu.dr[6], 0xFFFF0FFF);
    assert_int_equal(g->cpu.dr[7], 0x500);
    assert_int_equal(g->cpu.r[EBX], 0xFFFF0FFF);
}

static void only_level_0_may_touch_them(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    debug_register_write(&g->cpu, 7, DR7_GD);           /* #GP goes before #DB */
    GUEST_STEP(g, 0x0F, 0x21, 0xC0);
    guest_expect_fault(g, EXC_GP, 0, CODE_AT);
    guest_v86(g, 3);
    GUEST_STEP(g, 0x0F, 0x23, 0xC0);
    guest_expect_fault(g, EXC_GP, 0, 0);
    expect_dr6(g, 0);
}

static void gd_guards_the_registers_and_opens_for_the_handler(void **state)
{
    struct guest *g = *state;
    begin(g);
    debug_register_write(&g->cpu, 7, DR7_GD | 0x100);
    g->cpu.r[EAX] = 0x1234;
    GUEST_STEP(g, 0x0F, 0x23, 0xC0);
    expect_fault(g, CODE_AT, DR6_BD);
    assert_int_equal(g->cpu.dr[0], 0);
    assert_int_equal(g->cpu.dr[7], 0x500);
    debug_register_write(&g->cpu, 7, DR7_GD);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0x0F, 0x21, 0xFB);                    /* reading is guarded too */
    expect_fault(g, CODE_AT, DR6_BD);
}

static void gd_works_in_real_mode(void **state)
{
    struct guest *g = *state;
    begin_real(g);
    debug_register_write(&g->cpu, 7, DR7_GD);
    GUEST_STEP(g, 0x0F, 0x23, 0xC0);
    assert_int_equal(g->cpu.eip, DB_HANDLER);
    assert_int_equal(guest_stack(g, 0) & 0xFFFF, 0);
    expect_dr6(g, DR6_BD);
}

/* --- Instruction breakpoints --- */

static void an_instruction_breakpoint_is_a_fault_and_rf_gets_past_it(void **state)
{
    struct guest *g = *state;
    begin(g);
    CODE(g, 0x40, 0x40, 0x43, 0x40);
    guest_run(g, 4);                                    /* a run without it was decoded before */
    g->cpu.eip = CODE_AT;
    set_breakpoint(g, 1, CODE_AT + 2, FETCH, LEN1, LOCAL);
    guest_run(g, 3);
    expect_fault(g, CODE_AT + 2, 2);
    assert_int_equal(g->cpu.r[EAX], 5);
    assert_int_equal(g->cpu.r[EBX], 1);
    guest_run(g, 3);                                    /* NOP, IRETD, INC EBX */
    assert_int_equal(g->cpu.eip, CODE_AT + 3);
    assert_int_equal(g->cpu.r[EBX], 2);
    assert_int_equal(g->cpu.eflags & FLAG_RF, 0);
    g->cpu.eip = CODE_AT + 2;
    guest_run(g, 1);
    expect_fault(g, CODE_AT + 2, 2);                    /* once more, RF is spent */
}

static void breakpoints_in_one_run_are_all_met(void **state)
{
    struct guest *g = *state;
    begin(g);
    CODE(g, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40);
    set_breakpoint(g, 0, CODE_AT + 1, FETCH, LEN1, GLOBAL);
    set_breakpoint(g, 1, CODE_AT + 2, FETCH, LEN1, GLOBAL);
    set_breakpoint(g, 2, CODE_AT + 4, FETCH, LEN1, GLOBAL);
    guest_run(g, 2);
    expect_fault(g, CODE_AT + 1, 1);
    guest_run(g, 4);                                    /* NOP, IRETD, INC, #DB */
    expect_fault(g, CODE_AT + 2, 1 | 2);                /* DR6 keeps what it had */
    guest_run(g, 5);
    expect_fault(g, CODE_AT + 4, 1 | 2 | 4);
    assert_int_equal(g->cpu.r[EAX], 4);
}

static void a_breakpoint_counts_from_the_instruction_after_mov_dr7_on(void **state)
{
    struct guest *g = *state;
    begin(g);
    g->cpu.dr[0] = CODE_AT + 4;
    g->cpu.r[EAX] = 2;
    CODE(g, 0x90, 0x0F, 0x23, 0xF8, 0x43, 0x43);        /* NOP; MOV DR7,EAX; INC EBX */
    guest_run(g, 3);
    expect_fault(g, CODE_AT + 4, 1);
    assert_int_equal(g->cpu.r[EBX], 0);
    debug_register_write(&g->cpu, 7, 0);
    g->cpu.eip = CODE_AT + 4;
    guest_run(g, 2);
    assert_int_equal(g->cpu.r[EBX], 2);
}

static void only_the_first_byte_of_an_instruction_counts(void **state)
{
    struct guest *g = *state;
    begin(g);
    set_breakpoint(g, 0, CODE_AT + 1, FETCH, LEN1, GLOBAL);
    GUEST_STEP(g, 0xB8, 1, 2, 3, 4);
    expect_no_trap(g, CODE_AT + 5);
    set_breakpoint(g, 0, CODE_AT + 6, FETCH, LEN1, GLOBAL);
    CODE(g, 0xB8, 1, 2, 3, 4, 0x66, 0x90);              /* the prefix is the first byte */
    guest_run(g, 1);
    expect_no_trap(g, CODE_AT + 7);
}

static void a_breakpoint_goes_before_the_page_fault_of_its_fetch(void **state)
{
    struct guest *g = *state;
    begin(g);
    guest_put(g, 0x80000, 0x81007, 4);
    for (uint32_t page = 0; page < 0x100; page++)
        guest_put(g, 0x81000 + page * 4, page == 0x20 ? 0 : page << 12 | 7, 4);
    g->cpu.cr3 = 0x80000;
    g->cpu.cr0 |= CR0_PG;
    page_flush(&g->cpu);
    set_breakpoint(g, 3, 0x20000, FETCH, LEN1, GLOBAL);
    g->cpu.eip = 0x20000;
    guest_run(g, 1);
    expect_fault(g, 0x20000, 8);
    guest_run(g, 3);                                    /* back with RF: now the page is missed */
    guest_expect_fault(g, EXC_PF, 0, 0x20000);
    assert_int_equal(guest_stack(g, 3) & FLAG_RF, FLAG_RF);
}

static void interrupts_go_before_instruction_breakpoints(void **state)
{
    struct guest *g = *state;
    begin(g);
    CODE(g, 0x90, 0x90);
    set_breakpoint(g, 0, CODE_AT, FETCH, LEN1, GLOBAL);
    cpu_set_eflags(&g->cpu, FLAG_IF | 2);
    g->vector = 0x40;
    cpu_set_intr(&g->cpu, true);
    guest_run(g, 1);
    assert_int_equal(g->cpu.eip, HANDLERS + 0x40 * 16 + 1);
    assert_int_equal(guest_stack(g, 0), CODE_AT);
    expect_dr6(g, 0);
}

static void a_breakpoint_after_a_load_of_ss_is_not_met(void **state)
{
    struct guest *g = *state;
    begin(g);
    CODE(g, 0x8E, 0xD0, 0x40, 0x40);                    /* MOV SS,AX; INC EAX */
    g->cpu.r[EAX] = DATA0;
    set_breakpoint(g, 0, CODE_AT + 2, FETCH, LEN1, GLOBAL);
    set_breakpoint(g, 1, CODE_AT + 3, FETCH, LEN1, GLOBAL);
    guest_run(g, 3);
    expect_fault(g, CODE_AT + 3, 2);
}

static void a_breakpoint_works_in_real_mode_until_it_is_disabled(void **state)
{
    struct guest *g = *state;
    begin_real(g);
    CODE(g, 0x40, 0x40);
    set_breakpoint(g, 0, CODE_AT + 1, FETCH, LEN1, GLOBAL);
    guest_run(g, 2);
    assert_int_equal(g->cpu.eip, DB_HANDLER);
    guest_run(g, 3);                                    /* a 16-bit IRET brings no RF: it is met again */
    assert_int_equal(g->cpu.eip, DB_HANDLER);
    assert_int_equal(guest_stack(g, 0) & 0xFFFF, 1);
    assert_int_equal(g->cpu.r[EAX], 1);
    set_breakpoint(g, 0, CODE_AT + 1, FETCH, LEN1, DISABLED);
    guest_run(g, 3);
    assert_int_equal(g->cpu.r[EAX], 2);
}

static void a_breakpoint_in_timed_modes_is_the_same(void **state)
{
    struct guest *g = *state;
    begin(g);
    g->cpu.timing_mode = CPU_TIMING_TABLE;
    cpu_timing_changed(&g->cpu);
    CODE(g, 0x40, 0x40, 0x40);
    set_breakpoint(g, 0, CODE_AT + 2, FETCH, LEN1, GLOBAL);
    guest_run(g, 3);
    expect_fault(g, CODE_AT + 2, 1);
    assert_int_equal(g->cpu.r[EAX], 2);
}

/* --- Data breakpoints --- */

static void a_data_breakpoint_is_a_trap_after_the_instruction(void **state)
{
    struct guest *g = *state;
    begin(g);
    g->cpu.r[EAX] = 0x11223344;
    set_breakpoint(g, 2, DATA_AT, WRITE, LEN4, GLOBAL);
    CODE(g, 0xA3, 0x00, 0x00, 0x06, 0x00, 0x40, 0x40);  /* MOV [60000h],EAX; INC EAX */
    guest_run(g, 1);
    assert_int_equal(guest_get(g, DATA_AT, 4), 0x11223344);
    expect_trap(g, CODE_AT + 5, 4);
    guest_run(g, 3);
    assert_int_equal(g->cpu.eip, CODE_AT + 7);
}

/* Does an access of SIZE bytes at DATA_AT + OFFSET meet the breakpoint? */
static bool meets(struct guest *g, uint32_t offset, unsigned size, bool write)
{
    static const uint8_t opcode[2][5] = { { 0, 0x8A, 0x8B, 0, 0x8B }, { 0, 0x88, 0x89, 0, 0x89 } };
    const uint8_t code[] = { size == 2 ? 0x66 : 0x3E, opcode[write][size], 0x03 };      /* MOV EAX,[EBX], or back */
    guest_code(g, code, sizeof code);
    g->cpu.eip = CODE_AT;
    g->cpu.r[EBX] = DATA_AT + offset;
    guest_run(g, 1);
    bool met = g->cpu.attention & ATTEND_TRAP;
    debug_take_trap(&g->cpu);
    return met;
}

static void types_tell_reads_from_writes(void **state)
{
    struct guest *g = *state;
    static const bool expected[4][2] = { [WRITE] = { false, true }, [ACCESS] = { true, true } };
    begin(g);
    for (unsigned type = FETCH; type <= ACCESS; type++)
        for (unsigned write = 0; write < 2; write++) {
            set_breakpoint(g, 0, DATA_AT, type, LEN1, GLOBAL);
            assert_int_equal(meets(g, 0, 4, write), expected[type][write]);
            set_breakpoint(g, 0, DATA_AT, type, LEN1, DISABLED);
            assert_false(meets(g, 0, 4, write));
        }
}

static void lengths_mask_the_low_bits_of_the_address(void **state)
{
    static const struct { uint8_t address, length, from, end; } row[] = {
        { 0x10, LEN1, 0x10, 0x11 }, { 0x13, LEN1, 0x13, 0x14 }, { 0x10, LEN2, 0x10, 0x12 }, { 0x11, LEN2, 0x10, 0x12 },
        { 0x10, LEN4, 0x10, 0x14 }, { 0x13, LEN4, 0x10, 0x14 }, { 0x16, LEN4, 0x14, 0x18 }, { 0x17, LEN2, 0x16, 0x18 },
    };
    struct guest *g = *state;
    begin(g);
    for (unsigned i = 0; i < sizeof row / sizeof *row; i++) {
        set_breakpoint(g, 0, DATA_AT + row[i].address, ACCESS, row[i].length, LOCAL);
        for (uint32_t offset = 8; offset < 0x20; offset++)
            for (unsigned size = 1; size <= 4; size *= 2)
                assert_int_equal(meets(g, offset, size, i & 1), offset < row[i].end && offset + size > row[i].from);
    }
}

static void an_access_across_pages_is_met_in_both(void **state)
{
    struct guest *g = *state;
    begin(g);
    set_breakpoint(g, 0, DATA_AT + 0xFFF, WRITE, LEN1, GLOBAL);
    assert_true(meets(g, 0xFFE, 4, true));
    set_breakpoint(g, 0, DATA_AT + 0x1000, WRITE, LEN1, GLOBAL);
    assert_true(meets(g, 0xFFE, 4, true));
    assert_false(meets(g, 0xFFC, 4, true));
}

static void bits_of_breakpoints_not_enabled_come_with_those_that_are(void **state)
{
    struct guest *g = *state;
    begin(g);
    set_breakpoint(g, 0, DATA_AT, ACCESS, LEN4, DISABLED);
    set_breakpoint(g, 1, DATA_AT + 1, WRITE, LEN1, GLOBAL);
    set_breakpoint(g, 3, DATA_AT + 0x2000, WRITE, LEN4, DISABLED);
    CODE(g, 0xA3, 0x00, 0x00, 0x06, 0x00);
    guest_run(g, 1);
    expect_trap(g, CODE_AT + 5, 1 | 2);

    debug_register_write(&g->cpu, 6, 0);
    CODE(g, 0xA3, 0x00, 0x20, 0x06, 0x00, 0xA2, 0x01, 0x00, 0x06, 0x00);    /* 62000h, then the byte at 60001h */
    g->cpu.eip = CODE_AT;
    guest_run(g, 1);
    expect_no_trap(g, CODE_AT + 5);
    guest_run(g, 1);
    expect_trap(g, CODE_AT + 10, 1 | 2);                /* not that of the instruction before */
}

static void repeated_strings_trap_after_the_iteration(void **state)
{
    struct guest *g = *state;
    begin(g);
    CODE(g, 0xF3, 0xAB, 0x90);                          /* REP STOSD */
    g->cpu.r[ECX] = 2000;
    g->cpu.r[EDI] = DATA_AT - 0xFF0;
    set_breakpoint(g, 0, DATA_AT + 8, WRITE, LEN4, GLOBAL);
    while (!(g->cpu.attention & ATTEND_TRAP))
        assert_int_equal(guest_run(g, 1), CPU_LIMIT);
    assert_int_equal(g->cpu.r[EDI], DATA_AT + 12);
    assert_int_equal(g->cpu.r[ECX], 2000 - (0xFF0 + 12) / 4);
    expect_trap(g, CODE_AT, 1);
    while (g->cpu.eip != CODE_AT + 2)
        assert_int_equal(guest_run(g, 1), CPU_LIMIT);
    assert_int_equal(g->cpu.r[ECX], 0);
}

static void ports_are_not_data_but_what_ins_writes_is(void **state)
{
    struct guest *g = *state;
    begin(g);
    CODE(g, 0xF3, 0x6D, 0x90);                          /* REP INSD */
    g->cpu.r[EDX] = 0x100;
    g->cpu.r[ECX] = 3;
    g->cpu.r[EDI] = DATA_AT;
    set_breakpoint(g, 0, 0x100, ACCESS, LEN4, GLOBAL);
    set_breakpoint(g, 1, DATA_AT + 4, WRITE, LEN4, GLOBAL);
    guest_run(g, 1);
    assert_int_equal(g->cpu.r[ECX], 1);
    assert_int_equal(g->port_reads, 2);
    expect_trap(g, CODE_AT, 2);
}

static void a_faulting_instruction_forgets_its_hits(void **state)
{
    struct guest *g = *state;
    begin(g);
    segment_load(&g->cpu, ES, READ_ONLY);
    g->cpu.r[ESI] = DATA_AT;
    set_breakpoint(g, 0, DATA_AT, ACCESS, LEN4, GLOBAL);
    GUEST_STEP(g, 0xA5);                                /* MOVSD: reads, and cannot write */
    guest_expect_fault(g, EXC_GP, 0, CODE_AT);
    assert_int_equal(g->cpu.attention & ATTEND_TRAP, 0);
    expect_dr6(g, 0);
}

static void frames_of_exceptions_are_data(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 3);
    guest_put(g, DB_HANDLER, 0xCF90, 2);
    guest_put(g, HANDLERS + EXC_UD * 16, 0x90, 1);
    set_breakpoint(g, 0, STACK0 + 0x1000 - 4, WRITE, LEN4, GLOBAL);
    GUEST_STEP(g, 0x0F, 0x0B);
    assert_int_equal(g->cpu.eip, HANDLERS + EXC_UD * 16);
    guest_run(g, 1);                                    /* no instruction has caused the trap: it counts as one */
    expect_trap(g, HANDLERS + EXC_UD * 16, 1);          /* before the handler's first instruction */
}

static void descriptors_that_are_loaded_are_data_for_the_guest_only(void **state)
{
    struct guest *g = *state;
    begin(g);
    g->cpu.r[EAX] = DATA3;
    watch_add(g->cpu.watch, GDT_AT + (DATA3 & ~7u), 8, WATCHED_READ);
    cpu_flush_tlb(&g->cpu);
    CODE(g, 0x8E, 0xC0);                                /* MOV ES,AX */
    assert_int_equal(guest_run(g, 1), CPU_LIMIT);
    set_breakpoint(g, 0, GDT_AT + (DATA3 & ~7u), ACCESS, LEN4, GLOBAL);
    g->cpu.eip = CODE_AT;
    assert_int_equal(guest_run(g, 1), CPU_LIMIT);
    expect_trap(g, CODE_AT + 2, 1);
}

static void a_trap_whose_own_entry_traps_lets_time_pass(void **state)
{
    struct guest *g = *state;
    begin_real(g);
    set_breakpoint(g, 0, EXC_DB * 4, ACCESS, LEN4, GLOBAL);
    CODE(g, 0xF1);
    assert_int_equal(guest_run(g, 1000), CPU_LIMIT);
    assert_int_equal(cpu_run(&g->cpu, g->clock.now + 100000, UINT64_MAX, false), CPU_DEADLINE);
}

/* --- The debugger outside --- */

static void the_debugger_and_the_guest_leave_each_other_alone(void **state)
{
    struct guest *g = *state;
    begin(g);
    CODE(g, 0x90, 0xA3, 0x00, 0x00, 0x06, 0x00, 0x90);  /* NOP; MOV [60000h],EAX; NOP */
    watch_add(g->cpu.watch, DATA_AT, 4, WATCHED_WRITE);
    cpu_flush_tlb(&g->cpu);
    assert_int_equal(guest_run(g, 3), CPU_WATCHPOINT);
    expect_no_trap(g, CODE_AT + 6);

    set_breakpoint(g, 0, CODE_AT + 1, FETCH, LEN1, GLOBAL);
    set_breakpoint(g, 1, DATA_AT, WRITE, LEN1, GLOBAL);
    watch_add_breakpoint(g->cpu.watch, CODE_AT + 1);
    g->cpu.eip = CODE_AT;
    assert_int_equal(cpu_run(&g->cpu, UINT64_MAX, 10, true), CPU_BREAKPOINT);
    assert_int_equal(g->cpu.eip, CODE_AT + 1);
    expect_dr6(g, 0);
    assert_int_equal(cpu_run(&g->cpu, UINT64_MAX, 1, true), CPU_LIMIT);
    expect_fault(g, CODE_AT + 1, 1);
    assert_int_equal(cpu_run(&g->cpu, UINT64_MAX, 10, true), CPU_BREAKPOINT);   /* back from the handler */
    assert_int_equal(cpu_run(&g->cpu, UINT64_MAX, 10, true), CPU_WATCHPOINT);
    expect_trap(g, CODE_AT + 6, 1 | 2);
    for (int handle = 0; handle < WATCH_POINTS; handle++)
        watch_remove(g->cpu.watch, handle);
    assert_true(watch_page(g->cpu.watch, DATA_AT, WATCHED_WRITE));              /* the guest's is still there */
}

static void pages_without_breakpoints_keep_their_fast_path(void **state)
{
    struct guest *g = *state;
    begin(g);
    set_breakpoint(g, 0, DATA_AT, WRITE, LEN4, GLOBAL);
    set_breakpoint(g, 1, CODE_AT + 0x800, FETCH, LEN1, GLOBAL);
    CODE(g, 0xA3, 0x00, 0x10, 0x06, 0x00, 0xA1, 0x04, 0x00, 0x06, 0x00,         /* write 61000h, read 60004h */
         0xA3, 0x00, 0x0F, 0x01, 0x00);                                         /* write 10F00h */
    guest_run(g, 3);
    assert_non_null(mem_fast_write(&g->cpu, DS, DATA_AT + 0x1000, 4));
    assert_non_null(mem_fast_read(&g->cpu, DS, DATA_AT + 4, 4));                /* only writes are watched there */
    assert_null(mem_fast_write(&g->cpu, DS, DATA_AT + 4, 4));
    assert_null(mem_fast_read(&g->cpu, DS, CODE_AT, 4));
    assert_non_null(mem_fast_write(&g->cpu, DS, CODE_AT + 0xF00, 4));           /* the stack may be there */
    debug_register_write(&g->cpu, 7, 0);
    g->cpu.eip = CODE_AT;
    guest_run(g, 1);
    assert_non_null(mem_fast_read(&g->cpu, DS, CODE_AT, 4));
}

static void copy_state(struct guest *from, struct guest *to)
{
    struct state saved, loaded;
    state_begin_save(&saved);
    cpu_visit(&from->cpu, &saved);
    memcpy(to->ram, from->ram, GUEST_RAM);
    state_begin_load(&loaded, saved.data, saved.size);
    cpu_visit(&to->cpu, &loaded);
    assert_false(state_failed(&loaded));
    free(saved.data);
}

static void a_trap_that_is_put_off_and_breakpoints_survive_saving(void **state)
{
    struct guest *g = *state, *other = guest_create();
    begin(g);
    guest_put(g, DATA_AT, DATA0, 2);
    set_breakpoint(g, 0, DATA_AT, ACCESS, LEN2, GLOBAL);
    set_breakpoint(g, 1, CODE_AT + 7, FETCH, LEN1, GLOBAL);
    CODE(g, 0x8E, 0x15, 0x00, 0x00, 0x06, 0x00, 0x40, 0x40);
    guest_run(g, 1);
    copy_state(g, other);
    guest_run(other, 1);
    expect_trap(other, CODE_AT + 7, 1 | 2);
    guest_run(other, 2);
    expect_fault(other, CODE_AT + 7, 1 | 2);

    debug_registers_reset(&g->cpu);
    g->cpu.eip = CODE_AT + 6;
    cpu_set_eflags(&g->cpu, FLAG_TF | 2);
    guest_run(g, 1);
    copy_state(g, other);
    expect_trap(other, CODE_AT + 7, DR6_BS);
    guest_destroy(other);
}

static void reset_disarms_everything(void **state)
{
    struct guest *g = *state;
    begin(g);
    set_breakpoint(g, 0, DATA_AT, ACCESS, LEN4, GLOBAL);
    set_breakpoint(g, 1, CODE_AT, FETCH, LEN1, GLOBAL);
    cpu_reset(&g->cpu);
    assert_false(watch_page(g->cpu.watch, DATA_AT, WATCHED_READ | WATCHED_WRITE));
    assert_false(g->cpu.debug_fetch);
    assert_int_equal(g->cpu.dr[7], 0x400);
    expect_dr6(g, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(reserved_bits_read_as_on_the_486),
        GUEST_TEST(dr4_and_dr5_are_dr6_and_dr7),
        GUEST_TEST(only_level_0_may_touch_them),
        GUEST_TEST(gd_guards_the_registers_and_opens_for_the_handler),
        GUEST_TEST(gd_works_in_real_mode),
        GUEST_TEST(an_instruction_breakpoint_is_a_fault_and_rf_gets_past_it),
        GUEST_TEST(breakpoints_in_one_run_are_all_met),
        GUEST_TEST(a_breakpoint_counts_from_the_instruction_after_mov_dr7_on),
        GUEST_TEST(only_the_first_byte_of_an_instruction_counts),
        GUEST_TEST(a_breakpoint_goes_before_the_page_fault_of_its_fetch),
        GUEST_TEST(interrupts_go_before_instruction_breakpoints),
        GUEST_TEST(a_breakpoint_after_a_load_of_ss_is_not_met),
        GUEST_TEST(a_breakpoint_works_in_real_mode_until_it_is_disabled),
        GUEST_TEST(a_breakpoint_in_timed_modes_is_the_same),
        GUEST_TEST(a_data_breakpoint_is_a_trap_after_the_instruction),
        GUEST_TEST(types_tell_reads_from_writes),
        GUEST_TEST(lengths_mask_the_low_bits_of_the_address),
        GUEST_TEST(an_access_across_pages_is_met_in_both),
        GUEST_TEST(bits_of_breakpoints_not_enabled_come_with_those_that_are),
        GUEST_TEST(repeated_strings_trap_after_the_iteration),
        GUEST_TEST(ports_are_not_data_but_what_ins_writes_is),
        GUEST_TEST(a_faulting_instruction_forgets_its_hits),
        GUEST_TEST(frames_of_exceptions_are_data),
        GUEST_TEST(descriptors_that_are_loaded_are_data_for_the_guest_only),
        GUEST_TEST(a_trap_whose_own_entry_traps_lets_time_pass),
        GUEST_TEST(the_debugger_and_the_guest_leave_each_other_alone),
        GUEST_TEST(pages_without_breakpoints_keep_their_fast_path),
        GUEST_TEST(a_trap_that_is_put_off_and_breakpoints_survive_saving),
        GUEST_TEST(reset_disarms_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
