/* save breakpoints: what was set comes back by `source`. */
#include <unistd.h>

#include "tests/debugger/guest.h"

static const char *path_of(char *path)
{
    strcpy(path, "/tmp/test_save_XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    return path;
}

/* The contents of the file that LINES and `save breakpoints` make. */
static const char *saved(struct session *s, const char *const *lines, char *path)
{
    static char text[4096];
    char line[80];
    for (; *lines; lines++)
        run(s, *lines);
    snprintf(line, sizeof line, "save breakpoints %s", path_of(path));
    contains(run(s, line), "Saved to file '/tmp/test_save_");
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static const char *sourced(struct session *s, const char *path)
{
    char line[80];
    snprintf(line, sizeof line, "source %s", path);
    return run(s, line);
}

static const char *const all_kinds[] = {
    "break 0:7c1c if $cx == 1", "tbreak cs:7c21", "break *:7c44", "break *0x7c25", "watch word[0:500]",
    "rwatch byte[0:600]@16", "watch $cx", "catch int 21 ah 3e", "tcatch port 80 w", "ignore 1 2", "disable 4",
    "enable once 8", "enable count 3 3", "commands 1", "silent", "if $cx", "echo in\\n", "end", "end", NULL
};

static void breakpoints_are_saved_as_commands(void **state)
{
    char path[40];
    assert_string_equal(saved(*state, all_kinds, path),
                        "break &0000:7c1c\n  ignore $bpnum 2\n  condition $bpnum $cx == 1\n"
                        "  commands $bpnum\n    silent\n    if $cx\n    echo in\\n\n    end\n  end\n"
                        "tbreak &0000:7c21\n"
                        "break *:7c44\nenable count 3 $bpnum\n"
                        "break *0x7c25\ndisable $bpnum\n"
                        "watch word[0:500]\nrwatch byte[0:600]@16\nwatch $cx\n"
                        "catch int 21 ah 3e\nenable once $bpnum\n"
                        "tcatch port 80 w\n");
    remove(path);
}

static void what_was_saved_can_be_sourced(void **state)
{
    char path[40];
    saved(*state, all_kinds, path);
    char *before = strdup(run(*state, "info breakpoints"));
    struct session *fresh = session_on(guest_code, sizeof guest_code, NULL);
    lacks(sourced(fresh, path), "rror");
    assert_string_equal(run(fresh, "info breakpoints"), before);
    session_end(fresh);
    free(before);
    remove(path);
}

/* DI will be something else when the file is sourced. */
static void places_given_by_registers_are_saved_as_addresses(void **state)
{
    static const char *const lines[] = { "set $di = 0x500", "watch word[ds:di]", "awatch (char)byte[es:di+2]@3",
                                         "set $at = 0x600", "watch *(short*)$at", "break $pc+4", NULL };
    char path[40];
    const char *text = saved(*state, lines, path);
    contains(text, "# watch word[ds:di]\nwatch {unsigned short}0x500\n");
    contains(text, "# watch *(short*)$at\nwatch {short}0x600\n");
    contains(text, "break &0000:7c04\n");
    remove(path);
}

static void without_breakpoints_no_file_is_written(void **state)
{
    assert_string_equal(run(*state, "save breakpoints /no/where"), "Nothing to save.\n");
    assert_string_equal(run(*state, "save breakpoints"), "Argument required (file name in which to save).\n");
    run(*state, "break 0:7c1c");
    assert_string_equal(run(*state, "save breakpoints /no/where"), "Cannot open /no/where for writing.\n");
    assert_true(debugger_failed(((struct session *)*state)->d));
}

static FILE *not_there(void *ctx, const char *path, bool append, char *error, size_t error_size)
{
    (void)ctx, (void)append;
    snprintf(error, error_size, "%s: is a disk image", path);
    return NULL;
}

static void the_program_may_refuse_the_file(void **state)
{
    (void)state;
    const struct debugger_config config = { .open_output = not_there };
    struct session *s = session_on(guest_code, sizeof guest_code, &config);
    run(s, "break 0:7c1c");
    assert_string_equal(run(s, "save b disk.img"), "disk.img: is a disk image.\n");
    session_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_GUEST(breakpoints_are_saved_as_commands),
        ON_GUEST(what_was_saved_can_be_sourced),
        ON_GUEST(places_given_by_registers_are_saved_as_addresses),
        ON_GUEST(without_breakpoints_no_file_is_written),
        cmocka_unit_test(the_program_may_refuse_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
