/* What an instruction is to the i486's five-stage pipeline (PRM appendix E; Abrash, Graphics Programming Black Book,
 * ch. 12, 13 and 19): found once when it is decoded, asked each time it begins.
 *
 *   interlock    a register written just before is used in an address: it is usable for that `agi` clocks after the
 *                end of the instruction that wrote it. ESP counts only where it is an explicit destination; PUSH, POP,
 *                CALL and RET have an adder of their own.
 *   byte rule    any byte register written exactly two clocks before any address is formed costs a clock, each write
 *                by itself, after the interlock has been waited for.
 *   partial      a byte register was written just before, and its word or doubleword is an operand (not an address)
 *   prefixes     a clock each, hidden behind the clocks of the instruction before that go beyond its first and were not
 *                for its own prefixes, and behind the waiting above; behind a branch that is taken nothing hides
 *                (listing 21.1 takes 9 clocks a pass with its two prefixes: 8 and one of them). LOCK's never hides:
 *                LOCK INC [mem] takes about 8, of which the bus has 4
 *   index        an address of two registers, or a scaled one; displacement and immediate in one instruction: a clock
 *
 * Only the last two instructions can matter, for each takes a clock at least and no rule reaches further.
 *
 * Rules of addresses are for addresses that the decoder forms: of ModRM, of an offset in the instruction, of the stack.
 * String instructions and XLAT form theirs in microcode; they neither wait for registers nor make others wait (Abrash
 * saw no penalty with XLAT; for the others this is a choice). */
#ifndef EMU_TIMING_PIPELINE_H
#define EMU_TIMING_PIPELINE_H

#include <stdbool.h>
#include <stdint.h>

struct timing_form;
struct timing_cost;
struct profile;
struct state;

enum shape_flags {
    SHAPE_FPU = 1,              /* waits for the FPU: ESC, WAIT */
    SHAPE_MODIFY = 2,           /* reads, changes and writes back: its write comes last */
    SHAPE_STRING = 4,           /* accesses by iterations */
    SHAPE_JUMP = 8,             /* always leaves the straight line */
    SHAPE_BRANCH = 16,          /* leaves it if it is taken */
    SHAPE_OVERLAP = 32          /* clocks that the rule adds are the FPU's too */
};

/* Register masks have bit n for general register n (0 EAX ... 7 EDI; AH counts as EAX). */
struct timing_shape {
    uint16_t clocks;            /* by the clock table, without prefixes but LOCK */
    uint16_t concurrent;        /* of these, clocks that the FPU goes on by itself */
    uint8_t rule;               /* of the clock table, for timing_variable() */
    uint8_t prefixes;           /* clocks */
    uint8_t address_clocks;     /* index, displacement and immediate */
    uint8_t agi;                /* clocks at distance 1, of this code size */
    uint8_t address;            /* registers that form the address, ESP for stack instructions included */
    uint8_t source;             /* registers read as word or doubleword operands */
    uint8_t written;            /* registers written, whole or in part; ESP only if it is an operand */
    uint8_t bytes;              /* of these, the ones written as byte registers */
    uint8_t flags;              /* SHAPE_* */
};

struct timing_shape pipeline_shape(const struct profile *profile, const struct timing_form *form,
                                   const struct timing_cost *cost);

/* An instruction that was executed: when it ended, in core clocks, and what it wrote. */
struct written { uint64_t end; uint8_t registers, bytes; };

struct pipeline {
    struct written last[2];     /* [0]: the instruction before, [1]: the one before that */
    uint32_t hidden;            /* clocks of the instruction before beyond its first and its prefixes' */
    uint32_t prefix;            /* clocks that the instruction under way waited for its prefixes */
    uint64_t fpu_free;          /* when the FPU will be idle */
};

/* RESET, and after a jump through the debugger: nothing was written lately. */
void pipeline_reset(struct pipeline *p);

/* At core clock NOW. */
void pipeline_visit(struct pipeline *p, uint64_t now, struct state *state);

/* The clock at which an instruction that could begin at NOW (its bytes are there) may form its address; the waiting in
 * *PREFIX is that for prefixes, the rest for registers. Index clocks are not included. */
static inline uint64_t pipeline_begin(struct pipeline *p, const struct timing_shape *shape, uint64_t now,
                                      uint32_t *prefix)
{
    uint64_t t = now;
    if (shape->address) {
        if (shape->address & p->last[0].registers && p->last[0].end + shape->agi > t)
            t = p->last[0].end + shape->agi;
        if (shape->address & p->last[1].registers && p->last[1].end + shape->agi > t)
            t = p->last[1].end + shape->agi;
        t += p->last[1].bytes && p->last[1].end + 1 == t;
        t += p->last[0].bytes && p->last[0].end + 1 == t;
    }
    t += (shape->source & p->last[0].bytes) != 0;
    *prefix = 0;
    if (now + shape->prefixes > t + p->hidden)
        *prefix = (uint32_t)(now + shape->prefixes - p->hidden - t);
    p->prefix = *prefix;
    return t + *prefix;
}

/* Execution went on elsewhere: what is decoded there hides behind nothing. */
static inline void pipeline_jump(struct pipeline *p)
{
    p->hidden = 0;
}

/* The instruction of the last pipeline_begin(), whose NOW was BEGAN, ended at END. */
static inline void pipeline_end(struct pipeline *p, const struct timing_shape *shape, uint64_t began, uint64_t end)
{
    p->last[1] = p->last[0];
    p->last[0] = (struct written){ .end = end, .registers = shape->written, .bytes = shape->bytes };
    p->hidden = end > began + p->prefix + 1 ? (uint32_t)(end - began - p->prefix - 1) : 0;
}

#endif
