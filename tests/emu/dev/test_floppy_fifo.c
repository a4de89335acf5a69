/* The floppy controller's bytes on their way between head and host: at which moment each moves, what the FIFO changes,
 * and hosts that are late. */
#include "tests/emu/dev/floppy_layout.h"

enum { CONFIGURE_FIFO_OFF = 0x20 };

static struct board *idle_board(unsigned i)
{
    struct board *b = board_with(&media[i]);

    rig_run(&b->rig, 300 * MS);
    return b;
}

/* When the first data byte of sector S begins to pass, for a command that is given now. */
static uint64_t data_begins(const struct board *b, const struct medium *m, unsigned s)
{
    return sector_begins(m, s, b->rig.clock.now + scaled_ms(m, 2)) + data_offset(m) * m->byte;
}

static void run_until(struct board *b, uint64_t tick)
{
    assert_true(tick >= b->rig.clock.now);
    rig_run(&b->rig, tick - b->rig.clock.now);
}

/* --- DMA --- */

static void dma_moves_each_byte_when_it_has_passed(void **state)
{
    (void)state;

    for (unsigned i = 0; i < MEDIA; i++) {
        const struct medium *m = &media[i];
        struct board *b = idle_board(i);
        uint64_t first = data_begins(b, m, 3);
        prepare_dma(b, 512);
        command_read(b, 0x46, 0, 0, 3, m->per_track);
        for (unsigned n = 0; n < 512; n += 37) {
            run_until(b, first + (n + 1) * m->byte - 1);
            assert_int_equal(b->dma.at, n);
            run_until(b, first + (n + 1) * m->byte);
            assert_int_equal(b->dma.at, n + 1);
            assert_int_equal(rig_in(&b->rig, 0x3F4), 0x10);
        }
        run_until(b, first + (DATA + CRC) * m->byte - 1);
        assert_int_equal(b->dma.at, 512);
        assert_false(b->irq.level);
        rig_run(&b->rig, 1);
        assert_true(b->irq.level);
        end_result(b, 0);
        board_destroy(b);
    }
}

/* With the FIFO bytes come in bursts of 16 less the threshold, and the last as soon as they are there. */
static void fifo_moves_bursts_of_the_threshold(void **state)
{
    const struct medium *m = &media[0];
    (void)state;

    for (unsigned threshold = 1; threshold <= 16; threshold += 5) {
        struct board *b = idle_board(0);
        unsigned burst = threshold < 16 ? 16 - threshold : 1;
        SEND(b, 0x13, 0x00, (uint8_t)(threshold - 1), 0x00);
        uint64_t first = data_begins(b, m, 3);
        prepare_dma(b, 512);
        command_read(b, 0x46, 0, 0, 3, 18);
        for (unsigned n = 1; n <= 512; n++) {
            run_until(b, first + n * m->byte);
            assert_int_equal(b->dma.at, n == 512 ? 512 : n / burst * burst);
        }
        await_interrupt(b, 1);
        end_result(b, 0);
        assert_memory_equal(b->dma.data, b->disk.data + 2 * 512, 512);
        board_destroy(b);
    }
}

static void bytes_to_write_are_fetched_ahead(void **state)
{
    const struct medium *m = &media[0];
    (void)state;

    for (unsigned fifo = 0; fifo < 2; fifo++) {
        struct board *b = idle_board(0);
        unsigned ahead = fifo ? 16 : 1;
        SEND(b, 0x13, 0x00, fifo ? 0x0F : CONFIGURE_FIFO_OFF, 0x00);
        uint64_t first = data_begins(b, m, 7);
        memset(b->dma.data, 0xA5, 1024);
        prepare_dma(b, 1024);
        command_read(b, 0x45, 0, 0, 7, 18);
        assert_int_equal(b->dma.at, ahead);
        run_until(b, first - 1);
        assert_int_equal(b->dma.at, ahead);
        for (unsigned n = 0; n < 512; n++) {
            run_until(b, first + n * m->byte);
            assert_int_equal(b->dma.at, n + 1 + ahead);
        }
        assert_int_equal(sector_number(b->disk.data + 6 * 512), 6);
        run_until(b, first + (DATA + CRC) * m->byte);
        assert_int_equal(sector_number(b->disk.data + 6 * 512), 0xA5A5);
        NEAR(await_interrupt(b, 1), first + (sector_bytes(m) + m->gap3 + DATA + CRC) * m->byte);
        end_result(b, 0);
        assert_int_equal(b->dma.at, 1024);
        assert_int_equal(b->disk.data[8 * 512 - 1], 0xA5);
        board_destroy(b);
    }
}

