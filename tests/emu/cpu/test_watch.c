/* Breakpoints and watchpoints: when they stop, and that the guest cannot tell. */
#include "guest_cpu.h"

#include "emu/cpu/runs.h"
#include "emu/cpu/watch.h"
#include "emu/emu.h"
#include "emu/state.h"

static enum cpu_stop run(struct guest *g)
{
    return cpu_run(&g->cpu, UINT64_MAX, 1000, true);
}

static void watch_linear(struct guest *g, uint32_t linear, uint32_t size, unsigned access)
{
    assert_true(watch_add(g->cpu.watch, linear, size, access) >= 0);
    cpu_flush_tlb(&g->cpu);
}

#define CODE(g, ...)                                                                                                   \
    do {                                                                                                               \
        const uint8_t code_bytes[] = { __VA_ARGS__ };                                                                  \
        guest_code(g, code_bytes, sizeof code_bytes);                                                                  \
    } while (0)

/* --- Breakpoints --- */

static void a_breakpoint_stops_before_its_instruction(void **state)
{
    struct guest *g = *state;
    CODE(g, 0x40, 0x40, 0x43, 0xEB, 0xFB);
    watch_add_breakpoint(g->cpu.watch, CODE_AT + 2);
    assert_int_equal(run(g), CPU_BREAKPOINT);
    assert_int_equal(g->cpu.eip, 2);
    assert_int_equal(g->cpu.r[EAX], 2);
    assert_int_equal(g->cpu.r[EBX], 0);
}

static void going_on_from_a_breakpoint_passes_it_once(void **state)
{
    struct guest *g = *state;
    CODE(g, 0x40, 0xEB, 0xFD);
    watch_add_breakpoint(g->cpu.watch, CODE_AT);
    assert_int_equal(run(g), CPU_BREAKPOINT);
    assert_int_equal(g->cpu.r[EAX], 0);
    assert_int_equal(run(g), CPU_BREAKPOINT);
    assert_int_equal(g->cpu.r[EAX], 1);
    assert_int_equal(g->cpu.icount, 2);
}

static void a_breakpoint_inside_a_run_and_on_the_second_of_a_pair(void **state)
{
    struct guest *g = *state;
    CODE(g, 0x40, 0x40, 0x40, 0x40, 0xEB, 0xFA);
    for (uint32_t i = 0; i < 4; i++)
        watch_add_breakpoint(g->cpu.watch, CODE_AT + i);
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(run(g), CPU_BREAKPOINT);
        assert_int_equal(g->cpu.eip, i);
    }
}

static void an_interrupt_after_a_stop_does_not_hide_a_breakpoint_on_its_handler(void **state)
{
    struct guest *g = *state;
    CODE(g, 0x40, 0x40, 0x40);
    guest_put(g, 0x40 * 4, 0x600, 4);
    guest_put(g, 0x600, 0xCF40, 2);
    watch_add_breakpoint(g->cpu.watch, CODE_AT + 1);
    watch_add_breakpoint(g->cpu.watch, 0x600);
    cpu_set_eflags(&g->cpu, FLAG_IF | 2);
    assert_int_equal(run(g), CPU_BREAKPOINT);
    g->vector = 0x40;
    cpu_set_intr(&g->cpu, true);
    assert_int_equal(run(g), CPU_BREAKPOINT);
    assert_int_equal(g->cpu.seg[CS].base + g->cpu.eip, 0x600);
    assert_int_equal(run(g), CPU_BREAKPOINT);           /* back at the instruction that is still to come */
    assert_int_equal(g->cpu.eip, 1);
}

static void breakpoints_count_their_users(void **state)
{
    struct guest *g = *state;
    struct watch *w = g->cpu.watch;
    assert_true(watch_add_breakpoint(w, 0x1234));
    assert_true(watch_add_breakpoint(w, 0x1234));
    watch_remove_breakpoint(w, 0x1234);
    assert_true(watch_is_breakpoint(w, 0x1234));
    watch_remove_breakpoint(w, 0x1234);
    assert_false(watch_is_breakpoint(w, 0x1234));
    watch_remove_breakpoint(w, 0x1234);
    for (uint32_t i = 0; i < WATCH_BREAKPOINTS; i++)
        assert_true(watch_add_breakpoint(w, i));
    assert_false(watch_add_breakpoint(w, WATCH_BREAKPOINTS));
}

