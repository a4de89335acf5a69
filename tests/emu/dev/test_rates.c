/* An hour of virtual time: timer, clock, UART and VGA must be where the rational frequency of their crystals puts them,
 * to the tick. The expected moments are computed here from the data sheets' formulae with 128-bit integers, not with
 * the clock's own functions. Where an hour has too many edges to see them all, the clock jumps to chosen ones. */
#include "tests/emu/dev/vga_board.h"

#include "emu/dev/pit.h"
#include "emu/dev/rtc.h"
#include "emu/dev/serial.h"

#define HOUR (3600 * TICKS_PER_SECOND)

struct desk {
    struct rig rig;
    struct pit pit;
    struct rtc rtc;
    struct serial serial;
    struct wire timer, clock, uart;
    uint64_t sent, sent_at;     /* characters that have left, tick of the last one */
};

static void put(void *ctx, uint8_t byte)
{
    struct desk *d = ctx;

    (void)byte;
    d->sent++;
    d->sent_at = d->rig.clock.now;
}

static int setup(void **state)
{
    struct desk *d = calloc(1, sizeof *d);

    rig_init(&d->rig);
    pit_init(&d->pit, &(struct pit_config){ &d->rig.bus, &d->rig.clock, wire_line(&d->timer, &d->rig), NULL });
    rtc_init(&d->rtc, &(struct rtc_config){ &d->rig.bus, &d->rig.clock, wire_line(&d->clock, &d->rig),
                                            { 1992, 2, 29, 23, 30, 0 } });
    serial_init(&d->serial, &(struct serial_config){ .bus = &d->rig.bus, .clock = &d->rig.clock, .base = 0x3F8,
                                                     .irq = wire_line(&d->uart, &d->rig), .put = put, .put_ctx = d });
    *state = d;
    return 0;
}

static int teardown(void **state)
{
    struct desk *d = *state;

    rig_destroy(&d->rig);
    free(d);
    return 0;
}

/* First tick at which COUNT periods of HZ have passed. */
static uint64_t after(uint64_t count, uint64_t hz)
{
    unsigned __int128 ticks = (unsigned __int128)count * TICKS_PER_SECOND;

    return (uint64_t)(ticks / hz) + (ticks % hz != 0);
}

/* Periods of HZ in TICKS. */
static uint64_t in(uint64_t ticks, uint64_t hz)
{
    return (uint64_t)((unsigned __int128)ticks * hz / TICKS_PER_SECOND);
}

static void jump(struct rig *rig, uint64_t tick)
{
    rig->clock.now = tick;
    clock_fire_due(&rig->clock);
}

/* The line rises at TICK and not before. */
static void assert_rises(struct rig *rig, struct wire *wire, uint64_t tick)
{
    jump(rig, tick - 1);
    assert_false(wire->level);
    jump(rig, tick);
    assert_true(wire->level);
    assert_true(wire->rose == tick);
}

/* --- Timer --- */

/* Loads the counter at clock edge 1. */
static void program_timer(struct desk *d, unsigned mode, uint16_t count)
{
    rig_out(&d->rig, 0x43, (uint8_t)(0x30 | mode << 1));
    rig_out(&d->rig, 0x40, (uint8_t)count);
    rig_out(&d->rig, 0x40, (uint8_t)(count >> 8));
}

/* 1.193182 MHz is 105/88 MHz: period k of the clock begins at tick 3520 k. */
static void every_timer_interrupt_of_an_hour_is_counted(void **state)
{
    static const struct { uint8_t mode; uint32_t count; } rows[] = { { 2, 65536 }, { 3, 65536 }, { 2, 1193 } };
    (void)state;

    for (unsigned i = 0; i < 3; i++) {
        void *desk;
        setup(&desk);
        struct desk *d = desk;
        program_timer(d, rows[i].mode, (uint16_t)rows[i].count);
        unsigned before = d->timer.rises;
        rig_run(&d->rig, HOUR);
        uint64_t edges = (HOUR / 3520 - 1) / rows[i].count;
        assert_int_equal(d->timer.rises - before, edges);
        assert_true(d->timer.rose == (1 + edges * rows[i].count) * 3520);
        teardown(&desk);
    }
}

