/* Interrupt latency: what is counted, and that the cause of the worst case is named. Mode `fast`, where an instruction
 * takes 2 clocks, so that the figures follow from the guests below. */
#include "tests/debugger/guest.h"

/* Vector 8 (IRQ 0) is 0:7D00, vector 9 (IRQ 1) 0:7D40; then the guest's own part at 7C80, with IF set. */
static const uint8_t prologue[] = {
    0xFA, 0x31, 0xC0, 0x8E, 0xD0, 0xBC, 0x00, 0x7C, 0x8E, 0xD8,             /* 7C00  cli; ss = ds = 0; sp   */
    0xC7, 0x06, 0x20, 0x00, 0x00, 0x7D, 0xA3, 0x22, 0x00,                   /* 7C0A  vector 8               */
    0xC7, 0x06, 0x24, 0x00, 0x40, 0x7D, 0xA3, 0x26, 0x00,                   /* 7C13  vector 9               */
    0xB0, 0x11, 0xE6, 0x20, 0xB0, 0x08, 0xE6, 0x21,                         /* 7C1C  PIC: base 8            */
    0xB0, 0x04, 0xE6, 0x21, 0xB0, 0x01, 0xE6, 0x21,                         /* 7C24                         */
    0xB0, 0xFC, 0xE6, 0x21,                                                 /* 7C2C  IRQ 0 and 1            */
    0xB0, 0x60, 0xE6, 0x64, 0xB0, 0x01, 0xE6, 0x60,                         /* 7C30  keyboard: IRQ 1 on     */
    0xB0, 0x34, 0xE6, 0x43, 0xB0, 0x00, 0xE6, 0x40, 0xB0, 0x10, 0xE6, 0x40, /* 7C38  PIT 0: every 1000h     */
    0xFB, 0xEB, 0x39,                                                       /* 7C44  sti; jmp 7C80          */
};
static const uint8_t tick[] = { 0x50, 0xB0, 0x20, 0xE6, 0x20, 0x58, 0xCF };                     /* EOI, IRET */
static const uint8_t key[] = { 0x50, 0xE4, 0x60, 0xB0, 0x20, 0xE6, 0x20, 0x58, 0xCF };

/* Turns IF off for 2000h iterations of LOOP. */
static const uint8_t cli_loop[] = {
    0xFA, 0xB9, 0x00, 0x20, 0xE2, 0xFE,                                     /* 7C80  cli; mov cx; loop $    */
    0xFB, 0x90, 0xEB, 0xF6,                                                 /* 7C86  sti; nop; jmp 7C80     */
};
static const uint8_t mask_loop[] = {
    0xB0, 0xFD, 0xE6, 0x21, 0xB9, 0x00, 0x20, 0xE2, 0xFE,                   /* 7C80  mask IRQ 0; loop $     */
    0xB0, 0xFC, 0xE6, 0x21, 0x90, 0xEB, 0xF0,                               /* 7C89  unmask; nop; jmp 7C80  */
};
static const uint8_t idle[] = { 0xEB, 0xFE };
static const uint8_t off_for_ever[] = { 0xFA, 0xEB, 0xFE };
static const uint8_t stuck[] = {
    0xFA, 0xEB, 0xFE, 0x90, 0x90, 0x90,                                     /* 7C80  cli; jmp $             */
    0xFB, 0x90, 0xEB, 0xFE,                                                 /* 7C86  sti; nop; jmp $        */
};
/* Handlers that take 2000h iterations: with IF set and EOI at the end, and the other way round. */
static const uint8_t long_service[] = {
    0x50, 0x51, 0xFB, 0xB9, 0x00, 0x20, 0xE2, 0xFE, 0xB0, 0x20, 0xE6, 0x20, 0x59, 0x58, 0xCF,
};
static const uint8_t long_off[] = {
    0x50, 0x51, 0xB0, 0x20, 0xE6, 0x20, 0xB9, 0x00, 0x20, 0xE2, 0xFE, 0x59, 0x58, 0xCF,
};

