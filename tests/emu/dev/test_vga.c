/* Tests of the VGA. Modes are set as the IBM BIOS sets them (register tables of the technical reference). */
#include "tests/emu/dev/rig.h"

#include "emu/dev/vga.h"

struct board {
    struct rig rig;
    struct vga vga;
};

struct mode {
    uint8_t number, misc;
    uint8_t sequencer[4];       /* 1-4 */
    uint8_t crtc[25];
    uint8_t graphics[9];
    uint8_t attribute[5];       /* 10h-14h */
};

#define TEXT_CRTC 0x5F, 0x4F, 0x50, 0x82, 0x55, 0x81, 0xBF, 0x1F, 0x00, 0x4F, 0x0D, 0x0E, 0x00, 0x00, 0x00, 0x00, \
                  0x9C, 0x8E, 0x8F, 0x28, 0x1F, 0x96, 0xB9, 0xA3, 0xFF

static const struct mode modes[] = {
    { 0x03, 0x67, { 0x00, 0x03, 0x00, 0x02 }, { TEXT_CRTC },
      { 0, 0, 0, 0, 0, 0x10, 0x0E, 0, 0xFF }, { 0x0C, 0x00, 0x0F, 0x08, 0x00 } },
    { 0x07, 0x66, { 0x00, 0x03, 0x00, 0x02 }, { TEXT_CRTC },
      { 0, 0, 0, 0, 0, 0x10, 0x0A, 0, 0xFF }, { 0x0E, 0x00, 0x0F, 0x08, 0x00 } },
    { 0x04, 0x63, { 0x09, 0x03, 0x00, 0x02 },
      { 0x2D, 0x27, 0x28, 0x90, 0x2B, 0x80, 0xBF, 0x1F, 0x00, 0xC1, 0, 0, 0, 0, 0, 0,
        0x9C, 0x8E, 0x8F, 0x14, 0x00, 0x96, 0xB9, 0xA2, 0xFF },
      { 0, 0, 0, 0, 0, 0x30, 0x0F, 0, 0xFF }, { 0x01, 0x00, 0x03, 0x00, 0x00 } },
    { 0x06, 0x63, { 0x01, 0x01, 0x00, 0x06 },
      { 0x5F, 0x4F, 0x50, 0x82, 0x54, 0x80, 0xBF, 0x1F, 0x00, 0xC1, 0, 0, 0, 0, 0, 0,
        0x9C, 0x8E, 0x8F, 0x28, 0x00, 0x96, 0xB9, 0xC2, 0xFF },
      { 0, 0, 0, 0, 0, 0x00, 0x0D, 0, 0xFF }, { 0x01, 0x00, 0x01, 0x00, 0x00 } },
    { 0x0D, 0x63, { 0x09, 0x0F, 0x00, 0x06 },
      { 0x2D, 0x27, 0x28, 0x90, 0x2B, 0x80, 0xBF, 0x1F, 0x00, 0xC0, 0, 0, 0, 0, 0, 0,
        0x9C, 0x8E, 0x8F, 0x14, 0x00, 0x96, 0xB9, 0xE3, 0xFF },
      { 0, 0, 0, 0, 0, 0x00, 0x05, 0x0F, 0xFF }, { 0x01, 0x00, 0x0F, 0x00, 0x00 } },
    { 0x12, 0xE3, { 0x01, 0x0F, 0x00, 0x06 },
      { 0x5F, 0x4F, 0x50, 0x82, 0x54, 0x80, 0x0B, 0x3E, 0x00, 0x40, 0, 0, 0, 0, 0, 0,
        0xEA, 0x8C, 0xDF, 0x28, 0x00, 0xE7, 0x04, 0xE3, 0xFF },
      { 0, 0, 0, 0, 0, 0x00, 0x05, 0x0F, 0xFF }, { 0x01, 0x00, 0x0F, 0x00, 0x00 } },
    { 0x13, 0x63, { 0x01, 0x0F, 0x00, 0x0E },
      { 0x5F, 0x4F, 0x50, 0x82, 0x54, 0x80, 0xBF, 0x1F, 0x00, 0x41, 0, 0, 0, 0, 0, 0,
        0x9C, 0x8E, 0x8F, 0x28, 0x40, 0x96, 0xB9, 0xA3, 0xFF },
      { 0, 0, 0, 0, 0, 0x40, 0x05, 0x0F, 0xFF }, { 0x41, 0x00, 0x0F, 0x00, 0x00 } },
};

static void visit(void *chip, struct state *state) { vga_visit(chip, state); }

static void set(struct board *b, uint16_t port, uint8_t index, uint8_t value)
{
    rig_out(&b->rig, port, index);
    rig_out(&b->rig, port + 1, value);
}

static void set_sequencer(struct board *b, uint8_t index, uint8_t value) { set(b, 0x3C4, index, value); }
static void set_graphics(struct board *b, uint8_t index, uint8_t value) { set(b, 0x3CE, index, value); }

static void set_crtc(struct board *b, uint8_t index, uint8_t value)
{
    set(b, b->vga.misc & 1 ? 0x3D4 : 0x3B4, index, value);
}