static void chosen_timer_interrupts_come_on_their_tick(void **state)
{
    static const uint32_t counts[] = { 65536, 1193, 3, 2 };
    (void)state;

    for (unsigned i = 0; i < 8; i++) {
        uint32_t count = counts[i / 2];
        uint64_t last = (HOUR / 3520 - 1) / count;
        const uint64_t chosen[] = { 1, 2, 3, 1000, last / 3, last - 1, last, last + 1 };
        void *desk;
        setup(&desk);
        struct desk *d = desk;
        program_timer(d, i % 2 ? 3 : 2, (uint16_t)count);
        for (unsigned j = 0; j < 8; j++)
            assert_rises(&d->rig, &d->timer, (1 + chosen[j] * count) * 3520);
        teardown(&desk);
    }
}

/* --- Clock --- */

static uint8_t get(struct desk *d, uint8_t index)
{
    rig_out(&d->rig, 0x70, index);
    return rig_in(&d->rig, 0x71);
}

static void put_register(struct desk *d, uint8_t index, uint8_t value)
{
    rig_out(&d->rig, 0x70, index);
    rig_out(&d->rig, 0x71, value);
}

static void the_clock_counts_an_hour_in_an_hour(void **state)
{
    struct desk *d = *state;

    put_register(d, RTC_B, 0x12);
    for (uint64_t second = 1; second <= 3600; second++) {
        assert_rises(&d->rig, &d->clock, second * TICKS_PER_SECOND);
        assert_int_equal(get(d, RTC_C) & 0x90, 0x90);
    }
    assert_int_equal(get(d, RTC_HOUR), 0x00);
    assert_int_equal(get(d, RTC_MINUTE), 0x30);
    assert_int_equal(get(d, RTC_SECOND), 0x00);
    assert_int_equal(get(d, RTC_DAY), 0x01);
    assert_int_equal(get(d, RTC_MONTH), 0x03);
}

/* The divider chain starts at tick 0; flag i comes i - 1/2 periods later. */
static void periodic_interrupts_keep_the_crystals_rate(void **state)
{
    struct desk *d = *state;

    for (uint32_t rate = 3, hz = 8192; hz >= 2; rate++, hz /= 2) {
        const uint64_t chosen[] = { 1, 2, 3, hz, 1000 * hz + 1, 3600ull * hz - 1, 3600ull * hz };
        put_register(d, RTC_A, (uint8_t)(0x70 | rate));
        put_register(d, RTC_A, (uint8_t)(0x20 | rate));
        put_register(d, RTC_B, 0x42);
        uint64_t zero = d->rig.clock.now;
        for (unsigned i = 0; i < 7; i++) {
            jump(&d->rig, zero + after(2 * chosen[i] - 1, 2 * hz) - 1);
            get(d, RTC_C);
            assert_rises(&d->rig, &d->clock, zero + after(2 * chosen[i] - 1, 2 * hz));
        }
        assert_true(d->rig.clock.now < zero + HOUR && d->rig.clock.now + TICKS_PER_SECOND / hz >= zero + HOUR);
        get(d, RTC_C);
    }
}

/* --- UART --- */

static void set_format(struct desk *d, uint16_t divisor, uint8_t lcr)
{
    rig_out(&d->rig, 0x3FB, 0x80);
    rig_out(&d->rig, 0x3F8, (uint8_t)divisor);
    rig_out(&d->rig, 0x3F9, (uint8_t)(divisor >> 8));
    rig_out(&d->rig, 0x3FB, lcr);
}

/* Feeds the FIFO whenever it is empty, as a guest does that polls LSR. */
static void feed(struct desk *d)
{
    if (d->serial.tx.count)
        return;
    for (unsigned i = 0; i < SERIAL_FIFO; i++)
        rig_out(&d->rig, 0x3F8, (uint8_t)i);
}

