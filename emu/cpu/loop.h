/* What the main loop's files share (cpu.c, timed.c). */
#ifndef EMU_CPU_LOOP_H
#define EMU_CPU_LOOP_H

#include "emu/cpu/cpu.h"

struct run_limits {
    uint64_t last_icount;       /* stop when it is reached */
    bool breakpoints;
};

static inline void loop_charge(struct cpu *cpu, uint64_t instructions, uint64_t clocks)
{
    cpu->icount += instructions;
    cpu->clocks += clocks;
    cpu->clock->now += clocks * cpu->ticks_per_clock;
}

/* Is there anything that an instruction boundary would have to deal with? An INTR that IF holds off is not. */
static inline unsigned loop_needs_attention(const struct cpu *cpu)
{
    return cpu->attention & (cpu->eflags >> 9 | ~(unsigned)ATTEND_INTR);
}

/* Has a repeated instruction to stop after one iteration? For RF it has not: RF is gone when the instruction begins. */
static inline bool loop_stops_repetition(const struct cpu *cpu)
{
    unsigned waiting = loop_needs_attention(cpu);
    return cpu->eflags & FLAG_TF ? waiting : waiting & ~(unsigned)ATTEND_SINGLE;
}

/* Must the loop look round before the next instruction? */
static inline bool loop_must_look_round(const struct cpu *cpu, const struct run_limits *limits)
{
    uint64_t now = cpu->clock->now;
    return loop_needs_attention(cpu) | cpu->watch_hit | (unsigned)cpu->interrupt || now >= cpu->clock->next_due ||
           now >= cpu->deadline || cpu->icount >= limits->last_icount;
}

#endif
