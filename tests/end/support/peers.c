/* differences.txt has lines of SUBJECT|PEER|PATTERN|WHY. PATTERN is a shell's, of a line of the kept log. PEER is qemu
 * or bochs, or one of Trowel's timing modes, where a line depends on it. Lines of mask|PEER|BITS|WHY name bits that are
 * not compared in any image of EFLAGS. An entry that matches nothing is an error, so that the list stays true. */
#include "tests/end/support/peers.h"

#include <fnmatch.h>
#include <glob.h>

#include "tests/end/support/folder.h"
#include "tests/end/support/program.h"

enum { SUBJECTS_MAX = 32, NAME_MAX_LENGTH = 32, LINE_LENGTH = 1024, SECTOR = 512 };

static const struct peer_suite *suite;

/* --- Subjects --- */

struct subjects {
    char name[SUBJECTS_MAX][NAME_MAX_LENGTH];
    size_t count;
};

/* Is NAME among WANTED (ends with NULL), or is none wanted in particular? */
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
    char pattern[64];
    glob_t paths;
    snprintf(pattern, sizeof pattern, "%s*", suite->prefix);
    assert_int_equal(glob(guest(pattern), 0, NULL, &paths), 0);
    for (size_t i = 0; i < paths.gl_pathc; i++) {
        const char *name = strrchr(paths.gl_pathv[i], '/') + 1 + strlen(suite->prefix);
        assert_true(found.count < SUBJECTS_MAX);
        snprintf(found.name[found.count], NAME_MAX_LENGTH, "%.*s", (int)strcspn(name, "."), name);
        found.count += is_wanted(wanted, found.name[found.count]);
    }
    globfree(&paths);
    if (!found.count)
        fail_msg("no such guest");
    return found;
}

static const char *floppy(const char *subject)
{
    char name[64];
    snprintf(name, sizeof name, "%s%s", suite->prefix, subject);
    return make_guest_floppy(name);
}

/* The hard disk, made anew: a run may have written to it. */
static const char *hard_disk(void)
{
    const char *path = in_folder("peer-disk.img");
    uint8_t *sectors = calloc(suite->disk_sectors, SECTOR);
    assert_non_null(sectors);
    for (uint32_t i = 0; i < suite->disk_sectors; i++)
        for (unsigned byte = 0; byte < 4; byte++)
            sectors[(size_t)i * SECTOR + byte] = (uint8_t)(i >> 8 * byte);
    make_empty(path, 0);
    put_at(path, 0, sectors, (size_t)suite->disk_sectors * SECTOR);
    free(sectors);
    return path;
}

/* --- Running: all machines have 16 MB, a floppy drive, two serial ports, and the same date --- */

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

/* Words of a command; they live as long as what they point to. */
struct words {
    const char *word[64];
    size_t count;
};

static void add_words(struct words *words, const char *const *more)
{
    for (; *more; more++) {
        assert_true(words->count < 63);
        words->word[words->count++] = *more;
    }
}
#define ADD(words, ...) add_words(words, (const char *const[]){ __VA_ARGS__, NULL })

static char *log_of_trowel(const char *subject, const char *timing)
{
    struct words words = { .count = 0 };
    struct program p;
    char com1[600], com2[600];
    snprintf(com1, sizeof com1, "1=file:%s", in_folder("com1"));
    snprintf(com2, sizeof com2, "2=file:%s", in_folder("com2"));
    ADD(&words, trowel_path(), "--batch", "--timing", timing, "--speed", "max", "--date", "1993-05-09 12:34:56",
        "--serial", com1, "--serial", com2, "--debugcon", "-", "--debug-exit", "0xf4", "--boot", "a", "--fda",
        floppy(subject));
    if (suite->disk_sectors)
        ADD(&words, "--hda", hard_disk());
    ADD(&words, "-ex", "continue");
    program_run(&p, words.word);
    program_ended(&p, 0);
    program_said(&p, "[end]");
    char *log = cut_log(p.out);
    program_free(&p);
    return log;
}

