/* Tests of the UART. A character of 8N1 at divisor 12 (9600 baud) takes 10 bits of 437,500 ticks. An idle transmitter
 * begins its start bit half a bit after the write, and half a bit after that the holding register is empty. A received
 * byte can be read a sixteenth of a bit after the middle of its stop bit. */
#include "tests/emu/dev/rig.h"

#include "emu/dev/serial.h"

enum { DATA = 0x3F8, IER, IIR, LCR, MCR, LSR, MSR, SCRATCH, FCR = IIR };
enum { BIT = 437500, CHARACTER = 10 * BIT, START = BIT / 2, TAKEN = BIT / 2, SAMPLED = 9 * BIT + 9 * BIT / 16 + 1 };

struct board {
    struct rig rig;
    struct serial serial;
    struct wire irq, dtr, rts;
    struct paper paper;
};

static void visit(void *chip, struct state *state) { serial_visit(chip, state); }

static int setup(void **state)
{
    struct board *b = calloc(1, sizeof *b);

    rig_init(&b->rig);
    serial_init(&b->serial, &(struct serial_config){
        .bus = &b->rig.bus, .clock = &b->rig.clock, .base = DATA, .irq = wire_line(&b->irq, &b->rig),
        .dtr = wire_line(&b->dtr, &b->rig), .rts = wire_line(&b->rts, &b->rig),
        .put = paper_put, .put_ctx = &b->paper });
    rig_out(&b->rig, LCR, 0x03);
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

static void registers_start_as_the_data_sheet_says(void **state)
{
    struct board *b = *state;

    serial_reset(&b->serial);
    assert_int_equal(rig_in(&b->rig, IER), 0x00);
    assert_int_equal(rig_in(&b->rig, IIR), 0x01);
    assert_int_equal(rig_in(&b->rig, LCR), 0x00);
    assert_int_equal(rig_in(&b->rig, MCR), 0x00);
    assert_int_equal(rig_in(&b->rig, LSR), 0x60);
    assert_int_equal(rig_in(&b->rig, MSR), 0xB0);
}

static void probing_bits_read_back(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, IER, 0xFF);
    assert_int_equal(rig_in(&b->rig, IER), 0x0F);
    rig_out(&b->rig, MCR, 0xFF);
    assert_int_equal(rig_in(&b->rig, MCR), 0x1F);
    rig_out(&b->rig, SCRATCH, 0xA5);
    assert_int_equal(rig_in(&b->rig, SCRATCH), 0xA5);
    rig_out(&b->rig, LCR, 0x83);
    rig_out(&b->rig, DATA, 0x80);
    rig_out(&b->rig, IER, 0x01);
    assert_int_equal(rig_in(&b->rig, DATA), 0x80);
    assert_int_equal(rig_in(&b->rig, IER), 0x01);
    rig_out(&b->rig, LCR, 0x03);
    assert_int_equal(rig_in(&b->rig, IER), 0x0F);
    assert_int_equal(b->serial.divisor, 0x180);
}

static void characters_leave_at_the_rate_of_the_divisor(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, DATA, 'A');
    rig_run(&b->rig, START + TAKEN - 1);
    assert_int_equal(rig_in(&b->rig, LSR), 0x00);
    rig_run(&b->rig, 1);
    assert_int_equal(rig_in(&b->rig, LSR), 0x20);
    rig_out(&b->rig, DATA, 'B');
    assert_int_equal(rig_in(&b->rig, LSR), 0x00);
    rig_run(&b->rig, CHARACTER - TAKEN - 1);
    assert_int_equal(b->paper.count, 0);
    rig_run(&b->rig, 1);
    assert_int_equal(b->paper.count, 1);
    rig_run(&b->rig, TAKEN - 1);
    assert_int_equal(rig_in(&b->rig, LSR), 0x00);
    rig_run(&b->rig, 1);
    assert_int_equal(rig_in(&b->rig, LSR), 0x20);
    rig_run(&b->rig, CHARACTER - TAKEN - 1);
    assert_int_equal(rig_in(&b->rig, LSR), 0x20);
    rig_run(&b->rig, 1);
    assert_int_equal(rig_in(&b->rig, LSR), 0x60);
    assert_memory_equal(b->paper.byte, "AB", 2);
}

