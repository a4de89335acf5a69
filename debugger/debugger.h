/* PUBLIC: the debugger. It executes a line of text and hands text back; it owns no terminal and asks nobody for input.
 *
 *     struct debugger_config config = { .name = "dos.qcow2", .put = my_output, .ctx = me };
 *     struct debugger *d = debugger_create(machine, &config);
 *     enum debugger_result result = debugger_execute(d, "break 0:7c00");
 *     result = debugger_execute(d, "continue");                         // DEBUGGER_RUN
 *     while (result == DEBUGGER_RUN)
 *         result = debugger_run(d, machine_tick(machine) + TICKS_PER_SECOND / 60);
 *
 * Commands, abbreviations and messages are gdb's; addresses are segmented (0:7c00, cs:ip, lin:X, phys:X).
 *
 * The debugger changes nothing in the guest unless a command says so (set var, print $ax=1, restore, jump ...):
 * breakpoints and watchpoints live in the core, memory is looked at by peeks. Commands that name files (source, dump,
 * restore) open them with stdio, but for what debugger_config.open_output opens. All other input and output goes
 * through the functions below.
 *
 * While the guest runs, the caller may read any view of emu/inspect.h between two calls of debugger_run. */
#ifndef DEBUGGER_DEBUGGER_H
#define DEBUGGER_DEBUGGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "emu/emu.h"
#include "emu/inspect.h"

struct debugger;

enum debugger_result {
    DEBUGGER_DONE,          /* ready for the next line */
    DEBUGGER_RUN,           /* the guest runs, or a script has lines left: call debugger_run until it says otherwise */
    DEBUGGER_MORE,          /* inside commands, define, document, if or while: the next line belongs to that block */
    DEBUGGER_QUIT           /* `quit`: see debugger_exit_code */
};

/* What Tab offers after a command's name. */
enum debugger_completion {
    COMPLETE_NOTHING,
    COMPLETE_EXPRESSION,    /* symbols, $registers, $variables */
    COMPLETE_LOCATION,      /* symbols */
    COMPLETE_FILE,
    COMPLETE_COMMAND,       /* names of commands: help */
    COMPLETE_GROUP,         /* the rows whose group is `words`, or this command's name if that is NULL: info, catch */
    COMPLETE_BREAKPOINT,    /* numbers of breakpoints */
    COMPLETE_BOARD,         /* names of boards: set machine */
    COMPLETE_PARAMETER,     /* of the board's parameters */
    COMPLETE_WORDS,         /* the words in `words` */
    COMPLETE_PROGRAM        /* what debugger_config.complete knows */
};

enum { DEBUGGER_WHOLE_NAME = 255 };

/* One row of the command table. Help, apropos and completion are made from it. The program adds its own rows (focus,
 * layout, key, type, insert, speed ...) with debugger_config.commands. Such rows must stay alive as long as the
 * debugger. */
struct debugger_command {
    const char *name;       /* in full, for example "continue" */
    const char *group;      /* NULL; or the first word of a two-word command: info, set, show, catch */
    unsigned char least;    /* characters that suffice though another command begins alike; 0: only if unambiguous;
                             * DEBUGGER_WHOLE_NAME: no abbreviation will do, as what it does cannot be taken back */
    /* ARGUMENTS: what follows the name, without blanks at either end, never NULL. Errors: debugger_error. */
    enum debugger_result (*run)(struct debugger *d, void *ctx, const char *arguments);
    const char *help;       /* one line, ending in a full stop */
    const char *details;    /* usage and more, printed by `help NAME` after the line; NULL for none */
    enum debugger_completion completion;
    const char *words;      /* COMPLETE_WORDS: separated by blanks. COMPLETE_GROUP: see there */
    bool repeats;           /* an empty line executes it again */
};

