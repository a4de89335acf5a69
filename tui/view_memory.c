/* Memory in hex and CP437, at an expression that is evaluated anew for each frame. */
#include "debugger/debugger.h"
#include "tui/screen_text.h"
#include "tui/session.h"
#include "tui/view.h"

/* What a row shows: bytes, each with two digits, a blank and its character; and whether the address is the offset
 * alone, so that eight of them fit. */
struct row_form { int bytes; bool bare; };

static struct row_form form_for(int width, const struct debugger_value *at, uint32_t offset)
{
    bool long_offset = at->has_segment && offset > 0xFFFF;
    int address = long_offset ? 14 : 10, bare = at->has_segment && !long_offset ? 5 : address;
    if (width >= address + 16 * 4 + 2)
        return (struct row_form){ 16, false };
    if (width >= address + 8 * 4)
        return (struct row_form){ 8, false };
    return width >= bare + 8 * 4 ? (struct row_form){ 8, true } : (struct row_form){ 4, false };
}

static int draw_address(struct canvas *canvas, int y, const struct debugger_value *at, uint32_t offset, bool bare)
{
    int x = 0;
    if (!at->has_segment)
        return canvas_printf(canvas, x, y, STYLE_DIM, "%08X  ", (uint32_t)at->number + offset);
    if (!bare)
        x = canvas_printf(canvas, x, y, STYLE_DIM, "%04X:", at->selector);
    return canvas_printf(canvas, x, y, STYLE_DIM, "%04X ", at->offset + offset);
}

static void draw_row(struct views *views, struct canvas *canvas, int y, const struct debugger_value *at,
                     uint32_t offset, struct row_form form)
{
    uint8_t bytes[16];
    int per_row = form.bytes;
    uint32_t address = (uint32_t)at->number + offset;
    size_t got = at->is_physical ? inspect_peek_physical(views->session->machine, address, bytes, (size_t)per_row)
                                 : inspect_peek(views->session->machine, address, bytes, (size_t)per_row);
    int x = draw_address(canvas, y, at, offset, form.bare);
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
    struct row_form form = form_for(canvas->area.width, &at, at.offset + views->memory_offset);
    for (int y = 1; y < canvas->area.height; y++)
        draw_row(views, canvas, y, &at, views->memory_offset + (uint32_t)((y - 1) * form.bytes), form);
}