static void word_length_parity_and_stop_bits_count(void **state)
{
    static const struct { uint8_t lcr; uint8_t half_bits; } formats[] = {
        { 0x00, 14 }, { 0x04, 15 }, { 0x02, 18 }, { 0x0B, 22 }, { 0x1F, 24 }, { 0x03, 20 },
    };
    struct board *b = *state;

    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        rig_out(&b->rig, LCR, formats[i].lcr);
        rig_out(&b->rig, DATA, 'x');
        uint64_t start = b->rig.clock.now;
        while (!(rig_in(&b->rig, LSR) & 0x40))
            rig_run(&b->rig, BIT / 4);
        assert_int_equal((b->rig.clock.now - start - START) / (BIT / 2), formats[i].half_bits);
    }
}

static void an_unbroken_run_does_not_drift(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, LCR, 0x83);
    rig_out(&b->rig, DATA, 7);
    rig_out(&b->rig, LCR, 0x03);
    rig_out(&b->rig, FCR, 0x01);
    for (int i = 0; i < 100; i++) {
        rig_out(&b->rig, DATA, 'x');
        rig_out(&b->rig, DATA, 'y');
        while (b->serial.tx.count)
            rig_run(&b->rig, 1000);
    }
    while (b->serial.sending)
        rig_run(&b->rig, b->serial.transmitted.due - b->rig.clock.now);
    assert_int_equal(b->paper.count, 200);
    assert_true(b->rig.clock.now == clock_span((200ull * 160 + 8) * 7, 1843200));
}

static void enabling_thri_with_an_empty_register_interrupts_at_once(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, MCR, 0x08);
    rig_out(&b->rig, IER, 0x02);
    assert_true(b->irq.level);
    assert_int_equal(rig_in(&b->rig, IIR), 0x02);
    assert_false(b->irq.level);
    assert_int_equal(rig_in(&b->rig, IIR), 0x01);
    rig_out(&b->rig, IER, 0x02);
    assert_false(b->irq.level);
    rig_out(&b->rig, IER, 0x00);
    rig_out(&b->rig, IER, 0x02);
    assert_true(b->irq.level);
}

static void reading_iir_clears_thre_only_if_it_was_shown(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, MCR, 0x08);
    rig_out(&b->rig, IER, 0x03);
    assert_true(serial_receive(&b->serial, 'r'));
    rig_run(&b->rig, CHARACTER);
    assert_int_equal(rig_in(&b->rig, IIR), 0x04);
    assert_int_equal(rig_in(&b->rig, IIR), 0x04);
    assert_int_equal(rig_in(&b->rig, DATA), 'r');
    assert_int_equal(rig_in(&b->rig, IIR), 0x02);
    assert_int_equal(rig_in(&b->rig, IIR), 0x01);
}

static void each_written_byte_makes_a_new_edge(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, MCR, 0x08);
    rig_out(&b->rig, IER, 0x02);
    assert_int_equal(b->irq.rises, 1);
    rig_out(&b->rig, DATA, 'a');
    assert_false(b->irq.level);
    rig_run(&b->rig, START + TAKEN);
    assert_int_equal(b->irq.rises, 2);
    rig_out(&b->rig, DATA, 'b');
    assert_false(b->irq.level);
    rig_run(&b->rig, CHARACTER);
    assert_int_equal(b->irq.rises, 3);
}

static void out2_gates_the_interrupt(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, IER, 0x02);
    assert_false(b->irq.level);
    rig_out(&b->rig, MCR, 0x08);
    assert_true(b->irq.level);
    rig_out(&b->rig, MCR, 0x00);
    assert_false(b->irq.level);
}

static void received_byte_is_there_in_the_middle_of_its_stop_bit(void **state)
{
    struct board *b = *state;

    assert_true(serial_receive(&b->serial, 'q'));
    assert_false(serial_receive(&b->serial, 'r'));
    rig_run(&b->rig, SAMPLED - 1);
    assert_int_equal(rig_in(&b->rig, LSR) & 1, 0);
    rig_run(&b->rig, 1);
    assert_int_equal(rig_in(&b->rig, LSR) & 1, 1);
    assert_false(serial_receive(&b->serial, 'r'));
    assert_int_equal(rig_in(&b->rig, DATA), 'q');
    assert_int_equal(rig_in(&b->rig, LSR) & 1, 0);
    assert_int_equal(rig_in(&b->rig, DATA), 'q');
    assert_true(serial_receive(&b->serial, 'r'));
}

