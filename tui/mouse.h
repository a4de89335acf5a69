/* From a terminal's mouse, which tells character cells, to a hand that moves a mouse: relative motion and buttons.
 *
 * In text modes a cell is 8 by 16 counts, with which DOS drivers move their cursor by one cell (INT 33h's eight counts
 * for eight dots across, sixteen down). In graphics modes it is the dots that it covers. At the border of the pane the
 * hand goes on by a screen's width or height, which takes the guest's pointer to the border of its screen: so the two
 * come together again when a driver's acceleration has driven them apart. */
#ifndef TUI_MOUSE_H
#define TUI_MOUSE_H

#include <stdbool.h>
#include <stdint.h>

struct screen;

enum { POINTER_LEFT = 1, POINTER_RIGHT = 2, POINTER_MIDDLE = 4 };

/* What the terminal told: a cell, counted from the pane's corner (it may lie outside), and the buttons held there. */
struct pointer { int x, y; unsigned buttons; };

struct mouse_hand {
    bool known;                 /* where it was last */
    int x, y;
};

/* far_x, far_y: this way leads beyond the border of the guest's screen, however long it is. */
struct mouse_motion { int dx, dy; unsigned buttons; bool far_x, far_y; };

/* What the hand does to follow POINTER over a pane of WIDTH by HEIGHT cells that shows SCREEN. The first report only
 * tells where the hand is; so does one in a pane without cells. */
struct mouse_motion mouse_follow(struct mouse_hand *hand, const struct pointer *pointer, int width, int height,
                                 const struct screen *screen);

/* Forgets where the hand was: the pane was not watched for a while. */
void mouse_forget(struct mouse_hand *hand);

/* Drivers take quick movements for longer ones: CuteMouse packets of more than 4 counts, Microsoft's of more than 5. So
 * the hand walks: at most MOUSE_STEP counts a packet, and buttons move where they were meant to. */
enum { MOUSE_STEP = 4, MOUSE_WALKS = 64 };

struct mouse_walk {
    struct mouse_motion motion[MOUSE_WALKS];    /* ring; buttons: those at its end */
    unsigned first, count;
    unsigned buttons;                           /* held now */
    uint64_t next_tick;                         /* when the next step may be made */
};

/* Nothing is to be done, and BUTTONS are held. */
void mouse_walk_begin(struct mouse_walk *walk, unsigned buttons);

/* Adds what the hand has done. When there is no room, ways become one. */
void mouse_walk_add(struct mouse_walk *walk, const struct mouse_motion *motion);

/* The next step, if there is one and TICK has come; the one after it is due APART ticks later. */
bool mouse_walk_step(struct mouse_walk *walk, uint64_t tick, uint64_t apart, struct mouse_motion *step);

#endif
