/* Any colour as a terminal can show it. */
#ifndef TUI_COLOURS_H
#define TUI_COLOURS_H

#include <stdint.h>

/* The colour of cells.h (enum colour, 0-15) for a COLOUR_RGB one, on a terminal with 8 colours, or 16; it is dithered
 * by X and Y, its place in half cells. */
uint8_t colours_dither(uint16_t rgb, int colours, int x, int y);

/* The number of a colour of cells.h (0-15) on a terminal with 8 colours, where bright ones are bold, 16 or more, or
 * 2^24. */
int colours_cga(unsigned colour, int colours);

/* The number of the nearest colour on a terminal with 256 colours (xterm's cube and greys), or 2^24. */
int colours_nearest(uint16_t rgb, int colours);

/* Is it dark on a terminal without colours? Dithered likewise. */
int colours_dark(uint16_t rgb, int x, int y);

#endif
