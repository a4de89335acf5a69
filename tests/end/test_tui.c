/* The program in a terminal, driven through tmux and compared with golden screens (UPDATE_SCREENS=1 writes them
 * anew). The guest is fixed to a date and stops at breakpoints, so that every number on the screen is the same each
 * time. */
#include <signal.h>

#include "tests/end/support/folder.h"
#include "tests/end/support/program.h"
#include "tests/end/support/screen.h"

/* The guest end_count as one shell word list, stopped at its first instruction. Below that, where the code pane begins,
 * lies what the BIOS left on its stack: NOPs take its place, so that no screen depends on the BIOS's code. */
static void open_stopped(struct screen *screen, int width, int height)
{
    static const char nops[] = "set $at = 0x7bc0\nwhile $at < 0x7c00\nset byte[$at] = 0x90\nset $at = $at + 1\nend\n";
    NEED("tmux");
    make_guest_floppy("end_count");
    write_file(in_folder("nops"), nops);
    screen_open(screen, width, height,
                "--date 1995-10-31 --speed max -ex \"tbreak 0:7c00\" -ex continue -x nops -ex \"follow 0:7c00\" "
                "-ex \"focus screen\" end_count.img");
    screen_wait(screen, "Temporary breakpoint 1, 0x00007c00");
    screen_wait(screen, " STOP ");
}

static void command(struct screen *screen, const char *line)
{
    screen_type(screen, line);
    screen_key(screen, "Enter");
}

static void quit(struct screen *screen)
{
    screen_key(screen, "F10");
    screen_wait(screen, "(y or n)");
    screen_type(screen, "y");
    screen_ended(screen, 0);
    screen_close(screen);
}

static void golden(struct screen *screen, const char *what)
{
    char name[64];
    snprintf(name, sizeof name, "%dx%d-%s", screen->width, screen->height, what);
    screen_is(screen, name);
}

/* A breakpoint, single steps by command and by key, a watchpoint: registers and code follow. */
static void debug_a_boot_sector(int width, int height)
{
    struct screen screen;
    open_stopped(&screen, width, height);
    golden(&screen, "break");
    command(&screen, "focus registers");
    command(&screen, "stepi 13");
    screen_key(&screen, "F7");
    screen_key(&screen, "F8");
    golden(&screen, "step");
    command(&screen, "watch word[0:500]");
    command(&screen, "continue");
    golden(&screen, "watch");
    command(&screen, "focus code");
    golden(&screen, "code");
    quit(&screen);
}

static void debugging_at_80x24(void **state)
{
    (void)state;
    debug_a_boot_sector(80, 24);
}

static void debugging_at_120x40(void **state)
{
    (void)state;
    debug_a_boot_sector(120, 40);
}

static void debugging_at_200x60(void **state)
{
    (void)state;
    debug_a_boot_sector(200, 60);
}

static void each_pane_has_its_turn_at_80x24(void **state)
{
    (void)state;
    struct screen screen;
    open_stopped(&screen, 80, 24);
    command(&screen, "focus screen");
    golden(&screen, "screen");
    command(&screen, "follow 0:7c00");
    golden(&screen, "memory");
    screen_key(&screen, "F1");
    golden(&screen, "help");
    screen_key(&screen, "Space");
    command(&screen, "focus debugger");
    command(&screen, "info registers");
    golden(&screen, "debugger");
    quit(&screen);
}

static void the_exhibit_menu_takes_keys_of_the_terminal(void **state)
{
    (void)state;
    NEED("tmux");
    struct screen screen;
    screen_open(&screen, 80, 24, "--speed max --date 1995-10-31");
    screen_wait(&screen, "Press a letter");
    screen_type(&screen, "b");
    screen_wait(&screen, "Enter runs it");
    screen_key(&screen, "Escape");
    screen_wait(&screen, "Press a letter");
    screen_key(&screen, "F12");                 /* the keyboard to the debugger */
    screen_wait(&screen, "keys: DEBUGGER");
    screen_key(&screen, "C-c");
    screen_wait(&screen, "STOP");
    command(&screen, "p word[0:413]");
    screen_wait(&screen, "$1 = 639");
    screen_type(&screen, "q");
    screen_key(&screen, "C-u");
    quit(&screen);
}

