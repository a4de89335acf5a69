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
 * Left out: horizontal retrace, which no status shows, the external clocks 2 and 3 (25.175 MHz), the interrupt. IBM
 * does not say at which dot the vertical counter steps: here at dot 0, though its clock is the horizontal retrace. */
#include "emu/dev/vga_parts.h"

enum { CLOCKING_8_DOTS = 1, CLOCKING_HALF = 8, MODE_LINES_TWICE = 4, STATUS_NOT_DISPLAYED = 1, STATUS_RETRACE = 8 };

#define CLOCK_25_MHZ 25175000u
#define CLOCK_28_MHZ 28322000u

/* A vertical value with its bits 8 and 9 in the overflow register. */
static uint32_t with_overflow(const struct vga *v, unsigned number, unsigned bit8, unsigned bit9)
{
    uint32_t overflow = v->crtc[CRTC_OVERFLOW];
    return v->crtc[number] | (overflow >> bit8 & 1) << 8 | (overflow >> bit9 & 1) << 9;
}

struct vga_frame vga_compute_frame(const struct vga *v)
{
    uint8_t clocking = v->sequencer[SEQ_CLOCKING];
    uint32_t dots = clocking & CLOCKING_8_DOTS ? 8 : 9;
    uint32_t scale = v->crtc[CRTC_MODE] & MODE_LINES_TWICE ? 2 : 1;
    uint32_t retrace = with_overflow(v, CRTC_RETRACE_START, 2, 7);
    uint32_t length = (v->crtc[CRTC_RETRACE_END] - retrace) & 15;
    uint32_t hz = (v->misc >> 2 & 3) == 1 ? CLOCK_28_MHZ : CLOCK_25_MHZ;
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
    uint64_t retraces = vga_retraces(v);
    v->frame_base = base_for(v, &frame);
    v->frame = frame;
    v->frame_retraces += retraces - vga_retraces(v);
}

uint8_t vga_status(const struct vga *v)
{
    const struct vga_frame *frame = &v->frame;
    uint32_t line, dot;
    uint8_t status = 0;
    vga_beam(v, &line, &dot);
    if (line >= frame->shown_lines || dot - frame->skew_dots >= frame->shown_dots)
        status |= STATUS_NOT_DISPLAYED;
    if (line - frame->retrace_start < frame->retrace_lines)
        status |= STATUS_RETRACE;
    return status;
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
