/* Letting the guest run: continue, stepping, until, finish.
 *
 * Everything is built from two calls of the core, machine_run and machine_step. "Over" (next, finish) runs to a
 * *landing*: an internal breakpoint behind the instruction, valid if the stack pointer is not below where it was, so
 * that recursion does not end it early. HLT is stepped by running until an interrupt is accepted, in slices, so that
 * the caller stays in control. Without frames or debug information, `finish` watches for the RET or IRET that returns
 * above the present stack pointer.
 *
 * After each piece of running, judge() looks at what happened, most urgent first. A reason that the user's conditions
 * reject lets the guest go on as if nothing had been there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/core.h"
#include "debugger/disasm.h"
#include "debugger/expr.h"

/* Single steps in one slice: the caller's screen and keyboard must not wait. */
enum { STEPS_PER_SLICE = 20000 };

static enum debugger_result refuse(struct debugger *d)
{
    return debugger_error(d, d->run.active ? "The guest runs: press Ctrl-C first."
                                           : "The program is not being run.");
}

enum debugger_result run_start(struct debugger *d, enum goal goal, uint64_t count)
{
    struct registers regs;
    if (d->run.active || d->run.gone)
        return refuse(d);
    inspect_registers(d->machine, &regs);
    d->run.active = true;
    d->run.goal = goal;
    d->run.left = count;
    d->run.stack = address_stack(&regs);
    d->run.returning = false;
    d->run.pass = true;
    catch_begin(d);
    cost_forget(d);
    return DEBUGGER_RUN;
}

/* --- Landings --- */

void run_abandon(struct debugger *d)
{
    if (d->run.landing)
        inspect_remove_breakpoint(d->machine, d->run.landing_at);
    d->run.landing = false;
}

static bool set_landing(struct debugger *d, uint32_t at, bool framed, bool ends)
{
    struct registers regs;
    inspect_registers(d->machine, &regs);
    if (!inspect_add_breakpoint(d->machine, at))
        return debugger_fault(d, "Could not insert a breakpoint: the machine has room for %d.", INSPECT_BREAKPOINTS);
    d->run.landing = true;
    d->run.landing_at = at;
    d->run.landing_framed = framed;
    d->run.landing_ends = ends;
    d->run.landing_stack = address_stack(&regs);
    d->run.landing_selector = regs.seg[SEG_SS].selector;
    return true;
}

static bool landed(const struct debugger *d, const struct registers *regs)
{
    const struct run *run = &d->run;
    if (!run->landing || address_pc(regs).at != run->landing_at)
        return false;
    return !run->landing_framed || regs->seg[SEG_SS].selector != run->landing_selector
        || address_stack(regs) >= run->landing_stack;
}

/* --- Running a piece --- */

static bool moved_on(const struct debugger *d, uint64_t icount, const struct registers *before)
{
    struct registers now;
    inspect_registers(d->machine, &now);
    return machine_icount(d->machine) != icount || now.eip != before->eip
        || now.seg[SEG_CS].base != before->seg[SEG_CS].base;
}

/* Executes a HLT, unless the CPU is HALTED already, and waits until an interrupt is accepted. */
static enum stop_reason step_halt(struct debugger *d, bool halted, uint64_t until, struct stop *stop)
{
    struct breakpoints *all = &d->breakpoints;
    all->irq_wanted = true;
    all->irq_seen = false;
    catch_listen(d);
    if (!halted)
        inspect_pass_breakpoint(d->machine);
    enum stop_reason reason = machine_run(d->machine, until, stop);
    all->irq_wanted = false;
    catch_listen(d);
    return reason;
}

