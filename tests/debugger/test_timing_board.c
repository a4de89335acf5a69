/* set timing, machine and parameter; info machine, cache, tlb and bus. */
#include "tests/debugger/guest.h"

static void the_mode_is_set_and_shown(void **state)
{
    struct session *s = *state;
    assert_string_equal(run(s, "show timing"), "The timing mode is \"fast\".\n");
    assert_string_equal(run(s, "set timing cycle"), "");
    assert_int_equal(machine_timing(s->m), TIMING_CYCLE);
    assert_string_equal(run(s, "show timing"), "The timing mode is \"cycle\".\n");
    assert_string_equal(run(s, "set timing exact"), "Usage: set timing fast|table|cycle\n");
    assert_string_equal(run(s, "set timing"), "Usage: set timing fast|table|cycle\n");
    assert_int_equal(machine_timing(s->m), TIMING_CYCLE);
}

static void the_board_is_set_and_shown(void **state)
{
    struct session *s = *state;
    assert_string_equal(run(s, "show machine"), "The board is \"486dx2-66\".\n");
    assert_string_equal(run(s, "set machine 486dx-33"), "");
    assert_string_equal(run(s, "show machine"), "The board is \"486dx-33\".\n");
    assert_int_equal(machine_clock_hz(s->m), 33333333);
    contains(run(s, "set machine 8088"), "\"8088\"");
    assert_true(debugger_failed(s->d));
    assert_string_equal(run(s, "set machine"), "Argument required (a board: info machine).\n");
    assert_string_equal(run(s, "show machine"), "The board is \"486dx-33\".\n");
}

static void the_board_is_described(void **state)
{
    struct session *s = *state;
    const char *text = run(s, "info machine");
    contains(text, "Board 486dx2-66, 66.666666 MHz, timing fast.\n");
    contains(text, "\ndram-hit-first           5  open row, first doubleword\n");
    for (const char *line = text, *end; (end = strchr(line, '\n')); line = end + 1)
        assert_in_range(end - line, 0, 79);
    contains(text, "Boards: 486sx-25 486dx-33 486dx-50 486dx2-66 486dx4-100");
    assert_string_equal(run(s, "info machine dram-hit-first"),
                        "dram-hit-first is 5: open row, first doubleword.\n  1 to 1000, bus clocks\n");
    contains(run(s, "info machine l2-size"), "\n  0, or 16384 to 1048576, bytes\n");
    contains(run(s, "info machine dram"), "\ndram-miss-write is ");
    lacks(run(s, "info machine dram"), "isa");
    assert_string_equal(run(s, "info machine nonsense"), "No board and no parameter \"nonsense\": `info machine` "
                                                       "lists them.\n");
    text = run(s, "info machine 486sx-25");
    contains(text, "Board 486sx-25, 25.000000 MHz.\n");
    contains(text, "\nl2-size                  0  ");
    assert_string_equal(run(s, "show machine"), "The board is \"486dx2-66\".\n");
}

static void a_parameter_is_set_and_shown(void **state)
{
    struct session *s = *state;
    assert_string_equal(run(s, "set parameter dram-hit-first 9"), "");
    contains(run(s, "show parameter dram-hit-first"), "dram-hit-first is 9: ");
    assert_string_equal(run(s, "set parameter dram-hit-first=0x10"), "");
    contains(run(s, "show parameter dram-hit-first"), " is 16: ");
    assert_string_equal(run(s, "set parameter dram-hit-first = 4+3"), "");
    contains(run(s, "show parameter"), "dram-hit-first           7  ");
    assert_string_equal(run(s, "show parameter nonsense"), "No parameter \"nonsense\".\n");
}

