/* Tests of the DMA controllers. */
#include "tests/emu/dev/rig.h"

#include "emu/dev/dma.h"

struct board {
    struct rig rig;
    struct dma dma;
    bool tc;
    unsigned holds, cycles;
};

static void hold(void *ctx, unsigned cycles)
{
    struct board *b = ctx;

    b->holds++;
    b->cycles += cycles;
}

static void visit(void *chip, struct state *state) { dma_visit(chip, state); }

/* The cascade is opened, as every BIOS does. */
static int setup(void **state)
{
    struct board *b = calloc(1, sizeof *b);

    rig_init(&b->rig);
    dma_init(&b->dma, &(struct dma_config){ .bus = &b->rig.bus, .probes = &b->rig.probes, .hold = hold,
                                              .hold_ctx = b });
    rig_out(&b->rig, 0xD6, 0xC0);
    rig_out(&b->rig, 0xD4, 0x00);
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

/* COUNT is the register's value: transfers less one. */
static void program_2(struct board *b, uint8_t mode, uint8_t page, uint16_t address, uint16_t count)
{
    rig_out(&b->rig, 0x0A, 0x06);
    rig_out(&b->rig, 0x0C, 0);
    rig_out(&b->rig, 0x0B, mode | 2);
    rig_out(&b->rig, 0x04, (uint8_t)address);
    rig_out(&b->rig, 0x04, (uint8_t)(address >> 8));
    rig_out(&b->rig, 0x81, page);
    rig_out(&b->rig, 0x05, (uint8_t)count);
    rig_out(&b->rig, 0x05, (uint8_t)(count >> 8));
    rig_out(&b->rig, 0x0A, 0x02);
}

static void program_5(struct board *b, uint8_t mode, uint8_t page, uint16_t address, uint16_t count)
{
    rig_out(&b->rig, 0xD8, 0);
    rig_out(&b->rig, 0xD6, mode | 1);
    rig_out(&b->rig, 0xC4, (uint8_t)address);
    rig_out(&b->rig, 0xC4, (uint8_t)(address >> 8));
    rig_out(&b->rig, 0x8B, page);
    rig_out(&b->rig, 0xC6, (uint8_t)count);
    rig_out(&b->rig, 0xC6, (uint8_t)(count >> 8));
    rig_out(&b->rig, 0xD4, 0x01);
}

static unsigned read_two(struct board *b, uint16_t port)
{
    unsigned low = rig_in(&b->rig, port);

    return low | (unsigned)rig_in(&b->rig, port) << 8;
}

static void fill(uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        data[i] = (uint8_t)(i * 7 + 1);
}

static void bytes_go_to_memory_and_the_count_ends_at_ffff(void **state)
{
    struct board *b = *state;
    uint8_t data[512];

    fill(data, sizeof data);
    rig_listen(&b->rig, PROBE_BIT(PROBE_DMA));
    program_2(b, 0x44, 3, 0x1000, 511);
    assert_int_equal(dma_transfer(&b->dma, 2, data, 512, true, &b->tc), 512);
    assert_true(b->tc);
    assert_memory_equal(b->rig.ram + 0x31000, data, 512);
    assert_int_equal(read_two(b, 0x05), 0xFFFF);
    assert_int_equal(read_two(b, 0x04), 0x1200);
    assert_int_equal(rig_in(&b->rig, 0x08), 0x04);
    assert_int_equal(rig_in(&b->rig, 0x08), 0x00);
    assert_int_equal(b->rig.events, 1);
    assert_int_equal(b->rig.event[0].a, 2);
    assert_int_equal(b->rig.event[0].b, 0x31000);
    assert_int_equal(b->rig.event[0].c, 512);
    assert_int_equal(b->rig.event[0].d, 1);
    assert_int_equal(dma_transfer(&b->dma, 2, data, 512, true, &b->tc), 0);
    assert_false(b->tc);
}

static void parts_add_up_and_the_last_one_is_cut(void **state)
{
    struct board *b = *state;
    uint8_t data[512];

    fill(data, sizeof data);
    program_2(b, 0x44, 3, 0x1000, 599);
    assert_int_equal(dma_transfer(&b->dma, 2, data, 512, true, &b->tc), 512);
    assert_false(b->tc);
    assert_int_equal(read_two(b, 0x05), 599 - 512);
    assert_int_equal(dma_transfer(&b->dma, 2, data, 512, true, &b->tc), 88);
    assert_true(b->tc);
    assert_memory_equal(b->rig.ram + 0x31200, data, 88);
    assert_int_equal(b->rig.ram[0x31258], 0);
}

/* Bytes and words a cycle each, verify cycles too, none where nothing moves; 1.2 us each, or 0.96. */
static void bus_cycles_are_reported(void **state)
{
    struct board *b = *state;
    uint8_t data[512] = { 0 };

    program_2(b, 0x44, 3, 0xFF00, 599);
    dma_transfer(&b->dma, 2, data, 512, true, &b->tc);
    assert_int_equal(b->cycles, 512);
    dma_transfer(&b->dma, 2, data, 512, true, &b->tc);
    assert_int_equal(b->cycles, 600);
    assert_int_equal(b->holds, 2);
    dma_transfer(&b->dma, 2, data, 512, true, &b->tc);
    assert_int_equal(b->holds, 2);
    program_2(b, 0x40, 3, 0x1000, 99);
    dma_transfer(&b->dma, 2, data, 512, true, &b->tc);
    assert_int_equal(b->cycles, 700);
    program_5(b, 0x48, 2, 0x1000, 0xFFFF);
    dma_transfer(&b->dma, 5, data, 301, false, &b->tc);
    assert_int_equal(b->cycles, 850);
    assert_int_equal(dma_cycle_ticks(&b->dma, 2), 12 * TICKS_PER_US / 10);
    rig_out(&b->rig, 0x08, 0x08);
    assert_int_equal(dma_cycle_ticks(&b->dma, 2), 96 * TICKS_PER_US / 100);
    assert_int_equal(dma_cycle_ticks(&b->dma, 5), 12 * TICKS_PER_US / 10);
}

static void bytes_come_from_memory(void **state)
{
    struct board *b = *state;
    uint8_t data[64];

    fill(b->rig.ram + 0x4FFF0, 64);
    program_2(b, 0x48, 4, 0xFFF0, 15);
    assert_int_equal(dma_transfer(&b->dma, 2, data, 64, false, &b->tc), 16);
    assert_memory_equal(data, b->rig.ram + 0x4FFF0, 16);
}

static void address_wraps_inside_64k(void **state)
{
    struct board *b = *state;
    uint8_t data[32];

    fill(data, sizeof data);
    program_2(b, 0x44, 2, 0xFFF0, 31);
    assert_int_equal(dma_transfer(&b->dma, 2, data, 32, true, &b->tc), 32);
    assert_memory_equal(b->rig.ram + 0x2FFF0, data, 16);
    assert_memory_equal(b->rig.ram + 0x20000, data + 16, 16);
    assert_int_equal(b->rig.ram[0x30000], 0);
}

static void words_wrap_inside_128k_and_page_bit_0_is_ignored(void **state)
{
    struct board *b = *state;
    uint8_t data[33];

    fill(data, sizeof data);
    program_5(b, 0x44, 5, 0xFFF8, 15);
    assert_int_equal(dma_transfer(&b->dma, 5, data, 33, true, &b->tc), 32);
    assert_true(b->tc);
    assert_memory_equal(b->rig.ram + 0x5FFF0, data, 16);
    assert_memory_equal(b->rig.ram + 0x40000, data + 16, 16);
    assert_int_equal(dma_address(&b->dma, 5), 0x40010);
}

static void decrement_stores_backwards(void **state)
{
    struct board *b = *state;
    uint8_t data[4] = { 1, 2, 3, 4 };

    program_2(b, 0x64, 1, 0x0002, 3);
    assert_int_equal(dma_transfer(&b->dma, 2, data, 4, true, &b->tc), 4);
    static const uint8_t low[3] = { 3, 2, 1 };
    assert_memory_equal(b->rig.ram + 0x10000, low, 3);
    assert_int_equal(b->rig.ram[0x1FFFF], 4);
}

static void autoinit_starts_over_and_stays_unmasked(void **state)
{
    struct board *b = *state;
    uint8_t data[16];

    fill(data, sizeof data);
    program_2(b, 0x54, 1, 0x2000, 15);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(dma_transfer(&b->dma, 2, data, 16, true, &b->tc), 16);
        assert_true(b->tc);
    }
    assert_int_equal(read_two(b, 0x04), 0x2000);
    assert_int_equal(read_two(b, 0x05), 15);
    assert_int_equal(b->rig.ram[0x12010], 0);
}

