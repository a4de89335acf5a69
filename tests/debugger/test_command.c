/* The command table: abbreviations, errors, help, settings, completion, info, the program's own commands. */
#include "tests/debugger/guest.h"

static void prefixes_follow_gdb(void **state)
{
    contains(run(*state, "s"), "0x00007c01");
    contains(run(*state, "n"), "0x00007c03");
    contains(run(*state, "b"), "Breakpoint 1");
    contains(run(*state, "i r ax"), "ax ");
    contains(run(*state, "disp $ax"), "1: $ax = 0\n");
    contains(run(*state, "und"), "");
    contains(run(*state, "wat"), "Argument required");
    contains(run(*state, "e"), "Ambiguous command \"e\": echo, enable, exit.\n");
    contains(run(*state, "undisp"), "");
    contains(run(*state, "dis 1"), "");
    contains(run(*state, "en 1"), "");
    contains(run(*state, "cond 1 $ax"), "");
    contains(run(*state, "ign 1 1"), "Will ignore");
    contains(run(*state, "inf b"), "stop only if $ax");
    contains(run(*state, "fin"), "Run till exit");
}

static void wrong_commands_are_named(void **state)
{
    assert_string_equal(run(*state, "foo"), "Undefined command: \"foo\".  Try \"help\".\n");
    assert_string_equal(run(*state, "info foo"), "Undefined info command: \"foo\".  Try \"help info\".\n");
    assert_string_equal(run(*state, "info pi"), "Ambiguous info command \"pi\": pic, pit.\n");
    assert_string_equal(run(*state, "help foo"), "Undefined command: \"foo\".  Try \"help\".\n");
    contains(run(*state, "info"), "\"info\" must be followed by the name of an info command.\n");
    assert_string_equal(run(*state, "# a comment"), "");
    assert_string_equal(run(*state, "   "), "");
    assert_false(debugger_failed(((struct session *)*state)->d));
}

static void help_comes_from_the_table(void **state)
{
    contains(run(*state, "help x"), "Examine memory.\nUsage: x[/NFU] [ADDRESS]\n");
    contains(run(*state, "help info pic"), "The interrupt controllers.\n");
    contains(run(*state, "help info"), "info ivt -- Interrupt vectors of real mode.\n");
    contains(run(*state, "help"), "\nstepi -- Execute one instruction.\n");
    contains(run(*state, "apropos watchpoint"), "info watchpoints -- Watchpoints.\n");
}

static void every_command_has_help_that_is_a_sentence(void **state)
{
    struct session *s = *state;
    char line[200], *text = strdup(run(s, "help"));
    unsigned rows = 0;
    for (char *at = strchr(text, '\n') + 2; *at && *at != '\n'; at = strchr(at, '\n') + 1, rows++) {
        size_t length = strcspn(at, "\n");
        assert_int_equal(at[length - 1], '.');
        snprintf(line, sizeof line, "help %.*s", (int)strcspn(at, " "), at);
        run(s, line);
        assert_false(debugger_failed(s->d));
    }
    assert_true(rows > 50);
    free(text);
}

static void aliases_stand_for_commands(void **state)
{
    run(*state, "alias px = print/x");
    contains(run(*state, "px 255"), "= 0xff");
    assert_string_equal(run(*state, "alias px = print"), "Alias already exists: px\n");
    assert_string_equal(run(*state, "alias q1 = nothing"), "Invalid command to alias to: nothing\n");
    run(*state, "alias loop1 = px");
    run(*state, "alias me = me2");
    assert_string_equal(run(*state, "me"), "Undefined command: \"me\".  Try \"help\".\n");
}

