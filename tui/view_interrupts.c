/* Interrupts: the two PICs, request lines with counts, and vectors that the guest has taken from the BIOS. */
#include <stdio.h>
#include <string.h>

#include "tui/session.h"
#include "tui/view.h"

static const char *const irq_names[16] = { "timer", "keyboard", "cascade", "COM2", "COM1", "LPT2", "floppy", "LPT1",
                                           "clock", "", "", "", "aux", "FPU", "disk 0", "disk 1" };

static void record(struct occurrence *o, const struct probe_event *event)
{
    o->count++;
    o->tick = event->tick;
    o->cs = event->cs;
    o->eip = event->eip;
}

void view_interrupts_event(struct views *views, const struct probe_event *event)
{
    if (event->kind == PROBE_IRQ_ACCEPTED) {
        record(&views->irq[event->a & 15], event);
    } else {
        record(&views->vector[event->a & 255], event);
        views->vector[event->a & 255].eax = event->b;
    }
}

static int draw_irqs(struct views *views, struct canvas *canvas, int y)
{
    struct pic_view pic[2];
    inspect_pic(views->session->machine, pic);
    canvas_text(canvas, 0, y++, STYLE_DIM, "IRQ           state   count");
    for (int irq = 0; irq < 16 && y < canvas->area.height; irq++) {
        const struct pic_view *chip = &pic[irq / 8];
        unsigned bit = 1u << irq % 8;
        const struct occurrence *o = &views->irq[irq];
        if (irq == 2 || (!o->count && chip->imr & bit && !((chip->irr | chip->isr) & bit)))
            continue;
        struct style style = chip->isr & bit ? STYLE_CHANGED : chip->imr & bit ? STYLE_DIM : STYLE_PLAIN;
        canvas_printf(canvas, 0, y++, style, "%2d %-10s %c%c%c %8llu", irq, irq_names[irq], chip->irr & bit ? 'R' : '-',
                      chip->isr & bit ? 'S' : '-', chip->imr & bit ? 'M' : '-', (unsigned long long)o->count);
    }
    return y;
}

/* A vector counts as hooked if it points outside the ROMs. Those that were never set (0:0) do not. */
static bool hooked(const uint8_t entry[4], uint32_t first, uint32_t last)
{
    uint32_t offset = entry[0] | (uint32_t)entry[1] << 8, segment = entry[2] | (uint32_t)entry[3] << 8;
    uint32_t address = segment * 16 + offset;
    return (segment || offset) && (address < first || address > last);
}

static void draw_vectors(struct views *views, struct canvas *canvas, int y)
{
    uint8_t ivt[1024];
    uint32_t first, last;
    if (views->now.mode >= MODE_PROTECTED16 || y + 1 >= canvas->area.height)
        return;
    if (!inspect_rom_range(views->session->machine, &first, &last) ||
        inspect_peek_physical(views->session->machine, 0, ivt, sizeof ivt) < sizeof ivt)
        return;
    canvas_text(canvas, 0, y++, STYLE_DIM, "INT hooked by     count last AX");
    for (int n = 0; n < 256 && y < canvas->area.height; n++) {
        const uint8_t *entry = ivt + 4 * n;
        const struct occurrence *o = &views->vector[n];
        bool is_hooked = hooked(entry, first, last);
        if (!is_hooked && (!o->count || n < 0x10 || n > 0x1A))
            continue;
        int x = canvas_printf(canvas, 0, y, is_hooked ? STYLE_CHANGED : STYLE_PLAIN, "%02X ", n);
        if (is_hooked)
            canvas_printf(canvas, x, y, STYLE_PLAIN, "%02X%02X:%02X%02X", entry[3], entry[2], entry[1], entry[0]);
        if (o->count)
            canvas_printf(canvas, x + 10, y, STYLE_PLAIN, "%9llu %04X", (unsigned long long)o->count, o->eax & 0xFFFF);
        y++;
    }
}

void view_interrupts_draw(struct views *views, struct canvas *canvas)
{
    draw_vectors(views, canvas, draw_irqs(views, canvas, 0) + 1);
}