static void set_attribute(struct board *b, uint8_t index, uint8_t value)
{
    rig_in(&b->rig, b->vga.misc & 1 ? 0x3DA : 0x3BA);
    rig_out(&b->rig, 0x3C0, index);
    rig_out(&b->rig, 0x3C0, value);
    rig_out(&b->rig, 0x3C0, 0x20);
}

static void set_color(struct board *b, uint8_t index, uint8_t red, uint8_t green, uint8_t blue)
{
    rig_out(&b->rig, 0x3C8, index);
    rig_out(&b->rig, 0x3C9, red);
    rig_out(&b->rig, 0x3C9, green);
    rig_out(&b->rig, 0x3C9, blue);
}

static void set_mode(struct board *b, uint8_t number)
{
    const struct mode *mode = modes;

    while (mode->number != number)
        mode++;
    rig_in(&b->rig, b->vga.misc & 1 ? 0x3DA : 0x3BA);
    rig_out(&b->rig, 0x3C0, 0);
    rig_out(&b->rig, 0x3C2, mode->misc);
    set_sequencer(b, 0, 3);
    for (uint8_t i = 0; i < 4; i++)
        set_sequencer(b, i + 1, mode->sequencer[i]);
    set_crtc(b, 0x11, 0);
    for (uint8_t i = 0; i < 25; i++)
        set_crtc(b, i, mode->crtc[i]);
    for (uint8_t i = 0; i < 9; i++)
        set_graphics(b, i, mode->graphics[i]);
    rig_in(&b->rig, mode->misc & 1 ? 0x3DA : 0x3BA);
    for (uint8_t i = 0; i < 21; i++) {
        rig_out(&b->rig, 0x3C0, i);
        rig_out(&b->rig, 0x3C0, i < 16 ? i : mode->attribute[i - 16]);
    }
    rig_out(&b->rig, 0x3C0, 0x20);
    rig_out(&b->rig, 0x3C6, 0xFF);
}

static struct board *board_create(uint8_t mode)
{
    struct board *b = calloc(1, sizeof *b);

    assert_non_null(b);
    rig_init(&b->rig);
    struct vga_config config = { .bus = &b->rig.bus, .clock = &b->rig.clock, .probes = &b->rig.probes };
    assert_true(vga_init(&b->vga, &config));
    set_mode(b, mode);
    return b;
}

static void board_destroy(struct board *b)
{
    vga_destroy(&b->vga);
    rig_destroy(&b->rig);
    free(b);
}

static void poke(struct board *b, uint32_t addr, uint8_t value) { bus_write(&b->rig.bus, addr, value, 1); }
static uint8_t peek(struct board *b, uint32_t addr) { return (uint8_t)bus_read(&b->rig.bus, addr, 1); }
static uint8_t plane(struct board *b, unsigned p, uint32_t address) { return b->vga.memory[4 * address + p]; }

static struct screen *screen_of(struct board *b)
{
    static struct screen screen;

    vga_screen(&b->vga, &screen);
    return &screen;
}

static uint8_t pixels[640 * 480], dac[256][3];

/* --- Registers --- */

static void registers_read_back(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    set_crtc(b, 0x11, 0);
    for (uint8_t i = 0; i < 0x30; i++) {
        set_crtc(b, i, i ^ 0x55);
        if (i == 0x11)
            set_crtc(b, i, 0x44);
        assert_int_equal(rig_in(&b->rig, 0x3D4), i);
        assert_int_equal(rig_in(&b->rig, 0x3D5), i == 0x11 ? 0x44 : i ^ 0x55);
    }
    for (uint8_t i = 0; i < 7; i++) {
        set_sequencer(b, i, i ^ 0x2A);
        assert_int_equal(rig_in(&b->rig, 0x3C5), i ^ 0x2A);
    }
    for (uint8_t i = 0; i < 14; i++) {
        set_graphics(b, i, i ^ 0x15);
        assert_int_equal(rig_in(&b->rig, 0x3CF), i ^ 0x15);
    }
    rig_out(&b->rig, 0x3DA, 0x02);
    assert_int_equal(rig_in(&b->rig, 0x3CA), 0x02);
    assert_int_equal(rig_in(&b->rig, 0x3CC), 0x67);
    bus_out(&b->rig.bus, 0x3CE, 0xA508, 2);
    assert_int_equal(rig_in(&b->rig, 0x3CF), 0xA5);
    board_destroy(b);
}

static void attribute_index_and_data_take_turns(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    rig_in(&b->rig, 0x3DA);
    rig_out(&b->rig, 0x3C0, 0x05);
    rig_out(&b->rig, 0x3C0, 0x2B);
    assert_int_equal(rig_in(&b->rig, 0x3C0), 0x05);
    assert_int_equal(rig_in(&b->rig, 0x3C1), 0x2B);
    rig_out(&b->rig, 0x3C0, 0x06);
    rig_in(&b->rig, 0x3DA);
    rig_out(&b->rig, 0x3C0, 0x27);
    assert_int_equal(rig_in(&b->rig, 0x3C0), 0x27);
    assert_int_equal(b->vga.attribute[6], 6);
    board_destroy(b);
}