static void fifo_interrupts_at_its_trigger_or_after_a_timeout(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, FCR, 0x41);
    rig_out(&b->rig, MCR, 0x08);
    rig_out(&b->rig, IER, 0x01);
    for (int i = 0; i < 3; i++) {
        assert_true(serial_receive(&b->serial, (uint8_t)i));
        rig_run(&b->rig, CHARACTER);
    }
    assert_int_equal(rig_in(&b->rig, IIR), 0xC1);
    rig_run(&b->rig, 3 * CHARACTER + SAMPLED - 1);
    assert_false(b->irq.level);
    rig_run(&b->rig, 1);
    assert_int_equal(rig_in(&b->rig, IIR), 0xCC);
    assert_int_equal(rig_in(&b->rig, DATA), 0);
    assert_false(b->irq.level);
    for (int i = 3; i < 5; i++) {
        assert_true(serial_receive(&b->serial, (uint8_t)i));
        rig_run(&b->rig, CHARACTER);
    }
    assert_int_equal(rig_in(&b->rig, IIR), 0xC4);
    assert_int_equal(rig_in(&b->rig, DATA), 1);
    assert_int_equal(rig_in(&b->rig, IIR), 0xC1);
}

static void receive_fifo_holds_16(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, FCR, 0x01);
    for (int i = 0; i < 16; i++) {
        assert_true(serial_receive(&b->serial, (uint8_t)i));
        rig_run(&b->rig, CHARACTER);
    }
    assert_false(serial_receive(&b->serial, 16));
    for (int i = 0; i < 16; i++)
        assert_int_equal(rig_in(&b->rig, DATA), i);
    rig_out(&b->rig, FCR, 0x01);
    assert_true(serial_receive(&b->serial, 17));
    rig_run(&b->rig, CHARACTER);
    rig_out(&b->rig, FCR, 0x03);
    assert_int_equal(rig_in(&b->rig, LSR) & 1, 0);
}

static void transmit_fifo_holds_16_and_interrupts_when_empty(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, FCR, 0x01);
    rig_out(&b->rig, MCR, 0x08);
    rig_out(&b->rig, IER, 0x02);
    rig_in(&b->rig, IIR);
    for (int i = 0; i < 20; i++)
        rig_out(&b->rig, DATA, (uint8_t)('a' + i));
    rig_run(&b->rig, START + 15 * (uint64_t)CHARACTER + TAKEN - 1);
    assert_false(b->irq.level);
    rig_run(&b->rig, 1);
    assert_true(b->irq.level);
    rig_run(&b->rig, 5 * CHARACTER);
    assert_int_equal(b->paper.count, 16);
    assert_memory_equal(b->paper.byte, "abcdefghijklmnop", 16);
    rig_out(&b->rig, DATA, 'x');
    rig_run(&b->rig, START + TAKEN);
    rig_out(&b->rig, DATA, 'y');
    rig_out(&b->rig, FCR, 0x05);
    rig_run(&b->rig, 5 * CHARACTER);
    assert_int_equal(b->paper.count, 17);
    rig_out(&b->rig, DATA, 'z');
    rig_run(&b->rig, START);
    rig_out(&b->rig, FCR, 0x05);
    assert_int_equal(rig_in(&b->rig, LSR), 0x60);
    rig_run(&b->rig, 5 * CHARACTER);
    assert_int_equal(b->paper.count, 17);
}