static void a_wrong_parameter_changes_nothing(void **state)
{
    struct session *s = *state;
    static const char *const wrong[] = {
        "set parameter nonsense 1", "set parameter dram-hit-first 0", "set parameter dram-hit-first 100000",
        "set parameter dram-hit-first -1", "set parameter dram-hit-first 0x100000005", "set parameter dram-hit-first",
        "set parameter", "set parameter =5", "set parameter dram-hit-first=", "set parameter dram-hit-first 5 5",
        "set parameter dram-hit-first nonsense", "set parameter multiplier 0",
        "set parameter aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 1",
    };
    uint64_t hash = machine_hash(s->m);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const char *text = run(s, wrong[i]);
        if (!debugger_failed(s->d) || strchr(text, '\n') != text + strlen(text) - 1)
            fail_msg("%s: \"%s\"", wrong[i], text);
    }
    assert_true(machine_hash(s->m) == hash);
}

static void the_clock_changes_while_the_guest_runs_on(void **state)
{
    struct session *s = *state;
    run(s, "si 5");
    uint64_t tick = machine_tick(s->m), clocks = machine_clocks(s->m);
    run(s, "set machine 486sx-25");
    run(s, "si 5");
    assert_int_equal(machine_tick(s->m) - tick, (machine_clocks(s->m) - clocks) * 168);
    run(s, "set timing table");
    contains(run(s, "c"), "exited with code 03");
}

static void a_change_of_clock_begins_all_measuring_anew(void **state)
{
    struct session *s = *state;
    assert_string_equal(run(s, "set timing table"), "");
    run(s, "stopwatch 0:7c00 0:7c00");
    run(s, "profile on");
    assert_string_equal(run(s, "set machine 486sx-25"), "");        /* nothing was measured yet */
    run(s, "si 5");
    assert_string_equal(run(s, "set machine 486dx-50"), "What was measured so far is forgotten.\n");
    lacks(run(s, "info stopwatch"), "min");
    run(s, "si 5");
    assert_string_equal(run(s, "set timing cycle"), "What was measured so far is forgotten.\n");
    run(s, "si 5");
    assert_string_equal(run(s, "set parameter l2-write 4"), "What was measured so far is forgotten.\n");
}

/* --- The cache, switched on, and a loop that reads 80h lines --- */

static const uint8_t cache_code[] = {
    0xFA, 0x31, 0xC0, 0x8E, 0xD8,                                           /* 7C00  cli; ds = 0            */
    0x0F, 0x20, 0xC0, 0x66, 0x25, 0xFF, 0xFF, 0xFF, 0x9F, 0x0F, 0x22, 0xC0, /* 7C05  CR0.CD = NW = 0        */
    0xBE, 0x00, 0x10, 0xB9, 0x80, 0x00,                                     /* 7C11  mov si,1000h; cx,80h   */
    0x8B, 0x04, 0x83, 0xC6, 0x10, 0xE2, 0xF9,                               /* 7C17  again: mov ax,[si] ... */
    0xE6, 0xF4, 0xF4,                                                       /* 7C1E  out F4h,al; hlt        */
};

static int cache_setup(void **state)
{
    struct session *s = *state = session_on(cache_code, sizeof cache_code, NULL);
    run(s, "set timing cycle");
    return debugger_failed(s->d);
}

static void the_cache_fills_up(void **state)
{
    struct session *s = *state;
    assert_string_equal(run(s, "info cache"), "8 KB: 128 sets of 4 ways, lines of 16 bytes, write-through.\n"
                                              "CR0.CD is set, and NW: no line is filled.\n"
                                              "0 of 512 lines valid.\nReads: 0 hits, 0 misses, 0.0 % hits.\n");
    run(s, "tbreak 0:7c1e");
    run(s, "c");
    const char *text = run(s, "info cache");
    unsigned valid = 0;
    assert_int_equal(sscanf(strchr(text, '\n') + 1, "%u of 512 lines valid.", &valid), 1);
    assert_in_range(valid, 128 + 1, 128 + 4);               /* what was read, and the code */
    contains(text, "Reads: 0 hits, 128 misses, 0.0 % hits.\n");
}