static void verify_counts_without_touching_memory(void **state)
{
    struct board *b = *state;
    uint8_t data[16];

    fill(data, sizeof data);
    program_2(b, 0x40, 1, 0x2000, 15);
    assert_int_equal(dma_transfer(&b->dma, 2, data, 16, true, &b->tc), 16);
    assert_true(b->tc);
    assert_int_equal(b->rig.ram[0x12001], 0);
}

static void wrong_direction_gives_the_device_ones(void **state)
{
    struct board *b = *state;
    uint8_t data[16] = { 0 };

    b->rig.ram[0x12001] = 0x55;
    program_2(b, 0x44, 1, 0x2000, 15);
    assert_int_equal(dma_transfer(&b->dma, 2, data, 16, false, &b->tc), 16);
    assert_int_equal(data[0], 0xFF);
    assert_int_equal(data[15], 0xFF);
    assert_int_equal(b->rig.ram[0x12001], 0x55);
}

static void closed_channels_move_nothing(void **state)
{
    struct board *b = *state;
    uint8_t data[16] = { 0 };

    program_2(b, 0x44, 1, 0x2000, 15);
    assert_true(dma_ready(&b->dma, 2));
    rig_out(&b->rig, 0x0A, 0x06);
    assert_int_equal(dma_transfer(&b->dma, 2, data, 16, true, &b->tc), 0);
    rig_out(&b->rig, 0x0E, 0);
    rig_out(&b->rig, 0x08, 0x04);
    assert_int_equal(dma_transfer(&b->dma, 2, data, 16, true, &b->tc), 0);
    rig_out(&b->rig, 0x08, 0x00);
    rig_out(&b->rig, 0xD4, 0x04);
    assert_int_equal(dma_transfer(&b->dma, 2, data, 16, true, &b->tc), 0);
    rig_out(&b->rig, 0xD4, 0x00);
    assert_int_equal(dma_transfer(&b->dma, 2, data, 16, true, &b->tc), 16);
    assert_int_equal(dma_transfer(&b->dma, 4, data, 16, true, &b->tc), 0);
    assert_int_equal(dma_transfer(&b->dma, 8, data, 16, true, &b->tc), 0);
}

