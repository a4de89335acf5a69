/* Raster effects: registers that software changes while the beam draws, so that the upper part of the picture is made
 * by other values than the lower (palettes that change from line to line, several splits, another mode for a status
 * bar).
 *
 * A picture is drawn when somebody asks for it, so what changed before has to be remembered. Of two frames, the last
 * and the present one at most, the registers are kept as they were at the frame's beginning, and each change with the
 * line from which on it holds: the one after that which the beam is drawing, since no program can rely on the dot. The
 * last frame that the beam has drawn is then drawn again with the registers that it had. Changes outside the displayed
 * lines cost nothing: they are there for the whole of the next frame.
 *
 * Only an effect that stands is drawn so: the frame before must have had changes too. A mode set, a single new palette
 * or a program that is stepped through shows at once what the registers have now.
 *
 * Left out: changes of memory in the middle of a frame, more of registers than VGA_CHANGES in one (it is drawn as the
 * registers are now), and those that give the frame another shape. The start address waits for the retrace by itself,
 * the cursor is where the frame began with it. Modes of the display interface have no raster effects. */
#include "emu/dev/vga_parts.h"

#include <stdlib.h>
#include <string.h>

enum { VGA_CHANGES = 2048, TOO_MANY = VGA_CHANGES + 1 };

struct change {
    uint16_t line;                      /* from which on it holds */
    uint8_t file, index;                /* enum vga_file; register in it */
    uint8_t value[3];                   /* one of them but for colours */
};

struct look {
    uint8_t sequencer[VGA_SEQUENCER], graphics[VGA_GRAPHICS], crtc[VGA_CRTC];
    uint8_t attribute_index, attribute[VGA_ATTRIBUTE];
    uint8_t dac[256][3], dac_mask;
};

/* A frame in which something changed. */
struct raster_frame {
    uint64_t number;                    /* see vga_frame_number() */
    uint16_t count;                     /* of changes; 0: nothing is kept; TOO_MANY: only that they were there */
    bool again;                         /* the frame before had changes too */
    uint16_t start;                     /* start address in effect */
    struct look first;                  /* registers at its beginning */
    struct change change[VGA_CHANGES];
};

struct vga_raster {
    struct raster_frame frame[2];
    uint8_t newest;
};

/* --- Registers --- */

static void take_look(const struct vga *v, struct look *look)
{
    memcpy(look->sequencer, v->sequencer, sizeof look->sequencer);
    memcpy(look->graphics, v->graphics, sizeof look->graphics);
    memcpy(look->crtc, v->crtc, sizeof look->crtc);
    memcpy(look->attribute, v->attribute, sizeof look->attribute);
    memcpy(look->dac, v->dac, sizeof look->dac);
    look->attribute_index = v->attribute_index;
    look->dac_mask = v->dac_mask;
}

static void give_look(struct vga *v, const struct look *look)
{
    memcpy(v->sequencer, look->sequencer, sizeof look->sequencer);
    memcpy(v->graphics, look->graphics, sizeof look->graphics);
    memcpy(v->crtc, look->crtc, sizeof look->crtc);
    memcpy(v->attribute, look->attribute, sizeof look->attribute);
    memcpy(v->dac, look->dac, sizeof look->dac);
    v->attribute_index = look->attribute_index;
    v->dac_mask = look->dac_mask;
}

/* NULL if there is no such register. */
static uint8_t *find_register(struct vga *v, unsigned file, unsigned index)
{
    switch (file) {
    case VGA_FILE_SEQUENCER: return index < VGA_SEQUENCER ? &v->sequencer[index] : NULL;
    case VGA_FILE_GRAPHICS: return index < VGA_GRAPHICS ? &v->graphics[index] : NULL;
    case VGA_FILE_CRTC: return index < VGA_CRTC ? &v->crtc[index] : NULL;
    case VGA_FILE_ATTRIBUTE: return index < VGA_ATTRIBUTE ? &v->attribute[index] : NULL;
    case VGA_FILE_ATTRIBUTE_INDEX: return &v->attribute_index;
    case VGA_FILE_DAC: return index < 256 ? v->dac[index] : NULL;
    case VGA_FILE_DAC_MASK: return &v->dac_mask;
    default: return NULL;
    }
}

/* --- Frames --- */

/* Frames that the beam has drawn: the numbers below it. */
static uint64_t frames_drawn(const struct vga *v)
{
    uint32_t line, dot;
    vga_beam(v, &line, &dot);
    return vga_frame_number(v) + (line >= v->frame.shown_lines);
}

/* The picture changes without any write when a frame is drawn that had changes, and again when it is no longer the
 * last. */
uint64_t vga_raster_age(const struct vga *v)
{
    const struct raster_frame *newest = &v->raster->frame[v->raster->newest];
    uint64_t age = newest->count ? frames_drawn(v) - newest->number : 0;
    return age < 2 ? age : 2;
}

static struct raster_frame *new_frame(struct vga *v, uint64_t number)
{
    struct vga_raster *r = v->raster;
    const struct raster_frame *last = &r->frame[r->newest];
    bool again = last->count && last->number + 1 == number;
    v->generation += vga_raster_age(v);
    r->newest ^= 1;
    struct raster_frame *frame = &r->frame[r->newest];
    frame->number = number;
    frame->count = 0;
    frame->again = again;
    frame->start = vga_start(v);
    take_look(v, &frame->first);
    return frame;
}

