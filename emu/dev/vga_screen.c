/* The picture as the registers and planes make it at this moment (IBM VGA technical reference: CRT controller and
 * attribute controller), for whoever wants to draw it. Nothing is drawn before it is asked for.
 *
 * Addresses are those of the CRTC: a counter from the start address, row by row, seen through byte, word or doubleword
 * addressing, with row scan bits in the place of address bits for the CGA's interleaved lines, and set to 0 where the
 * line compare register splits the screen. Left out: partial rows of text, panning and preset row scan in text, what
 * changes in the middle of a frame. */
#include "emu/dev/vga_parts.h"

#include <string.h>

enum { MISC_GRAPHICS = 1, MODE_256_COLORS = 0x40, MODE_INTERLEAVED = 0x20, SCAN_DOUBLED = 0x80, CURSOR_OFF = 0x20,
       ATTR_BLINK = 8, ATTR_PAN_RESET = 0x20, ATTR_P54_SELECT = 0x80, PALETTE_SHOWN = 0x20, SCREEN_OFF = 0x20,
       CRTC_MODE_A13 = 1, CRTC_MODE_A14 = 2, CRTC_COUNT_BY_2 = 8, CRTC_MODE_MA15 = 0x20, CRTC_MODE_BYTE = 0x40,
       CRTC_MODE_RETRACE = 0x80, UNDERLINE_COUNT_BY_4 = 0x20, UNDERLINE_DOUBLEWORD = 0x40 };

/* The shape of the picture. */
struct shape {
    bool graphics;
    uint32_t characters;        /* across: character clocks */
    uint32_t columns, rows;     /* of struct screen */
    uint32_t scans;             /* rows of the picture for one row of the address counter (graphics) */
    uint32_t lines;             /* scan lines of the monitor for one row of the picture */
};

static struct shape shape(const struct vga *v)
{
    uint32_t height = (v->crtc[CRTC_MAX_SCAN] & 31u) + 1, doubled = v->crtc[CRTC_MAX_SCAN] & SCAN_DOUBLED ? 2 : 1;
    bool interleaved = (v->crtc[CRTC_MODE] & (CRTC_MODE_A13 | CRTC_MODE_A14)) != (CRTC_MODE_A13 | CRTC_MODE_A14);
    struct shape s = { .graphics = v->graphics[GC_MISC] & MISC_GRAPHICS, .scans = 1, .lines = height * doubled };
    s.characters = v->crtc[CRTC_DISPLAY_END] + 1u;
    s.columns = s.characters;
    if (s.graphics) {
        s.columns *= v->graphics[GC_MODE] & MODE_256_COLORS ? 4 : 8;
        s.scans = interleaved ? height : 1;
        s.lines = interleaved ? doubled : s.lines;
    }
    s.rows = v->frame.shown_lines / s.lines;
    if (!s.graphics && s.columns > SCREEN_MAX_COLUMNS)
        s.columns = SCREEN_MAX_COLUMNS;
    if (!s.graphics && s.rows > SCREEN_MAX_ROWS)
        s.rows = SCREEN_MAX_ROWS;
    return s;
}

bool vga_blanked(const struct vga *v)
{
    return (v->sequencer[SEQ_CLOCKING] & SCREEN_OFF) || !(v->attribute_index & PALETTE_SHOWN) ||
           !(v->crtc[CRTC_MODE] & CRTC_MODE_RETRACE) || (v->sequencer[SEQ_RESET] & 3) != 3;
}

void vga_report_format(struct vga *v)
{
    if (vga_blanked(v))
        return;
    struct shape s = shape(v);
    uint32_t format = s.columns << 16 | s.rows << 1 | s.graphics;
    if (format == v->format)
        return;
    v->format = format;
    if (probe_wants(v->config.probes, PROBE_SCREEN_MODE))
        probe_emit(v->config.probes, PROBE_SCREEN_MODE, s.columns, s.rows, s.graphics, 0);
}

/* --- Addresses --- */

