/* The display interface beside the VGA: its registers, the bank and the linear frame buffer, pictures of every depth,
 * what does not fit, saved state, and random values at all ports of the card. */
#include "tests/emu/dev/vga_board.h"

enum { ID, WIDTH, HEIGHT, DEPTH, ENABLE, BANK, VIRTUAL_WIDTH, VIRTUAL_HEIGHT, X, Y, MEMORY };
enum { ENABLED = 1, LIMITS = 2, DAC_8 = 0x20, LINEAR = 0x40, KEEP = 0x80, LARGEST = 2048 * 2048 * 3 };

#define LFB 0xE0000000u

static uint8_t *rgb;

static struct board *svga_create(uint32_t kb)
{
    struct board *b = calloc(1, sizeof *b);
    assert_non_null(b);
    rig_init(&b->rig);
    struct vga_config config = { .bus = &b->rig.bus, .clock = &b->rig.clock, .probes = &b->rig.probes,
                                 .memory_kb = kb };
    assert_true(vga_init(&b->vga, &config));
    set_mode(b, 0x13);
    return b;
}

static uint16_t get(struct board *b, uint16_t index)
{
    bus_out(&b->rig.bus, 0x1CE, index, 2);
    return (uint16_t)bus_in(&b->rig.bus, 0x1CF, 2);
}

static void put(struct board *b, uint16_t index, uint16_t value)
{
    bus_out(&b->rig.bus, 0x1CE, index, 2);
    bus_out(&b->rig.bus, 0x1CF, value, 2);
}

static void enable(struct board *b, uint16_t width, uint16_t height, uint16_t depth, uint16_t flags)
{
    put(b, ENABLE, 0);
    put(b, WIDTH, width);
    put(b, HEIGHT, height);
    put(b, DEPTH, depth);
    put(b, ENABLE, ENABLED | flags);
}

static const uint8_t *picture(struct board *b, unsigned width, unsigned height)
{
    struct picture size;
    assert_true(vga_picture(&b->vga, &size, rgb, LARGEST));
    assert_int_equal(size.width, width);
    assert_int_equal(size.height, height);
    return rgb;
}

static void is_colour(const uint8_t *pixel, unsigned red, unsigned green, unsigned blue)
{
    assert_int_equal(pixel[0], red);
    assert_int_equal(pixel[1], green);
    assert_int_equal(pixel[2], blue);
}

/* --- Registers --- */

static void a_plain_vga_has_no_display_interface(void **state)
{
    struct board *b = svga_create(0);
    (void)state;

    assert_int_equal(get(b, ID), 0xFFFF);
    assert_int_equal(bus_read(&b->rig.bus, LFB, 4), 0xFFFFFFFF);
    assert_int_equal(b->vga.memory_size, 256 * 1024);
    board_destroy(b);
}

static void its_number_and_limits_can_be_read(void **state)
{
    struct board *b = svga_create(4096);
    (void)state;

    assert_int_equal(get(b, ID), 0xB0C5);
    put(b, ID, 0xB0C2);
    assert_int_equal(get(b, ID), 0xB0C2);
    put(b, ID, 0x1234);
    assert_int_equal(get(b, ID), 0xB0C2);
    assert_int_equal(get(b, MEMORY), 64);
    put(b, ENABLE, LIMITS);
    assert_int_equal(get(b, WIDTH), 2048);
    assert_int_equal(get(b, HEIGHT), 2048);
    assert_int_equal(get(b, DEPTH), 32);
    assert_int_equal(get(b, 99), 0xFFFF);
    board_destroy(b);
}

