/* Privileged behaviour: the guests privileged_*.asm, each of which writes a log of many small experiments.
 *
 * Without arguments Trowel's logs, in each timing mode, are compared with those in tests/guests/privileged. These are
 * Trowel's own, and are as good as `test_privileged peers` (make check-peers) found them: that runs the same images
 * under QEMU and Bochs, and whatever line is another there has to be in tests/guests/privileged/differences.txt with
 * the reason. `test_privileged write` writes the logs anew, after a change that the peers must then be asked about.
 * More words are the subjects, if not all are meant. */
#include <fnmatch.h>
#include <glob.h>

#include "tests/end/support/folder.h"
#include "tests/end/support/program.h"

static const char golden_folder[] = "tests/guests/privileged";

/* --- Subjects: the part of a guest's name behind "privileged_" --- */

enum { SUBJECTS_MAX = 32, NAME_MAX_LENGTH = 32, LINE_LENGTH = 1024 };
struct subjects {
    char name[SUBJECTS_MAX][NAME_MAX_LENGTH];
    size_t count;
};

/* Those among WANTED (ends with NULL), or all if none is. */
static bool is_wanted(const char *const *wanted, const char *name)
{
    if (!*wanted)
        return true;
    for (; *wanted; wanted++)
        if (strcmp(*wanted, name) == 0)
            return true;
    return false;
}

static struct subjects find_subjects(const char *const *wanted)
{
    struct subjects found = { .count = 0 };
    char pattern[512];
    glob_t paths;
    snprintf(pattern, sizeof pattern, "%s", guest("privileged_*"));
    assert_int_equal(glob(pattern, 0, NULL, &paths), 0);
    assert_true(paths.gl_pathc <= SUBJECTS_MAX);
    for (size_t i = 0; i < paths.gl_pathc; i++) {
        const char *name = strstr(strrchr(paths.gl_pathv[i], '/'), "privileged_") + strlen("privileged_");
        snprintf(found.name[found.count], NAME_MAX_LENGTH, "%.*s", (int)strcspn(name, "."), name);
        found.count += is_wanted(wanted, found.name[found.count]);
    }
    globfree(&paths);
    return found;
}

static const char *floppy(const char *subject)
{
    char name[64];
    snprintf(name, sizeof name, "privileged_%s", subject);
    return make_guest_floppy(name);
}

/* --- Running --- */

/* What the guest wrote between [log] and [end], to be freed. A machine that began again ends its log. */
static char *cut_log(const char *text)
{
    char *log = calloc(1, strlen(text) + 1), *to = log;
    const char *from = strstr(text, "[log]");
    assert_non_null(log);
    if (!from)
        return log;
    from += strlen("[log]");
    size_t length = strlen(from);
    const char *end = strstr(from, "[end]"), *again = strstr(from, "[log]");
    if (end)
        length = (size_t)(end - from);
    if (again && again < from + length)
        length = (size_t)(again - from);
    for (size_t i = 0; i < length; i++)
        if (from[i] != '\r' && !(from[i] == '\n' && to == log))
            *to++ = from[i];
    return log;
}

static char *log_of_trowel(const char *subject, const char *timing)
{
    struct program p;
    trowel_run(&p, "--batch", "--timing", timing, "--speed", "max", "--debugcon", "-", "--debug-exit", "0xf4",
               floppy(subject), "-ex", "continue");
    program_ended(&p, 0);
    program_said(&p, "[end]");
    char *log = cut_log(p.out);
    program_free(&p);
    return log;
}

static char *log_of_qemu(const char *subject)
{
    struct program p;
    char drive[600];
    snprintf(drive, sizeof drive, "file=%s,format=raw,if=floppy,snapshot=on", floppy(subject));
    program_run(&p, (const char *const[]){
        "timeout", "20", "qemu-system-i386", "-accel", "tcg", "-cpu", "486", "-M", "pc", "-m", "16", "-nodefaults",
        "-device", "isa-vga", "-display", "none", "-no-reboot", "-debugcon", "stdio", "-global",
        "isa-debugcon.iobase=0xe9", "-device", "isa-debug-exit,iobase=0xf4,iosize=4", "-drive", drive, "-boot", "a",
        NULL });
    char *log = cut_log(p.out);
    program_free(&p);
    return log;
}

