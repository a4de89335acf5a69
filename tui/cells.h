/* What the terminal is to show, as a grid of cells. Views draw into a rectangle of it and know no curses; terminal.c
 * sends what changed. Coordinates: x to the right, y down, from 0; everything outside the rectangle is clipped. */
#ifndef TUI_CELLS_H
#define TUI_CELLS_H

#include <stdbool.h>
#include <stdint.h>

/* Colours as the CGA's: bit 0 blue, 1 green, 2 red, 3 bright; or the terminal's own; or any, see colour_rgb(). */
enum colour { BLACK, BLUE, GREEN, CYAN, RED, MAGENTA, BROWN, LIGHT_GREY, DARK_GREY, LIGHT_BLUE, LIGHT_GREEN, LIGHT_CYAN,
              LIGHT_RED, LIGHT_MAGENTA, YELLOW, WHITE, DEFAULT_COLOUR };

enum { COLOUR_RGB = 0x8000 };

/* Any colour, from eight bits of red, green and blue, in five bits each. */
static inline uint16_t colour_rgb(unsigned red, unsigned green, unsigned blue)
{
    return (uint16_t)(COLOUR_RGB | (red >> 3) << 10 | (green >> 3) << 5 | blue >> 3);
}

enum { CELL_BOLD = 1, CELL_UNDERLINE = 2, CELL_REVERSE = 4, CELL_BLINK = 8 };

struct cell {
    uint16_t c;                 /* Unicode, one column wide */
    uint16_t fg, bg;            /* enum colour, or COLOUR_RGB */
    uint8_t attributes;         /* CELL_* */
};

static inline bool cell_equal(const struct cell *a, const struct cell *b)
{
    return a->c == b->c && a->fg == b->fg && a->bg == b->bg && a->attributes == b->attributes;
}

struct style { uint16_t fg, bg; uint8_t attributes; };

#define STYLE(f, b, a) ((struct style){ f, b, a })
#define STYLE_PLAIN STYLE(DEFAULT_COLOUR, DEFAULT_COLOUR, 0)
#define STYLE_DIM STYLE(DARK_GREY, DEFAULT_COLOUR, 0)
#define STYLE_CHANGED STYLE(YELLOW, DEFAULT_COLOUR, CELL_BOLD)
#define STYLE_TITLE STYLE(BLACK, LIGHT_GREY, 0)
#define STYLE_TITLE_FOCUS STYLE(WHITE, BLUE, CELL_BOLD)

enum { SURFACE_MAX_WIDTH = 512, SURFACE_MAX_HEIGHT = 200 };

struct surface {
    int width, height;
    struct cell *cells;         /* width * height */
    bool cursor;                /* show the terminal's cursor at cursor_x, cursor_y */
    int cursor_x, cursor_y;
};

struct rect { int x, y, width, height; };

/* A rectangle of a surface to draw into, with its own origin. */
struct canvas {
    struct surface *surface;
    struct rect area;
};

/* Resizes to at most SURFACE_MAX_*; contents become blank. False: out of memory, nothing changed. */
bool surface_resize(struct surface *s, int width, int height);
void surface_free(struct surface *s);
void surface_clear(struct surface *s);
bool surface_equal(const struct surface *a, const struct surface *b);
void surface_copy(struct surface *to, const struct surface *from);      /* of the same size */

void canvas_put(struct canvas *c, int x, int y, uint16_t code, struct style style);
/* Draws UTF-8 TEXT in one line; returns the column after it. Control characters are shown as dots. */
int canvas_text(struct canvas *c, int x, int y, struct style style, const char *text);
int canvas_printf(struct canvas *c, int x, int y, struct style style, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void canvas_fill(struct canvas *c, int x, int y, int width, struct style style);
/* A part of the canvas as a canvas. */
struct canvas canvas_part(const struct canvas *c, int x, int y, int width, int height);
/* Puts the terminal's cursor there, if it is inside. */
void canvas_cursor(struct canvas *c, int x, int y);

#endif
