/* What commands write is whole, or what was there stays: its contents, its mode, links to it. */
#include "tests/tui/frame.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tui/output_file.h"

static char folder[] = "/tmp/trowel-output-file-XXXXXX";
static struct output_file file;
static char error[300];

static int setup(void **state)
{
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    umask(022);
    return mkdtemp(folder) ? chdir(folder) : -1;
}

static int teardown(void **state)
{
    char command[80];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

/* No test leaves an unfinished file behind. */
static int nothing_unfinished(void **state)
{
    (void)state;
    return system("test -z \"$(ls -A | grep trowel)\"");
}

static void make(const char *path, const char *text, mode_t mode)
{
    FILE *made = fopen(path, "wb");
    assert_non_null(made);
    fputs(text, made);
    fclose(made);
    assert_int_equal(chmod(path, mode), 0);
}

static void holds(const char *path, const char *text)
{
    char found[100] = "";
    FILE *made = fopen(path, "rb");
    assert_non_null(made);
    found[fread(found, 1, sizeof found - 1, made)] = '\0';
    fclose(made);
    assert_string_equal(found, text);
}

static mode_t mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 07777;
}

static void begin(const char *path, unsigned how, const char *text)
{
    if (!output_file_begin(&file, path, how, error, sizeof error))
        fail_msg("%s", error);
    fputs(text, file.stream);
    fflush(file.stream);
}

static void end(void)
{
    if (!output_file_end(&file, true, error, sizeof error))
        fail_msg("%s", error);
}

static void refused(const char *path, unsigned how, const char *why)
{
    assert_false(output_file_begin(&file, path, how, error, sizeof error));
    assert_ptr_equal(strstr(error, path), error);
    if (!strstr(error, why))
        fail_msg("\"%s\" does not say \"%s\"", error, why);
}

static void a_file_is_there_when_it_is_whole(void **state)
{
    (void)state;
    begin("new", OUTPUT_NEW, "text");
    assert_int_not_equal(access("new", F_OK), 0);
    end();
    holds("new", "text");
    assert_int_equal(mode_of("new"), 0644);
    begin("dropped", OUTPUT_NEW, "text");
    assert_true(output_file_end(&file, false, error, sizeof error));
    assert_int_not_equal(access("dropped", F_OK), 0);
}

static void one_that_is_there_is_replaced_only_if_asked_and_whole(void **state)
{
    (void)state;
    make("old", "old", 0640);
    refused("old", OUTPUT_NEW, "File exists; -f replaces it");
    begin("old", OUTPUT_REPLACE, "new");
    holds("old", "old");
    assert_true(output_file_end(&file, false, error, sizeof error));
    holds("old", "old");
    begin("old", OUTPUT_REPLACE, "new");
    end();
    holds("old", "new");
    assert_int_equal(mode_of("old"), 0640);
}

static void one_that_appears_meanwhile_is_kept(void **state)
{
    (void)state;
    begin("meanwhile", OUTPUT_NEW, "mine");
    make("meanwhile", "other", 0644);
    assert_false(output_file_end(&file, true, error, sizeof error));
    assert_non_null(strstr(error, "meanwhile: File exists"));
    holds("meanwhile", "other");
}

static void a_full_disk_costs_nothing_of_the_old_file(void **state)
{
    struct rlimit before, least;
    static char big[10000];
    (void)state;
    make("precious", "precious", 0644);
    make("log", "log", 0644);
    memset(big, 'x', sizeof big - 1);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    least = (struct rlimit){ 4096, before.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &least), 0);
    begin("precious", OUTPUT_REPLACE, big);
    bool replaced = output_file_end(&file, true, error, sizeof error);
    begin("log", OUTPUT_APPEND, big);
    bool appended = output_file_end(&file, true, error, sizeof error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_false(replaced);
    assert_false(appended);
    holds("precious", "precious");
    holds("log", "log");
}

