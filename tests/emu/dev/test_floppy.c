/* Tests of the floppy controller and its drives. */
#include "tests/emu/dev/memory_disk.h"

#include "emu/dev/floppy.h"

#define MOTOR_A 0x1C        /* DOR: motor and select of drive A, DMA gate, not in reset */
#define SECOND  TICKS_PER_SECOND
#define MS      TICKS_PER_MS

/* A DMA channel that moves between the chip and a buffer. */
struct channel { uint8_t data[32768]; uint32_t at, count; bool masked; unsigned calls; };

struct board {
    struct rig rig;
    struct floppy floppy;
    struct wire irq;
    struct channel dma;
    struct memory_disk disk;
};

static uint32_t transfer(void *ctx, unsigned number, uint8_t *buffer, uint32_t size, bool to_memory, bool *terminal)
{
    struct channel *c = ctx;
    uint32_t left = c->count - c->at;

    assert_int_equal(number, 2);
    c->calls++;
    if (c->masked)
        return 0;
    if (size > left)
        size = left;
    if (to_memory)
        memcpy(c->data + c->at, buffer, size);
    else
        memcpy(buffer, c->data + c->at, size);
    c->at += size;
    *terminal = c->at == c->count;
    return size;
}

static void visit(void *chip, struct state *state) { floppy_visit(chip, state); }

static struct board *board_create(uint8_t type)
{
    struct board *b = calloc(1, sizeof *b);

    assert_non_null(b);
    rig_init(&b->rig);
    struct floppy_config config = {
        .bus = &b->rig.bus, .clock = &b->rig.clock, .probes = &b->rig.probes, .irq = wire_line(&b->irq, &b->rig),
        .dma = { transfer, &b->dma }, .channel = 2, .type = { type, 0 },
    };
    floppy_init(&b->floppy, &config);
    return b;
}

static void insert(struct board *b, uint64_t sectors, bool read_only)
{
    free(b->disk.data);
    struct drive_config config = memory_disk_init(&b->disk, sectors);
    config.read_only = read_only;
    floppy_change(&b->floppy, 0, &config);
}

static void board_destroy(struct board *b)
{
    free(b->disk.data);
    rig_destroy(&b->rig);
    free(b);
}

static void send(struct board *b, const uint8_t *bytes, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(rig_in(&b->rig, 0x3F4) & 0xC0, 0x80);
        rig_out(&b->rig, 0x3F5, bytes[i]);
    }
}

#define SEND(b, ...) send(b, (const uint8_t[]){ __VA_ARGS__ }, sizeof (const uint8_t[]){ __VA_ARGS__ })

static void receive(struct board *b, uint8_t *bytes, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(rig_in(&b->rig, 0x3F4) & 0xD0, 0xD0);
        bytes[i] = rig_in(&b->rig, 0x3F5);
    }
    assert_int_equal(rig_in(&b->rig, 0x3F4) & 0xD0, 0x80);
}

static void expect(struct board *b, const uint8_t *bytes, unsigned count)
{
    uint8_t result[10];

    receive(b, result, count);
    assert_memory_equal(result, bytes, count);
}

#define EXPECT(b, ...) expect(b, (const uint8_t[]){ __VA_ARGS__ }, sizeof (const uint8_t[]){ __VA_ARGS__ })

/* Out of reset, motor of A on and at speed. */
static void leave_reset(struct board *b)
{
    rig_out(&b->rig, 0x3F2, MOTOR_A);
    rig_run(&b->rig, SECOND);
    for (unsigned i = 0; i < 4; i++) {
        SEND(b, 0x08);
        EXPECT(b, (uint8_t)(0xC0 | i), 0);
    }
}

/* The same, then DMA mode and data rate. */
static void start_up(struct board *b, uint8_t rate)
{
    leave_reset(b);
    rig_out(&b->rig, 0x3F7, rate);
    SEND(b, 0x03, 0xDF, 0x02);
    SEND(b, 0x07, 0x00);
    rig_run(&b->rig, SECOND);
    SEND(b, 0x08);
    EXPECT(b, 0x20, 0);
    SEND(b, 0x0F, 0x00, 0);                 /* from now on no command seeks by itself */
    rig_run(&b->rig, SECOND);
    SEND(b, 0x08);
    EXPECT(b, 0x20, 0);
}

static struct board *ready_board(void)
{
    struct board *b = board_create(4);

    insert(b, 2880, false);
    start_up(b, 0);
    return b;
}

static void prepare_dma(struct board *b, uint32_t count)
{
    b->dma.at = 0;
    b->dma.count = count;
}

/* --- Reset and simple commands --- */

static void reset_raises_interrupt_only_after_release(void **state)
{
    struct board *b = board_create(4);
    (void)state;

    rig_run(&b->rig, SECOND);
    assert_false(b->irq.level);
    assert_int_equal(rig_in(&b->rig, 0x3F4), 0);
    rig_out(&b->rig, 0x3F2, 0x0C);
    assert_false(b->irq.level);
    rig_run(&b->rig, 10 * MS);
    assert_true(b->irq.level);
    rig_out(&b->rig, 0x3F2, 0x08);
    assert_false(b->irq.level);
    rig_run(&b->rig, SECOND);
    rig_out(&b->rig, 0x3F2, 0x0C);
    rig_out(&b->rig, 0x3F2, 0x08);          /* held again before it was done */
    rig_run(&b->rig, SECOND);
    assert_int_equal(b->irq.rises, 1);
    rig_out(&b->rig, 0x3F2, 0x0C);
    rig_run(&b->rig, 10 * MS);
    for (unsigned i = 0; i < 4; i++) {
        SEND(b, 0x08);
        EXPECT(b, (uint8_t)(0xC0 | i), 0);
    }
    assert_false(b->irq.level);
    SEND(b, 0x08);
    EXPECT(b, 0x80);
    board_destroy(b);
}

