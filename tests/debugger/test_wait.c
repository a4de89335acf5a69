/* Commands that let the guest run within them: they stop as `continue` does, and say by what. */
#include "tests/debugger/guest.h"

struct asked { struct session *session; uint64_t until; unsigned breaths; };

static bool is_over(void *ctx)
{
    const struct asked *asked = ctx;
    return machine_tick(asked->session->m) >= asked->until;
}

static void breathe(void *ctx)
{
    ((struct asked *)ctx)->breaths++;
}

/* rest MS */
static enum debugger_result run_rest(struct debugger *d, void *ctx, const char *arguments)
{
    struct session *s = ctx;
    char why[100];
    struct asked asked = { s, machine_tick(s->m) + strtoul(arguments, NULL, 10) * TICKS_PER_MS, 0 };
    struct debugger_wait wait = { .until = asked.until, .slice = TICKS_PER_MS, .over = is_over, .breathe = breathe,
                                  .ctx = &asked };
    enum debugger_result result = debugger_wait(d, &wait, why, sizeof why);
    if (*why)
        return debugger_error(d, "rest: %s.", why);
    assert_true(result == DEBUGGER_QUIT || asked.breaths > 0);
    return result;
}

static const struct debugger_command rest[] = { { .name = "rest", .run = run_rest, .help = "Wait." } };

static int setup(void **state)
{
    struct debugger_config config = { .commands = rest, .command_count = 1 };
    *state = session_on(timer_code, sizeof timer_code, &config);
    return 0;
}

static const char *source(struct session *s, const char *text)
{
    s->used = 0;
    s->out[0] = '\0';
    s->result = debugger_source(s->d, "script", text);
    session_settle(s);
    return s->out;
}

static void time_passes_and_nothing_is_said(void **state)
{
    struct session *s = *state;
    uint64_t before = machine_tick(s->m);
    assert_string_equal(run(s, "rest 20"), "");
    assert_false(debugger_running(s->d) || debugger_failed(s->d));
    assert_true(machine_tick(s->m) >= before + 20 * TICKS_PER_MS && machine_tick(s->m) < before + 21 * TICKS_PER_MS);
    assert_string_equal(source(s, "rest 2\nrest 2\necho after\\n\n"), "after\n");
}

static void what_stops_it_is_reported_and_named(void **state)
{
    run(*state, "display/i $pc");
    run(*state, "catch irq 0");
    contains(run(*state, "rest 20"), "\nCatchpoint 1 (irq 0), 0x00007c3b in ?? () (0000:7c3b)\n1: /i $pc");
    contains(((struct session *)*state)->out, "rest: catchpoint 1 came first.\n");
    assert_true(debugger_failed(((struct session *)*state)->d));
    run(*state, "delete 1");
    run(*state, "watch word[0:506]");
    contains(run(*state, "rest 20"), "New value = ");
    contains(((struct session *)*state)->out, "rest: watchpoint 2 came first.\n");
    run(*state, "delete 2");
    run(*state, "break 0:7c44 if word[0:506] == 9");
    contains(source(*state, "rest 200\necho after\\n\n"), "rest: breakpoint 3 came first.\n");
    contains(run(*state, "print word[0:506]"), "= 9\n");
    lacks(((struct session *)*state)->out, "after");
}

static void counts_and_commands_work_as_with_continue(void **state)
{
    run(*state, "catch irq 0");
    run(*state, "ignore 1 5");
    assert_string_equal(run(*state, "rest 10"), "");
    contains(run(*state, "info breakpoints"), "already hit 2 times");
    run(*state, "delete");
    assert_string_equal(source(*state, "set $n = 0\nbreak 0:7c35\ncommands\nsilent\nset $n = $n + 1\nif $n < 100\n"
                                       "continue\nend\nend\n"), "Breakpoint 2 at 0x7c35 (0000:7c35)\n");
    lacks(run(*state, "rest 200"), "rest:");
    contains(run(*state, "print $n > 50 && $n < 70"), "= 1\n");
    contains(run(*state, "rest 200"), "rest: breakpoint 2 came first.\n");
    contains(run(*state, "print $n"), "= 100\n");
}

static void commands_may_wait_themselves(void **state)
{
    assert_string_equal(source(*state, "tbreak 0:7c35\ncommands\nsilent\nrest 4\ncontinue\nend\n"
                                       "rest 50\necho after\\n\n"),
                        "Temporary breakpoint 1 at 0x7c35 (0000:7c35)\nContinuing.\nafter\n");
    contains(source(*state, "break 0:7c35\ncommands\nsilent\nrest 4\nend\nrest 50\necho after\\n\n"), "too deep");
    lacks(((struct session *)*state)->out, "after");
    assert_int_equal(debugger_running(((struct session *)*state)->d), false);
    contains(source(*state, "delete\nrest 5\necho after\\n\n"), "after\n");
}

static void errors_and_quit_in_commands_end_it(void **state)
{
    struct session *s = *state;
    contains(source(s, "break 0:7c35\ncommands\nsilent\nnonsense\ncontinue\nend\nrest 50\necho after\\n\n"),
             "Undefined command");
    lacks(s->out, "after");
    assert_true(debugger_failed(s->d));
    s->result = debugger_source(s->d, "script", "commands 1\nquit 7\nend\nrest 50\necho after\\n\n");
    while (s->result == DEBUGGER_RUN)
        s->result = debugger_run(s->d, CLOCK_NEVER);
    assert_int_equal(s->result, DEBUGGER_QUIT);
    assert_int_equal(debugger_exit_code(s->d), 7);
}

static bool interrupts_and_asks(void *ctx)
{
    debugger_interrupt(((struct asked *)ctx)->session->d);
    return false;
}

static void ctrl_c_ends_it_and_the_script(void **state)
{
    struct session *s = *state;
    struct asked asked = { s, 0, 0 };
    struct debugger_wait wait = { .until = CLOCK_NEVER, .slice = TICKS_PER_MS, .over = interrupts_and_asks,
                                  .breathe = breathe, .ctx = &asked };
    char why[100];
    assert_int_equal(debugger_wait(s->d, &wait, why, sizeof why), DEBUGGER_DONE);
    assert_string_equal(why, "interrupted");
    contains(s->out, "Program received signal SIGINT");
}

static void within_a_run_it_stops_with_the_run(void **state)
{
    struct session *s = *state;
    assert_int_equal(debugger_execute(s->d, "continue"), DEBUGGER_RUN);
    assert_int_equal(debugger_execute(s->d, "rest 5"), DEBUGGER_RUN);
    assert_true(debugger_running(s->d));
    debugger_execute(s->d, "break 0:7c35");
    s->result = debugger_execute(s->d, "rest 50");
    session_settle(s);
    contains(s->out, "Breakpoint 1, 0x00007c35 in");
    contains(s->out, "rest: breakpoint 1 came first.\n");
}

#define ON_REST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_REST(time_passes_and_nothing_is_said),
        ON_REST(what_stops_it_is_reported_and_named),
        ON_REST(counts_and_commands_work_as_with_continue),
        ON_REST(commands_may_wait_themselves),
        ON_REST(errors_and_quit_in_commands_end_it),
        ON_REST(ctrl_c_ends_it_and_the_script),
        ON_REST(within_a_run_it_stops_with_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