static char *log_of_qemu(const char *subject)
{
    struct words words = { .count = 0 };
    struct program p;
    char drive[600], disk[600];
    snprintf(drive, sizeof drive, "file=%s,format=raw,if=floppy,snapshot=on", floppy(subject));
    ADD(&words, "timeout", "20", "qemu-system-i386", "-accel", "tcg", "-cpu", "486", "-M", suite->qemu_machine, "-m",
        "16", "-nodefaults", "-device", "isa-vga", "-display", "none", "-no-reboot", "-debugcon", "stdio", "-global",
        "isa-debugcon.iobase=0xe9", "-device", "isa-debug-exit,iobase=0xf4,iosize=4", "-serial", "null", "-serial",
        "null", "-rtc", "base=1993-05-09T12:34:56,clock=vm", "-drive", drive, "-boot", "a");
    if (suite->qemu_clock)
        ADD(&words, "-icount", suite->qemu_clock);
    if (suite->disk_sectors) {
        snprintf(disk, sizeof disk, "file=%s,format=raw,if=ide,index=0,snapshot=on", hard_disk());
        ADD(&words, "-drive", disk);
    }
    program_run(&p, words.word);
    char *log = cut_log(p.out);
    program_free(&p);
    return log;
}

static void write_bochs_config(const char *path, const char *subject)
{
    char text[2400], disk[700] = "";
    if (suite->disk_sectors)
        snprintf(disk, sizeof disk,
                 "ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14\n"
                 "ata0-master: type=disk, path=\"%s\", mode=flat, cylinders=%u, heads=16, spt=63, translation=none\n",
                 hard_disk(), suite->disk_sectors / (16 * 63));
    snprintf(text, sizeof text,
             "display_library: term\n"
             "romimage: file=/usr/share/bochs/BIOS-bochs-legacy\n"
             "vgaromimage: file=/usr/share/vgabios/vgabios.bin\n"
             "cpu: model=pentium, count=1, ips=%u, reset_on_triple_fault=0\n"
             "megs: 16\npci: enabled=0\nfloppya: 1_44=%s, status=inserted\n%sboot: floppy\n"
             "com1: enabled=1, mode=null\ncom2: enabled=1, mode=null\n"
             "port_e9_hack: enabled=1\nclock: sync=none, time0=736950896\nsound: driver=dummy\nspeaker: enabled=0\n"
             "panic: action=fatal\nerror: action=ignore\ninfo: action=ignore\nlog: %s\n",
             suite->bochs_ips, floppy(subject), disk, in_folder("bochs.log"));
    write_file(path, text);
}

/* Bochs has no 486 among its models; the Pentium is the nearest. It wants a terminal, which script(1) is. */
static char *log_of_bochs(const char *subject)
{
    struct program p;
    char command[1400];
    const char *config = in_folder("bochsrc"), *debugger = in_folder("bochsrc-debugger");
    write_bochs_config(config, subject);
    write_file(debugger, "c\n");
    snprintf(command, sizeof command, "TZ=UTC TERM=vt100 timeout --foreground 60 bochs -q -f '%s' -rc '%s'", config,
             debugger);
    program_run(&p, (const char *const[]){ "script", "-qec", command, "/dev/null", NULL });
    char *log = cut_log(p.out);
    program_free(&p);
    return log;
}

static char *log_of(const char *peer, const char *subject)
{
    if (strcmp(peer, "qemu") == 0)
        return log_of_qemu(subject);
    if (strcmp(peer, "bochs") == 0)
        return log_of_bochs(subject);
    return log_of_trowel(subject, strcmp(peer, "trowel") == 0 ? "fast" : peer);
}

/* --- The list of differences --- */

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

/* The line at TEXT, without its end; returns where the next one begins. */
static const char *next_line(const char *text, char *line)
{
    size_t length = strcspn(text, "\n");
    snprintf(line, LINE_LENGTH, "%.*s", (int)length, text);
    return text + length + (text[length] == '\n');
}

static void read_differences(struct differences *table)
{
    char path[256], line[LINE_LENGTH];
    snprintf(path, sizeof path, "%s/differences.txt", suite->folder);
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

/* --- Comparing --- */

static const char *kept_path(const char *subject)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s.log", suite->folder, subject);
    return path;
}

/* How many lines of LOG differ from the kept ones and are not listed. */
static unsigned unlisted_lines(struct differences *table, const char *subject, const char *peer, const char *log)
{
    enum { SHOWN = 30 };
    char expected[LINE_LENGTH], found[LINE_LENGTH], *kept = read_file(kept_path(subject), NULL);
    unsigned count = 0;
    unsigned long ignored = ignored_flags(table, peer);
    for (const char *p = kept; *p || *log;) {
        p = next_line(p, expected);
        log = next_line(log, found);
        ignore_flags(expected, ignored);
        ignore_flags(found, ignored);
        if (strcmp(expected, found) != 0 && !is_listed(table, subject, peer, expected) && count++ < SHOWN)
            print_error("%s:\n  kept   %s\n  %-6s %s\n", subject, expected, peer, found);
    }
    free(kept);
    return count;
}