static void crtc_answers_at_one_address_only(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    set(b, 0x3B4, 0x0E, 0x77);
    set(b, 0x3D4, 0x0E, 0x12);
    assert_int_equal(rig_in(&b->rig, 0x3D5), 0x12);
    assert_int_equal(rig_in(&b->rig, 0x3B5), 0xFF);
    assert_int_equal(rig_in(&b->rig, 0x3BA), 0xFF);
    rig_out(&b->rig, 0x3C2, 0x66);
    assert_int_equal(rig_in(&b->rig, 0x3B5), 0x12);
    assert_int_equal(rig_in(&b->rig, 0x3D5), 0xFF);
    board_destroy(b);
}

static void crtc_protection_spares_the_line_compare_bit(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    set_crtc(b, 0x11, 0x8E);
    set_crtc(b, 0x00, 0x11);
    set_crtc(b, 0x07, 0xEF);
    assert_int_equal(b->vga.crtc[0x00], 0x5F);
    assert_int_equal(b->vga.crtc[0x07], 0x0F);
    set_crtc(b, 0x09, 0x11);
    assert_int_equal(b->vga.crtc[0x09], 0x11);
    board_destroy(b);
}

static void dac_takes_three_bytes_of_six_bits(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    set_color(b, 0xFF, 1, 2, 0xC3);
    rig_out(&b->rig, 0x3C9, 10);                /* the index went on to 0 */
    rig_out(&b->rig, 0x3C9, 11);
    rig_out(&b->rig, 0x3C9, 12);
    assert_int_equal(rig_in(&b->rig, 0x3C7), 0);
    rig_out(&b->rig, 0x3C7, 0xFF);
    assert_int_equal(rig_in(&b->rig, 0x3C7), 3);
    static const uint8_t expected[] = { 1, 2, 3, 10, 11, 12 };
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(rig_in(&b->rig, 0x3C9), expected[i]);
    board_destroy(b);
}

/* --- Timing --- */

static uint8_t status(struct board *b) { return rig_in(&b->rig, 0x3DA); }

static void status_bits_follow_the_beam(void **state)
{
    static const struct {
        uint8_t mode;
        uint32_t hz, dots, lines, shown, shown_lines, retrace, retrace_lines;
    } rows[] = {
        { 0x03, 28322000, 900, 449, 720, 400, 412, 2 }, { 0x12, 25175000, 800, 525, 640, 480, 490, 2 },
        { 0x0D, 12587500, 400, 449, 320, 400, 412, 2 },
    };
    (void)state;

    for (unsigned i = 0; i < 3; i++) {
        struct board *b = board_create(rows[i].mode);
        uint64_t base = b->vga.frame_base;
        for (uint32_t frame = 0; frame < 3; frame++) {
            for (uint32_t line = 0; line < rows[i].lines; line += 7) {
                uint64_t dots = ((uint64_t)frame * rows[i].lines + line) * rows[i].dots;
                b->rig.clock.now = base + clock_span(dots + 5, rows[i].hz);
                bool retrace = line >= rows[i].retrace && line < rows[i].retrace + rows[i].retrace_lines;
                assert_int_equal(status(b), (line >= rows[i].shown_lines) | retrace << 3);
                b->rig.clock.now = base + clock_span(dots + rows[i].shown + 5, rows[i].hz);
                assert_int_equal(status(b) & 1, 1);
            }
        }
        b->rig.clock.now = base + clock_span((uint64_t)rows[i].retrace * rows[i].dots + 1, rows[i].hz);
        assert_int_equal(status(b), 9);
        board_destroy(b);
    }
}

static void start_address_counts_from_the_retrace(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    poke(b, 0xB8000, 'a');
    poke(b, 0xB8000 + 160, 'b');
    rig_run(&b->rig, TICKS_PER_SECOND / 20);
    while (status(b) & 8)
        rig_run(&b->rig, TICKS_PER_US);
    uint64_t before = screen_of(b)->generation;
    set_crtc(b, 0x0D, 80);
    assert_int_equal(screen_of(b)->cell[0][0].code, 'a');
    uint64_t written = screen_of(b)->generation;
    assert_true(written > before);
    while (!(status(b) & 8))
        rig_run(&b->rig, TICKS_PER_US);
    assert_int_equal(screen_of(b)->cell[0][0].code, 'b');
    assert_true(screen_of(b)->generation > written);
    board_destroy(b);
}

/* --- Memory --- */

static void text_goes_to_planes_0_and_1(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    bus_write(&b->rig.bus, 0xB8002, 0x1E41, 2);
    bus_write(&b->rig.bus, 0xB8004, 0x2F432E42, 4);
    assert_int_equal(plane(b, 0, 2), 0x41);
    assert_int_equal(plane(b, 1, 2), 0x1E);
    assert_int_equal(plane(b, 0, 6), 0x43);
    assert_int_equal(bus_read(&b->rig.bus, 0xB8002, 4), 0x2E421E41);
    assert_int_equal(peek(b, 0xB0000), 0xFF);
    assert_int_equal(peek(b, 0xA0000), 0xFF);
    poke(b, 0xA0002, 0x99);
    assert_int_equal(plane(b, 0, 2), 0x41);
    board_destroy(b);
}

