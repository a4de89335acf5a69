/* A VGA card in a known mode, for the tests. */
#ifndef TESTS_EMU_DEV_VGA_BOARD_H
#define TESTS_EMU_DEV_VGA_BOARD_H

#include "tests/emu/dev/rig.h"

#include "emu/dev/vga_parts.h"

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

static inline void visit(void *chip, struct state *state) { vga_visit(chip, state); }

static inline void set(struct board *b, uint16_t port, uint8_t index, uint8_t value)
{
    rig_out(&b->rig, port, index);
    rig_out(&b->rig, port + 1, value);
}

static inline void set_sequencer(struct board *b, uint8_t index, uint8_t value) { set(b, 0x3C4, index, value); }
static inline void set_graphics(struct board *b, uint8_t index, uint8_t value) { set(b, 0x3CE, index, value); }

static inline void set_crtc(struct board *b, uint8_t index, uint8_t value)
{
    set(b, b->vga.misc & 1 ? 0x3D4 : 0x3B4, index, value);
}

static inline void set_attribute(struct board *b, uint8_t index, uint8_t value)
{
    rig_in(&b->rig, b->vga.misc & 1 ? 0x3DA : 0x3BA);
    rig_out(&b->rig, 0x3C0, index);
    rig_out(&b->rig, 0x3C0, value);
    rig_out(&b->rig, 0x3C0, 0x20);
}

static inline void set_color(struct board *b, uint8_t index, uint8_t red, uint8_t green, uint8_t blue)
{
    rig_out(&b->rig, 0x3C8, index);
    rig_out(&b->rig, 0x3C9, red);
    rig_out(&b->rig, 0x3C9, green);
    rig_out(&b->rig, 0x3C9, blue);
}

static inline void set_mode(struct board *b, uint8_t number)
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

static inline struct board *board_create(uint8_t mode)
{
    struct board *b = calloc(1, sizeof *b);

    assert_non_null(b);
    rig_init(&b->rig);
    struct vga_config config = { .bus = &b->rig.bus, .clock = &b->rig.clock, .probes = &b->rig.probes };
    assert_true(vga_init(&b->vga, &config));
    set_mode(b, mode);
    return b;
}

static inline void board_destroy(struct board *b)
{
    vga_destroy(&b->vga);
    rig_destroy(&b->rig);
    free(b);
}

static inline void poke(struct board *b, uint32_t addr, uint8_t value) { bus_write(&b->rig.bus, addr, value, 1); }
static inline uint8_t peek(struct board *b, uint32_t addr) { return (uint8_t)bus_read(&b->rig.bus, addr, 1); }
static inline uint8_t plane(struct board *b, unsigned p, uint32_t address) { return b->vga.memory[4 * address + p]; }

static inline struct screen *screen_of(struct board *b)
{
    static struct screen screen;

    vga_screen(&b->vga, &screen);
    return &screen;
}

/* The picture as entries of the DAC, black as 0: drawn with a DAC that tells them apart. False without SIZE bytes. */
static inline bool picture_entries(struct board *b, struct picture *size, uint8_t *entries, size_t capacity)
{
    struct vga look = b->vga;
    size_t count;

    for (unsigned i = 0; i < 256; i++)
        memcpy(look.dac[i], (uint8_t[]){ i & 15, i >> 4, 0 }, 3);
    vga_picture(&look, size, NULL, 0);
    count = (size_t)size->width * size->height;
    if (count > capacity)
        return false;
    uint8_t *rgb = malloc(3 * count + 1);
    assert_non_null(rgb);
    assert_true(vga_picture(&look, size, rgb, 3 * count));
    for (size_t i = 0; i < count; i++)
        entries[i] = (uint8_t)(rgb[3 * i] >> 2 | rgb[3 * i + 1] >> 2 << 4);
    free(rgb);
    return true;
}

static inline uint8_t status(struct board *b) { return rig_in(&b->rig, 0x3DA); }

#endif
