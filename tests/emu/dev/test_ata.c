/* Tests of a disk channel. */
#include "tests/emu/dev/memory_disk.h"

#include "emu/dev/ata.h"

#define MS TICKS_PER_MS

enum { CYLINDERS = 10, HEADS = 4, SECTORS = 17, DISK = CYLINDERS * HEADS * SECTORS };

struct board {
    struct rig rig;
    struct ata ata;
    struct wire irq;
    struct memory_disk disk[2];
};

static void visit(void *chip, struct state *state) { ata_visit(chip, state); }

/* PLACES: bit 0 a master, bit 1 a slave. */
static struct board *board_create(unsigned places)
{
    struct board *b = calloc(1, sizeof *b);

    assert_non_null(b);
    rig_init(&b->rig);
    struct ata_config config = {
        .bus = &b->rig.bus, .clock = &b->rig.clock, .probes = &b->rig.probes, .irq = wire_line(&b->irq, &b->rig),
        .command_base = 0x1F0, .control_base = 0x3F6, .name = "ata0", .first_drive = DRIVE_HD0,
    };
    for (unsigned i = 0; i < 2; i++) {
        if (!(places >> i & 1))
            continue;
        config.drive[i] = memory_disk_init(&b->disk[i], DISK);
        config.drive[i].geometry = (struct geometry){ CYLINDERS, HEADS, SECTORS };
    }
    ata_init(&b->ata, &config);
    rig_run(&b->rig, 10 * MS);
    return b;
}

static void board_destroy(struct board *b)
{
    free(b->disk[0].data);
    free(b->disk[1].data);
    rig_destroy(&b->rig);
    free(b);
}

static uint8_t in(struct board *b, unsigned reg) { return rig_in(&b->rig, (uint16_t)(0x1F0 + reg)); }
static void out(struct board *b, unsigned reg, uint8_t value) { rig_out(&b->rig, (uint16_t)(0x1F0 + reg), value); }
static uint8_t alternate(struct board *b) { return rig_in(&b->rig, 0x3F6); }

static void set_chs(struct board *b, unsigned cylinder, unsigned head, unsigned sector, unsigned count)
{
    out(b, 2, (uint8_t)count);
    out(b, 3, (uint8_t)sector);
    out(b, 4, (uint8_t)cylinder);
    out(b, 5, (uint8_t)(cylinder >> 8));
    out(b, 6, (uint8_t)(0xA0 | head));
}

static void set_lba(struct board *b, uint32_t lba, unsigned count)
{
    out(b, 2, (uint8_t)count);
    out(b, 3, (uint8_t)lba);
    out(b, 4, (uint8_t)(lba >> 8));
    out(b, 5, (uint8_t)(lba >> 16));
    out(b, 6, (uint8_t)(0xE0 | lba >> 24));
}

/* Waits until the drive is not busy any more; the interrupt is left alone. */
static uint8_t wait(struct board *b)
{
    for (unsigned i = 0; i < 1000 && alternate(b) & 0x80; i++)
        rig_run(&b->rig, MS);
    return alternate(b);
}

static void read_data(struct board *b, uint8_t *data, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i += 2) {
        uint32_t word = bus_in(&b->rig.bus, 0x1F0, 2);
        data[i] = (uint8_t)word;
        data[i + 1] = (uint8_t)(word >> 8);
    }
}

static void write_data(struct board *b, const uint8_t *data, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i += 2)
        bus_out(&b->rig.bus, 0x1F0, data[i] | (uint32_t)data[i + 1] << 8, 2);
}

static unsigned word(const uint8_t *data, unsigned number)
{
    return data[2 * number] | (unsigned)data[2 * number + 1] << 8;
}

/* --- Presence, reset --- */

static void reset_leaves_the_signature(void **state)
{
    struct board *b = board_create(1);
    (void)state;

    out(b, 6, 0xEF);
    rig_out(&b->rig, 0x3F6, 4);
    assert_int_equal(alternate(b), 0x80);
    rig_run(&b->rig, 100 * MS);
    assert_int_equal(alternate(b), 0x80);
    rig_out(&b->rig, 0x3F6, 0);
    assert_int_equal(wait(b), 0x50);
    assert_int_equal(in(b, 1), 1);
    assert_int_equal(in(b, 2), 1);
    assert_int_equal(in(b, 3), 1);
    assert_int_equal(in(b, 4), 0);
    assert_int_equal(in(b, 5), 0);
    assert_int_equal(in(b, 6), 0xA0);
    assert_false(b->irq.level);
    board_destroy(b);
}