/* The data sheet's rule B for the FIFO: 8 + 1 bits after the transfer for the first, at once for pairs. */
static void interrupt_for_a_single_byte_in_the_fifo_is_put_off(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, FCR, 0x01);
    rig_out(&b->rig, MCR, 0x08);
    rig_out(&b->rig, IER, 0x02);
    rig_in(&b->rig, IIR);
    rig_out(&b->rig, DATA, 'a');
    rig_run(&b->rig, START + TAKEN);
    assert_true(b->irq.level);                      /* the first one after the change of mode */
    rig_run(&b->rig, CHARACTER);
    rig_out(&b->rig, DATA, 'b');
    rig_run(&b->rig, START + TAKEN);
    assert_int_equal(rig_in(&b->rig, LSR), 0x20);
    rig_run(&b->rig, 9 * BIT - 1);
    assert_false(b->irq.level);
    rig_run(&b->rig, 1);
    assert_true(b->irq.level);
    rig_run(&b->rig, CHARACTER);
    rig_out(&b->rig, DATA, 'b');
    rig_run(&b->rig, START + TAKEN);
    rig_out(&b->rig, DATA, 'b');                    /* the next byte comes before the interrupt, which waits for it */
    rig_run(&b->rig, CHARACTER + 9 * BIT - 1);
    assert_false(b->irq.level);
    rig_run(&b->rig, 1);
    assert_true(b->irq.level);
    rig_run(&b->rig, CHARACTER);
    rig_out(&b->rig, DATA, 'c');
    rig_out(&b->rig, DATA, 'd');
    rig_run(&b->rig, START + CHARACTER + TAKEN - 1);
    assert_false(b->irq.level);
    rig_run(&b->rig, 1);
    assert_true(b->irq.level);
}

/* Five bits of a character at divisor 12 and the other five at divisor 48; a cycle that was cut short begins again. */
static void a_new_divisor_takes_over_in_mid_character(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, DATA, 'x');
    rig_run(&b->rig, START + 5 * BIT);
    rig_out(&b->rig, LCR, 0x83);
    rig_out(&b->rig, DATA, 48);
    rig_out(&b->rig, LCR, 0x03);
    rig_run(&b->rig, 5 * 4 * BIT - 1);
    assert_int_equal(b->paper.count, 0);
    rig_run(&b->rig, 1);
    assert_int_equal(b->paper.count, 1);
    rig_out(&b->rig, DATA, 'y');
    rig_run(&b->rig, 4 * (START + CHARACTER) - 100);
    rig_out(&b->rig, LCR, 0x83);
    rig_out(&b->rig, DATA, 12);
    rig_out(&b->rig, LCR, 0x03);
    rig_run(&b->rig, BIT / 16);
    assert_int_equal(b->paper.count, 1);
    rig_run(&b->rig, 1);
    assert_int_equal(b->paper.count, 2);
}

/* A sender that offers each byte as soon as it can keeps the line busy: 7 / 115200 s a bit is no whole number of
 * ticks. */
static void received_bytes_back_to_back_do_not_drift(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, LCR, 0x83);
    rig_out(&b->rig, DATA, 7);
    rig_out(&b->rig, LCR, 0x07);                    /* two stop bits */
    for (uint64_t i = 0; i < 1000; i++) {
        assert_true(serial_receive(&b->serial, (uint8_t)i));
        while (!(rig_in(&b->rig, LSR) & 1))
            rig_run(&b->rig, b->serial.received.due - b->rig.clock.now);
        assert_true(b->rig.clock.now == clock_span((i * 176 + 153) * 7, 1843200));
        assert_int_equal(rig_in(&b->rig, DATA), i & 0xFF);
        if (i % 3)
            rig_run(&b->rig, i % 3 * 1000);
        else
            rig_run(&b->rig, clock_span((i + 1) * 176 * 7, 1843200) - b->rig.clock.now);    /* the very end */
    }
}

static void loopback_connects_outputs_to_inputs(void **state)
{
    struct board *b = *state;

    rig_in(&b->rig, MSR);
    rig_out(&b->rig, MCR, 0x03);
    assert_true(b->dtr.level && b->rts.level);
    rig_out(&b->rig, MCR, 0x1A);
    assert_false(b->dtr.level || b->rts.level);
    assert_int_equal(rig_in(&b->rig, MSR), 0x90 | 0x02);
    rig_out(&b->rig, MCR, 0x14);
    assert_int_equal(rig_in(&b->rig, MSR), 0x40 | 0x09);
    rig_out(&b->rig, MCR, 0x10);
    assert_int_equal(rig_in(&b->rig, MSR), 0x04);
    rig_out(&b->rig, DATA, 'L');
    rig_run(&b->rig, START + CHARACTER);
    assert_int_equal(rig_in(&b->rig, DATA), 'L');
    assert_int_equal(b->paper.count, 0);
    assert_false(serial_receive(&b->serial, 'x'));
    rig_out(&b->rig, MCR, 0x00);
    assert_int_equal(rig_in(&b->rig, MSR), 0xB0 | 0x0B);
}