/* A long command is under way when the next keys come: they wait for its end. */
static void keys_typed_ahead_are_not_lost(void **state)
{
    (void)state;
    struct screen screen;
    open_stopped(&screen, 80, 24);
    command(&screen, "focus debugger");
    command(&screen, "stepi 3000000");
    screen_key(&screen, "F7");
    screen_key(&screen, "F8");
    command(&screen, "p 6 * 7");
    screen_wait(&screen, "= 42");
    char *text = screen_capture(&screen);
    char *long_step = strstr(text, "stepi 3000000"), *key_step = long_step ? strstr(long_step, ") stepi\n") : NULL;
    assert_non_null(key_step);
    assert_non_null(strstr(key_step, ") nexti\n"));
    free(text);
    quit(&screen);
}

/* What needs no stopped guest is executed, the rest refused; Ctrl-C keeps the line. */
static void lines_are_taken_while_the_guest_runs(void **state)
{
    (void)state;
    struct screen screen;
    open_stopped(&screen, 80, 24);
    command(&screen, "focus debugger");
    command(&screen, "continue");
    screen_wait(&screen, " RUN ");
    command(&screen, "p 6 * 8");
    screen_wait(&screen, "$1 = 48");
    command(&screen, "stepi");
    screen_wait(&screen, "The guest runs: press Ctrl-C first.");
    screen_type(&screen, "p 6 * 9");
    screen_wait(&screen, "(trowel) p 6 * 9");
    screen_key(&screen, "C-c");
    screen_wait(&screen, " STOP ");
    screen_key(&screen, "Enter");
    screen_wait(&screen, "$2 = 54");
    screen_type(&screen, "p 7");
    screen_wait(&screen, "(trowel) p 7");
    screen_key(&screen, "C-c");
    command(&screen, "p 1");
    screen_wait(&screen, "$3 = 1");
    quit(&screen);
}

/* Panes take turns: the debugger's is there when it has the keyboard, is typed to, stops the guest, or asks. */
static void in_a_small_terminal_the_debugger_comes_forward(void **state)
{
    (void)state;
    struct screen screen;
    open_stopped(&screen, 80, 24);
    screen_resize(&screen, 40, 12);
    command(&screen, "p 6 * 7");
    screen_wait(&screen, "$1 = 42");
    screen_key(&screen, "F12");
    screen_wait(&screen, "keys: GUEST");
    screen_key(&screen, "F12");
    screen_wait(&screen, "$1 = 42");
    command(&screen, "continue");
    screen_wait(&screen, " RUN ");
    command(&screen, "focus screen");
    screen_wait(&screen, "Trowel BIOS");
    screen_key(&screen, "C-c");
    screen_wait(&screen, "SIGINT");
    command(&screen, "focus screen");
    screen_wait(&screen, "Trowel BIOS");
    quit(&screen);
}

/* tmux's terminfo knows nothing of the mouse reports that reach beyond column 223. */
static void the_terminals_mouse_walks_in_the_guest(void **state)
{
    (void)state;
    NEED("tmux");
    struct screen screen;
    make_guest_floppy("end_mouse");
    screen_open(&screen, 80, 24, "--date 1995-10-31 end_mouse.img");
    screen_wait(&screen, "ready");
    screen_type(&screen, "\033[<35;20;10M");
    screen_type(&screen, "\033[<35;21;10M");
    screen_wait(&screen, "0008 0004 0000 00FF\n0008 0004 0000 00FF");
    screen_type(&screen, "\033[<0;21;10M");
    screen_wait(&screen, "0009 0000 0000");
    screen_type(&screen, "\033[<0;21;10m");
    screen_wait(&screen, "0008 0000 0000");
    screen_key(&screen, "F12");
    screen_key(&screen, "C-c");
    screen_wait(&screen, " STOP ");
    quit(&screen);
}

