/* One scan line as the beam draws it (IBM VGA technical reference: CRT controller, graphics controller, attribute
 * controller): which characters are fetched, and what the attribute controller makes of them.
 *
 * Addresses are those of the CRTC: a counter from the start address, row by row, seen through byte, word or doubleword
 * addressing, with row scan bits in the place of address bits for the CGA's interleaved lines. The row scan counter
 * begins a frame at the preset row scan; where the line compare register splits the screen, both begin again at 0.
 *
 * In each character clock the planes give a character (code from plane 0, attribute from plane 1, dots from plane 2) or
 * eight groups of four bits. The attribute controller looks them up in the palette, or joins two groups to a colour of
 * eight bits, which by-passes the palette here; programs leave it at 0-15 then.
 *
 * A blinking character is gone for 16 frames of 32, the cursor for 8 of 16. In graphics modes blinking turns the
 * highest of the four bits over, so that mode 0Fh's palette makes colour 4 blink. Blanking that the registers begin
 * within the displayed line or picture is obeyed; what of it reaches round into the next line is not.
 *
 * Left out: the shift registers' loading every second or fourth clock, the ninth dot of graphics. */
#include "emu/dev/vga_parts.h"

enum { CLOCKING_8_DOTS = 1, MEMORY_EXTENDED = 2, MODE_256_COLORS = 0x40, MODE_INTERLEAVED = 0x20, MISC_GRAPHICS = 1,
       SCAN_DOUBLED = 0x80, ATTR_LINE_GRAPHICS = 4, ATTR_BLINK = 8, ATTR_PAN_RESET = 0x20, ATTR_8_BITS = 0x40,
       ATTR_P54_SELECT = 0x80, CURSOR_OFF = 0x20, CRTC_MODE_A13 = 1, CRTC_MODE_A14 = 2, CRTC_LINES_TWICE = 4,
       CRTC_COUNT_BY_2 = 8, CRTC_MODE_MA15 = 0x20, CRTC_MODE_BYTE = 0x40, UNDERLINE_COUNT_BY_4 = 0x20,
       UNDERLINE_DOUBLEWORD = 0x40, FONT_LINES = 32, ROW_SCANS = 32, UNDERLINED = 0x01, UNDERLINE_BITS = 0x77 };

/* --- Addresses --- */

uint32_t vga_plane_address(const struct vga *v, uint32_t counter, uint32_t row_scan)
{
    uint8_t mode = v->crtc[CRTC_MODE];
    uint32_t address = counter;
    counter &= 0xFFFF;
    if (v->crtc[CRTC_UNDERLINE] & UNDERLINE_DOUBLEWORD)
        address = counter << 2 | counter >> 14;
    else if (!(mode & CRTC_MODE_BYTE))
        address = counter << 1 | (counter >> (mode & CRTC_MODE_MA15 ? 15 : 13) & 1);
    if (!(mode & CRTC_MODE_A13))
        address = (address & ~0x2000u) | (row_scan & 1) << 13;
    if (!(mode & CRTC_MODE_A14))
        address = (address & ~0x4000u) | (row_scan >> 1 & 1) << 14;
    return address & 0xFFFF;
}

uint32_t vga_pitch(const struct vga *v)
{
    return v->crtc[CRTC_OFFSET] * 2u;
}

static uint32_t byte_panning(const struct vga *v)
{
    return v->crtc[CRTC_PRESET_ROW] >> 5 & 3u;
}

uint32_t vga_first_counter(const struct vga *v)
{
    return vga_start(v) + byte_panning(v);
}

uint32_t vga_split_line(const struct vga *v)
{
    uint32_t line = v->crtc[CRTC_LINE_COMPARE] | (v->crtc[CRTC_OVERFLOW] >> 4 & 1u) << 8 |
                    (v->crtc[CRTC_MAX_SCAN] >> 6 & 1u) << 9;
    return (line + 1) * (v->crtc[CRTC_MODE] & CRTC_LINES_TWICE ? 2 : 1);
}

/* --- The CRTC on a line --- */

