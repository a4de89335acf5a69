/* Tests of what can go wrong on a serial line, of the reasons for interrupts in their order, and of the modem's lines.
 * A character of 8N1 at divisor 12 (9600 baud) takes 10 bits of 437,500 ticks. */
#include "tests/emu/dev/rig.h"

#include "emu/dev/serial.h"

enum { DATA = 0x2F8, IER, IIR, LCR, MCR, LSR, MSR, FCR = IIR };
enum { CHARACTER = 4375000 };

struct board {
    struct rig rig;
    struct serial serial;
    struct wire irq;
    struct paper paper;
};

static void visit(void *chip, struct state *state) { serial_visit(chip, state); }

static int setup(void **state)
{
    struct board *b = calloc(1, sizeof *b);

    rig_init(&b->rig);
    serial_init(&b->serial, &(struct serial_config){ .bus = &b->rig.bus, .clock = &b->rig.clock, .base = DATA,
                                                     .irq = wire_line(&b->irq, &b->rig), .put = paper_put,
                                                     .put_ctx = &b->paper });
    rig_out(&b->rig, LCR, 0x03);
    rig_out(&b->rig, MCR, 0x08);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct board *b = *state;

    rig_destroy(&b->rig);
    free(b);
    return 0;
}

static void hear(struct board *b, uint8_t byte, uint8_t errors)
{
    assert_true(serial_hear(&b->serial, byte, errors));
    assert_false(serial_hear(&b->serial, byte, errors));
    rig_run(&b->rig, CHARACTER);
}

static void errors_interrupt_before_all_else_until_lsr_is_read(void **state)
{
    static const uint8_t errors[] = { SERIAL_PARITY, SERIAL_FRAMING, SERIAL_PARITY | SERIAL_FRAMING };
    struct board *b = *state;

    rig_out(&b->rig, IER, 0x05);
    for (unsigned i = 0; i < 3; i++) {
        hear(b, 'e', errors[i]);
        assert_true(b->irq.level);
        assert_int_equal(rig_in(&b->rig, IIR), 0x06);
        assert_int_equal(rig_in(&b->rig, LSR), 0x61 | errors[i]);
        assert_int_equal(rig_in(&b->rig, LSR), 0x61);
        assert_int_equal(rig_in(&b->rig, IIR), 0x04);
        assert_int_equal(rig_in(&b->rig, DATA), 'e');
        assert_false(b->irq.level);
    }
}

/* A zero byte with a framing error, and a parity error where zero should have had a one behind it. */
static void a_break_is_one_zero_character(void **state)
{
    static const struct { uint8_t lcr, lsr; } rows[] = {
        { 0x03, 0x79 }, { 0x0B, 0x7D }, { 0x1B, 0x79 }, { 0x2B, 0x7D }, { 0x3B, 0x79 },     /* none, odd, even, mark, space */
    };
    struct board *b = *state;

    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        rig_out(&b->rig, LCR, rows[i].lcr);
        hear(b, 'x', SERIAL_BREAK);
        rig_run(&b->rig, CHARACTER);
        assert_int_equal(rig_in(&b->rig, LSR), rows[i].lsr);
        assert_int_equal(rig_in(&b->rig, DATA), 0);
        assert_int_equal(rig_in(&b->rig, LSR), 0x60);
    }
}

/* Each character's errors are shown when it has come to the head of the FIFO; bit 7 tells of them before. */
static void the_fifo_keeps_errors_beside_their_characters(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, FCR, 0xC1);
    rig_out(&b->rig, IER, 0x04);
    hear(b, '1', 0);
    hear(b, '2', SERIAL_PARITY);
    hear(b, '3', 0);
    hear(b, '4', SERIAL_FRAMING);
    assert_false(b->irq.level);
    assert_int_equal(rig_in(&b->rig, LSR), 0xE1);
    assert_int_equal(rig_in(&b->rig, LSR), 0xE1);
    assert_int_equal(rig_in(&b->rig, DATA), '1');
    assert_int_equal(rig_in(&b->rig, IIR), 0xC6);
    assert_int_equal(rig_in(&b->rig, LSR), 0xE5);
    assert_int_equal(rig_in(&b->rig, LSR), 0xE1);
    assert_int_equal(rig_in(&b->rig, DATA), '2');
    assert_int_equal(rig_in(&b->rig, LSR), 0xE1);
    assert_int_equal(rig_in(&b->rig, DATA), '3');
    assert_int_equal(rig_in(&b->rig, LSR), 0xE9);
    assert_int_equal(rig_in(&b->rig, LSR), 0x61);
    assert_int_equal(rig_in(&b->rig, DATA), '4');
    assert_int_equal(rig_in(&b->rig, LSR), 0x60);
}