/* A busy guest at a hundred times its speed is too much for any host, at a hundredth for none. */
static void the_status_line_tells_whether_the_host_keeps_up(void **state)
{
    (void)state;
    struct screen screen;
    open_stopped(&screen, 80, 24);
    command(&screen, "set var word[0:7c00] = 0xfeeb");      /* jmp $ */
    command(&screen, "speed 10000%");
    command(&screen, "continue");
    screen_wait(&screen, " host too slow: ");
    screen_wait(&screen, "% of real time (lost ");
    screen_key(&screen, "C-c");
    screen_wait(&screen, " STOP ");
    command(&screen, "focus debugger");
    command(&screen, "speed");
    screen_wait(&screen, "lost since it was last set running");
    command(&screen, "speed 1%");
    screen_wait(&screen, "The guest runs at 1% of real time.");
    command(&screen, "continue");
    screen_wait(&screen, " MHz 1% ");
    screen_key(&screen, "C-c");
    screen_wait(&screen, " STOP ");
    quit(&screen);
}

static void resizing_changes_the_layout_and_loses_nothing(void **state)
{
    (void)state;
    struct screen screen;
    open_stopped(&screen, 80, 24);
    golden(&screen, "break");
    screen_resize(&screen, 200, 60);
    screen_wait(&screen, "0x7c00");
    screen_resize(&screen, 120, 40);
    screen_is(&screen, "120x40-break");
    screen_resize(&screen, 80, 24);
    golden(&screen, "break");
    quit(&screen);
}

static void tiny_terminals_do_no_harm(void **state)
{
    static const int sizes[][2] = { { 20, 5 }, { 1, 1 }, { 3, 40 }, { 300, 2 }, { 112, 34 }, { 80, 3 } };
    (void)state;
    struct screen screen;
    open_stopped(&screen, 80, 24);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        screen_resize(&screen, sizes[i][0], sizes[i][1]);
        for (int pane = 0; pane < 7; pane++) {
            screen_key(&screen, "F2");
            screen_key(&screen, "F7");
        }
        screen_key(&screen, "F1");
        screen_key(&screen, "Escape");
        free(screen_capture(&screen));
    }
    screen_resize(&screen, 80, 24);
    command(&screen, "p 6 * 7");
    screen_key(&screen, "F2");
    screen_wait(&screen, "= 42");
    quit(&screen);
}

static void quit_gives_its_code_and_the_terminal_back(void **state)
{
    (void)state;
    struct screen screen;
    open_stopped(&screen, 80, 24);
    command(&screen, "quit 3");
    screen_wait(&screen, "(y or n)");
    screen_type(&screen, "y");
    screen_ended(&screen, 3);
    screen_close(&screen);
}

/* Nobody has stopped it yet. No is an answer by itself, and the Enter behind it no line. */
static void a_guest_that_runs_is_not_quit_without_a_question(void **state)
{
    (void)state;
    NEED("tmux");
    struct screen screen;
    make_guest_floppy("end_count");
    screen_open(&screen, 80, 24, "--date 1995-10-31 end_count.img");
    screen_wait(&screen, "keys: GUEST");
    screen_key(&screen, "F12");
    screen_wait(&screen, "keys: DEBUGGER");
    command(&screen, "print 6 * 7");
    screen_wait(&screen, "$1 = 42");
    screen_key(&screen, "F10");
    screen_wait(&screen, "The guest is still there.\nQuit anyway? (y or n)\n");
    screen_key(&screen, "C-c");
    screen_wait(&screen, "Quit anyway? (y or n) n\n");
    screen_key(&screen, "F10");
    screen_wait(&screen, "Quit anyway? (y or n)\n");
    screen_type(&screen, "n");
    screen_key(&screen, "Enter");
    command(&screen, "print $ + 1");
    screen_wait(&screen, "$2 = 43");
    screen_wait(&screen, " RUN ");
    command(&screen, "quit 3");
    screen_wait(&screen, "Quit anyway? (y or n)\n");
    screen_type(&screen, "y");
    screen_ended(&screen, 3);
    screen_close(&screen);
}

static void keys_for_a_guest_that_stands_still_are_dropped(void **state)
{
    (void)state;
    NEED("tmux");
    struct screen screen;
    screen_open(&screen, 80, 24, "--speed max --date 1995-10-31");
    screen_wait(&screen, "Press a letter");
    screen_key(&screen, "F12");
    screen_key(&screen, "C-c");
    screen_wait(&screen, " STOP ");
    screen_key(&screen, "F12");
    screen_wait(&screen, "The guest stands still");
    screen_type(&screen, "b");
    screen_wait(&screen, "Key dropped");
    screen_key(&screen, "F12");
    screen_key(&screen, "F5");
    screen_key(&screen, "F12");
    screen_wait(&screen, " RUN ");
    screen_type(&screen, "a");
    screen_wait(&screen, "A boot sector that stays");
    screen_wait(&screen, "Enter runs it");
    screen_key(&screen, "F12");
    quit(&screen);
}