static void the_set_of_an_address_is_shown(void **state)
{
    struct session *s = *state;
    run(s, "tbreak 0:7c1e");
    run(s, "c");
    assert_string_equal(run(s, "info cache 0x1235"), "Physical address 0x00001235: set 35.\nWay  Line        State\n"
                                                     "0    0x00001230  valid, here\n1    -           invalid\n"
                                                     "2    -           invalid\n3    -           invalid\n"
                                                     "B0=1 B1=1 B2=0: way 1 is filled next.\n");
    lacks(run(s, "info cache phys:0x9235"), "here");
    contains(run(s, "info cache set 35"), "Set 35.\nWay  Line        State\n0    0x00001230  valid\n");
}

/* Four lines of one set, and the second of them again: of the other pair the third is older. */
static const uint8_t full_set[] = {
    0xFA, 0x31, 0xC0, 0x8E, 0xD8,                                           /* 7C00  cli; ds = 0            */
    0x0F, 0x20, 0xC0, 0x66, 0x25, 0xFF, 0xFF, 0xFF, 0x9F, 0x0F, 0x22, 0xC0, /* 7C05  CR0.CD = NW = 0        */
    0xA1, 0x00, 0x10, 0xA1, 0x00, 0x18, 0xA1, 0x00, 0x20, 0xA1, 0x00, 0x28, /* 7C11  mov ax,[1000h] ...     */
    0xA1, 0x00, 0x18, 0xF4,                                                 /* 7C1D  mov ax,[1800h]; hlt    */
};

static void the_way_to_be_replaced_is_told(void **state)
{
    (void)state;
    struct session *s = session_on(full_set, sizeof full_set, NULL);
    run(s, "set timing cycle");
    run(s, "tbreak 0:7c20");
    run(s, "c");
    assert_string_equal(run(s, "info cache set 0"), "Set 0.\nWay  Line        State\n0    0x00001000  valid\n"
                                                    "1    0x00001800  valid\n2    0x00002000  valid\n"
                                                    "3    0x00002800  valid\n"
                                                    "B0=1 B1=0 B2=0: way 2 is filled next.\n");
    session_end(s);
}

static void odd_cache_arguments_are_one_error_line(void **state)
{
    struct session *s = *state;
    assert_string_equal(run(s, "info cache set"), "Argument required (number of a set).\n");
    assert_string_equal(run(s, "info cache set 128"), "No set 128: 0 to 127.\n");
    assert_string_equal(run(s, "info cache set -1"), "No set -1: 0 to 127.\n");
    contains(run(s, "info cache nonsense"), "No symbol \"nonsense\"");
    contains(run(s, "info cache 0xffffffff"), "Physical address 0xffffffff: set 127.\n");
    assert_string_equal(run(s, "info tlb 1"), "The \"info tlb\" command does not take any arguments.\n");
    assert_string_equal(run(s, "info bus 0"), "Between 1 and 64 bus cycles can be shown.\n");
    assert_string_equal(run(s, "info bus 65"), "Between 1 and 64 bus cycles can be shown.\n");
    contains(run(s, "info bus nonsense"), "No symbol \"nonsense\"");
}

static void other_modes_say_that_they_do_not_follow_it(void **state)
{
    struct session *s = *state;
    static const char note[] = "Only mode cycle follows this: set timing cycle.\n";
    run(s, "si 3");
    contains(run(s, "info cache"), note);
    contains(run(s, "info cache 0"), note);
    contains(run(s, "info tlb"), note);
    assert_string_equal(run(s, "info bus"), "No bus cycles yet.\nOnly mode cycle follows this: set timing cycle.\n");
}