static void a_mode_is_taken_over_when_it_is_enabled(void **state)
{
    struct board *b = svga_create(4096);
    (void)state;

    put(b, WIDTH, 640);
    put(b, HEIGHT, 480);
    put(b, DEPTH, 16);
    assert_int_equal(screen_of(b)->columns, 320);
    put(b, ENABLE, ENABLED);
    assert_true(screen_of(b)->graphics);
    assert_int_equal(screen_of(b)->columns, 640);
    assert_int_equal(screen_of(b)->rows, 480);
    assert_int_equal(get(b, VIRTUAL_WIDTH), 640);
    assert_int_equal(get(b, VIRTUAL_HEIGHT), 4096 * 1024 / 1280);
    put(b, WIDTH, 800);
    put(b, DEPTH, 8);
    assert_int_equal(get(b, WIDTH), 640);
    assert_int_equal(get(b, DEPTH), 16);
    put(b, ENABLE, 0);
    assert_int_equal(screen_of(b)->columns, 320);
    board_destroy(b);
}

static void what_the_memory_does_not_hold_is_not_enabled(void **state)
{
    static const uint16_t wrong[][3] = { { 1280, 1024, 32 }, { 0, 480, 8 }, { 640, 0, 8 } };
    struct board *b = svga_create(4096);
    (void)state;

    for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        enable(b, wrong[i][0], wrong[i][1], wrong[i][2], 0);
        assert_int_equal(get(b, ENABLE) & ENABLED, 0);
        assert_int_equal(screen_of(b)->columns, 320);
    }
    put(b, DEPTH, 13);
    assert_int_equal(get(b, DEPTH), 8);
    put(b, WIDTH, 2049);
    assert_int_equal(get(b, WIDTH), 640);
    enable(b, 1280, 1024, 24, 0);
    assert_int_equal(get(b, ENABLE), ENABLED);
    board_destroy(b);
}

static void lines_and_places_stay_inside_of_the_memory(void **state)
{
    struct board *b = svga_create(1024);
    (void)state;

    enable(b, 640, 480, 16, 0);
    put(b, VIRTUAL_WIDTH, 100);
    assert_int_equal(get(b, VIRTUAL_WIDTH), 640);
    put(b, VIRTUAL_WIDTH, 0xFFFF);
    assert_int_equal(get(b, VIRTUAL_WIDTH), 1024 * 1024 / 480 / 2);
    assert_int_equal(get(b, VIRTUAL_HEIGHT), 480);
    put(b, X, 0xFFFF);
    assert_int_equal(get(b, X), 1092 - 640);
    put(b, Y, 5);
    assert_int_equal(get(b, Y), 0);
    put(b, VIRTUAL_WIDTH, 640);
    assert_int_equal(get(b, X), 0);
    put(b, Y, 0xFFFF);
    assert_int_equal(get(b, Y), 1024 * 1024 / 1280 - 480);
    put(b, VIRTUAL_HEIGHT, 7);
    assert_int_equal(get(b, VIRTUAL_HEIGHT), 1024 * 1024 / 1280);
    board_destroy(b);
}

/* --- Memory --- */

static void bank_and_frame_buffer_show_the_same(void **state)
{
    struct board *b = svga_create(4096);
    (void)state;

    enable(b, 1024, 768, 8, 0);
    put(b, BANK, 11);
    bus_write(&b->rig.bus, 0xAFFFC, 0x12345678, 4);
    assert_int_equal(bus_read(&b->rig.bus, LFB + 0xBFFFC, 4), 0x12345678);
    bus_write(&b->rig.bus, LFB + 0xB0001, 0xA5, 1);
    assert_int_equal(peek(b, 0xA0001), 0xA5);
    uint8_t byte = 0;
    bus_peek(&b->rig.bus, 0xA0001, &byte, 1);
    assert_int_equal(byte, 0xA5);
    assert_int_equal(bus_read(&b->rig.bus, 0xB0001, 1), 0xFF);
    put(b, BANK, 64);
    assert_int_equal(get(b, BANK), 11);
    put(b, BANK, 63);
    poke(b, 0xAFFFF, 0x77);
    assert_int_equal(bus_read(&b->rig.bus, LFB + 0x3FFFFF, 1), 0x77);
    assert_int_equal(bus_read(&b->rig.bus, LFB + 0x400000, 1), 0xFF);
    board_destroy(b);
}

