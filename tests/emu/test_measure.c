/* A guest that measures itself, tests/guests/measure.asm, on boards in timing modes. What it says is compared with
 * measurements of real machines by hand: `test_measure print` prints it all. Here is held only what has to be so
 * whatever a board's parameters are worth, and figures that follow from the manual's clocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emu/emu.h"

enum { FLOPPY_SECTORS = 2880, EXIT_PORT = 0xF4, TEXT_MAX = 0x10000, ROWS_MAX = 600, BOARDS_MAX = 16, COLUMN = 40 };

/* Words of the guest that may be changed: periods of the PIT that a measurement must take, and whether to show it. */
enum { LEAST_AT = 5, SHOW_AT = 7, LEAST_IN_TESTS = 200 };

static uint8_t floppy[FLOPPY_SECTORS * 512];

/* What a run said: a line is a name and microseconds with five decimals. */
struct table {
    char text[TEXT_MAX];
    size_t length;
    unsigned rows;
    struct { char name[COLUMN + 1]; uint32_t time; } row[ROWS_MAX];    /* in units of 10 ps */
};

/* --- Running --- */

static int load_guest(void **state)
{
    char path[512];
    const char *folder = getenv("TEST_GUESTS");
    (void)state;
    snprintf(path, sizeof path, "%s/measure.bin", folder ? folder : "build/tests/guests");
    FILE *file = fopen(path, "rb");
    size_t size = file ? fread(floppy, 1, sizeof floppy, file) : 0;
    if (file)
        fclose(file);
    if (!size)
        fprintf(stderr, "%s cannot be read\n", path);
    return size ? 0 : -1;
}

static int read_sectors(void *ctx, uint64_t lba, void *buffer, uint32_t count)
{
    memcpy(buffer, (const uint8_t *)ctx + lba * 512, (size_t)count * 512);
    return 0;
}

static void put(void *ctx, uint8_t byte)
{
    struct table *t = ctx;
    if (t->length < TEXT_MAX - 1 && byte != '\r')
        t->text[t->length++] = (char)byte;
}

static void read_rows(struct table *t)
{
    unsigned whole, part;
    for (char *line = t->text; *line && t->rows < ROWS_MAX; line = strchr(line, '\n') + 1) {
        int length = COLUMN;
        while (length && line[length - 1] == ' ')
            length--;
        snprintf(t->row[t->rows].name, sizeof t->row[0].name, "%.*s", length, line);
        if (sscanf(line + COLUMN, "%u.%u", &whole, &part) != 2)
            break;
        t->row[t->rows++].time = whole * 100000 + part;
    }
}

/* NULL: the machine could not be made, or the guest did not get to its end. To be freed. */
static struct table *measure(const char *board, enum timing_mode timing, const struct machine_setting *settings,
                             size_t setting_count)
{
    static const struct disk_ops ops = { .read = read_sectors };
    struct machine_config config;
    char error[200] = "";
    struct table *t = calloc(1, sizeof *t);
    struct stop stop = { .reason = STOP_DEADLINE };
    machine_config_defaults(&config);
    config.profile = board;
    config.settings = settings;
    config.setting_count = setting_count;
    config.timing = timing;
    config.ram_kb = 1024;
    config.debug_exit_port = EXIT_PORT;
    config.debugcon = (struct byte_sink){ put, t };
    config.drive[DRIVE_FLOPPY_A] = (struct drive_config){ .ops = &ops, .ctx = floppy, .sectors = FLOPPY_SECTORS,
                                                          .read_only = true };
    struct machine *m = t ? machine_create(&config, error, sizeof error) : NULL;
    if (m)
        machine_run(m, 60 * TICKS_PER_SECOND, &stop);
    machine_destroy(m);
    if (stop.reason == STOP_EXIT) {
        read_rows(t);
        return t;
    }
    fprintf(stderr, "%s: %s\n%s\n", board, error, t ? t->text : "");
    free(t);
    return NULL;
}


/* --- The runs that the tests share: each is made when it is first asked for --- */

enum run {
    TABLE_33, TABLE_33_OTHER, TABLE_50, TABLE_100, CYCLE_33, CYCLE_100, NO_L2, SLOW_DRAM, SLOW_VIDEO, EPROM, RUNS
};