static void loopback_overrun_and_break_show_in_lsr_until_read(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, MCR, 0x18);
    rig_out(&b->rig, IER, 0x04);
    rig_out(&b->rig, DATA, '1');
    rig_run(&b->rig, START + TAKEN);
    rig_out(&b->rig, DATA, '2');
    rig_run(&b->rig, 2 * CHARACTER);
    assert_int_equal(rig_in(&b->rig, IIR), 0x06);
    assert_int_equal(rig_in(&b->rig, LSR), 0x63);
    assert_int_equal(rig_in(&b->rig, LSR), 0x61);
    assert_int_equal(rig_in(&b->rig, DATA), '2');
    rig_out(&b->rig, LCR, 0x43);
    rig_out(&b->rig, DATA, '3');                    /* lost: the line stays low */
    rig_run(&b->rig, SAMPLED - 1);
    assert_int_equal(rig_in(&b->rig, LSR) & 0x01, 0);
    rig_run(&b->rig, CHARACTER);
    assert_int_equal(rig_in(&b->rig, LSR), 0x79);
    assert_int_equal(rig_in(&b->rig, DATA), 0);
    rig_run(&b->rig, 2 * CHARACTER);
    assert_int_equal(rig_in(&b->rig, LSR), 0x60);
}

/* The outputs are inactive in loopback, and OUT2 is what lets the PC's interrupt through. */
static void loopback_closes_the_gate_of_the_interrupt(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, MCR, 0x18);
    rig_out(&b->rig, IER, 0x02);
    assert_int_equal(rig_in(&b->rig, IIR), 0x02);
    rig_out(&b->rig, IER, 0x00);
    rig_out(&b->rig, IER, 0x02);
    assert_false(b->irq.level);
    rig_out(&b->rig, MCR, 0x08);
    assert_true(b->irq.level);
}

static void modem_changes_interrupt_until_msr_is_read(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, MCR, 0x08);
    rig_in(&b->rig, MSR);
    rig_out(&b->rig, IER, 0x08);
    assert_false(b->irq.level);
    serial_set_modem(&b->serial, SERIAL_CTS | SERIAL_RI);
    assert_true(b->irq.level);
    assert_int_equal(rig_in(&b->rig, IIR), 0x00);
    assert_int_equal(rig_in(&b->rig, MSR), 0x50 | 0x0A);
    assert_false(b->irq.level);
    serial_set_modem(&b->serial, SERIAL_CTS);
    assert_int_equal(rig_in(&b->rig, MSR), 0x10 | 0x04);
}

static void fast_mode_needs_no_line_time(void **state)
{
    struct board *b = *state;

    serial_set_real(&b->serial, false);
    rig_out(&b->rig, DATA, 'f');
    assert_true(serial_receive(&b->serial, 'g'));
    rig_run(&b->rig, 10 * TICKS_PER_US);
    assert_int_equal(b->paper.count, 1);
    assert_int_equal(rig_in(&b->rig, DATA), 'g');
}

static void loaded_state_goes_on_alike(void **state)
{
    struct board *a = *state;
    void *other;

    rig_out(&a->rig, FCR, 0x81);
    rig_out(&a->rig, MCR, 0x0B);
    rig_out(&a->rig, IER, 0x0F);
    for (int i = 0; i < 10; i++)
        rig_out(&a->rig, DATA, (uint8_t)i);
    assert_true(serial_receive(&a->serial, 'z'));
    rig_run(&a->rig, START + CHARACTER + 1234);
    assert_true(serial_receive(&a->serial, 'y'));
    setup(&other);
    struct board *b = other;
    rig_copy(&a->rig, &a->serial, &b->rig, &b->serial, visit);
    struct board *both[2] = { a, b };
    for (int i = 0; i < 2; i++) {
        rig_in(&both[i]->rig, DATA);
        rig_run(&both[i]->rig, 20 * CHARACTER);
        rig_in(&both[i]->rig, IIR);
    }
    assert_int_equal(a->paper.count, b->paper.count + 1);
    assert_memory_equal(a->paper.byte + 1, b->paper.byte, 9);
    assert_true(rig_hash(&a->rig, visit, &a->serial) == rig_hash(&b->rig, visit, &b->serial));
    assert_true(rig_refuses(&b->rig, &b->serial, &b->serial.rx.count, SERIAL_FIFO + 1, visit));
    assert_true(rig_refuses(&b->rig, &b->serial, &b->serial.tx.head, SERIAL_FIFO, visit));
    assert_true(rig_refuses(&b->rig, &b->serial, &b->serial.trigger, 0, visit));
    teardown(&other);
}