static void data_rate_select_resets_by_itself(void **state)
{
    struct board *b = ready_board();
    (void)state;

    unsigned rises = b->irq.rises;
    rig_out(&b->rig, 0x3F4, 0x80);
    rig_run(&b->rig, 10 * MS);
    assert_int_equal(b->irq.rises, rises + 1);
    SEND(b, 0x08);
    EXPECT(b, 0xC0, 0);
    board_destroy(b);
}

static void interrupt_is_gated_by_dor(void **state)
{
    struct board *b = board_create(4);
    (void)state;

    rig_out(&b->rig, 0x3F2, 0x04);
    rig_run(&b->rig, 10 * MS);
    assert_false(b->irq.level);
    rig_out(&b->rig, 0x3F2, 0x0C);
    assert_true(b->irq.level);
    board_destroy(b);
}

static void unknown_commands_are_invalid(void **state)
{
    static const uint8_t codes[] = { 0x00, 0x01, 0x0B, 0x15, 0x17, 0x18, 0x1F, 0x33 };
    struct board *b = ready_board();
    (void)state;

    unsigned rises = b->irq.rises;
    for (unsigned i = 0; i < sizeof codes; i++) {
        SEND(b, codes[i]);
        EXPECT(b, 0x80);
    }
    assert_int_equal(b->irq.rises, rises);
    board_destroy(b);
}

static void version_is_enhanced(void **state)
{
    struct board *b = ready_board();
    (void)state;

    SEND(b, 0x10);
    EXPECT(b, 0x90);
    board_destroy(b);
}

static void dumpreg_shows_what_was_set(void **state)
{
    struct board *b = ready_board();
    (void)state;

    SEND(b, 0x13, 0x00, 0x5A, 0x21);
    SEND(b, 0x12, 0x84 | 3);
    SEND(b, 0x0F, 0x00, 12);
    rig_run(&b->rig, SECOND);
    SEND(b, 0x08);
    EXPECT(b, 0x20, 12);
    SEND(b, 0x94);
    EXPECT(b, 0x10);
    SEND(b, 0x0E);
    EXPECT(b, 12, 0, 0, 0, 0xDF, 0x02, 0, 0x87, 0x5A, 0x21);
    board_destroy(b);
}

static void lock_keeps_fifo_over_software_reset(void **state)
{
    struct board *b = ready_board();
    uint8_t result[10];
    (void)state;

    for (unsigned locked = 0; locked < 2; locked++) {
        SEND(b, 0x13, 0x00, 0x4A, 0x21);
        SEND(b, (uint8_t)(locked ? 0x94 : 0x14));
        EXPECT(b, (uint8_t)(locked ? 0x10 : 0));
        rig_out(&b->rig, 0x3F2, 0x18);
        rig_out(&b->rig, 0x3F2, MOTOR_A);
        rig_run(&b->rig, 10 * MS);
        SEND(b, 0x0E);
        receive(b, result, 10);
        assert_int_equal(result[8], locked ? 0x0A : 0x20);
        assert_int_equal(result[9], locked ? 0x21 : 0);
    }
    board_destroy(b);
}

static void sense_drive_tells_track_zero_and_protection(void **state)
{
    struct board *b = ready_board();
    (void)state;

    SEND(b, 0x04, 0x04);
    EXPECT(b, 0x3C);
    SEND(b, 0x0F, 0x00, 3);
    rig_run(&b->rig, SECOND);
    insert(b, 2880, true);
    SEND(b, 0x04, 0x00);
    EXPECT(b, 0x68);
    SEND(b, 0x04, 0x01);
    EXPECT(b, 0x29);
    board_destroy(b);
}

/* --- Mechanics --- */

static void seek_is_busy_until_its_interrupt(void **state)
{
    struct board *b = ready_board();
    (void)state;

    SEND(b, 0x0F, 0x00, 40);
    assert_int_equal(rig_in(&b->rig, 0x3F4), 0x81);
    assert_false(b->irq.level);
    rig_run(&b->rig, SECOND);
    assert_true(b->irq.level);
    assert_int_equal(rig_in(&b->rig, 0x3F4), 0x80);
    SEND(b, 0x08);
    EXPECT(b, 0x20, 40);
    assert_false(b->irq.level);
    assert_int_equal(b->floppy.drive[0].cylinder, 40);
    board_destroy(b);
}

static void recalibrate_without_a_drive_fails(void **state)
{
    struct board *b = ready_board();
    (void)state;

    SEND(b, 0x07, 0x01);
    rig_run(&b->rig, SECOND);
    SEND(b, 0x08);
    EXPECT(b, 0x71, 0);
    board_destroy(b);
}

static void recalibrate_finds_track_zero_after_reset_forgot_it(void **state)
{
    struct board *b = ready_board();
    (void)state;

    SEND(b, 0x0F, 0x00, 30);
    rig_run(&b->rig, SECOND);
    rig_out(&b->rig, 0x3F2, 0x18);
    rig_out(&b->rig, 0x3F2, MOTOR_A);
    rig_run(&b->rig, 10 * MS);
    assert_int_equal(b->floppy.drive[0].pcn, 0);
    assert_int_equal(b->floppy.drive[0].cylinder, 30);
    SEND(b, 0x07, 0x00);
    rig_run(&b->rig, SECOND);
    SEND(b, 0x08);
    EXPECT(b, 0x20, 0);
    assert_int_equal(b->floppy.drive[0].cylinder, 0);
    board_destroy(b);
}

static void two_seeks_overlap(void **state)
{
    struct board *b = ready_board();
    (void)state;

    SEND(b, 0x0F, 0x00, 20);
    SEND(b, 0x0F, 0x01, 10);
    assert_int_equal(rig_in(&b->rig, 0x3F4), 0x83);
    rig_run(&b->rig, SECOND);
    SEND(b, 0x08);
    EXPECT(b, 0x20, 20);
    assert_true(b->irq.level);
    SEND(b, 0x08);
    EXPECT(b, 0x21, 10);
    assert_false(b->irq.level);
    board_destroy(b);
}

