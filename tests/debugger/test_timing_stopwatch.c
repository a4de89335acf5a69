/* Stopwatches: what they measure, in every timing mode, and that the guest cannot tell. */
#include "tests/debugger/guest.h"

#define HERE(symbol) "0x00007" symbol " (0000:7" symbol ")"

/* INC m is 3 clocks, LOOP 7 if it is taken (i486 PRM, appendix E). */
static void a_stopwatch_measures_from_one_address_to_another(void **state)
{
    struct session *s = *state;
    run(s, "set timing table");
    assert_string_equal(run(s, "stopwatch 0:7c18 0:7c1c"), "Stopwatch 1: " HERE("c18") " to " HERE("c1c") "\n");
    run(s, "stopwatch 0:7c1c, 0:7c18");
    run(s, "tbreak 0:7c1e");
    run(s, "c");
    assert_string_equal(run(s, "stopwatch"), "Stopwatch 1: " HERE("c18") " to " HERE("c1c") "\n"
                                             "  3 samples: min 3, mean 3.0, max 3 clocks (0.045, 0.045, 0.045 us)\n"
                                             "Stopwatch 2: " HERE("c1c") " to " HERE("c18") "\n"
                                             "  2 samples: min 7, mean 7.0, max 7 clocks (0.105, 0.105, 0.105 us)\n"
                                             "  running\n");
}

/* Six instructions of 2 clocks each in mode `fast`; INC, IRET and two more between the two calls of INT 21h. */
static void both_ends_may_be_one_address(void **state)
{
    struct session *s = *state;
    run(s, "stopwatch 0:7c3f 0:7c44");
    run(s, "stopwatch 0:7c44 0:7c44");
    run(s, "c");
    contains(run(s, "stopwatch"), "  1 sample: min 12, mean 12.0, max 12 clocks (0.180, 0.180, 0.180 us)\n");
    contains(run(s, "stopwatch"),
             "Stopwatch 2: " HERE("c44") " to " HERE("c44") "\n  1 sample: min 8, mean 8.0, max 8 clocks");
}

/* In mode `cycle` the same instruction takes longer the first time. */
static void the_first_pass_is_slower_in_mode_cycle(void **state)
{
    struct session *s = *state;
    unsigned long least, most;
    run(s, "set timing cycle");
    run(s, "stopwatch 0:7c18 0:7c1c");
    run(s, "tbreak 0:7c1e");
    run(s, "c");
    const char *text = run(s, "stopwatch");
    assert_non_null(strstr(text, "3 samples: min "));
    least = strtoul(strstr(text, "min ") + 4, NULL, 10);
    most = strtoul(strstr(text, "max ") + 4, NULL, 10);
    assert_true(least >= 3 && most > least);
}

static void the_last_start_counts(void **state)
{
    struct session *s = *state;
    run(s, "stopwatch 0:7c18 0:7c1e");
    run(s, "tbreak 0:7c21");
    run(s, "c");
    assert_string_equal(run(s, "stopwatch"), "Stopwatch 1: " HERE("c18") " to " HERE("c1e") "\n"
                                             "  1 sample: min 4, mean 4.0, max 4 clocks (0.060, 0.060, 0.060 us)\n"
                                             "  begun again 2 times before the end was met: the last one counts\n");
}

static void an_end_without_a_start_counts_nothing(void **state)
{
    struct session *s = *state;
    run(s, "stopwatch 0:7c4d 0:7c18");
    run(s, "c");
    assert_string_equal(run(s, "stopwatch"), "Stopwatch 1: " HERE("c4d") " to " HERE("c18") "\n  no samples yet\n");
}

/* A REP STOSB that the events of the timer cut (IF is 0). */
static const uint8_t long_fill[] = {
    0xFA, 0x31, 0xC0, 0x8E, 0xC0,                                           /* 7C00  cli; es = 0            */
    0xB0, 0x34, 0xE6, 0x43, 0xB0, 0x00, 0xE6, 0x40, 0xB0, 0x01, 0xE6, 0x40, /* 7C05  PIT 0: every 100h      */
    0xBF, 0x00, 0x80, 0xB9, 0x00, 0x70,                                     /* 7C11  mov di,8000h; cx,7000h */
    0xF3, 0xAA,                                                             /* 7C17  rep stosb              */
    0xB9, 0x03, 0x00,                                                       /* 7C19  mov cx,3               */
    0xE2, 0xFE,                                                             /* 7C1C  loop $                 */
    0xE6, 0xF4, 0xF4,                                                       /* 7C1E  out F4h,al; hlt        */
};

static void a_repetition_that_events_cut_is_one_execution(void **state)
{
    (void)state;
    struct session *s = session_on(long_fill, sizeof long_fill, NULL);
    run(s, "set timing table");
    run(s, "stopwatch 0:7c17 0:7c19");
    run(s, "stopwatch 0:7c1c 0:7c1c");
    uint64_t before = machine_icount(s->m);
    run(s, "c");
    assert_true(machine_icount(s->m) - before > 20);        /* it was cut several times */
    /* REP STOS is 7 + 4 n clocks. Each cut costs another beginning. */
    const char *text = run(s, "stopwatch");
    contains(text, "  1 sample: min ");
    lacks(text, "begun again");
    assert_true(strtoul(strstr(text, "min ") + 4, NULL, 10) >= 7 + 4 * 0x7000);
    contains(text, "  2 samples: min 7, mean 7.0, max 7 clocks");    /* LOOP to itself is three executions */
    session_end(s);
}