#define SETTINGS(list) list, sizeof list / sizeof *list

static const struct machine_setting other_memory[] = {
    { "l2-size", 0 }, { "dram-hit-first", 9 }, { "dram-miss-first", 19 }, { "dram-hit-write", 9 },
    { "refresh-ticks", 0 }, { "rom-shadowed", 0 }, { "video-write-word", 20 }, { "misaligned", 9 },
    { "cache-size", 16384 }, { "isa-8", 20 },
};
static const struct machine_setting no_l2[] = { { "l2-size", 0 } }, slow_dram[] = { { "dram-hit-first", 12 } };
static const struct machine_setting slow_video[] = { { "video-write-word", 20 } }, eprom[] = { { "rom-shadowed", 0 } };

static const struct {
    const char *board;
    enum timing_mode timing;
    const struct machine_setting *settings;
    size_t setting_count;
} runs[RUNS] = {
    [TABLE_33] = { "486dx-33", TIMING_TABLE, NULL, 0 },
    [TABLE_33_OTHER] = { "486dx-33", TIMING_TABLE, SETTINGS(other_memory) },
    [TABLE_50] = { "486dx-50", TIMING_TABLE, NULL, 0 },
    [TABLE_100] = { "486dx4-100", TIMING_TABLE, NULL, 0 },
    [CYCLE_33] = { "486dx-33", TIMING_CYCLE, NULL, 0 },
    [CYCLE_100] = { "486dx4-100", TIMING_CYCLE, NULL, 0 },
    [NO_L2] = { "486dx4-100", TIMING_CYCLE, SETTINGS(no_l2) },
    [SLOW_DRAM] = { "486dx4-100", TIMING_CYCLE, SETTINGS(slow_dram) },
    [SLOW_VIDEO] = { "486dx4-100", TIMING_CYCLE, SETTINGS(slow_video) },
    [EPROM] = { "486dx4-100", TIMING_CYCLE, SETTINGS(eprom) },
};

static struct table *tables[RUNS];

static const struct table *of(enum run run)
{
    if (!tables[run])
        tables[run] = measure(runs[run].board, runs[run].timing, runs[run].settings, runs[run].setting_count);
    assert_non_null(tables[run]);
    assert_in_range(tables[run]->rows, 200, ROWS_MAX);
    return tables[run];
}

static int free_tables(void **state)
{
    (void)state;
    for (unsigned i = 0; i < RUNS; i++)
        free(tables[i]);
    return 0;
}

/* --- Looking at a table --- */

static unsigned find_row(const struct table *t, const char *name)
{
    for (unsigned i = 0; i < t->rows; i++)
        if (strcmp(t->row[i].name, name) == 0)
            return i;
    fail_msg("there is no row \"%s\"", name);
    return 0;
}

static uint32_t time_of(const struct table *t, const char *name)
{
    return t->row[find_row(t, name)].time;
}

/* A few hundred periods of the timer were measured, at both ends to a period. */
static uint32_t inexact(uint32_t time) { return time / 50 + 10; }

static bool near(uint32_t a, uint32_t b)
{
    return a <= b + inexact(b) && b <= a + inexact(a);
}

/* --- What has to be so --- */

static void two_runs_measure_the_same(void **state)
{
    (void)state;
    struct table *again = measure(runs[CYCLE_33].board, runs[CYCLE_33].timing, NULL, 0);
    assert_non_null(again);
    assert_string_equal(of(CYCLE_33)->text, again->text);
    free(again);
}

/* Mode `table` knows the processor's clocks and its clock rate, and nothing of the rest of the board. */
static void table_mode_does_not_know_the_memory(void **state)
{
    (void)state;
    assert_string_equal(of(TABLE_33)->text, of(TABLE_33_OTHER)->text);
}