static void settings_are_set_and_shown(void **state)
{
    struct session *s = *state;
    assert_string_equal(run(s, "show confirm"), "Whether to confirm potentially dangerous operations is on.\n");
    run(s, "set confirm off");
    assert_int_equal(debugger_setting(s->d, "confirm"), 0);
    run(s, "set pagination off");
    assert_string_equal(run(s, "show pagination"), "State of pagination is off.\n");
    assert_string_equal(run(s, "set height 0"), "");
    assert_string_equal(run(s, "set width 0"), "");
    contains(run(s, "set height 24"), "There is no pager");
    assert_int_equal(debugger_setting(s->d, "height"), 0);
    lacks(run(s, "show"), "height");
    assert_string_equal(run(s, "show disassembly-flavor"), "The disassembly flavor is \"intel\".\n");
    assert_string_equal(run(s, "set disassembly-flavor purple"), "Undefined item: \"purple\".\n");
    assert_string_equal(run(s, "set confirm maybe"), "\"on\" or \"off\" expected.\n");
    assert_string_equal(run(s, "set input-radix 99"), "integer 99 out of range\n");
    run(s, "set print elements 4");
    assert_string_equal(run(s, "show print elements"), "Limit on string chars or array elements to print is 4.\n");
    assert_string_equal(run(s, "show bogus"), "Undefined show command: \"bogus\".  Try \"help show\".\n");
    contains(run(s, "set bogus 5"), "No symbol \"bogus\" in current context.");
    run(s, "set $ax=3");
    contains(run(s, "p $ax"), "= 3");
}

static void info_registers_has_gdbs_shape(void **state)
{
    run(*state, "set $eax = 0x1234");
    const char *text = run(*state, "info registers");
    contains(text, "eax            0x1234             4660\n");
    contains(text, "eip            0x7c00             31744\n");
    contains(text, "eflags         0x2                [ ]\ncs             0x0                0\n");
    assert_string_equal(run(*state, "i r $ax cs"), "ax             0x1234             4660\n"
                                                   "cs             0x0                0\n");
    assert_string_equal(run(*state, "i r zz"), "Invalid register `zz'\n");
    contains(run(*state, "info all-registers"), "gdtr           base 0x00000000  limit 0xffff\n");
}

/* fninit; fldpi; fld1; fldz; fdivp; fld tbyte [520h]; fld tbyte [530h] */
static const uint8_t float_code[] = { 0xDB, 0xE3, 0xD9, 0xEB, 0xD9, 0xE8, 0xD9, 0xEE, 0xDE, 0xF9,
                                      0xDB, 0x2E, 0x20, 0x05, 0xDB, 0x2E, 0x30, 0x05 };

static void run_float_code(struct session *s)
{
    assert_int_equal(inspect_poke(s->m, 0x7C00, float_code, sizeof float_code), sizeof float_code);
    run(s, "set qword[0:520] = 1");
    run(s, "set qword[0:530] = 0xc000000000000000");
    run(s, "set word[0:538] = 0xffff");
    run(s, "stepi 7");
}

static void info_float_has_gdbs_shape(void **state)
{
    run_float_code(*state);
    assert_string_equal(
        run(*state, "info float"),
        "  R7: Valid   0x4000c90fdaa22168c235 +3.141592653589793239      \n"
        "  R6: Special 0x7fff8000000000000000 +Inf\n"
        "  R5: Special 0x00000000000000000001 +3.645199531882474603e-4951 Denormal\n"
        "=>R4: Special 0xffffc000000000000000 Real Indefinite (QNaN)\n"
        "  R3: Empty   0x00000000000000000000\n  R2: Empty   0x00000000000000000000\n"
        "  R1: Empty   0x00000000000000000000\n  R0: Empty   0x00000000000000000000\n\n"
        "Status Word:         0x2004         ZE                                 \n"
        "                       TOP: 4\n"
        "Control Word:        0x037f   IM DM ZM OM UM PM\n"
        "                       PC: Extended Precision (64-bits)\n"
        "                       RC: Round to nearest\n"
        "Tag Word:            0x2aff\n"
        "Instruction Pointer: 0x00:0x00007c0e\n"
        "Operand Pointer:     0x00:0x00000530\n"
        "Opcode:              0xdb2e\n");
}

