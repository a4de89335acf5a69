/* Where the beam is: the CRTC's frame (IBM VGA technical reference, CRT controller) and the dot clock, computed from
 * the clock when somebody asks.
 *
 * Dot 0 of line 0 is the first one displayed. A line has the horizontal total and five more character clocks, a frame
 * the vertical total and two more lines; retrace is active from the start line until a line whose low four bits equal
 * the end field. Bit 0 of the status is "display enable, inverted", as IBM says: it follows the displayed dots and
 * lines, delayed by the skew field, whatever the blanking registers make of the borders.
 *
 * When registers change the frame's shape in its middle, the counters go on from where they are, as on the chip; where
 * they are beyond the new totals, the beam is brought into the frame at once, while the chip would count on to the
 * counters' end. The start address that software writes is taken over at the next vertical retrace, so a write notes
 * what was in effect and how many retraces there had been.
 *
 * Bits 4 and 5 of the status show two of the attribute controller's eight output bits where the beam is: of the border
 * outside of the picture, none during retrace. A vertical retrace interrupt is pending, once it is enabled, from the
 * next retrace on until it is cleared. Only the status says so: its line to IRQ 2, which few boards connected, is left
 * out.
 *
 * Left out too: horizontal retrace, which no status shows, the external clocks 2 and 3 (25.175 MHz). IBM does not say
 * at which dot the vertical counter steps: here at dot 0, though its clock is the horizontal retrace. */
#include "emu/dev/vga_parts.h"

enum { CLOCKING_8_DOTS = 1, CLOCKING_HALF = 8, MODE_LINES_TWICE = 4, STATUS_NOT_DISPLAYED = 1, STATUS_RETRACE = 8,
       SCREEN_OFF = 0x20, PALETTE_SHOWN = 0x20, INTERRUPT_NOT_CLEARED = 0x10, INTERRUPT_DISABLED = 0x20 };

#define CLOCK_25_MHZ 25175000u
#define CLOCK_28_MHZ 28322000u
#define CLOCK_40_MHZ 40000000u

/* A vertical value with its bits 8 and 9 in the overflow register. */
static uint32_t with_overflow(const struct vga *v, unsigned number, unsigned bit8, unsigned bit9)
{
    uint32_t overflow = v->crtc[CRTC_OVERFLOW];
    return v->crtc[number] | (overflow >> bit8 & 1) << 8 | (overflow >> bit9 & 1) << 9;
}

/* A card with more memory than a VGA has an oscillator of its own for 132 columns and 800x600. */
static uint32_t dot_clock(const struct vga *v)
{
    unsigned clock = v->misc >> 2 & 3;
    if (clock == 2 && v->memory_size > VGA_MEMORY)
        return CLOCK_40_MHZ;
    return clock == 1 ? CLOCK_28_MHZ : CLOCK_25_MHZ;
}

struct vga_frame vga_compute_frame(const struct vga *v)
{
    if (vga_svga_enabled(v))
        return vga_svga_frame(v);
    uint8_t clocking = v->sequencer[SEQ_CLOCKING];
    uint32_t dots = clocking & CLOCKING_8_DOTS ? 8 : 9;
    uint32_t scale = v->crtc[CRTC_MODE] & MODE_LINES_TWICE ? 2 : 1;
    uint32_t retrace = with_overflow(v, CRTC_RETRACE_START, 2, 7);
    uint32_t length = (v->crtc[CRTC_RETRACE_END] - retrace) & 15;
    uint32_t hz = dot_clock(v);
    return (struct vga_frame){
        .hz = clocking & CLOCKING_HALF ? hz / 2 : hz,
        .character_dots = dots,
        .line_dots = (v->crtc[CRTC_TOTAL] + 5u) * dots,
        .shown_dots = (v->crtc[CRTC_DISPLAY_END] + 1u) * dots,
        .skew_dots = (v->crtc[CRTC_BLANK_END] >> 5 & 3u) * dots,
        .lines = (with_overflow(v, CRTC_VERTICAL_TOTAL, 0, 5) + 2) * scale,
        .shown_lines = (with_overflow(v, CRTC_VERTICAL_DISPLAY_END, 1, 6) + 1) * scale,
        .retrace_start = retrace * scale,
        .retrace_lines = (length ? length : 16) * scale,
    };
}

static bool same_frame(const struct vga_frame *a, const struct vga_frame *b)
{
    return a->hz == b->hz && a->character_dots == b->character_dots && a->line_dots == b->line_dots &&
           a->shown_dots == b->shown_dots && a->skew_dots == b->skew_dots && a->lines == b->lines &&
           a->shown_lines == b->shown_lines && a->retrace_start == b->retrace_start &&
           a->retrace_lines == b->retrace_lines;
}

static uint64_t dots_passed(const struct vga *v)
{
    return clock_periods(v->config.clock->now - v->frame_base, v->frame.hz);
}

