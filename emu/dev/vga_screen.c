/* The screen as the registers and planes make it at this moment (IBM VGA technical reference: CRT controller and
 * attribute controller): its shape and its colours; text as cells, for whoever wants to read it. vga_picture.c draws
 * both text and graphics.
 *
 * Left out: in cells everything that moves text by less than a character. */
#include "emu/dev/vga_parts.h"

#include <string.h>

enum { MISC_GRAPHICS = 1, SCAN_DOUBLED = 0x80, CURSOR_OFF = 0x20, ATTR_BLINK = 8, ATTR_8_BITS = 0x40,
       PALETTE_SHOWN = 0x20, SCREEN_OFF = 0x20, CRTC_MODE_A13 = 1, CRTC_MODE_A14 = 2, CRTC_MODE_RETRACE = 0x80 };

static struct vga_shape svga_shape(const struct vga *v)
{
    uint32_t width = v->svga[SVGA_WIDTH];
    return (struct vga_shape){ .graphics = true, .characters = width / 8, .columns = width,
                               .rows = v->svga[SVGA_HEIGHT], .lines = 1 };
}

struct vga_shape vga_shape(const struct vga *v)
{
    if (vga_svga_enabled(v))
        return svga_shape(v);
    uint32_t height = (v->crtc[CRTC_MAX_SCAN] & 31u) + 1;
    bool interleaved = (v->crtc[CRTC_MODE] & (CRTC_MODE_A13 | CRTC_MODE_A14)) != (CRTC_MODE_A13 | CRTC_MODE_A14);
    struct vga_shape s = { .graphics = v->graphics[GC_MISC] & MISC_GRAPHICS,
                           .doubled = v->crtc[CRTC_MAX_SCAN] & SCAN_DOUBLED };
    s.characters = v->crtc[CRTC_DISPLAY_END] + 1u;
    s.columns = s.characters;
    s.lines = (s.graphics && interleaved ? 1 : height) * (s.doubled ? 2 : 1);
    if (s.graphics)
        s.columns *= v->attribute[ATTR_MODE] & ATTR_8_BITS ? 4 : 8;
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
    struct vga_shape s = vga_shape(v);
    uint32_t format = s.columns << 16 | s.rows << 1 | s.graphics;
    if (format == v->format)
        return;
    v->format = format;
    if (probe_wants(v->config.probes, PROBE_SCREEN_MODE))
        probe_emit(v->config.probes, PROBE_SCREEN_MODE, s.columns, s.rows, s.graphics, 0);
}

/* --- Colours --- */

uint8_t vga_dac_entry(const struct vga *v, unsigned color)
{
    return vga_attribute_color(v, color) & v->dac_mask;
}

static void rgb_of(const struct vga *v, unsigned entry, uint8_t rgb[3])
{
    for (unsigned i = 0; i < 3; i++)
        rgb[i] = vga_svga_dac_8_bits(v) ? v->dac[entry][i] : (uint8_t)(v->dac[entry][i] << 2 | v->dac[entry][i] >> 4);
}

void vga_dac_colors(const struct vga *v, uint8_t dac[256][3])
{
    for (unsigned i = 0; i < 256; i++)
        rgb_of(v, i, dac[i]);
}

/* --- Text --- */

static void fill_cells(const struct vga *v, const struct vga_shape *s, struct screen *screen)
{
    uint32_t split = (vga_split_line(v) + s->lines - 1) / s->lines;
    for (uint32_t row = 0; row < s->rows; row++) {
        uint32_t counter = row < split ? vga_first_counter(v) + row * vga_pitch(v) : (row - split) * vga_pitch(v);
        for (uint32_t column = 0; column < s->columns; column++) {
            uint32_t planes = vga_planes(v, vga_plane_address(v, counter + column, 0));
            screen->cell[row][column] = (struct screen_cell){ (uint8_t)planes, (uint8_t)(planes >> 8) };
        }
    }
}

/* A start line below the end line shows no cursor, as on the VGA (the EGA and CGA differ). */
static void place_cursor(const struct vga *v, const struct vga_shape *s, struct screen *screen)
{
    uint32_t where = (uint32_t)(v->crtc[CRTC_CURSOR_HIGH] << 8 | v->crtc[CRTC_CURSOR_LOW]);
    uint32_t distance = (where - vga_first_counter(v)) & 0xFFFF, pitch = vga_pitch(v);
    uint32_t row = pitch ? distance / pitch : 0, column = pitch ? distance % pitch : distance;
    column += v->crtc[CRTC_CURSOR_END] >> 5 & 3u;
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
    struct vga_shape s = vga_shape(v);
    memset(screen, 0, sizeof *screen);
    screen->graphics = s.graphics;
    screen->blanked = vga_blanked(v);
    screen->columns = (uint16_t)s.columns;
    screen->rows = (uint16_t)s.rows;
    screen->blink = v->attribute[ATTR_MODE] & ATTR_BLINK;
    screen->two_fonts = has_two_fonts(v);
    screen->generation = 2 * (v->generation + vga_svga_frames(v) + vga_raster_age(v)) + !vga_start_waits(v);
    for (unsigned i = 0; i < 16; i++)
        rgb_of(v, vga_dac_entry(v, i), screen->rgb[i]);
    if (s.graphics)
        return;
    fill_cells(v, &s, screen);
    place_cursor(v, &s, screen);
}