static void flip_flop_orders_the_bytes(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, 0x0C, 0);
    rig_out(&b->rig, 0x00, 0x34);
    rig_out(&b->rig, 0x0C, 0);
    rig_out(&b->rig, 0x00, 0x78);
    rig_out(&b->rig, 0x00, 0x56);
    assert_int_equal(read_two(b, 0x00), 0x5678);
    rig_in(&b->rig, 0x00);
    rig_out(&b->rig, 0x0C, 0);
    assert_int_equal(rig_in(&b->rig, 0x00), 0x78);
}

static void master_clear_masks_everything(void **state)
{
    struct board *b = *state;

    program_2(b, 0x44, 1, 0x2000, 15);
    rig_in(&b->rig, 0x05);
    rig_out(&b->rig, 0x0D, 0);
    assert_int_equal(b->dma.chip[0].mask, 0x0F);
    assert_int_equal(read_two(b, 0x04), 0x2000);
    rig_out(&b->rig, 0x0F, 0x0B);
    assert_true(dma_ready(&b->dma, 2));
}

static void status_shows_requests(void **state)
{
    struct board *b = *state;

    dma_set_request(&b->dma, 2, true);
    dma_set_request(&b->dma, 6, true);
    rig_out(&b->rig, 0x09, 0x05);
    assert_int_equal(rig_in(&b->rig, 0x08), 0x60);
    assert_int_equal(rig_in(&b->rig, 0xD0), 0x40);
    dma_set_request(&b->dma, 2, false);
    assert_int_equal(rig_in(&b->rig, 0x08), 0x20);
}