static void absent_places_are_never_busy(void **state)
{
    (void)state;

    for (unsigned places = 0; places < 4; places++) {
        struct board *b = board_create(places);
        for (unsigned place = 0; place < 2; place++) {
            bool there = places >> place & 1;
            out(b, 6, (uint8_t)(0xA0 | place << 4));
            assert_int_equal(in(b, 7), there ? 0x50 : 0);
            assert_int_equal(alternate(b), there ? 0x50 : 0);
            out(b, 2, 0x55);
            assert_int_equal(in(b, 2), there ? 0x55 : 0);
            out(b, 7, 0xEC);
            rig_run(&b->rig, 10 * MS);
            assert_int_equal(b->irq.level, there);
            assert_int_equal(in(b, 7), there ? 0x58 : 0);
        }
        board_destroy(b);
    }
}

static void diagnostic_answers_for_both(void **state)
{
    struct board *b = board_create(3);
    (void)state;

    out(b, 6, 0xB0);
    out(b, 7, 0x90);
    assert_int_equal(wait(b), 0x50);
    assert_true(b->irq.level);
    assert_int_equal(in(b, 1), 1);
    assert_int_equal(in(b, 6), 0xA0);
    board_destroy(b);
}

static void status_takes_the_interrupt_back_alternate_does_not(void **state)
{
    struct board *b = board_create(1);
    (void)state;

    out(b, 7, 0x10);
    wait(b);
    assert_true(b->irq.level);
    alternate(b);
    assert_true(b->irq.level);
    in(b, 7);
    assert_false(b->irq.level);
    board_destroy(b);
}

static void nien_holds_the_interrupt_back(void **state)
{
    struct board *b = board_create(1);
    (void)state;

    rig_out(&b->rig, 0x3F6, 2);
    out(b, 7, 0x10);
    wait(b);
    assert_false(b->irq.level);
    rig_out(&b->rig, 0x3F6, 0);
    assert_true(b->irq.level);
    board_destroy(b);
}

/* --- IDENTIFY --- */

static void identify_describes_the_disk(void **state)
{
    struct board *b = board_create(3);
    uint8_t data[512];
    (void)state;

    out(b, 6, 0xB0);
    out(b, 7, 0xEC);
    assert_int_equal(alternate(b) & 0x80, 0x80);
    assert_int_equal(wait(b), 0x58);
    read_data(b, data, 512);
    assert_int_equal(in(b, 7), 0x50);
    assert_int_equal(word(data, 0), 0x40);
    assert_int_equal(word(data, 1), CYLINDERS);
    assert_int_equal(word(data, 3), HEADS);
    assert_int_equal(word(data, 6), SECTORS);
    assert_memory_equal(data + 54, "RTWOLEH RADDSI K", 16);
    assert_int_equal(word(data, 10), 'T' << 8 | 'R');
    assert_int_equal(word(data, 13), '1' << 8 | ' ');
    assert_int_equal(word(data, 47), 0x8010);
    assert_int_equal(word(data, 49), 0x0200);
    assert_int_equal(word(data, 53), 1);
    assert_int_equal(word(data, 54), CYLINDERS);
    assert_int_equal(word(data, 57), DISK);
    assert_int_equal(word(data, 60), DISK);
    assert_int_equal(word(data, 61), 0);
    board_destroy(b);
}

static void identify_follows_parameters_and_multiple(void **state)
{
    struct board *b = board_create(1);
    uint8_t data[512];
    (void)state;

    set_chs(b, 0, 1, 0, 10);                /* two heads, ten sectors */
    out(b, 7, 0x91);
    assert_int_equal(wait(b), 0x50);
    set_chs(b, 0, 0, 0, 8);
    out(b, 7, 0xC6);
    assert_int_equal(wait(b), 0x50);
    out(b, 7, 0xEC);
    wait(b);
    read_data(b, data, 512);
    assert_int_equal(word(data, 1), CYLINDERS);
    assert_int_equal(word(data, 54), DISK / 20);
    assert_int_equal(word(data, 55), 2);
    assert_int_equal(word(data, 56), 10);
    assert_int_equal(word(data, 59), 0x108);
    set_chs(b, 3, 1, 2, 1);
    out(b, 7, 0x20);
    wait(b);
    read_data(b, data, 512);
    assert_int_equal(sector_number(data), 3 * 20 + 10 + 1);
    board_destroy(b);
}

