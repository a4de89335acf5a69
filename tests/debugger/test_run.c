/* Letting the guest run: steps, next, finish, until, continue, interrupts, the ends. */
#include "tests/debugger/guest.h"

static void steps_go_one_instruction(void **state)
{
    assert_string_equal(run(*state, "stepi"), "0x00007c01 in ?? () (0000:7c01)\n");
    assert_string_equal(run(*state, "si 3"), "0x00007c08 in ?? () (0000:7c08)\n");
    assert_string_equal(run(*state, "step"), "0x00007c0a in ?? () (0000:7c0a)\n");
    assert_int_equal(debugger_last_stop(((struct session *)*state)->d, NULL), DEBUGGER_STEPPED);
}

static void an_empty_line_repeats_steps_but_not_break(void **state)
{
    run(*state, "si");
    contains(run(*state, ""), "0x00007c03");
    run(*state, "break 0:7c20");
    assert_string_equal(run(*state, ""), "");
}

static void continue_runs_to_a_breakpoint_and_past_it(void **state)
{
    run(*state, "break 0:7c1c");
    assert_string_equal(run(*state, "continue"),
                        "Continuing.\n\nBreakpoint 1, 0x00007c1c in ?? () (0000:7c1c)\n");
    run(*state, "continue");
    contains(run(*state, "p $cx"), "= 2");
    assert_string_equal(run(*state, "c 2"), "Will ignore next 1 crossings of breakpoint 1.  Continuing.\n"
                                            "[Inferior 1 (specimen) exited with code 03]\n");
}

static void next_runs_over_calls(void **state)
{
    run(*state, "tbreak 0:7c1e");
    run(*state, "c");
    contains(run(*state, "nexti"), "0x00007c21");
    run(*state, "ni");
    contains(run(*state, "next"), "0x00007c25");
}

static void next_runs_over_loops_and_repetitions(void **state)
{
    run(*state, "tbreak 0:7c1c");
    run(*state, "c");
    contains(run(*state, "ni"), "0x00007c1e");
    contains(run(*state, "p $cx"), "= 0");
    run(*state, "tbreak 0:7c33");
    run(*state, "c");
    contains(run(*state, "ni"), "0x00007c35");
    contains(run(*state, "p/x dword[0:600]"), "0x5050505");
}

static void next_counts(void **state)
{
    run(*state, "tbreak 0:7c1e");
    run(*state, "c");
    contains(run(*state, "ni 3"), "0x00007c25");
}

static void a_breakpoint_inside_ends_next(void **state)
{
    run(*state, "tbreak 0:7c1e");
    run(*state, "c");
    run(*state, "break 0:7c3f");
    contains(run(*state, "ni 2"), "Breakpoint 2, 0x00007c3f");
}

static void step_onto_a_breakpoint_reports_it(void **state)
{
    run(*state, "break 0:7c01");
    contains(run(*state, "si"), "Breakpoint 1, 0x00007c01");
    run(*state, "break 0:7c03");
    contains(run(*state, "si 5"), "Breakpoint 2, 0x00007c03");
}

static void finish_returns_from_the_routine(void **state)
{
    run(*state, "tbreak 0:7c3a");
    run(*state, "c");
    assert_string_equal(run(*state, "finish"),
                        "Run till exit from #0  0x00007c3a in ?? () (0000:7c3a)\n0x00007c21 in ?? () (0000:7c21)\n");
}

static void finish_returns_from_an_interrupt_handler(void **state)
{
    run(*state, "tbreak 0:7c44");
    run(*state, "c");
    contains(run(*state, "finish"), "0x00007c25");
}