static void page_registers_are_readable(void **state)
{
    struct board *b = *state;

    for (uint16_t port = 0x80; port < 0x90; port++)
        rig_out(&b->rig, port, (uint8_t)(port + 3));
    for (uint16_t port = 0x80; port < 0x90; port++)
        assert_int_equal(rig_in(&b->rig, port), port + 3);
    static const uint8_t pages[8] = { 0x87, 0x83, 0x81, 0x82, 0x8F, 0x8B, 0x89, 0x8A };
    for (unsigned ch = 0; ch < 8; ch++)
        assert_int_equal(dma_page(&b->dma, ch), pages[ch] + 3);
}

/* --- Requests by software --- */

static void program_1(struct board *b, uint8_t mode, uint16_t address, uint16_t count)
{
    rig_out(&b->rig, 0x0C, 0);
    rig_out(&b->rig, 0x0B, mode | 1);
    rig_out(&b->rig, 0x02, (uint8_t)address);
    rig_out(&b->rig, 0x02, (uint8_t)(address >> 8));
    rig_out(&b->rig, 0x83, 2);
    rig_out(&b->rig, 0x03, (uint8_t)count);
    rig_out(&b->rig, 0x03, (uint8_t)(count >> 8));
}

/* Non-maskable, and cleared by the terminal count. No device drives the bus. */
static void software_request_moves_a_block_of_nothing(void **state)
{
    struct board *b = *state;

    program_1(b, 0x84, 0x1000, 999);
    assert_int_equal(b->dma.chip[0].mask & 2, 2);
    rig_out(&b->rig, 0x09, 0x05);
    assert_int_equal(read_two(b, 0x02), 0x13E8);
    assert_int_equal(read_two(b, 0x03), 0xFFFF);
    assert_int_equal(rig_in(&b->rig, 0x08), 0x02);
    assert_int_equal(b->cycles, 1000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(b->rig.ram[0x21000 + i], 0xFF);
    assert_int_equal(b->rig.ram[0x20FFF], 0);
    assert_int_equal(b->rig.ram[0x213E8], 0);
}

static void software_request_reads_and_verifies_without_writing(void **state)
{
    struct board *b = *state;

    program_1(b, 0x88, 0x1000, 99);
    rig_out(&b->rig, 0x09, 0x05);
    assert_int_equal(read_two(b, 0x02), 0x1064);
    program_1(b, 0xA0, 0x1000, 99);
    rig_out(&b->rig, 0x09, 0x05);
    assert_int_equal(read_two(b, 0x02), 0x0F9C);
    for (int i = 0; i < 0x200; i++)
        assert_int_equal(b->rig.ram[0x20F00 + i], 0);
}

static void software_request_starts_over_once_with_autoinit(void **state)
{
    struct board *b = *state;

    program_1(b, 0x90, 0x1000, 99);
    rig_out(&b->rig, 0x09, 0x05);
    assert_int_equal(read_two(b, 0x02), 0x1000);
    assert_int_equal(read_two(b, 0x03), 99);
    assert_int_equal(rig_in(&b->rig, 0x08), 0x02);
    assert_int_equal(b->cycles, 100);
}

static void software_request_is_served_in_block_mode_only(void **state)
{
    struct board *b = *state;
    static const uint8_t modes[] = { 0x04, 0x44, 0xC4 };

    for (int i = 0; i < 3; i++) {
        program_1(b, modes[i], 0x1000, 99);
        rig_out(&b->rig, 0x09, 0x05);
        assert_int_equal(read_two(b, 0x02), 0x1000);
        assert_int_equal(rig_in(&b->rig, 0x08), 0x20);
    }
    rig_out(&b->rig, 0x09, 0x01);
    assert_int_equal(rig_in(&b->rig, 0x08), 0x00);
}

static void software_request_waits_for_both_controllers(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, 0x08, 0x04);
    rig_out(&b->rig, 0xD4, 0x04);
    program_1(b, 0x84, 0x1000, 99);
    rig_out(&b->rig, 0x09, 0x05);
    rig_out(&b->rig, 0x08, 0x00);
    assert_int_equal(read_two(b, 0x02), 0x1000);
    rig_out(&b->rig, 0xD4, 0x00);
    assert_int_equal(read_two(b, 0x02), 0x1064);
}

