/* Breakpoints, watchpoints, catchpoints: setting, listing, conditions, counts, commands. */
#include "tests/debugger/guest.h"

static void break_tells_number_and_place(void **state)
{
    assert_string_equal(run(*state, "break 0:7c1c"), "Breakpoint 1 at 0x7c1c (0000:7c1c)\n");
    assert_string_equal(run(*state, "b *0x7c25"), "Breakpoint 2 at 0x7c25\n");
    assert_string_equal(run(*state, "br 0x7c27"), "Breakpoint 3 at 0x7c27\n");
    assert_string_equal(run(*state, "tb cs:7c29"), "Temporary breakpoint 4 at 0x7c29 (0000:7c29)\n");
    assert_string_equal(run(*state, "b"), "Breakpoint 5 at 0x7c00 (0000:7c00)\n");
    assert_string_equal(run(*state, "b +2"), "Breakpoint 6 at 0x7c03 (0000:7c03)\n");
    assert_string_equal(run(*state, "b lin:7c1c"),
                        "Note: breakpoint 1 also set at pc 0x7c1c.\nBreakpoint 7 at 0x7c1c\n");
    contains(run(*state, "p $bpnum"), "= 7");
}

static void break_matches_by_linear_address(void **state)
{
    run(*state, "break 7c0:1c");
    contains(run(*state, "c"), "Breakpoint 1, 0x00007c1c in ?? () (0000:7c1c)");
}

static void any_segment_matches_the_offset(void **state)
{
    assert_string_equal(run(*state, "break *:7c1c"), "Breakpoint 1 at *:7c1c\n");
    contains(run(*state, "c"), "Breakpoint 1, 0x00007c1c");
    contains(run(*state, "info b"), "*:7c1c");
}

static void wrong_locations_are_refused(void **state)
{
    assert_string_equal(run(*state, "break nowhere"), "Function \"nowhere\" not defined.\n");
    assert_string_equal(run(*state, "break 0:7c00 if nothing"), "No symbol \"nothing\" in current context.\n");
    assert_string_equal(run(*state, "info b"), "No breakpoints or watchpoints.\n");
}

static void a_temporary_breakpoint_goes(void **state)
{
    run(*state, "tbreak 0:7c1c");
    contains(run(*state, "c"), "Temporary breakpoint 1, 0x00007c1c");
    assert_string_equal(run(*state, "info b"), "No breakpoints or watchpoints.\n");
}

static void conditions_are_looked_at_at_each_hit(void **state)
{
    run(*state, "break 0:7c1c if $cx == 1");
    contains(run(*state, "c"), "Breakpoint 1, ");
    contains(run(*state, "p $cx"), "= 1");
    contains(run(*state, "info b"), "\tstop only if $cx == 1\n\tbreakpoint already hit 1 time\n");
    assert_string_equal(run(*state, "condition 1"), "Breakpoint 1 now unconditional.\n");
    assert_string_equal(run(*state, "condition 9 1"), "No breakpoint number 9.\n");
}

static void a_condition_that_fails_stops_with_a_message(void **state)
{
    run(*state, "break 0:7c1c if 1 / ($cx - 2) > 5");
    contains(run(*state, "c"), "Error in testing condition for breakpoint 1:\nDivision by zero\n");
    contains(run(*state, "p $cx"), "= 2");
}

static void conditions_may_count_time(void **state)
{
    run(*state, "break 0:7c18 if $icount >= 10");
    run(*state, "c");
    contains(run(*state, "p $icount >= 10 && $icount < 13"), "= 1");
}

static void ignore_counts_down(void **state)
{
    run(*state, "break 0:7c1c");
    assert_string_equal(run(*state, "ignore 1 2"), "Will ignore next 2 crossings of breakpoint 1.\n");
    run(*state, "c");
    contains(run(*state, "p $cx"), "= 1");
    contains(run(*state, "info b 1"), "already hit 3 times");
    assert_string_equal(run(*state, "ignore 1 0"), "Will stop next time breakpoint 1 is reached.\n");
}