static struct session *latency_session(const uint8_t *code, size_t size, const uint8_t *handler, size_t handler_size)
{
    struct session *s = session_on(prologue, sizeof prologue, NULL);
    inspect_poke(s->m, 0x7C80, code, size);
    inspect_poke(s->m, 0x7D00, handler, handler_size);
    inspect_poke(s->m, 0x7D40, key, sizeof key);
    return s;
}

#define SESSION(code, handler) latency_session(code, sizeof code, handler, sizeof handler)

/* Runs for MS milliseconds of the guest's time. */
static void run_for(struct session *s, unsigned ms)
{
    uint64_t end = machine_tick(s->m) + ms * TICKS_PER_MS;
    s->result = debugger_execute(s->d, "continue");
    while (s->result == DEBUGGER_RUN && machine_tick(s->m) < end)
        s->result = debugger_run(s->d, end);
    debugger_interrupt(s->d);
    session_settle(s);
}

/* From CLI to the STI that ends it: CLI, MOV and 2000h times LOOP are 4 + 16384 clocks. The rest of the LOOP during
 * which the request came, STI and NOP are 5. */
static void clearing_if_is_blamed_with_its_place(void **state)
{
    (void)state;
    struct session *s = SESSION(cli_loop, tick);
    run(s, "latency on");
    run_for(s, 100);
    const char *text = run(s, "info latency");
    contains(text, "IRQ 0: 29 accepted; min ");
    contains(text, " clocks IF=0, off for 16388 since 0000:7c80\n           5 clocks finishing an instruction\n");
    contains(text, ", before 0000:7c88\n");
    /* The causes are rounded down each, the maximum as a whole. */
    unsigned long most = strtoul(strstr(text, "max ") + 4, NULL, 10);
    unsigned long off = strtoul(strstr(text, "0000:7c88\n") + strlen("0000:7c88\n"), NULL, 10);
    assert_in_range(most, off + 5, off + 6);
    session_end(s);
}

static void a_mask_is_blamed(void **state)
{
    (void)state;
    struct session *s = SESSION(mask_loop, tick);
    run(s, "latency on");
    run_for(s, 100);
    const char *text = run(s, "info latency");
    contains(text, " clocks masked in the PIC\n");
    lacks(text, "IF=0");
    lacks(text, "in service");
    session_end(s);
}

/* A key is pressed while IRQ 0's handler loops; its request comes while that has 16384 clocks or less to go. */
static char *key_during_handler(const uint8_t *handler, size_t size, const char *loop)
{
    struct session *s = latency_session(idle, sizeof idle, handler, size);
    run(s, "latency on");
    run(s, loop);
    run(s, "c");
    assert_true(machine_key(s->m, 0x1E));
    run(s, "tbreak 0:7d40");
    run(s, "c");
    char *text = strdup(strstr(run(s, "info latency"), "IRQ 1: "));
    session_end(s);
    return text;
}

static void an_interrupt_in_service_is_blamed(void **state)
{
    (void)state;
    char *text = key_during_handler(long_service, sizeof long_service, "tbreak 0:7d06");
    contains(text, "IRQ 1: 1 accepted; min ");
    contains(text, " clocks IRQ 0 in service\n");
    lacks(text, "IF=0");
    free(text);
}

static void a_handler_with_if_off_is_blamed_by_its_vector(void **state)
{
    (void)state;
    char *text = key_during_handler(long_off, sizeof long_off, "tbreak 0:7d09");
    /* PUSH, PUSH, MOV, OUT, MOV, 2000h times LOOP, POP, POP: off until IRET sets IF again. */
    contains(text, " clocks IF=0, off for 16398 since vector 0x08 came at 0000:7c80\n");
    lacks(text, "in service");
    free(text);
}

static void a_request_that_falls_is_withdrawn(void **state)
{
    (void)state;
    struct session *s = SESSION(off_for_ever, tick);
    run(s, "latency on");
    run_for(s, 10);
    assert_string_equal(run(s, "info latency"), "IRQ 0: 0 accepted, 1 withdrawn, 1 waiting\n");
    session_end(s);
}