static void relative_seek_moves_from_present_cylinder(void **state)
{
    struct board *b = ready_board();
    (void)state;

    SEND(b, 0xCF, 0x00, 7);
    rig_run(&b->rig, SECOND);
    SEND(b, 0x08);
    EXPECT(b, 0x20, 7);
    SEND(b, 0x8F, 0x00, 2);
    rig_run(&b->rig, SECOND);
    SEND(b, 0x08);
    EXPECT(b, 0x20, 5);
    board_destroy(b);
}

static void real_seek_takes_the_step_rate(void **state)
{
    struct board *b = ready_board();
    (void)state;

    floppy_set_real(&b->floppy, true);
    SEND(b, 0x03, 0xAF, 0x02);              /* 6 ms a step */
    uint64_t begun = b->rig.clock.now;
    SEND(b, 0x0F, 0x00, 10);
    rig_run(&b->rig, SECOND);
    assert_int_equal((b->irq.rose - begun) / MS, 60);
    SEND(b, 0x08);
    EXPECT(b, 0x20, 10);
    rig_out(&b->rig, 0x3F7, 2);             /* at 250 kbit/s all times double */
    begun = b->rig.clock.now;
    SEND(b, 0x0F, 0x00, 0);
    rig_run(&b->rig, SECOND);
    assert_int_equal((b->irq.rose - begun) / MS, 120);
    board_destroy(b);
}

static void change_line_stays_until_a_step_with_a_disk(void **state)
{
    struct board *b = ready_board();
    (void)state;

    assert_int_equal(rig_in(&b->rig, 0x3F7) & 0x80, 0x80);
    SEND(b, 0x0F, 0x00, 1);
    rig_run(&b->rig, SECOND);
    assert_int_equal(rig_in(&b->rig, 0x3F7) & 0x80, 0);
    floppy_change(&b->floppy, 0, NULL);
    assert_int_equal(rig_in(&b->rig, 0x3F7) & 0x80, 0x80);
    SEND(b, 0x0F, 0x00, 0);
    rig_run(&b->rig, SECOND);
    assert_int_equal(rig_in(&b->rig, 0x3F7) & 0x80, 0x80);
    board_destroy(b);
}

/* --- Reading --- */

static void read_moves_sectors_until_terminal_count(void **state)
{
    struct board *b = ready_board();
    (void)state;

    for (unsigned real = 0; real < 2; real++) {
        floppy_set_real(&b->floppy, real);
        prepare_dma(b, 3 * 512);
        SEND(b, 0x46, 0x04, 0, 1, 2, 2, 18, 0x1B, 0xFF);
        assert_int_equal(rig_in(&b->rig, 0x3F4), 0x10);
        rig_run(&b->rig, SECOND);
        assert_true(b->irq.level);
        EXPECT(b, 0x04, 0, 0, 0, 1, 5, 2);
        assert_false(b->irq.level);
        for (unsigned i = 0; i < 3; i++)
            assert_int_equal(sector_number(b->dma.data + 512 * i), 18 + 1 + i);
        assert_int_equal(b->dma.data[2], 0);
        assert_int_equal(b->dma.data[510 + 512], 0xFC);
    }
    board_destroy(b);
}

static void multitrack_read_goes_on_at_head_one(void **state)
{
    struct board *b = ready_board();
    (void)state;

    prepare_dma(b, 4 * 512);
    SEND(b, 0xC6, 0x00, 0, 0, 17, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x04, 0, 0, 0, 1, 3, 2);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(sector_number(b->dma.data + 512 * i), 16 + i);
    board_destroy(b);
}

static void result_names_the_next_track_after_the_last_sector(void **state)
{
    struct board *b = ready_board();
    (void)state;

    prepare_dma(b, 512);
    SEND(b, 0xC6, 0x04, 0, 1, 18, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x04, 0, 0, 1, 0, 1, 2);
    prepare_dma(b, 512);
    SEND(b, 0xC6, 0x00, 0, 0, 18, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x00, 0, 0, 0, 1, 1, 2);
    board_destroy(b);
}

static void read_past_the_track_without_terminal_count_ends_abnormally(void **state)
{
    struct board *b = ready_board();
    (void)state;

    prepare_dma(b, 8192);
    SEND(b, 0x46, 0x00, 0, 0, 17, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x40, 0x80, 0, 1, 0, 1, 2);
    assert_int_equal(b->dma.at, 1024);
    board_destroy(b);
}

static void sector_that_is_not_there_is_not_found(void **state)
{
    struct board *b = ready_board();
    (void)state;

    for (unsigned real = 0; real < 2; real++) {
        floppy_set_real(&b->floppy, real);
        SEND(b, 0x46, 0x00, 0, 0, 19, 2, 19, 0x1B, 0xFF);
        rig_run(&b->rig, SECOND);
        EXPECT(b, 0x40, 0x04, 0, 0, 0, 19, 2);
        SEND(b, 0x46, 0x00, 5, 0, 1, 2, 18, 0x1B, 0xFF);
        rig_run(&b->rig, SECOND);
        EXPECT(b, 0x40, 0x04, 0x10, 5, 0, 1, 2);
        SEND(b, 0x46, 0x00, 0, 0, 1, 3, 18, 0x1B, 0xFF);
        rig_run(&b->rig, SECOND);
        EXPECT(b, 0x40, 0x04, 0, 0, 0, 1, 3);
    }
    board_destroy(b);
}

static void sectors_behind_the_end_of_a_short_image_are_not_found(void **state)
{
    struct board *b = ready_board();
    (void)state;

    insert(b, 10, false);
    prepare_dma(b, 512);
    SEND(b, 0x46, 0x00, 0, 0, 10, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x00, 0, 0, 0, 0, 11, 2);
    SEND(b, 0x46, 0x00, 0, 0, 11, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x40, 0x04, 0, 0, 0, 11, 2);
    board_destroy(b);
}

