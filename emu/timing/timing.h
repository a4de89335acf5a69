/* What things cost. The CPU asks when it decodes (timing_cost), in the timed loops after instructions whose cost
 * depends on data or on the way they took (timing_variable), and after interrupts and exceptions (timing_delivery).
 * Knows nothing of the CPU's structures: forms are named as in the manual. */
#ifndef EMU_TIMING_TIMING_H
#define EMU_TIMING_TIMING_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/clock.h"

struct state;
struct profile;

/* The columns of the clock table. */
enum timing_cpu_mode { TIMED_REAL, TIMED_PROTECTED, TIMED_V86 };

struct timing_form {
    const char *mnemonic;       /* as in opcodes.c */
    const char *operands;       /* as in opcodes.c: "Ev,Gv" */
    uint8_t size;               /* operand size in bits: 8, 16, 32 */
    bool memory;                /* ModRM names memory */
    bool repeat;                /* REP, REPE or REPNE prefix */
    bool has_index;             /* EA uses an index register (table: no cost; cycle: +1) */
    bool disp_and_imm;
    uint8_t prefixes;           /* prefix bytes */
    bool lock;                  /* one of them is LOCK */
    uint8_t opcode, modrm;      /* the last opcode byte; 0 if there is no ModRM */
    uint8_t base, index;        /* registers of the address, TIMED_NO_REGISTER if absent */
    bool code32;                /* of a 32-bit code segment */
    enum timing_cpu_mode mode;
};
enum { TIMED_NO_REGISTER = 8 };

struct timing {
    const struct profile *profile;
};

struct timing_cost {
    uint16_t clocks;            /* at least 1, prefixes not included */
    uint8_t rule;               /* TIMING_FIXED, or how `work` adds to the clocks */
    uint8_t concurrent;         /* FPU: the last of the clocks, during which integer instructions go on */
    uint8_t prefixes;           /* clocks of the prefixes, a REP that is priced in not included */
    uint8_t index_clock;        /* 1: LEA with an index register, which the table charges itself */
    uint16_t least, most;       /* the printed range, where clocks is a mean of it; both 0: not in the table */
};
enum { TIMING_FIXED = 0 };      /* the other rules are private to emu/timing */

/* CPU clocks of an instruction of this form with cache hits: conditional branches not taken, REP with no iteration, far
 * transfers at the same level and not through a gate, other data dependent ones at their minimum. Called when an
 * instruction is decoded. */
struct timing_cost timing_cost(const struct timing *timing, const struct timing_form *form);

/* The way that an instruction or a delivery took. */
enum timing_path {
    TIMED_PLAIN,                /* real and V86 mode; same level and no gate; nothing special */
    TIMED_SAME_LEVEL,           /* through a gate at the same level, or a vector of real mode */
    TIMED_INNER,                /* through a gate to an inner level; parameter: values that were copied */
    TIMED_OUTER,                /* return to an outer level */
    TIMED_TSS,                  /* task switch: a TSS named directly, or IRET with NT set */
    TIMED_TASK_GATE,
    TIMED_BY_BITMAP,            /* protected mode: allowed by the I/O permission bitmap */
    TIMED_PATHS
};

/* What a task was switched to. */
enum timing_tss { TIMED_NO_TSS, TIMED_TSS486, TIMED_TSS286, TIMED_TSS_VM };

/* How that is packed into cpu->work. Added to it is TIMING_TOUCHED for every descriptor whose accessed bit had to be
 * set. */
enum { TIMING_TOUCHED = 1 << 24 };
static inline uint32_t timing_work(enum timing_path path, unsigned parameter, enum timing_tss tss)
{
    return (uint32_t)path | parameter << 8 | (uint32_t)tss << 16;
}

/* In cpu->work of IMUL: the multiplier is negative. Of REP INS and OUTS: by the bitmap, as TIMED_BY_BITMAP. */
enum { TIMING_NEGATIVE = 0x100 };
#define TIMING_REPEATED_BY_BITMAP 0x80000000u

/* Clocks to add after an execution in which the handler left WORK in cpu->work: iterations of REP; 1 for a taken
 * branch, a SETcc whose condition holds, a failed comparison of CMPXCHG, an entry that INVLPG found, leaf 1 of CPUID;
 * significant bits of the absolute value of the multiplier for MUL and IMUL; the count of a rotate through carry; the
 * bit number found by BSF and BSR, or 32 if the source was 0; levels of ENTER; precision control of FDIV; 1 if the
 * angle of FSIN and its kin had to be reduced; timing_work() of far transfers, interrupts by instruction, loads of
 * segment registers, IN and OUT. Other handlers leave it alone. */
unsigned timing_variable(const struct timing *timing, uint8_t rule, uint32_t work);

/* Do integer instructions go on during the clocks that RULE adds? */
bool timing_overlaps(uint8_t rule);

/* An interrupt or exception that no instruction pays for, as it was before its delivery. */
enum timing_cause { TIMED_EXCEPTION, TIMED_INTR, TIMED_NMI };
struct timing_event {
    enum timing_cause cause;
    enum timing_cpu_mode mode;
    uint8_t vector;             /* TIMED_EXCEPTION */
    const char *mnemonic, *operands;    /* of the instruction that V86 mode did not allow (#GP), else NULL */
    bool repeat;
};

/* CPU clocks from there to the handler's first instruction. WORK: what cpu_interrupt() left in cpu->work. */
unsigned timing_delivery(const struct timing *timing, const struct timing_event *event, uint32_t work);

#endif