/* Clocks in real mode with warm caches, as the manual's table has them, or the sums that measurements gave. */
static void clocks_are_those_of_the_manual(void **state)
{
    enum { CLOCK = 3000 };
    static const struct { const char *name; unsigned clocks; } rows[] = {
        { "nop", 1 }, { "mov ax, bx", 1 }, { "mov eax, ebx", 2 }, { "add ax, bx", 1 }, { "shl ax, 1", 3 },
        { "shr ax, 4", 2 }, { "bswap eax", 2 }, { "xchg ax, bx", 3 }, { "lea si, [bx + 2]", 1 },
        { "movzx ax, bl", 3 }, { "aam", 15 }, { "mul bl", 13 }, { "div bl", 16 }, { "div bx", 24 }, { "div ebx", 40 },
        { "idiv bx", 27 }, { "loop $ + 2", 7 }, { "jz $ + 2", 3 }, { "jnz $ + 2", 1 }, { "jcxz $ + 2", 5 },
        { "mov ax,[bx]", 1 }, { "add ax,[bx]", 2 }, { "mov ax,[bx + si]", 2 }, { "add ax,[bx + si + 0x120]", 3 },
        { "mov ax, [bx + 3]", 4 }, { "add [bx + si],ax", 4 }, { "mov eax,[ebx]", 1 }, { "mov eax,[ebx + esi * 4]", 2 },
        { "mov eax,[ebx + esi * 4 + 0x120]", 2 }, { "mov ax,[ebx] (32-bit code)", 2 },
        { "mov es,ax (protected mode)", 9 }, { "sti, cli", 10 }, { "xlatb", 4 }, { "pop ax", 1 },
        { "fdiv st0, st2", 73 }, { "fdiv st0,st2 (24 bits)", 35 }, { "fxch st1", 4 },
    };
    (void)state;
    const struct table *t = of(CYCLE_33);
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!near(time_of(t, rows[i].name), rows[i].clocks * CLOCK))
            fail_msg("%s: %u clocks expected, %.2f found", rows[i].name, rows[i].clocks,
                     (double)time_of(t, rows[i].name) / CLOCK);
}

/* All rows by name: figures of ROW in the two tables. */
typedef void compare_fn(const char *name, uint32_t a, uint32_t b);

static void compare_tables(const struct table *a, const struct table *b, compare_fn *compare)
{
    assert_int_equal(a->rows, b->rows);
    for (unsigned i = 0; i < a->rows; i++) {
        assert_string_equal(a->row[i].name, b->row[i].name);
        compare(a->row[i].name, a->row[i].time, b->row[i].time);
    }
}

static void not_faster(const char *name, uint32_t slow, uint32_t fast)
{
    if (slow + inexact(slow) < fast)
        fail_msg("%s: %u beside %u", name, slow, fast);
}

/* Prefixes hide behind the clocks of the instruction before, and integer instructions go on beside the FPU's: this mode
 * `table` does not know. */
static bool may_hide(const char *name)
{
    static const char *const wide[] = { "shrd eax", "movsx eax", "mul edx", "imul ecx", "div ebx" };
    for (unsigned i = 0; i < sizeof wide / sizeof *wide; i++)
        if (strncmp(name, wide[i], strlen(wide[i])) == 0)
            return true;
    return *name == 'f';
}

static void waits_only_add(const char *name, uint32_t cycle, uint32_t table)
{
    if (!may_hide(name))
        not_faster(name, cycle, table);
}

static void cycle_mode_is_table_mode_and_waiting(void **state)
{
    (void)state;
    compare_tables(of(CYCLE_33), of(TABLE_33), waits_only_add);
}

/* By 3/2 the clocks of the 486dx-50 are shorter, and by 3 those of the 486dx4-100. */
static void half_as_long_again(const char *name, uint32_t slow, uint32_t fast)
{
    if (!near(slow * 2, fast * 3))
        fail_msg("%s: %u beside %u", name, slow, fast);
}

static void three_times(const char *name, uint32_t slow, uint32_t fast)
{
    if (!near(slow, fast * 3))
        fail_msg("%s: %u beside %u", name, slow, fast);
}

static void table_mode_goes_by_the_clock_rate(void **state)
{
    (void)state;
    compare_tables(of(TABLE_33), of(TABLE_50), half_as_long_again);
    compare_tables(of(TABLE_33), of(TABLE_100), three_times);
}

