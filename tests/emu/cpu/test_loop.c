/* Between instructions: events and deadlines to the instruction, interrupts with their shadows, traps, HLT, reset, NMI,
 * and what an instruction costs. */
#include "guest_cpu.h"

#include "emu/cpu/interrupt.h"
#include "emu/cpu/runs.h"
#include "emu/cpu/watch.h"
#include "emu/emu.h"
#include "emu/state.h"

enum { TICKS = 126, FAST = 2 };         /* of the fixture's profile; clocks of an instruction in `fast` mode */
enum { HANDLER = 0x600 };               /* in real mode: all vectors lead here */

#define CODE(g, ...)                                                                                                   \
    do {                                                                                                               \
        const uint8_t code_bytes[] = { __VA_ARGS__ };                                                                  \
        guest_code(g, code_bytes, sizeof code_bytes);                                                                  \
    } while (0)

/* Every vector leads to HANDLER + vector * 4, where INC DI; IRET waits. */
static void set_vectors(struct guest *g)
{
    for (uint32_t vector = 0; vector < 0x40; vector++) {
        guest_put(g, vector * 4, HANDLER + vector * 4, 4);
        guest_put(g, HANDLER + vector * 4, 0xCF47, 2);
    }
}

static void raise_intr(struct guest *g, uint8_t vector)
{
    g->vector = vector;
    cpu_set_intr(&g->cpu, true);
}

/* Offset in the code segment that the interrupt just taken returns to. */
static uint32_t interrupted_at(const struct guest *g, unsigned vector)
{
    assert_int_equal(g->cpu.seg[CS].selector, 0);
    assert_int_equal(g->cpu.eip, HANDLER + vector * 4 + 1);     /* its first instruction was executed */
    return guest_stack(g, 0) & 0xFFFF;
}

/* --- Time --- */

struct alarm { struct guest *guest; struct event event; uint64_t at, icount, late; };

static void ring(void *ctx, uint64_t late)
{
    struct alarm *alarm = ctx;
    alarm->at = alarm->guest->clock.now;
    alarm->icount = cpu_icount(&alarm->guest->cpu);
    alarm->late = late;
}

static void arm(struct guest *g, struct alarm *alarm, uint64_t due)
{
    *alarm = (struct alarm){ .guest = g };
    clock_register(&g->clock, &alarm->event, "alarm", ring, alarm);
    clock_schedule(&g->clock, &alarm->event, due);
}

static void an_event_comes_at_the_first_boundary_at_or_after_its_time(void **state)
{
    struct guest *g = *state;
    struct alarm alarm;
    memset(g->ram + CODE_AT, 0x40, 1000);
    for (uint64_t due = 1; due < 40 * TICKS; due += 37) {
        uint64_t start = g->clock.now, icount = g->cpu.icount, instructions = (due + FAST * TICKS - 1) / (FAST * TICKS);
        clock_init(&g->clock);
        g->clock.now = start;
        arm(g, &alarm, start + due);
        g->cpu.eip = 0;
        guest_run(g, 100);
        assert_true(alarm.icount - icount == instructions);
        assert_true(alarm.at - start == instructions * FAST * TICKS);
        assert_true(alarm.late == alarm.at - start - due);
    }
}

static void a_run_stops_at_the_first_boundary_at_or_after_the_deadline(void **state)
{
    struct guest *g = *state;
    memset(g->ram + CODE_AT, 0x40, 1000);
    assert_int_equal(cpu_run(&g->cpu, 10 * FAST * TICKS + 1, UINT64_MAX, false), CPU_DEADLINE);
    assert_true(g->cpu.icount == 11);
    assert_true(g->clock.now == 11 * FAST * TICKS);
    assert_int_equal(cpu_run(&g->cpu, 12 * FAST * TICKS, UINT64_MAX, false), CPU_DEADLINE);
    assert_true(g->cpu.icount == 12);
}

static uint32_t read_clock(void *ctx, uint16_t port, unsigned size)
{
    struct guest *g = ctx;
    (void)port, (void)size;
    return (uint32_t)g->clock.now;
}

