/* A floppy controller with its drives, a DMA channel and a disk in memory, for the tests. */
#ifndef TESTS_EMU_DEV_FLOPPY_BOARD_H
#define TESTS_EMU_DEV_FLOPPY_BOARD_H

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

static inline uint32_t transfer(void *ctx, unsigned number, uint8_t *buffer, uint32_t size, bool to_memory,
                                bool *terminal)
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

static inline void visit(void *chip, struct state *state) { floppy_visit(chip, state); }

static inline struct board *board_create(uint8_t type)
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

static inline void insert(struct board *b, uint64_t sectors, bool read_only)
{
    free(b->disk.data);
    struct drive_config config = memory_disk_init(&b->disk, sectors);
    config.read_only = read_only;
    floppy_change(&b->floppy, 0, &config);
}

static inline void board_destroy(struct board *b)
{
    free(b->disk.data);
    rig_destroy(&b->rig);
    free(b);
}

static inline void send(struct board *b, const uint8_t *bytes, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(rig_in(&b->rig, 0x3F4) & 0xC0, 0x80);
        rig_out(&b->rig, 0x3F5, bytes[i]);
    }
}

#define SEND(b, ...) send(b, (const uint8_t[]){ __VA_ARGS__ }, sizeof (const uint8_t[]){ __VA_ARGS__ })

static inline void receive(struct board *b, uint8_t *bytes, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(rig_in(&b->rig, 0x3F4) & 0xD0, 0xD0);
        bytes[i] = rig_in(&b->rig, 0x3F5);
    }
    assert_int_equal(rig_in(&b->rig, 0x3F4) & 0xD0, 0x80);
}

static inline void expect(struct board *b, const uint8_t *bytes, unsigned count)
{
    uint8_t result[10];

    receive(b, result, count);
    assert_memory_equal(result, bytes, count);
}

#define EXPECT(b, ...) expect(b, (const uint8_t[]){ __VA_ARGS__ }, sizeof (const uint8_t[]){ __VA_ARGS__ })

/* Out of reset, motor of A on and at speed. */
static inline void leave_reset(struct board *b)
{
    rig_out(&b->rig, 0x3F2, MOTOR_A);
    rig_run(&b->rig, SECOND);
    for (unsigned i = 0; i < 4; i++) {
        SEND(b, 0x08);
        EXPECT(b, (uint8_t)(0xC0 | i), 0);
    }
}

/* The same, then DMA mode and data rate. */
static inline void start_up(struct board *b, uint8_t rate)
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

static inline struct board *ready_board(void)
{
    struct board *b = board_create(4);

    insert(b, 2880, false);
    start_up(b, 0);
    return b;
}

static inline void prepare_dma(struct board *b, uint32_t count)
{
    b->dma.at = 0;
    b->dma.count = count;
}

#endif
