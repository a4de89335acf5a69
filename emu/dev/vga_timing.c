/* Where the beam is: the CRTC's frame (IBM VGA technical reference, CRT controller) and the dot clock, computed from
 * the clock when somebody asks.
 *
 * A frame starts when registers change its shape, and repeats from there. The start address that software writes is
 * taken over at the next vertical retrace, so a write notes what was in effect and how many retraces there had been.
 * Left out: the blanking interval apart from "not displayed", retrace skews, the interrupt. */
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
        .line_dots = (v->crtc[CRTC_TOTAL] + 5u) * dots,
        .shown_dots = (v->crtc[CRTC_DISPLAY_END] + 1u) * dots,
        .lines = (with_overflow(v, CRTC_VERTICAL_TOTAL, 0, 5) + 2) * scale,
        .shown_lines = (with_overflow(v, CRTC_VERTICAL_DISPLAY_END, 1, 6) + 1) * scale,
        .retrace_start = retrace * scale,
        .retrace_lines = (length ? length : 16) * scale,
    };
}

static bool same_frame(const struct vga_frame *a, const struct vga_frame *b)
{
    return a->hz == b->hz && a->line_dots == b->line_dots && a->shown_dots == b->shown_dots &&
           a->lines == b->lines && a->shown_lines == b->shown_lines && a->retrace_start == b->retrace_start &&
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

void vga_update_frame(struct vga *v)
{
    struct vga_frame frame = vga_compute_frame(v);
    if (same_frame(&frame, &v->frame))
        return;
    v->frame_retraces = vga_retraces(v);
    v->frame_base = v->config.clock->now;
    v->frame = frame;
}

uint8_t vga_status(const struct vga *v)
{
    const struct vga_frame *frame = &v->frame;
    uint32_t place = (uint32_t)(dots_passed(v) % (frame->line_dots * frame->lines));
    uint32_t line = place / frame->line_dots, dot = place % frame->line_dots;
    uint8_t status = 0;
    if (line >= frame->shown_lines || dot >= frame->shown_dots)
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