static void a_port_sees_the_time_of_its_instruction(void **state)
{
    struct guest *g = *state;
    static const struct port_ops ports = { .read = read_clock };
    bus_map_ports(&g->bus, 0x200, 1, 4, &ports, g);
    CODE(g, 0x40, 0x40, 0xBA, 0x00, 0x02, 0x66, 0xED);      /* INC AX twice; MOV DX,200h; IN EAX,DX */
    guest_run(g, 4);
    assert_int_equal(g->cpu.r[EAX], 3 * FAST * TICKS);
}

static void repeated_strings_cost_a_clock_an_iteration_and_let_events_in(void **state)
{
    struct guest *g = *state;
    struct alarm alarm;
    g->cpu.r[ECX] = 100;
    CODE(g, 0xF3, 0xAA);
    arm(g, &alarm, (FAST + 49) * TICKS);            /* when 50 are done */
    guest_run(g, 1);
    assert_int_equal(g->cpu.r[ECX], 50);
    assert_int_equal(g->cpu.eip, 0);
    assert_true(g->cpu.clocks == FAST + 49);
    guest_run(g, 1);
    assert_int_equal(g->cpu.r[ECX], 0);
    assert_int_equal(g->cpu.eip, 2);
    assert_true(alarm.at == (FAST + 49) * TICKS);
    assert_true(g->cpu.clocks == 2 * FAST + 2 * 49);
}

static void timing_modes_are_those_of_the_public_header(void **state)
{
    (void)state;
    assert_int_equal(CPU_TIMING_FAST, TIMING_FAST);
    assert_int_equal(CPU_TIMING_TABLE, TIMING_TABLE);
    assert_int_equal(CPU_TIMING_CYCLE, TIMING_CYCLE);
}

static void table_mode_charges_what_the_table_says(void **state)
{
    struct guest *g = *state;
    g->cpu.timing_mode = TIMING_TABLE;
    cpu_timing_changed(&g->cpu);
    g->cpu.r[ECX] = 1;
    CODE(g, 0x90, 0x89, 0xD8, 0xE3, 0x00, 0xEB, 0x00);     /* NOP 1, MOV AX,BX 1, JCXZ not taken 5, JMP 3 */
    guest_run(g, 2);
    assert_true(g->cpu.clocks == 2);
    guest_run(g, 1);
    assert_true(g->cpu.clocks == 7);
    g->cpu.r[ECX] = 0;
    g->cpu.eip = 3;
    guest_run(g, 1);
    assert_true(g->cpu.clocks == 15);                       /* JCXZ taken 8 */
}

/* --- Interrupts --- */

static void interrupts_wait_for_if(void **state)
{
    struct guest *g = *state;
    set_vectors(g);
    CODE(g, 0x90, 0x90, 0xFB, 0x90, 0x90);                  /* NOP, NOP, STI, NOP, NOP */
    raise_intr(g, 0x20);
    guest_run(g, 2);
    assert_int_equal(g->cpu.eip, 2);
    guest_run(g, 2);
    assert_int_equal(g->cpu.eip, 4);                        /* STI's shadow covers the NOP */
    guest_run(g, 1);
    assert_int_equal(interrupted_at(g, 0x20), 4);
}

static void cli_after_sti_leaves_no_gap(void **state)
{
    struct guest *g = *state;
    set_vectors(g);
    CODE(g, 0xFB, 0xFA, 0x90, 0x90);
    raise_intr(g, 0x20);
    guest_run(g, 4);
    assert_int_equal(g->cpu.eip, 4);
    assert_int_equal(g->cpu.r[EDI], 0);
}

static void popf_and_iret_let_an_interrupt_in_at_once(void **state)
{
    struct guest *g = *state;
    set_vectors(g);
    g->cpu.r[EAX] = FLAG_IF | 2;
    CODE(g, 0x50, 0x9D, 0x90, 0x90);                        /* PUSH AX; POPF; NOP; NOP */
    raise_intr(g, 0x20);
    guest_run(g, 3);
    assert_int_equal(interrupted_at(g, 0x20), 2);
    guest_run(g, 1);
    cpu_set_eflags(&g->cpu, 2);
    g->cpu.eip = 0;
    CODE(g, 0x50, 0x0E, 0x68, 0x08, 0x00, 0xCF, 0x90, 0x90, 0x90, 0x90);    /* PUSH AX, CS, 8; IRET; ... 8: NOP */
    raise_intr(g, 0x20);
    guest_run(g, 5);
    assert_int_equal(interrupted_at(g, 0x20), 8);
}