/* One instruction. *STEPPED: whether it was executed to its end. */
static enum stop_reason step_one(struct debugger *d, uint64_t until, struct stop *stop, bool *stepped)
{
    struct registers regs;
    uint8_t opcode = 0;
    inspect_registers(d->machine, &regs);
    address_peek(d, address_pc(&regs), &opcode, 1);
    if (regs.halted || opcode == 0xF4) {
        enum stop_reason reason = step_halt(d, regs.halted, until, stop);
        inspect_registers(d->machine, &regs);
        *stepped = d->breakpoints.irq_seen || (reason == STOP_BREAKPOINT && !regs.halted);
        return reason;
    }
    uint64_t icount = machine_icount(d->machine);
    enum stop_reason reason = machine_step(d->machine, 1, stop);
    *stepped = reason == STOP_STEPPED || reason == STOP_WATCHPOINT || moved_on(d, icount, &regs);
    return reason;
}

static enum stop_reason run_free(struct debugger *d, uint64_t until, struct stop *stop)
{
    struct registers regs;
    inspect_registers(d->machine, &regs);
    /* A halted CPU goes on in an interrupt handler, whose first instruction nobody has judged. */
    if (d->run.pass && !regs.halted)
        inspect_pass_breakpoint(d->machine);
    d->run.pass = false;
    return machine_run(d->machine, until, stop);
}

/* Before a step: whether the present instruction is to be run over instead. */
static bool step_over(struct debugger *d)
{
    struct registers regs;
    struct disasm insn;
    if (d->run.goal == GOAL_STEP)
        return true;
    inspect_registers(d->machine, &regs);
    struct address pc = address_pc(&regs);
    disasm_flow(d, pc, &insn);
    if (d->run.goal == GOAL_FINISH && insn.flow == FLOW_RETURN)
        d->run.returning = address_stack(&regs) >= d->run.stack;
    bool over = insn.flow == FLOW_CALL || (insn.flow == FLOW_REPEAT && d->run.goal != GOAL_FINISH)
             || (insn.flow == FLOW_BRANCH_BACK && d->run.goal == GOAL_UNTIL);
    return !over || set_landing(d, pc.at + insn.length, true, false);
}

/* --- Judging --- */

static void finish_goal(struct debugger *d)
{
    bool done = true;
    if (d->run.goal == GOAL_FINISH)
        done = d->run.returning;
    else if (d->run.left > 1) {
        d->run.left--;
        done = false;
    }
    if (done)
        stop_step(d);
}

static bool judge_end(struct debugger *d, enum stop_reason reason, const struct stop *stop)
{
    switch (reason) {
    case STOP_EXIT: stop_exit(d, stop->exit_code); return true;
    case STOP_SHUTDOWN: stop_shutdown(d); return true;
    case STOP_HALTED: stop_halted(d); return true;
    default: return false;
    }
}

static bool judge_catch(struct debugger *d)
{
    struct probe_event event;
    char report[120];
    struct breakpoint *b = d->breakpoints.caught_count ? catch_check(d, &event) : NULL;
    if (!b)
        return false;
    catch_describe(&event, report, sizeof report);
    stop_breakpoint(d, b, report);
    return true;
}

static bool judge_watch(struct debugger *d, const struct stop *stop)
{
    char report[600];
    struct breakpoint *b = watch_check(d, stop, report, sizeof report);
    if (b)
        stop_breakpoint(d, b, report);
    return b != NULL;
}

static bool is_here(const struct breakpoint *b, const struct registers *regs)
{
    if (b->kind == BREAK_ANY_SEGMENT)
        return b->enabled && regs->eip == b->address.offset;
    return b->kind == BREAK_CODE && b->enabled && b->address.at == address_pc(regs).at;
}

/* All breakpoints here count the hit; the first that stops is reported. */
static bool judge_breakpoint(struct debugger *d, const struct registers *regs)
{
    struct breakpoint *found = NULL;
    for (size_t i = 0; i < d->breakpoints.count; i++) {
        struct breakpoint *b = d->breakpoints.list[i];
        if (is_here(b, regs) && breakpoint_hit(d, b) && !found)
            found = b;
    }
    if (found)
        stop_breakpoint(d, found, NULL);
    return found != NULL;
}

