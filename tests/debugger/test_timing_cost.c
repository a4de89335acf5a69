/* What stepi says an instruction cost, and info timing. */
#include "tests/debugger/guest.h"

/* Turns the cache on; then a loop whose costs the manual and Abrash's measurements give (Graphics Programming Black
 * Book, ch. 12): an address register written just before costs 2 clocks in real mode, a prefix 1. */
static const uint8_t loop_code[] = {
    0xFA,                               /* 7C00  cli                    */
    0x0F, 0x20, 0xC0,                   /* 7C01  mov eax,cr0            */
    0x66, 0x25, 0xFF, 0xFF, 0xFF, 0x9F, /* 7C04  and eax,9FFFFFFFh      */
    0x0F, 0x22, 0xC0,                   /* 7C0A  mov cr0,eax            */
    0xB9, 0x05, 0x00,                   /* 7C0D  mov cx,5               */
    0xBB, 0x00, 0x05,                   /* 7C10  again: mov bx,500h     */
    0x8B, 0x07,                         /* 7C13  mov ax,[bx]            */
    0x90,                               /* 7C15  nop                    */
    0x26, 0x8B, 0x07,                   /* 7C16  mov ax,es:[bx]         */
    0xE2, 0xF5,                         /* 7C19  loop again             */
    0xE6, 0xF4, 0xF4,                   /* 7C1B  out F4h,al; hlt        */
};

static int cycle_setup(void **state)
{
    struct session *s = *state = session_on(loop_code, sizeof loop_code, NULL);
    run(s, "set timing cycle");
    return debugger_failed(s->d);
}

static void warm_up(struct session *s)
{
    run(s, "tbreak 0:7c10");
    run(s, "c");
    run(s, "si 10");
    contains(run(s, "p $pc"), "7c10");
}

static void each_clock_has_its_cause(void **state)
{
    warm_up(*state);
    assert_string_equal(run(*state, "si"), "1 clock: base 1\n0x00007c13 in ?? () (0000:7c13)\n");
    assert_string_equal(run(*state, "si"), "3 clocks: base 1, register 2\n0x00007c15 in ?? () (0000:7c15)\n");
    assert_string_equal(run(*state, "si"), "1 clock: base 1\n0x00007c16 in ?? () (0000:7c16)\n");
    assert_string_equal(run(*state, "si"), "2 clocks: base 1, prefix 1\n0x00007c19 in ?? () (0000:7c19)\n");
    assert_string_equal(run(*state, "si"), "7 clocks: base 7\n0x00007c10 in ?? () (0000:7c10)\n");
}

static void many_instructions_are_summed(void **state)
{
    warm_up(*state);
    assert_string_equal(run(*state, "stepi 5"), "14 clocks, 5 instructions: base 11, prefix 1, register 2\n"
                                                "0x00007c10 in ?? () (0000:7c10)\n");
    run(*state, "si 4");
    assert_string_equal(run(*state, "nexti"), "20 clocks, 6 instructions: base 17, prefix 1, register 2\n"
                                              "0x00007c1b in ?? () (0000:7c1b)\n");
}

static void a_breakpoint_after_a_step_keeps_the_line(void **state)
{
    warm_up(*state);
    run(*state, "break 0:7c13");
    assert_string_equal(run(*state, "si"), "1 clock: base 1\n\nBreakpoint 2, 0x00007c13 in ?? () (0000:7c13)\n");
    assert_string_equal(run(*state, "c"), "Continuing.\n\nBreakpoint 2, 0x00007c13 in ?? () (0000:7c13)\n");
}

static void the_line_can_be_switched_off(void **state)
{
    warm_up(*state);
    run(*state, "set cost off");
    assert_string_equal(run(*state, "si"), "0x00007c13 in ?? () (0000:7c13)\n");
    assert_string_equal(run(*state, "show cost"),
                        "Whether stepi and nexti tell what they cost, except in mode fast is off.\n");
    run(*state, "set cost on");
    contains(run(*state, "si"), "3 clocks: ");
}

static void only_steps_have_it(void **state)
{
    warm_up(*state);
    lacks(run(*state, "until 0:7c19"), "clock");
    lacks(run(*state, "advance 0:7c10"), "clock");
}

