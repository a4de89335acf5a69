/* The profiler: whose the clocks are, and how they are shown. */
#include "tests/debugger/guest.h"

/* The i486 manual's clocks in real mode: INC m 3, LOOP 7 taken and 6 not. */
static void clocks_go_to_the_instruction_that_took_them(void **state)
{
    struct session *s = *state;
    run(s, "set timing table");
    run(s, "tbreak 0:7c18");
    run(s, "c");
    run(s, "profile on");
    run(s, "tbreak 0:7c1e");
    run(s, "c");
    assert_string_equal(run(s, "info profile"),
                        "Clocks: 29. Instructions: 6. Addresses: 2.\n\n"
                        "        Clocks      %  Instructions  Address\n"
                        "            20   69.0             3  0x00007c1c (0000:7c1c)  loop 0x7c18\n"
                        "             9   31.0             3  0x00007c18 (0000:7c18)  inc word ptr [0x500]\n\n"
                        "        Clocks      %  Instructions  Routine\n"
                        "            29  100.0             6  0x00007c00-0x00007cff\n");
}

static void code_that_was_overwritten_is_marked(void **state)
{
    struct session *s = *state;
    run(s, "set timing table");
    run(s, "tbreak 0:7c18");
    run(s, "c");
    run(s, "profile on");
    run(s, "tbreak 0:7c21");
    run(s, "c");
    lacks(run(s, "info profile"), "overwritten");
    run(s, "set byte[0:7c1c] = 0x90");
    const char *text = run(s, "info profile");
    contains(text, "(0000:7c1c)  nop  (overwritten since)\n");
    contains(text, "(0000:7c18)  inc word ptr [0x500]\n");
}

static void every_clock_is_somebodys(void **state)
{
    struct session *s = *state;
    static const char *const modes[] = { "set timing fast", "set timing table", "set timing cycle" };
    char want[80];
    for (int mode = 0; mode < 3; mode++) {
        run(s, modes[mode]);
        run(s, "profile reset");
        run(s, "profile on");
        uint64_t clocks = machine_clocks(s->m), icount = machine_icount(s->m);
        run(s, "si 7");
        snprintf(want, sizeof want, "Clocks: %llu. Instructions: %llu. Addresses: ",
                 (unsigned long long)(machine_clocks(s->m) - clocks),
                 (unsigned long long)(machine_icount(s->m) - icount));
        contains(run(s, "info profile"), want);
    }
}

static void a_halt_has_the_wait_and_the_handler_its_delivery(void **state)
{
    struct session *s = *state;
    run(s, "set timing table");
    run(s, "tbreak 0:7c34");
    run(s, "c");
    run(s, "profile on");
    uint64_t idle = machine_idle_ticks(s->m), before = machine_clocks(s->m);
    run(s, "tbreak 0:7c3c");
    run(s, "c");
    uint64_t halted = (machine_idle_ticks(s->m) - idle) / 63, all = machine_clocks(s->m) - before;
    char *text = strdup(run(s, "info profile"));
    char *push = strstr(text, "(0000:7c3b)"), *hlt = strstr(text, "(0000:7c34)");
    assert_non_null(push);
    assert_non_null(hlt);
    while (push[-1] != '\n')
        push--;
    while (hlt[-1] != '\n')
        hlt--;
    unsigned long hlt_clocks = strtoul(hlt, NULL, 10), push_clocks = strtoul(push, NULL, 10);
    assert_int_equal(hlt_clocks, halted + 4);       /* HLT is 4 clocks */
    assert_int_equal(push_clocks, all - hlt_clocks);
    assert_true(push_clocks > 30);                  /* PUSH is 1, an interrupt in real mode 26 + 11 */
    free(text);
}

static void routines_are_symbols_handlers_or_blocks(void **state)
{
    struct session *s = *state;
    run(s, "symbol inner 0:7c3f");
    run(s, "profile on");
    run(s, "c");
    const char *text = strstr(run(s, "info profile"), "Routine\n");
    contains(text, "  0x00007c00-0x00007cff\n");
    contains(text, "  inner\n");
    run(s, "symbol inner 0:0");
    text = strstr(run(s, "info profile 100"), "Routine\n");
    contains(text, "  int 0x21\n");
    lacks(text, "  inner\n");
}

static void the_number_of_lines_is_kept(void **state)
{
    struct session *s = *state;
    run(s, "profile on");
    run(s, "si 10");
    const char *text = run(s, "info profile 1");
    unsigned lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    assert_int_equal(lines, 7);
    assert_string_equal(run(s, "info profile 0"), "Between 1 and 1000 lines can be shown.\n");
    assert_string_equal(run(s, "info profile -1"), "Between 1 and 1000 lines can be shown.\n");
    contains(run(s, "info profile 99999999999999999999"), "Invalid number");
    contains(run(s, "info profile nonsense"), "No symbol \"nonsense\"");
}

static void it_is_switched_on_off_and_reset(void **state)
{
    struct session *s = *state;
    assert_string_equal(run(s, "info profile"), "Nothing was collected: profile on.\n");
    assert_string_equal(run(s, "profile"), "Usage: profile on|off|reset\n");
    assert_string_equal(run(s, "profile of"), "Usage: profile on|off|reset\n");
    run(s, "profile off");
    run(s, "profile reset");
    run(s, "profile on");
    assert_string_equal(run(s, "info profile"), "Clocks: 0. Instructions: 0. Addresses: 0.\n");
    run(s, "si 2");
    run(s, "profile off");
    run(s, "si 2");
    contains(run(s, "info profile"), "Clocks: 4. Instructions: 2. Addresses: 2.\n");
    run(s, "profile on");
    run(s, "si");
    contains(run(s, "info profile"), "Clocks: 6. Instructions: 3. Addresses: 3.\n");
    run(s, "profile reset");
    run(s, "si");
    contains(run(s, "info profile"), "Clocks: 2. Instructions: 1. Addresses: 1.\n");
}

/* 64 KB of NOPs are more addresses than the table has room for. */
static void addresses_without_room_are_lumped_together(void **state)
{
    struct session *s = *state;
    run(s, "profile on");
    for (uint32_t at = 0x10000; at < 0x20000; at += 16)
        inspect_poke(s->m, at, "\x90\x90\x90\x90\x90\x90\x90\x90\x90\x90\x90\x90\x90\x90\x90\x90", 16);
    run(s, "set $cs = 0x1000");
    run(s, "set $eip = 0");
    run(s, "si 60000");
    contains(run(s, "info profile 1"), "Clocks: 120000. Instructions: 60000. Addresses: 49152.\n");
    contains(run(s, "info profile 1"), "         21696   18.1         10848  at other addresses: the table is full\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_GUEST(clocks_go_to_the_instruction_that_took_them),
        ON_GUEST(code_that_was_overwritten_is_marked),
        ON_GUEST(every_clock_is_somebodys),
        ON_TIMER(a_halt_has_the_wait_and_the_handler_its_delivery),
        ON_GUEST(routines_are_symbols_handlers_or_blocks),
        ON_GUEST(the_number_of_lines_is_kept),
        ON_GUEST(it_is_switched_on_off_and_reset),
        ON_GUEST(addresses_without_room_are_lumped_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