static void bus_cycles_are_listed(void **state)
{
    struct session *s = *state;
    run(s, "tbreak 0:7c1e");
    run(s, "c");
    const char *text = run(s, "info bus 3");
    unsigned lines = 0;
    for (const char *at = text; *at; at++)
        lines += *at == '\n';
    assert_int_equal(lines, 4);
    contains(text, "         Clock  Bus clocks  Kind          Bytes  Address     Target\n");
    contains(text, "  fill             16  0x00001");
    run(s, "si 2");
    contains(run(s, "info bus"), "  out               1  0x000000f4  ");
}

/* Pages of 4 KB from a directory at 1000h and a table at 2000h; three of them are touched. */
static const uint8_t paging_code[] = {
    0xFA, 0x31, 0xC0, 0x8E, 0xD8,                                           /* 7C00  cli; ds = 0            */
    0xC7, 0x06, 0x00, 0x10, 0x07, 0x20,                                     /* 7C05  directory entry        */
    0xC7, 0x06, 0x0C, 0x20, 0x03, 0x50,                                     /* 7C0B  page 3000h is 5000h    */
    0xC7, 0x06, 0x1C, 0x20, 0x07, 0x70,                                     /* 7C11  page 7000h is itself   */
    0x66, 0xB8, 0x00, 0x10, 0x00, 0x00, 0x0F, 0x22, 0xD8,                   /* 7C17  cr3 = 1000h            */
    0x0F, 0x20, 0xC0, 0x66, 0x0D, 0x01, 0x00, 0x00, 0x80, 0x0F, 0x22, 0xC0, /* 7C20  CR0.PG = PE = 1        */
    0xA1, 0x00, 0x30,                                                       /* 7C2C  mov ax,[3000h]         */
    0xEB, 0xFE,                                                             /* 7C2F  jmp $                  */
};

static void translations_are_listed(void **state)
{
    (void)state;
    struct session *s = session_on(paging_code, sizeof paging_code, NULL);
    run(s, "set timing cycle");
    assert_string_equal(run(s, "info tlb"), "0 of 32 entries valid; paging is off.\n");
    run(s, "break 0:7c2f");
    run(s, "c");
    contains(run(s, "info tlb"), "Set  Way  Linear      Physical    Rights\n");
    contains(run(s, "info tlb"), "\n3    0    0x00003000  0x00005000  supervisor rw\n");
    contains(run(s, "info tlb"), "\n7    0    0x00007000  0x00007000  user rw\n");
    contains(run(s, "info tlb"), " of 32 entries valid.\n");
    contains(run(s, "info cache 0x3010"), "Physical address 0x00005010: set 1.\n");
    assert_string_equal(run(s, "info cache 0x4000"), "The page of address 0x4000 is not present.\n");
    session_end(s);
}

/* --- What was there before goes on --- */

static void settings_keep_their_abbreviations(void **state)
{
    struct session *s = *state;
    run(s, "set pa off");
    assert_int_equal(debugger_setting(s->d, "pagination"), 0);
    run(s, "set par dram-hit-first 8");
    contains(run(s, "show par dram-hit-first"), " is 8: ");
    run(s, "set tim table");
    assert_string_equal(run(s, "show tim"), "The timing mode is \"table\".\n");
    contains(run(s, "set $machine = 5"), "");
    contains(run(s, "p $machine"), "= 5");
}

struct collected { char text[2000]; };

static void collect(void *ctx, const char *word)
{
    struct collected *c = ctx;
    snprintf(c->text + strlen(c->text), sizeof c->text - strlen(c->text), "%s ", word);
}

static const char *complete(struct session *s, const char *line, struct collected *c)
{
    c->text[0] = '\0';
    debugger_complete(s->d, line, strlen(line), collect, c);
    return c->text;
}

