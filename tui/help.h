/* The help that F1 shows: the program's keys, and what the signs of the cluster pane mean. */
#ifndef TUI_HELP_H
#define TUI_HELP_H

#include "tui/cells.h"

/* Draws the help from its line TOP on, words never cut, and below it how to go on. Returns the highest TOP that shows
 * anything new: 0 if all of it fits. */
int help_draw(struct canvas *canvas, int top);

/* The lines of help that a canvas of HEIGHT rows shows at a time. */
int help_page(int height);

#endif
