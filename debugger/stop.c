/* What is said and done when the guest has stopped: gdb's reports, displays, the commands of breakpoints.
 *
 * The shapes ("Breakpoint 1, 0x00007c00 in ?? ()", "Program received signal SIGINT, Interrupt.", "[Inferior 1 (x)
 * exited with code 03]") are gdb's because people and front ends look for them; SEG:OFF comes behind. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/core.h"
#include "debugger/disasm.h"

void run_print_location(struct debugger *d)
{
    struct registers regs;
    char segment[ADDRESS_TEXT];
    uint32_t offset;
    inspect_registers(d->machine, &regs);
    struct address pc = address_pc(&regs);
    const char *name = symbol_before(d, pc.at, &offset);
    debugger_print(d, "0x%08x in %s ()%s\n", (unsigned)pc.at, name ? name : "??", address_suffix(pc, segment));
}

static void print_stop(struct debugger *d)
{
    struct registers regs;
    unsigned length;
    run_print_location(d);
    inspect_registers(d->machine, &regs);
    if (d->settings.value[SET_NEXT_LINE] && !examine_instruction(d, address_pc(&regs), STYLE_PADDED | STYLE_BYTES,
                                                                 &length))
        debugger_print(d, "%s\n", d->error);
    display_all(d);
}

static void stopped(struct debugger *d, enum debugger_stop why, unsigned number)
{
    d->run.active = false;
    d->run.last = why;
    d->run.last_number = number;
}

/* `define hook-stop` is executed at each stop. */
static void push_hook(struct debugger *d)
{
    const struct user_command *hook = script_user(d, "hook-stop", strlen("hook-stop"));
    struct lines body = { 0 };
    if (hook && (!lines_copy(&body, &hook->body) || !script_push(d, FRAME_USER, &body, NULL, "")))
        debugger_report(d);
}

static void push_commands(struct debugger *d, const struct breakpoint *b)
{
    struct lines body = { 0 };
    if (b->commands.count
        && (!lines_copy(&body, &b->commands) || !script_push(d, FRAME_COMMANDS, &body, NULL, NULL)))
        debugger_report(d);
}

static void print_report(struct debugger *d, const struct breakpoint *b, const char *report)
{
    const char *title = breakpoint_title(b);
    cost_print(d);
    switch (b->kind) {
    case BREAK_WATCH:
    case BREAK_SOFTWARE_WATCH:
        debugger_print(d, "\n%s %u: %s\n\n%s", title, b->number, b->what, report);
        break;
    case BREAK_CATCH: debugger_print(d, "\n%s %u (%s), ", title, b->number, report); break;
    default: debugger_print(d, "\n%s %u, ", title, b->number); break;
    }
    print_stop(d);
}

void stop_breakpoint(struct debugger *d, struct breakpoint *b, const char *report)
{
    enum debugger_stop why = b->kind == BREAK_CATCH ? DEBUGGER_AT_CATCHPOINT
                           : b->kind == BREAK_WATCH || b->kind == BREAK_SOFTWARE_WATCH ? DEBUGGER_AT_WATCHPOINT
                                                                                       : DEBUGGER_AT_BREAKPOINT;
    stopped(d, why, b->number);
    if (!b->silent)
        print_report(d, b, report);
    push_commands(d, b);
    push_hook(d);
    breakpoint_used(d, b);
}

void stop_step(struct debugger *d)
{
    stopped(d, DEBUGGER_STEPPED, 0);
    cost_print(d);
    print_stop(d);
    push_hook(d);
}

void stop_interrupt(struct debugger *d)
{
    d->run.interrupt = 0;
    script_clear(d);
    stopped(d, DEBUGGER_INTERRUPTED, 0);
    if (*d->run.why)
        debugger_error(d, "\n%s", d->run.why);
    else
        debugger_print(d, "\nProgram received signal SIGINT, Interrupt.\n");
    d->run.why[0] = 0;
    print_stop(d);
    push_hook(d);
}

void stop_exit(struct debugger *d, int code)
{
    stopped(d, DEBUGGER_EXITED, 0);
    d->run.gone = true;
    d->run.exit_code = code & 0xFF;
    values_set(d, "_exitcode", value_integer(code & 0xFF, type_int));
    if (code & 0xFF)
        debugger_print(d, "[Inferior 1 (%s) exited with code %02o]\n", d->config.name, (unsigned)code & 0xFF);
    else
        debugger_print(d, "[Inferior 1 (%s) exited normally]\n", d->config.name);
}

void stop_shutdown(struct debugger *d)
{
    struct registers regs;
    stopped(d, DEBUGGER_SHUT_DOWN, 0);
    inspect_registers(d->machine, &regs);
    debugger_print(d, "\nThe CPU shut down (triple fault)%s.\n", regs.shutdown ? "" : " and was reset");
    print_stop(d);
}

void stop_halted(struct debugger *d)
{
    stopped(d, DEBUGGER_HALTED, 0);
    debugger_print(d, "\nThe CPU is halted with interrupts off: nothing can happen any more.\n");
    print_stop(d);
}
