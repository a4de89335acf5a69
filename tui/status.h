/* Parts of the status line. Each draws from column X on and returns the column behind it. */
#ifndef TUI_STATUS_H
#define TUI_STATUS_H

#include "tui/cells.h"

struct machine;
struct pace;

/* How fast the guest runs, and whether the host keeps up. */
int status_speed(const struct pace *pace, struct canvas *canvas, int x);

/* The timing mode and the board, where guest time is not what it usually is; else nothing. */
int status_timing(const struct machine *m, struct canvas *canvas, int x);

#endif
