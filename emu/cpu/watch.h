/* Breakpoints and watchpoints in the core: looked at only by the loop that asks the debugger, and by the slow memory
 * path of watched pages. The guest cannot tell: nothing is written into memory, no clock is charged (watch.c). */
#ifndef EMU_CPU_WATCH_H
#define EMU_CPU_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/cpu/cpu.h"

enum { WATCH_BREAKPOINTS = 256, WATCH_POINTS = 64 };

struct watch {
    struct { uint32_t linear; uint32_t uses; } breakpoint[WATCH_BREAKPOINTS];
    unsigned breakpoints;
    uint64_t filter[64];            /* bit per hash of a breakpoint's address */
    struct { uint32_t linear, size; uint8_t access; } point[WATCH_POINTS];    /* access 1 read, 2 write, 0 free */
    unsigned points;
    uint64_t passed_icount;         /* instruction count at which a stop was reported: not again before it moved */
    struct { bool hit; uint32_t linear; uint8_t size; bool write; } last;      /* the instruction's first hit */
};

bool watch_add_breakpoint(struct watch *w, uint32_t linear);
void watch_remove_breakpoint(struct watch *w, uint32_t linear);
bool watch_is_breakpoint(const struct watch *w, uint32_t linear);

/* Handle or -1. The caller flushes the TLB. */
int watch_add(struct watch *w, uint32_t linear, uint32_t size, unsigned access);
void watch_remove(struct watch *w, int handle);

/* Is any byte of this linear page watched? */
bool watch_page(const struct watch *w, uint32_t linear);

/* The slow path tells of an access; a hit is noted and the instruction's end becomes a stop. */
void watch_access(struct cpu *cpu, uint32_t linear, unsigned size, bool write);

#endif