static void judge(struct debugger *d, enum stop_reason reason, const struct stop *stop, bool stepped)
{
    struct registers regs;
    /* What was caught on the way into a shutdown comes first: the CPU will still be shut down at the next continue. */
    if ((reason == STOP_SHUTDOWN && judge_catch(d)) || judge_end(d, reason, stop) || judge_catch(d))
        return;
    bool touched = reason == STOP_WATCHPOINT;
    if ((touched || stepped) && judge_watch(d, touched ? stop : NULL))
        return;
    inspect_registers(d->machine, &regs);
    if ((stepped || reason == STOP_BREAKPOINT) && judge_breakpoint(d, &regs))
        return;
    bool arrived = landed(d, &regs);
    if (arrived) {
        bool ends = d->run.landing_ends;
        run_abandon(d);
        d->run.pass = true;
        if (ends)
            stop_step(d);
        else
            finish_goal(d);
    } else if (stepped && !d->run.landing && d->run.goal != GOAL_CONTINUE) {
        finish_goal(d);
    }
}

/* One piece of running, and what it means. */
static void run_piece(struct debugger *d, uint64_t until)
{
    struct stop stop = { 0 };
    bool stepped = false;
    bool to_landing = d->run.landing || d->run.goal == GOAL_CONTINUE;
    if (judge_catch(d))     /* caught together with what stopped the guest the last time */
        return;
    catch_tell_shutdown(d);
    if (!to_landing) {
        if (!step_over(d)) {
            debugger_report(d);
            stop_step(d);
            return;
        }
        to_landing = d->run.landing;
    }
    enum stop_reason reason;
    if (to_landing && !breakpoints_need_steps(d)) {
        reason = run_free(d, until, &stop);
    } else {
        reason = step_one(d, until, &stop, &stepped);
        d->run.pass = true;
    }
    if (reason == STOP_SHUTDOWN)
        d->breakpoints.shutdown_seen = false;
    catch_tell_shutdown(d);
    judge(d, reason, &stop, stepped);
}

void run_slice(struct debugger *d, uint64_t until)
{
    for (unsigned pieces = 0; d->run.active && pieces < STEPS_PER_SLICE; pieces++) {
        if (d->run.interrupt) {
            stop_interrupt(d);
            break;
        }
        if (machine_tick(d->machine) >= until)
            break;
        run_piece(d, until);
    }
    if (!d->run.active)
        run_abandon(d);
}

/* --- Commands --- */

/* A count, 1 if TEXT is empty. */
static bool parse_count(struct debugger *d, const char *text, uint64_t *count)
{
    struct value v;
    *count = 1;
    if (!*text)
        return true;
    if (!expr_evaluate(d, text, &v))
        return false;
    int64_t n = value_number(&v);
    *count = n > 0 ? (uint64_t)n : 0;
    return true;
}

static enum debugger_result step(struct debugger *d, const char *arguments, enum goal goal)
{
    uint64_t count;
    if (!parse_count(d, arguments, &count))
        return debugger_report(d);
    if (!count)
        return DEBUGGER_DONE;
    enum debugger_result result = run_start(d, goal, count);
    if (result == DEBUGGER_RUN)
        cost_begin(d);
    return result;
}

static enum debugger_result run_stepi(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return step(d, arguments, GOAL_STEP);
}

static enum debugger_result run_nexti(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return step(d, arguments, GOAL_NEXT);
}

static enum debugger_result run_continue(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    uint64_t count;
    if (d->run.active)
        return debugger_error(d, "The guest is running.");
    if (d->run.gone)
        return refuse(d);
    if (!parse_count(d, arguments, &count))
        return debugger_report(d);
    struct breakpoint *b = breakpoint_find(d, d->run.last_number);
    if (*arguments && !b)
        debugger_print(d, "Not stopped at any breakpoint; argument ignored.\n");
    if (*arguments && b && count > 1) {
        b->ignore = (unsigned long)count - 1;
        debugger_print(d, "Will ignore next %lu crossings of breakpoint %u.  Continuing.\n", b->ignore, b->number);
    } else {
        debugger_print(d, "Continuing.\n");
    }
    return run_start(d, GOAL_CONTINUE, 1);
}