static void wrong_data_rate_finds_no_address_mark(void **state)
{
    struct board *b = ready_board();
    (void)state;

    rig_out(&b->rig, 0x3F7, 2);
    SEND(b, 0x4A, 0x00);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x40, 0x01, 0, 0, 0, 0, 0);
    SEND(b, 0x46, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x40, 0x01, 0, 0, 0, 1, 2);
    board_destroy(b);
}

static void each_medium_has_its_data_rate(void **state)
{
    static const struct { uint8_t type; uint16_t sectors; uint8_t rate; } rows[] = {
        { 1, 320, 2 }, { 1, 720, 2 }, { 2, 720, 1 }, { 2, 2400, 0 }, { 3, 1440, 2 }, { 4, 1440, 2 }, { 4, 2880, 0 },
        { 4, 3360, 0 }, { 5, 5760, 3 }, { 5, 2880, 0 }, { 4, 3520, 0 },
    };
    (void)state;

    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct board *b = board_create(rows[i].type);
        insert(b, rows[i].sectors, false);
        start_up(b, rows[i].rate);
        for (uint8_t rate = 0; rate < 4; rate++) {
            uint8_t result[7];
            rig_out(&b->rig, 0x3F7, rate);
            SEND(b, 0x4A, 0x00);
            rig_run(&b->rig, SECOND);
            receive(b, result, 7);
            assert_int_equal(result[0], rate == rows[i].rate ? 0x00 : 0x40);
        }
        board_destroy(b);
    }
}

static void data_rate_is_that_of_the_disk_until_software_chooses(void **state)
{
    static const uint16_t sizes[] = { 1440, 2880 };
    (void)state;

    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct board *b = board_create(4);
        insert(b, sizes[i], false);
        leave_reset(b);
        SEND(b, 0x4A, 0x00);
        rig_run(&b->rig, SECOND);
        EXPECT(b, 0x00, 0, 0, 0, 0, b->floppy.run.r, 2);
        rig_out(&b->rig, 0x3F7, 1);
        SEND(b, 0x4A, 0x00);
        rig_run(&b->rig, SECOND);
        EXPECT(b, 0x40, 0x01, 0, 0, 0, 0, 0);
        board_destroy(b);
    }
}

static void commands_seek_by_themselves_until_the_first_seek(void **state)
{
    struct board *b = board_create(4);
    (void)state;

    insert(b, 2880, false);
    leave_reset(b);
    SEND(b, 0x03, 0xDF, 0x02);
    prepare_dma(b, 512);
    SEND(b, 0xE6, 0x00, 2, 0, 5, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x20, 0, 0, 2, 0, 6, 2);
    SEND(b, 0x0F, 0x00, 3);
    rig_run(&b->rig, SECOND);
    SEND(b, 0x08);
    EXPECT(b, 0x20, 3);
    prepare_dma(b, 512);
    SEND(b, 0xE6, 0x00, 2, 0, 5, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x40, 0x04, 0x10, 2, 0, 5, 2);
    board_destroy(b);
}

static void read_id_gives_the_sector_that_passes_next(void **state)
{
    struct board *b = ready_board();
    uint8_t result[7];
    (void)state;

    floppy_set_real(&b->floppy, true);
    const uint64_t revolution = SECOND / 5;
    rig_run(&b->rig, revolution - b->rig.clock.now % revolution + revolution * 7 / 36);
    SEND(b, 0x4A, 0x04);
    rig_run(&b->rig, 5 * MS);
    assert_false(b->irq.level);             /* HLT: 2 ms, then the rest of a sector of 11 ms */
    rig_run(&b->rig, 10 * MS);
    receive(b, result, 7);
    assert_memory_equal(result, ((const uint8_t[]){ 0x04, 0, 0, 0, 1, 5, 2 }), 7);
    board_destroy(b);
}

static void real_read_of_a_track_takes_a_revolution(void **state)
{
    struct board *b = ready_board();
    (void)state;

    floppy_set_real(&b->floppy, true);
    prepare_dma(b, 18 * 512);
    uint64_t begun = b->rig.clock.now;
    SEND(b, 0x46, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x00, 0, 0, 1, 0, 1, 2);
    uint64_t taken = (b->irq.rose - begun) / MS;
    assert_in_range(taken, 190, 405);
    assert_int_equal(b->irq.rose % (SECOND / 5) / MS, 198);
    board_destroy(b);
}

