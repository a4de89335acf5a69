/* display, undisplay: expressions printed at each stop. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/core.h"
#include "debugger/expr.h"

void examine_free(struct debugger *d)
{
    for (size_t i = 0; i < d->examine.display_count; i++)
        free(d->examine.display[i].expression);
    free(d->examine.display);
}

/* Formats with a size, i and s examine memory as x does; the others print a value. */
static bool is_memory(const struct format *format)
{
    return format->letter == 'i' || format->letter == 's' || format->size || format->has_count;
}

static void format_text(const struct display *display, char *text, size_t size)
{
    const struct format *f = &display->format;
    char count[16] = "";
    static const char letters[] = "?bh?w???g";
    if (f->has_count)
        snprintf(count, sizeof count, "%ld", f->count);
    if (!f->letter && !is_memory(f))
        snprintf(text, size, "%s", "");
    else
        snprintf(text, size, "/%s%c%.1s", count, f->letter ? f->letter : 'x', f->size ? &letters[f->size] : "");
}

static bool display_one(struct debugger *d, const struct display *display)
{
    char format[32];
    struct value v;
    format_text(display, format, sizeof format);
    debugger_print(d, "%u: %s%s%s", display->number, format, *format ? " " : "", display->expression);
    if (is_memory(&display->format)) {
        struct address a;
        struct format memory = display->format;
        memory.size = memory.size ? memory.size : 4;
        memory.letter = memory.letter ? memory.letter : 'x';
        debugger_print(d, "\n");
        return expr_address(d, display->expression, &a) && examine_memory(d, &a, &memory);
    }
    debugger_print(d, " = ");
    bool ok = expr_evaluate(d, display->expression, &v) && examine_value(d, &v, display->format.letter);
    debugger_print(d, ok ? "\n" : "<error: %s>\n", d->error);
    return true;
}

void display_all(struct debugger *d)
{
    for (size_t i = 0; i < d->examine.display_count; i++) {
        struct display *display = &d->examine.display[i];
        if (display->enabled && !display_one(d, display)) {
            debugger_print(d, "%s\nDisabling display %u to avoid infinite recursion.\n", d->error, display->number);
            display->enabled = false;
        }
    }
}

static enum debugger_result run_display(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct format format = { .count = 1 };
    if (!*arguments) {
        display_all(d);
        return DEBUGGER_DONE;
    }
    if (!format_parse(d, &arguments, &format) || !expr_check(d, arguments, NULL))
        return debugger_report(d);
    struct display *grown = debugger_grow(d->examine.display, d->examine.display_count, sizeof *grown);
    char *copy = debugger_copy(arguments, strlen(arguments));
    if (grown)
        d->examine.display = grown;
    if (!grown || !copy) {
        free(copy);
        return debugger_error(d, "Out of memory.");
    }
    struct display *display = &grown[d->examine.display_count++];
    *display = (struct display){ ++d->examine.last_display, true, format, copy };
    if (!display_one(d, display))
        return debugger_report(d);
    return DEBUGGER_DONE;
}

static void change_at(struct debugger *d, size_t index, enum display_change change)
{
    struct display *display = &d->examine.display[index];
    if (change != DISPLAY_DELETE) {
        display->enabled = change == DISPLAY_ENABLE;
        return;
    }
    free(display->expression);
    memmove(display, display + 1, (--d->examine.display_count - index) * sizeof *display);
}

enum debugger_result display_change(struct debugger *d, const char *numbers, enum display_change change)
{
    if (!*numbers) {
        if (change == DISPLAY_DELETE && d->examine.display_count
            && !debugger_confirm(d, "Delete all auto-display expressions? (y or n) "))
            return DEBUGGER_DONE;
        for (size_t i = d->examine.display_count; i-- > 0;)
            change_at(d, i, change);
        return DEBUGGER_DONE;
    }
    while (*numbers) {
        char *end;
        unsigned long number = strtoul(numbers, &end, 10);
        size_t i = 0;
        if (end == numbers || (*end && *end != ' ' && *end != '\t'))
            return debugger_error(d, "Arguments must be display numbers.");
        while (i < d->examine.display_count && d->examine.display[i].number != number)
            i++;
        if (i == d->examine.display_count)
            return debugger_error(d, "Could not find display number %lu.", number);
        change_at(d, i, change);
        numbers = debugger_skip_blanks(end);
    }
    return DEBUGGER_DONE;
}

static enum debugger_result run_undisplay(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return display_change(d, arguments, DISPLAY_DELETE);
}

static enum debugger_result info_display(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    (void)arguments;
    char format[32];
    if (!d->examine.display_count) {
        debugger_print(d, "There are no auto-display expressions now.\n");
        return DEBUGGER_DONE;
    }
    debugger_print(d, "Auto-display expressions now in effect:\nNum Enb Expression\n");
    for (size_t i = 0; i < d->examine.display_count; i++) {
        const struct display *display = &d->examine.display[i];
        format_text(display, format, sizeof format);
        debugger_print(d, "%u:   %s  %s%s%s\n", display->number, display->enabled ? "y" : "n", format,
                       *format ? " " : "",
                       display->expression);
    }
    return DEBUGGER_DONE;
}

const struct debugger_command display_commands[] = {
    { "display", NULL, 4, run_display, "Print an expression each time the guest stops.",
      "Usage: display[/FMT] [EXPRESSION]\nFormats i and s, and those with a count or a size, show memory as x does: "
      "display/i $pc.", COMPLETE_EXPRESSION, NULL, false },
    { "undisplay", NULL, 4, run_undisplay, "Cancel displays.", "Usage: undisplay [N] ...", COMPLETE_NOTHING, NULL,
      false },
    { "display", "info", 2, info_display, "Expressions displayed at each stop.", NULL, COMPLETE_NOTHING, NULL, false },
    { 0 }
};