/* --- Watchpoints --- */

static void a_write_is_reported_after_its_instruction(void **state)
{
    struct guest *g = *state;
    CODE(g, 0xA3, 0x00, 0x05, 0x40, 0xA3, 0x02, 0x05, 0x43);     /* MOV [500h],AX; INC AX; MOV [502h],AX; INC BX */
    g->cpu.r[EAX] = 0x1233;
    watch_linear(g, 0x503, 1, 2);
    assert_int_equal(run(g), CPU_WATCHPOINT);
    assert_int_equal(g->cpu.eip, 7);
    assert_int_equal(g->cpu.watch->last.linear, 0x502);
    assert_int_equal(g->cpu.watch->last.size, 2);
    assert_true(g->cpu.watch->last.write);
    assert_int_equal(guest_get(g, 0x502, 2), 0x1234);
    assert_int_equal(g->cpu.r[EBX], 0);
}

static void reads_and_writes_are_told_apart(void **state)
{
    struct guest *g = *state;
    CODE(g, 0xA3, 0x00, 0x05, 0xA1, 0x00, 0x05, 0x90);
    watch_linear(g, 0x500, 2, 1);
    assert_int_equal(run(g), CPU_WATCHPOINT);
    assert_int_equal(g->cpu.eip, 6);
    assert_false(g->cpu.watch->last.write);
}

static void a_removed_watchpoint_is_silent(void **state)
{
    struct guest *g = *state;
    CODE(g, 0xA3, 0x00, 0x05, 0xEB, 0xFB);
    int handle = watch_add(g->cpu.watch, 0x500, 2, 3);
    assert_true(watch_page(g->cpu.watch, 0x500, WATCHED_READ | WATCHED_WRITE));
    watch_remove(g->cpu.watch, handle);
    assert_false(watch_page(g->cpu.watch, 0x500, WATCHED_READ | WATCHED_WRITE));
    cpu_flush_tlb(&g->cpu);
    assert_int_equal(run(g), CPU_LIMIT);
}

static void an_access_across_pages_is_seen_in_both(void **state)
{
    struct guest *g = *state;
    CODE(g, 0xA3, 0xFF, 0x0F, 0x90);
    watch_linear(g, 0x1000, 1, 2);
    assert_int_equal(run(g), CPU_WATCHPOINT);
    assert_int_equal(g->cpu.watch->last.linear, 0xFFF);
}

static void there_are_so_many_watchpoints_and_no_more(void **state)
{
    struct guest *g = *state;
    for (int i = 0; i < WATCH_POINTS; i++)
        assert_int_equal(watch_add(g->cpu.watch, 0, 1, 3), i);
    assert_int_equal(watch_add(g->cpu.watch, 0, 1, 3), -1);
    watch_remove(g->cpu.watch, 5);
    assert_int_equal(watch_add(g->cpu.watch, 0, 1, 3), 5);
}

/* --- The guest cannot tell --- */

/* Calls, stack, strings with REP, code that patches itself, divide faults; loops for ever. */
static void put_program(struct guest *g)
{
    static const uint8_t program[] = {
        0x8C, 0xC8, 0x8E, 0xD8, 0x8E, 0xC0,         /* 0: DS, ES = CS */
        0xBE, 0x00, 0x01, 0xBF, 0x00, 0x02,         /* 6: SI = 100h, DI = 200h */
        0xB9, 0x20, 0x00, 0xF3, 0xA5,               /* C: REP MOVSW, 32 times */
        0xFE, 0x06, 0x16, 0x00,                     /* 11: INC BYTE [16h] */
        0x05, 0x34, 0x12,                           /* 15: ADD AX,1234h: the immediate was just incremented */
        0xE8, 0x06, 0x00,                           /* 18: CALL 21h */
        0x50, 0x58, 0xF6, 0xF3,                     /* 1B: PUSH AX; POP AX; DIV BL, which is zero */
        0xEB, 0xDF,                                 /* 1F: JMP 0 */
        0x01, 0x06, 0x00, 0x01, 0xC3                /* 21: ADD [100h],AX; RET */
    };
    guest_code(g, program, sizeof program);
    guest_put(g, EXC_DE * 4, 0x00000600, 4);
    guest_put(g, 0x600, 0x83E58955, 4);             /* PUSH BP; MOV BP,SP; ADD WORD [BP+2],2; POP BP; IRET */
    guest_put(g, 0x604, 0x5D020246, 4);
    guest_put(g, 0x608, 0xCF, 1);
}