static void enabling_clears_the_memory_unless_told_to_keep_it(void **state)
{
    struct board *b = svga_create(1024);
    (void)state;

    enable(b, 640, 480, 8, 0);
    poke(b, 0xA0005, 0x5A);
    enable(b, 640, 480, 8, KEEP);
    assert_int_equal(peek(b, 0xA0005), 0x5A);
    put(b, ENABLE, ENABLED | LINEAR);           /* still enabled */
    assert_int_equal(peek(b, 0xA0005), 0x5A);
    enable(b, 640, 480, 8, 0);
    assert_int_equal(peek(b, 0xA0005), 0);
    board_destroy(b);
}

/* --- Pictures --- */

static void every_depth_has_its_colours(void **state)
{
    static const struct { uint16_t depth; uint32_t value, bytes; uint8_t red, green, blue; } cases[] = {
        { 15, 0x7C00 | 3 << 5 | 16, 2, 255, 24, 132 },
        { 16, 0xF800 | 3 << 5 | 16, 2, 255, 12, 132 },
        { 24, 0x123456, 3, 0x12, 0x34, 0x56 },
        { 32, 0xFF123456, 4, 0x12, 0x34, 0x56 },
    };
    struct board *b = svga_create(4096);
    (void)state;

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        enable(b, 800, 600, cases[i].depth, 0);
        uint32_t at = LFB + (599 * 800 + 799) * cases[i].bytes;
        for (unsigned n = 0; n < cases[i].bytes; n++)
            poke(b, at + n, (uint8_t)(cases[i].value >> 8 * n));
        const uint8_t *pixel = picture(b, 800, 600) + (size_t)(599 * 800 + 799) * 3;
        is_colour(pixel, cases[i].red, cases[i].green, cases[i].blue);
        is_colour(pixel - 3, 0, 0, 0);
    }
    board_destroy(b);
}

static void two_hundred_and_fifty_six_colours_come_from_the_dac(void **state)
{
    struct board *b = svga_create(1024);
    (void)state;

    set_color(b, 9, 63, 32, 1);
    enable(b, 640, 480, 8, 0);
    poke(b, LFB + 640 + 2, 9);
    is_colour(picture(b, 640, 480) + (640 + 2) * 3, 255, 130, 4);
    put(b, ENABLE, ENABLED | DAC_8);
    rig_out(&b->rig, 0x3C7, 9);
    assert_int_equal(rig_in(&b->rig, 0x3C9), 63 << 2);
    set_color(b, 9, 0xC1, 0xC2, 0xC3);
    is_colour(picture(b, 640, 480) + (640 + 2) * 3, 0xC1, 0xC2, 0xC3);
    put(b, ENABLE, ENABLED);
    rig_out(&b->rig, 0x3C7, 9);
    assert_int_equal(rig_in(&b->rig, 0x3C9), 0xC1 >> 2);
    board_destroy(b);
}

static void sixteen_colours_lie_in_planes_behind_the_bank(void **state)
{
    struct board *b = svga_create(1024);
    (void)state;

    set_mode(b, 0x12);
    set_color(b, 10, 63, 0, 63);
    enable(b, 1024, 768, 4, 0);
    put(b, BANK, 1);                            /* lines from 512 on */
    set_sequencer(b, 2, 0x0A);
    poke(b, 0xA0000 + 128 + 3, 0x40);
    is_colour(picture(b, 1024, 768) + (size_t)(513 * 1024 + 25) * 3, 255, 0, 255);
    set_graphics(b, 4, 1);
    assert_int_equal(peek(b, 0xA0000 + 128 + 3), 0x40);
    put(b, BANK, 0);
    assert_int_equal(peek(b, 0xA0000 + 128 + 3), 0);
    put(b, BANK, 4);
    assert_int_equal(get(b, BANK), 0);
    board_destroy(b);
}