static void read_before_the_motor_is_up_fails_or_waits(void **state)
{
    struct board *b = ready_board();
    uint8_t result[7];
    unsigned failures = 0;
    (void)state;

    floppy_set_real(&b->floppy, true);
    for (unsigned i = 0; i < 10; i++) {
        rig_out(&b->rig, 0x3F2, 0x0C);
        rig_run(&b->rig, SECOND + i * 20 * MS);
        rig_out(&b->rig, 0x3F2, MOTOR_A);
        uint64_t begun = b->rig.clock.now;
        prepare_dma(b, 512);
        SEND(b, 0x46, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
        rig_run(&b->rig, SECOND);
        receive(b, result, 7);
        if (result[0] & 0x40) {
            failures++;
            assert_int_equal(result[1], 0x01);
            assert_true(b->irq.rose - begun < 500 * MS);
        } else {
            assert_true(b->irq.rose - begun > 500 * MS);
        }
    }
    assert_in_range(failures, 3, 8);
    board_destroy(b);
}

static void read_with_the_motor_off_waits_for_the_motor(void **state)
{
    struct board *b = ready_board();
    (void)state;

    for (unsigned real = 0; real < 2; real++) {
        floppy_set_real(&b->floppy, real);
        rig_out(&b->rig, 0x3F2, 0x0C);
        prepare_dma(b, 512);
        SEND(b, 0x46, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
        rig_run(&b->rig, 5 * SECOND);
        assert_int_equal(rig_in(&b->rig, 0x3F4), 0x10);
        assert_false(b->irq.level);
        rig_out(&b->rig, 0x3F2, MOTOR_A);
        rig_run(&b->rig, 2 * SECOND);
        assert_true(b->irq.level);
        uint8_t result[7];
        receive(b, result, 7);
    }
    board_destroy(b);
}

static void read_without_a_disk_hangs_until_reset(void **state)
{
    struct board *b = ready_board();
    (void)state;

    floppy_change(&b->floppy, 0, NULL);
    SEND(b, 0x46, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, 5 * SECOND);
    assert_int_equal(rig_in(&b->rig, 0x3F4), 0x10);
    rig_out(&b->rig, 0x3F2, 0x18);
    rig_out(&b->rig, 0x3F2, MOTOR_A);
    rig_run(&b->rig, SECOND);
    assert_int_equal(rig_in(&b->rig, 0x3F4), 0x80);
    board_destroy(b);
}

static void bad_block_of_the_disk_is_a_data_error(void **state)
{
    struct board *b = ready_board();
    (void)state;

    b->disk.bad = 3;
    prepare_dma(b, 8 * 512);
    SEND(b, 0x46, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x40, 0x20, 0x20, 0, 0, 4, 2);
    assert_int_equal(b->dma.at, 3 * 512);
    SEND(b, 0x45, 0x00, 0, 0, 4, 2, 18, 0x1B, 0xFF);
    prepare_dma(b, 512);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x40, 0x20, 0x20, 0, 0, 4, 2);
    board_destroy(b);
}

static void masked_dma_channel_is_an_overrun(void **state)
{
    struct board *b = ready_board();
    (void)state;

    b->dma.masked = true;
    prepare_dma(b, 512);
    SEND(b, 0x46, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x40, 0x10, 0, 0, 0, 1, 2);
    board_destroy(b);
}

static void forty_track_disk_in_a_high_capacity_drive_steps_twice(void **state)
{
    struct board *b = board_create(2);
    (void)state;

    insert(b, 720, false);
    start_up(b, 1);
    SEND(b, 0x0F, 0x00, 20);
    rig_run(&b->rig, SECOND);
    SEND(b, 0x08);
    EXPECT(b, 0x20, 20);
    prepare_dma(b, 512);
    SEND(b, 0x46, 0x00, 10, 0, 1, 2, 9, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x00, 0, 0, 10, 0, 2, 2);
    assert_int_equal(sector_number(b->dma.data), 180);
    board_destroy(b);
}

static void implied_seek_goes_to_the_cylinder(void **state)
{
    struct board *b = ready_board();
    (void)state;

    SEND(b, 0x13, 0x00, 0x60, 0x00);
    prepare_dma(b, 512);
    SEND(b, 0x46, 0x00, 33, 0, 1, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x20, 0, 0, 33, 0, 2, 2);
    assert_int_equal(sector_number(b->dma.data), 33 * 36);
    board_destroy(b);
}

static void read_track_begins_at_the_index(void **state)
{
    struct board *b = ready_board();
    (void)state;

    prepare_dma(b, 18 * 512);
    SEND(b, 0x42, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x00, 0, 0, 1, 0, 1, 2);
    assert_int_equal(sector_number(b->dma.data + 512 * 17), 17);
    prepare_dma(b, 2 * 512);
    SEND(b, 0x42, 0x00, 0, 0, 5, 2, 2, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    uint8_t result[7];
    receive(b, result, 7);
    assert_int_equal(result[1], 0x04);
    assert_int_equal(sector_number(b->dma.data), 0);
    board_destroy(b);
}

/* --- Writing --- */

static void write_stores_sectors(void **state)
{
    struct board *b = ready_board();
    (void)state;

    for (unsigned real = 0; real < 2; real++) {
        floppy_set_real(&b->floppy, real);
        memset(b->dma.data, 0x5A + (int)real, 1024);
        prepare_dma(b, 700);                /* terminal count in the middle: the rest is zeros */
        SEND(b, 0x45, 0x00, 0, 0, 4, 2, 18, 0x1B, 0xFF);
        rig_run(&b->rig, SECOND);
        EXPECT(b, 0x00, 0, 0, 0, 0, 6, 2);
        assert_int_equal(b->disk.data[3 * 512], 0x5A + real);
        assert_int_equal(b->disk.data[3 * 512 + 699], 0x5A + real);
        assert_int_equal(b->disk.data[3 * 512 + 700], 0);
        assert_int_equal(sector_number(b->disk.data + 5 * 512), 5);
    }
    board_destroy(b);
}

static void write_protected_disk_refuses(void **state)
{
    struct board *b = ready_board();
    (void)state;

    insert(b, 2880, true);
    prepare_dma(b, 512);
    SEND(b, 0x45, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x40, 0x02, 0, 0, 0, 1, 2);
    SEND(b, 0x4D, 0x00, 2, 18, 0x54, 0xF6);
    rig_run(&b->rig, SECOND);
    uint8_t result[7];
    receive(b, result, 7);
    assert_int_equal(result[1], 0x02);
    assert_int_equal(sector_number(b->disk.data + 512), 1);
    board_destroy(b);
}

static void deleted_sectors_are_told_apart(void **state)
{
    struct board *b = ready_board();
    (void)state;

    prepare_dma(b, 512);
    SEND(b, 0x49, 0x00, 0, 0, 2, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x00, 0, 0, 0, 0, 3, 2);
    prepare_dma(b, 3 * 512);
    SEND(b, 0x46, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x00, 0, 0x40, 0, 0, 3, 2);
    assert_int_equal(b->dma.at, 1024);
    prepare_dma(b, 2 * 512);
    SEND(b, 0x66, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x00, 0, 0, 0, 0, 4, 2);
    assert_int_equal(sector_number(b->dma.data + 512), 2);
    prepare_dma(b, 512);
    SEND(b, 0x4C, 0x00, 0, 0, 2, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x00, 0, 0, 0, 0, 3, 2);
    board_destroy(b);
}

static void format_fills_the_track(void **state)
{
    struct board *b = ready_board();
    (void)state;

    for (unsigned real = 0; real < 2; real++) {
        floppy_set_real(&b->floppy, real);
        for (unsigned i = 0; i < 18; i++)
            memcpy(b->dma.data + 4 * i, (const uint8_t[]){ 0, 1, (uint8_t)(i + 1), 2 }, 4);
        prepare_dma(b, 72);
        SEND(b, 0x4D, 0x04, 2, 18, 0x54, (uint8_t)(0xF6 + real));
        uint64_t begun = b->rig.clock.now;
        rig_run(&b->rig, SECOND);
        uint8_t result[7];
        receive(b, result, 7);
        assert_int_equal(result[0], 0x04);
        for (unsigned i = 18 * 512; i < 36 * 512; i++)
            assert_int_equal(b->disk.data[i], 0xF6 + real);
        assert_int_equal(sector_number(b->disk.data + 36 * 512), 36);
        assert_int_equal(sector_number(b->disk.data + 17 * 512), 17);
        if (real)
            assert_true(b->irq.rose - begun >= SECOND / 5);
    }
    board_destroy(b);
}

/* The CPU lets events in between instructions only, some ticks late; a sector's end must not miss the next one's
 * start. */
static void real_format_keeps_pace_with_late_events(void **state)
{
    struct board *b = ready_board();
    struct clock *clock = &b->rig.clock;
    (void)state;

    floppy_set_real(&b->floppy, true);
    for (unsigned i = 0; i < 18; i++)
        memcpy(b->dma.data + 4 * i, (const uint8_t[]){ 0, 1, (uint8_t)(i + 1), 2 }, 4);
    prepare_dma(b, 72);
    SEND(b, 0x4D, 0x04, 2, 18, 0x54, 0xF6);
    uint64_t begun = clock->now;
    while (clock->next_due < begun + 4 * SECOND) {
        clock->now = clock->next_due + 100;
        clock_fire_due(clock);
    }
    uint8_t result[7];
    receive(b, result, 7);
    assert_int_equal(result[0], 0x04);
    assert_true(b->irq.rose - begun < SECOND / 2);
    board_destroy(b);
}

static void verify_and_scan_move_nothing_to_memory(void **state)
{
    struct board *b = ready_board();
    (void)state;

    SEND(b, 0xD6, 0x80, 0, 0, 17, 2, 18, 0x1B, 3);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x04, 0, 0, 0, 1, 2, 2);
    SEND(b, 0x56, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x00, 0, 0, 1, 0, 1, 2);
    assert_int_equal(b->dma.calls, 0);
    memcpy(b->dma.data, b->disk.data, 512);
    memcpy(b->dma.data + 512, b->disk.data + 4 * 512, 512);
    prepare_dma(b, 2048);
    SEND(b, 0x51, 0x00, 0, 0, 1, 2, 18, 0x1B, 1);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x00, 0, 0x08, 0, 0, 2, 2);
    prepare_dma(b, 512);
    SEND(b, 0x51, 0x00, 0, 0, 3, 2, 3, 0x1B, 1);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x00, 0, 0x04, 1, 0, 1, 2);
    board_destroy(b);
}

