/* A disk channel in real time with a drive of which only the figures matter: its sectors are numbered and what is
 * written is forgotten. */
#ifndef TESTS_EMU_DEV_ATA_BOARD_H
#define TESTS_EMU_DEV_ATA_BOARD_H

#include "tests/emu/dev/rig.h"

#include "emu/dev/ata.h"

#define US     ((double)TICKS_PER_US)
#define MINUTE (60.0 * (double)TICKS_PER_SECOND)

/* Three drives, roughly a Conner CP3104 of 1991, a Western Digital Caviar 2200 of 1992, a Quantum LPS 540 of 1994. */
static const struct drive {
    struct geometry geometry;
    struct disk_mechanics mechanics;
} drives[] = {
    { { 776, 8, 33 }, { 3500, 8000, 25000, 45000, 2000, 1000, 100, 32, 6000 } },
    { { 989, 12, 35 }, { 3652, 3000, 14000, 28000, 2000, 700, 70, 128, 5000 } },
    { { 1049, 16, 63 }, { 4500, 4000, 12000, 26000, 2500, 500, 50, 256, 5000 } },
};

enum { KINDS = sizeof drives / sizeof *drives };

struct board {
    struct rig rig;
    struct ata ata;
    struct wire irq;
    const struct drive *drive;
};

/* Every sector begins with its number; what is written is forgotten. */
static inline int numbered_read(void *ctx, uint64_t lba, void *buffer, uint32_t count)
{
    uint8_t *data = buffer;

    (void)ctx;
    memset(data, 0, count * 512u);
    for (uint32_t i = 0; i < count; i++)
        for (unsigned byte = 0; byte < 4; byte++)
            data[i * 512 + byte] = (uint8_t)((lba + i) >> 8 * byte);
    return 0;
}

static inline int forgetful_write(void *ctx, uint64_t lba, const void *data, uint32_t count)
{
    (void)ctx;
    (void)lba;
    (void)data;
    (void)count;
    return 0;
}

static const struct disk_ops numbered_disk = { numbered_read, forgetful_write, NULL };

static inline uint32_t sectors_of(const struct drive *drive)
{
    return drive->geometry.cylinders * drive->geometry.heads * drive->geometry.sectors;
}

/* As at power-on: the drive is busy. */
static inline struct board *board_power(const struct drive *drive)
{
    struct board *b = calloc(1, sizeof *b);

    assert_non_null(b);
    rig_init(&b->rig);
    b->drive = drive;
    struct ata_config config = {
        .bus = &b->rig.bus, .clock = &b->rig.clock, .probes = &b->rig.probes, .irq = wire_line(&b->irq, &b->rig),
        .command_base = 0x1F0, .control_base = 0x3F6, .name = "ata0", .first_drive = DRIVE_HD0,
        .mechanics = drive->mechanics,
        .drive[0] = { .ops = &numbered_disk, .sectors = sectors_of(drive), .geometry = drive->geometry },
    };
    ata_init(&b->ata, &config);
    ata_set_real(&b->ata, true);
    ata_reset(&b->ata);
    return b;
}

static inline struct board *board_create(const struct drive *drive)
{
    struct board *b = board_power(drive);

    rig_run(&b->rig, 8 * TICKS_PER_SECOND);
    assert_int_equal(rig_in(&b->rig, 0x3F6), 0x50);
    return b;
}

static inline void board_destroy(struct board *b)
{
    rig_destroy(&b->rig);
    free(b);
}

static inline void visit(void *chip, struct state *state) { ata_visit(chip, state); }
static inline uint8_t in(struct board *b, unsigned reg) { return rig_in(&b->rig, (uint16_t)(0x1F0 + reg)); }
static inline void out(struct board *b, unsigned reg, uint8_t byte) { rig_out(&b->rig, (uint16_t)(0x1F0 + reg), byte); }
static inline double now(const struct board *b) { return (double)b->rig.clock.now; }

static inline void command(struct board *b, uint8_t code, uint32_t lba, unsigned count)
{
    out(b, 2, (uint8_t)count);
    out(b, 3, (uint8_t)lba);
    out(b, 4, (uint8_t)(lba >> 8));
    out(b, 5, (uint8_t)(lba >> 16));
    out(b, 6, (uint8_t)(0xE0 | lba >> 24));
    out(b, 7, code);
}

/* Lets time pass until the interrupt, takes it back, and tells when it was. */
static inline double await(struct board *b)
{
    for (unsigned i = 0; i < 1000 && !b->irq.level; i++) {
        assert_true(b->rig.clock.next_due != CLOCK_NEVER);
        rig_run(&b->rig, b->rig.clock.next_due - b->rig.clock.now);
    }
    assert_true(b->irq.level);
    in(b, 7);
    return (double)b->irq.rose;
}

static inline uint32_t take(struct board *b, unsigned sectors)
{
    uint32_t first = bus_in(&b->rig.bus, 0x1F0, 4);

    for (unsigned i = 4; i < sectors * 512; i += 4)
        bus_in(&b->rig.bus, 0x1F0, 4);
    return first;
}

static inline void give(struct board *b, unsigned sectors)
{
    for (unsigned i = 0; i < sectors * 512; i += 4)
        bus_out(&b->rig.bus, 0x1F0, i, 4);
}

static inline uint32_t random_below(uint32_t *seed, uint32_t limit)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)*seed * limit) >> 32);
}

static inline double apart(double a, double b) { return a > b ? a - b : b - a; }

static inline void assert_within(double measured, double expected, double us)
{
    if (apart(measured, expected) > us * US)
        fail_msg("%.3f us instead of %.3f us", measured / US, expected / US);
}

static inline double read_one(struct board *b, uint32_t lba)
{
    double begun = now(b);

    command(b, 0x20, lba, 1);
    double at = await(b);
    assert_int_equal(take(b, 1), lba);
    return at - begun;
}

static inline double write_one(struct board *b, uint32_t lba)
{
    command(b, 0x30, lba, 1);
    give(b, 1);
    return await(b);
}

static inline void soft_reset(struct board *b)
{
    rig_out(&b->rig, 0x3F6, 4);
    rig_out(&b->rig, 0x3F6, 0);
    rig_run(&b->rig, 2 * TICKS_PER_MS);
}

#endif