static void sti_and_what_follows_are_one(void **state)
{
    struct guest *g = *state;
    set_vectors(g);
    CODE(g, 0xFB, 0xF4, 0x90);                              /* STI; HLT: the interrupt that waits ends the halt */
    raise_intr(g, 0x20);
    guest_run(g, 3);
    assert_int_equal(interrupted_at(g, 0x20), 2);
    guest_run(g, 1);
    uint32_t esp = g->cpu.r[ESP];
    cpu_set_eflags(&g->cpu, 2);
    g->cpu.eip = 0;
    CODE(g, 0x6A, 0x02, 0x0E, 0x6A, 0x09, 0xFB, 0xCF, 0x90, 0x90, 0x90);    /* PUSH 2, CS, 9; STI; IRET with IF off */
    raise_intr(g, 0x20);
    guest_run(g, 6);
    assert_int_equal(g->cpu.eip, 10);                       /* the frame is gone before anything could come */
    assert_int_equal(g->cpu.r[ESP], esp);
}

static void a_stack_switch_is_not_torn_apart(void **state)
{
    struct guest *g = *state;
    set_vectors(g);
    cpu_set_eflags(&g->cpu, FLAG_IF | 2);
    g->cpu.r[EAX] = STACK1 >> 4;
    CODE(g, 0x8E, 0xD0, 0xBC, 0x00, 0x02, 0x90);            /* MOV SS,AX; MOV SP,200h; NOP */
    guest_run(g, 1);
    raise_intr(g, 0x20);
    cpu_nmi(&g->cpu);
    guest_run(g, 1);
    assert_int_equal(g->cpu.eip, 5);
    guest_run(g, 1);
    assert_int_equal(interrupted_at(g, EXC_NMI), 5);
}

static void a_stop_in_a_shadow_does_not_end_it(void **state)
{
    struct guest *g = *state;
    set_vectors(g);
    CODE(g, 0xFB, 0x90, 0x90);
    raise_intr(g, 0x20);
    guest_run(g, 1);
    for (int i = 0; i < 3; i++)
        assert_int_equal(cpu_run(&g->cpu, g->clock.now, UINT64_MAX, false), CPU_DEADLINE);
    guest_run(g, 1);
    assert_int_equal(g->cpu.eip, 2);
}

static void nmi_waits_for_iret_of_the_last_one(void **state)
{
    struct guest *g = *state;
    set_vectors(g);
    CODE(g, 0x90, 0x90, 0x90);
    cpu_nmi(&g->cpu);
    guest_run(g, 1);
    assert_int_equal(interrupted_at(g, EXC_NMI), 0);
    cpu_nmi(&g->cpu);
    guest_run(g, 1);                                        /* IRET */
    assert_int_equal(g->cpu.eip, 0);
    guest_run(g, 1);
    assert_int_equal(interrupted_at(g, EXC_NMI), 0);
}

static void a_pending_interrupt_splits_a_repeated_string_after_sti(void **state)
{
    struct guest *g = *state;
    set_vectors(g);
    g->cpu.r[ECX] = 10;
    CODE(g, 0xFB, 0xF3, 0xAA, 0x90);
    raise_intr(g, 0x20);
    guest_run(g, 2);
    assert_int_equal(g->cpu.r[ECX], 9);
    guest_run(g, 1);
    assert_int_equal(interrupted_at(g, 0x20), 1);
}

/* --- TF --- */

static void a_trap_follows_each_instruction_that_began_with_tf(void **state)
{
    struct guest *g = *state;
    set_vectors(g);
    g->cpu.r[EAX] = FLAG_TF | 2;
    CODE(g, 0x50, 0x9D, 0x90, 0x43, 0x43);                  /* PUSH AX; POPF; NOP; INC BX; INC BX */
    guest_run(g, 3);
    assert_int_equal(g->cpu.eip, 3);                        /* no trap after POPF itself */
    guest_run(g, 1);
    assert_int_equal(interrupted_at(g, EXC_DB), 3);
    assert_int_equal(g->cpu.dr[6] & 0x4000, 0x4000);
    guest_run(g, 3);                                        /* IRET, INC BX, and the next trap */
    assert_int_equal(interrupted_at(g, EXC_DB), 4);
    assert_int_equal(g->cpu.r[EBX], 1);
}