/* 9600 baud, 8N1: 960 characters a second, counted from the first start bit, half a bit after the first write. */
static void an_hour_at_9600_baud_is_3456000_characters(void **state)
{
    struct desk *d = *state;
    uint64_t start = after(1, 19200);

    set_format(d, 12, 0x03);
    rig_out(&d->rig, 0x3FA, 0x01);
    feed(d);
    while (d->rig.clock.next_due <= start + HOUR) {
        jump(&d->rig, d->rig.clock.next_due);
        feed(d);
    }
    assert_int_equal(d->sent, 3456000);
    assert_true(d->sent_at == start + HOUR);
}

static void every_format_keeps_its_rate(void **state)
{
    static const struct { uint16_t divisor; uint8_t lcr; uint8_t half_bits; } rows[] = {
        { 1, 0x03, 20 }, { 7, 0x00, 14 }, { 7, 0x04, 15 }, { 13, 0x0B, 22 }, { 1047, 0x1F, 24 }, { 3, 0x0E, 22 },
        { 12, 0x01, 16 }, { 0, 0x06, 20 },
    };
    struct desk *d = *state;

    rig_out(&d->rig, 0x3FA, 0x01);
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t bit = 8ull * (rows[i].divisor ? rows[i].divisor : 65536), begun = d->rig.clock.now;
        set_format(d, rows[i].divisor, rows[i].lcr);
        d->sent = 0;
        feed(d);
        while (d->sent < 3000) {
            uint64_t sent = d->sent;
            jump(&d->rig, d->rig.clock.next_due);
            if (d->sent == sent)
                feed(d);
            else
                assert_true(d->sent_at == begun + after((1 + d->sent * rows[i].half_bits) * bit, 1843200));
        }
        while (d->serial.sending)
            jump(&d->rig, d->rig.clock.next_due);
    }
}

/* --- VGA --- */

/* Every vertical retrace of an hour begins on its dot: 28.322 MHz / (900 * 449) = 70.086 Hz in mode 3, and so on. */
static void an_hour_of_frames_follows_the_dot_clock(void **state)
{
    static const struct { uint8_t mode; uint32_t hz, dots, lines, retrace, frames; } rows[] = {
        { 0x03, 28322000, 900, 449, 412, 252311 }, { 0x13, 25175000, 800, 449, 412, 252310 },
        { 0x12, 25175000, 800, 525, 490, 215785 }, { 0x0D, 12587500, 400, 449, 412, 252310 },
    };
    (void)state;

    for (unsigned i = 0; i < 4; i++) {
        struct board *b = board_create(rows[i].mode);
        uint64_t base = b->vga.frame_base, whole = (uint64_t)rows[i].dots * rows[i].lines, n = 0;
        uint64_t retrace = (uint64_t)rows[i].retrace * rows[i].dots;
        for (uint64_t at; (at = after(n * whole + retrace, rows[i].hz)) <= HOUR; n++) {
            b->rig.clock.now = base + at - 1;
            assert_int_equal(rig_in(&b->rig, 0x3DA) & 8, 0);
            b->rig.clock.now++;
            assert_int_equal(rig_in(&b->rig, 0x3DA) & 8, 8);
        }
        assert_int_equal(n, rows[i].frames);
        b->rig.clock.now = base + HOUR;
        uint64_t place = in(HOUR, rows[i].hz) % whole;
        uint32_t line, dot;
        vga_beam(&b->vga, &line, &dot);
        assert_int_equal((uint64_t)line * rows[i].dots + dot, place);
        board_destroy(b);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_timer_interrupt_of_an_hour_is_counted),
        cmocka_unit_test(chosen_timer_interrupts_come_on_their_tick),
        TEST(the_clock_counts_an_hour_in_an_hour),
        TEST(periodic_interrupts_keep_the_crystals_rate),
        TEST(an_hour_at_9600_baud_is_3456000_characters),
        TEST(every_format_keeps_its_rate),
        cmocka_unit_test(an_hour_of_frames_follows_the_dot_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