/* Terminal count comes while bytes of two sectors are in the FIFO: all of them are written, then zeros. */
static void terminal_count_ahead_of_the_head_loses_nothing(void **state)
{
    struct board *b = idle_board(0);
    (void)state;

    SEND(b, 0x13, 0x00, 0x0F, 0x00);
    memset(b->dma.data, 0xA5, 1024);
    prepare_dma(b, 512 + 8);
    command_read(b, 0x45, 0, 0, 7, 18);
    await_interrupt(b, 1);
    EXPECT(b, 0x00, 0, 0, 0, 0, 9, 2);
    assert_int_equal(b->disk.data[7 * 512 + 7], 0xA5);
    assert_int_equal(b->disk.data[7 * 512 + 8], 0);
    assert_int_equal(b->disk.data[8 * 512 - 1], 0);
    board_destroy(b);
}

static void dma_that_stops_in_a_sector_to_write_leaves_zeros(void **state)
{
    struct board *b = idle_board(0);
    (void)state;

    uint64_t first = data_begins(b, &media[0], 2);
    memset(b->dma.data, 0xA5, 1024);
    prepare_dma(b, 1024);
    command_read(b, 0x45, 0, 0, 2, 18);
    run_until(b, first + 99 * media[0].byte);
    b->dma.masked = true;
    NEAR(await_interrupt(b, 1), first + (DATA + CRC) * media[0].byte);
    EXPECT(b, 0x40, 0x10, 0, 0, 0, 2, 2);
    assert_int_equal(b->disk.data[512 + 100], 0xA5);
    assert_int_equal(b->disk.data[512 + 101], 0);
    assert_int_equal(b->disk.data[1023], 0);
    first = data_begins(b, &media[0], 5);       /* it did not even begin: the sector stays as it is */
    command_read(b, 0x45, 0, 0, 5, 18);
    await_interrupt(b, 1);
    EXPECT(b, 0x40, 0x10, 0, 0, 0, 5, 2);
    assert_int_equal(sector_number(b->disk.data + 4 * 512), 4);
    board_destroy(b);
}

/* A channel that is unmasked before the chip is full loses nothing. */
static void masked_dma_overruns_when_the_chip_is_full(void **state)
{
    const struct medium *m = &media[0];
    (void)state;

    for (unsigned fifo = 0; fifo < 2; fifo++) {
        struct board *b = idle_board(0);
        unsigned depth = fifo ? 16 : 1;
        SEND(b, 0x13, 0x00, fifo ? 0x07 : CONFIGURE_FIFO_OFF, 0x00);
        uint64_t first = data_begins(b, m, 9);
        prepare_dma(b, 512);
        command_read(b, 0x46, 0, 0, 9, 18);
        run_until(b, first);
        b->dma.masked = true;
        run_until(b, first + (depth + 1) * m->byte - 1);
        assert_false(b->irq.level);
        rig_run(&b->rig, 1);
        assert_true(b->irq.level);
        EXPECT(b, 0x40, 0x10, 0, 0, 0, 9, 2);
        b->dma.masked = false;
        rig_run(&b->rig, 300 * MS);
        first = data_begins(b, m, 9);
        prepare_dma(b, 512);
        command_read(b, 0x46, 0, 0, 9, 18);
        run_until(b, first);
        b->dma.masked = true;
        run_until(b, first + (depth + 1) * m->byte - 1);
        b->dma.masked = false;
        await_interrupt(b, 1);
        end_result(b, 0);
        assert_memory_equal(b->dma.data, b->disk.data + 8 * 512, 512);
        board_destroy(b);
    }
}