static void disabled_ones_do_not_stop(void **state)
{
    run(*state, "break 0:7c18");
    run(*state, "break 0:7c21");
    run(*state, "disable 1");
    contains(run(*state, "c"), "Breakpoint 2, ");
    contains(run(*state, "info b"), "1       breakpoint     keep n   0x00007c18 (0000:7c18)");
}

static void enable_once_and_count_and_delete(void **state)
{
    run(*state, "break 0:7c18");
    run(*state, "enable once 1");
    run(*state, "c");
    contains(run(*state, "info b"), "dis  n");
    run(*state, "enable count 2 1");
    run(*state, "tbreak 0:7c21");
    contains(run(*state, "c"), "Breakpoint 1, ");
    contains(run(*state, "c"), "Breakpoint 1, ");
    contains(run(*state, "c"), "Temporary breakpoint 2, ");
    run(*state, "break 0:7c44");
    run(*state, "enable delete 3");
    contains(run(*state, "c"), "breakpoint 3, ");
    lacks(run(*state, "info b"), "7c44");
}

static void delete_takes_ranges(void **state)
{
    for (int i = 0; i < 5; i++)
        run(*state, "break");
    run(*state, "delete 2-3 5");
    const char *text = run(*state, "info b");
    contains(text, "\n1 ");
    contains(text, "\n4 ");
    lacks(text, "\n2 ");
    lacks(text, "\n5 ");
    assert_string_equal(run(*state, "delete 9"), "No breakpoint number 9.\n");
    assert_string_equal(run(*state, "delete x"), "Bad breakpoint argument: 'x'\n");
    run(*state, "delete");
    assert_string_equal(run(*state, "info b"), "No breakpoints or watchpoints.\n");
}

static void clear_deletes_by_place(void **state)
{
    run(*state, "break 0:7c18");
    run(*state, "break 0:7c18");
    assert_string_equal(run(*state, "clear 0:7c18"), "Deleted breakpoint 1 2\n");
    assert_string_equal(run(*state, "clear 0:7c18"), "No breakpoint at 0:7c18.\n");
}

static void all_that_are_here_count_and_the_first_is_reported(void **state)
{
    run(*state, "break 0:7c18");
    run(*state, "break 0:7c18");
    contains(run(*state, "c"), "Breakpoint 1, ");
    contains(run(*state, "info b 2"), "already hit 1 time");
}

static void watch_stops_when_the_value_changes(void **state)
{
    assert_string_equal(run(*state, "watch word[0:500]"), "Hardware watchpoint 1: word[0:500]\n");
    assert_string_equal(run(*state, "c"), "Continuing.\n\nHardware watchpoint 1: word[0:500]\n\nOld value = 0\n"
                                          "New value = 1\n0x00007c1c in ?? () (0000:7c1c)\n");
    contains(run(*state, "c"), "Old value = 1\nNew value = 2\n");
    contains(run(*state, "info watchpoints"), "1       hw watchpoint  keep y              word[0:500]");
}

static void watch_overlooks_writes_of_the_same_value(void **state)
{
    run(*state, "set word[0:86] = 0");
    run(*state, "watch word[0:86]");
    contains(run(*state, "c"), "exited with code 03");
}

static void watch_takes_a_plain_address_and_a_condition(void **state)
{
    run(*state, "watch 0:500 if word[0:500] == 3");
    contains(run(*state, "c"), "Old value = 2 '\\002'\nNew value = 3 '\\003'\n");
}

static void watch_takes_a_block(void **state)
{
    run(*state, "set dword[0:600] = 0x05050605");
    run(*state, "watch byte[0:600]@16");
    contains(run(*state, "c"), "Written at 0x601, element 1\nOld value = 6 '\\006'\nNew value = 5 '\\005'\n");
}

static void awatch_tells_the_element_that_is_read(void **state)
{
    run(*state, "awatch word[0:4fe]@3");
    contains(run(*state, "c"), "Written at 0x500, element 1\nOld value = 0\nNew value = 1\n");
    run(*state, "delete");
    run(*state, "rwatch word[0:4fe]@3");
    run(*state, "tbreak 0:7c3f");
    while (strstr(run(*state, "c"), "read watchpoint"))
        continue;
    contains(run(*state, "c"), "Read at 0x500, element 1\nValue = 3\n");
}