static void memory_map_selects_the_window(void **state)
{
    static const struct { uint8_t select; uint32_t first, last; } rows[] = {
        { 0, 0xA0000, 0xBFFFF }, { 1, 0xA0000, 0xAFFFF }, { 2, 0xB0000, 0xB7FFF }, { 3, 0xB8000, 0xBFFFF },
    };
    struct board *b = board_create(0x12);
    (void)state;

    memset(b->vga.memory, 0x5A, VGA_MEMORY);
    for (unsigned i = 0; i < 4; i++) {
        set_graphics(b, 6, (uint8_t)(rows[i].select << 2 | 1));
        assert_int_equal(peek(b, rows[i].first), 0x5A);
        assert_int_equal(peek(b, rows[i].last), 0x5A);
        if (rows[i].first > 0xA0000)
            assert_int_equal(peek(b, rows[i].first - 1), 0xFF);
        if (rows[i].last < 0xBFFFF)
            assert_int_equal(peek(b, rows[i].last + 1), 0xFF);
    }
    rig_out(&b->rig, 0x3C2, 0xE1);
    assert_int_equal(peek(b, 0xB8000), 0xFF);
    board_destroy(b);
}

static void font_is_loaded_into_plane_2(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    set_sequencer(b, 2, 4);
    set_sequencer(b, 4, 7);
    set_graphics(b, 4, 2);
    set_graphics(b, 5, 0);
    set_graphics(b, 6, 4);
    for (unsigned i = 0; i < 16; i++)
        poke(b, 0xA0000 + 'A' * 32 + i, (uint8_t)(0x80 + i));
    assert_int_equal(plane(b, 2, 'A' * 32 + 3), 0x83);
    assert_int_equal(plane(b, 0, 'A' * 32 + 3), 0);
    assert_int_equal(peek(b, 0xA0000 + 'A' * 32 + 5), 0x85);
    board_destroy(b);
}

static void chain_4_spreads_bytes_over_the_planes(void **state)
{
    struct board *b = board_create(0x13);
    (void)state;

    bus_write(&b->rig.bus, 0xA0004, 0x44332211, 4);
    for (unsigned p = 0; p < 4; p++)
        assert_int_equal(plane(b, p, 4), 0x11 * (p + 1));
    assert_int_equal(bus_read(&b->rig.bus, 0xA0004, 4), 0x44332211);
    set_sequencer(b, 2, 0x02);
    bus_write(&b->rig.bus, 0xA0004, 0xFFFFFFFF, 4);
    assert_int_equal(bus_read(&b->rig.bus, 0xA0004, 4), 0x4433FF11);
    set_sequencer(b, 2, 0x0F);
    set_graphics(b, 8, 0xF0);
    poke(b, 0xA0006, 0xAA);
    assert_int_equal(bus_read(&b->rig.bus, 0xA0004, 4), 0x44A3FF11);
    board_destroy(b);
}

static void read_mode_1_compares_colors(void **state)
{
    struct board *b = board_create(0x12);
    (void)state;

    memcpy(b->vga.memory + 4 * 10, (const uint8_t[]){ 0xF0, 0xCC, 0xAA, 0xFF }, 4);
    set_graphics(b, 5, 8);
    set_graphics(b, 2, 0x0F);
    set_graphics(b, 7, 0x0F);
    assert_int_equal(peek(b, 0xA000A), 0xF0 & 0xCC & 0xAA);
    set_graphics(b, 7, 0x02);
    assert_int_equal(peek(b, 0xA000A), 0xCC);
    set_graphics(b, 2, 0x00);
    assert_int_equal(peek(b, 0xA000A), 0x33);
    set_graphics(b, 7, 0x00);
    assert_int_equal(peek(b, 0xA000A), 0xFF);
    board_destroy(b);
}

static void peek_leaves_the_latches_alone(void **state)
{
    struct board *b = board_create(0x12);
    uint8_t byte;
    (void)state;

    memcpy(b->vga.memory + 4, (const uint8_t[]){ 1, 2, 3, 4 }, 4);
    set_graphics(b, 4, 3);
    assert_int_equal(peek(b, 0xA0001), 4);
    bus_peek(&b->rig.bus, 0xA0000, &byte, 1);
    assert_int_equal(byte, 0);
    assert_int_equal(b->vga.latches, 0x04030201);
    board_destroy(b);
}

/* What a byte written in a write mode does to latches 0F F0 33 CC. */
struct write_row { uint8_t mode, rotate, set_reset, enable, bit_mask, map_mask, byte; uint8_t result[4]; };