/* --- Reading and writing --- */

static void read_gives_an_interrupt_for_each_sector(void **state)
{
    struct board *b = board_create(1);
    uint8_t data[512];
    (void)state;

    for (unsigned lba = 0; lba < 2; lba++) {
        ata_set_real(&b->ata, lba);
        if (lba)
            set_lba(b, 2 * 68 + 17 + 15, 3);
        else
            set_chs(b, 2, 1, 16, 3);
        unsigned rises = b->irq.rises;
        out(b, 7, 0x20);
        for (unsigned i = 0; i < 3; i++) {
            assert_int_equal(wait(b), 0x58);
            assert_int_equal(b->irq.rises, rises + i + 1);
            assert_int_equal(in(b, 7), 0x58);
            assert_false(b->irq.level);
            read_data(b, data, 512);
            assert_int_equal(sector_number(data), 2 * 68 + 17 + 15 + i);
            assert_int_equal(data[510], 0xFC);
        }
        assert_int_equal(in(b, 7), 0x50);
        rig_run(&b->rig, 100 * MS);
        assert_int_equal(b->irq.rises, rises + 3);
        assert_int_equal(in(b, 2), 0);
        assert_int_equal(in(b, 3), lba ? 2 * 68 + 34 : 1);      /* the last sector moved */
        assert_int_equal(in(b, 6), lba ? 0xE0 : 0xA2);
    }
    board_destroy(b);
}

static void write_asks_for_each_sector(void **state)
{
    struct board *b = board_create(1);
    uint8_t data[1024];
    (void)state;

    for (unsigned i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7 + (i >> 8));
    set_lba(b, 100, 2);
    out(b, 7, 0x30);
    assert_int_equal(wait(b), 0x58);
    assert_false(b->irq.level);
    write_data(b, data, 512);
    assert_int_equal(alternate(b) & 0x80, 0x80);
    assert_int_equal(wait(b), 0x58);
    assert_true(b->irq.level);
    in(b, 7);
    write_data(b, data + 512, 512);
    assert_int_equal(wait(b), 0x50);
    assert_true(b->irq.level);
    assert_memory_equal(b->disk[0].data + 100 * 512, data, 1024);
    assert_int_equal(sector_number(b->disk[0].data + 102 * 512), 102);
    board_destroy(b);
}

static void multiple_moves_blocks(void **state)
{
    struct board *b = board_create(1);
    uint8_t data[10 * 512];
    (void)state;

    set_lba(b, 0, 4);
    out(b, 7, 0xC4);
    assert_int_equal(wait(b) & 1, 1);
    assert_int_equal(in(b, 1), 4);
    set_lba(b, 0, 4);
    out(b, 7, 0xC6);
    wait(b);
    in(b, 7);
    set_lba(b, 50, 10);
    unsigned rises = b->irq.rises;
    out(b, 7, 0xC4);
    static const unsigned blocks[] = { 4, 4, 2 };
    for (unsigned i = 0, at = 0; i < 3; at += blocks[i++]) {
        assert_int_equal(wait(b), 0x58);
        in(b, 7);
        read_data(b, data + at * 512, blocks[i] * 512);
    }
    assert_int_equal(in(b, 7), 0x50);
    assert_int_equal(b->irq.rises, rises + 3);
    assert_memory_equal(data, b->disk[0].data + 50 * 512, sizeof data);
    memset(data, 0xA5, sizeof data);
    set_lba(b, 60, 6);
    out(b, 7, 0xC5);
    assert_int_equal(wait(b), 0x58);
    write_data(b, data, 4 * 512);
    assert_int_equal(wait(b), 0x58);
    in(b, 7);
    write_data(b, data, 2 * 512);
    assert_int_equal(wait(b), 0x50);
    assert_memory_equal(b->disk[0].data + 60 * 512, data, 6 * 512);
    assert_int_equal(sector_number(b->disk[0].data + 66 * 512), 66);
    board_destroy(b);
}

