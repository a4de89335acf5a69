/* Scripts: if, while, define, document, source, hooks. */
#include <unistd.h>

#include "tests/debugger/guest.h"

/* Executes TEXT as a sourced file and returns what it printed. */
static const char *source(struct session *s, const char *text)
{
    s->used = 0;
    s->out[0] = '\0';
    s->result = debugger_source(s->d, "script", text);
    session_settle(s);
    return s->out;
}

static void lines_are_executed_in_turn_and_wait_for_the_guest(void **state)
{
    assert_string_equal(source(*state, "# comment\n\nbreak 0:7c1c\ncontinue\nprint $cx\nstepi\n  print $cx\n"),
                        "Breakpoint 1 at 0x7c1c (0000:7c1c)\nContinuing.\n\nBreakpoint 1, 0x00007c1c in ?? () "
                        "(0000:7c1c)\n"
                        "$1 = 3\n0x00007c18 in ?? () (0000:7c18)\n$2 = 2\n");
}

static void an_error_ends_the_script_and_names_the_line(void **state)
{
    struct session *s = *state;
    assert_string_equal(source(s, "echo one\\n\nfoo\necho two\\n"),
                        "one\nscript:2: Error in sourced command file:\nUndefined command: \"foo\".  Try \"help\".\n");
    assert_true(debugger_failed(s->d));
    assert_false(debugger_running(s->d));
}

static void if_takes_one_side(void **state)
{
    assert_string_equal(source(*state, "if 1\necho yes\\n\nelse\necho no\\n\nend\n"), "yes\n");
    assert_string_equal(source(*state, "if 0\necho yes\\n\nelse\necho no\\n\nend\n"), "no\n");
    assert_string_equal(source(*state, "if 0\necho yes\\n\nend\necho after\\n\n"), "after\n");
    assert_string_equal(source(*state, "if 1\nif 0\necho a\\n\nelse\necho b\\n\nend\nelse\necho c\\n\nend\n"), "b\n");
}

static void while_repeats(void **state)
{
    assert_string_equal(source(*state, "set $i = 0\nwhile $i < 3\noutput $i\nset $i = $i + 1\nend\n"), "012");
    assert_string_equal(source(*state, "set $i = 0\nwhile 1\nset $i += 1\nif $i == 2\nloop_continue\nend\n"
                                       "if $i > 4\nloop_break\nend\noutput $i\nend\necho .\n"), "134.");
}

static void while_may_step_the_guest(void **state)
{
    source(*state, "while $pc != 0x7c18\nstepi\nend\n");
    contains(run(*state, "p $pc"), "0x7c18");
}

static void blocks_may_be_typed(void **state)
{
    struct session *s = *state;
    run(s, "if 1");
    assert_int_equal(s->result, DEBUGGER_MORE);
    run(s, "if 2");
    run(s, "echo in\\n");
    run(s, "end");
    assert_int_equal(s->result, DEBUGGER_MORE);
    assert_string_equal(run(s, "end"), "in\n");
    assert_int_equal(s->result, DEBUGGER_DONE);
    assert_string_equal(run(s, "end"), "This command cannot be used at the top level.\n");
    assert_string_equal(run(s, "while"), "if/while commands require arguments.\n");
    run(s, "while 1");
    debugger_cancel(s->d);
    assert_string_equal(debugger_prompt(s->d), "(trowel) ");
}

/* Very long if each `end` looked at each block from its beginning to its end. */
static void many_blocks_inside_of_each_other_take_no_long_time(void **state)
{
    enum { BLOCKS = 1000, LINE = 5 };
    static char text[BLOCKS * 2 * LINE + 16];
    for (unsigned i = 0; i < BLOCKS; i++)
        memcpy(text + strlen(text), "if 1\n", LINE + 1);
    strcat(text, "echo in\\n\n");
    for (unsigned i = 0; i < BLOCKS; i++)
        memcpy(text + strlen(text), "end\n", LINE);
    assert_string_equal(source(*state, text), "in\n");
}

static void documents_hold_no_blocks(void **state)
{
    assert_string_equal(source(*state, "define show3\nend\nwhile 1\ndocument show3\nif\nwhile 2\nend\nloop_break\nend\n"
                                       "echo after\\n\n"), "after\n");
}

static void missing_end_is_an_error(void **state)
{
    contains(source(*state, "if 1\necho x\\n\n"), "script:1: Error in sourced command file:\nMissing \"end\".\n");
}

static void defined_commands_take_arguments(void **state)
{
    struct session *s = *state;
    source(s, "define show2\nprintf \"%d of %d: %d\\n\", 2, $argc, $arg1\nend\n"
              "document show2\nShow the second.\nif there is one.\nend\n");
    assert_string_equal(run(s, "show2 5 6 7"), "2 of 3: 6\n");
    assert_string_equal(run(s, "help show2"), "Show the second.\nif there is one.\n");
    contains(run(s, "show user show2"), "User command \"show2\":\n  printf");
    source(s, "define outer\nshow2 $arg0 $argc\nshow2 1 2\nend\n");
    assert_string_equal(run(s, "outer 9"), "2 of 2: 1\n2 of 2: 2\n");
}