static void rwatch_and_awatch_report_reads(void **state)
{
    assert_string_equal(run(*state, "rwatch word[0:500]"), "Hardware read watchpoint 1: word[0:500]\n");
    run(*state, "tbreak 0:7c1e");
    while (strstr(run(*state, "c"), "read watchpoint"))
        continue;
    contains(run(*state, "c"), "Hardware read watchpoint 1: word[0:500]\n\nValue = 3\n0x00007c43");
    run(*state, "delete 1");
    run(*state, "awatch word[0:502]");
    contains(run(*state, "c"), "Hardware access (read/write) watchpoint 3: word[0:502]\n\n");
}

static void registers_are_watched_in_software(void **state)
{
    assert_string_equal(run(*state, "watch $cx"), "Watchpoint 1: $cx\n");
    assert_string_equal(run(*state, "c"), "Continuing.\n\nWatchpoint 1: $cx\n\nOld value = 0\nNew value = 3\n"
                                          "0x00007c18 in ?? () (0000:7c18)\n");
    contains(run(*state, "c"), "Old value = 3\nNew value = 2\n");
    contains(run(*state, "info b"), "1       watchpoint     keep y              $cx");
}

static void breakpoints_work_beside_software_watchpoints(void **state)
{
    run(*state, "watch $si");
    run(*state, "break 0:7c3f");
    contains(run(*state, "c"), "Breakpoint 2, 0x00007c3f");
    contains(run(*state, "finish"), "0x00007c3d");
}

static void constants_cannot_be_watched(void **state)
{
    assert_string_equal(run(*state, "watch 5"), "Cannot watch constant value `5'.\n");
    assert_string_equal(run(*state, "rwatch $ax"), "Expression cannot be implemented with read/access watchpoint.\n");
}

static void catch_int_filters_by_ah(void **state)
{
    assert_string_equal(run(*state, "catch int 21 ah 3e"), "Catchpoint 1 (int 21 ah 3e)\n");
    assert_string_equal(run(*state, "c"), "Continuing.\n\nCatchpoint 1 (int 0x21), 0x00007c44 in ?? () (0000:7c44)\n");
    contains(run(*state, "p/x $ah"), "0x3e");
    contains(run(*state, "p/x $_a"), "0x21");
    contains(run(*state, "p/x $_d"), "0x7c29");
}

static void catch_conditions_see_the_event(void **state)
{
    run(*state, "catch int if $_a == 0x21 && $ah == 0x3e");
    contains(run(*state, "c"), "Catchpoint 1 (int 0x21)");
    contains(run(*state, "p/x $ah"), "0x3e");
    contains(run(*state, "info b"), "stop only if $_a == 0x21 && $ah == 0x3e\n\tbreakpoint already hit 1 time\n");
}

static void catch_port_takes_a_direction(void **state)
{
    run(*state, "catch port 80 r");
    run(*state, "catch port 80 w");
    contains(run(*state, "c"), "Catchpoint 2 (port 0x80 write 0x5), 0x00007c2d");
    contains(run(*state, "p $_b"), "= 5");
}

static void catch_port_takes_a_range(void **state)
{
    assert_string_equal(run(*state, "catch port 7e-81 w"), "Catchpoint 1 (port 7e-81 w)\n");
    contains(run(*state, "c"), "Catchpoint 1 (port 0x80 write 0x5), 0x00007c2d");
    run(*state, "catch port 81-90");
    contains(run(*state, "c"), "exited with code 03");
    assert_string_equal(run(*state, "catch port 81-80"),
                        "Invalid range of ports \"81-80\": its end lies before its beginning.\n");
    contains(run(*state, "catch port 81-"), "Invalid port \"\"");
}

static void tcatch_goes_after_the_first(void **state)
{
    assert_string_equal(run(*state, "tcatch int"), "Temporary catchpoint 1 (int)\n");
    contains(run(*state, "c"), "Temporary catchpoint 1 (int 0x21), ");
    contains(run(*state, "c"), "exited with code 03");
}

