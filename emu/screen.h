/* PUBLIC: what the monitor shows. */
#ifndef EMU_SCREEN_H
#define EMU_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

enum { SCREEN_MAX_COLUMNS = 132, SCREEN_MAX_ROWS = 60 };

/* The size of a picture in pixels. */
struct picture { uint16_t width, height; };

struct screen_cell { uint8_t code, attribute; };

struct screen {
    bool graphics;
    bool blanked;                       /* display off: cells are still what the memory holds */
    uint16_t columns, rows;             /* text: characters. graphics: pixels */
    struct screen_cell cell[SCREEN_MAX_ROWS][SCREEN_MAX_COLUMNS];
    bool cursor;                        /* shown, and inside the screen */
    uint16_t cursor_column, cursor_row;
    uint8_t cursor_start, cursor_end;   /* scan lines */
    bool blink;                         /* attribute bit 7 blinks (else: bright background) */
    bool two_fonts;                     /* attribute bit 3 selects the second font */
    uint8_t rgb[16][3];                 /* the 16 attribute colours, 8 bits a channel */
    uint64_t generation;                /* changes whenever any of the above may have changed */
};

#endif