static void finish_is_not_ended_by_the_return_of_an_interrupt(void **state)
{
    run(*state, "tbreak 0:7c35");
    run(*state, "c");
    run(*state, "set qword[0:5000] = 0xffffb9fee2ffffb9");  /* mov cx,-1; loop $; mov cx,-1; loop $ */
    run(*state, "set qword[0:5008] = 0xc3fee2ffffb9fee2");  /* mov cx,-1; loop $; ret */
    run(*state, "set word[0:7b00] = 0x7c35");
    run(*state, "set $sp = 0:7b00");
    run(*state, "set $pc = 0:5000");
    run(*state, "set $before = word[0:506]");
    contains(run(*state, "finish"), "0x00007c35");
    contains(run(*state, "p word[0:506] > $before"), "= 1");
}

static void until_leaves_a_loop(void **state)
{
    run(*state, "tbreak 0:7c1c");
    run(*state, "c");
    contains(run(*state, "until"), "0x00007c1e");
}

static void until_and_advance_run_to_a_location(void **state)
{
    contains(run(*state, "until 0:7c18"), "0x00007c18 in ?? ()");
    contains(run(*state, "advance 0:7c3f"), "0x00007c3f in ?? ()");
    assert_string_equal(run(*state, "info breakpoints"), "No breakpoints or watchpoints.\n");
}

static void jump_goes_on_elsewhere(void **state)
{
    contains(run(*state, "jump 0:7c49"),
             "Continuing at 0x7c49 (0000:7c49).\n[Inferior 1 (specimen) exited with code 03]\n");
}

static void the_exit_code_is_known_and_nothing_runs_afterwards(void **state)
{
    struct session *s = *state;
    run(s, "c");
    assert_int_equal(debugger_exit_code(s->d), 3);
    assert_int_equal(debugger_last_stop(s->d, NULL), DEBUGGER_EXITED);
    contains(run(s, "p $_exitcode"), "= 3");
    assert_string_equal(run(s, "si"), "The program is not being run.\n");
    assert_true(debugger_failed(s->d));
}

static void exit_code_zero_is_a_normal_exit(void **state)
{
    run(*state, "set {char}0x7c4a = 0");
    contains(run(*state, "c"), "[Inferior 1 (specimen) exited normally]\n");
}

static void starti_presses_reset(void **state)
{
    run(*state, "c");
    contains(run(*state, "starti"), "(f000:fff0)");
    contains(run(*state, "p $eip"), "= 65520");
}

static void the_user_can_interrupt(void **state)
{
    struct session *s = *state;
    run(s, "set word[0:7c01] = 0xfeeb");        /* a loop to itself */
    s->used = 0;
    assert_int_equal(debugger_execute(s->d, "continue"), DEBUGGER_RUN);
    assert_int_equal(debugger_run(s->d, machine_tick(s->m) + TICKS_PER_MS), DEBUGGER_RUN);
    assert_true(debugger_running(s->d));
    debugger_interrupt(s->d);
    s->used = 0;
    assert_int_equal(debugger_run(s->d, machine_tick(s->m) + TICKS_PER_MS), DEBUGGER_DONE);
    assert_string_equal(s->out, "\nProgram received signal SIGINT, Interrupt.\n0x00007c01 in ?? () (0000:7c01)\n");
    assert_false(debugger_running(s->d));
}

static void lines_wait_for_steps_and_scripts_but_not_for_continue(void **state)
{
    struct session *s = *state;
    run(s, "set word[0:7c01] = 0xfeeb");
    assert_true(debugger_takes_lines(s->d));
    debugger_execute(s->d, "stepi 1000000");
    assert_false(debugger_takes_lines(s->d));
    debugger_interrupt(s->d);
    debugger_run(s->d, machine_tick(s->m) + TICKS_PER_MS);
    debugger_execute(s->d, "continue");
    assert_true(debugger_takes_lines(s->d));
    debugger_interrupt(s->d);
    debugger_run(s->d, machine_tick(s->m) + TICKS_PER_MS);
    debugger_source(s->d, "script", "continue\np 1\n");
    assert_false(debugger_takes_lines(s->d));
}