/* A step over HLT that Ctrl-C ends has nothing to tell, and nothing is left of it. */
static void an_interrupted_step_leaves_nothing_behind(void **state)
{
    struct session *s = *state;
    run(s, "set timing cycle");
    run(s, "tbreak 0:7c34");
    run(s, "c");
    s->used = 0;
    assert_int_equal(debugger_execute(s->d, "si"), DEBUGGER_RUN);
    debugger_interrupt(s->d);
    s->result = DEBUGGER_RUN;
    session_settle(s);
    contains(s->out, "SIGINT");
    lacks(s->out, "clock");
    lacks(run(s, "advance 0:7c3c"), "clock");
}

static void a_halt_is_told_apart(void **state)
{
    struct session *s = *state;
    run(s, "set timing cycle");
    run(s, "tbreak 0:7c34");
    run(s, "c");
    contains(run(s, "si"), ", halted ");
}

static void other_modes_tell_the_total_or_nothing(void **state)
{
    struct session *s = *state;
    run(s, "set timing table");
    warm_up(s);
    assert_string_equal(run(s, "si"), "1 clock\n0x00007c13 in ?? () (0000:7c13)\n");
    run(s, "set timing fast");
    assert_string_equal(run(s, "si"), "0x00007c15 in ?? () (0000:7c15)\n");
}

static void info_timing_sums_since_it_was_reset(void **state)
{
    struct session *s = *state;
    warm_up(s);
    run(s, "info timing reset");
    run(s, "si 5");
    const char *text = run(s, "info timing");
    contains(text, "Mode cycle on a 486dx2-66, 66.666666 MHz, at clock ");
    contains(text, "Counted: 14 clocks, 5 instructions, 2.8 clocks each.\n"
                   "  base                  11   78.6 %\n"
                   "  prefix                 1    7.1 %\n"
                   "  register               2   14.3 %\n"
                   "Cache: 2 reads, 100.0 % hits. TLB: 0 page walks.\n");
    run(s, "set timing fast");
    assert_string_equal(strchr(run(s, "info timing"), '\n') + 1,
                        "Counted: 0 clocks, 0 instructions.\n"
                        "Only mode cycle knows what the processor waits for: set timing cycle.\n");
    assert_string_equal(run(s, "info timing x"), "Usage: info timing [reset]\n");
}

/* All of the guest, instruction by instruction. */
static char *log_of_a_run(void)
{
    struct session *s = session_on(loop_code, sizeof loop_code, NULL);
    char *log = calloc(1, 1 << 14);
    run(s, "set timing cycle");
    for (int i = 0; i < 30; i++)
        strcat(log, run(s, "si"));
    strcat(log, run(s, "info bus 64"));
    strcat(log, run(s, "info timing"));
    session_end(s);
    return log;
}

static void two_runs_tell_the_same(void **state)
{
    (void)state;
    char *first = log_of_a_run(), *second = log_of_a_run();
    contains(first, "fetch ");
    assert_string_equal(first, second);
    free(first);
    free(second);
}

/* The sum of the causes is the total, whatever happens. */
static void causes_add_up(void **state)
{
    struct session *s = *state;
    run(s, "set timing cycle");
    for (int i = 0; i < 200; i++) {
        const char *text = run(s, "si");
        unsigned long total = strtoul(text, NULL, 10), sum = 0;
        const char *end = strchr(text, '\n');
        for (const char *at = strchr(text, ':'); at && at < end; at = strchr(at + 1, ','))
            sum += strtoul(at + 1 + strcspn(at, "0123456789\n") - 1, NULL, 10);
        assert_int_equal(sum, total);
    }
}

#define IN_CYCLE(test) cmocka_unit_test_setup_teardown(test, cycle_setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_CYCLE(each_clock_has_its_cause),
        IN_CYCLE(many_instructions_are_summed),
        IN_CYCLE(a_breakpoint_after_a_step_keeps_the_line),
        IN_CYCLE(the_line_can_be_switched_off),
        IN_CYCLE(only_steps_have_it),
        ON_TIMER(an_interrupted_step_leaves_nothing_behind),
        ON_TIMER(a_halt_is_told_apart),
        IN_CYCLE(other_modes_tell_the_total_or_nothing),
        IN_CYCLE(info_timing_sums_since_it_was_reset),
        cmocka_unit_test(two_runs_tell_the_same),
        ON_TIMER(causes_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
