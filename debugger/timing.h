/* Measuring time: what steps cost, stopwatches, interrupt latency, the profiler, and the board that decides it all.
 *
 * All of them listen to the probe stream and read counters; none of them stops the guest or changes its time. They
 * count clocks of the processor; microseconds are reckoned from them by the board's clock. Where that, or the timing
 * mode, is changed, they begin anew. */
#ifndef DEBUGGER_TIMING_H
#define DEBUGGER_TIMING_H

#include "debugger/address.h"
#include "debugger/debugger.h"

/* --- What steps cost (cost.c) --- */

struct tally { uint64_t clocks, instructions, idle_ticks; struct timing_view view; };

struct cost {
    bool armed;                     /* a stepi or nexti is under way */
    struct tally before;            /* as it began */
    struct tally origin;            /* of `info timing` */
};


/* A stepi or nexti begins; the run has ended and is to be reported; the run ended in another way. */
void cost_begin(struct debugger *d);
void cost_print(struct debugger *d);
void cost_forget(struct debugger *d);

/* `info timing` counts from here. */
void cost_set_origin(struct debugger *d);

/* --- Stopwatches (stopwatch.c) --- */

enum { STOPWATCHES = 8 };

struct stopwatch {
    unsigned number;
    struct address from, to;
    bool running;
    uint64_t start;                 /* clocks */
    uint64_t samples, least, most, total, restarts;
};

struct stopwatches {
    struct stopwatch watch[STOPWATCHES];
    size_t count;
    unsigned last_number;
    uint32_t previous;              /* address of the last instruction executed */
};

void stopwatch_event(struct debugger *d, const struct probe_event *event);

/* Forget what was measured; false: there was nothing. */
bool stopwatch_restart(struct debugger *d);
bool latency_restart(struct debugger *d);
bool profiler_restart(struct debugger *d);

/* --- Interrupt latency (latency.c) --- */

enum { IRQ_LINES = 16, LATENCY_BUCKETS = 40 };

/* Why a request was not accepted yet. */
enum wait { WAIT_INSTRUCTION, WAIT_MASKED, WAIT_SERVICE, WAIT_FLAG, WAITS };

/* A stretch of time during which IF was 0. */
struct flag_off { bool known; uint16_t cs; uint32_t eip, cause; uint64_t from, to; };

/* Ticks waited, by cause, with what took the longest. */
struct waiting {
    uint64_t raised, share[WAITS];
    uint64_t longest_flag, longest_service;
    struct flag_off flag;
    unsigned service;
};

struct latency_line {
    bool pending;
    enum wait cause;
    unsigned service;               /* WAIT_SERVICE: the line that is */
    uint64_t since;                 /* tick from which `cause` holds */
    struct waiting now;
    uint64_t accepted, withdrawn;
    uint64_t least, most, total;    /* clocks */
    uint64_t bucket[LATENCY_BUCKETS];
    struct waiting worst;
    uint64_t worst_tick;            /* when it was accepted, and before which instruction */
    uint16_t worst_cs;
    uint32_t worst_eip;
};

struct latency {
    bool on, interrupts;            /* interrupts: IF */
    uint64_t last;                  /* tick of the last event */
    struct flag_off flag;
    struct latency_line line[IRQ_LINES];
};

void latency_event(struct debugger *d, const struct probe_event *event);

/* --- The profiler (profiler.c) --- */

struct profile_entry {
    uint32_t address, eip;
    uint16_t cs;
    uint8_t known, bytes[8];        /* so many of what was executed there first */
    uint64_t clocks, count;
};

struct profiler {
    bool on;
    bool entering;                  /* an interrupt or exception is being delivered: its clocks are the handler's */
    struct profile_entry *table;    /* open addressing; count 0: free. NULL: nothing collected */
    size_t used;
    struct profile_entry other;     /* all addresses for which there was no room */
    struct profile_entry *current;  /* being executed; NULL: not known */
    uint64_t since;                 /* clocks that are accounted for */
};

void profiler_event(struct debugger *d, const struct probe_event *event);
void profiler_free(struct profiler *profiler);

/* --- All of them (timing.c) --- */

struct timing_tools {
    int listener;
    struct cost cost;
    struct stopwatches stopwatches;
    struct latency latency;
    struct profiler profiler;
};

/* False: the machine has no place for a listener. */
bool timing_init(struct debugger *d);
void timing_free(struct debugger *d);

/* The timing mode or the board was changed: clocks are not what they were, so everything is measured anew. */
void timing_changed(struct debugger *d);

/* Asks for the events that are wanted now. */
void timing_listen(struct debugger *d);

/* Clocks in microseconds, "12.180". */
enum { MICROSECONDS_TEXT = 32 };
const char *timing_microseconds(const struct debugger *d, uint64_t clocks, char text[MICROSECONDS_TEXT]);
uint64_t timing_ticks_per_clock(const struct debugger *d);

/* TOTAL / COUNT with one decimal, "12.5"; "0.0" of nothing. */
enum { RATIO_TEXT = 32 };
const char *timing_ratio(uint64_t total, uint64_t count, char text[RATIO_TEXT]);

/* PART of WHOLE in per cent, likewise. */
const char *timing_percent(uint64_t part, uint64_t whole, char text[RATIO_TEXT]);

extern const char *const timing_modes[3];

extern const struct debugger_command cost_commands[], stopwatch_commands[], latency_commands[], profiler_commands[],
    board_commands[], cache_commands[];

#endif
