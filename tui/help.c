/* Text is broken at blanks, so that it can be read at any width, and shown page by page. */
#include "tui/help.h"

#include <string.h>

#include "tui/keys.h"
#include "tui/view.h"

enum { MARGIN = 2, KEYS_WIDTH = 14, NARROW = 30 };

struct writer {
    struct canvas canvas;
    int top, rows;              /* the part that is shown */
    int y;                      /* the next line of the help */
};

/* Columns of the first WORD characters up to a blank. */
static int word_columns(const char *text, size_t bytes)
{
    int columns = 0;
    for (size_t i = 0; i < bytes; i++)
        columns += ((unsigned char)text[i] & 0xC0) != 0x80;
    return columns;
}

/* Writes TEXT from column X on, with as many lines as it takes, all of them from there. */
static void write_text(struct writer *w, int x, struct style style, const char *text)
{
    int column = x, width = w->canvas.area.width;
    while (*text) {
        char word[160];
        size_t bytes = strcspn(text, " "), shown = bytes < sizeof word ? bytes : sizeof word - 1;
        if (column > x && column + word_columns(text, bytes) > width) {
            w->y++;
            column = x;
        }
        memcpy(word, text, shown);
        word[shown] = 0;
        if (w->y >= w->top && w->y < w->top + w->rows)
            canvas_text(&w->canvas, column, w->y - w->top, style, word);
        column += word_columns(text, bytes) + 1;
        text += bytes;
        for (; *text == ' '; text++) {
        }
    }
    w->y++;
}

/* In a narrow terminal what a key does stands below it. */
static void write_key(struct writer *w, const struct key_binding *row)
{
    bool narrow = w->canvas.area.width < NARROW;
    int y = w->y - w->top;
    if (y >= 0 && y < w->rows)
        canvas_printf(&w->canvas, MARGIN, y, STYLE_PLAIN, "%-6s %-6s", row->key, row->twin);
    w->y += narrow;
    write_text(w, MARGIN + (narrow ? 2 : KEYS_WIDTH), STYLE_PLAIN, row->help);
}

static void write_all(struct writer *w)
{
    for (size_t i = 0; keys_at(i); i++)
        write_key(w, keys_at(i));
    w->y++;
    write_text(w, MARGIN, STYLE_DIM, "While the keyboard belongs to the guest all other keys go to it; `key` and "
               "`type` send what the terminal cannot. `help` lists the debugger's commands.");
    for (const char *const *line = view_clusters_legend; *line; line++)
        write_text(w, MARGIN, STYLE_DIM, *line);
}

int help_page(int height)
{
    return height > 3 ? height - 2 : 1;
}

int help_draw(struct canvas *canvas, int top)
{
    int rows = help_page(canvas->area.height), last = canvas->area.height - 1;
    struct writer w = { canvas_part(canvas, 0, last > 1, canvas->area.width, rows), top, rows, 0 };
    write_all(&w);
    int most = w.y > rows ? w.y - rows : 0;
    if (last > 1) {
        canvas_text(canvas, MARGIN, 0, STYLE_TITLE_FOCUS, " Keys ");
        canvas_text(canvas, MARGIN, last, STYLE_PLAIN,
                    top < most ? "Space: more. Other keys: back." : "Press any key.");
    }
    return most;
}
