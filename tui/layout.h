/* Which panes are seen at which size, and where. From one pane at a time with tabs (80x24) to all of them. */
#ifndef TUI_LAYOUT_H
#define TUI_LAYOUT_H

#include <stdbool.h>

#include "tui/cells.h"
#include "tui/view.h"

struct layout_request {
    int width, height;          /* of the terminal */
    enum view_id chosen;        /* the pane that has to be seen */
    bool zoom;                  /* the guest's screen has all but the status line */
    bool console_focus;         /* the keyboard belongs to the debugger */
    int zoom_rows;              /* zoom: that line too, if the screen has more rows than would be left; 0: never */
};

struct layout {
    struct { bool shown; struct rect title, area; } pane[VIEWS];
    bool tabs;                  /* not all panes are seen: the first row names them */
    int status;                 /* row of the status line; -1: none */
};

/* Pure: the same request gives the same layout. Every terminal size is allowed; what does not fit is not shown. */
struct layout layout_compute(const struct layout_request *request);

#endif
