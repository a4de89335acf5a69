/* The VGA: registers, retrace timing, and the way to its memory. */
#include "tests/emu/dev/vga_board.h"

/* --- Registers --- */

static void registers_read_back(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    set_crtc(b, 0x11, 0);
    for (uint8_t i = 0; i <= 0x18; i++) {
        set_crtc(b, i, i ^ 0x55);
        if (i == 0x11)
            set_crtc(b, i, 0x44);
        assert_int_equal(rig_in(&b->rig, 0x3D4), i);
        assert_int_equal(rig_in(&b->rig, 0x3D5), i == 0x11 ? 0x44 : i ^ 0x55);
    }
    static const uint8_t sequencer[] = { 0x03, 0x3D, 0x0F, 0x3F, 0x0E };
    for (uint8_t i = 0; i < sizeof sequencer; i++) {
        set_sequencer(b, i, sequencer[i]);
        assert_int_equal(rig_in(&b->rig, 0x3C5), sequencer[i]);
    }
    static const uint8_t graphics[] = { 0x0F, 0x0F, 0x0F, 0x1F, 0x03, 0x7B, 0x0F, 0x0F, 0xFF };
    for (uint8_t i = 0; i < sizeof graphics; i++) {
        set_graphics(b, i, graphics[i]);
        assert_int_equal(rig_in(&b->rig, 0x3CF), graphics[i]);
    }
    rig_out(&b->rig, 0x3DA, 0x02);
    assert_int_equal(rig_in(&b->rig, 0x3CA), 0x02);
    assert_int_equal(rig_in(&b->rig, 0x3CC), 0x67);
    bus_out(&b->rig.bus, 0x3CE, 0xA508, 2);
    assert_int_equal(rig_in(&b->rig, 0x3CF), 0xA5);
    board_destroy(b);
}

static void reserved_bits_and_registers_read_as_zero(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    rig_in(&b->rig, 0x3DA);
    for (unsigned i = 0x19; i < 0x40; i++) {
        set_crtc(b, (uint8_t)i, 0xFF);
        assert_int_equal(rig_in(&b->rig, 0x3D5), i == 0x24 ? 0x20 : 0);
    }
    for (uint8_t i = 5; i < 8; i++) {
        set_sequencer(b, i, 0xFF);
        assert_int_equal(rig_in(&b->rig, 0x3C5), 0);
    }
    for (uint8_t i = 9; i < 16; i++) {
        set_graphics(b, i, 0xFF);
        assert_int_equal(rig_in(&b->rig, 0x3CF), 0);
    }
    set_graphics(b, 0, 0xFF);
    assert_int_equal(rig_in(&b->rig, 0x3CF), 0x0F);
    set_sequencer(b, 4, 0xFF);
    assert_int_equal(rig_in(&b->rig, 0x3C5), 0x0E);
    set_attribute(b, 5, 0xFF);
    rig_in(&b->rig, 0x3DA);
    rig_out(&b->rig, 0x3C0, 5);
    assert_int_equal(rig_in(&b->rig, 0x3C1), 0x3F);
    board_destroy(b);
}

