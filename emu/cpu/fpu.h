/* The x87 unit of the i486 (PRM part III): its registers, and how its exceptions reach the processor.
 *
 * An instruction that raises an unmasked exception completes as far as it may and sets ES. FERR# goes high at once (the
 * board makes IRQ 13 of it), whatever CR0.NE says (SDM volume 1, appendix D). With CR0.NE clear the next FPU
 * instruction that waits freezes until an interrupt is taken, unless the board drives IGNNE#; with CR0.NE set it raises
 * #MF. FERR# falls, and IGNNE# with it, when ES is cleared. */
#ifndef EMU_CPU_FPU_H
#define EMU_CPU_FPU_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/cpu/f80.h"

struct cpu;
struct state;

/* Status word. */
enum {
    FPU_EXCEPTIONS = 0x3F, FPU_SF = 0x40, FPU_ES = 0x80, FPU_C0 = 0x100, FPU_C1 = 0x200, FPU_C2 = 0x400,
    FPU_TOP = 0x3800, FPU_C3 = 0x4000, FPU_B = 0x8000
};
enum { FPU_OPCODE = 0x7FF };    /* the bits of an opcode that are kept */

struct fpu {
    struct f80 reg[8];          /* by physical number: ST(i) is reg[(top + i) & 7] */
    uint8_t top;
    uint8_t empty;              /* bit n: reg[n] is empty */
    uint16_t control;
    uint16_t status;            /* without the TOP field, which is zero here */
    uint16_t opcode;            /* eleven bits, of the last instruction that was not a control instruction */
    uint16_t cs, ds;            /* selectors of that instruction and of its operand */
    uint32_t ip, dp;            /* their offsets; the operand's stays when an instruction has none in memory */
};

/* As after the RESET pin. NULL when out of memory. */
struct fpu *fpu_create(void);
void fpu_destroy(struct fpu *fpu);

/* FNINIT: control word, status, tags and pointers; register contents stay. */
void fpu_initialize(struct cpu *cpu);

/* The RESET pin: registers become zero too. */
void fpu_reset(struct cpu *cpu);

void fpu_visit(struct fpu *fpu, struct state *state);

/* As FSTSW and FSTENV store them. */
uint16_t fpu_status_word(const struct fpu *fpu);
uint16_t fpu_tag_word(const struct fpu *fpu);

/* The other way: ES and B stay, to follow from the exceptions and the masks (fpu_update_summary()); of the tags only
 * whether a register is empty matters. */
void fpu_set_status_word(struct fpu *fpu, uint16_t value);
void fpu_set_tag_word(struct fpu *fpu, uint16_t value);

/* FLDCW: the bits that exist, and fpu_update_summary(). */
void fpu_set_control_word(struct cpu *cpu, uint16_t value);

/* Sets or clears ES, B and FERR# after exceptions or masks changed. */
void fpu_update_summary(struct cpu *cpu);

/* What a waiting instruction does when ES is set: #MF, freeze or nothing. True: it must not execute now. */
bool fpu_wait(struct cpu *cpu);

#endif
