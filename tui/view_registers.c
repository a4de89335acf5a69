/* Registers and flags; what changed since the last stop is marked. */
#include <stdio.h>
#include <string.h>

#include "tui/session.h"
#include "tui/view.h"

static const char *const general[REGS] = { "EAX", "ECX", "EDX", "EBX", "ESP", "EBP", "ESI", "EDI" };
static const uint8_t order[REGS] = { REG_EAX, REG_EBX, REG_ECX, REG_EDX, REG_ESI, REG_EDI, REG_EBP, REG_ESP };
static const char *const segments[SEGS] = { "ES", "CS", "SS", "DS", "FS", "GS" };
static const uint8_t segment_order[SEGS] = { SEG_CS, SEG_DS, SEG_ES, SEG_SS, SEG_FS, SEG_GS };
static const char *const modes[] = { "real", "V86", "protected 16", "protected 32" };

static const struct { uint32_t bit; const char *name; } flags[] = {
    { 1 << 11, "O" }, { 1 << 10, "D" }, { 1 << 9, "I" }, { 1 << 8, "T" }, { 1 << 7, "S" }, { 1 << 6, "Z" },
    { 1 << 4, "A" }, { 1 << 2, "P" }, { 1 << 0, "C" },
};

static struct style marked(const struct views *views, bool changed)
{
    return changed && !views->running ? STYLE_CHANGED : STYLE_PLAIN;
}

static void draw_flags(struct views *views, struct canvas *canvas, int y)
{
    const struct registers *now = &views->now, *before = &views->before;
    int x = canvas_text(canvas, 0, y, STYLE_DIM, "FL  ");
    x = canvas_printf(canvas, x, y, marked(views, now->eflags != before->eflags), "%08X ", now->eflags);
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        bool set = now->eflags & flags[i].bit, changed = (now->eflags ^ before->eflags) & flags[i].bit;
        x = canvas_text(canvas, x, y, changed && !views->running ? STYLE_CHANGED : set ? STYLE_PLAIN : STYLE_DIM,
                        set ? flags[i].name : "-");
    }
}

static int draw_general(struct views *views, struct canvas *canvas, int columns)
{
    const struct registers *now = &views->now, *before = &views->before;
    for (int i = 0; i < REGS; i++) {
        int r = order[i], x = i % columns * 15, y = i / columns;
        canvas_text(canvas, x, y, STYLE_DIM, general[r]);
        canvas_printf(canvas, x + 4, y, marked(views, now->r[r] != before->r[r]), "%08X", now->r[r]);
    }
    return (REGS + columns - 1) / columns;
}

static int draw_segments(struct views *views, struct canvas *canvas, int y, int columns)
{
    const struct registers *now = &views->now, *before = &views->before;
    for (int i = 0; i < SEGS; i++) {
        int s = segment_order[i], x = i % columns * 10;
        canvas_text(canvas, x, y + i / columns, STYLE_DIM, segments[s]);
        canvas_printf(canvas, x + 4 - (columns > 2), y + i / columns,
                      marked(views, now->seg[s].selector != before->seg[s].selector), "%04X", now->seg[s].selector);
    }
    return y + (SEGS + columns - 1) / columns;
}

static void draw_system(struct views *views, struct canvas *canvas, int y)
{
    const struct registers *now = &views->now, *before = &views->before;
    canvas_printf(canvas, 0, y++, marked(views, now->cr0 != before->cr0), "CR0 %08X  CR3 %08X", now->cr0, now->cr3);
    canvas_printf(canvas, 0, y++, marked(views, now->cr2 != before->cr2), "CR2 %08X  TR %04X LDT %04X", now->cr2,
                  now->tr.selector, now->ldtr.selector);
    canvas_printf(canvas, 0, y++, STYLE_PLAIN, "GDT %08X:%04X", now->gdtr.base, now->gdtr.limit);
    canvas_printf(canvas, 0, y++, STYLE_PLAIN, "IDT %08X:%04X", now->idtr.base, now->idtr.limit);
    canvas_printf(canvas, 0, y, STYLE_PLAIN, "icount %llu",
                  (unsigned long long)machine_icount(views->session->machine));
}

void view_registers_draw(struct views *views, struct canvas *canvas)
{
    if (views->running)
        inspect_registers(views->session->machine, &views->now);
    int columns = canvas->area.width >= 58 ? 4 : 2;
    int y = draw_general(views, canvas, columns);
    const struct registers *now = &views->now, *before = &views->before;
    canvas_text(canvas, 0, y, STYLE_DIM, "EIP");
    canvas_printf(canvas, 4, y, marked(views, now->eip != before->eip), "%08X", now->eip);
    canvas_printf(canvas, 15, y, STYLE_PLAIN, "%s%s%s", modes[now->mode], now->halted ? ", halted" : "",
                  now->shadow ? ", shadow" : "");
    canvas_printf(canvas, 15 + (int)strlen(modes[now->mode]) + (now->halted ? 8 : 0) + (now->shadow ? 8 : 0) + 1, y,
                  STYLE_DIM, "CPL %u", now->cpl);
    draw_flags(views, canvas, y + 1);
    y = draw_segments(views, canvas, y + 2, canvas->area.width >= 58 ? 6 : 3);
    draw_system(views, canvas, y);
}