static void looking_is_allowed_while_the_guest_runs_but_not_running_twice(void **state)
{
    struct session *s = *state;
    run(s, "set word[0:7c01] = 0xfeeb");
    debugger_execute(s->d, "continue");
    debugger_run(s->d, machine_tick(s->m) + TICKS_PER_MS);
    s->used = 0;
    assert_int_equal(debugger_execute(s->d, "p 1"), DEBUGGER_RUN);
    assert_string_equal(s->out, "$1 = 1\n");
    s->used = 0;
    assert_int_equal(debugger_execute(s->d, "stepi"), DEBUGGER_RUN);
    assert_string_equal(s->out, "The guest runs: press Ctrl-C first.\n");
    s->used = 0;
    assert_int_equal(debugger_execute(s->d, "c"), DEBUGGER_RUN);
    assert_string_equal(s->out, "The guest is running.\n");
    s->used = 0;
    debugger_execute(s->d, "break 0:7c01");
    assert_int_equal(debugger_run(s->d, machine_tick(s->m) + TICKS_PER_MS), DEBUGGER_DONE);
    contains(s->out, "Breakpoint 1, 0x00007c01");
}

static void halting_for_ever_is_reported(void **state)
{
    run(*state, "set word[0:7c01] = 0xf4fa");       /* cli, hlt */
    contains(run(*state, "c"), "The CPU is halted with interrupts off");
    assert_int_equal(debugger_last_stop(((struct session *)*state)->d, NULL), DEBUGGER_HALTED);
}

static void a_step_over_hlt_ends_in_the_handler(void **state)
{
    run(*state, "tbreak 0:7c34");
    contains(run(*state, "c"), "0x00007c34");
    contains(run(*state, "si"), "0x00007c3b");
    contains(run(*state, "finish"), "0x00007c35");
    contains(run(*state, "p word[0:506]"), "= 1");
}

static void a_halted_guest_can_be_interrupted_in_a_step(void **state)
{
    struct session *s = *state;
    run(s, "tbreak 0:7c34");
    run(s, "c");
    assert_int_equal(debugger_execute(s->d, "stepi"), DEBUGGER_RUN);
    assert_int_equal(debugger_run(s->d, machine_tick(s->m) + 1000), DEBUGGER_RUN);
    debugger_interrupt(s->d);
    assert_int_equal(debugger_run(s->d, machine_tick(s->m) + 1000), DEBUGGER_DONE);
    contains(s->out, "SIGINT");
}

static void a_breakpoint_on_the_handler_is_met_after_an_interrupt_while_halted(void **state)
{
    struct session *s = *state;
    run(s, "tbreak 0:7c34");
    run(s, "c");
    debugger_execute(s->d, "continue");
    debugger_run(s->d, machine_tick(s->m) + 1000);
    debugger_interrupt(s->d);
    debugger_run(s->d, machine_tick(s->m) + 1000);
    run(s, "break 0:7c3b");
    contains(run(s, "c"), "Breakpoint 2, 0x00007c3b");
    contains(run(s, "p word[0:506]"), "= 0");
}

static void next_over_an_instruction_does_not_stop_in_interrupts(void **state)
{
    run(*state, "tbreak 0:7c39");
    run(*state, "c");
    contains(run(*state, "ni"), "0x00007c34");
}

static void displays_and_the_next_line_are_printed_at_stops(void **state)
{
    assert_string_equal(run(*state, "display/x $ax"), "1: /x $ax = 0x0\n");
    assert_string_equal(run(*state, "display/i $pc"), "2: /i $pc\n=> 0x7c00 (0000:7c00):\tcli\n");
    assert_string_equal(run(*state, "si"), "0x00007c01 in ?? () (0000:7c01)\n1: /x $ax = 0x0\n2: /i $pc\n"
                                           "=> 0x7c01 (0000:7c01):\txor ax, ax\n");
    run(*state, "undisplay 1");
    run(*state, "disable display 2");
    run(*state, "set disassemble-next-line on");
    assert_string_equal(run(*state, "si"), "0x00007c03 in ?? () (0000:7c03)\n"
                                           "=> 0x00007c03 (0000:7c03):\t8e d0\tmov ss, ax\n");
    contains(run(*state, "info display"), "2:   n  /i $pc");
}