/* Pixels of panning: in 8-bit colours two steps a pixel, with nine dots 8 is none and 0 is one. */
static unsigned panning(const struct vga *v)
{
    unsigned pan = v->attribute[ATTR_PANNING] & 15;
    if (v->graphics[GC_MISC] & MISC_GRAPHICS)
        return v->attribute[ATTR_MODE] & ATTR_8_BITS ? (pan & 7) / 2 : pan & 7;
    if (v->sequencer[SEQ_CLOCKING] & CLOCKING_8_DOTS)
        return pan & 7;
    return pan & 8 ? 0 : pan + 1;
}

/* Brings the counters COUNT row scans further. A row scan beyond the last one counts to the counter's end first. */
static void count_rows(const struct vga *v, struct vga_rows *rows, uint32_t count)
{
    uint32_t height = (v->crtc[CRTC_MAX_SCAN] & 31u) + 1, first = rows->row_scan;
    if (first < height) {
        count += first;
    } else if (count < ROW_SCANS - first) {
        rows->row_scan = first + count;
        return;
    } else {
        count -= ROW_SCANS - first;
    }
    rows->row_scan = count % height;
    rows->counter += count / height * vga_pitch(v);
}

/* Does vertical blanking, which ends where the low eight bits of the counter are those of the register, reach LINE? */
static bool in_vertical_blanking(const struct vga *v, uint32_t line)
{
    uint32_t start = v->crtc[CRTC_VERTICAL_BLANK] | (v->crtc[CRTC_OVERFLOW] >> 3 & 1u) << 8 |
                     (v->crtc[CRTC_MAX_SCAN] >> 5 & 1u) << 9;
    if (v->crtc[CRTC_MODE] & CRTC_LINES_TWICE)
        line /= 2;
    uint32_t length = (v->crtc[CRTC_VERTICAL_BLANK_END] - start) & 0xFF;
    return line >= start && line - start < (length ? length : 0x100);
}

/* The counters at the first line below the split. */
static struct vga_rows split_rows(const struct vga *v)
{
    bool unpanned = v->attribute[ATTR_MODE] & ATTR_PAN_RESET;
    return (struct vga_rows){ .counter = unpanned ? 0 : byte_panning(v), .split = true };
}

void vga_first_row(const struct vga *v, struct vga_rows *rows)
{
    *rows = (struct vga_rows){ .counter = vga_first_counter(v), .row_scan = v->crtc[CRTC_PRESET_ROW] & 31u };
}

void vga_next_row(const struct vga *v, struct vga_rows *rows, uint32_t line)
{
    if (line + 1 == vga_split_line(v)) {
        *rows = split_rows(v);
        return;
    }
    rows->again = v->crtc[CRTC_MAX_SCAN] & SCAN_DOUBLED && !rows->again;
    if (rows->again)
        return;
    bool last = rows->row_scan == (v->crtc[CRTC_MAX_SCAN] & 31u);
    rows->row_scan = last ? 0 : (rows->row_scan + 1) % ROW_SCANS;
    rows->counter += last ? vga_pitch(v) : 0;
}

struct vga_line vga_line_of(const struct vga *v, const struct vga_rows *rows, uint32_t line)
{
    bool unpanned = rows->split && v->attribute[ATTR_MODE] & ATTR_PAN_RESET;
    return (struct vga_line){ .counter = rows->counter, .row_scan = rows->row_scan,
                              .pan = unpanned ? 0 : panning(v), .blanked = in_vertical_blanking(v, line) };
}

struct vga_line vga_line_at(const struct vga *v, uint32_t line)
{
    uint32_t split = vga_split_line(v), doubled = v->crtc[CRTC_MAX_SCAN] & SCAN_DOUBLED ? 2 : 1;
    struct vga_rows rows;
    if (line < split) {
        vga_first_row(v, &rows);
        count_rows(v, &rows, line / doubled);
    } else {
        rows = split_rows(v);
        count_rows(v, &rows, (line - split) / doubled);
    }
    return vga_line_of(v, &rows, line);
}

/* --- The attribute controller --- */

uint8_t vga_attribute_color(const struct vga *v, unsigned color)
{
    uint8_t select = v->attribute[ATTR_COLOR_SELECT];
    uint8_t entry = v->attribute[color & v->attribute[ATTR_PLANE_ENABLE] & 15] & 0x3F;
    if (v->attribute[ATTR_MODE] & ATTR_P54_SELECT)
        entry = (uint8_t)((entry & 15) | (select & 3) << 4);
    return (uint8_t)(entry | (select & 12) << 4);
}