static void write_modes_follow_the_manual(void **state)
{
    static const struct write_row rows[] = {
        { 0, 0x00, 0x0, 0x0, 0xFF, 0xF, 0xA5, { 0xA5, 0xA5, 0xA5, 0xA5 } },
        { 0, 0x03, 0x0, 0x0, 0xFF, 0xF, 0xA5, { 0xB4, 0xB4, 0xB4, 0xB4 } },
        { 0, 0x00, 0x0, 0x0, 0xFF, 0x5, 0xA5, { 0xA5, 0xF0, 0xA5, 0xCC } },
        { 0, 0x00, 0x2, 0x3, 0xFF, 0xF, 0xA5, { 0x00, 0xFF, 0xA5, 0xA5 } },
        { 0, 0x00, 0x0, 0x0, 0x0F, 0xF, 0xFF, { 0x0F, 0xFF, 0x3F, 0xCF } },
        { 0, 0x08, 0x0, 0x0, 0xFF, 0xF, 0x3C, { 0x0C, 0x30, 0x30, 0x0C } },
        { 0, 0x10, 0x0, 0x0, 0xFF, 0xF, 0x3C, { 0x3F, 0xFC, 0x3F, 0xFC } },
        { 0, 0x18, 0x0, 0x0, 0xFF, 0xF, 0x3C, { 0x33, 0xCC, 0x0F, 0xF0 } },
        { 1, 0x18, 0x5, 0xF, 0xFF, 0xF, 0xA5, { 0x0F, 0xF0, 0x33, 0xCC } },
        { 2, 0x00, 0x0, 0x0, 0xFF, 0xF, 0x0A, { 0x00, 0xFF, 0x00, 0xFF } },
        { 2, 0x00, 0x0, 0x0, 0x80, 0xF, 0x05, { 0x8F, 0x70, 0xB3, 0x4C } },
        { 2, 0x18, 0x0, 0x0, 0xFF, 0xF, 0x03, { 0xF0, 0x0F, 0x33, 0xCC } },
        { 3, 0x00, 0x3, 0x0, 0xFF, 0xF, 0x81, { 0x8F, 0xF1, 0x32, 0x4C } },
        { 3, 0x01, 0xF, 0x0, 0x0F, 0xF, 0x03, { 0x0F, 0xF1, 0x33, 0xCD } },
    };
    struct board *b = board_create(0x12);
    (void)state;

    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct write_row *row = &rows[i];
        memcpy(b->vga.memory, (const uint8_t[]){ 0x0F, 0xF0, 0x33, 0xCC }, 4);
        memcpy(b->vga.memory + 4 * 9, (const uint8_t[]){ 0x0F, 0xF0, 0x33, 0xCC }, 4);
        peek(b, 0xA0000);
        set_graphics(b, 5, row->mode);
        set_graphics(b, 3, row->rotate);
        set_graphics(b, 0, row->set_reset);
        set_graphics(b, 1, row->enable);
        set_graphics(b, 8, row->bit_mask);
        set_sequencer(b, 2, row->map_mask);
        poke(b, 0xA0009, row->byte);
        for (unsigned p = 0; p < 4; p++)
            assert_int_equal(plane(b, p, 9), row->result[p]);
    }
    board_destroy(b);
}

/* --- Text screens --- */

static void text_screen_shows_cells_and_cursor(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    bus_write(&b->rig.bus, 0xB8000 + 2 * (24 * 80 + 79), 0x4E5A, 2);
    set_crtc(b, 0x0E, (24 * 80 + 5) >> 8);
    set_crtc(b, 0x0F, (24 * 80 + 5) & 0xFF);
    struct screen *s = screen_of(b);
    assert_false(s->graphics);
    assert_false(s->blanked);
    assert_int_equal(s->columns, 80);
    assert_int_equal(s->rows, 25);
    assert_int_equal(s->cell[24][79].code, 0x5A);
    assert_int_equal(s->cell[24][79].attribute, 0x4E);
    assert_true(s->cursor);
    assert_int_equal(s->cursor_row, 24);
    assert_int_equal(s->cursor_column, 5);
    assert_int_equal(s->cursor_start, 13);
    assert_int_equal(s->cursor_end, 14);
    assert_true(s->blink);
    assert_false(s->two_fonts);
    board_destroy(b);
}

static void cursor_can_be_hidden(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    assert_true(screen_of(b)->cursor);
    set_crtc(b, 0x0A, 0x2D);
    assert_false(screen_of(b)->cursor);
    set_crtc(b, 0x0A, 0x0F);                    /* start behind end */
    assert_false(screen_of(b)->cursor);
    set_crtc(b, 0x0A, 0x0D);
    set_crtc(b, 0x0E, 0x20);                    /* outside the screen */
    assert_false(screen_of(b)->cursor);
    board_destroy(b);
}

static void eight_line_font_gives_fifty_rows(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    set_crtc(b, 0x09, 0x47);
    assert_int_equal(screen_of(b)->rows, 50);
    set_crtc(b, 0x09, 0xC7);                    /* each line twice */
    assert_int_equal(screen_of(b)->rows, 25);
    board_destroy(b);
}