static void multiple_takes_powers_of_two_up_to_sixteen(void **state)
{
    static const struct { uint8_t count; bool good; } rows[] = {
        { 1, true }, { 16, true }, { 3, false }, { 32, false },
    };
    struct board *b = board_create(1);
    (void)state;

    for (unsigned i = 0; i < 4; i++) {
        out(b, 2, rows[i].count);
        out(b, 7, 0xC6);
        assert_int_equal(wait(b), rows[i].good ? 0x50 : 0x51);
    }
    board_destroy(b);
}

static void count_zero_is_256_sectors(void **state)
{
    struct board *b = board_create(1);
    uint8_t data[512];
    (void)state;

    set_lba(b, 7, 0);
    out(b, 7, 0x20);
    for (unsigned i = 0; i < 256; i++) {
        assert_int_equal(wait(b), 0x58);
        read_data(b, data, 512);
        assert_int_equal(sector_number(data), 7 + i);
    }
    assert_int_equal(in(b, 7), 0x50);
    board_destroy(b);
}

static void data_port_takes_bytes_and_doublewords(void **state)
{
    struct board *b = board_create(1);
    (void)state;

    set_lba(b, 0x123, 1);
    out(b, 7, 0x20);
    wait(b);
    assert_int_equal(bus_in(&b->rig.bus, 0x1F0, 4), 0x00000123);
    assert_int_equal(bus_in(&b->rig.bus, 0x1F0, 1), 0x23);
    assert_int_equal(bus_in(&b->rig.bus, 0x1F0, 1), 0x01);
    assert_int_equal(bus_in(&b->rig.bus, 0x1F0, 2), 0x0004);
    for (unsigned i = 8; i < 512; i += 4)
        bus_in(&b->rig.bus, 0x1F0, 4);
    assert_int_equal(in(b, 7), 0x50);
    assert_int_equal(bus_in(&b->rig.bus, 0x1F0, 4), 0);
    board_destroy(b);
}

static void addresses_outside_the_disk_are_not_found(void **state)
{
    static const struct { uint16_t cylinder; uint8_t head, sector; } rows[] = {
        { CYLINDERS, 0, 1 }, { 0, HEADS, 1 }, { 1, 0, 0 }, { 0, 0, SECTORS + 1 },
    };
    static const uint8_t commands[] = { 0x20, 0x30, 0x40, 0x70 };
    struct board *b = board_create(1);
    (void)state;

    for (unsigned c = 0; c < sizeof commands; c++) {
        for (unsigned i = 0; i < 4; i++) {
            set_chs(b, rows[i].cylinder, rows[i].head, rows[i].sector, 1);
            out(b, 7, commands[c]);
            assert_int_equal(wait(b), 0x51);
            assert_true(b->irq.level);
            assert_int_equal(in(b, 1), 0x10);
        }
        set_lba(b, DISK, 1);
        out(b, 7, commands[c]);
        assert_int_equal(wait(b), 0x51);
        set_lba(b, 0x0FFFFFFF, 1);
        out(b, 7, commands[c]);
        assert_int_equal(wait(b), 0x51);
        in(b, 7);
    }
    board_destroy(b);
}

static void transfer_over_the_end_stops_at_the_end(void **state)
{
    struct board *b = board_create(1);
    uint8_t data[512];
    (void)state;

    set_lba(b, DISK - 1, 2);
    out(b, 7, 0x20);
    assert_int_equal(wait(b), 0x58);
    read_data(b, data, 512);
    assert_int_equal(sector_number(data), DISK - 1);
    assert_int_equal(wait(b), 0x51);
    assert_int_equal(in(b, 1), 0x10);
    assert_int_equal(in(b, 2), 1);
    board_destroy(b);
}

static void bad_block_is_uncorrectable(void **state)
{
    struct board *b = board_create(1);
    uint8_t data[512] = { 0 };
    (void)state;

    b->disk[0].bad = 11;
    set_lba(b, 10, 4);
    out(b, 7, 0x20);
    wait(b);
    read_data(b, data, 512);
    assert_int_equal(wait(b), 0x51);
    assert_int_equal(in(b, 1), 0x40);
    assert_int_equal(in(b, 3), 11);
    assert_int_equal(in(b, 2), 3);
    set_lba(b, 11, 1);
    out(b, 7, 0x30);
    write_data(b, data, 512);
    assert_int_equal(wait(b), 0x71);
    assert_int_equal(in(b, 1), 0x04);
    set_lba(b, 9, 4);
    out(b, 7, 0x40);
    assert_int_equal(wait(b), 0x51);
    assert_int_equal(in(b, 3), 11);
    board_destroy(b);
}