/* --- PIO --- */

/* Reads all of a sector; each byte DELAY after it was asked for. Returns the bytes got. */
static unsigned polled_bytes(struct board *b, uint64_t delay)
{
    unsigned count = 0;
    uint64_t limit = b->rig.clock.now + SECOND;

    while (b->rig.clock.now < limit) {
        uint8_t msr = rig_in(&b->rig, 0x3F4);
        if (msr == 0xD0)
            break;
        if (msr != 0xF0) {
            rig_run(&b->rig, TICKS_PER_US);
            continue;
        }
        rig_run(&b->rig, delay);
        while (rig_in(&b->rig, 0x3F4) == 0xF0) {
            uint8_t value = rig_in(&b->rig, 0x3F5);
            if (count < 512)
                assert_int_equal(value, b->disk.data[10 * 512 + count]);
            count++;
        }
    }
    return count;
}

/* The host has until the next byte passes that the chip has no room for: one byte's time without the FIFO, as many as
 * the threshold says with it. */
static void polled_read_may_be_late_by_the_threshold(void **state)
{
    static const struct { uint8_t configure; unsigned us; bool late; } rows[] = {
        { CONFIGURE_FIFO_OFF, 14, false }, { CONFIGURE_FIFO_OFF, 17, true }, { 0x00, 30, false }, { 0x00, 33, true },
        { 0x07, 142, false }, { 0x07, 145, true }, { 0x0E, 254, false }, { 0x0E, 257, true },
    };
    (void)state;

    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct board *b = idle_board(0);
        uint8_t result[7];
        SEND(b, 0x03, 0xDF, 0x03);
        SEND(b, 0x13, 0x00, rows[i].configure, 0x00);
        command_read(b, 0x46, 0, 0, 11, 11);
        unsigned count = polled_bytes(b, rows[i].us * TICKS_PER_US);
        receive(b, result, 7);
        assert_int_equal(result[1], rows[i].late ? 0x10 : 0x80);
        assert_true(rows[i].late ? count < 512 : count == 512);
        board_destroy(b);
    }
}

/* Asked for at 15 bytes, the host may go on until the FIFO is empty. */
static void fifo_is_read_until_it_is_empty(void **state)
{
    struct board *b = idle_board(0);
    const struct medium *m = &media[0];
    (void)state;

    SEND(b, 0x03, 0xDF, 0x03);
    SEND(b, 0x13, 0x00, 0x00, 0x00);
    uint64_t first = data_begins(b, m, 11);
    command_read(b, 0x46, 0, 0, 11, 11);
    run_until(b, first + 15 * m->byte - 1);
    assert_int_equal(rig_in(&b->rig, 0x3F4), 0x30);
    assert_false(b->irq.level);
    rig_run(&b->rig, 1);
    for (unsigned n = 0; n < 15; n++) {
        assert_int_equal(rig_in(&b->rig, 0x3F4), 0xF0);
        assert_true(b->irq.level);
        assert_int_equal(rig_in(&b->rig, 0x3F5), b->disk.data[10 * 512 + n]);
    }
    assert_int_equal(rig_in(&b->rig, 0x3F4), 0x30);
    assert_false(b->irq.level);
    board_destroy(b);
}