static void floating_point_registers_have_gdbs_names(void **state)
{
    run_float_code(*state);
    assert_string_equal(run(*state, "i r st1 st2 ST3 fctrl"),
                        "st1            3.64519953188247460253e-4951 (raw 0x00000000000000000001)\n"
                        "st2            inf                (raw 0x7fff8000000000000000)\n"
                        "st3            3.14159265358979323851 (raw 0x4000c90fdaa22168c235)\n"
                        "fctrl          0x37f              895\n");
    assert_string_equal(run(*state, "i r st8"), "Invalid register `st8'\n");
    contains(run(*state, "p $fstat"), "= 8196\n");
    contains(run(*state, "p/x $fctrl = 0xffff"), "= 0x1f7f\n");        /* the bits that exist */
    contains(run(*state, "p/x $ftag = 0"), "= 0x2a55\n");
    contains(run(*state, "p/x $fop"), "= 0x32e\n");
    contains(run(*state, "info all-registers"), "fooff          0x530              1328\n");
}

static void info_shows_tables_and_chips(void **state)
{
    run(*state, "set dword[0:84] = 0x12345678");
    assert_string_equal(run(*state, "info ivt 21"), "21  1234:5678  0x0179b8  hooked\n");
    assert_string_equal(run(*state, "info ivt 300"), "Invalid range \"300\": 0 to ff.\n");
    contains(run(*state, "info pages"), "Paging is off");
    assert_string_equal(run(*state, "info gdt"), "The CPU is in real mode and uses no GDT. GDTR is as a reset leaves it:\n"
                                                 "base 0x00000000  limit 0xffff\n");
    run(*state, "set qword[0:8] = (qword)0x00cf9a00 << 32 | 0xffff");
    contains(run(*state, "info gdt 1"), "0008  base 0x00000000  limit 0xffffffff  dpl 0  code32 ER\n");
    contains(run(*state, "info pic"), "PIC  lines");
    contains(run(*state, "info pit"), "Speaker off.");
    contains(run(*state, "info dma"), "\n7 ");
    contains(run(*state, "info devices"), "Screen: ");
    static const char *const parts[] = { "KBC  status ", "Mouse: PS/2, ", "RTC  ", "VGA  4096 KB", "FDC  MSR ",
                                         "ATA: no drives" };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        contains(run(*state, "info devices"), parts[i]);
    contains(run(*state, "info program"), "Program stopped at 0x00007c00 in ?? () (0000:7c00)\n");
    assert_false(debugger_failed(((struct session *)*state)->d));
}

struct collected { char text[4096]; };

static void collect(void *ctx, const char *word)
{
    struct collected *c = ctx;
    size_t used = strlen(c->text);
    snprintf(c->text + used, sizeof c->text - used, "%s ", word);
}

static size_t complete(struct session *s, const char *line, struct collected *c)
{
    c->text[0] = '\0';
    return debugger_complete(s->d, line, strlen(line), collect, c);
}

static void tab_completes_by_the_table(void **state)
{
    struct session *s = *state;
    struct collected c;
    assert_int_equal(complete(s, "unt", &c), 0);
    assert_string_equal(c.text, "until ");
    assert_int_equal(complete(s, "info pi", &c), 5);
    assert_string_equal(c.text, "pic pit ");
    complete(s, "catch sec", &c);
    assert_string_equal(c.text, "sector ");
    complete(s, "catch sector fd", &c);
    assert_string_equal(c.text, "fd0 fd1 ");
    assert_int_equal(complete(s, "p $ax+$ef", &c), 6);
    assert_string_equal(c.text, "$eflags ");
    complete(s, "set disassembly", &c);
    assert_string_equal(c.text, "disassembly-flavor ");
    complete(s, "help unt", &c);
    assert_string_equal(c.text, "until ");
    complete(s, "help catch s", &c);
    assert_string_equal(c.text, "screen sector seek segload shutdown speaker ");
    complete(s, "help print $", &c);
    assert_string_equal(c.text, "");
    complete(s, "monitor catch exception d", &c);
    assert_string_equal(c.text, "db de df ");
    complete(s, "save ", &c);
    assert_string_equal(c.text, "breakpoints ");
    run(s, "symbol my_routine 0:7c00");
    complete(s, "break my_", &c);
    assert_string_equal(c.text, "my_routine ");
    run(s, "break");
    complete(s, "delete ", &c);
    assert_string_equal(c.text, "1 ");
    complete(s, "nonsense x", &c);
    assert_string_equal(c.text, "");
    assert_int_equal(complete(s, "source tests/debugger/gue", &c), 7);
    contains(c.text, "tests/debugger/guest.h ");
}