static void read_only_disk_refuses_writes(void **state)
{
    struct board *b = board_create(1);
    (void)state;

    b->ata.drive[0].read_only = true;
    set_lba(b, 1, 1);
    out(b, 7, 0x30);
    assert_int_equal(wait(b), 0x51);
    assert_int_equal(in(b, 1), 0x04);
    board_destroy(b);
}

/* --- Other commands --- */

static void commands_without_data_end_with_an_interrupt(void **state)
{
    static const uint8_t commands[] = {
        0x10, 0x1F, 0x40, 0x41, 0x70, 0x94, 0x95, 0x96, 0x97, 0x99, 0xE0, 0xE1, 0xE2, 0xE3, 0xE6, 0xE7,
    };
    struct board *b = board_create(1);
    (void)state;

    for (unsigned real = 0; real < 2; real++) {
        ata_set_real(&b->ata, real);
        for (unsigned i = 0; i < sizeof commands; i++) {
            set_chs(b, 3, 2, 5, 2);
            out(b, 7, commands[i]);
            assert_false(b->irq.level);
            assert_int_equal(wait(b), 0x50);
            assert_true(b->irq.level);
            assert_int_equal(in(b, 7), 0x50);
        }
    }
    assert_int_equal(b->disk[0].flushes, 2);
    board_destroy(b);
}

static uint8_t power(struct board *b, uint8_t check)
{
    out(b, 7, check);
    wait(b);
    in(b, 7);
    return in(b, 2);
}

static void check_power_tells_whether_the_spindle_turns(void **state)
{
    static const uint8_t stop[] = { 0x94, 0x96, 0x99, 0xE0, 0xE2, 0xE6 };
    static const uint8_t start[] = { 0x95, 0x97, 0xE1, 0xE3, 0x10, 0x20, 0x30, 0x40, 0x70 };
    struct board *b = board_create(1);
    uint8_t data[512] = { 0 };
    (void)state;

    assert_int_equal(power(b, 0xE5), 0xFF);
    for (unsigned i = 0; i < sizeof stop * sizeof start; i++) {
        ata_set_real(&b->ata, i & 1);
        out(b, 7, stop[i % sizeof stop]);
        assert_int_equal(wait(b), 0x50);
        assert_int_equal(power(b, 0x98), 0);
        set_chs(b, 3, 2, 5, 1);
        out(b, 7, start[i / sizeof stop]);
        wait(b);
        if (alternate(b) & 8)
            write_data(b, data, 512);
        wait(b);
        assert_int_equal(power(b, 0xE5), 0xFF);
    }
    board_destroy(b);
}

static void unknown_commands_are_aborted(void **state)
{
    static const uint8_t commands[] = { 0x00, 0x08, 0x22, 0x32, 0x50, 0xA0, 0xA1, 0xC8, 0xCA, 0xEA, 0xF0, 0xFF };
    struct board *b = board_create(1);
    (void)state;

    for (unsigned i = 0; i < sizeof commands; i++) {
        out(b, 7, commands[i]);
        assert_int_equal(wait(b), 0x51);
        assert_true(b->irq.level);
        assert_int_equal(in(b, 1), 0x04);
        in(b, 7);
    }
    board_destroy(b);
}

static void features_know_pio_modes_only(void **state)
{
    static const struct { uint8_t feature, count; bool good; } rows[] = {
        { 0x03, 0x00, true }, { 0x03, 0x0C, true }, { 0x03, 0x0D, false }, { 0x03, 0x22, false }, { 0x02, 0, true },
        { 0xAA, 0, true }, { 0x05, 0, false },
    };
    struct board *b = board_create(1);
    (void)state;

    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        out(b, 1, rows[i].feature);
        out(b, 2, rows[i].count);
        out(b, 7, 0xEF);
        assert_int_equal(wait(b), rows[i].good ? 0x50 : 0x51);
    }
    board_destroy(b);
}