/* What the FIFO still holds at the end is taken before the result phase. */
static void result_phase_waits_for_the_host(void **state)
{
    struct board *b = idle_board(0);
    const struct medium *m = &media[0];
    (void)state;

    SEND(b, 0x03, 0xDF, 0x03);
    SEND(b, 0x13, 0x00, 0x0F, 0x00);
    uint64_t end = data_begins(b, m, 11) + (DATA + CRC) * m->byte;
    command_read(b, 0x46, 0, 0, 11, 11);
    for (unsigned n = 0; n < 505; n++) {
        while (rig_in(&b->rig, 0x3F4) != 0xF0)
            rig_run(&b->rig, TICKS_PER_US);
        rig_in(&b->rig, 0x3F5);
    }
    run_until(b, end + 50 * MS);
    for (unsigned n = 505; n < 512; n++) {
        assert_int_equal(rig_in(&b->rig, 0x3F4), 0xF0);
        assert_int_equal(rig_in(&b->rig, 0x3F5), b->disk.data[10 * 512 + n]);
    }
    EXPECT(b, 0x40, 0x80, 0, 1, 0, 1, 2);
    board_destroy(b);
}

static void polled_write_that_stops_leaves_zeros(void **state)
{
    struct board *b = idle_board(0);
    (void)state;

    SEND(b, 0x03, 0xDF, 0x03);
    command_read(b, 0x45, 0, 0, 11, 11);
    for (unsigned n = 0; n < 200; n++) {
        while (rig_in(&b->rig, 0x3F4) != 0xB0)
            rig_run(&b->rig, TICKS_PER_US);
        rig_out(&b->rig, 0x3F5, 0x77);
    }
    rig_run(&b->rig, 20 * MS);
    EXPECT(b, 0x40, 0x10, 0, 0, 0, 11, 2);
    assert_int_equal(b->disk.data[10 * 512 + 199], 0x77);
    assert_int_equal(b->disk.data[10 * 512 + 200], 0);
    assert_int_equal(b->disk.data[11 * 512 - 1], 0);
    board_destroy(b);
}

/* --- Saved in the middle --- */

static void listen(struct board *b)
{
    rig_listen(&b->rig, PROBE_BIT(PROBE_FLOPPY_MOTOR) | PROBE_BIT(PROBE_FLOPPY_SEEK) | PROBE_BIT(PROBE_DISK_REQUEST) |
                        PROBE_BIT(PROBE_SECTOR_READ) | PROBE_BIT(PROBE_SECTOR_WRITE));
}

/* A program that drives the controller by looking at its registers every 13 us: motor on, recalibrate, seek, read by
 * DMA and by PIO, write, format. All it knows is in STAGE and SENT. */
struct program { unsigned stage, sent; uint64_t polls; };

static const struct { uint8_t size, byte[9]; } script[] = {
    { 2, { 0x07, 0x00 } }, { 1, { 0x08 } }, { 4, { 0x13, 0x00, 0x05, 0x00 } }, { 3, { 0x03, 0xDF, 0x02 } },
    { 3, { 0x0F, 0x00, 12 } }, { 1, { 0x08 } }, { 9, { 0xC6, 0x00, 12, 0, 16, 2, 18, 0x1B, 0xFF } },
    { 3, { 0x03, 0xDF, 0x03 } }, { 9, { 0x46, 0x00, 12, 0, 4, 2, 5, 0x1B, 0xFF } },
    { 9, { 0x45, 0x00, 12, 0, 9, 2, 10, 0x1B, 0xFF } }, { 3, { 0x03, 0xDF, 0x02 } },
    { 6, { 0x4D, 0x00, 2, 18, 0x6C, 0xE5 } }, { 2, { 0x4A, 0x00 } },
};

enum { STAGES = sizeof script / sizeof script[0] };

