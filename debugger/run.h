/* Letting the guest run, and what is said when it stops. */
#ifndef DEBUGGER_RUN_H
#define DEBUGGER_RUN_H

#include <signal.h>

#include "debugger/breakpoint.h"
#include "debugger/debugger.h"

enum goal { GOAL_CONTINUE, GOAL_STEP, GOAL_NEXT, GOAL_UNTIL, GOAL_FINISH };

struct run {
    bool active;
    bool gone;                      /* the guest ended the run: nothing runs until `run` */
    enum goal goal;
    uint64_t left;                  /* GOAL_STEP, GOAL_NEXT: instructions still to do */
    uint32_t stack;                 /* GOAL_FINISH: linear SP at the start */
    bool returning;                 /* GOAL_FINISH: the next step executes the return */
    bool landing;                   /* stop at `landing_at`: step over, until LOC, advance */
    bool landing_ends;              /* ... and that ends the command */
    bool landing_framed;            /* ... if SP is not below landing_stack */
    uint32_t landing_at, landing_stack;
    uint16_t landing_selector;      /* of SS */
    bool pass;                      /* a breakpoint on the present instruction has been judged already */
    volatile sig_atomic_t interrupt;
    char why[512];                  /* it is reported; "": Ctrl-C */
    unsigned waits;                 /* commands that let it run within them (debugger_wait) */
    enum debugger_stop last;
    unsigned last_number;
    int exit_code;                  /* of the guest, or given to quit */
};

/* Sets the guest running; called by commands that resume. */
enum debugger_result run_start(struct debugger *d, enum goal goal, uint64_t count);

/* Runs until UNTIL or a stop, which it reports. */
void run_slice(struct debugger *d, uint64_t until);

/* Takes back what a command under way has put into the core. */
void run_abandon(struct debugger *d);

/* Prints "0x00007c00 in ?? () (0000:7c00)". */
void run_print_location(struct debugger *d);

/* stop.c: the guest has stopped. Prints the report unless a breakpoint is silent. */
void stop_breakpoint(struct debugger *d, struct breakpoint *b, const char *report);
void stop_step(struct debugger *d);
void stop_interrupt(struct debugger *d);
void stop_exit(struct debugger *d, int code);
void stop_shutdown(struct debugger *d);
void stop_halted(struct debugger *d);

extern const struct debugger_command run_commands[];

#endif