static void an_int_instruction_swallows_the_trap(void **state)
{
    struct guest *g = *state;
    set_vectors(g);
    cpu_set_eflags(&g->cpu, FLAG_TF | 2);
    CODE(g, 0xCD, 0x21, 0x90, 0x90);
    guest_run(g, 2);
    assert_int_equal(interrupted_at(g, 0x21), 2);
    guest_run(g, 3);                                        /* IRET, NOP, trap */
    assert_int_equal(interrupted_at(g, EXC_DB), 3);
}

static void loading_ss_holds_the_trap_off(void **state)
{
    struct guest *g = *state;
    set_vectors(g);
    cpu_set_eflags(&g->cpu, FLAG_TF | 2);
    g->cpu.r[EAX] = STACK1 >> 4;
    CODE(g, 0x8E, 0xD0, 0xBC, 0x00, 0x02, 0x90);
    guest_run(g, 3);
    assert_int_equal(interrupted_at(g, EXC_DB), 5);
}

static void a_repeated_string_traps_after_each_iteration(void **state)
{
    struct guest *g = *state;
    set_vectors(g);
    cpu_set_eflags(&g->cpu, FLAG_TF | 2);
    g->cpu.r[ECX] = 3;
    CODE(g, 0xF3, 0xAA);
    guest_run(g, 2);
    assert_int_equal(interrupted_at(g, EXC_DB), 0);
    assert_int_equal(g->cpu.r[ECX], 2);
}

static void rf_is_cleared_by_the_next_instruction(void **state)
{
    struct guest *g = *state;
    CODE(g, 0x90, 0x90);
    cpu_set_eflags(&g->cpu, FLAG_RF | 2);
    guest_run(g, 1);
    assert_int_equal(g->cpu.eflags & FLAG_RF, 0);
}

/* --- HLT, faults, reset --- */

static void hlt_waits_for_an_interrupt_and_counts_as_idle(void **state)
{
    struct guest *g = *state;
    struct alarm alarm;
    set_vectors(g);
    cpu_set_eflags(&g->cpu, FLAG_IF | 2);
    CODE(g, 0xF4, 0x90);
    arm(g, &alarm, 1000 * TICKS);
    assert_int_equal(cpu_run(&g->cpu, 500 * TICKS, UINT64_MAX, false), CPU_DEADLINE);
    assert_true(g->clock.now == 500 * TICKS);
    assert_int_equal(cpu_run(&g->cpu, 1001 * TICKS, UINT64_MAX, false), CPU_DEADLINE);
    assert_true(alarm.at == 1000 * TICKS);
    assert_true(g->cpu.icount == 1);
    assert_true(g->cpu.idle_ticks == (1001 - FAST) * TICKS);
    assert_true(g->cpu.clocks * TICKS == g->clock.now);
    raise_intr(g, 0x20);
    guest_run(g, 1);
    assert_int_equal(interrupted_at(g, 0x20), 1);
}

static void wake_by_interrupt(void *ctx, uint64_t late)
{
    (void)late;
    raise_intr(ctx, 0x20);
}

static void ask_for_attention(void *ctx, uint64_t late)
{
    struct guest *g = ctx;
    (void)late;
    g->cpu.interrupt = 1;
}

static void a_step_from_hlt_waits_for_the_handler_or_the_user(void **state)
{
    struct guest *g = *state;
    struct event wake = { 0 }, user = { 0 };
    set_vectors(g);
    cpu_set_eflags(&g->cpu, FLAG_IF | 2);
    CODE(g, 0xF4, 0x90);
    clock_register(&g->clock, &wake, "wake", wake_by_interrupt, g);
    clock_register(&g->clock, &user, "user", ask_for_attention, g);
    assert_int_equal(guest_run(g, 1), CPU_LIMIT);           /* HLT itself is an instruction */
    assert_int_equal(g->cpu.eip, 1);
    clock_schedule(&g->clock, &user, 1000 * TICKS);
    clock_schedule(&g->clock, &wake, 2000 * TICKS);
    assert_int_equal(guest_run(g, 1), CPU_INTERRUPTED);
    assert_int_equal(g->cpu.eip, 1);
    assert_int_equal(guest_run(g, 1), CPU_LIMIT);
    assert_int_equal(interrupted_at(g, 0x20), 1);
    assert_true(g->cpu.icount == 2);
}