/* Bochs has no 486 among its models; the Pentium is the nearest. It wants a terminal, which script(1) is. */
static char *log_of_bochs(const char *subject)
{
    struct program p;
    char text[2048], command[1400];
    const char *config = in_folder("bochsrc"), *debugger = in_folder("bochsrc-debugger");
    snprintf(text, sizeof text,
             "display_library: term\n"
             "romimage: file=/usr/share/bochs/BIOS-bochs-legacy\n"
             "vgaromimage: file=/usr/share/vgabios/vgabios.bin\n"
             "cpu: model=pentium, count=1, ips=200000000, reset_on_triple_fault=0\n"
             "megs: 16\npci: enabled=0\nfloppya: 1_44=%s, status=inserted\nboot: floppy\n"
             "port_e9_hack: enabled=1\nclock: sync=none\nsound: driver=dummy\nspeaker: enabled=0\n"
             "panic: action=fatal\nerror: action=ignore\ninfo: action=ignore\nlog: %s\n",
             floppy(subject), in_folder("bochs.log"));
    write_file(config, text);
    write_file(debugger, "c\n");
    snprintf(command, sizeof command, "TERM=vt100 timeout --foreground 60 bochs -q -f '%s' -rc '%s'", config, debugger);
    program_run(&p, (const char *const[]){ "script", "-qec", command, "/dev/null", NULL });
    char *log = cut_log(p.out);
    program_free(&p);
    return log;
}

/* --- The golden logs --- */

static const char *golden_path(const char *subject)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s.log", golden_folder, subject);
    return path;
}

/* The line at TEXT, without its end; returns where the next one begins. */
static const char *next_line(const char *text, char *line)
{
    size_t length = strcspn(text, "\n");
    snprintf(line, LINE_LENGTH, "%.*s", (int)length, text);
    return text + length + (text[length] == '\n');
}

/* How many lines differ; shows the first few. */
static unsigned differing_lines(const char *subject, const char *timing, const char *golden, const char *log)
{
    enum { SHOWN = 5 };
    char expected[LINE_LENGTH], found[LINE_LENGTH];
    unsigned count = 0;
    while (*golden || *log) {
        golden = next_line(golden, expected);
        log = next_line(log, found);
        if (strcmp(expected, found) != 0 && count++ < SHOWN)
            print_error("%s, %s mode:\n  expected %s\n  found    %s\n", subject, timing, expected, found);
    }
    return count;
}

static void logs_are_as_kept(const char *const *wanted, const char *timing)
{
    const struct subjects subjects = find_subjects(wanted);
    unsigned count = 0;
    assert_true(subjects.count > 0);
    for (size_t i = 0; i < subjects.count; i++) {
        char *golden = read_file(golden_path(subjects.name[i]), NULL);
        char *log = log_of_trowel(subjects.name[i], timing);
        count += differing_lines(subjects.name[i], timing, golden, log);
        free(log);
        free(golden);
    }
    assert_int_equal(count, 0);
}

static void privileged_guests_log_as_kept_in_fast_mode(void **state)
{
    logs_are_as_kept(*state, "fast");
}

static void privileged_guests_log_as_kept_in_table_mode(void **state)
{
    logs_are_as_kept(*state, "table");
}

static void privileged_guests_log_as_kept_in_cycle_mode(void **state)
{
    logs_are_as_kept(*state, "cycle");
}

static void write_golden_logs(void **state)
{
    const struct subjects subjects = find_subjects(*state);
    for (size_t i = 0; i < subjects.count; i++) {
        char *log = log_of_trowel(subjects.name[i], "fast");
        write_file(golden_path(subjects.name[i]), log);
        free(log);
    }
}

/* --- Peers: differences.txt has lines of SUBJECT|PEER|PATTERN|WHY; see its head --- */

enum { DIFFERENCES_MAX = 400 };
struct difference {
    char subject[NAME_MAX_LENGTH], peer[16], pattern[200];
    unsigned long ignored;      /* flags, in the lines of mask|PEER|BITS|WHY */
    bool seen;
};
struct differences {
    struct difference list[DIFFERENCES_MAX];
    size_t count;
};

static void read_differences(struct differences *table)
{
    char path[256], line[LINE_LENGTH];
    snprintf(path, sizeof path, "%s/differences.txt", golden_folder);
    char *text = read_file(path, NULL);
    table->count = 0;
    for (const char *p = text; *p;) {
        p = next_line(p, line);
        if (!line[0] || line[0] == '#')
            continue;
        assert_true(table->count < DIFFERENCES_MAX);
        struct difference *d = &table->list[table->count++];
        *d = (struct difference){ .seen = false };
        if (sscanf(line, "%31[^|]|%15[^|]|%199[^|]|%*1c", d->subject, d->peer, d->pattern) != 3)
            fail_msg("%s: not SUBJECT|PEER|PATTERN|WHY: %s", path, line);
        if (strcmp(d->subject, "mask") == 0)
            d->ignored = strtoul(d->pattern, NULL, 16);
    }
    free(text);
}

