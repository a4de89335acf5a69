/* See mouse.h. Cells outside the pane count as those at its border. */
#include "tui/mouse.h"

#include <stdlib.h>

#include "emu/emu.h"

enum { CELL_WIDTH = 8, CELL_HEIGHT = 16 };

/* One direction of the pane: its cells, and the guest's counts for all of them. */
struct span { int cells, counts; };

static int clamp(int at, int cells)
{
    return at < 0 ? 0 : at >= cells ? cells - 1 : at;
}

/* The counts from the start of the pane to a cell: rounding does not add up. */
static int counts_to(const struct span *span, int cell)
{
    return (int)((long)cell * span->counts / span->cells);
}

static int way(const struct span *span, int from, int to, bool *is_far)
{
    int counts = counts_to(span, to) - counts_to(span, from);

    *is_far = to != from && (to == 0 || to == span->cells - 1);
    return !*is_far ? counts : to == 0 ? counts - span->counts : counts + span->counts;
}

struct mouse_motion mouse_follow(struct mouse_hand *hand, const struct pointer *pointer, int width, int height,
                                 const struct screen *screen)
{
    struct span across = { width, screen->graphics ? screen->columns : width * CELL_WIDTH };
    struct span down = { height, screen->graphics ? screen->rows : height * CELL_HEIGHT };
    struct mouse_motion motion = { .buttons = pointer->buttons };

    if (width < 1 || height < 1)
        return motion;
    int x = clamp(pointer->x, width), y = clamp(pointer->y, height);
    if (hand->known && hand->x < width && hand->y < height) {
        motion.dx = way(&across, hand->x, x, &motion.far_x);
        motion.dy = way(&down, hand->y, y, &motion.far_y);
    }
    *hand = (struct mouse_hand){ true, x, y };
    return motion;
}

void mouse_forget(struct mouse_hand *hand)
{
    hand->known = false;
}

/* --- Walking --- */

static struct mouse_motion *walk_at(struct mouse_walk *walk, unsigned n)
{
    return &walk->motion[(walk->first + n) % MOUSE_WALKS];
}

void mouse_walk_begin(struct mouse_walk *walk, unsigned buttons)
{
    walk->count = 0;
    walk->buttons = buttons;
}

void mouse_walk_add(struct mouse_walk *walk, const struct mouse_motion *motion)
{
    struct mouse_motion *last = walk->count ? walk_at(walk, walk->count - 1) : NULL;
    unsigned before = walk->count > 1 ? walk_at(walk, walk->count - 2)->buttons : walk->buttons;
    bool alike = last && last->buttons == before && last->buttons == motion->buttons &&
                 !last->far_x && !last->far_y && !motion->far_x && !motion->far_y;

    if (!alike && walk->count < MOUSE_WALKS) {
        *walk_at(walk, walk->count++) = *motion;
        return;
    }
    last->dx += motion->dx;
    last->dy += motion->dy;
    last->far_x = last->far_x || motion->far_x;
    last->far_y = last->far_y || motion->far_y;
    last->buttons = motion->buttons;
}

/* Takes what one packet may have from *LEFT. */
static int take_way(int *left, bool is_far)
{
    int taken = is_far || abs(*left) <= MOUSE_STEP ? *left : *left < 0 ? -MOUSE_STEP : MOUSE_STEP;

    *left -= taken;
    return taken;
}

/* Buttons change at the end of a way, in a packet of their own. */
bool mouse_walk_step(struct mouse_walk *walk, uint64_t tick, uint64_t apart, struct mouse_motion *step)
{
    struct mouse_motion *way_left = walk_at(walk, 0);

    if (!walk->count || (tick < walk->next_tick && walk->next_tick - tick <= apart))    /* loadvm turns time back */
        return false;
    walk->next_tick = tick + apart;
    *step = (struct mouse_motion){ .buttons = walk->buttons };
    if (way_left->dx || way_left->dy) {
        step->dx = take_way(&way_left->dx, way_left->far_x);
        step->dy = take_way(&way_left->dy, way_left->far_y);
    } else {
        walk->buttons = step->buttons = way_left->buttons;
    }
    if (!way_left->dx && !way_left->dy && walk->buttons == way_left->buttons) {
        walk->first = (walk->first + 1) % MOUSE_WALKS;
        walk->count--;
    }
    return true;
}