/* Fonts 0-3 lie at every 16 KB of the plane, 4-7 in the middle between; without extended memory there is only 0. */
static uint32_t font_address(const struct vga *v, unsigned number)
{
    if (!(v->sequencer[SEQ_MEMORY_MODE] & MEMORY_EXTENDED))
        return 0;
    return (number & 3u) << 14 | (number & 4u) << 11;
}

/* A pen that draws groups of four bits as they are. */
static struct vga_pen plain_pen(const struct vga *v)
{
    uint8_t map = v->sequencer[SEQ_CHARACTER_MAP];
    struct vga_pen pen = { .vga = v, .graphics = v->graphics[GC_MISC] & MISC_GRAPHICS,
                           .color = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 } };
    pen.eight_bits = v->attribute[ATTR_MODE] & ATTR_8_BITS;
    pen.dots = pen.graphics ? pen.eight_bits ? 4 : 8 : v->sequencer[SEQ_CLOCKING] & CLOCKING_8_DOTS ? 8 : 9;
    pen.clock_shift = v->crtc[CRTC_UNDERLINE] & UNDERLINE_COUNT_BY_4 ? 2 : v->crtc[CRTC_MODE] & CRTC_COUNT_BY_2 ? 1 : 0;
    pen.blinks = v->attribute[ATTR_MODE] & ATTR_BLINK;
    pen.cursor_on = !pen.graphics && !(v->crtc[CRTC_CURSOR_START] & CURSOR_OFF);
    uint64_t frames = pen.blinks || pen.cursor_on ? vga_retraces(v) : 0;
    pen.characters_off = pen.blinks && frames >> 4 & 1;
    pen.cursor_on = pen.cursor_on && !(frames >> 3 & 1);
    pen.cursor = (uint16_t)(v->crtc[CRTC_CURSOR_HIGH] << 8 | v->crtc[CRTC_CURSOR_LOW]);
    pen.font[0] = font_address(v, (map & 3u) | (map >> 2 & 4u));
    pen.font[1] = font_address(v, (map >> 2 & 3u) | (map >> 3 & 4u));
    return pen;
}

struct vga_pen vga_pen(const struct vga *v)
{
    struct vga_pen pen = plain_pen(v);
    for (unsigned i = 0; i < 16; i++)
        pen.color[i] = vga_attribute_color(v, i);
    return pen;
}

/* --- Text --- */

/* Is the character clock COLUMN of LINE under the cursor? It is delayed by the skew field; a start below the end shows
 * nothing, as on the VGA (the EGA and CGA differ). */
static bool at_cursor(const struct vga_pen *pen, const struct vga_line *line, uint32_t column)
{
    const uint8_t *crtc = pen->vga->crtc;
    uint32_t skew = crtc[CRTC_CURSOR_END] >> 5 & 3u;
    if (!pen->cursor_on || line->row_scan < (crtc[CRTC_CURSOR_START] & 31u) ||
        line->row_scan > (crtc[CRTC_CURSOR_END] & 31u) || column < skew)
        return false;
    return ((line->counter + ((column - skew) >> pen->clock_shift)) & 0xFFFF) == pen->cursor;
}

/* The dots of a line of a character, the leftmost in the highest bit; the ninth is background, but for C0-DF where it
 * may repeat the eighth (line graphics). */
static unsigned dots_of(const struct vga_pen *pen, uint32_t row_scan, uint8_t code, uint8_t attribute)
{
    const struct vga *v = pen->vga;
    unsigned bits = vga_planes(v, pen->font[attribute >> 3 & 1] + code * FONT_LINES + row_scan) >> 16 & 0xFF;
    bool repeats = (code & 0xE0) == 0xC0 && v->attribute[ATTR_MODE] & ATTR_LINE_GRAPHICS;
    if (pen->dots == 9)
        bits = bits << 1 | (repeats && bits & 1);
    if ((attribute & UNDERLINE_BITS) == UNDERLINED && row_scan == (v->crtc[CRTC_UNDERLINE] & 31u))
        bits = 0x1FF;
    return attribute & 0x80 && pen->characters_off ? 0 : bits;
}