static void clearing_the_fifo_forgets_the_errors_in_it(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, FCR, 0x01);
    hear(b, '1', 0);
    hear(b, '2', SERIAL_PARITY);
    rig_out(&b->rig, FCR, 0x03);
    assert_int_equal(rig_in(&b->rig, LSR), 0x60);
    hear(b, '3', 0);
    hear(b, '4', 0);
    assert_int_equal(rig_in(&b->rig, LSR), 0x61);
}

/* A holding register that was not read in time is overwritten; a full FIFO keeps what it has. */
static void who_does_not_wait_overruns(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, IER, 0x04);
    hear(b, '1', 0);
    hear(b, '2', 0);
    assert_true(b->irq.level);
    assert_int_equal(rig_in(&b->rig, LSR), 0x63);
    assert_int_equal(rig_in(&b->rig, DATA), '2');
    rig_out(&b->rig, FCR, 0x01);
    for (uint8_t i = 0; i < 18; i++)
        hear(b, i, 0);
    assert_int_equal(rig_in(&b->rig, LSR), 0x63);
    for (uint8_t i = 0; i < 16; i++)
        assert_int_equal(rig_in(&b->rig, DATA), i);
    assert_int_equal(rig_in(&b->rig, LSR), 0x60);
}

static void loopback_hears_nothing_from_outside(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, MCR, 0x18);
    assert_true(serial_hear(&b->serial, 'x', 0));
    rig_run(&b->rig, 2 * CHARACTER);
    assert_int_equal(rig_in(&b->rig, LSR), 0x60);
}

/* With five bits to a word the other three are neither sent nor received. */
static void a_word_has_its_bits_and_no_more(void **state)
{
    static const uint8_t seen[4] = { 0x1F, 0x3F, 0x7F, 0xFF };
    struct board *b = *state;

    for (uint8_t lcr = 0; lcr < 4; lcr++) {
        rig_out(&b->rig, LCR, lcr);
        hear(b, 0xFF, 0);
        assert_int_equal(rig_in(&b->rig, DATA), seen[lcr]);
        rig_out(&b->rig, DATA, 0xFF);
        rig_run(&b->rig, 2 * CHARACTER);
        assert_int_equal(b->paper.byte[lcr], seen[lcr]);
    }
    rig_out(&b->rig, LCR, 0x00);
    rig_out(&b->rig, MCR, 0x18);
    rig_out(&b->rig, DATA, 0xAA);
    rig_run(&b->rig, 2 * CHARACTER);
    assert_int_equal(rig_in(&b->rig, DATA), 0x0A);
}

/* Somebody types at a terminal before the guest has set the port up. */
static void a_sender_that_waits_is_understood_from_the_start(void **state)
{
    struct board *b = *state;

    serial_reset(&b->serial);
    assert_true(serial_receive(&b->serial, 'd'));
    rig_run(&b->rig, CHARACTER);
    rig_out(&b->rig, LCR, 0x02);
    assert_int_equal(rig_in(&b->rig, DATA), 'd');
    assert_true(serial_receive(&b->serial, 0xE4));
    rig_run(&b->rig, CHARACTER);
    assert_int_equal(rig_in(&b->rig, DATA), 'd');
}