static unsigned entries_in_vain(const struct differences *table, const char *const *wanted, const char *peer)
{
    unsigned count = 0;
    for (size_t i = 0; i < table->count; i++) {
        const struct difference *d = &table->list[i];
        bool asked = strcmp(d->peer, peer) == 0 && (d->ignored ? !*wanted : is_wanted(wanted, d->subject));
        if (asked && !d->seen) {
            print_error("listed, but no longer a difference: %s|%s|%s\n", d->subject, peer, d->pattern);
            count++;
        }
    }
    return count;
}

static void differs_only_as_listed(const char *const *wanted, const char *peer)
{
    struct differences *table = calloc(1, sizeof *table);
    const struct subjects subjects = find_subjects(wanted);
    unsigned count = 0;
    assert_non_null(table);
    read_differences(table);
    for (size_t i = 0; i < subjects.count; i++) {
        char *log = log_of(peer, subjects.name[i]);
        count += unlisted_lines(table, subjects.name[i], peer, log);
        free(log);
    }
    count += entries_in_vain(table, wanted, peer);
    free(table);
    assert_int_equal(count, 0);
}

static void guests_log_as_kept_in_fast_mode(void **state)
{
    differs_only_as_listed(*state, "fast");
}

static void guests_log_as_kept_in_table_mode(void **state)
{
    differs_only_as_listed(*state, "table");
}

static void guests_log_as_kept_in_cycle_mode(void **state)
{
    differs_only_as_listed(*state, "cycle");
}

static void qemu_differs_only_as_explained(void **state)
{
    NEED("qemu-system-i386");
    differs_only_as_listed(*state, "qemu");
}

static void bochs_differs_only_as_explained(void **state)
{
    NEED("bochs", "script", "/usr/share/bochs/BIOS-bochs-legacy", "/usr/share/vgabios/vgabios.bin");
    differs_only_as_listed(*state, "bochs");
}

static void write_kept_logs(void **state)
{
    const struct subjects subjects = find_subjects(*state);
    for (size_t i = 0; i < subjects.count; i++) {
        char *log = log_of("fast", subjects.name[i]);
        write_file(kept_path(subjects.name[i]), log);
        free(log);
    }
}

/* The first word is the peer. */
static void print_logs(void **state)
{
    const char *const *words = *state;
    if (!words[0])
        fail_msg("log: of which peer? trowel, fast, table, cycle, qemu, bochs");
    const struct subjects subjects = find_subjects(words + 1);
    for (size_t i = 0; i < subjects.count; i++) {
        char *log = log_of(words[0], subjects.name[i]);
        printf("%s\n", log);
        free(log);
    }
}

#define SUBJECT_TEST(test) cmocka_unit_test_prestate(test, (void *)wanted)

int peers_main(const struct peer_suite *which, int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    char **wanted = argv + (argc > 1 ? 2 : argc);
    const struct CMUnitTest kept[] = {
        SUBJECT_TEST(guests_log_as_kept_in_fast_mode),
        SUBJECT_TEST(guests_log_as_kept_in_table_mode),
        SUBJECT_TEST(guests_log_as_kept_in_cycle_mode),
    };
    const struct CMUnitTest peers[] = {
        SUBJECT_TEST(qemu_differs_only_as_explained),
        SUBJECT_TEST(bochs_differs_only_as_explained),
    };
    const struct CMUnitTest write[] = { SUBJECT_TEST(write_kept_logs) };
    const struct CMUnitTest log[] = { SUBJECT_TEST(print_logs) };
    suite = which;
    if (strcmp(what, "peers") == 0)
        return cmocka_run_group_tests(peers, folder_setup, folder_teardown);
    if (strcmp(what, "write") == 0)
        return cmocka_run_group_tests(write, folder_setup, folder_teardown);
    if (strcmp(what, "log") == 0)
        return cmocka_run_group_tests(log, folder_setup, folder_teardown);
    return cmocka_run_group_tests(kept, folder_setup, folder_teardown);
}