static void catch_irq_stops_in_the_handler(void **state)
{
    run(*state, "catch irq 0");
    contains(run(*state, "c"), "Catchpoint 1 (irq 0), 0x00007c3b");
}

static void catch_exception_takes_names(void **state)
{
    run(*state, "set word[0:7c01] = 0x0b0f");       /* undefined opcode */
    run(*state, "catch exception ud");
    contains(run(*state, "c"), "Catchpoint 1 (exception 6 #UD), ");
    assert_string_equal(run(*state, "catch exception zz"), "Invalid exception \"zz\": 0 to 17, decimal, or a name: "
                                                           "de db nmi bp of br ud nm df ts np ss gp pf mf ac.\n");
    contains(run(*state, "catch exception 99"), "Invalid exception \"99\": 0 to 17, decimal, ");
}

static void catch_knows_mode_and_segment_loads(void **state)
{
    run(*state, "catch segload ds");
    contains(run(*state, "c"), "Catchpoint 1 (segload ds 0x0), 0x00007c0a");
    assert_string_equal(run(*state, "catch mode sideways"),
                        "Invalid mode \"sideways\": real, v86, protected16 or protected32.\n");
    contains(run(*state, "catch foo"), "Undefined catch command: \"foo\".  Try \"help catch\".");
    contains(run(*state, "catch"), "catch port -- ");
}

static void catch_takes_numbers_as_their_subject_writes_them(void **state)
{
    assert_string_equal(run(*state, "catch sector hd0 63 w"), "Catchpoint 1 (sector hd0 63 w)\n");
    assert_string_equal(run(*state, "catch motor fd0 if $_b"), "Catchpoint 2 (motor fd0)\n");
    assert_string_equal(run(*state, "catch sector"), "Catchpoint 3 (sector)\n");
    assert_string_equal(run(*state, "catch disk b:"), "Catchpoint 4 (disk b:)\n");
    assert_string_equal(run(*state, "catch port 0x3f2 rw"), "Catchpoint 5 (port 0x3f2 rw)\n");
    assert_string_equal(run(*state, "catch exception 13"), "Catchpoint 6 (exception 13)\n");
    assert_string_equal(run(*state, "catch sector hd9"), "Invalid drive \"hd9\": a, b, c, cd, fd0, fd1, hd0 to hd3.\n");
    assert_string_equal(run(*state, "catch int 100"), "Invalid interrupt \"100\": 0 to ff, hexadecimal.\n");
    assert_string_equal(run(*state, "catch int 21 ah 100"), "Invalid ah \"100\": 0 to ff, hexadecimal.\n");
    assert_string_equal(run(*state, "catch irq 16"), "Invalid line \"16\": 0 to 15, decimal.\n");
    assert_string_equal(run(*state, "catch port 12345"), "Invalid port \"12345\": 0 to ffff, hexadecimal.\n");
    assert_string_equal(run(*state, "catch dma 8"), "Invalid channel \"8\": 0 to 7, decimal.\n");
    assert_string_equal(run(*state, "catch sector fd0 99999999"),
                        "Invalid sector \"99999999\": a floppy has fewer than 130560.\n");
    assert_string_equal(run(*state, "catch port 80 x"), "Invalid direction \"x\": r, w or rw.\n");
    assert_string_equal(run(*state, "catch task 5"), "Junk at end of arguments.\n");
    contains(run(*state, "c"), "exited with code 03");
}

static void commands_are_executed_at_the_stop(void **state)
{
    struct session *s = *state;
    run(s, "break 0:7c1c");
    contains(run(s, "commands"), "Type commands for breakpoint(s) just set, one per line.\n");
    assert_int_equal(s->result, DEBUGGER_MORE);
    assert_string_equal(debugger_prompt(s->d), ">");
    run(s, "printf \"cx=%d\\n\", $cx");
    run(s, "end");
    assert_string_equal(debugger_prompt(s->d), "(trowel) ");
    assert_string_equal(run(s, "c"), "Continuing.\n\nBreakpoint 1, 0x00007c1c in ?? () (0000:7c1c)\ncx=3\n");
    contains(run(s, "info b"), "        printf \"cx=%d\\n\", $cx\n");
}

