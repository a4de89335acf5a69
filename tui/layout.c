/* Three arrangements. Narrow: one pane, and a few lines of the debugger below it while it has the keyboard. Medium:
 * the guest's 80x25 beside registers and code, the debugger below, one more pane beside it. Wide: everything in
 * three columns. */
#include "tui/layout.h"

enum { GUEST_WIDTH = 80, GUEST_HEIGHT = 25, MEDIUM_WIDTH = 112, MEDIUM_HEIGHT = 34, WIDE_WIDTH = 170, WIDE_HEIGHT = 44,
       REGISTER_ROWS = 14, DOCKED_ROWS = 6 };

static void place(struct layout *layout, enum view_id id, struct rect area)
{
    if (area.width < 1 || area.height < 2)
        return;
    layout->pane[id].shown = true;
    layout->pane[id].title = (struct rect){ area.x, area.y, area.width, 1 };
    layout->pane[id].area = (struct rect){ area.x, area.y + 1, area.width, area.height - 1 };
}

static void narrow(struct layout *layout, const struct layout_request *r)
{
    int rows = r->height - 2;       /* tabs and status */
    bool docked = r->console_focus && r->chosen != VIEW_CONSOLE && rows > DOCKED_ROWS + 4;
    int upper = docked ? rows - DOCKED_ROWS : rows;
    layout->tabs = true;
    layout->pane[r->chosen].shown = rows > 0;
    layout->pane[r->chosen].area = (struct rect){ 0, 1, r->width, upper };
    if (docked)
        place(layout, VIEW_CONSOLE, (struct rect){ 0, 1 + upper, r->width, DOCKED_ROWS });
}

/* The pane in the changing corner: the chosen one, unless it has a place of its own. */
static enum view_id corner(enum view_id chosen)
{
    return chosen == VIEW_INTERRUPTS || chosen == VIEW_CLUSTERS ? chosen : VIEW_MEMORY;
}

static void medium(struct layout *layout, const struct layout_request *r)
{
    int height = r->height - 2, top = GUEST_HEIGHT + 1, right = r->width - GUEST_WIDTH - 1;
    layout->tabs = true;
    place(layout, VIEW_SCREEN, (struct rect){ 0, 1, GUEST_WIDTH, top });
    place(layout, VIEW_REGISTERS, (struct rect){ GUEST_WIDTH + 1, 1, right, REGISTER_ROWS });
    place(layout, VIEW_CODE, (struct rect){ GUEST_WIDTH + 1, 1 + REGISTER_ROWS, right, top - REGISTER_ROWS });
    place(layout, VIEW_CONSOLE, (struct rect){ 0, 1 + top, GUEST_WIDTH, height - top });
    place(layout, corner(r->chosen), (struct rect){ GUEST_WIDTH + 1, 1 + top, right, height - top });
}

static void wide(struct layout *layout, const struct layout_request *r)
{
    int height = r->height - 1, top = GUEST_HEIGHT + 1, rest = r->width - GUEST_WIDTH - 1;
    int middle = (rest - 1) * 11 / 20, x2 = GUEST_WIDTH + 1, x3 = x2 + middle + 1, last = r->width - x3;
    place(layout, VIEW_SCREEN, (struct rect){ 0, 0, GUEST_WIDTH, top });
    place(layout, VIEW_CONSOLE, (struct rect){ 0, top, GUEST_WIDTH, height - top });
    place(layout, VIEW_REGISTERS, (struct rect){ x2, 0, middle, REGISTER_ROWS - 3 });
    place(layout, VIEW_CODE, (struct rect){ x2, REGISTER_ROWS - 3, middle, height / 2 + 3 - REGISTER_ROWS + 3 });
    place(layout, VIEW_MEMORY, (struct rect){ x2, height / 2 + 3, middle, height - height / 2 - 3 });
    place(layout, VIEW_INTERRUPTS, (struct rect){ x3, 0, last, height / 2 });
    place(layout, VIEW_CLUSTERS, (struct rect){ x3, height / 2, last, height - height / 2 });
}

struct layout layout_compute(const struct layout_request *r)
{
    struct layout layout = { .status = r->height - 1 };
    if (r->zoom) {
        bool whole = r->zoom_rows >= r->height;
        layout.pane[VIEW_SCREEN].shown = whole || r->height > 1;
        layout.pane[VIEW_SCREEN].area = (struct rect){ 0, 0, r->width, r->height - !whole };
        layout.status = whole ? -1 : layout.status;
    } else if (r->width >= WIDE_WIDTH && r->height >= WIDE_HEIGHT) {
        wide(&layout, r);
    } else if (r->width >= MEDIUM_WIDTH && r->height >= MEDIUM_HEIGHT) {
        medium(&layout, r);
    } else {
        narrow(&layout, r);
    }
    return layout;
}
