/* What things cost. The CPU asks when it decodes (timing_clocks) and, in the timed loop, for instructions whose cost
 * depends on data (timing_variable). Knows nothing of the CPU's structures: forms are named as in the manual. */
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
    uint8_t opcode, modrm;      /* ESC (D8-DF): which FPU instruction it is */
    enum timing_cpu_mode mode;
};

struct timing {
    const struct profile *profile;
};

struct timing_cost {
    uint16_t clocks;            /* at least 1 */
    uint8_t rule;               /* TIMING_FIXED, or how `work` adds to the clocks */
};
enum { TIMING_FIXED = 0 };      /* the other rules are private to timing.c */

/* CPU clocks of an instruction of this form with cache hits: conditional branches not taken, REP with no iteration,
 * data dependent ones at their minimum. Called when an instruction is decoded. */
struct timing_cost timing_cost(const struct timing *timing, const struct timing_form *form);

/* Clocks to add after an execution in which the handler left WORK in cpu->work: iterations of REP; 1 for a taken
 * branch; significant bits of the absolute value of the multiplier for MUL and IMUL; the count of a rotate through
 * carry; the bit number found by BSF and BSR, or 32 if the source was 0; levels of ENTER. Other handlers leave it
 * alone. */
unsigned timing_variable(const struct timing *timing, uint8_t rule, uint32_t work);

#endif