static void hlt_with_interrupts_off_is_the_end(void **state)
{
    struct guest *g = *state;
    CODE(g, 0xF4, 0x90);
    assert_int_equal(guest_run(g, 10), CPU_DEAD);
    cpu_nmi(&g->cpu);
    set_vectors(g);
    guest_run(g, 1);
    assert_int_equal(interrupted_at(g, EXC_NMI), 1);
}

static void faults_without_end_still_let_time_pass(void **state)
{
    struct guest *g = *state;
    set_vectors(g);
    guest_put(g, HANDLER + EXC_UD * 4, 0x0B0F, 2);          /* the handler of #UD is #UD itself */
    CODE(g, 0x0F, 0x0B);
    assert_int_equal(cpu_run(&g->cpu, 1000 * FAST * TICKS, UINT64_MAX, false), CPU_DEADLINE);
    assert_int_equal(guest_run(g, 100), CPU_LIMIT);
}

static void a_fault_while_a_double_fault_is_delivered_shuts_down(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    g->cpu.idtr.limit = 0;
    CODE(g, 0x0F, 0x0B);
    assert_int_equal(guest_run(g, 10), CPU_SHUTDOWN);
    cpu_reset(&g->cpu);
    assert_int_equal(g->cpu.eip, 0xFFF0);
    assert_int_equal(cpu_run(&g->cpu, g->clock.now + 1, 1, false), CPU_LIMIT);
}

static void reset_in_the_middle_of_an_instruction_waits_for_its_end(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    g->cpu.r[EAX] = 5;
    g->cpu.running = true;
    cpu_reset(&g->cpu);
    assert_int_equal(g->cpu.r[EAX], 5);
    g->cpu.running = false;
    watch_add_breakpoint(g->cpu.watch, 0xFFFFFFF0);
    assert_int_equal(cpu_run(&g->cpu, UINT64_MAX, 1, true), CPU_BREAKPOINT);
    assert_int_equal(g->cpu.cr0 & CR0_PE, 0);
    assert_int_equal(g->cpu.seg[CS].selector, 0xF000);
    assert_int_equal(g->cpu.r[EDX], 0x0404);
}

static uint64_t hash_of(struct guest *g)
{
    struct state state;
    state_begin_hash(&state);
    cpu_visit(&g->cpu, &state);
    state_bytes(&state, "ram", g->ram, GUEST_RAM);
    return state.hash;
}

/* Paging on, with a translation that the tables no longer say, and a loop that writes memory. */
static void put_odd_state(struct guest *g)
{
    guest_protected(g, 0);
    guest_put(g, 0x80000, 0x81007, 4);
    for (uint32_t page = 0; page < 0x100; page++)
        guest_put(g, 0x81000 + page * 4, page << 12 | 7, 4);
    g->cpu.cr3 = 0x80000;
    g->cpu.cr0 |= CR0_PG;
    page_flush(&g->cpu);
    wr8(&g->cpu, DS, 0x90000, 0);
    guest_put(g, 0x81000 + 0x90 * 4, 0, 4);
    CODE(g, 0x40, 0x01, 0x05, 0x00, 0x00, 0x09, 0x00, 0xEB, 0xF7);      /* INC EAX; ADD [90000h],EAX; JMP back */
    guest_run(g, 100);
}

/* The page directory is its own first page table: it maps itself at 0 and CODE_AT to where it is. */
static uint32_t read_table(void *ctx, uint32_t addr, unsigned size)
{
    (void)ctx;
    uint32_t entry = (addr & 0xFFC) == 0 ? 0xA0007 : CODE_AT | 7;
    return entry >> (addr & 3) * 8 & (size == 4 ? 0xFFFFFFFF : 0xFF);
}

static void write_table(void *ctx, uint32_t addr, uint32_t value, unsigned size)
{
    (void)ctx, (void)addr, (void)value, (void)size;
}