static void appended_text_stands_behind_the_old(void **state)
{
    (void)state;
    make("list", "one ", 0644);
    begin("list", OUTPUT_APPEND, "two");
    end();
    holds("list", "one two");
    begin("list", OUTPUT_APPEND, "three");
    assert_true(output_file_end(&file, false, error, sizeof error));
    holds("list", "one two");
    begin("fresh", OUTPUT_APPEND, "one");
    end();
    holds("fresh", "one");
}

static void a_link_stays_and_its_file_is_replaced(void **state)
{
    struct stat st;
    (void)state;
    assert_int_equal(mkdir("other", 0755), 0);
    make("other/file", "old", 0600);
    assert_int_equal(symlink("other/file", "link"), 0);
    begin("link", OUTPUT_REPLACE, "new");
    end();
    holds("other/file", "new");
    assert_int_equal(lstat("link", &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(symlink("nowhere", "astray"), 0);
    refused("astray", OUTPUT_REPLACE, "No such file");
}

static void what_is_no_file_is_written_only_if_asked_for(void **state)
{
    (void)state;
    assert_int_equal(mkfifo("pipe", 0600), 0);
    refused("pipe", OUTPUT_REPLACE, "not a file");
    refused("/dev/null", OUTPUT_REPLACE, "not a file");
    refused("pipe", OUTPUT_REPLACE | OUTPUT_SPECIAL, "no program reads from this pipe");
    refused(".", OUTPUT_REPLACE | OUTPUT_SPECIAL, "directory");
    begin("/dev/null", OUTPUT_REPLACE | OUTPUT_SPECIAL, "gone");
    end();
    int reader = open("pipe", O_RDONLY | O_NONBLOCK);
    char found[10] = "";
    begin("pipe", OUTPUT_APPEND | OUTPUT_SPECIAL, "through");
    end();
    assert_int_equal(read(reader, found, sizeof found - 1), 7);
    assert_string_equal(found, "through");
    close(reader);
    struct stat st;
    assert_int_equal(stat("pipe", &st), 0);
    assert_true(S_ISFIFO(st.st_mode));
}

static void where_nothing_can_be_written_is_told(void **state)
{
    (void)state;
    refused("no/such/folder", OUTPUT_NEW, "No such file or directory");
    if (geteuid() == 0)
        return;         /* who may do everything */
    make("protected", "kept", 0444);
    refused("protected", OUTPUT_REPLACE, "Permission denied");
    holds("protected", "kept");
}

static void a_stream_does_not_wait_for_its_reader(void **state)
{
    (void)state;
    assert_int_equal(mkfifo("stream", 0600), 0);
    assert_int_equal(output_stream("stream", error, sizeof error), -1);
    assert_string_equal(error, "stream: no program reads from this pipe; start it first");
    int reader = open("stream", O_RDONLY | O_NONBLOCK), fd = output_stream("stream", error, sizeof error);
    assert_true(fd >= 0);
    assert_int_equal(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
    close(fd);
    close(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_file_is_there_when_it_is_whole, nothing_unfinished),
        cmocka_unit_test_teardown(one_that_is_there_is_replaced_only_if_asked_and_whole, nothing_unfinished),
        cmocka_unit_test_teardown(one_that_appears_meanwhile_is_kept, nothing_unfinished),
        cmocka_unit_test_teardown(a_full_disk_costs_nothing_of_the_old_file, nothing_unfinished),
        cmocka_unit_test_teardown(appended_text_stands_behind_the_old, nothing_unfinished),
        cmocka_unit_test_teardown(a_link_stays_and_its_file_is_replaced, nothing_unfinished),
        cmocka_unit_test_teardown(what_is_no_file_is_written_only_if_asked_for, nothing_unfinished),
        cmocka_unit_test_teardown(where_nothing_can_be_written_is_told, nothing_unfinished),
        cmocka_unit_test(a_stream_does_not_wait_for_its_reader),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
