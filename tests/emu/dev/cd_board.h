/* A disk channel with a hard disk as master and a CD-ROM drive as slave, and a host that sends packets. */
#ifndef TESTS_EMU_DEV_CD_BOARD_H
#define TESTS_EMU_DEV_CD_BOARD_H

#include "tests/emu/dev/memory_disk.h"

#include "emu/dev/ata.h"

#define MS TICKS_PER_MS

enum { DISC_SECTORS = 4000, DISC_BLOCKS = DISC_SECTORS / 4, HOST_BYTES = 524288 };

struct board {
    struct rig rig;
    struct ata ata;
    struct wire irq;
    struct memory_disk disk, disc;
    struct drive_config disc_config;
    uint8_t data[HOST_BYTES];   /* what the last command gave */
    unsigned bytes, blocks;     /* of it, and in how many DRQ blocks */
};

static inline uint8_t in(struct board *b, unsigned reg) { return rig_in(&b->rig, (uint16_t)(0x1F0 + reg)); }
static inline void out(struct board *b, unsigned reg, uint8_t byte) { rig_out(&b->rig, (uint16_t)(0x1F0 + reg), byte); }
static inline uint8_t alternate(struct board *b) { return rig_in(&b->rig, 0x3F6); }
static inline void visit(void *chip, struct state *state) { ata_visit(chip, state); }

static inline struct board *board_create_with(const struct cd_mechanics *mechanics, bool loaded)
{
    struct board *b = calloc(1, sizeof *b);

    assert_non_null(b);
    rig_init(&b->rig);
    struct ata_config config = {
        .bus = &b->rig.bus, .clock = &b->rig.clock, .probes = &b->rig.probes, .irq = wire_line(&b->irq, &b->rig),
        .command_base = 0x1F0, .control_base = 0x3F6, .name = "ata0", .first_drive = DRIVE_HD0,
        .drive[0] = memory_disk_init(&b->disk, 680), .cd = *mechanics,
    };
    b->disc_config = memory_disk_init(&b->disc, DISC_SECTORS);
    b->disc_config.kind = DRIVE_CDROM;
    if (loaded)
        config.drive[1] = b->disc_config;
    config.drive[1].kind = DRIVE_CDROM;
    ata_init(&b->ata, &config);
    rig_run(&b->rig, 10 * MS);
    out(b, 6, 0xB0);
    return b;
}

/* With a disc in the drive. */
static inline struct board *board_create(void)
{
    return board_create_with(&(struct cd_mechanics){ 0 }, true);
}

static inline void board_destroy(struct board *b)
{
    free(b->disk.data);
    free(b->disc.data);
    rig_destroy(&b->rig);
    free(b);
}

/* Lets time pass until the drive is not busy; the interrupt is left alone. */
static inline uint8_t wait(struct board *b)
{
    while (alternate(b) & 0x80) {
        assert_true(b->rig.clock.next_due != CLOCK_NEVER);
        rig_run(&b->rig, b->rig.clock.next_due - b->rig.clock.now);
    }
    return alternate(b);
}

/* PACKET with a limit, up to the drive's answer. */
static inline uint8_t send(struct board *b, const uint8_t *packet, unsigned limit)
{
    out(b, 1, 0);
    out(b, 4, (uint8_t)limit);
    out(b, 5, (uint8_t)(limit >> 8));
    out(b, 7, 0xA0);
    assert_int_equal(wait(b), 0x58);
    assert_int_equal(in(b, 2), 1);
    assert_false(b->irq.level);
    for (unsigned i = 0; i < 12; i += 2)
        bus_out(&b->rig.bus, 0x1F0, packet[i] | (uint32_t)packet[i + 1] << 8, 2);
    assert_int_equal(alternate(b) & 0x80, 0x80);
    return wait(b);
}

/* One block of data from the drive. */
static inline void take_block(struct board *b)
{
    unsigned bytes = in(b, 4) | (unsigned)in(b, 5) << 8;

    assert_int_equal(in(b, 2), 2);
    assert_true(b->irq.level);
    assert_int_equal(in(b, 7), 0x58);
    assert_false(b->irq.level);
    assert_true(bytes > 0 && b->bytes + bytes <= HOST_BYTES);
    for (unsigned i = 0; i < bytes; i += 2) {
        uint32_t word = bus_in(&b->rig.bus, 0x1F0, 2);
        b->data[b->bytes++] = (uint8_t)word;
        if (i + 1 < bytes)
            b->data[b->bytes++] = (uint8_t)(word >> 8);
    }
    b->blocks++;
}

static inline void give_block(struct board *b, const uint8_t *data, unsigned *at)
{
    unsigned bytes = in(b, 4) | (unsigned)in(b, 5) << 8;

    assert_int_equal(in(b, 2), 0);
    assert_int_equal(in(b, 7), 0x58);
    for (unsigned i = 0; i < bytes; i += 2, *at += 2)
        bus_out(&b->rig.bus, 0x1F0, data[*at] | (uint32_t)data[*at + 1] << 8, 2);
}

/* A whole command. Returns the status register at its end: 50h, or 51h with the error register. OUT_DATA goes to the
 * drive if it asks. */
static inline uint8_t command_with(struct board *b, const uint8_t *packet, unsigned limit, const uint8_t *out_data)
{
    unsigned at = 0;

    b->bytes = b->blocks = 0;
    for (uint8_t status = send(b, packet, limit); status & 8; status = wait(b)) {
        if (in(b, 2) == 2)
            take_block(b);
        else
            give_block(b, out_data, &at);
    }
    assert_int_equal(in(b, 2), 3);
    assert_true(b->irq.level);
    return in(b, 7);
}

static inline uint8_t command(struct board *b, const uint8_t *packet)
{
    return command_with(b, packet, 2048, NULL);
}

/* Sense key and additional code, as 3A02 with key 2: 23A02h. */
static inline uint32_t sense(struct board *b)
{
    assert_int_equal(command(b, (uint8_t[12]){ 0x03, 0, 0, 0, 18 }), 0x50);
    assert_int_equal(b->bytes, 18);
    assert_int_equal(b->data[0], 0x70);
    return (uint32_t)b->data[2] << 16 | (uint32_t)b->data[12] << 8 | b->data[13];
}

/* TEST UNIT READY until it is; the attentions of power-on are heard. */
static inline void get_ready(struct board *b)
{
    for (unsigned i = 0; i < 4 && command(b, (uint8_t[12]){ 0 }) != 0x50; i++)
        ;
    assert_int_equal(command(b, (uint8_t[12]){ 0 }), 0x50);
}

static inline uint8_t read_blocks(struct board *b, uint32_t lba, unsigned count, unsigned limit)
{
    const uint8_t packet[12] = { 0x28, 0, (uint8_t)(lba >> 24), (uint8_t)(lba >> 16), (uint8_t)(lba >> 8), (uint8_t)lba,
                                 0, (uint8_t)(count >> 8), (uint8_t)count };

    return command_with(b, packet, limit, NULL);
}

static inline uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

#endif