static unsigned long ignored_flags(struct differences *table, const char *peer)
{
    unsigned long ignored = 0;
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->list[i].peer, peer) == 0 && table->list[i].ignored) {
            ignored |= table->list[i].ignored;
            table->list[i].seen = true;
        }
    return ignored;
}

/* Clears FLAGS in each image of EFLAGS on the line: eight digits after "flags " or "flags=". */
static void ignore_flags(char *line, unsigned long flags)
{
    for (char *p = strstr(line, "flags"); p; p = strstr(p + 1, "flags")) {
        char digits[9], *value = p + strlen("flags") + 1;
        if (strspn(value, "0123456789ABCDEF") != 8)
            continue;
        snprintf(digits, sizeof digits, "%08lX", strtoul(value, NULL, 16) & ~flags);
        memcpy(value, digits, 8);
    }
}

static bool is_listed(struct differences *table, const char *subject, const char *peer, const char *line)
{
    bool listed = false;
    for (size_t i = 0; i < table->count; i++) {
        struct difference *d = &table->list[i];
        if (strcmp(d->subject, subject) == 0 && strcmp(d->peer, peer) == 0 && fnmatch(d->pattern, line, 0) == 0)
            listed = d->seen = true;
    }
    return listed;
}

static unsigned unlisted_lines(struct differences *table, const char *subject, const char *peer, const char *log)
{
    char expected[LINE_LENGTH], found[LINE_LENGTH], *golden = read_file(golden_path(subject), NULL);
    unsigned count = 0;
    unsigned long ignored = ignored_flags(table, peer);
    for (const char *p = golden; *p;) {
        p = next_line(p, expected);
        log = next_line(log, found);
        ignore_flags(expected, ignored);
        ignore_flags(found, ignored);
        if (strcmp(expected, found) != 0 && !is_listed(table, subject, peer, expected)) {
            print_error("%s:\n  trowel %s\n  %-6s %s\n", subject, expected, peer, found);
            count++;
        }
    }
    free(golden);
    return count;
}

static void compare_with(const char *const *wanted, const char *peer, char *(*log_of)(const char *subject))
{
    struct differences *table = calloc(1, sizeof *table);
    const struct subjects subjects = find_subjects(wanted);
    unsigned count = 0;
    assert_non_null(table);
    read_differences(table);
    for (size_t i = 0; i < subjects.count; i++) {
        char *log = log_of(subjects.name[i]);
        count += unlisted_lines(table, subjects.name[i], peer, log);
        free(log);
    }
    for (size_t i = 0; i < table->count; i++) {
        const struct difference *d = &table->list[i];
        if (strcmp(d->peer, peer) == 0 && !d->seen && is_wanted(wanted, d->subject)) {
            print_error("listed, but no longer a difference: %s|%s|%s\n", d->subject, peer, d->pattern);
            count++;
        }
    }
    free(table);
    assert_int_equal(count, 0);
}

static void qemu_differs_only_as_explained(void **state)
{
    NEED("qemu-system-i386");
    compare_with(*state, "qemu", log_of_qemu);
}

static void bochs_differs_only_as_explained(void **state)
{
    NEED("bochs", "script", "/usr/share/bochs/BIOS-bochs-legacy", "/usr/share/vgabios/vgabios.bin");
    compare_with(*state, "bochs", log_of_bochs);
}

#define SUBJECT_TEST(test) cmocka_unit_test_prestate(test, (void *)wanted)

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    char **wanted = argv + (argc > 1 ? 2 : argc);
    const struct CMUnitTest kept[] = {
        SUBJECT_TEST(privileged_guests_log_as_kept_in_fast_mode),
        SUBJECT_TEST(privileged_guests_log_as_kept_in_table_mode),
        SUBJECT_TEST(privileged_guests_log_as_kept_in_cycle_mode),
    };
    const struct CMUnitTest peers[] = {
        SUBJECT_TEST(qemu_differs_only_as_explained),
        SUBJECT_TEST(bochs_differs_only_as_explained),
    };
    const struct CMUnitTest write[] = { SUBJECT_TEST(write_golden_logs) };
    if (strcmp(what, "peers") == 0)
        return cmocka_run_group_tests(peers, folder_setup, folder_teardown);
    if (strcmp(what, "write") == 0)
        return cmocka_run_group_tests(write, folder_setup, folder_teardown);
    return cmocka_run_group_tests(kept, folder_setup, folder_teardown);
}
