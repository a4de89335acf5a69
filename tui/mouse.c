/* See mouse.h. Cells outside the pane count as those at its border. */
#include "tui/mouse.h"

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

static int way(const struct span *span, int from, int to)
{
    int counts = counts_to(span, to) - counts_to(span, from);

    if (to == from)
        return 0;
    return to == 0 ? counts - span->counts : to == span->cells - 1 ? counts + span->counts : counts;
}

struct mouse_motion mouse_follow(struct mouse_hand *hand, const struct pointer *pointer, int width, int height,
                                 const struct screen *screen)
{
    struct span across = { width, screen->graphics ? screen->columns : width * CELL_WIDTH };
    struct span down = { height, screen->graphics ? screen->rows : height * CELL_HEIGHT };
    struct mouse_motion motion = { 0, 0, pointer->buttons };

    if (width < 1 || height < 1)
        return motion;
    int x = clamp(pointer->x, width), y = clamp(pointer->y, height);
    if (hand->known && hand->x < width && hand->y < height) {
        motion.dx = way(&across, hand->x, x);
        motion.dy = way(&down, hand->y, y);
    }
    *hand = (struct mouse_hand){ true, x, y };
    return motion;
}

void mouse_forget(struct mouse_hand *hand)
{
    hand->known = false;
}