static void buffer_keeps_what_was_written(void **state)
{
    struct board *b = board_create(1);
    uint8_t data[512], back[512];
    (void)state;

    for (unsigned i = 0; i < 512; i++)
        data[i] = (uint8_t)(i ^ 0x3C);
    out(b, 7, 0xE8);
    assert_int_equal(alternate(b), 0x58);
    write_data(b, data, 512);
    assert_int_equal(wait(b), 0x50);
    out(b, 7, 0xE4);
    assert_int_equal(wait(b), 0x58);
    read_data(b, back, 512);
    assert_memory_equal(data, back, 512);
    assert_int_equal(sector_number(b->disk[0].data), 0);
    board_destroy(b);
}

static void reset_ends_a_transfer(void **state)
{
    struct board *b = board_create(1);
    (void)state;

    set_lba(b, 0, 4);
    out(b, 7, 0x20);
    rig_out(&b->rig, 0x3F6, 4);
    rig_run(&b->rig, 100 * MS);
    assert_int_equal(alternate(b), 0x80);
    rig_out(&b->rig, 0x3F6, 0);
    assert_int_equal(wait(b), 0x50);
    rig_run(&b->rig, 100 * MS);
    assert_int_equal(b->irq.rises, 0);
    board_destroy(b);
}

static void real_seek_takes_longer_over_a_longer_way(void **state)
{
    struct board *b = board_create(1);
    uint64_t taken[2];
    (void)state;

    ata_set_real(&b->ata, true);
    for (unsigned i = 0; i < 2; i++) {
        out(b, 7, 0x10);
        wait(b);
        in(b, 7);
        uint64_t begun = b->rig.clock.now;
        set_chs(b, i ? 9 : 1, 0, 1, 1);
        out(b, 7, 0x70);
        wait(b);
        taken[i] = b->irq.rose - begun;
        in(b, 7);
    }
    assert_true(taken[0] > 3 * MS && taken[1] > 2 * taken[0]);
    board_destroy(b);
}

static void probes_tell_commands_and_sectors(void **state)
{
    struct board *b = board_create(2);
    uint8_t data[512];
    (void)state;

    rig_listen(&b->rig, PROBE_BIT(PROBE_DISK_REQUEST) | PROBE_BIT(PROBE_SECTOR_READ) | PROBE_BIT(PROBE_SECTOR_WRITE));
    set_lba(b, 300, 1);
    out(b, 6, 0xF0);
    out(b, 7, 0x20);
    wait(b);
    read_data(b, data, 512);
    out(b, 2, 1);
    out(b, 7, 0x30);
    write_data(b, data, 512);
    wait(b);
    static const struct { enum probe_kind kind; uint32_t b; } rows[] = {
        { PROBE_DISK_REQUEST, 0x20 }, { PROBE_SECTOR_READ, 300 },
        { PROBE_DISK_REQUEST, 0x30 }, { PROBE_SECTOR_WRITE, 300 },
    };
    assert_int_equal(b->rig.events, 4);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(b->rig.event[i].kind, rows[i].kind);
        assert_int_equal(b->rig.event[i].a, DRIVE_HD1);
        assert_int_equal(b->rig.event[i].b, rows[i].b);
    }
    board_destroy(b);
}

/* --- State --- */

static void saved_transfer_continues_alike(void **state)
{
    (void)state;

    for (unsigned words = 0; words < 1024; words += 101) {
        struct board *a = board_create(1), *b = board_create(1);
        struct board *both[2] = { a, b };
        uint8_t data[2][3 * 512];
        ata_set_real(&a->ata, true);
        ata_set_real(&b->ata, true);
        set_lba(a, 40, 3);
        out(a, 7, 0x20);
        for (unsigned i = 0; i < words && i < 768; i++) {
            wait(a);
            read_data(a, data[0] + 2 * i, 2);
        }
        rig_copy(&a->rig, &a->ata, &b->rig, &b->ata, visit);
        memcpy(data[1], data[0], sizeof data[0]);
        for (unsigned copy = 0; copy < 2; copy++) {
            for (unsigned i = words; i < 768; i++) {
                wait(both[copy]);
                read_data(both[copy], data[copy] + 2 * i, 2);
            }
            assert_int_equal(in(both[copy], 7), 0x50);
        }
        assert_memory_equal(data[0], a->disk[0].data + 40 * 512, sizeof data[0]);
        assert_memory_equal(data[1], data[0], sizeof data[0]);
        assert_true(rig_hash(&a->rig, visit, &a->ata) == rig_hash(&b->rig, visit, &b->ata));
        board_destroy(a);
        board_destroy(b);
    }
}

