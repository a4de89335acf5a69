/* Breakpoints, watchpoints and catchpoints: one list, one numbering. */
#ifndef DEBUGGER_BREAKPOINT_H
#define DEBUGGER_BREAKPOINT_H

#include "debugger/debugger.h"
#include "debugger/script.h"
#include "debugger/value.h"

enum breakpoint_kind {
    BREAK_CODE,
    BREAK_ANY_SEGMENT,      /* *:IP */
    BREAK_WATCH,            /* memory, by the core */
    BREAK_SOFTWARE_WATCH,   /* an expression, evaluated after each instruction */
    BREAK_CATCH
};

enum breakpoint_fate { FATE_KEEP, FATE_DELETE, FATE_DISABLE, FATE_COUNT };

/* What a catchpoint waits for. Fields that do not matter are -1. */
struct catch_filter {
    enum probe_kind kind, other_kind;   /* other_kind: PROBE_KINDS if only one */
    int64_t a, last_a;                  /* number of interrupt, line, port, drive ...; the end of a range */
    int64_t b;                          /* control register value, selector, sector ... */
    int ah, al;
};

struct breakpoint {
    unsigned number;
    enum breakpoint_kind kind;
    bool enabled;
    enum breakpoint_fate fate;
    unsigned enable_count;              /* FATE_COUNT: stops until it is disabled */
    unsigned long hits, ignore;
    char *condition;                    /* NULL: none */
    char *what;                         /* as written: expression watched, event caught */
    struct lines commands;
    bool silent;
    struct address address;             /* BREAK_CODE; BREAK_ANY_SEGMENT: offset */
    bool inserted;                      /* known to the core */
    int handle;                         /* BREAK_WATCH: of the core */
    unsigned access;                    /* WATCH_READ, WATCH_WRITE */
    uint32_t size;
    struct value old;                   /* last value of a watched expression */
    uint8_t *old_bytes;                 /* of a watched array, `size` of them */
    struct catch_filter filter;
};

enum { CAUGHT = 64 };

struct breakpoints {
    struct breakpoint **list;
    size_t count;
    unsigned last_number;
    int listener;
    /* Events that catchpoints wait for, in order; those behind the one that stopped the guest are next when it is to go
     * on, if it is still there. */
    struct { unsigned number; struct probe_event event; } caught[CAUGHT];
    size_t caught_count;
    uint64_t caught_tick;
    uint32_t caught_pc;
    bool shutdown_seen, shutdown_told;  /* a triple fault without a catchpoint for it; said since the last start */
    struct probe_event shutdown;
    bool irq_wanted, irq_seen;          /* for stepping over HLT */
    bool making_temporary;              /* inside tcatch */
};

bool breakpoints_init(struct debugger *d);
void breakpoints_free(struct debugger *d);

struct breakpoint *breakpoint_find(struct debugger *d, unsigned number);

/* A new one at the end of the list, enabled, with the next number (also in $bpnum). NULL: debugger_fault. */
struct breakpoint *breakpoint_new(struct debugger *d, enum breakpoint_kind kind, const char *what);

/* Tells the core what it must know after B was made, enabled or disabled. False: debugger_fault (the core is full). */
bool breakpoint_sync(struct debugger *d, struct breakpoint *b);
void breakpoint_remove(struct debugger *d, struct breakpoint *b);

/* Cuts " if EXPR" off TEXT (in place) and checks the expression. *CONDITION: NULL if there is none. */
bool breakpoint_split_condition(struct debugger *d, char *text, const char **condition);
bool breakpoint_set_condition(struct debugger *d, struct breakpoint *b, const char *condition);

/* Parses "2 4-6" into the breakpoints meant; DO is called for each. An empty list means DEFAULTS. */
enum debugger_result breakpoint_each(struct debugger *d, const char *numbers,
                                     void (*act)(struct debugger *d, struct breakpoint *b, void *ctx), void *ctx);

/* Whether the guest must be single-stepped for the sake of an enabled breakpoint. */
bool breakpoints_need_steps(const struct debugger *d);

/* True if B, whose event has come, is to stop the guest: counts the hit, asks condition and ignore count. */
bool breakpoint_hit(struct debugger *d, struct breakpoint *b);

/* After a stop that B caused: temporary ones go. */
void breakpoint_used(struct debugger *d, struct breakpoint *b);

/* "Breakpoint", "Temporary breakpoint", "Hardware watchpoint" ... */
const char *breakpoint_title(const struct breakpoint *b);

/* Parses what break, until, advance, jump and clear take: nothing (here), SEG:OFF, EXPR, *EXPR, symbol, +N or -N
 * instructions; where ANY_SEGMENT is not NULL also *:IP. Addresses are linear. False: debugger_fault. */
bool breakpoint_location(struct debugger *d, const char *text, struct address *out, bool *any_segment);

/* watch.c: looks at all watchpoints after the guest executed something. STOP may be NULL (no core watchpoint touched).
 * Returns the first that stops, with the report ("Old value = ...") in TEXT, or NULL. */
struct breakpoint *watch_check(struct debugger *d, const struct stop *stop, char *text, size_t size);

/* Takes what is in memory now for the old value of a watched array. */
void watch_remember(struct debugger *d, struct breakpoint *b);

/* catch.c */
void catch_listen(struct debugger *d);          /* adjusts the listener's mask */
void catch_event(void *ctx, const struct probe_event *event);
void catch_describe(const struct probe_event *event, char *text, size_t size);
/* The first caught event that stops; NULL if none does. Those behind it stay. */
struct breakpoint *catch_check(struct debugger *d, struct probe_event *event);
/* Before the guest is set running: forgets what was caught if it is not where that was. */
void catch_begin(struct debugger *d);
void catch_forget(struct debugger *d);
/* Says, once, that there was a triple fault, if nothing that was caught before it is still to be reported. */
void catch_tell_shutdown(struct debugger *d);

/* `commands`: which breakpoints "2-4" means, NULL or "" the last one. False: debugger_fault. */
bool breakpoint_commands_target(struct debugger *d, const char *numbers);
bool breakpoint_set_commands(struct debugger *d, const char *numbers, const struct lines *body);

extern const struct debugger_command watch_commands[], catch_commands[], list_commands[], save_commands[];

#endif
