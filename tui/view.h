/* Views: each draws one aspect of the session into a canvas. They know no curses and no layout; what they remember
 * between frames is in struct views, so that a test can draw them into memory. */
#ifndef TUI_VIEW_H
#define TUI_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu/inspect.h"
#include "tui/cells.h"
#include "tui/view_graphics.h"

struct session;

enum view_id { VIEW_SCREEN, VIEW_REGISTERS, VIEW_CODE, VIEW_MEMORY, VIEW_INTERRUPTS, VIEW_CLUSTERS,
               VIEW_CONSOLE, VIEWS };

/* Counts of one interrupt vector or request line. */
struct occurrence { uint64_t count, tick; uint16_t cs; uint32_t eip, eax; };

enum { MAP_BUCKETS = 4096, HEAT = 15 };

struct cluster_map {
    unsigned drive;                         /* shown: DRIVE_* */
    uint8_t state[MAP_BUCKETS];             /* enum bucket_state of view_clusters.c; 0: ask again */
    uint8_t read_heat[MAP_BUCKETS], write_heat[MAP_BUCKETS];    /* HEAT just now, fading to 0 */
    bool warm;                              /* some heat is left: draw again soon */
    uint64_t reads[16], zeroes[16], writes[16], allocated[16], copied[16], freed[16];   /* by layer */
};

/* Which rows of the guest's text screen its pane shows, as last drawn. */
struct screen_rows {
    bool held;                              /* scrolled by hand: `top` stays */
    int top, shown, all;
    int follow;                             /* what `top` is if it follows the cursor */
};

struct views {
    struct session *session;
    struct screen_rows rows;
    int listener;
    struct registers before, now;           /* at the last two stops; `now` is live while the guest runs */
    bool running;
    char memory_expression[128];            /* what the memory pane follows */
    uint32_t memory_offset;                 /* scrolled away from it, bytes */
    int code_offset;                        /* instructions scrolled away from CS:EIP */
    struct occurrence irq[16], vector[256];
    struct cluster_map map;
    struct graphics graphics;               /* the screen pane's last picture */
};

struct view {
    const char *name;                       /* as used by `focus` and in titles */
    const char *title;
    void (*draw)(struct views *views, struct canvas *canvas);
    /* Scrolls by LINES; NULL: cannot. */
    void (*scroll)(struct views *views, int lines);
};

extern const struct view view_table[VIEWS];     /* the console's draw is NULL: ui.c draws it */

void views_open(struct views *views, struct session *session);
void views_close(struct views *views);

/* The guest started or stopped: takes a snapshot of the registers, so that changes can be marked. */
void views_running(struct views *views, bool running);

/* A frame passed (30 a second): heat fades. True if something that glows or blinks has to be drawn again. */
bool views_frame(struct views *views);

void view_screen_draw(struct views *views, struct canvas *canvas);
/* Scrolls up by LINES, if there are rows that the pane does not show. At the place where the cursor is followed, it is
 * followed again. */
void view_screen_scroll(struct views *views, int lines);
/* Are there rows that the pane does not show? */
bool view_screen_hides(const struct views *views);
void view_registers_draw(struct views *views, struct canvas *canvas);
void view_code_draw(struct views *views, struct canvas *canvas);
void view_memory_draw(struct views *views, struct canvas *canvas);
void view_interrupts_draw(struct views *views, struct canvas *canvas);
void view_clusters_draw(struct views *views, struct canvas *canvas);

/* What the signs of the cluster pane mean: lines of UTF-8, NULL behind the last. */
extern const char *const view_clusters_legend[];

/* One event of the probe stream, for the panes that count. */
void view_interrupts_event(struct views *views, const struct probe_event *event);
void view_clusters_event(struct views *views, const struct probe_event *event);

/* Chooses the drive that the cluster pane shows: the first with an image, or the next one. */
void view_clusters_next_drive(struct views *views);

#endif
