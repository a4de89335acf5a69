/* Terminals that lie about their size, and whoever stops the program. */
#include <signal.h>

#include "tests/end/support/folder.h"
#include "tests/end/support/program.h"
#include "tests/end/support/screen.h"

static void open_at_prompt(struct screen *screen)
{
    NEED("tmux");
    make_guest_floppy("end_count");
    screen_open(screen, 80, 24, "--date 1995-10-31 --speed max -ex \"tbreak 0:7c00\" -ex continue end_count.img");
    screen_wait(screen, "Temporary breakpoint 1, 0x00007c00");
    screen_wait(screen, " STOP ");
}

static void close_at_prompt(struct screen *screen)
{
    screen_type(screen, "quit 3");
    screen_key(screen, "Enter");
    screen_wait(screen, "(y or n)");
    screen_type(screen, "y");
    screen_ended(screen, 3);
    screen_close(screen);
}

static void answers(struct screen *screen, const char *line, const char *answer)
{
    screen_type(screen, line);
    screen_key(screen, "Enter");
    screen_wait(screen, answer);
}

static void sizes_that_no_terminal_has_do_no_harm(void **state)
{
    static const struct { unsigned rows, columns; } sizes[] = { { 65535, 65535 }, { 1, 1 }, { 65535, 1 }, { 0, 0 },
                                                                { 1, 65535 }, { 300, 700 }, { 2, 3 } };
    struct screen screen;
    (void)state;
    open_at_prompt(&screen);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char text[40], answer[40];
        must("stty -F /proc/%d/fd/0 rows %u cols %u", screen_program(), sizes[i].rows, sizes[i].columns);
        screen_type(&screen, "print 1");
        screen_key(&screen, "Enter");
        must("sleep 0.2; stty -F /proc/%d/fd/0 rows 24 cols 80", screen_program());
        snprintf(text, sizeof text, "print 1000 + %zu", i);
        snprintf(answer, sizeof answer, "= %zu", 1000 + i);
        answers(&screen, text, answer);
    }
    close_at_prompt(&screen);
}

/* Here nobody could continue it (an orphaned process group), so the kernel does not stop it; it still gives the
 * terminal back and takes it again. */
static void a_wish_to_stop_does_no_harm(void **state)
{
    struct screen screen;
    (void)state;
    open_at_prompt(&screen);
    for (unsigned i = 0; i < 5; i++) {
        char text[40], answer[40];
        kill(screen_program(), SIGTSTP);
        must("stty -F /proc/%d/fd/0 rows 25 cols 81", screen_program());
        kill(screen_program(), SIGTSTP);
        snprintf(text, sizeof text, "print 2000 + %u", i);
        snprintf(answer, sizeof answer, "= %u", 2000 + i);
        answers(&screen, text, answer);
        must("stty -F /proc/%d/fd/0 rows 24 cols 80", screen_program());
    }
    screen_wait(&screen, " STOP ");
    close_at_prompt(&screen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(sizes_that_no_terminal_has_do_no_harm, screen_cleanup),
        cmocka_unit_test_teardown(a_wish_to_stop_does_no_harm, screen_cleanup),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