uint64_t vga_retraces(const struct vga *v)
{
    const struct vga_frame *frame = &v->frame;
    uint64_t whole = (uint64_t)frame->line_dots * frame->lines, dots = dots_passed(v);
    bool begun = dots % whole >= (uint64_t)frame->retrace_start * frame->line_dots;
    return v->frame_retraces + dots / whole + begun;
}

uint64_t vga_frame_number(const struct vga *v)
{
    return v->frame_retraces + dots_passed(v) / ((uint64_t)v->frame.line_dots * v->frame.lines);
}

void vga_beam(const struct vga *v, uint32_t *line, uint32_t *dot)
{
    uint32_t place = (uint32_t)(dots_passed(v) % (v->frame.line_dots * v->frame.lines));

    *line = place / v->frame.line_dots;
    *dot = place % v->frame.line_dots;
}

/* The tick at which a frame of shape NEXT began if the beam is where it is. Unless dots or lines get another length
 * that is the beginning of the present frame, so that nothing is rounded. */
static uint64_t base_for(const struct vga *v, const struct vga_frame *next)
{
    const struct vga_frame *old = &v->frame;
    uint32_t line, dot;

    vga_beam(v, &line, &dot);
    if (old->hz == next->hz && old->line_dots == next->line_dots && old->character_dots == next->character_dots) {
        uint64_t begun = dots_passed(v) - (uint64_t)line * old->line_dots - dot;
        return old->lines == next->lines ? v->frame_base : v->frame_base + clock_span(begun, old->hz);
    }
    uint32_t in_character = dot % old->character_dots, character = dot / old->character_dots;
    if (in_character >= next->character_dots)
        in_character = next->character_dots - 1;
    dot = (character * next->character_dots + in_character) % next->line_dots;
    uint64_t place = (uint64_t)(line % next->lines) * next->line_dots + dot;
    return v->config.clock->now - clock_span(place, next->hz);
}

void vga_update_frame(struct vga *v)
{
    struct vga_frame frame = vga_compute_frame(v);
    if (same_frame(&frame, &v->frame))
        return;
    vga_raster_forget(v);
    uint64_t retraces = vga_retraces(v);
    v->frame_base = base_for(v, &frame);
    v->frame = frame;
    v->frame_retraces += retraces - vga_retraces(v);
}

/* The output bits that the color plane enable register selects, as bits 4 and 5 of the status. */
static uint8_t diagnostic_bits(const struct vga *v, uint8_t color)
{
    static const uint8_t bits[4][2] = { { 0, 2 }, { 4, 5 }, { 1, 3 }, { 6, 7 } };
    const uint8_t *selected = bits[v->attribute[ATTR_PLANE_ENABLE] >> 4 & 3];
    return (uint8_t)((color >> selected[0] & 1) << 4 | (color >> selected[1] & 1) << 5);
}

/* What the attribute controller puts out on a line that is not in vertical retrace. */
static uint8_t output_color(const struct vga *v, bool displayed, uint32_t line, uint32_t dot)
{
    if (v->sequencer[SEQ_CLOCKING] & SCREEN_OFF || vga_svga_enabled(v))
        return 0;
    if (displayed && v->attribute_index & PALETTE_SHOWN)
        return vga_color_at(v, line, dot);
    return v->attribute[ATTR_OVERSCAN];
}

uint8_t vga_status(const struct vga *v)
{
    const struct vga_frame *frame = &v->frame;
    uint32_t line, dot;
    vga_beam(v, &line, &dot);
    bool displayed = line < frame->shown_lines && dot - frame->skew_dots < frame->shown_dots;
    uint8_t status = displayed ? 0 : STATUS_NOT_DISPLAYED;
    if (line - frame->retrace_start < frame->retrace_lines)
        return status | STATUS_RETRACE;
    return status | diagnostic_bits(v, output_color(v, displayed, line, dot - frame->skew_dots));
}

bool vga_interrupt_pending(const struct vga *v)
{
    if (!(v->crtc[CRTC_RETRACE_END] & INTERRUPT_NOT_CLEARED))
        return false;
    return v->interrupt_pending ||
           (!(v->crtc[CRTC_RETRACE_END] & INTERRUPT_DISABLED) && vga_retraces(v) > v->interrupt_frame);
}

void vga_hold_interrupt(struct vga *v)
{
    v->interrupt_pending = vga_interrupt_pending(v);
    v->interrupt_frame = vga_retraces(v);
}

static uint16_t start_register(const struct vga *v)
{
    return (uint16_t)(v->crtc[CRTC_START_HIGH] << 8 | v->crtc[CRTC_START_LOW]);
}

bool vga_start_waits(const struct vga *v)
{
    return v->start_shown != start_register(v) && vga_retraces(v) <= v->start_frame;
}

uint16_t vga_start(const struct vga *v)
{
    return vga_start_waits(v) ? v->start_shown : start_register(v);
}

void vga_hold_start(struct vga *v)
{
    v->start_shown = vga_start(v);
    v->start_frame = vga_retraces(v);
}