static void line_compare_splits_text(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    poke(b, 0xB8000, 'T');
    poke(b, 0xB8000 + 160 * 40, 'S');
    set_crtc(b, 0x0C, 40 * 80 >> 8);
    set_crtc(b, 0x0D, (uint8_t)(40 * 80));
    rig_run(&b->rig, TICKS_PER_SECOND / 10);
    set_crtc(b, 0x07, 0x0F);
    set_crtc(b, 0x09, 0x0F);
    set_crtc(b, 0x07, 0x1F);
    set_crtc(b, 0x18, (16 * 20 - 1) & 0xFF);
    struct screen *s = screen_of(b);
    assert_int_equal(s->cell[0][0].code, 'S');
    assert_int_equal(s->cell[20][0].code, 'T');
    board_destroy(b);
}

static void monochrome_text_lies_at_b0000(void **state)
{
    struct board *b = board_create(0x07);
    (void)state;

    poke(b, 0xB0000 + 160, 'm');
    assert_int_equal(screen_of(b)->cell[1][0].code, 'm');
    assert_int_equal(peek(b, 0xB8000), 0xFF);
    board_destroy(b);
}

static void colors_go_through_palette_and_dac(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    set_attribute(b, 4, 0x25);
    set_color(b, 0x25, 63, 32, 1);
    struct screen *s = screen_of(b);
    assert_int_equal(s->rgb[4][0], 255);
    assert_int_equal(s->rgb[4][1], 130);
    assert_int_equal(s->rgb[4][2], 4);
    set_attribute(b, 0x14, 0x05);               /* bits 7-6 from color select */
    set_color(b, 0x65, 0, 63, 0);
    assert_int_equal(screen_of(b)->rgb[4][1], 255);
    set_attribute(b, 0x10, 0x8C);               /* and bits 5-4 */
    set_color(b, 0x55, 0, 0, 63);
    assert_int_equal(screen_of(b)->rgb[4][2], 255);
    rig_out(&b->rig, 0x3C6, 0x0F);
    set_color(b, 0x05, 63, 63, 63);
    assert_int_equal(screen_of(b)->rgb[4][0], 255);
    board_destroy(b);
}

static void two_fonts_when_the_maps_differ(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    set_sequencer(b, 3, 0x04);
    assert_true(screen_of(b)->two_fonts);
    set_sequencer(b, 3, 0x05);
    assert_false(screen_of(b)->two_fonts);
    set_sequencer(b, 3, 0x20);
    assert_true(screen_of(b)->two_fonts);
    board_destroy(b);
}

static void blanked_screen_says_so(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    set_sequencer(b, 1, 0x20);
    assert_true(screen_of(b)->blanked);
    set_sequencer(b, 1, 0x00);
    assert_false(screen_of(b)->blanked);
    rig_in(&b->rig, 0x3DA);
    rig_out(&b->rig, 0x3C0, 0x00);
    assert_true(screen_of(b)->blanked);
    board_destroy(b);
}

static void generation_moves_with_the_picture_only(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    rig_run(&b->rig, TICKS_PER_SECOND);
    uint64_t generation = screen_of(b)->generation;
    peek(b, 0xB8000);
    poke(b, 0xB8000, peek(b, 0xB8000));
    set_crtc(b, 0x0E, b->vga.crtc[0x0E]);
    status(b);
    rig_run(&b->rig, TICKS_PER_SECOND);
    assert_int_equal(screen_of(b)->generation, generation);
    poke(b, 0xB8000, 'x');
    assert_true(screen_of(b)->generation > generation);
    generation = screen_of(b)->generation;
    set_crtc(b, 0x0F, 7);
    assert_true(screen_of(b)->generation > generation);
    generation = screen_of(b)->generation;
    set_color(b, 1, 2, 3, 4);
    assert_true(screen_of(b)->generation > generation);
    board_destroy(b);
}

/* --- Graphics --- */

static void text_mode_has_no_pixels(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    assert_false(vga_pixels(&b->vga, pixels, sizeof pixels, dac));
    set_mode(b, 0x12);
    assert_false(vga_pixels(&b->vga, pixels, sizeof pixels - 1, dac));
    assert_true(vga_pixels(&b->vga, pixels, sizeof pixels, dac));
    board_destroy(b);
}

static void mode_12h_is_planar(void **state)
{
    struct board *b = board_create(0x12);
    (void)state;

    set_graphics(b, 5, 2);
    set_graphics(b, 8, 0x01);
    poke(b, 0xA0000 + 479 * 80 + 79, 0x0B);
    set_graphics(b, 8, 0x80);
    poke(b, 0xA0000, 0x06);
    set_color(b, 11, 63, 0, 63);
    struct screen *s = screen_of(b);
    assert_true(s->graphics);
    assert_int_equal(s->columns, 640);
    assert_int_equal(s->rows, 480);
    assert_true(vga_pixels(&b->vga, pixels, sizeof pixels, dac));
    assert_int_equal(pixels[0], 6);
    assert_int_equal(pixels[1], 0);
    assert_int_equal(pixels[479 * 640 + 639], 11);
    assert_int_equal(dac[11][0], 255);
    assert_int_equal(dac[11][1], 0);
    board_destroy(b);
}