static void what_was_before_the_measurement_is_not_known(void **state)
{
    (void)state;
    struct session *s = SESSION(stuck, tick);
    run_for(s, 1);
    run(s, "latency on");
    run_for(s, 4);
    run(s, "set $pc = 0:7c86");
    run_for(s, 1);
    contains(run(s, "info latency"), " clocks IF=0, off since before the measurement began\n");
    session_end(s);
}

/* The PIT's period of 1000h is 228864 clocks plus 2/3; JMP $ is 2 clocks. */
static void the_histogram_counts_every_request(void **state)
{
    (void)state;
    struct session *s = SESSION(idle, tick);
    run(s, "latency on");
    run_for(s, 1000);
    const char *text = run(s, "info latency");
    unsigned total = 0, accepted = 0, low = 0, high = 0, count = 0;
    assert_int_equal(sscanf(text, "IRQ 0: %u accepted; min 0, mean", &accepted), 1);
    assert_int_equal(accepted, 291);
    for (const char *at = text; (at = strstr(at, " to ")); at++) {
        const char *line = at;
        while (line[-1] != '\n')
            line--;
        assert_int_equal(sscanf(line, "%u to %u %*[#] %u", &low, &high, &count), 3);
        assert_true(low <= high && high <= 2);
        total += count;
    }
    assert_int_equal(total, 291);
    session_end(s);
}

static void it_is_switched_on_off_and_reset(void **state)
{
    (void)state;
    struct session *s = SESSION(idle, tick);
    assert_string_equal(run(s, "info latency"), "Interrupt latency is not being measured: latency on.\n");
    run_for(s, 5);
    run(s, "latency on");
    assert_string_equal(run(s, "info latency"), "No interrupt was requested yet.\n");
    run_for(s, 10);
    contains(run(s, "info latency"), "IRQ 0: 3 accepted");
    run(s, "latency on");
    contains(run(s, "info latency"), "IRQ 0: 3 accepted");
    run(s, "latency off");
    run_for(s, 10);
    contains(run(s, "info latency"), "IRQ 0: 3 accepted");
    contains(run(s, "info latency"), "Interrupt latency is not being measured: latency on.\n");
    run(s, "latency reset");
    assert_string_equal(run(s, "info latency"), "Interrupt latency is not being measured: latency on.\n");
    session_end(s);
}

static void odd_input_is_one_error_line(void **state)
{
    struct session *s = *state;
    assert_string_equal(run(s, "latency"), "Usage: latency on|off|reset\n");
    assert_true(debugger_failed(s->d));
    assert_string_equal(run(s, "latency maybe"), "Usage: latency on|off|reset\n");
    assert_string_equal(run(s, "info latency 3"), "Usage: info latency\n");
    assert_string_equal(run(s, "latency off"), "");
}

static char *text_of_a_run(const char *mode)
{
    struct session *s = SESSION(cli_loop, tick);
    run(s, mode);
    run(s, "latency on");
    run_for(s, 200);
    char *text = strdup(run(s, "info latency"));
    session_end(s);
    return text;
}

static void two_runs_give_the_same_text(void **state)
{
    (void)state;
    static const char *const modes[] = { "set timing table", "set timing cycle" };
    for (int i = 0; i < 2; i++) {
        char *first = text_of_a_run(modes[i]), *second = text_of_a_run(modes[i]);
        contains(first, "IF=0, off for ");
        assert_string_equal(first, second);
        free(first);
        free(second);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clearing_if_is_blamed_with_its_place),
        cmocka_unit_test(a_mask_is_blamed),
        cmocka_unit_test(an_interrupt_in_service_is_blamed),
        cmocka_unit_test(a_handler_with_if_off_is_blamed_by_its_vector),
        cmocka_unit_test(a_request_that_falls_is_withdrawn),
        cmocka_unit_test(what_was_before_the_measurement_is_not_known),
        cmocka_unit_test(the_histogram_counts_every_request),
        cmocka_unit_test(it_is_switched_on_off_and_reset),
        ON_GUEST(odd_input_is_one_error_line),
        cmocka_unit_test(two_runs_give_the_same_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