struct debugger_config {
    const char *name;       /* of what is run, for "[Inferior 1 (NAME) exited normally]"; NULL: "guest" */
    /* Receives all output, in pieces that need not be lines. */
    void (*put)(void *ctx, const char *text);
    /* Asks the user, for `quit`, `delete` and `run`. NULL: the answer is always yes, as in gdb's batch mode. */
    bool (*confirm)(void *ctx, const char *question);
    /* Opens what `dump` and `save` write, and `append` (APPEND) behind its end, until close_output is called: all was
     * written, or (not COMPLETE) the file is to be as before. One at a time. NULL, false: one line in ERROR, without a
     * full stop. Without these two, stdio. */
    FILE *(*open_output)(void *ctx, const char *path, bool append, char *error, size_t error_size);
    bool (*close_output)(void *ctx, bool complete, char *error, size_t error_size);
    /* Calls OFFER for each word that an argument of ROW, whose completion is COMPLETE_PROGRAM, could be. NULL: none. */
    void (*complete)(void *ctx, const struct debugger_command *row, void (*offer)(void *offer_ctx, const char *word),
                     void *offer_ctx);
    /* What is in DRIVE, for `info disks`: its file and what becomes of it. False: no disk. NULL: nobody knows. */
    bool (*describe_disk)(void *ctx, unsigned drive, char *text, size_t size);
    const struct debugger_command *commands;    /* rows to add; they win over built-in rows of the same name */
    size_t command_count;
    void *ctx;              /* for the functions above and the added commands */
};

/* The machine must outlive the debugger. CONFIG is copied, its table is not. NULL when memory is short or the machine
 * has no place for a listener. */
struct debugger *debugger_create(struct machine *m, const struct debugger_config *config);
void debugger_destroy(struct debugger *d);

/* Executes one line as typed. An empty line repeats the last command if that one repeats. While the guest runs,
 * lines that look, set breakpoints or belong to the program are executed between two slices and the result stays
 * DEBUGGER_RUN; those that would run the guest are refused. */
enum debugger_result debugger_execute(struct debugger *d, const char *line);

/* Executes the lines of TEXT in turn, as `source` does. NAME is for messages: "NAME:3: Error in sourced ...". */
enum debugger_result debugger_source(struct debugger *d, const char *name, const char *text);

/* Runs the guest until the tick UNTIL at the latest, or executes the next lines of a script. When the guest stops, this
 * prints the report, the displays, and executes the breakpoint's commands. Returns DEBUGGER_RUN while there is more to
 * run. May return earlier than UNTIL. DEBUGGER_DONE at once if nothing runs. */
enum debugger_result debugger_run(struct debugger *d, uint64_t until);

bool debugger_running(const struct debugger *d);

/* True if debugger_execute makes sense now: nothing runs, or the guest does until somebody stops it. False while steps
 * are made or a script has lines left: what is typed then is for later. */
bool debugger_takes_lines(const struct debugger *d);

/* Ctrl-C. While the guest or a script runs: the next (or the present) debugger_run stops it, reports "Program received
 * signal SIGINT, Interrupt." and drops what was left of scripts. May be called from a signal handler. */
void debugger_interrupt(struct debugger *d);

/* The same, but TEXT, one line, is the report, and counts as an error message. Not for signal handlers. */
void debugger_stop_because(struct debugger *d, const char *text);

/* Ctrl-C at the prompt: forgets the block that is being typed. */
void debugger_cancel(struct debugger *d);

/* "(trowel) ", or ">" inside a block. */
const char *debugger_prompt(const struct debugger *d);

/* True if the last line, script or run ended in an error message. */
bool debugger_failed(const struct debugger *d);

/* The code given to `quit`, else the one the guest wrote to its debug-exit port, else 0. */
int debugger_exit_code(const struct debugger *d);

/* Why the guest last stopped. number: of the breakpoint, watchpoint or catchpoint that caused it, else 0. */
enum debugger_stop {
    DEBUGGER_NEVER_RAN, DEBUGGER_AT_BREAKPOINT, DEBUGGER_AT_WATCHPOINT, DEBUGGER_AT_CATCHPOINT, DEBUGGER_STEPPED,
    DEBUGGER_INTERRUPTED, DEBUGGER_EXITED, DEBUGGER_SHUT_DOWN, DEBUGGER_HALTED
};
enum debugger_stop debugger_last_stop(const struct debugger *d, unsigned *number);

