/* The cell grid: plain memory with clipping. */
#include "tui/cells.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct cell blank = { ' ', DEFAULT_COLOUR, DEFAULT_COLOUR, 0 };

bool surface_resize(struct surface *s, int width, int height)
{
    width = width < 1 ? 1 : width > SURFACE_MAX_WIDTH ? SURFACE_MAX_WIDTH : width;
    height = height < 1 ? 1 : height > SURFACE_MAX_HEIGHT ? SURFACE_MAX_HEIGHT : height;
    struct cell *cells = malloc((size_t)width * (size_t)height * sizeof *cells);
    if (!cells)
        return false;
    free(s->cells);
    *s = (struct surface){ .width = width, .height = height, .cells = cells };
    surface_clear(s);
    return true;
}

void surface_free(struct surface *s)
{
    free(s->cells);
    *s = (struct surface){ 0 };
}

void surface_clear(struct surface *s)
{
    for (int i = 0; i < s->width * s->height; i++)
        s->cells[i] = blank;
    s->cursor = false;
}

bool surface_equal(const struct surface *a, const struct surface *b)
{
    if (a->width != b->width || a->height != b->height || a->cursor != b->cursor)
        return false;
    if (a->cursor && (a->cursor_x != b->cursor_x || a->cursor_y != b->cursor_y))
        return false;
    for (int i = 0; i < a->width * a->height; i++)
        if (!cell_equal(&a->cells[i], &b->cells[i]))
            return false;
    return true;
}

void surface_copy(struct surface *to, const struct surface *from)
{
    memcpy(to->cells, from->cells, (size_t)from->width * (size_t)from->height * sizeof *from->cells);
    to->cursor = from->cursor;
    to->cursor_x = from->cursor_x;
    to->cursor_y = from->cursor_y;
}

static bool inside(const struct canvas *c, int x, int y)
{
    int sx = c->area.x + x, sy = c->area.y + y;
    return x >= 0 && y >= 0 && x < c->area.width && y < c->area.height && sx >= 0 && sy >= 0 &&
           sx < c->surface->width && sy < c->surface->height;
}

void canvas_put(struct canvas *c, int x, int y, uint16_t code, struct style style)
{
    if (inside(c, x, y))
        c->surface->cells[(c->area.y + y) * c->surface->width + c->area.x + x] =
            (struct cell){ code, style.fg, style.bg, style.attributes };
}

/* The next character of UTF-8 text of up to three bytes; anything else counts byte by byte as a dot. */
static uint16_t next_character(const unsigned char **text)
{
    const unsigned char *t = *text;
    *text += 1;
    if (t[0] < 0x20 || t[0] == 0x7F)
        return 0xB7;
    if (t[0] < 0x80)
        return t[0];
    if ((t[0] & 0xE0) == 0xC0 && (t[1] & 0xC0) == 0x80) {
        *text += 1;
        return (uint16_t)((t[0] & 0x1F) << 6 | (t[1] & 0x3F));
    }
    if ((t[0] & 0xF0) == 0xE0 && (t[1] & 0xC0) == 0x80 && (t[2] & 0xC0) == 0x80) {
        *text += 2;
        return (uint16_t)((t[0] & 0x0F) << 12 | (t[1] & 0x3F) << 6 | (t[2] & 0x3F));
    }
    return 0xB7;
}

int canvas_text(struct canvas *c, int x, int y, struct style style, const char *text)
{
    for (const unsigned char *t = (const unsigned char *)text; *t;)
        canvas_put(c, x++, y, next_character(&t), style);
    return x;
}

int canvas_printf(struct canvas *c, int x, int y, struct style style, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return canvas_text(c, x, y, style, text);
}

void canvas_fill(struct canvas *c, int x, int y, int width, struct style style)
{
    for (int i = 0; i < width; i++)
        canvas_put(c, x + i, y, ' ', style);
}

static int clamp(int value, int least, int most)
{
    return value < least ? least : value > most ? most : value;
}

struct canvas canvas_part(const struct canvas *c, int x, int y, int width, int height)
{
    struct canvas part = { .surface = c->surface };
    x = clamp(x, 0, c->area.width);
    y = clamp(y, 0, c->area.height);
    part.area = (struct rect){ c->area.x + x, c->area.y + y, clamp(width, 0, c->area.width - x),
                               clamp(height, 0, c->area.height - y) };
    return part;
}

void canvas_cursor(struct canvas *c, int x, int y)
{
    if (!inside(c, x, y))
        return;
    c->surface->cursor = true;
    c->surface->cursor_x = c->area.x + x;
    c->surface->cursor_y = c->area.y + y;
}