/* Commands are sent when the chip is idle, and SENSE INTERRUPT when it interrupts; bytes are moved as it asks. */
static void poll(struct board *b, struct program *p)
{
    uint8_t msr = rig_in(&b->rig, 0x3F4);
    bool sense = p->stage < STAGES && script[p->stage].byte[0] == 0x08;

    p->polls++;
    if (!(msr & 0x80) || (sense && (msr & 1)))
        return;
    if (msr & 0x40) {
        rig_in(&b->rig, 0x3F5);
    } else if (msr & 0x20) {
        rig_out(&b->rig, 0x3F5, (uint8_t)p->polls);
    } else if (p->stage < STAGES) {
        if (p->sent == 0)
            prepare_dma(b, 5 * 512);
        for (unsigned s = 0; s < 18 && script[p->stage].byte[0] == 0x4D; s++)
            memcpy(b->dma.data + 4 * s, (const uint8_t[]){ 12, 0, (uint8_t)(s + 1), 2 }, 4);
        rig_out(&b->rig, 0x3F5, script[p->stage].byte[p->sent++]);
        if (p->sent == script[p->stage].size) {
            p->stage++;
            p->sent = 0;
        }
    }
}

static void run_program(struct board *b, struct program *p, uint64_t until)
{
    while (b->rig.clock.now < until) {
        rig_run(&b->rig, 13 * TICKS_PER_US);
        poll(b, p);
    }
}

static struct board *program_board(void)
{
    struct board *b = board_create(4);

    insert(b, 2880, false);
    start_up(b, 0);
    floppy_set_real(&b->floppy, true);
    listen(b);
    return b;
}

/* Everything that happens after the copy was made, and all that is left at the end, is the same. */
static void same_ends(struct board *a, struct board *b)
{
    assert_true(rig_hash(&a->rig, visit, &a->floppy) == rig_hash(&b->rig, visit, &b->floppy));
    assert_memory_equal(a->disk.data, b->disk.data, 2880 * 512);
    assert_memory_equal(a->dma.data, b->dma.data, sizeof a->dma.data);
    assert_int_equal(a->irq.rises, b->irq.rises);
    assert_int_equal(a->irq.rose, b->irq.rose);
    assert_int_equal(a->rig.events, b->rig.events);
    assert_memory_equal(a->rig.event, b->rig.event, a->rig.events * sizeof a->rig.event[0]);
}

static void a_copy_made_at_any_moment_goes_on_alike(void **state)
{
    struct board *a = program_board();
    struct program p = { 0, 0, 0 };
    uint32_t seed = 99;
    (void)state;

    uint64_t end = a->rig.clock.now + 3 * SECOND / 2;
    for (unsigned i = 0; i < 60; i++) {
        struct board *b = program_board();
        struct program q = p;
        rig_copy(&a->rig, &a->floppy, &b->rig, &b->floppy, visit);
        memcpy(b->disk.data, a->disk.data, 2880 * 512);
        b->dma = a->dma;
        b->irq.level = a->irq.level;
        a->irq.rises = b->irq.rises = a->rig.events = b->rig.events = 0;
        b->irq.rose = a->irq.rose;
        seed = seed * 1664525u + 1013904223u;
        uint64_t until = a->rig.clock.now + (seed >> 8) % (50 * 1000) * TICKS_PER_US;
        run_program(a, &p, until);
        run_program(b, &q, until);
        assert_int_equal(p.stage, q.stage);
        same_ends(a, b);
        board_destroy(b);
    }
    run_program(a, &p, end);
    assert_int_equal(p.stage, STAGES);
    for (unsigned i = 0; i < 18 * 512; i++)
        assert_int_equal(a->disk.data[12 * 36 * 512 + i], 0xE5);
    board_destroy(a);
}