static void impossible_state_is_refused(void **state)
{
    struct board *b = board_create(1);
    struct ata *a = &b->ata;
    (void)state;

    assert_true(rig_refuses(&b->rig, a, &a->activity, 12, visit));
    assert_true(rig_refuses(&b->rig, a, &a->busy_drive, 2, visit));
    assert_true(rig_refuses(&b->rig, a, &a->activity, ATA_STORING, visit));
    assert_true(rig_refuses(&b->rig, a, &a->drive[0].multiple, 17, visit));
    assert_true(rig_refuses(&b->rig, a, (uint8_t *)&a->drive[0].cylinder, CYLINDERS, visit));
    assert_true(rig_refuses(&b->rig, a, (uint8_t *)&a->drive[0].head, HEADS, visit));
    assert_true(rig_refuses(&b->rig, a, (uint8_t *)&a->drive[0].buffer_end + 2, 1, visit));
    assert_true(rig_refuses(&b->rig, a, (uint8_t *)&a->drive[0].pass_slot + 7, 1, visit));
    assert_true(rig_refuses(&b->rig, a, (uint8_t *)&a->lba + 4, 1, visit));
    uint8_t *size = (uint8_t *)&a->size;
    assert_true(rig_refuses(&b->rig, a, size + 2, 1, visit));
    board_destroy(b);
}

static void noise_does_no_harm(void **state)
{
    struct board *b = board_create(3);
    uint32_t seed = 99;
    (void)state;

    for (unsigned i = 0; i < 200000; i++) {
        seed = seed * 1664525u + 1013904223u;
        unsigned what = seed >> 28;
        uint8_t byte = (uint8_t)(seed >> 16);
        if (what < 5)
            bus_out(&b->rig.bus, 0x1F0, seed, 1u << (what % 3));
        else if (what < 8)
            bus_in(&b->rig.bus, 0x1F0, 1u << (what % 3));
        else if (what < 12)
            out(b, 1 + (byte & 7) % 6, (uint8_t)(seed >> 8));
        else if (what == 12)
            out(b, 7, byte);
        else if (what == 13)
            rig_run(&b->rig, (seed & 0xFFFF) * TICKS_PER_US);
        else if (what == 14 && i % 97 == 0)
            rig_out(&b->rig, 0x3F6, byte & 6);
        else if (i % 31 == 0)
            ata_set_real(&b->ata, byte & 1);
    }
    board_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reset_leaves_the_signature),
        cmocka_unit_test(absent_places_are_never_busy),
        cmocka_unit_test(diagnostic_answers_for_both),
        cmocka_unit_test(status_takes_the_interrupt_back_alternate_does_not),
        cmocka_unit_test(nien_holds_the_interrupt_back),
        cmocka_unit_test(identify_describes_the_disk),
        cmocka_unit_test(identify_follows_parameters_and_multiple),
        cmocka_unit_test(read_gives_an_interrupt_for_each_sector),
        cmocka_unit_test(write_asks_for_each_sector),
        cmocka_unit_test(multiple_moves_blocks),
        cmocka_unit_test(multiple_takes_powers_of_two_up_to_sixteen),
        cmocka_unit_test(count_zero_is_256_sectors),
        cmocka_unit_test(data_port_takes_bytes_and_doublewords),
        cmocka_unit_test(addresses_outside_the_disk_are_not_found),
        cmocka_unit_test(transfer_over_the_end_stops_at_the_end),
        cmocka_unit_test(bad_block_is_uncorrectable),
        cmocka_unit_test(read_only_disk_refuses_writes),
        cmocka_unit_test(commands_without_data_end_with_an_interrupt),
        cmocka_unit_test(check_power_tells_whether_the_spindle_turns),
        cmocka_unit_test(unknown_commands_are_aborted),
        cmocka_unit_test(features_know_pio_modes_only),
        cmocka_unit_test(buffer_keeps_what_was_written),
        cmocka_unit_test(reset_ends_a_transfer),
        cmocka_unit_test(real_seek_takes_longer_over_a_longer_way),
        cmocka_unit_test(probes_tell_commands_and_sectors),
        cmocka_unit_test(saved_transfer_continues_alike),
        cmocka_unit_test(impossible_state_is_refused),
        cmocka_unit_test(noise_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