static uint64_t hash_of(struct guest *g)
{
    struct state state;
    state_begin_hash(&state);
    cpu_visit(&g->cpu, &state);
    clock_visit(&g->clock, &state);
    state_bytes(&state, "ram", g->ram, GUEST_RAM);
    return state.hash;
}

static struct guest *program_run_for(uint64_t instructions, bool step, bool watched, enum timing_mode mode)
{
    struct guest *g = guest_create();
    g->cpu.timing_mode = (uint8_t)mode;
    put_program(g);
    if (watched) {
        watch_linear(g, CODE_AT + 0x100, 16, 3);
        watch_linear(g, CODE_AT + 0x210, 4, 2);
        watch_add_breakpoint(g->cpu.watch, CODE_AT + 0x15);
        watch_add_breakpoint(g->cpu.watch, 0x600);
    }
    while (g->cpu.icount < instructions)
        cpu_run(&g->cpu, UINT64_MAX, step ? 1 : instructions - g->cpu.icount, watched);
    return g;
}

static void stops_steps_and_watches_leave_no_trace_in(enum timing_mode mode)
{
    struct guest *plain = program_run_for(5000, false, false, mode);
    struct guest *stepped = program_run_for(5000, true, false, mode);
    struct guest *watched = program_run_for(5000, false, true, mode);
    assert_true(plain->cpu.icount == 5000);
    assert_true(plain->cpu.clocks == stepped->cpu.clocks && plain->clock.now == stepped->clock.now);
    assert_true(plain->cpu.clocks == watched->cpu.clocks);
    assert_true(hash_of(plain) == hash_of(stepped));
    assert_true(hash_of(plain) == hash_of(watched));
    guest_destroy(plain);
    guest_destroy(stepped);
    guest_destroy(watched);
}

static void stops_leave_no_trace_in_fast_mode(void **state)
{
    (void)state;
    stops_steps_and_watches_leave_no_trace_in(TIMING_FAST);
}

static void stops_leave_no_trace_in_table_mode(void **state)
{
    (void)state;
    stops_steps_and_watches_leave_no_trace_in(TIMING_TABLE);
}

static void count_event(void *ctx, const struct probe_event *event)
{
    uint64_t *sum = ctx;
    *sum = *sum * 31 + event->a;
}

static void every_instruction_is_reported_before_it_is_executed(void **state)
{
    struct guest *g = *state;
    uint64_t sum = 0;
    CODE(g, 0x40, 0x40, 0xEB, 0xFC);
    probe_listen(&g->probes, PROBE_BIT(PROBE_INSN), count_event, &sum);
    guest_run(g, 4);
    uint64_t expected = CODE_AT;
    expected = expected * 31 + CODE_AT + 1;
    expected = expected * 31 + CODE_AT + 2;
    expected = expected * 31 + CODE_AT;
    assert_true(sum == expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(a_breakpoint_stops_before_its_instruction),
        GUEST_TEST(going_on_from_a_breakpoint_passes_it_once),
        GUEST_TEST(a_breakpoint_inside_a_run_and_on_the_second_of_a_pair),
        GUEST_TEST(an_interrupt_after_a_stop_does_not_hide_a_breakpoint_on_its_handler),
        GUEST_TEST(breakpoints_count_their_users),
        GUEST_TEST(a_write_is_reported_after_its_instruction),
        GUEST_TEST(reads_and_writes_are_told_apart),
        GUEST_TEST(a_removed_watchpoint_is_silent),
        GUEST_TEST(an_access_across_pages_is_seen_in_both),
        GUEST_TEST(there_are_so_many_watchpoints_and_no_more),
        GUEST_TEST(stops_leave_no_trace_in_fast_mode),
        GUEST_TEST(stops_leave_no_trace_in_table_mode),
        GUEST_TEST(every_instruction_is_reported_before_it_is_executed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