/* --- PIO --- */

static void polled_read_asks_for_each_byte(void **state)
{
    struct board *b = ready_board();
    (void)state;

    SEND(b, 0x03, 0xDF, 0x03);
    for (unsigned real = 0; real < 2; real++) {
        floppy_set_real(&b->floppy, real);
        SEND(b, 0x46, 0x00, 0, 0, 7, 2, 7, 0x1B, 0xFF);
        uint8_t data[512];
        for (unsigned i = 0; i < 512; i++) {
            unsigned waits = 0;
            while (rig_in(&b->rig, 0x3F4) != 0xF0) {
                rig_run(&b->rig, 4 * TICKS_PER_US);
                assert_true(waits++ < 100000);
            }
            assert_true(b->irq.level);
            data[i] = rig_in(&b->rig, 0x3F5);
        }
        EXPECT(b, 0x40, 0x80, 0, 1, 0, 1, 2);
        assert_memory_equal(data, b->disk.data + 6 * 512, 512);
    }
    assert_int_equal(b->dma.calls, 0);
    board_destroy(b);
}

static void polled_write_stores_the_bytes(void **state)
{
    struct board *b = ready_board();
    (void)state;

    SEND(b, 0x03, 0xDF, 0x03);
    for (unsigned real = 0; real < 2; real++) {
        floppy_set_real(&b->floppy, real);
        SEND(b, 0x45, 0x00, 0, 0, 7, 2, 7, 0x1B, 0xFF);
        for (unsigned i = 0; i < 512; i++) {
            unsigned waits = 0;
            while (rig_in(&b->rig, 0x3F4) != 0xB0) {
                rig_run(&b->rig, 4 * TICKS_PER_US);
                assert_true(waits++ < 100000);
            }
            rig_out(&b->rig, 0x3F5, (uint8_t)(i * 3 + real));
        }
        rig_run(&b->rig, SECOND);
        EXPECT(b, 0x40, 0x80, 0, 1, 0, 1, 2);
        for (unsigned i = 0; i < 512; i++)
            assert_int_equal(b->disk.data[6 * 512 + i], (uint8_t)(i * 3 + real));
    }
    board_destroy(b);
}

static void real_polled_read_that_is_late_overruns(void **state)
{
    struct board *b = ready_board();
    (void)state;

    floppy_set_real(&b->floppy, true);
    SEND(b, 0x03, 0xDF, 0x03);
    SEND(b, 0x46, 0x00, 0, 0, 7, 2, 7, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x40, 0x10, 0, 0, 0, 7, 2);
    SEND(b, 0x13, 0x00, 0x0F, 0x00);        /* with the FIFO a pause of ten bytes does no harm */
    SEND(b, 0x46, 0x00, 0, 0, 7, 2, 7, 0x1B, 0xFF);
    for (unsigned i = 0, waits = 0; i < 512 && waits < 100000; waits++) {
        if (rig_in(&b->rig, 0x3F4) != 0xF0) {
            rig_run(&b->rig, 160 * TICKS_PER_US);
            continue;
        }
        rig_in(&b->rig, 0x3F5);
        i++;
    }
    EXPECT(b, 0x40, 0x80, 0, 1, 0, 1, 2);
    board_destroy(b);
}