/* Plane address of a value of the address counter. */
static uint32_t plane_address(const struct vga *v, uint32_t counter, uint32_t scan)
{
    uint8_t mode = v->crtc[CRTC_MODE];
    uint32_t address = counter;
    counter &= 0xFFFF;
    if (v->crtc[CRTC_UNDERLINE] & UNDERLINE_DOUBLEWORD)
        address = counter << 2 | counter >> 14;
    else if (!(mode & CRTC_MODE_BYTE))
        address = counter << 1 | (counter >> (mode & CRTC_MODE_MA15 ? 15 : 13) & 1);
    if (!(mode & CRTC_MODE_A13))
        address = (address & ~0x2000u) | (scan & 1) << 13;
    if (!(mode & CRTC_MODE_A14))
        address = (address & ~0x4000u) | (scan >> 1 & 1) << 14;
    return address & 0xFFFF;
}

static uint32_t pitch(const struct vga *v)
{
    return v->crtc[CRTC_OFFSET] * 2u;
}

/* Start address with the bytes that the preset row scan register pans by. */
static uint32_t first_counter(const struct vga *v)
{
    return vga_start(v) + (v->crtc[CRTC_PRESET_ROW] >> 5 & 3u);
}

/* The first row of the picture after the line where the screen is split; may be beyond the last. */
static uint32_t split_row(const struct vga *v, const struct shape *s)
{
    uint32_t line = v->crtc[CRTC_LINE_COMPARE] | (v->crtc[CRTC_OVERFLOW] >> 4 & 1u) << 8 |
                    (v->crtc[CRTC_MAX_SCAN] >> 6 & 1u) << 9;
    return line / s->lines + 1;
}

/* --- Colours --- */

uint8_t vga_dac_entry(const struct vga *v, unsigned color)
{
    uint8_t select = v->attribute[ATTR_COLOR_SELECT];
    uint8_t entry = v->attribute[color & v->attribute[ATTR_PLANE_ENABLE] & 15] & 0x3F;
    if (v->attribute[ATTR_MODE] & ATTR_P54_SELECT)
        entry = (uint8_t)((entry & 15) | (select & 3) << 4);
    return (uint8_t)((entry | (select & 12) << 4) & v->dac_mask);
}

static void rgb_of(const struct vga *v, unsigned entry, uint8_t rgb[3])
{
    for (unsigned i = 0; i < 3; i++)
        rgb[i] = (uint8_t)(v->dac[entry][i] << 2 | v->dac[entry][i] >> 4);
}

void vga_dac_colors(const struct vga *v, uint8_t dac[256][3])
{
    for (unsigned i = 0; i < 256; i++)
        rgb_of(v, i, dac[i]);
}

/* --- Text --- */

static void fill_cells(const struct vga *v, const struct shape *s, struct screen *screen)
{
    uint32_t split = split_row(v, s);
    for (uint32_t row = 0; row < s->rows; row++) {
        uint32_t counter = row < split ? first_counter(v) + row * pitch(v) : (row - split) * pitch(v);
        for (uint32_t column = 0; column < s->columns; column++) {
            uint32_t planes = vga_planes(v, plane_address(v, counter + column, 0));
            screen->cell[row][column] = (struct screen_cell){ (uint8_t)planes, (uint8_t)(planes >> 8) };
        }
    }
}

/* A start line below the end line shows no cursor, as on the VGA (the EGA and CGA differ). */
static void place_cursor(const struct vga *v, const struct shape *s, struct screen *screen)
{
    uint32_t where = (uint32_t)(v->crtc[CRTC_CURSOR_HIGH] << 8 | v->crtc[CRTC_CURSOR_LOW]);
    uint32_t distance = (where - first_counter(v)) & 0xFFFF;
    uint32_t row = pitch(v) ? distance / pitch(v) : 0, column = pitch(v) ? distance % pitch(v) : distance;
    screen->cursor_start = v->crtc[CRTC_CURSOR_START] & 31;
    screen->cursor_end = v->crtc[CRTC_CURSOR_END] & 31;
    if (row >= s->rows || column >= s->columns)
        return;
    screen->cursor_row = (uint16_t)row;
    screen->cursor_column = (uint16_t)column;
    screen->cursor = !(v->crtc[CRTC_CURSOR_START] & CURSOR_OFF) && screen->cursor_start <= screen->cursor_end;
}