static void the_picture_begins_at_its_place(void **state)
{
    struct board *b = svga_create(4096);
    (void)state;

    enable(b, 640, 480, 32, 0);
    put(b, VIRTUAL_WIDTH, 1000);
    put(b, X, 17);
    put(b, Y, 300);
    bus_write(&b->rig.bus, LFB + (301 * 1000 + 20) * 4, 0x00ABCDEF, 4);
    is_colour(picture(b, 640, 480) + (640 + 3) * 3, 0xAB, 0xCD, 0xEF);
    struct picture size;
    assert_false(vga_picture(&b->vga, &size, rgb, 640 * 480 * 3 - 1));
    assert_int_equal(size.width, 640);
    board_destroy(b);
}

static void the_generation_moves_with_frames_and_never_back(void **state)
{
    struct board *b = svga_create(4096);
    (void)state;

    enable(b, 640, 480, 16, 0);
    rig_run(&b->rig, TICKS_PER_SECOND / 100);
    uint64_t generation = screen_of(b)->generation;
    assert_int_equal(screen_of(b)->generation, generation);
    rig_run(&b->rig, TICKS_PER_SECOND / 50);
    uint64_t later = screen_of(b)->generation;
    assert_true(later > generation);
    put(b, ENABLE, 0);
    assert_true(screen_of(b)->generation > later);
    board_destroy(b);
}

static void the_beam_moves_at_sixty_frames_a_second(void **state)
{
    struct board *b = svga_create(4096);
    unsigned frames = 0;
    (void)state;

    enable(b, 1024, 768, 8, 0);
    bool before = status(b) & 8;
    for (unsigned i = 0; i < 100000; i++) {
        rig_run(&b->rig, TICKS_PER_SECOND / 100000);
        bool now = status(b) & 8;
        frames += now && !before;
        before = now;
    }
    assert_in_range(frames, 59, 61);
    board_destroy(b);
}

/* --- State and hostility --- */

static void state_survives_saving(void **state)
{
    struct board *b = svga_create(4096), *other = svga_create(4096);
    struct state s;
    (void)state;

    enable(b, 800, 600, 24, LINEAR);
    put(b, VIRTUAL_WIDTH, 900);
    put(b, X, 50);
    put(b, BANK, 20);
    for (uint32_t i = 0; i < 5000; i++)
        poke(b, LFB + 0x100000 + 7 * i, (uint8_t)i);
    bus_out(&b->rig.bus, 0x1CF, 0x12, 1);
    state_begin_save(&s);
    vga_visit(&b->vga, &s);
    assert_true(s.size < 1200000);              /* empty parts of the memory take no room */
    struct state load;
    poke(other, LFB + 0x300000, 1);             /* to be gone */
    other->rig.clock.now = b->rig.clock.now;
    state_begin_load(&load, s.data, s.size);
    uint64_t generation = screen_of(other)->generation;
    vga_visit(&other->vga, &load);
    assert_string_equal(load.error, "");
    assert_memory_equal(other->vga.memory, b->vga.memory, 4096 * 1024);
    assert_memory_equal(other->vga.svga, b->vga.svga, sizeof b->vga.svga);
    assert_int_equal(other->vga.svga_low, 0x12);
    assert_int_equal(peek(other, 0xA0000), peek(b, 0xA0000));
    assert_true(screen_of(other)->generation > generation);
    free(s.data);
    board_destroy(b);
    board_destroy(other);
}