static void mode_13h_is_linear(void **state)
{
    struct board *b = board_create(0x13);
    (void)state;

    for (uint32_t i = 0; i < 64000; i++)
        poke(b, 0xA0000 + i, (uint8_t)(i * 7 + (i >> 8)));
    struct screen *s = screen_of(b);
    assert_int_equal(s->columns, 320);
    assert_int_equal(s->rows, 200);
    assert_true(vga_pixels(&b->vga, pixels, 64000, dac));
    for (uint32_t i = 0; i < 64000; i++)
        assert_int_equal(pixels[i], (uint8_t)(i * 7 + (i >> 8)));
    board_destroy(b);
}

static void unchained_256_colors_show_the_planes(void **state)
{
    struct board *b = board_create(0x13);
    (void)state;

    set_sequencer(b, 4, 0x06);
    set_crtc(b, 0x14, 0x00);
    set_crtc(b, 0x17, 0xE3);
    set_crtc(b, 0x09, 0x40);
    set_sequencer(b, 2, 0x04);
    poke(b, 0xA0000 + 399 * 80 + 79, 0x9D);
    assert_int_equal(screen_of(b)->rows, 400);
    assert_true(vga_pixels(&b->vga, pixels, 320 * 400, dac));
    assert_int_equal(pixels[399 * 320 + 318], 0x9D);
    assert_int_equal(pixels[399 * 320 + 319], 0);
    board_destroy(b);
}

static void cga_modes_interleave_lines(void **state)
{
    struct board *b = board_create(0x04);
    (void)state;

    poke(b, 0xB8000, 0x1B);                     /* 0 1 2 3 */
    poke(b, 0xB8001, 0xE4);                     /* 3 2 1 0 */
    poke(b, 0xBA000 + 80 * 99 + 79, 0x03);
    struct screen *s = screen_of(b);
    assert_int_equal(s->columns, 320);
    assert_int_equal(s->rows, 200);
    assert_true(vga_pixels(&b->vga, pixels, sizeof pixels, dac));
    static const uint8_t expected[] = { 0, 1, 2, 3, 3, 2, 1, 0, 0 };
    assert_memory_equal(pixels, expected, 9);
    assert_int_equal(pixels[199 * 320 + 319], 3);
    set_mode(b, 0x06);
    memset(b->vga.memory, 0, VGA_MEMORY);
    poke(b, 0xB8000, 0x81);
    poke(b, 0xBA000 + 79, 0x01);
    assert_int_equal(screen_of(b)->columns, 640);
    assert_true(vga_pixels(&b->vga, pixels, sizeof pixels, dac));
    assert_int_equal(pixels[0], 1);
    assert_int_equal(pixels[1], 0);
    assert_int_equal(pixels[7], 1);
    assert_int_equal(pixels[640 + 639], 1);
    board_destroy(b);
}

static void panning_and_split_move_pixels(void **state)
{
    struct board *b = board_create(0x0D);
    (void)state;

    set_sequencer(b, 2, 0x01);
    poke(b, 0xA0000, 0x08);                     /* pixel 4 of line 0 */
    assert_int_equal(screen_of(b)->columns, 320);
    assert_int_equal(screen_of(b)->rows, 200);
    set_attribute(b, 0x13, 3);
    set_crtc(b, 0x11, 0);
    set_crtc(b, 0x09, 0x80);
    set_crtc(b, 0x07, 0x0F);
    set_crtc(b, 0x18, 99 * 2 + 1);
    assert_true(vga_pixels(&b->vga, pixels, sizeof pixels, dac));
    assert_int_equal(pixels[1], 1);
    assert_int_equal(pixels[100 * 320 + 1], 1);
    assert_int_equal(pixels[99 * 320 + 1], 0);
    set_attribute(b, 0x10, 0x21);
    assert_true(vga_pixels(&b->vga, pixels, sizeof pixels, dac));
    assert_int_equal(pixels[100 * 320 + 4], 1);
    board_destroy(b);
}

static void probe_tells_new_formats_once(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    rig_listen(&b->rig, PROBE_BIT(PROBE_SCREEN_MODE));
    set_mode(b, 0x13);
    set_mode(b, 0x13);
    set_mode(b, 0x03);
    assert_int_equal(b->rig.events, 2);
    assert_int_equal(b->rig.event[0].a, 320);
    assert_int_equal(b->rig.event[0].b, 200);
    assert_int_equal(b->rig.event[0].c, 1);
    assert_int_equal(b->rig.event[1].a, 80);
    assert_int_equal(b->rig.event[1].b, 25);
    assert_int_equal(b->rig.event[1].c, 0);
    board_destroy(b);
}

/* --- State --- */

