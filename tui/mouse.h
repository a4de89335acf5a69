/* From a terminal's mouse, which tells character cells, to a hand that moves a mouse: relative motion and buttons.
 *
 * In text modes a cell is 8 by 16 counts, with which DOS drivers move their cursor by one cell (INT 33h's eight counts for
 * eight dots across, sixteen down). In graphics modes it is the dots that it covers. At the border of the pane the hand
 * goes on by a screen's width or height, which takes the guest's pointer to the border of its screen: so the two come
 * together again when a driver's acceleration has driven them apart. */
#ifndef TUI_MOUSE_H
#define TUI_MOUSE_H

#include <stdbool.h>

struct screen;

enum { POINTER_LEFT = 1, POINTER_RIGHT = 2, POINTER_MIDDLE = 4 };

/* What the terminal told: a cell, counted from the pane's corner (it may lie outside), and the buttons held there. */
struct pointer { int x, y; unsigned buttons; };

struct mouse_hand {
    bool known;                 /* where it was last */
    int x, y;
};

struct mouse_motion { int dx, dy; unsigned buttons; };

/* What the hand does to follow POINTER over a pane of WIDTH by HEIGHT cells that shows SCREEN. The first report only tells
 * where the hand is; so does one in a pane without cells. */
struct mouse_motion mouse_follow(struct mouse_hand *hand, const struct pointer *pointer, int width, int height,
                                 const struct screen *screen);

/* Forgets where the hand was: the pane was not watched for a while. */
void mouse_forget(struct mouse_hand *hand);

#endif
