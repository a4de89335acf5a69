/* Disassembly around CS:EIP. */
#include <string.h>

#include "debugger/debugger.h"
#include "tui/session.h"
#include "tui/view.h"

enum { MOST_LINES = SURFACE_MAX_HEIGHT };

/* Least widths for what an instruction can be shown without. */
enum { WITH_SELECTOR = 38, WITH_BYTES = 56 };

static void draw_line(struct canvas *canvas, int y, const struct debugger_line *line)
{
    struct style style = line->current ? STYLE(BLACK, CYAN, 0) : STYLE_PLAIN;
    if (line->current)
        canvas_fill(canvas, 0, y, canvas->area.width, style);
    canvas_text(canvas, 0, y, line->breakpoint ? STYLE(LIGHT_RED, style.bg, CELL_BOLD) : style,
                line->breakpoint == 'b' ? "*" : line->breakpoint ? "o" : line->current ? ">" : " ");
    int width = canvas->area.width, x = 1;
    if (width >= WITH_SELECTOR)
        x = canvas_printf(canvas, x, y, line->current ? style : STYLE_DIM, "%04X:", line->selector);
    x = canvas_printf(canvas, x, y, line->current ? style : STYLE_DIM, "%04X ", line->offset);
    if (width >= WITH_BYTES) {
        for (int i = 0; i < line->length && i < 7; i++)
            canvas_printf(canvas, x + 2 * i, y, line->current ? style : STYLE_DIM, "%02X", line->bytes[i]);
        x += 15;
    }
    canvas_text(canvas, x, y, style, line->text);
}

void view_code_draw(struct views *views, struct canvas *canvas)
{
    struct debugger *debugger = views->session->debugger;
    struct debugger_line line[MOST_LINES];
    struct registers now;
    int height = canvas->area.height < MOST_LINES ? canvas->area.height : MOST_LINES;
    inspect_registers(views->session->machine, &now);
    uint32_t address = now.seg[SEG_CS].base + now.eip;
    int above = height / 3 - views->code_offset;
    if (above > 0)
        address = debugger_disassemble_before(debugger, address, (size_t)above);
    size_t skipped = above < 0 ? (size_t)-above : 0, wanted = (size_t)height;
    while (skipped > 0) {
        size_t part = skipped < MOST_LINES ? skipped : MOST_LINES,
               got = debugger_disassemble(debugger, address, part, line);
        if (got == 0)
            return;
        address = line[got - 1].address + line[got - 1].length;
        skipped -= got;
    }
    size_t count = debugger_disassemble(debugger, address, wanted, line);
    int y = 0;
    for (size_t i = 0; i < count && y < height; i++) {
        if (line[i].symbol[0] && !strchr(line[i].symbol, '+') && y + 1 < height)
            canvas_printf(canvas, 0, y++, STYLE(LIGHT_GREEN, DEFAULT_COLOUR, 0), "%s:", line[i].symbol);
        draw_line(canvas, y++, &line[i]);
    }
}