static void draw_text(const struct vga_pen *pen, const struct vga_line *line, uint32_t column, uint8_t out[9])
{
    uint32_t counter = line->counter + (column >> pen->clock_shift);
    uint32_t planes = vga_planes(pen->vga, vga_plane_address(pen->vga, counter, line->row_scan));
    uint8_t code = (uint8_t)planes, attribute = (uint8_t)(planes >> 8);
    uint8_t fore = pen->color[attribute & 15], back = pen->color[attribute >> 4 & (pen->blinks ? 7 : 15)];
    unsigned bits = at_cursor(pen, line, column) ? 0x1FF : dots_of(pen, line->row_scan, code, attribute);
    for (unsigned i = pen->dots; i-- > 0;)
        *out++ = bits >> i & 1 ? fore : back;
}

/* --- Graphics --- */

/* The eight groups of four bits that the shift registers give in a character clock. */
static void shift_out(const struct vga *v, uint32_t planes, uint8_t out[8])
{
    uint8_t mode = v->graphics[GC_MODE];
    for (unsigned i = 0; i < 8; i++) {
        uint32_t bits = planes >> (7 - i);
        if (mode & MODE_256_COLORS) {
            out[i] = planes >> (8 * (i / 2) + (i & 1 ? 0 : 4)) & 15;
        } else if (mode & MODE_INTERLEAVED) {
            bits = planes >> (6 - 2 * (i & 3)) >> (i & 4 ? 8 : 0);
            out[i] = (uint8_t)((bits & 3) | (bits >> 14 & 12));
        } else {
            out[i] = (uint8_t)((bits & 1) | (bits >> 7 & 2) | (bits >> 14 & 4) | (bits >> 21 & 8));
        }
    }
}

static void draw_graphics(const struct vga_pen *pen, const struct vga_line *line, uint32_t column, uint8_t out[9])
{
    uint8_t group[8];
    uint32_t counter = line->counter + (column >> pen->clock_shift);
    shift_out(pen->vga, vga_planes(pen->vga, vga_plane_address(pen->vga, counter, line->row_scan)), group);
    if (pen->eight_bits) {
        for (unsigned i = 0; i < 4; i++)
            out[i] = (uint8_t)(group[2 * i] << 4 | group[2 * i + 1]);
        return;
    }
    for (unsigned i = 0; i < 8; i++)
        out[i] = pen->color[pen->characters_off ? group[i] ^ 8 : group[i]];
}

static void draw_character(const struct vga_pen *pen, const struct vga_line *line, uint32_t column, uint8_t out[9])
{
    if (pen->graphics)
        draw_graphics(pen, line, column, out);
    else
        draw_text(pen, line, column, out);
}

/* --- Lines and dots --- */

/* Character clocks of the line that blanking darkens although they are displayed: FIRST up to, not including, END. */
static void horizontal_blanking(const struct vga *v, uint32_t *first, uint32_t *end)
{
    uint32_t stop = (v->crtc[CRTC_BLANK_END] & 31u) | (v->crtc[CRTC_RETRACE_H_END] >> 2 & 32u);
    *first = v->crtc[CRTC_BLANK_START];
    uint32_t length = (stop - *first) & 63;
    *end = *first + (length ? length : 64);
}

void vga_draw_line(const struct vga_pen *pen, const struct vga_line *line, uint16_t *pixels, uint32_t count)
{
    const struct vga *v = pen->vga;
    uint8_t out[9];
    uint32_t x = 0, first, end;
    for (uint32_t column = 0; x < count; column++) {
        draw_character(pen, line, column, out);
        for (unsigned i = column ? 0 : line->pan; i < pen->dots && x < count; i++)
            pixels[x++] = out[i] & v->dac_mask;
    }
    horizontal_blanking(v, &first, &end);
    for (x = line->blanked ? 0 : first * pen->dots; x < count && (line->blanked || x < end * pen->dots); x++)
        pixels[x] = VGA_BLACK;
}

uint8_t vga_color_at(const struct vga *v, uint32_t line, uint32_t dot)
{
    struct vga_line at = vga_line_at(v, line);
    struct vga_pen pen = plain_pen(v);
    uint8_t out[9];
    uint32_t pixel = dot * pen.dots / v->frame.character_dots + at.pan;
    draw_character(&pen, &at, pixel / pen.dots, out);
    uint8_t color = out[pixel % pen.dots];
    return pen.graphics && pen.eight_bits ? color : vga_attribute_color(v, color);
}
