/* save breakpoints: the list of breakpoints as commands that `source` takes.
 *
 * As gdb writes it: each breakpoint's command, then its ignore count, condition, commands and state by way of $bpnum.
 * What was written in registers or variables is saved as the address it had when it was set, since at the next `source`
 * they will hold something else. Not saved: numbers and hits. */
#include <stdio.h>
#include <string.h>

#include "debugger/core.h"
#include "debugger/expr.h"

static void save_location(FILE *file, const struct breakpoint *b)
{
    const struct address *a = &b->address;
    fprintf(file, "%s ", b->fate == FATE_DELETE ? "tbreak" : "break");
    if (b->kind == BREAK_ANY_SEGMENT)
        fprintf(file, "*:%04x\n", (unsigned)a->offset);
    else if (a->has_segment && a->at == ((uint32_t)a->selector << 4) + a->offset)
        fprintf(file, "&%04x:%04x\n", a->selector, (unsigned)a->offset);
    else
        fprintf(file, "*0x%x\n", (unsigned)a->at);
}

static void save_watch(struct debugger *d, FILE *file, const struct breakpoint *b)
{
    static const char *const names[] = { [WATCH_READ] = "rwatch", [WATCH_WRITE] = "watch",
                                         [WATCH_READ | WATCH_WRITE] = "awatch" };
    struct expr_use use;
    const char *name = b->kind == BREAK_WATCH ? names[b->access] : "watch";
    bool stays = !expr_check(d, b->what, &use) || (!use.registers && !use.variables);
    if (b->kind == BREAK_SOFTWARE_WATCH || stays) {
        fprintf(file, "%s %s\n", name, b->what);
        return;
    }
    fprintf(file, "# %s %s\n%s {%s%.*s}0x%x", name, b->what, name, type_name(b->old.type), (int)b->old.type.stars,
            "********", (unsigned)b->address.at);
    if (b->old.count)
        fprintf(file, "@%u", (unsigned)b->old.count);
    fprintf(file, "\n");
}

static void save_state(FILE *file, const struct breakpoint *b)
{
    if (b->ignore)
        fprintf(file, "  ignore $bpnum %lu\n", b->ignore);
    if (b->condition)
        fprintf(file, "  condition $bpnum %s\n", b->condition);
    if (b->commands.count) {
        fprintf(file, "  commands $bpnum\n");
        for (size_t i = 0; i < b->commands.count; i++)
            fprintf(file, "    %s\n", b->commands.line[i]);
        fprintf(file, "  end\n");
    }
    if (b->fate == FATE_DISABLE)
        fprintf(file, "enable once $bpnum\n");
    else if (b->fate == FATE_COUNT)
        fprintf(file, "enable count %u $bpnum\n", b->enable_count);
    else if (b->fate == FATE_DELETE && (b->kind == BREAK_WATCH || b->kind == BREAK_SOFTWARE_WATCH))
        fprintf(file, "enable delete $bpnum\n");
    if (!b->enabled)
        fprintf(file, "disable $bpnum\n");
}

static void save(struct debugger *d, FILE *file, const struct breakpoint *b)
{
    if (b->kind == BREAK_CATCH)
        fprintf(file, "%s %s\n", b->fate == FATE_DELETE ? "tcatch" : "catch", b->what);
    else if (b->kind == BREAK_CODE || b->kind == BREAK_ANY_SEGMENT)
        save_location(file, b);
    else
        save_watch(d, file, b);
    save_state(file, b);
}

static enum debugger_result save_breakpoints(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    if (!*arguments)
        return debugger_error(d, "Argument required (file name in which to save).");
    if (!d->breakpoints.count) {
        debugger_print(d, "Nothing to save.\n");
        return DEBUGGER_DONE;
    }
    FILE *file = debugger_open_output(d, arguments, false);
    if (!file)
        return debugger_report(d);
    for (size_t i = 0; i < d->breakpoints.count; i++)
        save(d, file, d->breakpoints.list[i]);
    bool complete = !ferror(file) || debugger_fault(d, "Cannot write %.150s.", arguments);
    if (!debugger_close_output(d, file, arguments, complete) || !complete)
        return debugger_report(d);
    debugger_print(d, "Saved to file '%s'.\n", arguments);
    return DEBUGGER_DONE;
}

static enum debugger_result run_save(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return command_group(d, "save", arguments);
}

const struct debugger_command save_commands[] = {
    { "save", NULL, 0, run_save, "Save what was set in the debugger; the machine itself: savevm.",
      "Usage: save breakpoints FILE", COMPLETE_GROUP, NULL, false },
    { "breakpoints", "save", 1, save_breakpoints, "Save breakpoints, watchpoints and catchpoints as a script.",
      "Usage: save breakpoints FILE\nWith conditions, ignore counts, commands and whether they are enabled; `source "
      "FILE` sets them again. What was\ngiven by registers or variables is saved as the address that it was.",
      COMPLETE_FILE, NULL, false },
    { 0 }
};