static enum debugger_result run_finish(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    if (*arguments)
        return debugger_error(d, "The \"finish\" command does not take any arguments.");
    if (d->run.active || d->run.gone)
        return refuse(d);
    debugger_print(d, "Run till exit from #0  ");
    run_print_location(d);
    return run_start(d, GOAL_FINISH, 1);
}

static enum debugger_result run_to(struct debugger *d, const char *location)
{
    struct address a;
    if (d->run.active || d->run.gone)
        return refuse(d);
    if (!breakpoint_location(d, location, &a, NULL) || !set_landing(d, a.at, false, true))
        return debugger_report(d);
    return run_start(d, GOAL_CONTINUE, 1);
}

static enum debugger_result run_until(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    return *arguments ? run_to(d, arguments) : run_start(d, GOAL_UNTIL, 1);
}

static enum debugger_result run_advance(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    if (!*arguments)
        return debugger_error(d, "Argument required (a location).");
    return run_to(d, arguments);
}

static enum debugger_result run_jump(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct address a;
    char line[ADDRESS_TEXT + 24];
    struct value pc, target;
    if (d->run.active || d->run.gone)
        return refuse(d);
    if (!*arguments)
        return debugger_error(d, "Argument required (starting address).");
    if (!breakpoint_location(d, arguments, &a, NULL) || !expr_evaluate(d, "$pc", &pc))
        return debugger_report(d);
    target = value_address(a, type_void_pointer);
    if (!value_assign(d, &pc, &target))
        return debugger_report(d);
    debugger_print(d, "Continuing at 0x%x%s.\n", (unsigned)a.at, address_suffix(a, line));
    catch_forget(d);
    enum debugger_result result = run_start(d, GOAL_CONTINUE, 1);
    d->run.pass = false;
    return result;
}

/* The reset button, for run and starti. */
static bool restart(struct debugger *d)
{
    if (d->run.active) {
        refuse(d);
        return false;
    }
    if (d->run.last != DEBUGGER_NEVER_RAN && !d->run.gone
        && !debugger_confirm(d,
                             "The guest has been started already.\nReset it and start from the beginning? (y or n) "))
        return false;
    machine_reset(d->machine);
    catch_forget(d);
    d->run.gone = false;
    debugger_print(d, "Starting program: %s\n", d->config.name);
    return true;
}

static enum debugger_result run_run(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    (void)arguments;
    if (!restart(d))
        return DEBUGGER_DONE;
    enum debugger_result result = run_start(d, GOAL_CONTINUE, 1);
    d->run.pass = false;
    return result;
}

static enum debugger_result run_starti(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    (void)arguments;
    if (!restart(d))
        return DEBUGGER_DONE;
    stop_step(d);
    return DEBUGGER_DONE;
}

/* QEMU's; in gdb it is only there to be hooked. */
static enum debugger_result run_stop(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    (void)arguments;
    if (d->run.active)
        debugger_interrupt(d);
    else
        debugger_print(d, "The guest is stopped already.\n");
    return DEBUGGER_DONE;
}

/* monitor CMD: what gdb sends to QEMU's monitor are commands like others here. */
static enum debugger_result run_monitor(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    if (!*arguments)
        return debugger_error(d, "Argument required (a command of the machine: info, eject, savevm ...).");
    return command_execute(d, arguments);
}

static enum debugger_result run_shell(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    (void)arguments;
    return debugger_error(d, "Commands of the host are not run from here: scripts come with disks of strangers.");
}

static enum debugger_result run_quit(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct value v;
    if (*arguments && !expr_evaluate(d, arguments, &v))
        return debugger_report(d);
    if (machine_icount(d->machine) && !d->run.gone
        && !debugger_confirm(d, "The guest is still there.\nQuit anyway? (y or n) "))
        return DEBUGGER_DONE;
    if (*arguments)
        d->run.exit_code = (int)(value_number(&v) & 0xFF);
    return DEBUGGER_QUIT;
}