static void nothing_is_sent_during_a_break(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, LCR, 0x43);
    rig_out(&b->rig, DATA, 'a');
    rig_run(&b->rig, 2 * CHARACTER);
    assert_int_equal(rig_in(&b->rig, LSR), 0x60);
    rig_out(&b->rig, LCR, 0x03);
    rig_out(&b->rig, DATA, 'b');
    rig_run(&b->rig, 2 * CHARACTER);
    assert_int_equal(b->paper.count, 1);
    assert_int_equal(b->paper.byte[0], 'b');
}

/* Line status, data or timeout, transmitter, modem: each is seen when those before it are served. */
static void reasons_are_told_in_their_order(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, IER, 0x0F);
    rig_in(&b->rig, MSR);
    serial_set_modem(&b->serial, SERIAL_DSR);
    hear(b, 'x', SERIAL_PARITY);
    assert_int_equal(rig_in(&b->rig, IIR), 0x06);
    rig_in(&b->rig, LSR);
    assert_int_equal(rig_in(&b->rig, IIR), 0x04);
    rig_in(&b->rig, DATA);
    assert_int_equal(rig_in(&b->rig, IIR), 0x02);
    assert_int_equal(rig_in(&b->rig, IIR), 0x00);
    assert_true(b->irq.level);
    assert_int_equal(rig_in(&b->rig, MSR), 0x20 | 0x09);
    assert_int_equal(rig_in(&b->rig, IIR), 0x01);
    assert_false(b->irq.level);
    assert_int_equal(b->irq.rises, 1);
}

/* Bits 0, 1 and 3 for a change either way, bit 2 for the end of a ring only; a read forgets them. */
static void each_modem_line_has_its_change_bit(void **state)
{
    static const struct { uint8_t lines, msr; } rows[] = {
        { 0x00, 0x0B }, { SERIAL_CTS, 0x11 }, { 0x00, 0x01 }, { SERIAL_DSR, 0x22 }, { 0x00, 0x02 }, { SERIAL_RI, 0x40 },
        { 0x00, 0x04 }, { SERIAL_DCD, 0x88 }, { 0x00, 0x08 },
    };
    struct board *b = *state;

    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        serial_set_modem(&b->serial, rows[i].lines);
        assert_int_equal(rig_in(&b->rig, MSR), rows[i].msr);
        assert_int_equal(rig_in(&b->rig, MSR), rows[i].msr & 0xF0);
    }
    serial_set_modem(&b->serial, SERIAL_CTS);
    serial_set_modem(&b->serial, 0);
    assert_int_equal(rig_in(&b->rig, MSR), 0x01);
}

static void loaded_errors_go_on_alike(void **state)
{
    struct board *a = *state;
    void *other;

    rig_out(&a->rig, FCR, 0x01);
    hear(a, '1', 0);
    hear(a, '2', SERIAL_FRAMING);
    assert_true(serial_hear(&a->serial, '3', SERIAL_PARITY));
    setup(&other);
    struct board *b = other;
    rig_copy(&a->rig, &a->serial, &b->rig, &b->serial, visit);
    struct board *both[2] = { a, b };
    for (int i = 0; i < 2; i++) {
        rig_run(&both[i]->rig, CHARACTER);
        rig_in(&both[i]->rig, DATA);
        assert_int_equal(rig_in(&both[i]->rig, LSR), 0xE9);
        rig_in(&both[i]->rig, DATA);
        assert_int_equal(rig_in(&both[i]->rig, LSR), 0xE5);
    }
    teardown(&other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(errors_interrupt_before_all_else_until_lsr_is_read),
        TEST(a_break_is_one_zero_character),
        TEST(the_fifo_keeps_errors_beside_their_characters),
        TEST(clearing_the_fifo_forgets_the_errors_in_it),
        TEST(who_does_not_wait_overruns),
        TEST(loopback_hears_nothing_from_outside),
        TEST(a_word_has_its_bits_and_no_more),
        TEST(a_sender_that_waits_is_understood_from_the_start),
        TEST(nothing_is_sent_during_a_break),
        TEST(reasons_are_told_in_their_order),
        TEST(each_modem_line_has_its_change_bit),
        TEST(loaded_errors_go_on_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