static void the_frame_behind_a_caught_interrupt_is_the_interrupted_place(void **state)
{
    struct session *s = *state;
    run(s, "catch int 21");
    contains(run(s, "c"), "0x00007c44");
    assert_string_equal(run(s, "bt"), "#0  0x00007c44 in ?? () (0000:7c44)\n#1  0x00007c25 in ?? () (0000:7c25)\n");
    assert_string_equal(run(s, "frame"), "#0  0x00007c44 in ?? () (0000:7c44)\n");
    assert_string_equal(run(s, "f 1"), "#1  0x00007c25 in ?? () (0000:7c25)\n");
    assert_string_equal(run(s, "frame 2"), "No frame at level 2.\n");
    contains(run(s, "finish"), "0x00007c25");
}

/* BP holds a number, not a frame: 0:500h is no return address, as no CALL lies before it. */
static void what_is_no_frame_is_not_shown(void **state)
{
    struct session *s = *state;
    run(s, "tbreak 0:7c21");
    run(s, "c");
    run(s, "set $bp = 0x7d00");
    run(s, "set word[0:7d00] = 0x7e00");
    run(s, "set word[0:7d02] = 0x7c18");
    assert_string_equal(run(s, "bt"), "#0  0x00007c21 in ?? () (0000:7c21)\n");
    run(s, "set word[0:7d02] = 0x7c21");
    contains(run(s, "bt"), "#1  0x00007c21");
    run(s, "starti");
    assert_string_equal(run(s, "bt"), "#0  0xfffffff0 in ?? () (f000:fff0)\n");
}

/* CALL far 0:7C37. */
static void frames_of_far_calls_have_the_callers_segment(void **state)
{
    struct session *s = *state;
    static const uint8_t call[] = { 0x9A, 0x37, 0xFC, 0x00, 0xF8 }, enter[] = { 0x55, 0x89, 0xE5, 0x90 };
    run(s, "tbreak 0:7c21");
    run(s, "c");
    assert_int_equal(inspect_poke(s->m, 0x7C21, call, sizeof call), sizeof call);
    run(s, "set word[0:7c22] = 0x6c37");
    run(s, "set word[0:7c24] = 0x100");
    assert_int_equal(inspect_poke(s->m, 0x7C37, enter, sizeof enter), sizeof enter);
    run(s, "si 3");
    assert_string_equal(run(s, "bt"), "#0  0x00007c3a in ?? () (0100:6c3a)\n#1  0x00007c26 in ?? () (0000:7c26)\n");
}

static void quit_takes_a_code(void **state)
{
    struct session *s = *state;
    s->result = debugger_execute(s->d, "quit 5");
    assert_int_equal(s->result, DEBUGGER_QUIT);
    assert_int_equal(debugger_exit_code(s->d), 5);
}

/* What the debugger does must not be seen by the guest: same state, same time, with and without. */
static uint64_t hash_after(const char *const *lines, const uint8_t *code, size_t size, uint64_t until, uint64_t *clocks)
{
    struct session *s = session_on(code, size, NULL);
    for (; *lines; lines++)
        run(s, *lines);
    while (machine_tick(s->m) < until && debugger_last_stop(s->d, NULL) != DEBUGGER_EXITED) {
        s->used = 0;
        s->result = debugger_execute(s->d, "continue");
        while (s->result == DEBUGGER_RUN && machine_tick(s->m) < until)
            s->result = debugger_run(s->d, until);
    }
    uint64_t hash = machine_hash(s->m);
    *clocks = machine_clocks(s->m);
    session_end(s);
    return hash;
}