static void software_request_moves_words_on_channel_5(void **state)
{
    struct board *b = *state;

    program_5(b, 0x84, 2, 0x1000, 299);
    rig_out(&b->rig, 0xD2, 0x05);
    assert_int_equal(read_two(b, 0xC4), 0x112C);
    assert_int_equal(b->rig.ram[0x22000], 0xFF);
    assert_int_equal(b->rig.ram[0x22257], 0xFF);
    assert_int_equal(b->rig.ram[0x22258], 0x00);
    assert_int_equal(b->cycles, 300);
}

static void software_request_of_65536_ends(void **state)
{
    struct board *b = *state;

    program_1(b, 0xA4, 0x1234, 0xFFFF);
    rig_out(&b->rig, 0x09, 0x05);
    assert_int_equal(read_two(b, 0x02), 0x1234);
    assert_int_equal(read_two(b, 0x03), 0xFFFF);
    assert_int_equal(b->cycles, 0x10000);
}

/* Memory to memory: the page registers have no DACK to be chosen by. */
static void memory_to_memory_is_never_served(void **state)
{
    struct board *b = *state;

    b->rig.ram[0x20000] = 0x11;
    rig_out(&b->rig, 0x87, 2);
    rig_out(&b->rig, 0x08, 0x01);
    program_1(b, 0x84, 0x1000, 99);
    rig_out(&b->rig, 0x0B, 0x88);
    rig_out(&b->rig, 0x09, 0x04);
    rig_out(&b->rig, 0x09, 0x05);
    assert_int_equal(rig_in(&b->rig, 0x08), 0x30);
    assert_int_equal(b->rig.ram[0x21000], 0);
    assert_int_equal(rig_in(&b->rig, 0x0D), 0);
    assert_int_equal(b->cycles, 0);
    rig_out(&b->rig, 0x0D, 0);
    assert_int_equal(rig_in(&b->rig, 0x08), 0);
}

/* --- Limits --- */

static void addresses_end_at_16_mb(void **state)
{
    struct board *b = *state;
    uint8_t data[4] = { 0 };

    program_2(b, 0x48, 0xFF, 0xFFFE, 3);
    assert_int_equal(dma_address(&b->dma, 2), 0xFFFFFE);
    assert_int_equal(dma_transfer(&b->dma, 2, data, 4, false, &b->tc), 4);
    assert_int_equal(dma_address(&b->dma, 2), 0xFF0002);
    program_5(b, 0x48, 0xFF, 0xFFFF, 1);
    assert_int_equal(dma_address(&b->dma, 5), 0xFFFFFE);
    assert_int_equal(dma_transfer(&b->dma, 5, data, 4, false, &b->tc), 4);
    assert_int_equal(dma_address(&b->dma, 5), 0xFE0002);
}

static void each_channel_moves_by_its_own_registers(void **state)
{
    struct board *b = *state;
    static const uint8_t channels[] = { 0, 1, 2, 3, 5, 6, 7 };
    static const uint8_t pages[8] = { 0x87, 0x83, 0x81, 0x82, 0, 0x8B, 0x89, 0x8A };

    for (size_t i = 0; i < sizeof channels; i++) {
        unsigned ch = channels[i], wide = ch >> 2;
        uint16_t base = wide ? 0xC0 + 4 * (ch & 3) : 2 * ch;
        uint8_t data[8] = { (uint8_t)(0x10 + ch), 2, 3, 4, 5, 6, 7, 8 };
        rig_out(&b->rig, wide ? 0xD6 : 0x0B, 0x44 | (ch & 3));
        rig_out(&b->rig, wide ? 0xD8 : 0x0C, 0);
        rig_out(&b->rig, base, 0x00);
        rig_out(&b->rig, base, 0x01);
        rig_out(&b->rig, base + 1 + wide, 3);
        rig_out(&b->rig, base + 1 + wide, 0);
        rig_out(&b->rig, pages[ch], 2 * ((uint8_t)i + 1));
        rig_out(&b->rig, wide ? 0xD4 : 0x0A, ch & 3);
        uint32_t at = 0x20000 * ((uint32_t)i + 1) + (wide ? 0x200 : 0x100), bytes = wide ? 8 : 4;
        assert_int_equal(dma_transfer(&b->dma, ch, data, 8, true, &b->tc), bytes);
        assert_true(b->tc);
        assert_memory_equal(b->rig.ram + at, data, bytes);
        assert_int_equal(b->rig.ram[at + bytes], 0);
        assert_int_equal(rig_in(&b->rig, wide ? 0xD0 : 0x08), 1 << (ch & 3));
    }
}