/* --- Media and geometry --- */

static void geometry_follows_from_the_size(void **state)
{
    static const struct { uint32_t sectors, type, c, h, s; } rows[] = {
        { 320, 4, 40, 1, 8 }, { 360, 4, 40, 1, 9 }, { 640, 1, 40, 2, 8 }, { 720, 4, 40, 2, 9 }, { 1440, 4, 80, 2, 9 },
        { 2400, 4, 80, 2, 15 }, { 2880, 2, 80, 2, 18 }, { 3360, 4, 80, 2, 21 }, { 3444, 4, 82, 2, 21 },
        { 5760, 4, 80, 2, 36 }, { 1640, 4, 82, 2, 10 }, { 3486, 4, 83, 2, 21 }, { 1, 4, 80, 2, 18 }, { 1, 1, 40, 2, 9 },
        { 2000, 4, 80, 2, 18 }, { 2881, 4, 80, 2, 21 }, { 100000, 4, 80, 2, 36 },
    };
    (void)state;

    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct geometry g = floppy_geometry(rows[i].sectors, rows[i].type);
        assert_int_equal(g.cylinders, rows[i].c);
        assert_int_equal(g.heads, rows[i].h);
        assert_int_equal(g.sectors, rows[i].s);
    }
}

static void explicit_geometry_wins(void **state)
{
    struct board *b = ready_board();
    (void)state;

    struct drive_config config = {
        .ops = &memory_disk_ops, .ctx = &b->disk, .sectors = 2880, .geometry = { 144, 1, 20 },
    };
    floppy_change(&b->floppy, 0, &config);
    prepare_dma(b, 512);
    SEND(b, 0x46, 0x00, 0, 0, 20, 2, 20, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x00, 0, 0, 1, 0, 1, 2);
    assert_int_equal(sector_number(b->dma.data), 19);
    SEND(b, 0x4A, 0x04);
    rig_run(&b->rig, SECOND);
    EXPECT(b, 0x44, 0x01, 0, 0, 0, 0, 0);
    board_destroy(b);
}

static void disk_taken_out_during_a_transfer_is_an_error(void **state)
{
    struct board *b = ready_board();
    (void)state;

    floppy_set_real(&b->floppy, true);
    prepare_dma(b, 18 * 512);
    SEND(b, 0x46, 0x00, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    while (b->dma.at == 0)
        rig_run(&b->rig, MS);
    floppy_change(&b->floppy, 0, NULL);
    rig_run(&b->rig, SECOND);
    uint8_t result[7];
    receive(b, result, 7);
    assert_int_equal(result[0], 0x40);
    board_destroy(b);
}

/* --- Events and state --- */

static void probes_tell_motor_seek_and_sectors(void **state)
{
    struct board *b = ready_board();
    (void)state;

    rig_listen(&b->rig, PROBE_BIT(PROBE_FLOPPY_MOTOR) | PROBE_BIT(PROBE_FLOPPY_SEEK) | PROBE_BIT(PROBE_DISK_REQUEST) |
                        PROBE_BIT(PROBE_SECTOR_READ) | PROBE_BIT(PROBE_SECTOR_WRITE));
    SEND(b, 0x0F, 0x00, 2);
    rig_run(&b->rig, SECOND);
    prepare_dma(b, 512);
    SEND(b, 0x46, 0x00, 2, 0, 1, 2, 18, 0x1B, 0xFF);
    rig_run(&b->rig, SECOND);
    rig_out(&b->rig, 0x3F2, 0x0C);
    static const struct { enum probe_kind kind; uint32_t a, b; } rows[] = {
        { PROBE_DISK_REQUEST, 0, 0x0F }, { PROBE_FLOPPY_SEEK, 0, 2 }, { PROBE_DISK_REQUEST, 0, 0x46 },
        { PROBE_SECTOR_READ, 0, 72 }, { PROBE_FLOPPY_MOTOR, 0, 0 },
    };
    assert_int_equal(b->rig.events, 5);
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(b->rig.event[i].kind, rows[i].kind);
        assert_int_equal(b->rig.event[i].a, rows[i].a);
        assert_int_equal(b->rig.event[i].b, rows[i].b);
    }
    board_destroy(b);
}

/* At many moments of a read: the copy, continued, ends as the original does. */
static void saved_run_continues_alike(void **state)
{
    (void)state;

    for (unsigned moment = 0; moment < 20; moment++) {
        struct board *a = ready_board(), *b = ready_board();
        struct board *both[2] = { a, b };
        for (unsigned i = 0; i < 2; i++)
            floppy_set_real(&both[i]->floppy, true);
        SEND(a, 0x03, 0xDF, 0x02);
        SEND(a, 0x13, 0x00, 0x70, 0x00);
        prepare_dma(a, 5 * 512);
        SEND(a, 0xC6, 0x00, 4, 0, 16, 2, 18, 0x1B, 0xFF);
        rig_run(&a->rig, moment * 17 * MS);
        rig_copy(&a->rig, &a->floppy, &b->rig, &b->floppy, visit);
        b->dma = a->dma;
        bool was_done = a->irq.level;
        for (unsigned i = 0; i < 40; i++) {
            rig_run(&a->rig, MS);
            rig_run(&b->rig, MS);
            assert_int_equal(a->dma.at, b->dma.at);
        }
        uint8_t result[2][7];
        for (unsigned i = 0; i < 2; i++) {
            rig_run(&both[i]->rig, SECOND);
            receive(both[i], result[i], 7);
        }
        assert_memory_equal(result[0], result[1], 7);
        assert_true(was_done || a->irq.rose == b->irq.rose);
        assert_int_equal(result[0][0], 0x24);
        assert_memory_equal(a->dma.data, b->dma.data, 5 * 512);
        assert_int_equal(sector_number(b->dma.data + 4 * 512), 4 * 36 + 19);
        assert_true(rig_hash(&a->rig, visit, &a->floppy) == rig_hash(&b->rig, visit, &b->floppy));
        board_destroy(a);
        board_destroy(b);
    }
}

