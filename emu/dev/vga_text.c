/* Text modes as pixels (IBM VGA technical reference: character generator, attribute controller), for whoever wants a
 * picture of them: the cells of vga_screen(), drawn with the fonts in plane 2.
 *
 * A font has 256 characters of 32 bytes; there is room for eight, two of which are in use: attribute bit 3 chooses
 * between them, and is part of the colour as well. Characters are eight or nine dots wide; the ninth is background, but
 * for C0-DF where the attribute controller is told to repeat the eighth (line graphics). The cursor and blinking
 * characters are drawn as shown. Left out: panning, and doubled scan lines, which are drawn once. */
#include "emu/dev/vga_parts.h"

#include "emu/screen.h"

enum { CLOCKING_8_DOTS = 1, ATTR_LINE_GRAPHICS = 4, FONT_LINES = 32, UNDERLINED = 1 };

/* What all cells have in common. */
struct generator {
    const struct vga *vga;
    const struct screen *screen;
    uint32_t font[2];               /* address of the font for attribute bit 3 clear, set */
    unsigned dots, lines;
    uint8_t color[16];              /* DAC entries */
};

/* Fonts 0-3 lie at every 16 KB of the plane, 4-7 in the middle between. */
static uint32_t font_address(unsigned number)
{
    return (number & 3u) << 14 | (number & 4u) << 11;
}

static struct generator generator_of(const struct vga *v, const struct screen *screen)
{
    uint8_t map = v->sequencer[SEQ_CHARACTER_MAP];
    struct generator g = { .vga = v, .screen = screen, .dots = v->sequencer[SEQ_CLOCKING] & CLOCKING_8_DOTS ? 8 : 9,
                           .lines = (v->crtc[CRTC_MAX_SCAN] & 31u) + 1 };
    g.font[0] = font_address((map & 3u) | (map >> 2 & 4u));
    g.font[1] = font_address((map >> 2 & 3u) | (map >> 3 & 4u));
    for (unsigned i = 0; i < 16; i++)
        g.color[i] = vga_dac_entry(v, i);
    return g;
}

static bool is_at_cursor(const struct screen *s, unsigned row, unsigned column, unsigned line)
{
    return s->cursor && row == s->cursor_row && column == s->cursor_column && line >= s->cursor_start &&
           line <= s->cursor_end;
}

/* The dots of one line of a cell, the leftmost in bit DOTS - 1. */
static unsigned dots_of(const struct generator *g, unsigned row, unsigned column, unsigned line)
{
    struct screen_cell cell = g->screen->cell[row][column];
    uint32_t font = g->font[cell.attribute >> 3 & 1];
    unsigned bits = vga_planes(g->vga, font + cell.code * FONT_LINES + line) >> 16 & 0xFF;
    bool repeats = (cell.code & 0xE0) == 0xC0 && g->vga->attribute[ATTR_MODE] & ATTR_LINE_GRAPHICS;
    if (g->dots == 9)
        bits = bits << 1 | (repeats && bits & 1);
    bool underlined = (cell.attribute & 7) == UNDERLINED && line == (g->vga->crtc[CRTC_UNDERLINE] & 31u);
    return underlined || is_at_cursor(g->screen, row, column, line) ? (1u << g->dots) - 1 : bits;
}

static void draw_line(const struct generator *g, unsigned row, unsigned line, uint8_t *pixels)
{
    for (unsigned column = 0; column < g->screen->columns; column++) {
        uint8_t attribute = g->screen->cell[row][column].attribute;
        uint8_t back = g->color[attribute >> 4 & (g->screen->blink ? 7 : 15)], fore = g->color[attribute & 15];
        unsigned bits = dots_of(g, row, column, line);
        for (unsigned i = g->dots; i-- > 0; pixels++)
            *pixels = bits >> i & 1 ? fore : back;
    }
}

bool vga_text_pixels(const struct vga *v, struct picture *size, uint8_t *pixels, size_t capacity, uint8_t dac[256][3])
{
    struct screen screen;
    vga_screen(v, &screen);
    struct generator g = generator_of(v, &screen);
    *size = (struct picture){ (uint16_t)(screen.columns * g.dots), (uint16_t)(screen.rows * g.lines) };
    if (screen.graphics || capacity < (size_t)size->width * size->height)
        return false;
    for (unsigned y = 0; y < size->height; y++)
        draw_line(&g, y / g.lines, y % g.lines, pixels + (size_t)y * size->width);
    vga_dac_colors(v, dac);
    return true;
}
