/* Memory in hex and CP437, at an expression that is evaluated anew for each frame. */
#include "debugger/debugger.h"
#include "tui/screen_text.h"
#include "tui/session.h"
#include "tui/view.h"

static void draw_row(struct views *views, struct canvas *canvas, int y, const struct debugger_value *at,
                     uint32_t offset)
{
    uint8_t bytes[16];
    int per_row = canvas->area.width >= 76 ? 16 : 8;
    uint32_t address = (uint32_t)at->number + offset;
    size_t got = at->is_physical ? inspect_peek_physical(views->session->machine, address, bytes, (size_t)per_row)
                                 : inspect_peek(views->session->machine, address, bytes, (size_t)per_row);
    int x = at->has_segment ? canvas_printf(canvas, 0, y, STYLE_DIM, "%04X:%04X ", at->selector, at->offset + offset)
                            : canvas_printf(canvas, 0, y, STYLE_DIM, "%08X  ", address);
    for (int i = 0; i < per_row; i++) {
        int column = x + 3 * i + (i >= 8);
        if ((size_t)i < got)
            canvas_printf(canvas, column, y, bytes[i] ? STYLE_PLAIN : STYLE_DIM, "%02X", bytes[i]);
        else
            canvas_text(canvas, column, y, STYLE_DIM, "??");
        if ((size_t)i < got)
            canvas_put(canvas, x + 3 * per_row + (per_row > 8) + i, y, cp437_to_unicode(bytes[i]), STYLE_PLAIN);
    }
}

void view_memory_draw(struct views *views, struct canvas *canvas)
{
    struct debugger_value at;
    char error[128];
    canvas_printf(canvas, 0, 0, STYLE(LIGHT_GREEN, DEFAULT_COLOUR, 0), "%s", views->memory_expression);
    if (!debugger_evaluate(views->session->debugger, views->memory_expression, &at, error, sizeof error)) {
        canvas_text(canvas, 0, 1, STYLE(LIGHT_RED, DEFAULT_COLOUR, 0), error);
        return;
    }
    int per_row = canvas->area.width >= 76 ? 16 : 8;
    for (int y = 1; y < canvas->area.height; y++)
        draw_row(views, canvas, y, &at, views->memory_offset + (uint32_t)((y - 1) * per_row));
}
