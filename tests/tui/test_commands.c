/* The program's rows of the debugger's command table: what fingers used to gdb or to QEMU's monitor meet there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "debugger/command.h"
#include "tui/session.h"

struct desk {
    struct machine *machine;
    struct debugger *debugger;
    struct debugger_command rows[SESSION_COMMANDS];
};

static int desk_setup(void **state)
{
    static struct desk desk;
    struct machine_config config;
    char error[200];
    machine_config_defaults(&config);
    config.ram_kb = 1024;
    desk.machine = machine_create(&config, error, sizeof error);
    assert_non_null(desk.machine);
    struct debugger_config rows = { .commands = desk.rows,
                                    .command_count = session_commands(desk.rows, SESSION_COMMANDS),
                                    .complete = session_complete };
    desk.debugger = debugger_create(desk.machine, &rows);
    assert_non_null(desk.debugger);
    *state = &desk;
    return 0;
}

static int desk_teardown(void **state)
{
    struct desk *desk = *state;
    debugger_destroy(desk->debugger);
    machine_destroy(desk->machine);
    return 0;
}

/* Words of gdb 13 and of QEMU 7's monitor. */
static const char *const words[] = {
    "sav", "save", "load", "del", "delete", "delvm", "stop", "start", "cop", "copy", "commit", "change", "res", "reset",
    "reverse-step", "record", "restart", "restore", "savevm", "loadvm", "sa", "lo", "sen", "sendkey", "memsave",
    "pmemsave", "dump", "dump-guest-memory", "screendump", "snapshot", "migrate", "system_reset", "system_powerdown",
    "cont", "eject", "exit", "kill", "detach", "attach", "file", "target", "monitor", "wavcapture", "stopcapture",
    "edit", "insert", "ins", "generate-core-file", "gcore", "tsave", "delete_bookmark", "write", "compile", "core",
};

static const char *const irrevocable[] = { "savevm", "loadvm", "delvm", "copy-in", "copy-out", "reset" };

static void what_cannot_be_taken_back_has_no_abbreviation(void **state)
{
    struct desk *desk = *state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const struct debugger_command *row = command_find(desk->debugger, NULL, words[i], strlen(words[i]), NULL);
        for (size_t n = 0; row && n < sizeof irrevocable / sizeof *irrevocable; n++)
            if (!strcmp(row->name, irrevocable[n]))
                assert_string_equal(words[i], row->name);
    }
}

static void gdbs_save_and_qemus_stop_are_themselves(void **state)
{
    struct desk *desk = *state;
    static const char *const names[] = { "save", "stop", "reset", "system_reset", "savevm", "eject" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct debugger_command *row = command_find(desk->debugger, NULL, names[i], strlen(names[i]), NULL);
        assert_non_null(row);
        assert_string_equal(row->name, names[i]);
    }
}

static void collect(void *ctx, const char *word)
{
    char *text = ctx;
    snprintf(text + strlen(text), 1024 - strlen(text), "%s ", word);
}

static void assert_completes(struct desk *desk, const char *line, const char *words_offered)
{
    char text[1024] = "";
    debugger_complete(desk->debugger, line, strlen(line), collect, text);
    assert_string_equal(text, words_offered);
}

static void tab_knows_the_programs_words(void **state)
{
    assert_completes(*state, "eject ", "a b cd ");
    assert_completes(*state, "exhibit sp", "specimen ");
    assert_completes(*state, "key f1", "f1 f10 f11 f12 ");
    assert_completes(*state, "sav", "save savevm ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_taken_back_has_no_abbreviation),
        cmocka_unit_test(gdbs_save_and_qemus_stop_are_themselves),
        cmocka_unit_test(tab_knows_the_programs_words),
    };
    return cmocka_run_group_tests(tests, desk_setup, desk_teardown);
}
