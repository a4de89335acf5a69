/* The guest's screen: text cell by cell; a canvas that is too small shows the part around the guest's cursor, or the
 * rows that were scrolled to. Graphics are drawn by view_graphics.c. */
#include "tui/screen_text.h"
#include "tui/session.h"
#include "tui/view.h"

static const uint8_t cga[16][3] = {
    { 0, 0, 0 }, { 0, 0, 170 }, { 0, 170, 0 }, { 0, 170, 170 }, { 170, 0, 0 }, { 170, 0, 170 }, { 170, 85, 0 },
    { 170, 170, 170 }, { 85, 85, 85 }, { 85, 85, 255 }, { 85, 255, 85 }, { 85, 255, 255 }, { 255, 85, 85 },
    { 255, 85, 255 }, { 255, 255, 85 }, { 255, 255, 255 },
};

static uint8_t nearest(const uint8_t rgb[3])
{
    unsigned best = 0;
    long least = 1L << 30;
    for (unsigned i = 0; i < 16; i++) {
        long r = rgb[0] - cga[i][0], g = rgb[1] - cga[i][1], b = rgb[2] - cga[i][2], distance = r * r + g * g + b * b;
        if (distance < least) {
            least = distance;
            best = i;
        }
    }
    return (uint8_t)best;
}

/* First column or row to show: all if it fits, else the cursor in the middle, or the start. */
static int origin(int size, int room, bool follow, int cursor)
{
    if (size <= room || !follow)
        return 0;
    int first = cursor - room / 2;
    return first < 0 ? 0 : first > size - room ? size - room : first;
}

/* For rows the cursor stays at the bottom, so that the lines above it, which it came from, are seen. */
static int row_origin(int size, int room, bool follow, int cursor)
{
    if (size <= room || !follow || cursor < room - 1)
        return 0;
    int first = cursor - room + 2;
    return first > size - room ? size - room : first;
}

static struct style style_of(const struct screen *screen, const uint8_t colour[16], struct screen_cell cell, bool off)
{
    unsigned fg = cell.attribute & 15, bg = cell.attribute >> 4;
    struct style style = { colour[fg], 0, 0 };
    if (screen->blink && bg & 8) {
        bg &= 7;
        style.attributes = CELL_BLINK;
    }
    if (screen->two_fonts)
        style.fg = colour[fg & 7];
    style.bg = colour[bg];
    if (off)
        style.fg = style.bg = BLACK;
    return style;
}

bool view_screen_hides(const struct views *views)
{
    return views->rows.shown < views->rows.all;
}

void view_screen_scroll(struct views *views, int lines)
{
    struct screen_rows *rows = &views->rows;
    if (!view_screen_hides(views))
        return;
    int top = rows->top - lines, last = rows->all - rows->shown;
    rows->top = top < 0 ? 0 : top > last ? last : top;
    rows->held = rows->top != rows->follow;
}

/* Decides which rows are seen. */
static void place_rows(struct screen_rows *rows, const struct screen *screen, int height)
{
    rows->all = screen->rows;
    rows->shown = height < rows->all ? height : rows->all;
    rows->follow = row_origin(rows->all, height, screen->cursor, screen->cursor_row);
    rows->held = rows->held && rows->shown < rows->all;
    if (!rows->held)
        rows->top = rows->follow;
    if (rows->top > rows->all - rows->shown)
        rows->top = rows->all - rows->shown;
}

static void draw_text(struct views *views, const struct screen *screen, struct canvas *canvas)
{
    uint8_t colour[16];
    int width = canvas->area.width, height = canvas->area.height;
    int left = origin(screen->columns, width, screen->cursor, screen->cursor_column);
    place_rows(&views->rows, screen, height);
    int top = views->rows.top;
    for (int i = 0; i < 16; i++)
        colour[i] = nearest(screen->rgb[i]);
    for (int y = 0; y < height && top + y < screen->rows; y++)
        for (int x = 0; x < width && left + x < screen->columns; x++) {
            struct screen_cell cell = screen->cell[top + y][left + x];
            canvas_put(canvas, x, y, cp437_to_unicode(cell.code), style_of(screen, colour, cell, screen->blanked));
        }
    if (screen->cursor)
        canvas_cursor(canvas, screen->cursor_column - left, screen->cursor_row - top);
}

void view_screen_draw(struct views *views, struct canvas *canvas)
{
    struct screen screen;
    machine_screen(views->session->machine, &screen);
    if (!screen.graphics) {
        draw_text(views, &screen, canvas);
        return;
    }
    views->rows = (struct screen_rows){ 0 };
    graphics_draw(&views->graphics, views->session->machine, screen.generation, canvas);
}