/* A second controller's register answers at two ports. */
static void second_controller_ignores_the_lowest_address_line(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, 0xD9, 0);
    rig_out(&b->rig, 0xC5, 0x34);
    rig_out(&b->rig, 0xC4, 0x12);
    assert_int_equal(read_two(b, 0xC5), 0x1234);
}

static void terminal_count_masks_without_autoinit(void **state)
{
    struct board *b = *state;
    uint8_t data[16] = { 0 };

    program_2(b, 0x44, 1, 0x2000, 15);
    dma_transfer(&b->dma, 2, data, 16, true, &b->tc);
    assert_false(dma_ready(&b->dma, 2));
    rig_out(&b->rig, 0x0A, 0x02);
    assert_true(dma_ready(&b->dma, 2));
}

static void a_channel_in_cascade_mode_moves_nothing(void **state)
{
    struct board *b = *state;
    uint8_t data[16] = { 0 };

    program_2(b, 0xC4, 1, 0x2000, 15);
    assert_int_equal(dma_transfer(&b->dma, 2, data, 16, true, &b->tc), 0);
    program_2(b, 0x44, 1, 0x2000, 15);
    rig_out(&b->rig, 0xD6, 0x40);
    assert_int_equal(dma_transfer(&b->dma, 2, data, 16, true, &b->tc), 0);
}

static void loaded_state_goes_on_alike(void **state)
{
    struct board *a = *state;
    void *other;
    uint8_t data[32];

    fill(data, sizeof data);
    program_2(a, 0x54, 1, 0x2000, 99);
    dma_transfer(&a->dma, 2, data, 32, true, &a->tc);
    rig_in(&a->rig, 0x05);
    setup(&other);
    struct board *b = other;
    rig_copy(&a->rig, &a->dma, &b->rig, &b->dma, visit);
    for (int i = 0; i < 5; i++) {
        dma_transfer(&a->dma, 2, data, 32, true, &a->tc);
        dma_transfer(&b->dma, 2, data, 32, true, &b->tc);
        assert_int_equal(a->tc, b->tc);
    }
    assert_int_equal(rig_in(&a->rig, 0x05), rig_in(&b->rig, 0x05));
    assert_true(rig_hash(&a->rig, visit, &a->dma) == rig_hash(&b->rig, visit, &b->dma));
    assert_true(rig_refuses(&b->rig, &b->dma, &b->dma.chip[0].mask, 0x10, visit));
    teardown(&other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bytes_go_to_memory_and_the_count_ends_at_ffff),
        TEST(parts_add_up_and_the_last_one_is_cut),
        TEST(bus_cycles_are_reported),
        TEST(bytes_come_from_memory),
        TEST(address_wraps_inside_64k),
        TEST(words_wrap_inside_128k_and_page_bit_0_is_ignored),
        TEST(decrement_stores_backwards),
        TEST(autoinit_starts_over_and_stays_unmasked),
        TEST(verify_counts_without_touching_memory),
        TEST(wrong_direction_gives_the_device_ones),
        TEST(closed_channels_move_nothing),
        TEST(flip_flop_orders_the_bytes),
        TEST(master_clear_masks_everything),
        TEST(status_shows_requests),
        TEST(page_registers_are_readable),
        TEST(software_request_moves_a_block_of_nothing),
        TEST(software_request_reads_and_verifies_without_writing),
        TEST(software_request_starts_over_once_with_autoinit),
        TEST(software_request_is_served_in_block_mode_only),
        TEST(software_request_waits_for_both_controllers),
        TEST(software_request_moves_words_on_channel_5),
        TEST(software_request_of_65536_ends),
        TEST(memory_to_memory_is_never_served),
        TEST(addresses_end_at_16_mb),
        TEST(each_channel_moves_by_its_own_registers),
        TEST(second_controller_ignores_the_lowest_address_line),
        TEST(terminal_count_masks_without_autoinit),
        TEST(a_channel_in_cascade_mode_moves_nothing),
        TEST(loaded_state_goes_on_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
