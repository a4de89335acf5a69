/* The x87 unit as text. */
#ifndef DEBUGGER_FLOAT_H
#define DEBUGGER_FLOAT_H

#include "debugger/debugger.h"

/* The number N of "st0" .. "st7" (case does not matter), or -1. */
int float_register(const char *name);

/* ST(N) in the manner of `info registers`: its value, and what it is made of. */
void float_print_register(struct debugger *d, unsigned n);

extern const struct debugger_command float_commands[];      /* info float */

#endif