static void defined_commands_may_run_the_guest(void **state)
{
    source(*state, "define twice\nstepi\nstepi\nend\n");
    assert_string_equal(run(*state, "twice"), "0x00007c01 in ?? () (0000:7c01)\n0x00007c03 in ?? () (0000:7c03)\n");
}

static void endless_recursion_is_refused(void **state)
{
    source(*state, "define again\nagain\nend\n");
    assert_string_equal(run(*state, "again"), "Max user call depth exceeded -- command aborted.\n");
}

static void an_endless_loop_gives_the_caller_its_turn(void **state)
{
    struct session *s = *state;
    assert_int_equal(debugger_source(s->d, "script", "while 1\nend\n"), DEBUGGER_RUN);
    assert_true(debugger_running(s->d));
    assert_int_equal(debugger_run(s->d, CLOCK_NEVER), DEBUGGER_RUN);
    debugger_interrupt(s->d);
    s->used = 0;
    assert_int_equal(debugger_run(s->d, CLOCK_NEVER), DEBUGGER_DONE);
    contains(s->out, "Quit\n");
    assert_false(debugger_running(s->d));
}

static void interrupting_the_guest_ends_the_script(void **state)
{
    struct session *s = *state;
    run(s, "set word[0:7c01] = 0xfeeb");
    s->result = debugger_source(s->d, "script", "continue\necho never\\n\n");
    debugger_run(s->d, machine_tick(s->m) + TICKS_PER_MS);
    debugger_interrupt(s->d);
    assert_int_equal(debugger_run(s->d, machine_tick(s->m) + TICKS_PER_MS), DEBUGGER_DONE);
    lacks(s->out, "never");
}

static void commands_of_breakpoints_come_from_scripts_too(void **state)
{
    contains(source(*state, "break 0:7c1c\ncommands\nsilent\nprint $cx\nend\ncontinue\necho after\\n\n"),
             "Continuing.\n$1 = 3\nafter\n");
}

static void commands_that_continue_may_be_reached_any_number_of_times(void **state)
{
    contains(source(*state, "set $n = 0\nbreak 0:7c35\ncommands\nsilent\nset $n = $n + 1\nif $n < 300\ncontinue\n"
                            "end\nend\ncontinue\nprint $n\n"), "$1 = 300\n");
    run(*state, "delete");
    contains(source(*state, "define on\ncontinue\nend\nset $n = 0\nbreak 0:7c35\ncommands\nsilent\nset $n = $n + 1\n"
                            "if $n < 300\non\nend\nend\ncontinue\nprint $n\n"), "$2 = 300\n");
}

static void a_hook_is_executed_at_stops(void **state)
{
    source(*state, "define hook-stop\necho stopped\\n\nend\n");
    assert_string_equal(run(*state, "si"), "0x00007c01 in ?? () (0000:7c01)\nstopped\n");
}

static void files_are_sourced(void **state)
{
    char path[] = "/tmp/trowel-script-XXXXXX", line[100];
    int fd = mkstemp(path);
    static const char text[] = "echo hello\\n\nbad\n";
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    close(fd);
    snprintf(line, sizeof line, "source %s", path);
    contains(run(*state, line), ":2: Error in sourced command file:\nUndefined command: \"bad\"");
    contains(((struct session *)*state)->out, "hello\n/tmp/");
    remove(path);
    assert_string_equal(run(*state, "source /nonexistent"), "/nonexistent: No such file or directory.\n");
}

static void quit_ends_a_script(void **state)
{
    struct session *s = *state;
    assert_int_equal(debugger_source(s->d, "script", "stepi\nquit 7\necho never\\n\n"), DEBUGGER_RUN);
    while ((s->result = debugger_run(s->d, CLOCK_NEVER)) == DEBUGGER_RUN)
        continue;
    assert_int_equal(s->result, DEBUGGER_QUIT);
    assert_int_equal(debugger_exit_code(s->d), 7);
    lacks(s->out, "never");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_GUEST(lines_are_executed_in_turn_and_wait_for_the_guest),
        ON_GUEST(an_error_ends_the_script_and_names_the_line),
        ON_GUEST(if_takes_one_side),
        ON_GUEST(while_repeats),
        ON_GUEST(while_may_step_the_guest),
        ON_GUEST(blocks_may_be_typed),
        ON_GUEST(many_blocks_inside_of_each_other_take_no_long_time),
        ON_GUEST(documents_hold_no_blocks),
        ON_GUEST(missing_end_is_an_error),
        ON_GUEST(defined_commands_take_arguments),
        ON_GUEST(defined_commands_may_run_the_guest),
        ON_GUEST(endless_recursion_is_refused),
        ON_GUEST(an_endless_loop_gives_the_caller_its_turn),
        ON_GUEST(interrupting_the_guest_ends_the_script),
        ON_GUEST(commands_of_breakpoints_come_from_scripts_too),
        ON_TIMER(commands_that_continue_may_be_reached_any_number_of_times),
        ON_GUEST(a_hook_is_executed_at_stops),
        ON_GUEST(files_are_sourced),
        ON_GUEST(quit_ends_a_script),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