static void a_copy_made_before_the_head_has_settled_goes_on_alike(void **state)
{
    struct board *a = program_board(), *b = program_board();
    struct board *both[] = { a, b };
    (void)state;

    SEND(a, 0x0F, 0x00, 30);
    await_interrupt(a, 1);
    rig_copy(&a->rig, &a->floppy, &b->rig, &b->floppy, visit);
    for (unsigned i = 0; i < 2; i++) {
        SEND(both[i], 0x08);
        EXPECT(both[i], 0x20, 30);
        unsigned s = 1;                     /* a sector that passes before the head has settled */
        while (sector_begins(&media[0], s, both[i]->rig.clock.now + 3 * MS) > both[i]->rig.clock.now + 14 * MS)
            s++;
        prepare_dma(both[i], 512);
        command_read(both[i], 0x46, 30, 0, s, 18);
    }
    for (unsigned n = 0; n < 100; n++) {
        rig_run(&a->rig, 4 * MS);
        rig_run(&b->rig, 4 * MS);
        assert_int_equal(a->dma.at, b->dma.at);
    }
    assert_int_equal(a->dma.at, 512);
    assert_true(rig_hash(&a->rig, visit, &a->floppy) == rig_hash(&b->rig, visit, &b->floppy));
    board_destroy(a);
    board_destroy(b);
}

/* --- Software without sense --- */

/* Registers are read and written at odd moments of every stage: time must go on, and events must not pile up. */
static void hammering_registers_neither_hangs_nor_races(void **state)
{
    struct board *b = program_board();
    struct program p = { 0, 0, 0 };
    struct clock *clock = &b->rig.clock;
    uint32_t seed = 7;
    unsigned fired = 0;
    (void)state;

    uint64_t begun = clock->now;
    for (unsigned i = 0; i < 150000; i++) {
        seed = seed * 1664525u + 1013904223u;
        uint8_t what = (uint8_t)(seed >> 24), byte = (uint8_t)(seed >> 16);
        clock->now += (seed >> 8) % (what < 8 ? 40 * MS : 30 * TICKS_PER_US);
        while (clock->next_due <= clock->now) {         /* one event at a time, late by up to what was skipped */
            uint64_t before = clock->now;
            clock_fire_due(clock);
            fired++;
            assert_int_equal(clock->now, before);
        }
        if (what < 180)
            poll(b, &p);
        else if (what < 240)
            rig_in(&b->rig, (uint16_t)(0x3F0 + (byte & 7)));
        else if (what < 249)
            rig_out(&b->rig, 0x3F5, byte);
        else if (what == 249)
            rig_out(&b->rig, 0x3F2, byte | 0x1C);
        else if (what == 250 && byte < 16)
            rig_out(&b->rig, (uint16_t)(0x3F0 + (byte & 7)), (uint8_t)(seed >> 8));
        else if (what == 251 && byte < 16)
            floppy_set_real(&b->floppy, byte < 13);
        else if (what == 252)
            b->dma.masked = byte & 1;
        else if (what == 253 && byte < 8)
            floppy_change(&b->floppy, 0, NULL);
        else if (what == 254)
            rig_out(&b->rig, 0x3F7, 0);
        else if (what == 255)
            insert(b, 2880, byte & 1);
        if (p.stage == STAGES)
            p.stage = 0;
    }
    assert_true(fired < (clock->now - begun) / (8 * TICKS_PER_US) + 150000);
    board_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dma_moves_each_byte_when_it_has_passed),
        cmocka_unit_test(fifo_moves_bursts_of_the_threshold),
        cmocka_unit_test(bytes_to_write_are_fetched_ahead),
        cmocka_unit_test(terminal_count_ahead_of_the_head_loses_nothing),
        cmocka_unit_test(dma_that_stops_in_a_sector_to_write_leaves_zeros),
        cmocka_unit_test(masked_dma_overruns_when_the_chip_is_full),
        cmocka_unit_test(polled_read_may_be_late_by_the_threshold),
        cmocka_unit_test(fifo_is_read_until_it_is_empty),
        cmocka_unit_test(result_phase_waits_for_the_host),
        cmocka_unit_test(polled_write_that_stops_leaves_zeros),
        cmocka_unit_test(a_copy_made_at_any_moment_goes_on_alike),
        cmocka_unit_test(a_copy_made_before_the_head_has_settled_goes_on_alike),
        cmocka_unit_test(hammering_registers_neither_hangs_nor_races),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