static void silent_commands_that_continue_make_a_trace(void **state)
{
    run(*state, "break 0:7c1c");
    run(*state, "commands 1");
    run(*state, "silent");
    run(*state, "printf \"cx=%d\\n\", $cx");
    run(*state, "continue");
    run(*state, "echo never\\n");
    run(*state, "end");
    assert_string_equal(run(*state, "c"), "Continuing.\ncx=3\nContinuing.\ncx=2\nContinuing.\ncx=1\nContinuing.\n"
                                          "[Inferior 1 (specimen) exited with code 03]\n");
    assert_string_equal(run(*state, "commands 9"), "No breakpoint number 9.\n");
}

static void views_get_the_marks(void **state)
{
    struct session *s = *state;
    struct debugger_mark marks[4];
    run(s, "break 0:7c18");
    run(s, "tbreak 0:7c1c");
    run(s, "watch word[0:500]");
    run(s, "disable 1");
    assert_int_equal(debugger_breakpoints(s->d, marks, 4), 2);
    assert_int_equal(marks[0].address, 0x7C18);
    assert_false(marks[0].enabled);
    assert_true(marks[1].temporary);
    assert_int_equal(debugger_breakpoints(s->d, marks, 1), 2);
}

static void the_core_has_room_for_so_many(void **state)
{
    for (int i = 0; i < INSPECT_BREAKPOINTS; i++) {
        char line[40];
        snprintf(line, sizeof line, "break lin:%x", 0x1000 + i);
        run(*state, line);
    }
    contains(run(*state, "break lin:9000"), "Could not insert breakpoint 257: the machine has room for 256.\n");
    lacks(run(*state, "info b"), "257");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_GUEST(break_tells_number_and_place),
        ON_GUEST(break_matches_by_linear_address),
        ON_GUEST(any_segment_matches_the_offset),
        ON_GUEST(wrong_locations_are_refused),
        ON_GUEST(a_temporary_breakpoint_goes),
        ON_GUEST(conditions_are_looked_at_at_each_hit),
        ON_GUEST(a_condition_that_fails_stops_with_a_message),
        ON_GUEST(conditions_may_count_time),
        ON_GUEST(ignore_counts_down),
        ON_GUEST(disabled_ones_do_not_stop),
        ON_GUEST(enable_once_and_count_and_delete),
        ON_GUEST(delete_takes_ranges),
        ON_GUEST(clear_deletes_by_place),
        ON_GUEST(all_that_are_here_count_and_the_first_is_reported),
        ON_GUEST(watch_stops_when_the_value_changes),
        ON_GUEST(watch_overlooks_writes_of_the_same_value),
        ON_GUEST(watch_takes_a_plain_address_and_a_condition),
        ON_GUEST(watch_takes_a_block),
        ON_GUEST(awatch_tells_the_element_that_is_read),
        ON_GUEST(rwatch_and_awatch_report_reads),
        ON_GUEST(registers_are_watched_in_software),
        ON_GUEST(breakpoints_work_beside_software_watchpoints),
        ON_GUEST(constants_cannot_be_watched),
        ON_GUEST(catch_int_filters_by_ah),
        ON_GUEST(catch_conditions_see_the_event),
        ON_GUEST(catch_port_takes_a_direction),
        ON_GUEST(catch_port_takes_a_range),
        ON_GUEST(tcatch_goes_after_the_first),
        ON_TIMER(catch_irq_stops_in_the_handler),
        ON_GUEST(catch_exception_takes_names),
        ON_GUEST(catch_knows_mode_and_segment_loads),
        ON_GUEST(catch_takes_numbers_as_their_subject_writes_them),
        ON_GUEST(commands_are_executed_at_the_stop),
        ON_GUEST(silent_commands_that_continue_make_a_trace),
        ON_GUEST(views_get_the_marks),
        ON_GUEST(the_core_has_room_for_so_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
