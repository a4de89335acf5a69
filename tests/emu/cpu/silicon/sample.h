/* Instructions to be executed by both processors: every form of the opcode table with random prefixes, operands,
 * addresses, segments, registers and flags (sample.c), set up so that it mostly does what it is for and sometimes
 * faults (prepare.c). All comes from one seed. */
#ifndef TESTS_EMU_CPU_SILICON_SAMPLE_H
#define TESTS_EMU_CPU_SILICON_SAMPLE_H

#include "emu/cpu/cpu.h"
#include "emu/cpu/insn.h"
#include "emu/cpu/opcode.h"
#include "tests/emu/cpu/silicon/oracle.h"

/* One opcode, 256 and up behind 0F, and ModRM.reg where that is part of it (else -1). */
struct form {
    uint16_t opcode;
    int8_t reg;
};

enum { SAMPLE_BYTES = 20 };

struct sample {
    struct form form;
    const struct opcode *row;
    uint8_t code[SAMPLE_BYTES];
    unsigned size;
    unsigned displacement_at, displacement_size;
    bool code32, steps;         /* steps: one instruction, by TF */
    uint32_t at;                /* of the code, from ORACLE_CODE */
    struct oracle_state before;
    bool decoded;               /* insn is valid (it is not too long) */
    struct insn insn;
    struct poke { uint32_t linear, value, size; } poke[8];      /* memory to be set */
    unsigned pokes;
    bool rejected;              /* by sample_prepare() */
};

void sample_seed(uint64_t seed);
uint32_t sample_any(void);
/* Near which arithmetic has its edges, or anything. */
uint32_t sample_value(void);
static inline bool sample_chance(unsigned percent) { return sample_any() % 100 < percent; }

/* The row of FORM in the opcode table; its mnemonic is NULL where there is no such instruction. */
const struct opcode *form_row(struct form form);

/* A sample of FORM. False: one that must not be executed came out; try again. */
bool sample_make(struct sample *s, struct form form);

/* Puts VALUE into memory at LINEAR for both processors, if it is data memory. */
void sample_poke(struct sample *s, uint32_t linear, uint32_t value, unsigned size);

/* An offset into the segment named by SELECTOR at which SIZE bytes mostly, but not always, are within it. */
uint32_t sample_offset(uint16_t selector, unsigned size);

/* Base address of the segment. */
uint32_t sample_base(uint16_t selector);
/* Its D or B bit. */
bool sample_is_big(uint16_t selector);

/* A selector that is good for something, or for nothing. Never one of the kernel's own. */
uint16_t sample_selector(void);
/* One of code. */
uint16_t sample_code_selector(void);

/* Is it a jump, call or return within the code segment? */
bool sample_is_near_transfer(const struct sample *s);

/* Linear address of the memory operand; *IN_MEMORY false if there is none. For bit instructions where the bit is. */
uint32_t sample_linear(const struct sample *s, bool *in_memory);

/* prepare.c: what the instruction needs to make sense: selectors, targets on the stack, divisors ... */
void sample_prepare(struct sample *s);

#endif