static void tab_knows_boards_modes_and_parameters(void **state)
{
    struct session *s = *state;
    struct collected c;
    assert_string_equal(complete(s, "set machine 486dx2", &c), "486dx2-66 ");
    assert_string_equal(complete(s, "set timing c", &c), "cycle ");
    assert_string_equal(complete(s, "set parameter dram-hit-f", &c), "dram-hit-first ");
    assert_string_equal(complete(s, "info machine refresh-c", &c), "refresh-clocks ");
    assert_string_equal(complete(s, "latency o", &c), "off on ");
    assert_string_equal(complete(s, "profile r", &c), "reset ");
    assert_string_equal(complete(s, "stopw", &c), "stopwatch ");
    assert_string_equal(complete(s, "info tl", &c), "tlb ");
    run(s, "symbol my_start 0:7c00");
    assert_string_equal(complete(s, "stopwatch my_", &c), "my_start ");
}

/* Boards, modes and parameters change under running stopwatches, profile and latency, in any order. */
static void random_timing_lines_do_no_harm(void **state)
{
    struct session *s = *state;
    static const char *const lines[] = {
        "set timing fast", "set timing table", "set timing cycle", "set machine 486sx-25", "set machine 486dx4-100",
        "set machine 486dx2-66", "set parameter cache-size %u", "set parameter multiplier %u",
        "set parameter l2-size %u",
        "set parameter dram-page %u", "set parameter clock-ticks %u", "set parameter isa-ticks %u",
        "set parameter refresh-ticks %u", "set parameter walk-clocks %u", "si %u", "ni", "si", "si 5000",
        "stopwatch 0:7c3b 0:7c45", "stopwatch *%u *%u", "stopwatch delete %u", "stopwatch", "stopwatch delete",
        "latency on", "latency off", "latency reset", "info latency", "profile on", "profile off", "profile reset",
        "info profile %u", "info profile", "info timing", "info timing reset", "info machine", "info cache %u",
        "info cache set %u", "info cache", "info tlb", "info bus %u", "info bus", "set cost off", "set cost on",
        "advance 0:7c35", "set $eflags = %u", "set $pc = 0:7c00", "starti",
    };
    uint32_t seed = 1;
    for (int i = 0; i < 1500; i++) {
        char line[100];
        seed = seed * 1664525 + 1013904223;
        unsigned number = seed >> 28 < 4 ? seed << 8 : seed >> 8 & (0x1FFFu >> (seed >> 28));
        snprintf(line, sizeof line, lines[(seed >> 16 & 0xFFF) % (sizeof lines / sizeof lines[0])], number, number + 2);
        s->used = 0;
        s->result = debugger_execute(s->d, line);
        for (int n = 0; n < 10 && s->result == DEBUGGER_RUN; n++)
            s->result = debugger_run(s->d, machine_tick(s->m) + TICKS_PER_MS);
        if (s->result == DEBUGGER_RUN) {
            debugger_interrupt(s->d);
            session_settle(s);
        }
    }
    assert_true(machine_icount(s->m) > 100000);
}

#define IN_CYCLE(test) cmocka_unit_test_setup_teardown(test, cache_setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_GUEST(the_mode_is_set_and_shown),
        ON_GUEST(the_board_is_set_and_shown),
        ON_GUEST(the_board_is_described),
        ON_GUEST(a_parameter_is_set_and_shown),
        ON_GUEST(a_wrong_parameter_changes_nothing),
        ON_GUEST(the_clock_changes_while_the_guest_runs_on),
        ON_GUEST(a_change_of_clock_begins_all_measuring_anew),
        IN_CYCLE(the_cache_fills_up),
        IN_CYCLE(the_set_of_an_address_is_shown),
        cmocka_unit_test(the_way_to_be_replaced_is_told),
        IN_CYCLE(odd_cache_arguments_are_one_error_line),
        ON_GUEST(other_modes_say_that_they_do_not_follow_it),
        IN_CYCLE(bus_cycles_are_listed),
        cmocka_unit_test(translations_are_listed),
        ON_GUEST(settings_keep_their_abbreviations),
        ON_GUEST(tab_knows_boards_modes_and_parameters),
        ON_TIMER(random_timing_lines_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
