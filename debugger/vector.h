/* Interrupt vectors, by the table of the mode that the CPU is in. */
#ifndef DEBUGGER_VECTOR_H
#define DEBUGGER_VECTOR_H

#include "debugger/address.h"

struct vector {
    uint32_t entry;             /* linear address of the handler */
    bool wide;                  /* a gate of 32 bits */
};

/* VECTOR 0 to 255. False: it leads nowhere, or to a task. */
bool vector_read(struct debugger *d, const struct registers *regs, unsigned vector, struct vector *out);

#endif