static void saved_card_continues_alike(void **state)
{
    struct board *a = board_create(0x12), *b = board_create(0x03);
    struct board *both[2] = { a, b };
    static struct screen screens[2];
    (void)state;

    rig_run(&a->rig, TICKS_PER_SECOND / 7);
    set_mode(a, 0x03);
    set_mode(a, 0x12);
    set_graphics(a, 5, 1);
    memset(a->vga.memory, 0x3C, 4000);
    peek(a, 0xA0100);
    set_crtc(a, 0x0D, 2);
    rig_out(&a->rig, 0x3C8, 9);
    rig_out(&a->rig, 0x3C9, 1);
    uint64_t generation = screen_of(b)->generation;
    rig_copy(&a->rig, &a->vga, &b->rig, &b->vga, visit);
    assert_true(screen_of(b)->generation > generation);
    for (unsigned i = 0; i < 2; i++) {
        rig_out(&both[i]->rig, 0x3C9, 2);
        rig_out(&both[i]->rig, 0x3C9, 3);
        poke(both[i], 0xA1000, 0);
        rig_run(&both[i]->rig, TICKS_PER_SECOND / 100);
        vga_screen(&both[i]->vga, &screens[i]);
        screens[i].generation = 0;
    }
    assert_memory_equal(&screens[0], &screens[1], sizeof screens[0]);
    for (unsigned i = 0; i < 100; i++) {
        rig_run(&a->rig, TICKS_PER_SECOND / 3000);
        rig_run(&b->rig, TICKS_PER_SECOND / 3000);
        assert_int_equal(status(a), status(b));
    }
    assert_int_equal(plane(b, 2, 0x1000), 0x3C);
    assert_int_equal(b->vga.dac[9][1], 2);
    assert_true(rig_hash(&a->rig, visit, &a->vga) == rig_hash(&b->rig, visit, &b->vga));
    assert_true(rig_refuses(&a->rig, &a->vga, &a->vga.dac_part, 3, visit));
    board_destroy(a);
    board_destroy(b);
}

static void noise_does_no_harm(void **state)
{
    struct board *b = board_create(0x03);
    static uint8_t large[2048 * 2048];
    uint32_t seed = 4242;
    (void)state;

    for (unsigned i = 0; i < 100000; i++) {
        seed = seed * 1664525u + 1013904223u;
        uint8_t byte = (uint8_t)(seed >> 16);
        uint32_t addr = 0xA0000 + (seed >> 5) % 0x1FFFC;
        if (seed >> 30 == 0)
            rig_out(&b->rig, (uint16_t)(0x3B0 + (seed >> 8) % 48), byte);
        else if (seed >> 30 == 1)
            rig_in(&b->rig, (uint16_t)(0x3B0 + (seed >> 8) % 48));
        else if (seed >> 30 == 2)
            bus_write(&b->rig.bus, addr & ~3u, seed, 4);
        else
            bus_read(&b->rig.bus, addr & ~3u, 4);
        if (i % 500 == 0) {
            rig_run(&b->rig, (seed & 0xFFFF) * TICKS_PER_US);
            screen_of(b);
            vga_pixels(&b->vga, large, sizeof large, dac);
        }
    }
    board_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registers_read_back),
        cmocka_unit_test(attribute_index_and_data_take_turns),
        cmocka_unit_test(crtc_answers_at_one_address_only),
        cmocka_unit_test(crtc_protection_spares_the_line_compare_bit),
        cmocka_unit_test(dac_takes_three_bytes_of_six_bits),
        cmocka_unit_test(status_bits_follow_the_beam),
        cmocka_unit_test(start_address_counts_from_the_retrace),
        cmocka_unit_test(text_goes_to_planes_0_and_1),
        cmocka_unit_test(memory_map_selects_the_window),
        cmocka_unit_test(font_is_loaded_into_plane_2),
        cmocka_unit_test(chain_4_spreads_bytes_over_the_planes),
        cmocka_unit_test(read_mode_1_compares_colors),
        cmocka_unit_test(peek_leaves_the_latches_alone),
        cmocka_unit_test(write_modes_follow_the_manual),
        cmocka_unit_test(text_screen_shows_cells_and_cursor),
        cmocka_unit_test(cursor_can_be_hidden),
        cmocka_unit_test(eight_line_font_gives_fifty_rows),
        cmocka_unit_test(line_compare_splits_text),
        cmocka_unit_test(monochrome_text_lies_at_b0000),
        cmocka_unit_test(colors_go_through_palette_and_dac),
        cmocka_unit_test(two_fonts_when_the_maps_differ),
        cmocka_unit_test(blanked_screen_says_so),
        cmocka_unit_test(generation_moves_with_the_picture_only),
        cmocka_unit_test(text_mode_has_no_pixels),
        cmocka_unit_test(mode_12h_is_planar),
        cmocka_unit_test(mode_13h_is_linear),
        cmocka_unit_test(unchained_256_colors_show_the_planes),
        cmocka_unit_test(cga_modes_interleave_lines),
        cmocka_unit_test(panning_and_split_move_pixels),
        cmocka_unit_test(probe_tells_new_formats_once),
        cmocka_unit_test(saved_card_continues_alike),
        cmocka_unit_test(noise_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