static bool waits_for_retrace(enum vga_file file, unsigned index)
{
    return file == VGA_FILE_CRTC && index >= CRTC_START_HIGH && index <= CRTC_CURSOR_LOW;
}

void vga_raster_note(struct vga *v, enum vga_file file, unsigned index, const uint8_t *value, unsigned size)
{
    uint32_t line, dot;
    if (waits_for_retrace(file, index) || vga_svga_enabled(v))
        return;
    vga_beam(v, &line, &dot);
    if (line >= v->frame.shown_lines)
        return;
    struct raster_frame *frame = &v->raster->frame[v->raster->newest];
    if (!frame->count || frame->number != vga_frame_number(v))
        frame = new_frame(v, vga_frame_number(v));
    if (frame->count >= VGA_CHANGES) {
        frame->count = TOO_MANY;
        return;
    }
    struct change *change = &frame->change[frame->count++];
    *change = (struct change){ .line = (uint16_t)(line + 1), .file = (uint8_t)file, .index = (uint8_t)index };
    memcpy(change->value, value, size);
}

void vga_raster_forget(struct vga *v)
{
    v->generation += vga_raster_age(v);
    v->raster->frame[0].count = v->raster->frame[1].count = 0;
}

/* --- Drawing it again --- */

/* The last frame that was drawn, if it is to be drawn with its changes. */
static const struct raster_frame *frame_shown(const struct vga *v)
{
    uint64_t last = frames_drawn(v) - 1;
    for (unsigned i = 0; i < 2; i++) {
        const struct raster_frame *frame = &v->raster->frame[i];
        if (frame->count && frame->count <= VGA_CHANGES && frame->number == last)
            return frame->again ? frame : NULL;
    }
    return NULL;
}

void vga_replay_begin(struct vga_replay *replay, const struct vga *v)
{
    const struct raster_frame *frame = vga_svga_enabled(v) ? NULL : frame_shown(v);
    *replay = (struct vga_replay){ .vga = *v, .frame = frame };
    if (!frame)
        return;
    struct vga *past = &replay->vga;
    give_look(past, &frame->first);
    past->start_shown = frame->start;
    past->crtc[CRTC_START_HIGH] = (uint8_t)(frame->start >> 8);
    past->crtc[CRTC_START_LOW] = (uint8_t)frame->start;
}

bool vga_replay_to(struct vga_replay *replay, uint32_t line)
{
    const struct raster_frame *frame = replay->frame;
    unsigned first = replay->next;
    while (frame && replay->next < frame->count && frame->change[replay->next].line <= line) {
        const struct change *change = &frame->change[replay->next++];
        uint8_t *target = find_register(&replay->vga, change->file, change->index);
        memcpy(target, change->value, change->file == VGA_FILE_DAC ? 3 : 1);
    }
    return replay->next > first;
}

/* --- Building, saving --- */

bool vga_raster_init(struct vga *v)
{
    v->raster = calloc(1, sizeof *v->raster);
    return v->raster != NULL;
}

void vga_raster_destroy(struct vga *v)
{
    free(v->raster);
    v->raster = NULL;
}

static void visit_look(struct look *look, struct state *s)
{
    state_bytes(s, "sequencer", look->sequencer, sizeof look->sequencer);
    state_bytes(s, "graphics", look->graphics, sizeof look->graphics);
    state_bytes(s, "crtc", look->crtc, sizeof look->crtc);
    state_u8(s, "attribute_index", &look->attribute_index);
    state_bytes(s, "attribute", look->attribute, sizeof look->attribute);
    state_bytes(s, "dac", look->dac, sizeof look->dac);
    state_u8(s, "dac_mask", &look->dac_mask);
}

static void visit_change(struct vga *v, struct change *change, struct state *s)
{
    state_u16(s, "line", &change->line);
    state_u8(s, "file", &change->file);
    state_u8(s, "index", &change->index);
    state_bytes(s, "value", change->value, sizeof change->value);
    state_check(s, find_register(v, change->file, change->index), "a change of a register that does not exist");
}

static void visit_frame(struct vga *v, struct raster_frame *frame, struct state *s)
{
    state_u16(s, "count", &frame->count);
    state_check(s, frame->count <= TOO_MANY, "more changes in a frame than are kept");
    if (!frame->count || state_failed(s))
        return;
    state_u64(s, "number", &frame->number);
    state_bool(s, "again", &frame->again);
    state_u16(s, "start", &frame->start);
    visit_look(&frame->first, s);
    for (unsigned i = 0; i < frame->count && i < VGA_CHANGES; i++)
        visit_change(v, &frame->change[i], s);
}

void vga_raster_visit(struct vga *v, struct state *s)
{
    struct vga_raster *r = v->raster;
    state_u8(s, "newest", &r->newest);
    state_check(s, r->newest < 2, "the frame's number is out of range");
    r->newest &= 1;
    for (unsigned i = 0; i < 2; i++)
        visit_frame(v, &r->frame[i], s);
    if (state_loading(s) && state_failed(s))
        r->frame[0].count = r->frame[1].count = 0;
}