const struct debugger_command run_commands[] = {
    { "run", NULL, 1, run_run, "Press the reset button and let the guest run.", NULL, COMPLETE_NOTHING, NULL, false },
    { "starti", NULL, 6, run_starti, "Press the reset button and stop at the first instruction.", NULL,
      COMPLETE_NOTHING, NULL, false },
    { "continue", NULL, 1, run_continue, "Let the guest run.",
      "Usage: continue [N]\nN: the breakpoint that it stopped at is ignored N - 1 times.", COMPLETE_NOTHING, NULL,
      true },
    { "fg", NULL, 2, run_continue, "Let the guest run: continue.", NULL, COMPLETE_NOTHING, NULL, true },
    { "step", NULL, 1, run_stepi, "Execute one instruction.",
      "Usage: step [N]\nThere are no source lines here, so this is stepi. Execute N instructions.", COMPLETE_NOTHING,
      NULL, true },
    { "stepi", NULL, 2, run_stepi, "Execute one instruction.",
      "Usage: stepi [N]\nExecute N instructions. A HLT ends when an interrupt is accepted: the step then stops in its "
      "handler.\nIn modes table and cycle it tells what they cost: set cost off.", COMPLETE_NOTHING, NULL, true },
    { "si", NULL, 2, run_stepi, "Execute one instruction: stepi.", NULL, COMPLETE_NOTHING, NULL, true },
    { "next", NULL, 1, run_nexti, "Execute one instruction, but run over CALL, INT, REP and LOOP.",
      "Usage: next [N]\nThere are no source lines here, so this is nexti.", COMPLETE_NOTHING, NULL, true },
    { "nexti", NULL, 5, run_nexti, "Execute one instruction, but run over CALL, INT, REP and LOOP.", "Usage: nexti [N]",
      COMPLETE_NOTHING, NULL, true },
    { "ni", NULL, 2, run_nexti, "Execute one instruction, but run over calls: nexti.", NULL, COMPLETE_NOTHING, NULL,
      true },
    { "finish", NULL, 3, run_finish, "Run until the present routine returns.",
      "Stops behind the RET, RETF or IRET that is executed with the stack pointer not below where it is now.",
      COMPLETE_NOTHING, NULL, false },
    { "until", NULL, 1, run_until, "Like next, but do not go back in loops; or run to a location.",
      "Usage: until [LOCATION]\nAt a conditional jump backwards, runs until the loop is left.", COMPLETE_LOCATION,
      NULL, true },
    { "advance", NULL, 3, run_advance, "Run to a location.", "Usage: advance LOCATION", COMPLETE_LOCATION, NULL,
      false },
    { "jump", NULL, 1, run_jump, "Let the guest run from another address.", "Usage: jump LOCATION", COMPLETE_LOCATION,
      NULL, false },
    { "stop", NULL, 0, run_stop, "Stop the guest, as Ctrl-C does.", NULL, COMPLETE_NOTHING, NULL, false },
    { "monitor", NULL, 3, run_monitor, "Execute a command of the machine, as gdb does with QEMU.",
      "Usage: monitor COMMAND\nThe same as COMMAND alone.", COMPLETE_COMMAND, NULL, false },
    { "shell", NULL, 2, run_shell, "Not here: no commands of the host are run.", NULL, COMPLETE_NOTHING, NULL, false },
    { "!", NULL, 0, run_shell, "Not here: shell.", NULL, COMPLETE_NOTHING, NULL, false },
    { "quit", NULL, 1, run_quit, "Leave.", "Usage: quit [CODE]\nCODE is the program's exit code.", COMPLETE_NOTHING,
      NULL, false },
    { "exit", NULL, 0, run_quit, "Leave: quit.", NULL, COMPLETE_NOTHING, NULL, false },
    { 0 }
};