/* Of 25 rows an 80x24 terminal shows all but one; the others are a key away. */
static void all_rows_of_the_guest_can_be_seen_at_80x24(void **state)
{
    (void)state;
    struct screen screen;
    open_stopped(&screen, 80, 24);
    screen_wait(&screen, " 1-16 of 25");
    screen_key(&screen, "PageDown");
    screen_key(&screen, "PageDown");
    screen_wait(&screen, " 10-25 of 25");
    screen_key(&screen, "PageUp");
    screen_key(&screen, "PageUp");
    screen_wait(&screen, " 1-16 of 25");
    command(&screen, "set var word[0:7c00] = 0xfeeb");
    command(&screen, "continue");
    screen_wait(&screen, " RUN ");
    screen_key(&screen, "F4");
    screen_wait(&screen, "\342\226\274");            /* down */
    char *text = screen_capture(&screen);
    assert_null(strstr(text, " RUN "));
    free(text);
    screen_key(&screen, "F12");
    screen_wait(&screen, " RUN ");
    quit(&screen);
}

static void a_terminal_without_a_cursor_to_move_is_refused(void **state)
{
    (void)state;
    must("script -qec \"TERM=dumb '%s'\" /dev/null </dev/null | grep -q 'trowel: this terminal cannot be used'",
         trowel_path());
}

static void signals_give_the_terminal_back(void **state)
{
    static const struct { int number, code; } signals[] = { { SIGSEGV, 128 + SIGSEGV }, { SIGABRT, 128 + SIGABRT },
                                                            { SIGTERM, 0 }, { SIGHUP, 0 } };
    (void)state;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct screen screen;
        open_stopped(&screen, 80, 24);
        kill(screen_program(), signals[i].number);
        screen_ended(&screen, signals[i].code);
        screen_close(&screen);
    }
}

static void a_question_wants_yes_or_no_and_ends_with_the_terminal(void **state)
{
    static const int signals[] = { SIGTERM, SIGHUP };
    (void)state;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct screen screen;
        open_stopped(&screen, 80, 24);
        command(&screen, "quit");
        screen_wait(&screen, "Quit anyway");
        screen_type(&screen, "x");
        screen_wait(&screen, "Please answer y or n");
        kill(screen_program(), signals[i]);
        screen_ended(&screen, 0);
        screen_close(&screen);
    }
}

static void without_a_terminal_it_says_so_in_one_line(void **state)
{
    (void)state;
    struct program p;
    trowel_run(&p, "--speed", "max");
    program_refused(&p, "terminal");
    program_free(&p);
}

#define tui_test(test) cmocka_unit_test_teardown(test, screen_cleanup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        tui_test(debugging_at_80x24),
        tui_test(debugging_at_120x40),
        tui_test(debugging_at_200x60),
        tui_test(each_pane_has_its_turn_at_80x24),
        tui_test(the_exhibit_menu_takes_keys_of_the_terminal),
        tui_test(keys_typed_ahead_are_not_lost),
        tui_test(lines_are_taken_while_the_guest_runs),
        tui_test(in_a_small_terminal_the_debugger_comes_forward),
        tui_test(the_terminals_mouse_walks_in_the_guest),
        tui_test(the_status_line_tells_whether_the_host_keeps_up),
        tui_test(resizing_changes_the_layout_and_loses_nothing),
        tui_test(tiny_terminals_do_no_harm),
        tui_test(quit_gives_its_code_and_the_terminal_back),
        tui_test(a_guest_that_runs_is_not_quit_without_a_question),
        tui_test(keys_for_a_guest_that_stands_still_are_dropped),
        tui_test(all_rows_of_the_guest_can_be_seen_at_80x24),
        tui_test(a_terminal_without_a_cursor_to_move_is_refused),
        tui_test(signals_give_the_terminal_back),
        tui_test(a_question_wants_yes_or_no_and_ends_with_the_terminal),
        tui_test(without_a_terminal_it_says_so_in_one_line),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