static void stopwatches_are_numbered_deleted_and_reset(void **state)
{
    struct session *s = *state;
    assert_string_equal(run(s, "stopwatch"), "No stopwatches.\n");
    for (int i = 0; i < 8; i++)
        run(s, "stopwatch 0:7c18 0:7c1c");
    assert_string_equal(run(s, "stopwatch 0:7c18 0:7c1c"), "There are 8 stopwatches already: stopwatch delete N.\n");
    assert_true(debugger_failed(s->d));
    assert_string_equal(run(s, "stopwatch delete 3"), "");
    assert_string_equal(run(s, "stopwatch delete 3"), "No stopwatch number 3.\n");
    contains(run(s, "stopwatch 0:7c1c 0:7c1e"), "Stopwatch 9: ");
    run(s, "tbreak 0:7c1e");
    run(s, "c");
    run(s, "stopwatch reset 9");
    contains(run(s, "stopwatch"), "Stopwatch 9: " HERE("c1c") " to " HERE("c1e") "\n  no samples yet\n");
    contains(run(s, "stopwatch"), "  3 samples");
    run(s, "stopwatch reset");
    lacks(run(s, "stopwatch"), "samples:");
    run(s, "stopwatch delete");
    assert_string_equal(run(s, "stopwatch"), "No stopwatches.\n");
}

static void symbols_and_expressions_are_locations(void **state)
{
    struct session *s = *state;
    run(s, "symbol again 0:7c18");
    assert_string_equal(run(s, "stopwatch again *0x7c00+0x1c"), "Stopwatch 1: 0x00007c18 <again> to 0x00007c1c "
                                                                "<again+4>\n");
    assert_string_equal(run(s, "stopwatch again, *0x7c00 + 0x1c"), "Stopwatch 2: 0x00007c18 <again> to 0x00007c1c "
                                                                   "<again+4>\n");
}

static void odd_input_is_one_error_line(void **state)
{
    struct session *s = *state;
    static const char usage[] = "Usage: stopwatch A B, or A, B if there are blanks in them.\n";
    assert_string_equal(run(s, "stopwatch 0:7c18"), usage);
    assert_string_equal(run(s, "stopwatch 0:7c18,"), usage);
    assert_string_equal(run(s, "stopwatch ,"), usage);
    assert_string_equal(run(s, "stopwatch 1, 2, 3"), usage);
    assert_string_equal(run(s, "stopwatch 1 2 3"), usage);
    assert_string_equal(run(s, "stopwatch nowhere 1"), "Function \"nowhere\" not defined.\n");
    assert_string_equal(run(s, "stopwatch delete x"), "No stopwatch number x.\n");
    assert_string_equal(run(s, "stopwatch delete -1"), "No stopwatch number -1.\n");
    assert_string_equal(run(s, "stopwatch reset 99999999999999999999"), "No stopwatch number 99999999999999999999.\n");
    assert_string_equal(run(s, "stopwatch"), "No stopwatches.\n");
    contains(run(s, "stopwatch 0xffffffff 0"), "Stopwatch 1: 0xffffffff to 0x00000000\n");
    run(s, "c");
    contains(run(s, "stopwatch"), "no samples yet");
}

/* State and time after 40 ms of the timer guest, with LINES executed first. */
static uint64_t hash_after(const char *mode, const char *const *lines, uint64_t *clocks)
{
    struct session *s = session_on(timer_code, sizeof timer_code, NULL);
    run(s, mode);
    for (; *lines; lines++)
        run(s, *lines);
    s->result = debugger_execute(s->d, "continue");
    while (s->result == DEBUGGER_RUN && machine_tick(s->m) < 40 * TICKS_PER_MS)
        s->result = debugger_run(s->d, 40 * TICKS_PER_MS);
    *clocks = machine_clocks(s->m);
    uint64_t hash = machine_hash(s->m);
    session_end(s);
    return hash;
}

static void the_guest_cannot_tell_that_it_is_measured(void **state)
{
    (void)state;
    static const char *const nothing[] = { NULL };
    static const char *const everything[] = { "stopwatch 0:7c3b 0:7c45", "stopwatch 0:7c35 0:7c35", "latency on",
                                              "profile on", NULL };
    static const char *const modes[] = { "set timing fast", "set timing table", "set timing cycle" };
    uint64_t plain, measured;
    for (int i = 0; i < 3; i++) {
        uint64_t a = hash_after(modes[i], nothing, &plain), b = hash_after(modes[i], everything, &measured);
        assert_int_equal(plain, measured);
        assert_true(a == b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_GUEST(a_stopwatch_measures_from_one_address_to_another),
        ON_GUEST(both_ends_may_be_one_address),
        ON_GUEST(the_first_pass_is_slower_in_mode_cycle),
        ON_GUEST(the_last_start_counts),
        ON_GUEST(an_end_without_a_start_counts_nothing),
        cmocka_unit_test(a_repetition_that_events_cut_is_one_execution),
        ON_GUEST(stopwatches_are_numbered_deleted_and_reset),
        ON_GUEST(symbols_and_expressions_are_locations),
        ON_GUEST(odd_input_is_one_error_line),
        cmocka_unit_test(the_guest_cannot_tell_that_it_is_measured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
