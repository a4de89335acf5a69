/* The picture that the monitor shows, line by line (vga_line.c), in true colour: from the planes or from text, by way
 * of the attribute controller and the DAC (IBM VGA technical reference). Direct-colour modes of the display interface
 * (vga_svga.c) come as they are. Nothing is drawn before it is asked for; where registers were changed while the beam
 * drew, the frame is drawn as it was (vga_raster.c).
 *
 * A picture has the displayed dots, without the border. Scan lines that are the same by design, those of doubling and
 * those of a row of pixels, are one row of it, drawn as the first of them: a mode of 200 lines makes a picture of 200
 * rows. */
#include "emu/dev/vga_parts.h"

#include <string.h>

enum { SCREEN_OFF = 0x20, CRTC_MODE_RETRACE = 0x80, MAX_DOTS = 2048 };

/* Dots of a scan line that are shown. */
static uint32_t line_width(const struct vga *v)
{
    struct vga_shape shape = vga_shape(v);
    uint32_t width = shape.graphics ? shape.columns : shape.characters * v->frame.character_dots;
    return width < MAX_DOTS ? width : MAX_DOTS;
}

/* LINES: scan lines for a row of the picture. */
static struct picture picture_size(const struct vga *v, uint32_t *lines)
{
    struct vga_shape shape = vga_shape(v);
    *lines = shape.graphics ? shape.lines : shape.doubled ? 2 : 1;
    uint32_t rows = shape.graphics ? shape.rows : v->frame.shown_lines / *lines;
    return (struct picture){ (uint16_t)line_width(v), (uint16_t)rows };
}

/* --- Lines --- */

/* Draws lines with the registers as they are, in the colours of the DAC and black. */
struct brush {
    struct vga_pen pen;
    uint32_t width;
    uint8_t color[VGA_BLACK + 1][3];
};

static void dip(struct brush *brush, const struct vga *v)
{
    brush->pen = vga_pen(v);
    brush->width = line_width(v);
    vga_dac_colors(v, brush->color);
    memset(brush->color[VGA_BLACK], 0, 3);
}

/* What a screen without a picture shows: the border's colour while the host loads the palette, else nothing. */
static uint16_t empty_color(const struct vga *v)
{
    bool dark = (v->sequencer[SEQ_CLOCKING] & SCREEN_OFF) || !(v->crtc[CRTC_MODE] & CRTC_MODE_RETRACE) ||
                (v->sequencer[SEQ_RESET] & 3) != 3;
    return dark ? VGA_BLACK : v->attribute[ATTR_OVERSCAN] & v->dac_mask;
}

/* A line with other dots than the picture's, since the mode changed on the way, is made as long as the others. */
static void draw_row(const struct brush *brush, const struct vga_rows *rows, uint32_t line, uint32_t width,
                     uint8_t *rgb)
{
    const struct vga *v = brush->pen.vga;
    uint16_t pixels[MAX_DOTS];
    if (vga_blanked(v)) {
        for (uint32_t x = 0; x < brush->width; x++)
            pixels[x] = empty_color(v);
    } else {
        struct vga_line at = vga_line_of(v, rows, line);
        vga_draw_line(&brush->pen, &at, pixels, brush->width);
    }
    for (uint32_t x = 0; x < width; x++, rgb += 3)
        memcpy(rgb, brush->color[pixels[x * brush->width / width]], 3);
}

static void draw(const struct vga *v, const struct picture *size, uint32_t lines, uint8_t *rgb)
{
    struct vga_replay replay;
    struct vga_rows rows;
    struct brush brush;
    vga_replay_begin(&replay, v);
    vga_first_row(&replay.vga, &rows);
    dip(&brush, &replay.vga);
    for (uint32_t line = 0; line < size->height * lines; line++) {
        if (vga_replay_to(&replay, line))
            dip(&brush, &replay.vga);
        if (line % lines == 0) {
            draw_row(&brush, &rows, line, size->width, rgb);
            rgb += 3 * size->width;
        }
        vga_next_row(&replay.vga, &rows, line);
    }
}

bool vga_picture(const struct vga *v, struct picture *size, uint8_t *rgb, size_t capacity)
{
    uint32_t lines;
    *size = picture_size(v, &lines);
    if (capacity < (size_t)size->width * size->height * 3)
        return false;
    if (vga_svga_enabled(v))
        vga_svga_draw(v, rgb);
    else
        draw(v, size, lines, rgb);
    return true;
}