/* A state file may say anything. */
static void a_saved_mode_that_does_not_fit_is_refused(void **state)
{
    static const uint16_t bad[][2] = { { WIDTH, 0 }, { WIDTH, 0xFFFF }, { DEPTH, 7 }, { DEPTH, 32 }, { BANK, 0xFFFF },
                                       { VIRTUAL_WIDTH, 10 }, { VIRTUAL_HEIGHT, 0xFFFF }, { X, 1 }, { Y, 0xFFFF } };
    struct board *b = svga_create(512);
    (void)state;

    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct state s, load;
        enable(b, 640, 400, 16, 0);
        b->vga.svga[bad[i][0]] = bad[i][1];
        state_begin_save(&s);
        vga_visit(&b->vga, &s);
        state_begin_load(&load, s.data, s.size);
        vga_visit(&b->vga, &load);
        assert_string_not_equal(load.error, "");
        assert_int_equal(get(b, ENABLE), 0);
        free(s.data);
    }
    board_destroy(b);
}

static uint32_t random_next(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(*seed >> 33);
}

static void random_act(struct board *b, uint64_t *seed)
{
    static const uint16_t sizes[] = { 0, 1, 8, 320, 640, 1023, 1024, 2048, 0xFFFF };
    uint32_t r = random_next(seed), value = random_next(seed);
    if (r % 8 < 3)
        put(b, r >> 4 & 15, r & 256 ? (uint16_t)value : sizes[value % 9]);
    else if (r % 8 == 3)
        enable(b, sizes[value % 9], sizes[value / 9 % 9], (uint16_t)(value >> 8 & 63), (uint16_t)(value >> 16 & 0xE2));
    else if (r % 8 == 4)
        bus_out(&b->rig.bus, (uint16_t)(0x3B0 + r / 8 % 48), value, 1u << (r >> 16) % 3);
    else if (r % 8 == 5)
        bus_in(&b->rig.bus, (uint16_t)(0x3B0 + r / 8 % 48), 1u << (r >> 16) % 3);
    else if (r % 8 == 6)
        bus_write(&b->rig.bus, 0xA0000 + (value & 0x1FFFC), value, 1u << r / 8 % 3);
    else
        bus_read(&b->rig.bus, 0xA0000 + (value & 0x1FFFC), 1u << r / 8 % 3);
}

static void random_values_draw_no_picture_outside_of_the_memory(void **state)
{
    static const uint32_t memory_kb[] = { 256, 512, 1024, 4096 };
    uint64_t seed = 7;
    (void)state;

    for (unsigned i = 0; i < 4; i++) {
        struct board *b = svga_create(memory_kb[i]);
        for (unsigned n = 0; n < 20000; n++) {
            struct picture size;
            random_act(b, &seed);
            rig_run(&b->rig, random_next(&seed) % TICKS_PER_MS);
            if (n % 500 == 0)
                vga_picture(&b->vga, &size, rgb, LARGEST);
        }
        board_destroy(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_vga_has_no_display_interface),
        cmocka_unit_test(its_number_and_limits_can_be_read),
        cmocka_unit_test(a_mode_is_taken_over_when_it_is_enabled),
        cmocka_unit_test(what_the_memory_does_not_hold_is_not_enabled),
        cmocka_unit_test(lines_and_places_stay_inside_of_the_memory),
        cmocka_unit_test(bank_and_frame_buffer_show_the_same),
        cmocka_unit_test(enabling_clears_the_memory_unless_told_to_keep_it),
        cmocka_unit_test(every_depth_has_its_colours),
        cmocka_unit_test(two_hundred_and_fifty_six_colours_come_from_the_dac),
        cmocka_unit_test(sixteen_colours_lie_in_planes_behind_the_bank),
        cmocka_unit_test(the_picture_begins_at_its_place),
        cmocka_unit_test(the_generation_moves_with_frames_and_never_back),
        cmocka_unit_test(the_beam_moves_at_sixty_frames_a_second),
        cmocka_unit_test(state_survives_saving),
        cmocka_unit_test(a_saved_mode_that_does_not_fit_is_refused),
        cmocka_unit_test(random_values_draw_no_picture_outside_of_the_memory),
    };

    rgb = malloc(LARGEST);
    int result = rgb ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
    free(rgb);
    return result;
}