/* Offers every completion of the word that ends at CURSOR (bytes into LINE) and returns where that word begins. The
 * words are in order; each is offered once. */
size_t debugger_complete(struct debugger *d, const char *line, size_t cursor,
                         void (*offer)(void *ctx, const char *word), void *ctx);

/* --- For added commands and views --- */

/* Output in printf's manner. debugger_error adds a newline, marks the line as failed and returns DEBUGGER_DONE, so that
 * a command can say: return debugger_error(d, "No disk in drive %c.", letter); */
void debugger_print(struct debugger *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
enum debugger_result debugger_error(struct debugger *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Lets the guest run within a command, as `continue` does, until OVER says so or it has stopped and the commands of the
 * breakpoint have not let it go on. WHY: what stopped it, "breakpoint 2 came first", its report has been printed; "":
 * it is over. Returns what the command is to return: DEBUGGER_QUIT, as a breakpoint's commands said `quit`; else
 * DEBUGGER_DONE. */
struct debugger_wait {
    uint64_t until;                 /* never beyond this tick */
    uint64_t slice;                 /* ticks between two questions */
    bool (*over)(void *ctx);
    void (*breathe)(void *ctx);     /* called as often: redraw, take keys */
    void *ctx;
};
enum debugger_result debugger_wait(struct debugger *d, const struct debugger_wait *wait, char *why, size_t why_size);

/* A number or switch of `show NAME`: "confirm", "pagination", "height", "width", "input-radix" ... 0 if unknown. */
long debugger_setting(const struct debugger *d, const char *name);

/* The drive that WORD names, in any case: a b c, also with a colon, fd0 fd1 hd0 to hd3, cd for the CD-ROM drive; -1:
 * there is no such name, or no CD-ROM drive. */
int debugger_drive(const struct debugger *d, const char *word);

/* The value of an expression. */
struct debugger_value {
    int64_t number;         /* as an integer; for an address the linear (or physical) address */
    bool is_address, is_physical;
    bool has_segment;       /* it was written as, or derived from, SELECTOR:OFFSET */
    uint16_t selector;
    uint32_t offset;
};

/* Evaluates TEXT (which may assign). False and one line in ERROR if it cannot be. */
bool debugger_evaluate(struct debugger *d, const char *text, struct debugger_value *out, char *error,
                       size_t error_size);

/* One instruction at a linear address. */
struct debugger_line {
    uint32_t address;       /* linear */
    uint16_t selector;      /* of CS if the address lies in the present code segment, else a real-mode guess */
    uint32_t offset;
    uint8_t length;         /* 1-15 */
    uint8_t bytes[15];
    bool readable;          /* false: no memory there (length 1, text "??") */
    bool current;           /* the next to be executed */
    char breakpoint;        /* 0 none, 'b' enabled, 'd' disabled */
    char text[96];          /* mnemonic and operands; targets as addresses with <symbol> */
    char symbol[48];        /* "name" or "name+4", or "" */
};

/* Fills OUT with COUNT instructions from LINEAR on; returns how many (fewer at the end of the address space). */
size_t debugger_disassemble(struct debugger *d, uint32_t linear, size_t count, struct debugger_line *out);

/* Where to begin so that COUNT instructions lie before LINEAR: a guess, but one whose instructions end at LINEAR. */
uint32_t debugger_disassemble_before(struct debugger *d, uint32_t linear, size_t count);

/* "name", "name+12" or "" into TEXT; returns whether there is a symbol. */
bool debugger_symbol(struct debugger *d, uint32_t linear, char *text, size_t size);

/* Breakpoints for marking. Returns how many exist; fills at most CAPACITY. */
struct debugger_mark { unsigned number; uint32_t address; bool enabled, temporary; };
size_t debugger_breakpoints(const struct debugger *d, struct debugger_mark *out, size_t capacity);

#endif