/* Do the two character map fields name different fonts? */
static bool has_two_fonts(const struct vga *v)
{
    uint8_t map = v->sequencer[SEQ_CHARACTER_MAP];
    unsigned a = (map >> 2 & 3u) | (map >> 3 & 4u), b = (map & 3u) | (map >> 2 & 4u);
    return a != b;
}

void vga_screen(const struct vga *v, struct screen *screen)
{
    struct shape s = shape(v);
    memset(screen, 0, sizeof *screen);
    screen->graphics = s.graphics;
    screen->blanked = vga_blanked(v);
    screen->columns = (uint16_t)s.columns;
    screen->rows = (uint16_t)s.rows;
    screen->blink = v->attribute[ATTR_MODE] & ATTR_BLINK;
    screen->two_fonts = has_two_fonts(v);
    screen->generation = 2 * v->generation + !vga_start_waits(v);
    for (unsigned i = 0; i < 16; i++)
        rgb_of(v, vga_dac_entry(v, i), screen->rgb[i]);
    if (s.graphics)
        return;
    fill_cells(v, &s, screen);
    place_cursor(v, &s, screen);
}

/* --- Graphics --- */

/* The pixels that the planes give in one character clock; returns how many. */
static unsigned decode_pixels(const struct vga *v, uint32_t planes, const uint8_t colors[16], uint8_t out[8])
{
    if (v->graphics[GC_MODE] & MODE_256_COLORS) {
        for (unsigned i = 0; i < 4; i++)
            out[i] = (uint8_t)(planes >> 8 * i) & v->dac_mask;
        return 4;
    }
    for (unsigned i = 0; i < 8; i++) {
        uint32_t bits = planes >> (7 - i);
        unsigned color = (bits & 1) | (bits >> 7 & 2) | (bits >> 14 & 4) | (bits >> 21 & 8);
        if (v->graphics[GC_MODE] & MODE_INTERLEAVED) {
            bits = planes >> (6 - 2 * (i & 3)) >> (i & 4 ? 8 : 0);
            color = (bits & 3) | (bits >> 14 & 12);
        }
        out[i] = colors[color];
    }
    return 8;
}

/* One row from a value of the address counter, shifted left by PAN pixels. */
static void draw_row(const struct vga *v, const struct shape *s, uint32_t counter, uint32_t scan, unsigned pan,
                     uint8_t *row)
{
    unsigned shift = v->crtc[CRTC_UNDERLINE] & UNDERLINE_COUNT_BY_4 ? 2 : v->crtc[CRTC_MODE] & CRTC_COUNT_BY_2 ? 1 : 0;
    uint8_t colors[16], pixels[8];
    uint32_t x = 0;
    for (unsigned i = 0; i < 16; i++)
        colors[i] = vga_dac_entry(v, i);
    for (uint32_t clock = 0; x < s->columns; clock++) {
        uint32_t planes = vga_planes(v, plane_address(v, counter + (clock >> shift), scan));
        unsigned count = decode_pixels(v, planes, colors, pixels);
        for (unsigned i = clock ? 0 : pan; i < count && x < s->columns; i++)
            row[x++] = pixels[i];
    }
}

static unsigned panning(const struct vga *v)
{
    unsigned pan = v->attribute[ATTR_PANNING] & 7;
    return v->graphics[GC_MODE] & MODE_256_COLORS ? pan / 2 : pan;
}

bool vga_pixels(const struct vga *v, uint8_t *pixels, size_t capacity, uint8_t dac[256][3])
{
    struct shape s = shape(v);
    if (!s.graphics || capacity < (size_t)s.columns * s.rows)
        return false;
    uint32_t split = split_row(v, &s);
    for (uint32_t y = 0; y < s.rows; y++) {
        bool above = y < split;
        uint32_t line = above ? y : y - split;
        uint32_t counter = (above ? first_counter(v) : 0) + line / s.scans * pitch(v);
        unsigned pan = above || !(v->attribute[ATTR_MODE] & ATTR_PAN_RESET) ? panning(v) : 0;
        draw_row(v, &s, counter, line % s.scans, pan, pixels + (size_t)y * s.columns);
    }
    vga_dac_colors(v, dac);
    return true;
}
