/* Breakpoints and watchpoints in the core: looked at only by the loop that asks the debugger, and by the slow memory
 * path of watched pages. The guest cannot tell: nothing is written into memory, no clock is charged (watch.c).
 *
 * The table of watched ranges also serves the guest's own breakpoints in DR0-DR3 (debug_registers.h): the slots after
 * the debugger's are theirs. A range says by its slot what a hit means, a stop of cpu_run() or a debug exception, and
 * neither sees the other's. */
#ifndef EMU_CPU_WATCH_H
#define EMU_CPU_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/cpu/cpu.h"

enum { WATCH_BREAKPOINTS = 256, WATCH_POINTS = 64, WATCH_GUEST_POINTS = 4 };

/* Kinds of access, a bit each. TABLE: the processor itself reads descriptors, gates or a TSS. FETCH is never told of:
 * pages with such a range are kept out of the software TLB, so that runs_find() is asked. */
enum { WATCHED_READ = 1, WATCHED_WRITE = 2, WATCHED_TABLE = 4, WATCHED_FETCH = 8 };

struct watch {
    struct { uint32_t linear; uint32_t uses; } breakpoint[WATCH_BREAKPOINTS];
    unsigned breakpoints;
    uint64_t filter[64];            /* bit per hash of a breakpoint's address */
    struct { uint32_t linear, size; uint8_t access; } point[WATCH_POINTS + WATCH_GUEST_POINTS];   /* access 0: free */
    unsigned points;
    uint64_t passed_icount;         /* where a stop was reported: not again at this address before the count moved */
    uint32_t passed_linear;
    struct { bool hit; uint32_t linear; uint8_t size; bool write; } last;      /* the instruction's first hit */
};

bool watch_add_breakpoint(struct watch *w, uint32_t linear);
void watch_remove_breakpoint(struct watch *w, uint32_t linear);
bool watch_is_breakpoint(const struct watch *w, uint32_t linear);

/* Handle or -1. The caller flushes the TLB. */
int watch_add(struct watch *w, uint32_t linear, uint32_t size, unsigned access);
void watch_remove(struct watch *w, int handle);

/* Sets the range of the guest's breakpoint NUMBER (0-3); ACCESSES 0: none. True if it is another one than before: then
 * the caller flushes the TLB. */
bool watch_set_guest(struct watch *w, unsigned number, uint32_t linear, uint32_t size, unsigned accesses);

/* Is any byte of this linear page watched for one of ACCESSES? */
bool watch_page(const struct watch *w, uint32_t linear, unsigned accesses);

/* The slow path tells of an access; a hit is noted and the instruction's end becomes a stop, or the guest's trap. */
void watch_access(struct cpu *cpu, uint32_t linear, unsigned size, unsigned access);

/* A breakpoint at the next instruction was, or need not be, reported. */
void watch_pass(struct cpu *cpu);
bool watch_passed(const struct cpu *cpu);

#endif