static void a_sleeping_card_answers_at_3c3_only(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    poke(b, 0xB8000, 'a');
    rig_out(&b->rig, 0x3C3, 0);
    set_crtc(b, 0x0E, 0x12);
    rig_out(&b->rig, 0x3C2, 0x00);
    assert_int_equal(rig_in(&b->rig, 0x3CC), 0xFF);
    assert_int_equal(rig_in(&b->rig, 0x3DA), 0xFF);
    assert_int_equal(rig_in(&b->rig, 0x3C3), 0);
    assert_int_equal(peek(b, 0xB8000), 0xFF);
    poke(b, 0xB8000, 'b');
    assert_int_equal(screen_of(b)->cell[0][0].code, 'a');
    rig_out(&b->rig, 0x3C3, 1);
    assert_int_equal(rig_in(&b->rig, 0x3CC), 0x67);
    assert_int_equal(peek(b, 0xB8000), 'a');
    assert_int_equal(b->vga.crtc[0x0E], 0);
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

/* As Windows's virtual display driver finds out what no other port tells. */
static void latches_and_the_attribute_flip_flop_can_be_read(void **state)
{
    struct board *b = board_create(0x12);
    (void)state;

    set_graphics(b, 5, 0);
    for (unsigned plane = 0; plane < 4; plane++) {
        set_sequencer(b, 2, (uint8_t)(1 << plane));
        poke(b, 0xA0010, (uint8_t)(0x51 + 0x11 * plane));
    }
    peek(b, 0xA0010);
    for (unsigned plane = 0; plane < 4; plane++) {
        set_graphics(b, 4, (uint8_t)plane);
        set_crtc(b, 0x22, 0xFF);
        assert_int_equal(rig_in(&b->rig, 0x3D5), 0x51 + 0x11 * plane);
    }
    rig_out(&b->rig, 0x3D4, 0x24);
    rig_in(&b->rig, 0x3DA);
    rig_out(&b->rig, 0x3C0, 0x31);
    assert_int_equal(rig_in(&b->rig, 0x3D5), 0xB1);
    rig_out(&b->rig, 0x3C0, 0x02);
    assert_int_equal(rig_in(&b->rig, 0x3D5), 0x31);
    assert_int_equal(rig_in(&b->rig, 0x3D5), 0x31);
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
    assert_int_equal(rig_in(&b->rig, 0x3C8), 0);        /* it has read ahead */
    static const uint8_t expected[] = { 1, 2, 3, 10, 11, 12 };
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(rig_in(&b->rig, 0x3C9), expected[i]);
    board_destroy(b);
}

/* --- Timing --- */

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

/* To the tick: the last moment before an edge, and the first after it. */
static void assert_edge(struct board *b, uint64_t dots, uint32_t hz, uint8_t before, uint8_t after)
{
    b->rig.clock.now = b->vga.frame_base + clock_span(dots, hz) - 1;
    assert_int_equal(status(b), before);
    b->rig.clock.now++;
    assert_int_equal(status(b), after);
}

static void status_bits_change_at_exact_dots(void **state)
{
    static const struct { uint8_t mode; uint32_t hz, dots, lines, shown, shown_lines, retrace; } rows[] = {
        { 0x03, 28322000, 900, 449, 720, 400, 412 }, { 0x12, 25175000, 800, 525, 640, 480, 490 },
        { 0x13, 25175000, 800, 449, 640, 400, 412 }, { 0x0D, 12587500, 400, 449, 320, 400, 412 },
    };
    (void)state;

    for (unsigned i = 0; i < 4; i++) {
        struct board *b = board_create(rows[i].mode);
        uint64_t dots = rows[i].dots, frame = dots * rows[i].lines * 1000003;
        assert_edge(b, frame, rows[i].hz, 1, 0);
        assert_edge(b, frame + rows[i].shown, rows[i].hz, 0, 1);
        assert_edge(b, frame + dots, rows[i].hz, 1, 0);
        assert_edge(b, frame + (rows[i].shown_lines - 1) * dots + rows[i].shown, rows[i].hz, 0, 1);
        assert_edge(b, frame + rows[i].shown_lines * dots, rows[i].hz, 1, 1);
        assert_edge(b, frame + rows[i].retrace * dots, rows[i].hz, 1, 9);
        assert_edge(b, frame + (rows[i].retrace + 2) * dots, rows[i].hz, 9, 1);
        set_crtc(b, 0x11, 0);
        set_crtc(b, 0x03, 0x82 | 1 << 5);       /* display enable a character later */
        uint32_t skew = rows[i].mode == 0x03 ? 9 : 8;
        assert_edge(b, frame + skew, rows[i].hz, 1, 0);
        assert_edge(b, frame + skew + rows[i].shown, rows[i].hz, 0, 1);
        board_destroy(b);
    }
}

static void assert_beam(const struct board *b, uint32_t line, uint32_t dot)
{
    uint32_t at_line, at_dot;

    vga_beam(&b->vga, &at_line, &at_dot);
    assert_int_equal(at_line, line);
    assert_int_equal(at_dot, dot);
}

static void the_beam_goes_on_when_registers_change(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    poke(b, 0xB8000, 'a');
    poke(b, 0xB8000 + 160, 'b');
    b->rig.clock.now = b->vga.frame_base + clock_span((uint64_t)449 * 900 * 77 + 100 * 900 + 454, 28322000);
    assert_beam(b, 100, 454);
    set_crtc(b, 0x0D, 80);
    set_crtc(b, 0x11, 0x0E);
    set_crtc(b, 0x06, 0xF0);                    /* 498 lines */
    set_crtc(b, 0x12, 0x67);                    /* 360 of them displayed */
    assert_beam(b, 100, 454);
    rig_out(&b->rig, 0x3C2, 0x63);              /* 25.175 MHz */
    assert_beam(b, 100, 454);
    set_sequencer(b, 1, 0x01);                  /* 8 dots: character 50 and its dot 4 */
    assert_beam(b, 100, 404);
    rig_run(&b->rig, clock_span(300 * 800, 25175000));
    assert_int_equal(screen_of(b)->cell[0][0].code, 'a');
    assert_beam(b, 400, 404);
    set_crtc(b, 0x06, 0x3C);                    /* 318 lines: the beam is beyond the last */
    assert_beam(b, 400 - 318, 404);
    rig_run(&b->rig, 10 * TICKS_PER_SECOND);
    assert_int_equal(screen_of(b)->cell[0][0].code, 'b');
    board_destroy(b);
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

static void diagnostic_bits_show_two_bits_of_the_output(void **state)
{
    static const struct { uint8_t select, bits; } rows[] = {
        { 0x00, 0x05 }, { 0x10, 0x30 }, { 0x20, 0x0A }, { 0x30, 0xC0 },
    };
    struct board *b = board_create(0x12);
    (void)state;

    set_graphics(b, 5, 2);
    poke(b, 0xA0000 + 5 * 80 + 10, 0x09);
    set_attribute(b, 0x11, 0xC5);               /* the border */
    for (unsigned color = 0; color < 64; color++) {
        set_attribute(b, 9, (uint8_t)color);
        for (unsigned i = 0; i < 4; i++) {
            set_attribute(b, 0x12, rows[i].select | 0x0F);
            unsigned low = (unsigned)__builtin_ctz(rows[i].bits), high = 31 - (unsigned)__builtin_clz(rows[i].bits);
            b->rig.clock.now = b->vga.frame_base + clock_span(800ull * (525 * 1000 + 5) + 84, 25175000);
            assert_int_equal(status(b), (color >> low & 1) << 4 | (color >> high & 1) << 5);
            b->rig.clock.now = b->vga.frame_base + clock_span(800ull * (525 * 1000 + 5) + 660, 25175000);
            assert_int_equal(status(b), 1 | (0xC5 >> low & 1) << 4 | (0xC5 >> high & 1) << 5);
            b->rig.clock.now = b->vga.frame_base + clock_span(800ull * (525 * 1000 + 490) + 5, 25175000);
            assert_int_equal(status(b), 9);
        }
    }
    board_destroy(b);
}

static void retrace_interrupt_is_pending_until_it_is_cleared(void **state)
{
    struct board *b = board_create(0x03);
    uint64_t frame = clock_span(900 * 449, 28322000);
    (void)state;

    rig_run(&b->rig, frame / 4);
    set_crtc(b, 0x11, 0x0E);                    /* cleared and enabled, still held */
    rig_run(&b->rig, 2 * frame);
    assert_int_equal(rig_in(&b->rig, 0x3C2) & 0x80, 0);
    set_crtc(b, 0x11, 0x1E);
    assert_int_equal(rig_in(&b->rig, 0x3C2) & 0x80, 0);
    rig_run(&b->rig, frame);
    assert_int_equal(rig_in(&b->rig, 0x3C2) & 0x80, 0x80);
    set_crtc(b, 0x11, 0x3E);                    /* disabled, but not forgotten */
    assert_int_equal(rig_in(&b->rig, 0x3C2) & 0x80, 0x80);
    set_crtc(b, 0x11, 0x2E);
    assert_int_equal(rig_in(&b->rig, 0x3C2) & 0x80, 0);
    set_crtc(b, 0x11, 0x3E);
    rig_run(&b->rig, 2 * frame);
    assert_int_equal(rig_in(&b->rig, 0x3C2) & 0x80, 0);
    assert_int_equal(rig_in(&b->rig, 0x3C2) & 0x10, 0x10);
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

static void odd_even_addressing_replaces_the_lowest_bit(void **state)
{
    struct board *b = board_create(0x03);
    (void)state;

    bus_write(&b->rig.bus, 0xB8004, 0x1E41, 2);
    assert_int_equal(plane(b, 0, 4), 0x41);
    rig_out(&b->rig, 0x3C2, 0x47);              /* the other page */
    bus_write(&b->rig.bus, 0xB8004, 0x2F42, 2);
    assert_int_equal(plane(b, 0, 5), 0x42);
    assert_int_equal(plane(b, 1, 5), 0x2F);
    assert_int_equal(plane(b, 0, 4), 0x41);
    assert_int_equal(bus_read(&b->rig.bus, 0xB8004, 2), 0x2F42);
    rig_out(&b->rig, 0x3C2, 0x67);
    assert_int_equal(bus_read(&b->rig.bus, 0xB8004, 2), 0x1E41);
    set_graphics(b, 6, 0x02);                   /* 128 KB: address bit 16 */
    bus_write(&b->rig.bus, 0xA0004, 0x3C43, 2);
    bus_write(&b->rig.bus, 0xB0004, 0x3D44, 2);
    assert_int_equal(plane(b, 0, 4), 0x43);
    assert_int_equal(plane(b, 1, 5), 0x3D);
    assert_int_equal(peek(b, 0xB0004), 0x44);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registers_read_back),
        cmocka_unit_test(reserved_bits_and_registers_read_as_zero),
        cmocka_unit_test(a_sleeping_card_answers_at_3c3_only),
        cmocka_unit_test(attribute_index_and_data_take_turns),
        cmocka_unit_test(latches_and_the_attribute_flip_flop_can_be_read),
        cmocka_unit_test(crtc_answers_at_one_address_only),
        cmocka_unit_test(crtc_protection_spares_the_line_compare_bit),
        cmocka_unit_test(dac_takes_three_bytes_of_six_bits),
        cmocka_unit_test(status_bits_follow_the_beam),
        cmocka_unit_test(status_bits_change_at_exact_dots),
        cmocka_unit_test(the_beam_goes_on_when_registers_change),
        cmocka_unit_test(start_address_counts_from_the_retrace),
        cmocka_unit_test(diagnostic_bits_show_two_bits_of_the_output),
        cmocka_unit_test(retrace_interrupt_is_pending_until_it_is_cleared),
        cmocka_unit_test(text_goes_to_planes_0_and_1),
        cmocka_unit_test(odd_even_addressing_replaces_the_lowest_bit),
        cmocka_unit_test(memory_map_selects_the_window),
        cmocka_unit_test(font_is_loaded_into_plane_2),
        cmocka_unit_test(chain_4_spreads_bytes_over_the_planes),
        cmocka_unit_test(read_mode_1_compares_colors),
        cmocka_unit_test(peek_leaves_the_latches_alone),
        cmocka_unit_test(write_modes_follow_the_manual),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