static void impossible_state_is_refused(void **state)
{
    struct board *b = ready_board();
    struct floppy *f = &b->floppy;
    (void)state;

    assert_true(rig_refuses(&b->rig, f, &f->phase, 4, visit));
    assert_true(rig_refuses(&b->rig, f, &f->rate, 4, visit));
    assert_true(rig_refuses(&b->rig, f, &f->run.activity, 9, visit));
    assert_true(rig_refuses(&b->rig, f, &f->run.activity, FLOPPY_MOVING, visit));
    assert_true(rig_refuses(&b->rig, f, &f->drive[0].cylinder, 200, visit));
    f->drive[0].ops = NULL;
    assert_true(rig_refuses(&b->rig, f, &f->run.activity, FLOPPY_SEARCHING, visit));
    board_destroy(b);
}

/* A register dance without sense must neither crash nor hang. */
static void noise_does_no_harm(void **state)
{
    struct board *b = ready_board();
    uint32_t seed = 12345;
    (void)state;

    prepare_dma(b, 20000);
    for (unsigned i = 0; i < 200000; i++) {
        seed = seed * 1664525u + 1013904223u;
        unsigned what = seed >> 28;
        uint8_t byte = (uint8_t)(seed >> 16);
        if (what < 10)
            rig_out(&b->rig, 0x3F5, byte);
        else if (what < 13)
            rig_in(&b->rig, 0x3F5);
        else if (what == 13)
            rig_run(&b->rig, (seed & 0xFF) * 100 * TICKS_PER_US);
        else if (i % 64 == 0)
            rig_out(&b->rig, (uint16_t)(0x3F0 + (byte & 7)), (uint8_t)(seed >> 8));
        else if (i % 257 == 0)
            floppy_set_real(&b->floppy, byte & 1);
        else if (i % 101 == 0)
            rig_out(&b->rig, 0x3F2, MOTOR_A);
        else
            prepare_dma(b, 20000);
    }
    board_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reset_raises_interrupt_only_after_release),
        cmocka_unit_test(data_rate_select_resets_by_itself),
        cmocka_unit_test(interrupt_is_gated_by_dor),
        cmocka_unit_test(unknown_commands_are_invalid),
        cmocka_unit_test(version_is_enhanced),
        cmocka_unit_test(dumpreg_shows_what_was_set),
        cmocka_unit_test(lock_keeps_fifo_over_software_reset),
        cmocka_unit_test(sense_drive_tells_track_zero_and_protection),
        cmocka_unit_test(seek_is_busy_until_its_interrupt),
        cmocka_unit_test(recalibrate_without_a_drive_fails),
        cmocka_unit_test(recalibrate_finds_track_zero_after_reset_forgot_it),
        cmocka_unit_test(two_seeks_overlap),
        cmocka_unit_test(relative_seek_moves_from_present_cylinder),
        cmocka_unit_test(real_seek_takes_the_step_rate),
        cmocka_unit_test(change_line_stays_until_a_step_with_a_disk),
        cmocka_unit_test(read_moves_sectors_until_terminal_count),
        cmocka_unit_test(multitrack_read_goes_on_at_head_one),
        cmocka_unit_test(result_names_the_next_track_after_the_last_sector),
        cmocka_unit_test(read_past_the_track_without_terminal_count_ends_abnormally),
        cmocka_unit_test(sector_that_is_not_there_is_not_found),
        cmocka_unit_test(sectors_behind_the_end_of_a_short_image_are_not_found),
        cmocka_unit_test(wrong_data_rate_finds_no_address_mark),
        cmocka_unit_test(each_medium_has_its_data_rate),
        cmocka_unit_test(data_rate_is_that_of_the_disk_until_software_chooses),
        cmocka_unit_test(commands_seek_by_themselves_until_the_first_seek),
        cmocka_unit_test(read_id_gives_the_sector_that_passes_next),
        cmocka_unit_test(real_read_of_a_track_takes_a_revolution),
        cmocka_unit_test(read_before_the_motor_is_up_fails_or_waits),
        cmocka_unit_test(read_with_the_motor_off_waits_for_the_motor),
        cmocka_unit_test(read_without_a_disk_hangs_until_reset),
        cmocka_unit_test(bad_block_of_the_disk_is_a_data_error),
        cmocka_unit_test(masked_dma_channel_is_an_overrun),
        cmocka_unit_test(forty_track_disk_in_a_high_capacity_drive_steps_twice),
        cmocka_unit_test(implied_seek_goes_to_the_cylinder),
        cmocka_unit_test(read_track_begins_at_the_index),
        cmocka_unit_test(write_stores_sectors),
        cmocka_unit_test(write_protected_disk_refuses),
        cmocka_unit_test(deleted_sectors_are_told_apart),
        cmocka_unit_test(format_fills_the_track),
        cmocka_unit_test(real_format_keeps_pace_with_late_events),
        cmocka_unit_test(verify_and_scan_move_nothing_to_memory),
        cmocka_unit_test(polled_read_asks_for_each_byte),
        cmocka_unit_test(polled_write_stores_the_bytes),
        cmocka_unit_test(real_polled_read_that_is_late_overruns),
        cmocka_unit_test(geometry_follows_from_the_size),
        cmocka_unit_test(explicit_geometry_wins),
        cmocka_unit_test(disk_taken_out_during_a_transfer_is_an_error),
        cmocka_unit_test(probes_tell_motor_seek_and_sectors),
        cmocka_unit_test(saved_run_continues_alike),
        cmocka_unit_test(impossible_state_is_refused),
        cmocka_unit_test(noise_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