/* Looking for a run asks the device, and so for the time, before the run has begun. */
static void page_tables_in_a_device_do_not_upset_the_count(void **state)
{
    struct guest *g = *state;
    static const struct memory_ops ops = { .read = read_table, .write = write_table };
    guest_protected(g, 0);
    bus_map_device(&g->bus, 0xA0000, PAGE_SIZE, &ops, NULL);
    memset(g->ram + CODE_AT, 0x40, 100);                                /* INC EAX */
    g->cpu.cr3 = 0xA0000;
    g->cpu.cr0 |= CR0_PG;
    page_flush(&g->cpu);
    guest_run(g, 50);
    assert_int_equal(g->cpu.icount, 50);
    assert_int_equal(g->cpu.r[EAX], 50);
    assert_int_equal(g->cpu.eip, CODE_AT + 50);
}

static void a_saved_and_loaded_processor_goes_on_like_one_that_was_not(void **state)
{
    struct guest *g = *state, *other = guest_create();
    struct state saved, loaded;
    put_odd_state(g);
    state_begin_save(&saved);
    cpu_visit(&g->cpu, &saved);
    assert_false(state_failed(&saved));
    memcpy(other->ram, g->ram, GUEST_RAM);
    other->clock.now = g->clock.now;
    state_begin_load(&loaded, saved.data, saved.size);
    cpu_visit(&other->cpu, &loaded);
    assert_false(state_failed(&loaded));
    assert_true(hash_of(g) == hash_of(other));
    guest_run(g, 1000);
    guest_run(other, 1000);
    assert_true(guest_get(g, 0x90000, 4) != 0);
    assert_true(hash_of(g) == hash_of(other));
    free(saved.data);
    guest_destroy(other);
}

static void flags_survive_packing_and_unpacking(void **state)
{
    struct guest *g = *state;
    for (unsigned i = 0; i < 64; i++) {
        uint32_t value = 2 | (i & 1) | (i >> 1 & 1) << 2 | (i >> 2 & 1) << 4 | (i >> 3 & 3) << 6 | (i >> 5 & 1) << 11;
        cpu_set_eflags(&g->cpu, value);
        assert_int_equal(cpu_eflags(&g->cpu), value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(an_event_comes_at_the_first_boundary_at_or_after_its_time),
        GUEST_TEST(a_run_stops_at_the_first_boundary_at_or_after_the_deadline),
        GUEST_TEST(a_port_sees_the_time_of_its_instruction),
        GUEST_TEST(repeated_strings_cost_a_clock_an_iteration_and_let_events_in),
        GUEST_TEST(timing_modes_are_those_of_the_public_header),
        GUEST_TEST(table_mode_charges_what_the_table_says),
        GUEST_TEST(interrupts_wait_for_if),
        GUEST_TEST(cli_after_sti_leaves_no_gap),
        GUEST_TEST(popf_and_iret_let_an_interrupt_in_at_once),
        GUEST_TEST(sti_and_what_follows_are_one),
        GUEST_TEST(a_stack_switch_is_not_torn_apart),
        GUEST_TEST(a_stop_in_a_shadow_does_not_end_it),
        GUEST_TEST(nmi_waits_for_iret_of_the_last_one),
        GUEST_TEST(a_pending_interrupt_splits_a_repeated_string_after_sti),
        GUEST_TEST(a_trap_follows_each_instruction_that_began_with_tf),
        GUEST_TEST(an_int_instruction_swallows_the_trap),
        GUEST_TEST(loading_ss_holds_the_trap_off),
        GUEST_TEST(a_repeated_string_traps_after_each_iteration),
        GUEST_TEST(rf_is_cleared_by_the_next_instruction),
        GUEST_TEST(hlt_waits_for_an_interrupt_and_counts_as_idle),
        GUEST_TEST(a_step_from_hlt_waits_for_the_handler_or_the_user),
        GUEST_TEST(hlt_with_interrupts_off_is_the_end),
        GUEST_TEST(faults_without_end_still_let_time_pass),
        GUEST_TEST(a_fault_while_a_double_fault_is_delivered_shuts_down),
        GUEST_TEST(reset_in_the_middle_of_an_instruction_waits_for_its_end),
        GUEST_TEST(page_tables_in_a_device_do_not_upset_the_count),
        GUEST_TEST(a_saved_and_loaded_processor_goes_on_like_one_that_was_not),
        GUEST_TEST(flags_survive_packing_and_unpacking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