/* The same board but for one thing that makes it slower. */
static void slower_parts_do_not_make_it_faster(void **state)
{
    (void)state;
    for (enum run i = NO_L2; i <= EPROM; i++) {
        compare_tables(of(i), of(CYCLE_100), not_faster);
        assert_string_not_equal(of(i)->text, of(CYCLE_100)->text);
    }
}

static void caches_save_time(void **state)
{
    (void)state;
    const struct table *t = of(CYCLE_100), *without = of(NO_L2);
    assert_true(time_of(t, "read 4 KB, cold") > time_of(t, "read 4 KB, warm") * 2);
    assert_true(near(time_of(t, "read 4 KB, cold"), time_of(t, "read 64 KB again and again")));
    assert_true(near(time_of(t, "read 4 KB, warm"), time_of(of(TABLE_100), "read 4 KB, warm")));
    assert_true(time_of(t, "read 512 KB again and again") > time_of(t, "read 64 KB again and again") * 3 / 2);
    assert_true(near(time_of(without, "read 512 KB again and again"), time_of(without, "read 64 KB again and again")));
    assert_true(time_of(without, "read 64 KB again and again") > time_of(t, "read 64 KB again and again"));
    assert_true(time_of(t, "2 KB of mov ax,bx, cold") > time_of(t, "2 KB of mov ax,bx, warm"));
}

/* Four cycles of the ISA bus of 0.72 us each for a doubleword of an 8-bit EPROM. */
static void an_eprom_answers_by_the_byte(void **state)
{
    (void)state;
    assert_in_range(time_of(of(EPROM), "rom: rep lodsd, a doubleword, warm"), 288000, 305000);
}

/* --- Printing --- */

static void print_time(const struct table *t, const char *name)
{
    for (unsigned row = 0; t && row < t->rows; row++)
        if (strcmp(t->row[row].name, name) == 0) {
            printf(" %12.5f", t->row[row].time / 100000.0);
            return;
        }
    printf(" %12s", "-");
}

static void print_boards(enum timing_mode timing, const char *mode)
{
    struct table *t[BOARDS_MAX];
    unsigned boards = 0, widest = 0;
    for (; boards < BOARDS_MAX && machine_profile_name(boards); boards++) {
        t[boards] = measure(machine_profile_name(boards), timing, NULL, 0);
        if (t[boards] && t[boards]->rows > t[widest]->rows)
            widest = boards;
    }
    printf("\nMode %s, microseconds\n%-*s", mode, COLUMN, "");
    for (unsigned i = 0; i < boards; i++)
        printf(" %12s", machine_profile_name(i));
    for (unsigned row = 0; t[widest] && row < t[widest]->rows; row++) {
        printf("\n%-*s", COLUMN, t[widest]->row[row].name);
        for (unsigned i = 0; i < boards; i++)
            print_time(t[i], t[widest]->row[row].name);
    }
    printf("\n");
    for (unsigned i = 0; i < boards; i++)
        free(t[i]);
}

static int print_all(void)
{
    if (load_guest(NULL))
        return 2;
    print_boards(TIMING_FAST, "fast");
    print_boards(TIMING_TABLE, "table");
    print_boards(TIMING_CYCLE, "cycle");
    return 0;
}

/* In tests three digits are not needed, nor is the screen. */
static int load_quick_guest(void **state)
{
    int result = load_guest(state);
    floppy[LEAST_AT] = LEAST_IN_TESTS & 0xFF;
    floppy[LEAST_AT + 1] = LEAST_IN_TESTS >> 8;
    floppy[SHOW_AT] = 0;
    return result;
}

int main(int count, char **words)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_runs_measure_the_same),
        cmocka_unit_test(table_mode_does_not_know_the_memory),
        cmocka_unit_test(clocks_are_those_of_the_manual),
        cmocka_unit_test(cycle_mode_is_table_mode_and_waiting),
        cmocka_unit_test(table_mode_goes_by_the_clock_rate),
        cmocka_unit_test(slower_parts_do_not_make_it_faster),
        cmocka_unit_test(caches_save_time),
        cmocka_unit_test(an_eprom_answers_by_the_byte),
    };
    if (count > 1 && strcmp(words[1], "print") == 0)
        return print_all();
    return cmocka_run_group_tests(tests, load_quick_guest, free_tables);
}