static void the_guest_cannot_tell_that_it_is_debugged(void **state)
{
    (void)state;
    static const char *const nothing[] = { NULL };
    static const char *const everything[] = { "break 0:7c1c", "break 0:7c44 if $ax == 1", "watch word[0:500]",
                                              "rwatch word[0:500]", "awatch byte[0:600]@16", "catch int 21",
                                              "catch port", "watch $cx", "si 3", "ni 4", NULL };
    uint64_t plain, watched;
    uint64_t a = hash_after(nothing, guest_code, sizeof guest_code, TICKS_PER_MS, &plain);
    uint64_t b = hash_after(everything, guest_code, sizeof guest_code, TICKS_PER_MS, &watched);
    assert_int_equal(plain, watched);
    assert_true(a == b);
}

static void a_guest_with_interrupts_cannot_tell_either(void **state)
{
    (void)state;
    static const char *const nothing[] = { NULL };
    static const char *const everything[] = { "break 0:7c3b", "watch word[0:506]", "break 0:7c35", "catch irq 0",
                                              "catch port 20", "tbreak 0:7c34", "c", "si", "si", "finish", "ni", NULL };
    uint64_t plain, watched;
    uint64_t a = hash_after(nothing, timer_code, sizeof timer_code, 40 * TICKS_PER_MS, &plain);
    uint64_t b = hash_after(everything, timer_code, sizeof timer_code, 40 * TICKS_PER_MS, &watched);
    assert_int_equal(plain, watched);
    assert_true(a == b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_GUEST(steps_go_one_instruction),
        ON_GUEST(an_empty_line_repeats_steps_but_not_break),
        ON_GUEST(continue_runs_to_a_breakpoint_and_past_it),
        ON_GUEST(next_runs_over_calls),
        ON_GUEST(next_runs_over_loops_and_repetitions),
        ON_GUEST(next_counts),
        ON_GUEST(a_breakpoint_inside_ends_next),
        ON_GUEST(step_onto_a_breakpoint_reports_it),
        ON_GUEST(finish_returns_from_the_routine),
        ON_GUEST(finish_returns_from_an_interrupt_handler),
        ON_TIMER(finish_is_not_ended_by_the_return_of_an_interrupt),
        ON_GUEST(until_leaves_a_loop),
        ON_GUEST(until_and_advance_run_to_a_location),
        ON_GUEST(jump_goes_on_elsewhere),
        ON_GUEST(the_exit_code_is_known_and_nothing_runs_afterwards),
        ON_GUEST(exit_code_zero_is_a_normal_exit),
        ON_GUEST(starti_presses_reset),
        ON_GUEST(the_user_can_interrupt),
        ON_GUEST(lines_wait_for_steps_and_scripts_but_not_for_continue),
        ON_GUEST(looking_is_allowed_while_the_guest_runs_but_not_running_twice),
        ON_GUEST(halting_for_ever_is_reported),
        ON_TIMER(a_step_over_hlt_ends_in_the_handler),
        ON_TIMER(a_halted_guest_can_be_interrupted_in_a_step),
        ON_TIMER(a_breakpoint_on_the_handler_is_met_after_an_interrupt_while_halted),
        ON_TIMER(next_over_an_instruction_does_not_stop_in_interrupts),
        ON_GUEST(displays_and_the_next_line_are_printed_at_stops),
        ON_GUEST(the_frame_behind_a_caught_interrupt_is_the_interrupted_place),
        ON_GUEST(what_is_no_frame_is_not_shown),
        ON_GUEST(frames_of_far_calls_have_the_callers_segment),
        ON_GUEST(quit_takes_a_code),
        cmocka_unit_test(the_guest_cannot_tell_that_it_is_debugged),
        cmocka_unit_test(a_guest_with_interrupts_cannot_tell_either),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