static enum debugger_result own_key(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    if (!*arguments)
        return debugger_error(d, "Which key?");
    debugger_print(d, "key <%s>\n", arguments);
    return DEBUGGER_DONE;
}

static void offer_moods(void *ctx, const struct debugger_command *row, void (*offer)(void *offer_ctx, const char *word),
                        void *offer_ctx)
{
    (void)ctx;
    assert_string_equal(row->name, "mood");
    offer(offer_ctx, "sunny");
    offer(offer_ctx, "grim");
    offer(offer_ctx, "sunny");
    offer(offer_ctx, "");
}

static const struct debugger_command own[] = {
    { .name = "mood", .run = own_key, .help = "Set the mood.", .completion = COMPLETE_PROGRAM },
    { .name = "key", .run = own_key, .help = "Press a key.", .completion = COMPLETE_WORDS, .words = "enter escape" },
    { .name = "clusters", .group = "info", .run = own_key, .help = "Clusters of the disk." },
    { .name = "speed", .group = "set", .run = own_key, .help = "How fast." },
    { .name = "starti", .run = own_key, .help = "In the place of the built-in one." },
};

static bool say_no(void *ctx, const char *question)
{
    session_put(ctx, question);
    return false;
}

static int own_setup(void **state)
{
    const struct debugger_config config = { .commands = own, .command_count = sizeof own / sizeof own[0],
                                            .confirm = say_no, .complete = offer_moods };
    *state = session_on(guest_code, sizeof guest_code, &config);
    return 0;
}

static void the_program_adds_commands(void **state)
{
    struct session *s = *state;
    struct collected c;
    assert_string_equal(run(s, "key  enter "), "key <enter>\n");
    assert_string_equal(run(s, "key"), "Which key?\n");
    assert_true(debugger_failed(s->d));
    assert_string_equal(run(s, "info clus 5"), "key <5>\n");
    assert_string_equal(run(s, "set speed max"), "key <max>\n");
    assert_string_equal(run(s, "starti x"), "key <x>\n");
    contains(run(s, "help key"), "Press a key.\n");
    complete(s, "key es", &c);
    assert_string_equal(c.text, "escape ");
    complete(s, "mood ", &c);
    assert_string_equal(c.text, "grim sunny ");
    complete(s, "mood g", &c);
    assert_string_equal(c.text, "grim ");
}

/* A text screen full of frames is three bytes a character. */
static void long_text_is_printed_whole(void **state)
{
    struct session *s = *state;
    char screen[3 * 80 * 25 + 1];
    for (size_t at = 0; at + 3 < sizeof screen; at += 3)
        memcpy(screen + at, "\xE2\x95\x90", 4);
    for (size_t length = 2040; length < 2056; length++) {
        s->used = 0;
        debugger_print(s->d, "%.*s", (int)length, screen);
        assert_int_equal(strlen(s->out), length);
    }
    s->used = 0;
    debugger_print(s->d, "%s", screen);
    assert_string_equal(s->out, screen);
}

static void words_of_other_debuggers_are_understood_or_refused(void **state)
{
    struct session *s = *state;
    contains(run(s, "monitor info registers eip"), "eip            0x7c00             31744\n");
    contains(run(s, "mon"), "Argument required");
    contains(run(s, "shell ls"), "are not run from here");
    contains(run(s, "!ls"), "are not run from here");
    assert_true(debugger_failed(s->d));
    assert_string_equal(run(s, "stop"), "The guest is stopped already.\n");
    assert_string_equal(run(s, "ptype byte[0]"), "type = unsigned char\n");
    assert_int_equal(debugger_execute(s->d, "continue"), DEBUGGER_RUN);
    assert_int_equal(debugger_execute(s->d, "stop"), DEBUGGER_RUN);
    assert_int_equal(debugger_run(s->d, machine_tick(s->m) + 1), DEBUGGER_DONE);
    contains(s->out, "SIGINT");
}

