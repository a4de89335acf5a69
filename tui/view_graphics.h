/* The guest's graphics as half blocks. */
#ifndef TUI_VIEW_GRAPHICS_H
#define TUI_VIEW_GRAPHICS_H

#include <stdint.h>

#include "emu/emu.h"
#include "tui/cells.h"

/* The picture that was drawn last, to be drawn again while it stays the same. Zeroed: none. */
struct graphics {
    uint64_t generation;
    int width, height;          /* cells */
    uint16_t *colour;           /* 2 * width * height, row by row of half cells; NULL: none */
};

/* Draws what the monitor of M shows, scaled to all of CANVAS. GENERATION: that of the screen. */
void graphics_draw(struct graphics *g, const struct machine *m, uint64_t generation, struct canvas *canvas);
void graphics_free(struct graphics *g);

/* Scales a picture of SIZE, three bytes a pixel, to WIDTH by HEIGHT colours of cells.h, each near the mean of the
 * pixels that it stands for. All sizes are at least 1. */
void graphics_scale(const uint8_t *rgb, const struct picture *size, uint16_t *colour, int width, int height);

#endif
