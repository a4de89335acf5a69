/* Letting the guest run inside a command: for `wait` and `expect`, which are lines of a script like any other and are
 * over when they return. It runs by the way of `continue`, so that breakpoints, watchpoints and catchpoints stop it,
 * with their conditions, counts, commands and displays; commands that let the guest go on let the wait go on, too. */
#include <stdio.h>

#include "debugger/core.h"

enum { MOST_WAITS = 8 };    /* the commands of a breakpoint may wait */

/* After a stop: what it has pushed, such as the breakpoint's commands, down to DEPTH. */
static enum debugger_result execute_pushed(struct debugger *d, const struct debugger_wait *wait, size_t depth)
{
    enum debugger_result result = DEBUGGER_DONE;
    while (!d->run.active && d->script.depth > depth && result != DEBUGGER_QUIT) {
        result = script_pump_above(d, depth);
        wait->breathe(wait->ctx);
    }
    return result;
}

/* Until it is over, or the guest stands and nothing that its stop has pushed lets it go on. */
static enum debugger_result run_until_over(struct debugger *d, const struct debugger_wait *wait, size_t depth)
{
    enum debugger_result result = DEBUGGER_DONE;
    while (d->run.active && !wait->over(wait->ctx)) {
        uint64_t end = machine_tick(d->machine) + wait->slice;
        run_slice(d, end < wait->until ? end : wait->until);
        wait->breathe(wait->ctx);
        result = execute_pushed(d, wait, depth);
        if (result == DEBUGGER_QUIT)
            return result;
    }
    return DEBUGGER_DONE;
}

static void tell_stop(const struct debugger *d, char *why, size_t size)
{
    unsigned number = d->run.last_number;
    switch (d->run.last) {
    case DEBUGGER_AT_BREAKPOINT: snprintf(why, size, "breakpoint %u came first", number); break;
    case DEBUGGER_AT_WATCHPOINT: snprintf(why, size, "watchpoint %u came first", number); break;
    case DEBUGGER_AT_CATCHPOINT: snprintf(why, size, "catchpoint %u came first", number); break;
    case DEBUGGER_INTERRUPTED: snprintf(why, size, "interrupted"); break;
    case DEBUGGER_EXITED: snprintf(why, size, "the guest ended the run"); break;
    case DEBUGGER_SHUT_DOWN: snprintf(why, size, "the CPU shut down"); break;
    case DEBUGGER_HALTED: snprintf(why, size, "the CPU is halted for good"); break;
    default: snprintf(why, size, "the guest stopped"); break;
    }
}

/* It is over: the guest stands, and nothing is said. Within another wait the stop that led here is still the last. */
static void pause_run(struct debugger *d)
{
    d->run.active = false;
    run_abandon(d);
    if (d->run.waits)
        return;
    d->run.last = DEBUGGER_STEPPED;
    d->run.last_number = 0;
}

enum debugger_result debugger_wait(struct debugger *d, const struct debugger_wait *wait, char *why, size_t why_size)
{
    size_t depth = d->script.depth;
    bool ran = d->run.active;
    *why = 0;
    if (d->run.gone || d->run.waits == MOST_WAITS) {
        snprintf(why, why_size, d->run.gone ? "the program is not being run: `run` starts it again"
                                            : "commands of breakpoints that wait lie too deep in one another");
        return DEBUGGER_DONE;
    }
    if (!ran)
        run_start(d, GOAL_CONTINUE, 1);
    d->run.waits++;
    enum debugger_result result = run_until_over(d, wait, depth);
    d->run.waits--;
    if (d->run.active && !ran)
        pause_run(d);
    else if (!d->run.active && result != DEBUGGER_QUIT)
        tell_stop(d, why, why_size);
    return result;
}
