/* What is not executed for comparison, and where the processors may differ (rules.c). */
#ifndef TESTS_EMU_CPU_SILICON_RULES_H
#define TESTS_EMU_CPU_SILICON_RULES_H

#include "tests/emu/cpu/silicon/sample.h"

/* Opcodes FIRST to LAST (256 and up: behind 0F) with a ModRM.reg of REGS (a bit each; 0: whatever it is) are not
 * executed on the host; if REGISTERS, only where ModRM.mod is 3. */
struct exclusion {
    uint16_t first, last;
    uint8_t regs;
    bool registers;
    const char *reason;
};
extern const struct exclusion exclusions[];
extern const unsigned exclusion_count;

/* Excluded whatever the operands; by the sample's operands. */
bool form_is_excluded(struct form form);
bool sample_is_excluded(const struct sample *s);

/* What of a sample is not compared. */
struct tolerance {
    uint32_t flags;             /* these of EFLAGS */
    bool registers, memory;
    bool order;                 /* if both fault, then with which of several faults, and on which byte */
    bool nothing;               /* nothing at all is */
};

/* HOST: the vector that ended it there. STRICT: what the manual leaves undefined is compared too, which is for hosts of
 * Intel's only. */
struct tolerance sample_tolerance(const struct sample *s, unsigned host, bool strict);

/* Is WORD in LIST, whose words are separated by single spaces? */
bool list_has(const char *list, const char *word);

/* A vector that an instruction's memory accesses and selectors raise: #TS to #PF, #AC. */
bool vector_is_fault(unsigned vector);

/* Prints the table of differences and the exclusions. */
void rules_print(void);

#endif