static void the_user_is_asked(void **state)
{
    struct session *s = *state;
    run(s, "break");
    assert_string_equal(run(s, "delete"), "Delete all breakpoints? (y or n) ");
    contains(run(s, "info b"), "breakpoint ");
    run(s, "si");
    contains(run(s, "quit"), "Quit anyway? (y or n) ");
    assert_int_equal(s->result, DEBUGGER_DONE);
    run(s, "set confirm off");
    s->result = debugger_execute(s->d, "quit");
    assert_int_equal(s->result, DEBUGGER_QUIT);
}

/* A guest that was never stopped is as much there as one that was. */
static void a_guest_that_runs_is_not_left_without_a_question(void **state)
{
    struct session *s = *state;
    assert_int_equal(debugger_execute(s->d, "continue"), DEBUGGER_RUN);
    debugger_run(s->d, machine_tick(s->m) + 1000);
    assert_int_equal(debugger_execute(s->d, "quit"), DEBUGGER_RUN);
    contains(s->out, "The guest is still there.\nQuit anyway? (y or n) ");
}

/* gdb: "Commands that would ask for confirmation, if used interactively, proceed without asking" in command files. */
static void scripts_are_not_asked(void **state)
{
    struct session *s = *state;
    run(s, "si");
    assert_int_equal(debugger_source(s->d, "script", "quit 7\n"), DEBUGGER_QUIT);
    assert_int_equal(debugger_exit_code(s->d), 7);
}

static void random_lines_do_no_harm(void **state)
{
    struct session *s = *state;
    static const char *const pieces[] = { "print", "x/", "break", "if", "$", "$$", "0:", "*", "(", ")", "[", "]",
                                          "{char}", "@", "5", "0x", "word", "info", "set", "catch", "watch", "\"",
                                          "%s", ",", "+", "-", ":", "lin:", "display/", "printf", "find", "end",
                                          "define", "delete", "ax", "#", "'", "\\" };
    uint32_t seed = 1;
    for (int i = 0; i < 20000; i++) {
        char line[200] = "";
        for (int n = 0; n < 6; n++) {
            seed = seed * 1664525 + 1013904223;
            strcat(line, pieces[(seed >> 16) % (sizeof pieces / sizeof pieces[0])]);
            if (seed >> 31)
                strcat(line, " ");
        }
        run(s, line);
        debugger_cancel(s->d);
    }
    assert_string_equal(debugger_prompt(s->d), "(trowel) ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_GUEST(prefixes_follow_gdb),
        ON_GUEST(wrong_commands_are_named),
        ON_GUEST(help_comes_from_the_table),
        ON_GUEST(every_command_has_help_that_is_a_sentence),
        ON_GUEST(aliases_stand_for_commands),
        ON_GUEST(settings_are_set_and_shown),
        ON_GUEST(info_registers_has_gdbs_shape), ON_GUEST(info_float_has_gdbs_shape),
        ON_GUEST(floating_point_registers_have_gdbs_names),
        ON_GUEST(info_shows_tables_and_chips),
        ON_GUEST(tab_completes_by_the_table),
        cmocka_unit_test_setup_teardown(the_program_adds_commands, own_setup, teardown),
        ON_GUEST(long_text_is_printed_whole),
        ON_GUEST(words_of_other_debuggers_are_understood_or_refused),
        cmocka_unit_test_setup_teardown(the_user_is_asked, own_setup, teardown),
        cmocka_unit_test_setup_teardown(a_guest_that_runs_is_not_left_without_a_question, own_setup, teardown),
        cmocka_unit_test_setup_teardown(scripts_are_not_asked, own_setup, teardown),
        ON_GUEST(random_lines_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