/* The machine sets the mode again after loading a state; the run of characters on the line must not notice. */
static void setting_the_same_mode_keeps_the_line_going(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, FCR, 0x01);
    rig_out(&b->rig, DATA, 'a');
    rig_out(&b->rig, DATA, 'b');
    uint64_t before = rig_hash(&b->rig, visit, &b->serial);
    serial_set_real(&b->serial, true);
    assert_true(rig_hash(&b->rig, visit, &b->serial) == before);
}

static void saving_at_odd_moments_changes_nothing(void **state)
{
    struct board *a = *state;

    rig_out(&a->rig, MCR, 0x0B);
    rig_out(&a->rig, IER, 0x0F);
    for (unsigned i = 0; i < 100; i++) {
        void *other;
        if (i % 10 == 0)
            rig_out(&a->rig, FCR, i % 20 ? 0x00 : 0x41);
        rig_out(&a->rig, LCR, 0x80 | (i & 0x1F));
        rig_out(&a->rig, DATA, (uint8_t)(i % 9 + 1));
        rig_out(&a->rig, LCR, i & 0x1F);
        for (unsigned j = 0; j < i % 4; j++)
            rig_out(&a->rig, DATA, (uint8_t)(i + j));
        serial_receive(&a->serial, (uint8_t)i);
        rig_run(&a->rig, i * 7919 % 97 * (BIT / 16));
        setup(&other);
        struct board *b = other;
        rig_copy(&a->rig, &a->serial, &b->rig, &b->serial, visit);
        b->irq = a->irq;
        b->irq.clock = &b->rig.clock;
        struct board *both[2] = { a, b };
        for (unsigned j = 0; j < 2; j++) {
            both[j]->paper.count = 0;
            serial_receive(&both[j]->serial, 'r');
            rig_out(&both[j]->rig, DATA, 's');
            rig_run(&both[j]->rig, 3 * CHARACTER);
            rig_in(&both[j]->rig, IIR);
            rig_in(&both[j]->rig, DATA);
            rig_run(&both[j]->rig, 3 * CHARACTER);
        }
        assert_true(a->irq.rises == b->irq.rises && a->irq.rose == b->irq.rose);
        assert_int_equal(a->paper.count, b->paper.count);
        assert_memory_equal(a->paper.byte, b->paper.byte, a->paper.count);
        assert_true(rig_hash(&a->rig, visit, &a->serial) == rig_hash(&b->rig, visit, &b->serial));
        teardown(&other);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(registers_start_as_the_data_sheet_says),
        TEST(probing_bits_read_back),
        TEST(characters_leave_at_the_rate_of_the_divisor),
        TEST(word_length_parity_and_stop_bits_count),
        TEST(an_unbroken_run_does_not_drift),
        TEST(enabling_thri_with_an_empty_register_interrupts_at_once),
        TEST(reading_iir_clears_thre_only_if_it_was_shown),
        TEST(each_written_byte_makes_a_new_edge),
        TEST(out2_gates_the_interrupt),
        TEST(received_byte_is_there_in_the_middle_of_its_stop_bit),
        TEST(fifo_interrupts_at_its_trigger_or_after_a_timeout),
        TEST(receive_fifo_holds_16),
        TEST(transmit_fifo_holds_16_and_interrupts_when_empty),
        TEST(interrupt_for_a_single_byte_in_the_fifo_is_put_off),
        TEST(a_new_divisor_takes_over_in_mid_character),
        TEST(received_bytes_back_to_back_do_not_drift),
        TEST(loopback_connects_outputs_to_inputs),
        TEST(loopback_overrun_and_break_show_in_lsr_until_read),
        TEST(loopback_closes_the_gate_of_the_interrupt),
        TEST(modem_changes_interrupt_until_msr_is_read),
        TEST(fast_mode_needs_no_line_time),
        TEST(loaded_state_goes_on_alike),
        TEST(saving_at_odd_moments_changes_nothing),
        TEST(setting_the_same_mode_keeps_the_line_going),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
