/* Standard streams that are closed, full or gone, and limits of the host: nothing of what is printed gets into a disk,
 * and the program ends in order with a word about it. */
#include <signal.h>

#include "tests/end/support/folder.h"
#include "tests/end/support/program.h"

enum { FLOPPY = 1474560 };

/* Runs COMMAND, in printf's manner with the emulator's path and DISK for its two %s, in a shell. */
static void run_in_shell(struct program *p, const char *command, const char *disk)
{
    char text[1500];
    snprintf(text, sizeof text, command, trowel_path(), disk);
    program_run(p, (const char *const[]){ "/bin/sh", "-c", text, NULL });
}

/* A file that is opened while a standard stream is closed would get its number, and what is printed. */
static void what_is_printed_without_streams_goes_nowhere(void **state)
{
    static const char *const closed[] = { "<&-", ">&-", "2>&-", ">&- 2>&-", "<&- >&-", "<&- 2>&-", "<&- >&- 2>&-" };
    const char *disk = in_folder("streams.img");
    struct program p;
    (void)state;
    make_empty(disk, FLOPPY);
    uint64_t hash = hash_file(disk);
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++) {
        char command[300];
        snprintf(command, sizeof command,
                 "%%s --batch --write --fda %%s -ex 'info disks' -ex 'info registers' -ex nosuch %s", closed[i]);
        run_in_shell(&p, command, disk);
        program_ended(&p, 1);
        program_free(&p);
        if (hash_file(disk) != hash)
            fail_msg("%s: the disk has changed", closed[i]);
        snprintf(command, sizeof command, "%%s image info %%s %s", closed[i]);
        run_in_shell(&p, command, disk);
        program_free(&p);
        assert_true(hash_file(disk) == hash);
    }
}

static void output_that_cannot_be_written_is_an_error(void **state)
{
    struct program p;
    (void)state;
    run_in_shell(&p, "%s --batch -ex 'info disks' %s >/dev/full", "");
    program_ended(&p, 1);
    program_complained(&p, "trowel: stdout: No space left on device\n");
    program_free(&p);
}

/* Its reader has gone: no more is done, but files are completed and disks closed as they should be. */
static void a_pipe_without_a_reader_ends_the_program_in_order(void **state)
{
    enum { MOST_HEAD = 100 };
    const char *wave = in_folder("pipe.wav");
    struct program p;
    size_t size;
    (void)state;
    run_in_shell(&p, "{ %s --batch --wavcapture %s -ex 'wait 0.5' -ex 'x/9000xb 0' -ex 'quit 3'; echo $? >&2; } | "
                 "sleep 0", wave);
    program_complained(&p, "141");
    program_free(&p);
    free(read_file(wave, &size));
    assert_true(size > MOST_HEAD);
}

/* RLIMIT_FSIZE kills who does not look at the signal. */
static void a_limit_of_file_sizes_is_an_error(void **state)
{
    const char *disk = in_folder("limit.img");
    struct program p;
    (void)state;
    make_empty(disk, FLOPPY);
    run_in_shell(&p, "ulimit -f 600; %s --batch --hda %s -ex 'savevm a' -ex 'echo after\\n'", disk);
    program_ended(&p, 1);
    program_said(&p, "File too large");
    program_free(&p);
    run_in_shell(&p, "ulimit -f 1; %s --batch %s -ex 'info disks'", "");
    program_refused(&p, "trowel-exhibits-");
    assert_null(strstr(p.err, "Success"));
    program_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_printed_without_streams_goes_nowhere),
        cmocka_unit_test(output_that_cannot_be_written_is_an_error),
        cmocka_unit_test(a_pipe_without_a_reader_ends_the_program_in_order),
        cmocka_unit_test(a_limit_of_file_sizes_is_an_error),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
